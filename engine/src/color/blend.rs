//! CPU twins of `shared/blend.wgsl`: CSS blend modes (Compositing and Blending Level 1, section 10), in 64-bit
//! arithmetic. `mode` is the number of the mode there.

/// Mixes `source` over `backdrop`, both gamma-coded R'G'B' in 0..=1 and opaque.
#[must_use]
pub fn blended(mode: u32, backdrop: [f64; 3], source: [f64; 3]) -> [f64; 3] {
    let each = |f: fn(f64, f64) -> f64| std::array::from_fn(|i| f(backdrop[i], source[i]));
    match mode {
        1 => each(|b, s| b * s),
        2 => each(|b, s| b + s - b * s),
        3 => each(|b, s| hard_light(s, b)),
        4 => each(f64::min),
        5 => each(f64::max),
        6 => each(color_dodge),
        7 => each(color_burn),
        8 => each(hard_light),
        9 => each(soft_light),
        10 => each(|b, s| (b - s).abs()),
        11 => each(|b, s| b + s - 2.0 * b * s),
        12 => with_luminosity(with_saturation(source, saturation(backdrop)), luminosity(backdrop)),
        13 => with_luminosity(with_saturation(backdrop, saturation(source)), luminosity(backdrop)),
        14 => with_luminosity(source, luminosity(backdrop)),
        15 => with_luminosity(backdrop, luminosity(source)),
        16 => each(|b, s| (b + s).min(1.0)),
        _ => source,
    }
}

fn hard_light(b: f64, s: f64) -> f64 {
    if s <= 0.5 { 2.0 * s * b } else { b + (2.0 * s - 1.0) - b * (2.0 * s - 1.0) }
}

fn soft_light(b: f64, s: f64) -> f64 {
    let d = if b <= 0.25 { ((16.0 * b - 12.0) * b + 4.0) * b } else { b.sqrt() };
    if s <= 0.5 { b - (1.0 - 2.0 * s) * b * (1.0 - b) } else { b + (2.0 * s - 1.0) * (d - b) }
}

fn color_dodge(b: f64, s: f64) -> f64 {
    match (b, s) {
        (b, _) if b <= 0.0 => 0.0,
        (_, s) if s >= 1.0 => 1.0,
        (b, s) => (b / (1.0 - s)).min(1.0),
    }
}

fn color_burn(b: f64, s: f64) -> f64 {
    match (b, s) {
        (b, _) if b >= 1.0 => 1.0,
        (_, s) if s <= 0.0 => 0.0,
        (b, s) => 1.0 - ((1.0 - b) / s).min(1.0),
    }
}

fn luminosity([r, g, b]: [f64; 3]) -> f64 {
    0.3 * r + 0.59 * g + 0.11 * b
}

fn saturation(color: [f64; 3]) -> f64 {
    highest(color) - lowest(color)
}

fn lowest(color: [f64; 3]) -> f64 {
    color.into_iter().fold(f64::INFINITY, f64::min)
}

fn highest(color: [f64; 3]) -> f64 {
    color.into_iter().fold(f64::NEG_INFINITY, f64::max)
}

fn with_luminosity(color: [f64; 3], wanted: f64) -> [f64; 3] {
    let shift = wanted - luminosity(color);
    let mut color = color.map(|value| value + shift);
    let (middle, low, high) = (luminosity(color), lowest(color), highest(color));
    if low < 0.0 {
        color = color.map(|value| middle + (value - middle) * middle / (middle - low));
    }
    if high > 1.0 {
        color = color.map(|value| middle + (value - middle) * (1.0 - middle) / (high - middle));
    }
    color
}

fn with_saturation(color: [f64; 3], wanted: f64) -> [f64; 3] {
    let (low, range) = (lowest(color), saturation(color));
    if range > 0.0 { color.map(|value| (value - low) * wanted / range) } else { [0.0; 3] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_luminosity_blend_takes_the_light_of_one_and_the_hue_of_the_other() {
        let mixed = blended(15, [0.8, 0.2, 0.2], [0.5; 3]);
        assert!((luminosity(mixed) - 0.5).abs() < 1e-12 && mixed[0] > mixed[1]);
    }

    #[test]
    fn multiply_with_white_and_screen_with_black_change_nothing() {
        let color = [0.3, 0.6, 0.9];
        assert_eq!(blended(1, color, [1.0; 3]), color);
        assert_eq!(blended(2, color, [0.0; 3]), color);
    }
}
