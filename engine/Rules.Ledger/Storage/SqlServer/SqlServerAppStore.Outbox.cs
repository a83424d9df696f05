using System.Collections.Immutable;
using System.Data;
using Microsoft.Data.SqlClient;
using NodaTime;
using Rules.Ledger.Journal;
using Rules.Ledger.Outbox;

namespace Rules.Ledger.Storage.SqlServer;

internal sealed partial class SqlServerAppStore
{
    private const string SelectMessages =
        """
        SELECT TOP (@limit) o.message_id AS Position, a.external_id AS Account, o.body AS Body
        FROM ledger.outbox o JOIN ledger.account a ON a.account_id = o.account_id
        WHERE o.message_id > @position ORDER BY o.message_id
        """;

    private const string SelectMessagesOfAccount =
        """
        SELECT TOP (@limit) o.message_id AS Position, a.external_id AS Account, o.body AS Body
        FROM ledger.account a JOIN ledger.outbox o ON o.account_id = a.account_id
        WHERE a.external_id = @account AND o.message_id > @position ORDER BY o.message_id
        """;

    private const string SelectNewest =
        """
        SELECT TOP (@limit) o.message_id AS Position, a.external_id AS Account, o.body AS Body
        FROM ledger.outbox o JOIN ledger.account a ON a.account_id = o.account_id
        WHERE o.message_id < @position ORDER BY o.message_id DESC
        """;

    private const string SelectNewestOfAccount =
        """
        SELECT TOP (@limit) o.message_id AS Position, a.external_id AS Account, o.body AS Body
        FROM ledger.account a JOIN ledger.outbox o ON o.account_id = a.account_id
        WHERE a.external_id = @account AND o.message_id < @position ORDER BY o.message_id DESC
        """;

    private const string InsertWebhook =
        "INSERT app.webhook(webhook_id, url, secret, created_at, created_by) VALUES(@id, @url, @secret, @created_at, @created_by)";

    private const string SelectWebhooks =
        """
        SELECT w.webhook_id AS Id, w.url AS Url, w.secret AS Secret, w.created_at AS CreatedAt, w.created_by AS CreatedBy
        FROM app.webhook w WHERE w.removed_at IS NULL ORDER BY w.created_at, w.webhook_id
        """;

    private const string RemoveWebhook = "UPDATE app.webhook SET removed_at = @at WHERE webhook_id = @id AND removed_at IS NULL";

    private const string DropDeliveries = "UPDATE app.delivery SET state = 4 WHERE webhook_id = @id AND state = 1";

    // A message that was written while its webhook was being removed waits for nobody.
    private const string SelectDue =
        """
        SELECT TOP (@most) d.message_id AS Message, w.webhook_id AS Id, w.url AS Url, w.secret AS Secret, w.created_at AS CreatedAt, w.created_by AS CreatedBy,
          d.attempts AS Attempts, o.body AS Body
        FROM app.delivery d JOIN app.webhook w ON w.webhook_id = d.webhook_id JOIN ledger.outbox o ON o.message_id = d.message_id
        WHERE d.state = 1 AND d.next_at <= @now AND w.removed_at IS NULL ORDER BY d.next_at, d.message_id
        """;

    // Of several nodes that saw it due, one moves it.
    private const string LeaseDelivery =
        "UPDATE app.delivery SET next_at = @lease_until WHERE webhook_id = @id AND message_id = @message AND state = 1 AND next_at <= @now";

    private const string InsertAttempt =
        """
        INSERT app.delivery_attempt(webhook_id, message_id, attempt, attempted_at, duration_ms, status, failure)
        VALUES(@id, @message, @attempt, @at, @duration, @status, @failure)
        """;

    private const string UpdateDelivery =
        "UPDATE app.delivery SET state = @state, attempts = @attempt, next_at = @next_at WHERE webhook_id = @id AND message_id = @message AND state = 1";

    private const string SelectWebhook = "SELECT w.created_at AS CreatedAt FROM app.webhook w WHERE w.webhook_id = @id";

    private const string SelectDeliveries =
        """
        SELECT TOP (@limit) d.message_id AS Message, d.state AS State, d.attempts AS Attempts, d.next_at AS NextAt, t.attempt AS Attempt, t.attempted_at AS AttemptedAt,
          t.duration_ms AS Duration, t.status AS Status, t.failure AS Failure
        FROM app.delivery d LEFT JOIN app.delivery_attempt t ON t.webhook_id = d.webhook_id AND t.message_id = d.message_id AND t.attempt = d.attempts
        WHERE d.webhook_id = @id AND d.message_id < @before ORDER BY d.message_id DESC
        """;

    private const string ResendDelivery =
        """
        UPDATE app.delivery SET state = 1, next_at = @at WHERE webhook_id = @id AND message_id = @message
          AND EXISTS(SELECT 1 FROM app.webhook w WHERE w.webhook_id = @id AND w.removed_at IS NULL)
        """;

    private const string MuteDelivery = "UPDATE app.delivery SET state = 5 WHERE webhook_id = @id AND message_id = @message AND state = 1";

    private const string InsertMute =
        """
        INSERT app.alert_mute(muted_at, actor, action, ruleset, alert, account, until_at, reason)
        VALUES(@at, @actor, @action, @ruleset, @alert, @account, @until, @reason)
        """;

    private const string SelectMutes =
        """
        SELECT m.mute_id AS Position, m.muted_at AS MutedAt, m.actor AS Actor, m.action AS Action, m.ruleset AS Ruleset, m.alert AS Alert, m.account AS Account,
          m.until_at AS UntilAt, m.reason AS Reason
        FROM app.alert_mute m
        WHERE m.muted_at > @since OR (m.action = 1 AND (m.until_at IS NULL OR m.until_at > @since) AND NOT EXISTS(
          SELECT 1 FROM app.alert_mute n WHERE n.ruleset = m.ruleset AND n.alert = m.alert AND n.account = m.account AND n.mute_id > m.mute_id AND n.muted_at <= @since))
        ORDER BY m.mute_id
        """;

    private const string SelectMuteLog =
        """
        SELECT TOP (@limit) m.mute_id AS Position, m.muted_at AS MutedAt, m.actor AS Actor, m.action AS Action, m.ruleset AS Ruleset, m.alert AS Alert, m.account AS Account,
          m.until_at AS UntilAt, m.reason AS Reason
        FROM app.alert_mute m WHERE m.mute_id < @before ORDER BY m.mute_id DESC
        """;

    public ValueTask<ImmutableArray<StoredMessage>> MessagesAsync(string? account, long after, int limit, CancellationToken cancellationToken) =>
        ReadMessagesAsync(account is null ? SelectMessages : SelectMessagesOfAccount, account, after, limit, cancellationToken);

    public ValueTask<ImmutableArray<StoredMessage>> NewestMessagesAsync(string? account, long before, int limit, CancellationToken cancellationToken) =>
        ReadMessagesAsync(account is null ? SelectNewest : SelectNewestOfAccount, account, before, limit, cancellationToken);

    private async ValueTask<ImmutableArray<StoredMessage>> ReadMessagesAsync(string text, string? account, long position, int limit, CancellationToken cancellationToken)
    {
        if (account is not null && SqlServerText.IsNoAccount(account))
        {
            return [];
        }

        var lines = await LinesAsync<MessageLine>(text, command =>
        {
            command.AddInt64("@position", position);
            command.AddInt32("@limit", limit);
            if (account is not null)
            {
                command.AddText("@account", account, 128);
            }
        }, cancellationToken);
        return [.. lines.Select(line => new StoredMessage(line.Position, line.Account, line.Body))];
    }

    public async ValueTask AddWebhookAsync(StoredWebhook webhook, CancellationToken cancellationToken) => await WriteAsync(InsertWebhook, command =>
    {
        command.AddText("@id", webhook.Id, 16);
        command.AddText("@url", webhook.Url, 2048);
        command.Parameters.Add("@secret", SqlDbType.VarBinary, -1).Value = webhook.Secret.ToArray();
        command.AddInstant("@created_at", webhook.CreatedAt);
        command.AddText("@created_by", webhook.CreatedBy, 400);
    }, cancellationToken);

    public async ValueTask<ImmutableArray<StoredWebhook>> WebhooksAsync(CancellationToken cancellationToken) =>
        [.. (await LinesAsync<WebhookLine>(SelectWebhooks, static _ => { }, cancellationToken)).Select(line => line.ToWebhook())];

    public async ValueTask<bool> RemoveWebhookAsync(string id, Instant at, CancellationToken cancellationToken) => !IsNoId(id) && await TogetherAsync(async run =>
    {
        var removed = await run(RemoveWebhook, command =>
        {
            command.AddText("@id", id, 16);
            command.AddInstant("@at", at);
        }) == 1;
        if (removed)
        {
            await run(DropDeliveries, command => command.AddText("@id", id, 16));
        }

        return removed;
    }, cancellationToken);

    public async ValueTask<ImmutableArray<DueDelivery>> TakeDueAsync(Instant now, Instant leaseUntil, int most, CancellationToken cancellationToken)
    {
        // Looked at first: an idle service does not write.
        var due = await LinesAsync<DueLine>(SelectDue, command =>
        {
            command.AddInstant("@now", now);
            command.AddInt32("@most", most);
        }, cancellationToken);
        var taken = ImmutableArray.CreateBuilder<DueDelivery>(due.Count);
        foreach (var line in due)
        {
            var leased = await WriteAsync(LeaseDelivery, command =>
            {
                command.AddText("@id", line.Id, 16);
                command.AddInt64("@message", line.Message);
                command.AddInstant("@now", now);
                command.AddInstant("@lease_until", leaseUntil);
            }, cancellationToken);
            if (leased == 1)
            {
                taken.Add(new DueDelivery(line.Message, line.ToWebhook(), line.Attempts, line.Body));
            }
        }

        return taken.ToImmutable();
    }

    public async ValueTask NoteDeliveryAsync(
        string webhook, long message, DeliveryAttempt attempt, DeliveryState state, Instant nextAt, CancellationToken cancellationToken) =>
        await TogetherAsync(async run =>
        {
            await run(InsertAttempt, command =>
            {
                command.AddText("@id", webhook, 16);
                command.AddInt64("@message", message);
                command.AddInt32("@attempt", attempt.Number);
                command.AddInstant("@at", attempt.At);
                command.AddInt32("@duration", attempt.DurationMilliseconds);
                command.AddInt32("@status", attempt.Status);
                command.AddText("@failure", attempt.Failure, 400);
            });
            return await run(UpdateDelivery, command =>
            {
                command.AddText("@id", webhook, 16);
                command.AddInt64("@message", message);
                command.AddInt32("@state", (int)state);
                command.AddInt32("@attempt", attempt.Number);
                command.AddInstant("@next_at", nextAt);
            });
        }, cancellationToken);

    public async ValueTask<ImmutableArray<DeliveryRecord>?> DeliveriesAsync(string webhook, long before, int limit, CancellationToken cancellationToken)
    {
        if (IsNoId(webhook) || (await LinesAsync<long>(SelectWebhook, command => command.AddText("@id", webhook, 16), cancellationToken)).Count == 0)
        {
            return null;
        }

        var lines = await LinesAsync<DeliveryLine>(SelectDeliveries, command =>
        {
            command.AddText("@id", webhook, 16);
            command.AddInt64("@before", before);
            command.AddInt32("@limit", limit);
        }, cancellationToken);
        return [.. lines.Select(line => line.ToRecord())];
    }

    public async ValueTask<bool> ResendAsync(string webhook, long message, Instant at, CancellationToken cancellationToken) =>
        !IsNoId(webhook) && await WriteAsync(ResendDelivery, command =>
        {
            command.AddText("@id", webhook, 16);
            command.AddInt64("@message", message);
            command.AddInstant("@at", at);
        }, cancellationToken) == 1;

    public async ValueTask MuteDeliveryAsync(string webhook, long message, CancellationToken cancellationToken) => await WriteAsync(MuteDelivery, command =>
    {
        command.AddText("@id", webhook, 16);
        command.AddInt64("@message", message);
    }, cancellationToken);

    public async ValueTask AddMuteAsync(MuteRecord record, CancellationToken cancellationToken) => await WriteAsync(InsertMute, command =>
    {
        command.AddInstant("@at", record.At);
        command.AddText("@actor", record.By, 100);
        command.AddInt32("@action", (int)record.Action);
        command.AddText("@ruleset", record.Ruleset, 64);
        command.AddText("@alert", record.Alert, AlertMutes.LongestName);
        command.AddText("@account", record.Account ?? "", 128);
        command.AddInstant("@until", record.Until);
        command.AddText("@reason", record.Reason, AlertMutes.LongestReason);
    }, cancellationToken);

    public async ValueTask<ImmutableArray<MuteRecord>> MutesAsync(Instant since, CancellationToken cancellationToken) =>
        [.. (await LinesAsync<MuteLine>(SelectMutes, command => command.AddInstant("@since", since), cancellationToken)).Select(static line => line.ToRecord())];

    public async ValueTask<ImmutableArray<MuteRecord>> MuteLogAsync(long before, int limit, CancellationToken cancellationToken) =>
        [.. (await LinesAsync<MuteLine>(SelectMuteLog, command =>
        {
            command.AddInt64("@before", before);
            command.AddInt32("@limit", limit);
        }, cancellationToken)).Select(static line => line.ToRecord())];

    /// <summary>Statements that happen together or not at all.</summary>
    /// <exception cref="StoreException">The server or the way to it failed.</exception>
    private async Task<T> TogetherAsync<T>(Func<Func<string, Action<SqlCommand>, Task<int>>, Task<T>> work, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        try
        {
            await using var transaction = (SqlTransaction)await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken);
            var answer = await work(async (sql, parameters) =>
            {
                using var command = connection.CreateCommand();
                command.Transaction = transaction;
#pragma warning disable CA2100 // Every caller has its text as a constant; a test parses them all.
                command.CommandText = sql;
#pragma warning restore CA2100
                parameters(command);
                return await command.ExecuteNonQueryAsync(cancellationToken);
            });
            await transaction.CommitAsync(cancellationToken);
            return answer;
        }
        catch (Exception e) when (SqlServerErrors.IsStores(e))
        {
            throw SqlServerErrors.Of(e);
        }
    }

#pragma warning disable CA1812 // Made by Dapper.
    private sealed class MessageLine
    {
        public long Position { get; set; }

        public string Account { get; set; } = "";

        public byte[] Body { get; set; } = [];
    }

    private class WebhookLine
    {
        public string Id { get; set; } = "";

        public string Url { get; set; } = "";

        public byte[] Secret { get; set; } = [];

        public long CreatedAt { get; set; }

        public string CreatedBy { get; set; } = "";

        public StoredWebhook ToWebhook() => new(Id, Url, Secret, Instants.FromMicroseconds(CreatedAt), CreatedBy);
    }

    private sealed class DueLine : WebhookLine
    {
        public long Message { get; set; }

        public int Attempts { get; set; }

        public byte[] Body { get; set; } = [];
    }

    private sealed class MuteLine
    {
        public long Position { get; set; }

        public long MutedAt { get; set; }

        public string Actor { get; set; } = "";

        public byte Action { get; set; }

        public string Ruleset { get; set; } = "";

        public string Alert { get; set; } = "";

        public string Account { get; set; } = "";

        public long? UntilAt { get; set; }

        public string? Reason { get; set; }

        public MuteRecord ToRecord() => new(
            Position, Instants.FromMicroseconds(MutedAt), Actor, (MuteAction)Action, Ruleset, Alert, Account.Length == 0 ? null : Account,
            UntilAt is { } until ? Instants.FromMicroseconds(until) : null, Reason);
    }

    private sealed class DeliveryLine
    {
        public long Message { get; set; }

        public byte State { get; set; }

        public int Attempts { get; set; }

        public long NextAt { get; set; }

        public int? Attempt { get; set; }

        public long? AttemptedAt { get; set; }

        public int? Duration { get; set; }

        public int? Status { get; set; }

        public string? Failure { get; set; }

        public DeliveryRecord ToRecord()
        {
            var last = Attempt is { } number ? new DeliveryAttempt(number, Instants.FromMicroseconds(AttemptedAt!.Value), Duration!.Value, Status, Failure) : null;
            return new DeliveryRecord(Message, (DeliveryState)State, Attempts, (DeliveryState)State == DeliveryState.Waiting ? Instants.FromMicroseconds(NextAt) : null, last);
        }
    }
#pragma warning restore CA1812
}
