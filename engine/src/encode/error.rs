//! What can go wrong while encoding and writing.

use std::path::PathBuf;

use super::refusal::Refusal;

/// Why there is no MP4.
#[derive(Debug, thiserror::Error)]
pub enum EncodeError {
    /// FFmpeg was built without an encoder we need.
    #[error("this FFmpeg has no {name} encoder; install one that has it (Debian: libavcodec-extra)")]
    MissingEncoder {
        /// FFmpeg's name of it.
        name: &'static str,
    },
    /// The encoder that was asked for is not here.
    #[error(
        "the encoder {name} cannot be used: {refusal}; `avs-engine encoders` lists what can, `--encoder auto` takes it"
    )]
    Unusable {
        /// Its name on the command line.
        name: &'static str,
        /// Why.
        refusal: Refusal,
    },
    /// The card failed while it held pictures.
    #[error("the card failed")]
    Card(#[source] Refusal),
    /// An encoder refused its settings or a frame.
    #[error("the {name} encoder failed")]
    Encoder {
        /// FFmpeg's name of it.
        name: &'static str,
        /// FFmpeg's words.
        #[source]
        source: ffmpeg_next::Error,
    },
    /// The file cannot be written.
    #[error("{} cannot be written; check the folder and the free space", path.display())]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// FFmpeg's words.
        #[source]
        source: ffmpeg_next::Error,
    },
    /// The finished file cannot be put in its place.
    #[error("{} cannot be moved into place", path.display())]
    Unmovable {
        /// Where it should be.
        path: PathBuf,
        /// The system's words.
        #[source]
        source: std::io::Error,
    },
}
