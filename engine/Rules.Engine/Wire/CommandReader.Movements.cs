using System.Collections.Immutable;
using NodaTime;
using Rules.Dsl.Text;
using Rules.Engine.Accounts;
using Rules.Engine.Pricing;

namespace Rules.Engine.Wire;

/// <summary>Commands on holds, those that give credits back, and those that end grants.</summary>
public static partial class CommandReader
{
    internal static readonly CommandForm HoldForm = CommandForm.Of(0b1, ["id", "expires", .. EventMembers.Names]);

    internal static readonly CommandForm CaptureForm = CommandForm.Of(0b1, "id", "amount", "quantities");

    internal static readonly CommandForm ReleaseForm = CommandForm.Of(0b1, "id", "expires");

    internal static readonly CommandForm ReverseForm = CommandForm.Of(0b1, "id", "amount");

    internal static readonly CommandForm RefundForm = CommandForm.Of(0b1, "amount");

    internal static readonly CommandForm VoidForm = CommandForm.Of(0b1, "id");

    internal static readonly CommandForm ReplaceForm = CommandForm.Of(0b111, "grant", "id", "amount");

    private const int FirstOfEvent = 2;

    /// <summary>A hold: <c>id</c> and the members of an event, with <c>amount</c> in place of quantities where a number of credits is held.</summary>
    /// <inheritdoc cref="ReadOpenAccount" path="/param"/>
    public static WireReading<AccountCommand<HoldCredits>> ReadHold(ReadOnlySpan<byte> json, Instant now, CommandPlace place = CommandPlace.Body) =>
        Read<HoldCredits>(json, HoldForm, now, place, TryReadHold);

    /// <summary>A capture: <c>id</c> of the hold, and <c>amount</c> or <c>quantities</c> where it is not captured as it was quoted.</summary>
    /// <inheritdoc cref="ReadOpenAccount" path="/param"/>
    public static WireReading<AccountCommand<CaptureHold>> ReadCapture(ReadOnlySpan<byte> json, Instant now, CommandPlace place = CommandPlace.Body) =>
        Read<CaptureHold>(json, CaptureForm, now, place, TryReadCapture);

    /// <summary>A release: <c>id</c> of the hold; <c>expires</c> true where its time is over.</summary>
    /// <inheritdoc cref="ReadOpenAccount" path="/param"/>
    public static WireReading<AccountCommand<ReleaseHold>> ReadRelease(ReadOnlySpan<byte> json, Instant now, CommandPlace place = CommandPlace.Body) =>
        Read<ReleaseHold>(json, ReleaseForm, now, place, TryReadRelease);

    /// <summary>A reversal: <c>id</c> of the use, and <c>amount</c> where not all of it is taken back.</summary>
    /// <inheritdoc cref="ReadOpenAccount" path="/param"/>
    public static WireReading<AccountCommand<ReverseUse>> ReadReverse(ReadOnlySpan<byte> json, Instant now, CommandPlace place = CommandPlace.Body) =>
        Read<ReverseUse>(json, ReverseForm, now, place, TryReadReverse);

    /// <summary>A refund: <c>amount</c>.</summary>
    /// <inheritdoc cref="ReadOpenAccount" path="/param"/>
    public static WireReading<AccountCommand<RefundCredits>> ReadRefund(ReadOnlySpan<byte> json, Instant now, CommandPlace place = CommandPlace.Body) =>
        Read<RefundCredits>(json, RefundForm, now, place, TryReadRefund);

    /// <summary>A void: <c>id</c> of the grant.</summary>
    /// <inheritdoc cref="ReadOpenAccount" path="/param"/>
    public static WireReading<AccountCommand<VoidGrant>> ReadVoid(ReadOnlySpan<byte> json, Instant now, CommandPlace place = CommandPlace.Body) =>
        Read<VoidGrant>(json, VoidForm, now, place, TryReadVoid);

    /// <summary>A replacement: <c>grant</c> that ends, <c>id</c> and <c>amount</c> of the one in its place.</summary>
    /// <inheritdoc cref="ReadOpenAccount" path="/param"/>
    public static WireReading<AccountCommand<ReplaceGrant>> ReadReplace(ReadOnlySpan<byte> json, Instant now, CommandPlace place = CommandPlace.Body) =>
        Read<ReplaceGrant>(json, ReplaceForm, now, place, TryReadReplace);

    internal static bool TryReadHold(ref CommandBody body, out HoldCredits? command)
    {
        command = null;
        var id = "";
        var expires = default(Instant);
        var members = new EventMembers();
        while (body.Next(out var member))
        {
            var read = member switch
            {
                0 => body.Cursor.Id(out id),
                1 => body.Cursor.Time(out expires),
                _ => members.TryRead(ref body.Cursor, member - FirstOfEvent),
            };
            if (!read)
            {
                return false;
            }
        }

        if (!body.End()
            || (!members.HasAmount && !body.Require(FirstOfEvent + EventMembers.Action))
            || !members.TryGet(ref body.Cursor, body.At, body.TimedOnArrival, out var usage))
        {
            return false;
        }

        command = new HoldCredits(id, usage!) { ExpiresAt = body.Has(1) ? expires : null };
        return true;
    }

    internal static bool TryReadCapture(ref CommandBody body, out CaptureHold? command)
    {
        command = null;
        var id = "";
        var amount = default(ExactDecimal);
        ImmutableArray<MeteredQuantity> quantities = [];
        while (body.Next(out var member))
        {
            var read = member switch
            {
                0 => body.Cursor.Id(out id),
                1 => body.Cursor.Amount(out amount),
                _ => body.Cursor.Amounts(out quantities),
            };
            if (!read)
            {
                return false;
            }
        }

        if (!body.End())
        {
            return false;
        }

        if (body.Has(1) && body.Has(2))
        {
            return body.Cursor.Exclude("quantities", "amount");
        }

        command = new CaptureHold(id, body.At)
        {
            TimedOnArrival = body.TimedOnArrival,
            Amount = body.Has(1) ? amount : null,
            Quantities = body.Has(2) ? quantities : null,
        };
        return true;
    }

    internal static bool TryReadRelease(ref CommandBody body, out ReleaseHold? command)
    {
        command = null;
        var id = "";
        var expires = false;
        while (body.Next(out var member))
        {
            if (!(member == 0 ? body.Cursor.Id(out id) : body.Cursor.Flag(out expires)))
            {
                return false;
            }
        }

        command = new ReleaseHold(id, body.At) { TimedOnArrival = body.TimedOnArrival, Expires = expires };
        return body.End();
    }

    internal static bool TryReadReverse(ref CommandBody body, out ReverseUse? command)
    {
        command = null;
        var id = "";
        var amount = default(ExactDecimal);
        while (body.Next(out var member))
        {
            // A charge is named by its idempotency key, which may hold more characters than an id.
            if (!(member == 0 ? body.Cursor.Text(WireLimits.ValueCharacters, out id) : body.Cursor.Amount(out amount)))
            {
                return false;
            }
        }

        command = new ReverseUse(id, body.At) { TimedOnArrival = body.TimedOnArrival, Amount = body.Has(1) ? amount : null };
        return body.End();
    }

    internal static bool TryReadRefund(ref CommandBody body, out RefundCredits? command)
    {
        command = null;
        var amount = default(ExactDecimal);
        while (body.Next(out _))
        {
            if (!body.Cursor.Amount(out amount))
            {
                return false;
            }
        }

        command = new RefundCredits(amount, body.At) { TimedOnArrival = body.TimedOnArrival };
        return body.End();
    }

    internal static bool TryReadVoid(ref CommandBody body, out VoidGrant? command)
    {
        command = null;
        var id = "";
        while (body.Next(out _))
        {
            // A grant of a plan is named by the id that the system gave it.
            if (!body.Cursor.Text(WireLimits.ValueCharacters, out id))
            {
                return false;
            }
        }

        command = new VoidGrant(id, body.At) { TimedOnArrival = body.TimedOnArrival };
        return body.End();
    }

    internal static bool TryReadReplace(ref CommandBody body, out ReplaceGrant? command)
    {
        command = null;
        string grant = "", id = "";
        var amount = default(ExactDecimal);
        while (body.Next(out var member))
        {
            var read = member switch
            {
                0 => body.Cursor.Text(WireLimits.ValueCharacters, out grant),
                1 => body.Cursor.Id(out id),
                _ => body.Cursor.Amount(out amount),
            };
            if (!read)
            {
                return false;
            }
        }

        command = new ReplaceGrant(grant, id, amount, body.At) { TimedOnArrival = body.TimedOnArrival };
        return body.End();
    }
}
