//! From bytes to text: a byte order mark, then strict UTF-8, then the Chinese encodings, then the user is asked.

use super::error::CaptionError;
use super::language::is_han;
use encoding_rs::{BIG5, Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};

/// Decodes a caption file; returns the text and the encoding as shown to people.
pub fn decode(bytes: &[u8], name: &str, wanted: Option<&str>) -> Result<(String, String), CaptionError> {
    if let Some(label) = wanted {
        let encoding = Encoding::for_label(label.as_bytes())
            .ok_or_else(|| CaptionError::NoSuchEncoding(label.into()))?;
        let text = strict(encoding, without_mark(bytes)).ok_or_else(|| CaptionError::WrongEncoding {
            name: name.into(),
            encoding: encoding_name(encoding).into(),
        })?;
        return Ok((text, encoding_name(encoding).into()));
    }
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        let text = strict(encoding, bytes.get(mark..).unwrap_or_default());
        let shown = format!("{} with BOM", encoding_name(encoding));
        return text
            .map(|text| (text, shown))
            .ok_or_else(|| CaptionError::UnknownEncoding(name.into()));
    }
    if let Some(encoding) = utf16_by_zeros(bytes) {
        let text = strict(encoding, bytes).ok_or_else(|| CaptionError::Binary(name.into()))?;
        return Ok((text, encoding_name(encoding).into()));
    }
    if bytes.contains(&0) {
        return Err(CaptionError::Binary(name.into()));
    }
    for encoding in [UTF_8, GB18030, BIG5] {
        if let Some(text) = strict(encoding, bytes).filter(is_sensible) {
            return Ok((text, encoding_name(encoding).into()));
        }
    }
    let binary = bytes
        .iter()
        .filter(|byte| byte.is_ascii_control() && !b"\n\r\t".contains(byte))
        .count();
    if binary * 20 > bytes.len() {
        return Err(CaptionError::Binary(name.into()));
    }
    Err(CaptionError::UnknownEncoding(name.into()))
}

fn strict(encoding: &'static Encoding, bytes: &[u8]) -> Option<String> {
    encoding
        .decode_without_bom_handling_and_without_replacement(bytes)
        .map(Into::into)
}

fn without_mark(bytes: &[u8]) -> &[u8] {
    let mark = Encoding::for_bom(bytes).map_or(0, |(_, length)| length);
    bytes.get(mark..).unwrap_or_default()
}

/// Text in UTF-16 has zeros: in every other byte of Western text, at least in the line ends of Chinese. Of the two byte
/// orders the one counts that gives letters people use and no control characters.
fn utf16_by_zeros(bytes: &[u8]) -> Option<&'static Encoding> {
    if !bytes.contains(&0) || !bytes.len().is_multiple_of(2) {
        return None;
    }
    let usual =
        |c: char| c.is_ascii() || is_han(c) || matches!(c, '\u{3000}'..='\u{303F}' | '\u{FF00}'..='\u{FFEF}');
    let fit = |encoding: &'static Encoding| {
        let text = strict(encoding, bytes).filter(is_sensible)?;
        let (usual, all) = text
            .chars()
            .fold((0, 0), |(n, all), c| (n + usize::from(usual(c)), all + 1));
        (usual * 2 > all).then_some((usual, encoding))
    };
    [UTF_16LE, UTF_16BE]
        .into_iter()
        .filter_map(fit)
        .max_by_key(|(usual, _)| *usual)
        .map(|(_, encoding)| encoding)
}

/// Control characters come of decoding something else, not of writing captions.
fn is_sensible(text: &String) -> bool {
    !text
        .chars()
        .any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\x0c'))
}

fn encoding_name(encoding: &'static Encoding) -> &'static str {
    match encoding.name() {
        "gb18030" => "GB18030",
        "UTF-16LE" => "UTF-16 LE",
        "UTF-16BE" => "UTF-16 BE",
        name => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "老年人要接种新冠疫苗吗？\n老年人一定要打疫苗。90%\n";

    fn utf16(text: &str, big: bool) -> Vec<u8> {
        text.encode_utf16()
            .flat_map(|unit| {
                if big {
                    unit.to_be_bytes()
                } else {
                    unit.to_le_bytes()
                }
            })
            .collect()
    }

    fn found(bytes: &[u8]) -> (String, String) {
        decode(bytes, "a.txt", None).unwrap()
    }

    #[test]
    fn the_same_text_in_every_encoding_reads_alike() {
        let mut marked = vec![0xEF, 0xBB, 0xBF];
        marked.extend(TEXT.as_bytes());
        let mut le = vec![0xFF, 0xFE];
        le.extend(utf16(TEXT, false));
        let (gb, ..) = GB18030.encode(TEXT);
        let cases: [(&[u8], &str); 6] = [
            (TEXT.as_bytes(), "UTF-8"),
            (&marked, "UTF-8 with BOM"),
            (&le, "UTF-16 LE with BOM"),
            (&utf16(TEXT, false), "UTF-16 LE"),
            (&utf16(TEXT, true), "UTF-16 BE"),
            (&gb, "GB18030"),
        ];
        for (bytes, name) in cases {
            assert_eq!(found(bytes), (TEXT.to_owned(), name.to_owned()));
        }
    }

    #[test]
    fn a_wish_overrules_and_is_checked() {
        let (big5, ..) = BIG5.encode("疫苗與長者");
        assert_eq!(decode(&big5, "a.txt", Some("big5")).unwrap().0, "疫苗與長者");
        let wrong = decode(&[0xFF, 0xFF], "a.txt", Some("utf-8")).unwrap_err();
        assert!(wrong.to_string().contains("not written in UTF-8"));
        assert!(
            decode(b"a", "a.txt", Some("klingon"))
                .unwrap_err()
                .to_string()
                .contains("klingon")
        );
    }
}
