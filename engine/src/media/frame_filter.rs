//! Pictures through a chain of libavfilter's filters: scaling, deinterlacing, and light brought from HDR to the output's.

use ffmpeg_next as ffmpeg;
use ffmpeg_next::color::{Range, Space};
use ffmpeg_next::ffi;
use ffmpeg_next::format::Pixel;

use super::status::checked;

/// A chain that takes pictures of one format, size and colour coding.
pub(super) struct FrameFilter {
    graph: ffmpeg::filter::Graph,
    takes: Takes,
}

/// What a graph is configured for.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Takes {
    format: Pixel,
    width_px: u32,
    height_px: u32,
    space: Space,
    range: Range,
}

/// libavfilter 10 (FFmpeg 7.0) is the first whose graphs negotiate colour space and range: its filters refuse pictures
/// that differ from what the source declared, and its source has the options to declare them.
const NEGOTIATES_COLOR_FROM: u32 = 10 << 16;

/// Place of the source and of the sink in the graph: they are added first.
const SOURCE: usize = 0;
const SINK: usize = 1;

impl FrameFilter {
    /// Builds `chain` (in FFmpeg's filter syntax) for pictures like `frame`, whose timestamps count `time_base`.
    pub(super) fn new(
        frame: &ffmpeg::frame::Video,
        time_base: ffmpeg::Rational,
        chain: &str,
    ) -> Result<Self, ffmpeg::Error> {
        let find = |name| ffmpeg::filter::find(name).ok_or(ffmpeg::Error::FilterNotFound);
        let takes = Takes::from(frame);
        let mut source = format!(
            "video_size={}x{}:pix_fmt={}:time_base={}/{}",
            takes.width_px,
            takes.height_px,
            takes.format.descriptor().map_or("none", |descriptor| descriptor.name()),
            time_base.numerator(),
            time_base.denominator().max(1),
        );
        if ffmpeg::filter::version() >= NEGOTIATES_COLOR_FROM {
            let (space, range) = (ffi::AVColorSpace::from(takes.space), ffi::AVColorRange::from(takes.range));
            source += &format!(":colorspace={}:range={}", space as u32, range as u32);
        }
        let mut graph = ffmpeg::filter::Graph::new();
        graph.add(&find("buffer")?, "in", &source)?;
        graph.add(&find("buffersink")?, "out", "")?;
        graph.output("in", 0)?.input("out", 0)?.parse(chain)?;
        graph.validate()?;
        Ok(Self { graph, takes })
    }

    /// True where `frame` has the format, size and colour coding that the chain was built for.
    pub(super) fn fits(&self, frame: &ffmpeg::frame::Video) -> bool {
        self.takes == Takes::from(frame)
    }

    /// Puts a picture in.
    #[expect(unsafe_code, reason = "the binding looks filters up by name, and allocates for each picture")]
    pub(super) fn push(&mut self, frame: &ffmpeg::frame::Video) -> Result<(), ffmpeg::Error> {
        // SAFETY: the source lives as long as the graph; the call takes a reference of its own to the frame's bytes.
        checked(unsafe { ffi::av_buffersrc_write_frame(self.filter(SOURCE), frame.as_ptr()) })
    }

    /// Says that no more pictures come.
    #[expect(unsafe_code, reason = "as for `push`")]
    pub(super) fn finish(&mut self) -> Result<(), ffmpeg::Error> {
        // SAFETY: the source lives as long as the graph; null is the end.
        checked(unsafe { ffi::av_buffersrc_write_frame(self.filter(SOURCE), std::ptr::null()) })
    }

    /// Takes out the next picture that is done, with the time base of its timestamp.
    #[expect(unsafe_code, reason = "as for `push`")]
    pub(super) fn pull(&mut self) -> Option<(ffmpeg::frame::Video, ffmpeg::Rational)> {
        let mut frame = ffmpeg::frame::Video::empty();
        // SAFETY: the sink lives as long as the graph; the frame is ours and empty.
        unsafe {
            let sink = self.filter(SINK);
            checked(ffi::av_buffersink_get_frame(sink, frame.as_mut_ptr())).ok()?;
            Some((frame, ffi::av_buffersink_get_time_base(sink).into()))
        }
    }

    /// A filter of the graph by its place.
    #[expect(unsafe_code, reason = "as for `push`")]
    fn filter(&mut self, index: usize) -> *mut ffi::AVFilterContext {
        // SAFETY: the graph has at least the two filters that it was built with, in the order of their making.
        unsafe { *(*self.graph.as_mut_ptr()).filters.add(index) }
    }
}

impl From<&ffmpeg::frame::Video> for Takes {
    fn from(frame: &ffmpeg::frame::Video) -> Self {
        Self {
            format: frame.format(),
            width_px: frame.width(),
            height_px: frame.height(),
            space: frame.color_space(),
            range: frame.color_range(),
        }
    }
}
