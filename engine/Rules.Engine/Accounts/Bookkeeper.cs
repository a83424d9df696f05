using NodaTime;
using Rules.Engine.Model;
using Rules.Engine.Pricing;

namespace Rules.Engine.Accounts;

/// <summary>
/// Turns commands into journal entries: pure functions of (published versions, account state, command, instant).
/// No clock, no I/O, no randomness. Every command first does what fell due (<see cref="Advance"/>), so correctness never
/// depends on a job having run. Ledger, examples and replay all run these functions and no others.
/// </summary>
public static partial class Bookkeeper
{
    public static Booking<AccountAnswer> Open(PublishedRuleset ruleset, OpenAccount command) => throw new NotImplementedException();

    /// <summary>
    /// Everything due at or before <paramref name="at"/>, instant by instant, in the phases of <c>time.md</c>, section 2.
    /// <c>Advance(Advance(s, a), b)</c> equals <c>Advance(s, b)</c>.
    /// </summary>
    public static Booking<AccountAnswer> Advance(PublishedRuleset ruleset, AccountState state, Instant at) => throw new NotImplementedException();

    /// <summary>
    /// Prices an event and draws it. A blocked, paused or refused event is an answer, not an error, and makes no entry of its own.
    /// </summary>
    /// <param name="recordedAt">Chooses lots and cycle; never below <see cref="AccountState.LastAt"/>.</param>
    public static Booking<Quote> Charge(PublishedRuleset ruleset, AccountState state, UsageEvent usage, Instant recordedAt) => throw new NotImplementedException();

    public static Booking<GrantAnswer> Grant(PublishedRuleset ruleset, AccountState state, GrantCredits command, Instant recordedAt) => throw new NotImplementedException();

    public static Booking<AccountAnswer> ChangePlan(PublishedRuleset ruleset, AccountState state, string plan, Instant recordedAt) => throw new NotImplementedException();

    /// <summary>
    /// The scope instances whose state an event may read, so that a store can load them under its lock; empty when its price counts nothing
    /// or the event cannot be read. Scopes of a cycle, day or hour belong to the time of recording.
    /// </summary>
    public static IReadOnlyList<ScopeId> ScopesOf(PublishedRuleset ruleset, AccountState state, UsageEvent usage, Instant recordedAt) => throw new NotImplementedException();
}
