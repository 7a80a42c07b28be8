//! What a creator works from.

use avs_protocol::AssetAnalysis;
use avs_template::Source;
use serde_json::Value;

use crate::AssetId;

/// What a creator works from.
#[derive(Debug, Clone)]
pub struct Brief {
    /// What the caller wants, as written.
    pub prompt: String,
    /// The `output` object of the request; null for every default. What it says is kept, what it leaves open is decided.
    pub output: Value,
    /// The files, in the order in which they were sent.
    pub assets: Vec<BriefAsset>,
    /// Families of letters that an engine has, sorted.
    pub font_families: Vec<String>,
}

/// A file that a video can be made of.
#[derive(Debug, Clone)]
pub struct BriefAsset {
    /// How a template names it.
    pub source: Source,
    /// What was found in it.
    pub analysis: AssetAnalysis,
    /// What was done on the screen while it was recorded; for screen recordings that say so. Times are of the video.
    pub recording: Option<crate::recording::RecordingEvents>,
}

/// The id by which storyboards name the asset at `index` of the brief: `a1`, `a2`, …
pub fn asset_id(index: usize) -> AssetId {
    AssetId(format!("a{}", index + 1))
}

impl Brief {
    /// Returns the index of the asset of that id.
    pub fn asset_index(&self, id: &AssetId) -> Option<usize> {
        let number: usize = id.0.strip_prefix('a')?.parse().ok()?;
        let index = number.checked_sub(1)?;
        // One spelling only: not `a01`.
        (index < self.assets.len() && asset_id(index) == *id).then_some(index)
    }

    /// Returns the asset of that id.
    pub fn asset(&self, id: &AssetId) -> Option<&BriefAsset> {
        self.assets.get(self.asset_index(id)?)
    }
}
