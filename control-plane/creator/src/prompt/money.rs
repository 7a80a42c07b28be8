//! Prices, what they were and what they are for; discounts, and codes to type in.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::Price;
use super::quotes::regex_of;
use super::text::{MASK, after, before, capitalised, ends_clause, is_one_of, shown};

/// Most prices, and most discounts.
const PRICES_MAX: usize = 20;

/// What a text says of money.
#[derive(Debug, Default)]
pub(super) struct Money {
    pub(super) prices: Vec<Price>,
    pub(super) discounts: Vec<String>,
    pub(super) coupon: Option<String>,
    /// What is understood by all this.
    pub(super) ranges: Vec<Range<usize>>,
}

/// Finds it.
pub(super) fn money(text: &str) -> Money {
    static DISCOUNT: LazyLock<Regex> = LazyLock::new(|| {
        regex_of(
            r"(?i)(?:\b(?:up to|bis zu|jusqu['’]à|hasta(?: un| el)?|fino al?)\s+)?[-–]?\b[0-9]{1,2}(?:[.,][0-9])?\s?(?:%|percent|prozent)\s?(?:off(?: everything)?|discount|rabatt|reduziert|de réduction|de remise|de rabais|de descuento|dto\.?|di sconto|de desconto|korting|オフ|引き|割引)|(?:^|\s)[-–][0-9]{1,2}\s?%|[0-9]割引き?|半額|[0-9][0-9.]*折|\bhalf[ -](?:price|off)|\bbuy (?:one|two|1|2),? get (?:one|1)(?: free)?|\b[23] for [12]\b|\bfree (?:shipping|delivery)|送料無料",
        )
    });
    static COUPON: LazyLock<Regex> = LazyLock::new(|| {
        regex_of(
            r"(?:(?i:\b(?:codes?|coupon|gutschein(?:code)?|rabattcode|código|codice|voucher))|クーポン(?:コード)?|コード|优惠码)\s*(?i:is|ist|:)?\s*([A-Z][A-Z0-9_-]{2,19}|[0-9]+[A-Z][A-Z0-9_-]{1,18})\b",
        )
    });
    let mut money = Money::default();
    for found in DISCOUNT.find_iter(text).take(PRICES_MAX) {
        let start = found.end() - found.as_str().trim_start().len();
        money.discounts.push(shown_discount(found.as_str()));
        money.ranges.push(start..found.end());
    }
    if let Some(code) = COUPON.captures(text).and_then(|found| found.get(1)) {
        money.coupon = Some(code.as_str().to_owned());
        money.ranges.push(code.range());
    }
    read_prices(text, &mut money);
    money
}

fn shown_discount(text: &str) -> String {
    text.trim().replace('\n', " ")
}

fn read_prices(text: &str, money: &mut Money) {
    static PRICE: LazyLock<Regex> = LazyLock::new(|| {
        let number = r"[0-9][0-9.,]*(?:[  ][0-9]{3}\b)*";
        let per = r"(?:\s?/\s?\p{L}+|\s?(?:per|a|pro|par|al|por|je)\s(?:month|year|week|day|night|person|seat|user|hour|monat|jahr|woche|tag|nacht|mois|an|jour|nuit|mes|año|día|noche|persona)\b|\s?p\.m\.)?";
        regex_of(&format!(
            r"(?i)(?:(?:US|A|C|R|HK|NZ)?[$€£¥₹₩₽]|\b(?:CHF|EUR|USD|GBP)\s)\s?{number}(?:k|m|bn)?{per}|\b{number}\s?(?:€|£|₽|zł|kč|円|元|원|ウォン|(?:euros?|eur|dollars?|usd|pounds?|gbp|kr|chf|cents?|pesos?|francs?|yen|rupees)\b){per}"
        ))
    });
    let mut old: Option<(String, Option<String>)> = None;
    let mut end = 0;
    for found in PRICE.find_iter(text).take(PRICES_MAX * 2) {
        let amount = found.as_str().trim_end_matches(['.', ',', ' ']);
        let gap = before(text, found.start(), 60);
        let large =
            amount.to_lowercase().ends_with(['m', 'k', 'n']) && !amount.to_lowercase().ends_with("yen");
        let gap = if found.start() - end < gap.len() { &text[end..found.start()] } else { gap };
        let range = found.start()..found.start() + amount.len();
        end = range.end;
        money.ranges.push(range.clone());
        // "Free shipping over $50", "a round of $12M": nothing costs so much.
        let bound = gap.trim_end().rsplit([' ', '\n']).next().is_some_and(|word| is_one_of(word, BOUNDS));
        if bound || large {
            continue;
        }
        if is_old(gap) {
            match money
                .prices
                .last_mut()
                .filter(|last| last.was.is_none() && gap.len() < 24 && !gap.contains(['\n', ';']))
            {
                Some(last) if !announces_new(after(text, range.end, 20)) => {
                    last.was = Some(amount.to_owned());
                }
                _ => old = Some((amount.to_owned(), what_before(before_old(gap)))),
            }
            continue;
        }
        let (was, was_for) = old.take().map_or((None, None), |old| (Some(old.0), old.1));
        let what = what_before(gap).or(was_for).or_else(|| what_after(after(text, range.end, 60)));
        money.prices.push(Price { amount: amount.to_owned(), was, what });
    }
    // An old price without a new one is a price.
    if let Some((amount, what)) = old {
        money.prices.push(Price { amount, was: None, what });
    }
    money.prices.truncate(PRICES_MAX);
}

fn is_old(gap: &str) -> bool {
    old_words(gap).is_some()
}

fn before_old(gap: &str) -> &str {
    old_words(gap).map_or(gap, |at| &gap[..at])
}

fn old_words(gap: &str) -> Option<usize> {
    static OLD: LazyLock<Regex> = LazyLock::new(|| {
        regex_of(
            r"(?i)(?:\b(?:was|were|previously|originally|regular(?:ly)?|normally|usually|instead of|rather than|down from|reduced from|statt|bisher|vorher|uvp|au lieu de|avant|en vez de|en lugar de|antes|invece di|reg\.?|list price)|通常価格?は?|定価|原价)\s*(?:only|at|:|de)?\s*$",
        )
    });
    OLD.find(gap).map(|found| found.start())
}

fn announces_new(tail: &str) -> bool {
    static NEW: LazyLock<Regex> = LazyLock::new(|| {
        regex_of(r"(?i)^[\s,;]*(?:now|jetzt|nur|maintenant|ahora|adesso|today|to|→|->|が|のところ|今だけ)")
    });
    NEW.is_match(tail)
}

/// The words right before a price, back to the mark that ends a clause.
fn what_before(gap: &str) -> Option<String> {
    let head = gap.trim_end().trim_end_matches([':', '–', '—', '-', '=']).trim_end();
    let cut =
        head.char_indices().rev().find(|(_, c)| ends_clause(*c) && *c != '-' || matches!(c, '&' | '+' | '→'));
    let clause = cut.map_or(head, |(at, c)| &head[at + c.len_utf8()..]);
    let mut words: Vec<&str> = clause.split_whitespace().collect();
    let trims = |word: &&str| is_one_of(word, GLUE);
    while words.last().is_some_and(trims) {
        words.pop();
    }
    while words.first().is_some_and(trims) {
        words.remove(0);
    }
    let fits = (1..=4).contains(&words.len())
        && !words.iter().any(|word| is_one_of(word, &["video", "clip", "ad", "we", "it", "you", "sale"]));
    fits.then(|| capitalised(&shown(&words.join(" ")))).filter(|what| what.chars().any(char::is_alphabetic))
}

/// "€24 for the serum".
fn what_after(tail: &str) -> Option<String> {
    static FOR: LazyLock<Regex> = LazyLock::new(|| {
        regex_of(
            r"(?i)^\s+(?:for|für|pour|por|per)\s+(?:the\s+|a\s+|an\s+|our\s+|das\s+|die\s+|den\s+|ein(?:e|en)?\s+|la?e?s?\s+)?((?:[\p{L}][\p{L}\p{N}'’-]*)(?:\s[\p{L}][\p{L}\p{N}'’-]*){0,2})",
        )
    });
    let what = FOR.captures(tail)?.get(1)?.as_str();
    let what = what.split([MASK]).next()?;
    let end = what.find(" and ").or_else(|| what.find(" und ")).unwrap_or(what.len());
    Some(capitalised(&shown(&what[..end])))
}

/// Words before an amount that is not a price.
const BOUNDS: &[&str] =
    &["over", "above", "exceeding", "save", "raised", "worth", "spend", "über", "spare", "plus"];

/// Words between a thing and its price.
#[rustfmt::skip]
const GLUE: &[&str] = &[
    "now", "only", "just", "for", "at", "from", "is", "are", "costs", "cost", "the", "a", "an", "and", "or", "with",
    "plus", "of", "in", "on", "to", "by", "für", "ab", "nur", "jetzt", "um", "und", "oder", "der", "die", "das",
    "kostet", "à", "pour", "dès", "seulement", "le", "la", "les", "et", "por", "solo", "desde", "ahora", "y", "el",
    "price", "preis", "prix", "precio", "starting", "starts", "our", "zu", "maintenant", "de", "it", "its", "it's",
    "you", "pay", "get", "today", "then",
];
