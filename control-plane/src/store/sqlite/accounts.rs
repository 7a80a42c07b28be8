//! Accounts, their balance and what moved it.

use sqlx::Row as _;

use super::ledger::{self, Posting, TransferKind};
use super::{Store, StoreError, rows};
use crate::domain::account::{Balance, CreditEntry};
use crate::domain::ids::AccountId;
use crate::domain::timestamp::Timestamp;
use crate::limits;
use crate::store::Audit;

impl Store {
    /// Creates an account without credits.
    ///
    /// # Errors
    /// [`StoreError::EmailTaken`] where the address has one.
    pub async fn create_account(
        &self,
        id: &AccountId,
        email: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        let inserted = sqlx::query(
            "INSERT INTO accounts (id, email, created_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        )
        .bind(id.as_str())
        .bind(email)
        .bind(now.unix_millis())
        .execute(&mut *tx)
        .await?
        .rows_affected();
        if inserted == 0 {
            tx.roll_back().await?;
            return Err(StoreError::EmailTaken { email: email.to_owned() });
        }
        tx.commit().await
    }

    /// Finds an account by its address, in any case.
    ///
    /// # Errors
    /// [`StoreError::Missing`] where there is none.
    pub async fn account_by_email(&self, email: &str) -> Result<AccountId, StoreError> {
        let id: Option<String> = sqlx::query_scalar("SELECT id FROM accounts WHERE email = ?")
            .bind(email)
            .fetch_optional(self.readers())
            .await?;
        let id = id.ok_or_else(|| StoreError::Missing { what: "account", key: email.to_owned() })?;
        rows::account_id(&id)
    }

    /// Gives an account credits; returns its new balance.
    ///
    /// # Errors
    /// [`StoreError::Database`] where `credits` is not positive, among others.
    pub async fn grant(
        &self,
        account: &AccountId,
        credits: i64,
        now: Timestamp,
    ) -> Result<Balance, StoreError> {
        let mut tx = self.write().await?;
        let posting = Posting { account, job: None, kind: TransferKind::Grant, item: "", credits };
        ledger::post(&mut tx, &posting, now).await?;
        let balance = ledger::balance(&mut tx, account).await?;
        tx.commit().await?;
        Ok(balance)
    }

    /// What the account can spend and what its open jobs hold.
    ///
    /// # Errors
    /// [`StoreError::Missing`] where there is no such account.
    pub async fn balance(&self, account: &AccountId) -> Result<Balance, StoreError> {
        let mut connection = self.readers().acquire().await?;
        ledger::balance(&mut connection, account).await
    }

    /// The last movements of the account's credits, newest first.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn credit_entries(&self, account: &AccountId) -> Result<Vec<CreditEntry>, StoreError> {
        let rows = sqlx::query(
            "SELECT kind, item, job_id, credits, at FROM transfers WHERE account_id = ? ORDER BY id DESC LIMIT ?",
        )
        .bind(account.as_str())
        .bind(limits::CREDIT_ENTRIES_MAX)
        .fetch_all(self.readers())
        .await?;
        let entry = |row: &sqlx::sqlite::SqliteRow| -> Result<CreditEntry, StoreError> {
            let item: String = row.try_get("item")?;
            Ok(CreditEntry {
                kind: row.try_get("kind")?,
                item: Some(item).filter(|item| !item.is_empty()),
                job_id: row.try_get("job_id")?,
                credits: row.try_get("credits")?,
                created_at: rows::time(row, "at")?,
            })
        };
        rows.iter().map(entry).collect()
    }

    /// Adds up the whole ledger again and compares.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn audit(&self) -> Result<Audit, StoreError> {
        let imbalance_credits = sqlx::query_scalar(
            "SELECT COALESCE(SUM(ABS(unbalanced)), 0)
             FROM (SELECT SUM(credits) AS unbalanced FROM entries GROUP BY transfer_id)",
        )
        .fetch_one(self.readers())
        .await?;
        let drifted_accounts = sqlx::query_scalar(
            "SELECT id FROM accounts AS a
             WHERE available_credits <> (SELECT COALESCE(SUM(credits), 0) FROM entries WHERE account_id = a.id AND side = 'available')
                OR reserved_credits <> (SELECT COALESCE(SUM(credits), 0) FROM entries WHERE account_id = a.id AND side = 'reserved')
                OR reserved_credits <> (SELECT COALESCE(SUM(reserved_credits), 0) FROM jobs WHERE account_id = a.id)",
        )
        .fetch_all(self.readers())
        .await?;
        let unsettled_jobs = sqlx::query_scalar(
            "SELECT id FROM jobs WHERE reserved_credits <> 0 AND status IN ('completed', 'failed', 'cancelled')",
        )
        .fetch_all(self.readers())
        .await?;
        Ok(Audit { imbalance_credits, drifted_accounts, unsettled_jobs })
    }
}
