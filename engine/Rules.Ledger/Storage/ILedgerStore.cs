using System.Collections.Immutable;
using NodaTime;
using Rules.Engine.Accounts;
using Rules.Engine.Drawing;
using Rules.Engine.Pricing;

namespace Rules.Ledger.Storage;

/// <summary>
/// Where accounts, journals and published versions live. Whoever implements it promises what the contract tests check:
/// one writer per account at a time, an append that is whole or absent, refusal of everything that would break a chain,
/// a balance or a lot, and reads that see one moment.
/// </summary>
public interface ILedgerStore : IAsyncDisposable
{
    /// <summary>Most commands that one write transaction should take together.</summary>
    int LargestBatch { get; }

    /// <summary>What the service keeps in the same database; null for a store that keeps a ledger only, over which no service starts.</summary>
    IAppStore? App => null;

    /// <summary>
    /// Write transactions that the store takes beside each other, each of another account. 1 for a store with one writer, whose transactions take
    /// commands of as many accounts as wait.
    /// </summary>
    int Writers { get; }

    /// <summary>
    /// True where every write of this database goes through this object while it is open, so that what was read or written last stays true until
    /// the next write. False where other nodes or processes write as well.
    /// </summary>
    bool IsExclusive => false;

    /// <summary>True where accounts can be made up, on a clock of their own, and removed again. False where the database has the clock.</summary>
    bool KeepsSamples => false;

    /// <summary>Removes an account that was made up from its first moment on, with everything that was ever recorded of it; no other.</summary>
    /// <returns>False where there is no such account, or it was not made up.</returns>
    /// <exception cref="NotSupportedException">The store does not <see cref="KeepsSamples"/>.</exception>
    ValueTask<bool> RemoveSampleAsync(string account, CancellationToken cancellationToken) => throw new NotSupportedException("The store keeps no sample accounts.");

    /// <summary>Ids of the accounts that were made up, ascending.</summary>
    ValueTask<ImmutableArray<string>> SamplesAsync(CancellationToken cancellationToken) => new([]);

    /// <summary>Opens a write transaction; the writes of all transactions of a store are as if one after the other per account.</summary>
    /// <exception cref="StoreException">The store cannot write now.</exception>
    ValueTask<IWriteTransaction> BeginWriteAsync(CancellationToken cancellationToken);

    /// <summary>Opens a view of one moment, which later commits do not change.</summary>
    /// <exception cref="StoreException">The store cannot be read now.</exception>
    ValueTask<IReadSnapshot> BeginReadAsync(CancellationToken cancellationToken);
}

/// <summary>Reads of an account's present state, inside a write transaction under its lock or in a snapshot.</summary>
public interface IAccountReader : IAsyncDisposable
{
    /// <summary>The store's time and catalogue when it last looked for an account, or locked the catalogue.</summary>
    StoreMoment Moment { get; }

    /// <summary>
    /// The account's state without scopes and holds; null when there is none. In a write transaction it takes the account's lock.
    /// Lots: those with credits available or held, postpaid ones of the running cycle, and the successors of held ones.
    /// </summary>
    ValueTask<StoredAccount?> AccountAsync(string account, CancellationToken cancellationToken);

    /// <summary>Those of the named scopes that have begun, in the order asked for.</summary>
    ValueTask<ImmutableArray<ScopeState>> ScopesAsync(StoredAccount account, IReadOnlyList<ScopeId> scopes, CancellationToken cancellationToken);

    /// <summary>The first answer under a key; null when the key is new.</summary>
    ValueTask<StoredAnswer?> AnswerAsync(StoredAccount account, string key, CancellationToken cancellationToken);

    /// <summary>Whether the account has ever had a lot of that id.</summary>
    ValueTask<bool> HasLotAsync(StoredAccount account, string lot, CancellationToken cancellationToken);

    /// <summary>Whether the account has ever had a hold of that id, or a charge or correction under that key.</summary>
    ValueTask<bool> HasUseAsync(StoredAccount account, string use, CancellationToken cancellationToken);

    /// <summary>
    /// The open holds whose time is over at an instant, without their events, and the hold of an id with its event and whatever became of it;
    /// in order of their numbers.
    /// </summary>
    /// <param name="named">Null: no hold is named. An id that no hold has is left out.</param>
    ValueTask<ImmutableArray<HoldState>> HoldsAsync(StoredAccount account, Instant dueBy, string? named, CancellationToken cancellationToken);

    /// <summary>
    /// The use of an id: the capture of a hold of that id, else that hold, else the entry under that key of whatever kind; null when there is none.
    /// </summary>
    ValueTask<Use?> UseAsync(StoredAccount account, string use, CancellationToken cancellationToken);

    /// <summary>Lots by number, also those of which nothing is left; in order of number.</summary>
    ValueTask<ImmutableArray<LotState>> LotsAsync(StoredAccount account, IReadOnlyList<long> numbers, CancellationToken cancellationToken);

    /// <summary>A lot by its id, also when nothing is left of it; null when there was none.</summary>
    ValueTask<LotState?> LotAsync(StoredAccount account, string lot, CancellationToken cancellationToken);

    /// <summary>Every lot whose own end has not come at an instant, used up or not; in order of number.</summary>
    ValueTask<ImmutableArray<LotState>> LotsAsync(StoredAccount account, Instant liveAt, CancellationToken cancellationToken);
}

/// <summary>
/// One write transaction: read under the lock, append behind the fence, commit. Without a commit nothing of it remains.
/// After an exception only disposing is allowed.
/// </summary>
public interface IWriteTransaction : IAccountReader
{
    /// <summary>Says what will be asked of an account, before it is read: a store at the other end of a network reads it all at once.</summary>
    /// <param name="keys">Keys whose answers will be asked for; each once.</param>
    /// <param name="lots">Ids of lots that will be asked for; each once.</param>
    void Expect(string account, IReadOnlyCollection<string> keys, IReadOnlyCollection<string> lots);

    /// <summary>Keeps every other publication, and every account's writers, out of the store until the transaction ends.</summary>
    ValueTask LockCatalogueAsync(CancellationToken cancellationToken);

    /// <summary>Creates an account that has no entries; the caller has seen that there is none of its id.</summary>
    ValueTask<StoredAccount> OpenAccountAsync(NewAccount account, CancellationToken cancellationToken);

    /// <summary>Appends to one account; what is read after it is the account with it. A second append goes on where the first one ended.</summary>
    /// <exception cref="StoreException">The head is not where <see cref="AccountAppend.Before"/> saw it, or a constraint refuses a row.</exception>
    ValueTask AppendAsync(AccountAppend append, CancellationToken cancellationToken);

    /// <summary>Adds a published version; versions are never changed.</summary>
    ValueTask PublishAsync(StoredVersion version, CancellationToken cancellationToken);

    /// <summary>Adds a checkpoint; one of the same entry stays as it is.</summary>
    /// <exception cref="StoreException">The account has no such entry.</exception>
    ValueTask AddCheckpointAsync(StoredCheckpoint checkpoint, CancellationToken cancellationToken);

    /// <summary>Returns when everything is durable.</summary>
    /// <exception cref="StoreException">Whether it was committed is unknown; the keys of its commands tell.</exception>
    ValueTask CommitAsync(CancellationToken cancellationToken);
}

/// <summary>Reads of one moment.</summary>
public interface IReadSnapshot : IAccountReader
{
    /// <summary>All published versions, by ruleset and number.</summary>
    ValueTask<ImmutableArray<StoredVersion>> VersionsAsync(CancellationToken cancellationToken);

    /// <summary>
    /// The account as it stood after its last entry recorded at or before an instant, its open holds of then included; null when it was not
    /// open then.
    /// </summary>
    ValueTask<StoredAccount?> AccountAtAsync(string account, Instant recordedAt, CancellationToken cancellationToken);

    /// <summary>Accounts by id, ascending, with what a list shows.</summary>
    ValueTask<ImmutableArray<AccountRow>> AccountsAsync(AccountFilter filter, CancellationToken cancellationToken);

    /// <summary>Ids of a ruleset's accounts, ascending.</summary>
    /// <param name="account">Only this one, where it belongs to the ruleset; null: all.</param>
    ValueTask<ImmutableArray<string>> AccountIdsAsync(string ruleset, string? account, CancellationToken cancellationToken);

    /// <summary>Entries, newest first.</summary>
    ValueTask<ImmutableArray<EntryRow>> EntriesAsync(EntryFilter filter, CancellationToken cancellationToken);

    /// <summary>The newest entries that a filter finds, added up by ruleset and kind. Cursor and limit of the filter say nothing here.</summary>
    ValueTask<ImmutableArray<EntrySum>> EntrySumsAsync(EntryFilter filter, int most, CancellationToken cancellationToken);

    /// <summary>
    /// The charges, captures, corrections and reversals of a window, by account; within one in any order. Reads that window of each account and
    /// nothing else.
    /// </summary>
    /// <param name="fromAccount">Only this account and those after it; null: all.</param>
    IAsyncEnumerable<StoredUse> UsesAsync(UsageFilter filter, string? fromAccount, CancellationToken cancellationToken);

    /// <summary>
    /// What each account used within <c>[from, to)</c>, added up by quarters of an hour: every day of every zone is made of whole ones. By account, then by quarter;
    /// read from an index alone.
    /// </summary>
    /// <param name="account">Null for all.</param>
    ValueTask<ImmutableArray<QuarterUse>> UsesByQuarterAsync(Instant from, Instant to, string? account, CancellationToken cancellationToken);

    /// <summary>What the uses of a ruleset's accounts came to by the version that priced them, by version; read from an index alone.</summary>
    ValueTask<ImmutableArray<VersionUse>> UsesByVersionAsync(string ruleset, CancellationToken cancellationToken);

    /// <summary>When entries of an account were recorded and what was available after them; sequences that are not there are left out.</summary>
    ValueTask<ImmutableArray<EntryMoment>> MomentsAsync(StoredAccount account, IReadOnlyList<long> sequences, CancellationToken cancellationToken);

    /// <summary>
    /// What moved within <c>[from, to)</c>, by kind and, for uses, action: entries that fell due by their own instant, others by the time of
    /// recording.
    /// </summary>
    ValueTask<ImmutableArray<StatementLine>> StatementAsync(StoredAccount account, Instant from, Instant to, CancellationToken cancellationToken);

    /// <summary>Bills, newest first.</summary>
    ValueTask<ImmutableArray<BillRow>> BillsAsync(InvoiceFilter filter, CancellationToken cancellationToken);

    /// <summary>The bill of one entry; null where it is none.</summary>
    ValueTask<BillRow?> BillAsync(string account, long sequence, CancellationToken cancellationToken);

    /// <summary>What a bill is made of, by action.</summary>
    ValueTask<ImmutableArray<InvoiceLine>> BillLinesAsync(BillRow bill, CancellationToken cancellationToken);

    ValueTask<EntryRecord?> EntryAsync(string account, long sequence, CancellationToken cancellationToken);

    /// <summary>
    /// Asks the database what it finds wrong with its files and references. Other reads may begin as soon as this returns; a store that can only do one
    /// thing at a time returns when it is done.
    /// </summary>
    /// <returns>The findings, empty when there are none. A file may be looked at as it is a moment after the snapshot.</returns>
    ValueTask<Task<ImmutableArray<string>>> BeginIntegrityAsync(CancellationToken cancellationToken);

    /// <summary>Every account with its head and the stored state of all its lots, by account number.</summary>
    IAsyncEnumerable<AccountProof> AccountProofsAsync(string? account, CancellationToken cancellationToken);

    /// <summary>
    /// Every entry with everything its hash covers and how its key resolves; an account's entries in the order of their sequence,
    /// those of several accounts interleaved.
    /// </summary>
    IAsyncEnumerable<EntryProof> EntryProofsAsync(string? account, CancellationToken cancellationToken) => EntryProofsAsync(account, 0, cancellationToken);

    /// <inheritdoc cref="EntryProofsAsync(string?, CancellationToken)"/>
    /// <param name="after">Only entries of a <see cref="EntryProof.Position"/> above it; 0 for all.</param>
    IAsyncEnumerable<EntryProof> EntryProofsAsync(string? account, long after, CancellationToken cancellationToken);

    /// <summary>The newest checkpoint of an account; null when there is none.</summary>
    ValueTask<StoredCheckpoint?> CheckpointAsync(string account, CancellationToken cancellationToken);

    /// <summary>
    /// Ids of the accounts with so many entries since their newest checkpoint, and no fewer than that checkpoint has rows: however large accounts
    /// grow, their checkpoints together stay in proportion to their entries.
    /// </summary>
    ValueTask<ImmutableArray<string>> CheckpointsDueAsync(int entries, CancellationToken cancellationToken);

    /// <summary>The head of every account, but for those that were made up: they are not anchored.</summary>
    /// <param name="recordedBefore">Null: as they are, with sequence 0 where nothing was recorded. Else the last entry of each account that was
    /// recorded before that instant, of those accounts that have one.</param>
    IAsyncEnumerable<AccountHead> HeadsAsync(Instant? recordedBefore, CancellationToken cancellationToken);

    /// <summary>The stored hash of one entry; null when there is no such entry.</summary>
    ValueTask<ReadOnlyMemory<byte>?> EntryHashAsync(string account, long sequence, CancellationToken cancellationToken);
}
