-- Amounts: smallest unit of the ruleset's credit. Instants: microseconds since 1970, UTC. Hashes: SHA-256, 32 bytes.
-- Everything that grows with usage is keyed by entry_id, which only rises: a commit touches the tails of the tables.
-- The one index over keys that callers choose (idempotency) is kept small and apart.

CREATE TABLE rule_version(
  ruleset        TEXT    NOT NULL,
  version        INTEGER NOT NULL CHECK(typeof(version)='integer' AND version>=1),
  file_name      TEXT    NOT NULL,
  text           TEXT    NOT NULL,
  sha256         BLOB    NOT NULL CHECK(typeof(sha256)='blob' AND length(sha256)=32),
  meaning        TEXT    NOT NULL,
  engine_version TEXT    NOT NULL,
  author         TEXT    NOT NULL CHECK(length(author)>=1),
  active_from    INTEGER NOT NULL CHECK(typeof(active_from)='integer'),
  published_at   INTEGER NOT NULL CHECK(typeof(published_at)='integer' AND published_at<=active_from),
  recorded_at    INTEGER NOT NULL CHECK(typeof(recorded_at)='integer'),
  PRIMARY KEY(ruleset, version)
);

-- The numbers of accounts, entries and messages are never given twice (AUTOINCREMENT), also after the sample company was removed.
CREATE TABLE account(
  account_id  INTEGER PRIMARY KEY AUTOINCREMENT CHECK(typeof(account_id)='integer' AND account_id>=1),
  external_id TEXT    NOT NULL UNIQUE CHECK(typeof(external_id)='text' AND length(external_id) BETWEEN 1 AND 128),
  ruleset     TEXT    NOT NULL,
  opened_at   INTEGER NOT NULL CHECK(typeof(opened_at)='integer')
);
CREATE INDEX account_by_ruleset ON account(ruleset, external_id);

-- The only mutable row of an account, and its only lock.
CREATE TABLE account_head(
  account_id INTEGER PRIMARY KEY REFERENCES account(account_id),
  head_seq   INTEGER NOT NULL CHECK(typeof(head_seq)='integer' AND head_seq>=0),
  head_hash  BLOB    NOT NULL CHECK(typeof(head_hash)='blob' AND length(head_hash)=32),
  last_at    INTEGER NOT NULL CHECK(typeof(last_at)='integer'),
  next_lot   INTEGER NOT NULL CHECK(typeof(next_lot)='integer' AND next_lot>=1),
  next_debt  INTEGER NOT NULL CHECK(typeof(next_debt)='integer' AND next_debt>=1),
  next_hold  INTEGER NOT NULL CHECK(typeof(next_hold)='integer' AND next_hold>=1),
  period_no  INTEGER NOT NULL CHECK(typeof(period_no)='integer' AND period_no>=0)
);

-- Accounts that were made up, from their first moment on: the only ones that can be removed, and the only ones that are not anchored.
CREATE TABLE sample_account(
  account_id INTEGER PRIMARY KEY REFERENCES account(account_id)
);
CREATE TRIGGER sample_account_i BEFORE INSERT ON sample_account BEGIN
  SELECT RAISE(ABORT,'sample: the account has a history') WHERE (SELECT head_seq FROM account_head WHERE account_id=NEW.account_id) IS NOT 0; END;
CREATE TRIGGER sample_account_u BEFORE UPDATE ON sample_account BEGIN SELECT RAISE(ABORT,'append-only'); END;
CREATE TRIGGER sample_account_d BEFORE DELETE ON sample_account BEGIN
  SELECT RAISE(ABORT,'sample: the account is still there') WHERE EXISTS(SELECT 1 FROM account WHERE account_id=OLD.account_id); END;

-- Cycles as they began, after the entry seq; of_entry says that this entry began it.
CREATE TABLE period(
  account_id INTEGER NOT NULL REFERENCES account(account_id),
  period_no  INTEGER NOT NULL CHECK(typeof(period_no)='integer' AND period_no>=1),
  cycle_no   INTEGER NOT NULL CHECK(typeof(cycle_no)='integer'),
  anchor     TEXT    NOT NULL,
  start_at   INTEGER NOT NULL CHECK(typeof(start_at)='integer'),
  end_at     INTEGER NOT NULL CHECK(typeof(end_at)='integer' AND end_at>start_at),
  tzdb       TEXT    NOT NULL,
  seq        INTEGER NOT NULL CHECK(typeof(seq)='integer' AND seq>=0),
  of_entry   INTEGER NOT NULL CHECK(of_entry IN (0,1)),
  PRIMARY KEY(account_id, period_no)
) WITHOUT ROWID;

-- Dated facts (1), terms (2), plans (3), the versions (4) that the account moved to, and credits bought with each cycle (5).
CREATE TABLE account_value(
  account_id INTEGER NOT NULL REFERENCES account(account_id),
  seq        INTEGER NOT NULL CHECK(typeof(seq)='integer' AND seq>=0),
  line       INTEGER NOT NULL CHECK(typeof(line)='integer' AND line>=0),
  kind       INTEGER NOT NULL CHECK(kind BETWEEN 1 AND 5),
  name       TEXT    NOT NULL,
  value      TEXT    NOT NULL,
  from_at    INTEGER NOT NULL CHECK(typeof(from_at)='integer'),
  PRIMARY KEY(account_id, seq, line)
) WITHOUT ROWID;

CREATE TABLE bucket(
  bucket_id INTEGER PRIMARY KEY,
  ruleset   TEXT NOT NULL,
  name      TEXT NOT NULL,
  UNIQUE(ruleset, name)
);

-- First answers, byte for byte; that of a charge is its explanation.
CREATE TABLE answer(
  answer_id  INTEGER PRIMARY KEY,
  account_id INTEGER NOT NULL REFERENCES account(account_id),
  req_hash   BLOB    NOT NULL CHECK(typeof(req_hash)='blob' AND length(req_hash)=32),
  accepted   INTEGER NOT NULL CHECK(accepted IN (0,1)),
  outcome    INTEGER NULL     CHECK(outcome IS NULL OR outcome BETWEEN 1 AND 7),
  body       BLOB    NOT NULL CHECK(typeof(body)='blob'),
  created_at INTEGER NOT NULL CHECK(typeof(created_at)='integer')
);

CREATE TABLE journal(
  entry_id      INTEGER PRIMARY KEY AUTOINCREMENT CHECK(typeof(entry_id)='integer'),
  account_id    INTEGER NOT NULL REFERENCES account_head(account_id),
  seq           INTEGER NOT NULL CHECK(typeof(seq)='integer' AND seq>=1),
  kind          INTEGER NOT NULL CHECK(kind BETWEEN 1 AND 20),
  idem_key      TEXT    NOT NULL CHECK(typeof(idem_key)='text' AND length(idem_key) BETWEEN 1 AND 512),
  amount        INTEGER NOT NULL CHECK(typeof(amount)='integer' AND amount BETWEEN -1000000000000000 AND 1000000000000000),
  occurred_at   INTEGER NOT NULL CHECK(typeof(occurred_at)='integer'),
  recorded_at   INTEGER NOT NULL CHECK(typeof(recorded_at)='integer'),
  late          INTEGER NOT NULL CHECK(late IN (0,1)),
  ref_seq       INTEGER NULL     CHECK(ref_seq IS NULL OR (typeof(ref_seq)='integer' AND ref_seq<seq)),
  version       INTEGER NULL     CHECK(version IS NULL OR typeof(version)='integer'),
  trace_sha256  BLOB    NULL     CHECK(trace_sha256 IS NULL OR (typeof(trace_sha256)='blob' AND length(trace_sha256)=32)),
  outcome       INTEGER NULL     CHECK(outcome IS NULL OR outcome BETWEEN 1 AND 4),
  forgiven      INTEGER NOT NULL CHECK(typeof(forgiven)='integer' AND forgiven>=0),
  balance_after INTEGER NULL     CHECK(balance_after IS NULL OR (typeof(balance_after)='integer' AND balance_after>=0)),
  answer_id     INTEGER NULL REFERENCES answer(answer_id),
  prev_hash     BLOB    NOT NULL CHECK(typeof(prev_hash)='blob' AND length(prev_hash)=32),
  hash          BLOB    NOT NULL CHECK(typeof(hash)='blob' AND length(hash)=32),
  UNIQUE(account_id, seq),
  UNIQUE(entry_id, account_id),
  CHECK(amount>=0 OR kind IN (2,5,12)),
  CHECK((kind<>2 AND kind<>4 AND kind<>5 AND kind<>12) OR (version IS NOT NULL AND trace_sha256 IS NOT NULL))
);
-- Reports read the uses of a window, account by account; sums over time and by version are read from the index alone. Kinds are compared one by one, here and
-- above: for a list of more than two, SQLite fills a table of its own with every row that is written.
CREATE INDEX journal_use ON journal(account_id, occurred_at, kind, amount, version) WHERE kind=2 OR kind=3 OR kind=5 OR kind=12;
CREATE INDEX journal_reference ON journal(account_id, ref_seq) WHERE ref_seq IS NOT NULL;

CREATE TABLE idempotency(
  account_id INTEGER NOT NULL REFERENCES account(account_id),
  idem_key   TEXT    NOT NULL CHECK(typeof(idem_key)='text' AND length(idem_key) BETWEEN 1 AND 512),
  entry_id   INTEGER NULL,
  answer_id  INTEGER NULL REFERENCES answer(answer_id),
  PRIMARY KEY(account_id, idem_key),
  FOREIGN KEY(entry_id, account_id) REFERENCES journal(entry_id, account_id),
  CHECK(entry_id IS NOT NULL OR answer_id IS NOT NULL)
) WITHOUT ROWID;

CREATE TABLE lot(
  account_id   INTEGER NOT NULL,
  lot_no       INTEGER NOT NULL CHECK(typeof(lot_no)='integer' AND lot_no>=1),
  lot_id       TEXT    NOT NULL CHECK(typeof(lot_id)='text' AND length(lot_id) BETWEEN 1 AND 512),
  bucket_id    INTEGER NOT NULL REFERENCES bucket(bucket_id),
  origin       INTEGER NOT NULL CHECK(origin BETWEEN 1 AND 4),
  amount       INTEGER NOT NULL CHECK(typeof(amount)='integer' AND amount BETWEEN 0 AND 1000000000000000),
  created_at   INTEGER NOT NULL CHECK(typeof(created_at)='integer'),
  effective_at INTEGER NOT NULL CHECK(typeof(effective_at)='integer'),
  expires_at   INTEGER NULL     CHECK(expires_at IS NULL OR typeof(expires_at)='integer'),
  priority     INTEGER NULL     CHECK(priority IS NULL OR typeof(priority)='integer'),
  cost         TEXT    NULL,
  cycle_no     INTEGER NULL     CHECK(cycle_no IS NULL OR typeof(cycle_no)='integer'),
  roll_kind    INTEGER NULL     CHECK(roll_kind IS NULL OR roll_kind BETWEEN 1 AND 3),
  roll_at      INTEGER NULL     CHECK(roll_at IS NULL OR (typeof(roll_at)='integer' AND roll_kind=2)),
  roll_min     INTEGER NULL     CHECK((roll_min IS NULL)=(roll_kind IS NULL) AND (roll_min IS NULL OR (typeof(roll_min)='integer' AND roll_min>=0))),
  roll_max     INTEGER NULL     CHECK(roll_max IS NULL OR (typeof(roll_max)='integer' AND roll_max>=0 AND roll_kind IS NOT NULL)),
  roll_percent TEXT    NULL     CHECK(roll_percent IS NULL OR roll_kind IS NOT NULL),
  every_count  INTEGER NULL     CHECK(every_count IS NULL OR (typeof(every_count)='integer' AND every_count>=1)),
  every_unit   INTEGER NULL     CHECK((every_unit IS NULL)=(every_count IS NULL) AND (every_unit IS NULL OR every_unit BETWEEN 1 AND 5)),
  every_anchor TEXT    NULL     CHECK((every_anchor IS NULL)=(every_count IS NULL)),
  every_zone   TEXT    NULL     CHECK((every_zone IS NULL)=(every_count IS NULL)),
  every_adds   INTEGER NULL     CHECK((every_adds IS NULL)=(every_count IS NULL) AND (every_adds IS NULL OR every_adds IN (0,1))),
  every_until  INTEGER NULL     CHECK(every_until IS NULL OR (typeof(every_until)='integer' AND every_count IS NOT NULL)),
  entry_id     INTEGER NOT NULL,
  PRIMARY KEY(account_id, lot_no),
  UNIQUE(account_id, lot_id),
  FOREIGN KEY(entry_id, account_id) REFERENCES journal(entry_id, account_id)
) WITHOUT ROWID;
CREATE INDEX lot_cycle ON lot(account_id, cycle_no) WHERE cycle_no IS NOT NULL;
CREATE INDEX lot_lasting ON lot(account_id, lot_no) WHERE roll_min>0 OR every_count IS NOT NULL;
CREATE INDEX lot_entry ON lot(entry_id);

-- A cache of the postings, kept by posting_apply; verification recomputes it.
CREATE TABLE lot_state(
  account_id INTEGER NOT NULL,
  lot_no     INTEGER NOT NULL,
  granted    INTEGER NOT NULL CHECK(typeof(granted)='integer' AND granted>=0),
  available  INTEGER NOT NULL CHECK(typeof(available)='integer' AND available>=0),
  held       INTEGER NOT NULL CHECK(typeof(held)='integer' AND held>=0),
  spent      INTEGER NOT NULL CHECK(typeof(spent)='integer' AND spent>=0),
  expired    INTEGER NOT NULL CHECK(typeof(expired)='integer' AND expired>=0),
  moved      INTEGER NOT NULL CHECK(typeof(moved)='integer' AND moved>=0),
  PRIMARY KEY(account_id, lot_no),
  FOREIGN KEY(account_id, lot_no) REFERENCES lot(account_id, lot_no),
  CHECK(granted = available+held+spent+expired+moved)
) WITHOUT ROWID;
CREATE INDEX lot_state_open ON lot_state(account_id, lot_no) WHERE available>0 OR held>0;

CREATE TABLE posting(
  entry_id    INTEGER NOT NULL,
  line        INTEGER NOT NULL CHECK(typeof(line)='integer' AND line>=0),
  account_id  INTEGER NOT NULL,
  lot_no      INTEGER NOT NULL,
  d_granted   INTEGER NOT NULL CHECK(typeof(d_granted)='integer'),
  d_available INTEGER NOT NULL CHECK(typeof(d_available)='integer'),
  d_held      INTEGER NOT NULL CHECK(typeof(d_held)='integer'),
  d_spent     INTEGER NOT NULL CHECK(typeof(d_spent)='integer'),
  d_expired   INTEGER NOT NULL CHECK(typeof(d_expired)='integer'),
  d_moved     INTEGER NOT NULL CHECK(typeof(d_moved)='integer'),
  PRIMARY KEY(entry_id, line),
  FOREIGN KEY(entry_id, account_id) REFERENCES journal(entry_id, account_id),
  FOREIGN KEY(account_id, lot_no) REFERENCES lot(account_id, lot_no),
  CHECK(d_granted = d_available+d_held+d_spent+d_expired+d_moved)
) WITHOUT ROWID;

-- Postpaid use as money: the exact product, and what it is rounded to, in smallest units of the currency.
CREATE TABLE bill(
  entry_id   INTEGER PRIMARY KEY,
  account_id INTEGER NOT NULL,
  bucket     TEXT    NOT NULL,
  cycle_no   INTEGER NOT NULL CHECK(typeof(cycle_no)='integer'),
  currency   TEXT    NOT NULL,
  decimals   INTEGER NOT NULL CHECK(typeof(decimals)='integer' AND decimals BETWEEN 0 AND 9),
  amount     INTEGER NOT NULL CHECK(typeof(amount)='integer' AND amount>=0),
  exact      TEXT    NOT NULL,
  price      TEXT    NULL,
  receiver   TEXT    NULL,
  FOREIGN KEY(entry_id, account_id) REFERENCES journal(entry_id, account_id)
);
CREATE INDEX bill_account ON bill(account_id, entry_id);

CREATE TABLE usage_event(
  entry_id   INTEGER PRIMARY KEY,
  account_id INTEGER NOT NULL,
  action     TEXT    NOT NULL,
  content    BLOB    NOT NULL CHECK(typeof(content)='blob'),
  FOREIGN KEY(entry_id, account_id) REFERENCES journal(entry_id, account_id)
);

-- What a counting scope holds so far: a cache that a replay of the account recomputes.
CREATE TABLE scope_state(
  account_id    INTEGER NOT NULL REFERENCES account(account_id),
  action        TEXT    NOT NULL,
  scope_key     TEXT    NOT NULL,
  scope_value   TEXT    NOT NULL,
  began_at      INTEGER NOT NULL CHECK(typeof(began_at)='integer'),
  version       INTEGER NOT NULL CHECK(typeof(version)='integer' AND version>=1),
  posted        INTEGER NOT NULL CHECK(typeof(posted)='integer'),
  reversed      INTEGER NOT NULL CHECK(typeof(reversed)='integer' AND reversed>=0),
  listed_posted INTEGER NOT NULL CHECK(typeof(listed_posted)='integer'),
  totals        BLOB    NOT NULL CHECK(typeof(totals)='blob'),
  PRIMARY KEY(account_id, action, scope_key, scope_value)
) WITHOUT ROWID;

-- Commands whose entries do not say all that was asked: holds, captures, reversals and the like, as canonical JSON.
CREATE TABLE request(
  entry_id   INTEGER PRIMARY KEY,
  account_id INTEGER NOT NULL,
  content    BLOB    NOT NULL CHECK(typeof(content)='blob'),
  FOREIGN KEY(entry_id, account_id) REFERENCES journal(entry_id, account_id)
);

-- Lots that ended before their time, and what took their place.
CREATE TABLE lot_end(
  account_id INTEGER NOT NULL,
  lot_no     INTEGER NOT NULL,
  successor  INTEGER NULL,
  entry_id   INTEGER NOT NULL,
  PRIMARY KEY(account_id, lot_no),
  FOREIGN KEY(account_id, lot_no) REFERENCES lot(account_id, lot_no),
  FOREIGN KEY(account_id, successor) REFERENCES lot(account_id, lot_no),
  FOREIGN KEY(entry_id, account_id) REFERENCES journal(entry_id, account_id),
  CHECK(successor<>lot_no)
) WITHOUT ROWID;
CREATE INDEX lot_end_entry ON lot_end(entry_id);

-- The lines of a hold are the postings of its entry.
CREATE TABLE hold(
  account_id INTEGER NOT NULL,
  hold_no    INTEGER NOT NULL CHECK(typeof(hold_no)='integer' AND hold_no>=1),
  hold_id    TEXT    NOT NULL CHECK(typeof(hold_id)='text' AND length(hold_id) BETWEEN 1 AND 128),
  action     TEXT    NOT NULL,
  version    INTEGER NOT NULL CHECK(typeof(version)='integer' AND version>=1),
  amount     INTEGER NOT NULL CHECK(typeof(amount)='integer' AND amount BETWEEN 0 AND 1000000000000000),
  held_at    INTEGER NOT NULL CHECK(typeof(held_at)='integer'),
  expires_at INTEGER NOT NULL CHECK(typeof(expires_at)='integer' AND expires_at>held_at),
  entry_id   INTEGER NOT NULL,
  PRIMARY KEY(account_id, hold_no),
  UNIQUE(account_id, hold_id),
  FOREIGN KEY(entry_id, account_id) REFERENCES journal(entry_id, account_id)
) WITHOUT ROWID;
CREATE INDEX hold_entry ON hold(entry_id);

-- How a hold ended: 1 captured, 2 released, 3 expired. The primary key is the hold, so it ends once.
CREATE TABLE hold_resolution(
  account_id INTEGER NOT NULL,
  hold_no    INTEGER NOT NULL,
  kind       INTEGER NOT NULL CHECK(kind BETWEEN 1 AND 3),
  charged    INTEGER NOT NULL CHECK(typeof(charged)='integer'),
  returned   INTEGER NOT NULL CHECK(typeof(returned)='integer' AND returned>=0),
  asked      TEXT    NOT NULL CHECK(typeof(asked)='text'),
  entry_id   INTEGER NOT NULL,
  PRIMARY KEY(account_id, hold_no),
  FOREIGN KEY(account_id, hold_no) REFERENCES hold(account_id, hold_no),
  FOREIGN KEY(entry_id, account_id) REFERENCES journal(entry_id, account_id)
) WITHOUT ROWID;
CREATE INDEX hold_resolution_entry ON hold_resolution(entry_id);

-- Caches kept by triggers; verification recomputes them.
CREATE TABLE hold_state(
  account_id INTEGER NOT NULL,
  hold_no    INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  is_open    INTEGER NOT NULL CHECK(is_open IN (0,1)),
  PRIMARY KEY(account_id, hold_no),
  FOREIGN KEY(account_id, hold_no) REFERENCES hold(account_id, hold_no)
) WITHOUT ROWID;
CREATE INDEX hold_state_open ON hold_state(account_id, expires_at) WHERE is_open=1;

CREATE TABLE debt(
  account_id INTEGER NOT NULL,
  debt_no    INTEGER NOT NULL CHECK(typeof(debt_no)='integer' AND debt_no>=1),
  action     TEXT    NOT NULL,
  amount     INTEGER NOT NULL CHECK(typeof(amount)='integer' AND amount BETWEEN 1 AND 1000000000000000),
  owed_at    INTEGER NOT NULL CHECK(typeof(owed_at)='integer'),
  entry_id   INTEGER NOT NULL,
  PRIMARY KEY(account_id, debt_no),
  FOREIGN KEY(entry_id, account_id) REFERENCES journal(entry_id, account_id)
) WITHOUT ROWID;
CREATE INDEX debt_entry ON debt(entry_id);

-- What takes off a debt: 1 repaid (the entry's postings say by what), 2 dropped at a renewal, 3 reversed, 4 refunded.
CREATE TABLE debt_line(
  entry_id   INTEGER NOT NULL,
  line       INTEGER NOT NULL CHECK(typeof(line)='integer' AND line>=0),
  account_id INTEGER NOT NULL,
  debt_no    INTEGER NOT NULL,
  kind       INTEGER NOT NULL CHECK(kind BETWEEN 1 AND 4),
  amount     INTEGER NOT NULL CHECK(typeof(amount)='integer' AND amount>=1),
  PRIMARY KEY(entry_id, line),
  FOREIGN KEY(entry_id, account_id) REFERENCES journal(entry_id, account_id),
  FOREIGN KEY(account_id, debt_no) REFERENCES debt(account_id, debt_no)
) WITHOUT ROWID;
CREATE INDEX debt_line_debt ON debt_line(account_id, debt_no, entry_id);

CREATE TABLE debt_state(
  account_id INTEGER NOT NULL,
  debt_no    INTEGER NOT NULL,
  owed       INTEGER NOT NULL CHECK(typeof(owed)='integer' AND owed>=0),
  repayments INTEGER NOT NULL CHECK(typeof(repayments)='integer' AND repayments>=0),
  PRIMARY KEY(account_id, debt_no),
  FOREIGN KEY(account_id, debt_no) REFERENCES debt(account_id, debt_no)
) WITHOUT ROWID;
CREATE INDEX debt_state_open ON debt_state(account_id, debt_no) WHERE owed>0;

-- What a reversal takes back of which posting (the line of the account's entry seq).
CREATE TABLE undone(
  entry_id   INTEGER NOT NULL,
  line       INTEGER NOT NULL CHECK(typeof(line)='integer' AND line>=0),
  account_id INTEGER NOT NULL,
  of_seq     INTEGER NOT NULL CHECK(typeof(of_seq)='integer' AND of_seq>=1),
  of_line    INTEGER NOT NULL CHECK(typeof(of_line)='integer' AND of_line>=0),
  amount     INTEGER NOT NULL CHECK(typeof(amount)='integer' AND amount>=1),
  PRIMARY KEY(entry_id, line),
  FOREIGN KEY(entry_id, account_id) REFERENCES journal(entry_id, account_id),
  FOREIGN KEY(account_id, of_seq) REFERENCES journal(account_id, seq)
) WITHOUT ROWID;
CREATE INDEX undone_of ON undone(account_id, of_seq, of_line);

-- What a proof of the account's first entries arrived at, the entry seq included: where a later proof may begin. row_count: lots, debts, holds and scopes in it.
CREATE TABLE checkpoint(
  entry_id   INTEGER PRIMARY KEY,
  account_id INTEGER NOT NULL,
  seq        INTEGER NOT NULL CHECK(typeof(seq)='integer' AND seq>=1),
  hash       BLOB    NOT NULL CHECK(typeof(hash)='blob' AND length(hash)=32),
  row_count  INTEGER NOT NULL CHECK(typeof(row_count)='integer' AND row_count>=0),
  sha256     BLOB    NOT NULL CHECK(typeof(sha256)='blob' AND length(sha256)=32),
  content    BLOB    NOT NULL CHECK(typeof(content)='blob'),
  created_at INTEGER NOT NULL CHECK(typeof(created_at)='integer'),
  UNIQUE(account_id, seq),
  FOREIGN KEY(entry_id, account_id) REFERENCES journal(entry_id, account_id)
);

CREATE TRIGGER checkpoint_of_entry BEFORE INSERT ON checkpoint BEGIN
  SELECT RAISE(ABORT,'checkpoint: it is of no such entry') WHERE NOT EXISTS(
    SELECT 1 FROM journal j WHERE j.entry_id=NEW.entry_id AND j.account_id=NEW.account_id AND j.seq=NEW.seq AND j.hash=NEW.hash); END;
CREATE TRIGGER hold_opens AFTER INSERT ON hold BEGIN
  INSERT INTO hold_state(account_id,hold_no,expires_at,is_open) VALUES(NEW.account_id,NEW.hold_no,NEW.expires_at,1); END;
CREATE TRIGGER hold_closes AFTER INSERT ON hold_resolution BEGIN
  UPDATE hold_state SET is_open=0 WHERE account_id=NEW.account_id AND hold_no=NEW.hold_no AND is_open=1;
  SELECT RAISE(ABORT,'hold: it is not open') WHERE changes()=0; END;
CREATE TRIGGER debt_opens AFTER INSERT ON debt BEGIN
  INSERT INTO debt_state(account_id,debt_no,owed,repayments) VALUES(NEW.account_id,NEW.debt_no,NEW.amount,0); END;
CREATE TRIGGER debt_line_apply AFTER INSERT ON debt_line BEGIN
  UPDATE debt_state SET owed=owed-NEW.amount, repayments=repayments+(NEW.kind=1) WHERE account_id=NEW.account_id AND debt_no=NEW.debt_no;
  SELECT RAISE(ABORT,'debt: unknown') WHERE changes()=0; END;
CREATE TRIGGER undone_within AFTER INSERT ON undone BEGIN
  SELECT RAISE(ABORT,'reversal: more than the line spent') WHERE
    (SELECT SUM(u.amount) FROM undone u WHERE u.account_id=NEW.account_id AND u.of_seq=NEW.of_seq AND u.of_line=NEW.of_line)
    > COALESCE((SELECT p.d_spent FROM journal j JOIN posting p ON p.entry_id=j.entry_id
      WHERE j.account_id=NEW.account_id AND j.seq=NEW.of_seq AND p.line=NEW.of_line), 0); END;

CREATE TRIGGER journal_chain BEFORE INSERT ON journal BEGIN
  SELECT RAISE(ABORT,'chain: the entry does not extend the head') WHERE NOT EXISTS(
    SELECT 1 FROM account_head h WHERE h.account_id=NEW.account_id AND h.head_seq=NEW.seq-1 AND h.head_hash=NEW.prev_hash AND h.last_at<=NEW.recorded_at); END;
CREATE TRIGGER journal_head AFTER INSERT ON journal BEGIN
  UPDATE account_head SET head_seq=NEW.seq, head_hash=NEW.hash, last_at=NEW.recorded_at WHERE account_id=NEW.account_id; END;
CREATE TRIGGER head_forward BEFORE UPDATE ON account_head BEGIN
  SELECT RAISE(ABORT,'head: it only moves forward') WHERE NEW.account_id<>OLD.account_id OR NEW.last_at<OLD.last_at OR NEW.next_lot<OLD.next_lot OR NEW.next_debt<OLD.next_debt OR NEW.next_hold<OLD.next_hold
    OR NEW.period_no<OLD.period_no OR NEW.head_seq NOT IN (OLD.head_seq, OLD.head_seq+1) OR (NEW.head_seq=OLD.head_seq AND NEW.head_hash<>OLD.head_hash); END;
CREATE TRIGGER lot_opens AFTER INSERT ON lot BEGIN
  INSERT INTO lot_state(account_id,lot_no,granted,available,held,spent,expired,moved) VALUES(NEW.account_id,NEW.lot_no,0,0,0,0,0,0); END;
CREATE TRIGGER posting_apply AFTER INSERT ON posting BEGIN
  UPDATE lot_state SET granted=granted+NEW.d_granted, available=available+NEW.d_available, held=held+NEW.d_held, spent=spent+NEW.d_spent,
    expired=expired+NEW.d_expired, moved=moved+NEW.d_moved WHERE account_id=NEW.account_id AND lot_no=NEW.lot_no;
  SELECT RAISE(ABORT,'posting: unknown lot') WHERE changes()=0; END;

CREATE TRIGGER rule_version_u BEFORE UPDATE ON rule_version BEGIN SELECT RAISE(ABORT,'append-only'); END;
CREATE TRIGGER rule_version_d BEFORE DELETE ON rule_version BEGIN SELECT RAISE(ABORT,'append-only'); END;
CREATE TRIGGER account_u BEFORE UPDATE ON account BEGIN SELECT RAISE(ABORT,'append-only'); END;
CREATE TRIGGER account_d BEFORE DELETE ON account BEGIN SELECT RAISE(ABORT,'append-only') WHERE OLD.account_id NOT IN (SELECT account_id FROM sample_account); END;
CREATE TRIGGER head_d BEFORE DELETE ON account_head BEGIN SELECT RAISE(ABORT,'append-only') WHERE OLD.account_id NOT IN (SELECT account_id FROM sample_account); END;
CREATE TRIGGER period_u BEFORE UPDATE ON period BEGIN SELECT RAISE(ABORT,'append-only'); END;
CREATE TRIGGER period_d BEFORE DELETE ON period BEGIN SELECT RAISE(ABORT,'append-only') WHERE OLD.account_id NOT IN (SELECT account_id FROM sample_account); END;
CREATE TRIGGER account_value_u BEFORE UPDATE ON account_value BEGIN SELECT RAISE(ABORT,'append-only'); END;
CREATE TRIGGER account_value_d BEFORE DELETE ON account_value BEGIN SELECT RAISE(ABORT,'append-only') WHERE OLD.account_id NOT IN (SELECT account_id FROM sample_account); END;
CREATE TRIGGER bucket_u BEFORE UPDATE ON bucket BEGIN SELECT RAISE(ABORT,'append-only'); END;
CREATE TRIGGER bucket_d BEFORE DELETE ON bucket BEGIN SELECT RAISE(ABORT,'append-only'); END;
CREATE TRIGGER answer_u BEFORE UPDATE ON answer BEGIN SELECT RAISE(ABORT,'append-only'); END;
-- Refusals may be pruned once they are older than the window for late events; what belongs to an entry stays.
CREATE TRIGGER answer_d BEFORE DELETE ON answer BEGIN SELECT RAISE(ABORT,'append-only')
  WHERE OLD.accepted=1 AND OLD.account_id NOT IN (SELECT account_id FROM sample_account); END;
CREATE TRIGGER journal_u BEFORE UPDATE ON journal BEGIN SELECT RAISE(ABORT,'append-only'); END;
CREATE TRIGGER journal_d BEFORE DELETE ON journal BEGIN SELECT RAISE(ABORT,'append-only') WHERE OLD.account_id NOT IN (SELECT account_id FROM sample_account); END;
CREATE TRIGGER idempotency_u BEFORE UPDATE ON idempotency BEGIN SELECT RAISE(ABORT,'append-only'); END;
CREATE TRIGGER idempotency_d BEFORE DELETE ON idempotency BEGIN SELECT RAISE(ABORT,'append-only')
  WHERE OLD.entry_id IS NOT NULL AND OLD.account_id NOT IN (SELECT account_id FROM sample_account); END;
CREATE TRIGGER lot_u BEFORE UPDATE ON lot BEGIN SELECT RAISE(ABORT,'append-only'); END;
CREATE TRIGGER lot_d BEFORE DELETE ON lot BEGIN SELECT RAISE(ABORT,'append-only') WHERE OLD.account_id NOT IN (SELECT account_id FROM sample_account); END;
CREATE TRIGGER bill_u BEFORE UPDATE ON bill BEGIN SELECT RAISE(ABORT,'append-only'); END;
CREATE TRIGGER bill_d BEFORE DELETE ON bill BEGIN SELECT RAISE(ABORT,'append-only') WHERE OLD.account_id NOT IN (SELECT account_id FROM sample_account); END;
CREATE TRIGGER lot_state_d BEFORE DELETE ON lot_state BEGIN SELECT RAISE(ABORT,'append-only') WHERE OLD.account_id NOT IN (SELECT account_id FROM sample_account); END;
CREATE TRIGGER posting_u BEFORE UPDATE ON posting BEGIN SELECT RAISE(ABORT,'append-only'); END;
CREATE TRIGGER posting_d BEFORE DELETE ON posting BEGIN SELECT RAISE(ABORT,'append-only') WHERE OLD.account_id NOT IN (SELECT account_id FROM sample_account); END;
CREATE TRIGGER usage_event_u BEFORE UPDATE ON usage_event BEGIN SELECT RAISE(ABORT,'append-only'); END;
CREATE TRIGGER usage_event_d BEFORE DELETE ON usage_event BEGIN SELECT RAISE(ABORT,'append-only') WHERE OLD.account_id NOT IN (SELECT account_id FROM sample_account); END;
CREATE TRIGGER request_u BEFORE UPDATE ON request BEGIN SELECT RAISE(ABORT,'append-only'); END;
CREATE TRIGGER request_d BEFORE DELETE ON request BEGIN SELECT RAISE(ABORT,'append-only') WHERE OLD.account_id NOT IN (SELECT account_id FROM sample_account); END;
CREATE TRIGGER lot_end_u BEFORE UPDATE ON lot_end BEGIN SELECT RAISE(ABORT,'append-only'); END;
CREATE TRIGGER lot_end_d BEFORE DELETE ON lot_end BEGIN SELECT RAISE(ABORT,'append-only') WHERE OLD.account_id NOT IN (SELECT account_id FROM sample_account); END;
CREATE TRIGGER hold_u BEFORE UPDATE ON hold BEGIN SELECT RAISE(ABORT,'append-only'); END;
CREATE TRIGGER hold_d BEFORE DELETE ON hold BEGIN SELECT RAISE(ABORT,'append-only') WHERE OLD.account_id NOT IN (SELECT account_id FROM sample_account); END;
CREATE TRIGGER hold_resolution_u BEFORE UPDATE ON hold_resolution BEGIN SELECT RAISE(ABORT,'append-only'); END;
CREATE TRIGGER hold_resolution_d BEFORE DELETE ON hold_resolution BEGIN SELECT RAISE(ABORT,'append-only') WHERE OLD.account_id NOT IN (SELECT account_id FROM sample_account); END;
CREATE TRIGGER debt_u BEFORE UPDATE ON debt BEGIN SELECT RAISE(ABORT,'append-only'); END;
CREATE TRIGGER debt_d BEFORE DELETE ON debt BEGIN SELECT RAISE(ABORT,'append-only') WHERE OLD.account_id NOT IN (SELECT account_id FROM sample_account); END;
CREATE TRIGGER debt_line_u BEFORE UPDATE ON debt_line BEGIN SELECT RAISE(ABORT,'append-only'); END;
CREATE TRIGGER debt_line_d BEFORE DELETE ON debt_line BEGIN SELECT RAISE(ABORT,'append-only') WHERE OLD.account_id NOT IN (SELECT account_id FROM sample_account); END;
CREATE TRIGGER undone_u BEFORE UPDATE ON undone BEGIN SELECT RAISE(ABORT,'append-only'); END;
CREATE TRIGGER undone_d BEFORE DELETE ON undone BEGIN SELECT RAISE(ABORT,'append-only') WHERE OLD.account_id NOT IN (SELECT account_id FROM sample_account); END;
CREATE TRIGGER checkpoint_u BEFORE UPDATE ON checkpoint BEGIN SELECT RAISE(ABORT,'append-only'); END;
CREATE TRIGGER checkpoint_d BEFORE DELETE ON checkpoint BEGIN SELECT RAISE(ABORT,'append-only') WHERE OLD.account_id NOT IN (SELECT account_id FROM sample_account); END;
CREATE TRIGGER hold_state_d BEFORE DELETE ON hold_state BEGIN SELECT RAISE(ABORT,'append-only') WHERE OLD.account_id NOT IN (SELECT account_id FROM sample_account); END;
CREATE TRIGGER debt_state_d BEFORE DELETE ON debt_state BEGIN SELECT RAISE(ABORT,'append-only') WHERE OLD.account_id NOT IN (SELECT account_id FROM sample_account); END;
