//! What is heard: segments and their words.

use crate::project::Span;
use serde::{Deserialize, Serialize};

/// How speech is written down.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Recognising {
    /// Two-letter code of the language that is spoken; found out where not given.
    pub language: Option<String>,
    /// A text that goes before: names and spellings that are to be kept to, or a sentence in simplified characters.
    pub prompt: Option<String>,
    /// Decides what is drawn where the likeliest words go in circles: the same seed gives the same text.
    pub seed: u64,
}

/// A word that was heard; of Chinese and Japanese a character.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Word {
    /// As written, with the marks that follow it.
    pub text: String,
    /// When it is said.
    pub span: Span,
    /// How likely the model holds it, from 0 to 1.
    pub probability: f64,
}

/// A stretch of speech, about a sentence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Segment {
    /// When it is said.
    pub span: Span,
    /// What is said, as the model writes it.
    pub text: String,
    /// Its words in order of time, all within the span.
    pub words: Vec<Word>,
    /// Two-letter code of the language it was heard in.
    pub language: String,
    /// Whether it says the same again and again, as models do that have lost their thread.
    pub looping: bool,
    /// Whether it is a guess: the model held its words unlikely.
    pub unsure: bool,
}

/// What a model found out about sound besides its words.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Recognised {
    /// The languages that may be spoken, by their codes, with their probabilities: the likeliest first, all together 1. Empty
    /// for a model of English alone, and where there was no sound.
    pub languages: Vec<(String, f64)>,
}
