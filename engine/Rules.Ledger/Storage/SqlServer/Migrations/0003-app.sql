-- The service around the ledger. Rows here may change, unlike the ledger's; nothing of the ledger refers to them.
-- Instants: microseconds since 1970, UTC. Lists are JSON arrays of strings; NULL stands for no restriction.
CREATE SCHEMA app AUTHORIZATION dbo;
GO
CREATE TABLE app.api_key(
  key_id          nvarchar(16)  COLLATE Latin1_General_100_BIN2 NOT NULL CONSTRAINT pk_api_key PRIMARY KEY CLUSTERED CONSTRAINT ck_api_key_id CHECK(LEN(key_id)=16),
  name            nvarchar(100) NOT NULL CONSTRAINT ck_api_key_name CHECK(LEN(name)>=1),
  secret_sha256   binary(32)    NOT NULL,
  previous_sha256 binary(32)    NULL,
  previous_until  bigint        NULL,
  scopes          int           NOT NULL CONSTRAINT ck_api_key_scopes CHECK(scopes BETWEEN 1 AND 63),
  rulesets        nvarchar(max) NULL,
  accounts        nvarchar(max) NULL,
  rate            int           NULL CONSTRAINT ck_api_key_rate CHECK(rate IS NULL OR rate>=1),
  created_at      bigint        NOT NULL,
  created_by      nvarchar(400) NOT NULL,
  expires_at      bigint        NULL,
  rotated_at      bigint        NULL,
  revoked_at      bigint        NULL,
  last_used_at    bigint        NULL,
  CONSTRAINT ck_api_key_previous CHECK((previous_sha256 IS NULL AND previous_until IS NULL) OR (previous_sha256 IS NOT NULL AND previous_until IS NOT NULL))
);
GO
-- A key is revoked for good, and what it may do is fixed when it is made.
CREATE TRIGGER app.api_key_fixed ON app.api_key AFTER UPDATE AS
BEGIN
  SET NOCOUNT ON;
  IF EXISTS(SELECT 1 FROM deleted d LEFT JOIN inserted i ON i.key_id=d.key_id
    WHERE i.key_id IS NULL OR (d.revoked_at IS NOT NULL AND (i.revoked_at IS NULL OR i.revoked_at<>d.revoked_at)) OR i.scopes<>d.scopes
      OR COALESCE(i.rulesets, N'-')<>COALESCE(d.rulesets, N'-') OR COALESCE(i.accounts, N'-')<>COALESCE(d.accounts, N'-') OR i.created_at<>d.created_at
      OR i.created_by<>d.created_by)
    THROW 50030, 'api_key: what it may do is fixed, and it is revoked for good', 1;
END
GO
CREATE TRIGGER app.api_key_stays ON app.api_key INSTEAD OF DELETE AS THROW 50020, 'append-only', 1;
GO
-- What was done to keys: 1 made, 2 given a new secret, 3 revoked.
CREATE TABLE app.key_audit(
  key_audit_id bigint IDENTITY(1,1) NOT NULL CONSTRAINT pk_key_audit PRIMARY KEY CLUSTERED,
  audited_at   bigint        NOT NULL,
  actor        nvarchar(400) NOT NULL CONSTRAINT ck_key_audit_actor CHECK(LEN(actor)>=1),
  action       tinyint       NOT NULL CONSTRAINT ck_key_audit_action CHECK(action BETWEEN 1 AND 3),
  key_id       nvarchar(16)  COLLATE Latin1_General_100_BIN2 NOT NULL CONSTRAINT fk_key_audit_key REFERENCES app.api_key(key_id),
  key_name     nvarchar(100) NOT NULL,
  detail       nvarchar(1000) NULL
);
GO
CREATE INDEX ix_key_audit_key ON app.key_audit(key_id, key_audit_id);
GO
CREATE TRIGGER app.key_audit_append_only ON app.key_audit INSTEAD OF UPDATE, DELETE AS THROW 50020, 'append-only', 1;
GO
-- One row, written to learn whether the database takes writes; it never falls.
CREATE TABLE app.heartbeat(
  heartbeat_id tinyint NOT NULL CONSTRAINT pk_heartbeat PRIMARY KEY CLUSTERED CONSTRAINT ck_heartbeat_one CHECK(heartbeat_id=1),
  beat_at      bigint  NOT NULL
);
GO
INSERT app.heartbeat(heartbeat_id, beat_at) VALUES(1, 0);
GO
-- The secret signs what is sent, so it is kept itself, encrypted by the service.
CREATE TABLE app.webhook(
  webhook_id nvarchar(16)   COLLATE Latin1_General_100_BIN2 NOT NULL CONSTRAINT pk_webhook PRIMARY KEY CLUSTERED CONSTRAINT ck_webhook_id CHECK(LEN(webhook_id)=16),
  url        nvarchar(2048) NOT NULL CONSTRAINT ck_webhook_url CHECK(LEN(url)>=1),
  secret     varbinary(max) NOT NULL,
  created_at bigint         NOT NULL,
  created_by nvarchar(400)  NOT NULL,
  removed_at bigint         NULL
);
GO
-- One row for each message and each webhook that was there when it was written: 1 waits, 2 delivered, 3 given up, 4 the webhook was removed, 5 the alert was
-- muted.
CREATE TABLE app.delivery(
  webhook_id nvarchar(16) COLLATE Latin1_General_100_BIN2 NOT NULL CONSTRAINT fk_delivery_webhook REFERENCES app.webhook(webhook_id),
  message_id bigint       NOT NULL CONSTRAINT fk_delivery_message REFERENCES ledger.outbox(message_id),
  state      tinyint      NOT NULL CONSTRAINT ck_delivery_state CHECK(state BETWEEN 1 AND 5),
  attempts   int          NOT NULL CONSTRAINT ck_delivery_attempts CHECK(attempts>=0),
  next_at    bigint       NOT NULL,
  CONSTRAINT pk_delivery PRIMARY KEY CLUSTERED(webhook_id, message_id)
);
GO
CREATE INDEX ix_delivery_due ON app.delivery(next_at, message_id) WHERE state=1;
GO
CREATE TABLE app.delivery_attempt(
  webhook_id   nvarchar(16)  COLLATE Latin1_General_100_BIN2 NOT NULL,
  message_id   bigint        NOT NULL,
  attempt      int           NOT NULL CONSTRAINT ck_attempt_number CHECK(attempt>=1),
  attempted_at bigint        NOT NULL,
  duration_ms  int           NOT NULL,
  status       int           NULL,
  failure      nvarchar(400) NULL,
  CONSTRAINT pk_delivery_attempt PRIMARY KEY CLUSTERED(webhook_id, message_id, attempt),
  CONSTRAINT fk_attempt_delivery FOREIGN KEY(webhook_id, message_id) REFERENCES app.delivery(webhook_id, message_id)
);
GO
CREATE TRIGGER ledger.outbox_fan ON ledger.outbox AFTER INSERT AS
BEGIN
  SET NOCOUNT ON;
  INSERT app.delivery(webhook_id, message_id, state, attempts, next_at)
    SELECT w.webhook_id, i.message_id, 1, 0, 0 FROM inserted i CROSS JOIN app.webhook w WHERE w.removed_at IS NULL;
END
GO
CREATE TRIGGER app.heartbeat_stays ON app.heartbeat INSTEAD OF DELETE AS THROW 50020, 'append-only', 1;
GO
CREATE TRIGGER app.webhook_stays ON app.webhook INSTEAD OF DELETE AS THROW 50020, 'append-only', 1;
GO
CREATE TRIGGER app.delivery_stays ON app.delivery INSTEAD OF DELETE AS THROW 50020, 'append-only', 1;
GO
CREATE TRIGGER app.delivery_attempt_append_only ON app.delivery_attempt INSTEAD OF UPDATE, DELETE AS THROW 50020, 'append-only', 1;
GO
-- Alerts that are kept quiet: 1 muted, 2 unmuted. Of the lines of a ruleset, an alert and an account ('': all of them) the newest counts, until its end.
CREATE TABLE app.alert_mute(
  mute_id  bigint IDENTITY(1,1) NOT NULL CONSTRAINT pk_alert_mute PRIMARY KEY CLUSTERED,
  muted_at bigint        NOT NULL,
  actor    nvarchar(100) NOT NULL CONSTRAINT ck_alert_mute_actor CHECK(LEN(actor)>=1),
  action   tinyint       NOT NULL CONSTRAINT ck_alert_mute_action CHECK(action BETWEEN 1 AND 2),
  ruleset  nvarchar(64)  COLLATE Latin1_General_100_BIN2 NOT NULL CONSTRAINT ck_alert_mute_ruleset CHECK(LEN(ruleset)>=1),
  alert    nvarchar(400) COLLATE Latin1_General_100_BIN2 NOT NULL CONSTRAINT ck_alert_mute_alert CHECK(LEN(alert)>=1),
  account  nvarchar(128) COLLATE Latin1_General_100_BIN2 NOT NULL,
  until_at bigint        NULL,
  reason   nvarchar(500) NULL,
  CONSTRAINT ck_alert_mute_until CHECK(until_at IS NULL OR (until_at>muted_at AND action=1)),
  CONSTRAINT ck_alert_mute_reason CHECK((action=1 AND reason IS NOT NULL) OR (action=2 AND reason IS NULL))
);
GO
CREATE INDEX ix_alert_mute_of ON app.alert_mute(ruleset, alert, account, mute_id);
GO
CREATE TRIGGER app.alert_mute_append_only ON app.alert_mute INSTEAD OF UPDATE, DELETE AS THROW 50020, 'append-only', 1;
GO
-- Versions before they are published: 1 draft, 2 in review, 3 approved, 4 scheduled, 5 published, 6 rejected, 7 discarded, 8 rolled back.
-- Who wrote in it is a JSON array of names.
CREATE TABLE app.draft(
  draft_id        nvarchar(16)  COLLATE Latin1_General_100_BIN2 NOT NULL CONSTRAINT pk_draft PRIMARY KEY CLUSTERED CONSTRAINT ck_draft_id CHECK(LEN(draft_id)=16),
  ruleset         nvarchar(64)  COLLATE Latin1_General_100_BIN2 NOT NULL CONSTRAINT ck_draft_ruleset CHECK(LEN(ruleset)>=1),
  number          int           NOT NULL CONSTRAINT ck_draft_number CHECK(number>=1),
  base            int           NOT NULL CONSTRAINT ck_draft_base_number CHECK(base>=0),
  rolls_back      int           NULL,
  text            nvarchar(max) NOT NULL,
  state           tinyint       NOT NULL CONSTRAINT ck_draft_state CHECK(state BETWEEN 1 AND 8),
  row_version     int           NOT NULL CONSTRAINT ck_draft_row_version CHECK(row_version>=1),
  authors         nvarchar(max) NOT NULL CONSTRAINT ck_draft_authors CHECK(LEN(authors)>=5),
  created_at      bigint        NOT NULL,
  changed_at      bigint        NOT NULL,
  replay_sha256   binary(32)    NULL,
  effective_at    bigint        NULL,
  approved_sha256 binary(32)    NULL,
  approved_by     nvarchar(100) NULL,
  approved_at     bigint        NULL,
  CONSTRAINT ck_draft_base CHECK(base<number AND (base>=1 OR number=1)),
  CONSTRAINT ck_draft_approval CHECK((approved_sha256 IS NULL AND approved_by IS NULL AND approved_at IS NULL)
    OR (approved_sha256 IS NOT NULL AND approved_by IS NOT NULL AND approved_at IS NOT NULL)),
  CONSTRAINT ck_draft_approved CHECK(state NOT IN (3,4) OR approved_sha256 IS NOT NULL),
  CONSTRAINT ck_draft_effective CHECK(state NOT IN (2,3,4,5,8) OR effective_at IS NOT NULL)
);
GO
CREATE INDEX ix_draft_changed ON app.draft(changed_at);
GO
-- Of two drafts that would become the same version one is scheduled.
CREATE UNIQUE INDEX uq_draft_scheduled ON app.draft(ruleset, number) WHERE state=4;
GO
CREATE TRIGGER app.draft_moves ON app.draft AFTER UPDATE AS
BEGIN
  SET NOCOUNT ON;
  IF EXISTS(SELECT 1 FROM deleted d LEFT JOIN inserted i ON i.draft_id=d.draft_id
    WHERE i.draft_id IS NULL OR i.row_version<>d.row_version+1 OR i.ruleset<>d.ruleset OR i.created_at<>d.created_at OR COALESCE(i.rolls_back, 0)<>COALESCE(d.rolls_back, 0)
      OR (d.state IN (5,7,8) AND NOT (d.state=5 AND i.state=8))
      OR (i.state IN (3,4) AND d.state IN (3,4) AND (i.text COLLATE Latin1_General_100_BIN2<>d.text COLLATE Latin1_General_100_BIN2 OR i.number<>d.number OR i.base<>d.base)))
    THROW 50031, 'draft: it moves one row version at a time, has a fixed origin, stays as it is approved, and ends once', 1;
END
GO
CREATE TRIGGER app.draft_stays ON app.draft INSTEAD OF DELETE AS THROW 50020, 'append-only', 1;
GO
-- Who did what on the way from draft to price. 1 created, 2 saved, 3 merged, 4 discarded, 5 review requested, 6 withdrawn, 7 approved, 8 rejected, 9 scheduled,
-- 10 published, 11 published in emergency, 12 schedule failed, 13 rolled back.
CREATE TABLE app.audit(
  audit_id    bigint IDENTITY(1,1) NOT NULL CONSTRAINT pk_audit PRIMARY KEY CLUSTERED,
  audited_at  bigint        NOT NULL,
  actor       nvarchar(100) NOT NULL CONSTRAINT ck_audit_actor CHECK(LEN(actor)>=1),
  action      tinyint       NOT NULL CONSTRAINT ck_audit_action CHECK(action BETWEEN 1 AND 13),
  ruleset     nvarchar(64)  COLLATE Latin1_General_100_BIN2 NOT NULL,
  draft_id    nvarchar(16)  COLLATE Latin1_General_100_BIN2 NOT NULL CONSTRAINT fk_audit_draft REFERENCES app.draft(draft_id),
  number      int           NOT NULL,
  text_sha256 binary(32)    NOT NULL,
  reason      nvarchar(2000) NULL,
  detail      nvarchar(max) NULL
);
GO
CREATE INDEX ix_audit_draft ON app.audit(draft_id, audit_id);
GO
CREATE INDEX ix_audit_ruleset ON app.audit(ruleset, audit_id);
GO
CREATE TRIGGER app.audit_append_only ON app.audit INSTEAD OF UPDATE, DELETE AS THROW 50020, 'append-only', 1;
GO
-- What people say about a draft, of a line of the text that they saw or of all of it.
CREATE TABLE app.draft_comment(
  comment_id  bigint IDENTITY(1,1) NOT NULL CONSTRAINT pk_draft_comment PRIMARY KEY CLUSTERED,
  draft_id    nvarchar(16)  COLLATE Latin1_General_100_BIN2 NOT NULL CONSTRAINT fk_draft_comment REFERENCES app.draft(draft_id),
  said_at     bigint        NOT NULL,
  author      nvarchar(100) NOT NULL CONSTRAINT ck_draft_comment_author CHECK(LEN(author)>=1),
  line        int           NULL CONSTRAINT ck_draft_comment_line CHECK(line IS NULL OR line>=1),
  line_text   nvarchar(max) NULL,
  text_sha256 binary(32)    NOT NULL,
  body        nvarchar(4000) NOT NULL CONSTRAINT ck_draft_comment_body CHECK(LEN(body)>=1),
  CONSTRAINT ck_draft_comment_place CHECK((line IS NULL AND line_text IS NULL) OR (line IS NOT NULL AND line_text IS NOT NULL))
);
GO
CREATE INDEX ix_draft_comment_draft ON app.draft_comment(draft_id, comment_id);
GO
CREATE TRIGGER app.draft_comment_append_only ON app.draft_comment INSTEAD OF UPDATE, DELETE AS THROW 50020, 'append-only', 1;
GO
-- How far a change of a ruleset's prices may go before publishing it asks for a confirmation: the newest line of a check
-- counts; without a limit it says that the usual one holds. 1 new zero prices, 2 new negative prices, 3 accounts that run out sooner, 4 stopped uses, 5 the
-- largest increase of an account in per cent, 6 the change of the total in per cent.
CREATE TABLE app.guard_rail(
  guard_rail_id bigint IDENTITY(1,1) NOT NULL CONSTRAINT pk_guard_rail PRIMARY KEY CLUSTERED,
  ruleset       nvarchar(64)  COLLATE Latin1_General_100_BIN2 NOT NULL CONSTRAINT ck_guard_rail_ruleset CHECK(LEN(ruleset)>=1),
  check_no      tinyint       NOT NULL CONSTRAINT ck_guard_rail_check CHECK(check_no BETWEEN 1 AND 100),
  most          bigint        NULL CONSTRAINT ck_guard_rail_most CHECK(most IS NULL OR most>=0),
  set_at        bigint        NOT NULL,
  actor         nvarchar(100) NOT NULL CONSTRAINT ck_guard_rail_actor CHECK(LEN(actor)>=1)
);
GO
CREATE INDEX ix_guard_rail_ruleset ON app.guard_rail(ruleset, guard_rail_id);
GO
CREATE TRIGGER app.guard_rail_append_only ON app.guard_rail INSTEAD OF UPDATE, DELETE AS THROW 50020, 'append-only', 1;
GO
-- Replays that have ended: what was asked for, and what it came to, as JSON. The texts of drafts are not kept, their hashes are in both.
CREATE TABLE app.replay(
  replay_no    bigint IDENTITY(1,1) NOT NULL CONSTRAINT pk_replay PRIMARY KEY CLUSTERED,
  replay_id    nvarchar(16)   COLLATE Latin1_General_100_BIN2 NOT NULL CONSTRAINT uq_replay UNIQUE CONSTRAINT ck_replay_id CHECK(LEN(replay_id)=16),
  ruleset      nvarchar(400)  COLLATE Latin1_General_100_BIN2 NOT NULL,
  account      nvarchar(128)  COLLATE Latin1_General_100_BIN2 NULL,
  requested_at bigint         NOT NULL,
  requested_by nvarchar(400)  NOT NULL,
  ended_at     bigint         NOT NULL,
  state        tinyint        NOT NULL CONSTRAINT ck_replay_state CHECK(state BETWEEN 2 AND 4),
  events       bigint         NULL CONSTRAINT ck_replay_events CHECK(events>=0),
  published    nvarchar(100)  NULL,
  request      varbinary(max) NOT NULL,
  result       varbinary(max) NOT NULL
);
GO
CREATE INDEX ix_replay_ruleset ON app.replay(ruleset, replay_no);
GO
CREATE TRIGGER app.replay_append_only ON app.replay INSTEAD OF UPDATE, DELETE AS THROW 50020, 'append-only', 1;
GO
-- Usage that was never charged here, batch by batch: how far its file was read, and what the batch holds. The batches of one import share its id; only the
-- highest number can be taken, so of two imports at once one fails.
CREATE TABLE app.usage_batch(
  ruleset        nvarchar(400) COLLATE Latin1_General_100_BIN2 NOT NULL,
  batch_no       bigint        NOT NULL CONSTRAINT ck_usage_batch_no CHECK(batch_no>0),
  import_id      nvarchar(16)  COLLATE Latin1_General_100_BIN2 NOT NULL CONSTRAINT ck_usage_batch_import CHECK(LEN(import_id)=16),
  source         nvarchar(400) NOT NULL,
  mapping_sha256 binary(32)    NOT NULL,
  imported_at    bigint        NOT NULL,
  imported_by    nvarchar(400) NOT NULL,
  position       bigint        NOT NULL CONSTRAINT ck_usage_batch_position CHECK(position>=0),
  prefix_sha256  binary(32)    NOT NULL,
  lines          bigint        NOT NULL CONSTRAINT ck_usage_batch_lines CHECK(lines>=0),
  events         bigint        NOT NULL CONSTRAINT ck_usage_batch_events CHECK(events>=0),
  duplicates     bigint        NOT NULL CONSTRAINT ck_usage_batch_duplicates CHECK(duplicates>=0),
  is_last        bit           NOT NULL,
  CONSTRAINT pk_usage_batch PRIMARY KEY CLUSTERED(ruleset, batch_no)
);
GO
CREATE TRIGGER app.usage_batch_append_only ON app.usage_batch INSTEAD OF UPDATE, DELETE AS THROW 50020, 'append-only', 1;
GO
-- Its events in columns, a range of accounts each, and their ids in the same order; both packed, with the hash of what was packed.
CREATE TABLE app.usage_segment(
  ruleset        nvarchar(400)  COLLATE Latin1_General_100_BIN2 NOT NULL,
  batch_no       bigint         NOT NULL,
  segment_no     int            NOT NULL CONSTRAINT ck_usage_segment_no CHECK(segment_no>0),
  first_account  nvarchar(128)  COLLATE Latin1_General_100_BIN2 NOT NULL,
  last_account   nvarchar(128)  COLLATE Latin1_General_100_BIN2 NOT NULL,
  from_at        bigint         NOT NULL,
  until_at       bigint         NOT NULL,
  events         bigint         NOT NULL CONSTRAINT ck_usage_segment_events CHECK(events>0),
  columns        varbinary(max) NOT NULL,
  columns_sha256 binary(32)     NOT NULL,
  ids            varbinary(max) NOT NULL,
  ids_sha256     binary(32)     NOT NULL,
  CONSTRAINT pk_usage_segment PRIMARY KEY CLUSTERED(ruleset, batch_no, segment_no),
  CONSTRAINT fk_usage_segment_batch FOREIGN KEY(ruleset, batch_no) REFERENCES app.usage_batch(ruleset, batch_no)
);
GO
-- An import that is taken back: its batches stay as the record of what there was, its segments go. The row comes first.
CREATE TABLE app.usage_withdrawal(
  import_id    nvarchar(16)  COLLATE Latin1_General_100_BIN2 NOT NULL CONSTRAINT pk_usage_withdrawal PRIMARY KEY CLUSTERED
    CONSTRAINT ck_usage_withdrawal_import CHECK(LEN(import_id)=16),
  withdrawn_at bigint        NOT NULL,
  withdrawn_by nvarchar(400) NOT NULL
);
GO
CREATE TRIGGER app.usage_withdrawal_append_only ON app.usage_withdrawal INSTEAD OF UPDATE, DELETE AS THROW 50020, 'append-only', 1;
GO
-- The lock makes an import and its withdrawal come one after the other, so that no batch is left of one that was taken back.
CREATE TRIGGER app.usage_batch_withdrawn ON app.usage_batch AFTER INSERT AS
IF EXISTS(SELECT 1 FROM inserted i JOIN app.usage_withdrawal w WITH (HOLDLOCK) ON w.import_id = i.import_id) THROW 50020, 'withdrawn', 1;
GO
CREATE TRIGGER app.usage_segment_fixed ON app.usage_segment INSTEAD OF UPDATE AS THROW 50020, 'append-only', 1;
GO
CREATE TRIGGER app.usage_segment_append_only ON app.usage_segment AFTER DELETE AS
IF EXISTS(SELECT 1 FROM deleted d JOIN app.usage_batch b ON b.ruleset = d.ruleset AND b.batch_no = d.batch_no
  LEFT JOIN app.usage_withdrawal w ON w.import_id = b.import_id WHERE w.import_id IS NULL) THROW 50020, 'append-only', 1;
GO
-- Past usage of the journal once more, in columns: made from the entries and made again from them, so rows may go. A generation goes on where the one before ended;
-- position is up to which every entry of the ruleset is in segments.
CREATE TABLE app.past_segment(
  ruleset        nvarchar(400)  COLLATE Latin1_General_100_BIN2 NOT NULL,
  generation     bigint         NOT NULL CONSTRAINT ck_past_segment_generation CHECK(generation>0),
  segment_no     int            NOT NULL CONSTRAINT ck_past_segment_no CHECK(segment_no>0),
  position       bigint         NOT NULL CONSTRAINT ck_past_segment_position CHECK(position>=0),
  first_account  nvarchar(128)  COLLATE Latin1_General_100_BIN2 NOT NULL,
  last_account   nvarchar(128)  COLLATE Latin1_General_100_BIN2 NOT NULL,
  events         bigint         NOT NULL CONSTRAINT ck_past_segment_events CHECK(events>=0),
  body           varbinary(max) NOT NULL,
  sha256         binary(32)     NOT NULL,
  CONSTRAINT pk_past_segment PRIMARY KEY CLUSTERED(ruleset, generation, segment_no)
);
GO
CREATE TRIGGER app.past_segment_fixed ON app.past_segment INSTEAD OF UPDATE AS THROW 50020, 'made again, never changed', 1;
GO
-- Who uses the portal. Names stay somebody's for ever: drafts and both logs tell people apart by them. Roles: 1 viewer, 2 editor, 4 approver, 8 operator,
-- 16 admin, 32 emergency publication.
CREATE TABLE app.person(
  person_id     nvarchar(16)  COLLATE Latin1_General_100_BIN2 NOT NULL CONSTRAINT pk_person PRIMARY KEY CLUSTERED CONSTRAINT ck_person_id CHECK(LEN(person_id)=16),
  name          nvarchar(100) NOT NULL CONSTRAINT ck_person_name CHECK(LEN(name)>=1),
  lookup_name   nvarchar(100) COLLATE Latin1_General_100_BIN2 NOT NULL CONSTRAINT uq_person_name UNIQUE CONSTRAINT ck_person_lookup CHECK(LEN(lookup_name)>=1),
  roles         int           NOT NULL CONSTRAINT ck_person_roles CHECK(roles BETWEEN 1 AND 63),
  password_hash nvarchar(400) NULL,
  stamp         nvarchar(100) COLLATE Latin1_General_100_BIN2 NOT NULL CONSTRAINT ck_person_stamp CHECK(LEN(stamp)>=1),
  failed        int           NOT NULL CONSTRAINT ck_person_failed CHECK(failed>=0),
  locked_until  bigint        NULL,
  created_at    bigint        NOT NULL,
  created_by    nvarchar(100) NOT NULL CONSTRAINT ck_person_created_by CHECK(LEN(created_by)>=1),
  revoked_at    bigint        NULL,
  row_version   int           NOT NULL CONSTRAINT ck_person_row_version CHECK(row_version>=1)
);
GO
CREATE TRIGGER app.person_moves ON app.person AFTER UPDATE AS
BEGIN
  SET NOCOUNT ON;
  IF EXISTS(SELECT 1 FROM deleted d LEFT JOIN inserted i ON i.person_id=d.person_id
    WHERE i.person_id IS NULL OR i.row_version<>d.row_version+1 OR i.name COLLATE Latin1_General_100_BIN2<>d.name COLLATE Latin1_General_100_BIN2
      OR i.lookup_name<>d.lookup_name OR i.created_at<>d.created_at OR i.created_by<>d.created_by)
    THROW 50032, 'person: one row version at a time; name and origin are fixed', 1;
  -- The lock makes two admins who revoke each other come one after the other.
  IF EXISTS(SELECT 1 FROM deleted d WHERE d.roles&16<>0 AND d.revoked_at IS NULL)
    AND NOT EXISTS(SELECT 1 FROM app.person p WITH (UPDLOCK, HOLDLOCK) WHERE p.roles&16<>0 AND p.revoked_at IS NULL)
    THROW 50033, 'person: the last admin stays', 1;
END
GO
CREATE TRIGGER app.person_stays ON app.person INSTEAD OF DELETE AS THROW 50020, 'append-only', 1;
GO
-- Links that sign somebody in once. The secret has 256 random bits and is not kept.
CREATE TABLE app.sign_in_link(
  secret_sha256 binary(32)   NOT NULL CONSTRAINT pk_sign_in_link PRIMARY KEY CLUSTERED,
  person_id     nvarchar(16) COLLATE Latin1_General_100_BIN2 NOT NULL CONSTRAINT fk_link_person REFERENCES app.person(person_id),
  created_at    bigint       NOT NULL,
  expires_at    bigint       NOT NULL,
  used_at       bigint       NULL,
  CONSTRAINT ck_link_expires CHECK(expires_at>created_at)
);
GO
CREATE INDEX ix_link_person ON app.sign_in_link(person_id) WHERE used_at IS NULL;
GO
CREATE TRIGGER app.sign_in_link_once ON app.sign_in_link AFTER UPDATE AS
BEGIN
  SET NOCOUNT ON;
  IF EXISTS(SELECT 1 FROM deleted d LEFT JOIN inserted i ON i.secret_sha256=d.secret_sha256
    WHERE i.secret_sha256 IS NULL OR d.used_at IS NOT NULL OR i.person_id<>d.person_id OR i.created_at<>d.created_at OR i.expires_at<>d.expires_at)
    THROW 50034, 'sign_in_link: used once', 1;
END
GO
CREATE TRIGGER app.sign_in_link_stays ON app.sign_in_link INSTEAD OF DELETE AS THROW 50020, 'append-only', 1;
GO
-- What was done to people. 1 added, 2 roles changed, 3 revoked, 4 restored, 5 link issued, 6 signed in, 7 signed out, 8 password set, 9 locked out.
CREATE TABLE app.person_audit(
  person_audit_id bigint IDENTITY(1,1) NOT NULL CONSTRAINT pk_person_audit PRIMARY KEY CLUSTERED,
  audited_at      bigint        NOT NULL,
  actor           nvarchar(100) NOT NULL CONSTRAINT ck_person_audit_actor CHECK(LEN(actor)>=1),
  action          tinyint       NOT NULL CONSTRAINT ck_person_audit_action CHECK(action BETWEEN 1 AND 9),
  person_id       nvarchar(16)  COLLATE Latin1_General_100_BIN2 NOT NULL CONSTRAINT fk_person_audit_person REFERENCES app.person(person_id),
  person_name     nvarchar(100) NOT NULL,
  detail          nvarchar(400) NULL
);
GO
CREATE INDEX ix_person_audit_person ON app.person_audit(person_id, person_audit_id);
GO
CREATE TRIGGER app.person_audit_append_only ON app.person_audit INSTEAD OF UPDATE, DELETE AS THROW 50020, 'append-only', 1;
GO
-- Reports that somebody keeps under a name of their own; they are theirs to change and to delete.
CREATE TABLE app.report_view(
  view_id    nvarchar(16)   COLLATE Latin1_General_100_BIN2 NOT NULL CONSTRAINT pk_report_view PRIMARY KEY CLUSTERED CONSTRAINT ck_report_view_id CHECK(LEN(view_id)=16),
  person_id  nvarchar(16)   COLLATE Latin1_General_100_BIN2 NOT NULL CONSTRAINT fk_report_view_person REFERENCES app.person(person_id),
  name       nvarchar(100)  COLLATE Latin1_General_100_BIN2 NOT NULL CONSTRAINT ck_report_view_name CHECK(LEN(name)>=1),
  query      nvarchar(2000) NOT NULL,
  created_at bigint         NOT NULL,
  CONSTRAINT uq_report_view_name UNIQUE(person_id, name)
);
GO
