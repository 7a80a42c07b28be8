//! Easings: how far a movement has come at a fraction of its time. Formulas: Robert Penner's equations as listed by
//! easings.net, and CSS Easing Functions Level 1 for Bézier curves and steps.

use std::f64::consts::{PI, TAU};

/// Most steps of `steps(n)`.
const STEPS_MAX: u32 = 1000;

/// How a value goes from one keyframe to the next.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Easing {
    /// Evenly.
    Linear,
    /// Not at all, until the end.
    Hold,
    /// Slow at the start, the end, or both.
    Curve(EaseEnds, EaseCurve),
    /// `cubic-bezier()` of CSS through (0,0), two control points and (1,1).
    CubicBezier {
        /// Time of the first control point, in `0.0..=1.0`.
        x1: f64,
        /// Its value.
        y1: f64,
        /// Time of the second control point, in `0.0..=1.0`.
        x2: f64,
        /// Its value.
        y2: f64,
    },
    /// So many equal jumps, each at the end of its part (`steps(n, jump-end)` of CSS).
    Steps(u32),
    /// A damped spring that has come to rest at the end.
    Spring,
}

/// Where a curve is slow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it all")]
pub enum EaseEnds {
    In,
    Out,
    InOut,
}

/// Form of a curve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of easings.net")]
pub enum EaseCurve {
    Sine,
    Quad,
    Cubic,
    Quart,
    Quint,
    Expo,
    Circ,
    Back,
    Elastic,
    Bounce,
}

const ENDS: [(&str, EaseEnds); 3] =
    [("easeInOut", EaseEnds::InOut), ("easeIn", EaseEnds::In), ("easeOut", EaseEnds::Out)];

const CURVES: [(&str, EaseCurve); 10] = [
    ("Sine", EaseCurve::Sine),
    ("Quad", EaseCurve::Quad),
    ("Cubic", EaseCurve::Cubic),
    ("Quart", EaseCurve::Quart),
    ("Quint", EaseCurve::Quint),
    ("Expo", EaseCurve::Expo),
    ("Circ", EaseCurve::Circ),
    ("Back", EaseCurve::Back),
    ("Elastic", EaseCurve::Elastic),
    ("Bounce", EaseCurve::Bounce),
];

impl Easing {
    /// Out of a cubic: the default of what enters.
    pub const OUT_CUBIC: Self = Self::Curve(EaseEnds::Out, EaseCurve::Cubic);
    /// Into a cubic: the default of what leaves.
    pub const IN_CUBIC: Self = Self::Curve(EaseEnds::In, EaseCurve::Cubic);

    /// Reads a name as the template writes it; none where it is not one.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "linear" => return Some(Self::Linear),
            "hold" => return Some(Self::Hold),
            "spring" => return Some(Self::Spring),
            _ => {}
        }
        if let Some(numbers) = arguments(name, "cubicBezier") {
            let numbers: Vec<f64> = numbers.split(',').map(number).collect::<Option<_>>()?;
            let [x1, y1, x2, y2] = numbers[..] else { return None };
            let within = [x1, x2].iter().all(|x| (0.0..=1.0).contains(x));
            let bounded = [y1, y2].iter().all(|y| y.abs() <= 10.0);
            return (within && bounded).then_some(Self::CubicBezier { x1, y1, x2, y2 });
        }
        if let Some(count) = arguments(name, "steps") {
            let count = count.trim().parse().ok()?;
            return (1..=STEPS_MAX).contains(&count).then_some(Self::Steps(count));
        }
        let (rest, ends) =
            ENDS.iter().find_map(|(prefix, ends)| Some((name.strip_prefix(prefix)?, *ends)))?;
        let curve = CURVES.iter().find(|(suffix, _)| *suffix == rest)?.1;
        Some(Self::Curve(ends, curve))
    }

    /// Returns every plain name.
    pub fn names() -> impl Iterator<Item = String> {
        let curves =
            ENDS.iter().flat_map(|(ends, _)| CURVES.iter().map(move |(curve, _)| format!("{ends}{curve}")));
        ["linear", "hold", "spring"].into_iter().map(str::to_owned).chain(curves)
    }

    /// Returns how far the movement is, 0 at the start and 1 at the end, at `t` in `0.0..=1.0`; may overshoot.
    pub fn at(self, t: f64) -> f64 {
        let t = t.clamp(0.0, 1.0);
        match self {
            Self::Linear => t,
            Self::Hold => f64::from(t >= 1.0),
            Self::Curve(_, _) if t <= 0.0 || t >= 1.0 => t,
            Self::Curve(EaseEnds::In, curve) => eased_in(curve, t),
            Self::Curve(EaseEnds::Out, curve) => 1.0 - eased_in(curve, 1.0 - t),
            Self::Curve(EaseEnds::InOut, curve) => eased_in_out(curve, t),
            Self::CubicBezier { x1, y1, x2, y2 } => bezier_at(t, (x1, y1), (x2, y2)),
            Self::Steps(count) => (t * f64::from(count)).floor() / f64::from(count),
            Self::Spring => sprung(t),
        }
    }
}

fn arguments<'a>(name: &'a str, function: &str) -> Option<&'a str> {
    name.strip_prefix(function)?.strip_prefix('(')?.strip_suffix(')')
}

fn number(text: &str) -> Option<f64> {
    text.trim().parse().ok().filter(|number: &f64| number.is_finite())
}

fn eased_in(curve: EaseCurve, t: f64) -> f64 {
    /// Overshoots by a tenth (Penner).
    const BACK: f64 = 1.70158;
    match curve {
        EaseCurve::Sine => 1.0 - (t * PI / 2.0).cos(),
        EaseCurve::Quad => t.powi(2),
        EaseCurve::Cubic => t.powi(3),
        EaseCurve::Quart => t.powi(4),
        EaseCurve::Quint => t.powi(5),
        EaseCurve::Expo => (10.0 * t - 10.0).exp2(),
        EaseCurve::Circ => 1.0 - (1.0 - t * t).sqrt(),
        EaseCurve::Back => (BACK + 1.0) * t.powi(3) - BACK * t.powi(2),
        EaseCurve::Elastic => -(10.0 * t - 10.0).exp2() * ((10.0 * t - 10.75) * TAU / 3.0).sin(),
        EaseCurve::Bounce => 1.0 - bounced_out(1.0 - t),
    }
}

fn eased_in_out(curve: EaseCurve, t: f64) -> f64 {
    /// The overshoot at both ends (Penner).
    const BACK_BOTH: f64 = 1.70158 * 1.525;
    let first = |t: f64| match curve {
        EaseCurve::Back => (2.0 * t).powi(2) * ((BACK_BOTH + 1.0) * 2.0 * t - BACK_BOTH) / 2.0,
        EaseCurve::Elastic => -(20.0 * t - 10.0).exp2() * ((20.0 * t - 11.125) * TAU / 4.5).sin() / 2.0,
        _ => eased_in(curve, 2.0 * t) / 2.0,
    };
    if t < 0.5 { first(t) } else { 1.0 - first(1.0 - t) }
}

fn bounced_out(t: f64) -> f64 {
    // Four parabolas over elevenths of 2.75 (Penner).
    let (shift, floor) = match t * 2.75 {
        part if part < 1.0 => (0.0, 0.0),
        part if part < 2.0 => (1.5, 0.75),
        part if part < 2.5 => (2.25, 0.9375),
        _ => (2.625, 0.984_375),
    };
    7.5625 * (t - shift / 2.75).powi(2) + floor
}

/// Solves x(s) = t by bisection, which cannot fail: x rises with s, as both control points are within 0 and 1.
fn bezier_at(t: f64, (x1, y1): (f64, f64), (x2, y2): (f64, f64)) -> f64 {
    let curve =
        |s: f64, a: f64, b: f64| 3.0 * (1.0 - s).powi(2) * s * a + 3.0 * (1.0 - s) * s * s * b + s.powi(3);
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..40 {
        let middle = (low + high) / 2.0;
        if curve(middle, x1, x2) < t { low = middle } else { high = middle }
    }
    curve((low + high) / 2.0, y1, y2)
}

/// `1 - e^(-8t) cos(2 pi 1.5 t)`, bent so that it ends at 1: one visible swing beyond the goal, and one back.
fn sprung(t: f64) -> f64 {
    let swing = |t: f64| (-8.0 * t).exp() * (TAU * 1.5 * t).cos();
    1.0 - swing(t) + t * swing(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> impl Iterator<Item = (String, Easing)> {
        let written = ["cubicBezier(0.25,0.1,0.25,1)", "steps(4)"].map(str::to_owned);
        Easing::names().chain(written).map(|name| {
            let easing = Easing::from_name(&name);
            (name, easing.expect("every listed name is read"))
        })
    }

    #[test]
    fn every_easing_begins_at_zero_and_ends_at_one() {
        for (name, easing) in all() {
            assert!(easing.at(0.0).abs() < 1e-9 && (easing.at(1.0) - 1.0).abs() < 1e-9, "{name}");
        }
    }

    #[test]
    fn easings_have_the_values_of_the_published_curves() {
        let known = [
            ("easeInQuad", 0.5, 0.25),
            ("easeOutCubic", 0.5, 0.875),
            ("easeInOutQuart", 0.25, 0.03125),
            ("easeInSine", 0.5, 0.292_893),
            ("easeInBack", 0.5, -0.087_697),
            ("easeOutBounce", 0.5, 0.765_625),
            ("easeInExpo", 0.5, 0.03125),
            // CSS `ease` at half its time.
            ("cubicBezier(0.25,0.1,0.25,1)", 0.5, 0.802_403),
            ("steps(4)", 0.6, 0.5),
            ("hold", 0.99, 0.0),
        ];
        for (name, t, value) in known {
            let found = Easing::from_name(name).map(|easing| easing.at(t));
            assert!(found.is_some_and(|found| (found - value).abs() < 1e-5), "{name}: {found:?}");
        }
    }

    #[test]
    fn what_is_not_an_easing_is_refused() {
        for name in
            ["ease", "easeInCubicle", "steps(0)", "steps(-1)", "cubicBezier(2,0,0,1)", "cubicBezier(0,0)", ""]
        {
            assert_eq!(Easing::from_name(name), None, "{name}");
        }
    }
}
