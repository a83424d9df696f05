using System.Data;
using Microsoft.Data.SqlClient;
using Rules.Engine.Accounts;
using Rules.Ledger.Journal;

namespace Rules.Ledger.Storage.SqlServer;

/// <summary>
/// A READ COMMITTED transaction. The first read of an account takes its lock and brings what was expected of it; the append goes through the fence.
/// </summary>
internal sealed class SqlServerWriteTransaction(SqlConnection connection, SqlTransaction transaction, string zoneData)
    : SqlServerAccountReader(connection, transaction), IWriteTransaction
{
    private const string LockAndRead = "ledger.lock_and_read";
    private const string OpenAccount = "ledger.open_account";
    private const string Append = "ledger.append";
    private const string AddCheckpoint = "ledger.add_checkpoint";
    private const string LockCatalogue = "ledger.lock_catalogue";
    private const string Publish = "ledger.publish";

    private readonly Dictionary<string, Expected> _expected = new(StringComparer.Ordinal);
    private readonly Dictionary<long, ReadAhead> _read = [];

    public void Expect(string account, IReadOnlyCollection<string> keys, IReadOnlyCollection<string> lots) => _expected[account] = new Expected(keys, lots);

    public override async ValueTask<StoredAccount?> AccountAsync(string account, CancellationToken cancellationToken)
    {
        if (SqlServerText.IsNoAccount(account))
        {
            return null;
        }

        var expected = _expected.GetValueOrDefault(account) ?? Expected.Nothing;
        using var command = Procedure(LockAndRead);
        command.AddText("@external_id", account, 128);
        command.Parameters.AddTable("@keys", TableTypes.Keys, TableTypes.RowsOf(TableTypes.Keys, expected.Keys));
        command.Parameters.AddTable("@lot_ids", TableTypes.LotIds, TableTypes.RowsOf(TableTypes.LotIds, expected.Lots));
        var (lines, answers, lots) = await ReadAsync(command, async reader => (await AccountLines.ReadAsync(reader, cancellationToken),
            await reader.LinesAsync<AnswerLine>(cancellationToken), await reader.LinesAsync<string>(cancellationToken)), cancellationToken);
        SetMoment(lines.Head.Clock, lines.Head.Versions);
        if (lines.ToAccount(account) is not { } stored)
        {
            return null;
        }

        var found = answers.ToDictionary(answer => answer.IdempotencyKey, answer => (StoredAnswer?)answer.ToAnswer(), StringComparer.Ordinal);
        _read[stored.Number] = new ReadAhead(
            expected.Keys.ToDictionary(key => key, key => found.GetValueOrDefault(key), StringComparer.Ordinal),
            expected.Lots.ToDictionary(lot => lot, lot => lots.Contains(lot, StringComparer.Ordinal), StringComparer.Ordinal));
        return await WithSuccessorsAsync(stored, cancellationToken);
    }

    public override ValueTask<StoredAnswer?> AnswerAsync(StoredAccount account, string key, CancellationToken cancellationToken) =>
        _read.TryGetValue(account.Number, out var read) && read.Answers.TryGetValue(key, out var answer) ? new(answer) : base.AnswerAsync(account, key, cancellationToken);

    public override ValueTask<bool> HasLotAsync(StoredAccount account, string lot, CancellationToken cancellationToken) =>
        _read.TryGetValue(account.Number, out var read) && read.Lots.TryGetValue(lot, out var taken) ? new(taken) : base.HasLotAsync(account, lot, cancellationToken);

    public async ValueTask<StoredAccount> OpenAccountAsync(NewAccount account, CancellationToken cancellationToken)
    {
        var hash = EntryHash.OfOpening(account.Id, account.Ruleset, account.OpenedAt);
        using var command = Procedure(OpenAccount);
        command.AddText("@external_id", account.Id, 128);
        command.AddText("@ruleset", account.Ruleset, 128);
        command.AddInstant("@opened_at", account.OpenedAt);
        command.AddInstant("@last_at", account.LastAt);
        command.AddHash("@hash", hash);
        var number = (await LinesAsync<long>(command, cancellationToken)).Single();
        var state = new AccountState { Id = account.Id, Ruleset = account.Ruleset, OpenedAt = account.OpenedAt, LastAt = account.LastAt, NextLot = 1, NextDebt = 1, NextHold = 1 };
        return new StoredAccount(number, state, 0, hash, 0);
    }

    public async ValueTask AppendAsync(AccountAppend append, CancellationToken cancellationToken)
    {
        using var command = Procedure(Append);
        AddAppend(command, append, zoneData);
        await GuardAsync(() => command.ExecuteNonQueryAsync(cancellationToken));
        // What was read before it may have changed; the writer itself knows the answers that it gave.
        if (_read.TryGetValue(append.Before.Number, out var read))
        {
            read.Lots.Clear();
        }
    }

    public async ValueTask LockCatalogueAsync(CancellationToken cancellationToken)
    {
        using var command = Procedure(LockCatalogue);
        var line = (await LinesAsync<CatalogueLine>(command, cancellationToken)).Single();
        SetMoment(line.Clock, line.Versions);
    }

    public async ValueTask PublishAsync(StoredVersion version, CancellationToken cancellationToken)
    {
        using var command = Procedure(Publish);
        command.AddText("@ruleset", version.Ruleset, 128);
        command.AddInt32("@version", version.Version);
        command.AddText("@file_name", version.FileName, 400);
        command.AddText("@text", version.Text, -1);
        command.AddHash("@sha256", version.Sha256);
        command.AddText("@meaning", version.Meaning, 400);
        command.AddText("@engine_version", version.EngineVersion, 64);
        command.AddText("@author", version.Author, 400);
        command.AddInstant("@active_from", version.ActiveFrom);
        command.AddInstant("@published_at", version.PublishedAt);
        command.AddInstant("@recorded_at", version.RecordedAt);
        await GuardAsync(() => command.ExecuteNonQueryAsync(cancellationToken));
    }

    public async ValueTask AddCheckpointAsync(StoredCheckpoint checkpoint, CancellationToken cancellationToken)
    {
        using var command = Procedure(AddCheckpoint);
        command.AddText("@external_id", checkpoint.Account, 128);
        command.AddInt64("@seq", checkpoint.Sequence);
        command.AddHash("@hash", checkpoint.Hash);
        command.AddInt32("@row_count", checkpoint.Rows);
        command.AddHash("@sha256", checkpoint.Sha256);
        command.Parameters.Add("@content", SqlDbType.VarBinary, -1).Value = checkpoint.Content.ToArray();
        command.AddInstant("@created_at", checkpoint.CreatedAt);
        await GuardAsync(() => command.ExecuteNonQueryAsync(cancellationToken));
    }

    public async ValueTask CommitAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Transaction.CommitAsync(cancellationToken);
        }
        catch (Exception e) when (SqlServerErrors.IsStores(e))
        {
            throw SqlServerErrors.OfCommit(e);
        }
    }

    /// <summary>The parameters of <c>ledger.append</c>.</summary>
    internal static void AddAppend(SqlCommand command, AccountAppend append, string zoneData)
    {
        command.AddInt64("@account_id", append.Before.Number);
        command.AddInt64("@expected_seq", append.Before.HeadSequence);
        command.AddHash("@expected_hash", append.Before.HeadHash);
        command.AddInt32("@expected_period", append.Before.Period);
        command.AddInt64("@new_seq", append.Before.HeadSequence + append.Entries.Count);
        command.AddHash("@new_hash", append.Entries is [.., var last] ? last.Hash : append.Before.HeadHash);
        command.AddInstant("@new_last_at", append.After.LastAt);
        command.AddInt64("@new_next_lot", append.After.NextLot);
        command.AddInt64("@new_next_debt", append.After.NextDebt);
        command.AddInt64("@new_next_hold", append.After.NextHold);
        command.Parameters.AddTable("@entries", TableTypes.Entries, TableTypes.EntriesOf(append));
        command.Parameters.AddTable("@answers", TableTypes.Answers, TableTypes.AnswersOf(append));
        command.Parameters.AddTable("@lots", TableTypes.Lots, TableTypes.LotsOf(append));
        command.Parameters.AddTable("@postings", TableTypes.Postings, TableTypes.PostingsOf(append));
        command.Parameters.AddTable("@usage_events", TableTypes.UsageEvents, TableTypes.UsageEventsOf(append));
        command.Parameters.AddTable("@periods", TableTypes.Periods, TableTypes.PeriodsOf(append, zoneData));
        command.Parameters.AddTable("@account_values", TableTypes.AccountValues, TableTypes.AccountValuesOf(append));
        command.Parameters.AddTable("@scopes", TableTypes.Scopes, TableTypes.ScopesOf(append));
        command.Parameters.AddTable("@requests", TableTypes.Requests, TableTypes.RequestsOf(append));
        command.Parameters.AddTable("@lot_ends", TableTypes.LotEnds, TableTypes.LotEndsOf(append));
        command.Parameters.AddTable("@holds", TableTypes.Holds, TableTypes.HoldsOf(append));
        command.Parameters.AddTable("@hold_resolutions", TableTypes.HoldResolutions, TableTypes.HoldResolutionsOf(append));
        command.Parameters.AddTable("@debts", TableTypes.Debts, TableTypes.DebtsOf(append));
        command.Parameters.AddTable("@debt_lines", TableTypes.DebtLines, TableTypes.DebtLinesOf(append));
        command.Parameters.AddTable("@undones", TableTypes.Undone, TableTypes.UndoneOf(append));
        command.Parameters.AddTable("@bills", TableTypes.Bills, TableTypes.BillsOf(append));
        command.Parameters.AddTable("@messages", TableTypes.Messages, TableTypes.MessagesOf(append));
    }

    private sealed record Expected(IReadOnlyCollection<string> Keys, IReadOnlyCollection<string> Lots)
    {
        public static Expected Nothing { get; } = new([], []);
    }

    /// <summary>What was read with the account; a key or lot that is not in it was not expected.</summary>
    private sealed record ReadAhead(Dictionary<string, StoredAnswer?> Answers, Dictionary<string, bool> Lots);

#pragma warning disable CA1812 // Made by Dapper.
    private sealed class CatalogueLine
    {
        public int Versions { get; set; }

        public long Clock { get; set; }
    }
#pragma warning restore CA1812
}
