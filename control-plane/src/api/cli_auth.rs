//! `/cli/*`: a command line gets a token of its own by a person's approval (RFC 8628), and learns who it is.

use std::sync::Arc;
use std::time::Duration;

use avs_template::{IssueCollector, Issues, ObjectReader, Pointer};
use axum::Json;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::auth::CliCaller;
use super::error::DeviceProblem;
use super::upload::small_json;
use super::videos::error_from_issues;
use super::{Api, ApiError};
use crate::domain::entropy::base62_from_entropy;
use crate::domain::token::{Token, TokenKind};
use crate::limits;
use crate::store::{DeviceGrant, DeviceState, StoreError};

/// Random characters of a device code: 256 bits.
const DEVICE_CODE_CHARS: usize = 43;
/// What a person types: no vowels, so that no words come up, and nothing that looks like something else (RFC 8628, 6.1).
const USER_CODE_LETTERS: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";
/// 20^8 codes, of which few are open at once, for 15 minutes, with a limit on guesses.
const USER_CODE_CHARS: usize = 8;

/// What the command line shows to its person, and keeps.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DeviceDocument {
    device_code: String,
    user_code: String,
    verification_uri: String,
    verification_uri_complete: String,
    expires_in: u64,
    interval: u64,
}

/// A command line asks for a token.
pub(super) async fn begin(
    State(api): State<Arc<Api>>,
    request: Request,
) -> Result<Json<DeviceDocument>, ApiError> {
    let json = small_json(request).await?;
    let client_name = text_of(&json, "clientName", 1..=100)?;
    if !api.guesses.allow("device", limits::DEVICE_GRANTS_PER_MINUTE) {
        return Err(ApiError::RateLimited { retry_after_secs: 60 });
    }
    let now = api.clock.now();
    let device_code = base62_from_entropy(&*api.entropy, DEVICE_CODE_CHARS);
    let user_code = api.user_code();
    let grant = DeviceGrant {
        device_sha256: Sha256::digest(device_code.as_bytes()).into(),
        user_code: user_code.clone(),
        client_name,
        state: DeviceState::Pending,
        account_id: None,
        polled_at: None,
        created_at: now,
        expires_at: now.plus(limits::DEVICE_GRANT_LIFE),
    };
    api.store.create_device_grant(&grant).await?;
    let verification_uri = format!("{}/settings/cli", api.links.base_url());
    Ok(Json(DeviceDocument {
        device_code,
        verification_uri_complete: format!("{verification_uri}?code={user_code}"),
        verification_uri,
        user_code,
        expires_in: limits::DEVICE_GRANT_LIFE.as_secs(),
        interval: limits::DEVICE_POLL_INTERVAL.as_secs(),
    }))
}

/// The token, shown once.
#[derive(Serialize)]
pub(super) struct TokenDocument {
    token: String,
}

/// The command line asks whether a person has decided.
pub(super) async fn poll(
    State(api): State<Arc<Api>>,
    request: Request,
) -> Result<Json<TokenDocument>, ApiError> {
    let json = small_json(request).await?;
    let device_code = text_of(&json, "deviceCode", 1..=100)?;
    let (now, token) = (api.clock.now(), Token::generate(TokenKind::Cli, &*api.entropy));
    let device_sha256 = Sha256::digest(device_code.as_bytes()).into();
    let problem = |problem| Err(ApiError::DeviceGrant(problem));
    let grant = match api.store.poll_device_grant(&device_sha256, &token, now).await {
        Ok(grant) => grant,
        Err(StoreError::Missing { .. }) => return problem(DeviceProblem::Expired),
        Err(error) => return Err(error.into()),
    };
    // Half a second of grace for clocks and networks.
    let least = limits::DEVICE_POLL_INTERVAL.saturating_sub(Duration::from_millis(500));
    let hasty = grant.polled_at.is_some_and(|at| at.plus(least) > now && at <= now);
    match grant.state {
        _ if grant.expires_at <= now => problem(DeviceProblem::Expired),
        DeviceState::Approved => Ok(Json(TokenDocument { token: token.reveal() })),
        DeviceState::Pending if hasty => problem(DeviceProblem::SlowDown),
        DeviceState::Pending => problem(DeviceProblem::Pending),
        DeviceState::Denied => problem(DeviceProblem::Denied),
        DeviceState::Used => problem(DeviceProblem::Expired),
    }
}

/// Who a CLI token speaks for.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct IdentityDocument {
    account_id: String,
    email: String,
    token_id: String,
}

/// Says who is calling.
pub(super) async fn whoami(
    State(api): State<Arc<Api>>,
    CliCaller(caller): CliCaller,
) -> Result<Json<IdentityDocument>, ApiError> {
    let account = api.store.account(&caller.account_id).await?;
    let (account_id, email) = (account.id.to_string(), account.email);
    Ok(Json(IdentityDocument { account_id, email, token_id: caller.token_id }))
}

/// Ends the token that is calling.
pub(super) async fn log_out(
    State(api): State<Arc<Api>>,
    CliCaller(caller): CliCaller,
) -> Result<StatusCode, ApiError> {
    api.store.revoke_token(&caller.token_id, Some(&caller.account_id), api.clock.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl Api {
    fn user_code(&self) -> String {
        // 240 = 12 * 20: bytes above it would favour the first letters.
        const FAIR_LIMIT: u8 = 240;
        let mut code = String::with_capacity(USER_CODE_CHARS + 1);
        while code.len() < USER_CODE_CHARS + 1 {
            let mut byte = [0];
            self.entropy.fill(&mut byte);
            if byte[0] >= FAIR_LIMIT {
                continue;
            }
            if code.len() == USER_CODE_CHARS / 2 {
                code.push('-');
            }
            code.push(char::from(USER_CODE_LETTERS[usize::from(byte[0] % 20)]));
        }
        code
    }
}

/// The one field of a small request.
pub(super) fn text_of(
    json: &Value,
    name: &'static str,
    chars: std::ops::RangeInclusive<usize>,
) -> Result<String, ApiError> {
    let issues = IssueCollector::new();
    let text = ObjectReader::new(json, &Pointer::root(), &issues).and_then(|mut reader| {
        let field = reader.required(name);
        let text = field.string(chars).map(str::to_owned);
        if text.as_ref().is_some_and(|text| text.contains(char::is_control)) {
            field.reject("invalid_character", "has a control character");
        }
        reader.finish();
        text
    });
    let read: Result<String, Issues> = issues.into_result(text);
    read.map_err(error_from_issues)
}
