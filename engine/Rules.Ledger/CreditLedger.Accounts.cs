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
    public Task<CommandResult> SetAsync(string account, SetFactsAndTerms command, string idempotencyKey, CancellationToken cancellationToken)
    {
        var ordered = new SetFactsAndTerms(Ordered(command.Facts), Ordered(command.Terms));
        return SubmitAsync(idempotencyKey, now => new AccountCommand<AccountAnswer>(this, account, idempotencyKey,
            RequestHash("set"u8, false, WireWriter.Canonical(ordered)), now)
        {
            Run = (ruleset, state, recordedAt) => Bookkeeper.Set(ruleset, state, ordered.Facts, ordered.Terms, recordedAt),
            Write = Moved,
        }, cancellationToken);
    }

    /// <summary>Moves an account to another plan as the cycle's rule says.</summary>
    /// <inheritdoc cref="OpenAccountAsync" path="/param"/>
    public Task<CommandResult> ChangePlanAsync(string account, ChangePlan command, string idempotencyKey, CancellationToken cancellationToken) =>
        SubmitAsync(idempotencyKey, now => new AccountCommand<AccountAnswer>(this, account, idempotencyKey,
            RequestHash("plan"u8, false, WireWriter.Canonical(command)), now)
        {
            Run = (ruleset, state, recordedAt) => Bookkeeper.ChangePlan(ruleset, state, command.Plan, recordedAt),
            Write = Moved,
        }, cancellationToken);

    /// <summary>Buys credits at the price of the instant.</summary>
    /// <inheritdoc cref="OpenAccountAsync" path="/param"/>
    public Task<CommandResult> BuyAsync(string account, BuyCredits command, string idempotencyKey, CancellationToken cancellationToken)
    {
        var floored = command with { At = Instants.Floor(command.At) };
        var canonical = command.TimedOnArrival ? floored with { At = NodaConstants.UnixEpoch } : floored;
        return SubmitAsync(idempotencyKey, now => new AccountCommand<PurchaseAnswer>(this, account, idempotencyKey,
            RequestHash("buy"u8, command.TimedOnArrival, WireWriter.Canonical(canonical)), now)
        {
            At = floored.At,
            MadeLot = floored.Id,
            Run = (ruleset, state, recordedAt) => Bookkeeper.Buy(ruleset, state, floored, recordedAt),
            Write = static (_, booking, decimals) => WireWriter.Purchase(booking.Answer!, decimals),
        }, cancellationToken);
    }

    /// <summary>Buys a pack.</summary>
    /// <inheritdoc cref="OpenAccountAsync" path="/param"/>
    public Task<CommandResult> BuyAsync(string account, BuyPack command, string idempotencyKey, CancellationToken cancellationToken)
    {
        var floored = command with { At = Instants.Floor(command.At) };
        var canonical = command.TimedOnArrival ? floored with { At = NodaConstants.UnixEpoch } : floored;
        return SubmitAsync(idempotencyKey, now => new AccountCommand<PurchaseAnswer>(this, account, idempotencyKey,
            RequestHash("buy-pack"u8, command.TimedOnArrival, WireWriter.Canonical(canonical)), now)
        {
            At = floored.At,
            MadeLot = floored.Id,
            Run = (ruleset, state, recordedAt) => Bookkeeper.Buy(ruleset, state, floored, recordedAt),
            Write = static (_, booking, decimals) => WireWriter.Purchase(booking.Answer!, decimals),
        }, cancellationToken);
    }

    /// <summary>
    /// Posts what is due by now: renewals, expiries, rollovers. Every command does so first; this does nothing else. It happens once however
    /// often it is asked, so it takes no key and its answer is not kept.
    /// </summary>
    public Task<CommandResult> AdvanceAsync(string account, CancellationToken cancellationToken) =>
        _writer.SubmitAsync(new AccountCommand<AccountAnswer>(this, account, "", [], Instants.Now(_options.Time))
        {
            KeepsAnswer = false,
            Run = Bookkeeper.Advance,
            Write = Moved,
        }, cancellationToken);

    private static byte[] Moved(AccountState before, Booking<AccountAnswer> booking, int decimals) =>
        WireWriter.Account(booking.Answer!, MovedCredits.Of(before, booking.Entries), decimals);

    /// <summary>A command of the bookkeeper whose answer is written from its booking.</summary>
    private sealed class AccountCommand<TAnswer>(CreditLedger ledger, string account, string key, byte[] requestHash, Instant receivedAt)
        : PendingCommand(account, key, requestHash, receivedAt)
        where TAnswer : class
    {
        /// <summary>When the caller says that it happens; null: when it is recorded.</summary>
        public Instant? At { get; init; }

        /// <summary>As <see cref="NewLot"/>.</summary>
        public string? MadeLot { get; init; }

        public required Func<PublishedRuleset, AccountState, Instant, Booking<TAnswer>> Run { get; init; }

        /// <summary>From the state before, the booking and the credit's decimals.</summary>
        public required Func<AccountState, Booking<TAnswer>, int, byte[]> Write { get; init; }

        public override string? NewLot => MadeLot;

        public override IReadOnlyList<ScopeId> Scopes(AccountState state, Instant recordedAt) =>
            // A change of plan may end the running cycle.
            Bookkeeper.ScopesDue(ledger.RulesetOf(state), state, recordedAt, endsCycle: true);

        public override Booked Book(AccountState? state, Instant recordedAt)
        {
            if (At is { } at && ledger.OutsideWindow(at, recordedAt) is { } outside)
            {
                return Booked.Invalid(outside);
            }

            var ruleset = ledger.RulesetOf(state!);
            var booking = Run(ruleset, state!, recordedAt);
            return booking.Succeeded
                ? new Booked { State = booking.State, Entries = booking.Entries, Answer = Write(state!, booking, Decimals(ruleset)) }
                : Booked.Invalid(booking.Error);
        }
    }
}
