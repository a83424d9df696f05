using System.Collections.Immutable;
using Microsoft.Data.Sqlite;

namespace Rules.Ledger.Storage.Sqlite;

public sealed partial class SqliteLedgerStore
{
    private const string SelectSamples = "SELECT a.external_id FROM sample_account s JOIN account a ON a.account_id=s.account_id ORDER BY a.external_id";

    private const string SelectSample =
        "SELECT s.account_id FROM sample_account s JOIN account a ON a.account_id=s.account_id WHERE a.external_id=?1";

    private const string OfEntries = " WHERE entry_id IN (SELECT entry_id FROM journal WHERE account_id=?1)";
    private const string OfMessages = " WHERE message_id IN (SELECT message_id FROM outbox WHERE account_id=?1)";

    // What refers to a row goes before it. The answers are found by the keys that lead to them.
    private static readonly ImmutableArray<string> _removeSample =
    [
        "DELETE FROM delivery_attempt" + OfMessages,
        "DELETE FROM delivery" + OfMessages,
        "DELETE FROM outbox WHERE account_id=?1",
        "DELETE FROM posting" + OfEntries,
        "DELETE FROM usage_event" + OfEntries,
        "DELETE FROM request" + OfEntries,
        "DELETE FROM undone" + OfEntries,
        "DELETE FROM debt_line" + OfEntries,
        "DELETE FROM bill WHERE account_id=?1",
        "DELETE FROM debt_state WHERE account_id=?1",
        "DELETE FROM debt WHERE account_id=?1",
        "DELETE FROM hold_state WHERE account_id=?1",
        "DELETE FROM hold_resolution WHERE account_id=?1",
        "DELETE FROM hold WHERE account_id=?1",
        "DELETE FROM lot_end WHERE account_id=?1",
        "DELETE FROM lot_state WHERE account_id=?1",
        "DELETE FROM lot WHERE account_id=?1",
        "DELETE FROM scope_state WHERE account_id=?1",
        "DELETE FROM answer WHERE answer_id IN (SELECT answer_id FROM idempotency WHERE account_id=?1)",
        "DELETE FROM idempotency WHERE account_id=?1",
        "DELETE FROM checkpoint WHERE account_id=?1",
        "DELETE FROM journal WHERE account_id=?1",
        "DELETE FROM account_value WHERE account_id=?1",
        "DELETE FROM period WHERE account_id=?1",
        // Made again from the entries that stay.
        "DELETE FROM past_segment WHERE ruleset=(SELECT ruleset FROM account WHERE account_id=?1)",
        "DELETE FROM account_head WHERE account_id=?1",
        "DELETE FROM account WHERE account_id=?1",
        "DELETE FROM sample_account WHERE account_id=?1",
    ];

    public bool KeepsSamples => IsExclusive;

    public ValueTask<ImmutableArray<string>> SamplesAsync(CancellationToken cancellationToken) => ReadAsync(
        static session =>
        {
            var ids = ImmutableArray.CreateBuilder<string>();
            var row = session.Statement(SelectSamples);
            while (row.Step())
            {
                ids.Add(row.Text(0));
            }

            return ids.ToImmutable();
        },
        cancellationToken);

    /// <summary>One transaction. The triggers that keep every other account's rows let these go.</summary>
    public async ValueTask<bool> RemoveSampleAsync(string account, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            var session = _writer ??= Session(_database.OpenWriter);
            // References of rows that all go are not looked up one by one: nothing indexes them from the other end, and a verification checks them all.
            session.Statement("PRAGMA foreign_keys=OFF").Execute();
            try
            {
                return Remove(session, account);
            }
            finally
            {
                session.Statement("PRAGMA foreign_keys=ON").Execute();
            }
        }
        catch (SqliteException e)
        {
            throw new StoreException(e.Message, e);
        }
        finally
        {
            _writing.Release();
        }
    }

    private static bool Remove(SqliteSession session, string account)
    {
        session.Statement("BEGIN IMMEDIATE").Execute();
        try
        {
            var found = session.Statement(SelectSample);
            if (!found.Bind(1, account).Step())
            {
                session.Statement("ROLLBACK").Execute();
                return false;
            }

            var number = found.Int64(0);
            found.Reset();
            foreach (var remove in _removeSample)
            {
                session.Statement(remove).Bind(1, number).Execute();
            }

            session.Statement("COMMIT").Execute();
            return true;
        }
        catch
        {
            if (!session.AutoCommits)
            {
                session.Statement("ROLLBACK").Execute();
            }

            throw;
        }
    }
}
