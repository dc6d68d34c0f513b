//! From bytes to text: which encoding a caption file is in.

use super::CaptionError;
use encoding_rs::{BIG5, Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};

/// A file's text.
#[derive(Debug)]
pub(super) struct Decoded {
    /// Without byte-order mark; every line ends in `\n`.
    pub text: String,
    /// The encoding as shown to people: "UTF-8 with BOM".
    pub encoding: String,
    /// What is doubtful about the choice.
    pub warning: Option<String>,
}

/// Decodes with the chosen encoding, or finds it: byte-order mark, UTF-16, strict UTF-8,
/// strict GB18030, strict Big5.
///
/// Nearly every Big5 file is also valid GB18030, so between these two the one wins in which more of the
/// characters are common ones.
///
/// # Errors
/// For an unknown label, bytes that are no text, or an encoding that cannot be found.
pub(super) fn decode(bytes: &[u8], name: &str, chosen: Option<&str>) -> Result<Decoded, CaptionError> {
    let decoded = match chosen {
        Some(label) => decode_as(bytes, label)?,
        None => guess(bytes).ok_or_else(|| {
            if bytes.contains(&0) {
                CaptionError::Binary {
                    name: name.to_owned(),
                }
            } else {
                CaptionError::UndecidedEncoding {
                    name: name.to_owned(),
                }
            }
        })?,
    };
    if !is_text(&decoded.text) {
        return Err(CaptionError::Binary {
            name: name.to_owned(),
        });
    }
    let text = decoded.text.trim_start_matches('\u{feff}').replace('\0', "");
    Ok(Decoded {
        text: text.replace("\r\n", "\n").replace('\r', "\n"),
        ..decoded
    })
}

fn decode_as(bytes: &[u8], label: &str) -> Result<Decoded, CaptionError> {
    let encoding = Encoding::for_label_no_replacement(label.trim().as_bytes()).ok_or_else(|| {
        CaptionError::UnknownEncoding {
            label: label.to_owned(),
        }
    })?;
    let has_mark = Encoding::for_bom(bytes).is_some();
    let (text, encoding, damaged) = encoding.decode(bytes);
    let warning = damaged.then(|| {
        let characters = super::counted(text.matches('\u{fffd}').count(), "character");
        format!(
            "{characters} could not be read as {}: another encoding may fit better",
            encoding.name()
        )
    });
    Ok(Decoded {
        text: text.into_owned(),
        encoding: shown(encoding, has_mark),
        warning,
    })
}

fn guess(bytes: &[u8]) -> Option<Decoded> {
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
        .or_else(|| chinese(bytes))
}

fn strictly(bytes: &[u8], encoding: &'static Encoding) -> Option<Decoded> {
    let text = encoding.decode_without_bom_handling_and_without_replacement(bytes)?;
    Some(Decoded {
        text: text.into_owned(),
        encoding: shown(encoding, false),
        warning: None,
    })
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
            super::counted(damaged, "character")
        )),
    })
}

fn chinese(bytes: &[u8]) -> Option<Decoded> {
    let pairs = CommonPairs::count(bytes);
    let (gb18030, big5) = (strictly(bytes, GB18030), strictly(bytes, BIG5));
    let (mut decoded, common) = match (gb18030, big5) {
        (Some(_), Some(big5)) if pairs.big5 > pairs.gb18030 => (big5, pairs.big5),
        (Some(gb18030), _) => (gb18030, pairs.gb18030),
        (None, Some(big5)) => (big5, pairs.big5),
        (None, None) => return None,
    };
    if common * 2 < pairs.total {
        let name = &decoded.encoding;
        decoded.warning = Some(format!(
            "read as {name}, but few of the characters are common ones: if they look wrong, choose the encoding"
        ));
    }
    Some(decoded)
}

/// How many two-byte characters lie in the parts of each code table that hold punctuation and common hanzi.
#[derive(Default)]
struct CommonPairs {
    total: usize,
    gb18030: usize,
    big5: usize,
}

impl CommonPairs {
    fn count(bytes: &[u8]) -> Self {
        let mut pairs = Self::default();
        let mut rest = bytes.iter().copied();
        while let Some(lead) = rest.next() {
            if lead < 0x80 {
                continue;
            }
            let Some(trail) = rest.next() else { break };
            pairs.total += 1;
            // GB 2312: symbols in rows A1 to A3, level 1 from B0A1 to D7F9.
            let gb18030 = matches!(lead, 0xa1..=0xa3 | 0xb0..=0xd7) && trail >= 0xa1;
            // Big5: symbols from A140 to A3BF, level 1 from A440 to C67E.
            let big5 = matches!(lead, 0xa1..=0xc5) || (lead == 0xc6 && trail <= 0x7e);
            pairs.gb18030 += usize::from(gb18030);
            pairs.big5 += usize::from(big5);
        }
        pairs
    }
}

fn shown(encoding: &'static Encoding, with_mark: bool) -> String {
    let name = match encoding.name() {
        "UTF-16LE" => "UTF-16 LE",
        "UTF-16BE" => "UTF-16 BE",
        "gb18030" => "GB18030",
        other => other,
    };
    if with_mark {
        format!("{name} with BOM")
    } else {
        name.to_owned()
    }
}

/// Text may hold a few stray control characters; more than one in a hundred are another kind of file.
fn is_text(text: &str) -> bool {
    let is_stray = |c: &char| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{c}' | '\u{85}');
    text.chars().filter(is_stray).count() * 100 <= text.chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SENTENCE: &str = "老年人要接种新冠疫苗吗？老年人一定要打疫苗。\n应接尽接，筑牢免疫屏障。\n";
    const TRADITIONAL: &str = "老年人要接種新冠疫苗嗎？老年人一定要打疫苗。\n應接盡接，築牢免疫屏障。\n";

    fn utf_16(text: &str, little: bool) -> Vec<u8> {
        text.encode_utf16()
            .flat_map(|u| if little { u.to_le_bytes() } else { u.to_be_bytes() })
            .collect()
    }

    fn read(bytes: &[u8]) -> (String, String) {
        let decoded = decode(bytes, "x.txt", None).unwrap();
        (decoded.text, decoded.encoding)
    }

    #[test]
    fn one_text_reads_alike_in_every_encoding() {
        let gb = GB18030.encode(SENTENCE).0.into_owned();
        let cases = [
            (SENTENCE.as_bytes().to_vec(), "UTF-8"),
            ([b"\xef\xbb\xbf", SENTENCE.as_bytes()].concat(), "UTF-8 with BOM"),
            (
                [b"\xff\xfe".to_vec(), utf_16(SENTENCE, true)].concat(),
                "UTF-16 LE with BOM",
            ),
            (
                [b"\xfe\xff".to_vec(), utf_16(SENTENCE, false)].concat(),
                "UTF-16 BE with BOM",
            ),
            (utf_16(SENTENCE, true), "UTF-16 LE"),
            (utf_16(SENTENCE, false), "UTF-16 BE"),
            (gb, "GB18030"),
        ];
        for (bytes, encoding) in cases {
            assert_eq!(read(&bytes), (SENTENCE.to_owned(), encoding.to_owned()));
        }
        let english = "1\n00:00:01,000 --> 00:00:02,000\nso it is\n";
        assert_eq!(
            read(&utf_16(english, false)),
            (english.to_owned(), "UTF-16 BE".to_owned())
        );
        let mut stray = english.repeat(9).into_bytes();
        stray.push(0);
        assert_eq!(read(&stray).1, "UTF-8", "one stray zero is not UTF-16");
    }

    #[test]
    fn big5_and_gb18030_are_told_apart() {
        let big5 = BIG5.encode(TRADITIONAL).0.into_owned();
        assert_eq!(read(&big5), (TRADITIONAL.to_owned(), "Big5".to_owned()));
        let gb = GB18030.encode(TRADITIONAL).0.into_owned();
        assert_eq!(read(&gb), (TRADITIONAL.to_owned(), "GB18030".to_owned()));
        for word in ["疫苗", "你好", "专家", "接种新冠疫苗"] {
            assert_eq!(
                read(&GB18030.encode(word).0),
                (word.to_owned(), "GB18030".to_owned())
            );
        }
    }

    #[test]
    fn a_cut_utf_8_file_stays_utf_8() {
        let long = SENTENCE.repeat(3);
        let bytes = long.as_bytes().get(..long.len() - 3).unwrap();
        let decoded = decode(bytes, "x.txt", None).unwrap();
        assert_eq!(decoded.encoding, "UTF-8");
        assert!(decoded.warning.unwrap().contains("damaged"));
    }

    #[test]
    fn a_chosen_encoding_is_used_and_doubted_aloud() {
        let bytes = b"caf\xe9 au lait";
        assert!(matches!(
            decode(bytes, "x.txt", None),
            Err(CaptionError::UndecidedEncoding { .. })
        ));
        assert_eq!(
            decode(bytes, "x.txt", Some("windows-1252")).unwrap().text,
            "café au lait"
        );
        assert!(decode(bytes, "x.txt", Some("utf-8")).unwrap().warning.is_some());
        assert!(matches!(
            decode(bytes, "x.txt", Some("klingon")),
            Err(CaptionError::UnknownEncoding { .. })
        ));
    }

    #[test]
    fn line_ends_become_one_kind() {
        assert_eq!(read(b"a\r\nb\rc\n").0, "a\nb\nc\n");
    }

    #[test]
    fn a_film_is_not_text() {
        let film: Vec<u8> = (0..4_000_u32)
            .map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8)
            .collect();
        assert!(matches!(
            decode(&film, "x.srt", None),
            Err(CaptionError::Binary { .. } | CaptionError::UndecidedEncoding { .. })
        ));
        assert!(matches!(
            decode(b"ab\0\0\0\x01\x02cd\0", "x.srt", None),
            Err(CaptionError::Binary { .. })
        ));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = decode(&bytes, "x.txt", None);
            let _ = decode(&bytes, "x.txt", Some("big5"));
        }
    }
}
