use crate::interpretation::plain::is_hanzi;
use crate::project::Language;
use std::collections::BTreeSet;

/// Whether similarities of tags mean anything, by the languages that the phrase model knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Validity {
    /// The model knows the languages of all tags.
    Fine,
    /// The model knows English only and some tags are Chinese: they mean something once they are translated.
    TranslateFirst,
    /// The model knows neither the tags nor what they can be translated to: its numbers mean nothing.
    NotValid,
}

/// The languages of tags: a tag with a Chinese character in it is Chinese, any other with letters in it English.
#[must_use]
pub fn languages<'a>(tags: impl IntoIterator<Item = &'a str>) -> BTreeSet<&'static str> {
    let language = |tag: &str| {
        if tag.contains(is_hanzi) {
            Some(Language::Chinese.code())
        } else {
            tag.contains(char::is_alphabetic)
                .then_some(Language::English.code())
        }
    };
    tags.into_iter().filter_map(language).collect()
}

/// Whether a model that knows the languages `known` can compare tags in the languages `tags`, both as two-letter codes.
/// Translation is from Chinese to English.
#[must_use]
pub fn validity(tags: &BTreeSet<&str>, known: &BTreeSet<&str>) -> Validity {
    let (chinese, english) = (Language::Chinese.code(), Language::English.code());
    let mut unknown = tags.difference(known);
    match (unknown.next(), unknown.next()) {
        (None, _) => Validity::Fine,
        (Some(language), None) if *language == chinese && known.contains(english) => Validity::TranslateFirst,
        _ => Validity::NotValid,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_is_not_for_a_model_that_knows_english_only() {
        let judge = |tags: &[&str], known: &[&str]| {
            validity(&languages(tags.iter().copied()), &known.iter().copied().collect())
        };
        assert_eq!(judge(&["mask", "5G"], &["en"]), Validity::Fine);
        assert_eq!(judge(&["mask", "口罩"], &["en", "zh"]), Validity::Fine);
        assert_eq!(judge(&["口罩"], &["zh"]), Validity::Fine);
        assert_eq!(judge(&["mask", "5G网络"], &["en"]), Validity::TranslateFirst);
        assert_eq!(judge(&["mask", "口罩"], &["zh"]), Validity::NotValid);
        assert_eq!(judge(&["mask"], &[]), Validity::NotValid);
        assert_eq!(judge(&["口罩"], &[]), Validity::NotValid);
        assert_eq!(judge(&["2021"], &["en"]), Validity::Fine);
    }
}
