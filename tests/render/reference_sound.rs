//! Sound against ffmpeg's filters, sample by sample before the encoder, and against the standards it is mixed by.

use avs_engine::job::RenderContext;
use avs_tests::{Scratch, ffmpeg, gpu_context, sound_of};
use serde_json::{Value, json};

/// Samples per second.
const RATE: f64 = 48_000.0;

/// Largest difference to ffmpeg, relative to its loudness.
const DIFFERENCE_DB_MAX: f64 = -60.0;

/// What ffmpeg's graph makes of the same files: left and right.
fn filtered(scratch: &Scratch, inputs: &[&str], graph: &str) -> [Vec<f32>; 2] {
    let out = scratch.file("theirs.f32");
    let files: Vec<_> = inputs.iter().map(|name| scratch.file(name)).collect();
    let mut args: Vec<&str> = files.iter().flat_map(|path| ["-i", path.to_str().unwrap()]).collect();
    args.extend(["-filter_complex", graph, "-ar", "48000", "-ac", "2", "-f", "f32le", out.to_str().unwrap()]);
    ffmpeg(&args);
    let bytes = std::fs::read(out).unwrap();
    let (samples, _) = bytes.as_chunks::<8>();
    [0, 4].map(|at| {
        samples.iter().map(|frame| f32::from_le_bytes(frame[at..at + 4].try_into().unwrap())).collect()
    })
}

fn power(samples: impl Iterator<Item = f64>) -> f64 {
    samples.map(|sample| sample * sample).sum()
}

/// How loud the difference is, in dB of the reference; over what both have.
fn difference_db(ours: &[Vec<f32>; 2], theirs: &[Vec<f32>; 2]) -> f64 {
    let pairs = || {
        let of = |channel: usize| ours[channel].iter().zip(&theirs[channel]);
        of(0).chain(of(1)).map(|(a, b)| (f64::from(*a), f64::from(*b)))
    };
    10.0 * (power(pairs().map(|(a, b)| a - b)).max(1e-20) / power(pairs().map(|(_, b)| b)).max(1e-20)).log10()
}

fn sound(context: &mut RenderContext, scratch: &Scratch, blocks: &Value) -> [Vec<f32>; 2] {
    sound_of(context, json!({ "version": "1", "blocks": blocks }), scratch.path())
}

/// An audio block of one second with more fields.
fn heard(file: &str, fields: &Value) -> Value {
    let mut block = json!({ "type": "audio", "duration": 1, "source": { "uploadName": file } });
    block.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    block
}

fn write_sources(scratch: &Scratch) {
    let make = |name: &str, source: &str, more: &[&str]| {
        let out = scratch.file(name);
        let mut args = vec!["-f", "lavfi", "-i", source, "-c:a", "pcm_s24le"];
        args.extend(more);
        args.push(out.to_str().unwrap());
        ffmpeg(&args);
    };
    // Chords and sweeps: something at every frequency that matters, well below the limiter.
    let chord = "aevalsrc='0.2*sin(2*PI*220*t)+0.1*sin(2*PI*(3000+400*t)*t)|0.2*sin(2*PI*330*t)+0.05*sin(2*PI*9000*t)'";
    make("a.wav", &format!("{chord}:s=48000:d=3"), &[]);
    make("b.wav", "aevalsrc='0.15*sin(2*PI*523*t)|0.15*sin(2*PI*659*t)':s=48000:d=3", &[]);
    make("cd.wav", &format!("{chord}:s=44100:d=3"), &[]);
    make("mono.wav", "aevalsrc='0.3*sin(2*PI*440*t)':s=48000:d=2", &[]);
    // Each speaker has a tone of its own.
    let tones: Vec<_> = (1..=6).map(|n| format!("0.1*sin(2*PI*{}*t)", 200 * n)).collect();
    make("surround.wav", &format!("aevalsrc='{}':c=5.1:s=48000:d=2", tones.join("|")), &[]);
}

#[test]
fn trims_mixes_volumes_fades_pans_and_resampling_are_those_of_ffmpeg() {
    let Some(mut context) = gpu_context() else { return };
    let scratch = Scratch::default();
    write_sources(&scratch);
    let later = json!([
        heard("a.wav", &json!({})),
        heard("b.wav", &json!({ "start": 0.25, "volume": 0.5, "duration": 0.75 }))
    ]);
    let cases: [(&str, Value, &[&str], &str); 7] = [
        (
            "atrim",
            json!([heard("a.wav", &json!({ "trim": { "start": 0.7 } }))]),
            &["a.wav"],
            "atrim=0.7:1.7,asetpts=PTS-STARTPTS",
        ),
        ("volume", json!([heard("a.wav", &json!({ "volume": 0.3 }))]), &["a.wav"], "volume=0.3,atrim=0:1"),
        (
            "amix",
            later,
            &["a.wav", "b.wav"],
            "[0]atrim=0:1[a];[1]atrim=0:0.75,volume=0.5,adelay=250:all=1[b];[a][b]amix=normalize=0:duration=first",
        ),
        (
            "afade",
            json!([heard("a.wav", &json!({ "fadeIn": 0.5, "fadeOut": 0.25 }))]),
            &["a.wav"],
            "atrim=0:1,afade=in:st=0:d=0.5,afade=out:st=0.75:d=0.25",
        ),
        (
            "pan",
            json!([heard("a.wav", &json!({ "pan": 0.5 }))]),
            &["a.wav"],
            "atrim=0:1,pan=stereo|c0=0.5*c0|c1=c1",
        ),
        (
            "aresample",
            json!([heard("cd.wav", &json!({}))]),
            &["cd.wav"],
            "aresample=48000:resampler=soxr:precision=28,atrim=0:1",
        ),
        ("atempo", json!([heard("a.wav", &json!({ "speed": 1.5 }))]), &["a.wav"], "atempo=1.5,atrim=0:1"),
    ];
    let mut differing = Vec::new();
    for (name, blocks, inputs, graph) in cases {
        let ours = sound(&mut context, &scratch, &blocks);
        let theirs = filtered(&scratch, inputs, graph);
        let found = difference_db(&ours, &theirs);
        if ours[0].len() != theirs[0].len() || found > DIFFERENCE_DB_MAX {
            differing.push(format!(
                "{name}: {found:.1} dB, {} and {} samples",
                ours[0].len(),
                theirs[0].len()
            ));
        }
    }
    assert!(differing.is_empty(), "{differing:#?}");
}

/// Amplitude of one frequency.
fn level(samples: &[f32], hz: f64) -> f64 {
    let turn = |n: usize| std::f64::consts::TAU * hz * n as f64 / RATE;
    let sum = samples.iter().enumerate().fold((0.0, 0.0), |(re, im), (n, sample)| {
        (re + f64::from(*sample) * turn(n).cos(), im + f64::from(*sample) * turn(n).sin())
    });
    2.0 * sum.0.hypot(sum.1) / samples.len() as f64
}

#[test]
fn mono_and_surround_are_mapped_to_stereo_by_bs_775() {
    let Some(mut context) = gpu_context() else { return };
    let scratch = Scratch::default();
    write_sources(&scratch);
    let [left, right] = sound(&mut context, &scratch, &json!([heard("mono.wav", &json!({}))]));
    for side in [&left, &right] {
        assert!((level(side, 440.0) - 0.3 * std::f64::consts::FRAC_1_SQRT_2).abs() < 1e-3);
    }
    let [left, right] = sound(&mut context, &scratch, &json!([heard("surround.wav", &json!({}))]));
    // Front left, front right, centre, low frequencies, back left, back right; BS.775-4, table 2, has no place for the
    // low frequencies in two channels.
    let half = std::f64::consts::FRAC_1_SQRT_2;
    let wanted = [[1.0, 0.0], [0.0, 1.0], [half, half], [0.0, 0.0], [half, 0.0], [0.0, half]];
    for (speaker, gains) in wanted.into_iter().enumerate() {
        let hz = 200.0 * (speaker + 1) as f64;
        for (side, gain) in [&left, &right].into_iter().zip(gains) {
            let found = level(side, hz) / 0.1;
            assert!((found - gain).abs() < 2e-3, "speaker {speaker}: {found} for {gain}");
        }
    }
}

#[test]
fn the_true_peak_of_what_is_too_loud_is_at_most_minus_two_and_a_half_db_as_ebur128_measures_it() {
    let Some(mut context) = gpu_context() else { return };
    let scratch = Scratch::default();
    // A quarter of the sample rate, between samples: the true peak is 3 dB above every sample.
    let loud = "aevalsrc='0.9*sin(2*PI*12000*t+PI/4)+0.5*sin(2*PI*997*t)':s=48000:d=3";
    ffmpeg(&["-f", "lavfi", "-i", loud, "-c:a", "pcm_f32le", scratch.file("loud.wav").to_str().unwrap()]);
    let blocks = json!([heard("loud.wav", &json!({ "duration": 3, "volume": 2 }))]);
    let [left, right] = sound(&mut context, &scratch, &blocks);
    let raw = scratch.file("ours.f32");
    let frames =
        left.iter().zip(&right).flat_map(|(left, right)| [left.to_le_bytes(), right.to_le_bytes()].concat());
    std::fs::write(&raw, frames.collect::<Vec<_>>()).unwrap();
    let output = std::process::Command::new("ffmpeg")
        .args(["-nostdin", "-f", "f32le", "-ar", "48000", "-ac", "2", "-i", raw.to_str().unwrap()])
        .args(["-af", "ebur128=peak=true", "-f", "null", "-"])
        .output()
        .unwrap();
    let log = String::from_utf8_lossy(&output.stderr);
    let summary = log.rsplit("True peak:").next().unwrap();
    let peak_db: f64 = summary.split_whitespace().nth(1).unwrap().parse().unwrap();
    assert!((-3.1..=-2.45).contains(&peak_db), "{peak_db} dBTP");
}

/// Ten minutes: a flash and a click at the start of every minute.
const SYNC_SECS: usize = 600;

#[test]
fn a_click_stays_within_a_millisecond_of_its_flash_over_ten_minutes() {
    let Some(mut context) = gpu_context() else { return };
    let scratch = Scratch::default();
    let clip = scratch.file("flash.mp4");
    // The click is a swell of 20 ms, symmetric, so that its middle can be told to the sample whatever codes it.
    let secs = SYNC_SECS.to_string();
    ffmpeg(&[
        "-f",
        "lavfi",
        "-i",
        "color=s=64x36:r=10,format=yuv420p,geq=lum='if(lt(mod(T,60),0.95),235,16)':cb=128:cr=128",
        "-f",
        "lavfi",
        "-i",
        "aevalsrc='if(lt(mod(t,60),0.02),sin(PI*mod(t,60)/0.02)^2*0.6*sin(2*PI*1000*t),0)':s=44100",
        "-t",
        &secs,
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
        "-c:a",
        "aac",
        "-b:a",
        "128k",
        clip.to_str().unwrap(),
    ]);
    let template =
        json!({ "version": "1", "blocks": [{ "type": "video", "source": { "uploadName": "flash.mp4" } }] });
    let request = avs_tests::request(
        template,
        json!({ "quality": "draft", "fps": 1 }),
        scratch.path(),
        &scratch.file("out.mp4"),
    );
    avs_tests::render_to(&mut context, &request).unwrap();
    let frames = avs_tests::decoded_frames(&request.out_path);
    let flashes: Vec<_> =
        (0..frames.len()).filter(|n| frames[*n].luma[frames[*n].luma.len() / 2] > 128).collect();
    assert_eq!(flashes, (0..SYNC_SECS).step_by(60).collect::<Vec<_>>());
    let samples = avs_tests::decoded_sound(&request.out_path);
    for flash in flashes.into_iter().skip(1) {
        let middle = middle_of_energy(&samples, flash as f64 + 0.01);
        assert!((middle - flash as f64 - 0.01).abs() < 0.001, "flash at {flash} s, click at {middle} s");
    }
}

/// The mean time of what is heard within 50 ms of `secs`, weighted by its power.
fn middle_of_energy(samples: &[f32], secs: f64) -> f64 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within ten minutes")]
    let index = |secs: f64| (secs * RATE) as usize;
    let (from, to) = (index(secs - 0.05), index(secs + 0.05));
    let powers = (from..to).map(|n| (n as f64 / RATE, f64::from(samples[n]).powi(2)));
    let (sum, weighted) =
        powers.fold((0.0, 0.0), |(sum, weighted), (at, power)| (sum + power, weighted + at * power));
    weighted / sum
}
