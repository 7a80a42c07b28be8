//! Signing in and out, and the two extractors of everything behind it.

use std::sync::Arc;

use axum::Json;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::header::{CACHE_CONTROL, COOKIE, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq as _;

use crate::api::cli_auth::text_of;
use crate::api::upload::small_json;
use crate::api::{Api, ApiError};
use crate::domain::account::Account;
use crate::domain::entropy::base62_from_entropy;
use crate::domain::password;
use crate::domain::timestamp::Timestamp;
use crate::limits;
use crate::store::{SessionRecord, StoreError};

/// `__Host-`: only over TLS, only for this host, only for `/` (RFC 6265bis, 4.1.3.2). Browsers take loopback for safe.
const COOKIE_NAME: &str = "__Host-avs-session";
const CSRF_HEADER: &str = "x-csrf-token";
/// 256 bits.
const RANDOM_CHARS: usize = 43;

/// A signed-in person who only looks.
pub(crate) struct Visitor(pub(crate) SessionRecord);

/// A signed-in person who changes something from our own pages.
pub(crate) struct Editor(pub(crate) SessionRecord);

/// A person who has just given the password.
pub(crate) struct Authenticated(pub(crate) SessionRecord);

impl FromRequestParts<Arc<Api>> for Visitor {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, api: &Arc<Api>) -> Result<Self, ApiError> {
        let value = cookie_from_headers(&parts.headers).ok_or(ApiError::SessionNeeded)?;
        let session = api.store.session(&Sha256::digest(value.as_bytes()).into(), api.clock.now()).await?;
        session.map(Self).ok_or(ApiError::SessionNeeded)
    }
}

impl FromRequestParts<Arc<Api>> for Editor {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, api: &Arc<Api>) -> Result<Self, ApiError> {
        let Visitor(session) = Visitor::from_request_parts(parts, api).await?;
        let given = parts.headers.get(CSRF_HEADER).map(HeaderValue::as_bytes).unwrap_or_default();
        if bool::from(given.ct_eq(session.csrf_token.as_bytes())) {
            return Ok(Self(session));
        }
        Err(ApiError::CsrfRefused)
    }
}

impl FromRequestParts<Arc<Api>> for Authenticated {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, api: &Arc<Api>) -> Result<Self, ApiError> {
        let Editor(session) = Editor::from_request_parts(parts, api).await?;
        if session.is_fresh(api.clock.now()) {
            return Ok(Self(session));
        }
        Err(ApiError::ReauthenticationNeeded)
    }
}

impl SessionRecord {
    /// True where the password was given a short time ago.
    pub(crate) fn is_fresh(&self, now: Timestamp) -> bool {
        self.authenticated_at.plus(limits::REAUTHENTICATION_LIFE) > now
    }
}

/// A session as its pages see it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SessionDocument {
    account_id: String,
    email: String,
    is_operator: bool,
    csrf_token: String,
}

impl SessionDocument {
    fn new(account: &Account, session: &SessionRecord) -> Self {
        Self {
            account_id: account.id.to_string(),
            email: account.email.clone(),
            is_operator: account.is_operator,
            csrf_token: session.csrf_token.clone(),
        }
    }
}

/// Says who is signed in.
pub(super) async fn show(
    State(api): State<Arc<Api>>,
    Visitor(session): Visitor,
) -> Result<Response, ApiError> {
    let account = api.store.account(&session.account_id).await?;
    Ok(([(CACHE_CONTROL, "no-store")], Json(SessionDocument::new(&account, &session))).into_response())
}

/// Signs in.
pub(super) async fn sign_in(State(api): State<Arc<Api>>, request: Request) -> Result<Response, ApiError> {
    from_our_own_page(request.headers())?;
    let mut json = small_json(request).await?;
    let password = taken_text(&mut json, "password", 1..=password::PASSWORD_BYTES_MAX)?;
    let email = text_of(&json, "email", 1..=320)?;
    let account = api.account_with_password(&email, password).await?;
    let (session, cookie) = api.begin_session(&account).await?;
    let document = SessionDocument::new(&account, &session);
    Ok(([(SET_COOKIE, cookie), (CACHE_CONTROL, "no-store".to_owned())], Json(document)).into_response())
}

/// Gives the password again, before something that needs it.
pub(super) async fn reauthenticate(
    State(api): State<Arc<Api>>,
    Editor(session): Editor,
    request: Request,
) -> Result<StatusCode, ApiError> {
    let json = small_json(request).await?;
    let password = text_of(&json, "password", 1..=password::PASSWORD_BYTES_MAX)?;
    let account = api.store.account(&session.account_id).await?;
    api.account_with_password(&account.email, password).await?;
    api.store.reauthenticate_session(&session.id_sha256, api.clock.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Signs out.
pub(super) async fn sign_out(
    State(api): State<Arc<Api>>,
    Editor(session): Editor,
) -> Result<Response, ApiError> {
    let cookie = api.end_session(&session).await?;
    Ok((StatusCode::NO_CONTENT, [(SET_COOKIE, cookie)]).into_response())
}

impl Api {
    /// Opens a session for this account; returns it with its `Set-Cookie`.
    pub(crate) async fn begin_session(&self, account: &Account) -> Result<(SessionRecord, String), ApiError> {
        let now = self.clock.now();
        let value = base62_from_entropy(&*self.entropy, RANDOM_CHARS);
        let session = SessionRecord {
            id_sha256: Sha256::digest(value.as_bytes()).into(),
            account_id: account.id.clone(),
            csrf_token: base62_from_entropy(&*self.entropy, RANDOM_CHARS),
            created_at: now,
            authenticated_at: now,
            expires_at: now.plus(limits::SESSION_LIFE),
        };
        self.store.create_session(&session).await?;
        Ok((session, cookie(&value, limits::SESSION_LIFE.as_secs())))
    }

    /// Ends a session; returns the `Set-Cookie` that makes the browser forget it.
    pub(crate) async fn end_session(&self, session: &SessionRecord) -> Result<String, ApiError> {
        self.store.end_session(&session.id_sha256).await?;
        Ok(cookie("", 0))
    }

    /// Checks a password, as often as may be and as many at once as the memory allows.
    pub(crate) async fn account_with_password(
        &self,
        email: &str,
        password: String,
    ) -> Result<Account, ApiError> {
        if !self.guesses.allow(&email.to_lowercase(), limits::SIGN_INS_PER_MINUTE) {
            return Err(ApiError::RateLimited { retry_after_secs: 60 });
        }
        let account = match self.store.account_by_email(email).await {
            Ok(account) => Some(account),
            Err(StoreError::Missing { .. }) => None,
            Err(error) => return Err(error.into()),
        };
        let _turn = self.passwords.acquire().await.map_err(|closed| ApiError::Internal(closed.into()))?;
        let hashed = account.as_ref().and_then(|account| account.password_hash.clone());
        let checking =
            tokio::task::spawn_blocking(move || password::matches(&password, hashed.as_deref())).await;
        let matches = checking.map_err(|error| ApiError::Internal(error.into()))?;
        account.filter(|_| matches).ok_or(ApiError::SignInRefused)
    }
}

/// Browsers say where a request comes from; other sites must not sign anybody in.
pub(crate) fn from_our_own_page(headers: &HeaderMap) -> Result<(), ApiError> {
    match headers.get("sec-fetch-site").map(HeaderValue::as_bytes) {
        None | Some(b"same-origin" | b"none") => Ok(()),
        Some(_) => Err(ApiError::CsrfRefused),
    }
}

fn taken_text(
    json: &mut Value,
    name: &'static str,
    chars: std::ops::RangeInclusive<usize>,
) -> Result<String, ApiError> {
    let taken = json.as_object_mut().and_then(|object| object.remove(name));
    let alone: serde_json::Map<_, _> = taken.map(|value| (name.to_owned(), value)).into_iter().collect();
    text_of(&Value::Object(alone), name, chars)
}

fn cookie(value: &str, life_secs: u64) -> String {
    format!("{COOKIE_NAME}={value}; Max-Age={life_secs}; Path=/; Secure; HttpOnly; SameSite=Strict")
}

fn cookie_from_headers(headers: &HeaderMap) -> Option<String> {
    let pairs = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut found = pairs.flat_map(|pairs| pairs.split(';')).filter_map(|pair| {
        let (name, value) = pair.trim().split_once('=')?;
        (name == COOKIE_NAME).then(|| value.to_owned())
    });
    found.next()
}
