//! A video whose answers are known, to hold the cross-modal systems against.

mod drawing;
mod faults;
mod story;

pub use faults::{Answers, Shift};
pub use story::{COLOURS, COUNTS, FILLERS, POSITIONS, SCENES, SHAPES, Shown, caption, story};

use crate::captions::{Vocabulary, WordVectors};
use crate::pairing::Dataset;
use crate::project::{FrameIndex, Pair, Seconds, SourceIndex};
use rand::SeedableRng;
use rand_xoshiro::Xoshiro256PlusPlus;

/// Rows and columns of a frame, as in the papers.
pub const FRAME: (usize, usize) = (120, 200);
/// Pairs of the video that is measured.
pub const PAIRS: usize = 300;
/// Fewest pairs for which all faults find room.
pub const FEWEST: usize = 60;
/// Seconds between two pairs.
const EVERY: f64 = 2.0;

/// The video as pairs, and what is true of them.
#[derive(Debug, Clone)]
pub struct SyntheticVideo {
    /// Frames of [`FRAME`] and captions with built-in word vectors, faults planted.
    pub dataset: Dataset,
    /// The answers.
    pub answers: Answers,
}

impl SyntheticVideo {
    /// A video of so many pairs, at least [`FEWEST`]; the same for the same seed.
    #[must_use]
    pub fn new(pairs: usize, seed: u64) -> Self {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
        let shown = story(pairs.max(FEWEST), &mut random);
        let (height, width) = FRAME;
        let mut images = Vec::with_capacity(shown.len() * 3 * height * width);
        for one in &shown {
            images.extend(drawing::frame(one, FRAME, &mut random));
        }
        let answers = faults::plant(&shown, &mut images, FRAME, &mut random);
        let said = answers.said.iter().filter_map(|&pair| shown.get(pair));
        let captions: Vec<Vec<&str>> = said.map(|one| caption(one, &mut random)).collect();
        let pair = |row: usize| Pair {
            source: SourceIndex::OWN,
            frame: FrameIndex::from(row),
            time: Seconds(EVERY * row as f64),
            cue: None,
        };
        let (vocabulary, tokens) = numbered(&captions);
        Self {
            dataset: Dataset {
                pairs: (0..shown.len()).map(pair).collect(),
                height,
                width,
                images,
                tokens,
                vocabulary,
            },
            answers,
        }
    }
}

/// The words in order of first use, with their built-in vectors, and each caption as places among them.
fn numbered(captions: &[Vec<&str>]) -> (Vocabulary, Vec<Vec<u32>>) {
    let mut words: Vec<String> = Vec::new();
    let mut tokens = Vec::new();
    for caption in captions {
        let mut places = Vec::new();
        for word in caption {
            let place = words.iter().position(|known| known == word).unwrap_or_else(|| {
                words.push((*word).to_owned());
                words.len() - 1
            });
            places.push(place as u32);
        }
        tokens.push(places);
    }
    let loaded = WordVectors::built_in(&words);
    let vocabulary = Vocabulary {
        words,
        vectors: loaded.vectors,
        dimension: loaded.dimension,
        found: loaded.found,
        source: loaded.source,
    };
    (vocabulary, tokens)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_one_video_and_its_captions_name_what_is_shown() {
        let video = SyntheticVideo::new(100, 4);
        let again = SyntheticVideo::new(100, 4);
        assert_eq!(video.dataset, again.dataset);
        assert_ne!(video.dataset.images, SyntheticVideo::new(100, 5).dataset.images);
        let dataset = &video.dataset;
        assert_eq!(dataset.images.len(), 100 * 3 * 120 * 200);
        assert_eq!(dataset.vocabulary.dimension, 300);
        let answers = &video.answers;
        for (row, one) in answers
            .shown
            .iter()
            .enumerate()
            .filter(|(row, _)| answers.is_sound(*row))
        {
            let said = dataset.words(row);
            for word in [
                COLOURS[one.colour].0,
                SHAPES[one.shape],
                POSITIONS[one.position],
                COUNTS[one.count],
            ] {
                assert!(said.iter().any(|known| known == word), "{said:?} of {one:?}");
            }
            assert!(said.iter().any(|word| SCENES[one.scene].contains(&word.as_str())));
        }
    }

    #[test]
    fn faults_are_as_many_as_said_and_apart_from_each_other() {
        let video = SyntheticVideo::new(300, 1);
        let answers = &video.answers;
        assert_eq!((answers.swapped.len(), answers.spliced.len()), (30, 15));
        assert!(answers.swapped.iter().all(|row| !answers.spliced.contains(row)));
        let shift = answers.shift;
        assert_eq!((shift.last + 1 - shift.first, shift.by.abs()), (40, 3));
        let inside = |row: &usize| (shift.first..=shift.last).contains(row);
        assert!(!answers.swapped.iter().any(inside) && !answers.spliced.iter().any(inside));
        // In the stretch, each frame fits the caption so many pairs on.
        let row = shift.first + 10;
        let said = video.dataset.words(row.strict_add_signed(shift.by));
        assert!(said.iter().any(|word| word == SHAPES[answers.shown[row].shape]));
        // A third of the words say nothing.
        let words: Vec<String> = (0..300).flat_map(|row| video.dataset.words(row)).collect();
        let filler = words.iter().filter(|word| FILLERS.contains(&word.as_str()));
        let share = filler.count() as f64 / words.len() as f64;
        assert!((0.25..0.35).contains(&share), "{share}");
    }
}
