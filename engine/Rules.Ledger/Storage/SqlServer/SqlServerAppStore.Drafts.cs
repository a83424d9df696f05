using System.Collections.Immutable;
using System.Data;
using Microsoft.Data.SqlClient;
using Rules.Ledger.Drafts;
using Rules.Ledger.Journal;

namespace Rules.Ledger.Storage.SqlServer;

internal sealed partial class SqlServerAppStore
{
    private const string SelectDraft =
        """
        SELECT d.draft_id AS Id, d.ruleset AS Ruleset, d.number AS Number, d.base AS Base, d.rolls_back AS RollsBack, d.text AS Text, d.state AS State,
          d.row_version AS RowVersion, d.authors AS Authors, d.created_at AS CreatedAt, d.changed_at AS ChangedAt, d.replay_sha256 AS Replay,
          d.effective_at AS EffectiveAt, d.approved_sha256 AS Approved, d.approved_by AS ApprovedBy, d.approved_at AS ApprovedAt
        FROM app.draft d WHERE d.draft_id = @id
        """;

    private const string SelectDrafts =
        """
        SELECT TOP (@limit) d.draft_id AS Id, d.ruleset AS Ruleset, d.number AS Number, d.base AS Base, d.rolls_back AS RollsBack, d.text AS Text, d.state AS State,
          d.row_version AS RowVersion, d.authors AS Authors, d.created_at AS CreatedAt, d.changed_at AS ChangedAt, d.replay_sha256 AS Replay,
          d.effective_at AS EffectiveAt, d.approved_sha256 AS Approved, d.approved_by AS ApprovedBy, d.approved_at AS ApprovedAt
        FROM app.draft d WHERE (@ruleset IS NULL OR d.ruleset = @ruleset) AND (@open = 0 OR d.state IN (1,2,3,4,6)) ORDER BY d.changed_at DESC, d.draft_id
        """;

    private const string SelectPublishedDraft =
        """
        SELECT TOP (1) d.draft_id AS Id, d.ruleset AS Ruleset, d.number AS Number, d.base AS Base, d.rolls_back AS RollsBack, d.text AS Text, d.state AS State,
          d.row_version AS RowVersion, d.authors AS Authors, d.created_at AS CreatedAt, d.changed_at AS ChangedAt, d.replay_sha256 AS Replay,
          d.effective_at AS EffectiveAt, d.approved_sha256 AS Approved, d.approved_by AS ApprovedBy, d.approved_at AS ApprovedAt
        FROM app.draft d WHERE d.ruleset = @ruleset AND d.number = @number AND d.state IN (5,8) ORDER BY d.changed_at DESC
        """;

    private const string InsertDraft =
        """
        INSERT app.draft(draft_id, ruleset, number, base, rolls_back, text, state, row_version, authors, created_at, changed_at, replay_sha256, effective_at,
          approved_sha256, approved_by, approved_at)
        VALUES(@id, @ruleset, @number, @base, @rolls_back, @text, @state, @row_version, @authors, @created_at, @changed_at, @replay, @effective_at,
          @approved, @approved_by, @approved_at)
        """;

    private const string UpdateDraft =
        """
        UPDATE app.draft SET number = @number, base = @base, text = @text, state = @state, row_version = @row_version, authors = @authors,
          changed_at = @changed_at, replay_sha256 = @replay, effective_at = @effective_at, approved_sha256 = @approved, approved_by = @approved_by, approved_at = @approved_at
        WHERE draft_id = @id AND ruleset = @ruleset AND COALESCE(rolls_back, 0) = COALESCE(@rolls_back, 0) AND created_at = @created_at AND row_version = @row_version - 1
        """;

    private const string InsertAudit =
        """
        INSERT app.audit(audited_at, actor, action, ruleset, draft_id, number, text_sha256, reason, detail)
        VALUES(@at, @actor, @action, @ruleset, @draft, @number, @text_sha256, @reason, @detail)
        """;

    private const string SelectAudit =
        """
        SELECT TOP (@limit) a.audit_id AS Position, a.audited_at AS AuditedAt, a.actor AS Actor, a.action AS Action, a.ruleset AS Ruleset, a.draft_id AS Draft,
          a.number AS Number, a.text_sha256 AS TextSha256, a.reason AS Reason, a.detail AS Detail
        FROM app.audit a WHERE a.audit_id < @before AND (@ruleset IS NULL OR a.ruleset = @ruleset) AND (@draft IS NULL OR a.draft_id = @draft) ORDER BY a.audit_id DESC
        """;

    private const string InsertComment =
        "INSERT app.draft_comment(draft_id, said_at, author, line, line_text, text_sha256, body) VALUES(@draft, @at, @author, @line, @line_text, @text_sha256, @body)";

    private const string SelectComments =
        """
        SELECT TOP (@limit) c.draft_id AS Draft, c.said_at AS SaidAt, c.author AS Author, c.line AS Line, c.line_text AS LineText, c.text_sha256 AS TextSha256, c.body AS Body
        FROM app.draft_comment c WHERE c.draft_id = @draft ORDER BY c.comment_id
        """;

    private const string InsertGuardLimit = "INSERT app.guard_rail(ruleset, check_no, most, set_at, actor) VALUES(@ruleset, @check, @most, @at, @actor)";

    private const string SelectGuardLimits =
        "SELECT g.ruleset AS Ruleset, g.check_no AS CheckNumber, g.most AS Most, g.set_at AS SetAt, g.actor AS Actor FROM app.guard_rail g WHERE g.ruleset = @ruleset ORDER BY g.guard_rail_id";

    public async ValueTask AddCommentAsync(DraftComment comment, CancellationToken cancellationToken) => await TogetherAsync(run => run(InsertComment, command =>
    {
        command.AddText("@draft", comment.Draft, 16);
        command.AddInstant("@at", comment.At);
        command.AddText("@author", comment.Author, 100);
        command.AddInt32("@line", comment.Line);
        command.AddText("@line_text", comment.LineText, -1);
        command.AddHash("@text_sha256", comment.TextSha256);
        command.AddText("@body", comment.Body, 4000);
    }), cancellationToken);

    public async ValueTask<ImmutableArray<DraftComment>> CommentsAsync(string draft, int limit, CancellationToken cancellationToken) => IsNoId(draft)
        ? []
        : [.. (await LinesAsync<CommentLine>(SelectComments, command =>
        {
            command.AddText("@draft", draft, 16);
            command.AddInt32("@limit", limit);
        }, cancellationToken)).Select(line => line.ToComment())];

    public async ValueTask AddGuardLimitAsync(GuardLimit limit, CancellationToken cancellationToken) => await TogetherAsync(run => run(InsertGuardLimit, command =>
    {
        command.AddText("@ruleset", limit.Ruleset, 64);
        command.AddInt32("@check", (int)limit.Check);
        command.Parameters.Add("@most", SqlDbType.BigInt).Value = limit.Most is { } most ? most : DBNull.Value;
        command.AddInstant("@at", limit.At);
        command.AddText("@actor", limit.By, 100);
    }), cancellationToken);

    public async ValueTask<ImmutableArray<GuardLimit>> GuardLimitsAsync(string ruleset, CancellationToken cancellationToken) =>
        [.. (await LinesAsync<GuardLimitLine>(SelectGuardLimits, command => command.AddText("@ruleset", ruleset, 64), cancellationToken)).Select(line => line.ToLimit())];

    public async ValueTask<Draft?> DraftAsync(string id, CancellationToken cancellationToken) => IsNoId(id)
        ? null
        : (await LinesAsync<DraftLine>(SelectDraft, command => command.AddText("@id", id, 16), cancellationToken)).SingleOrDefault()?.ToDraft();

    public async ValueTask<Draft?> PublishedDraftAsync(string ruleset, int number, CancellationToken cancellationToken) =>
        (await LinesAsync<DraftLine>(SelectPublishedDraft, command =>
        {
            command.AddText("@ruleset", ruleset, -1);
            command.AddInt32("@number", number);
        }, cancellationToken)).SingleOrDefault()?.ToDraft();

    public async ValueTask<ImmutableArray<Draft>> DraftsAsync(string? ruleset, bool open, int limit, CancellationToken cancellationToken) =>
        [.. (await LinesAsync<DraftLine>(SelectDrafts, command =>
        {
            command.AddText("@ruleset", ruleset, -1);
            command.AddInt32("@open", open ? 1 : 0);
            command.AddInt32("@limit", limit);
        }, cancellationToken)).Select(line => line.ToDraft())];

    public async ValueTask AddDraftAsync(Draft draft, AuditRecord record, CancellationToken cancellationToken) => await TogetherAsync(async run =>
    {
        await run(InsertDraft, command => AddDraft(command, draft));
        return await run(InsertAudit, command => AddAudit(command, record));
    }, cancellationToken);

    public async ValueTask<bool> ChangeDraftAsync(Draft draft, AuditRecord record, CancellationToken cancellationToken) => !IsNoId(draft.Id) && await TogetherAsync(
        async run => await run(UpdateDraft, command => AddDraft(command, draft)) == 1 && await run(InsertAudit, command => AddAudit(command, record)) == 1, cancellationToken);

    public async ValueTask<ImmutableArray<AuditRecord>> AuditAsync(string? ruleset, string? draft, long before, int limit, CancellationToken cancellationToken) =>
        [.. (await LinesAsync<AuditLine>(SelectAudit, command =>
        {
            command.AddText("@ruleset", ruleset, -1);
            command.AddText("@draft", draft, -1);
            command.AddInt64("@before", before);
            command.AddInt32("@limit", limit);
        }, cancellationToken)).Select(line => line.ToRecord())];

    private static void AddDraft(SqlCommand command, Draft draft)
    {
        command.AddText("@id", draft.Id, 16);
        command.AddText("@ruleset", draft.Ruleset, 64);
        command.AddInt32("@number", draft.Number);
        command.AddInt32("@base", draft.Base);
        command.AddInt32("@rolls_back", draft.RollsBack);
        command.AddText("@text", draft.Text, -1);
        command.AddInt32("@state", (int)draft.State);
        command.AddInt32("@row_version", draft.RowVersion);
        command.AddText("@authors", ListText(draft.Authors), -1);
        command.AddInstant("@created_at", draft.CreatedAt);
        command.AddInstant("@changed_at", draft.ChangedAt);
        AddHashOrNull(command, "@replay", draft.ReplaySha256);
        command.AddInstant("@effective_at", draft.EffectiveAt);
        AddHashOrNull(command, "@approved", draft.Approval?.Sha256 ?? default);
        command.AddText("@approved_by", draft.Approval?.By, 100);
        command.AddInstant("@approved_at", draft.Approval?.At);
    }

    private static void AddAudit(SqlCommand command, AuditRecord record)
    {
        command.AddInstant("@at", record.At);
        command.AddText("@actor", record.By, 100);
        command.AddInt32("@action", (int)record.Action);
        command.AddText("@ruleset", record.Ruleset, 64);
        command.AddText("@draft", record.Draft, 16);
        command.AddInt32("@number", record.Number);
        command.AddHash("@text_sha256", record.TextSha256);
        command.AddText("@reason", record.Reason, 2000);
        command.AddText("@detail", record.Detail, -1);
    }

    private static void AddHashOrNull(SqlCommand command, string name, ReadOnlyMemory<byte> hash)
    {
        if (hash.IsEmpty)
        {
            command.Parameters.Add(name, SqlDbType.Binary, EntryHash.Size).Value = DBNull.Value;
        }
        else
        {
            command.AddHash(name, hash);
        }
    }

#pragma warning disable CA1812 // Made by Dapper.
    private sealed class CommentLine
    {
        public string Draft { get; set; } = "";

        public long SaidAt { get; set; }

        public string Author { get; set; } = "";

        public int? Line { get; set; }

        public string? LineText { get; set; }

        public byte[] TextSha256 { get; set; } = [];

        public string Body { get; set; } = "";

        public DraftComment ToComment() => new(Draft, Instants.FromMicroseconds(SaidAt), Author, Line, LineText, TextSha256, Body);
    }

    private sealed class GuardLimitLine
    {
        public string Ruleset { get; set; } = "";

        public byte CheckNumber { get; set; }

        public long? Most { get; set; }

        public long SetAt { get; set; }

        public string Actor { get; set; } = "";

        public GuardLimit ToLimit() => new(Ruleset, (GuardCheck)CheckNumber, Most, Instants.FromMicroseconds(SetAt), Actor);
    }

    private sealed class DraftLine
    {
        public string Id { get; set; } = "";

        public string Ruleset { get; set; } = "";

        public int Number { get; set; }

        public int Base { get; set; }

        public int? RollsBack { get; set; }

        public string Text { get; set; } = "";

        public byte State { get; set; }

        public int RowVersion { get; set; }

        public string Authors { get; set; } = "";

        public long CreatedAt { get; set; }

        public long ChangedAt { get; set; }

        public byte[]? Replay { get; set; }

        public long? EffectiveAt { get; set; }

        public byte[]? Approved { get; set; }

        public string? ApprovedBy { get; set; }

        public long? ApprovedAt { get; set; }

        public Draft ToDraft() => new()
        {
            Id = Id,
            Ruleset = Ruleset,
            Number = Number,
            Base = Base,
            RollsBack = RollsBack,
            Text = Text,
            State = (DraftState)State,
            RowVersion = RowVersion,
            Authors = List(Authors),
            CreatedAt = Instants.FromMicroseconds(CreatedAt),
            ChangedAt = Instants.FromMicroseconds(ChangedAt),
            ReplaySha256 = Replay ?? [],
            EffectiveAt = EffectiveAt is { } at ? Instants.FromMicroseconds(at) : null,
            Approval = Approved is null ? null : new Approval(Approved, ApprovedBy!, Instants.FromMicroseconds(ApprovedAt!.Value)),
        };
    }

    private sealed class AuditLine
    {
        public long Position { get; set; }

        public long AuditedAt { get; set; }

        public string Actor { get; set; } = "";

        public byte Action { get; set; }

        public string Ruleset { get; set; } = "";

        public string Draft { get; set; } = "";

        public int Number { get; set; }

        public byte[] TextSha256 { get; set; } = [];

        public string? Reason { get; set; }

        public string? Detail { get; set; }

        public AuditRecord ToRecord() =>
            new(Position, Instants.FromMicroseconds(AuditedAt), Actor, (AuditAction)Action, Ruleset, Draft, Number, TextSha256, Reason, Detail);
    }
#pragma warning restore CA1812
}
