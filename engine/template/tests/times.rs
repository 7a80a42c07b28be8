//! Rules of time that need no media, and spans, frame counts and scenes where lengths are given.

use std::collections::BTreeMap;

use avs_template::{OutputSpec, Pointer, RectPx, SizePx, TextFacts, TextUnit, Ticks, Timeline, codes};
use serde_json::{Value, json};

use crate::{accepted, places, rejected};

fn output(fps: u32) -> OutputSpec {
    OutputSpec::from_value(&json!({ "fps": fps }), &Pointer::root()).expect("the output is sound")
}

/// Timeline of blocks that need no media.
#[track_caller]
fn timeline(blocks: &Value, fps: u32) -> Timeline {
    let mut timeline =
        Timeline::new(&accepted(blocks), &BTreeMap::new(), &output(fps)).expect("the times are sound");
    // A text that nobody has measured does not show.
    let rect = RectPx { x: 0.0, y: 0.0, width: 10.0, height: 10.0 };
    let content = SizePx { width: 10.0, height: 10.0 };
    for index in 0..timeline.blocks.len() {
        timeline.set_text_facts(index, TextFacts { content, units: vec![TextUnit { rect, moves: true }] });
    }
    timeline
}

fn text(start: impl Into<Value>, duration: impl Into<Value>) -> Value {
    json!({ "type": "text", "text": "a", "start": start.into(), "duration": duration.into() })
}

fn spans(timeline: &Timeline) -> Vec<(f64, f64)> {
    timeline.blocks.iter().map(|block| (block.start.as_secs(), block.end.as_secs())).collect()
}

#[test]
fn auto_starts_when_the_block_before_it_in_the_array_ends() {
    let blocks = json!([text("auto", 2), text("auto", 1), text(0, 0.5), text("auto", 1),]);
    assert_eq!(spans(&timeline(&blocks, 30)), [(0.0, 2.0), (2.0, 3.0), (0.0, 0.5), (0.5, 1.5)]);
}

#[test]
fn the_video_lasts_until_the_last_block_ends_and_end_blocks_follow() {
    let blocks = json!([text(1, "end"), text(0, 4), text(1, 2)]);
    let timeline = timeline(&blocks, 30);
    assert_eq!(timeline.duration, Ticks::from_secs(4.0));
    assert_eq!(spans(&timeline), [(1.0, 4.0), (0.0, 4.0), (1.0, 3.0)]);
    assert_eq!(timeline.warnings, []);
}

#[test]
fn a_video_of_end_blocks_only_has_no_end() {
    let blocks = json!([text(0, "end"), { "type": "image", "source": { "uploadName": "a" } }]);
    assert_eq!(places(&rejected(&blocks)), [("/blocks/0/duration", codes::NO_DURATION)]);
}

#[test]
fn auto_cannot_start_after_a_block_that_lasts_to_the_end() {
    let blocks = json!([text(0, 1), text(0, "end"), text("auto", 1)]);
    assert_eq!(places(&rejected(&blocks)), [("/blocks/2/start", codes::AUTO_START_AFTER_END)]);
}

#[test]
fn image_and_text_have_no_length_of_their_own() {
    let blocks = json!([
        text(0, "auto"),
        { "type": "image", "source": { "uploadName": "a" }, "duration": "auto" } ]);
    assert_eq!(
        places(&rejected(&blocks)),
        [
            ("/blocks/0/duration", codes::AUTO_DURATION_WITHOUT_LENGTH),
            ("/blocks/1/duration", codes::AUTO_DURATION_WITHOUT_LENGTH)
        ]
    );
}

#[test]
fn a_broken_block_does_not_cause_issues_about_its_consequences() {
    let blocks = json!([text(0, "ends"), text("auto", "end")]);
    assert_eq!(places(&rejected(&blocks)), [("/blocks/0/duration", codes::UNKNOWN_VALUE)]);
}

#[test]
fn a_video_lasts_at_most_an_hour() {
    let blocks = json!([text(3599, 2)]);
    assert_eq!(places(&rejected(&blocks)), [("/blocks/0/duration", codes::VIDEO_TOO_LONG)]);
    assert_eq!(timeline(&json!([text(3599, 1)]), 60).frame_count, 216_000);
    let chained = accepted(&json!([text(0, 3000), text("auto", 601)]));
    let issues = Timeline::new(&chained, &BTreeMap::new(), &output(30)).expect_err("it is too long");
    assert_eq!(places(&issues.into_vec()), [("/blocks/1/duration", codes::VIDEO_TOO_LONG)]);
}

#[test]
fn a_video_has_at_least_half_a_frame() {
    let short = accepted(&json!([text(0, 0.016)]));
    let issues = Timeline::new(&short, &BTreeMap::new(), &output(30)).expect_err("it is too short");
    assert_eq!(places(&issues.into_vec()), [("/blocks/0/duration", codes::VIDEO_TOO_SHORT)]);
    assert_eq!(timeline(&json!([text(0, 0.016)]), 60).frame_count, 1);
    assert_eq!(timeline(&json!([text(0, 0.017)]), 30).frame_count, 1);
}

#[test]
fn frames_are_counted_exactly_at_every_rate() {
    for (secs, fps, frames) in [
        (10.0, 24, 240),
        (10.0, 25, 250),
        (10.0, 30, 300),
        (10.0, 60, 600),
        (0.1, 24, 2),
        (2.51, 25, 63),
        (1.0 / 60.0, 60, 1),
    ] {
        assert_eq!(timeline(&json!([text(0, secs)]), fps).frame_count, frames, "{secs} {fps}");
    }
}

#[test]
fn a_block_shows_from_its_first_frame_until_before_its_end() {
    let timeline = timeline(&json!([text(1, 1), text(0, 3)]), 30);
    let layers = |frame| timeline.scene(frame).layers.iter().map(|layer| layer.block).collect::<Vec<_>>();
    assert_eq!(layers(29), [1]);
    assert_eq!(layers(30), [0, 1]);
    assert_eq!(layers(59), [0, 1]);
    assert_eq!(layers(60), [1]);
    assert_eq!(layers(89), [1]);
    assert_eq!(layers(90), [] as [usize; 0]);
}

#[test]
fn a_gap_shows_only_the_background() {
    let timeline = timeline(&json!([text(0, 1), text(2, 1)]), 25);
    assert_eq!(timeline.scene(25).layers, []);
    assert_eq!(timeline.scene(49).layers, []);
    assert_eq!(timeline.scene(50).layers.len(), 1);
    assert_eq!(timeline.scene(50).time, Ticks::from_secs(2.0));
}

#[test]
fn later_blocks_are_on_top_and_the_z_index_overrides() {
    let with_z = |z: i32| {
        let mut block = text(0, 1);
        block["zIndex"] = json!(z);
        block["opacity"] = json!(0.25);
        block
    };
    let timeline = timeline(&json!([with_z(1), with_z(0), with_z(-1), with_z(0), with_z(1)]), 30);
    let order: Vec<_> = timeline.blocks.iter().map(|block| block.index).collect();
    assert_eq!(order, [2, 1, 3, 0, 4]);
    let scene = timeline.scene(0);
    assert!(scene.layers.iter().enumerate().all(|(at, layer)| layer.block == at && layer.opacity == 0.25));
}

#[test]
fn an_end_block_that_starts_after_the_video_is_left_out_with_a_warning() {
    let timeline = timeline(&json!([text(0, 2), text(2, "end")]), 30);
    assert_eq!(timeline.blocks.len(), 1);
    assert_eq!(timeline.warnings[0].code, codes::BLOCK_NEVER_SHOWN);
    assert_eq!(timeline.warnings[0].pointer, "/blocks/1");
}

#[test]
fn the_reference_frame_has_a_short_side_of_1080() {
    let timeline = timeline(&json!([text(0, 2)]), 30);
    assert_eq!(timeline.canvas, (1280, 720));
    assert_eq!(timeline.reference_scale(), 720.0 / 1080.0);
}
