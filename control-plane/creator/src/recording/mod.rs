//! What was done on a recorded screen: the events track of a `.vidova` file, and what to zoom on and cut out for it.

use serde::{Deserialize, Serialize};

/// What was done on the screen, by time.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RecordingEvents {
    /// Presses of a pointer's button.
    pub clicks: Vec<PointerEvent>,
    /// Where the pointer was.
    pub cursor: Vec<PointerEvent>,
    /// When keys were pressed, in seconds, rising. Which ones is not kept: it may be a password.
    pub keys_secs: Vec<f64>,
}

/// Where a pointer was at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PointerEvent {
    /// In seconds of the recording.
    pub at_secs: f64,
    /// From the left edge, as a fraction of the picture's width in `0.0..=1.0`.
    pub x: f64,
    /// From the top edge, as a fraction of the picture's height in `0.0..=1.0`.
    pub y: f64,
}
