//! Frames between the thread that composes and the one that encodes, and the memory that goes round with them.
//!
//! ```text
//!            ┌──────────── pictures, read-back slots ◀────────────┐
//! compose: picture (and slot, where the device draws) ──▶ encode: wait, encode
//! ```

use std::sync::Arc;

use crossbeam_channel::{Receiver, Sender, bounded};

use crate::color::CodedPicture;
use crate::geometry::EvenRect;
use crate::gpu::{GpuContext, GpuError, PlanePair, ReadbackSlot};

/// Where the device's part of a frame goes.
pub trait DeviceSlot {
    /// Records the copy of an area of the output's planes into it.
    fn record_copy(&mut self, encoder: &mut wgpu::CommandEncoder, target: &PlanePair, area: EvenRect);

    /// Says which submission holds the copy.
    fn submitted(&mut self, submission: wgpu::SubmissionIndex);
}

impl DeviceSlot for ReadbackSlot {
    fn record_copy(&mut self, encoder: &mut wgpu::CommandEncoder, target: &PlanePair, area: EvenRect) {
        Self::record_copy(self, encoder, target, ((area.x, area.y), area.size()));
    }

    fn submitted(&mut self, submission: wgpu::SubmissionIndex) {
        self.request(submission);
    }
}

/// A frame that is drawn, but for what the device still draws into its slot.
#[derive(Debug)]
pub struct ComposedFrame<S> {
    /// What the CPU has drawn of it.
    pub picture: Arc<CodedPicture>,
    /// Where the device's part arrives, and which part that is.
    pub from_device: Option<(S, EvenRect)>,
}

/// Makes a slot for frames of a size.
pub type MakeSlot<S> = fn(&GpuContext, (u32, u32)) -> S;

/// Where slots come from.
pub enum SlotSupply<S> {
    /// They are there.
    Made(Vec<S>),
    /// They are made when the device first draws, for frames of this size.
    OnDemand(MakeSlot<S>),
}

/// The composing end.
#[derive(Debug)]
pub struct FrameRing<S> {
    size: (u32, u32),
    pictures: Receiver<Arc<CodedPicture>>,
    slots: Receiver<S>,
    /// How slots are made, and how many may still be.
    make: Option<MakeSlot<S>>,
    slots_left: usize,
}

/// The encoding end.
#[derive(Debug)]
pub struct FrameReturn<S> {
    pictures: Sender<Arc<CodedPicture>>,
    slots: Sender<S>,
}

/// Both ends for frames of an even size, of which the device draws at most `in_flight` at once.
#[must_use]
pub fn frame_ring<S>(
    size: (u32, u32),
    in_flight: usize,
    supply: SlotSupply<S>,
) -> (FrameRing<S>, FrameReturn<S>) {
    let (give_picture, pictures) = bounded(in_flight);
    let (give_slot, slots) = bounded(in_flight);
    let (make, slots_left) = match supply {
        SlotSupply::OnDemand(make) => (Some(make), in_flight),
        SlotSupply::Made(made) => {
            // As many as there is room for.
            made.into_iter().for_each(|slot| drop(give_slot.try_send(slot)));
            (None, 0)
        }
    };
    let ring = FrameRing { size, pictures, slots, make, slots_left };
    (ring, FrameReturn { pictures: give_picture, slots: give_slot })
}

impl<S> FrameRing<S> {
    /// A picture that nobody else holds; its bytes are those of some frame before.
    pub(super) fn picture(&self) -> Arc<CodedPicture> {
        while let Ok(mut picture) = self.pictures.try_recv() {
            // A decoder's picture that passed through may come back too.
            if picture.size() == self.size && Arc::get_mut(&mut picture).is_some() {
                return picture;
            }
        }
        Arc::new(CodedPicture::new(self.size))
    }

    /// A free slot, made or waited for; `None` when the encoding end is gone and no slot is left.
    pub(super) fn slot(&mut self, gpu: &GpuContext) -> Option<S> {
        if let Ok(slot) = self.slots.try_recv() {
            return Some(slot);
        }
        match self.make {
            Some(make) if self.slots_left > 0 => {
                self.slots_left -= 1;
                Some(make(gpu, self.size))
            }
            _ => self.slots.recv().ok(),
        }
    }
}

/// Waits for the device's part of a frame and puts it in its place.
///
/// # Errors
/// [`GpuError::Lost`] where the device failed or stays silent.
pub fn read_back(
    picture: &mut Arc<CodedPicture>,
    slot: &mut ReadbackSlot,
    area: EvenRect,
) -> Result<(), GpuError> {
    let frame = Arc::get_mut(picture).expect("a frame that is still drawn has one owner");
    let stride = frame.width_px as usize;
    let (x, y) = (area.x as usize, area.y as usize);
    slot.read(|plane, row, bytes| {
        let (plane, y) = if plane == 0 { (&mut frame.luma, y) } else { (&mut frame.chroma, y / 2) };
        plane[(y + row) * stride + x..][..bytes.len()].copy_from_slice(bytes);
    })
}

impl<S> FrameReturn<S> {
    /// Gives a frame's memory back once it is encoded.
    pub fn give(&self, picture: Arc<CodedPicture>) {
        // What finds no place is freed.
        drop(self.pictures.try_send(picture));
    }

    /// Gives a slot back once its frame is taken.
    pub fn give_slot(&self, slot: S) {
        // Full only if a slot came back twice; compose has stopped where it is closed, and says so.
        drop(self.slots.try_send(slot));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_that_comes_back_is_used_again_unless_somebody_holds_it() {
        let (ring, back) = frame_ring::<ReadbackSlot>((4, 2), 2, SlotSupply::Made(Vec::new()));
        let first = ring.picture();
        let address = Arc::as_ptr(&first);
        back.give(first);
        let again = ring.picture();
        assert_eq!(Arc::as_ptr(&again), address);
        let held = Arc::clone(&again);
        back.give(again);
        assert_ne!(Arc::as_ptr(&ring.picture()), Arc::as_ptr(&held));
    }

    #[test]
    fn a_picture_of_another_size_is_not_taken_for_a_frame() {
        let (ring, back) = frame_ring::<ReadbackSlot>((4, 2), 2, SlotSupply::Made(Vec::new()));
        back.give(Arc::new(CodedPicture::new((8, 2))));
        assert_eq!(ring.picture().size(), (4, 2));
    }
}
