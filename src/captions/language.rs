//! Which language a transcript is in: Han characters tell.

use crate::project::{CaptionTrack, Language};

/// Whether a character is a Han character.
pub(crate) fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3134F}')
}

/// Chinese where Han characters make at least a tenth of the letters, else English: in mixed speech the Chinese rules
/// find the words of both.
#[must_use]
pub fn detect_language(track: &CaptionTrack) -> Language {
    let letters = track
        .cues
        .iter()
        .flat_map(|cue| cue.text.chars())
        .filter(|c| c.is_alphabetic());
    let (han, all) = letters.fold((0_usize, 0_usize), |(han, all), c| {
        (han + usize::from(is_han(c)), all + 1)
    });
    if han * 10 >= all.max(1) {
        Language::Chinese
    } else {
        Language::English
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::{Cue, CueId, CueOrigin, Seconds};

    fn language(text: &str) -> Language {
        let cue = Cue {
            id: CueId(0),
            start: Seconds(0.0),
            end: Seconds(1.0),
            text: text.into(),
            origin: CueOrigin::Imported,
            locked: false,
        };
        detect_language(&CaptionTrack::new(vec![cue]))
    }

    #[test]
    fn mixed_speech_is_chinese_and_a_borrowed_word_is_not() {
        assert_eq!(language("老年人要接种疫苗"), Language::Chinese);
        assert_eq!(
            language("the Olympics 冬奥会 opened in Beijing 北京 with 火炬"),
            Language::Chinese
        );
        assert_eq!(
            language("the word 福 means good fortune in a whole long sentence"),
            Language::English
        );
        assert_eq!(language(""), Language::English);
    }
}
