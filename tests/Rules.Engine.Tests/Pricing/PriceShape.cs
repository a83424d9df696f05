using NodaTime;
using Rules.Dsl.Text;

namespace Rules.Engine.Tests.Pricing;

/// <summary>A price as the tests state it: written as rule text for the engine, and read as it stands by the naive evaluator.</summary>
/// <param name="By">Facts that the rows of its bodies are told apart by; empty without rows.</param>
internal sealed record PriceShape(int Decimals, string Rounding, string[] By, BodyShape Default)
{
    /// <summary>Some line is listed and not charged.</summary>
    public bool HasWaived { get; } = Default.All.SelectMany(b => b.Lines.SelectMany(l => l.Tiers.Select(t => t.Cost).Concat(l.Matrix.Select(r => r.Cost)))
        .Concat(b.Rows.Select(r => r.Cost))).Any(c => c.IsWaived);
}

/// <param name="Scope">Where quantities add up: <c>event</c>, <c>run</c>, <c>hour</c>, <c>day</c>, <c>cycle</c>; null where nothing does.</param>
internal sealed record BodyShape(string? Scope)
{
    public List<LineShape> Lines { get; } = [];

    /// <summary>A price per event by the values of <see cref="PriceShape.By"/>; an empty array is <c>otherwise</c>.</summary>
    public List<(string[] Values, CostShape Cost)> Rows { get; } = [];

    public int? FreeEvents { get; set; }

    public List<(string Meter, ExactDecimal Count)> FreeUnits { get; } = [];

    public List<(string Meter, ExactDecimal Quantity, bool IsMore)> Floors { get; } = [];

    public ExactDecimal? MarkUp { get; set; }

    public ExactDecimal? Discount { get; set; }

    public ExactDecimal? EventLeast { get; set; }

    public ExactDecimal? EventMost { get; set; }

    /// <summary>The scope of <see cref="ScopeLeast"/> and <see cref="ScopeMost"/>; null without either.</summary>
    public string? BoundScope { get; set; }

    public ExactDecimal? ScopeLeast { get; set; }

    public ExactDecimal? ScopeMost { get; set; }

    /// <summary><c>allowed</c>, <c>cost nothing</c>, or null.</summary>
    public string? Corrections { get; set; }

    public List<(string Fact, string Value, BodyShape Body)> Exceptions { get; } = [];

    /// <summary>The widest scope that the body names.</summary>
    public string PostingScope => BoundScope ?? Scope ?? "event";

    public bool IsScoped => Scope is not (null or "event");

    public IEnumerable<BodyShape> All => Exceptions.SelectMany(e => e.Body.All).Prepend(this);

    public bool HasFeeAtZero => Lines.Any(l => l.Meter is not null && l.Matrix.Count == 0 && l.Tiers[0].Cost.EvenAtZero);
}

/// <param name="Meter">Null: <c>each</c>, whose only tier is its cost.</param>
internal sealed record LineShape(string? Meter)
{
    public ExactDecimal Size { get; set; } = ExactDecimal.One;

    /// <summary><c>package of</c>, <c>complete package of</c>, or null for the exact share.</summary>
    public string? Packages { get; set; }

    /// <summary><c>up</c>, <c>down</c>, <c>half up</c>, or null.</summary>
    public string? Rounded { get; set; }

    /// <summary>Null: the size.</summary>
    public ExactDecimal? Step { get; set; }

    /// <summary><c>graduated</c>, <c>volume</c>, or null for a single price.</summary>
    public string? Mode { get; set; }

    public string? TiersBy { get; set; }

    public bool Reprices { get; set; }

    public List<TierShape> Tiers { get; } = [];

    /// <summary>A rate by region; null is <c>otherwise</c>.</summary>
    public List<(string? Region, CostShape Cost)> Matrix { get; } = [];
}

/// <param name="Bound">As written before the cost; empty for a single price.</param>
/// <param name="Start">The tier begins after it.</param>
/// <param name="IncludesStart">The tier begins with it.</param>
internal sealed record TierShape(string Bound, ExactDecimal Start, bool IncludesStart, CostShape Cost);

/// <param name="Text">As written.</param>
/// <param name="Rate">Credits per unit, package or event, percentages carried out.</param>
internal sealed record CostShape(string Text, Rational Rate)
{
    public ExactDecimal? Package { get; init; }

    public Rational Fee { get; init; } = Rational.Zero;

    public bool EvenAtZero { get; init; }

    public ExactDecimal? Cap { get; init; }

    public bool IsWaived { get; init; }
}

/// <summary>One event of a stream.</summary>
/// <param name="Quantities">By meter, those that are reported.</param>
internal sealed record EventShape(Instant At, IReadOnlyDictionary<string, ExactDecimal> Quantities, string Region, string Size, string Run)
{
    public bool IsCorrection => Quantities.Values.Any(q => q.Sign < 0);

    public override string ToString() =>
        $"{At} {Region} {Size} {Run} {string.Join(", ", Quantities.Select(q => $"{q.Value} {q.Key}"))}";
}
