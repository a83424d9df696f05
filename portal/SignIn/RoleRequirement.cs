using Microsoft.AspNetCore.Authorization;
using Rules.Ledger.People;

namespace Rules.Portal.SignIn;

/// <summary>Asks for one of the roles; every role reads, so that <see cref="PersonRoles.None"/> asks for a signed-in person alone.</summary>
public sealed record RoleRequirement(PersonRoles Role) : IAuthorizationRequirement;

/// <summary>Looks at the roles as the database has them, not as the session began with them.</summary>
public sealed class RoleHandler : AuthorizationHandler<RoleRequirement>
{
    private static readonly object NeededKey = new();

    /// <summary>The role that a refused request lacked; null where none was asked for.</summary>
    public static PersonRoles? Needed(HttpContext context) => context.Items[NeededKey] as PersonRoles?;

    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, RoleRequirement requirement)
    {
        // What is asked for is always an address, and then the resource is the request.
        if (context.Resource is HttpContext http && http.Person() is { } person)
        {
            if (person.Has(requirement.Role))
            {
                context.Succeed(requirement);
            }
            else
            {
                http.Items[NeededKey] = requirement.Role;
            }
        }

        return Task.CompletedTask;
    }
}
