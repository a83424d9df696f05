using NodaTime;
using Rules.Engine.Accounts;
using Rules.Engine.Model;
using Rules.Engine.Pricing;
using Rules.Engine.Wire;

namespace Rules.Cli.Commands;

/// <summary>
/// A quote for an account that no ledger knows: it is opened as stated at the event's own instant, its stated balances replace what its
/// plan granted, and the event is priced. The same functions that the ledger runs, on a state that nobody keeps.
/// </summary>
internal static class StatedQuote
{
    private const string DefaultAccount = "quote";
    private const string OwnScope = "quote";

    /// <summary>An event without an instant happens when it arrives, or when the version takes effect if that is later.</summary>
    public static Booking<Quote> Of(RulesetModel model, StatedEvent stated)
    {
        var ruleset = new PublishedRuleset(model.Name, [new PublishedVersion(model, model.EffectiveAt)]);
        var usage = stated.Usage;
        if (usage.TimedOnArrival)
        {
            usage = usage with { OccurredAt = Instant.Max(usage.OccurredAt, model.EffectiveAt) };
        }

        var at = usage.OccurredAt;
        var state = stated.State ?? new StatedAccount(null, [], [], []);
        var opened = Bookkeeper.Open(ruleset, new OpenAccount(stated.Account ?? DefaultAccount, model.Name, at)
        {
            Plan = state.Plan,
            Facts = state.Facts,
            Terms = state.Terms,
        });
        if (!opened.Succeeded)
        {
            return Failed(opened.State, opened.Error, "state.");
        }

        var account = opened.State;
        foreach (var balance in state.Balances)
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

        return Bookkeeper.Charge(ruleset, account, WithKey(model, usage), at);
    }

    private static Booking<Quote> Failed(AccountState state, EvaluationError error, string prefix) =>
        new(state, [], null, error with { Member = prefix + error.Member });

    // Without a ledger nothing was counted before, so an event that names no key begins a scope of its own.
    private static UsageEvent WithKey(RulesetModel model, UsageEvent usage) =>
        usage.Keys.IsEmpty && model.Actions.FirstOrDefault(a => a.Name == usage.Action)?.Key is { } key
            ? usage with { Keys = [new NamedText(key, OwnScope)] }
            : usage;
}
