//! Who looks at a page, and what they send from one.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::to_bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::Uri;
use axum::http::request::Parts;
use subtle::ConstantTimeEq as _;

use super::error_page::PageError;
use crate::api::internal::session::Visitor;
use crate::api::{Api, ApiError};
use crate::domain::account::Account;
use crate::limits;
use crate::store::SessionRecord;

/// A signed-in person.
#[derive(Clone)]
pub(super) struct Viewer {
    pub(super) session: SessionRecord,
    pub(super) account: Account,
}

/// A signed-in person who may see what belongs to others. To everybody else the page does not exist.
pub(super) struct Operator(pub(super) Viewer);

/// A form that a signed-in person has sent from one of our pages.
pub(super) struct SentForm {
    pub(super) viewer: Viewer,
    pub(super) fields: Fields,
}

/// The fields of a form, or of a query; absent ones are empty.
pub(super) struct Fields(BTreeMap<String, String>);

impl FromRequestParts<Arc<Api>> for Viewer {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, api: &Arc<Api>) -> Result<Self, PageError> {
        match Visitor::from_request_parts(parts, api).await {
            Ok(Visitor(session)) => {
                let account = api.store.account(&session.account_id).await?;
                Ok(Self { session, account })
            }
            Err(ApiError::SessionNeeded) => Err(PageError::SignIn(page_of(parts))),
            Err(error) => Err(error.into()),
        }
    }
}

impl FromRequestParts<Arc<Api>> for Operator {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, api: &Arc<Api>) -> Result<Self, PageError> {
        Viewer::from_request_parts(parts, api).await?.operating()
    }
}

impl Viewer {
    /// The same person as an operator.
    pub(super) fn operating(self) -> Result<Operator, PageError> {
        if self.account.is_operator { Ok(Operator(self)) } else { Err(ApiError::NotFound.into()) }
    }
}

impl FromRequest<Arc<Api>> for SentForm {
    type Rejection = PageError;

    async fn from_request(request: Request, api: &Arc<Api>) -> Result<Self, PageError> {
        let (mut parts, body) = request.into_parts();
        let viewer = Viewer::from_request_parts(&mut parts, api).await?;
        let fields = Fields::from_request(Request::from_parts(parts, body), api).await?;
        let given = fields.text("csrf").as_bytes();
        if bool::from(given.ct_eq(viewer.session.csrf_token.as_bytes())) {
            return Ok(Self { viewer, fields });
        }
        // Sent from a page of a session before this one.
        Err(ApiError::CsrfRefused.into())
    }
}

impl FromRequest<Arc<Api>> for Fields {
    type Rejection = PageError;

    async fn from_request(request: Request, _api: &Arc<Api>) -> Result<Self, PageError> {
        let limit = limits::FORM_BYTES_MAX;
        let too_large = |_error| ApiError::TooLarge { what: "the form", limit: limit as u64 };
        let body = to_bytes(request.into_body(), limit).await.map_err(too_large)?;
        Ok(Self(form_urlencoded::parse(&body).into_owned().collect()))
    }
}

impl Fields {
    /// The parameters of a query, read as a form's fields are.
    pub(super) fn of_query(query: Option<&str>) -> Self {
        Self(form_urlencoded::parse(query.unwrap_or_default().as_bytes()).into_owned().collect())
    }

    /// True the first time in a minute that a form with this number is sent to this process.
    pub(super) fn is_first(&self, api: &Api) -> bool {
        api.guesses.allow(&format!("form {}", self.text("once")), 1)
    }

    /// A field's text.
    pub(super) fn text(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    /// Every field that was sent, but for those that belong to the sending.
    pub(super) fn kept(&self) -> Vec<(String, String)> {
        let ours = |name: &str| matches!(name, "csrf" | "password");
        self.0
            .iter()
            .filter(|(name, _)| !ours(name))
            .map(|(name, text)| (name.clone(), text.clone()))
            .collect()
    }
}

/// The page to come back to: this one, or for a form the page it stood on.
fn page_of(parts: &Parts) -> String {
    let of_uri = |uri: &Uri| uri.path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string);
    if parts.method == axum::http::Method::GET {
        return of_uri(&parts.uri);
    }
    let referer = parts.headers.get(axum::http::header::REFERER);
    let page = referer.and_then(|value| value.to_str().ok()?.parse::<Uri>().ok());
    page.map_or_else(|| "/".to_owned(), |uri| of_uri(&uri))
}
