//! A recogniser of the user's own: a program that is given a sound file and leaves a caption file.

mod process;
mod wave;

use crate::captions::{self, CaptionError, Imported, ReadOptions};
use crate::jobs::{Cancelled, Watch};
use crate::media::{self, MediaError};
use crate::pretrained::Recogniser;
use crate::project::Seconds;
use process::Ended;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// What stands for the sound file.
const AUDIO: &str = "{audio}";
/// What stands for the caption file, with the ending of its format: `{out.srt}`.
const OUT: &str = "{out.";
/// What stands for the caption file without its ending, for programs that add it.
const STEM: &str = "{out}";
/// Endings of what such programs leave in the folder they run in, those that say most and are read best first.
const LEFT: [&str; 6] = ["srt", "vtt", "tsv", "json", "csv", "txt"];

/// Why the user's recogniser gave no captions.
#[derive(Debug, Error)]
pub enum OwnRecogniserError {
    /// The command cannot be used as it is written.
    #[error(
        "the recogniser's command cannot be used: {0}; write it like: whisper-cli -f {{audio}} -osrt -of {{out}}"
    )]
    Command(String),
    /// The program was not found or may not be run.
    #[error("{program} cannot be started ({cause}): check its name, or give its whole path")]
    Start {
        /// The program.
        program: String,
        /// What the system said.
        cause: std::io::Error,
    },
    /// The program ended with an error.
    #[error("{program} ended with {status}; {}", written(.output))]
    Failed {
        /// The program.
        program: String,
        /// How it ended, in words.
        status: String,
        /// The end of what it wrote.
        output: String,
    },
    /// The program ended well and left no file.
    #[error(
        "{program} left no caption file, neither where {{out}} or {{out.srt}} stands in its command nor in the folder it ran in; {}",
        written(.output)
    )]
    NoFile {
        /// The program.
        program: String,
        /// The end of what it wrote.
        output: String,
    },
    /// The sound file for the program could not be written.
    #[error("the sound cannot be written for the recogniser: {0}")]
    Sound(std::io::Error),
    /// The sound of the video cannot be had.
    #[error(transparent)]
    Media(#[from] MediaError),
    /// What the program left is no captions.
    #[error("what the recogniser left cannot be read: {0}")]
    Captions(CaptionError),
    /// The work was stopped, and the program with it.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

fn written(output: &str) -> String {
    if output.is_empty() {
        "it wrote nothing".to_owned()
    } else {
        format!("the last that it wrote:\n{output}")
    }
}

/// A command such as `program -f {audio} -o {out.srt}`. It is run as it is, by no shell. Where it names no file of its own to be
/// written, what it leaves in the folder it runs in is taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnRecogniser {
    /// The program and its arguments.
    words: Vec<String>,
    /// The ending of the caption file, where the command names it.
    ending: Option<String>,
}

impl std::str::FromStr for OwnRecogniser {
    type Err = OwnRecogniserError;

    /// Splits a command at spaces; what stands in quotes is one argument.
    fn from_str(command: &str) -> Result<Self, OwnRecogniserError> {
        let wrong = |what: &str| OwnRecogniserError::Command(what.to_owned());
        let words = shlex::split(command).ok_or_else(|| wrong("a quote is not closed"))?;
        let arguments = words.get(1..).filter(|arguments| !arguments.is_empty());
        let arguments = arguments.ok_or_else(|| wrong("it has no arguments"))?;
        if !arguments.iter().any(|word| word.contains(AUDIO)) {
            return Err(wrong("{audio} stands nowhere in its arguments"));
        }
        let ending = arguments.iter().find_map(|word| {
            let (_, rest) = word.split_once(OUT)?;
            let (ending, _) = rest.split_once('}')?;
            let is_plain = !ending.is_empty() && ending.chars().all(|c| c.is_ascii_alphanumeric());
            is_plain.then(|| ending.to_owned())
        });
        Ok(Self { words, ending })
    }
}

impl OwnRecogniser {
    /// The program and its arguments, with the files in their places.
    fn with_files(&self, audio: &Path, out: &Path) -> Vec<String> {
        let (audio, stem) = (audio.to_string_lossy(), out.to_string_lossy());
        let fill = |(index, word): (usize, &String)| {
            if index == 0 {
                return word.clone();
            }
            let word = word.replace(AUDIO, &audio).replace(STEM, &stem);
            match &self.ending {
                Some(ending) => word.replace(&format!("{OUT}{ending}}}"), &format!("{stem}.{ending}")),
                None => word,
            }
        };
        self.words.iter().enumerate().map(fill).collect()
    }

    /// Writes the sound of a video as a WAV file (16,000 samples a second, 16 bits, one channel) into a folder, runs the program
    /// there, and reads the captions that it leaves.
    ///
    /// # Errors
    /// When the video has no sound, when the program cannot be run, fails or leaves no captions that can be read, and when
    /// cancelled: then the program and all that it started is ended.
    pub(super) fn run(
        &self,
        video: &Path,
        folder: &Path,
        duration: Seconds,
        watch: &Watch,
    ) -> Result<Imported, OwnRecogniserError> {
        let audio = folder.join("audio.wav");
        let out: PathBuf = folder.join("out");
        watch.say("reading the sound");
        let mut file = wave::Wave::create(&audio, Recogniser::RATE).map_err(OwnRecogniserError::Sound)?;
        let mut failure = None;
        media::read_sound(video, Recogniser::RATE, watch, &mut |samples| {
            if failure.is_none() {
                failure = file.write(samples).err();
            }
        })?;
        failure
            .map_or_else(|| file.finish(), Err)
            .map_err(OwnRecogniserError::Sound)?;
        let words = self.with_files(&audio, &out);
        let program = self.words.first().cloned().unwrap_or_default();
        watch.report(0, 0);
        watch.say(format!("{program} is listening"));
        let Ended { status, output } = process::run(&words, folder, watch)?;
        if let Some(status) = status {
            return Err(OwnRecogniserError::Failed {
                program,
                status,
                output,
            });
        }
        let named = self
            .ending
            .as_ref()
            .map(|ending| out.with_added_extension(ending));
        let left = named.filter(|file| file.is_file()).or_else(|| left_in(folder));
        let Some(left) = left else {
            return Err(OwnRecogniserError::NoFile { program, output });
        };
        let options = ReadOptions {
            encoding: None,
            duration: Some(duration),
        };
        captions::read(&left, &options).map_err(OwnRecogniserError::Captions)
    }
}

/// The caption file that a program left in a folder, of several the one that is read best.
fn left_in(folder: &Path) -> Option<PathBuf> {
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let place = |file: &PathBuf| {
        let ending = file.extension()?.to_str()?;
        LEFT.iter().position(|known| known.eq_ignore_ascii_case(ending))
    };
    let ranked = files.filter_map(|file| Some((place(&file.path())?, file.path())));
    ranked.min().map(|(_, file)| file)
}

#[cfg(test)]
mod tests;
