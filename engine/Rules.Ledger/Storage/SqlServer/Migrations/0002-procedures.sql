-- What the writers call: two trips for a batch of one account, and one more to open it. One table-valued parameter for each append-only table;
-- its columns stand in the order in which the program sends them. A key of more than 900 bytes is no clustered one.
CREATE TYPE ledger.key_list AS TABLE(idem_key nvarchar(512) COLLATE Latin1_General_100_BIN2 NOT NULL PRIMARY KEY NONCLUSTERED);
GO
CREATE TYPE ledger.lot_id_list AS TABLE(lot_id nvarchar(512) COLLATE Latin1_General_100_BIN2 NOT NULL PRIMARY KEY NONCLUSTERED);
GO
CREATE TYPE ledger.number_list AS TABLE(number bigint NOT NULL PRIMARY KEY);
GO
CREATE TYPE ledger.scope_hash_list AS TABLE(scope_hash binary(32) NOT NULL PRIMARY KEY);
GO
CREATE TYPE ledger.entry_list AS TABLE(
  seq bigint NOT NULL PRIMARY KEY, kind tinyint NOT NULL, idem_key nvarchar(512) COLLATE Latin1_General_100_BIN2 NOT NULL, amount bigint NOT NULL,
  occurred_at bigint NOT NULL, recorded_at bigint NOT NULL, late bit NOT NULL, ref_seq bigint NULL, version int NULL, trace_sha256 binary(32) NULL,
  outcome tinyint NULL, forgiven bigint NOT NULL, balance_after bigint NULL, prev_hash binary(32) NOT NULL, hash binary(32) NOT NULL);
GO
CREATE TYPE ledger.answer_list AS TABLE(
  line int NOT NULL PRIMARY KEY, idem_key nvarchar(512) COLLATE Latin1_General_100_BIN2 NOT NULL, seq bigint NULL, req_hash binary(32) NULL, accepted bit NULL,
  outcome tinyint NULL, body varbinary(max) NULL, created_at bigint NOT NULL);
GO
CREATE TYPE ledger.lot_list AS TABLE(
  lot_no bigint NOT NULL PRIMARY KEY, lot_id nvarchar(512) COLLATE Latin1_General_100_BIN2 NOT NULL, bucket nvarchar(128) COLLATE Latin1_General_100_BIN2 NOT NULL,
  origin tinyint NOT NULL, amount bigint NOT NULL, created_at bigint NOT NULL, effective_at bigint NOT NULL, expires_at bigint NULL, priority int NULL,
  cost nvarchar(64) NULL, cycle_no int NULL, roll_kind tinyint NULL, roll_at bigint NULL, roll_min bigint NULL, roll_max bigint NULL, roll_percent nvarchar(64) NULL,
  every_count int NULL, every_unit tinyint NULL, every_anchor nvarchar(40) NULL, every_zone nvarchar(64) NULL, every_adds bit NULL, every_until bigint NULL, seq bigint NOT NULL);
GO
CREATE TYPE ledger.posting_list AS TABLE(
  seq bigint NOT NULL, line int NOT NULL, lot_no bigint NOT NULL, d_granted bigint NOT NULL, d_available bigint NOT NULL, d_held bigint NOT NULL,
  d_spent bigint NOT NULL, d_expired bigint NOT NULL, d_moved bigint NOT NULL, PRIMARY KEY(seq, line));
GO
CREATE TYPE ledger.bill_list AS TABLE(
  seq bigint NOT NULL PRIMARY KEY, bucket nvarchar(128) NOT NULL, cycle_no int NOT NULL, currency nvarchar(128) NOT NULL, decimals tinyint NOT NULL, amount bigint NOT NULL,
  exact nvarchar(128) NOT NULL, price nvarchar(64) NULL, receiver nvarchar(400) NULL);
GO
CREATE TYPE ledger.usage_event_list AS TABLE(seq bigint NOT NULL PRIMARY KEY, action nvarchar(128) NOT NULL, content varbinary(max) NOT NULL);
GO
CREATE TYPE ledger.period_list AS TABLE(
  period_no int NOT NULL PRIMARY KEY, cycle_no int NOT NULL, anchor nvarchar(40) NOT NULL, start_at bigint NOT NULL, end_at bigint NOT NULL,
  tzdb nvarchar(64) NOT NULL, seq bigint NOT NULL, of_entry bit NOT NULL);
GO
CREATE TYPE ledger.account_value_list AS TABLE(
  seq bigint NOT NULL, line int NOT NULL, kind tinyint NOT NULL, name nvarchar(128) NOT NULL, value nvarchar(1024) NOT NULL, from_at bigint NOT NULL,
  PRIMARY KEY(seq, line));
GO
CREATE TYPE ledger.scope_list AS TABLE(
  scope_hash binary(32) NOT NULL PRIMARY KEY, action nvarchar(128) NOT NULL, scope_key nvarchar(128) NOT NULL, scope_value nvarchar(1024) NOT NULL,
  began_at bigint NOT NULL, version int NOT NULL, posted bigint NOT NULL, reversed bigint NOT NULL, listed_posted bigint NOT NULL,
  totals varbinary(max) NOT NULL);
GO
CREATE TYPE ledger.request_list AS TABLE(seq bigint NOT NULL PRIMARY KEY, content varbinary(max) NOT NULL);
GO
CREATE TYPE ledger.lot_end_list AS TABLE(lot_no bigint NOT NULL PRIMARY KEY, successor bigint NULL, seq bigint NOT NULL);
GO
CREATE TYPE ledger.hold_list AS TABLE(
  hold_no bigint NOT NULL PRIMARY KEY, hold_id nvarchar(128) COLLATE Latin1_General_100_BIN2 NOT NULL, action nvarchar(128) NOT NULL, version int NOT NULL,
  amount bigint NOT NULL, held_at bigint NOT NULL, expires_at bigint NOT NULL, seq bigint NOT NULL);
GO
CREATE TYPE ledger.hold_resolution_list AS TABLE(
  hold_no bigint NOT NULL PRIMARY KEY, kind tinyint NOT NULL, charged bigint NOT NULL, returned bigint NOT NULL, asked nvarchar(max) NOT NULL, seq bigint NOT NULL);
GO
CREATE TYPE ledger.debt_list AS TABLE(
  debt_no bigint NOT NULL PRIMARY KEY, action nvarchar(128) NOT NULL, amount bigint NOT NULL, owed_at bigint NOT NULL, seq bigint NOT NULL);
GO
CREATE TYPE ledger.debt_line_list AS TABLE(
  seq bigint NOT NULL, line int NOT NULL, debt_no bigint NOT NULL, kind tinyint NOT NULL, amount bigint NOT NULL, PRIMARY KEY(seq, line));
GO
CREATE TYPE ledger.undone_list AS TABLE(
  seq bigint NOT NULL, line int NOT NULL, of_seq bigint NOT NULL, of_line int NOT NULL, amount bigint NOT NULL, PRIMARY KEY(seq, line));
GO
CREATE TYPE ledger.message_list AS TABLE(seq bigint NOT NULL, line int NOT NULL, body varbinary(max) NOT NULL, PRIMARY KEY(seq, line));
GO
-- Trip 1, in the caller's READ COMMITTED transaction: takes the account's lock and reads what the batch needs.
-- Result sets: head (one row, of NULLs for an account that is not open), cycle, values, lots, open debts,
-- answers under the keys, lot ids that are taken.
CREATE PROCEDURE ledger.lock_and_read @external_id nvarchar(128), @keys ledger.key_list READONLY, @lot_ids ledger.lot_id_list READONLY AS
BEGIN
  SET NOCOUNT, XACT_ABORT ON;
  SET LOCK_TIMEOUT 5000;
  IF @@TRANCOUNT = 0 THROW 50010, 'ledger.lock_and_read needs an open transaction', 1;
  DECLARE @versions int, @account_id bigint, @ruleset nvarchar(128), @opened_at bigint, @head_seq bigint, @head_hash binary(32), @last_at bigint,
    @next_lot bigint, @next_debt bigint, @next_hold bigint, @period_no int, @cycle_no int;
  -- Shared with every other writer and kept to the end: a publication waits for it, and is waited for.
  SELECT @versions = c.versions FROM ledger.catalogue c WITH (HOLDLOCK, ROWLOCK) WHERE c.catalogue_id = 1;
  -- This row never changes.
  SELECT @account_id = a.account_id, @ruleset = a.ruleset, @opened_at = a.opened_at FROM ledger.account a WITH (READCOMMITTEDLOCK) WHERE a.external_id = @external_id;
  -- The serialisation point: one row that is there, its U lock kept to the end of the transaction. Whoever has it has seen the end of all before.
  SELECT @head_seq = h.head_seq, @head_hash = h.head_hash, @last_at = h.last_at, @next_lot = h.next_lot,
    @next_debt = h.next_debt, @next_hold = h.next_hold, @period_no = h.period_no
  FROM ledger.account_head h WITH (UPDLOCK, ROWLOCK) WHERE h.account_id = @account_id;
  -- Later statements, each with locking reads: never an older version of a row, whatever the database's settings are.
  SELECT @cycle_no = p.cycle_no FROM ledger.period p WITH (READCOMMITTEDLOCK) WHERE p.account_id = @account_id AND p.period_no = @period_no;
  SELECT @account_id AS AccountId, @ruleset AS Ruleset, @opened_at AS OpenedAt, @head_seq AS HeadSequence, @head_hash AS HeadHash, @last_at AS LastAt,
    @next_lot AS NextLot, @next_debt AS NextDebt, @next_hold AS NextHold, @period_no AS Period, @versions AS Versions, DATEDIFF_BIG(microsecond, '1970-01-01', SYSUTCDATETIME()) AS Clock;
  SELECT p.cycle_no AS Number, p.anchor AS Anchor, p.start_at AS StartAt, p.end_at AS EndAt
  FROM ledger.period p WITH (READCOMMITTEDLOCK) WHERE p.account_id = @account_id AND p.period_no = @period_no;
  SELECT v.kind AS Kind, v.name AS Name, v.value AS Value, v.from_at AS FromAt, v.seq AS Sequence
  FROM ledger.account_value v WITH (READCOMMITTEDLOCK) WHERE v.account_id = @account_id ORDER BY v.seq, v.line;
  SELECT l.lot_no AS Number, l.lot_id AS Id, l.bucket AS Bucket, l.origin AS Origin, l.amount AS Amount, l.created_at AS CreatedAt, l.effective_at AS EffectiveAt,
    l.expires_at AS ExpiresAt, l.priority AS Priority, l.cost AS Cost, l.cycle_no AS Cycle, l.roll_kind AS RollKind, l.roll_at AS RollAt, l.roll_min AS RollMin, l.roll_max AS RollMax, l.roll_percent AS RollPercent, l.every_count AS EveryCount,
    l.every_unit AS EveryUnit, l.every_anchor AS EveryAnchor, l.every_zone AS EveryZone, l.every_adds AS EveryAdds, l.every_until AS EveryUntil,
    l.seq AS Sequence, s.granted AS Granted, s.available AS Available, s.held AS Held, s.spent AS Spent, s.expired AS Expired, s.moved AS Moved, e.lot_no AS EndedLot,
    e.successor AS Successor
  -- Open lots, those of the running cycle, and those that may be topped up or are followed by others: each by its own index, so that an old account is read no slower.
  FROM (SELECT o.lot_no FROM ledger.lot_state o WITH (READCOMMITTEDLOCK) WHERE o.account_id = @account_id AND o.is_open = 1
    UNION SELECT c.lot_no FROM ledger.lot c WITH (READCOMMITTEDLOCK) WHERE c.account_id = @account_id AND c.cycle_no = COALESCE(@cycle_no, 0)
    UNION SELECT r.lot_no FROM ledger.lot r WITH (READCOMMITTEDLOCK) LEFT JOIN ledger.lot_end x WITH (READCOMMITTEDLOCK) ON x.account_id = r.account_id AND x.lot_no = r.lot_no
      WHERE r.account_id = @account_id AND r.roll_min > 0 AND x.lot_no IS NULL AND (r.expires_at IS NULL OR r.expires_at > @last_at)
        AND (r.roll_kind = 3 OR r.roll_at IS NULL OR r.roll_at >= @last_at)
    UNION SELECT n.lot_no FROM ledger.lot n WITH (READCOMMITTEDLOCK) LEFT JOIN ledger.lot_end y WITH (READCOMMITTEDLOCK) ON y.account_id = n.account_id AND y.lot_no = n.lot_no
      WHERE n.account_id = @account_id AND n.every_count IS NOT NULL AND y.lot_no IS NULL AND (n.every_until IS NULL OR n.every_until > @last_at)) k
  JOIN ledger.lot l WITH (READCOMMITTEDLOCK) ON l.account_id = @account_id AND l.lot_no = k.lot_no
  JOIN ledger.lot_state s WITH (READCOMMITTEDLOCK) ON s.account_id = l.account_id AND s.lot_no = l.lot_no
  LEFT JOIN ledger.lot_end e WITH (READCOMMITTEDLOCK) ON e.account_id = l.account_id AND e.lot_no = l.lot_no
  ORDER BY l.lot_no;
  SELECT d.debt_no AS Number, d.action AS Action, d.amount AS Amount, d.owed_at AS OwedAt, s.owed AS Owed, s.repayments AS Repayments
  FROM ledger.debt_state s WITH (READCOMMITTEDLOCK) JOIN ledger.debt d WITH (READCOMMITTEDLOCK) ON d.account_id = s.account_id AND d.debt_no = s.debt_no
  WHERE s.account_id = @account_id AND s.owed > 0 ORDER BY d.debt_no;
  SELECT i.idem_key AS IdempotencyKey, i.seq AS Sequence, i.req_hash AS RequestHash, i.accepted AS Accepted, i.outcome AS Outcome, i.body AS Body
  FROM @keys k JOIN ledger.idempotency i WITH (READCOMMITTEDLOCK) ON i.account_id = @account_id AND i.idem_key = k.idem_key;
  SELECT l.lot_id AS Id FROM @lot_ids k JOIN ledger.lot l WITH (READCOMMITTEDLOCK) ON l.account_id = @account_id AND l.lot_id = k.lot_id;
END
GO
CREATE PROCEDURE ledger.open_account @external_id nvarchar(128), @ruleset nvarchar(128), @opened_at bigint, @last_at bigint, @hash binary(32) AS
BEGIN
  SET NOCOUNT, XACT_ABORT ON;
  SET LOCK_TIMEOUT 5000;
  IF @@TRANCOUNT = 0 THROW 50010, 'ledger.open_account needs an open transaction', 1;
  -- A row that is not there cannot be locked: the range is.
  IF EXISTS(SELECT 1 FROM ledger.account a WITH (UPDLOCK, HOLDLOCK) WHERE a.external_id = @external_id) THROW 50016, 'account: it is open', 1;
  DECLARE @account_id bigint;
  INSERT ledger.account(external_id, ruleset, opened_at) VALUES(@external_id, @ruleset, @opened_at);
  SET @account_id = SCOPE_IDENTITY();
  INSERT ledger.account_head(account_id, head_seq, head_hash, last_at, next_lot, next_debt, next_hold, period_no)
    VALUES(@account_id, 0, @hash, @last_at, 1, 1, 1, 0);
  SELECT @account_id AS AccountId;
END
GO
-- Trip 2: all or nothing, and only on from the head that was read.
CREATE PROCEDURE ledger.append @account_id bigint, @expected_seq bigint, @expected_hash binary(32), @expected_period int, @new_seq bigint, @new_hash binary(32),
  @new_last_at bigint, @new_next_lot bigint, @new_next_debt bigint, @new_next_hold bigint, @entries ledger.entry_list READONLY, @answers ledger.answer_list READONLY, @lots ledger.lot_list READONLY,
  @postings ledger.posting_list READONLY, @usage_events ledger.usage_event_list READONLY, @periods ledger.period_list READONLY,
  @account_values ledger.account_value_list READONLY, @scopes ledger.scope_list READONLY,
  @requests ledger.request_list READONLY, @lot_ends ledger.lot_end_list READONLY, @holds ledger.hold_list READONLY,
  @hold_resolutions ledger.hold_resolution_list READONLY, @debts ledger.debt_list READONLY, @debt_lines ledger.debt_line_list READONLY,
  @undones ledger.undone_list READONLY, @bills ledger.bill_list READONLY, @messages ledger.message_list READONLY AS
BEGIN
  SET NOCOUNT, XACT_ABORT ON;
  SET LOCK_TIMEOUT 5000;
  IF @@TRANCOUNT = 0 THROW 50010, 'ledger.append needs an open transaction', 1;
  DECLARE @last_at bigint, @touched bigint, @last_message bigint;
  -- The fence.
  UPDATE ledger.account_head SET @last_at = last_at, head_seq = @new_seq, head_hash = @new_hash, last_at = @new_last_at, next_lot = @new_next_lot,
    next_debt = @new_next_debt, next_hold = @new_next_hold, period_no = period_no + (SELECT COUNT(*) FROM @periods p)
  WHERE account_id = @account_id AND head_seq = @expected_seq AND head_hash = @expected_hash AND period_no = @expected_period
    AND last_at <= @new_last_at AND next_lot <= @new_next_lot AND next_debt <= @new_next_debt AND next_hold <= @new_next_hold;
  IF @@ROWCOUNT <> 1 THROW 50012, 'fence: the head has moved', 1;
  IF @new_seq <> @expected_seq + (SELECT COUNT_BIG(*) FROM @entries n)
    OR EXISTS(SELECT 1 FROM (SELECT n.seq, n.prev_hash, n.recorded_at, LAG(n.hash, 1, @expected_hash) OVER(ORDER BY n.seq) AS before_hash,
        LAG(n.recorded_at, 1, @last_at) OVER(ORDER BY n.seq) AS before_at, ROW_NUMBER() OVER(ORDER BY n.seq) AS place FROM @entries n) e
      WHERE e.seq <> @expected_seq + e.place OR e.prev_hash <> e.before_hash OR e.recorded_at < e.before_at)
    OR (@new_seq > @expected_seq AND NOT EXISTS(SELECT 1 FROM @entries n WHERE n.seq = @new_seq AND n.hash = @new_hash AND n.recorded_at <= @new_last_at))
    OR (@new_seq = @expected_seq AND @new_hash <> @expected_hash)
    THROW 50013, 'chain: the entries do not extend the head', 1;
  IF EXISTS(SELECT 1 FROM (SELECT p.period_no, ROW_NUMBER() OVER(ORDER BY p.period_no) AS place FROM @periods p) q WHERE q.period_no <> @expected_period + q.place)
    THROW 50017, 'period: the numbers do not go on', 1;
  INSERT ledger.journal(account_id, seq, kind, idem_key, amount, occurred_at, recorded_at, late, ref_seq, version, trace_sha256, outcome, forgiven, balance_after,
      prev_hash, hash)
    SELECT @account_id, n.seq, n.kind, n.idem_key, n.amount, n.occurred_at, n.recorded_at, n.late, n.ref_seq, n.version, n.trace_sha256, n.outcome, n.forgiven, n.balance_after,
      n.prev_hash, n.hash FROM @entries n ORDER BY n.seq;
  INSERT ledger.idempotency(account_id, idem_key, seq, req_hash, accepted, outcome, body, created_at)
    SELECT @account_id, w.idem_key, w.seq, w.req_hash, w.accepted, w.outcome, w.body, w.created_at FROM @answers w ORDER BY w.line;
  INSERT ledger.lot(account_id, lot_no, lot_id, bucket, origin, amount, created_at, effective_at, expires_at, priority, cost, cycle_no,
      roll_kind, roll_at, roll_min, roll_max, roll_percent, every_count, every_unit, every_anchor, every_zone, every_adds, every_until, seq)
    SELECT @account_id, l.lot_no, l.lot_id, l.bucket, l.origin, l.amount, l.created_at, l.effective_at, l.expires_at, l.priority, l.cost, l.cycle_no,
      l.roll_kind, l.roll_at, l.roll_min, l.roll_max, l.roll_percent, l.every_count, l.every_unit, l.every_anchor, l.every_zone, l.every_adds, l.every_until, l.seq FROM @lots l;
  INSERT ledger.lot_state(account_id, lot_no, granted, available, held, spent, expired, moved) SELECT @account_id, l.lot_no, 0, 0, 0, 0, 0, 0 FROM @lots l;
  INSERT ledger.posting(account_id, seq, line, lot_no, d_granted, d_available, d_held, d_spent, d_expired, d_moved)
    SELECT @account_id, d.seq, d.line, d.lot_no, d.d_granted, d.d_available, d.d_held, d.d_spent, d.d_expired, d.d_moved FROM @postings d;
  -- No entry leaves a lot with less than nothing, also where a later one of the batch gives it back.
  IF EXISTS(SELECT 1 FROM (SELECT p.lot_no,
        SUM(p.d_granted) OVER(PARTITION BY p.lot_no ORDER BY p.seq, p.line ROWS UNBOUNDED PRECEDING) AS granted,
        SUM(p.d_available) OVER(PARTITION BY p.lot_no ORDER BY p.seq, p.line ROWS UNBOUNDED PRECEDING) AS available,
        SUM(p.d_held) OVER(PARTITION BY p.lot_no ORDER BY p.seq, p.line ROWS UNBOUNDED PRECEDING) AS held,
        SUM(p.d_spent) OVER(PARTITION BY p.lot_no ORDER BY p.seq, p.line ROWS UNBOUNDED PRECEDING) AS spent,
        SUM(p.d_expired) OVER(PARTITION BY p.lot_no ORDER BY p.seq, p.line ROWS UNBOUNDED PRECEDING) AS expired,
        SUM(p.d_moved) OVER(PARTITION BY p.lot_no ORDER BY p.seq, p.line ROWS UNBOUNDED PRECEDING) AS moved FROM @postings p) r
      JOIN ledger.lot_state s ON s.account_id = @account_id AND s.lot_no = r.lot_no
      WHERE s.granted + r.granted < 0 OR s.available + r.available < 0 OR s.held + r.held < 0 OR s.spent + r.spent < 0 OR s.expired + r.expired < 0
        OR s.moved + r.moved < 0)
    THROW 50015, 'posting: less than nothing', 1;
  SELECT @touched = COUNT_BIG(DISTINCT d.lot_no) FROM @postings d;
  UPDATE s SET granted = s.granted + d.granted, available = s.available + d.available, held = s.held + d.held, spent = s.spent + d.spent,
    expired = s.expired + d.expired, moved = s.moved + d.moved
  FROM ledger.lot_state s JOIN (SELECT p.lot_no, SUM(p.d_granted) AS granted, SUM(p.d_available) AS available, SUM(p.d_held) AS held, SUM(p.d_spent) AS spent,
      SUM(p.d_expired) AS expired, SUM(p.d_moved) AS moved FROM @postings p GROUP BY p.lot_no) d ON s.account_id = @account_id AND s.lot_no = d.lot_no;
  IF @@ROWCOUNT <> @touched THROW 50014, 'posting: unknown lot', 1;
  INSERT ledger.bill(account_id, seq, bucket, cycle_no, currency, decimals, amount, exact, price, receiver)
    SELECT @account_id, b.seq, b.bucket, b.cycle_no, b.currency, b.decimals, b.amount, b.exact, b.price, b.receiver FROM @bills b;
  INSERT ledger.usage_event(account_id, seq, action, content) SELECT @account_id, u.seq, u.action, u.content FROM @usage_events u;
  INSERT ledger.period(account_id, period_no, cycle_no, anchor, start_at, end_at, tzdb, seq, of_entry)
    SELECT @account_id, p.period_no, p.cycle_no, p.anchor, p.start_at, p.end_at, p.tzdb, p.seq, p.of_entry FROM @periods p;
  -- A later batch may set a value after an entry that already set some.
  INSERT ledger.account_value(account_id, seq, line, kind, name, value, from_at)
    SELECT @account_id, v.seq, v.line + COALESCE((SELECT MAX(x.line) + 1 FROM ledger.account_value x WHERE x.account_id = @account_id AND x.seq = v.seq), 0),
      v.kind, v.name, v.value, v.from_at FROM @account_values v;
  UPDATE s SET posted = c.posted, reversed = c.reversed, listed_posted = c.listed_posted, totals = c.totals
  FROM ledger.scope_state s JOIN @scopes c ON s.account_id = @account_id AND s.scope_hash = c.scope_hash;
  INSERT ledger.scope_state(account_id, scope_hash, action, scope_key, scope_value, began_at, version, posted, reversed, listed_posted, totals)
    SELECT @account_id, c.scope_hash, c.action, c.scope_key, c.scope_value, c.began_at, c.version, c.posted, c.reversed, c.listed_posted, c.totals FROM @scopes c
    WHERE NOT EXISTS(SELECT 1 FROM ledger.scope_state s WHERE s.account_id = @account_id AND s.scope_hash = c.scope_hash);
  INSERT ledger.request(account_id, seq, content) SELECT @account_id, q.seq, q.content FROM @requests q;
  INSERT ledger.lot_end(account_id, lot_no, successor, seq) SELECT @account_id, e.lot_no, e.successor, e.seq FROM @lot_ends e;
  INSERT ledger.hold(account_id, hold_no, hold_id, action, version, amount, held_at, expires_at, seq)
    SELECT @account_id, h.hold_no, h.hold_id, h.action, h.version, h.amount, h.held_at, h.expires_at, h.seq FROM @holds h;
  INSERT ledger.hold_state(account_id, hold_no, expires_at, is_open) SELECT @account_id, h.hold_no, h.expires_at, 1 FROM @holds h;
  INSERT ledger.hold_resolution(account_id, hold_no, kind, charged, returned, asked, seq)
    SELECT @account_id, r.hold_no, r.kind, r.charged, r.returned, r.asked, r.seq FROM @hold_resolutions r;
  SELECT @touched = COUNT_BIG(*) FROM @hold_resolutions r;
  UPDATE s SET is_open = 0 FROM ledger.hold_state s JOIN @hold_resolutions r ON s.account_id = @account_id AND s.hold_no = r.hold_no AND s.is_open = 1;
  IF @@ROWCOUNT <> @touched THROW 50018, 'hold: it is not open', 1;
  INSERT ledger.debt(account_id, debt_no, action, amount, owed_at, seq) SELECT @account_id, d.debt_no, d.action, d.amount, d.owed_at, d.seq FROM @debts d;
  INSERT ledger.debt_state(account_id, debt_no, owed, repayments) SELECT @account_id, d.debt_no, d.amount, 0 FROM @debts d;
  INSERT ledger.debt_line(account_id, seq, line, debt_no, kind, amount) SELECT @account_id, l.seq, l.line, l.debt_no, l.kind, l.amount FROM @debt_lines l;
  SELECT @touched = COUNT_BIG(DISTINCT l.debt_no) FROM @debt_lines l;
  UPDATE s SET owed = s.owed - d.amount, repayments = s.repayments + d.repayments
  FROM ledger.debt_state s JOIN (SELECT l.debt_no, SUM(l.amount) AS amount, SUM(CASE WHEN l.kind = 1 THEN 1 ELSE 0 END) AS repayments FROM @debt_lines l GROUP BY l.debt_no) d
    ON s.account_id = @account_id AND s.debt_no = d.debt_no;
  IF @@ROWCOUNT <> @touched THROW 50019, 'debt: unknown', 1;
  INSERT ledger.undone(account_id, seq, line, of_seq, of_line, amount) SELECT @account_id, u.seq, u.line, u.of_seq, u.of_line, u.amount FROM @undones u;
  IF EXISTS(SELECT 1 FROM @undones n WHERE
      (SELECT SUM(u.amount) FROM ledger.undone u WHERE u.account_id = @account_id AND u.of_seq = n.of_seq AND u.of_line = n.of_line)
      > COALESCE((SELECT p.d_spent FROM ledger.posting p WHERE p.account_id = @account_id AND p.seq = n.of_seq AND p.line = n.of_line), 0))
    THROW 50022, 'reversal: more than the line spent', 1;
  -- At the end, and only where there is something to tell: from here to the commit no other account tells anything.
  IF EXISTS(SELECT 1 FROM @messages m)
  BEGIN
    UPDATE ledger.outbox_head SET @last_message = last_message, last_message = last_message + (SELECT COUNT_BIG(*) FROM @messages m) WHERE outbox_id = 1;
    INSERT ledger.outbox(account_id, message_id, seq, line, body, created_at)
      SELECT @account_id, @last_message + ROW_NUMBER() OVER(ORDER BY m.seq, m.line), m.seq, m.line, m.body, @new_last_at FROM @messages m;
  END
END
GO
-- A checkpoint is of an entry that is there; of two nodes that write the same one, the first does.
CREATE PROCEDURE ledger.add_checkpoint @external_id nvarchar(128), @seq bigint, @hash binary(32), @row_count int, @sha256 binary(32), @content varbinary(max),
  @created_at bigint AS
BEGIN
  SET NOCOUNT, XACT_ABORT ON;
  SET LOCK_TIMEOUT 5000;
  IF @@TRANCOUNT = 0 THROW 50010, 'ledger.add_checkpoint needs an open transaction', 1;
  DECLARE @account_id bigint;
  SELECT @account_id = a.account_id FROM ledger.account a WITH (READCOMMITTEDLOCK) WHERE a.external_id = @external_id;
  IF NOT EXISTS(SELECT 1 FROM ledger.journal j WITH (READCOMMITTEDLOCK) WHERE j.account_id = @account_id AND j.seq = @seq AND j.hash = @hash)
    THROW 50023, 'checkpoint: it is of no such entry', 1;
  IF NOT EXISTS(SELECT 1 FROM ledger.[checkpoint] c WITH (UPDLOCK, HOLDLOCK) WHERE c.account_id = @account_id AND c.seq = @seq)
    INSERT ledger.[checkpoint](account_id, seq, hash, row_count, sha256, content, created_at)
      VALUES(@account_id, @seq, @hash, @row_count, @sha256, @content, @created_at);
END
GO
-- A publication has the catalogue alone from here to its end; the answer is the number of versions and the time inside that lock.
CREATE PROCEDURE ledger.lock_catalogue AS
BEGIN
  SET NOCOUNT, XACT_ABORT ON;
  SET LOCK_TIMEOUT 5000;
  IF @@TRANCOUNT = 0 THROW 50010, 'ledger.lock_catalogue needs an open transaction', 1;
  DECLARE @versions int;
  UPDATE ledger.catalogue SET @versions = versions, versions = versions WHERE catalogue_id = 1;
  SELECT @versions AS Versions, DATEDIFF_BIG(microsecond, '1970-01-01', SYSUTCDATETIME()) AS Clock;
END
GO
CREATE PROCEDURE ledger.publish @ruleset nvarchar(128), @version int, @file_name nvarchar(400), @text nvarchar(max), @sha256 binary(32), @meaning nvarchar(400),
  @engine_version nvarchar(64), @author nvarchar(400), @active_from bigint, @published_at bigint, @recorded_at bigint AS
BEGIN
  SET NOCOUNT, XACT_ABORT ON;
  SET LOCK_TIMEOUT 5000;
  IF @@TRANCOUNT = 0 THROW 50010, 'ledger.publish needs an open transaction', 1;
  UPDATE ledger.catalogue SET versions = versions + 1 WHERE catalogue_id = 1;
  INSERT ledger.rule_version(ruleset, version, file_name, text, sha256, meaning, engine_version, author, active_from, published_at, recorded_at)
    VALUES(@ruleset, @version, @file_name, @text, @sha256, @meaning, @engine_version, @author, @active_from, @published_at, @recorded_at);
END
GO
