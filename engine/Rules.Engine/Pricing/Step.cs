using Rules.Dsl.Text;

namespace Rules.Engine.Pricing;

/// <summary>
/// One line of an explanation: a rule that was looked at, what it found and what it came to.
/// Holds operands, not text: <see cref="Text"/> and <see cref="Formula"/> are made when somebody reads them.
/// </summary>
public abstract record Step
{
    /// <summary>The rule that made the step; null only for rounding of a ruleset-wide default and for the draw.</summary>
    public TextLocation? Location { get; init; }

    /// <summary>Credits that the step adds, exact; null where a step has no amount.</summary>
    public ExactDecimal? Amount { get; init; }

    /// <summary>False for a rule that was looked at and did not apply; <see cref="Text"/> then says why.</summary>
    public bool Applied { get; init; } = true;

    /// <summary>A sentence without its final stop, in the rule file's words: <c>1,000 images at 0.001</c>.</summary>
    public abstract string Text { get; }

    /// <summary>The arithmetic, <c>1,000 × 0.001</c>; null where there is none.</summary>
    public virtual string? Formula => null;
}
