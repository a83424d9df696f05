using NodaTime;
using Rules.Engine.Accounts;
using Rules.Engine.Model;
using Rules.Engine.Pricing;

namespace Rules.Engine.Wire;

/// <summary>
/// A quote for an account that no ledger knows: it is opened as stated at the event's own instant, and the event is priced. The same functions
/// that the ledger runs, on a state that nobody keeps.
/// </summary>
public static class StatedQuote
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

        var opened = StatedOpening.Open(ruleset, stated.Account ?? DefaultAccount, stated.State ?? new StatedAccount(null, [], [], []), usage.OccurredAt);
        return opened.Succeeded
            ? Bookkeeper.Charge(ruleset, opened.State, WithKey(model, usage), usage.OccurredAt)
            : new Booking<Quote>(opened.State, [], null, opened.Error);
    }

    // Without a ledger nothing was counted before, so an event that names no key begins a scope of its own.
    private static UsageEvent WithKey(RulesetModel model, UsageEvent usage) =>
        usage.Keys.IsEmpty && model.Actions.FirstOrDefault(a => a.Name == usage.Action)?.Key is { } key
            ? usage with { Keys = [new NamedText(key, OwnScope)] }
            : usage;
}
