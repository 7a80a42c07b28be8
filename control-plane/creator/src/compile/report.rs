//! What a compiled video shows when and where: for checks, and for people.

use serde::Serialize;

/// What a compiled video shows when and where.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// In order.
    pub scenes: Vec<SceneReport>,
    /// Every text, by scene.
    pub texts: Vec<TextReport>,
    /// Frames that begin a scene, without the first.
    pub cuts: Vec<u32>,
    /// All files of the brief.
    pub assets: Vec<AssetReport>,
    /// What the whole will measure in LUFS.
    pub loudness_lufs: f64,
    /// Frames of the whole.
    pub frame_count: u32,
    /// Frames a second.
    pub fps: u32,
}

/// A scene.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SceneReport {
    /// How it stands.
    pub layout: crate::Layout,
    /// Its first frame.
    pub start_frame: u32,
    /// One past its last frame.
    pub end_frame: u32,
    /// What shows in it.
    pub asset_ids: Vec<crate::AssetId>,
}

/// A text.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TextReport {
    /// As it is shown, without line breaks.
    pub text: String,
    /// `headline`, `body` or `label`.
    pub role: &'static str,
    /// Index of its scene.
    pub scene: usize,
    /// Left, top, width and height in fractions of the frame.
    #[serde(rename = "box")]
    pub bounds: [f64; 4],
    /// Its first frame.
    pub start_frame: u32,
    /// One past its last frame.
    pub end_frame: u32,
    /// First frame in which all of it is there.
    pub readable_from: u32,
    /// One past the last frame in which all of it is there.
    pub readable_until: u32,
    /// Colour of the letters.
    pub color_rgb: [u8; 3],
    /// The ground that it stands out from least, as a colour.
    pub ground_rgb: [u8; 3],
    /// WCAG contrast of both.
    pub contrast: f64,
    /// Size in reference pixels.
    pub size_px: f64,
    /// A line goes through it: what no longer holds.
    pub struck: bool,
    /// A price, a call to action or an address: nothing of a platform may lie over it.
    pub strict: bool,
    /// True where there is less time than it takes to read it.
    pub hurried: bool,
}

/// A file of the brief.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AssetReport {
    /// As storyboards name it.
    pub id: crate::AssetId,
    /// As the analysis names it.
    pub name: String,
    /// True where it is seen or heard.
    pub used: bool,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}
