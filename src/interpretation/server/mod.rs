//! Language models behind a server that speaks the OpenAI protocol (llama.cpp, vLLM and others), or Ollama's own. Only
//! the address that the user gives is contacted.

mod address;
mod error;
mod exchange;
mod finding;
mod key;
mod question;
mod reading;
mod refusal;
#[cfg(test)]
mod tests;

pub use address::Address;
pub use error::ServerError;
pub use key::Key;

use super::chat::{Chat, ChatError, Request};
use crate::jobs::Watch;
use exchange::{Head, Heard, Line};
use reading::Reading;
use std::time::{Duration, Instant};

/// How often a busy server is asked again.
const TRIES: u32 = 4;

/// The longest wait that a busy server may ask for.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// What is asked for when nothing is said of it: a prompt of some hundred captions fits, and laptops can hold it.
const OLLAMA_CONTEXT: usize = 8_192;

/// Which server is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct ServerSettings {
    /// Where it is.
    pub address: Address,
    /// Which of its models is asked; the first that it lists where none is named.
    pub model: Option<String>,
    /// The key that it asks for, if it does.
    pub key: Option<Key>,
    /// How many tokens question and answer may have together; what the server says where none is given.
    pub context: Option<usize>,
    /// How long it may say nothing before it is given up. A model that reads a long prompt on a slow computer says
    /// nothing for minutes.
    pub silence: Duration,
}

impl ServerSettings {
    /// The settings for an address, with the others left to the server, and five minutes of patience.
    #[must_use]
    pub fn new(address: Address) -> Self {
        Self {
            address,
            model: None,
            key: None,
            context: None,
            silence: Duration::from_secs(300),
        }
    }
}

/// What a server is, as far as it matters to how it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Ollama, which is asked in its own way: its shared interface cannot set the context.
    Ollama,
    /// llama.cpp or vLLM, which can be told not to think before they answer.
    Templates,
    /// Any other.
    Plain,
}

/// A model on a server.
#[derive(Debug, Clone)]
pub struct Server {
    line: Line,
    kind: Kind,
    model: String,
    models: Vec<String>,
    context: Option<usize>,
}

impl Server {
    /// The models that the server lists, in its order.
    #[must_use]
    pub fn models(&self) -> &[String] {
        &self.models
    }

    /// What kind of server it is.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Asks until the server is not busy any more, and returns the answer's head and what follows it.
    fn patiently(
        &self,
        url: &str,
        body: &serde_json::Value,
        watch: &Watch,
    ) -> Result<(Head, exchange::Exchange), ChatError> {
        let mut tries = 0;
        loop {
            let mut exchange = self.line.ask(url, Some(body))?;
            let head = exchange.head(watch)?;
            tries += 1;
            if !matches!(head.status, 429 | 503) {
                return Ok((head, exchange));
            }
            let wait = head
                .retry_after
                .map_or(Duration::from_secs(1 << tries), Duration::from_secs);
            if tries == TRIES || wait > LONGEST_WAIT {
                let body = exchange.rest(watch)?;
                return Err(self.line.refusal(&head, &body, &self.model).into());
            }
            drop(exchange);
            rest(wait, watch)?;
        }
    }

    /// Reads an answer as it comes.
    fn listen(
        &self,
        head: &Head,
        exchange: &mut exchange::Exchange,
        said: &mut dyn FnMut(&str),
        watch: &Watch,
    ) -> Result<String, ChatError> {
        let mut reading = Reading::default();
        loop {
            match exchange.next(watch) {
                Ok(Heard::Line(line)) => {
                    if let Some(text) = reading.line(&line, &self.line)? {
                        said(&text);
                    }
                }
                Ok(_) => break,
                // Some servers hang up as soon as they have said all.
                Err(ChatError::Server(_)) if reading.is_complete() => break,
                Err(error) => return Err(error),
            }
        }
        Ok(reading.end(head, &self.line)?)
    }
}

impl Chat for Server {
    fn name(&self) -> String {
        self.model.clone()
    }

    fn context(&self) -> Option<usize> {
        self.context
    }

    /// Estimated: three ASCII characters a token, other characters one and a half tokens each, which is more than the
    /// common models need.
    fn count(&self, text: &str) -> usize {
        let others = text.chars().filter(|c| !c.is_ascii()).count();
        let ascii = text.chars().count() - others;
        ascii.div_ceil(3) + (others * 3).div_ceil(2)
    }

    fn answer(
        &mut self,
        request: &Request,
        said: &mut dyn FnMut(&str),
        watch: &Watch,
    ) -> Result<String, ChatError> {
        let url = self.question_url();
        let (formed, free) = (self.question(request, true), self.question(request, false));
        let (mut head, mut exchange) = self.patiently(&url, &formed, watch)?;
        // Not every server knows how to hold a model to a form.
        if matches!(head.status, 400 | 422) && free != formed {
            (head, exchange) = self.patiently(&url, &free, watch)?;
        }
        if !(200..300).contains(&head.status) {
            let body = exchange.rest(watch)?;
            return Err(self.line.refusal(&head, &body, &self.model).into());
        }
        self.listen(&head, &mut exchange, said, watch)
    }
}

/// Waits, and hears of cancellation.
fn rest(wait: Duration, watch: &Watch) -> Result<(), ChatError> {
    let end = Instant::now() + wait;
    watch.say(format!("The server is busy; asked again in {} s", wait.as_secs()));
    while Instant::now() < end {
        watch.check()?;
        std::thread::sleep(Duration::from_millis(50).min(end.saturating_duration_since(Instant::now())));
    }
    Ok(watch.check()?)
}
