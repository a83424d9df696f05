using Microsoft.AspNetCore.Identity;
using NodaTime;
using Rules.Ledger;
using Rules.Ledger.People;

namespace Rules.Portal.SignIn;

/// <summary>What came of a try to sign in.</summary>
public enum SignInOutcome
{
    SignedIn,

    /// <summary>Whatever was wrong: nobody learns from it who there is.</summary>
    Refused,
    TooMany,
}

/// <summary>Signs people in and out, and gives them passwords.</summary>
public sealed class SignIns(CreditLedger ledger, UserManager<PersonUser> users, KnownPeople known, SignInRates rates, IClock clock)
{
    /// <summary>The most characters of a password.</summary>
    public const int LongestPassword = 128;

    public const int ShortestPassword = 12;

    // What a wrong name is compared with, so that it takes as long as a wrong password.
    private static readonly Person _nobody = new() { Id = "", Name = "", Roles = PersonRoles.None, Stamp = "", CreatedAt = default, CreatedBy = "", RowVersion = 1 };
    private static readonly Lazy<string> _nobodysHash = new(() => new PasswordHasher<PersonUser>().HashPassword(new PersonUser(_nobody), Guid.NewGuid().ToString()));

    public async Task<SignInOutcome> WithPasswordAsync(HttpContext context, string name, string password)
    {
        if (!rates.TryTake(name, context.Connection.RemoteIpAddress?.ToString() ?? ""))
        {
            return SignInOutcome.TooMany;
        }

        var user = password.Length <= LongestPassword && Person.IsName(name) ? await users.FindByNameAsync(name) : null;
        if (user is not { Person: { RevokedAt: null, PasswordHash: not null } } || await users.IsLockedOutAsync(user))
        {
            users.PasswordHasher.VerifyHashedPassword(new PersonUser(_nobody), _nobodysHash.Value, password);
            return SignInOutcome.Refused;
        }

        if (!await users.CheckPasswordAsync(user, password))
        {
            user.Telling = user.Person.FailedSignIns + 1 >= users.Options.Lockout.MaxFailedAccessAttempts ? PersonAction.LockedOut : null;
            await users.AccessFailedAsync(user);
            return SignInOutcome.Refused;
        }

        await users.ResetAccessFailedCountAsync(user);
        await ledger.People.TellAsync(user.Person, PersonAction.SignedIn, "by password", context.RequestAborted);
        known.Forget(user.Person.Id);
        await Session.BeginAsync(context, user.Person, clock);
        return SignInOutcome.SignedIn;
    }

    /// <summary>Uses a link up.</summary>
    /// <returns>False where it counts no longer or never did.</returns>
    public async Task<bool> WithLinkAsync(HttpContext context, string secret)
    {
        if (await ledger.People.UseLinkAsync(secret, context.RequestAborted) is not { } person)
        {
            return false;
        }

        known.Forget(person.Id);
        await Session.BeginAsync(context, person, clock);
        return true;
    }

    /// <summary>Ends every session of the person, so that a copied cookie is worth nothing afterwards.</summary>
    public async Task SignOutAsync(HttpContext context)
    {
        if (context.Person() is { } person && await ledger.People.FindAsync(person.Id, context.RequestAborted) is { } current)
        {
            await ledger.People.SignOutAsync(current, context.RequestAborted);
            known.Forget(person.Id);
        }

        await Session.EndAsync(context);
    }

    /// <summary>Sets or changes the signed-in person's password; their other sessions end.</summary>
    /// <param name="present">Null for somebody who has none.</param>
    /// <returns>What is wrong; empty where it was done.</returns>
    public async Task<string> SetPasswordAsync(HttpContext context, string? present, string password)
    {
        if (password.Length > LongestPassword || present?.Length > LongestPassword)
        {
            return $"A password has at most {LongestPassword} characters.";
        }

        var user = new PersonUser((await ledger.People.FindAsync(context.Person()!.Id, context.RequestAborted))!) { Telling = PersonAction.PasswordSet };
        if (user.Person.PasswordHash is not null)
        {
            if (!rates.TryTake(user.Person.Name, context.Connection.RemoteIpAddress?.ToString() ?? ""))
            {
                return "Too many tries. Wait a minute.";
            }
        }

        var result = user.Person.PasswordHash is null ? await users.AddPasswordAsync(user, password) : await users.ChangePasswordAsync(user, present ?? "", password);
        if (!result.Succeeded)
        {
            return string.Join(' ', result.Errors.Select(error => error.Code == nameof(IdentityErrorDescriber.PasswordMismatch) ? "The present password is another one." : error.Description));
        }

        known.Forget(user.Person.Id);
        await Session.BeginAsync(context, user.Person, clock);
        return "";
    }
}
