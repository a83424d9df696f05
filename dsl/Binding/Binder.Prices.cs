using System.Collections.Immutable;
using Rules.Dsl.Diagnostics;
using Rules.Dsl.Syntax;
using Rules.Dsl.Text;

namespace Rules.Dsl.Binding;

internal sealed partial class Binder
{
    // Comparisons of cases of exceptions, over the whole file; a thousand exceptions side by side need half of them.
    private int _comparisonsLeft = 1_000_000;

    private readonly Dictionary<ActionSymbol, TextLocation> _pricedActions = new(ReferenceEqualityComparer.Instance);

    /// <summary>What a price body stands in: an action charged in credits, or a bucket sold for money.</summary>
    private sealed class PriceContext(string name, ActionSymbol? action, TextLocation head)
    {
        public string Name { get; } = name;

        /// <summary>Null in a sell.</summary>
        public ActionSymbol? Action { get; } = action;

        public TextLocation Head { get; } = head;

        public ImmutableArray<FactSymbol> By { get; init; } = [];

        public ImmutableArray<FactSymbol> RegardlessOf { get; init; } = [];

        /// <summary>The currency of the first amount of a sell.</summary>
        public CurrencySymbol? Currency { get; set; }
    }

    private ImmutableArray<BoundPrice> BindPrices()
    {
        var prices = ImmutableArray.CreateBuilder<BoundPrice>();
        foreach (var syntax in Items<PriceSyntax>())
        {
            var action = LookupAction(syntax.Action);
            if (action.IsFree && !IsGuess(syntax.Action, action))
            {
                Report(DiagnosticDescriptors.FreeActionPriced, syntax.Action.Location, action.Name);
            }
            else if (!action.IsError && !_pricedActions.TryAdd(action, syntax.Action.Location))
            {
                ReportTwiceUnlessGuessed(syntax.Action, IsGuess(syntax.Action, action), _pricedActions[action], "price ");
            }

            prices.Add(BindPrice(syntax, action));
        }

        return prices.ToImmutable();
    }

    private BoundPrice BindPrice(PriceSyntax syntax, ActionSymbol action)
    {
        var by = BindFacts(syntax.By?.Facts, action);
        var regardlessOf = BindFacts(syntax.Regardless?.Facts, action);
        foreach (var fact in by.Intersect(regardlessOf))
        {
            var name = syntax.By!.Facts.Items.First(t => t.ValueText == fact.Name);
            Report(DiagnosticDescriptors.RegardlessFactInRows, name.Location, fact.Name, name.Location.Line, action.Name);
        }

        var context = new PriceContext(action.Name, action, LineLocation(syntax)) { By = by, RegardlessOf = regardlessOf };
        var body = BindBody(syntax, context, ConditionSet.Everything);
        return new BoundPrice(context.Head, action, by, regardlessOf, body) { Remarks = BindRemarks(syntax) };
    }

    private ImmutableArray<BoundSell> BindSells()
    {
        var sells = ImmutableArray.CreateBuilder<BoundSell>();
        var lines = new Dictionary<BucketSymbol, TextLocation>(ReferenceEqualityComparer.Instance);
        foreach (var syntax in Items<SellSyntax>())
        {
            var bucket = LookupBucket(syntax.Bucket);
            RequireHoldsCredits(bucket, syntax.Bucket);
            if (!lines.TryAdd(bucket, syntax.Bucket.Location))
            {
                ReportTwiceUnlessGuessed(syntax.Bucket, IsGuess(syntax.Bucket, bucket), lines[bucket], "sell ");
            }

            var context = new PriceContext(bucket.Name, action: null, LineLocation(syntax));
            var body = BindBody(syntax, context, ConditionSet.Everything);
            sells.Add(new BoundSell(context.Head, bucket, body) { Remarks = BindRemarks(syntax) });
        }

        return sells.ToImmutable();
    }

    private ImmutableArray<FactSymbol> BindFacts(TokenListSyntax? names, ActionSymbol? action)
    {
        var facts = ImmutableArray.CreateBuilder<FactSymbol>();
        foreach (var name in names?.Items ?? [])
        {
            if (LookupFact(name, action) is not { } fact)
            {
                continue;
            }

            if (facts.Contains(fact))
            {
                ReportTwice(name.Location, fact.Name, names!.Location);
                continue;
            }

            facts.Add(fact);
        }

        return facts.ToImmutable();
    }

    private BoundPriceBody BindBody(LineSyntax head, PriceContext context, ConditionSet? within)
    {
        var components = ImmutableArray.CreateBuilder<BoundComponent>();
        var rows = ImmutableArray.CreateBuilder<RowLineSyntax>();
        var exceptions = ImmutableArray.CreateBuilder<ExceptionLineSyntax>();
        var body = new BoundPriceBody(LineLocation(head)) { Remarks = BindRemarks(head) };
        foreach (var line in Lines(head))
        {
            switch (line)
            {
                case EachComponentSyntax each:
                    components.Add(new BoundEachComponent(LineLocation(each), BindCost(each.Cost, context, counted: null, list: null))
                    {
                        Remarks = BindRemarks(each),
                    });
                    break;
                case PerComponentSyntax per:
                    components.Add(BindPer(per, context));
                    break;
                case RowLineSyntax row:
                    rows.Add(row);
                    break;
                case ExceptionLineSyntax exception:
                    exceptions.Add(exception);
                    break;
                default:
                    body = BindBodyLine(line, body, context);
                    break;
            }
        }

        body = body with
        {
            Components = components.ToImmutable(),
            Rows = BindRows(rows.ToImmutable(), head, context.By, context),
        };
        CheckBody(body, head);
        body = body with { Exceptions = BindExceptions(exceptions.ToImmutable(), context, within, LineLocation(head)) };
        if (body.Components.IsEmpty && body.Rows.IsEmpty && !BlockHasError(head) && Lines(head).All(static l => l is ExceptionLineSyntax))
        {
            Report(
                body.Exceptions.IsEmpty ? DiagnosticDescriptors.PriceEmpty : DiagnosticDescriptors.PriceWithoutDefault,
                LineLocation(head), context.Name);
        }

        return body;
    }

    private BoundPerComponent BindPer(PerComponentSyntax syntax, PriceContext context)
    {
        var unit = BindCountedUnit(syntax.Unit, context);
        if (syntax is { Scope: { } outer, Ladder.Scope: { } inner })
        {
            Report(DiagnosticDescriptors.ScopesDiffer, inner.Location, inner.ToString(), outer.Location.Line, outer.ToString());
        }

        var component = new BoundPerComponent(LineLocation(syntax), unit)
        {
            Conversion = syntax.Rounded is { } rounded ? BindConversion(rounded, unit) : null,
            Scope = BindScope(syntax.Ladder?.Scope ?? syntax.Scope, context),
            Remarks = BindRemarks(syntax),
        };
        if (unit.Counting != UnitCounting.Exact || component.Conversion is not null)
        {
            RequireScope(syntax, unit.Location, component.Scope, unit.Counting != UnitCounting.Exact ? "counts packages" : "rounds a total", context);
        }

        if (syntax.Cost is { } cost)
        {
            component = component with { Cost = BindCost(cost, context, unit.Unit, list: null) };
            if (cost.Package is { } package && unit.Counting == UnitCounting.Exact && component.Conversion is null)
            {
                RequireScope(syntax, package.Location, component.Scope, "counts packages", context);
            }
        }
        else if (syntax.Ladder is { } ladder)
        {
            component = component with { Ladder = BindLadder(syntax, ladder, unit, component.Scope, context) };
        }
        else if (syntax.Table is { } table)
        {
            var by = BindFacts(table.Facts, context.Action);
            var rows = BindRows([.. Lines(syntax).OfType<RowLineSyntax>()], syntax, by, context, unit.Unit);
            component = component with { Matrix = new BoundMatrix(table.Location, by, rows) };
            CheckMatrix(component, syntax, by);
        }
        else
        {
            component = component with { Cost = new BoundCost(syntax.Location, new BoundErrorAmount(syntax.Location)) };
        }

        return component;
    }

    /// <summary>PR0121: a row prices the units that its events add, not a total of its own.</summary>
    private void CheckMatrix(BoundPerComponent component, PerComponentSyntax syntax, ImmutableArray<FactSymbol> by)
    {
        var facts = string.Join(", ", by);
        if (component.Unit.Counting != UnitCounting.Exact)
        {
            Report(DiagnosticDescriptors.RowWithoutTotal, component.Unit.Location, facts, "a package");
        }

        foreach (var row in Lines(syntax).OfType<RowLineSyntax>())
        {
            var cost = row.Cost;
            if (((SyntaxNode?)cost.Package ?? cost.Fee ?? cost.Plus?.Fee ?? (SyntaxNode?)cost.Cap) is { } part)
            {
                Report(
                    DiagnosticDescriptors.RowWithoutTotal, part.Location, facts,
                    part == cost.Package ? "a package" : part == cost.Cap ? "\"at most\"" : "a flat fee");
            }
        }
    }

    private BoundCountedUnit BindCountedUnit(UnitOfSyntax syntax, PriceContext context)
    {
        var unit = LookupCountedUnit(syntax.Name);
        if (unit is not null && context.Action is { IsError: false } action && !action.Measures.Contains(unit))
        {
            Report(DiagnosticDescriptors.ActionDoesNotMeasure, syntax.Name.Location, action.Name, Singular(unit));
        }
        else if (unit is not null and not CreditSymbol && context.Action is null)
        {
            Report(DiagnosticDescriptors.SellCountsCredits, syntax.Name.Location, syntax.Name.ValueText);
        }

        var counting = syntax.PackageOf is null ? UnitCounting.Exact
            : syntax.CompleteKeyword is null ? UnitCounting.StartedPackages
            : UnitCounting.CompletePackages;
        var size = BindSize(syntax.Number, unit);
        return new BoundCountedUnit(
            syntax.Location,
            unit ?? new MeterSymbol(syntax.Name.ValueText, syntax.Name.ValueText, isWhole: false, syntax.Name.Location) { IsError = true },
            size,
            counting);
    }

    private BoundScope? BindScope(ScopeSyntax? syntax, PriceContext context)
    {
        if (syntax is null)
        {
            return null;
        }

        if (context.Action is not { } action)
        {
            Report(DiagnosticDescriptors.ScopeInSell, syntax.Location, syntax.ToString());
            return null;
        }

        switch (syntax.Name.Kind)
        {
            case SyntaxKind.CycleKeyword:
                NeedCycle(syntax.Location, $"\"{syntax}\"");
                return new BoundScope(syntax.Location, ScopeKind.Cycle, null);
            case SyntaxKind.EventKeyword:
                return new BoundScope(syntax.Location, ScopeKind.Event, null);
            case SyntaxKind.HourKeyword:
                return new BoundScope(syntax.Location, ScopeKind.Hour, null);
            case SyntaxKind.DayKeyword:
                return new BoundScope(syntax.Location, ScopeKind.Day, null);
        }

        if (action.Key is { } key && key.Name == syntax.Name.ValueText)
        {
            return new BoundScope(syntax.Location, ScopeKind.Key, Use(key, syntax.Name));
        }

        if (!IsExcused(syntax.Name) && !action.IsError)
        {
            var known = action.Key is null ? (IEnumerable<string>)["cycle", "event"] : [action.Key.Name, "cycle", "event"];
            if (Spelling.Nearest(syntax.Name.ValueText, known) is null)
            {
                Report(
                    DiagnosticDescriptors.UnknownScope, syntax.Name.Location, syntax.Name.ValueText, action.Name,
                    $"{(action.Key is { } own ? $"\"within each {own.Name}\", " : "")}\"within each event\", \"within each hour\", \"within each day\" or \"within each cycle\"");
            }
            else
            {
                ReportNearMiss(DiagnosticDescriptors.UnknownKey, syntax.Name, known, syntax.Name.ValueText, action.Name);
            }
        }

        return new BoundScope(syntax.Location, ScopeKind.Key, new KeySymbol(syntax.Name.ValueText, syntax.Name.Location) { IsError = true });
    }

    /// <summary>
    /// PR0113: one scope counts, a volume ladder without one counts each event; the bounds share one scope, which is that one or a wider one.
    /// </summary>
    private void ReportScopesThatDiffer(BoundPriceBody body)
    {
        (ScopeKind Kind, TextLocation Location, string Text)? counting = null;
        foreach (var scope in CountingScopes(body))
        {
            counting ??= scope;
            if (scope.Kind != counting.Value.Kind)
            {
                ReportTwoScopes(scope, counting.Value);
            }
        }

        if (body.Limits.IsEmpty)
        {
            return;
        }

        (ScopeKind Kind, TextLocation Location, string Text)? bounding = null;
        foreach (var written in body.Limits.Select(static l => l.Scope).OfType<BoundScope>().Where(static s => s.Kind != ScopeKind.Event))
        {
            var scope = (written.Kind, written.Location, written.Location.Text);
            bounding ??= scope;
            if (counting is { } counted && !IsWithin(counted.Kind, written.Kind))
            {
                ReportTwoScopes(scope, counted);
            }
            else if (bounding.Value.Kind != written.Kind)
            {
                ReportTwoScopes(scope, bounding.Value);
            }
        }
    }

    private static IEnumerable<(ScopeKind Kind, TextLocation Location, string Text)> CountingScopes(BoundPriceBody body)
    {
        foreach (var per in body.Components.OfType<BoundPerComponent>())
        {
            if (per.Scope is { } scope)
            {
                yield return (scope.Kind, scope.Location, scope.Location.Text);
            }
            else if (per.Ladder is { Kind: LadderKind.Volume, Tiers.IsEmpty: false })
            {
                yield return (ScopeKind.Event, per.Location, "within each event");
            }
        }

        foreach (var scope in body.Allowances.Select(static a => a.Scope).OfType<BoundScope>())
        {
            yield return (scope.Kind, scope.Location, scope.Location.Text);
        }
    }

    // Of a key only the key itself and the cycle are wider; of the others each is wider than those before it.
    private static bool IsWithin(ScopeKind counted, ScopeKind bounded) => counted == bounded || counted == ScopeKind.Event || bounded switch
    {
        ScopeKind.Cycle => true,
        ScopeKind.Day => counted == ScopeKind.Hour,
        _ => false,
    };

    private void ReportTwoScopes((ScopeKind Kind, TextLocation Location, string Text) here, (ScopeKind Kind, TextLocation Location, string Text) first) =>
        Report(DiagnosticDescriptors.ScopesDiffer, here.Location, here.Text, first.Location.Line, first.Text);

    /// <param name="syntax">The cost.</param>
    /// <param name="context">Decides the unit.</param>
    /// <param name="counted">What one of costs so much; null: an event.</param>
    /// <param name="list">What a percentage off refers to; null where nothing stands for it.</param>
    /// <param name="isTier">A first tier is its own list figure.</param>
    private BoundCost BindCost(CostSyntax syntax, PriceContext context, UnitSymbol? counted, BoundAmount? list, bool isTier = false)
    {
        BoundAmount? rate = null;
        BoundFee? fee = syntax.Plus is { } plus ? BindFee(plus.Amount, plus.Fee, context) : null;
        BoundClaim? claim = null;
        if (syntax is { Amount: { } flat, Fee: { } alone })
        {
            fee = BindFee(flat, alone, context);
        }
        else if (syntax.Amount is { } written)
        {
            rate = RequirePriced(BindAmount(written), context, counted);
            if (syntax.Off is { } off)
            {
                claim = BindClaim(off, rate, list ?? (isTier ? rate : null));
            }
        }
        else
        {
            rate = BindDiscount(syntax, list);
        }

        if (context.Action is not null && rate is not null)
        {
            WatchDecimals(TryConstant(rate, out var value) && rate is BoundDiscountedAmount
                ? new BoundLiteralAmount(rate.Location, AmountKind.Credits, null, value)
                : rate);
        }

        if (counted is null && syntax.Package is { } packages)
        {
            Report(DiagnosticDescriptors.EventWithoutUnits, packages.Location);
        }

        return new BoundCost(syntax.Location, rate)
        {
            Claim = claim,
            Fee = fee,
            PackageSize = syntax.Package is { } package ? BindSize(package.Size, counted) : null,
            AtMost = syntax.Cap is { } cap ? RequirePriced(BindAmount(cap.Amount), context, counted: null) : null,
            IsWaived = syntax.Waived is not null,
        };
    }

    private BoundFee BindFee(AmountSyntax amount, FeeSyntax fee, PriceContext context)
    {
        var bound = RequirePriced(BindAmount(amount), context, counted: null);
        if (context.Action is not null)
        {
            WatchDecimals(bound);
        }

        return new BoundFee(fee.Location, bound, fee.EvenAtZero is not null);
    }

    private BoundAmount BindDiscount(CostSyntax syntax, BoundAmount? list)
    {
        if (syntax.Off is not { } off)
        {
            return new BoundErrorAmount(syntax.Location);
        }

        var percent = off.Value.Kind == SyntaxKind.PercentToken
            ? BindPercentLiteral(off.Value)
            : Require(BindNamedAmount(off.Value), AmountKind.Percent, "a percentage");
        if (list is null)
        {
            Report(DiagnosticDescriptors.ClaimWithoutBase, off.Location, off.Value.Text);
            return new BoundErrorAmount(syntax.Location);
        }

        return percent.Kind == AmountKind.Error || list.Kind == AmountKind.Error
            ? new BoundErrorAmount(syntax.Location)
            : new BoundDiscountedAmount(syntax.Location, list, percent);
    }

    private BoundClaim? BindClaim(OffSyntax off, BoundAmount rate, BoundAmount? list)
    {
        if (off.Value.Kind != SyntaxKind.PercentToken || off.Value.HasError)
        {
            return null;
        }

        if (list is null)
        {
            Report(DiagnosticDescriptors.ClaimWithoutBase, off.Location, off.Value.Text);
            return null;
        }

        return new BoundClaim(off.Location, BindPercent(off.Value));
    }

    /// <summary>PR0305 for claims of one ladder. Where all of several fail, the figure they refer to is probably the mistake, and one message is enough.</summary>
    private void CheckClaims(List<TierLineSyntax> lines, List<BoundCost> costs, BoundAmount list)
    {
        if (!TryConstant(list, out var listed))
        {
            return;
        }

        var claims = 0;
        var failures = new List<(CostSyntax Syntax, BoundAmount Rate, ExactDecimal Left, ExactDecimal Charged)>();
        for (var i = 0; i < costs.Count; i++)
        {
            if (costs[i] is not { Claim: { } claim, Rate: { } rate } || !TryConstant(rate, out var charged))
            {
                continue;
            }

            claims++;
            var left = LessPercent(listed, claim.PercentOff);
            if (left != charged)
            {
                failures.Add((lines[i].Cost, rate, left, charged));
            }
        }

        foreach (var (syntax, rate, left, charged) in failures.Count == claims ? failures.Take(1) : failures)
        {
            ReportClaim(syntax.Off!, syntax, rate, listed, left, charged);
        }
    }

    private void ReportClaim(OffSyntax off, CostSyntax syntax, BoundAmount rate, ExactDecimal listed, ExactDecimal left, ExactDecimal charged)
    {
        var fixes = ImmutableArray.CreateBuilder<DiagnosticFix>();
        if (syntax.Amount is UnitAmountSyntax { Number: { } number })
        {
            fixes.Add(new DiagnosticFix($"write {WriteFigure(left, rate)}", number.Span, left.ToGroupedString()));
        }

        var claimed = off.Value.Text;
        if (TryPercentOff(listed, charged, out var actual))
        {
            var percent = actual.ToGroupedString() + "%";
            fixes.Add(new DiagnosticFix($"write {percent} off", off.Value.Span, percent));
            Report(
                DiagnosticDescriptors.ClaimDoesNotHold, off.Location, fixes.ToImmutable(),
                claimed, listed.ToGroupedString(), left.ToGroupedString(), charged.ToGroupedString(), percent, WriteFigure(left, rate));
        }
        else
        {
            Report(
                DiagnosticDescriptors.ClaimCannotHold, off.Location, fixes.ToImmutable(),
                claimed, listed.ToGroupedString(), left.ToGroupedString(), charged.ToGroupedString(), WriteFigure(left, rate));
        }
    }

    /// <summary>An amount that fits the price and what it counts, or an error amount after a report.</summary>
    private BoundAmount RequirePriced(BoundAmount amount, PriceContext context, UnitSymbol? counted)
    {
        if (amount.Kind == AmountKind.Error)
        {
            return amount;
        }

        if (context.Action is not null ? amount.Kind != AmountKind.Credits : amount.Kind != AmountKind.Money)
        {
            if (context.Action is not null && amount.Kind == AmountKind.Percent && counted is CurrencySymbol)
            {
                Report(DiagnosticDescriptors.PercentageOfMoney, amount.Location, counted.Name, Write(amount));
            }
            else if (context.Action is not null)
            {
                Report(DiagnosticDescriptors.PriceNotInCredits, amount.Location, Describe(amount));
            }
            else
            {
                Report(DiagnosticDescriptors.WrongUnit, amount.Location, Noun(amount), "an amount of money");
            }

            return new BoundErrorAmount(amount.Location);
        }

        if (context.Action is null)
        {
            context.Currency ??= amount.Currency;
            if (!ReferenceEquals(context.Currency, amount.Currency))
            {
                Report(DiagnosticDescriptors.UnitsMixed, amount.Location, Describe(amount), context.Currency!.Name);
                return new BoundErrorAmount(amount.Location);
            }
        }

        return RequireRateFits(amount, counted);
    }

    private BoundAmount RequireRateFits(BoundAmount amount, UnitSymbol? counted)
    {
        if (amount is BoundPercentOfAmount part)
        {
            return part with { Of = RequireRateFits(part.Of, counted) };
        }

        if (amount is not BoundRateAmount { Rate: { Per: { } per } rate } || ReferenceEquals(per, counted))
        {
            return amount;
        }

        if (counted is null)
        {
            Report(DiagnosticDescriptors.RateUsedWithoutUnit, amount.Location, rate.Name, Write(rate.Amount), Singular(per));
        }
        else if (!counted.IsError)
        {
            Report(DiagnosticDescriptors.RateUsedPerOtherUnit, amount.Location, rate.Name, Write(rate.Amount), Singular(per), Singular(counted));
        }

        return new BoundErrorAmount(amount.Location);
    }

    private ImmutableArray<BoundPriceExcept> BindExceptions(
        ImmutableArray<ExceptionLineSyntax> lines, PriceContext context, ConditionSet? within, TextLocation parent)
    {
        var exceptions = ImmutableArray.CreateBuilder<BoundPriceExcept>();
        var siblings = new List<(ConditionSet Set, TextLocation Location)>();
        foreach (var line in lines)
        {
            var condition = BindCondition(line.Condition, context.Action);
            ReportRegardlessFacts(condition, context);
            _eventFact.Push(EventFactOf(condition) ?? (_eventFact.TryPeek(out var outer) ? outer : null));
            var holds = AnalyseException(condition, within, parent, line, siblings);
            exceptions.Add(new BoundPriceExcept(LineLocation(line), condition, BindBody(line, context, holds)) { Remarks = BindRemarks(line) });
            _eventFact.Pop();
        }

        return exceptions.ToImmutable();
    }

    /// <summary>Reports an exception that cannot hold, or that can hold together with one before it. Null: nothing may be concluded about its own exceptions.</summary>
    private ConditionSet? AnalyseException(
        BoundCondition condition,
        ConditionSet? within,
        TextLocation parent,
        ExceptionLineSyntax line,
        List<(ConditionSet Set, TextLocation Location)> siblings)
    {
        if (Analyse(condition) is not { } own)
        {
            return null;
        }

        if (own.IsEmpty)
        {
            Report(DiagnosticDescriptors.ExceptionNeverApplies, condition.Location);
            return null;
        }

        if (within?.Intersect(own) is not { } holds)
        {
            return null;
        }

        if (holds.IsEmpty)
        {
            Report(DiagnosticDescriptors.ExceptionOutsideParent, condition.Location, parent.Line);
            return null;
        }

        foreach (var (other, location) in siblings)
        {
            if (holds.Witness(other, ref _comparisonsLeft) is { } witness)
            {
                Report(DiagnosticDescriptors.ExceptionsOverlap, condition.Location, location.Line, witness.Describe());
                break;
            }

            if (_comparisonsLeft < 0)
            {
                Report(DiagnosticDescriptors.TooManyExceptions, condition.Location);
                return null;
            }
        }

        siblings.Add((holds, LineLocation(line)));
        return holds;
    }

    private void ReportRegardlessFacts(BoundCondition condition, PriceContext context)
    {
        switch (condition)
        {
            case BoundAndCondition and:
                foreach (var operand in and.Operands)
                {
                    ReportRegardlessFacts(operand, context);
                }

                break;
            case BoundOrCondition or:
                foreach (var operand in or.Operands)
                {
                    ReportRegardlessFacts(operand, context);
                }

                break;
            case BoundNotCondition not:
                ReportRegardlessFacts(not.Operand, context);
                break;
            case BoundNameTest or BoundNumberTest or BoundDateTest:
                var fact = FactOf(condition);
                if (context.RegardlessOf.Contains(fact))
                {
                    Report(DiagnosticDescriptors.RegardlessFactRead, condition.Location, fact.Name, context.Head.Line, context.Name);
                }

                break;
        }
    }

    private static FactSymbol FactOf(BoundCondition test) => test switch
    {
        BoundNameTest name => name.Fact,
        BoundNumberTest number => number.Fact,
        BoundDateTest date => date.Fact,
        _ => throw new InvalidOperationException("Only a test reads a fact."),
    };
}
