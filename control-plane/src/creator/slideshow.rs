//! The simplest creator: the files one after the other, what the prompt quotes as titles, a song below.

use avs_template::{Pointer, Template};
use futures_util::future::BoxFuture;
use serde_json::{Value, json};

use super::{Brief, Creation, Creator, CreatorError};
use crate::store::{AssetRecord, ProbeRecord};

/// Length of a video where the prompt does not say, in seconds.
const DURATION_SECS: f64 = 15.0;
/// Range of lengths that a prompt can ask for, in seconds.
const DURATION_SECS_RANGE: std::ops::RangeInclusive<f64> = 1.0..=180.0;
/// A picture is not looked at longer, in seconds; the video ends earlier then.
const PICTURE_SECS_MAX: f64 = 8.0;
/// Longest title, in characters: two lines at the size used.
const TITLE_CHARS_MAX: usize = 80;
/// Most titles.
const TITLES_MAX: usize = 12;

/// Shows every picture in the order given, for equal times, under the prompt's quoted words.
#[derive(Debug, Clone, Copy)]
pub struct SlideshowCreator;

impl Creator for SlideshowCreator {
    fn create<'a>(&'a self, brief: &'a Brief<'a>) -> BoxFuture<'a, Result<Creation, CreatorError>> {
        Box::pin(std::future::ready(creation_from_brief(brief)))
    }
}

fn creation_from_brief(brief: &Brief<'_>) -> Result<Creation, CreatorError> {
    let asked_secs = secs_from_prompt(brief.prompt);
    let shown: Vec<_> = brief.assets.iter().filter(|asset| is_visual(asset)).collect();
    let slots = slots_from_assets(&shown, asked_secs.unwrap_or(DURATION_SECS));
    let duration_secs: f64 = slots.iter().sum();
    let mut blocks: Vec<Value> = Vec::new();
    let mut start_secs = 0.0;
    for (asset, secs) in shown.iter().zip(&slots) {
        blocks.push(visual_block(asset, start_secs, *secs));
        start_secs += secs;
    }
    let titles = titles_from_prompt(brief.prompt, shown.is_empty());
    let title_secs = duration_secs / titles.len().max(1) as f64;
    for (index, title) in titles.iter().enumerate() {
        blocks.push(
            json!({ "type": "text", "start": index as f64 * title_secs, "duration": title_secs, "text": title,
            "y": if shown.is_empty() { "50%" } else { "82%" }, "font": { "size": 84, "weight": 700 } }),
        );
    }
    let song = brief.assets.iter().find(|asset| kind_of(asset) == Some("audio"));
    if let Some(song) = song {
        blocks.push(
            json!({ "type": "audio", "start": 0, "duration": duration_secs, "source": source_of(song) }),
        );
    }
    if blocks.is_empty() {
        let detail = "there is nothing to show: send footage, or put the words to show into the prompt";
        return Err(CreatorError::Impossible { detail: detail.to_owned() });
    }
    let template = json!({ "version": "1", "blocks": blocks });
    Template::from_value(&template, &Pointer::root()).map_err(|issues| {
        let issues = issues.into_vec();
        let first = issues.first().map(|issue| format!("{}: {}", issue.pointer, issue.detail));
        CreatorError::Unusable { count: issues.len(), first: first.unwrap_or_default() }
    })?;
    let trace = json!({ "creator": "slideshow", "askedSeconds": asked_secs, "slotsSeconds": slots, "titles": titles });
    Ok(Creation { template, trace })
}

fn kind_of(asset: &AssetRecord) -> Option<&str> {
    asset.probe.as_ref().map(|probe| probe.kind.as_str())
}

fn is_visual(asset: &AssetRecord) -> bool {
    matches!(kind_of(asset), Some("video" | "image"))
}

fn source_of(asset: &AssetRecord) -> Value {
    if asset.remote { json!({ "url": asset.name }) } else { json!({ "uploadName": asset.name }) }
}

fn visual_block(asset: &AssetRecord, start_secs: f64, secs: f64) -> Value {
    let kind = kind_of(asset).unwrap_or("image");
    json!({ "type": kind, "start": start_secs, "duration": secs, "fit": "cover", "source": source_of(asset) })
}

/// How long each picture shows: equal parts of the whole, but no video beyond its own end and no still for too long.
/// Whole frames at every rate that divides 300, so that neighbours meet.
fn slots_from_assets(shown: &[&AssetRecord], total_secs: f64) -> Vec<f64> {
    let equal_secs = total_secs / shown.len().max(1) as f64;
    let longest_secs = |asset: &AssetRecord| match &asset.probe {
        Some(ProbeRecord { duration_secs: Some(secs), .. }) if *secs > 0.0 => *secs,
        _ => PICTURE_SECS_MAX.max(equal_secs.min(60.0)),
    };
    let whole = |secs: f64| ((secs * 10.0).floor() / 10.0).max(0.1);
    if shown.is_empty() {
        return vec![whole(total_secs)];
    }
    shown.iter().map(|asset| whole(equal_secs.min(longest_secs(asset)))).collect()
}

/// The first number in front of a word for seconds or minutes.
fn secs_from_prompt(prompt: &str) -> Option<f64> {
    let words: Vec<String> = prompt
        .split(|c: char| c.is_whitespace() || c == '-')
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase())
        .collect();
    let unit = |word: &str| match word {
        "s" | "sec" | "secs" | "second" | "seconds" => Some(1.0),
        "m" | "min" | "mins" | "minute" | "minutes" => Some(60.0),
        _ => None,
    };
    let pairs = words.windows(2).filter_map(|pair| Some(pair[0].parse::<f64>().ok()? * unit(&pair[1])?));
    let joined = words.iter().filter_map(|word| {
        let digits = word.trim_end_matches(char::is_alphabetic);
        Some(digits.parse::<f64>().ok()? * unit(&word[digits.len()..])?)
    });
    let secs = pairs.chain(joined).find(|secs| *secs > 0.0)?;
    Some(secs.clamp(*DURATION_SECS_RANGE.start(), *DURATION_SECS_RANGE.end()))
}

/// What stands in quotation marks; where nothing is shown otherwise, the sentences of the prompt itself.
fn titles_from_prompt(prompt: &str, alone: bool) -> Vec<String> {
    let marks = ['"', '\u{201c}', '\u{201d}', '\u{201e}', '\u{ab}', '\u{bb}'];
    let quoted: Vec<&str> = prompt.split(marks).skip(1).step_by(2).collect();
    let sentences = prompt.split_inclusive(['.', '!', '?', '\n', '\u{3002}']);
    let pieces: Vec<&str> = if quoted.is_empty() && alone { sentences.collect() } else { quoted };
    let short = |piece: &str| piece.trim().chars().take(TITLE_CHARS_MAX).collect::<String>();
    pieces.into_iter().map(short).filter(|title| !title.is_empty()).take(TITLES_MAX).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn asset(name: &str, kind: &str, duration_secs: Option<f64>) -> AssetRecord {
        let probe = ProbeRecord {
            kind: kind.into(),
            format: "x".into(),
            duration_secs,
            width_px: Some(64),
            height_px: Some(64),
            has_audio: false,
        };
        AssetRecord {
            name: name.into(),
            file: "0".into(),
            size_bytes: 1,
            pointer: String::new(),
            remote: false,
            sha256: None,
            probe: Some(probe),
        }
    }

    fn created(prompt: &str, assets: &[AssetRecord]) -> Result<Creation, CreatorError> {
        creation_from_brief(&Brief { prompt, output: &Value::Null, assets })
    }

    #[test]
    fn the_prompt_of_the_public_page_fills_the_time_it_asks_for() {
        let assets = [asset("intro.mp4", "video", Some(30.0)), asset("b.png", "image", None)];
        let creation =
            created("Create a 20 second product teaser using the uploaded footage.", &assets).unwrap();
        let blocks = creation.template["blocks"].as_array().unwrap();
        assert_eq!(blocks.len(), 2);
        assert_eq!((&blocks[1]["start"], &blocks[1]["duration"]), (&json!(10.0), &json!(10.0)));
    }

    #[test]
    fn words_in_quotation_marks_become_titles() {
        let creation = created("Announce \u{201c}Now shipping\u{201d} for 5s", &[]).unwrap();
        assert_eq!(creation.template["blocks"][0]["text"], "Now shipping");
        assert_eq!(creation.template["blocks"][0]["duration"], 5.0);
    }

    #[test]
    fn nothing_to_show_is_said_so() {
        assert!(matches!(created("   ", &[]), Err(CreatorError::Impossible { .. })));
    }

    proptest! {
        #[test]
        fn whatever_is_asked_the_template_is_valid_and_names_no_other_file(
            prompt in ".{0,200}", lengths in proptest::collection::vec(0.01_f64..900.0, 0..8),
        ) {
            let assets: Vec<_> =
                lengths.iter().enumerate().map(|(n, secs)| asset(&format!("{n}.mp4"), "video", Some(*secs))).collect();
            if let Ok(creation) = created(&prompt, &assets) {
                let template = Template::from_value(&creation.template, &Pointer::root()).unwrap();
                for (_, source) in template.sources() {
                    prop_assert!(assets.iter().any(|asset| asset.name == source.key()));
                }
            } else {
                prop_assert!(assets.is_empty() && titles_from_prompt(&prompt, true).is_empty());
            }
        }
    }
}
