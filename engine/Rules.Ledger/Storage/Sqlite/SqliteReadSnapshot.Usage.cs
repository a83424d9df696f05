using NodaTime;
using Rules.Engine.Accounts;
using Rules.Ledger.Journal;

namespace Rules.Ledger.Storage.Sqlite;

internal sealed partial class SqliteReadSnapshot
{
    // A reversal counts for the event that it takes back. The index journal_use holds the window of each account.
    private const string SelectUses =
        """
        SELECT a.external_id, a.ruleset, j.kind, j.amount, u.action, u.content, j.occurred_at, j.version
        FROM account a CROSS JOIN journal j ON j.account_id=a.account_id AND (j.kind=2 OR j.kind=3 OR j.kind=5 OR j.kind=12) AND j.occurred_at>=?1 AND j.occurred_at<?2
        LEFT JOIN journal r ON j.kind=3 AND r.account_id=j.account_id AND r.seq=j.ref_seq
        JOIN usage_event u ON u.entry_id=COALESCE(r.entry_id, j.entry_id)
        WHERE (?3 IS NULL OR a.external_id=?3) AND (?4 IS NULL OR a.ruleset=?4) AND (?5 IS NULL OR u.action=?5) AND (?6 IS NULL OR a.external_id>=?6)
        ORDER BY a.external_id
        """;

    // 900,000,000 microseconds; what happened before 1970 is not usage. Sums in two halves, so that no sum of amounts leaves 64 bits.
    private const string SelectQuarters =
        """
        SELECT a.external_id, a.ruleset, j.occurred_at/900000000, SUM(j.kind<>3), SUM(CASE WHEN j.kind=3 THEN -(j.amount/1000000) ELSE j.amount/1000000 END),
               SUM(CASE WHEN j.kind=3 THEN -(j.amount%1000000) ELSE j.amount%1000000 END)
        FROM account a CROSS JOIN journal j ON j.account_id=a.account_id AND (j.kind=2 OR j.kind=3 OR j.kind=5 OR j.kind=12) AND j.occurred_at>=?1 AND j.occurred_at<?2
        WHERE (?3 IS NULL OR a.external_id=?3)
        GROUP BY j.account_id, j.occurred_at/900000000 ORDER BY a.external_id, 3
        """;

    // The first condition is that of the index, which holds every column that is read.
    private const string SelectVersionUses =
        """
        SELECT j.version, COUNT(*), SUM(j.amount/1000000), SUM(j.amount%1000000)
        FROM account a CROSS JOIN journal j INDEXED BY journal_use ON j.account_id=a.account_id AND (j.kind=2 OR j.kind=3 OR j.kind=5 OR j.kind=12) AND j.kind<>3
        WHERE a.ruleset=?1 GROUP BY j.version ORDER BY j.version
        """;

    private const string SelectMoment = "SELECT recorded_at, balance_after FROM journal WHERE account_id=?1 AND seq=?2";

    private const string SelectStatement =
        """
        SELECT j.kind, CASE WHEN j.kind=3 THEN NULL ELSE u.action END, COUNT(DISTINCT j.entry_id), SUM(p.d_granted), SUM(p.d_available), SUM(p.d_held), SUM(p.d_spent), SUM(p.d_expired),
               SUM(p.d_moved)
        FROM journal j JOIN posting p ON p.entry_id=j.entry_id LEFT JOIN usage_event u ON u.entry_id=j.entry_id
        WHERE j.account_id=?1 AND CASE WHEN substr(j.idem_key,1,4)='sys:' THEN j.occurred_at ELSE j.recorded_at END>=?2
          AND CASE WHEN substr(j.idem_key,1,4)='sys:' THEN j.occurred_at ELSE j.recorded_at END<?3
        GROUP BY 1, 2 ORDER BY 1, 2
        """;

    public IAsyncEnumerable<StoredUse> UsesAsync(UsageFilter filter, string? fromAccount, CancellationToken cancellationToken) =>
        Stream(Uses(filter, fromAccount), cancellationToken);

    public ValueTask<System.Collections.Immutable.ImmutableArray<StatementLine>> StatementAsync(
        StoredAccount account, Instant from, Instant to, CancellationToken cancellationToken)
    {
        var lines = System.Collections.Immutable.ImmutableArray.CreateBuilder<StatementLine>();
        var row = Session.Statement(SelectStatement);
        row.Bind(1, account.Number).Bind(2, Instants.ToMicroseconds(from)).Bind(3, Instants.ToMicroseconds(to));
        while (row.Step())
        {
            lines.Add(new StatementLine((EntryKind)row.Int32(0), row.IsNull(1) ? null : row.Text(1), row.Int64(2), row.Int64(3), row.Int64(4), row.Int64(5),
                row.Int64(6), row.Int64(7), row.Int64(8)));
        }

        return new(lines.ToImmutable());
    }

    public ValueTask<System.Collections.Immutable.ImmutableArray<QuarterUse>> UsesByQuarterAsync(Instant from, Instant to, string? account, CancellationToken cancellationToken)
    {
        var quarters = System.Collections.Immutable.ImmutableArray.CreateBuilder<QuarterUse>();
        var row = Session.Statement(SelectQuarters);
        row.Bind(1, Instants.ToMicroseconds(from)).Bind(2, Instants.ToMicroseconds(to)).Bind(3, account);
        while (row.Step())
        {
            cancellationToken.ThrowIfCancellationRequested();
            quarters.Add(new QuarterUse(
                row.Text(0), row.Text(1), Instants.FromMicroseconds(row.Int64(2) * 900_000_000), row.Int64(3), ((Int128)row.Int64(4) * 1_000_000) + row.Int64(5)));
        }

        return new(quarters.ToImmutable());
    }

    public ValueTask<System.Collections.Immutable.ImmutableArray<VersionUse>> UsesByVersionAsync(string ruleset, CancellationToken cancellationToken)
    {
        var uses = System.Collections.Immutable.ImmutableArray.CreateBuilder<VersionUse>();
        var row = Session.Statement(SelectVersionUses).Bind(1, ruleset);
        while (row.Step())
        {
            cancellationToken.ThrowIfCancellationRequested();
            uses.Add(new VersionUse(row.Int32(0), row.Int64(1), ((Int128)row.Int64(2) * 1_000_000) + row.Int64(3)));
        }

        return new(uses.ToImmutable());
    }

    public ValueTask<System.Collections.Immutable.ImmutableArray<EntryMoment>> MomentsAsync(
        StoredAccount account, IReadOnlyList<long> sequences, CancellationToken cancellationToken)
    {
        var moments = System.Collections.Immutable.ImmutableArray.CreateBuilder<EntryMoment>(sequences.Count);
        var row = Session.Statement(SelectMoment);
        foreach (var sequence in sequences)
        {
            if (row.Bind(1, account.Number).Bind(2, sequence).Step())
            {
                moments.Add(new EntryMoment(sequence, Instants.FromMicroseconds(row.Int64(0)), row.NullableInt64(1)));
                row.Reset();
            }
        }

        return new(moments.ToImmutable());
    }

    private IEnumerable<StoredUse> Uses(UsageFilter filter, string? fromAccount)
    {
        var row = Session.Statement(SelectUses);
        row.Bind(1, Instants.ToMicroseconds(filter.From)).Bind(2, Instants.ToMicroseconds(filter.To))
            .Bind(3, filter.Account).Bind(4, filter.Ruleset).Bind(5, filter.Action).Bind(6, fromAccount);
        try
        {
            while (row.Step())
            {
                yield return new StoredUse(row.Text(0), row.Text(1), (EntryKind)row.Int32(2), row.Int64(3), row.Text(4), row.Blob(5),
                    Instants.FromMicroseconds(row.Int64(6)), row.IsNull(7) ? null : row.Int32(7));
            }
        }
        finally
        {
            row.Reset();
        }
    }
}
