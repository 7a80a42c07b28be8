//! What animations and transitions add to a layer: the state of a movement at a moment.

use std::f64::consts::TAU;

use crate::{
    Animation, AnimationAt, AnimationKind, Direction, EaseCurve, EaseEnds, Easing, Effect, Mask, MaskShape,
    RectPx,
};

/// Amplitude of a trembling and of a swaying as fractions of the frame's short side.
const SHAKE_FRACTION: f64 = 0.015;
const SWAY_FRACTION: f64 = 0.02;
/// Trembles so often a second.
const SHAKE_HZ: f64 = 9.0;
/// How far a panning block comes from, as a fraction of the frame.
const PAN_FRACTION: f64 = 0.1;
/// How high a block falls from, and hops, as fractions of the frame's height.
const FALL_FRACTION: f64 = 0.3;
const HOP_FRACTION: f64 = 0.05;
/// Standard deviations in reference pixels.
const BLUR_PX: f64 = 24.0;
const BLUR_LOOP_PX: f64 = 8.0;
/// Seconds that a piece of a text takes to enter, if the animation is long enough.
const PIECE_SECS: f64 = 0.4;
/// How much later each piece of a wave is, in rounds; and how high, in heights of the piece.
const WAVE_LAG: f64 = 0.08;
const WAVE_HEIGHTS: f64 = 0.25;

/// What is added to a layer at rest.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Motion {
    /// Moved right, in output pixels.
    pub(crate) x_px: f64,
    /// Moved down.
    pub(crate) y_px: f64,
    /// Factor about its middle.
    pub(crate) scale: f64,
    /// Degrees clockwise about its middle.
    pub(crate) rotation: f64,
    /// Factor.
    pub(crate) opacity: f64,
    /// Standard deviation in output pixels.
    pub(crate) blur_px: f64,
    /// What of it shows.
    pub(crate) masks: Vec<Mask>,
    /// What else happens to its colours.
    pub(crate) effects: Vec<Effect>,
}

impl Motion {
    /// Nothing is added.
    pub(crate) const REST: Self = Self {
        x_px: 0.0,
        y_px: 0.0,
        scale: 1.0,
        rotation: 0.0,
        opacity: 1.0,
        blur_px: 0.0,
        masks: Vec::new(),
        effects: Vec::new(),
    };
}

/// What a movement needs to know of what it moves.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stage {
    /// The block, or the piece of a text, at rest.
    pub(crate) rect: RectPx,
    /// Width and height of the frame.
    pub(crate) canvas: (f64, f64),
    /// Output pixels per reference pixel.
    pub(crate) px: f64,
    /// Which piece of how many; one of one for a block as a whole.
    pub(crate) piece: (usize, usize),
}

/// Where in time a block stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moment {
    /// Seconds since it began.
    pub(crate) secs: f64,
    /// Its length.
    pub(crate) span_secs: f64,
    /// Entries and exits are shortened by this factor where both together are longer than the block.
    pub(crate) squeeze: f64,
}

/// Returns the factor that makes the longest entry and exit fit a block.
pub(crate) fn squeeze(animations: &[Animation], span_secs: f64) -> f64 {
    let longest = |at| animations.iter().filter(|a| a.at == at).map(|a| a.secs).fold(0.0, f64::max);
    let both = longest(AnimationAt::In) + longest(AnimationAt::Out);
    if both > span_secs { span_secs / both } else { 1.0 }
}

impl Motion {
    /// Adds an animation.
    pub(crate) fn animate(&mut self, animation: &Animation, moment: Moment, stage: &Stage) {
        if animation.at == AnimationAt::Loop {
            let lag = if animation.split { WAVE_LAG * stage.piece.0 as f64 } else { 0.0 };
            let round = (moment.secs / animation.secs - lag).rem_euclid(1.0);
            return self.go_round(animation, animation.easing.at(round), moment.secs, stage);
        }
        let secs = animation.secs * moment.squeeze;
        let since = match animation.at {
            AnimationAt::Out => moment.secs - (moment.span_secs - secs),
            AnimationAt::In | AnimationAt::Loop => moment.secs,
        };
        let progress = if animation.split { staggered(since, secs, stage.piece) } else { since / secs };
        let progress = progress.clamp(0.0, 1.0);
        // How far from rest: 1 is away.
        let away = match animation.at {
            AnimationAt::Out => animation.easing.at(progress),
            AnimationAt::In | AnimationAt::Loop => 1.0 - animation.easing.at(progress),
        };
        // Beyond its time an entry is over; within an exit's lead the block is at rest.
        if away != 0.0 {
            self.go_away(animation, away, moment.secs, stage);
        }
    }

    fn go_away(&mut self, animation: &Animation, away: f64, secs: f64, stage: &Stage) {
        let leaves = animation.at == AnimationAt::Out;
        let (dx, dy) = animation.direction.vector();
        // What enters comes from against its direction.
        let sign = if leaves { 1.0 } else { -1.0 };
        let fade = (1.0 - away).clamp(0.0, 1.0);
        match animation.kind {
            AnimationKind::Fade => self.opacity *= fade,
            AnimationKind::Slide if animation.split => {
                self.move_by(sign * dx * stage.rect.width * away, sign * dy * stage.rect.height * away);
                self.opacity *= fade;
            }
            AnimationKind::Slide => {
                let distance = distance_to_edge(animation.direction, leaves, stage);
                self.move_by(sign * dx * distance * away, sign * dy * distance * away);
            }
            AnimationKind::Scale => self.scale *= (1.0 - away).max(0.0),
            AnimationKind::Wipe => {
                let progress = if leaves { away } else { 1.0 - away };
                let shape = MaskShape::Linear { x: dx, y: dy };
                self.masks.push(Mask { shape, rect: stage.rect, progress, inverted: leaves });
            }
            AnimationKind::Pan => {
                let far = |side: f64| sign * PAN_FRACTION * side * away;
                self.move_by(dx * far(stage.canvas.0), dy * far(stage.canvas.1));
                self.opacity *= fade;
            }
            AnimationKind::Spin => {
                self.rotation += sign * turn(animation.direction) * away;
                self.opacity *= fade;
            }
            AnimationKind::Bounce => {
                let fall =
                    1.0 - Easing::Curve(EaseEnds::Out, EaseCurve::Bounce).at(1.0 - away.clamp(0.0, 1.0));
                self.move_by(0.0, -FALL_FRACTION * stage.canvas.1 * fall);
                self.opacity *= (4.0 * fade).min(1.0);
            }
            AnimationKind::Blur => {
                self.blur_px += BLUR_PX * stage.px * away.max(0.0);
                self.opacity *= fade;
            }
            AnimationKind::Shake => self.tremble(away, secs, stage),
            AnimationKind::Typewriter => self.opacity *= f64::from(away < 1.0),
            AnimationKind::Reveal => self.rise(animation.direction, away, leaves, stage),
            AnimationKind::Wave => {
                self.move_by(0.0, -WAVE_HEIGHTS * stage.rect.height * (away * TAU / 2.0).sin());
                self.opacity *= fade;
            }
        }
    }

    fn go_round(&mut self, animation: &Animation, round: f64, secs: f64, stage: &Stage) {
        let wave = (round * TAU).sin();
        // From 0 at the start to 1 in the middle.
        let pulse = (1.0 - (round * TAU).cos()) / 2.0;
        let (dx, dy) = animation.direction.vector();
        match animation.kind {
            AnimationKind::Fade => self.opacity *= 1.0 - 0.7 * pulse,
            AnimationKind::Scale => self.scale *= 1.0 + 0.08 * pulse,
            AnimationKind::Pan => {
                let far = SWAY_FRACTION * stage.canvas.0.min(stage.canvas.1) * wave;
                self.move_by(dx * far, dy * far);
            }
            AnimationKind::Spin => self.rotation += turn(animation.direction) * round,
            AnimationKind::Bounce => {
                self.move_by(0.0, -HOP_FRACTION * stage.canvas.1 * (round * TAU / 2.0).sin());
            }
            AnimationKind::Blur => self.blur_px += BLUR_LOOP_PX * stage.px * pulse,
            AnimationKind::Shake => self.tremble(1.0, secs, stage),
            AnimationKind::Wave => self.move_by(0.0, -WAVE_HEIGHTS * stage.rect.height * wave),
            // The reader refuses these as loops.
            AnimationKind::Slide
            | AnimationKind::Wipe
            | AnimationKind::Typewriter
            | AnimationKind::Reveal => {}
        }
    }

    fn move_by(&mut self, x_px: f64, y_px: f64) {
        self.x_px += x_px;
        self.y_px += y_px;
    }

    /// Two tones that never meet, so that no rhythm shows.
    fn tremble(&mut self, strength: f64, secs: f64, stage: &Stage) {
        let amplitude = SHAKE_FRACTION * stage.canvas.0.min(stage.canvas.1) * strength;
        self.move_by(
            amplitude * (secs * TAU * SHAKE_HZ).sin(),
            0.6 * amplitude * (secs * TAU * SHAKE_HZ * 1.31 + 1.0).sin(),
        );
    }

    /// Moves a piece through the edge of its own rectangle: what is beyond the edge is hidden.
    fn rise(&mut self, direction: Direction, away: f64, leaves: bool, stage: &Stage) {
        let (dx, dy) = direction.vector();
        let sign = if leaves { 1.0 } else { -1.0 };
        self.move_by(sign * dx * stage.rect.width * away, sign * dy * stage.rect.height * away);
        // The edge lies where an entry comes from, or an exit goes to: in the middle of a rectangle twice as long.
        let (edge_x, edge_y) = (sign * dx, sign * dy);
        let RectPx { x, y, width, height } = stage.rect;
        let rect = RectPx {
            x: x + width * edge_x.min(0.0),
            y: y + height * edge_y.min(0.0),
            width: width * (1.0 + edge_x.abs()),
            height: height * (1.0 + edge_y.abs()),
        };
        let shape = MaskShape::Linear { x: edge_x, y: edge_y };
        self.masks.push(Mask { shape, rect, progress: 0.5, inverted: false });
    }
}

/// Degrees of one turn: clockwise to the right.
fn turn(direction: Direction) -> f64 {
    if direction == Direction::Left { -360.0 } else { 360.0 }
}

/// How far a block at rest is from being wholly beyond the edge that it comes from or goes to.
fn distance_to_edge(direction: Direction, leaves: bool, stage: &Stage) -> f64 {
    let RectPx { x, y, width, height } = stage.rect;
    let distance = match (direction, leaves) {
        (Direction::Right, true) | (Direction::Left, false) => stage.canvas.0 - x,
        (Direction::Left, true) | (Direction::Right, false) => x + width,
        (Direction::Down, true) | (Direction::Up, false) => stage.canvas.1 - y,
        (Direction::Up, true) | (Direction::Down, false) => y + height,
    };
    distance.max(0.0)
}

/// Progress of one piece where all of them share `secs`: the first begins at once, the last ends with it.
fn staggered(since: f64, secs: f64, (index, count): (usize, usize)) -> f64 {
    let own = (secs / count as f64).max(PIECE_SECS.min(secs));
    let begins = if count > 1 { (secs - own) * index as f64 / (count - 1) as f64 } else { 0.0 };
    (since - begins) / own
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_piece_begins_with_the_animation_and_the_last_one_ends_with_it() {
        assert!(staggered(0.0, 1.0, (0, 10)).abs() < 1e-9);
        assert!((staggered(1.0, 1.0, (9, 10)) - 1.0).abs() < 1e-9);
        assert!(staggered(0.5, 1.0, (9, 10)) < 0.0);
    }

    #[test]
    fn what_slides_in_starts_just_beyond_the_edge() {
        let rect = RectPx { x: 100.0, y: 50.0, width: 200.0, height: 100.0 };
        let stage = Stage { rect, canvas: (640.0, 360.0), px: 1.0, piece: (0, 1) };
        let slide = |direction, at| {
            let animation = Animation {
                kind: AnimationKind::Slide,
                at,
                secs: 1.0,
                easing: Easing::Linear,
                direction,
                split: false,
            };
            let mut motion = Motion::REST;
            let secs = if at == AnimationAt::In { 0.0 } else { 5.0 };
            motion.animate(&animation, Moment { secs, span_secs: 5.0, squeeze: 1.0 }, &stage);
            (motion.x_px, motion.y_px)
        };
        assert_eq!(slide(Direction::Right, AnimationAt::In), (-300.0, 0.0));
        assert_eq!(slide(Direction::Up, AnimationAt::In), (0.0, 310.0));
        assert_eq!(slide(Direction::Right, AnimationAt::Out), (540.0, 0.0));
    }
}
