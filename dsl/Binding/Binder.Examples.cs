using System.Collections.Immutable;
using Rules.Dsl.Diagnostics;
using Rules.Dsl.Syntax;
using Rules.Dsl.Text;

namespace Rules.Dsl.Binding;

internal sealed partial class Binder
{
    private readonly Dictionary<string, TextLocation> _proofs = new(StringComparer.Ordinal);

    private BoundExample BindExample(ExampleSyntax syntax)
    {
        DeclareProof("example", syntax.Name);
        var steps = ImmutableArray.CreateBuilder<BoundStep>();
        foreach (var line in Lines(syntax).OfType<StepSyntax>())
        {
            if (BindStep(line) is { } step)
            {
                steps.Add(step with { Remarks = BindRemarks(line) });
            }
        }

        return new BoundExample(LineLocation(syntax), syntax.Name.ValueText, steps.ToImmutable())
        {
            InheritedFrom = _file.OriginOf(syntax.Source),
            Remarks = BindRemarks(syntax),
        };
    }

    // An amendment names what it replaces, so titles are unique.
    private void DeclareProof(string kind, SyntaxToken title)
    {
        if (!title.IsMissing && !_proofs.TryAdd($"{kind} {title.ValueText}", title.Location))
        {
            ReportTwice(title.Location, title.ValueText, _proofs[$"{kind} {title.ValueText}"]);
        }
    }

    private BoundStep? BindStep(StepSyntax syntax)
    {
        var location = LineLocation(syntax);
        switch (syntax)
        {
            case OnStepSyntax on:
                return new BoundOnStep(location, on.Date.DateValue);
            case GivenStepSyntax given:
                return new BoundGivenStep(location, [.. given.Givens.Select(BindGiven).OfType<BoundGiven>()]);
            case DoStepSyntax action:
                return BindDo(action, location);
            case BuyPackStepSyntax buy:
                var pack = Lookup(_packs, buy.Pack, DiagnosticDescriptors.UnknownPack);
                return pack is null ? null : new BoundBuyPackStep(location, pack);
            case BuyAmountStepSyntax buy:
                var bucket = LookupBucket(buy.Bucket);
                RequireHoldsCredits(bucket, buy.Bucket);
                return new BoundBuyStep(location, BindKeptCredits(buy.Amount), bucket);
            case ChangePlanStepSyntax change:
                return new BoundChangePlanStep(location, LookupPlan(change.Plan));
            case ExpectStepSyntax expect:
                return BindExpected(expect.Expected, location);
            case CorrectStepSyntax correct:
                var corrected = LookupAction(correct.Action);
                var (facts, key) = BindWith(correct.With, corrected, location);
                return new BoundCorrectStep(location, corrected, BindQuantities(correct.Quantities, corrected), facts) { Key = key };
            default:
                return null;
        }
    }

    private BoundGiven? BindGiven(GivenSyntax syntax)
    {
        switch (syntax)
        {
            case GivenPlanSyntax plan:
                return new BoundGivenPlan(syntax.Location, LookupPlan(plan.Plan));
            case GivenFactSyntax given:
                return BindGivenFact(given.Fact, given.Value, syntax.Location);
            case GivenDateSyntax given:
                return BindGivenFact(given.Fact, given.Date, syntax.Location);
            case GivenAmountSyntax given:
                return BindGivenAmount(given);
            default:
                return null;
        }
    }

    private BoundGivenFact? BindGivenFact(SyntaxToken name, SyntaxToken token, TextLocation location) =>
        LookupFact(name, null) is { } fact && BindValue(fact.Name, fact.Domain, token) is { } value
            ? new BoundGivenFact(location, fact, value)
            : null;

    private BoundGiven? BindGivenAmount(GivenAmountSyntax syntax)
    {
        var name = syntax.Name;
        if (name.IsMissing)
        {
            return null;
        }

        if (_buckets.Find(name.ValueText) is { } bucket)
        {
            RequireHoldsCredits(bucket, name);
            return new BoundGivenBalance(syntax.Location, Use(bucket, name), BindKeptCredits(syntax.Amount));
        }

        if (RateOrTerm(name.ValueText, use: false) is TermSymbol term)
        {
            NoteName(name, term, isDeclaration: false);
            var amount = BindAmount(syntax.Amount);
            if (!term.IsError && amount.Kind != AmountKind.Error && (Expected(term.Kind) != amount.Kind || !ReferenceEquals(term.Currency, amount.Currency)))
            {
                Report(DiagnosticDescriptors.WrongUnit, amount.Location, Noun(amount), Describe(term.Kind, term.Currency));
            }

            return new BoundGivenTerm(syntax.Location, term, new BoundAmountsValue(amount.Location, [amount]));
        }

        if (!IsExcused(name))
        {
            ReportNearMiss(DiagnosticDescriptors.UnknownBucketOrTerm, name, _buckets.Names.Concat(_rateOrTermItems.Keys), name.ValueText);
        }

        return null;
    }

    private BoundDoStep BindDo(DoStepSyntax syntax, TextLocation location)
    {
        var action = LookupAction(syntax.Action);
        var times = syntax.Repetition is { Count: { IsMissing: false, HasError: false } count } ? count.IntegerValue : 1;
        if (times < 1)
        {
            Report(DiagnosticDescriptors.FigureOutOfRange, syntax.Repetition!.Count.Location, syntax.Repetition.Count.Text, "an action is done 1 time or more");
        }

        var (facts, key) = BindWith(syntax.With, action, location);
        return new BoundDoStep(location, Math.Max(1, times), action, BindQuantities(syntax.Quantities, action), facts) { Key = key };
    }

    private (ImmutableArray<BoundStatedFact> Facts, string? Key) BindWith(WithClauseSyntax? syntax, ActionSymbol action, TextLocation location)
    {
        string? key = null;
        var facts = ImmutableArray.CreateBuilder<BoundStatedFact>();
        foreach (var stated in syntax?.Facts ?? [])
        {
            if (action.Key is { } keySymbol && keySymbol.Name == stated.Fact.ValueText)
            {
                key = stated.Value.ValueText;
                NoteName(stated.Fact, keySymbol, isDeclaration: false);
            }
            else if (BindStatedFact(stated, action) is { } fact)
            {
                if (facts.Any(f => ReferenceEquals(f.Fact, fact.Fact)))
                {
                    ReportTwice(stated.Fact.Location, stated.Fact.ValueText, location);
                    continue;
                }

                facts.Add(fact);
            }
        }

        return (facts.ToImmutable(), key);
    }

    private BoundStatedFact? BindStatedFact(FactValueSyntax syntax, ActionSymbol action)
    {
        var fact = action.Facts.FirstOrDefault(f => f.Name == syntax.Fact.ValueText);
        if (fact is null)
        {
            if (!IsExcused(syntax.Fact) && !action.IsError)
            {
                ReportNearMiss(
                    DiagnosticDescriptors.UnknownEventFact, syntax.Fact, action.Facts.Select(static f => f.Name), syntax.Fact.ValueText, action.Name);
            }

            return null;
        }

        NoteName(syntax.Fact, fact, isDeclaration: false);
        return !fact.IsError && BindValue(fact.Name, fact.Domain, syntax.Value) is { } value
            ? new BoundStatedFact(syntax.Location, fact, value)
            : null;
    }

    private ImmutableArray<BoundQuantity> BindQuantities(QuantitiesClauseSyntax? syntax, ActionSymbol action)
    {
        var quantities = ImmutableArray.CreateBuilder<BoundQuantity>();
        foreach (var written in syntax?.Quantities ?? [])
        {
            if (LookupUnit(written.Meter) is not { } unit || written.Number.IsMissing || written.Number.HasError)
            {
                continue;
            }

            if (!action.IsError && !action.Measures.Contains(unit))
            {
                Report(DiagnosticDescriptors.ActionDoesNotMeasure, written.Meter.Location, action.Name, Singular(unit));
                continue;
            }

            if (quantities.Any(q => ReferenceEquals(q.Unit, unit)))
            {
                ReportTwiceUnlessGuessed(written.Meter, IsGuess(written.Meter, unit), written.Location);
                continue;
            }

            if (unit is MeterSymbol { IsWhole: true } && !written.Number.NumberValue.IsWhole)
            {
                Report(DiagnosticDescriptors.NotWhole, written.Number.Location, written.Number.Text, Plural(unit));
            }

            quantities.Add(new BoundQuantity(written.Location, written.Number.NumberValue, unit));
        }

        return quantities.ToImmutable();
    }

    private BoundStep? BindExpected(ExpectedSyntax syntax, TextLocation location)
    {
        switch (syntax)
        {
            case ExpectedChargeSyntax { From: { } from } charge:
                return new BoundExpectDrawn(location, BindCredits(charge.Amount), LookupBucket(from.Bucket));
            case ExpectedChargeSyntax charge:
                return new BoundExpectCharge(location, BindCredits(charge.Amount));
            case ExpectedPartSyntax part:
                return LookupUnit(part.Meter) is { } unit ? new BoundExpectPart(location, unit, BindCredits(part.Amount)) : null;
            case ExpectedBalanceSyntax balance:
                return new BoundExpectBalance(location, LookupBucket(balance.Bucket), BindCredits(balance.Amount));
            case ExpectedFigureSyntax { FigureKeyword.Kind: SyntaxKind.ListedKeyword } listed:
                return new BoundExpectFigure(location, ExpectedFigure.Listed, BindCredits(listed.Amount));
            case ExpectedFigureSyntax figure:
                return new BoundExpectFigure(
                    location, figure.FigureKeyword.Kind == SyntaxKind.OwedKeyword ? ExpectedFigure.Owed : ExpectedFigure.Price, BindMoney(figure.Amount));
            case ExpectedOutcomeSyntax outcome:
                return BindOutcome(outcome.Phrase, location);
            case ExpectedAlertSyntax alert:
                return Lookup(_alerts, alert.Alert, DiagnosticDescriptors.UnknownAlert) is { } symbol ? new BoundExpectAlert(location, symbol) : null;
            case ExpectedBackSyntax back:
                return new BoundExpectBack(location, BindCredits(back.Amount));
            default:
                return null;
        }
    }

    private static BoundStep? BindOutcome(PhraseSyntax phrase, TextLocation location)
    {
        ExpectedOutcome? outcome = phrase.First switch
        {
            SyntaxKind.BlockedKeyword => ExpectedOutcome.Blocked,
            SyntaxKind.PausedKeyword => ExpectedOutcome.Paused,
            SyntaxKind.RefusedKeyword => ExpectedOutcome.Refused,
            SyntaxKind.FreeKeyword => ExpectedOutcome.Free,
            SyntaxKind.UnmeteredKeyword => ExpectedOutcome.Unmetered,
            SyntaxKind.NotKeyword => ExpectedOutcome.NotApplicable,
            _ => null,
        };
        return outcome is { } known ? new BoundExpectOutcome(location, known)
            : phrase.First == SyntaxKind.NoKeyword ? new BoundExpectAlert(location, null)
            : null;
    }

    private BoundPromise? BindPromise(PromiseSyntax syntax)
    {
        DeclareProof("promise", syntax.Name);
        BoundCondition? when = null;
        BoundAmount? size = null;
        var isFromSizeUp = false;
        PromiseExpectLineSyntax? expect = null;
        foreach (var line in Lines(syntax))
        {
            switch (line)
            {
                case PromiseWhenLineSyntax condition:
                    when = BindCondition(condition.Condition, null);
                    RequirePossible(when);
                    break;
                case PromiseForLineSyntax bundle:
                    size = BindCredits(bundle.Amount);
                    isFromSizeUp = bundle.Phrase.Words.Any(static w => w.Kind == SyntaxKind.AnyKeyword);
                    break;
                case PromiseExpectLineSyntax expected:
                    expect = expected;
                    break;
            }
        }

        ReportRepeatedLines(syntax, static line => line.GetType().Name);
        if (size is null || expect is null)
        {
            if (!BlockHasError(syntax))
            {
                Report(DiagnosticDescriptors.PromiseIncomplete, LineLocation(syntax), size is null ? "for any bundle from ..." : "expect ...");
            }

            return null;
        }

        var relation = expect.Relation.First switch
        {
            SyntaxKind.OverKeyword => PromiseRelation.Over,
            SyntaxKind.SameKeyword => PromiseRelation.SameAs,
            _ => PromiseRelation.Under,
        };
        return new BoundPromise(
            LineLocation(syntax), syntax.Name.ValueText, when, size, isFromSizeUp,
            BindPromisedBucket(expect.Left), relation, BindPromisedBucket(expect.Right))
        {
            InheritedFrom = _file.OriginOf(syntax.Source),
            Remarks = BindRemarks(syntax),
        };
    }

    private BucketSymbol BindPromisedBucket(SyntaxToken name)
    {
        var bucket = LookupBucket(name);
        if (!bucket.IsError && bucket.Funding != BucketFunding.Postpaid
            && !Items<SellSyntax>().Any(s => s.Bucket.ValueText == bucket.Name) && !HasUnreadableItem)
        {
            Report(DiagnosticDescriptors.BucketNotSold, name.Location, bucket.Name);
        }

        return bucket;
    }
}
