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

/// Open connections; each may cost a few buffers of 64 KiB.
pub const CONNECTIONS_MAX: usize = 1024;
/// From the connection to its first byte. hyper has no such limit.
pub const FIRST_BYTE_WAIT: Duration = Duration::from_secs(10);
/// From the first byte of a request to the end of its headers.
pub const HEADER_WAIT: Duration = Duration::from_secs(10);
/// Between two pieces of a body.
pub const BODY_IDLE_WAIT: Duration = Duration::from_secs(30);
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
/// Deliveries under way at once.
pub const DELIVERIES_AT_ONCE_MAX: usize = 8;
/// Resolution of a host name.
pub const RESOLVE_WAIT: Duration = Duration::from_secs(5);

/// Readers of the database at once.
pub const READERS_MAX: u32 = 4;
/// Wait of a request for its turn to write: overload is answered within a second, not queued.
pub const WRITE_QUEUE_WAIT: Duration = Duration::from_millis(800);
/// Wait for another process (the command line) that is writing.
pub const DATABASE_BUSY_WAIT: Duration = Duration::from_secs(10);
/// Job changes that a long poll may lag behind before it looks for itself.
pub const CHANGES_QUEUE_MAX: usize = 1024;
