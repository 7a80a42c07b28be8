//! Memory of the card that another API draws into, as CUDA sees it.

use std::fs::File;
use std::os::fd::OwnedFd;

use cudarc::driver::{DevicePtr, MappedBuffer, result, sys::CUdeviceptr};

use super::super::error::EncodeError;
use super::super::refusal::Refusal;
use super::CudaDevice;
use crate::geometry::Nv12Layout;

/// What the drawing side says of a slot.
#[derive(Debug)]
pub struct CudaSlotDesc {
    /// The memory, as an opaque descriptor of the driver's. CUDA owns it from the import on.
    pub fd: OwnedFd,
    /// Size of the whole allocation, which may be more than the picture.
    pub allocation_bytes: u64,
    /// Where the planes are.
    pub layout: Nv12Layout,
}

/// An imported slot. Freed here and there in any order: the memory lives as long as either side has it.
#[derive(Debug)]
pub struct CudaSlot {
    memory: MappedBuffer,
    layout: Nv12Layout,
}

#[expect(unsafe_code, reason = "the binding keeps the memory's handle as a bare pointer")]
// SAFETY: handles of the driver belong to its context, not to a thread; each use and the drop bind the context first.
unsafe impl Send for CudaSlot {}

impl CudaSlot {
    /// Imports the memory.
    ///
    /// # Errors
    /// [`Refusal`] where it is too small for its layout, or the driver refuses.
    #[expect(unsafe_code, reason = "the driver trusts the size that it is told")]
    pub fn import(device: &CudaDevice, desc: CudaSlotDesc) -> Result<Self, Refusal> {
        let CudaSlotDesc { fd, allocation_bytes, layout } = desc;
        if allocation_bytes < layout.size_bytes() {
            return Err(Refusal::SlotTooSmall { allocation_bytes, needed_bytes: layout.size_bytes() });
        }
        let failed = |error| Refusal::from_cuda("import the memory that frames are drawn into", error);
        // SAFETY: the size is that of the allocation behind the descriptor, which is owned and given away.
        let memory = unsafe { device.context.import_external_memory(File::from(fd), allocation_bytes) };
        let memory = memory.map_err(failed)?.map_all().map_err(failed)?;
        Ok(Self { memory, layout })
    }

    /// Where the planes are.
    #[must_use]
    pub fn layout(&self) -> Nv12Layout {
        self.layout
    }

    /// Address of the luma plane on the card; reads on the device's stream are ordered before the memory is freed.
    pub(super) fn address(&self, device: &CudaDevice) -> CUdeviceptr {
        self.memory.device_ptr(&device.stream).0
    }

    /// Reads the whole picture back, rows of its pitch; slow, to check what CUDA sees.
    ///
    /// # Errors
    /// [`EncodeError::Card`] where the driver fails.
    #[expect(unsafe_code, reason = "the driver's copies take addresses")]
    pub fn read_back(&self, device: &CudaDevice) -> Result<Vec<u8>, EncodeError> {
        let failed = |error| EncodeError::Card(Refusal::from_cuda("read the frames' memory", error));
        device.context.bind_to_thread().map_err(failed)?;
        let mut bytes = vec![0; usize::try_from(self.layout.size_bytes()).unwrap_or(0)];
        // SAFETY: the mapping is at least as large as its layout, which `import` has checked.
        unsafe { result::memcpy_dtoh_sync(&mut bytes, self.address(device)) }.map_err(failed)?;
        Ok(bytes)
    }
}
