//! Broken rules, each with the place where it is broken; found all at once, not one per attempt.

use std::{cell::RefCell, fmt};

use crate::{Pointer, limits};

/// The closed list of issue and warning codes. The names are stable: callers may match on them.
pub mod codes {
    /// The bytes are not JSON.
    pub const MALFORMED_JSON: &str = "malformed_json";
    /// The document has more bytes than allowed.
    pub const JSON_TOO_LARGE: &str = "json_too_large";
    /// A field that must be there is not.
    pub const MISSING_FIELD: &str = "missing_field";
    /// A field that means nothing here.
    pub const UNKNOWN_FIELD: &str = "unknown_field";
    /// A JSON value of another type than the field takes.
    pub const WRONG_TYPE: &str = "wrong_type";
    /// A word that is not one of the field's words.
    pub const UNKNOWN_VALUE: &str = "unknown_value";
    /// A number outside its range, or a fraction where a whole number is wanted.
    pub const OUT_OF_RANGE: &str = "out_of_range";
    /// A string or array with too few elements.
    pub const TOO_SHORT: &str = "too_short";
    /// A string or array with too many elements.
    pub const TOO_LONG: &str = "too_long";
    /// A colour in no known notation, or a transparent one where it must be opaque.
    pub const INVALID_COLOR: &str = "invalid_color";
    /// A string that is not a percentage.
    pub const INVALID_PERCENT: &str = "invalid_percent";
    /// A source that does not have exactly one of `url` and `uploadName`.
    pub const INVALID_SOURCE: &str = "invalid_source";
    /// A URL that is not `http` or `https`.
    pub const INVALID_URL: &str = "invalid_url";
    /// An upload name that is not a plain file name.
    pub const INVALID_UPLOAD_NAME: &str = "invalid_upload_name";
    /// A trim that ends before it starts.
    pub const INVALID_TRIM: &str = "invalid_trim";
    /// `"auto"` as the duration of a block whose content has no length of its own.
    pub const AUTO_DURATION_WITHOUT_LENGTH: &str = "auto_duration_without_length";
    /// `"auto"` as the start of a block after one that lasts to the end of the video.
    pub const AUTO_START_AFTER_END: &str = "auto_start_after_end";
    /// Every block lasts to the end of the video, which therefore has none.
    pub const NO_DURATION: &str = "no_duration";
    /// The video is longer than allowed.
    pub const VIDEO_TOO_LONG: &str = "video_too_long";
    /// The video has less than half a frame.
    pub const VIDEO_TOO_SHORT: &str = "video_too_short";
    /// The template names a source that was not given.
    pub const MISSING_ASSET: &str = "missing_asset";
    /// A video or image block whose source has no picture.
    pub const NO_VIDEO_STREAM: &str = "no_video_stream";
    /// An audio block whose source has no sound.
    pub const NO_AUDIO_STREAM: &str = "no_audio_stream";
    /// The trim starts where the source has already ended.
    pub const TRIM_BEYOND_SOURCE: &str = "trim_beyond_source";
    /// Warning: the last frame of the source is held.
    pub const SOURCE_SHORTER_THAN_BLOCK: &str = "source_shorter_than_block";
    /// Warning: the trim ends after the source does.
    pub const TRIM_END_BEYOND_SOURCE: &str = "trim_end_beyond_source";
    /// Keyframes out of order.
    pub const INVALID_KEYFRAMES: &str = "invalid_keyframes";
    /// A field that cannot have keyframes has them.
    pub const NOT_ANIMATABLE: &str = "not_animatable";
    /// Values that are right each for itself contradict each other.
    pub const CONTRADICTORY: &str = "contradictory";
    /// A field says nothing beside another one.
    pub const MEANINGLESS: &str = "meaningless";
    /// Two animations split one text differently.
    pub const SPLITS_DIFFER: &str = "splits_differ";
    /// Media that plays for ever has no length of its own.
    pub const AUTO_DURATION_OF_LOOP: &str = "auto_duration_of_loop";
    /// Warning: a transition with nothing to come from.
    pub const TRANSITION_WITHOUT_PARTNER: &str = "transition_without_partner";
    /// Warning: a transition longer than its block.
    pub const TRANSITION_CUT: &str = "transition_cut";
    /// Warning: the block starts when the video has ended.
    pub const BLOCK_NEVER_SHOWN: &str = "block_never_shown";
}

/// One broken rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    /// RFC 6901 pointer to the value at fault, or to where a missing one belongs.
    pub pointer: String,
    /// One of [`codes`].
    pub code: &'static str,
    /// What is wrong and what to do: a lower-case fragment without a full stop.
    pub detail: String,
    /// The nearest valid field name or value, where there is one.
    pub suggestion: Option<String>,
}

impl Issue {
    /// Returns an issue without a suggestion.
    pub fn new(pointer: &Pointer, code: &'static str, detail: impl Into<String>) -> Self {
        Self { pointer: pointer.to_string(), code, detail: detail.into(), suggestion: None }
    }

    /// Adds what the caller probably meant.
    #[must_use]
    pub fn with_suggestion(mut self, suggestion: Option<&str>) -> Self {
        self.suggestion = suggestion.map(Into::into);
        self
    }
}

impl fmt::Display for Issue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.pointer, self.detail)
    }
}

/// The broken rules of one document, in the order found; never more than [`limits::ISSUES_MAX`].
#[derive(Debug, Clone, PartialEq, Eq, Default, thiserror::Error)]
#[error("{}", lines_from_issues(.0))]
pub struct Issues(Vec<Issue>);

impl Issues {
    /// Iterates in the order found.
    pub fn iter(&self) -> std::slice::Iter<'_, Issue> {
        self.0.iter()
    }

    /// Gives up the issues.
    pub fn into_vec(self) -> Vec<Issue> {
        self.0
    }

    /// Returns true where nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the number of issues.
    pub fn len(&self) -> usize {
        self.0.len()
    }
}

impl From<Vec<Issue>> for Issues {
    fn from(mut issues: Vec<Issue>) -> Self {
        issues.truncate(limits::ISSUES_MAX);
        Self(issues)
    }
}

impl From<Issue> for Issues {
    fn from(issue: Issue) -> Self {
        Self(vec![issue])
    }
}

impl<'a> IntoIterator for &'a Issues {
    type Item = &'a Issue;
    type IntoIter = std::slice::Iter<'a, Issue>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

fn lines_from_issues(issues: &[Issue]) -> String {
    issues.iter().map(Issue::to_string).collect::<Vec<_>>().join("\n")
}

/// Where readers record issues. Shared by reference among nested readers of one document; keeps the first
/// [`limits::ISSUES_MAX`]. Not `Sync`: read a document in one place, without an `await` between.
#[derive(Debug, Default)]
pub struct IssueCollector(RefCell<Vec<Issue>>);

impl IssueCollector {
    /// Returns an empty collector.
    pub fn new() -> Self {
        Self::default()
    }

    /// Records an issue, unless there are enough.
    pub fn add(&self, issue: Issue) {
        if !self.is_full() {
            self.0.borrow_mut().push(issue);
        }
    }

    /// Returns true where a further issue would not be kept, so that it need not be worked out.
    pub fn is_full(&self) -> bool {
        self.count() >= limits::ISSUES_MAX
    }

    /// Records all of `issues`, as of another reader.
    pub fn add_all(&self, issues: Issues) {
        issues.into_vec().into_iter().for_each(|issue| self.add(issue));
    }

    /// Returns the number of issues so far; a reader compares it before and after to learn whether a part is sound.
    pub fn count(&self) -> usize {
        self.0.borrow().len()
    }

    /// Returns `value` if nothing was recorded, and what was recorded otherwise.
    ///
    /// # Errors
    /// The recorded issues, at least one.
    ///
    /// # Panics
    /// Where `value` is `None` and nothing was recorded: the reader has rejected a document without a word.
    pub fn into_result<T>(self, value: Option<T>) -> Result<T, Issues> {
        let issues = self.0.into_inner();
        if !issues.is_empty() {
            return Err(Issues(issues));
        }
        Ok(value.expect("a reader that returns nothing has recorded why"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn issue(n: usize) -> Issue {
        Issue::new(&Pointer::root().index(n), codes::WRONG_TYPE, "must be a string, not a number")
    }

    #[test]
    fn issues_stop_at_the_limit() {
        let collector = IssueCollector::new();
        (0..200).for_each(|n| collector.add(issue(n)));
        let issues = collector.into_result(Some(())).unwrap_err();
        assert_eq!(issues.len(), limits::ISSUES_MAX);
        assert_eq!(Issues::from((0..200).map(issue).collect::<Vec<_>>()).len(), limits::ISSUES_MAX);
    }

    #[test]
    fn each_issue_is_one_line_with_its_place() {
        let issues = Issues::from(vec![issue(0), issue(1)]);
        assert_eq!(
            issues.to_string(),
            "/0: must be a string, not a number\n/1: must be a string, not a number"
        );
    }

    #[test]
    fn a_value_with_issues_is_not_given_out() {
        let collector = IssueCollector::new();
        collector.add_all(issue(0).into());
        assert_eq!(collector.into_result(Some(7)).unwrap_err().into_vec(), [issue(0)]);
        assert_eq!(IssueCollector::new().into_result(Some(7)), Ok(7));
    }
}
