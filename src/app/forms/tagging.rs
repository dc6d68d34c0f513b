//! What is chosen and typed about descriptions and tags.

use crate::analysis::Frames;
use crate::analysis::takeaway::TYPICAL;
use crate::interpretation::PROMPT;
use crate::project::{ClusterId, PairIndex};
use serde::{Deserialize, Serialize};

/// What writes tags.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Way {
    /// Words are counted.
    #[default]
    Keywords,
    /// A language model in this program.
    Model,
    /// A language model that a server offers.
    Server,
}

impl Way {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::Keywords, Self::Model, Self::Server];

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Keywords => "Keywords",
            Self::Model => "Model in this program",
            Self::Server => "Server",
        }
    }

    /// Whether a language model writes.
    #[must_use]
    pub const fn writes(self) -> bool {
        matches!(self, Self::Model | Self::Server)
    }
}

/// How frames are described and tags are written. Remembered, without the key of a server.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TaggingForm {
    /// What writes tags.
    pub way: Way,
    /// Address of the server.
    pub address: String,
    /// The server's model.
    pub model: String,
    /// How freely the model draws its words.
    pub temperature: f64,
    /// Of the draw.
    pub seed: u64,
    /// The instruction, where it is the analyst's own.
    pub instruction: Option<String>,
    /// Tags that the analyst changed are written over as well.
    pub replace: bool,
    /// Only frames near the middle of each cluster are described.
    pub typical: bool,
    /// How a description begins the second time; empty for no second time.
    pub prompt: String,
}

impl Default for TaggingForm {
    fn default() -> Self {
        Self {
            way: Way::default(),
            address: "http://127.0.0.1:8080".into(),
            model: String::new(),
            temperature: 0.9,
            seed: 3407,
            instruction: None,
            replace: false,
            typical: false,
            prompt: PROMPT.into(),
        }
    }
}

impl TaggingForm {
    /// Which frames are described.
    #[must_use]
    pub const fn frames(&self) -> Frames {
        if self.typical {
            Frames::Typical(TYPICAL)
        } else {
            Frames::All
        }
    }

    /// How a description begins the second time.
    #[must_use]
    pub fn prompt(&self) -> Option<&str> {
        Some(self.prompt.trim()).filter(|prompt| !prompt.is_empty())
    }
}

/// A tag under the hands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagEditing {
    /// Of which cluster.
    pub cluster: ClusterId,
    /// Which of its tags.
    pub tag: usize,
    /// What is typed.
    pub text: String,
}

/// A description under the hands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DescriptionEditing {
    /// Of the frame of which pair.
    pub pair: PairIndex,
    /// What is typed.
    pub text: String,
}
