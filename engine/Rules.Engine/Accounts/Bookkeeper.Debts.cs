using System.Collections.Immutable;
using System.Globalization;
using NodaTime;
using Rules.Engine.Drawing;
using Rules.Engine.Model;
using Rules.Engine.Pricing;

namespace Rules.Engine.Accounts;

public static partial class Bookkeeper
{
    /// <summary>
    /// Phase 6, and whenever credits become available: the oldest debt first, each in draw order from the lots that serve its action, never from
    /// postpaid room (time, rule 16). Afterwards an open debt has no eligible credits.
    /// </summary>
    private static EvaluationError? Repay(Journal journal, RulesetModel? model, Instant at)
    {
        if (journal.State.Debts.IsEmpty || model is null)
        {
            return null;
        }

        var facts = AccountReading.FactsAt(model, journal.State, at);
        foreach (var debt in journal.State.Debts)
        {
            if (Repay(journal, model, debt, facts, at) is { } error)
            {
                return error;
            }
        }

        return null;
    }

    private static EvaluationError? Repay(Journal journal, RulesetModel model, in DebtState debt, FactValue[] facts, Instant at)
    {
        var state = journal.State;
        var action = model.FindAction(debt.Debt.Action);
        if (Balances.Queue(model, state, action?.Index ?? -1, facts, at, only: [], out var queue) is { } error)
        {
            return error;
        }

        var by = model.AtZero?.Debt?.RepaidBy ?? [];
        var left = debt.Left;
        var draws = ImmutableArray.CreateBuilder<Draw>();
        foreach (var source in queue.Sources)
        {
            var bucket = model.Buckets[source.Bucket];
            if (left > 0 && bucket.Funding != BucketFunding.Postpaid && (by.IsEmpty || by.Contains(bucket.Index)))
            {
                var part = Math.Min(left, source.Room);
                left -= part;
                draws.Add(new Draw(bucket.Name, source.Lot!.Number, part));
            }
        }

        if (draws.Count == 0)
        {
            return null;
        }

        var repaid = debt.Left - left;
        journal.Post(new Entry
        {
            Kind = EntryKind.Repayment,
            SystemKey = string.Create(CultureInfo.InvariantCulture, $"sys:repay:{debt.Debt.Number}:{debt.Repayments + 1}"),
            Amount = repaid,
            OccurredAt = at,
            Postings = [.. draws.Select(static draw => Posting.Spend(draw.Lot, draw.Amount))],
            DebtLines = [new DebtLine(debt.Debt.Number, DebtLineKind.Repaid, repaid)],
            Scopes = action?.Price is { GivesBack: true } ? [Quoter.Remember(model, state, action, draws.ToImmutable(), at)] : [],
            Version = model.Version,
        });
        return null;
    }

    /// <summary>Phase 3: a renewal or a reset drops what is owed where the rules say so, or the reset itself (time, rule 17).</summary>
    /// <param name="keeps">Of a reset; null: as the rules say.</param>
    /// <returns>Smallest units that were dropped.</returns>
    private static long DropDebts(Journal journal, RulesetModel? model, Instant at, bool? keeps = null)
    {
        if (keeps ?? model?.AtZero?.Debt is not { IsDroppedAtRenewal: true })
        {
            return 0;
        }

        var dropped = 0L;
        foreach (var debt in journal.State.Debts)
        {
            journal.Post(new Entry
            {
                Kind = EntryKind.DebtDrop,
                SystemKey = string.Create(CultureInfo.InvariantCulture, $"sys:drop:{debt.Debt.Number}"),
                Amount = debt.Left,
                OccurredAt = at,
                DebtLines = [new DebtLine(debt.Debt.Number, DebtLineKind.Dropped, debt.Left)],
                Version = model?.Version,
            });
            dropped += debt.Left;
        }

        return dropped;
    }

    /// <summary>The memory of draws of the actions that owe: what repays them may be given back later.</summary>
    private static void AddScopesOfDebts(PublishedRuleset ruleset, AccountState state, List<ScopeId> scopes)
    {
        foreach (var debt in state.Debts)
        {
            var id = ScopeId.DrawsOf(debt.Debt.Action);
            if (!scopes.Contains(id) && ruleset.Versions.Any(v => v.Model.FindAction(debt.Debt.Action)?.Price is { GivesBack: true }))
            {
                scopes.Add(id);
            }
        }
    }
}
