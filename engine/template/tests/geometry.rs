//! Placement of media and text on the frame.

use avs_template::{
    Anchor, Animated, BlockTime, Fit, FontSize, Length, MediaPlacement, Position, RectPx, SizePx, Visual,
    media_placement, text_box, text_placement,
};

const FULL_HD: (u32, u32) = (1920, 1080);
const HALF_HD: (u32, u32) = (960, 540);

fn visual(fit: Fit) -> Visual {
    Visual { fit, ..Visual::default() }
}

/// A length that does not move.
fn still(length: Length) -> Option<Animated<Length>> {
    Some(length.into())
}

fn placement(visual: &Visual, media: (u32, u32), canvas: (u32, u32)) -> MediaPlacement {
    media_placement(visual, BlockTime::START, media, canvas)
}

fn rect(x: f64, y: f64, width: f64, height: f64) -> RectPx {
    RectPx { x, y, width, height }
}

#[track_caller]
fn assert_near(found: RectPx, expected: RectPx) {
    let sides = |r: RectPx| [r.x, r.y, r.width, r.height];
    let far = sides(found).iter().zip(sides(expected)).any(|(a, b)| (a - b).abs() > 1e-9);
    assert!(!far, "{found:?} is not {expected:?}");
}

#[track_caller]
fn assert_placed(found: MediaPlacement, crop: RectPx, dest: RectPx) {
    assert_near(found.crop, crop);
    assert_near(found.dest, dest);
}

#[test]
fn media_of_the_frame_s_shape_fill_it_whatever_the_fit() {
    for fit in [Fit::Cover, Fit::Contain, Fit::Fill] {
        let placed = placement(&visual(fit), (3840, 2160), FULL_HD);
        assert_placed(placed, rect(0.0, 0.0, 3840.0, 2160.0), rect(0.0, 0.0, 1920.0, 1080.0));
    }
}

#[test]
fn cover_crops_the_middle_and_fills_the_box_exactly() {
    let placed = placement(&visual(Fit::Cover), (1000, 1000), FULL_HD);
    assert_placed(placed, rect(0.0, 218.75, 1000.0, 562.5), rect(0.0, 0.0, 1920.0, 1080.0));
    for media in [(1, 1), (7, 3), (1080, 1921), (4096, 17), (333, 777)] {
        let placed = placement(&visual(Fit::Cover), media, FULL_HD);
        assert_eq!(placed.dest, rect(0.0, 0.0, 1920.0, 1080.0), "{media:?}");
    }
}

#[test]
fn contain_shows_everything_in_the_middle_of_the_box() {
    let placed = placement(&visual(Fit::Contain), (1000, 1000), FULL_HD);
    assert_placed(placed, rect(0.0, 0.0, 1000.0, 1000.0), rect(420.0, 0.0, 1080.0, 1080.0));
}

#[test]
fn fill_stretches() {
    let placed = placement(&visual(Fit::Fill), (1000, 1000), FULL_HD);
    assert_placed(placed, rect(0.0, 0.0, 1000.0, 1000.0), rect(0.0, 0.0, 1920.0, 1080.0));
}

#[test]
fn none_shows_a_source_pixel_per_reference_pixel() {
    let small = placement(&visual(Fit::None), (400, 200), FULL_HD);
    assert_placed(small, rect(0.0, 0.0, 400.0, 200.0), rect(760.0, 440.0, 400.0, 200.0));
    let halved = placement(&visual(Fit::None), (400, 200), HALF_HD);
    assert_placed(halved, rect(0.0, 0.0, 400.0, 200.0), rect(380.0, 220.0, 200.0, 100.0));
}

#[test]
fn none_cuts_off_what_is_over_the_box() {
    let placed = placement(&visual(Fit::None), (4000, 200), HALF_HD);
    assert_placed(placed, rect(1040.0, 0.0, 1920.0, 200.0), rect(0.0, 220.0, 960.0, 100.0));
}

#[test]
fn the_other_side_of_a_box_is_the_frame_s() {
    let wide = Visual { width: still(Length::Percent(50.0)), ..visual(Fit::Fill) };
    assert_near(placement(&wide, (10, 10), FULL_HD).dest, rect(480.0, 0.0, 960.0, 1080.0));
    let high = Visual { height: still(Length::Px(540.0)), ..visual(Fit::Fill) };
    assert_near(placement(&high, (10, 10), FULL_HD).dest, rect(0.0, 270.0, 1920.0, 540.0));
}

#[test]
fn pixels_scale_with_the_short_side_and_percent_is_of_its_own_axis() {
    let boxed = Visual {
        x: still(Length::Px(100.0)),
        y: still(Length::Percent(10.0)),
        position: Position::TopLeft,
        width: still(Length::Px(200.0)),
        height: still(Length::Percent(20.0)),
        ..visual(Fit::Fill)
    };
    assert_near(placement(&boxed, (10, 10), FULL_HD).dest, rect(100.0, 108.0, 200.0, 216.0));
    assert_near(placement(&boxed, (10, 10), HALF_HD).dest, rect(50.0, 54.0, 100.0, 108.0));
    assert_near(placement(&boxed, (10, 10), (1080, 1920)).dest, rect(100.0, 192.0, 200.0, 384.0));
}

#[test]
fn a_position_puts_media_at_the_very_edge() {
    let side = still(Length::Px(100.0));
    for (position, x, y) in [
        (Position::TopLeft, 0.0, 0.0),
        (Position::Top, 910.0, 0.0),
        (Position::TopRight, 1820.0, 0.0),
        (Position::Left, 0.0, 490.0),
        (Position::Center, 910.0, 490.0),
        (Position::Right, 1820.0, 490.0),
        (Position::BottomLeft, 0.0, 980.0),
        (Position::Bottom, 910.0, 980.0),
        (Position::BottomRight, 1820.0, 980.0),
    ] {
        let boxed = Visual { position, width: side.clone(), height: side.clone(), ..visual(Fit::Cover) };
        assert_near(placement(&boxed, (50, 50), FULL_HD).dest, rect(x, y, 100.0, 100.0));
    }
}

#[test]
fn an_anchor_overrides_the_point_that_is_placed() {
    let side = still(Length::Px(100.0));
    let boxed =
        Visual { x: still(Length::Px(0.0)), width: side.clone(), height: side.clone(), ..visual(Fit::Cover) };
    assert_near(placement(&boxed, (5, 5), FULL_HD).dest, rect(-50.0, 490.0, 100.0, 100.0));
    let anchored = Visual { anchor: Some(Anchor { x: 0.0, y: 1.0 }), ..boxed };
    assert_near(placement(&anchored, (5, 5), FULL_HD).dest, rect(0.0, 440.0, 100.0, 100.0));
}

#[test]
fn a_box_outside_the_frame_stays_where_it_is() {
    let far = Visual { x: still(Length::Px(-3000.0)), ..visual(Fit::Cover) };
    assert_near(placement(&far, (16, 9), FULL_HD).dest, rect(-3960.0, 0.0, 1920.0, 1080.0));
}

#[test]
fn media_without_pixels_do_not_break_the_arithmetic() {
    for fit in [Fit::Cover, Fit::Contain, Fit::Fill, Fit::None] {
        let placed = placement(&visual(fit), (0, 0), FULL_HD);
        assert!(placed.crop.width.is_finite() && placed.dest.width.is_finite());
    }
}

#[test]
fn text_keeps_the_safe_area_at_every_position() {
    let content = SizePx { width: 200.0, height: 100.0 };
    for (position, x, y) in [
        (Position::TopLeft, 96.0, 54.0),
        (Position::Center, 860.0, 490.0),
        (Position::Right, 1624.0, 490.0),
        (Position::Bottom, 860.0, 926.0),
        (Position::BottomRight, 1624.0, 926.0),
    ] {
        let at = Visual { position, ..visual(Fit::None) };
        assert_near(text_placement(&at, BlockTime::START, content, FULL_HD), rect(x, y, 200.0, 100.0));
    }
}

#[test]
fn explicit_coordinates_may_leave_the_safe_area() {
    let content = SizePx { width: 200.0, height: 100.0 };
    let zero = still(Length::Px(0.0));
    let corner = Visual { x: zero.clone(), y: zero, position: Position::TopLeft, ..visual(Fit::None) };
    assert_near(text_placement(&corner, BlockTime::START, content, FULL_HD), rect(0.0, 0.0, 200.0, 100.0));
}

#[test]
fn text_wraps_at_its_width_or_else_at_the_safe_area() {
    let free = text_box(&visual(Fit::None), FULL_HD);
    assert!((free.width_max_px - 1728.0).abs() < 1e-9);
    assert_eq!((free.width_px, free.height_px), (None, None));
    let fixed = Visual { width: still(Length::Px(600.0)), ..visual(Fit::None) };
    assert_eq!(text_box(&fixed, HALF_HD).width_max_px, 300.0);
    assert_eq!((fixed.width, free.height_px), (still(Length::Px(600.0)), None));
}

#[test]
fn a_font_size_is_in_reference_pixels_or_percent_of_the_height() {
    assert_eq!(FontSize::Px(64.0).output_px(HALF_HD), 32.0);
    assert!((FontSize::FramePercent(8.0).output_px(FULL_HD) - 86.4).abs() < 1e-9);
    assert_eq!(FontSize::FramePercent(10.0).output_px((1080, 1920)), 192.0);
}
