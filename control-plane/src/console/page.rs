//! What every page has: its frame, its headers, and the way it is written.

use askama::Template;
use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};
use axum::http::{HeaderValue, Response, StatusCode};
use axum::middleware::Next;

use super::error_page::page_from_problem;
use super::files;
use super::viewer::Viewer;
use crate::domain::ids::RequestId;

/// Nothing but our own files: no inline script or style, no frames, nothing from elsewhere.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self'; \
     connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
);

/// Where a page stands in the navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Section {
    /// Nowhere.
    None,
    /// Jobs.
    Jobs,
    /// Playground.
    Playground,
    /// Credits.
    Credits,
    /// Settings.
    Settings,
    /// The API reference.
    Docs,
    /// What only operators see.
    Operator,
}

/// The frame around a page.
pub(super) struct Shell {
    pub(super) title: String,
    pub(super) section: Section,
    pub(super) viewer: Option<Viewer>,
    /// What has just been done, or why not.
    pub(super) notice: Option<String>,
}

impl Shell {
    /// The frame of a page for somebody who is signed in.
    pub(super) fn new(title: &str, section: Section, viewer: Viewer) -> Self {
        Self { title: title.to_owned(), section, viewer: Some(viewer), notice: None }
    }

    /// The frame of a page for anybody.
    pub(super) fn open(title: &str) -> Self {
        Self { title: title.to_owned(), section: Section::None, viewer: None, notice: None }
    }

    pub(super) fn is_in(&self, section: Section) -> bool {
        self.section == section
    }

    /// The session's CSRF token; empty for anybody.
    pub(super) fn csrf(&self) -> &str {
        self.viewer.as_ref().map_or("", |viewer| &viewer.session.csrf_token)
    }

    pub(super) fn is_operator(&self) -> bool {
        self.viewer.as_ref().is_some_and(|viewer| viewer.account.is_operator)
    }

    /// Path of one of the console's own files.
    pub(super) fn file(&self, name: &str) -> String {
        format!("/console/{}/{name}", files::version())
    }
}

/// Writes a page.
pub(super) fn page(status: StatusCode, template: &impl Template) -> Response<Body> {
    match template.render() {
        Ok(html) => html_response(status, html),
        Err(error) => {
            tracing::error!(%error, "a page could not be written");
            html_response(StatusCode::INTERNAL_SERVER_ERROR, String::new())
        }
    }
}

fn html_response(status: StatusCode, html: String) -> Response<Body> {
    let mut response = Response::new(Body::from(html));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    response
}

/// Writes problems as pages, and adds the headers that keep a page to itself.
pub(super) async fn guarded(request: Request, next: Next) -> Response<Body> {
    let id = request.extensions().get::<RequestId>().map(ToString::to_string).unwrap_or_default();
    let mut response = page_from_problem(next.run(request).await, id);
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, POLICY);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    response
}
