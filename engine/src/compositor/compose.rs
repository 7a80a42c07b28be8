//! From a scene to a frame: plans it, and has the CPU and the device draw their parts. Never waits for the device.

use std::sync::Arc;

use avs_template::{BlendMode, Scene, SceneLayer};

use super::costs::Costs;
use super::device::{DeviceCanvas, DeviceFrame};
use super::frames::{ComposedFrame, DeviceSlot, FrameRing};
use super::host::HostCanvas;
use super::layers::{Cover, LayerTexture};
use super::plan::{LayerContent, Plan, PlannedLayer};
use super::sampled::SampledSource;
use crate::color::{CodedPicture, Picture};
use crate::geometry::EvenRect;
use crate::gpu::{Gpu, GpuError};

/// One layer of the frame to compose, bottom to top.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FrameLayer {
    /// Index of the texture that it is drawn from; the texture has a picture.
    pub texture: usize,
    /// Index of the scene's layer, which says where and how.
    pub layer: usize,
    /// True where its picture has no alpha.
    pub opaque: bool,
}

/// Why a frame was not composed.
#[derive(Debug, thiserror::Error)]
pub enum ComposeError {
    /// The device.
    #[error(transparent)]
    Gpu(#[from] GpuError),
    /// Nobody takes frames any more.
    #[error("the encoding end of the frames is gone")]
    Abandoned,
}

/// Draws frames of one size.
#[derive(Debug)]
pub struct Compositor {
    gpu: Gpu,
    canvas: (u32, u32),
    costs: &'static Costs,
    direct_count_max: usize,
    host: HostCanvas,
    /// Made when the device first has something to draw.
    device: Option<DeviceCanvas>,
    planned: Vec<PlannedLayer>,
    plan: Plan,
}

impl Compositor {
    /// Prepares for frames of an even size with at most `direct_count_max` layers that are drawn texel by texel. Each
    /// pass is placed as `costs` has it.
    #[must_use]
    pub fn new(gpu: &Gpu, canvas: (u32, u32), direct_count_max: usize, costs: &'static Costs) -> Self {
        Self {
            gpu: gpu.clone(),
            canvas,
            costs,
            direct_count_max,
            host: HostCanvas::new(),
            device: None,
            planned: Vec::new(),
            plan: Plan::default(),
        }
    }

    /// Composes one frame of `layers`.
    ///
    /// # Errors
    /// [`ComposeError`] where the device cannot be opened or nobody takes frames.
    pub fn compose<S: DeviceSlot>(
        &mut self,
        textures: &mut [LayerTexture],
        (scene, layers): (&Scene, &[FrameLayer]),
        ring: &mut FrameRing<S>,
    ) -> Result<ComposedFrame<S>, ComposeError> {
        self.planned.clear();
        let canvas = self.canvas;
        self.planned.extend(
            layers.iter().map(|layer| planned_layer(&textures[layer.texture], (layer, scene), canvas)),
        );
        self.plan.make(&self.planned, scene.background, canvas, self.costs);
        if let Some(layer) = self.plan.passes_through(canvas)
            && let Some(Picture::Coded(picture)) = textures[layers[layer].texture].picture()
        {
            return Ok(ComposedFrame { picture: Arc::clone(picture), from_device: None });
        }
        let mut picture = ring.picture();
        let frame = Arc::get_mut(&mut picture).expect("the ring gives pictures that nobody else holds");
        let (on_host, on_device) = self.plan.passes.split_at(self.plan.host_count);
        for pass in on_host {
            let texture = pass.layer().map(|layer| &mut textures[layers[layer].texture]);
            self.host.draw(frame, pass, texture);
        }
        let Some(area) = self.plan.device_area else {
            return Ok(ComposedFrame { picture, from_device: None });
        };
        let gpu = self.gpu.context()?;
        let slot = ring.slot(gpu).ok_or(ComposeError::Abandoned)?;
        let device = self.device.get_or_insert_with(|| DeviceCanvas::new(gpu, canvas, self.direct_count_max));
        let below: Option<&CodedPicture> = (!on_host.is_empty()).then_some(frame);
        let slot =
            device.draw(textures, &DeviceFrame { scene, layers, passes: on_device, area, below }, slot);
        Ok(ComposedFrame { picture, from_device: Some((slot, area)) })
    }
}

fn planned_layer(
    texture: &LayerTexture,
    (layer, scene): (&FrameLayer, &Scene),
    canvas: (u32, u32),
) -> PlannedLayer {
    let scene: &SceneLayer = &scene.layers[layer.layer];
    let content = match texture.picture() {
        Some(Picture::Coded(picture)) => Some(LayerContent::Video { coding: picture.coding }),
        // Planes of a picture with alpha are worth making if it stays.
        Some(Picture::Rgba(_)) if texture.is_still() => Some(LayerContent::Still),
        Some(Picture::Rgba(_)) | None => None,
    };
    let plain = scene.masks.is_empty() && scene.effects.is_empty() && scene.corner_radius_px <= 0.0;
    let (is_normal, opacity) = (scene.blend_mode == BlendMode::Normal, scene.opacity);
    match (texture.cover(), content) {
        (Cover::Canvas(dest), Some(content)) if plain && is_normal => {
            PlannedLayer::Direct { dest, opacity, content }
        }
        _ => {
            let source = SampledSource::of_texture(texture);
            // What is blurred beyond its edges may change everything around it.
            let spreads = !scene.effects.is_empty() && !layer.opaque;
            let area = source.area(scene, canvas).filter(|_| !spreads);
            let area = area.unwrap_or(EvenRect::whole(canvas));
            if is_normal {
                PlannedLayer::Sampled { area, opacity, scaled: source.scaled_part(scene, canvas) }
            } else {
                PlannedLayer::Blended { area }
            }
        }
    }
}
