using System.Collections.Immutable;
using NodaTime;
using Rules.Dsl.Diagnostics;
using Rules.Engine.Model;

namespace Rules.Ledger;

/// <summary>
/// The published rulesets of a database. Published text is immutable: a known version with other bytes is refused (PR0905).
/// </summary>
public sealed partial class RulesetCatalogue
{
    /// <summary>By name, ascending.</summary>
    public ImmutableArray<PublishedRuleset> All => throw new NotImplementedException();

    public PublishedRuleset? Find(string ruleset) => throw new NotImplementedException();

    /// <summary>Versions of a ruleset, newest first, with their text; empty when it is unknown.</summary>
    public ImmutableArray<RulesetVersion> Versions(string ruleset) => throw new NotImplementedException();

    /// <summary>Checks and publishes one version; publishing the same bytes again changes nothing.</summary>
    public Task<Publication> PublishAsync(string fileName, string text, string author, CancellationToken cancellationToken) => throw new NotImplementedException();
}

/// <param name="FileName"><c>biodock.v1.rules</c>.</param>
/// <param name="Sha256">Lower-case hex of the text's UTF-8 bytes.</param>
public sealed record RulesetVersion(RulesetModel Model, string FileName, string Text, string Sha256, Instant ActiveFrom, Instant PublishedAt, string PublishedBy);

/// <param name="Version">Null when the text has errors or differs from what was published.</param>
/// <param name="AlreadyPublished">True when the same bytes were known.</param>
public sealed record Publication(RulesetVersion? Version, bool AlreadyPublished, ImmutableArray<Diagnostic> Diagnostics);
