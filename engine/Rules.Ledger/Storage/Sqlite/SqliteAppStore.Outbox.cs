using System.Collections.Immutable;
using NodaTime;
using Rules.Ledger.Journal;
using Rules.Ledger.Outbox;

namespace Rules.Ledger.Storage.Sqlite;

internal sealed partial class SqliteAppStore
{
    private const string SelectMessages =
        """
        SELECT o.message_id, a.external_id, o.body FROM outbox o JOIN account a ON a.account_id=o.account_id
        WHERE o.message_id>?1 ORDER BY o.message_id LIMIT ?2
        """;

    private const string SelectMessagesOfAccount =
        """
        SELECT o.message_id, a.external_id, o.body FROM account a JOIN outbox o ON o.account_id=a.account_id
        WHERE a.external_id=?3 AND o.message_id>?1 ORDER BY o.message_id LIMIT ?2
        """;

    private const string SelectNewest =
        """
        SELECT o.message_id, a.external_id, o.body FROM outbox o JOIN account a ON a.account_id=o.account_id
        WHERE o.message_id<?1 ORDER BY o.message_id DESC LIMIT ?2
        """;

    private const string SelectNewestOfAccount =
        """
        SELECT o.message_id, a.external_id, o.body FROM account a JOIN outbox o ON o.account_id=a.account_id
        WHERE a.external_id=?3 AND o.message_id<?1 ORDER BY o.message_id DESC LIMIT ?2
        """;

    private const string InsertWebhook = "INSERT INTO webhook(webhook_id,url,secret,created_at,created_by) VALUES(?1,?2,?3,?4,?5)";

    private const string SelectWebhooks = "SELECT webhook_id, url, secret, created_at, created_by FROM webhook WHERE removed_at IS NULL ORDER BY created_at, webhook_id";

    private const string RemoveWebhook = "UPDATE webhook SET removed_at=?2 WHERE webhook_id=?1 AND removed_at IS NULL";

    private const string DropDeliveries = "UPDATE delivery SET state=4 WHERE webhook_id=?1 AND state=1";

    private const string SelectDue =
        """
        SELECT d.message_id, w.webhook_id, w.url, w.secret, w.created_at, w.created_by, d.attempts, o.body
        FROM delivery d JOIN webhook w ON w.webhook_id=d.webhook_id JOIN outbox o ON o.message_id=d.message_id
        WHERE d.state=1 AND d.next_at<=?1 ORDER BY d.next_at, d.message_id LIMIT ?2
        """;

    private const string LeaseDelivery = "UPDATE delivery SET next_at=?3 WHERE webhook_id=?1 AND message_id=?2 AND state=1";

    private const string InsertAttempt =
        "INSERT INTO delivery_attempt(webhook_id,message_id,attempt,at,duration_ms,status,failure) VALUES(?1,?2,?3,?4,?5,?6,?7)";

    private const string UpdateDelivery = "UPDATE delivery SET state=?3, attempts=?4, next_at=?5 WHERE webhook_id=?1 AND message_id=?2 AND state=1";

    private const string SelectWebhook = "SELECT removed_at FROM webhook WHERE webhook_id=?1";

    private const string SelectDeliveries =
        """
        SELECT d.message_id, d.state, d.attempts, d.next_at, t.attempt, t.at, t.duration_ms, t.status, t.failure
        FROM delivery d LEFT JOIN delivery_attempt t ON t.webhook_id=d.webhook_id AND t.message_id=d.message_id AND t.attempt=d.attempts
        WHERE d.webhook_id=?1 AND d.message_id<?2 ORDER BY d.message_id DESC LIMIT ?3
        """;

    private const string ResendDelivery =
        """
        UPDATE delivery SET state=1, next_at=?3 WHERE webhook_id=?1 AND message_id=?2
          AND EXISTS(SELECT 1 FROM webhook w WHERE w.webhook_id=?1 AND w.removed_at IS NULL)
        """;

    private const string MuteDelivery = "UPDATE delivery SET state=5 WHERE webhook_id=?1 AND message_id=?2 AND state=1";

    private const string InsertMute = "INSERT INTO alert_mute(at,actor,action,ruleset,alert,account,until_at,reason) VALUES(?1,?2,?3,?4,?5,?6,?7,?8)";

    private const string SelectMutes =
        """
        SELECT m.mute_id, m.at, m.actor, m.action, m.ruleset, m.alert, m.account, m.until_at, m.reason FROM alert_mute m
        WHERE m.at>?1 OR (m.action=1 AND (m.until_at IS NULL OR m.until_at>?1) AND NOT EXISTS(
          SELECT 1 FROM alert_mute n WHERE n.ruleset=m.ruleset AND n.alert=m.alert AND n.account=m.account AND n.mute_id>m.mute_id AND n.at<=?1))
        ORDER BY m.mute_id
        """;

    private const string SelectMuteLog =
        """
        SELECT mute_id, at, actor, action, ruleset, alert, account, until_at, reason FROM alert_mute WHERE mute_id<?1 ORDER BY mute_id DESC LIMIT ?2
        """;

    public ValueTask<ImmutableArray<StoredMessage>> MessagesAsync(string? account, long after, int limit, CancellationToken cancellationToken) =>
        ReadMessagesAsync(account is null ? SelectMessages : SelectMessagesOfAccount, account, after, limit, cancellationToken);

    public ValueTask<ImmutableArray<StoredMessage>> NewestMessagesAsync(string? account, long before, int limit, CancellationToken cancellationToken) =>
        ReadMessagesAsync(account is null ? SelectNewest : SelectNewestOfAccount, account, before, limit, cancellationToken);

    private ValueTask<ImmutableArray<StoredMessage>> ReadMessagesAsync(string text, string? account, long position, int limit, CancellationToken cancellationToken) => store.ReadAsync(session =>
    {
        var messages = ImmutableArray.CreateBuilder<StoredMessage>();
        var statement = session.Statement(text).Bind(1, position).Bind(2, limit);
        if (account is not null)
        {
            statement.Bind(3, account);
        }

        while (statement.Step())
        {
            messages.Add(new StoredMessage(statement.Int64(0), statement.Text(1), statement.Blob(2)));
        }

        return messages.ToImmutable();
    }, cancellationToken);

    public async ValueTask AddWebhookAsync(StoredWebhook webhook, CancellationToken cancellationToken) => await store.WriteAsync(session =>
        session.Statement(InsertWebhook).Bind(1, webhook.Id).Bind(2, webhook.Url).Bind(3, webhook.Secret.Span)
            .Bind(4, Instants.ToMicroseconds(webhook.CreatedAt)).Bind(5, webhook.CreatedBy).Execute(), cancellationToken);

    public ValueTask<ImmutableArray<StoredWebhook>> WebhooksAsync(CancellationToken cancellationToken) => store.ReadAsync(static session =>
    {
        var webhooks = ImmutableArray.CreateBuilder<StoredWebhook>();
        var statement = session.Statement(SelectWebhooks);
        while (statement.Step())
        {
            webhooks.Add(ReadWebhook(statement, 0));
        }

        return webhooks.ToImmutable();
    }, cancellationToken);

    public ValueTask<bool> RemoveWebhookAsync(string id, Instant at, CancellationToken cancellationToken) => store.WriteAsync(session =>
    {
        var removed = session.Statement(RemoveWebhook).Bind(1, id).Bind(2, Instants.ToMicroseconds(at)).Execute() == 1;
        if (removed)
        {
            session.Statement(DropDeliveries).Bind(1, id).Execute();
        }

        return removed;
    }, cancellationToken);

    public async ValueTask<ImmutableArray<DueDelivery>> TakeDueAsync(Instant now, Instant leaseUntil, int most, CancellationToken cancellationToken)
    {
        // Looked at first: an idle service does not write.
        var due = await store.ReadAsync(session => Due(session, now, most), cancellationToken);
        return due.IsEmpty ? due : await store.WriteAsync(session =>
        {
            var taken = Due(session, now, most);
            foreach (var delivery in taken)
            {
                session.Statement(LeaseDelivery).Bind(1, delivery.Webhook.Id).Bind(2, delivery.Message).Bind(3, Instants.ToMicroseconds(leaseUntil)).Execute();
            }

            return taken;
        }, cancellationToken);
    }

    public async ValueTask NoteDeliveryAsync(
        string webhook, long message, DeliveryAttempt attempt, DeliveryState state, Instant nextAt, CancellationToken cancellationToken) =>
        await store.WriteAsync(session =>
        {
            session.Statement(InsertAttempt).Bind(1, webhook).Bind(2, message).Bind(3, attempt.Number).Bind(4, Instants.ToMicroseconds(attempt.At))
                .Bind(5, attempt.DurationMilliseconds).Bind(6, attempt.Status).Bind(7, attempt.Failure).Execute();
            return session.Statement(UpdateDelivery).Bind(1, webhook).Bind(2, message).Bind(3, (long)state).Bind(4, attempt.Number)
                .Bind(5, Instants.ToMicroseconds(nextAt)).Execute();
        }, cancellationToken);

    public ValueTask<ImmutableArray<DeliveryRecord>?> DeliveriesAsync(string webhook, long before, int limit, CancellationToken cancellationToken) =>
        store.ReadAsync<ImmutableArray<DeliveryRecord>?>(session =>
        {
            var known = session.Statement(SelectWebhook);
            if (!known.Bind(1, webhook).Step())
            {
                return null;
            }

            known.Reset();
            var records = ImmutableArray.CreateBuilder<DeliveryRecord>();
            var statement = session.Statement(SelectDeliveries).Bind(1, webhook).Bind(2, before).Bind(3, limit);
            while (statement.Step())
            {
                var state = (DeliveryState)statement.Int32(1);
                var last = statement.IsNull(4)
                    ? null
                    : new DeliveryAttempt(statement.Int32(4), Instants.FromMicroseconds(statement.Int64(5)), statement.Int32(6), statement.NullableInt32(7), statement.NullableText(8));
                records.Add(new DeliveryRecord(
                    statement.Int64(0), state, statement.Int32(2), state == DeliveryState.Waiting ? Instants.FromMicroseconds(statement.Int64(3)) : null, last));
            }

            return records.ToImmutable();
        }, cancellationToken);

    public async ValueTask<bool> ResendAsync(string webhook, long message, Instant at, CancellationToken cancellationToken) => await store.WriteAsync(session =>
        session.Statement(ResendDelivery).Bind(1, webhook).Bind(2, message).Bind(3, Instants.ToMicroseconds(at)).Execute(), cancellationToken) == 1;

    public async ValueTask MuteDeliveryAsync(string webhook, long message, CancellationToken cancellationToken) =>
        await store.WriteAsync(session => session.Statement(MuteDelivery).Bind(1, webhook).Bind(2, message).Execute(), cancellationToken);

    public async ValueTask AddMuteAsync(MuteRecord record, CancellationToken cancellationToken) => await store.WriteAsync(session => session.Statement(InsertMute)
        .Bind(1, Instants.ToMicroseconds(record.At)).Bind(2, record.By).Bind(3, (long)record.Action).Bind(4, record.Ruleset).Bind(5, record.Alert)
        .Bind(6, record.Account ?? "").Bind(7, Microseconds(record.Until)).Bind(8, record.Reason).Execute(), cancellationToken);

    public ValueTask<ImmutableArray<MuteRecord>> MutesAsync(Instant since, CancellationToken cancellationToken) =>
        store.ReadAsync(session => ReadMutes(session.Statement(SelectMutes).Bind(1, Instants.ToMicroseconds(since))), cancellationToken);

    public ValueTask<ImmutableArray<MuteRecord>> MuteLogAsync(long before, int limit, CancellationToken cancellationToken) =>
        store.ReadAsync(session => ReadMutes(session.Statement(SelectMuteLog).Bind(1, before).Bind(2, limit)), cancellationToken);

    private static ImmutableArray<MuteRecord> ReadMutes(SqliteStatement row)
    {
        var records = ImmutableArray.CreateBuilder<MuteRecord>();
        while (row.Step())
        {
            records.Add(new MuteRecord(
                row.Int64(0), Instants.FromMicroseconds(row.Int64(1)), row.Text(2), (MuteAction)row.Int32(3), row.Text(4), row.Text(5),
                row.Text(6) is { Length: > 0 } account ? account : null, InstantAt(row, 7), row.NullableText(8)));
        }

        return records.ToImmutable();
    }

    private static ImmutableArray<DueDelivery> Due(SqliteSession session, Instant now, int most)
    {
        var due = ImmutableArray.CreateBuilder<DueDelivery>();
        var statement = session.Statement(SelectDue).Bind(1, Instants.ToMicroseconds(now)).Bind(2, most);
        while (statement.Step())
        {
            due.Add(new DueDelivery(statement.Int64(0), ReadWebhook(statement, 1), statement.Int32(6), statement.Blob(7)));
        }

        return due.ToImmutable();
    }

    private static StoredWebhook ReadWebhook(SqliteStatement row, int column) => new(
        row.Text(column), row.Text(column + 1), row.Blob(column + 2), Instants.FromMicroseconds(row.Int64(column + 3)), row.Text(column + 4));
}
