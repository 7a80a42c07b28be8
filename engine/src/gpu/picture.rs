//! Textures that hold a picture as two planes, luma full size and chroma half size.

use crate::geometry::Nv12Layout;

/// Luma and chroma textures of one picture or one render target.
#[derive(Debug)]
pub struct PlanePair {
    /// Full size.
    pub luma: wgpu::Texture,
    /// Half size in both directions.
    pub chroma: wgpu::Texture,
}

impl PlanePair {
    /// Makes both textures for a picture of an even size.
    #[must_use]
    pub fn new(
        device: &wgpu::Device,
        label: &str,
        (width_px, height_px): (u32, u32),
        (luma, chroma): (wgpu::TextureFormat, wgpu::TextureFormat),
    ) -> Self {
        debug_assert!(width_px.is_multiple_of(2) && height_px.is_multiple_of(2));
        Self {
            luma: plane_texture(device, label, (width_px, height_px), luma),
            chroma: plane_texture(device, label, (width_px / 2, height_px / 2), chroma),
        }
    }

    /// Records the copy of a part of both planes into a buffer; place and size of the part are even.
    pub(super) fn record_copy(
        &self,
        encoder: &mut wgpu::CommandEncoder,
        (x, y): (u32, u32),
        (buffer, layout): (&wgpu::Buffer, Nv12Layout),
    ) {
        for (texture, offset, divisor) in
            [(&self.luma, 0, 1), (&self.chroma, layout.chroma_offset_bytes(), 2)]
        {
            let origin = wgpu::Origin3d { x: x / divisor, y: y / divisor, z: 0 };
            let bytes_per_row = Some(layout.pitch_bytes);
            let (width, height) = (layout.width_px / divisor, layout.height_px / divisor);
            encoder.copy_texture_to_buffer(
                wgpu::TexelCopyTextureInfo { origin, ..texture.as_image_copy() },
                wgpu::TexelCopyBufferInfo {
                    buffer,
                    layout: wgpu::TexelCopyBufferLayout { offset, bytes_per_row, rows_per_image: None },
                },
                wgpu::Extent3d { width, height, depth_or_array_layers: 1 },
            );
        }
    }

    /// The formats of decoded pictures and of the output: R8 and RG8, that is NV12.
    pub const NV12: (wgpu::TextureFormat, wgpu::TextureFormat) =
        (wgpu::TextureFormat::R8Unorm, wgpu::TextureFormat::Rg8Unorm);

    /// The formats of a cached layer with alpha.
    pub const LAYER: (wgpu::TextureFormat, wgpu::TextureFormat) =
        (super::pipelines::LAYER_LUMA, super::pipelines::LAYER_CHROMA);
}

/// Makes a texture that can be drawn into, read by shaders, written from and copied to the CPU.
#[must_use]
pub fn plane_texture(
    device: &wgpu::Device,
    label: &str,
    (width, height): (u32, u32),
    format: wgpu::TextureFormat,
) -> wgpu::Texture {
    device.create_texture(&wgpu::TextureDescriptor {
        label: Some(label),
        size: wgpu::Extent3d { width, height, depth_or_array_layers: 1 },
        mip_level_count: 1,
        sample_count: 1,
        dimension: wgpu::TextureDimension::D2,
        format,
        usage: wgpu::TextureUsages::RENDER_ATTACHMENT
            | wgpu::TextureUsages::TEXTURE_BINDING
            | wgpu::TextureUsages::COPY_DST
            | wgpu::TextureUsages::COPY_SRC,
        view_formats: &[],
    })
}

/// Rows of texels in memory.
#[derive(Debug, Clone, Copy)]
pub struct Rows<'a> {
    /// From the first texel on.
    pub bytes: &'a [u8],
    /// From one row to the next.
    pub stride_bytes: usize,
}

/// Fills a part of `texture`; takes effect before the next submission.
pub fn write_part(
    queue: &wgpu::Queue,
    texture: &wgpu::Texture,
    (x, y): (u32, u32),
    (width, height): (u32, u32),
    rows: Rows<'_>,
) {
    queue.write_texture(
        wgpu::TexelCopyTextureInfo { origin: wgpu::Origin3d { x, y, z: 0 }, ..texture.as_image_copy() },
        rows.bytes,
        wgpu::TexelCopyBufferLayout {
            offset: 0,
            bytes_per_row: u32::try_from(rows.stride_bytes).ok(),
            rows_per_image: None,
        },
        wgpu::Extent3d { width, height, depth_or_array_layers: 1 },
    );
}

/// Fills the whole of `texture` from tightly packed rows; takes effect before the next submission.
pub fn write_plane(queue: &wgpu::Queue, texture: &wgpu::Texture, bytes: &[u8]) {
    let size = texture.size();
    let stride_bytes = bytes.len() / size.height as usize;
    write_part(queue, texture, (0, 0), (size.width, size.height), Rows { bytes, stride_bytes });
}
