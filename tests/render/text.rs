//! Text: as sharp at any scale, in the family that was asked for, its colours exact.

use avs_engine::color::CodedPicture;
use avs_engine::job::RenderContext;
use avs_tests::{Scratch, gpu_context, rgb_at, still_of};
use serde_json::{Value, json};

/// Mean difference of luma code values between two drawings that should look the same: subpixel places differ.
const ALIKE_MAX: f64 = 0.6;

fn drawn(context: &mut RenderContext, fields: &Value) -> CodedPicture {
    let scratch = Scratch::default();
    let mut block = json!({ "type": "text", "duration": 2, "text": "Sharp text 😀" });
    block.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    let template = json!({ "version": "1", "blocks": [block] });
    still_of(context, template, json!({ "quality": "draft" }), scratch.path(), 1.0)
}

fn difference(a: &CodedPicture, b: &CodedPicture) -> f64 {
    let apart: u64 = a.luma.iter().zip(&b.luma).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    apart as f64 / a.luma.len() as f64
}

#[test]
fn a_text_scaled_by_three_is_as_large_and_as_sharp_as_one_of_three_times_the_size() {
    let Some(mut context) = gpu_context() else { return };
    let large = drawn(&mut context, &json!({ "font": { "size": 150 } }));
    let nothing = drawn(&mut context, &json!({ "text": " " }));
    let scaled = drawn(&mut context, &json!({ "font": { "size": 50 }, "scale": 3 }));
    let growing = [
        { json!({ "time": 0, "value": 1 }) },
        json!({ "time": 1, "value": 3 }),
        json!({ "time": 2, "value": 3 }),
    ];
    let moved = drawn(&mut context, &json!({ "font": { "size": 50 }, "scale": growing }));
    let shrunk = drawn(&mut context, &json!({ "font": { "size": 240 }, "scale": 0.625 }));
    assert!(difference(&large, &nothing) > 4.0, "the text is seen");
    for (name, other) in [("scale 3", scaled), ("keyframes", moved), ("scale 0.625", shrunk)] {
        let apart = difference(&large, &other);
        assert!(apart < ALIKE_MAX, "{name}: {apart}");
    }
}

#[test]
fn a_weight_that_a_family_lacks_is_its_nearest_one_and_no_other_family() {
    let Some(mut context) = gpu_context() else { return };
    let font = |weight: u16| json!({ "text": "Weights", "font": { "family": "DejaVu Serif", "size": 150, "weight": weight } });
    let (book, bold) = (drawn(&mut context, &font(400)), drawn(&mut context, &font(700)));
    assert!(difference(&book, &bold) > 0.5);
    assert!(difference(&drawn(&mut context, &font(600)), &bold) == 0.0);
    assert!(difference(&drawn(&mut context, &font(300)), &book) == 0.0);
}

#[test]
fn emoji_are_coloured_beside_letters_of_any_weight() {
    let Some(mut context) = gpu_context() else { return };
    for weight in [100, 400, 600, 900] {
        let picture = drawn(
            &mut context,
            &json!({ "text": "😀", "color": "#ffffff", "font": { "size": 300, "weight": weight } }),
        );
        let [red, green, blue] = rgb_at(&picture, (0.44, 0.52));
        assert!(
            red > 180.0 && green > 120.0 && blue < 120.0,
            "weight {weight}: {red:.0} {green:.0} {blue:.0}"
        );
    }
}

#[test]
fn mid_grey_text_is_mid_grey_in_the_decoded_video() {
    let Some(mut context) = gpu_context() else { return };
    let scratch = Scratch::default();
    let template = json!({ "version": "1", "background": "#808080", "blocks": [
        { "type": "text", "duration": 0.2, "text": "███", "color": "#808080", "font": { "family": "DejaVu Sans Mono", "size": 300 } } ] });
    let mut request =
        avs_tests::request(template, json!({ "quality": "draft" }), scratch.path(), &scratch.file("out.mp4"));
    request.crf = Some(0);
    avs_tests::render_to(&mut context, &request).unwrap();
    let frame = &avs_tests::decoded_frames(&request.out_path)[0];
    // 128 within 1 of R'G'B' is luma 126 (16 + 219 x 128 / 255 = 125.9) and chroma 128.
    let middle = 240 * 854 + 427;
    assert_eq!((frame.luma[middle], frame.chroma[(middle / 2) & !1], frame.luma[0]), (126, 128, 126));
}
