//! Properties over arbitrary documents: nothing panics, and what is accepted can be drawn.

use std::collections::BTreeMap;

use avs_template::{
    BlockTime, Content, MediaFacts, OutputSpec, Pointer, Template, Ticks, Timeline, limits, media_placement,
};
use proptest::{collection::vec, prelude::*, sample::select};
use serde_json::{Map, Value, json};

const NAMES: [&str; 36] = [
    "version",
    "name",
    "background",
    "blocks",
    "type",
    "start",
    "duration",
    "x",
    "y",
    "position",
    "anchor",
    "width",
    "height",
    "fit",
    "opacity",
    "zIndex",
    "source",
    "url",
    "uploadName",
    "trim",
    "end",
    "volume",
    "muted",
    "fadeIn",
    "fadeOut",
    "text",
    "font",
    "family",
    "size",
    "weight",
    "style",
    "color",
    "align",
    "lineHeight",
    "colour",
    "~/",
];

const WORDS: [&str; 20] = [
    "1",
    "video",
    "image",
    "text",
    "audio",
    "auto",
    "end",
    "center",
    "top-left",
    "50%",
    "-5%",
    "#fff",
    "#10182880",
    "cover",
    "none",
    "italic",
    "https://a.b/c",
    "a.mp4",
    "",
    "\u{0}é",
];

/// JSON made of the words of a template, in any order.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        (0.0..5.0).prop_map(Value::from),
        select(&WORDS[..]).prop_map(Value::from),
        ".{0,9}".prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 96, 12, |inner| {
        let object = vec((select(&NAMES[..]), inner.clone()), 0..12).prop_map(|fields| {
            Value::Object(
                fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect::<Map<_, _>>(),
            )
        });
        prop_oneof![vec(inner, 0..6).prop_map(Value::Array), object]
    })
}

fn seconds() -> impl Strategy<Value = Value> {
    (1_u32..200).prop_map(|hundredths| json!(f64::from(hundredths) / 100.0))
}

/// A block that is sound by itself; a few break a rule of order.
fn sound_block() -> impl Strategy<Value = Value> {
    let content = prop_oneof![
        Just(json!({ "type": "video", "source": { "uploadName": "video" }, "trim": { "start": 0.5 } })),
        Just(json!({ "type": "video", "source": { "uploadName": "video" }, "width": "30%", "fit": "none" })),
        Just(json!({ "type": "image", "source": { "uploadName": "image" }, "fit": "contain" })),
        Just(json!({ "type": "audio", "source": { "uploadName": "video" } })),
        Just(json!({ "type": "text", "text": "a" })),
    ];
    let start = prop_oneof![seconds(), Just(json!("auto"))];
    let duration = prop_oneof![4 => seconds(), 1 => Just(json!("end"))];
    (content, start, duration).prop_map(|(mut block, start, duration)| {
        block["start"] = start;
        block["duration"] = duration;
        block
    })
}

fn library() -> BTreeMap<String, MediaFacts> {
    let video = MediaFacts {
        duration: Some(Ticks::from_secs(1.25)),
        size: Some((640, 361)),
        has_audio: true,
        ..MediaFacts::default()
    };
    let image =
        MediaFacts { duration: None, size: Some((33, 700)), has_audio: false, ..MediaFacts::default() };
    [("video".to_owned(), video), ("image".to_owned(), image)].into()
}

/// Accepts any resolution but a scene that shows a block outside its span or a picture from nowhere.
#[track_caller]
fn assert_drawable(timeline: &Timeline) {
    // Ends are rounded to the nearest frame, and a frame's time is floored to a tick.
    let half_frame = Ticks::new(timeline.fps.duration_of(1).get() / 2 + 2);
    for frame in 0..timeline.frame_count {
        let scene = timeline.scene(frame);
        for layer in &scene.layers {
            let block = &timeline.blocks[layer.block];
            assert!(block.start <= scene.time + half_frame && scene.time < block.end + half_frame);
            assert!(block.end <= timeline.duration);
            assert!(block.source_end.is_none_or(|end| layer.source_time < end));
            assert!(layer.source_time >= block.content.trim().unwrap_or_default().start);
            assert!(!matches!(block.content, Content::Audio(_)));
        }
    }
    assert!(timeline.scene(timeline.frame_count.saturating_sub(1)).time < timeline.duration);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_json_never_panics_and_never_fails_without_a_word(value in any_json()) {
        if let Err(issues) = Template::from_value(&value, &Pointer::root()) {
            prop_assert!((1..=limits::ISSUES_MAX).contains(&issues.len()));
        }
        if let Err(issues) = OutputSpec::from_value(&value, &Pointer::root()) {
            prop_assert!(!issues.is_empty());
        }
    }

    #[test]
    fn arbitrary_blocks_never_panic(blocks in vec(any_json(), 1..5)) {
        if let Ok(template) = Template::from_value(&json!({ "version": "1", "blocks": blocks }), &Pointer::root()) {
            prop_assert_eq!(template.blocks.len(), blocks.len());
        }
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in vec(any::<u8>(), 0..256)) {
        prop_assert!(Template::from_json(&bytes).is_err());
    }

    #[test]
    fn an_accepted_template_shows_blocks_only_within_their_spans(
        blocks in vec(sound_block(), 1..8),
        fps in 1_u32..=60,
    ) {
        let output = OutputSpec::from_value(&json!({ "fps": fps }), &Pointer::root()).expect("the rate is sound");
        let template = Template::from_value(&json!({ "version": "1", "blocks": blocks }), &Pointer::root());
        if let Ok(timeline) = template.and_then(|template| Timeline::new(&template, &library(), &output)) {
            prop_assert!(timeline.frame_count >= 1);
            assert_drawable(&timeline);
        }
    }

    #[test]
    fn a_crop_is_never_outside_its_source(
        block in sound_block(),
        media in (1_u32..9000, 1_u32..9000),
        canvas in (2_u32..8192, 2_u32..8192),
    ) {
        let template = json!({ "version": "1", "blocks": [{ "type": "text", "text": "a", "duration": 1 }, block] });
        if let Ok(template) = Template::from_value(&template, &Pointer::root())
            && let Some(visual) = template.blocks[1].content.visual()
        {
            let crop = media_placement(visual, BlockTime::START, media, canvas).crop;
            prop_assert!(crop.x >= 0.0 && crop.x + crop.width <= f64::from(media.0) + 1e-6);
            prop_assert!(crop.y >= 0.0 && crop.y + crop.height <= f64::from(media.1) + 1e-6);
        }
    }
}
