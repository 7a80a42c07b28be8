//! Buffers whose memory another API of the same card can import: drawn into here, read there, never copied to the CPU.
//! Vulkan only; each has an allocation of its own, since drivers share whole allocations.

use std::os::fd::{FromRawFd, OwnedFd};

use ash::{khr, vk};

use super::readback::wait_for;
use super::{GpuError, PlanePair};
use crate::geometry::Nv12Layout;

/// What an importer can take without knowing the driver: the driver's own descriptor.
const HANDLE: vk::ExternalMemoryHandleTypeFlags = vk::ExternalMemoryHandleTypeFlags::OPAQUE_FD;

/// Why a buffer cannot be shared.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExportError {
    /// Metal or another API.
    #[error("the frames are not drawn through Vulkan")]
    NotVulkan,
    /// The driver has no such extension.
    #[error("the graphics driver cannot share memory (it lacks {extension})")]
    NoExtension {
        /// Vulkan's name of it.
        extension: &'static str,
    },
    /// The driver has the extension, not for such buffers.
    #[error("the graphics driver does not share buffers that frames are copied into")]
    NotExportable,
    /// All memory that may be shared is the CPU's; through that one a frame would be copied twice.
    #[error("the graphics driver shares no memory of the card itself")]
    NoCardMemory,
    /// Planes of 4:2:0 need even sizes.
    #[error("{width_px}x{height_px} is not an even size")]
    OddSize {
        /// Width asked for.
        width_px: u32,
        /// Height asked for.
        height_px: u32,
    },
    /// A call failed.
    #[error("the graphics driver cannot {what}: {result}")]
    Vulkan {
        /// What was tried.
        what: &'static str,
        /// Vulkan's word for it.
        result: vk::Result,
    },
}

/// A buffer that holds one frame as NV12, shared with whoever has its memory.
#[derive(Debug)]
pub struct ExportedSlot {
    buffer: wgpu::Buffer,
    layout: Nv12Layout,
    submission: Option<wgpu::SubmissionIndex>,
}

/// The memory of a slot, for the one who imports it. It lives as long as either side has it.
#[derive(Debug)]
pub struct ExportedMemory {
    /// The driver's descriptor.
    pub fd: OwnedFd,
    /// Size of the allocation, which may be more than the picture.
    pub allocation_bytes: u64,
    /// Where the planes are.
    pub layout: Nv12Layout,
    /// Identity of the card; other APIs report the same.
    pub device_uuid: [u8; 16],
}

impl ExportedSlot {
    /// Makes a slot for frames of an even size, and the memory to give away.
    ///
    /// # Errors
    /// [`ExportError`] where the device or its driver does not share.
    pub fn new(device: &wgpu::Device, size_px: (u32, u32)) -> Result<(Self, ExportedMemory), ExportError> {
        let (width_px, height_px) = size_px;
        let layout = Nv12Layout::aligned(size_px, wgpu::COPY_BYTES_PER_ROW_ALIGNMENT)
            .ok_or(ExportError::OddSize { width_px, height_px })?;
        let (hal_buffer, memory) = export(device, layout)?;
        let desc = wgpu::BufferDescriptor {
            label: Some("exported"),
            size: layout.size_bytes(),
            usage: wgpu::BufferUsages::COPY_DST | wgpu::BufferUsages::COPY_SRC,
            mapped_at_creation: false,
        };
        #[expect(unsafe_code, reason = "the buffer is made outside wgpu")]
        // SAFETY: made from this device, of this size and these usages; its bytes are only read where a frame was copied.
        let buffer = unsafe { device.create_buffer_from_hal::<wgpu::hal::api::Vulkan>(hal_buffer, &desc) };
        Ok((Self { buffer, layout, submission: None }, memory))
    }

    /// Where the planes are.
    #[must_use]
    pub fn layout(&self) -> Nv12Layout {
        self.layout
    }

    /// The buffer, to read it through wgpu.
    #[must_use]
    pub fn buffer(&self) -> &wgpu::Buffer {
        &self.buffer
    }

    /// Records the copy of both planes into this slot.
    pub fn record_copy(&self, encoder: &mut wgpu::CommandEncoder, target: &PlanePair) {
        target.record_copy(encoder, (0, 0), (&self.buffer, self.layout));
    }

    /// Says which submission holds the copy.
    pub fn submitted(&mut self, submission: wgpu::SubmissionIndex) {
        self.submission = Some(submission);
    }

    /// Waits until the frame is complete in the card's memory.
    ///
    /// # Errors
    /// [`GpuError::Lost`] where the device failed or stays silent.
    pub fn wait(&mut self, device: &wgpu::Device) -> Result<(), GpuError> {
        wait_for(device, self.submission.take())
    }
}

/// A buffer and its memory, destroyed when dropped half made.
struct Unfinished<'a> {
    device: &'a ash::Device,
    buffer: vk::Buffer,
    memory: vk::DeviceMemory,
}

impl Drop for Unfinished<'_> {
    #[expect(unsafe_code, reason = "Vulkan")]
    fn drop(&mut self) {
        // SAFETY: both are ours, unused by the device, or null, which Vulkan ignores.
        unsafe {
            self.device.destroy_buffer(self.buffer, None);
            self.device.free_memory(self.memory, None);
        }
    }
}

impl Unfinished<'_> {
    fn finish(self) -> (vk::Buffer, vk::DeviceMemory) {
        let whole = std::mem::ManuallyDrop::new(self);
        (whole.buffer, whole.memory)
    }
}

/// Makes the buffer, its memory and the descriptor.
#[expect(unsafe_code, reason = "wgpu shares no memory; Vulkan does")]
fn export(
    device: &wgpu::Device,
    layout: Nv12Layout,
) -> Result<(wgpu::hal::vulkan::Buffer, ExportedMemory), ExportError> {
    // SAFETY: the handles behind the guard are used only while it lives, and the device is not destroyed through it.
    let hal = unsafe { device.as_hal::<wgpu::hal::api::Vulkan>() }.ok_or(ExportError::NotVulkan)?;
    if !hal.enabled_device_extensions().contains(&khr::external_memory_fd::NAME) {
        return Err(ExportError::NoExtension { extension: "VK_KHR_external_memory_fd" });
    }
    let (instance, raw) = (hal.shared_instance().raw_instance(), hal.raw_device());
    let card = Card { instance, physical: hal.raw_physical_device() };
    let dedicated = card.sharing_of_buffers()?;
    let failed = |what| move |result| ExportError::Vulkan { what, result };
    // SAFETY: each call takes handles of this device and structures that live until it returns; what is made is owned by
    // `Unfinished` until wgpu takes both over, which destroys them when its buffer is no longer in use.
    unsafe {
        let mut external = vk::ExternalMemoryBufferCreateInfo::default().handle_types(HANDLE);
        let desc = vk::BufferCreateInfo::default()
            .size(layout.size_bytes())
            .usage(USAGE)
            .sharing_mode(vk::SharingMode::EXCLUSIVE)
            .push_next(&mut external);
        let buffer = raw.create_buffer(&desc, None).map_err(failed("make a shared buffer"))?;
        let mut unfinished = Unfinished { device: raw, buffer, memory: vk::DeviceMemory::null() };
        let needs = raw.get_buffer_memory_requirements(buffer);
        let kind = card.memory_kind(needs.memory_type_bits).ok_or(ExportError::NoCardMemory)?;
        let mut exported = vk::ExportMemoryAllocateInfo::default().handle_types(HANDLE);
        let mut dedicated_to = vk::MemoryDedicatedAllocateInfo::default().buffer(buffer);
        let mut allocation = vk::MemoryAllocateInfo::default()
            .allocation_size(needs.size)
            .memory_type_index(kind)
            .push_next(&mut exported);
        if dedicated {
            allocation = allocation.push_next(&mut dedicated_to);
        }
        unfinished.memory =
            raw.allocate_memory(&allocation, None).map_err(failed("allocate shared memory"))?;
        raw.bind_buffer_memory(buffer, unfinished.memory, 0).map_err(failed("bind shared memory"))?;
        let desc = vk::MemoryGetFdInfoKHR::default().memory(unfinished.memory).handle_type(HANDLE);
        let fd = khr::external_memory_fd::Device::new(instance, raw)
            .get_memory_fd(&desc)
            .map_err(failed("export shared memory"))?;
        let fd = OwnedFd::from_raw_fd(fd);
        let (buffer, memory) = unfinished.finish();
        let hal_buffer = wgpu::hal::vulkan::Buffer::from_raw_managed(buffer, memory, 0, needs.size);
        let device_uuid = card.uuid();
        Ok((hal_buffer, ExportedMemory { fd, allocation_bytes: needs.size, layout, device_uuid }))
    }
}

/// What the buffer is for; the same as wgpu is told.
const USAGE: vk::BufferUsageFlags = vk::BufferUsageFlags::from_raw(
    vk::BufferUsageFlags::TRANSFER_DST.as_raw() | vk::BufferUsageFlags::TRANSFER_SRC.as_raw(),
);

/// A physical device and how to ask it.
struct Card<'a> {
    instance: &'a ash::Instance,
    physical: vk::PhysicalDevice,
}

#[expect(unsafe_code, reason = "Vulkan")]
impl Card<'_> {
    /// Whether buffers for frames can be shared, and if so, whether only with an allocation dedicated to each.
    fn sharing_of_buffers(&self) -> Result<bool, ExportError> {
        let desc = vk::PhysicalDeviceExternalBufferInfo::default().usage(USAGE).handle_type(HANDLE);
        let mut found = vk::ExternalBufferProperties::default();
        // SAFETY: the device is of this instance; both structures live until the call returns.
        unsafe {
            self.instance.get_physical_device_external_buffer_properties(self.physical, &desc, &mut found);
        }
        let features = found.external_memory_properties.external_memory_features;
        if !features.contains(vk::ExternalMemoryFeatureFlags::EXPORTABLE) {
            return Err(ExportError::NotExportable);
        }
        Ok(features.contains(vk::ExternalMemoryFeatureFlags::DEDICATED_ONLY))
    }

    /// The first kind of memory among `allowed` that is the card's own.
    fn memory_kind(&self, allowed: u32) -> Option<u32> {
        // SAFETY: the device is of this instance.
        let found = unsafe { self.instance.get_physical_device_memory_properties(self.physical) };
        let local = vk::MemoryPropertyFlags::DEVICE_LOCAL;
        (0..found.memory_type_count).find(|index| {
            let kind = found.memory_types[*index as usize];
            allowed >> index & 1 == 1 && kind.property_flags.contains(local)
        })
    }

    fn uuid(&self) -> [u8; 16] {
        let mut identity = vk::PhysicalDeviceIDProperties::default();
        let mut found = vk::PhysicalDeviceProperties2::default().push_next(&mut identity);
        // SAFETY: the device is of this instance; both structures live until the call returns.
        unsafe { self.instance.get_physical_device_properties2(self.physical, &mut found) };
        identity.device_uuid
    }
}
