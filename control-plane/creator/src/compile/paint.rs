//! Which box words stand in, which colours they have there, and what lies under them so that they can be read: solved from
//! the brightest and the darkest place of the picture below them, over the whole of their time.

use super::shot::Shot;
use crate::layout::{
    Fill, Ink, PANEL_MARGINS, Piece, Placed, PlacedStack, Rect, Stack, Stand, U, Under, set,
};
use crate::palette::{Palette, Rgb, brightest_ground};

/// Contrast that all words have at least (WCAG 2.1, 1.4.3, and a little for rounding).
pub(crate) const CONTRAST_MIN: f64 = 4.6;
/// How far a scrim reaches beyond the words: there it begins.
const SCRIM_REACH_PX: f64 = 300.0;

/// Words in their place, and what lies under them.
#[derive(Debug, Clone)]
pub(crate) struct Painted {
    pub(crate) stack: PlacedStack,
    pub(crate) ground: Below,
    /// What the letters stand on at worst, without plates.
    worst: (Rgb, Rgb),
    colors: Colors,
    pub(crate) barred: bool,
    pub(crate) strict: bool,
}

/// What lies between words and picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Below {
    Nothing,
    /// The whole picture times this.
    Dim(f64),
    /// Black that comes from an edge of the frame and ends softly beyond the words.
    Scrim(Scrim),
    /// A panel: where, its colour and its alpha.
    Panel(Rect, Rgb, f64),
}

/// Black that comes from an edge of the frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Scrim {
    pub(crate) rect: Rect,
    /// Where it gets darker, in degrees clockwise from upwards.
    pub(crate) angle_degrees: f64,
    /// Below the words.
    pub(crate) alpha: f64,
    /// Where the words begin, as a fraction of the way into the dark.
    pub(crate) full_at: f64,
}

#[derive(Debug, Clone, Copy)]
struct Colors {
    main: Rgb,
    soft: Rgb,
    accent: Rgb,
    plate: Rgb,
}

/// What words may stand on.
pub(crate) struct Scenery<'a> {
    pub(crate) palette: &'a Palette,
    /// The picture that fills the frame; none for a card.
    pub(crate) shot: Option<&'a Shot>,
    /// Colour of the card, and of the ground beside pictures.
    pub(crate) card: Rgb,
    /// The words before stood here.
    pub(crate) before: Option<Rect>,
    pub(crate) frame: Rect,
    /// Nothing may stand here: a smaller picture.
    pub(crate) taken: Option<Rect>,
    /// The picture is blurred and darkened anyway.
    pub(crate) backdrop: bool,
}

/// Chooses a box and paints.
pub(crate) fn paint(stack: &Stack, scenery: &Scenery<'_>) -> Painted {
    let placed: Vec<PlacedStack> = stack.zones.iter().map(|zone| set(&stack.rows, *zone)).collect();
    let costs: Vec<f64> =
        placed.iter().enumerate().map(|(order, placed)| cost(order, placed, stack.under, scenery)).collect();
    let best = (0..placed.len()).min_by(|a, b| costs[*a].total_cmp(&costs[*b]));
    let stack_placed = placed[best.unwrap_or(0)].clone();
    let (ground, worst, colors) = match scenery.shot {
        None => (Below::Nothing, (scenery.card, scenery.card), card_colors(scenery)),
        Some(_) if stack.under == Under::Ground => {
            (Below::Nothing, (scenery.card, scenery.card), card_colors(scenery))
        }
        Some(shot) => over_picture(stack, &stack_placed, scenery, shot),
    };
    Painted { stack: stack_placed, ground, worst, colors, barred: stack.barred, strict: stack.strict }
}

/// How bad a box is: what matters lies below it, the picture is busy there, it has to be darkened much, the words get
/// small, or they jump to where they were not before.
fn cost(order: usize, placed: &PlacedStack, under: Under, scenery: &Scenery<'_>) -> f64 {
    let mut cost = 0.12 * order as f64;
    if placed.small {
        cost += 3.0;
    }
    // Each step of smaller letters costs.
    let sizes = placed.pieces.iter().filter_map(|piece| match &piece.piece {
        Piece::Words(words) => Some(1.0 - piece.size_px / words.size_px),
        Piece::Rule { .. } | Piece::Picture { .. } => None,
    });
    cost += 1.2 * sizes.fold(0.0, f64::max);
    let jumps = scenery.before.is_some_and(|before| {
        (before.center_y() - placed.bounds.center_y()).abs() > scenery.frame.h * 0.2
            || (before.x - placed.bounds.x).abs() > scenery.frame.w * 0.2
    });
    cost += if jumps { 0.1 } else { 0.0 };
    if scenery.taken.is_some_and(|taken| taken.common(&placed.bounds).is_some()) {
        cost += 10.0;
    }
    if let Some(shot) = scenery.shot {
        let (by_x, by_y) = if under == Under::Panel { PANEL_MARGINS } else { (U, U) };
        let stats = shot.stats(&placed.bounds.grown(by_x, by_y));
        cost += 0.9 * stats.saliency + 0.8 * stats.edges + 0.5 * dark_alpha(Rgb::WHITE, stats.high);
    }
    cost
}

fn card_colors(scenery: &Scenery<'_>) -> Colors {
    let palette = scenery.palette;
    if scenery.card == palette.accent {
        let ink = palette.on_accent;
        return Colors { main: ink, soft: ink, accent: ink, plate: palette.ground };
    }
    Colors { main: palette.ink, soft: palette.ink_soft, accent: palette.accent_ink, plate: palette.accent }
}

/// Alpha of black at which letters of `ink` stand out from a place of that luma.
fn dark_alpha(ink: Rgb, high: u8) -> f64 {
    let bound = f64::from(brightest_ground(ink, CONTRAST_MIN).unwrap_or(0));
    (1.0 - bound / f64::from(high.max(1))).clamp(0.0, 1.0)
}

fn over_picture(
    stack: &Stack,
    placed: &PlacedStack,
    scenery: &Scenery<'_>,
    shot: &Shot,
) -> (Below, (Rgb, Rgb), Colors) {
    let palette = scenery.palette;
    let stats = shot.stats(&placed.bounds.grown(1.0 * U, 1.0 * U));
    let (low, high) = (Rgb::grey(stats.low), Rgb::grey(stats.high));
    let light = Colors { main: Rgb::WHITE, soft: Rgb([240; 3]), accent: Rgb::WHITE, plate: palette.accent };
    let needed = dark_alpha(light.soft, stats.high);
    match stack.under {
        Under::Plates => (Below::Nothing, (low, high), light),
        Under::Ground | Under::Dim => {
            // Never bare: a shade of it says that the words are what counts.
            let factor = if scenery.backdrop { (1.0 - needed).min(0.5) } else { 1.0 - needed.max(0.25) };
            let dimmed = |color: Rgb| color.over(Rgb::BLACK, factor);
            (Below::Dim(factor), (dimmed(low), dimmed(high)), light)
        }
        Under::Panel => {
            let rect = placed.bounds.grown(PANEL_MARGINS.0, PANEL_MARGINS.1);
            let colors = Colors {
                main: palette.ink,
                soft: palette.ink_soft,
                accent: palette.accent_ink,
                plate: palette.accent,
            };
            let alpha = panel_alpha(&colors, palette.ground, (low, high));
            let panel = Below::Panel(rect, palette.ground, alpha);
            (panel, (palette.ground.over(low, alpha), palette.ground.over(high, alpha)), colors)
        }
        Under::Edge => {
            // Bright and calm: dark letters need nothing below them.
            let dark = palette.shade;
            if dark.contrast(low) >= 5.5 && stats.edges < 0.3 {
                let colors = Colors { main: dark, soft: dark, accent: dark, plate: palette.accent };
                return (Below::Nothing, (low, high), colors);
            }
            // A busy picture is darkened even where its contrast would do.
            let alpha = needed.max(0.22 + 0.4 * stats.edges.min(0.6));
            let shaded = |color: Rgb| Rgb::BLACK.over(color, alpha);
            (Below::Scrim(scrim(placed, scenery, alpha)), (shaded(low), shaded(high)), light)
        }
    }
}

/// The least of some alphas at which all letters can be read on a panel.
fn panel_alpha(colors: &Colors, ground: Rgb, (low, high): (Rgb, Rgb)) -> f64 {
    let reads = |alpha: f64| {
        [colors.main, colors.soft, colors.accent].iter().all(|ink| {
            [low, high].iter().all(|below| ink.contrast(ground.over(*below, alpha)) >= CONTRAST_MIN - 0.08)
        })
    };
    [0.9, 0.94, 0.97].into_iter().find(|alpha| reads(*alpha)).unwrap_or(1.0)
}

/// From the frame's edge that the words stand at to a soft end beyond them.
fn scrim(placed: &PlacedStack, scenery: &Scenery<'_>, alpha: f64) -> Scrim {
    let (bounds, frame) = (placed.bounds.grown(U, U), scenery.frame);
    let of = |rect: Rect, angle_degrees, full_at| Scrim { rect, angle_degrees, alpha, full_at };
    // Beginning, middle and end along the way into the dark; nearer where the frame ends before.
    let along = |begins: f64, words: f64, ends: f64| ((words - begins) / (ends - begins)).clamp(0.0, 1.0);
    match placed.zone.stand {
        Stand::Bottom => {
            let y = (bounds.y - SCRIM_REACH_PX).max(0.0);
            of(Rect { y, h: frame.h - y, ..frame }, 180.0, along(y, bounds.y, frame.h))
        }
        Stand::Top => {
            let h = (bounds.bottom() + SCRIM_REACH_PX).min(frame.h);
            of(Rect { h, ..frame }, 0.0, along(0.0, h - bounds.bottom(), h))
        }
        Stand::Middle if bounds.center_x() < frame.w / 2.0 => {
            let w = (bounds.right() + SCRIM_REACH_PX).min(frame.w);
            of(Rect { w, ..frame }, 270.0, along(0.0, w - bounds.right(), w))
        }
        Stand::Middle => {
            let x = (bounds.x - SCRIM_REACH_PX).max(0.0);
            of(Rect { x, w: frame.w - x, ..frame }, 90.0, along(x, bounds.x, frame.w))
        }
    }
}

impl Painted {
    /// Colour of the letters of a piece, of its plate, and the ground that the letters stand out from least.
    pub(crate) fn colors_of(&self, palette: &Palette, placed: &Placed) -> (Rgb, Option<(Rgb, f64)>, Rgb) {
        let Piece::Words(words) = &placed.piece else { return (self.colors.plate, None, self.worst.0) };
        let (low, high) = self.worst;
        let plain = match words.ink {
            Ink::Main => self.colors.main,
            Ink::Soft => self.colors.soft,
            Ink::Accent => self.colors.accent,
            Ink::OnAccent => palette.on_accent,
        };
        let least = |ink: Rgb, a: Rgb, b: Rgb| if ink.contrast(a) < ink.contrast(b) { a } else { b };
        match words.plate.map(|plate| plate.fill) {
            None => (plain, None, least(plain, low, high)),
            Some(Fill::Accent) => {
                let fill = self.colors.plate;
                let ink = if fill == palette.accent { palette.on_accent } else { palette.ink };
                (ink, Some((fill, 1.0)), fill)
            }
            Some(Fill::Shade) => {
                let (fill, alpha) = (palette.shade, 0.84);
                let below = |color: Rgb| fill.over(color, alpha);
                (Rgb::WHITE, Some((fill, alpha)), least(Rgb::WHITE, below(low), below(high)))
            }
        }
    }

    /// Colour of bars of the accent.
    pub(crate) fn accent(&self, palette: &Palette) -> Rgb {
        if self.colors.plate == palette.accent { palette.accent } else { self.colors.main }
    }
}
