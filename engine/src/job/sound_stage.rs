//! The sound stage: decodes and mixes the timeline's sound on one thread, encodes it on another, a little ahead of the
//! pictures. Buffers of samples go round between both.

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
use crate::trace::{Step, Trace, Track};

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
    /// Tell how it ended: mixing, and encoding.
    pub(super) threads: [ScopedJoinHandle<'scope, Result<(), RenderError>>; 2],
}

/// Starts the stage; `None` where the timeline has no sound, so that the file has no sound track.
pub(super) fn spawn<'scope>(
    scope: &'scope Scope<'scope, '_>,
    prepared: &Prepared,
    trace: &Trace,
) -> Result<Option<SoundStage<'scope>>, RenderError> {
    let Some((mixer, sample_count)) = mixer_of(prepared) else { return Ok(None) };
    let encoder = AacEncoder::open()?;
    let track = encoder.track();
    let (send_packet, packets) = bounded(limits::AUDIO_PACKETS_AHEAD);
    let (send_mixed, mixed) = bounded(limits::SOUND_BLOCKS_AHEAD);
    let (give_back, free) = bounded(limits::SOUND_BLOCKS_AHEAD + 1);
    for _ in 0..=limits::SOUND_BLOCKS_AHEAD {
        // The queue holds every buffer.
        drop(give_back.try_send(Vec::with_capacity(AAC_FRAME_SAMPLES * CHANNELS)));
    }
    let mixing = MixingEnds { send_mixed, free };
    let encoding = EncodingEnds { mixed, give_back, send_packet };
    let thread = |name: &str| std::thread::Builder::new().name(name.into());
    let traces = (trace.clone(), trace.clone());
    let mix = thread("mix")
        .spawn_scoped(scope, move || mix(mixer, sample_count, &mixing, &mut traces.0.track("mix")));
    let encode =
        thread("aac").spawn_scoped(scope, move || encode(encoder, &encoding, &mut traces.1.track("aac")));
    let threads = [mix.map_err(RenderError::NoThread)?, encode.map_err(RenderError::NoThread)?];
    Ok(Some(SoundStage { packets: SoundPackets { track, packets, held: None, ended: false }, threads }))
}

/// Mixed samples, or `None` after the last ones: where that is missing, mixing has failed.
type Mixed = Option<Vec<f32>>;

/// What mixing sends and takes back.
struct MixingEnds {
    send_mixed: Sender<Mixed>,
    free: Receiver<Vec<f32>>,
}

/// What encoding takes, gives back and sends.
struct EncodingEnds {
    mixed: Receiver<Mixed>,
    give_back: Sender<Vec<f32>>,
    send_packet: Sender<Sent>,
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

/// Mixes to the end, an AAC frame at a time; ends early where encoding has, which knows why.
fn mix(mut mixer: Mixer, sample_count: i64, ends: &MixingEnds, track: &mut Track) -> Result<(), RenderError> {
    let mut left = usize::try_from(sample_count).unwrap_or(0);
    while left > 0 {
        let count = left.min(AAC_FRAME_SAMPLES);
        let Ok(mut samples) = ends.free.recv() else { return Ok(()) };
        samples.resize(count * CHANNELS, 0.0);
        track
            .time(Step::Mix, || mixer.read(&mut samples))
            .map_err(|(pointer, source)| RenderError::Media { pointer, source })?;
        if ends.send_mixed.send(Some(samples)).is_err() {
            return Ok(());
        }
        left -= count;
    }
    // As above: where nobody listens, nobody misses the end.
    drop(ends.send_mixed.send(None));
    Ok(())
}

/// Encodes what is mixed; ends early, without an end of the packets, where a neighbour has stopped, which knows why.
fn encode(mut encoder: AacEncoder, ends: &EncodingEnds, track: &mut Track) -> Result<(), RenderError> {
    loop {
        let Ok(mixed) = ends.mixed.recv() else { return Ok(()) };
        let Some(samples) = mixed else { break };
        track.time(Step::Aac, || encoder.encode(&samples))?;
        // Mixing has ended where it takes none back.
        drop(ends.give_back.try_send(samples));
        if !send_ready(&mut encoder, &ends.send_packet)? {
            return Ok(());
        }
    }
    encoder.finish()?;
    if send_ready(&mut encoder, &ends.send_packet)? {
        drop(ends.send_packet.send(None));
    }
    Ok(())
}

/// Sends the packets that are ready; false where nobody listens.
fn send_ready(encoder: &mut AacEncoder, send_packet: &Sender<Sent>) -> Result<bool, RenderError> {
    while let Some(packet) = encoder.next_packet()? {
        if send_packet.send(Some(packet)).is_err() {
            return Ok(false);
        }
    }
    Ok(true)
}
