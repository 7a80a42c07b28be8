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
use super::status::checked;
use super::video_reader::has_alpha;
use crate::color::{CodedPicture, ColorCoding, ColorRange, LumaCoefficients, Picture, PicturePool};

/// What to make of each frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PictureDesc {
    /// The part to show, in upright source pixels.
    pub crop: RectPx,
    /// Size of the upright source in square pixels, in which `crop` is measured.
    pub source_size: (u32, u32),
    /// Size to deliver, even.
    pub size: (u32, u32),
    /// True to bring colours to the output's coding, where that can be done on the way.
    pub converts: bool,
}

/// A blurred picture to stand behind another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BackdropDesc {
    /// What to make of each frame.
    pub picture: PictureDesc,
    /// Standard deviation of the blur in pixels of the result.
    pub sigma_px: f64,
}

/// True where zimg scales a picture, in less than half of swscale's time: it takes whole samples of chroma only.
fn zimg_takes(frame: &ffmpeg::frame::Video) -> bool {
    let even = frame.width().is_multiple_of(2) && frame.height().is_multiple_of(2);
    even && ZIMG_FORMATS.contains(&frame.format())
}

/// In zscale's words, how to come from a coding to the output's.
fn conversion_from(coding: ColorCoding) -> String {
    let matrix = match coding.luma {
        LumaCoefficients::BT709 => "709",
        LumaCoefficients::BT2020 => "2020_ncl",
        _ => "170m",
    };
    let range = if coding.range == ColorRange::Full { "full" } else { "limited" };
    format!(":min={matrix}:rin={range}:m=709:r=limited")
}

/// Formats that come in numbers; the others are few, or not planar.
const ZIMG_FORMATS: [Pixel; 6] = [
    Pixel::YUV420P,
    Pixel::YUV422P,
    Pixel::YUV444P,
    Pixel::YUV420P10LE,
    Pixel::YUV422P10LE,
    Pixel::YUV444P10LE,
];
/// The cubic of swscale's default, B = 0 and C = 0.6, in zscale's words.
const BICUBIC: &str = "f=bicubic:param_a=0:param_b=0.6";

/// How much smaller a picture is blurred: its standard deviation is several pixels even then.
const BLUR_SHRINK: u32 = 6;

pub(crate) struct PictureScaler {
    desc: PictureDesc,
    /// Of a blur, in pixels of the result; 0 for none.
    sigma_px: f64,
    orientation: Orientation,
    context: ScalingContext,
    /// For what swscale alone does not do, with the coding that it takes.
    chain: Option<(FrameFilter, ColorCoding)>,
    scaled: ffmpeg::frame::Video,
    pool: PicturePool,
}

impl PictureScaler {
    pub(crate) fn new(desc: PictureDesc, orientation: Orientation) -> Self {
        let scaled = ffmpeg::frame::Video::empty();
        let (context, pool) = (ScalingContext::default(), PicturePool::default());
        Self { desc, sigma_px: 0.0, orientation, context, chain: None, scaled, pool }
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
            let mapped = self.filtered(frame, coding, &chain).map_err(undecodable)?;
            return Ok(self.coded(&mapped, ColorCoding::OUTPUT));
        }
        frame.set_format(without_range(frame.format()));
        let size = self.orientation.turned(self.desc.size);
        let target = if zimg_takes(frame) { self.target_of(coding) } else { coding };
        let scales = size != (frame.width(), frame.height());
        if self.sigma_px > 0.0 || target != coding || (scales && zimg_takes(frame)) {
            let filtered = self.filtered(frame, coding, "").map_err(undecodable)?;
            return Ok(self.coded(&filtered, target));
        }
        if self.orientation.is_upright() {
            let context = self.context.get(frame, coding, (Pixel::NV12, size)).map_err(undecodable)?;
            let picture = self.pool.lend(size, |picture| {
                picture.coding = coding;
                scale_into(context, frame, picture)
            });
            return picture.map(Picture::Coded).map_err(undecodable);
        }
        let mut scaled = std::mem::replace(&mut self.scaled, ffmpeg::frame::Video::empty());
        self.context
            .get(frame, coding, (Pixel::NV12, size))
            .and_then(|context| context.run(frame, &mut scaled))
            .map_err(undecodable)?;
        let picture = self.coded(&scaled, coding);
        self.scaled = scaled;
        Ok(picture)
    }

    /// Packs 4:2:0 that has its size already, upright.
    fn coded(&mut self, scaled: &ffmpeg::frame::Video, coding: ColorCoding) -> Picture {
        let (width, height) = self.orientation.turned(self.desc.size);
        let (width, height) = (width as usize, height as usize);
        let orientation = self.orientation;
        let lent = self.pool.lend(self.desc.size, |picture| {
            picture.coding = coding;
            let CodedPicture { luma, chroma, .. } = picture;
            if orientation.is_upright() {
                pack_planes(scaled, width, (luma, chroma));
            } else {
                let mut turned = (vec![0; width * height], vec![0; width * height / 2]);
                pack_planes(scaled, width, (&mut turned.0, &mut turned.1));
                luma.copy_from_slice(&orientation.upright_plane::<1>(turned.0, (width, height)));
                chroma.copy_from_slice(&orientation.upright_plane::<2>(turned.1, (width / 2, height / 2)));
            }
            Ok::<_, std::convert::Infallible>(())
        });
        match lent {
            Ok(picture) => Picture::Coded(picture),
            Err(never) => match never {},
        }
    }

    /// Scales premultiplied: straight alpha would bleed colours that nobody sees into the edges.
    fn picture_with_alpha(
        &mut self,
        frame: &ffmpeg::frame::Video,
    ) -> Result<crate::color::RgbaPicture, MediaFault> {
        let coded_size = (frame.width(), frame.height());
        let mut straight = std::mem::replace(&mut self.scaled, ffmpeg::frame::Video::empty());
        self.context
            .get(frame, coding_of(frame), (Pixel::RGBA, coded_size))
            .and_then(|context| context.run(frame, &mut straight))
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

    /// The coding that filters bring a picture to.
    fn target_of(&self, coding: ColorCoding) -> ColorCoding {
        if self.desc.converts { ColorCoding::OUTPUT } else { coding }
    }

    /// Scales through filters; `tone_map` brings HDR to the output's light, and is empty for what is there already.
    fn filtered(
        &mut self,
        frame: &ffmpeg::frame::Video,
        coding: ColorCoding,
        tone_map: &str,
    ) -> Result<ffmpeg::frame::Video, ffmpeg::Error> {
        let mut filter = match self.chain.take() {
            Some((filter, taken)) if filter.fits(frame) && taken == coding => filter,
            _ => {
                let chain = self.chain_for(frame, coding, tone_map);
                FrameFilter::new(frame, ffmpeg::Rational::new(1, 1), &chain)?
            }
        };
        filter.push(frame)?;
        let (filtered, _) = filter.pull().ok_or(ffmpeg::Error::InvalidData)?;
        self.chain = Some((filter, coding));
        Ok(filtered)
    }

    fn chain_for(&self, frame: &ffmpeg::frame::Video, coding: ColorCoding, tone_map: &str) -> String {
        let (width, height) = self.orientation.turned(self.desc.size);
        let blurs = self.sigma_px > 0.0;
        let shrink = |side: u32| if blurs { (side / BLUR_SHRINK).max(2).next_multiple_of(2) } else { side };
        let size = (shrink(width), shrink(height));
        let convert = if tone_map.is_empty() && self.target_of(coding) != coding {
            conversion_from(coding)
        } else {
            String::new()
        };
        let scale = if zimg_takes(frame) {
            let kernel = if blurs { "f=bilinear" } else { BICUBIC };
            format!("zscale=w={}:h={}:{kernel}{convert}:threads=1", size.0, size.1)
        } else {
            let kernel = if blurs { "area" } else { "bicubic" };
            format!("scale={}:{}:flags={kernel}", size.0, size.1)
        };
        let tone_map = if tone_map.is_empty() { String::new() } else { format!(",{tone_map}") };
        if blurs {
            let sigma = self.sigma_px / f64::from(BLUR_SHRINK);
            format!("{scale}{tone_map},gblur=sigma={sigma},scale={width}:{height}:flags=bilinear,format=nv12")
        } else {
            format!("{scale}{tone_map},format=yuv420p|nv12")
        }
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
}

/// swscale for frames of one format, size and coding; made anew where one of them changes.
#[derive(Default)]
struct ScalingContext(Option<(scaling::Context, ColorCoding)>);

impl ScalingContext {
    fn get(
        &mut self,
        frame: &ffmpeg::frame::Video,
        coding: ColorCoding,
        (format, (width, height)): (Pixel, (u32, u32)),
    ) -> Result<&mut scaling::Context, ffmpeg::Error> {
        let wanted = scaling::context::Definition {
            format: frame.format(),
            width: frame.width(),
            height: frame.height(),
        };
        let fresh = match self.0.take() {
            Some((context, of)) if *context.input() == wanted && of == coding => context,
            _ => {
                let flags = scaling::Flags::BICUBIC | scaling::Flags::ACCURATE_RND;
                let (from, into) = ((wanted.format, wanted.width, wanted.height), (format, width, height));
                let mut context =
                    scaling::Context::get(from.0, from.1, from.2, into.0, into.1, into.2, flags)?;
                set_coding(&mut context, coding);
                context
            }
        };
        Ok(&mut self.0.insert((fresh, coding)).0)
    }
}

/// Scales straight into a picture of ours.
#[expect(unsafe_code, reason = "the binding scales into frames of its own only")]
fn scale_into(
    context: &mut scaling::Context,
    frame: &ffmpeg::frame::Video,
    picture: &mut CodedPicture,
) -> Result<(), ffmpeg::Error> {
    let stride = i32::try_from(picture.width_px).map_err(|_error| ffmpeg::Error::InvalidData)?;
    let rows = i32::try_from(frame.height()).map_err(|_error| ffmpeg::Error::InvalidData)?;
    let planes =
        [picture.luma.as_mut_ptr(), picture.chroma.as_mut_ptr(), std::ptr::null_mut(), std::ptr::null_mut()];
    // SAFETY: the context was made for the frame's format and size and for NV12 of the picture's. swscale's vector loops
    // may write a few bytes beyond a row: into the next one, which comes later, or into the slack behind the last.
    let scaled = unsafe {
        let from = frame.as_ptr();
        ffmpeg::ffi::sws_scale(
            context.as_mut_ptr(),
            (*from).data.as_ptr().cast(),
            (*from).linesize.as_ptr(),
            0,
            rows,
            planes.as_ptr(),
            [stride, stride, 0, 0].as_ptr(),
        )
    };
    checked(scaled)
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
         format=yuv420p"
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
        // What swscale is told to make of R'G'B'.
        return ColorCoding::OUTPUT;
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

/// Packs NV12, or 4:2:0 in three planes, of `width` pixels into NV12 with tight rows.
fn pack_planes(frame: &ffmpeg::frame::Video, width: usize, (luma, chroma): (&mut [u8], &mut [u8])) {
    let rows = |plane: usize| frame.data(plane).chunks(frame.stride(plane));
    for (to, from) in luma.chunks_exact_mut(width).zip(rows(0)) {
        to.copy_from_slice(&from[..width]);
    }
    if frame.format() == Pixel::NV12 {
        for (to, from) in chroma.chunks_exact_mut(width).zip(rows(1)) {
            to.copy_from_slice(&from[..width]);
        }
        return;
    }
    for (to, (cb, cr)) in chroma.chunks_exact_mut(width).zip(rows(1).zip(rows(2))) {
        let (pairs, _) = to.as_chunks_mut::<2>();
        for (pair, (cb, cr)) in pairs.iter_mut().zip(cb.iter().zip(cr)) {
            *pair = [*cb, *cr];
        }
    }
}
