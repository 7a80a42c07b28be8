//! What the viewer shall do: "Book now".

use std::sync::LazyLock;

use regex::Regex;

use super::quotes::regex_of;
use super::text::{capitalised, is_one_of, shown};

/// Finds it. Addresses, dates and quotes are masked in `text`.
pub(super) fn call_to_action(text: &str) -> Option<String> {
    static NAMED: LazyLock<Regex> = LazyLock::new(|| {
        regex_of(r"(?i)\b(?:cta|call[ -]to[ -]action)\s*(?:is|:|–|-)?\s*([\p{L}][^.,;!?\n\x01]{2,36})")
    });
    static VERB: LazyLock<Regex> = LazyLock::new(|| {
        let rest = r"(?:\s(?:now|today|here|online|us|early|free|yours?|in|up|it|them|a|an|the|your|our|for free|tickets?|seats?|spot|table|viewing|demo|call|appointment|newsletter|app|waitlist|list|team|club|more|back|ours)\b){0,4}";
        let verb = r"book|order|buy|shop|sign up|subscribe|follow|download|visit|call|join|register|try|get|pre-?order|pre-?save|listen|stream|reserve|rsvp|learn more|apply|donate|swipe up|start your free trial|contact|enquire|watch|come by|grab|find out more|text";
        regex_of(&format!(
            r"(?i)(?:^|[.!?\n,;:–—]\s?|\band\s|\bwith\s|\bthen\s)((?:{verb})\b{rest})\s*(?:[.,;:!?\n\x01–—-]|\b(?:at|on|by|via|from|with|for|to|and|before|until|under|in|wherever|every|here)\b|$)"
        ))
    });
    static OTHER: LazyLock<Regex> = LazyLock::new(|| {
        regex_of(
            r"(?i)\bjetzt\s(?:\p{L}+\s){0,2}?\p{Ll}+en\b|(?:^|[.!?\n,;:–—]\s?|\b(?:und|et|y)\s)((?:reserviere|reservieren sie|bestelle|bestellen sie|buche|besuche|besucht|melde dich|réservez|commandez|achetez|téléchargez|inscrivez-vous|découvrez|rejoignez|reserva|compra|pide|descarga|únete|visita|ven a|visítanos|prenota|acquista)(?:\s(?:jetzt|uns|an|dein|deinen|deine|einen|tisch|platz|online|ya|ahora|tu|vos?|votre|table|place|maintenant|vite|entrada|entradas|hoy|mesa)\b){0,3})|今すぐ[^。、「」\n\x01！]{2,14}|(?:ご予約|お申し込み|ダウンロード|お問い合わせ)は[^。、「」\n\x01！]{1,10}|立即[^。，\n\x01！]{2,8}",
        )
    });
    if let Some(found) = NAMED.captures(text).and_then(|found| found.get(1)) {
        return cleaned(found.as_str());
    }
    if let Some(found) = OTHER.captures(text) {
        return cleaned(found.get(1).or(found.get(0))?.as_str());
    }
    let mut verbs = VERB.captures_iter(text).take(16).filter_map(|found| found.get(1));
    // "Get" and "call" alone lead to an address or a thing; alone they tell nobody anything.
    verbs
        .find(|verb| !LONE.contains(&verb.as_str().to_lowercase().as_str()))
        .and_then(|verb| cleaned(verb.as_str()))
}

/// Verbs that are no call by themselves.
const LONE: &[&str] = &[
    "get",
    "try",
    "follow",
    "text",
    "watch",
    "grab",
    "call it",
    "get the",
    "get a",
    "try the",
    "watch the",
    "follow the",
    "try a",
    "call the",
    "get it",
    "start",
    "try it",
    "get them",
    "call a",
    "get our",
    "call our",
];

/// Words before an address, which is shown apart.
const LOOSE: &[&str] = &[
    "at", "on", "via", "by", "in", "for", "the", "our", "your", "a", "to", "from", "with", "auf", "bei",
    "unter", "sur", "en", "and",
];

fn cleaned(text: &str) -> Option<String> {
    let text = shown(text);
    let mut words: Vec<&str> = text.split(' ').collect();
    while words.len() > 1 && words.last().is_some_and(|word| is_one_of(word, LOOSE)) {
        words.pop();
    }
    Some(capitalised(&words.join(" "))).filter(|action| action.chars().count() >= 2)
}
