using System.Collections.Immutable;

namespace Rules.Dsl.Binding;

/// <summary>What a compilation must be told, because a rule file does not hold it.</summary>
public sealed record CompilationOptions
{
    /// <summary>Nothing is told: time zones and quotations are taken as written.</summary>
    public static CompilationOptions Default { get; } = new();

    /// <summary>The time zone ids that exist, case-sensitive; empty: any id is accepted. A zone outside them is PR0522.</summary>
    public ImmutableArray<string> TimeZoneIds { get; init; } = [];

    /// <summary>
    /// The published page as text; null: not known. A <c>says</c> that is not in it is PR0703; runs of white space count as one space.
    /// </summary>
    public string? PageText { get; init; }
}
