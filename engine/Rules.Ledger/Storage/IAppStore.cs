using System.Collections.Immutable;
using NodaTime;
using Rules.Ledger.Access;
using Rules.Ledger.Outbox;

namespace Rules.Ledger.Storage;

/// <summary>
/// What the service keeps beside the ledger in the same database: rows that may change. Every method is one transaction of its own and
/// returns when it is durable.
/// </summary>
/// <remarks>Every method throws <see cref="StoreException"/> where the database cannot be reached now.</remarks>
public interface IAppStore : IDraftStore, IReplayStore, IUsageStore, IPastStore, IPeopleStore
{
    /// <summary>Null where there is no key of that id.</summary>
    ValueTask<StoredApiKey?> KeyAsync(string id, CancellationToken cancellationToken);

    /// <summary>All keys, by instant of creation, then by id.</summary>
    ValueTask<ImmutableArray<StoredApiKey>> KeysAsync(CancellationToken cancellationToken);

    /// <param name="record">Written with the key.</param>
    ValueTask AddKeyAsync(StoredApiKey key, KeyRecord record, CancellationToken cancellationToken);

    /// <summary>Puts a new hash in the place of the present one, which counts until <paramref name="previousUntil"/>.</summary>
    /// <param name="record">Written with the hash.</param>
    /// <returns>False where there is no such key, or it is revoked.</returns>
    ValueTask<bool> RotateKeyAsync(ReadOnlyMemory<byte> hash, Instant previousUntil, KeyRecord record, CancellationToken cancellationToken);

    /// <summary>Revokes the key of the record at its instant. Does nothing where there is no such key, or it is revoked already.</summary>
    ValueTask RevokeKeyAsync(KeyRecord record, CancellationToken cancellationToken);

    /// <summary>What was done to keys, newest first; to one or to all.</summary>
    /// <param name="before">Only lines of a smaller position.</param>
    ValueTask<ImmutableArray<KeyRecord>> KeyLogAsync(string? key, long before, int limit, CancellationToken cancellationToken);

    /// <summary>Moves the keys' last use forward, never back.</summary>
    ValueTask NoteKeyUseAsync(IReadOnlyCollection<KeyValuePair<string, Instant>> uses, CancellationToken cancellationToken);

    /// <summary>Writes an instant over an earlier one and answers the latest of all that were written.</summary>
    ValueTask<Instant> BeatAsync(Instant at, CancellationToken cancellationToken);

    /// <summary>Messages whose position is greater than <paramref name="after"/>, by position; of one account or of all.</summary>
    ValueTask<ImmutableArray<StoredMessage>> MessagesAsync(string? account, long after, int limit, CancellationToken cancellationToken);

    /// <summary>Messages whose position is less than <paramref name="before"/>, newest first; of one account or of all.</summary>
    ValueTask<ImmutableArray<StoredMessage>> NewestMessagesAsync(string? account, long before, int limit, CancellationToken cancellationToken);

    ValueTask AddWebhookAsync(StoredWebhook webhook, CancellationToken cancellationToken);

    /// <summary>Those that are not removed, by instant of creation, then by id.</summary>
    ValueTask<ImmutableArray<StoredWebhook>> WebhooksAsync(CancellationToken cancellationToken);

    /// <summary>Removes a webhook; deliveries that wait for it become <see cref="DeliveryState.Removed"/>.</summary>
    /// <returns>False where there is none.</returns>
    ValueTask<bool> RemoveWebhookAsync(string id, Instant at, CancellationToken cancellationToken);

    /// <summary>Takes deliveries that are due at <paramref name="now"/>, the longest due first, and makes them due again at <paramref name="leaseUntil"/>.</summary>
    ValueTask<ImmutableArray<DueDelivery>> TakeDueAsync(Instant now, Instant leaseUntil, int most, CancellationToken cancellationToken);

    /// <summary>Adds an attempt and moves its delivery, where that still waits.</summary>
    ValueTask NoteDeliveryAsync(string webhook, long message, DeliveryAttempt attempt, DeliveryState state, Instant nextAt, CancellationToken cancellationToken);

    /// <summary>Lets a delivery rest that still waits: its alert is muted.</summary>
    ValueTask MuteDeliveryAsync(string webhook, long message, CancellationToken cancellationToken);

    ValueTask AddMuteAsync(MuteRecord record, CancellationToken cancellationToken);

    /// <summary>By position, ascending: every line that is later than an instant, and the mutes that held at it.</summary>
    ValueTask<ImmutableArray<MuteRecord>> MutesAsync(Instant since, CancellationToken cancellationToken);

    /// <summary>What was done to alerts, newest first.</summary>
    /// <param name="before">Only lines of a smaller position.</param>
    ValueTask<ImmutableArray<MuteRecord>> MuteLogAsync(long before, int limit, CancellationToken cancellationToken);

    /// <summary>Deliveries whose message is before <paramref name="before"/>, newest first; null where the webhook never was.</summary>
    ValueTask<ImmutableArray<DeliveryRecord>?> DeliveriesAsync(string webhook, long before, int limit, CancellationToken cancellationToken);

    /// <summary>Makes a delivery wait and be due.</summary>
    /// <returns>False where there is none, or its webhook is removed.</returns>
    ValueTask<bool> ResendAsync(string webhook, long message, Instant at, CancellationToken cancellationToken);
}
