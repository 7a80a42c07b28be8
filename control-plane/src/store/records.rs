//! What goes into the store and comes out of it.

use serde_json::Value;

use super::AssetRecord;
use super::idempotency::IdempotencyKey;
use crate::domain::credits::Item;
use crate::domain::ids::{AccountId, EventId, JobId};
use crate::domain::job::{Job, JobError, Mode, Progress, Video};
use crate::domain::link::LinkSigner;
use crate::domain::timestamp::Timestamp;
use crate::domain::token::{SecretDigest, TokenKind};

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
    /// What it may hash to as well, until then: the secret before a rotation.
    pub previous: Option<(SecretDigest, Timestamp)>,
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
    /// Public part of the token that asked; none where a signed-in person did.
    pub token_id: Option<String>,
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
    /// Under which the answer is kept, for repetitions.
    pub idempotency: Option<IdempotencyKey>,
}

/// The hidden project behind a job: what it takes to execute and to support it.
#[derive(Debug, Clone)]
pub struct Project {
    /// The template as the caller sent it; null for a prompt, until the creator has made one.
    pub template: Value,
    /// The prompt, in prompt mode.
    pub prompt: Option<String>,
    /// The `output` object as the caller sent it; null where absent. With what it left open decided, once a creator has.
    pub output: Value,
    /// The input files.
    pub assets: Vec<AssetRecord>,
}

/// The hidden project as support reads it.
#[derive(Debug)]
pub struct ProjectRecord {
    /// The template that was rendered; null for a prompt without one yet.
    pub template: Value,
    /// The prompt, in prompt mode.
    pub prompt: Option<String>,
    /// The `output` object as the caller sent it; in prompt mode with what the creator has decided.
    pub output: Value,
    /// The input files, with what was found in them.
    pub assets: Vec<AssetRecord>,
    /// How the creator came to its template.
    pub trace: Option<Value>,
    /// The engine's own report.
    pub engine_report: Option<Value>,
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
    /// How its template came about, where a creator has made it.
    pub trace: Option<Value>,
    /// True where its owner wants it stopped.
    pub cancel_requested: bool,
}

/// How a job ends.
#[derive(Debug)]
pub enum Ending {
    /// With a video.
    Completed(Box<Completion>),
    /// Without one.
    Failed(JobError),
    /// On request.
    Cancelled,
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

/// A delivery that this process has just claimed.
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
    /// Accounts whose cached balance or count of open jobs differs from their entries and jobs; must be empty.
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
