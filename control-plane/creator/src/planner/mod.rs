//! The built-in planner: from what a prompt says and what the files hold to a storyboard, without a model.
//!
//! ```text
//!  Understanding ──script──▶ slots: scenes with their words ──budget──▶ those that can be read in the time there is
//!  Footage ─────────────────▶ casting: which file, which part of it ──lengths──▶ seconds ──finish──▶ Storyboard
//! ```
//!
//! Every word it shows is of the prompt, of a file's name, or a fixed phrase (`prompt::phrase`).

mod aspect;
mod budget;
mod casting;
mod finish;
mod left_out;
mod lengths;
mod parts;
mod reading;
mod script;
mod slot;
#[cfg(test)]
mod tests;
mod unmet;
mod variety;

use serde_json::Value;

pub(crate) use self::variety::seed_from_text;
use crate::footage::Footage;
use crate::prompt::Understanding;
use crate::{Brief, Note, Storyboard};

/// What the planner decided.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// The video.
    pub storyboard: Storyboard,
    /// The brief's `output`, with an aspect ratio.
    pub output: Value,
    /// What people should know about it: files that are not used, words that found no room.
    pub notes: Vec<Note>,
}

/// Why there is no plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// Neither pictures nor words.
    #[error(
        "there is nothing to show: send pictures or videos, or put the words to be shown into the prompt between quotation marks"
    )]
    NothingToShow,
    /// The prompt wants no words, and there are no pictures.
    #[error("the prompt wants no text, and no file has a picture: send pictures or videos, or allow text")]
    NoTextAndNoPictures,
    /// More files than a plan looks at.
    #[error("{count} files are too many for one video: send at most {max}")]
    TooManyFiles {
        /// How many there are.
        count: usize,
        /// How many there may be.
        max: usize,
    },
}

/// Most files of a brief.
const FILES_MAX: usize = 100;

/// Returns the brief's `output` with what it leaves open decided, for a storyboard that was planned elsewhere.
pub fn resolved_output(brief: &Brief, understanding: &Understanding) -> Value {
    aspect::output(brief, understanding, &Footage::of_brief(brief))
}

/// Holds a storyboard that a model has planned to the length that the prompt asks for, and returns notes of what the prompt
/// wants and the storyboard has not.
pub(crate) fn held_to_prompt(
    mut storyboard: Storyboard,
    brief: &Brief,
    understanding: &Understanding,
) -> (Storyboard, Vec<Note>) {
    let wished = budget::wished_secs(understanding);
    let secs = wished.unwrap_or_else(|| budget::held_secs(storyboard.duration_seconds, understanding));
    storyboard.duration_seconds = secs;
    let mut notes = Vec::new();
    left_out::note(understanding, &[], &storyboard.scenes, &mut notes);
    unmet::note(brief, understanding, &mut notes);
    (storyboard, notes)
}

/// Plans a video. The same brief gives the same plan.
///
/// # Errors
/// Where there is nothing to show.
pub fn plan(brief: &Brief, understanding: &Understanding) -> Result<Plan, PlanError> {
    if brief.assets.len() > FILES_MAX {
        return Err(PlanError::TooManyFiles { count: brief.assets.len(), max: FILES_MAX });
    }
    let mut notes: Vec<Note> = Vec::new();
    let mut footage = Footage::of_brief(brief);
    parts::hold(&mut footage, brief, understanding, &mut notes);
    let shown = footage.shown();
    if shown.is_empty() && understanding.wishes.no_text {
        return Err(PlanError::NoTextAndNoPictures);
    }
    let mut dropped: Vec<String> = Vec::new();
    let mut variety = variety::Variety::of_text(&brief.prompt);
    let slots = script::script(brief, understanding, &footage);
    if slots.is_empty() && shown.is_empty() {
        return Err(PlanError::NothingToShow);
    }
    let wanted = budget::Wanted::of(understanding, &footage, &slots);
    let slots = budget::fit(slots, &wanted, &footage, &mut variety, &mut dropped);
    let mut cast = casting::cast(slots, understanding, &footage, &mut notes);
    let duration_secs = lengths::settle(&mut cast, &wanted, &footage, &mut notes);
    if cast.is_empty() {
        return Err(PlanError::NothingToShow);
    }
    lengths::part_long_stills(&mut cast, &footage);
    let storyboard = finish::storyboard(brief, understanding, &footage, (cast, duration_secs), &mut notes);
    left_out::note(understanding, &dropped, &storyboard.scenes, &mut notes);
    unmet::note(brief, understanding, &mut notes);
    let output = aspect::output(brief, understanding, &footage);
    Ok(Plan { storyboard, output, notes })
}
