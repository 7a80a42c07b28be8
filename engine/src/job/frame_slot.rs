//! The two ways of a frame that the device drew to the encoder: read back into our memory, or left on the card.

use std::sync::Arc;

use super::RenderContext;
#[cfg(target_os = "linux")]
use super::card_path::{CardEncoder, CardSlot, open_card_path};
use super::prepare::Prepared;
use crate::color::CodedPicture;
use crate::compositor::{ComposedFrame, DeviceSlot, FrameReturn, SlotSupply, read_back};
use crate::encode::VideoEncoder;
use crate::error::RenderError;
use crate::geometry::EvenRect;
use crate::gpu::{GpuContext, PlanePair, ReadbackSlot};
use crate::limits;
use crate::trace::{Step, Track};

/// A slot of either kind.
#[derive(Debug)]
pub(super) enum FrameSlot {
    /// Comes back to the CPU.
    ReadBack(ReadbackSlot),
    /// Stays on the card.
    #[cfg(target_os = "linux")]
    Card(CardSlot),
}

impl FrameSlot {
    /// Slots whose frames come back.
    pub(super) const READ_BACK: SlotSupply<Self> = SlotSupply::OnDemand(Self::to_read_back);

    fn to_read_back(gpu: &GpuContext, size: (u32, u32)) -> Self {
        Self::ReadBack(ReadbackSlot::new(&gpu.device, size))
    }
}

impl DeviceSlot for FrameSlot {
    fn record_copy(&mut self, encoder: &mut wgpu::CommandEncoder, target: &PlanePair, area: EvenRect) {
        match self {
            Self::ReadBack(slot) => DeviceSlot::record_copy(slot, encoder, target, area),
            #[cfg(target_os = "linux")]
            Self::Card(slot) => slot.record_copy(encoder, target),
        }
    }

    fn submitted(&mut self, submission: wgpu::SubmissionIndex) {
        match self {
            Self::ReadBack(slot) => DeviceSlot::submitted(slot, submission),
            #[cfg(target_os = "linux")]
            Self::Card(slot) => slot.submitted(submission),
        }
    }
}

/// The encoder, by where it takes frames from.
pub(super) enum FrameSink {
    /// Our memory.
    Host(VideoEncoder),
    /// The card's; with the device to wait for.
    #[cfg(target_os = "linux")]
    Card(CardEncoder, wgpu::Device),
}

/// Opens the way over the card, where everything is drawn there and NVENC works; the slots are for that way, or for the one
/// through our memory.
pub(super) fn open_way(
    context: &RenderContext,
    prepared: &Prepared,
) -> (Option<FrameSink>, SlotSupply<FrameSlot>) {
    #[cfg(target_os = "linux")]
    if !context.costs.prefers_host()
        && let Ok(gpu) = context.gpu.context()
        && let Some((encoder, slots)) = open_card_path(&gpu.device, &prepared.video, limits::FRAMES_IN_FLIGHT)
    {
        let slots = slots.into_iter().map(FrameSlot::Card).collect();
        return (Some(FrameSink::Card(encoder, gpu.device.clone())), SlotSupply::Made(slots));
    }
    (None, FrameSlot::READ_BACK)
}

impl FrameSink {
    /// The encoder.
    pub(super) fn encoder(&mut self) -> &mut VideoEncoder {
        match self {
            Self::Host(encoder) => encoder,
            #[cfg(target_os = "linux")]
            Self::Card(encoder, _) => encoder.encoder(),
        }
    }

    /// Waits for what the device draws of a frame, and shows the frame.
    pub(super) fn show(
        &mut self,
        frame: ComposedFrame<FrameSlot>,
        back: &FrameReturn<FrameSlot>,
        track: &mut Track,
    ) -> Result<(), RenderError> {
        #[cfg(target_os = "linux")]
        if let Self::Card(encoder, device) = self {
            let ComposedFrame { picture, from_device: Some((FrameSlot::Card(mut slot), _)) } = frame else {
                return Err(RenderError::StageLost { stage: "compose" });
            };
            track.time(Step::ReadBack, || slot.wait(device))?;
            track.time(Step::Encode, || encoder.show(&slot))?;
            back.give_slot(FrameSlot::Card(slot));
            back.give(picture);
            return Ok(());
        }
        let picture = track.time(Step::ReadBack, || finished(frame, back))?;
        if let Some(encoded) = track.time(Step::Encode, || self.encoder().show(picture))? {
            back.give(encoded);
        }
        Ok(())
    }
}

/// A whole frame in our memory, waited for.
pub(super) fn finished(
    frame: ComposedFrame<FrameSlot>,
    back: &FrameReturn<FrameSlot>,
) -> Result<Arc<CodedPicture>, RenderError> {
    let ComposedFrame { mut picture, from_device } = frame;
    match from_device {
        None => Ok(picture),
        Some((FrameSlot::ReadBack(mut slot), area)) => {
            read_back(&mut picture, &mut slot, area)?;
            back.give_slot(FrameSlot::ReadBack(slot));
            Ok(picture)
        }
        // Made only for an encoder on the card.
        #[cfg(target_os = "linux")]
        Some((FrameSlot::Card(_), _)) => Err(RenderError::StageLost { stage: "encode" }),
    }
}
