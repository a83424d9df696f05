using System.Globalization;
using NodaTime;
using Rules.Dsl.Text;
using Rules.Engine.Drawing;
using Rules.Ledger;
using Rules.Portal.Display;

namespace Rules.Portal.Accounts;

/// <summary>When an account's credits end if it goes on as it did.</summary>
public enum RunOutKind
{
    /// <summary>Nothing was used in the window, or no balance is kept, or it is without limit: nothing can be said.</summary>
    None = 0,

    /// <summary>Nothing is left now.</summary>
    Empty = 1,

    /// <summary>At <see cref="RunOut.At"/>.</summary>
    At = 2,

    /// <summary>The next cycle begins before, at <see cref="RunOut.At"/>, and grants anew.</summary>
    AfterRenewal = 3,

    /// <summary>Not within <see cref="AccountOutlook.Horizon"/>.</summary>
    Later = 4,
}

/// <param name="At">When it runs out, or the cycle ends before; null for the other kinds.</param>
public readonly record struct RunOut(RunOutKind Kind, Instant? At)
{
    /// <summary>Days from an instant to the end, one decimal, rounded down: what is left is never told larger.</summary>
    public string? DaysFrom(Instant now) => Kind switch
    {
        RunOutKind.Empty => "0.0",
        RunOutKind.At => Tenths(At!.Value - now),
        RunOutKind.AfterRenewal => "> " + Tenths(At!.Value - now),
        RunOutKind.Later => "> " + AccountOutlook.Horizon.Days.ToString(CultureInfo.InvariantCulture),
        _ => null,
    };

    private static string Tenths(Duration left)
    {
        var tenths = left.BclCompatibleTicks / (TimeSpan.TicksPerDay / 10);
        return string.Create(CultureInfo.InvariantCulture, $"{tenths / 10}.{tenths % 10}");
    }
}

/// <summary>What an account used lately, and how far what it has would reach at that pace.</summary>
/// <param name="From">Begin of the window; <paramref name="To"/> is its end.</param>
/// <param name="Units">Smallest units used within the window.</param>
public sealed record AccountOutlook(AccountBalance Account, Instant From, Instant To, long Events, Int128 Units)
{
    /// <summary>How far back the pace is measured, where the account is as old.</summary>
    public static Duration Lately { get; } = Duration.FromDays(7);

    /// <summary>How far ahead anything is said.</summary>
    public static Duration Horizon { get; } = Duration.FromDays(365);

    private Duration Window => To - From;

    /// <summary>Smallest units a day, half up.</summary>
    public Int128 PerDay => Units <= 0 ? 0 : ((Units * TimeSpan.TicksPerDay * 2) + Window.BclCompatibleTicks) / (Window.BclCompatibleTicks * 2);

    public RunOut RunOut => Ends(Units, Window);

    /// <summary>Reads the last days of an account from the index of its uses.</summary>
    public static async Task<AccountOutlook> ReadAsync(CreditLedger ledger, AccountBalance account, CancellationToken cancellationToken)
    {
        var (from, to) = WindowOf(account);
        var days = await ledger.DaysAsync(account.Id, from, to, DateTimeZone.Utc, cancellationToken) ?? [];
        return new AccountOutlook(account, from, to, days.Sum(static day => day.Events), days.Aggregate(Int128.Zero, static (sum, day) => sum + day.Units));
    }

    /// <summary>A day at least, so that the first hour of an account is not taken for its life.</summary>
    public static (Instant From, Instant To) WindowOf(AccountBalance account) =>
        (Instant.Max(account.At - Lately, Instant.Min(account.OpenedAt, account.At - Duration.FromDays(1))), account.At);

    /// <summary>Smallest units that were granted or bought and are left: all but postpaid use. What an entry says of the balance after it.</summary>
    public long Granted => Account.Lots.Where(lot => lot.Lot.Origin != LotOrigin.Postpaid && lot.Lot.EffectiveAt <= Account.At && !(lot.Lot.ExpiresAt <= Account.At)).Sum(static lot => lot.Available);

    /// <summary>When the credits end at a pace, those that expire first being used first.</summary>
    /// <param name="units">Smallest units used in <paramref name="window"/>.</param>
    /// <param name="of">Of so many; null: of all that is available, postpaid use up to its limit included.</param>
    public RunOut Ends(Int128 units, Duration window, long? of = null)
    {
        if (Account.Buckets.IsEmpty || (of ?? Balance.Of(Account.Buckets).Available) is not { } available)
        {
            return default;
        }

        if (available <= 0)
        {
            return new RunOut(RunOutKind.Empty, null);
        }

        if (units <= 0)
        {
            return default;
        }

        var now = Account.At;
        var until = Account.Cycle?.End is { } end && end < now + Horizon ? end : now + Horizon;
        foreach (var (from, to, left) in Stretches(now, until, available, units, window))
        {
            if (left is { } before)
            {
                return new RunOut(RunOutKind.At, from + Duration.FromTicks((long)Int128.Min((Int128)before * window.BclCompatibleTicks / units, (to - from).BclCompatibleTicks)));
            }
        }

        return Account.Cycle?.End == until ? new RunOut(RunOutKind.AfterRenewal, until) : new RunOut(RunOutKind.Later, null);
    }

    // Stretches of time in which no lot begins or ends; the last one, in which the credits end, with what was left at its begin.
    private IEnumerable<(Instant From, Instant To, Int128? Left)> Stretches(Instant now, Instant until, long available, Int128 units, Duration window)
    {
        var lots = Account.Lots.Where(static lot => lot.Available > 0 && lot.Lot.Origin != LotOrigin.Postpaid)
            .OrderBy(static lot => lot.Lot.ExpiresAt ?? Instant.MaxValue).Select(static lot => new Left(lot.Lot.EffectiveAt, lot.Lot.ExpiresAt ?? Instant.MaxValue, lot.Available)).ToList();
        // What is available beyond lots: postpaid use up to its limit.
        var beyond = available - lots.Where(lot => lot.From <= now && lot.Until > now).Aggregate(Int128.Zero, static (sum, lot) => sum + lot.Units);
        lots.Add(new Left(now, Instant.MaxValue, Int128.Max(0, beyond)));
        var edges = lots.SelectMany(static lot => new[] { lot.From, lot.Until }).Where(edge => edge > now && edge < until).Append(until).Distinct().Order().ToList();
        var from = now;
        foreach (var to in edges)
        {
            var live = lots.Where(lot => lot.From <= from && lot.Until > from).ToList();
            var left = live.Aggregate(Int128.Zero, static (sum, lot) => sum + lot.Units);
            var used = units * (to - from).BclCompatibleTicks / window.BclCompatibleTicks;
            if (left <= used)
            {
                yield return (from, to, left);
                yield break;
            }

            foreach (var lot in live)
            {
                var taken = Int128.Min(lot.Units, used);
                lot.Units -= taken;
                used -= taken;
            }

            from = to;
        }
    }

    private sealed record Left(Instant From, Instant Until, Int128 Start)
    {
        public Int128 Units { get; set; } = Start;
    }

    /// <summary>An amount of smallest units in plain decimal notation.</summary>
    public static string Plain(Int128 units, int decimals) => new ExactDecimal(units, decimals).ToString();
}
