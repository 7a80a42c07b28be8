//! The way of a frame that never visits the CPU: drawn by Vulkan, copied into a slot of the card's memory, taken from
//! there by CUDA and encoded by NVENC. A second kind of slot beside `ReadbackSlot`; joins `gpu` and `encode`, which do not
//! know each other.
//!
//! ```text
//! compose: take a free slot ── record copy ── submit ──▶ (queue) ──▶ encode: wait, take the frame, give the slot back
//! ```

use crate::encode::{
    CudaDevice, CudaFrames, CudaSlot, CudaSlotDesc, EncodeError, Refusal, VideoEncoder, VideoSettings,
    nvenc_usable,
};
use crate::error::RenderError;
use crate::gpu::{ExportError, ExportedSlot, PlanePair};

/// Why frames go through the CPU.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CardRefusal {
    /// The drawing side does not share its memory.
    #[error(transparent)]
    Export(#[from] ExportError),
    /// The encoding side does not take it.
    #[error(transparent)]
    Import(#[from] Refusal),
}

/// A slot, as both sides have it.
#[derive(Debug)]
pub struct CardSlot {
    exported: ExportedSlot,
    imported: CudaSlot,
}

/// The encoding end.
pub struct CardEncoder {
    encoder: VideoEncoder,
    frames: CudaFrames,
}

/// Opens the way where NVENC is wanted and works here; else `None`. Says once why frames go to NVENC through the CPU; that
/// there is no NVENC is said where the encoder is chosen.
#[must_use]
pub fn open_card_path(
    device: &wgpu::Device,
    settings: &VideoSettings,
    slot_count: usize,
) -> Option<(CardEncoder, Vec<CardSlot>)> {
    if !nvenc_usable(settings.encoder) {
        return None;
    }
    let size_px = (settings.width_px, settings.height_px);
    let opened = card_slots(device, size_px, slot_count).and_then(|(frames, slots)| {
        let encoder = VideoEncoder::open_on_card(settings, &frames)?;
        Ok((CardEncoder { encoder, frames }, slots))
    });
    opened.inspect_err(|refusal| tracing::info!("frames go to nvenc through the CPU: {refusal}")).ok()
}

/// Makes slots that both sides have, and the frames that they are copied into.
///
/// # Errors
/// [`CardRefusal`] where either side refuses.
pub fn card_slots(
    device: &wgpu::Device,
    size_px: (u32, u32),
    slot_count: usize,
) -> Result<(CudaFrames, Vec<CardSlot>), CardRefusal> {
    let (first, memory) = ExportedSlot::new(device, size_px)?;
    let card = CudaDevice::open(memory.device_uuid)?;
    let mut made = Some((first, memory));
    let mut slots = Vec::with_capacity(slot_count);
    while slots.len() < slot_count {
        let (exported, memory) = match made.take() {
            Some(first) => first,
            None => ExportedSlot::new(device, size_px)?,
        };
        let (fd, allocation_bytes, layout) = (memory.fd, memory.allocation_bytes, memory.layout);
        let imported = CudaSlot::import(&card, CudaSlotDesc { fd, allocation_bytes, layout })?;
        slots.push(CardSlot { exported, imported });
    }
    Ok((CudaFrames::new(card, size_px)?, slots))
}

impl CardSlot {
    /// Records the copy of both planes into this slot.
    pub fn record_copy(&self, encoder: &mut wgpu::CommandEncoder, target: &PlanePair) {
        self.exported.record_copy(encoder, target);
    }

    /// Says which submission holds the copy.
    pub fn submitted(&mut self, submission: wgpu::SubmissionIndex) {
        self.exported.submitted(submission);
    }

    /// Waits until the frame is complete in the card's memory.
    ///
    /// # Errors
    /// [`RenderError::Gpu`] where the device failed or stays silent.
    pub fn wait(&mut self, device: &wgpu::Device) -> Result<(), RenderError> {
        Ok(self.exported.wait(device)?)
    }

    /// The slot as CUDA has it; its frame must have been waited for.
    #[must_use]
    pub fn imported(&self) -> &CudaSlot {
        &self.imported
    }
}

impl CardEncoder {
    /// Shows the frame of a slot that has been waited for, for one frame at least. The slot is free on return.
    ///
    /// # Errors
    /// [`EncodeError`] where the card or the encoder fails.
    pub fn show(&mut self, slot: &CardSlot) -> Result<(), EncodeError> {
        self.encoder.show_on_card(self.frames.frame_from_slot(&slot.imported)?)
    }

    /// The encoder, for all that does not depend on where frames come from.
    pub fn encoder(&mut self) -> &mut VideoEncoder {
        &mut self.encoder
    }
}
