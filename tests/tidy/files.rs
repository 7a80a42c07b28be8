//! Rules about single files.

use crate::rust_files;

/// Longest file; the aim is 80 to 250 lines.
const LINES_MAX: usize = 500;

#[test]
fn every_file_opens_with_a_sentence_that_says_what_is_here() {
    for (name, text) in rust_files() {
        let head = text.lines().next().unwrap_or_default();
        assert!(head.starts_with("//! ") && head.len() > 20, "{name} opens with {head:?}");
    }
}

#[test]
fn no_file_is_longer_than_a_reader_can_hold() {
    for (name, text) in rust_files() {
        let count = text.lines().count();
        assert!(count <= LINES_MAX, "{name} has {count} lines");
    }
}

#[test]
fn nothing_is_called_by_a_name_that_says_nothing() {
    for (name, _) in rust_files() {
        let stem = name.rsplit('/').next().unwrap().trim_end_matches(".rs");
        let folder = name.rsplit('/').nth(1).unwrap_or_default();
        for vague in ["utils", "util", "helpers", "helper", "common", "misc", "manager", "data", "info"] {
            assert!(stem != vague && folder != vague, "{name}");
        }
    }
}

#[test]
fn lints_are_expected_with_a_reason_never_allowed() {
    let allowed = ["#", "[allow("].concat();
    let allowed_inner = ["#!", "[allow("].concat();
    for (name, text) in rust_files() {
        assert!(!text.contains(&allowed) && !text.contains(&allowed_inner), "{name}");
    }
}
