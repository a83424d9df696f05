using System.Collections.Immutable;
using NodaTime;
using Rules.Dsl.Text;
using Rules.Engine.Accounts;
using Rules.Engine.Pricing;

namespace Rules.Engine.Wire;

/// <summary>A command with the account that it is for.</summary>
/// <param name="Account">Null where the text may leave it out and does.</param>
public sealed record AccountCommand<TCommand>(string? Account, TCommand Command)
    where TCommand : class;

/// <summary>Commands on holds, and those that give credits back.</summary>
public static partial class CommandReader
{
    private static readonly string[] _holdMembers =
        ["account", "id", "at", "action", "quantities", "facts", "keys", "record", "amount", "expires"];

    private static readonly string[] _captureMembers = ["account", "id", "at", "amount", "quantities"];
    private static readonly string[] _releaseMembers = ["account", "id", "at", "expires"];
    private static readonly string[] _reverseMembers = ["account", "use", "at", "amount"];
    private static readonly string[] _refundMembers = ["account", "amount", "at"];
    private static readonly string[] _voidMembers = ["account", "id", "at"];
    private static readonly string[] _replaceMembers = ["account", "grant", "id", "amount", "at"];

    /// <summary>A hold: <c>id</c> and the members of an event, with <c>amount</c> in place of quantities where a number of credits is held.</summary>
    /// <param name="now">Stands for <c>at</c> where it is left out, cut to the microsecond; so with every command here.</param>
    public static WireReading<AccountCommand<HoldCredits>> ReadHold(ReadOnlySpan<byte> json, Instant now)
    {
        var cursor = new JsonCursor(json);
        var read = new Members();
        if (!read.All(ref cursor, _holdMembers))
        {
            return new(null, cursor.Error);
        }

        var required = read.Has(8) ? 0b10u : 0b1010u;
        if (!cursor.Require(_holdMembers, read.Seen, required))
        {
            return new(null, cursor.Error);
        }

        var usage = new UsageEvent
        {
            OccurredAt = read.AtOr(now),
            TimedOnArrival = !read.IsTimed,
            Action = read.Action,
            Amount = read.Amount,
            Quantities = read.Quantities ?? [],
            Facts = read.Facts,
            Keys = read.Keys,
            Record = read.Record,
        };
        return new(new(read.Account, new HoldCredits(read.Id, usage) { ExpiresAt = read.ExpiresAt }), null);
    }

    /// <summary>A capture: <c>id</c> of the hold, and <c>amount</c> or <c>quantities</c> where it is not captured as it was quoted.</summary>
    public static WireReading<AccountCommand<CaptureHold>> ReadCapture(ReadOnlySpan<byte> json, Instant now)
    {
        var cursor = new JsonCursor(json);
        var read = new Members();
        return read.All(ref cursor, _captureMembers) && cursor.Require(_captureMembers, read.Seen, 0b10)
            ? new(new(read.Account, new CaptureHold(read.Id, read.AtOr(now)) { TimedOnArrival = !read.IsTimed, Amount = read.Amount, Quantities = read.Quantities }), null)
            : new(null, cursor.Error);
    }

    /// <summary>A release: <c>id</c> of the hold; <c>expires</c> true where its time is over.</summary>
    public static WireReading<AccountCommand<ReleaseHold>> ReadRelease(ReadOnlySpan<byte> json, Instant now)
    {
        var cursor = new JsonCursor(json);
        var read = new Members { ExpiresIsFlag = true };
        return read.All(ref cursor, _releaseMembers) && cursor.Require(_releaseMembers, read.Seen, 0b10)
            ? new(new(read.Account, new ReleaseHold(read.Id, read.AtOr(now)) { TimedOnArrival = !read.IsTimed, Expires = read.Flag }), null)
            : new(null, cursor.Error);
    }

    /// <summary>A reversal: <c>use</c>, and <c>amount</c> where not all of it is taken back.</summary>
    public static WireReading<AccountCommand<ReverseUse>> ReadReverse(ReadOnlySpan<byte> json, Instant now)
    {
        var cursor = new JsonCursor(json);
        var read = new Members();
        return read.All(ref cursor, _reverseMembers) && cursor.Require(_reverseMembers, read.Seen, 0b10)
            ? new(new(read.Account, new ReverseUse(read.Id, read.AtOr(now)) { TimedOnArrival = !read.IsTimed, Amount = read.Amount }), null)
            : new(null, cursor.Error);
    }

    /// <summary>A refund: <c>amount</c>.</summary>
    public static WireReading<AccountCommand<RefundCredits>> ReadRefund(ReadOnlySpan<byte> json, Instant now)
    {
        var cursor = new JsonCursor(json);
        var read = new Members();
        return read.All(ref cursor, _refundMembers) && cursor.Require(_refundMembers, read.Seen, 0b10)
            ? new(new(read.Account, new RefundCredits(read.Amount!.Value, read.AtOr(now)) { TimedOnArrival = !read.IsTimed }), null)
            : new(null, cursor.Error);
    }

    /// <summary>A void: <c>id</c> of the grant.</summary>
    public static WireReading<AccountCommand<VoidGrant>> ReadVoid(ReadOnlySpan<byte> json, Instant now)
    {
        var cursor = new JsonCursor(json);
        var read = new Members();
        return read.All(ref cursor, _voidMembers) && cursor.Require(_voidMembers, read.Seen, 0b10)
            ? new(new(read.Account, new VoidGrant(read.Id, read.AtOr(now)) { TimedOnArrival = !read.IsTimed }), null)
            : new(null, cursor.Error);
    }

    /// <summary>A replacement: <c>grant</c> that ends, <c>id</c> and <c>amount</c> of the one in its place.</summary>
    public static WireReading<AccountCommand<ReplaceGrant>> ReadReplace(ReadOnlySpan<byte> json, Instant now)
    {
        var cursor = new JsonCursor(json);
        var read = new Members();
        return read.All(ref cursor, _replaceMembers) && cursor.Require(_replaceMembers, read.Seen, 0b1110)
            ? new(new(read.Account, new ReplaceGrant(read.Grant, read.Id, read.Amount!.Value, read.AtOr(now)) { TimedOnArrival = !read.IsTimed }), null)
            : new(null, cursor.Error);
    }

    /// <summary>The members that these commands have, each under one name and with one meaning.</summary>
    private ref struct Members
    {
        private string[] _names;
        private Instant _at;

        public Members()
        {
            _names = [];
        }

        public uint Seen;

        public bool ExpiresIsFlag { get; init; }

        public string? Account { get; private set; }

        public string Id { get; private set; } = "";

        public string Grant { get; private set; } = "";

        public string Action { get; private set; } = "";

        public ExactDecimal? Amount { get; private set; }

        public Instant? ExpiresAt { get; private set; }

        public bool Flag { get; private set; }

        public bool IsTimed { get; private set; }

        public ImmutableArray<MeteredQuantity>? Quantities { get; private set; }

        public ImmutableArray<NamedText> Facts { get; private set; } = [];

        public ImmutableArray<NamedText> Keys { get; private set; } = [];

        public ImmutableArray<NamedText> Record { get; private set; } = [];

        public readonly bool Has(int member) => (Seen & (1u << member)) != 0;

        public readonly Instant AtOr(Instant now) => IsTimed ? _at : InstantText.Cut(now);

        public bool All(ref JsonCursor cursor, string[] names)
        {
            _names = names;
            if (!cursor.Begin())
            {
                return false;
            }

            while (cursor.NextMember(names, ref Seen, out var member))
            {
                if (!One(ref cursor, _names[member]))
                {
                    return false;
                }
            }

            return cursor.End();
        }

        private bool One(ref JsonCursor cursor, string name)
        {
            bool read;
            switch (name)
            {
                case "account":
                    read = cursor.Id(out var account);
                    Account = account;
                    return read;
                case "id":
                    // A grant of a plan is named by the id that the system gave it.
                    read = _names == _voidMembers ? cursor.Text(WireLimits.ValueCharacters, out var id) : cursor.Id(out id);
                    Id = id;
                    return read;
                case "use":
                    // A charge is named by its idempotency key, which may hold more characters than an id.
                    read = cursor.Text(WireLimits.ValueCharacters, out var use);
                    Id = use;
                    return read;
                case "grant":
                    read = cursor.Text(WireLimits.ValueCharacters, out var grant);
                    Grant = grant;
                    return read;
                case "action":
                    read = cursor.Text(WireLimits.NameCharacters, out var action);
                    Action = action;
                    return read;
                case "amount":
                    read = cursor.Amount(out var amount);
                    Amount = amount;
                    return read;
                case "at":
                    IsTimed = true;
                    return cursor.Time(out _at);
                case "expires" when ExpiresIsFlag:
                    read = cursor.Flag(out var flag);
                    Flag = flag;
                    return read;
                case "expires":
                    read = cursor.Time(out var expires);
                    ExpiresAt = expires;
                    return read;
                case "quantities":
                    read = cursor.Amounts(out var quantities);
                    Quantities = quantities;
                    return read;
                case "facts":
                    read = cursor.Texts(out var facts);
                    Facts = facts;
                    return read;
                case "keys":
                    read = cursor.Texts(out var keys);
                    Keys = keys;
                    return read;
                default:
                    read = cursor.Texts(out var record);
                    Record = record;
                    return read;
            }
        }
    }
}
