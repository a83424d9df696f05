using System.Collections.Immutable;
using System.Data.Common;
using System.Runtime.CompilerServices;
using NodaTime;
using Rules.Dsl.Text;
using Rules.Engine.Accounts;
using Rules.Engine.Drawing;
using Rules.Ledger.Journal;

namespace Rules.Ledger.Storage.SqlServer;

/// <summary>
/// What a verification reads: account by account, as everything is clustered by account, a thousand entries at a time with all that belongs to them.
/// </summary>
internal sealed partial class SqlServerReadSnapshot
{
    private const int EntriesAtOnce = 1000;

    private const string SelectProofAccounts =
        "SELECT a.account_id AS Number, a.external_id AS Id FROM ledger.account a WHERE @account IS NULL OR a.external_id = @account ORDER BY a.account_id";

    private const string SelectAllLots = "SELECT " + LotStateColumns + LotState + " WHERE l.account_id = @account ORDER BY l.lot_no";

    private const string SelectOpenHolds = "SELECT s.hold_no AS Number FROM ledger.hold_state s WHERE s.account_id = @account AND s.is_open = 1 ORDER BY s.hold_no";

    // The first and the last entry after a position; no row's sequence lies between them and is not read.
    private const string SelectSequences =
        "SELECT MIN(j.seq) AS First, MAX(j.seq) AS Last FROM ledger.journal j WHERE j.account_id = @account AND j.entry_id > @position";

    // Entries, then what belongs to them, each in the order of sequence and line.
    private const string SelectProofs =
        """
        SELECT j.entry_id AS Position, j.seq AS Sequence, j.kind AS Kind, j.idem_key AS IdempotencyKey, j.amount AS Amount, j.occurred_at AS OccurredAt,
          j.recorded_at AS RecordedAt, j.late AS Late, j.ref_seq AS Reference, j.version AS Version, j.trace_sha256 AS TraceHash, j.outcome AS Outcome,
          j.forgiven AS Forgiven, j.balance_after AS BalanceAfter, j.prev_hash AS PreviousHash, j.hash AS Hash, u.content AS Event, q.content AS Request,
          i.body AS Answer, i.seq AS KeySequence
        FROM ledger.journal j LEFT JOIN ledger.usage_event u ON u.account_id = j.account_id AND u.seq = j.seq
        LEFT JOIN ledger.request q ON q.account_id = j.account_id AND q.seq = j.seq
        LEFT JOIN ledger.idempotency i ON i.account_id = j.account_id AND i.idem_key = j.idem_key
        WHERE j.account_id = @account AND j.seq > @after AND j.seq <= @to AND j.entry_id > @position ORDER BY j.seq;
        SELECT p.seq AS Sequence, p.lot_no AS Lot, p.d_granted AS Granted, p.d_available AS Available, p.d_held AS Held, p.d_spent AS Spent, p.d_expired AS Expired,
          p.d_moved AS Moved
        FROM ledger.posting p WHERE p.account_id = @account AND p.seq > @after AND p.seq <= @to ORDER BY p.seq, p.line;
        SELECT

        """ + LotColumns
        + """
         FROM ledger.lot l WHERE l.account_id = @account AND l.seq > @after AND l.seq <= @to ORDER BY l.seq, l.lot_no;
        SELECT v.kind AS Kind, v.name AS Name, v.value AS Value, v.from_at AS FromAt, v.seq AS Sequence
        FROM ledger.account_value v WHERE v.account_id = @account AND v.seq > @after AND v.seq <= @to ORDER BY v.seq, v.line;
        SELECT p.cycle_no AS Number, p.anchor AS Anchor, p.start_at AS StartAt, p.end_at AS EndAt, p.seq AS Sequence, p.period_no AS Period
        FROM ledger.period p WHERE p.account_id = @account AND p.seq > @after AND p.seq <= @to AND p.of_entry = 1 ORDER BY p.period_no;
        SELECT e.lot_no AS Lot, e.successor AS Successor, e.seq AS Sequence
        FROM ledger.lot_end e WHERE e.account_id = @account AND e.seq > @after AND e.seq <= @to ORDER BY e.seq, e.lot_no;
        SELECT d.debt_no AS Number, d.action AS Action, d.amount AS Amount, d.owed_at AS OwedAt, d.seq AS Sequence
        FROM ledger.debt d WHERE d.account_id = @account AND d.seq > @after AND d.seq <= @to ORDER BY d.seq, d.debt_no;
        SELECT l.seq AS Sequence, l.debt_no AS Debt, l.kind AS Kind, l.amount AS Amount
        FROM ledger.debt_line l WHERE l.account_id = @account AND l.seq > @after AND l.seq <= @to ORDER BY l.seq, l.line;
        SELECT

        """ + HoldColumns
        + """
         WHERE h.account_id = @account AND h.seq > @after AND h.seq <= @to ORDER BY h.seq;
        SELECT r.hold_no AS Hold, r.kind AS Kind, r.charged AS Charged, r.returned AS Returned, r.asked AS Asked, r.seq AS Sequence
        FROM ledger.hold_resolution r WHERE r.account_id = @account AND r.seq > @after AND r.seq <= @to ORDER BY r.seq, r.hold_no;
        SELECT n.seq AS Sequence, n.of_seq AS OfSequence, n.of_line AS OfLine, n.amount AS Amount
        FROM ledger.undone n WHERE n.account_id = @account AND n.seq > @after AND n.seq <= @to ORDER BY n.seq, n.line;
        SELECT b.seq AS Sequence, b.bucket AS Bucket, b.cycle_no AS Cycle, b.currency AS Currency, b.decimals AS Decimals, b.amount AS Amount, b.exact AS Exact,
          b.price AS Price, b.receiver AS Receiver
        FROM ledger.bill b WHERE b.account_id = @account AND b.seq > @after AND b.seq <= @to ORDER BY b.seq;
        SELECT c.seq AS Sequence, c.hash AS Hash, c.row_count AS StateRows, c.sha256 AS Sha256, c.content AS Content, c.created_at AS CreatedAt, j.entry_id AS Position
        FROM ledger.[checkpoint] c JOIN ledger.journal j ON j.account_id = c.account_id AND j.seq = c.seq
        WHERE c.account_id = @account AND c.seq > @after AND c.seq <= @to ORDER BY c.seq
        """;

    private const string SelectCheckpoint =
        """
        SELECT TOP (1) c.seq AS Sequence, c.hash AS Hash, c.row_count AS StateRows, c.sha256 AS Sha256, c.content AS Content, c.created_at AS CreatedAt, j.entry_id AS Position
        FROM ledger.account a JOIN ledger.[checkpoint] c ON c.account_id = a.account_id JOIN ledger.journal j ON j.account_id = c.account_id AND j.seq = c.seq
        WHERE a.external_id = @account ORDER BY c.seq DESC
        """;

    private const string SelectCheckpointsDue =
        """
        SELECT a.external_id AS Id FROM ledger.account a JOIN ledger.account_head h ON h.account_id = a.account_id
        OUTER APPLY (SELECT TOP (1) n.seq, n.row_count FROM ledger.[checkpoint] n WHERE n.account_id = a.account_id ORDER BY n.seq DESC) c
        WHERE h.head_seq - COALESCE(c.seq, 0) >= @entries AND h.head_seq - COALESCE(c.seq, 0) >= COALESCE(c.row_count, 0) ORDER BY a.account_id
        """;

    private const string SelectHeads =
        """
        SELECT a.external_id AS Account, h.head_seq AS Sequence, h.head_hash AS Hash
        FROM ledger.account a JOIN ledger.account_head h ON h.account_id = a.account_id ORDER BY a.account_id
        """;

    private const string SelectHeadsBefore =
        """
        SELECT a.external_id AS Account, j.seq AS Sequence, j.hash AS Hash
        FROM ledger.account a CROSS APPLY (SELECT TOP (1) n.seq, n.hash FROM ledger.journal n WHERE n.account_id = a.account_id AND n.recorded_at < @before
          ORDER BY n.seq DESC) j
        ORDER BY a.account_id
        """;

    private const string SelectEntryHash =
        "SELECT j.hash AS Hash FROM ledger.journal j JOIN ledger.account a ON a.account_id = j.account_id WHERE a.external_id = @account AND j.seq = @seq";

    // What keeps the tables in order can be switched off by whoever owns them; the pages themselves are checked by DBCC CHECKDB, which only an owner may run.
    private const string SelectIntegrity =
        """
        SELECT N'the constraint ' + c.name + N' is switched off or does not hold for rows that were there before' AS Problem
        FROM sys.check_constraints c WHERE c.schema_id = SCHEMA_ID(N'ledger') AND (c.is_disabled = 1 OR c.is_not_trusted = 1)
        UNION ALL
        SELECT N'the reference ' + f.name + N' is switched off or does not hold for rows that were there before'
        FROM sys.foreign_keys f WHERE f.schema_id = SCHEMA_ID(N'ledger') AND (f.is_disabled = 1 OR f.is_not_trusted = 1)
        UNION ALL
        SELECT N'the trigger ' + t.name + N' is switched off'
        FROM sys.triggers t JOIN sys.tables g ON g.object_id = t.parent_id WHERE g.schema_id = SCHEMA_ID(N'ledger') AND t.is_disabled = 1
        """;

    public async ValueTask<Task<ImmutableArray<string>>> BeginIntegrityAsync(CancellationToken cancellationToken)
    {
        using var command = Command(SelectIntegrity);
        return Task.FromResult<ImmutableArray<string>>([.. await LinesAsync<string>(command, cancellationToken)]);
    }

    public async IAsyncEnumerable<AccountProof> AccountProofsAsync(string? account, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var one in await ProofAccountsAsync(account, cancellationToken))
        {
            var head = await AccountAsync(one.Id, cancellationToken);
            using var command = Command(SelectAllLots);
            command.AddInt64("@account", one.Number);
            var lots = await LinesAsync<LotLine>(command, cancellationToken);
            using var holds = Command(SelectOpenHolds);
            holds.AddInt64("@account", one.Number);
            yield return new AccountProof(head!, [.. lots.Select(line => line.ToState())], [.. await LinesAsync<long>(holds, cancellationToken)]);
        }
    }

    public async IAsyncEnumerable<EntryProof> EntryProofsAsync(string? account, long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var one in await ProofAccountsAsync(account, cancellationToken))
        {
            using var command = Command(SelectSequences);
            command.AddInt64("@account", one.Number);
            command.AddInt64("@position", after);
            var range = (await LinesAsync<SequencesLine>(command, cancellationToken)).Single();
            for (var from = (range.First ?? 1) - 1; from < (range.Last ?? 0); from += EntriesAtOnce)
            {
                foreach (var proof in await ProofsAsync(one, from, from + EntriesAtOnce, after, cancellationToken))
                {
                    yield return proof;
                }
            }
        }
    }

    public async IAsyncEnumerable<AccountHead> HeadsAsync(Instant? recordedBefore, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var command = Command(recordedBefore is null ? SelectHeads : SelectHeadsBefore);
        if (recordedBefore is { } before)
        {
            command.AddInstant("@before", before);
        }

        foreach (var line in await LinesAsync<AccountHeadLine>(command, cancellationToken))
        {
            yield return new AccountHead(line.Account, line.Sequence, line.Hash);
        }
    }

    public async ValueTask<ReadOnlyMemory<byte>?> EntryHashAsync(string account, long sequence, CancellationToken cancellationToken)
    {
        if (SqlServerText.IsNoAccount(account))
        {
            return null;
        }

        using var command = Command(SelectEntryHash);
        command.AddText("@account", account, 128);
        command.AddInt64("@seq", sequence);
        return (await LinesAsync<byte[]>(command, cancellationToken)).SingleOrDefault() is { } hash ? hash : default(ReadOnlyMemory<byte>?);
    }

    public async ValueTask<StoredCheckpoint?> CheckpointAsync(string account, CancellationToken cancellationToken)
    {
        if (SqlServerText.IsNoAccount(account))
        {
            return null;
        }

        using var command = Command(SelectCheckpoint);
        command.AddText("@account", account, 128);
        return (await LinesAsync<CheckpointLine>(command, cancellationToken)).SingleOrDefault()?.ToCheckpoint(account);
    }

    public async ValueTask<ImmutableArray<string>> CheckpointsDueAsync(int entries, CancellationToken cancellationToken)
    {
        using var command = Command(SelectCheckpointsDue);
        command.AddInt32("@entries", entries);
        return [.. await LinesAsync<string>(command, cancellationToken)];
    }

    private async Task<List<ProofAccount>> ProofAccountsAsync(string? account, CancellationToken cancellationToken)
    {
        if (account is not null && SqlServerText.IsNoAccount(account))
        {
            return [];
        }

        using var command = Command(SelectProofAccounts);
        command.AddText("@account", account, 128);
        return await LinesAsync<ProofAccount>(command, cancellationToken);
    }

    /// <param name="after">The sequence after which the entries begin.</param>
    /// <param name="to">The last sequence.</param>
    private async Task<ImmutableArray<EntryProof>> ProofsAsync(ProofAccount account, long after, long to, long position, CancellationToken cancellationToken)
    {
        using var command = Command(SelectProofs);
        command.AddInt64("@account", account.Number);
        command.AddInt64("@after", after);
        command.AddInt64("@to", to);
        command.AddInt64("@position", position);
        var proofs = await ReadAsync(command, reader => ReadProofsAsync(reader, account.Id, cancellationToken), cancellationToken);
        for (var i = 0; i < proofs.Length; i++)
        {
            if (proofs[i].Entry is { Content.Kind: EntryKind.Reversal, Reference: { } undone } entry)
            {
                proofs = proofs.SetItem(i, proofs[i] with { Use = await UseOfAsync(account.Number, undone, entry.Key, entry.Sequence, cancellationToken) });
            }
        }

        return proofs;
    }

    /// <summary>Reads the result sets of entries and of what belongs to them.</summary>
    internal static async Task<ImmutableArray<EntryProof>> ReadProofsAsync(DbDataReader reader, string account, CancellationToken cancellationToken)
    {
        var entries = await reader.LinesAsync<ProofLine>(cancellationToken);
        var postings = (await reader.LinesAsync<PostingLine>(cancellationToken)).ToLookup(line => line.Sequence, line => line.ToPosting());
        var lots = (await reader.LinesAsync<LotLine>(cancellationToken)).ToLookup(line => line.Sequence, line => line.ToLot());
        var values = (await reader.LinesAsync<ValueLine>(cancellationToken)).ToLookup(line => line.Sequence);
        var cycles = (await reader.LinesAsync<CycleLine>(cancellationToken)).ToLookup(line => line.Sequence, line => line.ToCycle());
        var movements = await Movements.ReadAsync(reader, cancellationToken);
        var checkpoints = (await reader.LinesAsync<CheckpointLine>(cancellationToken)).ToDictionary(line => line.Sequence, line => line.ToCheckpoint(account));
        return [.. entries.Select(line => line.ToProof(account, checkpoints.GetValueOrDefault(line.Sequence), movements.Into(line.Sequence, new Entry
        {
            Kind = (EntryKind)line.Kind,
            SystemKey = Entry.IsSystemKey(line.IdempotencyKey) ? line.IdempotencyKey : null,
            Amount = line.Amount,
            OccurredAt = Instants.FromMicroseconds(line.OccurredAt),
            Version = line.Version,
            Postings = [.. postings[line.Sequence]],
            NewLots = [.. lots[line.Sequence]],
            Facts = [.. values[line.Sequence].Where(value => value.Kind == (byte)DatedValueKind.Fact).Select(value => value.ToValue())],
            Terms = [.. values[line.Sequence].Where(value => value.Kind == (byte)DatedValueKind.Term).Select(value => value.ToValue())],
            Addons = [.. values[line.Sequence].Where(value => value.Kind == (byte)DatedValueKind.Addon).Select(value => value.ToValue())],
            Plan = values[line.Sequence].LastOrDefault(value => value.Kind == (byte)DatedValueKind.Plan)?.Value,
            PlanFrom = values[line.Sequence].LastOrDefault(value => value.Kind == (byte)DatedValueKind.Plan) is { } plan && plan.FromAt != line.OccurredAt
                ? Instants.FromMicroseconds(plan.FromAt)
                : null,
            Cycle = cycles[line.Sequence].LastOrDefault(),
            Forgiven = line.Forgiven,
        })))];
    }

    /// <summary>Ended lots, debts, holds, reversals and bills, by the sequence of their entries.</summary>
    private sealed record Movements(ILookup<long, LotEnd> Ends, ILookup<long, Debt> Debts, ILookup<long, DebtLine> DebtLines, ILookup<long, HoldRowLine> Holds,
        ILookup<long, HoldSettlement> Settlements, ILookup<long, UndoneLine> Undone, ILookup<long, Bill> Bills)
    {
        public static async Task<Movements> ReadAsync(DbDataReader reader, CancellationToken cancellationToken) => new(
            (await reader.LinesAsync<LotEndLine>(cancellationToken)).ToLookup(line => line.Sequence, line => new LotEnd(line.Lot, line.Successor)),
            (await reader.LinesAsync<OpenDebtLine>(cancellationToken)).ToLookup(line => line.Sequence, line => line.ToDebt()),
            (await reader.LinesAsync<PaidLine>(cancellationToken)).ToLookup(line => line.Sequence, line => new DebtLine(line.Debt, (DebtLineKind)line.Kind, line.Amount)),
            (await reader.LinesAsync<HoldRowLine>(cancellationToken)).ToLookup(line => line.Sequence),
            (await reader.LinesAsync<SettlementLine>(cancellationToken)).ToLookup(line => line.Sequence, line => line.ToSettlement()),
            (await reader.LinesAsync<UndoneRowLine>(cancellationToken)).ToLookup(line => line.Sequence, line => new UndoneLine(line.OfSequence, line.OfLine, line.Amount)),
            (await reader.LinesAsync<BillLine>(cancellationToken)).ToLookup(line => line.Sequence, line => line.ToBill()));

        public Entry Into(long sequence, Entry entry) => entry with
        {
            EndedLots = [.. Ends[sequence]],
            NewDebts = [.. Debts[sequence]],
            DebtLines = [.. DebtLines[sequence]],
            NewHold = Holds[sequence].FirstOrDefault()?.ToHold([.. entry.Postings.Where(posting => posting.Held > 0).Select(posting => new HoldLine(posting.Lot, posting.Held))]),
            Settlement = Settlements[sequence].FirstOrDefault(),
            Undone = [.. Undone[sequence]],
            Bill = Bills[sequence].FirstOrDefault(),
        };
    }

#pragma warning disable CA1812 // Made by Dapper.
    private sealed record ProofAccount(long Number, string Id);

    private sealed class SequencesLine
    {
        public long? First { get; set; }

        public long? Last { get; set; }
    }

    private sealed class AccountHeadLine
    {
        public string Account { get; set; } = "";

        public long Sequence { get; set; }

        public byte[] Hash { get; set; } = [];
    }

    private sealed class PostingLine
    {
        public long Sequence { get; set; }

        public long Lot { get; set; }

        public long Granted { get; set; }

        public long Available { get; set; }

        public long Held { get; set; }

        public long Spent { get; set; }

        public long Expired { get; set; }

        public long Moved { get; set; }

        public Posting ToPosting() => new(Lot, Granted, Available, Held, Spent, Expired, Moved);
    }

    private sealed class LotEndLine
    {
        public long Lot { get; set; }

        public long? Successor { get; set; }

        public long Sequence { get; set; }
    }

    private sealed class PaidLine
    {
        public long Sequence { get; set; }

        public long Debt { get; set; }

        public byte Kind { get; set; }

        public long Amount { get; set; }
    }

    private sealed class SettlementLine
    {
        public long Hold { get; set; }

        public byte Kind { get; set; }

        public long Charged { get; set; }

        public long Returned { get; set; }

        public string Asked { get; set; } = "";

        public long Sequence { get; set; }

        public HoldSettlement ToSettlement() => new(Hold, (SettlementKind)Kind, Charged, Returned, Asked);
    }

    private sealed class UndoneRowLine
    {
        public long Sequence { get; set; }

        public long OfSequence { get; set; }

        public int OfLine { get; set; }

        public long Amount { get; set; }
    }

    private sealed class BillLine
    {
        public long Sequence { get; set; }

        public string Bucket { get; set; } = "";

        public int Cycle { get; set; }

        public string Currency { get; set; } = "";

        public byte Decimals { get; set; }

        public long Amount { get; set; }

        public string Exact { get; set; } = "";

        public string? Price { get; set; }

        public string? Receiver { get; set; }

        public Bill ToBill() =>
            new(Bucket, Cycle, Currency, Decimals, Amount, ExactDecimal.Parse(Exact), Price is { } price ? ExactDecimal.Parse(price) : null, Receiver);
    }

    private sealed class ProofLine
    {
        public long Position { get; set; }

        public long Sequence { get; set; }

        public byte Kind { get; set; }

        public string IdempotencyKey { get; set; } = "";

        public long Amount { get; set; }

        public long OccurredAt { get; set; }

        public long RecordedAt { get; set; }

        public bool Late { get; set; }

        public long? Reference { get; set; }

        public int? Version { get; set; }

        public byte[]? TraceHash { get; set; }

        public byte? Outcome { get; set; }

        public long Forgiven { get; set; }

        public long? BalanceAfter { get; set; }

        public byte[] PreviousHash { get; set; } = [];

        public byte[] Hash { get; set; } = [];

        public byte[]? Event { get; set; }

        public byte[]? Request { get; set; }

        public byte[]? Answer { get; set; }

        public long? KeySequence { get; set; }

        public EntryProof ToProof(string account, StoredCheckpoint? checkpoint, Entry content)
        {
            var usage = Event ?? [];
            var trace = TraceHash ?? [];
            var answer = Answer ?? [];
            var entry = new JournalEntry
            {
                Account = account,
                Sequence = Sequence,
                Key = IdempotencyKey,
                RecordedAt = Instants.FromMicroseconds(RecordedAt),
                Late = Late,
                Reference = Reference,
                Outcome = (QuoteOutcome?)Outcome,
                BalanceAfter = BalanceAfter,
                Event = usage,
                TraceHash = trace,
                PreviousHash = PreviousHash,
                Hash = Hash,
                Request = Request ?? [],
                Content = content,
            };
            return new EntryProof(entry, KeySequence == Sequence, trace.Length == 0 || EntryHash.OfTrace(usage, answer).AsSpan().SequenceEqual(trace))
            {
                Position = Position,
                Answer = answer,
                Checkpoint = checkpoint,
            };
        }
    }

    private sealed class CheckpointLine
    {
        public long Sequence { get; set; }

        public byte[] Hash { get; set; } = [];

        public int StateRows { get; set; }

        public byte[] Sha256 { get; set; } = [];

        public byte[] Content { get; set; } = [];

        public long CreatedAt { get; set; }

        public long Position { get; set; }

        public StoredCheckpoint ToCheckpoint(string account) =>
            new(account, Sequence, Hash, StateRows, Sha256, Content, Instants.FromMicroseconds(CreatedAt)) { Position = Position };
    }
#pragma warning restore CA1812
}
