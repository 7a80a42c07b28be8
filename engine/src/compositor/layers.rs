//! Layers as planes on the device: a picture with alpha is converted once, a video refills its textures.

use std::sync::Arc;

use super::draws::{DrawTable, draw_params};
use crate::color::{CodedPicture, ColorCoding, planes_from_rgb};
use crate::geometry::EvenRect;
use crate::gpu::{PipelineKind, PlanePair, write_plane};

/// What a block is drawn from.
#[derive(Debug)]
pub enum LayerSource {
    /// Text or an image.
    Still(StillLayer),
    /// A video.
    Video(VideoLayer),
}

/// A picture with alpha (text, image) as planes at its destination size.
#[derive(Debug)]
pub struct StillLayer {
    /// Where it goes.
    pub dest: EvenRect,
    pub(super) bind_group: wgpu::BindGroup,
}

impl StillLayer {
    /// Converts `picture` (RGBA8, premultiplied, gamma-coded, of the size of `dest`), once.
    #[must_use]
    pub fn new(draws: &DrawTable, picture: &wgpu::Texture, dest: EvenRect) -> Self {
        let gpu = draws.gpu();
        let planes = PlanePair::new(&gpu.device, "still layer", dest.size(), PlanePair::LAYER);
        let whole = EvenRect { x: 0, y: 0, ..dest };
        let to_planes = planes_from_rgb(ColorCoding::OUTPUT);
        draws.write(&[draw_params(whole, dest.size(), 1.0, Some(to_planes))]);
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
        Self { dest, bind_group: draws.bind_group(&planes.luma, &planes.chroma) }
    }
}

/// The textures of a video that is drawn (not passed through), made when first needed.
#[derive(Debug)]
pub struct VideoLayer {
    /// Where it goes; its pictures have this size.
    pub dest: EvenRect,
    uploaded: Option<UploadedPicture>,
}

#[derive(Debug)]
struct UploadedPicture {
    planes: PlanePair,
    bind_group: wgpu::BindGroup,
    picture: Arc<CodedPicture>,
}

impl VideoLayer {
    /// A layer for pictures of the size of `dest`.
    #[must_use]
    pub fn new(dest: EvenRect) -> Self {
        Self { dest, uploaded: None }
    }

    /// Uploads `picture`, unless it is the one uploaded last.
    pub(super) fn upload(&mut self, draws: &DrawTable, picture: &Arc<CodedPicture>) {
        if self.uploaded.as_ref().is_some_and(|uploaded| Arc::ptr_eq(&uploaded.picture, picture)) {
            return;
        }
        let mut uploaded = self.uploaded.take().unwrap_or_else(|| {
            let device = &draws.gpu().device;
            let planes = PlanePair::new(device, "video layer", self.dest.size(), PlanePair::NV12);
            let bind_group = draws.bind_group(&planes.luma, &planes.chroma);
            UploadedPicture { planes, bind_group, picture: Arc::clone(picture) }
        });
        write_plane(&draws.gpu().queue, &uploaded.planes.luma, &picture.luma);
        write_plane(&draws.gpu().queue, &uploaded.planes.chroma, &picture.chroma);
        uploaded.picture = Arc::clone(picture);
        self.uploaded = Some(uploaded);
    }

    pub(super) fn bind_group(&self) -> Option<&wgpu::BindGroup> {
        self.uploaded.as_ref().map(|uploaded| &uploaded.bind_group)
    }
}
