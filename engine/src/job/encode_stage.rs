//! The encode stage: takes finished frames from the device, encodes them, and interleaves the sound.

use std::path::Path;

use avs_protocol::RenderStep;
use crossbeam_channel::{Receiver, Sender};

use super::compose::ComposedFrame;
use super::prepare::Prepared;
use super::progress::{ProgressMeter, Stopwatch};
use super::sound_stage::SoundPackets;
use crate::compositor::InFlightFrame;
use crate::encode::{Mp4Writer, Track, VideoEncoder};
use crate::error::RenderError;
use crate::gpu::{GpuContext, ReadbackSlot};
use crate::media::SAMPLE_RATE;

/// What encoding needs from its neighbours.
pub(super) struct EncodeStage<'a> {
    pub(super) gpu: &'a GpuContext,
    pub(super) prepared: &'a Prepared,
    pub(super) frames: Receiver<ComposedFrame>,
    pub(super) give_back: Sender<ReadbackSlot>,
    pub(super) packets: Option<SoundPackets>,
    pub(super) meter: ProgressMeter<'a>,
}

/// What encoding leaves behind.
pub(super) struct Encoded {
    pub(super) encoder: &'static str,
    pub(super) encode_millis: u64,
    pub(super) readback_wait_millis: u64,
}

impl EncodeStage<'_> {
    /// Encodes until every frame of the timeline is in the file.
    pub(super) fn run(mut self, out_path: &Path) -> Result<Encoded, RenderError> {
        let mut encoder = VideoEncoder::open(&self.prepared.video)?;
        let sound = self.packets.as_ref().map(|packets| &packets.track);
        let mut writer = Mp4Writer::create(out_path, &encoder.track(), sound)?;
        let (mut encoding, mut waiting) = (Stopwatch::default(), Stopwatch::default());
        let frame_count = self.prepared.timeline.frame_count;
        for index in 0..i64::try_from(frame_count).unwrap_or(i64::MAX) {
            match self.frames.recv() {
                Ok(ComposedFrame::Drawn(InFlightFrame { mut slot })) => {
                    encoding.time(|| encoder.begin_picture())?;
                    waiting.time(|| {
                        slot.read(&self.gpu.device, |plane, row, bytes| encoder.set_row(plane, row, bytes))
                    })?;
                    // Full only if a slot came back twice; compose has stopped where it is closed, and says so.
                    drop(self.give_back.try_send(slot));
                }
                Ok(ComposedFrame::Repeated) => encoding.time(|| encoder.repeat())?,
                Err(_) => return Err(RenderError::StageLost { stage: "compose" }),
            }
            encoding.time(|| self.write_ready(&mut encoder, &mut writer, Some(index + 1)))?;
            self.meter.frame_done();
        }
        self.meter.report(RenderStep::Finishing);
        encoding.time(|| -> Result<(), RenderError> {
            encoder.finish()?;
            self.write_ready(&mut encoder, &mut writer, None)?;
            Ok(writer.finish()?)
        })?;
        Ok(Encoded {
            encoder: encoder.name(),
            encode_millis: encoding.millis(),
            readback_wait_millis: waiting.millis(),
        })
    }

    /// Writes the video packets that are ready and the sound up to `frame_count` frames, or all that is left.
    fn write_ready(
        &mut self,
        encoder: &mut VideoEncoder,
        writer: &mut Mp4Writer,
        frame_count: Option<i64>,
    ) -> Result<(), RenderError> {
        while let Some(packet) = encoder.next_packet() {
            writer.write(Track::Video, packet)?;
        }
        let Some(packets) = &mut self.packets else { return Ok(()) };
        let fps = i64::from(self.prepared.video.fps);
        let until = frame_count.map(|frames| frames * i64::from(SAMPLE_RATE) / fps);
        while let Some(packet) = packets.next_before(until)? {
            writer.write(Track::Audio, packet)?;
        }
        Ok(())
    }
}
