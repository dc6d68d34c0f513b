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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::{Cue, Seconds};

    fn language(text: &str) -> Language {
        let cue = Cue::new(Seconds(0.0), Seconds(1.0), text);
        detect_language(&CaptionTrack::new(vec![cue]))
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
