//! What kind of video a prompt asks for, and how fast such videos go.

use serde::{Deserialize, Serialize};

/// What kind of video a prompt asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Genre {
    /// A product, a brand or a place made wanted.
    Teaser,
    /// Prices, discounts, a date by which to buy.
    Sale,
    /// What a piece of software does.
    AppDemo,
    /// A journey, an event or a year looked back upon.
    Recap,
    /// People celebrated: a wedding, an anniversary, a birthday.
    Wedding,
    /// People remembered.
    Memorial,
    /// A house or a flat to let or to sell.
    Listing,
    /// How to cook something.
    Recipe,
    /// How to do something, in steps.
    HowTo,
    /// So many tips, reasons, places.
    Listicle,
    /// Somebody's words.
    Quote,
    /// Somebody speaking: a customer, a guest of a podcast, an interview.
    Testimonial,
    /// A match, a race, training.
    Sports,
    /// A song, an album, a band.
    Music,
    /// Come to this, then and there.
    Invite,
    /// Something new: a launch, an opening, a job.
    Announcement,
    /// What happened, soberly.
    News,
    /// One beside another, or before and after.
    Compare,
    /// How something is done on a screen, from its recording.
    ScreenGuide,
    /// None of these, or not to be told.
    General,
}

/// How fast videos of a genre go.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pace {
    /// Length of the whole where the prompt names none, in seconds.
    pub total_secs: f64,
    /// Half of the shots are shorter than this, in seconds.
    pub shot_median_secs: f64,
    /// No shot is shorter than this, in seconds.
    pub shot_min_secs: f64,
    /// No shot is longer than this, in seconds.
    pub shot_max_secs: f64,
    /// By when a viewer must know what it is about, in seconds.
    pub hook_secs: f64,
}

impl Genre {
    /// Returns how fast videos of this genre go.
    pub fn pace(self) -> Pace {
        // [total, median, min, max, hook]; the research's table of genres, totals from the middle of its ranges.
        let secs = match self {
            Self::Teaser => [15.0, 1.6, 0.7, 3.0, 1.5],
            Self::Sale => [15.0, 1.6, 0.7, 3.0, 1.5],
            Self::AppDemo => [30.0, 2.8, 1.5, 6.0, 2.5],
            Self::ScreenGuide => [40.0, 4.0, 1.5, 8.0, 2.5],
            Self::Recap => [30.0, 1.9, 0.8, 4.0, 2.0],
            Self::Wedding => [45.0, 4.0, 2.5, 7.0, 4.0],
            Self::Memorial => [60.0, 4.5, 2.5, 7.0, 4.0],
            Self::Listing => [40.0, 3.2, 2.0, 5.0, 3.0],
            Self::Recipe | Self::HowTo => [30.0, 2.4, 1.0, 5.0, 2.0],
            Self::Listicle => [30.0, 2.2, 1.2, 3.5, 2.0],
            Self::Quote => [10.0, 5.0, 4.0, 8.0, 1.0],
            Self::Testimonial => [20.0, 5.0, 3.0, 8.0, 2.0],
            Self::Sports => [20.0, 0.9, 0.35, 2.0, 1.0],
            Self::Music => [20.0, 1.1, 0.4, 2.5, 1.0],
            Self::Invite => [15.0, 2.2, 1.2, 4.0, 2.0],
            Self::Announcement => [15.0, 2.0, 1.0, 4.0, 2.0],
            Self::News => [25.0, 3.0, 1.5, 5.0, 2.0],
            Self::Compare => [20.0, 2.6, 1.2, 5.0, 2.0],
            Self::General => [15.0, 1.9, 0.8, 4.0, 2.0],
        };
        let [total_secs, shot_median_secs, shot_min_secs, shot_max_secs, hook_secs] = secs;
        Pace { total_secs, shot_median_secs, shot_min_secs, shot_max_secs, hook_secs }
    }
}
