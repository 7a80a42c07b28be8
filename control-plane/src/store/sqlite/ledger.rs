//! The ledger: every movement of credits is a transfer with two entries that sum to zero.
//!
//! ```text
//!            grant                 reserve                capture
//!  granted --------> available -------------> reserved -------------> revenue
//!                        ^                        |
//!                        '---------release--------'
//! ```
//! `UNIQUE (job_id, kind, item)` makes a second charge for the same thing impossible, however often it is tried.

use sqlx::{Row as _, SqliteConnection};

use super::StoreError;
use crate::domain::account::Balance;
use crate::domain::ids::{AccountId, JobId};
use crate::domain::timestamp::Timestamp;

/// A kind of movement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TransferKind {
    /// The operator gives credits.
    Grant,
    /// A new job holds what it may cost.
    Reserve,
    /// A completed job pays for an item.
    Capture,
    /// A job that ended gives back the rest.
    Release,
}

impl TransferKind {
    fn name(self) -> &'static str {
        match self {
            Self::Grant => "grant",
            Self::Reserve => "reserve",
            Self::Capture => "capture",
            Self::Release => "release",
        }
    }

    fn sides(self) -> (&'static str, &'static str) {
        match self {
            Self::Grant => ("granted", "available"),
            Self::Reserve => ("available", "reserved"),
            Self::Capture => ("reserved", "revenue"),
            Self::Release => ("reserved", "available"),
        }
    }
}

/// A movement to be written down.
pub(super) struct Posting<'a> {
    pub(super) account: &'a AccountId,
    /// None for a grant.
    pub(super) job: Option<&'a JobId>,
    pub(super) kind: TransferKind,
    /// What is paid for; empty where the movement is the job's as a whole.
    pub(super) item: &'a str,
    /// > 0.
    pub(super) credits: i64,
}

/// Writes a transfer, its entries, and the balance that follows.
pub(super) async fn post(
    tx: &mut SqliteConnection,
    posting: &Posting<'_>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let transfer_id: i64 = sqlx::query_scalar(
        "INSERT INTO transfers (account_id, job_id, kind, item, credits, at) VALUES (?, ?, ?, ?, ?, ?) RETURNING id",
    )
    .bind(posting.account.as_str())
    .bind(posting.job.map(JobId::as_str))
    .bind(posting.kind.name())
    .bind(posting.item)
    .bind(posting.credits)
    .bind(now.unix_millis())
    .fetch_one(&mut *tx)
    .await?;
    let (from, to) = posting.kind.sides();
    for (side, credits) in [(from, -posting.credits), (to, posting.credits)] {
        sqlx::query("INSERT INTO entries (transfer_id, account_id, side, credits) VALUES (?, ?, ?, ?)")
            .bind(transfer_id)
            .bind(posting.account.as_str())
            .bind(side)
            .bind(credits)
            .execute(&mut *tx)
            .await?;
    }
    let moved = |side: &str| posting.credits * (i64::from(side == to) - i64::from(side == from));
    let updated = sqlx::query(
        "UPDATE accounts SET available_credits = available_credits + ?, reserved_credits = reserved_credits + ? WHERE id = ?",
    )
    .bind(moved("available"))
    .bind(moved("reserved"))
    .bind(posting.account.as_str())
    .execute(tx)
    .await?
    .rows_affected();
    if updated == 1 {
        return Ok(());
    }
    Err(StoreError::Missing { what: "account", key: posting.account.to_string() })
}

/// Reads the cached balance.
pub(super) async fn balance(tx: &mut SqliteConnection, account: &AccountId) -> Result<Balance, StoreError> {
    let row = sqlx::query("SELECT available_credits, reserved_credits FROM accounts WHERE id = ?")
        .bind(account.as_str())
        .fetch_optional(tx)
        .await?
        .ok_or_else(|| StoreError::Missing { what: "account", key: account.to_string() })?;
    Ok(Balance {
        available_credits: row.try_get("available_credits")?,
        reserved_credits: row.try_get("reserved_credits")?,
    })
}
