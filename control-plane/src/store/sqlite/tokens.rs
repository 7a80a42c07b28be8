//! Tokens: made, listed, looked up and revoked.

use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use super::{Store, StoreError, rows};
use crate::domain::account::TokenRecord;
use crate::domain::timestamp::Timestamp;
use crate::domain::token::{SecretDigest, Token, TokenKind};
use crate::store::{NewToken, StoredToken};

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
        sqlx::query(
            "INSERT INTO tokens (id, account_id, kind, name, secret_sha256, last_four, created_at, expires_at)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(token.id())
        .bind(new.account_id.as_str())
        .bind(new.kind.name())
        .bind(new.name)
        .bind(token.secret_digest().0.as_slice())
        .bind(token.last_four())
        .bind(now.unix_millis())
        .bind(new.expires_at.map(Timestamp::unix_millis))
        .execute(&mut *tx)
        .await?;
        tx.commit().await
    }

    /// Finds what is needed to check a token.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn token(&self, id: &str) -> Result<Option<StoredToken>, StoreError> {
        let row = sqlx::query(
            "SELECT account_id, kind, secret_sha256, expires_at, revoked_at, last_used_at FROM tokens WHERE id = ?",
        )
        .bind(id)
        .fetch_optional(self.readers())
        .await?;
        row.as_ref().map(stored_token_from_row).transpose()
    }

    /// Notes that a token was used.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn touch_token(&self, id: &str, now: Timestamp) -> Result<(), StoreError> {
        let mut tx = self.write_soon().await?;
        sqlx::query("UPDATE tokens SET last_used_at = ? WHERE id = ?")
            .bind(now.unix_millis())
            .bind(id)
            .execute(&mut *tx)
            .await?;
        tx.commit().await
    }

    /// Lists every token, oldest first.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn tokens(&self) -> Result<Vec<TokenRecord>, StoreError> {
        let rows = sqlx::query(
            "SELECT t.id, a.email, t.name, t.kind, t.last_four, t.created_at, t.expires_at, t.revoked_at, t.last_used_at
             FROM tokens AS t JOIN accounts AS a ON a.id = t.account_id ORDER BY t.created_at, t.id",
        )
        .fetch_all(self.readers())
        .await?;
        rows.iter().map(token_record_from_row).collect()
    }

    /// Ends a token at once.
    ///
    /// # Errors
    /// [`StoreError::Missing`] where no such token works.
    pub async fn revoke_token(&self, id: &str, now: Timestamp) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        let revoked = sqlx::query("UPDATE tokens SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL")
            .bind(now.unix_millis())
            .bind(id)
            .execute(&mut *tx)
            .await?
            .rows_affected();
        tx.commit().await?;
        if revoked == 1 {
            return Ok(());
        }
        Err(StoreError::Missing { what: "active token", key: id.to_owned() })
    }
}

fn stored_token_from_row(row: &SqliteRow) -> Result<StoredToken, StoreError> {
    let digest: Vec<u8> = row.try_get("secret_sha256")?;
    let digest = <[u8; 32]>::try_from(digest).ok().ok_or(StoreError::Corrupt { column: "secret_sha256" })?;
    Ok(StoredToken {
        account_id: rows::account_id(row.try_get("account_id")?)?,
        kind: kind(row)?,
        secret_digest: SecretDigest(digest),
        expires_at: rows::optional_time(row, "expires_at")?,
        revoked_at: rows::optional_time(row, "revoked_at")?,
        last_used_at: rows::optional_time(row, "last_used_at")?,
    })
}

fn token_record_from_row(row: &SqliteRow) -> Result<TokenRecord, StoreError> {
    Ok(TokenRecord {
        id: row.try_get("id")?,
        email: row.try_get("email")?,
        name: row.try_get("name")?,
        kind: kind(row)?,
        last_four: row.try_get("last_four")?,
        created_at: rows::time(row, "created_at")?,
        expires_at: rows::optional_time(row, "expires_at")?,
        revoked_at: rows::optional_time(row, "revoked_at")?,
        last_used_at: rows::optional_time(row, "last_used_at")?,
    })
}

fn kind(row: &SqliteRow) -> Result<TokenKind, StoreError> {
    TokenKind::from_name(row.try_get("kind")?).ok_or(StoreError::Corrupt { column: "kind" })
}
