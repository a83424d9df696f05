using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Rules.Dsl.Diagnostics;
using Rules.Dsl.Syntax;
using Rules.Dsl.Text;

namespace Rules.Dsl.Binding;

/// <summary>
/// Resolves names and units of one tree and checks what language section 4 asks for. Declarations first, then rules, then what must be
/// stated. An unknown name becomes an error symbol, so that one mistake makes one message; a line with a mistake of writing is never
/// blamed for what it lacks. One binder binds one tree.
/// </summary>
internal sealed partial class Binder
{
    /// <summary>A file with more unknown names than this is not mended name by name.</summary>
    private const int MaxNearMissSearches = 200;

    private readonly ResolvedFile _file;
    private readonly SyntaxTree _tree;
    private readonly CompilationOptions _options;
    private readonly DiagnosticBag _diagnostics;
    private readonly ImmutableArray<LineSyntax> _items;
    private readonly HashSet<(string Id, TextLocation Location)> _reported = [];
    private readonly HashSet<(string Id, string Name)> _reportedNames = [];

    // A line with a mistake of writing is not blamed for anything else: what was read of it may not be what was meant.
    private readonly HashSet<int> _misreadLines;
    private readonly HashSet<Symbol> _used = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<TextSpan, NameUse> _names = [];

    // Names that were probably meant where an unknown one was written: whatever is said about their use would be a second message.
    private readonly HashSet<string> _meant = new(StringComparer.Ordinal);
    private CreditSymbol _credit = null!;
    private int _nearMissSearches;

    public Binder(ResolvedFile file, CompilationOptions options, DiagnosticBag diagnostics)
    {
        _file = file;
        _tree = file.Tree;
        _options = options;
        _diagnostics = diagnostics;
        _items = file.Items;
        _misreadLines = [.. _tree.Diagnostics.Select(static d => d.Location.Line)];
    }

    /// <summary>Where the file itself writes names that are declared, by position; complete once the rule set is bound.</summary>
    public IEnumerable<NameUse> Names => _names.Values.OrderBy(static n => n.Location.Span.Start);

    private bool HasUnreadableItem => _items.Any(static item => item.HasError);

    /// <summary>PR0919: a name that leads to no file, or to another than it says. Answers false.</summary>
    internal static bool ReportFileName(DiagnosticBag diagnostics, SyntaxToken name)
    {
        var words = new string([.. name.ValueText.ToLowerInvariant().Select(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' ? c : '-')]).Trim('-');
        var near = words.Length > RuleFileId.MaximumNameLength ? words[..RuleFileId.MaximumNameLength].TrimEnd('-') : words;
        near = RuleFileId.IsName(near) ? near : "my-" + (near.Length is > 0 and < 60 ? near : "rules");
        if (!name.IsMissing)
        {
            diagnostics.Report(DiagnosticDescriptors.NotAFileName, name.Location, Shortened(name.ValueText), near);
        }

        return false;
    }

    // A name of any length may come from anyone.
    private static string Shortened(string name) => name.Length <= 80 ? name : name[..80] + "…";

    public BoundRuleset BindRuleset()
    {
        var header = BindHeader(_tree.Root.Header);
        if (_tree.Root.Header.IsCommon)
        {
            return BindCommonFile(header);
        }

        DeclareNames();
        var ruleset = new BoundRuleset(header, _credit)
        {
            MeaningHash = "",
            Currencies = [.. _currencies.Symbols],
            AccountName = _accountName,
            AccountFacts = [.. _accountFacts.Symbols],
            Lists = [.. _lists.Symbols],
            Meters = [.. _meters.Symbols],
            Actions = [.. _actions.Symbols],
            Rates = BindRates(),
            Terms = BindTerms(),
            Applies = Each<AppliesSyntax, BoundApplies>(BindApplies),
            Unmetered = [.. Items<UnmeteredSyntax>().SelectMany(BindUnmetered)],
            Buckets = Each<BucketSyntax, BoundBucket>(BindBucket),
            Consume = Only<ConsumeSyntax>("consume") is { } consume ? BindConsume(consume) : null,
            Cycle = Only<CycleSyntax>("cycle") is { } cycle ? BindCycle(cycle) : null,
            Plans = Each<PlanSyntax, BoundPlan>(BindPlan),
            Packs = Each<PackSyntax, BoundPack>(BindPack),
            Prices = BindPrices(),
            Sells = BindSells(),
            Invoice = Only<InvoiceSyntax>("invoice") is { } invoice ? BindInvoice(invoice) : null,
            Alerts = Each<AlertSyntax, BoundAlert>(BindAlert),
            AtZero = Only<AtZeroSyntax>("at zero") is { } atZero ? BindAtZero(atZero) : null,
            Holds = Only<HoldsSyntax>("holds") is { } holds ? BindHolds(holds) : null,
            Records = Each<RecordSyntax, BoundRecord>(BindRecord),
            Transfers = Only<TransfersSyntax>("transfers") is { } transfers ? BindTransfers(transfers) : null,
            Promises = Each<PromiseSyntax, BoundPromise>(BindPromise),
            Examples = Each<ExampleSyntax, BoundExample>(BindExample),
            Remarks = [.. _file.Remarks.Select(BindRemark)],
        };

        CheckCoverage(ruleset);
        CheckCompleteness(ruleset);
        CheckUse();
        CheckQuotations();
        ReportRoundedRates();
        return ruleset with { MeaningHash = NormalForm.Hash(ruleset) };
    }

    private BoundHeader BindHeader(HeaderSyntax syntax)
    {
        var header = new BoundHeader(LineLocation(syntax), syntax.Name.ValueText, syntax.Version.IntegerValue, syntax.EffectiveDate.DateValue)
        {
            EffectiveTime = syntax.Time?.Time.TimeValue ?? default,
            IsCommon = syntax.IsCommon,
            Remarks = BindRemarks(syntax),
        };
        if (syntax.Amends is { } amends)
        {
            header = header with { Amends = amends.Version.IntegerValue };
        }

        foreach (var line in _file.Headlines)
        {
            header = line switch
            {
                TitleLineSyntax title => header with { Title = title.Title.ValueText },
                SourceLineSyntax source => header with { Source = source.Page.ValueText },
                TimezoneLineSyntax zone => header with { TimeZone = BindTimeZone(zone.Zone), IsTimeZonePerAccount = zone.PerAccount is not null },
                ExistingAccountsLineSyntax existing => header with { ExistingAccounts = BindExistingAccounts(existing) },
                IncludeLineSyntax include => header with { Includes = header.Includes.Add(BindInclude(include)) },
                _ => header,
            };
        }

        ReportRepeatedLines(syntax, static line => line is IncludeLineSyntax include ? $"include {include.Name.ValueText} {include.Version.Text}" : line.GetType().Name);
        return header;
    }

    /// <summary>Lists, meters and currencies; any other rule is PR0918.</summary>
    private BoundRuleset BindCommonFile(BoundHeader header)
    {
        _credit = new CreditSymbol("credit", header.Location, 9, RoundingMode.HalfUp) { IsError = true };
        foreach (var line in _items.Concat(Lines(_tree.Root.Header)).Where(static l => !l.HasError))
        {
            if (line is not (CurrencySyntax or ListSyntax or MeterSyntax or UnreadableLineSyntax or TitleLineSyntax or SourceLineSyntax or IncludeLineSyntax))
            {
                var word = line.DescendantTokens.First();
                Report(DiagnosticDescriptors.NotInACommonFile, word.Location, word.Text);
            }
        }

        DeclareCommonNames();
        var ruleset = new BoundRuleset(header, _credit)
        {
            MeaningHash = "",
            Currencies = [.. _currencies.Symbols],
            Lists = [.. _lists.Symbols],
            Meters = [.. _meters.Symbols],
            Remarks = [.. _file.Remarks.Select(BindRemark)],
        };
        CheckQuotations();
        return ruleset with { MeaningHash = NormalForm.Hash(ruleset) };
    }

    private string BindTimeZone(SyntaxToken token)
    {
        var zone = token.ValueText;
        if (zone.Length > 0 && !_options.TimeZoneIds.IsEmpty && !_options.TimeZoneIds.Contains(zone, StringComparer.Ordinal))
        {
            ReportNearMiss(DiagnosticDescriptors.UnknownTimeZone, token, _options.TimeZoneIds, zone);
        }

        return zone.Length > 0 ? zone : "UTC";
    }

    private BoundInclude BindInclude(IncludeLineSyntax syntax)
    {
        if (_file.Included.FirstOrDefault(f => f.Id.Name == syntax.Name.ValueText).Tree is { Root.Header.Name: var declared })
        {
            NoteName(syntax.Name, new NameUse(syntax.Name.Location, declared.Location, declared.ValueText, null));
        }

        return new BoundInclude(LineLocation(syntax), syntax.Name.ValueText, syntax.Version.IntegerValue) { Remarks = BindRemarks(syntax) };
    }

    private static BoundExistingAccounts BindExistingAccounts(ExistingAccountsLineSyntax syntax) => syntax.Move switch
    {
        MoveOnDateSyntax move => new(LineLocation(syntax), ExistingAccountsKind.MoveOn, move.Date.DateValue) { Remarks = BindRemarks(syntax) },
        StaySyntax => new(LineLocation(syntax), ExistingAccountsKind.Stay, null) { Remarks = BindRemarks(syntax) },
        _ => new(LineLocation(syntax), ExistingAccountsKind.MoveAtRenewal, null) { Remarks = BindRemarks(syntax) },
    };

    private IEnumerable<T> Items<T>()
        where T : ItemSyntax => _items.OfType<T>();

    private ImmutableArray<TBound> Each<TSyntax, TBound>(Func<TSyntax, TBound?> bind)
        where TSyntax : ItemSyntax
        where TBound : class => [.. Items<TSyntax>().Select(bind).OfType<TBound>()];

    /// <summary>The one item of its kind; further ones are PR0214.</summary>
    private T? Only<T>(string word)
        where T : ItemSyntax
    {
        T? first = null;
        foreach (var item in Items<T>())
        {
            if (first is null)
            {
                first = item;
            }
            else
            {
                ReportTwice(item.Keyword.Location, word, first.Location);
            }
        }

        return first;
    }

    /// <summary>The lines directly under a line, remarks and unreadable ones apart.</summary>
    private static IEnumerable<LineSyntax> Lines(LineSyntax head) =>
        head.Block?.Lines.Where(static line => line is not (RemarkLineSyntax or UnreadableLineSyntax)) ?? [];

    private static bool BlockHasError(LineSyntax head) => head.HasError || head.Block is { HasError: true };

    /// <summary>The line alone: without its remarks and without what is indented under it.</summary>
    private static TextLocation LineLocation(LineSyntax line)
    {
        var end = line.End.Remarks.IsEmpty ? line.End.NewLine.FullSpan.Start : line.End.Remarks[0].Keyword.FullSpan.Start;
        return end > line.Span.Start ? new TextLocation(line.Source, TextSpan.FromBounds(line.Span.Start, end)) : line.Location;
    }

    // Few lines have any.
    private static ImmutableArray<BoundRemark> BindRemarks(LineSyntax line) =>
        line.End.Remarks.IsEmpty && !HasRemarkLine(line.Block) ? [] : [.. line.Remarks.Select(BindRemark)];

    private static bool HasRemarkLine(BlockSyntax? block)
    {
        foreach (var line in block?.Lines ?? [])
        {
            if (line is RemarkLineSyntax)
            {
                return true;
            }
        }

        return false;
    }

    internal static BoundRemark BindRemark(RemarkSyntax syntax) => new(
        syntax.Keyword.Kind switch
        {
            SyntaxKind.SaysKeyword => RemarkKind.Says,
            SyntaxKind.AssumeKeyword => RemarkKind.Assume,
            _ => RemarkKind.Note,
        },
        syntax.Text.ValueText,
        syntax.Text.Location);

    private void Report(DiagnosticDescriptor descriptor, TextLocation location, params ReadOnlySpan<object?> arguments) =>
        Report(descriptor, location, [], arguments);

    private void Report(
        DiagnosticDescriptor descriptor, TextLocation location, ImmutableArray<DiagnosticFix> fixes, params ReadOnlySpan<object?> arguments)
    {
        if (!ReferenceEquals(location.Source, _tree.Text))
        {
            // Advice on rules that are taken over was given with the version they come from, and its text is not edited.
            if (descriptor.Severity == DiagnosticSeverity.Error && _reported.Add((descriptor.Id, location)))
            {
                _diagnostics.Report(descriptor, location, arguments);
            }
        }
        else if (!_misreadLines.Contains(location.Line) && _reported.Add((descriptor.Id, location)))
        {
            _diagnostics.Report(descriptor, location, fixes, arguments);
        }
    }

    private void ReportTwice(TextLocation location, string name, TextLocation first) =>
        Report(DiagnosticDescriptors.DeclaredTwice, location, name, first.Line);

    /// <summary>The symbol is not the one written but the one probably meant.</summary>
    private static bool IsGuess(SyntaxToken name, Symbol symbol) =>
        name.ValueText != symbol.Name && !(symbol is MeterSymbol meter && meter.Plural == name.ValueText);

    private void ReportTwiceUnlessGuessed(SyntaxToken name, bool isGuess, TextLocation first, string kind = "")
    {
        if (!isGuess)
        {
            ReportTwice(name.Location, kind + name.ValueText, first);
        }
    }

    /// <summary>Reports lines of one block that say the same thing twice; the key of a line that may repeat is null.</summary>
    private void ReportRepeatedLines(LineSyntax head, Func<LineSyntax, string?> keyOf)
    {
        Dictionary<string, LineSyntax>? first = null;
        foreach (var line in Lines(head))
        {
            if (keyOf(line) is { } key && !(first ??= new(StringComparer.Ordinal)).TryAdd(key, line))
            {
                ReportTwice(LineLocation(line), LineLocation(line).Text.Split(' ')[0], first[key].Location);
            }
        }
    }

    /// <summary>
    /// Reports an unknown name, once, with the candidate that was probably meant as last argument and as a fix. Returns that candidate:
    /// going on as if it had been written keeps one mistake from making more.
    /// </summary>
    private string? ReportNearMiss(
        DiagnosticDescriptor descriptor, SyntaxToken token, IEnumerable<string> candidates, params ReadOnlySpan<object?> arguments)
    {
        var meant = _nearMissSearches++ < MaxNearMissSearches ? Spelling.Nearest(token.ValueText, candidates.Order(StringComparer.Ordinal)) : null;
        if (meant is not null)
        {
            _meant.Add(meant);
        }

        if (!_reportedNames.Add((descriptor.Id, token.ValueText)))
        {
            return meant;
        }

        if (meant is null)
        {
            Report(descriptor, token.Location, arguments);
            return null;
        }

        var written = token.Kind == SyntaxKind.StringToken ? Quote(meant) : WriteName(meant);
        Report(descriptor, token.Location, [new DiagnosticFix($"write {written}", token.Span, written)], [.. arguments, meant]);
        return meant;
    }

    /// <summary>True where nothing should be said about a name: it is missing, or it may be declared in text that could not be read.</summary>
    private bool IsExcused(SyntaxToken token) =>
        token.IsMissing || token.HasError || token.ValueText.Length == 0 || _tree.SkippedNames.Contains(token.ValueText);

    internal static string WriteName(string name) =>
        name.Length > 0 && char.IsAsciiLetter(name[0]) && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') ? name : Quote(name);

    internal static string Quote(string name) => "\"" + name.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";

    private static TextLocation Cover(TextLocation first, TextLocation last) =>
        last.Span.End > first.Span.Start ? first with { Span = TextSpan.FromBounds(first.Span.Start, last.Span.End) } : first;

    [return: NotNullIfNotNull(nameof(symbol))]
    private T? Use<T>(T? symbol)
        where T : Symbol
    {
        if (symbol is not null)
        {
            _used.Add(symbol);
        }

        return symbol;
    }

    /// <summary>As <see cref="Use{T}(T)"/>, and notes the place.</summary>
    [return: NotNullIfNotNull(nameof(symbol))]
    private T? Use<T>(T? symbol, SyntaxToken name)
        where T : Symbol
    {
        if (symbol is not null)
        {
            NoteName(name, symbol, isDeclaration: false);
        }

        return Use(symbol);
    }

    private void NoteName(SyntaxToken name, Symbol symbol, bool isDeclaration)
    {
        if (!symbol.IsError && symbol is not FactSymbol { Owner: FactOwner.Plan })
        {
            var isPlural = symbol is MeterSymbol meter && name.ValueText != meter.Name && name.ValueText == meter.Plural;
            NoteName(name, new NameUse(name.Location, symbol.Location, symbol.Name, symbol) { IsDeclaration = isDeclaration, IsPlural = isPlural });
        }
    }

    private void NoteName(SyntaxToken name, NameUse use)
    {
        if (ReferenceEquals(name.Source, _tree.Text) && !name.IsMissing)
        {
            _names.TryAdd(name.Span, use);
        }
    }
}
