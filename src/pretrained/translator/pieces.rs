//! The pieces of words that a translator reads and writes.

use crate::pretrained::{PretrainedError, tokens};
use std::collections::HashMap;
use std::path::Path;
use tokenizers::Tokenizer;
use tokenizers::models::unigram::Unigram;
use tokenizers::normalizers::replace::ReplacePattern;
use tokenizers::normalizers::{NormalizerWrapper, Precompiled, Replace, Sequence, Strip};
use tokenizers::pre_tokenizers::metaspace::{Metaspace, PrependScheme};

/// What SentencePiece writes for a space.
const SPACE: char = '▁';
const UNKNOWN: &str = "<unk>";

/// How text becomes pieces, and pieces text.
pub(super) struct Pieces {
    tokenizer: Tokenizer,
    /// The model's number of each piece, where it is not the tokenizer's.
    numbers: HashMap<String, u32>,
    pieces: HashMap<u32, String>,
    unknown: u32,
}

impl Pieces {
    /// Reads `tokenizer.json`, or `source.spm` with `vocab.json`.
    ///
    /// # Errors
    /// When they are not there or cannot be read.
    pub fn load(folder: &Path) -> Result<Self, PretrainedError> {
        let whole = folder.join("tokenizer.json");
        let (source, vocabulary) = (folder.join("source.spm"), folder.join("vocab.json"));
        if whole.is_file() {
            let tokenizer = tokens::of_folder(folder)?;
            let numbers = tokenizer.get_vocab(true);
            return Self::new(tokenizer, numbers.into_iter().collect(), &whole);
        }
        if !source.is_file() || !vocabulary.is_file() {
            let reason = "there is neither tokenizer.json nor source.spm with vocab.json in this folder: the model cannot read \
                          text without";
            return Err(PretrainedError::unusable(folder, reason));
        }
        let bytes = std::fs::read(&vocabulary).map_err(PretrainedError::unreadable(&vocabulary))?;
        let numbers = serde_json::from_slice(&bytes).map_err(|error| {
            PretrainedError::unusable(
                &vocabulary,
                format!("this is no table of pieces and their numbers: {error}"),
            )
        })?;
        Self::new(sentence_pieces(&source)?, numbers, &vocabulary)
    }

    fn new(
        tokenizer: Tokenizer,
        numbers: HashMap<String, u32>,
        path: &Path,
    ) -> Result<Self, PretrainedError> {
        let unknown = numbers.get(UNKNOWN).copied();
        let unknown = unknown
            .ok_or_else(|| PretrainedError::unusable(path, format!("the piece {UNKNOWN} is missing")))?;
        let pieces = numbers
            .iter()
            .map(|(piece, number)| (*number, piece.clone()))
            .collect();
        Ok(Self {
            tokenizer,
            numbers,
            pieces,
            unknown,
        })
    }

    /// One more than the greatest number of a piece.
    pub fn most(&self) -> usize {
        self.pieces.keys().max().map_or(0, |most| *most as usize + 1)
    }

    /// The pieces of a text, without what ends it.
    ///
    /// # Errors
    /// When the tokenizer fails.
    pub fn of(&self, text: &str) -> Result<Vec<u32>, PretrainedError> {
        let encoding = self.tokenizer.encode(text, false).map_err(|error| {
            PretrainedError::Input(format!("“{text}” cannot be read as the model's pieces: {error}"))
        })?;
        let number = |piece: &String| self.numbers.get(piece).copied().unwrap_or(self.unknown);
        Ok(encoding.get_tokens().iter().map(number).collect())
    }

    /// The text of these pieces.
    pub fn text(&self, pieces: &[u32]) -> String {
        let pieces = pieces.iter().filter(|piece| **piece != self.unknown);
        let joined: String = pieces
            .filter_map(|piece| self.pieces.get(piece))
            .map(String::as_str)
            .collect();
        joined.replace(SPACE, " ").trim().to_owned()
    }
}

/// A SentencePiece model of the unigram kind (Kudo 2018) as a tokenizer.
fn sentence_pieces(path: &Path) -> Result<Tokenizer, PretrainedError> {
    let bytes = std::fs::read(path).map_err(PretrainedError::unreadable(path))?;
    let unusable = |reason: &str| PretrainedError::unusable(path, reason);
    let model = SentencePieces::read(&bytes)
        .ok_or_else(|| unusable("this is no SentencePiece model, or only a part of one"))?;
    if !model.is_unigram {
        return Err(unusable(
            "this SentencePiece model is not of the unigram kind: put the model's tokenizer.json beside it",
        ));
    }
    let broken =
        |error: Box<dyn std::error::Error + Send + Sync>| PretrainedError::unusable(path, error.to_string());
    let mut pieces = vec![(UNKNOWN.to_owned(), 0.0)];
    pieces.extend(model.pieces);
    let mut tokenizer = Tokenizer::new(Unigram::from(pieces, Some(0), false).map_err(broken)?);
    let mut steps: Vec<NormalizerWrapper> = Vec::new();
    if !model.characters.is_empty() {
        let characters = Precompiled::from(&model.characters);
        steps.push(characters.map_err(|error| broken(Box::new(error)))?.into());
    }
    steps.push(Strip::new(true, true).into());
    steps.push(
        Replace::new(ReplacePattern::Regex(" {2,}".to_owned()), " ")
            .map_err(broken)?
            .into(),
    );
    tokenizer
        .with_normalizer(Some(Sequence::new(steps)))
        .map_err(broken)?
        .with_pre_tokenizer(Some(Metaspace::new(SPACE, PrependScheme::Always, true)));
    Ok(tokenizer)
}

/// What is used of a SentencePiece model, which is a protocol buffer (`sentencepiece_model.proto`).
#[derive(Default)]
struct SentencePieces {
    /// Pieces that stand for text, and how likely each is (the logarithm).
    pieces: Vec<(String, f64)>,
    is_unigram: bool,
    /// How characters are made alike.
    characters: Vec<u8>,
}

impl SentencePieces {
    fn read(bytes: &[u8]) -> Option<Self> {
        /// The types of pieces that stand for text: normal, and defined by a user.
        const TEXT: [u64; 2] = [1, 4];
        let mut model = Self {
            is_unigram: true,
            ..Self::default()
        };
        for (field, value) in fields(bytes)? {
            match (field, value) {
                (1, Value::Bytes(piece)) => {
                    let (mut text, mut likely, mut kind) = (String::new(), 0.0, 1);
                    for (field, value) in fields(piece)? {
                        match (field, value) {
                            (1, Value::Bytes(bytes)) => text = String::from_utf8(bytes.to_vec()).ok()?,
                            (2, Value::Float(float)) => likely = f64::from(float),
                            (3, Value::Number(number)) => kind = number,
                            _ => {}
                        }
                    }
                    if TEXT.contains(&kind) {
                        model.pieces.push((text, likely));
                    }
                }
                (2, Value::Bytes(trainer)) => {
                    for (field, value) in fields(trainer)? {
                        if let (3, Value::Number(kind)) = (field, value) {
                            model.is_unigram = kind == 1;
                        }
                    }
                }
                (3, Value::Bytes(normaliser)) => {
                    for (field, value) in fields(normaliser)? {
                        if let (2, Value::Bytes(bytes)) = (field, value) {
                            model.characters = bytes.to_vec();
                        }
                    }
                }
                _ => {}
            }
        }
        (!model.pieces.is_empty()).then_some(model)
    }
}

/// A value of a protocol buffer.
enum Value<'a> {
    Number(u64),
    Bytes(&'a [u8]),
    Float(f32),
    Other,
}

/// The fields of a message, by their numbers; nothing where it is cut short.
fn fields(mut bytes: &[u8]) -> Option<Vec<(u64, Value<'_>)>> {
    let mut fields = Vec::new();
    while !bytes.is_empty() {
        let tag = number(&mut bytes)?;
        let value = match tag & 7 {
            0 => Value::Number(number(&mut bytes)?),
            1 => {
                (_, bytes) = bytes.split_at_checked(8)?;
                Value::Other
            }
            2 => {
                let length = usize::try_from(number(&mut bytes)?).ok()?;
                let (value, rest) = bytes.split_at_checked(length)?;
                bytes = rest;
                Value::Bytes(value)
            }
            5 => {
                let (value, rest) = bytes.split_first_chunk::<4>()?;
                bytes = rest;
                Value::Float(f32::from_le_bytes(*value))
            }
            _ => return None,
        };
        fields.push((tag >> 3, value));
    }
    Some(fields)
}

/// A number of seven bits a byte, the lowest first.
fn number(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A message with these fields, each of bytes.
    fn message(fields: &[(u8, &[u8])]) -> Vec<u8> {
        let field = |(number, bytes): &(u8, &[u8])| [&[number << 3 | 2, bytes.len() as u8], *bytes].concat();
        fields.iter().flat_map(field).collect()
    }

    fn piece(text: &str, likely: f32, kind: u8) -> Vec<u8> {
        let mut bytes = message(&[(1, text.as_bytes())]);
        bytes.push(2 << 3 | 5);
        bytes.extend(likely.to_le_bytes());
        bytes.extend([3 << 3, kind]);
        bytes
    }

    fn model() -> Vec<u8> {
        let pieces = [
            ("<unk>", 0.0, 2),
            ("</s>", 0.0, 3),
            ("▁the", -2.0, 1),
            ("▁", -3.0, 1),
            ("雨", -4.0, 1),
            ("s", -5.0, 1),
        ];
        let pieces: Vec<Vec<u8>> = pieces
            .iter()
            .map(|(text, likely, kind)| piece(text, *likely, *kind))
            .collect();
        let fields: Vec<(u8, &[u8])> = pieces.iter().map(|piece| (1, piece.as_slice())).collect();
        message(&fields)
    }

    #[test]
    fn text_is_split_into_the_likeliest_pieces_and_numbered_as_the_model_is() {
        let folder = tempfile::tempdir().unwrap();
        assert!(
            Pieces::load(folder.path())
                .err()
                .unwrap()
                .to_string()
                .contains("neither tokenizer.json nor source.spm")
        );
        std::fs::write(folder.path().join("source.spm"), model()).unwrap();
        let numbers = r#"{"</s>": 0, "<unk>": 1, "▁the": 9, "▁": 4, "雨": 5, "s": 6}"#;
        std::fs::write(folder.path().join("vocab.json"), numbers).unwrap();
        let pieces = Pieces::load(folder.path()).unwrap();
        assert_eq!(pieces.of(" the  雨s </s>").unwrap(), [9, 4, 5, 6, 4, 1, 6, 1]);
        assert_eq!(
            (pieces.text(&[9, 4, 5, 6, 1]), pieces.most()),
            ("the 雨s".to_owned(), 10)
        );
    }

    #[test]
    fn part_of_a_model_is_refused() {
        let bytes = model();
        for length in 0..bytes.len() {
            // Cut between two pieces, a model is only smaller.
            if let Some(model) = SentencePieces::read(&bytes[..length]) {
                assert!(model.pieces.len() < 4, "{length}");
            }
        }
        assert!(SentencePieces::read(b"no model at all").is_none());
    }
}
