//! `frameloom captions check FILE --video VIDEO`.

mod damage;
mod truth;

use super::Output;
use super::progress::Progress;
use crate::analysis::{self, Places};
use crate::captions::retiming::{Proposal, SpreadUnit, spread};
use crate::captions::suspicion::Doubt;
use crate::captions::{self, ReadOptions};
use crate::media;
use crate::project::{CaptionTrack, Cue, Project, Seconds, Speech};
use clap::Args;
use damage::{Damage, Ranks};
use serde_json::json;
use std::collections::HashMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use truth::Correction;

/// Cues of the queue that are printed; JSON has all.
const SHOWN: usize = 20;

#[derive(Debug, Args)]
pub struct CheckArguments {
    /// The caption file. Text without times is first spread over the speech.
    file: PathBuf,
    /// The video that the captions belong to.
    #[arg(long)]
    video: PathBuf,
    /// The encoding of the caption file, such as gb18030; found out where not given.
    #[arg(long)]
    encoding: Option<String>,
    /// Word vectors: words that they do not have are doubted.
    #[arg(long)]
    vectors: Vec<PathBuf>,
    /// A table of the right times (start, end, text) to measure the proposed ones by.
    #[arg(long)]
    truth: Option<PathBuf>,
    /// What was damaged on purpose, as JSON, to measure the doubts by.
    #[arg(long)]
    damage: Option<PathBuf>,
    /// Look for shot cuts as well, which takes a while.
    #[arg(long)]
    cuts: bool,
    #[command(flatten)]
    output: Output,
}

/// Proposes times for the captions and says which ones are doubtful.
pub fn run(arguments: &CheckArguments) -> anyhow::Result<()> {
    let progress = Progress::new();
    let watch = &progress.watch;
    let cache = Places::platform().cache;
    let video = media::probe(&arguments.video)?;
    let options = ReadOptions {
        encoding: arguments.encoding.clone(),
        duration: Some(video.duration),
    };
    let imported = captions::read(&arguments.file, &options)?;
    let language = captions::detect_language(&imported.track);
    let speech = analysis::speech(&video, Some(&cache), watch)?;
    let cuts = if arguments.cuts {
        media::find_shots(&video.path, Some(&cache), watch)?.cuts
    } else {
        Vec::new()
    };
    let mut project = Project::new(Path::new(""), video);
    project.manifest.language = language;
    project.manifest.vectors.clone_from(&arguments.vectors);
    let is_spread = imported.track.is_without_times();
    project.track = if is_spread {
        let texts: Vec<String> = imported.track.cues.into_iter().map(|cue| cue.text).collect();
        spread(&texts, &speech, SpreadUnit::Lines, watch)?
    } else {
        imported.track
    };
    let proposal = analysis::propose(&project, &speech, &cuts, watch)?;
    let doubts = analysis::doubts(&project, &speech, &cuts, Some(&cache), watch)?;
    let rows = arguments.truth.as_deref().map(truth::read).transpose()?;
    let damage = arguments.damage.as_deref().map(Damage::read).transpose()?;
    let correction = rows.map(|rows| {
        let sources = match &damage {
            Some(damage) => damage.sources(project.track.cues.len()),
            None => truth::sources(&project.track, &rows),
        };
        let before: Vec<Seconds> = project.track.cues.iter().map(|cue| cue.start).collect();
        truth::correction(&before, &starts(&project.track, &proposal), &sources, &rows)
    });
    let checked = Checked {
        track: &project.track,
        speech: &speech,
        is_spread,
        proposal: &proposal,
        doubts: &doubts,
        correction,
        ranks: damage.map(|damage| damage.ranks(&doubts)),
    };
    drop(progress);
    if arguments.output.json {
        super::print(&format!("{:#}\n", checked.json()))
    } else {
        super::print(&checked.text())
    }
}

fn starts(track: &CaptionTrack, proposal: &Proposal) -> Vec<Seconds> {
    let changes: HashMap<_, _> = proposal
        .changes
        .iter()
        .map(|change| (change.cue, change.start))
        .collect();
    let start = |cue: &Cue| changes.get(&cue.id).copied().unwrap_or(cue.start);
    track.cues.iter().map(start).collect()
}

/// All that was found.
struct Checked<'a> {
    track: &'a CaptionTrack,
    speech: &'a Speech,
    is_spread: bool,
    proposal: &'a Proposal,
    doubts: &'a [Doubt],
    correction: Option<Correction>,
    ranks: Option<Ranks>,
}

impl Checked<'_> {
    fn json(&self) -> serde_json::Value {
        let queue = self.doubts.iter().map(|doubt| {
            let reasons: Vec<String> = doubt.reasons.iter().map(ToString::to_string).collect();
            json!({
                "cue": doubt.cue.index() + 1, "score": doubt.score, "timing": doubt.timing,
                "wording": doubt.wording, "reasons": reasons,
            })
        });
        let changes = self.proposal.changes.iter().map(|change| {
            json!({
                "cue": change.cue.index() + 1, "start": change.start, "end": change.end,
                "confidence": change.confidence, "reason": change.reason,
            })
        });
        let mut json = json!({
            "cues": self.track.cues.len(),
            "spread": self.is_spread,
            "speech": { "segments": self.speech.segments.len(), "seconds": self.speech.spoken() },
            "proposal": {
                "words": self.proposal.diagnosis.to_string(),
                "diagnosis": self.proposal.diagnosis,
                "moved": self.proposal.changes.len(),
                "changes": changes.collect::<Vec<_>>(),
            },
            "queue": queue.collect::<Vec<_>>(),
        });
        if let Some(found) = json.as_object_mut() {
            found.extend(
                self.correction
                    .map(|correction| ("truth".into(), json!(correction))),
            );
            found.extend(self.ranks.map(|ranks| ("damage".into(), json!(ranks))));
        }
        json
    }

    fn text(&self) -> String {
        let mut text = String::new();
        // Writing into a string does not fail.
        let _ = self.write(&mut text);
        text
    }

    fn write(&self, text: &mut String) -> std::fmt::Result {
        let cues = self.track.cues.len();
        if self.is_spread {
            writeln!(text, "{cues} cues without times, spread over the speech")?;
        }
        writeln!(text, "Proposal: {}", self.proposal.diagnosis)?;
        writeln!(text, "{} of {cues} cues would move", self.proposal.changes.len())?;
        if let Some(found) = &self.correction {
            writeln!(text, "\nAgainst the truth, {} cues of one source:", found.cues)?;
            for (name, errors) in [("before", found.before), ("after", found.after)] {
                writeln!(
                    text,
                    "  {name:6} {:5.1} % within 0.3 s; off by {:.2} s (median), {:.2} s (mean), {:.2} s (nine tenths)",
                    errors.right * 100.0,
                    errors.median,
                    errors.mean,
                    errors.most
                )?;
            }
            writeln!(
                text,
                "  worst change of a cue that was right: {:+.2} s",
                found.worst_harm
            )?;
        }
        if let Some(ranks) = &self.ranks {
            writeln!(
                text,
                "\nOf {} damaged cues {:.1} % rank above nine tenths of the sound ones ({:.1} % by times alone), \
                 the lowest above {:.1} %; wrong characters: AUROC {:.3}",
                ranks.damaged,
                ranks.above * 100.0,
                ranks.above_by_timing * 100.0,
                ranks.lowest * 100.0,
                ranks.wording_auroc
            )?;
        }
        writeln!(text, "\nMost doubtful:")?;
        for doubt in self.doubts.iter().take(SHOWN).filter(|doubt| doubt.score > 0.0) {
            let reasons: Vec<String> = doubt.reasons.iter().map(ToString::to_string).collect();
            let (number, start) = (doubt.cue.index() + 1, self.start(doubt));
            writeln!(
                text,
                "  {:.2}  cue {number} at {start}: {}",
                doubt.score,
                reasons.join("; ")
            )?;
        }
        Ok(())
    }

    fn start(&self, doubt: &Doubt) -> Seconds {
        let cue = self.track.cues.get(doubt.cue.index());
        cue.map_or(Seconds(0.0), |cue| cue.start)
    }
}
