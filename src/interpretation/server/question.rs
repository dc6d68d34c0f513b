//! How a question is put to a server.

use super::{Kind, OLLAMA_CONTEXT, Server};
use crate::interpretation::TAGS;
use crate::interpretation::chat::Request;
use serde_json::{Value, json};

impl Server {
    /// Where questions go.
    pub(super) fn question_url(&self) -> String {
        match self.kind {
            Kind::Ollama => self.line.address.own("/api/chat"),
            Kind::Templates | Kind::Plain => self.line.address.shared("/chat/completions"),
        }
    }

    /// The question; where `is_formed`, with what holds the answer to its form and the model from thinking aloud,
    /// which not every server understands.
    pub(super) fn question(&self, request: &Request, is_formed: bool) -> Value {
        let messages = json!([
            { "role": "system", "content": request.system },
            { "role": "user", "content": request.user },
        ]);
        let mut question = match self.kind {
            Kind::Ollama => json!({
                "options": {
                    "temperature": request.temperature,
                    "seed": request.seed,
                    "num_predict": request.most,
                    "num_ctx": self.context.unwrap_or(OLLAMA_CONTEXT),
                },
            }),
            Kind::Templates | Kind::Plain => json!({
                "temperature": request.temperature,
                "seed": request.seed,
                "max_tokens": request.most,
            }),
        };
        let mut set = |name: &str, value: Value| {
            if let Some(fields) = question.as_object_mut() {
                fields.insert(name.to_owned(), value);
            }
        };
        set("model", self.model.clone().into());
        set("messages", messages);
        set("stream", true.into());
        if is_formed {
            match self.kind {
                Kind::Ollama => set("think", false.into()),
                Kind::Templates => set("chat_template_kwargs", json!({ "enable_thinking": false })),
                Kind::Plain => {}
            }
            if request.ten {
                match self.kind {
                    Kind::Ollama => set("format", ten()),
                    Kind::Templates | Kind::Plain => {
                        let schema = json!({ "name": "tags", "strict": true, "schema": ten() });
                        set(
                            "response_format",
                            json!({ "type": "json_schema", "json_schema": schema }),
                        );
                    }
                }
            }
        }
        question
    }
}

/// The JSON schema of ten texts.
fn ten() -> Value {
    json!({
        "type": "object",
        "properties": {
            "tags": {
                "type": "array",
                "items": { "type": "string" },
                "minItems": TAGS,
                "maxItems": TAGS,
            },
        },
        "required": ["tags"],
        "additionalProperties": false,
    })
}
