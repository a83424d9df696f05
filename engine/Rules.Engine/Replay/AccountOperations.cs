using System.Collections.Immutable;
using NodaTime;
using Rules.Engine.Accounts;
using Rules.Engine.Model;
using Rules.Engine.Pricing;

namespace Rules.Engine.Replay;

/// <summary>A command that was not a plain use: it is run again as it was given.</summary>
public abstract record AccountOperation(Instant RecordedAt)
{
    /// <summary>It may give credits back to lots of which nothing is left.</summary>
    internal virtual bool GivesBack => false;

    /// <summary>Id of the use that it takes back.</summary>
    internal virtual string? TakesBack => null;

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
    internal override IReadOnlyList<ScopeId> Scopes(PublishedRuleset ruleset, AccountState state) =>
        Bookkeeper.ScopesDue(ruleset, state, RecordedAt, endsCycle: true);

    internal override (AccountState State, ImmutableArray<Entry> Entries, EvaluationError? Error) Apply(PublishedRuleset ruleset, AccountState state) =>
        Of(Bookkeeper.ChangePlan(ruleset, state, Plan, RecordedAt));
}

/// <summary>A renewal that was asked for.</summary>
public sealed record ResetOperation(ResetAccount Command, Instant RecordedAt) : AccountOperation(RecordedAt)
{
    internal override IReadOnlyList<ScopeId> Scopes(PublishedRuleset ruleset, AccountState state) =>
        Bookkeeper.ScopesDue(ruleset, state, RecordedAt, endsCycle: true);

    internal override (AccountState State, ImmutableArray<Entry> Entries, EvaluationError? Error) Apply(PublishedRuleset ruleset, AccountState state) =>
        Of(Bookkeeper.Reset(ruleset, state, Command, RecordedAt));
}

/// <summary>Credits set aside; one that the candidate refuses leaves nothing to capture.</summary>
public sealed record HoldOperation(HoldCredits Command, Instant RecordedAt) : AccountOperation(RecordedAt)
{
    internal override IReadOnlyList<ScopeId> Scopes(PublishedRuleset ruleset, AccountState state) =>
        Bookkeeper.ScopesOf(ruleset, state, Command.Usage, RecordedAt);

    internal override (AccountState State, ImmutableArray<Entry> Entries, EvaluationError? Error) Apply(PublishedRuleset ruleset, AccountState state) =>
        Of(Bookkeeper.Hold(ruleset, state, Command, RecordedAt));
}

/// <summary>A hold that ended without a use.</summary>
public sealed record ReleaseOperation(ReleaseHold Command, Instant RecordedAt) : AccountOperation(RecordedAt)
{
    internal override (AccountState State, ImmutableArray<Entry> Entries, EvaluationError? Error) Apply(PublishedRuleset ruleset, AccountState state) =>
        Of(Bookkeeper.Release(ruleset, state, Command, RecordedAt));
}

/// <summary>Credits given back that no use is named for.</summary>
public sealed record RefundOperation(RefundCredits Command, Instant RecordedAt) : AccountOperation(RecordedAt)
{
    internal override bool GivesBack => true;

    internal override (AccountState State, ImmutableArray<Entry> Entries, EvaluationError? Error) Apply(PublishedRuleset ruleset, AccountState state) =>
        Of(Bookkeeper.Refund(ruleset, state, Command, RecordedAt));
}

/// <summary>A grant that was ended.</summary>
public sealed record VoidOperation(VoidGrant Command, Instant RecordedAt) : AccountOperation(RecordedAt)
{
    internal override bool GivesBack => true;

    internal override (AccountState State, ImmutableArray<Entry> Entries, EvaluationError? Error) Apply(PublishedRuleset ruleset, AccountState state) =>
        Of(Bookkeeper.Void(ruleset, state, Command, RecordedAt));
}

/// <summary>A grant that another took the place of.</summary>
public sealed record ReplaceOperation(ReplaceGrant Command, Instant RecordedAt) : AccountOperation(RecordedAt)
{
    internal override bool GivesBack => true;

    internal override (AccountState State, ImmutableArray<Entry> Entries, EvaluationError? Error) Apply(PublishedRuleset ruleset, AccountState state) =>
        Of(Bookkeeper.Replace(ruleset, state, Command, RecordedAt));
}

/// <summary>A use that put an earlier one right.</summary>
public sealed record CorrectOperation(UsageEvent Usage, Instant RecordedAt) : AccountOperation(RecordedAt)
{
    internal override IReadOnlyList<ScopeId> Scopes(PublishedRuleset ruleset, AccountState state) =>
        Bookkeeper.ScopesOf(ruleset, state, Usage, RecordedAt);

    internal override (AccountState State, ImmutableArray<Entry> Entries, EvaluationError? Error) Apply(PublishedRuleset ruleset, AccountState state) =>
        Of(Bookkeeper.Correct(ruleset, state, Usage, RecordedAt));
}

/// <summary>A hold that was settled at what its use came to: the use itself.</summary>
public sealed record CaptureOperation(CaptureHold Command, Instant RecordedAt) : AccountOperation(RecordedAt)
{
    internal override bool GivesBack => true;

    internal override IReadOnlyList<ScopeId> Scopes(PublishedRuleset ruleset, AccountState state) =>
        Bookkeeper.ScopesOf(ruleset, state, Command, RecordedAt);

    internal override (AccountState State, ImmutableArray<Entry> Entries, EvaluationError? Error) Apply(PublishedRuleset ruleset, AccountState state) =>
        Of(Bookkeeper.Capture(ruleset, state, Command, RecordedAt));
}

/// <summary>A use that was taken back, whole or in part; it charges less than nothing.</summary>
public sealed record ReverseOperation(ReverseUse Command, Instant RecordedAt) : AccountOperation(RecordedAt)
{
    internal override bool GivesBack => true;

    internal override string? TakesBack => Command.Use;

    internal override IReadOnlyList<ScopeId> Scopes(PublishedRuleset ruleset, AccountState state) =>
        Bookkeeper.ScopesOf(ruleset, state, Command, RecordedAt);

    internal override (AccountState State, ImmutableArray<Entry> Entries, EvaluationError? Error) Apply(PublishedRuleset ruleset, AccountState state) =>
        Of(Bookkeeper.Reverse(ruleset, state, Command, RecordedAt));
}
