//! The scenes that have a golden image.

use avs_tests::{Scratch, gpu_context, still_of};
use serde_json::json;

use crate::compare::Golden;

fn draft(aspect: &str) -> serde_json::Value {
    json!({ "quality": "draft", "aspectRatio": aspect })
}

#[test]
fn text_stands_in_the_middle_over_the_background() {
    let Some(mut context) = gpu_context() else { return };
    let template = json!({ "version": "1", "background": "#101828", "blocks": [
        { "type": "text", "duration": 1, "text": "Now shipping\nworldwide", "color": "#ffd166",
          "font": { "size": 120, "weight": 800 } } ] });
    let scratch = Scratch::default();
    let drawn = still_of(&mut context, template, draft("16:9"), scratch.path(), 0.5);
    Golden {
        name: "text-centred",
        description: "two centred lines of bold yellow Inter, 'Now shipping' and 'worldwide', on near-black blue",
        window_difference_max: 4.0,
    }
    .assert_shows(&drawn);
}

#[test]
fn scripts_and_emoji_are_shaped_and_ordered() {
    let Some(mut context) = gpu_context() else { return };
    let template = json!({ "version": "1", "background": "#ffffff", "blocks": [
        { "type": "text", "duration": 1, "text": "Grüße שלום\nمرحبا नमस्ते 🎉", "color": "#101828", "align": "right",
          "font": { "size": 110 }, "position": "right" } ] });
    let scratch = Scratch::default();
    let drawn = still_of(&mut context, template, draft("1:1"), scratch.path(), 0.5);
    Golden {
        name: "text-scripts",
        description: "right-aligned: German and Hebrew above, joined Arabic, Devanagari and a colour party popper below",
        window_difference_max: 4.0,
    }
    .assert_shows(&drawn);
}

#[test]
fn layers_stack_with_fit_position_and_opacity() {
    let Some(mut context) = gpu_context() else { return };
    let scratch = Scratch::default();
    scratch.lossless_video("bars.mp4", "smptebars=s=640x480:r=30:d=0.2");
    let png = scratch.file("disc.png");
    avs_tests::ffmpeg(&[
        "-f",
        "lavfi",
        "-i",
        "color=c=red:s=200x200,format=rgba,geq=r=230:g=57:b=70:a='255*lt(hypot(X-100\\,Y-100)\\,96)'",
        "-frames:v",
        "1",
        png.to_str().unwrap(),
    ]);
    let template = json!({ "version": "1", "background": "#264653", "blocks": [
        { "type": "video", "duration": 0.2, "fit": "contain", "source": { "uploadName": "bars.mp4" } },
        { "type": "image", "opacity": 0.6, "x": "75%", "y": "50%", "width": 601, "height": 601, "fit": "contain",
          "source": { "uploadName": "disc.png" } },
        { "type": "text", "text": "On top", "position": "bottom", "font": { "size": 90, "weight": 700 } },
    ] });
    let drawn = still_of(&mut context, template, draft("16:9"), scratch.path(), 0.1);
    Golden {
        name: "layers-stacked",
        description: "colour bars pillarboxed on teal, a translucent red disc right of the middle, 'On top' below",
        window_difference_max: 4.0,
    }
    .assert_shows(&drawn);
}
