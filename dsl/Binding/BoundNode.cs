using System.Collections.Immutable;
using Rules.Dsl.Text;

namespace Rules.Dsl.Binding;

/// <summary>A rule or part of a rule with its names resolved. The location is the line or phrase an explanation points at.</summary>
public abstract record BoundNode(TextLocation Location)
{
    /// <summary>Remarks on the line and on lines of their own below it, in written order; they never change what is charged.</summary>
    public ImmutableArray<BoundRemark> Remarks { get; init; } = [];
}

/// <summary>What a remark claims.</summary>
public enum RemarkKind
{
    /// <summary>A sentence of the published page.</summary>
    Says,

    /// <summary>A decision the page does not make.</summary>
    Assume,

    /// <summary>For the reader.</summary>
    Note,
}

/// <summary>A remark. The location is that of the text, quotes included.</summary>
public sealed record BoundRemark(RemarkKind Kind, string Text, TextLocation Location);
