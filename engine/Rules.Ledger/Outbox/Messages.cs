using NodaTime;

namespace Rules.Ledger.Outbox;

/// <summary>A message that an append writes with its entry.</summary>
/// <param name="Sequence">The entry that it is about.</param>
/// <param name="Line">Of the entry's messages, from 0.</param>
/// <param name="Body">UTF-8 JSON.</param>
public sealed record NewMessage(long Sequence, int Line, ReadOnlyMemory<byte> Body);

/// <summary>A message as it is stored.</summary>
/// <param name="Position">Rises with every message of the store; what a cursor names.</param>
public sealed record StoredMessage(long Position, string Account, ReadOnlyMemory<byte> Body);

/// <summary>Where messages go.</summary>
/// <param name="Secret">As the service encrypted it.</param>
public sealed record StoredWebhook(string Id, string Url, ReadOnlyMemory<byte> Secret, Instant CreatedAt, string CreatedBy);

/// <summary>The numbers are stored.</summary>
public enum DeliveryState
{
    Waiting = 1,
    Delivered = 2,
    GivenUp = 3,

    /// <summary>The webhook was removed before the message was delivered.</summary>
    Removed = 4,

    /// <summary>The alert was muted when it was to be delivered.</summary>
    Muted = 5,
}

/// <summary>A message that is due at a webhook, taken by one node for a time.</summary>
/// <param name="Attempts">Made before.</param>
public sealed record DueDelivery(long Message, StoredWebhook Webhook, int Attempts, ReadOnlyMemory<byte> Body);

/// <summary>One attempt to deliver.</summary>
/// <param name="Status">Of the answer; null where none came.</param>
/// <param name="Failure">A word for why it failed; null where it was taken.</param>
public sealed record DeliveryAttempt(int Number, Instant At, int DurationMilliseconds, int? Status, string? Failure);

/// <summary>What became of a message at a webhook.</summary>
/// <param name="NextAt">When it is tried next; null where it is not.</param>
/// <param name="Last">Null before the first attempt.</param>
public sealed record DeliveryRecord(long Message, DeliveryState State, int Attempts, Instant? NextAt, DeliveryAttempt? Last);
