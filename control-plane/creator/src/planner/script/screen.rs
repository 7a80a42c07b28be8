//! A recorded screen: scenes follow what is done on it, and what rests is cut out.

use avs_protocol::Span;

use super::super::reading::{self, CARD};
use super::super::slot::{Picture, Slot};
use super::writer::Writer;
use crate::Layout;
use crate::footage::{Role, Want};
use crate::prompt::{Genre, Phrase};

/// Shorter parts are not worth a scene of their own, in seconds.
const PART_SECS_MIN: f64 = 0.8;
/// A part is cut where it is longer, in seconds: its words would stand too long.
const PART_SECS_MAX: f64 = 12.0;
/// Most parts.
const PARTS_MAX: usize = 24;

/// Says whether scenes follow a recording: for guides, and where there is nothing else to show.
pub(super) fn is_wanted(writer: &Writer<'_>) -> bool {
    let is_recording = |index: &usize| {
        writer.footage.files[*index].role == Role::Screen && writer.footage.files[*index].is_moving()
    };
    let recordings = writer.shown.iter().filter(|index| is_recording(index)).count();
    match writer.genre() {
        Genre::ScreenGuide => recordings > 0,
        Genre::HowTo | Genre::AppDemo | Genre::General => recordings > 0 && recordings == writer.shown.len(),
        _ => false,
    }
}

pub(super) fn write(writer: &mut Writer<'_>) {
    opening(writer);
    let parts = parts(writer);
    let items = writer.understanding.items.clone();
    let total: f64 = parts.iter().map(|part| part.1.end_secs - part.1.start_secs).sum();
    let mut done = 0.0;
    let mut next_item = 0;
    for (file, span) in parts {
        let length = span.end_secs - span.start_secs;
        // Each item begins where its share of what is done begins.
        let due = (done / total.max(0.1) * items.len() as f64).floor();
        let texts = if next_item < items.len() && due >= next_item as f64 {
            next_item += 1;
            step_texts(writer, &items[next_item - 1], next_item)
        } else {
            [None, None, None]
        };
        let layout = if texts.iter().any(Option::is_some) { Layout::Step } else { Layout::Plain };
        let mut slot = Slot::new(layout, texts, Picture::Part(file, span.start_secs, length));
        let least = slot.min_secs.min(length);
        slot = slot.lasting(length, length).ranked(if layout == Layout::Step { 0 } else { 2 });
        slot.min_secs = least.max(PART_SECS_MIN.min(length));
        (slot.wish_secs, slot.max_secs) = (length, length);
        writer.push(slot);
        done += length;
    }
    for (index, item) in items.iter().enumerate().skip(next_item) {
        let texts = step_texts(writer, item, index + 1);
        writer.push(Slot::new(Layout::Step, texts, Picture::None).lasting(2.5, 4.0).ranked(1));
    }
    writer.statements(2.5);
    writer.end(None);
}

/// The title on a card: the recording begins after it.
fn opening(writer: &mut Writer<'_>) {
    let stills = writer.shown.iter().any(|index| !writer.footage.files[*index].is_moving());
    let Some(text) = writer.head_text().and_then(|text| writer.say(&text)) else { return };
    let (headline, body, _) = super::writer::in_two(&text, CARD);
    let picture = if stills { Picture::Wanted(Want::Best) } else { Picture::None };
    writer.push(Slot::new(Layout::Title, [headline, body, None], picture).lasting(2.2, 3.5).ranked(1));
}

fn step_texts(writer: &Writer<'_>, item: &str, number: usize) -> [Option<String>; 3] {
    let label = Some(format!("{} {number}", writer.phrase(Phrase::Step)));
    let headline = reading::parts(item, CARD).into_iter().next();
    [headline, None, label]
}

/// What is done, in order; parts are merged or cut so that there are enough of them for the items, and not too many.
fn parts(writer: &Writer<'_>) -> Vec<(usize, Span)> {
    let mut spans: Vec<(usize, Span)> = Vec::new();
    for index in &writer.shown {
        let file = &writer.footage.files[*index];
        if file.role == Role::Screen {
            spans.extend(file.stretches.iter().map(|span| (*index, *span)));
        }
    }
    let total: f64 = spans.iter().map(|(_, span)| span.end_secs - span.start_secs).sum();
    let items = writer.understanding.items.len().max(1);
    let most = (total / items as f64 * 1.01).clamp(2.0, PART_SECS_MAX).max(total / PARTS_MAX as f64);
    let mut parts: Vec<(usize, Span)> = Vec::new();
    for (index, span) in spans {
        let length = span.end_secs - span.start_secs;
        let count = (length / most).ceil().max(1.0);
        let piece = length / count;
        let mut start_secs = span.start_secs;
        while span.end_secs - start_secs > piece * 0.5 {
            let end_secs = (start_secs + piece).min(span.end_secs);
            parts.push((index, Span { start_secs, end_secs }));
            start_secs = end_secs;
        }
    }
    let is_long = |part: &(usize, Span)| part.1.end_secs - part.1.start_secs >= PART_SECS_MIN;
    if parts.iter().any(is_long) {
        parts.retain(is_long);
    }
    // The longest are what matters, where there are too many.
    while parts.len() > PARTS_MAX {
        let length = |part: &(usize, Span)| part.1.end_secs - part.1.start_secs;
        let shortest = (0..parts.len()).min_by(|a, b| length(&parts[*a]).total_cmp(&length(&parts[*b])));
        let Some(shortest) = shortest else { break };
        parts.remove(shortest);
    }
    parts
}
