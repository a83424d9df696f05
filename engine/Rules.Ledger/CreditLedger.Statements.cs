using System.Collections.Immutable;
using NodaTime;
using Rules.Engine.Accounts;
using Rules.Ledger.Journal;

namespace Rules.Ledger;

public sealed partial class CreditLedger
{
    /// <summary>
    /// What moved an account's credits within a window, and what was there before and after. Commands count when they were recorded, so that a
    /// past statement never changes; what falls due counts at its own instant, posted or not. Null for an unknown account.
    /// </summary>
    /// <param name="from">Inclusive.</param>
    /// <param name="to">Exclusive; not after now, where it is brought.</param>
    public async Task<AccountStatement?> StatementAsync(string account, Instant from, Instant to, CancellationToken cancellationToken)
    {
        await using var snapshot = await _store.BeginReadAsync(cancellationToken);
        if (await snapshot.AccountAsync(account, cancellationToken) is not { } stored)
        {
            return null;
        }

        await Rulesets.KnowAsync(snapshot.Moment, cancellationToken);
        var ruleset = RulesetOf(stored.State);
        var now = Instants.Max(Instants.Now(_options.Time), stored.State.LastAt);
        var due = await DueAsync(snapshot, stored, now, cancellationToken);
        var before = Merge(await snapshot.StatementAsync(stored, Instant.MinValue, from, cancellationToken), due.Where(entry => entry.OccurredAt < from));
        var lines = Merge(await snapshot.StatementAsync(stored, from, to, cancellationToken), due.Where(entry => entry.OccurredAt >= from && entry.OccurredAt < to));
        var opening = before.Sum(static line => line.Available);
        var credit = ruleset.Versions[^1].Model.Credit;
        var posted = await snapshot.BillsAsync(new InvoiceFilter(account, null, from, to, null, LargestPage), cancellationToken);
        return new AccountStatement(account, stored.State.Ruleset, from, to, credit.Name, credit.Decimals, opening, lines, opening + lines.Sum(static line => line.Available))
        {
            Bills =
            [
                .. posted.Reverse().Select(InvoiceOf),
                .. DueInvoices(stored.State, due).Where(invoice => invoice.To >= from && invoice.To < to),
            ],
        };
    }

    private static ImmutableArray<StatementLine> Merge(ImmutableArray<StatementLine> posted, IEnumerable<Entry> due)
    {
        var lines = posted.ToList();
        // A bill moves no credits: it stands beside the lines.
        foreach (var entry in due.Where(static entry => !entry.Postings.IsEmpty))
        {
            var line = new StatementLine(entry.Kind, null, 1, entry.Postings.Sum(static p => p.Granted), entry.Postings.Sum(static p => p.Available),
                entry.Postings.Sum(static p => p.Held), entry.Postings.Sum(static p => p.Spent), entry.Postings.Sum(static p => p.Expired),
                entry.Postings.Sum(static p => p.Moved));
            var place = lines.FindIndex(known => known.Kind == entry.Kind && known.Action is null);
            if (place < 0)
            {
                lines.Add(line);
            }
            else
            {
                lines[place] = lines[place].With(line);
            }
        }

        return [.. lines.OrderBy(static line => line.Kind).ThenBy(static line => line.Action, StringComparer.Ordinal)];
    }
}

/// <summary>
/// A statement of an account over <c>[from, to)</c>; smallest units. <c>Closing = Opening + sum of the lines' Available</c>.
/// </summary>
/// <param name="Opening">Available in all grants before the first line, those that start later included.</param>
/// <param name="Lines">By kind, then by action.</param>
public sealed record AccountStatement(string Account, string Ruleset, Instant From, Instant To, string CreditName, int Decimals, long Opening,
    ImmutableArray<StatementLine> Lines, long Closing)
{
    /// <summary>Postpaid use that was billed, or fell due, within the window; oldest first, at most 500.</summary>
    public ImmutableArray<Invoice> Bills { get; init; } = [];
}

/// <summary>Everything of one kind, and for uses of one action, in a statement: signed changes in smallest units, as of a posting.</summary>
/// <param name="Entries">How many entries there were.</param>
public sealed record StatementLine(EntryKind Kind, string? Action, long Entries, long Granted, long Available, long Held, long Spent, long Expired, long Moved)
{
    /// <summary>Both together.</summary>
    public StatementLine With(StatementLine other) => this with
    {
        Entries = Entries + other.Entries,
        Granted = Granted + other.Granted,
        Available = Available + other.Available,
        Held = Held + other.Held,
        Spent = Spent + other.Spent,
        Expired = Expired + other.Expired,
        Moved = Moved + other.Moved,
    };
}
