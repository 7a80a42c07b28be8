//! A problem as a page: the sentence that the API would give, in the console's frame.

use askama::Template;
use axum::body::Body;
use axum::http::Response;
use axum::response::{IntoResponse, Redirect};

use super::page::{Section, Shell, page};
use crate::api::ApiError;
use crate::api::problem::Problem;

/// Why a page is not shown.
pub(super) enum PageError {
    /// As the API says it.
    Api(ApiError),
    /// Nobody is signed in; after signing in, this path.
    SignIn(String),
}

impl<E: Into<ApiError>> From<E> for PageError {
    fn from(error: E) -> Self {
        Self::Api(error.into())
    }
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    shell: Shell,
    sentence: String,
    request_id: String,
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response<Body> {
        match self {
            Self::SignIn(next) => {
                let next: String = form_urlencoded::byte_serialize(next.as_bytes()).collect();
                Redirect::to(&format!("/login?next={next}")).into_response()
            }
            Self::Api(error) => error.into_response(),
        }
    }
}

/// Shows a problem, wherever it came from, as a page.
pub(super) fn page_from_problem(mut response: Response<Body>, request_id: String) -> Response<Body> {
    // Taken, so that the envelope does not write JSON over the page.
    let Some(problem) = response.extensions_mut().remove::<Problem>() else { return response };
    if let Some(fault) = problem.fault {
        tracing::error!(request = request_id, fault, "a page failed");
    }
    let title = problem.status.canonical_reason().unwrap_or("Error");
    let sentence = sentence(&problem.detail);
    let shown = ErrorPage { shell: Shell::open(title), sentence, request_id };
    page(problem.status, &shown)
}

/// Returns a fragment of ours as a sentence.
pub(super) fn sentence(fragment: &str) -> String {
    let mut chars = fragment.chars();
    let first = chars.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(chars).chain(std::iter::once('.')).collect()
}

/// What to tell a person about this error, beside the form that was sent.
pub(super) fn notice(error: &ApiError) -> String {
    match error {
        ApiError::Invalid(errors) => {
            errors.iter().map(|error| sentence(&error.detail)).collect::<Vec<_>>().join(" ")
        }
        error => sentence(&error.to_string()),
    }
}
