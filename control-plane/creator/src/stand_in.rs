//! What stands in for planner and compiler until they are here: the files one after the other, the title over the first.

use avs_protocol::MediaKind;
use avs_template::Source;
use serde_json::{Map, Value, json};

use crate::{
    Brief, ClipSound, CreateError, Layout, Motion, PaletteBase, Scene, Storyboard, Tone, Transition, asset_id,
};

pub(crate) fn plan(brief: &Brief) -> Result<(Storyboard, Value), CreateError> {
    let shown = brief.assets.iter().enumerate().filter(|(_, asset)| asset.analysis.picture.is_some());
    let ids: Vec<_> = shown.map(|(index, _)| Some(asset_id(index))).collect();
    let words = crate::words::shown_from_text(&brief.prompt);
    let headline: String = words.chars().take(80).collect();
    if ids.is_empty() && headline.is_empty() {
        let detail = "there is nothing to show: send footage, or say in the prompt what the video is to show";
        return Err(CreateError::Impossible { detail: detail.to_owned() });
    }
    let ids = if ids.is_empty() { vec![None] } else { ids };
    let scene = |(index, asset_id): (usize, Option<crate::AssetId>)| Scene {
        duration_seconds: 3.0,
        layout: if index == 0 { Layout::Title } else { Layout::Plain },
        headline: (index == 0).then(|| headline.clone()).filter(|words| !words.is_empty()),
        body: None,
        label: None,
        asset_id,
        asset_start: None,
        more_asset_ids: Vec::new(),
        motion: Motion::Still,
        transition: Transition::Cut,
    };
    let scenes: Vec<Scene> = ids.into_iter().enumerate().map(scene).collect();
    let storyboard = Storyboard {
        title: String::new(),
        duration_seconds: scenes.len() as f64 * 3.0,
        tone: Tone::Clean,
        palette: PaletteBase::Auto,
        accent: None,
        scenes,
        music: None,
        voice: None,
        clip_sound: ClipSound::Off,
    };
    Ok((storyboard, resolved_output(brief)))
}

pub(crate) fn resolved_output(brief: &Brief) -> Value {
    let mut output = brief.output.as_object().cloned().unwrap_or_else(Map::new);
    output.entry("aspectRatio").or_insert_with(|| json!("9:16"));
    Value::Object(output)
}

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
