using NodaTime;
using Rules.Ledger.Storage;
using Rules.Portal.Burn;
using Rules.Portal.Pages;
using Shouldly;
using Xunit;

namespace Rules.Portal.Tests.Pages;

public sealed class RulesetUseTests
{
    private static readonly Instant _now = Instant.FromUtc(2026, 5, 10, 16, 0);

    [Fact]
    public void Days_are_compared_only_with_days_that_were_seen_whole()
    {
        RulesetUse Since(Instant first) =>
            RulesetUse.Of(new BurnReading(_now, [Use(first, 10), Use(Instant.FromUtc(2026, 5, 9, 15, 0), 4), Use(Instant.FromUtc(2026, 5, 10, 1, 0), 6)]), "bookbag", 0, DateTimeZone.Utc, _now);

        var old = Since(Instant.FromUtc(2026, 3, 1, 0, 0));
        (old.Today, old.Week, old.Month).ShouldBe((new UsedSpan(6, 4), new UsedSpan(10, 0), new UsedSpan(10, 0)));
        Since(Instant.FromUtc(2026, 5, 9, 0, 0)).Today.ShouldBe(new UsedSpan(6, 14));
        Since(Instant.FromUtc(2026, 5, 9, 8, 0)).Today.ShouldBe(new UsedSpan(6, null), "half of yesterday is no yesterday");
        Since(Instant.FromUtc(2026, 4, 27, 12, 0)).Week.ShouldBe(new UsedSpan(10, null));
    }

    [Fact]
    public void Nothing_is_compared_while_the_sample_company_is_not_whole()
    {
        var reading = new BurnReading(_now, [Use(Instant.FromUtc(2026, 3, 1, 0, 0), 10), Use(Instant.FromUtc(2026, 5, 9, 8, 0), 4)]) { IsWhole = false };
        var use = RulesetUse.Of(reading, "bookbag", 0, DateTimeZone.Utc, _now);
        new[] { use.Today, use.Week, use.Month }.ShouldAllBe(span => span.Before == null);
    }

    private static QuarterUse Use(Instant start, int units) => new("acme", "bookbag", start, 1, units);
}
