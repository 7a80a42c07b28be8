//! Words from outside, made fit to be shown: one line of visible characters. What they say is nobody's business here.

/// Returns `text` on one line, without what controls a terminal or turns the direction of what follows.
pub(crate) fn shown_from_text(text: &str) -> String {
    let visible: String = text
        .chars()
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .filter(|c| !c.is_control() && !is_invisible_control(*c))
        .collect();
    visible.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Format characters that reorder or hide text (Unicode TR36, 2.1.2), and those that stand for nothing. Joiners stay: scripts
/// and emoji need them.
fn is_invisible_control(c: char) -> bool {
    matches!(c,
        '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
        || (u32::from(c) & 0xfffe) == 0xfffe
}

#[cfg(test)]
mod tests {
    use super::shown_from_text;

    #[test]
    fn what_controls_is_taken_out_and_what_is_written_stays() {
        for (text, shown) in [
            ("Now\u{0}  shipping\n\tnow", "Now shipping now"),
            ("\u{1b}[31mred\u{7}", "[31mred"),
            ("\u{202e}gnp.exe\u{202c}", "gnp.exe"),
            ("भारत 👨‍👩‍👧 日本", "भारत 👨‍👩‍👧 日本"),
            (" \u{feff}\u{2066} ", ""),
            ("<script>https://evil.example/../x</script>", "<script>https://evil.example/../x</script>"),
        ] {
            assert_eq!(shown_from_text(text), shown, "{text:?}");
        }
    }
}
