//! Opening a container with FFmpeg: local files only, known demuxers only.

use std::path::Path;

use avs_template::Ticks;
use ffmpeg_next as ffmpeg;

use super::error::MediaFault;

/// Demuxers that may read a caller's file. Playlists (HLS, concat, DASH) are not among them: they name other files.
const DEMUXERS: &str = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,mpegts,avi,mp3,wav,flac,ogg,aac";

/// FFmpeg's `AV_TIME_BASE`: container times are in microseconds.
const CONTAINER_TICKS_PER_SECOND: i64 = 1_000_000;

/// Prepares FFmpeg; call once, before anything else of this module.
///
/// # Errors
/// FFmpeg's own, where the library cannot start.
pub fn init() -> Result<(), ffmpeg::Error> {
    ffmpeg::init()?;
    // Its messages carry paths and bytes of strangers' files; ours say what matters.
    ffmpeg::log::set_level(ffmpeg::log::Level::Quiet);
    Ok(())
}

/// An open container.
pub(crate) struct MediaInput {
    /// FFmpeg's demuxer.
    pub(crate) demuxer: ffmpeg::format::context::Input,
    /// Time of the earliest sample; every time we speak of is relative to it.
    origin: Ticks,
}

impl MediaInput {
    /// Opens a local file.
    pub(crate) fn open(path: &Path) -> Result<Self, MediaFault> {
        std::fs::File::open(path).map_err(MediaFault::Unreadable)?;
        let mut options = ffmpeg::Dictionary::new();
        options.set("format_whitelist", DEMUXERS);
        options.set("protocol_whitelist", "file");
        let demuxer = ffmpeg::format::input_with_dictionary(path, options).map_err(|error| match error {
            ffmpeg::Error::InvalidData => MediaFault::UnknownFormat,
            other => MediaFault::Damaged(other),
        })?;
        let starts = demuxer.streams().filter(is_media).filter_map(|stream| {
            let start = stream.start_time();
            (start != ffmpeg::ffi::AV_NOPTS_VALUE).then(|| ticks_from_timestamp(start, stream.time_base()))
        });
        let origin = starts.min().unwrap_or(Ticks::ZERO);
        Ok(Self { demuxer, origin })
    }

    /// The best stream of a kind; cover art does not count as video.
    pub(crate) fn best_stream(&self, kind: ffmpeg::media::Type) -> Option<ffmpeg::Stream<'_>> {
        let picture = ffmpeg::format::stream::Disposition::ATTACHED_PIC;
        self.demuxer.streams().best(kind).filter(|stream| !stream.disposition().contains(picture))
    }

    /// Time of a timestamp, from the start of the file.
    pub(crate) fn time_of(&self, timestamp: i64, time_base: ffmpeg::Rational) -> Ticks {
        ticks_from_timestamp(timestamp, time_base) - self.origin
    }

    /// Length of the container, where it knows it.
    pub(crate) fn duration(&self) -> Option<Ticks> {
        let duration = self.demuxer.duration();
        (duration > 0).then(|| Ticks::from_rational(duration, 1, CONTAINER_TICKS_PER_SECOND))
    }

    /// Goes to the last keyframe at or before `time`. A file that cannot be sought is read from where it is.
    pub(crate) fn seek_before(&mut self, time: Ticks) -> Result<(), MediaFault> {
        let to_microseconds = |ticks: Ticks| {
            i128::from(ticks.get()) * i128::from(CONTAINER_TICKS_PER_SECOND) / i128::from(Ticks::PER_SECOND)
        };
        let target = i64::try_from(to_microseconds(time + self.origin)).unwrap_or(i64::MAX);
        self.demuxer.seek(target, ..target.saturating_add(1)).map_err(MediaFault::Damaged)
    }
}

fn is_media(stream: &ffmpeg::Stream<'_>) -> bool {
    matches!(stream.parameters().medium(), ffmpeg::media::Type::Video | ffmpeg::media::Type::Audio)
}

fn ticks_from_timestamp(timestamp: i64, time_base: ffmpeg::Rational) -> Ticks {
    Ticks::from_rational(timestamp, time_base.numerator().into(), time_base.denominator().into())
}
