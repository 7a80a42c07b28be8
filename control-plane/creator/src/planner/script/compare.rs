//! One beside another, and what was before what is.

use super::super::reading::LABEL;
use super::super::slot::{Picture, Slot};
use super::writer::Writer;
use crate::Layout;
use crate::footage::{Want, name_parts};
use crate::prompt::Phrase;

/// Most pairs side by side.
const PAIRS_MAX: usize = 3;
/// Most shots of one half.
const HALF_SHOTS_MAX: usize = 8;

/// One beside another: the first half of the files and the second.
pub(super) fn write(writer: &mut Writer<'_>) {
    writer.opening(Layout::Hook, Want::Motion);
    let names: Vec<String> =
        writer.understanding.items.iter().filter(|item| LABEL.holds(item)).cloned().collect();
    let files = writer.shown.clone();
    if files.len() >= 2 && names.len() == 2 && writer.understanding.prices.is_empty() {
        let half = files.len() / 2;
        for pair in 0..half.min(PAIRS_MAX) {
            let texts = [None, Some(names[1].clone()), Some(names[0].clone())];
            let slot = Slot::new(Layout::Split, texts, Picture::Files(vec![files[pair], files[half + pair]]));
            writer.push(slot.lasting(4.0, 6.0).ranked(1));
        }
        writer.say(&names[0]);
        writer.say(&names[1]);
    }
    writer.items(Layout::ListItem, 3.4, false);
    writer.prices(3.0);
    writer.numbers(3.0);
    writer.statements(2.5);
    writer.end(None);
}

/// Before and after: told by the names of the files, else the first half and the second.
pub(super) fn write_before_after(writer: &mut Writer<'_>) {
    let (before, after) = halves(writer);
    let names = [Some(writer.phrase(Phrase::Before)), Some(writer.phrase(Phrase::After))];
    let [before_name, after_name] = names;
    let pair = Picture::Files(vec![before[0], after[0]]);
    let split = |wish: f64| {
        let texts = [None, after_name.clone(), before_name.clone()];
        Slot::new(Layout::Split, texts, pair.clone()).lasting(wish, 5.0)
    };
    let text = writer.head_text();
    if let Some(text) = text.and_then(|text| writer.say(&text)) {
        let (headline, body, _) = super::writer::in_two(&text, super::super::reading::CARD);
        writer.push(
            Slot::new(Layout::Title, [headline, body, None], Picture::None).lasting(1.8, 3.0).ranked(2),
        );
    }
    if before.len() + after.len() > 2 {
        writer.push(split(3.0).ranked(0));
    }
    half(writer, &before, (&before_name, false), 2.5);
    half(writer, &after, (&after_name, true), 3.0);
    writer.push(split(3.0).ranked(if before.len() + after.len() > 2 { 3 } else { 0 }));
    writer.statements(2.5);
    writer.numbers(2.5);
    writer.prices(3.0);
    writer.end(None);
}

/// The shots of one half, the first with its name.
fn half(writer: &mut Writer<'_>, files: &[usize], (name, is_turn): (&Option<String>, bool), wish_secs: f64) {
    for (index, file) in files.iter().take(HALF_SHOTS_MAX).enumerate() {
        let texts = if index == 0 { [name.clone(), None, None] } else { [None, None, None] };
        let layout = if index == 0 { Layout::LowerThird } else { Layout::Plain };
        let slot = Slot::new(layout, texts, Picture::Files(vec![*file])).lasting(wish_secs, 5.0);
        let rank = if index == 0 { 1 } else { 4 };
        let slot = slot.ranked(rank);
        writer.push(if index == 0 && is_turn { slot.turning() } else { slot });
    }
}

fn halves(writer: &Writer<'_>) -> (Vec<usize>, Vec<usize>) {
    let has = |index: usize, names: &[&str]| {
        let words = name_parts(writer.brief.assets[index].source.key());
        words.iter().any(|word| names.iter().any(|name| word.starts_with(name)))
    };
    let shown = &writer.shown;
    let is_before = |index: &usize| has(*index, &["before", "vorher", "avant", "antes", "old"]);
    let is_after = |index: &usize| has(*index, &["after", "nachher", "apres", "después", "despues", "new"]);
    let (before, after): (Vec<usize>, Vec<usize>) =
        (shown.iter().copied().filter(is_before).collect(), shown.iter().copied().filter(is_after).collect());
    let is_told =
        !before.is_empty() && !after.is_empty() && before.iter().all(|index| !after.contains(index));
    if is_told {
        return (before, after);
    }
    let middle = shown.len() / 2;
    (shown[..middle].to_vec(), shown[middle..].to_vec())
}
