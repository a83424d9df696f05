using System.Collections.Immutable;
using NodaTime;
using Rules.Engine.Wire;
using Rules.Ledger.Storage;

namespace Rules.Ledger;

/// <param name="Events">Uses; a reversal is none.</param>
/// <param name="Units">Smallest units charged, less what reversals gave back. Exact.</param>
public sealed record DayUse(LocalDate Day, long Events, Int128 Units);

/// <summary>What was available of all buckets at an instant.</summary>
/// <param name="Available">Smallest units after the last entry that was recorded by then; null before the first one, and where there is no bucket.</param>
/// <param name="Sequence">That entry; 0 before the first one.</param>
public sealed record BalancePoint(Instant At, long? Available, long Sequence);

public sealed partial class CreditLedger
{
    /// <summary>
    /// An account's use within <c>[from, to)</c> by days of a zone, every day of the window with its sum; null for an account that is unknown. Read from an index, without its
    /// entries.
    /// </summary>
    public async Task<ImmutableArray<DayUse>?> DaysAsync(string account, Instant from, Instant to, DateTimeZone zone, CancellationToken cancellationToken)
    {
        await using var snapshot = await _store.BeginReadAsync(cancellationToken);
        if (await AccountInAsync(snapshot, account, cancellationToken) is not { } stored)
        {
            return null;
        }

        var first = from.InZone(zone).Date;
        var last = LocalDate.Max(first, (to - Duration.Epsilon).InZone(zone).Date);
        var sums = new (long Events, Int128 Units)[Period.DaysBetween(first, last) + 1];
        foreach (var quarter in await snapshot.UsesByQuarterAsync(from, to, account, cancellationToken))
        {
            // A window that begins within a quarter begins its first day.
            ref var sum = ref sums[Math.Max(0, Period.DaysBetween(first, quarter.Start.InZone(zone).Date))];
            sum = (sum.Events + quarter.Events, sum.Units + quarter.Units);
        }

        return [.. sums.Select((sum, day) => new DayUse(first.PlusDays(day), sum.Events, sum.Units))];
    }

    /// <summary>
    /// What an account had available at instants of the past, each found in as many steps as its number of entries has binary digits; empty for an account that is unknown.
    /// </summary>
    public async Task<ImmutableArray<BalancePoint>> BalancesAsync(string account, IReadOnlyList<Instant> instants, CancellationToken cancellationToken)
    {
        await using var snapshot = await _store.BeginReadAsync(cancellationToken);
        if (await AccountInAsync(snapshot, account, cancellationToken) is not { } stored)
        {
            return [];
        }

        // The entry that was last recorded by each instant lies in (low, high]; low 0 is before the first one.
        var low = new long[instants.Count];
        var high = Enumerable.Repeat(stored.HeadSequence, instants.Count).ToArray();
        var known = new Dictionary<long, EntryMoment>();
        while (true)
        {
            var asked = Enumerable.Range(0, instants.Count).Where(i => low[i] < high[i]).Select(i => Middle(low[i], high[i])).Where(sequence => !known.ContainsKey(sequence)).Distinct().ToList();
            if (asked.Count > 0)
            {
                foreach (var moment in await snapshot.MomentsAsync(stored, asked, cancellationToken))
                {
                    known[moment.Sequence] = moment;
                }

                // In a history with gaps, which a verification reports, what is missing was recorded never.
                foreach (var missing in asked.Where(sequence => !known.ContainsKey(sequence)))
                {
                    known[missing] = new EntryMoment(missing, Instant.MaxValue, null);
                }
            }
            else if (Enumerable.Range(0, instants.Count).All(i => low[i] == high[i]))
            {
                break;
            }

            for (var i = 0; i < instants.Count; i++)
            {
                if (low[i] < high[i] && known.TryGetValue(Middle(low[i], high[i]), out var middle))
                {
                    (low[i], high[i]) = middle.RecordedAt <= instants[i] ? (middle.Sequence, high[i]) : (low[i], middle.Sequence - 1);
                }
            }
        }

        return [.. instants.Select((at, i) => new BalancePoint(at, low[i] == 0 ? null : known[low[i]].BalanceAfter, low[i]))];
    }

    /// <summary>The newest <see cref="EntrySums.Most"/> entries that a filter finds, added up. Cursor and limit of the filter say nothing here.</summary>
    public async Task<EntrySums> EntrySumsAsync(EntryFilter filter, CancellationToken cancellationToken)
    {
        await using var snapshot = await _store.BeginReadAsync(cancellationToken);
        var sums = await snapshot.EntrySumsAsync(filter, EntrySums.Most, cancellationToken);
        return new EntrySums(sums, sums.Sum(static sum => sum.Entries) < EntrySums.Most);
    }

    private static long Middle(long low, long high) => low + ((high - low + 1) / 2);

    private static async ValueTask<StoredAccount?> AccountInAsync(IReadSnapshot snapshot, string account, CancellationToken cancellationToken) =>
        IdText.IsValid(account) ? await snapshot.AccountAsync(account, cancellationToken) : null;
}
