//! What the analyst should know of a transcript that a model wrote.

use super::Transcript;
use crate::captions;
use crate::pretrained::Segment;
use crate::project::{Language, counted};

/// A language is contradicted when another one is at least this likely.
const CONTRADICTED: f64 = 0.5;
/// Times that are named.
const NAMED: usize = 5;

/// Why a transcript may be wrong, each in a line. `chosen` is the language that was asked for.
pub(super) fn doubts(transcript: &Transcript, chosen: Option<&str>) -> Vec<String> {
    let mut doubts = Vec::new();
    if transcript.segments.is_empty() {
        doubts.push("no speech was heard in this video".to_owned());
    }
    doubts.extend(wrong_language(transcript, chosen));
    let looping = [
        "goes in circles, as models do that have lost their thread: listen to it",
        "go in circles, as models do that have lost their thread: listen to them",
    ];
    doubts.extend(places(transcript, looping, |segment| segment.looping));
    let unsure = [
        "is a guess: the model held its words unlikely",
        "are guesses: the model held their words unlikely",
    ];
    doubts.extend(places(transcript, unsure, |segment| {
        segment.unsure && !segment.looping
    }));
    doubts
}

fn wrong_language(transcript: &Transcript, chosen: Option<&str>) -> Option<String> {
    let heard = transcript
        .languages
        .first()
        .filter(|(_, share)| *share >= CONTRADICTED);
    if let (Some(chosen), Some((code, share))) = (chosen, heard)
        && code != chosen
    {
        return Some(format!(
            "the speech sounds like {} ({:.0} %), and {} was chosen: what is written may be wrong or a translation; \
             choose {} or let the language be found",
            name(code),
            share * 100.0,
            name(chosen),
            name(code)
        ));
    }
    let language = chosen.or(transcript.language.as_deref())?;
    let Some(known) = [Language::English, Language::Chinese]
        .into_iter()
        .find(|known| known.code() == language)
    else {
        return Some(format!(
            "the speech is {}: words are found in English and Chinese only, so that keywords and word vectors will not fit",
            name(language)
        ));
    };
    // Where none was chosen, the text itself tells its language later.
    chosen.and_then(|_| captions::language_doubt(&transcript.track(), known))
}

/// The name of a language, or its code.
fn name(code: &str) -> &str {
    match code {
        "en" => Language::English.name(),
        "zh" => Language::Chinese.name(),
        "yue" => "Cantonese",
        code => code,
    }
}

fn places(
    transcript: &Transcript,
    [one, many]: [&str; 2],
    is_so: impl Fn(&Segment) -> bool,
) -> Option<String> {
    let found: Vec<String> = transcript
        .segments
        .iter()
        .filter(|segment| is_so(segment))
        .map(|segment| segment.span.start.to_string())
        .collect();
    let shown = found.get(..NAMED.min(found.len())).unwrap_or_default().join(", ");
    let more = if found.len() > NAMED { " and elsewhere" } else { "" };
    let what = if found.len() == 1 { one } else { many };
    (!found.is_empty()).then(|| format!("{} at {shown}{more} {what}", counted(found.len(), "stretch")))
}
