//! The ledger: every movement of credits is a transfer with two entries that sum to zero.
//!
//! ```text
//!            grant                 reserve                capture
//!  granted --------> available -------------> reserved -------------> revenue
//!                        ^                        |
//!                        '---------release--------'
//! ```
//! `UNIQUE (job_id, kind, item)` makes a second charge for the same thing impossible, however often it is tried.

use super::StoreError;
use super::database::{Connection, sql};
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
///
/// # Errors
/// [`StoreError::InsufficientCredits`] where the account cannot cover it; [`StoreError::Missing`] without account.
pub(super) async fn post(
    tx: &mut Connection,
    posting: &Posting<'_>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (from, to) = posting.kind.sides();
    let moved = |side: &str| posting.credits * (i64::from(side == to) - i64::from(side == from));
    // The balance first: on PostgreSQL its row is the lock under which the rest happens.
    let updated = sql(
        "UPDATE accounts SET available_credits = available_credits + $1, reserved_credits = reserved_credits + $2
         WHERE id = $3 AND available_credits + $1 >= 0",
    )
    .bind(moved("available"))
    .bind(moved("reserved"))
    .bind(posting.account.as_str())
    .execute(tx)
    .await?;
    if updated == 0 {
        let available_credits = balance(tx, posting.account).await?.available_credits;
        return Err(StoreError::InsufficientCredits { needed_credits: posting.credits, available_credits });
    }
    let transfer_id: i64 = sql(
        "INSERT INTO transfers (account_id, job_id, kind, item, credits, at) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id",
    )
    .bind(posting.account.as_str())
    .bind(posting.job.map(JobId::as_str))
    .bind(posting.kind.name())
    .bind(posting.item)
    .bind(posting.credits)
    .bind(now)
    .one(tx)
    .await?
    .get("id")?;
    sql("INSERT INTO entries (transfer_id, account_id, side, credits) VALUES ($1, $2, $3, -$5), ($1, $2, $4, $5)")
        .bind(transfer_id)
        .bind(posting.account.as_str())
        .bind(from)
        .bind(to)
        .bind(posting.credits)
        .execute(tx)
        .await?;
    Ok(())
}

/// Reads the cached balance.
pub(super) async fn balance(connection: &mut Connection, account: &AccountId) -> Result<Balance, StoreError> {
    let row = sql("SELECT available_credits, reserved_credits FROM accounts WHERE id = $1")
        .bind(account.as_str())
        .optional(connection)
        .await?
        .ok_or_else(|| StoreError::Missing { what: "account", key: account.to_string() })?;
    Ok(Balance {
        available_credits: row.get("available_credits")?,
        reserved_credits: row.get("reserved_credits")?,
    })
}
