//! Into which pieces a text without times is cut.

use crate::captions::language::is_hanzi;

/// What becomes one cue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum SpreadUnit {
    /// Each line as it is.
    #[default]
    Lines,
    /// Each sentence, whatever lines it runs over.
    Sentences,
    /// About ten seconds of speech, cut where a clause or at least a word ends.
    Segments,
}

/// Speech in a segment, in seconds.
const SEGMENT: f64 = 10.0;
const SENTENCE_ENDS: [char; 8] = ['。', '！', '？', '…', '.', '!', '?', '；'];
const CLAUSE_ENDS: [char; 6] = ['，', '、', '：', ',', ';', ':'];
const CLOSING: [char; 8] = ['”', '’', '"', '\'', '）', ')', '》', '」'];

/// Cuts texts, which are spoken within `spoken` seconds in all. None of the pieces is empty.
pub(super) fn passages(texts: &[String], unit: SpreadUnit, spoken: f64) -> Vec<String> {
    let lines = texts
        .iter()
        .map(|text| text.trim())
        .filter(|text| !text.is_empty());
    match unit {
        SpreadUnit::Lines => lines.map(str::to_owned).collect(),
        SpreadUnit::Sentences => {
            let ends = |c: char, _: f64| SENTENCE_ENDS.contains(&c);
            cut(&joined(lines), &ends)
        }
        SpreadUnit::Segments => {
            let text = joined(lines);
            let count = (spoken / SEGMENT).round().max(1.0);
            let wanted = text.chars().map(weight).sum::<f64>() / count;
            // The fuller a segment is, the less is asked of the place where it ends.
            let ends = |c: char, length: f64| {
                let full = length / wanted;
                full >= 0.75 && SENTENCE_ENDS.contains(&c)
                    || full >= 0.9 && CLAUSE_ENDS.contains(&c)
                    || full >= 1.2 && (c.is_whitespace() || is_hanzi(c))
            };
            cut(&text, &ends)
        }
    }
}

/// Lines made one text; a space stands between those of words with spaces.
fn joined<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    let mut text = String::new();
    for line in lines {
        let is_spaced = |c: char| c.is_ascii() && !c.is_whitespace();
        if text.chars().next_back().is_some_and(is_spaced) && line.starts_with(is_spaced) {
            text.push(' ');
        }
        text.push_str(line);
    }
    text
}

/// How long a character takes to say, roughly: in Chinese characters.
fn weight(c: char) -> f64 {
    if is_hanzi(c) || c.is_numeric() {
        1.0
    } else if c.is_alphabetic() {
        0.3
    } else {
        0.0
    }
}

/// Cuts after each character of which `ends` says so, given the weight of the piece up to there.
fn cut(text: &str, ends: &dyn Fn(char, f64) -> bool) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    let mut piece = String::new();
    let mut length = 0.0;
    let mut is_over = false;
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let next = rest.peek().copied();
        if is_over && !is_mark(c) {
            pieces.push(std::mem::take(&mut piece));
            (length, is_over) = (0.0, false);
        }
        piece.push(c);
        length += weight(c);
        // A dot inside a number or a name ends nothing.
        let is_inner = c.is_ascii_punctuation() && next.is_some_and(char::is_alphanumeric);
        is_over |= !is_inner && ends(c, length);
    }
    pieces.push(piece);
    let pieces = pieces.iter().map(|piece| piece.trim());
    pieces
        .filter(|piece| piece.chars().any(char::is_alphanumeric))
        .map(str::to_owned)
        .collect()
}

fn is_mark(c: char) -> bool {
    CLAUSE_ENDS.contains(&c) || SENTENCE_ENDS.contains(&c) || CLOSING.contains(&c)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(texts: &[&str], unit: SpreadUnit, spoken: f64) -> Vec<String> {
        let texts: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
        passages(&texts, unit, spoken)
    }

    #[test]
    fn sentences_run_over_lines() {
        assert_eq!(
            pieces(
                &["他说：“打了。”我", "们都打了！", "", "真的？"],
                SpreadUnit::Sentences,
                9.0
            ),
            ["他说：“打了。”", "我们都打了！", "真的？"]
        );
        assert_eq!(
            pieces(
                &["It rose 3.5 percent.", "That is all"],
                SpreadUnit::Sentences,
                9.0
            ),
            ["It rose 3.5 percent.", "That is all"]
        );
        assert_eq!(
            pieces(&["a b. c", " ", "d"], SpreadUnit::Lines, 9.0),
            ["a b. c", "d"]
        );
    }

    #[test]
    fn segments_are_alike_and_end_with_clauses() {
        let text = "而在尚未接种的群体当中，有相当一部分是老年人。我们的老年人，达到了两亿，也就是说，有很多人没有接种。";
        let segments = pieces(&[text], SpreadUnit::Segments, 20.0);
        assert_eq!(
            segments,
            [
                "而在尚未接种的群体当中，有相当一部分是老年人。",
                "我们的老年人，达到了两亿，也就是说，有很多人没有接种。"
            ]
        );
        let unbroken = pieces(&["字".repeat(100).as_str()], SpreadUnit::Segments, 40.0);
        assert!(unbroken.len() >= 3 && unbroken.concat().chars().count() == 100);
        let spaced = pieces(&["one two three ".repeat(20).trim()], SpreadUnit::Segments, 40.0);
        assert!(spaced.len() >= 3 && spaced.iter().all(|piece| !piece.ends_with(' ')));
    }
}
