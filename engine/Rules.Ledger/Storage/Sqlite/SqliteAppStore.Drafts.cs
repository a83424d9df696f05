using System.Collections.Immutable;
using Rules.Ledger.Drafts;
using Rules.Ledger.Journal;

namespace Rules.Ledger.Storage.Sqlite;

internal sealed partial class SqliteAppStore
{
    private const string DraftColumns =
        """
        SELECT draft_id, ruleset, number, base, rolls_back, text, state, row_version, authors, created_at, changed_at, replay_sha256, effective_at,
               approved_sha256, approved_by, approved_at
        FROM draft
        """;

    private const string SelectDraft = DraftColumns + " WHERE draft_id=?1";

    private const string SelectDrafts =
        DraftColumns + " WHERE (?1 IS NULL OR ruleset=?1) AND (?2=0 OR state IN (1,2,3,4,6)) ORDER BY changed_at DESC, draft_id LIMIT ?3";

    private const string SelectPublishedDraft = DraftColumns + " WHERE ruleset=?1 AND number=?2 AND state IN (5,8) ORDER BY changed_at DESC LIMIT 1";

    private const string InsertDraft =
        """
        INSERT INTO draft(draft_id,ruleset,number,base,rolls_back,text,state,row_version,authors,created_at,changed_at,replay_sha256,effective_at,
          approved_sha256,approved_by,approved_at)
        VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16)
        """;

    private const string UpdateDraft =
        """
        UPDATE draft SET number=?3, base=?4, text=?6, state=?7, row_version=?8, authors=?9, changed_at=?11, replay_sha256=?12, effective_at=?13,
          approved_sha256=?14, approved_by=?15, approved_at=?16
        WHERE draft_id=?1 AND ruleset=?2 AND rolls_back IS ?5 AND created_at=?10 AND row_version=?8-1
        """;

    private const string InsertAudit =
        "INSERT INTO audit(at,actor,action,ruleset,draft_id,number,text_sha256,reason,detail) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9)";

    private const string SelectAudit =
        """
        SELECT audit_id, at, actor, action, ruleset, draft_id, number, text_sha256, reason, detail FROM audit
        WHERE audit_id<?3 AND (?1 IS NULL OR ruleset=?1) AND (?2 IS NULL OR draft_id=?2) ORDER BY audit_id DESC LIMIT ?4
        """;

    private const string InsertComment =
        "INSERT INTO draft_comment(draft_id,at,author,line,line_text,text_sha256,body) VALUES(?1,?2,?3,?4,?5,?6,?7)";

    private const string SelectComments =
        "SELECT draft_id, at, author, line, line_text, text_sha256, body FROM draft_comment WHERE draft_id=?1 ORDER BY comment_id LIMIT ?2";

    private const string InsertGuardLimit = "INSERT INTO guard_rail(ruleset,check_no,most,at,actor) VALUES(?1,?2,?3,?4,?5)";

    private const string SelectGuardLimits = "SELECT ruleset, check_no, most, at, actor FROM guard_rail WHERE ruleset=?1 ORDER BY guard_rail_id";

    public async ValueTask AddCommentAsync(DraftComment comment, CancellationToken cancellationToken) => await store.WriteAsync(session => session.Statement(InsertComment)
        .Bind(1, comment.Draft).Bind(2, Instants.ToMicroseconds(comment.At)).Bind(3, comment.Author).Bind(4, comment.Line).Bind(5, comment.LineText)
        .Bind(6, comment.TextSha256.Span).Bind(7, comment.Body).Execute(), cancellationToken);

    public ValueTask<ImmutableArray<DraftComment>> CommentsAsync(string draft, int limit, CancellationToken cancellationToken) => store.ReadAsync(session =>
    {
        var comments = ImmutableArray.CreateBuilder<DraftComment>();
        var row = session.Statement(SelectComments).Bind(1, draft).Bind(2, limit);
        while (row.Step())
        {
            comments.Add(new DraftComment(row.Text(0), Instants.FromMicroseconds(row.Int64(1)), row.Text(2), row.NullableInt32(3), row.NullableText(4), row.Blob(5), row.Text(6)));
        }

        return comments.ToImmutable();
    }, cancellationToken);

    public async ValueTask AddGuardLimitAsync(GuardLimit limit, CancellationToken cancellationToken) => await store.WriteAsync(session =>
    {
        var statement = session.Statement(InsertGuardLimit).Bind(1, limit.Ruleset).Bind(2, (long)limit.Check).Bind(4, Instants.ToMicroseconds(limit.At)).Bind(5, limit.By);
        return (limit.Most is { } most ? statement.Bind(3, most) : statement.BindNull(3)).Execute();
    }, cancellationToken);

    public ValueTask<ImmutableArray<GuardLimit>> GuardLimitsAsync(string ruleset, CancellationToken cancellationToken) => store.ReadAsync(session =>
    {
        var limits = ImmutableArray.CreateBuilder<GuardLimit>();
        var row = session.Statement(SelectGuardLimits).Bind(1, ruleset);
        while (row.Step())
        {
            limits.Add(new GuardLimit(row.Text(0), (GuardCheck)row.Int32(1), row.IsNull(2) ? null : row.Int64(2), Instants.FromMicroseconds(row.Int64(3)), row.Text(4)));
        }

        return limits.ToImmutable();
    }, cancellationToken);

    public ValueTask<Draft?> DraftAsync(string id, CancellationToken cancellationToken) => store.ReadAsync(session =>
    {
        var statement = session.Statement(SelectDraft);
        if (!statement.Bind(1, id).Step())
        {
            return null;
        }

        var draft = ReadDraft(statement);
        statement.Reset();
        return draft;
    }, cancellationToken);

    public ValueTask<Draft?> PublishedDraftAsync(string ruleset, int number, CancellationToken cancellationToken) => store.ReadAsync(session =>
    {
        var statement = session.Statement(SelectPublishedDraft);
        var draft = statement.Bind(1, ruleset).Bind(2, (long)number).Step() ? ReadDraft(statement) : null;
        statement.Reset();
        return draft;
    }, cancellationToken);

    public ValueTask<ImmutableArray<Draft>> DraftsAsync(string? ruleset, bool open, int limit, CancellationToken cancellationToken) => store.ReadAsync(session =>
    {
        var drafts = ImmutableArray.CreateBuilder<Draft>();
        var statement = session.Statement(SelectDrafts).Bind(1, ruleset).Bind(2, open).Bind(3, limit);
        while (statement.Step())
        {
            drafts.Add(ReadDraft(statement));
        }

        return drafts.ToImmutable();
    }, cancellationToken);

    public async ValueTask AddDraftAsync(Draft draft, AuditRecord record, CancellationToken cancellationToken) => await store.WriteAsync(session =>
    {
        BindDraft(session.Statement(InsertDraft), draft).Execute();
        return WriteAudit(session, record);
    }, cancellationToken);

    public ValueTask<bool> ChangeDraftAsync(Draft draft, AuditRecord record, CancellationToken cancellationToken) => store.WriteAsync(session =>
        BindDraft(session.Statement(UpdateDraft), draft).Execute() == 1 && WriteAudit(session, record) == 1, cancellationToken);

    public ValueTask<ImmutableArray<AuditRecord>> AuditAsync(string? ruleset, string? draft, long before, int limit, CancellationToken cancellationToken) =>
        store.ReadAsync(session =>
        {
            var records = ImmutableArray.CreateBuilder<AuditRecord>();
            var row = session.Statement(SelectAudit).Bind(1, ruleset).Bind(2, draft).Bind(3, before).Bind(4, limit);
            while (row.Step())
            {
                records.Add(new AuditRecord(row.Int64(0), Instants.FromMicroseconds(row.Int64(1)), row.Text(2), (AuditAction)row.Int32(3), row.Text(4), row.Text(5),
                    row.Int32(6), row.Blob(7), row.NullableText(8), row.NullableText(9)));
            }

            return records.ToImmutable();
        }, cancellationToken);

    private static int WriteAudit(SqliteSession session, AuditRecord record) => session.Statement(InsertAudit)
        .Bind(1, Instants.ToMicroseconds(record.At)).Bind(2, record.By).Bind(3, (long)record.Action).Bind(4, record.Ruleset).Bind(5, record.Draft)
        .Bind(6, (long)record.Number).Bind(7, record.TextSha256.Span).Bind(8, record.Reason).Bind(9, record.Detail).Execute();

    private static SqliteStatement BindDraft(SqliteStatement statement, Draft draft)
    {
        statement.Bind(1, draft.Id).Bind(2, draft.Ruleset).Bind(3, (long)draft.Number).Bind(4, (long)draft.Base).Bind(5, draft.RollsBack).Bind(6, draft.Text)
            .Bind(7, (long)draft.State).Bind(8, (long)draft.RowVersion).Bind(9, ListText(draft.Authors)).Bind(10, Instants.ToMicroseconds(draft.CreatedAt))
            .Bind(11, Instants.ToMicroseconds(draft.ChangedAt)).Bind(13, Microseconds(draft.EffectiveAt))
            .Bind(15, draft.Approval?.By).Bind(16, Microseconds(draft.Approval?.At));
        _ = draft.ReplaySha256.IsEmpty ? statement.BindNull(12) : statement.Bind(12, draft.ReplaySha256.Span);
        return draft.Approval is { } approval ? statement.Bind(14, approval.Sha256.Span) : statement.BindNull(14);
    }

    private static Draft ReadDraft(SqliteStatement row) => new()
    {
        Id = row.Text(0),
        Ruleset = row.Text(1),
        Number = row.Int32(2),
        Base = row.Int32(3),
        RollsBack = row.NullableInt32(4),
        Text = row.Text(5),
        State = (DraftState)row.Int32(6),
        RowVersion = row.Int32(7),
        Authors = List(row.Text(8)),
        CreatedAt = Instants.FromMicroseconds(row.Int64(9)),
        ChangedAt = Instants.FromMicroseconds(row.Int64(10)),
        ReplaySha256 = row.Blob(11),
        EffectiveAt = InstantAt(row, 12),
        Approval = row.IsNull(13) ? null : new Approval(row.Blob(13), row.Text(14), Instants.FromMicroseconds(row.Int64(15))),
    };
}
