//! Tokens: made, listed, looked up, rotated and revoked.

use super::database::{Connection, Row, sql};
use super::{NewToken, Store, StoreError, StoredToken, rows};
use crate::domain::account::TokenRecord;
use crate::domain::ids::AccountId;
use crate::domain::timestamp::Timestamp;
use crate::domain::token::{Token, TokenKind};

const RECORD: &str = "SELECT t.id, a.email, t.account_id, t.name, t.kind, t.last_four, t.created_at, t.expires_at, t.revoked_at,
            t.last_used_at, t.previous_until
     FROM tokens AS t JOIN accounts AS a ON a.id = t.account_id
     WHERE $1 IS NULL OR t.account_id = $1 ORDER BY t.created_at, t.id LIMIT 10000";

impl Store {
    /// Stores a new token; its secret only as a digest.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn create_token(
        &self,
        token: &Token,
        new: &NewToken<'_>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        insert(&mut tx, token, new, now).await?;
        tx.commit().await
    }

    /// Finds what is needed to check a token.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn token(&self, id: &str) -> Result<Option<StoredToken>, StoreError> {
        let row = sql("SELECT account_id, kind, secret_sha256, previous_sha256, previous_until, expires_at, revoked_at, last_used_at
             FROM tokens WHERE id = $1")
            .bind(id)
            .optional(&mut self.read().await?)
            .await?;
        row.as_ref().map(stored_token_from_row).transpose()
    }

    /// Notes that a token was used.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn touch_token(&self, id: &str, now: Timestamp) -> Result<(), StoreError> {
        let mut tx = self.write_soon().await?;
        sql("UPDATE tokens SET last_used_at = $1 WHERE id = $2").bind(now).bind(id).execute(&mut tx).await?;
        tx.commit().await
    }

    /// Lists the tokens of an account, or all of them, oldest first.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn tokens(&self, account: Option<&AccountId>) -> Result<Vec<TokenRecord>, StoreError> {
        let rows = sql(RECORD).bind(account.map(AccountId::as_str)).all(&mut self.read().await?).await?;
        rows.iter().map(token_record_from_row).collect()
    }

    /// Gives a token, which keeps its id, the secret of `renewed`. The old secret works until `overlap_until`.
    ///
    /// # Errors
    /// [`StoreError::Missing`] where no such token works.
    pub async fn rotate_token(
        &self,
        renewed: &Token,
        account: Option<&AccountId>,
        overlap_until: Timestamp,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        let rotated = sql("UPDATE tokens SET previous_sha256 = secret_sha256, previous_until = $1, secret_sha256 = $2, last_four = $3
             WHERE id = $4 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $5) AND ($6 IS NULL OR account_id = $6)")
            .bind(overlap_until)
            .bind(renewed.secret_digest().0.as_slice())
            .bind(renewed.last_four())
            .bind(renewed.id())
            .bind(now)
            .bind(account.map(AccountId::as_str))
            .execute(&mut tx)
            .await?;
        tx.commit().await?;
        changed_one(rotated, renewed.id())
    }

    /// Ends a token at once, both its secrets.
    ///
    /// # Errors
    /// [`StoreError::Missing`] where no such token works.
    pub async fn revoke_token(
        &self,
        id: &str,
        account: Option<&AccountId>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        let revoked = sql("UPDATE tokens SET revoked_at = $1 WHERE id = $2 AND revoked_at IS NULL AND ($3 IS NULL OR account_id = $3)")
            .bind(now)
            .bind(id)
            .bind(account.map(AccountId::as_str))
            .execute(&mut tx)
            .await?;
        tx.commit().await?;
        changed_one(revoked, id)
    }
}

/// Stores a token inside a transaction.
pub(super) async fn insert(
    tx: &mut Connection,
    token: &Token,
    new: &NewToken<'_>,
    now: Timestamp,
) -> Result<(), StoreError> {
    sql("INSERT INTO tokens (id, account_id, kind, name, secret_sha256, last_four, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)")
    .bind(token.id())
    .bind(new.account_id.as_str())
    .bind(new.kind.name())
    .bind(new.name)
    .bind(token.secret_digest().0.as_slice())
    .bind(token.last_four())
    .bind(now)
    .bind(new.expires_at)
    .execute(tx)
    .await?;
    Ok(())
}

fn changed_one(rows: u64, id: &str) -> Result<(), StoreError> {
    if rows == 1 { Ok(()) } else { Err(StoreError::Missing { what: "active token", key: id.to_owned() }) }
}

fn stored_token_from_row(row: &Row) -> Result<StoredToken, StoreError> {
    let previous: Option<Vec<u8>> = row.get("previous_sha256")?;
    let previous = previous.map(|bytes| rows::digest(&bytes, "previous_sha256")).transpose()?;
    Ok(StoredToken {
        account_id: rows::account_id(&rows::text(row, "account_id")?)?,
        kind: kind(row)?,
        secret_digest: rows::digest(&row.get::<Vec<u8>>("secret_sha256")?, "secret_sha256")?,
        previous: previous.zip(rows::optional_time(row, "previous_until")?),
        expires_at: rows::optional_time(row, "expires_at")?,
        revoked_at: rows::optional_time(row, "revoked_at")?,
        last_used_at: rows::optional_time(row, "last_used_at")?,
    })
}

fn token_record_from_row(row: &Row) -> Result<TokenRecord, StoreError> {
    Ok(TokenRecord {
        id: row.get("id")?,
        account_id: rows::account_id(&rows::text(row, "account_id")?)?,
        email: row.get("email")?,
        name: row.get("name")?,
        kind: kind(row)?,
        last_four: row.get("last_four")?,
        created_at: rows::time(row, "created_at")?,
        expires_at: rows::optional_time(row, "expires_at")?,
        revoked_at: rows::optional_time(row, "revoked_at")?,
        last_used_at: rows::optional_time(row, "last_used_at")?,
        overlap_until: rows::optional_time(row, "previous_until")?,
    })
}

fn kind(row: &Row) -> Result<TokenKind, StoreError> {
    TokenKind::from_name(&rows::text(row, "kind")?).ok_or(StoreError::Corrupt { column: "kind" })
}
