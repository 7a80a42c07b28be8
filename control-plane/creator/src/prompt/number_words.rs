//! Numbers before a unit of time, in digits and in the words of English, German, French and Spanish.

use std::sync::LazyLock;

#[rustfmt::skip]
const ONES: &[(&str, f64)] = &[
    ("an", 1.0), ("a", 1.0), ("one", 1.0), ("two", 2.0), ("three", 3.0), ("four", 4.0), ("five", 5.0), ("six", 6.0),
    ("seven", 7.0), ("eight", 8.0), ("nine", 9.0), ("einer", 1.0), ("einen", 1.0), ("eine", 1.0), ("ein", 1.0),
    ("zwei", 2.0), ("drei", 3.0), ("vier", 4.0), ("fünf", 5.0), ("sechs", 6.0), ("sieben", 7.0), ("acht", 8.0),
    ("neun", 9.0), ("une", 1.0), ("una", 1.0), ("un", 1.0), ("deux", 2.0), ("trois", 3.0), ("quatre", 4.0),
    ("cinq", 5.0), ("sept", 7.0), ("huit", 8.0), ("neuf", 9.0), ("dos", 2.0), ("tres", 3.0), ("cuatro", 4.0),
    ("cinco", 5.0), ("seis", 6.0), ("siete", 7.0), ("ocho", 8.0), ("nueve", 9.0),
];

#[rustfmt::skip]
const TEENS: &[(&str, f64)] = &[
    ("ten", 10.0), ("eleven", 11.0), ("twelve", 12.0), ("fourteen", 14.0), ("fifteen", 15.0), ("sixteen", 16.0),
    ("eighteen", 18.0), ("zehn", 10.0), ("zwölf", 12.0), ("fünfzehn", 15.0), ("dix", 10.0), ("douze", 12.0),
    ("quinze", 15.0), ("diez", 10.0), ("doce", 12.0), ("quince", 15.0),
];

#[rustfmt::skip]
const TENS: &[(&str, f64)] = &[
    ("twenty", 20.0), ("thirty", 30.0), ("forty", 40.0), ("fourty", 40.0), ("fifty", 50.0), ("sixty", 60.0),
    ("seventy", 70.0), ("eighty", 80.0), ("ninety", 90.0), ("zwanzig", 20.0), ("dreißig", 30.0), ("dreissig", 30.0),
    ("vierzig", 40.0), ("fünfzig", 50.0), ("sechzig", 60.0), ("neunzig", 90.0), ("vingt", 20.0), ("trente", 30.0),
    ("quarante", 40.0), ("cinquante", 50.0), ("soixante", 60.0), ("veinte", 20.0), ("treinta", 30.0),
    ("cuarenta", 40.0), ("cincuenta", 50.0), ("sesenta", 60.0), ("noventa", 90.0),
];

/// Longer ones first: a pattern takes the first that fits.
#[rustfmt::skip]
const FRACTIONS: &[(&str, f64)] = &[
    ("half an", 0.5), ("half a", 0.5), ("half", 0.5), ("eineinhalb", 1.5), ("anderthalb", 1.5), ("einer halben", 0.5),
    ("eine halbe", 0.5), ("halbe", 0.5), ("une demi", 0.5), ("demi", 0.5), ("medio", 0.5), ("media", 0.5),
];

/// A pattern of such a number, without groups.
pub(super) static NUMBER: LazyLock<String> = LazyLock::new(|| {
    let [ones, teens, tens, fractions] = [ONES, TEENS, TENS, FRACTIONS].map(any_of);
    format!(
        r"(?:[0-9]{{1,3}}(?:[.,][0-9]{{1,2}})?|{fractions}|(?:{ones})und(?:{tens})|(?:{tens})(?:[-\s](?:y\s|et\s)?(?:{ones})\b)?|{teens}|{ones})"
    )
});

fn any_of(words: &[(&str, f64)]) -> String {
    words.iter().map(|(word, _)| *word).collect::<Vec<_>>().join("|")
}

/// Reads what [`NUMBER`] finds.
pub(super) fn value_from_text(text: &str) -> Option<f64> {
    let text = text.to_lowercase();
    let of =
        |words: &[(&str, f64)], text: &str| words.iter().find(|(word, _)| *word == text).map(|word| word.1);
    if let Some(value) = [FRACTIONS, ONES, TEENS, TENS].iter().find_map(|words| of(words, &text)) {
        return Some(value);
    }
    // "fünfundvierzig".
    if let Some((ones, tens)) = text.split_once("und")
        && let (Some(ones), Some(tens)) = (of(ONES, ones), of(TENS, tens))
    {
        return Some(ones + tens);
    }
    // "forty-five", "cuarenta y cinco".
    if let Some((tens, ones)) = text.split_once(['-', ' '])
        && let (Some(tens), Some(ones)) =
            (of(TENS, tens), ones.split(' ').next_back().and_then(|word| of(ONES, word)))
    {
        return Some(tens + ones);
    }
    text.replace(',', ".").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_in_digits_and_in_words() {
        let numbers = [
            ("45", 45.0),
            ("1,5", 1.5),
            ("forty-five", 45.0),
            ("Twenty five", 25.0),
            ("fünfundvierzig", 45.0),
            ("cuarenta y cinco", 45.0),
            ("trente-deux", 32.0),
            ("quinze", 15.0),
            ("half a", 0.5),
            ("eineinhalb", 1.5),
        ];
        let whole = super::super::quotes::regex_of(&format!("^(?i:{})$", *NUMBER));
        for (text, value) in numbers {
            assert!(whole.is_match(text), "{text}");
            assert_eq!(value_from_text(text), Some(value), "{text}");
        }
        assert_eq!(value_from_text("and"), None);
    }
}
