//! An HTTP client for addresses that users name: no proxy, no redirect, no name that leads to a private address.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use reqwest::Url;
use reqwest::redirect::Policy;

use super::address::AddressPolicy;
use super::lookup::{CheckedResolver, Lookup, SystemLookup};
use crate::limits;

/// Why a URL is not one that this server connects to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    /// Not a URL.
    #[error("is not a URL; write it as https://host/path")]
    Malformed,
    /// Another scheme, or `http` where only `https` is allowed.
    #[error("must begin with https://")]
    Scheme,
    /// Another scheme, where `http` would do as well.
    #[error("must begin with https:// or http://")]
    NotHttp,
    /// A user name or password in it.
    #[error("must not carry a user name or password")]
    Credentials,
    /// A host that is an address which is not public.
    #[error("must lead to a public address")]
    PrivateAddress,
    /// A port that the operator has not opened.
    #[error("must use the standard port; port {0} is not allowed")]
    Port(u16),
    /// Longer than any that is in use.
    #[error("must not be longer than {bytes_max} bytes")]
    TooLong {
        /// What is allowed.
        bytes_max: usize,
    },
}

/// What the operator lets users reach.
#[derive(Debug, Clone, Default)]
pub struct UrlPolicy {
    /// Exceptions to public addresses.
    pub addresses: AddressPolicy,
    /// True where `http` will do.
    pub http_allowed: bool,
}

impl UrlPolicy {
    /// Checks everything about a URL that can be known without a look-up. Ports are free.
    ///
    /// # Errors
    /// [`UrlError`] names the rule that it breaks.
    pub fn vet(&self, text: &str) -> Result<Url, UrlError> {
        let url = Url::parse(text).ok().ok_or(UrlError::Malformed)?;
        match (url.scheme(), self.http_allowed) {
            ("https", _) | ("http", true) => {}
            (_, true) => return Err(UrlError::NotHttp),
            (_, false) => return Err(UrlError::Scheme),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(UrlError::Credentials);
        }
        // The URL standard has turned every spelling of an address (octal, hexadecimal, full-width) into one.
        let host = url.host_str().ok_or(UrlError::Malformed)?;
        match host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>() {
            Ok(address) if !self.addresses.permits(address) => Err(UrlError::PrivateAddress),
            _ => Ok(url),
        }
    }
}

/// Makes a client that connects only where `policy` permits, for webhooks. A literal address never reaches a
/// resolver, so every URL must have passed [`UrlPolicy::vet`] as well.
///
/// # Errors
/// [`reqwest::Error`] where TLS cannot be set up.
pub fn client_from_policy(policy: &AddressPolicy) -> reqwest::Result<reqwest::Client> {
    client_with_lookup(policy, Arc::new(SystemLookup))
}

/// Makes the client of [`client_from_policy`] with another resolver.
///
/// # Errors
/// [`reqwest::Error`] where TLS cannot be set up.
pub fn client_with_lookup(
    policy: &AddressPolicy,
    lookup: Arc<dyn Lookup>,
) -> reqwest::Result<reqwest::Client> {
    let builder = checked_client(policy, lookup, limits::RESOLVE_WAIT);
    builder.connect_timeout(limits::WEBHOOK_CONNECT_WAIT).build()
}

/// What every client here has in common: no proxy, no redirect, no name with an answer that is not permitted.
pub(super) fn checked_client(
    policy: &AddressPolicy,
    lookup: Arc<dyn Lookup>,
    resolve_wait: Duration,
) -> reqwest::ClientBuilder {
    crate::system::install_tls();
    reqwest::Client::builder()
        .user_agent(concat!("AVS-Render/", env!("CARGO_PKG_VERSION")))
        .no_proxy()
        .redirect(Policy::none())
        .dns_resolver(Arc::new(CheckedResolver { policy: policy.clone(), lookup, wait: resolve_wait }))
}

/// True where the other end of a connection is permitted. One that is not known is not.
pub(super) fn permits_peer(policy: &AddressPolicy, peer: Option<SocketAddr>) -> bool {
    peer.is_some_and(|peer| policy.permits(peer.ip()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_private_address_is_refused() {
        let policy = UrlPolicy { http_allowed: true, ..UrlPolicy::default() };
        for host in [
            "127.0.0.1",
            "2130706433",
            "0x7f.1",
            "0177.0.0.1",
            "127.1",
            "[::1]",
            "[::ffff:127.0.0.1]",
            "①②⑦.0.0.1",
        ] {
            assert_eq!(policy.vet(&format!("http://{host}/")), Err(UrlError::PrivateAddress), "{host}");
        }
    }

    #[test]
    fn only_https_without_credentials_passes_by_default() {
        let policy = UrlPolicy::default();
        assert!(policy.vet("https://example.com:8443/hook?x=1").is_ok());
        assert_eq!(policy.vet("http://example.com/"), Err(UrlError::Scheme));
        assert_eq!(policy.vet("file:///etc/passwd"), Err(UrlError::Scheme));
        assert_eq!(policy.vet("https://me:pw@example.com/"), Err(UrlError::Credentials));
        assert_eq!(policy.vet("example.com"), Err(UrlError::Malformed));
    }

    #[test]
    fn a_peer_that_is_not_known_is_not_permitted() {
        let policy = AddressPolicy::default();
        assert!(permits_peer(&policy, Some("1.1.1.1:443".parse().unwrap())));
        assert!(!permits_peer(&policy, Some("10.0.0.1:443".parse().unwrap())));
        assert!(!permits_peer(&policy, None));
    }

    #[tokio::test]
    async fn a_name_that_leads_to_this_machine_is_refused() {
        let client = client_from_policy(&AddressPolicy::default()).unwrap();
        let error = client.get("http://localhost:9/").send().await.unwrap_err();
        assert!(crate::telemetry::chain(&error).contains("not public"), "{error:?}");
    }
}
