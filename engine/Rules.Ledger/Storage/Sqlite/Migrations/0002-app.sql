-- The service around the ledger. Rows here may change, unlike the ledger's; nothing of the ledger refers to them.
-- Instants: microseconds since 1970, UTC. Lists are JSON arrays of strings; NULL stands for no restriction.

CREATE TABLE api_key(
  key_id          TEXT    PRIMARY KEY CHECK(typeof(key_id)='text' AND length(key_id)=16),
  name            TEXT    NOT NULL CHECK(length(name) BETWEEN 1 AND 100),
  secret_sha256   BLOB    NOT NULL CHECK(typeof(secret_sha256)='blob' AND length(secret_sha256)=32),
  previous_sha256 BLOB    NULL     CHECK(previous_sha256 IS NULL OR (typeof(previous_sha256)='blob' AND length(previous_sha256)=32)),
  previous_until  INTEGER NULL     CHECK(previous_until IS NULL OR typeof(previous_until)='integer'),
  scopes          INTEGER NOT NULL CHECK(typeof(scopes)='integer' AND scopes BETWEEN 1 AND 63),
  rulesets        TEXT    NULL,
  accounts        TEXT    NULL,
  rate            INTEGER NULL     CHECK(rate IS NULL OR (typeof(rate)='integer' AND rate>=1)),
  created_at      INTEGER NOT NULL CHECK(typeof(created_at)='integer'),
  created_by      TEXT    NOT NULL,
  expires_at      INTEGER NULL     CHECK(expires_at IS NULL OR typeof(expires_at)='integer'),
  rotated_at      INTEGER NULL     CHECK(rotated_at IS NULL OR typeof(rotated_at)='integer'),
  revoked_at      INTEGER NULL     CHECK(revoked_at IS NULL OR typeof(revoked_at)='integer'),
  last_used_at    INTEGER NULL     CHECK(last_used_at IS NULL OR typeof(last_used_at)='integer'),
  CHECK((previous_sha256 IS NULL)=(previous_until IS NULL))
);
-- A key is revoked for good, and what it may do is fixed when it is made.
CREATE TRIGGER api_key_u BEFORE UPDATE ON api_key BEGIN
  SELECT RAISE(ABORT,'api_key: revoked for good') WHERE OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS NOT OLD.revoked_at;
  SELECT RAISE(ABORT,'api_key: what it may do is fixed') WHERE NEW.key_id<>OLD.key_id OR NEW.scopes<>OLD.scopes OR NEW.rulesets IS NOT OLD.rulesets
    OR NEW.accounts IS NOT OLD.accounts OR NEW.created_at<>OLD.created_at OR NEW.created_by<>OLD.created_by; END;
CREATE TRIGGER api_key_d BEFORE DELETE ON api_key BEGIN SELECT RAISE(ABORT,'append-only'); END;

-- What was done to keys: 1 made, 2 given a new secret, 3 revoked.
CREATE TABLE key_audit(
  key_audit_id INTEGER PRIMARY KEY CHECK(typeof(key_audit_id)='integer'),
  at           INTEGER NOT NULL CHECK(typeof(at)='integer'),
  actor        TEXT    NOT NULL CHECK(length(actor) BETWEEN 1 AND 400),
  action       INTEGER NOT NULL CHECK(action BETWEEN 1 AND 3),
  key_id       TEXT    NOT NULL REFERENCES api_key(key_id),
  key_name     TEXT    NOT NULL,
  detail       TEXT    NULL
);
CREATE INDEX key_audit_key ON key_audit(key_id, key_audit_id);
CREATE TRIGGER key_audit_u BEFORE UPDATE ON key_audit BEGIN SELECT RAISE(ABORT,'append-only'); END;
CREATE TRIGGER key_audit_d BEFORE DELETE ON key_audit BEGIN SELECT RAISE(ABORT,'append-only'); END;

-- One row, written to learn whether the database takes writes; it never falls.
CREATE TABLE heartbeat(
  only INTEGER PRIMARY KEY CHECK(only=1),
  at   INTEGER NOT NULL CHECK(typeof(at)='integer')
);

-- What is to be told to others, written in the transaction of the entry that it is about: alerts of thresholds that were crossed.
CREATE TABLE outbox(
  message_id INTEGER PRIMARY KEY AUTOINCREMENT CHECK(typeof(message_id)='integer'),
  account_id INTEGER NOT NULL,
  seq        INTEGER NOT NULL,
  line       INTEGER NOT NULL CHECK(typeof(line)='integer' AND line>=0),
  body       BLOB    NOT NULL CHECK(typeof(body)='blob'),
  created_at INTEGER NOT NULL CHECK(typeof(created_at)='integer'),
  UNIQUE(account_id, seq, line),
  FOREIGN KEY(account_id, seq) REFERENCES journal(account_id, seq)
);

-- The secret signs what is sent, so it is kept itself, encrypted by the service.
CREATE TABLE webhook(
  webhook_id TEXT    PRIMARY KEY CHECK(typeof(webhook_id)='text' AND length(webhook_id)=16),
  url        TEXT    NOT NULL CHECK(length(url) BETWEEN 1 AND 2048),
  secret     BLOB    NOT NULL CHECK(typeof(secret)='blob'),
  created_at INTEGER NOT NULL CHECK(typeof(created_at)='integer'),
  created_by TEXT    NOT NULL,
  removed_at INTEGER NULL     CHECK(removed_at IS NULL OR typeof(removed_at)='integer')
);

-- One row for each message and each webhook that was there when it was written: 1 waits, 2 delivered, 3 given up, 4 the webhook was removed, 5 the alert was
-- muted.
CREATE TABLE delivery(
  message_id INTEGER NOT NULL REFERENCES outbox(message_id),
  webhook_id TEXT    NOT NULL REFERENCES webhook(webhook_id),
  state      INTEGER NOT NULL CHECK(state BETWEEN 1 AND 5),
  attempts   INTEGER NOT NULL CHECK(typeof(attempts)='integer' AND attempts>=0),
  next_at    INTEGER NOT NULL CHECK(typeof(next_at)='integer'),
  PRIMARY KEY(webhook_id, message_id)
) WITHOUT ROWID;
CREATE INDEX delivery_due ON delivery(next_at) WHERE state=1;

CREATE TABLE delivery_attempt(
  message_id  INTEGER NOT NULL,
  webhook_id  TEXT    NOT NULL,
  attempt     INTEGER NOT NULL CHECK(typeof(attempt)='integer' AND attempt>=1),
  at          INTEGER NOT NULL CHECK(typeof(at)='integer'),
  duration_ms INTEGER NOT NULL CHECK(typeof(duration_ms)='integer'),
  status      INTEGER NULL     CHECK(status IS NULL OR typeof(status)='integer'),
  failure     TEXT    NULL,
  PRIMARY KEY(webhook_id, message_id, attempt),
  FOREIGN KEY(webhook_id, message_id) REFERENCES delivery(webhook_id, message_id)
) WITHOUT ROWID;

CREATE TRIGGER outbox_fan AFTER INSERT ON outbox BEGIN
  INSERT INTO delivery(message_id,webhook_id,state,attempts,next_at) SELECT NEW.message_id, webhook_id, 1, 0, 0 FROM webhook WHERE removed_at IS NULL; END;
CREATE TRIGGER outbox_u BEFORE UPDATE ON outbox BEGIN SELECT RAISE(ABORT,'append-only'); END;
CREATE TRIGGER outbox_d BEFORE DELETE ON outbox BEGIN SELECT RAISE(ABORT,'append-only') WHERE OLD.account_id NOT IN (SELECT account_id FROM sample_account); END;
CREATE TRIGGER delivery_attempt_u BEFORE UPDATE ON delivery_attempt BEGIN SELECT RAISE(ABORT,'append-only'); END;

-- Alerts that are kept quiet: 1 muted, 2 unmuted. Of the lines of a ruleset, an alert and an account ('': all of them) the newest counts, until its end.
CREATE TABLE alert_mute(
  mute_id  INTEGER PRIMARY KEY CHECK(typeof(mute_id)='integer'),
  at       INTEGER NOT NULL CHECK(typeof(at)='integer'),
  actor    TEXT    NOT NULL CHECK(length(actor) BETWEEN 1 AND 100),
  action   INTEGER NOT NULL CHECK(action BETWEEN 1 AND 2),
  ruleset  TEXT    NOT NULL CHECK(length(ruleset) BETWEEN 1 AND 64),
  alert    TEXT    NOT NULL CHECK(length(alert) BETWEEN 1 AND 400),
  account  TEXT    NOT NULL CHECK(length(account)<=128),
  until_at INTEGER NULL     CHECK(until_at IS NULL OR (typeof(until_at)='integer' AND until_at>at AND action=1)),
  reason   TEXT    NULL     CHECK((action=1)=(reason IS NOT NULL) AND length(reason)<=500)
);
CREATE INDEX alert_mute_of ON alert_mute(ruleset, alert, account, mute_id);
CREATE TRIGGER alert_mute_u BEFORE UPDATE ON alert_mute BEGIN SELECT RAISE(ABORT,'append-only'); END;
CREATE TRIGGER alert_mute_d BEFORE DELETE ON alert_mute BEGIN SELECT RAISE(ABORT,'append-only'); END;

-- Versions before they are published: 1 draft, 2 in review, 3 approved, 4 scheduled, 5 published, 6 rejected, 7 discarded, 8 rolled back.
-- Who wrote in it is a JSON array of names.
CREATE TABLE draft(
  draft_id        TEXT    PRIMARY KEY CHECK(typeof(draft_id)='text' AND length(draft_id)=16),
  ruleset         TEXT    NOT NULL CHECK(length(ruleset) BETWEEN 1 AND 64),
  number          INTEGER NOT NULL CHECK(typeof(number)='integer' AND number>=1),
  base            INTEGER NOT NULL CHECK(typeof(base)='integer' AND base>=0 AND base<number AND (base>=1 OR number=1)),
  rolls_back      INTEGER NULL     CHECK(rolls_back IS NULL OR typeof(rolls_back)='integer'),
  text            TEXT    NOT NULL CHECK(typeof(text)='text'),
  state           INTEGER NOT NULL CHECK(state BETWEEN 1 AND 8),
  row_version     INTEGER NOT NULL CHECK(typeof(row_version)='integer' AND row_version>=1),
  authors         TEXT    NOT NULL CHECK(length(authors)>=5),
  created_at      INTEGER NOT NULL CHECK(typeof(created_at)='integer'),
  changed_at      INTEGER NOT NULL CHECK(typeof(changed_at)='integer'),
  replay_sha256   BLOB    NULL     CHECK(replay_sha256 IS NULL OR (typeof(replay_sha256)='blob' AND length(replay_sha256)=32)),
  effective_at    INTEGER NULL     CHECK(effective_at IS NULL OR typeof(effective_at)='integer'),
  approved_sha256 BLOB    NULL     CHECK(approved_sha256 IS NULL OR (typeof(approved_sha256)='blob' AND length(approved_sha256)=32)),
  approved_by     TEXT    NULL,
  approved_at     INTEGER NULL     CHECK(approved_at IS NULL OR typeof(approved_at)='integer'),
  CHECK((approved_sha256 IS NULL)=(approved_by IS NULL) AND (approved_sha256 IS NULL)=(approved_at IS NULL)),
  CHECK(state NOT IN (3,4) OR approved_sha256 IS NOT NULL),
  CHECK(state NOT IN (2,3,4,5,8) OR effective_at IS NOT NULL)
);
CREATE INDEX draft_changed ON draft(changed_at);
-- Of two drafts that would become the same version one is scheduled.
CREATE UNIQUE INDEX draft_scheduled ON draft(ruleset, number) WHERE state=4;
CREATE TRIGGER draft_u BEFORE UPDATE ON draft BEGIN
  SELECT RAISE(ABORT,'draft: one row version further') WHERE NEW.row_version<>OLD.row_version+1;
  SELECT RAISE(ABORT,'draft: its origin is fixed') WHERE NEW.draft_id<>OLD.draft_id OR NEW.ruleset<>OLD.ruleset OR NEW.created_at<>OLD.created_at OR NEW.rolls_back IS NOT OLD.rolls_back;
  SELECT RAISE(ABORT,'draft: it has ended') WHERE OLD.state IN (5,7,8) AND NOT (OLD.state=5 AND NEW.state=8);
  SELECT RAISE(ABORT,'draft: what is approved stays as it is') WHERE NEW.state IN (3,4) AND OLD.state IN (3,4) AND (NEW.text<>OLD.text OR NEW.number<>OLD.number OR NEW.base<>OLD.base); END;
CREATE TRIGGER draft_d BEFORE DELETE ON draft BEGIN SELECT RAISE(ABORT,'append-only'); END;

-- Who did what on the way from draft to price. 1 created, 2 saved, 3 merged, 4 discarded, 5 review requested, 6 withdrawn, 7 approved, 8 rejected, 9 scheduled,
-- 10 published, 11 published in emergency, 12 schedule failed, 13 rolled back.
CREATE TABLE audit(
  audit_id    INTEGER PRIMARY KEY CHECK(typeof(audit_id)='integer'),
  at          INTEGER NOT NULL CHECK(typeof(at)='integer'),
  actor       TEXT    NOT NULL CHECK(length(actor) BETWEEN 1 AND 100),
  action      INTEGER NOT NULL CHECK(action BETWEEN 1 AND 13),
  ruleset     TEXT    NOT NULL,
  draft_id    TEXT    NOT NULL REFERENCES draft(draft_id),
  number      INTEGER NOT NULL CHECK(typeof(number)='integer'),
  text_sha256 BLOB    NOT NULL CHECK(typeof(text_sha256)='blob' AND length(text_sha256)=32),
  reason      TEXT    NULL,
  detail      TEXT    NULL
);
CREATE INDEX audit_draft ON audit(draft_id, audit_id);
CREATE INDEX audit_ruleset ON audit(ruleset, audit_id);
CREATE TRIGGER audit_u BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT,'append-only'); END;
CREATE TRIGGER audit_d BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT,'append-only'); END;

-- What people say about a draft, of a line of the text that they saw or of all of it.
CREATE TABLE draft_comment(
  comment_id  INTEGER PRIMARY KEY CHECK(typeof(comment_id)='integer'),
  draft_id    TEXT    NOT NULL REFERENCES draft(draft_id),
  at          INTEGER NOT NULL CHECK(typeof(at)='integer'),
  author      TEXT    NOT NULL CHECK(length(author) BETWEEN 1 AND 100),
  line        INTEGER NULL     CHECK(line IS NULL OR (typeof(line)='integer' AND line>=1)),
  line_text   TEXT    NULL     CHECK((line IS NULL)=(line_text IS NULL)),
  text_sha256 BLOB    NOT NULL CHECK(typeof(text_sha256)='blob' AND length(text_sha256)=32),
  body        TEXT    NOT NULL CHECK(length(body) BETWEEN 1 AND 4000)
);
CREATE INDEX draft_comment_draft ON draft_comment(draft_id, comment_id);
CREATE TRIGGER draft_comment_u BEFORE UPDATE ON draft_comment BEGIN SELECT RAISE(ABORT,'append-only'); END;
CREATE TRIGGER draft_comment_d BEFORE DELETE ON draft_comment BEGIN SELECT RAISE(ABORT,'append-only'); END;

-- How far a change of a ruleset's prices may go before publishing it asks for a confirmation: the newest line of a check
-- counts; without a limit it says that the usual one holds. 1 new zero prices, 2 new negative prices, 3 accounts that run out sooner, 4 stopped uses, 5 the
-- largest increase of an account in per cent, 6 the change of the total in per cent.
CREATE TABLE guard_rail(
  guard_rail_id INTEGER PRIMARY KEY CHECK(typeof(guard_rail_id)='integer'),
  ruleset       TEXT    NOT NULL CHECK(length(ruleset)>=1),
  check_no      INTEGER NOT NULL CHECK(typeof(check_no)='integer' AND check_no BETWEEN 1 AND 100),
  most          INTEGER NULL     CHECK(most IS NULL OR (typeof(most)='integer' AND most>=0)),
  at            INTEGER NOT NULL CHECK(typeof(at)='integer'),
  actor         TEXT    NOT NULL CHECK(length(actor) BETWEEN 1 AND 100)
);
CREATE INDEX guard_rail_ruleset ON guard_rail(ruleset, guard_rail_id);
CREATE TRIGGER guard_rail_u BEFORE UPDATE ON guard_rail BEGIN SELECT RAISE(ABORT,'append-only'); END;
CREATE TRIGGER guard_rail_d BEFORE DELETE ON guard_rail BEGIN SELECT RAISE(ABORT,'append-only'); END;

-- Replays that have ended: what was asked for, and what it came to, as JSON. The texts of drafts are not kept, their hashes are in both.
CREATE TABLE replay(
  replay_no    INTEGER PRIMARY KEY,
  replay_id    TEXT    NOT NULL UNIQUE CHECK(typeof(replay_id)='text' AND length(replay_id)=16),
  ruleset      TEXT    NOT NULL,
  account      TEXT    NULL,
  requested_at INTEGER NOT NULL CHECK(typeof(requested_at)='integer'),
  requested_by TEXT    NOT NULL,
  ended_at     INTEGER NOT NULL CHECK(typeof(ended_at)='integer'),
  state        INTEGER NOT NULL CHECK(state BETWEEN 2 AND 4),
  events       INTEGER NULL     CHECK(events IS NULL OR (typeof(events)='integer' AND events>=0)),
  published    TEXT    NULL     CHECK(published IS NULL OR length(published) BETWEEN 1 AND 100),
  request      BLOB    NOT NULL CHECK(typeof(request)='blob'),
  result       BLOB    NOT NULL CHECK(typeof(result)='blob')
);
CREATE INDEX replay_ruleset ON replay(ruleset, replay_no);
CREATE TRIGGER replay_u BEFORE UPDATE ON replay BEGIN SELECT RAISE(ABORT,'append-only'); END;
CREATE TRIGGER replay_d BEFORE DELETE ON replay BEGIN SELECT RAISE(ABORT,'append-only'); END;

-- Usage that was never charged here, batch by batch: how far its file was read, and what the batch holds. The batches of one import share its id; only the
-- highest number can be taken, so of two imports at once one fails.
CREATE TABLE usage_batch(
  ruleset        TEXT    NOT NULL,
  batch_no       INTEGER NOT NULL CHECK(typeof(batch_no)='integer' AND batch_no>0),
  import_id      TEXT    NOT NULL CHECK(typeof(import_id)='text' AND length(import_id)=16),
  source         TEXT    NOT NULL,
  mapping_sha256 BLOB    NOT NULL CHECK(typeof(mapping_sha256)='blob' AND length(mapping_sha256)=32),
  imported_at    INTEGER NOT NULL CHECK(typeof(imported_at)='integer'),
  imported_by    TEXT    NOT NULL,
  position       INTEGER NOT NULL CHECK(position>=0),
  prefix_sha256  BLOB    NOT NULL CHECK(typeof(prefix_sha256)='blob' AND length(prefix_sha256)=32),
  lines          INTEGER NOT NULL CHECK(lines>=0),
  events         INTEGER NOT NULL CHECK(events>=0),
  duplicates     INTEGER NOT NULL CHECK(duplicates>=0),
  is_last        INTEGER NOT NULL CHECK(is_last IN (0,1)),
  PRIMARY KEY(ruleset, batch_no)
) WITHOUT ROWID;
CREATE TRIGGER usage_batch_u BEFORE UPDATE ON usage_batch BEGIN SELECT RAISE(ABORT,'append-only'); END;
CREATE TRIGGER usage_batch_d BEFORE DELETE ON usage_batch BEGIN SELECT RAISE(ABORT,'append-only'); END;

-- Its events in columns, a range of accounts each, and their ids in the same order; both packed, with the hash of what was packed.
CREATE TABLE usage_segment(
  ruleset       TEXT    NOT NULL,
  batch_no      INTEGER NOT NULL,
  segment_no    INTEGER NOT NULL CHECK(typeof(segment_no)='integer' AND segment_no>0),
  first_account TEXT    NOT NULL,
  last_account  TEXT    NOT NULL,
  from_at       INTEGER NOT NULL CHECK(typeof(from_at)='integer'),
  until_at      INTEGER NOT NULL CHECK(typeof(until_at)='integer'),
  events        INTEGER NOT NULL CHECK(events>0),
  columns       BLOB    NOT NULL CHECK(typeof(columns)='blob'),
  columns_sha256 BLOB   NOT NULL CHECK(typeof(columns_sha256)='blob' AND length(columns_sha256)=32),
  ids           BLOB    NOT NULL CHECK(typeof(ids)='blob'),
  ids_sha256    BLOB    NOT NULL CHECK(typeof(ids_sha256)='blob' AND length(ids_sha256)=32),
  PRIMARY KEY(ruleset, batch_no, segment_no),
  FOREIGN KEY(ruleset, batch_no) REFERENCES usage_batch(ruleset, batch_no)
);
CREATE TRIGGER usage_segment_u BEFORE UPDATE ON usage_segment BEGIN SELECT RAISE(ABORT,'append-only'); END;
-- An import that is taken back: its batches stay as the record of what there was, its segments go. The row comes first.
CREATE TABLE usage_withdrawal(
  import_id    TEXT    NOT NULL PRIMARY KEY CHECK(typeof(import_id)='text' AND length(import_id)=16),
  withdrawn_at INTEGER NOT NULL CHECK(typeof(withdrawn_at)='integer'),
  withdrawn_by TEXT    NOT NULL
) WITHOUT ROWID;
CREATE TRIGGER usage_withdrawal_u BEFORE UPDATE ON usage_withdrawal BEGIN SELECT RAISE(ABORT,'append-only'); END;
CREATE TRIGGER usage_withdrawal_d BEFORE DELETE ON usage_withdrawal BEGIN SELECT RAISE(ABORT,'append-only'); END;
CREATE TRIGGER usage_batch_i BEFORE INSERT ON usage_batch WHEN EXISTS(SELECT 1 FROM usage_withdrawal w WHERE w.import_id=NEW.import_id)
  BEGIN SELECT RAISE(ABORT,'withdrawn'); END;
CREATE TRIGGER usage_segment_d BEFORE DELETE ON usage_segment
  WHEN NOT EXISTS(SELECT 1 FROM usage_batch b JOIN usage_withdrawal w ON w.import_id=b.import_id WHERE b.ruleset=OLD.ruleset AND b.batch_no=OLD.batch_no)
  BEGIN SELECT RAISE(ABORT,'append-only'); END;
-- Past usage of the journal once more, in columns: made from the entries and made again from them, so rows may go. A generation goes on where the one before ended;
-- position is up to which every entry of the ruleset is in segments.
CREATE TABLE past_segment(
  ruleset       TEXT    NOT NULL,
  generation    INTEGER NOT NULL CHECK(typeof(generation)='integer' AND generation>0),
  segment_no    INTEGER NOT NULL CHECK(typeof(segment_no)='integer' AND segment_no>0),
  position      INTEGER NOT NULL CHECK(typeof(position)='integer' AND position>=0),
  first_account TEXT    NOT NULL,
  last_account  TEXT    NOT NULL,
  events        INTEGER NOT NULL CHECK(events>=0),
  body          BLOB    NOT NULL CHECK(typeof(body)='blob'),
  sha256        BLOB    NOT NULL CHECK(typeof(sha256)='blob' AND length(sha256)=32),
  PRIMARY KEY(ruleset, generation, segment_no)
);
CREATE TRIGGER past_segment_u BEFORE UPDATE ON past_segment BEGIN SELECT RAISE(ABORT,'made again, never changed'); END;
-- Who uses the portal. Names stay somebody's for ever: drafts and both logs tell people apart by them. Roles: 1 viewer, 2 editor, 4 approver, 8 operator,
-- 16 admin, 32 emergency publication.
CREATE TABLE person(
  person_id     TEXT    PRIMARY KEY CHECK(typeof(person_id)='text' AND length(person_id)=16),
  name          TEXT    NOT NULL CHECK(length(name) BETWEEN 1 AND 100),
  lookup_name   TEXT    NOT NULL UNIQUE CHECK(length(lookup_name) BETWEEN 1 AND 100),
  roles         INTEGER NOT NULL CHECK(typeof(roles)='integer' AND roles BETWEEN 1 AND 63),
  password_hash TEXT    NULL     CHECK(password_hash IS NULL OR length(password_hash) BETWEEN 1 AND 400),
  stamp         TEXT    NOT NULL CHECK(length(stamp) BETWEEN 1 AND 100),
  failed        INTEGER NOT NULL CHECK(typeof(failed)='integer' AND failed>=0),
  locked_until  INTEGER NULL     CHECK(locked_until IS NULL OR typeof(locked_until)='integer'),
  created_at    INTEGER NOT NULL CHECK(typeof(created_at)='integer'),
  created_by    TEXT    NOT NULL CHECK(length(created_by) BETWEEN 1 AND 100),
  revoked_at    INTEGER NULL     CHECK(revoked_at IS NULL OR typeof(revoked_at)='integer'),
  row_version   INTEGER NOT NULL CHECK(typeof(row_version)='integer' AND row_version>=1)
);
CREATE TRIGGER person_u BEFORE UPDATE ON person BEGIN
  SELECT RAISE(ABORT,'person: one row version at a time') WHERE NEW.row_version<>OLD.row_version+1;
  SELECT RAISE(ABORT,'person: name and origin are fixed') WHERE NEW.person_id<>OLD.person_id OR NEW.name<>OLD.name OR NEW.lookup_name<>OLD.lookup_name
    OR NEW.created_at<>OLD.created_at OR NEW.created_by<>OLD.created_by;
  SELECT RAISE(ABORT,'person: the last admin stays') WHERE OLD.roles&16<>0 AND OLD.revoked_at IS NULL AND (NEW.roles&16=0 OR NEW.revoked_at IS NOT NULL)
    AND NOT EXISTS(SELECT 1 FROM person p WHERE p.person_id<>OLD.person_id AND p.roles&16<>0 AND p.revoked_at IS NULL); END;
CREATE TRIGGER person_d BEFORE DELETE ON person BEGIN SELECT RAISE(ABORT,'append-only'); END;

-- Links that sign somebody in once. The secret has 256 random bits and is not kept.
CREATE TABLE sign_in_link(
  secret_sha256 BLOB    PRIMARY KEY CHECK(typeof(secret_sha256)='blob' AND length(secret_sha256)=32),
  person_id     TEXT    NOT NULL REFERENCES person(person_id),
  created_at    INTEGER NOT NULL CHECK(typeof(created_at)='integer'),
  expires_at    INTEGER NOT NULL CHECK(typeof(expires_at)='integer' AND expires_at>created_at),
  used_at       INTEGER NULL     CHECK(used_at IS NULL OR typeof(used_at)='integer')
);
CREATE INDEX sign_in_link_person ON sign_in_link(person_id) WHERE used_at IS NULL;
CREATE TRIGGER sign_in_link_u BEFORE UPDATE ON sign_in_link BEGIN
  SELECT RAISE(ABORT,'sign_in_link: used once') WHERE OLD.used_at IS NOT NULL OR NEW.secret_sha256<>OLD.secret_sha256 OR NEW.person_id<>OLD.person_id
    OR NEW.created_at<>OLD.created_at OR NEW.expires_at<>OLD.expires_at; END;
CREATE TRIGGER sign_in_link_d BEFORE DELETE ON sign_in_link BEGIN SELECT RAISE(ABORT,'append-only'); END;

-- What was done to people. 1 added, 2 roles changed, 3 revoked, 4 restored, 5 link issued, 6 signed in, 7 signed out, 8 password set, 9 locked out.
CREATE TABLE person_audit(
  person_audit_id INTEGER PRIMARY KEY CHECK(typeof(person_audit_id)='integer'),
  at              INTEGER NOT NULL CHECK(typeof(at)='integer'),
  actor           TEXT    NOT NULL CHECK(length(actor) BETWEEN 1 AND 100),
  action          INTEGER NOT NULL CHECK(action BETWEEN 1 AND 9),
  person_id       TEXT    NOT NULL REFERENCES person(person_id),
  person_name     TEXT    NOT NULL,
  detail          TEXT    NULL
);
CREATE INDEX person_audit_person ON person_audit(person_id, person_audit_id);
CREATE TRIGGER person_audit_u BEFORE UPDATE ON person_audit BEGIN SELECT RAISE(ABORT,'append-only'); END;
CREATE TRIGGER person_audit_d BEFORE DELETE ON person_audit BEGIN SELECT RAISE(ABORT,'append-only'); END;

-- Reports that somebody keeps under a name of their own; they are theirs to change and to delete.
CREATE TABLE report_view(
  view_id    TEXT    PRIMARY KEY CHECK(typeof(view_id)='text' AND length(view_id)=16),
  person_id  TEXT    NOT NULL REFERENCES person(person_id),
  name       TEXT    NOT NULL CHECK(length(name) BETWEEN 1 AND 100),
  query      TEXT    NOT NULL CHECK(length(query)<=2000),
  created_at INTEGER NOT NULL CHECK(typeof(created_at)='integer'),
  UNIQUE(person_id, name)
);
