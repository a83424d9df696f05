using NodaTime;
using Rules.Engine.Accounts;
using Rules.Engine.Model;
using Rules.Engine.Pricing;
using Rules.Engine.Wire;
using Rules.Ledger.Journal;
using Rules.Ledger.Storage;
using Rules.Ledger.Writing;

namespace Rules.Ledger;

public sealed partial class CreditLedger
{
    /// <summary>Sets credits aside. A hold that the credits do not cover is refused, and the refusal is stored.</summary>
    /// <inheritdoc cref="OpenAccountAsync" path="/param"/>
    public Task<CommandResult> HoldAsync(string account, HoldCredits command, string idempotencyKey, CancellationToken cancellationToken)
    {
        if (!IdText.IsValid(command.Id))
        {
            return Task.FromResult(Invalid(LedgerErrors.HoldIdInvalid));
        }

        var ordered = command with { Usage = Ordered(command.Usage), ExpiresAt = Instants.Floor(command.ExpiresAt) };
        var stored = WireWriter.Canonical(ordered);
        var timed = ordered.Usage.TimedOnArrival
            ? WireWriter.Canonical(ordered with { Usage = ordered.Usage with { OccurredAt = NodaConstants.UnixEpoch } })
            : stored;
        var hash = RequestHash("hold"u8, ordered.Usage.TimedOnArrival, timed);
        return SubmitAsync(idempotencyKey, now => new HoldCommand(this, account, ordered, stored, idempotencyKey, hash, now), cancellationToken);
    }

    /// <summary>
    /// Settles a hold at what its use came to. The same capture again, under whatever key, answers <c>"repeated": true</c>; what exceeds the hold
    /// beyond the rules, a hold that was settled otherwise, and an excess that the credits do not cover are refused, and the refusal is stored.
    /// </summary>
    /// <inheritdoc cref="OpenAccountAsync" path="/param"/>
    public Task<CommandResult> CaptureAsync(string account, CaptureHold command, string idempotencyKey, CancellationToken cancellationToken) => SubmitAsync(
        account, command with { Quantities = command.Quantities?.Sort(static (a, b) => string.CompareOrdinal(a.Meter, b.Meter)) }, Captures, idempotencyKey,
        cancellationToken);

    /// <summary>Settles a hold without a use.</summary>
    /// <inheritdoc cref="OpenAccountAsync" path="/param"/>
    public Task<CommandResult> ReleaseAsync(string account, ReleaseHold command, string idempotencyKey, CancellationToken cancellationToken) =>
        SubmitAsync(account, command, Releases, idempotencyKey, cancellationToken);

    /// <summary>Takes back a use, whole or in part, to the very lots that paid.</summary>
    /// <inheritdoc cref="OpenAccountAsync" path="/param"/>
    public Task<CommandResult> ReverseAsync(string account, ReverseUse command, string idempotencyKey, CancellationToken cancellationToken) =>
        SubmitAsync(account, command, Reverses, idempotencyKey, cancellationToken);

    /// <summary>Gives credits back that no use is named for.</summary>
    /// <inheritdoc cref="OpenAccountAsync" path="/param"/>
    public Task<CommandResult> RefundAsync(string account, RefundCredits command, string idempotencyKey, CancellationToken cancellationToken) =>
        SubmitAsync(account, command, Refunds, idempotencyKey, cancellationToken);

    /// <summary>Ends a grant.</summary>
    /// <inheritdoc cref="OpenAccountAsync" path="/param"/>
    public Task<CommandResult> VoidAsync(string account, VoidGrant command, string idempotencyKey, CancellationToken cancellationToken) =>
        SubmitAsync(account, command, Voids, idempotencyKey, cancellationToken);

    /// <summary>Ends a grant and puts another in its place.</summary>
    /// <inheritdoc cref="OpenAccountAsync" path="/param"/>
    public Task<CommandResult> ReplaceAsync(string account, ReplaceGrant command, string idempotencyKey, CancellationToken cancellationToken) =>
        SubmitAsync(account, command, Replaces, idempotencyKey, cancellationToken);

    private static readonly CommandKind<CaptureHold> Captures = new()
    {
        Operation = "capture"u8.ToArray(),
        Canonical = WireWriter.Canonical,
        At = static command => command.At,
        Dated = static (command, at) => command with { At = at },
        TimedOnArrival = static command => command.TimedOnArrival,
        Book = static (ruleset, state, command, at) => Settled(ruleset, Bookkeeper.Capture(ruleset, state, command, at), CapturedEvent(state, command)),
        Scopes = Bookkeeper.ScopesOf,
        KeepsRequest = true,
        Hold = static command => command.Hold,
        ReadsLiveLots = Bookkeeper.MayGiveBack,
    };

    private static readonly CommandKind<ReleaseHold> Releases = new()
    {
        Operation = "release"u8.ToArray(),
        Canonical = WireWriter.Canonical,
        At = static command => command.At,
        Dated = static (command, at) => command with { At = at },
        TimedOnArrival = static command => command.TimedOnArrival,
        Book = static (ruleset, state, command, at) => Settled(ruleset, Bookkeeper.Release(ruleset, state, command, at), []),
        KeepsRequest = true,
        Hold = static command => command.Hold,
    };

    private static readonly CommandKind<ReverseUse> Reverses = new()
    {
        Operation = "reverse"u8.ToArray(),
        Canonical = WireWriter.Canonical,
        At = static command => command.At,
        Dated = static (command, at) => command with { At = at },
        TimedOnArrival = static command => command.TimedOnArrival,
        Book = static (ruleset, state, command, at) =>
            Done(Bookkeeper.Reverse(ruleset, state, command, at), answer => WireWriter.Back(answer, Decimals(ruleset))) with
            {
                Reference = state.Uses is [var use, ..] ? use.Sequence : null,
            },
        Scopes = Bookkeeper.ScopesOf,
        KeepsRequest = true,
        Use = static command => command.Use,
    };

    private static readonly CommandKind<RefundCredits> Refunds = new()
    {
        Operation = "refund"u8.ToArray(),
        Canonical = WireWriter.Canonical,
        At = static command => command.At,
        Dated = static (command, at) => command with { At = at },
        TimedOnArrival = static command => command.TimedOnArrival,
        Book = static (ruleset, state, command, at) =>
            Done(Bookkeeper.Refund(ruleset, state, command, at), answer => WireWriter.Back(answer, Decimals(ruleset))),
        KeepsRequest = true,
        ReadsLiveLots = static (_, _) => true,
    };

    private static readonly CommandKind<VoidGrant> Voids = new()
    {
        Operation = "void"u8.ToArray(),
        Canonical = WireWriter.Canonical,
        At = static command => command.At,
        Dated = static (command, at) => command with { At = at },
        TimedOnArrival = static command => command.TimedOnArrival,
        Book = static (ruleset, state, command, at) =>
            Done(Bookkeeper.Void(ruleset, state, command, at), answer => WireWriter.Void(answer, Decimals(ruleset))),
        KeepsRequest = true,
        Lot = static command => command.Id,
    };

    private static readonly CommandKind<ReplaceGrant> Replaces = new()
    {
        Operation = "replace"u8.ToArray(),
        Canonical = WireWriter.Canonical,
        At = static command => command.At,
        Dated = static (command, at) => command with { At = at },
        TimedOnArrival = static command => command.TimedOnArrival,
        Book = static (ruleset, state, command, at) =>
            Done(Bookkeeper.Replace(ruleset, state, command, at), answer => WireWriter.Replacement(answer, Decimals(ruleset))),
        KeepsRequest = true,
        Lot = static command => command.Grant,
        NewLot = static command => command.Id,
    };

    private static Booked Settled(PublishedRuleset ruleset, Booking<SettlementAnswer> booking, byte[] usage) => booking.Succeeded
        ? new Booked
        {
            State = booking.State,
            Entries = booking.Entries,
            Accepted = booking.Answer.Refusal is null,
            Outcome = booking.Answer.Refusal is null ? booking.Answer.Quote?.Outcome : null,
            Answer = WireWriter.Settlement(booking.Answer, Decimals(ruleset)),
            Usage = usage,
        }
        : Booked.Invalid(booking.Error);

    private static byte[] CapturedEvent(AccountState state, CaptureHold command)
    {
        foreach (var hold in state.Holds)
        {
            if (hold.Hold.Id == command.Hold && hold.Settlement is null && Bookkeeper.EventOf(hold.Hold, command) is { } usage)
            {
                return WireWriter.Canonical(usage);
            }
        }

        return [];
    }

    private static async ValueTask<AccountState> WithHoldsAsync(
        IReadSnapshot snapshot, StoredAccount stored, Instant dueBy, CancellationToken cancellationToken) => stored.State.NextHold == 1
            ? stored.State
            : stored.State with { Holds = await snapshot.HoldsAsync(stored, dueBy, null, cancellationToken) };

    private sealed class HoldCommand(
        CreditLedger ledger, string account, HoldCredits command, byte[] request, string key, byte[] requestHash, Instant receivedAt)
        : PendingCommand(account, key, requestHash, receivedAt)
    {
        public override string? NewUse => command.Id;

        public override string? Hold => command.Id;

        public override IReadOnlyList<ScopeId> Scopes(AccountState state, Instant recordedAt) =>
            Bookkeeper.ScopesOf(ledger.RulesetOf(state), state, command.Usage, recordedAt);

        public override Booked Book(AccountState? state, Instant recordedAt)
        {
            if (ledger.OutsideWindow(command.Usage.OccurredAt, recordedAt) is { } outside)
            {
                return Booked.Invalid(outside);
            }

            if (command.Usage.OccurredAt < recordedAt - ledger._options.LateWindow)
            {
                return Booked.Invalid(LedgerErrors.TooOld(command.Usage.OccurredAt, recordedAt, ledger._options.LateWindow));
            }

            var booking = Bookkeeper.Hold(ledger.RulesetOf(state!), state!, command, recordedAt);
            return booking.Succeeded
                ? new Booked
                {
                    State = booking.State,
                    Entries = booking.Entries,
                    Accepted = booking.Answer.Accepted,
                    Outcome = booking.Answer.Quote.Outcome,
                    Answer = WireWriter.Hold(booking.Answer),
                    Usage = WireWriter.Canonical(Kept(command.Usage, booking.Entries)),
                    Request = request,
                }
                : Booked.Invalid(booking.Error);
        }
    }
}
