using System.Collections.Immutable;
using Rules.Dsl.Text;
using B = Rules.Dsl.Binding;

namespace Rules.Engine.Model;

internal sealed partial class ModelCompiler
{
    private BucketRule Bucket(B.BoundBucket bound, int index) => new(index, bound.Bucket.Name, FundingOf(bound.Bucket.Funding), bound.Location)
    {
        Unused = bound.Unused is { } unused ? UnusedOf(unused) : null,
        Drawn = bound.Drawn is { } drawn ? [.. drawn.Keys.Select(KeyOf)] : DrawKey.Default,
        Serves = bound.Serves is { } serves ? [.. serves.Actions.Select(a => _indexes[a])] : null,
        Open = bound.Open is { } open ? ConditionOf(open.Condition, _accountFacts) : null,
        Limit = bound.Limit is { } limit ? AmountOf(limit.Amount) : null,
        PostpaidRate = bound.PostpaidRate is { } rate ? AmountOf(rate) : null,
        PostpaidMoney = bound.PostpaidRate?.Currency is { } money ? new CreditUnit(money.Name, money.Decimals, Rounding(money.Rounding), money.Location) : null,
        Billed = bound.Billed is { } billed ? new BilledRule(billed.IsMonthly, billed.To, billed.Location) : null,
    };

    private static BucketFunding FundingOf(B.BucketFunding funding) => funding switch
    {
        B.BucketFunding.Plan => BucketFunding.Plan,
        B.BucketFunding.Purchase => BucketFunding.Purchase,
        B.BucketFunding.Grant => BucketFunding.Grant,
        _ => BucketFunding.Postpaid,
    };

    private UnusedRule UnusedOf(B.BoundUnused unused)
    {
        switch (unused)
        {
            case B.BoundUnusedNeverExpires:
                return new UnusedRule(UnusedKind.NeverExpires, Life: null, unused.Location);
            case B.BoundUnusedExpiresAtCycleEnd:
                return new UnusedRule(UnusedKind.ExpiresAtCycleEnd, Life: null, unused.Location);
            case B.BoundUnusedExpiresAtNextGrant:
                return new UnusedRule(UnusedKind.ExpiresAtNextGrant, Life: null, unused.Location);
            case B.BoundUnusedExpiresAfter after:
                return new UnusedRule(UnusedKind.ExpiresAfter, LifeOf(after.Life), unused.Location);
            case B.BoundUnusedRollsOver rolls:
                return new UnusedRule(UnusedKind.RollsOver, LifeOf(rolls.Life), unused.Location)
                {
                    Cap = rolls.Cap is { } cap ? CapOf(cap) : null,
                    Minimum = rolls.Minimum is { } minimum ? AmountOf(minimum) : null,
                };
            default:
                throw new InvalidOperationException($"No rule for {unused.GetType().Name}.");
        }
    }

    private RolloverCap CapOf(B.BoundRolloverCap cap) => new(
        cap.Kind switch
        {
            B.RolloverCapKind.Amount => RolloverCapKind.Amount,
            B.RolloverCapKind.PercentOfGranted => RolloverCapKind.PercentOfGranted,
            _ => RolloverCapKind.PercentOfUnused,
        },
        AmountOf(cap.Amount),
        cap.Location);

    private Life LifeOf(B.BoundLife life)
    {
        switch (life)
        {
            case B.BoundDurationLife duration:
                return new Life(LifeKind.Interval, SpanOf(duration.Duration), 0, -1, life.Location);
            case B.BoundCyclesLife cycles:
                return new Life(LifeKind.Cycles, default, cycles.Cycles, -1, life.Location);
            case B.BoundTermLife term:
                return new Life(LifeKind.Term, default, 0, _indexes[term.Term], life.Location);
            case B.BoundEndlessLife:
                return new Life(LifeKind.Endless, default, 0, -1, life.Location);
            default:
                return new Life(LifeKind.Own, default, 0, -1, life.Location);
        }
    }

    private static CalendarSpan SpanOf(B.Duration duration) => new(duration.Count, duration.Unit switch
    {
        B.DurationUnit.Hour => CalendarUnit.Hour,
        B.DurationUnit.Day => CalendarUnit.Day,
        B.DurationUnit.Week => CalendarUnit.Week,
        B.DurationUnit.Month => CalendarUnit.Month,
        _ => CalendarUnit.Year,
    });

    private DrawKey KeyOf(B.BoundDrawKey key)
    {
        var rank = ImmutableArray<int>.Empty;
        if (key.Kind == B.DrawKeyKind.BucketOrder)
        {
            var places = new int[_bound.Buckets.Length];
            Array.Fill(places, int.MaxValue);
            for (var i = 0; i < key.Buckets.Length; i++)
            {
                places[_indexes[key.Buckets[i]]] = i;
            }

            rank = [.. places];
        }

        return new DrawKey(KindOf(key.Kind), ResolutionOf(key.Resolution), rank);
    }

    private static DrawKeyKind KindOf(B.DrawKeyKind kind) => kind switch
    {
        B.DrawKeyKind.LowestPriority => DrawKeyKind.LowestPriority,
        B.DrawKeyKind.LowestCost => DrawKeyKind.LowestCost,
        B.DrawKeyKind.SoonestExpiry => DrawKeyKind.SoonestExpiry,
        B.DrawKeyKind.EarliestStart => DrawKeyKind.EarliestStart,
        B.DrawKeyKind.Oldest => DrawKeyKind.Oldest,
        B.DrawKeyKind.Newest => DrawKeyKind.Newest,
        B.DrawKeyKind.Largest => DrawKeyKind.Largest,
        B.DrawKeyKind.Smallest => DrawKeyKind.Smallest,
        B.DrawKeyKind.Narrowest => DrawKeyKind.Narrowest,
        _ => DrawKeyKind.BucketOrder,
    };

    private static ExpiryResolution ResolutionOf(B.ExpiryResolution resolution) => resolution switch
    {
        B.ExpiryResolution.Second => ExpiryResolution.Second,
        B.ExpiryResolution.Minute => ExpiryResolution.Minute,
        B.ExpiryResolution.Hour => ExpiryResolution.Hour,
        B.ExpiryResolution.Day => ExpiryResolution.Day,
        _ => ExpiryResolution.Exact,
    };

    private ConsumeRule? Consume() => _bound.Consume is not { } consume
        ? null
        : new ConsumeRule(
            OrderOf(consume.Order),
            [.. consume.Exceptions.Select(e => new ConsumeExcept(ConditionOf(e.Condition, _accountFacts), OrderOf(e.Order), e.Location))],
            consume.Location);

    private DrawOrder OrderOf(B.BoundDrawOrder order) => order switch
    {
        B.BoundBucketOrder buckets => new DrawOrder([.. buckets.Buckets.Select(b => _indexes[b])], Keys: null, Term: null, order.Location),
        B.BoundTermOrder term => new DrawOrder(Buckets: null, Keys: null, _indexes[term.Term], order.Location),
        B.BoundKeyOrder keys => new DrawOrder(Buckets: null, [.. keys.Keys.Select(KeyOf)], Term: null, order.Location),
        _ => throw new InvalidOperationException($"No order for {order.GetType().Name}."),
    };

    private AtZeroRule? AtZero()
    {
        if (_bound.AtZero is not { Shortfall: { } shortfall } atZero)
        {
            return null;
        }

        var stops = new StopRule?[_bound.Actions.Length];
        foreach (var stop in atZero.Stops)
        {
            var until = string.Join(" or ", stop.Until.Select(u => u switch
            {
                B.StopEnd.Renewal => "renewal",
                B.StopEnd.Purchase => "purchase",
                B.StopEnd.Upgrade => "upgrade",
                _ => "grant",
            }));
            foreach (var action in stop.Actions)
            {
                stops[_indexes[action]] = new StopRule(stop.Kind == B.StopKind.Block ? StopKind.Block : StopKind.Pause, until, stop.Location);
            }
        }

        var kind = shortfall.Kind switch
        {
            B.ShortfallKind.Refuse => ShortfallKind.Refuse,
            B.ShortfallKind.Owe => ShortfallKind.Owe,
            _ => ShortfallKind.Forgive,
        };
        return new AtZeroRule([.. stops], kind, shortfall.Location, atZero.Location)
        {
            Debt = kind != ShortfallKind.Owe
                ? null
                : new DebtRule(
                    shortfall.UpTo is { } most ? AmountOf(most) : null,
                    shortfall.IsDroppedAtRenewal,
                    [.. shortfall.RepaidBy.Select(b => _indexes[b])]),
        };
    }

    private HoldsRule Holds() => _bound.Holds is not { } holds
        ? HoldsRule.Default
        : new HoldsRule
        {
            Expiry = holds.Expiry is { } expiry ? SpanOf(expiry.After) : HoldsRule.Default.Expiry,
            MayExceed = holds.Capture?.MayExceed ?? HoldsRule.Default.MayExceed,
            ByPercent = holds.Capture?.ByPercent,
            ReturnedLive = holds.Returned?.Live is { } live ? SpanOf(live) : null,
            Location = holds.Location,
            CaptureLocation = holds.Capture?.Location ?? holds.Location,
        };

    private CycleRule? Cycle()
    {
        if (_bound.Cycle is not { } cycle)
        {
            return null;
        }

        var by = cycle.By is { } fact ? Find(_accountFacts, fact) : null;
        var annual = FactValue.Missing;
        _ = by is not null && by.TryRead("annual", out annual);
        return new CycleRule(
            cycle.Kind switch
            {
                B.CycleKind.CalendarMonth => CycleKind.CalendarMonth,
                B.CycleKind.MonthlyOrAnnual => CycleKind.MonthlyOrAnnual,
                _ => CycleKind.Interval,
            },
            SpanOf(cycle.Interval),
            cycle.Location)
        {
            By = by?.Index,
            Annual = annual,
            Anchor = cycle.Anchor?.Kind switch
            {
                B.AnchorKind.Midnight => AnchorKind.Midnight,
                B.AnchorKind.DayOfMonth => AnchorKind.DayOfMonth,
                _ => AnchorKind.Start,
            },
            AnchorDay = cycle.Anchor?.Day ?? 0,
            Upgrade = ChangeOf(cycle, B.PlanMove.Upgrade),
            Downgrade = ChangeOf(cycle, B.PlanMove.Downgrade),
            UpFrontMonths = cycle.UpFront?.Months,
        };
    }

    private static PlanChangeKind ChangeOf(B.BoundCycle cycle, B.PlanMove move)
    {
        var change = cycle.PlanChanges.FirstOrDefault(c => c.Move == B.PlanMove.Any || c.Move == move);
        return change?.Kind switch
        {
            null or B.PlanChangeKind.Restarts => PlanChangeKind.Restarts,
            B.PlanChangeKind.RestartsCarryingUnused => PlanChangeKind.RestartsCarryingUnused,
            B.PlanChangeKind.WaitsForRenewal => PlanChangeKind.WaitsForRenewal,
            B.PlanChangeKind.KeepsGrantingDifference => PlanChangeKind.GrantsDifference,
            B.PlanChangeKind.KeepsGrantingShare => PlanChangeKind.GrantsShare,
            B.PlanChangeKind.KeepsGrantingInFull => PlanChangeKind.GrantsInFull,
            _ => PlanChangeKind.GrantsNothing,
        };
    }

    private PlanRule Plan(B.BoundPlan plan, int index)
    {
        var grants = ImmutableArray.CreateBuilder<PlanGrant>(plan.Grants.Length);
        foreach (var grant in plan.Grants)
        {
            var bucket = _bound.Buckets[_indexes[grant.Bucket]];
            var unused = (grant.Bucket == plan.Grants[0].Bucket ? plan.Unused : null) ?? bucket.Unused;
            grants.Add(new PlanGrant(
                AmountOf(grant.Amount),
                grant.Interval is { } interval ? SpanOf(interval) : null,
                _indexes[grant.Bucket],
                unused is null ? new UnusedRule(UnusedKind.NeverExpires, Life: null, grant.Location) : UnusedOf(unused),
                grant.Location));
        }

        return new PlanRule(index, plan.Plan.Name, grants.MoveToImmutable(), plan.Location) { ExistingAccounts = Moves(plan.ExistingAccounts) };
    }

    private ExistingAccounts? Moves(B.BoundExistingAccounts? existing) => existing?.Kind switch
    {
        null => null,
        B.ExistingAccountsKind.MoveOn => new ExistingAccounts(MoveKind.On, WallTime.ToInstant(Day(existing.On!.Value).AtMidnight(), _zone)),
        B.ExistingAccountsKind.Stay => new ExistingAccounts(MoveKind.Stay, null),
        _ => new ExistingAccounts(MoveKind.AtRenewal, null),
    };

    private TermRule Term(B.TermSymbol term, int index) => new(
        index,
        term.Name,
        term.Kind switch
        {
            B.TermKind.Credits => TermKind.Credits,
            B.TermKind.Money => TermKind.Money,
            B.TermKind.Percent => TermKind.Percent,
            B.TermKind.PercentList => TermKind.PercentList,
            B.TermKind.Duration => TermKind.Duration,
            _ => TermKind.BucketOrder,
        },
        term.Normally is { } normally ? TermValueOf(normally) : null,
        TermValueOf(term.Sample),
        term.Location);

    private TermValue TermValueOf(B.BoundTermValue value) => value switch
    {
        B.BoundAmountsValue amounts => new TermValue { Amounts = [.. amounts.Amounts.Select(a => AmountOf(a).Fixed ?? ExactDecimal.Zero)] },
        B.BoundDurationValue duration => new TermValue { Interval = SpanOf(duration.Duration) },
        B.BoundOrderValue order => new TermValue { Buckets = [.. order.Buckets.Select(b => _indexes[b])] },
        _ => new TermValue { IsUnlimited = true },
    };
}
