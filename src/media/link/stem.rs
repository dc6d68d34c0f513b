//! Names of files, made of titles.

use unicode_normalization::UnicodeNormalization;

/// Characters of a name, at most.
const LONGEST: usize = 80;

/// Bytes of a name, at most: systems allow 255, and endings are added.
const MOST_BYTES: usize = 180;

/// The name of a file, without its ending, for what has this title: it can be written on every system, names nothing but
/// a file in its folder, and has at most 80 characters.
#[must_use]
pub fn of_title(title: &str) -> String {
    let plain = title.nfc().map(|c| {
        let forbidden = matches!(
            c,
            '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' | '%' | '$' | '~'
        );
        if forbidden || c.is_control() || is_invisible(c) {
            ' '
        } else {
            c
        }
    });
    let words: String = plain
        .collect::<String>()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    let mut name = String::new();
    for c in words.trim_start_matches(['.', '-', ' ']).chars().take(LONGEST) {
        if name.len() + c.len_utf8() > MOST_BYTES {
            break;
        }
        name.push(c);
    }
    let name = name.trim_end_matches(['.', ' ']);
    if name.is_empty() {
        return "video".into();
    }
    if is_reserved(name) {
        format!("_{name}")
    } else {
        name.to_owned()
    }
}

/// Marks that are not seen, among them those that turn the direction of writing.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff0}'..='\u{ffff}')
}

/// Names that Windows keeps for devices, with any ending.
fn is_reserved(name: &str) -> bool {
    let base = name
        .split('.')
        .next()
        .unwrap_or_default()
        .trim_end()
        .to_ascii_uppercase();
    let numbered = |device: &str| {
        base.strip_prefix(device).is_some_and(|number| {
            let mut digits = number.chars();
            matches!(
                (digits.next(), digits.next()),
                (Some('0'..='9' | '¹' | '²' | '³'), None)
            )
        })
    };
    matches!(base.as_str(), "CON" | "PRN" | "AUX" | "NUL") || numbered("COM") || numbered("LPT")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::path::{Component, Path};

    #[test]
    fn titles_become_names() {
        for (title, name) in [
            ("New variant: what we know?", "New variant what we know"),
            ("疫苗接种率达到 90%", "疫苗接种率达到 90"),
            ("../../etc/passwd", "etc passwd"),
            ("..", "video"),
            ("", "video"),
            ("/", "video"),
            (".hidden", "hidden"),
            ("-rf", "rf"),
            ("con", "_con"),
            ("NUL.txt", "_NUL.txt"),
            ("Com1 . x", "_Com1 . x"),
            ("constant", "constant"),
            ("C:\\Windows\\a", "C Windows a"),
            ("a\u{202e}4pm.exe", "a 4pm.exe"),
            ("a\0b\nc", "a b c"),
            ("news...", "news"),
        ] {
            assert_eq!(of_title(title), name, "{title}");
        }
        assert_eq!(of_title(&"新".repeat(200)), "新".repeat(60));
        assert_eq!(of_title(&"a".repeat(200)).len(), 80);
    }

    proptest! {
        #[test]
        fn a_name_is_one_file_of_its_folder(title in "\\PC*|[./\\\\ ~$%:]{0,9}|.{0,200}") {
            let name = of_title(&title);
            let mut parts = Path::new(&name).components();
            prop_assert!(matches!(parts.next(), Some(Component::Normal(_))), "{name}");
            prop_assert!(parts.next().is_none() && name.chars().count() <= LONGEST + 1 && name.len() <= MOST_BYTES + 1);
            prop_assert!(!name.starts_with(['.', '-', ' ']) && !name.ends_with(['.', ' ']));
        }
    }
}
