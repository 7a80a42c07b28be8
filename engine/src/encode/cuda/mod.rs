//! Pictures that stay on an NVIDIA card: memory that another API drew into, imported into CUDA, copied there into FFmpeg's
//! own pool, and encoded. The driver is loaded at run time: a machine without it runs the same binary.
//!
//! ```text
//! descriptor of the memory ──▶ CudaSlot ──two copies on the card──▶ frame of CudaFrames ──▶ h264_nvenc
//! ```

mod device;
mod frames;
mod slot;

pub use device::CudaDevice;
pub use frames::CudaFrames;
pub use slot::{CudaSlot, CudaSlotDesc};

use super::refusal::Refusal;

/// Looks for the driver's library. Everything else of the binding panics where it is missing.
#[expect(unsafe_code, reason = "loading a library runs its initialisers")]
pub(super) fn find_driver() -> Result<(), Refusal> {
    // SAFETY: what the system finds under the driver's name is trusted like the rest of the system's libraries.
    if unsafe { cudarc::driver::sys::is_culib_present() } { Ok(()) } else { Err(Refusal::NoCudaDriver) }
}

impl Refusal {
    /// A call of the driver that failed, with the driver's own name for the fault.
    fn from_cuda(what: &'static str, error: cudarc::driver::DriverError) -> Self {
        Self::Cuda { what, driver: format!("{:?}", error.0) }
    }
}
