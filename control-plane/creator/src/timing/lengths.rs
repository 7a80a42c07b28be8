//! Lengths of scenes in whole frames, whose sum is that of the whole.

/// Lengths that fit.
pub(super) struct Fitted {
    /// Of each scene, at least 1; they sum to what was asked for.
    pub(super) frames: Vec<u32>,
    /// The least that each may have: its hold, shortened where holds do not fit.
    pub(super) least: Vec<u32>,
    /// True where the holds together are longer than the whole.
    pub(super) holds_shortened: bool,
}

/// Stretches or shrinks all wishes by one factor so that they sum to `frame_count`; none gets shorter than its hold.
/// `frame_count` is at least the number of scenes.
pub(super) fn fit(wishes_secs: &[f64], holds_secs: &[f64], fps: u32, frame_count: u32) -> Fitted {
    let holds: Vec<u32> = holds_secs.iter().map(|secs| frames_of_hold(*secs, fps)).collect();
    let wanted: u64 = holds.iter().map(|hold| u64::from(*hold)).sum();
    if wanted > u64::from(frame_count) {
        let shares: Vec<f64> = holds.iter().map(|hold| f64::from(*hold)).collect();
        let ones = vec![1; holds.len()];
        let frames = shared_out(&shares, &ones, frame_count);
        return Fitted { least: frames.clone(), frames, holds_shortened: true };
    }
    let shares: Vec<f64> = wishes_secs
        .iter()
        .map(|secs| if secs.is_finite() { secs.clamp(0.01, 1000.0) } else { 1.0 })
        .collect();
    Fitted { frames: shared_out(&shares, &holds, frame_count), least: holds, holds_shortened: false }
}

/// Where each length begins when they follow on each other, and where the last one ends.
pub(super) fn starts(lengths: &[u32]) -> Vec<u32> {
    let ends = lengths.iter().scan(0, |end, length| {
        *end += length;
        Some(*end)
    });
    std::iter::once(0).chain(ends).collect()
}

/// Frames of a hold, rounded up; at least one.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bounded above and below")]
fn frames_of_hold(secs: f64, fps: u32) -> u32 {
    // Less than a thousandth of a frame more is the rounding of a float, no time to read.
    let frames = (secs * f64::from(fps) - 0.001).ceil();
    if frames.is_nan() { 1 } else { frames.clamp(1.0, 1e6) as u32 }
}

/// Shares `total` out in proportion to `shares`, each at least `least`; the sum of `least` is at most `total`.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of the total")]
fn shared_out(shares: &[f64], least: &[u32], total: u32) -> Vec<u32> {
    let factor = factor_of(shares, least, total);
    let exact: Vec<f64> =
        shares.iter().zip(least).map(|(share, least)| (share * factor).max(f64::from(*least))).collect();
    let mut frames: Vec<u32> =
        exact.iter().zip(least).map(|(exact, least)| (exact.floor() as u32).max(*least)).collect();
    let mut by_remainder: Vec<usize> = (0..frames.len()).collect();
    by_remainder.sort_by(|a, b| exact[*b].fract().total_cmp(&exact[*a].fract()));
    let mut missing = i64::from(total) - frames.iter().map(|frames| i64::from(*frames)).sum::<i64>();
    // Floors miss less than one frame each; the other way round only the rounding of the factor can be.
    for at in by_remainder.iter().cycle().take(frames.len() * 4) {
        if missing > 0 {
            frames[*at] += 1;
            missing -= 1;
        } else if missing < 0 && frames[*at] > least[*at] {
            frames[*at] -= 1;
            missing += 1;
        }
    }
    frames
}

/// The factor by which shares sum to the total when none falls below its least.
fn factor_of(shares: &[f64], least: &[u32], total: u32) -> f64 {
    let mut pinned = vec![false; shares.len()];
    loop {
        let (mut free, mut left) = (0.0, f64::from(total));
        for ((share, least), pinned) in shares.iter().zip(least).zip(&pinned) {
            if *pinned {
                left -= f64::from(*least);
            } else {
                free += share;
            }
        }
        let factor = if free > 0.0 { left.max(0.0) / free } else { 0.0 };
        let mut more = false;
        for ((share, least), pinned) in shares.iter().zip(least).zip(&mut pinned) {
            if !*pinned && share * factor < f64::from(*least) {
                (*pinned, more) = (true, true);
            }
        }
        if !more {
            return factor;
        }
    }
}
