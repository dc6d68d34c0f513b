//! What is said in a stream of events, a stream of JSON lines, or a single document.

use super::ServerError;
use super::exchange::{Head, Line};
use super::refusal::is_page;
use serde_json::Value;

/// An answer as far as it came.
#[derive(Default)]
pub(super) struct Reading {
    /// What was said. What the model thinks before is not in it.
    text: String,
    /// Whether the server said that it is complete.
    is_complete: bool,
    /// Lines that are no events: a document, or none.
    document: String,
}

impl Reading {
    /// Reads a line and returns what it adds to the answer. `server` names who is listened to in errors.
    pub(super) fn line(&mut self, line: &str, server: &Line) -> Result<Option<String>, ServerError> {
        let line = line.trim();
        let event = line.strip_prefix("data:").map(str::trim);
        match event {
            Some("[DONE]") => {
                self.is_complete = true;
                Ok(None)
            }
            Some("") => Ok(None),
            Some(data) => match serde_json::from_str(data) {
                Ok(value) => self.value(&value, server),
                Err(_) => Err(nonsense(data, server)),
            },
            None if is_field(line) => Ok(None),
            // One JSON document a line; a document over several lines is read at the end.
            None => match serde_json::from_str(line) {
                Ok(value @ Value::Object(_)) if self.document.is_empty() => self.value(&value, server),
                _ => {
                    self.document.push_str(line);
                    self.document.push('\n');
                    Ok(None)
                }
            },
        }
    }

    /// The whole answer, when nothing more comes.
    pub(super) fn end(mut self, head: &Head, server: &Line) -> Result<String, ServerError> {
        if !self.is_complete && self.text.is_empty() && !self.document.trim().is_empty() {
            let document = std::mem::take(&mut self.document);
            match serde_json::from_str(&document) {
                Ok(value) => {
                    self.value(&value, server)?;
                }
                Err(_) if is_page(head, &document) => {
                    return Err(ServerError::WebPage {
                        server: server.address.to_string(),
                    });
                }
                Err(_) => return Err(nonsense(&document, server)),
            }
        }
        if self.is_complete {
            Ok(self.text)
        } else {
            Err(ServerError::CutOff {
                server: server.address.to_string(),
                said: "it ended in the middle".into(),
            })
        }
    }

    /// Whether nothing more is needed.
    pub(super) fn is_complete(&self) -> bool {
        self.is_complete
    }

    fn value(&mut self, value: &Value, server: &Line) -> Result<Option<String>, ServerError> {
        if value.get("error").is_some_and(|error| !error.is_null()) {
            return Err(ServerError::Failed {
                server: server.address.to_string(),
                said: server.said(&value.to_string()),
            });
        }
        let (choices, message) = (value.get("choices"), value.get("message"));
        if choices.is_none() && message.is_none() && value.get("done").is_none() {
            return Err(nonsense(&value.to_string(), server));
        }
        let choice = choices.and_then(|choices| choices.get(0));
        let told = choice.and_then(|choice| choice.get("delta").or_else(|| choice.get("message")));
        let text = told.or(message).and_then(|told| told.get("content")?.as_str());
        let ended = choice.and_then(|choice| choice.get("finish_reason"));
        let is_whole = choice.is_some_and(|choice| choice.get("message").is_some());
        let is_done = value.get("done").and_then(Value::as_bool).unwrap_or_default();
        self.is_complete |= is_whole || is_done || ended.is_some_and(|reason| !reason.is_null());
        let text = text.filter(|text| !text.is_empty()).map(str::to_owned);
        if let Some(text) = &text {
            self.text.push_str(text);
        }
        Ok(text)
    }
}

/// Whether it is a field of an event that holds nothing of the answer, or a comment that keeps the line open.
fn is_field(line: &str) -> bool {
    line.is_empty()
        || ["event:", "id:", "retry:", ":"]
            .iter()
            .any(|field| line.starts_with(field))
}

fn nonsense(text: &str, server: &Line) -> ServerError {
    ServerError::Nonsense {
        server: server.address.to_string(),
        start: server.start(text),
    }
}
