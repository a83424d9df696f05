using Rules.Engine.Model;

namespace Rules.Portal.Display;

/// <summary>Words of the rule language for a model's values.</summary>
public static class RulesetText
{
    public static string Rounding(RoundingMode mode) => mode switch
    {
        RoundingMode.HalfEven => "half even",
        RoundingMode.Up => "up",
        RoundingMode.Down => "down",
        _ => "half up",
    };
}
