//! AVS Template JSON v1: the document and its validation, the timeline and its scenes. Pure: no file, clock or network is touched here.
//!
//! ```text
//! JSON --ObjectReader--> Template + facts about the media + OutputSpec --Timeline::new--> Timeline --scene(n)--> Scene
//!            |                                                              |
//!            +------------------------- Issues (all at once) ---------------+
//! ```

mod block;
mod block_read;
mod color;
mod document;
mod field;
mod geometry;
mod issue;
pub mod limits;
mod output;
mod pointer;
mod read;
mod resolve;
mod rules;
mod scene;
mod suggest;
mod time;
mod timeline;
mod visual_read;

pub use block::{
    Anchor, AudioBlock, Block, BlockDuration, Content, Fit, Font, FontSize, FontStyle, Gradient, ImageBlock,
    Length, Overflow, Position, Shadow, Sound, Source, Start, Stroke, TextAlign, TextBackground, TextBlock,
    TextDirection, TextSplit, TextTransform, Trim, VerticalAlign, VideoBlock, Visual,
};
pub use color::EncodedSrgb;
pub use document::Template;
pub use field::{Field, NumberRange};
pub use geometry::{
    MediaPlacement, RectPx, SizePx, TextBoxDesc, media_placement, output_px_per_reference_px, text_box,
    text_placement,
};
pub use issue::{Issue, IssueCollector, Issues, codes};
pub use output::{OutputSpec, Quality};
pub use pointer::Pointer;
pub use read::ObjectReader;
pub use scene::{
    Affine2, BlendMode, Effect, LayerPart, Mask, MaskShape, Scene, SceneLayer, TextFacts, TextPaint,
    TextUnit, UnitRect,
};
pub use suggest::nearest;
pub use time::{FrameRate, Ticks};
pub use timeline::{MediaFacts, PlacedBlock, Timeline, Warning};
