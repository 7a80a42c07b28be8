//! Opening a container with FFmpeg: local files only, known demuxers only.

use std::path::Path;

use avs_template::Ticks;
use ffmpeg_next as ffmpeg;

use super::error::MediaFault;
use crate::limits;

/// Demuxers that may read a caller's file. Playlists (HLS, concat, DASH) are not among them: they name other files.
const DEMUXERS: &str = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,mpegts,avi,mp3,wav,flac,ogg,aac";

/// Decoders that may read a caller's stream. FFmpeg has hundreds, most of them for formats nobody sends and few
/// people test; each is a way in.
const DECODERS: &str = "h264,hevc,vp8,vp9,libvpx-vp9,libvpx,av1,libdav1d,mpeg1video,mpeg2video,mpeg4,prores,dnxhd,mjpeg,qtrle,\
    ffv1,gif,aac,mp3,mp3float,mp2,mp2float,opus,libopus,vorbis,flac,alac,ac3,eac3,pcm_u8,pcm_s16le,pcm_s16be,pcm_s24le,\
    pcm_s24be,pcm_s32le,pcm_s32be,pcm_f32le,pcm_f32be,pcm_f64le,pcm_alaw,pcm_mulaw";

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
        options.set("codec_whitelist", DECODERS);
        let demuxer = ffmpeg::format::input_with_dictionary(path, options).map_err(|error| match error {
            // The second one is how FFmpeg says that a format is not on the list.
            ffmpeg::Error::InvalidData | ffmpeg::Error::Other { errno: ffmpeg::util::error::EINVAL } => {
                MediaFault::UnknownFormat
            }
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

    /// Width over height of a stream's pixels: the container's word, else the codec's; 0/1 where neither says.
    #[expect(unsafe_code, reason = "the binding has no call for it")]
    pub(crate) fn pixel_aspect(&self, stream: &ffmpeg::Stream<'_>) -> ffmpeg::Rational {
        // SAFETY: both belong to this open demuxer; the call only reads them, and takes a null frame.
        unsafe {
            let (demuxer, stream) = (self.demuxer.as_ptr().cast_mut(), stream.as_ptr().cast_mut());
            ffmpeg::ffi::av_guess_sample_aspect_ratio(demuxer, stream, std::ptr::null_mut()).into()
        }
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

/// Opens a decoder that is on the list, for pictures of a size that we decode. `name`: a certain one.
pub(crate) fn open_decoder(
    decoder: ffmpeg::codec::decoder::Decoder,
    name: Option<&str>,
) -> Result<ffmpeg::codec::decoder::Opened, ffmpeg::Error> {
    let named = name.and_then(ffmpeg::decoder::find_by_name);
    let codec =
        named.or_else(|| ffmpeg::decoder::find(decoder.id())).ok_or(ffmpeg::Error::DecoderNotFound)?;
    let mut options = ffmpeg::Dictionary::new();
    options.set("codec_whitelist", DECODERS);
    options.set("max_pixels", &(limits::PICTURE_MEGAPIXELS_MAX * 1_000_000).to_string());
    decoder.open_as_with(codec, options)
}

fn is_media(stream: &ffmpeg::Stream<'_>) -> bool {
    matches!(stream.parameters().medium(), ffmpeg::media::Type::Video | ffmpeg::media::Type::Audio)
}

fn ticks_from_timestamp(timestamp: i64, time_base: ffmpeg::Rational) -> Ticks {
    Ticks::from_rational(timestamp, time_base.numerator().into(), time_base.denominator().into())
}
