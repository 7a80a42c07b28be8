//! The pure parts of a render: resolving a template into a timeline, a frame into a scene, a scene into a plan.
//! `cargo bench -p avs-benches`.

use std::collections::BTreeMap;
use std::hint::black_box;

use avs_engine::color::ColorCoding;
use avs_engine::compositor::{Costs, LayerContent, Plan, PlannedLayer};
use avs_engine::geometry::EvenRect;
use avs_template::{EncodedSrgb, MediaFacts, OutputSpec, Pointer, Scene, Template, Ticks, Timeline};
use criterion::{Criterion, criterion_group, criterion_main};
use serde_json::{Value, json};

const CANVAS: (u32, u32) = (1920, 1080);

/// A video with `count` images over it that move, fade and pass into each other.
fn template(count: usize) -> Value {
    let video = json!({ "type": "video", "duration": 30, "source": { "uploadName": "v" } });
    let images = (0..count).map(|index| {
        json!({ "type": "image", "start": 0, "duration": 30, "width": "20%", "height": "20%",
            "source": { "uploadName": "i" }, "y": format!("{}%", index % 80),
            "x": [{ "time": 0, "value": "0%" }, { "time": "100%", "value": "80%", "easing": "easeInOutCubic" }],
            "animations": [{ "type": "fade", "at": "in", "duration": 1 }] })
    });
    json!({ "version": "1", "blocks": std::iter::once(video).chain(images).collect::<Vec<_>>() })
}

fn facts() -> BTreeMap<String, MediaFacts> {
    let size = Some((1920, 1080));
    let video = MediaFacts { duration: Some(Ticks::from_secs(30.0)), size, ..MediaFacts::default() };
    let image = MediaFacts { size, ..MediaFacts::default() };
    BTreeMap::from([("v".to_owned(), video), ("i".to_owned(), image)])
}

fn timeline(count: usize) -> Timeline {
    let root = Pointer::root();
    let template = Template::from_value(&template(count), &root).expect("it is valid");
    let output = OutputSpec::from_value(&json!({ "resolution": "1080p" }), &root).expect("it is valid");
    Timeline::new(&template, &facts(), &output).expect("its media are known")
}

fn pure(criterion: &mut Criterion) {
    for count in [1, 16, 64] {
        let document = template(count);
        criterion.bench_function(&format!("validate/{count}"), |bench| {
            bench.iter(|| Template::from_value(black_box(&document), &Pointer::root()));
        });
        criterion.bench_function(&format!("resolve/{count}"), |bench| {
            bench.iter(|| timeline(black_box(count)));
        });
        let timeline = timeline(count);
        let mut scene = Scene::EMPTY;
        criterion.bench_function(&format!("scene/{count}"), |bench| {
            bench.iter(|| timeline.scene_into(black_box(20), &mut scene));
        });
        let area = EvenRect { x: 100, y: 100, width: 384, height: 216 };
        let mut layers = vec![PlannedLayer::Sampled { area, opacity: 0.5, scaled: None }; count];
        let content = LayerContent::Video { coding: ColorCoding::OUTPUT };
        layers.insert(0, PlannedLayer::Direct { dest: EvenRect::whole(CANVAS), opacity: 1.0, content });
        let mut plan = Plan::default();
        criterion.bench_function(&format!("plan/{count}"), |bench| {
            bench.iter(|| plan.make(black_box(&layers), EncodedSrgb::BLACK, CANVAS, &Costs::SOFTWARE));
        });
    }
}

criterion_group!(benches, pure);
criterion_main!(benches);
