//! What went wrong, from what a server says in place of an answer.

use super::ServerError;
use super::exchange::{Head, Line};
use crate::interpretation::plain::one_line;
use serde_json::Value;
use std::time::Duration;

impl Line {
    /// What went wrong, by the status and the body of an answer that is none.
    pub(super) fn refusal(&self, head: &Head, body: &str, model: &str) -> ServerError {
        let server = self.address.to_string();
        let said = self.said(body);
        match head.status {
            300..=399 => ServerError::Elsewhere {
                server,
                to: head
                    .location
                    .as_deref()
                    .map_or_else(|| "unnamed".to_owned(), one_line),
            },
            401 | 403 => ServerError::Key {
                server,
                with_key: self.key.is_some(),
                said,
            },
            404 if is_page(head, body) => ServerError::WebPage { server },
            404 => ServerError::NoModel {
                server,
                model: model.to_owned(),
                said,
            },
            429 | 503 => ServerError::Busy {
                server,
                wait: head.retry_after.map(Duration::from_secs),
                said,
            },
            500.. => ServerError::Failed { server, said },
            status => ServerError::Refused { server, status, said },
        }
    }

    /// What a server says of an error, in brackets and on one line; empty where it says nothing.
    pub(super) fn said(&self, body: &str) -> String {
        let value: Option<Value> = serde_json::from_str(body).ok();
        let text = match &value {
            Some(value) => message(value).unwrap_or_default(),
            None if body.contains('<') => "",
            None => body,
        };
        let text = self.start(text);
        if text.is_empty() {
            text
        } else {
            format!(" ({text})")
        }
    }

    /// The beginning of what a server says, fit to be shown.
    pub(super) fn start(&self, text: &str) -> String {
        let text = one_line(text);
        let text = self.key.as_ref().map_or(text.clone(), |key| key.hidden_in(&text));
        let mut start: String = text.chars().take(200).collect();
        if start.chars().count() < text.chars().count() {
            start.push('…');
        }
        start
    }
}

/// The message in the forms that servers give to errors.
fn message(value: &Value) -> Option<&str> {
    let error = value.get("error").unwrap_or(value);
    let message = ["message", "detail", "error"]
        .iter()
        .find_map(|name| error.get(name)?.as_str());
    error.as_str().or(message)
}

/// Whether an answer is a web page.
pub(super) fn is_page(head: &Head, body: &str) -> bool {
    head.content_type.contains("html") || body.trim_start().starts_with('<')
}
