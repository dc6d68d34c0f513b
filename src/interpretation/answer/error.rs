use crate::interpretation::TAGS;
use crate::project::counted;
use thiserror::Error;

/// What is wrong with an answer. The messages complete "the answer …".
#[derive(Debug, Error, Clone, PartialEq, Eq)]
pub enum AnswerError {
    /// Nothing was said.
    #[error("is empty")]
    Empty,
    /// The model was still thinking when it ended.
    #[error("holds only the model's thoughts: allow longer answers, or take a model that answers at once")]
    Thoughts,
    /// There is no list in it.
    #[error("holds no list of tags")]
    NoTags,
    /// There are tags, but not ten different ones.
    #[error("{}", too_few(found.len(), *repeated, *long))]
    TooFew {
        /// The different tags.
        found: Vec<String>,
        /// How many were said before.
        repeated: usize,
        /// How many are too long for a tag.
        long: usize,
    },
}

fn too_few(found: usize, repeated: usize, long: usize) -> String {
    let mut text = format!("holds {} in place of {TAGS}", counted(found, "different tag"));
    let mut also = Vec::new();
    if repeated > 0 {
        also.push(format!("{} said before", counted(repeated, "tag")));
    }
    if long > 0 {
        also.push(format!("{} too long for a tag", counted(long, "text")));
    }
    if !also.is_empty() {
        text += &format!(", besides {}", also.join(" and "));
    }
    text
}
