//! Draws a laid-out text into a texture, once: premultiplied, gamma-coded.

use glyphon::{Cache, Color, ColorMode, Resolution, TextArea, TextAtlas, TextBounds, TextRenderer, Viewport};

use super::fonts::Fonts;
use super::layout::TextLayout;
use avs_template::EncodedSrgb;

use crate::geometry::EvenRect;
use crate::gpu::{GpuContext, plane_texture};

/// Format of a rasterised text. Not an sRGB format: colours are written as they are coded.
const FORMAT: wgpu::TextureFormat = wgpu::TextureFormat::Rgba8Unorm;

/// Why a text cannot be drawn.
#[derive(Debug, thiserror::Error)]
pub enum TextRasterError {
    /// More glyphs than the largest texture of this adapter holds.
    #[error("the text has more different large glyphs than fit this adapter's textures; make it smaller")]
    AtlasFull(#[source] glyphon::PrepareError),
    /// The atlas changed between preparing and drawing: a fault of ours.
    #[error("the glyph atlas is out of step")]
    OutOfStep(#[source] glyphon::RenderError),
}

/// Glyphs on the device and the pipeline that draws them.
pub struct TextRaster {
    atlas: TextAtlas,
    renderer: TextRenderer,
    viewport: Viewport,
}

impl std::fmt::Debug for TextRaster {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TextRaster").finish_non_exhaustive()
    }
}

impl TextRaster {
    /// Prepares to draw.
    #[must_use]
    pub fn new(gpu: &GpuContext) -> Self {
        let cache = Cache::new(&gpu.device);
        let viewport = Viewport::new(&gpu.device, &cache);
        // `Accurate` would turn colours linear for an sRGB target; into this one they would come out too dark.
        let mut atlas = TextAtlas::with_color_mode(&gpu.device, &gpu.queue, &cache, FORMAT, ColorMode::Web);
        let renderer = TextRenderer::new(&mut atlas, &gpu.device, wgpu::MultisampleState::default(), None);
        Self { atlas, renderer, viewport }
    }

    /// Draws `layout` into a new texture that shows `ink` of the canvas.
    ///
    /// # Errors
    /// [`TextRasterError`] where the glyphs do not fit the device.
    pub fn draw(
        &mut self,
        gpu: &GpuContext,
        fonts: &mut Fonts,
        (layout, color): (&TextLayout, EncodedSrgb),
        ink: EvenRect,
    ) -> Result<wgpu::Texture, TextRasterError> {
        let texture = plane_texture(&gpu.device, "text", ink.size(), FORMAT);
        self.viewport.update(&gpu.queue, Resolution { width: ink.width, height: ink.height });
        let offset = |at: f64, origin: u32| {
            #[expect(clippy::cast_possible_truncation, reason = "pixel positions are far below 2^24")]
            let px = (at - f64::from(origin)) as f32;
            px
        };
        let area = TextArea {
            buffer: &layout.buffer,
            left: offset(layout.rect.x, ink.x),
            top: offset(layout.rect.y, ink.y),
            scale: 1.0,
            bounds: TextBounds::default(),
            default_color: Color::rgba(color.r, color.g, color.b, color.a),
            custom_glyphs: &[],
        };
        self.renderer
            .prepare(
                &gpu.device,
                &gpu.queue,
                &mut fonts.system,
                &mut self.atlas,
                &self.viewport,
                [area],
                &mut fonts.glyphs,
            )
            .map_err(TextRasterError::AtlasFull)?;
        let view = texture.create_view(&wgpu::TextureViewDescriptor::default());
        let mut encoder = gpu.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        {
            let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
                label: Some("text"),
                color_attachments: &[Some(wgpu::RenderPassColorAttachment {
                    view: &view,
                    depth_slice: None,
                    resolve_target: None,
                    ops: wgpu::Operations {
                        load: wgpu::LoadOp::Clear(wgpu::Color::TRANSPARENT),
                        store: wgpu::StoreOp::Store,
                    },
                })],
                ..Default::default()
            });
            self.renderer
                .render(&self.atlas, &self.viewport, &mut pass)
                .map_err(TextRasterError::OutOfStep)?;
        }
        gpu.queue.submit([encoder.finish()]);
        self.atlas.trim();
        Ok(texture)
    }
}
