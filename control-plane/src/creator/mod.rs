//! From a prompt and some files to a template. Whoever does it gets facts about the files, never the files.

mod slideshow;

use futures_util::future::BoxFuture;
use serde_json::Value;

pub use self::slideshow::SlideshowCreator;
use crate::store::AssetRecord;

/// What a creator works from.
#[derive(Debug)]
pub struct Brief<'a> {
    /// What the caller wants.
    pub prompt: &'a str,
    /// The `output` object of the request; null for every default.
    pub output: &'a Value,
    /// The files, with what an engine found in them.
    pub assets: &'a [AssetRecord],
}

/// What a creator makes.
#[derive(Debug)]
pub struct Creation {
    /// An AVS Template JSON v1 document.
    pub template: Value,
    /// How it came to it, for support.
    pub trace: Value,
}

/// Why there is no template.
#[derive(Debug, thiserror::Error)]
pub enum CreatorError {
    /// No video can be made of this; the reason is the caller's to know.
    #[error("{detail}")]
    Impossible {
        /// What is missing, and what to do.
        detail: String,
    },
    /// What came out is no valid template: a fault of the creator.
    #[error("the template that was made breaks {count} rules, first: {first}")]
    Unusable {
        /// How many rules.
        count: usize,
        /// The first of them.
        first: String,
    },
}

/// Makes templates.
pub trait Creator: Send + Sync {
    /// Makes a template that is valid and names no file that is not in the brief.
    fn create<'a>(&'a self, brief: &'a Brief<'a>) -> BoxFuture<'a, Result<Creation, CreatorError>>;
}
