//! Memory: a frame that the CPU draws takes none from the allocator, however long the video is. A binary of its own, as
//! its allocator counts what every thread does.
#![expect(clippy::unwrap_used, reason = "a test may panic wherever it finds its rule broken")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

use avs_engine::job::RenderContext;
use avs_tests::{Scratch, ffmpeg, gpu_context, render_to, request};
use serde_json::{Value, json};

struct Counting;

static ALLOCATIONS: AtomicUsize = AtomicUsize::new(0);

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[expect(
    unsafe_code,
    reason = "an allocator is unsafe to write; this one hands everything on to the system's"
)]
// SAFETY: every call is the system allocator's own.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the caller keeps to the contract.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps to the contract.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the caller keeps to the contract.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

/// A video that is scaled, one that passes through, a photo on a journey, a logo, a text that fades, and sound.
fn template(secs: u32) -> Value {
    json!({ "version": "1", "blocks": [
        { "type": "video", "duration": secs, "source": { "uploadName": "clip.mp4" } },
        { "type": "video", "duration": secs, "muted": true, "width": 320, "height": 180, "x": 200, "y": 120,
          "source": { "uploadName": "clip.mp4" } },
        { "type": "image", "duration": secs, "opacity": 0.5, "source": { "uploadName": "photo.png" },
          "kenBurns": { "from": { "x": 0.5, "y": 0.5, "scale": 1 }, "to": { "x": 0.4, "y": 0.5, "scale": 1.2 } } },
        { "type": "text", "duration": secs, "text": "Now shipping",
          "opacity": [{ "time": 0, "value": 0 }, { "time": "100%", "value": 1 }] } ] })
}

fn allocations_of(context: &mut RenderContext, scratch: &Scratch, secs: u32) -> usize {
    let output = json!({ "quality": "draft", "fps": 30 });
    let request = request(template(secs), output, scratch.path(), &scratch.file("out.mp4"));
    let before = ALLOCATIONS.load(Ordering::Relaxed);
    let rendered = render_to(context, &request).unwrap();
    assert_eq!(rendered.timings.frames_drawn, u64::from(secs) * 30, "every frame is another picture");
    ALLOCATIONS.load(Ordering::Relaxed) - before
}

#[test]
fn a_video_that_is_longer_allocates_no_more_often() {
    let Some(mut context) = gpu_context() else { return };
    let scratch = Scratch::default();
    scratch.clip("clip.mp4", "854x480", 30, 7.0);
    let photo = scratch.file("photo.png");
    ffmpeg(&["-f", "lavfi", "-i", "testsrc2=s=1280x720", "-frames:v", "1", photo.to_str().unwrap()]);
    // The first render also fills what lasts: caches of fonts, thread-local storage.
    allocations_of(&mut context, &scratch, 1);
    // What other threads happen to need only adds; what a frame needs is there each time.
    let mut least = |secs| (0..3).map(|_| allocations_of(&mut context, &scratch, secs)).min().unwrap();
    let (short, long) = (least(3), least(6));
    // Buffers may still find their final size, and no more pictures than the queues hold are ever made.
    let more = long.saturating_sub(short);
    assert!(more < 30, "90 more frames made {more} more allocations ({short} and {long})");
}
