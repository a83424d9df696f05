using System.Collections.Immutable;
using System.Diagnostics;
using B = Rules.Dsl.Binding;

namespace Rules.Engine.Model;

internal sealed partial class ModelCompiler
{
    private Example ExampleOf(B.BoundExample bound) => new(bound.Name, [.. bound.Steps.Select(StepOf)], bound.Location)
    {
        Inherited = InheritanceOf(bound.InheritedFrom),
    };

    private Inheritance? InheritanceOf(B.BoundOrigin? from) => from is null
        ? null
        : new Inheritance(from.Version, EffectiveAt(from.EffectiveDate, from.EffectiveTime), _bound.Header.Version, _bound.Header.Location);

    private ExampleStep StepOf(B.BoundStep step) => step switch
    {
        B.BoundOnStep on => new OnStep(Day(on.Date), step.Location),
        B.BoundGivenStep given => GivenOf(given),
        B.BoundDoStep run => new DoStep(
            run.Times,
            _indexes[run.Action],
            [.. run.Quantities.Select(q => new StatedQuantity(q.Unit.Name, q.Count))],
            [.. run.Facts.Select(f => new NamedValue(f.Fact.Name, f.Value.ToString()))],
            run.Key,
            step.Location),
        B.BoundBuyStep buy => new BuyStep(AmountOf(buy.Amount), _indexes[buy.Bucket], step.Location),
        B.BoundBuyPackStep pack => new BuyPackStep(pack.Pack.Name, step.Location),
        B.BoundChangePlanStep change => new ChangePlanStep(change.Plan.Name, step.Location),
        B.BoundExpectCharge expect => Expect(ExpectedFigure.Charged, expect.Amount, step),
        B.BoundExpectDrawn expect => Expect(ExpectedFigure.Drawn, expect.Amount, step, _indexes[expect.Bucket]),
        B.BoundExpectPart expect => Expect(ExpectedFigure.Part, expect.Amount, step, meter: expect.Unit.Name),
        B.BoundExpectBalance expect => Expect(ExpectedFigure.Balance, expect.Amount, step, _indexes[expect.Bucket]),
        B.BoundExpectFigure { Figure: B.ExpectedFigure.Listed } expect => Expect(ExpectedFigure.Listed, expect.Amount, step),
        B.BoundExpectFigure { Figure: B.ExpectedFigure.Price } expect => Expect(ExpectedFigure.Price, expect.Amount, step),
        B.BoundExpectFigure { Figure: B.ExpectedFigure.Owed } expect => Expect(ExpectedFigure.Owed, expect.Amount, step),
        B.BoundExpectAlert expect => new ExpectAlertStep(expect.Alert?.Name, step.Location),
        B.BoundExpectBack expect => Expect(ExpectedFigure.Back, expect.Amount, step),
        B.BoundCorrectStep correct => new DoStep(
            1,
            _indexes[correct.Action],
            [.. correct.Quantities.Select(q => new StatedQuantity(q.Unit.Name, -q.Count))],
            [.. correct.Facts.Select(f => new NamedValue(f.Fact.Name, f.Value.ToString()))],
            correct.Key,
            step.Location),
        B.BoundExpectOutcome expect => new ExpectOutcomeStep(OutcomeOf(expect.Outcome), step.Location),
        _ => throw new UnreachableException($"An example has no step of kind {step.GetType().Name}."),
    };

    private ExpectStep Expect(ExpectedFigure figure, B.BoundAmount amount, B.BoundStep step, int bucket = -1, string? meter = null) =>
        new(figure, AmountOf(amount), bucket, meter, step.Location);

    private GivenStep GivenOf(B.BoundGivenStep given)
    {
        string? plan = null;
        var facts = ImmutableArray.CreateBuilder<NamedValue>();
        var terms = ImmutableArray.CreateBuilder<NamedValue>();
        var balances = ImmutableArray.CreateBuilder<GivenBalance>();
        foreach (var one in given.Givens)
        {
            switch (one)
            {
                case B.BoundGivenPlan chosen:
                    plan = chosen.Plan.Name;
                    break;
                case B.BoundGivenFact fact:
                    facts.Add(new NamedValue(fact.Fact.Name, fact.Value.ToString()));
                    break;
                case B.BoundGivenTerm term:
                    terms.Add(new NamedValue(term.Term.Name, TermValueOf(term.Value).Write([.. _bound.Buckets.Select(x => x.Bucket.Name)])));
                    break;
                case B.BoundGivenBalance balance:
                    balances.Add(new GivenBalance(_indexes[balance.Bucket], AmountOf(balance.Amount)));
                    break;
                default:
                    throw new UnreachableException($"An example is given no {one.GetType().Name}.");
            }
        }

        return new GivenStep(plan, facts.ToImmutable(), terms.ToImmutable(), balances.ToImmutable(), given.Location);
    }

    private static ExpectedOutcome OutcomeOf(B.ExpectedOutcome outcome) => outcome switch
    {
        B.ExpectedOutcome.Blocked => ExpectedOutcome.Blocked,
        B.ExpectedOutcome.Paused => ExpectedOutcome.Paused,
        B.ExpectedOutcome.Refused => ExpectedOutcome.Refused,
        B.ExpectedOutcome.Free => ExpectedOutcome.Free,
        B.ExpectedOutcome.Unmetered => ExpectedOutcome.Unmetered,
        _ => ExpectedOutcome.NotApplicable,
    };
}
