//! The rules of time that need no knowledge of the media, so that they are known before any file is opened.

use crate::{Block, BlockDuration, Content, Issue, IssueCollector, Start, Ticks, codes, limits};

/// Checks blocks one by one, in the order of the array.
#[derive(Debug)]
pub(crate) struct OrderRules<'c> {
    issues: &'c IssueCollector,
    previous: Option<BlockDuration>,
    first_pointer: Option<String>,
    open_ended: bool,
}

impl<'c> OrderRules<'c> {
    /// Returns the rules before the first block.
    pub(crate) fn new(issues: &'c IssueCollector) -> Self {
        Self { issues, previous: None, first_pointer: None, open_ended: true }
    }

    /// Checks the next block; `None` stands for one that is broken already.
    pub(crate) fn visit(&mut self, block: Option<&Block>) {
        let Some(block) = block else {
            self.previous = None;
            self.open_ended = false;
            return;
        };
        if block.start == Start::Auto && self.previous == Some(BlockDuration::End) {
            let detail = "\"auto\" starts after the block before it, which lasts to the end of the video; \
                          give that block a duration, or this one a start in seconds";
            self.add(format!("{}/start", block.pointer), codes::AUTO_START_AFTER_END, detail);
        }
        if block.duration == BlockDuration::Auto {
            let kind = match block.content {
                Content::Image(_) => Some("an image"),
                Content::Text(_) => Some("a text"),
                Content::Video(_) | Content::Audio(_) => None,
            };
            if let Some(kind) = kind {
                let detail = format!("{kind} has no length of its own; give seconds, or \"end\"");
                self.add(block.duration_pointer(), codes::AUTO_DURATION_WITHOUT_LENGTH, detail);
            }
        }
        if let (Start::At(start), BlockDuration::For(duration)) = (block.start, block.duration) {
            self.check_end(block, start + duration);
        }
        self.open_ended &= block.duration == BlockDuration::End;
        self.first_pointer.get_or_insert_with(|| block.duration_pointer());
        self.previous = Some(block.duration);
    }

    /// Checks what can be said only of all blocks together.
    pub(crate) fn finish(self) {
        if let Some(pointer) = self.first_pointer.clone().filter(|_| self.open_ended) {
            let detail = "every block lasts to the end of the video, so the video has no end; \
                          give at least one block a duration in seconds";
            self.add(pointer, codes::NO_DURATION, detail);
        }
    }

    /// Checks that a block ends while a video may last.
    pub(crate) fn check_end(&self, block: &Block, end: Ticks) {
        let latest = Ticks::from_secs(limits::VIDEO_SECS_MAX);
        if end > latest {
            let detail = format!(
                "the block ends at {end}, but a video lasts at most {latest}; start it earlier or shorten it"
            );
            self.add(block.duration_pointer(), codes::VIDEO_TOO_LONG, detail);
        }
    }

    fn add(&self, pointer: String, code: &'static str, detail: impl Into<String>) {
        self.issues.add(Issue { pointer, code, detail: detail.into(), suggestion: None });
    }
}
