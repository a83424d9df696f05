using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using NodaTime;
using Rules.Engine.Accounts;
using Rules.Engine.Pricing;
using Rules.Ledger;
using Rules.Ledger.Storage;
using Rules.Ledger.Storage.Sqlite;

namespace Rules.Benchmarks;

/// <summary>
/// Charges per second on SQLite through the command handlers, beside a bare loop that writes the same rows with the same number of
/// charges per commit into tables with the same keys and neither triggers nor checks; and the speed of a verification of the result.
/// </summary>
internal static class LedgerBenchmarks
{
    private const string Ruleset = "bookbag";

    // The product and the bare loop take turns, so that a slow minute of the machine slows both.
    private const int Turns = 10;

    private static readonly (int Clients, int Accounts, int Charges)[] Rounds =
    [
        (1, 1, 4_000), (64, 1, 30_000), (256, 1, 30_000), (1, 1000, 4_000), (64, 1000, 30_000), (256, 1000, 30_000),
    ];

    public static async Task RunAsync(TextWriter output)
    {
        // The product's code is compiled twice more while it runs, SQLite's is not: a round that is not told makes it as old as a service is after a minute.
        await RunAsync(Rounds[^1]);
        await output.WriteLineAsync("clients  accounts  charges/s  p50 ms  p99 ms  cpu us  per commit  bare loop/s  cpu us  of bare  verified entries/s  cpu us");
        foreach (var round in Rounds)
        {
            await output.WriteLineAsync(await RunAsync(round));
        }
    }

    private static async Task<string> RunAsync((int Clients, int Accounts, int Charges) round)
    {
        var directory = Directory.CreateTempSubdirectory("rules-benchmark-").FullName;
        try
        {
            return await RunAsync(round.Clients, round.Accounts, round.Charges, directory);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task<string> RunAsync(int clients, int accounts, int charges, string directory)
    {
        var path = Path.Combine(directory, "rules.db");
        var store = new CommitCounter(SqliteLedgerStore.Open(path, TimeProvider.System));
        await using var ledger = await CreditLedger.OpenAsync(store, new LedgerOptions(), default);
        await LoadRulesAsync(ledger);
        await OpenAccountsAsync(ledger, accounts);
        await ChargeAsync(ledger, clients, accounts, 500, "warm");
        var entriesBefore = (await ledger.EntriesAsync(new EntryFilter(Limit: 1), default)).Items[0];
        var firstEntry = await CountAsync(ledger);
        using var bareLoop = new BareLoop(path, Path.Combine(directory, "bare.db"), firstEntry);
        var latencies = new List<double>();
        var (elapsed, processor) = (TimeSpan.Zero, TimeSpan.Zero);
        var (bareElapsed, bareProcessor) = (TimeSpan.Zero, TimeSpan.Zero);
        var perCommit = 0;
        for (var turn = 0; turn < Turns; turn++)
        {
            var commits = store.Transactions;
            var cpu = Environment.CpuUsage.TotalTime;
            var watch = Stopwatch.StartNew();
            latencies.AddRange(await ChargeAsync(ledger, clients, accounts, charges / Turns, string.Create(CultureInfo.InvariantCulture, $"run-{turn}")));
            elapsed += watch.Elapsed;
            processor += Environment.CpuUsage.TotalTime - cpu;
            perCommit = Math.Max(1, (int)Math.Round(charges / Turns / (double)(store.Transactions - commits)));
            var (bareTime, bareCpu) = bareLoop.WriteNew(perCommit);
            bareElapsed += bareTime;
            bareProcessor += bareCpu;
        }

        var verifyStarted = Environment.CpuUsage.TotalTime;
        var verifying = Stopwatch.StartNew();
        var report = await ledger.VerifyAsync(null, null, default);
        verifying.Stop();
        var verifyCpu = (Environment.CpuUsage.TotalTime - verifyStarted) / report.Entries;
        if (!report.Holds || report.Entries != firstEntry + charges || entriesBefore.Kind != EntryKind.Charge)
        {
            throw new InvalidOperationException($"The ledger does not hold what was charged: {report.Entries} entries, {report.Problems.Length} problems.");
        }

        var perSecond = charges / elapsed.TotalSeconds;
        var bare = charges / bareElapsed.TotalSeconds;
        latencies.Sort();
        return string.Create(CultureInfo.InvariantCulture, $"{clients,7}  {accounts,8}  {perSecond,9:N0}  {Milliseconds(latencies, 50),6:N2}  {Milliseconds(latencies, 99),6:N2}  {processor.TotalMicroseconds / charges,6:N1}"
            + $"  {perCommit,10}  {bare,11:N0}  {bareProcessor.TotalMicroseconds / charges,6:N1}  {perSecond / bare,7:N2}"
            + $"  {report.Entries / verifying.Elapsed.TotalSeconds,18:N0}  {verifyCpu.TotalMicroseconds,6:N1}");
    }

    public static async Task LoadRulesAsync(CreditLedger ledger)
    {
        var text = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "rules", Ruleset + ".v1.rules"));
        await ledger.Rulesets.LoadAsync([new RuleFile(Ruleset + ".v1.rules", text)], default);
    }

    public static async Task OpenAccountsAsync(CreditLedger ledger, int accounts)
    {
        var now = SystemClock.Instance.GetCurrentInstant();
        foreach (var chunk in Enumerable.Range(0, accounts).Chunk(200))
        {
            await Task.WhenAll(chunk.Select(async i =>
            {
                await Must(ledger.OpenAccountAsync(new OpenAccount(Account(i), Ruleset, now) { Plan = "Free" }, "open", default));
                await Must(ledger.GrantAsync(Account(i), new GrantCredits("g", "allotment", 1_000_000_000, now), "grant", default));
            }));
        }
    }

    public static async Task<double[]> ChargeAsync(CreditLedger ledger, int clients, int accounts, int charges, string prefix)
    {
        var next = -1;
        var latencies = new ConcurrentBag<double>();
        await Task.WhenAll(Enumerable.Range(0, clients).Select(client => Task.Run(async () =>
        {
            // Keys as callers choose them: in no order.
            var random = new Random(client);
            for (var i = Interlocked.Increment(ref next); i < charges; i = Interlocked.Increment(ref next))
            {
                var usage = new UsageEvent
                {
                    OccurredAt = SystemClock.Instance.GetCurrentInstant(),
                    Action = "reply",
                    Facts = [new("model", "GPT-4o mini")],
                    Record = [new("agent", "support"), new("conversation", string.Create(CultureInfo.InvariantCulture, $"c-{i}"))],
                };
                var key = string.Create(CultureInfo.InvariantCulture, $"{random.NextInt64():x16}-{prefix}-{i}");
                var start = Stopwatch.GetTimestamp();
                await Must(ledger.ChargeAsync(Account(random.Next(accounts)), usage, key, default));
                latencies.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
        })));
        return [.. latencies];
    }

    private static async Task<long> CountAsync(CreditLedger ledger)
    {
        long entries = 0;
        string? cursor = null;
        do
        {
            var page = await ledger.AccountsAsync(new AccountFilter(After: cursor, Limit: 500), default);
            entries += page.Items.Sum(account => account.Entries);
            cursor = page.Next;
        }
        while (cursor is not null);
        return entries;
    }

    private static async Task Must(Task<CommandResult> command)
    {
        var result = await command;
        if (result.Status != CommandStatus.Accepted)
        {
            throw new InvalidOperationException($"{result.Status}: {result.Error?.Message}");
        }
    }

    private static string Account(int number) => string.Create(CultureInfo.InvariantCulture, $"account-{number}");

    private static double Milliseconds(List<double> sorted, int percent) => sorted[Math.Min(sorted.Count - 1, sorted.Count * percent / 100)];

    /// <summary>Counts the write transactions of the store behind it.</summary>
    private sealed class CommitCounter(ILedgerStore store) : ILedgerStore
    {
        private int _transactions;

        public int Transactions => _transactions;

        public int LargestBatch => store.LargestBatch;

        public int Writers => store.Writers;

        public bool IsExclusive => store.IsExclusive;

        public ValueTask<IWriteTransaction> BeginWriteAsync(CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _transactions);
            return store.BeginWriteAsync(cancellationToken);
        }

        public ValueTask<IReadSnapshot> BeginReadAsync(CancellationToken cancellationToken) => store.BeginReadAsync(cancellationToken);

        public ValueTask DisposeAsync() => store.DisposeAsync();
    }
}
