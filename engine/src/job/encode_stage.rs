//! The encode stage: waits for what the device draws, encodes the frames, and interleaves the sound.

use std::path::Path;

use avs_protocol::RenderStep;
use crossbeam_channel::Receiver;

use super::compose::SentFrame;
use super::frame_slot::{FrameSink, FrameSlot};
use super::prepare::Prepared;
use super::progress::ProgressMeter;
use super::sound_stage::SoundPackets;
use crate::compositor::FrameReturn;
use crate::encode::{Mp4Writer, TrackKind, VideoEncoder};
use crate::error::RenderError;
use crate::media::SAMPLE_RATE;
use crate::trace::{Step, Trace, Track};

/// What encoding needs from its neighbours.
pub(super) struct EncodeStage<'a> {
    pub(super) prepared: &'a Prepared,
    pub(super) frames: Receiver<SentFrame>,
    pub(super) give_back: FrameReturn<FrameSlot>,
    /// The way over the card, where it is open.
    pub(super) card: Option<FrameSink>,
    pub(super) packets: Option<SoundPackets>,
    pub(super) meter: ProgressMeter<'a>,
    pub(super) trace: &'a Trace,
}

impl EncodeStage<'_> {
    /// Encodes until every frame of the timeline is in the file; returns the encoder's name.
    pub(super) fn run(mut self, out_path: &Path) -> Result<&'static str, RenderError> {
        let mut track = self.trace.track("encode");
        let mut sink = match self.card.take() {
            Some(card) => card,
            None => FrameSink::Host(VideoEncoder::open(&self.prepared.video)?),
        };
        let sound = self.packets.as_ref().map(|packets| &packets.track);
        let mut writer = Mp4Writer::create(out_path, &sink.encoder().track(), sound)?;
        let frame_count = self.prepared.timeline.frame_count;
        for index in 0..i64::try_from(frame_count).unwrap_or(i64::MAX) {
            match track.time(Step::WaitForFrames, || self.frames.recv()) {
                Ok(SentFrame::Drawn(frame)) => sink.show(frame, &self.give_back, &mut track)?,
                Ok(SentFrame::Repeated) => track.time(Step::Encode, || sink.encoder().repeat())?,
                Err(_) => return Err(RenderError::StageLost { stage: "compose" }),
            }
            self.write_ready((sink.encoder(), &mut writer), Some(index + 1), &mut track)?;
            self.meter.frame_done();
        }
        self.meter.report(RenderStep::Finishing);
        let encoder = sink.encoder();
        track.time(Step::Encode, || encoder.finish())?;
        self.write_ready((encoder, &mut writer), None, &mut track)?;
        track.time(Step::Mux, || writer.finish())?;
        Ok(encoder.name())
    }

    /// Writes the video packets that are ready and the sound up to `frame_count` frames, or all that is left.
    fn write_ready(
        &mut self,
        (encoder, writer): (&mut VideoEncoder, &mut Mp4Writer),
        frame_count: Option<i64>,
        track: &mut Track,
    ) -> Result<(), RenderError> {
        track.time(Step::Mux, || {
            while let Some(packet) = encoder.next_packet() {
                writer.write(TrackKind::Video, packet)?;
            }
            Ok::<_, RenderError>(())
        })?;
        let Some(packets) = &mut self.packets else { return Ok(()) };
        let fps = i64::from(self.prepared.video.fps);
        let until = frame_count.map(|frames| frames * i64::from(SAMPLE_RATE) / fps);
        while let Some(packet) = track.time(Step::WaitForSound, || packets.next_before(until))? {
            track.time(Step::Mux, || writer.write(TrackKind::Audio, packet))?;
        }
        Ok(())
    }
}
