//! Long: ten minutes of a looping video with a title; memory must not grow. One turn.

use serde_json::json;

use super::{Case, Peer};
use crate::material::Material;

pub(crate) fn case(material: &Material) -> anyhow::Result<Case> {
    let dog = material.file("dog.mp4");
    let text = material.drawtext("All day long", 64, ("w/2", "918"));
    let graph = format!("[0:v]fps=30:round=up,scale=1920:1080:flags=bicubic,{text},trim=end_frame=18000[v]");
    let inputs = ["-stream_loop", "-1", "-i", &dog];
    Ok(Case {
        name: "long",
        secs: 600,
        aspect: "16:9",
        template: json!({ "version": "1", "blocks": [
            { "type": "video", "duration": 600, "loop": true, "muted": true, "source": { "uploadName": "dog.mp4" } },
            { "type": "text", "duration": 600, "x": "50%", "y": "85%", "anchor": "center", "text": "All day long" },
        ] }),
        // Where the loop begins anew, sources of odd length drift apart by part of a frame.
        peers: vec![Peer::ffmpeg("ffmpeg", &inputs, &graph, &[]).draws_less()],
        turns_max: 1,
    })
}
