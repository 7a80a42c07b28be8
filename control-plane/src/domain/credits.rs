//! What a job costs, in R-Credits: one table of prices, and the list of items made with it.

use serde::{Deserialize, Serialize};

use super::media_kind::MediaKind;

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
    /// The final render.
    Render,
}

impl ItemKind {
    /// The published prices.
    pub fn price_credits(self) -> i64 {
        match self {
            Self::VideoUpload | Self::Render => 5,
            Self::ImageUpload | Self::FontUpload => 0,
            Self::AudioUpload => 3,
        }
    }

    /// Its name in the ledger and on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::VideoUpload => "video_upload",
            Self::ImageUpload => "image_upload",
            Self::AudioUpload => "audio_upload",
            Self::FontUpload => "font_upload",
            Self::Render => "render",
        }
    }

    fn from_media_kind(kind: MediaKind) -> Self {
        match kind {
            MediaKind::Video => Self::VideoUpload,
            MediaKind::Image => Self::ImageUpload,
            MediaKind::Audio => Self::AudioUpload,
            MediaKind::Font => Self::FontUpload,
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

    /// The final render.
    pub fn render() -> Self {
        Self::priced(ItemKind::Render, None)
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

/// Returns the bill of a job that renders these uploads.
pub fn bill_from_uploads<'a>(uploads: impl IntoIterator<Item = (&'a str, MediaKind)>) -> Vec<Item> {
    let mut items: Vec<Item> = uploads.into_iter().map(|(name, kind)| Item::upload(name, kind)).collect();
    items.push(Item::render());
    items
}

/// Returns the bill once the files have been probed. Nothing costs more than was reserved for it: the
/// reservation was the caller's consent.
pub fn bill_from_probe(reserved: &[Item], probed: &[(String, MediaKind)]) -> Vec<Item> {
    let reprice = |item: &Item| {
        let found = probed.iter().find(|(name, _)| Some(name) == item.asset.as_ref());
        let Some((name, kind)) = found else { return item.clone() };
        let exact = Item::upload(name, *kind);
        Item { credits: exact.credits.min(item.credits), ..exact }
    };
    reserved.iter().map(reprice).collect()
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
        let kinds = [ItemKind::VideoUpload, ItemKind::ImageUpload, ItemKind::AudioUpload, ItemKind::Render];
        assert_eq!(kinds.map(ItemKind::price_credits), [5, 0, 3, 5]);
    }

    #[test]
    fn an_upload_assumed_to_be_video_is_charged_as_what_it_turned_out_to_be() {
        let reserved = bill_from_uploads([("a.ogg", MediaKind::Video)]);
        let bill = bill_from_probe(&reserved, &[("a.ogg".into(), MediaKind::Audio)]);
        assert_eq!((total_credits(&reserved), total_credits(&bill)), (10, 8));
    }

    #[test]
    fn nothing_is_charged_above_its_reservation() {
        let reserved = bill_from_uploads([("a.gif", MediaKind::Image)]);
        let bill = bill_from_probe(&reserved, &[("a.gif".into(), MediaKind::Video)]);
        assert_eq!(total_credits(&bill), total_credits(&reserved));
    }
}
