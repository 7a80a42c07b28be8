//! The sound stage: decodes, mixes and encodes the timeline's sound, a little ahead of the pictures.

use std::thread::{Scope, ScopedJoinHandle};

use avs_template::{PlacedBlock, Trim};
use crossbeam_channel::{Receiver, Sender, bounded};
use ffmpeg_next as ffmpeg;

use super::prepare::Prepared;
use crate::audio::{AudioClipDesc, Mixer};
use crate::encode::{AAC_FRAME_SAMPLES, AacEncoder, TrackDesc};
use crate::error::RenderError;
use crate::limits;
use crate::media::{CHANNELS, SAMPLE_RATE};

/// A packet, or `None` after the last one.
type Sent = Option<ffmpeg::Packet>;

/// The receiving end of the encoded sound.
pub(super) struct SoundPackets {
    /// The track to write it to.
    pub(super) track: TrackDesc,
    packets: Receiver<Sent>,
    held: Option<ffmpeg::Packet>,
    ended: bool,
}

impl SoundPackets {
    /// The next packet that begins before sample `until`, or any that is left; `None` where there is none.
    pub(super) fn next_before(&mut self, until: Option<i64>) -> Result<Option<ffmpeg::Packet>, RenderError> {
        if self.held.is_none() && !self.ended {
            let Ok(sent) = self.packets.recv() else {
                return Err(RenderError::StageLost { stage: "sound" });
            };
            self.held = sent;
            self.ended = self.held.is_none();
        }
        let begins = self.held.as_ref().and_then(ffmpeg::Packet::pts).unwrap_or(i64::MIN);
        let wanted = until.is_none_or(|until| begins < until);
        Ok(if wanted { self.held.take() } else { None })
    }
}

/// A running sound stage.
pub(super) struct SoundStage<'scope> {
    /// Where its packets arrive.
    pub(super) packets: SoundPackets,
    /// Tells how it ended.
    pub(super) thread: ScopedJoinHandle<'scope, Result<(), RenderError>>,
}

/// Starts the stage; `None` where the timeline has no sound, so that the file has no sound track.
pub(super) fn spawn<'scope>(
    scope: &'scope Scope<'scope, '_>,
    prepared: &Prepared,
) -> Result<Option<SoundStage<'scope>>, RenderError> {
    let Some((mixer, sample_count)) = mixer_of(prepared) else { return Ok(None) };
    let encoder = AacEncoder::open()?;
    let track = encoder.track();
    let (send, packets) = bounded(limits::AUDIO_PACKETS_AHEAD);
    let thread = std::thread::Builder::new()
        .name("sound".into())
        .spawn_scoped(scope, move || run(mixer, encoder, sample_count, &send))
        .map_err(RenderError::NoThread)?;
    Ok(Some(SoundStage { packets: SoundPackets { track, packets, held: None, ended: false }, thread }))
}

/// The mix of a timeline and its length in samples; none where it has no sound.
pub(super) fn mixer_of(prepared: &Prepared) -> Option<(Mixer, i64)> {
    let timeline = &prepared.timeline;
    let clips: Vec<_> = timeline.blocks.iter().filter_map(|block| clip_of(prepared, block)).collect();
    let sample_count = timeline.fps.duration_of(timeline.frame_count).to_samples(SAMPLE_RATE);
    (!clips.is_empty()).then(|| (Mixer::new(clips), sample_count))
}

fn clip_of(prepared: &Prepared, block: &PlacedBlock) -> Option<AudioClipDesc> {
    let (sound, source) = (block.content.sound()?, block.content.source()?);
    let has_audio = prepared.facts.get(source.key()).is_some_and(|facts| facts.has_audio);
    if sound.muted || !has_audio {
        return None;
    }
    let Trim { start: source_start, end } = block.content.trim()?;
    let (source_end, playback) = (block.source_end.or(end), block.content.playback());
    // Sound ends with its source; a picture would be held.
    let heard = source_end.zip(playback.plays).map(|(end, plays)| {
        block.start + playback.block_time((end - source_start).scaled(i64::from(plays), 1))
    });
    let end = heard.map_or(block.end, |end| end.min(block.end));
    Some(AudioClipDesc {
        path: prepared.path_of(source.key()),
        asset: source.key().to_owned(),
        pointer: block.source_pointer(),
        first_sample: block.start.to_samples(SAMPLE_RATE),
        end_sample: end.to_samples(SAMPLE_RATE),
        source_start,
        source_end,
        playback,
        sound: sound.clone(),
        span_secs: (block.end - block.start).as_secs(),
    })
}

fn run(
    mut mixer: Mixer,
    mut encoder: AacEncoder,
    sample_count: i64,
    send: &Sender<Sent>,
) -> Result<(), RenderError> {
    let mut left = usize::try_from(sample_count).unwrap_or(0);
    let mut mixed = vec![0.0; AAC_FRAME_SAMPLES * CHANNELS];
    loop {
        let count = left.min(AAC_FRAME_SAMPLES);
        let samples = &mut mixed[..count * CHANNELS];
        if count == 0 {
            encoder.finish()?;
        } else {
            mixer.read(samples).map_err(|(pointer, source)| RenderError::Media { pointer, source })?;
            encoder.encode(samples)?;
        }
        while let Some(packet) = encoder.next_packet()? {
            if send.send(Some(packet)).is_err() {
                // The encode stage has stopped; it knows why.
                return Ok(());
            }
        }
        if count == 0 {
            // As above: where nobody listens, nobody misses the end.
            drop(send.send(None));
            return Ok(());
        }
        left -= count;
    }
}
