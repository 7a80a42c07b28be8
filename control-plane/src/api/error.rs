//! Everything that can be wrong with a request, and the status code of each: they are chosen here and nowhere else.

use axum::http::header::{CONTENT_RANGE, CONTENT_TYPE, LOCATION, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use super::problem::Problem;
use crate::domain::job::FieldError;
use crate::domain::token::TokenKind;
use crate::limits;
use crate::objects::ObjectError;
use crate::store::{Replay, StoreError};
use crate::workers::PreviewError;

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
    /// The header cannot be a key.
    #[error(
        "`Idempotency-Key` must be given once, with 1 to 255 visible ASCII characters other than \" and \\"
    )]
    MalformedIdempotencyKey,
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
    #[error("this token is of the wrong kind; this address takes {} tokens only", needed.name())]
    TokenKindNotAllowed {
        /// The kind that would do.
        needed: TokenKind,
    },
    /// A signed-in person is needed, or the change did not come from our own pages.
    #[error("sign in first")]
    SessionNeeded,
    /// The change did not come from our own pages.
    #[error("the request does not carry the session's CSRF token")]
    CsrfRefused,
    /// The password must be given again before this.
    #[error("give the password again first")]
    ReauthenticationNeeded,
    /// Wrong address or password. One answer for both.
    #[error("the address or the password is wrong")]
    SignInRefused,
    /// A command line that waits for a person's decision: RFC 8628, 3.5.
    #[error("{}", .0.sentence())]
    DeviceGrant(DeviceProblem),
    /// The download link is not ours or has expired. One answer for both.
    #[error("this download link is not valid or has expired; ask for the job again to get a fresh one")]
    LinkRefused,
    /// No such thing, or another account's.
    #[error("there is nothing at this address")]
    NotFound,
    /// The path exists, for other methods.
    #[error("this address does not take that method")]
    MethodNotAllowed,
    /// The job has completed or failed.
    #[error("the job has already ended")]
    JobAlreadyEnded,
    /// There is nothing to deliver yet.
    #[error("the job has not ended yet")]
    JobNotEnded,
    /// The job names no receiver.
    #[error("the job was created without a webhook")]
    NoWebhook,
    /// The video was removed after its time.
    #[error("this video was removed after its retention time")]
    VideoExpired,
    /// The key was used for another request.
    #[error("this idempotency key was used for another request; use a new one for each new request")]
    IdempotencyKeyReused,
    /// Too many requests in a minute.
    #[error("too many requests; the next one is possible in {retry_after_secs} s")]
    RateLimited {
        /// When to come back.
        retry_after_secs: u64,
    },
    /// Too many jobs that have not ended.
    #[error("the account has {most} open jobs; wait for some to end")]
    TooManyOpenJobs {
        /// How many it may have.
        most: i64,
    },
    /// Too many event streams.
    #[error("the account has {} open event streams; close some", limits::EVENT_STREAMS_MAX)]
    TooManyStreams,
    /// Everything that could do it is busy.
    #[error("the server is busy; try again")]
    Busy,
    /// Nothing can look into files at the moment.
    #[error("the files cannot be looked into at the moment; try again")]
    NoPreview(String),
    /// The request was answered before; not an error to the caller.
    #[error("the request was answered before")]
    Replayed(Box<Replay>),
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
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A fault of ours.
    #[error("the server has failed; the request id will help to find out why")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl ApiError {
    /// Status and stable code.
    fn kind(&self) -> (StatusCode, &'static str) {
        match self {
            Self::DeviceGrant(problem) => (StatusCode::BAD_REQUEST, problem.code()),
            Self::MalformedJson(_) => (StatusCode::BAD_REQUEST, "malformed_json"),
            Self::MalformedMultipart(_) => (StatusCode::BAD_REQUEST, "malformed_multipart"),
            Self::MalformedQuery(_) => (StatusCode::BAD_REQUEST, "malformed_query"),
            Self::MalformedIdempotencyKey => (StatusCode::BAD_REQUEST, "malformed_idempotency_key"),
            Self::BodyBrokeOff => (StatusCode::BAD_REQUEST, "body_broke_off"),
            Self::Unauthorized => (StatusCode::UNAUTHORIZED, "unauthorized"),
            Self::SessionNeeded => (StatusCode::UNAUTHORIZED, "session_needed"),
            Self::SignInRefused => (StatusCode::UNAUTHORIZED, "sign_in_refused"),
            Self::InsufficientCredits { .. } => (StatusCode::PAYMENT_REQUIRED, "insufficient_credits"),
            Self::TokenKindNotAllowed { .. } => (StatusCode::FORBIDDEN, "token_kind_not_allowed"),
            Self::LinkRefused => (StatusCode::FORBIDDEN, "link_refused"),
            Self::CsrfRefused => (StatusCode::FORBIDDEN, "csrf_refused"),
            Self::ReauthenticationNeeded => (StatusCode::FORBIDDEN, "reauthentication_needed"),
            Self::NotFound => (StatusCode::NOT_FOUND, "not_found"),
            Self::MethodNotAllowed => (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed"),
            Self::BodyTooSlow => (StatusCode::REQUEST_TIMEOUT, "body_too_slow"),
            Self::JobAlreadyEnded => (StatusCode::CONFLICT, "job_already_ended"),
            Self::JobNotEnded => (StatusCode::CONFLICT, "job_not_ended"),
            Self::NoWebhook => (StatusCode::CONFLICT, "no_webhook"),
            Self::VideoExpired => (StatusCode::GONE, "video_expired"),
            Self::TooLarge { .. } => (StatusCode::PAYLOAD_TOO_LARGE, "too_large"),
            Self::UnsupportedMediaType => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type"),
            Self::RangeNotSatisfiable { .. } => (StatusCode::RANGE_NOT_SATISFIABLE, "range_not_satisfiable"),
            Self::Invalid(_) => (StatusCode::UNPROCESSABLE_ENTITY, "invalid_request"),
            Self::IdempotencyKeyReused => (StatusCode::UNPROCESSABLE_ENTITY, "idempotency_key_reused"),
            Self::RateLimited { .. } => (StatusCode::TOO_MANY_REQUESTS, "rate_limited"),
            Self::TooManyOpenJobs { .. } => (StatusCode::TOO_MANY_REQUESTS, "too_many_open_jobs"),
            Self::TooManyStreams => (StatusCode::TOO_MANY_REQUESTS, "too_many_streams"),
            Self::Busy => (StatusCode::SERVICE_UNAVAILABLE, "busy"),
            Self::NoPreview(_) => (StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable"),
            Self::Unavailable(_) => (StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable"),
            Self::Internal(_) => (StatusCode::INTERNAL_SERVER_ERROR, "internal_error"),
            Self::Replayed(_) => (StatusCode::ACCEPTED, "replayed"),
        }
    }

    fn header(&self) -> Option<(HeaderName, HeaderValue)> {
        let retry_after = |secs: u64| Some((RETRY_AFTER, HeaderValue::from(secs)));
        match self {
            Self::Unauthorized => Some((WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))),
            Self::Unavailable(_) | Self::Busy | Self::NoPreview(_) => retry_after(5),
            Self::RateLimited { retry_after_secs } => retry_after(*retry_after_secs),
            Self::TooManyOpenJobs { .. } | Self::TooManyStreams => retry_after(30),
            Self::RangeNotSatisfiable { size_bytes } => {
                let value = HeaderValue::try_from(format!("bytes */{size_bytes}")).ok()?;
                Some((CONTENT_RANGE, value))
            }
            _ => None,
        }
    }
}

/// Why a command line does not get its token yet, or at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeviceProblem {
    /// Nobody has decided.
    Pending,
    /// It asks too often.
    SlowDown,
    /// A person has refused.
    Denied,
    /// Its time is over, or it was used.
    Expired,
}

impl DeviceProblem {
    /// The names that RFC 8628 gives.
    fn code(self) -> &'static str {
        match self {
            Self::Pending => "authorization_pending",
            Self::SlowDown => "slow_down",
            Self::Denied => "access_denied",
            Self::Expired => "expired_token",
        }
    }

    fn sentence(self) -> &'static str {
        match self {
            Self::Pending => "nobody has approved this yet; ask again",
            Self::SlowDown => "this asks too often; wait for the interval",
            Self::Denied => "this was refused",
            Self::Expired => "this has expired; begin again",
        }
    }
}

/// Status of `/readyz`.
pub(super) fn readiness_status(ready: bool) -> StatusCode {
    if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        if let Self::Replayed(replay) = self {
            return replayed(*replay);
        }
        let ((status, code), header) = (self.kind(), self.header());
        let detail = self.to_string();
        let (errors, fault) = match self {
            Self::Invalid(mut errors) => {
                errors.truncate(limits::ERRORS_MAX);
                (errors, None)
            }
            Self::Internal(fault) => (Vec::new(), Some(crate::telemetry::chain(&*fault))),
            Self::Unavailable(fault) => (Vec::new(), Some(crate::telemetry::chain(&*fault))),
            Self::NoPreview(fault) => (Vec::new(), Some(fault)),
            _ => (Vec::new(), None),
        };
        let mut response = status.into_response();
        response.headers_mut().extend(header);
        // The envelope knows the request id, and writes the body.
        response.extensions_mut().insert(Problem { status, code, detail, errors, fault });
        response
    }
}

/// The first answer once more.
fn replayed(replay: Replay) -> Response {
    let headers = [
        (LOCATION, super::videos::location_of(&replay.job_id)),
        (CONTENT_TYPE, "application/json".to_owned()),
        (HeaderName::from_static("idempotent-replayed"), "true".to_owned()),
    ];
    (StatusCode::ACCEPTED, headers, replay.answer).into_response()
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::InsufficientCredits { needed_credits, available_credits } => {
                Self::InsufficientCredits { needed_credits, available_credits }
            }
            StoreError::Missing { .. } => Self::NotFound,
            StoreError::IdempotencyKeyReused => Self::IdempotencyKeyReused,
            StoreError::Replayed(replay) => Self::Replayed(replay),
            StoreError::TooManyOpenJobs { most } => Self::TooManyOpenJobs { most },
            StoreError::AlreadyEnded => Self::JobAlreadyEnded,
            StoreError::Overloaded
            | StoreError::CommitLost
            | StoreError::Database(
                sqlx::Error::Database(_)
                | sqlx::Error::PoolTimedOut
                | sqlx::Error::PoolClosed
                | sqlx::Error::Tls(_)
                | sqlx::Error::WorkerCrashed
                | sqlx::Error::Protocol(_)
                | sqlx::Error::Io(_),
            ) => Self::Unavailable(error.into()),
            StoreError::Fenced { .. }
            | StoreError::IllegalStep(_)
            | StoreError::EmailTaken { .. }
            | StoreError::Corrupt { .. }
            | StoreError::Document(_)
            | StoreError::Database(_)
            | StoreError::Migration(_)
            | StoreError::NotADatabase { .. }
            | StoreError::Directory(_) => Self::Internal(error.into()),
        }
    }
}

impl From<ObjectError> for ApiError {
    fn from(error: ObjectError) -> Self {
        match error {
            ObjectError::File(error) => error.into(),
            ObjectError::Bucket(error) if error.is_not_found() => Self::Internal(error.into()),
            ObjectError::Bucket(error) => Self::Unavailable(error.into()),
        }
    }
}

impl From<PreviewError> for ApiError {
    fn from(error: PreviewError) -> Self {
        match error {
            PreviewError::Invalid(errors) => Self::Invalid(errors),
            PreviewError::Unavailable(reason) => Self::NoPreview(reason),
        }
    }
}

impl From<std::io::Error> for ApiError {
    fn from(error: std::io::Error) -> Self {
        if is_of_the_machine(&error) { Self::Unavailable(error.into()) } else { Self::Internal(error.into()) }
    }
}

/// True where the disk or the system's limits stand in the way: what an operator mends, after which the same works.
fn is_of_the_machine(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{QuotaExceeded, ReadOnlyFilesystem, StorageFull};
    // The standard library has no names for these.
    let nameless = [libc::EIO, libc::EMFILE, libc::ENFILE];
    matches!(error.kind(), QuotaExceeded | ReadOnlyFilesystem | StorageFull)
        || error.raw_os_error().is_some_and(|code| nameless.contains(&code))
}
