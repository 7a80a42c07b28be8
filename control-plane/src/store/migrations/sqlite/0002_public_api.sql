-- The public API complete: cancelling, idempotency, events, delivery log, retention, people.

ALTER TABLE accounts ADD COLUMN password_hash TEXT;
ALTER TABLE accounts ADD COLUMN is_operator INTEGER NOT NULL DEFAULT 0 CHECK (is_operator IN (0, 1));

-- While a rotated token overlaps, its old secret works too.
ALTER TABLE tokens ADD COLUMN previous_sha256 BLOB CHECK (length(previous_sha256) = 32);
ALTER TABLE tokens ADD COLUMN previous_until INTEGER;

-- Set on a running job that its owner wants stopped; its worker ends it.
ALTER TABLE jobs ADD COLUMN cancel_requested_at INTEGER;
-- Set when the files of an ended job have been removed.
ALTER TABLE jobs ADD COLUMN expired_at INTEGER;
CREATE INDEX jobs_unexpired ON jobs (finished_at) WHERE finished_at IS NOT NULL AND expired_at IS NULL;
CREATE INDEX jobs_open ON jobs (account_id) WHERE finished_at IS NULL;

ALTER TABLE projects ADD COLUMN prompt TEXT;
-- How the creator came to its template.
ALTER TABLE projects ADD COLUMN trace TEXT;

ALTER TABLE events ADD COLUMN status TEXT;
ALTER TABLE events ADD COLUMN phase TEXT;

-- The server process that is delivering it.
ALTER TABLE outbox ADD COLUMN boot_id TEXT;

CREATE TABLE delivery_attempts (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    event_id        TEXT    NOT NULL REFERENCES outbox (event_id),
    attempt         INTEGER NOT NULL,
    at              INTEGER NOT NULL,
    duration_millis INTEGER NOT NULL,
    status          INTEGER,
    error           TEXT,
    answer          TEXT
) STRICT;
CREATE INDEX delivery_attempts_by_event ON delivery_attempts (event_id, id);

-- The first answer to a request that carried a key; replayed to its repetitions.
CREATE TABLE idempotency_keys (
    account_id  TEXT    NOT NULL REFERENCES accounts (id),
    route       TEXT    NOT NULL,
    key         TEXT    NOT NULL,
    fingerprint BLOB    NOT NULL CHECK (length(fingerprint) = 32),
    job_id      TEXT    NOT NULL,
    answer      TEXT    NOT NULL,
    created_at  INTEGER NOT NULL,
    PRIMARY KEY (account_id, route, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);

-- Inputs that have crashed an engine, by their hash.
CREATE TABLE crashes (
    input_sha256 TEXT    PRIMARY KEY,
    count        INTEGER NOT NULL,
    last_at      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Signed-in browsers. The cookie's value is kept as its SHA-256.
CREATE TABLE sessions (
    id_sha256        BLOB    PRIMARY KEY CHECK (length(id_sha256) = 32),
    account_id       TEXT    NOT NULL REFERENCES accounts (id),
    csrf_token       TEXT    NOT NULL,
    created_at       INTEGER NOT NULL,
    -- When the password was last given.
    authenticated_at INTEGER NOT NULL,
    expires_at       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_by_account ON sessions (account_id);

-- Command lines that wait for somebody to approve them (RFC 8628).
CREATE TABLE device_grants (
    device_sha256 BLOB    PRIMARY KEY CHECK (length(device_sha256) = 32),
    user_code     TEXT    NOT NULL UNIQUE,
    client_name   TEXT    NOT NULL,
    status        TEXT    NOT NULL CHECK (status IN ('pending', 'approved', 'denied', 'used')),
    account_id    TEXT    REFERENCES accounts (id),
    polled_at     INTEGER,
    created_at    INTEGER NOT NULL,
    expires_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Lives of server processes. Used where several share a database.
CREATE TABLE leases (
    boot_id TEXT    PRIMARY KEY,
    until   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
