using NodaTime;
using Rules.Dsl.Text;
using Rules.Engine.Accounts;
using Rules.Engine.Drawing;
using Rules.Ledger.Journal;
using Shouldly;
using Xunit;

namespace Rules.Ledger.Tests.Journal;

/// <summary>
/// The canonical form is for ever: these hashes were computed by a few lines outside this product from the form as decision 0302 states it.
/// </summary>
public sealed class EntryHashTests
{
    private static readonly Instant _at = Instant.FromUtc(2026, 3, 1, 10, 0);

    private static readonly JournalEntry _charge = new()
    {
        Account = "acme",
        Sequence = 7,
        Key = "k-1",
        RecordedAt = _at + Duration.FromMilliseconds(5),
        PreviousHash = Enumerable.Range(0, 32).Select(i => (byte)i).ToArray(),
        TraceHash = Enumerable.Repeat((byte)0xAB, 32).ToArray(),
        Content = new Entry
        {
            Kind = EntryKind.Charge,
            Amount = 895_000,
            OccurredAt = _at,
            Version = 1,
            Postings = [Posting.Spend(2, 500_000), Posting.SpendPostpaid(3, 395_000)],
        },
    };

    private static readonly JournalEntry _subscription = _charge with
    {
        Sequence = 1,
        Key = "öffnen",
        TraceHash = default,
        Reference = null,
        Content = new Entry
        {
            Kind = EntryKind.Subscribe,
            Amount = 0,
            OccurredAt = _at,
            NewLots =
            [
                new Lot
                {
                    Number = 1, Id = "g", Bucket = "included", Amount = 10, CreatedAt = _at, EffectiveAt = _at, Origin = LotOrigin.Plan,
                    ExpiresAt = _at + Duration.FromDays(31), Priority = -2, Cost = ExactDecimal.Parse("0.020"), Cycle = 4,
                },
            ],
            Facts = [new DatedValue("tier", "gold", _at)],
            Terms = [new DatedValue("rate", "1", _at)],
            Plan = "Hobby",
            Cycle = new Cycle(4, new LocalDateTime(2025, 11, 1, 10, 0, 0), _at, _at + Duration.FromDays(31)),
        },
    };

    [Fact]
    public void An_opening_has_the_hash_of_the_stated_form() => Hex(EntryHash.OfOpening("acme", "bank", _at)).ShouldBe(Approved.Opening);

    [Fact]
    public void A_trace_has_the_hash_of_the_stated_form() => Hex(EntryHash.OfTrace("{}"u8, "{\"a\":1}"u8)).ShouldBe(Approved.Trace);

    [Fact]
    public void A_charge_has_the_hash_of_the_stated_form() => Hex(EntryHash.Of(_charge)).ShouldBe(Approved.Charge);

    [Fact]
    public void An_entry_with_every_optional_part_has_the_hash_of_the_stated_form() => Hex(EntryHash.Of(_subscription)).ShouldBe(Approved.Subscription);

    [Fact]
    public void Every_part_of_an_entry_changes_its_hash()
    {
        var content = _subscription.Content;
        var lot = content.NewLots[0];
        JournalEntry With(Entry changed) => _subscription with { Content = changed };
        JournalEntry[] entries =
        [
            _subscription, _subscription with { Account = "bolt" }, _subscription with { Sequence = 2 }, _subscription with { Key = "k" },
            _subscription with { RecordedAt = _at }, _subscription with { Reference = 1 }, _subscription with { PreviousHash = new byte[32] },
            _subscription with { TraceHash = new byte[32] }, With(content with { Kind = EntryKind.PlanChange }), With(content with { Amount = 1 }),
            With(content with { OccurredAt = _at - Duration.FromTicks(10) }), With(content with { Version = 2 }), With(content with { Plan = null }),
            With(content with { Plan = "Pro" }), With(content with { Facts = [] }), With(content with { Terms = [] }), With(content with { Facts = content.Terms, Terms = content.Facts }),
            With(content with { Cycle = null }), With(content with { Cycle = content.Cycle! with { Number = 5 } }), With(content with { NewLots = [] }),
            With(content with { NewLots = [lot with { Id = "h" }] }), With(content with { NewLots = [lot with { Bucket = "prepaid" }] }),
            With(content with { NewLots = [lot with { ExpiresAt = null }] }), With(content with { NewLots = [lot with { Priority = null }] }),
            With(content with { NewLots = [lot with { Cost = null }] }), With(content with { NewLots = [lot with { Cycle = null }] }),
            With(content with { NewLots = [lot with { Origin = LotOrigin.Grant }] }), With(content with { NewLots = [lot with { Amount = 11 }] }),
            With(content with { Postings = [Posting.Grant(1, 10)] }), With(content with { Postings = [Posting.Grant(1, 10), Posting.Grant(1, 10)] }),
        ];
        entries.Select(entry => Hex(EntryHash.Of(entry))).Distinct().Count().ShouldBe(entries.Length);
    }

    private static string Hex(byte[] hash) => Convert.ToHexStringLower(hash);

    private static class Approved
    {
        public const string Opening = "cef39d32f6e4e53408f55955b34722b01c2fc3507a91a9508208775f0274a234";
        public const string Trace = "f502ebaf7b96a5399e863c0e808d7b9a3a5cbda3077920d8b90a8aae38cc7644";
        public const string Charge = "2360489ba701f3fdaf6092df89ed5f6a2bbc85b197ac0057fee28230b7243b1b";
        public const string Subscription = "2f46ac8a2ec2e26d1fedfaf714619c6f9b05bf3314f8d3ff0fc59817ca96e89d";
    }
}
