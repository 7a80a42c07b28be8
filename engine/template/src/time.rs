//! Exact time: integer ticks and whole frame rates. Seconds as `f64` exist only at the edges, in JSON and in sentences.

use std::{
    fmt,
    ops::{Add, Sub},
};

use crate::limits;

/// A point in time or a length of time in flicks: 1/705 600 000 s, which divides the frame periods of 24, 25,
/// 30, 50 and 60 fps and the sample periods of 44.1 and 48 kHz exactly. Arithmetic saturates (at 414 years).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Ticks(i64);

impl Ticks {
    /// No time.
    pub const ZERO: Self = Self(0);
    /// Ticks in a second.
    pub const PER_SECOND: i64 = 705_600_000;
    /// The smallest positive time.
    pub const ONE: Self = Self(1);

    /// Returns `ticks` of time.
    pub fn new(ticks: i64) -> Self {
        Self(ticks)
    }

    /// Returns the number of ticks.
    pub fn get(self) -> i64 {
        self.0
    }

    /// Returns the nearest tick; NaN is zero, and what does not fit saturates.
    #[expect(clippy::cast_possible_truncation, reason = "a float cast saturates, which is what is wanted")]
    pub fn from_secs(secs: f64) -> Self {
        Self((secs * Self::PER_SECOND as f64).round() as i64)
    }

    /// Returns the time in seconds, for sentences and protocols; not for arithmetic.
    pub fn as_secs(self) -> f64 {
        self.0 as f64 / Self::PER_SECOND as f64
    }

    /// Returns `count * num / den` seconds to the nearest tick, as for a time stamp `count` in the time base
    /// `num/den` of FFmpeg. Zero where `den` is zero, which is FFmpeg's word for an unknown time base.
    pub fn from_rational(count: i64, num: i64, den: i64) -> Self {
        let ticks =
            i128::from(count).saturating_mul(i128::from(num)).saturating_mul(i128::from(Self::PER_SECOND));
        let (ticks, den) =
            if den < 0 { (ticks.saturating_neg(), -i128::from(den)) } else { (ticks, i128::from(den)) };
        if den == 0 { Self::ZERO } else { Self(saturated(rounded_quotient(ticks, den))) }
    }

    /// Returns `self * num / den` to the nearest tick; zero where `den` is.
    #[must_use]
    pub fn scaled(self, num: i64, den: i64) -> Self {
        if den == 0 {
            Self::ZERO
        } else {
            Self(saturated(rounded_quotient(i128::from(self.0) * i128::from(num), i128::from(den))))
        }
    }

    /// Returns the length of `n` audio samples to the nearest tick; zero where `rate` is zero.
    pub fn from_samples(n: i64, rate: u32) -> Self {
        Self::from_rational(n, 1, i64::from(rate))
    }

    /// Returns the number of the nearest audio sample.
    pub fn to_samples(self, rate: u32) -> i64 {
        let product = i128::from(self.0) * i128::from(rate);
        saturated(rounded_quotient(product, i128::from(Self::PER_SECOND)))
    }
}

/// Seconds to the nearest millisecond, for sentences: `4.967 s`.
impl fmt::Display for Ticks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} s", (self.as_secs() * 1000.0).round() / 1000.0)
    }
}

impl Add for Ticks {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sub for Ticks {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

/// Whole frames per second in `1..=60`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FrameRate(u32);

impl FrameRate {
    /// Returns the rate, or `None` outside `1..=60`.
    pub fn new(fps: u32) -> Option<Self> {
        (1..=limits::FPS_MAX).contains(&fps).then_some(Self(fps))
    }

    /// Returns frames per second.
    pub fn get(self) -> u32 {
        self.0
    }

    /// Returns `round(duration * fps)`, and at least 1 for a positive duration.
    pub fn frame_count(self, duration: Ticks) -> u64 {
        if duration <= Ticks::ZERO {
            return 0;
        }
        let product = i128::from(duration.0) * i128::from(self.0);
        let frames = rounded_quotient(product, i128::from(Ticks::PER_SECOND)).max(1);
        u64::try_from(frames).unwrap_or(u64::MAX)
    }

    /// Returns the frame whose time is nearest to `time`; halfway between two, the later one.
    pub fn nearest_frame(self, time: Ticks) -> u64 {
        let product = i128::from(time.0) * i128::from(self.0);
        u64::try_from(rounded_quotient(product, i128::from(Ticks::PER_SECOND))).unwrap_or(0)
    }

    /// Returns the time that frame `n` shows, `n / fps`, floored to a tick.
    pub fn time_of_frame(self, n: u64) -> Ticks {
        let ticks = i128::from(n) * i128::from(Ticks::PER_SECOND) / i128::from(self.0);
        Ticks(saturated(ticks))
    }

    /// Returns how long `frames` frames last, floored to a tick.
    pub fn duration_of(self, frames: u64) -> Ticks {
        self.time_of_frame(frames)
    }
}

/// Nearest integer to `n / d`, halves up. `d` is positive.
fn rounded_quotient(n: i128, d: i128) -> i128 {
    n.saturating_add(d / 2).div_euclid(d)
}

fn saturated(ticks: i128) -> i64 {
    i64::try_from(ticks).unwrap_or(if ticks < 0 { i64::MIN } else { i64::MAX })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_common_rates_divide_a_second_exactly() {
        for rate in [24, 25, 30, 50, 60, 44_100, 48_000] {
            assert_eq!(Ticks::PER_SECOND % rate, 0, "{rate}");
        }
    }

    #[test]
    fn a_frame_count_is_the_rounded_product_and_at_least_one() {
        for (secs, fps, frames) in [
            (5.0, 24, 120),
            (5.0, 25, 125),
            (5.0, 30, 150),
            (5.0, 60, 300),
            (1.01, 30, 30),
            (1.02, 30, 31),
            (1.0 / 30.0, 30, 1),
            (0.001, 30, 1),
            (3600.0, 60, 216_000),
        ] {
            let rate = FrameRate::new(fps).unwrap();
            assert_eq!(rate.frame_count(Ticks::from_secs(secs)), frames, "{secs} s at {fps} fps");
        }
        assert_eq!(FrameRate::new(30).unwrap().frame_count(Ticks::ZERO), 0);
        assert_eq!(FrameRate::new(30).unwrap().frame_count(Ticks::new(-5)), 0);
    }

    #[test]
    fn a_rate_outside_1_to_60_does_not_exist() {
        assert_eq!(FrameRate::new(0), None);
        assert_eq!(FrameRate::new(61), None);
        assert_eq!(FrameRate::new(60).map(FrameRate::get), Some(60));
    }

    #[test]
    fn a_time_base_is_exact_where_floats_would_drift() {
        // 29.97 fps: ten hours of frames, one at a time 1001/30000 s.
        let frames = 1_078_921;
        assert_eq!(
            Ticks::from_rational(frames, 1001, 30_000).get(),
            frames * 1001 * (Ticks::PER_SECOND / 30_000)
        );
        assert_eq!(Ticks::from_rational(1, 1, 90_000), Ticks::new(7840));
        assert_eq!(Ticks::from_rational(-1, 1, 2), Ticks::new(-Ticks::PER_SECOND / 2));
        assert_eq!(Ticks::from_rational(1, 1, -2), Ticks::new(-Ticks::PER_SECOND / 2));
    }

    #[test]
    fn an_unknown_time_base_is_zero_and_absurd_times_saturate() {
        assert_eq!(Ticks::from_rational(7, 1, 0), Ticks::ZERO);
        assert_eq!(Ticks::from_rational(i64::MAX, i64::MAX, 1), Ticks::new(i64::MAX));
        assert_eq!(Ticks::from_rational(i64::MIN, 1, 1), Ticks::new(i64::MIN));
        assert_eq!(Ticks::from_secs(f64::INFINITY), Ticks::new(i64::MAX));
        assert_eq!(Ticks::from_secs(f64::NAN), Ticks::ZERO);
        assert_eq!(Ticks::new(i64::MAX) + Ticks::ONE, Ticks::new(i64::MAX));
        assert_eq!(Ticks::new(i64::MIN) - Ticks::ONE, Ticks::new(i64::MIN));
        assert_eq!(FrameRate::new(1).unwrap().time_of_frame(u64::MAX), Ticks::new(i64::MAX));
    }

    #[test]
    fn a_time_is_told_in_milliseconds_without_needless_digits() {
        assert_eq!(Ticks::from_secs(149.0 / 30.0).to_string(), "4.967 s");
        assert_eq!(Ticks::from_secs(5.0).to_string(), "5 s");
    }

    proptest! {
        #[test]
        fn samples_survive_the_round_trip(n in -1_000_000_000_i64..1_000_000_000, rate in 8_000_u32..=192_000) {
            prop_assert_eq!(Ticks::from_samples(n, rate).to_samples(rate), n);
        }

        #[test]
        fn seconds_survive_the_round_trip(ticks in 0..Ticks::PER_SECOND * 86_400) {
            prop_assert_eq!(Ticks::from_secs(Ticks::new(ticks).as_secs()), Ticks::new(ticks));
        }

        #[test]
        fn a_duration_of_frames_counts_back_to_those_frames(frames in 1_u64..216_000, fps in 1_u32..=60) {
            let rate = FrameRate::new(fps).unwrap();
            prop_assert_eq!(rate.frame_count(rate.duration_of(frames)), frames);
        }

        #[test]
        fn the_last_frame_of_a_duration_begins_inside_it(ticks in Ticks::PER_SECOND..Ticks::PER_SECOND * 3600, fps in 1_u32..=60) {
            let (rate, duration) = (FrameRate::new(fps).unwrap(), Ticks::new(ticks));
            prop_assert!(rate.time_of_frame(rate.frame_count(duration) - 1) < duration);
        }

        #[test]
        fn arbitrary_rationals_never_panic(count: i64, num: i64, den: i64, rate: u32) {
            let _ticks = Ticks::from_rational(count, num, den).to_samples(rate);
            let _ticks = Ticks::from_samples(count, rate);
        }
    }
}
