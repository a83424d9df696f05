using System.Collections.Immutable;
using NodaTime;
using Rules.Ledger.Imports;
using Rules.Ledger.Journal;

namespace Rules.Ledger.Storage.Sqlite;

internal sealed partial class SqliteAppStore
{
    private const string InsertUsageBatch =
        """
        INSERT INTO usage_batch(ruleset,batch_no,import_id,source,mapping_sha256,imported_at,imported_by,position,prefix_sha256,lines,events,duplicates,is_last)
        VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13)
        """;

    private const string InsertUsageSegment =
        """
        INSERT INTO usage_segment(ruleset,batch_no,segment_no,first_account,last_account,from_at,until_at,events,columns,columns_sha256,ids,ids_sha256)
        VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12)
        """;

    private const string SelectUsageBatches =
        """
        SELECT b.ruleset, b.batch_no, b.import_id, b.source, b.mapping_sha256, b.imported_at, b.imported_by, b.position, b.prefix_sha256, b.lines, b.events,
          b.duplicates, b.is_last, w.withdrawn_at, w.withdrawn_by
        FROM usage_batch b LEFT JOIN usage_withdrawal w ON w.import_id=b.import_id WHERE ?1 IS NULL OR b.ruleset=?1 ORDER BY b.ruleset, b.batch_no
        """;

    private const string InsertUsageWithdrawal = "INSERT INTO usage_withdrawal(import_id,withdrawn_at,withdrawn_by) VALUES(?1,?2,?3)";

    private const string DeleteUsageSegments =
        "DELETE FROM usage_segment WHERE (ruleset,batch_no) IN (SELECT b.ruleset, b.batch_no FROM usage_batch b WHERE b.import_id=?1)";

    private const string SelectUsageSegments =
        """
        SELECT batch_no, segment_no, first_account, last_account, from_at, until_at, events, columns, columns_sha256, ids, ids_sha256 FROM usage_segment
        WHERE ruleset=?1 AND (batch_no,segment_no)>(?2,?3) AND (?4 IS NULL OR ?4 BETWEEN first_account AND last_account) AND from_at<?5
        ORDER BY batch_no, segment_no LIMIT ?6
        """;

    private const string SelectLastUsage = "SELECT max(until_at) FROM usage_segment WHERE ruleset=?1";

    public ValueTask<Instant?> LastUsageAsync(string ruleset, CancellationToken cancellationToken) => store.ReadAsync<Instant?>(session =>
    {
        var row = session.Statement(SelectLastUsage).Bind(1, ruleset);
        row.Step();
        var last = InstantAt(row, 0);
        row.Reset();
        return last;
    }, cancellationToken);

    public ValueTask<ImmutableArray<UsageBatch>> UsageBatchesAsync(string? ruleset, CancellationToken cancellationToken) => store.ReadAsync(session =>
    {
        var batches = ImmutableArray.CreateBuilder<UsageBatch>();
        var row = session.Statement(SelectUsageBatches).Bind(1, ruleset);
        while (row.Step())
        {
            batches.Add(new UsageBatch(
                row.Text(0), row.Int64(1), row.Text(2), row.Text(3), row.Blob(4), Instants.FromMicroseconds(row.Int64(5)), row.Text(6), row.Int64(7), row.Blob(8),
                row.Int64(9), row.Int64(10), row.Int64(11), row.Int64(12) != 0)
            {
                Withdrawn = InstantAt(row, 13) is { } at ? new UsageWithdrawal(at, row.Text(14)) : null,
            });
        }

        return batches.ToImmutable();
    }, cancellationToken);

    public async ValueTask AddUsageAsync(UsageBatch batch, ImmutableArray<StoredUsageSegment> segments, CancellationToken cancellationToken) =>
        await store.WriteAsync(session =>
        {
            session.Statement(InsertUsageBatch).Bind(1, batch.Ruleset).Bind(2, batch.Batch).Bind(3, batch.Import).Bind(4, batch.Source).Bind(5, batch.MappingSha256.Span)
                .Bind(6, Instants.ToMicroseconds(batch.ImportedAt)).Bind(7, batch.ImportedBy).Bind(8, batch.Position).Bind(9, batch.PrefixSha256.Span)
                .Bind(10, batch.Lines).Bind(11, batch.Events).Bind(12, batch.Duplicates).Bind(13, batch.IsLast).Execute();
            foreach (var segment in segments)
            {
                session.Statement(InsertUsageSegment).Bind(1, batch.Ruleset).Bind(2, batch.Batch).Bind(3, segment.Number).Bind(4, segment.FirstAccount)
                    .Bind(5, segment.LastAccount).Bind(6, Instants.ToMicroseconds(segment.From)).Bind(7, Instants.ToMicroseconds(segment.Until)).Bind(8, segment.Events)
                    .Bind(9, segment.Columns.Span).Bind(10, segment.ColumnsSha256.Span).Bind(11, segment.Ids.Span).Bind(12, segment.IdsSha256.Span).Execute();
            }

            return segments.Length;
        }, cancellationToken);

    public async ValueTask WithdrawUsageAsync(string import, UsageWithdrawal withdrawal, CancellationToken cancellationToken) => await store.WriteAsync(session =>
    {
        session.Statement(InsertUsageWithdrawal).Bind(1, import).Bind(2, Instants.ToMicroseconds(withdrawal.At)).Bind(3, withdrawal.By).Execute();
        return session.Statement(DeleteUsageSegments).Bind(1, import).Execute();
    }, cancellationToken);

    public ValueTask<ImmutableArray<StoredUsageSegment>> UsageSegmentsAsync(
        string ruleset, string? account, Instant until, (long Batch, int Number) after, int limit, CancellationToken cancellationToken) => store.ReadAsync(session =>
    {
        var segments = ImmutableArray.CreateBuilder<StoredUsageSegment>();
        var row = session.Statement(SelectUsageSegments).Bind(1, ruleset).Bind(2, after.Batch).Bind(3, after.Number).Bind(4, account)
            .Bind(5, Instants.ToMicroseconds(until)).Bind(6, limit);
        while (row.Step())
        {
            segments.Add(new StoredUsageSegment(
                row.Int64(0), row.Int32(1), row.Text(2), row.Text(3), Instants.FromMicroseconds(row.Int64(4)), Instants.FromMicroseconds(row.Int64(5)), row.Int64(6),
                row.Blob(7), row.Blob(8), row.Blob(9), row.Blob(10)));
        }

        return segments.ToImmutable();
    }, cancellationToken);
}
