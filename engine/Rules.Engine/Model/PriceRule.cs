using System.Collections.Immutable;
using Rules.Dsl.Text;

namespace Rules.Engine.Model;

/// <summary>
/// The price of an action, or of a bucket's credits in <c>sell</c>. Bodies are numbered depth first: 0 is the default, then the exceptions
/// in file order, each followed by those nested in it.
/// </summary>
/// <param name="By">Index of each fact that rows are told apart by; empty without rows.</param>
/// <param name="Meters">The meters that the price may count, in the order of the action's <c>measures</c>; lines refer to them by place.</param>
/// <param name="Bodies">At least one; a body's <see cref="PriceBody.Index"/> is its place.</param>
public sealed record PriceRule(ImmutableArray<int> By, ImmutableArray<Meter> Meters, ImmutableArray<PriceBody> Bodies, TextLocation Location)
{
    /// <summary>The scopes that any of the bodies counts or rounds in, without the event itself; each once.</summary>
    public ImmutableArray<Scope> Scopes { get; } =
        [.. Bodies.SelectMany(b => new[] { b.CountingScope, b.PostingScope }).Where(s => s.Kind != ScopeKind.Event).Distinct()];

    /// <summary>The body that holds: the default, or the one exception that does, then the one nested in it, and so on (language 5.5).</summary>
    /// <param name="facts">By <see cref="Fact.Index"/>.</param>
    public PriceBody BodyFor(ReadOnlySpan<FactValue> facts)
    {
        var chosen = Bodies[0];
        foreach (var body in Bodies)
        {
            if (body.Parent == chosen.Index && body.When!.Holds(facts))
            {
                chosen = body;
            }
        }

        return chosen;
    }

    /// <summary>The body that holds where no event is known: exceptions that read facts of the action do not.</summary>
    /// <param name="facts">The account's facts at the front.</param>
    internal PriceBody BodyForAccount(ActionRule action, ReadOnlySpan<FactValue> facts)
    {
        var chosen = Bodies[0];
        var read = new List<int>();
        foreach (var body in Bodies)
        {
            read.Clear();
            body.When?.CollectFacts(read);
            if (body.Parent == chosen.Index && read.TrueForAll(f => f < action.AccountFacts) && body.When!.Holds(facts))
            {
                chosen = body;
            }
        }

        return chosen;
    }

    /// <summary>
    /// The scopes whose end may make something fall due: cycles, days or hours with a minimum, or with a fee even at zero. Narrow ones first:
    /// what falls due in them may count in a wider one that ends at the same instant.
    /// </summary>
    public ImmutableArray<Scope> ClosingScopes { get; } =
        [.. Bodies.SelectMany(b => b.Bounds.Where(x => !x.IsMaximum).Select(x => x.Scope).Concat(b.HasFeeAtZero ? [b.CountingScope] : []))
            .Where(s => s.Kind is ScopeKind.Hour or ScopeKind.Day or ScopeKind.Cycle).Distinct().OrderBy(s => s.Kind)];

    /// <summary>A charge may be below zero: quantities are corrected, or earlier units priced again.</summary>
    public bool GivesBack => RepricesEarlierUnits || _allowsCorrections;

    /// <summary>An event may price earlier units again, and so cost less than nothing.</summary>
    public bool RepricesEarlierUnits { get; } = Bodies.Any(b => b.Lines.Any(l => l is PerLine { Ladder.RepricesEarlierUnits: true }));

    private readonly bool _allowsCorrections = Bodies.Any(b => b.Corrections == Corrections.Allowed);
}

/// <summary>One body: the sum of its lines and of the row that fits, then what language section 8.3 does to it.</summary>
public sealed record PriceBody
{
    public required int Index { get; init; }

    /// <summary>Index of the body this one refines; -1 for the default.</summary>
    public required int Parent { get; init; }

    /// <summary>When it replaces its parent; null for the default.</summary>
    public Condition? When { get; init; }

    public ImmutableArray<PriceLine> Lines { get; init; } = [];

    /// <summary>A price per event for each combination of the price's <see cref="PriceRule.By"/>; null without rows.</summary>
    public RowTable? Rows { get; init; }

    public ImmutableArray<Allowance> Allowances { get; init; } = [];

    public ImmutableArray<QuantityFloor> Floors { get; init; } = [];

    public PriceAdjustment? MarkUp { get; init; }

    public PriceAdjustment? Discount { get; init; }

    public ImmutableArray<PriceBound> Bounds { get; init; } = [];

    public Corrections Corrections { get; init; }

    /// <summary>Over what quantities add up; the event itself where nothing needs a total.</summary>
    public required Scope CountingScope { get; init; }

    /// <summary>Where the exact total is rounded: the widest scope the body names.</summary>
    public required Scope PostingScope { get; init; }

    public required TextLocation Location { get; init; }

    /// <summary>The first tier of a line has a fee that is due without use.</summary>
    public bool HasFeeAtZero => Lines.Any(l => l is PerLine { Ladder.Tiers: [{ Cost.FeeEvenAtZero: true }, ..] });

    /// <summary>The total of such a scope has a lower bound.</summary>
    public bool HasMinimum(ScopeKind kind) => Bounds.Any(b => !b.IsMaximum && b.Scope.Kind == kind);
}

public enum ScopeKind
{
    Event = 0,

    /// <summary>All events with one value of the action's key.</summary>
    Key = 1,
    Hour = 2,
    Day = 3,
    Cycle = 4,
}

/// <param name="Key">The key's name as declared, or <c>event</c>, <c>hour</c>, <c>day</c>, <c>cycle</c>.</param>
public readonly record struct Scope(ScopeKind Kind, string Key)
{
    public static Scope Event { get; } = new(ScopeKind.Event, "event");
}

/// <summary>An amount as the rule file states it.</summary>
public abstract record Amount(TextLocation Location)
{
    /// <summary>The figure; null where it depends on a term of the account.</summary>
    public abstract ExactDecimal? Fixed { get; }
}

/// <summary>Credits, money or a percentage (60% is 60), folded from figures and rates.</summary>
public sealed record FixedAmount(ExactDecimal Value, TextLocation Location) : Amount(Location)
{
    public override ExactDecimal? Fixed => Value;
}

/// <summary>The account's value of a term.</summary>
/// <param name="Term">Index of the term in <see cref="RulesetModel.Terms"/>.</param>
public sealed record TermAmount(int Term, TextLocation Location) : Amount(Location)
{
    public override ExactDecimal? Fixed => null;
}

/// <summary>An amount less a percentage, at least one of which is a term.</summary>
public sealed record DiscountedAmount(Amount Of, Amount PercentOff, TextLocation Location) : Amount(Location)
{
    public override ExactDecimal? Fixed => null;
}

/// <summary>A percentage of an amount that is a term.</summary>
public sealed record SharedAmount(ExactDecimal Percent, Amount Of, TextLocation Location) : Amount(Location)
{
    public override ExactDecimal? Fixed => null;
}

/// <summary>What is charged for a line, row or tier: a rate, a fee, or both.</summary>
/// <param name="Rate">Per unit, package or event; null: only a fee.</param>
/// <param name="PackageSize">Started packages of this size are counted in the tier; null: units of the line.</param>
/// <param name="Fee">Once, when the tier or event is reached.</param>
/// <param name="FeeEvenAtZero">The fee is due without use.</param>
/// <param name="AtMost">A cap on this part, fee included.</param>
/// <param name="IsWaived">Listed, charged zero.</param>
public sealed record Cost(
    Amount? Rate, ExactDecimal? PackageSize, Amount? Fee, bool FeeEvenAtZero, Amount? AtMost, bool IsWaived, TextLocation Location)
{
    /// <summary>The named rate that the figure comes from, where another file than the price's states it: an amendment, or a common file. Null where the price's own file does.</summary>
    public TextLocation? RateElsewhere { get; init; }
}

/// <summary>One term of the sum that a price is.</summary>
public abstract record PriceLine(TextLocation Location);

/// <summary><c>each 1 credit</c>: once per event that is not free.</summary>
public sealed record EachLine(Cost Cost, TextLocation Location) : PriceLine(Location);

public enum UnitCounting
{
    /// <summary>The exact share.</summary>
    Exact = 0,

    /// <summary>A started package is charged whole.</summary>
    StartedPackages = 1,

    /// <summary>Only full packages are charged.</summary>
    CompletePackages = 2,
}

/// <summary>A line that begins with <c>per</c>.</summary>
/// <param name="Meter">Place of the meter in <see cref="PriceRule.Meters"/>.</param>
/// <param name="Size">Above zero; 1 unless written.</param>
/// <param name="Ladder">At least one tier: a single price is a ladder of one.</param>
/// <param name="IsLadderWritten">False for a single price, which an explanation does not call a tier.</param>
public sealed record PerLine(
    int Meter, ExactDecimal Size, UnitCounting Counting, Ladder Ladder, bool IsLadderWritten, TextLocation Location) : PriceLine(Location)
{
    /// <summary>Conversion of the scope's total before free units and tiers; null: the exact total.</summary>
    public Conversion? Conversion { get; init; }

    /// <summary>A rate per combination of facts instead of the ladder; null without.</summary>
    public RowTable? Matrix { get; init; }
}

public enum ConversionRounding
{
    Up = 1,
    Down = 2,
    HalfUp = 3,
}

/// <summary><c>rounded up in steps of 10</c>.</summary>
public sealed record Conversion(ConversionRounding Rounding, ExactDecimal Step, TextLocation Location);

public enum LadderKind
{
    /// <summary>Each unit is priced in the tier it falls in.</summary>
    Graduated = 1,

    /// <summary>All units are priced in the tier the total reaches.</summary>
    Volume = 2,
}

/// <param name="Tiers">Ascending, the first from 0, the last without end.</param>
/// <param name="TiersBy">Place of the meter whose total chooses the tier; null: the counted one.</param>
public sealed record Ladder(LadderKind Kind, ImmutableArray<Tier> Tiers, int? TiersBy, bool RepricesEarlierUnits, TextLocation Location);

/// <summary>The units after <paramref name="Start"/> up to and including <paramref name="End"/>.</summary>
/// <param name="IncludesStart">Exactly <paramref name="Start"/> belongs to this tier and not to the one before (<c>from</c> of a fractional meter, volume).</param>
/// <param name="End">Null: all further ones.</param>
public sealed record Tier(ExactDecimal Start, bool IncludesStart, ExactDecimal? End, Cost Cost, TextLocation Location);

/// <summary>Costs by a combination of facts, as a dense table: the place is found by arithmetic, not by search.</summary>
/// <param name="Facts">Index of each fact, outermost first.</param>
/// <param name="Sizes">Number of values of each fact.</param>
/// <param name="Rows">In written order.</param>
/// <param name="Cells">For each combination, last fact running fastest, the place of its row in <see cref="Rows"/>.</param>
public sealed record RowTable(ImmutableArray<int> Facts, ImmutableArray<int> Sizes, ImmutableArray<Row> Rows, ImmutableArray<int> Cells)
{
    /// <summary>The place of the row for some facts; -1 when one of them is missing.</summary>
    public int Find(ReadOnlySpan<FactValue> facts)
    {
        var cell = 0;
        for (var i = 0; i < Facts.Length; i++)
        {
            var value = facts[Facts[i]];
            if (value.IsMissing)
            {
                return -1;
            }

            cell = (cell * Sizes[i]) + (int)value.Code;
        }

        return Cells[cell];
    }
}

/// <param name="Values">In the order of the table's facts; empty: <c>otherwise</c>.</param>
public sealed record Row(ImmutableArray<FactValue> Values, Cost Cost, TextLocation Location)
{
    /// <summary>What stands before the figure on the row's line, without quotes.</summary>
    public string Name { get; } = NameIn(Location, Cost.Location);

    private static string NameIn(TextLocation row, TextLocation figure)
    {
        var text = row.Text;
        var length = figure.Span.Start - row.Span.Start;
        var name = length > 0 && length <= text.Length ? text[..length] : text;
        return name.Trim().Replace("\"", "", StringComparison.Ordinal);
    }
}

/// <summary>Free units of a meter, or free events.</summary>
/// <param name="Meter">Place of the meter; null: events.</param>
public sealed record Allowance(ExactDecimal Count, int? Meter, TextLocation Location);

/// <summary>A floor or addition on each event's own quantity, never on a sum.</summary>
/// <param name="IsAddition">So many more, instead of at least so many.</param>
public sealed record QuantityFloor(int Meter, ExactDecimal Quantity, bool IsAddition, TextLocation Location);

/// <summary>A mark-up or discount on the exact sum of all lines.</summary>
public sealed record PriceAdjustment(Amount Percent, TextLocation Location);

/// <summary><c>at least … each</c>, <c>at most … within each cycle</c>.</summary>
/// <param name="IsMaximum">An upper bound; otherwise a lower one.</param>
/// <param name="Scope">The event, or the scope whose total is bounded.</param>
public sealed record PriceBound(bool IsMaximum, Amount Amount, Scope Scope, TextLocation Location);

/// <summary>What a negative quantity does.</summary>
public enum Corrections
{
    /// <summary>It is refused.</summary>
    Refused = 0,

    /// <summary>It mirrors the price.</summary>
    Allowed = 1,

    /// <summary>It counts as nothing.</summary>
    CostNothing = 2,
}
