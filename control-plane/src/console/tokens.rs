//! Settings → API: tokens are made, renewed and ended; and a command line is let in.

use std::sync::Arc;

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde_json::{Value, json};

use super::error_page::{PageError, notice};
use super::page::{Section, Shell, page};
use super::viewer::{Fields, SentForm, Viewer};
use super::words::Moment;
use crate::api::internal::devices::waiting_device;
use crate::api::internal::tokens::{new_token, renewed_token};
use crate::api::segment::Segment;
use crate::api::{Api, ApiError};
use crate::domain::account::{TokenRecord, TokenStatus};
use crate::domain::entropy::base62_from_entropy;
use crate::domain::timestamp::Timestamp;

const ADDRESS: &str = "/settings/api";

struct TokenRow {
    id: String,
    name: String,
    kind: &'static str,
    last_four: String,
    status: &'static str,
    is_active: bool,
    created: Moment,
    last_used: Option<Moment>,
    expires: Option<Moment>,
    overlap_until: Option<Moment>,
}

#[derive(Template)]
#[template(path = "tokens.html")]
struct TokensPage {
    shell: Shell,
    tokens: Vec<TokenRow>,
    /// Shown this once.
    secret: Option<String>,
    base_url: String,
    /// The name that was sent, where it was refused.
    name: String,
    problem: Option<String>,
    /// Tells one sending of a form from another.
    once: String,
}

#[derive(Template)]
#[template(path = "confirm.html")]
struct ConfirmPage {
    shell: Shell,
    action: String,
    fields: Vec<(String, String)>,
    problem: Option<String>,
}

#[derive(Template)]
#[template(path = "device.html")]
struct DevicePage {
    shell: Shell,
    code: String,
    client_name: Option<String>,
    problem: Option<String>,
}

/// Lists the account's tokens.
pub(super) async fn show(State(api): State<Arc<Api>>, viewer: Viewer) -> Result<Response, PageError> {
    Ok(page(StatusCode::OK, &TokensPage::of(&api, viewer).await?))
}

/// Makes a token, and shows its secret.
pub(super) async fn create(State(api): State<Arc<Api>>, form: SentForm) -> Result<Response, PageError> {
    if let Some(answer) = not_now(&api, &form, ADDRESS).await? {
        return Ok(answer);
    }
    let name = form.fields.text("name").trim().to_owned();
    let wanted = match form.fields.text("expires") {
        "" => json!({ "name": name }),
        days => json!({ "name": name, "expiresInDays": number(days) }),
    };
    let made = new_token(&api, &form.viewer.session, &wanted).await;
    let mut shown = TokensPage::of(&api, form.viewer.clone()).await?;
    match made {
        Ok(secret) => {
            shown.secret = Some(secret);
            Ok(page(StatusCode::CREATED, &shown))
        }
        Err(error @ ApiError::Invalid(_)) => {
            (shown.problem, shown.name) = (Some(notice(&error)), name);
            Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &shown))
        }
        Err(error) => Err(error.into()),
    }
}

/// Gives a token a new secret, and shows it.
pub(super) async fn rotate(
    State(api): State<Arc<Api>>,
    Segment(id): Segment,
    form: SentForm,
) -> Result<Response, PageError> {
    if let Some(answer) = not_now(&api, &form, &format!("{ADDRESS}/{id}/rotate")).await? {
        return Ok(answer);
    }
    let wanted = json!({ "overlapHours": number(form.fields.text("overlap")) });
    let secret = renewed_token(&api, &form.viewer.session, (&id, &wanted)).await?;
    let mut shown = TokensPage::of(&api, form.viewer).await?;
    shown.secret = Some(secret);
    Ok(page(StatusCode::OK, &shown))
}

/// Ends a token.
pub(super) async fn revoke(
    State(api): State<Arc<Api>>,
    Segment(id): Segment,
    form: SentForm,
) -> Result<Response, PageError> {
    api.store.revoke_token(&id, Some(&form.viewer.account.id), api.clock.now()).await?;
    Ok(Redirect::to(ADDRESS).into_response())
}

/// Shows what asks for a token under a code.
pub(super) async fn show_device(
    State(api): State<Arc<Api>>,
    viewer: Viewer,
    RawQuery(query): RawQuery,
) -> Result<Response, PageError> {
    let code = Fields::of_query(query.as_deref()).text("code").trim().to_uppercase();
    let mut shown = DevicePage {
        shell: Shell::new("Command line", Section::Settings, viewer.clone()),
        code: code.clone(),
        client_name: None,
        problem: None,
    };
    if code.is_empty() {
        return Ok(page(StatusCode::OK, &shown));
    }
    match waiting_device(&api, &viewer.session, &code).await {
        Ok(grant) => shown.client_name = Some(grant.client_name),
        Err(ApiError::NotFound) => {
            shown.problem =
                Some("Nothing is waiting under this code: it may have expired or been used.".to_owned());
        }
        Err(error) => return Err(error.into()),
    }
    Ok(page(StatusCode::OK, &shown))
}

/// Lets the command line in, or not.
pub(super) async fn decide_device(
    State(api): State<Arc<Api>>,
    form: SentForm,
) -> Result<Response, PageError> {
    if let Some(answer) = not_now(&api, &form, "/settings/cli").await? {
        return Ok(answer);
    }
    let (code, approved) = (form.fields.text("code"), form.fields.text("decision") == "approve");
    api.store.decide_device_grant(code, &form.viewer.account.id, approved, api.clock.now()).await?;
    Ok(Redirect::to(ADDRESS).into_response())
}

/// The answer to a form that cannot be taken yet: its sender must give the password again, or has sent it before.
async fn not_now(api: &Api, form: &SentForm, action: &str) -> Result<Option<Response>, PageError> {
    let (viewer, fields) = (&form.viewer, &form.fields);
    if !viewer.session.is_fresh(api.clock.now()) {
        let problem = match fields.text("password") {
            "" => None,
            password => match api.account_with_password(&viewer.account.email, password.to_owned()).await {
                Ok(_) => {
                    api.store.reauthenticate_session(&viewer.session.id_sha256, api.clock.now()).await?;
                    return sent_before(api, viewer, fields).await;
                }
                Err(error @ (ApiError::SignInRefused | ApiError::RateLimited { .. })) => Some(notice(&error)),
                Err(error) => return Err(error.into()),
            },
        };
        let shell = Shell::new("Confirm your password", Section::Settings, viewer.clone());
        let confirm = ConfirmPage { shell, action: action.to_owned(), fields: fields.kept(), problem };
        return Ok(Some(page(StatusCode::FORBIDDEN, &confirm)));
    }
    sent_before(api, viewer, fields).await
}

/// A form that makes a secret makes one, however often its button is pressed.
async fn sent_before(api: &Api, viewer: &Viewer, fields: &Fields) -> Result<Option<Response>, PageError> {
    if fields.is_first(api) {
        return Ok(None);
    }
    let mut shown = TokensPage::of(api, viewer.clone()).await?;
    shown.problem = Some("This form was sent twice; it was done once. Its secret is shown only there: rotate the token if it was lost.".to_owned());
    Ok(Some(page(StatusCode::CONFLICT, &shown)))
}

/// What a form says as a number; what is none stays as it is, and is refused by whoever reads it.
fn number(text: &str) -> Value {
    text.parse::<u32>().map_or_else(|_not_a_number| Value::from(text), Value::from)
}

impl TokensPage {
    async fn of(api: &Api, viewer: Viewer) -> Result<Self, PageError> {
        let now = api.clock.now();
        let tokens = api.store.tokens(Some(&viewer.account.id)).await?;
        Ok(Self {
            tokens: tokens.into_iter().map(|token| row_from_token(token, now)).collect(),
            shell: Shell::new("API tokens", Section::Settings, viewer),
            secret: None,
            base_url: api.links.base_url().to_owned(),
            name: String::new(),
            problem: None,
            once: base62_from_entropy(&*api.entropy, 16),
        })
    }
}

fn row_from_token(token: TokenRecord, now: Timestamp) -> TokenRow {
    let status = token.status(now);
    TokenRow {
        status: status.name(),
        is_active: status == TokenStatus::Active,
        kind: token.kind.name(),
        id: token.id,
        name: token.name,
        last_four: token.last_four,
        created: Moment::new(token.created_at),
        last_used: token.last_used_at.map(|at| Moment::ago(at, now)),
        expires: token.expires_at.map(Moment::new),
        overlap_until: token.overlap_until.filter(|until| *until > now).map(Moment::new),
    }
}
