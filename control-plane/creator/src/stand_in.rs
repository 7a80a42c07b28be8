//! What stands in for the compiler until it is here: the files one after the other, each scene's headline over them.

use avs_protocol::MediaKind;
use avs_template::Source;
use serde_json::{Value, json};

use crate::{Brief, CreateError, Storyboard};

pub(crate) fn compile(storyboard: &Storyboard, brief: &Brief) -> Result<Value, CreateError> {
    let (mut blocks, mut start) = (Vec::new(), 0.0);
    for scene in &storyboard.scenes {
        let duration = scene.duration_seconds;
        if let Some(asset) = scene.asset_id.as_ref().and_then(|id| brief.asset(id)) {
            let kind = if asset.analysis.kind == MediaKind::Image { "image" } else { "video" };
            let source = match &asset.source {
                Source::Upload(name) => json!({ "uploadName": name }),
                Source::Url(url) => json!({ "url": url }),
            };
            blocks.push(json!({ "type": kind, "start": start, "duration": duration, "fit": "cover", "source": source }));
        }
        if let Some(text) = &scene.headline {
            blocks.push(json!({ "type": "text", "start": start, "duration": duration, "text": text }));
        }
        start += duration;
    }
    Ok(json!({ "version": "1", "blocks": blocks }))
}
