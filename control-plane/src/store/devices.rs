//! Command lines that wait to be approved by a signed-in person (RFC 8628).

use super::database::{Row, locked, sql};
use super::{NewToken, Store, StoreError, rows};
use crate::domain::ids::AccountId;
use crate::domain::timestamp::Timestamp;
use crate::domain::token::{Token, TokenKind};

/// Where a grant is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeviceState {
    /// Nobody has decided.
    Pending,
    /// A person has approved it; the next poll gets the token.
    Approved,
    /// A person has refused it.
    Denied,
    /// The token has been given out.
    Used,
}

impl DeviceState {
    const ALL: [Self; 4] = [Self::Pending, Self::Approved, Self::Denied, Self::Used];

    fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Denied => "denied",
            Self::Used => "used",
        }
    }
}

/// A command line that asks for a token.
#[derive(Debug, Clone)]
pub struct DeviceGrant {
    /// SHA-256 of the device code.
    pub device_sha256: [u8; 32],
    /// What the person compares or types.
    pub user_code: String,
    /// What the command line calls itself; becomes the token's name.
    pub client_name: String,
    /// Where it is.
    pub state: DeviceState,
    /// Who has approved it.
    pub account_id: Option<AccountId>,
    /// When the command line last asked.
    pub polled_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Timestamp,
}

impl Store {
    /// Stores a new grant.
    ///
    /// # Errors
    /// [`StoreError::Database`], also where the user code is taken.
    pub async fn create_device_grant(&self, grant: &DeviceGrant) -> Result<(), StoreError> {
        let mut tx = self.write_soon().await?;
        sql("INSERT INTO device_grants (device_sha256, user_code, client_name, status, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)")
            .bind(grant.device_sha256.as_slice())
            .bind(&grant.user_code)
            .bind(&grant.client_name)
            .bind(grant.state.name())
            .bind(grant.created_at)
            .bind(grant.expires_at)
            .execute(&mut tx)
            .await?;
        tx.commit().await
    }

    /// Finds a grant that waits for a decision by what the person typed.
    ///
    /// # Errors
    /// [`StoreError::Missing`] where there is none.
    pub async fn pending_device_grant(
        &self,
        user_code: &str,
        now: Timestamp,
    ) -> Result<DeviceGrant, StoreError> {
        let row = sql(
            "SELECT * FROM device_grants WHERE user_code = $1 AND status = 'pending' AND expires_at > $2",
        )
        .bind(user_code)
        .bind(now)
        .optional(&mut self.read().await?)
        .await?;
        grant_from_row(&row.ok_or_else(|| missing(user_code))?)
    }

    /// Writes down the decision of `account`.
    ///
    /// # Errors
    /// [`StoreError::Missing`] where no such grant waits for one.
    pub async fn decide_device_grant(
        &self,
        user_code: &str,
        account: &AccountId,
        approved: bool,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let state = if approved { DeviceState::Approved } else { DeviceState::Denied };
        let mut tx = self.write_soon().await?;
        let decided = sql("UPDATE device_grants SET status = $1, account_id = $2 WHERE user_code = $3 AND status = 'pending' AND expires_at > $4")
            .bind(state.name())
            .bind(account.as_str())
            .bind(user_code)
            .bind(now)
            .execute(&mut tx)
            .await?;
        tx.commit().await?;
        if decided == 1 { Ok(()) } else { Err(missing(user_code)) }
    }

    /// Notes that the command line asks, and returns the grant as it was before. An approved grant is used up: `token`
    /// is stored for its account, in the same transaction.
    ///
    /// # Errors
    /// [`StoreError::Missing`] where there is no such grant.
    pub async fn poll_device_grant(
        &self,
        device_sha256: &[u8; 32],
        token: &Token,
        now: Timestamp,
    ) -> Result<DeviceGrant, StoreError> {
        let mut tx = self.write_soon().await?;
        let row = locked!("SELECT * FROM device_grants WHERE device_sha256 = $1")
            .bind(device_sha256.as_slice())
            .optional(&mut tx)
            .await?;
        let Some(row) = row else {
            tx.roll_back().await?;
            return Err(missing("device code"));
        };
        let grant = grant_from_row(&row)?;
        let is_ready = grant.state == DeviceState::Approved && grant.expires_at > now;
        sql("UPDATE device_grants SET polled_at = $1, status = $2 WHERE device_sha256 = $3")
            .bind(now)
            .bind(if is_ready { DeviceState::Used.name() } else { grant.state.name() })
            .bind(device_sha256.as_slice())
            .execute(&mut tx)
            .await?;
        if let Some(account_id) = grant.account_id.as_ref().filter(|_| is_ready) {
            let new =
                NewToken { account_id, kind: TokenKind::Cli, name: &grant.client_name, expires_at: None };
            super::tokens::insert(&mut tx, token, &new, now).await?;
        }
        tx.commit().await?;
        Ok(grant)
    }
}

fn missing(key: &str) -> StoreError {
    StoreError::Missing { what: "device grant", key: key.to_owned() }
}

fn grant_from_row(row: &Row) -> Result<DeviceGrant, StoreError> {
    let account_id: Option<String> = row.get("account_id")?;
    Ok(DeviceGrant {
        device_sha256: rows::digest(&row.get::<Vec<u8>>("device_sha256")?, "device_sha256")?.0,
        user_code: row.get("user_code")?,
        client_name: row.get("client_name")?,
        state: rows::named(row, "status", &DeviceState::ALL, DeviceState::name)?,
        account_id: account_id.as_deref().map(rows::account_id).transpose()?,
        polled_at: rows::optional_time(row, "polled_at")?,
        created_at: rows::time(row, "created_at")?,
        expires_at: rows::time(row, "expires_at")?,
    })
}
