using System.Globalization;
using Rules.Cli.Output;
using Rules.Ledger;
using Rules.Ledger.Verification;

namespace Rules.Cli.Commands;

/// <summary><c>rules ledger verify DATABASE</c>: every check by name, and for what fails the first bad entry, what it means and what to do.</summary>
internal static class VerifyCommand
{
    public static async Task<int> RunAsync(Terminal terminal, TimeProvider clock, string database, string? account, string anchor, bool json, CancellationToken cancellationToken)
    {
        await using var ledger = await CreditLedger.OpenSqliteReadOnlyAsync(database, new LedgerOptions { Time = clock, AnchorPath = anchor }, cancellationToken);
        VerificationReport report;
        using (var progress = new ProgressLine(terminal, TimeProvider.System))
        {
            report = await ledger.VerifyAsync(account, new Reporter(progress), cancellationToken);
        }

        if (json)
        {
            WriteJson(terminal.Output, report);
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
            var result = failed ? terminal.Palette.Bad("fails ") : Ran(check, report) ? terminal.Palette.Good("proved") : terminal.Palette.Warn("left  ");
            var left = Ran(check, report) ? "" : $" (there is no anchor {Printable.Text(anchor)}; a lost tail would not be seen)";
            terminal.Output.WriteLine($"  {result}  {check.Name,-10}  {check.Proves}{left}");
        }

        var counted = Invariant($"{report.Entries:N0} {(report.Entries == 1 ? "entry" : "entries")} of {report.Accounts:N0} account{(report.Accounts == 1 ? "" : "s")}");
        terminal.Output.WriteLine(report.Holds
            ? $"{counted}: {terminal.Palette.Good("the history is proved")}"
            : $"{counted}: {terminal.Palette.Bad(Counted.Of(report.Problems.Length, "problem"))}; the first bad entry of an account is named, what follows from it is not");
    }

    private static bool Ran(VerificationCheck check, VerificationReport report) => report.Anchored || check.Name != "anchor";

    private static void WriteJson(TextWriter output, VerificationReport report) => JsonReport.Write(output, writer =>
    {
        writer.WriteBoolean("holds", report.Holds);
        writer.WriteNumber("accounts", report.Accounts);
        writer.WriteNumber("entries", report.Entries);
        writer.WriteStartArray("checks");
        foreach (var check in VerificationChecks.All)
        {
            writer.WriteStartObject();
            writer.WriteString("check", check.Name);
            writer.WriteString("result", report.Problems.Any(problem => problem.Check == check.Name) ? "fails" : Ran(check, report) ? "proved" : "left");
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
