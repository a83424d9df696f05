using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using NodaTime;
using Rules.Ledger.Access;
using Rules.Ledger.Drafts;
using Rules.Ledger.Journal;
using Rules.Ledger.Storage;

namespace Rules.Ledger.People;

/// <summary>Why something was not done to a person.</summary>
/// <param name="Code">Stable.</param>
public sealed record PersonProblem(string Code, string Message);

/// <param name="Person">As it is now; null where there is none.</param>
/// <param name="Problem">Null where it was done.</param>
public sealed record PersonResult(Person? Person, PersonProblem? Problem)
{
    public bool Succeeded => Problem is null;
}

/// <summary>The people of one database: added, trusted with roles, revoked, restored. Every step is refused or written whole with its line of the log.</summary>
public sealed class PeopleDirectory
{
    /// <summary>How long a sign-in link counts.</summary>
    public static readonly Duration LinkValidity = Duration.FromHours(1);

    /// <summary>The most lines of the log at once.</summary>
    public const int LargestPage = 500;

    private const int LinkBytes = 32;

    private const PersonRoles Every = PersonRoles.Viewer | PersonRoles.Editor | PersonRoles.Approver | PersonRoles.Operator | PersonRoles.Admin | PersonRoles.Emergency;

    private readonly IPeopleStore _store;
    private readonly TimeProvider _time;

    internal PeopleDirectory(IPeopleStore store, TimeProvider time)
    {
        _store = store;
        _time = time;
    }

    /// <summary>Null where there is none of that id.</summary>
    public ValueTask<Person?> FindAsync(string id, CancellationToken cancellationToken) => _store.PersonAsync(id, cancellationToken);

    /// <summary>Null where nobody has or had the name.</summary>
    public ValueTask<Person?> FindByNameAsync(string name, CancellationToken cancellationToken) =>
        Person.IsName(name) ? _store.PersonByNameAsync(Person.Lookup(name), cancellationToken) : ValueTask.FromResult<Person?>(null);

    /// <summary>Everybody, in the order in which they were added.</summary>
    public ValueTask<ImmutableArray<Person>> ListAsync(CancellationToken cancellationToken) => _store.PeopleAsync(cancellationToken);

    /// <summary>The log, newest first. A limit outside 1 to 500 is brought inside.</summary>
    public ValueTask<ImmutableArray<PersonRecord>> LogAsync(string? person, long? before, int limit, CancellationToken cancellationToken) =>
        _store.PeopleLogAsync(person, before ?? long.MaxValue, Math.Clamp(limit, 1, LargestPage), cancellationToken);

    /// <summary>The reports that somebody keeps, by name.</summary>
    /// <param name="person">An id.</param>
    public ValueTask<ImmutableArray<ReportView>> ViewsAsync(string person, CancellationToken cancellationToken) => _store.ViewsAsync(person, cancellationToken);

    /// <summary>Keeps a report under a name; one of that name before is written over.</summary>
    /// <param name="person">An id.</param>
    /// <returns>Why it is not kept; null where it is.</returns>
    public async Task<PersonProblem?> KeepViewAsync(string person, string name, string query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        var called = name?.Trim() ?? "";
        if (called.Length is 0 or > ReportView.MaximumName || called.Any(char.IsControl))
        {
            return new PersonProblem("view_name", $"Name the view in 1 to {ReportView.MaximumName} characters.");
        }

        if (query.Length > ReportView.MaximumQuery)
        {
            return new PersonProblem("view_query", "This report's address is too long to be kept.");
        }

        var known = await _store.ViewsAsync(person, cancellationToken);
        if (known.Length >= ReportView.MaximumOfPerson && known.All(view => view.Name != called))
        {
            return new PersonProblem("view_limit", $"You keep {ReportView.MaximumOfPerson} views, the most there are. Delete one first.");
        }

        await _store.KeepViewAsync(new ReportView(ApiKeyText.NewId(), person, called, query, Instants.Now(_time)), cancellationToken);
        return null;
    }

    /// <returns>False where the person keeps no view of that id.</returns>
    public ValueTask<bool> RemoveViewAsync(string person, string id, CancellationToken cancellationToken) => _store.RemoveViewAsync(person, id, cancellationToken);

    public async Task<PersonResult> AddAsync(string name, PersonRoles roles, string by, CancellationToken cancellationToken)
    {
        if (!Person.IsName(name))
        {
            return Refuse(null, "person_name", $"A name has 1 to {Person.MaximumName} characters that others know somebody by, and is not \"{DraftActor.System.Name}\".");
        }

        if (RolesFault(roles) is { } fault)
        {
            return new PersonResult(null, fault);
        }

        if (await _store.PersonByNameAsync(Person.Lookup(name), cancellationToken) is { } taken)
        {
            return Refuse(taken, "person_exists", $"\"{taken.Name}\" is somebody's name{(taken.RevokedAt is null ? "" : " who was revoked; restore them, or use another name")}.");
        }

        var person = new Person
        {
            Id = ApiKeyText.NewId(),
            Name = name,
            Roles = roles,
            Stamp = ApiKeyText.NewId(),
            CreatedAt = Instants.Now(_time),
            CreatedBy = by,
            RowVersion = 1,
        };
        await _store.AddPersonAsync(person, Told(person, PersonAction.Added, by, RoleWords.Of(roles)), cancellationToken);
        return new PersonResult(person, null);
    }

    /// <summary>Trusts somebody with other roles; their sessions end.</summary>
    public Task<PersonResult> ChangeRolesAsync(string id, int rowVersion, PersonRoles roles, string by, CancellationToken cancellationToken) =>
        ChangeAsync(id, rowVersion, person => person with { Roles = roles, Stamp = ApiKeyText.NewId() }, PersonAction.RolesChanged, by,
            person => $"{RoleWords.Of(person.Roles)} → {RoleWords.Of(roles)}", cancellationToken);

    /// <summary>Ends somebody's sessions; they may not sign in again until they are restored.</summary>
    public Task<PersonResult> RevokeAsync(string id, int rowVersion, string by, CancellationToken cancellationToken) =>
        ChangeAsync(id, rowVersion, person => person with { RevokedAt = person.RevokedAt ?? Instants.Now(_time), Stamp = ApiKeyText.NewId() }, PersonAction.Revoked, by, null, cancellationToken);

    /// <summary>Lets somebody sign in again who was revoked; with a link, their old password does not count.</summary>
    public Task<PersonResult> RestoreAsync(string id, int rowVersion, string by, CancellationToken cancellationToken) =>
        ChangeAsync(id, rowVersion, person => person with { RevokedAt = null, PasswordHash = null, Stamp = ApiKeyText.NewId() }, PersonAction.Restored, by, null, cancellationToken);

    /// <summary>Ends every session of somebody.</summary>
    public Task<PersonResult> SignOutAsync(Person person, CancellationToken cancellationToken) =>
        ChangeAsync(person.Id, person.RowVersion, static found => found with { Stamp = ApiKeyText.NewId() }, PersonAction.SignedOut, person.Name, null, cancellationToken);

    /// <summary>Writes what the service's sign-in made of a person: password, stamp, counted failures.</summary>
    /// <param name="action">Null: a counted failure, of which nobody has to be told.</param>
    /// <returns>The person as stored; null where somebody was faster.</returns>
    public async Task<Person?> KeepAsync(Person person, PersonAction? action, string? detail, CancellationToken cancellationToken)
    {
        var next = person with { RowVersion = person.RowVersion + 1 };
        return await _store.ChangePersonAsync(next, action is { } done ? Told(person, done, person.Name, detail) : null, cancellationToken) ? next : null;
    }

    /// <summary>Adds a line of the log about what changed nothing of the person.</summary>
    public ValueTask TellAsync(Person person, PersonAction action, string? detail, CancellationToken cancellationToken) =>
        _store.TellAsync(Told(person, action, person.Name, detail), cancellationToken);

    /// <summary>Makes a link that signs somebody in once within the hour; links of theirs before it count no longer.</summary>
    /// <returns>The secret of the link, which is kept nowhere; null where there is nobody of that id who may sign in.</returns>
    public async Task<string?> IssueLinkAsync(string id, string by, CancellationToken cancellationToken)
    {
        if (await _store.PersonAsync(id, cancellationToken) is not { RevokedAt: null } person)
        {
            return null;
        }

        var secret = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(LinkBytes));
        var now = Instants.Now(_time);
        await _store.AddLinkAsync(new SignInLink(Hash(secret), id, now, now + LinkValidity), Told(person, PersonAction.LinkIssued, by, null), cancellationToken);
        return secret;
    }

    /// <summary>Whom a link would sign in; null where it counts no longer or never did. It stays as it is.</summary>
    public async Task<Person?> OfLinkAsync(string secret, CancellationToken cancellationToken) =>
        IsSecret(secret) && await _store.LinkAsync(Hash(secret), Instants.Now(_time), cancellationToken) is { } id ? await _store.PersonAsync(id, cancellationToken) : null;

    /// <summary>Uses a link up.</summary>
    /// <returns>Whom it signs in; null where it counts no longer or never did.</returns>
    public async Task<Person?> UseLinkAsync(string secret, CancellationToken cancellationToken)
    {
        if (await OfLinkAsync(secret, cancellationToken) is not { } person || !await _store.UseLinkAsync(Hash(secret), Instants.Now(_time), cancellationToken))
        {
            return null;
        }

        await TellAsync(person, PersonAction.SignedIn, "by link", cancellationToken);
        return person;
    }

    private async Task<PersonResult> ChangeAsync(string id, int rowVersion, Func<Person, Person> change, PersonAction action, string by, Func<Person, string>? detail,
        CancellationToken cancellationToken)
    {
        if (await _store.PersonAsync(id, cancellationToken) is not { } person)
        {
            return Refuse(null, "person_unknown", "There is nobody of that id.");
        }

        var next = change(person) with { RowVersion = rowVersion + 1 };
        if (RolesFault(next.Roles) is { } fault)
        {
            return new PersonResult(person, fault);
        }

        if (person.Has(PersonRoles.Admin) && !next.Has(PersonRoles.Admin) && !(await _store.PeopleAsync(cancellationToken)).Any(other => other.Id != id && other.Has(PersonRoles.Admin)))
        {
            return Refuse(person, "last_admin", $"\"{person.Name}\" is the last admin: make somebody else one first.");
        }

        return person.RowVersion == rowVersion && await _store.ChangePersonAsync(next, Told(person, action, by, detail?.Invoke(person)), cancellationToken)
            ? new PersonResult(next, null)
            : Refuse(person, "person_changed", "Somebody else changed this person meanwhile. Look again.");
    }

    private PersonRecord Told(Person person, PersonAction action, string by, string? detail) =>
        new(0, Instants.Now(_time), by, action, person.Id, person.Name, detail);

    private static PersonProblem? RolesFault(PersonRoles roles) =>
        roles == PersonRoles.None || (roles & ~Every) != PersonRoles.None ? new PersonProblem("person_roles", "Somebody has at least one role; to shut them out, revoke them.") : null;

    private static PersonResult Refuse(Person? person, string code, string message) => new(person, new PersonProblem(code, message));

    private static bool IsSecret(string secret) => secret.Length == 2 * LinkBytes && secret.All(char.IsAsciiHexDigitLower);

    // 256 random bits need no slow hash.
    private static byte[] Hash(string secret) => SHA256.HashData(Encoding.ASCII.GetBytes(secret));
}
