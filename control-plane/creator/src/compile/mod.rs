//! From a storyboard to a template: when scenes show, which part of which picture, where words stand and how they can be
//! read, how everything sounds. Nothing of a storyboard reaches the template but its words and its choices.

mod emit;
mod look;
mod paint;
mod report;
mod scene;
mod shot;
#[cfg(test)]
mod tests;
mod value;

use avs_protocol::MediaKind;
use avs_template::{Issues, OutputSpec, Pointer, limits};
use serde_json::{Value, json};

use crate::footage::is_mark;
use crate::layout::{Design, Facts, Frame, Picture, Piece, Style, design};
use crate::palette::Palette;
use crate::reading_time::{ENTRANCE_SECS, hold_secs};
use crate::sound::{ClipUse, Mix, mix};
use crate::timing::{Schedule, schedule};
use crate::{AssetId, Brief, Layout, Note, NoteCode, Scene, Storyboard, asset_id};
pub use report::{AssetReport, Report, SceneReport, TextReport};
use scene::{Compiler, SceneBlocks, SceneShots};
use shot::size_px;

/// What came of a storyboard.
#[derive(Debug, Clone, PartialEq)]
pub struct Compiled {
    /// An AVS Template JSON v1 document.
    pub template: Value,
    /// What shows when and where.
    pub report: Report,
    /// What people should know about it.
    pub notes: Vec<Note>,
}

/// Why a storyboard cannot be compiled.
#[derive(Debug, thiserror::Error)]
pub enum CompileError {
    /// There is no scene.
    #[error("the storyboard has no scenes; give it at least one")]
    NoScenes,
    /// A scene names an asset that the brief has not, or one that shows nothing.
    #[error("scene {scene} shows {asset:?}, which is no picture of the brief")]
    NoPicture {
        /// Index of the scene.
        scene: usize,
        /// What it names.
        asset: String,
    },
    /// The brief's `output` breaks rules of its own.
    #[error("the output of the brief cannot be used")]
    Output(#[source] Issues),
}

/// Makes a template of a storyboard; `brief.output` says for which frame. The same of both gives the same, byte for byte.
///
/// # Errors
/// [`CompileError`].
pub fn compile(storyboard: &Storyboard, brief: &Brief) -> Result<Compiled, CompileError> {
    if storyboard.scenes.is_empty() {
        return Err(CompileError::NoScenes);
    }
    let output = OutputSpec::from_value(&brief.output, &Pointer::root()).map_err(CompileError::Output)?;
    let frame = Frame::of_output(output.width_px, output.height_px);
    let palette = Palette::of(storyboard, brief);
    let scenes: Vec<Planned> = (0..storyboard.scenes.len())
        .map(|index| plan_scene(storyboard, brief, &frame, &palette, index))
        .collect::<Result<_, _>>()?;
    let holds: Vec<f64> = scenes.iter().map(Planned::hold_secs).collect();
    let schedule = schedule(storyboard, brief, output.fps.get(), &holds);
    let compiler = Compiler { storyboard, brief, frame: &frame, palette: &palette, schedule: &schedule };

    let shots: Vec<SceneShots> =
        scenes.iter().enumerate().map(|(index, scene)| compiler.shots(index, scene)).collect();
    let clips: Vec<ClipUse> = shots.iter().filter_map(|shots| shots.clip.clone()).collect();
    let Mix { mut blocks, clips: volumes, loudness_lufs, notes: of_sound } =
        mix(storyboard, brief, &schedule, &clips);

    let mut texts = Vec::new();
    let mut before = None;
    for (index, (scene, shots)) in scenes.iter().zip(&shots).enumerate() {
        let volume = volumes.iter().find(|clip| clip.scene == index);
        let SceneBlocks { blocks: of_scene, texts: reports, stands } =
            compiler.blocks(index, (scene, shots), volume, before);
        blocks.extend(of_scene);
        texts.extend(reports);
        before = stands.or(before);
    }
    let mut notes = compiler.notes(&scenes, &shots);
    notes.extend(of_sound);
    if blocks.len() > limits::BLOCKS_MAX {
        let text =
            format!("the video takes {} blocks, of which {} are kept", blocks.len(), limits::BLOCKS_MAX);
        notes.push(Note::general(NoteCode::TooMuch, text));
        blocks.truncate(limits::BLOCKS_MAX);
    }
    let mut template = json!({ "version": "1", "background": palette.ground.hex(), "blocks": blocks });
    let name: String = storyboard.title.trim().chars().filter(|sign| !sign.is_control()).take(120).collect();
    if !name.is_empty() {
        template["name"] = json!(name);
    }
    let report = Report {
        scenes: scene_reports(storyboard, &scenes, &schedule),
        texts,
        cuts: schedule.scenes.iter().skip(1).map(|scene| scene.start_frame).collect(),
        assets: asset_reports(storyboard, brief, &scenes, &shots),
        loudness_lufs,
        frame_count: schedule.frame_count,
        fps: schedule.fps,
    };
    Ok(Compiled { template, report, notes })
}

/// A scene before it has its time.
struct Planned {
    design: Design,
    /// Indices of what it shows, main picture first.
    assets: Vec<usize>,
    facts: Facts,
}

impl Planned {
    /// How long it must last for its words to be read.
    fn hold_secs(&self) -> f64 {
        let hold = hold_secs(self.texts());
        let comes = if self.design.at_once { 0.0 } else { ENTRANCE_SECS };
        if hold > 0.0 { hold + comes } else { 0.0 }
    }

    fn texts(&self) -> impl Iterator<Item = &str> {
        let rows = self.design.stacks.iter().flat_map(|stack| &stack.rows);
        rows.filter_map(|row| match &row.piece {
            Piece::Words(words) if !words.ornament => Some(words.text.as_str()),
            Piece::Words(_) | Piece::Rule { .. } | Piece::Picture { .. } => None,
        })
    }
}

fn plan_scene(
    storyboard: &Storyboard,
    brief: &Brief,
    frame: &Frame,
    palette: &Palette,
    index: usize,
) -> Result<Planned, CompileError> {
    let scene = &storyboard.scenes[index];
    let assets = pictures_of(scene, brief, index)?;
    let shows_logo = |asset: &usize| is_mark(&brief.assets[*asset]);
    let logo = assets.first().copied().filter(|asset| {
        let is_image = brief.assets[*asset].analysis.kind == MediaKind::Image;
        scene.layout == Layout::EndCard && is_image && shows_logo(asset)
    });
    let ratio = assets.first().map_or(1.0, |asset| {
        let (width, height) = size_px(&brief.assets[*asset]);
        width / height
    });
    let mismatch = |ratio: f64| (ratio / (frame.w / frame.h)).max(frame.w / frame.h / ratio);
    let says_something = scene.headline.is_some() || scene.body.is_some() || scene.label.is_some();
    let whole = assets.first().is_some_and(|asset| {
        let is_screen =
            brief.assets[*asset].analysis.picture.as_ref().is_some_and(|picture| picture.is_screen);
        shows_logo(asset) || (is_screen && (mismatch(ratio) > 1.2 || says_something))
    });
    let facts = Facts { pictures: assets.len(), ratio, whole, logo, crosswise: mismatch(ratio) > 2.0 };
    let style = Style { frame, palette };
    let mut design = design(scene, &facts, storyboard.tone, &style);
    // What opens a video is there when it opens.
    design.at_once |= index == 0 && scene.layout == Layout::Title;
    Ok(Planned { design, assets, facts })
}

fn pictures_of(scene: &Scene, brief: &Brief, index: usize) -> Result<Vec<usize>, CompileError> {
    let picture = |id: &AssetId| {
        brief
            .asset_index(id)
            .filter(|at| brief.assets[*at].analysis.kind != MediaKind::Audio)
            .ok_or_else(|| CompileError::NoPicture { scene: index, asset: id.0.chars().take(40).collect() })
    };
    scene
        .asset_id
        .iter()
        .chain(scene.more_asset_ids.iter().take(crate::limits::MORE_ASSETS_MAX))
        .map(picture)
        .collect()
}

fn scene_reports(storyboard: &Storyboard, scenes: &[Planned], schedule: &Schedule) -> Vec<SceneReport> {
    let report = |((scene, planned), time): ((&Scene, &Planned), &crate::timing::SceneTime)| SceneReport {
        layout: scene.layout,
        start_frame: time.start_frame,
        end_frame: time.end_frame,
        asset_ids: planned.assets.iter().map(|asset| asset_id(*asset)).collect(),
    };
    storyboard.scenes.iter().zip(scenes).zip(&schedule.scenes).map(report).collect()
}

fn asset_reports(
    storyboard: &Storyboard,
    brief: &Brief,
    scenes: &[Planned],
    shots: &[SceneShots],
) -> Vec<AssetReport> {
    let report = |(index, asset): (usize, &crate::BriefAsset)| {
        let id = asset_id(index);
        let heard = [&storyboard.music, &storyboard.voice].into_iter().flatten().any(|heard| *heard == id);
        let shown = shots.iter().any(|shots| shots.shots.iter().any(|shot| shot.asset == index))
            || scenes
                .iter()
                .any(|scene| scene.facts.logo == Some(index) && scene.design.picture == Picture::None);
        AssetReport { id, name: asset.analysis.name.clone(), used: heard || shown, reason: None }
    };
    brief.assets.iter().enumerate().map(report).collect()
}
