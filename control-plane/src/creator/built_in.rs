//! The built-in planner: no network, no model; the same brief gives the same template.

use std::sync::Arc;

use avs_creator::{Brief, CreateError};
use futures_util::future::BoxFuture;

use super::{Creation, Creator, CreatorError};

/// Plans by itself.
#[derive(Debug, Clone, Copy)]
pub struct BuiltInCreator;

impl Creator for BuiltInCreator {
    fn create(&self, brief: Arc<Brief>) -> BoxFuture<'_, Result<Creation, CreatorError>> {
        Box::pin(created(move || avs_creator::create(&brief)))
    }
}

/// Creates away from the threads that serve requests.
pub(crate) async fn created(
    create: impl FnOnce() -> Result<avs_creator::Creation, CreateError> + Send + 'static,
) -> Result<Creation, CreatorError> {
    let creating = tokio::task::spawn_blocking(create);
    let avs_creator::Creation { template, output, trace, notes } = creating.await??;
    Ok(Creation { template, output, trace, notes, warnings: Vec::new() })
}
