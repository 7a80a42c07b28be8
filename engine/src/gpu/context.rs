//! Finding an adapter, a real GPU where there is one, else a software one, and opening its device when it is needed.

use std::sync::{Arc, OnceLock};

use super::Pipelines;

/// Why there is no device to draw with.
#[derive(Debug, thiserror::Error)]
pub enum GpuError {
    /// No adapter at all.
    #[error(
        "no graphics adapter found; install a Vulkan driver (on Debian without a GPU: mesa-vulkan-drivers)"
    )]
    NoAdapter,
    /// The operator asked for one that is not there.
    #[error("no adapter is called like {wanted:?}; there are: {}", available.join(", "))]
    NoSuchAdapter {
        /// `AVS_ADAPTER`.
        wanted: String,
        /// Names found.
        available: Vec<String>,
    },
    /// The driver refused to open a device.
    #[error("the adapter {adapter} cannot be opened")]
    Device {
        /// The adapter's name.
        adapter: String,
        /// The driver's words.
        #[source]
        source: wgpu::RequestDeviceError,
    },
    /// A shader did not come together; a test rules that out.
    #[error(transparent)]
    Shader(#[from] avs_shaders::ImportError),
    /// The device was lost or ran out of memory while drawing.
    #[error("the graphics device failed: {0}")]
    Lost(String),
}

/// An adapter as reported to people.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AdapterDesc {
    /// The driver's name for it.
    pub name: String,
    /// The API it is reached by.
    pub backend: String,
    /// The driver and its version.
    pub driver: String,
    /// True for a CPU implementation.
    pub software: bool,
}

impl AdapterDesc {
    fn of(adapter: &wgpu::Adapter) -> Self {
        let found = adapter.get_info();
        Self {
            software: found.device_type == wgpu::DeviceType::Cpu,
            backend: found.backend.to_string(),
            driver: format!("{} {}", found.driver, found.driver_info).trim().to_owned(),
            name: found.name,
        }
    }
}

/// An adapter that was found; its device is opened when something is first drawn with it.
#[derive(Debug, Clone)]
pub struct Gpu {
    /// What it is.
    pub adapter: AdapterDesc,
    found: Arc<wgpu::Adapter>,
    opened: Arc<OnceLock<GpuContext>>,
}

/// An open device with everything that is made once per process.
#[derive(Debug, Clone)]
pub struct GpuContext {
    /// The device.
    pub device: wgpu::Device,
    /// Its queue.
    pub queue: wgpu::Queue,
    /// The pipelines, compiled.
    pub pipelines: Arc<Pipelines>,
}

impl Gpu {
    /// Finds the adapter that `wanted` names in part, or the best one: discrete, integrated, virtual, software.
    ///
    /// # Errors
    /// [`GpuError::NoAdapter`] or [`GpuError::NoSuchAdapter`].
    pub fn find(wanted: Option<&str>) -> Result<Self, GpuError> {
        let mut found = enumerate();
        found.sort_by_key(|adapter| rank(adapter.get_info().device_type));
        let available: Vec<_> = found.iter().map(|adapter| adapter.get_info().name).collect();
        let chosen = match wanted {
            None => found.into_iter().next().ok_or(GpuError::NoAdapter)?,
            Some(name) => found
                .into_iter()
                .find(|adapter| adapter.get_info().name.to_lowercase().contains(&name.to_lowercase()))
                .ok_or_else(|| GpuError::NoSuchAdapter { wanted: name.to_owned(), available })?,
        };
        let adapter = AdapterDesc::of(&chosen);
        Ok(Self { adapter, found: Arc::new(chosen), opened: Arc::default() })
    }

    /// Its device, opened and with its pipelines compiled at the first call.
    ///
    /// # Errors
    /// [`GpuError::Device`] where the driver refuses.
    pub fn context(&self) -> Result<&GpuContext, GpuError> {
        if let Some(context) = self.opened.get() {
            return Ok(context);
        }
        let context = self.open()?;
        Ok(self.opened.get_or_init(|| context))
    }

    fn open(&self) -> Result<GpuContext, GpuError> {
        let desc = wgpu::DeviceDescriptor {
            label: Some("avs-engine"),
            // What the adapter has in texture size, else WebGPU's defaults: enough for every output we allow.
            required_limits: wgpu::Limits::default().using_resolution(self.found.limits()),
            ..Default::default()
        };
        let (device, queue) = pollster::block_on(self.found.request_device(&desc))
            .map_err(|source| GpuError::Device { adapter: self.adapter.name.clone(), source })?;
        let pipelines = Arc::new(Pipelines::new(&device)?);
        Ok(GpuContext { device, queue, pipelines })
    }
}

/// Every adapter on this machine, best first.
#[must_use]
pub fn adapters() -> Vec<AdapterDesc> {
    let mut found = enumerate();
    found.sort_by_key(|adapter| rank(adapter.get_info().device_type));
    found.iter().map(AdapterDesc::of).collect()
}

fn enumerate() -> Vec<wgpu::Adapter> {
    let instance = wgpu::Instance::new(wgpu::InstanceDescriptor {
        backends: wgpu::Backends::PRIMARY,
        ..wgpu::InstanceDescriptor::new_without_display_handle()
    });
    pollster::block_on(instance.enumerate_adapters(wgpu::Backends::PRIMARY))
}

fn rank(kind: wgpu::DeviceType) -> u8 {
    match kind {
        wgpu::DeviceType::DiscreteGpu => 0,
        wgpu::DeviceType::IntegratedGpu => 1,
        wgpu::DeviceType::VirtualGpu => 2,
        wgpu::DeviceType::Other => 3,
        wgpu::DeviceType::Cpu => 4,
    }
}
