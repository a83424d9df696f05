using System.Collections.Immutable;
using NodaTime;

namespace Rules.Ledger.Drafts;

/// <summary>How far a draft has come. The numbers are stored.</summary>
public enum DraftState
{
    Draft = 1,
    Review = 2,
    Approved = 3,

    /// <summary>Published by the service shortly before its effective instant.</summary>
    Scheduled = 4,
    Published = 5,
    Rejected = 6,
    Discarded = 7,

    /// <summary>Published once; a later version has put an earlier text in its place.</summary>
    RolledBack = 8,
}

/// <summary>The text of a version that is not published yet.</summary>
public sealed record Draft
{
    /// <summary>16 characters.</summary>
    public required string Id { get; init; }

    public required string Ruleset { get; init; }

    /// <summary>The version that it is to become.</summary>
    public required int Number { get; init; }

    /// <summary>The version that it changes; 0: none, it is to be the first.</summary>
    public required int Base { get; init; }

    /// <summary>It changes no version: nothing is published under the name yet, as far as it was written.</summary>
    public bool IsFirst => Base == 0;

    /// <summary>The version that it takes back; null for any other change.</summary>
    public int? RollsBack { get; init; }

    public required string Text { get; init; }

    public required DraftState State { get; init; }

    /// <summary>1 at first, one more with each change.</summary>
    public required int RowVersion { get; init; }

    /// <summary>Everybody who wrote in it, in the order in which they began; never empty.</summary>
    public required ImmutableArray<string> Authors { get; init; }

    public required Instant CreatedAt { get; init; }

    public required Instant ChangedAt { get; init; }

    /// <summary>Of the preview that the review stands on; empty where there is none.</summary>
    public ReadOnlyMemory<byte> ReplaySha256 { get; init; }

    /// <summary>When it starts at the earliest: what its text says, or a later instant that its author chose. From the moment it is in review; null before.</summary>
    public Instant? EffectiveAt { get; init; }

    /// <summary>Null until it is approved, and after every edit.</summary>
    public Approval? Approval { get; init; }

    public string Author => Authors[0];

    /// <summary>Neither published nor given up.</summary>
    public bool IsOpen => State is DraftState.Draft or DraftState.Review or DraftState.Approved or DraftState.Scheduled or DraftState.Rejected;
}

/// <param name="Sha256">Of what was approved: <see cref="DraftHash"/>.</param>
public sealed record Approval(ReadOnlyMemory<byte> Sha256, string By, Instant At);
