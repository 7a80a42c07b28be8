//! FFmpeg's own frames on the card. A picture is copied into one of them (a 1080p frame is 3 MB of the card's memory
//! traffic each way), so that a slot is free again at once and NVENC never registers memory that is not FFmpeg's.

use cudarc::driver::sys::{CUDA_MEMCPY2D, CUdeviceptr, CUmemorytype, cuMemcpy2DAsync_v2};
use ffmpeg_next as ffmpeg;
use ffmpeg_next::format::Pixel;

use super::super::backend::{Session, SessionDesc};
use super::super::error::EncodeError;
use super::super::hardware::{FramePool, PoolDesc};
use super::super::hardware_settings::{NVENC_RETREATS, nvenc_options};
use super::super::nvenc;
use super::super::refusal::Refusal;
use super::super::video::VideoSettings;
use super::{CudaDevice, CudaSlot};
use crate::geometry::Nv12Layout;
use crate::media::checked;

/// A pool of NV12 frames of one size. It grows to what the encoder holds (up to 41 frames with lookahead).
#[derive(Debug)]
pub struct CudaFrames {
    // Before the device, so that nothing outlives the context that it was made in.
    pool: FramePool,
    device: CudaDevice,
    size_px: (u32, u32),
}

impl CudaFrames {
    /// Makes the pool for pictures of an even size.
    ///
    /// # Errors
    /// [`Refusal`] where FFmpeg refuses the size.
    pub fn new(device: CudaDevice, size_px: (u32, u32)) -> Result<Self, Refusal> {
        let desc = PoolDesc { format: Pixel::CUDA, size_px, frame_count: 0 };
        let pool = FramePool::new(&device.device, desc)
            .map_err(|error| Refusal::Other { name: "FFmpeg's CUDA frames", detail: error.to_string() })?;
        Ok(Self { pool, device, size_px })
    }

    /// The card.
    #[must_use]
    pub fn device(&self) -> &CudaDevice {
        &self.device
    }

    /// A frame with the picture of a slot. The slot's picture must be complete; it may be drawn into again on return.
    ///
    /// # Errors
    /// [`EncodeError::Card`] where the slot is of another size, or the driver fails.
    pub fn frame_from_slot(&self, slot: &CudaSlot) -> Result<ffmpeg::frame::Video, EncodeError> {
        let layout = slot.layout();
        if (layout.width_px, layout.height_px) != self.size_px {
            let (width_px, height_px) = (layout.width_px, layout.height_px);
            return Err(EncodeError::Card(Refusal::OtherSize { width_px, height_px }));
        }
        let failed = |error| EncodeError::Card(Refusal::from_cuda("copy a frame on the card", error));
        self.device.context.bind_to_thread().map_err(failed)?;
        let frame = self.pool.take().map_err(|source| EncodeError::Encoder { name: nvenc::NAME, source })?;
        let from = slot.address(&self.device);
        for (plane, copy) in plane_copies(layout, from, target_planes(&frame)).iter().enumerate() {
            debug_assert!(frame.stride(plane) >= layout.width_px as usize);
            self.enqueue(copy).map_err(failed)?;
        }
        self.device.stream.synchronize().map_err(failed)?;
        Ok(frame)
    }

    #[expect(unsafe_code, reason = "the binding has no copy of rectangles")]
    fn enqueue(&self, copy: &CUDA_MEMCPY2D) -> Result<(), cudarc::driver::DriverError> {
        // SAFETY: both rectangles lie in memory of this card that is held until the stream has passed the copy.
        unsafe { cuMemcpy2DAsync_v2(copy, self.device.stream.cu_stream()) }.result()
    }

    /// The bytes of a frame in CPU memory, to check what the encoder sees.
    ///
    /// # Errors
    /// [`EncodeError::Encoder`] where the driver fails.
    #[expect(unsafe_code, reason = "the binding has no pools")]
    pub fn download(&self, frame: &ffmpeg::frame::Video) -> Result<ffmpeg::frame::Video, EncodeError> {
        let mut host = ffmpeg::frame::Video::new(Pixel::NV12, self.size_px.0, self.size_px.1);
        // SAFETY: both frames are allocated, of one size.
        checked(unsafe {
            ffmpeg::ffi::av_hwframe_transfer_data(host.as_mut_ptr(), frame.as_ptr().cast_mut(), 0)
        })
        .map_err(|source| EncodeError::Encoder { name: nvenc::NAME, source })?;
        Ok(host)
    }

    /// Opens NVENC on this pool.
    pub(in super::super) fn open_encoder(&self, settings: &VideoSettings) -> Result<Session, Refusal> {
        let pool = Some(self.pool.buffer());
        let desc = SessionDesc { name: nvenc::NAME, settings, format: Pixel::CUDA, pool };
        Session::open_retreating(desc, nvenc_options(settings), &NVENC_RETREATS)
            .map_err(|error| Refusal::from_ffmpeg(nvenc::NAME, error))
    }
}

/// Address and pitch of a frame's planes on the card.
#[expect(unsafe_code, reason = "the binding gives bytes of CPU memory only")]
fn target_planes(frame: &ffmpeg::frame::Video) -> [(CUdeviceptr, usize); 2] {
    [0, 1].map(|plane| {
        // SAFETY: a frame of a pool has both planes; the address is read, not followed.
        let address = unsafe { (*frame.as_ptr()).data[plane] };
        (address.addr() as CUdeviceptr, frame.stride(plane))
    })
}

/// The copies of both planes: rows of `width_px` bytes each, luma and interleaved chroma alike.
fn plane_copies(
    layout: Nv12Layout,
    from: CUdeviceptr,
    target: [(CUdeviceptr, usize); 2],
) -> [CUDA_MEMCPY2D; 2] {
    let pitch = layout.pitch_bytes as usize;
    let copy = |offset: u64, (to, to_pitch): (CUdeviceptr, usize), rows: u32| CUDA_MEMCPY2D {
        srcXInBytes: 0,
        srcY: 0,
        srcMemoryType: CUmemorytype::CU_MEMORYTYPE_DEVICE,
        srcHost: std::ptr::null(),
        srcDevice: from + offset,
        srcArray: std::ptr::null_mut(),
        srcPitch: pitch,
        dstXInBytes: 0,
        dstY: 0,
        dstMemoryType: CUmemorytype::CU_MEMORYTYPE_DEVICE,
        dstHost: std::ptr::null_mut(),
        dstDevice: to,
        dstArray: std::ptr::null_mut(),
        dstPitch: to_pitch,
        WidthInBytes: layout.width_px as usize,
        Height: rows as usize,
    };
    [
        copy(0, target[0], layout.height_px),
        copy(layout.chroma_offset_bytes(), target[1], layout.height_px / 2),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plane_is_copied_without_its_padding_into_the_pitch_of_the_pool() {
        let layout = Nv12Layout::aligned((1270, 718), 256).unwrap();
        let [luma, chroma] = plane_copies(layout, 1 << 32, [(1 << 33, 1536), (1 << 34, 1536)]);
        assert_eq!(
            (luma.srcDevice, luma.srcPitch, luma.dstDevice, luma.dstPitch),
            (1 << 32, 1280, 1 << 33, 1536)
        );
        assert_eq!((luma.WidthInBytes, luma.Height), (1270, 718));
        assert_eq!((chroma.srcDevice, chroma.dstDevice), ((1 << 32) + 1280 * 718, 1 << 34));
        assert_eq!((chroma.WidthInBytes, chroma.Height), (1270, 359));
    }
}
