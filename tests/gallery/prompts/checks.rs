//! What every video of a prompt must show, measured on its frames and its sound.

use std::path::PathBuf;

use anyhow::Context as _;
use image::RgbImage;
use serde_json::Value;

use super::film::{Facts, facts_of, frames_of, log_of};

/// WCAG 2.1, 1.4.3: contrast of text.
const CONTRAST_MIN: f64 = 4.5;
/// Characters a second that a viewer reads.
const READING_SPEED_MAX: f64 = 17.0;
/// A picture that stands longer than this, in seconds, where it should move.
const FROZEN_SECS_MAX: f64 = 1.0;
/// A letter differs from its ground by more than this in one channel; coding differs by less.
const INK_LEVELS_MIN: u8 = 60;
/// How far ink may be beyond a box, as a fraction of the frame: what is there at once comes 4 % larger.
const SLACK: f64 = 0.018;

/// A video with all that is known of it.
pub(super) struct Made {
    /// How it came about: holds the compiler's report.
    pub(super) trace: Value,
    pub(super) video: PathBuf,
    /// The same without letters.
    pub(super) bare: PathBuf,
    /// What the prompt asks for.
    pub(super) asked_secs: Option<f64>,
}

/// The outcome of one check.
pub(super) struct Finding {
    pub(super) holds: bool,
    pub(super) said: String,
}

/// A scene of the report.
pub(super) struct SceneOf {
    pub(super) start_frame: u32,
    pub(super) end_frame: u32,
    /// True where a picture is seen that could move.
    has_picture: bool,
}

struct TextOf<'v> {
    text: &'v str,
    /// Left, top, right, bottom in fractions of the frame.
    edges: [f64; 4],
    readable: (u32, u32),
    color: [u8; 3],
    strict: bool,
    struck: bool,
}

impl Made {
    pub(super) fn scenes(&self) -> impl Iterator<Item = SceneOf> {
        list(&self.trace["report"]["scenes"]).map(|scene| SceneOf {
            start_frame: number(&scene["startFrame"]),
            end_frame: number(&scene["endFrame"]),
            has_picture: list(&scene["assetIds"]).next().is_some() && scene["layout"] != "endCard",
        })
    }

    fn texts(&self) -> impl Iterator<Item = TextOf<'_>> {
        list(&self.trace["report"]["texts"]).map(|text| {
            let side = |index: usize| text["box"][index].as_f64().unwrap_or_default();
            TextOf {
                text: text["text"].as_str().unwrap_or_default(),
                edges: [side(0), side(1), side(0) + side(2), side(1) + side(3)],
                readable: (number(&text["readableFrom"]), number(&text["readableUntil"])),
                color: [0, 1, 2]
                    .map(|index| u8::try_from(number(&text["colorRgb"][index])).unwrap_or_default()),
                strict: text["strict"] == true,
                struck: text["struck"] == true,
            }
        })
    }
}

/// Makes every check.
pub(super) fn check(made: &Made) -> anyhow::Result<Vec<Finding>> {
    let facts = facts_of(&made.video)?;
    let mut findings = vec![check_length(made, &facts)];
    check_assets(made, &mut findings);
    check_texts(made, &facts, &mut findings)?;
    check_stretches(made, &facts, &mut findings)?;
    if facts.has_sound {
        check_sound(made, &mut findings);
    }
    let notes = list(&made.trace["notes"]).map(|note| {
        let asset = note["assetId"].as_str().unwrap_or_default();
        Finding { holds: true, said: format!("note: {asset} {}", note["text"].as_str().unwrap_or_default()) }
    });
    findings.extend(notes);
    Ok(findings)
}

fn check_length(made: &Made, facts: &Facts) -> Finding {
    let secs = f64::from(facts.frame_count) / facts.fps;
    let asked = made.asked_secs.unwrap_or(secs);
    let holds = (secs - asked).abs() <= 1.0 / facts.fps + 1e-6;
    Finding { holds, said: format!("{} frames, {secs:.2} s; asked for {asked} s", facts.frame_count) }
}

/// A file that is left out has a reason.
fn check_assets(made: &Made, findings: &mut Vec<Finding>) {
    for asset in list(&made.trace["report"]["assets"]).filter(|asset| asset["used"] != true) {
        let reason = asset["reason"].as_str();
        let name = asset["name"].as_str().unwrap_or_default();
        let said = format!("{name} is not used: {}", reason.unwrap_or("no reason given"));
        findings.push(Finding { holds: reason.is_some(), said });
    }
}

fn check_texts(made: &Made, facts: &Facts, findings: &mut Vec<Finding>) -> anyhow::Result<()> {
    let moments = |text: &TextOf<'_>| {
        let (from, until) = text.readable;
        [from, from + until.saturating_sub(from) / 2, until.saturating_sub(1).max(from)]
            .map(|frame| frame.min(facts.frame_count - 1))
    };
    let mut numbers: Vec<u32> = made.texts().flat_map(|text| moments(&text)).collect();
    numbers.sort_unstable();
    numbers.dedup();
    if numbers.is_empty() {
        return Ok(());
    }
    let (full, bare) = (frames_of(&made.video, &numbers)?, frames_of(&made.bare, &numbers)?);
    let index_of = |frame: u32| numbers.binary_search(&frame).ok();
    let mut worst = f64::INFINITY;
    for text in made.texts() {
        let chars = text.text.chars().filter(|letter| !letter.is_whitespace()).count();
        let secs = f64::from(text.readable.1.saturating_sub(text.readable.0)) / facts.fps;
        if chars as f64 > READING_SPEED_MAX * secs {
            let said = format!("{:?}: {chars} characters in {secs:.2} s", text.text);
            findings.push(Finding { holds: false, said });
        }
        let safe = safe_edges(facts.size, text.strict);
        if !within(text.edges, safe, 0.001) {
            let said = format!("{:?} at {:.3?} is outside of the safe area", text.text, text.edges);
            findings.push(Finding { holds: false, said });
        }
        for frame in moments(&text) {
            let index = index_of(frame).context("a frame of a text")?;
            let contrast = contrast_of((&full[index], &bare[index]), &text);
            worst = worst.min(contrast);
            if contrast < CONTRAST_MIN {
                let said = format!("{:?} has a contrast of {contrast:.2} in frame {frame}", text.text);
                findings.push(Finding { holds: false, said });
                break;
            }
        }
    }
    findings.push(Finding {
        holds: true,
        said: format!("lowest contrast of {} texts {worst:.2}", made.texts().count()),
    });
    for (index, frame) in numbers.iter().enumerate() {
        findings.extend(check_ink(made, *frame, (&full[index], &bare[index])));
    }
    Ok(())
}

/// Letters are where the report says, whole: each text has ink in its box, and none is elsewhere.
fn check_ink(made: &Made, frame: u32, (full, bare): (&RgbImage, &RgbImage)) -> Vec<Finding> {
    let shown: Vec<TextOf<'_>> =
        made.texts().filter(|text| (text.readable.0..text.readable.1).contains(&frame)).collect();
    let (width, height) = full.dimensions();
    let mut inked = vec![false; shown.len()];
    let mut stray = 0_usize;
    for (x, y, pixel) in full.enumerate_pixels() {
        let under = bare.get_pixel(x, y);
        if !is_ink(pixel.0, under.0) {
            continue;
        }
        let at = (f64::from(x) / f64::from(width), f64::from(y) / f64::from(height));
        let inside = |text: &TextOf<'_>| within([at.0, at.1, at.0, at.1], text.edges, SLACK);
        let mut found = false;
        for (_, inked) in shown.iter().zip(&mut inked).filter(|(text, _)| inside(text)) {
            (*inked, found) = (true, true);
        }
        stray += usize::from(!found);
    }
    let mut findings: Vec<Finding> = shown
        .iter()
        .zip(inked)
        .filter(|(_, inked)| !inked)
        .map(|(text, _)| Finding {
            holds: false,
            said: format!("{:?} is not seen in frame {frame}", text.text),
        })
        .collect();
    // Texts on their way in or out, which the report does not place, are no strays: few frames have them.
    let moving = list(&made.trace["report"]["texts"]).any(|text| {
        let shows = (number(&text["startFrame"])..number(&text["endFrame"])).contains(&frame);
        shows && !(number(&text["readableFrom"])..number(&text["readableUntil"])).contains(&frame)
    });
    if stray > 40 && !moving {
        findings.push(Finding {
            holds: false,
            said: format!("{stray} pixels of letters outside of boxes in frame {frame}"),
        });
    }
    findings
}

fn check_stretches(made: &Made, facts: &Facts, findings: &mut Vec<Finding>) -> anyhow::Result<()> {
    let log = log_of(&made.video, ["-vf", "blackdetect=d=0.1:pic_th=0.98,freezedetect=n=-60dB:d=0.5"])?;
    for line in log.lines().filter(|line| line.contains("black_start")) {
        let said = line.split("] ").last().unwrap_or(line).to_owned();
        findings.push(Finding { holds: false, said: format!("black: {said}") });
    }
    let times = |key: &str| -> Vec<f64> {
        let lines = log.lines().filter_map(|line| line.split_once(key));
        lines.filter_map(|(_, rest)| rest.trim().parse().ok()).collect()
    };
    let (starts, mut ends) = (times("freeze_start: "), times("freeze_end: "));
    ends.resize(starts.len(), f64::from(facts.frame_count) / facts.fps);
    for (start, end) in starts.into_iter().zip(ends) {
        for scene in made.scenes().filter(|scene| scene.has_picture) {
            let (from, until) =
                (f64::from(scene.start_frame) / facts.fps, f64::from(scene.end_frame) / facts.fps);
            let secs = end.min(until) - start.max(from);
            if secs > FROZEN_SECS_MAX {
                findings.push(Finding {
                    holds: false,
                    said: format!("frozen for {secs:.1} s from {:.1} s on", start.max(from)),
                });
            }
        }
    }
    Ok(())
}

fn check_sound(made: &Made, findings: &mut Vec<Finding>) {
    let avs_tests::Measured { loudness_lufs, true_peak_db } = avs_tests::measured(&made.video);
    let said = format!("{loudness_lufs:.1} LUFS, true peak {true_peak_db:.1} dBTP");
    findings.push(Finding { holds: (loudness_lufs + 14.0).abs() <= 1.0 && true_peak_db <= -1.5, said });
}

/// WCAG contrast of a text's colour with what of its ground is nearest to it: its darkest or brightest twentieth. The
/// ground is what is under and between its letters, without the round corners of a plate.
fn contrast_of((full, bare): (&RgbImage, &RgbImage), text: &TextOf<'_>) -> f64 {
    let (width, height) = bare.dimensions();
    let [left, top, right, bottom] = text.edges;
    let (columns, rows) = (pixels(left, right, width), pixels(top, bottom, height));
    let places = rows.flat_map(|y| columns.clone().map(move |x| (x, y)));
    let inked: Vec<(u32, u32)> =
        places.clone().filter(|(x, y)| is_ink(full.get_pixel(*x, *y).0, bare.get_pixel(*x, *y).0)).collect();
    let span =
        |side: fn(&(u32, u32)) -> u32| Some(inked.iter().map(side).min()?..=inked.iter().map(side).max()?);
    let (Some(columns), Some(rows)) = (span(|place| place.0), span(|place| place.1)) else { return 1.0 };
    let under = places.filter(|(x, y)| columns.contains(x) && rows.contains(y));
    let mut grounds: Vec<f64> = under.map(|(x, y)| luminance(bare.get_pixel(x, y).0)).collect();
    grounds.sort_unstable_by(f64::total_cmp);
    // The line through struck words is of their colour, and covers a tenth of them.
    let twentieth = grounds.len() / if text.struck { 4 } else { 20 };
    let letter = luminance(text.color);
    let ratio = |ground: f64| (letter.max(ground) + 0.05) / (letter.min(ground) + 0.05);
    ratio(grounds[twentieth]).min(ratio(grounds[grounds.len() - 1 - twentieth]))
}

/// The pixels between two fractions of a side.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the side first")]
fn pixels(from: f64, until: f64, side: u32) -> std::ops::Range<u32> {
    let at = |fraction: f64| (fraction * f64::from(side)).clamp(0.0, f64::from(side)) as u32;
    at(from)..at(until)
}

/// True where letters change a pixel.
fn is_ink(full: [u8; 3], bare: [u8; 3]) -> bool {
    full.iter().zip(bare).any(|(one, other)| one.abs_diff(other) >= INK_LEVELS_MIN)
}

/// WCAG 2.1, relative luminance.
fn luminance(rgb: [u8; 3]) -> f64 {
    let [r, g, b] = rgb.map(|value| {
        let coded = f64::from(value) / 255.0;
        if coded <= 0.04045 { coded / 12.92 } else { ((coded + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

/// Left, top, right and bottom of what no platform lays anything over.
fn safe_edges((width, height): (u32, u32), strict: bool) -> [f64; 4] {
    let ratio = f64::from(width) / f64::from(height);
    match ratio {
        _ if ratio > 1.2 => [0.06, 0.06, 0.94, 0.88],
        _ if ratio > 0.9 => [0.06, 0.06, 0.94, 0.94],
        _ if ratio > 0.7 => [0.06, 0.05, 0.94, 0.95],
        _ => [0.06, 0.15, 0.86, if strict { 0.65 } else { 0.75 }],
    }
}

fn within(inner: [f64; 4], outer: [f64; 4], slack: f64) -> bool {
    inner[0] >= outer[0] - slack
        && inner[1] >= outer[1] - slack
        && inner[2] <= outer[2] + slack
        && inner[3] <= outer[3] + slack
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn number(value: &Value) -> u32 {
    value.as_u64().and_then(|number| u32::try_from(number).ok()).unwrap_or_default()
}
