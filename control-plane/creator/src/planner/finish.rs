//! Movement, transitions, sound and tone: what makes scenes a storyboard.

use super::casting::Cast;
use super::slot::Picture;
use crate::footage::{Footage, Role, is_heard, is_mark};
use crate::prompt::{Genre, Understanding};
use crate::{
    AssetId, Brief, ClipSound, Layout, Motion, Note, NoteCode, Scene, Storyboard, Tone, Transition, asset_id,
    limits,
};

/// Turns cast scenes into a storyboard of that length.
pub(super) fn storyboard(
    brief: &Brief,
    understanding: &Understanding,
    footage: &Footage,
    (casts, duration_seconds): (Vec<Cast>, f64),
    notes: &mut Vec<Note>,
) -> Storyboard {
    let mut scenes: Vec<Scene> = Vec::with_capacity(casts.len());
    let transitions = transitions(&casts, understanding.genre);
    let mut pictures = 0;
    for (cast, transition) in casts.iter().zip(transitions) {
        let is_picture = cast.files.first().is_some_and(|file| footage.files[*file].role == Role::Picture);
        let is_further = matches!(cast.slot.picture, Picture::Part(..))
            && scenes.last().is_some_and(|before| goes_on(before, cast));
        let is_clip = cast.files.first().is_some_and(|file| footage.files[*file].role == Role::Clip);
        let motion = if is_further && is_clip {
            let was_still = scenes.last().is_some_and(|before| before.motion == Motion::Still);
            if was_still { Motion::PushIn } else { Motion::Still }
        } else if is_picture && !matches!(cast.slot.layout, Layout::Split | Layout::Gallery) {
            pictures += 1;
            motion_of_picture(pictures)
        } else {
            Motion::Still
        };
        scenes.push(scene(cast, motion, transition));
    }
    end_over_opening(&mut scenes, brief, footage);
    let sound = Sound::of(brief, understanding, footage, &scenes, notes);
    let title = scenes.iter().find_map(|scene| scene.headline.clone()).unwrap_or_default();
    notes.extend(unused(footage, &scenes, &sound));
    if understanding.wishes.captions && !scenes.iter().any(|scene| scene.layout == Layout::Caption) {
        notes.push(Note::general(
            NoteCode::WishUnmet,
            "captions are wanted, but what is spoken is not given: put it between quotation marks",
        ));
    }
    debug_assert!(brief.assets.len() == footage.files.len(), "one a file");
    Storyboard {
        title,
        duration_seconds,
        tone: understanding.tone.unwrap_or_else(|| tone(understanding.genre)),
        palette: understanding.palette,
        accent: understanding.accent.clone(),
        scenes,
        music: sound.music.map(asset_id),
        voice: sound.voice.map(asset_id),
        clip_sound: sound.clips,
    }
}

/// Says whether a scene shows the same file as the one before it, further on.
fn goes_on(before: &Scene, cast: &Cast) -> bool {
    before.asset_start.is_some() && before.asset_id == cast.files.first().copied().map(asset_id)
}

fn scene(cast: &Cast, motion: Motion, transition: Transition) -> Scene {
    let slot = &cast.slot;
    let bounded = |text: &Option<String>, most: usize| {
        text.as_ref().map(|text| text.chars().take(most).collect::<String>()).filter(|text| !text.is_empty())
    };
    Scene {
        duration_seconds: slot.wish_secs,
        layout: slot.layout,
        headline: bounded(&slot.headline, limits::HEADLINE_CHARS_MAX),
        body: bounded(&slot.body, limits::BODY_CHARS_MAX),
        label: bounded(&slot.label, limits::LABEL_CHARS_MAX),
        asset_id: cast.files.first().copied().map(asset_id),
        asset_start: cast.start_secs,
        more_asset_ids: cast.files.iter().skip(1).copied().map(asset_id).collect(),
        motion,
        transition,
    }
}

/// The last card stands over a blur of the first picture from a lens, where it has no logo.
fn end_over_opening(scenes: &mut [Scene], brief: &Brief, footage: &Footage) {
    let is_from_lens = |file: &usize| {
        matches!(footage.files[*file].role, Role::Clip | Role::Picture) && !is_mark(&brief.assets[*file])
    };
    let ids: Vec<AssetId> = (0..footage.files.len()).filter(is_from_lens).map(asset_id).collect();
    let opening =
        scenes.iter().filter_map(|scene| scene.asset_id.as_ref()).find(|id| ids.contains(id)).cloned();
    if let Some(last) = scenes.last_mut()
        && last.layout == Layout::EndCard
        && last.asset_id.is_none()
    {
        last.asset_id = opening;
    }
}

/// In, out, and every now and then along: never twice the same.
fn motion_of_picture(nth: usize) -> Motion {
    match nth % 5 {
        1 => Motion::PushIn,
        2 => Motion::PullOut,
        3 => Motion::PanRight,
        4 => Motion::PushIn,
        _ => Motion::PanLeft,
    }
}

/// One kind a video besides the cut, and few of them; films of memories dissolve at every second join.
fn transitions(casts: &[Cast], genre: Genre) -> Vec<Transition> {
    let count = casts.len();
    let (kind, most) = match genre {
        Genre::Wedding | Genre::Memorial => (Transition::Dissolve, count / 2),
        Genre::Recap | Genre::Listing | Genre::Quote | Genre::Testimonial => {
            (Transition::Dissolve, (count * 3 / 20).max(1))
        }
        Genre::AppDemo | Genre::Teaser | Genre::Sale | Genre::Compare => (Transition::Slide, count * 3 / 20),
        Genre::Sports | Genre::Music => (Transition::Zoom, (count * 3 / 20).min(2)),
        Genre::Invite | Genre::Announcement | Genre::General => (Transition::Dissolve, count * 3 / 20),
        Genre::Recipe | Genre::HowTo | Genre::Listicle | Genre::News | Genre::ScreenGuide => {
            (Transition::Cut, 0)
        }
    };
    let mut transitions = vec![Transition::Cut; count];
    let mut left = most;
    // What asks for it first, then the way to the last card, then evenly.
    let turns = (1..count).filter(|at| casts[*at].slot.is_turn);
    let last = (1..count).filter(|at| casts[*at].slot.layout == Layout::EndCard);
    let evenly = (1..count).filter(|at| at % 2 == 0 || most * 2 < count && at % 7 == 3);
    for at in turns.chain(last).chain(evenly).collect::<Vec<_>>() {
        if left > 0 && transitions[at] == Transition::Cut && !is_one_breath(&casts[at - 1], &casts[at]) {
            transitions[at] = kind;
            left -= 1;
        }
    }
    transitions
}

/// Two parts of one file: a transition between them would show the same moment twice.
fn is_one_breath(before: &Cast, after: &Cast) -> bool {
    before.start_secs.is_some() && before.files.first() == after.files.first()
}

fn tone(genre: Genre) -> Tone {
    match genre {
        Genre::Teaser | Genre::Sale | Genre::Listicle | Genre::Announcement | Genre::General => Tone::Bold,
        Genre::AppDemo | Genre::Listing | Genre::HowTo | Genre::Compare | Genre::ScreenGuide => Tone::Clean,
        Genre::Testimonial => Tone::Clean,
        Genre::Wedding => Tone::Luxury,
        Genre::Memorial | Genre::Recipe | Genre::Recap => Tone::Warm,
        Genre::Quote | Genre::News => Tone::Editorial,
        Genre::Sports | Genre::Music => Tone::Sport,
        Genre::Invite => Tone::Playful,
    }
}

struct Sound {
    music: Option<usize>,
    voice: Option<usize>,
    clips: ClipSound,
    /// Files that the prompt does not want to be heard, and how it says so.
    unwanted: Vec<(usize, &'static str)>,
}

impl Sound {
    fn of(
        brief: &Brief,
        understanding: &Understanding,
        footage: &Footage,
        scenes: &[Scene],
        notes: &mut Vec<Note>,
    ) -> Self {
        let wishes = &understanding.wishes;
        let mut unwanted = Vec::new();
        let mut heard = |role: Role, is_unwanted: bool, why: &'static str| {
            let found = footage.with_role(role).next();
            unwanted.extend(found.filter(|_| is_unwanted).map(|file| (file, why)));
            found.filter(|_| !is_unwanted)
        };
        let quiet = "the prompt wants no sound";
        let why = if wishes.silent { quiet } else { "the prompt wants no music" };
        let music = heard(Role::Music, wishes.silent || wishes.no_music, why);
        let voice = heard(Role::Voice, wishes.silent, quiet);
        let speaks = scenes.iter().any(|scene| {
            let file = scene.asset_id.as_ref().and_then(|id| brief.asset_index(id));
            file.is_some_and(|file| {
                footage.files[file].is_moving() && footage.files[file].speech_ratio >= 0.4
            })
        });
        let is_told = matches!(understanding.genre, Genre::Testimonial) && speaks;
        let clips = if wishes.silent || wishes.mute_clips {
            ClipSound::Off
        } else if wishes.keep_sound || is_told || (music.is_none() && voice.is_none()) {
            ClipSound::Full
        } else if speaks
            || matches!(understanding.genre, Genre::Sports | Genre::Music | Genre::Teaser | Genre::Sale)
        {
            // Words cut to pieces disturb.
            ClipSound::Off
        } else {
            ClipSound::Under
        };
        let sounds = |index: &usize| is_heard(&brief.assets[*index]);
        if music.is_none() && voice.is_none() && unwanted.is_empty() && !footage.shown().iter().any(sounds) {
            notes.push(Note::general(NoteCode::Sound, "no file has a sound: the video is silent"));
        }
        Self { music, voice, clips, unwanted }
    }
}

/// Says of each file that does not show or sound why.
fn unused(footage: &Footage, scenes: &[Scene], sound: &Sound) -> Vec<Note> {
    let is_in = |id: &AssetId| {
        scenes.iter().any(|scene| scene.asset_id.as_ref() == Some(id) || scene.more_asset_ids.contains(id))
    };
    let mut notes = Vec::new();
    for (index, file) in footage.files.iter().enumerate() {
        let is_heard = sound.music == Some(index) || sound.voice == Some(index);
        if is_heard || is_in(&asset_id(index)) {
            continue;
        }
        let unwanted = sound.unwanted.iter().find(|(file, _)| *file == index);
        let reason = match (unwanted, file.role) {
            (Some((_, why)), _) => (*why).to_owned(),
            (None, Role::Unused) => file.reason.clone(),
            (None, Role::Logo) => "there is no room for another logo".to_owned(),
            (None, Role::Music | Role::Voice) => "another one is heard".to_owned(),
            (None, Role::Clip | Role::Picture | Role::Screen) => {
                "there are more files than the length has room for".to_owned()
            }
        };
        notes.push(Note::of_file(NoteCode::UnusedAsset, index, reason));
    }
    notes
}
