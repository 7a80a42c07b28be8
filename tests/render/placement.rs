//! What the CPU draws in a frame's memory is what the device would have drawn: the same templates, placed either way.

use avs_engine::color::CodedPicture;
use avs_engine::compositor::Costs;
use avs_engine::job::RenderContext;
use avs_tests::{Scratch, ffmpeg, gpu_context, still_of};
use serde_json::{Value, json};

/// Code values by which single pixels may differ where colours change fast: weights have seven bits on one side, eight on
/// the other.
const TOLERANCE: u8 = 6;
/// And all of them in the mean.
const MEAN_TOLERANCE: f64 = 0.5;

fn blocks(blocks: &Value) -> Value {
    json!({ "version": "1", "background": "#305070", "blocks": blocks })
}

/// Templates of everything that the CPU draws.
fn cases() -> Vec<(&'static str, Value)> {
    let clip =
        json!({ "type": "video", "duration": 2, "muted": true, "source": { "uploadName": "clip.mp4" } });
    let with = |mut block: Value, fields: &Value| {
        let (block_fields, fields) = (block.as_object_mut().unwrap(), fields.as_object().unwrap());
        block_fields.extend(fields.clone());
        block
    };
    let photo = json!({ "type": "image", "duration": 2, "source": { "uploadName": "photo.png" } });
    let logo = json!({ "type": "image", "duration": 2, "source": { "uploadName": "logo.png" } });
    let journey = json!({ "kenBurns": { "from": { "x": 0.4, "y": 0.5, "scale": 1.05 },
        "to": { "x": 0.6, "y": 0.4, "scale": 1.4 }, "easing": "linear" } });
    let corner = json!({ "width": 320, "height": 180, "x": 300, "y": 200 });
    vec![
        ("video and text", blocks(&json!([clip, { "type": "text", "duration": 2, "text": "Now shipping" }]))),
        ("opacity of a video", blocks(&json!([photo, with(clip.clone(), &json!({ "opacity": 0.4 }))]))),
        ("video in a corner", blocks(&json!([with(clip.clone(), &corner)]))),
        ("alpha", blocks(&json!([clip, with(logo.clone(), &json!({ "opacity": 0.7, "x": 401, "y": 333 }))]))),
        ("journey", blocks(&json!([with(photo.clone(), &journey)]))),
        ("journey over a video", {
            let faded = with(with(photo.clone(), &journey), &json!({ "opacity": 0.5 }));
            blocks(&json!([clip, faded]))
        }),
        (
            "zoom",
            blocks(&json!([with(
                photo,
                &json!({ "scale": [{ "time": 0, "value": 1 },
            { "time": "100%", "value": 2 }] })
            )])),
        ),
        ("above what the device draws", {
            let turned = with(clip.clone(), &json!({ "rotation": 20, "scale": 0.5 }));
            blocks(&json!([clip, turned, logo, { "type": "text", "duration": 2, "text": "Above" }]))
        }),
    ]
}

fn drawn(
    context: &mut RenderContext,
    costs: &'static Costs,
    template: &Value,
    scratch: &Scratch,
) -> CodedPicture {
    context.costs = costs;
    still_of(context, template.clone(), json!({ "resolution": "720p" }), scratch.path(), 0.7)
}

#[test]
fn the_cpu_draws_what_the_device_draws() {
    let Some(mut context) = gpu_context() else { return };
    let scratch = Scratch::default();
    // Soft pictures: on hard edges a linear sample of eight bits and one of floats part company.
    scratch.lossless_video("clip.mp4", "testsrc2=s=1280x720:r=30:d=2,gblur=sigma=3");
    let make = |name: &str, source: &str| {
        let path = scratch.file(name);
        ffmpeg(&["-f", "lavfi", "-i", source, "-frames:v", "1", path.to_str().unwrap()]);
    };
    make("photo.png", "mandelbrot=s=1920x1080,gblur=sigma=2,format=rgb24");
    make("logo.png", "color=c=0xf97316:s=200x120,format=rgba,geq=r='X':g='Y':b='128':a='X+Y/2'");
    for (name, template) in cases() {
        let host = drawn(&mut context, &Costs::SOFTWARE, &template, &scratch);
        let device = drawn(&mut context, &Costs::GPU, &template, &scratch);
        for (plane, host, device) in
            [("luma", &host.luma, &device.luma), ("chroma", &host.chroma, &device.chroma)]
        {
            let apart = host.iter().zip(device).map(|(host, device)| host.abs_diff(*device));
            let (worst, sum) = apart.fold((0, 0), |(worst, sum), d| (d.max(worst), sum + u64::from(d)));
            let mean = sum as f64 / host.len() as f64;
            assert!(
                worst <= TOLERANCE && mean < MEAN_TOLERANCE,
                "{name}, {plane}: {worst} at most, {mean} in the mean"
            );
        }
    }
}
