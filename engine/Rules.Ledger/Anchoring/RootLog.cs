using System.Globalization;
using System.Text;
using NodaTime;
using NodaTime.Text;
using Rules.Ledger.Storage;

namespace Rules.Ledger.Anchoring;

/// <summary>
/// <c>anchor-roots.log</c> beside the anchor: for each day (UTC) a line with the day, the number of accounts and the Merkle root over the
/// last entry of each that was recorded before the day's end. Copied to a place that nobody here can write, one line fixes all that
/// happened before it; whoever has an export can compute it again.
/// </summary>
internal static class RootLog
{
    // Commands that were stamped before midnight are long committed by then.
    private static readonly Duration _settling = Duration.FromMinutes(10);

    public static string PathBeside(string anchor) => Path.Combine(Path.GetDirectoryName(Path.GetFullPath(anchor))!, "anchor-roots.log");

    /// <summary>The last day whose entries are all there.</summary>
    public static LocalDate LastDay(Instant now) => (now - _settling).InUtc().Date.PlusDays(-1);

    /// <summary>The newest root of a file; null when there is none. A torn last line does not count.</summary>
    public static DayRoot? Newest(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        DayRoot? newest = null;
        foreach (var line in File.ReadLines(path))
        {
            if (line.Split(' ') is [var day, var accounts, { Length: 64 } root] && LocalDatePattern.Iso.Parse(day) is { Success: true, Value: var date }
                && long.TryParse(accounts, NumberStyles.None, CultureInfo.InvariantCulture, out var count))
            {
                newest = new DayRoot(date, count, root);
            }
        }

        return newest;
    }

    /// <summary>Computes the root of a day from a snapshot.</summary>
    public static async Task<DayRoot> ComputeAsync(IReadSnapshot snapshot, LocalDate day, CancellationToken cancellationToken)
    {
        var heads = new List<AccountHead>();
        await foreach (var head in snapshot.HeadsAsync(day.PlusDays(1).AtMidnight().InUtc().ToInstant(), cancellationToken))
        {
            heads.Add(head);
        }

        return new DayRoot(day, heads.Count, Convert.ToHexStringLower(MerkleRoot.Of(heads)));
    }

    public static void Append(string path, DayRoot root)
    {
        using var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read);
        file.Write(Encoding.ASCII.GetBytes($"{LocalDatePattern.Iso.Format(root.Day)} {root.Accounts.ToString(CultureInfo.InvariantCulture)} {root.Root}\n"));
        file.Flush(flushToDisk: true);
    }
}

/// <param name="Accounts">Accounts that had an entry by the end of the day.</param>
/// <param name="Root">Lower-case hex.</param>
internal sealed record DayRoot(LocalDate Day, long Accounts, string Root);
