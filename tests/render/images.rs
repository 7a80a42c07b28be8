//! Images of every format: in their colours, upright, with their alpha and their own movement.

use avs_engine::job::RenderContext;
use avs_tests::{Scratch, ffmpeg, gpu_context, rgb_at, still_of};
use serde_json::json;

/// R'G'B' in the middle of a part of an image that fills the frame.
fn color_at(
    context: &mut RenderContext,
    scratch: &Scratch,
    name: &str,
    at: (f64, f64),
    secs: f64,
) -> [f64; 3] {
    let template = json!({ "version": "1", "background": "#0000ff", "blocks": [
        { "type": "image", "duration": 5, "fit": "fill", "source": { "uploadName": name } } ] });
    rgb_at(&still_of(context, template, json!({ "quality": "draft" }), scratch.path(), secs), at)
}

#[track_caller]
fn assert_near(found: [f64; 3], wanted: [f64; 3], tolerance: f64, what: &str) {
    let near = found.iter().zip(wanted).all(|(found, wanted)| (found - wanted).abs() <= tolerance);
    assert!(near, "{what}: {found:.0?}, not {wanted:.0?}");
}

/// Red above, green below on the left; grey on the right.
const PICTURE: &str = "color=gray:s=320x180:d=0.04,format=rgba,geq=r='if(lt(X,160),if(lt(Y,90),200,20),128)':g='if(lt(X,160),if(lt(Y,90),30,180),128)':b='if(lt(X,160),40,128)':a=255";

const PLACES: [((f64, f64), [f64; 3]); 3] =
    [((0.25, 0.25), [200.0, 30.0, 40.0]), ((0.25, 0.75), [20.0, 180.0, 40.0]), ((0.75, 0.5), [128.0; 3])];

fn picture(scratch: &Scratch, name: &str, args: &[&str]) {
    let path = scratch.file(name);
    ffmpeg(
        &[&["-f", "lavfi", "-i", PICTURE, "-frames:v", "1"][..], args, &[path.to_str().unwrap()]].concat(),
    );
}

#[test]
fn every_still_format_is_drawn_in_its_colours() {
    let Some(mut context) = gpu_context() else { return };
    let scratch = Scratch::default();
    let cases: [(&str, &[&str], f64); 9] = [
        ("rgb.png", &["-pix_fmt", "rgb24"], 3.0),
        ("deep.png", &["-pix_fmt", "rgb48be"], 3.0),
        ("deep-alpha.png", &["-pix_fmt", "rgba64be"], 3.0),
        ("palette.png", &["-vf", "split[a][b];[a]palettegen[p];[b][p]paletteuse=dither=none"], 4.0),
        ("a.jpg", &["-pix_fmt", "yuvj420p", "-q:v", "2"], 6.0),
        ("full.jpg", &["-pix_fmt", "yuvj444p", "-q:v", "2"], 6.0),
        ("lossy.webp", &["-c:v", "libwebp", "-quality", "95"], 6.0),
        ("lossless.webp", &["-c:v", "libwebp", "-lossless", "1"], 3.0),
        ("still.gif", &["-vf", "split[a][b];[a]palettegen[p];[b][p]paletteuse=dither=none"], 4.0),
    ];
    for (name, args, tolerance) in cases {
        picture(&scratch, name, args);
        for (at, wanted) in PLACES {
            assert_near(color_at(&mut context, &scratch, name, at, 0.0), wanted, tolerance, name);
        }
    }
}

#[test]
fn heic_and_avif_are_drawn_in_their_colours() {
    let Some(mut context) = gpu_context() else { return };
    let scratch = Scratch::default();
    picture(&scratch, "source.png", &["-pix_fmt", "rgb24"]);
    for (name, args) in [("a.heic", &["-q", "90"][..]), ("a.avif", &["-A", "-q", "90"])] {
        let (from, into) = (scratch.file("source.png"), scratch.file(name));
        let output =
            std::process::Command::new("heif-enc").args(args).arg(from).arg("-o").arg(into).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        for (at, wanted) in PLACES {
            assert_near(color_at(&mut context, &scratch, name, at, 0.0), wanted, 6.0, name);
        }
    }
}

#[test]
fn a_jpeg_of_printing_inks_is_drawn_in_its_colours() {
    let Some(mut context) = gpu_context() else { return };
    let scratch = Scratch::default();
    // Cyan, magenta, yellow and black as fractions of 255 of ink.
    let (inks, side) = ([40_u8, 200, 220, 30], 64_u16);
    let texels: Vec<u8> = inks.repeat(usize::from(side) * usize::from(side));
    let encoder = jpeg_encoder::Encoder::new_file(scratch.file("inks.jpg"), 95).unwrap();
    encoder.encode(&texels, side, side, jpeg_encoder::ColorType::Cmyk).unwrap();
    let wanted = [0, 1, 2].map(|ink| {
        let left = |ink: u8| 255.0 - f64::from(ink);
        left(inks[ink]) * left(inks[3]) / 255.0
    });
    assert_near(color_at(&mut context, &scratch, "inks.jpg", (0.5, 0.5), 0.0), wanted, 8.0, "CMYK");
}

#[test]
fn alpha_of_images_lets_what_is_below_show() {
    let Some(mut context) = gpu_context() else { return };
    let scratch = Scratch::default();
    let half =
        "color=red:s=320x180:d=0.04,format=rgba,geq=r=255:g=0:b=0:a='if(lt(X,107),255,if(lt(X,213),128,0))'";
    for (name, args) in [
        ("a.png", &[][..]),
        ("deep.png", &["-pix_fmt", "rgba64be"]),
        ("a.webp", &["-c:v", "libwebp", "-lossless", "1"]),
    ] {
        let path = scratch.file(name);
        ffmpeg(
            &[&["-f", "lavfi", "-i", half, "-frames:v", "1"][..], args, &[path.to_str().unwrap()]].concat(),
        );
        for (x, wanted) in [(0.15, [255.0, 0.0, 0.0]), (0.5, [128.0, 0.0, 127.0]), (0.85, [0.0, 0.0, 255.0])]
        {
            assert_near(color_at(&mut context, &scratch, name, (x, 0.5), 0.0), wanted, 4.0, name);
        }
    }
}

#[test]
fn animated_gif_webp_and_apng_play_in_their_own_time_again_and_again() {
    let Some(mut context) = gpu_context() else { return };
    let scratch = Scratch::default();
    let colors =
        "color=red:s=64x36:r=2:d=1.5,format=rgb24,geq=r='255*eq(N,0)':g='255*eq(N,1)':b='255*eq(N,2)'";
    let cases: [(&str, &[&str]); 3] = [
        ("a.gif", &["-loop", "0"]),
        ("a.webp", &["-c:v", "libwebp_anim", "-lossless", "1", "-loop", "0"]),
        ("a.png", &["-f", "apng", "-plays", "0"]),
    ];
    for (name, args) in cases {
        let path = scratch.file(name);
        ffmpeg(&[&["-f", "lavfi", "-i", colors][..], args, &[path.to_str().unwrap()]].concat());
        let (red, green, blue) = ([255.0, 0.0, 0.0], [0.0, 255.0, 0.0], [0.0, 0.0, 255.0]);
        for (secs, wanted) in [(0.25, red), (0.75, green), (1.25, blue), (1.75, red), (4.25, blue)] {
            let found = color_at(&mut context, &scratch, name, (0.5, 0.5), secs);
            assert_near(found, wanted, 6.0, &format!("{name} at {secs} s"));
        }
    }
}
