using Rules.Engine.Accounts;

namespace Rules.Engine.Replay;

/// <summary>What an account's events came to under one candidate.</summary>
internal sealed class AccountOutcomes
{
    public long[] Charge { get; private set; } = [];

    /// <summary><see cref="QuoteOutcome"/>; 0: cannot be priced.</summary>
    public byte[] Kind { get; private set; } = [];

    public long Postpaid { get; set; }

    public long Lapsed { get; set; }

    public long Granted { get; set; }

    /// <summary>Charged to minimums when cycles ended.</summary>
    public long Due { get; set; }

    /// <summary>Of <see cref="Lapsed"/>: at renewals.</summary>
    public long RolloverLost { get; set; }

    public Dictionary<(string Currency, int Decimals), Int128> Billed { get; } = [];

    public List<string> Alerts { get; } = [];

    /// <summary>0 for a use that did not run.</summary>
    public long Charged(int index) => Kind[index] == (byte)QuoteOutcome.Charged ? Charge[index] : 0;

    public void Begin(int events)
    {
        if (Charge.Length < events)
        {
            Charge = new long[events];
            Kind = new byte[events];
        }

        Postpaid = Lapsed = Granted = Due = RolloverLost = 0;
        Billed.Clear();
        Alerts.Clear();
    }
}

internal readonly struct OutcomeSink(AccountOutcomes outcomes) : IReplaySink
{
    private readonly long[] _charge = outcomes.Charge;
    private readonly byte[] _kind = outcomes.Kind;

    public void Priced(int index, QuoteOutcome? outcome, long charge)
    {
        _charge[index] = charge;
        _kind[index] = outcome is { } known ? (byte)known : (byte)0;
    }

    public void Charged(int index, ReadOnlySpan<long> charges)
    {
        charges.CopyTo(_charge.AsSpan(index));
        _kind.AsSpan(index, charges.Length).Fill((byte)QuoteOutcome.Charged);
    }

    public void Posted(Entry entry)
    {
        switch (entry.Kind)
        {
            case EntryKind.Charge:
                outcomes.Due += entry.Amount;
                break;
            case EntryKind.Grant:
                outcomes.Granted += entry.Amount;
                break;
            case EntryKind.Expiry or EntryKind.Rollover:
                var expired = entry.Postings.Sum(p => p.Expired);
                outcomes.Lapsed += expired;
                outcomes.RolloverLost += entry.Kind == EntryKind.Rollover ? expired : 0;
                break;
            case EntryKind.PostpaidBill when entry.Bill is { } bill:
                Money.Add(outcomes.Billed, (bill.Currency, bill.Decimals), bill.Amount);
                break;
            default:
                break;
        }
    }

    public void Alerted(int index, string alert) => outcomes.Alerts.Add(alert);

    public void Drawn(bool isPostpaid, long amount) => outcomes.Postpaid += isPostpaid ? amount : 0;
}
