using System.Collections.Immutable;
using System.Data.Common;
using NodaTime;
using Rules.Engine.Accounts;
using Rules.Engine.Drawing;
using Rules.Engine.Pricing;
using Rules.Engine.Wire;
using Rules.Ledger.Journal;

namespace Rules.Ledger.Storage.SqlServer;

/// <summary>Debts, holds, uses and the lots that they name.</summary>
internal abstract partial class SqlServerAccountReader
{
    /// <summary>What <see cref="LotLine"/> reads of a lot.</summary>
    protected const string LotColumns =
        """
        l.lot_no AS Number, l.lot_id AS Id, l.bucket AS Bucket, l.origin AS Origin, l.amount AS Amount, l.created_at AS CreatedAt, l.effective_at AS EffectiveAt,
          l.expires_at AS ExpiresAt, l.priority AS Priority, l.cost AS Cost, l.cycle_no AS Cycle, l.roll_kind AS RollKind, l.roll_at AS RollAt, l.roll_min AS RollMin, l.roll_max AS RollMax, l.roll_percent AS RollPercent, l.every_count AS EveryCount,
          l.every_unit AS EveryUnit, l.every_anchor AS EveryAnchor, l.every_zone AS EveryZone, l.every_adds AS EveryAdds, l.every_until AS EveryUntil, l.seq AS Sequence
        """;

    /// <summary>And of its amounts and its early end.</summary>
    protected const string LotStateColumns = LotColumns
        + ", s.granted AS Granted, s.available AS Available, s.held AS Held, s.spent AS Spent, s.expired AS Expired, s.moved AS Moved, e.lot_no AS EndedLot, e.successor AS Successor";

    protected const string LotState =
        """
         FROM ledger.lot l JOIN ledger.lot_state s ON s.account_id = l.account_id AND s.lot_no = l.lot_no
        LEFT JOIN ledger.lot_end e ON e.account_id = l.account_id AND e.lot_no = l.lot_no
        """;

    /// <summary>What <see cref="HoldRowLine"/> reads.</summary>
    protected const string HoldColumns =
        """
        h.hold_no AS Number, h.hold_id AS Id, h.action AS Action, h.version AS Version, h.amount AS Amount, h.held_at AS HeldAt, h.expires_at AS ExpiresAt, h.seq AS Sequence,
          r.kind AS Kind, r.charged AS Charged, r.returned AS Returned, r.asked AS Asked, u.content AS Event
        FROM ledger.hold h LEFT JOIN ledger.hold_resolution r ON r.account_id = h.account_id AND r.hold_no = h.hold_no
        LEFT JOIN ledger.usage_event u ON u.account_id = h.account_id AND u.seq = h.seq
        """;

    private const string SelectLotsByNumber = "SELECT " + LotStateColumns + LotState + " JOIN @numbers n ON n.number = l.lot_no WHERE l.account_id = @account ORDER BY l.lot_no";

    private const string SelectLotById = "SELECT " + LotStateColumns + LotState + " WHERE l.account_id = @account AND l.lot_id = @lot";

    private const string SelectLiveLots = "SELECT " + LotStateColumns + LotState
        + " WHERE l.account_id = @account AND (l.expires_at IS NULL OR l.expires_at > @live_at) ORDER BY l.lot_no";

    private const string SelectHasUse =
        """
        SELECT h.hold_no AS Number FROM ledger.hold h WHERE h.account_id = @account AND h.hold_id = @use_id
        UNION ALL
        SELECT j.seq FROM ledger.idempotency i JOIN ledger.journal j ON j.account_id = i.account_id AND j.seq = i.seq
        WHERE i.account_id = @account AND i.idem_key = @use_id AND j.kind IN (2, 12)
        """;

    // The named hold and those that are due, then the lines of them all.
    private const string SelectHolds = "SELECT " + HoldColumns
        + """
         WHERE h.account_id = @account AND (h.hold_id = @named OR h.hold_no IN
          (SELECT s.hold_no FROM ledger.hold_state s WHERE s.account_id = @account AND s.is_open = 1 AND s.expires_at <= @due_by))
        ORDER BY h.hold_no;
        SELECT p.seq AS Sequence, p.lot_no AS Lot, p.d_held AS Amount
        FROM ledger.posting p JOIN ledger.hold h ON h.account_id = p.account_id AND h.seq = p.seq
        WHERE p.account_id = @account AND p.d_held > 0 AND (h.hold_id = @named OR h.hold_no IN
          (SELECT s.hold_no FROM ledger.hold_state s WHERE s.account_id = @account AND s.is_open = 1 AND s.expires_at <= @due_by))
        ORDER BY p.seq, p.line
        """;

    // A use with its debts, and what it and the repayments of its debts took; no rows in the first where the entry is not there.
    private const string UseBody =
        """

        SELECT j.seq AS Sequence, j.kind AS Kind, j.amount AS Amount, j.version AS Version, j.recorded_at AS RecordedAt, u.content AS Event,
          (SELECT TOP (1) p.cycle_no FROM ledger.period p WHERE p.account_id = @account AND p.seq <= @seq ORDER BY p.period_no DESC) AS Cycle
        FROM ledger.journal j LEFT JOIN ledger.usage_event u ON u.account_id = j.account_id AND u.seq = j.seq WHERE j.account_id = @account AND j.seq = @seq;
        SELECT d.debt_no AS Number FROM ledger.debt d WHERE d.account_id = @account AND d.seq = @seq ORDER BY d.debt_no;
        SELECT p.seq AS Sequence, p.line AS Line, p.lot_no AS Lot, p.d_spent AS Spent,
          COALESCE((SELECT SUM(n.amount) FROM ledger.undone n WHERE n.account_id = @account AND n.of_seq = p.seq AND n.of_line = p.line AND n.seq < @before), 0) AS Undone
        FROM (SELECT CAST(0 AS bigint) AS debt_no, @seq AS seq
            UNION ALL
            SELECT DISTINCT l.debt_no, l.seq FROM ledger.debt_line l JOIN ledger.debt d ON d.account_id = l.account_id AND d.debt_no = l.debt_no
            WHERE l.account_id = @account AND d.seq = @seq AND l.kind = 1 AND l.seq < @before) t
          JOIN ledger.posting p ON p.account_id = @account AND p.seq = t.seq
        WHERE p.d_spent > 0 ORDER BY t.debt_no, t.seq, p.line
        """;

    private const string SelectUse =
        """
        DECLARE @seq bigint;
        SELECT @seq = COALESCE(r.seq, h.seq)
        FROM ledger.hold h LEFT JOIN ledger.hold_resolution r ON r.account_id = h.account_id AND r.hold_no = h.hold_no AND r.kind = 1
        WHERE h.account_id = @account AND h.hold_id = @use_id;
        IF @seq IS NULL SELECT @seq = i.seq FROM ledger.idempotency i WHERE i.account_id = @account AND i.idem_key = @use_id;
        """ + UseBody;

    private const string SelectUseOf =
        """
        DECLARE @seq bigint;
        SET @seq = @of_seq;
        """ + UseBody;

    public async ValueTask<bool> HasUseAsync(StoredAccount account, string use, CancellationToken cancellationToken)
    {
        using var command = Command(SelectHasUse);
        command.AddInt64("@account", account.Number);
        command.AddText("@use_id", use, -1);
        return (await LinesAsync<long>(command, cancellationToken)).Count > 0;
    }

    public async ValueTask<ImmutableArray<HoldState>> HoldsAsync(StoredAccount account, Instant dueBy, string? named, CancellationToken cancellationToken)
    {
        using var command = Command(SelectHolds);
        command.AddInt64("@account", account.Number);
        command.AddInstant("@due_by", dueBy);
        command.AddText("@named", named, -1);
        return await ReadAsync(command, reader => HoldsAsync(reader, named, settled: true, cancellationToken), cancellationToken);
    }

    public async ValueTask<Use?> UseAsync(StoredAccount account, string use, CancellationToken cancellationToken)
    {
        using var command = Command(SelectUse);
        command.AddText("@use_id", use, -1);
        return await UseAsync(command, account.Number, use, long.MaxValue, cancellationToken);
    }

    public async ValueTask<ImmutableArray<LotState>> LotsAsync(StoredAccount account, IReadOnlyList<long> numbers, CancellationToken cancellationToken)
    {
        if (numbers.Count == 0)
        {
            return [];
        }

        using var command = Command(SelectLotsByNumber);
        command.AddInt64("@account", account.Number);
        command.Parameters.AddTable("@numbers", TableTypes.Numbers, numbers.Distinct().Select(number => TableTypes.Numbers.NewRow().Add(number)));
        return [.. (await LinesAsync<LotLine>(command, cancellationToken)).Select(lot => lot.ToState())];
    }

    public async ValueTask<LotState?> LotAsync(StoredAccount account, string lot, CancellationToken cancellationToken)
    {
        using var command = Command(SelectLotById);
        command.AddInt64("@account", account.Number);
        command.AddText("@lot", lot, -1);
        return (await LinesAsync<LotLine>(command, cancellationToken)).SingleOrDefault()?.ToState();
    }

    public async ValueTask<ImmutableArray<LotState>> LotsAsync(StoredAccount account, Instant liveAt, CancellationToken cancellationToken)
    {
        using var command = Command(SelectLiveLots);
        command.AddInt64("@account", account.Number);
        command.AddInstant("@live_at", liveAt);
        return [.. (await LinesAsync<LotLine>(command, cancellationToken)).Select(lot => lot.ToState())];
    }

    /// <summary>Held credits of a lot that was replaced may return to what took its place, also when nothing is left of that.</summary>
    protected async ValueTask<StoredAccount> WithSuccessorsAsync(StoredAccount account, CancellationToken cancellationToken)
    {
        var lots = account.State.Lots;
        if (!lots.Any(static lot => lot.Successor is not null && lot.Held > 0))
        {
            return account;
        }

        while (lots.Select(static lot => lot.Successor).OfType<long>().Except(lots.Select(static lot => lot.Lot.Number)).ToList() is { Count: > 0 } missing)
        {
            lots = lots.AddRange(await LotsAsync(account, missing, cancellationToken));
        }

        return account with { State = account.State with { Lots = [.. lots.OrderBy(static lot => lot.Lot.Number)] } };
    }

    /// <summary>The use of an entry, as it stood before another entry.</summary>
    protected async ValueTask<Use?> UseOfAsync(long account, long sequence, string id, long before, CancellationToken cancellationToken)
    {
        using var command = Command(SelectUseOf);
        command.AddInt64("@of_seq", sequence);
        return await UseAsync(command, account, id, before, cancellationToken);
    }

    /// <summary>Reads holds, and then their lines.</summary>
    /// <param name="named">The one whose event is wanted.</param>
    /// <param name="settled">With what became of them.</param>
    protected static async Task<ImmutableArray<HoldState>> HoldsAsync(DbDataReader reader, string? named, bool settled, CancellationToken cancellationToken)
    {
        var holds = await reader.LinesAsync<HoldRowLine>(cancellationToken);
        var lines = (await reader.LinesAsync<HeldLine>(cancellationToken)).ToLookup(line => line.Sequence, line => new HoldLine(line.Lot, line.Amount));
        return [.. holds.Select(line =>
        {
            var hold = line.ToHold([.. lines[line.Sequence]]);
            if (string.Equals(line.Id, named, StringComparison.Ordinal))
            {
                hold = hold with { Event = EventOf(line.Event, hold.HeldAt) };
            }

            return new HoldState(hold, settled ? line.ToSettlement() : null) { Sequence = line.Sequence };
        })];
    }

    private static async Task<Use?> UseAsync(Microsoft.Data.SqlClient.SqlCommand command, long account, string id, long before, CancellationToken cancellationToken)
    {
        command.AddInt64("@account", account);
        command.AddInt64("@before", before);
        return await ReadAsync(command, async reader =>
        {
            var use = (await reader.LinesAsync<UseRowLine>(cancellationToken)).SingleOrDefault();
            var debts = await reader.LinesAsync<long>(cancellationToken);
            var lines = await reader.LinesAsync<UsePostingLine>(cancellationToken);
            return use?.ToUse(id) is { } found ? found with { Debts = [.. debts], Lines = [.. lines.Select(line => new UseLine(line.Sequence, line.Line, line.Lot, line.Spent, line.Undone))] } : null;
        }, cancellationToken);
    }

    private static UsageEvent? EventOf(byte[]? content, Instant at) => content is not { Length: > 0 } ? null : EventReader.ReadStated(content, at).Value?.Usage;

#pragma warning disable CA1812 // Made by Dapper.
    private sealed class HeldLine
    {
        public long Sequence { get; set; }

        public long Lot { get; set; }

        public long Amount { get; set; }
    }

    private sealed class UseRowLine
    {
        public long Sequence { get; set; }

        public byte Kind { get; set; }

        public long Amount { get; set; }

        public int? Version { get; set; }

        public long RecordedAt { get; set; }

        public byte[]? Event { get; set; }

        public int? Cycle { get; set; }

        public Use ToUse(string id)
        {
            var recordedAt = Instants.FromMicroseconds(RecordedAt);
            return new Use
            {
                Id = id,
                Sequence = Sequence,
                Kind = (EntryKind)Kind,
                Amount = Amount,
                Version = Version,
                RecordedAt = recordedAt,
                Cycle = Cycle,
                Event = EventOf(Event, recordedAt),
            };
        }
    }

    private sealed class UsePostingLine
    {
        public long Sequence { get; set; }

        public int Line { get; set; }

        public long Lot { get; set; }

        public long Spent { get; set; }

        public long Undone { get; set; }
    }
#pragma warning restore CA1812
}
