//! Signed-in browsers.

use super::database::sql;
use super::{Store, StoreError, rows};
use crate::domain::ids::AccountId;
use crate::domain::timestamp::Timestamp;

/// A browser that has signed in.
#[derive(Debug, Clone)]
pub struct SessionRecord {
    /// SHA-256 of the cookie's value.
    pub id_sha256: [u8; 32],
    /// Who.
    pub account_id: AccountId,
    /// What every change must carry besides the cookie.
    pub csrf_token: String,
    /// When.
    pub created_at: Timestamp,
    /// When the password was last given.
    pub authenticated_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Timestamp,
}

impl Store {
    /// Stores a new session.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn create_session(&self, session: &SessionRecord) -> Result<(), StoreError> {
        let mut tx = self.write_soon().await?;
        sql("INSERT INTO sessions (id_sha256, account_id, csrf_token, created_at, authenticated_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)")
            .bind(session.id_sha256.as_slice())
            .bind(session.account_id.as_str())
            .bind(&session.csrf_token)
            .bind(session.created_at)
            .bind(session.authenticated_at)
            .bind(session.expires_at)
            .execute(&mut tx)
            .await?;
        tx.commit().await
    }

    /// Finds a session that has not expired.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn session(
        &self,
        id_sha256: &[u8; 32],
        now: Timestamp,
    ) -> Result<Option<SessionRecord>, StoreError> {
        let row = sql("SELECT * FROM sessions WHERE id_sha256 = $1 AND expires_at > $2")
            .bind(id_sha256.as_slice())
            .bind(now)
            .optional(&mut self.read().await?)
            .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(SessionRecord {
            id_sha256: *id_sha256,
            account_id: rows::account_id(&rows::text(&row, "account_id")?)?,
            csrf_token: row.get("csrf_token")?,
            created_at: rows::time(&row, "created_at")?,
            authenticated_at: rows::time(&row, "authenticated_at")?,
            expires_at: rows::time(&row, "expires_at")?,
        }))
    }

    /// Notes that the password was given again.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn reauthenticate_session(
        &self,
        id_sha256: &[u8; 32],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.write_soon().await?;
        sql("UPDATE sessions SET authenticated_at = $1 WHERE id_sha256 = $2")
            .bind(now)
            .bind(id_sha256.as_slice())
            .execute(&mut tx)
            .await?;
        tx.commit().await
    }

    /// Ends a session.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn end_session(&self, id_sha256: &[u8; 32]) -> Result<(), StoreError> {
        let mut tx = self.write_soon().await?;
        sql("DELETE FROM sessions WHERE id_sha256 = $1").bind(id_sha256.as_slice()).execute(&mut tx).await?;
        tx.commit().await
    }
}
