using System.Globalization;
using NodaTime;
using Rules.Engine.Accounts;
using Rules.Engine.Drawing;
using Rules.Engine.Model;
using Rules.Engine.Pricing;
using Shouldly;
using Xunit;

namespace Rules.Engine.Tests.Accounts;

/// <summary>L13, L14 and L17 over random rules and random stories; the seed is the test's argument.</summary>
public sealed class AdvancePropertyTests
{
    private static readonly Instant s_start = Instant.FromUtc(2026, 1, 31, 10, 0);

    private static readonly string[] s_cycles = ["monthly", "weekly", "annual", "every 10 days", "monthly\n  anchored on day 31", "monthly\n  anchored at midnight", "calendar month"];

    private static readonly string[] s_unused =
    [
        "expires at cycle end", "expires at the next grant", "never expires", "expires after 9 days", "rolls over for 1 cycle", "rolls over up to 40 credits for 2 cycles",
        "rolls over up to 50% for 2 months", "rolls over up to 30% of unused, at least 7 credits, for 3 cycles", "rolls over for ever",
        "rolls over up to 60 credits, at least 9 credits, for its own life",
    ];

    private static readonly string[] s_changes =
    [
        "restarts the cycle", "restarts the cycle, carrying unused", "waits for renewal", "keeps the cycle, grants the difference",
        "keeps the cycle, grants a share by second", "keeps the cycle, grants in full", "keeps the cycle, grants nothing",
    ];

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 60)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void L17_balances_are_the_same_for_every_split_of_time(int seed)
    {
        var text = TextOf(new Random(seed));
        var ruleset = RuleFiles.Publish(RuleFiles.Compile(text));

        var whole = Run(ruleset, seed, splits: false);

        Run(ruleset, seed, splits: true).ShouldBe(whole, text);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void L13_L14_every_lot_conserves_and_none_is_drawn_after_its_end(int seed)
    {
        var text = TextOf(new Random(seed));
        var ruleset = RuleFiles.Publish(RuleFiles.Compile(text));
        var lots = new Dictionary<long, LotState>();
        foreach (var entry in Story(ruleset, seed, splits: false, out _))
        {
            foreach (var lot in entry.NewLots)
            {
                lots.Add(lot.Number, new LotState(lot, 0, 0, 0, 0, 0, 0));
            }

            (entry.Postings.Sum(p => p.Moved) == 0 || entry.Postings.Where(p => p.Granted > 0).Sum(p => p.Granted) >= entry.Postings.Sum(p => p.Moved)).ShouldBeTrue(text);
            foreach (var line in entry.Postings)
            {
                var lot = lots[line.Lot];
                lots[line.Lot] = lot.Apply(line);
                if (entry.Kind == EntryKind.Charge)
                {
                    (entry.OccurredAt >= lot.Lot.EffectiveAt && !(entry.OccurredAt >= lot.Lot.ExpiresAt)).ShouldBeTrue(text);
                }
            }
        }

        foreach (var lot in lots.Values)
        {
            (lot.Available + lot.Held + lot.Spent + lot.Expired + lot.Moved).ShouldBe(lot.Granted);
            Math.Min(lot.Available, Math.Min(lot.Spent, Math.Min(lot.Expired, lot.Moved))).ShouldBeGreaterThanOrEqualTo(0);
        }
    }

    private static List<string> Run(PublishedRuleset ruleset, int seed, bool splits)
    {
        var entries = Story(ruleset, seed, splits, out var state);
        entries.Where(e => e.SystemKey is not null).Select(e => e.SystemKey).ShouldBeUnique();
        List<string> lines = [.. entries.Select(Shown)];
        lines.AddRange(state.Lots.Select(l => l.ToString()));
        lines.Add(state.Cycle?.ToString() ?? "no cycle");
        return lines;
    }

    private static string Shown(Entry entry) =>
        $"{entry.Kind} {entry.SystemKey} {entry.Amount} {entry.OccurredAt} {string.Join(' ', entry.Postings)} {string.Join(' ', entry.NewLots)} {string.Join(' ', entry.EndedLots)} {entry.Bill}";

    private static List<Entry> Story(PublishedRuleset ruleset, int seed, bool splits, out AccountState state)
    {
        var random = new Random(seed + 1000);
        var cut = new Random(seed + 2000);
        var entries = new List<Entry>();
        var booking = Bookkeeper.Open(ruleset, new OpenAccount("a", "shop", s_start) { Plan = "Team", Addons = [new Addon(3, "included")] });
        booking.Error.ShouldBeNull();
        entries.AddRange(booking.Entries);
        state = booking.State;
        var at = s_start;
        for (var i = 0; i < 25; i++)
        {
            var next = at + Duration.FromHours(random.Next(1, 24 * 25));
            for (var part = at; splits && cut.Next(3) > 0 && part < next;)
            {
                part += Duration.FromHours(cut.Next(1, 24 * 12));
                Take(Bookkeeper.Advance(ruleset, state, Instant.Min(part, next)), entries, ref state);
            }

            at = next;
            switch (random.Next(6))
            {
                case 0:
                    Take(Bookkeeper.ChangePlan(ruleset, state, random.Next(2) == 0 ? "Team" : "Pro", at), entries, ref state);
                    break;
                case 1:
                    Take(Bookkeeper.Grant(ruleset, state, GrantOf(random, i, at), at), entries, ref state);
                    break;
                case 2:
                    // A reset that shares its instant with something due runs among it, so here it has an instant of its own.
                    at += Duration.FromSeconds(17);
                    Take(Bookkeeper.Reset(ruleset, state, new ResetAccount(at, random.Next(3) == 0), at), entries, ref state);
                    break;
                default:
                    var usage = new UsageEvent { Action = "scan", OccurredAt = at, Quantities = [new MeteredQuantity("page", random.Next(1, 60))] };
                    Take(Bookkeeper.Charge(ruleset, state, usage, at), entries, ref state);
                    break;
            }
        }

        return entries;
    }

    private static GrantCredits GrantOf(Random random, int number, Instant at) =>
        new(string.Create(CultureInfo.InvariantCulture, $"g{number}"), random.Next(2) == 0 ? "included" : "promo", random.Next(1, 40), at)
        {
            EffectiveAt = random.Next(3) == 0 ? at + Duration.FromDays(random.Next(1, 20)) : null,
            ExpiresAt = random.Next(2) == 0 ? at + Duration.FromDays(random.Next(25, 90)) : null,
            Every = random.Next(2) == 0 ? new CalendarSpan(random.Next(1, 3), (CalendarUnit)random.Next(2, 5)) : null,
            Rollover = random.Next(3) == 0 ? new RolloverLimits(random.Next(0, 5), random.Next(5, 20)) : null,
        };

    private static void Take<TAnswer>(Booking<TAnswer> booking, List<Entry> entries, ref AccountState state)
        where TAnswer : class
    {
        // A grant may end before it starts: that is refused and moves nothing.
        if (booking.Error is { } error)
        {
            error.Code.ShouldBe("RT18");
            return;
        }

        entries.AddRange(booking.Entries);
        state = booking.State;
    }

    private static string TextOf(Random random)
    {
        string Any(string[] choices) => choices[random.Next(choices.Length)];
        return $"""
            language 1
            ruleset shop version 1 effective 2026-01-01
            {(random.Next(3) == 0 ? "  timezone \"America/New_York\"" : "  title \"Shop\"")}
            credit "credit" to 2 decimals
            currency USD to 2 decimals
            meter page whole
            action scan
              measures page
            price scan
              per page 1 credit
              at least 3 credits within each cycle
            bucket included from plan
              unused {Any(s_unused)}
            bucket promo from plan
              unused {Any(s_unused)}
            bucket flex postpaid at 0.5 USD
              limit 40 credits each cycle
              billed {Any(["monthly", "each cycle"])}
            consume included, then promo, then flex
            cycle {Any(s_cycles)}
              plan change {Any(s_changes)}
            plan Team grants 30 credits every cycle into included
              also grants 5 credits every {Any(["week", "cycle", "3 days"])} into promo
            plan Pro grants 50 credits every cycle into included
              also grants 2 credits every {Any(["week", "cycle", "2 days"])} into promo
            at zero
              block scan until renewal
              if short {Any(["refuse", "forgive"])}
            """;
    }
}
