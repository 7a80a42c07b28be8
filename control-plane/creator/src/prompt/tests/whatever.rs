//! Any text at all can be a prompt: what holds whatever it says.

use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::of;
use crate::prompt::Understanding;
use crate::prompt::text::even_from_prompt;

fn texts(it: &Understanding) -> Vec<&String> {
    let lists = [&it.quoted, &it.items, &it.discounts, &it.dates, &it.times, &it.hashtags, &it.names];
    let lone = [&it.title, &it.coupon, &it.place, &it.address, &it.brand, &it.author, &it.call_to_action];
    let prices =
        it.prices.iter().flat_map(|price| [Some(&price.amount), price.was.as_ref(), price.what.as_ref()]);
    let numbers = it.numbers.iter().flat_map(|fact| [&fact.value, &fact.what]);
    let lone = lone.into_iter().flatten();
    lists.into_iter().flatten().chain(lone).chain(prices.flatten()).chain(numbers).collect()
}

/// Asserts that nothing is shown that the prompt does not say, and that every list is bounded.
#[track_caller]
fn assert_of_its_own_words(prompt: &str) {
    let it = of(prompt);
    let flat = even_from_prompt(prompt).replace('\n', " ");
    let lower = flat.to_lowercase();
    for text in texts(&it) {
        assert!(lower.contains(&text.to_lowercase()), "{text:?} of {flat:?}");
        assert!(!text.contains(['\u{1}', '\u{2}', '\n']), "{text:?}");
        assert!(text.chars().count() <= 2_400, "{text:?}");
    }
    assert!(it.quoted.len() <= 20 && it.quoted.iter().all(|quote| quote.chars().count() <= 140));
    assert!(it.items.len() <= 20 && it.items.iter().all(|item| item.chars().count() <= 90));
    assert!(it.title.iter().all(|title| title.chars().count() <= 60), "{:?}", it.title);
    let lengths = [it.duration_secs, it.duration_cap_secs];
    assert!(lengths.into_iter().flatten().all(|secs| secs > 0.0 && secs.is_finite()));
}

/// Pieces that scanners look for.
#[rustfmt::skip]
const WORDS: &[&str] = &[
    "Create a", "20", "second", "video", "for", "Acme", "\"", "“", "”", "'", "「", "」", ",", ".", ":", "\n- ",
    "\n1. ", " – ", "€12", "$9", "was", "now", "30% off", "code", "SAVE20", "@me", "#tag", "#ff0000",
    "a.example", "0316 123456", "Fri", "8pm", "3 March", "5 tips", "in", "Graz", "動画", "秒", "、", "特徴：", "é",
    "🎬", "İ", "ß", "\u{1}", "\u{2}", "ar", "by", "Title:", "features", "and", "first", "then", "finally", "of",
    "Ｐ", "１５",
];

/// Pieces of prompts in an order that makes no sense.
fn salad() -> impl Strategy<Value = String> {
    let words = prop::sample::select(WORDS);
    prop::collection::vec((words, prop::sample::select(vec!["", " "])), 0..40)
        .prop_map(|parts| parts.into_iter().flat_map(|(word, gap)| [word, gap]).collect())
}

proptest! {
    #[test]
    fn any_text_is_understood_in_its_own_words(prompt in any::<String>()) {
        assert_of_its_own_words(&prompt);
    }

    #[test]
    fn any_order_of_words_is_understood_in_its_own_words(prompt in salad()) {
        assert_of_its_own_words(&prompt);
    }
}

#[test]
fn a_very_long_prompt_is_read_in_linear_time() {
    // Generous: a quadratic scanner needs minutes for these.
    let bound = Duration::from_secs(5);
    for piece in [
        "\"a",
        "a ",
        "€1 ",
        "「",
        "1. x\n",
        "Acme, ",
        "for A ",
        "é",
        "@a",
        "12:00 ",
        "20 second video, ",
        "– ",
        "3 3 3 ",
    ] {
        let prompt = piece.repeat(100_000 / piece.len());
        let start = Instant::now();
        assert_of_its_own_words(&prompt);
        assert!(start.elapsed() < bound, "{piece:?} took {:?}", start.elapsed());
    }
}

#[test]
fn the_same_prompt_is_understood_the_same() {
    let prompt = "15s TikTok ad for GlowSerum, 30% off until Sunday, €24";
    assert_eq!(of(prompt), of(prompt));
}
