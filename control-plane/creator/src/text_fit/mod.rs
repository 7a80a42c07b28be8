//! Which size and which lines words get in a box. Estimated: the engine measures, and shrinks what turns out wider.

mod lines;
mod widths;

pub(crate) use lines::break_lines;
pub(crate) use widths::{advance_em, is_wide, runs_from_right};

/// What an estimate of widths needs to know of letters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Setting {
    /// Widths of the letters against those of Inter Bold.
    pub(crate) width_factor: f64,
    /// Added after each letter, in ems.
    pub(crate) tracking_em: f64,
    /// Distance of lines in ems.
    pub(crate) line_height: f64,
    /// Set in capitals.
    pub(crate) upper: bool,
}

/// Words in lines.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Fitted {
    pub(crate) lines: Vec<String>,
    pub(crate) size_px: f64,
    /// Of the longest line.
    pub(crate) width_px: f64,
    pub(crate) height_px: f64,
}

/// Where words go: the width that lines have, and how many there may be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Room {
    pub(crate) width_px: f64,
    pub(crate) lines_max: usize,
}

/// Returns the width of a text in one line, in ems.
pub(crate) fn width_em(text: &str, setting: &Setting) -> f64 {
    let advance = |sign: char| {
        // A sign of a fallback font has its own width.
        let factor = if sign.is_ascii() { setting.width_factor } else { setting.width_factor.max(1.0) };
        advance_em(sign) * factor + setting.tracking_em.max(-0.02)
    };
    if setting.upper {
        text.to_uppercase().chars().map(advance).sum()
    } else {
        text.chars().map(advance).sum()
    }
}

/// Breaks `text` at the largest size in `size_min_px..=size_max_px` at which it fits, in steps of 4 %; at the least size
/// it may be too wide still, and the width says so.
pub(crate) fn fit(
    text: &str,
    setting: &Setting,
    room: Room,
    (size_max_px, size_min_px): (f64, f64),
) -> Fitted {
    let mut size_px = size_max_px;
    loop {
        let wide_em = room.width_px / size_px;
        if let Some(lines) = break_lines(text, setting, wide_em, room.lines_max) {
            return fitted(lines, setting, size_px);
        }
        if size_px <= size_min_px {
            break;
        }
        size_px = (size_px * 0.96).max(size_min_px);
    }
    // Words that nothing fits: one line too many, or one word too long.
    let wide_em = room.width_px / size_px;
    let lines = break_lines(text, setting, wide_em, room.lines_max * 3)
        .or_else(|| break_lines(text, setting, f64::INFINITY, room.lines_max))
        .unwrap_or_else(|| vec![text.to_owned()]);
    fitted(lines, setting, size_px)
}

fn fitted(lines: Vec<String>, setting: &Setting, size_px: f64) -> Fitted {
    let width_em = lines.iter().map(|line| width_em(line, setting)).fold(0.0, f64::max);
    let height_px = lines.len() as f64 * size_px * setting.line_height;
    Fitted { width_px: width_em * size_px, height_px, size_px, lines }
}

/// True for texts that run from the right.
pub(crate) fn is_from_right(text: &str) -> bool {
    text.chars().find(|sign| sign.is_alphabetic()).is_some_and(runs_from_right)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Setting = Setting { width_factor: 1.0, tracking_em: 0.0, line_height: 1.1, upper: false };

    #[test]
    fn the_size_falls_until_the_words_fit_and_no_further() {
        let room = Room { width_px: 800.0, lines_max: 2 };
        let fitted = fit("Fresh bread every single morning", &PLAIN, room, (130.0, 30.0));
        assert!(fitted.lines.len() <= 2 && fitted.width_px <= 800.0, "{fitted:?}");
        assert!(fitted.size_px > 70.0, "{fitted:?}");
        let short = fit("Fresh", &PLAIN, room, (130.0, 30.0));
        assert!((short.size_px - 130.0).abs() < 1e-9);
    }

    #[test]
    fn wide_signs_take_an_em() {
        assert!((width_em("東京の朝", &PLAIN) - 4.0).abs() < 1e-9);
    }
}
