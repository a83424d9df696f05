using System.Collections.Immutable;
using NodaTime;
using Rules.Engine.Drawing;
using Rules.Engine.Model;
using Rules.Engine.Pricing;

namespace Rules.Engine.Accounts;

public static partial class Bookkeeper
{
    /// <summary>
    /// Ends a grant: what is left of it is gone, what is held of it stays held and lapses when it returns. A recurring grant ends with all of
    /// its lots, also where its first one has ended.
    /// </summary>
    public static Booking<VoidAnswer> Void(PublishedRuleset ruleset, AccountState state, VoidGrant command, Instant recordedAt)
    {
        var journal = new Journal(state, ruleset);
        if (LiveGrant(ruleset, journal, command.Id, recordedAt, out var model, out var lot, withSeries: true) is { } error)
        {
            return Fail<VoidAnswer>(state, error);
        }

        ImmutableArray<LotState> ended = [.. journal.State.Lots.Where(candidate => candidate.Lot.Number == lot.Lot.Number || IsOccurrence(candidate, lot.Lot, recordedAt))];
        var amount = ended.Sum(static l => l.Available);
        var (before, posted) = (journal.State, journal.Count);
        journal.Post(new Entry
        {
            Kind = EntryKind.Void,
            Amount = amount,
            OccurredAt = command.At,
            Postings = [.. ended.Where(static l => l.Available > 0).Select(static l => Posting.Expire(l.Lot.Number, l.Available))],
            EndedLots = [.. ended.Select(static l => new LotEnd(l.Lot.Number, Successor: null)).OrderBy(static end => end.Lot)],
            Version = model.Version,
        });
        if (Alerting.Tell(model, journal, before, posted, recordedAt, recordedAt) is { } untold)
        {
            return Fail<VoidAnswer>(state, untold);
        }

        var answer = new VoidAnswer(command.Id, lot.Lot.Bucket, lot.Lot.Number, amount, BalancesOf(ruleset, journal.State, recordedAt));
        return new Booking<VoidAnswer>(journal.State, journal.Entries, answer, Error: null);
    }

    /// <summary>Ends a grant and opens its successor with the same bucket, origin, priority, cost and end; credits that return to the old one move there.</summary>
    public static Booking<ReplacementAnswer> Replace(PublishedRuleset ruleset, AccountState state, ReplaceGrant command, Instant recordedAt)
    {
        var journal = new Journal(state, ruleset);
        if (LiveGrant(ruleset, journal, command.Grant, recordedAt, out var model, out var lot) is { } error)
        {
            return Fail<ReplacementAnswer>(state, error);
        }

        var grant = new GrantCredits(command.Id, lot.Lot.Bucket, command.Amount, command.At);
        if (CheckGrant(model, journal.State, grant, out var units) is { } invalid)
        {
            return Fail<ReplacementAnswer>(state, invalid);
        }

        var made = lot.Lot with { Number = journal.State.NextLot, Id = command.Id, Amount = units, CreatedAt = recordedAt, EffectiveAt = recordedAt };
        var granted = Posting.Grant(made.Number, units);
        var (before, posted) = (journal.State, journal.Count);
        journal.Post(new Entry
        {
            Kind = EntryKind.Replacement,
            Amount = units,
            OccurredAt = command.At,
            NewLots = [made],
            Postings = lot.Available == 0 ? [granted] : [Posting.Expire(lot.Lot.Number, lot.Available), granted],
            EndedLots = [new LotEnd(lot.Lot.Number, made.Number)],
            Version = model.Version,
        });
        if ((Repay(journal, model, recordedAt) ?? Alerting.Tell(model, journal, before, posted, recordedAt, recordedAt)) is { } failed)
        {
            return Fail<ReplacementAnswer>(state, failed);
        }

        var balances = BalancesOf(ruleset, journal.State, recordedAt);
        var answer = new GrantAnswer(made.Id, made.Bucket, made.Number, units, made.EffectiveAt, made.ExpiresAt, balances);
        return new Booking<ReplacementAnswer>(
            journal.State, journal.Entries, new ReplacementAnswer(answer, lot.Lot.Number, lot.Available), Error: null);
    }

    private static bool IsOccurrence(in LotState lot, Lot root, Instant at) =>
        root.Series is not null && !lot.IsEnded && !(lot.Lot.ExpiresAt <= at) && Occurrences.IsOf(root.Id, lot.Lot);

    // The state must hold the lot of that id also when nothing is left of it.
    private static EvaluationError? LiveGrant(
        PublishedRuleset ruleset, Journal journal, string id, Instant at, out RulesetModel model, out LotState lot, bool withSeries = false)
    {
        model = null!;
        lot = default;
        if (AdvanceTo(ruleset, journal, at) is { } stuck)
        {
            return stuck;
        }

        if (Current(ruleset, journal.State) is not { } current)
        {
            return EvaluationErrors.NoVersion(ruleset.Name);
        }

        model = current;
        foreach (var candidate in journal.State.Lots)
        {
            if (candidate.Lot.Id == id && candidate.Lot.Origin != LotOrigin.Postpaid)
            {
                lot = candidate;
                var isOver = withSeries && lot.Lot.Series is { } series ? series.Until <= at : lot.Lot.ExpiresAt <= at;
                return lot.IsEnded || isOver ? EvaluationErrors.GrantHasEnded(id) : null;
            }
        }

        return EvaluationErrors.UnknownGrant(id);
    }
}
