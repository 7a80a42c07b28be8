//! What sound templates mean: every field, every default.

use avs_template::{
    Anchor, Block, BlockDuration, Content, EncodedSrgb, Fit, Font, FontSize, FontStyle, Length, Overflow,
    Playback, Pointer, Position, Sound, Source, Start, Template, TextAlign, TextBlock, TextDirection,
    TextSplit, TextTransform, Ticks, Trim, VerticalAlign, VideoBlock, Visual,
};
use serde_json::json;

use crate::accepted;

fn secs(secs: f64) -> Ticks {
    Ticks::from_secs(secs)
}

#[test]
fn the_example_of_the_documentation_is_accepted() {
    let json = br#"{ "version": "1", "name": "Launch teaser",
        "blocks": [
            { "type": "video", "start": 0, "duration": 5, "source": { "uploadName": "hero.mp4" } },
            { "type": "text", "start": 0, "duration": 5, "text": "Now shipping" } ] }"#;
    let template = Template::from_json(json).expect("the documentation is right");
    assert_eq!(template.name.as_deref(), Some("Launch teaser"));
    assert_eq!(template.background, EncodedSrgb::BLACK.into());
    assert_eq!(template.blocks.len(), 2);
    let sources: Vec<_> = template.sources().collect();
    assert_eq!(sources, [("/blocks/0/source".to_owned(), &Source::Upload("hero.mp4".into()))]);
}

#[test]
fn a_bare_video_block_has_the_documented_defaults() {
    let template = accepted(&json!([{ "type": "video", "source": { "uploadName": "a.mp4" } }]));
    let content = Content::Video(VideoBlock {
        source: Source::Upload("a.mp4".into()),
        trim: Trim { start: Ticks::ZERO, end: None },
        playback: Playback { speed_permille: 1000, pitch_kept: true, plays: Some(1) },
        sound: Sound {
            volume: 1.0.into(),
            pan: 0.0,
            muted: false,
            fade_in: Ticks::ZERO,
            fade_out: Ticks::ZERO,
        },
        visual: Visual::default(),
    });
    let (start, duration) = (Start::At(Ticks::ZERO), BlockDuration::Auto);
    assert_eq!(template.blocks, [Block { pointer: "/blocks/0".into(), start, duration, content }]);
}

#[test]
fn a_bare_text_block_has_the_documented_defaults() {
    let template = accepted(&json!([
        { "type": "audio", "source": { "url": "https://a.b/c.mp3" } },
        { "type": "text", "text": "Hi" } ]));
    let font =
        Font { family: "Inter".into(), size: FontSize::Px(64.0), weight: 600, style: FontStyle::Normal };
    let text = TextBlock {
        text: "Hi".into(),
        font,
        color: EncodedSrgb::WHITE,
        moving_paint: None,
        gradient: None,
        align: TextAlign::Center,
        vertical_align: VerticalAlign::Top,
        line_height: 1.2,
        letter_spacing_px: 0.0,
        transform: TextTransform::None,
        direction: TextDirection::Auto,
        stroke: None,
        shadow: None,
        background: None,
        max_lines: None,
        overflow: Overflow::Wrap,
        auto_fit: None,
        split: TextSplit::Whole,
        visual: Visual { fit: Fit::None, ..Visual::default() },
    };
    assert_eq!(template.blocks[1].content, Content::Text(text));
    assert_eq!(template.blocks[1].duration, BlockDuration::End);
}

#[test]
fn image_lasts_to_the_end_and_audio_as_long_as_it_is() {
    let template = accepted(&json!([
        { "type": "audio", "source": { "url": "http://a.b/c.mp3" } },
        { "type": "image", "source": { "uploadName": "a.png" } } ]));
    assert_eq!(template.blocks[0].duration, BlockDuration::Auto);
    assert_eq!(template.blocks[1].duration, BlockDuration::End);
    assert_eq!(template.blocks[1].content.visual(), Some(&Visual::default()));
}

#[test]
fn every_visual_field_is_read() {
    let template = accepted(&json!([{ "type": "image", "source": { "uploadName": "a.png" }, "duration": 1,
        "x": -12.5, "y": "-50.25%", "position": "bottom-right", "anchor": { "x": 0, "y": 1 },
        "width": 540, "height": "25%", "fit": "contain", "opacity": 0.5, "zIndex": -3 }]));
    let visual = Visual {
        x: Some(Length::Px(-12.5).into()),
        y: Some(Length::Percent(-50.25).into()),
        position: Position::BottomRight,
        anchor: Some(Anchor { x: 0.0, y: 1.0 }),
        width: Some(Length::Px(540.0).into()),
        height: Some(Length::Percent(25.0).into()),
        fit: Fit::Contain,
        opacity: 0.5.into(),
        z_index: -3,
        ..Visual::default()
    };
    assert_eq!(template.blocks[0].content.visual(), Some(&visual));
}

#[test]
fn an_anchor_may_be_a_name() {
    let template = accepted(&json!([{ "type": "text", "text": "a", "duration": 1, "anchor": "right" }]));
    let visual = template.blocks[0].content.visual().expect("text is visual");
    assert_eq!(visual.anchor, Some(Anchor { x: 1.0, y: 0.5 }));
}

#[test]
fn every_sound_field_is_read() {
    let template = accepted(&json!([{ "type": "video", "source": { "uploadName": "a" }, "start": "auto",
        "duration": "end", "trim": { "start": 1.5, "end": 4 }, "volume": 4, "muted": true,
        "fadeIn": 0.5, "fadeOut": 1 }, { "type": "text", "text": "a", "duration": 1 }]));
    let content = &template.blocks[0].content;
    assert_eq!(content.trim(), Some(Trim { start: secs(1.5), end: Some(secs(4.0)) }));
    let (fade_in, fade_out) = (secs(0.5), secs(1.0));
    let sound = Sound { volume: 4.0.into(), pan: 0.0, muted: true, fade_in, fade_out };
    assert_eq!(content.sound(), Some(&sound));
    assert_eq!((template.blocks[0].start, template.blocks[0].duration), (Start::Auto, BlockDuration::End));
}

#[test]
fn every_text_field_is_read() {
    let font = json!({ "family": "Lora", "size": "8%", "weight": 400.0, "style": "italic" });
    let template = accepted(&json!([{ "type": "text", "text": "a\nb", "duration": 1, "color": "#ff000080",
        "font": font, "align": "left", "lineHeight": 2 }]));
    let Content::Text(text) = &template.blocks[0].content else { panic!("it is a text block") };
    assert_eq!(text.color, EncodedSrgb { r: 255, g: 0, b: 0, a: 128 });
    assert_eq!((text.align, text.line_height, text.text.as_str()), (TextAlign::Left, 2.0, "a\nb"));
    assert_eq!(text.font.size, FontSize::FramePercent(8.0));
    assert_eq!((text.font.weight, text.font.style), (400, FontStyle::Italic));
}

#[test]
fn a_duration_below_a_tick_is_still_positive() {
    let template = accepted(&json!([{ "type": "text", "text": "a", "duration": 1e-12 }]));
    assert_eq!(template.blocks[0].duration, BlockDuration::For(Ticks::ONE));
}

#[test]
fn sources_are_listed_in_order_with_repeats_below_the_base() {
    let value = json!({ "version": "1", "blocks": [
        { "type": "image", "source": { "url": "https://a.b/c.png" }, "duration": 1 },
        { "type": "text", "text": "a" },
        { "type": "image", "source": { "url": "https://a.b/c.png" } } ] });
    let template = Template::from_value(&value, &Pointer::root().child("template")).expect("it is sound");
    let found: Vec<_> = template.sources().map(|(pointer, source)| (pointer, source.key())).collect();
    assert_eq!(
        found,
        [
            ("/template/blocks/0/source".to_owned(), "https://a.b/c.png"),
            ("/template/blocks/2/source".to_owned(), "https://a.b/c.png")
        ]
    );
}
