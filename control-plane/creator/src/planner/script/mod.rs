//! Which scenes a genre has, and which words each shows; files are chosen later.

mod compare;
mod genres;
mod people;
mod screen;
mod talk;
mod writer;

use super::slot::{Picture, Slot};
use crate::footage::{Footage, Want};
use crate::prompt::{Genre, Understanding};
use crate::{Brief, Layout};
use writer::Writer;
pub(super) use writer::bare;

/// Returns the scenes that carry words or have a place of their own; shots without words come between them later.
pub(super) fn script(brief: &Brief, understanding: &Understanding, footage: &Footage) -> Vec<Slot> {
    let mut writer = Writer::new(brief, understanding, footage);
    write(&mut writer);
    let slots = writer.into_slots();
    if understanding.wishes.no_text {
        return without_words(slots, !footage.shown().is_empty());
    }
    if footage.shown().is_empty() {
        let mut cards: Vec<Slot> = slots.into_iter().filter_map(Slot::into_card).collect();
        if let Some(first) = cards.first_mut().filter(|first| first.layout == Layout::Statement) {
            first.layout = Layout::Title;
        }
        return cards;
    }
    slots
}

fn write(writer: &mut Writer<'_>) {
    if screen::is_wanted(writer) {
        return screen::write(writer);
    }
    if writer.understanding.wishes.before_after && writer.shown.len() >= 2 {
        return compare::write_before_after(writer);
    }
    match writer.understanding.genre {
        Genre::Teaser => genres::teaser(writer),
        Genre::Sale => genres::sale(writer),
        Genre::AppDemo => genres::app_demo(writer),
        Genre::Recap => genres::recap(writer),
        Genre::Wedding | Genre::Memorial => people::celebration(writer),
        Genre::Listing => genres::listing(writer),
        Genre::Recipe | Genre::HowTo | Genre::ScreenGuide => genres::steps(writer),
        Genre::Listicle => genres::listicle(writer),
        Genre::Quote => people::quote(writer),
        Genre::Testimonial => talk::write(writer),
        Genre::Sports | Genre::Music => genres::hype(writer),
        Genre::Invite => people::invite(writer),
        Genre::Announcement => genres::announcement(writer),
        Genre::News => genres::news(writer),
        Genre::Compare => compare::write(writer),
        Genre::General => genres::general(writer),
    }
}

/// Shots alone, and the logo.
fn without_words(slots: Vec<Slot>, has_pictures: bool) -> Vec<Slot> {
    let mut kept: Vec<Slot> = Vec::new();
    for mut slot in slots {
        let stays = match slot.picture {
            Picture::Files(_) | Picture::Part(..) | Picture::Several(_) | Picture::Logo(_) => true,
            Picture::Wanted(_) | Picture::None => false,
        };
        if stays {
            (slot.headline, slot.body, slot.label) = (None, None, None);
            if !matches!(slot.layout, Layout::Split | Layout::Gallery | Layout::EndCard) {
                slot.layout = Layout::Plain;
            }
            slot.min_secs = 0.0;
            kept.push(slot);
        }
    }
    let opens = kept.first().is_none_or(|first| matches!(first.picture, Picture::Logo(_)));
    if opens && has_pictures {
        kept.insert(0, Slot::plain(Want::Motion).ranked(0));
    }
    kept
}
