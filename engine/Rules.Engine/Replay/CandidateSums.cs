using System.Collections.Immutable;
using Rules.Engine.Accounts;

namespace Rules.Engine.Replay;

/// <summary>What all accounts came to under one candidate.</summary>
internal sealed class CandidateSums
{
    public long[] Uses { get; } = new long[(int)QuoteOutcome.Refused + 1];

    public Int128 Charged { get; set; }

    public Int128 Postpaid { get; set; }

    public Int128 Lapsed { get; set; }

    public Int128 Granted { get; set; }

    public Int128 Due { get; set; }

    public Int128 RolloverLost { get; set; }

    public Dictionary<(string Currency, int Decimals), Int128> Billed { get; } = [];

    public Dictionary<string, long> AlertsByName { get; } = new(StringComparer.Ordinal);

    public long Alerts { get; set; }

    public long NewZeros { get; set; }

    public long NewNegatives { get; set; }

    public long Changed { get; set; }

    public void Add(CandidateSums other)
    {
        for (var i = 0; i < Uses.Length; i++)
        {
            Uses[i] += other.Uses[i];
        }

        Charged += other.Charged;
        Postpaid += other.Postpaid;
        Lapsed += other.Lapsed;
        Granted += other.Granted;
        Due += other.Due;
        RolloverLost += other.RolloverLost;
        Money.Add(Billed, other.Billed);
        foreach (var (alert, count) in other.AlertsByName)
        {
            AlertsByName[alert] = AlertsByName.GetValueOrDefault(alert) + count;
        }

        Alerts += other.Alerts;
        NewZeros += other.NewZeros;
        NewNegatives += other.NewNegatives;
        Changed += other.Changed;
    }

    public CandidateTotals ToTotals(int accountsStopped) => new()
    {
        Charged = Charged,
        Uses = [.. Uses],
        Postpaid = Postpaid,
        Lapsed = Lapsed,
        Granted = Granted,
        Due = Due,
        RolloverLost = RolloverLost,
        Billed = Money.ToArray(Billed),
        AlertsByName = [.. AlertsByName.OrderBy(static a => a.Key, StringComparer.Ordinal)],
        Alerts = Alerts,
        AccountsStopped = accountsStopped,
        NewZeros = NewZeros,
        NewNegatives = NewNegatives,
        Changed = Changed,
    };
}

internal static class Money
{
    public static void Add(Dictionary<(string Currency, int Decimals), Int128> sums, (string Currency, int Decimals) currency, Int128 amount) =>
        sums[currency] = sums.GetValueOrDefault(currency) + amount;

    public static void Add(Dictionary<(string Currency, int Decimals), Int128> sums, Dictionary<(string Currency, int Decimals), Int128> others)
    {
        foreach (var (currency, amount) in others)
        {
            Add(sums, currency, amount);
        }
    }

    public static ImmutableArray<BilledMoney> ToArray(Dictionary<(string Currency, int Decimals), Int128> sums) =>
        sums.Count == 0 ? [] : [.. sums.OrderBy(static s => s.Key.Currency, StringComparer.Ordinal).Select(static s => new BilledMoney(s.Key.Currency, s.Key.Decimals, s.Value))];
}
