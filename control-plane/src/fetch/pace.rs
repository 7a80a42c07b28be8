//! The floor under the speed of bytes from elsewhere, measured over whole windows of waiting for them.

use std::time::Duration;

/// Counts what arrives while this side waits. Time in which it does something else, such as writing to a slow
/// disk, is not the other side's fault and does not count.
pub(crate) struct Pace {
    window: Duration,
    bytes_per_sec_min: u64,
    waited: Duration,
    bytes: u64,
}

impl Pace {
    pub(crate) fn new(window: Duration, bytes_per_sec_min: u64) -> Self {
        Self { window, bytes_per_sec_min, waited: Duration::ZERO, bytes: 0 }
    }

    /// Waiting time until the window is judged.
    pub(crate) fn window_left(&self) -> Duration {
        self.window.saturating_sub(self.waited)
    }

    /// Takes `bytes` down that came after `waited`. False where a window has passed with too few of them.
    #[must_use]
    pub(crate) fn keeps_up(&mut self, waited: Duration, bytes: usize) -> bool {
        self.waited += waited;
        self.bytes += bytes as u64;
        if self.waited < self.window {
            return true;
        }
        let floor = u128::from(self.bytes_per_sec_min) * self.waited.as_millis() / 1000;
        let fast_enough = u128::from(self.bytes) >= floor;
        (self.waited, self.bytes) = (Duration::ZERO, 0);
        fast_enough
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_window_is_judged_by_all_bytes_in_it() {
        let mut pace = Pace::new(3 * SECOND, 1000);
        assert!(pace.keeps_up(SECOND, 3000));
        assert!(pace.keeps_up(SECOND, 0));
        assert!(pace.keeps_up(SECOND, 0), "3000 bytes in 3 s are enough");
        assert!(pace.keeps_up(SECOND, 0));
        assert!(pace.keeps_up(SECOND, 2998));
        assert!(!pace.keeps_up(SECOND, 1), "2999 are not, and the window before does not help");
    }

    #[test]
    fn bytes_that_are_there_at_once_cost_no_time() {
        let mut pace = Pace::new(3 * SECOND, 1000);
        assert!((0..1000).all(|_| pace.keeps_up(Duration::ZERO, 1)));
        assert_eq!(pace.window_left(), 3 * SECOND);
    }

    #[test]
    fn a_window_that_was_overrun_asks_for_more() {
        let mut pace = Pace::new(SECOND, 1000);
        assert!(!pace.keeps_up(4 * SECOND, 3999));
        assert!(pace.keeps_up(4 * SECOND, 4000));
    }
}
