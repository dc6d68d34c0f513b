//! What a server is and which models it has.

use super::exchange::Line;
use super::refusal::is_page;
use super::{Kind, OLLAMA_CONTEXT, Server, ServerError, ServerSettings};
use crate::interpretation::chat::ChatError;
use crate::jobs::Watch;
use serde_json::Value;

impl Server {
    /// Looks at a server: whether it answers, what it is, which models it has and how much they can read.
    ///
    /// # Errors
    /// When it cannot be reached, refuses the key, is no language server, or has no model; or the work is cancelled.
    pub fn connect(settings: ServerSettings, watch: &Watch) -> Result<Self, ChatError> {
        let ServerSettings {
            address,
            model,
            key,
            context,
            silence,
        } = settings;
        let line = Line {
            address,
            key,
            silence,
        };
        let is_ollama = get(&line, &line.address.own("/api/version"), watch)?
            .is_ok_and(|value| value.get("version").is_some_and(Value::is_string));
        let listed = match get(&line, &line.address.shared("/models"), watch)? {
            Ok(value) => value,
            // A server need not have a list where the model is named.
            Err(ServerError::NoModel { .. }) if model.is_some() => Value::Null,
            Err(ServerError::NoModel { server, said, .. }) => {
                return Err(ServerError::Nonsense { server, start: said }.into());
            }
            Err(error) => return Err(error.into()),
        };
        let list = listed
            .get("data")
            .and_then(Value::as_array)
            .map_or(&[] as &[_], Vec::as_slice);
        let name = |model: &Value| model.get("id")?.as_str().map(str::to_owned);
        let models: Vec<_> = list.iter().filter_map(name).collect();
        let model = model.or_else(|| models.first().cloned());
        let model = model.ok_or_else(|| ServerError::NoModels {
            server: line.address.to_string(),
        })?;
        let entry = list
            .iter()
            .find(|entry| name(entry).as_ref() == Some(&model))
            .or(list.first());
        let text = |field: &str| entry?.get(field)?.as_str();
        let limit = entry.and_then(|entry| size(entry.get("max_model_len")?));
        let is_llama = text("owned_by") == Some("llamacpp");
        let kind = match () {
            () if is_ollama => Kind::Ollama,
            () if is_llama || text("owned_by") == Some("vllm") => Kind::Templates,
            () => Kind::Plain,
        };
        let context = match (context, kind) {
            (Some(context), _) => Some(context),
            (None, Kind::Ollama) => Some(OLLAMA_CONTEXT),
            (None, _) if is_llama => loaded(&line, watch)?,
            (None, _) => limit,
        };
        Ok(Self {
            line,
            kind,
            model,
            models,
            context,
        })
    }
}

/// The context that llama.cpp was started with.
fn loaded(line: &Line, watch: &Watch) -> Result<Option<usize>, ChatError> {
    let properties = get(line, &line.address.own("/props"), watch)?.unwrap_or_default();
    let settings = properties.get("default_generation_settings");
    Ok(settings.and_then(|settings| size(settings.get("n_ctx")?)))
}

/// The document at an address, or why the server does not give it. The outer error is that there is no server.
fn get(line: &Line, url: &str, watch: &Watch) -> Result<Result<Value, ServerError>, ChatError> {
    let (head, body) = line.whole(url, None, watch)?;
    if !(200..300).contains(&head.status) {
        return Ok(Err(line.refusal(&head, &body, "")));
    }
    Ok(serde_json::from_str(&body).map_err(|_| {
        let server = line.address.to_string();
        if is_page(&head, &body) {
            ServerError::WebPage { server }
        } else {
            ServerError::Nonsense {
                server,
                start: line.start(&body),
            }
        }
    }))
}

fn size(value: &Value) -> Option<usize> {
    usize::try_from(value.as_u64()?).ok().filter(|size| *size > 0)
}
