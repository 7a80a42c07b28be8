//! What an upload probably is, by its first bytes: only good enough to assume a price until the engine has probed it.

/// What a media file is; decides its price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MediaKind {
    /// Has moving pictures.
    Video,
    /// Has one picture.
    Image,
    /// Has sound only.
    Audio,
    /// Letters for texts.
    Font,
    /// A recorded screen (`.vidova`): a video by another name, at another price.
    ScreenRecording,
}

impl MediaKind {
    /// Its name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Video => "video",
            Self::Image => "image",
            Self::Audio => "audio",
            Self::Font => "font",
            Self::ScreenRecording => "screen_recording",
        }
    }
}

/// True for a name, or the path of a URL, that ends in `.vidova`.
pub fn is_screen_recording(name: &str) -> bool {
    let path = name.split(['?', '#']).next().unwrap_or_default();
    path.rsplit_once('.').is_some_and(|(_, ending)| ending.eq_ignore_ascii_case("vidova"))
}

/// Bytes that [`assumed_kind_from_head`] wants to see.
pub const HEAD_BYTES: usize = 12;

/// Returns the kind of an upload with this name and beginning, at its dearest.
pub fn assumed_kind(name: &str, head: &[u8]) -> MediaKind {
    let kind = assumed_kind_from_head(head);
    // A name alone makes nothing cheaper than it is: only what would be a video can be a recording.
    if kind == MediaKind::Video && is_screen_recording(name) { MediaKind::ScreenRecording } else { kind }
}

/// Returns the dearest kind that a file beginning with `head` can turn out to be. Containers that can
/// hold pictures and sound alike (ISO BMFF, Matroska, Ogg) count as video.
pub fn assumed_kind_from_head(head: &[u8]) -> MediaKind {
    let form = |riff: &[u8; 4], kind: &[u8; 4]| head.starts_with(riff) && head.get(8..12) == Some(kind);
    let image = head.starts_with(b"\x89PNG\r\n\x1a\n")
        || head.starts_with(b"\xff\xd8\xff")
        || head.starts_with(b"GIF8")
        || form(b"RIFF", b"WEBP");
    // MPEG audio frames and ADTS both open with 11 set bits (ISO/IEC 11172-3, 2.4.1.3).
    let mpeg_audio = matches!(head, [0xff, second, ..] if second & 0xe0 == 0xe0);
    let audio = head.starts_with(b"ID3") || head.starts_with(b"fLaC") || form(b"RIFF", b"WAVE") || mpeg_audio;
    // OpenType with TrueType or CFF outlines, and collections (OpenType 1.9, "Organization of an OpenType Font").
    let font = [&b"\0\x01\0\0"[..], b"OTTO", b"true", b"ttcf"].iter().any(|magic| head.starts_with(magic));
    match (image, audio, font) {
        (true, ..) => MediaKind::Image,
        (_, true, _) => MediaKind::Audio,
        (.., true) => MediaKind::Font,
        (false, false, false) => MediaKind::Video,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_that_cannot_hold_pictures_are_assumed_cheaper_than_video() {
        let table: [(&[u8], MediaKind); 11] = [
            (b"OTTO\0\x0c........", MediaKind::Font),
            (b"\0\x01\0\0\0\x12......", MediaKind::Font),
            (b"\x89PNG\r\n\x1a\n\0\0\0\0", MediaKind::Image),
            (b"\xff\xd8\xff\xe0....JFIF", MediaKind::Image),
            (b"RIFF\0\0\0\0WEBP", MediaKind::Image),
            (b"RIFF\0\0\0\0WAVE", MediaKind::Audio),
            (b"RIFF\0\0\0\0AVI ", MediaKind::Video),
            (b"\xff\xfb\x90\0........", MediaKind::Audio),
            (b"OggS\0\0\0\0....", MediaKind::Video),
            (b"\0\0\0\x1cftypavif", MediaKind::Video),
            (b"", MediaKind::Video),
        ];
        for (head, kind) in table {
            assert_eq!(assumed_kind_from_head(head), kind, "{head:?}");
        }
    }
}
