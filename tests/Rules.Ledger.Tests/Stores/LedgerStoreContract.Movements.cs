using NodaTime;
using Rules.Engine.Accounts;
using Rules.Engine.Drawing;
using Rules.Ledger.Journal;
using Rules.Ledger.Storage;
using Rules.Ledger.Tests.Bank;
using Shouldly;
using Xunit;

namespace Rules.Ledger.Tests.Stores;

/// <summary>Holds, debts, reversals and lots that end early.</summary>
public abstract partial class LedgerStoreContract
{
    private static readonly Instant _end = BankCommands.Start + Duration.FromHours(1);

    [Fact]
    public async Task A_hold_is_due_until_it_is_settled_and_reads_back_by_its_id()
    {
        var held = await HeldAsync("acme");
        await using (var snapshot = await _store.BeginReadAsync(default))
        {
            (await snapshot.HoldsAsync(held, _end - Duration.FromTicks(10), null, default)).ShouldBeEmpty();
            var due = (await snapshot.HoldsAsync(held, _end, null, default)).ShouldHaveSingleItem();
            due.Sequence.ShouldBe(2);
            due.Hold.Lines.ShouldBe([new HoldLine(1, 30)]);
            due.Hold.ShouldBe(HoldOf(1, "h1") with { Lines = due.Hold.Lines });
            (await snapshot.HoldsAsync(held, _t0, "h1", default)).ShouldHaveSingleItem().Settlement.ShouldBeNull();
            (await snapshot.HoldsAsync(held, _t0, "h2", default)).ShouldBeEmpty();
            (await snapshot.HasUseAsync(held, "h1", default)).ShouldBeTrue();
            (await snapshot.HasUseAsync(held, "h2", default)).ShouldBeFalse();
        }

        await AppendAsync(held, [Entry(held, Capture(20), "k3")]);
        held = await ReadAsync("acme");
        await using var after = await _store.BeginReadAsync(default);
        (await after.HoldsAsync(held, _end, null, default)).ShouldBeEmpty();
        (await after.HoldsAsync(held, _t0, "h1", default)).ShouldHaveSingleItem().Settlement.ShouldBe(new HoldSettlement(1, SettlementKind.Captured, 20, 10, "20"));
        var use = (await after.UseAsync(held, "h1", default)).ShouldNotBeNull();
        (use.Kind, use.Sequence, use.Amount).ShouldBe((EntryKind.Capture, 3, 20));
        use.Lines.ShouldBe([new UseLine(3, 0, 1, 20, 0)]);
    }

    [Fact]
    public async Task A_hold_is_settled_once()
    {
        var held = await HeldAsync("acme");
        await AppendAsync(held, [Entry(held, Capture(30), "k3")]);
        held = await ReadAsync("acme");
        await Refused(() => AppendAsync(held, [Entry(held, Capture(0), "k4")]));
    }

    [Fact]
    public async Task The_past_has_the_holds_and_debts_that_were_open_then()
    {
        var held = await HeldAsync("acme");
        var owing = Charge(Posting.Spend(1, 5)) with { NewDebts = [new Debt(1, "use", 40, _t1)] };
        await AppendAsync(held, [Entry(held, owing, "k3") with { RecordedAt = _t1 }], after => after with { NextDebt = 2 });
        held = await ReadAsync("acme");
        var settled = Capture(0) with { DebtLines = [new DebtLine(1, DebtLineKind.Refunded, 40)] };
        await AppendAsync(held, [Entry(held, settled, "k4") with { RecordedAt = _end }]);
        await using var snapshot = await _store.BeginReadAsync(default);
        var then = (await snapshot.AccountAtAsync("acme", _t1, default)).ShouldNotBeNull().State;
        then.Holds.ShouldHaveSingleItem().Hold.Lines.ShouldBe([new HoldLine(1, 30)]);
        then.Debts.ShouldBe([new DebtState(owing.NewDebts[0], 40, 0)]);
        var now = (await snapshot.AccountAtAsync("acme", _end, default)).ShouldNotBeNull().State;
        now.Holds.ShouldBeEmpty();
        now.Debts.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_debt_shrinks_by_its_lines_and_never_below_nothing()
    {
        var owing = await OwingAsync("acme");
        owing.State.Debts.ShouldBe([new DebtState(new Debt(1, "use", 50, _t0), 50, 0)]);
        owing.State.NextDebt.ShouldBe(2);
        await AppendAsync(owing, [Entry(owing, Repayment(20), "sys:repay:1:1")]);
        owing = await ReadAsync("acme");
        owing.State.Debts.ShouldBe([new DebtState(new Debt(1, "use", 50, _t0), 30, 1)]);
        await Refused(() => AppendAsync(owing, [Entry(owing, Repayment(31), "sys:repay:1:2")]));
        await AppendAsync(owing, [Entry(owing, Repayment(30), "sys:repay:1:2")]);
        (await ReadAsync("acme")).State.Debts.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_use_reads_back_with_its_repayments_behind_its_own_lines()
    {
        var owing = await OwingAsync("acme");
        await AppendAsync(owing, [Entry(owing, Repayment(20), "sys:repay:1:1")]);
        owing = await ReadAsync("acme");
        await using var snapshot = await _store.BeginReadAsync(default);
        var use = (await snapshot.UseAsync(owing, "k2", default)).ShouldNotBeNull();
        use.Lines.ShouldBe([new UseLine(2, 0, 1, 100, 0), new UseLine(3, 0, 1, 20, 0)]);
        use.Debts.ShouldBe([1L]);
        (await snapshot.UseAsync(owing, "nothing", default)).ShouldBeNull();
        (await snapshot.UseAsync(owing, "k1", default)).ShouldNotBeNull().Kind.ShouldBe(EntryKind.Grant);
    }

    [Fact]
    public async Task Reversals_of_a_line_never_come_to_more_than_it_spent()
    {
        var owing = await OwingAsync("acme");
        await AppendAsync(owing, [Entry(owing, Reversal(60), "r1") with { Reference = 2 }]);
        owing = await ReadAsync("acme");
        await Refused(() => AppendAsync(owing, [Entry(owing, Reversal(41), "r2") with { Reference = 2 }]));
        await AppendAsync(owing, [Entry(owing, Reversal(40), "r2") with { Reference = 2 }]);
        owing = await ReadAsync("acme");
        await using (var snapshot = await _store.BeginReadAsync(default))
        {
            (await snapshot.UseAsync(owing, "k2", default)).ShouldNotBeNull().Lines.ShouldBe([new UseLine(2, 0, 1, 100, 100)]);
        }

        var proofs = await ProofsAsync();
        proofs[2].Use.ShouldNotBeNull().Lines.ShouldBe([new UseLine(2, 0, 1, 100, 0)]);
        proofs[3].Use.ShouldNotBeNull().Lines.ShouldBe([new UseLine(2, 0, 1, 100, 60)]);
    }

    [Fact]
    public async Task A_lot_that_ended_reads_back_with_what_took_its_place_while_credits_are_held_in_it()
    {
        var held = await HeldAsync("acme");
        var successor = LotOf(2, "g2");
        var replacement = new Entry
        {
            Kind = EntryKind.Replacement,
            Amount = 10,
            OccurredAt = _t0,
            NewLots = [successor],
            Postings = [Posting.Expire(1, 470), Posting.Grant(2, 10)],
            EndedLots = [new LotEnd(1, 2)],
            Version = 1,
        };
        await AppendAsync(held, [Entry(held, replacement, "k3")], after => after with { NextLot = 3 });
        held = await ReadAsync("acme");
        await AppendAsync(held, [Entry(held, Charge(Posting.Spend(2, 10)), "k4")]);
        held = await ReadAsync("acme");
        held.State.Lots.Select(lot => (lot.Lot.Number, lot.IsEnded, lot.Successor)).ShouldBe([(1, true, 2), (2, false, null)]);
        await using var snapshot = await _store.BeginReadAsync(default);
        (await snapshot.LotAsync(held, "g2", default)).ShouldNotBeNull().Spent.ShouldBe(10);
        (await snapshot.LotsAsync(held, [2, 1, 9], default)).Select(lot => lot.Lot.Number).ShouldBe([1, 2]);
        (await snapshot.LotsAsync(held, _t0, default)).Length.ShouldBe(2);
    }

    [Fact]
    public async Task Entries_that_move_holds_debts_and_lots_read_back_with_the_hash_of_their_content()
    {
        var held = await HeldAsync("acme");
        var content = Capture(20) with
        {
            NewDebts = [new Debt(1, "use", 7, _t0)],
            DebtLines = [new DebtLine(1, DebtLineKind.Reversed, 3)],
            EndedLots = [new LotEnd(1, null)],
            Undone = [new UndoneLine(3, 0, 5)],
            Forgiven = 4,
        };
        var written = Entry(held, content, "k3") with { Request = "{}"u8.ToArray(), Reference = 2 };
        written = written with { Hash = EntryHash.Of(written) };
        await AppendAsync(held, [written], after => after with { NextDebt = 2 });
        var proofs = await ProofsAsync();
        EntryHash.Of(proofs[1].Entry).ShouldBe(proofs[1].Entry.Hash.ToArray());
        EntryHash.Of(proofs[2].Entry).ShouldBe(written.Hash.ToArray());
        proofs[2].Entry.Content.Settlement.ShouldBe(content.Settlement);
        EntryHash.Of(written with { Content = content with { Forgiven = 3 } }).ShouldNotBe(written.Hash.ToArray());
    }

    [Fact]
    public async Task A_second_append_of_a_transaction_goes_on_where_the_first_ended()
    {
        var before = await OpenAsync("acme");
        var first = Entry(before, Grant(LotOf(1, "g1"), 500));
        await using (var transaction = await _store.BeginWriteAsync(default))
        {
            await transaction.AppendAsync(Append(before, first, before.State with { NextLot = 2 }), default);
            var between = before with { State = before.State with { NextLot = 2 }, HeadSequence = 1, HeadHash = first.Hash };
            await transaction.AppendAsync(Append(between, Entry(between, Charge(Posting.Spend(1, 3)), "k2"), between.State), default);
            await transaction.CommitAsync(default);
        }

        (await ReadAsync("acme")).HeadSequence.ShouldBe(2);
    }

    private static AccountAppend Append(StoredAccount before, JournalEntry entry, AccountState after) =>
        new() { Before = before, Entries = [entry], Answers = [], Scopes = [], Cycles = [], Values = [], After = after };

    private static Hold HoldOf(long number, string id) =>
        new() { Number = number, Id = id, Action = "use", Version = 1, Amount = 30, HeldAt = _t0, ExpiresAt = _end, Lines = [new HoldLine(1, 30)] };

    private static Entry Capture(long amount) => new()
    {
        Kind = EntryKind.Capture,
        Amount = amount,
        OccurredAt = _t0,
        Postings = amount == 0 ? [Posting.Hold(1, -30)] : amount == 30 ? [Posting.Capture(1, 30)] : [Posting.Capture(1, amount), Posting.Hold(1, amount - 30)],
        Settlement = new HoldSettlement(1, SettlementKind.Captured, amount, 30 - amount, Text(amount)),
        Version = 1,
    };

    private static Entry Repayment(long amount) => new()
    {
        Kind = EntryKind.Repayment,
        Amount = amount,
        OccurredAt = _t0,
        Postings = [Posting.Spend(1, amount)],
        DebtLines = [new DebtLine(1, DebtLineKind.Repaid, amount)],
        Version = 1,
    };

    private static Entry Reversal(long amount) => new()
    {
        Kind = EntryKind.Reversal,
        Amount = amount,
        OccurredAt = _t0,
        Postings = [Posting.Spend(1, -amount)],
        Undone = [new UndoneLine(2, 0, amount)],
        Version = 1,
    };

    private async Task<StoredAccount> HeldAsync(string id)
    {
        var before = await GrantedAsync(id, 500);
        var content = new Entry { Kind = EntryKind.Hold, Amount = 30, OccurredAt = _t0, Postings = [Posting.Hold(1, 30)], NewHold = HoldOf(1, "h1"), Version = 1 };
        await AppendAsync(before, [Entry(before, content, "k2")], after => after with { NextHold = 2 });
        return await ReadAsync(id);
    }

    private async Task<StoredAccount> OwingAsync(string id)
    {
        var before = await GrantedAsync(id, 500);
        var content = Charge(Posting.Spend(1, 100)) with { NewDebts = [new Debt(1, "use", 50, _t0)] };
        await AppendAsync(before, [Entry(before, content, "k2")], after => after with { NextDebt = 2 });
        return await ReadAsync(id);
    }
}
