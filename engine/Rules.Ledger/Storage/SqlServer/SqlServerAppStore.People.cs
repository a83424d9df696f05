using System.Collections.Immutable;
using Microsoft.Data.SqlClient;
using NodaTime;
using Rules.Ledger.Journal;
using Rules.Ledger.People;

namespace Rules.Ledger.Storage.SqlServer;

internal sealed partial class SqlServerAppStore
{
    private const string PersonColumns =
        """
        SELECT p.person_id AS Id, p.name AS Name, p.roles AS Roles, p.password_hash AS PasswordHash, p.stamp AS Stamp, p.failed AS Failed,
          p.locked_until AS LockedUntil, p.created_at AS CreatedAt, p.created_by AS CreatedBy, p.revoked_at AS RevokedAt, p.row_version AS RowVersion
        FROM app.person p
        """;

    private const string SelectPerson = PersonColumns + " WHERE p.person_id = @id";

    private const string SelectPersonByName = PersonColumns + " WHERE p.lookup_name = @lookup";

    private const string SelectPeople = PersonColumns + " ORDER BY p.created_at, p.person_id";

    private const string InsertPerson =
        """
        INSERT app.person(person_id, name, lookup_name, roles, password_hash, stamp, failed, locked_until, created_at, created_by, revoked_at, row_version)
        VALUES(@id, @name, @lookup, @roles, @password_hash, @stamp, @failed, @locked_until, @created_at, @created_by, @revoked_at, @row_version)
        """;

    private const string UpdatePerson =
        """
        UPDATE app.person SET roles = @roles, password_hash = @password_hash, stamp = @stamp, failed = @failed, locked_until = @locked_until,
          revoked_at = @revoked_at, row_version = @row_version
        WHERE person_id = @id AND name = @name AND lookup_name = @lookup AND created_at = @created_at AND created_by = @created_by AND row_version = @row_version - 1
        """;

    private const string InsertPersonRecord =
        """
        INSERT app.person_audit(audited_at, actor, action, person_id, person_name, detail) VALUES(@at, @actor, @action, @person, @person_name, @detail)
        """;

    private const string SelectPeopleLog =
        """
        SELECT TOP (@limit) a.person_audit_id AS Position, a.audited_at AS AuditedAt, a.actor AS Actor, a.action AS Action, a.person_id AS Person,
          a.person_name AS PersonName, a.detail AS Detail
        FROM app.person_audit a WHERE a.person_audit_id < @before AND (@person IS NULL OR a.person_id = @person) ORDER BY a.person_audit_id DESC
        """;

    private const string EndLinks = "UPDATE app.sign_in_link SET used_at = @at WHERE person_id = @person AND used_at IS NULL";

    private const string InsertLink = "INSERT app.sign_in_link(secret_sha256, person_id, created_at, expires_at) VALUES(@hash, @person, @at, @expires_at)";

    private const string SelectLink =
        """
        SELECT l.person_id AS Id FROM app.sign_in_link l JOIN app.person p ON p.person_id = l.person_id
        WHERE l.secret_sha256 = @hash AND l.used_at IS NULL AND l.created_at <= @at AND @at < l.expires_at AND p.revoked_at IS NULL
        """;

    private const string UseLink =
        """
        UPDATE l SET used_at = @at FROM app.sign_in_link l JOIN app.person p ON p.person_id = l.person_id
        WHERE l.secret_sha256 = @hash AND l.used_at IS NULL AND l.created_at <= @at AND @at < l.expires_at AND p.revoked_at IS NULL
        """;

    private const string SelectViews =
        """
        SELECT v.view_id AS Id, v.person_id AS Person, v.name AS Name, v.query AS Query, v.created_at AS CreatedAt
        FROM app.report_view v WHERE v.person_id = @person ORDER BY v.name
        """;

    private const string UpdateView =
        "UPDATE app.report_view WITH (UPDLOCK, HOLDLOCK) SET query = @query, created_at = @created_at WHERE person_id = @person AND name = @name";

    private const string InsertView = "INSERT app.report_view(view_id, person_id, name, query, created_at) VALUES(@id, @person, @name, @query, @created_at)";

    private const string DeleteView = "DELETE FROM app.report_view WHERE person_id = @person AND view_id = @id";

    public async ValueTask<ImmutableArray<ReportView>> ViewsAsync(string person, CancellationToken cancellationToken) => IsNoId(person)
        ? []
        : [.. (await LinesAsync<ViewLine>(SelectViews, command => command.AddText("@person", person, 16), cancellationToken)).Select(static line => line.ToView())];

    public async ValueTask KeepViewAsync(ReportView view, CancellationToken cancellationToken) => await TogetherAsync(async run =>
        await run(UpdateView, command => AddView(command, view)) == 1 || await run(InsertView, command => AddView(command, view)) == 1, cancellationToken);

    public async ValueTask<bool> RemoveViewAsync(string person, string id, CancellationToken cancellationToken) =>
        !IsNoId(person) && !IsNoId(id) && await WriteAsync(DeleteView, command =>
        {
            command.AddText("@person", person, 16);
            command.AddText("@id", id, 16);
        }, cancellationToken) == 1;

    public async ValueTask<Person?> PersonAsync(string id, CancellationToken cancellationToken) => IsNoId(id)
        ? null
        : (await LinesAsync<PersonLine>(SelectPerson, command => command.AddText("@id", id, 16), cancellationToken)).SingleOrDefault()?.ToPerson();

    public async ValueTask<Person?> PersonByNameAsync(string lookup, CancellationToken cancellationToken) => lookup.Length is 0 or > Person.MaximumName || lookup[^1] == ' '
        ? null
        : (await LinesAsync<PersonLine>(SelectPersonByName, command => command.AddText("@lookup", lookup, 100), cancellationToken)).SingleOrDefault()?.ToPerson();

    public async ValueTask<ImmutableArray<Person>> PeopleAsync(CancellationToken cancellationToken) =>
        [.. (await LinesAsync<PersonLine>(SelectPeople, static _ => { }, cancellationToken)).Select(line => line.ToPerson())];

    public async ValueTask AddPersonAsync(Person person, PersonRecord record, CancellationToken cancellationToken) => await TogetherAsync(async run =>
    {
        await run(InsertPerson, command => AddPerson(command, person));
        return await run(InsertPersonRecord, command => AddRecord(command, record));
    }, cancellationToken);

    public async ValueTask<bool> ChangePersonAsync(Person person, PersonRecord? record, CancellationToken cancellationToken) => !IsNoId(person.Id) && await TogetherAsync(
        async run => await run(UpdatePerson, command => AddPerson(command, person)) == 1
            && (record is null || await run(InsertPersonRecord, command => AddRecord(command, record)) == 1), cancellationToken);

    public async ValueTask AddLinkAsync(SignInLink link, PersonRecord record, CancellationToken cancellationToken) => await TogetherAsync(async run =>
    {
        await run(EndLinks, command =>
        {
            command.AddText("@person", link.Person, 16);
            command.AddInstant("@at", link.CreatedAt);
        });
        await run(InsertLink, command =>
        {
            command.AddHash("@hash", link.Sha256);
            command.AddText("@person", link.Person, 16);
            command.AddInstant("@at", link.CreatedAt);
            command.AddInstant("@expires_at", link.ExpiresAt);
        });
        return await run(InsertPersonRecord, command => AddRecord(command, record));
    }, cancellationToken);

    public async ValueTask<string?> LinkAsync(ReadOnlyMemory<byte> sha256, Instant at, CancellationToken cancellationToken) =>
        (await LinesAsync<string>(SelectLink, command => AddLink(command, sha256, at), cancellationToken)).SingleOrDefault();

    public async ValueTask<bool> UseLinkAsync(ReadOnlyMemory<byte> sha256, Instant at, CancellationToken cancellationToken) =>
        await WriteAsync(UseLink, command => AddLink(command, sha256, at), cancellationToken) == 1;

    public async ValueTask<ImmutableArray<PersonRecord>> PeopleLogAsync(string? person, long before, int limit, CancellationToken cancellationToken) =>
        [.. (await LinesAsync<PersonRecordLine>(SelectPeopleLog, command =>
        {
            command.AddText("@person", person, -1);
            command.AddInt64("@before", before);
            command.AddInt32("@limit", limit);
        }, cancellationToken)).Select(line => line.ToRecord())];

    public async ValueTask TellAsync(PersonRecord record, CancellationToken cancellationToken) =>
        await WriteAsync(InsertPersonRecord, command => AddRecord(command, record), cancellationToken);

    private static void AddLink(SqlCommand command, ReadOnlyMemory<byte> sha256, Instant at)
    {
        command.AddHash("@hash", sha256);
        command.AddInstant("@at", at);
    }

    private static void AddView(SqlCommand command, ReportView view)
    {
        command.AddText("@id", view.Id, 16);
        command.AddText("@person", view.Person, 16);
        command.AddText("@name", view.Name, 100);
        command.AddText("@query", view.Query, 2000);
        command.AddInstant("@created_at", view.CreatedAt);
    }

    private static void AddPerson(SqlCommand command, Person person)
    {
        command.AddText("@id", person.Id, 16);
        command.AddText("@name", person.Name, 100);
        command.AddText("@lookup", Person.Lookup(person.Name), 100);
        command.AddInt32("@roles", (int)person.Roles);
        command.AddText("@password_hash", person.PasswordHash, 400);
        command.AddText("@stamp", person.Stamp, 100);
        command.AddInt32("@failed", person.FailedSignIns);
        command.AddInstant("@locked_until", person.LockedUntil);
        command.AddInstant("@created_at", person.CreatedAt);
        command.AddText("@created_by", person.CreatedBy, 100);
        command.AddInstant("@revoked_at", person.RevokedAt);
        command.AddInt32("@row_version", person.RowVersion);
    }

    private static void AddRecord(SqlCommand command, PersonRecord record)
    {
        command.AddInstant("@at", record.At);
        command.AddText("@actor", record.By, 100);
        command.AddInt32("@action", (int)record.Action);
        command.AddText("@person", record.Person, 16);
        command.AddText("@person_name", record.PersonName, 100);
        command.AddText("@detail", record.Detail, 400);
    }

#pragma warning disable CA1812 // Made by Dapper.
    private sealed class PersonLine
    {
        public string Id { get; set; } = "";

        public string Name { get; set; } = "";

        public int Roles { get; set; }

        public string? PasswordHash { get; set; }

        public string Stamp { get; set; } = "";

        public int Failed { get; set; }

        public long? LockedUntil { get; set; }

        public long CreatedAt { get; set; }

        public string CreatedBy { get; set; } = "";

        public long? RevokedAt { get; set; }

        public int RowVersion { get; set; }

        public Person ToPerson() => new()
        {
            Id = Id,
            Name = Name,
            Roles = (PersonRoles)Roles,
            PasswordHash = PasswordHash,
            Stamp = Stamp,
            FailedSignIns = Failed,
            LockedUntil = LockedUntil is { } until ? Instants.FromMicroseconds(until) : null,
            CreatedAt = Instants.FromMicroseconds(CreatedAt),
            CreatedBy = CreatedBy,
            RevokedAt = RevokedAt is { } at ? Instants.FromMicroseconds(at) : null,
            RowVersion = RowVersion,
        };
    }

    private sealed class PersonRecordLine
    {
        public long Position { get; set; }

        public long AuditedAt { get; set; }

        public string Actor { get; set; } = "";

        public byte Action { get; set; }

        public string Person { get; set; } = "";

        public string PersonName { get; set; } = "";

        public string? Detail { get; set; }

        public PersonRecord ToRecord() => new(Position, Instants.FromMicroseconds(AuditedAt), Actor, (PersonAction)Action, Person, PersonName, Detail);
    }

    private sealed class ViewLine
    {
        public string Id { get; set; } = "";

        public string Person { get; set; } = "";

        public string Name { get; set; } = "";

        public string Query { get; set; } = "";

        public long CreatedAt { get; set; }

        public ReportView ToView() => new(Id, Person, Name, Query, Instants.FromMicroseconds(CreatedAt));
    }
#pragma warning restore CA1812
}
