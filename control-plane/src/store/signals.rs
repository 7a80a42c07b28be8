//! Hints that something is worth a look. Whoever waits for one also polls: a hint may be lost, what it hints at may not.

use tokio::sync::{Notify, broadcast};

use crate::domain::ids::JobId;
use crate::limits;

/// Something that a committed transaction has brought about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Signal {
    /// A job is waiting to be claimed.
    JobReady,
    /// A job is not what it was.
    JobChanged(JobId),
    /// A webhook is due.
    DeliveryDue,
}

impl Signal {
    /// What a notification carries.
    pub(super) fn text(&self) -> &str {
        match self {
            Self::JobReady => "job_ready",
            Self::JobChanged(id) => id.as_str(),
            Self::DeliveryDue => "delivery_due",
        }
    }

    pub(super) fn from_text(text: &str) -> Option<Self> {
        match text {
            "job_ready" => Some(Self::JobReady),
            "delivery_due" => Some(Self::DeliveryDue),
            id => JobId::parse(id).map(Self::JobChanged),
        }
    }
}

/// Tells of the jobs that have changed since it was made.
#[derive(Debug)]
pub struct Changes(broadcast::Receiver<JobId>);

impl Changes {
    /// Waits until the job of that id has changed, or may have: changes that came too fast to be kept count as its own.
    pub async fn of(&mut self, id: &JobId) {
        while self.0.recv().await.is_ok_and(|changed| changed != *id) {}
    }
}

/// Where the waiting is done.
pub(super) struct Signals {
    changes: broadcast::Sender<JobId>,
    job_ready: Notify,
    delivery_due: Notify,
}

impl Default for Signals {
    fn default() -> Self {
        let (changes, _) = broadcast::channel(limits::CHANGES_QUEUE_MAX);
        Self { changes, job_ready: Notify::new(), delivery_due: Notify::new() }
    }
}

impl Signals {
    pub(super) fn send(&self, signal: &Signal) {
        match signal {
            Signal::JobReady => self.job_ready.notify_one(),
            Signal::DeliveryDue => self.delivery_due.notify_one(),
            Signal::JobChanged(id) => {
                // An error says that nobody is listening.
                self.changes.send(id.clone()).ok();
            }
        }
    }

    pub(super) fn changes(&self) -> Changes {
        Changes(self.changes.subscribe())
    }

    pub(super) async fn job_ready(&self) {
        self.job_ready.notified().await;
    }

    pub(super) async fn delivery_due(&self) {
        self.delivery_due.notified().await;
    }
}
