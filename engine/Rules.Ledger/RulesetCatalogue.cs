using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using NodaTime;
using Rules.Dsl.Diagnostics;
using Rules.Dsl.Text;
using Rules.Engine.Model;
using Rules.Engine.Proof;
using Rules.Ledger.Journal;
using Rules.Ledger.Storage;

namespace Rules.Ledger;

/// <summary>
/// The published rulesets of a database. Published text is immutable: a known version with other bytes is refused (PR0905).
/// </summary>
public sealed partial class RulesetCatalogue
{
    private readonly ILedgerStore _store;
    private readonly TimeProvider _time;
    private readonly RulesetLibrary _library;
    private readonly Lock _gate = new();
    private volatile Published _published = Published.None;

    private RulesetCatalogue(ILedgerStore store, TimeProvider time)
    {
        _store = store;
        _time = time;
        _library = new RulesetLibrary(id => _published.Texts.GetValueOrDefault(id));
    }

    /// <summary>By name, ascending.</summary>
    public ImmutableArray<PublishedRuleset> All => _published.All;

    public PublishedRuleset? Find(string ruleset) => _published.ByName.GetValueOrDefault(ruleset);

    /// <summary>Versions of a ruleset, newest first, with their text; empty when it is unknown.</summary>
    public ImmutableArray<RulesetVersion> Versions(string ruleset) => _published.Versions.TryGetValue(ruleset, out var versions) ? versions : [];

    /// <summary>Whether any published version of a ruleset has an alert of this name: one of an older version may still be in the log, and of a scheduled one may fire tomorrow.</summary>
    public bool HasAlert(string ruleset, string alert) => Versions(ruleset).Any(version => version.Model.Alerts.Any(rule => rule.Name == alert));

    /// <summary>Published common files, which rulesets include, by name and version.</summary>
    public ImmutableArray<PublishedCommonFile> CommonFiles => _published.CommonFiles;

    /// <summary>A published version as the compiler sees it, over the published versions it builds on.</summary>
    public RulesetCompilation Compile(RulesetVersion version)
    {
        ArgumentNullException.ThrowIfNull(version);
        return _library.Compile(_published.Texts[version.Id]);
    }

    /// <summary>The text of a published version or common file; null where there is none.</summary>
    public SourceText? TextOf(RuleFileId id) => _published.Texts.GetValueOrDefault(id);

    /// <summary>A text that is not published, as the compiler sees it over the published versions that it builds on.</summary>
    public RulesetCompilation Compile(SourceText text) => _library.Compile(text);

    /// <summary>Everything that would keep a text from being published now, and what the compiler says besides; nothing is published.</summary>
    public CheckedText Check(string fileName, string text)
    {
        var (source, compilation) = CompileAs(fileName, text);
        if (compilation.Model is not { } model)
        {
            return new CheckedText(compilation, compilation.Diagnostics, []);
        }

        var examples = ExampleRunner.Run(model);
        var activeFrom = Instants.Max(Instants.Now(_time), Instants.Floor(model.EffectiveAt));
        return new CheckedText(compilation, [.. compilation.Diagnostics, .. AgainstPublished(model, source, activeFrom), .. Broken(model, examples)], examples);
    }

    /// <summary>Checks and publishes one version over the published ones it builds on; publishing the same bytes again changes nothing.</summary>
    /// <param name="fileName">What diagnostics call the text; it is stored as <c>NAME.vN.rules</c>.</param>
    /// <returns>With errors, no version: those of the text, PR0907 and PR0910 for an amendment or an include of what is not published, PR0921 for a name that is taken, PR0801 and PR0802 for promises and examples that do not hold, PR0901, PR0902 and PR0906 against the
    /// versions before, PR0905 for a published version with other bytes.</returns>
    public Task<Publication> PublishAsync(string fileName, string text, string author, CancellationToken cancellationToken) =>
        PublishAsync(fileName, text, author, beforeThisDatabase: false, null, cancellationToken);

    /// <inheritdoc cref="PublishAsync(string, string, string, CancellationToken)"/>
    /// <param name="notBefore">The version is active from then, where that is later than its effective instant and its publication.</param>
    public Task<Publication> PublishAsync(string fileName, string text, string author, Instant notBefore, CancellationToken cancellationToken) =>
        PublishAsync(fileName, text, author, beforeThisDatabase: false, notBefore, cancellationToken);

    /// <summary>
    /// Publishes, as <c>system</c>, the files of a start that the database does not know. Into a database without any account they are
    /// published as of their effective instant: they were in force before this database was. (Versions alone do not count: a first start
    /// may have been cut off between two files.) What a file builds on is published before it, whatever the order.
    /// </summary>
    /// <exception cref="LedgerStartException">A file has errors, or its version is known with other bytes (PR0905).</exception>
    public async Task<ImmutableArray<Publication>> LoadAsync(IEnumerable<RuleFile> files, CancellationToken cancellationToken)
    {
        var first = await HasNoAccountAsync(cancellationToken);
        var publications = ImmutableArray.CreateBuilder<Publication>();
        foreach (var file in InOrder(files))
        {
            var publication = await PublishAsync(file.FileName, file.Text, "system", beforeThisDatabase: first, null, cancellationToken);
            if (publication is { Version: null, Common: null })
            {
                throw Refusal(file.FileName, publication);
            }

            publications.Add(publication);
        }

        return publications.ToImmutable();
    }

    /// <summary>The files by the numbers of their versions, every one behind those among them that it builds on.</summary>
    public static ImmutableArray<RuleFile> InOrder(IEnumerable<RuleFile> files)
    {
        var texts = files.Select(file => SourceText.From(file.Text, file.FileName)).ToImmutableArray();
        var library = RulesetLibrary.Of(texts);
        var ordered = ImmutableArray.CreateBuilder<RuleFile>(texts.Length);
        var begun = new HashSet<SourceText>();
        foreach (var text in texts.OrderBy(text => library.Compile(text).Id.Version))
        {
            Add(text);
        }

        return ordered.DrainToImmutable();

        void Add(SourceText text)
        {
            if (begun.Add(text))
            {
                foreach (var needed in library.Compile(text).BuildsOn.Reverse())
                {
                    Add(needed);
                }

                ordered.Add(new RuleFile(text.FileName, text.ToString()));
            }
        }
    }

    private async Task<bool> HasNoAccountAsync(CancellationToken cancellationToken)
    {
        await using var snapshot = await _store.BeginReadAsync(cancellationToken);
        return (await snapshot.AccountsAsync(new AccountFilter(Limit: 1), cancellationToken)).IsEmpty;
    }

    internal static async Task<RulesetCatalogue> OpenAsync(ILedgerStore store, TimeProvider time, CancellationToken cancellationToken)
    {
        var catalogue = new RulesetCatalogue(store, time);
        await using var snapshot = await store.BeginReadAsync(cancellationToken);
        await catalogue.ReadAsync(snapshot, cancellationToken);
        return catalogue;
    }

    /// <summary>Learns what other nodes have published, where the store knows more versions than this catalogue.</summary>
    internal async ValueTask KnowAsync(StoreMoment moment, CancellationToken cancellationToken)
    {
        if (moment.Versions > _published.Count)
        {
            await using var snapshot = await _store.BeginReadAsync(cancellationToken);
            await ReadAsync(snapshot, cancellationToken);
        }
    }

    private async Task ReadAsync(IReadSnapshot snapshot, CancellationToken cancellationToken)
    {
        var unknown = (await snapshot.VersionsAsync(cancellationToken)).RemoveAll(stored => _published.Has(IdOf(stored)));
        // A version may build on one whose name comes later.
        var texts = unknown.ToDictionary(IdOf, stored => SourceText.From(stored.Text, stored.FileName));
        Change(published => published.Holding(texts));
        foreach (var stored in unknown)
        {
            var compilation = _library.Compile(texts[IdOf(stored)]);
            if (compilation.Common is not null)
            {
                Change(published => published.With(CommonOf(stored)));
                continue;
            }

            if (compilation.Model is null && !stored.IsPublishedText)
            {
                throw new LedgerStartException(LedgerStartException.NeedsDecision, "version_changed",
                    $"Version {stored.Version} of {stored.Ruleset} is not the text that was published: its sha256 is another. Restore a copy from before it was changed.");
            }

            var model = compilation.Model ?? throw new LedgerStartException(LedgerStartException.NeedsDecision, "version_unreadable",
                $"Version {stored.Version} of {stored.Ruleset} was published by version {stored.EngineVersion} of this program, which this one cannot compile: "
                + $"{compilation.Diagnostics.First(d => d.Severity == DiagnosticSeverity.Error)} Start a program that can.");
            Change(published => published.With(VersionOf(stored, model)));
        }
    }

    // Two who read at once find the same, so that a second change to it changes nothing.
    private void Change(Func<Published, Published> change)
    {
        lock (_gate)
        {
            _published = change(_published);
        }
    }

    private static RuleFileId IdOf(StoredVersion stored) => new(stored.Ruleset, stored.Version);

    private static RulesetVersion VersionOf(StoredVersion stored, RulesetModel model) => new(model, stored.FileName, stored.Text,
        Convert.ToHexStringLower(stored.Sha256.Span), stored.ActiveFrom, stored.PublishedAt, stored.Author);

    private async Task<Publication> PublishAsync(string fileName, string text, string author, bool beforeThisDatabase, Instant? notBefore, CancellationToken cancellationToken)
    {
        var (source, compilation) = CompileAs(fileName, text);
        if (compilation.Common is { } common)
        {
            return await PublishCommonAsync(common, compilation, text, author, cancellationToken);
        }

        if (compilation.Model is not { } model)
        {
            return new Publication(null, false, compilation.Diagnostics);
        }

        var sha256 = SHA256.HashData(Encoding.UTF8.GetBytes(text));
        // The write transaction keeps charges out, so that none falls between the publication's instant and the version's first use.
        await using var transaction = await _store.BeginWriteAsync(cancellationToken);
        await transaction.LockCatalogueAsync(cancellationToken);
        await KnowAsync(transaction.Moment, cancellationToken);
        var known = Versions(model.Name);
        if (known.FirstOrDefault(version => version.Model.Version == model.Version) is { } same)
        {
            return string.Equals(same.Sha256, Convert.ToHexStringLower(sha256), StringComparison.Ordinal)
                ? new Publication(same, true, compilation.Diagnostics)
                : new Publication(null, false, compilation.Diagnostics.Add(Report(source, DiagnosticDescriptors.PublishedVersionEdited, model.Version,
                    Day(same.PublishedAt, model), known[0].Model.Version + 1)))
                { Sha256 = Convert.ToHexStringLower(sha256), PublishedSha256 = same.Sha256 };
        }

        var now = transaction.Moment.Now ?? Instants.Now(_time);
        var publishedAt = beforeThisDatabase && model.EffectiveAt < now ? Instants.Floor(model.EffectiveAt) : now;
        var activeFrom = Instants.Max(Instants.Max(publishedAt, Instants.Floor(model.EffectiveAt)), Instants.Floor(notBefore ?? publishedAt));
        var errors = AgainstPublished(model, source, activeFrom);
        if (errors.IsEmpty)
        {
            errors = Broken(model, ExampleRunner.Run(model));
        }

        if (!errors.IsEmpty)
        {
            return new Publication(null, false, compilation.Diagnostics.AddRange(errors));
        }

        var stored = new StoredVersion(model.Name, model.Version, source.FileName, text, sha256, model.Meaning, EngineVersion, author, activeFrom, publishedAt, now);
        await transaction.PublishAsync(stored, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        var published = VersionOf(stored, model);
        Change(before => before.Holding([KeyValuePair.Create(published.Id, source)]).With(published));
        return new Publication(published, false, compilation.Diagnostics);
    }

    private (SourceText Source, RulesetCompilation Compilation) CompileAs(string fileName, string text)
    {
        var source = SourceText.From(text, fileName);
        var compilation = _library.Compile(source);
        if ((compilation.Model is not null || compilation.Common is not null) && compilation.Id.FileName != fileName)
        {
            // Explanations name the file of a rule, and by that name it is found again.
            source = SourceText.From(text, compilation.Id.FileName);
            compilation = _library.Compile(source);
        }

        return (source, compilation);
    }

    private ImmutableArray<Diagnostic> AgainstPublished(RulesetModel model, SourceText source, Instant activeFrom) => CommonFiles.Any(file => file.Id.Name == model.Name)
        ? [Report(source, DiagnosticDescriptors.NameOfAnotherKind, model.Name, "common file", "ruleset")]
        : Against(Versions(model.Name), model, source, activeFrom);

    private static ImmutableArray<Diagnostic> Broken(RulesetModel model, ImmutableArray<ExampleResult> examples) =>
        [.. examples.SelectMany(example => example.Failures).Select(failure => failure.Diagnostic), .. PromiseRunner.Broken(model)];

    // A common file has no instant of its own: it holds where a ruleset that includes it does.
    private async Task<Publication> PublishCommonAsync(CommonFile common, RulesetCompilation compilation, string text, string author, CancellationToken cancellationToken)
    {
        var sha256 = SHA256.HashData(Encoding.UTF8.GetBytes(text));
        await using var transaction = await _store.BeginWriteAsync(cancellationToken);
        if (CommonFiles.FirstOrDefault(file => file.Id == compilation.Id) is { } same)
        {
            return string.Equals(same.Sha256, Convert.ToHexStringLower(sha256), StringComparison.Ordinal)
                ? new Publication(null, true, compilation.Diagnostics) { Common = same }
                : new Publication(null, false, compilation.Diagnostics.Add(Report(compilation.Source, DiagnosticDescriptors.PublishedVersionEdited, common.Version,
                    NodaTime.Text.LocalDatePattern.Iso.Format(same.PublishedAt.InUtc().Date), CommonFiles.Where(file => file.Id.Name == common.Name).Max(file => file.Id.Version) + 1)))
                { Sha256 = Convert.ToHexStringLower(sha256), PublishedSha256 = same.Sha256 };
        }

        if (Find(common.Name) is not null)
        {
            return new Publication(null, false, compilation.Diagnostics.Add(
                Report(compilation.Source, DiagnosticDescriptors.NameOfAnotherKind, common.Name, "ruleset", "common file")));
        }

        var now = Instants.Now(_time);
        var stored = new StoredVersion(common.Name, common.Version, compilation.Source.FileName, text, sha256, common.Meaning, EngineVersion, author, now, now, now);
        await transaction.PublishAsync(stored, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        var published = CommonOf(stored);
        Change(before => before.Holding([KeyValuePair.Create(published.Id, compilation.Source)]).With(published));
        return new Publication(null, false, compilation.Diagnostics) { Common = published };
    }

    private static PublishedCommonFile CommonOf(StoredVersion stored) => new(
        new RuleFileId(stored.Ruleset, stored.Version), stored.FileName, stored.Text, Convert.ToHexStringLower(stored.Sha256.Span), stored.PublishedAt, stored.Author);

    /// <summary>Of this program: what it stores with each version, and what results are bound to.</summary>
    public static string EngineVersion { get; } = typeof(RulesetModel).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";

    private static ImmutableArray<Diagnostic> Against(ImmutableArray<RulesetVersion> known, RulesetModel model, SourceText source, Instant activeFrom)
    {
        if (known.IsEmpty)
        {
            return [];
        }

        var last = known[0];
        if (model.Version <= last.Model.Version || model.EffectiveAt < last.Model.EffectiveAt)
        {
            return [Report(source, DiagnosticDescriptors.VersionNotAscending, model.Name, model.Version, last.Model.Version)];
        }

        if (activeFrom <= last.ActiveFrom)
        {
            return [Report(source, DiagnosticDescriptors.VersionsTakeEffectTogether, last.Model.Version, model.Version, model.Name, Day(activeFrom, model))];
        }

        return model.Credit.Decimals == last.Model.Credit.Decimals
            ? []
            : [Report(source, DiagnosticDescriptors.DecimalsChanged, last.Model.Credit.Decimals, model.Credit.Decimals)];
    }

    private static string Day(Instant instant, RulesetModel model) =>
        NodaTime.Text.LocalDatePattern.Iso.Format(instant.InZone(model.Zone).Date);

    /// <summary>A diagnostic about a version as a whole stands on the first line with words: its header.</summary>
    private static Diagnostic Report(SourceText source, DiagnosticDescriptor descriptor, params object?[] arguments)
    {
        var text = source.ToString();
        var start = text.IndexOf("ruleset", StringComparison.Ordinal);
        start = start < 0 ? text.IndexOf("common", StringComparison.Ordinal) : start;
        start = Math.Max(start, 0);
        var end = text.IndexOf('\n', start);
        var span = new TextSpan(start, (end < 0 ? text.Length : end) - start);
        return new Diagnostic(descriptor, new TextLocation(source, span), [.. arguments], []);
    }

    private static LedgerStartException Refusal(string fileName, Publication publication)
    {
        var error = publication.Diagnostics.Last(d => d.Severity == DiagnosticSeverity.Error);
        var hashes = publication.PublishedSha256 is { } published
            ? $" The file's sha256 is {publication.Sha256}, the published one's {published}. Restore the file, or give the changed text the next number."
            : "";
        return new LedgerStartException(LedgerStartException.NeedsDecision, error.Id, $"{fileName} cannot be published. {error}{hashes}");
    }

    /// <summary>What is published at one moment.</summary>
    private sealed record Published(ImmutableArray<PublishedRuleset> All, FrozenDictionary<string, PublishedRuleset> ByName,
        FrozenDictionary<string, ImmutableArray<RulesetVersion>> Versions, ImmutableDictionary<RuleFileId, SourceText> Texts)
    {
        public ImmutableArray<PublishedCommonFile> CommonFiles { get; init; } = [];

        public static Published None { get; } = new([], FrozenDictionary<string, PublishedRuleset>.Empty,
            FrozenDictionary<string, ImmutableArray<RulesetVersion>>.Empty, ImmutableDictionary<RuleFileId, SourceText>.Empty);

        public int Count => CommonFiles.Length + Versions.Sum(static versions => versions.Value.Length);

        public bool Has(RuleFileId id) =>
            CommonFiles.Any(file => file.Id == id) || (Versions.TryGetValue(id.Name, out var versions) && versions.Any(version => version.Id == id));

        public Published Holding(IEnumerable<KeyValuePair<RuleFileId, SourceText>> texts) => this with { Texts = Texts.SetItems(texts) };

        public Published With(PublishedCommonFile file) => Has(file.Id)
            ? this
            : this with { CommonFiles = [.. CommonFiles.Append(file).OrderBy(common => common.Id.Name, StringComparer.Ordinal).ThenBy(common => common.Id.Version)] };

        public Published With(RulesetVersion version)
        {
            if (Has(version.Id))
            {
                return this;
            }

            var name = version.Model.Name;
            var versions = Versions.ToDictionary(StringComparer.Ordinal);
            versions[name] = Versions.TryGetValue(name, out var before) ? before.Insert(0, version) : [version];
            var rulesets = versions.OrderBy(pair => pair.Key, StringComparer.Ordinal)
                // The others stay the objects that they are: what was made of them stays known.
                .Select(pair => pair.Key == name ? new PublishedRuleset(name, [.. pair.Value.Reverse().Select(v => new PublishedVersion(v.Model, v.ActiveFrom))]) : ByName[pair.Key])
                .ToImmutableArray();
            return new Published(rulesets, rulesets.ToFrozenDictionary(ruleset => ruleset.Name, StringComparer.Ordinal),
                versions.ToFrozenDictionary(StringComparer.Ordinal), Texts)
            { CommonFiles = CommonFiles };
        }
    }
}

/// <summary>A rule file as it is read at start.</summary>
/// <param name="FileName"><c>biodock.v1.rules</c>; shown to people.</param>
public sealed record RuleFile(string FileName, string Text);

/// <summary>A text and everything there is to say about it.</summary>
/// <param name="Diagnostics">Of the compiler, by position; then what stands against the published versions, and examples and promises that do not hold.</param>
/// <param name="Examples">In file order; empty where the text has errors.</param>
public sealed record CheckedText(RulesetCompilation Compilation, ImmutableArray<Diagnostic> Diagnostics, ImmutableArray<ExampleResult> Examples)
{
    public bool HasErrors => Diagnostics.Any(static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
}

/// <param name="FileName"><c>biodock.v1.rules</c>.</param>
/// <param name="Sha256">Lower-case hex of the text's UTF-8 bytes.</param>
public sealed record RulesetVersion(RulesetModel Model, string FileName, string Text, string Sha256, Instant ActiveFrom, Instant PublishedAt, string PublishedBy)
{
    public RuleFileId Id => new(Model.Name, Model.Version);
}

/// <param name="FileName"><c>models.v1.rules</c>.</param>
/// <param name="Sha256">Lower-case hex of the text's UTF-8 bytes.</param>
public sealed record PublishedCommonFile(RuleFileId Id, string FileName, string Text, string Sha256, Instant PublishedAt, string PublishedBy);

/// <param name="Version">Null when the text has errors or differs from what was published, and for a common file.</param>
/// <param name="AlreadyPublished">True when the same bytes were known.</param>
public sealed record Publication(RulesetVersion? Version, bool AlreadyPublished, ImmutableArray<Diagnostic> Diagnostics)
{
    /// <summary>Set where the text is a common file and is published.</summary>
    public PublishedCommonFile? Common { get; init; }

    /// <summary>Of the text given, where its version is published with other bytes (PR0905); null otherwise.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Of the published text, where the text given differs from it (PR0905); null otherwise.</summary>
    public string? PublishedSha256 { get; init; }
}
