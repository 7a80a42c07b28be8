//! The parameters of a layer that is sampled: where its texels go, what of it shows, how it is blended. Pure.

use avs_template::{Affine2, BlendMode, Mask, MaskShape, RectPx, SceneLayer, UnitRect};

use super::layers::{Cover, LayerTexture};
use super::plan::ScaledPart;
use crate::color::{Affine3, ColorCoding, Picture, planes_from_rgb, rgb_from_planes, target_from_source};
use crate::geometry::EvenRect;
use crate::gpu::uniforms::{MaskParams, SampledParams};

/// What is sampled.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct SampledSource {
    pub(super) cover: Cover,
    /// Of the texture, in texels, the transparent border of an effect not included.
    pub(super) size: (u32, u32),
    /// Width of that border in texels.
    pub(super) border: u32,
    /// Coding of a video's planes; none for R'G'B'A.
    pub(super) coding: Option<ColorCoding>,
}

/// Most samples along each side of a pixel: enough for a picture at a quarter of its size.
const TAPS_MAX: f64 = 4.0;
/// Texels in a pixel beyond a whole number that one linear sample still covers: it spreads over two texels.
const TEXELS_SPARED: f64 = 0.25;

/// How far from a whole pixel an edge may lie and count as one: less than a code value can show.
const GRID_TOLERANCE_PX: f64 = 1e-3;

impl SampledSource {
    /// A texture as it is, before any effect.
    pub(super) fn of_texture(texture: &LayerTexture) -> Self {
        let (size, coding) = match texture.picture() {
            Some(Picture::Coded(picture)) => (picture.size(), Some(picture.coding)),
            Some(Picture::Rgba(picture)) => ((picture.width_px, picture.height_px), None),
            None => ((1, 1), None),
        };
        Self { cover: texture.cover(), size, border: 0, coding }
    }

    /// Where texture coordinates go; the border, if there is one, lies inside 0..=1.
    fn canvas_from_uv(&self, layer: &SceneLayer) -> Affine2 {
        let inner = match self.cover {
            Cover::Canvas(dest) => Affine2::rect_from_unit(dest.to_rect()),
            Cover::Source(part) => {
                let shown = layer.source_rect;
                // The unit square shows `shown` of the picture; the texture holds `part` of it.
                let unit_from_uv = Affine2::rect_from_unit(RectPx {
                    x: (part.x - shown.x) / shown.width,
                    y: (part.y - shown.y) / shown.height,
                    width: part.width / shown.width,
                    height: part.height / shown.height,
                });
                layer.canvas_from_unit.after(unit_from_uv)
            }
        };
        let grown = |size: u32| {
            let (size, border) = (f64::from(size), f64::from(self.border));
            (-border / size, (size + 2.0 * border) / size)
        };
        let ((x, width), (y, height)) = (grown(self.size.0), grown(self.size.1));
        inner.after(Affine2::rect_from_unit(RectPx { x, y, width, height }))
    }

    /// True where it has no edges of its own: it is bordered, or stays in its place on whole pixels.
    fn has_whole_pixels(&self) -> bool {
        self.border > 0 || matches!(self.cover, Cover::Canvas(_))
    }

    /// The whole pixels that a layer may change, on the even grid so that chroma sees the same place; none where that
    /// is none of the canvas.
    pub(super) fn area(&self, layer: &SceneLayer, canvas: (u32, u32)) -> Option<EvenRect> {
        let shown = if self.has_whole_pixels() { self.canvas_from_uv(layer) } else { layer.canvas_from_unit };
        let corners = [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)].map(|(x, y)| shown.apply(x, y));
        let span = |at: fn(&(f64, f64)) -> f64| {
            let low = corners.iter().map(at).fold(f64::INFINITY, f64::min);
            let high = corners.iter().map(at).fold(f64::NEG_INFINITY, f64::max);
            // Half a pixel more for the soft edge.
            (low - 0.5, high - low + 1.0)
        };
        let ((x, width), (y, height)) = (span(|corner| corner.0), span(|corner| corner.1));
        EvenRect::covering(RectPx { x, y, width, height }, canvas)
    }

    /// What of it goes where, if it is scaled onto whole pixels and nothing else.
    pub(super) fn scaled_part(&self, layer: &SceneLayer, canvas: (u32, u32)) -> Option<ScaledPart> {
        let plain = layer.masks.is_empty() && layer.effects.is_empty() && layer.corner_radius_px <= 0.0;
        if !plain || self.coding != Some(ColorCoding::OUTPUT) {
            return None;
        }
        let shown = layer.canvas_from_unit.upright_rect()?;
        let dest = EvenRect::nearest(shown, canvas)?;
        // An edge on the canvas is one of the layer's: it has to lie between pixels, and between two of chroma.
        let on_grid = |edge: f64, near: u32, limit: u32| {
            let beyond = edge <= 0.0 || edge >= f64::from(limit);
            beyond || (edge - f64::from(near)).abs() < GRID_TOLERANCE_PX
        };
        let (right, bottom) = (shown.x + shown.width, shown.y + shown.height);
        let fits = on_grid(shown.x, dest.x, canvas.0)
            && on_grid(right, dest.x + dest.width, canvas.0)
            && on_grid(shown.y, dest.y, canvas.1)
            && on_grid(bottom, dest.y + dest.height, canvas.1);
        let uv_from_canvas = self.canvas_from_uv(layer).inverse().filter(|_| fits)?;
        let texel = |x: u32, y: u32| {
            let (u, v) = uv_from_canvas.apply(f64::from(x), f64::from(y));
            (u * f64::from(self.size.0), v * f64::from(self.size.1))
        };
        let ((x, y), (right, bottom)) =
            (texel(dest.x, dest.y), texel(dest.x + dest.width, dest.y + dest.height));
        let source = RectPx { x, y, width: right - x, height: bottom - y };
        (source.width > 0.0 && source.height > 0.0).then_some(ScaledPart { dest, source })
    }

    /// Texels for each canvas pixel, along the texture's two sides.
    pub(super) fn texels_per_px(&self, layer: &SceneLayer) -> (f64, f64) {
        let Affine2 { xx, xy, yx, yy, .. } = self.canvas_from_uv(layer);
        let full = |size: u32| f64::from(size + 2 * self.border);
        (full(self.size.0) / xx.hypot(yx).max(1e-6), full(self.size.1) / xy.hypot(yy).max(1e-6))
    }

    /// Texture coordinates that may be read: half a texel inside of what shows, so that nothing beyond bleeds in.
    fn bounds(&self, layer: &SceneLayer) -> [f64; 4] {
        let Cover::Source(part) = self.cover else { return [0.0, 0.0, 1.0, 1.0] };
        if self.border > 0 {
            return [0.0, 0.0, 1.0, 1.0];
        }
        let UnitRect { x, y, width, height } = layer.source_rect;
        let side = |from: f64, length: f64, start: f64, part: f64, size: u32| {
            let half = 0.5 / f64::from(size);
            let (low, high) = ((from - start) / part + half, (from + length - start) / part - half);
            if low < high { (low.max(0.0), high.min(1.0)) } else { ((low + high) / 2.0, (low + high) / 2.0) }
        };
        let (left, right) = side(x, width, part.x, part.width, self.size.0);
        let (top, bottom) = side(y, height, part.y, part.height, self.size.1);
        [left, top, right, bottom]
    }
}

/// True where one sample for each canvas pixel is enough.
pub(super) fn is_single(params: &SampledParams) -> bool {
    params.tap_count <= 1.0
}

/// True where the layer fills its quad, so that nothing has to be cut out of it.
pub(super) fn is_plain(params: &SampledParams, layer: &SceneLayer) -> bool {
    let Affine2 { xx, xy, yx, yy, x0, y0 } = layer.canvas_from_unit;
    let square = params.corner_radius_px <= 0.0 && params.mask_count == 0;
    let spans = |from: f64, length: f64, start: f32, size: f32| {
        let (low, high) = (from.min(from + length), from.max(from + length));
        low <= f64::from(start) && high >= f64::from(start + size)
    };
    let [x, y, width, height] = params.quad_px;
    let filled = xy == 0.0 && yx == 0.0 && spans(x0, xx, x, width) && spans(y0, yy, y, height);
    square && (params.whole_pixels > 0.5 || filled)
}

/// Returns the parameters of a layer; none where no area of it is left.
pub(super) fn sampled_params(
    layer: &SceneLayer,
    source: &SampledSource,
    canvas: (u32, u32),
) -> Option<SampledParams> {
    let canvas_from_uv = source.canvas_from_uv(layer);
    let uv_from_canvas = canvas_from_uv.inverse()?;
    let unit_from_canvas = layer.canvas_from_unit.inverse()?;
    let whole_pixels = source.has_whole_pixels();
    let EvenRect { x, y, width, height } = source.area(layer, canvas)?;
    let quad = [x, y, width, height].map(f64::from);
    let Affine2 { xx, xy, yx, yy, .. } = layer.canvas_from_unit;
    let drawn = (xx.hypot(yx), xy.hypot(yy));
    let scale = drawn.0 / layer.size.width.max(1e-6);
    let texels = source.texels_per_px(layer);
    let taps = (texels.0.max(texels.1) - TEXELS_SPARED).ceil().clamp(1.0, TAPS_MAX);
    let target_from_rgb = planes_from_rgb(ColorCoding::OUTPUT);
    let (to_target, to_rgb) = match source.coding {
        None => (target_from_rgb, Affine3::IDENTITY),
        Some(coding) => (target_from_source(coding).unwrap_or(Affine3::IDENTITY), rgb_from_planes(coding)),
    };
    let mut masks = [bytemuck::Zeroable::zeroed(); SceneLayer::MASKS_MAX];
    for (params, mask) in masks.iter_mut().zip(&layer.masks) {
        *params = mask_params(mask);
    }
    Some(SampledParams {
        quad_px: narrow(quad),
        canvas_px: narrow([f64::from(canvas.0), f64::from(canvas.1)]),
        opacity: narrow([layer.opacity])[0],
        blend_mode: blend_mode_number(layer.blend_mode),
        to_target: to_target.rows_f32(),
        to_rgb: to_rgb.rows_f32(),
        rgb_from_target: rgb_from_planes(ColorCoding::OUTPUT).rows_f32(),
        target_from_rgb: target_from_rgb.rows_f32(),
        unit_matrix: matrix(unit_from_canvas),
        unit_offset: narrow([unit_from_canvas.x0, unit_from_canvas.y0]),
        drawn_px: narrow([drawn.0, drawn.1]),
        uv_matrix: matrix(uv_from_canvas),
        uv_offset: narrow([uv_from_canvas.x0, uv_from_canvas.y0]),
        corner_radius_px: narrow([layer.corner_radius_px * scale])[0],
        tap_count: narrow([taps])[0],
        uv_bounds: narrow(source.bounds(layer)),
        chroma_shift: narrow([0.5 / f64::from(source.size.0.max(1))])[0],
        whole_pixels: f32::from(u8::from(whole_pixels)),
        mask_count: u32::try_from(layer.masks.len().min(SceneLayer::MASKS_MAX)).unwrap_or(0),
        pad: 0,
        masks,
    })
}

fn mask_params(mask: &Mask) -> MaskParams {
    let (shape, direction) = match mask.shape {
        MaskShape::Linear { x, y } => (0, [x, y]),
        MaskShape::Iris => (1, [0.0, 0.0]),
        MaskShape::Clock => (2, [0.0, 0.0]),
        MaskShape::Radial => (3, [0.0, 0.0]),
        MaskShape::BarnDoor { horizontal } => (4, if horizontal { [1.0, 0.0] } else { [0.0, 1.0] }),
        MaskShape::Dissolve => (5, [0.0, 0.0]),
    };
    let RectPx { x, y, width, height } = mask.rect;
    MaskParams {
        rect_px: narrow([x, y, width, height]),
        direction: narrow(direction),
        progress: narrow([mask.progress])[0],
        inverted: f32::from(u8::from(mask.inverted)),
        shape,
        pad: [0; 3],
    }
}

/// The numbers of `blended` in `shared/blend.wgsl`.
pub(super) fn blend_mode_number(mode: BlendMode) -> u32 {
    match mode {
        BlendMode::Normal => 0,
        BlendMode::Multiply => 1,
        BlendMode::Screen => 2,
        BlendMode::Overlay => 3,
        BlendMode::Darken => 4,
        BlendMode::Lighten => 5,
        BlendMode::ColorDodge => 6,
        BlendMode::ColorBurn => 7,
        BlendMode::HardLight => 8,
        BlendMode::SoftLight => 9,
        BlendMode::Difference => 10,
        BlendMode::Exclusion => 11,
        BlendMode::Hue => 12,
        BlendMode::Saturation => 13,
        BlendMode::Color => 14,
        BlendMode::Luminosity => 15,
        BlendMode::PlusLighter => 16,
    }
}

fn matrix(map: Affine2) -> [f32; 4] {
    narrow([map.xx, map.xy, map.yx, map.yy])
}

#[expect(clippy::cast_possible_truncation, reason = "shaders compute in 32-bit floats; sizes are below 2^24")]
pub(super) fn narrow<const N: usize>(values: [f64; N]) -> [f32; N] {
    values.map(|value| value as f32)
}
