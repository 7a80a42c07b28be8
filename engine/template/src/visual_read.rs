//! Reads where a block is drawn: positions, sizes, colours and the fields that every visual block has.

use serde_json::Value;

use crate::{
    Anchor, Animated, Crop, EncodedSrgb, Field, Fit, Flip, Length, NumberRange, ObjectReader, OnAssetError,
    Position, TextSplit, Visual, codes,
    field::quoted,
    keyframe_read::{read_animated, read_animated_number},
    limits,
    look_read::read_look,
};

pub(crate) const POSITIONS: [(&str, Position); 9] = [
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
pub(crate) const MEDIA_FITS: [(&str, Fit); 5] = [
    ("cover", Fit::Cover),
    ("contain", Fit::Contain),
    ("fill", Fit::Fill),
    ("none", Fit::None),
    ("contain-blur", Fit::ContainBlur),
];

/// The fits of text blocks; the first is the default.
pub(crate) const TEXT_FITS: [(&str, Fit); 1] = [("none", Fit::None)];

pub(crate) const FLIPS: [(&str, Flip); 4] = [
    ("none", Flip::None),
    ("horizontal", Flip::Horizontal),
    ("vertical", Flip::Vertical),
    ("both", Flip::Both),
];

pub(crate) const ON_ASSET_ERRORS: [(&str, OnAssetError); 3] =
    [("fail", OnAssetError::Fail), ("skip", OnAssetError::Skip), ("placeholder", OnAssetError::Placeholder)];

/// What decides which visual fields a block takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BlockShape {
    /// Video and images: they come from a file and can be cut.
    Media,
    /// Text: laid out once, so that its box never moves; it has no file.
    Text,
}

/// Reads the fields that every visual block has, and the pieces that animations of a text move.
pub(crate) fn read_visual(block: &mut ObjectReader<'_, '_>, shape: BlockShape) -> (Visual, TextSplit) {
    let is_text = shape == BlockShape::Text;
    let position_range = (-limits::POSITION_PX_MAX..=limits::POSITION_PX_MAX).into();
    let percent_range = (-limits::PERCENT_MAX..=limits::PERCENT_MAX).into();
    let mut coordinate = |name| {
        read_animated(&block.optional(name), |field| read_length(field, position_range, percent_range))
    };
    let (x, y) = (coordinate("x"), coordinate("y"));
    let position = block.optional("position").choice(&POSITIONS).unwrap_or(Position::Center);
    let anchor = read_anchor(&block.optional("anchor"));
    let mut side = |name| read_side(&block.optional(name), shape);
    let (width, height) = (side("width"), side("height"));
    let fits = if is_text { &TEXT_FITS[..] } else { &MEDIA_FITS[..] };
    let fit = block.optional("fit").choice(fits).unwrap_or(fits[0].1);
    let crop = if is_text { None } else { read_animated(&block.optional("crop"), read_crop) };
    let scale = read_animated_number(&block.optional("scale"), 0.0..=limits::SCALE_MAX, 1.0);
    let degrees = -limits::ROTATION_DEGREES_MAX..=limits::ROTATION_DEGREES_MAX;
    let rotation = read_animated_number(&block.optional("rotation"), degrees, 0.0);
    let opacity = read_animated_number(&block.optional("opacity"), 0.0..=1.0, 1.0);
    let flip = block.optional("flip").choice(&FLIPS).unwrap_or(Flip::None);
    let corner_radius =
        read_animated_number(&block.optional("cornerRadius"), 0.0..=limits::CORNER_RADIUS_PX_MAX, 0.0);
    let z_index = block.optional("zIndex").integer(-limits::Z_INDEX_MAX..=limits::Z_INDEX_MAX).unwrap_or(0);
    let on_asset_error = if is_text { None } else { block.optional("onAssetError").choice(&ON_ASSET_ERRORS) };
    let (look, split) = read_look(block, is_text);
    let visual = Visual {
        x,
        y,
        position,
        anchor,
        width,
        height,
        fit,
        crop: crop.unwrap_or(Animated::Constant(Crop::default())),
        scale,
        rotation,
        opacity,
        flip,
        corner_radius,
        z_index,
        on_asset_error: on_asset_error.unwrap_or(OnAssetError::Fail),
        look,
    };
    (visual, split)
}

fn read_side(field: &Field<'_, '_>, shape: BlockShape) -> Option<Animated<Length>> {
    if shape == BlockShape::Text && matches!(field.raw(), Some(Value::Array(_))) {
        let detail = "a text is laid out once, so that its box cannot move; animate its scale instead";
        field.reject(codes::NOT_ANIMATABLE, detail);
        return None;
    }
    let px = NumberRange::above(0.0, limits::BLOCK_SIDE_PX_MAX);
    let percent = NumberRange::above(0.0, limits::PERCENT_MAX);
    read_animated(field, |field| read_length(field, px, percent))
}

fn read_crop(field: &Field<'_, '_>) -> Option<Crop> {
    let mut sides = field.object()?;
    let mut side = |name| sides.optional(name).number(0.0..=limits::CROP_MAX).unwrap_or(0.0);
    let crop = Crop { top: side("top"), right: side("right"), bottom: side("bottom"), left: side("left") };
    sides.finish();
    if crop.top + crop.bottom > limits::CROP_MAX || crop.left + crop.right > limits::CROP_MAX {
        let detail = format!("leaves nothing; opposite sides together may be at most {}", limits::CROP_MAX);
        field.reject(codes::CONTRADICTORY, detail);
    }
    Some(crop)
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
