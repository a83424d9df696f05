using Rules.Dsl.Text;

namespace Rules.Engine.Comparison;

/// <summary>What a change does, as far as it holds for every use.</summary>
public enum ChangeKind
{
    /// <summary>No total of a scope is lower than before, and some are higher.</summary>
    Dearer = 1,

    /// <summary>No total of a scope is higher than before, and some are lower.</summary>
    Cheaper = 2,

    /// <summary>Higher for some quantities and lower for others; the sentence says for which.</summary>
    Mixed = 3,
    Added = 4,
    Removed = 5,

    /// <summary>A condition or an order is another one.</summary>
    Reordered = 6,

    /// <summary>Its effect depends on what an account does.</summary>
    Other = 7,
}

/// <summary>What part of the rules changed.</summary>
public enum ChangeSubject
{
    Ruleset = 1,
    Credit = 2,
    Fact = 3,
    Action = 4,
    Price = 5,
    Tier = 6,
    Row = 7,
    Bucket = 8,
    Order = 9,
    AtZero = 10,
    Cycle = 11,
    Plan = 12,
    Term = 13,
    Pack = 14,
    Sale = 15,
    Alert = 16,
    Hold = 17,
}

/// <summary>One effect of an edit, in words and for machines.</summary>
/// <param name="Name">Of the action, bucket, plan, term …; empty for what there is once.</param>
/// <param name="Sentence">Complete, with old and new figures in the notation of rule files.</param>
/// <param name="Before">Null where there was nothing.</param>
/// <param name="After">Null where there is nothing any more.</param>
public sealed record Change(ChangeKind Kind, ChangeSubject Subject, string Name, string Sentence, TextLocation? Before, TextLocation? After)
{
    /// <summary>The figure before; null where the change is not of one figure.</summary>
    public ExactDecimal? Old { get; init; }

    /// <summary>The figure after; null where the change is not of one figure.</summary>
    public ExactDecimal? New { get; init; }

    /// <summary>▲ dearer, ▼ cheaper, ± depends on the quantity, + new, − gone, ⇄ condition or order, • other.</summary>
    public char Mark => Kind switch
    {
        ChangeKind.Dearer => '▲',
        ChangeKind.Cheaper => '▼',
        ChangeKind.Mixed => '±',
        ChangeKind.Added => '+',
        ChangeKind.Removed => '−',
        ChangeKind.Reordered => '⇄',
        _ => '•',
    };
}
