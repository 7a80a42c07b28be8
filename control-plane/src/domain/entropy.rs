//! Randomness as a parameter, and the base62 text made of it.

/// A source of unpredictable bytes.
pub trait Entropy: Send + Sync {
    /// Fills `bytes` with random ones.
    fn fill(&self, bytes: &mut [u8]);
}

/// Digits in the order of their value.
pub const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Returns `length` base62 characters, each equally likely: 5.95 bits apiece.
pub fn base62_from_entropy(entropy: &dyn Entropy, length: usize) -> String {
    // 248 = 4 * 62: bytes above it would favour the first digits.
    const FAIR_LIMIT: u8 = 248;
    let mut text = String::with_capacity(length);
    let mut pool = [0; 64];
    while text.len() < length {
        entropy.fill(&mut pool);
        let fair = pool.iter().filter(|byte| **byte < FAIR_LIMIT);
        let missing = length - text.len();
        text.extend(fair.take(missing).map(|byte| char::from(BASE62[usize::from(byte % 62)])));
    }
    text
}

#[cfg(test)]
pub(crate) mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    /// Repeatable bytes for tests: splitmix64 over a counter.
    pub(crate) struct Seeded(pub(crate) AtomicU64);

    impl Entropy for Seeded {
        fn fill(&self, bytes: &mut [u8]) {
            for chunk in bytes.chunks_mut(8) {
                let mut z = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
                z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
                z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
                chunk.copy_from_slice(&(z ^ (z >> 31)).to_le_bytes()[..chunk.len()]);
            }
        }
    }

    #[test]
    fn every_digit_is_about_equally_frequent() {
        let text = base62_from_entropy(&Seeded(AtomicU64::new(1)), 62_000);
        for digit in BASE62 {
            let count = text.bytes().filter(|byte| byte == digit).count();
            assert!((850..1150).contains(&count), "{} occurs {count} times", char::from(*digit));
        }
    }
}
