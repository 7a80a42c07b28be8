//! Requests that may be repeated: the first answer is stored with the job, in its transaction, and given again.

use super::database::{Connection, sql};
use super::{StoreError, rows};
use crate::domain::ids::{AccountId, JobId};
use crate::domain::timestamp::Timestamp;

/// What makes two requests the same.
#[derive(Debug, Clone)]
pub struct IdempotencyKey {
    /// The caller's own name for the request, unique for the account and the route.
    pub key: String,
    /// Method and path.
    pub route: &'static str,
    /// SHA-256 of what was asked; another one under the same key is a mistake.
    pub fingerprint: [u8; 32],
    /// The body that answers it.
    pub answer: String,
}

/// An answer given before.
#[derive(Debug)]
pub struct Replay {
    /// The job of the first request.
    pub job_id: JobId,
    /// The body of the first answer.
    pub answer: String,
}

/// Takes the key for the job that is being created in this transaction.
///
/// # Errors
/// [`StoreError::Replayed`] where the request was answered before; [`StoreError::IdempotencyKeyReused`] where another was.
pub(super) async fn take_key(
    tx: &mut Connection,
    key: &IdempotencyKey,
    (account, job): (&AccountId, &JobId),
    now: Timestamp,
) -> Result<(), StoreError> {
    // On PostgreSQL a second taker waits here for the first to commit or break off.
    let inserted =
        sql("INSERT INTO idempotency_keys (account_id, route, key, fingerprint, job_id, answer, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING RETURNING key")
        .bind(account.as_str())
        .bind(key.route)
        .bind(&key.key)
        .bind(key.fingerprint.as_slice())
        .bind(job.as_str())
        .bind(&key.answer)
        .bind(now)
        .optional(tx)
        .await?;
    if inserted.is_some() {
        return Ok(());
    }
    let row = sql("SELECT fingerprint, job_id, answer FROM idempotency_keys WHERE account_id = $1 AND route = $2 AND key = $3")
        .bind(account.as_str())
        .bind(key.route)
        .bind(&key.key)
        .one(tx)
        .await?;
    if row.get::<Vec<u8>>("fingerprint")? != key.fingerprint {
        return Err(StoreError::IdempotencyKeyReused);
    }
    let job_id = rows::job_id(&rows::text(&row, "job_id")?)?;
    Err(StoreError::Replayed(Box::new(Replay { job_id, answer: row.get("answer")? })))
}
