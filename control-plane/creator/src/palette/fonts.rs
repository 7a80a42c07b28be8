//! Letters of a tone, out of what the engine has.

use crate::Tone;

/// Letters: a family, its weight, and how wide they are.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Letters {
    pub(crate) family: String,
    pub(crate) weight: u16,
    /// Widths against those of Inter Bold.
    pub(crate) width_factor: f64,
    /// Tall capitals only: set in capitals, with little room between lines.
    pub(crate) capitals: bool,
}

impl Letters {
    /// Says whether figures stand in the middle of their line and are all as high as capitals: those of League Spartan
    /// stand high, and those of EB Garamond have ascenders and descenders as small letters have.
    pub(crate) fn has_plain_figures(&self) -> bool {
        !matches!(self.family.as_str(), "League Spartan" | "EB Garamond")
    }
}

/// A family that can be asked for: its name, the weight for headlines, and its width.
type Choice = (&'static str, u16, f64);

const INTER: Choice = ("Inter", 700, 1.0);
const INTER_DISPLAY: Choice = ("Inter Display", 800, 0.96);

fn display_choices(tone: Tone) -> &'static [Choice] {
    match tone {
        Tone::Bold => &[("League Spartan", 700, 0.95), INTER_DISPLAY],
        Tone::Sport => {
            &[("Bebas Neue", 400, 0.72), ("Anton", 400, 0.82), ("Oswald", 700, 0.82), INTER_DISPLAY]
        }
        Tone::Clean => &[("Manrope", 700, 0.98), ("Sora", 700, 1.08), ("Inter Display", 700, 0.94)],
        Tone::Luxury => &[
            ("Playfair Display", 500, 0.95),
            ("EB Garamond", 500, 0.86),
            ("Noto Serif Display", 500, 0.95),
            ("Noto Serif", 500, 1.0),
        ],
        Tone::Warm => &[("Quicksand", 700, 1.0), ("Comfortaa", 700, 1.1), ("Inter Display", 700, 0.94)],
        Tone::Playful => &[("Comic Neue", 700, 0.95), ("Quicksand", 700, 1.0), INTER_DISPLAY],
        Tone::Editorial => &[("Roboto Slab", 700, 1.0), ("Vollkorn", 600, 0.95), ("Noto Serif", 700, 1.06)],
        Tone::Retro => &[("Yanone Kaffeesatz", 700, 0.72), ("Noto Serif Display", 700, 1.0), INTER_DISPLAY],
        Tone::Code => &[("JetBrains Mono", 700, 1.04), ("DejaVu Sans Mono", 700, 1.05), INTER_DISPLAY],
    }
}

fn text_choices(tone: Tone) -> &'static [Choice] {
    match tone {
        Tone::Luxury => &[("Lato", 400, 0.93), ("Inter", 500, 0.97)],
        Tone::Warm | Tone::Editorial => &[("Open Sans", 600, 0.98), ("Inter", 500, 0.97)],
        Tone::Playful => &[("Quicksand", 600, 0.98), ("Inter", 500, 0.97)],
        Tone::Retro => &[("Cabin", 500, 0.94), ("Inter", 500, 0.97)],
        Tone::Bold | Tone::Clean | Tone::Sport | Tone::Code => &[("Inter", 500, 0.97)],
    }
}

/// Large letters of a tone.
pub(crate) fn display_letters(tone: Tone, families: &[String]) -> Letters {
    let letters = first_of(display_choices(tone), families);
    Letters { capitals: matches!(letters.family.as_str(), "Bebas Neue" | "Anton"), ..letters }
}

/// Small letters of a tone.
pub(crate) fn text_letters(tone: Tone, families: &[String]) -> Letters {
    first_of(text_choices(tone), families)
}

/// Words of somebody: letters with serifs where there are some.
pub(crate) fn quote_letters(tone: Tone, families: &[String]) -> Letters {
    let serif = [
        ("EB Garamond", 500, 0.86),
        ("Playfair Display", 500, 0.95),
        ("Vollkorn", 500, 0.95),
        ("Noto Serif", 500, 1.0),
    ];
    match tone {
        Tone::Luxury | Tone::Warm | Tone::Editorial | Tone::Retro => first_of(&serif, families),
        Tone::Bold | Tone::Clean | Tone::Playful | Tone::Sport | Tone::Code => {
            display_letters(tone, families)
        }
    }
}

fn first_of(choices: &[Choice], families: &[String]) -> Letters {
    let has = |name: &str| families.iter().any(|family| family == name);
    let chosen = choices.iter().find(|(name, _, _)| has(name)).or_else(|| has(INTER.0).then_some(&INTER));
    let letters = |family: &str, weight, width_factor| Letters {
        family: family.to_owned(),
        weight,
        width_factor,
        capitals: false,
    };
    if let Some((family, weight, width_factor)) = chosen {
        return letters(family, *weight, *width_factor);
    }
    let sans = families.iter().find(|family| family.contains("Sans") && !family.contains("Mono"));
    // An engine without any says what it has; the template's default is Inter.
    let family = sans.or_else(|| families.first()).map_or("Inter", String::as_str);
    letters(family, 700, 1.08)
}
