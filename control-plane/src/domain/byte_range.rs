//! The `Range` header of a download: one range of bytes (RFC 9110, 14.2).

/// What part of a file a request asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Selection {
    /// All of it: no range, or one that this server does not do (several ranges, another unit).
    Whole,
    /// Bytes `first..=last`, both inside the file.
    Part {
        /// Index of the first byte.
        first: u64,
        /// Index of the last byte.
        last: u64,
    },
    /// A well-formed range outside of the file.
    Unsatisfiable,
}

/// Returns the part of a file of `size_bytes` that the `Range` header `value` selects.
pub fn selection_from_header(value: &str, size_bytes: u64) -> Selection {
    let Some(spec) = value.strip_prefix("bytes=") else { return Selection::Whole };
    let Some((first, last)) = spec.trim().split_once('-') else { return Selection::Whole };
    let number = |text: &str| text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse::<u64>().ok());
    let (Some(from), Some(to)) = (number(first), number(last)) else { return Selection::Whole };
    let end = size_bytes.saturating_sub(1);
    match (from, to) {
        (None, None) => Selection::Whole,
        _ if size_bytes == 0 => Selection::Unsatisfiable,
        (None, Some(0)) => Selection::Unsatisfiable,
        (None, Some(suffix_bytes)) => {
            Selection::Part { first: size_bytes.saturating_sub(suffix_bytes), last: end }
        }
        (Some(from), _) if from > end => Selection::Unsatisfiable,
        (Some(from), None) if last.is_empty() => Selection::Part { first: from, last: end },
        (Some(_), None) => Selection::Whole,
        (Some(from), Some(to)) if from <= to => Selection::Part { first: from, last: to.min(end) },
        (Some(_), Some(_)) => Selection::Whole,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_range_is_honoured_and_anything_else_is_the_whole_file() {
        let part = |first, last| Selection::Part { first, last };
        let table = [
            ("bytes=0-0", part(0, 0)),
            ("bytes=2-", part(2, 9)),
            ("bytes=2-99", part(2, 9)),
            ("bytes=-3", part(7, 9)),
            ("bytes=-99", part(0, 9)),
            ("bytes=10-", Selection::Unsatisfiable),
            ("bytes=-0", Selection::Unsatisfiable),
            ("bytes=5-2", Selection::Whole),
            ("bytes=0-1,4-5", Selection::Whole),
            ("bytes=-", Selection::Whole),
            ("lines=0-1", Selection::Whole),
            ("bytes=+1-2", Selection::Whole),
        ];
        for (header, selection) in table {
            assert_eq!(selection_from_header(header, 10), selection, "{header}");
        }
    }

    proptest! {
        #[test]
        fn a_selected_part_lies_inside_the_file(header in "bytes=[0-9]{0,20}-[0-9]{0,20}", size_bytes in 0_u64..1000) {
            if let Selection::Part { first, last } = selection_from_header(&header, size_bytes) {
                prop_assert!(first <= last && last < size_bytes);
            }
        }
    }
}
