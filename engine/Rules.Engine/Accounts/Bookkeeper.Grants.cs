using NodaTime;
using Rules.Engine.Drawing;
using Rules.Engine.Model;
using Rules.Engine.Periods;
using Rules.Engine.Pricing;

namespace Rules.Engine.Accounts;

public static partial class Bookkeeper
{
    internal static Booking<GrantAnswer> Grant(
        PublishedRuleset ruleset, AccountState state, GrantCredits command, Instant recordedAt, LotOrigin origin)
    {
        var journal = new Journal(state, ruleset);
        if (AdvanceTo(ruleset, journal, recordedAt) is { } stuck)
        {
            return Fail<GrantAnswer>(state, stuck);
        }

        if (Current(ruleset, journal.State) is not { } model)
        {
            return Fail<GrantAnswer>(state, EvaluationErrors.NoVersion(ruleset.Name));
        }

        if (CheckGrant(model, state, command, out var units) is { } invalid)
        {
            return Fail<GrantAnswer>(state, invalid);
        }

        var bucket = model.FindBucket(command.Bucket)!;
        var start = command.EffectiveAt ?? command.At;
        if (LifeOf(model, journal.State, bucket, start, recordedAt, units, out var life) is { } unknown)
        {
            return Fail<GrantAnswer>(state, unknown);
        }

        var series = SeriesOf(model, journal.State, command, start);
        var end = command.ExpiresAt ?? (series is { Adds: false } ? null : life.End);
        if (series is { Adds: false } && NextOccurrence(series, start) is { } next && !(end <= next))
        {
            end = next;
        }

        if (end <= start || command.ExpiresAt <= start)
        {
            return Fail<GrantAnswer>(state, EvaluationErrors.EndsBeforeStart());
        }

        var available = command.Starting is { } starting ? Balances.ToUnits(starting, model.Credit.Decimals) : units;
        var lot = new Lot
        {
            Number = journal.State.NextLot,
            Id = command.Id,
            Bucket = bucket.Name,
            Amount = units,
            CreatedAt = command.CreatedAt ?? recordedAt,
            EffectiveAt = start,
            ExpiresAt = end,
            Priority = command.Priority,
            Cost = command.Cost,
            Origin = origin,
            Rollover = RolloverOf(model, command, life),
            Series = series,
        };
        journal.Post(new Entry
        {
            Kind = EntryKind.Grant,
            Amount = available,
            OccurredAt = command.At,
            NewLots = [lot],
            Postings = [Posting.Grant(lot.Number, available)],
            Version = model.Version,
        });
        if (GrantMissed(journal, model, lot, recordedAt) is { } failed)
        {
            return Fail<GrantAnswer>(state, failed);
        }

        Expire(journal, recordedAt, static (l, at) => l.Lot.ExpiresAt <= at);
        if (Repay(journal, model, recordedAt) is { } unpaid)
        {
            return Fail<GrantAnswer>(state, unpaid);
        }

        var balances = Balances.Of(model, journal.State, AccountReading.FactsAt(model, journal.State, recordedAt), recordedAt);
        return new Booking<GrantAnswer>(
            journal.State,
            journal.Entries,
            new GrantAnswer(command.Id, bucket.Name, lot.Number, units, start, end, balances),
            Error: null);
    }

    private static EvaluationError? CheckGrant(RulesetModel model, AccountState state, GrantCredits command, out long units)
    {
        units = 0;
        if (model.Buckets.IsEmpty)
        {
            return EvaluationErrors.NoBucket(model);
        }

        if (model.FindBucket(command.Bucket) is not { } bucket)
        {
            return EvaluationErrors.UnknownBucket(command.Bucket, model);
        }

        if (bucket.Funding == BucketFunding.Postpaid)
        {
            return EvaluationErrors.PostpaidBucket(bucket);
        }

        if (command.Amount.Sign <= 0 || !command.Amount.TryToUnits(model.Credit.Decimals, out units) || units > Scaled.AmountLimit)
        {
            return EvaluationErrors.BadAmount(command.Amount, model);
        }

        if (CheckTerms(model, command) is { } wrong)
        {
            return wrong;
        }

        if (command.Id.StartsWith("sys:", StringComparison.Ordinal) || state.Lots.Any(l => l.Lot.Id == command.Id))
        {
            return EvaluationErrors.IdTaken(command.Id);
        }

        foreach (var instant in new[] { command.At, command.EffectiveAt ?? command.At, command.ExpiresAt ?? command.At, command.CreatedAt ?? command.At, command.Anchor ?? command.At })
        {
            if (!IsInTime(instant))
            {
                return EvaluationErrors.OutOfTime("at");
            }
        }

        return null;
    }

    private static EvaluationError? CheckTerms(RulesetModel model, GrantCredits command)
    {
        var decimals = model.Credit.Decimals;
        if (command.Starting is { } starting && (starting.IsNegative || starting > command.Amount || !starting.TryToUnits(decimals, out _)))
        {
            return EvaluationErrors.BadGrantFigure("starting", "What is left of a grant is 0 to its amount.", "write what is left of it, in credits");
        }

        if (command.Cost is { } cost && (cost.IsNegative || cost.Scale > 9))
        {
            return EvaluationErrors.BadGrantFigure("cost", "The cost of a credit is 0 or more, with at most 9 decimals.", "write a plain figure such as 0.02");
        }

        if (command.Rollover is { } limits
            && (limits.Minimum.IsNegative || limits.Maximum < limits.Minimum || !limits.Minimum.TryToUnits(decimals, out _)
                || (limits.Maximum is { } most && !most.TryToUnits(decimals, out _))))
        {
            return EvaluationErrors.BadGrantFigure("rollover", "The limits of a rollover are amounts of credits, the minimum not above the maximum.", "write min and max, such as 0 and 500");
        }

        return command.Every is null && (command.Adds || command.Anchor is not null)
            ? EvaluationErrors.BadGrantFigure("every", "A grant that adds up or has an anchor must recur.", "add every, such as \"1 week\"")
            : null;
    }

    // As the bucket says; where only plans say, as the account's plan, else the first that grants into it.
    private static EvaluationError? LifeOf(
        RulesetModel model, AccountState state, BucketRule bucket, Instant start, Instant recordedAt, long units, out GrantLife life)
    {
        life = default;
        var plan = PlanOf(model, state, recordedAt);
        var unused = bucket.Unused
            ?? (plan?.Grants ?? []).Concat(model.Plans.SelectMany(p => p.Grants)).FirstOrDefault(g => g.Bucket == bucket.Index)?.Unused;
        var made = Instant.Max(start, recordedAt);
        return unused is null
            ? null
            : Lives.Of(
                model, state, unused, PlanGrants.CycleInterval(model, state, made), start, recordedAt, PlanGrants.NextInto(model, state, plan, bucket.Index, made), units, out life);
    }

    // Limits given on one grant hold for it alone, whatever its bucket says (time, rule 12). An end of its own is not moved by its bucket.
    private static LotRollover? RolloverOf(RulesetModel model, GrantCredits command, in GrantLife life)
    {
        var decimals = model.Credit.Decimals;
        if (command.Rollover is { } limits)
        {
            long? most = limits.Maximum is { } maximum ? Balances.ToUnits(maximum, decimals) : null;
            return new LotRollover(RolloverKind.Own, At: null, Balances.ToUnits(limits.Minimum, decimals), most);
        }

        return command.ExpiresAt is null || life.Rollover?.Kind == RolloverKind.Own ? life.Rollover : null;
    }

    private static LotSeries? SeriesOf(RulesetModel model, AccountState state, GrantCredits command, Instant start)
    {
        if (command.Every is not { } every)
        {
            return null;
        }

        var zone = Zones.Of(model, state);
        return new LotSeries(every, (command.Anchor ?? start).InZone(zone).LocalDateTime, zone.Id, command.Adds, command.ExpiresAt);
    }

    private static Recurrence RecurrenceOf(LotSeries series) => new(series.Anchor, series.Every, DateTimeZoneProviders.Tzdb[series.Zone]);

    // The first boundary after an instant at which a lot begins; null where the series is over.
    private static Instant? NextOccurrence(LotSeries series, Instant after)
    {
        var recurrence = RecurrenceOf(series);
        var next = recurrence.Boundary(recurrence.NumberAt(after) + 1);
        return next >= series.Until ? null : next;
    }

    /// <summary>Phase 5: the lots of recurring grants that begin now (time, rule 14).</summary>
    private static EvaluationError? GrantOccurrences(Journal journal, RulesetModel model, in Due due)
    {
        foreach (var root in journal.State.Lots)
        {
            if (root.IsEnded || root.Lot.Series is not { } series || due.At <= due.Since || due.At <= root.Lot.EffectiveAt || due.At >= series.Until)
            {
                continue;
            }

            var recurrence = RecurrenceOf(series);
            var number = recurrence.NumberAt(due.At);
            if (recurrence.Boundary(number) == due.At && PostOccurrence(journal, model, root.Lot, series, recurrence, number) is { } error)
            {
                return error;
            }
        }

        return null;
    }

    // Of a grant that starts in the past: the lots that are live now. Those that have ended again are not worth an entry.
    private static EvaluationError? GrantMissed(Journal journal, RulesetModel model, Lot root, Instant recordedAt)
    {
        if (root.Series is not { } series)
        {
            return null;
        }

        var recurrence = RecurrenceOf(series);
        var last = recurrence.NumberAt(recordedAt);
        var first = Math.Max(recurrence.NumberAt(root.EffectiveAt) + 1, series.Adds ? last - MostMissed : last);
        for (var number = first; number <= last && !(recurrence.Boundary(number) >= series.Until); number++)
        {
            if (PostOccurrence(journal, model, root, series, recurrence, number) is { } error)
            {
                return error;
            }
        }

        return null;
    }

    private const int MostMissed = 1000;

    private static EvaluationError? PostOccurrence(
        Journal journal, RulesetModel model, Lot root, LotSeries series, Recurrence recurrence, int number)
    {
        if (model.FindBucket(root.Bucket) is not { } bucket)
        {
            return null;
        }

        var at = recurrence.Boundary(number);
        var end = series.Until;
        var rollover = root.Rollover;
        if (!series.Adds)
        {
            var next = recurrence.Boundary(number + 1);
            end = end <= next ? end : next;
        }
        else if (end is null)
        {
            if (LifeOf(model, journal.State, bucket, at, at, root.Amount, out var life) is { } error)
            {
                return error;
            }

            end = life.End;
            rollover = rollover is { Kind: RolloverKind.Own } ? rollover : life.Rollover;
        }

        var key = Occurrences.IdOf(root.Id, number);
        var lot = root with
        {
            Number = journal.State.NextLot,
            Id = key,
            CreatedAt = at,
            EffectiveAt = at,
            ExpiresAt = end,
            Rollover = rollover,
            Series = null,
        };
        journal.Post(new Entry
        {
            Kind = EntryKind.Grant,
            SystemKey = key,
            Amount = root.Amount,
            OccurredAt = at,
            NewLots = [lot],
            Postings = [Posting.Grant(lot.Number, root.Amount)],
            Version = journal.State.Version,
        });
        return null;
    }
}
