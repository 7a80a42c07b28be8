//! Reading what was drawn back without stopping the one that submits: a buffer that goes between two threads.
//!
//! ```text
//! compose: record copy ── submit ── map_async ──▶ (queue) ──▶ encode: wait, read, give back
//! ```

use crossbeam_channel::{Receiver, Sender, bounded};

use super::{GpuError, PlanePair};
use crate::geometry::Nv12Layout;
use crate::limits;

/// Rows in a copied buffer start at multiples of this (WebGPU).
const ROW_ALIGNMENT_BYTES: u32 = wgpu::COPY_BYTES_PER_ROW_ALIGNMENT;

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
        target.record_copy(encoder, (x, y), (&self.buffer, self.layout));
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
        wait_for(&self.device, self.submission.take())?;
        self.mapped
            .recv_timeout(limits::FRAME_WAIT_MAX)
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

/// Waits until a submission is done.
pub(super) fn wait_for(
    device: &wgpu::Device,
    submission_index: Option<wgpu::SubmissionIndex>,
) -> Result<(), GpuError> {
    let wait = wgpu::PollType::Wait { submission_index, timeout: Some(limits::FRAME_WAIT_MAX) };
    device.poll(wait).map(drop).map_err(|error| GpuError::Lost(error.to_string()))
}
