using System.Collections.Immutable;
using Rules.Dsl.Diagnostics;
using Rules.Dsl.Text;

namespace Rules.Dsl.Syntax;

// price, sell and the lines of their bodies.
internal sealed partial class Parser
{
    private static readonly Alternatives s_componentWords = new("each", "per");
    private static readonly Alternatives s_perOptions = new("graduated", "volume", "by ...", "rounded ...");
    private static readonly Alternatives s_ladderOptions = new("list price", "tiers by", "re-pricing earlier units");
    private static readonly Alternatives s_roundedModes = new("up", "down", "half up");
    private static readonly Alternatives s_bounds = new("least", "most");
    private static readonly Alternatives s_boundScopes = new("each", "within each ...");
    private static readonly Alternatives s_corrections = new("allowed", "cost nothing");

    private PriceSyntax ParsePrice()
    {
        var start = Start;
        var keyword = TakeKeyword();
        var action = ExpectName("the name of an action");
        ByClauseSyntax? by = null;
        if (At(SyntaxKind.ByKeyword) || IsMisspelling("by"))
        {
            var byStart = Start;
            by = Node(byStart, new ByClauseSyntax(Expect(SyntaxKind.ByKeyword), ParseNames("the name of a fact")));
        }

        RegardlessClauseSyntax? regardless = null;
        if (At(SyntaxKind.RegardlessKeyword) || IsMisspelling("regardless"))
        {
            var regardlessStart = Start;
            regardless = Node(regardlessStart, new RegardlessClauseSyntax(
                Phrase(SyntaxKind.RegardlessKeyword, SyntaxKind.OfKeyword), ParseNames("the name of a fact", endsLine: true)));
        }

        var table = _tableOf;
        _tableOf = by is null ? BlockKind.Remarks : BlockKind.Rows;
        var tail = ParseTail(BlockKind.Body, null, _tableOf);
        _tableOf = table;
        return Line(start, tail, new PriceSyntax(keyword, action, by, regardless, tail.End, tail.Block));
    }

    // Rows where the price around the line says "by"; its exceptions may have rows too.
    private BlockKind _tableOf = BlockKind.Remarks;

    private SellSyntax ParseSell()
    {
        var start = Start;
        var keyword = TakeKeyword();
        var bucket = ExpectName("the name of a bucket");
        var tail = ParseTail(BlockKind.Body);
        return Line(start, tail, new SellSyntax(keyword, bucket, tail.End, tail.Block));
    }

    private LineSyntax? ParseBodyLine(SyntaxKind first, ref int components)
    {
        switch (first)
        {
            case SyntaxKind.PlusKeyword or SyntaxKind.EachKeyword or SyntaxKind.PerKeyword:
                return ParseComponent(ref components);
            case SyntaxKind.FirstKeyword:
                return ParseAllowance();
            case SyntaxKind.CountKeyword:
                return ParseCount();
            case SyntaxKind.MarkedKeyword or SyntaxKind.DiscountedKeyword:
                return ParseAdjustment();
            case SyntaxKind.AtKeyword:
                return ParseBound();
            case SyntaxKind.CorrectionsKeyword:
                return ParseCorrections();
            case SyntaxKind.ExceptKeyword:
                return ParseException(BlockKind.Body);
            case SyntaxKind.NameToken or SyntaxKind.OtherwiseKeyword:
                return ParseRow();
            default:
                return null;
        }
    }

    private ComponentSyntax ParseComponent(ref int components)
    {
        var start = Start;
        var plus = At(SyntaxKind.PlusKeyword) ? TakeKeyword() : null;
        if (components++ > 0 && plus is null)
        {
            Report(
                DiagnosticDescriptors.SecondPriceLine,
                _current.Span,
                [new DiagnosticFix("write \"plus\" before it", new TextSpan(Start, 0), "plus ")]);

            // What follows on the line is read as it stands.
        }

        if (Choose(s_componentWords) != SyntaxKind.PerKeyword)
        {
            var each = _current.ContextualKind == SyntaxKind.EachKeyword ? TakeKeyword() : Missing(SyntaxKind.EachKeyword);
            var cost = ParseCost();
            var tail = ParseTail();
            return Line(start, tail, new EachComponentSyntax(plus, each, cost, tail.End, tail.Block));
        }

        return ParsePer(start, plus);
    }

    private PerComponentSyntax ParsePer(int start, SyntaxToken? plus)
    {
        var per = TakeKeyword();
        var unit = ParseUnitOf();
        var rounded = At(SyntaxKind.CommaToken) && NextIs(SyntaxKind.RoundedKeyword) ? ParseRounded() : null;
        var scope = At(SyntaxKind.WithinKeyword) ? ParseScope() : null;
        CostSyntax? cost = null;
        ByTableSyntax? table = null;
        LadderSyntax? ladder = null;
        Tail tail;
        if (At(SyntaxKind.CommaToken) || At(SyntaxKind.GraduatedKeyword) || At(SyntaxKind.VolumeKeyword) || At(SyntaxKind.ByKeyword))
        {
            var restStart = Start;
            var comma = Expect(SyntaxKind.CommaToken);
            if (Choose(s_perOptions) == SyntaxKind.ByKeyword)
            {
                table = Node(restStart, new ByTableSyntax(comma, TakeKeyword(), ParseNames("the name of a fact", endsLine: true)));
                tail = ParseTail(BlockKind.Rows, "rows");
            }
            else
            {
                ladder = ParseLadder(restStart, comma);
                tail = ParseTail(BlockKind.Tiers, "tiers");
            }
        }
        else
        {
            cost = ParseCost();
            tail = ParseTail();
        }

        return Line(start, tail, new PerComponentSyntax(plus, per, unit, rounded, scope, cost, table, ladder, tail.End, tail.Block));
    }

    private UnitOfSyntax ParseUnitOf()
    {
        var start = Start;
        var complete = At(SyntaxKind.CompleteKeyword) && NextIs(SyntaxKind.PackageKeyword) ? TakeKeyword() : null;
        PhraseSyntax? packageOf = null;
        SyntaxToken? number = null;
        if (complete is not null || (At(SyntaxKind.PackageKeyword) && NextIs(SyntaxKind.OfKeyword)))
        {
            packageOf = Phrase(SyntaxKind.PackageKeyword, SyntaxKind.OfKeyword);
            number = ExpectNumber();
        }
        else if (At(SyntaxKind.NumberToken))
        {
            number = Take();
        }

        return Node(start, new UnitOfSyntax(complete, packageOf, number, ExpectUnit("the name of a meter")));
    }

    private RoundedClauseSyntax ParseRounded()
    {
        var start = Start;
        var comma = Take();
        var keyword = TakeKeyword();
        var modeStart = Start;
        var mode = ChooseWord(s_roundedModes);
        var phrase = mode.Kind == SyntaxKind.HalfKeyword ? new PhraseSyntax([mode, Expect(SyntaxKind.UpKeyword)]) : new PhraseSyntax([mode]);
        var modePhrase = Node(modeStart, phrase);
        StepsClauseSyntax? steps = null;
        if (At(SyntaxKind.InKeyword))
        {
            var stepsStart = Start;
            steps = Node(stepsStart, new StepsClauseSyntax(
                Phrase(SyntaxKind.InKeyword, SyntaxKind.StepsKeyword, SyntaxKind.OfKeyword), ExpectNumber()));
        }

        return Node(start, new RoundedClauseSyntax(comma, keyword, modePhrase, steps));
    }

    private ScopeSyntax ParseScope()
    {
        var start = Start;
        var withinEach = Phrase(SyntaxKind.WithinKeyword, SyntaxKind.EachKeyword);
        if (At(SyntaxKind.EventKeyword) || At(SyntaxKind.HourKeyword) || At(SyntaxKind.DayKeyword) || At(SyntaxKind.CycleKeyword))
        {
            return Node(start, new ScopeSyntax(withinEach, TakeKeyword()));
        }

        return Node(start, new ScopeSyntax(withinEach, ExpectName("\"event\", \"hour\", \"day\", \"cycle\" or the key of the action")));
    }

    private LadderSyntax ParseLadder(int start, SyntaxToken comma)
    {
        var mode = _current.ContextualKind is SyntaxKind.GraduatedKeyword or SyntaxKind.VolumeKeyword
            ? TakeKeyword()
            : Missing(SyntaxKind.GraduatedKeyword);
        var scope = At(SyntaxKind.WithinKeyword) || IsMisspelling("within") ? ParseScope() : null;
        var options = ImmutableArray.CreateBuilder<LadderOptionSyntax>();
        while (At(SyntaxKind.CommaToken))
        {
            options.Add(ParseLadderOption());
        }

        return Node(start, new LadderSyntax(comma, mode, scope, options.DrainToImmutable()));
    }

    private LadderOptionSyntax ParseLadderOption()
    {
        var start = Start;
        var comma = Take();
        switch (Choose(s_ladderOptions))
        {
            case SyntaxKind.TiersKeyword:
                return Node(start, new TiersByOptionSyntax(
                    comma, Phrase(SyntaxKind.TiersKeyword, SyntaxKind.ByKeyword), ExpectName("the name of a meter")));
            case SyntaxKind.RePricingKeyword:
                return Node(start, new RepricingOptionSyntax(
                    comma, Phrase(SyntaxKind.RePricingKeyword, SyntaxKind.EarlierKeyword, SyntaxKind.UnitsKeyword)));
            default:
                return Node(start, new ListPriceOptionSyntax(comma, Phrase(SyntaxKind.ListKeyword, SyntaxKind.PriceKeyword), ParseAmount()));
        }
    }

    private TierLineSyntax ParseTier(SyntaxKind first)
    {
        var start = Start;
        var bound = ParseTierBound(CountTier() ? first : SyntaxKind.None);
        var cost = ParseCost();
        var tail = ParseTail();
        return Line(start, tail, new TierLineSyntax(bound, cost, tail.End, tail.Block));
    }

    private TierBoundSyntax ParseTierBound(SyntaxKind first)
    {
        var start = Start;
        switch (first)
        {
            case SyntaxKind.BaseKeyword:
                return Node(start, new BaseBoundSyntax(TakeKeyword()));
            case SyntaxKind.OverKeyword:
                return Node(start, new OverBoundSyntax(TakeKeyword(), ExpectNumber()));
            case SyntaxKind.FromKeyword:
                return Node(start, new FromBoundSyntax(TakeKeyword(), ExpectNumber()));
            case SyntaxKind.NextKeyword:
                return Node(start, new NextBoundSyntax(TakeKeyword(), ExpectNumber()));
            case SyntaxKind.RestKeyword:
                return Node(start, new RestBoundSyntax(TakeKeyword()));
        }

        var number = ExpectNumber();
        if (At(SyntaxKind.AndKeyword))
        {
            return Node(start, new AndUpBoundSyntax(number, Phrase(SyntaxKind.AndKeyword, SyntaxKind.UpKeyword)));
        }

        return Node(start, new RangeBoundSyntax(number, Expect(SyntaxKind.ToKeyword), ExpectNumber()));
    }

    // The rest of the file is not read: it becomes skipped text before the end of the file.
    private bool CountTier()
    {
        if (++_tiers <= SyntaxTree.MaximumTiers)
        {
            return true;
        }

        _diagnostics.Report(
            DiagnosticDescriptors.TooManyTiers, _current.Location, ExactDecimal.FromUnits(SyntaxTree.MaximumTiers, 0).ToGroupedString());
        _lineHasError = true;
        _errorReachesNextLine = true;
        while (_current.Kind != SyntaxKind.EndOfFileToken)
        {
            SkipToken();
        }

        return false;
    }

    private RowLineSyntax ParseRow()
    {
        var start = Start;
        CountTier();
        TokenListSyntax? values = null;
        SyntaxToken? otherwise = null;
        if (At(SyntaxKind.OtherwiseKeyword))
        {
            otherwise = TakeKeyword();
        }
        else
        {
            values = ParseValues();
        }

        var cost = ParseCost();
        var tail = ParseTail();
        return Line(start, tail, new RowLineSyntax(values, otherwise, cost, tail.End, tail.Block));
    }

    private AllowanceLineSyntax ParseAllowance()
    {
        var start = Start;
        var first = TakeKeyword();
        var number = ExpectNumber();
        var unit = At(SyntaxKind.EventsKeyword) || At(SyntaxKind.EventKeyword) ? TakeKeyword() : ExpectUnit("\"events\" or the name of a meter", SyntaxKind.FreeKeyword);
        var free = Expect(SyntaxKind.FreeKeyword);
        var scope = At(SyntaxKind.WithinKeyword) || IsMisspelling("within") ? ParseScope() : null;
        var tail = ParseTail();
        return Line(start, tail, new AllowanceLineSyntax(first, number, unit, free, scope, tail.End, tail.Block));
    }

    private CountLineSyntax ParseCount()
    {
        var start = Start;
        var count = TakeKeyword();
        var atLeast = At(SyntaxKind.AtKeyword) || IsMisspelling("at") ? Phrase(SyntaxKind.AtKeyword, SyntaxKind.LeastKeyword) : null;
        var number = ExpectNumber();
        var meter = ExpectUnit("the name of a meter", atLeast is null ? SyntaxKind.MoreKeyword : SyntaxKind.EachKeyword);
        var more = atLeast is null ? Expect(SyntaxKind.MoreKeyword) : null;
        var each = Expect(SyntaxKind.EachKeyword);
        var tail = ParseTail();
        return Line(start, tail, new CountLineSyntax(count, atLeast, number, meter, more, each, tail.End, tail.Block));
    }

    private AdjustmentLineSyntax ParseAdjustment()
    {
        var start = Start;
        var phrase = At(SyntaxKind.MarkedKeyword)
            ? Phrase(SyntaxKind.MarkedKeyword, SyntaxKind.UpKeyword)
            : Phrase(SyntaxKind.DiscountedKeyword);
        var value = AtName && !AtRemark ? Take() : ExpectPercent();
        var tail = ParseTail();
        return Line(start, tail, new AdjustmentLineSyntax(phrase, value, tail.End, tail.Block));
    }

    private BoundLineSyntax ParseBound()
    {
        var start = Start;
        var at = TakeKeyword();
        var phrase = Node(start, new PhraseSyntax([at, ChooseWord(s_bounds)]));
        var amount = ParseAmount();
        SyntaxToken? each = null;
        ScopeSyntax? scope = null;
        if (Choose(s_boundScopes) == SyntaxKind.WithinKeyword)
        {
            scope = ParseScope();
        }
        else
        {
            each = _current.ContextualKind == SyntaxKind.EachKeyword ? TakeKeyword() : Missing(SyntaxKind.EachKeyword);
        }

        var tail = ParseTail();
        return Line(start, tail, new BoundLineSyntax(phrase, amount, each, scope, tail.End, tail.Block));
    }

    private CorrectionsLineSyntax ParseCorrections()
    {
        var start = Start;
        var keyword = TakeKeyword();
        var phrase = Choose(s_corrections) == SyntaxKind.CostKeyword
            ? Phrase(SyntaxKind.CostKeyword, SyntaxKind.NothingKeyword)
            : Phrase(SyntaxKind.AllowedKeyword);
        var tail = ParseTail();
        return Line(start, tail, new CorrectionsLineSyntax(keyword, phrase, tail.End, tail.Block));
    }

    // In a body the block is a body again; under "consume" it is another order.
    private ExceptionLineSyntax ParseException(BlockKind block)
    {
        var start = Start;
        var exceptWhen = Phrase(SyntaxKind.ExceptKeyword, SyntaxKind.WhenKeyword);
        var condition = ParseCondition();
        var tail = ParseTail(block, null, block == BlockKind.Body ? _tableOf : BlockKind.Remarks);
        return Line(start, tail, new ExceptionLineSyntax(exceptWhen, condition, tail.End, tail.Block));
    }
}
