//! Blocks against the facts about their media: missing ones, unfit ones, lengths and trims.

use std::collections::BTreeMap;

use avs_template::{Issue, MediaFacts, OutputSpec, Pointer, Ticks, Timeline, codes};
use serde_json::{Value, json};

use crate::{accepted, places};

fn secs(secs: f64) -> Ticks {
    Ticks::from_secs(secs)
}

/// A video of 10 s, an image, a sound of 4 s, a silent video of 10 s and one of unknown length.
fn library() -> BTreeMap<String, MediaFacts> {
    let picture = Some((1920, 1080));
    let facts = [
        (
            "video",
            MediaFacts {
                duration: Some(secs(10.0)),
                size: picture,
                has_audio: true,
                ..MediaFacts::default()
            },
        ),
        (
            "silent",
            MediaFacts {
                duration: Some(secs(10.0)),
                size: picture,
                has_audio: false,
                ..MediaFacts::default()
            },
        ),
        ("stream", MediaFacts { duration: None, size: picture, has_audio: true, ..MediaFacts::default() }),
        ("image", MediaFacts { duration: None, size: picture, has_audio: false, ..MediaFacts::default() }),
        (
            "audio",
            MediaFacts { duration: Some(secs(4.0)), size: None, has_audio: true, ..MediaFacts::default() },
        ),
    ];
    facts.map(|(name, facts)| (name.to_owned(), facts)).into()
}

fn resolved(blocks: &Value) -> Result<Timeline, Vec<Issue>> {
    let output = OutputSpec::from_value(&Value::Null, &Pointer::root()).expect("null is every default");
    Timeline::new(&accepted(blocks), &library(), &output).map_err(avs_template::Issues::into_vec)
}

#[track_caller]
fn timeline(blocks: &Value) -> Timeline {
    resolved(blocks).expect("the media fit")
}

#[track_caller]
fn assert_only_issue(blocks: &Value, pointer: &str, code: &str) {
    let issues = resolved(blocks).expect_err("the media do not fit");
    assert_eq!(places(&issues), [(pointer, code)], "{blocks}");
}

fn block(kind: &str, source: &str) -> Value {
    json!({ "type": kind, "source": { "uploadName": source } })
}

fn trimmed(kind: &str, source: &str, trim: Value) -> Value {
    let mut block = block(kind, source);
    block["trim"] = trim;
    block
}

fn lasting(mut block: Value, duration: Value) -> Value {
    block["duration"] = duration;
    block
}

#[test]
fn an_auto_block_lasts_as_long_as_its_trimmed_media() {
    for (trim, length) in [
        (json!({}), 10.0),
        (json!({ "start": 3 }), 7.0),
        (json!({ "end": 3 }), 3.0),
        (json!({ "start": 1.5, "end": 3 }), 1.5),
        (json!({ "start": 9, "end": 30 }), 1.0),
    ] {
        let timeline = timeline(&json!([trimmed("video", "video", trim.clone())]));
        assert_eq!(timeline.duration, secs(length), "{trim}");
    }
}

#[test]
fn a_trim_end_gives_a_length_even_where_the_source_has_none() {
    let timeline = timeline(&json!([trimmed("video", "stream", json!({ "start": 1, "end": 3 }))]));
    assert_eq!(timeline.duration, secs(2.0));
}

#[test]
fn auto_needs_a_source_whose_length_is_known() {
    assert_only_issue(
        &json!([block("video", "stream")]),
        "/blocks/0/duration",
        codes::AUTO_DURATION_WITHOUT_LENGTH,
    );
    assert_eq!(timeline(&json!([lasting(block("video", "stream"), json!(2))])).duration, secs(2.0));
}

#[test]
fn a_source_that_was_not_given_is_reported_at_its_block() {
    for kind in ["video", "image", "audio"] {
        let missing = lasting(block(kind, "absent"), json!(1));
        assert_only_issue(&json!([missing]), "/blocks/0/source", codes::MISSING_ASSET);
    }
}

#[test]
fn media_must_have_what_their_block_shows_or_plays() {
    let at = "/blocks/0/source";
    assert_only_issue(&json!([block("video", "audio")]), at, codes::NO_VIDEO_STREAM);
    assert_only_issue(&json!([lasting(block("image", "audio"), json!(1))]), at, codes::NO_VIDEO_STREAM);
    assert_only_issue(&json!([block("audio", "silent")]), at, codes::NO_AUDIO_STREAM);
    assert_only_issue(&json!([lasting(block("audio", "image"), json!(1))]), at, codes::NO_AUDIO_STREAM);
    assert!(resolved(&json!([block("audio", "video"), block("video", "silent")])).is_ok());
}

#[test]
fn a_trim_starts_before_the_source_ends() {
    for start in [10, 11] {
        let blocks = json!([trimmed("video", "video", json!({ "start": start }))]);
        assert_only_issue(&blocks, "/blocks/0/trim/start", codes::TRIM_BEYOND_SOURCE);
    }
}

#[test]
fn a_trim_that_ends_after_the_source_is_cut_with_a_warning() {
    let timeline = timeline(&json!([trimmed("audio", "audio", json!({ "end": 5 }))]));
    assert_eq!(timeline.duration, secs(4.0));
    assert_eq!(timeline.warnings[0].pointer, "/blocks/0/trim/end");
    assert_eq!(timeline.warnings[0].code, codes::TRIM_END_BEYOND_SOURCE);
}

#[test]
fn all_media_issues_are_reported_at_once() {
    let blocks = json!([
        block("video", "absent"),
        block("audio", "silent"),
        trimmed("video", "video", json!({ "start": 99 }))
    ]);
    let issues = resolved(&blocks).expect_err("nothing fits");
    assert_eq!(
        places(&issues),
        [
            ("/blocks/0/source", codes::MISSING_ASSET),
            ("/blocks/1/source", codes::NO_AUDIO_STREAM),
            ("/blocks/2/trim/start", codes::TRIM_BEYOND_SOURCE)
        ]
    );
}

#[test]
fn a_video_block_longer_than_its_source_holds_the_last_frame_with_a_warning() {
    let timeline = timeline(&json!([lasting(trimmed("video", "video", json!({ "start": 8 })), json!(3))]));
    assert_eq!(timeline.warnings.len(), 1);
    assert_eq!(timeline.warnings[0].pointer, "/blocks/0");
    assert_eq!(timeline.warnings[0].code, codes::SOURCE_SHORTER_THAN_BLOCK);
    let source_time = |frame| timeline.scene(frame).layers[0].source_time;
    assert_eq!(source_time(0), secs(8.0));
    assert_eq!(source_time(30), secs(9.0));
    assert_eq!(source_time(60), secs(10.0) - Ticks::ONE);
    assert_eq!(source_time(89), secs(10.0) - Ticks::ONE);
}

#[test]
fn a_trim_end_holds_the_frame_before_it() {
    let blocks = json!([lasting(trimmed("video", "video", json!({ "start": 1, "end": 2 })), json!(3))]);
    assert_eq!(timeline(&blocks).scene(89).layers[0].source_time, secs(2.0) - Ticks::ONE);
}

#[test]
fn no_warning_without_a_frame_to_hold() {
    for blocks in [
        json!([block("video", "video")]),
        json!([lasting(block("video", "video"), json!(10))]),
        json!([lasting(block("video", "video"), json!(10.02))]),
        json!([lasting(block("video", "video"), json!("end")), lasting(block("image", "image"), json!(9))]),
        json!([lasting(block("audio", "audio"), json!(9))]),
        json!([lasting(block("video", "stream"), json!(99))]),
    ] {
        assert_eq!(timeline(&blocks).warnings, [], "{blocks}");
    }
}

#[test]
fn an_end_block_that_outlasts_its_source_is_warned_of_too() {
    let blocks =
        json!([lasting(block("video", "video"), json!("end")), lasting(block("image", "image"), json!(12))]);
    assert_eq!(timeline(&blocks).warnings[0].code, codes::SOURCE_SHORTER_THAN_BLOCK);
}

#[test]
fn audio_counts_for_the_length_but_makes_no_layer() {
    let timeline = timeline(&json!([block("audio", "audio"), block("image", "image")]));
    assert_eq!(timeline.duration, secs(4.0));
    assert_eq!(timeline.blocks.iter().map(|block| block.index).collect::<Vec<_>>(), [1, 0]);
    assert_eq!(timeline.scene(0).layers.len(), 1);
    assert_eq!(timeline.blocks[1].source_end, Some(secs(4.0)));
}

#[test]
fn a_video_shows_its_source_from_its_own_start() {
    let mut late = trimmed("video", "video", json!({ "start": 2 }));
    late["start"] = json!(1);
    let timeline = timeline(&json!([late]));
    assert_eq!(timeline.duration, secs(9.0));
    assert_eq!(timeline.scene(30).layers[0].source_time, secs(2.0));
    assert_eq!(timeline.scene(45).layers[0].source_time, secs(2.5));
}

#[test]
fn auto_starts_follow_the_length_of_media() {
    let mut second = block("audio", "audio");
    second["start"] = json!("auto");
    let timeline = timeline(&json!([trimmed("video", "video", json!({ "end": 2.5 })), second]));
    assert_eq!(timeline.blocks[1].start, secs(2.5));
    assert_eq!(timeline.duration, secs(6.5));
}
