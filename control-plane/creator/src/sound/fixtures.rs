//! Briefs and storyboards for tests: files by what they sound like.

use avs_protocol::{AssetAnalysis, Beat, MediaKind, SoundAnalysis, Span};
use avs_template::Source;

use crate::{
    AssetId, Brief, BriefAsset, ClipSound, Layout, Motion, PaletteBase, Scene, Storyboard, Tone, Transition,
    asset_id,
};

/// A sound of that length and loudness, which peaks so much higher, in dB.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "lengths and levels of tests")]
pub(crate) fn sound(secs: f64, lufs: f64, crest_db: f64) -> SoundAnalysis {
    let count = (secs * 10.0).round() as usize;
    SoundAnalysis {
        loudness_lufs: lufs,
        true_peak_db: lufs + crest_db,
        block_loudness_tenths: vec![(lufs * 10.0).round() as i16; count],
        block_peak_tenths: vec![((lufs + crest_db) * 10.0).round() as i16; count],
        silences: Vec::new(),
        speech: Vec::new(),
        beat: None,
        onsets_secs: Vec::new(),
    }
}

/// The same with a beat, whose first downbeat is the beat of that index.
pub(crate) fn with_beat(
    sound: SoundAnalysis,
    bpm: f64,
    first_secs: f64,
    first_downbeat: usize,
) -> SoundAnalysis {
    let end_secs = sound.block_loudness_tenths.len() as f64 / 10.0;
    let beats = (0..).map(|at| first_secs + f64::from(at) * 60.0 / bpm).take_while(|secs| *secs < end_secs);
    let beat = Beat { tempo_bpm: bpm, confidence: 3.0, beats_secs: beats.collect(), first_downbeat };
    SoundAnalysis { beat: Some(beat), ..sound }
}

/// The same with words, and quiet between them.
pub(crate) fn with_speech(mut sound: SoundAnalysis, words: &[(f64, f64)]) -> SoundAnalysis {
    let spans =
        words.iter().map(|(start_secs, end_secs)| Span { start_secs: *start_secs, end_secs: *end_secs });
    sound.speech = spans.collect();
    for (block, tenths) in sound.block_loudness_tenths.iter_mut().enumerate() {
        let at = block as f64 / 10.0;
        if !words.iter().any(|(from, to)| (*from..*to).contains(&at)) {
            *tenths = -620;
            sound.block_peak_tenths[block] = -500;
        }
    }
    sound
}

pub(crate) fn asset(name: &str, sound: Option<SoundAnalysis>) -> BriefAsset {
    let duration_secs = sound.as_ref().map(|sound| sound.block_loudness_tenths.len() as f64 / 10.0);
    let analysis = AssetAnalysis {
        name: name.to_owned(),
        kind: if name.ends_with(".mp4") { MediaKind::Video } else { MediaKind::Audio },
        duration_secs: duration_secs.or(Some(30.0)),
        width_px: None,
        height_px: None,
        picture: None,
        sound,
    };
    BriefAsset { source: Source::Upload(name.to_owned()), analysis, recording: None }
}

pub(crate) fn brief(assets: Vec<BriefAsset>) -> Brief {
    Brief { prompt: String::new(), output: serde_json::Value::Null, assets, font_families: Vec::new() }
}

pub(crate) fn scene(duration_seconds: f64) -> Scene {
    Scene {
        duration_seconds,
        layout: Layout::Plain,
        headline: None,
        body: None,
        label: None,
        asset_id: None,
        asset_start: None,
        more_asset_ids: Vec::new(),
        motion: Motion::Still,
        transition: Transition::Cut,
    }
}

/// Scenes of those lengths, which sum to the whole.
pub(crate) fn storyboard(lengths: &[f64]) -> Storyboard {
    Storyboard {
        title: String::new(),
        duration_seconds: lengths.iter().sum(),
        tone: Tone::Bold,
        palette: PaletteBase::Auto,
        accent: None,
        scenes: lengths.iter().map(|secs| scene(*secs)).collect(),
        music: None,
        voice: None,
        clip_sound: ClipSound::Off,
    }
}

/// The id of the asset at that index.
pub(crate) fn id(index: usize) -> Option<AssetId> {
    Some(asset_id(index))
}
