//! Variety that is the same each time: numbers drawn from a hash of the prompt.

/// What all variety of a video follows from: FNV-1a of the prompt, so that a letter more gives another video.
pub(crate) fn seed_from_text(text: &str) -> u64 {
    text.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Draws numbers; the same seed draws the same ones.
#[derive(Debug, Clone)]
pub(super) struct Variety(u64);

impl Variety {
    /// Seeds by a text.
    pub(super) fn of_text(text: &str) -> Self {
        Self(seed_from_text(text))
    }

    /// The next number (splitmix64).
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// In `0.0..1.0`.
    pub(super) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Lognormal with median 1: lengths of shots are (research 1.1). `sigma` is that of the logarithm.
    pub(super) fn lognormal(&mut self, sigma: f64) -> f64 {
        // The sum of twelve is near enough to a normal one, and bounded.
        let normal: f64 = (0..12).map(|_| self.unit()).sum::<f64>() - 6.0;
        (normal * sigma).exp()
    }
}
