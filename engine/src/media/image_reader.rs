//! Still images: decoded by memory-safe decoders, cropped and scaled to their destination, premultiplied.

use std::io::{BufRead, Seek};
use std::path::Path;

use avs_resample::{Kernel, Resampler, Texels};
use avs_template::RectPx;
use image::{DynamicImage, ImageDecoder, ImageReader};

use super::error::MediaFault;
use super::heif_image::HeifImage;
use super::svg_image::SvgImage;
use super::video_reader::check_size;
use crate::color::RgbaPicture;

const RGBA_BYTES: u8 = 4;

/// What an image's header says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageHeader {
    /// The format's usual file ending.
    pub format: String,
    /// Upright size.
    pub size: (u32, u32),
}

/// Reads the header alone; `None` where it is no image we know.
///
/// # Errors
/// [`MediaFault`] where it is damaged or too large.
pub fn image_header(path: &Path) -> Result<Option<ImageHeader>, MediaFault> {
    if let Some(heif) = HeifImage::open(path)? {
        return Ok(Some(ImageHeader { format: heif.format().to_owned(), size: heif.size() }));
    }
    let reader = ImageReader::open(path).map_err(MediaFault::Unreadable)?;
    let reader = reader.with_guessed_format().map_err(MediaFault::Unreadable)?;
    let Some(format) = reader.format() else {
        let svg = SvgImage::open(path)?;
        return Ok(svg.map(|svg| ImageHeader { format: "svg".to_owned(), size: svg.size() }));
    };
    let format = format.extensions_str().first().copied().unwrap_or("image").to_owned();
    let (decoder, orientation) = decoder_of(reader)?;
    Ok(Some(ImageHeader { format, size: turned_size(&decoder, orientation) }))
}

/// Decodes a file and brings `crop` (upright pixels) to `size`.
///
/// # Errors
/// [`MediaFault`] where it is no image we know, damaged or too large.
pub fn image_from_file(path: &Path, crop: RectPx, size: (u32, u32)) -> Result<RgbaPicture, MediaFault> {
    if let Some(heif) = HeifImage::open(path)? {
        return premultiplied_at_size(heif.decoded()?, crop, size);
    }
    let reader = ImageReader::open(path).map_err(MediaFault::Unreadable)?;
    let reader = reader.with_guessed_format().map_err(MediaFault::Unreadable)?;
    if reader.format().is_none()
        && let Some(svg) = SvgImage::open(path)?
    {
        return svg.rasterised(crop, size);
    }
    let (decoder, orientation) = decoder_of(reader)?;
    let mut decoded = DynamicImage::from_decoder(decoder).map_err(MediaFault::DamagedImage)?;
    decoded.apply_orientation(orientation);
    if decoded.color().has_alpha() {
        premultiplied_at_size(decoded.into_rgba8(), crop, size)
    } else {
        opaque_at_size(decoded.into_rgba8(), crop, size)
    }
}

/// Brings `crop` of a picture without alpha to `size`.
fn opaque_at_size(
    source: image::RgbaImage,
    crop: RectPx,
    size: (u32, u32),
) -> Result<RgbaPicture, MediaFault> {
    let from_size = source.dimensions();
    let bytes = scaled(source.into_raw(), from_size, (crop, size))?;
    Ok(RgbaPicture { width_px: size.0, height_px: size.1, bytes })
}

/// Brings `crop` of straight RGBA to `size`, premultiplied.
pub(super) fn premultiplied_at_size(
    mut source: image::RgbaImage,
    crop: RectPx,
    size: (u32, u32),
) -> Result<RgbaPicture, MediaFault> {
    for texel in source.pixels_mut() {
        let [r, g, b, a] = texel.0;
        let premul =
            |value: u8| u8::try_from((u32::from(value) * u32::from(a) + 127) / 255).unwrap_or(u8::MAX);
        texel.0 = [premul(r), premul(g), premul(b), a];
    }
    let from_size = source.dimensions();
    let mut bytes = scaled(source.into_raw(), from_size, (crop, size))?;
    let (texels, _) = bytes.as_chunks_mut::<4>();
    for [r, g, b, a] in texels {
        // Lanczos overshoots; a premultiplied colour above its alpha would glow.
        (*r, *g, *b) = ((*r).min(*a), (*g).min(*a), (*b).min(*a));
    }
    Ok(RgbaPicture { width_px: size.0, height_px: size.1, bytes })
}

/// Brings `crop` of RGBA with tight rows to a size.
fn scaled(
    source: Vec<u8>,
    (source_width, source_height): (u32, u32),
    (crop, (width_px, height_px)): (RectPx, (u32, u32)),
) -> Result<Vec<u8>, MediaFault> {
    let whole = (0.0, 0.0, f64::from(source_width), f64::from(source_height));
    if (crop.x, crop.y, crop.width, crop.height) == whole
        && (source_width, source_height) == (width_px, height_px)
    {
        return Ok(source);
    }
    let mut scaled = vec![0; width_px as usize * height_px as usize * usize::from(RGBA_BYTES)];
    let from = Texels { bytes: &source[..], texel_bytes: RGBA_BYTES, size: (source_width, source_height) };
    let mut to = Texels { bytes: &mut scaled[..], texel_bytes: RGBA_BYTES, size: (width_px, height_px) };
    let part = (crop.x, crop.y, crop.width, crop.height);
    Resampler::default().scale(&from, part, Kernel::Lanczos3, &mut to).map_err(|error| {
        MediaFault::DamagedImage(image::ImageError::IoError(std::io::Error::other(error)))
    })?;
    Ok(scaled)
}

fn decoder_of<R: BufRead + Seek + 'static>(
    reader: ImageReader<R>,
) -> Result<(impl ImageDecoder, image::metadata::Orientation), MediaFault> {
    let mut decoder = reader.into_decoder().map_err(|error| match error {
        image::ImageError::Unsupported(_) => MediaFault::UnknownFormat,
        other => MediaFault::DamagedImage(other),
    })?;
    let (width_px, height_px) = decoder.dimensions();
    check_size(width_px, height_px)?;
    // A broken EXIF block is no reason to refuse the picture.
    let orientation = decoder.orientation().unwrap_or(image::metadata::Orientation::NoTransforms);
    Ok((decoder, orientation))
}

fn turned_size(decoder: &impl ImageDecoder, orientation: image::metadata::Orientation) -> (u32, u32) {
    use image::metadata::Orientation as Exif;
    let (width, height) = decoder.dimensions();
    match orientation {
        Exif::NoTransforms | Exif::Rotate180 | Exif::FlipHorizontal | Exif::FlipVertical => (width, height),
        Exif::Rotate90 | Exif::Rotate270 | Exif::Rotate90FlipH | Exif::Rotate270FlipH => (height, width),
    }
}
