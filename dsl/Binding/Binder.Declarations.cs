using System.Collections.Immutable;
using Rules.Dsl.Diagnostics;
using Rules.Dsl.Syntax;
using Rules.Dsl.Text;

namespace Rules.Dsl.Binding;

internal sealed partial class Binder
{
    private readonly NameTable<CurrencySymbol> _currencies = new();
    private readonly NameTable<ListSymbol> _lists = new();
    private readonly NameTable<MeterSymbol> _meters = new();
    private readonly Dictionary<string, MeterSymbol> _metersByPlural = new(StringComparer.Ordinal);
    private readonly NameTable<FactSymbol> _accountFacts = new();
    private readonly NameTable<ActionSymbol> _actions = new();
    private readonly NameTable<BucketSymbol> _buckets = new();
    private readonly NameTable<PlanSymbol> _plans = new();
    private readonly NameTable<PackSymbol> _packs = new();
    private readonly NameTable<AlertSymbol> _alerts = new();
    private readonly Dictionary<string, ItemSyntax> _rateOrTermItems = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Symbol> _ratesAndTerms = new(StringComparer.Ordinal);
    private readonly HashSet<string> _ratesInProgress = new(StringComparer.Ordinal);
    private FactSymbol _planFact = null!;
    private string? _accountName;

    /// <summary>Makes every symbol. Rates and terms are bound when first used, because they may refer to each other.</summary>
    private void DeclareNames()
    {
        _credit = DeclareCredit();
        DeclareCommonNames();
        foreach (var item in Items<PlanSyntax>())
        {
            Declare(_plans, item.Name, new PlanSymbol(item.Name.ValueText, item.Name.Location));
        }

        foreach (var item in Items<PackSyntax>())
        {
            Declare(_packs, item.Name, new PackSymbol(item.Name.ValueText, item.Name.Location));
        }

        foreach (var item in Items<AlertSyntax>())
        {
            Declare(_alerts, item.Name, new AlertSymbol(item.Name.ValueText, item.Name.Location));
        }

        foreach (var item in Items<BucketSyntax>())
        {
            Declare(_buckets, item.Name, new BucketSymbol(item.Name.ValueText, FundingOf(item.Origin), item.Name.Location));
        }

        foreach (var item in _items)
        {
            var name = item switch
            {
                RateSyntax rate => rate.Name,
                TermSyntax term => term.Name,
                _ => null,
            };
            if (name is { IsMissing: false } && !_rateOrTermItems.TryAdd(name.ValueText, (ItemSyntax)item))
            {
                ReportTwice(name.Location, name.ValueText, _rateOrTermItems[name.ValueText].Location);
            }
        }

        _planFact = new FactSymbol(
            "plan", FactOwner.Plan, new FactDomain(FactDomainKind.Plan, [.. _plans.Names]), null, _tree.Root.Header.Location);
        DeclareAccount();
        DeclareActions();
    }

    /// <summary>Symbols of what a common file may hold.</summary>
    private void DeclareCommonNames()
    {
        foreach (var item in Items<CurrencySyntax>())
        {
            Declare(_currencies, item.Name, new CurrencySymbol(item.Name.ValueText, item.Name.Location, BindPlaces(item.Precision), BindRounding(item.Precision)));
        }

        foreach (var item in Items<ListSyntax>())
        {
            Declare(_lists, item.Name, new ListSymbol(item.Name.ValueText, BindEntries(item), item.Name.Location));
        }

        DeclareMeters();
    }

    private CreditSymbol DeclareCredit()
    {
        if (Only<CreditSyntax>("credit") is { } item)
        {
            return new CreditSymbol(item.Name.ValueText, item.Name.Location, BindPlaces(item.Precision), BindRounding(item.Precision));
        }

        var header = _tree.Root.Header;
        if (!HasUnreadableItem && !header.HasError)
        {
            Report(DiagnosticDescriptors.NoCredit, LineLocation(header));
        }

        return new CreditSymbol("credit", header.Location, 9, RoundingMode.HalfUp) { IsError = true };
    }

    private void DeclareMeters()
    {
        foreach (var item in Items<MeterSyntax>())
        {
            var name = item.Name.ValueText;
            var plural = item.Plural?.Name.ValueText ?? name + "s";
            var meter = new MeterSymbol(name, plural, item.DivisibilityKeyword.Kind == SyntaxKind.WholeKeyword, item.Name.Location);
            if (Declare(_meters, item.Name, meter))
            {
                _metersByPlural.TryAdd(plural, meter);
                if (item.Plural is { Name: var declared })
                {
                    NoteName(declared, new NameUse(declared.Location, meter.Location, name, meter) { IsDeclaration = true, IsPlural = true });
                }
            }
        }
    }

    private void DeclareAccount()
    {
        if (Only<AccountSyntax>("account") is not { } item)
        {
            return;
        }

        _accountName = item.Name.ValueText;
        foreach (var line in Lines(item).OfType<FactLineSyntax>())
        {
            if (BindFact(line, FactOwner.Account) is { } fact)
            {
                Declare(_accountFacts, line.Name, fact);
            }
        }
    }

    private void DeclareActions()
    {
        foreach (var item in _items)
        {
            if (item is ActionSyntax action)
            {
                var facts = new NameTable<FactSymbol>();
                var measures = ImmutableArray.CreateBuilder<UnitSymbol>();
                foreach (var line in Lines(action))
                {
                    if (line is FactLineSyntax factLine && BindFact(factLine, FactOwner.Action) is { } fact)
                    {
                        Declare(facts, factLine.Name, fact);
                    }
                    else if (line is MeasuresLineSyntax measured)
                    {
                        BindMeasures(measured, action.Name.ValueText, measures);
                    }
                }

                var key = action.KeyedBy is { Key.IsMissing: false } keyed ? new KeySymbol(keyed.Key.ValueText, keyed.Key.Location) : null;
                if (key is not null)
                {
                    NoteName(action.KeyedBy!.Key, key, isDeclaration: true);
                }

                Declare(_actions, action.Name, new ActionSymbol(
                    action.Name.ValueText, isFree: false, key, [.. facts.Symbols], measures.ToImmutable(), action.Name.Location));
            }
            else if (item is FreeActionSyntax free)
            {
                foreach (var name in free.Actions.Items.Where(n => !_file.Gone.Contains(n)))
                {
                    Declare(_actions, name, new ActionSymbol(name.ValueText, isFree: true, null, [], [], name.Location));
                }
            }
        }
    }

    private void BindMeasures(MeasuresLineSyntax line, string action, ImmutableArray<UnitSymbol>.Builder measures)
    {
        foreach (var name in line.Meters.Items)
        {
            var unit = LookupUnit(name);
            if (unit is not null && measures.Contains(unit))
            {
                ReportTwiceUnlessGuessed(name, IsGuess(name, unit), line.Location);
            }
            else if (unit is not null)
            {
                if (measures.Count == ActionSymbol.MostMeters)
                {
                    Report(DiagnosticDescriptors.TooManyMeters, name.Location, action, ActionSymbol.MostMeters);
                }

                measures.Add(unit);
            }
        }
    }

    private FactSymbol? BindFact(FactLineSyntax line, FactOwner owner)
    {
        if (line.Name.IsMissing)
        {
            return null;
        }

        if (line.Name.ValueText == "plan")
        {
            Report(DiagnosticDescriptors.BuiltInName, line.Name.Location, "plan");
            return null;
        }

        var domain = BindDomain(line.Domain);
        FactValue? normally = null;
        if (domain is not null && line.Default is { Value.IsMissing: false } stated)
        {
            normally = BindValue(line.Name.ValueText, domain, stated.Value);
        }

        return new FactSymbol(line.Name.ValueText, owner, domain ?? new FactDomain(FactDomainKind.OneOf, []), normally, line.Name.Location)
        {
            IsError = domain is null,
        };
    }

    private FactDomain? BindDomain(DomainSyntax syntax)
    {
        switch (syntax)
        {
            case YesOrNoDomainSyntax:
                return FactDomain.YesNo;
            case OnOrOffDomainSyntax:
                return FactDomain.OnOff;
            case DateDomainSyntax { DateKeyword.IsMissing: false }:
                return FactDomain.Date;
            case NumberDomainSyntax:
                return FactDomain.Number;
            case ListDomainSyntax from:
                return Lookup(_lists, from.List, DiagnosticDescriptors.UnknownList) is { } list
                    ? new FactDomain(FactDomainKind.List, [.. list.Entries.Select(static e => e.Name)], list)
                    : null;
            case OneOfDomainSyntax oneOf:
                var values = ImmutableArray.CreateBuilder<string>();
                foreach (var token in oneOf.Values.Items)
                {
                    if (token.IsMissing || token.HasError)
                    {
                        return null;
                    }

                    if (values.Contains(token.ValueText))
                    {
                        ReportTwice(token.Location, token.ValueText, oneOf.Location);
                        continue;
                    }

                    values.Add(token.ValueText);
                }

                return new FactDomain(FactDomainKind.OneOf, values.ToImmutable());
            default:
                return null;
        }
    }

    private ImmutableArray<ListEntry> BindEntries(ListSyntax item)
    {
        var entries = ImmutableArray.CreateBuilder<ListEntry>();
        var lines = new Dictionary<string, TextLocation>(StringComparer.Ordinal);
        foreach (var line in Lines(item).OfType<ListEntryLineSyntax>())
        {
            if (line.Name.IsMissing)
            {
                continue;
            }

            if (!lines.TryAdd(line.Name.ValueText, line.Name.Location))
            {
                ReportTwice(line.Name.Location, line.Name.ValueText, lines[line.Name.ValueText]);
                continue;
            }

            ImmutableArray<string> tags = line.Tags is { } names
                ? [.. names.Items.Where(static t => !t.IsMissing).Select(static t => t.ValueText).Distinct(StringComparer.Ordinal)]
                : [];
            entries.Add(new ListEntry(line.Name.ValueText, tags, line.Name.Location));
            NoteName(line.Name, new NameUse(line.Name.Location, line.Name.Location, line.Name.ValueText, null) { IsDeclaration = true });
        }

        return entries.ToImmutable();
    }

    private int BindPlaces(PrecisionSyntax precision)
    {
        var places = precision.Places;
        if (places.IsMissing || places.HasError)
        {
            return 9;
        }

        if (!places.NumberValue.IsWhole || places.NumberValue > 9)
        {
            Report(DiagnosticDescriptors.FigureOutOfRange, places.Location, places.Text, "amounts are kept to 0 to 9 decimals");
            return 9;
        }

        return places.IntegerValue;
    }

    private static RoundingMode BindRounding(PrecisionSyntax precision) => precision.Rounding?.Mode is not { } mode
        ? RoundingMode.HalfUp
        : (mode.First, mode.Last) switch
        {
            (SyntaxKind.HalfKeyword, SyntaxKind.EvenKeyword) => RoundingMode.HalfEven,
            (SyntaxKind.UpKeyword, _) => RoundingMode.Up,
            (SyntaxKind.DownKeyword, _) => RoundingMode.Down,
            _ => RoundingMode.HalfUp,
        };

    private static BucketFunding FundingOf(BucketOriginSyntax origin) => origin switch
    {
        PostpaidOriginSyntax => BucketFunding.Postpaid,
        FromOriginSyntax { OriginKeyword.Kind: SyntaxKind.PurchaseKeyword } => BucketFunding.Purchase,
        FromOriginSyntax { OriginKeyword.Kind: SyntaxKind.GrantKeyword } => BucketFunding.Grant,
        _ => BucketFunding.Plan,
    };

    private bool Declare<T>(NameTable<T> table, SyntaxToken name, T symbol)
        where T : Symbol
    {
        if (name.IsMissing || name.ValueText.Length == 0)
        {
            return false;
        }

        if (table.TryDeclare(symbol, out var earlier))
        {
            NoteName(name, symbol, isDeclaration: true);
            return true;
        }

        ReportTwice(name.Location, name.ValueText, earlier.Location);
        return false;
    }

    /// <summary>The symbol named or, after a report, the one probably meant; null where there is neither.</summary>
    private T? Lookup<T>(NameTable<T> table, SyntaxToken name, DiagnosticDescriptor unknown)
        where T : Symbol
    {
        if (table.Find(name.ValueText) is { } symbol && !name.IsMissing)
        {
            return Use(symbol, name);
        }

        return !IsExcused(name) && ReportNearMiss(unknown, name, table.Names, name.ValueText) is { } meant ? Use(table.Find(meant)) : null;
    }

    private BucketSymbol LookupBucket(SyntaxToken name) =>
        Lookup(_buckets, name, DiagnosticDescriptors.UnknownBucket) ?? new BucketSymbol(name.ValueText, BucketFunding.Plan, name.Location) { IsError = true };

    private PlanSymbol LookupPlan(SyntaxToken name) =>
        Lookup(_plans, name, DiagnosticDescriptors.UnknownPlan) ?? new PlanSymbol(name.ValueText, name.Location) { IsError = true };

    private ActionSymbol LookupAction(SyntaxToken name) =>
        Lookup(_actions, name, DiagnosticDescriptors.UnknownAction)
        ?? new ActionSymbol(name.ValueText, isFree: false, null, [], [], name.Location) { IsError = true };

    /// <summary>A meter in singular or plural, or a currency; after a report the one probably meant, or null.</summary>
    private UnitSymbol? LookupUnit(SyntaxToken name)
    {
        if (!name.IsMissing && FindUnit(name.ValueText) is { } unit)
        {
            return Use(unit, name);
        }

        return !IsExcused(name) && ReportNearMiss(DiagnosticDescriptors.UnknownMeter, name, UnitNames(name.ValueText), name.ValueText) is { } meant
            ? Use(FindUnit(meant))
            : null;
    }

    private UnitSymbol? FindUnit(string name) =>
        (UnitSymbol?)_meters.Find(name) ?? (UnitSymbol?)_metersByPlural.GetValueOrDefault(name) ?? _currencies.Find(name);

    // A plural is offered only where a plural was written, so that "imge" is met with "image" and "imges" with "images".
    private IEnumerable<string> UnitNames(string written) =>
        _meters.Names.Concat(_currencies.Names).Concat(written.EndsWith('s') ? _meters.Symbols.Select(static m => m.Plural) : []);

    private static string Singular(UnitSymbol unit) => unit is CreditSymbol ? "credit" : unit.Name;
}
