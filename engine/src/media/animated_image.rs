//! Images that move by themselves: GIF, WebP and APNG, decoded as they play.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use avs_template::{RectPx, Ticks};
use image::codecs::{gif::GifDecoder, png::PngDecoder, webp::WebPDecoder};
use image::{AnimationDecoder, Frames, ImageFormat};

use super::error::{MediaError, MediaFault};
use super::image_reader::premultiplied_at_size;
use crate::color::RgbaPicture;
use crate::limits;

/// An animation that plays again and again. One picture is held at a time: memory does not grow with its length.
pub struct AnimatedImage {
    path: PathBuf,
    asset: String,
    format: ImageFormat,
    crop: RectPx,
    size: (u32, u32),
    frames: Frames<'static>,
    shown: Arc<RgbaPicture>,
    /// When the shown picture gives way, in the time of all rounds.
    until: Ticks,
    frames_in_round: u32,
}

impl std::fmt::Debug for AnimatedImage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AnimatedImage").field("asset", &self.asset).finish_non_exhaustive()
    }
}

/// True where a file has more than one picture.
///
/// # Errors
/// [`MediaFault`] where it is damaged.
pub fn is_animation(path: &Path) -> Result<bool, MediaFault> {
    frames_of(path).map(|frames| frames.is_some())
}

/// The pictures of a file with more than one.
fn frames_of(path: &Path) -> Result<Option<(ImageFormat, Frames<'static>)>, MediaFault> {
    let reader = image::ImageReader::open(path).map_err(MediaFault::Unreadable)?;
    let reader = reader.with_guessed_format().map_err(MediaFault::Unreadable)?;
    let Some(format) = reader.format() else { return Ok(None) };
    // A still GIF has one picture; the others say whether they move.
    let frames = decoded_frames(reader.into_inner(), format).map_err(MediaFault::DamagedImage)?;
    let Some(frames) = frames else { return Ok(None) };
    if format == ImageFormat::Gif && frames.take(2).filter(Result::is_ok).count() < 2 {
        return Ok(None);
    }
    let file = File::open(path).map_err(MediaFault::Unreadable)?;
    let frames = decoded_frames(BufReader::new(file), format).map_err(MediaFault::DamagedImage)?;
    Ok(frames.map(|frames| (format, frames)))
}

fn decoded_frames(
    file: BufReader<File>,
    format: ImageFormat,
) -> Result<Option<Frames<'static>>, image::ImageError> {
    let mut allowed = image::Limits::default();
    allowed.max_image_width = Some(limits::PICTURE_SIDE_PX_MAX);
    allowed.max_image_height = Some(limits::PICTURE_SIDE_PX_MAX);
    Ok(match format {
        ImageFormat::Gif => {
            let mut decoder = GifDecoder::new(file)?;
            image::ImageDecoder::set_limits(&mut decoder, allowed)?;
            Some(decoder.into_frames())
        }
        ImageFormat::WebP => {
            let decoder = WebPDecoder::new(file)?;
            decoder.has_animation().then(|| decoder.into_frames())
        }
        ImageFormat::Png => {
            let decoder = PngDecoder::with_limits(file, allowed)?;
            if decoder.is_apng()? { Some(decoder.apng()?.into_frames()) } else { None }
        }
        _ => None,
    })
}

impl AnimatedImage {
    /// Opens an animation: `crop` of it (upright pixels) brought to `size`.
    ///
    /// # Errors
    /// [`MediaError`] where it is none, damaged or too large.
    pub fn open(path: &Path, asset: &str, crop: RectPx, size: (u32, u32)) -> Result<Self, MediaError> {
        let opened = || {
            let (format, frames) = frames_of(path)?.ok_or(MediaFault::NoPictures)?;
            let empty = Arc::new(RgbaPicture { width_px: 0, height_px: 0, bytes: Vec::new() });
            let mut animated = Self {
                path: path.to_owned(),
                asset: asset.to_owned(),
                format,
                crop,
                size,
                frames,
                shown: empty,
                until: Ticks::ZERO,
                frames_in_round: 0,
            };
            animated.advance()?;
            Ok(animated)
        };
        opened().map_err(|fault: MediaFault| fault.of(asset))
    }

    /// The picture at `time`, which may not lie before that of the last call: what was passed is not kept.
    ///
    /// # Errors
    /// [`MediaError`] where the file is damaged.
    pub fn at(&mut self, time: Ticks) -> Result<Arc<RgbaPicture>, MediaError> {
        while time >= self.until {
            self.advance().map_err(|fault| fault.of(&self.asset))?;
        }
        Ok(Arc::clone(&self.shown))
    }

    fn advance(&mut self) -> Result<(), MediaFault> {
        let frame = match self.frames.next() {
            Some(frame) => frame.map_err(MediaFault::DamagedImage)?,
            None if self.frames_in_round == 0 => return Err(MediaFault::NoPictures),
            None => {
                let file = File::open(&self.path).map_err(MediaFault::Unreadable)?;
                let frames =
                    decoded_frames(BufReader::new(file), self.format).map_err(MediaFault::DamagedImage)?;
                self.frames = frames.ok_or(MediaFault::NoPictures)?;
                self.frames_in_round = 0;
                return self.advance_first();
            }
        };
        self.show(frame)
    }

    fn advance_first(&mut self) -> Result<(), MediaFault> {
        let frame = self.frames.next().ok_or(MediaFault::NoPictures)?.map_err(MediaFault::DamagedImage)?;
        self.show(frame)
    }

    fn show(&mut self, frame: image::Frame) -> Result<(), MediaFault> {
        let (num, den) = frame.delay().numer_denom_ms();
        let (num, den) = (i64::from(num), i64::from(den.max(1)));
        // Browsers take a delay of up to 10 ms as unset, and show such pictures for 100 ms.
        let delay = if num <= 10 * den {
            Ticks::from_rational(100, 1, 1000)
        } else {
            Ticks::from_rational(num, 1, den * 1000)
        };
        self.until = self.until + delay;
        self.frames_in_round += 1;
        self.shown = Arc::new(premultiplied_at_size(frame.into_buffer(), self.crop, self.size)?);
        Ok(())
    }
}
