//! How the writing of tags goes.

use crate::project::ClusterId;
use std::collections::BTreeMap;

/// Tags on their way.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tagging {
    /// What the model has said so far, of which cluster.
    pub saying: Option<(ClusterId, String)>,
    /// Why a cluster got no tags.
    pub failed: BTreeMap<ClusterId, String>,
    /// The models that the server offers, once it was asked.
    pub offered: Vec<String>,
}
