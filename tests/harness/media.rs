//! Media made by ffmpeg's generators, in a folder that goes away with the test.

use std::path::{Path, PathBuf};
use std::process::Command;

/// A temporary folder of assets.
#[derive(Debug)]
pub struct Scratch(tempfile::TempDir);

impl Default for Scratch {
    fn default() -> Self {
        Self(tempfile::tempdir().unwrap())
    }
}

impl Scratch {
    /// The folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// A file in it.
    #[must_use]
    pub fn file(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Makes a video from one of ffmpeg's sources, lossless, tagged BT.709 limited, without sound.
    pub fn lossless_video(&self, name: &str, source: &str) -> PathBuf {
        self.video(name, source, "bt709", "tv")
    }

    /// The same with a matrix (`bt709`, `smpte170m`) and range (`tv`, `pc`), converted by ffmpeg.
    pub fn video(&self, name: &str, source: &str, matrix: &str, range: &str) -> PathBuf {
        let path = self.file(name);
        let convert = format!(
            "format=rgb24,scale=out_color_matrix={matrix}:out_range={range}:flags=accurate_rnd,format=yuv420p"
        );
        ffmpeg(&[
            "-f",
            "lavfi",
            "-i",
            source,
            "-vf",
            &convert,
            "-c:v",
            "libx264",
            "-qp",
            "0",
            "-preset",
            "ultrafast",
            "-colorspace",
            matrix,
            "-color_range",
            range,
            "-color_primaries",
            "bt709",
            "-color_trc",
            "bt709",
            path.to_str().unwrap(),
        ]);
        path
    }

    /// Makes a clip as a camera would: moving pictures, a tone, H.264 and AAC.
    pub fn clip(&self, name: &str, size: &str, fps: u32, secs: f64) -> PathBuf {
        let path = self.file(name);
        let picture = format!("testsrc2=s={size}:r={fps}:d={secs}");
        let tone = format!("sine=f=440:d={secs}");
        ffmpeg(&[
            "-f",
            "lavfi",
            "-i",
            &picture,
            "-f",
            "lavfi",
            "-i",
            &tone,
            "-c:v",
            "libx264",
            "-preset",
            "ultrafast",
            "-pix_fmt",
            "yuv420p",
            "-c:a",
            "aac",
            path.to_str().unwrap(),
        ]);
        path
    }
}

/// Runs ffmpeg, which must succeed.
#[track_caller]
pub fn ffmpeg(args: &[&str]) {
    let output = Command::new("ffmpeg").args(["-y", "-v", "error", "-nostdin"]).args(args).output().unwrap();
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
}
