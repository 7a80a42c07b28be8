//! The timeline: blocks with exact spans, and the scene that each frame shows. How spans are found is in `resolve`.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::{
    Animated, Content, EncodedSrgb, FrameRate, Issues, OutputSpec, Passage, Template, TextFacts, Ticks,
    geometry::output_px_per_reference_px, resolve,
};

/// What is known of a media file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MediaFacts {
    /// Length; none for images and where the file does not say.
    pub duration: Option<Ticks>,
    /// Upright width and height in square pixels; none for audio.
    pub size: Option<(u32, u32)>,
    /// True where there is a sound track.
    pub has_audio: bool,
    /// Length of the sound track alone, where the file says; its own length otherwise.
    pub audio_duration: Option<Ticks>,
    /// True where pictures have transparent parts.
    pub has_alpha: bool,
}

/// Something that the caller should know about a video that can be made all the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// RFC 6901 pointer into the template.
    pub pointer: String,
    /// One of [`crate::codes`].
    pub code: &'static str,
    /// What happens and what to do: a lower-case fragment without a full stop.
    pub detail: String,
}

/// A block with its exact span, `start <= t < end`, never empty, and the frames that show it.
#[derive(Debug, Clone, PartialEq)]
pub struct PlacedBlock {
    /// Index of the block in the template.
    pub index: usize,
    /// Pointer to the block.
    pub pointer: String,
    /// First instant.
    pub start: Ticks,
    /// First instant after it.
    pub end: Ticks,
    /// Frames that show it, its ends rounded to the nearest frame: blocks that touch within half a frame leave no
    /// gap. At least one, which may lie beyond the video's last.
    pub frames: Range<u64>,
    /// Source time at which the used part of the media ends; none for images and text, and where nobody knows.
    pub source_end: Option<Ticks>,
    /// What it shows or plays.
    pub content: Content,
    /// Upright size of its source in pixels; none for text and audio.
    pub media_size: Option<(u32, u32)>,
    /// True where its pictures have no alpha.
    pub opaque: bool,
    /// What was measured of its text; see [`Timeline::set_text_facts`].
    pub text: Option<TextFacts>,
    /// How it takes over from another block.
    pub passage: Option<Passage>,
    /// Indices of the blocks that take over from it.
    pub successors: Vec<usize>,
}

impl PlacedBlock {
    /// Returns the pointer to the block's `source`.
    pub fn source_pointer(&self) -> String {
        format!("{}/source", self.pointer)
    }

    /// Returns the time in the source that belongs to `time` of the video: never before the trim's start, and
    /// always before the end of the used part. It starts anew each time the part is over, as often as it plays; then
    /// its last frame is held.
    pub fn source_time(&self, time: Ticks) -> Ticks {
        let (trim_start, playback) = (self.trim_start(), self.content.playback());
        let passed = playback.source_time(time - self.start).max(Ticks::ZERO);
        let Some(end) = self.source_end.filter(|end| *end > trim_start) else { return trim_start + passed };
        let length = (end - trim_start).get();
        let over = playback.plays.is_some_and(|plays| passed.get() / length >= i64::from(plays));
        if over { end - Ticks::ONE } else { trim_start + Ticks::new(passed.get() % length) }
    }

    /// Returns the source time at which its used part begins.
    pub fn trim_start(&self) -> Ticks {
        self.content.trim().map_or(Ticks::ZERO, |trim| trim.start)
    }
}

/// A template resolved against its media and an output: what every frame shows is decided.
#[derive(Debug, Clone, PartialEq)]
pub struct Timeline {
    /// Width and height in output pixels.
    pub canvas: (u32, u32),
    /// Frames per second.
    pub fps: FrameRate,
    /// When the last block with an end of its own ends.
    pub duration: Ticks,
    /// `round(duration * fps)`, at least 1.
    pub frame_count: u64,
    /// What shows where no block is; opaque.
    pub background: Animated<EncodedSrgb>,
    /// Visual blocks bottom to top, by z index and then order in the template; then audio blocks.
    /// Blocks that are never shown are left out.
    pub blocks: Vec<PlacedBlock>,
    /// About trims first, then about spans.
    pub warnings: Vec<Warning>,
}

impl Timeline {
    /// Resolves `template` against the facts about its media, by [`crate::Source::key`].
    ///
    /// # Errors
    /// Every broken rule: of time, and of media that is missing or does not fit its block.
    pub fn new(
        template: &Template,
        facts: &BTreeMap<String, MediaFacts>,
        output: &OutputSpec,
    ) -> Result<Self, Issues> {
        resolve::timeline_from_template(template, facts, output)
    }

    /// Tells how large the text of block `index` is; a text that nobody has measured does not show.
    pub fn set_text_facts(&mut self, index: usize, facts: TextFacts) {
        if let Some(block) = self.blocks.get_mut(index) {
            block.text = Some(facts);
        }
    }

    /// Returns output pixels per reference pixel.
    pub fn reference_scale(&self) -> f64 {
        output_px_per_reference_px(self.canvas)
    }
}
