using System.Collections.Immutable;
using NodaTime;
using Rules.Engine.Accounts;
using Rules.Ledger;

namespace Rules.Portal.Pages.Shared;

/// <summary>Journal entries as a table, newest first.</summary>
/// <param name="Label">Name of the scrolling region.</param>
/// <param name="Zone">The one zone of the page.</param>
public sealed record EntriesTable(string Label, ImmutableArray<EntrySummary> Entries, DateTimeZone Zone, bool WithAccount)
{
    /// <summary>Most decimals of any entry.</summary>
    public int Align { get; } = Entries.IsEmpty ? 0 : Entries.Max(entry => entry.Decimals);

    /// <summary>Most decimals of any balance.</summary>
    public int AlignBalances { get; } = Entries.Where(entry => entry.BalanceAfter is not null).Select(entry => entry.Decimals).DefaultIfEmpty().Max();

    /// <summary>False for a short table: neither version, balance nor seconds.</summary>
    public bool IsFull { get; init; } = true;

    /// <summary>False for entries that move no credits by their nature, so that they show no amount instead of a zero.</summary>
    public static bool IsAboutCredits(EntrySummary entry) =>
        entry.Amount != 0 || entry.Kind is not (EntryKind.Subscribe or EntryKind.PlanChange or EntryKind.FactsAndTerms);
}
