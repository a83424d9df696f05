using System.Collections.Immutable;
using Rules.Ledger.Replays;

namespace Rules.Ledger.Storage.Sqlite;

internal sealed partial class SqliteAppStore
{
    private const string InsertPastSegment =
        "INSERT INTO past_segment(ruleset,generation,segment_no,position,first_account,last_account,events,body,sha256) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9)";

    private const string SelectPastSegments =
        """
        SELECT ruleset, generation, segment_no, position, first_account, last_account, events, body, sha256 FROM past_segment
        WHERE ruleset=?1 AND (generation,segment_no)>(?2,?3) AND (?4 IS NULL OR ?4 BETWEEN first_account AND last_account)
        ORDER BY generation, segment_no LIMIT ?5
        """;

    private const string SelectLastPastGeneration = "SELECT generation, position FROM past_segment WHERE ruleset=?1 ORDER BY generation DESC LIMIT 1";

    private const string DeletePastSegments = "DELETE FROM past_segment WHERE ruleset=?1 AND generation>=?2";

    public ValueTask<ImmutableArray<StoredPastSegment>> PastSegmentsAsync(
        string ruleset, string? account, (long Generation, int Number) after, int limit, CancellationToken cancellationToken) => store.ReadAsync(session =>
    {
        var segments = ImmutableArray.CreateBuilder<StoredPastSegment>();
        var row = session.Statement(SelectPastSegments).Bind(1, ruleset).Bind(2, after.Generation).Bind(3, after.Number).Bind(4, account).Bind(5, limit);
        while (row.Step())
        {
            segments.Add(new StoredPastSegment(
                row.Text(0), row.Int64(1), row.Int32(2), row.Int64(3), row.Text(4), row.Text(5), row.Int64(6), row.Blob(7), row.Blob(8)));
        }

        return segments.ToImmutable();
    }, cancellationToken);

    public ValueTask<(long Generation, long Position)> LastPastGenerationAsync(string ruleset, CancellationToken cancellationToken) => store.ReadAsync(session =>
    {
        var row = session.Statement(SelectLastPastGeneration).Bind(1, ruleset);
        var last = row.Step() ? (row.Int64(0), row.Int64(1)) : default;
        row.Reset();
        return last;
    }, cancellationToken);

    public async ValueTask AddPastSegmentsAsync(ImmutableArray<StoredPastSegment> segments, CancellationToken cancellationToken) => await store.WriteAsync(session =>
    {
        foreach (var segment in segments)
        {
            session.Statement(InsertPastSegment).Bind(1, segment.Ruleset).Bind(2, segment.Generation).Bind(3, segment.Number).Bind(4, segment.Position)
                .Bind(5, segment.FirstAccount).Bind(6, segment.LastAccount).Bind(7, segment.Events).Bind(8, segment.Body.Span).Bind(9, segment.Sha256.Span).Execute();
        }

        return segments.Length;
    }, cancellationToken);

    public async ValueTask RemovePastSegmentsAsync(string ruleset, long generation, CancellationToken cancellationToken) =>
        await store.WriteAsync(session => session.Statement(DeletePastSegments).Bind(1, ruleset).Bind(2, generation).Execute(), cancellationToken);
}
