use super::wording;
use crate::project::Language;
use thiserror::Error;

/// Where the captions go.
const CAPTIONS: &str = "{captions}";
/// Where the descriptions go.
const DESCRIPTIONS: &str = "{descriptions}";

/// An instruction with places for the captions and the descriptions of a cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    text: String,
}

/// Why a text cannot be the instruction.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
pub enum TemplateError {
    /// The model would be asked about nothing.
    #[error(
        "the instruction has no place for what is known of a cluster: write {{captions}} where the captions are to stand, \
         {{descriptions}} where the descriptions are to stand, or both"
    )]
    NoPlace,
    /// A place that nothing goes to.
    #[error(
        "the instruction names {{{0}}}, which nothing is known for: only {{captions}} and {{descriptions}} are filled in"
    )]
    UnknownPlace(String),
}

impl Template {
    /// The instruction that is given where the user writes none: ten short tags, what sets the cluster apart, and what
    /// the described things mean in context.
    #[must_use]
    pub fn standard(language: Language) -> Self {
        Self {
            text: wording::instruction(language).to_owned(),
        }
    }

    /// An instruction as the user writes it.
    ///
    /// # Errors
    /// When it has no place for captions or descriptions, or names another place.
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        let names = text.split('{').skip(1).filter_map(|rest| rest.split_once('}'));
        for (name, _) in names {
            let is_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
            if is_name && !["captions", "descriptions"].contains(&name) {
                return Err(TemplateError::UnknownPlace(name.to_owned()));
            }
        }
        if !text.contains(CAPTIONS) && !text.contains(DESCRIPTIONS) {
            return Err(TemplateError::NoPlace);
        }
        Ok(Self {
            text: text.to_owned(),
        })
    }

    /// As it is written, with its places.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The instruction with the lines in their places. What the lines hold is not read for places.
    pub(super) fn filled(&self, captions: &[String], descriptions: &[String], language: Language) -> String {
        let block = |name: &str, lines: &[String]| {
            let lines = if lines.is_empty() {
                wording::nothing(language).to_owned()
            } else {
                lines.concat()
            };
            format!("<{name}>\n{lines}</{name}>")
        };
        let captions = block("captions", captions);
        let descriptions = block("descriptions", descriptions);
        let parts = self
            .text
            .split(CAPTIONS)
            .map(|part| part.replace(DESCRIPTIONS, &descriptions));
        parts.collect::<Vec<_>>().join(&captions)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instruction_needs_a_place_for_what_is_known() {
        assert_eq!(Template::parse("ten tags, please"), Err(TemplateError::NoPlace));
        let unknown = Template::parse("{captions} {caption}");
        assert_eq!(unknown, Err(TemplateError::UnknownPlace("caption".into())));
        let message = Template::parse("{x}").unwrap_err().to_string();
        assert!(
            message.contains("{x}") && message.contains("{captions}"),
            "{message}"
        );
        for text in [
            "{captions}",
            "a {descriptions} b",
            r#"{captions} as {"tags": []} { }"#,
        ] {
            assert_eq!(Template::parse(text).unwrap().text(), text);
        }
    }

    #[test]
    fn the_standard_instructions_can_be_edited() {
        for language in [Language::English, Language::Chinese] {
            let standard = Template::standard(language);
            assert_eq!(Template::parse(standard.text()).as_ref(), Ok(&standard));
            assert!(standard.text().contains(CAPTIONS) && standard.text().contains(DESCRIPTIONS));
        }
    }

    #[test]
    fn places_are_filled_once_each() {
        let template = Template::parse("A {captions} B {descriptions} C {captions}").unwrap();
        let captions = ["- \"{descriptions}\"\n".to_owned()];
        let filled = template.filled(&captions, &[], Language::English);
        let block = "<captions>\n- \"{descriptions}\"\n</captions>";
        assert_eq!(
            filled,
            format!("A {block} B <descriptions>\n(none)\n</descriptions> C {block}")
        );
    }
}
