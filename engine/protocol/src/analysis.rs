//! What an engine finds in files when it looks and listens: what a creator chooses from. No pixel and no sample is kept.

use serde::{Deserialize, Serialize};

use crate::MediaKind;

/// Columns of the grid that a picture is described by, whatever its shape.
pub const GRID_COLUMNS: usize = 16;
/// Rows of that grid.
pub const GRID_ROWS: usize = 16;
/// Most samples of one file: further apart in longer files.
pub const PICTURE_SAMPLES_MAX: usize = 240;
/// Most blocks of sound that are told of one file: ten minutes.
pub const SOUND_BLOCKS_MAX: usize = 6000;
/// Length of a block of sound in seconds.
pub const SOUND_BLOCK_SECS: f64 = 0.1;

/// What was found in one file, beyond what `Probe` says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AssetAnalysis {
    /// The asset's key in the template.
    pub name: String,
    /// What it is.
    pub kind: MediaKind,
    /// Length in seconds; absent for images.
    pub duration_secs: Option<f64>,
    /// Upright width in square pixels; absent for audio.
    pub width_px: Option<u32>,
    /// Upright height in square pixels; absent for audio.
    pub height_px: Option<u32>,
    /// What it looks like; absent for audio.
    pub picture: Option<PictureAnalysis>,
    /// What it sounds like; absent where there is no sound.
    pub sound: Option<SoundAnalysis>,
}

/// What a file looks like over time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PictureAnalysis {
    /// Its colours, most telling first; `1..=6`.
    pub colors: Vec<ColorShare>,
    /// Share of its pixels that are see-through, in `0.0..=1.0`.
    pub transparent_ratio: f64,
    /// True for what a screen shows rather than a lens: flat areas, hard upright edges, few colours.
    pub is_screen: bool,
    /// Times in seconds where one shot ends and the next begins, rising, without 0 and the end.
    pub cuts_secs: Vec<f64>,
    /// Looks into it, by time; one for an image, at most [`PICTURE_SAMPLES_MAX`].
    pub samples: Vec<PictureSample>,
}

/// A colour and how much of the picture has it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ColorShare {
    /// Gamma-coded sRGB.
    pub rgb: [u8; 3],
    /// Share of the pixels, in `0.0..=1.0`.
    pub ratio: f64,
}

/// One look into a picture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PictureSample {
    /// When, in seconds of the file.
    pub at_secs: f64,
    /// Detail of its sharpest parts, in `0.0..=1.0`; comparable between files.
    pub sharpness: f64,
    /// How much changes from the look before, the camera's own movement taken out, in `0.0..=1.0`; 0 for an image.
    pub motion: f64,
    /// How much the camera trembles, in `0.0..=1.0` (a fraction of the width, rms); 0 for an image.
    pub shake: f64,
    /// Mean luma, gamma-coded, in `0.0..=1.0`.
    pub brightness: f64,
    /// Share of pixels that are clipped, black or white, in `0.0..=1.0`.
    pub clipped_ratio: f64,
    /// Mean chroma in OKLCh, about `0.0..=0.3`.
    pub colorfulness: f64,
    /// True where it is all black or one flat colour.
    pub is_blank: bool,
    /// True where nothing has changed since the look before it.
    pub is_frozen: bool,
    /// Difference hash: pictures that differ in at most 10 of 64 bits look alike.
    pub hash: u64,
    /// Cells row by row from the top left, [`GRID_COLUMNS`] × [`GRID_ROWS`] of them.
    pub grid: PictureGrid,
}

/// What is where in a picture: one number a cell, row by row from the top left, each `0..=255`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PictureGrid {
    /// Fifth percentile of gamma-coded luma.
    #[serde(with = "hex_bytes")]
    pub luma_low: Vec<u8>,
    /// Ninety-fifth percentile of gamma-coded luma.
    #[serde(with = "hex_bytes")]
    pub luma_high: Vec<u8>,
    /// Density of edges.
    #[serde(with = "hex_bytes")]
    pub edges: Vec<u8>,
    /// How much the eye is drawn there: detail, skin of any tone, colour, movement, nearness to the middle.
    #[serde(with = "hex_bytes")]
    pub saliency: Vec<u8>,
}

/// What a file sounds like over time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SoundAnalysis {
    /// Integrated loudness (ITU-R BS.1770-4) in LUFS; -70 for silence.
    pub loudness_lufs: f64,
    /// Highest true peak in dBTP; -70 for silence.
    pub true_peak_db: f64,
    /// K-weighted loudness of each [`SOUND_BLOCK_SECS`] in tenths of LUFS, all channels together, -700 for silence; at
    /// most [`SOUND_BLOCKS_MAX`]. Four in a row, their powers averaged, are a gating block of BS.1770.
    pub block_loudness_tenths: Vec<i16>,
    /// Highest sample of any channel in each of those blocks in tenths of dBFS, -700 for silence; empty where it was not
    /// listened for.
    #[serde(default)]
    pub block_peak_tenths: Vec<i16>,
    /// Stretches without sound.
    pub silences: Vec<Span>,
    /// Stretches that somebody seems to speak in.
    pub speech: Vec<Span>,
    /// Beats, where there is a steady one.
    pub beat: Option<Beat>,
    /// Times in seconds at which something begins to sound, strongest 1000, rising.
    pub onsets_secs: Vec<f64>,
}

/// A part of a file.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Span {
    /// In seconds of the file.
    pub start_secs: f64,
    /// After `start_secs`.
    pub end_secs: f64,
}

/// A steady beat.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Beat {
    /// Beats a minute; may be half or double of what a person would say.
    pub tempo_bpm: f64,
    /// Peak of the autocorrelation over its mean; under 1.6 nobody should cut by it.
    pub confidence: f64,
    /// Times of the beats in seconds, rising.
    pub beats_secs: Vec<f64>,
    /// Index in `beats_secs` of the first beat of a bar of four.
    pub first_downbeat: usize,
}

/// Bytes as hexadecimal digits: a fifth of what a list of numbers takes.
mod hex_bytes {
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&Digits(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        let digits = String::deserialize(deserializer)?;
        let byte =
            |pair: &[u8]| std::str::from_utf8(pair).ok().and_then(|pair| u8::from_str_radix(pair, 16).ok());
        let bytes: Option<Vec<u8>> = digits.as_bytes().chunks(2).map(byte).collect();
        bytes
            .filter(|_| digits.len() % 2 == 0)
            .ok_or_else(|| D::Error::custom("not pairs of hexadecimal digits"))
    }

    struct Digits<'a>(&'a [u8]);

    impl std::fmt::Display for Digits<'_> {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grid_travels_as_hexadecimal_digits_and_comes_back_whole() {
        let grid = PictureGrid { luma_low: vec![0, 255, 16], ..PictureGrid::default() };
        let json = serde_json::to_string(&grid).unwrap();
        assert!(json.contains(r#""lumaLow":"00ff10""#), "{json}");
        assert_eq!(serde_json::from_str::<PictureGrid>(&json).unwrap(), grid);
        for broken in ["0", "0g", "é0"] {
            let json = json.replace("00ff10", broken);
            assert!(serde_json::from_str::<PictureGrid>(&json).is_err(), "{broken}");
        }
    }
}
