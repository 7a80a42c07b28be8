//! What a job costs, in R-Credits: one table of prices, and the list of items made with it.

use serde::{Deserialize, Serialize};

use super::job::Mode;
use super::media_kind::MediaKind;

/// Whether jobs cost anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Billing {
    /// Jobs reserve and pay the published prices.
    #[default]
    On,
    /// Everything has a price of 0, for people who host only for themselves.
    Off,
}

impl Billing {
    /// What an item costs, in R-Credits.
    pub fn price_credits(self, kind: ItemKind) -> i64 {
        match self {
            Self::On => kind.price_credits(),
            Self::Off => 0,
        }
    }
}

/// Something that is paid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemKind {
    /// An input file with moving pictures.
    VideoUpload,
    /// An input file with one picture.
    ImageUpload,
    /// An input file with sound only.
    AudioUpload,
    /// An input file with letters.
    FontUpload,
    /// A screen recording (`.vidova`).
    ScreenRecordingUpload,
    /// What the creator finds out about a screen recording that it uses.
    ScreenRecordingAnalysis,
    /// The creator's work: a prompt becomes a template.
    AiCreator,
    /// The final render.
    Render,
}

impl ItemKind {
    /// Everything that has a price.
    pub const ALL: [Self; 8] = [
        Self::Render,
        Self::AiCreator,
        Self::VideoUpload,
        Self::AudioUpload,
        Self::ImageUpload,
        Self::FontUpload,
        Self::ScreenRecordingUpload,
        Self::ScreenRecordingAnalysis,
    ];

    /// The published prices.
    pub fn price_credits(self) -> i64 {
        match self {
            Self::VideoUpload | Self::ScreenRecordingAnalysis | Self::Render => 5,
            Self::ImageUpload | Self::FontUpload | Self::ScreenRecordingUpload => 0,
            Self::AudioUpload | Self::AiCreator => 3,
        }
    }

    /// Its name in the ledger and on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::VideoUpload => "video_upload",
            Self::ImageUpload => "image_upload",
            Self::AudioUpload => "audio_upload",
            Self::FontUpload => "font_upload",
            Self::ScreenRecordingUpload => "screen_recording_upload",
            Self::ScreenRecordingAnalysis => "screen_recording_analysis",
            Self::AiCreator => "ai_creator",
            Self::Render => "render",
        }
    }

    fn from_media_kind(kind: MediaKind) -> Self {
        match kind {
            MediaKind::Video => Self::VideoUpload,
            MediaKind::Image => Self::ImageUpload,
            MediaKind::Audio => Self::AudioUpload,
            MediaKind::Font => Self::FontUpload,
            MediaKind::ScreenRecording => Self::ScreenRecordingUpload,
        }
    }
}

/// One line of a job's bill.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// What is paid for.
    pub kind: ItemKind,
    /// The upload name, for an upload.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asset: Option<String>,
    /// Its price.
    pub credits: i64,
}

impl Item {
    /// An input file.
    pub fn upload(asset: &str, kind: MediaKind) -> Self {
        Self::priced(ItemKind::from_media_kind(kind), Some(asset.to_owned()))
    }

    fn is_upload(&self) -> bool {
        !matches!(self.kind, ItemKind::ScreenRecordingAnalysis | ItemKind::AiCreator | ItemKind::Render)
    }

    /// Tells this item from the others of its job, in the ledger.
    pub fn ledger_key(&self) -> String {
        match &self.asset {
            Some(asset) => format!("{}:{asset}", self.kind.name()),
            None => self.kind.name().to_owned(),
        }
    }

    fn priced(kind: ItemKind, asset: Option<String>) -> Self {
        Self { kind, asset, credits: kind.price_credits() }
    }
}

/// Returns the bill of a job with these inputs at worst. A prompt pays for the creator too, and for the analysis of each
/// screen recording. Without billing, the items are the same and cost 0.
pub fn bill_from_inputs<'a>(
    billing: Billing,
    mode: Mode,
    inputs: impl IntoIterator<Item = (&'a str, MediaKind)>,
) -> Vec<Item> {
    let mut items = Vec::new();
    for (name, kind) in inputs {
        items.push(Item::upload(name, kind));
        if mode == Mode::Prompt && kind == MediaKind::ScreenRecording {
            items.push(Item::priced(ItemKind::ScreenRecordingAnalysis, Some(name.to_owned())));
        }
    }
    if mode == Mode::Prompt {
        items.push(Item::priced(ItemKind::AiCreator, None));
    }
    items.push(Item::priced(ItemKind::Render, None));
    for item in &mut items {
        item.credits = billing.price_credits(item.kind);
    }
    items
}

/// Returns the bill once the files have been probed. Nothing costs more than was reserved for it: the
/// reservation was the caller's consent.
pub fn bill_from_probe(reserved: &[Item], probed: &[(String, MediaKind)]) -> Vec<Item> {
    let reprice = |item: &Item| {
        let found = probed.iter().find(|(name, _)| Some(name) == item.asset.as_ref());
        let Some((name, kind)) = found.filter(|_| item.is_upload()) else { return item.clone() };
        let exact = Item::upload(name, *kind);
        Item { credits: exact.credits.min(item.credits), ..exact }
    };
    reserved.iter().map(reprice).collect()
}

/// Returns the bill once it is known which screen recordings the video uses: the analysis of another costs nothing.
pub fn bill_from_use(items: &[Item], is_used: impl Fn(&str) -> bool) -> Vec<Item> {
    let is_due = |item: &&Item| {
        item.kind != ItemKind::ScreenRecordingAnalysis || item.asset.as_deref().is_none_or(&is_used)
    };
    items.iter().filter(is_due).cloned().collect()
}

/// Adds up a bill.
pub fn total_credits(items: &[Item]) -> i64 {
    items.iter().map(|item| item.credits).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_are_the_published_ones() {
        let uploads = [ItemKind::VideoUpload, ItemKind::ImageUpload, ItemKind::AudioUpload];
        assert_eq!(uploads.map(ItemKind::price_credits), [5, 0, 3]);
        let recordings = [ItemKind::ScreenRecordingUpload, ItemKind::ScreenRecordingAnalysis];
        assert_eq!(recordings.map(ItemKind::price_credits), [0, 5]);
        assert_eq!([ItemKind::AiCreator, ItemKind::Render].map(ItemKind::price_credits), [3, 5]);
    }

    #[test]
    fn a_screen_recording_costs_its_analysis_only_where_a_prompt_uses_it() {
        let inputs = [("demo.vidova", MediaKind::ScreenRecording)];
        assert_eq!(total_credits(&bill_from_inputs(Billing::On, Mode::Json, inputs)), 5);
        let reserved = bill_from_inputs(Billing::On, Mode::Prompt, inputs);
        assert_eq!(total_credits(&reserved), 5 + 3 + 5);
        assert_eq!(bill_from_use(&reserved, |name| name == "demo.vidova"), reserved);
        assert_eq!(total_credits(&bill_from_use(&reserved, |_| false)), 3 + 5);
    }

    #[test]
    fn an_upload_assumed_to_be_video_is_charged_as_what_it_turned_out_to_be() {
        let reserved = bill_from_inputs(Billing::On, Mode::Json, [("a.ogg", MediaKind::Video)]);
        let bill = bill_from_probe(&reserved, &[("a.ogg".into(), MediaKind::Audio)]);
        assert_eq!((total_credits(&reserved), total_credits(&bill)), (10, 8));
    }

    #[test]
    fn without_billing_a_job_costs_nothing_whatever_its_files_turn_out_to_be() {
        let inputs = [("a.ogg", MediaKind::Video), ("b.vidova", MediaKind::ScreenRecording)];
        let reserved = bill_from_inputs(Billing::Off, Mode::Prompt, inputs);
        let bill = bill_from_probe(&reserved, &[("a.ogg".into(), MediaKind::Audio)]);
        assert_eq!((reserved.len(), total_credits(&reserved), total_credits(&bill)), (5, 0, 0));
    }

    #[test]
    fn nothing_is_charged_above_its_reservation() {
        let reserved = bill_from_inputs(Billing::On, Mode::Json, [("a.gif", MediaKind::Image)]);
        let bill = bill_from_probe(&reserved, &[("a.gif".into(), MediaKind::Video)]);
        assert_eq!(total_credits(&bill), total_credits(&reserved));
    }
}
