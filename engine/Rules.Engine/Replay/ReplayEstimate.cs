using System.Collections.Immutable;
using System.Numerics;

namespace Rules.Engine.Replay;

/// <summary>
/// What a draft charges over a whole past, told from a sample of its accounts: the ratio of what the sample is charged under both, taken to what all accounts
/// were charged, which is known. Never shown without its margin.
/// </summary>
/// <param name="Before">Charged under the first candidate, which is known; smallest units.</param>
/// <param name="Charged">Under the draft, over all accounts; smallest units.</param>
/// <param name="Margin">The truth lies within this on either side in about 19 cases of 20; smallest units.</param>
/// <param name="Sampled">Accounts of the sample.</param>
/// <param name="Accounts">All accounts.</param>
/// <param name="Sooner">Accounts that run out sooner, taken to all.</param>
/// <param name="Days">Charged under the first candidate, which is exact, and under the draft, by day.</param>
public sealed record ReplayEstimate(Int128 Before, Int128 Charged, Int128 Margin, int Sampled, int Accounts, int Sooner, ImmutableArray<ChargedDay> Days)
{
    /// <summary>The fewest accounts from which a margin is told: below, two standard errors promise too much.</summary>
    public const int FewestAccounts = 30;

    // Of 16 accounts one, so that an estimate costs a small part of the whole.
    private const int OneOf = 16;

    /// <summary>
    /// The accounts that stand for all: always the same ones of the same past, whoever they are. Null where there are too few to tell a margin from.
    /// </summary>
    public static ReplayBaseline? Sample(ReplayBaseline whole)
    {
        var sampled = whole.Accounts.Where(static account => Hash(account.Id) % OneOf == 0).ToImmutableArray();
        return sampled.Length < FewestAccounts ? null : whole.Only(sampled);
    }

    /// <param name="sample">Its accounts compared with one draft.</param>
    /// <returns>Null where the sample was charged nothing, so that it says nothing about a ratio.</returns>
    public static ReplayEstimate? Of(ReplayBaseline whole, ReplayReport sample)
    {
        var (before, after) = ((BigInteger)sample.Totals[0].Charged, (BigInteger)sample.Totals[1].Charged);
        if (before <= 0)
        {
            return null;
        }

        var all = (BigInteger)whole.Charged;
        var (sampled, accounts) = (sample.Accounts.Length, whole.Accounts.Length);

        // Residuals of the ratio, times what the sample was charged, so that everything stays whole.
        var squares = BigInteger.Zero;
        foreach (var account in sample.Accounts)
        {
            var residual = (account.Change(1) * before) - ((after - before) * account.Results[0].Charged);
            squares += residual * residual;
        }

        // The standard error of a ratio estimate of a finite population, drawn without putting back: all² n (N - n) Σr² / (before⁴ N (n - 1)).
        var variance = all * all * sampled * (accounts - sampled) * squares / (BigInteger.Pow(before, 4) * accounts * (sampled - 1));
        var charged = all + Quotient(all * (after - before), before);
        var sooner = sample.Accounts.Count(static account => account.RunsOutSooner(1));
        return new ReplayEstimate(
            whole.Charged, (Int128)charged, 2 * (Int128)Root(variance), sampled, accounts, (int)Quotient((BigInteger)sooner * accounts, sampled), DaysOf(whole, sample));
    }

    private static ImmutableArray<ChargedDay> DaysOf(ReplayBaseline whole, ReplayReport sample)
    {
        var sampled = ReplayImpact.Days(sample, 1).ToDictionary(static day => day.Day);
        return
        [
            .. whole.ChargedByDay.Select(day => sampled.TryGetValue(day.Day, out var part) && part.Before > 0
                ? day with { After = (Int128)Quotient((BigInteger)day.Before * (BigInteger)part.After, (BigInteger)part.Before) }
                : day),
        ];
    }

    // Half away from zero.
    private static BigInteger Quotient(BigInteger value, BigInteger divisor) => ((2 * BigInteger.Abs(value)) + divisor) / (2 * divisor) * value.Sign;

    /// <summary>The least integer whose square is not below.</summary>
    private static BigInteger Root(BigInteger square)
    {
        if (square.IsZero)
        {
            return BigInteger.Zero;
        }

        var root = BigInteger.One << (((int)square.GetBitLength() + 1) / 2);
        while (true)
        {
            var next = (root + (square / root)) / 2;
            if (next >= root)
            {
                return root * root < square ? root + 1 : root;
            }

            root = next;
        }
    }

    // FNV-1a, spread once more, since its low bits follow the last characters of an id.
    private static uint Hash(string id)
    {
        unchecked
        {
            var hash = 2166136261u;
            foreach (var character in id)
            {
                hash = (hash ^ character) * 16777619u;
            }

            hash ^= hash >> 16;
            hash *= 0x85EBCA6Bu;
            return hash ^ (hash >> 13);
        }
    }
}
