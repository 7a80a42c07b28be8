//! Weddings, birthdays, remembrance, invitations, somebody's words.

use super::super::reading::{self, BODY, HALF_QUOTE, QUOTE};
use super::super::slot::{Picture, Slot};
use super::writer::Writer;
use crate::footage::{Role, Want};
use crate::prompt::{Genre, Phrase};
use crate::{Layout, Tone};

pub(super) fn celebration(writer: &mut Writer<'_>) {
    writer.opening(Layout::Title, Want::Calm);
    if writer.genre() == Genre::Memorial {
        writer.date_under_title();
    }
    writer.items(Layout::LowerThird, 4.0, false);
    words_of_somebody(writer);
    writer.numbers(3.0);
    writer.when(None);
    writer.place();
    let thanks = if writer.genre() == Genre::Memorial { Phrase::TheEnd } else { Phrase::ThankYou };
    let is_named = writer.understanding.title.is_some() || writer.understanding.brand.is_some();
    writer.end(Some(thanks).filter(|_| !is_named));
}

pub(super) fn quote(writer: &mut Writer<'_>) {
    let understanding = writer.understanding;
    let Some(first) = understanding.quoted.first().or(understanding.title.as_ref()) else {
        writer.opening(Layout::Title, Want::Calm);
        writer.items(Layout::Statement, 3.0, false);
        return writer.end(None);
    };
    push_quote(writer, first, 6.0);
    for further in understanding.quoted.iter().skip(1) {
        push_quote(writer, further, 5.0);
    }
    writer.items(Layout::ListItem, 2.5, false);
    let has_logo = writer.footage.with_role(Role::Logo).next().is_some();
    let has_end = understanding.brand.is_some() || understanding.address.is_some();
    if !has_end
        && !has_logo
        && let Some(author) = understanding.author.clone()
    {
        let (name, what) = parted_name(&author);
        let slot = Slot::new(Layout::EndCard, [Some(name), what, None], Picture::None);
        return writer.push(slot.lasting(2.0, 3.5).ranked(2));
    }
    writer.end(None);
}

pub(super) fn invite(writer: &mut Writer<'_>) {
    if writer.shown.len() > 1 {
        let want = if writer.understanding.tone == Some(Tone::Luxury) { Want::Best } else { Want::Motion };
        writer.push(Slot::plain(want).lasting(1.6, 2.5).ranked(4));
    }
    writer.opening(Layout::Title, Want::Any);
    writer.when(None);
    writer.place();
    writer.prices(2.6);
    writer.items(Layout::ListItem, 2.2, false);
    words_of_somebody(writer);
    writer.numbers(2.2);
    writer.end(Some(Phrase::SaveTheDate));
}

/// What stands between quotation marks as a quote: the author's, where there is one.
pub(super) fn words_of_somebody(writer: &mut Writer<'_>) {
    for quoted in &writer.understanding.quoted {
        push_quote(writer, quoted, 4.0);
    }
}

/// A quote, in as many scenes as it takes.
pub(super) fn push_quote(writer: &mut Writer<'_>, text: &str, wish_secs: f64) {
    let Some(text) = writer.say(text) else { return };
    let author = writer.understanding.author.clone().filter(|author| BODY.holds(author));
    // With pictures for it, a long one is told in two breaths.
    let is_long = reading::letters(&text) > HALF_QUOTE.letters && writer.shown.len() > 1;
    let parts = reading::parts(&text, if is_long { HALF_QUOTE } else { QUOTE });
    let count = parts.len();
    for (index, part) in parts.into_iter().enumerate() {
        let body = if index + 1 == count { author.clone() } else { None };
        let slot = Slot::new(Layout::Quote, [Some(part), body, None], Picture::Wanted(Want::Calm));
        writer.push(slot.lasting(wish_secs, 9.0).ranked(0));
    }
}

/// `Maria, bakery owner` in two.
pub(super) fn parted_name(author: &str) -> (String, Option<String>) {
    match author.split_once(',') {
        Some((name, what)) if !name.trim().is_empty() && !what.trim().is_empty() => {
            (name.trim().to_owned(), Some(what.trim().to_owned()))
        }
        _ => (author.trim().to_owned(), None),
    }
}
