using System.Collections.Immutable;
using Rules.Dsl.Diagnostics;
using Rules.Dsl.Text;

namespace Rules.Dsl.Syntax;

// file, header, headlines and the dispatch of items.
internal sealed partial class Parser
{
    private static readonly Alternatives s_moves = new("move at renewal", "move on ...", "stay");
    private static readonly Alternatives s_moveTimes = new("at renewal", "on ...");

    public RuleFileSyntax ParseFile()
    {
        var start = Start;
        var language = ParseLanguage();
        var header = ParseHeader();
        var items = ImmutableArray.CreateBuilder<LineSyntax>();
        var components = 0;
        ParseLines(BlockKind.File, BlockKind.Remarks, items, ref components);
        return Node(start, new RuleFileSyntax(language, header, items.DrainToImmutable(), _current));
    }

    // A file that lacks its first line, or its second, is told so once and read on.
    private LanguageLineSyntax ParseLanguage()
    {
        var start = Start;
        if (!At(SyntaxKind.LanguageKeyword) && !IsMisspelling("language"))
        {
            ReportFirst("\"language 1\"", "language 1\n");
            return Line(start, new Tail(MissingEnd(), null, true), new LanguageLineSyntax(
                Missing(SyntaxKind.LanguageKeyword), Missing(SyntaxKind.NumberToken), MissingEnd(), null));
        }

        var keyword = Expect(SyntaxKind.LanguageKeyword);
        var version = ExpectInteger();
        if (!version.IsMissing && version.NumberValue != 1)
        {
            Report(DiagnosticDescriptors.LanguageNotKnown, version.Span, [new DiagnosticFix("write language 1", version.Span, "1")], version.Text);
        }

        var tail = ParseTail();
        return Line(start, tail, new LanguageLineSyntax(keyword, version, tail.End, tail.Block));
    }

    private HeaderSyntax ParseHeader()
    {
        var wasReported = _errorReachesNextLine;
        _lineHasError = false;
        var start = Start;
        if (At(SyntaxKind.CommonKeyword))
        {
            return ParseCommonHeader(start);
        }

        if (!At(SyntaxKind.RulesetKeyword) && !IsMisspelling("ruleset"))
        {
            _lineHasError = wasReported;
            ReportFirst("\"ruleset ...\", the name, version and day of these rules", null);
            return Line(start, new Tail(MissingEnd(), null, true), new HeaderSyntax(
                Missing(SyntaxKind.RulesetKeyword),
                Missing(SyntaxKind.NameToken),
                Missing(SyntaxKind.VersionKeyword),
                Missing(SyntaxKind.NumberToken),
                Missing(SyntaxKind.EffectiveKeyword),
                Missing(SyntaxKind.DateToken),
                null,
                null,
                MissingEnd(),
                null));
        }

        var keyword = Expect(SyntaxKind.RulesetKeyword);
        var name = ExpectName("the name of the rules", SyntaxKind.VersionKeyword);
        var versionKeyword = Expect(SyntaxKind.VersionKeyword);
        var version = ExpectInteger();
        var effective = Expect(SyntaxKind.EffectiveKeyword);
        var date = ExpectDate();
        var time = At(SyntaxKind.AtKeyword) ? ParseEffectiveTime() : null;
        var amends = At(SyntaxKind.AmendsKeyword) || IsMisspelling("amends") ? ParseAmends() : null;
        var tail = ParseTail(BlockKind.Header);
        return Line(start, tail, new HeaderSyntax(
            keyword, name, versionKeyword, version, effective, date, time, amends, tail.End, tail.Block));
    }

    private HeaderSyntax ParseCommonHeader(int start)
    {
        var keyword = TakeKeyword();
        var name = ExpectName("the name of the file", SyntaxKind.VersionKeyword);
        var versionKeyword = Expect(SyntaxKind.VersionKeyword);
        var version = ExpectInteger();
        var effective = Missing(SyntaxKind.EffectiveKeyword);
        var date = Missing(SyntaxKind.DateToken);
        var tail = ParseTail(BlockKind.Header);
        return Line(start, tail, new HeaderSyntax(keyword, name, versionKeyword, version, effective, date, null, null, tail.End, tail.Block));
    }

    private EffectiveTimeSyntax ParseEffectiveTime()
    {
        var start = Start;
        return Node(start, new EffectiveTimeSyntax(TakeKeyword(), ExpectLiteral(SyntaxKind.TimeToken, "a time of day such as 14:00")));
    }

    private AmendsClauseSyntax ParseAmends()
    {
        var start = Start;
        return Node(start, new AmendsClauseSyntax(Expect(SyntaxKind.AmendsKeyword), Expect(SyntaxKind.VersionKeyword), ExpectInteger()));
    }

    private LineEndSyntax MissingEnd() => Node(Start, new LineEndSyntax([], Missing(SyntaxKind.NewLineToken)));

    private void ReportFirst(string expected, string? insertion)
    {
        ImmutableArray<DiagnosticFix> fixes = insertion is null
            ? []
            : [new DiagnosticFix($"write {expected} first", new TextSpan(_source.GetLine(_source.GetLineNumber(Start)).Span.Start, 0), insertion)];
        ReportExpected(expected, null, fixes);
        _lineHasError = false;
        _errorReachesNextLine = true;
    }

    private LineSyntax? ParseHeadline(SyntaxKind first)
    {
        var start = Start;
        switch (first)
        {
            case SyntaxKind.TitleKeyword:
                {
                    var keyword = TakeKeyword();
                    var title = ExpectText("a title in quotes");
                    var tail = ParseTail();
                    return Line(start, tail, new TitleLineSyntax(keyword, title, tail.End, tail.Block));
                }

            case SyntaxKind.SourceKeyword:
                {
                    var keyword = TakeKeyword();
                    var page = ExpectText("the name of the page in quotes");
                    var tail = ParseTail();
                    return Line(start, tail, new SourceLineSyntax(keyword, page, tail.End, tail.Block));
                }

            case SyntaxKind.TimezoneKeyword:
                {
                    var keyword = TakeKeyword();
                    var perAccount = At(SyntaxKind.PerKeyword)
                        ? Phrase(SyntaxKind.PerKeyword, SyntaxKind.AccountKeyword, SyntaxKind.CommaToken, SyntaxKind.NormallyKeyword)
                        : null;
                    var zone = ExpectText("a time zone in quotes, such as \"Europe/Berlin\"");
                    var tail = ParseTail();
                    return Line(start, tail, new TimezoneLineSyntax(keyword, perAccount, zone, tail.End, tail.Block));
                }

            case SyntaxKind.IncludeKeyword:
                {
                    var keyword = TakeKeyword();
                    var name = ExpectName("the name of the rules to include", SyntaxKind.VersionKeyword);
                    var versionKeyword = Expect(SyntaxKind.VersionKeyword);
                    var version = ExpectInteger();
                    var tail = ParseTail();
                    return Line(start, tail, new IncludeLineSyntax(keyword, name, versionKeyword, version, tail.End, tail.Block));
                }

            case SyntaxKind.ExistingKeyword:
                return ParseExistingAccounts();
            default:
                return null;
        }
    }

    private ExistingAccountsLineSyntax ParseExistingAccounts()
    {
        var start = Start;
        var existing = Phrase(SyntaxKind.ExistingKeyword, SyntaxKind.AccountsKeyword);
        var move = ParseAccountMove();
        var tail = ParseTail();
        return Line(start, tail, new ExistingAccountsLineSyntax(existing, move, tail.End, tail.Block));
    }

    private AccountMoveSyntax ParseAccountMove()
    {
        var start = Start;
        if (Choose(s_moves) != SyntaxKind.MoveKeyword)
        {
            return Node(start, new StaySyntax(_current.ContextualKind == SyntaxKind.StayKeyword ? TakeKeyword() : Missing(SyntaxKind.StayKeyword)));
        }

        var move = TakeKeyword();
        var time = Choose(s_moveTimes);
        if (time == SyntaxKind.OnKeyword)
        {
            return Node(start, new MoveOnDateSyntax(Node(start, new PhraseSyntax([move, TakeKeyword()])), ExpectDate()));
        }

        return Node(start, new MoveAtRenewalSyntax(
            Node(start, new PhraseSyntax([move, Expect(SyntaxKind.AtKeyword), Expect(SyntaxKind.RenewalKeyword)]))));
    }

    private ItemSyntax? ParseItem(SyntaxKind first) => first switch
    {
        SyntaxKind.CreditKeyword => ParseCredit(),
        SyntaxKind.CurrencyKeyword => ParseCurrency(),
        SyntaxKind.AccountKeyword => ParseAccount(),
        SyntaxKind.ListKeyword => ParseList(),
        SyntaxKind.MeterKeyword => ParseMeter(),
        SyntaxKind.ActionKeyword => ParseAction(),
        SyntaxKind.FreeKeyword => ParseFreeAction(),
        SyntaxKind.RateKeyword => ParseRate(),
        SyntaxKind.TermKeyword => ParseTerm(),
        SyntaxKind.AppliesKeyword => ParseApplies(),
        SyntaxKind.UnmeteredKeyword => ParseUnmetered(),
        SyntaxKind.PriceKeyword => ParsePrice(),
        SyntaxKind.BucketKeyword => ParseBucket(),
        SyntaxKind.ConsumeKeyword => ParseConsume(),
        SyntaxKind.CycleKeyword => ParseCycle(),
        SyntaxKind.PlanKeyword => ParsePlan(),
        SyntaxKind.PackKeyword => ParsePack(),
        SyntaxKind.SellKeyword => ParseSell(),
        SyntaxKind.InvoiceKeyword => ParseInvoice(),
        SyntaxKind.AlertKeyword => ParseAlert(),
        SyntaxKind.AtKeyword => ParseAtZero(),
        SyntaxKind.HoldsKeyword => ParseHolds(),
        SyntaxKind.RecordKeyword => ParseRecord(),
        SyntaxKind.TransfersKeyword => ParseTransfers(),
        SyntaxKind.PromiseKeyword => ParsePromise(),
        SyntaxKind.ExampleKeyword => ParseExample(),
        SyntaxKind.RemoveKeyword => ParseRemove(),
        _ => null,
    };
}
