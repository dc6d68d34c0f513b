//! WebVTT (W3C), with the rolling captions of video sites: each phrase is shown twice or more as lines move up, and
//! must come out once.

use super::times::{parse_arrow, without_markup};
use super::{Parsed, RawCue};
use crate::project::Seconds;

/// Finds the cues of a VTT text.
pub fn parse(text: &str) -> Parsed {
    let mut blocks: Vec<Block> = Vec::new();
    // In rolling captions, a line of one space keeps a row empty: only a truly empty line ends a block.
    for block in text.split("\n\n") {
        let mut lines = block.lines().skip_while(|line| line.trim().is_empty());
        let first = lines.next().unwrap_or_default();
        let keyword = first.split_whitespace().next().unwrap_or_default();
        if matches!(keyword, "NOTE" | "STYLE" | "REGION") {
            continue;
        }
        let mut times = parse_arrow(first);
        let mut shown: Vec<String> = Vec::new();
        for line in lines {
            if let Some(found) = parse_arrow(line) {
                // What stood above the arrow was a name or a header.
                times = Some(found);
                shown.clear();
            } else if times.is_some() {
                shown.push(line.to_owned());
            }
        }
        if let Some((start, end)) = times {
            blocks.push(Block {
                start,
                end,
                lines: shown,
            });
        }
    }
    let rolling = blocks
        .iter()
        .any(|block| block.lines.iter().any(|line| has_word_times(line)));
    Parsed {
        cues: if rolling {
            unroll(&blocks)
        } else {
            blocks.iter().filter_map(plain).collect()
        },
        warnings: Vec::new(),
    }
}

struct Block {
    start: Seconds,
    end: Seconds,
    lines: Vec<String>,
}

fn plain(block: &Block) -> Option<RawCue> {
    let lines: Vec<String> = block
        .lines
        .iter()
        .map(|line| clean(line))
        .filter(|line| !line.is_empty())
        .collect();
    (!lines.is_empty()).then(|| RawCue {
        start: Some(block.start),
        end: Some(block.end),
        text: lines.join("\n"),
    })
}

/// Word times such as `<00:00:01.040>` are what rolling captions are known by.
fn has_word_times(line: &str) -> bool {
    line.split('<').skip(1).any(|tag| {
        tag.split_once('>')
            .is_some_and(|(time, _)| parse_arrow_time(time))
    })
}

fn parse_arrow_time(text: &str) -> bool {
    text.contains(':') && super::times::parse_time(text).is_some()
}

/// Takes what each block shows that the one before did not: its lines less the longest end of the earlier lines that
/// it begins with. A phrase spoken twice is shown anew and so stays twice.
fn unroll(blocks: &[Block]) -> Vec<RawCue> {
    let mut cues: Vec<RawCue> = Vec::new();
    let mut before: Vec<String> = Vec::new();
    for block in blocks {
        let timed = block.lines.iter().any(|line| has_word_times(line));
        let lines: Vec<String> = block
            .lines
            .iter()
            .map(|line| clean(line))
            .filter(|line| !line.is_empty())
            .collect();
        // A line with word times is being spoken now, whatever was shown before.
        let fresh = block
            .lines
            .iter()
            .filter(|line| !clean(line).is_empty())
            .position(|line| has_word_times(line));
        let most = lines.len().min(before.len());
        let kept = (0..=most)
            .rev()
            .find(|kept| before.get(before.len() - kept..) == lines.get(..*kept))
            .unwrap_or(0);
        let kept = if timed {
            kept.min(fresh.unwrap_or(kept))
        } else {
            kept
        };
        let new = lines.get(kept..).unwrap_or_default();
        if !new.is_empty() {
            cues.push(RawCue {
                start: Some(block.start),
                end: Some(block.end),
                text: new.join("\n"),
            });
        } else if let Some(last) = cues.last_mut() {
            // Still on screen.
            last.end = last.end.map(|end| end.max(block.end));
        }
        if !lines.is_empty() {
            before = lines;
        }
    }
    // Each line stays until the next but one is spoken; what is heard ends where the next begins.
    let starts: Vec<Option<Seconds>> = cues.iter().skip(1).map(|cue| cue.start).collect();
    for (cue, next) in cues.iter_mut().zip(starts) {
        if let (Some(end), Some(next)) = (cue.end, next) {
            cue.end = Some(end.min(next));
        }
    }
    cues
}

fn clean(line: &str) -> String {
    let text = without_markup(line);
    let text = text
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&nbsp;", " ")
        .replace("&lrm;", "")
        .replace("&rlm;", "")
        .replace("&amp;", "&");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        parse(text).cues.into_iter().map(|cue| cue.text).collect()
    }

    #[test]
    fn headers_notes_names_and_entities() {
        let text = "WEBVTT - news\nX-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:0\n\nNOTE\nnot --> this\n\nSTYLE\n::cue {}\n\n\
                    intro\n00:01.000 --> 0:02,500 align:start\n<v Ann>R&amp;D <b>now</b>\n\n1:00:00.000 --> 1:00:01.000\nlast\n";
        let parsed = parse(text);
        assert_eq!(texts(text), ["R&D now", "last"]);
        assert_eq!(
            (parsed.cues[0].start, parsed.cues[1].start),
            (Some(Seconds(1.0)), Some(Seconds(3600.0)))
        );
    }

    #[test]
    fn rolling_lines_come_out_once_and_what_is_said_twice_twice() {
        let text = "WEBVTT\n\n\
            00:00.000 --> 00:01.910\n \nno<00:00:00.500><c> way</c>\n\n\
            00:01.910 --> 00:01.920\nno way\n \n\n\
            00:01.920 --> 00:03.750\nno way\nno<00:00:02.500><c> way</c>\n\n\
            00:03.750 --> 00:03.760\nno way\n \n\n\
            00:03.760 --> 00:05.000\nno way\nindeed<00:00:04.500><c> so</c>\n";
        assert_eq!(texts(text), ["no way", "no way", "indeed so"]);
    }
}
