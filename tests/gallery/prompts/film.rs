//! What ffmpeg and ffprobe say of a video, and pictures out of it.

use std::path::Path;
use std::process::Command;

use anyhow::Context as _;
use image::RgbImage;
use image::imageops::{FilterType, replace, resize};
use serde_json::Value;

use super::checks::Made;
use super::output_of;

/// Longer side of a tile of a contact sheet.
const TILE_PX: u32 = 400;
const SHEET_COLUMNS: u32 = 6;
const GAP_PX: u32 = 6;

/// The measures of a video.
pub(super) struct Facts {
    pub(super) size: (u32, u32),
    pub(super) fps: f64,
    pub(super) frame_count: u32,
    pub(super) has_sound: bool,
}

pub(super) fn facts_of(video: &Path) -> anyhow::Result<Facts> {
    let mut probe = Command::new("ffprobe");
    probe.args(["-v", "error", "-count_packets", "-of", "json", "-show_entries"]);
    probe.arg("stream=codec_type,width,height,r_frame_rate,nb_read_packets").arg(video);
    let said: Value = serde_json::from_str(&output_of(&mut probe)?)?;
    let streams = said["streams"].as_array().context("streams")?;
    let pictures = streams.iter().find(|stream| stream["codec_type"] == "video").context("no video")?;
    let side = |name: &str| pictures[name].as_u64().and_then(|px| u32::try_from(px).ok()).context("a size");
    let (rate, per) =
        pictures["r_frame_rate"].as_str().and_then(|rate| rate.split_once('/')).context("a rate")?;
    Ok(Facts {
        size: (side("width")?, side("height")?),
        fps: rate.parse::<f64>()? / per.parse::<f64>()?,
        frame_count: pictures["nb_read_packets"].as_str().context("a count")?.parse()?,
        has_sound: streams.iter().any(|stream| stream["codec_type"] == "audio"),
    })
}

/// The frames of these numbers; each of them once, in rising order.
pub(super) fn frames_of(video: &Path, numbers: &[u32]) -> anyhow::Result<Vec<RgbImage>> {
    let facts = facts_of(video)?;
    let wanted: Vec<String> = numbers.iter().map(|number| format!("eq(n\\,{number})")).collect();
    let chain = format!("select='{}',scale=in_color_matrix=bt709:in_range=tv", wanted.join("+"));
    let mut ffmpeg = Command::new("ffmpeg");
    ffmpeg.args(["-v", "error", "-nostdin", "-i"]).arg(video).args(["-vf", &chain, "-vsync", "0"]);
    let output = ffmpeg.args(["-f", "rawvideo", "-pix_fmt", "rgb24", "-"]).output()?;
    anyhow::ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let (width, height) = facts.size;
    let frames = output.stdout.chunks_exact((width * height * 3) as usize);
    let pictures: Option<Vec<RgbImage>> =
        frames.map(|bytes| RgbImage::from_raw(width, height, bytes.to_vec())).collect();
    pictures.filter(|pictures| pictures.len() == numbers.len()).context("a frame is missing")
}

/// What a filter that only looks or listens writes to the log.
pub(super) fn log_of(video: &Path, filter: [&str; 2]) -> anyhow::Result<String> {
    let mut ffmpeg = Command::new("ffmpeg");
    ffmpeg.args(["-nostdin", "-hide_banner", "-nostats", "-i"]).arg(video);
    let output = ffmpeg.args(filter).args(["-f", "null", "-"]).output()?;
    anyhow::ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8_lossy(&output.stderr).into_owned())
}

/// Lays out the middle of each scene, and its first frames where it is long.
pub(super) fn write_sheet(made: &Made, path: &Path) -> anyhow::Result<()> {
    let mut numbers: Vec<u32> = made
        .scenes()
        .flat_map(|scene| {
            let (start, end) = (scene.start_frame, scene.end_frame);
            let early = (end - start > 60).then_some(start + 6);
            early.into_iter().chain([start + (end - start) * 6 / 10])
        })
        .collect();
    numbers.dedup();
    let frames = frames_of(&made.video, &numbers)?;
    let (width, height) = frames.first().context("no scene")?.dimensions();
    let longer = width.max(height);
    let tile = (width * TILE_PX / longer, height * TILE_PX / longer);
    let rows = u32::try_from(frames.len())?.div_ceil(SHEET_COLUMNS);
    let side = |count: u32, px: u32| GAP_PX + count * (px + GAP_PX);
    let mut sheet =
        RgbImage::from_pixel(side(SHEET_COLUMNS, tile.0), side(rows, tile.1), image::Rgb([96; 3]));
    for (index, frame) in (0..).zip(&frames) {
        let picture = resize(frame, tile.0, tile.1, FilterType::Triangle);
        let at = (side(index % SHEET_COLUMNS, tile.0), side(index / SHEET_COLUMNS, tile.1));
        replace(&mut sheet, &picture, at.0.into(), at.1.into());
    }
    sheet.save(path)?;
    Ok(())
}
