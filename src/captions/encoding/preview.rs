//! How a file looks in an encoding, before it is chosen.

use super::{CaptionError, labelled};

/// Encodings to choose from, as labels for [`preview`] and for reading, each with the name shown to people.
pub const ENCODINGS: &[(&str, &str)] = &[
    ("utf-8", "UTF-8"),
    ("gb18030", "GB18030 (GBK, GB 2312)"),
    ("big5", "Big5"),
    ("utf-16le", "UTF-16 LE"),
    ("utf-16be", "UTF-16 BE"),
    ("shift_jis", "Shift_JIS"),
    ("euc-jp", "EUC-JP"),
    ("euc-kr", "EUC-KR"),
    ("windows-1252", "Windows-1252 (Western)"),
    ("windows-1251", "Windows-1251 (Cyrillic)"),
];

/// Bytes, lines and characters of a line that a preview takes.
const BYTES: usize = 16 << 10;
const LINES: usize = 12;
const WIDTH: usize = 120;

/// The first lines of a file in the encoding with this label. Bytes that are wrong in it show as "\u{fffd}"; a
/// byte-order mark overrules the label, as it does in reading.
///
/// # Errors
/// When no encoding has this label.
pub fn preview(bytes: &[u8], label: &str) -> Result<String, CaptionError> {
    let head = bytes.get(..BYTES).unwrap_or(bytes);
    let mut decoder = labelled(label)?.new_decoder();
    let room = decoder.max_utf8_buffer_length(head.len()).unwrap_or(BYTES * 3);
    let mut text = String::with_capacity(room);
    // A character that the limit cuts is no error.
    let is_whole = head.len() == bytes.len();
    let _ = decoder.decode_to_string(head, &mut text, is_whole);
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let lines = lines.map(|line| line.chars().filter(|c| !c.is_control()).take(WIDTH));
    let lines: Vec<String> = lines.take(LINES).map(String::from_iter).collect();
    Ok(lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use encoding_rs::GB18030;

    #[test]
    fn the_right_encoding_shows_itself() {
        let bytes = GB18030.encode("打疫苗了吗？\r\n\r\n打了。\r\n").0.into_owned();
        assert_eq!(preview(&bytes, "gb18030").unwrap(), "打疫苗了吗？\n打了。");
        assert!(preview(&bytes, "utf-8").unwrap().contains('\u{fffd}'));
        assert!(preview(&bytes, "klingon").is_err());
    }

    #[test]
    fn a_preview_is_short_and_cuts_no_character() {
        let text = "疫苗".repeat(100_000);
        let shown = preview(text.as_bytes(), "utf-8").unwrap();
        assert_eq!(shown, "疫苗".repeat(WIDTH / 2));
        let lines = "a\n".repeat(100_000);
        assert_eq!(preview(lines.as_bytes(), "utf-8").unwrap().lines().count(), LINES);
        let edge = format!("{}疫", "a\n".repeat(BYTES / 2 - 1));
        assert!(!preview(edge.as_bytes(), "utf-8").unwrap().contains('\u{fffd}'));
    }

    #[test]
    fn every_offered_encoding_exists() {
        for (label, name) in ENCODINGS {
            assert!(preview(b"so it is", label).is_ok(), "{name}");
        }
    }
}
