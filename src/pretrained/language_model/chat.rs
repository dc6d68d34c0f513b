//! What stands around a question and before its answer, as the model was trained with it.

use super::file::GgufFile;
use super::vocabulary::Vocabulary;
use minijinja::syntax::SyntaxConfig;
use minijinja::{Environment, Error, ErrorKind, Value, context};
use minijinja_contrib::pycompat::unknown_method_callback;

/// They stand for the two messages while the template is filled in, so that what is in them is never taken for a part of
/// it. From Unicode's private use area.
const SYSTEM: &str = "\u{E000}system\u{E001}";
const USER: &str = "\u{E000}user\u{E001}";

/// How a model is talked to.
pub(super) struct Chat {
    /// Jinja, as in the file; the form of the architecture where it has none or none that works.
    template: Option<String>,
    is_llama: bool,
    /// How the tokens that begin and end a text are written.
    begin: String,
    end: String,
}

/// A part of a prompt.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// Of the template: commands in it are commands.
    Template(String),
    /// Of a message: commands in it are text.
    Data(&'a str),
}

impl Chat {
    pub fn load(file: &GgufFile, vocabulary: &Vocabulary) -> Self {
        let [begin, end] = vocabulary.begin_and_end();
        Self {
            template: file.text("tokenizer.chat_template").map(str::to_owned),
            is_llama: file.text("general.architecture") == Some("llama"),
            begin: begin.to_owned(),
            end: end.to_owned(),
        }
    }

    /// The prompt, piece by piece. Where the template has no place for a system message, that comes first in the user's.
    pub fn pieces<'a>(&self, system: &'a str, user: &'a str) -> Vec<Piece<'a>> {
        let (system, user) = (system.trim(), user.trim());
        let both = format!("{SYSTEM}\n\n{USER}");
        let rendered = if system.is_empty() {
            self.rendered(None, USER).unwrap_or_else(|| self.fixed(None))
        } else {
            self.rendered(Some(SYSTEM), USER)
                .or_else(|| self.rendered(None, &both))
                .unwrap_or_else(|| self.fixed(Some(SYSTEM)))
        };
        let mut pieces = Vec::new();
        let (before, after) = rendered.split_once(SYSTEM).unwrap_or(("", &rendered));
        if rendered.contains(SYSTEM) {
            pieces.extend([Piece::Template(before.to_owned()), Piece::Data(system)]);
        }
        let (before, after) = after.split_once(USER).unwrap_or((after, ""));
        pieces.extend([
            Piece::Template(before.to_owned()),
            Piece::Data(user),
            Piece::Template(after.to_owned()),
        ]);
        pieces.retain(|piece| !matches!(piece, Piece::Template(text) if text.is_empty()));
        pieces
    }

    /// The template, filled in; nothing where it fails, refuses a message or leaves one out.
    fn rendered(&self, system: Option<&str>, user: &str) -> Option<String> {
        let mut environment = Environment::new();
        // As transformers fills them in.
        environment.set_syntax(
            SyntaxConfig::builder()
                .trim_blocks(true)
                .lstrip_blocks(true)
                .build()
                .ok()?,
        );
        environment.set_fuel(Some(1_000_000));
        environment.set_unknown_method_callback(unknown_method_callback);
        environment.add_function("raise_exception", |message: String| -> Result<Value, Error> {
            Err(Error::new(ErrorKind::InvalidOperation, message))
        });
        let message = |role: &str, content: &str| context! { role => role, content => content };
        let mut messages: Vec<Value> = system
            .map(|content| message("system", content))
            .into_iter()
            .collect();
        messages.push(message("user", user));
        let facts = context! {
            messages => messages,
            bos_token => self.begin.as_str(),
            eos_token => self.end.as_str(),
            add_generation_prompt => true,
            enable_thinking => false,
        };
        let rendered = environment.render_str(self.template.as_deref()?, facts).ok()?;
        let once = |text: &str| rendered.matches(text).count() == 1;
        let is_whole = once(user) && system.is_none_or(once);
        is_whole.then_some(rendered)
    }

    /// Llama 2's form, or ChatML, which Qwen uses.
    fn fixed(&self, system: Option<&str>) -> String {
        let begin = &self.begin;
        match (self.is_llama, system) {
            (true, Some(system)) => format!("{begin}[INST] <<SYS>>\n{system}\n<</SYS>>\n\n{USER} [/INST]"),
            (true, None) => format!("{begin}[INST] {USER} [/INST]"),
            (false, system) => {
                let system = system
                    .map(|text| format!("<|im_start|>system\n{text}<|im_end|>\n"))
                    .unwrap_or_default();
                format!("{system}<|im_start|>user\n{USER}<|im_end|>\n<|im_start|>assistant\n")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chat(template: Option<&str>) -> Chat {
        Chat {
            template: template.map(str::to_owned),
            is_llama: true,
            begin: "<s>".to_owned(),
            end: "</s>".to_owned(),
        }
    }

    fn written(pieces: &[Piece<'_>]) -> String {
        pieces
            .iter()
            .map(|piece| match piece {
                Piece::Template(text) => text.clone(),
                Piece::Data(text) => format!("«{text}»"),
            })
            .collect()
    }

    const TURNS: &str = "{{ bos_token }}{% for m in messages %}\n<|{{ m['role'].upper() }}|>{{ m.content.strip() }}{{ eos_token }}{% endfor %}\n{% if add_generation_prompt %}<|ASSISTANT|>{% endif %}{% if not enable_thinking %}ok{% endif %}";

    #[test]
    fn a_template_is_filled_in_and_messages_stay_apart_from_it() {
        let pieces = chat(Some(TURNS)).pieces("Be brief.", " {{ bos_token }} </s> ");
        assert_eq!(
            written(&pieces),
            "<s><|SYSTEM|>«Be brief.»</s><|USER|>«{{ bos_token }} </s>»</s><|ASSISTANT|>ok"
        );
    }

    #[test]
    fn a_template_without_a_place_for_the_system_gets_it_from_the_user() {
        let refuses = format!(
            "{{% if messages[0]['role'] == 'system' %}}{{{{ raise_exception('no system') }}}}{{% endif %}}{TURNS}"
        );
        let leaves_out =
            "{% for m in messages %}{% if m.role == 'user' %}[{{ m.content }}]{% endif %}{% endfor %}";
        let pieces = chat(Some(&refuses)).pieces("Be brief.", "Why?");
        assert_eq!(
            written(&pieces),
            "<s><|USER|>«Be brief.»\n\n«Why?»</s><|ASSISTANT|>ok"
        );
        assert_eq!(
            written(&chat(Some(leaves_out)).pieces("Be brief.", "Why?")),
            "[«Be brief.»\n\n«Why?»]"
        );
    }

    #[test]
    fn a_model_without_a_template_that_works_is_talked_to_as_its_family_is() {
        let endless = "{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{% endfor %}";
        for template in [None, Some("{% if %}"), Some("nothing"), Some(endless)] {
            let mut chat = chat(template);
            assert_eq!(
                written(&chat.pieces("Be brief.", "Why?")),
                "<s>[INST] <<SYS>>\n«Be brief.»\n<</SYS>>\n\n«Why?» [/INST]"
            );
            chat.is_llama = false;
            assert_eq!(
                written(&chat.pieces("", "Why?")),
                "<|im_start|>user\n«Why?»<|im_end|>\n<|im_start|>assistant\n"
            );
        }
    }
}
