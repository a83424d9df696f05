using NodaTime;
using Rules.Ledger.Drafts;

namespace Rules.Ledger.People;

/// <summary>Somebody who uses the portal. A name is nobody else's for ever: drafts and the audit log tell people apart by it.</summary>
public sealed record Person
{
    /// <summary>The most characters of a name.</summary>
    public const int MaximumName = 100;

    /// <summary>16 characters.</summary>
    public required string Id { get; init; }

    public required string Name { get; init; }

    public required PersonRoles Roles { get; init; }

    /// <summary>As the service's hasher wrote it; null for somebody who can sign in by a link only.</summary>
    public string? PasswordHash { get; init; }

    /// <summary>Changes with everything that ends sessions: a session that carries another one is over.</summary>
    public required string Stamp { get; init; }

    /// <summary>Wrong passwords since the last right one.</summary>
    public int FailedSignIns { get; init; }

    /// <summary>No password counts before; null where none is held up.</summary>
    public Instant? LockedUntil { get; init; }

    public required Instant CreatedAt { get; init; }

    public required string CreatedBy { get; init; }

    /// <summary>Null for somebody who may sign in.</summary>
    public Instant? RevokedAt { get; init; }

    /// <summary>1 for a new person, one more with every change.</summary>
    public required int RowVersion { get; init; }

    public bool Has(PersonRoles role) => RevokedAt is null && (Roles & role) == role;

    /// <summary>As names are compared: two that differ by case or by how a character is composed are one.</summary>
    public static string Lookup(string name) => name.Normalize().ToUpperInvariant();

    /// <summary>Whether a text can be somebody's name: 1 to 100 characters without control characters or space around them, and not the service's own.</summary>
    public static bool IsName(string name) => name.Length is >= 1 and <= MaximumName && name.Trim() == name && !name.Any(static c => char.IsControl(c) || char.IsSurrogate(c))
        && Lookup(name) != Lookup(DraftActor.System.Name) && Lookup(name).Length <= MaximumName;
}

/// <summary>What was done to somebody, or by them to themselves. The numbers are stored.</summary>
public enum PersonAction
{
    Added = 1,
    RolesChanged = 2,

    /// <summary>May no longer sign in.</summary>
    Revoked = 3,
    Restored = 4,

    /// <summary>A one-time sign-in link was made.</summary>
    LinkIssued = 5,
    SignedIn = 6,
    SignedOut = 7,
    PasswordSet = 8,

    /// <summary>Too many wrong passwords.</summary>
    LockedOut = 9,
}

/// <summary>A line of the log of people, written with the change that it tells of; it never changes.</summary>
/// <param name="Position">Rises with every line.</param>
/// <param name="Person">The id of whom it was done to.</param>
/// <param name="Detail">In the service's words.</param>
public sealed record PersonRecord(long Position, Instant At, string By, PersonAction Action, string Person, string PersonName, string? Detail);

/// <summary>A one-time sign-in link; its secret is kept as a hash.</summary>
public sealed record SignInLink(ReadOnlyMemory<byte> Sha256, string Person, Instant CreatedAt, Instant ExpiresAt);
