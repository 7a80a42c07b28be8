//! The media of the cases: real footage where `AVS_MEDIA_DIR` has it, else made by ffmpeg's generators, which are seeded.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;

use crate::measure::run;

/// Name in the scratch folder, name in the media folder, and what ffmpeg makes of it where that is missing.
const FILES: [(&str, &str, &[&str]); 10] = [
    ("hero.mp4", "video/bbb_1080p60_h264_aac51_12s.mp4", &video("testsrc2=s=1920x1080:r=60:d=12")),
    ("dog.mp4", "video/sam2_01_dog_720p.mp4", &video("testsrc2=s=1280x720:r=30:d=9")),
    ("cups.mp4", "video/sam2_02_cups_720p.mp4", &video("mandelbrot=s=1280x720:r=30,trim=duration=9")),
    ("man.mp4", "video/greenscreen_man_720p30_24s.mp4", &video("gradients=s=1280x720:r=30:d=9:seed=7")),
    ("photo0.jpg", "image/beer_24mp.jpg", &photo("mandelbrot=s=6000x4000,trim=end_frame=1")),
    (
        "photo1.jpg",
        "image/landscape_exif1.jpg",
        &photo("mandelbrot=s=1800x1200:start_scale=0.5,trim=end_frame=1"),
    ),
    ("photo2.jpg", "image/falcon_800x533.jpg", &photo("gradients=s=800x533:d=1:seed=3,trim=end_frame=1")),
    ("photo3.jpg", "", &photo("testsrc2=s=3000x2000:d=1,gblur=sigma=1,trim=end_frame=1")),
    ("photo4.jpg", "", &photo("gradients=s=3000x2000:d=1:seed=5:n=6,noise=alls=12,trim=end_frame=1")),
    ("music.mp3", "audio/drums_44k1_stereo_83s.mp3", &["sine=f=220:d=83", "-ac", "2"]),
];

const fn video(source: &str) -> [&str; 7] {
    [source, "-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p"]
}

const fn photo(source: &str) -> [&str; 7] {
    [source, "-frames:v", "1", "-q:v", "2", "-pix_fmt", "yuvj420p"]
}

/// A folder with the media of every case.
#[derive(Debug)]
pub(crate) struct Material {
    folder: PathBuf,
    /// Inter SemiBold, as both sides draw it.
    pub(crate) font: PathBuf,
}

impl Material {
    /// Makes what is missing.
    pub(crate) fn new(folder: &Path) -> anyhow::Result<Self> {
        let real = std::env::var_os("AVS_MEDIA_DIR").map(PathBuf::from);
        for (name, real_name, generated) in FILES {
            let file = folder.join(name);
            let real = real.as_ref().map(|real| real.join(real_name)).filter(|real| real.is_file());
            match real {
                Some(real) => drop(std::fs::copy(&real, &file).with_context(|| real.display().to_string())?),
                None => make(&file, generated)?,
            }
        }
        let logo = "color=c=0xf97316:s=480x480,format=rgba,geq=r='r(X,Y)':g='g(X,Y)':b='b(X,Y)'\
            :a='255*clip(236-hypot(X-240,Y-240),0,1)',trim=end_frame=1";
        make(&folder.join("logo.png"), &[logo, "-frames:v", "1"])?;
        make_hour(folder)?;
        Ok(Self { folder: folder.to_owned(), font: inter()? })
    }

    /// A file of the folder.
    pub(crate) fn file(&self, name: &str) -> String {
        self.folder.join(name).to_string_lossy().into_owned()
    }

    /// ffmpeg's filter that draws a text as our templates do: Inter SemiBold, white, centred on `x`, `y`.
    pub(crate) fn drawtext(&self, text: &str, size_px: u32, (x, y): (&str, &str)) -> String {
        let font = self.font.display();
        // Our line box is centred, drawtext's box is of the glyphs: both have the baseline at 0.364 em below the middle.
        format!(
            "drawtext=fontfile={font}:text='{text}':fontsize={size_px}:fontcolor=white\
             :x={x}-tw/2:y={y}+0.364*{size_px}-ascent"
        )
    }
}

fn make(file: &Path, arguments: &[&str]) -> anyhow::Result<()> {
    if file.is_file() {
        return Ok(());
    }
    let mut command = Command::new("ffmpeg");
    command.args(["-y", "-v", "error", "-f", "lavfi", "-i"]).args(arguments).arg(file);
    run(&mut command).map(drop)
}

/// One hour of talk, or what sounds like it.
fn make_hour(folder: &Path) -> anyhow::Result<()> {
    let hour = folder.join("hour.m4a");
    if hour.is_file() {
        return Ok(());
    }
    let mut command = Command::new("ffmpeg");
    command.args(["-y", "-v", "error", "-stream_loop", "-1", "-i"]).arg(folder.join("music.mp3"));
    command.args(["-t", "3600", "-vn", "-ac", "2", "-ar", "48000", "-c:a", "aac", "-b:a", "128k"]).arg(&hour);
    run(&mut command).map(drop)
}

fn inter() -> anyhow::Result<PathBuf> {
    let output = Command::new("fc-match")
        .args(["-f", "%{file}", "Inter:semibold:slant=0"])
        .output()
        .context("fc-match is missing: install fontconfig")?;
    Ok(PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()))
}
