//! Everything that can be wrong with a request, and the status code of each: they are chosen here and nowhere else.

use axum::http::header::{CONTENT_RANGE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use super::problem::Problem;
use crate::domain::job::FieldError;
use crate::limits;
use crate::store::StoreError;

/// Why a request is not answered as asked.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// The body is not JSON.
    #[error("the request is not valid JSON: {0}")]
    MalformedJson(String),
    /// The multipart body is broken, or has other parts than it should.
    #[error("the multipart body cannot be read: {0}")]
    MalformedMultipart(String),
    /// The query cannot be read.
    #[error("{0}")]
    MalformedQuery(String),
    /// The body ended early.
    #[error("the request body broke off")]
    BodyBrokeOff,
    /// No token, or none that works.
    #[error("a valid API token is needed: send it as `Authorization: Bearer avs.<tokenId>.<secret>`")]
    Unauthorized,
    /// The account cannot cover the reservation.
    #[error("this job may cost {needed_credits} credits and the account has {available_credits}")]
    InsufficientCredits {
        /// What the job may cost.
        needed_credits: i64,
        /// What the account can spend.
        available_credits: i64,
    },
    /// The token works, but not here.
    #[error("this is a CLI token; the public API takes API tokens only")]
    TokenKindNotAllowed,
    /// The download link is not ours or has expired. One answer for both.
    #[error("this download link is not valid or has expired; ask for the job again to get a fresh one")]
    LinkRefused,
    /// No such thing, or another account's.
    #[error("there is nothing at this address")]
    NotFound,
    /// The path exists, for other methods.
    #[error("this address does not take that method")]
    MethodNotAllowed,
    /// The body came too slowly.
    #[error("the request body came too slowly")]
    BodyTooSlow,
    /// A part of the request is over its limit.
    #[error("{what} is over the limit of {limit}")]
    TooLarge {
        /// What.
        what: &'static str,
        /// How much there may be.
        limit: u64,
    },
    /// Neither JSON nor multipart.
    #[error("send `application/json`, or `multipart/form-data` with a `request` part and `files`")]
    UnsupportedMediaType,
    /// The range lies outside of the file.
    #[error("the range lies outside of the file")]
    RangeNotSatisfiable {
        /// Size of the file.
        size_bytes: u64,
    },
    /// The request breaks rules.
    #[error("the request breaks {} rule(s); see `errors`", .0.len())]
    Invalid(Vec<FieldError>),
    /// The disk is full or the database busy.
    #[error("the server cannot store anything at the moment; try again")]
    Unavailable(#[source] StoreError),
    /// A fault of ours.
    #[error("the server has failed; the request id will help to find out why")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl ApiError {
    fn status(&self) -> StatusCode {
        match self {
            Self::MalformedJson(_)
            | Self::MalformedMultipart(_)
            | Self::MalformedQuery(_)
            | Self::BodyBrokeOff => StatusCode::BAD_REQUEST,
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::InsufficientCredits { .. } => StatusCode::PAYMENT_REQUIRED,
            Self::TokenKindNotAllowed | Self::LinkRefused => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::BodyTooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::RangeNotSatisfiable { .. } => StatusCode::RANGE_NOT_SATISFIABLE,
            Self::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::MalformedJson(_) => "malformed_json",
            Self::MalformedMultipart(_) => "malformed_multipart",
            Self::MalformedQuery(_) => "malformed_query",
            Self::BodyBrokeOff => "body_broke_off",
            Self::Unauthorized => "unauthorized",
            Self::InsufficientCredits { .. } => "insufficient_credits",
            Self::TokenKindNotAllowed => "token_kind_not_allowed",
            Self::LinkRefused => "link_refused",
            Self::NotFound => "not_found",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::BodyTooSlow => "body_too_slow",
            Self::TooLarge { .. } => "too_large",
            Self::UnsupportedMediaType => "unsupported_media_type",
            Self::RangeNotSatisfiable { .. } => "range_not_satisfiable",
            Self::Invalid(_) => "invalid_request",
            Self::Unavailable(_) => "temporarily_unavailable",
            Self::Internal(_) => "internal_error",
        }
    }

    fn header(&self) -> Option<(HeaderName, HeaderValue)> {
        match self {
            Self::Unauthorized => Some((WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))),
            Self::Unavailable(_) => Some((RETRY_AFTER, HeaderValue::from_static("5"))),
            Self::RangeNotSatisfiable { size_bytes } => {
                let value = HeaderValue::try_from(format!("bytes */{size_bytes}")).ok()?;
                Some((CONTENT_RANGE, value))
            }
            _ => None,
        }
    }
}

/// Status of `/readyz`.
pub(super) fn readiness_status(ready: bool) -> StatusCode {
    if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let (status, header) = (self.status(), self.header());
        let detail = self.to_string();
        let code = self.code();
        let (errors, fault) = match self {
            Self::Invalid(mut errors) => {
                errors.truncate(limits::ERRORS_MAX);
                (errors, None)
            }
            Self::Internal(fault) => (Vec::new(), Some(crate::telemetry::chain(&*fault))),
            Self::Unavailable(fault) => (Vec::new(), Some(crate::telemetry::chain(&fault))),
            _ => (Vec::new(), None),
        };
        let mut response = status.into_response();
        response.headers_mut().extend(header);
        // The envelope knows the request id, and writes the body.
        response.extensions_mut().insert(Problem { status, code, detail, errors, fault });
        response
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::InsufficientCredits { needed_credits, available_credits } => {
                Self::InsufficientCredits { needed_credits, available_credits }
            }
            StoreError::Missing { .. } => Self::NotFound,
            StoreError::Overloaded
            | StoreError::Database(
                sqlx::Error::Database(_) | sqlx::Error::PoolTimedOut | sqlx::Error::Io(_),
            ) => Self::Unavailable(error),
            StoreError::Fenced { .. }
            | StoreError::IllegalStep(_)
            | StoreError::EmailTaken { .. }
            | StoreError::Corrupt { .. }
            | StoreError::Document(_)
            | StoreError::Database(_)
            | StoreError::Migration(_)
            | StoreError::Directory(_) => Self::Internal(error.into()),
        }
    }
}

impl From<std::io::Error> for ApiError {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => {
                Self::Unavailable(StoreError::Directory(error))
            }
            _ => Self::Internal(error.into()),
        }
    }
}
