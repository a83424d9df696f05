using System.Collections.Immutable;
using System.Globalization;
using NodaTime;
using Rules.Ledger.Access;
using Rules.Ledger.Journal;
using Rules.Ledger.Storage;

namespace Rules.Ledger.Outbox;

/// <summary>
/// Messages that entries wrote, and their way to webhooks. A message exists exactly when its entry does; it is delivered at least once to every
/// webhook that was there when it was written, or given up after the last attempt.
/// </summary>
public sealed class MessageOutbox
{
    private const int LargestPage = 500;

    private readonly IAppStore _store;
    private readonly TimeProvider _time;

    internal MessageOutbox(IAppStore store, TimeProvider time)
    {
        _store = store;
        _time = time;
    }

    /// <summary>Messages in the order in which they were written, after a cursor; of one account or of all. A limit outside 1 to 500 is brought inside.</summary>
    /// <param name="after">The <see cref="Page{T}.Next"/> of the page before; null: from the first. One that no page gave has nothing after it.</param>
    /// <returns>With a cursor also where there is nothing more yet: whoever follows the messages goes on from there.</returns>
    public async Task<Page<StoredMessage>> ReadAsync(string? account, string? after, int limit, CancellationToken cancellationToken)
    {
        var from = 0L;
        if (after is not null && !(long.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out from) && from >= 0))
        {
            from = long.MaxValue;
        }

        var messages = await _store.MessagesAsync(account, from, Math.Clamp(limit, 1, LargestPage), cancellationToken);
        return new Page<StoredMessage>(messages, (messages.IsEmpty ? from : messages[^1].Position).ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Messages newest first; of one account or of all. A limit outside 1 to 500 is brought inside.</summary>
    /// <param name="before">The <see cref="Page{T}.Next"/> of the page before; null, or one that no page gave: from the newest.</param>
    /// <returns>Without a cursor on the last page.</returns>
    public async Task<Page<StoredMessage>> NewestAsync(string? account, string? before, int limit, CancellationToken cancellationToken)
    {
        var from = long.TryParse(before, NumberStyles.None, CultureInfo.InvariantCulture, out var position) ? position : long.MaxValue;
        var size = Math.Clamp(limit, 1, LargestPage);
        var messages = await _store.NewestMessagesAsync(account, from, size + 1, cancellationToken);
        return messages.Length <= size
            ? new Page<StoredMessage>(messages, null)
            : new Page<StoredMessage>(messages[..size], messages[size - 1].Position.ToString(CultureInfo.InvariantCulture));
    }

    public async Task<StoredWebhook> AddWebhookAsync(string url, ReadOnlyMemory<byte> secret, string createdBy, CancellationToken cancellationToken)
    {
        var webhook = new StoredWebhook(ApiKeyText.NewId(), url, secret, Instants.Now(_time), createdBy);
        await _store.AddWebhookAsync(webhook, cancellationToken);
        return webhook;
    }

    /// <summary>Those that are not removed, in order of creation.</summary>
    public ValueTask<ImmutableArray<StoredWebhook>> WebhooksAsync(CancellationToken cancellationToken) => _store.WebhooksAsync(cancellationToken);

    /// <summary>Nothing more is sent there; what waits for it is dropped.</summary>
    /// <returns>False where there is no such webhook.</returns>
    public ValueTask<bool> RemoveWebhookAsync(string id, CancellationToken cancellationToken) => _store.RemoveWebhookAsync(id, Instants.Now(_time), cancellationToken);

    /// <summary>Takes deliveries that are due; until the lease ends nobody else takes them, and after it they are due again.</summary>
    public ValueTask<ImmutableArray<DueDelivery>> TakeDueAsync(int most, Duration lease, CancellationToken cancellationToken)
    {
        var now = Instants.Now(_time);
        return _store.TakeDueAsync(now, now + lease, most, cancellationToken);
    }

    /// <summary>Notes an attempt and what follows from it.</summary>
    /// <param name="nextAt">When to try again, for a delivery that still waits.</param>
    public ValueTask NoteAsync(DueDelivery delivery, DeliveryAttempt attempt, DeliveryState state, Instant? nextAt, CancellationToken cancellationToken) =>
        _store.NoteDeliveryAsync(delivery.Webhook.Id, delivery.Message, attempt, state, nextAt ?? attempt.At, cancellationToken);

    /// <summary>Lets a delivery rest because its alert is muted: no attempt is made, and none follows.</summary>
    public ValueTask MuteAsync(DueDelivery delivery, CancellationToken cancellationToken) =>
        _store.MuteDeliveryAsync(delivery.Webhook.Id, delivery.Message, cancellationToken);

    /// <summary>Deliveries of a webhook, newest message first; null where there is no such webhook.</summary>
    public ValueTask<ImmutableArray<DeliveryRecord>?> DeliveriesAsync(string webhook, long? before, int limit, CancellationToken cancellationToken) =>
        _store.DeliveriesAsync(webhook, before ?? long.MaxValue, Math.Clamp(limit, 1, LargestPage), cancellationToken);

    /// <summary>Makes a delivery due now, whatever became of it.</summary>
    /// <returns>False where there is no such delivery, or its webhook is removed.</returns>
    public ValueTask<bool> ResendAsync(string webhook, long message, CancellationToken cancellationToken) =>
        _store.ResendAsync(webhook, message, Instants.Now(_time), cancellationToken);
}
