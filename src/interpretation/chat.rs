//! What is asked of a language model, wherever it runs.

use super::server::ServerError;
use crate::jobs::{Cancelled, Watch};
use thiserror::Error;

/// A question to a language model.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Request<'a> {
    /// What the model is to be and to obey.
    pub system: &'a str,
    /// What is asked.
    pub user: &'a str,
    /// How freely words are drawn: 0 always takes the likeliest.
    pub temperature: f64,
    /// Of the draw. A model that runs elsewhere may not obey it.
    pub seed: u64,
    /// The longest answer, in tokens of the model.
    pub most: usize,
    /// Whether the answer is to be held to the form of ten texts, where the model can be.
    pub ten: bool,
}

/// A language model that answers.
pub trait Chat {
    /// What it is called: kept with the tags that it wrote.
    fn name(&self) -> String;

    /// How many tokens question and answer may have together; none where that is not known.
    fn context(&self) -> Option<usize>;

    /// How many tokens the text has; an estimate, rather too high, where the model's own tokens are not known.
    fn count(&self, text: &str) -> usize;

    /// Answers. `said` is given each piece of the answer as it comes.
    ///
    /// # Errors
    /// When there is no answer, or the work is cancelled, which it is within 200 ms.
    fn answer(
        &mut self,
        request: &Request,
        said: &mut dyn FnMut(&str),
        watch: &Watch,
    ) -> Result<String, ChatError>;
}

/// Why a language model gave no answer.
#[derive(Debug, Error)]
pub enum ChatError {
    /// The work was stopped because someone asked for it.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    /// A server was asked.
    #[error(transparent)]
    Server(#[from] ServerError),
    /// A model in the program was asked. The message says what to do.
    #[error(transparent)]
    Model(Box<dyn std::error::Error + Send + Sync>),
}
