using NodaTime;
using Rules.Engine.Accounts;
using Rules.Ledger.Access;
using Rules.Ledger.Anchoring;
using Rules.Ledger.Drafts;
using Rules.Ledger.Imports;
using Rules.Ledger.Journal;
using Rules.Ledger.Outbox;
using Rules.Ledger.People;
using Rules.Ledger.Replays;
using Rules.Ledger.Storage;
using Rules.Ledger.Storage.Sqlite;
using Rules.Ledger.Storage.SqlServer;
using Rules.Ledger.Writing;

namespace Rules.Ledger;

/// <summary>
/// The command handlers and reads of one database: the way in for the service, the portal, the command and the tests.
/// A command is read under the account's lock, run by <see cref="Bookkeeper"/>, appended and answered after the commit.
/// Idempotency: the same key with the same command answers the first bytes again; with another command it is refused.
/// </summary>
public sealed partial class CreditLedger : IAsyncDisposable
{
    private readonly ILedgerStore _store;
    private readonly LedgerOptions _options;
    private readonly CommandWriter _writer;
    private readonly RememberedAccounts? _remembered;

    private CreditLedger(ILedgerStore store, LedgerOptions options, RulesetCatalogue rulesets, bool stepped = false)
    {
        _store = store;
        _options = options;
        Rulesets = rulesets;
        _remembered = store.IsExclusive ? new RememberedAccounts() : null;
        _writer = new CommandWriter(store, options.QueueLength, stepped, rulesets, _remembered);
    }

    /// <summary>Why the newest heads are not anchored outside the database; null while they are, and where no anchor was asked for.</summary>
    public string? AnchorFault => (_store as AnchoredStore)?.Fault;

    /// <summary>Published versions of every ruleset: known to the database, compiled, immutable.</summary>
    public RulesetCatalogue Rulesets { get; }

    /// <summary>The keys of the service over this database.</summary>
    /// <exception cref="NotSupportedException">The store keeps a ledger only.</exception>
    public ApiKeys Keys => field ??= new ApiKeys(App, _options.Time);

    /// <summary>What entries have to tell others, and its way there.</summary>
    /// <exception cref="NotSupportedException">The store keeps a ledger only.</exception>
    public MessageOutbox Outbox => field ??= new MessageOutbox(App, _options.Time);

    /// <summary>Which alerts are kept quiet.</summary>
    public AlertMutes Mutes => field ??= new AlertMutes(App, _options.Time);

    /// <summary>Versions before they are published, and their way there.</summary>
    /// <exception cref="NotSupportedException">The store keeps a ledger only.</exception>
    public DraftRoad Drafts => field ??= new DraftRoad(App, Rulesets, _options.Time);

    /// <summary>Who uses the portal.</summary>
    /// <exception cref="NotSupportedException">The store keeps a ledger only.</exception>
    public PeopleDirectory People => field ??= new PeopleDirectory(App, _options.Time);

    /// <summary>Results of replays of its accounts' past.</summary>
    /// <exception cref="NotSupportedException">The store keeps a ledger only.</exception>
    public ReplayArchive Replays => field ??= new ReplayArchive(App);

    /// <summary>Usage that was never charged here, for replays.</summary>
    /// <exception cref="NotSupportedException">The store keeps a ledger only.</exception>
    public UsageImports Imports => field ??= new UsageImports(App, _options.Time);

    /// <summary>Its accounts' past usage in columns.</summary>
    /// <exception cref="NotSupportedException">The store keeps a ledger only.</exception>
    public PastSegments Segments => field ??= new PastSegments(_store, App);

    /// <summary>Opens or creates a ledger in a SQLite file.</summary>
    /// <param name="path">The file; its directory is created.</param>
    /// <exception cref="LedgerStartException">It must not start; the exception carries the exit code.</exception>
    public static Task<CreditLedger> OpenSqliteAsync(string path, LedgerOptions options, CancellationToken cancellationToken) =>
        OpenAsync(SqliteLedgerStore.Open(path, options), options, cancellationToken);

    /// <summary>Opens a SQLite file for reads, beside the process that writes it: every command is answered <see cref="CommandStatus.OutcomeUnknown"/>.</summary>
    /// <exception cref="LedgerStartException">There is no such file, or it does not fit this program.</exception>
    public static async Task<CreditLedger> OpenSqliteReadOnlyAsync(string path, LedgerOptions options, CancellationToken cancellationToken)
    {
        var store = SqliteLedgerStore.OpenReadOnly(path);
        try
        {
            return new CreditLedger(store, options, await RulesetCatalogue.OpenAsync(store, options.Time, cancellationToken));
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }
    }

    /// <summary>Opens a ledger in a SQL Server database.</summary>
    /// <exception cref="LedgerStartException">It must not start; the exception carries the exit code.</exception>
    public static async Task<CreditLedger> OpenSqlServerAsync(SqlServerOptions server, LedgerOptions options, CancellationToken cancellationToken) =>
        await OpenAsync(await SqlServerLedgerStore.OpenAsync(server, cancellationToken), options, cancellationToken);

    /// <summary>A new, empty ledger in memory.</summary>
    public static Task<CreditLedger> OpenInMemoryAsync(LedgerOptions options, CancellationToken cancellationToken) =>
        OpenAsync(SqliteLedgerStore.OpenInMemory(options.Time), options, cancellationToken);

    /// <summary>A ledger over a store, which is disposed with it, also when this throws.</summary>
    /// <exception cref="LedgerStartException">A published version cannot be compiled by this program, or the store lies behind its anchor.</exception>
    public static Task<CreditLedger> OpenAsync(ILedgerStore store, LedgerOptions options, CancellationToken cancellationToken) =>
        OpenAsync(store, options, stepped: false, cancellationToken);

    /// <summary>A ledger whose commands wait until <see cref="StepAsync"/> runs them.</summary>
    internal static Task<CreditLedger> OpenSteppedAsync(ILedgerStore store, LedgerOptions options, CancellationToken cancellationToken) =>
        OpenAsync(store, options, stepped: true, cancellationToken);

    /// <inheritdoc cref="CommandWriter.StepAsync"/>
    internal Task<int> StepAsync(int most) => _writer.StepAsync(most);

    private static async Task<CreditLedger> OpenAsync(ILedgerStore store, LedgerOptions options, bool stepped, CancellationToken cancellationToken)
    {
        try
        {
            if (options.AnchorPath is { } anchor)
            {
                store = await AnchoredStore.OpenAsync(store, anchor, options.Time, cancellationToken);
            }

            return new CreditLedger(store, options, await RulesetCatalogue.OpenAsync(store, options.Time, cancellationToken), stepped);
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }
    }

    /// <summary>Writes one small row, which tells whether the database takes writes.</summary>
    /// <returns>This clock, and the latest that was ever written so.</returns>
    /// <exception cref="StoreException">The database cannot be written now.</exception>
    public async Task<(Instant Now, Instant Latest)> BeatAsync(CancellationToken cancellationToken)
    {
        var now = Instants.Now(_options.Time);
        return (now, await App.BeatAsync(now, cancellationToken));
    }

    private IAppStore App => _store.App ?? throw new NotSupportedException("The store keeps a ledger only: it has no place for keys and messages.");

    /// <summary>Finishes the commands that wait, then closes the store.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_onSampleClock)
        {
            return;
        }

        await _writer.DisposeAsync();
        await _store.DisposeAsync();
    }
}
