using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using Rules.Dsl.Diagnostics;
using Rules.Dsl.Syntax;
using Rules.Dsl.Text;

namespace Rules.Dsl.Binding;

internal sealed partial class Binder
{
    private const string Credits = "an amount of credits";

    // Amounts of credits that a price charges, with more decimals than credits are kept to; reported together, once all are known.
    private readonly List<BoundLiteralAmount> _ratesWithTooManyDecimals = [];

    private ImmutableArray<RateSymbol> BindRates() =>
        [.. Items<RateSyntax>().Where(static r => !r.Name.IsMissing).Select(r => RateOrTerm(r.Name.ValueText, use: false)).OfType<RateSymbol>().Distinct()];

    private ImmutableArray<TermSymbol> BindTerms() =>
        [.. Items<TermSyntax>().Where(static t => !t.Name.IsMissing).Select(t => RateOrTerm(t.Name.ValueText, use: false)).OfType<TermSymbol>().Distinct()];

    /// <summary>The rate or term of this name, bound now if it was not yet; null where there is none, or where it is defined by itself.</summary>
    private Symbol? RateOrTerm(string name, bool use = true)
    {
        if (!_ratesAndTerms.TryGetValue(name, out var symbol))
        {
            if (!_rateOrTermItems.TryGetValue(name, out var item) || !_ratesInProgress.Add(name))
            {
                return null;
            }

            symbol = item is RateSyntax rate ? BindRate(rate) : BindTerm((TermSyntax)item);
            _ratesAndTerms.Add(name, symbol);
            NoteName(item is RateSyntax declaring ? declaring.Name : ((TermSyntax)item).Name, symbol, isDeclaration: true);
            _ratesInProgress.Remove(name);
        }

        return use ? Use(symbol) : symbol;
    }

    private RateSymbol BindRate(RateSyntax syntax)
    {
        UnitSymbol? per = null;
        var isError = false;
        if (syntax.Per is { } clause)
        {
            per = LookupCountedUnit(clause.Unit);
            isError = per is null;
        }

        var amount = BindAmount(syntax.Amount);
        if (amount.Kind == AmountKind.Percent)
        {
            Report(DiagnosticDescriptors.WrongUnit, amount.Location, Noun(amount), "an amount of credits or money");
            amount = new BoundErrorAmount(amount.Location);
        }

        return new RateSymbol(syntax.Name.ValueText, amount, per, syntax.Name.Location) { IsError = isError };
    }

    private TermSymbol BindTerm(TermSyntax syntax)
    {
        CurrencySymbol? currency = null;
        TermKind? kind = (syntax.Type.Word.Kind, syntax.Type.Second) switch
        {
            (SyntaxKind.CreditsKeyword or SyntaxKind.CreditKeyword, _) => TermKind.Credits,
            (SyntaxKind.PercentKeyword, null) => TermKind.Percent,
            (SyntaxKind.PercentKeyword, _) => TermKind.PercentList,
            (SyntaxKind.DurationKeyword, _) => TermKind.Duration,
            (SyntaxKind.BucketKeyword, _) => TermKind.BucketOrder,
            _ => null,
        };
        if (kind is null)
        {
            currency = LookupCurrency(syntax.Type.Word);
            kind = TermKind.Money;
        }

        var isError = kind == TermKind.Money && currency is null;
        var normally = syntax.Default is { } stated ? BindTermValue(stated.Value, kind.Value, currency, isError) : null;
        var sample = BindTermValue(syntax.Sample, kind.Value, currency, isError);
        return new TermSymbol(
            syntax.Name.ValueText, kind.Value, currency, syntax.Origin.First == SyntaxKind.SetKeyword, normally, sample, syntax.Name.Location)
        {
            IsError = isError,
        };
    }

    private BoundTermValue BindTermValue(TermValueSyntax syntax, TermKind kind, CurrencySymbol? currency, bool isError)
    {
        switch (syntax)
        {
            case UnlimitedTermValueSyntax:
                return new BoundUnlimitedValue(syntax.Location);
            case DurationTermValueSyntax duration:
                ReportTermValue(kind == TermKind.Duration || isError, syntax, "a duration", kind, currency);
                return new BoundDurationValue(syntax.Location, BindDuration(duration.Duration));
            case OrderTermValueSyntax order:
                ReportTermValue(kind == TermKind.BucketOrder || isError, syntax, "an order of buckets", kind, currency);
                return new BoundOrderValue(syntax.Location, kind == TermKind.BucketOrder ? BindOrder(order.Buckets).Buckets : []);
            default:
                // A single name is an order of one bucket where an order is asked for.
                var list = (AmountListSyntax)syntax;
                if (kind == TermKind.BucketOrder && list.Amounts is [NamedAmountSyntax only])
                {
                    return new BoundOrderValue(syntax.Location, [LookupBucket(only.Name)]);
                }

                ImmutableArray<BoundAmount> amounts = [.. list.Amounts.Select(BindAmount)];
                foreach (var amount in amounts)
                {
                    if (!isError && amount.Kind != AmountKind.Error && (Expected(kind) != amount.Kind || !ReferenceEquals(currency, amount.Currency)))
                    {
                        Report(DiagnosticDescriptors.WrongUnit, amount.Location, Noun(amount), Describe(kind, currency));
                    }
                }

                if (amounts.Length > 1 && kind != TermKind.PercentList)
                {
                    Report(DiagnosticDescriptors.WrongUnit, syntax.Location, "a list", Describe(kind, currency));
                }

                return new BoundAmountsValue(syntax.Location, amounts);
        }
    }

    private void ReportTermValue(bool fits, TermValueSyntax syntax, string found, TermKind kind, CurrencySymbol? currency)
    {
        if (!fits)
        {
            Report(DiagnosticDescriptors.WrongUnit, syntax.Location, found, Describe(kind, currency));
        }
    }

    private BoundAmount BindAmount(AmountSyntax syntax)
    {
        switch (syntax)
        {
            case UnitAmountSyntax amount:
                return BindUnitAmount(amount);
            case PercentAmountSyntax { Base: { } of } percent:
                return new BoundPercentOfAmount(percent.Location, BindPercent(percent.Percent), BindAmount(of.Amount));
            case PercentAmountSyntax percent:
                return BindPercentLiteral(percent.Percent);
            case NamedAmountSyntax named:
                return BindNamedAmount(named.Name);
            default:
                return new BoundErrorAmount(syntax.Location);
        }
    }

    private BoundAmount BindUnitAmount(UnitAmountSyntax syntax)
    {
        if (syntax.Number.IsMissing || syntax.Number.HasError || syntax.Unit.IsMissing)
        {
            return new BoundErrorAmount(syntax.Location);
        }

        if (syntax.Unit.Kind is SyntaxKind.CreditKeyword or SyntaxKind.CreditsKeyword)
        {
            return new BoundLiteralAmount(syntax.Location, AmountKind.Credits, null, syntax.Number.NumberValue);
        }

        return LookupCurrency(syntax.Unit) is { } currency
            ? new BoundLiteralAmount(syntax.Location, AmountKind.Money, currency, syntax.Number.NumberValue)
            : new BoundErrorAmount(syntax.Location);
    }

    private BoundAmount BindPercentLiteral(SyntaxToken token) => token.IsMissing || token.HasError
        ? new BoundErrorAmount(token.Location)
        : new BoundLiteralAmount(token.Location, AmountKind.Percent, null, BindPercent(token));

    private ExactDecimal BindPercent(SyntaxToken token)
    {
        var value = token.NumberValue;
        if (value > 100)
        {
            Report(DiagnosticDescriptors.PercentOutOfRange, token.Location, token.Text);
            return 100;
        }

        return value;
    }

    // Rates refer to rates: a chain of them is walked by recursion here, in the normal form and in the model.
    private static bool IsTooDeep(RateSymbol rate)
    {
        var amount = rate.Amount;
        for (var depth = 1; depth < SyntaxTree.MaximumDepth; depth++)
        {
            amount = amount is BoundPercentOfAmount share ? share.Of : amount;
            if (amount is not BoundRateAmount inner)
            {
                return false;
            }

            amount = inner.Rate.Amount;
        }

        return true;
    }

    private BoundAmount BindNamedAmount(SyntaxToken name)
    {
        if (_ratesInProgress.Count >= SyntaxTree.MaximumDepth)
        {
            Report(DiagnosticDescriptors.NestedTooDeep, name.Location, SyntaxTree.MaximumDepth);
            return new BoundErrorAmount(name.Location);
        }

        if (_ratesInProgress.Contains(name.ValueText))
        {
            Report(DiagnosticDescriptors.RateOfItself, name.Location, name.ValueText);
            return new BoundErrorAmount(name.Location);
        }

        var symbol = name.IsMissing ? null : RateOrTerm(name.ValueText);
        if (symbol is null && !IsExcused(name)
            && ReportNearMiss(DiagnosticDescriptors.UnknownRateOrTerm, name, _rateOrTermItems.Keys, name.ValueText) is { } meant)
        {
            symbol = RateOrTerm(meant);
        }

        if (symbol is not null && symbol.Name == name.ValueText)
        {
            NoteName(name, symbol, isDeclaration: false);
        }

        switch (symbol)
        {
            case RateSymbol rate when IsTooDeep(rate):
                Report(DiagnosticDescriptors.NestedTooDeep, name.Location, SyntaxTree.MaximumDepth);
                return new BoundErrorAmount(name.Location);
            case RateSymbol rate:
                return rate.IsError ? new BoundErrorAmount(name.Location) : new BoundRateAmount(name.Location, rate);
            case TermSymbol term when !term.IsError:
                return term.Kind switch
                {
                    TermKind.Credits => new BoundTermAmount(name.Location, AmountKind.Credits, term),
                    TermKind.Money => new BoundTermAmount(name.Location, AmountKind.Money, term),
                    TermKind.Percent or TermKind.PercentList => new BoundTermAmount(name.Location, AmountKind.Percent, term),
                    _ => WrongTerm(name, term),
                };
            default:
                return new BoundErrorAmount(name.Location);
        }
    }

    private BoundErrorAmount WrongTerm(SyntaxToken name, TermSymbol term)
    {
        Report(DiagnosticDescriptors.WrongUnit, name.Location, Describe(term.Kind, null), "an amount");
        return new BoundErrorAmount(name.Location);
    }

    private CurrencySymbol? LookupCurrency(SyntaxToken name)
    {
        if (!name.IsMissing && _currencies.Find(name.ValueText) is { } currency)
        {
            return Use(currency, name);
        }

        if (!IsExcused(name))
        {
            ReportNearMiss(DiagnosticDescriptors.UnknownCurrency, name, _currencies.Names.Concat(["credit", "credits"]), name.ValueText);
        }

        return null;
    }

    /// <summary>What a <c>per</c> counts: a meter, a currency or the credit.</summary>
    private UnitSymbol? LookupCountedUnit(SyntaxToken name) =>
        name.Kind is SyntaxKind.CreditKeyword or SyntaxKind.CreditsKeyword
        || (name.Kind == SyntaxKind.NameToken && name.ValueText is "credit" or "credits" && _meters.Find(name.ValueText) is null)
            ? _credit
            : LookupUnit(name);

    /// <summary>An amount of credits, or an error amount after PR0301.</summary>
    private BoundAmount BindCredits(AmountSyntax syntax) => Require(BindAmount(syntax), AmountKind.Credits, Credits);

    /// <summary>An amount of credits that is kept as it is, so it must fit the declared decimals: nothing rounds it.</summary>
    private BoundAmount BindKeptCredits(AmountSyntax syntax)
    {
        var amount = BindCredits(syntax);
        if (!_credit.IsError && TryConstant(amount, out var value) && value.Scale > _credit.Decimals)
        {
            Report(DiagnosticDescriptors.KeptAmountTooFine, amount.Location, Write(amount), value.Scale, _credit.Decimals);
        }

        return amount;
    }

    private BoundAmount BindMoney(AmountSyntax syntax) => Require(BindAmount(syntax), AmountKind.Money, "an amount of money");

    private BoundAmount Require(BoundAmount amount, AmountKind kind, string needed)
    {
        if (amount.Kind == kind && amount is not BoundRateAmount { Rate.Per: not null } and not BoundTermAmount { Term.Kind: TermKind.PercentList })
        {
            return amount;
        }

        if (amount is BoundRateAmount { Rate: { Per: { } per } rate } && amount.Kind == kind)
        {
            Report(DiagnosticDescriptors.RateUsedWithoutUnit, amount.Location, rate.Name, Write(rate.Amount), Singular(per));
        }
        else if (amount.Kind != AmountKind.Error)
        {
            Report(DiagnosticDescriptors.WrongUnit, amount.Location, Noun(amount), needed);
        }

        return new BoundErrorAmount(amount.Location);
    }

    /// <summary>Remembers a charged amount that has more decimals than credits are kept to.</summary>
    private void WatchDecimals(BoundAmount amount)
    {
        switch (amount)
        {
            case BoundLiteralAmount { Kind: AmountKind.Credits } literal when literal.Value.Scale > _credit.Decimals && !_credit.IsError:
                _ratesWithTooManyDecimals.Add(literal);
                break;
            case BoundRateAmount rate:
                WatchDecimals(rate.Rate.Amount);
                break;
        }
    }

    private void ReportRoundedRates()
    {
        if (_ratesWithTooManyDecimals.Count == 0 || Items<CreditSyntax>().FirstOrDefault() is not { } credit)
        {
            return;
        }

        var needed = _ratesWithTooManyDecimals.Max(static r => r.Value.Scale);
        var places = credit.Precision.Places;
        var decimals = needed.ToString(CultureInfo.InvariantCulture);
        foreach (var rate in _ratesWithTooManyDecimals)
        {
            Report(
                DiagnosticDescriptors.RateRounded,
                rate.Location,
                [new DiagnosticFix($"keep credits to {decimals} decimals", places.Span, decimals)],
                Write(rate), rate.Value.Scale, _credit.Decimals, _credit.Name, needed);
        }
    }

    private static Duration BindDuration(DurationSyntax syntax) => new(
        syntax.Count is { IsMissing: false, HasError: false } count ? Math.Max(1, count.IntegerValue) : 1,
        syntax.Unit.Kind switch
        {
            SyntaxKind.HourKeyword or SyntaxKind.HoursKeyword => DurationUnit.Hour,
            SyntaxKind.DayKeyword or SyntaxKind.DaysKeyword => DurationUnit.Day,
            SyntaxKind.WeekKeyword or SyntaxKind.WeeksKeyword => DurationUnit.Week,
            SyntaxKind.YearKeyword or SyntaxKind.YearsKeyword => DurationUnit.Year,
            _ => DurationUnit.Month,
        });

    /// <summary>The figure of an amount where no account can change it.</summary>
    internal static bool TryConstant(BoundAmount? amount, out ExactDecimal value)
    {
        switch (amount)
        {
            case BoundLiteralAmount literal:
                value = literal.Value;
                return true;
            case BoundRateAmount rate:
                return TryConstant(rate.Rate.Amount, out value);
            case BoundPercentOfAmount part when TryConstant(part.Of, out var whole):
                value = whole * part.Percent * new ExactDecimal(Int128.One, 2);
                return true;
            case BoundDiscountedAmount discounted when TryConstant(discounted.Of, out var of) && TryConstant(discounted.Off, out var off):
                value = LessPercent(of, off);
                return true;
            default:
                value = default;
                return false;
        }
    }

    private static ExactDecimal LessPercent(ExactDecimal amount, ExactDecimal percent) => amount * (100 - percent) * new ExactDecimal(Int128.One, 2);

    /// <summary>The percentage by which <paramref name="amount"/> is below <paramref name="list"/>, if it can be written with 9 decimals and lies in 0 to 100.</summary>
    private static bool TryPercentOff(ExactDecimal list, ExactDecimal amount, out ExactDecimal percent)
    {
        percent = default;
        if (list.Sign <= 0 || amount > list || amount.IsNegative)
        {
            return false;
        }

        var scale = Math.Max(list.Scale, amount.Scale);
        var whole = list.Mantissa * BigInteger.Pow(10, scale - list.Scale);
        var part = amount.Mantissa * BigInteger.Pow(10, scale - amount.Scale);
        var quotient = BigInteger.DivRem((whole - part) * BigInteger.Pow(10, 11), whole, out var remainder);
        percent = new ExactDecimal(quotient, 9);
        return remainder.IsZero;
    }

    /// <summary>An amount in the author's notation: <c>0.0004 credits</c>, <c>4 USD</c>, <c>60%</c>, or the name of a rate or term.</summary>
    internal static string Write(BoundAmount amount) => amount switch
    {
        BoundLiteralAmount { Kind: AmountKind.Percent } percent => percent.Value.ToGroupedString() + "%",
        BoundLiteralAmount literal => WriteFigure(literal.Value, literal),
        BoundRateAmount rate => rate.Rate.Name,
        BoundTermAmount term => term.Term.Name,
        _ => amount.Location.Text,
    };

    internal static string WriteFigure(ExactDecimal value, BoundAmount like) =>
        value.ToGroupedString() + (like.Currency is { } currency ? " " + currency.Name : value == 1 ? " credit" : " credits");

    private static string Describe(BoundAmount amount) => amount.Kind switch
    {
        AmountKind.Credits => "credits",
        AmountKind.Money => amount.Currency?.Name ?? "money",
        _ => "percent",
    };

    private static string Noun(BoundAmount amount) => amount.Kind switch
    {
        AmountKind.Credits => Credits,
        AmountKind.Money => "an amount of " + (amount.Currency?.Name ?? "money"),
        _ => "a percentage",
    };

    private static string Describe(TermKind kind, CurrencySymbol? currency) => kind switch
    {
        TermKind.Credits => Credits,
        TermKind.Money => "an amount of " + (currency?.Name ?? "money"),
        TermKind.Percent => "a percentage",
        TermKind.PercentList => "a list of percentages",
        TermKind.Duration => "a duration",
        _ => "an order of buckets",
    };

    private static AmountKind Expected(TermKind kind) => kind switch
    {
        TermKind.Credits => AmountKind.Credits,
        TermKind.Money => AmountKind.Money,
        TermKind.Percent or TermKind.PercentList => AmountKind.Percent,
        _ => AmountKind.Error,
    };
}
