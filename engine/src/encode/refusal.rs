//! Why an encoder cannot be used here: one plain sentence each, with what to do. FFmpeg's numbers alone would mislead: a
//! missing CUDA library is "operation not permitted" to it.

use ffmpeg_next as ffmpeg;
use ffmpeg_next::util::error::{EINVAL, EIO, ENODEV, ENOENT, ENOMEM, ENOSYS, EPERM};

/// Why an encoder cannot be used on this machine.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No NVIDIA card, or the container does not show it.
    #[error(
        "this machine shows no NVIDIA card (/dev/nvidiactl is missing); give a container one with --gpus all"
    )]
    NoNvidiaCard,
    /// The card is there, its driver's library is not.
    #[error(
        "the CUDA driver (libcuda.so.1) is not installed; install NVIDIA's driver, and start a container with \
         NVIDIA_DRIVER_CAPABILITIES=compute,video,graphics,utility"
    )]
    NoCudaDriver,
    /// The CUDA driver does not start.
    #[error("the CUDA driver does not start (it says {driver}); look at what nvidia-smi says")]
    CudaSilent {
        /// Its name for the fault.
        driver: String,
    },
    /// Frames are drawn on another device than CUDA has.
    #[error("the frames are drawn on {adapter}, which is none of the {count} cards that CUDA has")]
    OtherCard {
        /// Identity of the device that draws.
        adapter: String,
        /// CUDA's devices.
        count: i32,
    },
    /// A call of the CUDA driver failed.
    #[error("CUDA cannot {what} (it says {driver})")]
    Cuda {
        /// What was tried.
        what: &'static str,
        /// The driver's name for the fault.
        driver: String,
    },
    /// The memory does not hold the picture that it is said to hold.
    #[error("the shared memory has {allocation_bytes} bytes, the picture {needed_bytes}")]
    SlotTooSmall {
        /// Size of the allocation.
        allocation_bytes: u64,
        /// Size of the picture with its padding.
        needed_bytes: u64,
    },
    /// A picture of another size than the encoder was opened for.
    #[error("a picture of {width_px}x{height_px} came to an encoder of another size")]
    OtherSize {
        /// Its width.
        width_px: u32,
        /// Its height.
        height_px: u32,
    },
    /// No render node.
    #[error(
        "this machine shows no GPU to VA-API (/dev/dri has no render node); give a container one with --device /dev/dri"
    )]
    NoRenderNode,
    /// The render node is there and cannot be used.
    #[error("{node} may not be opened; add this user to the group that owns it (Debian: render)")]
    RenderNodeClosed {
        /// Its path.
        node: String,
    },
    /// No driver behind the render node.
    #[error(
        "no VA-API driver starts on {node}; install the GPU's (Debian: intel-media-va-driver or mesa-va-drivers)"
    )]
    NoVaapiDriver {
        /// Its path.
        node: String,
    },
    /// Not a Mac.
    #[error("VideoToolbox is a part of macOS")]
    NotMacos,
    /// FFmpeg was built without it.
    #[error("this FFmpeg was built without {name}")]
    NotBuilt {
        /// FFmpeg's name of it.
        name: &'static str,
    },
    /// The chip has no encoder.
    #[error("this GPU has no H.264 encoder; some have none (of NVIDIA's: A100, H100, H200)")]
    NoEncoderChip,
    /// The chip or the driver lacks what is asked for.
    #[error(
        "{name} refused this GPU, this size or the driver; NVENC needs driver 470.57.02, and in a container all GPUs of \
         the machine or exactly one"
    )]
    Unsupported {
        /// FFmpeg's name of it.
        name: &'static str,
    },
    /// All sessions are taken, or memory is.
    #[error("{name} is busy: its sessions are taken (GeForce cards allow a few at once), or its memory is")]
    Busy {
        /// FFmpeg's name of it.
        name: &'static str,
    },
    /// A library that FFmpeg loads is missing.
    #[error(
        "{name} cannot load the GPU's libraries (libcuda.so.1, libnvidia-encode.so.1); install the whole driver, and start \
         a container with NVIDIA_DRIVER_CAPABILITIES=compute,video,graphics,utility"
    )]
    NoLibrary {
        /// FFmpeg's name of it.
        name: &'static str,
    },
    /// Something else.
    #[error("{name} does not start (FFmpeg says: {detail})")]
    Other {
        /// FFmpeg's name of it.
        name: &'static str,
        /// FFmpeg's words.
        detail: String,
    },
    /// It opened, and gave nothing.
    #[error("{name} took a picture and gave none back")]
    Mute {
        /// FFmpeg's name of it.
        name: &'static str,
    },
    /// It opened, and an MP4 of it could not be played.
    #[error("{name} gives no parameter sets, which an MP4 needs; use a newer driver")]
    NoParameterSets {
        /// FFmpeg's name of it.
        name: &'static str,
    },
}

impl Refusal {
    /// What FFmpeg means by failing to open an encoder, or to encode its first picture.
    pub(super) fn from_ffmpeg(name: &'static str, error: ffmpeg::Error) -> Self {
        match error {
            ffmpeg::Error::EncoderNotFound => Self::NotBuilt { name },
            ffmpeg::Error::Other { errno: ENOENT } => Self::NoEncoderChip,
            ffmpeg::Error::Other { errno: ENOSYS } => Self::Unsupported { name },
            ffmpeg::Error::Other { errno: ENOMEM } => Self::Busy { name },
            // AVERROR(EPERM) is -1, which the loader of NVIDIA's libraries returns for everything it misses.
            ffmpeg::Error::Other { errno: EPERM } => Self::NoLibrary { name },
            error => Self::Other { name, detail: error.to_string() },
        }
    }

    /// What FFmpeg means by failing to open a render node.
    pub(super) fn from_render_node(node: &str, error: ffmpeg::Error) -> Self {
        let node = node.to_owned();
        match error {
            // EINVAL: no display on the node; EIO: the driver's initialisation failed (5.1, `hwcontext_vaapi.c`).
            ffmpeg::Error::Other { errno: EINVAL | EIO | ENODEV } => Self::NoVaapiDriver { node },
            error => Self::Other { name: "VA-API", detail: error.to_string() },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ffmpeg_returns_becomes_a_sentence_and_never_a_bare_number() {
        for (errno, said) in [
            (EPERM, "cannot load the GPU's libraries"),
            (ENOENT, "has no H.264 encoder"),
            (ENOSYS, "refused this GPU"),
            (ENOMEM, "is busy"),
            (EIO, "does not start"),
        ] {
            let refusal = Refusal::from_ffmpeg("h264_nvenc", ffmpeg::Error::Other { errno }).to_string();
            assert!(refusal.contains(said), "{refusal}");
            assert!(!refusal.contains("not permitted"), "{refusal}");
        }
        let missing = Refusal::from_ffmpeg("h264_nvenc", ffmpeg::Error::EncoderNotFound);
        assert_eq!(missing, Refusal::NotBuilt { name: "h264_nvenc" });
    }

    #[test]
    fn a_render_node_without_a_driver_asks_for_one() {
        let refused =
            |errno| Refusal::from_render_node("/dev/dri/renderD128", ffmpeg::Error::Other { errno });
        assert!(matches!(refused(EINVAL), Refusal::NoVaapiDriver { .. }));
        assert!(matches!(refused(EIO), Refusal::NoVaapiDriver { .. }));
    }
}
