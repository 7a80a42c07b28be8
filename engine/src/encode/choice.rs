//! Which encoder runs: the one that was asked for, or the first that really encodes a picture here.

use std::sync::OnceLock;

use ffmpeg_next as ffmpeg;
use ffmpeg_next::format::Pixel;

use super::backend::H264Encoder;
use super::error::EncodeError;
use super::refusal::Refusal;
use super::video::VideoSettings;
use super::{nvenc, vaapi, videotoolbox, x264};

/// Which encoder to use.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum EncoderChoice {
    /// The first of nvenc, vaapi, videotoolbox and x264 that works here.
    #[default]
    Auto,
    /// libx264, on the CPU.
    X264,
    /// An NVIDIA card.
    Nvenc,
    /// An Intel or AMD GPU on Linux.
    Vaapi,
    /// A Mac.
    Videotoolbox,
}

impl EncoderChoice {
    /// Every choice.
    pub const ALL: [Self; 5] = [Self::Auto, Self::X264, Self::Nvenc, Self::Vaapi, Self::Videotoolbox];

    /// As the command line says it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::X264 => "x264",
            Self::Nvenc => "nvenc",
            Self::Vaapi => "vaapi",
            Self::Videotoolbox => "videotoolbox",
        }
    }
}

/// An encoder as reported to people.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EncoderStatus {
    /// Its name on the command line.
    pub name: &'static str,
    /// FFmpeg's name of it.
    pub encoder: &'static str,
    /// True where it encoded a picture just now.
    pub usable: bool,
    /// Why it did not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Tries every encoder, in the order of `auto`.
#[must_use]
pub fn encoders() -> Vec<EncoderStatus> {
    let status = |choice: EncoderChoice, encoder, reason: Option<String>| EncoderStatus {
        name: choice.name(),
        encoder,
        usable: reason.is_none(),
        reason,
    };
    let hardware = Hardware::ORDER.into_iter().map(|hardware| {
        let refusal = hardware.probed().err();
        status(hardware.choice(), hardware.encoder(), refusal.map(|refusal| refusal.to_string()))
    });
    let settings = probe_settings();
    let software = x264::open(&settings).and_then(|mut encoder| {
        encode_one(&mut encoder, &settings)
            .map_err(|source| EncodeError::Encoder { name: x264::NAME, source })
    });
    let software = status(EncoderChoice::X264, x264::NAME, software.err().map(|error| error.to_string()));
    hardware.chain([software]).collect()
}

/// Opens the encoder that the settings choose.
pub(super) fn open(settings: &VideoSettings) -> Result<Box<dyn H264Encoder>, EncodeError> {
    let hardware = Hardware::ORDER.into_iter();
    for hardware in hardware.filter(|hardware| hardware.is_candidate(settings.encoder)) {
        match hardware.probed().and_then(|()| hardware.open(settings)) {
            Ok(encoder) => return Ok(encoder),
            Err(refusal) if settings.encoder == EncoderChoice::Auto => {
                tracing::info!("not encoding with {}: {refusal}", hardware.choice().name());
            }
            Err(refusal) => {
                return Err(EncodeError::Unusable { name: settings.encoder.name(), refusal });
            }
        }
    }
    Ok(Box::new(x264::open(settings)?))
}

/// Finds out what `auto` would take, so that the first video does not wait for it.
pub fn warm_up() {
    // What is refused is said when a video asks for it.
    Hardware::ORDER.into_iter().find(|hardware| hardware.probed().is_ok());
}

/// True where NVENC is asked for or may be, and encodes here.
#[must_use]
pub fn nvenc_usable(choice: EncoderChoice) -> bool {
    Hardware::Nvenc.is_candidate(choice) && Hardware::Nvenc.probed().is_ok()
}

/// Opens NVENC for frames that are on its card already.
#[cfg(target_os = "linux")]
pub(super) fn open_on_card(
    settings: &VideoSettings,
    frames: &super::cuda::CudaFrames,
) -> Result<Box<dyn H264Encoder>, Refusal> {
    Hardware::Nvenc.probed()?;
    Hardware::Nvenc.checked(Box::new(frames.open_encoder(settings)?))
}

/// The encoders that may not be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hardware {
    Nvenc,
    Vaapi,
    Videotoolbox,
}

impl Hardware {
    /// As `auto` tries them.
    const ORDER: [Self; 3] = [Self::Nvenc, Self::Vaapi, Self::Videotoolbox];

    fn choice(self) -> EncoderChoice {
        match self {
            Self::Nvenc => EncoderChoice::Nvenc,
            Self::Vaapi => EncoderChoice::Vaapi,
            Self::Videotoolbox => EncoderChoice::Videotoolbox,
        }
    }

    fn encoder(self) -> &'static str {
        match self {
            Self::Nvenc => nvenc::NAME,
            Self::Vaapi => vaapi::NAME,
            Self::Videotoolbox => videotoolbox::NAME,
        }
    }

    fn is_candidate(self, choice: EncoderChoice) -> bool {
        choice == EncoderChoice::Auto || choice == self.choice()
    }

    fn open(self, settings: &VideoSettings) -> Result<Box<dyn H264Encoder>, Refusal> {
        let encoder: Box<dyn H264Encoder> = match self {
            Self::Nvenc => Box::new(nvenc::open(settings)?),
            Self::Vaapi => Box::new(vaapi::open(settings)?),
            Self::Videotoolbox => Box::new(videotoolbox::open(settings)?),
        };
        self.checked(encoder)
    }

    /// The encoder, if its track's header can be written.
    fn checked(self, encoder: Box<dyn H264Encoder>) -> Result<Box<dyn H264Encoder>, Refusal> {
        if encoder.session().parameter_sets().is_empty() {
            return Err(Refusal::NoParameterSets { name: self.encoder() });
        }
        Ok(encoder)
    }

    /// Whether it encodes here; found out once a process.
    fn probed(self) -> Result<(), Refusal> {
        static NVENC: OnceLock<Result<(), Refusal>> = OnceLock::new();
        static VAAPI: OnceLock<Result<(), Refusal>> = OnceLock::new();
        static VIDEOTOOLBOX: OnceLock<Result<(), Refusal>> = OnceLock::new();
        let found = match self {
            Self::Nvenc => &NVENC,
            Self::Vaapi => &VAAPI,
            Self::Videotoolbox => &VIDEOTOOLBOX,
        };
        found.get_or_init(|| self.probe()).clone()
    }

    fn probe(self) -> Result<(), Refusal> {
        match self {
            Self::Nvenc => nvenc::find_card()?,
            Self::Vaapi => vaapi::find_render_node()?,
            Self::Videotoolbox => videotoolbox::find_framework()?,
        }
        let settings = probe_settings();
        let mut encoder = self.open(&settings)?;
        match encode_one(encoder.as_mut(), &settings) {
            Ok(()) => Ok(()),
            Err(ffmpeg::Error::Eof) => Err(Refusal::Mute { name: self.encoder() }),
            Err(error) => Err(Refusal::from_ffmpeg(self.encoder(), error)),
        }
    }
}

/// What a probe encodes to: above every encoder's smallest size (Turing's NVENC: 145 by 49), with all that a video asks
/// for.
pub(super) fn probe_settings() -> VideoSettings {
    VideoSettings {
        width_px: 256,
        height_px: 256,
        fps: 30,
        preset: "veryfast".to_owned(),
        crf: 23,
        encoder: EncoderChoice::Auto,
        encode_repeats: true,
    }
}

/// Encodes one grey picture to its end; "end of file" where no packet comes out.
fn encode_one(encoder: &mut dyn H264Encoder, settings: &VideoSettings) -> Result<(), ffmpeg::Error> {
    let mut frame = ffmpeg::frame::Video::new(Pixel::NV12, settings.width_px, settings.height_px);
    for plane in 0..frame.planes() {
        frame.data_mut(plane).fill(128);
    }
    frame.set_pts(Some(0));
    let words = |error| match error {
        EncodeError::Encoder { source, .. } => source,
        _ => ffmpeg::Error::Unknown,
    };
    encoder.send(&frame).map_err(words)?;
    encoder.end().map_err(words)?;
    encoder.next_packet().map_err(words)?.map(drop).ok_or(ffmpeg::Error::Eof)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(encoder: EncoderChoice) -> VideoSettings {
        VideoSettings { encoder, ..probe_settings() }
    }

    #[test]
    fn x264_is_there_and_encodes() {
        let listed = encoders();
        assert_eq!(
            listed.iter().map(|status| status.name).collect::<Vec<_>>(),
            ["nvenc", "vaapi", "videotoolbox", "x264"]
        );
        assert!(listed[3].usable, "{listed:?}");
        assert!(listed.iter().all(|status| status.usable == status.reason.is_none()));
    }

    #[test]
    fn auto_always_finds_an_encoder_and_says_which() {
        let usable = encoders().into_iter().find(|status| status.usable).unwrap();
        assert_eq!(open(&settings(EncoderChoice::Auto)).unwrap().name(), usable.encoder);
    }

    #[test]
    fn a_named_encoder_runs_or_is_refused_and_is_never_replaced() {
        let named = [EncoderChoice::Nvenc, EncoderChoice::Vaapi, EncoderChoice::Videotoolbox];
        for (choice, status) in named.into_iter().zip(encoders()) {
            match open(&settings(choice)) {
                Ok(encoder) => assert_eq!(encoder.name(), status.encoder),
                Err(EncodeError::Unusable { name, refusal }) => {
                    assert_eq!((name, Some(refusal.to_string())), (status.name, status.reason));
                }
                Err(error) => panic!("{error}"),
            }
        }
    }

    #[test]
    fn a_machine_without_the_devices_is_not_searched_for_long() {
        if Hardware::ORDER.iter().any(|hardware| !is_absent(*hardware)) {
            eprintln!("skipped: this machine has hardware to probe");
            return;
        }
        let time_of_rounds = || {
            let began = std::time::Instant::now();
            for _ in 0..100 {
                assert!(Hardware::ORDER.iter().all(|hardware| hardware.probe().is_err()));
            }
            began.elapsed()
        };
        // Ten times what it takes: 100 rounds in less than a tenth of a second. What else the machine does only adds.
        let fastest = (0..20).map(|_| time_of_rounds()).min().unwrap();
        assert!(fastest < std::time::Duration::from_millis(100), "{fastest:?}");
    }

    fn is_absent(hardware: Hardware) -> bool {
        matches!(hardware.probe(), Err(Refusal::NoNvidiaCard | Refusal::NoRenderNode | Refusal::NotMacos))
    }
}
