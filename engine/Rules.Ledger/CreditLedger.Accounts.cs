using NodaTime;
using Rules.Engine.Accounts;
using Rules.Engine.Model;
using Rules.Engine.Pricing;
using Rules.Engine.Wire;
using Rules.Ledger.Journal;
using Rules.Ledger.Writing;

namespace Rules.Ledger;

/// <summary>Commands that change what an account is or has, beside charges and grants.</summary>
public sealed partial class CreditLedger
{
    /// <summary>States facts and terms that hold from now on; earlier events keep those of their own time.</summary>
    /// <inheritdoc cref="OpenAccountAsync" path="/param"/>
    public Task<CommandResult> SetAsync(string account, SetFactsAndTerms command, string idempotencyKey, CancellationToken cancellationToken) =>
        SubmitAsync(account, new SetFactsAndTerms(Ordered(command.Facts), Ordered(command.Terms)), Sets, idempotencyKey, cancellationToken);

    /// <summary>Moves an account to another plan as the cycle's rule says.</summary>
    /// <inheritdoc cref="OpenAccountAsync" path="/param"/>
    public Task<CommandResult> ChangePlanAsync(string account, ChangePlan command, string idempotencyKey, CancellationToken cancellationToken) =>
        SubmitAsync(account, command, PlanChanges, idempotencyKey, cancellationToken);

    /// <summary>Buys credits at the price of the instant.</summary>
    /// <inheritdoc cref="OpenAccountAsync" path="/param"/>
    public Task<CommandResult> BuyAsync(string account, BuyCredits command, string idempotencyKey, CancellationToken cancellationToken) =>
        SubmitAsync(account, command, Purchases, idempotencyKey, cancellationToken);

    /// <summary>Buys a pack.</summary>
    /// <inheritdoc cref="OpenAccountAsync" path="/param"/>
    public Task<CommandResult> BuyAsync(string account, BuyPack command, string idempotencyKey, CancellationToken cancellationToken) =>
        SubmitAsync(account, command, PackPurchases, idempotencyKey, cancellationToken);

    /// <summary>Rolls what is unused over as a renewal would, and grants the plan anew.</summary>
    /// <inheritdoc cref="OpenAccountAsync" path="/param"/>
    public Task<CommandResult> ResetAsync(string account, ResetAccount command, string idempotencyKey, CancellationToken cancellationToken) =>
        SubmitAsync(account, command, Resets, idempotencyKey, cancellationToken);

    /// <summary>
    /// Posts what is due by now: renewals, expiries, rollovers. Every command does so first; this does nothing else. It happens once however
    /// often it is asked, so it takes no key and its answer is not kept.
    /// </summary>
    public Task<CommandResult> AdvanceAsync(string account, CancellationToken cancellationToken) =>
        _writer.SubmitAsync(new AdvanceCommand(this, account, Instants.Now(_options.Time)), cancellationToken);

    private static readonly CommandKind<SetFactsAndTerms> Sets = new()
    {
        Operation = "set"u8.ToArray(),
        Canonical = WireWriter.Canonical,
        Book = static (ruleset, state, command, at) => Moved(ruleset, state, Bookkeeper.Set(ruleset, state, command.Facts, command.Terms, at)),
        Scopes = ScopesOfEnding,
    };

    private static readonly CommandKind<ChangePlan> PlanChanges = new()
    {
        Operation = "plan"u8.ToArray(),
        Canonical = WireWriter.Canonical,
        Book = static (ruleset, state, command, at) => Moved(ruleset, state, Bookkeeper.ChangePlan(ruleset, state, command.Plan, at)),
        Scopes = ScopesOfEnding,
    };

    private static readonly CommandKind<BuyCredits> Purchases = new()
    {
        Operation = "buy"u8.ToArray(),
        Canonical = WireWriter.Canonical,
        At = static command => command.At,
        Dated = static (command, at) => command with { At = at },
        TimedOnArrival = static command => command.TimedOnArrival,
        Book = static (ruleset, state, command, at) =>
            Done(Bookkeeper.Buy(ruleset, state, command, at), answer => WireWriter.Purchase(answer, Decimals(ruleset))),
        Scopes = ScopesOfEnding,
        NewLot = static command => command.Id,
    };

    private static readonly CommandKind<BuyPack> PackPurchases = new()
    {
        Operation = "buy-pack"u8.ToArray(),
        Canonical = WireWriter.Canonical,
        At = static command => command.At,
        Dated = static (command, at) => command with { At = at },
        TimedOnArrival = static command => command.TimedOnArrival,
        Book = static (ruleset, state, command, at) =>
            Done(Bookkeeper.Buy(ruleset, state, command, at), answer => WireWriter.Purchase(answer, Decimals(ruleset))),
        Scopes = ScopesOfEnding,
        NewLot = static command => command.Id,
    };

    private static readonly CommandKind<ResetAccount> Resets = new()
    {
        Operation = "reset"u8.ToArray(),
        Canonical = WireWriter.Canonical,
        At = static command => command.At,
        Dated = static (command, at) => command with { At = at },
        TimedOnArrival = static command => command.TimedOnArrival,
        Book = static (ruleset, state, command, at) =>
        {
            var booking = Bookkeeper.Reset(ruleset, state, command, at);
            return Done(booking, answer => WireWriter.Reset(answer, MovedCredits.Of(state, booking.Entries), Decimals(ruleset)));
        },
        Scopes = ScopesOfEnding,
        KeepsRequest = true,
    };

    private static Booked Moved(PublishedRuleset ruleset, AccountState before, Booking<AccountAnswer> booking) =>
        Done(booking, answer => WireWriter.Account(answer, MovedCredits.Of(before, booking.Entries), Decimals(ruleset)));

    private sealed class AdvanceCommand : PendingCommand
    {
        private readonly CreditLedger _ledger;

        public AdvanceCommand(CreditLedger ledger, string account, Instant receivedAt)
            : base(account, "", [], receivedAt)
        {
            _ledger = ledger;
            KeepsAnswer = false;
        }

        public override IReadOnlyList<ScopeId> Scopes(AccountState state, Instant recordedAt) =>
            Bookkeeper.ScopesDue(_ledger.RulesetOf(state), state, recordedAt);

        public override Booked Book(AccountState? state, Instant recordedAt)
        {
            var ruleset = _ledger.RulesetOf(state!);
            return Moved(ruleset, state!, Bookkeeper.Advance(ruleset, state!, recordedAt));
        }
    }
}
