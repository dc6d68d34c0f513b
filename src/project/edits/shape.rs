//! Edits of which cues there are: splitting, merging, inserting, deleting.

use super::text::{is_unspaced, joined};
use super::times::whole;
use super::{Draft, Edit, chosen, cues};
use crate::project::{CaptionTrack, Cue, CueId, CueOrigin, Seconds};

/// The shortest half that a cue is split into.
const SHORTEST: Seconds = Seconds(0.05);
/// How long a new cue lasts where nothing says otherwise.
const NEW: Seconds = Seconds(2.0);

/// Splits a cue at a moment within it and at a place in its text, counted in characters. Where the moment is not given, or
/// not within the cue, the times of its words tell it, else the share of the text before the place; where the place is not
/// given, the moment tells it in the same way.
#[must_use]
pub fn split(track: &CaptionTrack, id: CueId, at: Option<Seconds>, caret: Option<usize>) -> Option<Edit> {
    let cue = track.cue(id)?;
    let length = cue.text.chars().count();
    // A half that nobody could read is no half.
    let inside = cue.start + SHORTEST..cue.end - SHORTEST;
    let at = at.filter(|at| inside.contains(at));
    let caret = caret.filter(|caret| (1..length).contains(caret));
    let (at, caret) = match (at, caret) {
        (Some(at), Some(caret)) => (at, caret),
        (Some(at), None) => (at, place_at(cue, at)),
        (None, Some(caret)) => (time_at(cue, caret), caret),
        (None, None) => return None,
    };
    let at = whole(at);
    let (before, after) = halves(&cue.text, caret);
    let word_places = places_of_words(cue);
    let is_first = |index: usize| word_places.get(index).is_some_and(|place| *place < caret);
    let words = |first: bool| {
        let of_half = cue
            .words
            .iter()
            .enumerate()
            .filter(|(index, _)| is_first(*index) == first);
        of_half.map(|(_, word)| word.clone()).collect()
    };
    let mut draft = Draft::new();
    let half = |text: &str, first: bool| Cue {
        text: text.trim().to_owned(),
        origin: CueOrigin::Edited,
        words: words(first),
        ..cue.clone()
    };
    draft.change(
        cue,
        Cue {
            end: at,
            ..half(before, true)
        },
    );
    draft.insert(Cue {
        id: track.next_id(),
        start: at,
        ..half(after, false)
    });
    draft.edit("Split cue")
}

/// The text up to a place counted in characters, and the rest.
fn halves(text: &str, caret: usize) -> (&str, &str) {
    let byte = text
        .char_indices()
        .nth(caret)
        .map_or(text.len(), |(byte, _)| byte);
    text.split_at_checked(byte).unwrap_or((text, ""))
}

/// Where each word with a time begins in the text, in characters.
fn places_of_words(cue: &Cue) -> Vec<usize> {
    let (mut from, mut passed) = (cue.text.as_str(), 0);
    let mut places = Vec::with_capacity(cue.words.len());
    for word in &cue.words {
        if let Some((skipped, after)) = from.split_once(word.text.as_str()) {
            passed += skipped.chars().count();
            places.push(passed);
            passed += word.text.chars().count();
            from = after;
        } else {
            places.push(passed);
        }
    }
    places
}

/// Where the text is at a moment: before the first word that starts at it or later, else by the share of the time, at the
/// nearest gap between words.
fn place_at(cue: &Cue, at: Seconds) -> usize {
    let places = places_of_words(cue);
    let later = cue.words.iter().position(|word| word.start >= at);
    if let Some(place) = later
        .and_then(|index| places.get(index))
        .filter(|place| **place > 0)
    {
        return *place;
    }
    let letters: Vec<char> = cue.text.chars().collect();
    let share = (at - cue.start).0 / (cue.end - cue.start).0;
    let wanted = share * letters.len() as f64;
    let gap = |place: &usize| {
        let near = letters.get(place - 1).zip(letters.get(*place));
        near.is_some_and(|(a, b)| a.is_whitespace() || is_unspaced(*a) || is_unspaced(*b))
    };
    // A mark ends a phrase: two characters farther off it is still the better place.
    let cost = |place: &usize| {
        let mark = letters
            .get(place - 1)
            .is_some_and(|c| !c.is_alphanumeric() && !c.is_whitespace());
        (*place as f64 - wanted).abs() - if mark { 2.0 } else { 0.0 }
    };
    let gaps = (1..letters.len()).filter(gap);
    let best = gaps.min_by(|a, b| cost(a).total_cmp(&cost(b)));
    best.unwrap_or(letters.len())
}

/// When the text is at a place, as [`place_at`] the other way round.
fn time_at(cue: &Cue, caret: usize) -> Seconds {
    let places = places_of_words(cue);
    let timed = places
        .iter()
        .zip(&cue.words)
        .find(|(place, word)| **place >= caret && cue.start < word.start && word.start < cue.end);
    match timed {
        Some((_, word)) => word.start,
        None => {
            let share = caret as f64 / cue.text.chars().count().max(1) as f64;
            cue.start + Seconds((cue.end - cue.start).0 * share)
        }
    }
}

/// Makes one cue of several, or of one and the next. Chinese is joined without a space.
#[must_use]
pub fn merge(track: &CaptionTrack, ids: &[CueId]) -> Option<Edit> {
    let mut parts = chosen(track, ids);
    if let [only] = parts[..] {
        parts.extend(track.cues.get(track.place(only.id)? + 1));
    }
    let (first, rest) = parts.split_first()?;
    if rest.is_empty() {
        return None;
    }
    let mut whole = (*first).clone();
    let mut draft = Draft::new();
    for cue in rest {
        whole.text = joined(&whole.text, &cue.text);
        whole.end = whole.end.max(cue.end);
        whole.locked &= cue.locked;
        whole.words.extend(cue.words.iter().cloned());
    }
    whole.origin = CueOrigin::Edited;
    draft.change(first, whole);
    rest.iter().for_each(|cue| draft.delete(cue));
    draft.edit(format!("Merge {}", cues(parts.len())))
}

/// Puts a new cue in.
#[must_use]
pub fn insert(track: &CaptionTrack, start: Seconds, end: Seconds, text: &str) -> Option<Edit> {
    if !start.0.is_finite() || !end.0.is_finite() {
        return None;
    }
    let start = whole(start.max(Seconds(0.0)));
    let mut draft = Draft::new();
    draft.insert(Cue {
        id: track.next_id(),
        origin: CueOrigin::Edited,
        ..Cue::new(start, whole(end).max(start), text)
    });
    draft.edit("Insert cue")
}

/// Puts a new cue without text in at a moment, up to where the next one starts.
#[must_use]
pub fn insert_at(track: &CaptionTrack, at: Seconds) -> Option<Edit> {
    let next = track.cues.get(track.cues.partition_point(|cue| cue.start <= at));
    let end = next.map_or(at + NEW, |next| next.start.min(at + NEW));
    insert(track, at, end, "")
}

/// Takes cues away.
#[must_use]
pub fn delete(track: &CaptionTrack, ids: &[CueId]) -> Option<Edit> {
    let mut draft = Draft::new();
    chosen(track, ids).into_iter().for_each(|cue| draft.delete(cue));
    let count = draft.changes.len();
    draft.edit(format!("Delete {}", cues(count)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::edits::EditHistory;
    use crate::project::{Project, TimedWord};

    fn of(cues: Vec<Cue>) -> Project {
        Project {
            track: CaptionTrack::new(cues),
            ..Project::default()
        }
    }

    fn cue(start: f64, end: f64, text: &str) -> Cue {
        Cue::new(Seconds(start), Seconds(end), text)
    }

    fn rows(project: &Project) -> Vec<(f64, f64, &str)> {
        let cues = project.track.cues.iter();
        cues.map(|cue| (cue.start.0, cue.end.0, cue.text.as_str()))
            .collect()
    }

    fn after(mut project: Project, edit: Option<Edit>) -> Project {
        EditHistory::default().apply(&mut project, edit.unwrap());
        project
    }

    #[test]
    fn a_split_follows_the_caret_or_the_share_of_time() {
        let project = || {
            of(vec![
                cue(0.0, 8.0, "老年人要接种。新冠疫苗"),
                cue(9.0, 10.0, "the storm is near"),
            ])
        };
        let split_at = |id, at: Option<f64>, caret| {
            let project = project();
            let edit = split(&project.track, CueId(id), at.map(Seconds), caret);
            after(project, edit)
        };
        assert_eq!(
            rows(&split_at(0, Some(2.0), Some(3)))[..2],
            [(0.0, 2.0, "老年人"), (2.0, 8.0, "要接种。新冠疫苗")]
        );
        assert_eq!(rows(&split_at(0, Some(4.5), None))[1].2, "新冠疫苗");
        assert_eq!(
            rows(&split_at(1, Some(9.6), None))[1..],
            [(9.0, 9.6, "the storm"), (9.6, 10.0, "is near")]
        );
        assert_eq!(rows(&split_at(0, None, Some(11 / 2)))[0].1, 3.636);
        assert_eq!(split(&project().track, CueId(0), Some(Seconds(8.0)), None), None);
        assert_eq!(split(&project().track, CueId(0), None, Some(11)), None);
    }

    #[test]
    fn a_split_respects_the_times_of_words() {
        let mut timed = cue(0.0, 8.0, "the storm is near");
        let word = |text: &str, start| TimedWord {
            text: text.into(),
            start: Seconds(start),
            end: None,
        };
        timed.words = vec![
            word("the", 0.0),
            word("storm", 0.5),
            word("is", 6.0),
            word("near", 7.0),
        ];
        let project = of(vec![timed]);
        let edit = split(&project.track, CueId(0), Some(Seconds(3.0)), None);
        let halved = after(project.clone(), edit);
        assert_eq!(rows(&halved), [(0.0, 3.0, "the storm"), (3.0, 8.0, "is near")]);
        assert_eq!(halved.track.cues[0].words.len(), 2);
        let edit = split(&project.track, CueId(0), None, Some(4));
        assert_eq!(rows(&after(project, edit))[1], (0.5, 8.0, "storm is near"));
    }

    #[test]
    fn merging_joins_times_and_text() {
        let project = of(vec![
            cue(0.0, 2.0, "接种"),
            cue(1.0, 5.0, "疫苗"),
            cue(4.0, 4.5, "now"),
        ]);
        let edit = merge(&project.track, &[CueId(0)]);
        let two = after(project.clone(), edit);
        assert_eq!(rows(&two), [(0.0, 5.0, "接种疫苗"), (4.0, 4.5, "now")]);
        let edit = merge(&project.track, &[CueId(2), CueId(0), CueId(1)]);
        assert_eq!(edit.as_ref().unwrap().label, "Merge 3 cues");
        assert_eq!(rows(&after(project.clone(), edit)), [(0.0, 5.0, "接种疫苗now")]);
        assert_eq!(merge(&project.track, &[CueId(2)]), None);
    }

    #[test]
    fn new_cues_fit_in_and_old_ones_go() {
        let project = of(vec![cue(0.0, 1.0, "a"), cue(2.0, 3.0, "b")]);
        let edit = insert_at(&project.track, Seconds(1.2));
        let three = after(project, edit);
        assert_eq!(rows(&three)[1], (1.2, 2.0, ""));
        assert_eq!(three.track.cues[1].id, CueId(2));
        let edit = delete(&three.track, &[CueId(0), CueId(2), CueId(9)]);
        let one = after(three, edit);
        assert_eq!(rows(&one), [(2.0, 3.0, "b")]);
        let edit = insert_at(&one.track, Seconds(7.0));
        assert_eq!(after(one, edit).track.cues[1].id, CueId(3));
    }
}
