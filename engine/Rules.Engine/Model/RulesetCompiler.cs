using System.Collections.Immutable;
using NodaTime;
using Rules.Dsl.Diagnostics;
using Rules.Dsl.Text;

namespace Rules.Engine.Model;

/// <summary>Text to model: parses, binds, checks and compiles one version.</summary>
public static class RulesetCompiler
{
    /// <summary>Never throws for what a file says. Time zones are those of the bundled TZDB.</summary>
    public static RulesetCompilation Compile(SourceText source) => Compile(source, []);

    /// <summary>
    /// The same for a version that may amend another: those it builds on are looked for among <paramref name="versions"/>, in any order, and
    /// only when it does. What it takes over is located in their texts.
    /// </summary>
    public static RulesetCompilation Compile(SourceText source, IEnumerable<SourceText> versions) =>
        ModelCompiler.Compile(source, versions, DateTimeZoneProviders.Tzdb);
}

/// <param name="Model">Null when there is an error among the diagnostics.</param>
/// <param name="Diagnostics">In order of position.</param>
public sealed record RulesetCompilation(SourceText Source, RulesetModel? Model, ImmutableArray<Diagnostic> Diagnostics)
{
    /// <summary>Every <c>assume</c> of the version, also where it has errors, in order of position; then those it takes over from the version it amends.</summary>
    public ImmutableArray<Assumption> Assumptions { get; init; } = [];
}

/// <summary>A decision that the published page does not make and the rule file does.</summary>
/// <param name="Location">The text with its quotes.</param>
public sealed record Assumption(string Text, TextLocation Location);
