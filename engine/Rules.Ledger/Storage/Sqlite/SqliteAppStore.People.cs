using System.Collections.Immutable;
using NodaTime;
using Rules.Ledger.Journal;
using Rules.Ledger.People;

namespace Rules.Ledger.Storage.Sqlite;

internal sealed partial class SqliteAppStore
{
    private const string PersonColumns =
        """
        SELECT person_id, name, roles, password_hash, stamp, failed, locked_until, created_at, created_by, revoked_at, row_version FROM person
        """;

    private const string SelectPerson = PersonColumns + " WHERE person_id=?1";

    private const string SelectPersonByName = PersonColumns + " WHERE lookup_name=?1";

    private const string SelectPeople = PersonColumns + " ORDER BY created_at, person_id";

    private const string InsertPerson =
        """
        INSERT INTO person(person_id,name,lookup_name,roles,password_hash,stamp,failed,locked_until,created_at,created_by,revoked_at,row_version)
        VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12)
        """;

    private const string UpdatePerson =
        """
        UPDATE person SET roles=?4, password_hash=?5, stamp=?6, failed=?7, locked_until=?8, revoked_at=?11, row_version=?12
        WHERE person_id=?1 AND name=?2 AND lookup_name=?3 AND created_at=?9 AND created_by=?10 AND row_version=?12-1
        """;

    private const string InsertPersonRecord = "INSERT INTO person_audit(at,actor,action,person_id,person_name,detail) VALUES(?1,?2,?3,?4,?5,?6)";

    private const string SelectPeopleLog =
        """
        SELECT person_audit_id, at, actor, action, person_id, person_name, detail FROM person_audit
        WHERE person_audit_id<?2 AND (?1 IS NULL OR person_id=?1) ORDER BY person_audit_id DESC LIMIT ?3
        """;

    private const string EndLinks = "UPDATE sign_in_link SET used_at=?2 WHERE person_id=?1 AND used_at IS NULL";

    private const string InsertLink = "INSERT INTO sign_in_link(secret_sha256,person_id,created_at,expires_at) VALUES(?1,?2,?3,?4)";

    private const string SelectLink =
        """
        SELECT l.person_id FROM sign_in_link l JOIN person p ON p.person_id=l.person_id
        WHERE l.secret_sha256=?1 AND l.used_at IS NULL AND l.created_at<=?2 AND ?2<l.expires_at AND p.revoked_at IS NULL
        """;

    private const string UseLink =
        """
        UPDATE sign_in_link SET used_at=?2 WHERE secret_sha256=?1 AND used_at IS NULL AND created_at<=?2 AND ?2<expires_at
          AND EXISTS(SELECT 1 FROM person p WHERE p.person_id=sign_in_link.person_id AND p.revoked_at IS NULL)
        """;

    private const string SelectViews = "SELECT view_id, person_id, name, query, created_at FROM report_view WHERE person_id=?1 ORDER BY name";

    private const string KeepView =
        """
        INSERT INTO report_view(view_id,person_id,name,query,created_at) VALUES(?1,?2,?3,?4,?5)
        ON CONFLICT(person_id,name) DO UPDATE SET query=excluded.query, created_at=excluded.created_at
        """;

    private const string DeleteView = "DELETE FROM report_view WHERE person_id=?1 AND view_id=?2";

    public ValueTask<ImmutableArray<ReportView>> ViewsAsync(string person, CancellationToken cancellationToken) => store.ReadAsync(session =>
    {
        var views = ImmutableArray.CreateBuilder<ReportView>();
        var row = session.Statement(SelectViews).Bind(1, person);
        while (row.Step())
        {
            views.Add(new ReportView(row.Text(0), row.Text(1), row.Text(2), row.Text(3), Instants.FromMicroseconds(row.Int64(4))));
        }

        return views.ToImmutable();
    }, cancellationToken);

    public async ValueTask KeepViewAsync(ReportView view, CancellationToken cancellationToken) => await store.WriteAsync(session => session.Statement(KeepView)
        .Bind(1, view.Id).Bind(2, view.Person).Bind(3, view.Name).Bind(4, view.Query).Bind(5, Instants.ToMicroseconds(view.CreatedAt)).Execute(), cancellationToken);

    public async ValueTask<bool> RemoveViewAsync(string person, string id, CancellationToken cancellationToken) =>
        await store.WriteAsync(session => session.Statement(DeleteView).Bind(1, person).Bind(2, id).Execute(), cancellationToken) == 1;

    public ValueTask<Person?> PersonAsync(string id, CancellationToken cancellationToken) => OnePersonAsync(SelectPerson, id, cancellationToken);

    public ValueTask<Person?> PersonByNameAsync(string lookup, CancellationToken cancellationToken) => OnePersonAsync(SelectPersonByName, lookup, cancellationToken);

    public ValueTask<ImmutableArray<Person>> PeopleAsync(CancellationToken cancellationToken) => store.ReadAsync(static session =>
    {
        var people = ImmutableArray.CreateBuilder<Person>();
        var row = session.Statement(SelectPeople);
        while (row.Step())
        {
            people.Add(ReadPerson(row));
        }

        return people.ToImmutable();
    }, cancellationToken);

    public async ValueTask AddPersonAsync(Person person, PersonRecord record, CancellationToken cancellationToken) => await store.WriteAsync(session =>
    {
        BindPerson(session.Statement(InsertPerson), person).Execute();
        return WriteRecord(session, record);
    }, cancellationToken);

    public ValueTask<bool> ChangePersonAsync(Person person, PersonRecord? record, CancellationToken cancellationToken) => store.WriteAsync(session =>
        BindPerson(session.Statement(UpdatePerson), person).Execute() == 1 && (record is null || WriteRecord(session, record) == 1), cancellationToken);

    public async ValueTask AddLinkAsync(SignInLink link, PersonRecord record, CancellationToken cancellationToken) => await store.WriteAsync(session =>
    {
        session.Statement(EndLinks).Bind(1, link.Person).Bind(2, Instants.ToMicroseconds(link.CreatedAt)).Execute();
        session.Statement(InsertLink).Bind(1, link.Sha256.Span).Bind(2, link.Person).Bind(3, Instants.ToMicroseconds(link.CreatedAt))
            .Bind(4, Instants.ToMicroseconds(link.ExpiresAt)).Execute();
        return WriteRecord(session, record);
    }, cancellationToken);

    public ValueTask<string?> LinkAsync(ReadOnlyMemory<byte> sha256, Instant at, CancellationToken cancellationToken) => store.ReadAsync(session =>
    {
        var row = session.Statement(SelectLink).Bind(1, sha256.Span).Bind(2, Instants.ToMicroseconds(at));
        var person = row.Step() ? row.Text(0) : null;
        row.Reset();
        return person;
    }, cancellationToken);

    public async ValueTask<bool> UseLinkAsync(ReadOnlyMemory<byte> sha256, Instant at, CancellationToken cancellationToken) => await store.WriteAsync(session =>
        session.Statement(UseLink).Bind(1, sha256.Span).Bind(2, Instants.ToMicroseconds(at)).Execute(), cancellationToken) == 1;

    public ValueTask<ImmutableArray<PersonRecord>> PeopleLogAsync(string? person, long before, int limit, CancellationToken cancellationToken) => store.ReadAsync(session =>
    {
        var records = ImmutableArray.CreateBuilder<PersonRecord>();
        var row = session.Statement(SelectPeopleLog).Bind(1, person).Bind(2, before).Bind(3, limit);
        while (row.Step())
        {
            records.Add(new PersonRecord(
                row.Int64(0), Instants.FromMicroseconds(row.Int64(1)), row.Text(2), (PersonAction)row.Int32(3), row.Text(4), row.Text(5), row.NullableText(6)));
        }

        return records.ToImmutable();
    }, cancellationToken);

    public async ValueTask TellAsync(PersonRecord record, CancellationToken cancellationToken) =>
        await store.WriteAsync(session => WriteRecord(session, record), cancellationToken);

    private ValueTask<Person?> OnePersonAsync(string sql, string key, CancellationToken cancellationToken) => store.ReadAsync(session =>
    {
        var row = session.Statement(sql).Bind(1, key);
        var person = row.Step() ? ReadPerson(row) : null;
        row.Reset();
        return person;
    }, cancellationToken);

    private static int WriteRecord(SqliteSession session, PersonRecord record) => session.Statement(InsertPersonRecord)
        .Bind(1, Instants.ToMicroseconds(record.At)).Bind(2, record.By).Bind(3, (long)record.Action).Bind(4, record.Person).Bind(5, record.PersonName)
        .Bind(6, record.Detail).Execute();

    private static SqliteStatement BindPerson(SqliteStatement statement, Person person) => statement
        .Bind(1, person.Id).Bind(2, person.Name).Bind(3, Person.Lookup(person.Name)).Bind(4, (long)person.Roles).Bind(5, person.PasswordHash).Bind(6, person.Stamp)
        .Bind(7, (long)person.FailedSignIns).Bind(8, Microseconds(person.LockedUntil)).Bind(9, Instants.ToMicroseconds(person.CreatedAt)).Bind(10, person.CreatedBy)
        .Bind(11, Microseconds(person.RevokedAt)).Bind(12, (long)person.RowVersion);

    private static Person ReadPerson(SqliteStatement row) => new()
    {
        Id = row.Text(0),
        Name = row.Text(1),
        Roles = (PersonRoles)row.Int32(2),
        PasswordHash = row.NullableText(3),
        Stamp = row.Text(4),
        FailedSignIns = row.Int32(5),
        LockedUntil = InstantAt(row, 6),
        CreatedAt = Instants.FromMicroseconds(row.Int64(7)),
        CreatedBy = row.Text(8),
        RevokedAt = InstantAt(row, 9),
        RowVersion = row.Int32(10),
    };
}
