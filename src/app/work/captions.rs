//! Work around captions: the journal of their edits, their words, and writing them for other programs.

use super::dialog::NO_DIALOG;
use super::{Message, Out};
use crate::analysis::Places;
use crate::app::action::Action;
use crate::app::state::KnownWords;
use crate::captions::{self, ENCODINGS, OutputFormat, Tokenizer, preview};
use crate::project::edits::{Entry, journal};
use crate::project::files::write_whole;
use crate::project::{CaptionTrack, Project};
use anyhow::Context;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Writes edits to the journal of a project folder.
pub fn keep_journal(folder: &Path, entries: &[Entry], out: &Out) -> anyhow::Result<()> {
    journal::append(folder, entries)?;
    Ok(out.send(Message::Journaled)?)
}

/// Finds out which words of the captions have vectors.
pub fn look_up_words(project: &Project, places: &Places, out: &Out) -> anyhow::Result<()> {
    let tokenizer = Tokenizer::new(project.manifest.language);
    let mut words = BTreeSet::new();
    for cue in &project.track.cues {
        out.watch.check()?;
        words.extend(tokenizer.tokens(&cue.text));
    }
    let words: Vec<String> = words.into_iter().collect();
    let files = &project.manifest.vectors;
    let (vocabulary, _, _) = captions::vocabulary(&[words], files, Some(&places.cache), &out.watch)?;
    let mut known = KnownWords {
        source: Some(vocabulary.source),
        all: files.is_empty(),
        ..KnownWords::default()
    };
    for (word, found) in vocabulary.words.into_iter().zip(vocabulary.found) {
        let list = if found {
            &mut known.found
        } else {
            &mut known.missing
        };
        list.insert(word);
    }
    Ok(out.send(Message::KnownWords(known))?)
}

/// Writes captions.
pub fn export_captions(
    track: &CaptionTrack,
    format: OutputFormat,
    path: &Path,
    out: &Out,
) -> anyhow::Result<()> {
    let text = captions::write(track, format);
    write_whole(path, |file| file.write_all(text.as_bytes()))?;
    Ok(out.send(Message::Exported("Captions", path.to_path_buf()))?)
}

/// Asks in the system's dialog where captions are to be written; where the system shows none, they go into the folder
/// `exports` of the project.
pub fn captions_dialog(
    format: OutputFormat,
    project: &Project,
) -> impl FnOnce(&Out) -> anyhow::Result<()> + Send + 'static {
    let (name, extension) = (format.name(), format.extension());
    let file = format!("{}.{extension}", project.manifest.name);
    let beside: PathBuf = project.folder.join("exports").join(&file);
    let dialog = rfd::AsyncFileDialog::new()
        .set_title(format!("Export the captions as {name}"))
        .add_filter(name, &[extension])
        .set_file_name(file);
    move |out| {
        let began = Instant::now();
        let chosen = pollster::block_on(dialog.save_file()).map(|file| file.path().to_path_buf());
        let path = match chosen {
            Some(path) if path.extension().is_none() => path.with_extension(extension),
            Some(path) => path,
            None if began.elapsed() < NO_DIALOG => beside,
            None => return Ok(()),
        };
        Ok(out.send(Message::Picked(Action::ExportCaptions(format, path)))?)
    }
}

/// How the captions of a file look in each of the encodings that are offered.
pub fn preview_encodings(file: &Path, out: &Out) -> anyhow::Result<()> {
    let bytes = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    let texts = ENCODINGS
        .iter()
        .map(|(label, _)| preview(&bytes, label))
        .collect::<Result<_, _>>()?;
    Ok(out.send(Message::Previews(file.to_path_buf(), texts))?)
}
