//! What planners write and the compiler reads: words, choices from closed lists, and ids of assets.

use serde::{Deserialize, Serialize};

/// Bounds of a storyboard.
pub mod limits {
    /// Range of the length of a video in seconds.
    pub const DURATION_SECS: std::ops::RangeInclusive<f64> = 1.0..=180.0;
    /// Most scenes.
    pub const SCENES_MAX: usize = 60;
    /// Longest headline in characters: a quote.
    pub const HEADLINE_CHARS_MAX: usize = 140;
    /// Longest body in characters.
    pub const BODY_CHARS_MAX: usize = 140;
    /// Longest label in characters.
    pub const LABEL_CHARS_MAX: usize = 40;
    /// Most assets of one scene besides its first.
    pub const MORE_ASSETS_MAX: usize = 5;
}

/// Names an asset of the brief: `a1` is its first.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AssetId(pub String);

/// A video as a planner wants it. Lengths of scenes are wishes: the compiler keeps their sum to the frame, gives every text
/// its time to be read, and cuts on beats.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Storyboard {
    /// For people; not shown.
    pub title: String,
    /// Length of the whole in seconds.
    pub duration_seconds: f64,
    /// Decides letters, colours and movement.
    pub tone: Tone,
    /// Ground of the cards.
    pub palette: PaletteBase,
    /// A brand's colour, `#rrggbb`; none for one from the footage or the tone.
    pub accent: Option<String>,
    /// In order; not empty.
    pub scenes: Vec<Scene>,
    /// Music under the whole.
    pub music: Option<AssetId>,
    /// Spoken words over the whole; music gives way to them.
    pub voice: Option<AssetId>,
    /// What becomes of the sound of the videos themselves.
    pub clip_sound: ClipSound,
}

/// A scene of a storyboard: one shot, or one card.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Scene {
    /// Wished length in seconds.
    pub duration_seconds: f64,
    /// How words and pictures stand.
    pub layout: Layout,
    /// The largest words.
    pub headline: Option<String>,
    /// Smaller words below: a second line, an author, an address, an old price.
    pub body: Option<String>,
    /// The smallest words above: "Step 2", a number of a list, a kicker.
    pub label: Option<String>,
    /// What shows; none for a card of one colour.
    pub asset_id: Option<AssetId>,
    /// Where in a video it begins, in seconds; none for where the compiler finds best.
    pub asset_start: Option<f64>,
    /// What shows besides: the other half of a split, the talker of a picture in picture, further tiles of a gallery.
    pub more_asset_ids: Vec<AssetId>,
    /// How the picture moves.
    pub motion: Motion,
    /// How it follows on the scene before it.
    pub transition: Transition,
}

/// How words and pictures stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Layout {
    /// A shot; words, if there are any, stand as in a lower third.
    Plain,
    /// Opens with a name or a promise.
    Title,
    /// A large claim over a moving shot, there from the first frame.
    Hook,
    /// One sentence on a card of one colour.
    Statement,
    /// A person or a place.
    LowerThird,
    /// Running words, small and low.
    Caption,
    /// One of several: `label` is its number.
    ListItem,
    /// What to do: `label` is "Step n".
    Step,
    /// Somebody's words: `body` is who.
    Quote,
    /// A price: `headline` is it, `label` what it is for, `body` what it was.
    Price,
    /// Two pictures side by side: `label` and `body` name them.
    Split,
    /// A picture over another.
    PictureInPicture,
    /// Three to six pictures.
    Gallery,
    /// A number or a date: `headline` is it, `body` what it counts.
    Number,
    /// Brand (`headline`), call to action (`label`), address (`body`).
    EndCard,
}

/// How a picture moves in its scene.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names say it all")]
pub enum Motion {
    Still,
    PushIn,
    PullOut,
    PanLeft,
    PanRight,
}

/// How a scene follows on the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names say it all")]
pub enum Transition {
    Cut,
    Dissolve,
    FadeBlack,
    Slide,
    Zoom,
}

/// Decides letters, colours and movement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Tone {
    /// Launch, sale, tech.
    Bold,
    /// Corporate, software.
    Clean,
    /// Wedding, fashion.
    Luxury,
    /// Food, family.
    Warm,
    /// Children, parties.
    Playful,
    /// Documentary, news.
    Editorial,
    /// Sport, hype.
    Sport,
    /// Craft, nostalgia.
    Retro,
    /// For programmers.
    Code,
}

/// Ground of the cards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PaletteBase {
    /// As the tone has it.
    Auto,
    /// Light letters on dark.
    Dark,
    /// Dark letters on light.
    Light,
}

/// What becomes of the sound of the videos themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ClipSound {
    /// It is not heard.
    Off,
    /// Quietly, under music or voice.
    Under,
    /// In full; music gives way to it.
    Full,
}
