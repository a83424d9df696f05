using System.Collections.Immutable;
using NodaTime;
using Rules.Engine.Drawing;

namespace Rules.Engine.Accounts;

/// <summary>What one entry did to one lot, as it is told to whoever asked for the command that it came with.</summary>
/// <param name="Kind">Of the entry: a grant, an expiry, a rollover, a bill …</param>
/// <param name="Amount">Smallest units, above zero: granted by a grant, spent by a charge or bill, lapsed by an expiry or a cut.</param>
public sealed record MovedCredits(EntryKind Kind, Lot Lot, long Amount, Instant At)
{
    /// <summary>What the credits of a bill cost.</summary>
    public Bill? Bill { get; init; }

    /// <summary>Of some entries, posting by posting in their order.</summary>
    /// <param name="before">The account before the first of them.</param>
    public static ImmutableArray<MovedCredits> Of(AccountState? before, ImmutableArray<Entry> entries)
    {
        var moved = ImmutableArray.CreateBuilder<MovedCredits>();
        var lots = new Dictionary<long, Lot>();
        foreach (var lot in before?.Lots ?? [])
        {
            lots[lot.Lot.Number] = lot.Lot;
        }

        foreach (var entry in entries)
        {
            foreach (var lot in entry.NewLots)
            {
                lots[lot.Number] = lot;
            }

            foreach (var posting in entry.Postings)
            {
                if (lots.TryGetValue(posting.Lot, out var lot) && AmountOf(posting) is var amount and not 0)
                {
                    moved.Add(new MovedCredits(entry.Kind, lot, amount, entry.OccurredAt));
                }
            }

            // A bill moves no credits: it ends the lot of the use that it is for.
            if (entry is { Bill: { } bill, EndedLots: [var ended] } && lots.TryGetValue(ended.Lot, out var used))
            {
                moved.Add(new MovedCredits(entry.Kind, used, entry.Amount, entry.OccurredAt) { Bill = bill });
            }
        }

        return moved.ToImmutable();
    }

    private static long AmountOf(in Posting posting) => posting switch
    {
        { Expired: not 0 } => posting.Expired,
        { Spent: not 0 } => posting.Spent,
        { Moved: not 0 } => posting.Moved,
        _ => posting.Granted,
    };
}
