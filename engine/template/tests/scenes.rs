//! What frames show: keyframes, animations, transitions and journeys, as numbers.

use std::collections::BTreeMap;

use avs_template::{
    Effect, LayerPart, MaskShape, MediaFacts, OutputSpec, Pointer, SceneLayer, Ticks, Timeline,
};
use serde_json::{Value, json};

use crate::accepted;

/// A timeline at ten frames a second, so that frame n is at n tenths, over opaque media of the frame's size.
fn timeline(blocks: &Value) -> Timeline {
    let facts = MediaFacts {
        duration: Some(Ticks::from_secs(4.0)),
        size: Some((1280, 720)),
        has_audio: true,
        ..MediaFacts::default()
    };
    let facts = BTreeMap::from([("a".to_owned(), facts)]);
    let output =
        OutputSpec::from_value(&json!({ "fps": 10 }), &Pointer::root()).expect("the output is sound");
    Timeline::new(&accepted(blocks), &facts, &output).expect("the media fit")
}

fn image(fields: &Value) -> Value {
    let mut block = json!({ "type": "image", "duration": 2, "source": { "uploadName": "a" } });
    for (name, value) in fields.as_object().expect("fields are an object") {
        block[name] = value.clone();
    }
    block
}

#[track_caller]
fn only_layer(timeline: &Timeline, frame: u64) -> SceneLayer {
    let mut layers = timeline.scene(frame).layers;
    assert_eq!(layers.len(), 1, "{layers:?}");
    layers.remove(0)
}

#[test]
fn keyframes_move_a_property_through_its_block_and_hold_outside() {
    let keys = json!([{ "time": 0.5, "value": 0.2 }, { "time": 2, "value": 0.8 }]);
    let timeline = timeline(&json!([image(&json!({ "start": 1, "opacity": keys }))]));
    for (frame, opacity) in [(10, 0.2), (15, 0.2), (20, 0.4), (29, 0.76)] {
        assert!((only_layer(&timeline, frame).opacity - opacity).abs() < 1e-9, "{frame}");
    }
}

#[test]
fn a_block_turns_about_the_middle_of_its_box() {
    let boxed = json!({ "width": 400, "height": 200, "fit": "fill", "rotation": 90 });
    let layer = only_layer(&timeline(&json!([image(&boxed)])), 0);
    // Its top left corner goes to the top right; the canvas is 1280 by 720, two thirds of the reference.
    let (x, y) = layer.canvas_from_unit.apply(0.0, 0.0);
    assert!((x - (640.0 + 200.0 / 3.0)).abs() < 1e-9 && (y - (360.0 - 400.0 / 3.0)).abs() < 1e-9);
}

#[test]
fn a_crop_takes_its_part_of_the_source_before_the_fit() {
    let crop = json!({ "fit": "fill", "crop": { "left": 0.25, "top": 0.5 } });
    let rect = only_layer(&timeline(&json!([image(&crop)])), 0).source_rect;
    assert_eq!((rect.x, rect.y, rect.width, rect.height), (0.25, 0.5, 0.75, 0.5));
}

#[test]
fn an_entry_is_over_after_its_time_and_an_exit_begins_before_the_end() {
    let fades = json!([{ "type": "fade", "duration": 0.5, "easing": "linear" },
        { "type": "fade", "at": "out", "duration": 1, "easing": "linear" }]);
    let timeline = timeline(&json!([image(&json!({ "animations": fades }))]));
    assert_eq!(timeline.scene(0).layers, [], "invisible is left out");
    for (frame, opacity) in [(2, 0.4), (5, 1.0), (10, 1.0), (15, 0.5)] {
        assert!((only_layer(&timeline, frame).opacity - opacity).abs() < 1e-9, "{frame}");
    }
}

#[test]
fn entry_and_exit_longer_than_their_block_are_squeezed_into_it() {
    let fades = json!([{ "type": "fade", "duration": 3, "easing": "linear" },
        { "type": "fade", "at": "out", "duration": 1, "easing": "linear" }]);
    let timeline = timeline(&json!([image(&json!({ "animations": fades }))]));
    assert!((only_layer(&timeline, 15).opacity - 1.0).abs() < 1e-9);
    assert!(only_layer(&timeline, 14).opacity < 1.0 && only_layer(&timeline, 16).opacity < 1.0);
}

#[test]
fn a_fade_over_what_it_covers_leaves_that_whole() {
    let fade = json!({ "type": "fade", "duration": 1 });
    let timeline = timeline(&json!([image(&json!({})), image(&json!({ "start": 2, "transition": fade }))]));
    let opacities =
        |frame| timeline.scene(frame).layers.iter().map(|layer| layer.opacity).collect::<Vec<_>>();
    assert_eq!(opacities(20), [1.0], "the new one is not there yet, the old one is held");
    assert_eq!(opacities(25), [1.0, 0.5]);
    assert_eq!(opacities(30), [1.0]);
    assert_eq!(timeline.frame_count, 40, "a transition makes no video longer");
}

#[test]
fn a_fade_over_what_it_does_not_cover_fades_that_out() {
    let small = json!({ "start": 2, "width": "50%", "transition": { "type": "fade", "duration": 1 } });
    let timeline = timeline(&json!([image(&json!({})), image(&small)]));
    let opacities: Vec<_> = timeline.scene(22).layers.iter().map(|layer| layer.opacity).collect();
    assert!((opacities[0] - 0.8).abs() < 1e-9 && (opacities[1] - 0.2).abs() < 1e-9);
}

#[test]
fn a_wipe_uncovers_the_new_block_along_its_direction() {
    let wipe = json!({ "type": "wipe", "duration": 1, "direction": "down" });
    let timeline = timeline(&json!([image(&json!({})), image(&json!({ "start": 2, "transition": wipe }))]));
    let layers = timeline.scene(23).layers;
    assert_eq!(layers[0].masks, []);
    assert_eq!(layers[1].masks[0].shape, MaskShape::Linear { x: 0.0, y: 1.0 });
    assert!((layers[1].masks[0].progress - 0.3).abs() < 1e-9);
}

#[test]
fn black_between_two_blocks_hides_one_at_a_time() {
    let black = json!({ "type": "fadeBlack", "duration": 1 });
    let timeline = timeline(&json!([image(&json!({})), image(&json!({ "start": 2, "transition": black }))]));
    let shown = |frame| (only_layer(&timeline, frame).block, only_layer(&timeline, frame).effects);
    for (frame, block, wanted) in [(22, 0, 0.4), (28, 1, 0.4)] {
        let (found, effects) = shown(frame);
        assert_eq!(found, block);
        assert!(matches!(effects[..], [Effect::Flood { amount, .. }] if (amount - wanted).abs() < 1e-9));
    }
}

#[test]
fn a_transition_alone_says_so_and_one_longer_than_its_block_is_cut() {
    let lonely = timeline(&json!([image(&json!({ "transition": { "type": "iris", "duration": 3 } }))]));
    let codes: Vec<_> = lonely.warnings.iter().map(|warning| warning.code).collect();
    assert_eq!(codes, ["transition_cut", "transition_without_partner"]);
}

#[test]
fn ken_burns_stays_inside_the_picture_and_moves_over_the_whole_block() {
    let timeline = timeline(&json!([image(&json!({ "kenBurns": {
        "from": { "x": 0, "y": 0, "scale": 2 }, "to": { "x": 1, "y": 1, "scale": 4 } } }))]));
    let first = only_layer(&timeline, 0).source_rect;
    assert_eq!((first.x, first.y, first.width, first.height), (0.0, 0.0, 0.5, 0.5));
    let late = only_layer(&timeline, 19).source_rect;
    assert!(late.x + late.width <= 1.0 && late.width < 0.3 && late.x > 0.6);
}

#[test]
fn a_blurred_backdrop_lies_behind_what_is_contained() {
    let layers = timeline(&json!([image(&json!({ "fit": "contain-blur", "width": "30%" }))])).scene(0).layers;
    assert_eq!([layers[0].part, layers[1].part], [LayerPart::Backdrop, LayerPart::Picture]);
    assert!(matches!(layers[0].effects[..], [Effect::Blur { sigma_px }] if (sigma_px - 18.0).abs() < 1e-9));
    assert_eq!(layers[1].effects, []);
}

#[test]
fn speed_and_loops_decide_which_source_time_shows() {
    let video = json!({ "type": "video", "duration": 8, "speed": 2, "loop": 3, "trim": { "start": 1 },
        "source": { "uploadName": "a" } });
    let timeline = timeline(&json!([video]));
    let at = |frame| only_layer(&timeline, frame).source_time.as_secs();
    for (frame, secs) in [(0, 1.0), (10, 3.0), (15, 1.0), (20, 2.0), (45, 4.0), (79, 4.0)] {
        assert!((at(frame) - secs).abs() < 1e-6, "{frame}: {}", at(frame));
    }
}

#[test]
fn media_at_another_speed_lasts_as_long_as_it_takes() {
    let video = json!({ "type": "video", "speed": 0.5, "loop": 2, "source": { "uploadName": "a" } });
    assert_eq!(timeline(&json!([video])).duration, Ticks::from_secs(16.0));
}

#[test]
fn what_stays_in_its_place_is_known_to_do_so() {
    let still = timeline(&json!([image(&json!({ "x": 100, "animations": [{ "type": "fade" }] }))]));
    assert!(still.source_use(0).fixed.is_some());
    for fields in [
        json!({ "x": [{ "time": 0, "value": 0 }, { "time": 1, "value": 9 }] }),
        json!({ "rotation": 90 }),
        json!({ "flip": "vertical" }),
        json!({ "kenBurns": "zoomIn" }),
        json!({ "animations": [{ "type": "slide" }] }),
    ] {
        assert!(timeline(&json!([image(&fields)])).source_use(0).fixed.is_none(), "{fields}");
    }
}
