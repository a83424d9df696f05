using System.Globalization;
using Rules.Cli.Output;
using Rules.Ledger;
using Rules.Ledger.Verification;

namespace Rules.Cli.Commands;

/// <summary><c>rules ledger verify DATABASE</c>: every check by name, and for what fails the first bad entry, what it means and what to do.</summary>
internal static class VerifyCommand
{
    public static async Task<int> RunAsync(Terminal terminal, TimeProvider clock, string database, string? account, string anchor, bool fromCheckpoints, bool json,
        CancellationToken cancellationToken)
    {
        await using var ledger = await CreditLedger.OpenSqliteReadOnlyAsync(database, new LedgerOptions { Time = clock, AnchorPath = anchor }, cancellationToken);
        VerificationReport report;
        using (var progress = new ProgressLine(terminal, TimeProvider.System))
        {
            report = await ledger.VerifyAsync(account, fromCheckpoints, new Reporter(progress), cancellationToken);
        }

        if (json)
        {
            WriteJson(terminal.Output, report, anchor);
        }
        else
        {
            Print(terminal, report, anchor);
        }

        return report.Holds ? ExitCode.Fine : ExitCode.Problems;
    }

    private static void Print(Terminal terminal, VerificationReport report, string anchor)
    {
        foreach (var problem in report.Problems)
        {
            var check = VerificationChecks.Of(problem.Check);
            var where = (problem.Account.Length == 0 ? "database" : $"account \"{problem.Account}\"") + (problem.Sequence is { } sequence ? Invariant($", entry {sequence}") : "");
            terminal.Output.WriteLine($"{terminal.Palette.Bad(check.Name)}: {terminal.Palette.Strong(Printable.Text(where))}: {Printable.Text(problem.Message)}");
            terminal.Output.WriteLine($"  means: {check.Means}");
            terminal.Output.WriteLine($"  {terminal.Palette.Note("help:")} {check.Help}");
        }

        foreach (var check in VerificationChecks.All)
        {
            var failed = report.Problems.Any(problem => problem.Check == check.Name);
            var left = Left(check, report, anchor);
            var result = failed ? terminal.Palette.Bad("fails ") : left is null ? terminal.Palette.Good("proved") : terminal.Palette.Warn("left  ");
            terminal.Output.WriteLine($"  {result}  {check.Name,-10}  {check.Proves}{(left is null || failed ? "" : $" ({left})")}");
        }

        var counted = Invariant($"{report.Entries:N0} {(report.Entries == 1 ? "entry" : "entries")} of {report.Accounts:N0} account{(report.Accounts == 1 ? "" : "s")}");
        if (report.Passed > 0)
        {
            terminal.Output.WriteLine(Invariant(
                $"{report.Passed:N0} {(report.Passed == 1 ? "entry stands" : "entries stand")} before checkpoints and {(report.Passed == 1 ? "was" : "were")} not read: proved when those were written, not now"));
        }
        else if (report.FromCheckpoints)
        {
            terminal.Output.WriteLine("no account has a checkpoint: each was proved from its first entry");
        }

        terminal.Output.WriteLine(report.Holds
            ? $"{counted}: {terminal.Palette.Good(report.Passed > 0 ? "the history since the checkpoints is proved" : "the history is proved")}"
            : $"{counted}: {terminal.Palette.Bad(Counted.Of(report.Problems.Length, "problem"))}; the first bad entry of an account is named, what follows from it is not");
    }

    /// <summary>Why a check was left out; null where it was not.</summary>
    private static string? Left(VerificationCheck check, VerificationReport report, string anchor) => check.Name switch
    {
        "anchor" when !report.Anchored => $"there is no anchor {Printable.Text(anchor)}; a lost tail would not be seen",
        "checkpoint" when report.Passed > 0 => "only a verification without --from-checkpoints reads what they are made of",
        "checkpoint" when report.Checkpoints == 0 => "there is none yet",
        _ => null,
    };

    private static void WriteJson(TextWriter output, VerificationReport report, string anchor) => JsonReport.Write(output, writer =>
    {
        writer.WriteBoolean("holds", report.Holds);
        writer.WriteNumber("accounts", report.Accounts);
        writer.WriteNumber("entries", report.Entries);
        writer.WriteNumber("entries_before_checkpoints", report.Passed);
        writer.WriteNumber("checkpoints", report.Checkpoints);
        writer.WriteStartArray("checks");
        foreach (var check in VerificationChecks.All)
        {
            writer.WriteStartObject();
            writer.WriteString("check", check.Name);
            writer.WriteString("result", report.Problems.Any(problem => problem.Check == check.Name) ? "fails" : Left(check, report, anchor) is null ? "proved" : "left");
            writer.WriteString("proves", check.Proves);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("problems");
        foreach (var problem in report.Problems)
        {
            var check = VerificationChecks.Of(problem.Check);
            writer.WriteStartObject();
            writer.WriteString("check", problem.Check);
            writer.WriteString("account", problem.Account.Length == 0 ? null : problem.Account);
            if (problem.Sequence is { } sequence)
            {
                writer.WriteNumber("entry", sequence);
            }
            else
            {
                writer.WriteNull("entry");
            }

            writer.WriteString("message", problem.Message);
            writer.WriteString("means", check.Means);
            writer.WriteString("help", check.Help);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    });

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private sealed class Reporter(ProgressLine line) : IProgress<VerificationProgress>
    {
        public void Report(VerificationProgress value) => line.Show(value.Entries, value.TotalEntries, "entries");
    }
}
