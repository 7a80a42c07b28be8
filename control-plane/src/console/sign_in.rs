//! Signing in and out, and the first of all sign-ins.

use std::sync::Arc;

use askama::Template;
use axum::extract::{FromRequest as _, RawQuery, Request, State};
use axum::http::StatusCode;
use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse as _, Redirect, Response};
use subtle::ConstantTimeEq as _;

use super::error_page::{PageError, notice, sentence};
use super::page::{Section, Shell, page};
use super::viewer::{Fields, SentForm, Viewer};
use crate::api::internal::session::from_our_own_page;
use crate::api::{Api, ApiError};
use crate::domain::account::{Account, is_address};
use crate::domain::ids::AccountId;
use crate::domain::password;

#[derive(Template)]
#[template(path = "login.html")]
struct LoginPage {
    shell: Shell,
    email: String,
    next: String,
    problem: Option<String>,
}

#[derive(Template)]
#[template(path = "setup.html")]
struct SetupPage {
    shell: Shell,
    key: String,
    email: String,
    problem: Option<String>,
    chars_min: usize,
}

/// Shows the form; who is signed in goes on.
pub(super) async fn show(viewer: Result<Viewer, PageError>, RawQuery(query): RawQuery) -> Response {
    let next = next_path(Fields::of_query(query.as_deref()).text("next"));
    if viewer.is_ok() {
        return Redirect::to(&next).into_response();
    }
    let shell = Shell::open("Sign in");
    page(StatusCode::OK, &LoginPage { shell, email: String::new(), next, problem: None })
}

/// Signs in.
pub(super) async fn sign_in(State(api): State<Arc<Api>>, request: Request) -> Result<Response, PageError> {
    from_our_own_page(request.headers())?;
    let fields = Fields::from_request(request, &api).await?;
    let (email, next) = (fields.text("email").trim().to_owned(), next_path(fields.text("next")));
    let refusal = match api.account_with_password(&email, fields.text("password").to_owned()).await {
        Ok(account) => return signed_in(&api, &account, &next).await,
        Err(error @ (ApiError::SignInRefused | ApiError::RateLimited { .. })) => error,
        Err(error) => return Err(error.into()),
    };
    let shell = Shell::open("Sign in");
    let form = LoginPage { shell, email, next, problem: Some(notice(&refusal)) };
    let status = if matches!(refusal, ApiError::RateLimited { .. }) {
        StatusCode::TOO_MANY_REQUESTS
    } else {
        StatusCode::UNAUTHORIZED
    };
    Ok(page(status, &form))
}

async fn signed_in(api: &Api, account: &Account, next: &str) -> Result<Response, PageError> {
    let (_, cookie) = api.begin_session(account).await?;
    Ok(([(SET_COOKIE, cookie)], Redirect::to(next)).into_response())
}

/// Signs out.
pub(super) async fn sign_out(State(api): State<Arc<Api>>, form: SentForm) -> Result<Response, PageError> {
    let cookie = api.end_session(&form.viewer.session).await?;
    Ok(([(SET_COOKIE, cookie)], Redirect::to("/login")).into_response())
}

/// Shows the form of the first run, to whoever has its key, until somebody can sign in.
pub(super) async fn show_setup(
    State(api): State<Arc<Api>>,
    RawQuery(query): RawQuery,
) -> Result<Response, PageError> {
    let key = Fields::of_query(query.as_deref()).text("key").to_owned();
    checked_key(&api, &key).await?;
    Ok(setup_page(StatusCode::OK, key, "", None))
}

/// Makes the first operator, and signs in.
pub(super) async fn set_up(State(api): State<Arc<Api>>, request: Request) -> Result<Response, PageError> {
    from_our_own_page(request.headers())?;
    let fields = Fields::from_request(request, &api).await?;
    let (key, email) = (fields.text("key").to_owned(), fields.text("email").trim().to_owned());
    checked_key(&api, &key).await?;
    let refused =
        |problem| Ok(setup_page(StatusCode::UNPROCESSABLE_ENTITY, key.clone(), &email, Some(problem)));
    if !is_address(&email) {
        return refused("That is not an e-mail address.".to_owned());
    }
    let hash = match password::hash(fields.text("password"), &*api.entropy) {
        Ok(hash) => hash,
        Err(error @ password::PasswordError::Length) => return refused(sentence(&error.to_string())),
        Err(error) => return Err(ApiError::Internal(error.into()).into()),
    };
    let id = AccountId::generate(&*api.entropy);
    api.store.set_up_operator((&id, &email), &hash, api.clock.now()).await?;
    let account = api.store.account_by_email(&email).await?;
    signed_in(&api, &account, "/jobs").await
}

fn setup_page(status: StatusCode, key: String, email: &str, problem: Option<String>) -> Response {
    let shell = Shell::open("Welcome");
    let email = email.to_owned();
    page(status, &SetupPage { shell, key, email, problem, chars_min: password::PASSWORD_CHARS_MIN })
}

async fn checked_key(api: &Api, key: &str) -> Result<(), PageError> {
    let right = api.setup_key.as_ref().is_some_and(|right| right.as_bytes().ct_eq(key.as_bytes()).into());
    if right && !api.store.has_passwords().await? { Ok(()) } else { Err(ApiError::NotFound.into()) }
}

/// Where to go after signing in: only to a page of ours.
fn next_path(next: &str) -> String {
    let bytes = next.as_bytes();
    // `//host` and `/\host` lead elsewhere.
    let ours = bytes.first() == Some(&b'/') && !matches!(bytes.get(1), Some(b'/' | b'\\'));
    let plain = bytes.iter().all(|byte| (0x21..0x7f).contains(byte));
    if ours && plain && next != "/login" { next.to_owned() } else { "/jobs".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signing_in_leads_to_our_own_pages_only() {
        assert_eq!(next_path("/jobs/abc?x=1"), "/jobs/abc?x=1");
        for elsewhere in
            ["https://evil.example", "//evil.example", "/\\evil.example", "", "/a\r\nb", "/login"]
        {
            assert_eq!(next_path(elsewhere), "/jobs", "{elsewhere}");
        }
    }
}
