//! Every real file of `AVS_MEDIA_DIR`, where it is set, against what ffmpeg makes of it: size, rotation, length, colours
//! and sound.

use std::path::{Path, PathBuf};
use std::process::Command;

use avs_engine::color::{ColorCoding, rgb_from_planes};
use avs_engine::job::RenderContext;
use avs_engine::media::{MediaProbe, probe};
use avs_tests::{Scratch, ffmpeg, gpu_context, render_to, request, sound_of, still_of, stream_facts};
use serde_json::{Value, json};

/// Cells of the colour grid along each side.
const GRID: usize = 8;

/// Largest difference of a cell's mean R'G'B' in code values.
const GRID_TOLERANCE: f64 = 4.0;

/// The frame of a video that is looked at: none of the files is shorter.
const FRAME: usize = 12;

/// Largest difference of a length to what ffprobe says, in seconds: files without one in their header are measured.
const LENGTH_TOLERANCE_SECS: f64 = 0.1;

/// Half as loud, so that the limiter finds nothing to do.
const HEARD_GAIN: f64 = 0.5;

/// Largest difference of the first second's sound, relative to its loudness.
const SOUND_DIFFERENCE_MAX: f64 = 0.01;

fn files(kind: &str) -> Vec<PathBuf> {
    let Some(media) = std::env::var_os("AVS_MEDIA_DIR") else {
        eprintln!("SKIPPED: AVS_MEDIA_DIR is not set");
        return Vec::new();
    };
    let folder = Path::new(&media).join(kind);
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    files
}

fn name_of(file: &Path) -> &str {
    file.file_name().unwrap().to_str().unwrap()
}

/// What ffprobe says, as JSON.
fn probed(file: &Path, args: &[&str]) -> Value {
    let output =
        Command::new("ffprobe").args(["-v", "error", "-of", "json"]).args(args).arg(file).output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

fn number(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str()?.parse().ok())
}

/// Size as shown, by ffprobe's coded size, pixel aspect and rotation.
fn shown_size(stream: &Value) -> (u32, u32) {
    let side = |name: &str| u32::try_from(stream[name].as_u64().unwrap()).unwrap();
    let (num, den) = stream["sample_aspect_ratio"]
        .as_str()
        .and_then(|aspect| aspect.split_once(':'))
        .unwrap_or(("1", "1"));
    let (num, den): (f64, f64) = (num.parse().unwrap(), den.parse().unwrap());
    let aspect = if num > 0.0 && den > 0.0 { num / den } else { 1.0 };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a size in pixels")]
    let size = ((f64::from(side("width")) * aspect).round() as u32, side("height"));
    let turns =
        stream["side_data_list"].as_array().into_iter().flatten().find_map(|data| data["rotation"].as_i64());
    if turns.unwrap_or(0) % 180 == 0 { size } else { (size.1, size.0) }
}

/// Seconds from the start of the file to the middle of frame [`FRAME`].
fn middle_of_frame(file: &Path) -> f64 {
    let facts = probed(
        file,
        &[
            "-select_streams",
            "v:0",
            "-read_intervals",
            "%+#40",
            "-show_frames",
            "-show_entries",
            "frame=best_effort_timestamp_time:format=start_time",
            "-show_format",
        ],
    );
    let times = facts["frames"].as_array().unwrap().iter();
    let mut times: Vec<f64> =
        times.filter_map(|frame| number(&frame["best_effort_timestamp_time"])).collect();
    times.sort_by(f64::total_cmp);
    (times[FRAME] + times[FRAME + 1]) / 2.0 - number(&facts["format"]["start_time"]).unwrap_or(0.0)
}

/// Mean R'G'B' of each cell of a picture that fills the frame.
fn our_grid(context: &mut RenderContext, file: &Path, block: &Value) -> Vec<[f64; 3]> {
    let scratch = Scratch::default();
    std::os::unix::fs::symlink(file, scratch.file(name_of(file))).unwrap();
    let template = json!({ "version": "1", "blocks": [block] });
    let picture = still_of(
        context,
        template,
        json!({ "resolution": "720p", "aspectRatio": "1:1" }),
        scratch.path(),
        0.0,
    );
    let (width, height) = (picture.width_px as usize, picture.height_px as usize);
    let to_rgb = rgb_from_planes(ColorCoding::OUTPUT);
    let cell = |index: usize| {
        let (left, top) = ((index % GRID) * width / GRID, (index / GRID) * height / GRID);
        let mut sum = [0.0; 3];
        let places =
            (top..top + height / GRID).flat_map(|y| (left..left + width / GRID).map(move |x| (x, y)));
        for (x, y) in places {
            let chroma = &picture.chroma[(y / 2) * width + (x & !1)..][..2];
            let codes =
                [picture.luma[y * width + x], chroma[0], chroma[1]].map(|code| f64::from(code) / 255.0);
            let rgb = to_rgb.apply(codes).map(|value| (value * 255.0).clamp(0.0, 255.0));
            (0..3).for_each(|channel| sum[channel] += rgb[channel]);
        }
        sum.map(|sum| sum / (width * height / GRID / GRID) as f64)
    };
    (0..GRID * GRID).map(cell).collect()
}

/// The same by ffmpeg, after `filters`, over black.
fn ffmpegs_grid(file: &Path, filters: &str) -> Vec<[f64; 3]> {
    let scratch = Scratch::default();
    let out = scratch.file("grid.rgb");
    let size = format!("scale={GRID}:{GRID}:flags=area+accurate_rnd+full_chroma_int");
    let graph = format!("{filters}format=gbrap,premultiply=inplace=1,format=gbrp,{size},format=rgb24");
    ffmpeg(&[
        "-i",
        file.to_str().unwrap(),
        "-vf",
        &graph,
        "-frames:v",
        "1",
        "-f",
        "rawvideo",
        out.to_str().unwrap(),
    ]);
    let bytes = std::fs::read(out).unwrap();
    let (cells, _) = bytes.as_chunks::<3>();
    cells.iter().map(|cell| cell.map(f64::from)).collect()
}

/// Largest difference of a cell.
fn grid_difference(ours: &[[f64; 3]], theirs: &[[f64; 3]]) -> f64 {
    assert_eq!(ours.len(), theirs.len());
    let pairs = ours.iter().flatten().zip(theirs.iter().flatten());
    pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

fn filling(kind: &str, file: &Path, trim_secs: f64) -> Value {
    let mut block =
        json!({ "type": kind, "duration": 0.1, "fit": "fill", "source": { "uploadName": name_of(file) } });
    if kind == "video" {
        block["trim"] = json!({ "start": trim_secs });
    }
    block
}

fn probe_of(file: &Path) -> MediaProbe {
    probe(name_of(file), file).unwrap_or_else(|error| panic!("{error}"))
}

/// The matrix that the engine assumes where a file does not say: by height, as players do.
fn matrix_of(stream: &Value) -> &'static str {
    match stream["color_space"].as_str() {
        Some("bt709") => "bt709",
        Some("smpte170m" | "bt470bg") => "bt601",
        _ if stream["height"].as_u64().unwrap() >= 720 => "bt709",
        _ => "bt601",
    }
}

#[test]
fn every_real_video_has_the_size_length_and_colours_that_ffmpeg_gives_it() {
    let Some(mut context) = gpu_context() else { return };
    let mut differing = Vec::new();
    for file in files("video") {
        let facts = probed(&file, &["-show_streams", "-select_streams", "v:0"]);
        let stream = &facts["streams"][0];
        let ours = probe_of(&file).facts;
        if ours.size != Some(shown_size(stream)) {
            differing.push(format!("{}: {:?}, not {:?}", name_of(&file), ours.size, shown_size(stream)));
        }
        let length = number(&stream["duration"])
            .or_else(|| number(&probed(&file, &["-show_format"])["format"]["duration"]));
        let found = ours.duration.map(avs_template::Ticks::as_secs);
        let near =
            found.zip(length).is_some_and(|(found, length)| (found - length).abs() < LENGTH_TOLERANCE_SECS);
        if !near {
            differing.push(format!("{}: lasts {found:?}, not {length:?}", name_of(&file)));
        }
        let grid = our_grid(&mut context, &file, &filling("video", &file, middle_of_frame(&file)));
        let range = if stream["color_range"] == "pc" { "pc" } else { "tv" };
        let theirs = format!(
            "select=eq(n\\,{FRAME}),scale=in_color_matrix={}:in_range={range}:flags=accurate_rnd+full_chroma_int,",
            matrix_of(stream)
        );
        let difference = grid_difference(&grid, &ffmpegs_grid(&file, &theirs));
        if difference > GRID_TOLERANCE {
            differing.push(format!("{}: colours differ by {difference:.1}", name_of(&file)));
        }
    }
    assert!(differing.is_empty(), "{differing:#?}");
}

/// A file that ffmpeg 5.1 can read: HEIC and AVIF are converted by libheif's own tool.
fn readable(file: &Path, scratch: &Scratch) -> PathBuf {
    if !matches!(file.extension().and_then(std::ffi::OsStr::to_str), Some("heic" | "avif")) {
        return file.to_owned();
    }
    let png = scratch.file("converted.png");
    let status = Command::new("heif-convert").arg(file).arg(&png).output().unwrap().status;
    assert!(status.success(), "{}", file.display());
    png
}

#[test]
fn every_real_image_has_the_size_and_colours_that_ffmpeg_gives_it() {
    let Some(mut context) = gpu_context() else { return };
    let mut differing = Vec::new();
    for file in files("image") {
        let scratch = Scratch::default();
        let theirs = readable(&file, &scratch);
        // ffprobe does not tell the EXIF orientation; ffmpeg applies it.
        let turned = ["exif5", "exif6"].iter().any(|lying| name_of(&file).contains(lying));
        let stream = &probed(&theirs, &["-show_streams"])["streams"][0];
        let (width, height) = shown_size(stream);
        let wanted = if turned { (height, width) } else { (width, height) };
        let found = probe_of(&file).facts.size;
        // A drawing in millimetres has 96 pixels to the inch (CSS Values 3, 5.2); librsvg of Debian 12 takes 90.
        if found != Some(wanted) && name_of(&file) != "plum_blossom.svg" {
            differing.push(format!("{}: {found:?}, not {wanted:?}", name_of(&file)));
        }
        let ours = our_grid(&mut context, &file, &filling("image", &file, 0.0));
        let difference = grid_difference(&ours, &ffmpegs_grid(&theirs, ""));
        if difference > GRID_TOLERANCE {
            differing.push(format!("{}: colours differ by {difference:.1}", name_of(&file)));
        }
    }
    assert!(differing.is_empty(), "{differing:#?}");
}

#[test]
fn every_real_sound_is_heard_as_ffmpeg_decodes_it() {
    let Some(mut context) = gpu_context() else { return };
    let mut differing = Vec::new();
    for file in files("audio") {
        let scratch = Scratch::default();
        std::os::unix::fs::symlink(&file, scratch.file(name_of(&file))).unwrap();
        let found = probe_of(&file).facts.duration.map(avs_template::Ticks::as_secs);
        let length = number(&probed(&file, &["-show_format"])["format"]["duration"]);
        if !found.zip(length).is_some_and(|(found, length)| (found - length).abs() < LENGTH_TOLERANCE_SECS) {
            differing.push(format!("{}: lasts {found:?}, not {length:?}", name_of(&file)));
        }
        let template = json!({ "version": "1", "blocks": [{ "type": "audio", "duration": 1, "volume": HEARD_GAIN, "source": { "uploadName": name_of(&file) } }] });
        let [ours, _] = sound_of(&mut context, template, scratch.path());
        let out = scratch.file("theirs.f32");
        ffmpeg(&[
            "-i",
            file.to_str().unwrap(),
            "-vn",
            "-af",
            "aresample=48000:resampler=soxr:precision=28,pan=mono|c0=c0",
            "-t",
            "1",
            "-f",
            "f32le",
            out.to_str().unwrap(),
        ]);
        let bytes = std::fs::read(out).unwrap();
        let (samples, _) = bytes.as_chunks::<4>();
        let theirs: Vec<f64> = samples.iter().map(|bytes| f64::from(f32::from_le_bytes(*bytes))).collect();
        // One channel becomes two of less power each (BS.775).
        let mono = probed(&file, &["-show_streams", "-select_streams", "a:0"])["streams"][0]["channels"] == 1;
        let gain = HEARD_GAIN * if mono { std::f64::consts::FRAC_1_SQRT_2 } else { 1.0 };
        let power = |values: &mut dyn Iterator<Item = f64>| values.map(|value| value * value).sum::<f64>();
        let apart =
            power(&mut ours.iter().zip(&theirs).map(|(ours, theirs)| f64::from(*ours) - theirs * gain));
        let whole = power(&mut theirs.iter().map(|theirs| theirs * gain));
        if (apart / whole.max(1e-9)).sqrt() > SOUND_DIFFERENCE_MAX {
            differing.push(format!("{}: differs by {:.4}", name_of(&file), (apart / whole).sqrt()));
        }
    }
    assert!(differing.is_empty(), "{differing:#?}");
}

#[test]
fn every_real_font_draws_a_text() {
    let Some(mut context) = gpu_context() else { return };
    let is_font = |file: &PathBuf| file.extension().is_some_and(|ending| ending == "ttf");
    for file in files("font").into_iter().filter(is_font) {
        let scratch = Scratch::default();
        std::os::unix::fs::symlink(&file, scratch.file(name_of(&file))).unwrap();
        let template = json!({ "version": "1",
            "fonts": [{ "family": "Own", "source": { "uploadName": name_of(&file) } }],
            "blocks": [{ "type": "text", "duration": 1, "text": "Ag 文 سلام 😀 🇯🇵", "font": { "family": "Own", "size": 100 } }] });
        let picture = still_of(&mut context, template, json!({ "quality": "draft" }), scratch.path(), 0.0);
        let drawn = picture.luma.iter().filter(|code| **code > 100).count();
        assert!(drawn > 1000, "{}: {drawn} pixels", name_of(&file));
    }
}

#[test]
fn every_real_file_with_pictures_or_sound_becomes_a_video_of_its_exact_length() {
    let Some(mut context) = gpu_context() else { return };
    for kind in ["video", "image", "audio"] {
        for file in files(kind) {
            let scratch = Scratch::default();
            let template = json!({ "version": "1", "blocks": [
                { "type": kind, "duration": 0.5, "source": { "uploadName": name_of(&file) } },
                { "type": "text", "duration": 0.5, "text": name_of(&file) } ] });
            let mut request =
                request(template, json!({ "quality": "draft" }), scratch.path(), &scratch.file("out.mp4"));
            request.assets.insert(name_of(&file).to_owned(), file.clone());
            render_to(&mut context, &request).unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(stream_facts(&request.out_path).frame_count, 15, "{}", file.display());
        }
    }
}
