//! Podcast: an hour of sound over a cover with a title. One turn: ffmpeg needs many minutes.

use serde_json::json;

use super::{Case, Peer, sound_of};
use crate::material::Material;

pub(crate) fn case(material: &Material) -> anyhow::Result<Case> {
    let (cover, hour) = (material.file("photo1.jpg"), material.file("hour.m4a"));
    let text = material.drawtext("Episode 12", 120, ("w/2", "540"));
    let graph = format!(
        "[0:v]scale=1920:1080:force_original_aspect_ratio=increase:flags=bicubic:out_color_matrix=bt709:out_range=tv,crop=1920:1080,setsar=1,{text},\
         format=yuv420p,loop=loop=-1:size=1,setpts=N/30/TB,fps=30,trim=end_frame=108000[v]"
    );
    Ok(Case {
        name: "podcast",
        secs: 3600,
        aspect: "16:9",
        template: json!({ "version": "1", "blocks": [
            { "type": "image", "duration": 3600, "source": { "uploadName": "photo1.jpg" } },
            { "type": "text", "duration": 3600, "text": "Episode 12", "font": { "size": 120 } },
            { "type": "audio", "duration": 3600, "source": { "uploadName": "hour.m4a" } },
        ] }),
        peers: vec![Peer::ffmpeg("ffmpeg", &["-i", &cover, "-i", &hour], &graph, &sound_of("1:a"))],
        turns_max: 1,
    })
}
