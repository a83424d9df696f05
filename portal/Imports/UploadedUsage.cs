using System.Collections.Immutable;

namespace Rules.Portal.Imports;

/// <summary>A file that somebody sent, before it is imported.</summary>
/// <param name="Id">16 hexadecimal digits.</param>
/// <param name="Source">Name of the file at its sender's.</param>
/// <param name="Columns">Of its first line.</param>
/// <param name="At">RFC 3339 in UTC.</param>
public sealed record UploadedUsage(string Id, string Source, bool IsCsv, string Ruleset, long Length, string By, string At, ImmutableArray<string> Columns)
{
    /// <summary>By column, the member of the event that it says; empty: nothing.</summary>
    public ImmutableDictionary<string, string> Members { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Lines of <c>member=value</c> that every event says.</summary>
    public string Constants { get; init; } = "";
}
