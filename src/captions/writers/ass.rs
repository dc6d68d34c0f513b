//! Advanced SubStation Alpha, in one plain style.

use super::{lines, span};
use crate::project::CaptionTrack;
use std::fmt::Write as _;

const HEAD: &str = "\
[Script Info]
ScriptType: v4.00+
WrapStyle: 0
ScaledBorderAndShadow: yes
PlayResX: 1920
PlayResY: 1080

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, \
Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, \
MarginV, Encoding
Style: Default,Arial,64,&H00FFFFFF,&H000000FF,&H00000000,&H80000000,0,0,0,0,100,100,0,0,1,3,1,2,60,60,50,1

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
";

pub(super) fn write(track: &CaptionTrack) -> String {
    let mut out = String::from(HEAD);
    for cue in &track.cues {
        let (start, end) = span(cue);
        let text = escaped(&lines(cue).join("\n"));
        let _ = writeln!(
            out,
            "Dialogue: 0,{},{},Default,,0,0,0,,{text}",
            clock(start),
            clock(end)
        );
    }
    out
}

/// `1:02:03.45`.
fn clock(millis: u64) -> String {
    let hundredths = (millis + 5) / 10;
    let (hours, minutes) = (hundredths / 360_000, hundredths / 6_000 % 60);
    format!(
        "{hours}:{minutes:02}:{:02}.{:02}",
        hundredths / 100 % 60,
        hundredths % 100
    )
}

/// Braces would hide the text between them, and a backslash joins what follows to it: between those two goes a
/// character of no width.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\n' => escaped.push_str("\\N"),
            '{' => escaped.push_str("\\{"),
            '}' => escaped.push_str("\\}"),
            '\\' if rest.peek().is_some_and(|next| "Nnh{}\n\\".contains(*next)) => {
                escaped.push_str("\\\u{2060}");
            }
            c => escaped.push(c),
        }
    }
    escaped
}
