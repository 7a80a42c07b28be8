//! Transitions: who gives way to whom, and what each of the two looks like on the way.

use crate::{
    BlendMode, Block, Content, Effect, EncodedSrgb, Fit, Mask, MaskShape, PlacedBlock, RectPx, Ticks,
    Transition, TransitionKind, Visual,
    animated::BlockTime,
    geometry::{media_box, output_px_per_reference_px},
    motion::Motion,
};

/// Standard deviation in the middle of a `blur`, in reference pixels.
const BLUR_PX: f64 = 40.0;
/// Side of the cells in the middle of a `pixelate`, in reference pixels.
const CELL_PX: f64 = 64.0;

/// A transition with its partner.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Passage {
    /// How it looks; its length is no more than the block's.
    pub transition: Transition,
    /// Index into [`crate::Timeline::blocks`] of the block that gives way, if there is one.
    pub partner: Option<usize>,
    /// True where the new block hides all of the old one at its end: then the old one can stay whole below it, and
    /// the two are mixed exactly.
    pub covers: bool,
}

/// Returns how far a passage that began at `start` is at `time`, in `0.0..=1.0`; none before and after.
pub(crate) fn progress(passage: &Passage, start: Ticks, time: Ticks) -> Option<f64> {
    let progress = (time - start).as_secs() / passage.transition.secs;
    // The first frame may lie up to half a frame before the block's start.
    (progress < 1.0).then(|| passage.transition.easing.at(progress.max(0.0)).clamp(0.0, 1.0))
}

/// What happens to one side of a passage.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Side<'a> {
    pub(crate) passage: &'a Passage,
    pub(crate) progress: f64,
    /// The new block's box.
    pub(crate) rect: RectPx,
    pub(crate) canvas: (u32, u32),
    /// True for the new block.
    pub(crate) arrives: bool,
}

impl Motion {
    /// Adds what a passage does to one of its sides.
    pub(crate) fn pass(&mut self, side: &Side<'_>) {
        let Side { passage, progress, canvas, arrives, .. } = *side;
        let px = output_px_per_reference_px(canvas);
        let (dx, dy) = passage.transition.direction.vector();
        let (width, height) = (f64::from(canvas.0), f64::from(canvas.1));
        // 1 in the middle, 0 at both ends.
        let middle = 1.0 - (2.0 * progress - 1.0).abs();
        match passage.transition.kind {
            TransitionKind::Fade => self.cross_fade(side),
            TransitionKind::Dissolve => self.uncover(side, MaskShape::Dissolve),
            TransitionKind::Wipe => self.uncover(side, MaskShape::Linear { x: dx, y: dy }),
            TransitionKind::Iris => self.uncover(side, MaskShape::Iris),
            TransitionKind::ClockWipe => self.uncover(side, MaskShape::Clock),
            TransitionKind::Radial => self.uncover(side, MaskShape::Radial),
            TransitionKind::BarnDoor => self.uncover(side, MaskShape::BarnDoor { horizontal: dx != 0.0 }),
            TransitionKind::Slide | TransitionKind::Push if arrives => {
                self.x_px -= dx * width * (1.0 - progress);
                self.y_px -= dy * height * (1.0 - progress);
            }
            TransitionKind::Push => {
                self.x_px += dx * width * progress;
                self.y_px += dy * height * progress;
            }
            TransitionKind::Slide => {}
            TransitionKind::Zoom => {
                if !arrives {
                    self.scale *= 1.0 + progress;
                }
                self.cross_fade(side);
            }
            TransitionKind::Blur => {
                self.blur_px += BLUR_PX * px * middle;
                self.cross_fade(side);
            }
            TransitionKind::Pixelate => {
                self.effects.push(Effect::Pixelate { cell_px: 1.0 + (CELL_PX * px - 1.0).max(0.0) * middle });
                self.cross_fade(side);
            }
            TransitionKind::FadeBlack => self.flood(side, EncodedSrgb::BLACK),
            TransitionKind::FadeWhite => self.flood(side, EncodedSrgb::WHITE),
        }
    }

    fn cross_fade(&mut self, side: &Side<'_>) {
        if side.arrives {
            self.opacity *= side.progress;
        } else if !side.passage.covers {
            self.opacity *= 1.0 - side.progress;
        }
    }

    fn uncover(&mut self, side: &Side<'_>, shape: MaskShape) {
        if side.arrives || !side.passage.covers {
            let Side { rect, progress, arrives, .. } = *side;
            self.masks.push(Mask { shape, rect, progress, inverted: !arrives });
        }
    }

    /// The old one turns into the colour in the first half, the new one comes out of it in the second.
    fn flood(&mut self, side: &Side<'_>, color: EncodedSrgb) {
        let Side { progress, arrives, .. } = *side;
        if arrives != (progress >= 0.5) {
            self.opacity = 0.0;
        }
        let amount = 1.0 - (2.0 * progress - 1.0).abs();
        self.effects.push(Effect::Flood { color, amount });
    }
}

/// Returns the block that gives way to `later`: the nearest one before it in the template that is shown when it
/// starts, or ends within `tolerance` of that.
pub(crate) fn partner_of(placed: &[PlacedBlock], later: &PlacedBlock, tolerance: Ticks) -> Option<usize> {
    let shown = |block: &PlacedBlock| {
        block.index < later.index
            && block.content.visual().is_some()
            && block.start < later.start
            && block.end + tolerance >= later.start
    };
    let candidates = placed.iter().enumerate().filter(|(_, block)| shown(block));
    candidates.max_by_key(|(_, block)| block.index).map(|(place, _)| place)
}

/// Returns true where `later`, when it has arrived, hides every pixel of `earlier`.
pub(crate) fn covers(later: &PlacedBlock, earlier: &PlacedBlock, canvas: (u32, u32)) -> bool {
    let (Some(above), Some(below)) = (plain_box(later, canvas), plain_box(earlier, canvas)) else {
        return false;
    };
    let within = |inner: (f64, f64), outer: (f64, f64)| {
        inner.0 >= outer.0 - 0.5 && inner.0 + inner.1 <= outer.0 + outer.1 + 0.5
    };
    later.opaque
        && within((below.x, below.width), (above.x, above.width))
        && within((below.y, below.height), (above.y, above.height))
}

/// The box of a picture that fills it and neither moves nor turns.
fn plain_box(block: &PlacedBlock, canvas: (u32, u32)) -> Option<RectPx> {
    let visual = match &block.content {
        Content::Video(video) => &video.visual,
        Content::Image(image) => &image.visual,
        Content::Text(_) | Content::Audio(_) => return None,
    };
    is_plain(visual).then(|| media_box(visual, BlockTime::START, canvas))
}

fn is_plain(visual: &Visual) -> bool {
    let still = [&visual.x, &visual.y, &visual.width, &visual.height];
    let is = |value: &crate::Animated<f64>, wanted: f64| value.is_constant() && value.first() == Some(wanted);
    matches!(visual.fit, Fit::Cover | Fit::Fill)
        && still.iter().all(|length| length.as_ref().is_none_or(crate::Animated::is_constant))
        && is(&visual.scale, 1.0)
        && is(&visual.rotation, 0.0)
        && is(&visual.opacity, 1.0)
        && is(&visual.corner_radius, 0.0)
        && visual.look.chroma_key.is_none()
        && visual.look.blend_mode == BlendMode::Normal
        && visual.look.animations.is_empty()
}

impl Block {
    /// Returns the transition into it, if there is one.
    pub(crate) fn transition(&self) -> Option<&Transition> {
        self.content.visual()?.look.transition.as_ref()
    }
}
