using System.Collections.Immutable;
using NodaTime;
using Rules.Engine.Pricing;

namespace Rules.Engine.Wire;

/// <summary>An event for an evaluation without a ledger: the input of <c>rules quote</c>.</summary>
/// <param name="Account">Null where the event names none.</param>
/// <param name="State">The account as it is to be assumed; null where none is given.</param>
public sealed record StatedEvent(string? Account, UsageEvent Usage, StatedAccount? State);

/// <summary>An event of the past that no ledger holds: a line of the input of <c>rules replay</c> and <c>rules usage import</c>.</summary>
/// <param name="Id">Null where the event has none.</param>
/// <param name="State">How the account stood before its first event; null where none is given.</param>
public sealed record PastEvent(string? Id, string Account, UsageEvent Usage, StatedAccount? State);

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
    private const int FirstOfEvent = 2;

    private static readonly string[] _members = ["account", "at", .. EventMembers.Names];

    private static readonly string[] _keyedMembers = [.. _members, "idempotency_key"];

    private static readonly string[] _statedMembers = [.. _members, "state"];

    private static readonly string[] _pastMembers = [.. _members, "id", "state"];

    private static readonly string[] _stepMembers = [.. _members, "id", "do"];

    private static readonly string[] _stateMembers = ["plan", "facts", "terms", "balances"];

    /// <summary>
    /// The body of <c>POST /v1/quotes</c>, <c>POST /v1/charges</c> and <c>POST /v1/corrections</c>: <c>account</c> and <c>action</c> are required;
    /// with <c>amount</c>, which stands for quantities, the action may be left out where the rule file prices one.
    /// </summary>
    /// <param name="now">Stands for <c>at</c> where it is left out, cut to the microsecond.</param>
    /// <param name="place">A body, or an item, which needs its <c>idempotency_key</c> too.</param>
    public static WireReading<AccountCommand<UsageEvent>> Read(ReadOnlySpan<byte> json, Instant now, CommandPlace place = CommandPlace.Body)
    {
        var cursor = new JsonCursor(json);
        var (members, required) = place == CommandPlace.Item ? (_keyedMembers, 0b10_0000_0101u) : (_members, 0b101u);
        return TryRead(ref cursor, members, now, required, out var account, out var usage, out _, out var key)
            ? new(new AccountCommand<UsageEvent>(account!, usage!) { Key = key }, null)
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

    /// <summary>An event that happened: <c>account</c>, <c>at</c> and <c>action</c> are required, <c>state</c> may stand beside it.</summary>
    /// <param name="needsId">Without <c>id</c> it is refused.</param>
    public static WireReading<PastEvent> ReadPast(ReadOnlySpan<byte> json, bool needsId)
    {
        var cursor = new JsonCursor(json);
        var required = 0b111u | (needsId ? 1u << _members.Length : 0);
        return TryRead(ref cursor, _pastMembers, default, required, out var account, out var usage, out var state, out var id)
            ? new(new PastEvent(id, account!, usage!, state), null)
            : new(null, cursor.Error);
    }

    /// <summary>How an account stood, as <see cref="WireWriter.Canonical(StatedAccount)"/> writes it.</summary>
    public static WireReading<StatedAccount> ReadState(ReadOnlySpan<byte> json)
    {
        var cursor = new JsonCursor(json);
        return TryReadState(ref cursor, cursor.Begin(), out var state) && cursor.End() ? new(state, null) : new(null, cursor.Error);
    }

    /// <summary>A step of a story: an event with an <c>id</c>, whose account and, beside an <c>amount</c>, action may be left out.</summary>
    /// <param name="now">Stands for <c>at</c> where it is left out; null: it is required.</param>
    internal static bool TryReadStep(ref JsonCursor cursor, Instant? now, out string? account, out string? id, out UsageEvent? usage) =>
        TryRead(ref cursor, _stepMembers, now ?? default, now is null ? 0b10u : 0, out account, out usage, out _, out id)
        && (usage!.Amount is not null || cursor.RequireText(_members[FirstOfEvent], usage.Action));

    private static bool TryRead(
        ref JsonCursor cursor, string[] names, Instant now, uint required, out string? account, out UsageEvent? usage, out StatedAccount? state,
        out string? id)
    {
        id = null;
        account = null;
        usage = null;
        state = null;
        var at = default(Instant);
        var members = new EventMembers();
        uint seen = 0;
        if (!cursor.Begin())
        {
            return false;
        }

        while (cursor.NextMember(names, ref seen, out var member))
        {
            var read = member switch
            {
                0 => cursor.Id(out account),
                1 => cursor.Time(out at),
                _ when member < _members.Length => members.TryRead(ref cursor, member - FirstOfEvent),
                _ when names[member] == "state" => TryReadState(ref cursor, cursor.BeginObject(), out state),
                _ when names == _keyedMembers => cursor.Text(WireLimits.IdCharacters, out id),
                _ when names[member] == "id" => cursor.Id(out id),
                _ => cursor.Pass(),
            };
            if (!read)
            {
                return false;
            }
        }

        var timed = (seen & 0b10) != 0;
        return cursor.End()
            && cursor.Require(names, seen, members.HasAmount ? required & ~(1u << (FirstOfEvent + EventMembers.Action)) : required)
            && members.TryGet(ref cursor, timed ? at : InstantText.Cut(now), !timed, out usage);
    }

    private static bool TryReadState(ref JsonCursor cursor, bool begun, out StatedAccount? state)
    {
        state = null;
        string? plan = null;
        ImmutableArray<NamedText> facts = [], terms = [];
        ImmutableArray<MeteredQuantity> balances = [];
        uint seen = 0;
        if (!begun)
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
