//! What a creator mixes, rendered and measured: as loud as it was predicted, and never too loud.

use avs_creator::sound::{LIMITER_CEILING_DB, LOUDNESS_LUFS, Mix, mix};
use avs_creator::timing::schedule;
use avs_creator::{AssetId, asset_id};
use avs_creator::{
    Brief, BriefAsset, ClipSound, Layout, Motion, PaletteBase, Scene, Storyboard, Tone, Transition,
};
use avs_protocol::{AssetAnalysis, MediaKind, SoundAnalysis, Span};
use avs_template::Source;
use avs_tests::{Measured, Scratch, ffmpeg, gpu_context, measured, render_to, request, sound_of};
use serde_json::{Value, json};

/// Length of all videos here.
const SECS: f64 = 9.0;

/// Makes a steady chord and says what an analysis would: heard in `words` only, if there are some.
fn chord(scratch: &Scratch, name: &str, amplitude: f64, words: &[(f64, f64)]) -> BriefAsset {
    let path = scratch.file(name);
    let spoken: Vec<String> = words.iter().map(|(from, to)| format!("between(t,{from},{to})")).collect();
    let gain = if words.is_empty() { "1".to_owned() } else { spoken.join("+") };
    let tones = "sin(2*PI*220*t)+sin(2*PI*277*t)+sin(2*PI*1310*t)";
    let chord = format!("aevalsrc='{amplitude}*({tones})':s=48000:d=12");
    let write = |gain: &str| {
        let volume = format!("volume='{gain}':eval=frame");
        ffmpeg(&["-f", "lavfi", "-i", &chord, "-af", &volume, "-ac", "2", path.to_str().unwrap()]);
    };
    // Gates would see the edges of words: the chord is measured without its pauses.
    write("1");
    let Measured { loudness_lufs, true_peak_db } = measured(&path);
    write(&gain);
    #[expect(clippy::cast_possible_truncation, reason = "a loudness in tenths")]
    let tenths = (loudness_lufs * 10.0).round() as i16;
    #[expect(clippy::cast_possible_truncation, reason = "a peak in tenths")]
    let peak_tenths = (true_peak_db * 10.0).round() as i16;
    let is_heard = |block: i32| {
        let at = f64::from(block) / 10.0;
        words.is_empty() || words.iter().any(|(from, to)| (*from..*to).contains(&at))
    };
    let sound = SoundAnalysis {
        loudness_lufs,
        true_peak_db,
        block_loudness_tenths: (0..120).map(|block| if is_heard(block) { tenths } else { -700 }).collect(),
        block_peak_tenths: (0..120).map(|block| if is_heard(block) { peak_tenths } else { -700 }).collect(),
        silences: Vec::new(),
        speech: words.iter().map(|(from, to)| Span { start_secs: *from, end_secs: *to }).collect(),
        beat: None,
        onsets_secs: Vec::new(),
    };
    let analysis = AssetAnalysis {
        name: name.to_owned(),
        kind: MediaKind::Audio,
        duration_secs: Some(12.0),
        width_px: None,
        height_px: None,
        picture: None,
        sound: Some(sound),
    };
    BriefAsset { source: Source::Upload(name.to_owned()), analysis, recording: None }
}

fn storyboard(music: Option<AssetId>, voice: Option<AssetId>) -> Storyboard {
    let scene = Scene {
        duration_seconds: SECS,
        layout: Layout::Plain,
        headline: None,
        body: None,
        label: None,
        asset_id: None,
        asset_start: None,
        more_asset_ids: Vec::new(),
        motion: Motion::Still,
        transition: Transition::Cut,
    };
    Storyboard {
        title: String::new(),
        duration_seconds: SECS,
        tone: Tone::Clean,
        palette: PaletteBase::Auto,
        accent: None,
        scenes: vec![scene],
        music,
        voice,
        clip_sound: ClipSound::Off,
    }
}

fn mixed(storyboard: &Storyboard, assets: Vec<BriefAsset>) -> Mix {
    let brief = Brief { prompt: String::new(), output: Value::Null, assets, font_families: Vec::new() };
    mix(storyboard, &brief, &schedule(storyboard, &brief, 30, &[]), &[])
}

fn template(blocks: &[Value]) -> Value {
    let mut blocks = blocks.to_vec();
    blocks.push(json!({ "type": "text", "duration": SECS, "text": "sound" }));
    json!({ "version": "1", "blocks": blocks })
}

#[test]
fn music_under_a_voice_is_rendered_as_loud_as_it_was_predicted() {
    let Some(mut context) = gpu_context() else { return };
    let scratch = Scratch::default();
    let words = [(1.0, 3.0), (5.0, 7.5)];
    let assets = vec![chord(&scratch, "music.wav", 0.25, &[]), chord(&scratch, "voice.wav", 0.04, &words)];
    let mix = mixed(&storyboard(Some(asset_id(0)), Some(asset_id(1))), assets);
    assert!((mix.loudness_lufs - LOUDNESS_LUFS).abs() < 0.1, "{}", mix.loudness_lufs);
    let output = json!({ "quality": "draft", "fps": 2 });
    let request = request(template(&mix.blocks), output, scratch.path(), &scratch.file("out.mp4"));
    render_to(&mut context, &request).unwrap();
    let found = measured(&request.out_path);
    assert!((found.loudness_lufs - LOUDNESS_LUFS).abs() <= 1.0, "{found:?}");
    assert!(found.true_peak_db <= -1.5, "{found:?}");
    // Words stand out of the music under them: it is down at their end, and up again after a while.
    let [left, _] = sound_of(&mut context, template(&mix.blocks[..1]), scratch.path());
    let level = |at_secs: usize| {
        let part = &left[at_secs * 4800..(at_secs + 5) * 4800];
        (part.iter().map(|sample| sample * sample).sum::<f32>() / part.len() as f32).sqrt()
    };
    let ducked_db = 20.0 * (level(20) / level(38)).log10();
    assert!((-15.5..=-12.5).contains(&ducked_db), "{ducked_db} dB");
}

#[test]
fn the_ceiling_that_loudness_is_predicted_with_is_that_of_the_limiter() {
    let Some(mut context) = gpu_context() else { return };
    let scratch = Scratch::default();
    let tone = "aevalsrc='0.9*sin(2*PI*440*t)|0.9*sin(2*PI*440*t)':s=48000:d=9";
    ffmpeg(&["-f", "lavfi", "-i", tone, scratch.file("tone.wav").to_str().unwrap()]);
    let block = json!({ "type": "audio", "volume": 4, "source": { "uploadName": "tone.wav" } });
    let [left, _] = sound_of(&mut context, template(&[block]), scratch.path());
    let peak = left.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
    let peak_db = 20.0 * f64::from(peak).log10();
    assert!((peak_db - LIMITER_CEILING_DB).abs() < 0.05, "{peak_db} dB");
}
