//! Files as cameras, screen recorders and editors make them: each comes out upright, in its colours, in time.

use avs_engine::job::RenderContext;
use avs_engine::media::probe;
use avs_tests::{
    Frame, Scratch, decoded_frames, ffmpeg, gpu_context, psnr, render_to, request, rgb_at, still_of,
};
use serde_json::{Value, json};

/// Encodes ffmpeg's test picture: 320x180, 25 fps, one second.
fn encoded(scratch: &Scratch, name: &str, filters: &str, args: &[&str]) {
    let source = format!("testsrc2=s=320x180:r=25:d=1{filters}");
    let path = scratch.file(name);
    let mut all = vec!["-f", "lavfi", "-i", &source];
    all.extend(args);
    all.push(path.to_str().unwrap());
    ffmpeg(&all);
}

fn filling(name: &str) -> Value {
    json!({ "version": "1", "blocks": [
        { "type": "video", "duration": 1, "fit": "fill", "source": { "uploadName": name } } ] })
}

/// R'G'B' in the middle of a part of the frame, given in fractions.
fn color_at(context: &mut RenderContext, scratch: &Scratch, template: &Value, at: (f64, f64)) -> [f64; 3] {
    let picture = still_of(context, template.clone(), json!({ "quality": "draft" }), scratch.path(), 0.48);
    rgb_at(&picture, at)
}

#[track_caller]
fn assert_near(found: [f64; 3], wanted: [f64; 3], tolerance: f64, what: &str) {
    let near = found.iter().zip(wanted).all(|(found, wanted)| (found - wanted).abs() <= tolerance);
    assert!(near, "{what}: {found:.0?}, not {wanted:.0?}");
}

/// The bars of the test picture below its moving parts, from left to right.
const BARS: [[f64; 3]; 6] = [
    [255.0, 0.0, 0.0],
    [0.0, 255.0, 0.0],
    [255.0, 255.0, 0.0],
    [0.0, 0.0, 255.0],
    [255.0, 0.0, 255.0],
    [0.0, 255.0, 255.0],
];

#[test]
#[expect(clippy::too_many_lines, reason = "a table, a few lines for each format")]
fn every_codec_and_container_that_is_listed_is_drawn_in_its_colours() {
    let Some(mut context) = gpu_context() else { return };
    let scratch = Scratch::default();
    let converted = ",format=gbrp,scale=out_color_matrix=bt709:out_range=tv,format=yuv444p,setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709";
    let x264 = ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "10"];
    let cases: [(&str, &[&str]); 16] = [
        ("h264.mp4", &[&x264[..], &["-pix_fmt", "yuv420p"]].concat()),
        ("h264.mkv", &[&x264[..], &["-pix_fmt", "yuv420p"]].concat()),
        ("h264.ts", &[&x264[..], &["-pix_fmt", "yuv420p"]].concat()),
        ("h264-10.mp4", &[&x264[..], &["-pix_fmt", "yuv420p10le"]].concat()),
        ("h264-422.mov", &[&x264[..], &["-pix_fmt", "yuv422p"]].concat()),
        ("h264-444.mp4", &[&x264[..], &["-pix_fmt", "yuv444p"]].concat()),
        (
            "hevc.mp4",
            &[
                "-c:v",
                "libx265",
                "-preset",
                "ultrafast",
                "-x265-params",
                "log-level=0",
                "-pix_fmt",
                "yuv420p",
                "-tag:v",
                "hvc1",
            ],
        ),
        (
            "hevc-10.mov",
            &[
                "-c:v",
                "libx265",
                "-preset",
                "ultrafast",
                "-x265-params",
                "log-level=0",
                "-pix_fmt",
                "yuv420p10le",
            ],
        ),
        ("vp8.webm", &["-c:v", "libvpx", "-b:v", "4M", "-pix_fmt", "yuv420p"]),
        (
            "vp9.webm",
            &[
                "-c:v",
                "libvpx-vp9",
                "-b:v",
                "4M",
                "-deadline",
                "realtime",
                "-cpu-used",
                "8",
                "-pix_fmt",
                "yuv420p",
            ],
        ),
        (
            "av1.webm",
            &[
                "-c:v",
                "libaom-av1",
                "-cpu-used",
                "8",
                "-usage",
                "realtime",
                "-b:v",
                "4M",
                "-pix_fmt",
                "yuv420p",
            ],
        ),
        ("prores.mov", &["-c:v", "prores_ks", "-profile:v", "2", "-pix_fmt", "yuv422p10le"]),
        ("mpeg4.avi", &["-c:v", "mpeg4", "-q:v", "2", "-pix_fmt", "yuv420p"]),
        ("mjpeg.mov", &["-c:v", "mjpeg", "-q:v", "2", "-pix_fmt", "yuvj420p"]),
        ("dnxhr.mov", &["-c:v", "dnxhd", "-profile:v", "dnxhr_sq", "-pix_fmt", "yuv422p"]),
        ("qtrle.mov", &["-c:v", "qtrle", "-pix_fmt", "rgb24"]),
    ];
    let mut wrong = Vec::new();
    for (name, args) in cases {
        // What cannot carry the tag is taken as BT.601, being small.
        let is_plain = matches!(name, "prores.mov" | "vp8.webm" | "mpeg4.avi" | "mjpeg.mov" | "qtrle.mov");
        let tags = ["-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709"];
        if is_plain {
            encoded(&scratch, name, "", args);
        } else {
            encoded(&scratch, name, converted, &[args, &tags].concat());
        }
        let facts = probe(name, &scratch.file(name)).unwrap_or_else(|error| panic!("{error}")).facts;
        assert_eq!((facts.size, facts.has_alpha), (Some((320, 180)), false), "{name}");
        for (bar, wanted) in BARS.into_iter().enumerate() {
            let found = color_at(&mut context, &scratch, &filling(name), ((bar as f64 + 0.35) / 6.0, 0.93));
            let apart = found.iter().zip(wanted).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
            if apart > 12.0 {
                wrong.push(format!("{name}, bar {bar}: {found:.0?}, not {wanted:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn alpha_of_vp8_vp9_prores_and_qtrle_lets_what_is_below_show() {
    let Some(mut context) = gpu_context() else { return };
    let scratch = Scratch::default();
    let alpha = |format: &str, top: u32| {
        format!(
            "color=red:s=320x180:r=25:d=1,format={format},geq=lum='lum(X,Y)':cb='cb(X,Y)':cr='cr(X,Y)':a='{top}*lt(X,160)'"
        )
    };
    let rgba = "color=red:s=320x180:r=25:d=1,format=rgba,geq=r=255:g=0:b=0:a='255*lt(X,160)'";
    let (eight, ten) = (alpha("yuva420p", 255), alpha("yuva444p10le", 1023));
    let cases: [(&str, &str, &[&str]); 4] = [
        ("vp8.webm", &eight, &["-c:v", "libvpx", "-b:v", "2M", "-auto-alt-ref", "0"]),
        (
            "vp9.webm",
            &eight,
            &["-c:v", "libvpx-vp9", "-b:v", "2M", "-auto-alt-ref", "0", "-deadline", "realtime"],
        ),
        ("prores.mov", &ten, &["-c:v", "prores_ks", "-profile:v", "4444"]),
        ("qtrle.mov", rgba, &["-c:v", "qtrle"]),
    ];
    for (name, source, args) in cases {
        let path = scratch.file(name);
        let mut all = vec!["-f", "lavfi", "-i", source];
        all.extend(args);
        all.push(path.to_str().unwrap());
        ffmpeg(&all);
        assert!(probe(name, &path).unwrap().facts.has_alpha, "{name}");
        let mut template = filling(name);
        template["background"] = json!("#0000ff");
        // Turned by a few degrees as well: what is fixed and what moves take different ways.
        for rotation in [0, 5] {
            template["blocks"][0]["rotation"] = json!(rotation);
            let left = color_at(&mut context, &scratch, &template, (0.3, 0.5));
            let right = color_at(&mut context, &scratch, &template, (0.7, 0.5));
            assert_near(left, [255.0, 0.0, 0.0], 12.0, name);
            assert_near(right, [0.0, 0.0, 255.0], 3.0, name);
        }
    }
}

#[test]
fn interlaced_video_shows_no_combs() {
    let Some(mut context) = gpu_context() else { return };
    let scratch = Scratch::default();
    // A bar that moves 8 pixels a field: in a comb, neighbouring lines differ by it.
    let source = "color=black:s=320x180:r=50:d=1,geq=lum='if(between(mod(X-8*N,320),100,140),235,16)':cb=128:cr=128,format=yuv420p";
    let path = scratch.file("i.mp4");
    ffmpeg(&[
        "-f",
        "lavfi",
        "-i",
        source,
        "-vf",
        "interlace=scan=tff,setfield=tff",
        "-c:v",
        "libx264",
        "-flags",
        "+ildct+ilme",
        "-x264opts",
        "tff=1",
        "-qp",
        "0",
        path.to_str().unwrap(),
    ]);
    let template = filling("i.mp4");
    let picture =
        still_of(&mut context, template.clone(), json!({ "quality": "draft" }), scratch.path(), 0.48);
    let (width, height) = (picture.width_px as usize, picture.height_px as usize);
    let row = |y: usize| &picture.luma[y * width..(y + 1) * width];
    // Where scaled lines of one field alternate with those of the other, each differs from the mean of its neighbours.
    let step = height / 180;
    let combed: usize = (height / 4..3 * height / 4)
        .map(|y| {
            let (above, here, below) = (row(y - 2 * step), row(y), row(y + 2 * step));
            (0..width)
                .filter(|x| {
                    let mean = u16::from(above[*x]).midpoint(u16::from(below[*x]));
                    mean.abs_diff(u16::from(here[*x])) > 60
                })
                .count()
        })
        .sum();
    assert!(combed < width * height / 500, "{combed} pixels of a comb");
    let mut request =
        request(template, json!({ "quality": "draft", "fps": 25 }), scratch.path(), &scratch.file("out.mp4"));
    request.crf = Some(0);
    render_to(&mut context, &request).unwrap();
    let frames = decoded_frames(&request.out_path);
    let moves = |pair: &[Frame]| psnr(&pair[0], &pair[1])[0] < 40.0;
    assert!(frames.len() == 25 && frames.windows(2).all(moves), "every frame is another picture");
}

#[test]
fn pixels_that_are_not_square_come_out_square_whoever_says_so() {
    avs_engine::media::init().unwrap();
    let scratch = Scratch::default();
    encoded(&scratch, "codec.mp4", ",setsar=4/3", &["-c:v", "libx264", "-preset", "ultrafast"]);
    encoded(&scratch, "container.webm", ",setsar=2/1", &["-c:v", "libvpx", "-b:v", "1M"]);
    encoded(&scratch, "square.mp4", ",setsar=1/1", &["-c:v", "libx264", "-preset", "ultrafast"]);
    for (name, width) in [("codec.mp4", 427), ("container.webm", 640), ("square.mp4", 320)] {
        let size = probe(name, &scratch.file(name)).unwrap().facts.size;
        assert_eq!(size, Some((width, 180)), "{name}");
    }
}

#[test]
fn hdr_is_brought_to_the_range_of_the_output() {
    let Some(mut context) = gpu_context() else { return };
    let scratch = Scratch::default();
    // Left to right 0, 100, 203 (diffuse white, BT.2408) and 1000 nits of grey, by the inverse EOTFs of BT.2100.
    let quarters = |codes: [u32; 4]| {
        let [a, b, c, d] = codes;
        format!(
            "color=black:s=320x180:r=25:d=0.4,format=yuv420p10le,geq=lum='if(lt(X,80),{a},if(lt(X,160),{b},if(lt(X,240),{c},{d})))':cb=512:cr=512"
        )
    };
    for (name, transfer, codes) in
        [("pq.mp4", "smpte2084", [64, 509, 573, 723]), ("hlg.mp4", "arib-std-b67", [64, 616, 721, 940])]
    {
        let params = format!("log-level=0:colorprim=bt2020:transfer={transfer}:colormatrix=bt2020nc:qp=4");
        ffmpeg(&[
            "-f",
            "lavfi",
            "-i",
            &quarters(codes),
            "-c:v",
            "libx265",
            "-preset",
            "ultrafast",
            "-x265-params",
            &params,
            "-color_primaries",
            "bt2020",
            "-color_trc",
            transfer,
            "-colorspace",
            "bt2020nc",
            scratch.file(name).to_str().unwrap(),
        ]);
        let levels =
            [0.125, 0.375, 0.625, 0.875].map(|x| color_at(&mut context, &scratch, &filling(name), (x, 0.5)));
        for level in levels {
            assert_near(level, [level[1]; 3], 4.0, "grey stays grey");
        }
        let [black, mid, white, peak] = levels.map(|level| level[1]);
        assert!(black < 4.0 && (110.0..200.0).contains(&mid), "{name}: {levels:.0?}");
        assert!(mid + 15.0 < white && white + 15.0 < peak, "{name}: {levels:.0?}");
        assert!(peak > 240.0, "{name}: {levels:.0?}");
    }
}

#[test]
fn wide_gamut_keeps_its_neutrals_and_its_hues() {
    let Some(mut context) = gpu_context() else { return };
    let scratch = Scratch::default();
    // BT.709's red and a grey, written in BT.2020 by ffmpeg itself.
    let source = "color=gray:s=320x180:r=25:d=0.4,format=gbrp,geq=r='if(lt(X,160),255,128)':g='if(lt(X,160),0,128)':b='if(lt(X,160),0,128)',\
        setparams=color_primaries=bt709:color_trc=bt709:colorspace=gbr:range=pc,zscale=p=2020:t=709:m=2020_ncl:r=tv,format=yuv420p10le";
    ffmpeg(&[
        "-f",
        "lavfi",
        "-i",
        source,
        "-c:v",
        "libx265",
        "-preset",
        "ultrafast",
        "-x265-params",
        "log-level=0:colorprim=bt2020:transfer=bt709:colormatrix=bt2020nc:qp=4",
        "-color_primaries",
        "bt2020",
        "-color_trc",
        "bt709",
        "-colorspace",
        "bt2020nc",
        scratch.file("wide.mp4").to_str().unwrap(),
    ]);
    assert_near(
        color_at(&mut context, &scratch, &filling("wide.mp4"), (0.25, 0.5)),
        [255.0, 0.0, 0.0],
        14.0,
        "red",
    );
    assert_near(color_at(&mut context, &scratch, &filling("wide.mp4"), (0.75, 0.5)), [128.0; 3], 3.0, "grey");
}

#[test]
fn late_and_negative_first_timestamps_and_edit_lists_lose_no_picture() {
    let Some(mut context) = gpu_context() else { return };
    let scratch = Scratch::default();
    let count = "color=s=64x36:r=25:d=1,format=yuv420p,geq=lum='16+8*N':cb=128:cr=128";
    let x264 = ["-c:v", "libx264", "-qp", "0", "-bf", "2", "-colorspace", "bt709", "-color_range", "tv"];
    let cases: [(&str, &[&str]); 3] = [
        ("late.ts", &["-output_ts_offset", "20"]),
        ("late.mkv", &["-output_ts_offset", "3"]),
        // B-frames without an edit list: decoding begins before zero.
        ("early.mp4", &["-use_editlist", "0", "-movflags", "+negative_cts_offsets"]),
    ];
    for (name, args) in cases {
        let path = scratch.file(name);
        ffmpeg(&[&["-f", "lavfi", "-i", count][..], &x264, args, &[path.to_str().unwrap()]].concat());
        let mut request = request(
            filling(name),
            json!({ "quality": "draft", "fps": 25 }),
            scratch.path(),
            &scratch.file("out.mp4"),
        );
        request.crf = Some(0);
        render_to(&mut context, &request).unwrap_or_else(|error| panic!("{error}"));
        let shown: Vec<u8> = decoded_frames(&request.out_path)
            .iter()
            .map(|frame| (frame.luma[frame.luma.len() / 2] + 4 - 16) / 8)
            .collect();
        assert!(shown == (0..25).collect::<Vec<_>>(), "{name}: {shown:?}");
    }
}

#[test]
fn a_mirroring_display_matrix_mirrors() {
    let Some(mut context) = gpu_context() else { return };
    let scratch = Scratch::default();
    encoded(&scratch, "plain.mp4", "", &["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"]);
    // The track header's matrix: a = -1 instead of 1, and the width as an offset, as phones' front cameras write it.
    let mut bytes = std::fs::read(scratch.file("plain.mp4")).unwrap();
    let unity: Vec<u8> = [0x0001_0000_u32, 0, 0, 0, 0x0001_0000, 0, 0, 0, 0x4000_0000]
        .iter()
        .flat_map(|word| word.to_be_bytes())
        .collect();
    let track = bytes.windows(4).position(|name| name == b"tkhd").unwrap();
    let at = track + bytes[track..].windows(unity.len()).position(|window| window == unity).unwrap();
    bytes[at..at + 4].copy_from_slice(&(-0x0001_0000_i32).to_be_bytes());
    bytes[at + 24..at + 28].copy_from_slice(&(320_u32 << 16).to_be_bytes());
    std::fs::write(scratch.file("mirrored.mp4"), bytes).unwrap();
    let left = color_at(&mut context, &scratch, &filling("mirrored.mp4"), (0.35 / 6.0, 0.93));
    assert_near(left, BARS[5], 12.0, "what was right is left");
}
