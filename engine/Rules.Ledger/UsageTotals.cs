using System.Collections.Immutable;
using NodaTime;
using Rules.Dsl.Text;

namespace Rules.Ledger;

/// <summary>Which use is added up over all accounts of a ruleset, by day.</summary>
/// <param name="From">Happened at or after; inclusive.</param>
/// <param name="To">Happened before; exclusive.</param>
/// <param name="Zone">Whose days are told apart.</param>
/// <param name="By">Up to two names: <c>account</c>, <c>action</c>, <c>version</c>, or what events record: a fact, a key, or a member of <c>record</c>.</param>
/// <param name="Meter">Whose quantities are added up as well; null for none.</param>
/// <param name="Account">Null for all.</param>
public sealed record UsageTotalsFilter(Instant From, Instant To, string Ruleset, DateTimeZone Zone, ImmutableArray<string> By, string? Meter = null, string? Account = null);

/// <summary>Uses of one day that have the same values.</summary>
/// <param name="Values">In the order of <see cref="UsageTotalsFilter.By"/>; null where an event says nothing.</param>
/// <param name="Events">Uses; a reversal is none.</param>
/// <param name="Units">Smallest units charged, less what reversals gave back on the day.</param>
/// <param name="Quantity">Of the meter asked for, as reported; reversals take nothing off.</param>
public sealed record UsageTotal(ImmutableArray<string?> Values, LocalDate Day, long Events, Int128 Units, ExactDecimal Quantity);

/// <summary>Totals by day and values, in no order.</summary>
/// <param name="Fault"><see cref="UsageFault.TooManyGroups"/> where there are more than <see cref="MostRows"/>.</param>
public sealed record UsageTotals(ImmutableArray<UsageTotal> Rows, int Decimals, UsageFault Fault = UsageFault.None)
{
    /// <summary>Days and values that are told apart at once.</summary>
    public const int MostRows = 200_000;
}
