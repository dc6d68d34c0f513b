//! What was heard in which piece of a video, so that the work is done once.

use crate::analysis::fingerprints::quick;
use crate::pretrained::{Recognising, Segment};
use crate::project::Span;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// The way of listening: what was kept by another one is not looked at.
const VERSION: &str = "transcripts 1";
/// The files that make a model what it is.
const MODEL: [&str; 5] = [
    "config.json",
    "generation_config.json",
    "tokenizer.json",
    "model.safetensors",
    "pytorch_model.bin",
];

/// A line of the file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Piece {
    /// When it was said.
    pub span: Span,
    /// The language that the model was told to hear.
    pub asked: Option<String>,
    /// The languages that the model took it for.
    pub languages: Vec<(String, f64)>,
    /// What was said.
    pub segments: Vec<Segment>,
}

/// A file a video, model and settings, a line a piece. Losing it costs time and nothing else, so that its failures are only
/// logged.
pub(super) struct Cache {
    known: Vec<Piece>,
    file: Option<PathBuf>,
}

impl Cache {
    /// Opens what is known of a video by a model with these settings.
    pub fn open(folder: Option<&Path>, video: &Path, model: &Path, settings: &Recognising) -> Self {
        let mut hash = Sha256::new();
        hash.update(VERSION);
        let files = std::iter::once(video.to_owned()).chain(MODEL.map(|name| model.join(name)));
        for file in files {
            hash.update([0]);
            if let Ok(print) = quick(&file) {
                hash.update(print);
            }
        }
        // The language is said piece by piece.
        hash.update(format!("{:?} {}", settings.prompt, settings.seed));
        let name = format!("{:x}", hash.finalize());
        Self::at(folder.map(|folder| {
            folder
                .join("transcripts")
                .join(name)
                .with_added_extension("jsonl")
        }))
    }

    /// Opens this file; without one nothing is known or kept.
    pub fn at(file: Option<PathBuf>) -> Self {
        let text = file.as_ref().and_then(|file| std::fs::read_to_string(file).ok());
        let lines = text.iter().flat_map(|text| text.lines());
        Self {
            // The last line is half a line where the program was killed.
            known: lines.filter_map(|line| serde_json::from_str(line).ok()).collect(),
            file,
        }
    }

    /// What was heard there in this language, or in whatever language where none is given.
    pub fn piece(&self, span: Span, language: Option<&str>) -> Option<Piece> {
        let near = |piece: &&Piece| {
            (piece.span.start - span.start).0.abs() < 1e-6 && (piece.span.end - span.end).0.abs() < 1e-6
        };
        let mut here = self.known.iter().filter(near);
        here.find(|piece| piece.asked.as_deref() == language).cloned()
    }

    /// Keeps a piece.
    pub fn keep(&mut self, piece: &Piece) {
        self.known.push(piece.clone());
        let Some(file) = &self.file else { return };
        let write = || -> std::io::Result<()> {
            file.parent().map_or(Ok(()), std::fs::create_dir_all)?;
            // A line of its own, also after half a one.
            let line = format!("\n{}\n", serde_json::to_string(piece)?);
            let mut file = std::fs::File::options().create(true).append(true).open(file)?;
            file.write_all(line.as_bytes())
        };
        if let Err(error) = write() {
            tracing::warn!("what was heard is not kept: {error}");
            self.file = None;
        }
    }
}
