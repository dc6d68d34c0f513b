//! Text in another language: Marian (Junczys-Dowmunt et al. 2018), as the OPUS-MT pairs of languages have it.

mod network;
mod pieces;

use super::memory::Room;
use super::weights::Weights;
use super::{PretrainedError, tokens};
use crate::jobs::Watch;
use network::Network;
use pieces::Pieces;
use std::path::Path;

/// Texts that are translated side by side.
const BATCH: usize = 16;

/// A translator from one language into another.
pub struct Translator {
    network: Network,
    pieces: Pieces,
    _room: Room,
}

impl Translator {
    /// Loads the model of a folder: `config.json`, `model.safetensors` or a recent `pytorch_model.bin`, and either
    /// `tokenizer.json` or `source.spm` with `vocab.json`.
    ///
    /// # Errors
    /// When a file is missing or is of another model, when there is too little memory, or when cancelled.
    pub fn load(folder: &Path, watch: &Watch) -> Result<Self, PretrainedError> {
        let config = tokens::json(&folder.join("config.json"))?.ok_or_else(|| {
            PretrainedError::unusable(
                folder,
                "there is no config.json in this folder, which says what the model is",
            )
        })?;
        let pieces = Pieces::load(folder)?;
        let weights = Weights::open(folder)?;
        let room = weights.room()?;
        let network = Network::load(&weights.root(watch), &config, folder)?;
        if pieces.most() > network.words() {
            let reason = format!(
                "the vocabulary has {} pieces and the model only {}: they are of different models",
                pieces.most(),
                network.words()
            );
            return Err(PretrainedError::unusable(folder, reason));
        }
        Ok(Self {
            network,
            pieces,
            _room: room,
        })
    }

    /// Translates each text. The same text gives the same translation: each next piece is the likeliest.
    ///
    /// # Errors
    /// When a text cannot be read as the model's pieces, or when cancelled.
    pub fn translate(&mut self, texts: &[String], watch: &Watch) -> Result<Vec<String>, PretrainedError> {
        let mut read = Vec::with_capacity(texts.len());
        for text in texts {
            let mut pieces = self.pieces.of(text)?;
            pieces.truncate(self.network.most().saturating_sub(1));
            pieces.push(self.network.end());
            read.push(pieces);
        }
        // Texts of like lengths together, so that little of a batch is padding.
        let mut order: Vec<usize> = (0..texts.len()).collect();
        order.sort_by_key(|index| read.get(*index).map_or(0, Vec::len));
        let mut translations = vec![String::new(); texts.len()];
        for batch in order.chunks(BATCH) {
            let sources: Vec<&[u32]> = batch
                .iter()
                .map(|index| read.get(*index).map_or(&[][..], Vec::as_slice))
                .collect();
            let written = self.network.translate(&sources, watch)?;
            for (index, written) in batch.iter().zip(written) {
                if let Some(translation) = translations.get_mut(*index) {
                    *translation = self.pieces.text(&written);
                }
            }
        }
        Ok(translations)
    }
}
