using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using NodaTime;
using Rules.Dsl.Text;
using Rules.Engine.Accounts;
using Rules.Engine.Model;
using Rules.Engine.Replay;
using Rules.Ledger;
using Rules.Ledger.Replays;
using Rules.Portal.Startup;

namespace Rules.Portal.Replays;

/// <summary>
/// Replays the past of the ledger's accounts, or usage that was imported, under drafts. The past of a window is read once and kept, so that a draft that changes while it is
/// typed is priced anew and nothing is read again. Safe to call from many requests; as many as there are processors run at once.
/// </summary>
public sealed class PastReplays(CreditLedger ledger, IClock clock, PastCache pasts, PortalSettings settings)
{
    /// <summary>Drafts of one request.</summary>
    public const int MostDrafts = ReplayRun.MostCandidates - 1;

    private static readonly SemaphoreSlim s_running = new(Math.Max(1, Environment.ProcessorCount / 2));

    // Of their own, so that nobody who types waits for a long replay.
    private static readonly SemaphoreSlim s_previewing = new(Environment.ProcessorCount);

    /// <summary>What stands in the way of a request, as far as it can be seen before the past is read; null where nothing does.</summary>
    public ReplayOutcome? Check(ReplayRequest request)
    {
        Candidates(request, out var refused);
        return refused ?? WindowOf(request, out _);
    }

    /// <summary>
    /// Runs a request to its end. Cancelled while the past is read it throws; cancelled later it answers for the accounts that were done, and
    /// the report says that it is partial.
    /// </summary>
    /// <param name="progress">Told now and then, from any thread.</param>
    /// <exception cref="OperationCanceledException">Cancelled before anything was replayed.</exception>
    public async Task<ReplayOutcome> RunAsync(ReplayRequest request, Action<ReplayStep>? progress, CancellationToken cancellationToken)
    {
        var candidates = Candidates(request, out var refused);
        if (refused is not null)
        {
            return refused;
        }

        if (WindowOf(request, out var window) is { } empty)
        {
            return empty;
        }

        var (past, tooMany) = await pasts.ReadAsync(candidates.Published, request.Source, request.Account, window, progress, cancellationToken);
        if (past is null)
        {
            return TooMany(tooMany);
        }

        await s_running.WaitAsync(cancellationToken);
        try
        {
            var outcome = await Task.Run(() => Run(request, candidates, past, progress, cancellationToken), CancellationToken.None);
            return outcome with { Guards = (await ledger.Drafts.GuardsAsync(request.Ruleset, CancellationToken.None)).Limits };
        }
        finally
        {
            s_running.Release();
        }
    }

    /// <summary>
    /// Replays one draft of a window that reaches up to now, against what is kept of the published side: all of it, and of a past with more than
    /// <see cref="PortalSettings.EstimateAbove"/> events an estimate with its margin ahead. The past may be a minute old.
    /// </summary>
    /// <param name="request">One draft, all accounts, nothing to group by.</param>
    /// <param name="estimates">False: all of it only.</param>
    /// <exception cref="OperationCanceledException">Cancelled: nothing more is told.</exception>
    public async IAsyncEnumerable<ReplayOutcome> PreviewAsync(ReplayRequest request, bool estimates, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var compiled = Candidates(request, out var refused);
        refused ??= WindowOf(request, out _);
        if (refused is not null)
        {
            yield return refused;
            yield break;
        }

        if (await pasts.BaselineAsync(compiled.Published, request.Source, request.Window, cancellationToken) is not { } baseline)
        {
            yield return TooMany(PastCache.MostEvents);
            yield break;
        }

        var draft = baseline.Past.Candidate(request.Drafts[0].Name, compiled.Models[0]);
        if (estimates && baseline.Sample is { } sample && baseline.Whole.Events > settings.EstimateAbove
            && ReplayEstimate.Of(baseline.Whole, await CompareAsync(sample, draft, cancellationToken)) is { } estimate)
        {
            yield return new ReplayOutcome { Estimate = estimate, Past = baseline.Past, Diagnostics = compiled.Diagnostics };
        }

        // Not begun before the estimate is on its way: whoever waits for that has both processors.
        var report = await CompareAsync(baseline.Whole, draft, cancellationToken);
        yield return OutcomeOf(request, compiled, baseline.Past, [baseline.Whole.Candidate, draft], report) with
        {
            Lines = LineUse.Of(report, 1, compiled.Models[0], FileOf(request), compiled.Published.Versions[^1].Model),
        };
    }

    private static async Task<ReplayReport> CompareAsync(ReplayBaseline baseline, ReplayCandidate draft, CancellationToken cancellationToken)
    {
        await s_previewing.WaitAsync(cancellationToken);
        try
        {
            return await Task.Run(() => baseline.Compare([draft], Environment.ProcessorCount, cancellationToken), CancellationToken.None);
        }
        finally
        {
            s_previewing.Release();
        }
    }

    /// <summary>Whether anything was used in the window, as far as is known: without reading where nothing is.</summary>
    public async Task<bool> HasUsageAsync(ReplayRequest request, CancellationToken cancellationToken) =>
        ledger.Rulesets.Find(request.Ruleset) is { } published
        && await pasts.BaselineAsync(published, request.Source, request.Window, cancellationToken) is not { Past.Events: 0 };

    private ReplayOutcome Run(
        ReplayRequest request, Compiled candidates, PastUsage past, Action<ReplayStep>? progress, CancellationToken cancellationToken)
    {
        var name = candidates.Against is { } against ? string.Create(CultureInfo.InvariantCulture, $"version {against.Version}") : "published";
        ImmutableArray<ReplayCandidate> all =
            [past.Candidate(name, candidates.Against), .. request.Drafts.Zip(candidates.Models, (draft, model) => past.Candidate(draft.Name, model))];
        var options = new ReplayOptions
        {
            Threads = Environment.ProcessorCount,
            Records = request.Records,
            Progress = progress is null ? null : done => progress(new ReplayStep(IsReading: false, done.Events, past.Events)),
        };
        var window = new ReplayWindow(past.Window.From, past.Window.Until);
        return OutcomeOf(request, candidates, past, all, ReplayRun.Run(all, past.Accounts, past.Shapes, window, options, cancellationToken));
    }

    private ReplayOutcome OutcomeOf(ReplayRequest request, Compiled compiled, PastUsage past, ImmutableArray<ReplayCandidate> all, ReplayReport report) => new()
    {
        Report = report,
        Past = past,
        Stuck = past.Stuck,
        Diagnostics = compiled.Diagnostics,
        Binding = new ReplayBinding(
            [.. request.Drafts.Select(static draft => HashOf(draft.Text))], past.Hash, PublishedHash(request.Ruleset), RulesetCatalogue.EngineVersion),
        Explain = (candidate, account, index) => Explain(all, past, candidate, account, index),
    };

    private static Quote? Explain(ImmutableArray<ReplayCandidate> candidates, PastUsage past, int candidate, string account, int index) =>
        candidate >= 0 && candidate < candidates.Length && past.Account(account) is { } history && index >= 0 && index < history.Usage.Count
            ? ReplayRun.Explain(candidates[candidate], history, index)
            : null;

    private Compiled Candidates(ReplayRequest request, out ReplayOutcome? refused)
    {
        if (request.Drafts.Length is 0 or > MostDrafts)
        {
            throw new ArgumentException("1 to 5 drafts are replayed at once.", nameof(request));
        }

        if (ledger.Rulesets.Find(request.Ruleset) is not { } published)
        {
            refused = Refuse(ReplayRefusalKind.RulesetUnknown, $"No published ruleset is called \"{request.Ruleset}\".", "Publish it first.");
            return default;
        }

        RulesetModel? against = null;
        if (request.Against is { } number && (against = published.Version(number)) is null)
        {
            refused = Refuse(
                ReplayRefusalKind.VersionUnknown, string.Create(CultureInfo.InvariantCulture, $"\"{request.Ruleset}\" has no published version {number}."), "Name one that is published.");
            return default;
        }

        var compilations = request.Drafts.Select(draft => ledger.Rulesets.Compile(SourceText.From(draft.Text, FileOf(request)))).ToImmutableArray();
        refused = null;
        for (var i = 0; i < compilations.Length && refused is null; i++)
        {
            refused = compilations[i].Model switch
            {
                null => Refuse(ReplayRefusalKind.DraftHasErrors, $"\"{request.Drafts[i].Name}\" has errors.", "Mend them; the diagnostics say where.", i),
                { } model when model.Name != request.Ruleset => Refuse(
                    ReplayRefusalKind.DraftOfAnotherRuleset, $"\"{request.Drafts[i].Name}\" is of the ruleset \"{model.Name}\".", $"Write \"ruleset {request.Ruleset}\" in its head.", i),
                _ => null,
            };
        }

        var diagnostics = compilations.Select(static c => c.Diagnostics).ToImmutableArray();
        refused = refused is null ? null : refused with { Diagnostics = diagnostics };
        return new Compiled(published, [.. compilations.Select(static c => c.Model!)], against, diagnostics);
    }

    private ReplayOutcome? WindowOf(ReplayRequest request, out PastWindow window)
    {
        window = request.Window with { Until = Instant.Min(request.Window.Until, clock.GetCurrentInstant()) };
        return window.From < window.Until
            ? null
            : Refuse(ReplayRefusalKind.WindowIsEmpty, "The window ends before anything in it can have happened.", "Let the window begin earlier.");
    }

    /// <summary>What <see cref="ReplayBinding.Published"/> is now.</summary>
    internal string PublishedHash(string ruleset)
    {
        var texts = string.Join('\n', ledger.Rulesets.Versions(ruleset).Select(static version => version.Sha256));
        return HashOf(texts);
    }

    private static string FileOf(ReplayRequest request) => request.Ruleset + ".rules";

    private static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static ReplayOutcome TooMany(long most) => Refuse(
        ReplayRefusalKind.TooManyEvents,
        string.Create(CultureInfo.InvariantCulture, $"The window holds more than {most:N0} events, which is what this service keeps in memory."),
        "Choose a shorter window, or one account.");

    private static ReplayOutcome Refuse(ReplayRefusalKind kind, string message, string help, int? draft = null) =>
        new() { Refusal = new ReplayRefusal(kind, message, help) { Draft = draft } };

    private readonly record struct Compiled(
        PublishedRuleset Published, ImmutableArray<RulesetModel> Models, RulesetModel? Against, ImmutableArray<ImmutableArray<Dsl.Diagnostics.Diagnostic>> Diagnostics);
}
