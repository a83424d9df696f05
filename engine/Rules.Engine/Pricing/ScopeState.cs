using System.Collections.Immutable;
using NodaTime;
using Rules.Dsl.Text;

namespace Rules.Engine.Pricing;

/// <summary>
/// Names one instance of a counting scope of an account: one run, one batch, one cycle, one day.
/// </summary>
/// <param name="Action">The action whose price counts.</param>
/// <param name="Key">The key's name as declared (<c>run</c>), or <c>cycle</c>, <c>day</c>, <c>hour</c>.</param>
/// <param name="Value">The key's value in the event, or the cycle's number, or the local day or hour.</param>
public readonly record struct ScopeId(string Action, string Key, string Value)
{
    /// <summary>Where the draws of a price that may give credits back are kept; no declared key is written like this.</summary>
    internal static ScopeId DrawsOf(string action) => new(action, "#draws", "");
}

/// <summary>
/// What a scope has counted and posted so far. A scope is pinned to the version under which it began (language, section 6).
/// </summary>
public sealed record ScopeState
{
    public required ScopeId Id { get; init; }

    public required Instant BeganAt { get; init; }

    /// <summary>The version that prices the whole scope.</summary>
    public required int Version { get; init; }

    /// <summary>Totals per price body, by the body's index in the model; bodies without use are absent.</summary>
    public required ImmutableArray<ScopeTotals> Bodies { get; init; }

    /// <summary>
    /// Smallest units of the credit posted in this scope, less what reversals took back.
    /// </summary>
    public required long Posted { get; init; }

    /// <summary>Smallest units that reversals took back. A reversal lowers what is posted, never what is counted: later events are priced as if
    /// it had not been.</summary>
    public long Reversed { get; init; }

    /// <summary>
    /// Smallest units charged in this scope before reversals: after every event the rounded exact total of the bodies that are rounded in it.
    /// </summary>
    public long Charged => Posted + Reversed;

    /// <summary>The same for the listed amounts, waived lines included.</summary>
    public required long ListedPosted { get; init; }

    /// <summary>What a price that may give credits back has drawn and not yet given back, in draw order.</summary>
    public ImmutableArray<DrawnCredits> Draws { get; init; } = [];

    /// <summary>Of what alerts watch: smallest units that came back since the least that was left, by other than a grant.</summary>
    public long Regained { get; init; }
}

/// <summary>Credits drawn from a lot that a later event may give back.</summary>
/// <param name="Amount">Smallest units, above zero.</param>
public readonly record struct DrawnCredits(string Bucket, long Lot, long Amount);

/// <summary>Events and quantities that one price body counted in one scope.</summary>
/// <param name="Body">Index of the body in its price: 0 the default, then exceptions in file order, depth first.</param>
/// <param name="Events">Number of events.</param>
/// <param name="Quantities">Total per meter of the action, in the model's order of that action's meters.</param>
/// <param name="Exact">Exact charged total in credits, before rounding.</param>
/// <param name="ListedExact">Exact listed total in credits, waived lines included.</param>
public sealed record ScopeTotals(int Body, long Events, ImmutableArray<ExactDecimal> Quantities, ExactDecimal Exact, ExactDecimal ListedExact)
{
    /// <summary>What the scope's free events counted, per meter; empty where the price gives no number of events free.</summary>
    public ImmutableArray<ExactDecimal> FreeEvents { get; init; } = [];
}
