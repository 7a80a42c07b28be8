//! Masks and rounded corners on the device against their twins on the CPU, pixel by pixel.

use std::collections::BTreeMap;

use avs_engine::color::reference::{mask_coverage, rounded_box_coverage};
use avs_template::{Mask, MediaFacts, OutputSpec, Pointer, Template, Timeline};
use avs_tests::{Scratch, ffmpeg, gpu_context, still_of};
use serde_json::{Value, json};

/// Code values of luma: 32-bit floats against 64-bit ones, and one rounding.
const TOLERANCE: f64 = 2.0;

/// Pixels of a million that may differ more: where a hard edge falls on the middle of a pixel, either side is right.
const ON_THE_EDGE_MAX: f64 = 2000.0;

const SIZE: (usize, usize) = (854, 480);

fn white(scratch: &Scratch) {
    ffmpeg(&[
        "-f",
        "lavfi",
        "-i",
        "color=white:s=64x36",
        "-frames:v",
        "1",
        scratch.file("white.png").to_str().unwrap(),
    ]);
}

/// The masks of the only layer at a time.
fn masks_at(template: &Value, secs: f64) -> Vec<Mask> {
    let template = Template::from_value(template, &Pointer::root()).unwrap();
    let output = OutputSpec::from_value(&json!({ "quality": "draft" }), &Pointer::root()).unwrap();
    let facts = MediaFacts { size: Some((64, 36)), ..MediaFacts::default() };
    let facts = BTreeMap::from([("white.png".to_owned(), facts)]);
    let timeline = Timeline::new(&template, &facts, &output).unwrap();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small frame number")]
    let scene = timeline.scene((secs * 30.0).round() as u64);
    scene.layers[0].masks.clone()
}

/// Pixels in a million whose luma is not what `coverage` of white on black gives.
fn differing(luma: &[u8], coverage: impl Fn(f64, f64) -> f64) -> f64 {
    let (width, _) = SIZE;
    let wrong = luma.iter().enumerate().filter(|(index, code)| {
        let shown = coverage((index % width) as f64 + 0.5, (index / width) as f64 + 0.5);
        (16.0 + 219.0 * shown - f64::from(**code)).abs() > TOLERANCE
    });
    wrong.count() as f64 * 1e6 / luma.len() as f64
}

#[test]
fn the_mask_of_every_transition_is_drawn_as_its_twin_says() {
    let Some(mut context) = gpu_context() else { return };
    let scratch = Scratch::default();
    white(&scratch);
    let mut wrong = Vec::new();
    for kind in ["wipe", "iris", "clockWipe", "radial", "barnDoor", "dissolve"] {
        for direction in ["left", "right", "up", "down"] {
            let has_direction = matches!(kind, "wipe" | "barnDoor");
            if !has_direction && direction != "left" {
                continue;
            }
            let mut transition = json!({ "type": kind, "duration": 1 });
            if has_direction {
                transition["direction"] = json!(direction);
            }
            let template = json!({ "version": "1", "blocks": [{ "type": "image", "duration": 2, "fit": "fill",
                "source": { "uploadName": "white.png" }, "transition": transition }] });
            for secs in [0.1, 0.3, 0.7] {
                let masks = masks_at(&template, secs);
                assert!(!masks.is_empty(), "{kind} has no mask");
                let drawn = still_of(
                    &mut context,
                    template.clone(),
                    json!({ "quality": "draft" }),
                    scratch.path(),
                    secs,
                );
                let coverage = |x: f64, y: f64| masks.iter().map(|mask| mask_coverage(mask, x, y)).product();
                let share = differing(&drawn.luma, coverage);
                if share > ON_THE_EDGE_MAX {
                    wrong.push(format!("{kind} {direction} at {secs}: {share:.0} in a million"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn rounded_corners_are_drawn_as_their_twin_says() {
    let Some(mut context) = gpu_context() else { return };
    let scratch = Scratch::default();
    white(&scratch);
    for radius in [20.0, 90.0] {
        let template = json!({ "version": "1", "blocks": [{ "type": "image", "duration": 1, "fit": "fill", "width": 900,
            "height": 450, "cornerRadius": radius, "source": { "uploadName": "white.png" } }] });
        let drawn = still_of(&mut context, template, json!({ "quality": "draft" }), scratch.path(), 0.0);
        // Reference pixels: the short side is 1080.
        let scale = SIZE.1 as f64 / 1080.0;
        let share = differing(&drawn.luma, |x, y| {
            let from_middle = (x - SIZE.0 as f64 / 2.0, y - SIZE.1 as f64 / 2.0);
            rounded_box_coverage(from_middle, (900.0 * scale, 450.0 * scale), radius * scale)
        });
        assert!(share <= ON_THE_EDGE_MAX, "radius {radius}: {share:.0} in a million");
    }
}
