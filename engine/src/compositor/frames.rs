//! Frames between the thread that composes and the one that encodes, and the memory that goes round with them.
//!
//! ```text
//!            ┌──────────── pictures, read-back slots ◀────────────┐
//! compose: picture (and slot, where the device draws) ──▶ encode: finish, encode
//! ```

use std::sync::Arc;

use crossbeam_channel::{Receiver, Sender, bounded};

use crate::color::CodedPicture;
use crate::geometry::EvenRect;
use crate::gpu::{GpuContext, GpuError, ReadbackSlot};

/// A frame that is drawn, but for what the device still draws into its slot.
#[derive(Debug)]
pub struct ComposedFrame {
    pub(super) picture: Arc<CodedPicture>,
    pub(super) from_device: Option<(ReadbackSlot, EvenRect)>,
}

/// The composing end.
#[derive(Debug)]
pub struct FrameRing {
    size: (u32, u32),
    pictures: Receiver<Arc<CodedPicture>>,
    slots: Receiver<ReadbackSlot>,
    /// Slots that may still be made.
    slots_left: usize,
}

/// The encoding end.
#[derive(Debug, Clone)]
pub struct FrameReturn {
    pictures: Sender<Arc<CodedPicture>>,
    slots: Sender<ReadbackSlot>,
}

/// Both ends for frames of an even size, of which the device draws at most `in_flight` at once.
#[must_use]
pub fn frame_ring(size: (u32, u32), in_flight: usize) -> (FrameRing, FrameReturn) {
    let (give_picture, pictures) = bounded(in_flight);
    let (give_slot, slots) = bounded(in_flight);
    let ring = FrameRing { size, pictures, slots, slots_left: in_flight };
    (ring, FrameReturn { pictures: give_picture, slots: give_slot })
}

impl FrameRing {
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
    pub(super) fn slot(&mut self, gpu: &GpuContext) -> Option<ReadbackSlot> {
        if let Ok(slot) = self.slots.try_recv() {
            return Some(slot);
        }
        if self.slots_left == 0 {
            return self.slots.recv().ok();
        }
        self.slots_left -= 1;
        Some(ReadbackSlot::new(&gpu.device, self.size))
    }
}

impl ComposedFrame {
    /// Waits for the device, where it draws, and returns the whole frame.
    ///
    /// # Errors
    /// [`GpuError::Lost`] where the device failed or stays silent.
    pub fn finish(self, back: &FrameReturn) -> Result<Arc<CodedPicture>, GpuError> {
        let Self { mut picture, from_device } = self;
        let Some((mut slot, area)) = from_device else { return Ok(picture) };
        let frame = Arc::get_mut(&mut picture).expect("a frame that is still drawn has one owner");
        let stride = frame.width_px as usize;
        let (x, y) = (area.x as usize, area.y as usize);
        slot.read(|plane, row, bytes| {
            let (plane, y) = if plane == 0 { (&mut frame.luma, y) } else { (&mut frame.chroma, y / 2) };
            plane[(y + row) * stride + x..][..bytes.len()].copy_from_slice(bytes);
        })?;
        // Full only if a slot came back twice; compose has stopped where it is closed, and says so.
        drop(back.slots.try_send(slot));
        Ok(picture)
    }
}

impl FrameReturn {
    /// Gives a frame's memory back once it is encoded.
    pub fn give(&self, picture: Arc<CodedPicture>) {
        // What finds no place is freed.
        drop(self.pictures.try_send(picture));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_that_comes_back_is_used_again_unless_somebody_holds_it() {
        let (ring, back) = frame_ring((4, 2), 2);
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
        let (ring, back) = frame_ring((4, 2), 2);
        back.give(Arc::new(CodedPicture::new((8, 2))));
        assert_eq!(ring.picture().size(), (4, 2));
    }
}
