//! AVS Template JSON v1: the document and its validation, the timeline and its scenes. Pure: no file, clock or network is touched here.
//!
//! ```text
//! JSON --ObjectReader--> Template + facts about the media + OutputSpec --Timeline::new--> Timeline --scene(n)--> Scene
//!            |                                                              |
//!            +------------------------- Issues (all at once) ---------------+
//! ```

mod animated;
mod block;
mod block_read;
mod color;
mod compose;
mod document;
mod easing;
mod field;
mod geometry;
mod issue;
mod keyframe_read;
pub mod limits;
mod look;
mod look_read;
mod motion;
mod output;
mod passage;
mod pointer;
mod read;
mod resolve;
mod rules;
mod scene;
mod schema;
mod schema_fields;
mod suggest;
mod text_block;
mod text_read;
mod time;
mod timeline;
mod visual_read;

pub use animated::{Animated, Blend, BlockTime, KeyTime, Keyframe};
pub use block::{
    Anchor, AudioBlock, Block, BlockDuration, Content, Fit, ImageBlock, Length, Playback, Position, Sound,
    Source, Start, Trim, VideoBlock, Visual,
};
pub use color::EncodedSrgb;
pub use compose::{FixedPlace, SourceUse};
pub use document::{FontFile, Template};
pub use easing::{EaseCurve, EaseEnds, Easing};
pub use field::{Field, NumberRange};
pub use geometry::{
    MediaPlacement, RectPx, SizePx, TextBoxDesc, media_placement, output_px_per_reference_px, text_box,
    text_placement,
};
pub use issue::{Issue, IssueCollector, Issues, codes};
pub use look::{
    Animation, AnimationAt, AnimationKind, ChromaKey, Crop, Direction, Filter, FilterKind, Flip, KenBurns,
    Look, OnAssetError, Transition, TransitionKind, View,
};
pub use output::{OutputSpec, Quality};
pub use passage::Passage;
pub use pointer::Pointer;
pub use read::ObjectReader;
pub use scene::{
    Affine2, BlendMode, Effect, LayerPart, Mask, MaskShape, Scene, SceneLayer, TextFacts, TextPaint,
    TextUnit, UnitRect,
};
pub use schema::template_schema;
pub use schema_fields::{SchemaField, schema_fields};
pub use suggest::nearest;
pub use text_block::{
    Font, FontSize, FontStyle, Gradient, MovingPaint, Overflow, Shadow, Stroke, TextAlign, TextBackground,
    TextBlock, TextDirection, TextSplit, TextTransform, VerticalAlign,
};
pub use time::{FrameRate, Ticks};
pub use timeline::{MediaFacts, PlacedBlock, Timeline, Warning};
