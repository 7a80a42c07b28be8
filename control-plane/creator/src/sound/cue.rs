//! Where in its file the music begins, and when the voice does.

use crate::{Brief, Storyboard};

/// Where music and voice begin.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Cues {
    /// Of the music, which begins with the video.
    pub music: Option<MusicCue>,
    /// Of the voice.
    pub voice: Option<VoiceCue>,
}

/// The part of a piece of music that plays, from the video's start on.
#[derive(Debug, Clone, PartialEq)]
pub struct MusicCue {
    /// Index of the music in the brief.
    pub asset: usize,
    /// Where in the music it begins, in seconds.
    pub start_secs: f64,
    /// Where in the music its part ends, in seconds, after `start_secs`.
    pub end_secs: f64,
    /// True where the part begins anew whenever it ends.
    pub looped: bool,
}

/// When a voice speaks.
#[derive(Debug, Clone, PartialEq)]
pub struct VoiceCue {
    /// Index of the voice in the brief.
    pub asset: usize,
    /// When its file begins, in seconds of the video.
    pub at_secs: f64,
}

/// Decides where music and voice begin in a video of that length.
pub fn cues(storyboard: &Storyboard, brief: &Brief, duration_secs: f64) -> Cues {
    let index = |id: &crate::AssetId| {
        (0..brief.assets.len())
            .find(|at| crate::asset_id(*at) == *id && brief.assets[*at].analysis.sound.is_some())
    };
    let music = storyboard.music.as_ref().and_then(index).map(|asset| MusicCue {
        asset,
        start_secs: 0.0,
        end_secs: brief.assets[asset].analysis.duration_secs.unwrap_or(duration_secs),
        looped: false,
    });
    let voice = storyboard.voice.as_ref().and_then(index).map(|asset| VoiceCue { asset, at_secs: 0.0 });
    Cues { music, voice }
}
