//! From the sound of a video to a transcript.

mod cache;
mod doubts;
mod own;
mod pieces;

pub use own::OwnRecogniser;

use super::models::Found;
use crate::jobs::Watch;
use crate::media;
use crate::pretrained::{Place, PretrainedError, Recognised, Recogniser, Recognising, Segment};
use crate::project::{CaptionTrack, Cue, CueOrigin, Seconds, Span, Speech, TimedWord, VideoInfo};
use crate::training::{self, DeviceChoice};
use anyhow::Context;
use cache::{Cache, Piece};
use std::path::Path;
use std::time::Instant;
use tch::Device;

/// What was written down.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Transcript {
    /// In order of time, apart from each other, within the video's sound.
    pub segments: Vec<Segment>,
    /// Code of the language that was written down; none where nothing was heard.
    pub language: Option<String>,
    /// The languages that may be spoken, with their probabilities: the likeliest first. Empty where the model knows only one.
    pub languages: Vec<(String, f64)>,
    /// What the analyst should know, each in a line.
    pub warnings: Vec<String>,
    /// How much speech there is.
    pub spoken: Seconds,
    /// How much sound the model was given now; what it had been given before was kept.
    pub heard: Seconds,
    /// How long that took it.
    pub took: Seconds,
}

impl Transcript {
    /// The segments as captions with the times of their words; the times are estimated until the analyst has confirmed them.
    #[must_use]
    pub fn track(&self) -> CaptionTrack {
        CaptionTrack::new(self.segments.iter().map(cue).collect())
    }
}

/// A segment as a caption.
#[must_use]
pub fn cue(segment: &Segment) -> Cue {
    let word = |word: &crate::pretrained::Word| TimedWord {
        text: word.text.clone(),
        start: to_millis(word.span.start),
        end: Some(to_millis(word.span.end)),
    };
    let mut cue = Cue::new(
        to_millis(segment.span.start),
        to_millis(segment.span.end),
        segment.text.clone(),
    );
    cue.origin = CueOrigin::Estimated;
    cue.words = segment.words.iter().map(word).collect();
    cue
}

fn to_millis(time: Seconds) -> Seconds {
    Seconds((time.0 * 1_000.0).round() / 1_000.0)
}

/// Writes down what is said in a video. The model is given stretches of speech of up to 30 s, cut at pauses; silence is passed
/// over. Each segment is handed over when it is there, and each stretch is kept in `cache`, by the contents of the video and of
/// the model and by the settings: work that was stopped or killed goes on where it was, and what is known needs no model.
/// Without a language in the settings the one that the first words are heard in is taken for all. A card that cannot compute the
/// model, for example for want of memory, is told of, and the processor goes on.
///
/// # Errors
/// When the video has no sound or none that can be decoded, when the model cannot be loaded or does not know the language,
/// when a graphics card is insisted on and there is none, and when cancelled. A cache that cannot be read or written is no error.
pub fn transcribe(
    video: &VideoInfo,
    model: &Found,
    settings: &Recognising,
    device: DeviceChoice,
    cache: Option<&Path>,
    watch: &Watch,
    told: &mut dyn FnMut(&Segment),
) -> anyhow::Result<Transcript> {
    let (device, name, _) = training::device::choose(device, training::devices().cpu_threads)?;
    let place = match device {
        Device::Cpu => Place::Processor,
        card => Place::Torch(card),
    };
    let mut open = |place| -> anyhow::Result<Box<dyn Listen>> {
        watch.say(match place {
            Place::Processor => format!("loading {}", model.name),
            Place::Torch(_) => format!("loading {} onto {name}", model.name),
        });
        Ok(Box::new(Recogniser::open(&model.path, place, watch)?))
    };
    let ear = Ear {
        open: &mut open,
        place,
        model: None,
        note: None,
    };
    let known = Cache::open(cache, &video.path, &model.path, settings);
    let speech = media::find_speech(&video.path, cache, watch)?;
    let mut samples = |span: Span| {
        let rate = Recogniser::RATE;
        Ok(media::read_sound_between(&video.path, rate, span, watch)?)
    };
    transcribe_pieces(&speech, &mut samples, ear, settings, known, watch, told)
}

/// What writes down speech.
trait Listen {
    /// As [`Recogniser::recognise`].
    fn listen(
        &self,
        samples: &[f32],
        start: Seconds,
        settings: &Recognising,
        told: &mut dyn FnMut(Segment),
        watch: &Watch,
    ) -> Result<Recognised, PretrainedError>;
}

impl Listen for Recogniser {
    fn listen(
        &self,
        samples: &[f32],
        start: Seconds,
        settings: &Recognising,
        told: &mut dyn FnMut(Segment),
        watch: &Watch,
    ) -> Result<Recognised, PretrainedError> {
        self.recognise(samples, start, settings, told, watch)
    }
}

/// A model that is opened when there is something to hear: on a card as long as that can compute it, and then on the processor.
struct Ear<'a> {
    open: &'a mut dyn FnMut(Place) -> anyhow::Result<Box<dyn Listen>>,
    place: Place,
    model: Option<Box<dyn Listen>>,
    /// What the analyst should know.
    note: Option<String>,
}

impl Ear<'_> {
    /// As [`Recogniser::recognise`], with the seconds that it took once the model was open.
    fn listen(
        &mut self,
        samples: &[f32],
        start: Seconds,
        settings: &Recognising,
        told: &mut dyn FnMut(Segment),
        watch: &Watch,
    ) -> anyhow::Result<(Recognised, Seconds)> {
        if self.place != Place::Processor {
            // Held back until all is there: what the card breaks off is written down anew.
            let mut segments = Vec::new();
            let found = self.listen_here(
                samples,
                start,
                settings,
                &mut |segment| segments.push(segment),
                watch,
            );
            match found.as_ref().err().and_then(|error| error.downcast_ref()) {
                Some(PretrainedError::Card(reason)) => {
                    self.note = Some(format!(
                        "From {start} on written down on the processor: the graphics card gave up ({reason})."
                    ));
                    self.place = Place::Processor;
                    self.model = None;
                }
                _ => {
                    segments.into_iter().for_each(told);
                    return found;
                }
            }
        }
        self.listen_here(samples, start, settings, told, watch)
    }

    fn listen_here(
        &mut self,
        samples: &[f32],
        start: Seconds,
        settings: &Recognising,
        told: &mut dyn FnMut(Segment),
        watch: &Watch,
    ) -> anyhow::Result<(Recognised, Seconds)> {
        let model = match &mut self.model {
            Some(model) => model,
            slot => slot.insert((self.open)(self.place)?),
        };
        let began = Instant::now();
        let found = model.listen(samples, start, settings, told, watch)?;
        Ok((found, Seconds(began.elapsed().as_secs_f64())))
    }
}

fn transcribe_pieces(
    speech: &Speech,
    samples: &mut dyn FnMut(Span) -> anyhow::Result<Vec<f32>>,
    mut ear: Ear<'_>,
    settings: &Recognising,
    mut cache: Cache,
    watch: &Watch,
    told: &mut dyn FnMut(&Segment),
) -> anyhow::Result<Transcript> {
    let pieces = pieces::pieces(speech, Recogniser::WINDOW);
    let total = pieces.iter().map(|piece| piece.length().0).sum::<f64>();
    let progress = |done: f64| watch.report(done.round() as u64, total.ceil() as u64);
    let mut transcript = Transcript {
        spoken: speech.spoken(),
        ..Transcript::default()
    };
    let mut weights: Vec<(String, f64)> = Vec::new();
    let mut settings = settings.clone();
    let chosen = settings.language.clone();
    let mut done = 0.0;
    progress(done);
    for span in pieces {
        watch.check()?;
        let length = span.length().0;
        let piece = match cache.piece(span, settings.language.as_deref()) {
            Some(piece) => {
                piece.segments.iter().for_each(&mut *told);
                piece
            }
            None => {
                let heard = samples(span)?;
                let mut segments = Vec::new();
                let mut on_segment = |mut segment: Segment| {
                    segment.looping |= crate::interpretation::is_looping(&segment.text);
                    progress(done + (segment.span.end - span.start).0.min(length));
                    told(&segment);
                    segments.push(segment);
                };
                let (found, took) = ear.listen(&heard, span.start, &settings, &mut on_segment, watch)?;
                transcript.heard = transcript.heard + span.length();
                transcript.took = transcript.took + took;
                let rate = transcript.heard.0 / transcript.took.0.max(1e-9);
                let given_up = if ear.note.is_some() {
                    " on the processor"
                } else {
                    ""
                };
                watch.say(format!(
                    "writing down speech{given_up}, {rate:.1} s of sound a second"
                ));
                let piece = Piece {
                    span,
                    asked: settings.language.clone(),
                    languages: found.languages,
                    segments,
                };
                cache.keep(&piece);
                piece
            }
        };
        for (code, share) in &piece.languages {
            match weights.iter_mut().find(|(known, _)| known == code) {
                Some((_, weight)) => *weight += share * length,
                None => weights.push((code.clone(), share * length)),
            }
        }
        if let Some(first) = piece.segments.first() {
            // One language for all: a sentence alone is easily mistaken for another language.
            settings.language.get_or_insert_with(|| first.language.clone());
        }
        transcript.segments.extend(piece.segments);
        done += length;
        progress(done);
    }
    let all: f64 = weights.iter().map(|(_, weight)| weight).sum();
    weights.iter_mut().for_each(|(_, weight)| *weight /= all);
    weights.sort_by(|a, b| b.1.total_cmp(&a.1));
    transcript.languages = weights;
    transcript.language = transcript
        .segments
        .first()
        .map(|segment| segment.language.clone());
    transcript.warnings = doubts::doubts(&transcript, chosen.as_deref());
    transcript.warnings.extend(ear.note);
    Ok(transcript)
}

/// What a recogniser of the user's own wrote down, as captions whose times are estimated, and what the analyst should know.
///
/// # Errors
/// When the video has no sound, when the program cannot be run, fails or leaves no captions that can be read, and when
/// cancelled.
pub fn transcribe_with(
    video: &VideoInfo,
    recogniser: &OwnRecogniser,
    watch: &Watch,
) -> anyhow::Result<(CaptionTrack, Vec<String>)> {
    let folder = tempfile::tempdir().context("no folder for temporary files can be made")?;
    let imported = recogniser.run(&video.path, folder.path(), video.duration, watch)?;
    let (mut cues, mut lost) = (imported.track.cues, 0);
    cues.retain(|cue| {
        let is_inside = cue.start < video.duration;
        lost += usize::from(!is_inside);
        is_inside
    });
    for cue in &mut cues {
        cue.origin = CueOrigin::Estimated;
        cue.end = cue.end.min(video.duration);
        if cue.words.is_empty() {
            // That it was heard then is known, which of text without any times is not.
            cue.words = vec![TimedWord {
                text: cue.text.clone(),
                start: cue.start,
                end: Some(cue.end),
            }];
        }
    }
    let mut warnings = imported.warnings;
    if lost > 0 {
        let lost = crate::project::counted(lost, "caption");
        warnings.push(format!("{lost} after the end of the video left out"));
    }
    Ok((CaptionTrack::new(cues), warnings))
}

#[cfg(test)]
mod tests;
