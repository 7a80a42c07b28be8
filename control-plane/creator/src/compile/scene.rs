//! The blocks of one scene: ground, pictures, what lies under words, words.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Planned;
use super::emit::{Emitter, Stay, is_hurried, rectangle};
use super::paint::{Below, Painted, Scenery, paint};
use super::report::TextReport;
use super::shot::{Shot, Wish};
use super::value::{round, source_json};
use crate::footage::is_mark;
use crate::layout::{Frame, Ground, Picture, Piece, Rect, Role, U};
use crate::palette::{Palette, Rgb};
use crate::sound::{ClipUse, ClipVolume};
use crate::timing::Schedule;
use crate::{Brief, Layout, Motion, Note, NoteCode, Storyboard, Transition};

/// Blur of what stands behind an end card, in reference pixels.
const BACKDROP_BLUR_PX: f64 = 28.0;

/// A picture that is magnified more than this is seen to be soft.
const MAGNIFIED_SEEN: f64 = 1.55;

/// What all scenes share.
pub(super) struct Compiler<'a> {
    pub(super) storyboard: &'a Storyboard,
    pub(super) brief: &'a Brief,
    pub(super) frame: &'a Frame,
    pub(super) palette: &'a Palette,
    pub(super) schedule: &'a Schedule,
}

/// The pictures of a scene.
pub(super) struct SceneShots {
    pub(super) shots: Vec<Shot>,
    /// The video among them that may be heard.
    pub(super) clip: Option<ClipUse>,
    /// Which of `shots` that is.
    heard: Option<usize>,
}

/// What a scene comes to.
pub(super) struct SceneBlocks {
    pub(super) blocks: Vec<Value>,
    pub(super) texts: Vec<TextReport>,
    /// Where its words stand.
    pub(super) stands: Option<Rect>,
}

impl Compiler<'_> {
    /// When the pictures of a scene show: under the transition of the next one too.
    fn stay(&self, index: usize) -> Stay {
        let time = self.schedule.scenes[index];
        let end_frame = self.schedule.seen_until_frame(index).min(self.schedule.frame_count);
        Stay {
            start_frame: time.start_frame,
            end_frame: end_frame.max(time.start_frame + 1),
            fps: self.schedule.fps,
            at_once: false,
            leaves: false,
        }
    }

    /// When the words of a scene show: once most of its own transition is over, until that of the next begins.
    fn words_stay(&self, index: usize, planned: &Planned) -> Stay {
        let time = self.schedule.scenes[index];
        let next_overlaps = self.schedule.scenes.get(index + 1).is_some_and(|next| next.overlap_frames > 0);
        let start_frame = (time.start_frame + time.overlap_frames * 3 / 5).min(time.end_frame - 1);
        Stay {
            start_frame,
            end_frame: time.end_frame,
            fps: self.schedule.fps,
            at_once: planned.design.at_once && time.overlap_frames == 0,
            leaves: next_overlaps,
        }
    }

    /// Decides which part of each picture shows, and when.
    pub(super) fn shots(&self, index: usize, planned: &Planned) -> SceneShots {
        let scene = &self.storyboard.scenes[index];
        let stay = self.stay(index);
        let whole_frame = self.frame.whole();
        let rects: Vec<Rect> = match &planned.design.picture {
            Picture::None => Vec::new(),
            Picture::Full | Picture::Backdrop => vec![whole_frame],
            Picture::Part(rect) | Picture::Screen(rect) => vec![*rect],
            Picture::Boxes(rects) => rects.clone(),
            Picture::Inset(rect) => vec![whole_frame, *rect],
        };
        let shot = |(at, (rect, asset)): (usize, (&Rect, &usize))| {
            let whole = matches!(planned.design.picture, Picture::Screen(_));
            let several = rects.len() > 1;
            let motion = match (&planned.design.picture, scene.motion) {
                (Picture::Boxes(_), Motion::Still) => Motion::PushIn,
                (_, motion) => motion,
            };
            Shot::of(
                self.brief,
                self.frame,
                &Wish {
                    asset: *asset,
                    rect: *rect,
                    secs: stay.secs(),
                    start_secs: if at == 0 || !several { scene.asset_start } else { None },
                    motion,
                    whole,
                    fills: several || matches!(planned.design.picture, Picture::Part(_)),
                    near: self.shows_again(index),
                },
            )
        };
        let shots: Vec<Shot> = rects.iter().zip(&planned.assets).enumerate().map(shot).collect();
        let is_backdrop = planned.design.picture == Picture::Backdrop;
        let heard = self.heard(index, &shots).filter(|_| !is_backdrop);
        let clip = heard.map(|at| ClipUse {
            scene: index,
            asset: shots[at].asset,
            start_secs: shots[at].start_secs,
            duration_secs: stay.secs(),
            speed: shots[at].speed,
        });
        SceneShots { shots, clip, heard }
    }

    /// True where what a scene shows was shown as far as it goes: by a shot without words or by the scene before. What shows
    /// a third time is seen whole again.
    fn shows_again(&self, index: usize) -> bool {
        let (before, [scene, ..]) = self.storyboard.scenes.split_at(index) else { return false };
        let shown = before.iter().enumerate().filter(|(at, earlier)| {
            earlier.asset_id.is_some()
                && earlier.asset_id == scene.asset_id
                && (earlier.layout == Layout::Plain || at + 1 == index)
        });
        shown.count() % 2 == 1
    }

    /// The video of a scene that may be heard: whoever talks in a small picture, else the first.
    fn heard(&self, index: usize, shots: &[Shot]) -> Option<usize> {
        let speaks = |shot: &Shot| {
            let sound = self.brief.assets[shot.asset].analysis.sound.as_ref();
            shot.is_video && sound.is_some_and(|sound| !sound.speech.is_empty())
        };
        let small = self.storyboard.scenes[index].layout == Layout::PictureInPicture;
        let talker = shots.iter().position(speaks).filter(|_| small);
        talker.or_else(|| shots.iter().position(|shot| shot.is_video))
    }

    /// Makes the blocks of a scene.
    pub(super) fn blocks(
        &self,
        index: usize,
        (planned, shots): (&Planned, &SceneShots),
        volume: Option<&ClipVolume>,
        before: Option<Rect>,
    ) -> SceneBlocks {
        let card = match planned.design.ground {
            Ground::Palette => self.palette.ground,
            Ground::Accent => self.palette.accent,
        };
        let painted = self.painted(planned, shots, card, before);
        let dim = painted.iter().find_map(|painted| match painted.ground {
            Below::Dim(factor) => Some(factor),
            Below::Nothing | Below::Scrim(_) | Below::Panel(..) => None,
        });
        let mut blocks = self.pictures(index, (planned, shots), volume, (card, dim));
        self.enter(index, &mut blocks);
        let small = matches!(planned.design.picture, Picture::Inset(_)) && blocks.len() > 1;
        // A picture over another is over what darkens that one, too.
        let over = if small { blocks.split_off(1) } else { Vec::new() };
        let stay = self.words_stay(index, planned);
        let emitter = Emitter { palette: self.palette, tone: self.storyboard.tone };
        let mut texts = Vec::new();
        for painted in &painted {
            blocks.extend(painted.stack.pieces.iter().filter_map(|placed| match &placed.piece {
                Piece::Picture { asset, .. } => Some(self.logo(*asset, &placed.rect, &stay)),
                Piece::Words(_) | Piece::Rule { .. } => None,
            }));
            blocks.extend(emitter.blocks(painted, &stay));
            texts.extend(self.text_reports(index, painted, &stay, &emitter));
        }
        blocks.extend(over);
        blocks.extend(self.black(index));
        let stands = painted.first().map(|painted| painted.stack.bounds);
        SceneBlocks { blocks, texts, stands }
    }

    fn painted(
        &self,
        planned: &Planned,
        shots: &SceneShots,
        card: Rgb,
        before: Option<Rect>,
    ) -> Vec<Painted> {
        let picture = &planned.design.picture;
        let fills = matches!(picture, Picture::Full | Picture::Backdrop | Picture::Inset(_));
        let taken = if let Picture::Inset(rect) = picture { Some(*rect) } else { None };
        let paint_one = |stack: &crate::layout::Stack| {
            // Words with plates on boxes: whichever box they stand on.
            let on_box = shots.shots.iter().find(|shot| {
                let middle = stack.zones[0].rect;
                shot.rect
                    .common(&middle)
                    .is_some_and(|common| common.w * common.h > 0.5 * middle.w * middle.h)
            });
            let boxes = matches!(picture, Picture::Boxes(_));
            let shot = if fills { shots.shots.first() } else { on_box.filter(|_| boxes) };
            paint(
                stack,
                &Scenery {
                    palette: self.palette,
                    shot,
                    card,
                    before,
                    frame: self.frame.whole(),
                    taken,
                    backdrop: *picture == Picture::Backdrop,
                },
            )
        };
        planned.design.stacks.iter().map(paint_one).collect()
    }

    fn pictures(
        &self,
        index: usize,
        (planned, shots): (&Planned, &SceneShots),
        volume: Option<&ClipVolume>,
        (card, dim): (Rgb, Option<f64>),
    ) -> Vec<Value> {
        let stay = self.stay(index);
        let mut blocks = Vec::new();
        let needs_ground =
            !matches!(planned.design.picture, Picture::Full | Picture::Backdrop | Picture::Inset(_));
        if needs_ground {
            let mut block = rectangle(&self.frame.whole(), &card.hex(), 0.0);
            stay.write(&mut block);
            blocks.push(block);
        }
        let boxes = matches!(planned.design.picture, Picture::Boxes(_));
        let gallery = boxes && self.storyboard.scenes[index].layout == Layout::Gallery;
        for (at, shot) in shots.shots.iter().enumerate() {
            let small = matches!(planned.design.picture, Picture::Inset(_)) && at == 1;
            let is_screen = matches!(planned.design.picture, Picture::Screen(_));
            let is_logo = is_mark(&self.brief.assets[shot.asset]);
            if small || (is_screen && !is_logo) {
                blocks.push(self.shadow(&shot.rect, &stay));
            }
            let mut block = shot.fields(self.brief);
            stay.write(&mut block);
            if small || (is_screen && !is_logo) || gallery {
                block["cornerRadius"] = json!(round(1.8 * U));
            }
            self.write_filters(&mut block, &planned.design.picture, dim.filter(|_| at == 0));
            if shot.is_video {
                write_sound(&mut block, volume.filter(|_| shots.heard == Some(at)));
            }
            if gallery {
                write_stagger(&mut block, at);
            }
            if small {
                block["scale"] = json!([
                    { "time": 0, "value": 0.7 },
                    { "time": 0.35, "value": 1, "easing": "cubicBezier(0.05,0.7,0.1,1)" },
                ]);
            }
            blocks.push(block);
        }
        blocks
    }

    fn write_filters(&self, block: &mut Value, picture: &Picture, dim: Option<f64>) {
        let mut filters = Vec::new();
        if *picture == Picture::Backdrop {
            filters.push(json!({ "type": "blur", "amount": BACKDROP_BLUR_PX }));
            // A blur shows what is beyond the edges: nothing.
            block["scale"] = json!(1.12);
        }
        if let Some(factor) = dim {
            filters.push(json!({ "type": "brightness", "amount": round(factor) }));
        }
        if !filters.is_empty() {
            block["filters"] = json!(filters);
        }
    }

    /// A soft shadow below a picture that lies on something.
    fn shadow(&self, rect: &Rect, stay: &Stay) -> Value {
        let under = Rect { y: rect.y + 1.2 * U, ..*rect };
        let mut block = rectangle(&under, "#00000059", 1.8 * U);
        block["filters"] = json!([{ "type": "blur", "amount": 22 }]);
        stay.write(&mut block);
        block
    }

    fn logo(&self, asset: usize, rect: &Rect, stay: &Stay) -> Value {
        let mut block = json!({
            "type": "image", "source": source_json(&self.brief.assets[asset].source), "fit": "contain",
            "x": round(rect.center_x()), "y": round(rect.center_y()), "anchor": "center",
            "width": round(rect.w.max(1.0)), "height": round(rect.h.max(1.0)),
            "scale": [
                { "time": 0, "value": 0.96 },
                { "time": 0.4, "value": 1, "easing": "cubicBezier(0.05,0.7,0.1,1)" },
            ],
            "animations": [{ "type": "fade", "duration": 0.3 }],
        });
        stay.write(&mut block);
        block
    }

    /// Lets the pictures of a scene come over those of the one before.
    fn enter(&self, index: usize, blocks: &mut [Value]) {
        let frames = self.schedule.scenes[index].overlap_frames;
        if frames == 0 {
            return;
        }
        let secs = round(f64::from(frames) / f64::from(self.schedule.fps));
        let from_to = |from: f64, to: f64, easing: &str| json!([{ "time": 0, "value": round(from) }, { "time": secs, "value": round(to), "easing": easing }]);
        for block in blocks {
            match self.storyboard.scenes[index].transition {
                Transition::Cut => {}
                Transition::Dissolve => block["opacity"] = from_to(0.0, 1.0, "linear"),
                Transition::FadeBlack => {
                    block["opacity"] = json!([
                        { "time": 0, "value": 0 },
                        { "time": secs / 2.0, "value": 1, "easing": "hold" },
                    ]);
                }
                Transition::Slide => {
                    let x = block["x"].as_f64().unwrap_or(0.0);
                    block["x"] = from_to(x + self.frame.w, x, "easeOutCubic");
                }
                Transition::Zoom => {
                    block["opacity"] = from_to(0.0, 1.0, "linear");
                    if block["scale"].is_null() && block["type"] != "text" {
                        block["scale"] = from_to(1.18, 1.0, "easeOutCubic");
                    }
                }
            }
        }
    }

    /// The black that one scene goes into and the next comes out of.
    fn black(&self, index: usize) -> Option<Value> {
        let time = self.schedule.scenes[index];
        let is_black = self.storyboard.scenes[index].transition == Transition::FadeBlack;
        if time.overlap_frames == 0 || !is_black {
            return None;
        }
        let mut block = rectangle(&self.frame.whole(), "#000000", 0.0);
        let stay = Stay { end_frame: time.start_frame + time.overlap_frames, ..self.stay(index) };
        stay.write(&mut block);
        block["opacity"] = json!([
            { "time": "0%", "value": 0 }, { "time": "50%", "value": 1 }, { "time": "100%", "value": 0 },
        ]);
        Some(block)
    }

    fn text_reports(
        &self,
        index: usize,
        painted: &Painted,
        stay: &Stay,
        emitter: &Emitter<'_>,
    ) -> Vec<TextReport> {
        let report = |(at, placed): (usize, &crate::layout::Placed)| {
            let Piece::Words(words) = &placed.piece else { return None };
            if words.ornament {
                return None;
            }
            let (ink, _, ground) = painted.colors_of(self.palette, placed);
            let leaves = if stay.leaves { (super::emit::OUT_SECS * f64::from(stay.fps)).ceil() } else { 0.0 };
            let readable_until = stay.end_frame.saturating_sub(crate::timing::frames_from_secs(leaves, 1));
            let comes = emitter.in_frames(words, at, placed.lines.len(), stay);
            let readable_from = (stay.start_frame + comes).min(readable_until);
            let readable_secs = f64::from(readable_until - readable_from) / f64::from(stay.fps);
            Some(TextReport {
                text: words.text.clone(),
                role: match words.role {
                    Role::Headline => "headline",
                    Role::Body => "body",
                    Role::Label => "label",
                },
                scene: index,
                bounds: [
                    round(placed.rect.x / self.frame.w),
                    round(placed.rect.y / self.frame.h),
                    round(placed.rect.w / self.frame.w),
                    round(placed.rect.h / self.frame.h),
                ],
                start_frame: stay.start_frame,
                end_frame: stay.end_frame,
                readable_from,
                readable_until,
                color_rgb: ink.0,
                ground_rgb: ground.0,
                contrast: (ink.contrast(ground) * 100.0).floor() / 100.0,
                size_px: round(placed.size_px),
                struck: words.struck,
                strict: painted.strict,
                hurried: is_hurried(&words.text, readable_secs),
            })
        };
        painted.stack.pieces.iter().enumerate().filter_map(report).collect()
    }

    /// What people should know of the pictures and of the time that words have.
    pub(super) fn notes(&self, scenes: &[Planned], shots: &[SceneShots]) -> Vec<Note> {
        let mut notes = Vec::new();
        if self.schedule.holds_shortened {
            let text =
                "there is more to read than the video has time for: texts stand shorter than they should";
            notes.push(Note::general(NoteCode::TooLittleTime, text));
        }
        // Of a blur nobody sees any of it.
        let seen = scenes.iter().zip(shots).enumerate();
        let seen = seen.filter(|(_, (planned, _))| planned.design.picture != Picture::Backdrop);
        let mut magnified: BTreeMap<usize, f64> = BTreeMap::new();
        for (index, shot) in
            seen.flat_map(|(index, (_, shots))| shots.shots.iter().map(move |shot| (index, shot)))
        {
            let number = index + 1;
            let too_short = if shot.held_secs > 0.0 {
                Some(format!(
                    "scene {number} is {:.1} s longer than what is left of it: its last picture is held",
                    shot.held_secs
                ))
            } else if shot.speed < 0.999 {
                Some(format!("it plays at {} of its speed to fill scene {number}", shot.speed))
            } else {
                None
            };
            notes.extend(too_short.map(|text| Note::of_file(NoteCode::TooShort, shot.asset, text)));
            let most = magnified.entry(shot.asset).or_default();
            *most = most.max(shot.magnified);
        }
        notes.extend(magnified.into_iter().filter(|(_, most)| *most > MAGNIFIED_SEEN).map(
            |(asset, most)| {
                let text = format!("it is magnified up to {most:.1} times: a larger file would be sharper");
                Note::of_file(NoteCode::LowResolution, asset, text)
            },
        ));
        notes
    }
}

fn write_sound(block: &mut Value, volume: Option<&ClipVolume>) {
    let Some(volume) = volume.filter(|volume| !volume.muted) else {
        block["muted"] = json!(true);
        return;
    };
    block["volume"] = volume.volume.clone();
    for (name, secs) in [("fadeIn", volume.fade_in), ("fadeOut", volume.fade_out)] {
        if secs > 0.0 {
            block[name] = json!(round(secs));
        }
    }
}

/// Tiles come one after the other.
fn write_stagger(block: &mut Value, at: usize) {
    let delay = 0.09 * at as f64;
    let ease = "cubicBezier(0.05,0.7,0.1,1)";
    let mut scale = vec![json!({ "time": 0, "value": 0.9 })];
    let mut opacity = vec![json!({ "time": 0, "value": 0 })];
    if at > 0 {
        scale.push(json!({ "time": round(delay), "value": 0.9 }));
        opacity.push(json!({ "time": round(delay), "value": 0 }));
    }
    scale.push(json!({ "time": round(delay + 0.4), "value": 1, "easing": ease }));
    opacity.push(json!({ "time": round(delay + 0.25), "value": 1 }));
    block["scale"] = json!(scale);
    block["opacity"] = json!(opacity);
}
