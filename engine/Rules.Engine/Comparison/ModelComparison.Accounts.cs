using Rules.Dsl.Text;
using Rules.Engine.Model;

namespace Rules.Engine.Comparison;

public sealed partial class ModelComparison
{
    private void CompareBuckets()
    {
        foreach (var (old, now) in Pair(_old.Model.Buckets, _new.Model.Buckets, static b => b.Name))
        {
            if (old is null)
            {
                Add(ChangeKind.Added, ChangeSubject.Bucket, now!.Name, $"A new bucket {now.Name}, filled by {Filled(now)}; unused credits {_new.Of(now.Unused)}.", null, now.Location);
                continue;
            }

            if (now is null)
            {
                Add(ChangeKind.Removed, ChangeSubject.Bucket, old.Name, $"The bucket {old.Name} is gone.", old.Location, null);
                continue;
            }

            var what = $"The bucket {now.Name}";
            Say($"{what} is", "filled by " + Filled(old), "filled by " + Filled(now));
            Say($"Unused credits of the bucket {now.Name}", _old.Of(old.Unused), _new.Of(now.Unused));
            Say($"{what} is", "drawn by " + _old.Of(old.Drawn), "drawn by " + _new.Of(now.Drawn), ChangeKind.Reordered);
            Say(what, "pays for " + Served(_old.Model, old), "pays for " + Served(_new.Model, now));
            Say($"{what} is", Open(_old, old), Open(_new, now), ChangeKind.Reordered);
            Say($"The limit of the bucket {now.Name} is", old.Limit is { } a ? _old.Of(a) : "none", now.Limit is { } b ? _new.Of(b) : "none");
            Say($"Use of the bucket {now.Name} is", Billed(old), Billed(now));
            Say($"Use of the bucket {now.Name} is billed in", old.PostpaidMoney?.Name ?? "no money", now.PostpaidMoney?.Name ?? "no money");
            var (was, rate) = (old.PostpaidRate?.Fixed, now.PostpaidRate?.Fixed);
            if (was is { } from && rate is { } to)
            {
                if (from != to)
                {
                    Add(to > from ? ChangeKind.Dearer : ChangeKind.Cheaper, ChangeSubject.Bucket, now.Name, $"A credit of the bucket {now.Name} costs {ComparisonWords.Percent(from, to) ?? "another price"}: {from.ToGroupedString()} → {to.ToGroupedString()}.", old.PostpaidRate!.Location, now.PostpaidRate!.Location, from, to);
                }
            }
            else
            {
                Say($"The price of a credit of the bucket {now.Name} is", old.PostpaidRate is { } p ? _old.Of(p, "") : "none", now.PostpaidRate is { } q ? _new.Of(q, "") : "none");
            }

            void Say(string topic, string before, string after, ChangeKind kind = ChangeKind.Other) =>
                Reworded(ChangeSubject.Bucket, now.Name, topic, before, after, old.Location, now.Location, kind);
        }

        CompareOrder();
        CompareAtZero();
        CompareHolds();
        CompareCycle();
    }

    private static string Billed(BucketRule bucket) => bucket switch
    {
        { Funding: not BucketFunding.Postpaid } => "prepaid",
        { Billed: { } billed } => (billed.IsMonthly ? "billed monthly" : "billed each cycle") + (billed.To is { } to ? " to " + to : ""),
        _ => "billed each cycle",
    };

    private static string Filled(BucketRule bucket) => bucket.Funding switch
    {
        BucketFunding.Plan => "plans",
        BucketFunding.Purchase => "purchases",
        BucketFunding.Grant => "grants",
        _ => "use that is billed afterwards",
    };

    private static string Served(RulesetModel model, BucketRule bucket) => bucket.Serves is { } actions
        ? ComparisonWords.And([.. actions.Select(a => model.Actions[a].Name).Order(StringComparer.Ordinal)])
        : "every action";

    private static string Open(ComparisonWords words, BucketRule bucket) => bucket.Open is { } open ? "open while " + ComparisonWords.Of(open, words.Model.AccountFacts) : "always open";

    private void CompareOrder()
    {
        var (old, now) = (_old.Model.Consume, _new.Model.Consume);
        if (old is null || now is null)
        {
            return;
        }

        Reworded(ChangeSubject.Order, "", "Credits are", "drawn from " + _old.Of(old.Order), "drawn from " + _new.Of(now.Order), old.Order.Location, now.Order.Location, ChangeKind.Reordered);
        foreach (var (was, exception) in Pair(
            old.Exceptions.Select(e => (Exception: e, When: ComparisonWords.Of(e.When, _old.Model.AccountFacts))),
            now.Exceptions.Select(e => (Exception: e, When: ComparisonWords.Of(e.When, _new.Model.AccountFacts))),
            static e => e.When,
            static e => e.Exception))
        {
            var when = exception is null ? ComparisonWords.Of(was!.When, _old.Model.AccountFacts) : ComparisonWords.Of(exception.When, _new.Model.AccountFacts);
            Reworded(ChangeSubject.Order, "", $"When {when}, credits are", was is null ? "drawn as usual" : "drawn from " + _old.Of(was.Order), exception is null ? "drawn as usual" : "drawn from " + _new.Of(exception.Order), was?.Location, exception?.Location, ChangeKind.Reordered);
        }
    }

    private void CompareAtZero()
    {
        var (old, now) = (_old.Model.AtZero, _new.Model.AtZero);
        if (old is null || now is null)
        {
            return;
        }

        Reworded(ChangeSubject.AtZero, "", "A charge above the balance is", Short(_old, old), Short(_new, now), old.ShortfallLocation, now.ShortfallLocation);
        foreach (var (was, action) in Pair(_old.Model.Actions, _new.Model.Actions, static a => a.Name))
        {
            if (was is not null && action is not null)
            {
                var (before, after) = (old.Stops[was.Index], now.Stops[action.Index]);
                Reworded(ChangeSubject.AtZero, action.Name, $"Without credits {action.Name} is", Stopped(before), Stopped(after), before?.Location ?? old.Location, after?.Location ?? now.Location);
            }
        }
    }

    private static string Short(ComparisonWords words, AtZeroRule rule) => rule.Shortfall switch
    {
        ShortfallKind.Refuse => "refused",
        ShortfallKind.Owe => "drawn as far as it goes, the rest owed" + Owed(words, rule.Debt!),
        _ => "drawn as far as it goes, the rest forgiven",
    };

    private static string Owed(ComparisonWords words, DebtRule debt)
    {
        var most = debt.UpTo is { } limit ? $", up to {words.Of(limit, words.Model.Credit.Name)}" : "";
        var by = debt.RepaidBy.IsEmpty ? "" : ", repaid by " + ComparisonWords.And([.. debt.RepaidBy.Select(b => words.Model.Buckets[b].Name)]);
        return most + by + (debt.IsDroppedAtRenewal ? ", dropped at renewal" : "");
    }

    private void CompareHolds()
    {
        var (old, now) = (_old.Model.Holds, _new.Model.Holds);
        Say("A hold", "expires after " + old.Expiry, "expires after " + now.Expiry);
        Say("A capture", Exceeding(old), Exceeding(now));
        Say("Credits that return to an ended grant", Returning(old), Returning(now));

        void Say(string topic, string before, string after) => Reworded(ChangeSubject.Hold, "", topic, before, after, old.Location, now.Location);
    }

    private static string Exceeding(HoldsRule holds) => holds switch
    {
        { MayExceed: false } => "never exceeds its hold",
        { ByPercent: { } percent } => $"may exceed its hold by {percent.ToGroupedString()}%",
        _ => "may exceed its hold",
    };

    private static string Returning(HoldsRule holds) => holds.ReturnedLive is { } live ? $"live {live} more" : "lapse";

    private static string Stopped(StopRule? stop) => stop is null ? "not stopped" : $"{(stop.Kind == StopKind.Block ? "blocked" : "paused")} until {stop.Until}";

    private void CompareCycle()
    {
        var (old, now) = (_old.Model.Cycle, _new.Model.Cycle);
        if (old is null || now is null)
        {
            if (old is not null || now is not null)
            {
                Other(ChangeSubject.Cycle, "", now is null ? "There is no cycle any more." : $"Cycles are new: {CycleWords(_new, now)}.", old?.Location, now?.Location);
            }

            return;
        }

        Say("A cycle is", CycleWords(_old, old), CycleWords(_new, now));
        Say("A cycle", "begins " + Anchored(old), "begins " + Anchored(now));
        Say("An upgrade", Changed(old.Upgrade), Changed(now.Upgrade));
        Say("A downgrade", Changed(old.Downgrade), Changed(now.Downgrade));
        Say("An annual cycle", "grants " + UpFront(old), "grants " + UpFront(now));

        void Say(string topic, string before, string after) => Reworded(ChangeSubject.Cycle, "", topic, before, after, old.Location, now.Location);
    }

    private static string CycleWords(ComparisonWords words, CycleRule cycle) => cycle.Kind switch
    {
        CycleKind.CalendarMonth => "a calendar month",
        CycleKind.Interval => cycle.Interval.ToString(),
        _ => $"a month, or a year where {(cycle.By is { } by ? $"{words.Model.AccountFacts[by].Name} is {words.Model.AccountFacts[by].Write(cycle.Annual)}" : "the account says so")}",
    };

    private static string Anchored(CycleRule cycle) => cycle.Anchor switch
    {
        AnchorKind.Midnight => "at the midnight before subscribing",
        AnchorKind.DayOfMonth => $"on day {((ExactDecimal)cycle.AnchorDay).ToGroupedString()} of the month",
        _ => "at the instant of subscribing",
    };

    private static string Changed(PlanChangeKind kind) => kind switch
    {
        PlanChangeKind.Restarts => "restarts the cycle",
        PlanChangeKind.RestartsCarryingUnused => "restarts the cycle and carries unused credits",
        PlanChangeKind.WaitsForRenewal => "waits for the renewal",
        PlanChangeKind.GrantsDifference => "keeps the cycle and grants the difference",
        PlanChangeKind.GrantsShare => "keeps the cycle and grants a share",
        PlanChangeKind.GrantsInFull => "keeps the cycle and grants in full",
        _ => "keeps the cycle and grants nothing",
    };

    private static string UpFront(CycleRule cycle) => cycle.UpFrontMonths is { } months ? $"{((ExactDecimal)months).ToGroupedString()} months up front" : "month by month";

    private void ComparePlans()
    {
        foreach (var (old, now) in Pair(_old.Model.Plans, _new.Model.Plans, static p => p.Name))
        {
            if (old is null)
            {
                Add(ChangeKind.Added, ChangeSubject.Plan, now!.Name, $"The plan {now.Name} is new: {Granted(_new, now)}.", null, now.Location);
                continue;
            }

            if (now is null)
            {
                Add(ChangeKind.Removed, ChangeSubject.Plan, old.Name, $"The plan {old.Name} is gone; it granted {Granted(_old, old)}.", old.Location, null);
                continue;
            }

            foreach (var (was, grant) in Pair(Numbered(_old, old), Numbered(_new, now), static g => g.Name, static g => g.Grant))
            {
                CompareGrants(now.Name, was, grant, old, now);
            }

            Reworded(ChangeSubject.Plan, now.Name, $"Existing accounts on {now.Name}", old.ExistingAccounts is { } a ? _old.Of(a) : "move as all others", now.ExistingAccounts is { } b ? _new.Of(b) : "move as all others", old.Location, now.Location);
        }

        CompareTerms();
        foreach (var (old, now) in Pair(_old.Model.Packs, _new.Model.Packs, static p => p.Name))
        {
            var (was, pack) = (old is null ? null : $"{_old.Of(old.Amount)} into {_old.Bucket(old.Bucket)}", now is null ? null : $"{_new.Of(now.Amount)} into {_new.Bucket(now.Bucket)}");
            if (was != pack)
            {
                var kind = old is null ? ChangeKind.Added : now is null ? ChangeKind.Removed : ChangeKind.Other;
                Add(kind, ChangeSubject.Pack, (now ?? old!).Name, $"The pack {(now ?? old!).Name} {(now is null ? $"is no longer sold; it held {was}" : old is null ? $"is new: {pack}" : $"holds {pack}; before: {was}")}.", old?.Location, now?.Location, old?.Amount.Fixed, now?.Amount.Fixed);
            }
        }
    }

    // A second grant into one bucket is told apart by its place among them.
    private static IEnumerable<(string Name, PlanGrant Grant)> Numbered(ComparisonWords words, PlanRule plan) =>
        plan.Grants.GroupBy(g => words.Bucket(g.Bucket), StringComparer.Ordinal).SelectMany(static g => g.Select((grant, i) => ($"{g.Key} #{i}", grant)));

    private void CompareGrants(string plan, PlanGrant? was, PlanGrant? grant, PlanRule old, PlanRule now)
    {
        if (was is null || grant is null)
        {
            Add(was is null ? ChangeKind.Added : ChangeKind.Removed, ChangeSubject.Plan, plan, was is null ? $"The plan {plan} now also grants {GrantWords(_new, grant!)}." : $"The plan {plan} no longer grants {GrantWords(_old, was)}.", was?.Location, grant?.Location);
            return;
        }

        var (from, to) = (_old.Of(was.Amount), _new.Of(grant.Amount));
        if (was.Amount.Fixed is { } a && grant.Amount.Fixed is { } b ? a != b : from != to)
        {
            // Fewer credits for one subscription: the same use reaches further into paid or blocked ground.
            var kind = was.Amount.Fixed is { } x && grant.Amount.Fixed is { } y ? (y < x ? ChangeKind.Dearer : ChangeKind.Cheaper) : ChangeKind.Other;
            var percent = was.Amount.Fixed is { } m && grant.Amount.Fixed is { } n ? ComparisonWords.Percent(m, n) : null;
            Add(kind, ChangeSubject.Plan, plan, $"The plan {plan} grants {(percent is null ? "" : percent + " ")}into {_new.Bucket(grant.Bucket)} {Every(grant)}: {(was.Amount.Fixed is { } f ? f.ToGroupedString() : from)} → {to}.", old.Location, now.Location, was.Amount.Fixed, grant.Amount.Fixed);
        }

        Reworded(ChangeSubject.Plan, plan, $"The plan {plan}", $"grants into {_old.Bucket(was.Bucket)} {Every(was)}", $"grants into {_new.Bucket(grant.Bucket)} {Every(grant)}", was.Location, grant.Location);

        // A plan without a rule of its own has its bucket's, whose change is said once.
        var (unused, left) = (_old.Of(was.Unused), _new.Of(grant.Unused));
        if (unused != _old.Of(_old.Model.Buckets[was.Bucket].Unused) || left != _new.Of(_new.Model.Buckets[grant.Bucket].Unused))
        {
            Reworded(ChangeSubject.Plan, plan, $"Unused credits of the plan {plan}", unused, left, was.Unused.Location, grant.Unused.Location);
        }
    }

    private static string Granted(ComparisonWords words, PlanRule plan) => plan.Grants.IsEmpty ? "no credits" : ComparisonWords.And([.. plan.Grants.Select(g => GrantWords(words, g))]);

    private static string GrantWords(ComparisonWords words, PlanGrant grant) => $"{words.Of(grant.Amount)} {Every(grant)} into {words.Bucket(grant.Bucket)}";

    private static string Every(PlanGrant grant) => grant.Interval switch
    {
        null => "every cycle",
        { Count: 1 } one => "every " + one.ToString()[2..],
        { } span => "every " + span,
    };

    private void CompareTerms()
    {
        foreach (var (old, now) in Pair(_old.Model.Terms, _new.Model.Terms, static t => t.Name))
        {
            if (old is null || now is null)
            {
                Add(old is null ? ChangeKind.Added : ChangeKind.Removed, ChangeSubject.Term, (now ?? old!).Name, old is null ? $"The term {now!.Name} is new; normally {_new.Of(now.Normally)}." : $"The term {old.Name} is gone.", old?.Location, now?.Location);
                continue;
            }

            Say("The kind of the term", ComparisonWords.Spaced(old.Kind.ToString()), ComparisonWords.Spaced(now.Kind.ToString()));
            Say("The normal value of the term", _old.Of(old.Normally), _new.Of(now.Normally));
            Say("The sample of the term", _old.Of(old.Sample), _new.Of(now.Sample));

            void Say(string topic, string before, string after) =>
                Reworded(ChangeSubject.Term, now.Name, $"{topic} {now.Name} is", before, after, old.Location, now.Location);
        }
    }

    private void CompareSales()
    {
        foreach (var (old, now) in Pair(_old.Model.Sells, _new.Model.Sells, s => (_old.Model.Sells.Contains(s) ? _old : _new).Bucket(s.Bucket)))
        {
            var bucket = now is null ? _old.Bucket(old!.Bucket) : _new.Bucket(now.Bucket);
            if (old is null || now is null)
            {
                Add(old is null ? ChangeKind.Added : ChangeKind.Removed, ChangeSubject.Sale, bucket, old is null ? $"Credits of {bucket} are now sold: {PriceComparison.InWords(_new, now!.Price, now.Price.Bodies[0], now.Money.Name)}." : $"Credits of {bucket} are no longer sold.", old?.Location, now?.Location);
                continue;
            }

            Reworded(ChangeSubject.Sale, bucket, $"Purchases of {bucket} are", $"rounded {ComparisonWords.Of(old.Money.Rounding)} to {MoneyPlaces(old)}", $"rounded {ComparisonWords.Of(now.Money.Rounding)} to {MoneyPlaces(now)}", old.Location, now.Location);
            Reworded(ChangeSubject.Sale, bucket, $"Credits of {bucket} are", "sold in " + old.Money.Name, "sold in " + now.Money.Name, old.Location, now.Location);
            if (old.Money.Name == now.Money.Name)
            {
                new PriceComparison(this, $"buying {bucket}", old.Price, now.Price, _old.Model.AccountFacts, _new.Model.AccountFacts, now.Money.Name).Compare();
            }
        }
    }

    private static string MoneyPlaces(SellRule sale) => $"{((ExactDecimal)sale.Money.Decimals).ToGroupedString()} {(sale.Money.Decimals == 1 ? "decimal" : "decimals")}";

    private void CompareAlerts()
    {
        foreach (var (old, now) in Pair(_old.Model.Alerts, _new.Model.Alerts, static a => a.Name))
        {
            var (was, alert) = (old is null ? null : AlertWords(_old, old), now is null ? null : AlertWords(_new, now));
            if (was != alert)
            {
                var name = (now ?? old!).Name;
                var kind = old is null ? ChangeKind.Added : now is null ? ChangeKind.Removed : ChangeKind.Other;
                Add(kind, ChangeSubject.Alert, name, $"The alert \"{name}\" {(old is null ? $"is new: {alert}" : now is null ? "is gone" : $"now fires {alert}; before: {was}")}.", old?.Location, now?.Location);
            }
        }
    }

    private static string AlertWords(ComparisonWords words, AlertRule alert)
    {
        var text = string.Join("; ", alert.Levels.Select(level =>
            $"{ComparisonWords.Spaced(level.Crossing.ToString())} {string.Join(", ", level.Amounts.Select(a => level.IsPercent ? words.Percentage(a) : words.Of(a)))} of {(level.Bucket is { } bucket ? words.Bucket(bucket) : "the balance")} {ComparisonWords.Spaced(level.Figure.ToString())}"
            + (level.ThenEvery is { } every ? $", then every {(level.IsPercent ? words.Percentage(every) : words.Of(every))}" : "")));
        text += alert.FiresAgain ? ", again whenever crossed" : "";
        text += alert.CountsFreshCreditsOnly ? ", counting fresh credits only" : "";
        text += alert.Shows.IsEmpty ? "" : $", showing {string.Join(", ", alert.Shows)}";
        return alert.Offers.IsEmpty ? text : $"{text}, offering {string.Join(", ", alert.Offers)}";
    }
}
