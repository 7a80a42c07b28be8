//! What an analysis finds in files whose content is known: made by ffmpeg's generators, and heard by its meters.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use avs_engine::analysis::{AnalysisControl, analyze};
use avs_engine::error::RenderError;
use avs_engine::media;
use avs_tests::{Scratch, ffmpeg, measured};
use serde_json::Value;

/// Analyses a file, as JSON: what a creator gets.
fn analysis(file: &Path) -> Result<Value, RenderError> {
    media::init().unwrap();
    let control = AnalysisControl { cancelled: &AtomicBool::new(false), wall_max: Duration::from_secs(600) };
    analyze("file", file, control).map(|analysis| serde_json::to_value(analysis).unwrap())
}

#[track_caller]
fn analyzed(file: &Path) -> Value {
    analysis(file).unwrap()
}

fn floats(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|value| value.as_f64().unwrap()).collect()
}

/// The bytes of a grid of the first look.
fn grid(analysis: &Value, name: &str) -> Vec<u8> {
    let digits = analysis["picture"]["samples"][0]["grid"][name].as_str().unwrap();
    (0..digits.len() / 2).map(|at| u8::from_str_radix(&digits[2 * at..][..2], 16).unwrap()).collect()
}

/// A sound of an expression of `t`, as WAV.
fn sound(scratch: &Scratch, name: &str, expression: &str, secs: u32) -> PathBuf {
    let path = scratch.file(name);
    let source = format!("aevalsrc='{expression}':d={secs}:s=48000");
    ffmpeg(&["-f", "lavfi", "-i", &source, "-ac", "2", path.to_str().unwrap()]);
    path
}

/// A picture made by filters, as PNG.
fn image(scratch: &Scratch, name: &str, source: &str) -> PathBuf {
    let path = scratch.file(name);
    ffmpeg(&["-f", "lavfi", "-i", source, "-frames:v", "1", path.to_str().unwrap()]);
    path
}

#[test]
fn a_cut_between_two_scenes_is_found_and_is_the_only_one() {
    let scratch = Scratch::default();
    let file = scratch.file("cut.mp4");
    let scenes = "testsrc2=s=640x360:r=30:d=2[a];mandelbrot=s=640x360:r=30[m];[m]trim=duration=2,setsar=1[b];[a]setsar=1[c];\
        [c][b]concat=n=2,format=yuv420p";
    ffmpeg(&["-filter_complex", scenes, "-c:v", "libx264", "-t", "4", file.to_str().unwrap()]);
    let found = analyzed(&file);
    let cuts = floats(&found["picture"]["cutsSecs"]);
    assert!(cuts.len() == 1 && (cuts[0] - 2.0).abs() <= 0.2, "{cuts:?}");
    let samples = found["picture"]["samples"].as_array().unwrap();
    assert!((18..=21).contains(&samples.len()), "{}", samples.len());
    assert!(samples.iter().all(|sample| sample["isBlank"] == false), "nothing here is blank");
}

#[test]
fn a_still_video_is_frozen_and_a_black_one_blank_as_well() {
    let scratch = Scratch::default();
    let still = scratch.lossless_video("still.mp4", "smptehdbars=s=320x180:r=10:d=2");
    let black = scratch.lossless_video("black.mp4", "color=black:s=320x180:r=10:d=2");
    let (still, black) = (analyzed(&still), analyzed(&black));
    for (found, is_blank) in [(&still, false), (&black, true)] {
        let samples = found["picture"]["samples"].as_array().unwrap();
        assert_eq!(samples[0]["isFrozen"], false, "nothing is before the first look");
        assert!(samples[1..].iter().all(|sample| sample["isFrozen"] == true));
        assert!(samples.iter().all(|sample| sample["isBlank"] == is_blank));
        assert!(samples.iter().all(|sample| sample["motion"] == 0.0 && sample["shake"] == 0.0));
    }
    assert_eq!(floats(&black["picture"]["cutsSecs"]), [0.0; 0]);
}

#[test]
fn a_white_picture_is_bright_in_every_cell_and_has_no_edge() {
    let scratch = Scratch::default();
    let found = analyzed(&image(&scratch, "white.png", "color=white:s=640x480"));
    assert!(grid(&found, "lumaLow").iter().all(|luma| *luma >= 254));
    assert!(grid(&found, "edges").iter().all(|edge| *edge == 0));
    assert_eq!(found["picture"]["colors"][0]["rgb"], serde_json::json!([255, 255, 255]));
    assert_eq!(found["picture"]["samples"].as_array().unwrap().len(), 1);
    assert!(found["sound"].is_null() && found["durationSecs"].is_null());
}

#[test]
fn the_eye_is_drawn_to_the_one_thing_that_is_there() {
    let scratch = Scratch::default();
    let scene = "color=gray:s=800x600[ground];testsrc=s=100x100[thing];[ground][thing]overlay=500:150";
    let found = analyzed(&image(&scratch, "thing.png", scene));
    let saliency = grid(&found, "saliency");
    let most = (0..saliency.len()).max_by_key(|cell| saliency[*cell]).unwrap();
    let (column, row) = (most % 16, most / 16);
    assert!((10..=11).contains(&column) && (4..=6).contains(&row), "{column}, {row}");
    assert!(saliency[0] < 60, "the empty corner draws {}", saliency[0]);
}

#[test]
fn an_interface_is_a_screen_and_a_fractal_is_none() {
    let scratch = Scratch::default();
    let screen = "color=white:s=1280x720,drawbox=w=240:c=0x20262e:t=fill,drawbox=x=240:h=56:c=0x2f6fed:t=fill,\
        drawgrid=x=280:y=96:w=160:h=48:c=0xc0c4c8:t=2,drawbox=x=700:y=400:w=220:h=64:c=0x18a058:t=fill";
    let is_screen = |found: &Value| found["picture"]["isScreen"] == true;
    assert!(is_screen(&analyzed(&image(&scratch, "screen.png", screen))));
    assert!(!is_screen(&analyzed(&image(&scratch, "fractal.png", "mandelbrot=s=1280x720"))));
}

#[test]
fn what_is_turned_is_looked_at_upright() {
    let scratch = Scratch::default();
    let coded =
        scratch.lossless_video("coded.mp4", "color=white:s=320x180:r=10:d=1,drawbox=w=160:c=black:t=fill");
    let mut bytes = std::fs::read(&coded).unwrap();
    let header = bytes.windows(4).position(|tag| tag == b"tkhd").unwrap();
    // The matrix of a track header, version 0 (ISO 14496-12, 8.3.2): x' = -y, y' = x.
    let matrix = [0, 1 << 16, 0, -1 << 16, 0, 0, 0, 0, 1 << 30].map(i32::to_be_bytes).concat();
    bytes[header + 44..][..36].copy_from_slice(&matrix);
    let turned = scratch.file("turned.mp4");
    std::fs::write(&turned, bytes).unwrap();
    let found = analyzed(&turned);
    assert_eq!((&found["widthPx"], &found["heightPx"]), (&Value::from(180), &Value::from(320)));
    let luma = grid(&found, "lumaHigh");
    // Black was left of white; a quarter turn clockwise brings it to the top.
    assert!(luma[..16].iter().all(|luma| *luma < 10) && luma[240..].iter().all(|luma| *luma > 245));
}

#[test]
fn loudness_is_what_ffmpegs_meter_says() {
    let scratch = Scratch::default();
    let swelling = sound(&scratch, "swelling.wav", "0.5*sin(2*PI*440*t)*(0.1+0.9*mod(t,2)/2)", 8);
    let quiet = sound(&scratch, "quiet.wav", "0.05*sin(2*PI*1000*t)", 4);
    for file in [swelling, quiet] {
        let (found, metered) = (analyzed(&file), measured(&file).loudness_lufs);
        let lufs = found["sound"]["loudnessLufs"].as_f64().unwrap();
        assert!((lufs - metered).abs() <= 0.5, "{lufs}, but {metered}");
    }
}

#[test]
fn clicks_at_120_a_minute_are_beats_and_nobody_speaks() {
    let scratch = Scratch::default();
    let clicks = "if(lt(mod(t,0.5),0.02),0.8*sin(2*PI*1000*t),0)+if(lt(mod(t,2),0.08),0.5*sin(2*PI*60*t),0)";
    let found = analyzed(&sound(&scratch, "clicks.wav", clicks, 12));
    let beat = &found["sound"]["beat"];
    let tempo = beat["tempoBpm"].as_f64().unwrap();
    assert!([60.0, 120.0, 240.0].iter().any(|near| (tempo - near).abs() < 1.0), "{tempo}");
    assert!(beat["confidence"].as_f64().unwrap() >= 1.6);
    let beats = floats(&beat["beatsSecs"]);
    assert!(beats.len() >= 11, "{beats:?}");
    let off = |secs: &f64| (secs - (secs * 4.0).round() / 4.0).abs();
    assert!(beats.iter().all(|secs| off(secs) <= 0.03), "{beats:?}");
    let down = beats[usize::try_from(beat["firstDownbeat"].as_u64().unwrap()).unwrap()];
    assert!((down / 2.0 - (down / 2.0).round()).abs() <= 0.03, "the bass is at {down}");
    assert_eq!(found["sound"]["speech"].as_array().unwrap().len(), 0);
}

#[test]
fn silence_is_told_and_has_no_beat_and_no_onset() {
    let scratch = Scratch::default();
    let found = analyzed(&sound(&scratch, "pause.wav", "if(between(t,2,5),0,0.3*sin(2*PI*300*t))", 8));
    let silences = found["sound"]["silences"].as_array().unwrap();
    assert_eq!(silences.len(), 1, "{silences:?}");
    assert!((silences[0]["startSecs"].as_f64().unwrap() - 2.0).abs() <= 0.15);
    assert!((silences[0]["endSecs"].as_f64().unwrap() - 5.0).abs() <= 0.15);
    let silent = analyzed(&sound(&scratch, "silent.wav", "0", 5));
    assert_eq!(silent["sound"]["loudnessLufs"], -70.0);
    assert!(silent["sound"]["beat"].is_null());
    assert_eq!(floats(&silent["sound"]["onsetsSecs"]), [0.0; 0]);
}

#[test]
fn the_same_file_gives_the_same_analysis() {
    let scratch = Scratch::default();
    let file = scratch.clip("clip.mp4", "640x360", 30, 3.0);
    assert_eq!(analyzed(&file), analyzed(&file));
}

#[test]
fn garbage_and_a_file_cut_off_fail_or_tell_what_is_there() {
    let scratch = Scratch::default();
    let garbage = scratch.file("garbage.mp4");
    std::fs::write(&garbage, [0x5a; 4096]).unwrap();
    assert!(matches!(analysis(&garbage), Err(RenderError::Media { .. })));
    let clip = std::fs::read(scratch.clip("clip.mp4", "320x180", 30, 2.0)).unwrap();
    // One byte in each hundred turned over, from different places on: none of them may do more than fail.
    for offset in 0..20 {
        let mut damaged = clip.clone();
        damaged.iter_mut().skip(offset * 5).step_by(100).for_each(|byte| *byte ^= 0xff);
        let path = scratch.file("damaged.mp4");
        std::fs::write(&path, damaged).unwrap();
        assert!(matches!(analysis(&path), Ok(_) | Err(RenderError::Media { .. })));
    }
}

#[test]
fn a_cancelled_analysis_ends_as_cancelled() {
    media::init().unwrap();
    let scratch = Scratch::default();
    let file = scratch.clip("clip.mp4", "320x180", 30, 2.0);
    let control = AnalysisControl { cancelled: &AtomicBool::new(true), wall_max: Duration::from_secs(600) };
    assert!(matches!(analyze("file", &file, control), Err(RenderError::Cancelled)));
}

#[test]
fn real_speech_is_speech_and_real_music_has_a_beat() {
    let Some(folder) = std::env::var_os("AVS_MEDIA_DIR").map(|media| Path::new(&media).join("audio")) else {
        eprintln!("SKIPPED: AVS_MEDIA_DIR is not set");
        return;
    };
    let spoken = |found: &Value| -> f64 {
        let spans = found["sound"]["speech"].as_array().unwrap();
        spans.iter().map(|span| span["endSecs"].as_f64().unwrap() - span["startSecs"].as_f64().unwrap()).sum()
    };
    for speech in ["jfk_speech_44k1_stereo.flac", "librispeech_16k_mono.ogg", "speech_16k_mono.m4a"] {
        let found = analyzed(&folder.join(speech));
        assert!(spoken(&found) >= 0.8 * found["durationSecs"].as_f64().unwrap(), "{speech}");
        let confidence = found["sound"]["beat"]["confidence"].as_f64().unwrap_or(0.0);
        assert!(confidence < 1.6, "{speech}: {confidence}");
    }
    for music in
        ["vibe_ace_44k1_stereo_coverart.ogg", "drums_44k1_stereo_83s.mp3", "guitar_lead_44k1_stereo_83s.mp3"]
    {
        let found = analyzed(&folder.join(music));
        assert!(spoken(&found) == 0.0, "{music}");
        assert!(found["sound"]["beat"]["confidence"].as_f64().unwrap() >= 1.6, "{music}");
    }
}

/// Measures; `cargo test -p avs-tests --release --test render -- --ignored --nocapture analysis_of_a_minute`.
#[test]
#[ignore = "a measurement: it takes a minute to make the file"]
fn analysis_of_a_minute_of_1080p_takes_at_most_a_quarter_of_it() {
    let scratch = Scratch::default();
    let file = scratch.clip("minute.mp4", "1920x1080", 30, 60.0);
    let began = Instant::now();
    let found = analyzed(&file);
    let ratio = began.elapsed().as_secs_f64() / found["durationSecs"].as_f64().unwrap();
    println!("analysis took {ratio:.3} of the file's length");
    assert!(ratio <= 0.25, "{ratio}");
}
