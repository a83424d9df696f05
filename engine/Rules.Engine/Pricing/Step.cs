using Rules.Dsl.Text;

namespace Rules.Engine.Pricing;

/// <summary>
/// One line of an explanation: a rule that was looked at, what it found and what it came to.
/// Holds operands and the rule, not text: every member is made when somebody reads it.
/// </summary>
public abstract record Step
{
    /// <summary>The rule that made the step; null only for a draw and for rounding where the credit has no place in the file.</summary>
    public abstract TextLocation? Location { get; }

    /// <summary>Credits that the step adds, exact; for rounding, draws and shortfalls the credits they come to. Null where a step has no amount.</summary>
    public virtual ExactDecimal? Amount => null;

    /// <summary>True where <see cref="Amount"/> is a part of the exact price; the figures of rounding, draws and shortfalls are none.</summary>
    public virtual bool IsPart => Amount is not null;

    /// <summary>False for a rule that was looked at and did not apply; <see cref="Text"/> then says why.</summary>
    public virtual bool Applied => true;

    /// <summary>A sentence without its final stop, in the rule file's words: <c>1,000 images at 0.001</c>.</summary>
    public abstract string Text { get; }

    /// <summary>The arithmetic, <c>1,000 × 0.001</c>; null where there is none.</summary>
    public virtual string? Formula => null;

    /// <summary>The meter whose quantity the step prices; null for any other.</summary>
    public virtual string? Meter => null;
}
