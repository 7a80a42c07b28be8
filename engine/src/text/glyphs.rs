//! Single glyphs: outlines as paths, coloured ones as pictures, both placed on a text's content box.

use cosmic_text::{CacheKey, CacheKeyFlags, Command, LayoutGlyph, SwashContent};
use tiny_skia::{Path, PathBuilder, Pixmap, PremultipliedColorU8, Rect, Transform};

use super::fonts::Fonts;

/// A glyph of a set text.
#[derive(Debug, Clone)]
pub(super) struct PlacedGlyph {
    key: CacheKey,
    /// Of its origin, on the content box.
    x: f32,
    y: f32,
    colored: bool,
}

impl PlacedGlyph {
    /// Places `glyph` of a line whose origin is at `origin`.
    pub(super) fn new(fonts: &mut Fonts, glyph: &LayoutGlyph, origin: (f32, f32)) -> Self {
        let x = origin.0 + glyph.x + glyph.font_size * glyph.x_offset;
        let y = origin.1 + glyph.y - glyph.font_size * glyph.y_offset;
        let (key, _, _) = CacheKey::new(
            glyph.font_id,
            glyph.glyph_id,
            glyph.font_size,
            (0.0, 0.0),
            glyph.font_weight,
            glyph.cache_key_flags | CacheKeyFlags::DISABLE_HINTING,
        );
        let font = fonts.system.get_font(glyph.font_id, glyph.font_weight);
        let colored = font.is_some_and(|font| {
            let swash = font.as_swash();
            swash.color_strikes().next().is_some() || swash.color_palettes().next().is_some()
        });
        Self { key, x, y, colored }
    }

    /// Its outline; none for a coloured one and for a space.
    pub(super) fn outline(&self, fonts: &mut Fonts) -> Option<Path> {
        if self.colored {
            return None;
        }
        let Fonts { system, glyphs, .. } = fonts;
        let commands = glyphs.get_outline_commands(system, self.key)?;
        let mut path = PathBuilder::new();
        for command in commands {
            // Outlines grow up, pictures down.
            match command {
                Command::MoveTo(to) => path.move_to(self.x + to.x, self.y - to.y),
                Command::LineTo(to) => path.line_to(self.x + to.x, self.y - to.y),
                Command::QuadTo(by, to) => {
                    path.quad_to(self.x + by.x, self.y - by.y, self.x + to.x, self.y - to.y);
                }
                Command::CurveTo(a, b, to) => path.cubic_to(
                    self.x + a.x,
                    self.y - a.y,
                    self.x + b.x,
                    self.y - b.y,
                    self.x + to.x,
                    self.y - to.y,
                ),
                Command::Close => path.close(),
            }
        }
        path.finish()
    }

    /// Its picture, with `scale` pixels for each of the text's own, and where its corner is; none for a glyph of one
    /// colour.
    pub(super) fn picture(&self, fonts: &mut Fonts, scale: f32) -> Option<(Pixmap, (f32, f32))> {
        if !self.colored {
            return None;
        }
        let Fonts { system, glyphs, .. } = fonts;
        let size_px = f32::from_bits(self.key.font_size_bits) * scale;
        let key = CacheKey { font_size_bits: size_px.to_bits(), ..self.key };
        let image = glyphs.get_image(system, key).as_ref()?;
        if !matches!(image.content, SwashContent::Color) {
            return None;
        }
        let mut pixmap = Pixmap::new(image.placement.width, image.placement.height)?;
        let (texels, _) = image.data.as_chunks::<4>();
        for (pixel, [r, g, b, a]) in pixmap.pixels_mut().iter_mut().zip(texels) {
            let premul =
                |value: u8| u8::try_from((u32::from(value) * u32::from(*a) + 127) / 255).unwrap_or(u8::MAX);
            if let Some(premul) = PremultipliedColorU8::from_rgba(premul(*r), premul(*g), premul(*b), *a) {
                *pixel = premul;
            }
        }
        #[expect(clippy::cast_precision_loss, reason = "a glyph's picture is small")]
        let corner =
            (self.x + image.placement.left as f32 / scale, self.y - image.placement.top as f32 / scale);
        Some((pixmap, corner))
    }

    /// What its ink covers.
    pub(super) fn bounds(&self, fonts: &mut Fonts) -> Option<Rect> {
        if let Some((pixmap, (x, y))) = self.picture(fonts, 1.0) {
            #[expect(clippy::cast_precision_loss, reason = "a glyph's picture is small")]
            return Rect::from_xywh(x, y, pixmap.width() as f32, pixmap.height() as f32);
        }
        self.outline(fonts)?.transform(Transform::identity())?.compute_tight_bounds()
    }
}
