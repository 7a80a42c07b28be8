//! Reads where a block is drawn: positions, sizes, colours and the fields that every visual block has.

use serde_json::Value;

use crate::{
    Anchor, EncodedSrgb, Field, Fit, Length, NumberRange, ObjectReader, Position, Visual, codes,
    field::quoted, limits,
};

const POSITIONS: [(&str, Position); 9] = [
    ("top-left", Position::TopLeft),
    ("top", Position::Top),
    ("top-right", Position::TopRight),
    ("left", Position::Left),
    ("center", Position::Center),
    ("right", Position::Right),
    ("bottom-left", Position::BottomLeft),
    ("bottom", Position::Bottom),
    ("bottom-right", Position::BottomRight),
];

/// The fits of video and image blocks; the first is the default.
pub(crate) const MEDIA_FITS: [(&str, Fit); 4] =
    [("cover", Fit::Cover), ("contain", Fit::Contain), ("fill", Fit::Fill), ("none", Fit::None)];

/// The fits of text blocks; the first is the default.
pub(crate) const TEXT_FITS: [(&str, Fit); 1] = [("none", Fit::None)];

/// Reads the fields that every visual block has; `fits` are the ones that it takes, its default first.
pub(crate) fn read_visual(block: &mut ObjectReader<'_, '_>, fits: &[(&'static str, Fit)]) -> Visual {
    let position_range = (-limits::POSITION_PX_MAX..=limits::POSITION_PX_MAX).into();
    let percent_range = (-limits::PERCENT_MAX..=limits::PERCENT_MAX).into();
    let mut coordinate = |name| read_length(&block.optional(name), position_range, percent_range);
    let (x, y) = (coordinate("x"), coordinate("y"));
    let position = block.optional("position").choice(&POSITIONS).unwrap_or(Position::Center);
    let anchor = read_anchor(&block.optional("anchor"));
    let side_range = NumberRange::above(0.0, limits::BLOCK_SIDE_PX_MAX);
    let percent_range = NumberRange::above(0.0, limits::PERCENT_MAX);
    let mut side = |name| read_length(&block.optional(name), side_range, percent_range);
    let (width, height) = (side("width"), side("height"));
    let fit = block.optional("fit").choice(fits).unwrap_or(fits[0].1);
    let opacity = block.optional("opacity").number(0.0..=1.0).unwrap_or(1.0);
    let z_index = block.optional("zIndex").integer(-limits::Z_INDEX_MAX..=limits::Z_INDEX_MAX).unwrap_or(0);
    Visual { x, y, position, anchor, width, height, fit, opacity, z_index }
}

/// Reads reference pixels as a number or percent as a string.
fn read_length(field: &Field<'_, '_>, px: NumberRange, percent: NumberRange) -> Option<Length> {
    match field.raw()? {
        Value::String(text) => read_percent(field, text, percent).map(Length::Percent),
        Value::Number(_) => field.number(px).map(Length::Px),
        _ => field.wrong_type("a number of pixels or a percentage such as \"50%\""),
    }
}

/// Reads `text` of `field` as `"50%"`.
pub(crate) fn read_percent(field: &Field<'_, '_>, text: &str, range: NumberRange) -> Option<f64> {
    let Some(percent) = text.strip_suffix('%').and_then(number_from_decimal) else {
        let number = text.strip_suffix("px").unwrap_or(text).trim_end();
        let suggestion = number_from_decimal(number).map(|_| number);
        let detail = format!(
            "{} is neither pixels nor a percentage; write a number, or a string such as \"50%\"",
            quoted(text)
        );
        field.reject_as(codes::INVALID_PERCENT, detail, suggestion);
        return None;
    };
    if !range.contains(percent) {
        field.reject(codes::OUT_OF_RANGE, format!("{percent}% is out of range; it must be {range} percent"));
        return None;
    }
    Some(percent)
}

/// Reads plain decimal notation only: `f64::from_str` also takes `inf`, `1e5` and `+1`.
fn number_from_decimal(text: &str) -> Option<f64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = digits.bytes().all(|b| b.is_ascii_digit() || b == b'.')
        && digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.ends_with(|c: char| c.is_ascii_digit());
    // A thousand digits overflow to infinity.
    if plain { text.parse().ok().filter(|number: &f64| number.is_finite()) } else { None }
}

fn read_anchor(field: &Field<'_, '_>) -> Option<Anchor> {
    match field.raw()? {
        Value::String(_) => field.choice(&POSITIONS).map(Position::anchor),
        Value::Object(_) => {
            let mut anchor = field.object()?;
            let x = anchor.required("x").number(0.0..=1.0);
            let y = anchor.required("y").number(0.0..=1.0);
            anchor.finish();
            Some(Anchor { x: x?, y: y? })
        }
        _ => field.wrong_type("the name of a point such as \"top-left\", or {\"x\": 0, \"y\": 0}"),
    }
}

/// Reads `#rgb`, `#rrggbb` or `#rrggbbaa`.
pub(crate) fn read_color(field: &Field<'_, '_>) -> Option<EncodedSrgb> {
    let Value::String(text) = field.raw()? else {
        return field.wrong_type("a colour such as \"#101828\"");
    };
    let color = EncodedSrgb::from_hex(text);
    if color.is_none() {
        let hashed = format!("#{text}");
        let suggestion = EncodedSrgb::from_hex(&hashed).map(|_| hashed.as_str());
        let detail = format!("{} is not a colour; write #rgb, #rrggbb or #rrggbbaa", quoted(text));
        field.reject_as(codes::INVALID_COLOR, detail, suggestion);
    }
    color
}

/// Reads `#rgb` or `#rrggbb`: there is nothing behind it to shine through.
pub(crate) fn read_opaque_color(field: &Field<'_, '_>) -> Option<EncodedSrgb> {
    const HEX_WITH_ALPHA_BYTES: usize = "#rrggbbaa".len();
    let text = field.raw().and_then(Value::as_str).unwrap_or_default();
    if text.len() == HEX_WITH_ALPHA_BYTES && EncodedSrgb::from_hex(text).is_some() {
        let detail = format!("{text:?} has an alpha, but the background is opaque; write #rrggbb");
        field.reject_as(codes::INVALID_COLOR, detail, text.get(..7));
        return None;
    }
    read_color(field)
}
