//! Sound from odd and hostile files: steady after a trim, silent where it is no number, small in memory.

use avs_tests::{Scratch, decoded_sound, ffmpeg, gpu_context, measured, render_to, request};
use serde_json::json;

/// Renders one second of sound from `name`, trimmed, and returns it decoded, mono.
fn heard(scratch: &Scratch, name: &str, trim_secs: f64) -> Vec<f32> {
    let mut context = gpu_context().unwrap();
    let template = json!({ "version": "1", "blocks": [
        { "type": "audio", "duration": 1, "trim": { "start": trim_secs }, "source": { "uploadName": name } },
        { "type": "text", "duration": 1, "text": name } ] });
    let request = request(template, json!({ "quality": "draft" }), scratch.path(), &scratch.file("out.mp4"));
    render_to(&mut context, &request).unwrap_or_else(|error| panic!("{name}: {error}"));
    decoded_sound(&request.out_path)
}

fn rms(samples: &[f32]) -> f32 {
    (samples.iter().map(|sample| sample * sample).sum::<f32>() / samples.len() as f32).sqrt()
}

#[test]
fn a_steady_tone_is_as_loud_right_after_a_trim_as_later_whatever_its_codec() {
    if gpu_context().is_none() {
        return;
    }
    let scratch = Scratch::default();
    for (name, codec) in
        [("a.wav", "pcm_s16le"), ("a.webm", "libopus"), ("a.mp3", "libmp3lame"), ("a.m4a", "aac")]
    {
        let tone = "aevalsrc='0.5*sin(2*PI*440*t)|0.5*sin(2*PI*440*t)':s=48000:d=4";
        ffmpeg(&["-f", "lavfi", "-i", tone, "-c:a", codec, scratch.file(name).to_str().unwrap()]);
        let samples = heard(&scratch, name, 2.0005);
        // From 10 ms on: the first frame of our own encoder rises from nothing.
        let (early, late) = (rms(&samples[480..960]), rms(&samples[24_000..28_800]));
        assert!((early / late - 1.0).abs() < 0.05, "{name}: {early} early, {late} late");
    }
}

#[test]
fn samples_that_are_no_numbers_are_silence_and_not_a_failure() {
    if gpu_context().is_none() {
        return;
    }
    let scratch = Scratch::default();
    let (raw, wav) = (scratch.file("a.f32"), scratch.file("a.wav"));
    std::fs::write(&raw, f32::NAN.to_le_bytes().repeat(96_000)).unwrap();
    ffmpeg(&[
        "-f",
        "f32le",
        "-ar",
        "48000",
        "-ac",
        "1",
        "-i",
        raw.to_str().unwrap(),
        "-c:a",
        "pcm_f32le",
        wav.to_str().unwrap(),
    ]);
    assert!(heard(&scratch, "a.wav", 0.0).iter().all(|sample| sample.abs() < 1e-3));
}

#[test]
fn a_hole_of_hours_in_the_timestamps_costs_no_memory_and_sounds_as_silence() {
    if gpu_context().is_none() {
        return;
    }
    let scratch = Scratch::default();
    ffmpeg(&[
        "-f",
        "lavfi",
        "-i",
        "color=s=64x64:r=10:d=1",
        "-itsoffset",
        "36000",
        "-f",
        "lavfi",
        "-i",
        "sine=d=1",
        "-c:v",
        "libx264",
        "-c:a",
        "aac",
        scratch.file("gap.mkv").to_str().unwrap(),
    ]);
    let samples = heard(&scratch, "gap.mkv", 0.0);
    assert!(rms(&samples) < 1e-3);
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let peak_kib: u64 = peak.trim().trim_end_matches(" kB").parse().unwrap();
    assert!(peak_kib < 1 << 20, "{peak_kib} KiB; ten hours of stored silence would be 13 GiB");
}

#[test]
fn an_absurd_sample_rate_is_refused_by_name() {
    let Some(mut context) = gpu_context() else { return };
    let scratch = Scratch::default();
    ffmpeg(&["-f", "lavfi", "-i", "sine=d=1", "-c:a", "pcm_s16le", scratch.file("a.wav").to_str().unwrap()]);
    let mut bytes = std::fs::read(scratch.file("a.wav")).unwrap();
    // Sample rate, at byte 24 of a WAV header.
    bytes[24..28].copy_from_slice(&1_u32.to_le_bytes());
    std::fs::write(scratch.file("a.wav"), bytes).unwrap();
    let template = json!({ "version": "1", "blocks": [
        { "type": "audio", "duration": 1, "source": { "uploadName": "a.wav" } } ] });
    let request = request(template, json!({}), scratch.path(), &scratch.file("out.mp4"));
    let error = render_to(&mut context, &request).unwrap_err();
    assert!(error.is_bad_input() && error.to_string().contains("1 channels at 1 Hz"), "{error}");
}

#[test]
fn the_true_peak_of_a_file_with_loud_strokes_is_at_most_minus_one_and_a_half_db() {
    let Some(mut context) = gpu_context() else { return };
    let scratch = Scratch::default();
    // Strokes of noise over low tones: what the encoder's searching coder lifts by 4 dB.
    let side = |low: f64, hz: u32| {
        format!(
            "{low}*sin(2*PI*55*t)*exp(-12*mod(t,0.5))+0.6*(random(0)*2-1)*exp(-25*mod(t+0.25,0.5))+0.25*sin(2*PI*{hz}*t)"
        )
    };
    let loud = format!("aevalsrc='{}|{}':s=48000:d=9", side(0.7, 220), side(0.5, 331));
    let wav = scratch.file("strokes.wav");
    let filter = "lowpass=f=12000,volume=0.9";
    ffmpeg(&["-f", "lavfi", "-i", &loud, "-af", filter, "-c:a", "pcm_f32le", wav.to_str().unwrap()]);
    let template = json!({ "version": "1", "blocks": [
        { "type": "audio", "duration": 9, "source": { "uploadName": "strokes.wav" } },
        { "type": "text", "duration": 9, "text": "loud" } ] });
    let request =
        request(template, json!({ "quality": "draft", "fps": 2 }), scratch.path(), &scratch.file("out.mp4"));
    render_to(&mut context, &request).unwrap();
    let peak_db = measured(&request.out_path).true_peak_db;
    // It is limited, too: a quiet file would pass without proving anything.
    assert!((-2.6..=-1.5).contains(&peak_db), "{peak_db} dBTP");
}
