//! The order in which a prompt is read: what is certain first, masked for whoever reads next.

use std::ops::Range;

use super::quotes::{Quote, Role, pieces, quotes};
use super::text::{MASK, SOFT_MASK, after, even_from_prompt, mask, shown};
use super::votes::Ballot;
use super::{
    Genre, ItemKind, Understanding, Wishes, action, aspect, calendar, contact, duration, file_parts,
    language, lists, money, names, numbers, title, wishes,
};
use crate::PaletteBase;

/// Most quotes to show.
const QUOTED_MAX: usize = 20;

/// Reads a prompt.
pub(super) fn read(prompt: &str) -> Understanding {
    let whole = even_from_prompt(prompt);
    let quotes = quotes(&whole);
    let mut open = whole.clone();
    take(&mut open, quotes.iter().map(|quote| quote.range.clone()), MASK);
    let (parts, part_ranges) = file_parts::file_parts(&open);
    take(&mut open, part_ranges.into_iter(), SOFT_MASK);
    let contacts = contact::contacts(&open);
    take(&mut open, contacts.ranges.iter().cloned(), MASK);
    let ballot = Ballot::of(&open);
    let shapes = aspect::aspects(&open);
    take(&mut open, shapes.ranges.iter().cloned(), SOFT_MASK);
    let length = duration::length(&open);
    // Lengths, dates and money leave a rest of which headlines, lists and names are made.
    let mut rest = open.clone();
    take(&mut rest, length.ranges.iter().cloned(), SOFT_MASK);
    let dates = calendar::dates(&rest);
    take(&mut rest, dates.iter().cloned(), MASK);
    let times = calendar::times(&rest);
    take(&mut rest, times.iter().cloned(), MASK);
    let money = money::money(&rest);
    take(&mut rest, money.ranges.iter().cloned(), MASK);
    let texts = |ranges: Vec<Range<usize>>| ranges.into_iter().map(|range| shown(&whole[range])).collect();
    let mut understanding = Understanding {
        duration_secs: length.secs,
        duration_cap_secs: length.cap_secs,
        aspects: shapes.aspects,
        language: language::language(&whole).to_owned(),
        genre: genre(&ballot, &quotes, &open, &money),
        tone: ballot.tone(),
        prices: money.prices,
        discounts: money.discounts,
        coupon: money.coupon,
        dates: texts(dates),
        times: texts(times),
        address: contacts.address,
        hashtags: contacts.hashtags,
        call_to_action: action::call_to_action(&rest),
        accent: contacts.hex_colour.or_else(|| wishes::accent(&open)),
        palette: wishes::palette(&ballot),
        wishes: wishes::wishes(&open, &ballot),
        parts,
        ..nothing()
    };
    let headline = read_list(&mut understanding, &mut rest);
    read_quotes(&mut understanding, &quotes, &whole);
    read_names(&mut understanding, &rest, headline);
    if let Some(place) =
        understanding.place.as_deref().and_then(|place| Some((rest.find(place)?, place.len())))
    {
        mask(&mut rest, place.0..place.0 + place.1, MASK);
    }
    understanding.numbers = numbers::numbers(&rest, understanding.genre == Genre::Sports);
    keep_own_words(&mut understanding, &whole);
    understanding
}

/// What is understood of an empty prompt.
fn nothing() -> Understanding {
    Understanding {
        duration_secs: None,
        duration_cap_secs: None,
        aspects: Vec::new(),
        language: "en".to_owned(),
        genre: Genre::General,
        tone: None,
        quoted: Vec::new(),
        title: None,
        items: Vec::new(),
        item_kind: ItemKind::Other,
        item_count: None,
        prices: Vec::new(),
        discounts: Vec::new(),
        coupon: None,
        dates: Vec::new(),
        times: Vec::new(),
        place: None,
        address: None,
        hashtags: Vec::new(),
        brand: None,
        names: Vec::new(),
        author: None,
        call_to_action: None,
        numbers: Vec::new(),
        accent: None,
        parts: Vec::new(),
        palette: PaletteBase::Auto,
        wishes: Wishes::default(),
    }
}

fn take(text: &mut String, ranges: impl Iterator<Item = Range<usize>>, with: char) {
    for range in ranges {
        mask(text, range, with);
    }
}

/// Returns the list's own headline.
fn read_list(understanding: &mut Understanding, rest: &mut String) -> Option<String> {
    let genre = understanding.genre;
    let list = lists::list(rest, genre);
    understanding.item_kind = list.kind.unwrap_or_else(|| kind_of_genre(genre));
    let found = || u32::try_from(list.items.len()).ok().filter(|&count| count > 0);
    understanding.item_count = list.count.or_else(found);
    understanding.items = list.items;
    take(rest, list.range.into_iter(), MASK);
    list.headline
}

/// Leaves out what is not of the prompt's own words: where masks stand within a text, its ends do not belong together.
fn keep_own_words(understanding: &mut Understanding, whole: &str) {
    let said = whole.replace('\n', " ").to_lowercase();
    let own = |text: &String| !text.contains([MASK, SOFT_MASK]) && said.contains(&text.to_lowercase());
    let it = understanding;
    let lists = [
        &mut it.quoted,
        &mut it.items,
        &mut it.discounts,
        &mut it.dates,
        &mut it.times,
        &mut it.hashtags,
        &mut it.names,
    ];
    for list in lists {
        list.retain(own);
    }
    let lone = [
        &mut it.title,
        &mut it.coupon,
        &mut it.place,
        &mut it.address,
        &mut it.brand,
        &mut it.author,
        &mut it.call_to_action,
    ];
    for text in lone {
        *text = text.take().filter(own);
    }
    it.prices.retain(|price| own(&price.amount));
    for price in &mut it.prices {
        price.was = price.was.take().filter(own);
        price.what = price.what.take().filter(own);
    }
    it.numbers.retain(|fact| own(&fact.value) && own(&fact.what));
}

/// A quote with its author is one even where the word is not said.
fn genre(ballot: &Ballot, quotes: &[Quote], open: &str, money: &money::Money) -> Genre {
    let voted = ballot.genre();
    let cheaper = !money.discounts.is_empty() || money.coupon.is_some();
    if cheaper && matches!(voted, Genre::General | Genre::Teaser | Genre::Announcement) {
        return Genre::Sale;
    }
    let played =
        ["match", "game", "derby", "tournament*", "season", "league", "spiel", "fußball*", "partido", "試合"];
    if voted == Genre::Recap && played.iter().any(|stem| ballot.holds(stem)) {
        return Genre::Sports;
    }
    let words: Vec<&Quote> = quotes.iter().filter(|quote| quote.role == Role::Words).collect();
    let authored =
        || words.iter().any(|quote| names::author_after_quote(after(open, quote.range.end, 80)).is_some());
    if voted == Genre::General && words.len() == 1 && authored() { Genre::Quote } else { voted }
}

fn kind_of_genre(genre: Genre) -> ItemKind {
    match genre {
        Genre::Recipe | Genre::HowTo | Genre::ScreenGuide => ItemKind::Step,
        Genre::Listicle => ItemKind::Tip,
        Genre::AppDemo => ItemKind::Feature,
        _ => ItemKind::Other,
    }
}

fn read_quotes(understanding: &mut Understanding, quotes: &[Quote], whole: &str) {
    for quote in quotes {
        let slot = match quote.role {
            Role::Words => None,
            Role::Title => Some(&mut understanding.title),
            // A song's name is what it is about; who plays it is the brand.
            Role::Name if understanding.genre == Genre::Music => Some(&mut understanding.title),
            Role::Name => Some(&mut understanding.brand),
            Role::CallToAction => Some(&mut understanding.call_to_action),
            Role::Code => Some(&mut understanding.coupon),
        };
        let short = quote.text.chars().count() <= 60;
        match slot {
            // What is quoted is meant more than what is guessed, but the first of two stands.
            Some(slot) if short && (slot.is_none() || quote.role == Role::CallToAction) => {
                *slot = Some(quote.text.clone());
            }
            _ => understanding.quoted.extend(pieces(&quote.text)),
        }
        if quote.role == Role::Words && understanding.author.is_none() {
            let tail = after(whole, quote.range.end, 80);
            let said = matches!(understanding.genre, Genre::Testimonial | Genre::Quote);
            let bare = || {
                said.then(|| format!("– {}", tail.trim_start()))
                    .and_then(|tail| names::author_after_quote(&tail))
            };
            understanding.author = names::author_after_quote(tail).or_else(bare);
        }
    }
    understanding.quoted.truncate(QUOTED_MAX);
}

/// Beginnings of headlines of what has a name.
const OURS: [&str; 8] = ["Our ", "My ", "Unser", "Notre ", "Nos ", "Nuestr", "Mein", "Mon "];

fn read_names(understanding: &mut Understanding, rest: &str, headline: Option<String>) {
    let genre = understanding.genre;
    understanding.names = names::names(rest, &understanding.language, genre);
    let called = understanding.brand.clone();
    let brand = names::brand(rest, genre, &understanding.language);
    understanding.brand = understanding.brand.take().or(brand);
    if genre == Genre::Testimonial && understanding.author.is_none() && understanding.quoted.is_empty() {
        understanding.author = names::author_of_testimonial(rest);
    }
    let title = title::title(rest, &understanding.language, genre);
    // "Our bakery" says less than what it is called.
    let vague = |title: &String| OURS.iter().any(|ours| title.starts_with(ours));
    let title = match called {
        Some(called) if title.as_ref().is_none_or(vague) => Some(called),
        _ => title,
    };
    let title = understanding.title.take().or(headline).or(title);
    // A testimonial is not headed by who gives it.
    let author = understanding.author.as_deref().unwrap_or_default();
    understanding.title = title.filter(|title| author.is_empty() || !author.starts_with(title.as_str()));
    understanding.place = names::place(rest, genre, understanding.title.as_deref());
    if understanding.brand.is_some() && understanding.brand == understanding.place {
        understanding.brand = None;
    }
    if genre == Genre::Testimonial
        && understanding.brand.is_some()
        && author.starts_with(understanding.brand.as_deref().unwrap_or_default())
    {
        understanding.brand = None;
    }
}
