//! A picture in its box: which part of it shows, from when on, how fast, and how it moves.

use avs_protocol::{MediaKind, Span};
use serde_json::{Value, json};

use super::look::{Look, Part, Stats};
use super::value::{round, source_json};
use crate::footage::is_still;
use crate::layout::{Frame, Rect};
use crate::recording::zooms;
use crate::{Brief, BriefAsset, Motion};

/// How a picture fills its box.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fill {
    /// Its edges are cut off.
    Cover,
    /// All of it over a blur of itself.
    ContainBlur,
    /// All of it; the box has its shape.
    Whole,
}

/// What is wanted of a picture.
pub(crate) struct Wish {
    pub(crate) asset: usize,
    pub(crate) rect: Rect,
    /// In seconds, with the overlap of the next scene.
    pub(crate) secs: f64,
    pub(crate) start_secs: Option<f64>,
    pub(crate) motion: Motion,
    /// It must be seen whole.
    pub(crate) whole: bool,
    /// It must fill its box: a blur around it would be one box in another.
    pub(crate) fills: bool,
    /// A part of it: another scene has shown it as far as it goes.
    pub(crate) near: bool,
}

/// A picture in its box.
#[derive(Debug, Clone)]
pub(crate) struct Shot {
    pub(crate) asset: usize,
    pub(crate) rect: Rect,
    pub(crate) fill: Fill,
    pub(crate) is_video: bool,
    pub(crate) start_secs: f64,
    pub(crate) speed: f64,
    /// How long its last picture stands still at the end, in seconds.
    pub(crate) held_secs: f64,
    /// How much it is magnified against the file's own pixels, at most.
    pub(crate) magnified: f64,
    ratio: f64,
    from: Part,
    to: Part,
    look: Look,
    zooms: Vec<Value>,
}

/// Most that a picture is magnified to fill a frame of another shape: 320 lines in 1280.
const MAGNIFIED_MAX: f64 = 4.0;
/// How much nearer a still is when it shows again.
const NEAR_SCALE: f64 = 1.5;
/// Slowest that a video is played to fill its time.
const SPEED_MIN: f64 = 0.8;

impl Shot {
    /// Decides how a picture is shown.
    pub(crate) fn of(brief: &Brief, frame: &Frame, wish: &Wish) -> Self {
        let asset = &brief.assets[wish.asset];
        let is_video = asset.analysis.kind == MediaKind::Video;
        let timing = if is_video { Timing::of(asset, wish.start_secs, wish.secs) } else { Timing::STILL };
        let until_secs = timing.start_secs + (wish.secs - timing.held_secs) * timing.speed;
        let look = Look::of(&asset.analysis, timing.start_secs, until_secs);
        let (width, height) = size_px(asset);
        let (source_ratio, box_ratio) = (width / height, wish.rect.w / wish.rect.h);
        let mismatch = (source_ratio / box_ratio).max(box_ratio / source_ratio);
        let fill = match (wish.whole, mismatch) {
            (true, _) => Fill::Whole,
            (false, mismatch)
                if mismatch > 2.0 && !wish.fills && !can_be_cut(frame, wish, (width, height)) =>
            {
                Fill::ContainBlur
            }
            _ => Fill::Cover,
        };
        let base = match fill {
            Fill::Cover => window(&look, frame, wish, (width, height), is_video),
            Fill::ContainBlur | Fill::Whole => Part::WHOLE,
        };
        let stands = is_video && stands_still(asset, timing.start_secs, until_secs);
        let motion = timing.motion(wish.motion, stands);
        let (from, to) = match fill {
            Fill::Cover if is_video && motion == Motion::Still => {
                followed(asset, &base, (timing.start_secs, until_secs), wish.secs)
            }
            Fill::Cover => journey(&base, &look, motion, wish.secs, grows(wish.secs, is_video, stands)),
            Fill::ContainBlur | Fill::Whole => (base, base),
        };
        let zooms = match (&asset.recording, fill) {
            (Some(events), Fill::Cover | Fill::Whole) if is_video => {
                let found = zooms(events, timing.start_secs, until_secs);
                zoom_keyframes(&found, &base, &timing, wish.secs)
            }
            _ => Vec::new(),
        };
        let shown = if fill == Fill::ContainBlur {
            (wish.rect.w / width).min(wish.rect.h / height)
        } else {
            wish.rect.w / (base.w * width)
        };
        Self {
            asset: wish.asset,
            rect: wish.rect,
            fill,
            is_video,
            start_secs: timing.start_secs,
            speed: timing.speed,
            held_secs: timing.held_secs,
            magnified: shown * frame.output_scale,
            ratio: source_ratio,
            from,
            to,
            look,
            zooms,
        }
    }

    /// What the picture shows below a part of the frame, over the whole of its time.
    pub(crate) fn stats(&self, rect: &Rect) -> Stats {
        let Some(covered) = rect.common(&self.rect) else {
            return Stats { low: 0, high: 0, edges: 0.0, saliency: 0.0 };
        };
        let within = |box_: &Rect, part: &Part| Part {
            x: part.x + (covered.x - box_.x) / box_.w * part.w,
            y: part.y + (covered.y - box_.y) / box_.h * part.h,
            w: covered.w / box_.w * part.w,
            h: covered.h / box_.h * part.h,
        };
        if !self.zooms.is_empty() {
            return self.look.stats(&Part::WHOLE);
        }
        if self.fill != Fill::ContainBlur {
            return self.look.stats(&within(&self.rect, &self.from).union(&within(&self.rect, &self.to)));
        }
        let band = self.band();
        // Blurred, but bright is bright.
        let around = Stats { edges: 0.0, saliency: 0.2, ..self.look.stats(&Part::WHOLE) };
        let Some(on_band) = covered.common(&band) else { return around };
        let part = Part {
            x: (on_band.x - band.x) / band.w,
            y: (on_band.y - band.y) / band.h,
            w: on_band.w / band.w,
            h: on_band.h / band.h,
        };
        let inside = self.look.stats(&part);
        let share = on_band.w * on_band.h / (covered.w * covered.h);
        Stats { saliency: inside.saliency.max(1.0) * (0.4 + share), edges: inside.edges, ..around }
    }

    /// Where the picture itself stands in a box with its blur around.
    fn band(&self) -> Rect {
        let ratio = self.ratio;
        let h = self.rect.h.min(self.rect.w / ratio);
        let w = h * ratio;
        Rect { x: self.rect.center_x() - w / 2.0, y: self.rect.center_y() - h / 2.0, w, h }
    }

    /// The fields of its block that say what shows.
    pub(crate) fn fields(&self, brief: &Brief) -> Value {
        let asset = &brief.assets[self.asset];
        let rect = &self.rect;
        let mut block = json!({
            "type": if self.is_video { "video" } else { "image" },
            "source": source_json(&asset.source),
            "x": round(rect.center_x()), "y": round(rect.center_y()), "anchor": "center",
            "width": round(rect.w), "height": round(rect.h),
            "fit": match self.fill {
                Fill::Cover => "cover", Fill::ContainBlur => "contain-blur", Fill::Whole => "cover",
            },
        });
        if self.is_video {
            block["trim"] = json!({ "start": round(self.start_secs) });
            if (self.speed - 1.0).abs() > 1e-6 {
                block["speed"] = json!(self.speed);
            }
        }
        if !self.zooms.is_empty() {
            block["crop"] = json!(self.zooms);
        } else if self.fill == Fill::Cover {
            self.write_view(&mut block);
        } else if self.fill == Fill::Whole {
            // Nothing of it may be cut off: it comes nearer within its box.
            block["scale"] = json!([{ "time": 0, "value": 0.92 }, { "time": "100%", "value": 1 }]);
        }
        block
    }

    fn write_view(&self, block: &mut Value) {
        if self.is_video {
            let (from, to) = (crop_json(&self.from), crop_json(&self.to));
            block["crop"] = if from == to {
                from
            } else {
                json!([{ "time": 0, "value": from }, { "time": "100%", "value": to }])
            };
            return;
        }
        // A view is of the picture as it covers the box, so scale 1 is the larger of both windows, fully open.
        let open = self.open_side();
        let view = |part: &Part| {
            let scale = (open / part.w.max(1e-6)).clamp(1.0, avs_template::limits::KEN_BURNS_SCALE_MAX);
            json!({ "x": round(part.x + part.w / 2.0), "y": round(part.y + part.h / 2.0), "scale": round(scale) })
        };
        block["kenBurns"] = json!({ "from": view(&self.from), "to": view(&self.to), "easing": "linear" });
    }

    /// Width of the window that covers the box without being magnified.
    fn open_side(&self) -> f64 {
        1.0_f64.min(self.rect.w / self.rect.h / self.ratio)
    }
}

/// The part of a picture that fills its box.
fn window(look: &Look, frame: &Frame, wish: &Wish, (width, height): (f64, f64), is_video: bool) -> Part {
    let (source_ratio, box_ratio) = (width / height, wish.rect.w / wish.rect.h);
    let (w, h) = (1.0_f64.min(box_ratio / source_ratio), 1.0_f64.min(source_ratio / box_ratio));
    let (x, y) = look.best_middle(w, h);
    let base = Part { x: x - w / 2.0, y: y - h / 2.0, w, h };
    let nearer =
        wish.near && !is_video && magnified(frame, wish, (width, height)) * NEAR_SCALE <= MAGNIFIED_MAX;
    if nearer { zoomed(&base, NEAR_SCALE, look.salient_point(&base)) } else { base }
}

/// True where the part of a picture that fills the frame has pixels enough: a shot that fills an upright frame, a little
/// soft, beats a sharp band between two blurs.
fn can_be_cut(frame: &Frame, wish: &Wish, size: (f64, f64)) -> bool {
    magnified(frame, wish, size) <= MAGNIFIED_MAX
}

/// How much larger a picture is in the video than in its file, where it fills its box.
fn magnified(frame: &Frame, wish: &Wish, (width, height): (f64, f64)) -> f64 {
    (wish.rect.w / width).max(wish.rect.h / height) * frame.output_scale
}

/// True where nothing moves in a part of a video: it would look like a fault.
fn stands_still(asset: &BriefAsset, start_secs: f64, until_secs: f64) -> bool {
    let samples =
        asset.analysis.picture.as_ref().map(|picture| picture.samples.as_slice()).unwrap_or_default();
    let mut seen =
        samples.iter().filter(|sample| (start_secs..=until_secs).contains(&sample.at_secs)).peekable();
    seen.peek().is_some() && seen.all(is_still)
}

/// When a video plays.
struct Timing {
    start_secs: f64,
    speed: f64,
    held_secs: f64,
}

impl Timing {
    const STILL: Self = Self { start_secs: 0.0, speed: 1.0, held_secs: 0.0 };

    /// A picture that was to stand still is pushed in where it would look like a fault: where the last one is held, and
    /// where nothing moves in a video.
    fn motion(&self, wished: Motion, stands: bool) -> Motion {
        if wished == Motion::Still && (stands || self.held_secs > 0.0) { Motion::PushIn } else { wished }
    }

    fn of(asset: &BriefAsset, start_secs: Option<f64>, secs: f64) -> Self {
        let length = asset.analysis.duration_secs.unwrap_or(secs).max(0.04);
        let shots = shots_of(asset, length);
        let start = start_secs.filter(|start| start.is_finite()).map_or_else(
            || best_start(asset, &shots, secs),
            |start| start.clamp(0.0, (length - 0.04).max(0.0)),
        );
        let shot = shots.iter().find(|shot| (shot.start_secs..shot.end_secs).contains(&start));
        let begins = shot.map_or(0.0, |shot| shot.start_secs);
        // Earlier within the same shot, rather than slower.
        let start =
            if start + secs > length { (length - secs).clamp(begins.min(start), start) } else { start };
        let there = length - start;
        if there + 1e-6 >= secs {
            return Self { start_secs: start, speed: 1.0, held_secs: 0.0 };
        }
        // Thousandths, as the template has them; down, so that the last picture is not passed over.
        let speed = ((there / secs).max(SPEED_MIN) * 1000.0).floor() / 1000.0;
        let held_secs = (secs - there / speed).max(0.0);
        Self { start_secs: start, speed, held_secs: if held_secs < 0.02 { 0.0 } else { held_secs } }
    }
}

fn shots_of(asset: &BriefAsset, length: f64) -> Vec<Span> {
    let cuts =
        asset.analysis.picture.as_ref().map(|picture| picture.cuts_secs.as_slice()).unwrap_or_default();
    let ends = cuts.iter().copied().filter(|cut| *cut > 0.0 && *cut < length).chain([length]);
    let mut start_secs = 0.0;
    let mut shots = Vec::new();
    for end_secs in ends {
        shots.push(Span { start_secs, end_secs });
        start_secs = end_secs;
    }
    shots
}

/// Where a video is sharp and steady for as long as it is needed; its start where nothing is known.
fn best_start(asset: &BriefAsset, shots: &[Span], secs: f64) -> f64 {
    let samples =
        asset.analysis.picture.as_ref().map(|picture| picture.samples.as_slice()).unwrap_or_default();
    let longest =
        shots.iter().max_by(|a, b| (a.end_secs - a.start_secs).total_cmp(&(b.end_secs - b.start_secs)));
    let mut best = (f64::NEG_INFINITY, longest.map_or(0.0, |shot| shot.start_secs));
    for shot in shots.iter().filter(|shot| shot.end_secs - shot.start_secs >= secs) {
        let last_start = shot.end_secs - secs;
        let starts = samples.iter().map(|sample| sample.at_secs).chain([shot.start_secs]);
        for start in starts.filter(|start| (shot.start_secs..=last_start).contains(start)) {
            let seen = samples.iter().filter(|sample| (start..=start + secs).contains(&sample.at_secs));
            let (mut sum, mut count) = (0.0, 0.0);
            for sample in seen {
                let blank = f64::from(u8::from(sample.is_blank));
                sum += sample.sharpness + 0.3 * sample.motion.min(0.5) - 4.0 * sample.shake - blank;
                count += 1.0;
            }
            let score = if count > 0.0 { sum / count } else { 0.0 };
            if score > best.0 + 1e-9 {
                best = (score, start);
            }
        }
    }
    best.1
}

/// How much nearer a movement comes: 2 % a second, 4 to 12 % in all; less of a video, which moves by itself, and more of
/// one in which nothing moves: it is mostly flat, and a slow push of that looks like a fault.
fn grows(secs: f64, is_video: bool, stands: bool) -> f64 {
    match (is_video, stands) {
        (_, true) => (0.07 * secs).clamp(0.12, 0.3),
        (true, false) => (0.022 * secs).clamp(0.04, 0.12) * 0.6,
        (false, false) => (0.022 * secs).clamp(0.04, 0.12),
    }
}

/// Fastest that a window follows what matters, in shares of the picture a second.
const FOLLOW_PER_SEC: f64 = 0.12;
/// What moves less than this, in shares of the picture, is not followed.
const FOLLOW_MIN: f64 = 0.05;
/// A window that goes along shows so much more of what matters than one that stays,
const FOLLOW_GAIN: f64 = 1.1;
/// and in each third at least this share of it.
const FOLLOW_LEAST: f64 = 0.95;

/// The windows at both ends of a shot that goes along with what matters in a video; the same twice where that stays.
fn followed(asset: &BriefAsset, base: &Part, (from_secs, until_secs): (f64, f64), secs: f64) -> (Part, Part) {
    let third = (until_secs - from_secs) / 3.0;
    let part = |from: f64, until: f64| {
        let (x, y) = Look::of(&asset.analysis, from, until).best_middle(base.w, base.h);
        (x - base.w / 2.0, y - base.h / 2.0)
    };
    let (first, last) = (part(from_secs, from_secs + third), part(until_secs - third, until_secs));
    let (dx, dy) = (last.0 - first.0, last.1 - first.1);
    let way = dx.hypot(dy);
    if secs < 1.0 || way < FOLLOW_MIN {
        return (*base, *base);
    }
    // Where it is too fast, the middle of the way.
    let rest = (1.0 - (FOLLOW_PER_SEC * secs / way).min(1.0)) / 2.0;
    let at = |share: f64| Part { x: first.0 + dx * share, y: first.1 + dy * share, ..*base };
    let (from, to) = (at(rest), at(1.0 - rest));
    // A way that now and then shows less than to stay would is none.
    let shows = |part: Part, nth: f64| {
        let begins = from_secs + nth * third;
        Look::of(&asset.analysis, begins, begins + third).kept(&part)
    };
    let middle = Part { x: f64::midpoint(from.x, to.x), y: f64::midpoint(from.y, to.y), ..*base };
    let pairs =
        [(from, 0.0), (middle, 1.0), (to, 2.0)].map(|(part, nth)| (shows(part, nth), shows(*base, nth)));
    let is_worse = pairs.iter().any(|(goes, stays)| *goes < stays * FOLLOW_LEAST);
    let (goes, stays) = pairs.iter().fold((0.0, 0.0), |sums, pair| (sums.0 + pair.0, sums.1 + pair.1));
    if is_worse || goes < stays * FOLLOW_GAIN { (*base, *base) } else { (from, to) }
}

/// The windows at both ends of a movement: barely seen, towards what matters.
fn journey(base: &Part, look: &Look, motion: Motion, secs: f64, grows: f64) -> (Part, Part) {
    let near = zoomed(base, 1.0 + grows, look.salient_point(base));
    let pan = |direction: f64| {
        let w = base.w / 1.09;
        let h = base.h / 1.09;
        let (free, y) = (base.w - w, base.y + (base.h - h) / 2.0);
        let reach = free.min(0.02 * secs * base.w) / 2.0;
        let middle = base.x + free / 2.0;
        let part = |x: f64| Part { x, y, w, h };
        (part(middle - direction * reach), part(middle + direction * reach))
    };
    match motion {
        Motion::Still => (*base, *base),
        Motion::PushIn => (*base, near),
        Motion::PullOut => (near, *base),
        Motion::PanLeft => pan(-1.0),
        Motion::PanRight => pan(1.0),
    }
}

/// A window within `base`, smaller by `scale`, as near to the point as it can be.
fn zoomed(base: &Part, scale: f64, (x, y): (f64, f64)) -> Part {
    let (w, h) = (base.w / scale, base.h / scale);
    Part {
        x: (x - w / 2.0).clamp(base.x, base.x + base.w - w),
        y: (y - h / 2.0).clamp(base.y, base.y + base.h - h),
        w,
        h,
    }
}

fn crop_json(part: &Part) -> Value {
    let side = |value: f64| round(value.clamp(0.0, 0.98));
    json!({
        "left": side(part.x), "top": side(part.y),
        "right": side(1.0 - part.x - part.w), "bottom": side(1.0 - part.y - part.h),
    })
}

/// How long the way into a zoom and out of it takes, in seconds.
const ZOOM_SECS: f64 = 0.6;

/// The crop over the time of a block that follows the zooms of a recording.
fn zoom_keyframes(found: &[crate::recording::Zoom], base: &Part, timing: &Timing, secs: f64) -> Vec<Value> {
    let mut frames: Vec<(f64, Part)> = vec![(0.0, *base)];
    let at = |source_secs: f64| ((source_secs - timing.start_secs) / timing.speed).clamp(0.0, secs);
    let mut add = |time: f64, part: Part| {
        let last = frames.last().map_or(0.0, |(time, _)| *time);
        if time > last + 0.01 {
            frames.push((time, part));
        } else if let Some(frame) = frames.last_mut() {
            frame.1 = part;
        }
    };
    for zoom in found.iter().take(40) {
        let part = zoomed(base, zoom.scale.max(1.0), (zoom.x, zoom.y));
        add(at(zoom.at_secs) - ZOOM_SECS, *base);
        add(at(zoom.at_secs), part);
        add(at(zoom.until_secs), part);
        if at(zoom.until_secs) + ZOOM_SECS < secs {
            add(at(zoom.until_secs) + ZOOM_SECS, *base);
        }
    }
    if frames.len() < 2 && frames.iter().all(|(_, part)| part == base) {
        return Vec::new();
    }
    let keyframe = |(time, part): &(f64, Part)| json!({ "time": round(*time), "value": crop_json(part), "easing": "easeInOutCubic" });
    frames.iter().map(keyframe).collect()
}

/// Upright width and height; a square where nobody knows.
pub(crate) fn size_px(asset: &BriefAsset) -> (f64, f64) {
    let side = |side: Option<u32>| f64::from(side.unwrap_or(1080).max(1));
    (side(asset.analysis.width_px), side(asset.analysis.height_px))
}
