-- Times are Unix milliseconds, money is whole R-Credits, documents are JSON text.

CREATE TABLE accounts (
    id                TEXT    PRIMARY KEY,
    email             TEXT    NOT NULL UNIQUE COLLATE NOCASE,
    -- Caches of the ledger, updated in the transaction that posts to it.
    available_credits INTEGER NOT NULL DEFAULT 0 CHECK (available_credits >= 0),
    reserved_credits  INTEGER NOT NULL DEFAULT 0 CHECK (reserved_credits >= 0),
    created_at        INTEGER NOT NULL
) STRICT;

CREATE TABLE tokens (
    id            TEXT    PRIMARY KEY,
    account_id    TEXT    NOT NULL REFERENCES accounts (id),
    kind          TEXT    NOT NULL CHECK (kind IN ('api', 'cli')),
    name          TEXT    NOT NULL,
    secret_sha256 BLOB    NOT NULL CHECK (length(secret_sha256) = 32),
    last_four     TEXT    NOT NULL,
    created_at    INTEGER NOT NULL,
    expires_at    INTEGER,
    revoked_at    INTEGER,
    last_used_at  INTEGER
) STRICT;
CREATE INDEX tokens_by_account ON tokens (account_id);

CREATE TABLE jobs (
    seq              INTEGER PRIMARY KEY AUTOINCREMENT,
    id               TEXT    NOT NULL UNIQUE,
    account_id       TEXT    NOT NULL REFERENCES accounts (id),
    token_id         TEXT    NOT NULL REFERENCES tokens (id),
    mode             TEXT    NOT NULL CHECK (mode IN ('prompt', 'json')),
    status           TEXT    NOT NULL CHECK (status IN ('queued', 'running', 'completed', 'failed', 'cancelled')),
    phase            TEXT    NOT NULL
        CHECK (phase IN ('queued', 'preparing_assets', 'generating', 'rendering', 'completed', 'failed')),
    -- Number of claims: names the attempt, and fences off every other one.
    epoch            INTEGER NOT NULL,
    broken_attempts  INTEGER NOT NULL,
    -- The server process that has it; null unless running.
    boot_id          TEXT,
    -- Not claimed before.
    ready_at         INTEGER NOT NULL,
    reserved_credits INTEGER NOT NULL CHECK (reserved_credits >= 0),
    charged_credits  INTEGER NOT NULL CHECK (charged_credits >= 0),
    items            TEXT    NOT NULL,
    metadata         TEXT,
    progress         TEXT,
    error            TEXT,
    video            TEXT,
    created_at       INTEGER NOT NULL,
    updated_at       INTEGER NOT NULL,
    finished_at      INTEGER,
    CHECK ((boot_id IS NOT NULL) = (status = 'running')),
    CHECK ((finished_at IS NOT NULL) = (status IN ('completed', 'failed', 'cancelled'))),
    CHECK ((video IS NOT NULL) = (status = 'completed')),
    CHECK ((error IS NOT NULL) = (status = 'failed'))
) STRICT;
CREATE INDEX jobs_queued ON jobs (ready_at, seq) WHERE status = 'queued';
CREATE INDEX jobs_running ON jobs (boot_id) WHERE status = 'running';
CREATE INDEX jobs_by_account ON jobs (account_id, seq);

-- The hidden project behind each job, for execution and support; no public route shows it.
CREATE TABLE projects (
    job_id        TEXT PRIMARY KEY REFERENCES jobs (id),
    template      TEXT NOT NULL,
    output        TEXT NOT NULL,
    assets        TEXT NOT NULL,
    engine_report TEXT
) STRICT;

CREATE TABLE events (
    seq    INTEGER PRIMARY KEY AUTOINCREMENT,
    job_id TEXT    NOT NULL REFERENCES jobs (id),
    kind   TEXT    NOT NULL,
    epoch  INTEGER NOT NULL,
    at     INTEGER NOT NULL
) STRICT;
CREATE INDEX events_by_job ON events (job_id, seq);

CREATE TABLE webhooks (
    job_id        TEXT PRIMARY KEY REFERENCES jobs (id),
    url           TEXT NOT NULL,
    sealed_secret BLOB
) STRICT;

-- One row per terminal event with a receiver. The body is kept so that every attempt sends the same bytes.
CREATE TABLE outbox (
    event_id    TEXT    PRIMARY KEY,
    job_id      TEXT    NOT NULL UNIQUE REFERENCES jobs (id),
    event       TEXT    NOT NULL,
    body        BLOB    NOT NULL,
    status      TEXT    NOT NULL CHECK (status IN ('pending', 'delivered', 'abandoned')),
    attempts    INTEGER NOT NULL,
    next_at     INTEGER NOT NULL,
    last_status INTEGER,
    updated_at  INTEGER NOT NULL
) STRICT;
CREATE INDEX outbox_pending ON outbox (next_at) WHERE status = 'pending';

-- The ledger: append-only, double entry. A transfer moves `credits` from one side to another.
CREATE TABLE transfers (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id TEXT    NOT NULL REFERENCES accounts (id),
    job_id     TEXT    REFERENCES jobs (id),
    kind       TEXT    NOT NULL CHECK (kind IN ('grant', 'reserve', 'capture', 'release')),
    item       TEXT    NOT NULL,
    credits    INTEGER NOT NULL CHECK (credits > 0),
    at         INTEGER NOT NULL,
    CHECK ((job_id IS NULL) = (kind = 'grant')),
    UNIQUE (job_id, kind, item)
) STRICT;
CREATE INDEX transfers_by_account ON transfers (account_id, id);

CREATE TABLE entries (
    transfer_id INTEGER NOT NULL REFERENCES transfers (id),
    account_id  TEXT    NOT NULL REFERENCES accounts (id),
    side        TEXT    NOT NULL CHECK (side IN ('granted', 'available', 'reserved', 'revenue')),
    credits     INTEGER NOT NULL CHECK (credits <> 0),
    PRIMARY KEY (transfer_id, side)
) STRICT;
CREATE INDEX entries_by_account ON entries (account_id, side, credits);

CREATE TRIGGER transfers_stay BEFORE UPDATE ON transfers BEGIN SELECT RAISE (ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER transfers_last BEFORE DELETE ON transfers BEGIN SELECT RAISE (ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER entries_stay BEFORE UPDATE ON entries BEGIN SELECT RAISE (ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER entries_last BEFORE DELETE ON entries BEGIN SELECT RAISE (ABORT, 'the ledger is append-only'); END;
