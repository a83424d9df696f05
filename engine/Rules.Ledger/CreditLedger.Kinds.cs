using NodaTime;
using Rules.Engine.Accounts;
using Rules.Engine.Model;
using Rules.Engine.Pricing;
using Rules.Ledger.Journal;
using Rules.Ledger.Writing;

namespace Rules.Ledger;

/// <summary>How the commands of an open account run: all alike, each by what its kind says.</summary>
public sealed partial class CreditLedger
{
    private Task<CommandResult> SubmitAsync<TCommand>(
        string account, TCommand command, CommandKind<TCommand> kind, string idempotencyKey, CancellationToken cancellationToken)
        where TCommand : class
    {
        var floored = kind.At(command) is { } at ? kind.Dated(command, Instants.Floor(at)) : command;
        var canonical = kind.Canonical(floored);
        var onArrival = kind.TimedOnArrival(floored);
        var hash = RequestHash(kind.Operation.Span, onArrival, onArrival ? kind.Canonical(kind.Dated(floored, NodaConstants.UnixEpoch)) : canonical);
        return SubmitAsync(
            idempotencyKey, now => new LedgerCommand<TCommand>(this, account, floored, kind, canonical, idempotencyKey, hash, now), cancellationToken);
    }

    private static Booked Done<TAnswer>(Booking<TAnswer> booking, Func<TAnswer, byte[]> answer)
        where TAnswer : class => booking.Succeeded
            ? new Booked { State = booking.State, Entries = booking.Entries, Answer = answer(booking.Answer) }
            : Booked.Invalid(booking.Error);

    private static IReadOnlyList<ScopeId> ScopesDue<TCommand>(PublishedRuleset ruleset, AccountState state, TCommand command, Instant at) =>
        Bookkeeper.ScopesDue(ruleset, state, at);

    // What may end the running cycle closes what it counts.
    private static IReadOnlyList<ScopeId> ScopesOfEnding<TCommand>(PublishedRuleset ruleset, AccountState state, TCommand command, Instant at) =>
        Bookkeeper.ScopesDue(ruleset, state, at, endsCycle: true);

    /// <summary>What a kind of command says, reads and does.</summary>
    private sealed record CommandKind<TCommand>
    {
        /// <summary>Tells commands apart that would read alike.</summary>
        public required ReadOnlyMemory<byte> Operation { get; init; }

        public required Func<TCommand, byte[]> Canonical { get; init; }

        /// <summary>When the caller says that it happens; null: when it is recorded.</summary>
        public Func<TCommand, Instant?> At { get; init; } = static _ => null;

        public Func<TCommand, Instant, TCommand> Dated { get; init; } = static (command, _) => command;

        public Func<TCommand, bool> TimedOnArrival { get; init; } = static _ => false;

        public required Func<PublishedRuleset, AccountState, TCommand, Instant, Booked> Book { get; init; }

        public Func<PublishedRuleset, AccountState, TCommand, Instant, IReadOnlyList<ScopeId>> Scopes { get; init; } = ScopesDue;

        /// <summary>The command is kept beside its entry, which does not say all that was asked.</summary>
        public bool KeepsRequest { get; init; }

        public Func<TCommand, string>? Hold { get; init; }

        public Func<TCommand, string>? Use { get; init; }

        public Func<TCommand, string>? Lot { get; init; }

        public Func<TCommand, string>? NewLot { get; init; }

        public Func<PublishedRuleset, TCommand, bool>? ReadsLiveLots { get; init; }
    }

    private sealed class LedgerCommand<TCommand>(
        CreditLedger ledger, string account, TCommand command, CommandKind<TCommand> kind, byte[] canonical, string key, byte[] requestHash, Instant receivedAt)
        : PendingCommand(account, key, requestHash, receivedAt)
        where TCommand : class
    {
        public override string? NewLot => kind.NewLot?.Invoke(command);

        public override string? Hold => kind.Hold?.Invoke(command);

        public override string? Use => kind.Use?.Invoke(command);

        public override string? Lot => kind.Lot?.Invoke(command);

        public override bool ReadsLiveLots(AccountState state) => kind.ReadsLiveLots?.Invoke(ledger.RulesetOf(state), command) ?? false;

        public override IReadOnlyList<ScopeId> ScopesDue(AccountState state, Instant recordedAt) =>
            Bookkeeper.ScopesDue(ledger.RulesetOf(state), state, recordedAt);

        public override Booked? Due(AccountState state, Instant recordedAt) => ledger.Due(state, recordedAt);

        public override IReadOnlyList<ScopeId> Scopes(AccountState state, Instant recordedAt) =>
            kind.Scopes(ledger.RulesetOf(state), state, command, recordedAt);

        public override Booked Book(AccountState? state, Instant recordedAt)
        {
            if (kind.At(command) is { } at && ledger.OutsideWindow(at, recordedAt) is { } outside)
            {
                return Booked.Invalid(outside);
            }

            var booked = kind.Book(ledger.RulesetOf(state!), state!, command, recordedAt);
            return booked.Error is null && kind.KeepsRequest ? booked with { Request = canonical } : booked;
        }
    }
}
