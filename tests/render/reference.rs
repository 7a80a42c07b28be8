//! What ffmpeg can also do, we do alike: its filter graphs and our templates over the same lossless sources.

use std::path::Path;

use avs_engine::job::RenderContext;
use avs_tests::{Frame, Scratch, decoded_frames, ffmpeg, gpu_context, psnr, render_to, request};
use serde_json::{Value, json};

/// Lowest peak signal-to-noise ratios in dB of luma, Cb and Cr.
const PSNR_MIN: [f64; 3] = [45.0, 42.0, 42.0];

/// Pictures of 1280x720 and 640x360 at 25 fps, and a disc with soft edges.
fn write_sources(scratch: &Scratch) {
    scratch.lossless_video("a.mp4", "testsrc2=s=1280x720:r=25:d=0.6");
    scratch.lossless_video("b.mp4", "testsrc2=s=1280x720:r=25:d=0.6,hue=h=120,hflip");
    scratch.lossless_video("small.mp4", "testsrc2=s=640x360:r=25:d=0.6,vflip");
    // Soft as a lens: ffmpeg's flips take chroma as if it were sited in the middle of its pixels, and its crossfade goes
    // over 4:4:4; at edges of one pixel, which no camera makes, that alone is more than the tolerance.
    for (name, source) in [
        ("soft-a.mp4", "s=1280x720:r=25:d=0.6"),
        ("soft-b.mp4", "s=1280x720:r=25:d=0.6,hue=h=120,hflip"),
        ("soft-small.mp4", "s=640x360:r=25:d=0.6,vflip"),
    ] {
        scratch.lossless_video(name, &format!("testsrc2={source},gblur=sigma=4"));
    }
    let disc = "color=s=200x200:d=1,format=rgba,geq=r=230:g=57:b=70:a='255*clip((96-hypot(X-99.5\\,Y-99.5))/8\\,0\\,1)'";
    ffmpeg(&["-f", "lavfi", "-i", disc, "-frames:v", "1", scratch.file("disc.png").to_str().unwrap()]);
}

/// The frames of a template at 720p and 25 fps, encoded without loss.
fn rendered(context: &mut RenderContext, scratch: &Scratch, blocks: &Value) -> Vec<Frame> {
    let template = json!({ "version": "1", "blocks": blocks });
    let output = json!({ "resolution": "720p", "fps": 25 });
    let mut request = request(template, output, scratch.path(), &scratch.file("ours.mp4"));
    request.crf = Some(0);
    render_to(context, &request).unwrap_or_else(|error| panic!("{error}"));
    decoded_frames(&request.out_path)
}

/// The frames that a filter graph makes of the same files.
fn filtered(scratch: &Scratch, inputs: &[&str], graph: &str) -> Vec<Frame> {
    let out = scratch.file("theirs.mp4");
    let files: Vec<_> = inputs.iter().map(|name| scratch.file(name)).collect();
    let mut args: Vec<&str> = files.iter().flat_map(|path| ["-i", path.to_str().unwrap()]).collect();
    let graph = format!("{graph},format=yuv420p");
    args.extend(["-filter_complex", &graph, "-c:v", "libx264", "-preset", "ultrafast", "-qp", "0"]);
    args.extend(["-r", "25", out.to_str().unwrap()]);
    ffmpeg(&args);
    decoded_frames(&out)
}

/// Compares frame by frame; the message tells which operation differs, and where.
fn difference(name: &str, ours: &[Frame], theirs: &[Frame]) -> Option<String> {
    if ours.len() != theirs.len() {
        return Some(format!("{name}: {} frames, not {}", ours.len(), theirs.len()));
    }
    let worst = ours.iter().zip(theirs).map(|(ours, theirs)| psnr(ours, theirs)).enumerate();
    let short = worst.filter(|(_, found)| found.iter().zip(PSNR_MIN).any(|(found, min)| *found < min));
    let short: Vec<_> = short.map(|(frame, found)| format!("{frame}: {found:.1?}")).collect();
    (!short.is_empty()).then(|| format!("{name}: {}", short.join(", ")))
}

fn full(file: &str) -> Value {
    json!({ "type": "video", "duration": 0.4, "source": { "uploadName": file } })
}

fn with(mut block: Value, fields: &Value) -> Value {
    block.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    block
}

/// Operation, blocks, inputs and graph.
type Operation = (&'static str, Value, &'static [&'static str], &'static str);

#[expect(clippy::too_many_lines, reason = "a table, a few lines for each operation")]
fn still_operations() -> Vec<Operation> {
    let quarter = json!({ "width": "50%", "height": "50%", "x": "10%", "y": "20%", "anchor": "top-left" });
    let disc = json!({ "type": "image", "duration": 0.4, "fit": "fill", "width": 300, "height": 300, "x": "10%", "y": "20%",
        "anchor": "top-left", "source": { "uploadName": "disc.png" } });
    vec![
        (
            "overlay",
            json!([full("a.mp4"), with(full("small.mp4"), &quarter)]),
            &["a.mp4", "small.mp4"],
            "[0][1]overlay=128:144,trim=end=0.4",
        ),
        (
            "alpha of a picture",
            json!([full("a.mp4"), disc]),
            &["a.mp4", "disc.png"],
            "[1]scale=out_color_matrix=bt709:out_range=tv:flags=accurate_rnd,format=yuva420p[o];[0][o]overlay=128:144,trim=end=0.4",
        ),
        (
            "opacity",
            json!([full("a.mp4"), with(full("b.mp4"), &json!({ "opacity": 0.5 }))]),
            &["a.mp4", "b.mp4"],
            "[0][1]blend=all_expr='A*0.5+B*0.5',trim=end=0.4",
        ),
        (
            "scale down",
            json!([with(
                full("a.mp4"),
                &json!({ "width": "50%", "height": "50%", "x": 0, "y": 0, "anchor": "top-left" })
            )]),
            &["a.mp4"],
            "scale=640:360:flags=bicubic+accurate_rnd:in_h_chr_pos=0:out_h_chr_pos=0,pad=1280:720:0:0:black,trim=end=0.4",
        ),
        (
            "scale up",
            json!([full("small.mp4")]),
            &["small.mp4"],
            "scale=1280:720:flags=bicubic+accurate_rnd:in_h_chr_pos=0:out_h_chr_pos=0,trim=end=0.4",
        ),
        (
            "crop",
            json!([with(
                full("a.mp4"),
                &json!({ "fit": "fill", "crop": { "left": 0.25, "right": 0.25, "top": 0.25, "bottom": 0.25 } })
            )]),
            &["a.mp4"],
            "crop=640:360:320:180,scale=1280:720:flags=bicubic+accurate_rnd:in_h_chr_pos=0:out_h_chr_pos=0,trim=end=0.4",
        ),
        (
            "rotate by 90",
            json!([with(
                full("soft-small.mp4"),
                &json!({ "width": "50%", "height": "50%", "rotation": 90 })
            )]),
            &["soft-small.mp4"],
            "transpose=1,pad=1280:720:460:40:black,trim=end=0.4",
        ),
        (
            "rotate by 180",
            json!([with(full("soft-a.mp4"), &json!({ "rotation": 180 }))]),
            &["soft-a.mp4"],
            "hflip,vflip,trim=end=0.4",
        ),
        (
            "flip",
            json!([with(full("soft-a.mp4"), &json!({ "flip": "horizontal" }))]),
            &["soft-a.mp4"],
            "hflip,trim=end=0.4",
        ),
    ]
}

fn timed_operations() -> Vec<Operation> {
    let after = |transition: Value| {
        json!([full("soft-a.mp4"), { "type": "video", "start": 0.2, "duration": 0.4, "source": { "uploadName": "soft-b.mp4" },
            "transition": transition }])
    };
    vec![
        (
            "fade",
            json!([with(
                full("a.mp4"),
                &json!({ "animations": [{ "type": "fade", "duration": 0.4, "easing": "linear" }] })
            )]),
            &["a.mp4"],
            "trim=end=0.4,fade=in:0:10",
        ),
        (
            "xfade fade",
            after(json!({ "type": "fade", "duration": 0.2 })),
            &["soft-a.mp4", "soft-b.mp4"],
            "[0]trim=end=0.4[a];[1]trim=end=0.4[b];[a][b]xfade=transition=fade:duration=0.2:offset=0.2",
        ),
        (
            "xfade slideleft",
            after(json!({ "type": "push", "duration": 0.16, "direction": "left" })),
            &["soft-a.mp4", "soft-b.mp4"],
            "[0]trim=end=0.4[a];[1]trim=end=0.4[b];[a][b]xfade=transition=slideleft:duration=0.16:offset=0.2",
        ),
        (
            "trim",
            json!([with(full("a.mp4"), &json!({ "trim": { "start": 0.2 } }))]),
            &["a.mp4"],
            "trim=start=0.2,setpts=PTS-STARTPTS",
        ),
        (
            "setpts",
            json!([with(full("a.mp4"), &json!({ "speed": 2, "duration": 0.28 }))]),
            &["a.mp4"],
            "setpts=PTS/2,fps=25,trim=end=0.28",
        ),
    ]
}

#[track_caller]
fn assert_like_ffmpeg(operations: &[Operation]) {
    let Some(mut context) = gpu_context() else { return };
    let scratch = Scratch::default();
    write_sources(&scratch);
    let compared = operations.iter().filter_map(|(name, blocks, inputs, graph)| {
        let ours = rendered(&mut context, &scratch, blocks);
        difference(name, &ours, &filtered(&scratch, inputs, graph))
    });
    let differing: Vec<_> = compared.collect();
    assert!(differing.is_empty(), "{differing:#?}");
}

#[test]
fn placing_scaling_cropping_turning_and_alpha_are_those_of_ffmpeg() {
    assert_like_ffmpeg(&still_operations());
}

#[test]
fn fades_crossfades_trims_and_speeds_are_those_of_ffmpeg() {
    assert_like_ffmpeg(&timed_operations());
}

/// Mean PSNR of each plane over all frames.
fn mean_psnr(frames: &[Frame], source: &[Frame]) -> [f64; 3] {
    assert_eq!(frames.len(), source.len());
    let sums = frames.iter().zip(source).map(|(frame, source)| psnr(frame, source));
    sums.fold([0.0; 3], |sum, found| [0, 1, 2].map(|plane| sum[plane] + found[plane] / frames.len() as f64))
}

#[test]
fn untouched_video_keeps_as_much_of_every_plane_as_ffmpegs_transcode_does() {
    /// dB.
    const TOLERANCE: f64 = 0.1;
    let Some(mut context) = gpu_context() else { return };
    let scratch = Scratch::default();
    let source = scratch.lossless_video("a.mp4", "testsrc2=s=1280x720:r=25:d=2,noise=alls=12:allf=t");
    let template =
        json!({ "version": "1", "blocks": [{ "type": "video", "source": { "uploadName": "a.mp4" } }] });
    let output = json!({ "resolution": "720p", "fps": 25 });
    let mut request = request(template, output, scratch.path(), &scratch.file("ours.mp4"));
    (request.crf, request.preset) = (Some(23), Some("veryfast".into()));
    render_to(&mut context, &request).unwrap();
    let theirs = scratch.file("theirs.mp4");
    transcode(&source, &theirs);
    let source = decoded_frames(&source);
    let (ours, theirs) = (
        mean_psnr(&decoded_frames(&request.out_path), &source),
        mean_psnr(&decoded_frames(&theirs), &source),
    );
    for plane in 0..3 {
        assert!(ours[plane] >= theirs[plane] - TOLERANCE, "ours {ours:.2?}, ffmpeg {theirs:.2?}");
    }
}

fn transcode(source: &Path, out: &Path) {
    ffmpeg(&[
        "-i",
        source.to_str().unwrap(),
        "-c:v",
        "libx264",
        "-preset",
        "veryfast",
        "-crf",
        "23",
        out.to_str().unwrap(),
    ]);
}
