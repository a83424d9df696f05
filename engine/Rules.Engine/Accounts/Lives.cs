using NodaTime;
using Rules.Engine.Model;
using Rules.Engine.Periods;
using Rules.Engine.Pricing;

namespace Rules.Engine.Accounts;

/// <summary>How long granted credits live (time, rules 10 and 11).</summary>
internal static class Lives
{
    /// <summary>
    /// The end of a grant's whole life, the carried part included: a rollover without a cap posts nothing, it is a later end.
    /// </summary>
    /// <param name="recurrence">Of the grant; null without a cycle, where what ends with one never ends.</param>
    /// <param name="start">From which the life counts.</param>
    /// <param name="recordedAt">In which cycle it was made.</param>
    /// <param name="end">Null: never.</param>
    public static EvaluationError? EndOf(
        RulesetModel model, AccountState state, UnusedRule unused, Recurrence? recurrence, Instant start, Instant recordedAt, out Instant? end)
    {
        end = null;
        switch (unused.Kind)
        {
            case UnusedKind.NeverExpires:
                return null;
            case UnusedKind.ExpiresAtCycleEnd or UnusedKind.ExpiresAtNextGrant:
                end = recurrence?.Boundary(recurrence.NumberAt(recordedAt) + 1);
                return null;
        }

        if (SpanOf(model, state, unused.Life!, recordedAt, out var span) is { } error)
        {
            return error;
        }

        if (unused.Kind == UnusedKind.ExpiresAfter)
        {
            end = span is { } life ? After(start, life, model.Zone) : null;
            return null;
        }

        if (recurrence is not null)
        {
            end = Carried(recurrence, unused.Life!, span, recurrence.NumberAt(recordedAt) + 1, model.Zone);
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

    private static Instant? Carried(Recurrence recurrence, Life life, CalendarSpan? span, int boundary, DateTimeZone zone)
    {
        if (life.Kind == LifeKind.Cycles)
        {
            return recurrence.Boundary(boundary + life.Cycles);
        }

        if (span is not { } length)
        {
            return null;
        }

        // Months on months count from the anchor, so that 31 January plus one and plus two months stay clamped once.
        return MonthsOf(recurrence.Interval) is { } step && MonthsOf(length) is { } more
            ? WallTime.ToInstant(recurrence.Anchor.PlusMonths((step * boundary) + more), zone)
            : After(recurrence.Boundary(boundary), length, zone);
    }

    private static Instant After(Instant start, CalendarSpan span, DateTimeZone zone) => span.Unit == CalendarUnit.Hour
        ? start + Duration.FromHours(span.Count)
        : WallTime.ToInstant(span.AddTo(start.InZone(zone).LocalDateTime, 1), zone);

    private static int? MonthsOf(CalendarSpan span) => span.Unit switch
    {
        CalendarUnit.Month => span.Count,
        CalendarUnit.Year => span.Count * 12,
        _ => null,
    };
}
