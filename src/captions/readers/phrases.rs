//! Captions as a player is told to show them: events that open a line in a window, or go on with it.
//!
//! Automatic captions come so in JSON3 and in timed text. Each phrase is one event with its words and their times;
//! it stays on the screen while the next one is spoken, and an event that only holds a line break scrolls.

use crate::captions::clock::decimal;
use crate::captions::timing::TimedText;
use crate::project::{Seconds, TimedWord};
use std::collections::BTreeMap;

/// One event, times in seconds.
#[derive(Debug, Default)]
pub(super) struct Event {
    pub start: f64,
    pub duration: Option<f64>,
    /// The window that it writes into; none in captions made by hand.
    pub window: Option<String>,
    /// Goes on with what the window shows.
    pub appends: bool,
    /// Pieces of text, each with the time from the start of the event where it has its own.
    pub runs: Vec<(String, Option<f64>)>,
    /// Its line or entry in the file.
    pub place: usize,
}

/// Each phrase once. Ends in windows are cut at the next phrase, for there a phrase stays until it scrolls away.
pub(super) fn said(events: Vec<Event>) -> Vec<TimedText> {
    let mut phrases: Vec<(Option<String>, TimedText)> = Vec::new();
    // The phrase of each window that text may still be added to.
    let mut open: BTreeMap<Option<String>, usize> = BTreeMap::new();
    for event in events {
        let text: String = event.runs.iter().map(|(text, _)| text.as_str()).collect();
        if text.trim().is_empty() {
            if text.contains('\n') {
                open.remove(&event.window);
            }
            continue;
        }
        let phrase = TimedText {
            start: event.start,
            end: event.duration.map(|duration| decimal(event.start + duration)),
            words: words(&event),
            place: event.place,
            text,
            ..TimedText::default()
        };
        let goes_on = event.appends && !phrase.text.starts_with('\n');
        let known = open.get(&event.window).filter(|_| goes_on);
        match known.and_then(|index| phrases.get_mut(*index)) {
            Some((_, begun)) => go_on(begun, phrase),
            None => {
                open.insert(event.window.clone(), phrases.len());
                phrases.push((event.window, phrase));
            }
        }
    }
    for (_, phrase) in &mut phrases {
        phrase.text = phrase.text.trim().to_owned();
        if phrase.words.len() < 2 {
            phrase.words.clear();
        }
    }
    clip(&mut phrases);
    phrases.into_iter().map(|(_, phrase)| phrase).collect()
}

fn words(event: &Event) -> Vec<TimedWord> {
    let timed = event
        .runs
        .iter()
        .enumerate()
        .filter_map(|(index, (text, offset))| {
            let offset = offset.or((index == 0).then_some(0.0))?;
            Some(TimedWord {
                text: text.trim().to_owned(),
                start: Seconds(decimal(event.start + offset)),
                end: None,
            })
        });
    timed.filter(|word| !word.text.is_empty()).collect()
}

fn go_on(begun: &mut TimedText, more: TimedText) {
    begun.text.push_str(&more.text);
    begun.end = more.end.or(begun.end);
    begun.words.extend(more.words);
}

fn clip(phrases: &mut [(Option<String>, TimedText)]) {
    let mut next: BTreeMap<&str, f64> = BTreeMap::new();
    for (window, phrase) in phrases.iter_mut().rev() {
        let Some(window) = window else { continue };
        if let (Some(end), Some(limit)) = (&mut phrase.end, next.get(window.as_str()))
            && *limit > phrase.start
        {
            *end = end.min(*limit);
        }
        next.insert(window, phrase.start);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::captions::readers::testing::words;

    fn event(start: f64, duration: f64, text: &str) -> Event {
        let runs = text.split_inclusive(' ').enumerate();
        Event {
            start,
            duration: Some(duration),
            window: Some("1".to_owned()),
            runs: runs
                .map(|(index, word)| (word.to_owned(), Some(index as f64 * 0.5)))
                .collect(),
            ..Event::default()
        }
    }

    fn appended(start: f64, text: &str) -> Event {
        Event {
            appends: true,
            ..event(start, 0.01, text)
        }
    }

    #[test]
    fn phrases_end_where_the_next_one_begins() {
        let phrases = said(vec![
            event(0.0, 5.0, "so it is"),
            appended(4.9, "\n"),
            event(2.0, 4.0, "so it is"),
            appended(5.9, "\n"),
            event(9.0, 1.0, "疫苗"),
        ]);
        let told: Vec<(f64, Option<f64>, &str)> = phrases
            .iter()
            .map(|phrase| (phrase.start, phrase.end, phrase.text.as_str()))
            .collect();
        assert_eq!(
            told,
            [
                (0.0, Some(2.0), "so it is"),
                (2.0, Some(6.0), "so it is"),
                (9.0, Some(10.0), "疫苗")
            ]
        );
        assert_eq!(
            words(&phrases[1]),
            [(2.0, None, "so"), (2.5, None, "it"), (3.0, None, "is")]
        );
        assert!(phrases[2].words.is_empty());
    }

    #[test]
    fn appended_text_goes_on_with_the_line() {
        let phrases = said(vec![
            event(0.0, 1.0, "so"),
            appended(1.0, " it"),
            appended(1.5, "\nis"),
            appended(2.0, "\n"),
            appended(2.5, "now"),
        ]);
        let texts: Vec<&str> = phrases.iter().map(|phrase| phrase.text.as_str()).collect();
        assert_eq!(texts, ["so it", "is", "now"]);
        assert_eq!(words(&phrases[0]), [(0.0, None, "so"), (1.5, None, "it")]);
        assert_eq!(phrases[0].end, Some(1.01));
    }
}
