using System.Globalization;
using System.Numerics;
using Rules.Dsl.Text;
using Rules.Engine.Model;

namespace Rules.Engine.Pricing;

/// <summary>Why the ruleset applies to an event, or does not.</summary>
internal sealed record AppliesStep(GateRule Rule, ActionRule Action, FactValue[] Facts, bool Holds) : Step
{
    public override TextLocation? Location => Rule.Location;

    public override string Text => (Holds ? "the rules apply: " : "the rules do not apply: ") + Wording.FactsOf(Rule.Condition, Action, Facts);
}

/// <summary>Why an event is unmetered, or is not.</summary>
internal sealed record UnmeteredStep(GateRule Rule, ActionRule Action, FactValue[] Facts, bool Holds) : Step
{
    public override TextLocation? Location => Rule.Location;

    public override bool Applied => Holds;

    public override string Text => (Holds ? "unmetered: " : "not unmetered: ") + Wording.FactsOf(Rule.Condition, Action, Facts);
}

internal sealed record FreeActionStep(ActionRule Action) : Step
{
    public override TextLocation? Location => Action.Location;

    public override ExactDecimal? Amount => ExactDecimal.Zero;

    public override string Text => $"{Action.Name} is a free action";
}

/// <summary>Credits that the event states itself.</summary>
internal sealed record StatedAmountStep(ActionRule Action, ExactDecimal Credits) : Step
{
    public override TextLocation? Location => Action.Location;

    public override ExactDecimal? Amount => Credits;

    public override string Text => $"{Credits.ToGroupedString()} as stated, for {Action.Name}";
}

/// <summary>An exception that was looked at.</summary>
internal sealed record ExceptionStep(PriceBody Body, ActionRule Action, FactValue[] Facts, bool Holds) : Step
{
    public override TextLocation? Location => Body.Location;

    public override bool Applied => Holds;

    public override string Text => (Holds ? "the exception holds: " : "the exception does not hold: ") + Wording.FactsOf(Body.When!, Action, Facts);
}

/// <summary>What a scope had counted before the event; the event's tiers go on from there.</summary>
internal sealed record ScopeStep(PriceBody Body, Scope Scope, string Value, string Counts) : Step
{
    public override TextLocation? Location => Body.Location;

    public override string Text => Scope.Kind == ScopeKind.Cycle
        ? $"this cycle has counted {Counts} before"
        : $"{Scope.Key} {Value} has counted {Counts} before";
}

/// <summary>Units of one tier, or of a line with one price.</summary>
/// <param name="Charged">What the units add to the charge: nothing where the tier is waived, and less what a tier left behind had charged.</param>
internal sealed record TierStep<T>(PriceRule Price, PerLine Line, int Tier, T Units, T Charged, int Scale) : Step
    where T : struct, IBinaryInteger<T>
{
    public override TextLocation? Location => Rule.Cost.RateElsewhere ?? Rule.Location;

    public override ExactDecimal? Amount => Scaled.ToExact(Charged, Scale);

    public override string? Meter => Unit.Name;

    public override string Text
    {
        get
        {
            var units = Quantity;
            return $"{units.ToGroupedString()} {Unit.NameFor(units)} at {Wording.Of(Rule.Cost, Line, Unit)}";
        }
    }

    public override string? Formula => Rule.Cost.Rate?.Fixed is { } rate && Rule.Cost.Fee is null && Rule.Cost.AtMost is null
        ? Wording.Product(Quantity, rate, Line, Rule.Cost)
        : null;

    private Tier Rule => Line.Ladder.Tiers[Tier];

    private Meter Unit => Price.Meters[Line.Meter];

    private ExactDecimal Quantity => Scaled.ToExact(Units, Unit.Places);
}

/// <summary>A tier that no unit of the event reached. Made once per tier.</summary>
internal sealed record NotReachedStep(Meter Unit, PerLine Line, int Tier) : Step
{
    public override TextLocation? Location => Line.IsLadderWritten ? Line.Ladder.Tiers[Tier].Location : Line.Location;

    public override bool Applied => false;

    public override string Text
    {
        get
        {
            var tier = Line.Ladder.Tiers[Tier];
            var cost = Wording.Of(tier.Cost, Line, Unit);
            return tier.Start.IsZero
                ? $"no {Unit.Name} at {cost}"
                : $"no {Unit.Name} over {tier.Start.ToGroupedString()} at {cost}";
        }
    }
}

/// <summary>Units priced by a row of a matrix.</summary>
internal sealed record MatrixStep<T>(PriceRule Price, PerLine Line, Row Row, T Units, T Sum, int Scale) : Step
    where T : struct, IBinaryInteger<T>
{
    public override TextLocation? Location => Row.Cost.RateElsewhere ?? Row.Location;

    public override ExactDecimal? Amount => Row.Cost.IsWaived ? ExactDecimal.Zero : Scaled.ToExact(Sum, Scale);

    public override string? Meter => Unit.Name;

    public override string Text
    {
        get
        {
            var units = Scaled.ToExact(Units, Unit.Places);
            return $"{units.ToGroupedString()} {Unit.NameFor(units)} at {Wording.Of(Row.Cost, Line, Unit)}";
        }
    }

    private Meter Unit => Price.Meters[Line.Meter];
}

/// <summary>The row that fits the event's facts.</summary>
internal sealed record RowStep<T>(PriceRule Price, Row Row, T Sum, int Scale) : Step
    where T : struct, IBinaryInteger<T>
{
    public override TextLocation? Location => Row.Cost.RateElsewhere ?? Row.Location;

    public override ExactDecimal? Amount => Row.Cost.IsWaived ? ExactDecimal.Zero : Scaled.ToExact(Sum, Scale);

    // The row's own words up to the figure: "GPT-4o", or otherwise.
    public override string Text => $"{Row.Name} at {Wording.Of(Row.Cost)}";
}

/// <summary>A price for the event as such.</summary>
internal sealed record EachStep<T>(EachLine Line, T Sum, int Scale) : Step
    where T : struct, IBinaryInteger<T>
{
    public override TextLocation? Location => Line.Cost.RateElsewhere ?? Line.Location;

    public override ExactDecimal? Amount => Line.Cost.IsWaived ? ExactDecimal.Zero : Scaled.ToExact(Sum, Scale);

    public override string Text => $"each at {Wording.Of(Line.Cost)}";
}

/// <summary>A quantity that a floor or addition changed.</summary>
internal sealed record FloorStep(Meter Unit, ExactDecimal Reported, ExactDecimal CountedAs, TextLocation Place) : Step
{
    public override TextLocation? Location => Place;

    public override string Text =>
        $"{Reported.ToGroupedString()} {Unit.NameFor(Reported)} counted as {CountedAs.ToGroupedString()}";
}

/// <summary>A quantity that rounding to steps or free units changed.</summary>
internal sealed record ConversionStep(Meter Unit, PerLine Line, ExactDecimal Reported, ExactDecimal Charged, bool HasFreeUnits) : Step
{
    public override TextLocation? Location => Line.Location;

    public override string Text => HasFreeUnits
        ? $"{Charged.ToGroupedString()} of {Reported.ToGroupedString()} {Unit.NameFor(Reported)} are charged, the others are free"
        : $"{Reported.ToGroupedString()} {Unit.NameFor(Reported)} rounded to {Charged.ToGroupedString()}";
}

internal sealed record AdjustmentStep(PriceAdjustment Adjustment, bool IsMarkUp, ExactDecimal Total) : Step
{
    public override TextLocation? Location => Adjustment.Location;

    public override string Text =>
        $"{(IsMarkUp ? "marked up" : "discounted")} {Adjustment.Percent.Fixed?.ToGroupedString()}%: {Total.ToGroupedString()} in all";
}

internal sealed record BoundStep(PriceBound Bound, ExactDecimal From, ExactDecimal To) : Step
{
    public override TextLocation? Location => Bound.Location;

    public override string Text => $"{From.ToGroupedString()} becomes {To.ToGroupedString()}: {(Bound.IsMaximum ? "at most" : "at least")} {To.ToGroupedString()}";
}

/// <summary>The one rounding of a charge. Always said, so that an explanation never leaves open whether it took place.</summary>
/// <param name="Exact">Exact total of the scope, or of the event without one.</param>
/// <param name="Total">Rounded total, in smallest units.</param>
/// <param name="PostedBefore">Of it posted before; 0 without a scope.</param>
internal sealed record RoundingStep(CreditUnit Credit, ExactDecimal Exact, long Total, long PostedBefore) : Step
{
    public override TextLocation? Location => Credit.Location.Source is null ? null : Credit.Location;

    public override ExactDecimal? Amount => ExactDecimal.FromUnits(Total - PostedBefore, Credit.Decimals);

    public override bool IsPart => false;

    public override bool Applied => Exact != Rounded || PostedBefore != 0;

    public override string Text
    {
        get
        {
            var text = Exact == Rounded
                ? $"{Exact.ToGroupedString()} needs no rounding"
                : $"{Exact.ToGroupedString()} rounded {Wording.Of(Credit.Rounding)} to {Rounded.ToGroupedString()}";
            return PostedBefore == 0 ? text : $"{text}, less {ExactDecimal.FromUnits(PostedBefore, Credit.Decimals).ToGroupedString()} charged before";
        }
    }

    public override string? Formula => PostedBefore == 0
        ? null
        : $"{Rounded.ToGroupedString()} − {ExactDecimal.FromUnits(PostedBefore, Credit.Decimals).ToGroupedString()}";

    private ExactDecimal Rounded => ExactDecimal.FromUnits(Total, Credit.Decimals);
}

/// <summary>How the steps of a price speak.</summary>
internal static class Wording
{
    /// <summary>The facts that a condition reads, with what was found: <c>keys is own, model is GPT-4o</c>.</summary>
    public static string FactsOf(Condition condition, ActionRule action, FactValue[] facts)
    {
        var indexes = new List<int>();
        condition.CollectFacts(indexes);
        var text = "";
        foreach (var index in indexes)
        {
            var fact = action.Facts[index];
            text = $"{text}{(text.Length == 0 ? "" : ", ")}{fact.Name} is {fact.Write(facts[index])}";
        }

        return text;
    }

    public static string Of(Cost cost)
    {
        var text = cost.Rate is { } rate ? Figure(rate) : "";
        if (cost.Fee is { } fee)
        {
            text += (text.Length == 0 ? "" : " plus ") + Figure(fee) + " flat";
        }

        if (cost.AtMost is { } most)
        {
            text += ", at most " + Figure(most);
        }

        return cost.IsWaived ? text + ", waived" : text;
    }

    public static string Of(Cost cost, PerLine line, Meter unit)
    {
        if (cost.PackageSize is { } own)
        {
            return $"{Of(cost)} per package of {own.ToGroupedString()}";
        }

        return line.Counting switch
        {
            UnitCounting.StartedPackages => $"{Of(cost)} per package of {line.Size.ToGroupedString()}",
            UnitCounting.CompletePackages => $"{Of(cost)} per complete package of {line.Size.ToGroupedString()}",
            _ when line.Size != ExactDecimal.One => $"{Of(cost)} per {line.Size.ToGroupedString()} {unit.NameFor(line.Size)}",
            _ => Of(cost),
        };
    }

    public static string? Product(ExactDecimal units, ExactDecimal rate, PerLine line, Cost cost)
    {
        if (cost.PackageSize is not null || line.Counting != UnitCounting.Exact)
        {
            return null;
        }

        var product = $"{units.ToGroupedString()} × {rate.ToGroupedString()}";
        return line.Size == ExactDecimal.One ? product : $"{product} ÷ {line.Size.ToGroupedString()}";
    }

    public static string Of(RoundingMode mode) => mode switch
    {
        RoundingMode.HalfUp => "half up",
        RoundingMode.HalfEven => "half even",
        RoundingMode.Up => "up",
        _ => "down",
    };

    private static string Figure(Amount amount) =>
        amount.Fixed is { } figure ? figure.ToGroupedString() : string.Create(CultureInfo.InvariantCulture, $"{amount.Location.Text}");
}
