using System.Collections.Immutable;
using NodaTime;
using Rules.Ledger;
using Rules.Ledger.Storage;
using Rules.Portal.Sample;
using Rules.Portal.Web;

namespace Rules.Portal.Burn;

/// <summary>What every account used by the quarter of an hour in the last sixty days, read again once it is a minute old, or once the sample company is whole.</summary>
public sealed class BurnCache(CreditLedger ledger, SampleProgress sample, IClock clock) : IDisposable
{
    /// <summary>Days that are looked back upon: two months, so that one can be compared with the other.</summary>
    public const int Days = 60;

    private readonly FreshReading<BurnReading> _reading = new(clock, async (now, cancellationToken) =>
    {
        // Asked before it is read: what is written meanwhile is not all of it.
        var isWhole = sample.Stage == SampleStage.None;
        return new BurnReading(now, await ledger.QuartersAsync(now - Duration.FromDays(Days + 1), now, null, cancellationToken)) { IsWhole = isWhole };
    });

    public async ValueTask<BurnReading> ReadAsync(CancellationToken cancellationToken)
    {
        var reading = await _reading.ReadAsync(cancellationToken);
        if (reading.IsWhole || sample.Stage != SampleStage.None)
        {
            return reading;
        }

        _reading.Forget(reading);
        return await _reading.ReadAsync(cancellationToken);
    }

    public void Dispose() => _reading.Dispose();
}

/// <param name="At">When it was read.</param>
/// <param name="Quarters">By account, then by quarter of an hour.</param>
public sealed record BurnReading(Instant At, ImmutableArray<QuarterUse> Quarters)
{
    /// <summary>Days over which an account's pace is measured.</summary>
    public const int PaceDays = 7;

    /// <summary>False while the sample company was being written or removed: what it used then says nothing beside other days.</summary>
    public bool IsWhole { get; init; } = true;

    /// <summary>Smallest units that a ruleset's accounts used within <c>[from, to)</c>, by whole quarters of an hour.</summary>
    public Int128 Used(string ruleset, Instant from, Instant to) =>
        Quarters.Where(quarter => quarter.Ruleset == ruleset && quarter.Start >= from && quarter.Start < to).Aggregate(Int128.Zero, static (sum, quarter) => sum + quarter.Units);

    /// <summary>The first use of a ruleset's accounts that was read; null without one.</summary>
    public Instant? Began(string ruleset) => Quarters.Where(quarter => quarter.Ruleset == ruleset).Min(static quarter => (Instant?)quarter.Start);

    /// <summary>By day of a zone, the days of the window alone.</summary>
    public Dictionary<LocalDate, Int128> ByDay(string ruleset, DateTimeZone zone, LocalDate first)
    {
        var from = zone.AtStartOfDay(first).ToInstant();
        return Quarters.Where(quarter => quarter.Ruleset == ruleset && quarter.Start >= from).GroupBy(quarter => quarter.Start.InZone(zone).Date)
            .ToDictionary(static day => day.Key, static day => day.Aggregate(Int128.Zero, static (sum, quarter) => sum + quarter.Units));
    }

    /// <summary>When an account's credits would be used up at its pace if nothing expired and nothing were granted; null where it used nothing or cannot run out.</summary>
    /// <param name="available">Smallest units; null for an account that does not run out.</param>
    public Instant? RunsOut(string account, long? available)
    {
        var pace = Quarters.Where(quarter => quarter.Account == account && quarter.Start >= At - Duration.FromDays(PaceDays)).Aggregate(Int128.Zero, static (sum, quarter) => sum + quarter.Units);
        if (available is not { } left || pace <= 0)
        {
            return null;
        }

        var minutes = (Int128)left * PaceDays * 24 * 60 / pace;
        return minutes > 100 * 365 * 24 * 60 ? null : At + Duration.FromMinutes((long)minutes);
    }
}
