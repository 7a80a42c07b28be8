//! An HTTP client for addresses that users name: no proxy, no redirect, no name that leads to a private address.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use tokio::net::lookup_host;

use super::address::AddressPolicy;
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
    /// A user name or password in it.
    #[error("must not carry a user name or password")]
    Credentials,
    /// A host that is an address which is not public.
    #[error("must lead to a public address")]
    PrivateAddress,
}

/// A name that leads to an address which is not public.
#[derive(Debug, thiserror::Error)]
#[error("the name leads to an address that is not public")]
struct PrivateName;

/// A name that leads nowhere in time.
#[derive(Debug, thiserror::Error)]
#[error("the name was not resolved in time")]
struct ResolveTimeout;

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
        if !(url.scheme() == "https" || (url.scheme() == "http" && self.http_allowed)) {
            return Err(UrlError::Scheme);
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

/// Makes a client that connects only where `policy` permits. A literal address never reaches a resolver, so
/// every URL must have passed [`UrlPolicy::vet`] as well.
///
/// # Errors
/// [`reqwest::Error`] where TLS cannot be set up.
pub fn client_from_policy(policy: &AddressPolicy) -> reqwest::Result<reqwest::Client> {
    // An error says that the process has a provider already, which is as good.
    rustls::crypto::ring::default_provider().install_default().ok();
    reqwest::Client::builder()
        .user_agent(concat!("AVS-Render/", env!("CARGO_PKG_VERSION")))
        .no_proxy()
        .redirect(Policy::none())
        .connect_timeout(limits::WEBHOOK_CONNECT_WAIT)
        .dns_resolver(Arc::new(CheckedResolver { policy: policy.clone() }))
        .build()
}

/// Looks names up and refuses any with an answer that is not permitted: a mixed answer is the mark of rebinding.
struct CheckedResolver {
    policy: AddressPolicy,
}

impl Resolve for CheckedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let policy = self.policy.clone();
        Box::pin(async move {
            let lookup = tokio::time::timeout(limits::RESOLVE_WAIT, lookup_host((name.as_str(), 0))).await;
            let found: Vec<SocketAddr> = lookup.map_err(|_elapsed| ResolveTimeout)??.collect();
            if found.iter().all(|address| policy.permits(address.ip())) {
                Ok(Box::new(found.into_iter()) as Addrs)
            } else {
                Err(PrivateName.into())
            }
        })
    }
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

    #[tokio::test]
    async fn a_name_that_leads_to_this_machine_is_refused() {
        let client = client_from_policy(&AddressPolicy::default()).unwrap();
        let error = client.get("http://localhost:9/").send().await.unwrap_err();
        assert!(crate::telemetry::chain(&error).contains("not public"), "{error:?}");
    }
}
