//! Speech recognition, in the background.

use super::{Message, Out};
use crate::analysis::models::Found;
use crate::analysis::{self, OwnRecogniser, Places};
use crate::captions::{self, OutputFormat};
use crate::pretrained::Recognising;
use crate::project::files::write_whole;
use crate::project::{CaptionSource, CaptionTrack, Project, VideoInfo};
use crate::training::DeviceChoice;

/// The file of a project in which what was heard is kept.
const TRANSCRIPT: &str = "transcript.json";

/// Has a model write down what is said.
pub fn transcribe(
    video: &VideoInfo,
    (model, settings): (&Found, &Recognising),
    device: DeviceChoice,
    places: &Places,
    out: &Out,
) -> anyhow::Result<()> {
    let told = &mut |segment: &_| {
        // A window that is gone needs no transcript.
        let _ = out.send(Message::Heard(Box::new(Clone::clone(segment))));
    };
    let transcript = analysis::transcribe(
        video,
        model,
        settings,
        device,
        Some(&places.cache),
        &out.watch,
        told,
    )?;
    let (track, warnings) = (transcript.track(), transcript.warnings);
    Ok(out.send(Message::Transcript(Box::new((track, warnings))))?)
}

/// Has a program of the user's own write down what is said.
pub fn transcribe_with(video: &VideoInfo, recogniser: &OwnRecogniser, out: &Out) -> anyhow::Result<()> {
    let heard = analysis::transcribe_with(video, recogniser, &out.watch)?;
    Ok(out.send(Message::Transcript(Box::new(heard)))?)
}

/// Keeps what was heard as a file of the project, and takes it for its captions.
pub fn keep_transcript(
    project: &Project,
    track: CaptionTrack,
    warnings: Vec<String>,
    out: &Out,
) -> anyhow::Result<()> {
    let file = project.folder.join(TRANSCRIPT);
    std::fs::create_dir_all(&project.folder)?;
    let text = captions::write(&track, OutputFormat::Json);
    write_whole(&file, |file| file.write_all(text.as_bytes()))?;
    let source = CaptionSource {
        file,
        encoding: "UTF-8".into(),
        warnings,
    };
    let language = captions::detect_language(&track);
    Ok(out.send(Message::Captions(Box::new((track, source, language))))?)
}

/// Proposes the times of what was heard for the captions as they are at this revision of them.
pub fn propose_by_words(
    (project, revision): (&Project, u64),
    heard: &CaptionTrack,
    out: &Out,
) -> anyhow::Result<()> {
    let proposal = analysis::propose_by_words(project, heard, &out.watch)?;
    Ok(out.send(Message::Proposal(Box::new(proposal), revision))?)
}
