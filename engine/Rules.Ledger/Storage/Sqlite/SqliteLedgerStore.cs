using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.Data.Sqlite;
using NodaTime;
using Rules.Ledger.Journal;

namespace Rules.Ledger.Storage.Sqlite;

/// <summary>
/// A ledger in one SQLite file: one process, one writing connection, readers beside it (WAL). Or in memory, for stories and tests.
/// </summary>
public sealed partial class SqliteLedgerStore : ILedgerStore
{
    private const int IdleReaders = 8;

    private readonly SqliteDatabase _database;
    private readonly FileStream? _lock;
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly ConcurrentBag<SqliteSession> _readers = [];
    private SqliteSession? _writer;
    private bool _disposed;

    private SqliteLedgerStore(SqliteDatabase database, FileStream? processLock, SqliteSession? writer)
    {
        _database = database;
        _lock = processLock;
        _writer = writer;
        App = new SqliteAppStore(this);
    }

    public IAppStore? App { get; }

    public int LargestBatch => 512;

    public int Writers => 1;

    /// <summary>The file's lock keeps other processes out; one that was opened for reads alone has another process that writes.</summary>
    public bool IsExclusive => !_database.IsReadOnly;

    /// <summary>Everything is read and written over one connection.</summary>
    internal bool IsInMemory => _database.Path is null;

    internal static string ZoneData { get; } = DateTimeZoneProviders.Tzdb.VersionId;

    /// <summary>Opens or creates the file, takes its lock and brings it to this program's schema.</summary>
    /// <param name="path">The database; <c>.lock</c> beside it keeps other processes out.</param>
    /// <exception cref="LedgerStartException">Another process has the file, or it does not fit this program.</exception>
    public static SqliteLedgerStore Open(string path, TimeProvider time) => Open(path, time, SqliteMigrator.Embedded);

    /// <inheritdoc cref="Open(string, TimeProvider)"/>
    public static SqliteLedgerStore Open(string path, LedgerOptions options)
    {
        if (!options.AllowNetworkFileSystem)
        {
            NetworkFileSystem.Refuse(path);
        }

        return Open(path, options.Time);
    }

    /// <summary>Opens a file for reads alone, also while another process writes it.</summary>
    /// <exception cref="LedgerStartException">There is no such file, it cannot be read, or it does not fit this program.</exception>
    public static SqliteLedgerStore OpenReadOnly(string path)
    {
        EnsureLibrary();
        var database = SqliteDatabase.ReadOnlyFile(path);
        if (!File.Exists(database.Path))
        {
            throw new LedgerStartException(LedgerStartException.NeedsDecision, "database_missing", $"There is no database {database.Path}. Name the file of a ledger, such as .rules/rules.db.");
        }

        try
        {
            using var connection = database.OpenReader();
            Migrator.RefuseUnfit(new SqliteMigrator(connection, appliedAt: 0), SqliteMigrator.Embedded);
            return new SqliteLedgerStore(database, null, null);
        }
        catch (SqliteException e)
        {
            throw Unreadable(database, e);
        }
    }

    /// <summary>A new, empty ledger that is gone when it is disposed.</summary>
    public static SqliteLedgerStore OpenInMemory(TimeProvider time)
    {
        EnsureLibrary();
        var database = SqliteDatabase.InMemory();
        return new SqliteLedgerStore(database, null, OpenWriter(database, time, SqliteMigrator.Embedded));
    }

    internal static SqliteLedgerStore Open(string path, TimeProvider time, ImmutableArray<Migration> migrations)
    {
        EnsureLibrary();
        var database = SqliteDatabase.File(path);
        Directory.CreateDirectory(Path.GetDirectoryName(database.Path)!);
        var processLock = TakeLock(database.Path + ".lock");
        try
        {
            return new SqliteLedgerStore(database, processLock, OpenWriter(database, time, migrations));
        }
        catch (SqliteException e)
        {
            processLock.Dispose();
            throw Unreadable(database, e);
        }
        catch
        {
            processLock.Dispose();
            throw;
        }
    }

    public async ValueTask<IWriteTransaction> BeginWriteAsync(CancellationToken cancellationToken)
    {
        if (_database.IsReadOnly)
        {
            throw new StoreException("The ledger was opened for reading only.");
        }

        await _writing.WaitAsync(cancellationToken);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            var session = _writer ??= Session(_database.OpenWriter);
            session.Statement("BEGIN IMMEDIATE").Execute();
            return new SqliteWriteTransaction(this, session);
        }
        catch (Exception e)
        {
            if (_database.Path is not null)
            {
                _writer?.Dispose();
                _writer = null;
            }

            _writing.Release();
            throw e is SqliteException ? new StoreException(e.Message, e) : e;
        }
    }

    public async ValueTask<IReadSnapshot> BeginReadAsync(CancellationToken cancellationToken)
    {
        if (_database.Path is null)
        {
            await _writing.WaitAsync(cancellationToken);
            var shared = _writer!;
            shared.Statement("BEGIN").Execute();
            return new SqliteReadSnapshot(this, shared);
        }

        ObjectDisposedException.ThrowIf(_disposed, this);
        var session = _readers.TryTake(out var idle) ? idle : Session(_database.OpenReader);
        try
        {
            session.Statement("BEGIN").Execute();
            return new SqliteReadSnapshot(this, session);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _writing.WaitAsync();
        if (!_disposed)
        {
            _disposed = true;
            while (_readers.TryTake(out var reader))
            {
                reader.Dispose();
            }

            _writer?.Dispose();
            _writer = null;
            _lock?.Dispose();
        }

        _writing.Release();
    }

    /// <summary>One transaction of its own.</summary>
    internal async ValueTask<T> WriteAsync<T>(Func<SqliteSession, T> write, CancellationToken cancellationToken)
    {
        await using var transaction = (SqliteWriteTransaction)await BeginWriteAsync(cancellationToken);
        var result = transaction.Write(() => write(transaction.Session));
        await transaction.CommitAsync(cancellationToken);
        return result;
    }

    /// <summary>One view of one moment.</summary>
    internal async ValueTask<T> ReadAsync<T>(Func<SqliteSession, T> read, CancellationToken cancellationToken)
    {
        await using var snapshot = (SqliteReadSnapshot)await BeginReadAsync(cancellationToken);
        return read(snapshot.Session);
    }

    /// <summary>Takes the writing session back; one that failed is closed and opened anew by the next transaction.</summary>
    internal void Release(SqliteSession session, bool usable)
    {
        // A database in memory lives in its connection.
        if (!usable && _database.Path is not null)
        {
            session.Dispose();
            _writer = null;
        }

        _writing.Release();
    }

    internal void ReleaseReader(SqliteSession session)
    {
        if (_database.Path is null)
        {
            _writing.Release();
        }
        else if (_disposed || _readers.Count >= IdleReaders)
        {
            session.Dispose();
        }
        else
        {
            _readers.Add(session);
        }
    }

    private static LedgerStartException Unreadable(SqliteDatabase database, SqliteException e) => new(LedgerStartException.NeedsDecision, "database_unreadable",
        $"The database {database.Path} cannot be opened: {e.Message} Restore a backup, or name another file.", e);

    private static SqliteSession Session(Func<SqliteConnection> open)
    {
        try
        {
            return new SqliteSession(open());
        }
        catch (SqliteException e)
        {
            throw new StoreException(e.Message, e);
        }
    }

    private static SqliteSession OpenWriter(SqliteDatabase database, TimeProvider time, ImmutableArray<Migration> migrations)
    {
        var connection = database.OpenWriter();
        try
        {
            Migrator.Migrate(new SqliteMigrator(connection, Instants.ToMicroseconds(Instants.Now(time))), migrations);
            return new SqliteSession(connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static FileStream TakeLock(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new LedgerStartException(LedgerStartException.TemporarilyUnavailable, "database_in_use",
                $"Another process has this ledger open: it holds {path}. Stop it first, or give this one another directory (Rules:Home).", e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new LedgerStartException(LedgerStartException.NeedsDecision, "database_unwritable",
                $"{path} cannot be written: {e.Message} Give the process the right to write there, or another directory (Rules:Home).", e);
        }
    }

    private static void EnsureLibrary() => SQLitePCL.Batteries_V2.Init();
}
