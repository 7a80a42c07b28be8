//! The outermost layer: names each request, writes problems, counts, logs one line. Headers and queries are not logged.

use std::any::Any;
use std::sync::Arc;
use std::time::Instant;

use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderValue, Method, Response};
use axum::middleware::Next;
use axum::response::IntoResponse as _;

use super::problem::Problem;
use super::rate::RateSlot;
use super::{Api, ApiError};
use crate::domain::ids::RequestId;

/// Runs a request and puts its answer into the common form.
pub(super) async fn wrap(State(api): State<Arc<Api>>, mut request: Request, next: Next) -> Response<Body> {
    let id = RequestId::generate(&*api.entropy);
    let (method, path, begun) = (request.method().clone(), request.uri().path().to_owned(), Instant::now());
    let route = request.extensions().get::<MatchedPath>().map(|route| route.as_str().to_owned());
    let rates = RateSlot::default();
    request.extensions_mut().insert(rates.clone());
    request.extensions_mut().insert(id.clone());
    let mut response = next.run(request).await;
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        if let Some(fault) = &problem.fault {
            tracing::error!(request = %id, fault, "request failed");
        }
        *response.body_mut() = Body::from(problem.body(&id));
        let headers = response.headers_mut();
        headers.remove(CONTENT_LENGTH);
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    }
    rates.write_headers(response.headers_mut());
    if let Ok(value) = HeaderValue::try_from(id.as_str()) {
        response.headers_mut().insert("request-id", value);
    }
    let (status, millis) = (response.status().as_u16(), begun.elapsed().as_millis());
    count(&method, route, status, begun);
    tracing::info!(request = %id, %method, path, status, millis, "answered");
    response
}

/// Only routes of ours become labels: paths and methods are the caller's to make up.
fn count(method: &Method, route: Option<String>, status: u16, begun: Instant) {
    let method = if matches!(*method, Method::GET | Method::HEAD | Method::POST | Method::DELETE) {
        method.as_str().to_owned()
    } else {
        "other".to_owned()
    };
    let labels = [
        ("method", method),
        ("route", route.unwrap_or_else(|| "none".to_owned())),
        ("status", format!("{}xx", status / 100)),
    ];
    metrics::histogram!("http_server_request_duration_seconds", &labels).record(begun.elapsed());
}

/// A panic is a fault of ours like any other. Its message has been printed by the panic hook.
pub(super) fn problem_from_panic(_panic: Box<dyn Any + Send>) -> Response<Body> {
    ApiError::Internal("a handler panicked".into()).into_response()
}
