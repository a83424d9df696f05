using NodaTime;
using Rules.Engine.Drawing;
using Rules.Engine.Model;
using Rules.Engine.Periods;
using Rules.Engine.Pricing;

namespace Rules.Engine.Accounts;

/// <summary>The interval that a grant is made for: a cycle, a week of it, a month of an annual one.</summary>
/// <param name="Ends">Number of the boundary that ends it.</param>
/// <param name="End">That boundary as it is stored; boundaries are never computed again.</param>
internal readonly record struct GrantInterval(Recurrence Recurrence, int Ends, Instant End)
{
    public static GrantInterval At(Recurrence recurrence, Instant at)
    {
        var ends = recurrence.NumberAt(at) + 1;
        return new GrantInterval(recurrence, ends, recurrence.Boundary(ends));
    }
}

/// <summary>How long granted credits live, and what a renewal does to them.</summary>
/// <param name="End">Of the whole life, the carried part included; null: never.</param>
internal readonly record struct GrantLife(Instant? End, LotRollover? Rollover);

/// <summary>What the rules of unused credits mean for one grant (time, rules 10 to 12).</summary>
internal static class Lives
{
    /// <param name="interval">Null without a cycle: what ends with one ends at a reset.</param>
    /// <param name="start">From which the life counts.</param>
    /// <param name="at">When figures agreed per account are read.</param>
    /// <param name="nextGrant">The next occurrence into the bucket; null: none is known.</param>
    /// <param name="granted">Smallest units, the base of a percentage for credits that keep their own life.</param>
    public static EvaluationError? Of(
        RulesetModel model,
        AccountState state,
        UnusedRule unused,
        GrantInterval? interval,
        Instant start,
        Instant at,
        Instant? nextGrant,
        long granted,
        out GrantLife life)
    {
        life = default;
        switch (unused.Kind)
        {
            case UnusedKind.NeverExpires:
                return null;
            case UnusedKind.ExpiresAtCycleEnd:
                life = new GrantLife(interval?.End, new LotRollover(RolloverKind.Ends));
                return null;
            case UnusedKind.ExpiresAtNextGrant:
                life = new GrantLife(nextGrant, new LotRollover(RolloverKind.Ends));
                return null;
            case UnusedKind.ExpiresAfter:
                var unknown = SpanOf(model, state, unused.Life!, at, out var span);
                life = new GrantLife(span is { } length ? After(start, length, Zones.Of(model, state)) : null, null);
                return unknown;
            default:
                return Rolled(model, state, unused, interval, at, granted, out life);
        }
    }

    private static EvaluationError? Rolled(
        RulesetModel model, AccountState state, UnusedRule unused, GrantInterval? interval, Instant at, long granted, out GrantLife life)
    {
        life = default;
        var rollover = new LotRollover(unused.Life!.Kind == LifeKind.Own ? RolloverKind.Own : RolloverKind.Carries, interval?.End);
        var decimals = model.Credit.Decimals;
        if (unused.Minimum is { } minimum)
        {
            if (AccountReading.AmountAt(model, state, minimum, at, out var least) is { } unset)
            {
                return unset;
            }

            rollover = rollover with { Minimum = Balances.ToUnits(least ?? default, decimals) };
        }

        if (unused.Cap is { } cap && (rollover.Kind == RolloverKind.Own || cap.Kind == RolloverCapKind.PercentOfUnused))
        {
            if (AccountReading.AmountAt(model, state, cap.Amount, at, out var most) is { } unset)
            {
                return unset;
            }

            rollover = cap.Kind switch
            {
                RolloverCapKind.PercentOfUnused => rollover with { Percent = most },
                RolloverCapKind.PercentOfGranted => rollover with { Maximum = most is { } share ? Rollovers.Share(granted, share) : null },
                _ => rollover with { Maximum = most is { } limit ? Balances.ToUnits(limit, decimals) : null },
            };
        }

        if (rollover.Kind == RolloverKind.Own)
        {
            life = new GrantLife(null, rollover with { At = null });
            return null;
        }

        var error = CarriedTo(model, state, unused.Life!, interval, at, out var end);
        life = new GrantLife(end, rollover);
        return error;
    }

    /// <summary>The end of credits that are carried over the end of an interval; null: never, or no cycle says.</summary>
    public static EvaluationError? CarriedTo(RulesetModel model, AccountState state, Life life, GrantInterval? interval, Instant at, out Instant? end)
    {
        end = null;
        if (SpanOf(model, state, life, at, out var span) is { } error)
        {
            return error;
        }

        if (interval is { } known)
        {
            end = Carried(known, life, span, Zones.Of(model, state));
        }

        return null;
    }

    // Null: for ever, or counted in cycles.
    private static EvaluationError? SpanOf(RulesetModel model, AccountState state, Life life, Instant at, out CalendarSpan? span)
    {
        span = life.Kind == LifeKind.Interval ? life.Interval : null;
        if (life.Kind != LifeKind.Term)
        {
            return null;
        }

        var error = AccountReading.TermAt(model, state, life.Term, at, out var value);
        span = value.Interval;
        return error;
    }

    private static Instant? Carried(GrantInterval interval, Life life, CalendarSpan? span, DateTimeZone zone)
    {
        var recurrence = interval.Recurrence;
        if (life.Kind == LifeKind.Cycles)
        {
            return recurrence.Boundary(interval.Ends + life.Cycles);
        }

        if (span is not { } length)
        {
            return null;
        }

        // Months on months count from the anchor, so that 31 January plus one and plus two months stay clamped once.
        return MonthsOf(recurrence.Interval) is { } step && MonthsOf(length) is { } more && recurrence.Boundary(interval.Ends) == interval.End
            ? WallTime.ToInstant(recurrence.Anchor.PlusMonths((step * interval.Ends) + more), zone)
            : After(interval.End, length, zone);
    }

    public static Instant After(Instant start, CalendarSpan span, DateTimeZone zone) => span.Unit == CalendarUnit.Hour
        ? start + Duration.FromHours(span.Count)
        : WallTime.ToInstant(span.AddTo(start.InZone(zone).LocalDateTime, 1), zone);

    private static int? MonthsOf(CalendarSpan span) => span.Unit switch
    {
        CalendarUnit.Month => span.Count,
        CalendarUnit.Year => span.Count * 12,
        _ => null,
    };
}
