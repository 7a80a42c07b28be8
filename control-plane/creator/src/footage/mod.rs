//! What the files of a brief are good for: the role of each, and the moments in it that are worth showing.
//!
//! ```text
//!  AssetAnalysis ──role──▶ Role ──looks──▶ one score a look ──stretches──▶ shots, trimmed ──window──▶ the best part of
//!                                                                                               a wished length
//! ```

mod looks;
mod role;
mod stretches;
mod window;

use avs_protocol::Span;
use serde::Serialize;

pub(crate) use looks::is_still;
pub use role::Role;
pub(crate) use role::{is_heard, is_mark, is_see_through, name_parts, name_words};
pub use window::{Want, Window};

use crate::Brief;
use looks::{Look, Ranks};

/// Length of the moments that are listed of a file, in seconds.
const MOMENT_SECS: f64 = 2.0;
/// Shortest shot within a part that a prompt names, in seconds; of shorter ones the part itself is taken.
const HELD_SECS_MIN: f64 = 0.4;
/// Most moments that are listed of a file.
const MOMENTS_MAX: usize = 8;

/// What the files of a brief are good for.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Footage {
    /// One a file, in the brief's order.
    pub files: Vec<FileFootage>,
}

/// What one file is good for.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FileFootage {
    /// What it is used as.
    pub role: Role,
    /// Why it has that role, as a sentence for people.
    pub reason: String,
    /// Its best parts, best first, without overlap; one of length 0 for a picture, none for sound.
    pub moments: Vec<Moment>,
    /// Length in seconds; 0 for a picture.
    pub duration_secs: f64,
    /// Share of its length in which somebody speaks, in `0.0..=1.0`.
    pub speech_ratio: f64,
    /// Width over height, upright; 1 for sound.
    pub aspect_ratio: f64,
    /// What may be shown of it: its shots without their edges, or where something happens on a screen; in order.
    #[serde(skip)]
    pub stretches: Vec<Span>,
    /// Words of its name, small.
    #[serde(skip)]
    pub name_words: Vec<String>,
    #[serde(skip)]
    looks: Vec<Look>,
}

/// A part of a file that is worth showing.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Moment {
    /// In seconds of the file.
    pub start_secs: f64,
    /// In seconds.
    pub length_secs: f64,
    /// How good it is on the whole, about `-1.0..=1.0`.
    pub score: f64,
    /// Rank of its movement among all looks into all files, in `0.0..=1.0`.
    pub motion: f64,
    /// Rank of its sharpness, likewise.
    pub sharpness: f64,
}

impl Footage {
    /// Looks through the files of a brief.
    pub fn of_brief(brief: &Brief) -> Self {
        let ranks = Ranks::of_assets(&brief.assets);
        let roles = role::roles(brief);
        let files = brief
            .assets
            .iter()
            .zip(roles)
            .map(|(asset, (role, reason))| {
                let stretches = if role.is_shown() { stretches::of_asset(asset) } else { Vec::new() };
                let mut file = FileFootage {
                    role,
                    reason,
                    moments: Vec::new(),
                    duration_secs: role::duration_secs(&asset.analysis),
                    speech_ratio: role::speech_ratio(&asset.analysis),
                    aspect_ratio: role::aspect_ratio(&asset.analysis),
                    stretches,
                    name_words: name_parts(asset.source.key()),
                    looks: looks::of_asset(asset, &ranks),
                };
                file.moments = file.best_moments();
                file
            })
            .collect();
        Self { files }
    }

    /// Returns the files of a role, as indices into the brief's assets.
    pub fn with_role(&self, role: Role) -> impl Iterator<Item = usize> + '_ {
        self.files.iter().enumerate().filter(move |(_, file)| file.role == role).map(|(index, _)| index)
    }

    /// Returns the files that scenes can show in full, as indices into the brief's assets.
    pub fn shown(&self) -> Vec<usize> {
        (0..self.files.len()).filter(|index| self.files[*index].role.is_shown()).collect()
    }
}

impl FileFootage {
    /// Says whether it moves: a part of it is chosen, and it ends.
    pub fn is_moving(&self) -> bool {
        !self.stretches.is_empty()
    }

    /// Returns how many seconds of it may be shown.
    pub fn usable_secs(&self) -> f64 {
        self.stretches.iter().map(|span| span.end_secs - span.start_secs).sum()
    }

    /// Holds it to parts of it: nothing else of it is shown.
    pub(crate) fn hold_to(&mut self, parts: &[Span]) {
        let inside = |part: &Span| {
            let within = |span: &Span| Span {
                start_secs: span.start_secs.max(part.start_secs),
                end_secs: span.end_secs.min(part.end_secs),
            };
            let lasts = |span: &Span| span.end_secs - span.start_secs >= HELD_SECS_MIN;
            let shots: Vec<Span> = self.stretches.iter().map(within).filter(lasts).collect();
            if shots.is_empty() { vec![*part] } else { shots }
        };
        let mut stretches: Vec<Span> = parts.iter().flat_map(inside).collect();
        stretches.sort_by(|a, b| a.start_secs.total_cmp(&b.start_secs));
        let mut free_from = 0.0;
        stretches.retain_mut(|span| {
            span.start_secs = span.start_secs.max(free_from);
            free_from = span.end_secs.max(free_from);
            span.end_secs > span.start_secs
        });
        self.stretches = stretches;
        self.moments = self.best_moments();
    }

    fn best_moments(&self) -> Vec<Moment> {
        if !self.role.is_shown() {
            return Vec::new();
        }
        if !self.is_moving() {
            return vec![self.moment(0.0, 0.0, self.score(0.0, 0.0, Want::Any))];
        }
        let mut taken = Vec::new();
        let mut moments = Vec::new();
        let length_secs = MOMENT_SECS.min(self.usable_secs());
        while moments.len() < MOMENTS_MAX {
            let Some(window) = self.best_window(length_secs, Want::Any, &taken, &[]) else { break };
            let end_secs = window.start_secs + length_secs.min(window.room_secs);
            taken.push(Span { start_secs: window.start_secs, end_secs });
            moments.push(self.moment(window.start_secs, end_secs - window.start_secs, window.score));
        }
        moments.sort_by(|a, b| b.score.total_cmp(&a.score));
        moments
    }

    fn moment(&self, start_secs: f64, length_secs: f64, score: f64) -> Moment {
        let mean = looks::mean(&self.looks, start_secs, start_secs + length_secs);
        Moment { start_secs, length_secs, score, motion: mean.motion, sharpness: mean.sharpness }
    }
}
