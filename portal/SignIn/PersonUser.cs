using Microsoft.AspNetCore.Identity;
using NodaTime;
using Rules.Ledger;
using Rules.Ledger.People;

namespace Rules.Portal.SignIn;

/// <summary>A person in the hands of ASP.NET Core Identity, which hashes passwords, counts failures and changes stamps.</summary>
public sealed class PersonUser(Person person)
{
    public Person Person { get; set; } = person;

    /// <summary>What the next write is told as in the log; null: a counted failure, of which nobody has to be told.</summary>
    public PersonAction? Telling { get; set; }
}

/// <summary>Identity's way to the people of the ledger's database, which alone adds and removes them.</summary>
public sealed class PersonUserStore(CreditLedger ledger) : IUserPasswordStore<PersonUser>, IUserSecurityStampStore<PersonUser>, IUserLockoutStore<PersonUser>
{
    public Task<string> GetUserIdAsync(PersonUser user, CancellationToken cancellationToken) => Task.FromResult(user.Person.Id);

    public Task<string?> GetUserNameAsync(PersonUser user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.Person.Name);

    public Task<string?> GetNormalizedUserNameAsync(PersonUser user, CancellationToken cancellationToken) => Task.FromResult<string?>(Person.Lookup(user.Person.Name));

    public Task SetUserNameAsync(PersonUser user, string? userName, CancellationToken cancellationToken) => throw new NotSupportedException("A name is fixed.");

    // Identity sets it before every write; it is computed from the name.
    public Task SetNormalizedUserNameAsync(PersonUser user, string? normalizedName, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<IdentityResult> CreateAsync(PersonUser user, CancellationToken cancellationToken) => throw new NotSupportedException("People are added by the directory.");

    public Task<IdentityResult> DeleteAsync(PersonUser user, CancellationToken cancellationToken) => throw new NotSupportedException("People are revoked and stay.");

    public async Task<IdentityResult> UpdateAsync(PersonUser user, CancellationToken cancellationToken)
    {
        if (await ledger.People.KeepAsync(user.Person, user.Telling, null, cancellationToken) is not { } kept)
        {
            return IdentityResult.Failed(new IdentityErrorDescriber().ConcurrencyFailure());
        }

        (user.Person, user.Telling) = (kept, null);
        return IdentityResult.Success;
    }

    public async Task<PersonUser?> FindByIdAsync(string userId, CancellationToken cancellationToken) =>
        await ledger.People.FindAsync(userId, cancellationToken) is { } person ? new PersonUser(person) : null;

    public async Task<PersonUser?> FindByNameAsync(string normalizedUserName, CancellationToken cancellationToken) =>
        await ledger.People.FindByNameAsync(normalizedUserName, cancellationToken) is { } person ? new PersonUser(person) : null;

    public Task SetPasswordHashAsync(PersonUser user, string? passwordHash, CancellationToken cancellationToken) =>
        Set(user, user.Person with { PasswordHash = passwordHash });

    public Task<string?> GetPasswordHashAsync(PersonUser user, CancellationToken cancellationToken) => Task.FromResult(user.Person.PasswordHash);

    public Task<bool> HasPasswordAsync(PersonUser user, CancellationToken cancellationToken) => Task.FromResult(user.Person.PasswordHash is not null);

    public Task SetSecurityStampAsync(PersonUser user, string stamp, CancellationToken cancellationToken) => Set(user, user.Person with { Stamp = stamp });

    public Task<string?> GetSecurityStampAsync(PersonUser user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.Person.Stamp);

    public Task<DateTimeOffset?> GetLockoutEndDateAsync(PersonUser user, CancellationToken cancellationToken) => Task.FromResult(user.Person.LockedUntil?.ToDateTimeOffset());

    public Task SetLockoutEndDateAsync(PersonUser user, DateTimeOffset? lockoutEnd, CancellationToken cancellationToken) =>
        Set(user, user.Person with { LockedUntil = lockoutEnd is { } end ? Instant.FromUnixTimeSeconds(end.ToUnixTimeSeconds()) : null });

    public Task<int> IncrementAccessFailedCountAsync(PersonUser user, CancellationToken cancellationToken)
    {
        user.Person = user.Person with { FailedSignIns = user.Person.FailedSignIns + 1 };
        return Task.FromResult(user.Person.FailedSignIns);
    }

    public Task ResetAccessFailedCountAsync(PersonUser user, CancellationToken cancellationToken) => Set(user, user.Person with { FailedSignIns = 0 });

    public Task<int> GetAccessFailedCountAsync(PersonUser user, CancellationToken cancellationToken) => Task.FromResult(user.Person.FailedSignIns);

    public Task<bool> GetLockoutEnabledAsync(PersonUser user, CancellationToken cancellationToken) => Task.FromResult(true);

    public Task SetLockoutEnabledAsync(PersonUser user, bool enabled, CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        // The ledger is the service's.
    }

    private static Task Set(PersonUser user, Person person)
    {
        user.Person = person;
        return Task.CompletedTask;
    }
}
