//! What a creator is told about the files of a job.

use avs_creator::{Brief, BriefAsset};
use avs_protocol::{AssetAnalysis, MediaKind};
use avs_template::Source;
use serde_json::Value;

use super::recordings::Recordings;
use crate::engines::Analysis;
use crate::store::AssetRecord;

/// Returns the brief of a prompt. Files of which nothing was found, such as fonts, are left out; sound that came beside a
/// screen recording is a file of its own.
pub(crate) fn brief_from_analysis(
    (prompt, output): (&str, &Value),
    assets: &[AssetRecord],
    analysis: &Analysis,
    recordings: &Recordings,
) -> Brief {
    let found =
        |name: &str| analysis.assets.iter().find(|asset| asset.name == name && asset.kind != MediaKind::Font);
    let mut given = Vec::new();
    for asset in assets {
        let Some(analysis) = found(&asset.name) else { continue };
        let recording = recordings.get(&asset.name);
        let source =
            if asset.remote { Source::Url(asset.name.clone()) } else { Source::Upload(asset.name.clone()) };
        let events = recording.and_then(|recording| recording.events.clone());
        given.push(BriefAsset { source, analysis: without_nonsense(analysis), recording: events });
        // Its file's name in the workplace is its upload name in the template too: nobody else knows of it.
        let sound = recording.and_then(|recording| recording.sound.as_deref()).and_then(found);
        given.extend(sound.map(|analysis| BriefAsset {
            source: Source::Upload(analysis.name.clone()),
            analysis: without_nonsense(analysis),
            recording: None,
        }));
    }
    Brief {
        prompt: prompt.to_owned(),
        output: output.clone(),
        assets: given,
        font_families: analysis.font_families.clone(),
    }
}

/// A length that is no length would be believed: an engine reads strangers' files.
fn without_nonsense(analysis: &AssetAnalysis) -> AssetAnalysis {
    let duration_secs = analysis.duration_secs.filter(|secs| secs.is_finite() && *secs > 0.0);
    AssetAnalysis { duration_secs, ..analysis.clone() }
}
