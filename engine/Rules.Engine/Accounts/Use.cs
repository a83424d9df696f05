using System.Collections.Immutable;
using NodaTime;
using Rules.Engine.Pricing;

namespace Rules.Engine.Accounts;

/// <summary>
/// A use as a journal has it, with what has become of it: what a reversal undoes. Read after everything due was posted, because
/// repayments belong to the use that owed.
/// </summary>
public sealed record Use
{
    /// <summary>The idempotency key of a charge or correction, the id of a captured hold.</summary>
    public required string Id { get; init; }

    /// <summary>Sequence of its entry.</summary>
    public required long Sequence { get; init; }

    /// <summary>The kind of its entry; only charges, captures and corrections can be reversed.</summary>
    public required EntryKind Kind { get; init; }

    /// <summary>Smallest units that its entry came to.</summary>
    public required long Amount { get; init; }

    /// <summary>The version that priced it.</summary>
    public int? Version { get; init; }

    public Instant RecordedAt { get; init; }

    /// <summary>Number of the cycle in which it was recorded; null without one. Names the cycle scopes that counted it.</summary>
    public int? Cycle { get; init; }

    /// <summary>What was priced; null where only an amount was.</summary>
    public UsageEvent? Event { get; init; }

    /// <summary>What it took, in the order of drawing; repayments of its debts stand last.</summary>
    public ImmutableArray<UseLine> Lines { get; init; } = [];

    /// <summary>Numbers of its debts, settled ones included.</summary>
    public ImmutableArray<long> Debts { get; init; } = [];
}

/// <summary>A posting that spent credits for a use.</summary>
/// <param name="Sequence">Sequence of the posting's entry: the use's own, or a repayment's.</param>
/// <param name="Line">The posting's place in its entry, from 0.</param>
/// <param name="Spent">Smallest units, above zero.</param>
/// <param name="Undone">Smallest units that reversals have taken back, at most <paramref name="Spent"/>.</param>
public readonly record struct UseLine(long Sequence, int Line, long Lot, long Spent, long Undone);

/// <summary>A line of a reversal: how much of which posting it takes back.</summary>
/// <param name="Sequence">As of <see cref="UseLine"/>.</param>
/// <param name="Amount">Smallest units, above zero. Invariant: the sum over all reversals is at most what the posting spent.</param>
public readonly record struct UndoneLine(long Sequence, int Line, long Amount);
