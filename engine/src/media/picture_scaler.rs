//! From a decoded frame to a picture at its destination size: crop, scale (bicubic), turn upright, NV12.
//! The coding of the colours stays as it is; the compositor converts where it differs.

use avs_template::RectPx;
use ffmpeg_next as ffmpeg;
use ffmpeg_next::format::Pixel;
use ffmpeg_next::software::scaling;

use super::error::MediaFault;
use super::orientation::Orientation;
use crate::color::{CodedPicture, ColorCoding, ColorRange, LumaCoefficients};

/// What to make of each frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PictureDesc {
    /// The part to show, in upright source pixels.
    pub crop: RectPx,
    /// Size of the upright source in square pixels, in which `crop` is measured.
    pub source_size: (u32, u32),
    /// Size to deliver, even.
    pub size: (u32, u32),
}

pub(crate) struct PictureScaler {
    desc: PictureDesc,
    orientation: Orientation,
    context: Option<scaling::Context>,
    scaled: ffmpeg::frame::Video,
}

impl PictureScaler {
    pub(crate) fn new(desc: PictureDesc, orientation: Orientation) -> Self {
        Self { desc, orientation, context: None, scaled: ffmpeg::frame::Video::empty() }
    }

    /// Makes the picture. `frame` is cropped in place.
    pub(crate) fn picture(&mut self, frame: &mut ffmpeg::frame::Video) -> Result<CodedPicture, MediaFault> {
        let coding = coding_of(frame);
        crop(frame, self.coded_crop(frame));
        frame.set_format(without_range(frame.format()));
        let (width, height) = self.orientation.turned(self.desc.size);
        let mut scaled = std::mem::replace(&mut self.scaled, ffmpeg::frame::Video::empty());
        self.scaling_context(frame, (width, height))?.run(frame, &mut scaled).map_err(undecodable)?;
        let (width, height) = (width as usize, height as usize);
        let luma = packed_rows(&scaled, 0, width, height);
        let chroma = packed_rows(&scaled, 1, width, height / 2);
        self.scaled = scaled;
        Ok(CodedPicture {
            width_px: self.desc.size.0,
            height_px: self.desc.size.1,
            luma: self.orientation.upright_plane::<1>(luma, (width, height)),
            chroma: self.orientation.upright_plane::<2>(chroma, (width / 2, height / 2)),
            coding,
        })
    }

    /// The crop in coded pixels: `desc.source_size` may differ by rotation and pixel aspect.
    fn coded_crop(&self, frame: &ffmpeg::frame::Video) -> RectPx {
        let coded = (f64::from(frame.width()), f64::from(frame.height()));
        let upright = self.orientation.turned(coded);
        let source = (f64::from(self.desc.source_size.0), f64::from(self.desc.source_size.1));
        let (scale_x, scale_y) = (upright.0 / source.0, upright.1 / source.1);
        let RectPx { x, y, width, height } = self.desc.crop;
        let rect =
            RectPx { x: x * scale_x, y: y * scale_y, width: width * scale_x, height: height * scale_y };
        self.orientation.coded_rect(rect, coded)
    }

    fn scaling_context(
        &mut self,
        frame: &ffmpeg::frame::Video,
        (width, height): (u32, u32),
    ) -> Result<&mut scaling::Context, MediaFault> {
        let wanted = scaling::context::Definition {
            format: frame.format(),
            width: frame.width(),
            height: frame.height(),
        };
        let fresh = match self.context.take() {
            Some(context) if *context.input() == wanted => context,
            _ => scaling::Context::get(
                wanted.format,
                wanted.width,
                wanted.height,
                Pixel::NV12,
                width,
                height,
                scaling::Flags::BICUBIC | scaling::Flags::ACCURATE_RND,
            )
            .map_err(undecodable)?,
        };
        Ok(self.context.insert(fresh))
    }
}

fn undecodable(source: ffmpeg::Error) -> MediaFault {
    MediaFault::Undecodable { kind: "video", source }
}

/// How the bytes that leave the scaler are coded.
fn coding_of(frame: &ffmpeg::frame::Video) -> ColorCoding {
    use ffmpeg::color::{Range, Space};
    let format = frame.format();
    let described = format.descriptor();
    let is_rgb = described
        .is_some_and(|desc| ["rgb", "bgr", "gbr", "pal8"].iter().any(|order| desc.name().contains(order)));
    if is_rgb {
        // swscale's default table for R'G'B' to Y'CbCr.
        return ColorCoding { luma: LumaCoefficients::BT601, range: ColorRange::Limited };
    }
    let luma = match frame.color_space() {
        Space::BT709 => LumaCoefficients::BT709,
        Space::BT470BG | Space::SMPTE170M | Space::FCC => LumaCoefficients::BT601,
        Space::BT2020NCL | Space::BT2020CL => LumaCoefficients::BT2020,
        _ => ColorCoding::assumed_luma(frame.height()),
    };
    let is_gray = described.is_some_and(|desc| desc.name().starts_with("gray"));
    let full = (frame.color_range() == Range::JPEG || format != without_range(format)) && !is_gray;
    ColorCoding { luma, range: if full { ColorRange::Full } else { ColorRange::Limited } }
}

/// The same layout under its plain name: swscale would convert the range of the `J` formats, we do it ourselves.
fn without_range(format: Pixel) -> Pixel {
    match format {
        Pixel::YUVJ420P => Pixel::YUV420P,
        Pixel::YUVJ422P => Pixel::YUV422P,
        Pixel::YUVJ444P => Pixel::YUV444P,
        Pixel::YUVJ440P => Pixel::YUV440P,
        other => other,
    }
}

/// Narrows `frame` to the whole pixels nearest to `rect`.
#[expect(unsafe_code, reason = "the binding has no call for cropping")]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the frame first")]
fn crop(frame: &mut ffmpeg::frame::Video, rect: RectPx) {
    let (width, height) = (frame.width() as usize, frame.height() as usize);
    let edge = |value: f64, limit: usize| value.round().clamp(0.0, limit as f64) as usize;
    let left = edge(rect.x, width - 1);
    let top = edge(rect.y, height - 1);
    let right = edge(rect.x + rect.width, width).max(left + 1);
    let bottom = edge(rect.y + rect.height, height).max(top + 1);
    if (left, top, right, bottom) == (0, 0, width, height) {
        return;
    }
    // SAFETY: the frame is ours and holds a decoded picture; the margins leave at least one pixel. The call only
    // moves data pointers inside the frame's buffers and narrows its size.
    unsafe {
        let raw = frame.as_mut_ptr();
        (*raw).crop_left = left;
        (*raw).crop_top = top;
        (*raw).crop_right = width - right;
        (*raw).crop_bottom = height - bottom;
        ffmpeg::ffi::av_frame_apply_cropping(raw, ffmpeg::ffi::AV_FRAME_CROP_UNALIGNED as i32);
    }
}

fn packed_rows(frame: &ffmpeg::frame::Video, plane: usize, row_bytes: usize, rows: usize) -> Vec<u8> {
    let mut packed = Vec::with_capacity(row_bytes * rows);
    for row in frame.data(plane).chunks(frame.stride(plane)).take(rows) {
        packed.extend_from_slice(&row[..row_bytes]);
    }
    packed
}
