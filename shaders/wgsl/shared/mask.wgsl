// Purpose: how much of a layer shows at a point of the canvas: masks and rounded corners.
// Bindings: none.
// Mirrors: engine/src/gpu/uniforms.rs, MaskParams.

struct MaskParams {
    // x, y, width, height on the canvas, in pixels.
    rect_px: vec4f,
    // Of a straight edge; x is not 0 for doors that go left and right.
    direction: vec2f,
    // 0 hides everything, 1 shows everything.
    progress: f32,
    // 1 shows what would be hidden.
    inverted: f32,
    // MaskShape of engine/src/compositor/sampled.rs.
    shape: u32,
    pad0: u32,
    pad1: u32,
    pad2: u32,
}

const TAU: f32 = 6.2831853;

// 1 where the point is deeper than half a pixel inside an edge, `distance` pixels away from it.
fn coverage_from_distance(distance_px: f32) -> f32 {
    return saturate(distance_px + 0.5);
}

// A number in [0, 1) for each pixel: the integer hash "lowbias32" of its position.
fn hash_of_pixel(px: vec2f) -> f32 {
    var h = u32(px.x) + u32(px.y) * 65536u;
    h ^= h >> 16u;
    h *= 0x7feb352du;
    h ^= h >> 15u;
    h *= 0x846ca68bu;
    h ^= h >> 16u;
    return f32(h >> 8u) / 16777216.0;
}

// Fraction of a turn, clockwise from twelve o'clock.
fn turn_from_offset(offset: vec2f) -> f32 {
    let turn = atan2(offset.x, -offset.y) / TAU;
    return select(turn, turn + 1.0, turn < 0.0);
}

fn mask_coverage(mask: MaskParams, at_px: vec2f) -> f32 {
    let size = mask.rect_px.zw;
    let offset = at_px - mask.rect_px.xy;
    let from_middle = offset - size * 0.5;
    var shown = 0.0;
    switch mask.shape {
        // Linear: the edge lies on a whole pixel, as ffmpeg's wipes have it.
        case 0u: {
            let along = dot(offset, mask.direction);
            let length = abs(dot(size, mask.direction));
            let from_start = select(along + length, along, dot(mask.direction, vec2f(1.0)) > 0.0);
            shown = step(from_start, round(mask.progress * length));
        }
        // Iris.
        case 1u: {
            let radius = mask.progress * length(size) * 0.5;
            shown = coverage_from_distance(radius - length(from_middle));
        }
        // Clock: antialiased over about a pixel of arc.
        case 2u: {
            let arc_px = max(length(from_middle), 1.0) * TAU;
            shown = coverage_from_distance((mask.progress - turn_from_offset(from_middle)) * arc_px);
        }
        // Radial: an eighth of a turn soft.
        case 3u: {
            shown = saturate((mask.progress * 1.125 - turn_from_offset(from_middle)) / 0.125);
        }
        // Barn door.
        case 4u: {
            let horizontal = abs(mask.direction.x) > 0.5;
            let side = select(size.y, size.x, horizontal);
            let away = abs(select(from_middle.y, from_middle.x, horizontal));
            shown = step(away, round(mask.progress * side * 0.5));
        }
        // Dissolve.
        default: {
            shown = select(0.0, 1.0, hash_of_pixel(at_px) < mask.progress);
        }
    }
    return mix(shown, 1.0 - shown, mask.inverted);
}

// Signed distance in pixels from the edge of a rounded box around the middle; positive inside.
fn inside_rounded_box(from_middle_px: vec2f, size_px: vec2f, radius_px: f32) -> f32 {
    let q = abs(from_middle_px) - size_px * 0.5 + radius_px;
    return radius_px - length(max(q, vec2f(0.0))) - min(max(q.x, q.y), 0.0);
}
