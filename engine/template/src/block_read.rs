//! Reads one block. Rules that need more than the block itself are in `rules`.

use serde_json::Value;

use crate::{
    AudioBlock, Block, BlockDuration, Content, EncodedSrgb, Field, Font, FontSize, FontStyle, ImageBlock,
    NumberRange, ObjectReader, Overflow, Sound, Source, Start, TextAlign, TextBlock, TextDirection,
    TextSplit, TextTransform, Ticks, Trim, VerticalAlign, VideoBlock, codes,
    field::quoted,
    limits,
    visual_read::{MEDIA_FITS, TEXT_FITS, read_color, read_percent, read_visual},
};

#[derive(Clone, Copy)]
enum BlockType {
    Video,
    Image,
    Text,
    Audio,
}

const BLOCK_TYPES: [(&str, BlockType); 4] = [
    ("video", BlockType::Video),
    ("image", BlockType::Image),
    ("text", BlockType::Text),
    ("audio", BlockType::Audio),
];

const DURATIONS: [(&str, BlockDuration); 2] = [("auto", BlockDuration::Auto), ("end", BlockDuration::End)];
const FONT_STYLES: [(&str, FontStyle); 2] = [("normal", FontStyle::Normal), ("italic", FontStyle::Italic)];
const ALIGNMENTS: [(&str, TextAlign); 3] =
    [("left", TextAlign::Left), ("center", TextAlign::Center), ("right", TextAlign::Right)];

/// Reads a block, or records why it is none.
pub(crate) fn read_block(field: &Field<'_, '_>) -> Option<Block> {
    let mut block = field.object()?;
    // A block of no known type has no known fields: its type is all there is to say about it.
    let block_type = block.required("type").choice(&BLOCK_TYPES)?;
    let default_duration = match block_type {
        BlockType::Video | BlockType::Audio => BlockDuration::Auto,
        BlockType::Image | BlockType::Text => BlockDuration::End,
    };
    let start = block
        .optional("start")
        .number_or_choice(
            0.0..=limits::VIDEO_SECS_MAX,
            |s| Start::At(Ticks::from_secs(s)),
            &[("auto", Start::Auto)],
        )
        .unwrap_or(Start::At(Ticks::ZERO));
    let duration = block
        .optional("duration")
        .number_or_choice(NumberRange::above(0.0, limits::VIDEO_SECS_MAX), duration_from_secs, &DURATIONS)
        .unwrap_or(default_duration);
    let content = match block_type {
        BlockType::Video => read_video(&mut block).map(Content::Video),
        BlockType::Image => read_image(&mut block).map(Content::Image),
        BlockType::Text => read_text(&mut block).map(Content::Text),
        BlockType::Audio => read_audio(&mut block).map(Content::Audio),
    };
    let pointer = block.pointer().to_string();
    block.finish();
    Some(Block { pointer, start, duration, content: content? })
}

/// A positive duration stays positive, however short.
fn duration_from_secs(secs: f64) -> BlockDuration {
    BlockDuration::For(Ticks::from_secs(secs).max(Ticks::ONE))
}

fn read_video(block: &mut ObjectReader<'_, '_>) -> Option<VideoBlock> {
    let source = read_source(&block.required("source"));
    let trim = read_trim(&block.optional("trim"));
    let muted = block.optional("muted").boolean().unwrap_or(false);
    let sound = Sound { muted, ..read_sound(block) };
    let visual = read_visual(block, &MEDIA_FITS);
    Some(VideoBlock { source: source?, trim, sound, visual })
}

fn read_image(block: &mut ObjectReader<'_, '_>) -> Option<ImageBlock> {
    let source = read_source(&block.required("source"));
    let visual = read_visual(block, &MEDIA_FITS);
    Some(ImageBlock { source: source?, visual })
}

fn read_audio(block: &mut ObjectReader<'_, '_>) -> Option<AudioBlock> {
    let source = read_source(&block.required("source"));
    let trim = read_trim(&block.optional("trim"));
    let sound = read_sound(block);
    Some(AudioBlock { source: source?, trim, sound })
}

fn read_text(block: &mut ObjectReader<'_, '_>) -> Option<TextBlock> {
    let text = block.required("text").string(1..=limits::TEXT_CHARS_MAX).map(str::to_owned);
    let font = read_font(&block.optional("font")).unwrap_or_default();
    let color = read_color(&block.optional("color")).unwrap_or(EncodedSrgb::WHITE);
    let align = block.optional("align").choice(&ALIGNMENTS).unwrap_or(TextAlign::Center);
    let line_height = block.optional("lineHeight").number(0.5..=4.0).unwrap_or(1.2);
    let visual = read_visual(block, &TEXT_FITS);
    Some(TextBlock {
        text: text?,
        font,
        color,
        gradient: None,
        align,
        vertical_align: VerticalAlign::Top,
        line_height,
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
        visual,
    })
}

fn read_font(field: &Field<'_, '_>) -> Option<Font> {
    let mut font = field.object()?;
    let default = Font::default();
    let family = font.optional("family").string(1..=limits::FONT_FAMILY_CHARS_MAX).map(str::to_owned);
    let size = read_font_size(&font.optional("size"));
    let weight = font.optional("weight").integer(100..=900_u16);
    let style = font.optional("style").choice(&FONT_STYLES);
    font.finish();
    Some(Font {
        family: family.unwrap_or(default.family),
        size: size.unwrap_or(default.size),
        weight: weight.unwrap_or(default.weight),
        style: style.unwrap_or(default.style),
    })
}

fn read_font_size(field: &Field<'_, '_>) -> Option<FontSize> {
    match field.raw()? {
        Value::String(text) => {
            read_percent(field, text, NumberRange::above(0.0, 100.0)).map(FontSize::FramePercent)
        }
        Value::Number(_) => field.number(NumberRange::above(0.0, limits::FONT_SIZE_PX_MAX)).map(FontSize::Px),
        _ => field.wrong_type("a number of pixels or a percentage of the frame's height such as \"8%\""),
    }
}

fn read_sound(block: &mut ObjectReader<'_, '_>) -> Sound {
    let volume = block.optional("volume").number(0.0..=limits::VOLUME_MAX).unwrap_or(1.0);
    let mut fade = |name| {
        let secs = block.optional(name).number(0.0..=limits::VIDEO_SECS_MAX);
        secs.map_or(Ticks::ZERO, Ticks::from_secs)
    };
    let (fade_in, fade_out) = (fade("fadeIn"), fade("fadeOut"));
    Sound { volume, muted: false, fade_in, fade_out }
}

fn read_trim(field: &Field<'_, '_>) -> Trim {
    let Some(mut trim) = field.object() else { return Trim::default() };
    let mut secs = |name| trim.optional(name).number(0.0..=limits::SOURCE_SECS_MAX).map(Ticks::from_secs);
    let (start, end) = (secs("start").unwrap_or(Ticks::ZERO), secs("end"));
    if end.is_some_and(|end| end <= start) {
        let detail = format!("ends at or before its start ({start}); let it end later");
        trim.optional("end").reject(codes::INVALID_TRIM, detail);
    }
    trim.finish();
    Trim { start, end }
}

fn read_source(field: &Field<'_, '_>) -> Option<Source> {
    let mut source = field.object()?;
    let url = source.optional("url");
    let upload_name = source.optional("uploadName");
    let read = match (url.raw(), upload_name.raw()) {
        (Some(_), None) => read_url(&url).map(Source::Url),
        (None, Some(_)) => read_upload_name(&upload_name).map(Source::Upload),
        (None, None) => {
            source.reject(codes::INVALID_SOURCE, "names no file; give it a \"url\" or an \"uploadName\"");
            None
        }
        (Some(_), Some(_)) => {
            let detail = "has both a \"url\" and an \"uploadName\"; keep the one that is meant";
            source.reject(codes::INVALID_SOURCE, detail);
            None
        }
    };
    source.finish();
    read
}

fn read_url(field: &Field<'_, '_>) -> Option<String> {
    let url = field.string(1..=limits::URL_CHARS_MAX)?;
    let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let sound = host.is_some_and(|host| !host.is_empty() && !host.starts_with('/'))
        && !url.contains(|c: char| c.is_control() || c.is_whitespace());
    if !sound {
        let detail = format!(
            "{} is not a web address; it must begin with https:// or http://, and have no spaces",
            quoted(url)
        );
        field.reject(codes::INVALID_URL, detail);
    }
    sound.then(|| url.to_owned())
}

fn read_upload_name(field: &Field<'_, '_>) -> Option<String> {
    let name = field.string(1..=limits::UPLOAD_NAME_BYTES_MAX)?;
    if name.len() > limits::UPLOAD_NAME_BYTES_MAX {
        let detail =
            format!("has {} bytes; it must have at most {}", name.len(), limits::UPLOAD_NAME_BYTES_MAX);
        field.reject(codes::TOO_LONG, detail);
        return None;
    }
    let plain = !name.contains(|c: char| matches!(c, '/' | '\\') || c.is_control()) && !name.contains("..");
    if !plain {
        let detail = format!(
            "{} is not a plain file name; it must have no slash, backslash, control character or \"..\"",
            quoted(name)
        );
        field.reject(codes::INVALID_UPLOAD_NAME, detail);
    }
    plain.then(|| name.to_owned())
}
