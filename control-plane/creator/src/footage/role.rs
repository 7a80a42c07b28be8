//! What a file is used as: told by its kind, its sound, its name, and what it looks like.

use avs_protocol::{AssetAnalysis, MediaKind, PictureAnalysis, Span};
use serde::Serialize;

use crate::{Brief, BriefAsset};

/// What a file is used as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Role {
    /// A video from a lens.
    Clip,
    /// A still picture from a lens or a pencil.
    Picture,
    /// What a screen shows, moving or still: never cropped into.
    Screen,
    /// A mark for the last card; never shown in full.
    Logo,
    /// Music under the whole.
    Music,
    /// Spoken words over the whole.
    Voice,
    /// Not used; the reason says why.
    Unused,
}

impl Role {
    /// Says whether scenes show it in full.
    pub fn is_shown(self) -> bool {
        matches!(self, Self::Clip | Self::Picture | Self::Screen)
    }
}

/// Sound of which more than this share is speech is a voice.
const VOICE_SPEECH_RATIO: f64 = 0.35;
/// A song is sung: with a steady beat it takes this much to be a voice.
const VOICE_SPEECH_RATIO_OVER_BEAT: f64 = 0.75;
/// Share of see-through pixels from which a picture is a mark.
const LOGO_TRANSPARENT_RATIO: f64 = 0.15;
/// Less than this is an edge that was not cut cleanly.
const SEE_THROUGH_RATIO_MIN: f64 = 0.02;
/// A mark's longer side at most, in pixels; larger cut-outs are pictures of products.
const LOGO_LONG_SIDE_PX_MAX: u32 = 1200;
/// Bits of the difference hash in which two pictures of the same thing differ at most. Stricter than what merely looks
/// alike (10 of 64): a file is dropped for it.
const DUPLICATE_HASH_BITS_MAX: u32 = 2;
/// Quieter than this there is nothing to be heard.
const SILENT_LUFS: f64 = -60.0;

/// Returns the role of each file, and why, in the brief's order.
pub(super) fn roles(brief: &Brief) -> Vec<(Role, String)> {
    let music = sound_role(brief, false);
    let voice = sound_role(brief, true);
    let mut roles: Vec<(Role, String)> = Vec::with_capacity(brief.assets.len());
    for (index, asset) in brief.assets.iter().enumerate() {
        let analysis = &asset.analysis;
        let role = match analysis.kind {
            MediaKind::Font => (
                Role::Unused,
                "a video of a prompt has its own letters; a template can name a font".to_owned(),
            ),
            MediaKind::Audio if music == Some(index) => {
                (Role::Music, "the longest sound without speech".to_owned())
            }
            MediaKind::Audio if voice == Some(index) => {
                (Role::Voice, "the longest sound that is speech".to_owned())
            }
            MediaKind::Audio => (Role::Unused, unused_sound_reason(asset)),
            MediaKind::Image => image_role(brief, index, &roles),
            MediaKind::Video => video_role(asset),
        };
        roles.push(role);
    }
    roles
}

/// The longest sound file that is a voice, or that is not.
fn sound_role(brief: &Brief, is_voice: bool) -> Option<usize> {
    brief
        .assets
        .iter()
        .enumerate()
        .filter(|(_, asset)| {
            asset.analysis.kind == MediaKind::Audio && is_heard(asset) && is_speech(asset) == is_voice
        })
        .rev()
        .max_by(|a, b| duration_secs(&a.1.analysis).total_cmp(&duration_secs(&b.1.analysis)))
        .map(|(index, _)| index)
}

fn unused_sound_reason(asset: &BriefAsset) -> String {
    match (is_heard(asset), is_speech(asset)) {
        (false, _) => "nothing is to be heard in it",
        (true, true) => "a longer voice is used",
        (true, false) => "a longer piece of music is used",
    }
    .to_owned()
}

/// True for what has a sound that can be heard, and lasts.
pub(crate) fn is_heard(asset: &BriefAsset) -> bool {
    let is_loud = asset.analysis.sound.as_ref().is_some_and(|sound| sound.loudness_lufs > SILENT_LUFS);
    is_loud && duration_secs(&asset.analysis) > 0.0
}

fn is_speech(asset: &BriefAsset) -> bool {
    let words = name_parts(asset.source.key());
    let has = |names: &[&str]| words.iter().any(|word| names.contains(&word.as_str()));
    if has(&["voice", "voiceover", "vo", "narration", "speech", "sprecher"]) {
        return true;
    }
    if has(&["music", "song", "track", "beat", "instrumental", "musik", "soundtrack"]) {
        return false;
    }
    let has_beat = asset
        .analysis
        .sound
        .as_ref()
        .and_then(|sound| sound.beat.as_ref())
        .is_some_and(|beat| beat.confidence >= 1.6);
    let least = if has_beat { VOICE_SPEECH_RATIO_OVER_BEAT } else { VOICE_SPEECH_RATIO };
    speech_ratio(&asset.analysis) > least
}

fn image_role(brief: &Brief, index: usize, before: &[(Role, String)]) -> (Role, String) {
    let asset = &brief.assets[index];
    let Some(picture) = seen(asset) else {
        return (Role::Unused, "no picture could be read from it".to_owned());
    };
    if let Some(reason) = logo_reason(asset) {
        return (Role::Logo, reason.to_owned());
    }
    if is_blank(picture) {
        return (Role::Unused, "it is of one colour throughout".to_owned());
    }
    let twin = (0..index).find(|other| {
        before[*other].0 == Role::Picture
            && brief.assets[*other].analysis.kind == MediaKind::Image
            && is_twin(&brief.assets[*other].analysis, &asset.analysis)
    });
    match twin {
        Some(other) => (Role::Unused, format!("it looks the same as file {}", other + 1)),
        None if picture.is_screen => (Role::Screen, "it shows a screen".to_owned()),
        None => (Role::Picture, "a picture".to_owned()),
    }
}

/// Says why a picture is a logo; none for others.
fn logo_reason(asset: &BriefAsset) -> Option<&'static str> {
    if name_parts(asset.source.key()).iter().any(|word| word == "logo" || word == "logotype") {
        return Some("its name says that it is a logo");
    }
    let long_side = asset.analysis.width_px.max(asset.analysis.height_px).unwrap_or(0);
    let is_small = long_side <= LOGO_LONG_SIDE_PX_MAX;
    (is_small && transparent_ratio(asset) >= LOGO_TRANSPARENT_RATIO)
        .then_some("small and see-through, as a logo is")
}

/// True for a logo, and for what is cut out of its ground: it is shown whole, and on the ground of the video.
pub(crate) fn is_mark(asset: &BriefAsset) -> bool {
    let is_image = asset.analysis.kind == MediaKind::Image;
    is_see_through(asset) || (is_image && logo_reason(asset).is_some())
}

/// True for a picture with see-through parts.
pub(crate) fn is_see_through(asset: &BriefAsset) -> bool {
    transparent_ratio(asset) > SEE_THROUGH_RATIO_MIN
}

fn transparent_ratio(asset: &BriefAsset) -> f64 {
    asset.analysis.picture.as_ref().map_or(0.0, |picture| picture.transparent_ratio)
}

fn video_role(asset: &BriefAsset) -> (Role, String) {
    let Some(picture) = seen(asset) else {
        return (Role::Unused, "no picture could be read from it".to_owned());
    };
    if is_blank(picture) {
        return (Role::Unused, "it is black or of one colour throughout".to_owned());
    }
    if asset.recording.is_some() || picture.is_screen {
        return (Role::Screen, "it was recorded from a screen".to_owned());
    }
    (Role::Clip, "a video".to_owned())
}

fn seen(asset: &BriefAsset) -> Option<&PictureAnalysis> {
    let has_size = asset.analysis.width_px.unwrap_or(0) > 0 && asset.analysis.height_px.unwrap_or(0) > 0;
    asset.analysis.picture.as_ref().filter(|picture| has_size && !picture.samples.is_empty())
}

fn is_blank(picture: &PictureAnalysis) -> bool {
    picture.samples.iter().all(|sample| sample.is_blank)
}

/// The same picture twice: the same shape, the same hash but for a bit, the same light and colours.
fn is_twin(a: &AssetAnalysis, b: &AssetAnalysis) -> bool {
    let first = |analysis: &AssetAnalysis| analysis.picture.as_ref().and_then(|p| p.samples.first().cloned());
    let (Some(look_a), Some(look_b)) = (first(a), first(b)) else { return false };
    let near = |a: f64, b: f64, distance: f64| (a - b).abs() <= distance;
    near(aspect_ratio(a), aspect_ratio(b), 0.02)
        && (look_a.hash ^ look_b.hash).count_ones() <= DUPLICATE_HASH_BITS_MAX
        && near(look_a.brightness, look_b.brightness, 0.015)
        && near(look_a.colorfulness, look_b.colorfulness, 0.01)
        && same_colors(a, b)
}

fn same_colors(a: &AssetAnalysis, b: &AssetAnalysis) -> bool {
    let first = |analysis: &AssetAnalysis| {
        analysis.picture.as_ref().and_then(|picture| picture.colors.first().map(|color| color.rgb))
    };
    match (first(a), first(b)) {
        (Some(a), Some(b)) => a.iter().zip(b).all(|(a, b)| a.abs_diff(b) <= 12),
        (None, None) => true,
        _ => false,
    }
}

/// Words of a file's name as people read it: `summer_song.mp3` is `summer song`.
pub(crate) fn name_words(key: &str) -> String {
    let words = stem(key).split(|c: char| !c.is_alphanumeric() && c != '\'' && c != '&');
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Words of a file's name, small, without its extension.
pub(crate) fn name_parts(key: &str) -> Vec<String> {
    stem(key)
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

/// The name of a file without its folders, query and extension.
fn stem(key: &str) -> &str {
    let path = if key.contains("://") { key.split(['?', '#']).next().unwrap_or(key) } else { key };
    let name = path.rsplit('/').next().unwrap_or(path);
    match name.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() && extension.len() <= 6 => stem,
        _ => name,
    }
}

/// Length of a file in seconds; 0 for an image, and where none is known.
pub(super) fn duration_secs(analysis: &AssetAnalysis) -> f64 {
    if analysis.kind == MediaKind::Image {
        return 0.0;
    }
    let last_look =
        analysis.picture.as_ref().and_then(|picture| picture.samples.last()).map(|last| last.at_secs);
    let known = analysis.duration_secs.or(last_look).unwrap_or(0.0);
    if known.is_finite() { known.clamp(0.0, 86_400.0) } else { 0.0 }
}

/// Share of a file in which somebody speaks; of a long file, of what was listened to.
pub(super) fn speech_ratio(analysis: &AssetAnalysis) -> f64 {
    let Some(sound) = analysis.sound.as_ref() else { return 0.0 };
    let listened = sound.block_loudness_tenths.len() as f64 / 10.0;
    let whole = duration_secs(analysis);
    let duration = if listened > 0.0 { whole.min(listened) } else { whole };
    if duration <= 0.0 {
        return 0.0;
    }
    let length = |span: &Span| (span.end_secs.min(duration) - span.start_secs.max(0.0)).max(0.0);
    (sound.speech.iter().map(length).sum::<f64>() / duration).clamp(0.0, 1.0)
}

/// Width over height; 1 where there is no picture.
pub(super) fn aspect_ratio(analysis: &AssetAnalysis) -> f64 {
    match (analysis.width_px, analysis.height_px) {
        (Some(width), Some(height)) if width > 0 && height > 0 => f64::from(width) / f64::from(height),
        _ => 1.0,
    }
}
