using System.Collections.Immutable;
using System.Globalization;
using Rules.Ledger.Access;
using Rules.Ledger.Storage;

namespace Rules.Ledger.Replays;

/// <summary>The results of replays of one database.</summary>
public sealed class ReplayArchive
{
    private const int LargestPage = 100;

    private readonly IAppStore _store;

    internal ReplayArchive(IAppStore store) => _store = store;

    /// <summary>16 characters that no replay has.</summary>
    public static string NewId() => ApiKeyText.NewId();

    public ValueTask AddAsync(StoredReplay replay, CancellationToken cancellationToken) => _store.AddReplayAsync(replay, cancellationToken);

    /// <summary>Null where there is none of that id.</summary>
    public ValueTask<StoredReplay?> FindAsync(string id, CancellationToken cancellationToken) => _store.ReplayAsync(id, cancellationToken);

    /// <summary>Without results, newest first. A limit outside 1 to 100 is brought inside; after a cursor that no page gave there is none.</summary>
    public async Task<Page<StoredReplay>> ListAsync(string? ruleset, string? after, int limit, CancellationToken cancellationToken)
    {
        var before = long.MaxValue;
        if (after is not null && !long.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out before))
        {
            return new Page<StoredReplay>([], null);
        }

        limit = Math.Clamp(limit, 1, LargestPage);
        var rows = await _store.ReplaysAsync(ruleset, before, limit + 1, cancellationToken);
        var items = rows.Take(limit).ToImmutableArray();
        return new Page<StoredReplay>(items, rows.Length > limit ? items[^1].Position.ToString(CultureInfo.InvariantCulture) : null);
    }
}
