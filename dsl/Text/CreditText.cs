namespace Rules.Dsl.Text;

/// <summary>Amounts of credits as rule files write them.</summary>
public static class CreditText
{
    /// <summary><c>1 credit</c>, <c>1,200 credits</c>, <c>-0.5 credits</c>.</summary>
    public static string Of(ExactDecimal credits) => $"{credits.ToGroupedString()} {(credits == ExactDecimal.One ? "credit" : "credits")}";
}
