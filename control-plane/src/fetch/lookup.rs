//! Names turned into addresses, none of which is used unless all of them are permitted.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::address::AddressPolicy;

/// Looks names up. What it answers is not trusted.
pub trait Lookup: Send + Sync {
    /// All addresses of `name`. Dropping the future gives the look-up up.
    fn lookup(&self, name: &str) -> BoxFuture<'static, io::Result<Vec<IpAddr>>>;
}

/// The resolver of the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemLookup;

impl Lookup for SystemLookup {
    fn lookup(&self, name: &str) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        let name = name.to_owned();
        Box::pin(async move {
            let found = tokio::net::lookup_host((name, 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    }
}

/// Why a name leads to no address that may be used.
#[derive(Debug, thiserror::Error)]
pub(super) enum LookupError {
    /// An answer is not permitted.
    #[error("the name leads to an address that is not public")]
    Private,
    /// No answer in time.
    #[error("the name was not resolved in time")]
    Timeout,
    /// No answer, or an empty one.
    #[error("the name leads nowhere")]
    Unknown(#[source] Option<io::Error>),
}

/// Refuses any name with an answer that is not permitted: a mixed answer is the mark of rebinding. The
/// connection is made to the addresses that were checked; nothing looks the name up again.
pub(super) struct CheckedResolver {
    pub(super) policy: AddressPolicy,
    pub(super) lookup: Arc<dyn Lookup>,
    pub(super) wait: Duration,
}

impl Resolve for CheckedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let policy = self.policy.clone();
        let lookup = tokio::time::timeout(self.wait, self.lookup.lookup(name.as_str()));
        Box::pin(async move {
            let found = lookup.await.map_err(|_elapsed| LookupError::Timeout)?;
            let found = found.map_err(|error| LookupError::Unknown(Some(error)))?;
            if found.is_empty() {
                return Err(LookupError::Unknown(None).into());
            }
            if !found.iter().all(|address| policy.permits(*address)) {
                return Err(LookupError::Private.into());
            }
            // Port 0 stands for the port of the URL.
            Ok(Box::new(found.into_iter().map(|address| SocketAddr::new(address, 0))) as Addrs)
        })
    }
}
