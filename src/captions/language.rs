//! Which language a transcript is in.

use crate::project::{CaptionTrack, Language};

/// Whether the character is a Chinese one.
pub(super) fn is_hanzi(c: char) -> bool {
    let is_in_range = matches!(c, '々' | '〇' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}');
    is_in_range && c.is_alphabetic()
}

/// Chinese when at least a fifth of the transcript is: hanzi are counted against words of other scripts. So a
/// Chinese programme with English guests is Chinese, and an English one that names a few people in hanzi is not.
#[must_use]
pub fn detect_language(track: &CaptionTrack) -> Language {
    let (mut hanzi, mut words) = (0_usize, 0_usize);
    for cue in &track.cues {
        hanzi += cue.text.chars().filter(|c| is_hanzi(*c)).count();
        let others = cue.text.split(|c: char| !c.is_alphabetic() || is_hanzi(c));
        words += others.filter(|word| !word.is_empty()).count();
    }
    if hanzi > 0 && hanzi * 5 >= hanzi + words {
        Language::Chinese
    } else {
        Language::English
    }
}

/// A warning where a transcript is in another language than the one whose rules find its words; nothing where it is not, or
/// has no words.
#[must_use]
pub fn language_doubt(track: &CaptionTrack, chosen: Language) -> Option<String> {
    let has_words = track
        .cues
        .iter()
        .any(|cue| cue.text.chars().any(char::is_alphabetic));
    let found = detect_language(track);
    (has_words && found != chosen).then(|| {
        format!(
            "the transcript looks {}, and {} was chosen: its words will not be found as they should; choose {}",
            found.name(),
            chosen.name(),
            found.name()
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::{Cue, Seconds};

    fn language(text: &str) -> Language {
        let cue = Cue::new(Seconds(0.0), Seconds(1.0), text);
        detect_language(&CaptionTrack::new(vec![cue]))
    }

    #[test]
    fn another_language_than_chosen_is_doubted() {
        let track = |text: &str| CaptionTrack::new(vec![Cue::new(Seconds(0.0), Seconds(1.0), text)]);
        let doubt = language_doubt(&track("老年人要打疫苗"), Language::English).unwrap();
        assert!(doubt.contains("looks Chinese, and English was chosen"), "{doubt}");
        assert!(language_doubt(&track("health officials"), Language::Chinese).is_some());
        assert_eq!(
            language_doubt(&track("health officials"), Language::English),
            None
        );
        assert_eq!(language_doubt(&track("12 34"), Language::Chinese), None);
    }

    #[test]
    fn mixed_transcripts_follow_the_larger_part() {
        assert_eq!(
            language("health officials here in new york city"),
            Language::English
        );
        assert_eq!(language("老年人要接种新冠疫苗吗？90%"), Language::Chinese);
        assert_eq!(language("他说 thank you very much 非常感谢"), Language::Chinese);
        assert_eq!(
            language(
                "the president of china (习近平) met the press on monday to talk about trade and tariffs"
            ),
            Language::English
        );
        assert_eq!(language("12 34"), Language::English);
    }
}
