//! FFmpeg's devices and pools of frames that live on them, each reference owned.

use std::ptr::NonNull;

use ffmpeg_next as ffmpeg;
use ffmpeg_next::ffi;
use ffmpeg_next::format::Pixel;

use crate::media::checked;

/// A reference to a device or a pool, given up when dropped.
#[derive(Debug)]
pub(super) struct BufferRef(NonNull<ffi::AVBufferRef>);

#[expect(unsafe_code, reason = "FFmpeg counts these references atomically")]
// SAFETY: a reference may be given up on any thread (libavutil/buffer.h: reference counting is thread-safe).
unsafe impl Send for BufferRef {}

#[expect(unsafe_code, reason = "nothing behind a reference is changed through it")]
// SAFETY: through a shared one, only new references are made, which is thread-safe.
unsafe impl Sync for BufferRef {}

impl BufferRef {
    /// Takes a reference over; none where FFmpeg had no memory.
    ///
    /// # Safety
    /// `raw` is null, or a reference that nobody else gives up.
    #[expect(unsafe_code, reason = "FFmpeg's references are pointers")]
    pub(super) unsafe fn from_raw(raw: *mut ffi::AVBufferRef) -> Result<Self, ffmpeg::Error> {
        let out_of_memory = ffmpeg::Error::Other { errno: ffmpeg::util::error::ENOMEM };
        NonNull::new(raw).map(Self).ok_or(out_of_memory)
    }

    /// Gives the reference to FFmpeg.
    pub(super) fn into_raw(self) -> *mut ffi::AVBufferRef {
        std::mem::ManuallyDrop::new(self).0.as_ptr()
    }

    /// The reference, still ours.
    pub(super) fn as_ptr(&self) -> *mut ffi::AVBufferRef {
        self.0.as_ptr()
    }
}

impl Clone for BufferRef {
    #[expect(unsafe_code, reason = "the binding has no call for it")]
    fn clone(&self) -> Self {
        // SAFETY: the reference is valid; the new one is ours.
        let raw = unsafe { ffi::av_buffer_ref(self.0.as_ptr()) };
        Self(NonNull::new(raw).expect("a reference is a few dozen bytes"))
    }
}

impl Drop for BufferRef {
    #[expect(unsafe_code, reason = "the binding has no call for it")]
    fn drop(&mut self) {
        let mut raw = self.0.as_ptr();
        // SAFETY: the reference is ours and is not used again.
        unsafe { ffi::av_buffer_unref(&raw mut raw) };
    }
}

/// A pool of NV12 frames on a device, of one size.
#[derive(Debug)]
pub(super) struct FramePool(BufferRef);

/// What a pool's frames are.
#[derive(Debug, Clone, Copy)]
pub(super) struct PoolDesc {
    /// The device's format.
    pub(super) format: Pixel,
    /// Width and height, even.
    pub(super) size_px: (u32, u32),
    /// Frames made beforehand; 0 where the pool grows by itself.
    pub(super) frame_count: i32,
}

impl FramePool {
    /// Makes a pool on a device.
    #[expect(unsafe_code, reason = "the binding has no pools")]
    pub(super) fn new(device: &BufferRef, desc: PoolDesc) -> Result<Self, ffmpeg::Error> {
        let invalid = |_| ffmpeg::Error::Other { errno: ffmpeg::util::error::EINVAL };
        // SAFETY: the device is open; the new pool is ours, and is filled in before it is initialised.
        unsafe {
            let pool = BufferRef::from_raw(ffi::av_hwframe_ctx_alloc(device.as_ptr()))?;
            let frames = (*pool.as_ptr()).data.cast::<ffi::AVHWFramesContext>();
            (*frames).format = desc.format.into();
            (*frames).sw_format = Pixel::NV12.into();
            (*frames).width = i32::try_from(desc.size_px.0).map_err(invalid)?;
            (*frames).height = i32::try_from(desc.size_px.1).map_err(invalid)?;
            (*frames).initial_pool_size = desc.frame_count;
            checked(ffi::av_hwframe_ctx_init(pool.as_ptr()))?;
            Ok(Self(pool))
        }
    }

    /// The pool, as an encoder wants it.
    pub(super) fn buffer(&self) -> &BufferRef {
        &self.0
    }

    /// A frame from the pool, its bytes not set.
    #[expect(unsafe_code, reason = "the binding has no pools")]
    pub(super) fn take(&self) -> Result<ffmpeg::frame::Video, ffmpeg::Error> {
        let mut frame = ffmpeg::frame::Video::empty();
        // SAFETY: the pool is initialised, the frame is empty and ours.
        checked(unsafe { ffi::av_hwframe_get_buffer(self.0.as_ptr(), frame.as_mut_ptr(), 0) })?;
        Ok(frame)
    }

    /// A frame from the pool with the bytes, time and kind of one in CPU memory.
    #[expect(unsafe_code, reason = "the binding has no pools")]
    pub(super) fn upload(&self, host: &ffmpeg::frame::Video) -> Result<ffmpeg::frame::Video, ffmpeg::Error> {
        let mut frame = self.take()?;
        // SAFETY: both frames are allocated and ours.
        unsafe {
            checked(ffi::av_hwframe_transfer_data(frame.as_mut_ptr(), host.as_ptr(), 0))?;
            checked(ffi::av_frame_copy_props(frame.as_mut_ptr(), host.as_ptr()))?;
        }
        Ok(frame)
    }
}
