//! Pictures through a chain of libavfilter's filters: deinterlacing, and light brought from HDR to the output's.

use ffmpeg_next as ffmpeg;
use ffmpeg_next::format::Pixel;

/// A chain that takes pictures of one format and size.
pub(super) struct FrameFilter {
    graph: ffmpeg::filter::Graph,
    takes: (Pixel, u32, u32),
}

impl FrameFilter {
    /// Builds `chain` (in FFmpeg's filter syntax) for pictures like `frame`, whose timestamps count `time_base`.
    pub(super) fn new(
        frame: &ffmpeg::frame::Video,
        time_base: ffmpeg::Rational,
        chain: &str,
    ) -> Result<Self, ffmpeg::Error> {
        let find = |name| ffmpeg::filter::find(name).ok_or(ffmpeg::Error::FilterNotFound);
        let takes = format_of(frame);
        let source = format!(
            "video_size={}x{}:pix_fmt={}:time_base={}/{}",
            takes.1,
            takes.2,
            takes.0.descriptor().map_or("none", |descriptor| descriptor.name()),
            time_base.numerator(),
            time_base.denominator().max(1),
        );
        let mut graph = ffmpeg::filter::Graph::new();
        graph.add(&find("buffer")?, "in", &source)?;
        graph.add(&find("buffersink")?, "out", "")?;
        graph.output("in", 0)?.input("out", 0)?.parse(chain)?;
        graph.validate()?;
        Ok(Self { graph, takes })
    }

    /// True where `frame` has the format and size that the chain was built for.
    pub(super) fn fits(&self, frame: &ffmpeg::frame::Video) -> bool {
        self.takes == format_of(frame)
    }

    /// Puts a picture in.
    pub(super) fn push(&mut self, frame: &ffmpeg::frame::Video) -> Result<(), ffmpeg::Error> {
        self.graph.get("in").ok_or(ffmpeg::Error::FilterNotFound)?.source().add(frame)
    }

    /// Says that no more pictures come.
    pub(super) fn finish(&mut self) -> Result<(), ffmpeg::Error> {
        self.graph.get("in").ok_or(ffmpeg::Error::FilterNotFound)?.source().flush()
    }

    /// Takes out the next picture that is done, with the time base of its timestamp.
    pub(super) fn pull(&mut self) -> Option<(ffmpeg::frame::Video, ffmpeg::Rational)> {
        let mut output = self.graph.get("out")?;
        let mut frame = ffmpeg::frame::Video::empty();
        let mut sink = output.sink();
        sink.frame(&mut frame).ok()?;
        Some((frame, sink.time_base()))
    }
}

fn format_of(frame: &ffmpeg::frame::Video) -> (Pixel, u32, u32) {
    (frame.format(), frame.width(), frame.height())
}
