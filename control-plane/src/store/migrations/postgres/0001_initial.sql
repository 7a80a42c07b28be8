-- Times are Unix milliseconds, money is whole R-Credits, documents are JSON text: as on SQLite, table for table.

CREATE TABLE accounts (
    id                TEXT   PRIMARY KEY,
    email             TEXT   NOT NULL,
    password_hash     TEXT,
    is_operator       BIGINT NOT NULL DEFAULT 0 CHECK (is_operator IN (0, 1)),
    -- Caches of the ledger, updated in the transaction that posts to it.
    available_credits BIGINT NOT NULL DEFAULT 0 CHECK (available_credits >= 0),
    reserved_credits  BIGINT NOT NULL DEFAULT 0 CHECK (reserved_credits >= 0),
    created_at        BIGINT NOT NULL
);
CREATE UNIQUE INDEX accounts_by_email ON accounts (lower(email));

CREATE TABLE tokens (
    id              TEXT   PRIMARY KEY,
    account_id      TEXT   NOT NULL REFERENCES accounts (id),
    kind            TEXT   NOT NULL CHECK (kind IN ('api', 'cli')),
    name            TEXT   NOT NULL,
    secret_sha256   BYTEA  NOT NULL CHECK (length(secret_sha256) = 32),
    -- While a rotated token overlaps, its old secret works too.
    previous_sha256 BYTEA  CHECK (length(previous_sha256) = 32),
    previous_until  BIGINT,
    last_four       TEXT   NOT NULL,
    created_at      BIGINT NOT NULL,
    expires_at      BIGINT,
    revoked_at      BIGINT,
    last_used_at    BIGINT
);
CREATE INDEX tokens_by_account ON tokens (account_id);

CREATE TABLE jobs (
    seq                 BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id                  TEXT   NOT NULL UNIQUE,
    account_id          TEXT   NOT NULL REFERENCES accounts (id),
    token_id            TEXT   NOT NULL REFERENCES tokens (id),
    mode                TEXT   NOT NULL CHECK (mode IN ('prompt', 'json')),
    status              TEXT   NOT NULL CHECK (status IN ('queued', 'running', 'completed', 'failed', 'cancelled')),
    phase               TEXT   NOT NULL
        CHECK (phase IN ('queued', 'preparing_assets', 'generating', 'rendering', 'completed', 'failed')),
    -- Number of claims: names the attempt, and fences off every other one.
    epoch               BIGINT NOT NULL,
    broken_attempts     BIGINT NOT NULL,
    -- The server process that has it; null unless running.
    boot_id             TEXT,
    -- Not claimed before.
    ready_at            BIGINT NOT NULL,
    -- Set on a running job that its owner wants stopped; its worker ends it.
    cancel_requested_at BIGINT,
    reserved_credits    BIGINT NOT NULL CHECK (reserved_credits >= 0),
    charged_credits     BIGINT NOT NULL CHECK (charged_credits >= 0),
    items               TEXT   NOT NULL,
    metadata            TEXT,
    progress            TEXT,
    error               TEXT,
    video               TEXT,
    created_at          BIGINT NOT NULL,
    updated_at          BIGINT NOT NULL,
    finished_at         BIGINT,
    -- Set when the files of an ended job have been removed.
    expired_at          BIGINT,
    CHECK ((boot_id IS NOT NULL) = (status = 'running')),
    CHECK ((finished_at IS NOT NULL) = (status IN ('completed', 'failed', 'cancelled'))),
    CHECK ((video IS NOT NULL) = (status = 'completed')),
    CHECK ((error IS NOT NULL) = (status = 'failed'))
);
CREATE INDEX jobs_queued ON jobs (ready_at, seq) WHERE status = 'queued';
CREATE INDEX jobs_running ON jobs (boot_id) WHERE status = 'running';
CREATE INDEX jobs_by_account ON jobs (account_id, seq);
CREATE INDEX jobs_open ON jobs (account_id) WHERE finished_at IS NULL;
CREATE INDEX jobs_unexpired ON jobs (finished_at) WHERE finished_at IS NOT NULL AND expired_at IS NULL;

-- The hidden project behind each job, for execution and support; no public route shows it.
CREATE TABLE projects (
    job_id        TEXT PRIMARY KEY REFERENCES jobs (id),
    template      TEXT NOT NULL,
    output        TEXT NOT NULL,
    assets        TEXT NOT NULL,
    prompt        TEXT,
    -- How the creator came to its template.
    trace         TEXT,
    engine_report TEXT
);

CREATE TABLE events (
    seq    BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    job_id TEXT   NOT NULL REFERENCES jobs (id),
    kind   TEXT   NOT NULL,
    epoch  BIGINT NOT NULL,
    at     BIGINT NOT NULL,
    status TEXT,
    phase  TEXT
);
CREATE INDEX events_by_job ON events (job_id, seq);

CREATE TABLE webhooks (
    job_id        TEXT PRIMARY KEY REFERENCES jobs (id),
    url           TEXT NOT NULL,
    sealed_secret BYTEA
);

-- One row per terminal event with a receiver. The body is kept so that every attempt sends the same bytes.
CREATE TABLE outbox (
    event_id    TEXT   PRIMARY KEY,
    job_id      TEXT   NOT NULL UNIQUE REFERENCES jobs (id),
    event       TEXT   NOT NULL,
    body        BYTEA  NOT NULL,
    status      TEXT   NOT NULL CHECK (status IN ('pending', 'delivered', 'abandoned')),
    attempts    BIGINT NOT NULL,
    next_at     BIGINT NOT NULL,
    -- The server process that is delivering it.
    boot_id     TEXT,
    last_status BIGINT,
    updated_at  BIGINT NOT NULL
);
CREATE INDEX outbox_pending ON outbox (next_at) WHERE status = 'pending';

CREATE TABLE delivery_attempts (
    id              BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id        TEXT   NOT NULL REFERENCES outbox (event_id),
    attempt         BIGINT NOT NULL,
    at              BIGINT NOT NULL,
    duration_millis BIGINT NOT NULL,
    status          BIGINT,
    error           TEXT,
    answer          TEXT
);
CREATE INDEX delivery_attempts_by_event ON delivery_attempts (event_id, id);

-- The first answer to a request that carried a key; replayed to its repetitions.
CREATE TABLE idempotency_keys (
    account_id  TEXT   NOT NULL REFERENCES accounts (id),
    route       TEXT   NOT NULL,
    key         TEXT   NOT NULL,
    fingerprint BYTEA  NOT NULL CHECK (length(fingerprint) = 32),
    job_id      TEXT   NOT NULL,
    answer      TEXT   NOT NULL,
    created_at  BIGINT NOT NULL,
    PRIMARY KEY (account_id, route, key)
);
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);

-- Inputs that have crashed an engine, by their hash.
CREATE TABLE crashes (
    input_sha256 TEXT   PRIMARY KEY,
    count        BIGINT NOT NULL,
    last_at      BIGINT NOT NULL
);

-- Signed-in browsers. The cookie's value is kept as its SHA-256.
CREATE TABLE sessions (
    id_sha256        BYTEA  PRIMARY KEY CHECK (length(id_sha256) = 32),
    account_id       TEXT   NOT NULL REFERENCES accounts (id),
    csrf_token       TEXT   NOT NULL,
    created_at       BIGINT NOT NULL,
    -- When the password was last given.
    authenticated_at BIGINT NOT NULL,
    expires_at       BIGINT NOT NULL
);
CREATE INDEX sessions_by_account ON sessions (account_id);

-- Command lines that wait for somebody to approve them (RFC 8628).
CREATE TABLE device_grants (
    device_sha256 BYTEA  PRIMARY KEY CHECK (length(device_sha256) = 32),
    user_code     TEXT   NOT NULL UNIQUE,
    client_name   TEXT   NOT NULL,
    status        TEXT   NOT NULL CHECK (status IN ('pending', 'approved', 'denied', 'used')),
    account_id    TEXT   REFERENCES accounts (id),
    polled_at     BIGINT,
    created_at    BIGINT NOT NULL,
    expires_at    BIGINT NOT NULL
);

-- Lives of server processes. One whose lease has run out is dead, and its jobs are anybody's.
CREATE TABLE leases (
    boot_id TEXT   PRIMARY KEY,
    until   BIGINT NOT NULL
);

-- The ledger: append-only, double entry. A transfer moves `credits` from one side to another.
CREATE TABLE transfers (
    id         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_id TEXT   NOT NULL REFERENCES accounts (id),
    job_id     TEXT   REFERENCES jobs (id),
    kind       TEXT   NOT NULL CHECK (kind IN ('grant', 'reserve', 'capture', 'release')),
    item       TEXT   NOT NULL,
    credits    BIGINT NOT NULL CHECK (credits > 0),
    at         BIGINT NOT NULL,
    CHECK ((job_id IS NULL) = (kind = 'grant')),
    UNIQUE (job_id, kind, item)
);
CREATE INDEX transfers_by_account ON transfers (account_id, id);

CREATE TABLE entries (
    transfer_id BIGINT NOT NULL REFERENCES transfers (id),
    account_id  TEXT   NOT NULL REFERENCES accounts (id),
    side        TEXT   NOT NULL CHECK (side IN ('granted', 'available', 'reserved', 'revenue')),
    credits     BIGINT NOT NULL CHECK (credits <> 0),
    PRIMARY KEY (transfer_id, side)
);
CREATE INDEX entries_by_account ON entries (account_id, side, credits);

CREATE FUNCTION refuse_to_rewrite_the_ledger() RETURNS TRIGGER LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'the ledger is append-only'; END $$;
CREATE TRIGGER transfers_stay BEFORE UPDATE OR DELETE ON transfers
    FOR EACH ROW EXECUTE FUNCTION refuse_to_rewrite_the_ledger();
CREATE TRIGGER entries_stay BEFORE UPDATE OR DELETE ON entries
    FOR EACH ROW EXECUTE FUNCTION refuse_to_rewrite_the_ledger();
