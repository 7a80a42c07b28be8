//! Durable state: accounts, tokens, jobs, ledger and outbox. The `jobs` row is the only truth about a job;
//! its ledger entries, events and webhook commit with it or not at all.

mod assets;
mod files;
mod sqlite;

use serde_json::Value;

use crate::domain::credits::Item;
use crate::domain::ids::{AccountId, EventId, JobId};
use crate::domain::job::{Job, JobError, Mode, Progress, Video};
use crate::domain::lifecycle::IllegalStep;
use crate::domain::link::LinkSigner;
use crate::domain::timestamp::Timestamp;
use crate::domain::token::{SecretDigest, TokenKind};

pub use assets::{AssetRecord, ProbeRecord};
pub use files::JobFiles;
pub use sqlite::Store;

/// Why the store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The account cannot cover the reservation.
    #[error("needs {needed_credits} credits, has {available_credits}")]
    InsufficientCredits {
        /// What the job may cost.
        needed_credits: i64,
        /// What the account can spend.
        available_credits: i64,
    },
    /// The job has been taken from the caller: another attempt runs, or it has ended.
    #[error("the job is no longer held by attempt {epoch}")]
    Fenced {
        /// The attempt that the caller speaks for.
        epoch: u32,
    },
    /// The step does not fit the state of the job.
    #[error(transparent)]
    IllegalStep(#[from] IllegalStep),
    /// There is no such row.
    #[error("no {what} `{key}`")]
    Missing {
        /// Kind of row.
        what: &'static str,
        /// Its key.
        key: String,
    },
    /// The address is taken.
    #[error("an account with the address `{email}` exists")]
    EmailTaken {
        /// The address.
        email: String,
    },
    /// A stored value is not one that this version writes.
    #[error("the column `{column}` holds an unknown value")]
    Corrupt {
        /// Where.
        column: &'static str,
    },
    /// A document cannot be written as JSON, or read back.
    #[error("a stored document is not the expected JSON")]
    Document(#[from] serde_json::Error),
    /// Too many wait to write.
    #[error("too many requests wait to be stored")]
    Overloaded,
    /// The database refused.
    #[error("the database failed")]
    Database(#[from] sqlx::Error),
    /// The database could not be brought to this version.
    #[error("the database cannot be migrated")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// The data directory cannot be used.
    #[error("the data directory cannot be used")]
    Directory(#[from] std::io::Error),
}

/// A token to be stored.
#[derive(Debug)]
pub struct NewToken<'a> {
    /// Owner.
    pub account_id: &'a AccountId,
    /// What it may be used for.
    pub kind: TokenKind,
    /// The owner's name for it.
    pub name: &'a str,
    /// When it stops to work.
    pub expires_at: Option<Timestamp>,
}

/// A token as looked up for a request.
pub struct StoredToken {
    /// Owner.
    pub account_id: AccountId,
    /// What it may be used for.
    pub kind: TokenKind,
    /// What the secret must hash to.
    pub secret_digest: SecretDigest,
    /// When it stops to work.
    pub expires_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<Timestamp>,
}

/// A job to be accepted.
#[derive(Debug)]
pub struct NewJob {
    /// Its name; its files are already on disk under it.
    pub id: JobId,
    /// Owner.
    pub account_id: AccountId,
    /// Public part of the token that asked.
    pub token_id: String,
    /// What kind of request it is.
    pub mode: Mode,
    /// The bill at worst; reserved.
    pub items: Vec<Item>,
    /// The caller's own data.
    pub metadata: Option<Value>,
    /// The hidden project.
    pub project: Project,
    /// Who wants to know the end.
    pub webhook: Option<WebhookTarget>,
}

/// The hidden project behind a job: what it takes to execute and to support it.
#[derive(Debug, Clone)]
pub struct Project {
    /// The template as the caller sent it.
    pub template: Value,
    /// The `output` object as the caller sent it; null where absent.
    pub output: Value,
    /// The input files.
    pub assets: Vec<AssetRecord>,
}

/// Where the end of a job is announced.
#[derive(Debug)]
pub struct WebhookTarget {
    /// Receiver.
    pub url: String,
    /// The secret, sealed.
    pub sealed_secret: Option<Vec<u8>>,
}

/// A job that this process has just claimed.
#[derive(Debug)]
pub struct ClaimedJob {
    /// The job; its epoch names this attempt.
    pub job: Job,
    /// What to execute.
    pub project: Project,
}

/// How a job ends.
#[derive(Debug)]
pub enum Ending {
    /// With a video.
    Completed(Box<Completion>),
    /// Without one.
    Failed(JobError),
}

/// What a completed job leaves behind.
#[derive(Debug)]
pub struct Completion {
    /// What was made.
    pub video: Video,
    /// The last word on how far it is: all the way.
    pub progress: Progress,
    /// The engine's own report, for support.
    pub engine_report: Value,
}

/// What a terminal transaction needs besides the ending: the name of its event, and links for the webhook's body.
pub struct Announcement<'a> {
    /// Name of the event.
    pub event_id: EventId,
    /// Signs the download link.
    pub links: &'a LinkSigner,
}

/// A delivery that is due.
#[derive(Debug)]
pub struct DueDelivery {
    /// Its event.
    pub event_id: EventId,
    /// Its job.
    pub job_id: JobId,
    /// Name of the event.
    pub event: String,
    /// The body, byte for byte.
    pub body: Vec<u8>,
    /// Attempts made so far.
    pub attempts: usize,
    /// Where to.
    pub target: WebhookTarget,
}

/// What the ledger says about itself.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Audit {
    /// Sum of all entries; must be 0.
    pub imbalance_credits: i64,
    /// Accounts whose cached balance differs from their entries; must be empty.
    pub drifted_accounts: Vec<String>,
    /// Terminal jobs that still hold credits; must be empty.
    pub unsettled_jobs: Vec<String>,
}

impl Audit {
    /// True where everything adds up.
    pub fn is_clean(&self) -> bool {
        *self == Self::default()
    }
}
