//! From a timeline and a frame number to a scene: every number that a layer has at that moment.

use crate::{
    Affine2, AnimationKind, BlendMode, BlockTime, Content, Effect, FilterKind, Fit, Flip, KenBurns,
    LayerPart, PlacedBlock, RectPx, Scene, SceneLayer, SizePx, Ticks, Timeline, TransitionKind, UnitRect,
    View, Visual,
    animated::Blend,
    geometry::{MediaPlacement, media_box, output_px_per_reference_px, placed_in, text_placement},
    motion::{Moment, Motion, Stage, squeeze},
    passage::{Side, progress},
};

/// Blur behind a `contain-blur`, as a fraction of the frame's short side.
const BACKDROP_SIGMA_FRACTION: f64 = 0.025;
/// Thinner or fainter than this is nothing.
const NOTHING: f64 = 1e-4;

impl Timeline {
    /// Returns what frame `frame` shows; beyond the last frame, nothing but the background.
    pub fn scene(&self, frame: u64) -> Scene {
        let mut scene = Scene::EMPTY;
        self.scene_into(frame, &mut scene);
        scene
    }

    /// The same into the memory of a scene that is not needed any more.
    pub fn scene_into(&self, frame: u64, scene: &mut Scene) {
        let time = self.fps.time_of_frame(frame);
        scene.layers.clear();
        for (index, block) in self.blocks.iter().enumerate() {
            if block.frames.contains(&frame) {
                self.push_layers(&mut scene.layers, index, time, frame);
            }
        }
        let now = BlockTime { secs: time.as_secs(), span_secs: self.duration.as_secs() };
        scene.background = self.background.at(now).unwrap_or(crate::EncodedSrgb::BLACK);
        scene.time = time;
    }

    /// Adds the layers of one block, bottom to top; none where nothing of it can be seen.
    pub(crate) fn push_layers(&self, layers: &mut Vec<SceneLayer>, index: usize, time: Ticks, frame: u64) {
        let block = &self.blocks[index];
        let Some(visual) = block.content.visual() else { return };
        let secs = (time - block.start).as_secs().max(0.0);
        let now = BlockTime { secs, span_secs: (block.end - block.start).as_secs() };
        let opacity = visual.opacity.at(now).unwrap_or(1.0).clamp(0.0, 1.0);
        let drawing = Drawing { timeline: self, block, visual, index, time, frame, now, opacity };
        match &block.content {
            Content::Text(text) => {
                let paint = text.moving_paint.as_ref().and_then(|paint| paint.at(now));
                drawing.push_text(layers, paint);
            }
            Content::Image(image) => drawing.push_picture(layers, image.ken_burns),
            Content::Video(_) => drawing.push_picture(layers, None),
            Content::Audio(_) => {}
        }
    }
}

/// One block at one moment.
struct Drawing<'a> {
    timeline: &'a Timeline,
    block: &'a PlacedBlock,
    visual: &'a Visual,
    index: usize,
    time: Ticks,
    frame: u64,
    now: BlockTime,
    opacity: f64,
}

impl Drawing<'_> {
    fn push_picture(&self, layers: &mut Vec<SceneLayer>, ken_burns: Option<KenBurns>) {
        let canvas = self.timeline.canvas;
        let media = self.block.media_size.unwrap_or((2, 2));
        let rect = media_box(self.visual, self.now, canvas);
        let motion = self.motion(rect, (0, 1), |animation| !animation.split);
        if self.visual.fit == Fit::ContainBlur {
            let placement = placed_in(rect, self.visual, Fit::Cover, (self.now, media, canvas));
            let mut layer = self.layer(LayerPart::Backdrop, &motion, (rect, placement.dest));
            layer.source_rect = source_rect(placement, media, ken_burns, self.now);
            layer.effects.insert(0, Effect::Blur { sigma_px: self.timeline.backdrop_sigma_px() });
            self.push(layers, layer);
        }
        let placement = placed_in(rect, self.visual, self.visual.fit, (self.now, media, canvas));
        let mut layer = self.layer(LayerPart::Picture, &motion, (rect, placement.dest));
        if self.visual.fit == Fit::ContainBlur {
            layer.corner_radius_px = 0.0;
        }
        layer.source_rect = source_rect(placement, media, ken_burns, self.now);
        self.push(layers, layer);
    }

    fn push_text(&self, layers: &mut Vec<SceneLayer>, paint: Option<crate::TextPaint>) {
        let Some(facts) = &self.block.text else { return };
        let rect = text_placement(self.visual, self.now, facts.content, self.timeline.canvas);
        let block_motion = self.motion(rect, (0, 1), |animation| !animation.split);
        let count = facts.units.iter().filter(|unit| unit.moves).count();
        let mut piece = 0;
        for (index, unit) in facts.units.iter().enumerate() {
            let own = RectPx { x: rect.x + unit.rect.x, y: rect.y + unit.rect.y, ..unit.rect };
            let mut layer = self.layer(LayerPart::TextUnit(index), &block_motion, (rect, own));
            if unit.moves {
                let motion = self.animated(own, (piece, count), |animation| animation.split);
                let turn = transform(&motion, Flip::None, 1.0, 0.0, own);
                let block = self.block_transform(&block_motion, rect);
                layer.canvas_from_unit = block.after(turn).after(Affine2::rect_from_unit(own));
                layer.opacity *= motion.opacity.clamp(0.0, 1.0);
                // A piece is clipped where the block has taken it.
                let moved = |mut mask: crate::Mask| {
                    (mask.rect.x, mask.rect.y) =
                        (mask.rect.x + block_motion.x_px, mask.rect.y + block_motion.y_px);
                    mask
                };
                layer.masks.extend(motion.masks.into_iter().map(moved));
                if motion.blur_px > NOTHING {
                    layer.effects.push(Effect::Blur { sigma_px: motion.blur_px });
                }
                piece += 1;
            }
            layer.paint = paint;
            self.push(layers, layer);
        }
    }

    /// The block's movements at this moment: animations and both kinds of passages.
    fn motion(
        &self,
        rect: RectPx,
        piece: (usize, usize),
        which: impl Fn(&crate::Animation) -> bool,
    ) -> Motion {
        let mut motion = self.animated(rect, piece, which);
        let canvas = self.timeline.canvas;
        if let Some(passage) = &self.block.passage
            && let Some(progress) = progress(passage, self.block.start, self.time)
        {
            motion.pass(&Side { passage, progress, rect, canvas, arrives: true });
        }
        for later in self.block.successors.iter().filter_map(|index| self.timeline.blocks.get(*index)) {
            let (Some(passage), Some(visual)) = (&later.passage, later.content.visual()) else { continue };
            if self.frame < later.frames.start {
                continue;
            }
            let Some(progress) = progress(passage, later.start, self.time) else { continue };
            let rect = match &later.text {
                Some(facts) => text_placement(visual, BlockTime::START, facts.content, canvas),
                None => media_box(visual, BlockTime::START, canvas),
            };
            motion.pass(&Side { passage, progress, rect, canvas, arrives: false });
        }
        motion
    }

    fn animated(
        &self,
        rect: RectPx,
        piece: (usize, usize),
        which: impl Fn(&crate::Animation) -> bool,
    ) -> Motion {
        let animations = &self.visual.look.animations;
        let canvas = self.timeline.canvas;
        let stage = Stage {
            rect,
            canvas: (f64::from(canvas.0), f64::from(canvas.1)),
            px: output_px_per_reference_px(canvas),
            piece,
        };
        let BlockTime { secs, span_secs } = self.now;
        let moment = Moment { secs, span_secs, squeeze: squeeze(animations, span_secs) };
        let mut motion = Motion::REST;
        for animation in animations.iter().filter(|animation| which(animation)) {
            motion.animate(animation, moment, &stage);
        }
        motion
    }

    fn block_transform(&self, motion: &Motion, rect: RectPx) -> Affine2 {
        let scale = self.visual.scale.at(self.now).unwrap_or(1.0);
        let rotation = self.visual.rotation.at(self.now).unwrap_or(0.0);
        transform(motion, self.visual.flip, scale, rotation, rect)
    }

    /// A layer that fills `dest` at rest, moved with the block's box.
    fn layer(&self, part: LayerPart, motion: &Motion, (rect, dest): (RectPx, RectPx)) -> SceneLayer {
        let px = output_px_per_reference_px(self.timeline.canvas);
        let radius = self.visual.corner_radius.at(self.now).unwrap_or(0.0) * px;
        let mut effects = self.effects(px);
        if motion.blur_px > NOTHING {
            effects.push(Effect::Blur { sigma_px: motion.blur_px });
        }
        effects.extend(motion.effects.iter().copied());
        SceneLayer {
            block: self.index,
            part,
            source_time: self.block.source_time(self.time),
            source_rect: UnitRect::WHOLE,
            canvas_from_unit: self.block_transform(motion, rect).after(Affine2::rect_from_unit(dest)),
            size: SizePx { width: dest.width, height: dest.height },
            corner_radius_px: radius.min(dest.width / 2.0).min(dest.height / 2.0),
            opacity: self.opacity * motion.opacity.clamp(0.0, 1.0),
            masks: motion.masks.clone(),
            effects,
            blend_mode: self.visual.look.blend_mode,
            paint: None,
        }
    }

    /// The key and the filters that change anything now.
    fn effects(&self, px: f64) -> Vec<Effect> {
        let look = &self.visual.look;
        let key = look.chroma_key.map(|key| Effect::ChromaKey {
            color: key.color,
            similarity: key.similarity,
            blend: key.blend,
        });
        let filters = look.filters.iter().filter_map(|filter| {
            let amount = filter.amount.at(self.now)?;
            // Where an easing overshoots, amounts stay in their range.
            let (factor, part) = (amount.max(0.0), amount.clamp(0.0, 1.0));
            let changes = match filter.kind {
                FilterKind::Brightness | FilterKind::Contrast | FilterKind::Saturate => factor != 1.0,
                FilterKind::HueRotate => amount.rem_euclid(360.0) != 0.0,
                _ => factor > 0.0,
            };
            changes.then_some(match filter.kind {
                FilterKind::Blur => Effect::Blur { sigma_px: factor * px },
                FilterKind::Brightness => Effect::Brightness(factor),
                FilterKind::Contrast => Effect::Contrast(factor),
                FilterKind::Saturate => Effect::Saturate(factor),
                FilterKind::HueRotate => Effect::HueRotate(amount),
                FilterKind::Grayscale => Effect::Grayscale(part),
                FilterKind::Sepia => Effect::Sepia(part),
                FilterKind::Invert => Effect::Invert(part),
                FilterKind::Sharpen => Effect::Sharpen(factor),
                FilterKind::Vignette => Effect::Vignette(part),
                FilterKind::Grain => Effect::Grain { amount: part, seed: grain_seed(self.frame, self.index) },
            })
        });
        key.into_iter().chain(filters).collect()
    }

    /// Keeps a layer that can be seen.
    fn push(&self, layers: &mut Vec<SceneLayer>, mut layer: SceneLayer) {
        let hidden = layer.masks.iter().any(|mask| {
            let shown = if mask.inverted { 1.0 - mask.progress } else { mask.progress };
            shown <= 0.0
        });
        // What shows all changes nothing.
        layer.masks.retain(|mask| (if mask.inverted { 1.0 - mask.progress } else { mask.progress }) < 1.0);
        layer.masks.truncate(SceneLayer::MASKS_MAX);
        let canvas = self.timeline.canvas;
        let area = layer.canvas_from_unit;
        let flat = (area.xx * area.yy - area.xy * area.yx).abs() < NOTHING;
        if !hidden && !flat && layer.opacity > NOTHING && on_canvas(area, canvas) {
            layers.push(layer);
        }
    }
}

/// The block's transform about the middle of `rect`, its movement included.
fn transform(motion: &Motion, flip: Flip, scale: f64, rotation: f64, rect: RectPx) -> Affine2 {
    let (middle_x, middle_y) = (rect.x + rect.width / 2.0, rect.y + rect.height / 2.0);
    let scale = scale.max(0.0) * motion.scale;
    let degrees = rotation + motion.rotation;
    let (sin, cos) = quarter_exact_sin_cos(degrees);
    let (flip_x, flip_y) = match flip {
        Flip::None => (1.0, 1.0),
        Flip::Horizontal => (-1.0, 1.0),
        Flip::Vertical => (1.0, -1.0),
        Flip::Both => (-1.0, -1.0),
    };
    let to_origin = Affine2 { x0: -middle_x, y0: -middle_y, ..Affine2::IDENTITY };
    // Clockwise, as y grows down.
    let turned = Affine2 {
        xx: cos * scale * flip_x,
        xy: -sin * scale * flip_y,
        x0: middle_x + motion.x_px,
        yx: sin * scale * flip_x,
        yy: cos * scale * flip_y,
        y0: middle_y + motion.y_px,
    };
    turned.after(to_origin)
}

/// Sine and cosine of degrees, exact for quarter turns: an upright block must not be turned by a rounding error.
fn quarter_exact_sin_cos(degrees: f64) -> (f64, f64) {
    match degrees.rem_euclid(360.0) {
        0.0 => (0.0, 1.0),
        90.0 => (1.0, 0.0),
        180.0 => (0.0, -1.0),
        270.0 => (-1.0, 0.0),
        other => other.to_radians().sin_cos(),
    }
}

fn on_canvas(area: Affine2, canvas: (u32, u32)) -> bool {
    let corners = [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)].map(|(x, y)| area.apply(x, y));
    let spans = |side: f64, at: fn(&(f64, f64)) -> f64| {
        let low = corners.iter().map(at).fold(f64::INFINITY, f64::min);
        let high = corners.iter().map(at).fold(f64::NEG_INFINITY, f64::max);
        low < side && high > 0.0
    };
    spans(f64::from(canvas.0), |corner| corner.0) && spans(f64::from(canvas.1), |corner| corner.1)
}

/// What of the source shows, after a Ken Burns journey.
fn source_rect(
    placement: MediaPlacement,
    media: (u32, u32),
    journey: Option<KenBurns>,
    now: BlockTime,
) -> UnitRect {
    let (width, height) = (f64::from(media.0.max(1)), f64::from(media.1.max(1)));
    let crop = placement.crop;
    let mut rect = UnitRect {
        x: crop.x / width,
        y: crop.y / height,
        width: crop.width / width,
        height: crop.height / height,
    };
    if let Some(KenBurns { from, to, easing }) = journey {
        let t = if now.span_secs > 0.0 { easing.at(now.secs / now.span_secs) } else { 0.0 };
        let mix = |value: fn(&View) -> f64| value(&from).blended(value(&to), t);
        let scale = mix(|view| view.scale).max(1.0);
        let (width, height) = (rect.width / scale, rect.height / scale);
        // The view stays inside the picture.
        rect.x = (mix(|view| view.x) - width / 2.0).clamp(0.0, 1.0 - width);
        rect.y = (mix(|view| view.y) - height / 2.0).clamp(0.0, 1.0 - height);
        (rect.width, rect.height) = (width, height);
    }
    rect
}

/// Different for each frame and block, the same for each render (Knuth's multiplicative hash).
fn grain_seed(frame: u64, block: usize) -> u32 {
    let mixed = (frame ^ ((block as u64) << 32)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    u32::try_from(mixed >> 40).unwrap_or(0)
}

/// How a block's picture is used over its life; see [`Timeline::source_use`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SourceUse {
    /// Where it shows, if that is the same in every frame, upright and with nothing of it beyond its own pixels.
    pub fixed: Option<FixedPlace>,
    /// Output pixels that the whole picture fills where it is largest.
    pub picture_px: SizePx,
    /// Everything of it that ever shows.
    pub rect: UnitRect,
    /// True where effects change it in any frame: then it must have no border that is not its own.
    pub has_effects: bool,
}

/// A place that never changes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FixedPlace {
    /// What shows.
    pub source_rect: UnitRect,
    /// Where, in output pixels; may leave the frame.
    pub dest: RectPx,
}

/// Frames that [`Timeline::source_use`] looks at, at most.
const FRAMES_LOOKED_AT: u64 = 240;

impl Timeline {
    /// Returns how the picture of block `index` is used over its life: how large it must be decoded, and whether it
    /// stays in its place.
    pub fn source_use(&self, index: usize) -> SourceUse {
        self.use_of(index, |_| true)
    }

    /// The same of one part of a block alone.
    pub fn part_use(&self, index: usize, part: LayerPart) -> SourceUse {
        self.use_of(index, |layer| layer.part == part)
    }

    /// Standard deviation of the blur behind a `contain-blur`, in output pixels: the first effect of its backdrop.
    pub fn backdrop_sigma_px(&self) -> f64 {
        BACKDROP_SIGMA_FRACTION * f64::from(self.canvas.0.min(self.canvas.1))
    }

    fn use_of(&self, index: usize, is_meant: impl Fn(&SceneLayer) -> bool) -> SourceUse {
        let block = &self.blocks[index];
        let mut seen = Seen::default();
        let mut layers = Vec::new();
        let count = block.frames.end - block.frames.start;
        let step = count.div_ceil(FRAMES_LOOKED_AT).max(1);
        let last = block.frames.end - 1;
        for frame in
            (block.frames.start..block.frames.end).step_by(usize::try_from(step).unwrap_or(1)).chain([last])
        {
            layers.clear();
            self.push_layers(&mut layers, index, self.fps.time_of_frame(frame), frame);
            layers.iter().filter(|layer| is_meant(layer)).for_each(|layer| seen.look(layer));
        }
        let passes =
            |block: &PlacedBlock| block.passage.is_some_and(|passage| moves_blocks(passage.transition.kind));
        let successors = block.successors.iter().filter_map(|index| self.blocks.get(*index));
        let still = !block.moves() && !passes(block) && !successors.into_iter().any(passes);
        SourceUse {
            fixed: seen.place.filter(|_| still && !seen.differs),
            picture_px: SizePx { width: seen.width.max(1.0), height: seen.height.max(1.0) },
            rect: seen.rect.unwrap_or(UnitRect::WHOLE),
            has_effects: seen.has_effects,
        }
    }
}

impl PlacedBlock {
    /// True where its place may change between the frames that were looked at.
    fn moves(&self) -> bool {
        let Some(visual) = self.content.visual() else { return false };
        let lengths = [&visual.x, &visual.y, &visual.width, &visual.height];
        let journey = matches!(&self.content, Content::Image(image) if image.ken_burns.is_some());
        let shifts =
            |kind| !matches!(kind, AnimationKind::Fade | AnimationKind::Wipe | AnimationKind::Typewriter);
        lengths.iter().any(|length| length.as_ref().is_some_and(|length| !length.is_constant()))
            || !visual.scale.is_constant()
            || !visual.rotation.is_constant()
            || !visual.crop.is_constant()
            || visual.look.animations.iter().any(|animation| shifts(animation.kind))
            || visual.look.blend_mode != BlendMode::Normal
            || journey
    }
}

/// True for transitions that change the place of a block.
fn moves_blocks(kind: TransitionKind) -> bool {
    matches!(kind, TransitionKind::Slide | TransitionKind::Push | TransitionKind::Zoom)
}

#[derive(Default)]
struct Seen {
    place: Option<FixedPlace>,
    differs: bool,
    width: f64,
    height: f64,
    rect: Option<UnitRect>,
    has_effects: bool,
}

impl Seen {
    fn look(&mut self, layer: &SceneLayer) {
        let Affine2 { xx, xy, yx, yy, .. } = layer.canvas_from_unit;
        let shown = layer.source_rect;
        // The blur of a backdrop is its own.
        let own = usize::from(layer.part == LayerPart::Backdrop);
        self.has_effects |= layer.effects.len() > own;
        self.width = self.width.max(xx.hypot(yx) / shown.width);
        self.height = self.height.max(xy.hypot(yy) / shown.height);
        self.rect = Some(self.rect.map_or(shown, |rect| union(rect, shown)));
        let upright = layer.canvas_from_unit.upright_rect();
        let here = upright.map(|dest| FixedPlace { source_rect: shown, dest });
        let first = *self
            .place
            .get_or_insert_with(|| here.unwrap_or(FixedPlace { source_rect: shown, dest: RectPx::EMPTY }));
        self.differs |= here != Some(first);
    }
}

fn union(a: UnitRect, b: UnitRect) -> UnitRect {
    let (x, y) = (a.x.min(b.x), a.y.min(b.y));
    UnitRect {
        x,
        y,
        width: (a.x + a.width).max(b.x + b.width) - x,
        height: (a.y + a.height).max(b.y + b.height) - y,
    }
}
