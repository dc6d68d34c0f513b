//! The models that are known to work here, as data.
//!
//! An entry says only what is certain. No file has a size to the byte or a hash yet, and no repository a commit,
//! because none could be checked against the hub when this was written: revisions are the branch `main`, and the
//! commit it stands for, with the hash of every file, is recorded when a model is first fetched.

mod entries;

pub use entries::MODELS;

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// What a pretrained model is wanted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Job {
    /// A sentence for a frame.
    Describe,
    /// Ten tags for a cluster, by a language model.
    Tag,
    /// How alike two phrases are.
    Phrases,
    /// Chinese into English.
    Translate,
    /// Captions from the sound.
    Speech,
    /// Frames that fit a few words.
    Search,
}

impl Job {
    /// All jobs, in the order in which they are shown.
    pub const ALL: [Self; 6] = [
        Self::Describe,
        Self::Tag,
        Self::Phrases,
        Self::Translate,
        Self::Speech,
        Self::Search,
    ];

    /// The word that stands for it in files and on the command line.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Describe => "describe",
            Self::Tag => "tag",
            Self::Phrases => "phrases",
            Self::Translate => "translate",
            Self::Speech => "speech",
            Self::Search => "search",
        }
    }

    /// What it does, for a heading.
    #[must_use]
    pub fn purpose(self) -> &'static str {
        match self {
            Self::Describe => "Describe frames",
            Self::Tag => "Tag clusters",
            Self::Phrases => "Compare phrases",
            Self::Translate => "Translate Chinese into English",
            Self::Speech => "Write down speech",
            Self::Search => "Search frames by words",
        }
    }

    /// What it is, within a sentence: "there is no model to …".
    #[must_use]
    pub fn task(self) -> &'static str {
        match self {
            Self::Describe => "describe frames",
            Self::Tag => "tag clusters",
            Self::Phrases => "compare phrases",
            Self::Translate => "translate Chinese into English",
            Self::Speech => "write down speech",
            Self::Search => "search frames by words",
        }
    }
}

impl fmt::Display for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for Job {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|job| job.word() == text)
            .ok_or_else(|| {
                let words = Self::ALL.map(Self::word).join(", ");
                format!("no job is called '{text}'; there are {words}")
            })
    }
}

/// The least machine on which a model is sensible.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Machine {
    /// A laptop with 8 GB of memory and no graphics card.
    Laptop8,
    /// A laptop with 16 GB of memory and no graphics card.
    Laptop16,
    /// A machine with a graphics card, or a lot of patience.
    Gpu,
}

impl Machine {
    /// The machine in words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Laptop8 => "laptop with 8 GB",
            Self::Laptop16 => "laptop with 16 GB",
            Self::Gpu => "graphics card",
        }
    }
}

/// A model that can be fetched from the hub.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Model {
    /// Short name that never changes; also the name of its folder.
    pub id: &'static str,
    /// What it is for.
    pub job: Job,
    /// The name people know.
    pub name: &'static str,
    /// Where it lies on the hub: `owner/name`.
    pub repo: &'static str,
    /// Commit, or the branch `main` where no commit has been checked.
    pub revision: &'static str,
    /// All that is needed to load it.
    pub files: &'static [ModelFile],
    /// Licence, as the people who made it name it.
    pub licence: &'static str,
    /// Languages it knows.
    pub languages: &'static str,
    /// Memory taken while it works, in bytes; a rough figure.
    pub memory: u64,
    /// The least machine it is sensible on.
    pub machine: Machine,
    /// What it does, in a sentence.
    pub about: &'static str,
}

impl Model {
    /// Bytes to fetch. Approximate, as long as not every file has an exact size: see [`Model::is_exact`].
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.files
            .iter()
            .map(|file| file.size.unwrap_or(file.about))
            .sum()
    }

    /// Whether [`Model::bytes`] holds to the byte.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        self.files.iter().all(|file| file.size.is_some())
    }

    /// Whether the hash of every file is known beforehand. Of an unverified model the hash is recorded when it is
    /// first fetched.
    #[must_use]
    pub fn is_verified(&self) -> bool {
        self.files.iter().all(|file| file.sha256.is_some())
    }
}

/// A file of a model.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ModelFile {
    /// Its name, without a folder.
    pub name: &'static str,
    /// The repository, where it is not the model's; of that the branch `main` is taken.
    pub repo: Option<&'static str>,
    /// Size in bytes as people say it, for a file whose size is not known exactly.
    pub about: u64,
    /// Size to the byte, where it is known for certain.
    pub size: Option<u64>,
    /// SHA-256 in hexadecimal digits, where it is known for certain.
    pub sha256: Option<&'static str>,
}

/// The model of this name.
#[must_use]
pub fn find(id: &str) -> Option<&'static Model> {
    MODELS.iter().find(|model| model.id == id)
}

/// Whether a name is that of a file and nothing more: no folder, no way up, nothing that a web address would read
/// in another way. Names that come from outside are checked before anything is written or deleted.
#[must_use]
pub fn is_plain(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    !name.is_empty() && !name.starts_with('.') && name.chars().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn names_are_unique_and_safe() {
        let ids: HashSet<_> = MODELS.iter().map(|model| model.id).collect();
        assert_eq!(ids.len(), MODELS.len());
        for model in MODELS {
            let files: HashSet<_> = model.files.iter().map(|file| file.name).collect();
            assert_eq!(files.len(), model.files.len(), "{}", model.id);
            assert!(is_plain(model.id) && is_plain(model.revision), "{}", model.id);
            for repo in model
                .files
                .iter()
                .filter_map(|file| file.repo)
                .chain([model.repo])
            {
                let parts: Vec<_> = repo.split('/').collect();
                assert!(
                    parts.len() == 2 && parts.iter().all(|part| is_plain(part)),
                    "{repo}"
                );
            }
            assert!(files.iter().all(|name| is_plain(name)), "{}", model.id);
        }
    }

    #[test]
    fn every_entry_is_whole() {
        for model in MODELS {
            let texts = [model.name, model.licence, model.languages, model.about];
            assert!(texts.iter().all(|text| !text.is_empty()), "{}", model.id);
            // Weights are read into memory, and all but the smallest file lies on the hub as weights.
            assert!(model.memory >= model.bytes() * 9 / 10, "{}", model.id);
            assert!(
                model.bytes() > 50_000_000 && model.bytes() < 10_000_000_000,
                "{}",
                model.id
            );
            for file in model.files {
                let hash = file.sha256.unwrap_or(&"0".repeat(64)).to_owned();
                assert!(
                    hash.len() == 64 && hash.chars().all(|c| c.is_ascii_hexdigit()),
                    "{}",
                    file.name
                );
            }
            let gguf = model
                .files
                .iter()
                .filter(|file| file.name.ends_with(".gguf"))
                .count();
            assert_eq!(gguf, usize::from(model.job == Job::Tag), "{}", model.id);
        }
        for job in Job::ALL {
            assert!(
                MODELS
                    .iter()
                    .any(|model| model.job == job && model.machine <= Machine::Laptop16),
                "{job}"
            );
            assert_eq!(job.word().parse(), Ok(job));
        }
    }

    #[test]
    fn a_name_with_a_way_out_is_not_plain() {
        for name in [
            "", "..", ".", ".ssh", "a/b", "../a", "a\\b", "a b", "a?b", "a#b", "a%2fb", "c:d", "图",
        ] {
            assert!(!is_plain(name), "{name}");
        }
        assert!(is_plain("Qwen3-1.7B-Q4_K_M.gguf"));
    }
}
