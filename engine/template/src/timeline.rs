//! The timeline: blocks with exact spans, and the scene that each frame shows. How spans are found is in `resolve`.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::{
    Affine2, BlendMode, Content, EncodedSrgb, FrameRate, Issues, LayerPart, OutputSpec, Scene, SceneLayer,
    SizePx, Template, Ticks, UnitRect, geometry::output_px_per_reference_px, resolve,
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
}

impl PlacedBlock {
    /// Returns the pointer to the block's `source`.
    pub fn source_pointer(&self) -> String {
        format!("{}/source", self.pointer)
    }

    /// Returns the time in the source that belongs to `time` of the video: never before the trim's start, and
    /// always before the end of the used part, so that its last frame is held.
    pub fn source_time(&self, time: Ticks) -> Ticks {
        let trim_start = self.content.trim().map_or(Ticks::ZERO, |trim| trim.start);
        let running = trim_start + (time - self.start);
        let last = self.source_end.map_or(running, |end| end - Ticks::ONE);
        running.min(last).max(trim_start)
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
    pub background: EncodedSrgb,
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

    /// Returns what frame `frame` shows; beyond the last frame, nothing but the background.
    pub fn scene(&self, frame: u64) -> Scene {
        let time = self.fps.time_of_frame(frame);
        let layer = |(index, block): (usize, &PlacedBlock)| {
            let visual = block.content.visual().filter(|_| block.frames.contains(&frame))?;
            Some(SceneLayer {
                block: index,
                part: LayerPart::Picture,
                source_time: block.source_time(time),
                source_rect: UnitRect::WHOLE,
                canvas_from_unit: Affine2::IDENTITY,
                size: SizePx { width: 1.0, height: 1.0 },
                corner_radius_px: 0.0,
                opacity: visual.opacity,
                masks: Vec::new(),
                effects: Vec::new(),
                blend_mode: BlendMode::Normal,
                paint: None,
            })
        };
        Scene {
            time,
            background: self.background,
            layers: self.blocks.iter().enumerate().filter_map(layer).collect(),
        }
    }

    /// Returns output pixels per reference pixel.
    pub fn reference_scale(&self) -> f64 {
        output_px_per_reference_px(self.canvas)
    }
}
