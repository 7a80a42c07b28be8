//! Parts of files that the prompt names by their times: nothing else of those files shows.

use avs_protocol::Span;

use crate::footage::Footage;
use crate::prompt::{FilePart, Understanding};
use crate::{Brief, Note, NoteCode};

/// Shortest part that can be shown, in seconds.
const PART_SECS_MIN: f64 = 0.2;

/// Holds the files to the parts of them that the prompt names; a part that no file has is noted.
pub(super) fn hold(
    footage: &mut Footage,
    brief: &Brief,
    understanding: &Understanding,
    notes: &mut Vec<Note>,
) {
    let mut held: Vec<(usize, Vec<Span>)> = Vec::new();
    for part in &understanding.parts {
        let Some(file) = file_of(part, brief) else {
            let text = format!("a part of {} is wanted, and no file has that name", part.file);
            notes.push(Note::general(NoteCode::WishUnmet, text));
            continue;
        };
        let end_secs = part.to_secs.min(footage.files[file].duration_secs);
        if !footage.files[file].is_moving() || end_secs < part.from_secs + PART_SECS_MIN {
            let text = format!("it has no part from {} to {} s", part.from_secs, part.to_secs);
            notes.push(Note::of_file(NoteCode::WishUnmet, file, text));
            continue;
        }
        let span = Span { start_secs: part.from_secs, end_secs };
        match held.iter_mut().find(|(other, _)| *other == file) {
            Some((_, spans)) => spans.push(span),
            None => held.push((file, vec![span])),
        }
    }
    for (file, spans) in held {
        footage.files[file].hold_to(&spans);
    }
}

/// By its whole name, or by the last word of it where it has spaces and no other ends so.
fn file_of(part: &FilePart, brief: &Brief) -> Option<usize> {
    let name = |index: usize| {
        let key = brief.assets[index].source.key();
        let path = key.split(['?', '#']).next().unwrap_or_default();
        path.rsplit('/').next().unwrap_or_default().to_lowercase()
    };
    let wanted = part.file.to_lowercase();
    let all = || 0..brief.assets.len();
    let last_word = |index: &usize| name(*index).ends_with(&format!(" {wanted}"));
    all().find(|index| name(*index) == wanted).or_else(|| {
        let mut ending = all().filter(last_word);
        ending.next().filter(|_| ending.next().is_none())
    })
}
