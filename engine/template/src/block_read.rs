//! Reads one block. Rules that need more than the block itself are in `rules`.

use serde_json::Value;

use crate::{
    AudioBlock, Block, BlockDuration, Content, Field, ImageBlock, NumberRange, ObjectReader, Playback, Sound,
    Source, Start, Ticks, Trim, VideoBlock, codes,
    field::quoted,
    keyframe_read::read_animated_number,
    limits,
    look_read::read_ken_burns,
    text_read::read_text,
    visual_read::{BlockShape, read_visual},
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

pub(crate) const DURATIONS: [(&str, BlockDuration); 2] =
    [("auto", BlockDuration::Auto), ("end", BlockDuration::End)];
pub(crate) const PITCHES: [(&str, bool); 2] = [("keep", true), ("follow", false)];

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
    let says_duration = block.optional("duration").raw().is_some();
    block.finish();
    let content = content?;
    // What plays for ever has no length of its own.
    let endless = content.playback().plays.is_none();
    let duration = if endless && !says_duration { BlockDuration::End } else { duration };
    Some(Block { pointer, start, duration, content })
}

/// A positive duration stays positive, however short.
fn duration_from_secs(secs: f64) -> BlockDuration {
    BlockDuration::For(Ticks::from_secs(secs).max(Ticks::ONE))
}

fn read_video(block: &mut ObjectReader<'_, '_>) -> Option<VideoBlock> {
    let source = read_source(&block.required("source"));
    let trim = read_trim(&block.optional("trim"));
    let playback = read_playback(block);
    let muted = block.optional("muted").boolean().unwrap_or(false);
    let sound = Sound { muted, ..read_sound(block) };
    let (visual, _) = read_visual(block, BlockShape::Media);
    Some(VideoBlock { source: source?, trim, playback, sound, visual })
}

fn read_image(block: &mut ObjectReader<'_, '_>) -> Option<ImageBlock> {
    let source = read_source(&block.required("source"));
    let ken_burns = read_ken_burns(&block.optional("kenBurns"));
    let (visual, _) = read_visual(block, BlockShape::Media);
    Some(ImageBlock { source: source?, ken_burns, visual })
}

fn read_audio(block: &mut ObjectReader<'_, '_>) -> Option<AudioBlock> {
    let source = read_source(&block.required("source"));
    let trim = read_trim(&block.optional("trim"));
    let playback = read_playback(block);
    let pan = block.optional("pan").number(-1.0..=1.0).unwrap_or(0.0);
    let sound = Sound { pan, ..read_sound(block) };
    Some(AudioBlock { source: source?, trim, playback, sound })
}

fn read_sound(block: &mut ObjectReader<'_, '_>) -> Sound {
    let volume = read_animated_number(&block.optional("volume"), 0.0..=limits::VOLUME_MAX, 1.0);
    let mut fade = |name| {
        let secs = block.optional(name).number(0.0..=limits::VIDEO_SECS_MAX);
        secs.map_or(Ticks::ZERO, Ticks::from_secs)
    };
    let (fade_in, fade_out) = (fade("fadeIn"), fade("fadeOut"));
    Sound { volume, pan: 0.0, muted: false, fade_in, fade_out }
}

fn read_playback(block: &mut ObjectReader<'_, '_>) -> Playback {
    let speed = block.optional("speed").number(limits::SPEED_MIN..=limits::SPEED_MAX).unwrap_or(1.0);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 100 and 10000")]
    let speed_permille = (speed * 1000.0).round() as u32;
    let pitch_kept = block.optional("pitch").choice(&PITCHES).unwrap_or(true);
    let plays = read_plays(&block.optional("loop")).unwrap_or(Some(1));
    Playback { speed_permille, pitch_kept, plays }
}

/// Reads how often the media plays: `true` for again and again, `false` for once, or a number of times in all.
fn read_plays(field: &Field<'_, '_>) -> Option<Option<u32>> {
    match field.raw()? {
        Value::Bool(endless) => Some(if *endless { None } else { Some(1) }),
        Value::Number(_) => field.integer(1..=limits::PLAYS_MAX).map(Some),
        _ => field.wrong_type("true, false, or how many times it plays in all"),
    }
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

/// Reads which file is meant.
pub(crate) fn read_source(field: &Field<'_, '_>) -> Option<Source> {
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
