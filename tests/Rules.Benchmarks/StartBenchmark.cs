using System.Diagnostics;
using System.Globalization;
using Rules.Ledger;

namespace Rules.Benchmarks;

/// <summary>How long a ledger of many accounts takes to open: the store, its rulesets, and every head compared with what is anchored outside of it.</summary>
internal static class StartBenchmark
{
    private const int Rounds = 5;

    public static async Task RunAsync(TextWriter output)
    {
        await output.WriteLineAsync("accounts  anchor kB  opened in ms  of a bare ledger ms");
        foreach (var accounts in new[] { 1_000, 10_000 })
        {
            var directory = Directory.CreateTempSubdirectory("rules-benchmark-").FullName;
            try
            {
                await output.WriteLineAsync(await RunAsync(accounts, directory));
            }
            finally
            {
                Directory.Delete(directory, recursive: true);
            }
        }
    }

    private static async Task<string> RunAsync(int accounts, string directory)
    {
        var database = Path.Combine(directory, "rules.db");
        var options = new LedgerOptions { AnchorPath = Path.Combine(directory, "anchor.log") };
        await using (var ledger = await CreditLedger.OpenSqliteAsync(database, options, default))
        {
            await LedgerBenchmarks.LoadRulesAsync(ledger);
            await LedgerBenchmarks.OpenAccountsAsync(ledger, accounts);
            await LedgerBenchmarks.ChargeAsync(ledger, 256, accounts, 2 * accounts, "before");
        }

        var (anchored, bare) = (new List<double>(), new List<double>());
        for (var round = 0; round < Rounds; round++)
        {
            anchored.Add(await OpenAsync(database, options));
            bare.Add(await OpenAsync(database, new LedgerOptions()));
        }

        return string.Create(
            CultureInfo.InvariantCulture,
            $"{accounts,8}  {new FileInfo(options.AnchorPath).Length / 1024,9:N0}  {Median(anchored),12:N0}  {Median(bare),19:N0}");
    }

    private static async Task<double> OpenAsync(string database, LedgerOptions options)
    {
        var watch = Stopwatch.StartNew();
        await using var ledger = await CreditLedger.OpenSqliteAsync(database, options, default);
        var elapsed = watch.Elapsed.TotalMilliseconds;
        return ledger.AnchorFault is { } fault ? throw new InvalidOperationException(fault) : elapsed;
    }

    private static double Median(List<double> times) => times.Order().ElementAt(times.Count / 2);
}
