//! Reading what was drawn back without stopping the one that submits: a buffer that goes between two threads.
//!
//! ```text
//! compose: record copy ── submit ── map_async ──▶ (queue) ──▶ encode: wait, read, give back
//! ```

use crossbeam_channel::{Receiver, Sender, bounded};

use super::{GpuError, PlanePair};
use crate::geometry::Nv12Layout;

/// Rows in a copied buffer start at multiples of this (WebGPU).
const ROW_ALIGNMENT_BYTES: u32 = wgpu::COPY_BYTES_PER_ROW_ALIGNMENT;

/// Longest wait for one frame. Software adapters need milliseconds; a device silent for this long is gone.
const FRAME_WAIT_MAX: std::time::Duration = std::time::Duration::from_secs(30);

/// A buffer that holds a part of one frame as NV12.
#[derive(Debug)]
pub struct ReadbackSlot {
    device: wgpu::Device,
    buffer: wgpu::Buffer,
    layout: Nv12Layout,
    submission: Option<wgpu::SubmissionIndex>,
    mapped: Receiver<Result<(), wgpu::BufferAsyncError>>,
    on_mapped: Sender<Result<(), wgpu::BufferAsyncError>>,
}

impl ReadbackSlot {
    /// Makes a slot for frames of an even size, and for parts of them.
    #[must_use]
    pub fn new(device: &wgpu::Device, size: (u32, u32)) -> Self {
        let layout = layout_of(size);
        let buffer = device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("read-back"),
            size: layout.size_bytes(),
            usage: wgpu::BufferUsages::COPY_DST | wgpu::BufferUsages::MAP_READ,
            mapped_at_creation: false,
        });
        let (on_mapped, mapped) = bounded(1);
        Self { device: device.clone(), buffer, layout, submission: None, mapped, on_mapped }
    }

    /// Records the copy of a part of both planes into this slot; its place and size are even.
    pub fn record_copy(
        &mut self,
        encoder: &mut wgpu::CommandEncoder,
        target: &PlanePair,
        ((x, y), size): ((u32, u32), (u32, u32)),
    ) {
        self.layout = layout_of(size);
        for (texture, offset, divisor) in
            [(&target.luma, 0, 1), (&target.chroma, self.layout.chroma_offset_bytes(), 2)]
        {
            let origin = wgpu::Origin3d { x: x / divisor, y: y / divisor, z: 0 };
            encoder.copy_texture_to_buffer(
                wgpu::TexelCopyTextureInfo { origin, ..texture.as_image_copy() },
                wgpu::TexelCopyBufferInfo {
                    buffer: &self.buffer,
                    layout: wgpu::TexelCopyBufferLayout {
                        offset,
                        bytes_per_row: Some(self.layout.pitch_bytes),
                        rows_per_image: None,
                    },
                },
                wgpu::Extent3d {
                    width: size.0 / divisor,
                    height: size.1 / divisor,
                    depth_or_array_layers: 1,
                },
            );
        }
    }

    /// Asks for the bytes once `submission`, which holds the copy, is done.
    pub fn request(&mut self, submission: wgpu::SubmissionIndex) {
        let on_mapped = self.on_mapped.clone();
        self.buffer.map_async(wgpu::MapMode::Read, .., move |outcome| {
            // The receiver lives in the slot; when the slot is gone, nobody waits any more.
            drop(on_mapped.try_send(outcome));
        });
        self.submission = Some(submission);
    }

    /// Waits for the bytes and hands each row of luma, then of chroma, to `row(plane, index, bytes)`.
    ///
    /// # Errors
    /// [`GpuError::Lost`] where the device failed or stays silent.
    pub fn read(&mut self, mut row: impl FnMut(usize, usize, &[u8])) -> Result<(), GpuError> {
        let lost = |detail: &dyn std::fmt::Display| GpuError::Lost(detail.to_string());
        self.device
            .poll(wgpu::PollType::Wait {
                submission_index: self.submission.take(),
                timeout: Some(FRAME_WAIT_MAX),
            })
            .map_err(|error| lost(&error))?;
        self.mapped
            .recv_timeout(FRAME_WAIT_MAX)
            .map_err(|error| lost(&error))?
            .map_err(|error| lost(&error))?;
        let Nv12Layout { width_px, height_px, pitch_bytes } = self.layout;
        let bytes = self.buffer.get_mapped_range(..self.layout.size_bytes()).map_err(|error| lost(&error))?;
        for (index, line) in bytes.chunks_exact(pitch_bytes as usize).enumerate() {
            let (plane, index) = match index.checked_sub(height_px as usize) {
                None => (0, index),
                Some(chroma_index) => (1, chroma_index),
            };
            row(plane, index, &line[..width_px as usize]);
        }
        drop(bytes);
        self.buffer.unmap();
        Ok(())
    }
}

/// Where the planes of a picture of even size lie in a slot.
fn layout_of(size: (u32, u32)) -> Nv12Layout {
    Nv12Layout::aligned(size, ROW_ALIGNMENT_BYTES).expect("frames and their parts have even sizes")
}
