using System.Collections.Immutable;
using Rules.Dsl.Diagnostics;

namespace Rules.Dsl.Syntax;

// cond, conj, test, predicate.
internal sealed partial class Parser
{
    private int _depth;

    private ConditionSyntax ParseCondition()
    {
        var start = Start;
        var first = ParseConjunction();
        if (!At(SyntaxKind.OrKeyword))
        {
            return first;
        }

        var operands = ImmutableArray.CreateBuilder<ConditionSyntax>();
        var keywords = ImmutableArray.CreateBuilder<SyntaxToken>();
        operands.Add(first);
        while (At(SyntaxKind.OrKeyword))
        {
            keywords.Add(TakeKeyword());
            operands.Add(ParseConjunction());
        }

        return Node(start, new OrConditionSyntax(operands.DrainToImmutable(), keywords.DrainToImmutable()));
    }

    private ConditionSyntax ParseConjunction()
    {
        var start = Start;
        var first = ParseTest();
        if (!At(SyntaxKind.AndKeyword) && !AtMisspeltAnd)
        {
            return first;
        }

        var operands = ImmutableArray.CreateBuilder<ConditionSyntax>();
        var keywords = ImmutableArray.CreateBuilder<SyntaxToken>();
        operands.Add(first);
        while (At(SyntaxKind.AndKeyword) || AtMisspeltAnd)
        {
            keywords.Add(Expect(SyntaxKind.AndKeyword));
            operands.Add(ParseTest());
        }

        return Node(start, new AndConditionSyntax(operands.DrainToImmutable(), keywords.DrainToImmutable()));
    }

    private ConditionSyntax ParseTest()
    {
        var start = Start;
        var opens = At(SyntaxKind.OpenParenthesisToken);
        if (!opens && !At(SyntaxKind.NotKeyword))
        {
            return ParseFactTest();
        }

        if (_depth == SyntaxTree.MaximumDepth)
        {
            Report(DiagnosticDescriptors.NestedTooDeep, _current.Span, [], SyntaxTree.MaximumDepth);
            return Node(start, new FactConditionSyntax(Missing(SyntaxKind.NameToken)));
        }

        _depth++;
        ConditionSyntax test = opens
            ? new ParenthesizedConditionSyntax(Take(), ParseCondition(), ExpectClose())
            : new NotConditionSyntax(TakeKeyword(), ParseTest());
        _depth--;
        return Node(start, test);
    }

    private SyntaxToken ExpectClose()
    {
        if (At(SyntaxKind.CloseParenthesisToken))
        {
            return Take();
        }

        ReportExpected("\")\"", null, InsertionOf(")"));
        return Missing(SyntaxKind.CloseParenthesisToken);
    }

    private ConditionSyntax ParseFactTest()
    {
        var start = Start;
        var fact = ExpectName("the name of a fact");
        if (At(SyntaxKind.IsKeyword))
        {
            return ParseIs(start, fact);
        }

        if (At(SyntaxKind.BeforeKeyword))
        {
            var before = Phrase(SyntaxKind.BeforeKeyword);
            return Node(start, new ComparisonConditionSyntax(fact, before, ExpectDate()));
        }

        if (At(SyntaxKind.OnKeyword))
        {
            var onOrAfter = Phrase(SyntaxKind.OnKeyword, SyntaxKind.OrKeyword, SyntaxKind.AfterKeyword);
            return Node(start, new ComparisonConditionSyntax(fact, onOrAfter, ExpectDate()));
        }

        if (At(SyntaxKind.OverKeyword) || At(SyntaxKind.UnderKeyword))
        {
            var over = Phrase(_current.ContextualKind);
            return Node(start, new ComparisonConditionSyntax(fact, over, ExpectNumber()));
        }

        if (At(SyntaxKind.AtKeyword))
        {
            var atLeast = Phrase(SyntaxKind.AtKeyword, SyntaxKind.LeastKeyword);
            return Node(start, new ComparisonConditionSyntax(fact, atLeast, ExpectNumber()));
        }

        if (IsMisspelling("before") || IsMisspelling("over") || IsMisspelling("under"))
        {
            return ParseMisspeltComparison(start, fact);
        }

        // Two names in a row: the word between them was lost or misspelt.
        return _current.Kind == SyntaxKind.NameToken && !SyntaxFacts.IsKeyword(_current.ContextualKind) && !AtMisspeltAnd
            ? ParseIs(start, fact)
            : Node(start, new FactConditionSyntax(fact));
    }

    private bool AtMisspeltAnd => IsMisspelling("and")
        && Peek(1).Kind is SyntaxKind.NameToken or SyntaxKind.StringToken or SyntaxKind.OpenParenthesisToken;

    private ComparisonConditionSyntax ParseMisspeltComparison(int start, SyntaxToken fact)
    {
        var kind = IsMisspelling("before") ? SyntaxKind.BeforeKeyword
            : IsMisspelling("over") ? SyntaxKind.OverKeyword
            : SyntaxKind.UnderKeyword;
        var phrase = Phrase(kind);
        return Node(start, new ComparisonConditionSyntax(fact, phrase, kind == SyntaxKind.BeforeKeyword ? ExpectDate() : ExpectNumber()));
    }

    private ConditionSyntax ParseIs(int start, SyntaxToken fact)
    {
        var isKeyword = Expect(SyntaxKind.IsKeyword);
        var not = At(SyntaxKind.NotKeyword) ? TakeKeyword() : null;
        if (At(SyntaxKind.OneKeyword) && NextIs(SyntaxKind.OfKeyword))
        {
            var oneOf = Phrase(SyntaxKind.OneKeyword, SyntaxKind.OfKeyword);
            return Node(start, new IsOneOfConditionSyntax(fact, isKeyword, not, oneOf, ParseValues()));
        }

        return Node(start, new IsConditionSyntax(fact, isKeyword, not, ExpectValue("a value")));
    }
}
