//! Accounts, their balance and what moved it.

use super::database::{self, sql};
use super::ledger::{self, Posting, TransferKind};
use super::{Audit, Store, StoreError, rows};
use crate::domain::account::{Account, Balance, CreditEntry};
use crate::domain::ids::AccountId;
use crate::domain::timestamp::Timestamp;

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
        if insert_account(&mut tx, (id, email), now).await? == 0 {
            tx.roll_back().await?;
            return Err(StoreError::EmailTaken { email: email.to_owned() });
        }
        tx.commit().await
    }

    /// Finds an account by its address, in any case.
    ///
    /// # Errors
    /// [`StoreError::Missing`] where there is none.
    pub async fn account_by_email(&self, email: &str) -> Result<Account, StoreError> {
        let row = sql("SELECT * FROM accounts WHERE lower(email) = lower($1)")
            .bind(email)
            .optional(&mut self.read().await?)
            .await?
            .ok_or_else(|| StoreError::Missing { what: "account", key: email.to_owned() })?;
        account_from_row(&row)
    }

    /// Reads an account.
    ///
    /// # Errors
    /// [`StoreError::Missing`] where there is none.
    pub async fn account(&self, id: &AccountId) -> Result<Account, StoreError> {
        let row = sql("SELECT * FROM accounts WHERE id = $1")
            .bind(id.as_str())
            .optional(&mut self.read().await?)
            .await?
            .ok_or_else(|| StoreError::Missing { what: "account", key: id.to_string() })?;
        account_from_row(&row)
    }

    /// Lists every account, oldest first.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn accounts(&self) -> Result<Vec<Account>, StoreError> {
        let rows = sql("SELECT * FROM accounts ORDER BY created_at, id").all(&mut self.read().await?).await?;
        rows.iter().map(account_from_row).collect()
    }

    /// Sets the hash of an account's password, and whether it may operate this installation; ends its sessions.
    ///
    /// # Errors
    /// [`StoreError::Missing`] where there is no such account.
    pub async fn set_password(
        &self,
        id: &AccountId,
        password_hash: &str,
        is_operator: bool,
    ) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        let updated = sql("UPDATE accounts SET password_hash = $1, is_operator = $2 WHERE id = $3")
            .bind(password_hash)
            .bind(i64::from(is_operator))
            .bind(id.as_str())
            .execute(&mut tx)
            .await?;
        if updated == 0 {
            tx.roll_back().await?;
            return Err(StoreError::Missing { what: "account", key: id.to_string() });
        }
        sql("DELETE FROM sessions WHERE account_id = $1").bind(id.as_str()).execute(&mut tx).await?;
        tx.commit().await
    }

    /// True where somebody can sign in.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn has_passwords(&self) -> Result<bool, StoreError> {
        let row = sql("SELECT 1 AS one FROM accounts WHERE password_hash IS NOT NULL LIMIT 1")
            .optional(&mut self.read().await?)
            .await?;
        Ok(row.is_some())
    }

    /// Makes the first operator of an installation where nobody can sign in yet: the account of this address, `id`
    /// where it has none.
    ///
    /// # Errors
    /// [`StoreError::Missing`] where somebody can sign in already.
    pub async fn set_up_operator(
        &self,
        (id, email): (&AccountId, &str),
        password_hash: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        insert_account(&mut tx, (id, email), now).await?;
        let updated =
            sql("UPDATE accounts SET password_hash = $1, is_operator = 1 WHERE lower(email) = lower($2)
             AND NOT EXISTS (SELECT 1 FROM accounts WHERE password_hash IS NOT NULL)")
            .bind(password_hash)
            .bind(email)
            .execute(&mut tx)
            .await?;
        if updated == 0 {
            tx.roll_back().await?;
            return Err(StoreError::Missing { what: "first run", key: email.to_owned() });
        }
        tx.commit().await
    }

    /// Gives an account credits; returns its new balance, and whether
    /// it was given. `once` is the number of the form that asks for it: the same
    /// one, sent again whenever and to whichever process, gives nothing; without a number every call gives.
    ///
    /// # Errors
    /// [`StoreError::Database`] where `credits` is not positive, among others.
    pub async fn grant(
        &self,
        account: &AccountId,
        (credits, once): (i64, Option<&str>),
        now: Timestamp,
    ) -> Result<(Balance, bool), StoreError> {
        let mut tx = self.write().await?;
        let item = once.unwrap_or_default();
        let posting = Posting { account, job: None, kind: TransferKind::Grant, item, credits };
        ledger::post(&mut tx, &posting, now).await?;
        if once.is_some() && ledger::grants_of(&mut tx, account, item).await? > 1 {
            tx.roll_back().await?;
            return Ok((self.balance(account).await?, false));
        }
        let balance = ledger::balance(&mut tx, account).await?;
        tx.commit().await?;
        Ok((balance, true))
    }

    /// What the account can spend and what its open jobs hold.
    ///
    /// # Errors
    /// [`StoreError::Missing`] where there is no such account.
    pub async fn balance(&self, account: &AccountId) -> Result<Balance, StoreError> {
        ledger::balance(&mut self.read().await?, account).await
    }

    /// The last `most` movements of the account's credits, newest first.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn credit_entries(
        &self,
        account: &AccountId,
        most: i64,
    ) -> Result<Vec<CreditEntry>, StoreError> {
        let rows = sql(
            "SELECT kind, item, job_id, credits, at FROM transfers WHERE account_id = $1 ORDER BY id DESC LIMIT $2",
        )
        .bind(account.as_str())
        .bind(most)
        .all(&mut self.read().await?)
        .await?;
        let entry = |row| -> Result<CreditEntry, StoreError> {
            let (kind, item): (String, String) = (rows::text(row, "kind")?, rows::text(row, "item")?);
            Ok(CreditEntry {
                // That of a grant is the number of a form.
                item: Some(item).filter(|item| !item.is_empty() && kind != "grant"),
                kind,
                job_id: row.get("job_id")?,
                credits: row.get("credits")?,
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
        let mut connection = self.read().await?;
        let imbalance_credits = sql("SELECT CAST(COALESCE(SUM(ABS(unbalanced)), 0) AS BIGINT) AS imbalance
             FROM (SELECT SUM(credits) AS unbalanced FROM entries GROUP BY transfer_id) AS sums")
        .one(&mut connection)
        .await?
        .get("imbalance")?;
        // Sums of the ledger per account, side by side with what is cached: one pass over each table.
        let drifted = sql("WITH booked AS (
                 SELECT account_id,
                        SUM(CASE WHEN side = 'available' THEN credits ELSE 0 END) AS available,
                        SUM(CASE WHEN side = 'reserved' THEN credits ELSE 0 END) AS reserved
                 FROM entries GROUP BY account_id),
             held AS (
                 SELECT account_id, SUM(reserved_credits) AS reserved,
                        SUM(CASE WHEN finished_at IS NULL THEN 1 ELSE 0 END) AS open
                 FROM jobs GROUP BY account_id)
             SELECT a.id FROM accounts AS a
             LEFT JOIN booked ON booked.account_id = a.id LEFT JOIN held ON held.account_id = a.id
             WHERE a.available_credits <> COALESCE(booked.available, 0)
                OR a.reserved_credits <> COALESCE(booked.reserved, 0)
                OR a.reserved_credits <> COALESCE(held.reserved, 0)
                OR a.open_jobs <> COALESCE(held.open, 0)
             ORDER BY a.id LIMIT 100")
        .all(&mut connection)
        .await?;
        let unsettled = sql(
            "SELECT id FROM jobs WHERE reserved_credits <> 0 AND finished_at IS NOT NULL ORDER BY seq LIMIT 100",
        )
        .all(&mut connection)
        .await?;
        let ids = |rows: &[database::Row]| -> Result<Vec<String>, StoreError> {
            rows.iter().map(|row| row.get("id")).collect()
        };
        Ok(Audit { imbalance_credits, drifted_accounts: ids(&drifted)?, unsettled_jobs: ids(&unsettled)? })
    }
}

/// Inserts an account, unless the address has one; returns how many were inserted.
async fn insert_account(
    tx: &mut database::Connection,
    (id, email): (&AccountId, &str),
    now: Timestamp,
) -> Result<u64, StoreError> {
    sql("INSERT INTO accounts (id, email, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING")
        .bind(id.as_str())
        .bind(email)
        .bind(now)
        .execute(tx)
        .await
}

fn account_from_row(row: &database::Row) -> Result<Account, StoreError> {
    Ok(Account {
        id: rows::account_id(&rows::text(row, "id")?)?,
        email: row.get("email")?,
        password_hash: row.get("password_hash")?,
        is_operator: row.get::<i64>("is_operator")? == 1,
        balance: Balance {
            available_credits: row.get("available_credits")?,
            reserved_credits: row.get("reserved_credits")?,
        },
        created_at: rows::time(row, "created_at")?,
    })
}
