using System.Collections.Immutable;
using Rules.Dsl.Text;

namespace Rules.Dsl.Binding;

/// <summary>What a figure is a figure of.</summary>
public enum AmountKind
{
    /// <summary>Already reported; compatible with everything.</summary>
    Error,

    /// <summary>Credits.</summary>
    Credits,

    /// <summary>Money of one currency.</summary>
    Money,

    /// <summary>A percentage, 0 to 100.</summary>
    Percent,
}

/// <summary>A figure: written out, or by the name of a rate or term. The currency is set exactly for money.</summary>
public abstract record BoundAmount(TextLocation Location, AmountKind Kind, CurrencySymbol? Currency) : BoundNode(Location);

/// <summary>A figure written out: <c>0.0004 credits</c>, <c>4 USD</c>, <c>60%</c> (value 60).</summary>
public sealed record BoundLiteralAmount(TextLocation Location, AmountKind Kind, CurrencySymbol? Currency, ExactDecimal Value)
    : BoundAmount(Location, Kind, Currency);

/// <summary>The amount of a rate.</summary>
public sealed record BoundRateAmount(TextLocation Location, RateSymbol Rate) : BoundAmount(Location, Rate.Amount.Kind, Rate.Amount.Currency);

/// <summary>The account's value of a term of credits, money or percent.</summary>
public sealed record BoundTermAmount(TextLocation Location, AmountKind Kind, TermSymbol Term) : BoundAmount(Location, Kind, Term.Currency);

/// <summary><c>1.3% of 1 credit</c>: a percentage of a stated amount or of a rate.</summary>
public sealed record BoundPercentOfAmount(TextLocation Location, ExactDecimal Percent, BoundAmount Of) : BoundAmount(Location, Of.Kind, Of.Currency);

/// <summary><c>60% off</c> or <c>bulk-discount off</c> as a price: <see cref="Of"/> (the base tier or the list price) less the percentage <see cref="Off"/>.</summary>
public sealed record BoundDiscountedAmount(TextLocation Location, BoundAmount Of, BoundAmount Off) : BoundAmount(Location, Of.Kind, Of.Currency);

/// <summary>A figure that could not be understood. Never in a rule set without errors.</summary>
public sealed record BoundErrorAmount(TextLocation Location) : BoundAmount(Location, AmountKind.Error, null);

/// <summary>The sample or normal value of a term.</summary>
public abstract record BoundTermValue(TextLocation Location) : BoundNode(Location);

/// <summary>Amounts in written order; one, unless the term is a percent list.</summary>
public sealed record BoundAmountsValue(TextLocation Location, ImmutableArray<BoundAmount> Amounts) : BoundTermValue(Location);

/// <summary>A length of time.</summary>
public sealed record BoundDurationValue(TextLocation Location, Duration Duration) : BoundTermValue(Location);

/// <summary>An order of buckets, first drawn first.</summary>
public sealed record BoundOrderValue(TextLocation Location, ImmutableArray<BucketSymbol> Buckets) : BoundTermValue(Location);

/// <summary><c>normally unlimited</c>.</summary>
public sealed record BoundUnlimitedValue(TextLocation Location) : BoundTermValue(Location);
