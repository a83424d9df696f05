using Rules.Cli.Input;
using Rules.Cli.Output;
using Rules.Cli.Stories;
using Rules.Dsl.Diagnostics;
using Rules.Dsl.Text;
using Rules.Engine.Wire;
using Rules.Ledger;

namespace Rules.Cli.Commands;

/// <summary><c>rules run FILE… STORY</c>: the dated steps of a story, through the command handlers of a ledger that is gone afterwards.</summary>
internal static class RunCommand
{
    /// <param name="paths">Rule files, then the story.</param>
    public static async Task<int> RunAsync(Terminal terminal, IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        if (paths.Count < 2)
        {
            throw new CommandException(ExitCode.Usage, "The story is missing.", "rules run FILE STORY.jsonl, or - for standard input");
        }

        var clock = new StoryClock();
        await using var ledger = await CreditLedger.OpenInMemoryAsync(new LedgerOptions { Time = clock }, cancellationToken);
        await PublishAsync(terminal, ledger, new RuleWorkspace(RuleFiles.Find(paths.SkipLast(1))), cancellationToken);
        var story = Open(terminal, paths[^1]);
        // Both streams of the terminal stay open: they are the process's.
        var output = new BufferedStream(terminal.OutputBytes, 64 * 1024);
        try
        {
            return await RunAsync(ledger, clock, story, output, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await terminal.Error.WriteLineAsync("rules: stopped; the steps above were run.");
            return ExitCode.Stopped;
        }
        finally
        {
            await output.FlushAsync(CancellationToken.None);
            if (story != terminal.Input)
            {
                await story.DisposeAsync();
            }
        }
    }

    private static async Task<int> RunAsync(CreditLedger ledger, StoryClock clock, Stream story, BufferedStream output, CancellationToken cancellationToken)
    {
        var lines = new LineReader(story, WireLimits.BodyBytes);
        var reader = new StoryReader(ledger.Rulesets.All is [var only] ? only.Name : null);
        var runner = new StoryRunner(ledger, clock);
        var unread = 0L;
        while (await lines.ReadAsync(cancellationToken))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!lines.Line.ContainsAnyExcept(" \t"u8))
            {
                continue;
            }

            var reading = reader.Read(lines.Line, lines.Number);
            unread += reading.Succeeded ? 0 : 1;
            output.Write(reading.Succeeded
                ? await runner.RunAsync(reading.Value, lines.Number, cancellationToken)
                : StoryResult.Failed(reading.Error));
            output.WriteByte((byte)'\n');
            if (lines.IsDrained)
            {
                await output.FlushAsync(cancellationToken);
            }
        }

        return unread == 0 ? ExitCode.Fine : ExitCode.BadData;
    }

    // Every file with those it builds on, common files first, then by number: what a story may meet is in force when it says so.
    private static async Task PublishAsync(Terminal terminal, CreditLedger ledger, RuleWorkspace workspace, CancellationToken cancellationToken)
    {
        var given = workspace.Given.Select(workspace.Compile).ToList();
        var built = given.SelectMany(static c => c.BuildsOn).Distinct().Except(given.Select(static c => c.Source))
            .Select(source => workspace.Compile(new Input.RuleFile(workspace.PathOf(new TextLocation(source, default)), source)));
        foreach (var compilation in given.Concat(built).OrderBy(static c => c.Common is null).ThenBy(static c => c.Common is null ? c.Id.Version : c.BuildsOn.Length).ToList())
        {
            var publication = await ledger.Rulesets.PublishAsync(compilation.Source.FileName, compilation.Source.ToString(), "story", cancellationToken);
            if (publication.Version is not null || publication.Common is not null)
            {
                continue;
            }

            // Those of the file itself know where it lies.
            var errors = compilation.Model is null ? compilation.Diagnostics : publication.Diagnostics;
            var printer = new DiagnosticPrinter(terminal.Error, Palette.Plain, workspace);
            foreach (var diagnostic in errors.Where(static d => d.Severity == DiagnosticSeverity.Error))
            {
                printer.Print(diagnostic);
            }

            throw new CommandException(
                ExitCode.Problems, $"{workspace.PathOf(new TextLocation(compilation.Source, default))}: the rules have errors, so no story can be run.");
        }
    }

    private static Stream Open(Terminal terminal, string path)
    {
        if (path == "-")
        {
            return terminal.Input;
        }

        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CommandException(ExitCode.NoInput, $"{path}: there is no such file.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new CommandException(ExitCode.NoInput, $"{path}: the file cannot be read: {exception.Message}");
        }
    }
}
