//! Why a source was not fetched: what its owner may be told, and whether a retry can help.

use std::error::Error;
use std::io;

use super::client::UrlError;
use super::lookup::LookupError;

/// Why a source was not fetched. The messages are for the caller: they name no address and repeat nothing of
/// the URL, which may hold a signature. The causes are for the log.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The URL breaks a rule.
    #[error("the URL {0}")]
    Url(UrlError),
    /// A redirect leads to a URL that breaks a rule.
    #[error("the source redirects, and the URL that it redirects to {0}")]
    Redirect(UrlError),
    /// A redirect leads from `https` to `http`.
    #[error("the source redirects from https to http")]
    Downgrade,
    /// One redirect too many, which is how a loop ends.
    #[error("the source redirects more than {redirects_max} times")]
    TooManyRedirects {
        /// How many are followed.
        redirects_max: usize,
    },
    /// A name with an answer that is not public.
    #[error("the host must lead to public addresses only")]
    PrivateName,
    /// The connection led somewhere else than the checks allow.
    #[error("the host must lead to a public address")]
    PrivatePeer,
    /// A name without an answer.
    #[error("the name of the host cannot be resolved")]
    UnknownName(#[source] reqwest::Error),
    /// No connection.
    #[error("the host does not accept a connection")]
    Unreachable(#[source] reqwest::Error),
    /// No TLS, such as with a certificate that has expired.
    #[error("the host has no valid certificate, or does not speak TLS as it should")]
    Tls(#[source] reqwest::Error),
    /// No name or connection in time.
    #[error("the host took too long to accept a connection")]
    ConnectTimeout,
    /// No headers in time.
    #[error("the source took too long to answer")]
    AnswerTimeout,
    /// A pause in the body.
    #[error("the source stopped sending")]
    IdleTimeout,
    /// A body that trickles.
    #[error("the source sends less than {bytes_per_sec_min} bytes a second")]
    TooSlow {
        /// The floor.
        bytes_per_sec_min: u64,
    },
    /// All in all, too long.
    #[error("the source took longer than {limit_secs} s")]
    Overtime {
        /// What is allowed.
        limit_secs: u64,
    },
    /// The bytes are no HTTP.
    #[error("the host does not speak HTTP as it should")]
    NotHttp(#[source] reqwest::Error),
    /// 404, 410.
    #[error("the source does not exist (status {status})")]
    NotFound {
        /// As answered.
        status: u16,
    },
    /// 401, 403 and their like.
    #[error("the source does not let this server read it (status {status})")]
    Forbidden {
        /// As answered.
        status: u16,
    },
    /// 429.
    #[error("the source limits how often it is read (status 429)")]
    RateLimited,
    /// 5xx.
    #[error("the source has a fault of its own (status {status})")]
    Unavailable {
        /// As answered.
        status: u16,
    },
    /// Any other status without a file.
    #[error("the source answered with status {status} instead of a file")]
    Status {
        /// As answered.
        status: u16,
    },
    /// Compressed for the transfer: a small file may unpack into a huge one.
    #[error("the source must be sent as it is, without a content or transfer encoding")]
    Encoded,
    /// More bytes than allowed, announced or sent.
    #[error("the source is larger than {bytes_max} bytes")]
    TooLarge {
        /// What is allowed.
        bytes_max: u64,
    },
    /// The connection ended before the body did.
    #[error("the connection to the source broke off")]
    Incomplete(#[source] reqwest::Error),
    /// No bytes.
    #[error("the source is empty")]
    Empty,
    /// A page to look at, such as that of a share link.
    #[error("the source is a web page, not a media file; use the link of the file itself")]
    WebPage,
    /// This server's disk.
    #[error("the source could not be stored")]
    Storage(#[from] io::Error),
}

impl FetchError {
    /// The name of the rule, for programs; it never changes.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Url(_) | Self::Redirect(_) | Self::Downgrade | Self::PrivateName | Self::PrivatePeer => {
                "source_url_refused"
            }
            Self::TooManyRedirects { .. } => "source_too_many_redirects",
            Self::UnknownName(_) | Self::Unreachable(_) | Self::Tls(_) => "source_unreachable",
            Self::ConnectTimeout | Self::AnswerTimeout | Self::IdleTimeout => "source_timeout",
            Self::TooSlow { .. } | Self::Overtime { .. } => "source_too_slow",
            Self::NotHttp(_) => "source_not_http",
            Self::NotFound { .. } => "source_not_found",
            Self::Forbidden { .. } => "source_forbidden",
            Self::RateLimited => "source_rate_limited",
            Self::Unavailable { .. } => "source_unavailable",
            Self::Status { .. } => "source_status_refused",
            Self::Encoded => "source_encoding_refused",
            Self::TooLarge { .. } => "source_too_large",
            Self::Incomplete(_) => "source_incomplete",
            Self::Empty => "source_empty",
            Self::WebPage => "source_is_a_web_page",
            Self::Storage(_) => "source_not_stored",
        }
    }

    /// True where the same request may well succeed later.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::UnknownName(_)
            | Self::Unreachable(_)
            | Self::ConnectTimeout
            | Self::AnswerTimeout
            | Self::IdleTimeout
            | Self::TooSlow { .. }
            | Self::Overtime { .. }
            | Self::RateLimited
            | Self::Unavailable { .. }
            | Self::Incomplete(_)
            | Self::Storage(_) => true,
            Self::Url(_)
            | Self::Redirect(_)
            | Self::Downgrade
            | Self::TooManyRedirects { .. }
            | Self::PrivateName
            | Self::PrivatePeer
            | Self::Tls(_)
            | Self::NotHttp(_)
            | Self::NotFound { .. }
            | Self::Forbidden { .. }
            | Self::Status { .. }
            | Self::Encoded
            | Self::TooLarge { .. }
            | Self::Empty
            | Self::WebPage => false,
        }
    }
}

/// Finds out why a request got no headers: the layers below report it as a cause of a cause.
pub(super) fn error_from_request(error: reqwest::Error) -> FetchError {
    // Its text names the URL, which may hold a signature.
    let error = error.without_url();
    let cause = deepest_known_cause(&error);
    match cause {
        Some(Cause::PrivateName) => FetchError::PrivateName,
        Some(Cause::SlowName) => FetchError::ConnectTimeout,
        Some(Cause::UnknownName) => FetchError::UnknownName(error),
        Some(Cause::Tls) => FetchError::Tls(error),
        Some(Cause::NotHttp) => FetchError::NotHttp(error),
        None if error.is_connect() && error.is_timeout() => FetchError::ConnectTimeout,
        None if error.is_connect() => FetchError::Unreachable(error),
        None => FetchError::Incomplete(error),
    }
}

enum Cause {
    PrivateName,
    SlowName,
    UnknownName,
    Tls,
    NotHttp,
}

fn deepest_known_cause(error: &(dyn Error + 'static)) -> Option<Cause> {
    std::iter::successors(Some(error), |error| (*error).source()).filter_map(known_cause).last()
}

fn known_cause(error: &(dyn Error + 'static)) -> Option<Cause> {
    if let Some(error) = error.downcast_ref::<LookupError>() {
        return Some(match error {
            LookupError::Private => Cause::PrivateName,
            LookupError::Timeout => Cause::SlowName,
            LookupError::Unknown(_) => Cause::UnknownName,
        });
    }
    if is_tls(error) {
        return Some(Cause::Tls);
    }
    error.downcast_ref().is_some_and(hyper::Error::is_parse).then_some(Cause::NotHttp)
}

/// An I/O error passes its inner error over in `source`, and may hold another one.
fn is_tls(error: &(dyn Error + 'static)) -> bool {
    let inner = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    error.is::<rustls::Error>() || inner.is_some_and(|inner| is_tls(inner))
}
