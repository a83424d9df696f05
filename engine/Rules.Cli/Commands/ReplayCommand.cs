using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using NodaTime;
using Rules.Cli.Input;
using Rules.Cli.Output;
using Rules.Dsl.Diagnostics;
using Rules.Engine.Model;
using Rules.Engine.Replay;
using Rules.Engine.Wire;
using Rules.Ledger;
using Rules.Ledger.Imports;
using Rules.Ledger.Replays;

namespace Rules.Cli.Commands;

/// <summary>
/// <c>rules replay --rules A --against B USAGE</c>, or <c>rules replay --database D --against B</c>: what past usage would have come to under other rules, account by
/// account through buckets, cycles and expiry. Stopped on the way, it tells of the accounts that it finished.
/// </summary>
internal static class ReplayCommand
{
    private const int MostAgainst = ReplayRun.MostCandidates - 1;

    // Without --from: as far back as the pages of the service look.
    private static readonly Duration _normalWindow = Duration.FromDays(30);

    /// <summary>What the command line asks for.</summary>
    /// <param name="Rules">Null: what was published, each version in its time.</param>
    /// <param name="Usage">A file of events; null where they come from a database.</param>
    internal sealed record Request(string? Rules, ImmutableArray<string> Against, string? Usage, ImmutableArray<string> By, int Top, bool Json, bool Csv)
    {
        /// <summary>The past of a ledger, read while its service runs.</summary>
        public string? Database { get; init; }

        /// <summary>Usage that was imported in the place of what was charged.</summary>
        public bool IsImported { get; init; }

        /// <summary>Only this account of the database.</summary>
        public string? Account { get; init; }

        /// <summary>Of the database's window; null: 30 days before its end.</summary>
        public string? From { get; init; }

        /// <summary>Of the database's window; null: now.</summary>
        public string? To { get; init; }
    }

    public static async Task<int> RunAsync(Terminal terminal, TimeProvider clock, Request request, CancellationToken cancellationToken)
    {
        if (request.Against.Length > MostAgainst)
        {
            throw new CommandException(ExitCode.Usage, $"At most {MostAgainst} files can stand after --against.");
        }

        if (request.Database is not { } database)
        {
            // Waiting for a line cannot be stopped: on a thread of its own it keeps nobody from stopping the command.
            return await Task.Run(() => OfFile(terminal, request, cancellationToken), CancellationToken.None);
        }

        if (request.Usage is not null)
        {
            throw new CommandException(ExitCode.Usage, "The past is in a file or in a database.", "leave out the file, or --database");
        }

        return await DatabaseFiles.Guard(terminal, async () =>
        {
            await using var ledger = await CreditLedger.OpenSqliteReadOnlyAsync(DatabaseFiles.Database(database), new LedgerOptions { Time = clock }, cancellationToken);
            return await OfLedgerAsync(terminal, ledger, clock, request, cancellationToken);
        });
    }

    private static int OfFile(Terminal terminal, Request request, CancellationToken cancellationToken)
    {
        if (request.Rules is not { } rules || request.Usage is not { } path)
        {
            throw new CommandException(
                ExitCode.Usage, "Which rules are compared over which past is not said.", "write rules replay --rules FILE --against FILE USAGE, or rules replay --database DATABASE --against FILE");
        }

        if (request.From is not null || request.To is not null || request.Account is not null || request.IsImported)
        {
            throw new CommandException(ExitCode.Usage, "--from, --to, --account and --imported choose from a database.", "name one with --database, or leave them out");
        }

        var workspace = new RuleWorkspace([rules, .. request.Against]);
        var models = workspace.Given.Select(file => Compiled(terminal, workspace, file, workspace.Compile(file))).ToList();
        if (models.Find(m => m.Name != models[0].Name) is { } other)
        {
            throw new CommandException(ExitCode.Usage, $"{rules} is of the ruleset \"{models[0].Name}\", but another file is of \"{other.Name}\".", "compare versions of one ruleset");
        }

        var usage = Read(terminal, path, cancellationToken);
        var from = usage.Span.First;
        var candidates = models.Select((model, i) => Candidate(NameOf(models, workspace, i), model, usage, from)).ToImmutableArray();

        // The shapes of all events are known before the first account is replayed.
        var histories = usage.Histories(candidates[0].Ruleset, from).ToList();
        return Tell(
            terminal, request, workspace, models[0],
            new Past(candidates, histories, usage.Shapes, new ReplayWindow(from, usage.Span.Last + Duration.FromTicks(10)), usage.Events, id => usage.History(id, candidates[0].Ruleset, from)),
            cancellationToken);
    }

    private static async Task<int> OfLedgerAsync(Terminal terminal, CreditLedger ledger, TimeProvider clock, Request request, CancellationToken cancellationToken)
    {
        var workspace = new RuleWorkspace([.. request.Rules is { } rules ? [rules] : Array.Empty<string>(), .. request.Against]);
        var models = workspace.Given.Select(file => Compiled(terminal, workspace, file, ledger.Rulesets.Compile(file.Source))).ToList();
        if (models.Find(m => m.Name != models[0].Name) is { } other)
        {
            throw new CommandException(ExitCode.Usage, $"One file is of the ruleset \"{models[0].Name}\", another is of \"{other.Name}\".", "compare versions of one ruleset");
        }

        var ruleset = models[0].Name;
        if (ledger.Rulesets.Find(ruleset) is not { } published)
        {
            throw new CommandException(ExitCode.Problems, $"No published ruleset of the database is called \"{ruleset}\".", "see what it has with rules export");
        }

        var window = WindowOf(request, Instant.FromDateTimeOffset(clock.GetUtcNow()));
        using var progress = new ProgressLine(terminal, clock);
        var past = request.IsImported
            ? await ledger.Imports.PastAsync(published, request.Account, window, UsageImports.MostEvents, cancellationToken)
            : await ledger.PastAsync(ruleset, request.Account, window, read => progress.Show(read, read, "entries read"), cancellationToken);
        progress.Dispose();
        if (request.Account is { } id && past!.Accounts.IsEmpty && past.Stuck.IsEmpty)
        {
            throw new CommandException(
                ExitCode.Problems,
                request.IsImported ? $"No imported usage of {ruleset} in this window is of an account \"{id}\"." : $"No account of {ruleset} is called \"{id}\".",
                "check its id");
        }

        foreach (var stuck in past!.Stuck)
        {
            await terminal.Error.WriteLineAsync(Printable.Text(string.Create(
                CultureInfo.InvariantCulture, $"account {stuck.Account} is left out from entry {stuck.Sequence} on: it cannot be run again from what the entry carries")));
        }

        var names = models.Select((_, i) => NameOf(models, workspace, i)).ToList();
        ImmutableArray<ReplayCandidate> candidates = [.. request.Rules is null ? [past.Candidate("published", null)] : Array.Empty<ReplayCandidate>(), .. models.Zip(names, (model, name) => past.Candidate(name, model))];
        return Tell(
            terminal, request, workspace, published.Versions[^1].Model,
            new Past(candidates, past.Accounts, past.Shapes, new ReplayWindow(past.Window.From, past.Window.Until), past.Events, id => past.Account(id)!),
            cancellationToken);
    }

    private static int Tell(Terminal terminal, Request request, RuleWorkspace workspace, RulesetModel model, Past past, CancellationToken cancellationToken)
    {
        using var progress = new ProgressLine(terminal, TimeProvider.System);
        var report = ReplayRun.Run(
            past.Candidates,
            past.Accounts,
            past.Shapes,
            past.Window,
            new ReplayOptions { Threads = Environment.ProcessorCount, Records = request.By, Progress = done => progress.Show(done.Events, past.Events, "events") },
            cancellationToken);
        progress.Dispose();
        var printer = new ReplayPrinter(terminal, model, report, workspace);
        if (request.Json)
        {
            printer.WriteJson(Unpriced(report, past, int.MaxValue));
        }
        else if (request.Csv)
        {
            printer.WriteCsv();
        }
        else
        {
            printer.Print(request.Top, Explained(report, past, request.Top), Unpriced(report, past, request.Top));
        }

        return report.IsPartial ? ExitCode.Stopped : ExitCode.Fine;
    }

    private static PastWindow WindowOf(Request request, Instant now)
    {
        var until = Instant.Min(At("--to", request.To) ?? now, now);
        var from = At("--from", request.From) ?? until - _normalWindow;
        return from < until
            ? new PastWindow(from, until)
            : throw new CommandException(ExitCode.Usage, "The window ends before it begins.", "let --from be earlier than --to, and than now");
    }

    private static Instant? At(string option, string? text) =>
        text is null ? null
        : InstantText.TryParse(Encoding.UTF8.GetBytes(text), out var at) ? at
        : throw new CommandException(ExitCode.Usage, $"{option} is \"{text}\", which is no instant.", "write RFC 3339 with an offset, such as 2026-05-01T00:00:00Z");

    private static RulesetModel Compiled(Terminal terminal, RuleWorkspace workspace, Input.RuleFile file, RulesetCompilation compilation)
    {
        if (compilation.Model is { } model)
        {
            return model;
        }

        if (compilation.Common is not null)
        {
            throw new CommandException(ExitCode.Problems, $"{file.Path}: a common file holds lists, meters and currencies, so nothing can be replayed by it.", "name a ruleset that includes it");
        }

        var printer = new DiagnosticPrinter(terminal.Error, Palette.Plain, workspace);
        foreach (var diagnostic in compilation.Diagnostics.Where(static d => d.Severity == DiagnosticSeverity.Error))
        {
            printer.Print(diagnostic);
        }

        throw new CommandException(ExitCode.Problems, $"{file.Path}: the rules have errors, so nothing can be replayed.");
    }

    private static UsageFile Read(Terminal terminal, string path, CancellationToken cancellationToken)
    {
        if (path == "-")
        {
            return UsageFile.Read("standard input", terminal.Input, cancellationToken);
        }

        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return UsageFile.Read(path, stream, cancellationToken);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CommandException(ExitCode.NoInput, $"{path}: there is no such file.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.NoInput, $"{path}: the file cannot be read: {exception.Message}");
        }
    }

    // Both rules hold from the beginning: what is compared is the rules, not the day on which one follows the other.
    private static ReplayCandidate Candidate(string name, RulesetModel model, UsageFile usage, Instant from)
    {
        var ruleset = new PublishedRuleset(model.Name, [new PublishedVersion(model, Instant.MinValue)]);
        var openings = usage.Openings(ruleset, from);
        return new ReplayCandidate(name, ruleset) { Opening = history => openings[history.Opening.Id] };
    }

    private static string NameOf(List<RulesetModel> models, RuleWorkspace workspace, int place)
    {
        var number = models[place].Version;
        return models.Count(m => m.Version == number) == 1
            ? string.Create(CultureInfo.InvariantCulture, $"version {number}")
            : Path.GetFileName(workspace.Given[place].Path);
    }

    private static ImmutableArray<ExplainedDifference> Explained(ReplayReport report, Past past, int top)
    {
        var explained = ImmutableArray.CreateBuilder<ExplainedDifference>();
        foreach (var difference in Together(report.Differences).Take(top))
        {
            var history = past.Account(difference.Account);
            explained.Add(new ExplainedDifference(
                difference,
                history.Usage.OccurredAtOf(difference.Index),
                ReplayRun.Explain(past.Candidates[0], history, difference.Index),
                ReplayRun.Explain(past.Candidates[difference.Candidate], history, difference.Index)));
        }

        return explained.ToImmutable();
    }

    // Shapes are told apart by their meters and decimals as well: for a reader they are events of one action and its facts.
    private static IEnumerable<Difference> Together(ImmutableArray<Difference> differences) =>
        differences.GroupBy(static d => (d.Candidate, Text: ReplayPrinter.ShapeText(d.Shape)))
            .Select(static alike => alike.OrderByDescending(static d => d is { Before: not 0, After: not 0 }).ThenByDescending(static d => Math.Abs(d.After - d.Before)).First() with
            {
                Of = alike.Aggregate(Int128.Zero, static (sum, d) => sum + d.Of),
                Events = alike.Sum(static d => d.Events),
            })
            .OrderByDescending(static d => Int128.Abs(d.Of)).ThenBy(static d => d.Candidate).ThenBy(static d => d.Shape.Code);

    private static ImmutableArray<UnpricedReason> Unpriced(ReplayReport report, Past past, int top)
    {
        var reasons = ImmutableArray.CreateBuilder<UnpricedReason>();
        foreach (var events in report.Unpriced.Take(top))
        {
            var history = past.Account(events.Account);
            reasons.Add(new UnpricedReason(events, history.Usage.OccurredAtOf(events.Index), ReplayRun.WhyNot(past.Candidates[events.Candidate], history, events.Index)));
        }

        return reasons.ToImmutable();
    }

    /// <param name="Account">An account's history by its id.</param>
    private sealed record Past(
        ImmutableArray<ReplayCandidate> Candidates, IReadOnlyList<AccountHistory> Accounts, UsageShapes Shapes, ReplayWindow Window, long Events, Func<string, AccountHistory> Account);
}
