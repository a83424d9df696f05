using Rules.Engine.Accounts;

namespace Rules.Engine.Replay;

/// <summary>
/// Receives what a replay comes to, event by event. A struct type argument, so that nothing is called through an interface in the loop.
/// </summary>
internal interface IReplaySink
{
    /// <param name="index">Place of the event.</param>
    /// <param name="outcome">Null where the event cannot be priced.</param>
    /// <param name="charge">Smallest units; what would have been charged where the use did not run.</param>
    void Priced(int index, QuoteOutcome? outcome, long charge);

    /// <summary>Uses that follow each other, and all ran.</summary>
    /// <param name="index">Place of the first.</param>
    /// <param name="charges">Smallest units, one each.</param>
    void Charged(int index, ReadOnlySpan<long> charges)
    {
        for (var i = 0; i < charges.Length; i++)
        {
            Priced(index + i, QuoteOutcome.Charged, charges[i]);
        }
    }

    /// <summary>Credits that uses took, summed up now and then.</summary>
    /// <param name="amount">Smallest units; below zero for what came back.</param>
    void Drawn(bool isPostpaid, long amount);

    /// <summary>An entry that is not a use: what fell due (charges to a minimum among it), and what operations made.</summary>
    void Posted(Entry entry);

    /// <summary>Alerts that the event fired.</summary>
    void Alerted(int index, string alert);
}

/// <summary>For what is run only to see where it ends.</summary>
internal readonly struct NoSink : IReplaySink
{
    public void Priced(int index, QuoteOutcome? outcome, long charge)
    {
    }

    public void Charged(int index, ReadOnlySpan<long> charges)
    {
    }

    public void Drawn(bool isPostpaid, long amount)
    {
    }

    public void Posted(Entry entry)
    {
    }

    public void Alerted(int index, string alert)
    {
    }
}
