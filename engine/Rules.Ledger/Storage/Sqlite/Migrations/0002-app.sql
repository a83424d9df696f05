-- The service around the ledger. Rows here may change, unlike the ledger's; nothing of the ledger refers to them.
-- Instants: microseconds since 1970, UTC. Lists are JSON arrays of strings; NULL stands for no restriction.

CREATE TABLE api_key(
  key_id          TEXT    PRIMARY KEY CHECK(typeof(key_id)='text' AND length(key_id)=16),
  name            TEXT    NOT NULL CHECK(length(name) BETWEEN 1 AND 100),
  secret_sha256   BLOB    NOT NULL CHECK(typeof(secret_sha256)='blob' AND length(secret_sha256)=32),
  previous_sha256 BLOB    NULL     CHECK(previous_sha256 IS NULL OR (typeof(previous_sha256)='blob' AND length(previous_sha256)=32)),
  previous_until  INTEGER NULL     CHECK(previous_until IS NULL OR typeof(previous_until)='integer'),
  scopes          INTEGER NOT NULL CHECK(typeof(scopes)='integer' AND scopes BETWEEN 1 AND 31),
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
