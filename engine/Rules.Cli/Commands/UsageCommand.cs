using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using Rules.Cli.Output;
using Rules.Engine.Pricing;
using Rules.Engine.Wire;
using Rules.Ledger;
using Rules.Ledger.Imports;
using Rules.Ledger.Storage;

namespace Rules.Cli.Commands;

/// <summary><c>rules usage</c>: usage that was never charged here, brought into a database for replays, and out of it again.</summary>
internal static class UsageCommand
{
    public static Command Build(Terminal terminal, TimeProvider clock, Option<bool> json)
    {
        var database = DatabaseFiles.Argument();
        var ruleset = new Option<string>("--ruleset") { Description = "By whose rules the usage is replayed.", HelpName = "NAME", Required = true };
        return new Command("usage", "Usage that was never charged here: imported for replays, listed, exported, taken back. Accounts and the journal are not touched.")
        {
            Import(terminal, clock, database, ruleset, json),
            Export(terminal, clock, database, ruleset),
            List(terminal, clock, database, json),
            Withdraw(terminal, clock, database),
        };
    }

    private static Command Import(Terminal terminal, TimeProvider clock, Argument<string> database, Option<string> ruleset, Option<bool> json)
    {
        var file = new Argument<string>("FILE") { Description = "CSV with a header where its name ends with .csv, else JSON Lines; - for standard input." };
        var csv = new Option<bool>("--csv") { Description = "The file is CSV, whatever its name." };
        var map = new Option<string[]>("--map") { Description = "A column says a member of the event: account=customer_id, quantities.token=tokens_used.", HelpName = "MEMBER=COLUMN" };
        var set = new Option<string[]>("--set") { Description = "Every event says this: action=reply, facts.model=GPT-4o.", HelpName = "MEMBER=VALUE" };
        var name = new Option<string?>("--name") { Description = "Under which a stopped import is gone on with; else the file's name.", HelpName = "NAME" };
        var by = new Option<string?>("--by") { Description = "Who imports; recorded. Needed unless it is a dry run.", HelpName = "NAME" };
        var dry = new Option<bool>("--dry-run") { Description = "Read and count everything, show the first mistakes, and store nothing. Also while the service runs." };
        var import = new Command("import", "Reads events from a file. An event whose id is there already is left out; a run that stopped is gone on with by running it again.")
        {
            database, file, ruleset, map, set, csv, name, by, dry, json,
        };
        import.SetAction((line, cancellationToken) => Guard(terminal, () =>
        {
            var path = line.GetRequiredValue(file);
            var mapping = new UsageMapping(
                line.GetValue(csv) || path.EndsWith(".csv", StringComparison.OrdinalIgnoreCase), Pairs("--map", line.GetValue(map)), Pairs("--set", line.GetValue(set)));
            var isDryRun = line.GetValue(dry);
            if (!isDryRun && string.IsNullOrWhiteSpace(line.GetValue(by)))
            {
                throw new CommandException(ExitCode.Usage, "Whoever imports is part of the record.", "give --by NAME, or try it with --dry-run first");
            }

            var source = line.GetValue(name) ?? (path == "-" ? "standard input" : Path.GetFileName(path));
            var request = new UsageImportRequest(line.GetRequiredValue(ruleset), source, mapping, line.GetValue(by) ?? "") { IsDryRun = isDryRun };
            return ImportAsync(terminal, clock, DatabaseFiles.Database(line.GetRequiredValue(database)), path, request, line.GetValue(json), cancellationToken);
        }));
        return import;
    }

    private static Command Export(Terminal terminal, TimeProvider clock, Argument<string> database, Option<string> ruleset)
    {
        var account = new Option<string?>("--account") { Description = "Only events of this account.", HelpName = "ID" };
        var csv = new Option<bool>("--csv") { Description = "Rows for a spreadsheet in place of JSON Lines." };
        var output = new Option<string?>("--output") { Description = "Writes to a new file; else to standard output.", HelpName = "FILE" };
        var export = new Command("export", "Writes imported events as JSON Lines, which rules replay reads. Reads only, also while the service runs.") { database, ruleset, account, csv, output };
        export.SetAction((line, cancellationToken) => Guard(terminal, async () =>
        {
            await using var ledger = await OpenAsync(clock, DatabaseFiles.Database(line.GetRequiredValue(database)), cancellationToken);
            await using var file = line.GetValue(output) is { } path ? new FileStream(path, FileMode.CreateNew, FileAccess.Write) : null;
            var stream = file ?? terminal.OutputBytes;
            var written = line.GetValue(csv)
                ? await ledger.Imports.ExportCsvAsync(stream, line.GetRequiredValue(ruleset), line.GetValue(account), cancellationToken)
                : await ledger.Imports.ExportJsonAsync(stream, line.GetRequiredValue(ruleset), line.GetValue(account), cancellationToken);
            await terminal.Error.WriteLineAsync($"{Counted.Of(written, "event")} exported");
            return ExitCode.Fine;
        }));
        return export;
    }

    private static Command List(Terminal terminal, TimeProvider clock, Argument<string> database, Option<bool> json)
    {
        var list = new Command("list", "Says what was imported, when and by whom. Reads only, also while the service runs.") { database, json };
        list.SetAction((line, cancellationToken) => Guard(terminal, async () =>
        {
            await using var ledger = await OpenAsync(clock, DatabaseFiles.Database(line.GetRequiredValue(database)), cancellationToken);
            var imports = await ledger.Imports.ListAsync(null, cancellationToken);
            if (line.GetValue(json))
            {
                JsonReport.Write(terminal.Output, writer => writer.WriteImports(imports));
                return ExitCode.Fine;
            }

            foreach (var batches in imports.GroupBy(static batch => batch.Import).Select(static batches => batches.ToList()))
            {
                var (first, last) = (batches[0], batches[^1]);
                terminal.Output.WriteLine(Printable.Text(
                    $"{first.Import} {first.Ruleset}: {first.Source}, by {first.ImportedBy} at {InstantText.Format(first.ImportedAt)}: {Counted.Of(batches.Sum(static b => b.Events), "event")}, "
                    + $"{Counted.Of(batches.Sum(static b => b.Duplicates), "duplicate")}{End(last)}"));
            }

            return ExitCode.Fine;
        }));
        return list;
    }

    private static Command Withdraw(Terminal terminal, TimeProvider clock, Argument<string> database)
    {
        var import = new Argument<string>("IMPORT") { Description = "Its id, as rules usage list says it." };
        var by = new Option<string>("--by") { Description = "Who takes it back; recorded.", HelpName = "NAME", Required = true };
        var withdraw = new Command("withdraw", "Takes an import back: its events are removed, that there was one stays recorded. The file can be imported anew.") { database, import, by };
        withdraw.SetAction((line, cancellationToken) => Guard(terminal, async () =>
        {
            var path = Existing(DatabaseFiles.Database(line.GetRequiredValue(database)));
            await using var ledger = await CreditLedger.OpenSqliteAsync(path, new LedgerOptions { Time = clock }, cancellationToken);
            var batches = await ledger.Imports.WithdrawAsync(line.GetRequiredValue(import), line.GetRequiredValue(by), cancellationToken);
            if (batches.IsEmpty)
            {
                throw new CommandException(ExitCode.Problems, $"There is no import \"{line.GetRequiredValue(import)}\".", "see what there is with rules usage list");
            }

            terminal.Output.WriteLine(Printable.Text($"{batches[0].Ruleset}: {batches[0].Source} is taken back, {Counted.Of(batches.Sum(static batch => batch.Events), "event")} removed"));
            return ExitCode.Fine;
        }));
        return withdraw;
    }

    private static string Existing(string database) => File.Exists(database)
        ? database
        : throw new CommandException(ExitCode.NoInput, $"{database}: there is no such database.", "name the file, or the folder with its rules.db; the service makes one at its first start");

    private static async Task<int> ImportAsync(
        Terminal terminal, TimeProvider clock, string database, string path, UsageImportRequest request, bool json, CancellationToken cancellationToken)
    {
        await using var ledger = request.IsDryRun
            ? await OpenAsync(clock, Existing(database), cancellationToken)
            : await CreditLedger.OpenSqliteAsync(Existing(database), new LedgerOptions { Time = clock }, cancellationToken);
        if (ledger.Rulesets.Find(request.Ruleset) is not { } ruleset)
        {
            throw new CommandException(ExitCode.Problems, $"No published ruleset is called \"{request.Ruleset}\".", "publish it first, or mend --ruleset");
        }

        await using var stream = path == "-" ? terminal.Input : new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1);
        var length = path == "-" ? 0 : stream.Length;
        using var progress = new ProgressLine(terminal, clock);
        var result = await ledger.Imports.ImportAsync(stream, request with { Progress = done => progress.Show(done, Math.Max(done, length), "bytes") }, cancellationToken);
        progress.Dispose();
        if (json)
        {
            JsonReport.Write(terminal.Output, writer => writer.WriteImportResult(result, ruleset));
        }
        else
        {
            Print(terminal, path, request, result, result.Unpriced(ruleset));
        }

        return result.MistakeCount == 0 ? ExitCode.Fine : ExitCode.BadData;
    }

    private static void Print(Terminal terminal, string path, UsageImportRequest request, UsageImportResult result, ImmutableArray<KeyValuePair<string, long>> unpriced)
    {
        foreach (var mistake in result.Mistakes)
        {
            terminal.Error.WriteLine(Printable.Text(string.Create(
                CultureInfo.InvariantCulture, $"{path}:{mistake.Line}: {(mistake.Column is { } column ? column + ": " : "")}{mistake.Code}: {mistake.Message}")));
            terminal.Error.WriteLine($"  help: {Printable.Text(mistake.Help)}");
        }

        if (result.MistakeCount > result.Mistakes.Length)
        {
            terminal.Error.WriteLine($"{Counted.Of(result.MistakeCount - result.Mistakes.Length, "further mistake")} of {Counted.Of(result.MistakeCount, "mistake")} not shown");
        }

        if (!result.UnreadColumns.IsEmpty)
        {
            terminal.Output.WriteLine(Printable.Text($"not read: {string.Join(", ", result.UnreadColumns)}"));
        }

        if (result.ResumedAt > 0)
        {
            terminal.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"goes on behind line {result.ResumedAt:N0}, where it stopped before"));
        }

        var span = result is { First: { } first, Last: { } last } ? $", from {InstantText.Format(first)} to {InstantText.Format(last)}" : "";
        terminal.Output.WriteLine($"{Counted.Of(result.Lines, "line")}, {Counted.Of(result.Accounts, "account")}{span}");
        terminal.Output.WriteLine($"{Counted.Of(result.Events, "event")} {(request.IsDryRun ? "would be stored" : "stored")}, {Counted.Of(result.Duplicates, "duplicate")} left out");
        foreach (var (action, events) in unpriced)
        {
            terminal.Output.WriteLine(Printable.Text($"{request.Ruleset} has no action \"{action}\": {Counted.Of(events, "event")} without a price"));
        }

        if (result.MistakeCount > 0)
        {
            terminal.Output.WriteLine(request.IsDryRun
                ? $"{Counted.Of(result.MistakeCount, "line")} cannot be read"
                : "stopped at the first line that cannot be read; mend it and run the import again");
        }
    }

    private static string End(UsageBatch last) => last switch
    {
        { Withdrawn: { } taken } => $"; taken back by {taken.By} at {InstantText.Format(taken.At)}",
        { IsLast: false } => string.Create(CultureInfo.InvariantCulture, $"; stopped at line {last.Lines:N0}"),
        _ => "",
    };

    private static Task<CreditLedger> OpenAsync(TimeProvider clock, string database, CancellationToken cancellationToken) =>
        CreditLedger.OpenSqliteReadOnlyAsync(database, new LedgerOptions { Time = clock }, cancellationToken);

    private static Task<int> Guard(Terminal terminal, Func<Task<int>> run) => DatabaseFiles.Guard(terminal, async () =>
    {
        try
        {
            return await run();
        }
        catch (UsageImportException e)
        {
            throw new CommandException(ExitCode.Problems, e.Message, e.Help);
        }
        catch (StoreException e)
        {
            throw new CommandException(ExitCode.Problems, e.Message, "run rules ledger verify over the database");
        }
    });

    private static ImmutableArray<NamedText> Pairs(string option, string[]? given) => [.. (given ?? []).Select(text => text.IndexOf('=', StringComparison.Ordinal) is > 0 and var place
        ? new NamedText(text[..place], text[(place + 1)..])
        : throw new CommandException(ExitCode.Usage, $"{option} is \"{text}\", which has no =.", "write MEMBER=COLUMN, such as account=customer_id"))];
}
