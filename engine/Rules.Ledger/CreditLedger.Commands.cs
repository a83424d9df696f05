using System.Collections.Immutable;
using System.Security.Cryptography;
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
    /// <param name="idempotencyKey">1 to 128 printable ASCII characters, no space at either end, not beginning with <c>sys:</c>; the account is its scope.</param>
    public Task<CommandResult> OpenAccountAsync(OpenAccount command, string idempotencyKey, CancellationToken cancellationToken)
    {
        var canonical = command with { At = command.TimedOnArrival ? NodaConstants.UnixEpoch : Instants.Floor(command.At), Anchor = Instants.Floor(command.Anchor) };
        return IdText.IsValid(command.Id)
            ? SubmitAsync(idempotencyKey, now => new OpenAccountCommand(this, command with { At = Instants.Floor(command.At), Anchor = Instants.Floor(command.Anchor) }, idempotencyKey,
                RequestHash("open"u8, command.TimedOnArrival, WireWriter.Canonical(canonical)), now), cancellationToken)
            : Task.FromResult(Invalid(LedgerErrors.AccountIdInvalid));
    }

    /// <inheritdoc cref="OpenAccountAsync" path="/param"/>
    public Task<CommandResult> ChargeAsync(string account, UsageEvent usage, string idempotencyKey, CancellationToken cancellationToken) =>
        PricedAsync(account, usage, isCorrection: false, idempotencyKey, cancellationToken);

    /// <summary>A charge that puts an earlier one right, however late: quantities or an amount, below zero where the price allows corrections.</summary>
    /// <inheritdoc cref="OpenAccountAsync" path="/param"/>
    public Task<CommandResult> CorrectAsync(string account, UsageEvent usage, string idempotencyKey, CancellationToken cancellationToken) =>
        PricedAsync(account, usage, isCorrection: true, idempotencyKey, cancellationToken);

    private Task<CommandResult> PricedAsync(
        string account, UsageEvent usage, bool isCorrection, string idempotencyKey, CancellationToken cancellationToken)
    {
        var ordered = Ordered(usage);
        var stored = WireWriter.Canonical(ordered);
        var canonical = usage.TimedOnArrival ? WireWriter.Canonical(ordered with { OccurredAt = NodaConstants.UnixEpoch }) : stored;
        var hash = RequestHash(isCorrection ? "correct"u8 : "charge"u8, usage.TimedOnArrival, canonical);
        return SubmitAsync(
            idempotencyKey, now => new ChargeCommand(this, account, ordered, stored, isCorrection, idempotencyKey, hash, now), cancellationToken);
    }

    /// <inheritdoc cref="OpenAccountAsync" path="/param"/>
    public Task<CommandResult> GrantAsync(string account, GrantCredits command, string idempotencyKey, CancellationToken cancellationToken)
    {
        var floored = command with
        {
            EffectiveAt = Instants.Floor(command.EffectiveAt),
            ExpiresAt = Instants.Floor(command.ExpiresAt),
            CreatedAt = Instants.Floor(command.CreatedAt),
            Anchor = Instants.Floor(command.Anchor),
        };
        return SubmitAsync(account, floored, Grants, idempotencyKey, cancellationToken);
    }

    /// <summary>What <see cref="ChargeAsync"/> would answer now; reads at most one snapshot and writes nothing.</summary>
    public Task<CommandResult> QuoteAsync(string account, UsageEvent usage, CancellationToken cancellationToken)
    {
        var now = Instants.Now(_options.Time);
        var ordered = Ordered(usage);
        return QuoteFromMemory(account, ordered, now) is { } quoted ? Task.FromResult(quoted) : QuoteFromStoreAsync(account, ordered, now, cancellationToken);
    }

    /// <summary>The quote of an account that is remembered, where its price needs nothing else; null where something has to be read.</summary>
    private CommandResult? QuoteFromMemory(string account, UsageEvent usage, Instant receivedAt)
    {
        if (_remembered?.Find(account) is not { State: { NextHold: 1 } state })
        {
            return null;
        }

        var ruleset = RulesetOf(state);
        var recordedAt = Instants.Max(receivedAt, state.LastAt);
        return Bookkeeper.ScopesOf(ruleset, state, usage, recordedAt).Count == 0 && !Bookkeeper.MayGiveBack(ruleset, usage)
            ? Quoted(ruleset, state, usage, recordedAt)
            : null;
    }

    private async Task<CommandResult> QuoteFromStoreAsync(string account, UsageEvent usage, Instant receivedAt, CancellationToken cancellationToken)
    {
        var reading = _remembered?.Begin(account);
        await using var snapshot = await _store.BeginReadAsync(cancellationToken);
        if (await snapshot.AccountAsync(account, cancellationToken) is not { } stored)
        {
            return new CommandResult { Status = CommandStatus.AccountUnknown };
        }

        reading?.Remember(stored);
        await Rulesets.KnowAsync(snapshot.Moment, cancellationToken);
        var recordedAt = Instants.Max(snapshot.Moment.Now ?? receivedAt, stored.State.LastAt);
        var state = await WithHoldsAsync(snapshot, stored, recordedAt, cancellationToken);
        var ruleset = RulesetOf(state);
        var scopes = await snapshot.ScopesAsync(stored, Bookkeeper.ScopesOf(ruleset, state, usage, recordedAt), cancellationToken);
        state = state with { Scopes = scopes };
        if (Bookkeeper.MayGiveBack(ruleset, usage))
        {
            state = await AccountSession.WithLotsGivenBackToAsync(snapshot, stored, state, cancellationToken);
        }

        return Quoted(ruleset, state, usage, recordedAt);
    }

    private CommandResult Quoted(PublishedRuleset ruleset, AccountState state, UsageEvent usage, Instant recordedAt)
    {
        if ((OutsideWindow(usage.OccurredAt, recordedAt) ?? TooOld(usage, recordedAt)) is { } outside)
        {
            return Invalid(outside);
        }

        return Bookkeeper.Quote(ruleset, state, usage, recordedAt, out var error) is { } quote
            ? new CommandResult
            {
                Status = IsAccepted(quote) ? CommandStatus.Accepted : CommandStatus.Refused,
                Body = WireWriter.Quote(quote),
                Outcome = quote.Outcome,
            }
            : Invalid(error!);
    }

    private static bool IsAccepted(Quote quote) => quote.Outcome is not (QuoteOutcome.Blocked or QuoteOutcome.Paused or QuoteOutcome.Refused);

    private EvaluationError? TooOld(UsageEvent usage, Instant recordedAt) =>
        usage.OccurredAt < recordedAt - _options.LateWindow ? LedgerErrors.TooOld(usage.OccurredAt, recordedAt, _options.LateWindow) : null;

    private static CommandResult Invalid(EvaluationError error) => new() { Status = CommandStatus.Invalid, Error = error };

    /// <summary>The event as it is stored and read back: the order in which a sender writes names decides nothing.</summary>
    private static UsageEvent Ordered(UsageEvent usage) => usage with
    {
        OccurredAt = Instants.Floor(usage.OccurredAt),
        Quantities = usage.Quantities.Length < 2 ? usage.Quantities : usage.Quantities.Sort(static (a, b) => string.CompareOrdinal(a.Meter, b.Meter)),
        Facts = Ordered(usage.Facts),
        Keys = Ordered(usage.Keys),
        Record = Ordered(usage.Record),
    };

    private static ImmutableArray<NamedText> Ordered(ImmutableArray<NamedText> texts) =>
        texts.Length < 2 ? texts : texts.Sort(static (a, b) => string.CompareOrdinal(a.Name, b.Name));

    private Task<CommandResult> SubmitAsync(string key, Func<Instant, PendingCommand> command, CancellationToken cancellationToken) => IsKey(key)
        ? _writer.SubmitAsync(OfThisClock(command(Instants.Now(_options.Time))), cancellationToken)
        : Task.FromResult(Invalid(LedgerErrors.KeyInvalid));

    private static bool IsKey(string key) =>
        key.Length is >= 1 and <= 128 && key[0] != ' ' && key[^1] != ' ' && !key.AsSpan().ContainsAnyExceptInRange(' ', '~') && !Entry.IsSystemKey(key);

    /// <summary>Of the parsed command, so that white space, member order and trailing zeros make no difference.</summary>
    private static byte[] RequestHash(ReadOnlySpan<byte> operation, bool timedOnArrival, ReadOnlySpan<byte> canonical)
    {
        var bytes = new CanonicalBytes();
        bytes.Bytes(operation);
        bytes.Tag(timedOnArrival ? (byte)1 : (byte)0);
        bytes.Bytes(canonical);
        return SHA256.HashData(bytes.Written);
    }

    private EvaluationError? OutsideWindow(Instant at, Instant recordedAt) =>
        at > recordedAt + _options.ClockTolerance ? LedgerErrors.InTheFuture(at, recordedAt) : null;

    private sealed class OpenAccountCommand(CreditLedger ledger, OpenAccount command, string key, byte[] requestHash, Instant receivedAt)
        : PendingCommand(command.Id, key, requestHash, receivedAt)
    {
        public override bool OpensAccount => true;

        public override Booked Book(AccountState? state, Instant recordedAt)
        {
            if (ledger.OutsideWindow(command.At, recordedAt) is { } outside)
            {
                return Booked.Invalid(outside);
            }

            if (ledger.Rulesets.Find(command.Ruleset) is not { } ruleset)
            {
                return Booked.Invalid(LedgerErrors.RulesetUnknown(command.Ruleset));
            }

            var opening = Bookkeeper.Open(ruleset, command);
            if (!opening.Succeeded)
            {
                return Booked.Invalid(opening.Error);
            }

            // An opening in the past has its renewals behind it.
            var advance = Bookkeeper.Advance(ruleset, opening.State, Instants.Max(recordedAt, opening.State.LastAt));
            return advance.Succeeded
                ? new Booked
                {
                    State = advance.State,
                    Entries = opening.Entries.AddRange(advance.Entries),
                    Answer = WireWriter.Account(advance.Answer, MovedCredits.Of(null, opening.Entries.AddRange(advance.Entries)), Decimals(ruleset)),
                    Request = command.Anchor is null ? [] : WireWriter.Canonical(command),
                }
                : Booked.Invalid(advance.Error);
        }
    }

    private static readonly CommandKind<GrantCredits> Grants = new()
    {
        Operation = "grant"u8.ToArray(),
        Canonical = WireWriter.Canonical,
        At = static command => command.At,
        Dated = static (command, at) => command with { At = at },
        TimedOnArrival = static command => command.TimedOnArrival,
        Book = static (ruleset, state, command, at) =>
            Done(Bookkeeper.Grant(ruleset, state, command, at), answer => WireWriter.Grant(answer, Decimals(ruleset))),
        NewLot = static command => command.Id,
    };

    private sealed class ChargeCommand(
        CreditLedger ledger, string account, UsageEvent usage, byte[] canonical, bool isCorrection, string key, byte[] requestHash, Instant receivedAt)
        : PendingCommand(account, key, requestHash, receivedAt)
    {
        public override string? NewUse => Key;

        public override bool MayGiveBack(AccountState state) => Bookkeeper.MayGiveBack(ledger.RulesetOf(state), usage);

        public override IReadOnlyList<ScopeId> ScopesDue(AccountState state, Instant recordedAt) =>
            Bookkeeper.ScopesDue(ledger.RulesetOf(state), state, recordedAt);

        public override Booked? Due(AccountState state, Instant recordedAt) => ledger.Due(state, recordedAt);

        public override IReadOnlyList<ScopeId> Scopes(AccountState state, Instant recordedAt) =>
            Bookkeeper.ScopesOf(ledger.RulesetOf(state), state, usage, recordedAt);

        public override Booked Book(AccountState? state, Instant recordedAt)
        {
            // A correction may come however late.
            if ((ledger.OutsideWindow(usage.OccurredAt, recordedAt) ?? (isCorrection ? null : ledger.TooOld(usage, recordedAt))) is { } outside)
            {
                return Booked.Invalid(outside);
            }

            var ruleset = ledger.RulesetOf(state!);
            var booking = isCorrection
                ? Bookkeeper.Correct(ruleset, state!, usage, recordedAt)
                : Bookkeeper.Charge(ruleset, state!, usage, recordedAt);
            return booking.Succeeded
                ? new Booked
                {
                    State = booking.State,
                    Entries = booking.Entries,
                    Accepted = IsAccepted(booking.Answer),
                    Outcome = booking.Answer.Outcome,
                    Answer = WireWriter.Quote(booking.Answer),
                    Usage = usage.Action.Length > 0 ? canonical : WireWriter.Canonical(Kept(usage, booking.Entries)),
                    Late = usage.OccurredAt < recordedAt - ledger._options.ClockTolerance,
                }
                : Booked.Invalid(booking.Error);
        }
    }

    // An event that left its action out is kept with the one that was found: without it, it could not be read again.
    private static UsageEvent Kept(UsageEvent usage, ImmutableArray<Entry> entries) =>
        usage.Action.Length == 0 && entries is [.., { Event: { } priced }] ? priced : usage;

    /// <summary>What falls due by an instant; null where time cannot pass, which the command itself will say.</summary>
    private Booked? Due(AccountState state, Instant recordedAt)
    {
        var advance = Bookkeeper.Advance(RulesetOf(state), state, recordedAt);
        return advance.Succeeded ? new Booked { State = advance.State, Entries = advance.Entries } : null;
    }

    private static int Decimals(PublishedRuleset ruleset) => ruleset.Versions[^1].Model.Credit.Decimals;

    private PublishedRuleset RulesetOf(AccountState state) => Rulesets.Find(state.Ruleset)
        ?? throw new StoreException($"The ruleset \"{state.Ruleset}\" of account \"{state.Id}\" is not published in this database.");
}
