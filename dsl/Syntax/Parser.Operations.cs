using System.Collections.Immutable;

namespace Rules.Dsl.Syntax;

// invoice, alert, at zero, holds, record, transfers.
internal sealed partial class Parser
{
    private static readonly Alternatives s_figures = new("used", "left");
    private static readonly Alternatives s_shortfalls = new("refuse", "owe", "forgive");
    private static readonly Alternatives s_debts = new("up to ...", "dropped at renewal", "repaid by ...");
    private static readonly Alternatives s_captures = new("may exceed the hold", "never exceeds the hold");
    private static readonly Alternatives s_returns = new("lapse", "live ...");
    private static readonly Alternatives s_transfers = new("never", "allowed");

    private InvoiceSyntax ParseInvoice()
    {
        var start = Start;
        var keyword = TakeKeyword();
        var onDay = Phrase(SyntaxKind.OnKeyword, SyntaxKind.DayKeyword);
        var day = ExpectInteger();
        var month = Phrase(SyntaxKind.OfKeyword, SyntaxKind.TheKeyword, SyntaxKind.NextKeyword, SyntaxKind.MonthKeyword);
        CollectionClauseSyntax? collection = null;
        if (At(SyntaxKind.CommaToken) || At(SyntaxKind.CollectedKeyword))
        {
            var collectionStart = Start;
            collection = Node(collectionStart, new CollectionClauseSyntax(
                Expect(SyntaxKind.CommaToken), Phrase(SyntaxKind.CollectedKeyword, SyntaxKind.AutomaticallyKeyword)));
        }

        var tail = ParseTail();
        return Line(start, tail, new InvoiceSyntax(keyword, onDay, day, month, collection, tail.End, tail.Block));
    }

    private AlertSyntax ParseAlert()
    {
        var start = Start;
        var keyword = TakeKeyword();
        var name = ExpectText("the name of an alert in quotes");
        var tail = ParseTail(BlockKind.Alert, "at least one level");
        return Line(start, tail, new AlertSyntax(keyword, name, tail.End, tail.Block));
    }

    private LineSyntax? ParseAlertLine(SyntaxKind first)
    {
        var start = Start;
        switch (first)
        {
            case SyntaxKind.AtKeyword or SyntaxKind.AboveKeyword or SyntaxKind.BelowKeyword:
                return ParseAlertLevel();
            case SyntaxKind.AgainKeyword:
                {
                    var phrase = Phrase(SyntaxKind.AgainKeyword, SyntaxKind.WheneverKeyword, SyntaxKind.CrossedKeyword);
                    var tail = ParseTail();
                    return Line(start, tail, new AlertPhraseLineSyntax(phrase, tail.End, tail.Block));
                }

            case SyntaxKind.CountingKeyword:
                {
                    var phrase = Phrase(SyntaxKind.CountingKeyword, SyntaxKind.FreshKeyword, SyntaxKind.CreditsKeyword, SyntaxKind.OnlyKeyword);
                    var tail = ParseTail();
                    return Line(start, tail, new AlertPhraseLineSyntax(phrase, tail.End, tail.Block));
                }

            case SyntaxKind.ShowsKeyword:
                {
                    var keyword = TakeKeyword();
                    var names = ParseNames("a name", endsLine: true);
                    var tail = ParseTail();
                    return Line(start, tail, new ShowsLineSyntax(keyword, names, tail.End, tail.Block));
                }

            case SyntaxKind.OffersKeyword:
                {
                    var keyword = TakeKeyword();
                    var names = ParseNames("a name", endsLine: true);
                    var tail = ParseTail();
                    return Line(start, tail, new OffersLineSyntax(keyword, names, tail.End, tail.Block));
                }

            default:
                return null;
        }
    }

    private AlertLevelLineSyntax ParseAlertLevel()
    {
        var start = Start;
        var direction = TakeKeyword();
        var every = direction.Kind == SyntaxKind.AtKeyword && At(SyntaxKind.EveryKeyword) ? TakeKeyword() : null;
        var levels = ParseAmountList(allowBase: false);
        OfClauseSyntax? of = null;
        if (At(SyntaxKind.OfKeyword) || IsMisspelling("of"))
        {
            var ofStart = Start;
            of = Node(ofStart, new OfClauseSyntax(Expect(SyntaxKind.OfKeyword), ExpectName("the name of a bucket")));
        }

        var figure = ChooseWord(s_figures);
        AlertStepsSyntax? steps = null;
        if (At(SyntaxKind.CommaToken) || At(SyntaxKind.ThenKeyword))
        {
            var stepsStart = Start;
            var comma = Expect(SyntaxKind.CommaToken);
            var thenEvery = Phrase(SyntaxKind.ThenKeyword, SyntaxKind.EveryKeyword);
            steps = Node(stepsStart, new AlertStepsSyntax(comma, thenEvery, ParseAmount(allowBase: false)));
        }

        var tail = ParseTail();
        return Line(start, tail, new AlertLevelLineSyntax(direction, every, levels, of, figure, steps, tail.End, tail.Block));
    }

    private AtZeroSyntax ParseAtZero()
    {
        var start = Start;
        var atZero = Phrase(SyntaxKind.AtKeyword, SyntaxKind.ZeroKeyword);
        var tail = ParseTail(BlockKind.AtZero, "what happens then");
        return Line(start, tail, new AtZeroSyntax(atZero, tail.End, tail.Block));
    }

    private LineSyntax? ParseAtZeroLine(SyntaxKind first)
    {
        if (first == SyntaxKind.IfKeyword)
        {
            return ParseShortfall();
        }

        var start = Start;
        var verb = TakeKeyword();
        var actions = ParseNames("the name of an action");
        var until = Expect(SyntaxKind.UntilKeyword);
        var eventsStart = Start;
        var events = ImmutableArray.CreateBuilder<SyntaxToken>(1);
        var separators = ImmutableArray.CreateBuilder<SyntaxToken>();
        events.Add(ExpectName("what ends it, such as renewal or purchase"));
        while (At(SyntaxKind.OrKeyword))
        {
            separators.Add(TakeKeyword());
            events.Add(ExpectName("what ends it, such as renewal or purchase"));
        }

        var list = Node(eventsStart, new TokenListSyntax(events.DrainToImmutable(), separators.DrainToImmutable()));
        var tail = ParseTail();
        return Line(start, tail, new StopLineSyntax(verb, actions, until, list, tail.End, tail.Block));
    }

    private ShortfallLineSyntax ParseShortfall()
    {
        var start = Start;
        var ifShort = Phrase(SyntaxKind.IfKeyword, SyntaxKind.ShortKeyword);
        var policy = ChooseWord(s_shortfalls);
        var options = ImmutableArray.CreateBuilder<DebtOptionSyntax>();
        while (policy.Kind == SyntaxKind.OweKeyword && At(SyntaxKind.CommaToken))
        {
            options.Add(ParseDebtOption());
        }

        var tail = ParseTail();
        return Line(start, tail, new ShortfallLineSyntax(ifShort, policy, options.DrainToImmutable(), tail.End, tail.Block));
    }

    private DebtOptionSyntax ParseDebtOption()
    {
        var start = Start;
        var comma = Take();
        switch (Choose(s_debts))
        {
            case SyntaxKind.DroppedKeyword:
                return Node(start, new DebtDroppedSyntax(
                    comma, Phrase(SyntaxKind.DroppedKeyword, SyntaxKind.AtKeyword, SyntaxKind.RenewalKeyword)));
            case SyntaxKind.RepaidKeyword:
                return ParseDebtRepaid(start, comma);
            default:
                return Node(start, new DebtLimitSyntax(comma, Phrase(SyntaxKind.UpKeyword, SyntaxKind.ToKeyword), ParseAmount()));
        }
    }

    // A comma before another option ends the list of buckets.
    private DebtRepaidSyntax ParseDebtRepaid(int start, SyntaxToken comma)
    {
        var repaidBy = Phrase(SyntaxKind.RepaidKeyword, SyntaxKind.ByKeyword);
        var namesStart = Start;
        var names = ImmutableArray.CreateBuilder<SyntaxToken>(1);
        var commas = ImmutableArray.CreateBuilder<SyntaxToken>();
        names.Add(ExpectName("the name of a bucket"));
        while (At(SyntaxKind.CommaToken) && !s_debts.Kinds.Contains(Peek(1).ContextualKind))
        {
            commas.Add(Take());
            names.Add(ExpectName("the name of a bucket"));
        }

        var buckets = Node(namesStart, new TokenListSyntax(names.DrainToImmutable(), commas.DrainToImmutable()));
        return Node(start, new DebtRepaidSyntax(comma, repaidBy, buckets));
    }

    private HoldsSyntax ParseHolds()
    {
        var start = Start;
        var keyword = TakeKeyword();
        var tail = ParseTail(BlockKind.Holds, "what holds for them");
        return Line(start, tail, new HoldsSyntax(keyword, tail.End, tail.Block));
    }

    private LineSyntax? ParseHoldsLine(SyntaxKind first)
    {
        var start = Start;
        switch (first)
        {
            case SyntaxKind.ExpireKeyword:
                {
                    var expireAfter = Phrase(SyntaxKind.ExpireKeyword, SyntaxKind.AfterKeyword);
                    var duration = ParseDuration();
                    var tail = ParseTail();
                    return Line(start, tail, new HoldExpiryLineSyntax(expireAfter, duration, tail.End, tail.Block));
                }

            case SyntaxKind.CaptureKeyword:
                return ParseCapture();
            case SyntaxKind.ReturnedKeyword:
                return ParseReturned();
            default:
                return null;
        }
    }

    private CaptureLineSyntax ParseCapture()
    {
        var start = Start;
        var keyword = TakeKeyword();
        var never = Choose(s_captures) == SyntaxKind.NeverKeyword;
        var phrase = never
            ? Phrase(SyntaxKind.NeverKeyword, SyntaxKind.ExceedsKeyword, SyntaxKind.TheKeyword, SyntaxKind.HoldKeyword)
            : Phrase(SyntaxKind.MayKeyword, SyntaxKind.ExceedKeyword, SyntaxKind.TheKeyword, SyntaxKind.HoldKeyword);
        CaptureExcessSyntax? by = null;
        if (!never && (At(SyntaxKind.ByKeyword) || At(SyntaxKind.PercentToken)))
        {
            var byStart = Start;
            by = Node(byStart, new CaptureExcessSyntax(Expect(SyntaxKind.ByKeyword), ExpectPercent()));
        }

        var tail = ParseTail();
        return Line(start, tail, new CaptureLineSyntax(keyword, phrase, by, tail.End, tail.Block));
    }

    private ReturnedCreditsLineSyntax ParseReturned()
    {
        var start = Start;
        var returned = Phrase(SyntaxKind.ReturnedKeyword, SyntaxKind.CreditsKeyword);
        var verb = ChooseWord(s_returns);
        DurationSyntax? duration = null;
        SyntaxToken? more = null;
        if (verb.Kind == SyntaxKind.LiveKeyword)
        {
            duration = ParseDuration();
            more = Expect(SyntaxKind.MoreKeyword);
        }

        var tail = ParseTail();
        return Line(start, tail, new ReturnedCreditsLineSyntax(returned, verb, duration, more, tail.End, tail.Block));
    }

    private RecordSyntax ParseRecord()
    {
        var start = Start;
        var keyword = TakeKeyword();
        var names = ParseNames("the name of what is recorded");
        var phrase = Phrase(SyntaxKind.OnKeyword, SyntaxKind.EveryKeyword, SyntaxKind.ChargeKeyword);
        var tail = ParseTail();
        return Line(start, tail, new RecordSyntax(keyword, names, phrase, tail.End, tail.Block));
    }

    private TransfersSyntax ParseTransfers()
    {
        var start = Start;
        var keyword = TakeKeyword();
        var policy = ChooseWord(s_transfers);
        var tail = ParseTail();
        return Line(start, tail, new TransfersSyntax(keyword, policy, tail.End, tail.Block));
    }
}
