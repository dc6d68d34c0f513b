//! Text as a model's tokens: `tokenizer.json`, or BERT's `vocab.txt`.

use super::PretrainedError;
use std::path::Path;
use tokenizers::decoders::wordpiece::WordPiece as WordPieceDecoder;
use tokenizers::models::bpe::Vocab;
use tokenizers::models::wordpiece::WordPiece;
use tokenizers::normalizers::BertNormalizer;
use tokenizers::pre_tokenizers::bert::BertPreTokenizer;
use tokenizers::processors::bert::BertProcessing;
use tokenizers::{AddedToken, Tokenizer, TruncationDirection};

/// Reads the tokenizer of a model: `tokenizer.json` in its folder, or else `vocab.txt`. It neither cuts nor pads, whatever
/// the file says: what a model can read is another question.
///
/// # Errors
/// When neither is there, or what is there cannot be read.
pub(super) fn of_folder(folder: &Path) -> Result<Tokenizer, PretrainedError> {
    let (whole, words) = (folder.join("tokenizer.json"), folder.join("vocab.txt"));
    let mut tokenizer = if whole.is_file() {
        from_file(&whole)?
    } else if words.is_file() {
        of_words(&words, lower_case(folder))?
    } else {
        let reason = "there is neither tokenizer.json nor vocab.txt in this folder: the model cannot read text without";
        return Err(PretrainedError::unusable(folder, reason));
    };
    tokenizer.with_padding(None);
    match tokenizer.with_truncation(None) {
        Ok(_) => Ok(tokenizer),
        Err(error) => Err(PretrainedError::unusable(folder, error.to_string())),
    }
}

/// Reads a `tokenizer.json`.
///
/// # Errors
/// When it cannot be read.
pub(super) fn from_file(path: &Path) -> Result<Tokenizer, PretrainedError> {
    let bytes = std::fs::read(path).map_err(PretrainedError::unreadable(path))?;
    Tokenizer::from_bytes(bytes)
        .map_err(|error| PretrainedError::unusable(path, format!("this is no tokenizer: {error}")))
}

/// BERT's tokenizer (Devlin et al. 2018) with a word or a piece of one in each line of a file.
fn of_words(path: &Path, lower_case: bool) -> Result<Tokenizer, PretrainedError> {
    let text = std::fs::read_to_string(path).map_err(PretrainedError::unreadable(path))?;
    let words = text.lines().zip(0..).map(|(word, id)| (word.to_owned(), id));
    let unusable =
        |error: Box<dyn std::error::Error + Send + Sync>| PretrainedError::unusable(path, error.to_string());
    let model = WordPiece::builder()
        .vocab(words.collect::<Vocab>())
        .unk_token("[UNK]".to_owned())
        .build()
        .map_err(unusable)?;
    let mut tokenizer = Tokenizer::new(model);
    let id = |word: &str| {
        tokenizer
            .token_to_id(word)
            .map(|id| (word.to_owned(), id))
            .ok_or_else(|| {
                PretrainedError::unusable(
                    path,
                    format!("the word {word} is missing: this is another kind of list"),
                )
            })
    };
    let around = BertProcessing::new(id("[SEP]")?, id("[CLS]")?);
    let special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"].map(|word| AddedToken::from(word, true));
    tokenizer
        .with_normalizer(Some(BertNormalizer::new(true, true, None, lower_case)))
        .map_err(unusable)?
        .with_pre_tokenizer(Some(BertPreTokenizer))
        .with_post_processor(Some(around))
        .with_decoder(Some(WordPieceDecoder::default()));
    tokenizer.add_special_tokens(special).map_err(unusable)?;
    Ok(tokenizer)
}

/// Whether the model makes no difference between small and capital letters; it does where nothing else is said.
fn lower_case(folder: &Path) -> bool {
    json(&folder.join("tokenizer_config.json"))
        .ok()
        .flatten()
        .and_then(|config| config.get("do_lower_case")?.as_bool())
        .unwrap_or(true)
}

/// The tokens of a text, with those that begin and end it: what is too long is cut before the end. A model knows so many.
///
/// # Errors
/// When the text cannot be read, or as tokens that the model does not know.
pub(super) fn within(
    tokenizer: &Tokenizer,
    text: &str,
    most: usize,
    known: usize,
) -> Result<Vec<u32>, PretrainedError> {
    let cannot = |error: Box<dyn std::error::Error + Send + Sync>| {
        PretrainedError::Input(format!("“{text}” cannot be read as the model's tokens: {error}"))
    };
    let mut encoding = tokenizer.encode(text, false).map_err(cannot)?;
    let around = tokenizer.encode("", true).map_err(cannot)?.len();
    encoding.truncate(most.saturating_sub(around), 0, TruncationDirection::Right);
    let whole = tokenizer.post_process(encoding, None, true).map_err(cannot)?;
    match whole.get_ids().iter().find(|id| **id as usize >= known) {
        Some(id) => Err(PretrainedError::Input(format!(
            "token {id} is none of the model's {known}: the tokenizer is of another model"
        ))),
        None => Ok(whole.get_ids().to_vec()),
    }
}

/// The contents of a JSON file; nothing where it is not there.
///
/// # Errors
/// When it cannot be read.
pub(super) fn json(path: &Path) -> Result<Option<serde_json::Value>, PretrainedError> {
    if !path.is_file() {
        return Ok(None);
    }
    let bytes = std::fs::read(path).map_err(PretrainedError::unreadable(path))?;
    serde_json::from_slice(&bytes)
        .map(Some)
        .map_err(|error| PretrainedError::unusable(path, format!("this is no JSON: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: &str = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nstorm\n##s\nthe\n雨\n";

    #[test]
    fn a_list_of_words_is_as_good_as_a_tokenizer() {
        let folder = tempfile::tempdir().unwrap();
        assert!(
            of_folder(folder.path())
                .unwrap_err()
                .to_string()
                .contains("neither tokenizer.json nor vocab.txt")
        );
        std::fs::write(folder.path().join("vocab.txt"), WORDS).unwrap();
        let tokenizer = of_folder(folder.path()).unwrap();
        let encoding = tokenizer.encode("The STORMS雨 ever", true).unwrap();
        assert_eq!(encoding.get_ids(), [2, 7, 5, 6, 8, 1, 3]);
        assert_eq!(tokenizer.decode(&[2, 7, 5, 6, 3], true).unwrap(), "the storms");
        std::fs::write(
            folder.path().join("tokenizer_config.json"),
            r#"{"do_lower_case": false}"#,
        )
        .unwrap();
        let tokenizer = of_folder(folder.path()).unwrap();
        assert_eq!(tokenizer.encode("the The", false).unwrap().get_ids(), [7, 1]);
    }
}
