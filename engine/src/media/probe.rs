//! What a file is: image, video or sound, its size and its length.

use std::path::Path;

use avs_template::{MediaFacts, Ticks};
use ffmpeg_next as ffmpeg;

use super::error::{MediaError, MediaFault};
use super::image_reader::{ImageHeader, image_header};
use super::input::MediaInput;
use super::video_reader::VideoReader;
use crate::media::AudioReader;

/// What was found in a file.
#[derive(Debug, Clone, PartialEq)]
pub struct MediaProbe {
    /// What it is.
    pub kind: avs_protocol::MediaKind,
    /// Container or image format.
    pub format: String,
    /// What the timeline needs to know.
    pub facts: MediaFacts,
}

/// Values of sound that probing decodes: enough to meet what the resampler refuses.
const PROBED_SAMPLES: usize = 2048;

/// Looks into a file; every stream that will be used is opened once, so that what passes can be decoded.
///
/// # Errors
/// [`MediaError`] where it is not a media file we can read.
pub fn probe(asset: &str, path: &Path) -> Result<MediaProbe, MediaError> {
    probed(path).map_err(|fault| fault.of(asset))
}

fn probed(path: &Path) -> Result<MediaProbe, MediaFault> {
    if let Some(ImageHeader { format, size }) = image_header(path)? {
        let facts = MediaFacts { size: Some(size), ..MediaFacts::default() };
        return Ok(MediaProbe { kind: avs_protocol::MediaKind::Image, format, facts });
    }
    let input = MediaInput::open(path)?;
    let has_video = input.best_stream(ffmpeg::media::Type::Video).is_some();
    let has_audio = input.best_stream(ffmpeg::media::Type::Audio).is_some();
    let format = input.demuxer.format().name().to_owned();
    let duration = media_duration(&input);
    let audio_duration = stream_duration(&input, ffmpeg::media::Type::Audio);
    drop(input);
    if has_audio {
        AudioReader::open(path, Ticks::ZERO)?.read(&mut [0.0; PROBED_SAMPLES])?;
    }
    let (kind, size, has_alpha) = match (has_video, has_audio) {
        (true, _) => {
            let mut reader = VideoReader::open(path, 1)?;
            reader.advance_to(Ticks::ZERO)?;
            (avs_protocol::MediaKind::Video, Some(reader.upright_size()), reader.has_alpha())
        }
        (false, true) => (avs_protocol::MediaKind::Audio, None, false),
        (false, false) => return Err(MediaFault::NoStreams),
    };
    let facts = MediaFacts { duration, size, has_audio, audio_duration, has_alpha };
    Ok(MediaProbe { kind, format, facts })
}

/// The video's length where there is video, else the container's; `None` where the file does not say.
fn media_duration(input: &MediaInput) -> Option<Ticks> {
    stream_duration(input, ffmpeg::media::Type::Video).or_else(|| input.duration())
}

fn stream_duration(input: &MediaInput, kind: ffmpeg::media::Type) -> Option<Ticks> {
    let stream = input.best_stream(kind)?;
    let (duration, base) = (stream.duration(), stream.time_base());
    (duration > 0).then(|| Ticks::from_rational(duration, base.numerator().into(), base.denominator().into()))
}
