using System.Collections.Immutable;

namespace Rules.Dsl.Syntax;

// credit, currency, account, list, meter, action, free, rate, term, applies, unmetered, remove.
internal sealed partial class Parser
{
    private static readonly Alternatives s_decimals = new("decimals", "decimal");
    private static readonly Alternatives s_roundings = new("half up", "half even", "up", "down");
    private static readonly Alternatives s_halves = new("up", "even");
    private static readonly Alternatives s_domains = new("yes or no", "on or off", "date", "number", "from ...", "one of ...");
    private static readonly Alternatives s_divisibilities = new("whole", "fractional");
    private static readonly Alternatives s_origins = new("set per account", "unpublished");
    private static readonly Alternatives s_applies = new("when", "unless");
    private static readonly Alternatives s_durationUnits = new(
        "days", "months", "years", "weeks", "hours", "day", "month", "year", "week", "hour");

    private CreditSyntax ParseCredit()
    {
        var start = Start;
        var keyword = TakeKeyword();
        var name = ExpectText("the name of a credit in quotes");
        var precision = ParsePrecision();
        var tail = ParseTail();
        return Line(start, tail, new CreditSyntax(keyword, name, precision, tail.End, tail.Block));
    }

    private CurrencySyntax ParseCurrency()
    {
        var start = Start;
        var keyword = TakeKeyword();
        var name = ExpectName("the name of a currency", SyntaxKind.ToKeyword);
        var precision = ParsePrecision();
        var tail = ParseTail();
        return Line(start, tail, new CurrencySyntax(keyword, name, precision, tail.End, tail.Block));
    }

    private PrecisionSyntax ParsePrecision()
    {
        var start = Start;
        var to = Expect(SyntaxKind.ToKeyword);
        var places = ExpectInteger();
        var decimals = ChooseWord(s_decimals);
        var rounding = At(SyntaxKind.CommaToken) || At(SyntaxKind.RoundingKeyword) ? ParseRounding() : null;
        return Node(start, new PrecisionSyntax(to, places, decimals, rounding));
    }

    private RoundingSyntax ParseRounding()
    {
        var start = Start;
        var comma = Expect(SyntaxKind.CommaToken);
        var keyword = Expect(SyntaxKind.RoundingKeyword);
        var modeStart = Start;
        var mode = ChooseWord(s_roundings);
        var phrase = mode.Kind == SyntaxKind.HalfKeyword && !mode.IsMissing
            ? new PhraseSyntax([mode, ChooseWord(s_halves)])
            : new PhraseSyntax([mode]);
        return Node(start, new RoundingSyntax(comma, keyword, Node(modeStart, phrase)));
    }

    private AccountSyntax ParseAccount()
    {
        var start = Start;
        var keyword = TakeKeyword();
        var name = ExpectName("what an account is called");
        var tail = ParseTail(BlockKind.Account);
        return Line(start, tail, new AccountSyntax(keyword, name, tail.End, tail.Block));
    }

    // A line of an account or of an action.
    private LineSyntax? ParseActionLine(SyntaxKind first)
    {
        var start = Start;
        if (first == SyntaxKind.MeasuresKeyword)
        {
            var measures = TakeKeyword();
            var meters = ParseNames("the name of a meter", endsLine: true);
            var measuresTail = ParseTail();
            return Line(start, measuresTail, new MeasuresLineSyntax(measures, meters, measuresTail.End, measuresTail.Block));
        }

        var has = TakeKeyword();
        var name = ExpectName("the name of a fact");
        var domain = ParseDomain();
        var value = At(SyntaxKind.CommaToken) || At(SyntaxKind.NormallyKeyword) ? ParseFactDefault() : null;
        var tail = ParseTail();
        return Line(start, tail, new FactLineSyntax(has, name, domain, value, tail.End, tail.Block));
    }

    private FactDefaultSyntax ParseFactDefault()
    {
        var start = Start;
        return Node(start, new FactDefaultSyntax(Expect(SyntaxKind.CommaToken), Expect(SyntaxKind.NormallyKeyword), ExpectValue("a value")));
    }

    private DomainSyntax ParseDomain()
    {
        var start = Start;
        switch (Choose(s_domains))
        {
            case SyntaxKind.YesKeyword:
                return Node(start, new YesOrNoDomainSyntax(Phrase(SyntaxKind.YesKeyword, SyntaxKind.OrKeyword, SyntaxKind.NoKeyword)));
            case SyntaxKind.OnKeyword:
                return Node(start, new OnOrOffDomainSyntax(Phrase(SyntaxKind.OnKeyword, SyntaxKind.OrKeyword, SyntaxKind.OffKeyword)));
            case SyntaxKind.DateKeyword:
                return Node(start, new DateDomainSyntax(TakeKeyword()));
            case SyntaxKind.FromKeyword:
                return Node(start, new ListDomainSyntax(TakeKeyword(), ExpectName("the name of a list")));
            case SyntaxKind.OneKeyword:
                return Node(start, new OneOfDomainSyntax(
                    Phrase(SyntaxKind.OneKeyword, SyntaxKind.OfKeyword), ParseValues(endsLine: true)));
            case SyntaxKind.NumberKeyword:
                return Node(start, new NumberDomainSyntax(TakeKeyword()));
            default:
                return Node(start, new NumberDomainSyntax(Missing(SyntaxKind.NumberKeyword)));
        }
    }

    private ListSyntax ParseList()
    {
        var start = Start;
        var keyword = TakeKeyword();
        var name = ExpectName("the name of a list");
        var tail = ParseTail(BlockKind.List);
        return Line(start, tail, new ListSyntax(keyword, name, tail.End, tail.Block));
    }

    private ListEntryLineSyntax ParseListEntry()
    {
        var start = Start;
        var name = ExpectName("an entry of the list");
        var tags = AtName && !AtRemark ? ParseNames("a tag", endsLine: true) : null;
        var tail = ParseTail();
        return Line(start, tail, new ListEntryLineSyntax(name, tags, tail.End, tail.Block));
    }

    private MeterSyntax ParseMeter()
    {
        var start = Start;
        var keyword = TakeKeyword();
        var name = ExpectName("the name of a meter");
        PluralClauseSyntax? plural = null;
        if (At(SyntaxKind.PluralKeyword) || (IsMisspelling("plural") && Peek(1).Kind == SyntaxKind.NameToken))
        {
            var pluralStart = Start;
            plural = Node(pluralStart, new PluralClauseSyntax(Expect(SyntaxKind.PluralKeyword), ExpectName("the plural of the meter's name")));
        }

        var divisibility = ChooseWord(s_divisibilities);
        var tail = ParseTail();
        return Line(start, tail, new MeterSyntax(keyword, name, plural, divisibility, tail.End, tail.Block));
    }

    private ActionSyntax ParseAction()
    {
        var start = Start;
        var keyword = TakeKeyword();
        var name = ExpectName("the name of an action");
        KeyedByClauseSyntax? keyedBy = null;
        if (At(SyntaxKind.KeyedKeyword) || IsMisspelling("keyed"))
        {
            var keyedStart = Start;
            keyedBy = Node(keyedStart, new KeyedByClauseSyntax(Phrase(SyntaxKind.KeyedKeyword, SyntaxKind.ByKeyword), ExpectName("the name of the key")));
        }

        var tail = ParseTail(BlockKind.Action);
        return Line(start, tail, new ActionSyntax(keyword, name, keyedBy, tail.End, tail.Block));
    }

    private FreeActionSyntax ParseFreeAction()
    {
        var start = Start;
        var keyword = TakeKeyword();
        var action = Expect(SyntaxKind.ActionKeyword);
        var actions = ParseNames("the name of an action", endsLine: true);
        var tail = ParseTail();
        return Line(start, tail, new FreeActionSyntax(keyword, action, actions, tail.End, tail.Block));
    }

    private RateSyntax ParseRate()
    {
        var start = Start;
        var keyword = TakeKeyword();
        var name = ExpectName("the name of a rate", SyntaxKind.IsKeyword);
        var isKeyword = Expect(SyntaxKind.IsKeyword);
        var amount = ParseAmount();
        PerClauseSyntax? per = null;
        if (At(SyntaxKind.PerKeyword) || (IsMisspelling("per") && Peek(1).Kind == SyntaxKind.NameToken))
        {
            var perStart = Start;
            per = Node(perStart, new PerClauseSyntax(Expect(SyntaxKind.PerKeyword), ExpectUnit("a unit, such as the name of a meter")));
        }

        var tail = ParseTail();
        return Line(start, tail, new RateSyntax(keyword, name, isKeyword, amount, per, tail.End, tail.Block));
    }

    private TermSyntax ParseTerm()
    {
        var start = Start;
        var keyword = TakeKeyword();
        var name = ExpectName("the name of a term");
        var type = ParseTermType();
        var originComma = Expect(SyntaxKind.CommaToken);
        var originStart = Start;
        var origin = Choose(s_origins) == SyntaxKind.UnpublishedKeyword
            ? Node(originStart, new PhraseSyntax([TakeKeyword()]))
            : Phrase(SyntaxKind.SetKeyword, SyntaxKind.PerKeyword, SyntaxKind.AccountKeyword);
        TermDefaultSyntax? normally = null;
        if (NextIs(SyntaxKind.NormallyKeyword) || At(SyntaxKind.NormallyKeyword))
        {
            var defaultStart = Start;
            var comma = Expect(SyntaxKind.CommaToken);
            var normallyKeyword = Expect(SyntaxKind.NormallyKeyword);
            var unlimitedStart = Start;
            TermValueSyntax value = At(SyntaxKind.UnlimitedKeyword)
                ? Node(unlimitedStart, new UnlimitedTermValueSyntax(TakeKeyword()))
                : ParseTermValue(type);
            normally = Node(defaultStart, new TermDefaultSyntax(comma, normallyKeyword, value));
        }

        var sampleComma = Expect(SyntaxKind.CommaToken);
        var sampleKeyword = Expect(SyntaxKind.SampleKeyword);
        var sample = ParseTermValue(type);
        var tail = ParseTail();
        return Line(start, tail, new TermSyntax(
            keyword, name, type, originComma, origin, normally, sampleComma, sampleKeyword, sample, tail.End, tail.Block));
    }

    private TermTypeSyntax ParseTermType()
    {
        var start = Start;
        if (At(SyntaxKind.CreditsKeyword) || At(SyntaxKind.DurationKeyword))
        {
            return Node(start, new TermTypeSyntax(TakeKeyword(), null));
        }

        if (At(SyntaxKind.PercentKeyword))
        {
            return Node(start, new TermTypeSyntax(TakeKeyword(), At(SyntaxKind.ListKeyword) ? TakeKeyword() : null));
        }

        if (At(SyntaxKind.BucketKeyword))
        {
            return Node(start, new TermTypeSyntax(TakeKeyword(), Expect(SyntaxKind.OrderKeyword)));
        }

        return Node(start, new TermTypeSyntax(
            ExpectName("\"credits\", \"percent\", \"duration\", \"bucket order\" or the name of a currency"), null));
    }

    private TermValueSyntax ParseTermValue(TermTypeSyntax type)
    {
        var start = Start;
        switch (type.Word.Kind)
        {
            case SyntaxKind.DurationKeyword:
                return Node(start, new DurationTermValueSyntax(ParseDuration()));
            case SyntaxKind.BucketKeyword:
                return Node(start, new OrderTermValueSyntax(ParseOrder()));
            default:
                return ParseAmountList();
        }
    }

    private AmountListSyntax ParseAmountList(bool allowBase = true)
    {
        var start = Start;
        var first = ParseAmount(allowBase);
        if (!At(SyntaxKind.CommaToken))
        {
            return Node(start, new AmountListSyntax([first], []));
        }

        var amounts = ImmutableArray.CreateBuilder<AmountSyntax>();
        var commas = ImmutableArray.CreateBuilder<SyntaxToken>();
        amounts.Add(first);
        while (At(SyntaxKind.CommaToken) && !(Peek(1).ContextualKind is SyntaxKind.ThenKeyword or SyntaxKind.SampleKeyword))
        {
            commas.Add(Take());
            amounts.Add(ParseAmount(allowBase));
        }

        return Node(start, new AmountListSyntax(amounts.DrainToImmutable(), commas.DrainToImmutable()));
    }

    private AppliesSyntax ParseApplies()
    {
        var start = Start;
        var keyword = TakeKeyword();
        var when = ChooseWord(s_applies);
        var condition = ParseCondition();
        var tail = ParseTail();
        return Line(start, tail, new AppliesSyntax(keyword, when, condition, tail.End, tail.Block));
    }

    private UnmeteredSyntax ParseUnmetered()
    {
        var start = Start;
        var keyword = TakeKeyword();
        var actions = At(SyntaxKind.WhenKeyword) || !AtName ? null : ParseNames("the name of an action");
        var when = Expect(SyntaxKind.WhenKeyword);
        var condition = ParseCondition();
        var tail = ParseTail();
        return Line(start, tail, new UnmeteredSyntax(keyword, actions, when, condition, tail.End, tail.Block));
    }

    private RemoveSyntax ParseRemove()
    {
        var start = Start;
        var keyword = TakeKeyword();
        var kind = ExpectName("the kind of rule to remove, such as plan or alert");
        if (SyntaxFacts.IsKeyword(kind.ContextualKind))
        {
            kind.BecomeKeyword(kind.ContextualKind);
        }

        var name = ExpectName("the name of the rule to remove");
        var tail = ParseTail();
        return Line(start, tail, new RemoveSyntax(keyword, kind, name, tail.End, tail.Block));
    }

    private DurationSyntax ParseDuration(bool countOptional = false)
    {
        var start = Start;
        var count = countOptional && _current.Kind != SyntaxKind.NumberToken ? null : ExpectInteger();
        return Node(start, new DurationSyntax(count, ChooseWord(s_durationUnits)));
    }

    // Names with commas between them. Where a list ends its line, a name after a name lacks a comma.
    private TokenListSyntax ParseNames(string role, bool endsLine = false)
    {
        var start = Start;
        var first = ExpectName(role);
        if (!At(SyntaxKind.CommaToken) && !(endsLine && AtName))
        {
            return Node(start, new TokenListSyntax([first], []));
        }

        var names = ImmutableArray.CreateBuilder<SyntaxToken>();
        var commas = ImmutableArray.CreateBuilder<SyntaxToken>();
        names.Add(first);
        while (At(SyntaxKind.CommaToken) || (endsLine && AtName && !SyntaxFacts.IsRemark(_current.ContextualKind)))
        {
            commas.Add(Expect(SyntaxKind.CommaToken));
            names.Add(ExpectName(role));
        }

        return Node(start, new TokenListSyntax(names.DrainToImmutable(), commas.DrainToImmutable()));
    }

    private TokenListSyntax ParseValues(bool endsLine = false)
    {
        var start = Start;
        var first = ExpectValue("a value");
        if (!At(SyntaxKind.CommaToken) && !(endsLine && AtName))
        {
            return Node(start, new TokenListSyntax([first], []));
        }

        var values = ImmutableArray.CreateBuilder<SyntaxToken>();
        var commas = ImmutableArray.CreateBuilder<SyntaxToken>();
        values.Add(first);
        while ((At(SyntaxKind.CommaToken) && !NextIs(SyntaxKind.NormallyKeyword))
            || (endsLine && AtName && !SyntaxFacts.IsRemark(_current.ContextualKind) && _current.ContextualKind != SyntaxKind.NormallyKeyword))
        {
            commas.Add(Expect(SyntaxKind.CommaToken));
            values.Add(ExpectValue("a value"));
        }

        return Node(start, new TokenListSyntax(values.DrainToImmutable(), commas.DrainToImmutable()));
    }

    private TokenListSyntax ParseOrder()
    {
        var start = Start;
        var names = ImmutableArray.CreateBuilder<SyntaxToken>(1);
        var separators = ImmutableArray.CreateBuilder<SyntaxToken>();
        names.Add(ExpectName("the name of a bucket"));
        while ((At(SyntaxKind.CommaToken) && !NextIs(SyntaxKind.SampleKeyword)) || At(SyntaxKind.ThenKeyword))
        {
            separators.Add(Expect(SyntaxKind.CommaToken));
            separators.Add(Expect(SyntaxKind.ThenKeyword));
            names.Add(ExpectName("the name of a bucket"));
        }

        return Node(start, new TokenListSyntax(names.DrainToImmutable(), separators.DrainToImmutable()));
    }
}
