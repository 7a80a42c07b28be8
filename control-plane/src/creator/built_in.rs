//! The built-in planner: no network, no model; the same brief gives the same template.

use std::sync::Arc;

use avs_creator::{Brief, Storyboard};
use futures_util::future::BoxFuture;

use super::{Creation, Creator, CreatorError};

/// Plans by itself.
#[derive(Debug, Clone, Copy)]
pub struct BuiltInCreator;

impl Creator for BuiltInCreator {
    fn create(&self, brief: Arc<Brief>) -> BoxFuture<'_, Result<Creation, CreatorError>> {
        Box::pin(created(brief, None))
    }
}

/// Compiles what somebody else has planned, or plans here; away from the threads that serve requests.
pub(crate) async fn created(
    brief: Arc<Brief>,
    storyboard: Option<Storyboard>,
) -> Result<Creation, CreatorError> {
    let creating = tokio::task::spawn_blocking(move || match storyboard {
        Some(storyboard) => avs_creator::create_from_storyboard(&storyboard, &brief),
        None => avs_creator::create(&brief),
    });
    let avs_creator::Creation { template, output, trace, notes } = creating.await??;
    Ok(Creation { template, output, trace, notes, warnings: Vec::new() })
}
