//! `frameloom transcribe VIDEO`.

use super::captions::output_format;
use super::progress::{Progress, tell};
use super::{LanguageChoice, Output, Unusable, print};
use crate::analysis::recognising::cue;
use crate::analysis::{self, OwnRecogniser, Places, Transcript, models};
use crate::captions::{self, OutputFormat};
use crate::jobs::Watch;
use crate::media;
use crate::pretrained::{Job, Recognising, Segment};
use crate::project::{CaptionTrack, VideoInfo};
use crate::training::DeviceChoice;
use anyhow::ensure;
use clap::Args;
use serde_json::json;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub struct TranscribeArguments {
    /// The video.
    video: PathBuf,
    #[command(flatten)]
    speech: SpeechArguments,
    /// The language that is spoken; found out where not given.
    #[arg(long, value_enum, default_value = "auto")]
    language: LanguageChoice,
    /// Where the model computes.
    #[arg(
        long,
        default_value = "auto",
        value_name = "auto|cpu|cuda",
        conflicts_with = "recogniser"
    )]
    device: DeviceChoice,
    /// The format to write.
    #[arg(long, value_parser = output_format(), default_value = "srt")]
    to: OutputFormat,
    #[command(flatten)]
    output: Output,
}

/// Which model writes down speech, and how.
#[derive(Debug, Args)]
pub struct SpeechArguments {
    /// Write down speech with this model: its folder, or its name in `frameloom models`.
    #[arg(long, value_name = "MODEL")]
    pub speech_model: Option<String>,
    /// Names and spellings to keep to, or a sentence in the characters that are wanted.
    #[arg(long, value_name = "TEXT")]
    prompt: Option<String>,
    /// Write down speech with a program of your own, such as 'whisper-cli -f {audio} -osrt -of {out}': it is given a WAV file and
    /// leaves captions.
    #[arg(long, value_name = "COMMAND", conflicts_with_all = ["speech_model", "prompt"])]
    recogniser: Option<OwnRecogniser>,
}

/// What was written down.
pub struct Heard {
    pub track: CaptionTrack,
    pub warnings: Vec<String>,
    /// All that a model tells of it.
    pub transcript: Option<Transcript>,
}

impl SpeechArguments {
    /// Whether speech is to be written down in any case.
    pub fn is_asked(&self) -> bool {
        self.speech_model.is_some() || self.recogniser.is_some()
    }

    /// Writes down the speech of a video; each segment that a model writes goes to standard error when it is there.
    pub fn transcribe(
        &self,
        video: &VideoInfo,
        language: LanguageChoice,
        device: DeviceChoice,
        watch: &Watch,
    ) -> anyhow::Result<Heard> {
        if let Some(recogniser) = &self.recogniser {
            let (track, mut warnings) = analysis::transcribe_with(video, recogniser, watch)?;
            let chosen = language.chosen();
            warnings.extend(chosen.and_then(|chosen| captions::language_doubt(&track, chosen)));
            return Ok(Heard {
                track,
                warnings,
                transcript: None,
            });
        }
        let places = Places::platform();
        let model = models::find(&places, Job::Speech, self.speech_model.as_deref())?;
        let settings = Recognising {
            language: language.chosen().map(|language| language.code().to_owned()),
            prompt: self.prompt.clone(),
            ..Recognising::default()
        };
        let mut told = |segment: &Segment| tell(&format!("{}  {}", segment.span.start, segment.text));
        let cache = Some(places.cache.as_path());
        let transcript = analysis::transcribe(video, &model, &settings, device, cache, watch, &mut told)?;
        Ok(Heard {
            track: transcript.track(),
            warnings: transcript.warnings.clone(),
            transcript: Some(transcript),
        })
    }
}

/// Writes down what is said in a video.
pub fn run(arguments: &TranscribeArguments) -> anyhow::Result<()> {
    ensure!(
        !arguments.output.json || arguments.speech.recogniser.is_none(),
        Unusable("--json tells what a model heard: a recogniser of your own leaves captions, in the format of --to".into())
    );
    let progress = Progress::new();
    let watch = &progress.watch;
    let video = media::probe(&arguments.video)?;
    let heard = arguments
        .speech
        .transcribe(&video, arguments.language, arguments.device, watch)?;
    drop(progress);
    heard
        .warnings
        .iter()
        .for_each(|warning| eprintln!("warning: {warning}"));
    match &heard.transcript {
        Some(transcript) if arguments.output.json => print(&format!("{:#}\n", document(transcript))),
        _ => print(&captions::write(&heard.track, arguments.to)),
    }
}

/// All that is known of a transcript.
fn document(heard: &Transcript) -> serde_json::Value {
    let languages = heard
        .languages
        .iter()
        .map(|(code, share)| json!({ "code": code, "probability": share }));
    json!({
        "language": heard.language,
        "languages": languages.take(5).collect::<Vec<_>>(),
        "segments": heard.segments.iter().map(segment).collect::<Vec<_>>(),
        "warnings": heard.warnings,
        "seconds": { "spoken": heard.spoken, "heard": heard.heard, "took": heard.took },
    })
}

fn segment(segment: &Segment) -> serde_json::Value {
    let cue = cue(segment);
    let words = segment.words.iter().zip(&cue.words).map(|(word, timed)| {
        json!({ "text": timed.text, "start": timed.start, "end": timed.end, "probability": word.probability })
    });
    json!({
        "start": cue.start, "end": cue.end, "text": cue.text, "words": words.collect::<Vec<_>>(),
        "looping": segment.looping, "unsure": segment.unsure,
    })
}
