//! Blend modes and filters on the device against the standards' formulas, computed on the CPU.

use avs_engine::color::CodedPicture;
use avs_engine::color::blend::blended;
use avs_engine::color::reference::rgb_from_picture;
use avs_engine::job::RenderContext;
use avs_tests::showcase::BLEND_MODES;
use avs_tests::{Scratch, gpu_context, still_of};
use serde_json::{Value, json};

/// Backdrops and sources: both sides of every threshold in the formulas, and greys.
const PAIRS: [([u8; 3], [u8; 3]); 6] = [
    ([40, 90, 200], [230, 120, 60]),
    ([230, 120, 60], [40, 90, 200]),
    ([30, 30, 30], [200, 200, 200]),
    ([128, 60, 200], [128, 128, 128]),
    ([250, 250, 240], [20, 60, 40]),
    ([10, 200, 100], [250, 10, 10]),
];

/// Code values of 0 to 255: two roundings to 8-bit Y'CbCr lie between what goes in and what is read, each worth up to
/// 1.8 in blue (BT.709's factor for Cb), and steep formulas such as dodge and burn multiply the first.
const TOLERANCE: f64 = 6.0;

fn hex([r, g, b]: [u8; 3]) -> String {
    format!("#{r:02x}{g:02x}{b:02x}")
}

fn middle_of(picture: &CodedPicture) -> [f64; 3] {
    let at = ((picture.height_px / 2 * picture.width_px + picture.width_px / 2) * 3) as usize;
    let rgb = rgb_from_picture(picture);
    [rgb[at], rgb[at + 1], rgb[at + 2]].map(f64::from)
}

/// A picture of one colour in front of another: SVG has exactly the colours that it says.
fn over(
    context: &mut RenderContext,
    scratch: &Scratch,
    colors: ([u8; 3], [u8; 3]),
    fields: &Value,
) -> [f64; 3] {
    let svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"64\" height=\"36\"><rect width=\"64\" height=\"36\" fill=\"{}\"/></svg>",
        hex(colors.1)
    );
    std::fs::write(scratch.file("plain.svg"), svg).unwrap();
    let mut block = json!({ "type": "image", "duration": 1, "source": { "uploadName": "plain.svg" } });
    block.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    let template = json!({ "version": "1", "background": hex(colors.0), "blocks": [block] });
    middle_of(&still_of(context, template, json!({ "quality": "draft" }), scratch.path(), 0.5))
}

#[track_caller]
fn assert_near(found: [f64; 3], wanted: [f64; 3], what: &str) {
    let near = found.iter().zip(wanted).all(|(found, wanted)| (found - wanted).abs() <= TOLERANCE);
    assert!(near, "{what}: {found:?} is not {wanted:?}");
}

#[test]
fn blend_modes_are_those_of_the_standard() {
    let Some(mut context) = gpu_context() else { return };
    let scratch = Scratch::default();
    for (number, mode) in (0..).zip(["normal"].into_iter().chain(BLEND_MODES)) {
        for (backdrop, source) in PAIRS {
            // Where a formula divides by nearly nothing, the roundings decide.
            let steep = matches!(mode, "color-dodge" | "color-burn");
            let unit = |color: [u8; 3]| color.map(|value| f64::from(value) / 255.0);
            let wanted = blended(number, unit(backdrop), unit(source)).map(|value| value * 255.0);
            let edge = |value: &f64| (1.0..254.0).contains(value);
            if steep && wanted.iter().any(edge) {
                continue;
            }
            let found = over(&mut context, &scratch, (backdrop, source), &json!({ "blendMode": mode }));
            assert_near(
                found,
                wanted.map(|value| value.clamp(0.0, 255.0)),
                &format!("{mode} {backdrop:?} {source:?}"),
            );
        }
    }
}

#[test]
fn filters_are_those_of_the_standard() {
    let Some(mut context) = gpu_context() else { return };
    let scratch = Scratch::default();
    let color = [200_u8, 120, 60];
    let c = color.map(f64::from);
    let weighted = |w: [f64; 3]| w[0] * c[0] + w[1] * c[1] + w[2] * c[2];
    // Filter Effects Module Level 1, section 8; grey by BT.709's luma.
    let (grey, light) = (weighted([0.2126, 0.7152, 0.0722]), weighted([0.213, 0.715, 0.072]));
    let sepia = [[0.393, 0.769, 0.189], [0.349, 0.686, 0.168], [0.272, 0.534, 0.131]].map(weighted);
    // A turn by 180 degrees: cos -1, sin 0.
    let turned = c.map(|value| 2.0 * light - value);
    let cases = [
        ("brightness", 0.5, c.map(|value| value * 0.5)),
        ("contrast", 0.5, c.map(|value| (value - 127.5) * 0.5 + 127.5)),
        ("saturate", 0.5, c.map(|value| light + (value - light) * 0.5)),
        ("hueRotate", 180.0, turned),
        ("grayscale", 1.0, [grey; 3]),
        ("sepia", 1.0, sepia),
        ("invert", 1.0, c.map(|value| 255.0 - value)),
        ("blur", 50.0, c),
        ("sharpen", 4.0, c),
    ];
    for (kind, amount, wanted) in cases {
        let fields = json!({ "filters": [{ "type": kind, "amount": amount }] });
        let found = over(&mut context, &scratch, ([0, 0, 0], color), &fields);
        assert_near(found, wanted.map(|value| value.clamp(0.0, 255.0)), kind);
    }
}
