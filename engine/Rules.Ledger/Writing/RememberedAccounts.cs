using System.Collections.Concurrent;
using Rules.Ledger.Storage;

namespace Rules.Ledger.Writing;

/// <summary>
/// Accounts as their last commit left them, for a store that nobody else writes: an account in use is not read from the database again for each
/// quote and each commit. Decision 0340 says why none of it is ever stale.
/// </summary>
internal sealed class RememberedAccounts
{
    private const int MostAccounts = 20_000;
    private const int MostLots = 64;

    private readonly ConcurrentDictionary<string, Place> _places = new(StringComparer.Ordinal);

    /// <summary>The account after every command that was answered before this was called; null where it has to be read.</summary>
    public StoredAccount? Find(string account) => _places.TryGetValue(account, out var place) ? place.Account : null;

    /// <summary>Begins a reading; called before the snapshot is opened.</summary>
    public Reading Begin(string account)
    {
        var place = PlaceOf(account);
        return new Reading(place, place.Writes);
    }

    /// <summary>Called after a commit and before any of its commands is answered.</summary>
    public void Written(StoredAccount account) => PlaceOf(account.State.Id).Write(Remembered(account));

    /// <summary>Called after a transaction of which nobody knows how it ended, and before any of its commands is answered.</summary>
    public void Forget(string account) => PlaceOf(account).Write(null);

    private static StoredAccount? Remembered(StoredAccount account) => account.State.Lots.Length <= MostLots ? account : null;

    private Place PlaceOf(string account)
    {
        if (_places.TryGetValue(account, out var place))
        {
            return place;
        }

        if (_places.Count >= MostAccounts)
        {
            _places.Clear();
        }

        return _places.GetOrAdd(account, static _ => new Place());
    }

    /// <summary>What a snapshot that was opened after <see cref="Begin"/> said may be remembered, unless the account has been written since.</summary>
    public readonly struct Reading(Place place, long writes)
    {
        public void Remember(StoredAccount account) => place.Read(Remembered(account), writes);
    }

    /// <summary>
    /// One account. Invariant: <see cref="Account"/> is null, or as the last write left it. A place that was cleared away is found by nobody; its
    /// writes are counted anew by the next one, which is made before any snapshot that it remembers.
    /// </summary>
    internal sealed class Place
    {
        private readonly Lock _gate = new();
        private volatile StoredAccount? _account;
        private long _writes;

        public StoredAccount? Account => _account;

        public long Writes => Interlocked.Read(ref _writes);

        public void Write(StoredAccount? account)
        {
            lock (_gate)
            {
                Interlocked.Increment(ref _writes);
                _account = account;
            }
        }

        public void Read(StoredAccount? account, long writes)
        {
            lock (_gate)
            {
                if (writes == _writes)
                {
                    _account = account;
                }
            }
        }
    }
}
