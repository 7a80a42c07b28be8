//! Who is calling: the bearer token of a request, checked. One extractor for each kind, so that a route says by its
//! signature whom it is for.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::Method;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;

use super::rate::{RateClass, RateSlot};
use super::{Api, ApiError};
use crate::domain::account::TokenOwner;
use crate::domain::timestamp::Timestamp;
use crate::domain::token::{SecretDigest, Token, TokenKind};
use crate::telemetry;

/// The use of a token is noted to the minute: a write per request would cost more than it tells.
const TOUCH_INTERVAL_MILLIS: i64 = 60_000;

/// The owner of a working API token. Handlers that take one cannot be reached without it.
pub(super) struct ApiCaller(pub(super) TokenOwner);

/// The owner of a working CLI token.
pub(super) struct CliCaller(pub(super) TokenOwner);

impl FromRequestParts<Arc<Api>> for ApiCaller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, api: &Arc<Api>) -> Result<Self, ApiError> {
        Ok(Self(api.owner_of_kind(parts, TokenKind::Api).await?))
    }
}

impl FromRequestParts<Arc<Api>> for CliCaller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, api: &Arc<Api>) -> Result<Self, ApiError> {
        Ok(Self(api.owner_of_kind(parts, TokenKind::Cli).await?))
    }
}

impl Api {
    async fn owner_of_kind(&self, parts: &Parts, kind: TokenKind) -> Result<TokenOwner, ApiError> {
        let owner = self.token_owner(parts).await?;
        let class = if matches!(parts.method, Method::GET | Method::HEAD) {
            RateClass::Reads
        } else {
            RateClass::Writes
        };
        self.rates.take(class, &owner.token_id, parts.extensions.get::<RateSlot>())?;
        if owner.kind == kind { Ok(owner) } else { Err(ApiError::TokenKindNotAllowed { needed: kind }) }
    }

    async fn token_owner(&self, parts: &Parts) -> Result<TokenOwner, ApiError> {
        let token = token_from_parts(parts).ok_or(ApiError::Unauthorized)?;
        let stored = self.store.token(token.id()).await?;
        let now = self.clock.now();
        // An unknown id takes as long as a wrong secret.
        let digest = token.secret_digest();
        let expected = stored.as_ref().map_or(SecretDigest([0; 32]), |stored| stored.secret_digest);
        let previous = stored.as_ref().and_then(|stored| stored.previous);
        let overlapping = previous.filter(|(_, until)| *until > now).map(|(digest, _)| digest);
        let genuine =
            digest.matches(&expected) | overlapping.is_some_and(|previous| digest.matches(&previous));
        let stored = stored.filter(|_| genuine).ok_or(ApiError::Unauthorized)?;
        if stored.revoked_at.is_some() || stored.expires_at.is_some_and(|expires_at| expires_at <= now) {
            return Err(ApiError::Unauthorized);
        }
        self.note_use(token.id(), stored.last_used_at, now);
        Ok(TokenOwner { account_id: stored.account_id, token_id: token.id().to_owned(), kind: stored.kind })
    }

    /// Not waited for: nobody's request should be slower for it.
    fn note_use(&self, id: &str, last_used_at: Option<Timestamp>, now: Timestamp) {
        let fresh =
            last_used_at.is_some_and(|at| now.unix_millis() - at.unix_millis() < TOUCH_INTERVAL_MILLIS);
        if fresh || !self.touches.begin(id) {
            return;
        }
        let (store, touches, id) = (self.store.clone(), Arc::clone(&self.touches), id.to_owned());
        tokio::spawn(async move {
            if let Err(error) = store.touch_token(&id, now).await {
                tracing::warn!(error = telemetry::chain(&error), "the use of a token is not noted");
            }
            touches.end(&id);
        });
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
