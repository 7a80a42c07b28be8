//! Values that may change over the life of a block: a constant, or keyframes with easings between them.

use crate::{Easing, EncodedSrgb};

/// A value over the time of its block.
#[derive(Debug, Clone, PartialEq)]
pub enum Animated<T> {
    /// The same all the time.
    Constant(T),
    /// In order of time, at least one. Before the first and after the last the value holds.
    Keyframes(Vec<Keyframe<T>>),
}

/// A value at a moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Keyframe<T> {
    /// When, in the block's time.
    pub time: KeyTime,
    /// What.
    pub value: T,
    /// The way to here from the keyframe before.
    pub easing: Easing,
}

/// A moment in the life of a block.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum KeyTime {
    /// Seconds after its start.
    Secs(f64),
    /// Percent of its length.
    Percent(f64),
}

impl<T> From<T> for Animated<T> {
    fn from(value: T) -> Self {
        Self::Constant(value)
    }
}

impl KeyTime {
    /// Returns seconds after the start of a block of this length.
    pub fn secs(self, span_secs: f64) -> f64 {
        match self {
            Self::Secs(secs) => secs,
            Self::Percent(percent) => span_secs * percent / 100.0,
        }
    }
}

/// Where a block stands in its life.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BlockTime {
    /// Seconds since it began.
    pub secs: f64,
    /// Its length in seconds.
    pub span_secs: f64,
}

impl BlockTime {
    /// The start of a block whose length does not matter.
    pub const START: Self = Self { secs: 0.0, span_secs: 0.0 };
}

/// What lies between two values.
pub trait Blend: Copy {
    /// Returns what is `t` of the way from `self` to `other`; `t` may lie beyond `0.0..=1.0`.
    #[must_use]
    fn blended(self, other: Self, t: f64) -> Self;
}

impl Blend for f64 {
    fn blended(self, other: Self, t: f64) -> Self {
        self + (other - self) * t
    }
}

impl Blend for EncodedSrgb {
    /// Premultiplied, so that a transparent colour lends none of its hue; gamma-coded, as everything is blended.
    fn blended(self, other: Self, t: f64) -> Self {
        let alpha = f64::from(self.a).blended(f64::from(other.a), t).clamp(0.0, 255.0);
        let channel = |from: u8, to: u8| {
            let premul = |value: u8, a: u8| f64::from(value) * f64::from(a) / 255.0;
            let mixed = premul(from, self.a).blended(premul(to, other.a), t);
            byte(if alpha > 0.0 { mixed * 255.0 / alpha } else { 0.0 })
        };
        Self {
            r: channel(self.r, other.r),
            g: channel(self.g, other.g),
            b: channel(self.b, other.b),
            a: byte(alpha),
        }
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0..=255 first")]
fn byte(value: f64) -> u8 {
    value.round().clamp(0.0, 255.0) as u8
}

impl<T: Copy> Animated<T> {
    /// Returns true where it is the same all the time.
    pub fn is_constant(&self) -> bool {
        matches!(self, Self::Constant(_))
    }

    /// Returns the value at the very start.
    pub fn first(&self) -> Option<T> {
        match self {
            Self::Constant(value) => Some(*value),
            Self::Keyframes(keyframes) => keyframes.first().map(|keyframe| keyframe.value),
        }
    }

    /// Returns the value at a moment, each keyframe's value seen through `map` before any two are blended.
    pub fn mapped_at<U: Blend>(&self, now: BlockTime, map: impl Fn(T) -> U) -> Option<U> {
        let keyframes = match self {
            Self::Constant(value) => return Some(map(*value)),
            Self::Keyframes(keyframes) => keyframes,
        };
        let secs = |keyframe: &Keyframe<T>| keyframe.time.secs(now.span_secs);
        let next = keyframes.partition_point(|keyframe| secs(keyframe) <= now.secs);
        let (Some(before), after) = (keyframes.get(next.saturating_sub(1)), keyframes.get(next)) else {
            return None;
        };
        let Some(after) = after.filter(|_| next > 0) else { return Some(map(before.value)) };
        let (from, to) = (secs(before), secs(after));
        let t = if to > from { (now.secs - from) / (to - from) } else { 1.0 };
        Some(map(before.value).blended(map(after.value), after.easing.at(t)))
    }
}

impl<T: Blend> Animated<T> {
    /// Returns the value at a moment.
    pub fn at(&self, now: BlockTime) -> Option<T> {
        self.mapped_at(now, |value| value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rising() -> Animated<f64> {
        let keyframe = |time, value, easing| Keyframe { time, value, easing };
        Animated::Keyframes(vec![
            keyframe(KeyTime::Secs(1.0), 10.0, Easing::Linear),
            keyframe(KeyTime::Percent(50.0), 20.0, Easing::Linear),
            keyframe(KeyTime::Secs(4.0), 40.0, Easing::Hold),
        ])
    }

    fn at(secs: f64) -> Option<f64> {
        rising().at(BlockTime { secs, span_secs: 4.0 })
    }

    #[test]
    fn a_value_holds_outside_its_keyframes_and_goes_between_them_by_the_later_ones_easing() {
        let found = [0.0, 1.0, 1.5, 2.0, 3.9, 4.0, 9.0].map(at);
        assert_eq!(found, [10.0, 10.0, 15.0, 20.0, 20.0, 40.0, 40.0].map(Some));
    }

    #[test]
    fn a_transparent_colour_lends_no_hue() {
        let (red, clear_green) =
            (EncodedSrgb { r: 255, g: 0, b: 0, a: 255 }, EncodedSrgb { r: 0, g: 255, b: 0, a: 0 });
        assert_eq!(red.blended(clear_green, 0.5), EncodedSrgb { r: 255, g: 0, b: 0, a: 128 });
    }
}
