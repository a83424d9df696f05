namespace Rules.Dsl.Syntax;

// amount, cost, fee.
internal sealed partial class Parser
{
    private const string AmountRole = "an amount such as 2 credits";

    // Where a percentage is of something that the line names itself, it takes no base.
    private AmountSyntax ParseAmount(bool allowBase = true)
    {
        var start = Start;
        if (At(SyntaxKind.NumberToken))
        {
            return ParseUnitAmount();
        }

        if (At(SyntaxKind.PercentToken))
        {
            var percent = Take();
            return Node(start, new PercentAmountSyntax(percent, allowBase && At(SyntaxKind.OfKeyword) ? ParsePercentBase() : null));
        }

        if (AtPlainName || (AtName && Peek(1).Kind == SyntaxKind.NewLineToken))
        {
            return Node(start, new NamedAmountSyntax(Take()));
        }

        ReportExpected(AmountRole, null);
        if (_current.Kind is SyntaxKind.DateToken or SyntaxKind.TimeToken)
        {
            return Node(start, new UnitAmountSyntax(TakeMisfit(SyntaxKind.NumberToken), ExpectUnit("a unit")));
        }

        return Node(start, new UnitAmountSyntax(Missing(SyntaxKind.NumberToken), Missing(SyntaxKind.CreditsKeyword)));
    }

    // A name that no word of the grammar could be: "grants every month" lacks its amount.
    private bool AtPlainName => AtName && (_current.Kind == SyntaxKind.StringToken || _current.ContextualKind == SyntaxKind.NameToken);

    private UnitAmountSyntax ParseUnitAmount()
    {
        var start = Start;
        var number = ExpectNumber();
        if (At(SyntaxKind.CreditsKeyword) || At(SyntaxKind.CreditKeyword))
        {
            return Node(start, new UnitAmountSyntax(number, TakeKeyword()));
        }

        if (AtPlainName)
        {
            return Node(start, new UnitAmountSyntax(number, Take()));
        }

        ReportExpected("\"credits\" or the name of a currency", null, InsertionOf("credits"));
        return Node(start, new UnitAmountSyntax(number, Missing(SyntaxKind.CreditsKeyword)));
    }

    private PercentBaseSyntax ParsePercentBase()
    {
        var start = Start;
        var of = TakeKeyword();
        var amountStart = Start;
        AmountSyntax amount = AtPlainName ? Node(amountStart, new NamedAmountSyntax(Take())) : ParseUnitAmount();
        return Node(start, new PercentBaseSyntax(of, amount));
    }

    // What is counted or paid for: a meter, a currency, credits.
    private SyntaxToken ExpectUnit(string role, SyntaxKind follow = SyntaxKind.None) =>
        At(SyntaxKind.CreditKeyword) || At(SyntaxKind.CreditsKeyword) ? TakeKeyword() : ExpectName(role, follow);

    private CostSyntax ParseCost()
    {
        var start = Start;
        AmountSyntax? amount = null;
        FeeSyntax? fee = null;
        PackageClauseSyntax? package = null;
        OffSyntax? off = null;
        PlusFeeSyntax? plus = null;
        if ((At(SyntaxKind.PercentToken) || AtName) && NextIs(SyntaxKind.OffKeyword))
        {
            off = ParseOff();
        }
        else
        {
            amount = ParseAmount();
            if (At(SyntaxKind.FlatKeyword))
            {
                fee = ParseFee();
            }
            else
            {
                package = At(SyntaxKind.PerKeyword) ? ParsePackageClause() : null;
                off = At(SyntaxKind.PercentToken) ? ParseOff() : null;
                plus = At(SyntaxKind.PlusKeyword) ? ParsePlusFee() : null;
            }
        }

        var cap = At(SyntaxKind.CommaToken) && NextIs(SyntaxKind.AtKeyword) ? ParseCap() : null;
        var waived = At(SyntaxKind.CommaToken) || At(SyntaxKind.WaivedKeyword) ? ParseWaived() : null;
        return Node(start, new CostSyntax(amount, fee, package, off, plus, cap, waived));
    }

    private OffSyntax ParseOff()
    {
        var start = Start;
        return Node(start, new OffSyntax(Take(), Expect(SyntaxKind.OffKeyword)));
    }

    private FeeSyntax ParseFee()
    {
        var start = Start;
        var flat = Expect(SyntaxKind.FlatKeyword);
        var evenAtZero = At(SyntaxKind.EvenKeyword) ? Phrase(SyntaxKind.EvenKeyword, SyntaxKind.AtKeyword, SyntaxKind.ZeroKeyword) : null;
        return Node(start, new FeeSyntax(flat, evenAtZero));
    }

    private PackageClauseSyntax ParsePackageClause()
    {
        var start = Start;
        return Node(start, new PackageClauseSyntax(
            Phrase(SyntaxKind.PerKeyword, SyntaxKind.PackageKeyword, SyntaxKind.OfKeyword), ExpectNumber()));
    }

    private PlusFeeSyntax ParsePlusFee()
    {
        var start = Start;
        return Node(start, new PlusFeeSyntax(TakeKeyword(), ParseAmount(), ParseFee()));
    }

    private CapSyntax ParseCap()
    {
        var start = Start;
        return Node(start, new CapSyntax(Take(), Phrase(SyntaxKind.AtKeyword, SyntaxKind.MostKeyword), ParseAmount()));
    }

    private WaivedSyntax ParseWaived()
    {
        var start = Start;
        return Node(start, new WaivedSyntax(Expect(SyntaxKind.CommaToken), Expect(SyntaxKind.WaivedKeyword)));
    }
}
