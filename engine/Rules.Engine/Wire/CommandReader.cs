using System.Collections.Immutable;
using NodaTime;
using Rules.Dsl.Text;
using Rules.Engine.Accounts;
using Rules.Engine.Pricing;

namespace Rules.Engine.Wire;

/// <summary>A grant with the account that it goes to.</summary>
public sealed record AccountGrant(string Account, GrantCredits Grant);

/// <summary>Reads the bodies of commands from UTF-8 JSON, as strictly as <see cref="EventReader"/>.</summary>
public static class CommandReader
{
    private static readonly string[] _openMembers = ["account", "ruleset", "at", "plan", "facts", "terms"];

    private static readonly string[] _grantMembers = ["account", "id", "bucket", "amount", "at", "effective", "expires", "priority"];

    /// <summary>The body of <c>POST /v1/accounts</c>: <c>account</c> and <c>ruleset</c> are required.</summary>
    /// <param name="now">Stands for <c>at</c> where it is left out, cut to the microsecond.</param>
    public static WireReading<OpenAccount> ReadOpenAccount(ReadOnlySpan<byte> json, Instant now)
    {
        var cursor = new JsonCursor(json);
        return TryRead(ref cursor, now, out OpenAccount? command) ? new(command, null) : new(null, cursor.Error);
    }

    /// <summary>
    /// The body of <c>POST /v1/grants</c>: <c>account</c>, <c>id</c>, <c>bucket</c> and <c>amount</c> are required.
    /// </summary>
    /// <param name="now">Stands for <c>at</c> where it is left out, cut to the microsecond.</param>
    public static WireReading<AccountGrant> ReadGrant(ReadOnlySpan<byte> json, Instant now)
    {
        var cursor = new JsonCursor(json);
        return TryRead(ref cursor, now, out AccountGrant? grant) ? new(grant, null) : new(null, cursor.Error);
    }

    private static bool TryRead(ref JsonCursor cursor, Instant now, out OpenAccount? command)
    {
        command = null;
        string account = "", ruleset = "";
        string? plan = null;
        var at = default(Instant);
        ImmutableArray<NamedText> facts = [], terms = [];
        uint seen = 0;
        if (!cursor.Begin())
        {
            return false;
        }

        while (cursor.NextMember(_openMembers, ref seen, out var member))
        {
            var read = member switch
            {
                0 => cursor.Id(out account),
                1 => cursor.Text(WireLimits.NameCharacters, out ruleset),
                2 => cursor.Time(out at),
                3 => cursor.Text(WireLimits.NameCharacters, out plan),
                4 => cursor.Texts(out facts),
                _ => cursor.Texts(out terms),
            };
            if (!read)
            {
                return false;
            }
        }

        if (!cursor.End() || !cursor.Require(_openMembers, seen, required: 0b11))
        {
            return false;
        }

        var timed = (seen & 0b100) != 0;
        command = new OpenAccount(account, ruleset, timed ? at : InstantText.Cut(now)) { TimedOnArrival = !timed, Plan = plan, Facts = facts, Terms = terms };
        return true;
    }

    private static bool TryRead(ref JsonCursor cursor, Instant now, out AccountGrant? grant)
    {
        grant = null;
        string account = "", id = "", bucket = "";
        var amount = default(ExactDecimal);
        Instant at = default, effective = default, expires = default;
        var priority = 0;
        uint seen = 0;
        if (!cursor.Begin())
        {
            return false;
        }

        while (cursor.NextMember(_grantMembers, ref seen, out var member))
        {
            var read = member switch
            {
                0 => cursor.Id(out account),
                1 => cursor.Id(out id),
                2 => cursor.Text(WireLimits.NameCharacters, out bucket),
                3 => cursor.Amount(out amount),
                4 => cursor.Time(out at),
                5 => cursor.Time(out effective),
                6 => cursor.Time(out expires),
                _ => cursor.Integer(out priority),
            };
            if (!read)
            {
                return false;
            }
        }

        if (!cursor.End() || !cursor.Require(_grantMembers, seen, required: 0b1111))
        {
            return false;
        }

        var timed = (seen & (1 << 4)) != 0;
        grant = new AccountGrant(account, new GrantCredits(id, bucket, amount, timed ? at : InstantText.Cut(now))
        {
            TimedOnArrival = !timed,
            EffectiveAt = (seen & (1 << 5)) != 0 ? effective : null,
            ExpiresAt = (seen & (1 << 6)) != 0 ? expires : null,
            Priority = (seen & (1 << 7)) != 0 ? priority : null,
        });
        return true;
    }
}
