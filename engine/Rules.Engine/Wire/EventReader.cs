using System.Collections.Immutable;
using NodaTime;
using Rules.Dsl.Text;
using Rules.Engine.Pricing;

namespace Rules.Engine.Wire;

/// <summary>An event with the account that it belongs to: the body of quotes and charges.</summary>
public sealed record AccountEvent(string Account, UsageEvent Usage);

/// <summary>An event among many, with the key under which it is charged.</summary>
/// <param name="Key">Null where it has none.</param>
public sealed record KeyedEvent(string Account, UsageEvent Usage, string? Key);

/// <summary>An event for an evaluation without a ledger: the input of <c>rules quote</c>.</summary>
/// <param name="Account">Null where the event names none.</param>
/// <param name="State">The account as it is to be assumed; null where none is given.</param>
public sealed record StatedEvent(string? Account, UsageEvent Usage, StatedAccount? State);

/// <summary>What an event without a ledger says about its account.</summary>
/// <param name="Balances">Credits per bucket, in the order given; not yet checked against a model.</param>
public sealed record StatedAccount(
    string? Plan, ImmutableArray<NamedText> Facts, ImmutableArray<NamedText> Terms, ImmutableArray<MeteredQuantity> Balances);

/// <summary>
/// Reads events from UTF-8 JSON, strictly: unknown and repeated members, wrong types, figures that are not plain decimals and anything
/// after the object are refused. Whether names and figures fit a rule file is the evaluation's question, not the reader's.
/// </summary>
public static class EventReader
{
    private const int OwnMembers = 9;

    private static readonly string[] _members = ["account", "at", "action", "quantities", "facts", "keys", "record", "amount", "only"];

    private static readonly string[] _keyedMembers = [.. _members, "idempotency_key"];

    private static readonly string[] _statedMembers = [.. _members, "state"];

    private static readonly string[] _stepMembers = [.. _members, "id", "do"];

    private static readonly string[] _stateMembers = ["plan", "facts", "terms", "balances"];

    /// <summary>
    /// The body of <c>POST /v1/quotes</c> and <c>POST /v1/charges</c>: <c>account</c> and <c>action</c> are required; with <c>amount</c>, which
    /// stands for quantities, the action may be left out where the rule file prices one.
    /// </summary>
    /// <param name="now">Stands for <c>at</c> where it is left out, cut to the microsecond.</param>
    public static WireReading<AccountEvent> Read(ReadOnlySpan<byte> json, Instant now)
    {
        var cursor = new JsonCursor(json);
        return TryRead(ref cursor, _members, now, required: 0b101, out var account, out var usage, out _, out _)
            ? new(new AccountEvent(account!, usage!), null)
            : new(null, cursor.Error);
    }

    /// <summary>One item of <c>POST /v1/charges/bulk</c>: an event with its <c>idempotency_key</c>, which is required too.</summary>
    /// <param name="now">Stands for <c>at</c> where it is left out, cut to the microsecond.</param>
    public static WireReading<KeyedEvent> ReadKeyed(ReadOnlySpan<byte> json, Instant now)
    {
        var cursor = new JsonCursor(json);
        return TryRead(ref cursor, _keyedMembers, now, required: 0b10_0000_0101, out var account, out var usage, out _, out var key)
            ? new(new KeyedEvent(account!, usage!, key), null)
            : new(null, cursor.Error);
    }

    /// <summary>The input of <c>rules quote</c>: an event whose account may be left out, with an optional <c>state</c> beside it.</summary>
    /// <param name="now">Stands for <c>at</c> where it is left out, cut to the microsecond.</param>
    public static WireReading<StatedEvent> ReadStated(ReadOnlySpan<byte> json, Instant now)
    {
        var cursor = new JsonCursor(json);
        return TryRead(ref cursor, _statedMembers, now, required: 0b100, out var account, out var usage, out var state, out _)
            ? new(new StatedEvent(account, usage!, state), null)
            : new(null, cursor.Error);
    }

    /// <summary>A step of a story: an event with an <c>id</c>, whose account and, beside an <c>amount</c>, action may be left out.</summary>
    /// <param name="now">Stands for <c>at</c> where it is left out; null: it is required.</param>
    internal static bool TryReadStep(ref JsonCursor cursor, Instant? now, out string? account, out string? id, out UsageEvent? usage) =>
        TryRead(ref cursor, _stepMembers, now ?? default, now is null ? 0b10u : 0, out account, out usage, out _, out id)
        && (usage!.Amount is not null || cursor.RequireText(_members[2], usage.Action));

    private static bool TryRead(
        ref JsonCursor cursor, string[] members, Instant now, uint required, out string? account, out UsageEvent? usage, out StatedAccount? state,
        out string? id)
    {
        id = null;
        account = null;
        usage = null;
        state = null;
        var at = default(Instant);
        var action = "";
        var amount = default(ExactDecimal);
        ImmutableArray<MeteredQuantity> quantities = [];
        ImmutableArray<NamedText> facts = [], keys = [], record = [];
        ImmutableArray<string> only = [];
        uint seen = 0;
        if (!cursor.Begin())
        {
            return false;
        }

        while (cursor.NextMember(members, ref seen, out var member))
        {
            var read = member switch
            {
                0 => cursor.Id(out account),
                1 => cursor.Time(out at),
                2 => cursor.Text(WireLimits.NameCharacters, out action),
                3 => cursor.Amounts(out quantities),
                4 => cursor.Texts(out facts),
                5 => cursor.Texts(out keys),
                6 => cursor.Texts(out record),
                7 => cursor.Amount(out amount),
                8 => cursor.Names(out only),
                OwnMembers when members == _statedMembers => TryReadState(ref cursor, out state),
                OwnMembers when members == _keyedMembers => cursor.Text(WireLimits.IdCharacters, out id),
                OwnMembers => cursor.Id(out id),
                _ => cursor.Pass(),
            };
            if (!read)
            {
                return false;
            }
        }

        if (!cursor.End() || !cursor.Require(members, seen, (seen & (1 << 7)) != 0 ? required & ~0b100u : required))
        {
            return false;
        }

        var hasAmount = (seen & (1 << 7)) != 0;
        if (hasAmount && !quantities.IsEmpty)
        {
            return cursor.Exclude("quantities", "amount");
        }

        var timed = (seen & 0b10) != 0;
        usage = new UsageEvent
        {
            OccurredAt = timed ? at : InstantText.Cut(now),
            TimedOnArrival = !timed,
            Action = action,
            Quantities = quantities,
            Amount = hasAmount ? amount : null,
            Facts = facts,
            Keys = keys,
            Record = record,
            Only = only,
        };
        return true;
    }

    private static bool TryReadState(ref JsonCursor cursor, out StatedAccount? state)
    {
        state = null;
        string? plan = null;
        ImmutableArray<NamedText> facts = [], terms = [];
        ImmutableArray<MeteredQuantity> balances = [];
        uint seen = 0;
        if (!cursor.BeginObject())
        {
            return false;
        }

        while (cursor.NextMember(_stateMembers, ref seen, out var member))
        {
            var read = member switch
            {
                0 => cursor.Text(WireLimits.NameCharacters, out plan),
                1 => cursor.Texts(out facts),
                2 => cursor.Texts(out terms),
                _ => cursor.Amounts(out balances),
            };
            if (!read)
            {
                return false;
            }
        }

        state = new StatedAccount(plan, facts, terms, balances);
        return cursor.Error is null;
    }
}
