using System.Collections.Immutable;
using NodaTime;
using Rules.Engine.Accounts;
using Rules.Engine.Drawing;
using Rules.Engine.Pricing;

namespace Rules.Ledger;

/// <summary>One page of a keyset-paged read.</summary>
/// <param name="Next">Opaque cursor of the next page; null on the last.</param>
public sealed record Page<T>(ImmutableArray<T> Items, string? Next);

/// <param name="Search">Part of an account's id; null for all.</param>
/// <param name="Limit">1 to 500.</param>
public sealed record AccountFilter(string? Ruleset = null, string? Search = null, string? After = null, int Limit = 50);

/// <summary>Smallest units; <paramref name="Decimals"/> scales them.</summary>
public sealed record AccountSummary(string Id, string Ruleset, int? Version, string? Plan, Instant OpenedAt, Instant? LastEntryAt, long Entries,
    int Decimals, ImmutableArray<BucketBalance> Balances)
{
    /// <summary>Made up from its first moment on.</summary>
    public bool IsSample { get; init; }
}

/// <summary>Balance of one account, smallest units.</summary>
public sealed record AccountBalance(string Id, string Ruleset, int? Version, string? Plan, Cycle? Cycle, Instant At, int Decimals, string CreditName,
    ImmutableArray<BucketBalance> Buckets, ImmutableArray<LotState> Lots, ImmutableArray<DatedValue> Facts)
{
    public Instant OpenedAt { get; init; }

    /// <inheritdoc cref="AccountSummary.IsSample"/>
    public bool IsSample { get; init; }

    /// <summary>Why time cannot pass to <see cref="At"/>: what fell due by then cannot be done, and <see cref="Buckets"/> is empty. Null: it can.</summary>
    public EvaluationError? Stuck { get; init; }

    /// <summary>Smallest units that came through a rollover and can be drawn.</summary>
    public long Carried => Lots.Where(IsCarried).Sum(static lot => lot.Available);

    /// <summary>Smallest units that holds keep back.</summary>
    public long Held => Lots.Sum(static lot => lot.Held);

    /// <summary>Smallest units of postpaid use in the running cycle.</summary>
    public long Postpaid => Lots.Where(lot => lot.Lot.Origin == LotOrigin.Postpaid && lot.Lot.Cycle == (Cycle?.Number ?? 0)).Sum(static lot => lot.Spent);

    /// <summary>Open debts, oldest first; no credits that may repay them are left.</summary>
    public ImmutableArray<DebtState> Debts { get; init; } = [];

    /// <summary>Levels of alerts that the account has reached in the running cycle; empty for a moment that is past.</summary>
    public ImmutableArray<AlertStep> Alerts { get; init; } = [];

    /// <summary>Smallest units that are owed.</summary>
    public long Owed => Debts.Sum(static debt => debt.Left);

    // Carried by a renewal or a reset; a grant for its own life is carried once the cycle that made it is over.
    private bool IsCarried(LotState lot) => lot.Lot.EffectiveAt <= At && !(lot.Lot.ExpiresAt <= At) && lot.Lot.Rollover switch
    {
        { Kind: RolloverKind.Carries, At: { } carried } => carried <= At,
        { Kind: RolloverKind.Own } => lot.Lot.Origin == LotOrigin.Plan && lot.Lot.Cycle < Cycle?.Number,
        _ => false,
    };
}

/// <param name="Account">Null for entries of every account.</param>
/// <param name="From">Recorded at or after; inclusive.</param>
/// <param name="To">Recorded before; exclusive.</param>
public sealed record EntryFilter(string? Account = null, string? Ruleset = null, EntryKind? Kind = null, Instant? From = null, Instant? To = null,
    string? IdempotencyKey = null, string? After = null, int Limit = 50)
{
    /// <summary>Number of the version by which the entry was priced.</summary>
    public int? Version { get; init; }

    /// <summary>Smallest units, with the sign that the entry has.</summary>
    public long? AtLeast { get; init; }

    /// <summary>Smallest units, with the sign that the entry has.</summary>
    public long? AtMost { get; init; }
}

/// <summary>The entries of one kind that a filter finds, added up.</summary>
/// <param name="Units">Smallest units, as <see cref="EntrySummary.Amount"/>. Exact.</param>
public sealed record EntrySum(string Ruleset, EntryKind Kind, long Entries, Int128 Units);

/// <summary>Sums of a filter by ruleset and kind.</summary>
/// <param name="IsWhole">False where more entries match than were added up: then these are the newest ones.</param>
public sealed record EntrySums(ImmutableArray<EntrySum> Sums, bool IsWhole)
{
    /// <summary>Entries that are added up at most.</summary>
    public const int Most = 500_000;

    public long Entries => Sums.Sum(static sum => sum.Entries);
}

/// <summary>One line of the ledger.</summary>
/// <param name="Amount">Smallest units; <paramref name="Kind"/> says which way they went. Below zero only for a charge that gave credits back.</param>
/// <param name="BalanceAfter">Available smallest units of all buckets after the entry; null for a ruleset without buckets.</param>
/// <param name="Outcome">Of a charge: charged, free, unmetered or not applicable.</param>
public sealed record EntrySummary(string Account, long Sequence, EntryKind Kind, string Ruleset, int? Version, long Amount, int Decimals, long? BalanceAfter,
    Instant OccurredAt, Instant RecordedAt, string IdempotencyKey, string? Action, QuoteOutcome? Outcome)
{
    /// <summary>The event came later than clocks differ: priced as of its own instant, drawn at the time of recording.</summary>
    public bool Late { get; init; }
}

/// <summary>An entry with everything it carries.</summary>
/// <param name="Event">The usage event as canonical JSON; null for entries that priced nothing.</param>
/// <param name="Answer">The answer with its explanation steps as canonical JSON, as first given; null for entries that priced nothing.</param>
public sealed record EntryDetail(EntrySummary Summary, ImmutableArray<Posting> Postings, ImmutableArray<Lot> NewLots, ReadOnlyMemory<byte>? Event,
    ReadOnlyMemory<byte>? Answer, ReadOnlyMemory<byte> PreviousHash, ReadOnlyMemory<byte> Hash);

/// <summary>How far a verification has come.</summary>
public sealed record VerificationProgress(long Entries, long TotalEntries, long Accounts);

/// <summary>What a verification found.</summary>
/// <param name="Problems">Empty when the history is proved; each names the account and the sequence of the first bad entry.</param>
public sealed record VerificationReport(long Accounts, long Entries, ImmutableArray<VerificationProblem> Problems)
{
    public bool Holds => Problems.IsEmpty;

    /// <summary>The heads were held against anchors outside the database as well; without that a lost tail is not seen.</summary>
    public bool Anchored { get; init; }

    /// <summary>Accounts were proved from their newest checkpoints on.</summary>
    public bool FromCheckpoints { get; init; }

    /// <summary>Entries before checkpoints that were not read: they were proved when the checkpoints were written, and nothing is said of them now.</summary>
    public long Passed { get; init; }

    /// <summary>Checkpoints that were compared with what the entries before them make.</summary>
    public long Checkpoints { get; init; }
}

/// <summary>What a round of checkpoints did.</summary>
/// <param name="Written">New checkpoints.</param>
/// <param name="Problems">What is wrong with accounts that have none because of it.</param>
public sealed record CheckpointRound(int Written, ImmutableArray<VerificationProblem> Problems);

/// <param name="Check">Stable name of the check, such as <c>chain</c>, <c>gapless</c>, <c>lots</c>.</param>
public sealed record VerificationProblem(string Check, string Account, long? Sequence, string Message);
