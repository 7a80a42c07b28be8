//! Every bound of the control plane in one place, each with its reason.

use std::time::Duration;

/// Whole request with its uploads: two of the largest files.
pub const BODY_BYTES_MAX: u64 = 2 << 30;
/// One uploaded file: an hour of camera footage at 2 Mbit/s, or five minutes at 30.
pub const FILE_BYTES_MAX: u64 = 1 << 30;
/// JSON of a request; 500 blocks fit several times. An engine message has room for it ([`avs_protocol::FRAME_BYTES_MAX`]).
pub const JSON_BYTES_MAX: usize = 1 << 20;
/// Uploaded files of one job.
pub const ASSETS_MAX: usize = 50;
/// Upload name: what common file systems allow.
pub const UPLOAD_NAME_BYTES_MAX: usize = 255;
/// The caller's own data on a job; it is stored, echoed and sent with the webhook.
pub const METADATA_BYTES_MAX: usize = 4 << 10;
/// Webhook URL: what common proxies accept.
pub const WEBHOOK_URL_BYTES_MAX: usize = 2 << 10;
/// Webhook secret; longer than the hash's block of 64 bytes brings nothing.
pub const WEBHOOK_SECRET_BYTES_MAX: usize = 256;
/// Problems reported in one answer.
pub const ERRORS_MAX: usize = 50;
/// Movements of credits shown in one answer.
pub const CREDIT_ENTRIES_MAX: i64 = 20;
/// Jobs on one page of a list.
pub const PAGE_JOBS_MAX: usize = 100;
/// Jobs on one page where nothing else is asked for.
pub const PAGE_JOBS: usize = 20;
/// Open jobs of one account; a queue of a day for a small machine. A setting.
pub const OPEN_JOBS_MAX: i64 = 10_000;
/// Prompt: some pages of text; a model's context is larger, its attention is not.
pub const PROMPT_BYTES_MAX: usize = 16 << 10;
/// URLs of one prompt, as the public page says.
pub const ASSET_URLS_MAX: usize = 20;
/// `Idempotency-Key`, as Stripe has it.
pub const IDEMPOTENCY_KEY_BYTES_MAX: usize = 255;
/// Answers kept for repetitions: longer than a weekend.
pub const IDEMPOTENCY_RETENTION: Duration = Duration::from_secs(72 * 3600);
/// Attempts at deliveries are shown for so long.
pub const DELIVERY_LOG_RETENTION: Duration = Duration::from_secs(30 * 24 * 3600);
/// Inputs that crash engines are remembered for so long: until the next release, about.
pub const CRASH_RETENTION: Duration = Duration::from_secs(30 * 24 * 3600);
/// Crashes of one input after which it is not tried again.
pub const CRASHES_MAX: i64 = 2;

/// Open connections; each may cost a few buffers of 64 KiB.
pub const CONNECTIONS_MAX: usize = 1024;
/// From the connection to its first byte. hyper has no such limit.
pub const FIRST_BYTE_WAIT: Duration = Duration::from_secs(10);
/// From the first byte of a request to the end of its headers.
pub const HEADER_WAIT: Duration = Duration::from_secs(10);
/// Between two pieces of a body.
pub const BODY_IDLE_WAIT: Duration = Duration::from_secs(30);
/// Slowest body that is waited for: less than any modem. One byte now and then would hold a connection for ever.
pub const BODY_BYTES_PER_SEC_MIN: u64 = 1 << 10;
/// Open event streams of one account.
pub const EVENT_STREAMS_MAX: usize = 32;
/// Between two comments on an event stream in which nothing happens; proxies close what is silent for a minute.
pub const EVENT_KEEP_ALIVE: Duration = Duration::from_secs(15);
/// Between two progress events on one stream.
pub const EVENT_PROGRESS_INTERVAL: Duration = Duration::from_millis(500);
/// Longest wait of a cancelling request for the worker to let go.
pub const CANCEL_WAIT: Duration = Duration::from_secs(5);
/// Longest long poll.
pub const POLL_WAIT_MAX_SECS: u64 = 60;

/// Videos can be downloaded for a week, as the public page says.
pub const VIDEO_RETENTION: Duration = Duration::from_secs(7 * 24 * 3600);

/// Attempts at one job before it fails; only infrastructure faults use them up.
pub const ATTEMPTS_MAX: u32 = 3;
/// Claims of one job, restarts of the server included: a job that takes the server down with it must end too.
pub const CLAIMS_MAX: u32 = 30;
/// First pause before another attempt; doubles. A setting, for tests.
pub const RETRY_PAUSE: Duration = Duration::from_secs(2);
/// Longest pause before another attempt.
pub const RETRY_PAUSE_MAX: Duration = Duration::from_secs(60);
/// Wait of a claimed job for a warm engine. Cold shader caches and a busy machine take seconds, not minutes.
pub const ENGINE_WAIT: Duration = Duration::from_secs(90);
/// Fetching of all inputs of a job: the largest file at the slowest rate that is not given up takes longer, but
/// nobody waits for it.
pub const FETCH_ALL_WAIT: Duration = Duration::from_secs(1800);
/// What one job may fetch altogether: as much as it could upload.
pub const FETCHED_BYTES_MAX: u64 = BODY_BYTES_MAX;
/// Inputs of one job that are fetched at once.
pub const FETCHES_AT_ONCE_MAX: usize = 4;
/// A dry run, from the last byte of the request to the answer: clients rarely wait longer.
pub const PREVIEW_WAIT: Duration = Duration::from_secs(60);
/// A picture of a video: twice the largest (2160p at 21:9), should PNG make it no smaller.
pub const STILL_BYTES_MAX: u64 = 64 << 20;
/// Latest time that a picture may be asked of: no video is longer than a day.
pub const STILL_SECS_MAX: f64 = 86_400.0;
/// The creator's work on one prompt: three answers of a model at their longest, and our own.
pub const CREATOR_WAIT: Duration = Duration::from_secs(300);
/// Looking into all files of a prompt and listening to them: an engine gives itself 900 s.
pub const ANALYSIS_WAIT: Duration = Duration::from_secs(1000);
/// What a video of a prompt is told to have: who has sent fifty files does not read more.
pub const CREATOR_WARNINGS_MAX: usize = 50;
/// Longest name of a file in a warning, in characters.
pub const WARNING_NAME_CHARS_MAX: usize = 200;
/// One answer of a model, with what is tried again. A setting, for tests.
pub const MODEL_WAIT_MILLIS: u64 = 60_000;
/// Connection to a model server, TLS included.
pub const MODEL_CONNECT_WAIT: Duration = Duration::from_secs(5);
/// First pause before a model server is asked again, where it does not say.
pub const MODEL_RETRY_PAUSE: Duration = Duration::from_millis(500);
/// Shortest key of a model server that counts as secret.
pub const MODEL_KEY_BYTES_MIN: usize = 16;
/// Files in a packed screen recording: it needs four.
pub const RECORDING_FILES_MAX: u16 = 64;
/// Directory of a packed screen recording: that many files with their longest names and comments of a line.
pub const RECORDING_DIRECTORY_BYTES_MAX: u32 = 64 << 10;
/// A running job looks so often whether its owner wants it stopped, if no word comes.
pub const CANCEL_POLL_INTERVAL: Duration = Duration::from_secs(2);
/// Probing of all files of a job: 50 files at 2 s.
pub const PROBE_WAIT: Duration = Duration::from_secs(100);
/// A render that reports no new frame or step for so long is stuck, even if its process still answers.
pub const RENDER_STALL_WAIT: Duration = Duration::from_secs(300);
/// One attempt: the longest video (60 min) on the slowest usable machine (5 frames/s at 30 fps).
pub const ATTEMPT_WAIT: Duration = Duration::from_secs(6 * 3600);
/// Progress reaches the database at most this often.
pub const PROGRESS_INTERVAL: Duration = Duration::from_millis(500);
/// Idle runners look for work so often even if no wake-up came.
pub const QUEUE_POLL_INTERVAL: Duration = Duration::from_millis(500);

/// From the start of an engine to its `Hello`.
pub const HELLO_WAIT: Duration = Duration::from_secs(20);
/// Between two pings of an engine. A setting, for tests.
pub const PING_INTERVAL: Duration = Duration::from_secs(2);
/// Pings without an answer before an engine counts as hung.
pub const PINGS_MISSED_MAX: u32 = 3;
/// Between two rungs of the ladder by which an engine dies. A setting, for tests.
pub const KILL_GRACE: Duration = Duration::from_secs(2);
/// Pauses between starts of an engine that does not come up: this, doubling, up to the next line.
pub const RESPAWN_PAUSE: Duration = Duration::from_millis(500);
/// Longest pause between starts of an engine.
pub const RESPAWN_PAUSE_MAX: Duration = Duration::from_secs(30);
/// Bytes of one line of an engine's stderr that reach the log.
pub const ENGINE_LINE_BYTES_MAX: usize = 4 << 10;
/// Messages waiting between an engine and its runner.
pub const ENGINE_QUEUE_MAX: usize = 16;
/// Time for running jobs to finish when the server is asked to stop. A setting.
pub const SHUTDOWN_GRACE: Duration = Duration::from_secs(10);

/// Pauses before the retries of a webhook delivery. A setting, for tests.
pub const WEBHOOK_RETRY_DELAYS: [Duration; 3] =
    [Duration::from_secs(10), Duration::from_secs(120), Duration::from_secs(1800)];
/// Longest wait that a receiver's `Retry-After` can ask for.
pub const WEBHOOK_RETRY_AFTER_MAX: Duration = Duration::from_secs(3600);
/// Connection to a receiver, TLS included.
pub const WEBHOOK_CONNECT_WAIT: Duration = Duration::from_secs(5);
/// One attempt at a delivery.
pub const WEBHOOK_TOTAL_WAIT: Duration = Duration::from_secs(15);
/// Bytes of a receiver's answer that are read.
pub const WEBHOOK_ANSWER_BYTES_MAX: usize = 16 << 10;
/// Bytes of a receiver's answer that are kept for the log.
pub const WEBHOOK_ANSWER_BYTES_KEPT: usize = 1 << 10;
/// Deliveries under way at once.
pub const DELIVERIES_AT_ONCE_MAX: usize = 8;
/// Resolution of a host name.
pub const RESOLVE_WAIT: Duration = Duration::from_secs(5);

/// Life of a command line's request for a token.
pub const DEVICE_GRANT_LIFE: Duration = Duration::from_secs(900);
/// Between two questions of a command line that waits (RFC 8628, 3.2).
pub const DEVICE_POLL_INTERVAL: Duration = Duration::from_secs(5);
/// Requests for tokens by command lines, all together.
pub const DEVICE_GRANTS_PER_MINUTE: u32 = 60;
/// Tries to sign in to one account.
pub const SIGN_INS_PER_MINUTE: u32 = 5;
/// Passwords that are being hashed at once: each takes 19 MiB and a core.
pub const PASSWORDS_AT_ONCE_MAX: usize = 2;
/// A browser stays signed in.
pub const SESSION_LIFE: Duration = Duration::from_secs(14 * 24 * 3600);
/// The password counts as just given.
pub const REAUTHENTICATION_LIFE: Duration = Duration::from_secs(600);
/// Dry runs at once: each may fetch and probe.
pub const PREVIEWS_AT_ONCE_MAX: usize = 2;

/// Connection to the object store.
pub const S3_CONNECT_WAIT: Duration = Duration::from_secs(5);
/// What is sent to the object store in one request; the least that S3 takes of a part is 5 MiB, and it takes 10,000.
pub const S3_PART_BYTES: usize = 10 << 20;
/// Parts of one file under way at once; each is in memory.
pub const S3_PARTS_AT_ONCE_MAX: usize = 8;
/// One request to the object store.
pub const S3_REQUEST_WAIT: Duration = Duration::from_secs(120);

/// URL of a source; signed ones of object stores reach 2 KiB, and servers accept 8.
pub const FETCH_URL_BYTES_MAX: usize = 8 << 10;
/// Ports that sources may be fetched from: others are where things that do not speak HTTP listen. A setting.
pub const FETCH_PORTS: [u16; 2] = [80, 443];
/// Redirects that are followed; a share link takes two or three.
pub const FETCH_REDIRECTS_MAX: usize = 5;
/// Connection to a source, TLS included: three times what a lost SYN costs.
pub const FETCH_CONNECT_WAIT: Duration = Duration::from_secs(5);
/// From asking a source to the end of its headers, connection included; some make the file first.
pub const FETCH_ANSWER_WAIT: Duration = Duration::from_secs(30);
/// Between two pieces of a source.
pub const FETCH_IDLE_WAIT: Duration = Duration::from_secs(20);
/// Slowest source that is waited for: a tenth of the slowest mobile network in use. Less is an attack or a fault.
pub const FETCH_BYTES_PER_SEC_MIN: u64 = 16 << 10;
/// Time over which that speed is measured, so that a short hiccup is forgiven.
pub const FETCH_PACE_WINDOW: Duration = Duration::from_secs(30);
/// One source, redirects included: the largest file (1 GiB) at 2.4 Mbit/s.
pub const FETCH_TOTAL_WAIT: Duration = Duration::from_secs(3600);
/// Beginning of a source in which a web page is looked for; browsers look at 1445 (WHATWG MIME Sniffing, 7).
pub const FETCH_SNIFF_BYTES: usize = 1 << 10;

/// Free space below which this server is not ready: the ledger and running jobs must be able to end. Requests are still
/// taken until the disk is full.
pub const FREE_DISK_BYTES_MIN: u64 = 256 << 20;
/// Open connections of one address: half of all.
pub const CONNECTIONS_OF_ONE_ADDRESS_MAX: usize = CONNECTIONS_MAX / 2;
/// A client that takes nothing for so long is cut off.
pub const WRITE_STALL_WAIT: Duration = Duration::from_secs(60);
/// Requests of one token in a minute that only read. A setting.
pub const READS_PER_MINUTE: u32 = 6000;
/// Requests of one token in a minute that change something. A setting.
pub const WRITES_PER_MINUTE: u32 = 600;
/// Engine crashes within [`CRASH_WINDOW`] that make the fleet unhealthy.
pub const FLEET_CRASHES_MAX: usize = 3;
/// For so long a crash of an engine is held against the fleet.
pub const CRASH_WINDOW: Duration = Duration::from_secs(300);

/// Readers of the database at once.
pub const READERS_MAX: u32 = 4;
/// Connections of one process to PostgreSQL, whose default limit is 100 for all.
pub const POSTGRES_CONNECTIONS_MAX: u32 = 16;
/// PostgreSQL undoes a transaction whose process asks for nothing more for so long. One that lives takes milliseconds;
/// one that sleeps, or is cut off from the network, would hold its locks on jobs and accounts until it comes back.
pub const POSTGRES_TRANSACTION_IDLE_WAIT: Duration = Duration::from_secs(5);
/// Transactions that share one sync of the disk. More would make the first of them wait for the last.
pub const GROUP_COMMIT_MAX: usize = 24;
/// Wait of a member for its batch before it looks whether somebody still commits it.
pub const GROUP_COMMIT_WAIT: Duration = Duration::from_millis(5);
/// Life of a process in the eyes of the others, from its last word. A setting, for tests.
pub const LEASE: Duration = Duration::from_secs(30);
/// Renewals in the life of a lease: two may fail.
pub const LEASE_RENEWALS: u32 = 3;
/// Leases that have run out are kept for so long, for whoever looks into the table.
pub const LEASE_RETENTION: Duration = Duration::from_secs(24 * 3600);
/// Between two searches for the work of dead processes; more often where leases are shorter.
pub const ORPHAN_SWEEP_INTERVAL: Duration = Duration::from_secs(5);
/// Between two sweeps of what is too old.
pub const RETENTION_SWEEP_INTERVAL: Duration = Duration::from_secs(60);
/// Jobs whose files go in one sweep, so that a large backlog does not hold up the rest.
pub const RETENTION_BATCH: i64 = 100;
/// Between two audits of the ledger.
pub const AUDIT_INTERVAL: Duration = Duration::from_secs(3600);
/// Age of the queue of those who wait to write beyond which nobody else is let in. A setting, for tests.
pub const WRITE_QUEUE_AGE: Duration = Duration::from_millis(300);
/// Wait of a request for its turn to write: overload is answered within a second, not queued. A setting, for tests.
pub const WRITE_QUEUE_WAIT: Duration = Duration::from_millis(800);
/// Wait for another process (the command line) that is writing.
pub const DATABASE_BUSY_WAIT: Duration = Duration::from_secs(10);
/// Job changes that a long poll may lag behind before it looks for itself.
pub const CHANGES_QUEUE_MAX: usize = 1024;

/// Fields of a form of the console, together.
pub const FORM_BYTES_MAX: usize = 64 << 10;
/// Jobs on a page of the console.
pub const CONSOLE_PAGE_JOBS: usize = 50;
/// Accounts on a page of the console.
pub const CONSOLE_PAGE_ACCOUNTS: usize = 200;
/// Credits of one grant by a form.
pub const GRANT_CREDITS_MAX: i64 = 1_000_000;
