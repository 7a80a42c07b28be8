//! Everything that can be known before the first frame: template, media facts, timeline, fonts.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use avs_protocol::{AssetRole, MediaKind, ProbedAsset, RenderWarning};
use avs_template::{
    Content, Issue, IssueCollector, MediaFacts, OutputSpec, PlacedBlock, Pointer, Template, Timeline, codes,
};

use super::asset_errors;
use crate::encode::{EncoderChoice, VideoSettings};
use crate::error::RenderError;
use crate::limits;
use crate::media::{MediaError, MediaProbe, probe};
use crate::text::{FontError, Fonts, TextSetting, UnknownFamily, check_font_file};

/// Local files by the key by which the template names them.
pub type AssetPaths = BTreeMap<String, PathBuf>;

/// What to render.
#[derive(Debug, Clone)]
pub struct RenderRequest {
    /// The template document.
    pub template: serde_json::Value,
    /// The `output` object; null for every default.
    pub output: serde_json::Value,
    /// The files it names.
    pub assets: AssetPaths,
    /// The MP4 to write.
    pub out_path: PathBuf,
    /// x264 preset, where it is not the quality's.
    pub preset: Option<String>,
    /// x264 constant rate factor, where it is not the quality's.
    pub crf: Option<u8>,
    /// Which encoder.
    pub encoder: EncoderChoice,
    /// Encodes pictures that stay frame by frame, instead of writing skip pictures.
    pub encode_repeats: bool,
}

/// A render that can begin.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) timeline: Timeline,
    pub(crate) assets: AssetPaths,
    /// By source key.
    pub(crate) facts: BTreeMap<String, MediaFacts>,
    /// Laid-out texts by index into the timeline's blocks.
    pub(crate) texts: BTreeMap<usize, TextSetting>,
    /// Indices in the template of the blocks that a placeholder stands for.
    pub(crate) placeholders: BTreeSet<usize>,
    /// About files that failed before the first frame.
    pub(crate) warnings: Vec<RenderWarning>,
    pub(crate) video: VideoSettings,
}

impl Prepared {
    pub(crate) fn new(fonts: &mut Fonts, request: &RenderRequest) -> Result<Self, RenderError> {
        let template = Template::from_value(&request.template, &Pointer::root());
        let output = OutputSpec::from_value(&request.output, &Pointer::root().child("output"));
        let (mut template, output) = both(template, output)?;
        fonts.forget_files();
        add_fonts(fonts, &template, &request.assets)?;
        check_fonts(fonts, &template)?;
        let probes = Probes::of(&template, &request.assets);
        let replaced = asset_errors::replace_failed(&mut template, probes.failed)?;
        check_kinds(&template, &probes.found)?;
        let mut facts: BTreeMap<_, _> =
            probes.found.into_iter().map(|(key, found)| (key, found.facts)).collect();
        facts.extend(replaced.facts);
        let mut timeline = Timeline::new(&template, &facts, &output)?;
        check_videos_at_once(&timeline)?;
        let texts = set_texts(fonts, &mut timeline);
        let video = VideoSettings {
            width_px: output.width_px,
            height_px: output.height_px,
            fps: output.fps.get(),
            preset: request.preset.clone().unwrap_or_else(|| output.preset.to_owned()),
            crf: request.crf.unwrap_or(output.crf),
            encoder: request.encoder,
            encode_repeats: request.encode_repeats,
        };
        let (placeholders, warnings) = (replaced.placeholders, replaced.warnings);
        Ok(Self { timeline, assets: request.assets.clone(), facts, texts, placeholders, warnings, video })
    }

    /// What is known of a source. Preparing has probed every one.
    pub(crate) fn facts_of(&self, key: &str) -> MediaFacts {
        self.facts.get(key).copied().unwrap_or_default()
    }

    /// The file of a block's source. Preparing has probed every one.
    pub(crate) fn path_of(&self, key: &str) -> PathBuf {
        self.assets.get(key).cloned().unwrap_or_default()
    }
}

/// Both results, or the errors of both.
fn both<A, B>(
    a: Result<A, avs_template::Issues>,
    b: Result<B, avs_template::Issues>,
) -> Result<(A, B), RenderError> {
    match (a, b) {
        (Ok(a), Ok(b)) => Ok((a, b)),
        (a, b) => {
            let collector = IssueCollector::new();
            a.err().into_iter().chain(b.err()).for_each(|issues| collector.add_all(issues));
            Err(collector
                .into_result::<()>(None)
                .err()
                .map_or(RenderError::StageLost { stage: "prepare" }, RenderError::Invalid))
        }
    }
}

/// What probing each file that the template's blocks name has found, once a file. A name without a file is left to
/// the timeline to report.
struct Probes {
    found: BTreeMap<String, MediaProbe>,
    failed: BTreeMap<String, MediaError>,
}

impl Probes {
    fn of(template: &Template, assets: &AssetPaths) -> Self {
        let keys = template.blocks.iter().filter_map(|block| Some(block.content.source()?.key()));
        let files: BTreeMap<&str, &PathBuf> = keys.filter_map(|key| Some((key, assets.get(key)?))).collect();
        let files: Vec<_> = files.into_iter().collect();
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let share = files.len().div_ceil(cores).max(1);
        let probed = |files: &[(&str, &PathBuf)]| -> Vec<_> {
            files.iter().map(|(key, path)| ((*key).to_owned(), probe(key, path))).collect()
        };
        // Each opens its file several times and decodes a first picture: worth a thread for each core.
        let outcomes = std::thread::scope(|scope| {
            let threads: Vec<_> =
                files.chunks(share).skip(1).map(|files| scope.spawn(move || probed(files))).collect();
            let mut outcomes = probed(files.chunks(share).next().unwrap_or_default());
            for thread in threads {
                match thread.join() {
                    Ok(more) => outcomes.extend(more),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
            outcomes
        });
        let mut probes = Self { found: BTreeMap::new(), failed: BTreeMap::new() };
        for (key, outcome) in outcomes {
            match outcome {
                Ok(found) => drop(probes.found.insert(key, found)),
                Err(error) => drop(probes.failed.insert(key, error)),
            }
        }
        probes
    }
}

/// Lays out every text, and tells the timeline how large it is.
fn set_texts(fonts: &mut Fonts, timeline: &mut Timeline) -> BTreeMap<usize, TextSetting> {
    let canvas = timeline.canvas;
    let set = |(index, block): (usize, &PlacedBlock)| match &block.content {
        Content::Text(text) => Some((index, TextSetting::new(fonts, text, canvas))),
        Content::Video(_) | Content::Image(_) | Content::Audio(_) => None,
    };
    let texts: BTreeMap<_, _> = timeline.blocks.iter().enumerate().filter_map(set).collect();
    for (index, setting) in &texts {
        timeline.set_text_facts(*index, setting.facts().clone());
    }
    texts
}

/// Loads the template's own fonts under the names that it gives them.
fn add_fonts(fonts: &mut Fonts, template: &Template, assets: &AssetPaths) -> Result<(), RenderError> {
    let collector = IssueCollector::new();
    for font in &template.fonts {
        let key = font.source.key();
        let (code, detail) = match assets.get(key) {
            None => (codes::MISSING_ASSET, format!("{key:?} was not given; upload it, or correct the name")),
            Some(path) => match fonts.add_file(path, &font.family, font.weight) {
                Ok(()) => continue,
                Err(error) => ("unreadable_font", format!("{key}: {error}")),
            },
        };
        let pointer = format!("{}/source", font.pointer);
        collector.add(Issue { pointer, code, detail, suggestion: None });
    }
    collector.into_result(Some(())).map_err(RenderError::Invalid)
}

/// A video block needs a video and an image block an image; whether there is sound, the timeline checks.
fn check_kinds(template: &Template, probes: &BTreeMap<String, MediaProbe>) -> Result<(), RenderError> {
    let collector = IssueCollector::new();
    for block in &template.blocks {
        let Some(found) = block.content.source().and_then(|source| probes.get(source.key())) else {
            continue;
        };
        let key = block.content.source().map(avs_template::Source::key).unwrap_or_default();
        let mistaken = match (&block.content, found.kind) {
            (Content::Video(_), MediaKind::Image) => Some("an image; use it in an image block"),
            (Content::Image(_), MediaKind::Video) => Some("a video; use it in a video block"),
            (Content::Image(_), MediaKind::Audio) => Some("sound; use it in an audio block"),
            _ => None,
        };
        if let Some(mistaken) = mistaken {
            collector.add(Issue {
                pointer: block.source_pointer(),
                code: "wrong_media_kind",
                detail: format!("{key} is {mistaken}"),
                suggestion: None,
            });
        }
    }
    collector.into_result(Some(())).map_err(RenderError::Invalid)
}

/// Each video that shows is being decoded; too many at once would take the machine's memory.
fn check_videos_at_once(timeline: &Timeline) -> Result<(), RenderError> {
    let collector = IssueCollector::new();
    let is_video = |block: &&PlacedBlock| matches!(block.content, Content::Video(_));
    let videos: Vec<_> = timeline.blocks.iter().filter(is_video).collect();
    for block in &videos {
        let at_once = videos.iter().filter(|other| other.frames.contains(&block.frames.start)).count();
        if at_once > limits::VIDEOS_AT_ONCE_MAX {
            collector.add(Issue {
                pointer: block.pointer.clone(),
                code: "too_many_videos_at_once",
                detail: format!(
                    "{at_once} videos show when this one starts; at most {} may at once",
                    limits::VIDEOS_AT_ONCE_MAX
                ),
                suggestion: None,
            });
        }
    }
    collector.into_result(Some(())).map_err(RenderError::Invalid)
}

fn check_fonts(fonts: &Fonts, template: &Template) -> Result<(), RenderError> {
    let collector = IssueCollector::new();
    for block in &template.blocks {
        let Content::Text(text) = &block.content else { continue };
        if let Err(UnknownFamily { family, near }) = fonts.require(&text.font.family) {
            let hint =
                if near.is_empty() { String::new() } else { format!("; near to it: {}", near.join(", ")) };
            collector.add(Issue {
                pointer: format!("{}/font/family", block.pointer),
                code: "unknown_font_family",
                detail: format!("no font family is called {family:?} on this machine{hint}"),
                suggestion: near.into_iter().next(),
            });
        }
    }
    collector.into_result(Some(())).map_err(RenderError::Invalid)
}

/// Probes files by name, in order, for the control plane.
///
/// # Errors
/// [`RenderError::Media`] for the first file that cannot be used.
pub fn probe_assets(assets: &[avs_protocol::AssetFile]) -> Result<Vec<ProbedAsset>, RenderError> {
    let probed = assets.iter().map(|asset| {
        let path = PathBuf::from(&asset.path);
        let found = match asset.role {
            AssetRole::Media => probe(&asset.name, &path),
            AssetRole::Font => return probed_font(asset).map(Some),
        };
        match found {
            Ok(found) => Ok(Some(probed_asset(&asset.name, &found))),
            Err(_) if asset.optional => Ok(None),
            Err(source) => Err(RenderError::Media { pointer: asset.pointer.clone(), source }),
        }
    });
    probed.filter_map(Result::transpose).collect()
}

fn probed_font(asset: &avs_protocol::AssetFile) -> Result<ProbedAsset, RenderError> {
    check_font_file(Path::new(&asset.path))
        .map_err(|error| font_issue(&asset.pointer, &asset.name, &error))?;
    Ok(ProbedAsset {
        name: asset.name.clone(),
        kind: MediaKind::Font,
        format: "font".to_owned(),
        duration_secs: None,
        width_px: None,
        height_px: None,
        has_audio: false,
    })
}

fn font_issue(pointer: &str, name: &str, error: &FontError) -> RenderError {
    let issue = Issue {
        pointer: pointer.to_owned(),
        code: "unreadable_font",
        detail: format!("{name}: {error}"),
        suggestion: None,
    };
    RenderError::Invalid(issue.into())
}

/// What was found, as the protocol and the command line tell it.
#[must_use]
pub fn probed_asset(name: &str, found: &MediaProbe) -> ProbedAsset {
    ProbedAsset {
        name: name.to_owned(),
        kind: found.kind,
        format: found.format.clone(),
        duration_secs: found.facts.duration.map(avs_template::Ticks::as_secs),
        width_px: found.facts.size.map(|size| size.0),
        height_px: found.facts.size.map(|size| size.1),
        has_audio: found.facts.has_audio,
    }
}
