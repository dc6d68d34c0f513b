//! Finding the encoding of text that does not say what it is in.

use super::{Decoded, chinese, shown};
use encoding_rs::{BIG5, EUC_KR, Encoding, GB18030, SHIFT_JIS, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// The text in the encoding that it is most likely in.
pub(super) fn guess(bytes: &[u8]) -> Option<Decoded> {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        let (text, _, damaged) = encoding.decode(bytes);
        let warning = damaged.then(|| "some characters are damaged and were replaced".to_owned());
        return Some(Decoded {
            text: text.into_owned(),
            encoding: shown(encoding, true),
            warning,
        });
    }
    if bytes.contains(&0)
        && let Some(decoded) = unmarked_utf_16(bytes)
    {
        return Some(decoded);
    }
    strictly(bytes, UTF_8)
        .or_else(|| damaged_utf_8(bytes))
        .or_else(|| declared(bytes))
        .or_else(|| chinese::guess(bytes))
}

/// Encodings, other than those that are found, that the bytes may be in, as a list for people.
pub(super) fn alternatives(bytes: &[u8]) -> String {
    let possible = [GB18030, BIG5, SHIFT_JIS, EUC_KR]
        .into_iter()
        .filter(|encoding| strictly(bytes, encoding).is_some());
    let names: Vec<String> = possible
        .chain([WINDOWS_1252])
        .map(|encoding| shown(encoding, false))
        .collect();
    names.join(" or ")
}

/// The text, if every byte of it is right in the encoding.
pub(super) fn strictly(bytes: &[u8], encoding: &'static Encoding) -> Option<Decoded> {
    let text = encoding.decode_without_bom_handling_and_without_replacement(bytes)?;
    Some(Decoded {
        text: text.into_owned(),
        encoding: shown(encoding, false),
        warning: None,
    })
}

/// What the first line of an XML file says, where the bytes do not contradict it.
fn declared(bytes: &[u8]) -> Option<Decoded> {
    let head = bytes.split(|byte| *byte == b'>').next()?;
    let head = std::str::from_utf8(head.get(..200).unwrap_or(head)).ok()?;
    let value = head.trim_start().strip_prefix("<?xml")?.split_once("encoding")?.1;
    let value = value.trim_start().strip_prefix('=')?.trim_start();
    let label = value.split(['"', '\'']).nth(1)?;
    strictly(
        bytes,
        Encoding::for_label_no_replacement(label.trim().as_bytes())?,
    )
}

/// UTF-16 without a mark: one of its two byte orders gives familiar text with ASCII in it, for spaces and line
/// ends are ASCII in every language. Zero bytes alone do not tell the order, for they also end common characters
/// such as U+4E00.
fn unmarked_utf_16(bytes: &[u8]) -> Option<Decoded> {
    let read = |encoding| {
        let decoded = strictly(bytes, encoding)?;
        let all = decoded.text.chars().count();
        let ascii = decoded
            .text
            .chars()
            .filter(|c| c.is_ascii_graphic() || c.is_ascii_whitespace())
            .count();
        let familiar = ascii + decoded.text.chars().filter(|c| is_east_asian(*c)).count();
        (familiar * 10 >= all * 9 && ascii * 100 >= all).then_some((ascii, decoded))
    };
    let readings = [read(UTF_16LE), read(UTF_16BE)];
    readings
        .into_iter()
        .flatten()
        .max_by_key(|(ascii, _)| *ascii)
        .map(|(_, decoded)| decoded)
}

fn is_east_asian(c: char) -> bool {
    let is_punctuation =
        matches!(c, '\u{2010}'..='\u{2026}' | '\u{3001}'..='\u{301f}' | '\u{ff01}'..='\u{ff5e}');
    is_punctuation || matches!(c, '\u{3040}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}')
}

/// A UTF-8 file cut in the middle of a character, or with a few bad bytes, is still UTF-8: its bytes would
/// also pass as GB18030 and come out as nonsense.
fn damaged_utf_8(bytes: &[u8]) -> Option<Decoded> {
    let text = String::from_utf8_lossy(bytes);
    let damaged = text.matches('\u{fffd}').count();
    let whole = text.chars().filter(|c| !c.is_ascii() && *c != '\u{fffd}').count();
    (damaged * 20 <= whole).then(|| Decoded {
        text: text.into_owned(),
        encoding: shown(UTF_8, false),
        warning: Some(format!(
            "{} could not be read: the file is damaged",
            crate::project::counted(damaged, "character")
        )),
    })
}
