//! Colours and letters of a video: two colours, one accent, two families.

mod color;
mod fonts;

use crate::footage::is_mark;
use crate::{Brief, BriefAsset, PaletteBase, Storyboard, Tone};
pub(crate) use color::{Lch, Rgb, brightest_ground};
pub(crate) use fonts::Letters;

/// What all cards of a video share.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Palette {
    /// Of cards.
    pub(crate) ground: Rgb,
    /// Letters on it.
    pub(crate) ink: Rgb,
    /// Second letters on it.
    pub(crate) ink_soft: Rgb,
    /// Used once a card.
    pub(crate) accent: Rgb,
    /// The accent as letters on the ground.
    pub(crate) accent_ink: Rgb,
    /// Letters on the accent.
    pub(crate) on_accent: Rgb,
    /// Under letters over footage: nearly black, of the accent's hue.
    pub(crate) shade: Rgb,
    pub(crate) display: Letters,
    pub(crate) text: Letters,
    pub(crate) quote: Letters,
}

impl Palette {
    /// Chooses colours and letters: a brand's colour, else the logo's, else the footage's, else the tone's.
    pub(crate) fn of(storyboard: &Storyboard, brief: &Brief) -> Self {
        let tone = storyboard.tone;
        let own = storyboard.accent.as_deref().and_then(Rgb::from_hex);
        let found = own.or_else(|| accent_of_files(brief)).unwrap_or_else(|| tone_accent(tone));
        let accent = if own.is_some() { found } else { tamed(found, tone) };
        let dark = match storyboard.palette {
            PaletteBase::Dark => true,
            PaletteBase::Light => false,
            PaletteBase::Auto => matches!(tone, Tone::Bold | Tone::Sport | Tone::Code),
        };
        let hue = ground_hue(accent, tone);
        // Dark, but not so dark that it looks like a video that has gone out.
        let (lightness, chroma) = if dark { (0.255, 0.03) } else { (0.97, 0.009) };
        let ground = Lch { lightness, chroma, hue }.rgb();
        let ink_lightness = if dark { 0.975 } else { 0.22 };
        let ink = Lch { lightness: ink_lightness, chroma: 0.012, hue }.rgb();
        let on_accent = [Rgb::WHITE, Lch { lightness: 0.2, chroma: 0.02, hue }.rgb()]
            .into_iter()
            // White where it can be read: dark letters on a strong colour look like a warning sign.
            .find(|letters| letters.contrast(accent) >= 4.5)
            .unwrap_or(Rgb::BLACK);
        Self {
            ground,
            ink,
            ink_soft: ink.over(ground, 0.74).readable_on(ground, 4.6),
            accent,
            accent_ink: accent.readable_on(ground, 4.6),
            on_accent,
            shade: Lch { lightness: 0.16, chroma: 0.02, hue }.rgb(),
            display: fonts::display_letters(tone, &brief.font_families),
            text: fonts::text_letters(tone, &brief.font_families),
            quote: fonts::quote_letters(tone, &brief.font_families),
        }
    }
}

/// The colour of the first logo that has one, else the strongest of the footage.
fn accent_of_files(brief: &Brief) -> Option<Rgb> {
    let colors = |asset: &BriefAsset| -> Vec<(Rgb, f64)> {
        let picture = asset.analysis.picture.as_ref();
        let colors = picture.map(|picture| picture.colors.as_slice()).unwrap_or_default();
        colors.iter().map(|color| (Rgb(color.rgb), color.ratio)).collect()
    };
    let strongest = |found: Vec<(Rgb, f64)>, chroma_min: f64| {
        let score = |(color, ratio): &(Rgb, f64)| color.lch().chroma * (0.5 + ratio.min(0.5));
        let strong = found.into_iter().filter(|(color, _)| {
            let lch = color.lch();
            lch.chroma >= chroma_min && (0.35..=0.9).contains(&lch.lightness)
        });
        strong.max_by(|a, b| score(a).total_cmp(&score(b))).map(|(color, _)| color)
    };
    let logo =
        brief.assets.iter().filter(|asset| is_mark(asset)).find_map(|asset| strongest(colors(asset), 0.06));
    logo.or_else(|| strongest(brief.assets.iter().flat_map(colors).collect(), 0.09))
}

/// An accent that was found, brought to where it can carry letters and still glows.
fn tamed(color: Rgb, tone: Tone) -> Rgb {
    let lch = color.lch();
    let (lightness, chroma) = match tone {
        Tone::Luxury => (0.6..=0.76, 0.06..=0.11),
        Tone::Sport => (0.66..=0.9, 0.15..=0.22),
        Tone::Bold
        | Tone::Clean
        | Tone::Warm
        | Tone::Playful
        | Tone::Editorial
        | Tone::Retro
        | Tone::Code => (0.58..=0.74, 0.12..=0.19),
    };
    let accent = Lch {
        lightness: lch.lightness.clamp(*lightness.start(), *lightness.end()),
        chroma: lch.chroma.clamp(*chroma.start(), *chroma.end()),
        hue: lch.hue,
    }
    .rgb();
    // Where it is calm, white letters stand on it.
    match tone {
        Tone::Clean | Tone::Luxury | Tone::Warm | Tone::Editorial => accent.readable_on(Rgb::WHITE, 4.6),
        Tone::Bold | Tone::Playful | Tone::Sport | Tone::Retro | Tone::Code => accent,
    }
}

/// Paper is warm whatever the accent; the rest takes its hue.
fn ground_hue(accent: Rgb, tone: Tone) -> f64 {
    match tone {
        Tone::Luxury | Tone::Warm | Tone::Retro => 80.0_f64.to_radians(),
        Tone::Bold | Tone::Clean | Tone::Playful | Tone::Editorial | Tone::Sport | Tone::Code => {
            accent.lch().hue
        }
    }
}

fn tone_accent(tone: Tone) -> Rgb {
    Rgb(match tone {
        Tone::Bold => [255, 92, 40],
        Tone::Clean => [20, 132, 176],
        Tone::Luxury => [186, 148, 84],
        Tone::Warm => [222, 88, 58],
        Tone::Playful => [240, 76, 140],
        Tone::Editorial => [206, 44, 56],
        Tone::Sport => [200, 243, 29],
        Tone::Retro => [214, 140, 44],
        Tone::Code => [57, 200, 136],
    })
}

/// The nearest byte.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0..=255 first")]
pub(crate) fn rounded_byte(value: f64) -> u8 {
    value.round().clamp(0.0, 255.0) as u8
}
