//! Words one under the other in a box: their sizes and where each stands.

use super::frame::{Rect, U};
use crate::palette::Letters;
use crate::text_fit::{Room, Setting, fit};

/// What words are in a scene.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Headline,
    Body,
    Label,
}

/// Where lines begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Left,
    Center,
    Right,
}

/// Where a stack stands in its box.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stand {
    Top,
    Middle,
    Bottom,
}

/// A colour by its use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ink {
    Main,
    Soft,
    Accent,
    OnAccent,
}

/// A coloured box right around words.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Plate {
    pub(crate) pad_x: f64,
    pub(crate) pad_y: f64,
    pub(crate) radius: f64,
    pub(crate) fill: Fill,
}

/// What a plate is filled with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fill {
    Accent,
    Shade,
}

/// Words as they are to be set.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Words {
    pub(crate) text: String,
    pub(crate) role: Role,
    pub(crate) letters: Letters,
    pub(crate) setting: Setting,
    pub(crate) italic: bool,
    pub(crate) size_px: f64,
    pub(crate) size_min_px: f64,
    pub(crate) lines_max: usize,
    pub(crate) ink: Ink,
    pub(crate) plate: Option<Plate>,
    /// Struck through: an old price.
    pub(crate) struck: bool,
    /// Not words but a sign that stands for something: it need not be read.
    pub(crate) ornament: bool,
}

/// A piece of a stack.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Piece {
    Words(Words),
    /// A bar of the accent.
    Rule {
        w: f64,
        h: f64,
    },
    /// Room for a picture: a logo.
    Picture {
        asset: usize,
        ratio: f64,
        h: f64,
    },
}

/// A piece and the room above it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Row {
    pub(crate) gap: f64,
    pub(crate) piece: Piece,
}

/// A box that a stack may stand in.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Zone {
    pub(crate) rect: Rect,
    pub(crate) side: Side,
    pub(crate) stand: Stand,
}

/// A piece in its place.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Placed {
    pub(crate) piece: Piece,
    /// Of the ink with its plate.
    pub(crate) rect: Rect,
    pub(crate) lines: Vec<String>,
    pub(crate) size_px: f64,
}

/// A stack in its zone.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct PlacedStack {
    pub(crate) pieces: Vec<Placed>,
    pub(crate) bounds: Rect,
    pub(crate) zone: Zone,
    /// True where some words are smaller than words should be.
    pub(crate) small: bool,
}

/// Words are not set smaller than this: 3 % of the short side.
pub(crate) const SIZE_FLOOR_PX: f64 = 3.0 * U;

/// Sets a stack in a zone, all of it smaller in steps where it is too high.
pub(crate) fn set(rows: &[Row], zone: Zone) -> PlacedStack {
    let mut factor = 1.0;
    loop {
        let placed = set_at(rows, zone, factor);
        let fits = placed.bounds.h <= zone.rect.h + 0.5 && placed.bounds.w <= zone.rect.w + 0.5;
        if fits || factor < 0.08 {
            return within(placed);
        }
        factor *= 0.94;
    }
}

fn set_at(rows: &[Row], zone: Zone, factor: f64) -> PlacedStack {
    let mut pieces = Vec::with_capacity(rows.len());
    let mut y = 0.0;
    let mut small = false;
    for (index, row) in rows.iter().enumerate() {
        y += if index == 0 { 0.0 } else { row.gap * factor.max(0.5) };
        let placed = set_piece(&row.piece, zone, factor);
        small |= placed.size_px > 0.0 && placed.size_px < SIZE_FLOOR_PX - 0.01;
        let Rect { w, h, .. } = placed.rect;
        let x = match zone.side {
            Side::Left => zone.rect.x,
            Side::Center => zone.rect.center_x() - w / 2.0,
            Side::Right => zone.rect.right() - w,
        };
        pieces.push(Placed { rect: Rect { x, y, w, h }, ..placed });
        y += h;
    }
    let down = match zone.stand {
        Stand::Top => 0.0,
        Stand::Middle => (zone.rect.h - y) / 2.0,
        Stand::Bottom => zone.rect.h - y,
    };
    for piece in &mut pieces {
        piece.rect.y += zone.rect.y + down;
    }
    let bounds = pieces.iter().map(|piece| piece.rect).reduce(|a, b| a.union(&b)).unwrap_or(zone.rect);
    PlacedStack { pieces, bounds, zone, small }
}

fn set_piece(piece: &Piece, zone: Zone, factor: f64) -> Placed {
    let plain = |w, h| Placed {
        piece: piece.clone(),
        rect: Rect { x: 0.0, y: 0.0, w, h },
        lines: Vec::new(),
        size_px: 0.0,
    };
    match piece {
        Piece::Rule { w, h } => plain(w.min(zone.rect.w), *h),
        Piece::Picture { ratio, h, .. } => {
            let h = (h * factor).min(zone.rect.w / ratio);
            plain(h * ratio, h)
        }
        Piece::Words(words) => {
            let (pad_x, pad_y) = words.plate.map_or((0.0, 0.0), |plate| (plate.pad_x, plate.pad_y));
            let room = Room {
                // An estimate may be short by this.
                width_px: (zone.rect.w - 2.0 * pad_x) * 0.97,
                lines_max: words.lines_max,
            };
            // The large ones give way first.
            let floor_px = if factor > 0.4 { SIZE_FLOOR_PX.min(words.size_px) } else { 0.0 };
            let (most, least) =
                ((words.size_px * factor).max(floor_px), (words.size_min_px * factor).max(floor_px));
            let fitted = fit(&words.text, &words.setting, room, (most, least));
            // Wider at its least size still: the engine shrinks it to the box.
            let squeeze = (room.width_px / fitted.width_px).min(1.0);
            let rect = Rect {
                x: 0.0,
                y: 0.0,
                w: fitted.width_px * squeeze / 0.97 + 2.0 * pad_x,
                h: fitted.height_px * squeeze + 2.0 * pad_y,
            };
            Placed { piece: piece.clone(), rect, lines: fitted.lines, size_px: fitted.size_px * squeeze }
        }
    }
}

/// Moves a stack that is larger than its zone so that it at least begins there.
fn within(mut placed: PlacedStack) -> PlacedStack {
    let rect = placed.zone.rect;
    let up = (placed.bounds.bottom() - rect.bottom()).max(0.0);
    let down = (rect.y - (placed.bounds.y - up)).max(0.0);
    for piece in &mut placed.pieces {
        piece.rect.y += down - up;
    }
    placed.bounds.y += down - up;
    placed
}
