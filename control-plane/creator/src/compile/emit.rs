//! Blocks of words, of what lies under them, and of the ground: how they look and how they come.

use serde_json::{Value, json};

use super::paint::{Below, Painted, Scrim};
use super::value::round;
use crate::Tone;
use crate::layout::{Piece, Placed, Rect, Side, U, Words};
use crate::palette::{Palette, Rgb};
use crate::reading_time::{ENTRANCE_SECS, hold_secs};

/// The way in of what comes: fast, then slow (Material's emphasized decelerate).
const EASE_IN: &str = "cubicBezier(0.05,0.7,0.1,1)";
/// The way out: its counterpart.
const EASE_OUT: &str = "cubicBezier(0.3,0,0.8,0.15)";
/// How long words take to go, where no cut takes them away.
pub(crate) const OUT_SECS: f64 = 0.22;
/// How much later each following piece comes.
const STAGGER_SECS: f64 = 0.09;

/// When something shows, in frames.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stay {
    pub(crate) start_frame: u32,
    pub(crate) end_frame: u32,
    pub(crate) fps: u32,
    /// It is there at once.
    pub(crate) at_once: bool,
    /// It goes by itself: no cut takes it away.
    pub(crate) leaves: bool,
}

impl Stay {
    pub(crate) fn secs(&self) -> f64 {
        f64::from(self.end_frame.saturating_sub(self.start_frame)) / f64::from(self.fps)
    }

    /// Adds the fields of time.
    pub(crate) fn write(&self, block: &mut Value) {
        block["start"] = json!(f64::from(self.start_frame) / f64::from(self.fps));
        block["duration"] = json!(self.secs());
    }

    /// How long the way in takes: half as long where there is little time.
    fn in_secs(&self) -> f64 {
        if self.secs() < 1.6 { ENTRANCE_SECS / 2.0 } else { ENTRANCE_SECS }
    }
}

/// Emits words and what lies under them.
pub(crate) struct Emitter<'a> {
    pub(crate) palette: &'a Palette,
    pub(crate) tone: Tone,
}

impl Emitter<'_> {
    /// The blocks of a stack, bottom to top, but for the dimming, which is the picture's. With the piece that each shows.
    pub(crate) fn blocks(&self, painted: &Painted, stay: &Stay) -> Vec<Value> {
        let mut blocks = Vec::new();
        match painted.ground {
            Below::Nothing | Below::Dim(_) => {}
            Below::Scrim(scrim) => {
                let mut block = scrim_block(&scrim);
                stay.write(&mut block);
                blocks.push(block);
            }
            Below::Panel(rect, color, alpha) => {
                let mut block = rectangle(&rect, &color.hex_with_alpha(alpha), 2.0 * U);
                self.rise(&mut block, &rect, stay, 0.0);
                stay.write(&mut block);
                blocks.push(block);
            }
        }
        if painted.barred {
            blocks.push(self.bar(painted, stay));
        }
        for (index, placed) in painted.stack.pieces.iter().enumerate() {
            match &placed.piece {
                Piece::Picture { .. } => {}
                Piece::Rule { .. } => blocks.push(self.rule(painted, placed, stay)),
                Piece::Words(words) => {
                    blocks.push(self.words(painted, (placed, words), stay, index));
                    if words.struck {
                        blocks.push(self.strike(painted, placed, stay, index));
                    }
                }
            }
        }
        blocks
    }

    /// Frames from the start of a stay until the piece at `index` is all there.
    pub(crate) fn in_frames(&self, words: &Words, index: usize, lines: usize, stay: &Stay) -> u32 {
        if stay.at_once {
            return 0;
        }
        let (_, secs) = self.entry(words, lines, stay);
        crate::timing::frames_from_secs(self.delay(index, stay) + secs, stay.fps)
    }

    fn delay(&self, index: usize, stay: &Stay) -> f64 {
        (STAGGER_SECS * index as f64).min(stay.secs() * 0.15)
    }

    fn words(
        &self,
        painted: &Painted,
        (placed, words): (&Placed, &Words),
        stay: &Stay,
        index: usize,
    ) -> Value {
        let (ink, plate, _) = painted.colors_of(self.palette, placed);
        let zone = painted.stack.zone;
        let (side, align, x) = match zone.side {
            Side::Left => ("top-left", "left", placed.rect.x),
            Side::Center => ("top", "center", placed.rect.center_x()),
            Side::Right => ("top-right", "right", placed.rect.right()),
        };
        let lines = placed.lines.join("\n");
        let size = round(placed.size_px.max(1.0));
        let mut block = json!({
            "type": "text", "text": if lines.trim().is_empty() { "\u{a0}" } else { lines.as_str() },
            "font": { "family": words.letters.family, "weight": words.letters.weight, "size": size },
            "color": ink.hex(), "align": align, "lineHeight": words.setting.line_height,
            "x": round(x), "y": round(placed.rect.y), "anchor": side,
        });
        if words.italic {
            block["font"]["style"] = json!("italic");
        }
        if words.setting.tracking_em != 0.0 {
            block["letterSpacing"] = json!(round(words.setting.tracking_em * placed.size_px));
        }
        if words.setting.upper {
            block["textTransform"] = json!("uppercase");
        }
        if words.ornament {
            self.come(&mut block, (placed, words), stay, index);
            return block;
        }
        block["autoFit"] = json!({ "min": round((size * 0.4).max(0.5)), "max": size });
        block["maxLines"] = json!(placed.lines.len().clamp(1, 1000));
        if let (Some(plate), Some((fill, alpha))) = (words.plate, plate) {
            block["background"] = json!({
                "color": fill.hex_with_alpha(alpha),
                "padding": { "x": round(plate.pad_x), "y": round(plate.pad_y) }, "radius": round(plate.radius),
            });
        } else {
            block["width"] = json!(round(zone.rect.w.max(1.0)));
            block["x"] = json!(round(match zone.side {
                Side::Left => zone.rect.x,
                Side::Center => zone.rect.center_x(),
                Side::Right => zone.rect.right(),
            }));
        }
        if matches!(painted.ground, Below::Scrim(_) | Below::Dim(_)) && plate.is_none() {
            block["shadow"] = json!({ "color": "#00000066", "blur": 18, "x": 0, "y": 2 });
        }
        self.come(&mut block, (placed, words), stay, index);
        block
    }

    /// How a piece comes, and goes where no cut takes it away.
    fn come(&self, block: &mut Value, (placed, words): (&Placed, &Words), stay: &Stay, index: usize) {
        let delay = self.delay(index, stay);
        if stay.at_once {
            // A small jump at full strength: there from the first frame.
            block["scale"] = json!([
                { "time": 0, "value": 1.04 },
                { "time": 0.16, "value": 1, "easing": "easeOutCubic" },
            ]);
            stay.write(block);
            self.leave(block, stay);
            return;
        }
        let (entry, secs) = self.entry(words, placed.lines.len(), stay);
        let late = Stay {
            start_frame: stay.start_frame + crate::timing::frames_from_secs(delay, stay.fps),
            ..*stay
        };
        late.write(block);
        match entry {
            Entry::Rise => self.rise(block, &placed.rect, &late, secs),
            Entry::Fade => {
                block["animations"] = json!([{ "type": "fade", "duration": secs, "easing": EASE_IN }]);
            }
            Entry::Reveal => {
                block["animations"] =
                    json!([{ "type": "reveal", "split": "line", "duration": secs, "easing": EASE_IN }]);
            }
            Entry::Pop => {
                block["scale"] = json!([
                    { "time": 0, "value": 0.86 },
                    { "time": secs, "value": 1, "easing": if self.bounces() { "easeOutBack" } else { EASE_IN } },
                ]);
                block["animations"] = json!([{ "type": "fade", "duration": 0.12, "easing": "linear" }]);
            }
            Entry::Type => {
                block["animations"] = json!([{ "type": "typewriter", "duration": secs }]);
            }
        }
        self.leave(block, stay);
    }

    fn leave(&self, block: &mut Value, stay: &Stay) {
        if !stay.leaves {
            return;
        }
        let out = json!({ "type": "fade", "at": "out", "duration": OUT_SECS, "easing": EASE_OUT });
        match block["animations"].as_array_mut() {
            Some(animations) => animations.push(out),
            None => block["animations"] = json!([out]),
        }
    }

    fn bounces(&self) -> bool {
        matches!(self.tone, Tone::Playful | Tone::Sport)
    }

    /// How words of this tone come, and how long it takes.
    fn entry(&self, words: &Words, lines: usize, stay: &Stay) -> (Entry, f64) {
        let secs = stay.in_secs();
        let large = words.size_px > 6.0 * U;
        if words.ornament {
            return (Entry::Fade, secs);
        }
        if words.plate.is_some() {
            return (
                if matches!(self.tone, Tone::Luxury) { Entry::Fade } else { Entry::Pop },
                secs.min(0.32),
            );
        }
        match self.tone {
            Tone::Luxury => (Entry::Fade, if secs < ENTRANCE_SECS { secs } else { 0.6 }),
            Tone::Clean | Tone::Editorial | Tone::Bold if large => {
                (Entry::Reveal, secs + STAGGER_SECS * (lines.max(1) - 1) as f64)
            }
            Tone::Sport | Tone::Playful if large => (Entry::Pop, secs.min(0.3)),
            Tone::Code if large && secs >= ENTRANCE_SECS => {
                let count = words.text.chars().count() as f64;
                (Entry::Type, (count * 0.03).clamp(0.2, 0.9))
            }
            _ => (Entry::Rise, secs),
        }
    }

    /// Comes from a little below while it appears.
    fn rise(&self, block: &mut Value, rect: &Rect, stay: &Stay, secs: f64) {
        if stay.at_once {
            return;
        }
        let secs = if secs > 0.0 { secs } else { stay.in_secs() };
        let y = block["y"].as_f64().unwrap_or(rect.y);
        block["y"] = json!([
            { "time": 0, "value": round(y + 3.0 * U) },
            { "time": secs, "value": round(y), "easing": EASE_IN },
        ]);
        block["animations"] = json!([{ "type": "fade", "duration": round(secs * 0.7), "easing": EASE_IN }]);
    }

    fn bar(&self, painted: &Painted, stay: &Stay) -> Value {
        let bounds = painted.stack.bounds;
        let from_right = painted.stack.zone.side == Side::Right;
        let x = if from_right { bounds.right() + 1.6 * U } else { bounds.x - 2.3 * U };
        let rect = Rect { x, y: bounds.y + 0.4 * U, w: 0.7 * U, h: (bounds.h - 0.8 * U).max(U) };
        let mut block = rectangle(&rect, &painted.accent(self.palette).hex(), 0.35 * U);
        stay.write(&mut block);
        if !stay.at_once {
            block["animations"] =
                json!([{ "type": "wipe", "direction": "down", "duration": 0.25, "easing": EASE_IN }]);
        }
        self.leave(&mut block, stay);
        block
    }

    fn rule(&self, painted: &Painted, placed: &Placed, stay: &Stay) -> Value {
        let mut block = rectangle(&placed.rect, &painted.accent(self.palette).hex(), placed.rect.h / 2.0);
        stay.write(&mut block);
        if !stay.at_once {
            let direction = if painted.stack.zone.side == Side::Right { "left" } else { "right" };
            block["animations"] =
                json!([{ "type": "wipe", "direction": direction, "duration": 0.35, "easing": EASE_IN }]);
        }
        self.leave(&mut block, stay);
        block
    }

    /// The line through an old price; it draws itself when the price is there.
    fn strike(&self, painted: &Painted, placed: &Placed, stay: &Stay, index: usize) -> Value {
        let (ink, _, _) = painted.colors_of(self.palette, placed);
        let h = (placed.size_px * 0.09).max(3.0);
        let width = placed.rect.w * 0.97;
        let x = match painted.stack.zone.side {
            Side::Left => placed.rect.x,
            Side::Center => placed.rect.center_x() - width / 2.0,
            Side::Right => placed.rect.right() - width,
        };
        let rect = Rect { x: x - 4.0, y: placed.rect.center_y() - h / 2.0, w: width + 8.0, h };
        let mut block = rectangle(&rect, &ink.hex(), 0.0);
        let delay = if stay.at_once { 0.0 } else { self.delay(index, stay) + stay.in_secs() };
        let late = Stay {
            start_frame: (stay.start_frame + crate::timing::frames_from_secs(delay, stay.fps))
                .min(stay.end_frame.saturating_sub(1)),
            ..*stay
        };
        late.write(&mut block);
        block["animations"] =
            json!([{ "type": "wipe", "direction": "right", "duration": 0.2, "easing": EASE_IN }]);
        self.leave(&mut block, stay);
        block
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Entry {
    Rise,
    Fade,
    Reveal,
    Pop,
    Type,
}

/// A coloured rectangle.
pub(crate) fn rectangle(rect: &Rect, color: &str, radius: f64) -> Value {
    let mut background = json!({ "color": color });
    if radius > 0.0 {
        background["radius"] = json!(round(radius));
    }
    json!({
        "type": "text", "text": "\u{a0}", "font": { "size": 1 }, "background": background,
        "x": round(rect.x), "y": round(rect.y), "anchor": "top-left",
        "width": round(rect.w.max(1.0)), "height": round(rect.h.max(1.0)),
    })
}

/// Black that gets denser evenly to the eye: a straight line of alpha would show where it begins.
fn scrim_block(scrim: &Scrim) -> Value {
    let steps = 8;
    let stop = |step: i32| {
        let way = f64::from(step) / f64::from(steps);
        let alpha = scrim.alpha * (way * way * (3.0 - 2.0 * way));
        json!({ "offset": round(way * scrim.full_at), "color": Rgb::BLACK.hex_with_alpha(alpha) })
    };
    let mut stops: Vec<Value> = (0..=steps).map(stop).collect();
    stops.push(json!({ "offset": 1, "color": Rgb::BLACK.hex_with_alpha(scrim.alpha) }));
    let mut block = rectangle(&scrim.rect, "#000000", 0.0);
    block["background"] = json!({ "gradient": { "angle": scrim.angle_degrees, "stops": stops } });
    block
}

/// True for words that take longer to be read than they stand.
pub(crate) fn is_hurried(text: &str, readable_secs: f64) -> bool {
    readable_secs + 0.05 < hold_secs([text])
}
