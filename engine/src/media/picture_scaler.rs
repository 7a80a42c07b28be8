//! From a decoded frame to a picture at its destination size: crop, scale (bicubic), turn upright, NV12; with alpha,
//! premultiplied RGBA. The coding of 8-bit colours stays as it is; the compositor converts where it differs. HDR and
//! wide gamut come out in the output's coding.

use std::sync::Arc;

use avs_template::RectPx;
use ffmpeg_next as ffmpeg;
use ffmpeg_next::format::Pixel;
use ffmpeg_next::software::scaling;

use super::error::MediaFault;
use super::frame_filter::FrameFilter;
use super::image_reader::premultiplied_at_size;
use super::orientation::Orientation;
use super::video_reader::has_alpha;
use crate::color::{CodedPicture, ColorCoding, ColorRange, LumaCoefficients, Picture};

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

/// A blurred picture to stand behind another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BackdropDesc {
    /// What to make of each frame.
    pub picture: PictureDesc,
    /// Standard deviation of the blur in pixels of the result.
    pub sigma_px: f64,
}

/// How much smaller a picture is blurred: its standard deviation is several pixels even then.
const BLUR_SHRINK: u32 = 6;

pub(crate) struct PictureScaler {
    desc: PictureDesc,
    /// Of a blur, in pixels of the result; 0 for none.
    sigma_px: f64,
    orientation: Orientation,
    context: Option<(scaling::Context, ColorCoding)>,
    /// For what swscale alone does not do.
    chain: Option<FrameFilter>,
    scaled: ffmpeg::frame::Video,
}

impl PictureScaler {
    pub(crate) fn new(desc: PictureDesc, orientation: Orientation) -> Self {
        let scaled = ffmpeg::frame::Video::empty();
        Self { desc, sigma_px: 0.0, orientation, context: None, chain: None, scaled }
    }

    /// A scaler that blurs besides.
    pub(crate) fn blurred(desc: BackdropDesc, orientation: Orientation) -> Self {
        Self { sigma_px: desc.sigma_px, ..Self::new(desc.picture, orientation) }
    }

    /// Makes the picture. `frame` is cropped in place.
    pub(crate) fn picture(&mut self, frame: &mut ffmpeg::frame::Video) -> Result<Picture, MediaFault> {
        if has_alpha(frame.format()) {
            return self.picture_with_alpha(frame).map(|picture| Picture::Rgba(Arc::new(picture)));
        }
        let coding = coding_of(frame);
        crop(frame, self.coded_crop(frame));
        if let Some(chain) = tone_mapping_of(frame) {
            let mapped = self.filtered(frame, &chain).map_err(undecodable)?;
            return Ok(self.coded(&mapped, ColorCoding::OUTPUT));
        }
        frame.set_format(without_range(frame.format()));
        if self.sigma_px > 0.0 {
            let blurred = self.filtered(frame, "").map_err(undecodable)?;
            return Ok(self.coded(&blurred, coding));
        }
        let size = self.orientation.turned(self.desc.size);
        let mut scaled = std::mem::replace(&mut self.scaled, ffmpeg::frame::Video::empty());
        self.scaling_context(frame, coding, (Pixel::NV12, size))?
            .run(frame, &mut scaled)
            .map_err(undecodable)?;
        let picture = self.coded(&scaled, coding);
        self.scaled = scaled;
        Ok(picture)
    }

    /// Packs NV12 that has its size already.
    fn coded(&self, scaled: &ffmpeg::frame::Video, coding: ColorCoding) -> Picture {
        let (width, height) = self.orientation.turned(self.desc.size);
        let (width, height) = (width as usize, height as usize);
        let luma = packed_rows(scaled, 0, width, height);
        let chroma = packed_rows(scaled, 1, width, height / 2);
        Picture::Coded(Arc::new(CodedPicture {
            width_px: self.desc.size.0,
            height_px: self.desc.size.1,
            luma: self.orientation.upright_plane::<1>(luma, (width, height)),
            chroma: self.orientation.upright_plane::<2>(chroma, (width / 2, height / 2)),
            coding,
        }))
    }

    /// Scales premultiplied: straight alpha would bleed colours that nobody sees into the edges.
    fn picture_with_alpha(
        &mut self,
        frame: &ffmpeg::frame::Video,
    ) -> Result<crate::color::RgbaPicture, MediaFault> {
        let coded_size = (frame.width(), frame.height());
        let mut straight = std::mem::replace(&mut self.scaled, ffmpeg::frame::Video::empty());
        self.scaling_context(frame, coding_of(frame), (Pixel::RGBA, coded_size))?
            .run(frame, &mut straight)
            .map_err(undecodable)?;
        let (width, height) = (coded_size.0 as usize, coded_size.1 as usize);
        let rows = packed_rows(&straight, 0, width * 4, height);
        self.scaled = straight;
        let rows = self.orientation.upright_plane::<4>(rows, (width, height));
        let (width, height) = self.orientation.turned(coded_size);
        let upright = image::RgbaImage::from_raw(width, height, rows).ok_or(MediaFault::NoPictures)?;
        let crop = self.upright_crop((f64::from(width), f64::from(height)));
        premultiplied_at_size(upright, crop, self.desc.size)
    }

    /// Scales through filters; `tone_map` brings HDR to the output's light, and is empty for what is there already.
    fn filtered(
        &mut self,
        frame: &ffmpeg::frame::Video,
        tone_map: &str,
    ) -> Result<ffmpeg::frame::Video, ffmpeg::Error> {
        let mut filter = match self.chain.take() {
            Some(filter) if filter.fits(frame) => filter,
            _ => {
                let (width, height) = self.orientation.turned(self.desc.size);
                let chain = if self.sigma_px > 0.0 {
                    let small = |side: u32| (side / BLUR_SHRINK).max(2);
                    let sigma = self.sigma_px / f64::from(BLUR_SHRINK);
                    format!(
                        "scale={}:{}:flags=area,{tone_map}gblur=sigma={sigma},\
                         scale={width}:{height}:flags=bilinear,format=nv12",
                        small(width),
                        small(height),
                        tone_map = if tone_map.is_empty() { String::new() } else { format!("{tone_map},") },
                    )
                } else {
                    format!("zscale=w={width}:h={height}:f=bicubic,{tone_map}")
                };
                FrameFilter::new(frame, ffmpeg::Rational::new(1, 1), &chain)?
            }
        };
        filter.push(frame)?;
        let (mapped, _) = filter.pull().ok_or(ffmpeg::Error::InvalidData)?;
        self.chain = Some(filter);
        Ok(mapped)
    }

    /// The crop in coded pixels.
    fn coded_crop(&self, frame: &ffmpeg::frame::Video) -> RectPx {
        let coded = (f64::from(frame.width()), f64::from(frame.height()));
        self.orientation.coded_rect(self.upright_crop(self.orientation.turned(coded)), coded)
    }

    /// The crop in pixels of an upright frame: `desc.source_size` may differ from its size by the pixel aspect.
    fn upright_crop(&self, upright: (f64, f64)) -> RectPx {
        let source = (f64::from(self.desc.source_size.0), f64::from(self.desc.source_size.1));
        let (scale_x, scale_y) = (upright.0 / source.0, upright.1 / source.1);
        let RectPx { x, y, width, height } = self.desc.crop;
        RectPx { x: x * scale_x, y: y * scale_y, width: width * scale_x, height: height * scale_y }
    }

    fn scaling_context(
        &mut self,
        frame: &ffmpeg::frame::Video,
        coding: ColorCoding,
        (format, (width, height)): (Pixel, (u32, u32)),
    ) -> Result<&mut scaling::Context, MediaFault> {
        let wanted = scaling::context::Definition {
            format: frame.format(),
            width: frame.width(),
            height: frame.height(),
        };
        let fresh = match self.context.take() {
            Some((context, of)) if *context.input() == wanted && of == coding => context,
            _ => {
                let flags = scaling::Flags::BICUBIC | scaling::Flags::ACCURATE_RND;
                let (from, into) = ((wanted.format, wanted.width, wanted.height), (format, width, height));
                let mut context =
                    scaling::Context::get(from.0, from.1, from.2, into.0, into.1, into.2, flags)
                        .map_err(undecodable)?;
                set_coding(&mut context, coding);
                context
            }
        };
        Ok(&mut self.context.insert((fresh, coding)).0)
    }
}

/// Tells swscale how the source is coded, for where it leaves Y'CbCr. Between Y'CbCr formats both ends are the same,
/// so that nothing is converted.
#[expect(unsafe_code, reason = "the binding has no call for it")]
fn set_coding(context: &mut scaling::Context, coding: ColorCoding) {
    /// 16.16 fixed point.
    const ONE: std::ffi::c_int = 1 << 16;
    let space = match coding.luma {
        LumaCoefficients::BT709 => ffmpeg::ffi::SWS_CS_ITU709,
        LumaCoefficients::BT2020 => ffmpeg::ffi::SWS_CS_BT2020,
        _ => ffmpeg::ffi::SWS_CS_ITU601,
    };
    let full = std::ffi::c_int::from(coding.range == ColorRange::Full);
    // SAFETY: the context is ours; the table is a constant of the library, and is copied.
    unsafe {
        let table = ffmpeg::ffi::sws_getCoefficients(space);
        // Fails for pairs of formats that need no table.
        ffmpeg::ffi::sws_setColorspaceDetails(context.as_mut_ptr(), table, full, table, full, 0, ONE, ONE);
    }
}

/// The filters that bring HDR and wide gamut to BT.709; none where it is that already. Light above the display's is
/// compressed by the curve of Hable; 1.0 is 100 nits (BT.2408, 2.2), and what does not say how bright it is was graded
/// on a display of 1000 nits.
fn tone_mapping_of(frame: &mut ffmpeg::frame::Video) -> Option<String> {
    use ffmpeg::color::{Primaries, Space, TransferCharacteristic as Transfer};
    use ffmpeg::util::frame::side_data::Type;
    let transfer = frame.color_transfer_characteristic();
    let is_hdr = matches!(transfer, Transfer::SMPTE2084 | Transfer::ARIB_STD_B67);
    if !is_hdr && frame.color_primaries() != Primaries::BT2020 {
        return None;
    }
    // zimg refuses to guess.
    if frame.color_space() == Space::Unspecified {
        frame.set_color_space(Space::BT2020NCL);
    }
    if is_hdr || frame.color_primaries() == Primaries::Unspecified {
        frame.set_color_primaries(Primaries::BT2020);
    }
    if transfer == Transfer::Unspecified {
        frame.set_color_transfer_characteristic(Transfer::BT709);
    }
    let says_peak = [Type::ContentLightLevel, Type::MasteringDisplayMetadata]
        .into_iter()
        .any(|kind| frame.side_data(kind).is_some());
    let compress = match (is_hdr, says_peak) {
        (false, _) => "",
        (true, true) => "tonemap=tonemap=hable:desat=0,",
        (true, false) => "tonemap=tonemap=hable:desat=0:peak=10,",
    };
    Some(format!(
        "zscale=t=linear:npl=100,format=gbrpf32le,zscale=p=bt709,{compress}zscale=t=bt709:m=bt709:r=tv,\
         format=yuv420p,format=nv12"
    ))
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
