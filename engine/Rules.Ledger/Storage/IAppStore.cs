using System.Collections.Immutable;
using NodaTime;
using Rules.Ledger.Access;

namespace Rules.Ledger.Storage;

/// <summary>
/// What the service keeps beside the ledger in the same database: rows that may change. Every method is one transaction of its own and
/// returns when it is durable.
/// </summary>
/// <remarks>Every method throws <see cref="StoreException"/> where the database cannot be reached now.</remarks>
public interface IAppStore
{
    /// <summary>Null where there is no key of that id.</summary>
    ValueTask<StoredApiKey?> KeyAsync(string id, CancellationToken cancellationToken);

    /// <summary>All keys, by instant of creation, then by id.</summary>
    ValueTask<ImmutableArray<StoredApiKey>> KeysAsync(CancellationToken cancellationToken);

    ValueTask AddKeyAsync(StoredApiKey key, CancellationToken cancellationToken);

    /// <summary>Puts a new hash in the place of the present one, which counts until <paramref name="previousUntil"/>.</summary>
    /// <returns>False where there is no such key, or it is revoked.</returns>
    ValueTask<bool> RotateKeyAsync(string id, ReadOnlyMemory<byte> hash, Instant at, Instant previousUntil, CancellationToken cancellationToken);

    /// <summary>Does nothing where there is no such key, or it is revoked already.</summary>
    ValueTask RevokeKeyAsync(string id, Instant at, CancellationToken cancellationToken);

    /// <summary>Moves the keys' last use forward, never back.</summary>
    ValueTask NoteKeyUseAsync(IReadOnlyCollection<KeyValuePair<string, Instant>> uses, CancellationToken cancellationToken);
}
