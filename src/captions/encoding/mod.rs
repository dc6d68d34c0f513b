//! From bytes to text: which encoding a caption file is in.

mod chinese;
mod guess;
mod preview;

use super::CaptionError;
use encoding_rs::Encoding;
pub use preview::{ENCODINGS, preview};

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

/// Decodes with the chosen encoding, or finds it: byte-order mark, UTF-16, strict UTF-8, what an XML file says of
/// itself, then GB18030 and Big5.
///
/// # Errors
/// For an unknown label, bytes that are no text, or an encoding that cannot be found.
pub(super) fn decode(bytes: &[u8], name: &str, chosen: Option<&str>) -> Result<Decoded, CaptionError> {
    let decoded = match chosen {
        Some(label) => decode_as(bytes, label)?,
        None => guess::guess(bytes).ok_or_else(|| {
            if bytes.contains(&0) {
                CaptionError::Binary {
                    name: name.to_owned(),
                }
            } else {
                CaptionError::UndecidedEncoding {
                    name: name.to_owned(),
                    alternatives: guess::alternatives(bytes),
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

fn labelled(label: &str) -> Result<&'static Encoding, CaptionError> {
    Encoding::for_label_no_replacement(label.trim().as_bytes()).ok_or_else(|| CaptionError::UnknownEncoding {
        label: label.to_owned(),
    })
}

fn decode_as(bytes: &[u8], label: &str) -> Result<Decoded, CaptionError> {
    let encoding = labelled(label)?;
    let has_mark = Encoding::for_bom(bytes).is_some();
    let (text, encoding, damaged) = encoding.decode(bytes);
    let warning = damaged.then(|| {
        let characters = crate::project::counted(text.matches('\u{fffd}').count(), "character");
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
    use encoding_rs::{BIG5, GB18030, GBK, SHIFT_JIS};
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
        assert!(warning(&big5).is_none() && warning(&gb).is_none());
        for word in ["疫苗", "你好", "专家", "接种新冠疫苗"] {
            assert_eq!(
                read(&GB18030.encode(word).0),
                (word.to_owned(), "GB18030".to_owned())
            );
        }
    }

    fn warning(bytes: &[u8]) -> Option<String> {
        decode(bytes, "x.txt", None).unwrap().warning
    }

    #[test]
    fn what_is_too_short_to_tell_is_said_with_the_alternatives() {
        let told = warning(&GB18030.encode("疫苗").0).unwrap();
        assert!(told.contains("GB18030") && told.contains("Big5"), "{told}");
        let told = warning(&BIG5.encode("疫苗").0).unwrap();
        assert!(told.contains("GB18030") && told.contains("Big5"), "{told}");
        assert_eq!(warning("疫苗".as_bytes()), None);
        let japanese = SHIFT_JIS.encode("ワクチンを接種しましょう。").0.into_owned();
        let told =
            decode(&japanese, "x.txt", None).map_or_else(|error| error.to_string(), |d| d.warning.unwrap());
        assert!(told.contains("Shift_JIS"), "{told}");
    }

    #[test]
    fn an_xml_file_says_what_it_is_in() {
        let text = "<?xml version=\"1.0\" encoding='big5'?><p>疫苗</p>";
        assert_eq!(read(&BIG5.encode(text).0), (text.to_owned(), "Big5".to_owned()));
        let wrong = "<?xml version=\"1.0\" encoding=\"gb2312\"?><p>疫苗</p>";
        assert_eq!(read(wrong.as_bytes()).1, "UTF-8");
    }

    #[test]
    fn gbk_is_read_where_it_is_told() {
        let bytes = GBK.encode(SENTENCE).0.into_owned();
        assert_eq!(decode(&bytes, "x.txt", Some("gbk")).unwrap().text, SENTENCE);
        assert_eq!(decode(&bytes, "x.txt", Some("GB2312")).unwrap().text, SENTENCE);
        assert_eq!(read(&bytes).0, SENTENCE);
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
        #![proptest_config(crate::captions::testing::cases())]

        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = decode(&bytes, "x.txt", None);
            let _ = decode(&bytes, "x.txt", Some("big5"));
        }
    }
}
