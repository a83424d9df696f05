using System.Collections.Immutable;
using System.Text;
using NodaTime;
using Rules.Dsl.Text;
using Rules.Engine.Accounts;
using Rules.Engine.Drawing;
using Rules.Engine.Pricing;
using Rules.Ledger.Journal;
using Rules.Ledger.Storage;
using Rules.Ledger.Tests.Bank;
using Shouldly;
using Xunit;

namespace Rules.Ledger.Tests.Stores;

/// <summary>What every store promises. A store's tests are a class that inherits these and says how the store is opened.</summary>
public abstract partial class LedgerStoreContract : IAsyncLifetime
{
    private static readonly Instant _t0 = BankCommands.Start;
    private static readonly Instant _t1 = _t0 + Duration.FromMinutes(1);

    private ILedgerStore _store = null!;

    protected abstract ILedgerStore Open(TimeProvider time);

    public Task InitializeAsync()
    {
        _store = Open(new ManualTime(_t0));
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await _store.DisposeAsync();

    [Fact]
    public async Task An_account_that_was_not_opened_is_not_there()
    {
        await using var transaction = await _store.BeginWriteAsync(default);
        (await transaction.AccountAsync("acme", default)).ShouldBeNull();
    }

    [Fact]
    public async Task An_opened_account_reads_back_and_starts_its_chain_with_its_identity()
    {
        await OpenAsync("acme");
        var account = await ReadAsync("acme");
        account.State.Id.ShouldBe("acme");
        account.State.Ruleset.ShouldBe(BankCommands.Ruleset);
        account.State.OpenedAt.ShouldBe(_t0);
        account.State.LastAt.ShouldBe(_t0);
        account.State.NextLot.ShouldBe(1);
        account.HeadSequence.ShouldBe(0);
        account.HeadHash.ToArray().ShouldBe(EntryHash.OfOpening("acme", BankCommands.Ruleset, _t0));
    }

    [Fact]
    public async Task An_id_is_opened_once()
    {
        await OpenAsync("acme");
        await Should.ThrowAsync<StoreException>(() => OpenAsync("acme"));
    }

    [Fact]
    public async Task What_an_entry_sets_reads_back_as_state()
    {
        var before = await OpenAsync("acme");
        var cycle = new Cycle(2, new LocalDateTime(2026, 1, 31, 10, 0, 0), _t0, _t0 + Duration.FromDays(28));
        var fact = new DatedValue("deployment", "cloud", _t0);
        var term = new DatedValue("rate", "0.5", _t0);
        var plan = new DatedValue("plan", "Hobby", _t0);
        var lot = LotOf(1, "g1") with { ExpiresAt = _t0 + Duration.FromDays(30), Priority = 3, Cost = ExactDecimal.Parse("0.02"), Cycle = 2 };
        var content = Grant(lot, 500) with { Kind = EntryKind.Subscribe, Facts = [fact], Terms = [term], Plan = "Hobby", Cycle = cycle };
        await AppendAsync(before, [Entry(before, content)], after => after with { NextLot = 2 }, append => append with
        {
            Cycles = [new NewCycle(cycle, 1, OfEntry: true)],
            Values =
            [
                new NewValue(DatedValueKind.Fact, fact, 1), new NewValue(DatedValueKind.Term, term, 1), new NewValue(DatedValueKind.Plan, plan, 1),
                new NewValue(DatedValueKind.Version, new DatedValue("version", "7", _t0), 1),
            ],
        });
        var account = await ReadAsync("acme");
        account.State.Facts.ShouldBe([fact]);
        account.State.Terms.ShouldBe([term]);
        account.State.Plans.ShouldBe([plan]);
        account.State.Version.ShouldBe(7);
        account.State.Cycle.ShouldBe(cycle);
        account.State.NextLot.ShouldBe(2);
        account.State.Lots.ShouldBe([new LotState(lot, 500, 500, 0, 0, 0, 0)]);
        account.HeadSequence.ShouldBe(1);
        account.Period.ShouldBe(1);
    }

    [Fact]
    public async Task An_entry_reads_back_with_the_hash_of_its_content()
    {
        var before = await OpenAsync("acme");
        var written = Entry(before, Grant(LotOf(1, "g1"), 500));
        await AppendAsync(before, [written], after => after with { NextLot = 2 });
        var proof = (await ProofsAsync()).ShouldHaveSingleItem();
        proof.KeyResolves.ShouldBeTrue();
        EntryHash.Of(proof.Entry).ShouldBe(written.Hash.ToArray());
        proof.Entry.Content.Postings.ShouldBe(written.Content.Postings);
        proof.Entry.Content.NewLots.ShouldBe(written.Content.NewLots);
    }

    [Fact]
    public async Task Without_a_commit_nothing_remains()
    {
        await using (var transaction = await _store.BeginWriteAsync(default))
        {
            await transaction.OpenAccountAsync(new NewAccount("acme", BankCommands.Ruleset, _t0, _t0), default);
        }

        await using var again = await _store.BeginWriteAsync(default);
        (await again.AccountAsync("acme", default)).ShouldBeNull();
    }

    [Fact]
    public async Task An_append_behind_a_head_that_moved_is_refused()
    {
        var before = await OpenAsync("acme");
        await AppendAsync(before, [Entry(before, Grant(LotOf(1, "g1"), 500))], after => after with { NextLot = 2 });
        await Refused(() => AppendAsync(before, [Entry(before, Grant(LotOf(1, "g2"), 500), key: "other")], after => after with { NextLot = 2 }));
    }

    [Fact]
    public async Task An_entry_that_does_not_continue_the_chain_is_refused()
    {
        var before = await OpenAsync("acme");
        var entry = Entry(before, Grant(LotOf(1, "g1"), 500)) with { PreviousHash = new byte[32] };
        await Refused(() => AppendAsync(before, [entry with { Hash = EntryHash.Of(entry) }], after => after with { NextLot = 2 }));
    }

    [Fact]
    public async Task A_gap_in_the_sequence_is_refused()
    {
        var before = await OpenAsync("acme");
        var entry = Entry(before, Grant(LotOf(1, "g1"), 500)) with { Sequence = 2 };
        await Refused(() => AppendAsync(before, [entry with { Hash = EntryHash.Of(entry) }], after => after with { NextLot = 2 }));
    }

    [Fact]
    public async Task An_entry_recorded_before_the_accounts_last_instant_is_refused()
    {
        var before = await OpenAsync("acme");
        var entry = Entry(before, Grant(LotOf(1, "g1"), 500)) with { RecordedAt = _t0 - Duration.FromTicks(10) };
        await Refused(() => AppendAsync(before, [entry with { Hash = EntryHash.Of(entry) }], after => after with { NextLot = 2 }));
    }

    [Fact]
    public async Task A_draw_of_more_than_is_there_is_refused()
    {
        var account = await GrantedAsync("acme", 500);
        await Refused(() => AppendAsync(account, [Entry(account, Charge(Posting.Spend(1, 501)), "c1")]));
    }

    [Fact]
    public async Task A_line_that_does_not_balance_is_refused()
    {
        var account = await GrantedAsync("acme", 500);
        await Refused(() => AppendAsync(account, [Entry(account, Charge(new Posting(1, 0, -5, 0, 4, 0, 0)), "c1")]));
    }

    [Fact]
    public async Task A_draw_on_another_accounts_lot_is_refused()
    {
        await GrantedAsync("rich", 500);
        var poor = await OpenAsync("poor");
        await Refused(() => AppendAsync(poor, [Entry(poor, Charge(Posting.Spend(1, 5)), "c1")]));
        (await ReadAsync("rich")).State.Lots.Single().Available.ShouldBe(500);
    }

    [Fact]
    public async Task A_key_names_one_entry()
    {
        var account = await GrantedAsync("acme", 500);
        await Refused(() => AppendAsync(account, [Entry(account, Charge(Posting.Spend(1, 5)), "k1")]));
    }

    [Fact]
    public async Task The_same_key_is_free_in_another_account()
    {
        await GrantedAsync("acme", 500);
        await GrantedAsync("bolt", 500);
        (await ReadAsync("bolt")).HeadSequence.ShouldBe(1);
    }

    [Fact]
    public async Task A_lots_id_is_used_once_per_account()
    {
        var account = await GrantedAsync("acme", 500);
        await Refused(() => AppendAsync(account, [Entry(account, Grant(LotOf(2, "g1"), 5), "k2")], after => after with { NextLot = 3 }));
    }

    [Theory]
    [InlineData(-1_000_000_000_000_001)]
    [InlineData(1_000_000_000_000_001)]
    public async Task An_amount_outside_its_range_is_refused(long amount)
    {
        var account = await GrantedAsync("acme", 500);
        await Refused(() => AppendAsync(account, [Entry(account, Charge() with { Amount = amount }, "c1")]));
    }

    [Fact]
    public async Task Only_a_charge_may_be_below_zero()
    {
        var account = await GrantedAsync("acme", 500);
        await Refused(() => AppendAsync(account, [Entry(account, Grant(LotOf(2, "g2"), 5) with { Amount = -5 }, "k2")], after => after with { NextLot = 3 }));
    }

    [Fact]
    public async Task A_sum_beyond_64_bits_is_refused()
    {
        var account = await GrantedAsync("acme", 500);
        await Refused(() => AppendAsync(account, [Entry(account, Charge(new Posting(1, long.MaxValue, long.MaxValue, 0, 0, 0, 0)), "c1")]));
    }

    [Fact]
    public async Task A_charge_without_trace_is_refused()
    {
        var account = await GrantedAsync("acme", 500);
        var entry = Entry(account, Charge(Posting.Spend(1, 5)), "c1") with { TraceHash = ReadOnlyMemory<byte>.Empty };
        await Refused(() => AppendAsync(account, [entry with { Hash = EntryHash.Of(entry) }]));
    }

    [Fact]
    public async Task A_store_goes_on_after_a_refused_append()
    {
        var account = await GrantedAsync("acme", 500);
        await Refused(() => AppendAsync(account, [Entry(account, Charge(Posting.Spend(1, 501)), "c1")]));
        await AppendAsync(account, [Entry(account, Charge(Posting.Spend(1, 500)), "c1")]);
        (await ReadAsync("acme")).State.Lots.ShouldBeEmpty();
        await _store.ShouldHoldAsync();
    }

    [Theory]
    [InlineData("{\"outcome\":\"charged\",\"steps\":[{\"text\":\"1 × 2\",\"steps\":[]}],\"balances\":{}}")]
    [InlineData("{\"nested\":{\"steps\":[1]},\"steps\":[]}")]
    [InlineData("{\"account\":\"acme\"}")]
    [InlineData("{}")]
    public async Task An_answer_reads_back_byte_for_byte(string answer)
    {
        var account = await GrantedAsync("acme", 500);
        var body = Encoding.UTF8.GetBytes(answer);
        var usage = "{\"action\":\"use\"}"u8.ToArray();
        var entry = Entry(account, Charge(Posting.Spend(1, 5)), "c1") with { Event = usage, TraceHash = EntryHash.OfTrace(usage, body) };
        var stored = new StoredAnswer(true, new byte[32], QuoteOutcome.Charged, 2, body);
        await AppendAsync(account, [entry with { Hash = EntryHash.Of(entry) }], change: append => append with { Answers = [new NewAnswer("c1", stored)] });
        var read = (await AnswerAsync("acme", "c1")).ShouldNotBeNull();
        Encoding.UTF8.GetString(read.Body.Span).ShouldBe(answer);
        read.Accepted.ShouldBeTrue();
        read.Outcome.ShouldBe(QuoteOutcome.Charged);
        read.Sequence.ShouldBe(2);
        (await ProofsAsync())[^1].TraceResolves.ShouldBeTrue();
    }

    [Fact]
    public async Task A_refusal_is_kept_under_its_key_and_moves_the_accounts_time()
    {
        var account = await GrantedAsync("acme", 500);
        var refusal = new StoredAnswer(false, Enumerable.Repeat((byte)7, 32).ToArray(), QuoteOutcome.Refused, null, "{\"outcome\":\"refused\"}"u8.ToArray());
        await AppendAsync(account, [], after => after with { LastAt = _t1 }, append => append with { Answers = [new NewAnswer("c1", refusal)] });
        var read = (await AnswerAsync("acme", "c1")).ShouldNotBeNull();
        read.Accepted.ShouldBeFalse();
        read.Sequence.ShouldBeNull();
        read.RequestHash.ToArray().ShouldBe(refusal.RequestHash.ToArray());
        var after = await ReadAsync("acme");
        after.State.LastAt.ShouldBe(_t1);
        after.HeadSequence.ShouldBe(account.HeadSequence);
        after.HeadHash.ToArray().ShouldBe(account.HeadHash.ToArray());
    }

    [Fact]
    public async Task A_system_entrys_key_is_taken_and_has_no_answer()
    {
        var account = await GrantedAsync("acme", 500);
        var content = Charge() with { Kind = EntryKind.Expiry, SystemKey = "sys:expire:1", Postings = [Posting.Expire(1, 500)] };
        await AppendAsync(account, [Entry(account, content, "sys:expire:1")]);
        (await AnswerAsync("acme", "sys:expire:1")).ShouldNotBeNull().OfSystem.ShouldBeTrue();
    }

    [Fact]
    public async Task Scopes_read_back_as_they_last_stood()
    {
        var account = await GrantedAsync("acme", 500);
        var id = new ScopeId("analysis", "run", "r-17");
        var scope = new ScopeState
        {
            Id = id,
            BeganAt = _t0,
            Version = 1,
            Posted = 895_000,
            ListedPosted = 900_000,
            Bodies = [new ScopeTotals(0, 2, [6000, 120_000], ExactDecimal.Parse("8.95"), 9), new ScopeTotals(3, 1, [], ExactDecimal.Parse("0.123456789"), 0)],
        };
        await AppendAsync(account, [Entry(account, Charge(), "c1")], change: append => append with { Scopes = [scope with { Posted = 1, Bodies = [] }] });
        account = await ReadAsync("acme");
        await AppendAsync(account, [Entry(account, Charge(), "c2")], change: append => append with { Scopes = [scope] });
        await using var transaction = await _store.BeginWriteAsync(default);
        var read = (await transaction.ScopesAsync(account, [new ScopeId("analysis", "run", "r-18"), id], default)).ShouldHaveSingleItem();
        read.Id.ShouldBe(id);
        read.BeganAt.ShouldBe(_t0);
        read.Posted.ShouldBe(895_000);
        read.ListedPosted.ShouldBe(900_000);
        read.Bodies.Length.ShouldBe(2);
        read.Bodies[0].Quantities.ShouldBe([6000, 120_000]);
        read.Bodies[1].Exact.ShouldBe(ExactDecimal.Parse("0.123456789"));
    }

    [Fact]
    public async Task A_snapshot_does_not_see_what_is_committed_after_it()
    {
        if (!SeesSnapshotsBesideWrites)
        {
            return;
        }

        var account = await GrantedAsync("acme", 500);
        await using var snapshot = await _store.BeginReadAsync(default);
        (await snapshot.AccountAsync("acme", default)).ShouldNotBeNull();
        await AppendAsync(account, [Entry(account, Charge(Posting.Spend(1, 5)), "c1")]);
        (await snapshot.AccountAsync("acme", default)).ShouldNotBeNull().HeadSequence.ShouldBe(1);
        (await ReadAsync("acme")).HeadSequence.ShouldBe(2);
    }

    [Fact]
    public async Task A_spent_lot_is_left_out_of_the_state_and_a_postpaid_one_stays_until_its_cycle_ends()
    {
        var account = await GrantedAsync("acme", 500);
        var postpaid = LotOf(2, "p1") with { Origin = LotOrigin.Postpaid, Bucket = "flex", Amount = 0, Cycle = 0 };
        var content = Charge(Posting.Spend(1, 500), Posting.SpendPostpaid(2, 20)) with { NewLots = [postpaid] };
        await AppendAsync(account, [Entry(account, content, "c1")], after => after with { NextLot = 3 });
        account = await ReadAsync("acme");
        account.State.Lots.Select(lot => lot.Lot.Number).ShouldBe([2]);
        var next = new Cycle(1, new LocalDateTime(2026, 3, 1, 0, 0), _t1, _t1 + Duration.FromDays(31));
        await AppendAsync(account, [], after => after with { LastAt = _t1 }, append => append with { Cycles = [new NewCycle(next, 2, OfEntry: false)] });
        (await ReadAsync("acme")).State.Lots.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_past_state_reads_back_from_the_entries_up_to_it()
    {
        var account = await GrantedAsync("acme", 500);
        var entry = Entry(account, Charge(Posting.Spend(1, 120)), "c1") with { RecordedAt = _t1 };
        await AppendAsync(account, [entry with { Hash = EntryHash.Of(entry) }], after => after with { LastAt = _t1 });
        await using var snapshot = await _store.BeginReadAsync(default);
        var past = (await snapshot.AccountAtAsync("acme", _t1 - Duration.FromSeconds(1), default)).ShouldNotBeNull();
        past.HeadSequence.ShouldBe(1);
        past.State.Lots.Single().Available.ShouldBe(500);
        (await snapshot.AccountAtAsync("acme", _t1, default)).ShouldNotBeNull().State.Lots.Single().Available.ShouldBe(380);
        (await snapshot.AccountAtAsync("acme", _t0 - Duration.FromDays(1), default)).ShouldBeNull();
    }

    [Fact]
    public async Task A_published_version_is_there_and_cannot_be_published_again()
    {
        var version = new StoredVersion("bank", 1, "bank.v1.rules", "language 1\n", new byte[32], "sha256:00", "0.1.0", "system", _t1, _t0, _t1);
        await PublishAsync(version);
        await using (var snapshot = await _store.BeginReadAsync(default))
        {
            var read = (await snapshot.VersionsAsync(default)).ShouldHaveSingleItem();
            read.Text.ShouldBe(version.Text);
            read.ActiveFrom.ShouldBe(_t1);
            read.PublishedAt.ShouldBe(_t0);
        }

        await Should.ThrowAsync<StoreException>(() => PublishAsync(version with { Text = "language 1\n\n" }));
    }

    [Fact]
    public async Task Entries_are_listed_newest_first_and_paged_by_key()
    {
        foreach (var id in new[] { "acme", "bolt" })
        {
            var account = await GrantedAsync(id, 500);
            await AppendAsync(account, [Entry(account, Charge(Posting.Spend(1, 5)), "c1")]);
        }

        await using var snapshot = await _store.BeginReadAsync(default);
        var all = await snapshot.EntriesAsync(new EntryFilter(), default);
        all.Select(e => (e.Account, e.Sequence)).ShouldBe([("bolt", 2), ("bolt", 1), ("acme", 2), ("acme", 1)]);
        var rest = await snapshot.EntriesAsync(new EntryFilter(After: Text(all[1].Position)), default);
        rest.Select(e => (e.Account, e.Sequence)).ShouldBe([("acme", 2), ("acme", 1)]);
        (await snapshot.EntriesAsync(new EntryFilter("acme", After: "2"), default)).Single().Sequence.ShouldBe(1);
        (await snapshot.EntriesAsync(new EntryFilter(Kind: EntryKind.Charge), default)).Length.ShouldBe(2);
        (await snapshot.EntriesAsync(new EntryFilter("acme", IdempotencyKey: "c1"), default)).Single().Sequence.ShouldBe(2);
        (await snapshot.EntriesAsync(new EntryFilter("acme", IdempotencyKey: "nothing"), default)).ShouldBeEmpty();
        (await snapshot.EntriesAsync(new EntryFilter(From: _t1), default)).ShouldBeEmpty();
        (await snapshot.EntriesAsync(new EntryFilter(Limit: 1), default)).Length.ShouldBe(1);
    }

    [Fact]
    public async Task Accounts_are_listed_by_id_and_found_by_a_part_of_it()
    {
        await OpenAsync("bolt");
        await OpenAsync("acme");
        await OpenAsync("acme-labs");
        await using var snapshot = await _store.BeginReadAsync(default);
        (await snapshot.AccountsAsync(new AccountFilter(), default)).Select(a => a.Account.State.Id).ShouldBe(["acme", "acme-labs", "bolt"]);
        (await snapshot.AccountsAsync(new AccountFilter(Search: "LAB"), default)).Select(a => a.Account.State.Id).ShouldBe(["acme-labs"]);
        (await snapshot.AccountsAsync(new AccountFilter(After: "acme", Limit: 1), default)).Select(a => a.Account.State.Id).ShouldBe(["acme-labs"]);
        (await snapshot.AccountsAsync(new AccountFilter(Ruleset: "other"), default)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Text_that_looks_like_SQL_stays_text()
    {
        const string Name = "'; DROP TABLE journal; --";
        await OpenAsync(Name);
        (await ReadAsync(Name)).State.Id.ShouldBe(Name);
        await using var snapshot = await _store.BeginReadAsync(default);
        (await snapshot.AccountsAsync(new AccountFilter(Search: "' OR 1=1 --"), default)).ShouldBeEmpty();
    }

    /// <summary>False for a store that serves reads and writes one after the other.</summary>
    protected virtual bool SeesSnapshotsBesideWrites => true;

    [Fact]
    public async Task A_checkpoint_is_of_an_entry_that_is_there_and_stays_as_it_is()
    {
        var account = await GrantedAsync("acme", 500);
        var checkpoint = new StoredCheckpoint("acme", account.HeadSequence, account.HeadHash, 3, EntryHash.OfTrace([], [1]), new byte[] { 1, 2, 3 }, _t1);
        await AddAsync(checkpoint);
        await AddAsync(checkpoint with { Content = new byte[] { 4 } });
        await Refused(() => AddAsync(checkpoint with { Hash = new byte[32] }));
        await Refused(() => AddAsync(checkpoint with { Sequence = account.HeadSequence + 1 }));
        await using var snapshot = await _store.BeginReadAsync(default);
        var stored = (await snapshot.CheckpointAsync("acme", default)).ShouldNotBeNull();
        (stored.Sequence, stored.Rows, stored.CreatedAt).ShouldBe((account.HeadSequence, 3, _t1));
        stored.Hash.ToArray().ShouldBe(account.HeadHash.ToArray());
        stored.Sha256.ToArray().ShouldBe(checkpoint.Sha256.ToArray());
        stored.Content.ToArray().ShouldBe([1, 2, 3]);
        (await snapshot.CheckpointAsync("nobody", default)).ShouldBeNull();
        var proofs = new List<EntryProof>();
        await foreach (var proof in snapshot.EntryProofsAsync("acme", default))
        {
            proofs.Add(proof);
        }

        proofs.Where(proof => proof.Checkpoint is not null).ShouldHaveSingleItem().Entry.Sequence.ShouldBe(account.HeadSequence);
        proofs[^1].Position.ShouldBe(stored.Position);
    }

    [Fact]
    public async Task A_checkpoint_is_due_after_as_many_entries_as_asked_for_and_no_fewer_than_the_last_one_has_rows()
    {
        var account = await GrantedAsync("acme", 500);
        await OpenAsync("bolt");
        (await DueAsync(1)).ShouldBe(["acme"]);
        (await DueAsync(2)).ShouldBeEmpty();
        await AddAsync(new StoredCheckpoint("acme", account.HeadSequence, account.HeadHash, 2, new byte[32], new byte[] { 1 }, _t1));
        (await DueAsync(1)).ShouldBeEmpty();
        await AppendAsync(account, [Entry(account, Charge(Posting.Spend(1, 1)), "c1")]);
        (await DueAsync(1)).ShouldBeEmpty();
        account = await ReadAsync("acme");
        await AppendAsync(account, [Entry(account, Charge(Posting.Spend(1, 1)), "c2")]);
        (await DueAsync(1)).ShouldBe(["acme"]);
    }

    private async Task AddAsync(StoredCheckpoint checkpoint)
    {
        await using var transaction = await _store.BeginWriteAsync(default);
        await transaction.AddCheckpointAsync(checkpoint, default);
        await transaction.CommitAsync(default);
    }

    private async Task<ImmutableArray<string>> DueAsync(int entries)
    {
        await using var snapshot = await _store.BeginReadAsync(default);
        return await snapshot.CheckpointsDueAsync(entries, default);
    }

    private static string Text(long number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static Task<StoreException> Refused(Func<Task> append) => Should.ThrowAsync<StoreException>(append);

    private static Lot LotOf(long number, string id) => new()
    {
        Number = number,
        Id = id,
        Bucket = "included",
        Amount = 500,
        CreatedAt = _t0,
        EffectiveAt = _t0,
        Origin = LotOrigin.Grant,
    };

    private static Entry Grant(Lot lot, long amount) =>
        new() { Kind = EntryKind.Grant, Amount = amount, OccurredAt = _t0, NewLots = [lot], Postings = [Posting.Grant(lot.Number, amount)], Version = 1 };

    private static Entry Charge(params ImmutableArray<Posting> postings) =>
        new() { Kind = EntryKind.Charge, Amount = postings.Sum(p => p.Spent), OccurredAt = _t0, Postings = postings, Version = 1 };

    private static JournalEntry Entry(StoredAccount before, Entry content, string key = "k1")
    {
        var entry = new JournalEntry
        {
            Account = before.State.Id,
            Sequence = before.HeadSequence + 1,
            Key = key,
            RecordedAt = before.State.LastAt,
            Content = content,
            PreviousHash = before.HeadHash,
            TraceHash = content.Kind is EntryKind.Charge or EntryKind.Hold or EntryKind.Capture ? EntryHash.OfTrace([], []) : default,
        };
        return entry with { Hash = EntryHash.Of(entry) };
    }

    private async Task<StoredAccount> OpenAsync(string id)
    {
        await using var transaction = await _store.BeginWriteAsync(default);
        var account = await transaction.OpenAccountAsync(new NewAccount(id, BankCommands.Ruleset, _t0, _t0), default);
        await transaction.CommitAsync(default);
        return account;
    }

    private async Task<StoredAccount> GrantedAsync(string id, long amount)
    {
        var before = await OpenAsync(id);
        await AppendAsync(before, [Entry(before, Grant(LotOf(1, "g1"), amount))], after => after with { NextLot = 2 });
        return await ReadAsync(id);
    }

    private async Task AppendAsync(StoredAccount before, ImmutableArray<JournalEntry> entries, Func<AccountState, AccountState>? after = null,
        Func<AccountAppend, AccountAppend>? change = null)
    {
        await using var transaction = await _store.BeginWriteAsync(default);
        var append = new AccountAppend
        {
            Before = before,
            Entries = entries,
            Answers = [],
            Scopes = [],
            Cycles = [],
            Values = [],
            After = (after ?? (state => state))(before.State),
        };
        await transaction.AppendAsync((change ?? (it => it))(append), default);
        await transaction.CommitAsync(default);
    }

    private async Task PublishAsync(StoredVersion version)
    {
        await using var transaction = await _store.BeginWriteAsync(default);
        await transaction.PublishAsync(version, default);
        await transaction.CommitAsync(default);
    }

    private async Task<StoredAccount> ReadAsync(string id)
    {
        await using var snapshot = await _store.BeginReadAsync(default);
        return (await snapshot.AccountAsync(id, default)).ShouldNotBeNull();
    }

    private async Task<StoredAnswer?> AnswerAsync(string id, string key)
    {
        var account = await ReadAsync(id);
        await using var snapshot = await _store.BeginReadAsync(default);
        return await snapshot.AnswerAsync(account, key, default);
    }

    private async Task<List<EntryProof>> ProofsAsync()
    {
        var proofs = new List<EntryProof>();
        await using var snapshot = await _store.BeginReadAsync(default);
        await foreach (var proof in snapshot.EntryProofsAsync(null, default))
        {
            proofs.Add(proof);
        }

        return proofs;
    }
}
