//! Who is calling: the bearer token of a request, checked.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;

use super::{Api, ApiError};
use crate::domain::account::TokenOwner;
use crate::domain::timestamp::Timestamp;
use crate::domain::token::{SecretDigest, Token, TokenKind};
use crate::telemetry;

/// The use of a token is noted to the minute: a write per request would cost more than it tells.
const TOUCH_INTERVAL_MILLIS: i64 = 60_000;

/// The owner of a working API token. Handlers that take one cannot be reached without it.
pub(super) struct ApiCaller(pub(super) TokenOwner);

impl FromRequestParts<Arc<Api>> for ApiCaller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, api: &Arc<Api>) -> Result<Self, ApiError> {
        let owner = api.token_owner(parts).await?;
        match owner.kind {
            TokenKind::Api => Ok(Self(owner)),
            TokenKind::Cli => Err(ApiError::TokenKindNotAllowed),
        }
    }
}

impl Api {
    async fn token_owner(&self, parts: &Parts) -> Result<TokenOwner, ApiError> {
        let token = token_from_parts(parts).ok_or(ApiError::Unauthorized)?;
        let stored = self.store.token(token.id()).await?;
        // An unknown id takes as long as a wrong secret.
        let expected = stored.as_ref().map_or(SecretDigest([0; 32]), |stored| stored.secret_digest);
        let genuine = token.secret_digest().matches(&expected);
        let stored = stored.filter(|_| genuine).ok_or(ApiError::Unauthorized)?;
        let now = self.clock.now();
        if stored.revoked_at.is_some() || stored.expires_at.is_some_and(|expires_at| expires_at <= now) {
            return Err(ApiError::Unauthorized);
        }
        self.note_use(token.id(), stored.last_used_at, now).await;
        Ok(TokenOwner { account_id: stored.account_id, token_id: token.id().to_owned(), kind: stored.kind })
    }

    async fn note_use(&self, id: &str, last_used_at: Option<Timestamp>, now: Timestamp) {
        let fresh =
            last_used_at.is_some_and(|at| now.unix_millis() - at.unix_millis() < TOUCH_INTERVAL_MILLIS);
        if fresh {
            return;
        }
        if let Err(error) = self.store.touch_token(id, now).await {
            tracing::warn!(error = telemetry::chain(&error), "the use of a token is not noted");
        }
    }
}

/// Only the header counts, and only one of them: tokens in a query would end up in logs.
fn token_from_parts(parts: &Parts) -> Option<Token> {
    let mut values = parts.headers.get_all(AUTHORIZATION).iter();
    let (value, None) = (values.next()?, values.next()) else { return None };
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return None;
    }
    Token::parse(token.trim())
}
