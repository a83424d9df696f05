using System.CommandLine;
using System.Globalization;
using NodaTime;
using NodaTime.Text;
using Rules.Cli.Output;
using Rules.Ledger;
using Rules.Ledger.Verification;

namespace Rules.Cli.Commands;

/// <summary><c>rules ledger export DATABASE</c>: entries as JSON Lines, which another program can prove, or as CSV.</summary>
internal static class JournalExportCommand
{
    public static Command Build(Terminal terminal, TimeProvider clock, Argument<string> database, Option<string?> account)
    {
        var from = new Option<string?>("--from") { Description = "Only entries recorded at or after this instant, such as 2026-03-01T00:00:00Z.", HelpName = "INSTANT" };
        var to = new Option<string?>("--to") { Description = "Only entries recorded before this instant.", HelpName = "INSTANT" };
        var after = new Option<long>("--after") { Description = "Goes on behind the position that an export before ended with.", HelpName = "POSITION" };
        var output = new Option<string?>("--output") { Description = "Writes to a new file; with --after, to the end of one. Else to standard output.", HelpName = "FILE" };
        var csv = new Option<bool>("--csv") { Description = "Rows for a spreadsheet in place of JSON Lines; they do not hold what hashes are taken over. Amounts are in the smallest unit of the credit, as in JSON Lines." };
        var export = new Command("export", "Writes entries as JSON Lines, each with the bytes that its hash is taken over. Reads only, also while the service runs.")
        {
            database, account, from, to, after, output, csv,
        };
        export.SetAction((line, cancellationToken) => DatabaseFiles.Guard(terminal, () => RunAsync(terminal, clock, DatabaseFiles.Database(line.GetRequiredValue(database)),
            new ExportWindow(line.GetValue(account), Instant("--from", line.GetValue(from)), Instant("--to", line.GetValue(to)), line.GetValue(after), line.GetValue(csv)),
            line.GetValue(output), cancellationToken)));
        return export;
    }

    private static async Task<int> RunAsync(Terminal terminal, TimeProvider clock, string database, ExportWindow window, string? file, CancellationToken cancellationToken)
    {
        await using var ledger = await CreditLedger.OpenSqliteReadOnlyAsync(database, new LedgerOptions { Time = clock }, cancellationToken);
        ExportedEntries exported;
        if (file is null)
        {
            exported = await ledger.ExportAsync(terminal.OutputBytes, window, cancellationToken);
        }
        else
        {
            await using var stream = new FileStream(file, window.After > 0 ? FileMode.Append : FileMode.CreateNew, FileAccess.Write);
            exported = await ledger.ExportAsync(stream, window, cancellationToken);
        }

        await terminal.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
            $"{exported.Entries:N0} {(exported.Entries == 1 ? "entry" : "entries")} exported; the next export goes on with --after {exported.Position}"));
        return ExitCode.Fine;
    }

    private static Instant? Instant(string option, string? text) => text is null ? null
        : InstantPattern.ExtendedIso.Parse(text) is { Success: true, Value: var instant } ? instant
        : throw new CommandException(ExitCode.Usage, $"{option} is \"{text}\", which is no instant.", "write it in UTC, such as 2026-03-01T00:00:00Z");
}
