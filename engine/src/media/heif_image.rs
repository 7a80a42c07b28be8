//! HEIC and AVIF by libheif. The crates that bind it need a newer one than Debian 12 has (1.15), so that the few
//! calls that a still picture takes are declared here; their signatures are those of `libheif/heif.h`.

use std::ffi::{CString, c_char, c_int, c_void};
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::ptr;

use super::error::MediaFault;
use super::video_reader::check_size;
use crate::limits;

/// `heif_colorspace_RGB`.
const COLORSPACE_RGB: c_int = 1;
/// `heif_chroma_interleaved_RGBA`: 8 bits each.
const CHROMA_RGBA: c_int = 11;
/// `heif_channel_interleaved`.
const CHANNEL_INTERLEAVED: c_int = 10;
/// `heif_error_Ok`.
const OK: c_int = 0;

/// Bytes to know the format by: a `ftyp` box with its first brands.
const HEAD_BYTES: u64 = 64;

/// Brands of ISO 23008-12 and of AVIF that mean a still picture.
const BRANDS: [&[u8; 4]; 7] = [b"heic", b"heix", b"heim", b"heis", b"mif1", b"avif", b"msf1"];

/// `struct heif_error`.
#[repr(C)]
struct HeifError {
    code: c_int,
    subcode: c_int,
    message: *const c_char,
}

#[expect(unsafe_code, reason = "libheif is a C library")]
#[link(name = "heif")]
unsafe extern "C" {
    fn heif_context_alloc() -> *mut c_void;
    fn heif_context_free(context: *mut c_void);
    fn heif_context_set_maximum_image_size_limit(context: *mut c_void, side_px: c_int);
    fn heif_context_read_from_file(
        context: *mut c_void,
        path: *const c_char,
        options: *const c_void,
    ) -> HeifError;
    fn heif_context_get_primary_image_handle(context: *mut c_void, handle: *mut *mut c_void) -> HeifError;
    fn heif_image_handle_release(handle: *const c_void);
    fn heif_image_handle_get_width(handle: *const c_void) -> c_int;
    fn heif_image_handle_get_height(handle: *const c_void) -> c_int;
    fn heif_decode_image(
        handle: *const c_void,
        image: *mut *mut c_void,
        colorspace: c_int,
        chroma: c_int,
        options: *const c_void,
    ) -> HeifError;
    fn heif_image_release(image: *const c_void);
    fn heif_image_get_width(image: *const c_void, channel: c_int) -> c_int;
    fn heif_image_get_height(image: *const c_void, channel: c_int) -> c_int;
    fn heif_image_get_plane_readonly(image: *const c_void, channel: c_int, stride: *mut c_int) -> *const u8;
}

/// An open file's main picture.
#[derive(Debug)]
pub(super) struct HeifImage {
    context: *mut c_void,
    handle: *mut c_void,
    format: &'static str,
}

impl HeifImage {
    /// Reads a file's boxes; none where it is neither HEIC nor AVIF.
    pub(super) fn open(path: &Path) -> Result<Option<Self>, MediaFault> {
        let mut head = Vec::new();
        let file = std::fs::File::open(path).map_err(MediaFault::Unreadable)?;
        file.take(HEAD_BYTES).read_to_end(&mut head).map_err(MediaFault::Unreadable)?;
        let Some(format) = format_of(&head) else { return Ok(None) };
        let path = CString::new(path.as_os_str().as_bytes())
            .map_err(|error| MediaFault::Unreadable(std::io::Error::other(error)))?;
        Self::read(&path, format).map(Some)
    }

    #[expect(unsafe_code, reason = "libheif is a C library")]
    fn read(path: &CString, format: &'static str) -> Result<Self, MediaFault> {
        // SAFETY: every pointer is one that libheif gave; `Self` frees each once, also on the way out of an error.
        unsafe {
            let mut heif = Self { context: heif_context_alloc(), handle: ptr::null_mut(), format };
            if heif.context.is_null() {
                return Err(damaged("no memory"));
            }
            let side_px = c_int::try_from(limits::PICTURE_SIDE_PX_MAX).unwrap_or(c_int::MAX);
            heif_context_set_maximum_image_size_limit(heif.context, side_px);
            heif_context_read_from_file(heif.context, path.as_ptr(), ptr::null()).into_result()?;
            heif_context_get_primary_image_handle(heif.context, &raw mut heif.handle).into_result()?;
            let (width_px, height_px) = heif.size();
            check_size(width_px, height_px)?;
            Ok(heif)
        }
    }

    /// The format's usual file ending.
    pub(super) fn format(&self) -> &'static str {
        self.format
    }

    /// Size as shown: the file's own rotation and mirroring are done by libheif.
    #[expect(unsafe_code, reason = "libheif is a C library")]
    pub(super) fn size(&self) -> (u32, u32) {
        // SAFETY: the handle lives as long as `self`.
        let (width, height) =
            unsafe { (heif_image_handle_get_width(self.handle), heif_image_handle_get_height(self.handle)) };
        (u32::try_from(width).unwrap_or(0), u32::try_from(height).unwrap_or(0))
    }

    /// Decodes the picture: straight RGBA of 8 bits.
    #[expect(unsafe_code, reason = "libheif is a C library")]
    pub(super) fn decoded(&self) -> Result<image::RgbaImage, MediaFault> {
        let mut decoded = DecodedHeif(ptr::null_mut());
        // SAFETY: the handle lives as long as `self`; the image is freed by its owner's drop.
        unsafe {
            heif_decode_image(self.handle, &raw mut decoded.0, COLORSPACE_RGB, CHROMA_RGBA, ptr::null())
                .into_result()?;
        }
        decoded.rgba()
    }
}

impl Drop for HeifImage {
    #[expect(unsafe_code, reason = "libheif is a C library")]
    fn drop(&mut self) {
        // SAFETY: both came from libheif and are freed here alone; it takes null.
        unsafe {
            if !self.handle.is_null() {
                heif_image_handle_release(self.handle);
            }
            if !self.context.is_null() {
                heif_context_free(self.context);
            }
        }
    }
}

/// `heif_image`.
struct DecodedHeif(*mut c_void);

impl DecodedHeif {
    #[expect(unsafe_code, reason = "libheif is a C library")]
    fn rgba(&self) -> Result<image::RgbaImage, MediaFault> {
        // SAFETY: the image is ours; the plane has `height` rows of `stride` bytes, of which `4 * width` are texels.
        unsafe {
            let side = |px: c_int| u32::try_from(px).unwrap_or(0);
            let width = side(heif_image_get_width(self.0, CHANNEL_INTERLEAVED));
            let height = side(heif_image_get_height(self.0, CHANNEL_INTERLEAVED));
            let mut stride = 0;
            let plane = heif_image_get_plane_readonly(self.0, CHANNEL_INTERLEAVED, &raw mut stride);
            let stride = usize::try_from(stride).unwrap_or(0);
            let row_bytes = width as usize * 4;
            if plane.is_null() || width == 0 || height == 0 || stride < row_bytes {
                return Err(damaged("no picture came out of it"));
            }
            let rows = (0..height as usize).flat_map(|row| {
                std::slice::from_raw_parts(plane.add(row * stride), row_bytes).iter().copied()
            });
            image::RgbaImage::from_raw(width, height, rows.collect())
                .ok_or_else(|| damaged("its rows are short"))
        }
    }
}

impl Drop for DecodedHeif {
    #[expect(unsafe_code, reason = "libheif is a C library")]
    fn drop(&mut self) {
        if !self.0.is_null() {
            // SAFETY: it came from libheif and is freed here alone.
            unsafe { heif_image_release(self.0) };
        }
    }
}

impl HeifError {
    #[expect(unsafe_code, reason = "libheif is a C library")]
    fn into_result(self) -> Result<(), MediaFault> {
        if self.code == OK {
            return Ok(());
        }
        if self.message.is_null() {
            return Err(damaged("libheif gives no reason"));
        }
        // SAFETY: the message is a C string that lives as long as the context, which the caller holds.
        let message = unsafe { std::ffi::CStr::from_ptr(self.message) };
        Err(damaged(&message.to_string_lossy()))
    }
}

fn damaged(reason: &str) -> MediaFault {
    MediaFault::DamagedHeif(reason.to_owned())
}

/// Reads the brands of a `ftyp` box (ISO 14496-12, 4.3): the major one at byte 8, compatible ones from byte 16.
fn format_of(head: &[u8]) -> Option<&'static str> {
    let (size, rest) = head.split_first_chunk::<4>()?;
    let brands = rest.strip_prefix(b"ftyp")?;
    let box_bytes = usize::try_from(u32::from_be_bytes(*size)).ok()?;
    let brands = &brands[..brands.len().min(box_bytes.saturating_sub(8))];
    let (brands, _) = brands.as_chunks::<4>();
    let major = brands.first()?;
    // A major brand of video with a compatible one of stills is a video.
    if !BRANDS.contains(&major) {
        return None;
    }
    Some(if brands.contains(b"avif") { "avif" } else { "heic" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stills_are_told_from_videos_by_their_brands() {
        assert_eq!(format_of(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"), Some("heic"));
        assert_eq!(format_of(b"\0\0\0\x18ftypmif1\0\0\0\0avifmif1"), Some("avif"));
        assert_eq!(format_of(b"\0\0\0\x18ftypisom\0\0\0\0mif1heic"), None);
        assert_eq!(format_of(b"\0\0\0\x08ftyp"), None);
        assert_eq!(format_of(b""), None);
    }
}
