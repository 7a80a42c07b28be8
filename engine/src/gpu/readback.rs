//! Reading finished frames back without stopping the one that submits: a ring of buffers between two threads.
//!
//! ```text
//! compose: take a free slot ── record copy ── submit ── map_async ──▶ (queue) ──▶ encode: wait, read, give back
//! ```

use crossbeam_channel::{Receiver, Sender, bounded};

use super::{GpuError, PlanePair};

/// Rows in a copied buffer start at multiples of this (WebGPU).
const ROW_ALIGNMENT_BYTES: u32 = wgpu::COPY_BYTES_PER_ROW_ALIGNMENT;

/// Longest wait for one frame. Software adapters need milliseconds; a device silent for this long is gone.
const FRAME_WAIT_MAX: std::time::Duration = std::time::Duration::from_secs(30);

/// A buffer that holds one frame as NV12.
#[derive(Debug)]
pub struct ReadbackSlot {
    buffer: wgpu::Buffer,
    layout: FrameLayout,
    submission: Option<wgpu::SubmissionIndex>,
    mapped: Receiver<Result<(), wgpu::BufferAsyncError>>,
    on_mapped: Sender<Result<(), wgpu::BufferAsyncError>>,
}

/// Where the planes lie in a slot. NV12: both planes have rows of `width` bytes.
#[derive(Debug, Clone, Copy)]
struct FrameLayout {
    width_px: u32,
    height_px: u32,
    row_bytes: u32,
}

impl FrameLayout {
    fn chroma_offset_bytes(self) -> u64 {
        u64::from(self.row_bytes) * u64::from(self.height_px)
    }

    fn size_bytes(self) -> u64 {
        self.chroma_offset_bytes() * 3 / 2
    }
}

impl ReadbackSlot {
    /// Records the copy of both planes into this slot.
    pub fn record_copy(&self, encoder: &mut wgpu::CommandEncoder, target: &PlanePair) {
        for (texture, offset) in [(&target.luma, 0), (&target.chroma, self.layout.chroma_offset_bytes())] {
            encoder.copy_texture_to_buffer(
                texture.as_image_copy(),
                wgpu::TexelCopyBufferInfo {
                    buffer: &self.buffer,
                    layout: wgpu::TexelCopyBufferLayout {
                        offset,
                        bytes_per_row: Some(self.layout.row_bytes),
                        rows_per_image: None,
                    },
                },
                texture.size(),
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
    pub fn read(
        &mut self,
        device: &wgpu::Device,
        mut row: impl FnMut(usize, usize, &[u8]),
    ) -> Result<(), GpuError> {
        let lost = |detail: &dyn std::fmt::Display| GpuError::Lost(detail.to_string());
        device
            .poll(wgpu::PollType::Wait {
                submission_index: self.submission.take(),
                timeout: Some(FRAME_WAIT_MAX),
            })
            .map_err(|error| lost(&error))?;
        self.mapped
            .recv_timeout(FRAME_WAIT_MAX)
            .map_err(|error| lost(&error))?
            .map_err(|error| lost(&error))?;
        let bytes = self.buffer.get_mapped_range(..).map_err(|error| lost(&error))?;
        let FrameLayout { width_px, height_px, row_bytes } = self.layout;
        for (index, line) in bytes.chunks_exact(row_bytes as usize).enumerate() {
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

/// A fixed number of slots, lent to whoever composes.
#[derive(Debug)]
pub struct ReadbackRing {
    free: Receiver<ReadbackSlot>,
}

impl ReadbackRing {
    /// Makes `count` slots for frames of an even size, and the end by which the reader gives them back.
    ///
    /// # Panics
    /// Never: the queue holds as many as are made.
    #[must_use]
    pub fn new(
        device: &wgpu::Device,
        (width_px, height_px): (u32, u32),
        count: usize,
    ) -> (Self, Sender<ReadbackSlot>) {
        let layout =
            FrameLayout { width_px, height_px, row_bytes: width_px.next_multiple_of(ROW_ALIGNMENT_BYTES) };
        let (give_back, free) = bounded(count);
        for _ in 0..count {
            let buffer = device.create_buffer(&wgpu::BufferDescriptor {
                label: Some("read-back"),
                size: layout.size_bytes(),
                usage: wgpu::BufferUsages::COPY_DST | wgpu::BufferUsages::MAP_READ,
                mapped_at_creation: false,
            });
            let (on_mapped, mapped) = bounded(1);
            let slot = ReadbackSlot { buffer, layout, submission: None, mapped, on_mapped };
            give_back.send(slot).expect("the queue holds every slot");
        }
        (Self { free }, give_back)
    }

    /// Takes a free slot, waiting for one; `None` when the reader is gone and no slot is left.
    #[must_use]
    pub fn take(&self) -> Option<ReadbackSlot> {
        self.free.recv().ok()
    }
}
