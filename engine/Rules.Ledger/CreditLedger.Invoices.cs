using System.Collections.Immutable;
using System.Globalization;
using NodaTime;
using Rules.Engine.Accounts;
using Rules.Ledger.Journal;
using Rules.Ledger.Storage;

namespace Rules.Ledger;

public sealed partial class CreditLedger
{
    /// <summary>
    /// Invoices, newest first, keyset-paged. A limit outside 1 to 500 is brought inside; a cursor that no page gave has nothing after it. Of one
    /// account, what is due and not yet posted stands first.
    /// </summary>
    public async Task<Page<Invoice>> InvoicesAsync(InvoiceFilter filter, CancellationToken cancellationToken)
    {
        var limit = Math.Clamp(filter.Limit, 1, LargestPage);
        if (filter.After is { } after && !long.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out _))
        {
            return new Page<Invoice>([], null);
        }

        await using var snapshot = await _store.BeginReadAsync(cancellationToken);
        var rows = await snapshot.BillsAsync(filter with { Limit = limit + 1 }, cancellationToken);
        await Rulesets.KnowAsync(snapshot.Moment, cancellationToken);
        var due = filter is { Account: { } account, After: null } ? await DueInvoicesAsync(snapshot, account, cancellationToken) : [];
        return new Page<Invoice>(
            [
                .. due.Where(invoice => (filter.Ruleset is not { } ruleset || invoice.Ruleset == ruleset) && !(invoice.To < filter.From) && !(invoice.To >= filter.To)),
                .. rows.Take(limit).Select(InvoiceOf),
            ],
            rows.Length > limit ? rows[limit - 1].Position.ToString(CultureInfo.InvariantCulture) : null);
    }

    /// <summary>One invoice with what it is made of; null where the account has none by that entry.</summary>
    public async Task<InvoiceDetail?> InvoiceAsync(string account, long sequence, CancellationToken cancellationToken)
    {
        await using var snapshot = await _store.BeginReadAsync(cancellationToken);
        if (await snapshot.BillAsync(account, sequence, cancellationToken) is not { } row)
        {
            return null;
        }

        await Rulesets.KnowAsync(snapshot.Moment, cancellationToken);
        return new InvoiceDetail(InvoiceOf(row), await snapshot.BillLinesAsync(row, cancellationToken));
    }

    private async Task<ImmutableArray<Invoice>> DueInvoicesAsync(IReadSnapshot snapshot, string account, CancellationToken cancellationToken)
    {
        if (await snapshot.AccountAsync(account, cancellationToken) is not { } stored)
        {
            return [];
        }

        var now = Instants.Max(Instants.Now(_options.Time), stored.State.LastAt);
        return [.. DueInvoices(stored.State, await DueAsync(snapshot, stored, now, cancellationToken)).Reverse()];
    }

    // In the order in which they fall due: each begins where the cycle does, or where the one before it of its bucket ended.
    private IEnumerable<Invoice> DueInvoices(AccountState state, ImmutableArray<Entry> due)
    {
        var starts = new Dictionary<string, Instant>(StringComparer.Ordinal);
        var start = state.Cycle?.Start;
        foreach (var entry in due)
        {
            if (entry.Bill is { } bill)
            {
                yield return new Invoice(
                    state.Id, state.Ruleset, Decimals(RulesetOf(state)), entry.SystemKey!, bill, entry.Amount,
                    starts.TryGetValue(bill.Bucket, out var before) ? before : start, entry.OccurredAt);
                starts[bill.Bucket] = entry.OccurredAt;
            }
        }
    }

    private async Task<ImmutableArray<Entry>> DueAsync(IReadSnapshot snapshot, StoredAccount stored, Instant by, CancellationToken cancellationToken)
    {
        var ruleset = RulesetOf(stored.State);
        var state = await WithHoldsAsync(snapshot, stored, by, cancellationToken);
        var counted = await snapshot.ScopesAsync(stored, Bookkeeper.ScopesDue(ruleset, state, by), cancellationToken);
        return Bookkeeper.Advance(ruleset, state with { Scopes = counted }, by).Entries;
    }

    private Invoice InvoiceOf(BillRow row) =>
        new(row.Account, row.Ruleset, Rulesets.Find(row.Ruleset) is { } ruleset ? Decimals(ruleset) : 0, row.Key, row.Bill, row.Credits, row.From, row.To)
        {
            Sequence = row.Sequence,
            RecordedAt = row.RecordedAt,
            Credited = row.Credited,
        };
}
