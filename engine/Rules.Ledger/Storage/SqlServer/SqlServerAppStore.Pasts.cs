using System.Collections.Immutable;
using Rules.Ledger.Replays;

namespace Rules.Ledger.Storage.SqlServer;

internal sealed partial class SqlServerAppStore
{
    private const string InsertPastSegment =
        """
        INSERT app.past_segment(ruleset, generation, segment_no, position, first_account, last_account, events, body, sha256)
        VALUES(@ruleset, @generation, @number, @position, @first, @last, @events, @body, @sha256)
        """;

    private const string SelectPastSegments =
        """
        SELECT TOP (@limit) s.ruleset AS Ruleset, s.generation AS Generation, s.segment_no AS Number, s.position AS Position, s.first_account AS FirstAccount,
          s.last_account AS LastAccount, s.events AS Events, s.body AS Body, s.sha256 AS Sha256
        FROM app.past_segment s
        WHERE s.ruleset = @ruleset AND (s.generation > @generation OR (s.generation = @generation AND s.segment_no > @number))
          AND (@account IS NULL OR @account BETWEEN s.first_account AND s.last_account)
        ORDER BY s.generation, s.segment_no
        """;

    private const string SelectLastPastGeneration =
        "SELECT TOP (1) s.generation AS Generation, s.position AS Position FROM app.past_segment s WHERE s.ruleset = @ruleset ORDER BY s.generation DESC";

    private const string DeletePastSegments = "DELETE FROM app.past_segment WHERE ruleset = @ruleset AND generation >= @generation";

    public async ValueTask<ImmutableArray<StoredPastSegment>> PastSegmentsAsync(
        string ruleset, string? account, (long Generation, int Number) after, int limit, CancellationToken cancellationToken) =>
        [.. (await LinesAsync<PastSegmentLine>(SelectPastSegments, command =>
        {
            command.AddText("@ruleset", ruleset, 400);
            command.AddText("@account", account, 128);
            command.AddInt64("@generation", after.Generation);
            command.AddInt32("@number", after.Number);
            command.AddInt32("@limit", limit);
        }, cancellationToken)).Select(static line => line.ToSegment())];

    public async ValueTask<(long Generation, long Position)> LastPastGenerationAsync(string ruleset, CancellationToken cancellationToken) =>
        (await LinesAsync<PastSegmentLine>(SelectLastPastGeneration, command => command.AddText("@ruleset", ruleset, 400), cancellationToken)) is [var last, ..]
            ? (last.Generation, last.Position)
            : default;

    public async ValueTask AddPastSegmentsAsync(ImmutableArray<StoredPastSegment> segments, CancellationToken cancellationToken) => await TogetherAsync(async run =>
    {
        foreach (var segment in segments)
        {
            await run(InsertPastSegment, command =>
            {
                command.AddText("@ruleset", segment.Ruleset, 400);
                command.AddInt64("@generation", segment.Generation);
                command.AddInt32("@number", segment.Number);
                command.AddInt64("@position", segment.Position);
                command.AddText("@first", segment.FirstAccount, 128);
                command.AddText("@last", segment.LastAccount, 128);
                command.AddInt64("@events", segment.Events);
                AddBlob(command, "@body", segment.Body);
                command.AddHash("@sha256", segment.Sha256);
            });
        }

        return segments.Length;
    }, cancellationToken);

    public async ValueTask RemovePastSegmentsAsync(string ruleset, long generation, CancellationToken cancellationToken) => await WriteAsync(DeletePastSegments, command =>
    {
        command.AddText("@ruleset", ruleset, 400);
        command.AddInt64("@generation", generation);
    }, cancellationToken);

#pragma warning disable CA1812 // Made by Dapper.
    private sealed class PastSegmentLine
    {
        public string Ruleset { get; set; } = "";

        public long Generation { get; set; }

        public int Number { get; set; }

        public long Position { get; set; }

        public string FirstAccount { get; set; } = "";

        public string LastAccount { get; set; } = "";

        public long Events { get; set; }

        public byte[] Body { get; set; } = [];

        public byte[] Sha256 { get; set; } = [];

        public StoredPastSegment ToSegment() => new(Ruleset, Generation, Number, Position, FirstAccount, LastAccount, Events, Body, Sha256);
    }
#pragma warning restore CA1812
}
