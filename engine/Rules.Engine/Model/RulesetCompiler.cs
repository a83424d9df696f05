using System.Collections.Immutable;
using NodaTime;
using Rules.Dsl.Diagnostics;
using Rules.Dsl.Text;

namespace Rules.Engine.Model;

/// <summary>Text to model: parses, binds, checks and compiles one version that builds on no other.</summary>
public static class RulesetCompiler
{
    /// <summary>As <see cref="RulesetLibrary.Compile"/> of <see cref="RulesetLibrary.Empty"/>.</summary>
    public static RulesetCompilation Compile(SourceText source) => RulesetLibrary.Empty.Compile(source);
}

/// <param name="Model">Null when there is an error among the diagnostics, and for a common file.</param>
/// <param name="Diagnostics">In order of position; then what an amendment makes wrong in rules it takes over, located in their own texts.</param>
public sealed record RulesetCompilation(SourceText Source, RulesetModel? Model, ImmutableArray<Diagnostic> Diagnostics)
{
    /// <summary>What the head of the text says; an empty name and 0 where it could not be read.</summary>
    public RuleFileId Id { get; init; }

    /// <summary>Set for a common file without errors: lists, meters and currencies for rulesets to include, and nothing to price by.</summary>
    public CommonFile? Common { get; init; }

    /// <summary>The texts that the version takes something over from, nearest first; empty where it builds on none, or they were not found.</summary>
    public ImmutableArray<SourceText> BuildsOn { get; init; } = [];

    /// <summary>Every <c>assume</c> of the version, also where it has errors, in order of position; then those it takes over from the version it amends.</summary>
    public ImmutableArray<Assumption> Assumptions { get; init; } = [];

    /// <summary>One whole text that means the same, and where each of its lines was written; its own text where it builds on no other.</summary>
    public ResolvedText Resolved => Resolve();

    /// <summary>The head says that the text amends a version.</summary>
    public bool IsAmendment => ModelCompiler.IsAmendment(Source);

    /// <summary>The text to go on from after this version: a whole file under another number, and after an amendment an amendment of it that changes nothing yet.</summary>
    /// <param name="day">In its head, where this version's own day is earlier; else the day after that.</param>
    public string FollowedBy(int version, LocalDate day) => ModelCompiler.Following(Source, version, day);

    /// <summary>The same text as another version of the rules, after the one before it; the text itself where its head cannot be read.</summary>
    public string As(int version) => ModelCompiler.Renumber(Source, version, version - 1);

    /// <summary>Where further texts of the version are compiled.</summary>
    internal RulesetLibrary Library { get; init; } = RulesetLibrary.Empty;

    internal Func<ResolvedText> Resolve { get; init; } = () => ResolvedText.Of(Source);

    /// <summary>The same version with another text, over the same files.</summary>
    internal RulesetCompilation With(SourceText source) => Library.Compile(source);
}

/// <param name="Meaning">Hash of what it declares, <c>sha256:…</c>.</param>
public sealed record CommonFile(string Name, int Version, string? Title, string Meaning);

/// <summary>A decision that the published page does not make and the rule file does.</summary>
/// <param name="Location">The text with its quotes.</param>
public sealed record Assumption(string Text, TextLocation Location);
