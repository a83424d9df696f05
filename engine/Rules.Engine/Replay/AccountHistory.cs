using System.Collections.Immutable;
using NodaTime;
using Rules.Engine.Accounts;
using Rules.Engine.Model;
using Rules.Engine.Pricing;

namespace Rules.Engine.Replay;

/// <summary>The past of one account in a window: where it stood, and what came in, in the order it was recorded.</summary>
/// <param name="Opening">The account before everything else.</param>
/// <param name="Scopes">The counting scopes that had begun by then.</param>
/// <param name="Operations">Everything but usage, ascending by <see cref="PlacedOperation.Before"/>.</param>
public sealed record AccountHistory(
    AccountState Opening, ImmutableArray<ScopeState> Scopes, UsageColumns Usage, ImmutableArray<PlacedOperation> Operations);

/// <param name="Before">It came before the usage event at this place, and after the one ahead of it; the number of events: after all.</param>
public readonly record struct PlacedOperation(int Before, AccountOperation Operation);

/// <summary>A command that was not usage: it is run again as it was given.</summary>
public abstract record AccountOperation(Instant RecordedAt)
{
    internal virtual IReadOnlyList<ScopeId> Scopes(PublishedRuleset ruleset, AccountState state) => Bookkeeper.ScopesDue(ruleset, state, RecordedAt);

    /// <summary>The state and the entries after it; with an error, the state before it.</summary>
    internal abstract (AccountState State, ImmutableArray<Entry> Entries, EvaluationError? Error) Apply(PublishedRuleset ruleset, AccountState state);

    private protected static (AccountState State, ImmutableArray<Entry> Entries, EvaluationError? Error) Of<TAnswer>(Booking<TAnswer> booking)
        where TAnswer : class => (booking.State, booking.Entries, booking.Error);
}

/// <summary>Credits that were granted, not bought.</summary>
public sealed record GrantOperation(GrantCredits Command, Instant RecordedAt) : AccountOperation(RecordedAt)
{
    internal override (AccountState State, ImmutableArray<Entry> Entries, EvaluationError? Error) Apply(PublishedRuleset ruleset, AccountState state) =>
        Of(Bookkeeper.Grant(ruleset, state, Command, RecordedAt));
}

/// <summary>Credits that were bought; a pack is its credits.</summary>
public sealed record BuyOperation(BuyCredits Command, Instant RecordedAt) : AccountOperation(RecordedAt)
{
    internal override (AccountState State, ImmutableArray<Entry> Entries, EvaluationError? Error) Apply(PublishedRuleset ruleset, AccountState state) =>
        Of(Bookkeeper.Buy(ruleset, state, Command, RecordedAt));
}

/// <summary>Facts and terms that hold from the instant on.</summary>
public sealed record SetOperation(ImmutableArray<NamedText> Facts, ImmutableArray<NamedText> Terms, Instant RecordedAt) : AccountOperation(RecordedAt)
{
    internal override (AccountState State, ImmutableArray<Entry> Entries, EvaluationError? Error) Apply(PublishedRuleset ruleset, AccountState state) =>
        Of(Bookkeeper.Set(ruleset, state, Facts, Terms, RecordedAt));
}

/// <param name="Plan">Of the candidate's plans; one it does not know is refused, and the account stays where it is.</param>
public sealed record ChangePlanOperation(string Plan, Instant RecordedAt) : AccountOperation(RecordedAt)
{
    internal override (AccountState State, ImmutableArray<Entry> Entries, EvaluationError? Error) Apply(PublishedRuleset ruleset, AccountState state) =>
        Of(Bookkeeper.ChangePlan(ruleset, state, Plan, RecordedAt));
}
