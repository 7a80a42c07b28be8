//! Which file each scene shows, and which part of it.

mod roster;

use avs_protocol::Span;

use super::budget::keeps_order;
use super::slot::{Picture, Slot};
use crate::footage::{Footage, Want};
use crate::prompt::Understanding;
use crate::{Layout, Note, NoteCode, limits};

/// A scene with its files.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Cast {
    pub(super) slot: Slot,
    /// What shows, the main one first; empty for a card.
    pub(super) files: Vec<usize>,
    /// Where in the first file it begins, in seconds; none for a still.
    pub(super) start_secs: Option<f64>,
    /// How long it can last from there, in seconds; infinite for stills and cards.
    pub(super) room_secs: f64,
}

/// A scene gets this much more than it wishes, so that lengths can be settled and cuts moved to beats.
const RESERVE_FACTOR: f64 = 1.35;
/// And this much, in seconds.
const RESERVE_SECS: f64 = 0.2;
/// A file of which less is left for each of its scenes than so many times what this one wishes is tight.
const TIGHT_FACTOR: f64 = 1.8;
/// Words stand on a part that is shorter than they need by this factor at most.
const ROOM_ENOUGH: f64 = 0.95;
/// A shot gets at least this much of a file, in seconds, though others then get less.
const SHARE_SECS_MIN: f64 = 0.5;
/// What a transition shows of a shot after its end, in seconds.
const TAIL_SECS: f64 = 0.75;

/// Chooses the files of all scenes. Each file shows once before any shows again.
pub(super) fn cast(
    slots: Vec<Slot>,
    understanding: &Understanding,
    footage: &Footage,
    notes: &mut Vec<Note>,
) -> Vec<Cast> {
    let mut casting = Casting::new(slots, understanding, footage);
    casting.fixed();
    casting.galleries();
    if casting.keeps_order {
        casting.in_order();
    } else {
        casting.by_merit();
    }
    casting.give_words_room();
    casting.in_order_of_time();
    casting.finish(notes)
}

struct Casting<'a> {
    slots: Vec<Slot>,
    understanding: &'a Understanding,
    footage: &'a Footage,
    keeps_order: bool,
    casts: Vec<Option<Cast>>,
    /// Parts of each file that show already.
    taken: Vec<Vec<Span>>,
    uses: Vec<usize>,
    /// How many scenes each file still has to show in.
    due: Vec<usize>,
    /// What each scene shows, by its hash.
    hashes: Vec<Option<u64>>,
    /// Scenes that show a part of a file that shows elsewhere already.
    repeats: Vec<bool>,
}

impl<'a> Casting<'a> {
    fn new(slots: Vec<Slot>, understanding: &'a Understanding, footage: &'a Footage) -> Self {
        let (count, files) = (slots.len(), footage.files.len());
        Self {
            slots,
            understanding,
            footage,
            keeps_order: keeps_order(understanding),
            casts: vec![None; count],
            taken: vec![Vec::new(); files],
            uses: vec![0; files],
            due: vec![0; files],
            hashes: vec![None; count],
            repeats: vec![false; count],
        }
    }

    /// Scenes that name their files, and cards.
    fn fixed(&mut self) {
        // Parts first: whoever chooses a window must know what is taken.
        for slot in &self.slots {
            if let Picture::Files(files) = &slot.picture {
                files.iter().take(1).for_each(|file| self.due[*file] += 1);
            }
            if let Picture::Part(file, start, length) = slot.picture {
                self.taken[file].push(Span { start_secs: start, end_secs: start + length });
                self.uses[file] += 1;
            }
        }
        for at in 0..self.slots.len() {
            let cast = match self.slots[at].picture.clone() {
                Picture::None => self.card(at, Vec::new()),
                Picture::Logo(file) => {
                    self.uses[file] += 1;
                    self.card(at, vec![file])
                }
                Picture::Part(file, start_secs, room_secs) => {
                    let start_secs = self.footage.files[file].is_moving().then_some(start_secs);
                    Cast { slot: self.slots[at].clone(), files: vec![file], start_secs, room_secs }
                }
                Picture::Files(files) => self.several(at, files),
                Picture::Wanted(_) | Picture::Several(_) => continue,
            };
            self.casts[at] = Some(cast);
        }
    }

    fn card(&self, at: usize, files: Vec<usize>) -> Cast {
        Cast { slot: self.slots[at].clone(), files, start_secs: None, room_secs: f64::INFINITY }
    }

    /// The files of a split or a gallery; the scene is not longer than the shortest of them.
    fn several(&mut self, at: usize, files: Vec<usize>) -> Cast {
        let Some(first) = files.first().copied() else { return self.card(at, files) };
        let mut cast = self.window(at, first, Want::Best);
        for file in files.iter().skip(1) {
            self.uses[*file] += 1;
            if self.footage.files[*file].is_moving() {
                cast.room_secs = cast.room_secs.min(self.footage.files[*file].usable_secs());
            }
        }
        cast.files = files;
        cast
    }

    fn galleries(&mut self) {
        for at in 0..self.slots.len() {
            let Picture::Several(count) = self.slots[at].picture else { continue };
            let mut stills: Vec<usize> =
                self.unused().filter(|file| !self.footage.files[*file].is_moving()).collect();
            // The best ones fill the frame elsewhere.
            stills.sort_by(|a, b| self.merit(*a).total_cmp(&self.merit(*b)));
            stills.truncate(count.min(limits::MORE_ASSETS_MAX + 1));
            stills.sort_unstable();
            self.casts[at] = (stills.len() >= 2).then(|| self.several(at, stills));
        }
    }

    fn unused(&self) -> impl Iterator<Item = usize> + '_ {
        self.footage.shown().into_iter().filter(|file| self.uses[*file] == 0)
    }

    fn merit(&self, file: usize) -> f64 {
        self.footage.files[file].moments.first().map_or(-2.0, |moment| moment.score)
    }

    /// Scenes that a file is to be chosen for.
    fn wanting(&self) -> Vec<usize> {
        (0..self.slots.len())
            .filter(|at| self.casts[*at].is_none() && matches!(self.slots[*at].picture, Picture::Wanted(_)))
            .collect()
    }

    /// Files in the order in which they were sent; the first scene may show the best or the last one ahead.
    fn in_order(&mut self) {
        let wanting = self.wanting();
        let mut roster = self.roster(wanting.len());
        let mut scenes = wanting.as_slice();
        if let Some((first, rest)) = wanting.split_first()
            && *first == 0
            && let Some(ahead) = self.shown_ahead(&roster)
        {
            roster[ahead].1 -= 1;
            self.choose(*first, roster[ahead].0);
            scenes = rest;
        }
        let items = scenes.iter().filter(|at| self.is_item(**at)).count();
        let pairs: Vec<(usize, usize)> = if items == roster.len() {
            // A file an item: what follows on an item without words shows the same.
            let nth = scenes.iter().scan(0_usize, |items, at| {
                *items += usize::from(self.is_item(*at));
                Some(items.saturating_sub(1))
            });
            scenes.iter().copied().zip(nth.map(|nth| roster[nth].0)).collect()
        } else {
            let files = roster.into_iter().flat_map(|(file, count)| std::iter::repeat_n(file, count));
            scenes.iter().copied().zip(files).collect()
        };
        for (at, file) in self.with_named_files(pairs) {
            self.choose(at, file);
        }
    }

    /// The best file for each scene: the first scene chooses first, then prices and heroes, the last, and the rest in order.
    fn by_merit(&mut self) {
        let wanting = self.wanting();
        let mut roster = self.roster(wanting.len());
        let mut order = wanting.clone();
        let last = wanting.last().copied();
        order.sort_by_key(|at| {
            let is_hero = self.slots[*at].picture == Picture::Wanted(Want::Best);
            let is_named = roster.iter().any(|(file, _)| self.is_named(*at, *file));
            (*at != 0, !is_named, !is_hero, Some(*at) != last, *at)
        });
        for at in order {
            let Some(chosen) = self.best_of(at, &roster) else { continue };
            roster[chosen].1 -= 1;
            self.choose(at, roster[chosen].0);
        }
        self.part_neighbours(&wanting);
    }

    /// Scenes beside each other that show the same file change it with one further away, or show another that has enough
    /// left; never a scene that says what its file is.
    fn part_neighbours(&mut self, wanting: &[usize]) {
        let is_free = |casting: &Self, at: &usize| {
            *at > 0 && casting.file_of(*at).is_some_and(|file| !casting.is_named(*at, file))
        };
        let free: Vec<usize> = wanting.iter().copied().filter(|at| is_free(self, at)).collect();
        let holds = |casts: &[Option<Cast>], at: usize| {
            casts[at].as_ref().is_some_and(|cast| cast.room_secs >= cast.slot.min_secs)
        };
        for (nth, at) in free.iter().enumerate() {
            for other in &free[nth + 1..] {
                let now = self.clashes();
                self.swap(*at, *other);
                let helps = self.clashes() < now;
                if !(helps && holds(&self.casts, *at) && holds(&self.casts, *other)) {
                    self.swap(*at, *other);
                }
            }
        }
        for at in free {
            self.show_another(at);
        }
    }

    /// Hashes of what scenes show.
    fn shown(&self) -> Vec<u64> {
        self.hashes.iter().flatten().copied().collect()
    }

    fn file_of(&self, at: usize) -> Option<usize> {
        self.casts.get(at)?.as_ref()?.files.first().copied()
    }

    /// How many scenes show the same file as the one before.
    fn clashes(&self) -> usize {
        (1..self.casts.len())
            .filter(|at| self.file_of(*at).is_some() && self.file_of(at - 1) == self.file_of(*at))
            .count()
    }

    /// A scene beside one of the same file shows the video that shows least and has enough left, where there is one.
    fn show_another(&mut self, at: usize) {
        let (Some(now), Picture::Wanted(want)) = (self.file_of(at), self.slots[at].picture.clone()) else {
            return;
        };
        let beside = [at.checked_sub(1), Some(at + 1)].map(|at| at.and_then(|at| self.file_of(at)));
        let wish = self.slots[at].wish_secs.max(self.slots[at].min_secs);
        let shown = self.shown();
        let has_room = |file: &usize| {
            let window = self.footage.files[*file].best_window(wish, want, &self.taken[*file], &shown);
            window.is_some_and(|window| window.room_secs >= wish)
        };
        let others = self.footage.shown().into_iter().filter(|file| !beside.contains(&Some(*file)));
        if beside.contains(&Some(now))
            && !self.is_named(at, now)
            && self.uses[now] > 1
            && let Some(other) = others.filter(has_room).min_by_key(|file| self.uses[*file])
        {
            self.release(at, now);
            self.choose(at, other);
        }
    }

    /// What a scene showed is free again.
    fn release(&mut self, at: usize, file: usize) {
        self.uses[file] -= 1;
        (self.hashes[at], self.repeats[at]) = (None, false);
        let start_secs = self.casts[at].take().and_then(|cast| cast.start_secs);
        let taken = &mut self.taken[file];
        if let Some(nth) = taken.iter().position(|span| Some(span.start_secs) == start_secs) {
            taken.remove(nth);
        }
    }

    /// Two scenes that have files change what they show.
    fn swap(&mut self, at: usize, other: usize) {
        self.casts.swap(at, other);
        self.hashes.swap(at, other);
        self.repeats.swap(at, other);
        for at in [at, other] {
            if let Some(cast) = &mut self.casts[at] {
                cast.slot = self.slots[at].clone();
            }
        }
    }

    /// The best of those that still have to show: not what the scene before or after shows, and what shows least first.
    fn best_of(&self, at: usize, roster: &[(usize, usize)]) -> Option<usize> {
        let Picture::Wanted(want) = self.slots[at].picture else { return None };
        let shows = |at: Option<usize>, file: usize| at.and_then(|at| self.file_of(at)) == Some(file);
        let key = |nth: usize| {
            let file = roster[nth].0;
            let is_next = shows(at.checked_sub(1), file) || shows(Some(at + 1), file);
            (!self.is_named(at, file), is_next, self.uses[file])
        };
        let (wish, shown) = (self.slots[at].wish_secs, self.shown());
        let score = |nth: usize| {
            let file = &self.footage.files[roster[nth].0];
            let window = file.best_window(wish, want, &self.taken[roster[nth].0], &shown);
            let enough =
                |room: f64| if room < wish.min(self.slots[at].min_secs.max(0.5)) { -0.5 } else { 0.0 };
            match window {
                Some(window) => window.score + enough(window.room_secs),
                None if file.is_moving() => -2.0,
                None => file.score(0.0, 0.0, want),
            }
        };
        (0..roster.len())
            .filter(|nth| roster[*nth].1 > 0)
            .min_by(|a, b| key(*a).cmp(&key(*b)).then_with(|| score(*b).total_cmp(&score(*a))).then(a.cmp(b)))
    }

    fn choose(&mut self, at: usize, file: usize) {
        let Picture::Wanted(want) = self.slots[at].picture else { return };
        let cast = self.window(at, file, want);
        self.casts[at] = Some(cast);
    }

    /// The best free part of a file for a scene.
    fn window(&mut self, at: usize, file: usize, want: Want) -> Cast {
        let slot = self.slots[at].clone();
        let footage = &self.footage.files[file];
        self.uses[file] += 1;
        if !footage.is_moving() {
            self.hashes[at] = Some(footage.hash(0.0, 0.0));
            return Cast { slot, files: vec![file], start_secs: None, room_secs: f64::INFINITY };
        }
        let taken = &self.taken[file];
        let used: f64 = taken.iter().map(|span| span.end_secs - span.start_secs).sum();
        let share = (footage.usable_secs() - used) / self.due[file].max(1) as f64;
        let wish =
            (slot.wish_secs.max(slot.min_secs) + TAIL_SECS).min(share.max(slot.min_secs).max(SHARE_SECS_MIN));
        let shown = self.shown();
        let free = footage.best_window(wish, want, taken, &shown);
        self.repeats[at] = free.is_none();
        let window = free.or_else(|| footage.best_window(wish, want, &[], &shown));
        let (mut start, mut room) = (0.0, footage.duration_secs);
        if let Some(window) = window {
            (start, room) = (window.start_secs, window.room_secs);
            // Where all will be needed, nothing is left between two shots that is too short for a third.
            if self.due[file] > 1 && window.lead_secs < wish && share < wish * TIGHT_FACTOR {
                (start, room) = (start - window.lead_secs, room + window.lead_secs);
            }
        }
        self.due[file] = self.due[file].saturating_sub(1);
        let reserved = room.min((wish * RESERVE_FACTOR + RESERVE_SECS).min(share.max(wish)));
        self.taken[file].push(Span { start_secs: start, end_secs: start + reserved });
        // What a transition shows after the end matters less than that the words can be read.
        let room_secs = without_tail(reserved).max(reserved.min(slot.min_secs));
        self.hashes[at] = Some(footage.hash(start, reserved));
        Cast { slot, files: vec![file], start_secs: Some(start), room_secs }
    }

    /// Words that a part is too short for take a longer one of another file, where there is one.
    fn give_words_room(&mut self) {
        for at in 0..self.slots.len() {
            let Picture::Wanted(want) = self.slots[at].picture else { continue };
            let least = self.slots[at].min_secs;
            let Some(cast) = self.casts[at].as_ref().filter(|cast| cast.slot.has_words()) else { continue };
            let Some(now) = cast.files.first().copied().filter(|file| self.uses[*file] > 1) else { continue };
            if cast.room_secs >= least * ROOM_ENOUGH {
                continue;
            }
            let other = self.footage.shown().into_iter().find(|file| {
                let window = self.footage.files[*file].best_window(least, want, &self.taken[*file], &[]);
                window.is_some_and(|window| window.room_secs >= least)
            });
            if let Some(other) = other {
                self.release(at, now);
                self.choose(at, other);
            }
        }
    }

    /// Later scenes show later parts of the same file; the first scene may show ahead.
    fn in_order_of_time(&mut self) {
        for file in 0..self.footage.files.len() {
            let scenes: Vec<usize> = (1..self.slots.len())
                .filter(|at| {
                    let is_chosen =
                        matches!(self.slots[*at].picture, Picture::Wanted(Want::Any | Want::Motion));
                    let cast = self.casts[*at].as_ref().filter(|cast| cast.start_secs.is_some());
                    is_chosen && cast.is_some_and(|cast| cast.files.first() == Some(&file))
                })
                .collect();
            let mut parts: Vec<(f64, f64)> = scenes
                .iter()
                .filter_map(|at| self.casts[*at].as_ref())
                .map(|cast| (cast.start_secs.unwrap_or(0.0), cast.room_secs))
                .collect();
            parts.sort_by(|a, b| a.0.total_cmp(&b.0));
            let fits = scenes.iter().zip(&parts).all(|(at, (_, room))| self.slots[*at].min_secs <= *room);
            for (at, (start, room)) in scenes.iter().zip(&parts).filter(|_| fits) {
                if let Some(cast) = &mut self.casts[*at] {
                    (cast.start_secs, cast.room_secs) = (Some(*start), *room);
                }
            }
        }
    }

    /// Words that a part is too short for stand on a card before it.
    fn finish(self, notes: &mut Vec<Note>) -> Vec<Cast> {
        let repeats = (0..self.slots.len()).filter(|at| self.repeats[*at]);
        let mut again: Vec<usize> = repeats.filter_map(|at| self.file_of(at)).collect();
        again.sort_unstable();
        again.dedup();
        notes.extend(again.iter().map(|file| {
            Note::of_file(NoteCode::TooShort, *file, "it is shorter than its scenes: parts of it show twice")
        }));
        let mut casts: Vec<Cast> = Vec::new();
        for mut cast in self.casts.into_iter().flatten() {
            let is_wanted = matches!(cast.slot.picture, Picture::Wanted(_));
            if is_wanted && cast.slot.has_words() && cast.room_secs < cast.slot.min_secs * ROOM_ENOUGH {
                if let Some(card) = cast.slot.clone().into_card() {
                    casts.push(Cast {
                        slot: card,
                        files: Vec::new(),
                        start_secs: None,
                        room_secs: f64::INFINITY,
                    });
                }
                let mut shot = Slot::plain(Want::Any).ranked(5);
                (shot.wish_secs, shot.max_secs) = (cast.room_secs, cast.room_secs);
                cast.slot = shot;
            }
            if cast.slot.layout == Layout::Split && cast.files.len() < 2 {
                cast.slot.layout = Layout::Plain;
            }
            casts.push(cast);
        }
        casts.truncate(limits::SCENES_MAX);
        casts
    }
}

/// A part without what a transition shows after it, where it is long enough for both.
fn without_tail(room_secs: f64) -> f64 {
    if room_secs > TAIL_SECS * 3.0 { room_secs - TAIL_SECS } else { room_secs }
}
