//! Effects as passes over a layer's picture: which passes with which parameters (pure), and the textures between them.

use std::collections::BTreeMap;
use std::iter::Peekable;

use avs_template::{Effect, EncodedSrgb, LayerPart};

use super::params::ParamsTable;
use super::sampled::narrow;
use crate::color::{Affine3, ColorCoding, rgb_from_planes};
use crate::gpu::uniforms::{COLOR_OPS_MAX, ColorOp, EffectParams};
use crate::gpu::{EffectKind, GpuContext, plane_texture};

/// Above this standard deviation in texels, a picture is halved before it is blurred: the eye sees no difference, and
/// the work stays the same however large the blur.
const SIGMA_TEXELS_MAX: f64 = 4.0;
/// Halvings at most.
const HALVINGS_MAX: u32 = 6;
/// Standard deviations that a blur reaches beyond a picture.
const REACH_SIGMAS: f64 = 3.0;

/// One pass over a picture.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct EffectPass {
    pub(super) kind: EffectKind,
    pub(super) params: EffectParams,
    /// Size of its target in texels, the border included.
    pub(super) target: (u32, u32),
    /// Where it draws in that: everything, but for the first pass of a bordered picture.
    pub(super) viewport: (u32, u32, u32, u32),
}

/// The passes of one layer.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct EffectChain {
    pub(super) passes: Vec<EffectPass>,
    /// Size of the last target without its border.
    pub(super) size: (u32, u32),
    pub(super) border: u32,
}

/// What a chain starts from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct ChainSource {
    pub(super) size: (u32, u32),
    pub(super) coding: Option<ColorCoding>,
    pub(super) opaque: bool,
    /// Texels for each canvas pixel along both sides.
    pub(super) texels_per_px: (f64, f64),
}

/// Plans the passes that `effects` need, in order.
pub(super) fn chain(effects: &[Effect], source: &ChainSource) -> EffectChain {
    let sigma = |effect: &Effect| if let Effect::Blur { sigma_px } = effect { *sigma_px } else { 0.0 };
    let sigma_px = effects.iter().map(sigma).fold(0.0, f64::max);
    let texels = source.texels_per_px.0.max(source.texels_per_px.1);
    let halvings = (0..HALVINGS_MAX).find(|n| sigma_px * texels / f64::from(1 << n) <= SIGMA_TEXELS_MAX);
    let shrink = 1 << halvings.unwrap_or(HALVINGS_MAX);
    let size = (source.size.0.div_ceil(shrink).max(1), source.size.1.div_ceil(shrink).max(1));
    // The blur of an opaque picture stays inside its edges; that of a text does not.
    let reach = sigma_px * texels / f64::from(shrink) * REACH_SIGMAS;
    let border = if source.opaque { 0 } else { whole(reach.ceil()) };
    let scale = |side: usize| {
        let (now, before) = [(size.0, source.size.0), (size.1, source.size.1)][side];
        [source.texels_per_px.0, source.texels_per_px.1][side] * f64::from(now) / f64::from(before.max(1))
    };
    let mut planner = Planner { size, border, scale: (scale(0), scale(1)), passes: Vec::new() };
    let mut effects = effects.iter().peekable();
    planner.first(source, &next_ops(&mut effects));
    while let Some(effect) = effects.peek() {
        match **effect {
            Effect::Blur { sigma_px } => planner.blur(sigma_px),
            Effect::Sharpen(amount) => planner.neighbours(EffectKind::Sharpen, amount, [0.0; 2]),
            Effect::Pixelate { cell_px } => planner.pixelate(cell_px),
            _ => {
                planner.color(&next_ops(&mut effects));
                continue;
            }
        }
        effects.next();
    }
    EffectChain { passes: planner.passes, size, border }
}

/// Takes the changes of colours that come next, as many as one pass does.
fn next_ops(effects: &mut Peekable<std::slice::Iter<'_, Effect>>) -> Vec<ColorOp> {
    let mut ops = Vec::new();
    while ops.len() < COLOR_OPS_MAX
        && let Some(op) = effects.peek().and_then(|effect| color_op(effect))
    {
        ops.push(op);
        effects.next();
    }
    ops
}

struct Planner {
    size: (u32, u32),
    border: u32,
    scale: (f64, f64),
    passes: Vec<EffectPass>,
}

impl Planner {
    fn target(&self) -> (u32, u32) {
        (self.size.0 + 2 * self.border, self.size.1 + 2 * self.border)
    }

    fn params(&self) -> EffectParams {
        let (width, height) = self.target();
        EffectParams {
            size_px: narrow([f64::from(width), f64::from(height)]),
            ..bytemuck::Zeroable::zeroed()
        }
    }

    fn push(&mut self, kind: EffectKind, params: EffectParams) {
        let target = self.target();
        self.passes.push(EffectPass { kind, params, target, viewport: (0, 0, target.0, target.1) });
    }

    /// From the source into the first target, in the middle of its border.
    fn first(&mut self, source: &ChainSource, ops: &[ColorOp]) {
        let (width, height) = self.size;
        let border = f64::from(self.border);
        let to_rgb = source.coding.map_or(Affine3::IDENTITY, rgb_from_planes);
        let params = EffectParams {
            to_rgb: to_rgb.rows_f32(),
            size_px: narrow([f64::from(width), f64::from(height)]),
            origin_px: narrow([border, border]),
            chroma_shift: narrow([0.5 / f64::from(source.size.0.max(1))])[0],
            ..with_ops(self.params(), ops)
        };
        let kind = if source.coding.is_some() { EffectKind::ColorOfVideo } else { EffectKind::Color };
        let viewport = (self.border, self.border, width, height);
        self.passes.push(EffectPass { kind, params, target: self.target(), viewport });
    }

    fn color(&mut self, ops: &[ColorOp]) {
        self.push(EffectKind::Color, with_ops(self.params(), ops));
    }

    fn blur(&mut self, sigma_px: f64) {
        let (width, height) = self.target();
        for (sigma, step) in [
            (sigma_px * self.scale.0, [1.0 / f64::from(width), 0.0]),
            (sigma_px * self.scale.1, [0.0, 1.0 / f64::from(height)]),
        ] {
            // Thinner than that, a Gaussian is a single texel.
            if sigma > 0.1 {
                self.neighbours(EffectKind::Blur, sigma, step);
            }
        }
    }

    fn pixelate(&mut self, cell_px: f64) {
        let (width, height) = self.target();
        let cell = [cell_px * self.scale.0 / f64::from(width), cell_px * self.scale.1 / f64::from(height)];
        self.neighbours(EffectKind::Pixelate, 0.0, cell);
    }

    fn neighbours(&mut self, kind: EffectKind, amount: f64, step: [f64; 2]) {
        let params = EffectParams { amount: narrow([amount])[0], step_uv: narrow(step), ..self.params() };
        self.push(kind, params);
    }
}

fn with_ops(mut params: EffectParams, ops: &[ColorOp]) -> EffectParams {
    for (slot, op) in params.ops.iter_mut().zip(ops) {
        *slot = *op;
        params.op_count += 1;
    }
    params
}

/// A change of colours as `effect/color.wgsl` numbers it; none for what looks at neighbours.
fn color_op(effect: &Effect) -> Option<ColorOp> {
    let op = |kind, amount: f64| ColorOp {
        kind,
        amount: narrow([amount])[0],
        more: 0.0,
        seed: 0,
        color: [0.0; 4],
    };
    Some(match *effect {
        Effect::ChromaKey { color, similarity, blend } => {
            ColorOp { more: narrow([blend])[0], color: color_f32(color), ..op(0, similarity) }
        }
        Effect::Brightness(amount) => op(1, amount),
        Effect::Contrast(amount) => op(2, amount),
        Effect::Saturate(amount) => op(3, amount),
        Effect::HueRotate(degrees) => op(4, degrees.to_radians()),
        Effect::Grayscale(amount) => op(5, amount),
        Effect::Sepia(amount) => op(6, amount),
        Effect::Invert(amount) => op(7, amount),
        Effect::Vignette(amount) => op(8, amount),
        Effect::Grain { amount, seed } => ColorOp { seed, ..op(9, amount) },
        Effect::Flood { color, amount } => ColorOp { color: color_f32(color), ..op(10, amount) },
        Effect::Blur { .. } | Effect::Sharpen(_) | Effect::Pixelate { .. } => return None,
    })
}

fn color_f32(color: EncodedSrgb) -> [f32; 4] {
    [color.r, color.g, color.b, color.a].map(|value| f32::from(value) / 255.0)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a whole, small number of texels"
)]
fn whole(texels: f64) -> u32 {
    texels.clamp(0.0, 1024.0) as u32
}

/// A texture that passes draw into and read.
#[derive(Debug)]
pub(super) struct PoolTexture {
    size: (u32, u32),
    pub(super) view: wgpu::TextureView,
    pub(super) group: wgpu::BindGroup,
    taken: bool,
    /// In the frame that is being composed.
    used: bool,
}

/// Textures between passes, used again from frame to frame.
#[derive(Debug, Default)]
pub(super) struct EffectPool {
    textures: Vec<Option<PoolTexture>>,
    /// Results that hold as long as picture and effects stay the same.
    results: BTreeMap<(usize, LayerPart), EffectResult>,
}

/// Where the picture of a layer is after its effects.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct EffectResult {
    pub(super) texture: usize,
    pub(super) chain: EffectChain,
    version: u64,
    used: bool,
}

/// One pass with everything that recording it takes.
#[derive(Debug)]
pub(super) struct RecordedEffect {
    pub(super) kind: EffectKind,
    pub(super) params_offset: u32,
    /// Index in the pool; none for the layer's own texture.
    pub(super) input: Option<usize>,
    pub(super) output: usize,
    pub(super) viewport: (u32, u32, u32, u32),
    /// Of the layer, for its own texture.
    pub(super) layer_texture: usize,
}

impl EffectPool {
    pub(super) fn get(&self, index: usize) -> Option<&PoolTexture> {
        self.textures.get(index)?.as_ref()
    }

    /// Returns where the result will be; adds the passes that make it to `recorded`, unless it is there already.
    pub(super) fn run(
        &mut self,
        gpu: &GpuContext,
        params: &mut ParamsTable,
        key: (usize, LayerPart, u64),
        (chain, recorded): (EffectChain, &mut Vec<RecordedEffect>),
    ) -> EffectResult {
        let (layer_texture, part, version) = key;
        if let Some(result) = self.results.get_mut(&(layer_texture, part)) {
            if result.version == version && result.chain == chain {
                result.used = true;
                return result.clone();
            }
            let stale = result.texture;
            self.results.remove(&(layer_texture, part));
            self.give_back(stale);
        }
        let mut input = None;
        for pass in &chain.passes {
            let output = self.take(gpu, pass.target);
            recorded.push(RecordedEffect {
                kind: pass.kind,
                params_offset: params.push(&pass.params),
                input,
                output,
                viewport: pass.viewport,
                layer_texture,
            });
            if let Some(read) = input.replace(output) {
                // The queue keeps the order: what is read now may be drawn into by a later pass.
                self.give_back(read);
            }
        }
        let texture = input.expect("a chain has a first pass");
        let result = EffectResult { texture, chain, version, used: true };
        self.results.insert((layer_texture, part), result.clone());
        result
    }

    /// Forgets the results and the textures that no layer of the last frame used.
    pub(super) fn end_frame(&mut self) {
        let textures = &mut self.textures;
        self.results.retain(|_, result| {
            if let Some(texture) = textures[result.texture].as_mut().filter(|_| !result.used) {
                texture.taken = false;
            }
            std::mem::take(&mut result.used)
        });
        for slot in textures {
            let idle = slot.as_ref().is_some_and(|texture| !texture.taken && !texture.used);
            if idle {
                *slot = None;
            } else if let Some(texture) = slot {
                texture.used = false;
            }
        }
    }

    fn take(&mut self, gpu: &GpuContext, size: (u32, u32)) -> usize {
        let fits = |slot: &Option<PoolTexture>| {
            slot.as_ref().is_some_and(|texture| !texture.taken && texture.size == size)
        };
        let index = self.textures.iter().position(fits).unwrap_or_else(|| {
            let texture = plane_texture(&gpu.device, "effect", size, wgpu::TextureFormat::Rgba8Unorm);
            let view = texture.create_view(&wgpu::TextureViewDescriptor::default());
            let group = gpu.pipelines.passes.picture_group(&gpu.device, &texture, &texture);
            let made = Some(PoolTexture { size, view, group, taken: false, used: false });
            match self.textures.iter().position(Option::is_none) {
                Some(empty) => {
                    self.textures[empty] = made;
                    empty
                }
                None => {
                    self.textures.push(made);
                    self.textures.len() - 1
                }
            }
        });
        if let Some(texture) = &mut self.textures[index] {
            (texture.taken, texture.used) = (true, true);
        }
        index
    }

    fn give_back(&mut self, index: usize) {
        if let Some(texture) = &mut self.textures[index] {
            texture.taken = false;
        }
    }
}
