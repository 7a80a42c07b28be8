//! Puts what a prompt says into scenes, each thing once.

use super::super::reading::{self, BODY, CARD, HOOK, LABEL};
use super::super::slot::{Picture, Slot};
use crate::footage::{Footage, Role, Want, name_words};
use crate::prompt::{Genre, ItemKind, Pace, Phrase, Price, Understanding, phrase};
use crate::{Brief, Layout};

/// Most items of a list that are shown.
const ITEMS_MAX: usize = 30;

/// The last card stands for this long, in seconds (research 1.6).
const END_SECS_MIN: f64 = 2.0;
/// And not longer, in seconds, but where its words need it.
const END_SECS_MAX: f64 = 3.5;

/// Puts what a prompt says into scenes, each thing once.
pub(super) struct Writer<'a> {
    pub(super) brief: &'a Brief,
    pub(super) understanding: &'a Understanding,
    pub(super) footage: &'a Footage,
    pub(super) pace: Pace,
    /// Files that scenes can show in full.
    pub(super) shown: Vec<usize>,
    slots: Vec<Slot>,
    said: Vec<String>,
}

impl<'a> Writer<'a> {
    pub(super) fn new(brief: &'a Brief, understanding: &'a Understanding, footage: &'a Footage) -> Self {
        let mut writer = Self {
            brief,
            understanding,
            footage,
            pace: understanding.genre.pace(),
            shown: footage.shown(),
            slots: Vec::new(),
            said: Vec::new(),
        };
        // What the last card says is not said before as somebody's words.
        let kept = [&understanding.call_to_action, &understanding.address, &understanding.coupon];
        writer.said.extend(kept.into_iter().flatten().map(|text| bare(text)));
        writer
    }

    pub(super) fn into_slots(self) -> Vec<Slot> {
        self.slots
    }

    pub(super) fn push(&mut self, slot: Slot) {
        self.slots.push(slot);
    }

    pub(super) fn phrase(&self, which: Phrase) -> String {
        phrase(&self.understanding.language, which).to_owned()
    }

    /// Returns the text, once.
    pub(super) fn say(&mut self, text: &str) -> Option<String> {
        let bare = bare(text);
        if bare.is_empty() || self.said.contains(&bare) {
            return None;
        }
        self.said.push(bare);
        Some(text.trim().to_owned())
    }

    pub(super) fn has_said(&self, text: &str) -> bool {
        self.said.contains(&bare(text))
    }

    /// What the video is about, in the prompt's words; a file's name where there are neither words nor pictures.
    pub(super) fn head_text(&self) -> Option<String> {
        let understanding = self.understanding;
        let quoted = understanding.quoted.iter().find(|text| !self.has_said(text));
        // A name alone promises nothing: a sentence of the maker's does, and the name stands over it.
        let is_name = understanding.title.as_ref().map(|title| bare(title))
            == understanding.brand.as_ref().map(|brand| bare(brand));
        let promise = quoted.filter(|quoted| is_name && CARD.holds(quoted));
        let texts = [promise, understanding.title.as_ref(), quoted, understanding.brand.as_ref()];
        let texts = texts.into_iter().chain([understanding.names.first(), understanding.place.as_ref()]);
        let found = texts.flatten().find(|text| !bare(text).is_empty()).cloned();
        let has_others = !understanding.items.is_empty() || !understanding.prices.is_empty();
        if found.is_some() || !self.shown.is_empty() || has_others {
            return found;
        }
        let heard = self.footage.with_role(Role::Music).chain(self.footage.with_role(Role::Voice)).next()?;
        let name = name_words(self.brief.assets[heard].source.key());
        (!bare(&name).is_empty()).then_some(name)
    }

    /// The first scene: what it is about over the liveliest shot.
    pub(super) fn opening(&mut self, layout: Layout, want: Want) {
        let (wish, most) = (self.pace.hook_secs, self.pace.shot_max_secs.max(3.0));
        let Some(text) = self.head_text() else {
            if !self.shown.is_empty() {
                self.push(Slot::plain(want).lasting(wish, most).ranked(0));
            }
            return;
        };
        let kicker = self.understanding.brand.clone().filter(|brand| !bare(&text).contains(&bare(brand)));
        let text = self.say(&text).unwrap_or(text);
        let kicker = kicker.filter(|brand| LABEL.holds(brand)).and_then(|brand| self.say(&brand));
        let (layout, room) = match layout {
            Layout::Hook if !HOOK.holds(&text) => (Layout::Title, CARD),
            Layout::Hook => (layout, HOOK),
            other => (other, CARD),
        };
        let (headline, body, rest) = in_two(&text, room);
        let slot = Slot::new(layout, [headline, body, kicker], Picture::Wanted(want));
        self.push(slot.lasting(wish, most).ranked(0));
        for part in rest {
            self.push(self.card(Layout::Statement, part, 1));
        }
    }

    /// A sentence on a card of one colour.
    fn card(&self, layout: Layout, text: String, rank: u8) -> Slot {
        let slot = Slot::new(layout, [Some(text), None, None], Picture::None);
        slot.lasting(self.pace.shot_median_secs, 4.0).ranked(rank)
    }

    /// The items of a list, one scene each; numbered ones where `numbers`.
    pub(super) fn items(&mut self, layout: Layout, wish_secs: f64, numbers: bool) {
        let understanding = self.understanding;
        for (index, item) in understanding.items.iter().take(ITEMS_MAX).enumerate() {
            let number = index + 1;
            let label = if numbers { Some(self.number_label(layout, number)) } else { None };
            if let Some(price) = understanding.prices.iter().find(|price| is_price_of(price, item)) {
                self.item_with_price(item, price, wish_secs);
                continue;
            }
            let Some(text) = self.say(item) else { continue };
            self.item(layout, &text, (label, wish_secs));
        }
        let count = understanding.item_count.unwrap_or(0).min(20);
        if understanding.items.is_empty() && numbers {
            for number in 1..=count as usize {
                let label = Some(self.number_label(layout, number));
                let slot = Slot::new(layout, [None, None, label], Picture::Wanted(Want::Any));
                self.push(slot.lasting(wish_secs, wish_secs * 1.6).ranked(1));
            }
        }
    }

    fn item(&mut self, layout: Layout, text: &str, (label, wish_secs): (Option<String>, f64)) {
        let (headline, body, rest) = match reading::head_and_rest(text) {
            Some((head, rest)) => {
                let mut parts = reading::parts(rest, BODY).into_iter();
                (Some(head.to_owned()), parts.next(), parts.collect())
            }
            None => in_two(text, CARD),
        };
        let slot = Slot::new(layout, [headline, body, label.clone()], Picture::Wanted(Want::Any));
        self.push(slot.lasting(wish_secs, wish_secs * 1.6).ranked(1));
        for part in rest {
            let slot = Slot::new(layout, [Some(part), None, label.clone()], Picture::Wanted(Want::Any));
            self.push(slot.lasting(0.0, wish_secs * 1.6).ranked(2));
        }
    }

    /// `Pro $9`: the price is the largest word.
    fn item_with_price(&mut self, item: &str, price: &Price, wish_secs: f64) {
        self.say(&price.amount);
        self.say(item);
        let what = item.replacen(&price.amount, "", 1);
        let what = what.trim().trim_matches([',', ':', '-', '–', '(', ')']).trim().to_owned();
        let texts =
            [Some(price.amount.clone()), price.was.clone(), Some(what).filter(|what| LABEL.holds(what))];
        let slot = Slot::new(Layout::Price, texts, Picture::Wanted(Want::Any));
        self.push(slot.lasting(wish_secs, wish_secs * 1.6).ranked(1));
    }

    fn number_label(&self, layout: Layout, number: usize) -> String {
        match (layout, self.understanding.item_kind) {
            (Layout::Step, _) => format!("{} {number}", self.phrase(Phrase::Step)),
            (Layout::LowerThird, ItemKind::Tip) => format!("{} {number}", self.phrase(Phrase::Tip)),
            _ => number.to_string(),
        }
    }

    /// What stands between quotation marks and is not said yet.
    pub(super) fn statements(&mut self, wish_secs: f64) {
        for (index, quoted) in self.understanding.quoted.iter().enumerate() {
            let Some(text) = self.say(quoted) else { continue };
            let parts = reading::parts(&text, CARD);
            for part in parts {
                let on_shot = index % 2 == 0 && HOOK.holds(&part) && !self.shown.is_empty();
                let slot = if on_shot {
                    Slot::new(Layout::Hook, [Some(part), None, None], Picture::Wanted(Want::Any))
                } else {
                    Slot::new(Layout::Statement, [Some(part), None, None], Picture::None)
                };
                self.push(slot.lasting(wish_secs, 4.0).ranked(1));
            }
        }
    }

    /// Numbers and what they count.
    pub(super) fn numbers(&mut self, wish_secs: f64) {
        for fact in &self.understanding.numbers {
            let is_price = self.understanding.prices.iter().any(|price| price.amount.contains(&fact.value));
            let Some(value) = self.say(&fact.value).filter(|value| CARD.holds(value) && !is_price) else {
                continue;
            };
            let what = Some(fact.what.clone()).filter(|what| BODY.holds(what));
            let slot = Slot::new(Layout::Number, [Some(value), what, None], Picture::Wanted(Want::Calm));
            self.push(slot.lasting(wish_secs, 4.5).ranked(2));
        }
    }

    /// Prices, or what is taken off them: the most important shot.
    pub(super) fn prices(&mut self, wish_secs: f64) {
        let understanding = self.understanding;
        let unnamed = understanding.prices.iter().filter(|price| price.what.is_none()).count();
        // A discount names a price that has no other name; others stand for themselves, first.
        let (alone, naming) =
            understanding.discounts.split_at(understanding.discounts.len().saturating_sub(unnamed));
        for discount in alone {
            let Some(text) = self.say(discount) else { continue };
            let until = understanding.dates.first().filter(|date| LABEL.holds(date));
            let until = until.and_then(|date| self.say(date));
            let slot = Slot::new(Layout::Price, [Some(text), None, until], Picture::Wanted(Want::Best));
            self.push(slot.lasting(wish_secs, 4.5).ranked(1));
        }
        let mut naming = naming.iter();
        for price in &understanding.prices {
            let Some(amount) = self.say(&price.amount) else { continue };
            let what = price.what.clone().or_else(|| naming.next().and_then(|text| self.say(text)));
            let texts = [Some(amount), price.was.clone(), what.filter(|what| LABEL.holds(what))];
            let slot = Slot::new(Layout::Price, texts, Picture::Wanted(Want::Best));
            self.push(slot.lasting(wish_secs, 4.5).ranked(1));
        }
    }

    /// A code to type in.
    pub(super) fn coupon(&mut self) {
        let Some(coupon) = self.understanding.coupon.clone().filter(|coupon| CARD.holds(coupon)) else {
            return;
        };
        let label = Some(self.phrase(Phrase::Code));
        let slot = Slot::new(Layout::Statement, [Some(coupon), None, label], Picture::None);
        self.push(slot.lasting(2.5, 4.0).ranked(1));
    }

    /// Date and time.
    pub(super) fn when(&mut self, label: Option<String>) {
        let understanding = self.understanding;
        let date = understanding.dates.first().and_then(|date| self.say(date));
        let time = understanding.times.first().and_then(|time| self.say(time));
        let (headline, body) = if date.is_some() { (date, time) } else { (time, None) };
        if headline.as_ref().is_some_and(|text| CARD.holds(text)) {
            let slot = Slot::new(Layout::Number, [headline, body, label], Picture::Wanted(Want::Calm));
            self.push(slot.lasting(2.5, 4.5).ranked(1));
        }
    }

    /// The date as the second line of the title that was just written.
    pub(super) fn date_under_title(&mut self) {
        let date = self.understanding.dates.first().filter(|date| BODY.holds(date));
        let Some(title) =
            self.slots.last().filter(|slot| slot.layout == Layout::Title && slot.body.is_none())
        else {
            return;
        };
        let (texts, picture) =
            ([title.headline.clone(), date.cloned(), title.label.clone()], title.picture.clone());
        let (wish, most) = (title.wish_secs, title.max_secs);
        let Some(date) = date else { return };
        self.say(date);
        self.slots.pop();
        self.push(Slot::new(Layout::Title, texts, picture).lasting(wish, most).ranked(0));
    }

    /// Where it is.
    pub(super) fn place(&mut self) {
        let Some(place) = self.understanding.place.clone().and_then(|place| self.say(&place)) else { return };
        let (headline, body, _) = in_two(&place, CARD);
        let slot = Slot::new(Layout::LowerThird, [headline, body, None], Picture::Wanted(Want::Any));
        self.push(slot.lasting(2.5, 4.5).ranked(2));
    }

    /// Brand, call to action, address; `otherwise` where the prompt has no call.
    pub(super) fn end(&mut self, otherwise: Option<Phrase>) {
        let understanding = self.understanding;
        let title = understanding.title.as_ref().filter(|title| HOOK.holds(title));
        let brand = understanding.brand.as_ref().filter(|brand| CARD.holds(brand));
        let mut headline = brand.or(title).or(understanding.names.first()).cloned();
        let address = understanding.address.as_ref().or_else(|| understanding.hashtags.first());
        let code =
            understanding.coupon.as_ref().map(|coupon| format!("{} {coupon}", self.phrase(Phrase::Code)));
        let body = address.cloned().or(code).filter(|body| BODY.holds(body));
        let call = understanding.call_to_action.clone().filter(|call| CARD.holds(call));
        let is_own = headline.is_some() || call.is_some() || body.is_some();
        let mut label = call.or_else(|| otherwise.map(|which| self.phrase(which)));
        if headline.is_none() {
            headline = label.take();
        }
        let logo = self.footage.with_role(Role::Logo).next();
        let picture = logo.map_or(Picture::None, Picture::Logo);
        let slot = shortened_end([headline, body, label], understanding, picture);
        if slot.has_words() || logo.is_some() {
            let least = slot.min_secs.max(END_SECS_MIN);
            let mut slot =
                slot.lasting(2.6, END_SECS_MAX).ranked(if is_own || logo.is_some() { 0 } else { 3 });
            slot.min_secs = least;
            self.push(slot);
        }
    }

    /// The most important shot, where no price takes its place.
    pub(super) fn hero(&mut self) {
        let has_price = self.slots.iter().any(|slot| slot.layout == Layout::Price);
        if !self.shown.is_empty() && !has_price && self.shown.len() > 1 {
            let most = self.pace.shot_max_secs;
            self.push(Slot::plain(Want::Best).lasting(most * 0.8, most).ranked(4));
        }
    }

    pub(super) fn genre(&self) -> Genre {
        self.understanding.genre
    }
}

/// A first line, a second one, and what is too much for both.
pub(super) fn in_two(text: &str, room: reading::Room) -> (Option<String>, Option<String>, Vec<String>) {
    let mut parts = reading::parts(text, room).into_iter();
    let headline = parts.next();
    let rest: Vec<String> = parts.collect();
    match rest.as_slice() {
        [] => (headline, None, rest),
        [second] if BODY.holds(second) => (headline, Some(second.clone()), Vec::new()),
        _ => (headline, None, rest),
    }
}

fn is_price_of(price: &Price, item: &str) -> bool {
    holds_word(item, &price.amount) || price.what.as_ref().is_some_and(|what| bare(what) == bare(item))
}

/// The last card, with only as many words as can be read while it stands: what the prompt does not say goes first, then
/// what was said before.
fn shortened_end(texts: [Option<String>; 3], understanding: &Understanding, picture: Picture) -> Slot {
    let [mut headline, mut body, mut label] = texts;
    let is_long = |headline: &Option<String>, body: &Option<String>, label: &Option<String>| {
        let texts = [headline.clone(), body.clone(), label.clone()];
        Slot::new(Layout::EndCard, texts, Picture::None).min_secs > END_SECS_MAX
    };
    if is_long(&headline, &body, &label) && understanding.call_to_action.is_none() {
        label = None;
    }
    if is_long(&headline, &body, &label) && understanding.brand.is_none() && body.is_some() {
        headline = body.take();
    }
    if is_long(&headline, &body, &label) && understanding.address.is_none() {
        body = None;
    }
    Slot::new(Layout::EndCard, [headline, body, label], picture)
}

/// Says whether a text has another in it, not as a part of a longer word.
fn holds_word(text: &str, word: &str) -> bool {
    let Some(at) = text.find(word).filter(|_| !bare(word).is_empty()) else { return false };
    let (before, after) = (text[..at].chars().next_back(), text[at + word.len()..].chars().next());
    [before, after].into_iter().flatten().all(char::is_whitespace)
}

/// Letters and digits alone, small: by which texts are told apart.
pub(in crate::planner) fn bare(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
