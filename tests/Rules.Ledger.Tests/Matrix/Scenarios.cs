using System.Globalization;
using System.Runtime.CompilerServices;
using NodaTime;
using Rules.Dsl.Text;
using Rules.Engine.Accounts;
using Rules.Engine.Pricing;
using Rules.Ledger.Tests.Bank;
using Rules.Ledger.Tests.Simulation;
using Shouldly;

namespace Rules.Ledger.Tests.Matrix;

/// <summary>
/// The faults and abuses that the ledger is tried with, each at a size: small in every build, large at night. Each throws when the ledger does not do
/// what it promises, and says otherwise what it saw.
/// </summary>
internal static partial class Scenarios
{
    private static readonly Instant _t0 = Instant.FromUtc(2026, 3, 1, 9, 0);

    /// <summary>Many clients on one account, every request sent twice: exactly what there is is spent.</summary>
    public static async Task<string> F1Async(string database, int clients, int charges, int credits)
    {
        await using var ledger = await OpenAsync(database, new ManualTime(_t0));
        await FundAsync(ledger, "acme", credits);
        var accepted = 0;
        var refused = 0;
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, clients).Select(_ => Task.Run(async () =>
        {
            for (var i = Interlocked.Increment(ref next); i < charges; i = Interlocked.Increment(ref next))
            {
                var key = Key(i);
                var both = await Task.WhenAll(SendAsync(() => ledger.ChargeAsync("acme", Use(1), key, default)), SendAsync(() => ledger.ChargeAsync("acme", Use(1), key, default)));
                both[1].Status.ShouldBe(both[0].Status);
                both[1].Body.Span.SequenceEqual(both[0].Body.Span).ShouldBeTrue();
                (both[0].Replayed ^ both[1].Replayed).ShouldBeTrue();
                Interlocked.Increment(ref both[0].Status == CommandStatus.Accepted ? ref accepted : ref refused);
            }
        })));
        accepted.ShouldBe(credits);
        refused.ShouldBe(charges - credits);
        (await AvailableAsync(ledger, "acme")).ShouldBe(0);
        await ShouldHoldAsync(ledger);
        return Said($"{accepted:N0} accepted, {refused:N0} refused, nothing left");
    }

    /// <summary>One key, many requests at once: one entry, and everybody else hears its answer.</summary>
    public static async Task<string> F2Async(string database, int requests)
    {
        await using var ledger = await OpenAsync(database, new ManualTime(_t0));
        await FundAsync(ledger, "acme", 100);
        var results = await Task.WhenAll(Enumerable.Range(0, requests).Select(_ => Task.Run(() => SendAsync(() => ledger.ChargeAsync("acme", Use(7), "one", default)))));
        results.Count(result => !result.Replayed).ShouldBe(1);
        results.All(result => result.Status == CommandStatus.Accepted && result.Body.Span.SequenceEqual(results[0].Body.Span)).ShouldBeTrue();
        (await AvailableAsync(ledger, "acme")).ShouldBe(93);
        await ShouldHoldAsync(ledger);
        return Said($"1 entry, {requests - 1:N0} replays");
    }

    /// <summary>A key again with another amount, another command, another account.</summary>
    public static async Task<string> F3Async(string database)
    {
        await using var ledger = await OpenAsync(database, new ManualTime(_t0));
        await FundAsync(ledger, "acme", 100);
        await FundAsync(ledger, "bolt", 100);
        (await ledger.ChargeAsync("acme", Use(7), "k", default)).Status.ShouldBe(CommandStatus.Accepted);
        var before = await ledger.EntriesAsync(new EntryFilter("acme"), default);
        (await ledger.ChargeAsync("acme", Use(8), "k", default)).Status.ShouldBe(CommandStatus.KeyReused);
        (await ledger.GrantAsync("acme", Grant("other", 7), "k", default)).Status.ShouldBe(CommandStatus.KeyReused);
        (await ledger.ChargeAsync("acme", Use(7) with { Record = [new("job", "1")] }, "k", default)).Status.ShouldBe(CommandStatus.KeyReused);
        (await ledger.ChargeAsync("acme", Use(7), "fund", default)).Status.ShouldBe(CommandStatus.KeyReused);
        (await ledger.EntriesAsync(new EntryFilter("acme"), default)).Items.ShouldBe(before.Items);
        var independent = await ledger.ChargeAsync("bolt", Use(8), "k", default);
        (independent.Status, independent.Replayed).ShouldBe((CommandStatus.Accepted, false));
        await ShouldHoldAsync(ledger);
        return "4 reuses refused, nothing written, another account independent";
    }

    /// <summary>The clock steps an hour and a day back, and a day forward and back.</summary>
    public static async Task<string> F10Async(string database)
    {
        var time = new ManualTime(_t0);
        await using var ledger = await OpenAsync(database, time);
        await FundAsync(ledger, "acme", 10, expires: _t0 + Duration.FromHours(2));
        async Task<CommandStatus> ChargeAsync(string key, int amount) =>
            (await ledger.ChargeAsync("acme", Use(amount) with { OccurredAt = time.Now, TimedOnArrival = true }, key, default)).Status;

        (await ChargeAsync("a", 4)).ShouldBe(CommandStatus.Accepted);
        time.Now = _t0 + Duration.FromHours(3);
        // The refusal is the last that is known of three o'clock.
        (await ChargeAsync("b", 6)).ShouldBe(CommandStatus.Refused);
        foreach (var back in new[] { Duration.FromHours(2), Duration.FromDays(1) })
        {
            time.Now = _t0 + Duration.FromHours(3) - back;
            (await ChargeAsync("back" + back, 6)).ShouldBe(CommandStatus.Refused);
        }

        time.Now = _t0 + Duration.FromDays(40);
        // A new cycle has room of its own, once.
        (await ChargeAsync("d", SimulatedRules.Limit)).ShouldBe(CommandStatus.Accepted);
        var renewals = await CyclesAsync(ledger, "acme");
        time.Now = _t0 + Duration.FromDays(39);
        (await ChargeAsync("e", 1)).ShouldBe(CommandStatus.Refused);
        time.Now = _t0 + Duration.FromDays(40);
        (await ChargeAsync("f", 1)).ShouldBe(CommandStatus.Refused);
        (await CyclesAsync(ledger, "acme")).ShouldBe(renewals);
        var recorded = (await ledger.EntriesAsync(new EntryFilter("acme", Limit: 500), default)).Items.Select(entry => entry.RecordedAt).Reverse().ToList();
        recorded.ShouldBe(recorded.Order());
        await ShouldHoldAsync(ledger);
        return "no expired credit spent, no cycle closed twice, time of recording never fell";
    }

    /// <summary>Events in random orders, almost a third of them sent twice, some late, some too late, some of the future.</summary>
    public static async Task<string> F11Async(Func<string> database, int events, int permutations)
    {
        var random = new Random(11);
        var made = Enumerable.Range(0, events).Select(i => Use(random.Next(0, 50)) with { OccurredAt = _t0 - Duration.FromMinutes(random.Next(0, 4_000)) }).ToList();
        (long Balance, string Keys)? first = null;
        for (var permutation = 0; permutation < permutations; permutation++)
        {
            await using var ledger = await OpenAsync(database(), new ManualTime(_t0));
            await FundAsync(ledger, "acme", 50 * events, openedAt: _t0 - Duration.FromDays(4));
            var order = Enumerable.Range(0, events).Concat(Enumerable.Range(0, events).Where(_ => random.Next(10) < 3)).ToArray();
            random.Shuffle(order);
            var results = await SendAllAsync(order, i => ledger.ChargeAsync("acme", made[i], Key(i), default));
            results.ShouldAllBe(result => result.Status == CommandStatus.Accepted);
            results.Count(result => result.Replayed).ShouldBe(order.Length - events);
            (await ledger.ChargeAsync("acme", Use(1) with { OccurredAt = _t0 - Duration.FromHours(73) }, "old", default)).Error!.Code.ShouldBe("too_old");
            (await ledger.ChargeAsync("acme", Use(1) with { OccurredAt = _t0 + Duration.FromMinutes(6) }, "future", default)).Error!.Code.ShouldBe("in_the_future");
            var available = await AvailableAsync(ledger, "acme");
            var seen = (Balance: available, Keys: string.Join(' ', (await KeysAsync(ledger, "acme")).Order(StringComparer.Ordinal)));
            first ??= seen;
            seen.ShouldBe(first.Value);
            await ShouldHoldAsync(ledger);
        }

        return Said($"{events:N0} events in {permutations} orders: the same keys, the same balance");
    }

    /// <summary>Versions are published while clients charge: every charge is priced by the version in force at its own instant.</summary>
    public static async Task<string> F17Async(string database, int clients, int charges)
    {
        var time = new TickingTime(_t0, Duration.FromMilliseconds(1));
        await using var ledger = await OpenAsync(database, time);
        await FundAsync(ledger, "acme", 1_000_000);
        var next = -1;
        var published = 0;
        await Task.WhenAll(Enumerable.Range(0, clients).Select(client => Task.Run(async () =>
        {
            for (var i = Interlocked.Increment(ref next); i < charges; i = Interlocked.Increment(ref next))
            {
                if (i % (charges / 4) == charges / 8)
                {
                    var version = Interlocked.Increment(ref published) + 1;
                    var text = SimulatedRules.File.Text.Replace("version 1 effective 2026-01-01", Said($"version {version} effective 2026-01-0{version}\n  existing accounts move on 2026-01-0{version}"), StringComparison.Ordinal)
                        .Replace("unit-rate is 1 credit", Said($"unit-rate is {version} credits"), StringComparison.Ordinal);
                    var publication = await ledger.Rulesets.PublishAsync(Said($"sim.v{version}.rules"), text, "pricing", default);
                    publication.Version.ShouldNotBeNull(string.Join("; ", publication.Diagnostics));
                }

                var at = Instant.FromDateTimeOffset(time.GetUtcNow());
                (await SendAsync(() => ledger.ChargeAsync("acme", Use(1) with { OccurredAt = at }, Key(i), default))).Status.ShouldBe(CommandStatus.Accepted);
            }
        })));
        var active = ledger.Rulesets.Versions(SimulatedRules.Ruleset).ToDictionary(version => version.Model.Version, version => version.ActiveFrom);
        var priced = new HashSet<int>();
        string? cursor = null;
        do
        {
            var page = await ledger.EntriesAsync(new EntryFilter("acme", Kind: EntryKind.Charge, After: cursor, Limit: 500), default);
            foreach (var entry in page.Items.Where(entry => entry.IdempotencyKey != "room"))
            {
                // The version that was published by the recording and in force at the event; its price is its number.
                entry.Amount.ShouldBe(entry.Version!.Value);
                active[entry.Version.Value].ShouldBeLessThanOrEqualTo(entry.OccurredAt);
                active.GetValueOrDefault(entry.Version.Value + 1, Instant.MaxValue).ShouldBeGreaterThan(entry.OccurredAt);
                priced.Add(entry.Version.Value);
            }

            cursor = page.Next;
        }
        while (cursor is not null);
        // Published early enough, each of them priced some.
        priced.Count.ShouldBe(active.Count);
        await ShouldHoldAsync(ledger);
        return Said($"{charges:N0} charges under {active.Count} versions, each by the one in force");
    }

    internal static async Task<CreditLedger> OpenAsync(string database, TimeProvider time, string? anchor = null)
    {
        var ledger = await CreditLedger.OpenSqliteAsync(database, new LedgerOptions { Time = time, AnchorPath = anchor }, default);
        await ledger.Rulesets.LoadAsync([SimulatedRules.File], default);
        return ledger;
    }

    /// <summary>An account without a plan that has so many bought credits and can owe nothing.</summary>
    internal static async Task FundAsync(CreditLedger ledger, string account, long credits, Instant? expires = null, Instant? openedAt = null)
    {
        (await ledger.OpenAccountAsync(new OpenAccount(account, SimulatedRules.Ruleset, openedAt ?? _t0), "open", default)).Status.ShouldBe(CommandStatus.Accepted);
        // Nothing may be used afterwards here: its room is spent at once.
        (await ledger.ChargeAsync(account, Use(SimulatedRules.Limit) with { TimedOnArrival = true }, "room", default)).Status.ShouldBe(CommandStatus.Accepted);
        (await ledger.GrantAsync(account, Grant("fund", credits) with { ExpiresAt = expires }, "fund", default)).Status.ShouldBe(CommandStatus.Accepted);
    }

    internal static GrantCredits Grant(string id, long credits) => new(id, "prepaid", ExactDecimal.FromUnits(credits, 0), _t0);

    internal static UsageEvent Use(long units) => new() { OccurredAt = _t0, Action = "use", Quantities = [new("unit", ExactDecimal.FromUnits(units, 0))] };

    internal static string Key(int number) => string.Create(CultureInfo.InvariantCulture, $"k{number}");

    /// <summary>As a client: again with the same key while the ledger is busy or the outcome unknown.</summary>
    internal static async Task<CommandResult> SendAsync(Func<Task<CommandResult>> send)
    {
        for (var attempt = 1; ; attempt++)
        {
            var result = await send();
            if (result.Status is not (CommandStatus.Busy or CommandStatus.OutcomeUnknown))
            {
                return result;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(Math.Min(attempt, 50)), TimeProvider.System);
        }
    }

    internal static async Task<CommandResult[]> SendAllAsync(IEnumerable<int> order, Func<int, Task<CommandResult>> send)
    {
        var results = new List<CommandResult>();
        foreach (var chunk in order.Chunk(512))
        {
            results.AddRange(await Task.WhenAll(chunk.Select(i => SendAsync(() => send(i)))));
        }

        return [.. results];
    }

    internal static async Task<long> AvailableAsync(CreditLedger ledger, string account) =>
        (await ledger.BalanceAsync(account, null, default))!.Lots.Where(lot => lot.Lot.Bucket == "prepaid").Sum(lot => lot.Available);

    internal static async Task<List<string>> KeysAsync(CreditLedger ledger, string account)
    {
        var keys = new List<string>();
        string? cursor = null;
        do
        {
            var page = await ledger.EntriesAsync(new EntryFilter(account, After: cursor, Limit: 500), default);
            keys.AddRange(page.Items.Select(entry => entry.IdempotencyKey));
            cursor = page.Next;
        }
        while (cursor is not null);
        return keys;
    }

    internal static async Task ShouldHoldAsync(CreditLedger ledger) => (await ledger.VerifyAsync(null, null, default)).Problems.ShouldBeEmpty();

    internal static string Said(DefaultInterpolatedStringHandler text) => text.ToStringAndClear();

    private static async Task<int?> CyclesAsync(CreditLedger ledger, string account) => (await ledger.BalanceAsync(account, null, default))!.Cycle?.Number;
}
