using System.Collections.Immutable;
using System.Globalization;
using NodaTime;
using Rules.Engine.Model;
using Rules.Engine.Wire;
using Rules.Ledger.Access;
using Rules.Ledger.Journal;
using Rules.Ledger.Storage;

namespace Rules.Ledger.Imports;

/// <summary>What an import is asked for.</summary>
/// <param name="Ruleset">By whose rules the usage will be replayed.</param>
/// <param name="Source">Name of the file. An import that was stopped is gone on with by the same name and mapping.</param>
/// <param name="By">Who imports; recorded.</param>
public sealed record UsageImportRequest(string Ruleset, string Source, UsageMapping Mapping, string By)
{
    /// <summary>Reads and counts everything, and stores nothing.</summary>
    public bool IsDryRun { get; init; }

    /// <summary>Told now and then how many bytes were read.</summary>
    public Action<long>? Progress { get; init; }
}

/// <summary>What an import came to.</summary>
/// <param name="Import">By which its batches are known; null for a dry run.</param>
/// <param name="ResumedAt">Line up to which an earlier run had come; 0: from the beginning.</param>
/// <param name="Lines">Lines of the file that were read.</param>
/// <param name="Events">Stored by this run, or what would have been.</param>
/// <param name="Duplicates">Left out, since an event of the same id was there.</param>
/// <param name="Accounts">Of the file, as far as it was read.</param>
/// <param name="First">Null without an event.</param>
/// <param name="Last">Null without an event.</param>
/// <param name="Mistakes">The first of them. A run that stores stops at the first; what stands before it is stored.</param>
/// <param name="MistakeCount">All of them.</param>
/// <param name="UnreadColumns">Columns that say nothing about an event.</param>
public sealed record UsageImportResult(
    string? Import, long ResumedAt, long Lines, long Events, long Duplicates, int Accounts, Instant? First, Instant? Last,
    ImmutableArray<UsageMistake> Mistakes, long MistakeCount, ImmutableArray<string> UnreadColumns)
{
    /// <summary>The most actions that are told apart.</summary>
    internal const int MostActions = 1000;

    /// <summary>Nothing was stored, whatever was found.</summary>
    public bool IsDryRun => Import is null;

    /// <summary>How many of <see cref="Events"/> each action has; by name, ascending.</summary>
    public ImmutableArray<KeyValuePair<string, long>> Actions { get; init; } = [];

    /// <summary>The actions that no version of a ruleset has, so that a replay cannot price their events.</summary>
    public ImmutableArray<KeyValuePair<string, long>> Unpriced(PublishedRuleset ruleset) =>
        Actions.RemoveAll(action => ruleset.Versions.Any(version => version.Model.FindAction(action.Key) is not null));
}

/// <summary>Usage that was never charged here, for replays. It is no part of the journal: nothing of it was charged, and no account has it.</summary>
public sealed partial class UsageImports
{
    /// <summary>Events that are kept for one ruleset.</summary>
    public const long MostEvents = 20_000_000;

    /// <summary>Imports that run at once, dry runs included: each holds the ids of all events of its ruleset.</summary>
    public const int MostAtOnce = 2;

    private const int BatchEvents = 131_072;

    private const int MostMistakes = 20;

    private readonly IUsageStore _store;
    private readonly TimeProvider _time;

    private int _running;

    internal UsageImports(IUsageStore store, TimeProvider time) => (_store, _time) = (store, time);

    /// <summary>Every batch of a ruleset, or of all.</summary>
    public ValueTask<ImmutableArray<UsageBatch>> ListAsync(string? ruleset, CancellationToken cancellationToken) => _store.UsageBatchesAsync(ruleset, cancellationToken);

    /// <summary>When the latest event of a ruleset happened; null where nothing is imported.</summary>
    public ValueTask<Instant?> LastAsync(string ruleset, CancellationToken cancellationToken) => _store.LastUsageAsync(ruleset, cancellationToken);

    /// <summary>
    /// Takes an import back, whole: its events are removed, so that no replay reads them and a file that holds them can be imported anew. That there was one stays recorded, and
    /// so do results of replays that read it.
    /// </summary>
    /// <param name="by">Who takes it back; recorded.</param>
    /// <returns>Its batches as they are then; empty where there is no such import.</returns>
    /// <exception cref="UsageImportException">It was taken back before.</exception>
    /// <exception cref="StoreException">The database failed.</exception>
    public async Task<ImmutableArray<UsageBatch>> WithdrawAsync(string import, string by, CancellationToken cancellationToken)
    {
        var batches = await BatchesAsync(import, cancellationToken);
        if (batches.IsEmpty)
        {
            return [];
        }

        if (batches[0].Withdrawn is not { } before)
        {
            try
            {
                await _store.WithdrawUsageAsync(import, new UsageWithdrawal(Instants.Now(_time), by), cancellationToken);
                return await BatchesAsync(import, cancellationToken);
            }
            catch (StoreException e) when (!e.IsTransient)
            {
                if ((await BatchesAsync(import, cancellationToken))[0].Withdrawn is not { } first)
                {
                    throw;
                }

                before = first;
            }
        }

        throw new UsageImportException($"\"{batches[0].Source}\" was taken back by {before.By} at {InstantText.Format(before.At)}.", "Nothing is left of it to take back.");
    }

    /// <summary>The batches of one import; empty where there is none.</summary>
    public async ValueTask<ImmutableArray<UsageBatch>> BatchesAsync(string import, CancellationToken cancellationToken) =>
        [.. (await _store.UsageBatchesAsync(null, cancellationToken)).Where(batch => batch.Import == import)];

    /// <summary>
    /// Reads a file to its end, or to its first mistake. Batches become durable on the way: a run that is stopped, or that ends at a mistake, is gone on with by
    /// the next one over the same file, which may differ behind what was stored.
    /// </summary>
    /// <exception cref="UsageImportException">Another import was faster, <see cref="MostAtOnce"/> run, the file is not the one that was begun, or the mapping cannot be used.</exception>
    /// <exception cref="StoreException">The database failed.</exception>
    public async Task<UsageImportResult> ImportAsync(Stream stream, UsageImportRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(request);
        if (request.Mapping.Unusable is { } member)
        {
            throw new UsageImportException($"\"{member}\" is no member of an event, or it is mapped twice.", UsageMapping.Members);
        }

        if (Interlocked.Increment(ref _running) > MostAtOnce)
        {
            Interlocked.Decrement(ref _running);
            throw new UsageImportException("As many imports run as this service runs at once.", "Wait for one to end, and run this one then.") { IsBusy = true };
        }

        try
        {
            return await ReadAsync(stream, request, cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    private async Task<UsageImportResult> ReadAsync(Stream stream, UsageImportRequest request, CancellationToken cancellationToken)
    {
        var batches = await _store.UsageBatchesAsync(request.Ruleset, cancellationToken);
        var mapping = request.Mapping.Sha256();
        var begun = batches.LastOrDefault(batch => batch.Source == request.Source && batch.MappingSha256.Span.SequenceEqual(mapping));
        begun = begun is { IsLast: false, Withdrawn: null } ? begun : null;
        var known = await KnownUsage.ReadAsync(this, request.Ruleset, cancellationToken);
        using var records = new UsageRecords(stream, request.Mapping.IsCsv);
        var run = new Run(this, request, mapping, begun, batches.LastOrDefault()?.Batch ?? 0, known, records);
        return await run.ReadAsync(cancellationToken);
    }

    /// <summary>One run over one file.</summary>
    private sealed class Run(UsageImports imports, UsageImportRequest request, byte[] mapping, UsageBatch? begun, long lastBatch, KnownUsage known, UsageRecords records)
    {
        private readonly UsageRows _rows = new(request.Mapping);
        private readonly string _import = begun?.Import ?? ApiKeyText.NewId();
        private readonly Instant _now = Instants.Now(imports._time);
        private readonly ImmutableArray<UsageMistake>.Builder _mistakes = ImmutableArray.CreateBuilder<UsageMistake>();
        private readonly HashSet<string> _accounts = new(StringComparer.Ordinal);
        private readonly SortedDictionary<string, long> _actions = new(StringComparer.Ordinal);
        private List<PastEvent> _batch = [];
        private long _batchNumber = lastBatch;
        private long _batchDuplicates;
        private long _events;
        private long _duplicates;
        private long _mistakeCount;
        private (Instant First, Instant Last) _span = (Instant.MaxValue, Instant.MinValue);

        public async Task<UsageImportResult> ReadAsync(CancellationToken cancellationToken)
        {
            if (request.Mapping.IsCsv && await records.MoveNextAsync(cancellationToken))
            {
                if (_rows.ReadHeader(records.Record.Span) is { } unusable)
                {
                    Note(unusable);
                    return Result();
                }

                records.Accept();
            }

            if (begun is not null && !await records.SkipAsync(begun, cancellationToken))
            {
                throw new UsageImportException(
                    string.Create(CultureInfo.InvariantCulture, $"An import of \"{request.Source}\" stopped at line {begun.Lines:N0}, and this file is another one before that."),
                    "Import it under another name; events that are there already are left out.");
            }

            var isEnded = await ReadRecordsAsync(cancellationToken);
            if (isEnded || _batch.Count + _batchDuplicates > 0)
            {
                await StoreAsync(isEnded, cancellationToken);
            }

            return Result();
        }

        /// <returns>False where it stopped at a mistake.</returns>
        private async Task<bool> ReadRecordsAsync(CancellationToken cancellationToken)
        {
            while (await records.MoveNextAsync(cancellationToken))
            {
                if (records.Record.Span.IndexOfAnyExcept(" \t"u8) >= 0 && TryAdd() is { } mistake && Note(mistake))
                {
                    return false;
                }

                records.Accept();
                if (_batch.Count + _batchDuplicates >= BatchEvents)
                {
                    await StoreAsync(isLast: false, cancellationToken);
                    request.Progress?.Invoke(records.Position);
                }
            }

            return !records.IsTooLong || !Note(new UsageMistake(
                records.Line, null, WireCodes.TooLarge, $"The line is longer than {WireLimits.BodyBytes / 1024} KiB, or a quote in it is never closed.", "Write one event a line."));
        }

        private UsageMistake? TryAdd()
        {
            var (past, mistake) = _rows.Read(records.Record, records.Line);
            if (past is null)
            {
                return mistake;
            }

            if (past.Usage.OccurredAt > _now)
            {
                return new UsageMistake(
                    records.Line, request.Mapping.ColumnOf("at"), UsageMistakeCodes.NotPast, $"{InstantText.Format(past.Usage.OccurredAt)} has not come yet.", "Past usage has happened; look at the offset from UTC.");
            }

            if (known.Events + _events >= MostEvents)
            {
                return new UsageMistake(
                    records.Line, null, UsageMistakeCodes.TooManyEvents, string.Create(CultureInfo.InvariantCulture, $"At most {MostEvents:N0} events are kept for one ruleset."), "Import a shorter time, or fewer accounts.");
            }

            if (!known.States(past))
            {
                return new UsageMistake(
                    records.Line, null, UsageMistakeCodes.StateDiffers, $"The account \"{past.Account}\" stood otherwise by an earlier event.", "Say of an account how it stood before its first event, and the same wherever it is said.");
            }

            _accounts.Add(past.Account);
            _span = (Instant.Min(_span.First, past.Usage.OccurredAt), Instant.Max(_span.Last, past.Usage.OccurredAt));
            if (known.IsNew(past.Id!))
            {
                _events++;
                _batch.Add(past);
                var action = past.Usage.Action;
                if (_actions.TryGetValue(action, out var count) || _actions.Count < UsageImportResult.MostActions)
                {
                    _actions[action] = count + 1;
                }
            }
            else
            {
                _duplicates++;
                _batchDuplicates++;
            }

            return null;
        }

        private async Task StoreAsync(bool isLast, CancellationToken cancellationToken)
        {
            var (batch, duplicates) = (_batch, _batchDuplicates);
            (_batch, _batchDuplicates) = ([], 0);
            if (request.IsDryRun)
            {
                return;
            }

            _batchNumber++;
            var row = new UsageBatch(
                request.Ruleset, _batchNumber, _import, request.Source, mapping, _now, request.By, records.Position, records.PrefixSha256(), records.Lines, batch.Count, duplicates, isLast);
            try
            {
                await imports._store.AddUsageAsync(row, PackedUsage.Pack(_batchNumber, batch), cancellationToken);
            }
            catch (StoreException e) when (!e.IsTransient)
            {
                var batches = await imports._store.UsageBatchesAsync(request.Ruleset, cancellationToken);
                if (batches.Any(other => other.Import == _import && other.Withdrawn is not null))
                {
                    throw new UsageImportException("The import was taken back while it ran.", "Run it again, and it begins anew.");
                }

                throw batches.Any(other => other.Batch == _batchNumber)
                    ? new UsageImportException("Another import for the same ruleset ran at the same time.", "Run this one again; it goes on where it stopped.")
                    : e;
            }
        }

        /// <returns>True where the run stops at it.</returns>
        private bool Note(UsageMistake mistake)
        {
            _mistakeCount++;
            if (_mistakes.Count < MostMistakes)
            {
                _mistakes.Add(mistake);
            }

            return !request.IsDryRun;
        }

        private UsageImportResult Result() => new(
            request.IsDryRun ? null : _import, begun?.Lines ?? 0, records.Lines, _events, _duplicates, _accounts.Count, _accounts.Count == 0 ? null : _span.First,
            _accounts.Count == 0 ? null : _span.Last, _mistakes.ToImmutable(), _mistakeCount, [.. _rows.Unread])
        {
            Actions = [.. _actions],
        };
    }
}

/// <summary>An import that cannot begin or go on, for a reason that lies in no line of its file.</summary>
/// <param name="help">How to mend it.</param>
public sealed class UsageImportException(string message, string help) : Exception(message)
{
    /// <summary>How to mend it.</summary>
    public string Help => help;

    /// <summary>It may begin when another one has ended.</summary>
    public bool IsBusy { get; init; }
}
