//! Resolves the times of a template against its media: spans, the length of the video, and warnings.

use std::collections::BTreeMap;

use crate::{
    Block, BlockDuration, Content, Issue, IssueCollector, Issues, MediaFacts, OutputSpec, Passage,
    PlacedBlock, Start, Template, Ticks, Timeline, Transition, Trim, Warning, codes,
    field::quoted,
    passage::{covers, partner_of},
    rules::OrderRules,
};

/// See [`Timeline::new`].
pub(crate) fn timeline_from_template(
    template: &Template,
    facts: &BTreeMap<String, MediaFacts>,
    output: &OutputSpec,
) -> Result<Timeline, Issues> {
    check_order(template)?;
    let mut resolver = Resolver { output, issues: IssueCollector::new(), warnings: Vec::new() };
    let spans = resolver.spans(template, facts);
    let duration = spans.iter().filter_map(|span| span.end).max().unwrap_or(Ticks::ZERO);
    resolver.check_total(template, duration);
    let mut blocks = Vec::with_capacity(spans.len());
    for (index, (block, span)) in template.blocks.iter().zip(spans).enumerate() {
        let placed = resolver.placed(index, block, span, duration);
        blocks.extend(placed.map(|placed| with_media(placed, facts)));
    }
    blocks.sort_by_key(|placed| placed.content.visual().map_or((true, 0), |visual| (false, visual.z_index)));
    resolver.join(template, &mut blocks);
    let Resolver { issues, warnings, .. } = resolver;
    issues.into_result(Some(Timeline {
        canvas: (output.width_px, output.height_px),
        fps: output.fps,
        duration,
        frame_count: output.fps.frame_count(duration),
        background: template.background.clone(),
        blocks,
        warnings,
    }))
}

/// A template that was read has passed these; one made by hand may not.
fn check_order(template: &Template) -> Result<(), Issues> {
    let issues = IssueCollector::new();
    let mut order = OrderRules::new(&issues);
    template.blocks.iter().for_each(|block| order.visit(Some(block)));
    order.finish();
    issues.into_result(Some(()))
}

/// Span of a block while the length of the video is not known.
#[derive(Clone, Copy)]
struct OpenSpan {
    start: Ticks,
    /// None for the end of the video.
    end: Option<Ticks>,
    source_end: Option<Ticks>,
}

struct Resolver<'a> {
    output: &'a OutputSpec,
    issues: IssueCollector,
    warnings: Vec<Warning>,
}

impl Resolver<'_> {
    fn spans(&mut self, template: &Template, facts: &BTreeMap<String, MediaFacts>) -> Vec<OpenSpan> {
        let mut previous_end = Ticks::ZERO;
        let mut spans = Vec::with_capacity(template.blocks.len());
        for block in &template.blocks {
            let source_end = self.source_end(block, facts);
            let start = match block.start {
                Start::At(start) => start,
                Start::Auto => previous_end,
            };
            let end = match block.duration {
                BlockDuration::For(duration) => Some(start + duration),
                BlockDuration::Auto => Some(start + self.media_duration(block, source_end)),
                BlockDuration::End => None,
            };
            if let Some(end) = end {
                OrderRules::new(&self.issues).check_end(block, end);
                previous_end = end;
            }
            spans.push(OpenSpan { start, end, source_end: source_end.ok().flatten() });
        }
        spans
    }

    /// Checks a block against its media and returns where the used part of it ends, if anybody knows.
    fn source_end(
        &mut self,
        block: &Block,
        facts: &BTreeMap<String, MediaFacts>,
    ) -> Result<Option<Ticks>, Reported> {
        let Some(source) = block.content.source() else { return Ok(None) };
        let Some(facts) = facts.get(source.key()) else {
            let detail = format!("{} was not given; upload it, or correct the name", quoted(source.key()));
            return Err(self.reject(block.source_pointer(), codes::MISSING_ASSET, detail));
        };
        match block.content {
            Content::Video(_) | Content::Image(_) if facts.size.is_none() => {
                let detail = format!("{} has no picture; use it in an audio block", quoted(source.key()));
                return Err(self.reject(block.source_pointer(), codes::NO_VIDEO_STREAM, detail));
            }
            Content::Audio(_) if !facts.has_audio => {
                let detail = format!("{} has no sound; use a file that has", quoted(source.key()));
                return Err(self.reject(block.source_pointer(), codes::NO_AUDIO_STREAM, detail));
            }
            _ => {}
        }
        let duration = match block.content {
            Content::Audio(_) => facts.audio_duration.or(facts.duration),
            Content::Video(_) | Content::Image(_) | Content::Text(_) => facts.duration,
        };
        block.content.trim().map_or(Ok(None), |trim| self.trimmed_end(block, trim, duration))
    }

    fn trimmed_end(
        &mut self,
        block: &Block,
        trim: Trim,
        source_duration: Option<Ticks>,
    ) -> Result<Option<Ticks>, Reported> {
        let Some(source_duration) = source_duration else { return Ok(trim.end) };
        if trim.start >= source_duration {
            let detail = format!(
                "the trim starts at {}, but the source ends at {source_duration}; start it earlier",
                trim.start
            );
            let pointer = format!("{}/trim/start", block.pointer);
            return Err(self.reject(pointer, codes::TRIM_BEYOND_SOURCE, detail));
        }
        let Some(trim_end) = trim.end.filter(|end| *end > source_duration) else {
            return Ok(trim.end.or(Some(source_duration)));
        };
        if trim_end - source_duration >= self.frame() {
            self.warnings.push(Warning {
                pointer: format!("{}/trim/end", block.pointer),
                code: codes::TRIM_END_BEYOND_SOURCE,
                detail: format!(
                    "the trim ends at {trim_end}, but the source ends at {source_duration}, where it is cut"
                ),
            });
        }
        Ok(Some(source_duration))
    }

    /// Length of the used part of the media, for a block that lasts as long.
    fn media_duration(&self, block: &Block, source_end: Result<Option<Ticks>, Reported>) -> Ticks {
        match source_end {
            Ok(Some(end)) => {
                let playback = block.content.playback();
                let Some(plays) = playback.plays else {
                    let detail = "media that plays for ever has no length; give a duration, or \"end\"";
                    self.reject(block.duration_pointer(), codes::AUTO_DURATION_OF_LOOP, detail);
                    return Ticks::ZERO;
                };
                let used = end - block.content.trim().unwrap_or_default().start;
                playback.block_time(used.scaled(i64::from(plays), 1)).max(Ticks::ONE)
            }
            Ok(None) => {
                let detail = "the length of the source is not known; give a duration in seconds";
                self.reject(block.duration_pointer(), codes::AUTO_DURATION_WITHOUT_LENGTH, detail);
                Ticks::ZERO
            }
            Err(Reported) => Ticks::ZERO,
        }
    }

    fn check_total(&self, template: &Template, duration: Ticks) {
        // Blocks with issues have no length; to call the video short as well would be noise.
        if self.issues.count() == 0 && duration + duration < self.frame() {
            let pointer = template.blocks.first().map(Block::duration_pointer).unwrap_or_default();
            let detail = format!(
                "the video lasts {}, less than half a frame at {} frames per second; let a block last longer",
                duration,
                self.output.fps.get()
            );
            self.reject(pointer, codes::VIDEO_TOO_SHORT, detail);
        }
    }

    fn placed(
        &mut self,
        index: usize,
        block: &Block,
        span: OpenSpan,
        video_end: Ticks,
    ) -> Option<PlacedBlock> {
        let end = span.end.unwrap_or(video_end);
        if span.start >= end {
            self.warnings.push(Warning {
                pointer: block.pointer.clone(),
                code: codes::BLOCK_NEVER_SHOWN,
                detail: format!(
                    "the block starts at {}, when the video ends; start it earlier, or give it a duration",
                    span.start
                ),
            });
            return None;
        }
        self.warn_of_held_frame(block, span, end);
        let first = self.output.fps.nearest_frame(span.start);
        Some(PlacedBlock {
            index,
            pointer: block.pointer.clone(),
            start: span.start,
            end,
            frames: first..self.output.fps.nearest_frame(end).max(first + 1),
            source_end: span.source_end,
            content: block.content.clone(),
            media_size: None,
            opaque: false,
            text: None,
            passage: None,
            successors: Vec::new(),
        })
    }

    /// Audio just ends; a video would freeze, which is seldom meant.
    fn warn_of_held_frame(&mut self, block: &Block, span: OpenSpan, end: Ticks) {
        let (Content::Video(video), Some(source_end)) = (&block.content, span.source_end) else { return };
        let Some(plays) = video.playback.plays else { return };
        let used = (source_end - video.trim.start).scaled(i64::from(plays), 1);
        let (shown, wanted) = (video.playback.block_time(used), end - span.start);
        // Less than a frame is how containers round, and cannot be seen.
        if wanted - shown >= self.frame() {
            self.warnings.push(Warning {
                pointer: block.pointer.clone(),
                code: codes::SOURCE_SHORTER_THAN_BLOCK,
                detail: format!("the block lasts {wanted}, but its source {shown}; its last frame is held"),
            });
        }
    }

    /// Finds the partner of each transition, and holds it until the transition is over.
    fn join(&mut self, template: &Template, blocks: &mut [PlacedBlock]) {
        let half_frame = Ticks::new(self.frame().get() / 2);
        for later in 0..blocks.len() {
            let Some(transition) = template.blocks.get(blocks[later].index).and_then(Block::transition)
            else {
                continue;
            };
            let block = &blocks[later];
            let span_secs = (block.end - block.start).as_secs();
            let mut warn = |code, detail: String| {
                let pointer = format!("{}/transition", block.pointer);
                self.warnings.push(Warning { pointer, code, detail });
            };
            if transition.secs > span_secs {
                let detail = format!(
                    "the transition lasts {} s, but its block {span_secs} s; it is cut to that",
                    transition.secs
                );
                warn(codes::TRANSITION_CUT, detail);
            }
            let partner = partner_of(blocks, block, half_frame);
            if partner.is_none() {
                let detail =
                    "no block before this one touches it; the transition shows it over what is below";
                warn(codes::TRANSITION_WITHOUT_PARTNER, detail.to_owned());
            }
            let transition = Transition { secs: transition.secs.min(span_secs), ..*transition };
            let covers = partner.is_some_and(|partner| {
                let canvas = (self.output.width_px, self.output.height_px);
                partner < later && covers(block, &blocks[partner], canvas)
            });
            let until = self.output.fps.nearest_frame(block.start + Ticks::from_secs(transition.secs));
            blocks[later].passage = Some(Passage { transition, partner, covers });
            if let Some(partner) = partner {
                let earlier = &mut blocks[partner];
                earlier.successors.push(later);
                earlier.frames.end = earlier.frames.end.max(until);
            }
        }
    }

    fn frame(&self) -> Ticks {
        self.output.fps.duration_of(1)
    }

    fn reject(&self, pointer: String, code: &'static str, detail: impl Into<String>) -> Reported {
        self.issues.add(Issue { pointer, code, detail: detail.into(), suggestion: None });
        Reported
    }
}

fn with_media(placed: PlacedBlock, facts: &BTreeMap<String, MediaFacts>) -> PlacedBlock {
    let Some(facts) = placed.content.source().and_then(|source| facts.get(source.key())) else {
        return placed;
    };
    PlacedBlock { media_size: facts.size, opaque: facts.size.is_some() && !facts.has_alpha, ..placed }
}

/// Stands for an issue that is in the collector.
#[derive(Debug, Clone, Copy)]
struct Reported;
