//! Draws the pictures of a set text: box, shadow, stroke, fill, in gamma-coded R'G'B', as browsers do.

use avs_template::{EncodedSrgb, Gradient, RectPx, TextPaint};
use tiny_skia::{
    Color, FillRule, FilterQuality, GradientStop, LineJoin, LinearGradient, Paint, Path, PathBuilder, Pixmap,
    PixmapPaint, Point, Shader, SpreadMode, Stroke, Transform,
};

use super::fonts::Fonts;
use super::glyphs::PlacedGlyph;
use super::layout::narrow;
use super::setting::TextSetting;
use crate::color::RgbaPicture;

/// Control points of a quarter circle as cubic curves (Riskus, 2006).
const CIRCLE: f64 = 0.552_285;

impl TextSetting {
    /// Draws unit number `unit` in these colours; its picture covers the unit's rectangle exactly, with `scale` pixels
    /// for each pixel of the text's own size.
    #[must_use]
    pub fn rasterise(&self, fonts: &mut Fonts, unit: usize, paint: &TextPaint, scale: f64) -> RgbaPicture {
        let (Some(facts), Some(glyphs)) = (self.facts().units.get(unit), self.units.get(unit)) else {
            return RgbaPicture { width_px: 1, height_px: 1, bytes: vec![0; 4] };
        };
        let size = (pixels(facts.rect.width * scale), pixels(facts.rect.height * scale));
        let Some(mut picture) = Pixmap::new(size.0, size.1) else {
            return RgbaPicture { width_px: 1, height_px: 1, bytes: vec![0; 4] };
        };
        // Exactly onto the picture, whose sides are whole.
        let to_unit = Transform::from_translate(narrow(-facts.rect.x), narrow(-facts.rect.y)).post_scale(
            narrow(f64::from(size.0) / facts.rect.width),
            narrow(f64::from(size.1) / facts.rect.height),
        );
        if glyphs.background {
            self.draw_box(&mut picture, paint.background, to_unit);
        }
        let ink = Ink::of(fonts, &glyphs.glyphs, to_unit.sx);
        self.draw_shadow(&mut picture, &ink, (paint, to_unit));
        self.draw_letters(&mut picture, &ink, (paint, to_unit));
        RgbaPicture { width_px: size.0, height_px: size.1, bytes: picture.take() }
    }

    fn draw_letters(&self, picture: &mut Pixmap, ink: &Ink, (paint, to_unit): (&TextPaint, Transform)) {
        let stroke = self.block.stroke.map(|stroke| Stroke {
            width: narrow(stroke.width_px * self.px),
            line_join: LineJoin::Round,
            ..Stroke::default()
        });
        for path in ink.paths.iter().filter(|_| paint.stroke.a > 0) {
            if let Some(stroke) = stroke.as_ref().filter(|stroke| stroke.width > 0.0) {
                picture.stroke_path(path, &solid(paint.stroke), stroke, to_unit, None);
            }
        }
        let fill = match &self.block.gradient {
            Some(gradient) => css_gradient(gradient, self.lines),
            None => solid(paint.color),
        };
        for path in &ink.paths {
            picture.fill_path(path, &fill, FillRule::Winding, to_unit, None);
        }
        let quality = if ink.scale != 1.0 { FilterQuality::Bilinear } else { FilterQuality::Nearest };
        let paint =
            PixmapPaint { opacity: f32::from(paint.color.a) / 255.0, quality, ..PixmapPaint::default() };
        for (glyph, (x, y)) in &ink.pictures {
            let at = to_unit.pre_translate(*x, *y).pre_scale(ink.scale.recip(), ink.scale.recip());
            picture.draw_pixmap(0, 0, glyph.as_ref(), &paint, at, None);
        }
    }

    fn draw_box(&self, picture: &mut Pixmap, color: EncodedSrgb, to_unit: Transform) {
        let Some(box_) = &self.block.background else { return };
        let size = self.facts().content;
        let rect = RectPx { x: 0.0, y: 0.0, width: size.width, height: size.height };
        if let Some(path) = rounded(rect, box_.radius_px * self.px) {
            let fill = match &box_.gradient {
                Some(gradient) => css_gradient(gradient, rect),
                None => solid(color),
            };
            picture.fill_path(&path, &fill, FillRule::Winding, to_unit, None);
        }
    }

    fn draw_shadow(&self, picture: &mut Pixmap, ink: &Ink, (paint, to_unit): (&TextPaint, Transform)) {
        let Some(shadow) = self.block.shadow else { return };
        let Some(mut thrown) = Pixmap::new(picture.width(), picture.height()) else { return };
        let offset = to_unit.pre_translate(narrow(shadow.x_px * self.px), narrow(shadow.y_px * self.px));
        let black = EncodedSrgb::BLACK;
        let silhouette = TextPaint { color: black, stroke: black, shadow: black, background: black };
        self.draw_letters(&mut thrown, ink, (&silhouette, offset));
        let width = thrown.width() as usize;
        let mut alpha: Vec<f32> = thrown.pixels().iter().map(|pixel| f32::from(pixel.alpha())).collect();
        // CSS: the standard deviation is half of the blur radius.
        blur(&mut alpha, width, shadow.blur_px * self.px * f64::from(to_unit.sx) / 2.0);
        let color = paint.shadow;
        let strength = f32::from(color.a) / 255.0;
        for (pixel, alpha) in thrown.data_mut().as_chunks_mut::<4>().0.iter_mut().zip(alpha) {
            let alpha = alpha * strength;
            let premul = |value: u8| byte(f32::from(value) * alpha / 255.0);
            *pixel = [premul(color.r), premul(color.g), premul(color.b), byte(alpha)];
        }
        picture.draw_pixmap(0, 0, thrown.as_ref(), &PixmapPaint::default(), Transform::identity(), None);
    }
}

/// A CSS linear gradient over a box (CSS Images Level 3, 3.1.1).
fn css_gradient(gradient: &Gradient, over: RectPx) -> Paint<'static> {
    let (sin, cos) = gradient.angle_degrees.to_radians().sin_cos();
    let RectPx { x, y, width, height } = over;
    let half = ((width * sin).abs() + (height * cos).abs()) / 2.0;
    let (middle_x, middle_y) = (x + width / 2.0, y + height / 2.0);
    let point = |sign: f64| {
        Point::from_xy(narrow(middle_x + sign * sin * half), narrow(middle_y - sign * cos * half))
    };
    let stop = |(offset, color): &(f64, EncodedSrgb)| GradientStop::new(narrow(*offset), skia_color(*color));
    let stops = gradient.stops.iter().map(stop).collect();
    let shader = LinearGradient::new(point(-1.0), point(1.0), stops, SpreadMode::Pad, Transform::identity());
    let first = gradient.stops.first().map_or(EncodedSrgb::WHITE, |(_, color)| *color);
    shader.map_or_else(|| solid(first), |shader| Paint { shader, anti_alias: true, ..Paint::default() })
}

/// Outlines and pictures of some glyphs.
struct Ink {
    paths: Vec<Path>,
    pictures: Vec<(Pixmap, (f32, f32))>,
    /// Pixels of a picture for each of the text's own.
    scale: f32,
}

impl Ink {
    fn of(fonts: &mut Fonts, glyphs: &[PlacedGlyph], scale: f32) -> Self {
        Self {
            paths: glyphs.iter().filter_map(|glyph| glyph.outline(fonts)).collect(),
            pictures: glyphs.iter().filter_map(|glyph| glyph.picture(fonts, scale)).collect(),
            scale,
        }
    }
}

fn solid(color: EncodedSrgb) -> Paint<'static> {
    Paint { shader: Shader::SolidColor(skia_color(color)), anti_alias: true, ..Paint::default() }
}

fn skia_color(color: EncodedSrgb) -> Color {
    Color::from_rgba8(color.r, color.g, color.b, color.a)
}

fn rounded(rect: RectPx, radius: f64) -> Option<Path> {
    let r = radius.min(rect.width / 2.0).min(rect.height / 2.0).max(0.0);
    let (left, top, right, bottom) = (rect.x, rect.y, rect.x + rect.width, rect.y + rect.height);
    let k = r * (1.0 - CIRCLE);
    let mut path = PathBuilder::new();
    let n = narrow;
    path.move_to(n(left + r), n(top));
    path.line_to(n(right - r), n(top));
    path.cubic_to(n(right - k), n(top), n(right), n(top + k), n(right), n(top + r));
    path.line_to(n(right), n(bottom - r));
    path.cubic_to(n(right), n(bottom - k), n(right - k), n(bottom), n(right - r), n(bottom));
    path.line_to(n(left + r), n(bottom));
    path.cubic_to(n(left + k), n(bottom), n(left), n(bottom - k), n(left), n(bottom - r));
    path.line_to(n(left), n(top + r));
    path.cubic_to(n(left), n(top + k), n(left + k), n(top), n(left + r), n(top));
    path.close();
    path.finish()
}

/// Gaussian of a plane, zero beyond its edges, one direction after the other.
fn blur(plane: &mut [f32], width: usize, sigma_px: f64) {
    if sigma_px < 0.1 || width == 0 {
        return;
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "at most three times a bounded blur"
    )]
    let reach = (sigma_px * 3.0).ceil() as usize;
    let weights: Vec<f32> =
        (0..=reach).map(|i| narrow((-0.5 * (i as f64 / sigma_px).powi(2)).exp())).collect();
    let total = weights[0] + 2.0 * weights[1..].iter().sum::<f32>();
    let height = plane.len() / width;
    let mut line = Vec::new();
    for (count, length, start, step) in [(height, width, width, 1), (width, height, 1, width)] {
        for index in 0..count {
            line.clear();
            line.extend((0..length).map(|at| plane[index * start + at * step]));
            for at in 0..length {
                let mut sum = line[at] * weights[0];
                for (i, weight) in weights.iter().enumerate().skip(1) {
                    let before = if at >= i { line[at - i] } else { 0.0 };
                    let after = line.get(at + i).copied().unwrap_or(0.0);
                    sum += weight * (before + after);
                }
                plane[index * start + at * step] = sum / total;
            }
        }
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0..=255 first")]
fn byte(value: f32) -> u8 {
    value.round().clamp(0.0, 255.0) as u8
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "whole and within a few canvases"
)]
fn pixels(side: f64) -> u32 {
    side.max(1.0) as u32
}
