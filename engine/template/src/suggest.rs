//! "Did you mean": the nearest of the known words, or none.

/// Longer words are not mistyped names, and comparing them would cost time.
const WORD_CHARS_MAX: usize = 64;

/// Below it, Jaro-Winkler takes unrelated short words for one another; tried on the field names of the template.
const SIMILARITY_MIN: f64 = 0.85;

/// Returns the one of `known` that `word` was probably meant to be. Case, `_`, `-` and spaces do not count.
pub fn nearest<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    if word.chars().count() > WORD_CHARS_MAX {
        return None;
    }
    let folded = folded(word);
    known
        .into_iter()
        .filter_map(|candidate| Some((closeness(&folded, &self::folded(candidate))?, candidate)))
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}

/// Similarity in `0.0..=1.0`; `None` where the two have nothing to do with one another.
fn closeness(word: &str, candidate: &str) -> Option<f64> {
    if word.is_empty() {
        return None;
    }
    let length = word.chars().count().max(candidate.chars().count());
    let edits = strsim::damerau_levenshtein(word, candidate);
    let similarity = strsim::jaro_winkler(word, candidate);
    (edits <= length / 3 || similarity >= SIMILARITY_MIN).then_some(similarity)
}

fn folded(word: &str) -> String {
    word.chars().filter(|c| !matches!(c, '_' | '-' | ' ')).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: [&str; 9] =
        ["source", "start", "duration", "zIndex", "fadeIn", "fadeOut", "color", "top-left", "image"];

    #[test]
    fn a_slip_finds_the_word_that_was_meant() {
        for (word, meant) in [
            ("z_index", "zIndex"),
            ("fade-in", "fadeIn"),
            ("colour", "color"),
            ("duratoin", "duration"),
            ("src", "source"),
            ("topLeft", "top-left"),
            ("img", "image"),
            ("Start", "start"),
        ] {
            assert_eq!(nearest(word, KNOWN), Some(meant), "{word}");
        }
    }

    #[test]
    fn an_unrelated_word_finds_nothing() {
        for word in ["", "rotation", "blendMode", "kenBurns", "x", "日本語", &"source".repeat(100)] {
            assert_eq!(nearest(word, KNOWN), None, "{word}");
        }
    }
}
