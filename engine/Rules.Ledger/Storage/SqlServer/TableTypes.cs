using System.Collections.Immutable;
using System.Data;
using System.Security.Cryptography;
using Microsoft.Data.SqlClient;
using Microsoft.Data.SqlClient.Server;
using Rules.Engine.Accounts;
using Rules.Engine.Drawing;
using Rules.Engine.Pricing;
using Rules.Ledger.Journal;

namespace Rules.Ledger.Storage.SqlServer;

/// <summary>A table type of the schema with its columns in their order: rows are sent by place, not by name.</summary>
internal sealed class TableType(string name, params SqlMetaData[] columns)
{
    /// <summary>With its schema.</summary>
    public string Name => name;

    public IReadOnlyList<SqlMetaData> Columns => columns;

    public Row NewRow() => new(new SqlDataRecord(columns));

    /// <summary>A row that is filled from left to right.</summary>
    internal sealed class Row(SqlDataRecord record)
    {
        private int _next;

        /// <summary>The filled row.</summary>
        public SqlDataRecord Record => _next == record.FieldCount ? record : throw new InvalidOperationException($"The row has {_next} of {record.FieldCount} columns.");

        public Row Add(long value)
        {
            record.SetInt64(_next++, value);
            return this;
        }

        public Row Add(long? value) => value is { } number ? Add(number) : AddNull();

        public Row Add(int value)
        {
            record.SetInt32(_next++, value);
            return this;
        }

        public Row Add(int? value) => value is { } number ? Add(number) : AddNull();

        public Row AddByte(int? value)
        {
            if (value is not { } number)
            {
                return AddNull();
            }

            record.SetByte(_next++, checked((byte)number));
            return this;
        }

        public Row Add(bool value)
        {
            record.SetBoolean(_next++, value);
            return this;
        }

        public Row Add(bool? value) => value is { } truth ? Add(truth) : AddNull();

        /// <exception cref="StoreException">It is longer than the column: cut off, it would be another text.</exception>
        public Row Add(string? value)
        {
            if (value is null)
            {
                return AddNull();
            }

            var length = (int)record.GetSqlMetaData(_next).MaxLength;
            record.SetString(_next, length < 0 ? value : SqlServerText.Fit(value, length, record.GetName(_next)));
            _next++;
            return this;
        }

        public Row Add(ReadOnlyMemory<byte> value)
        {
            record.SetBytes(_next++, 0, value.ToArray(), 0, value.Length);
            return this;
        }

        /// <summary>Of 32 bytes; an empty one is NULL.</summary>
        public Row AddHash(ReadOnlyMemory<byte> hash) => hash.IsEmpty ? AddNull() : Add(SqlServerText.Hash(hash));

        public Row AddNull()
        {
            record.SetDBNull(_next++);
            return this;
        }
    }
}

/// <summary>The table types, and how what a batch did becomes their rows.</summary>
internal static class TableTypes
{
    public static readonly TableType Keys = new("ledger.key_list", Text("idem_key", 512));

    public static readonly TableType LotIds = new("ledger.lot_id_list", Text("lot_id", 512));

    public static readonly TableType Numbers = new("ledger.number_list", Int64("number"));

    public static readonly TableType ScopeHashes = new("ledger.scope_hash_list", Hash("scope_hash"));

    public static readonly TableType Entries = new("ledger.entry_list", Int64("seq"), Byte("kind"), Text("idem_key", 512), Int64("amount"), Int64("occurred_at"),
        Int64("recorded_at"), Bit("late"), Int64("ref_seq"), Int32("version"), Hash("trace_sha256"), Byte("outcome"), Int64("forgiven"), Int64("balance_after"), Hash("prev_hash"), Hash("hash"));

    public static readonly TableType Answers = new("ledger.answer_list", Int32("line"), Text("idem_key", 512), Int64("seq"), Hash("req_hash"), Bit("accepted"), Byte("outcome"),
        Bytes("body"), Int64("created_at"));

    public static readonly TableType Lots = new("ledger.lot_list", Int64("lot_no"), Text("lot_id", 512), Text("bucket", 128), Byte("origin"), Int64("amount"), Int64("created_at"),
        Int64("effective_at"), Int64("expires_at"), Int32("priority"), Text("cost", 64), Int32("cycle_no"), Byte("roll_kind"), Int64("roll_at"), Int64("roll_min"), Int64("roll_max"),
        Text("roll_percent", 64), Int32("every_count"), Byte("every_unit"), Text("every_anchor", 40), Text("every_zone", 64), Bit("every_adds"), Int64("every_until"), Int64("seq"));

    public static readonly TableType Postings = new("ledger.posting_list", Int64("seq"), Int32("line"), Int64("lot_no"), Int64("d_granted"), Int64("d_available"), Int64("d_held"),
        Int64("d_spent"), Int64("d_expired"), Int64("d_moved"));

    public static readonly TableType Bills = new("ledger.bill_list", Int64("seq"), Text("bucket", 128), Int32("cycle_no"), Text("currency", 128), Byte("decimals"), Int64("amount"),
        Text("exact", 128), Text("price", 64), Text("receiver", 400));

    public static readonly TableType UsageEvents = new("ledger.usage_event_list", Int64("seq"), Text("action", 128), Bytes("content"));

    public static readonly TableType Periods = new("ledger.period_list", Int32("period_no"), Int32("cycle_no"), Text("anchor", 40), Int64("start_at"), Int64("end_at"),
        Text("tzdb", 64), Int64("seq"), Bit("of_entry"));

    public static readonly TableType AccountValues = new("ledger.account_value_list", Int64("seq"), Int32("line"), Byte("kind"), Text("name", 128), Text("value", 1024), Int64("from_at"));

    public static readonly TableType Scopes = new("ledger.scope_list", Hash("scope_hash"), Text("action", 128), Text("scope_key", 128), Text("scope_value", 1024), Int64("began_at"),
        Int32("version"), Int64("posted"), Int64("reversed"), Int64("listed_posted"), Bytes("totals"));

    public static readonly TableType Requests = new("ledger.request_list", Int64("seq"), Bytes("content"));

    public static readonly TableType LotEnds = new("ledger.lot_end_list", Int64("lot_no"), Int64("successor"), Int64("seq"));

    public static readonly TableType Holds = new("ledger.hold_list", Int64("hold_no"), Text("hold_id", 128), Text("action", 128), Int32("version"), Int64("amount"), Int64("held_at"),
        Int64("expires_at"), Int64("seq"));

    public static readonly TableType HoldResolutions = new("ledger.hold_resolution_list", Int64("hold_no"), Byte("kind"), Int64("charged"), Int64("returned"),
        new SqlMetaData("asked", SqlDbType.NVarChar, SqlMetaData.Max), Int64("seq"));

    public static readonly TableType Debts = new("ledger.debt_list", Int64("debt_no"), Text("action", 128), Int64("amount"), Int64("owed_at"), Int64("seq"));

    public static readonly TableType DebtLines = new("ledger.debt_line_list", Int64("seq"), Int32("line"), Int64("debt_no"), Byte("kind"), Int64("amount"));

    public static readonly TableType Undone = new("ledger.undone_list", Int64("seq"), Int32("line"), Int64("of_seq"), Int32("of_line"), Int64("amount"));

    public static readonly TableType Messages = new("ledger.message_list", Int64("seq"), Int32("line"), Bytes("body"));

    public static IEnumerable<TableType> All =>
    [
        Keys, LotIds, Numbers, ScopeHashes, Entries, Answers, Lots, Postings, Bills, UsageEvents, Periods, AccountValues, Scopes, Requests, LotEnds, Holds, HoldResolutions, Debts,
        DebtLines, Undone, Messages,
    ];

    /// <summary>A parameter with rows. Without any it is left out: the procedure then sees an empty table.</summary>
    public static void AddTable(this SqlParameterCollection parameters, string name, TableType type, IEnumerable<TableType.Row> rows)
    {
        var records = rows.Select(row => row.Record).ToList();
        if (records.Count > 0)
        {
            var parameter = parameters.Add(name, SqlDbType.Structured);
            parameter.TypeName = type.Name;
            parameter.Value = records;
        }
    }

    public static IEnumerable<TableType.Row> RowsOf(TableType type, IEnumerable<string> texts) => texts.Select(text => type.NewRow().Add(text));

    public static IEnumerable<TableType.Row> EntriesOf(AccountAppend append) => append.Entries.Select(entry => Entries.NewRow()
        .Add(entry.Sequence).AddByte((int)entry.Content.Kind).Add(entry.Key).Add(entry.Content.Amount).Add(Instants.ToMicroseconds(entry.Content.OccurredAt))
        .Add(Instants.ToMicroseconds(entry.RecordedAt)).Add(entry.Late).Add(entry.Reference).Add(entry.Content.Version).AddHash(entry.TraceHash)
        .AddByte((int?)entry.Outcome).Add(entry.Content.Forgiven).Add(entry.BalanceAfter).AddHash(entry.PreviousHash).AddHash(entry.Hash));

    /// <summary>A row for the key of each entry, with its answer where it has one, and then the refusals.</summary>
    public static IEnumerable<TableType.Row> AnswersOf(AccountAppend append)
    {
        var answers = append.Answers.Where(answer => answer.Answer.Sequence is not null).ToDictionary(answer => answer.Answer.Sequence!.Value);
        var line = 0;
        foreach (var entry in append.Entries)
        {
            yield return Answer(line++, entry.Key, entry.Sequence, answers.GetValueOrDefault(entry.Sequence)?.Answer, entry.RecordedAt);
        }

        foreach (var answer in append.Answers.Where(answer => answer.Answer.Sequence is null))
        {
            yield return Answer(line++, answer.Key, null, answer.Answer, append.After.LastAt);
        }
    }

    public static IEnumerable<TableType.Row> LotsOf(AccountAppend append) => append.Entries.SelectMany(entry => entry.Content.NewLots.Select(lot => Lots.NewRow()
        .Add(lot.Number).Add(lot.Id).Add(lot.Bucket).AddByte((int)lot.Origin).Add(lot.Amount).Add(Instants.ToMicroseconds(lot.CreatedAt))
        .Add(Instants.ToMicroseconds(lot.EffectiveAt)).Add(Microseconds(lot.ExpiresAt)).Add(lot.Priority).Add(lot.Cost?.ToString()).Add(lot.Cycle)
        .AddByte((int?)lot.Rollover?.Kind).Add(Microseconds(lot.Rollover?.At)).Add(lot.Rollover?.Minimum).Add(lot.Rollover?.Maximum).Add(lot.Rollover?.Percent?.ToString())
        .Add(lot.Series?.Every.Count).AddByte((int?)lot.Series?.Every.Unit).Add(lot.Series is { } series ? Instants.ToAnchor(series.Anchor) : null).Add(lot.Series?.Zone)
        .Add(lot.Series?.Adds).Add(Microseconds(lot.Series?.Until)).Add(entry.Sequence)));

    public static IEnumerable<TableType.Row> BillsOf(AccountAppend append) =>
        append.Entries.Where(entry => entry.Content.Bill is not null).Select(entry => BillOf(entry.Sequence, entry.Content.Bill!));

    public static IEnumerable<TableType.Row> PostingsOf(AccountAppend append) =>
        append.Entries.SelectMany(entry => entry.Content.Postings.Select((posting, line) => PostingOf(entry.Sequence, line, posting)));

    public static IEnumerable<TableType.Row> UsageEventsOf(AccountAppend append) => append.Entries.Where(entry => !entry.Event.IsEmpty)
        .Select(entry => UsageEvents.NewRow().Add(entry.Sequence).Add(entry.Content.Event?.Action ?? "").Add(entry.Event));

    public static IEnumerable<TableType.Row> PeriodsOf(AccountAppend append, string zoneData) => append.Cycles.Select((begun, i) => Periods.NewRow()
        .Add(append.Before.Period + i + 1).Add(begun.Cycle.Number).Add(Instants.ToAnchor(begun.Cycle.Anchor)).Add(Instants.ToMicroseconds(begun.Cycle.Start))
        .Add(Instants.ToMicroseconds(begun.Cycle.End)).Add(zoneData).Add(begun.Sequence).Add(begun.OfEntry));

    /// <summary>Lines count from 0 within an entry; the procedure goes on from those that are there.</summary>
    public static IEnumerable<TableType.Row> AccountValuesOf(AccountAppend append)
    {
        var lines = new Dictionary<long, int>();
        foreach (var value in append.Values)
        {
            var line = lines.GetValueOrDefault(value.Sequence);
            lines[value.Sequence] = line + 1;
            yield return AccountValues.NewRow().Add(value.Sequence).Add(line).AddByte((int)value.Kind).Add(value.Value.Name).Add(value.Value.Value)
                .Add(Instants.ToMicroseconds(value.Value.From));
        }
    }

    public static IEnumerable<TableType.Row> ScopesOf(AccountAppend append) => append.Scopes.Select(scope => Scopes.NewRow()
        .AddHash(HashOf(scope.Id)).Add(scope.Id.Action).Add(scope.Id.Key).Add(scope.Id.Value).Add(Instants.ToMicroseconds(scope.BeganAt)).Add(scope.Version)
        .Add(scope.Posted).Add(scope.Reversed).Add(scope.ListedPosted).Add(ScopeText.Write(scope)));

    public static IEnumerable<TableType.Row> RequestsOf(AccountAppend append) =>
        append.Entries.Where(entry => !entry.Request.IsEmpty).Select(entry => Requests.NewRow().Add(entry.Sequence).Add(entry.Request));

    public static IEnumerable<TableType.Row> LotEndsOf(AccountAppend append) =>
        append.Entries.SelectMany(entry => entry.Content.EndedLots.Select(end => LotEnds.NewRow().Add(end.Lot).Add(end.Successor).Add(entry.Sequence)));

    public static IEnumerable<TableType.Row> HoldsOf(AccountAppend append) => append.Entries.Where(entry => entry.Content.NewHold is not null)
        .Select(entry => HoldOf(entry.Sequence, entry.Content.NewHold!));

    public static IEnumerable<TableType.Row> HoldResolutionsOf(AccountAppend append) => append.Entries.Where(entry => entry.Content.Settlement is not null)
        .Select(entry => ResolutionOf(entry.Sequence, entry.Content.Settlement!));

    public static IEnumerable<TableType.Row> DebtsOf(AccountAppend append) => append.Entries.SelectMany(entry => entry.Content.NewDebts.Select(debt => Debts.NewRow()
        .Add(debt.Number).Add(debt.Action).Add(debt.Amount).Add(Instants.ToMicroseconds(debt.OwedAt)).Add(entry.Sequence)));

    public static IEnumerable<TableType.Row> DebtLinesOf(AccountAppend append) => append.Entries.SelectMany(entry => entry.Content.DebtLines.Select((paid, line) =>
        DebtLines.NewRow().Add(entry.Sequence).Add(line).Add(paid.Debt).AddByte((int)paid.Kind).Add(paid.Amount)));

    public static IEnumerable<TableType.Row> UndoneOf(AccountAppend append) => append.Entries.SelectMany(entry => entry.Content.Undone.Select((undone, line) =>
        Undone.NewRow().Add(entry.Sequence).Add(line).Add(undone.Sequence).Add(undone.Line).Add(undone.Amount)));

    public static IEnumerable<TableType.Row> MessagesOf(AccountAppend append) =>
        append.Messages.Select(message => Messages.NewRow().Add(message.Sequence).Add(message.Line).Add(message.Body));

    /// <summary>What finds a scope's row: its parts are too long for an index.</summary>
    public static byte[] HashOf(ScopeId scope)
    {
        var bytes = new CanonicalBytes();
        bytes.Text(scope.Action);
        bytes.Text(scope.Key);
        bytes.Text(scope.Value);
        return SHA256.HashData(bytes.Written);
    }

    private static long? Microseconds(NodaTime.Instant? instant) => instant is { } value ? Instants.ToMicroseconds(value) : null;

    private static TableType.Row Answer(int line, string key, long? sequence, StoredAnswer? answer, NodaTime.Instant createdAt)
    {
        var row = Answers.NewRow().Add(line).Add(key).Add(sequence);
        row = answer is null
            ? row.AddNull().AddNull().AddNull().AddNull()
            : row.AddHash(answer.RequestHash).Add(answer.Accepted).AddByte((int?)answer.Outcome).Add(answer.Body);
        return row.Add(Instants.ToMicroseconds(createdAt));
    }

    private static TableType.Row PostingOf(long sequence, int line, Posting posting) => Postings.NewRow().Add(sequence).Add(line).Add(posting.Lot).Add(posting.Granted)
        .Add(posting.Available).Add(posting.Held).Add(posting.Spent).Add(posting.Expired).Add(posting.Moved);

    private static TableType.Row BillOf(long sequence, Bill bill) => Bills.NewRow().Add(sequence).Add(bill.Bucket).Add(bill.Cycle).Add(bill.Currency).AddByte(bill.Decimals)
        .Add(bill.Amount).Add(bill.Exact.ToString()).Add(bill.Price?.ToString()).Add(bill.To);

    private static TableType.Row HoldOf(long sequence, Hold hold) => Holds.NewRow().Add(hold.Number).Add(hold.Id).Add(hold.Action).Add(hold.Version).Add(hold.Amount)
        .Add(Instants.ToMicroseconds(hold.HeldAt)).Add(Instants.ToMicroseconds(hold.ExpiresAt)).Add(sequence);

    private static TableType.Row ResolutionOf(long sequence, HoldSettlement settlement) => HoldResolutions.NewRow().Add(settlement.Hold).AddByte((int)settlement.Kind)
        .Add(settlement.Charged).Add(settlement.Returned).Add(settlement.Asked).Add(sequence);

    private static SqlMetaData Int64(string name) => new(name, SqlDbType.BigInt);

    private static SqlMetaData Int32(string name) => new(name, SqlDbType.Int);

    private static SqlMetaData Byte(string name) => new(name, SqlDbType.TinyInt);

    private static SqlMetaData Bit(string name) => new(name, SqlDbType.Bit);

    private static SqlMetaData Text(string name, int length) => new(name, SqlDbType.NVarChar, length);

    private static SqlMetaData Bytes(string name) => new(name, SqlDbType.VarBinary, SqlMetaData.Max);

    private static SqlMetaData Hash(string name) => new(name, SqlDbType.Binary, EntryHash.Size);
}
