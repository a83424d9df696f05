using System.Collections.Immutable;
using Microsoft.Data.SqlClient;
using NodaTime;
using Rules.Ledger.Imports;
using Rules.Ledger.Journal;

namespace Rules.Ledger.Storage.SqlServer;

internal sealed partial class SqlServerAppStore
{
    private const string InsertUsageBatch =
        """
        INSERT app.usage_batch(ruleset, batch_no, import_id, source, mapping_sha256, imported_at, imported_by, position, prefix_sha256, lines, events, duplicates, is_last)
        VALUES(@ruleset, @batch, @import, @source, @mapping, @at, @by, @position, @prefix, @lines, @events, @duplicates, @last)
        """;

    private const string InsertUsageSegment =
        """
        INSERT app.usage_segment(ruleset, batch_no, segment_no, first_account, last_account, from_at, until_at, events, columns, columns_sha256, ids, ids_sha256)
        VALUES(@ruleset, @batch, @number, @first, @last, @from, @until, @events, @columns, @columns_sha256, @ids, @ids_sha256)
        """;

    private const string SelectUsageBatches =
        """
        SELECT b.ruleset AS Ruleset, b.batch_no AS Batch, b.import_id AS Import, b.source AS Source, b.mapping_sha256 AS Mapping, b.imported_at AS ImportedAt,
          b.imported_by AS ImportedBy, b.position AS Position, b.prefix_sha256 AS Prefix, b.lines AS Lines, b.events AS Events, b.duplicates AS Duplicates, b.is_last AS IsLast,
          w.withdrawn_at AS WithdrawnAt, w.withdrawn_by AS WithdrawnBy
        FROM app.usage_batch b LEFT JOIN app.usage_withdrawal w ON w.import_id = b.import_id WHERE @ruleset IS NULL OR b.ruleset = @ruleset ORDER BY b.ruleset, b.batch_no OPTION (RECOMPILE)
        """;

    private const string InsertUsageWithdrawal = "INSERT app.usage_withdrawal(import_id, withdrawn_at, withdrawn_by) VALUES(@import, @at, @by)";

    private const string DeleteUsageSegments =
        """
        DELETE s FROM app.usage_segment s JOIN app.usage_batch b ON b.ruleset = s.ruleset AND b.batch_no = s.batch_no WHERE b.import_id = @import
        """;

    private const string SelectUsageSegments =
        """
        SELECT TOP (@limit) s.batch_no AS Batch, s.segment_no AS Number, s.first_account AS FirstAccount, s.last_account AS LastAccount, s.from_at AS FromAt,
          s.until_at AS UntilAt, s.events AS Events, s.columns AS Columns, s.columns_sha256 AS ColumnsSha256, s.ids AS Ids, s.ids_sha256 AS IdsSha256
        FROM app.usage_segment s
        WHERE s.ruleset = @ruleset AND (s.batch_no > @batch OR (s.batch_no = @batch AND s.segment_no > @number))
          AND (@account IS NULL OR @account BETWEEN s.first_account AND s.last_account) AND s.from_at < @until
        ORDER BY s.batch_no, s.segment_no
        """;

    private const string SelectLastUsage = "SELECT TOP (1) s.until_at AS UntilAt FROM app.usage_segment s WHERE s.ruleset = @ruleset ORDER BY s.until_at DESC";

    public async ValueTask<Instant?> LastUsageAsync(string ruleset, CancellationToken cancellationToken) =>
        await LinesAsync<long>(SelectLastUsage, command => command.AddText("@ruleset", ruleset, 400), cancellationToken) is [var last, ..] ? Instants.FromMicroseconds(last) : null;

    public async ValueTask<ImmutableArray<UsageBatch>> UsageBatchesAsync(string? ruleset, CancellationToken cancellationToken) =>
        [.. (await LinesAsync<UsageBatchLine>(SelectUsageBatches, command => command.AddText("@ruleset", ruleset, -1), cancellationToken)).Select(static line => line.ToBatch())];

    public async ValueTask AddUsageAsync(UsageBatch batch, ImmutableArray<StoredUsageSegment> segments, CancellationToken cancellationToken) => await TogetherAsync(async run =>
    {
        await run(InsertUsageBatch, command => AddBatch(command, batch));
        foreach (var segment in segments)
        {
            await run(InsertUsageSegment, command => AddSegment(command, batch, segment));
        }

        return segments.Length;
    }, cancellationToken);

    public async ValueTask WithdrawUsageAsync(string import, UsageWithdrawal withdrawal, CancellationToken cancellationToken) => await TogetherAsync(async run =>
    {
        await run(InsertUsageWithdrawal, command =>
        {
            command.AddText("@import", import, 16);
            command.AddInstant("@at", withdrawal.At);
            command.AddText("@by", withdrawal.By, 400);
        });
        return await run(DeleteUsageSegments, command => command.AddText("@import", import, 16));
    }, cancellationToken);

    public async ValueTask<ImmutableArray<StoredUsageSegment>> UsageSegmentsAsync(
        string ruleset, string? account, Instant until, (long Batch, int Number) after, int limit, CancellationToken cancellationToken) =>
        [.. (await LinesAsync<UsageSegmentLine>(SelectUsageSegments, command =>
        {
            command.AddText("@ruleset", ruleset, -1);
            command.AddText("@account", account, -1);
            command.AddInstant("@until", until);
            command.AddInt64("@batch", after.Batch);
            command.AddInt32("@number", after.Number);
            command.AddInt32("@limit", limit);
        }, cancellationToken)).Select(static line => line.ToSegment())];

    private static void AddBatch(SqlCommand command, UsageBatch batch)
    {
        command.AddText("@ruleset", batch.Ruleset, 400);
        command.AddInt64("@batch", batch.Batch);
        command.AddText("@import", batch.Import, 16);
        command.AddText("@source", batch.Source, 400);
        command.AddHash("@mapping", batch.MappingSha256);
        command.AddInstant("@at", batch.ImportedAt);
        command.AddText("@by", batch.ImportedBy, 400);
        command.AddInt64("@position", batch.Position);
        command.AddHash("@prefix", batch.PrefixSha256);
        command.AddInt64("@lines", batch.Lines);
        command.AddInt64("@events", batch.Events);
        command.AddInt64("@duplicates", batch.Duplicates);
        command.AddInt32("@last", batch.IsLast ? 1 : 0);
    }

    private static void AddSegment(SqlCommand command, UsageBatch batch, StoredUsageSegment segment)
    {
        command.AddText("@ruleset", batch.Ruleset, 400);
        command.AddInt64("@batch", batch.Batch);
        command.AddInt32("@number", segment.Number);
        command.AddText("@first", segment.FirstAccount, 128);
        command.AddText("@last", segment.LastAccount, 128);
        command.AddInstant("@from", segment.From);
        command.AddInstant("@until", segment.Until);
        command.AddInt64("@events", segment.Events);
        AddBlob(command, "@columns", segment.Columns);
        command.AddHash("@columns_sha256", segment.ColumnsSha256);
        AddBlob(command, "@ids", segment.Ids);
        command.AddHash("@ids_sha256", segment.IdsSha256);
    }

#pragma warning disable CA1812 // Made by Dapper.
    private sealed class UsageBatchLine
    {
        public string Ruleset { get; set; } = "";

        public long Batch { get; set; }

        public string Import { get; set; } = "";

        public string Source { get; set; } = "";

        public byte[] Mapping { get; set; } = [];

        public long ImportedAt { get; set; }

        public string ImportedBy { get; set; } = "";

        public long Position { get; set; }

        public byte[] Prefix { get; set; } = [];

        public long Lines { get; set; }

        public long Events { get; set; }

        public long Duplicates { get; set; }

        public bool IsLast { get; set; }

        public long? WithdrawnAt { get; set; }

        public string? WithdrawnBy { get; set; }

        public UsageBatch ToBatch() => new(
            Ruleset, Batch, Import, Source, Mapping, Instants.FromMicroseconds(ImportedAt), ImportedBy, Position, Prefix, Lines, Events, Duplicates, IsLast)
        {
            Withdrawn = WithdrawnAt is { } at ? new UsageWithdrawal(Instants.FromMicroseconds(at), WithdrawnBy!) : null,
        };
    }

    private sealed class UsageSegmentLine
    {
        public long Batch { get; set; }

        public int Number { get; set; }

        public string FirstAccount { get; set; } = "";

        public string LastAccount { get; set; } = "";

        public long FromAt { get; set; }

        public long UntilAt { get; set; }

        public long Events { get; set; }

        public byte[] Columns { get; set; } = [];

        public byte[] ColumnsSha256 { get; set; } = [];

        public byte[] Ids { get; set; } = [];

        public byte[] IdsSha256 { get; set; } = [];

        public StoredUsageSegment ToSegment() => new(
            Batch, Number, FirstAccount, LastAccount, Instants.FromMicroseconds(FromAt), Instants.FromMicroseconds(UntilAt), Events, Columns, ColumnsSha256, Ids, IdsSha256);
    }
#pragma warning restore CA1812
}
