//! What a creator is told about the files of a job.

use avs_creator::{Brief, BriefAsset, Note};
use avs_protocol::{AssetAnalysis, MediaKind};
use avs_template::Source;
use serde_json::Value;

use super::recordings::Recordings;
use crate::domain::job::Warning;
use crate::engines::Analysis;
use crate::limits;
use crate::store::AssetRecord;

/// Returns the brief of a prompt. Files of which nothing was found are left out; a font, which is not looked into, is there
/// to be spoken of. Sound that came beside a screen recording is a file of its own.
pub(crate) fn brief_from_analysis(
    (prompt, output): (&str, &Value),
    assets: &[AssetRecord],
    analysis: &Analysis,
    recordings: &Recordings,
) -> Brief {
    let found = |name: &str| analysis.assets.iter().find(|asset| asset.name == name);
    let mut given = Vec::new();
    for asset in assets {
        let font = asset.probe.as_ref().filter(|probe| probe.kind == "font").map(|_| font(&asset.name));
        let Some(analysis) = found(&asset.name).or(font.as_ref()) else { continue };
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

/// Returns what a caller is told of a creation's notes: what concerns the whole first, then files, by the names that they
/// were sent under and where the request has them.
pub(crate) fn warnings_from_notes(
    notes: &[Note],
    brief: &Brief,
    assets: &[AssetRecord],
    recordings: &Recordings,
) -> Vec<Warning> {
    let sent = |key: &str| {
        let is_it = |asset: &&AssetRecord| {
            asset.name == key
                || recordings
                    .get(&asset.name)
                    .is_some_and(|recording| recording.sound.as_deref() == Some(key))
        };
        assets.iter().find(is_it)
    };
    let of_file = |note: &Note| {
        let index = brief.asset_index(note.asset_id.as_ref()?)?;
        sent(brief.assets[index].source.key())
    };
    let warning = |note: &Note| {
        let (pointer, detail) = match of_file(note) {
            Some(asset) => (asset.pointer.clone(), format!("{}: {}", told_name(asset), note.text)),
            None => ("/prompt".to_owned(), note.text.clone()),
        };
        Warning { pointer, code: note.code.name().to_owned(), detail }
    };
    let (of_files, general): (Vec<&Note>, Vec<&Note>) =
        notes.iter().partition(|note| note.asset_id.is_some());
    general.into_iter().chain(of_files).take(limits::CREATOR_WARNINGS_MAX).map(warning).collect()
}

/// A file's name as people may read it: what follows a URL's path may be a secret.
fn told_name(asset: &AssetRecord) -> String {
    let name =
        if asset.remote { asset.name.split(['?', '#']).next().unwrap_or_default() } else { &asset.name };
    name.chars().take(limits::WARNING_NAME_CHARS_MAX).collect()
}

/// A file of letters, of which no more is known.
fn font(name: &str) -> AssetAnalysis {
    AssetAnalysis {
        name: name.to_owned(),
        kind: MediaKind::Font,
        duration_secs: None,
        width_px: None,
        height_px: None,
        picture: None,
        sound: None,
    }
}

/// A length that is no length would be believed: an engine reads strangers' files.
fn without_nonsense(analysis: &AssetAnalysis) -> AssetAnalysis {
    let duration_secs = analysis.duration_secs.filter(|secs| secs.is_finite() && *secs > 0.0);
    AssetAnalysis { duration_secs, ..analysis.clone() }
}

#[cfg(test)]
mod tests {
    use avs_creator::{NoteCode, asset_id};

    use super::super::recordings::Recording;
    use super::*;

    fn sent(name: &str, remote: bool, pointer: &str) -> AssetRecord {
        AssetRecord {
            name: name.to_owned(),
            file: "0".to_owned(),
            size_bytes: 1,
            pointer: pointer.to_owned(),
            remote,
            sha256: None,
            probe: None,
        }
    }

    fn given(source: Source) -> BriefAsset {
        let analysis = AssetAnalysis {
            name: source.key().to_owned(),
            kind: MediaKind::Video,
            duration_secs: Some(1.0),
            width_px: None,
            height_px: None,
            picture: None,
            sound: None,
        };
        BriefAsset { source, analysis, recording: None }
    }

    #[test]
    fn a_warning_names_a_file_as_it_was_sent_and_no_secret_of_its_url() {
        let url = "https://cdn.example/a.mp4?sig=secret";
        let assets = [sent(url, true, "/assetUrls/1"), sent("how-to.vidova", false, "")];
        let brief = Brief {
            prompt: String::new(),
            output: Value::Null,
            assets: vec![given(Source::Url(url.to_owned())), given(Source::Upload("1.sound".to_owned()))],
            font_families: Vec::new(),
        };
        let mut recordings = Recordings::default();
        let sound = Some("1.sound".to_owned());
        recordings.insert("how-to.vidova", Recording { video: "1.video".to_owned(), sound, events: None });
        let note = |code, index: Option<usize>, text: &str| Note {
            code,
            asset_id: index.map(asset_id),
            text: text.to_owned(),
        };
        let notes = [
            note(NoteCode::UnusedAsset, Some(0), "it is black"),
            note(NoteCode::TooShort, Some(1), "it ends early"),
            note(NoteCode::Sound, None, "the video is silent"),
        ];
        let told: Vec<(String, String, String)> = warnings_from_notes(&notes, &brief, &assets, &recordings)
            .into_iter()
            .map(|warning| (warning.pointer, warning.code, warning.detail))
            .collect();
        let expected = [
            ("/prompt", "sound", "the video is silent"),
            ("/assetUrls/1", "unused_asset", "https://cdn.example/a.mp4: it is black"),
            ("", "too_short", "how-to.vidova: it ends early"),
        ];
        assert_eq!(told, expected.map(|(a, b, c)| (a.to_owned(), b.to_owned(), c.to_owned())));
    }
}
