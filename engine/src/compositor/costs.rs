//! What each kind of pass costs on the CPU and on the device, by class of adapter: the numbers that placement rests on.

use super::plan::Pass;
use crate::gpu::PipelineKind;

/// CPU time in microseconds for a megapixel of canvas, luma and chroma together; infinite where it is not done there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PassCosts {
    /// One colour.
    pub clear: f64,
    /// Bytes as they are.
    pub copy: f64,
    /// An opaque picture with opacity.
    pub video: f64,
    /// The same in another coding.
    pub video_converted: f64,
    /// A picture with alpha.
    pub still: f64,
    /// An opaque picture that is scaled and nothing else.
    pub scaled: f64,
    /// Whatever else is sampled, or blended by another mode.
    pub sampled: f64,
}

/// The costs on both sides.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Costs {
    /// In the frame's memory.
    pub host: PassCosts,
    /// By the adapter.
    pub device: PassCosts,
}

impl Costs {
    /// An adapter that computes on the CPU: every sample of a shader costs more than a loop made for the job. Rounded from
    /// `./dev bench compose` on two x86-64 cores with Mesa 22.3.6; `copy` from single passes, `video_converted` and
    /// `sampled` from the shader's number of samples.
    pub const SOFTWARE: Self = Self {
        host: PassCosts {
            clear: 30.0,
            copy: 150.0,
            video: 110.0,
            video_converted: f64::INFINITY,
            still: 450.0,
            scaled: 320.0,
            sampled: f64::INFINITY,
        },
        device: PassCosts {
            clear: 740.0,
            copy: 450.0,
            video: 5_000.0,
            video_converted: 10_000.0,
            still: 3_700.0,
            scaled: 8_000.0,
            sampled: 25_000.0,
        },
    };

    /// A GPU: it draws everything, at the price of its memory's bandwidth; what the CPU would save of the bus is not
    /// measured yet.
    pub const GPU: Self = Self { host: PassCosts::uniform(f64::INFINITY), device: PassCosts::uniform(0.0) };

    /// The costs of an adapter.
    #[must_use]
    pub fn of_adapter(software: bool) -> &'static Self {
        if software { &Self::SOFTWARE } else { &Self::GPU }
    }

    /// True where a picture is best made ready as it is decoded, so that the CPU can draw it: it cannot convert codings.
    #[must_use]
    pub fn prefers_host(&self) -> bool {
        self.host.copy <= self.device.copy
    }

    /// True where the CPU does a pass at least as cheaply as the device.
    pub(super) fn host_is_cheaper(&self, pass: &Pass) -> bool {
        self.host.of(pass) <= self.device.of(pass)
    }
}

impl PassCosts {
    const fn uniform(cost: f64) -> Self {
        Self {
            clear: cost,
            copy: cost,
            video: cost,
            video_converted: cost,
            still: cost,
            scaled: cost,
            sampled: cost,
        }
    }

    fn of(&self, pass: &Pass) -> f64 {
        match pass {
            Pass::Clear { .. } => self.clear,
            Pass::Copy { .. } => self.copy,
            Pass::Draw { pipeline: PipelineKind::Video, .. } => self.video,
            Pass::Draw { pipeline: PipelineKind::VideoConverted, .. } => self.video_converted,
            Pass::Draw { .. } => self.still,
            Pass::Sample { scaled: Some(_), .. } => self.scaled,
            Pass::Sample { scaled: None, .. } | Pass::Blend { .. } => self.sampled,
        }
    }
}
