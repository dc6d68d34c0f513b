//! Settings as people say them.

use crate::project::{ClusteringMethod, PairingRule};

/// How pairs are made.
pub fn rule(rule: PairingRule) -> String {
    match rule {
        PairingRule::Captions => "each caption with the frame nearest its start".into(),
        PairingRule::Uniform { take, of } => {
            format!("the captions in order with {take} of every {of} frames")
        }
        PairingRule::Frames => "each frame with the caption on screen".into(),
    }
}

/// How clusters are found.
pub fn method(method: ClusteringMethod) -> &'static str {
    match method {
        ClusteringMethod::KMeans => "k-means",
        ClusteringMethod::Gmm => "a Gaussian mixture with diagonal covariance",
        ClusteringMethod::Dbscan => "DBSCAN",
    }
}

/// How tags are found, by the name that the tags carry.
pub fn tagger(model: &str) -> String {
    match model {
        "keywords" => {
            "the words of its captions that set it apart from the others (class-based TF-IDF)".into()
        }
        model => model.into(),
    }
}

/// A file without its folder, which is nobody's business.
pub fn name_of(path: &std::path::Path) -> String {
    path.file_name()
        .unwrap_or(path.as_os_str())
        .to_string_lossy()
        .into_owned()
}
