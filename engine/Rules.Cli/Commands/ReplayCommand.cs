using System.Collections.Immutable;
using System.Globalization;
using NodaTime;
using Rules.Cli.Input;
using Rules.Cli.Output;
using Rules.Dsl.Diagnostics;
using Rules.Engine.Model;
using Rules.Engine.Replay;

namespace Rules.Cli.Commands;

/// <summary>
/// <c>rules replay --rules A --against B USAGE</c>: what past usage would have come to under other rules, account by account through buckets,
/// cycles and expiry. Stopped on the way, it tells of the accounts that it finished.
/// </summary>
internal static class ReplayCommand
{
    private const int MostAgainst = ReplayRun.MostCandidates - 1;

    /// <summary>What the command line asks for.</summary>
    internal sealed record Request(string Rules, ImmutableArray<string> Against, string Usage, ImmutableArray<string> By, int Top, bool Json, bool Csv);

    public static int Run(Terminal terminal, Request request, CancellationToken cancellationToken)
    {
        if (request.Against.Length > MostAgainst)
        {
            throw new CommandException(ExitCode.Usage, $"At most {MostAgainst} files can stand after --against.");
        }

        var workspace = new RuleWorkspace([request.Rules, .. request.Against]);
        var models = workspace.Given.Select(file => Compile(terminal, workspace, file)).ToList();
        if (models.Find(m => m.Name != models[0].Name) is { } other)
        {
            throw new CommandException(ExitCode.Usage, $"{request.Rules} is of the ruleset \"{models[0].Name}\", but another file is of \"{other.Name}\".", "compare versions of one ruleset");
        }

        var usage = Read(terminal, request.Usage, cancellationToken);
        var from = usage.Span.First;
        var until = usage.Span.Last + Duration.FromTicks(10);
        var candidates = models.Select((model, i) => Candidate(NameOf(models, workspace, i), model, usage, from)).ToImmutableArray();

        // The shapes of all events are known before the first account is replayed.
        var histories = usage.Histories(candidates[0].Ruleset, from).ToList();
        using var progress = new ProgressLine(terminal, TimeProvider.System);
        var report = ReplayRun.Run(
            candidates,
            histories,
            usage.Shapes,
            new ReplayWindow(from, until),
            new ReplayOptions { Threads = Environment.ProcessorCount, Records = request.By, Progress = done => progress.Show(done.Events, usage.Events, "events") },
            cancellationToken);
        progress.Dispose();
        var printer = new ReplayPrinter(terminal, models[0], report, workspace);
        if (request.Json)
        {
            printer.WriteJson();
        }
        else if (request.Csv)
        {
            printer.WriteCsv();
        }
        else
        {
            printer.Print(request.Top, Explained(report, candidates, usage, from, request.Top), Unpriced(report, candidates, usage, from, request.Top));
        }

        return report.IsPartial ? ExitCode.Stopped : ExitCode.Fine;
    }

    private static RulesetModel Compile(Terminal terminal, RuleWorkspace workspace, RuleFile file)
    {
        var compilation = workspace.Compile(file);
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

    private static ImmutableArray<ExplainedDifference> Explained(
        ReplayReport report, ImmutableArray<ReplayCandidate> candidates, UsageFile usage, Instant from, int top)
    {
        var explained = ImmutableArray.CreateBuilder<ExplainedDifference>();
        foreach (var difference in report.Differences.Take(top))
        {
            var history = usage.History(difference.Account, candidates[0].Ruleset, from);
            explained.Add(new ExplainedDifference(
                difference,
                history.Usage.OccurredAtOf(difference.Index),
                ReplayRun.Explain(candidates[0], history, difference.Index),
                ReplayRun.Explain(candidates[difference.Candidate], history, difference.Index)));
        }

        return explained.ToImmutable();
    }

    private static ImmutableArray<UnpricedReason> Unpriced(
        ReplayReport report, ImmutableArray<ReplayCandidate> candidates, UsageFile usage, Instant from, int top)
    {
        var reasons = ImmutableArray.CreateBuilder<UnpricedReason>();
        foreach (var events in report.Unpriced.Take(top))
        {
            var history = usage.History(events.Account, candidates[0].Ruleset, from);
            reasons.Add(new UnpricedReason(events, history.Usage.OccurredAtOf(events.Index), ReplayRun.WhyNot(candidates[events.Candidate], history, events.Index)));
        }

        return reasons.ToImmutable();
    }
}
