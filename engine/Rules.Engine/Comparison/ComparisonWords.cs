using System.Collections.Immutable;
using System.Globalization;
using NodaTime.Text;
using Rules.Dsl.Text;
using Rules.Engine.Model;

namespace Rules.Engine.Comparison;

/// <summary>Rules of one model in words that do not depend on layout or on the order of declarations: equal words are equal rules.</summary>
internal sealed class ComparisonWords(RulesetModel model)
{
    /// <summary>Between a figure and its per cent sign.</summary>
    private const char NarrowSpace = '\u202F';

    public RulesetModel Model { get; } = model;

    /// <summary><c>25.0 % more</c>; null where there was nothing to compare with.</summary>
    public static string? Percent(Fraction before, Fraction after)
    {
        if (before.Sign == 0 || after.CompareTo(before) == 0)
        {
            return null;
        }

        var change = (after - before) / before * 100;
        var rounded = ExactDecimal.Abs(change.Round(1));
        var figure = rounded.IsZero ? "less than 0.1" : rounded.ToString(1, grouped: true);
        return $"{figure}{NarrowSpace}% {(change.Sign > 0 ? "more" : "less")}";
    }

    public string Credits(ExactDecimal amount) =>
        $"{amount.ToGroupedString()} {Model.Credit.Name}{(amount == ExactDecimal.One ? "" : "s")}";

    /// <summary>An amount with its unit; <paramref name="currency"/> null: credits.</summary>
    public string Of(Amount amount, string? currency = null) => amount switch
    {
        FixedAmount { Value: var value } => currency is null ? Credits(value) : $"{value.ToGroupedString()} {currency}",
        TermAmount { Term: var term } => Model.Terms[term].Name,
        DiscountedAmount discounted => $"{Of(discounted.Of, currency)} less {Percentage(discounted.PercentOff)}",
        SharedAmount shared => $"{shared.Percent.ToGroupedString()}{NarrowSpace}% of {Of(shared.Of, currency)}",
        _ => throw new InvalidOperationException($"No words for {amount.GetType().Name}."),
    };

    public string Percentage(Amount percent) =>
        percent.Fixed is { } figure ? $"{figure.ToGroupedString()}{NarrowSpace}%" : Of(percent);

    /// <summary><c>0.001 run credits per image</c>, <c>2 credits plus 50 credits flat, at most 60 credits</c>, <c>nothing (waived, listed at …)</c>.</summary>
    public string Of(Cost cost, PerLine? line, Meter? unit, string? currency)
    {
        var parts = new List<string>();
        if (cost.Rate is { } rate)
        {
            parts.Add(Of(rate, currency) + (line is null || unit is null ? "" : UnitOf(cost, line, unit)));
        }

        if (cost.Fee is { } fee)
        {
            parts.Add(Of(fee, currency) + (cost.FeeEvenAtZero ? " flat, also without use" : " flat"));
        }

        var text = parts.Count == 0 ? "nothing" : string.Join(" plus ", parts);
        if (cost.AtMost is { } most)
        {
            text += ", at most " + Of(most, currency);
        }

        return cost.IsWaived ? $"nothing (waived, listed at {text})" : text;
    }

    public static string UnitOf(Cost cost, PerLine line, Meter unit) => cost.PackageSize is { } own
        ? $" per started package of {own.ToGroupedString()} {unit.NameFor(own)}"
        : line.Counting switch
        {
            UnitCounting.StartedPackages => $" per started package of {line.Size.ToGroupedString()} {unit.NameFor(line.Size)}",
            UnitCounting.CompletePackages => $" per complete package of {line.Size.ToGroupedString()} {unit.NameFor(line.Size)}",
            _ when line.Size != ExactDecimal.One => $" per {line.Size.ToGroupedString()} {unit.NameFor(line.Size)}",
            _ => $" per {unit.Name}",
        };

    /// <summary><c>of each run</c>; empty where every event stands alone.</summary>
    public static string Each(Scope scope) => scope.Kind == ScopeKind.Event ? "" : $" of each {scope.Key}";

    /// <summary><c>from 5,001 to 10,000 images</c>, <c>over 2.5 hours</c>.</summary>
    public static string Range(Tier tier, Meter unit)
    {
        var from = unit.IsWhole && !tier.IncludesStart ? tier.Start + ExactDecimal.One : tier.Start;
        if (tier.End is { } end)
        {
            return tier.Start.IsZero
                ? $"up to {end.ToGroupedString()} {unit.NameFor(end)}"
                : unit.IsWhole
                    ? $"from {from.ToGroupedString()} to {end.ToGroupedString()} {unit.NameFor(end)}"
                    : $"{(tier.IncludesStart ? "from" : "over")} {from.ToGroupedString()} to {end.ToGroupedString()} {unit.NameFor(end)}";
        }

        return tier.Start.IsZero
            ? unit.Plural
            : unit.IsWhole || tier.IncludesStart
                ? $"from {from.ToGroupedString()} {unit.Plural} on"
                : $"over {from.ToGroupedString()} {unit.Plural}";
    }

    /// <summary><c>less up to 2,499 images and more above (break-even at 2,500 images)</c>.</summary>
    public static string Ranges(ImmutableArray<QuantityRange> ranges, Meter unit)
    {
        var texts = new List<string>();
        var even = new List<Fraction>();
        for (var i = 0; i < ranges.Length; i++)
        {
            var range = ranges[i];
            var word = range.Sign switch { > 0 => "more", < 0 => "less", _ => "the same" };
            var isPoint = range.To is { } end && range.From == end;
            if (isPoint && range.Sign == 0 && i > 0 && i + 1 < ranges.Length)
            {
                even.Add(range.From);
            }
            else if (isPoint)
            {
                texts.Add($"{word} at {range.From} {unit.NameFor(range.From.Round(9))}");
            }
            else if (ranges.Length == 1)
            {
                texts.Add($"{word} at every quantity");
            }
            else if (range.To is not { } to)
            {
                texts.Add($"{word} above");
            }
            else if (i == 0)
            {
                texts.Add($"{word} {(range.IncludesTo ? "up to" : "below")} {to} {unit.NameFor(to.Round(9))}");
            }
            else
            {
                texts.Add($"{word} {(range.IncludesFrom ? "from" : "above")} {range.From} {(range.IncludesTo ? "to" : "to below")} {to} {unit.NameFor(to.Round(9))}");
            }
        }

        var breaks = even.Count == 0 ? "" : $" (break-even at {And([.. even.Select(static e => e.ToString())])} {unit.NameFor(even[^1].Round(9))})";
        return And(texts) + breaks;
    }

    public static string And(IReadOnlyList<string> texts) => texts.Count switch
    {
        0 => "",
        1 => texts[0],
        _ => $"{string.Join(", ", texts.Take(texts.Count - 1))} and {texts[^1]}",
    };

    /// <summary>A condition from names and values; operands of "and" and "or" in ordinal order, so that their order in the file says nothing.</summary>
    public static string Of(Condition condition, ImmutableArray<Fact> facts)
    {
        switch (condition)
        {
            case AllOf { Operands: var operands }:
                return string.Join(" and ", operands.Select(o => o is AnyOf ? $"({Of(o, facts)})" : Of(o, facts)).Order(StringComparer.Ordinal));
            case AnyOf { Operands: var operands }:
                return string.Join(" or ", operands.Select(o => o is AllOf ? $"({Of(o, facts)})" : Of(o, facts)).Order(StringComparer.Ordinal));
            case NotCondition { Operand: var operand }:
                return operand is AllOf or AnyOf ? $"not ({Of(operand, facts)})" : $"not {Of(operand, facts)}";
            case NameTest { Fact: var index, Members: var members }:
                var fact = facts[index];
                var values = fact.Values.Where((_, i) => members[i]).Order(StringComparer.Ordinal).ToList();
                return fact.Kind is FactKind.YesNo or FactKind.OnOff && values is [var only]
                    ? $"{fact.Name} is {only}"
                    : $"{fact.Name} is {(values.Count == 0 ? "none" : string.Join(" or ", values.Select(Quoted)))}";
            case RangeTest { Fact: var place, From: var from, To: var to }:
                return RangeOf(facts[place], from, to);
            default:
                throw new InvalidOperationException($"No words for {condition.GetType().Name}.");
        }
    }

    /// <summary>A name with a space in quotes, as rule files write it.</summary>
    public static string Quoted(string name) => name.Contains(' ', StringComparison.Ordinal) ? $"\"{name}\"" : name;

    public string Bucket(int index) => Model.Buckets[index].Name;

    public string Of(UnusedRule? rule) => rule switch
    {
        null => "as each plan says",
        { Kind: UnusedKind.NeverExpires } => "never expire",
        { Kind: UnusedKind.ExpiresAtCycleEnd } => "expire at cycle end",
        { Kind: UnusedKind.ExpiresAtNextGrant } => "expire at the next grant",
        { Kind: UnusedKind.ExpiresAfter } => $"expire after {Of(rule.Life)}",
        _ => $"roll over for {Of(rule.Life)}"
            + (rule.Cap is { } cap ? ", at most " + Of(cap) : "")
            + (rule.Minimum is { } least ? ", at least " + Of(least) : ""),
    };

    public string Of(Life? life) => life switch
    {
        null => "one cycle",
        { Kind: LifeKind.Interval } => life.Interval.ToString(),
        { Kind: LifeKind.Cycles } => string.Create(CultureInfo.InvariantCulture, $"{life.Cycles} {(life.Cycles == 1 ? "cycle" : "cycles")}"),
        { Kind: LifeKind.Term } => Model.Terms[life.Term].Name,
        { Kind: LifeKind.Endless } => "ever",
        _ => "their own life",
    };

    public string Of(DrawOrder order) =>
        order.Buckets is { } buckets ? string.Join(", then ", buckets.Select(Bucket))
        : order.Keys is { } keys ? Of(keys)
        : order.Term is { } term ? "the account's " + Model.Terms[term].Name
        : "no order";

    public string Of(ImmutableArray<DrawKey> keys) => string.Join(", then ", keys.Select(k =>
        (k.Kind == DrawKeyKind.BucketOrder
            ? "buckets in the order " + string.Join(", ", k.Rank.Select((rank, i) => (rank, i)).Where(static p => p.rank != int.MaxValue).OrderBy(static p => p.rank).Select(p => Bucket(p.i)))
            : Spaced(k.Kind.ToString()))
        + (k.Resolution == ExpiryResolution.Exact ? "" : " by the " + Spaced(k.Resolution.ToString()))));

    public string Of(ExistingAccounts rule) => rule switch
    {
        { Kind: MoveKind.On, On: { } on } => "move on " + LocalDatePattern.Iso.Format(on.InZone(Model.Zone).Date),
        { Kind: MoveKind.Stay } => "stay on the version they are on",
        _ => "move at renewal",
    };

    public string Of(TermValue? value) => value is null ? "none"
        : value is { IsUnlimited: true } ? "unlimited"
        : value.Interval is { } span ? span.ToString()
        : value.Buckets is { IsEmpty: false } buckets ? string.Join(", then ", buckets.Select(Bucket))
        : string.Join(", ", value.Amounts.Select(static a => a.ToGroupedString()));

    public static string Of(Conversion? conversion) => conversion is null ? "not rounded" : $"rounded {Spaced(conversion.Rounding.ToString())} to steps of {conversion.Step.ToGroupedString()}";

    public static string Of(Corrections corrections) => corrections switch
    {
        Corrections.Allowed => "is allowed",
        Corrections.CostNothing => "costs nothing",
        _ => "is refused",
    };

    public static string Of(RoundingMode mode) => Spaced(mode.ToString());

    /// <summary><c>HalfEven</c> as <c>half even</c>.</summary>
    public static string Spaced(string name) => string.Concat(name.Select(static (c, i) => char.IsAsciiLetterUpper(c) ? (i > 0 ? " " : "") + char.ToLowerInvariant(c) : c.ToString()));

    private string Of(RolloverCap cap) => cap.Kind switch
    {
        RolloverCapKind.Amount => Of(cap.Amount),
        RolloverCapKind.PercentOfGranted => Percentage(cap.Amount) + " of what was granted",
        _ => Percentage(cap.Amount) + " of what is unused",
    };

    // Limits of numbers that exclude their end are one billionth further in.
    private static string RangeOf(Fact fact, Int128? from, Int128? to)
    {
        if (fact.Kind == FactKind.Date)
        {
            var day = from is { } first ? $" from {fact.Write(new FactValue(first))}" : "";
            return $"{fact.Name}{day}{(to is { } last ? $" before {fact.Write(new FactValue(last + 1))}" : "")}";
        }

        var low = from switch
        {
            null => null,
            { } f when (f - 1) % Scaled.Billion == 0 => "over " + fact.Write(new FactValue(f - 1)),
            { } f => "at least " + fact.Write(new FactValue(f)),
        };
        var high = to switch
        {
            null => null,
            { } t when (t + 1) % Scaled.Billion == 0 => "under " + fact.Write(new FactValue(t + 1)),
            { } t => "at most " + fact.Write(new FactValue(t)),
        };
        return $"{fact.Name} {string.Join(" and ", new[] { low, high }.OfType<string>())}";
    }
}
