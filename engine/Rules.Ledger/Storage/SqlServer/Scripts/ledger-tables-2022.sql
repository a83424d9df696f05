-- Optional, on SQL Server 2022 and later: journal, lots and postings as append-only ledger tables. The server then refuses changes to everybody and can prove by its own
-- digests (sp_generate_database_ledger_digest, sp_verify_database_ledger) that none was made. No table becomes one later: run it after the first start and before the first account.
-- One batch and one transaction: all of it or nothing. (sqlcmd: -I, for the filtered indexes.)
SET QUOTED_IDENTIFIER, XACT_ABORT ON;
BEGIN TRANSACTION;
IF EXISTS(SELECT 1 FROM ledger.account a) THROW 50040, 'ledger tables: the ledger has accounts, so it is too late', 1;
ALTER TABLE ledger.idempotency DROP CONSTRAINT fk_idempotency_journal;
ALTER TABLE ledger.lot DROP CONSTRAINT fk_lot_journal;
ALTER TABLE ledger.lot_state DROP CONSTRAINT fk_state_lot;
ALTER TABLE ledger.posting DROP CONSTRAINT fk_posting_journal;
ALTER TABLE ledger.posting DROP CONSTRAINT fk_posting_lot;
ALTER TABLE ledger.bill DROP CONSTRAINT fk_bill_journal;
ALTER TABLE ledger.usage_event DROP CONSTRAINT fk_usage_journal;
ALTER TABLE ledger.request DROP CONSTRAINT fk_request_journal;
ALTER TABLE ledger.lot_end DROP CONSTRAINT fk_end_lot;
ALTER TABLE ledger.lot_end DROP CONSTRAINT fk_end_successor;
ALTER TABLE ledger.lot_end DROP CONSTRAINT fk_end_journal;
ALTER TABLE ledger.hold DROP CONSTRAINT fk_hold_journal;
ALTER TABLE ledger.hold_resolution DROP CONSTRAINT fk_resolution_journal;
ALTER TABLE ledger.debt DROP CONSTRAINT fk_debt_journal;
ALTER TABLE ledger.debt_line DROP CONSTRAINT fk_debt_line_journal;
ALTER TABLE ledger.undone DROP CONSTRAINT fk_undone_journal;
ALTER TABLE ledger.undone DROP CONSTRAINT fk_undone_posting;
ALTER TABLE ledger.[checkpoint] DROP CONSTRAINT fk_checkpoint_journal;
ALTER TABLE ledger.outbox DROP CONSTRAINT fk_outbox_journal;
DROP TABLE ledger.journal;
DROP TABLE ledger.lot;
DROP TABLE ledger.posting;
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
) WITH (LEDGER = ON (APPEND_ONLY = ON));
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
) WITH (LEDGER = ON (APPEND_ONLY = ON));
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
) WITH (LEDGER = ON (APPEND_ONLY = ON));
CREATE UNIQUE INDEX uq_journal_entry ON ledger.journal(entry_id) WITH (OPTIMIZE_FOR_SEQUENTIAL_KEY = ON);
CREATE INDEX ix_journal_use ON ledger.journal(account_id, occurred_at) INCLUDE (kind, amount, version) WHERE kind IN (2,3,5,12);
CREATE INDEX ix_journal_reference ON ledger.journal(account_id, ref_seq) WHERE ref_seq IS NOT NULL;
CREATE INDEX ix_lot_cycle ON ledger.lot(account_id, cycle_no) WHERE cycle_no IS NOT NULL;
CREATE INDEX ix_lot_rollover ON ledger.lot(account_id, lot_no) WHERE roll_min>0;
CREATE INDEX ix_lot_series ON ledger.lot(account_id, lot_no) WHERE every_count IS NOT NULL;
CREATE INDEX ix_lot_entry ON ledger.lot(account_id, seq);
ALTER TABLE ledger.idempotency ADD CONSTRAINT fk_idempotency_journal FOREIGN KEY(account_id, seq) REFERENCES ledger.journal(account_id, seq);
ALTER TABLE ledger.lot_state ADD CONSTRAINT fk_state_lot FOREIGN KEY(account_id, lot_no) REFERENCES ledger.lot(account_id, lot_no);
ALTER TABLE ledger.bill ADD CONSTRAINT fk_bill_journal FOREIGN KEY(account_id, seq) REFERENCES ledger.journal(account_id, seq);
ALTER TABLE ledger.usage_event ADD CONSTRAINT fk_usage_journal FOREIGN KEY(account_id, seq) REFERENCES ledger.journal(account_id, seq);
ALTER TABLE ledger.request ADD CONSTRAINT fk_request_journal FOREIGN KEY(account_id, seq) REFERENCES ledger.journal(account_id, seq);
ALTER TABLE ledger.lot_end ADD CONSTRAINT fk_end_lot FOREIGN KEY(account_id, lot_no) REFERENCES ledger.lot(account_id, lot_no);
ALTER TABLE ledger.lot_end ADD CONSTRAINT fk_end_successor FOREIGN KEY(account_id, successor) REFERENCES ledger.lot(account_id, lot_no);
ALTER TABLE ledger.lot_end ADD CONSTRAINT fk_end_journal FOREIGN KEY(account_id, seq) REFERENCES ledger.journal(account_id, seq);
ALTER TABLE ledger.hold ADD CONSTRAINT fk_hold_journal FOREIGN KEY(account_id, seq) REFERENCES ledger.journal(account_id, seq);
ALTER TABLE ledger.hold_resolution ADD CONSTRAINT fk_resolution_journal FOREIGN KEY(account_id, seq) REFERENCES ledger.journal(account_id, seq);
ALTER TABLE ledger.debt ADD CONSTRAINT fk_debt_journal FOREIGN KEY(account_id, seq) REFERENCES ledger.journal(account_id, seq);
ALTER TABLE ledger.debt_line ADD CONSTRAINT fk_debt_line_journal FOREIGN KEY(account_id, seq) REFERENCES ledger.journal(account_id, seq);
ALTER TABLE ledger.undone ADD CONSTRAINT fk_undone_journal FOREIGN KEY(account_id, seq) REFERENCES ledger.journal(account_id, seq);
ALTER TABLE ledger.undone ADD CONSTRAINT fk_undone_posting FOREIGN KEY(account_id, of_seq, of_line) REFERENCES ledger.posting(account_id, seq, line);
ALTER TABLE ledger.[checkpoint] ADD CONSTRAINT fk_checkpoint_journal FOREIGN KEY(account_id, seq) REFERENCES ledger.journal(account_id, seq);
ALTER TABLE ledger.outbox ADD CONSTRAINT fk_outbox_journal FOREIGN KEY(account_id, seq) REFERENCES ledger.journal(account_id, seq);
COMMIT TRANSACTION;
GO
