//! What ffmpeg makes of a file: its streams and its decoded frames. The judge of what we write.

use std::path::Path;
use std::process::Command;

/// What ffprobe says of a video file.
#[derive(Debug, Clone, PartialEq)]
pub struct StreamFacts {
    /// Codec names, in stream order.
    pub codecs: Vec<String>,
    /// Decoded frames of the video stream.
    pub frame_count: u64,
    /// Length of each stream in seconds, in stream order.
    pub durations_secs: Vec<f64>,
    /// Matrix, range, primaries and transfer of the video stream.
    pub color: [String; 4],
    /// Width and height.
    pub size: (u64, u64),
    /// Frame rate as a fraction.
    pub frame_rate: String,
}

/// Reads the streams of a file, decoding every frame.
#[track_caller]
#[must_use]
pub fn stream_facts(path: &Path) -> StreamFacts {
    let output = Command::new("ffprobe")
        .args(["-v", "error", "-count_frames", "-show_streams", "-of", "json"])
        .arg(path)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let probed: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let streams = probed["streams"].as_array().unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let video = streams.iter().find(|stream| stream["codec_type"] == "video").unwrap();
    StreamFacts {
        codecs: streams.iter().map(|stream| text(&stream["codec_name"])).collect(),
        frame_count: text(&video["nb_read_frames"]).parse().unwrap(),
        durations_secs: streams.iter().map(|stream| text(&stream["duration"]).parse().unwrap()).collect(),
        color: ["color_space", "color_range", "color_primaries", "color_transfer"]
            .map(|name| text(&video[name])),
        size: (video["width"].as_u64().unwrap(), video["height"].as_u64().unwrap()),
        frame_rate: text(&video["r_frame_rate"]),
    }
}

/// One frame as NV12.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// Full size.
    pub luma: Vec<u8>,
    /// Cb and Cr interleaved, half size.
    pub chroma: Vec<u8>,
}

/// Decodes every frame of a file, without any conversion of colours.
#[track_caller]
#[must_use]
pub fn decoded_frames(path: &Path) -> Vec<Frame> {
    let facts = stream_facts(path);
    let luma_bytes = usize::try_from(facts.size.0 * facts.size.1).unwrap();
    let output = Command::new("ffmpeg")
        .args(["-v", "error", "-nostdin", "-i"])
        .arg(path)
        .args(["-an", "-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "nv12", "-"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let frames = output.stdout.chunks_exact(luma_bytes * 3 / 2);
    frames
        .map(|bytes| Frame { luma: bytes[..luma_bytes].to_vec(), chroma: bytes[luma_bytes..].to_vec() })
        .collect()
}

/// Decodes the sound of a file to 48 kHz mono floats.
#[track_caller]
#[must_use]
pub fn decoded_sound(path: &Path) -> Vec<f32> {
    let output = Command::new("ffmpeg")
        .args(["-v", "error", "-nostdin", "-i"])
        .arg(path)
        .args(["-vn", "-ac", "1", "-ar", "48000", "-f", "f32le", "-"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let (samples, _) = output.stdout.as_chunks::<4>();
    samples.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect()
}

/// How loud a file is, as ffmpeg's ebur128 finds it.
#[derive(Debug, Clone, Copy)]
pub struct Measured {
    /// Integrated loudness in LUFS.
    pub loudness_lufs: f64,
    /// Highest true peak in dBTP.
    pub true_peak_db: f64,
}

/// Measures how loud the sound of a file is.
#[track_caller]
#[must_use]
pub fn measured(path: &Path) -> Measured {
    let output = Command::new("ffmpeg")
        .args(["-nostdin", "-i"])
        .arg(path)
        .args(["-map", "0:a", "-af", "ebur128=peak=true", "-f", "null", "-"])
        .output()
        .unwrap();
    let log = String::from_utf8_lossy(&output.stderr);
    let summary = log.rsplit("Summary:").next().unwrap();
    let after = |label: &str| -> f64 {
        let text = summary.rsplit(label).next().unwrap();
        text.split_whitespace().next().unwrap().parse().unwrap()
    };
    Measured { loudness_lufs: after("I:"), true_peak_db: after("Peak:") }
}

/// Decodes the sound of a file to 48 kHz floats, left and right.
#[track_caller]
#[must_use]
pub fn decoded_channels(path: &Path) -> [Vec<f32>; 2] {
    [0, 1].map(|channel| {
        let output = Command::new("ffmpeg")
            .args(["-v", "error", "-nostdin", "-i"])
            .arg(path)
            .args(["-vn", "-af", &format!("pan=mono|c0=c{channel}"), "-ar", "48000", "-f", "f32le", "-"])
            .output()
            .unwrap();
        let (samples, _) = output.stdout.as_chunks::<4>();
        samples.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect()
    })
}

/// Decodes one frame by its number.
#[track_caller]
#[must_use]
pub fn decoded_frame(path: &Path, index: usize) -> Frame {
    decoded_frames(path).swap_remove(index)
}

/// Peak signal-to-noise ratio in dB of luma, Cb and Cr; 100 where they are the same.
#[must_use]
pub fn psnr(a: &Frame, b: &Frame) -> [f64; 3] {
    let ratio = |a: &mut dyn Iterator<Item = (u8, u8)>| {
        let (mut sum, mut count) = (0.0, 0.0);
        for (a, b) in a {
            sum += f64::from(a.abs_diff(b)).powi(2);
            count += 1.0;
        }
        if sum == 0.0 { 100.0 } else { 10.0 * (255.0 * 255.0 * count / sum).log10() }
    };
    let chroma = |first: usize| {
        let every_second = |frame: &[u8]| frame.iter().copied().skip(first).step_by(2).collect::<Vec<_>>();
        every_second(&a.chroma).into_iter().zip(every_second(&b.chroma))
    };
    [
        ratio(&mut a.luma.iter().copied().zip(b.luma.iter().copied())),
        ratio(&mut chroma(0)),
        ratio(&mut chroma(1)),
    ]
}

/// R'G'B' code values at a place of a composed picture, given in fractions of its size.
#[must_use]
pub fn rgb_at(picture: &avs_engine::color::CodedPicture, (x, y): (f64, f64)) -> [f64; 3] {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within the picture")]
    let px = |part: f64, side: u32| (part * f64::from(side)) as usize;
    let index = px(y, picture.height_px) * picture.width_px as usize + px(x, picture.width_px);
    let rgb = avs_engine::color::reference::rgb_from_picture(picture);
    [0, 1, 2].map(|channel| f64::from(rgb[3 * index + channel]))
}
