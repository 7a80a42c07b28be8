//! Wall-clock time as a parameter: milliseconds since the Unix epoch, and its RFC 3339 text.

use std::time::{Duration, UNIX_EPOCH};

use serde::{Serialize, Serializer};

/// A moment, in whole milliseconds since 1970-01-01T00:00:00Z; never negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The moment `millis` after the Unix epoch; the years 1970 to 9999.
    pub fn from_unix_millis(millis: i64) -> Self {
        const YEAR_9999_END_MILLIS: i64 = 253_402_300_799_999;
        Self(millis.clamp(0, YEAR_9999_END_MILLIS))
    }

    /// Milliseconds since the Unix epoch.
    pub fn unix_millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since the Unix epoch, rounded down.
    pub fn unix_secs(self) -> i64 {
        self.0 / 1000
    }

    /// The moment `duration` later.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        let millis = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        Self::from_unix_millis(self.0.saturating_add(millis))
    }

    /// The moment `duration` earlier.
    #[must_use]
    pub fn minus(self, duration: Duration) -> Self {
        let millis = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        Self::from_unix_millis(self.0.saturating_sub(millis))
    }

    /// Reads RFC 3339 as callers write it.
    pub fn parse(text: &str) -> Option<Self> {
        let since_epoch = humantime::parse_rfc3339_weak(text).ok()?.duration_since(UNIX_EPOCH).ok()?;
        Some(Self::from_unix_millis(i64::try_from(since_epoch.as_millis()).ok()?))
    }

    /// RFC 3339, UTC, milliseconds: `2026-04-07T18:00:00.000Z`.
    pub fn rfc3339(self) -> String {
        let since_epoch = Duration::from_millis(self.0.unsigned_abs());
        humantime::format_rfc3339_millis(UNIX_EPOCH + since_epoch).to_string()
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.rfc3339())
    }
}

/// Tells the wall-clock time. Nothing that must be right across clock jumps may depend on it.
pub trait Clock: Send + Sync {
    /// The time now.
    fn now(&self) -> Timestamp;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_the_contract_shows_them() {
        let time = Timestamp::from_unix_millis(1_775_584_808_000);
        assert_eq!(time.rfc3339(), "2026-04-07T18:00:08.000Z");
        assert_eq!(time.plus(Duration::from_millis(7)).rfc3339(), "2026-04-07T18:00:08.007Z");
    }

    #[test]
    fn a_moment_outside_the_calendar_is_brought_inside() {
        assert_eq!(Timestamp::from_unix_millis(-5).unix_millis(), 0);
        assert_eq!(Timestamp::from_unix_millis(i64::MAX).rfc3339(), "9999-12-31T23:59:59.999Z");
    }
}
