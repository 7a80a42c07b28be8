//! What was done on a recorded screen: the events track of a `.vidova` file (docs/vidova.md), and what to zoom on and cut
//! out for it.

mod activity;
mod manifest;
mod read;
mod zooms;

use serde::{Deserialize, Serialize};

pub use activity::active_spans;
pub use manifest::{MANIFEST_BYTES_MAX, Manifest};
pub use read::{EVENTS_BYTES_MAX, EVENTS_MAX};
pub use zooms::{Zoom, zooms};

/// Of the format; the only one there is.
const VERSION: u32 = 1;

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

/// Why a manifest or an events track cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RecordingError {
    /// It is longer than any honest one.
    #[error("the {what} is longer than {bytes_max} bytes, which it may have at most")]
    TooLarge {
        /// Manifest or events track.
        what: &'static str,
        /// Its limit.
        bytes_max: usize,
    },
    /// It is not JSON of the right shape.
    #[error("the {what} cannot be read: {source}")]
    Malformed {
        /// Manifest or events track.
        what: &'static str,
        /// Where and why.
        source: serde_json::Error,
    },
    /// It is of another version.
    #[error("the {what} has version {version}; only version 1 is known")]
    Version {
        /// Manifest or events track.
        what: &'static str,
        /// The version that it says.
        version: u32,
    },
    /// It names what may not be the name of a file.
    #[error("{name:?} is no plain file name; use one without folders, \"..\" and control characters")]
    Name {
        /// As written.
        name: String,
    },
    /// It names one file as two things.
    #[error("{name:?} is named twice; each file is one thing")]
    NameTwice {
        /// As written.
        name: String,
    },
    /// There are too many events.
    #[error("the events track has {count} events; it may have {EVENTS_MAX} at most")]
    TooMany {
        /// Events of all kinds.
        count: usize,
    },
    /// A time falls, is negative, or later than a day.
    #[error("{list}[{index}] has a time before that of the event before it, or outside 0 to 86400 seconds")]
    Time {
        /// Name of the list.
        list: &'static str,
        /// Index of the event.
        index: usize,
    },
    /// A place is outside the picture.
    #[error("{list}[{index}] lies outside the picture; x and y are fractions from 0 to 1")]
    Position {
        /// Name of the list.
        list: &'static str,
        /// Index of the event.
        index: usize,
    },
}
