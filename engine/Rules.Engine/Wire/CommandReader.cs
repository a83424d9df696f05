using System.Collections.Immutable;
using NodaTime;
using Rules.Dsl.Text;
using Rules.Engine.Accounts;
using Rules.Engine.Model;
using Rules.Engine.Pricing;

namespace Rules.Engine.Wire;

/// <summary>
/// Reads the bodies of commands from UTF-8 JSON, as strictly as <see cref="EventReader"/>. The steps of a story are read by the same methods
/// (<see cref="StoryReader"/>).
/// </summary>
public static partial class CommandReader
{
    internal static readonly CommandForm OpenForm = CommandForm.Of(0b1, "ruleset", "plan", "facts", "terms", "addons", "anchor");

    internal static readonly CommandForm GrantForm = CommandForm.Of(0b111, "id", "bucket", "amount", "effective", "expires", "priority", "cost", "created", "every", "anchor", "adds",
        "starting", "rollover");

    private static readonly string[] _limitMembers = ["min", "max"];

    private static readonly string[] _addonMembers = ["amount", "into"];

    internal static readonly CommandForm PurchaseForm = CommandForm.Of(0b1, "id", "into", "amount", "pack");

    internal static readonly CommandForm SetForm = CommandForm.OfAddress(0, "facts", "terms");

    internal static readonly CommandForm PlanForm = CommandForm.OfAddress(0b1, "plan");

    internal static readonly CommandForm ResetForm = CommandForm.Of(0, "debt", "cycle");

    private static readonly string[] _debtWords = ["keep", "drop"];

    private static readonly string[] _cycleWords = ["keep", "restart"];

    internal delegate bool Reader<T>(ref CommandBody body, out T? command)
        where T : class;

    /// <summary>An opening: <c>account</c> and <c>ruleset</c> are required.</summary>
    /// <param name="now">Stands for <c>at</c> where it is left out, cut to the microsecond.</param>
    /// <param name="place">Where the command stands.</param>
    public static WireReading<AccountCommand<OpenAccount>> ReadOpenAccount(ReadOnlySpan<byte> json, Instant now, CommandPlace place = CommandPlace.Body) =>
        Read<OpenAccount>(json, OpenForm, now, place, TryReadOpen);

    /// <summary>A grant: <c>id</c>, <c>bucket</c> and <c>amount</c> are required.</summary>
    /// <inheritdoc cref="ReadOpenAccount" path="/param"/>
    public static WireReading<AccountCommand<GrantCredits>> ReadGrant(ReadOnlySpan<byte> json, Instant now, CommandPlace place = CommandPlace.Body) =>
        Read<GrantCredits>(json, GrantForm, now, place, TryReadGrant);

    /// <summary>A purchase: <c>id</c>, and either <c>amount</c> with <c>into</c> or <c>pack</c> are required.</summary>
    /// <inheritdoc cref="ReadOpenAccount" path="/param"/>
    public static WireReading<AccountCommand<CreditPurchase>> ReadPurchase(ReadOnlySpan<byte> json, Instant now, CommandPlace place = CommandPlace.Body) =>
        Read<CreditPurchase>(json, PurchaseForm, now, place, TryReadPurchase);

    /// <summary>Facts and terms, from the time of recording on: <c>facts</c>, <c>terms</c> or both. A body by itself does not name its account.</summary>
    /// <param name="place">Where the command stands.</param>
    public static WireReading<AccountCommand<SetFactsAndTerms>> ReadFactsAndTerms(ReadOnlySpan<byte> json, CommandPlace place = CommandPlace.Body) =>
        Read<SetFactsAndTerms>(json, SetForm, now: null, place, TryReadSet);

    /// <summary>A change of plan, from the time of recording on: <c>plan</c> is required. A body by itself does not name its account.</summary>
    /// <inheritdoc cref="ReadFactsAndTerms" path="/param"/>
    public static WireReading<AccountCommand<ChangePlan>> ReadPlanChange(ReadOnlySpan<byte> json, CommandPlace place = CommandPlace.Body) =>
        Read<ChangePlan>(json, PlanForm, now: null, place, TryReadPlanChange);

    /// <summary>
    /// A reset: <c>debt</c> is <c>keep</c> or <c>drop</c>, as the rules say where it is left out; <c>cycle</c> is <c>keep</c>, which it is where it is
    /// left out, or <c>restart</c>.
    /// </summary>
    /// <inheritdoc cref="ReadOpenAccount" path="/param"/>
    public static WireReading<AccountCommand<ResetAccount>> ReadReset(ReadOnlySpan<byte> json, Instant now, CommandPlace place = CommandPlace.Body) =>
        Read<ResetAccount>(json, ResetForm, now, place, TryReadReset);

    internal static bool TryReadOpen(ref CommandBody body, out OpenAccount? command)
    {
        command = null;
        var ruleset = body.Ruleset ?? "";
        string? plan = null;
        ImmutableArray<NamedText> facts = [], terms = [];
        ImmutableArray<Addon> addons = [];
        Instant anchor = default;
        while (body.Next(out var member))
        {
            var read = member switch
            {
                0 => body.Cursor.Text(WireLimits.NameCharacters, out ruleset),
                1 => body.Cursor.Text(WireLimits.NameCharacters, out plan),
                2 => body.Cursor.Texts(out facts),
                3 => body.Cursor.Texts(out terms),
                4 => TryReadAddons(ref body.Cursor, out addons),
                _ => body.Cursor.Time(out anchor),
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

        command = new OpenAccount(body.Account, ruleset, body.At)
        {
            TimedOnArrival = body.TimedOnArrival,
            Plan = plan,
            Facts = facts,
            Terms = terms,
            Addons = addons,
            Anchor = body.Has(5) ? anchor : null,
        };
        return true;
    }

    // [{"amount": "500", "into": "included"}]: both are required.
    private static bool TryReadAddons(ref JsonCursor cursor, out ImmutableArray<Addon> addons)
    {
        addons = [];
        if (!cursor.BeginArray())
        {
            return false;
        }

        var read = ImmutableArray.CreateBuilder<Addon>();
        while (cursor.NextElement(read.Count))
        {
            var amount = default(ExactDecimal);
            var into = "";
            uint seen = 0;
            if (!cursor.BeginObject())
            {
                return false;
            }

            while (cursor.NextMember(_addonMembers, ref seen, out var member))
            {
                if (!(member == 0 ? cursor.Amount(out amount) : cursor.Text(WireLimits.NameCharacters, out into)))
                {
                    return false;
                }
            }

            if (!cursor.Require(_addonMembers, seen, 0b11))
            {
                return false;
            }

            read.Add(new Addon(amount, into));
        }

        addons = read.ToImmutable();
        return cursor.Error is null;
    }

    internal static bool TryReadGrant(ref CommandBody body, out GrantCredits? grant)
    {
        grant = null;
        string id = "", bucket = "";
        var amount = default(ExactDecimal);
        Instant effective = default, expires = default, created = default, anchor = default;
        ExactDecimal cost = default, starting = default;
        var priority = 0;
        var adds = false;
        CalendarSpan every = default;
        RolloverLimits? rollover = null;
        while (body.Next(out var member))
        {
            var read = member switch
            {
                0 => body.Cursor.Id(out id),
                1 => body.Cursor.Text(WireLimits.NameCharacters, out bucket),
                2 => body.Cursor.Amount(out amount),
                3 => body.Cursor.Time(out effective),
                4 => body.Cursor.Time(out expires),
                5 => body.Cursor.Integer(out priority),
                6 => body.Cursor.Amount(out cost),
                7 => body.Cursor.Time(out created),
                8 => body.Cursor.Span(out every),
                9 => body.Cursor.Time(out anchor),
                10 => body.Cursor.Flag(out adds),
                11 => body.Cursor.Amount(out starting),
                _ => TryReadLimits(ref body.Cursor, out rollover),
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

        grant = new GrantCredits(id, bucket, amount, body.At)
        {
            TimedOnArrival = body.TimedOnArrival,
            EffectiveAt = body.Has(3) ? effective : null,
            ExpiresAt = body.Has(4) ? expires : null,
            Priority = body.Has(5) ? priority : null,
            Cost = body.Has(6) ? cost : null,
            CreatedAt = body.Has(7) ? created : null,
            Every = body.Has(8) ? every : null,
            Anchor = body.Has(9) ? anchor : null,
            Adds = adds,
            Starting = body.Has(11) ? starting : null,
            Rollover = rollover,
        };
        return true;
    }

    // {"min": "0", "max": null}: a maximum that is absent or null is no limit.
    private static bool TryReadLimits(ref JsonCursor cursor, out RolloverLimits? limits)
    {
        limits = null;
        var least = ExactDecimal.Zero;
        ExactDecimal? most = null;
        uint seen = 0;
        if (!cursor.BeginObject())
        {
            return false;
        }

        while (cursor.NextMember(_limitMembers, ref seen, out var member))
        {
            var amount = ExactDecimal.Zero;
            var isNull = member == 1 && cursor.IsNull;
            if (!isNull && !cursor.Amount(out amount))
            {
                return false;
            }

            (least, most) = member == 0 ? (amount, most) : (least, isNull ? null : amount);
        }

        limits = new RolloverLimits(least, most);
        return cursor.Error is null;
    }

    internal static bool TryReadPurchase(ref CommandBody body, out CreditPurchase? purchase)
    {
        purchase = null;
        string id = body.Id ?? "", into = "", pack = "";
        var amount = default(ExactDecimal);
        while (body.Next(out var member))
        {
            var read = member switch
            {
                0 => body.Cursor.Id(out id),
                1 => body.Cursor.Text(WireLimits.NameCharacters, out into),
                2 => body.Cursor.Amount(out amount),
                _ => body.Cursor.Text(WireLimits.NameCharacters, out pack),
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

        if (body.Has(3))
        {
            purchase = new CreditPurchase(null, new BuyPack(id, pack, body.At) { TimedOnArrival = body.TimedOnArrival });
            return !(body.Has(1) || body.Has(2)) || body.Cursor.Exclude(body.Has(1) ? "into" : "amount", "pack");
        }

        purchase = new CreditPurchase(new BuyCredits(id, into, amount, body.At) { TimedOnArrival = body.TimedOnArrival }, null);
        return body.Require(1) && body.Require(2);
    }

    internal static bool TryReadReset(ref CommandBody body, out ResetAccount? command)
    {
        command = null;
        string debt = "", cycle = "";
        while (body.Next(out var member))
        {
            if (!(member == 0 ? body.Cursor.Word(_debtWords, out debt) : body.Cursor.Word(_cycleWords, out cycle)))
            {
                return false;
            }
        }

        command = new ResetAccount(body.At, cycle == "restart", body.Has(0) ? debt == "keep" : null) { TimedOnArrival = body.TimedOnArrival };
        return body.End();
    }

    internal static bool TryReadSet(ref CommandBody body, out SetFactsAndTerms? command)
    {
        command = null;
        ImmutableArray<NamedText> facts = [], terms = [];
        while (body.Next(out var member))
        {
            if (!(member == 0 ? body.Cursor.Texts(out facts) : body.Cursor.Texts(out terms)))
            {
                return false;
            }
        }

        if (!body.End() || (facts.IsEmpty && terms.IsEmpty && !body.Require(0)))
        {
            return false;
        }

        command = new SetFactsAndTerms(facts, terms);
        return true;
    }

    internal static bool TryReadPlanChange(ref CommandBody body, out ChangePlan? command)
    {
        command = null;
        var plan = "";
        while (body.Next(out _))
        {
            if (!body.Cursor.Text(WireLimits.NameCharacters, out plan))
            {
                return false;
            }
        }

        if (!body.End())
        {
            return false;
        }

        command = new ChangePlan(plan);
        return true;
    }

    private static WireReading<AccountCommand<T>> Read<T>(ReadOnlySpan<byte> json, CommandForm form, Instant? now, CommandPlace place, Reader<T> read)
        where T : class
    {
        var body = new CommandBody(json, form, now, place);
        return body.Begin() && read(ref body, out var command) && body.Cursor.Error is null
            ? new(new AccountCommand<T>(body.Account, command!) { Key = body.Key }, null)
            : new(null, body.Cursor.Error);
    }
}
