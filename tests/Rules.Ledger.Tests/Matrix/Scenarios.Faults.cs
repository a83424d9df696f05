using NodaTime;
using Rules.Ledger.Storage.Sqlite;
using Rules.Ledger.Tests.Bank;
using Rules.Ledger.Tests.Faults;
using Rules.Ledger.Tests.Simulation;
using Rules.Engine.Accounts;
using Shouldly;

namespace Rules.Ledger.Tests.Matrix;

internal static partial class Scenarios
{
    /// <summary>A file that somebody else locks: told within the time a client waits, and over as soon as the lock is.</summary>
    public static async Task<string> F8Async(string database, TimeSpan locked)
    {
        await using var ledger = await OpenAsync(database, new ManualTime(_t0));
        await FundAsync(ledger, "acme", 1000);
        Task<CommandResult>[] waiting;
        using (var other = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={database};Pooling=false"))
        {
            other.Open();
            using var command = other.CreateCommand();
            command.CommandText = "BEGIN IMMEDIATE";
            command.ExecuteNonQuery();
            waiting = [.. Enumerable.Range(0, 100).Select(i => ledger.ChargeAsync("acme", Use(1), Key(i), default))];
            // The first are told while the lock is still there.
            await Task.WhenAny(Task.WhenAny(waiting), Task.Delay(locked, TimeProvider.System));
            waiting.Any(static answer => answer.IsCompleted).ShouldBeTrue();
            (await Task.WhenAll(waiting.Where(static answer => answer.IsCompleted))).ShouldAllBe(answer => answer.Status == CommandStatus.OutcomeUnknown);
            (await ledger.BalanceAsync("acme", null, default)).ShouldNotBeNull();
            command.CommandText = "ROLLBACK";
            command.ExecuteNonQuery();
        }

        var answers = await Task.WhenAll(waiting);
        var unknown = answers.Count(answer => answer.Status == CommandStatus.OutcomeUnknown);
        for (var i = 0; i < answers.Length; i++)
        {
            if (answers[i].Status == CommandStatus.OutcomeUnknown)
            {
                (await ledger.ChargeAsync("acme", Use(1), Key(i), default)).Status.ShouldBe(CommandStatus.Accepted);
            }
        }

        (await AvailableAsync(ledger, "acme")).ShouldBe(900);
        await ShouldHoldAsync(ledger);
        return Said($"locked for {locked.TotalSeconds:0} s: {unknown} of 100 told the outcome is unknown, all of them charged once");
    }

    /// <summary>The store is gone for a while, and every client tries again and again.</summary>
    public static async Task<string> F12Async(string database, int clients, TimeSpan down)
    {
        var store = new FaultStore(SqliteLedgerStore.Open(database, new ManualTime(_t0)), 12);
        await using var ledger = await CreditLedger.OpenAsync(store, new LedgerOptions { Time = new ManualTime(_t0) }, default);
        await ledger.Rulesets.LoadAsync([SimulatedRules.File], default);
        await FundAsync(ledger, "acme", 1_000_000);
        var memory = GC.GetTotalMemory(forceFullCollection: true);
        store.Percent = 100;
        var charges = 0;
        var stop = false;
        var tasks = Enumerable.Range(0, clients).Select(client => Task.Run(async () =>
        {
            for (var i = 0; !Volatile.Read(ref stop); i++)
            {
                var key = Said($"{client}-{i}");
                (await SendAsync(() => ledger.ChargeAsync("acme", Use(1), key, default))).Status.ShouldBe(CommandStatus.Accepted);
                Interlocked.Increment(ref charges);
            }
        })).ToArray();
        await Task.Delay(down, TimeProvider.System);
        charges.ShouldBe(0);
        var grown = GC.GetTotalMemory(forceFullCollection: true) - memory;
        store.Percent = 0;
        var back = TimeProvider.System.GetTimestamp();
        while (Volatile.Read(ref charges) < clients)
        {
            // Whoever asks first is answered soon; that all of them are is a matter of the machine.
            TimeProvider.System.GetElapsedTime(back).ShouldBeLessThan(TimeSpan.FromSeconds(Volatile.Read(ref charges) == 0 ? 5 : 30));
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }

        var recovered = TimeProvider.System.GetElapsedTime(back);
        Volatile.Write(ref stop, true);
        await Task.WhenAll(tasks);
        (await AvailableAsync(ledger, "acme")).ShouldBe(1_000_000 - charges);
        grown.ShouldBeLessThan(64 * 1024 * 1024);
        await ShouldHoldAsync(ledger);
        return Said($"down for {down.TotalSeconds:0} s, {clients} clients answered {recovered.TotalMilliseconds:N0} ms after, {grown / 1024:N0} KiB more, none double");
    }

    /// <summary>Answers are lost after the commit, every time.</summary>
    public static async Task<string> F13Async(string database, int charges)
    {
        var store = new FaultStore(SqliteLedgerStore.Open(database, new ManualTime(_t0)), 13) { Armed = new HashSet<string> { "after the commit" } };
        await using var ledger = await CreditLedger.OpenAsync(store, new LedgerOptions { Time = new ManualTime(_t0) }, default);
        await ledger.Rulesets.LoadAsync([SimulatedRules.File], default);
        await FundAsync(ledger, "acme", charges);
        for (var i = 0; i < charges; i++)
        {
            store.Percent = 100;
            (await ledger.ChargeAsync("acme", Use(1), Key(i), default)).Status.ShouldBe(CommandStatus.OutcomeUnknown);
            store.Percent = 0;
            var again = await ledger.ChargeAsync("acme", Use(1), Key(i), default);
            (again.Status, again.Replayed).ShouldBe((CommandStatus.Accepted, true));
        }

        (await AvailableAsync(ledger, "acme")).ShouldBe(0);
        await ShouldHoldAsync(ledger);
        return Said($"{charges:N0} answers lost, {charges:N0} replays, none double");
    }

    /// <summary>A sync of the file fails once while a batch commits.</summary>
    public static async Task<string> F9Async(string database)
    {
        foreach (var site in new[] { "before the commit", "after the commit" })
        {
            var file = Said($"{database}.{site.Split(' ')[0]}");
            var store = new FaultStore(SqliteLedgerStore.Open(file, new ManualTime(_t0)), 9) { Armed = new HashSet<string> { site } };
            await using var ledger = await CreditLedger.OpenSteppedAsync(store, new LedgerOptions { Time = new ManualTime(_t0) }, default);
            await ledger.Rulesets.LoadAsync([SimulatedRules.File], default);
            var funding = FundAsync(ledger, "acme", 100);
            while (!funding.IsCompleted)
            {
                await ledger.StepAsync(1);
                await Task.Yield();
            }

            await funding;
            store.Percent = 100;
            var batch = Enumerable.Range(0, 20).Select(i => ledger.ChargeAsync("acme", Use(1), Key(i), default)).ToArray();
            await ledger.StepAsync(20);
            var answers = await Task.WhenAll(batch);
            store.Percent = 0;
            // What was committed after all is found by its key; what was not is told to be unknown.
            answers.ShouldAllBe(answer => answer.Status == (site == "after the commit" ? CommandStatus.Accepted : CommandStatus.OutcomeUnknown));
            var again = Enumerable.Range(0, 20).Select(i => ledger.ChargeAsync("acme", Use(1), Key(i), default)).ToArray();
            await ledger.StepAsync(20);
            (await Task.WhenAll(again)).ShouldAllBe(answer => answer.Status == CommandStatus.Accepted && answer.Replayed == (site == "after the commit"));
            (await AvailableAsync(ledger, "acme")).ShouldBe(80);
            await ShouldHoldAsync(ledger);
        }

        return "a failing commit is told or found by its keys, and the writer goes on";
    }

    /// <summary>A death at every place of a transaction that brings an account a month forward, for twelve months.</summary>
    public static async Task<string> F14Async(Func<string> database, string? zone = null)
    {
        var whole = await YearAsync(database(), zone, crashAt: null);
        var deaths = 0;
        foreach (var site in FaultStore.Sites)
        {
            (await YearAsync(database(), zone, site)).ShouldBe(whole, $"{zone}, death at {site}");
            deaths += 12;
        }

        return Said($"{deaths} deaths, the same {whole.Length} entries byte for byte");
    }

    private static async Task<string[]> YearAsync(string database, string? zone, string? crashAt)
    {
        var time = new ManualTime(_t0);
        var rules = zone is null ? SimulatedRules.File
            : SimulatedRules.File with { Text = SimulatedRules.File.Text.Replace("timezone \"UTC\"", $"timezone \"{zone}\"", StringComparison.Ordinal) };
        await using (var first = await CreditLedger.OpenSqliteAsync(database, new LedgerOptions { Time = time }, default))
        {
            await first.Rulesets.LoadAsync([rules], default);
            (await first.OpenAccountAsync(new OpenAccount("acme", SimulatedRules.Ruleset, _t0) { Plan = "Team" }, "open", default)).Status.ShouldBe(CommandStatus.Accepted);
        }

        for (var month = 1; month <= 12; month++)
        {
            time.Now = _t0 + Duration.FromDays(31 * month);
            if (crashAt is not null)
            {
                await using var dying = new FaultStore(SqliteLedgerStore.Open(database, time), month) { Armed = new HashSet<string> { crashAt }, CrashPercent = 100 };
                await using var ledger = await CreditLedger.OpenAsync(dying, new LedgerOptions { Time = time }, default);
                dying.Percent = 100;
                var lost = await ledger.ChargeAsync("acme", Use(month) with { OccurredAt = time.Now }, Key(month), default);
                // A flat price counts no scope: that read does not happen, and nobody dies of it.
                lost.Status.ShouldBe(dying.Crashed ? CommandStatus.OutcomeUnknown : CommandStatus.Accepted);
            }

            await using var after = await CreditLedger.OpenSqliteAsync(database, new LedgerOptions { Time = time }, default);
            (await after.ChargeAsync("acme", Use(month) with { OccurredAt = time.Now }, Key(month), default)).Status.ShouldBe(CommandStatus.Accepted);
        }

        await using var store = SqliteLedgerStore.Open(database, time);
        await store.ShouldHoldAsync();
        return await store.HashesAsync();
    }
}
