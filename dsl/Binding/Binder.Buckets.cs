using System.Collections.Immutable;
using Rules.Dsl.Diagnostics;
using Rules.Dsl.Syntax;
using Rules.Dsl.Text;

namespace Rules.Dsl.Binding;

internal sealed partial class Binder
{
    private BoundBucket BindBucket(BucketSyntax syntax)
    {
        var symbol = _buckets.Find(syntax.Name.ValueText) ?? new BucketSymbol(syntax.Name.ValueText, FundingOf(syntax.Origin), syntax.Name.Location) { IsError = true };
        var bucket = new BoundBucket(LineLocation(syntax), symbol)
        {
            PostpaidRate = syntax.Origin is PostpaidOriginSyntax postpaid ? RequireRateFits(RequireMoneyPerCredit(postpaid.Amount), _credit) : null,
            Remarks = BindRemarks(syntax),
        };
        var isPostpaid = syntax.Origin is PostpaidOriginSyntax;
        foreach (var line in Lines(syntax))
        {
            switch (line)
            {
                case UnusedLineSyntax unused:
                    bucket = bucket with { Unused = BindUnused(unused) };
                    RequireFunding(!isPostpaid, unused, "unused", symbol, "is postpaid and holds no credits");
                    break;
                case OpenLineSyntax open:
                    var condition = BindCondition(open.Condition, null);
                    RequirePossible(condition);
                    bucket = bucket with { Open = new BoundOpen(LineLocation(open), condition) { Remarks = BindRemarks(open) } };
                    break;
                case LimitLineSyntax limit:
                    bucket = bucket with { Limit = new BoundCycleLimit(LineLocation(limit), BindKeptCredits(limit.Amount)) { Remarks = BindRemarks(limit) } };
                    RequireFunding(isPostpaid, limit, "limit", symbol, "holds only what is put into it");
                    NeedCycle(limit.Location, "\"each cycle\"");
                    break;
                case BilledLineSyntax billed:
                    bucket = bucket with { Billed = BindBilled(billed) };
                    RequireFunding(isPostpaid, billed, "billed", symbol, "is paid for before it is used");
                    break;
                case ServesLineSyntax serves:
                    ImmutableArray<ActionSymbol> actions = [.. serves.Actions.Items.Where(static n => !n.IsMissing).Select(LookupAction)];
                    bucket = bucket with { Serves = new BoundServes(LineLocation(serves), actions) { Remarks = BindRemarks(serves) } };
                    break;
                case DrawnLineSyntax drawn:
                    bucket = bucket with { Drawn = new BoundDrawn(LineLocation(drawn), BindKeys(drawn.Keys, isOneBucket: true)) { Remarks = BindRemarks(drawn) } };
                    RequireFunding(!isPostpaid, drawn, "drawn", symbol, "is postpaid and holds no credits");
                    break;
            }
        }

        ReportRepeatedLines(syntax, static line => line.GetType().Name);
        return bucket;
    }

    private BoundAmount RequireMoneyPerCredit(AmountSyntax syntax)
    {
        var amount = BindAmount(syntax);
        if (amount.Kind is AmountKind.Money or AmountKind.Error)
        {
            return amount;
        }

        Report(DiagnosticDescriptors.WrongUnit, amount.Location, Noun(amount), "an amount of money");
        return new BoundErrorAmount(amount.Location);
    }

    private void RequireFunding(bool fits, LineSyntax line, string word, BucketSymbol bucket, string because)
    {
        if (!fits)
        {
            Report(DiagnosticDescriptors.LineNeedsOtherFunding, LineLocation(line), word, bucket.Name, because);
        }
    }

    private void RequireHoldsCredits(BucketSymbol bucket, SyntaxToken name)
    {
        if (bucket is { Funding: BucketFunding.Postpaid, IsError: false })
        {
            Report(DiagnosticDescriptors.PostpaidHoldsNoCredits, name.Location, bucket.Name);
        }
    }

    private static BoundBilled BindBilled(BilledLineSyntax syntax) =>
        new(LineLocation(syntax), syntax.Interval.First == SyntaxKind.MonthlyKeyword, syntax.To?.Name.ValueText) { Remarks = BindRemarks(syntax) };

    private BoundUnused BindUnused(UnusedLineSyntax syntax)
    {
        var location = LineLocation(syntax);
        BoundUnused unused;
        switch (syntax.Policy)
        {
            case ExpiresAtCycleEndSyntax:
                NeedCycle(location, "\"at cycle end\"");
                unused = new BoundUnusedExpiresAtCycleEnd(location);
                break;
            case ExpiresAtNextGrantSyntax:
                unused = new BoundUnusedExpiresAtNextGrant(location);
                break;
            case ExpiresAfterSyntax after:
                unused = new BoundUnusedExpiresAfter(location, BindLife(after.Life));
                break;
            case RollsOverSyntax rolls:
                unused = BindRollsOver(rolls, location);
                break;
            default:
                unused = new BoundUnusedNeverExpires(location);
                break;
        }

        return unused with { Remarks = BindRemarks(syntax) };
    }

    private BoundUnusedRollsOver BindRollsOver(RollsOverSyntax syntax, TextLocation location)
    {
        NeedCycle(location, "\"rolls over\"");
        BoundRolloverCap? cap = null;
        if (syntax.Cap is { } written)
        {
            var amount = BindAmount(written.Amount);
            var kind = amount.Kind != AmountKind.Percent ? RolloverCapKind.Amount
                : written.OfUnused is null ? RolloverCapKind.PercentOfGranted
                : RolloverCapKind.PercentOfUnused;
            cap = new BoundRolloverCap(written.Location, kind, kind == RolloverCapKind.Amount ? Require(amount, AmountKind.Credits, Credits) : amount);
        }

        BoundAmount? minimum = null;
        if (syntax.Minimum is { } least)
        {
            minimum = BindKeptCredits(least.Amount);
        }

        if (syntax.Life is { } life)
        {
            return new BoundUnusedRollsOver(location, cap, minimum, BindLife(life.Life));
        }

        Report(DiagnosticDescriptors.CarriedLifeNotStated, location);
        return new BoundUnusedRollsOver(location, cap, minimum, new BoundEndlessLife(location));
    }

    private BoundLife BindLife(LifeSyntax syntax)
    {
        switch (syntax)
        {
            case DurationLifeSyntax duration:
                return new BoundDurationLife(syntax.Location, BindDuration(duration.Duration));
            case NamedLifeSyntax named:
                return BindTermLife(named.Name);
            case CyclesLifeSyntax cycles:
                return new BoundCyclesLife(syntax.Location, Math.Max(1, cycles.Count.IntegerValue));
            case EverLifeSyntax:
                return new BoundEndlessLife(syntax.Location);
            default:
                return new BoundOwnLife(syntax.Location);
        }
    }

    private BoundLife BindTermLife(SyntaxToken name)
    {
        var symbol = name.IsMissing ? null : RateOrTerm(name.ValueText);
        if (symbol is not null)
        {
            NoteName(name, symbol, isDeclaration: false);
        }

        switch (symbol)
        {
            case TermSymbol { Kind: TermKind.Duration } term:
                return new BoundTermLife(name.Location, term);
            case TermSymbol { IsError: false } term:
                Report(DiagnosticDescriptors.WrongUnit, name.Location, Describe(term.Kind, term.Currency), "a duration");
                break;
            case RateSymbol { IsError: false } rate:
                Report(DiagnosticDescriptors.WrongUnit, name.Location, Noun(rate.Amount), "a duration");
                break;
            case null when !IsExcused(name):
                ReportNearMiss(DiagnosticDescriptors.UnknownRateOrTerm, name, _rateOrTermItems.Keys, name.ValueText);
                break;
        }

        return new BoundEndlessLife(name.Location);
    }

    private BoundConsume BindConsume(ConsumeSyntax syntax)
    {
        var order = BindDrawOrder(syntax);
        var exceptions = ImmutableArray.CreateBuilder<BoundConsumeExcept>();
        var siblings = new List<(ConditionSet Set, TextLocation Location)>();
        foreach (var line in Lines(syntax).OfType<ExceptionLineSyntax>())
        {
            var condition = BindCondition(line.Condition, null);
            AnalyseException(condition, ConditionSet.Everything, LineLocation(syntax), line, siblings);
            if (Lines(line).OfType<ConsumeSyntax>().FirstOrDefault() is { } inner)
            {
                exceptions.Add(new BoundConsumeExcept(LineLocation(line), condition, BindDrawOrder(inner)) { Remarks = BindRemarks(line) });
            }
            else if (!BlockHasError(line))
            {
                Report(DiagnosticDescriptors.NoConsumeOrder, LineLocation(line), string.Join(", then ", _buckets.Names.Select(WriteName)));
            }
        }

        return new BoundConsume(LineLocation(syntax), order, exceptions.ToImmutable()) { Remarks = BindRemarks(syntax) };
    }

    private BoundDrawOrder BindDrawOrder(ConsumeSyntax syntax)
    {
        if (syntax.Order is KeyOrderSyntax { Keys: var keys })
        {
            return new BoundKeyOrder(syntax.Order.Location, BindKeys(keys, isOneBucket: false));
        }

        var names = ((BucketOrderSyntax)syntax.Order).Buckets;
        if (names.Items is [{ IsMissing: false } only] && _buckets.Find(only.ValueText) is null && RateOrTerm(only.ValueText) is TermSymbol term)
        {
            NoteName(only, term, isDeclaration: false);
            if (term is { Kind: not TermKind.BucketOrder, IsError: false })
            {
                Report(DiagnosticDescriptors.WrongUnit, only.Location, Describe(term.Kind, term.Currency), "an order of buckets");
            }

            return new BoundTermOrder(only.Location, term);
        }

        var order = BindOrder(names);
        if (!syntax.HasError)
        {
            CheckOrder(order, names);
        }

        return order;
    }

    private BoundBucketOrder BindOrder(TokenListSyntax names)
    {
        var buckets = ImmutableArray.CreateBuilder<BucketSymbol>();
        var places = ImmutableArray.CreateBuilder<TextLocation>();
        foreach (var name in names.Items.Where(static n => !n.IsMissing))
        {
            buckets.Add(LookupBucket(name));
            places.Add(name.Location);
        }

        return new BoundBucketOrder(names.Location, buckets.ToImmutable(), places.ToImmutable());
    }

    private void CheckOrder(BoundBucketOrder order, TokenListSyntax names)
    {
        var isKnown = true;
        BucketSymbol? endless = null;
        var seen = new HashSet<BucketSymbol>(ReferenceEqualityComparer.Instance);
        for (var i = 0; i < order.Buckets.Length; i++)
        {
            var bucket = order.Buckets[i];
            isKnown &= !bucket.IsError;
            if (IsGuess(names.Items[i], bucket))
            {
                seen.Add(bucket);
            }
            else if (!bucket.IsError && !seen.Add(bucket))
            {
                Report(DiagnosticDescriptors.BucketTwiceInOrder, order.Places[i], bucket.Name);
            }
            else if (endless is not null && !bucket.IsError)
            {
                Report(DiagnosticDescriptors.BucketNeverReached, order.Places[i], bucket.Name, endless.Name);
            }

            endless ??= IsEndless(bucket) ? bucket : null;
        }

        if (!isKnown)
        {
            return;
        }

        foreach (var bucket in _buckets.Symbols.Where(b => !seen.Contains(b)))
        {
            var addition = $", then {WriteName(bucket.Name)}";
            Report(
                DiagnosticDescriptors.BucketMissingFromOrder, order.Location,
                [new DiagnosticFix($"add: {addition}", new TextSpan(names.Span.End, 0), addition)],
                bucket.Name);
            break;
        }
    }

    /// <summary>A postpaid bucket that is always open and has no limit.</summary>
    private bool IsEndless(BucketSymbol bucket) => bucket is { Funding: BucketFunding.Postpaid, IsError: false }
        && Items<BucketSyntax>().FirstOrDefault(b => b.Name.ValueText == bucket.Name) is { } syntax
        && !BlockHasError(syntax)
        && !Lines(syntax).Any(static line => line is LimitLineSyntax or OpenLineSyntax);

    private BoundAtZero BindAtZero(AtZeroSyntax syntax)
    {
        var stops = ImmutableArray.CreateBuilder<BoundStop>();
        BoundShortfall? shortfall = null;
        foreach (var line in Lines(syntax))
        {
            if (line is StopLineSyntax stop)
            {
                stops.Add(BindStop(stop));
            }
            else if (line is ShortfallLineSyntax policy)
            {
                shortfall = BindShortfall(policy);
            }
        }

        ReportRepeatedLines(syntax, static line => line is ShortfallLineSyntax ? "if" : null);
        return new BoundAtZero(LineLocation(syntax), stops.ToImmutable()) { Shortfall = shortfall, Remarks = BindRemarks(syntax) };
    }

    private BoundStop BindStop(StopLineSyntax syntax)
    {
        ImmutableArray<ActionSymbol> actions = [.. syntax.Actions.Items.Where(static n => !n.IsMissing).Select(LookupAction)];
        var until = ImmutableArray.CreateBuilder<StopEnd>();
        foreach (var name in syntax.Events.Items.Where(n => !n.IsMissing))
        {
            StopEnd? end = name.ValueText switch
            {
                "renewal" => StopEnd.Renewal,
                "purchase" => StopEnd.Purchase,
                "upgrade" => StopEnd.Upgrade,
                "grant" => StopEnd.Grant,
                _ => null,
            };
            if (end is { } known)
            {
                until.Add(known);
            }
            else if (!name.HasError)
            {
                ReportNearMiss(
                    DiagnosticDescriptors.UnknownWord, name, ["renewal", "purchase", "upgrade", "grant"],
                    name.ValueText, "renewal, purchase, upgrade or grant");
            }
        }

        return new BoundStop(
            LineLocation(syntax), syntax.VerbKeyword.Kind == SyntaxKind.PauseKeyword ? StopKind.Pause : StopKind.Block, actions, until.ToImmutable())
        {
            Remarks = BindRemarks(syntax),
        };
    }

    private BoundShortfall BindShortfall(ShortfallLineSyntax syntax)
    {
        var shortfall = new BoundShortfall(LineLocation(syntax), syntax.PolicyKeyword.Kind switch
        {
            SyntaxKind.OweKeyword => ShortfallKind.Owe,
            SyntaxKind.ForgiveKeyword => ShortfallKind.Forgive,
            _ => ShortfallKind.Refuse,
        })
        {
            Remarks = BindRemarks(syntax),
        };
        var first = new Dictionary<Type, TextLocation>();
        foreach (var option in syntax.DebtOptions)
        {
            if (!first.TryAdd(option.GetType(), option.Location))
            {
                ReportTwice(option.Location, option.Location.Text.TrimStart(',', ' ').Split(' ')[0], first[option.GetType()]);
                continue;
            }

            shortfall = option switch
            {
                DebtLimitSyntax limit => shortfall with { UpTo = BindKeptCredits(limit.Amount) },
                DebtRepaidSyntax repaid => shortfall with { RepaidBy = BindRepayingBuckets(repaid.Buckets) },
                _ => shortfall with { IsDroppedAtRenewal = true },
            };
            if (option is DebtDroppedSyntax)
            {
                NeedCycle(option.Location, "\"dropped at renewal\"");
            }
        }

        return shortfall;
    }

    private ImmutableArray<BucketSymbol> BindRepayingBuckets(TokenListSyntax names)
    {
        var buckets = ImmutableArray.CreateBuilder<BucketSymbol>();
        foreach (var name in names.Items.Where(static n => !n.IsMissing))
        {
            var bucket = LookupBucket(name);
            if (buckets.Contains(bucket))
            {
                ReportTwiceUnlessGuessed(name, IsGuess(name, bucket), names.Location);
                continue;
            }

            if (bucket is { Funding: BucketFunding.Postpaid, IsError: false })
            {
                Report(DiagnosticDescriptors.PostpaidRepaysNoDebts, name.Location, bucket.Name);
            }

            buckets.Add(bucket);
        }

        return buckets.ToImmutable();
    }
}
