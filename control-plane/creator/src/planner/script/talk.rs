//! Somebody speaks: one uninterrupted part of a file under several scenes.

use super::super::budget;
use super::super::reading::{BODY, HOOK};
use super::super::slot::{Picture, Slot};
use super::people::{parted_name, push_quote};
use super::writer::{Writer, in_two};
use crate::Layout;
use crate::footage::Want;
use crate::prompt::Phrase;

/// A video with a larger share of speech is of somebody who speaks.
const TALK_SPEECH_RATIO: f64 = 0.4;
/// Lengths of shots of somebody who goes on speaking, in seconds.
const REST_SECS: [f64; 4] = [6.0, 4.2, 7.4, 5.1];
/// Most shots of one who speaks.
const SCENES_MAX: usize = 24;
/// Time before the first word, in seconds.
const LEAD_SECS: f64 = 0.2;

pub(super) fn write(writer: &mut Writer<'_>) {
    match talker(writer) {
        Some(file) => with_talker(writer, file),
        None => without_talker(writer),
    }
    writer.numbers(2.5);
    writer.end(Some(Phrase::ThankYou));
}

/// The file in which most is spoken.
fn talker(writer: &Writer<'_>) -> Option<usize> {
    let files = &writer.footage.files;
    let spoken = |index: usize| files[index].speech_ratio * files[index].duration_secs;
    writer
        .shown
        .iter()
        .copied()
        .filter(|index| files[*index].is_moving() && files[*index].speech_ratio >= TALK_SPEECH_RATIO)
        .max_by(|a, b| spoken(*a).total_cmp(&spoken(*b)).then(b.cmp(a)))
}

fn with_talker(writer: &mut Writer<'_>, file: usize) {
    let understanding = writer.understanding;
    let sound = writer.brief.assets[file].analysis.sound.as_ref();
    let first_word = sound.and_then(|sound| sound.speech.first()).map_or(0.0, |span| span.start_secs);
    let duration = writer.footage.files[file].duration_secs;
    let start = (first_word - LEAD_SECS).clamp(0.0, duration);
    let mut slots: Vec<Slot> = Vec::new();
    let head = writer.understanding.title.clone().filter(|title| HOOK.holds(title));
    let head = head.or_else(|| understanding.quoted.iter().find(|quoted| HOOK.holds(quoted)).cloned());
    if let Some(text) = head.and_then(|text| writer.say(&text)) {
        slots.push(part(Layout::Hook, [Some(text), None, None], 2.6));
    }
    if let Some((name, what)) = speaker(writer) {
        slots.push(part(Layout::LowerThird, [Some(name), what, None], 4.0));
    }
    for quoted in &understanding.quoted {
        let Some(text) = writer.say(quoted) else { continue };
        let (headline, body, _) = in_two(&text, BODY);
        slots.push(part(Layout::Caption, [headline, body, None], 4.0));
    }
    // Then the picture alone, nearer and farther in turn, so that nothing stands still for long.
    let wished = budget::wished_secs(understanding).unwrap_or(writer.pace.total_secs);
    let mut left = wished.min(duration - start) - slots.iter().map(|slot| slot.wish_secs).sum::<f64>();
    for length in REST_SECS.into_iter().cycle().take(SCENES_MAX) {
        slots.push(part(Layout::Plain, [None, None, None], length));
        left -= length;
        if left < length {
            break;
        }
    }
    // Each has its share of what there is, so that the last word of one is the first of the next.
    let wishes: f64 = slots.iter().map(|slot| slot.wish_secs).sum();
    let mut at = start;
    for mut slot in slots {
        let length = (duration - start) * slot.wish_secs / wishes;
        slot.max_secs = length.max(0.1);
        slot.min_secs = slot.min_secs.min(slot.max_secs);
        slot.wish_secs = slot.wish_secs.min(slot.max_secs);
        slot.picture = Picture::Part(file, at, length);
        at += length;
        writer.push(slot);
    }
}

fn part(layout: Layout, texts: [Option<String>; 3], wish_secs: f64) -> Slot {
    Slot::new(layout, texts, Picture::Wanted(Want::Any)).lasting(wish_secs, wish_secs * 2.0).ranked(0)
}

fn without_talker(writer: &mut Writer<'_>) {
    let first = writer.understanding.quoted.first().filter(|quoted| HOOK.holds(quoted)).cloned();
    if first.is_none() {
        writer.opening(Layout::Hook, Want::Best);
    }
    if let Some((name, what)) = speaker(writer) {
        let slot = Slot::new(Layout::LowerThird, [Some(name), what, None], Picture::Wanted(Want::Any));
        writer.push(slot.lasting(4.0, 5.0).ranked(1));
    }
    for quoted in &writer.understanding.quoted {
        push_quote(writer, quoted, 5.0);
    }
    writer.items(Layout::ListItem, 3.0, false);
}

/// Name and what they are.
fn speaker(writer: &mut Writer<'_>) -> Option<(String, Option<String>)> {
    let understanding = writer.understanding;
    let author = understanding.author.as_ref().or(understanding.names.first())?;
    let (name, what) = parted_name(author);
    BODY.holds(&name).then_some(())?;
    writer.say(&name).map(|name| (name, what.filter(|what| BODY.holds(what))))
}
