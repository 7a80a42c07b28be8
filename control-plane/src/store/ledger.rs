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
use super::database::{Connection, sql, sql_for};
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
    /// What is paid for; empty where the movement is the job's as a whole. For a grant, the number of the form that asked
    /// for it, or empty.
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
         WHERE id = $3 AND available_credits + $1 >= 0 RETURNING id",
    )
    .bind(moved("available"))
    .bind(moved("reserved"))
    .bind(posting.account.as_str())
    .optional(tx)
    .await?;
    if updated.is_none() {
        return Err(insufficient(tx, posting).await?);
    }
    write_down(tx, posting, now).await
}

/// How many grants an account has had from one form. Under the lock that [`post`] takes: whoever else posts this one at the
/// same time has done it, or has not begun.
pub(super) async fn grants_of(
    tx: &mut Connection,
    account: &AccountId,
    item: &str,
) -> Result<i64, StoreError> {
    let row =
        sql("SELECT COUNT(*) AS count FROM transfers WHERE account_id = $1 AND kind = 'grant' AND item = $2")
            .bind(account.as_str())
            .bind(item)
            .one(tx)
            .await?;
    row.get("count")
}

/// Reserves what a new job may cost, and counts it among the open ones, of which there may be `open_jobs_max`.
///
/// # Errors
/// [`StoreError::TooManyOpenJobs`], [`StoreError::InsufficientCredits`]; [`StoreError::Missing`] without account.
pub(super) async fn reserve(
    tx: &mut Connection,
    (account, job): (&AccountId, &JobId),
    (credits, open_jobs_max): (i64, i64),
    now: Timestamp,
) -> Result<(), StoreError> {
    let posting = Posting { account, job: Some(job), kind: TransferKind::Reserve, item: "", credits };
    let reserved = sql(
        "UPDATE accounts SET available_credits = available_credits - $1, reserved_credits = reserved_credits + $1,
                             open_jobs = open_jobs + 1
         WHERE id = $2 AND available_credits >= $1 AND open_jobs < $3 RETURNING id",
    )
    .bind(credits)
    .bind(account.as_str())
    .bind(open_jobs_max)
    .optional(tx)
    .await?;
    if reserved.is_some() {
        return write_down(tx, &posting, now).await;
    }
    let full = sql("SELECT id FROM accounts WHERE id = $1 AND open_jobs >= $2");
    if full.bind(account.as_str()).bind(open_jobs_max).optional(tx).await?.is_some() {
        return Err(StoreError::TooManyOpenJobs { most: open_jobs_max });
    }
    Err(insufficient(tx, &posting).await?)
}

async fn insufficient(tx: &mut Connection, posting: &Posting<'_>) -> Result<StoreError, StoreError> {
    let available_credits = balance(tx, posting.account).await?.available_credits;
    Ok(StoreError::InsufficientCredits { needed_credits: posting.credits, available_credits })
}

/// Writes a movement down; one of no credits, as every one without billing, is none.
async fn write_down(tx: &mut Connection, posting: &Posting<'_>, now: Timestamp) -> Result<(), StoreError> {
    if posting.credits == 0 {
        return Ok(());
    }
    let (from, to) = posting.kind.sides();
    sql(
        "INSERT INTO transfers (account_id, job_id, kind, item, credits, at) VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(posting.account.as_str())
    .bind(posting.job.map(JobId::as_str))
    .bind(posting.kind.name())
    .bind(posting.item)
    .bind(posting.credits)
    .bind(now)
    .queue(tx)
    .await?;
    // The transfer just made. SQLite has one writer, so that it is the highest; PostgreSQL knows each session's last.
    sql_for(
        "INSERT INTO entries (transfer_id, account_id, side, credits)
         VALUES ((SELECT MAX(id) FROM transfers), $1, $2, -$4), ((SELECT MAX(id) FROM transfers), $1, $3, $4)",
        "INSERT INTO entries (transfer_id, account_id, side, credits)
         VALUES (lastval(), $1, $2, -$4), (lastval(), $1, $3, $4)",
    )
    .bind(posting.account.as_str())
    .bind(from)
    .bind(to)
    .bind(posting.credits)
    .queue(tx)
    .await
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
