//! Whether a file or folder of the user's own is what it is taken for.

use super::ShelfError;
use crate::pretrained::catalogue::Job;
use serde_json::Value;
use std::io::Read;
use std::path::Path;

/// The first bytes of a GGUF file; the version follows as four bytes, the lowest first.
const MAGIC: &[u8; 4] = b"GGUF";

/// Versions of GGUF that can be read.
const VERSIONS: std::ops::RangeInclusive<u32> = 2..=3;

/// Files that hold weights, one of which must be there.
const WEIGHTS: [&str; 2] = ["model.safetensors", "pytorch_model.bin"];

/// Files that tell how words become numbers, one of which must be there.
const TOKENIZERS: [&str; 4] = ["tokenizer.json", "vocab.txt", "source.spm", "vocab.json"];

/// What `model_type` says in the `config.json` of a model that can do a job; nothing for a job done by GGUF files.
fn kinds(job: Job) -> &'static [&'static str] {
    match job {
        Job::Describe => &["blip"],
        Job::Tag => &[],
        Job::Phrases => &["bert", "roberta", "xlm-roberta"],
        Job::Translate => &["marian"],
        Job::Speech => &["whisper"],
        Job::Search => &["clip", "chinese_clip"],
    }
}

/// Looks whether a file or folder can do a job.
///
/// # Errors
/// When it is not there or is something else.
pub(super) fn ensure_fit(job: Job, path: &Path) -> Result<(), ShelfError> {
    let look = if job == Job::Tag {
        gguf(path)
    } else {
        folder(job, path)
    };
    look.map_err(|why| ShelfError::Unfit {
        path: path.to_owned(),
        job,
        why,
    })
}

fn gguf(path: &Path) -> Result<(), String> {
    const WANTED: &str = "a GGUF file is needed here, one that ends in .gguf";
    if path.is_dir() {
        return Err(format!("it is a folder, and {WANTED}"));
    }
    if !path.exists() {
        return Err("there is no such file".into());
    }
    let mut head = [0; 8];
    let read = std::fs::File::open(path).and_then(|mut file| file.read_exact(&mut head));
    match read {
        Err(error) if error.kind() != std::io::ErrorKind::UnexpectedEof => {
            Err(format!("it cannot be read: {error}"))
        }
        Ok(()) if head.starts_with(MAGIC) => {
            let [.., a, b, c, d] = head;
            let version = u32::from_le_bytes([a, b, c, d]);
            if VERSIONS.contains(&version) {
                Ok(())
            } else {
                let (from, to) = (VERSIONS.start(), VERSIONS.end());
                Err(format!(
                    "it is a GGUF file of version {version}, and only {from} to {to} can be read"
                ))
            }
        }
        Ok(()) | Err(_) => Err(format!("it does not begin as a GGUF file does, and {WANTED}")),
    }
}

fn folder(job: Job, path: &Path) -> Result<(), String> {
    let kinds = kinds(job);
    let wanted = kinds.join(" or ");
    if path.is_file() {
        return Err("it is a file; choose the folder it lies in, with config.json and the weights".into());
    }
    if !path.is_dir() {
        return Err("there is no such folder".into());
    }
    let config = std::fs::read(path.join("config.json")).map_err(|error| {
        format!("a model's folder has a config.json, and this one's cannot be read: {error}")
    })?;
    let config: Value =
        serde_json::from_slice(&config).map_err(|error| format!("its config.json is damaged: {error}"))?;
    match config.get("model_type").and_then(Value::as_str) {
        Some(kind) if kinds.contains(&kind) => {}
        Some(kind) => {
            return Err(format!(
                "its config.json says it is '{kind}', and {wanted} is needed"
            ));
        }
        None => {
            return Err(format!(
                "its config.json has no model_type, and {wanted} is needed"
            ));
        }
    }
    for names in [&WEIGHTS[..], &TOKENIZERS[..]] {
        if !names.iter().any(|name| path.join(name).is_file()) {
            return Err(format!("none of these files is in it: {}", names.join(", ")));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn why(job: Job, path: &Path) -> String {
        ensure_fit(job, path).unwrap_err().to_string()
    }

    #[test]
    fn a_gguf_file_is_known_by_its_first_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("模型.gguf");
        for (bytes, says) in [
            (&b"GGUF\x03\0\0\0rest"[..], None),
            (b"GGUF\x01\0\0\0", Some("version 1")),
            (b"GGUF\0\0\0\x03", Some("version 50331648")),
            (b"GGU", Some("does not begin")),
            (b"PK\x03\x04abcdefgh", Some("does not begin")),
        ] {
            std::fs::write(&path, bytes).unwrap();
            match says {
                None => ensure_fit(Job::Tag, &path).unwrap(),
                Some(says) => assert!(why(Job::Tag, &path).contains(says), "{says}"),
            }
        }
        assert!(why(Job::Tag, folder.path()).contains("folder"));
        assert!(why(Job::Tag, &folder.path().join("no.gguf")).contains("no such file"));
        assert!(why(Job::Describe, &path).contains("choose the folder"));
    }

    #[test]
    fn a_folder_is_known_by_its_config() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        let phrases = || why(Job::Phrases, folder.path());
        assert!(phrases().contains("config.json, and this one's cannot be read"));
        assert!(why(Job::Phrases, &folder.path().join("gone")).contains("no such folder"));
        write("config.json", "{");
        assert!(phrases().contains("damaged"));
        write("config.json", "{\"hidden_size\": 3}");
        assert!(phrases().contains("no model_type"));
        write("config.json", "{\"model_type\": \"bert\"}");
        assert!(phrases().contains("model.safetensors"));
        write("model.safetensors", "");
        assert!(phrases().contains("tokenizer.json"));
        write("tokenizer.json", "{}");
        ensure_fit(Job::Phrases, folder.path()).unwrap();
        assert!(why(Job::Describe, folder.path()).contains("'bert', and blip is needed"));
    }
}
