using Rules.Engine.Accounts;
using Rules.Engine.Pricing;
using Rules.Ledger.Journal;

namespace Rules.Ledger.Storage.Sqlite;

/// <summary>
/// The write transaction: it holds the database's one writer from begin to end, so every account it reads is locked.
/// </summary>
internal sealed class SqliteWriteTransaction(SqliteLedgerStore store, SqliteSession session) : SqliteAccountReader(session), IWriteTransaction
{
    private const string InsertAccount = "INSERT INTO account(external_id,ruleset,opened_at) VALUES(?1,?2,?3)";
    private const string InsertHead = "INSERT INTO account_head(account_id,head_seq,head_hash,last_at,next_lot,next_debt,next_hold,period_no) VALUES(?1,0,?2,?3,1,1,1,0)";
    private const string InsertSample = "INSERT INTO sample_account(account_id) VALUES(?1)";

    // The fence: an append goes on from the head that was read, or not at all. Entries are held to it by the chain's own trigger.
    private const string MoveHead = "UPDATE account_head SET next_lot=?4, period_no=?5, next_debt=?6, next_hold=?7 WHERE account_id=?1 AND head_seq=?2 AND head_hash=?3";
    private const string MoveTime = "UPDATE account_head SET last_at=?2 WHERE account_id=?1 AND last_at<?2";

    private const string InsertAnswer =
        "INSERT INTO answer(account_id,req_hash,accepted,outcome,body,created_at) VALUES(?1,?2,?3,?4,?5,?6)";

    private const string InsertKey = "INSERT INTO idempotency(account_id,idem_key,entry_id,answer_id) VALUES(?1,?2,?3,?4)";

    private const string InsertEntry =
        """
        INSERT INTO journal(account_id,seq,kind,idem_key,amount,occurred_at,recorded_at,late,ref_seq,version,trace_sha256,outcome,balance_after,answer_id,prev_hash,hash,
          forgiven)
        VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17)
        """;

    private const string InsertLot =
        """
        INSERT INTO lot(account_id,lot_no,lot_id,bucket_id,origin,amount,created_at,effective_at,expires_at,priority,cost,cycle_no,entry_id,
          roll_kind,roll_at,roll_min,roll_max,roll_percent,every_count,every_unit,every_anchor,every_zone,every_adds,every_until)
        VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,?18,?19,?20,?21,?22,?23,?24)
        """;

    private const string InsertBill =
        "INSERT INTO bill(entry_id,account_id,bucket,cycle_no,currency,decimals,amount,exact,price,receiver) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10)";

    private const string SelectBucket = "SELECT bucket_id FROM bucket WHERE ruleset=?1 AND name=?2";
    private const string InsertBucket = "INSERT INTO bucket(ruleset,name) VALUES(?1,?2)";

    private const string InsertPosting =
        "INSERT INTO posting(entry_id,line,account_id,lot_no,d_granted,d_available,d_held,d_spent,d_expired,d_moved) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10)";

    private const string InsertUsage = "INSERT INTO usage_event(entry_id,account_id,action,content) VALUES(?1,?2,?3,?4)";

    private const string InsertRequest = "INSERT INTO request(entry_id,account_id,content) VALUES(?1,?2,?3)";
    private const string InsertLotEnd = "INSERT INTO lot_end(account_id,lot_no,successor,entry_id) VALUES(?1,?2,?3,?4)";

    private const string InsertHold =
        "INSERT INTO hold(account_id,hold_no,hold_id,action,version,amount,held_at,expires_at,entry_id) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9)";

    private const string InsertResolution =
        "INSERT INTO hold_resolution(account_id,hold_no,kind,charged,returned,asked,entry_id) VALUES(?1,?2,?3,?4,?5,?6,?7)";

    private const string InsertDebt = "INSERT INTO debt(account_id,debt_no,action,amount,owed_at,entry_id) VALUES(?1,?2,?3,?4,?5,?6)";
    private const string InsertDebtLine = "INSERT INTO debt_line(entry_id,line,account_id,debt_no,kind,amount) VALUES(?1,?2,?3,?4,?5,?6)";
    private const string InsertUndone = "INSERT INTO undone(entry_id,line,account_id,of_seq,of_line,amount) VALUES(?1,?2,?3,?4,?5,?6)";

    private const string InsertPeriod =
        "INSERT INTO period(account_id,period_no,cycle_no,anchor,start_at,end_at,tzdb,seq,of_entry) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9)";

    private const string InsertValue =
        """
        INSERT INTO account_value(account_id,seq,line,kind,name,value,from_at)
        VALUES(?1,?2,(SELECT COALESCE(MAX(line),-1)+1 FROM account_value WHERE account_id=?1 AND seq=?2),?3,?4,?5,?6)
        """;

    private const string UpsertScope =
        """
        INSERT INTO scope_state(account_id,action,scope_key,scope_value,began_at,version,posted,listed_posted,totals,reversed)
        VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10)
        ON CONFLICT(account_id,action,scope_key,scope_value) DO UPDATE SET posted=excluded.posted, reversed=excluded.reversed, listed_posted=excluded.listed_posted, totals=excluded.totals
        """;

    private const string InsertVersion =
        """
        INSERT INTO rule_version(ruleset,version,file_name,text,sha256,meaning,engine_version,author,active_from,published_at,recorded_at)
        VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11)
        """;

    private const string InsertMessage = "INSERT INTO outbox(account_id,seq,line,body,created_at) VALUES(?1,?2,?3,?4,?5)";

    // One of an entry that is not there has no entry_id, and is refused.
    private const string InsertCheckpoint =
        """
        INSERT INTO checkpoint(entry_id,account_id,seq,hash,row_count,sha256,content,created_at)
        SELECT (SELECT j.entry_id FROM journal j WHERE j.account_id=a.account_id AND j.seq=?2), a.account_id, ?2, ?3, ?4, ?5, ?6, ?7 FROM account a WHERE a.external_id=?1
        ON CONFLICT(account_id, seq) DO NOTHING
        """;

    private bool _failed;
    private bool _committed;

    public void Expect(string account, IReadOnlyCollection<string> keys, IReadOnlyCollection<string> lots)
    {
        // What is asked for is read when it is asked for: the rows are in this process.
    }

    /// <summary>The transaction has the one writer.</summary>
    public ValueTask LockCatalogueAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public ValueTask<StoredAccount> OpenAccountAsync(NewAccount account, CancellationToken cancellationToken) => new(Write(() =>
    {
        var hash = EntryHash.OfOpening(account.Id, account.Ruleset, account.OpenedAt);
        Session.Statement(InsertAccount).Bind(1, account.Id).Bind(2, account.Ruleset).Bind(3, Instants.ToMicroseconds(account.OpenedAt)).Execute();
        var number = Session.LastRowId;
        Session.Statement(InsertHead).Bind(1, number).Bind(2, hash).Bind(3, Instants.ToMicroseconds(account.LastAt)).Execute();
        if (account.IsSample)
        {
            Session.Statement(InsertSample).Bind(1, number).Execute();
        }

        var state = new AccountState { Id = account.Id, Ruleset = account.Ruleset, OpenedAt = account.OpenedAt, LastAt = account.LastAt, NextLot = 1 };
        return new StoredAccount(number, state, 0, hash, 0) { IsSample = account.IsSample };
    }));

    public ValueTask AppendAsync(AccountAppend append, CancellationToken cancellationToken)
    {
        Write(() =>
        {
            Append(append);
            return true;
        });
        return ValueTask.CompletedTask;
    }

    public ValueTask PublishAsync(StoredVersion version, CancellationToken cancellationToken)
    {
        Write(() => Session.Statement(InsertVersion).Bind(1, version.Ruleset).Bind(2, version.Version).Bind(3, version.FileName).Bind(4, version.Text)
            .Bind(5, version.Sha256.Span).Bind(6, version.Meaning).Bind(7, version.EngineVersion).Bind(8, version.Author)
            .Bind(9, Instants.ToMicroseconds(version.ActiveFrom)).Bind(10, Instants.ToMicroseconds(version.PublishedAt))
            .Bind(11, Instants.ToMicroseconds(version.RecordedAt)).Execute());
        return ValueTask.CompletedTask;
    }

    public ValueTask AddCheckpointAsync(StoredCheckpoint checkpoint, CancellationToken cancellationToken)
    {
        Write(() => Session.Statement(InsertCheckpoint).Bind(1, checkpoint.Account).Bind(2, checkpoint.Sequence).Bind(3, checkpoint.Hash.Span).Bind(4, checkpoint.Rows)
            .Bind(5, checkpoint.Sha256.Span).Bind(6, checkpoint.Content.Span).Bind(7, Instants.ToMicroseconds(checkpoint.CreatedAt)).Execute());
        return ValueTask.CompletedTask;
    }

    public ValueTask CommitAsync(CancellationToken cancellationToken)
    {
        Write(() => Session.Statement("COMMIT").Execute());
        _committed = true;
        return ValueTask.CompletedTask;
    }

    public override ValueTask DisposeAsync()
    {
        if (_committed)
        {
            store.Release(Session, usable: true);
            return ValueTask.CompletedTask;
        }

        // The library may have rolled back by itself (disk full); what it then says about the connection is not to be trusted.
        var usable = !_failed && !Session.AutoCommits;
        if (!Session.AutoCommits)
        {
            try
            {
                Session.Statement("ROLLBACK").Execute();
            }
            catch (StoreException)
            {
                usable = false;
            }
        }

        store.Release(Session, usable);
        return ValueTask.CompletedTask;
    }

    internal T Write<T>(Func<T> write)
    {
        try
        {
            return write();
        }
        catch
        {
            _failed = true;
            throw;
        }
    }

    private void Append(AccountAppend append)
    {
        var account = append.Before.Number;
        var period = append.Before.Period;
        // An entry that does not go on from the head is refused as it is inserted.
        var (before, after) = (append.Before.State, append.After);
        var moves = append.Entries.Count == 0 || append.Cycles.Count > 0 || (before.NextLot, before.NextDebt, before.NextHold) != (after.NextLot, after.NextDebt, after.NextHold);
        if (moves && Session.Statement(MoveHead).Bind(1, account).Bind(2, append.Before.HeadSequence).Bind(3, append.Before.HeadHash.Span).Bind(4, append.After.NextLot)
                .Bind(5, period + append.Cycles.Count).Bind(6, append.After.NextDebt).Bind(7, append.After.NextHold).Execute() != 1)
        {
            throw new StoreException($"The head of account \"{append.Before.State.Id}\" has moved since it was read.");
        }

        var accepted = new Dictionary<long, NewAnswer>();
        foreach (var answer in append.Answers)
        {
            if (answer.Answer.Sequence is { } sequence)
            {
                accepted.Add(sequence, answer);
            }
        }

        foreach (var entry in append.Entries)
        {
            Append(account, append.Before.State.Ruleset, entry, accepted.GetValueOrDefault(entry.Sequence));
        }

        var lastAt = Instants.ToMicroseconds(append.After.LastAt);
        foreach (var answer in append.Answers)
        {
            if (answer.Answer.Sequence is null)
            {
                var answerId = Append(account, answer.Answer, lastAt);
                Session.Statement(InsertKey).Bind(1, account).Bind(2, answer.Key).BindNull(3).Bind(4, answerId).Execute();
            }
        }

        foreach (var cycle in append.Cycles)
        {
            period++;
            Session.Statement(InsertPeriod).Bind(1, account).Bind(2, period).Bind(3, cycle.Cycle.Number).Bind(4, Instants.ToAnchor(cycle.Cycle.Anchor))
                .Bind(5, Instants.ToMicroseconds(cycle.Cycle.Start)).Bind(6, Instants.ToMicroseconds(cycle.Cycle.End)).Bind(7, SqliteLedgerStore.ZoneData)
                .Bind(8, cycle.Sequence).Bind(9, cycle.OfEntry).Execute();
        }

        foreach (var value in append.Values)
        {
            Session.Statement(InsertValue).Bind(1, account).Bind(2, value.Sequence).Bind(3, (long)value.Kind).Bind(4, value.Value.Name).Bind(5, value.Value.Value)
                .Bind(6, Instants.ToMicroseconds(value.Value.From)).Execute();
        }

        foreach (var scope in append.Scopes)
        {
            Append(account, scope);
        }

        foreach (var message in append.Messages)
        {
            Session.Statement(InsertMessage).Bind(1, account).Bind(2, message.Sequence).Bind(3, message.Line).Bind(4, message.Body.Span).Bind(5, lastAt).Execute();
        }

        if (append.Entries.Count == 0 || append.Entries[^1].RecordedAt < append.After.LastAt)
        {
            Session.Statement(MoveTime).Bind(1, account).Bind(2, lastAt).Execute();
        }
    }

    private void Append(long account, string ruleset, JournalEntry entry, NewAnswer? answer)
    {
        var content = entry.Content;
        var recordedAt = Instants.ToMicroseconds(entry.RecordedAt);
        long? answerId = answer is null ? null : Append(account, answer.Answer, recordedAt);
        var statement = Session.Statement(InsertEntry).Bind(1, account).Bind(2, entry.Sequence).Bind(3, (long)content.Kind).Bind(4, entry.Key)
            .Bind(5, content.Amount).Bind(6, Instants.ToMicroseconds(content.OccurredAt)).Bind(7, recordedAt).Bind(8, entry.Late).Bind(9, entry.Reference)
            .Bind(10, content.Version).Bind(12, (long?)entry.Outcome).Bind(13, entry.BalanceAfter).Bind(14, answerId)
            .Bind(15, entry.PreviousHash.Span).Bind(16, entry.Hash.Span).Bind(17, content.Forgiven);
        (entry.TraceHash.IsEmpty ? statement.BindNull(11) : statement.Bind(11, entry.TraceHash.Span)).Execute();
        var entryId = Session.LastRowId;
        foreach (var lot in content.NewLots)
        {
            Session.Statement(InsertLot).Bind(1, account).Bind(2, lot.Number).Bind(3, lot.Id).Bind(4, Bucket(ruleset, lot.Bucket)).Bind(5, (long)lot.Origin)
                .Bind(6, lot.Amount).Bind(7, Instants.ToMicroseconds(lot.CreatedAt)).Bind(8, Instants.ToMicroseconds(lot.EffectiveAt))
                .Bind(9, Microseconds(lot.ExpiresAt)).Bind(10, lot.Priority).Bind(11, lot.Cost?.ToString()).Bind(12, lot.Cycle).Bind(13, entryId)
                .Bind(14, (long?)lot.Rollover?.Kind).Bind(15, Microseconds(lot.Rollover?.At)).Bind(16, lot.Rollover?.Minimum).Bind(17, lot.Rollover?.Maximum)
                .Bind(18, lot.Rollover?.Percent?.ToString())
                .Bind(19, lot.Series?.Every.Count).Bind(20, (long?)lot.Series?.Every.Unit).Bind(21, lot.Series is { } series ? Instants.ToAnchor(series.Anchor) : null)
                .Bind(22, lot.Series?.Zone).Bind(23, lot.Series is { } adding ? adding.Adds ? 1L : 0L : null).Bind(24, Microseconds(lot.Series?.Until)).Execute();
        }

        var line = 0;
        foreach (ref readonly var posting in content.Postings.AsSpan())
        {
            Session.Statement(InsertPosting).Bind(1, entryId).Bind(2, line++).Bind(3, account).Bind(4, posting.Lot).Bind(5, posting.Granted)
                .Bind(6, posting.Available).Bind(7, posting.Held).Bind(8, posting.Spent).Bind(9, posting.Expired).Bind(10, posting.Moved).Execute();
        }

        if (content.Bill is { } bill)
        {
            Session.Statement(InsertBill).Bind(1, entryId).Bind(2, account).Bind(3, bill.Bucket).Bind(4, bill.Cycle).Bind(5, bill.Currency).Bind(6, bill.Decimals)
                .Bind(7, bill.Amount).Bind(8, bill.Exact.ToString()).Bind(9, bill.Price?.ToString()).Bind(10, bill.To).Execute();
        }

        if (!entry.Event.IsEmpty)
        {
            Session.Statement(InsertUsage).Bind(1, entryId).Bind(2, account).Bind(3, content.Event?.Action ?? "").Bind(4, entry.Event.Span).Execute();
        }

        if (!entry.Request.IsEmpty)
        {
            Session.Statement(InsertRequest).Bind(1, entryId).Bind(2, account).Bind(3, entry.Request.Span).Execute();
        }

        AppendMovements(account, entryId, content);
        Session.Statement(InsertKey).Bind(1, account).Bind(2, entry.Key).Bind(3, entryId).Bind(4, answerId).Execute();
    }

    private void AppendMovements(long account, long entryId, Entry content)
    {
        foreach (var end in content.EndedLots)
        {
            Session.Statement(InsertLotEnd).Bind(1, account).Bind(2, end.Lot).Bind(3, end.Successor).Bind(4, entryId).Execute();
        }

        if (content.NewHold is { } hold)
        {
            Session.Statement(InsertHold).Bind(1, account).Bind(2, hold.Number).Bind(3, hold.Id).Bind(4, hold.Action).Bind(5, hold.Version).Bind(6, hold.Amount)
                .Bind(7, Instants.ToMicroseconds(hold.HeldAt)).Bind(8, Instants.ToMicroseconds(hold.ExpiresAt)).Bind(9, entryId).Execute();
        }

        if (content.Settlement is { } settlement)
        {
            Session.Statement(InsertResolution).Bind(1, account).Bind(2, settlement.Hold).Bind(3, (long)settlement.Kind).Bind(4, settlement.Charged)
                .Bind(5, settlement.Returned).Bind(6, settlement.Asked).Bind(7, entryId).Execute();
        }

        foreach (var debt in content.NewDebts)
        {
            Session.Statement(InsertDebt).Bind(1, account).Bind(2, debt.Number).Bind(3, debt.Action).Bind(4, debt.Amount)
                .Bind(5, Instants.ToMicroseconds(debt.OwedAt)).Bind(6, entryId).Execute();
        }

        var line = 0;
        foreach (ref readonly var paid in content.DebtLines.AsSpan())
        {
            Session.Statement(InsertDebtLine).Bind(1, entryId).Bind(2, line++).Bind(3, account).Bind(4, paid.Debt).Bind(5, (long)paid.Kind).Bind(6, paid.Amount)
                .Execute();
        }

        line = 0;
        foreach (ref readonly var undone in content.Undone.AsSpan())
        {
            Session.Statement(InsertUndone).Bind(1, entryId).Bind(2, line++).Bind(3, account).Bind(4, undone.Sequence).Bind(5, undone.Line)
                .Bind(6, undone.Amount).Execute();
        }
    }

    private static long? Microseconds(NodaTime.Instant? instant) => instant is { } value ? Instants.ToMicroseconds(value) : null;

    private long Append(long account, StoredAnswer answer, long createdAt)
    {
        Session.Statement(InsertAnswer).Bind(1, account).Bind(2, answer.RequestHash.Span).Bind(3, answer.Accepted).Bind(4, (long?)answer.Outcome)
            .Bind(5, answer.Body.Span).Bind(6, createdAt).Execute();
        return Session.LastRowId;
    }

    private long Bucket(string ruleset, string bucket)
    {
        var statement = Session.Statement(SelectBucket);
        if (statement.Bind(1, ruleset).Bind(2, bucket).Step())
        {
            var id = statement.Int64(0);
            statement.Reset();
            return id;
        }

        Session.Statement(InsertBucket).Bind(1, ruleset).Bind(2, bucket).Execute();
        return Session.LastRowId;
    }

    private void Append(long account, ScopeState scope) => Session.Statement(UpsertScope).Bind(1, account).Bind(2, scope.Id.Action).Bind(3, scope.Id.Key)
        .Bind(4, scope.Id.Value).Bind(5, Instants.ToMicroseconds(scope.BeganAt)).Bind(6, scope.Version).Bind(7, scope.Posted).Bind(8, scope.ListedPosted)
        .Bind(9, ScopeText.Write(scope)).Bind(10, scope.Reversed).Execute();
}
