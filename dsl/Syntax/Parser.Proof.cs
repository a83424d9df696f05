using System.Collections.Immutable;
using Rules.Dsl.Text;

namespace Rules.Dsl.Syntax;

// promise and example.
internal sealed partial class Parser
{
    private static readonly Alternatives s_bundles = new("any bundle from", "a bundle of");
    private static readonly Alternatives s_relations = new("under", "over", "same as");

    private PromiseSyntax ParsePromise()
    {
        var start = Start;
        var keyword = TakeKeyword();
        var name = ExpectText("the promise in quotes");
        var tail = ParseTail(BlockKind.Promise, "what it promises");
        return Line(start, tail, new PromiseSyntax(keyword, name, tail.End, tail.Block));
    }

    private LineSyntax? ParsePromiseLine(SyntaxKind first)
    {
        var start = Start;
        switch (first)
        {
            case SyntaxKind.WhenKeyword:
                {
                    var keyword = TakeKeyword();
                    var condition = ParseCondition();
                    var tail = ParseTail();
                    return Line(start, tail, new PromiseWhenLineSyntax(keyword, condition, tail.End, tail.Block));
                }

            case SyntaxKind.ForKeyword:
                {
                    var keyword = TakeKeyword();
                    ImmutableArray<SyntaxToken> words = Choose(s_bundles) == SyntaxKind.AKeyword
                        ? [keyword, TakeKeyword(), Expect(SyntaxKind.BundleKeyword), Expect(SyntaxKind.OfKeyword)]
                        : [keyword, Expect(SyntaxKind.AnyKeyword), Expect(SyntaxKind.BundleKeyword), Expect(SyntaxKind.FromKeyword)];
                    var phrase = Node(start, new PhraseSyntax(words));
                    var amount = ParseAmount();
                    var tail = ParseTail();
                    return Line(start, tail, new PromiseForLineSyntax(phrase, amount, tail.End, tail.Block));
                }

            default:
                {
                    var keyword = TakeKeyword();
                    var left = ExpectName("the name of a bucket");
                    var relation = Choose(s_relations) switch
                    {
                        SyntaxKind.OverKeyword => Phrase(SyntaxKind.OverKeyword),
                        SyntaxKind.SameKeyword => Phrase(SyntaxKind.SameKeyword, SyntaxKind.AsKeyword),
                        _ => Phrase(SyntaxKind.UnderKeyword),
                    };
                    var right = ExpectName("the name of a bucket");
                    var tail = ParseTail();
                    return Line(start, tail, new PromiseExpectLineSyntax(keyword, left, relation, right, tail.End, tail.Block));
                }
        }
    }

    private ExampleSyntax ParseExample()
    {
        var start = Start;
        var keyword = TakeKeyword();
        var name = ExpectText("the name of an example in quotes");
        var tail = ParseTail(BlockKind.Example, "steps");
        return Line(start, tail, new ExampleSyntax(keyword, name, tail.End, tail.Block));
    }

    private StepSyntax? ParseStep(SyntaxKind first) => first switch
    {
        SyntaxKind.OnKeyword => ParseOn(),
        SyntaxKind.GivenKeyword => ParseGiven(),
        SyntaxKind.DoKeyword => ParseDo(),
        SyntaxKind.BuyKeyword => ParseBuy(),
        SyntaxKind.ChangeKeyword => ParseChangePlan(),
        SyntaxKind.CorrectKeyword => ParseCorrect(),
        SyntaxKind.ExpectKeyword => ParseExpect(),
        _ => null,
    };

    private OnStepSyntax ParseOn()
    {
        var start = Start;
        var keyword = TakeKeyword();
        var date = ExpectDate();
        var tail = ParseTail();
        return Line(start, tail, new OnStepSyntax(keyword, date, tail.End, tail.Block));
    }

    private GivenStepSyntax ParseGiven()
    {
        var start = Start;
        var keyword = TakeKeyword();
        var givens = ImmutableArray.CreateBuilder<GivenSyntax>();
        var commas = ImmutableArray.CreateBuilder<SyntaxToken>();
        givens.Add(ParseGivenPart());
        while (At(SyntaxKind.CommaToken) || (AtName && !SyntaxFacts.IsRemark(_current.ContextualKind)))
        {
            commas.Add(Expect(SyntaxKind.CommaToken));
            givens.Add(ParseGivenPart());
        }

        var tail = ParseTail();
        return Line(start, tail, new GivenStepSyntax(keyword, givens.DrainToImmutable(), commas.DrainToImmutable(), tail.End, tail.Block));
    }

    private GivenSyntax ParseGivenPart()
    {
        var start = Start;
        if (At(SyntaxKind.PlanKeyword) && !NextIs(SyntaxKind.IsKeyword))
        {
            return Node(start, new GivenPlanSyntax(TakeKeyword(), ExpectName("the name of a plan")));
        }

        var name = ExpectName("\"plan\", or the name of a fact, a bucket or a term");
        if (At(SyntaxKind.IsKeyword))
        {
            return Node(start, new GivenFactSyntax(name, TakeKeyword(), ExpectValue("a value")));
        }

        if (At(SyntaxKind.DateToken))
        {
            return Node(start, new GivenDateSyntax(name, Take()));
        }

        if (AtName && !NextIs(SyntaxKind.CommaToken) && Peek(1).Kind != SyntaxKind.NewLineToken)
        {
            return Node(start, new GivenFactSyntax(name, Expect(SyntaxKind.IsKeyword), ExpectValue("a value")));
        }

        return Node(start, new GivenAmountSyntax(name, ParseAmount()));
    }

    private DoStepSyntax ParseDo()
    {
        var start = Start;
        var keyword = TakeKeyword();
        RepetitionSyntax? repetition = null;
        if (At(SyntaxKind.NumberToken))
        {
            var repetitionStart = Start;
            repetition = Node(repetitionStart, new RepetitionSyntax(ExpectInteger(), Expect(SyntaxKind.TimesKeyword)));
        }

        var action = ExpectName("the name of an action");
        var quantities = At(SyntaxKind.OfKeyword) || _current.Kind == SyntaxKind.NumberToken ? ParseQuantities() : null;
        var with = At(SyntaxKind.WithKeyword) || IsMisspelling("with") ? ParseWith() : null;
        var tail = ParseTail();
        return Line(start, tail, new DoStepSyntax(keyword, repetition, action, quantities, with, tail.End, tail.Block));
    }

    private CorrectStepSyntax ParseCorrect()
    {
        var start = Start;
        var keyword = TakeKeyword();
        var action = ExpectName("the name of an action", SyntaxKind.OfKeyword);
        var quantities = ParseQuantities();
        var with = At(SyntaxKind.WithKeyword) || IsMisspelling("with") ? ParseWith() : null;
        var tail = ParseTail();
        return Line(start, tail, new CorrectStepSyntax(keyword, action, quantities, with, tail.End, tail.Block));
    }

    private QuantitiesClauseSyntax ParseQuantities()
    {
        var start = Start;
        var of = Expect(SyntaxKind.OfKeyword);
        var quantities = ImmutableArray.CreateBuilder<QuantitySyntax>(1);
        var commas = ImmutableArray.CreateBuilder<SyntaxToken>();
        quantities.Add(ParseQuantity());
        while (At(SyntaxKind.CommaToken) || _current.Kind == SyntaxKind.NumberToken)
        {
            commas.Add(Expect(SyntaxKind.CommaToken));
            quantities.Add(ParseQuantity());
        }

        return Node(start, new QuantitiesClauseSyntax(of, quantities.DrainToImmutable(), commas.DrainToImmutable()));
    }

    private QuantitySyntax ParseQuantity()
    {
        var start = Start;
        return Node(start, new QuantitySyntax(ExpectNumber(), ExpectUnit("the name of a meter", SyntaxKind.WithKeyword)));
    }

    private WithClauseSyntax ParseWith()
    {
        var start = Start;
        var keyword = Expect(SyntaxKind.WithKeyword);
        var facts = ImmutableArray.CreateBuilder<FactValueSyntax>(1);
        var commas = ImmutableArray.CreateBuilder<SyntaxToken>();
        facts.Add(ParseFactValue());
        while (At(SyntaxKind.CommaToken) || (AtName && !SyntaxFacts.IsRemark(_current.ContextualKind)))
        {
            commas.Add(Expect(SyntaxKind.CommaToken));
            facts.Add(ParseFactValue());
        }

        return Node(start, new WithClauseSyntax(keyword, facts.DrainToImmutable(), commas.DrainToImmutable()));
    }

    private FactValueSyntax ParseFactValue()
    {
        var start = Start;
        return Node(start, new FactValueSyntax(ExpectName("the name of a fact"), ExpectValue("a value")));
    }

    private StepSyntax ParseBuy()
    {
        var start = Start;
        var keyword = TakeKeyword();
        if (At(SyntaxKind.PackKeyword))
        {
            var phrase = Node(start, new PhraseSyntax([keyword, TakeKeyword()]));
            var pack = ExpectName("the name of a pack");
            var packTail = ParseTail();
            return Line(start, packTail, new BuyPackStepSyntax(phrase, pack, packTail.End, packTail.Block));
        }

        var amount = ParseAmount();
        var into = Expect(SyntaxKind.IntoKeyword);
        var bucket = ExpectName("the name of a bucket");
        var tail = ParseTail();
        return Line(start, tail, new BuyAmountStepSyntax(keyword, amount, into, bucket, tail.End, tail.Block));
    }

    private ChangePlanStepSyntax ParseChangePlan()
    {
        var start = Start;
        var phrase = Phrase(SyntaxKind.ChangeKeyword, SyntaxKind.PlanKeyword);
        var plan = ExpectName("the name of a plan");
        var tail = ParseTail();
        return Line(start, tail, new ChangePlanStepSyntax(phrase, plan, tail.End, tail.Block));
    }

    private ExpectStepSyntax ParseExpect()
    {
        var start = Start;
        var keyword = TakeKeyword();
        var expected = ParseExpected();
        var tail = ParseTail();
        return Line(start, tail, new ExpectStepSyntax(keyword, expected, tail.End, tail.Block));
    }

    private ExpectedSyntax ParseExpected()
    {
        var start = Start;
        if (At(SyntaxKind.NumberToken) || At(SyntaxKind.PercentToken))
        {
            return ParseExpectedCharge();
        }

        if (At(SyntaxKind.BalanceKeyword))
        {
            return Node(start, new ExpectedBalanceSyntax(TakeKeyword(), ExpectName("the name of a bucket"), ParseAmount()));
        }

        if (At(SyntaxKind.PriceKeyword) || At(SyntaxKind.OwedKeyword) || At(SyntaxKind.ListedKeyword))
        {
            return Node(start, new ExpectedFigureSyntax(TakeKeyword(), ParseAmount()));
        }

        if (At(SyntaxKind.BlockedKeyword) || At(SyntaxKind.PausedKeyword) || At(SyntaxKind.RefusedKeyword) || At(SyntaxKind.FreeKeyword)
            || At(SyntaxKind.UnmeteredKeyword))
        {
            return Node(start, new ExpectedOutcomeSyntax(Phrase(_current.ContextualKind)));
        }

        if (At(SyntaxKind.NotKeyword))
        {
            return Node(start, new ExpectedOutcomeSyntax(Phrase(SyntaxKind.NotKeyword, SyntaxKind.ApplicableKeyword)));
        }

        if (At(SyntaxKind.NoKeyword))
        {
            return Node(start, new ExpectedOutcomeSyntax(Phrase(SyntaxKind.NoKeyword, SyntaxKind.AlertKeyword)));
        }

        if (At(SyntaxKind.AlertKeyword))
        {
            return Node(start, new ExpectedAlertSyntax(TakeKeyword(), ExpectText("the name of an alert in quotes")));
        }

        return ParseExpectedPart();
    }

    private ExpectedSyntax ParseExpectedCharge()
    {
        var start = Start;
        var amount = ParseAmount();
        if (At(SyntaxKind.BackKeyword) || IsMisspelling("back"))
        {
            return Node(start, new ExpectedBackSyntax(amount, Expect(SyntaxKind.BackKeyword)));
        }

        FromClauseSyntax? from = null;
        if (At(SyntaxKind.FromKeyword) || (AtName && !SyntaxFacts.IsRemark(_current.ContextualKind)))
        {
            var fromStart = Start;
            from = Node(fromStart, new FromClauseSyntax(Expect(SyntaxKind.FromKeyword), ExpectName("the name of a bucket")));
        }

        return Node(start, new ExpectedChargeSyntax(amount, from));
    }

    // A name alone is what a term or rate says; before a figure it is a meter, or a word that was misspelt.
    private ExpectedSyntax ParseExpectedPart()
    {
        var start = Start;
        if (AtPlainName && Peek(1).ContextualKind is SyntaxKind.NewLineToken or SyntaxKind.FromKeyword or SyntaxKind.BackKeyword)
        {
            if (Spelling.Nearest(_current.Text, s_outcomes) is { } meant && _index != _probe)
            {
                ReportExpected(ExpectedRole, meant);
                _current.BecomeMisspelt(SyntaxFacts.GetKeywordKind(meant));
                return Node(start, new ExpectedOutcomeSyntax(Phrase(_current.ContextualKind)));
            }

            return ParseExpectedCharge();
        }

        if (IsMisspelling("balance") && Peek(1).Kind == SyntaxKind.NameToken)
        {
            return Node(start, new ExpectedBalanceSyntax(Expect(SyntaxKind.BalanceKeyword), ExpectName("the name of a bucket"), ParseAmount()));
        }

        if (IsMisspelling("alert"))
        {
            return Node(start, new ExpectedAlertSyntax(Expect(SyntaxKind.AlertKeyword), ExpectText("the name of an alert in quotes")));
        }

        return Node(start, new ExpectedPartSyntax(ExpectName(ExpectedRole), ParseAmount()));
    }

    private const string ExpectedRole = "an amount, \"balance ...\", \"blocked\", \"paused\", \"refused\", \"free\", \"unmetered\", or another outcome";

    private static readonly string[] s_outcomes = ["blocked", "paused", "refused", "free", "unmetered"];
}
