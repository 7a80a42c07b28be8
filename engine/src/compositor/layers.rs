//! Layers on the device: a block's picture as textures, uploaded when it is first drawn and when it changes.

use std::sync::atomic::{AtomicU64, Ordering};

use avs_template::UnitRect;

use super::draws::{DrawTable, draw_params};
use super::host::LayerPlanes;
use crate::color::{ColorCoding, Picture, planes_from_rgb};
use crate::geometry::EvenRect;
use crate::gpu::{GpuContext, PipelineKind, PlanePair, plane_texture, write_plane};

/// What a texture holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cover {
    /// One texel is one pixel of the canvas, here.
    Canvas(EvenRect),
    /// This part of the block's picture.
    Source(UnitRect),
}

/// The textures of one picture, and the picture that they shall show.
#[derive(Debug)]
pub struct LayerTexture {
    cover: Cover,
    picture: Option<Picture>,
    uploaded: Option<Uploaded>,
    /// Of a picture with alpha, for the CPU; with the version that they show.
    host_planes: Option<(u64, LayerPlanes)>,
    /// Different for every picture that was ever set, on any texture.
    version: u64,
    pictures_set: u32,
}

#[derive(Debug)]
struct Uploaded {
    version: u64,
    size: (u32, u32),
    planes: Planes,
    sampled_group: wgpu::BindGroup,
    direct_group: Option<wgpu::BindGroup>,
}

#[derive(Debug)]
enum Planes {
    Coded(PlanePair),
    Rgba(wgpu::Texture),
}

impl LayerTexture {
    /// A texture without a picture.
    #[must_use]
    pub fn new(cover: Cover) -> Self {
        Self { cover, picture: None, uploaded: None, host_planes: None, version: 0, pictures_set: 0 }
    }

    /// Sets what it shows; nothing is uploaded before it is drawn.
    pub fn set_picture(&mut self, picture: Picture) {
        static VERSIONS: AtomicU64 = AtomicU64::new(1);
        if self.picture.as_ref().is_some_and(|shown| shown.is_same(&picture)) {
            return;
        }
        self.picture = Some(picture);
        self.version = VERSIONS.fetch_add(1, Ordering::Relaxed);
        self.pictures_set = self.pictures_set.saturating_add(1);
    }

    pub(super) fn cover(&self) -> Cover {
        self.cover
    }

    pub(super) fn picture(&self) -> Option<&Picture> {
        self.picture.as_ref()
    }

    /// True where a picture was set.
    #[must_use]
    pub fn has_picture(&self) -> bool {
        self.picture.is_some()
    }

    /// Another number for every picture that was ever set, on any texture.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.version
    }

    /// True where it has shown one picture only: then it pays to make planes of one with alpha.
    pub(super) fn is_still(&self) -> bool {
        self.pictures_set <= 1
    }

    /// Brings the textures up to the picture.
    pub(super) fn upload(&mut self, gpu: &GpuContext) {
        let Some(picture) = &self.picture else { return };
        if self.uploaded.as_ref().is_some_and(|uploaded| uploaded.version == self.version) {
            return;
        }
        let size = picture.size();
        let fits = |uploaded: &Uploaded| {
            let same_kind = matches!(
                (&uploaded.planes, picture),
                (Planes::Coded(_), Picture::Coded(_)) | (Planes::Rgba(_), Picture::Rgba(_))
            );
            uploaded.size == size && same_kind
        };
        let mut uploaded = match self.uploaded.take() {
            Some(uploaded) if fits(&uploaded) => uploaded,
            _ => Uploaded::new(gpu, picture),
        };
        match (&uploaded.planes, picture) {
            (Planes::Coded(planes), Picture::Coded(picture)) => {
                write_plane(&gpu.queue, &planes.luma, &picture.luma);
                write_plane(&gpu.queue, &planes.chroma, &picture.chroma);
            }
            (Planes::Rgba(texture), Picture::Rgba(picture)) => {
                write_plane(&gpu.queue, texture, &picture.bytes);
                // Its planes show the picture before.
                uploaded.direct_group = None;
            }
            (Planes::Coded(_), Picture::Rgba(_)) | (Planes::Rgba(_), Picture::Coded(_)) => {}
        }
        uploaded.version = self.version;
        self.uploaded = Some(uploaded);
    }

    /// Makes what the pipelines need that draw texel by texel.
    pub(super) fn prepare_direct(&mut self, draws: &DrawTable) {
        let Some(uploaded) = self.uploaded.as_mut().filter(|uploaded| uploaded.direct_group.is_none()) else {
            return;
        };
        uploaded.direct_group = Some(match &uploaded.planes {
            Planes::Coded(planes) => draws.bind_group(&planes.luma, &planes.chroma),
            Planes::Rgba(texture) => planes_of_picture(draws, texture, uploaded.size),
        });
    }

    /// The planes of a picture with alpha, for the CPU; made when they are first drawn.
    pub(super) fn host_planes(&mut self) -> Option<&LayerPlanes> {
        let Some(Picture::Rgba(picture)) = &self.picture else { return None };
        if self.host_planes.as_ref().is_none_or(|(version, _)| *version != self.version) {
            self.host_planes = Some((self.version, LayerPlanes::of_picture(picture)));
        }
        self.host_planes.as_ref().map(|(_, planes)| planes)
    }

    /// The planes of an uploaded picture without alpha.
    pub(super) fn coded_planes(&self) -> Option<&PlanePair> {
        match &self.uploaded.as_ref()?.planes {
            Planes::Coded(planes) => Some(planes),
            Planes::Rgba(_) => None,
        }
    }

    pub(super) fn direct_group(&self) -> Option<&wgpu::BindGroup> {
        self.uploaded.as_ref()?.direct_group.as_ref()
    }

    pub(super) fn sampled_group(&self) -> Option<&wgpu::BindGroup> {
        self.uploaded.as_ref().map(|uploaded| &uploaded.sampled_group)
    }
}

impl Uploaded {
    fn new(gpu: &GpuContext, picture: &Picture) -> Self {
        let size = picture.size();
        let passes = &gpu.pipelines.passes;
        let (planes, sampled_group) = match picture {
            Picture::Coded(_) => {
                let planes = PlanePair::new(&gpu.device, "video layer", size, PlanePair::NV12);
                let group = passes.picture_group(&gpu.device, &planes.luma, &planes.chroma);
                (Planes::Coded(planes), group)
            }
            Picture::Rgba(_) => {
                let texture = plane_texture(&gpu.device, "picture", size, wgpu::TextureFormat::Rgba8Unorm);
                let group = passes.picture_group(&gpu.device, &texture, &texture);
                (Planes::Rgba(texture), group)
            }
        };
        Self { version: 0, size, planes, sampled_group, direct_group: None }
    }
}

/// Converts a picture of even size into planes, once, and binds them.
fn planes_of_picture(draws: &DrawTable, picture: &wgpu::Texture, size: (u32, u32)) -> wgpu::BindGroup {
    let gpu = draws.gpu();
    let planes = PlanePair::new(&gpu.device, "still layer", size, PlanePair::LAYER);
    let whole = EvenRect { x: 0, y: 0, width: size.0, height: size.1 };
    let to_planes = planes_from_rgb(ColorCoding::OUTPUT);
    draws.write(&[draw_params(whole, size, 1.0, Some(to_planes))]);
    let picture_group = draws.bind_group(picture, picture);
    let mut encoder = gpu.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
    for (target, chroma) in [(&planes.luma, false), (&planes.chroma, true)] {
        let view = target.create_view(&wgpu::TextureViewDescriptor::default());
        let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
            label: Some("plane/layer"),
            color_attachments: &[Some(wgpu::RenderPassColorAttachment {
                view: &view,
                depth_slice: None,
                resolve_target: None,
                ops: wgpu::Operations::default(),
            })],
            ..Default::default()
        });
        pass.set_pipeline(gpu.pipelines.get(PipelineKind::Layer, chroma));
        pass.set_bind_group(0, &picture_group, &[DrawTable::offset_bytes(0, chroma)]);
        pass.draw(0..4, 0..1);
    }
    gpu.queue.submit([encoder.finish()]);
    draws.bind_group(&planes.luma, &planes.chroma)
}
