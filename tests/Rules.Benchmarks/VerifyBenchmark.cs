using System.Diagnostics;
using System.Globalization;
using Rules.Ledger;
using Rules.Ledger.Storage.Sqlite;

namespace Rules.Benchmarks;

/// <summary>
/// A verification of everything beside one from checkpoints, on the same file in turns: checkpoints are written once, and a tenth as many charges come
/// behind them.
/// </summary>
internal static class VerifyBenchmark
{
    private const int Charges = 60_000;
    private const int Rounds = 3;

    public static async Task RunAsync(TextWriter output)
    {
        await output.WriteLineAsync("accounts  entries  behind checkpoints  whole ms  entries/s  from checkpoints ms  of whole  cpu ms  cpu of whole");
        foreach (var accounts in new[] { 1, 1_000 })
        {
            var directory = Directory.CreateTempSubdirectory("rules-benchmark-").FullName;
            try
            {
                await output.WriteLineAsync(await RunAsync(accounts, Path.Combine(directory, "rules.db")));
            }
            finally
            {
                Directory.Delete(directory, recursive: true);
            }
        }
    }

    private static async Task<string> RunAsync(int accounts, string path)
    {
        await using var ledger = await CreditLedger.OpenAsync(SqliteLedgerStore.Open(path, TimeProvider.System), new LedgerOptions(), default);
        await LedgerBenchmarks.LoadRulesAsync(ledger);
        await LedgerBenchmarks.OpenAccountsAsync(ledger, accounts);
        await LedgerBenchmarks.ChargeAsync(ledger, 64, accounts, Charges, "before");
        var round = await ledger.WriteCheckpointsAsync(1, default);
        if (round.Written != accounts || !round.Problems.IsEmpty)
        {
            throw new InvalidOperationException($"{round.Written} checkpoints were written, with {round.Problems.Length} problems.");
        }

        await LedgerBenchmarks.ChargeAsync(ledger, 64, accounts, Charges / 10, "behind");
        var (whole, rest) = (new List<Look>(), new List<Look>());
        for (var i = 0; i < Rounds; i++)
        {
            whole.Add(await LookAsync(ledger, fromCheckpoints: false));
            rest.Add(await LookAsync(ledger, fromCheckpoints: true));
        }

        var (all, behind) = (Median(whole), Median(rest));
        if (behind.Report.Passed + behind.Report.Entries != all.Report.Entries)
        {
            throw new InvalidOperationException("A verification from checkpoints does not come to all entries.");
        }

        return string.Create(
            CultureInfo.InvariantCulture,
            $"{accounts,8}  {all.Report.Entries,7}  {behind.Report.Entries,18}  {all.Elapsed.TotalMilliseconds,8:N0}  {all.Report.Entries / all.Elapsed.TotalSeconds,9:N0}"
            + $"  {behind.Elapsed.TotalMilliseconds,19:N0}  {behind.Elapsed / all.Elapsed,8:N2}  {behind.Processor.TotalMilliseconds,6:N0}  {behind.Processor / all.Processor,12:N2}");
    }

    private static async Task<Look> LookAsync(CreditLedger ledger, bool fromCheckpoints)
    {
        var processor = Environment.CpuUsage.TotalTime;
        var watch = Stopwatch.StartNew();
        var report = await ledger.VerifyAsync(null, fromCheckpoints, null, default);
        var look = new Look(watch.Elapsed, Environment.CpuUsage.TotalTime - processor, report);
        return report.Holds ? look : throw new InvalidOperationException($"The ledger does not hold: {report.Problems[0].Message}");
    }

    private static Look Median(List<Look> looks) => looks.OrderBy(look => look.Elapsed).ElementAt(looks.Count / 2);

    private sealed record Look(TimeSpan Elapsed, TimeSpan Processor, VerificationReport Report);
}
