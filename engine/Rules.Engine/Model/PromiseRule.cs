using Rules.Dsl.Text;

namespace Rules.Engine.Model;

/// <summary>How two prices per credit compare.</summary>
public enum PromiseRelation
{
    Under = 1,
    Over = 2,
    SameAs = 3,
}

/// <summary>A claim about the prices of two buckets, for every account that satisfies a condition and every size (language, section 7).</summary>
/// <param name="When">Over facts of the account; null: all accounts.</param>
/// <param name="Size">Credits of a bundle; above zero.</param>
/// <param name="IsFromSizeUp">Every size from <paramref name="Size"/> up; otherwise that size alone.</param>
/// <param name="Left">Index of a bucket that is sold or postpaid.</param>
/// <param name="Right">Index of the bucket it is compared with.</param>
public sealed record PromiseRule(
    string Name, Condition? When, Amount Size, bool IsFromSizeUp, int Left, PromiseRelation Relation, int Right, TextLocation Location)
{
    /// <summary>Set for a promise of an earlier version.</summary>
    public Inheritance? Inherited { get; init; }
}
