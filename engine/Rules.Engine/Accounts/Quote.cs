using System.Collections.Immutable;
using Rules.Dsl.Text;
using Rules.Engine.Drawing;
using Rules.Engine.Pricing;

namespace Rules.Engine.Accounts;

public enum QuoteOutcome
{
    Charged = 1,
    Free = 2,
    Unmetered = 3,
    NotApplicable = 4,
    Blocked = 5,
    Paused = 6,
    Refused = 7,
}

/// <summary>
/// The answer to "may this run, and what does it cost?": one evaluation that a quote returns, a charge commits, an explanation
/// shows and a preview repeats.
/// </summary>
public sealed record Quote
{
    public required QuoteOutcome Outcome { get; init; }

    /// <summary>The event's exact amount in credits before rounding; 0 for free, unmetered and not applicable.</summary>
    public required ExactDecimal Exact { get; init; }

    /// <summary>Smallest units charged (or that would be, when blocked, paused or refused); below zero where re-pricing or a correction gives credits back.</summary>
    public required long Charge { get; init; }

    /// <summary>Smallest units that the price lists, waived lines included.</summary>
    public required long Listed { get; init; }

    /// <summary>Taken from which lots, in draw order. Empty for a ruleset without buckets and for whatever draws nothing.</summary>
    public required ImmutableArray<Draw> Draws { get; init; }

    /// <summary>Smallest units that the eligible lots lacked; 0 when everything was covered.</summary>
    public required long Short { get; init; }

    /// <summary>Smallest units of <see cref="Short"/> that the account owes from now on.</summary>
    public long Owed { get; init; }

    /// <summary>Smallest units of <see cref="Short"/> that <c>if short forgive</c> lets go.</summary>
    public long Forgiven { get; init; }

    /// <summary>Refused because the debts of the account would exceed what it may owe.</summary>
    public bool IsOverDebtLimit { get; init; }

    /// <summary>The explanation: every rule that was looked at, in order, rounding included.</summary>
    public required ImmutableArray<Step> Steps { get; init; }

    /// <summary>Alerts that this event fires, by name, in order of crossing.</summary>
    public ImmutableArray<string> Alerts { get; init; } = [];

    /// <summary>Available smallest units per bucket after the event, in the file's order of buckets; empty without buckets.</summary>
    public ImmutableArray<BucketBalance> Balances { get; init; } = [];

    public required string Ruleset { get; init; }

    public required int Version { get; init; }

    /// <summary>Hash of the version's meaning, <c>sha256:…</c>.</summary>
    public required string Meaning { get; init; }

    /// <summary>Decimals of the credit; scales every amount above.</summary>
    public required int Decimals { get; init; }
}

/// <summary>Available credits of a bucket, smallest units; null when endless (postpaid without a limit).</summary>
public readonly record struct BucketBalance(string Bucket, long? Available);
