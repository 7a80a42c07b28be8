//! Web pages, told by their first bytes: what a share link gives instead of the file.

/// What HTML begins with, lower-case (WHATWG MIME Sniffing, 7.1, "identifying a resource with an unknown type").
const TAGS: [&str; 16] = [
    "<!doctype html",
    "<html",
    "<head",
    "<script",
    "<iframe",
    "<h1",
    "<div",
    "<font",
    "<table",
    "<a",
    "<style",
    "<title",
    "<b",
    "<body",
    "<br",
    "<p",
];

/// True where a file that begins with `head` is HTML. Comments and XML declarations are passed over, because SVG
/// may begin with them as well.
pub(super) fn is_web_page(head: &[u8]) -> bool {
    let mut rest = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    while let Some(after) = after_block(rest, b"<!--", b"-->").or_else(|| after_block(rest, b"<?", b"?>")) {
        rest = after.trim_ascii_start();
    }
    TAGS.iter().any(|tag| opens_with_tag(rest, tag.as_bytes()))
}

fn opens_with_tag(text: &[u8], tag: &[u8]) -> bool {
    let named = text.get(..tag.len()).is_some_and(|name| name.eq_ignore_ascii_case(tag));
    named && text.get(tag.len()).is_some_and(|end| matches!(end, b'>') || end.is_ascii_whitespace())
}

fn after_block<'a>(text: &'a [u8], open: &[u8], close: &[u8]) -> Option<&'a [u8]> {
    let inner = text.strip_prefix(open)?;
    let end = inner.windows(close.len()).position(|window| window == close)?;
    inner.get(end + close.len()..)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_known_by_their_first_tag() {
        let pages: [&[u8]; 7] = [
            b"<!DOCTYPE html><html>",
            b"\xef\xbb\xbf \r\n\t<HTML lang=en>",
            b"<!-- saved --> <!-- twice --><head>",
            b"<?xml version=\"1.0\"?>\n<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0\">",
            b"<script>location='x'</script>",
            b"<body\nclass=x>",
            b"<title>Sign in</title>",
        ];
        for page in pages {
            assert!(is_web_page(page), "{}", String::from_utf8_lossy(page));
        }
    }

    #[test]
    fn files_are_no_pages() {
        let files: [&[u8]; 9] = [
            b"",
            b"<",
            b"<html",
            b"\0\0\0\x1cftypisom",
            b"<svg xmlns=\"http://www.w3.org/2000/svg\"><a>",
            b"<?xml version=\"1.0\"?><!-- drawn --><svg>",
            b"<!-- a comment that does not end <html>",
            b"<path d=\"\"/>",
            b"WEBVTT\n\n<b>bold</b>",
        ];
        for file in files {
            assert!(!is_web_page(file), "{}", String::from_utf8_lossy(file));
        }
    }
}
