using Rules.Dsl.Text;

namespace Rules.Dsl.Binding;

/// <summary>One place where a declared name is written.</summary>
/// <param name="Location">The name as written, quotes included.</param>
/// <param name="Declaration">The declaring name; of a meter its singular. What has the same declaration is the same thing. In an amendment it may lie in an earlier file.</param>
/// <param name="Name">As declared, without quotes; of a meter its singular.</param>
/// <param name="Symbol">What it names; null for a value of a list.</param>
public sealed record NameUse(TextLocation Location, TextLocation Declaration, string Name, Symbol? Symbol)
{
    /// <summary>This place declares the name, or the plural of a meter.</summary>
    public bool IsDeclaration { get; init; }

    /// <summary>The plural of a meter is written.</summary>
    public bool IsPlural { get; init; }
}
