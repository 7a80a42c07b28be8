//! The built-in planner: no network, no model; the same brief gives the same template.

use std::sync::Arc;

use avs_creator::{Brief, Note, Storyboard};
use avs_template::Source;
use futures_util::future::BoxFuture;

use super::{Creation, Creator, CreatorError};
use crate::domain::job::Warning;

/// Most warnings of one video: who has sent fifty files does not read more.
const WARNINGS_MAX: usize = 50;
/// Longest name of a file in a warning.
const NAME_CHARS_MAX: usize = 200;

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
    let theirs = Arc::clone(&brief);
    let creating = tokio::task::spawn_blocking(move || match storyboard {
        Some(storyboard) => avs_creator::create_from_storyboard(&storyboard, &theirs),
        None => avs_creator::create(&theirs),
    });
    let avs_creator::Creation { template, output, trace, notes } = creating.await??;
    let warnings = notes.iter().take(WARNINGS_MAX).map(|note| warning_from_note(note, &brief)).collect();
    Ok(Creation { template, output, trace, warnings })
}

/// What a caller is told of a note: files by the names that they were sent under.
fn warning_from_note(note: &Note, brief: &Brief) -> Warning {
    let source =
        note.asset_id.as_ref().and_then(|id| brief.asset_index(id)).map(|index| &brief.assets[index].source);
    let (pointer, name) = match source {
        Some(Source::Url(url)) => ("/assetUrls", Some(url)),
        Some(Source::Upload(name)) => ("", Some(name)),
        None => ("/prompt", None),
    };
    let detail = match name {
        Some(name) => format!("{}: {}", name.chars().take(NAME_CHARS_MAX).collect::<String>(), note.text),
        None => note.text.clone(),
    };
    Warning { pointer: pointer.to_owned(), code: note.code.name().to_owned(), detail }
}
