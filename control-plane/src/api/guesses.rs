//! How often something may be guessed: passwords by account, codes by person.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use tokio::time::{Duration, Instant};

/// Names that are remembered; more make the oldest minute be forgotten early.
const NAMES_MAX: usize = 10_000;
const WINDOW: Duration = Duration::from_secs(60);

/// Counts tries of the last minute by name.
#[derive(Debug, Default)]
pub(crate) struct Guesses(Mutex<BTreeMap<String, (Instant, u32)>>);

impl Guesses {
    /// True for the first `most` tries of a minute.
    pub(crate) fn allow(&self, name: &str, most: u32) -> bool {
        let now = Instant::now();
        let mut tries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if tries.len() >= NAMES_MAX {
            tries.retain(|_, (begun, _)| now - *begun < WINDOW);
        }
        let (begun, count) = tries.entry(name.to_owned()).or_insert((now, 0));
        if now - *begun >= WINDOW {
            (*begun, *count) = (now, 0);
        }
        *count += 1;
        *count <= most
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sixth_try_of_a_minute_is_refused_for_its_name_only() {
        let guesses = Guesses::default();
        let allowed: Vec<bool> = (0..6).map(|_| guesses.allow("ada", 5)).collect();
        assert_eq!(allowed, [true, true, true, true, true, false]);
        assert!(guesses.allow("eve", 5));
    }
}
