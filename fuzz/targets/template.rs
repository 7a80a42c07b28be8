//! Any bytes as a template: refused with reasons, or every frame that it makes consists of finite numbers.
#![no_main]

use std::collections::BTreeMap;

use avs_template::{Content, MediaFacts, OutputSpec, Pointer, RectPx, SizePx, Template, TextFacts, TextUnit, Ticks, Timeline};
use libfuzzer_sys::fuzz_target;

/// Frames looked at in one video, spread over its length.
const FRAMES_SEEN: u64 = 7;

fuzz_target!(|bytes: &[u8]| {
    let Ok(template) = Template::from_json(bytes) else { return };
    let output = OutputSpec::from_value(&serde_json::json!({}), &Pointer::root()).expect("the defaults are valid");
    let media = MediaFacts {
        duration: Some(Ticks::from_secs(2.5)),
        size: Some((640, 361)),
        has_audio: true,
        ..MediaFacts::default()
    };
    let facts: BTreeMap<_, _> = template
        .blocks
        .iter()
        .filter_map(|block| block.content.source())
        .map(|source| (source.key().to_owned(), media.clone()))
        .collect();
    let Ok(mut timeline) = Timeline::new(&template, &facts, &output) else { return };
    let texts: Vec<usize> = (0..timeline.blocks.len())
        .filter(|index| matches!(timeline.blocks[*index].content, Content::Text(_)))
        .collect();
    for index in texts {
        let rect = RectPx { x: 0.0, y: 0.0, width: 100.0, height: 40.0 };
        let content = SizePx { width: 100.0, height: 40.0 };
        timeline.set_text_facts(index, TextFacts { content, units: vec![TextUnit { rect, moves: true }; 3] });
    }
    for nth in 0..FRAMES_SEEN {
        let frame = timeline.frame_count.saturating_sub(1) * nth / (FRAMES_SEEN - 1);
        let scene = timeline.scene(frame);
        // A number that is not finite shows as `NaN` or `inf`.
        let written = format!("{scene:?}");
        assert!(!written.contains("NaN") && !written.contains("inf"), "frame {frame}: {written}");
    }
});
