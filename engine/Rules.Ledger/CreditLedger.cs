using NodaTime;
using Rules.Engine.Accounts;
using Rules.Engine.Pricing;

namespace Rules.Ledger;

/// <summary>
/// The command handlers and reads of one database: the way in for the service, the portal, the command and the tests.
/// A command is read under the account's lock, run by <see cref="Bookkeeper"/>, appended and answered after the commit.
/// Idempotency: the same key with the same command answers the first bytes again; with another command it is refused.
/// </summary>
public sealed partial class CreditLedger : IAsyncDisposable
{
    /// <summary>Published versions of every ruleset: known to the database, compiled, immutable.</summary>
    public RulesetCatalogue Rulesets => throw new NotImplementedException();

    public Task<CommandResult> OpenAccountAsync(OpenAccount command, string idempotencyKey, CancellationToken cancellationToken) => throw new NotImplementedException();

    public Task<CommandResult> ChargeAsync(string account, UsageEvent usage, string idempotencyKey, CancellationToken cancellationToken) => throw new NotImplementedException();

    public Task<CommandResult> GrantAsync(string account, GrantCredits command, string idempotencyKey, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>What <see cref="ChargeAsync"/> would answer now; reads one snapshot and writes nothing.</summary>
    public Task<CommandResult> QuoteAsync(string account, UsageEvent usage, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Balance per bucket and per lot at an instant (null: now), after everything due by then; null for an unknown account.</summary>
    public Task<AccountBalance?> BalanceAsync(string account, Instant? at, CancellationToken cancellationToken) => throw new NotImplementedException();

    public Task<Page<AccountSummary>> AccountsAsync(AccountFilter filter, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Journal entries, newest first, keyset-paged; of one account or of all.</summary>
    public Task<Page<EntrySummary>> EntriesAsync(EntryFilter filter, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>One entry with its postings, usage event and stored explanation; null when there is none.</summary>
    public Task<EntryDetail?> EntryAsync(string account, long sequence, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Recomputes chain, postings and lots of every account (or one) and compares; read-only.</summary>
    public Task<VerificationReport> VerifyAsync(string? account, IProgress<VerificationProgress>? progress, CancellationToken cancellationToken) => throw new NotImplementedException();

    public ValueTask DisposeAsync() => throw new NotImplementedException();
}
