using Rules.Ledger;
using Rules.Ledger.People;
using Rules.Portal.Sample;
using Rules.Portal.SignIn;

namespace Rules.Portal.Startup;

/// <summary>
/// The way in for the first person: a one-time link, made by every start for as long as no admin has a password, and by one that is told to. It is told where the service was started
/// and kept in a file beside the database; whoever can read that owns the database already.
/// </summary>
internal static class FirstLink
{
    public const string FirstAdmin = "admin";

    private const string Maker = "system";

    /// <returns>The link where this start made one; null where people sign in with their passwords.</returns>
    public static async Task<string?> IssueAsync(CreditLedger ledger, PortalSettings settings, Uri address, bool hasSample, CancellationToken cancellationToken)
    {
        var people = await ledger.People.ListAsync(cancellationToken);
        if (people.IsEmpty)
        {
            await ledger.People.AddAsync(
                FirstAdmin, PersonRoles.Admin | PersonRoles.Editor | PersonRoles.Approver | PersonRoles.Operator, Maker, cancellationToken);
            if (hasSample)
            {
                await ledger.People.AddAsync(SampleCompany.SecondPerson, PersonRoles.Approver, Maker, cancellationToken);
            }

            people = await ledger.People.ListAsync(cancellationToken);
        }

        File.Delete(settings.SignInLinkFile);
        var admins = people.Where(static person => person.Has(PersonRoles.Admin)).ToList();
        if (admins.Count == 0 || (!settings.NewSignInLink && admins.Exists(static person => person.PasswordHash is not null)))
        {
            return null;
        }

        var secret = (await ledger.People.IssueLinkAsync(admins[0].Id, Maker, cancellationToken))!;
        var link = new Uri(address, SignInPaths.Link(secret)).ToString();
        await OwnFile.WriteAsync(settings.SignInLinkFile, link, cancellationToken);
        return link;
    }
}
