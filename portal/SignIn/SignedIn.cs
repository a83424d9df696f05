using Rules.Ledger.Drafts;
using Rules.Ledger.People;

namespace Rules.Portal.SignIn;

/// <summary>Who a request is from, as the database said within the last seconds.</summary>
public static class SignedIn
{
    private static readonly object PersonKey = new();

    /// <summary>Null where nobody is signed in.</summary>
    public static Person? Person(this HttpContext context) => context.Items[PersonKey] as Person;

    internal static void SetPerson(this HttpContext context, Person person) => context.Items[PersonKey] = person;

    public static bool Has(this HttpContext context, PersonRoles role) => context.Person()?.Has(role) == true;

    /// <summary>What the signed-in person may do with drafts. Nobody may do nothing.</summary>
    public static DraftActor Actor(this HttpContext context)
    {
        if (context.Person() is not { } person)
        {
            return new DraftActor("", DraftRights.None);
        }

        var rights = (person.Has(PersonRoles.Editor) ? DraftRights.Edit : DraftRights.None)
            | (person.Has(PersonRoles.Approver) ? DraftRights.Approve | DraftRights.Publish : DraftRights.None)
            | (person.Has(PersonRoles.Emergency) ? DraftRights.Emergency : DraftRights.None);
        return new DraftActor(person.Name, rights);
    }
}
