using System.Collections.Immutable;
using NodaTime;

namespace Rules.Ledger;

/// <summary>Which use a report adds up.</summary>
/// <param name="From">Happened at or after; inclusive.</param>
/// <param name="To">Happened before; exclusive.</param>
/// <param name="By">Up to two names: <c>action</c>, or what events record: a fact, a key, or a member of <c>record</c>. The account always stands first.</param>
/// <param name="Account">Null for all.</param>
/// <param name="Action">Null for all.</param>
/// <param name="After">The cursor of the page before; null for the first.</param>
/// <param name="Limit">Rows of a page, 1 to 1,000.</param>
public sealed record UsageFilter(Instant From, Instant To, ImmutableArray<string> By, string? Account = null, string? Ruleset = null, string? Action = null,
    string? After = null, int Limit = 100);

/// <summary>One row of a usage report: the uses of one account that have the same values.</summary>
/// <param name="Values">In the order of <see cref="UsageFilter.By"/>; null where an event says nothing.</param>
/// <param name="Events">Uses; a reversal is none.</param>
/// <param name="Units">Smallest units charged, less what reversals of these uses gave back in the window. Exact.</param>
public sealed record UsageRow(string Account, string Ruleset, int Decimals, ImmutableArray<string?> Values, long Events, Int128 Units);

/// <summary>Why a report cannot be made.</summary>
public enum UsageFault
{
    None = 0,

    /// <summary>The cursor is not one that a page gave.</summary>
    CursorInvalid = 1,

    /// <summary>One account has more than <see cref="UsageReport.MostGroups"/> different values in the window.</summary>
    TooManyGroups = 2,
}

/// <summary>A page of a usage report, by account and then by values.</summary>
public sealed record UsageReport(ImmutableArray<UsageRow> Rows, string? Next, UsageFault Fault = UsageFault.None)
{
    /// <summary>Different values of one account that a report keeps at once.</summary>
    public const int MostGroups = 10_000;
}
