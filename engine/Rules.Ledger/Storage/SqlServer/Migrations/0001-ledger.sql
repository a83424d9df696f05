-- Amounts: smallest unit of the ruleset's credit. Instants: microseconds since 1970, UTC. Hashes: SHA-256, 32 bytes.
-- Everything that belongs to an account is clustered by it: accounts share no rows, so their writers do not meet.
-- Keys compare by code unit (BIN2). A text that may be longer than an index key is found by its hash.
CREATE TABLE ledger.rule_version(
  ruleset        nvarchar(128) COLLATE Latin1_General_100_BIN2 NOT NULL,
  version        int           NOT NULL CONSTRAINT ck_rule_version_version CHECK(version>=1),
  file_name      nvarchar(400) NOT NULL,
  text           nvarchar(max) NOT NULL,
  sha256         binary(32)    NOT NULL,
  meaning        nvarchar(400) NOT NULL,
  engine_version nvarchar(64)  NOT NULL,
  author         nvarchar(400) NOT NULL CONSTRAINT ck_rule_version_author CHECK(LEN(author)>=1),
  active_from    bigint        NOT NULL,
  published_at   bigint        NOT NULL,
  recorded_at    bigint        NOT NULL,
  CONSTRAINT pk_rule_version PRIMARY KEY CLUSTERED(ruleset, version),
  CONSTRAINT ck_rule_version_published CHECK(published_at<=active_from)
);
GO
-- One row. Writers of accounts share it until they end, a publication has it alone: none of them prices by a version that another has replaced.
CREATE TABLE ledger.catalogue(
  catalogue_id tinyint NOT NULL CONSTRAINT pk_catalogue PRIMARY KEY CLUSTERED CONSTRAINT ck_catalogue_one CHECK(catalogue_id=1),
  versions     int     NOT NULL CONSTRAINT ck_catalogue_versions CHECK(versions>=0)
);
GO
INSERT ledger.catalogue(catalogue_id, versions) VALUES(1, 0);
GO
CREATE TABLE ledger.account(
  account_id  bigint IDENTITY(1,1) NOT NULL CONSTRAINT pk_account PRIMARY KEY CLUSTERED,
  external_id nvarchar(128) COLLATE Latin1_General_100_BIN2 NOT NULL CONSTRAINT uq_account_external UNIQUE CONSTRAINT ck_account_external CHECK(LEN(external_id)>=1),
  ruleset     nvarchar(128) COLLATE Latin1_General_100_BIN2 NOT NULL,
  opened_at   bigint NOT NULL
);
GO
CREATE INDEX ix_account_ruleset ON ledger.account(ruleset, external_id);
GO
-- The only lock of an account: one row, there from its opening on.
CREATE TABLE ledger.account_head(
  account_id bigint     NOT NULL CONSTRAINT pk_account_head PRIMARY KEY CLUSTERED CONSTRAINT fk_head_account REFERENCES ledger.account(account_id),
  head_seq   bigint     NOT NULL CONSTRAINT ck_head_seq CHECK(head_seq>=0),
  head_hash  binary(32) NOT NULL,
  last_at    bigint     NOT NULL,
  next_lot   bigint     NOT NULL CONSTRAINT ck_head_next_lot CHECK(next_lot>=1),
  next_debt  bigint     NOT NULL CONSTRAINT ck_head_next_debt CHECK(next_debt>=1),
  next_hold  bigint     NOT NULL CONSTRAINT ck_head_next_hold CHECK(next_hold>=1),
  period_no  int        NOT NULL CONSTRAINT ck_head_period CHECK(period_no>=0)
);
GO
ALTER TABLE ledger.account_head SET (LOCK_ESCALATION = DISABLE);
GO
-- Cycles as they began, after the entry seq; of_entry says that this entry began it.
CREATE TABLE ledger.period(
  account_id bigint       NOT NULL CONSTRAINT fk_period_account REFERENCES ledger.account(account_id),
  period_no  int          NOT NULL CONSTRAINT ck_period_no CHECK(period_no>=1),
  cycle_no   int          NOT NULL,
  anchor     nvarchar(40) NOT NULL,
  start_at   bigint       NOT NULL,
  end_at     bigint       NOT NULL,
  tzdb       nvarchar(64) NOT NULL,
  seq        bigint       NOT NULL CONSTRAINT ck_period_seq CHECK(seq>=0),
  of_entry   bit          NOT NULL,
  CONSTRAINT pk_period PRIMARY KEY CLUSTERED(account_id, period_no),
  CONSTRAINT ck_period_window CHECK(end_at>start_at)
);
GO
-- Dated facts (1), terms (2), plans (3), the versions (4) that the account moved to, and credits bought with each cycle (5).
CREATE TABLE ledger.account_value(
  account_id bigint         NOT NULL CONSTRAINT fk_value_account REFERENCES ledger.account(account_id),
  seq        bigint         NOT NULL CONSTRAINT ck_value_seq CHECK(seq>=0),
  line       int            NOT NULL CONSTRAINT ck_value_line CHECK(line>=0),
  kind       tinyint        NOT NULL CONSTRAINT ck_value_kind CHECK(kind BETWEEN 1 AND 5),
  name       nvarchar(128)  NOT NULL,
  value      nvarchar(1024) NOT NULL,
  from_at    bigint         NOT NULL,
  CONSTRAINT pk_account_value PRIMARY KEY CLUSTERED(account_id, seq, line)
);
GO
CREATE TABLE ledger.journal(
  account_id    bigint        NOT NULL CONSTRAINT fk_journal_head REFERENCES ledger.account_head(account_id),
  seq           bigint        NOT NULL CONSTRAINT ck_journal_seq CHECK(seq>=1),
  entry_id      bigint IDENTITY(1,1) NOT NULL,
  kind          tinyint       NOT NULL CONSTRAINT ck_journal_kind CHECK(kind BETWEEN 1 AND 20),
  idem_key      nvarchar(512) COLLATE Latin1_General_100_BIN2 NOT NULL CONSTRAINT ck_journal_key CHECK(LEN(idem_key)>=1),
  amount        bigint        NOT NULL CONSTRAINT ck_journal_amount CHECK(amount BETWEEN -1000000000000000 AND 1000000000000000),
  occurred_at   bigint        NOT NULL,
  recorded_at   bigint        NOT NULL,
  late          bit           NOT NULL,
  ref_seq       bigint        NULL,
  version       int           NULL,
  trace_sha256  binary(32)    NULL,
  outcome       tinyint       NULL CONSTRAINT ck_journal_outcome CHECK(outcome IS NULL OR outcome BETWEEN 1 AND 4),
  forgiven      bigint        NOT NULL CONSTRAINT ck_journal_forgiven CHECK(forgiven>=0),
  balance_after bigint        NULL CONSTRAINT ck_journal_balance CHECK(balance_after IS NULL OR balance_after>=0),
  prev_hash     binary(32)    NOT NULL,
  hash          binary(32)    NOT NULL,
  CONSTRAINT pk_journal PRIMARY KEY CLUSTERED(account_id, seq),
  CONSTRAINT ck_journal_reference CHECK(ref_seq IS NULL OR ref_seq<seq),
  CONSTRAINT ck_journal_sign CHECK(amount>=0 OR kind IN (2,5,12)),
  CONSTRAINT ck_journal_rule CHECK(kind NOT IN (2,4,5,12) OR (version IS NOT NULL AND trace_sha256 IS NOT NULL))
);
GO
-- The order of all entries, for lists over every account.
CREATE UNIQUE INDEX uq_journal_entry ON ledger.journal(entry_id) WITH (OPTIMIZE_FOR_SEQUENTIAL_KEY = ON);
GO
-- Uses, in the order of their own time: what a usage report reads; sums over time and by version are read from the index alone.
CREATE INDEX ix_journal_use ON ledger.journal(account_id, occurred_at) INCLUDE (kind, amount, version) WHERE kind IN (2,3,5,12);
GO
CREATE INDEX ix_journal_reference ON ledger.journal(account_id, ref_seq) WHERE ref_seq IS NOT NULL;
GO
-- First answers under their keys, byte for byte; that of a charge is its explanation. Rows lie in the order of time, keys are found by the small index.
CREATE TABLE ledger.idempotency(
  idempotency_id bigint IDENTITY(1,1) NOT NULL,
  account_id     bigint         NOT NULL CONSTRAINT fk_idempotency_account REFERENCES ledger.account(account_id),
  idem_key       nvarchar(512)  COLLATE Latin1_General_100_BIN2 NOT NULL CONSTRAINT ck_idempotency_key CHECK(LEN(idem_key)>=1),
  seq            bigint         NULL,
  req_hash       binary(32)     NULL,
  accepted       bit            NULL,
  outcome        tinyint        NULL CONSTRAINT ck_idempotency_outcome CHECK(outcome IS NULL OR outcome BETWEEN 1 AND 7),
  body           varbinary(max) NULL,
  created_at     bigint         NOT NULL,
  CONSTRAINT pk_idempotency PRIMARY KEY NONCLUSTERED(account_id, idem_key),
  CONSTRAINT fk_idempotency_journal FOREIGN KEY(account_id, seq) REFERENCES ledger.journal(account_id, seq),
  CONSTRAINT ck_idempotency_answer CHECK((req_hash IS NULL AND accepted IS NULL AND body IS NULL AND seq IS NOT NULL)
    OR (req_hash IS NOT NULL AND accepted IS NOT NULL AND body IS NOT NULL))
);
GO
CREATE UNIQUE CLUSTERED INDEX uq_idempotency_order ON ledger.idempotency(idempotency_id) WITH (OPTIMIZE_FOR_SEQUENTIAL_KEY = ON);
GO
CREATE TABLE ledger.lot(
  account_id   bigint        NOT NULL,
  lot_no       bigint        NOT NULL CONSTRAINT ck_lot_no CHECK(lot_no>=1),
  lot_id       nvarchar(512) COLLATE Latin1_General_100_BIN2 NOT NULL CONSTRAINT ck_lot_id CHECK(LEN(lot_id)>=1),
  bucket       nvarchar(128) COLLATE Latin1_General_100_BIN2 NOT NULL,
  origin       tinyint       NOT NULL CONSTRAINT ck_lot_origin CHECK(origin BETWEEN 1 AND 4),
  amount       bigint        NOT NULL CONSTRAINT ck_lot_amount CHECK(amount BETWEEN 0 AND 1000000000000000),
  created_at   bigint        NOT NULL,
  effective_at bigint        NOT NULL,
  expires_at   bigint        NULL,
  priority     int           NULL,
  cost         nvarchar(64)  NULL,
  cycle_no     int           NULL,
  roll_kind    tinyint       NULL CONSTRAINT ck_lot_roll_kind CHECK(roll_kind IS NULL OR roll_kind BETWEEN 1 AND 3),
  roll_at      bigint        NULL,
  roll_min     bigint        NULL CONSTRAINT ck_lot_roll_min CHECK(roll_min IS NULL OR roll_min>=0),
  roll_max     bigint        NULL CONSTRAINT ck_lot_roll_max CHECK(roll_max IS NULL OR roll_max>=0),
  roll_percent nvarchar(64)  NULL,
  every_count  int           NULL CONSTRAINT ck_lot_every_count CHECK(every_count IS NULL OR every_count>=1),
  every_unit   tinyint       NULL CONSTRAINT ck_lot_every_unit CHECK(every_unit IS NULL OR every_unit BETWEEN 1 AND 5),
  every_anchor nvarchar(40)  NULL,
  every_zone   nvarchar(64)  NULL,
  every_adds   bit           NULL,
  every_until  bigint        NULL,
  seq          bigint        NOT NULL,
  CONSTRAINT ck_lot_rollover CHECK((roll_kind IS NULL AND roll_at IS NULL AND roll_min IS NULL AND roll_max IS NULL AND roll_percent IS NULL)
    OR (roll_kind IS NOT NULL AND roll_min IS NOT NULL AND (roll_at IS NULL OR roll_kind=2))),
  CONSTRAINT ck_lot_series CHECK((every_count IS NULL AND every_unit IS NULL AND every_anchor IS NULL AND every_zone IS NULL AND every_adds IS NULL AND every_until IS NULL)
    OR (every_count IS NOT NULL AND every_unit IS NOT NULL AND every_anchor IS NOT NULL AND every_zone IS NOT NULL AND every_adds IS NOT NULL)),
  CONSTRAINT pk_lot PRIMARY KEY CLUSTERED(account_id, lot_no),
  CONSTRAINT uq_lot_id UNIQUE NONCLUSTERED(account_id, lot_id),
  CONSTRAINT fk_lot_journal FOREIGN KEY(account_id, seq) REFERENCES ledger.journal(account_id, seq)
);
GO
CREATE INDEX ix_lot_cycle ON ledger.lot(account_id, cycle_no) WHERE cycle_no IS NOT NULL;
GO
CREATE INDEX ix_lot_rollover ON ledger.lot(account_id, lot_no) WHERE roll_min>0;
GO
CREATE INDEX ix_lot_series ON ledger.lot(account_id, lot_no) WHERE every_count IS NOT NULL;
GO
CREATE INDEX ix_lot_entry ON ledger.lot(account_id, seq);
GO
-- A cache of the postings, kept by ledger.append; verification recomputes it.
CREATE TABLE ledger.lot_state(
  account_id bigint NOT NULL,
  lot_no     bigint NOT NULL,
  granted    bigint NOT NULL CONSTRAINT ck_state_granted CHECK(granted>=0),
  available  bigint NOT NULL CONSTRAINT ck_state_available CHECK(available>=0),
  held       bigint NOT NULL CONSTRAINT ck_state_held CHECK(held>=0),
  spent      bigint NOT NULL CONSTRAINT ck_state_spent CHECK(spent>=0),
  expired    bigint NOT NULL CONSTRAINT ck_state_expired CHECK(expired>=0),
  moved      bigint NOT NULL CONSTRAINT ck_state_moved CHECK(moved>=0),
  is_open    AS CAST(CASE WHEN available>0 OR held>0 THEN 1 ELSE 0 END AS bit) PERSISTED NOT NULL,
  CONSTRAINT pk_lot_state PRIMARY KEY CLUSTERED(account_id, lot_no),
  CONSTRAINT fk_state_lot FOREIGN KEY(account_id, lot_no) REFERENCES ledger.lot(account_id, lot_no),
  CONSTRAINT ck_state_conserved CHECK(granted = available+held+spent+expired+moved)
);
GO
ALTER TABLE ledger.lot_state SET (LOCK_ESCALATION = DISABLE);
GO
CREATE INDEX ix_lot_state_open ON ledger.lot_state(account_id, is_open, lot_no);
GO
CREATE TABLE ledger.posting(
  account_id  bigint NOT NULL,
  seq         bigint NOT NULL,
  line        int    NOT NULL CONSTRAINT ck_posting_line CHECK(line>=0),
  lot_no      bigint NOT NULL,
  d_granted   bigint NOT NULL,
  d_available bigint NOT NULL,
  d_held      bigint NOT NULL,
  d_spent     bigint NOT NULL,
  d_expired   bigint NOT NULL,
  d_moved     bigint NOT NULL,
  CONSTRAINT pk_posting PRIMARY KEY CLUSTERED(account_id, seq, line),
  CONSTRAINT fk_posting_journal FOREIGN KEY(account_id, seq) REFERENCES ledger.journal(account_id, seq),
  CONSTRAINT fk_posting_lot FOREIGN KEY(account_id, lot_no) REFERENCES ledger.lot(account_id, lot_no),
  CONSTRAINT ck_posting_balanced CHECK(d_granted = d_available+d_held+d_spent+d_expired+d_moved)
);
GO
-- Postpaid use as money: the exact product, and what it is rounded to, in smallest units of the currency.
CREATE TABLE ledger.bill(
  account_id bigint        NOT NULL,
  seq        bigint        NOT NULL,
  bucket     nvarchar(128) COLLATE Latin1_General_100_BIN2 NOT NULL,
  cycle_no   int           NOT NULL,
  currency   nvarchar(128) NOT NULL,
  decimals   tinyint       NOT NULL CONSTRAINT ck_bill_decimals CHECK(decimals<=9),
  amount     bigint        NOT NULL CONSTRAINT ck_bill_amount CHECK(amount>=0),
  exact      nvarchar(128) NOT NULL,
  price      nvarchar(64)  NULL,
  receiver   nvarchar(400) NULL,
  CONSTRAINT pk_bill PRIMARY KEY CLUSTERED(account_id, seq),
  CONSTRAINT fk_bill_journal FOREIGN KEY(account_id, seq) REFERENCES ledger.journal(account_id, seq)
);
GO
CREATE TABLE ledger.usage_event(
  account_id bigint         NOT NULL,
  seq        bigint         NOT NULL,
  action     nvarchar(128)  COLLATE Latin1_General_100_BIN2 NOT NULL,
  content    varbinary(max) NOT NULL,
  CONSTRAINT pk_usage_event PRIMARY KEY CLUSTERED(account_id, seq),
  CONSTRAINT fk_usage_journal FOREIGN KEY(account_id, seq) REFERENCES ledger.journal(account_id, seq)
);
GO
-- What a counting scope holds so far: a cache that a replay of the account recomputes. scope_hash is that of action, key and value.
CREATE TABLE ledger.scope_state(
  account_id    bigint         NOT NULL CONSTRAINT fk_scope_account REFERENCES ledger.account(account_id),
  scope_hash    binary(32)     NOT NULL,
  action        nvarchar(128)  NOT NULL,
  scope_key     nvarchar(128)  NOT NULL,
  scope_value   nvarchar(1024) NOT NULL,
  began_at      bigint         NOT NULL,
  version       int            NOT NULL CONSTRAINT ck_scope_version CHECK(version>=1),
  posted        bigint         NOT NULL,
  reversed      bigint         NOT NULL CONSTRAINT ck_scope_reversed CHECK(reversed>=0),
  listed_posted bigint         NOT NULL,
  totals        varbinary(max) NOT NULL,
  CONSTRAINT pk_scope_state PRIMARY KEY CLUSTERED(account_id, scope_hash)
);
GO
ALTER TABLE ledger.scope_state SET (LOCK_ESCALATION = DISABLE);
GO
-- Commands whose entries do not say all that was asked: holds, captures, reversals and the like, as canonical JSON.
CREATE TABLE ledger.request(
  account_id bigint         NOT NULL,
  seq        bigint         NOT NULL,
  content    varbinary(max) NOT NULL,
  CONSTRAINT pk_request PRIMARY KEY CLUSTERED(account_id, seq),
  CONSTRAINT fk_request_journal FOREIGN KEY(account_id, seq) REFERENCES ledger.journal(account_id, seq)
);
GO
-- Lots that ended before their time, and what took their place.
CREATE TABLE ledger.lot_end(
  account_id bigint NOT NULL,
  lot_no     bigint NOT NULL,
  successor  bigint NULL,
  seq        bigint NOT NULL,
  CONSTRAINT pk_lot_end PRIMARY KEY CLUSTERED(account_id, lot_no),
  CONSTRAINT fk_end_lot FOREIGN KEY(account_id, lot_no) REFERENCES ledger.lot(account_id, lot_no),
  CONSTRAINT fk_end_successor FOREIGN KEY(account_id, successor) REFERENCES ledger.lot(account_id, lot_no),
  CONSTRAINT fk_end_journal FOREIGN KEY(account_id, seq) REFERENCES ledger.journal(account_id, seq),
  CONSTRAINT ck_end_successor CHECK(successor<>lot_no)
);
GO
CREATE INDEX ix_lot_end_entry ON ledger.lot_end(account_id, seq);
GO
-- The lines of a hold are the postings of its entry.
CREATE TABLE ledger.hold(
  account_id bigint        NOT NULL,
  hold_no    bigint        NOT NULL CONSTRAINT ck_hold_no CHECK(hold_no>=1),
  hold_id    nvarchar(128) COLLATE Latin1_General_100_BIN2 NOT NULL CONSTRAINT ck_hold_id CHECK(LEN(hold_id)>=1),
  action     nvarchar(128) NOT NULL,
  version    int           NOT NULL CONSTRAINT ck_hold_version CHECK(version>=1),
  amount     bigint        NOT NULL CONSTRAINT ck_hold_amount CHECK(amount BETWEEN 0 AND 1000000000000000),
  held_at    bigint        NOT NULL,
  expires_at bigint        NOT NULL,
  seq        bigint        NOT NULL,
  CONSTRAINT pk_hold PRIMARY KEY CLUSTERED(account_id, hold_no),
  CONSTRAINT uq_hold_id UNIQUE NONCLUSTERED(account_id, hold_id),
  CONSTRAINT fk_hold_journal FOREIGN KEY(account_id, seq) REFERENCES ledger.journal(account_id, seq),
  CONSTRAINT ck_hold_window CHECK(expires_at>held_at)
);
GO
CREATE INDEX ix_hold_entry ON ledger.hold(account_id, seq);
GO
-- How a hold ended: 1 captured, 2 released, 3 expired. The primary key is the hold, so it ends once.
CREATE TABLE ledger.hold_resolution(
  account_id bigint        NOT NULL,
  hold_no    bigint        NOT NULL,
  kind       tinyint       NOT NULL CONSTRAINT ck_resolution_kind CHECK(kind BETWEEN 1 AND 3),
  charged    bigint        NOT NULL,
  returned   bigint        NOT NULL CONSTRAINT ck_resolution_returned CHECK(returned>=0),
  asked      nvarchar(max) NOT NULL,
  seq        bigint        NOT NULL,
  CONSTRAINT pk_hold_resolution PRIMARY KEY CLUSTERED(account_id, hold_no),
  CONSTRAINT fk_resolution_hold FOREIGN KEY(account_id, hold_no) REFERENCES ledger.hold(account_id, hold_no),
  CONSTRAINT fk_resolution_journal FOREIGN KEY(account_id, seq) REFERENCES ledger.journal(account_id, seq)
);
GO
CREATE INDEX ix_hold_resolution_entry ON ledger.hold_resolution(account_id, seq);
GO
-- Caches kept by ledger.append; verification recomputes them.
CREATE TABLE ledger.hold_state(
  account_id bigint NOT NULL,
  hold_no    bigint NOT NULL,
  expires_at bigint NOT NULL,
  is_open    bit    NOT NULL,
  CONSTRAINT pk_hold_state PRIMARY KEY CLUSTERED(account_id, hold_no),
  CONSTRAINT fk_hold_state FOREIGN KEY(account_id, hold_no) REFERENCES ledger.hold(account_id, hold_no)
);
GO
ALTER TABLE ledger.hold_state SET (LOCK_ESCALATION = DISABLE);
GO
CREATE INDEX ix_hold_state_open ON ledger.hold_state(account_id, expires_at) WHERE is_open=1;
GO
CREATE TABLE ledger.debt(
  account_id bigint        NOT NULL,
  debt_no    bigint        NOT NULL CONSTRAINT ck_debt_no CHECK(debt_no>=1),
  action     nvarchar(128) NOT NULL,
  amount     bigint        NOT NULL CONSTRAINT ck_debt_amount CHECK(amount BETWEEN 1 AND 1000000000000000),
  owed_at    bigint        NOT NULL,
  seq        bigint        NOT NULL,
  CONSTRAINT pk_debt PRIMARY KEY CLUSTERED(account_id, debt_no),
  CONSTRAINT fk_debt_journal FOREIGN KEY(account_id, seq) REFERENCES ledger.journal(account_id, seq)
);
GO
CREATE INDEX ix_debt_entry ON ledger.debt(account_id, seq);
GO
-- What takes off a debt: 1 repaid (the entry's postings say by what), 2 dropped at a renewal, 3 reversed, 4 refunded.
CREATE TABLE ledger.debt_line(
  account_id bigint  NOT NULL,
  seq        bigint  NOT NULL,
  line       int     NOT NULL CONSTRAINT ck_debt_line CHECK(line>=0),
  debt_no    bigint  NOT NULL,
  kind       tinyint NOT NULL CONSTRAINT ck_debt_line_kind CHECK(kind BETWEEN 1 AND 4),
  amount     bigint  NOT NULL CONSTRAINT ck_debt_line_amount CHECK(amount>=1),
  CONSTRAINT pk_debt_line PRIMARY KEY CLUSTERED(account_id, seq, line),
  CONSTRAINT fk_debt_line_journal FOREIGN KEY(account_id, seq) REFERENCES ledger.journal(account_id, seq),
  CONSTRAINT fk_debt_line_debt FOREIGN KEY(account_id, debt_no) REFERENCES ledger.debt(account_id, debt_no)
);
GO
CREATE INDEX ix_debt_line_debt ON ledger.debt_line(account_id, debt_no, seq);
GO
CREATE TABLE ledger.debt_state(
  account_id bigint NOT NULL,
  debt_no    bigint NOT NULL,
  owed       bigint NOT NULL CONSTRAINT ck_debt_owed CHECK(owed>=0),
  repayments int    NOT NULL CONSTRAINT ck_debt_repayments CHECK(repayments>=0),
  CONSTRAINT pk_debt_state PRIMARY KEY CLUSTERED(account_id, debt_no),
  CONSTRAINT fk_debt_state FOREIGN KEY(account_id, debt_no) REFERENCES ledger.debt(account_id, debt_no)
);
GO
ALTER TABLE ledger.debt_state SET (LOCK_ESCALATION = DISABLE);
GO
CREATE INDEX ix_debt_state_open ON ledger.debt_state(account_id, debt_no) WHERE owed>0;
GO
-- What a reversal takes back of which posting (the line of the account's entry of_seq).
CREATE TABLE ledger.undone(
  account_id bigint NOT NULL,
  seq        bigint NOT NULL,
  line       int    NOT NULL CONSTRAINT ck_undone_line CHECK(line>=0),
  of_seq     bigint NOT NULL CONSTRAINT ck_undone_of_seq CHECK(of_seq>=1),
  of_line    int    NOT NULL CONSTRAINT ck_undone_of_line CHECK(of_line>=0),
  amount     bigint NOT NULL CONSTRAINT ck_undone_amount CHECK(amount>=1),
  CONSTRAINT pk_undone PRIMARY KEY CLUSTERED(account_id, seq, line),
  CONSTRAINT fk_undone_journal FOREIGN KEY(account_id, seq) REFERENCES ledger.journal(account_id, seq),
  CONSTRAINT fk_undone_posting FOREIGN KEY(account_id, of_seq, of_line) REFERENCES ledger.posting(account_id, seq, line)
);
GO
CREATE INDEX ix_undone_of ON ledger.undone(account_id, of_seq, of_line);
GO
-- What a proof of the account's first entries arrived at, the entry seq included: where a later proof may begin. row_count: lots, debts, holds and scopes in it.
CREATE TABLE ledger.[checkpoint](
  account_id bigint         NOT NULL,
  seq        bigint         NOT NULL CONSTRAINT ck_checkpoint_seq CHECK(seq>=1),
  hash       binary(32)     NOT NULL,
  row_count  int            NOT NULL CONSTRAINT ck_checkpoint_rows CHECK(row_count>=0),
  sha256     binary(32)     NOT NULL,
  content    varbinary(max) NOT NULL,
  created_at bigint         NOT NULL,
  CONSTRAINT pk_checkpoint PRIMARY KEY CLUSTERED(account_id, seq),
  CONSTRAINT fk_checkpoint_journal FOREIGN KEY(account_id, seq) REFERENCES ledger.journal(account_id, seq)
);
GO
-- What is to be told to others, written in the transaction of the entry that it is about: alerts of thresholds that were crossed.
CREATE TABLE ledger.outbox(
  message_id bigint         NOT NULL CONSTRAINT pk_outbox PRIMARY KEY CLUSTERED,
  account_id bigint         NOT NULL,
  seq        bigint         NOT NULL,
  line       int            NOT NULL CONSTRAINT ck_outbox_line CHECK(line>=0),
  body       varbinary(max) NOT NULL,
  created_at bigint         NOT NULL,
  CONSTRAINT uq_outbox_line UNIQUE NONCLUSTERED(account_id, seq, line),
  CONSTRAINT fk_outbox_journal FOREIGN KEY(account_id, seq) REFERENCES ledger.journal(account_id, seq)
);
GO
-- One row: whoever writes messages has it to the end, so that they become visible in the order of their numbers and no reader's cursor steps over one.
CREATE TABLE ledger.outbox_head(
  outbox_id    tinyint NOT NULL CONSTRAINT pk_outbox_head PRIMARY KEY CLUSTERED CONSTRAINT ck_outbox_one CHECK(outbox_id=1),
  last_message bigint  NOT NULL CONSTRAINT ck_outbox_last CHECK(last_message>=0)
);
GO
INSERT ledger.outbox_head(outbox_id, last_message) VALUES(1, 0);
GO
CREATE TRIGGER ledger.outbox_append_only ON ledger.outbox INSTEAD OF UPDATE, DELETE AS THROW 50020, 'append-only', 1;
GO
CREATE TRIGGER ledger.outbox_head_stays ON ledger.outbox_head INSTEAD OF DELETE AS THROW 50020, 'append-only', 1;
GO
CREATE TRIGGER ledger.head_forward ON ledger.account_head AFTER UPDATE AS
BEGIN
  SET NOCOUNT ON;
  IF EXISTS(SELECT 1 FROM deleted d LEFT JOIN inserted i ON i.account_id=d.account_id
    WHERE i.account_id IS NULL OR i.head_seq<d.head_seq OR i.last_at<d.last_at OR i.next_lot<d.next_lot OR i.next_debt<d.next_debt OR i.next_hold<d.next_hold OR i.period_no<d.period_no
      OR (i.head_seq=d.head_seq AND i.head_hash<>d.head_hash))
    THROW 50021, 'head: it only moves forward', 1;
END
GO
CREATE TRIGGER ledger.head_stays ON ledger.account_head INSTEAD OF DELETE AS THROW 50020, 'append-only', 1;
GO
CREATE TRIGGER ledger.catalogue_forward ON ledger.catalogue AFTER UPDATE, DELETE AS
BEGIN
  SET NOCOUNT ON;
  IF EXISTS(SELECT 1 FROM deleted d LEFT JOIN inserted i ON i.catalogue_id=d.catalogue_id WHERE i.catalogue_id IS NULL OR i.versions<d.versions)
    THROW 50021, 'catalogue: it only grows', 1;
END
GO
CREATE TRIGGER ledger.rule_version_append_only ON ledger.rule_version INSTEAD OF UPDATE, DELETE AS THROW 50020, 'append-only', 1;
GO
CREATE TRIGGER ledger.account_append_only ON ledger.account INSTEAD OF UPDATE, DELETE AS THROW 50020, 'append-only', 1;
GO
CREATE TRIGGER ledger.period_append_only ON ledger.period INSTEAD OF UPDATE, DELETE AS THROW 50020, 'append-only', 1;
GO
CREATE TRIGGER ledger.account_value_append_only ON ledger.account_value INSTEAD OF UPDATE, DELETE AS THROW 50020, 'append-only', 1;
GO
CREATE TRIGGER ledger.journal_append_only ON ledger.journal INSTEAD OF UPDATE, DELETE AS THROW 50020, 'append-only', 1;
GO
CREATE TRIGGER ledger.idempotency_fixed ON ledger.idempotency INSTEAD OF UPDATE AS THROW 50020, 'append-only', 1;
GO
-- Refusals may be pruned once they are older than the window for late events; what belongs to an entry stays.
CREATE TRIGGER ledger.idempotency_stays ON ledger.idempotency AFTER DELETE AS
BEGIN
  SET NOCOUNT ON;
  IF EXISTS(SELECT 1 FROM deleted d WHERE d.seq IS NOT NULL OR d.accepted=1) THROW 50020, 'append-only', 1;
END
GO
CREATE TRIGGER ledger.lot_append_only ON ledger.lot INSTEAD OF UPDATE, DELETE AS THROW 50020, 'append-only', 1;
GO
CREATE TRIGGER ledger.lot_state_stays ON ledger.lot_state INSTEAD OF DELETE AS THROW 50020, 'append-only', 1;
GO
CREATE TRIGGER ledger.posting_append_only ON ledger.posting INSTEAD OF UPDATE, DELETE AS THROW 50020, 'append-only', 1;
GO
CREATE TRIGGER ledger.bill_append_only ON ledger.bill INSTEAD OF UPDATE, DELETE AS THROW 50020, 'append-only', 1;
GO
CREATE TRIGGER ledger.usage_event_append_only ON ledger.usage_event INSTEAD OF UPDATE, DELETE AS THROW 50020, 'append-only', 1;
GO
CREATE TRIGGER ledger.request_append_only ON ledger.request INSTEAD OF UPDATE, DELETE AS THROW 50020, 'append-only', 1;
GO
CREATE TRIGGER ledger.lot_end_append_only ON ledger.lot_end INSTEAD OF UPDATE, DELETE AS THROW 50020, 'append-only', 1;
GO
CREATE TRIGGER ledger.hold_append_only ON ledger.hold INSTEAD OF UPDATE, DELETE AS THROW 50020, 'append-only', 1;
GO
CREATE TRIGGER ledger.hold_resolution_append_only ON ledger.hold_resolution INSTEAD OF UPDATE, DELETE AS THROW 50020, 'append-only', 1;
GO
CREATE TRIGGER ledger.debt_append_only ON ledger.debt INSTEAD OF UPDATE, DELETE AS THROW 50020, 'append-only', 1;
GO
CREATE TRIGGER ledger.debt_line_append_only ON ledger.debt_line INSTEAD OF UPDATE, DELETE AS THROW 50020, 'append-only', 1;
GO
CREATE TRIGGER ledger.undone_append_only ON ledger.undone INSTEAD OF UPDATE, DELETE AS THROW 50020, 'append-only', 1;
GO
CREATE TRIGGER ledger.checkpoint_append_only ON ledger.[checkpoint] INSTEAD OF UPDATE, DELETE AS THROW 50020, 'append-only', 1;
GO
CREATE TRIGGER ledger.hold_state_stays ON ledger.hold_state INSTEAD OF DELETE AS THROW 50020, 'append-only', 1;
GO
CREATE TRIGGER ledger.debt_state_stays ON ledger.debt_state INSTEAD OF DELETE AS THROW 50020, 'append-only', 1;
GO
