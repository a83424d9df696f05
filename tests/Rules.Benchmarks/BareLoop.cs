using System.Diagnostics;
using Rules.Ledger.Storage.Sqlite;

namespace Rules.Benchmarks;

/// <summary>
/// The limit for a ledger on SQLite: its rows, already in memory, written by prepared statements into tables that have its keys and
/// indexes and nothing else; heads and lots updated once per commit.
/// </summary>
internal sealed class BareLoop : IDisposable
{
    private const string Schema =
        """
        CREATE TABLE answer(answer_id INTEGER PRIMARY KEY, account_id, req_hash, accepted, outcome, body, created_at);
        CREATE TABLE journal(entry_id INTEGER PRIMARY KEY, account_id, seq, kind, idem_key, amount, occurred_at, recorded_at, late, ref_seq, version, trace_sha256,
          outcome, balance_after, answer_id, prev_hash, hash, UNIQUE(account_id, seq));
        CREATE TABLE posting(entry_id, line, account_id, lot_no, d_granted, d_available, d_held, d_spent, d_expired, d_moved, PRIMARY KEY(entry_id, line)) WITHOUT ROWID;
        CREATE TABLE usage_event(entry_id INTEGER PRIMARY KEY, account_id, action, content);
        CREATE TABLE idempotency(account_id, idem_key, entry_id, answer_id, PRIMARY KEY(account_id, idem_key)) WITHOUT ROWID;
        CREATE TABLE account_head(account_id INTEGER PRIMARY KEY, head_seq, head_hash, last_at);
        CREATE TABLE lot_state(account_id, lot_no, available, spent, PRIMARY KEY(account_id, lot_no)) WITHOUT ROWID;
        """;

    private static readonly string[] Reads =
    [
        "SELECT a.* FROM journal j JOIN answer a ON a.answer_id=j.answer_id WHERE j.entry_id>?1 ORDER BY j.entry_id",
        "SELECT * FROM journal WHERE entry_id>?1 ORDER BY entry_id",
        "SELECT * FROM posting WHERE entry_id>?1 ORDER BY entry_id",
        "SELECT * FROM usage_event WHERE entry_id>?1 ORDER BY entry_id",
        "SELECT i.* FROM journal j JOIN idempotency i ON i.account_id=j.account_id AND i.idem_key=j.idem_key WHERE j.entry_id>?1 ORDER BY j.entry_id",
    ];

    private static readonly string[] Writes =
    [
        "INSERT INTO answer VALUES(?1,?2,?3,?4,?5,?6,?7)",
        "INSERT INTO journal VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17)",
        "INSERT INTO posting VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10)",
        "INSERT INTO usage_event VALUES(?1,?2,?3,?4)",
        "INSERT INTO idempotency VALUES(?1,?2,?3,?4)",
    ];

    private static readonly int[] Columns = [7, 17, 10, 4, 4];

    private readonly string _source;
    private readonly SqliteSession _session;
    private long _after;

    /// <param name="source">The ledger whose entries are written once more.</param>
    /// <param name="target">A file that is not there.</param>
    /// <param name="afterEntry">Entries up to this one are left out.</param>
    public BareLoop(string source, string target, long afterEntry)
    {
        _source = source;
        _after = afterEntry;
        _session = new SqliteSession(SqliteDatabase.File(target).OpenWriter());
        foreach (var statement in Schema.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            _session.Statement(statement).Execute();
        }

        Fill(_session, source);
    }

    /// <summary>Writes the entries that the ledger has made since the last call, in order; answers how long that took, by the clock and of the processor. Every charge here has exactly one row in each table.</summary>
    public (TimeSpan Elapsed, TimeSpan Processor) WriteNew(int perCommit)
    {
        var tables = Read(_source, _after);
        var entries = tables[1].Count;
        if (entries == 0 || tables.Any(table => table.Count != entries))
        {
            throw new InvalidOperationException("An entry lacks one of its rows.");
        }

        _after = (long)tables[1][^1][0]!;
        var cpu = Environment.CpuUsage.TotalTime;
        var watch = Stopwatch.StartNew();
        for (var from = 0; from < entries; from += perCommit)
        {
            WriteBatch(_session, tables, from, Math.Min(entries, from + perCommit));
        }

        return (watch.Elapsed, Environment.CpuUsage.TotalTime - cpu);
    }

    public void Dispose() => _session.Dispose();

    private static void WriteBatch(SqliteSession session, List<object?[]>[] tables, int from, int to)
    {
        var last = new Dictionary<long, (int Entry, long Spent)>();
        session.Statement("BEGIN IMMEDIATE").Execute();
        for (var i = from; i < to; i++)
        {
            for (var table = 0; table < Writes.Length; table++)
            {
                var write = session.Statement(Writes[table]);
                Bind(write, tables[table][i]);
                write.Execute();
            }

            var account = (long)tables[1][i][1]!;
            last[account] = (i, last.GetValueOrDefault(account).Spent + (long)tables[2][i][7]!);
        }

        foreach (var (account, (entry, spent)) in last)
        {
            session.Statement("UPDATE account_head SET head_seq=?2, head_hash=?3, last_at=?4 WHERE account_id=?1").Bind(1, account)
                .Bind(2, (long)tables[1][entry][2]!).Bind(3, (byte[])tables[1][entry][16]!).Bind(4, (long)tables[1][entry][7]!).Execute();
            session.Statement("UPDATE lot_state SET available=available-?2, spent=spent+?2 WHERE account_id=?1 AND lot_no=2").Bind(1, account).Bind(2, spent).Execute();
        }

        session.Statement("COMMIT").Execute();
    }

    private static List<object?[]>[] Read(string source, long afterEntry)
    {
        using var session = new SqliteSession(SqliteDatabase.File(source).OpenReader());
        return [.. Reads.Select((sql, table) => Rows(session.Statement(sql).Bind(1, afterEntry), Columns[table]))];
    }

    private static void Fill(SqliteSession target, string source)
    {
        using var session = new SqliteSession(SqliteDatabase.File(source).OpenReader());
        target.Statement("BEGIN").Execute();
        foreach (var row in Rows(session.Statement("SELECT account_id FROM account_head"), 1))
        {
            target.Statement("INSERT INTO account_head VALUES(?1,0,NULL,0)").Bind(1, (long)row[0]!).Execute();
            target.Statement("INSERT INTO lot_state VALUES(?1,2,1000000000,0)").Bind(1, (long)row[0]!).Execute();
        }

        target.Statement("COMMIT").Execute();
    }

    private static List<object?[]> Rows(SqliteStatement statement, int columns)
    {
        var rows = new List<object?[]>();
        while (statement.Step())
        {
            var row = new object?[columns];
            for (var i = 0; i < columns; i++)
            {
                row[i] = statement.Value(i);
            }

            rows.Add(row);
        }

        return rows;
    }

    private static void Bind(SqliteStatement statement, object?[] row)
    {
        for (var i = 0; i < row.Length; i++)
        {
            _ = row[i] switch
            {
                long number => statement.Bind(i + 1, number),
                string text => statement.Bind(i + 1, text),
                byte[] bytes => statement.Bind(i + 1, bytes),
                _ => statement.BindNull(i + 1),
            };
        }
    }
}
