//! What mixes must be.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::fixtures::{asset, brief, id, sound, storyboard, with_beat, with_speech};
use super::*;
use crate::timing::schedule;

fn mixed(storyboard: &Storyboard, brief: &Brief, clips: &[ClipUse]) -> Mix {
    mix(storyboard, brief, &schedule(storyboard, brief, 30, &[]), clips)
}

fn clip(scene: usize, asset: usize, duration_secs: f64) -> ClipUse {
    ClipUse { scene, asset, start_secs: 1.0, duration_secs, speed: 1.0 }
}

/// Highest and lowest volume of a block.
fn volumes(block: &Value) -> (f64, f64) {
    let values: Vec<f64> = match &block["volume"] {
        Value::Array(keyframes) => {
            keyframes.iter().map(|keyframe| keyframe["value"].as_f64().unwrap()).collect()
        }
        volume => vec![volume.as_f64().unwrap()],
    };
    (values.iter().copied().fold(0.0, f64::max), values.iter().copied().fold(9.0, f64::min))
}

#[test]
fn music_alone_gets_the_loudness_of_the_whole_and_fades_out_at_its_end() {
    let brief = brief(vec![asset("music.mp3", Some(sound(60.0, -9.0, 9.0)))]);
    let story = Storyboard { music: id(0), ..storyboard(&[5.0, 7.0, 8.0]) };
    let mix = mixed(&story, &brief, &[]);
    assert!((mix.loudness_lufs - LOUDNESS_LUFS).abs() < 0.1, "{}", mix.loudness_lufs);
    let block = &mix.blocks[0];
    assert_eq!(
        (&block["type"], &block["duration"], &block["start"]),
        (&json!("audio"), &json!(20.0), &json!(0))
    );
    assert_eq!(block["fadeOut"], json!(1.2));
    assert!((volumes(block).0 - 0.56).abs() < 0.03, "{block}");
    assert_eq!((mix.blocks.len(), mix.notes.len()), (1, 0));
}

#[test]
fn music_gives_way_to_words_by_14_db_from_their_first_moment_on() {
    let voice = with_speech(sound(18.0, -20.0, 12.0), &[(2.0, 6.0), (10.0, 15.0)]);
    let brief =
        brief(vec![asset("music.mp3", Some(sound(60.0, -12.0, 9.0))), asset("voice.mp3", Some(voice))]);
    let story = Storyboard { music: id(0), voice: id(1), ..storyboard(&[5.0, 7.0, 8.0]) };
    let mix = mixed(&story, &brief, &[]);
    assert!((mix.loudness_lufs - LOUDNESS_LUFS).abs() < 0.1, "{}", mix.loudness_lufs);
    let (high, low) = volumes(&mix.blocks[0]);
    assert!((20.0 * (high / low).log10() - 14.0).abs() < 0.1, "{high} {low}");
    let keyframes = mix.blocks[0]["volume"].as_array().unwrap();
    let first_low = keyframes.iter().find(|keyframe| keyframe["value"] == json!(low)).unwrap();
    assert_eq!(first_low["time"], json!(2.0));
    // Words stand far above the music under them.
    let (voice_gain, music_gain) = (volumes(&mix.blocks[1]).0, low);
    let distance = -20.0 + 20.0 * voice_gain.log10() - (-12.0 + 20.0 * music_gain.log10());
    assert!(distance > 15.0, "{distance}");
}

#[test]
fn clips_under_music_are_18_lu_below_it_and_clips_that_are_off_are_muted() {
    let brief = brief(vec![
        asset("music.mp3", Some(sound(60.0, -12.0, 9.0))),
        asset("clip.mp4", Some(sound(30.0, -24.0, 15.0))),
    ]);
    let under = Storyboard { music: id(0), clip_sound: ClipSound::Under, ..storyboard(&[10.0, 10.0]) };
    let clips = [clip(0, 1, 10.0), clip(1, 1, 10.0)];
    let mix = mixed(&under, &brief, &clips);
    let music_lufs = -12.0 + 20.0 * volumes(&mix.blocks[0]).0.log10();
    let clip_lufs = -24.0 + 20.0 * mix.clips[0].volume.as_f64().unwrap().log10();
    assert!((music_lufs - clip_lufs - 18.0).abs() < 0.2, "{music_lufs} {clip_lufs}");
    let off = Storyboard { clip_sound: ClipSound::Off, ..under };
    assert!(mixed(&off, &brief, &clips).clips.iter().all(|clip| clip.muted));
}

#[test]
fn clips_without_music_and_voice_are_heard_in_full_and_a_quiet_one_is_not_raised_to_noise() {
    let brief = brief(vec![
        asset("loud.mp4", Some(sound(30.0, -20.0, 10.0))),
        asset("room.mp4", Some(sound(30.0, -48.0, 10.0))),
        asset("mute.mp4", None),
    ]);
    let story = Storyboard { clip_sound: ClipSound::Under, ..storyboard(&[6.0, 6.0, 6.0]) };
    let mix = mixed(&story, &brief, &[clip(0, 0, 6.0), clip(1, 1, 6.0), clip(2, 2, 6.0)]);
    assert!((mix.loudness_lufs - LOUDNESS_LUFS).abs() < 0.1, "{}", mix.loudness_lufs);
    let gain = |at: usize| mix.clips[at].volume.as_f64().unwrap();
    assert!((20.0 * (gain(1) / gain(0)).log10()) <= RAISED_DB_MAX + 2.5, "{} {}", gain(1), gain(0));
    assert!(mix.clips[2].muted && !mix.clips[0].muted);
}

#[test]
fn the_file_of_the_voice_is_not_heard_twice() {
    let talk = with_speech(sound(20.0, -20.0, 12.0), &[(0.0, 20.0)]);
    let brief = brief(vec![asset("talk.mp4", Some(talk))]);
    let story = Storyboard { voice: id(0), clip_sound: ClipSound::Full, ..storyboard(&[10.0, 10.0]) };
    let mix = mixed(&story, &brief, &[clip(0, 0, 10.0), clip(1, 0, 10.0)]);
    assert!(mix.clips.iter().all(|clip| clip.muted));
    assert_eq!(mix.blocks.len(), 1);
}

#[test]
fn a_clip_that_goes_on_after_a_cut_is_not_faded_there_and_one_that_does_not_is() {
    let brief = brief(vec![asset("a.mp4", Some(sound(60.0, -20.0, 12.0)))]);
    let story = Storyboard { clip_sound: ClipSound::Full, ..storyboard(&[4.0, 4.0, 4.0]) };
    let from = |scene: usize, start_secs: f64| ClipUse { start_secs, ..clip(scene, 0, 4.0) };
    let mix = mixed(&story, &brief, &[from(0, 2.0), from(1, 6.0), from(2, 30.0)]);
    assert_eq!((mix.clips[0].fade_out, mix.clips[1].fade_in), (0.0, 0.0));
    assert!(mix.clips[1].fade_out > 0.0 && mix.clips[2].fade_in > 0.0);
}

#[test]
fn music_with_a_beat_begins_on_it_and_music_too_short_goes_on_from_bar_to_bar() {
    let long = with_beat(sound(60.0, -12.0, 9.0), 120.0, 0.4, 2);
    let story = Storyboard { music: id(0), ..storyboard(&[10.0, 10.0]) };
    let brief_of = |sound| brief(vec![asset("music.mp3", Some(sound))]);
    let cue = schedule(&story, &brief_of(long), 30, &[]).cues.music.unwrap();
    // Two bars of two seconds from a downbeat end on one.
    assert!(((cue.start_secs + 0.03 - 1.4) % 2.0).abs() < 1e-6 && !cue.looped, "{cue:?}");

    let short = with_beat(sound(13.0, -12.0, 9.0), 120.0, 0.4, 2);
    let brief = brief_of(short);
    let cue = schedule(&story, &brief, 30, &[]).cues.music.unwrap();
    assert!(cue.looped && ((cue.end_secs - cue.start_secs) % 2.0).abs() < 1e-6, "{cue:?}");
    let mix = mixed(&story, &brief, &[]);
    assert_eq!((&mix.blocks[0]["loop"], &mix.blocks[0]["duration"]), (&json!(true), &json!(20.0)));
    assert!(mix.notes[0].text.contains("plays again"), "{:?}", mix.notes);
}

#[test]
fn music_too_short_without_a_beat_fades_out_at_its_own_end_and_a_note_says_so() {
    let brief = brief(vec![asset("music.mp3", Some(sound(13.0, -12.0, 9.0)))]);
    let mix = mixed(&Storyboard { music: id(0), ..storyboard(&[10.0, 10.0]) }, &brief, &[]);
    assert_eq!((&mix.blocks[0]["duration"], &mix.blocks[0]["loop"]), (&json!(13.0), &Value::Null));
    assert!(mix.notes[0].text.contains("13.0 s"), "{:?}", mix.notes);
}

#[test]
fn a_quiet_intro_is_skipped_where_enough_is_left() {
    let mut music = sound(60.0, -12.0, 9.0);
    music.block_loudness_tenths[..80].fill(-300);
    let story = Storyboard { music: id(0), ..storyboard(&[10.0, 10.0]) };
    let brief = brief(vec![asset("music.mp3", Some(music))]);
    let start = schedule(&story, &brief, 30, &[]).cues.music.unwrap().start_secs;
    assert!((7.0..8.2).contains(&start), "{start}");
}

#[test]
fn a_quiet_voice_plays_in_several_blocks_and_one_too_quiet_is_told() {
    let quiet = |lufs| brief(vec![asset("voice.mp3", Some(sound(19.0, lufs, 12.0)))]);
    let story = Storyboard { voice: id(0), ..storyboard(&[10.0, 10.0]) };
    let mix = mixed(&story, &quiet(-32.0), &[]);
    assert!((mix.loudness_lufs - LOUDNESS_LUFS).abs() < 0.1 && mix.blocks.len() >= 2, "{mix:?}");
    assert!(mix.notes.is_empty(), "{:?}", mix.notes);
    let mix = mixed(&story, &quiet(-55.0), &[]);
    assert!(mix.blocks.len() == 4 && mix.notes[0].text.contains("too quiet"), "{mix:?}");
    assert!(mix.loudness_lufs < -25.0);
}

#[test]
fn a_voice_that_the_video_cuts_off_is_told() {
    let whole = brief(vec![asset("voice.mp3", Some(sound(19.0, -20.0, 12.0)))]);
    let story = |lengths: &[f64]| Storyboard { voice: id(0), ..storyboard(lengths) };
    assert!(mixed(&story(&[10.0, 10.0]), &whole, &[]).notes.is_empty());
    let cut = mixed(&story(&[5.0, 5.0]), &whole, &[]);
    assert!(cut.notes[0].asset_id == id(0) && cut.notes[0].text.contains("longer than the video"), "{cut:?}");
}

/// How far the music's highest peak is driven above the limiter's ceiling.
fn drive_db(mix: &Mix, true_peak_db: f64) -> f64 {
    let gain: f64 = mix.blocks.iter().map(|block| volumes(block).0).sum();
    true_peak_db + 20.0 * gain.log10() - LIMITER_CEILING_DB
}

#[test]
fn a_few_strokes_far_above_the_rest_are_limited_hard_and_spikes_everywhere_are_not() {
    let story = Storyboard { music: id(0), ..storyboard(&[10.0, 10.0]) };
    let mut drums = sound(60.0, -22.0, 22.0);
    for block in 0..600 {
        let (loudness, peak) = if block % 5 == 0 { (-170, 0) } else { (-270, -200) };
        drums.block_loudness_tenths[block] = loudness;
        drums.block_peak_tenths[block] = peak;
    }
    let mix = mixed(&story, &brief(vec![asset("drums.mp3", Some(drums))]), &[]);
    assert!((mix.loudness_lufs - LOUDNESS_LUFS).abs() < 0.1, "{mix:?}");
    assert!((15.0..18.0).contains(&drive_db(&mix, 0.0)) && mix.notes.is_empty(), "{mix:?}");
    // Further gain would only pump: what is missing is told.
    let mix = mixed(&story, &brief(vec![asset("clicks.mp3", Some(sound(60.0, -22.0, 22.0)))]), &[]);
    assert!((drive_db(&mix, 0.0) - 13.0).abs() < 0.1, "{mix:?}");
    assert!(mix.notes[0].text.contains("too uneven"), "{mix:?}");
}

#[test]
fn a_quiet_clip_heard_in_full_gets_its_further_gain_from_audio_blocks() {
    let brief = brief(vec![asset("clip.mp4", Some(sound(30.0, -34.0, 12.0)))]);
    let story = Storyboard { clip_sound: ClipSound::Full, ..storyboard(&[10.0]) };
    let mix = mixed(&story, &brief, &[clip(0, 0, 10.0)]);
    assert!((mix.loudness_lufs - LOUDNESS_LUFS).abs() < 0.1 && !mix.blocks.is_empty(), "{mix:?}");
    assert_eq!(mix.blocks[0]["trim"], json!({ "start": 1.0 }));
    assert_eq!(mix.blocks[0]["volume"], mix.clips[0].volume);
}

#[test]
fn a_video_without_any_sound_has_no_blocks_and_is_silent() {
    let mix = mixed(&storyboard(&[3.0, 3.0]), &brief(vec![asset("mute.mp4", None)]), &[clip(0, 0, 3.0)]);
    assert_eq!((mix.blocks.len(), mix.loudness_lufs, mix.notes.len()), (0, -70.0, 0));
    assert!(mix.clips[0].muted);
}

fn any_sound() -> impl Strategy<Value = avs_protocol::SoundAnalysis> {
    let words = proptest::collection::vec((0.0..40.0_f64, 0.2..4.0_f64), 0..8);
    (1.0..60.0_f64, -30.0..-6.0_f64, 3.0..20.0_f64, words, 0.0..3.0_f64).prop_map(
        |(secs, lufs, crest, mut words, beat)| {
            words.sort_by(|a, b| a.0.total_cmp(&b.0));
            let words: Vec<(f64, f64)> = words.iter().map(|(from, length)| (*from, from + length)).collect();
            let heard = sound(secs, lufs, crest);
            let heard = if beat > 1.5 { with_beat(heard, 60.0 * beat, 0.3, 1) } else { heard };
            if words.is_empty() || beat > 1.5 { heard } else { with_speech(heard, &words) }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]
    #[test]
    fn mixes_are_valid_documents_as_loud_as_they_must_be_and_always_the_same(
        sounds in proptest::collection::vec(any_sound(), 3),
        lengths in proptest::collection::vec(0.5..6.0_f64, 1..8),
        (has_music, has_voice) in (any::<bool>(), any::<bool>()),
        clip_sound in prop_oneof![Just(ClipSound::Off), Just(ClipSound::Under), Just(ClipSound::Full)],
    ) {
        let names = ["music.mp3", "voice.mp3", "clip.mp4"];
        let brief = brief(names.iter().zip(sounds).map(|(name, sound)| asset(name, Some(sound))).collect());
        let music = id(0).filter(|_| has_music);
        let voice = id(1).filter(|_| has_voice);
        let story = Storyboard { music, voice, clip_sound, ..storyboard(&lengths) };
        let schedule = schedule(&story, &brief, 30, &[]);
        let clips: Vec<ClipUse> = schedule.scenes.iter().enumerate().map(|(scene, time)| {
            clip(scene, 2, f64::from(time.end_frame - time.start_frame) / 30.0)
        }).collect();
        let found = mix(&story, &brief, &schedule, &clips);
        prop_assert_eq!(&found, &mix(&story, &brief, &schedule, &clips));
        if found.loudness_lufs > -69.0 && found.notes.iter().all(|note| !note.text.contains("too quiet")) {
            prop_assert!((found.loudness_lufs - LOUDNESS_LUFS).abs() <= 1.0, "{}", found.loudness_lufs);
        }
        for clip in &found.clips {
            prop_assert!((0.0..=4.0).contains(&clip.volume.as_f64().unwrap()));
        }
        let mut blocks = found.blocks.clone();
        blocks.push(json!({ "type": "text", "text": "a", "duration": schedule.duration_secs() }));
        let document = json!({ "version": "1", "blocks": blocks });
        let template = avs_template::Template::from_value(&document, &avs_template::Pointer::default());
        prop_assert!(template.is_ok(), "{:?} {}", template.err(), document);
        for block in found.blocks.iter().filter(|block| block["source"]["uploadName"] != "clip.mp4") {
            let end = block["start"].as_f64().unwrap() + block["duration"].as_f64().unwrap();
            prop_assert!(end <= schedule.duration_secs() + 1e-6, "{} {}", end, schedule.duration_secs());
        }
    }
}
