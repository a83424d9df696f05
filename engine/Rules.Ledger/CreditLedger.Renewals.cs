using Rules.Ledger.Journal;

namespace Rules.Ledger;

public sealed partial class CreditLedger
{
    // So many accounts share commits, and leave room for whoever asks meanwhile.
    private const int RenewedTogether = 64;

    /// <summary>
    /// Posts what is due of every account whose cycle is over. Every command does so for its own account; this is for those that nobody asks
    /// for, whose bills are to be there at the end of the month. An account that cannot be taken now is left for the next time.
    /// </summary>
    /// <returns>How many accounts were brought up to date.</returns>
    public async Task<long> RenewAllAsync(CancellationToken cancellationToken)
    {
        var renewed = 0L;
        string? after = null;
        do
        {
            var (accounts, next) = await OverdueAsync(after, cancellationToken);
            foreach (var together in accounts.Chunk(RenewedTogether))
            {
                var results = await Task.WhenAll(together.Select(account => AdvanceAsync(account, cancellationToken)));
                renewed += results.Count(static result => result.Status == CommandStatus.Accepted);
            }

            after = next;
        }
        while (after is not null);
        return renewed;
    }

    private async Task<(List<string> Accounts, string? Next)> OverdueAsync(string? after, CancellationToken cancellationToken)
    {
        await using var snapshot = await _store.BeginReadAsync(cancellationToken);
        var rows = await snapshot.AccountsAsync(new AccountFilter(After: after, Limit: LargestPage), cancellationToken);
        var now = snapshot.Moment.Now ?? Instants.Now(_options.Time);
        return (
            [.. rows.Where(row => row.Account.State.Cycle?.End <= now).Select(static row => row.Account.State.Id)],
            rows.Length == LargestPage ? rows[^1].Account.State.Id : null);
    }
}
