//! Pretrained models: which are known, how they are fetched, which lie on this machine, and what they do.
//!
//! A [`Shelf`] holds what was fetched from a [`Hub`] and what is the user's own. A [`Captioner`] says in a sentence what a
//! picture shows, [`ClipPictures`] and [`ClipSentences`] say how well pictures and sentences fit, a [`Recogniser`] writes down speech, a [`SentenceEncoder`] gives sentences as vectors, a [`Translator`]
//! puts them into another language, and a [`LanguageModel`] answers what it is asked. This room knows nothing of windows, projects or tags: it takes
//! pictures, sound and text and gives text and vectors. Whoever calls counts the progress; here the watch is only asked whether to
//! go on, and told what is being done where that takes long.
//!
//! Nothing is ever unpickled: weights are safetensors, GGUF, or a zipped `pytorch_model.bin` of which a reader takes the
//! tensors and nothing else.

mod arithmetic;
mod attention;
mod bert;
pub mod bytes;
mod captioner;
mod card;
pub mod catalogue;
mod clip;
pub mod download;
mod error;
mod language_model;
mod layers;
pub mod memory;
mod picture;
mod product;
mod recogniser;
mod sentences;
pub mod shelf;
mod tokens;
mod transformer;
mod translator;
mod vision;
mod weights;

pub use bytes::Bytes;
pub use captioner::{Captioner, Describing};
pub use card::Place;
pub use catalogue::{Job, MODELS, Model};
pub use clip::{ClipPictures, ClipSentences};
pub use download::{Hub, Progress};
pub use error::PretrainedError;
pub use language_model::{LanguageModel, ListOf, Sampling};
pub use picture::Picture;
pub use recogniser::{Recognised, Recogniser, Recognising, Segment, Word};
pub use sentences::SentenceEncoder;
pub use shelf::{Installed, Shelf, Source, State};
pub use translator::Translator;
