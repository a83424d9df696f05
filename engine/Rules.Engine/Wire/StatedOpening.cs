using NodaTime;
using Rules.Engine.Accounts;
using Rules.Engine.Model;
using Rules.Engine.Pricing;

namespace Rules.Engine.Wire;

/// <summary>An account that no ledger knows, opened as it is stated: its balances replace what its plan granted.</summary>
public static class StatedOpening
{
    /// <summary>Opens the account at an instant.</summary>
    /// <returns>Members of an error are paths into the stated event.</returns>
    public static Booking<AccountAnswer> Open(PublishedRuleset ruleset, string id, StatedAccount stated, Instant at)
    {
        var opened = Bookkeeper.Open(ruleset, new OpenAccount(id, ruleset.Name, at) { Plan = stated.Plan, Facts = stated.Facts, Terms = stated.Terms });
        if (!opened.Succeeded)
        {
            return Failed(opened.State, opened.Error, "state.");
        }

        var account = opened.State;
        foreach (var balance in stated.Balances)
        {
            account = account with { Lots = [.. account.Lots.Where(l => l.Lot.Bucket != balance.Meter)] };
            if (balance.Quantity.IsZero)
            {
                continue;
            }

            var granted = Bookkeeper.Grant(ruleset, account, new GrantCredits($"stated:{account.NextLot}", balance.Meter, balance.Quantity, at), at);
            if (!granted.Succeeded)
            {
                return Failed(account, granted.Error with { Member = balance.Meter }, "state.balances.");
            }

            account = granted.State;
        }

        return opened with { State = account };
    }

    private static Booking<AccountAnswer> Failed(AccountState state, EvaluationError error, string prefix) =>
        new(state, [], null, error with { Member = prefix + error.Member });
}
