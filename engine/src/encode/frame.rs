//! A picture of ours as a frame of FFmpeg, without copying it.

use std::ffi::c_void;
use std::sync::Arc;

use ffmpeg_next as ffmpeg;
use ffmpeg_next::format::Pixel;

use crate::color::CodedPicture;

/// Holds a picture and makes frames that refer to its bytes. Whoever keeps such a frame keeps the picture.
#[derive(Debug)]
pub(super) struct PictureFrame {
    size: (u32, u32),
    picture: Option<Arc<CodedPicture>>,
}

impl PictureFrame {
    /// For pictures of one size.
    pub(super) fn new(size: (u32, u32)) -> Self {
        Self { size, picture: None }
    }

    /// Takes another picture and returns the one before.
    pub(super) fn show(&mut self, picture: Arc<CodedPicture>) -> Option<Arc<CodedPicture>> {
        debug_assert_eq!(picture.size(), self.size, "an encoder takes pictures of one size");
        self.picture.replace(picture)
    }

    /// A frame of the picture; none before the first one, and where memory is out.
    #[expect(unsafe_code, reason = "the binding has no call for frames over memory of ours")]
    pub(super) fn frame(&self, kind: ffmpeg::picture::Type, pts: i64) -> Option<ffmpeg::frame::Video> {
        let picture = self.picture.as_ref()?;
        let mut frame = ffmpeg::frame::Video::empty();
        frame.set_format(Pixel::NV12);
        frame.set_width(self.size.0);
        frame.set_height(self.size.1);
        frame.set_kind(kind);
        frame.set_pts(Some(pts));
        let stride = i32::try_from(self.size.0).ok()?;
        // SAFETY: the planes live as long as the clone of their `Arc`, which FFmpeg's buffer owns and `release` drops;
        // the buffer is read-only, so that nobody writes through it. Both planes have rows of `width` bytes.
        unsafe {
            let raw = frame.as_mut_ptr();
            let owner = Arc::into_raw(Arc::clone(picture)).cast_mut();
            let luma = picture.luma.as_ptr().cast_mut();
            let flags = ffmpeg::ffi::AV_BUFFER_FLAG_READONLY;
            let buffer = ffmpeg::ffi::av_buffer_create(
                luma,
                picture.luma.len() as _,
                Some(release),
                owner.cast(),
                flags,
            );
            if buffer.is_null() {
                drop(Arc::from_raw(owner));
                return None;
            }
            (*raw).buf[0] = buffer;
            (*raw).data[0] = luma;
            (*raw).data[1] = picture.chroma.as_ptr().cast_mut();
            (*raw).linesize[0] = stride;
            (*raw).linesize[1] = stride;
            (*raw).extended_data = (&raw mut (*raw).data).cast();
        }
        Some(frame)
    }
}

/// Drops what a buffer of FFmpeg owns: the clone of a picture's `Arc`.
#[expect(unsafe_code, reason = "FFmpeg calls it")]
unsafe extern "C" fn release(owner: *mut c_void, _data: *mut u8) {
    // SAFETY: `owner` came from `Arc::into_raw` and is released once, with its buffer.
    drop(unsafe { Arc::from_raw(owner.cast::<CodedPicture>()) });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_refers_to_the_pictures_bytes_and_keeps_them_until_it_is_gone() {
        let picture = Arc::new(CodedPicture::new((32, 16)));
        let mut frames = PictureFrame::new((32, 16));
        assert!(frames.frame(ffmpeg::picture::Type::None, 0).is_none());
        assert!(frames.show(Arc::clone(&picture)).is_none());
        let frame = frames.frame(ffmpeg::picture::Type::I, 7).unwrap();
        assert_eq!(
            (frame.data(0).as_ptr(), frame.data(1).as_ptr()),
            (picture.luma.as_ptr(), picture.chroma.as_ptr())
        );
        assert_eq!((frame.pts(), frame.stride(0), frame.stride(1)), (Some(7), 32, 32));
        assert_eq!(Arc::strong_count(&picture), 3);
        drop(frame);
        assert_eq!(Arc::strong_count(&picture), 2);
    }
}
