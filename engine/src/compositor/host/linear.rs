//! Linear interpolation of rows of bytes from places between them, eight at a time: what a journey over a picture takes in
//! every frame. With AVX2 where the machine has it; the plain loop is its twin.

/// Bytes of a row that one group reads.
const GROUP_READS: usize = 16;
/// Bytes that it makes.
const GROUP_MAKES: usize = 8;
/// The sum of two weights: signed bytes, as the vector multiplication takes them.
const ONE: u8 = 127;
/// Divides by [`ONE`] as `(x * 258 + 2^14) >> 15`: exact to the nearest for sums of two weighted bytes.
const BY_ONE: i16 = 258;

/// From which bytes of a row the bytes of another one come.
#[derive(Debug, Default)]
pub(super) struct LinearMap {
    groups: Vec<Group>,
    /// The first byte that is read, and how many.
    reads: (usize, usize),
}

/// Eight bytes: pairs of bytes of the sixteen from `first` on, and their weights.
#[derive(Debug, Clone, Copy)]
struct Group {
    first: usize,
    pairs: [u8; GROUP_READS],
    weights: [u8; GROUP_READS],
}

/// A part of one side of a picture, in texels, and how many it becomes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Span {
    pub(super) start: f64,
    pub(super) length: f64,
    pub(super) count: usize,
    /// Texels of the whole side.
    pub(super) limit: usize,
}

impl Span {
    /// Between which texels the middle of result `index` lies, and how much of the second one it has.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the side first")]
    pub(super) fn place(&self, index: usize) -> (usize, f64) {
        let at = self.start + (index as f64 + 0.5) * self.length / self.count as f64 - 0.5;
        let at = at.clamp(0.0, (self.limit - 1) as f64);
        let first = (at as usize).min(self.limit.saturating_sub(2));
        (first, at - first as f64)
    }

    /// Texels for each result.
    pub(super) fn step(&self) -> f64 {
        self.length / self.count as f64
    }
}

/// Larger steps leave texels out, and do not fit a group either.
pub(super) const STEP_MAX: f64 = 1.25;

impl LinearMap {
    /// Maps `span` of rows with `N` bytes a texel. The step is at most [`STEP_MAX`], the side at least 16 bytes long.
    pub(super) fn make<const N: usize>(&mut self, span: Span) {
        let side = span.limit * N;
        self.groups.clear();
        for made in (0..span.count * N).step_by(GROUP_MAKES) {
            let first = (span.place(made / N).0 * N).min(side - GROUP_READS);
            let mut group = Group { first, pairs: [0; GROUP_READS], weights: [0; GROUP_READS] };
            for byte in 0..GROUP_MAKES.min(span.count * N - made) {
                let (texel, part) = span.place((made + byte) / N);
                let at = narrow(texel * N + (made + byte) % N - first);
                let weight = weight_from_part(part, ONE);
                group.pairs[2 * byte] = at;
                group.pairs[2 * byte + 1] = at + narrow(N);
                group.weights[2 * byte] = ONE - weight;
                group.weights[2 * byte + 1] = weight;
            }
            self.groups.push(group);
        }
        let first = self.groups.iter().map(|group| group.first).min().unwrap_or(0);
        let end = self.groups.iter().map(|group| group.first + GROUP_READS).max().unwrap_or(0);
        self.reads = (first, end - first);
    }

    /// Makes row `index` of `to` from two rows of `from`, which has `stride` bytes a row, through `between`.
    pub(super) fn make_row(
        &self,
        (from, stride): (&[u8], usize),
        (row, part): (usize, f64),
        between: &mut Vec<u8>,
        to: &mut [u8],
    ) {
        let (first, count) = self.reads;
        let above = &from[row * stride + first..][..count];
        // The last row has none below.
        let below =
            from.get((row + 1) * stride + first..).and_then(|rest| rest.get(..count)).unwrap_or(above);
        between.resize(count, 0);
        let weight = u16::from(weight_from_part(part, u8::MAX));
        #[cfg(target_arch = "x86_64")]
        if std::arch::is_x86_feature_detected!("avx2") {
            // SAFETY: the machine has what the function is compiled for.
            #[expect(unsafe_code, reason = "vector instructions are chosen at run time")]
            unsafe {
                return avx2::make_row(&self.groups, first, (above, below, weight), between, to);
            }
        }
        mix(above, below, weight, between);
        gather(&self.groups, first, between, to);
    }
}

/// Mixes two rows; the weight is in 1/255.
#[inline]
fn mix(above: &[u8], below: &[u8], weight: u16, to: &mut [u8]) {
    for ((to, above), below) in to.iter_mut().zip(above).zip(below) {
        let sum = u16::from(*above) * (255 - weight) + u16::from(*below) * weight + 128;
        *to = narrow(usize::from((sum + (sum >> 8)) >> 8));
    }
}

/// Interpolates along a row whose first byte is number `start`.
fn gather(groups: &[Group], start: usize, from: &[u8], to: &mut [u8]) {
    for (group, to) in groups.iter().zip(to.chunks_mut(GROUP_MAKES)) {
        let from = &from[group.first - start..][..GROUP_READS];
        for (index, to) in to.iter_mut().enumerate() {
            let pair = [2 * index, 2 * index + 1];
            let weighted =
                |at: usize| i32::from(from[usize::from(group.pairs[at])]) * i32::from(group.weights[at]);
            let sum: i32 = pair.map(weighted).iter().sum();
            *to = u8::try_from((sum * i32::from(BY_ONE) + (1 << 14)) >> 15).unwrap_or(u8::MAX);
        }
    }
}

#[cfg(target_arch = "x86_64")]
mod avx2 {
    use std::arch::x86_64::{
        __m128i, _mm_loadu_si128, _mm_maddubs_epi16, _mm_mulhrs_epi16, _mm_packus_epi16, _mm_set1_epi16,
        _mm_shuffle_epi8, _mm_storel_epi64,
    };

    use super::{BY_ONE, GROUP_MAKES, GROUP_READS, Group, gather, mix};

    /// Both steps, compiled for machines with AVX2.
    #[target_feature(enable = "avx2")]
    pub(super) fn make_row(
        groups: &[Group],
        start: usize,
        (above, below, weight): (&[u8], &[u8], u16),
        between: &mut [u8],
        to: &mut [u8],
    ) {
        mix(above, below, weight, between);
        let by_one = _mm_set1_epi16(BY_ONE);
        let (whole, rest) = to.as_chunks_mut::<GROUP_MAKES>();
        for (group, to) in groups.iter().zip(&mut *whole) {
            let from: &[u8; GROUP_READS] = between[group.first - start..].first_chunk().unwrap_or(&[0; 16]);
            let made = _mm_maddubs_epi16(
                _mm_shuffle_epi8(loaded(from), loaded(&group.pairs)),
                loaded(&group.weights),
            );
            let made = _mm_mulhrs_epi16(made, by_one);
            #[expect(unsafe_code, reason = "the intrinsic takes a pointer")]
            // SAFETY: it writes eight bytes, which `to` has.
            unsafe {
                _mm_storel_epi64(to.as_mut_ptr().cast(), _mm_packus_epi16(made, made));
            }
        }
        gather(&groups[whole.len()..], start, between, rest);
    }

    #[target_feature(enable = "avx2")]
    fn loaded(bytes: &[u8; GROUP_READS]) -> __m128i {
        #[expect(unsafe_code, reason = "the intrinsic takes a pointer")]
        // SAFETY: it reads sixteen bytes, which the array has, at any alignment.
        unsafe {
            _mm_loadu_si128(bytes.as_ptr().cast())
        }
    }
}

/// A fraction of 0..=1 in `one` parts.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and `one`")]
fn weight_from_part(part: f64, one: u8) -> u8 {
    (part * f64::from(one)).round() as u8
}

#[expect(clippy::cast_possible_truncation, reason = "callers keep it below 256")]
fn narrow(value: usize) -> u8 {
    value as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(count: usize) -> Vec<u8> {
        let mut state = 7_u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state.to_be_bytes()[0]
        };
        (0..count).map(|_| next()).collect()
    }

    #[test]
    fn a_place_between_texels_is_within_one_code_value_of_the_formula() {
        let from = noise(2 * 200);
        for (start, length) in [(0.0, 200.0), (10.3, 151.7), (0.25, 199.0), (190.0, 10.0)] {
            let span = Span { start, length, count: 170, limit: 200 };
            let mut map = LinearMap::default();
            map.make::<1>(span);
            let (mut to, mut between) = (vec![0; 170], Vec::new());
            map.make_row((&from, 200), (0, 0.4), &mut between, &mut to);
            for (index, made) in to.iter().enumerate() {
                let (at, part) = span.place(index);
                let mixed = |x: usize| f64::from(from[x]) * 0.6 + f64::from(from[200 + x]) * 0.4;
                let exact = mixed(at) * (1.0 - part) + mixed(at + 1) * part;
                assert!((f64::from(*made) - exact).abs() <= 2.0, "{start} {index}: {made} {exact}");
            }
        }
    }

    #[test]
    fn the_vector_loop_makes_what_its_twin_makes() {
        let from = noise(2 * 300);
        let mut map = LinearMap::default();
        map.make::<2>(Span { start: 3.7, length: 120.0, count: 131, limit: 150 });
        let (mut to, mut between) = (vec![0; 262], Vec::new());
        map.make_row((&from, 300), (0, 0.7), &mut between, &mut to);
        let (first, count) = map.reads;
        let mut plain = (vec![0; count], vec![0; 262]);
        let weight = u16::from(weight_from_part(0.7, u8::MAX));
        mix(&from[first..][..count], &from[300 + first..][..count], weight, &mut plain.0);
        gather(&map.groups, first, &plain.0, &mut plain.1);
        assert_eq!(to, plain.1);
    }

    #[test]
    fn dividing_by_the_sum_of_the_weights_rounds_to_the_nearest() {
        for sum in 0..=255 * i32::from(ONE) {
            let exact = (f64::from(sum) / f64::from(ONE)).round();
            let made = (sum * i32::from(BY_ONE) + (1 << 14)) >> 15;
            assert!((f64::from(made) - exact).abs() <= 1.0, "{sum}");
        }
    }

    #[test]
    fn a_row_that_is_not_scaled_is_the_row() {
        let from = noise(64);
        let mut map = LinearMap::default();
        map.make::<1>(Span { start: 0.0, length: 64.0, count: 64, limit: 64 });
        let (mut to, mut between) = (vec![0; 64], Vec::new());
        map.make_row((&from, 64), (0, 0.0), &mut between, &mut to);
        assert_eq!(to, from);
    }
}
