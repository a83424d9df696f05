using System.Collections.Immutable;
using NodaTime;
using Rules.Engine.Drawing;
using Rules.Engine.Pricing;

namespace Rules.Engine.Accounts;

/// <summary>
/// Everything about one account that an evaluation reads: an immutable snapshot, which a store loads under its lock and
/// <see cref="Bookkeeper"/> moves forward. Scopes hold only those the events at hand name; lots only those that still matter
/// (available, held, or postpaid of the running cycle).
/// </summary>
public sealed record AccountState
{
    /// <summary>The caller's id: 1 to 128 printable characters, for life.</summary>
    public required string Id { get; init; }

    /// <summary>The ruleset it belongs to, for life.</summary>
    public required string Ruleset { get; init; }

    public required Instant OpenedAt { get; init; }

    /// <summary>Highest instant ever used for this account; time never runs backwards behind it.</summary>
    public required Instant LastAt { get; init; }

    /// <summary>Dated facts and terms, oldest first; append-only. The value in force at t is the last one with <c>From &lt;= t</c>.</summary>
    public ImmutableArray<DatedValue> Facts { get; init; } = [];

    public ImmutableArray<DatedValue> Terms { get; init; } = [];

    /// <summary>Plans by date; empty when the ruleset sells none or none was chosen.</summary>
    public ImmutableArray<DatedValue> Plans { get; init; } = [];

    /// <summary>Credits bought with each cycle: bucket, and amount as a decimal.</summary>
    public ImmutableArray<DatedValue> Addons { get; init; } = [];

    /// <summary>The running cycle; null for a ruleset without one.</summary>
    public Cycle? Cycle { get; init; }

    /// <summary>The version the account is on, and since when (language, section 6); null before the first is in effect.</summary>
    public int? Version { get; init; }

    public ImmutableArray<LotState> Lots { get; init; } = [];

    public ImmutableArray<ScopeState> Scopes { get; init; } = [];

    /// <summary>Number of the next lot.</summary>
    public required long NextLot { get; init; }

    /// <summary>Open debts, oldest first.</summary>
    public ImmutableArray<DebtState> Debts { get; init; } = [];

    /// <summary>Number of the next debt; 1 for an account that never owed.</summary>
    public long NextDebt { get; init; } = 1;

    /// <summary>
    /// In order of their numbers. A store loads those that are due by the instant at hand and the one that the command names, which may be
    /// settled.
    /// </summary>
    public ImmutableArray<HoldState> Holds { get; init; } = [];

    /// <summary>Number of the next hold; 1 for an account that never held.</summary>
    public long NextHold { get; init; } = 1;

    /// <summary>The uses that the command at hand names.</summary>
    public ImmutableArray<Use> Uses { get; init; } = [];

    /// <summary>Numbers of the lots that stay in <see cref="Lots"/> although nothing is left of them: the command at hand needs them.</summary>
    public ImmutableArray<long> NamedLots { get; init; } = [];

    /// <summary>The state between two commands: without scopes, settled holds, uses and lots that only the last command needed.</summary>
    public AccountState AtRest()
    {
        var rested = this with { Scopes = [], Uses = [], NamedLots = [] };
        if (!Holds.IsEmpty)
        {
            rested = rested with { Holds = Holds.RemoveAll(static hold => hold.Settlement is not null) };
        }

        return rested with { Lots = Journal.Relevant(rested.Lots, rested) };
    }
}

/// <summary>A fact, term or plan with the instant from which it holds.</summary>
public readonly record struct DatedValue(string Name, string Value, Instant From);

/// <summary>
/// One billing cycle, half-open. Boundary n is computed from the anchor for every n, never from boundary n-1 (time, rule 2).
/// </summary>
/// <param name="Number">Counts the account's cycles from 0 and never repeats, also when a plan change sets a new anchor; names cycle scopes and plan lots.</param>
/// <param name="Anchor">The local wall time from which all boundaries are counted; a boundary itself, not always one of this account's life.</param>
/// <param name="Start">Inclusive.</param>
/// <param name="End">Exclusive; the next renewal.</param>
public sealed record Cycle(int Number, LocalDateTime Anchor, Instant Start, Instant End);
