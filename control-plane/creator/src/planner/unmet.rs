//! Wishes of a prompt that one video cannot meet: noted, not passed over.

use crate::prompt::{Aspect, Understanding};
use crate::{Brief, Note, NoteCode, limits};

/// Adds a note for each such wish.
pub(super) fn note(brief: &Brief, understanding: &Understanding, notes: &mut Vec<Note>) {
    let mut unmet = |text: String| notes.push(Note::general(NoteCode::WishUnmet, text));
    let (least, most) = (*limits::DURATION_SECS.start(), *limits::DURATION_SECS.end());
    if let Some(secs) = understanding.duration_secs.filter(|secs| *secs > most) {
        unmet(format!("{secs} s are wanted: a video has at most {most} s"));
    }
    let shortest = [understanding.duration_secs, understanding.duration_cap_secs].into_iter().flatten();
    if let Some(secs) = shortest.filter(|secs| *secs < least).reduce(f64::min) {
        unmet(format!("{secs} s are wanted: a video has at least {least} s"));
    }
    let is_open = brief.output.get("aspectRatio").is_none_or(serde_json::Value::is_null);
    if let [first, others @ ..] = understanding.aspects.as_slice()
        && is_open
        && !others.is_empty()
    {
        let others: Vec<&str> = others.iter().map(|aspect| Aspect::name(*aspect)).collect();
        unmet(format!(
            "several shapes are wanted: this video is {}; ask again for {}",
            first.name(),
            others.join(", ")
        ));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::planner::budget;
    use crate::planner::tests::fixture::brief;

    fn notes(prompt: &str, output: serde_json::Value) -> Vec<String> {
        let mut brief = brief(prompt, Vec::new());
        brief.output = output;
        let mut notes = Vec::new();
        note(&brief, &Understanding::of_prompt(prompt), &mut notes);
        notes.into_iter().map(|note| note.text).collect()
    }

    #[test]
    fn a_length_that_no_video_has_is_noted_and_come_near_to() {
        let long = Understanding::of_prompt("a 10 minute video");
        assert_eq!((long.duration_secs, budget::wished_secs(&long)), (Some(600.0), Some(180.0)));
        assert_eq!(notes("a 10 minute video", json!({})), ["600 s are wanted: a video has at most 180 s"]);
        assert_eq!(notes("a 0.5 second clip", json!({})), ["0.5 s are wanted: a video has at least 1 s"]);
        assert!(notes("a 20 second clip", json!({})).is_empty());
        let capped = Understanding::of_prompt("a 20 second clip");
        assert_eq!(budget::held_secs(60.0, &capped), 60.0);
        assert_eq!(budget::held_secs(60.0, &Understanding::of_prompt("a clip of at most 15 seconds")), 15.0);
    }

    #[test]
    fn of_several_shapes_the_first_is_made_and_the_others_are_noted_unless_the_caller_has_chosen() {
        let prompt = "A reel for TikTok and for YouTube";
        let told = notes(prompt, json!({ "fps": 25 }));
        assert_eq!(told, ["several shapes are wanted: this video is 9:16; ask again for 16:9"]);
        assert!(notes(prompt, json!({ "aspectRatio": "1:1" })).is_empty());
    }
}
