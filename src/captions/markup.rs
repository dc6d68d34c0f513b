//! Taking tags and entities out of caption text.

/// Names of the tags that subtitle files use. Other text between angle brackets is left alone in SRT.
const SRT_TAGS: [&str; 11] = ["b", "i", "u", "s", "font", "c", "v", "ruby", "rt", "lang", "span"];

/// A line of SRT without `<i>`-like tags and `{\an8}`-like overrides.
pub(super) fn strip_srt(line: &str) -> String {
    let without_tags = strip(line, '<', '>', |inside| {
        let name = inside
            .trim_start_matches('/')
            .split([' ', '.', '='])
            .next()
            .unwrap_or_default();
        SRT_TAGS.iter().any(|tag| tag.eq_ignore_ascii_case(name)) || is_time(inside)
    });
    strip(&without_tags, '{', '}', |inside| inside.starts_with('\\'))
}

/// A line of WebVTT without tags and with its entities decoded; and whether it carries times of words.
pub(super) fn strip_vtt(line: &str) -> (String, bool) {
    let mut has_times = false;
    let bare = strip(line, '<', '>', |inside| {
        has_times |= is_time(inside);
        true
    });
    (decode_entities(&bare), has_times)
}

/// Leaves out what stands between the brackets where `is_tag` says so. A bracket that never closes is text.
fn strip(line: &str, open: char, close: char, mut is_tag: impl FnMut(&str) -> bool) -> String {
    let mut bare = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((before, after)) = rest.split_once(open) {
        bare.push_str(before);
        match after.split_once(close) {
            Some((inside, behind)) if is_tag(inside) => rest = behind,
            _ => {
                bare.push(open);
                rest = after;
            }
        }
    }
    bare.push_str(rest);
    bare
}

fn is_time(inside: &str) -> bool {
    super::clock::clock(inside).is_some()
}

fn decode_entities(text: &str) -> String {
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        decoded.push_str(before);
        match after
            .split_once(';')
            .and_then(|(name, behind)| Some((entity(name)?, behind)))
        {
            Some((character, behind)) => {
                decoded.push(character);
                rest = behind;
            }
            None => {
                decoded.push('&');
                rest = after;
            }
        }
    }
    decoded.push_str(rest);
    decoded
}

fn entity(name: &str) -> Option<char> {
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => ' ',
        "lrm" => '\u{200e}',
        "rlm" => '\u{200f}',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code).filter(|c| !c.is_control())?
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn srt_loses_tags_and_keeps_arithmetic() {
        assert_eq!(
            strip_srt("<i>so</i> {\\an8}<font color=\"#fff\">it</font> is"),
            "so it is"
        );
        assert_eq!(
            strip_srt("2 < 3 and 5 > 4 {sic} <unknown>"),
            "2 < 3 and 5 > 4 {sic} <unknown>"
        );
        assert_eq!(strip_srt("<B>疫苗</B><00:00:01.200>"), "疫苗");
    }

    #[test]
    fn vtt_loses_every_tag_and_decodes_entities() {
        assert_eq!(
            strip_vtt("health<00:00:00.274><c> officials</c>"),
            ("health officials".to_owned(), true)
        );
        assert_eq!(
            strip_vtt("<v Dr. Agus>Q&amp;A &lt;b&gt; &#39;x&#x27; &nope; &"),
            ("Q&A <b> 'x' &nope; &".to_owned(), false)
        );
        assert_eq!(strip_vtt("a < b"), ("a < b".to_owned(), false));
    }
}
