using NodaTime;
using Rules.Dsl.Text;
using Rules.Engine.Accounts;
using Rules.Engine.Drawing;
using Rules.Engine.Model;
using Rules.Ledger.Journal;
using Rules.Ledger.Storage;
using Shouldly;
using Xunit;

namespace Rules.Ledger.Tests.Stores;

/// <summary>What time does to an account: add-ons, recurring grants, rollover and bills.</summary>
public abstract partial class LedgerStoreContract
{
    [Fact]
    public async Task Addons_read_back_in_the_order_in_which_they_were_said()
    {
        var before = await OpenAsync("acme");
        DatedValue[] addons = [new("included", "50", _t0), new("flex", "0.5", _t0), new("included", "7", _t0)];
        var content = Grant(LotOf(1, "g1"), 500) with { Kind = EntryKind.Subscribe, Addons = [.. addons] };
        var written = Entry(before, content);
        await AppendAsync(before, [written], after => after with { NextLot = 2 }, append => append with
        {
            Values = [.. addons.Select(addon => new NewValue(DatedValueKind.Addon, addon, 1))],
        });
        (await ReadAsync("acme")).State.Addons.ShouldBe(addons);
        var proof = (await ProofsAsync()).ShouldHaveSingleItem();
        proof.Entry.Content.Addons.ShouldBe(addons);
        EntryHash.Of(proof.Entry).ShouldBe(written.Hash.ToArray());
        EntryHash.Of(written with { Content = content with { Addons = [.. addons.Reverse()] } }).ShouldNotBe(written.Hash.ToArray());
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public async Task The_first_lot_of_a_recurring_grant_stays_in_the_state_as_long_as_others_follow_it(bool adds, bool ends)
    {
        var until = ends ? _t1 + Duration.FromDays(1) : (Instant?)null;
        var series = new LotSeries(new CalendarSpan(2, CalendarUnit.Week), new LocalDateTime(2026, 1, 31, 10, 30, 15).PlusNanoseconds(7_000), "Europe/Berlin", adds, until);
        var lot = LotOf(1, "g1") with { Series = series };
        var account = await OpenAsync("acme");
        await AppendAsync(account, [Entry(account, Grant(lot, 500))], after => after with { NextLot = 2 });
        account = await ReadAsync("acme");
        await AppendAsync(account, [Entry(account, Charge(Posting.Spend(1, 500)), "c1")]);
        (await ReadAsync("acme")).State.Lots.ShouldBe([new LotState(lot, 500, 0, 0, 500, 0, 0)]);

        account = await ReadAsync("acme");
        await AppendAsync(account, [], after => after with { LastAt = _t1 + Duration.FromDays(1) });
        (await ReadAsync("acme")).State.Lots.Length.ShouldBe(ends ? 0 : 1);
        foreach (var proof in await ProofsAsync())
        {
            EntryHash.Of(proof.Entry).ShouldBe(proof.Entry.Hash.ToArray());
        }
    }

    [Theory]
    [InlineData(RolloverKind.Ends, 0L, null, null)]
    [InlineData(RolloverKind.Carries, 0L, null, "50")]
    [InlineData(RolloverKind.Carries, 20L, 600L, "12.5")]
    [InlineData(RolloverKind.Own, 20L, 0L, null)]
    public async Task What_a_renewal_does_to_a_lot_reads_back_with_it(RolloverKind kind, long minimum, long? maximum, string? percent)
    {
        var rollover = new LotRollover(kind, kind == RolloverKind.Carries ? _t1 : null, minimum, maximum, percent is null ? null : ExactDecimal.Parse(percent));
        var lot = LotOf(1, "g1") with { Rollover = rollover, ExpiresAt = _t1 + Duration.FromDays(90) };
        var account = await OpenAsync("acme");
        var written = Entry(account, Grant(lot, 500));
        await AppendAsync(account, [written], after => after with { NextLot = 2 });
        account = await ReadAsync("acme");
        account.State.Lots.ShouldBe([new LotState(lot, 500, 500, 0, 0, 0, 0)]);
        EntryHash.Of((await ProofsAsync()).ShouldHaveSingleItem().Entry).ShouldBe(written.Hash.ToArray());

        await AppendAsync(account, [Entry(account, Charge(Posting.Spend(1, 500)), "c1")]);
        // Only what may still be topped up is of use to the next renewal.
        (await ReadAsync("acme")).State.Lots.Length.ShouldBe(minimum > 0 ? 1 : 0);
    }

    [Fact]
    public async Task What_is_carried_to_another_lot_is_moved_out_of_the_one_and_granted_to_the_other()
    {
        var account = await GrantedAsync("acme", 500);
        var carried = LotOf(2, "sys:roll:1:1") with { Amount = 300, ExpiresAt = _t1 + Duration.FromDays(30) };
        var content = new Entry
        {
            Kind = EntryKind.Rollover,
            SystemKey = "sys:roll:1:1",
            Amount = 300,
            OccurredAt = _t0,
            NewLots = [carried],
            Postings = [Posting.Move(1, 300), Posting.Expire(1, 200), Posting.Grant(2, 300)],
            EndedLots = [new LotEnd(1, 2)],
            Version = 1,
        };
        await AppendAsync(account, [Entry(account, content, "sys:roll:1:1")], after => after with { NextLot = 3 });
        account = await ReadAsync("acme");
        account.State.Lots.ShouldBe([new LotState(carried, 300, 300, 0, 0, 0, 0)]);
        (await ProofsAsync()).ShouldAllBe(proof => EntryHash.Of(proof.Entry).SequenceEqual(proof.Entry.Hash.ToArray()));
        await using var snapshot = await _store.BeginReadAsync(default);
        var left = (await snapshot.LotAsync(account, "g1", default)).ShouldNotBeNull();
        (left.Available, left.Moved, left.Expired, left.IsEnded, left.Successor).ShouldBe((0, 300, 200, true, 2));
    }

    [Fact]
    public async Task Bills_are_listed_newest_first_with_the_use_that_they_are_made_of()
    {
        var cycle = new Cycle(0, new LocalDateTime(2026, 1, 1, 0, 0), _t0, _t1);
        var account = await OpenAsync("acme");
        var lot = LotOf(1, "p1") with { Origin = LotOrigin.Postpaid, Bucket = "flex", Amount = 0, Cycle = 0 };
        await AppendAsync(account, [Entry(account, Charge(Posting.SpendPostpaid(1, 40)) with { NewLots = [lot] }, "c1")], after => after with { NextLot = 2 },
            append => append with { Cycles = [new NewCycle(cycle, 1, OfEntry: false)] });
        account = await ReadAsync("acme");
        var bill = new Bill("flex", 0, "USD", 2, 80, ExactDecimal.Parse("0.795"), ExactDecimal.Parse("0.019875"), "billing");
        var billed = new Entry { Kind = EntryKind.PostpaidBill, SystemKey = "sys:bill:flex:0", Amount = 40, OccurredAt = _t1, Bill = bill, EndedLots = [new LotEnd(1, null)], Version = 1 };
        await AppendAsync(account, [At(Entry(account, billed, "sys:bill:flex:0"), _t1)], after => after with { LastAt = _t1 });
        var other = await OpenAsync("bolt");
        var second = LotOf(1, "p1") with { Origin = LotOrigin.Postpaid, Bucket = "flex", Amount = 0, Cycle = 0 };
        await AppendAsync(other, [Entry(other, Charge(Posting.SpendPostpaid(1, 7)) with { NewLots = [second] }, "c1")], after => after with { NextLot = 2 });
        other = await ReadAsync("bolt");
        var unpriced = new Bill("flex", 0, "USD", 2, 0, ExactDecimal.Zero, null, null);
        await AppendAsync(other, [Entry(other, billed with { Amount = 7, Bill = unpriced, OccurredAt = _t0 }, "sys:bill:flex:0")]);

        (await ProofsAsync()).ShouldAllBe(proof => EntryHash.Of(proof.Entry).SequenceEqual(proof.Entry.Hash.ToArray()));
        await using var snapshot = await _store.BeginReadAsync(default);
        var rows = await snapshot.BillsAsync(new InvoiceFilter(), default);
        rows.Select(row => (row.Account, row.Bill, row.Credits)).ShouldBe([("bolt", unpriced, 7L), ("acme", bill, 40L)]);
        var row = (await snapshot.BillsAsync(new InvoiceFilter(Account: "acme"), default)).ShouldHaveSingleItem();
        (row.Sequence, row.Key, row.From, row.To, row.RecordedAt, row.Credited).ShouldBe((2, "sys:bill:flex:0", _t0, _t1, _t1, 0));
        (await snapshot.BillsAsync(new InvoiceFilter(From: _t1), default)).ShouldHaveSingleItem().Account.ShouldBe("acme");
        (await snapshot.BillsAsync(new InvoiceFilter(To: _t1), default)).ShouldHaveSingleItem().Account.ShouldBe("bolt");
        (await snapshot.BillsAsync(new InvoiceFilter(After: Text(rows[0].Position), Limit: 1), default)).ShouldHaveSingleItem().Account.ShouldBe("acme");
        (await snapshot.BillsAsync(new InvoiceFilter(Ruleset: "none"), default)).ShouldBeEmpty();
        (await snapshot.BillAsync("acme", 2, default)).ShouldBe(row);
        (await snapshot.BillAsync("acme", 1, default)).ShouldBeNull();
        (await snapshot.BillLinesAsync(row, default)).ShouldHaveSingleItem().Credits.ShouldBe(40);
    }

    private static JournalEntry At(JournalEntry entry, Instant recordedAt)
    {
        var later = entry with { RecordedAt = recordedAt };
        return later with { Hash = EntryHash.Of(later) };
    }
}
