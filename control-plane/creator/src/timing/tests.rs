//! What schedules must be.

use proptest::prelude::*;

use super::*;
use crate::sound::fixtures::{asset, brief, id, sound, storyboard, with_beat, with_speech};

fn lengths(schedule: &Schedule) -> Vec<u32> {
    schedule.scenes.iter().map(|scene| scene.end_frame - scene.start_frame).collect()
}

fn silent() -> Brief {
    brief(Vec::new())
}

/// A brief with music of that tempo as its first asset.
fn with_music(bpm: f64) -> Brief {
    brief(vec![asset("music.mp3", Some(with_beat(sound(120.0, -12.0, 9.0), bpm, 0.5, 0)))])
}

#[test]
fn lengths_are_scaled_to_the_frame_and_keep_their_proportions() {
    let story = Storyboard { duration_seconds: 20.0, ..storyboard(&[1.0, 2.0, 3.0]) };
    let schedule = schedule(&story, &silent(), 30, &[]);
    assert_eq!((lengths(&schedule), schedule.frame_count), (vec![100, 200, 300], 600));
    assert!(!schedule.holds_shortened);
}

#[test]
fn a_scene_lasts_its_hold_and_the_others_give_way() {
    let story = storyboard(&[2.0, 2.0, 6.0]);
    let schedule = schedule(&story, &silent(), 30, &[3.0, 0.0, 2.0]);
    assert_eq!(lengths(&schedule), [90, 53, 157]);
}

#[test]
fn holds_longer_than_the_whole_are_shortened_alike_and_said_to_be() {
    let story = storyboard(&[2.0, 2.0]);
    let schedule = schedule(&story, &silent(), 30, &[6.0, 2.0]);
    assert_eq!((lengths(&schedule), schedule.holds_shortened), (vec![90, 30], true));
}

#[test]
fn the_scene_before_shows_on_under_a_transition_and_never_longer_than_a_third() {
    let mut story = storyboard(&[3.0, 3.0, 0.6, 3.0]);
    for (scene, transition) in story.scenes.iter_mut().zip([
        Transition::Dissolve,
        Transition::Dissolve,
        Transition::Zoom,
        Transition::Zoom,
    ]) {
        scene.transition = transition;
    }
    let schedule = schedule(&story, &silent(), 30, &[]);
    let overlaps: Vec<u32> = schedule.scenes.iter().map(|scene| scene.overlap_frames).collect();
    assert_eq!(overlaps, [0, 18, 6, 6]);
    assert_eq!([0, 1, 3].map(|scene| schedule.seen_until_frame(scene)), [108, 186, 288]);
}

#[test]
fn cuts_lie_one_frame_before_beats_where_a_beat_is_near() {
    let story = Storyboard { music: id(0), ..storyboard(&[2.1, 1.6, 2.4, 1.9, 3.0, 1.5, 2.5]) };
    let schedule = schedule(&story, &with_music(120.0), 30, &[]);
    // The music begins 30 ms before a beat, then they come every 15 frames.
    for scene in &schedule.cuts_on_beats {
        assert_eq!((schedule.scenes[*scene].start_frame) % 15, 0, "{schedule:?}");
    }
    assert!(schedule.cuts_on_beats.len() >= 4, "{schedule:?}");
}

#[test]
fn music_without_a_steady_beat_moves_no_cut() {
    let mut brief = with_music(120.0);
    let music = brief.assets[0].analysis.sound.as_mut().unwrap();
    music.beat.as_mut().unwrap().confidence = 1.5;
    let story = Storyboard { music: id(0), ..storyboard(&[2.1, 1.6, 2.4]) };
    let schedule = schedule(&story, &brief, 30, &[]);
    assert_eq!((lengths(&schedule), schedule.cuts_on_beats), (vec![63, 48, 72], vec![]));
}

#[test]
fn lengths_that_were_meant_to_differ_are_not_all_made_one_by_the_beat() {
    // All within a quarter of a beat of one second.
    let story = Storyboard { music: id(0), ..storyboard(&[1.0, 1.1, 0.9, 1.1, 0.9, 1.05, 0.95, 1.0]) };
    let schedule = schedule(&story, &with_music(60.0), 30, &[]);
    let lengths = lengths(&schedule);
    assert!(
        lengths.windows(3).all(|three| three[0].abs_diff(three[1]).max(three[1].abs_diff(three[2])) > 1),
        "{lengths:?}"
    );
}

#[test]
fn a_cut_in_a_word_moves_to_the_pause_after_it() {
    let voice = with_speech(sound(9.0, -20.0, 12.0), &[(0.5, 4.2), (4.8, 8.5)]);
    let brief = brief(vec![asset("voice.mp3", Some(voice))]);
    let story = Storyboard { voice: id(0), ..storyboard(&[4.0, 6.0]) };
    let schedule = schedule(&story, &brief, 30, &[]);
    assert_eq!(schedule.scenes[1].start_frame, 126);
}

#[test]
fn a_clip_that_is_heard_is_not_cut_in_its_last_word() {
    let talk = with_speech(sound(30.0, -20.0, 12.0), &[(10.2, 13.3)]);
    let brief = brief(vec![asset("talk.mp4", Some(talk))]);
    let mut story = Storyboard { clip_sound: ClipSound::Full, ..storyboard(&[3.0, 4.0]) };
    story.scenes[0].asset_id = id(0);
    story.scenes[0].asset_start = Some(10.0);
    let schedule = schedule(&story, &brief, 30, &[]);
    assert_eq!(schedule.scenes[0].end_frame, 99);
}

#[test]
fn absurd_wishes_give_a_schedule_all_the_same() {
    let mut story = storyboard(&[f64::NAN, f64::INFINITY, -3.0, 0.0]);
    story.duration_seconds = f64::NAN;
    let found = schedule(&story, &silent(), 30, &[f64::NAN, f64::INFINITY]);
    assert!(lengths(&found).iter().all(|length| *length >= 1) && found.frame_count >= 4);
    let empty = schedule(&storyboard(&[]), &silent(), 0, &[]);
    assert_eq!((empty.scenes.len(), empty.fps), (0, 1));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn schedules_fill_the_whole_without_a_gap_and_keep_every_rule_of_cuts(
        scenes in proptest::collection::vec((0.1..8.0_f64, 0.0..2.0_f64, 0..5_usize), 1..40),
        duration in 1.0..90.0_f64, fps in 10..=60_u32, bpm in 60.0..200.0_f64,
        words in proptest::collection::vec((0.0..60.0_f64, 0.2..5.0_f64), 0..12),
    ) {
        let words: Vec<(f64, f64)> = words.iter().map(|(from, length)| (*from, (from + length).min(70.0))).collect();
        let mut brief = with_music(bpm);
        brief.assets.push(asset("voice.mp3", Some(with_speech(sound(70.0, -20.0, 12.0), &words))));
        let lengths: Vec<f64> = scenes.iter().map(|(length, _, _)| *length).collect();
        let holds: Vec<f64> = scenes.iter().map(|(_, hold, _)| *hold).collect();
        let kinds = [Transition::Cut, Transition::Dissolve, Transition::FadeBlack, Transition::Slide, Transition::Zoom];
        let mut story = Storyboard { duration_seconds: duration, ..storyboard(&lengths) };
        for (scene, (_, _, kind)) in story.scenes.iter_mut().zip(&scenes) {
            scene.transition = kinds[*kind];
        }
        let plain = schedule(&story, &brief, fps, &holds);
        let found = schedule(&Storyboard { music: id(0), voice: id(1), ..story.clone() }, &brief, fps, &holds);
        prop_assert_eq!(&found, &schedule(&Storyboard { music: id(0), voice: id(1), ..story }, &brief, fps, &holds));

        prop_assert_eq!(f64::from(found.frame_count), (duration * f64::from(fps)).round().max(scenes.len() as f64));
        prop_assert_eq!(found.scenes[0].start_frame, 0);
        prop_assert_eq!(found.scenes.last().unwrap().end_frame, found.frame_count);
        for (at, scene) in found.scenes.iter().enumerate() {
            let length = scene.end_frame - scene.start_frame;
            prop_assert!(scene.end_frame > scene.start_frame);
            prop_assert!(found.holds_shortened || f64::from(length) >= holds[at] * f64::from(fps) - 0.01);
            prop_assert!(scene.overlap_frames < length);
            if at > 0 {
                let before = found.scenes[at - 1];
                prop_assert_eq!(scene.start_frame, before.end_frame);
                prop_assert!(scene.overlap_frames < before.end_frame - before.start_frame);
            }
        }
        let beats = found.cues.beats(&brief, found.duration_secs());
        let beat_frames = 60.0 / bpm * f64::from(fps);
        for at in 1..found.scenes.len() {
            let (cut, unmoved) = (found.scenes[at].start_frame, plain.scenes[at].start_frame);
            let onset = beats.iter().any(|beat| (beat.at_secs * f64::from(fps) - 1.0 - f64::from(cut)).abs() <= 0.51);
            prop_assert!(!found.cuts_on_beats.contains(&at) || onset || cut == 0, "{} is on no beat", cut);
            let moved = f64::from(cut.abs_diff(unmoved));
            // A quarter of a beat, of two where they are fast, or of the way between two strong ones; or to a pause.
            let reach = if bpm > 160.0 { beat_frames } else { 0.5 * beat_frames };
            prop_assert!(moved <= reach + 0.5 * f64::from(fps) + 1.0, "{moved}");
            if cut != unmoved {
                let at_secs = f64::from(cut) / f64::from(fps) - found.cues.voice.as_ref().unwrap().at_secs;
                let slack = 0.02 / f64::from(fps);
                let in_word = words.iter().any(|(from, to)| from + slack < at_secs && at_secs < to - slack);
                prop_assert!(!in_word, "moved into a word at {at_secs}");
            }
        }
    }
}
