//! How many of something are open for each key: connections of an address, streams of an account.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Counts what is open for each key, up to a limit. Keys with nothing open take no memory.
#[derive(Debug)]
pub(super) struct Tally<K: Ord> {
    counts: Mutex<BTreeMap<K, usize>>,
    count_max: usize,
}

impl<K: Ord + Clone> Tally<K> {
    /// Nothing is open yet; `count_max` may be, for each key.
    pub(super) fn new(count_max: usize) -> Self {
        Self { counts: Mutex::default(), count_max }
    }

    /// Counts one more until the permit is dropped; none where the limit is reached.
    pub(super) fn take(self: Arc<Self>, key: K) -> Option<TallyPermit<K>> {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(key.clone()).or_default();
        if *count >= self.count_max {
            return None;
        }
        *count += 1;
        drop(counts);
        Some(TallyPermit { tally: self, key })
    }
}

/// One of what a [`Tally`] counts.
#[derive(Debug)]
pub(super) struct TallyPermit<K: Ord> {
    tally: Arc<Tally<K>>,
    key: K,
}

impl<K: Ord> Drop for TallyPermit<K> {
    fn drop(&mut self) {
        let mut counts = self.tally.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.key) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_no_more_than_its_limit_and_gets_back_what_is_dropped() {
        let tally = Arc::new(Tally::new(1));
        let permit = Arc::clone(&tally).take("a").unwrap();
        assert!(Arc::clone(&tally).take("a").is_none());
        assert!(Arc::clone(&tally).take("b").is_some());
        drop(permit);
        assert!(Arc::clone(&tally).take("a").is_some());
        assert!(tally.counts.lock().unwrap().is_empty());
    }
}
