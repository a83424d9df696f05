using System.Collections.Immutable;
using Microsoft.Data.Sqlite;
using NodaTime;
using Rules.Engine.Accounts;
using Rules.Engine.Drawing;
using Rules.Ledger.Journal;
using Rules.Ledger.Storage;
using Rules.Ledger.Storage.Sqlite;
using Rules.Ledger.Tests.Bank;
using Rules.Ledger.Tests.Faults;
using Rules.Ledger.Tests.Matrix;
using Rules.Ledger.Tests.Simulation;
using Rules.Ledger.Tests.Stores;
using Shouldly;
using Xunit;

namespace Rules.Ledger.Tests.Writing;

/// <summary>
/// Laws of whole histories under a ruleset with plans, purchases, holds, postpaid use and everything that gives back, through the real ledger on a
/// real file; the seed is the test's argument.
/// </summary>
public sealed class LedgerLawTests : IDisposable
{
    private const int Steps = 120;
    private const string Everything = "gggbbbccccccccccccckkhhhhhhpppppprrrvvvvffxxmls";

    private static readonly Instant _t0 = Instant.FromUtc(2026, 1, 31, 22, 0);
    private static readonly string[] _names = ["acme", "bolt", "corp"];

    private readonly TemporaryDirectory _directory = new();

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 6)];

    public void Dispose() => _directory.Dispose();

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task L4_L7_L22_no_more_is_used_than_there_is_or_may_be_owed_and_no_command_creates_credits(int seed)
    {
        var time = new ManualTime(_t0);
        await using var ledger = await OpenAsync(_directory.Database, time);
        await using var reading = SqliteLedgerStore.OpenReadOnly(_directory.Database);
        var given = 0L;
        foreach (var step in History(seed, _names[..1]))
        {
            time.Now = step.At;
            var before = step.Command.Kind == 'o' ? null : await ledger.BalanceAsync("acme", null, default);
            var result = await step.Command.SendAsync(ledger, step.At);
            var proof = await reading.AccountProofAsync("acme");
            var later = proof.Lots.Where(lot => lot.Lot.Origin == LotOrigin.Postpaid).ToList();
            var cycle = proof.Head.State.Cycle!.Number;
            // Holds of earlier cycles count against the running one.
            var use = later.Sum(lot => lot.Held + (lot.Lot.Cycle == cycle ? lot.Spent : 0));
            use.ShouldBeLessThanOrEqualTo(SimulatedRules.Limit, $"seed {seed}: {step}");
            if (step.Command is { Kind: 'c', OccurredAt: null } charge && result.Error is null)
            {
                var factor = result.Outcome is not null && charge.Amount > 0 ? Charged(result) / charge.Amount : 1;
                (charge.Amount * factor > before!.Buckets.Sum(bucket => bucket.Available!.Value)).ShouldBe(result.Status == CommandStatus.Refused, $"seed {seed}: {step}");
            }

            given += step.Command.Kind is 'g' or 'b' or 'm' && result.Status == CommandStatus.Accepted ? step.Command.Amount : 0;
            var plans = proof.Lots.Where(lot => lot.Lot.Origin == LotOrigin.Plan).Sum(lot => lot.Lot.Amount);
            // What moved to another lot is granted there once more.
            proof.Lots.Sum(lot => lot.Granted - lot.Moved).ShouldBe(given + plans + later.Sum(lot => lot.Spent + lot.Held), $"seed {seed}: {step}");
        }

        await Scenarios.ShouldHoldAsync(ledger);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task L6_a_refused_command_changes_no_byte_but_the_accounts_time_and_its_own_answer(int seed)
    {
        var time = new ManualTime(_t0);
        await using var ledger = await OpenAsync(_directory.Database, time);
        var (refused, invalid) = (0, 0);
        foreach (var step in History(seed, _names))
        {
            time.Now = step.At;
            if (step.Command.Kind != 'o')
            {
                // So that nothing falls due with the command.
                await ledger.AdvanceAsync(step.Command.Account, default);
            }

            var before = Dump();
            var result = await step.Command.SendAsync(ledger, step.At);
            if (result.Status == CommandStatus.Refused)
            {
                refused++;
                Without(Dump(), "account_head", "idempotency", "answer").ShouldBe(Without(before, "account_head", "idempotency", "answer"), $"seed {seed}: {step}");
            }
            else if (result.Status == CommandStatus.Invalid)
            {
                invalid++;
                Dump().ShouldBe(before, $"seed {seed}: {step}");
            }
        }

        refused.ShouldBeGreaterThan(0);
        invalid.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Quote_is_byte_for_byte_what_the_charge_or_correction_then_answers()
    {
        var outcomes = new Dictionary<CommandStatus, int>();
        foreach (var seed in Enumerable.Range(1, 12))
        {
            var time = new ManualTime(_t0);
            await using var ledger = await OpenAsync(Path.Combine(_directory.Root, $"quotes-{seed}.db"), time);
            foreach (var step in History(seed, _names, kinds: "gbccccccccckkkkkkhpvfxls"))
            {
                time.Now = step.At;
                var command = step.Command;
                // A correction may come later than a charge, and a quote is one of a charge.
                var asked = command.Kind == 'c' || (command.Kind == 'k' && command.OccurredAt is null);
                var quote = asked ? await ledger.QuoteAsync(command.Account, command.Usage(step.At), default) : null;
                var done = await command.SendAsync(ledger, step.At);
                if (quote is null)
                {
                    continue;
                }

                outcomes[done.Status] = outcomes.GetValueOrDefault(done.Status) + 1;
                (quote.Status, quote.Outcome, quote.Error?.Code).ShouldBe((done.Status, done.Outcome, done.Error?.Code), $"seed {seed}: {step}");
                quote.Body.Span.SequenceEqual(done.Body.Span).ShouldBeTrue($"seed {seed}: {step}");
            }
        }

        outcomes.Keys.ShouldBe([CommandStatus.Accepted, CommandStatus.Refused, CommandStatus.Invalid], ignoreOrder: true);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task L16_accounts_kept_in_memory_give_the_quotes_and_the_journal_that_reading_them_gives(int seed)
    {
        await RemembersAsync("everything", seed, SimulatedRules.File, History(seed, _names));
        // Without holds and corrections a quote needs nothing but what is remembered.
        await RemembersAsync("memory", seed, SimulatedRules.WithoutCorrections, History(seed, _names, kinds: "gggbbbccccccccccccffxxmls"));
    }

    private async Task RemembersAsync(string name, int seed, RuleFile rules, List<Step> history)
    {
        var time = new ManualTime(_t0);
        var database = Path.Combine(_directory.Root, name + ".db");
        await using var ledger = await OpenAsync(database, time, rules);
        // Opened beside the one that writes, so that it reads everything anew.
        await using var reading = await CreditLedger.OpenSqliteReadOnlyAsync(database, new LedgerOptions { Time = time }, default);
        foreach (var step in history)
        {
            time.Now = step.At;
            await step.Command.SendAsync(ledger, step.At);
            for (var units = 0; units <= 60; units += 20)
            {
                var usage = (step.Command with { Amount = units, OccurredAt = null }).Usage(step.At);
                var (remembered, read) = (await ledger.QuoteAsync(step.Command.Account, usage, default), await reading.QuoteAsync(step.Command.Account, usage, default));
                remembered.Status.ShouldBe(read.Status, $"seed {seed}: {step}");
                remembered.Body.Span.SequenceEqual(read.Body.Span).ShouldBeTrue($"seed {seed}: {step}");
            }
        }

        await using var store = SqliteLedgerStore.OpenReadOnly(database);
        (await store.HashesAsync()).ShouldBe(await UnrememberedAsync(rules, history));
    }

    private static async Task<string[]> UnrememberedAsync(RuleFile rules, List<Step> history)
    {
        var time = new ManualTime(_t0);
        await using var store = new UnrememberedStore(SqliteLedgerStore.OpenInMemory(time));
        await using var ledger = await CreditLedger.OpenAsync(store, new LedgerOptions { Time = time }, default);
        await ledger.Rulesets.LoadAsync([rules], default);
        foreach (var step in history)
        {
            time.Now = step.At;
            await step.Command.SendAsync(ledger, step.At);
        }

        return await store.HashesAsync();
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task L17_what_falls_due_is_the_same_however_often_time_is_asked_to_pass(int seed)
    {
        var once = await LotsAfterAsync(Path.Combine(_directory.Root, "once.db"), seed, between: null);
        var often = await LotsAfterAsync(Path.Combine(_directory.Root, "often.db"), seed, between: new Random(seed));
        often.ShouldBe(once);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task L18_accounts_do_not_feel_in_which_order_others_are_served(int seed)
    {
        var history = History(seed, _names);
        var mixed = await HashesAsync(Path.Combine(_directory.Root, "mixed.db"), history);
        var apart = await HashesAsync(Path.Combine(_directory.Root, "apart.db"), [.. history.OrderByDescending(step => step.Command.Account, StringComparer.Ordinal)]);
        apart.ShouldBe(mixed);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task L19_lots_from_the_first_entry_from_any_moment_between_and_as_stored_are_the_same(int seed)
    {
        await HashesAsync(_directory.Database, History(seed, _names));
        await using var reading = SqliteLedgerStore.OpenReadOnly(_directory.Database);
        await using var snapshot = await reading.BeginReadAsync(default);
        foreach (var name in _names)
        {
            var stored = (await reading.AccountProofAsync(name)).Lots;
            var entries = new List<JournalEntry>();
            await foreach (var proof in snapshot.EntryProofsAsync(name, default))
            {
                entries.Add(proof.Entry);
            }

            Rebuild([], entries).ShouldBe(stored, $"seed {seed}: {name}");
            foreach (var instant in entries.Select(entry => entry.RecordedAt).Distinct().Where((_, i) => i % 7 == 0))
            {
                // Lots of which nothing was left then are not of that moment's state: they come from the entries before it.
                var then = (await snapshot.AccountAtAsync(name, instant, default))!;
                var known = Rebuild([], entries.Where(entry => entry.RecordedAt <= instant));
                then.HeadSequence.ShouldBe(entries.Last(entry => entry.RecordedAt <= instant).Sequence);
                then.State.Lots.ShouldBe(known.Where(lot => then.State.Lots.Any(open => open.Lot.Number == lot.Lot.Number)), $"seed {seed}: {name} at {instant}");
                known.Where(lot => lot.Available > 0 || lot.Held > 0).ShouldAllBe(lot => then.State.Lots.Contains(lot));
                Rebuild(known, entries.Where(entry => entry.RecordedAt > instant)).ShouldBe(stored, $"seed {seed}: {name} from {instant}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task L19_an_account_from_a_checkpoint_is_the_one_from_its_first_entry(int seed)
    {
        var time = new ManualTime(_t0);
        var random = new Random(seed);
        var written = 0;
        await using var ledger = await OpenAsync(_directory.Database, time);
        foreach (var step in History(seed, _names, rarely: seed % 2 == 0, comesLate: seed % 2 == 1))
        {
            time.Now = step.At;
            await step.Command.SendAsync(ledger, step.At);
            if (random.Next(4) == 0)
            {
                // Each begins at the one before it.
                var round = await ledger.WriteCheckpointsAsync(1, default);
                round.Problems.ShouldBeEmpty($"seed {seed}, {step}");
                written += round.Written;
            }
        }

        written.ShouldBeGreaterThan(_names.Length);
        var whole = await ledger.VerifyAsync(null, null, default);
        whole.Problems.ShouldBeEmpty($"seed {seed}");
        (whole.Checkpoints, whole.Passed).ShouldBe((written, 0));
        var rest = await ledger.VerifyAsync(null, fromCheckpoints: true, null, default);
        rest.Problems.ShouldBeEmpty($"seed {seed}");
        rest.Passed.ShouldBeGreaterThan(0);
        (rest.Passed + rest.Entries).ShouldBe(whole.Entries);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task L20_every_charge_names_a_version_that_was_active_when_it_happened_and_what_was_priced(int seed)
    {
        var time = new ManualTime(_t0);
        await using var ledger = await OpenAsync(_directory.Database, time);
        var published = 1;
        foreach (var step in History(seed, _names, rarely: true, comesLate: true))
        {
            time.Now = step.At;
            if (published < 4 && step.Number > published * 25)
            {
                published++;
                var text = SimulatedRules.File.Text.Replace("version 1 effective 2026-01-01", $"version {published} effective 2026-01-0{published}", StringComparison.Ordinal);
                (await ledger.Rulesets.PublishAsync($"sim.v{published}.rules", text, "pricing", default)).Version.ShouldNotBeNull();
            }

            await step.Command.SendAsync(ledger, step.At);
        }

        var versions = ledger.Rulesets.Versions(SimulatedRules.Ruleset).ToDictionary(version => version.Model.Version);
        await using var reading = SqliteLedgerStore.OpenReadOnly(_directory.Database);
        await using var snapshot = await reading.BeginReadAsync(default);
        var seen = new HashSet<int>();
        await foreach (var proof in snapshot.EntryProofsAsync(null, default))
        {
            var entry = proof.Entry;
            if (entry.Content.Kind is not (EntryKind.Charge or EntryKind.Correction or EntryKind.Hold or EntryKind.Capture))
            {
                continue;
            }

            proof.TraceResolves.ShouldBeTrue();
            entry.TraceHash.IsEmpty.ShouldBeFalse();
            var version = versions[entry.Content.Version!.Value];
            version.PublishedAt.ShouldBeLessThanOrEqualTo(entry.RecordedAt, $"seed {seed}: {entry.Account} {entry.Sequence}");
            version.ActiveFrom.ShouldBeLessThanOrEqualTo(entry.Content.OccurredAt, $"seed {seed}: {entry.Account} {entry.Sequence}");
            seen.Add(version.Model.Version);
        }

        seen.Count.ShouldBeGreaterThan(2);
        // That it is the one in effect for the account, the verification finds by pricing it again.
        await Scenarios.ShouldHoldAsync(ledger);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task L23_a_death_at_any_write_leaves_the_old_state_or_the_new_one(int seed)
    {
        var history = History(seed, _names)[..60];
        var root = Directory.Exists("/dev/shm") ? "/dev/shm" : _directory.Root;
        var directory = Directory.CreateDirectory(Path.Combine(root, $"rules-death-{Environment.ProcessId}-{seed}")).FullName;
        try
        {
            var whole = new List<string[]> { Array.Empty<string>() };
            await HashesAsync(Path.Combine(directory, "whole.db"), history, whole);
            foreach (var site in FaultStore.Sites)
            {
                await DieAsync(directory, history, site, whole);
            }
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static ImmutableArray<LotState> Rebuild(ImmutableArray<LotState> from, IEnumerable<JournalEntry> entries)
    {
        var lots = from.ToBuilder();
        foreach (var content in entries.Select(entry => entry.Content))
        {
            lots.AddRange(content.NewLots.Select(lot => new LotState(lot, 0, 0, 0, 0, 0, 0)));
            foreach (var line in content.Postings)
            {
                lots[(int)line.Lot - 1] = lots[(int)line.Lot - 1].Apply(line);
            }

            foreach (var end in content.EndedLots)
            {
                lots[(int)end.Lot - 1] = lots[(int)end.Lot - 1] with { IsEnded = true, Successor = end.Successor };
            }
        }

        return lots.ToImmutable();
    }

    // Dies once at every step, and goes on with the file that was left.
    private static async Task DieAsync(string directory, List<Step> history, string site, List<string[]> whole)
    {
        var time = new ManualTime(_t0);
        var path = Path.Combine(directory, $"{site}.0.db");
        for (var i = 0; i < history.Count; i++)
        {
            var next = Path.Combine(directory, $"{site}.{i + 1}.db");
            time.Now = history[i].At;
            var store = new FaultStore(SqliteLedgerStore.Open(path, time), i) { Armed = new HashSet<string> { site }, CrashPercent = 100, Crashing = () => Copy(path, next) };
            CommandResult result;
            await using (var ledger = await CreditLedger.OpenAsync(store, new LedgerOptions { Time = time }, default))
            {
                await ledger.Rulesets.LoadAsync([SimulatedRules.File], default);
                store.Percent = 100;
                result = await history[i].Command.SendAsync(ledger, time.Now);
            }

            path = store.Crashed ? next : path;
            await using var after = await OpenAsync(path, time);
            await using var reading = SqliteLedgerStore.OpenReadOnly(path);
            var left = await reading.HashesAsync();
            (left.SequenceEqual(whole[i]) || left.SequenceEqual(whole[i + 1])).ShouldBeTrue($"death at {site} of step {history[i]}");
            await history[i].Command.SendAsync(after, time.Now);
            (await reading.HashesAsync()).ShouldBe(whole[i + 1], $"death at {site} of step {history[i]}");
        }
    }

    private static void Copy(string from, string to)
    {
        foreach (var suffix in new[] { "", "-wal" })
        {
            if (File.Exists(from + suffix))
            {
                File.Copy(from + suffix, to + suffix);
            }
        }
    }

    private static async Task<string[]> LotsAfterAsync(string database, int seed, Random? between)
    {
        var time = new ManualTime(_t0);
        await using var ledger = await OpenAsync(database, time);
        await using var reading = SqliteLedgerStore.OpenReadOnly(database);
        foreach (var step in History(seed, _names[..1], rarely: true, comesLate: false))
        {
            for (; between?.Next(3) > 0 && time.Now < step.At;)
            {
                time.Now = Instant.Min(step.At, time.Now + Duration.FromHours(between.Next(1, 24 * 9)));
                await ledger.AdvanceAsync("acme", default);
                var head = (await reading.AccountProofAsync("acme")).Head.HeadSequence;
                // Once is as often as twice.
                await ledger.AdvanceAsync("acme", default);
                (await reading.AccountProofAsync("acme")).Head.HeadSequence.ShouldBe(head);
            }

            time.Now = step.At;
            await step.Command.SendAsync(ledger, step.At);
        }

        return [.. (await reading.AccountProofAsync("acme")).Lots.Select(lot =>
            $"{lot.Lot.Number} {lot.Lot.Bucket} {lot.Lot.ExpiresAt} {lot.Granted}={lot.Available}+{lot.Held}+{lot.Spent}+{lot.Expired}+{lot.Moved} {lot.IsEnded}")];
    }

    private static async Task<string[]> HashesAsync(string database, List<Step> history, List<string[]>? each = null)
    {
        var time = new ManualTime(_t0);
        await using var ledger = await OpenAsync(database, time);
        await using var reading = SqliteLedgerStore.OpenReadOnly(database);
        foreach (var step in history)
        {
            time.Now = step.At;
            await step.Command.SendAsync(ledger, step.At);
            each?.Add(await reading.HashesAsync());
        }

        return await reading.HashesAsync();
    }

    private static async Task<CreditLedger> OpenAsync(string database, TimeProvider time, RuleFile? rules = null)
    {
        var ledger = await CreditLedger.OpenSqliteAsync(database, new LedgerOptions { Time = time }, default);
        await ledger.Rulesets.LoadAsync([rules ?? SimulatedRules.File], default);
        return ledger;
    }

    /// <param name="rarely">Days and weeks pass between the steps.</param>
    private static List<Step> History(int seed, string[] accounts, bool rarely = false, bool comesLate = true, string kinds = Everything)
    {
        var random = new Random(seed);
        var at = _t0;
        var commands = new ClientCommands(random, _ => !comesLate ? at : Instant.Max(_t0, at - Duration.FromHours(random.Next(1, 60))));
        var steps = accounts.Select(account => new Step(0, commands.Next(account, at, "o"), at)).ToList();
        for (var number = steps.Count; number < Steps; number++)
        {
            at += rarely ? Duration.FromHours(random.Next(1, 24 * 20)) : Duration.FromMinutes(random.Next(10) == 0 ? random.Next(60 * 24 * 9) : random.Next(90));
            steps.Add(new Step(number, commands.Next(accounts[random.Next(accounts.Length)], at, kinds), at));
        }

        return steps;
    }

    private static long Charged(CommandResult result)
    {
        using var answer = System.Text.Json.JsonDocument.Parse(result.Body);
        return long.Parse(answer.RootElement.GetProperty("charge").GetString()!, System.Globalization.CultureInfo.InvariantCulture);
    }

    private static Dictionary<string, string> Without(Dictionary<string, string> tables, params string[] left) =>
        tables.Where(table => !left.Contains(table.Key)).ToDictionary();

    /// <summary>Every row of every table, by table.</summary>
    private Dictionary<string, string> Dump()
    {
        using var connection = new SqliteConnection($"Data Source={_directory.Database};Mode=ReadOnly;Pooling=false");
        connection.Open();
        var names = Scenarios.Rows(connection, "SELECT name FROM sqlite_master WHERE type='table' ORDER BY name");
        return names.ToDictionary(name => name, name => string.Join('\n', Scenarios.Rows(connection, $"SELECT * FROM {name}")));
    }

    /// <summary>A store that others write as well: every account is read for every commit.</summary>
    private sealed class UnrememberedStore(ILedgerStore store) : StoreDecorator(store)
    {
        public override bool IsExclusive => false;
    }

    private sealed record Step(int Number, ClientCommand Command, Instant At)
    {
        public override string ToString() => $"step {Number}, {At}: {Command}";
    }
}
