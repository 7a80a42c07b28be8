//! What can be wrong with a media file. Files are named by their asset name: paths are ours, not the caller's.

/// A fault in one file.
#[derive(Debug, thiserror::Error)]
#[error("{asset}: {fault}")]
pub struct MediaError {
    /// The name by which the template knows the file.
    pub asset: String,
    /// What is wrong.
    #[source]
    pub fault: MediaFault,
}

/// What is wrong with a file.
#[derive(Debug, thiserror::Error)]
pub enum MediaFault {
    /// Not on disk, or not readable.
    #[error("the file cannot be read ({0})")]
    Unreadable(#[source] std::io::Error),
    /// No allowed demuxer or image decoder knows it.
    #[error(
        "not a media file we can read; send MP4, MOV, WebM, MKV, MP3, WAV, FLAC, OGG, JPEG, PNG, WebP, GIF, AVIF, HEIC or SVG"
    )]
    UnknownFormat,
    /// The container is broken.
    #[error("the file is damaged or incomplete ({0})")]
    Damaged(#[source] ffmpeg_next::Error),
    /// Neither pictures nor sound.
    #[error("the file has neither pictures nor sound")]
    NoStreams,
    /// It was needed for pictures.
    #[error("the file has no video")]
    NoVideo,
    /// It was needed for sound.
    #[error("the file has no sound")]
    NoAudio,
    /// The codec is unknown or its decoder refuses the stream.
    #[error("the {kind} stream cannot be decoded ({source})")]
    Undecodable {
        /// Video or audio.
        kind: &'static str,
        /// The decoder's words.
        #[source]
        source: ffmpeg_next::Error,
    },
    /// Not one picture came out.
    #[error("the video has no picture that can be decoded")]
    NoPictures,
    /// Too large to decode safely.
    #[error(
        "the picture is {width_px} by {height_px} pixels; at most {max_px} each way and {megapixels_max} megapixels in all are allowed"
    )]
    TooLarge {
        /// Width found.
        width_px: u32,
        /// Height found.
        height_px: u32,
        /// Limit of each side.
        max_px: u32,
        /// Limit of the area.
        megapixels_max: u64,
    },
    /// A rate or a number of channels that no recording has.
    #[error(
        "the sound has {channel_count} channels at {rate_hz} Hz; 1 to 8 channels at 4000 to 384000 Hz are allowed"
    )]
    UnusualSound {
        /// Samples per second.
        rate_hz: u32,
        /// Channels.
        channel_count: u16,
    },
    /// The drawing's fault, in the words of its reader.
    #[error("the SVG is damaged ({0})")]
    DamagedSvg(#[source] resvg::usvg::Error),
    /// The rasteriser gave up.
    #[error("the SVG cannot be drawn; it has coordinates that are too large or not finite")]
    UndrawableSvg,
    /// libheif's words.
    #[error("the HEIC or AVIF image is damaged ({0})")]
    DamagedHeif(String),
    /// The image decoder's words.
    #[error("the image is damaged ({0})")]
    DamagedImage(#[source] image::ImageError),
}

impl MediaFault {
    /// Puts the file's name to the fault.
    #[must_use]
    pub fn of(self, asset: &str) -> MediaError {
        MediaError { asset: asset.to_owned(), fault: self }
    }
}
