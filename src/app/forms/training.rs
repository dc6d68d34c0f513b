//! What is being typed and chosen in the Training panel.

use crate::app::state::RunOrder;
use crate::project::{ClusterId, PairIndex, Run};
use crate::training::{Mixture, TrainingConfig};
use std::collections::BTreeSet;

/// The tabs of the panel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TrainingTab {
    /// Losses over the epochs.
    #[default]
    Curves,
    /// Pictures and words as the network puts them back.
    PutBack,
    /// What the network is made of.
    Network,
    /// Everything that can be set.
    Settings,
    /// All trainings.
    Runs,
    /// What the network tells from places of its latent space.
    LatentSpace,
}

impl TrainingTab {
    /// All, in order.
    pub const ALL: [Self; 6] = [
        Self::Curves,
        Self::PutBack,
        Self::Network,
        Self::Settings,
        Self::Runs,
        Self::LatentSpace,
    ];

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Curves => "Curves",
            Self::PutBack => "Put back",
            Self::Network => "Network",
            Self::Settings => "Settings",
            Self::Runs => "Runs",
            Self::LatentSpace => "Latent space",
        }
    }
}

/// How the curves are drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct CurveForms {
    /// Which terms: image, text, KL, total.
    pub terms: [bool; 4],
    /// Whether the curves of pairs that are not learned from are drawn.
    pub held_out: bool,
    /// Weight of the smoothing, 0 to 0.999.
    pub smoothing: f64,
    /// Equal ratios are equally high.
    pub logarithmic: bool,
}

impl Default for CurveForms {
    fn default() -> Self {
        Self {
            terms: [true, true, false, true],
            held_out: true,
            smoothing: 0.0,
            logarithmic: true,
        }
    }
}

/// Presets to be compared, as they are chosen.
#[derive(Debug, Clone, PartialEq)]
pub struct CompareForm {
    /// For each preset, whether it is trained.
    pub ticked: Vec<bool>,
    /// Epochs for all of them; each has its own where none.
    pub epochs: Option<u32>,
}

impl Default for CompareForm {
    fn default() -> Self {
        Self {
            ticked: vec![false; TrainingConfig::PRESETS.len()],
            epochs: Some(20),
        }
    }
}

impl CompareForm {
    /// The trainings that are ticked, with the seed and device of `like`.
    #[must_use]
    pub fn configs(&self, like: &TrainingConfig) -> Vec<TrainingConfig> {
        let ticked = TrainingConfig::PRESETS.iter().zip(&self.ticked);
        ticked
            .filter(|(_, ticked)| **ticked)
            .filter_map(|(preset, _)| TrainingConfig::preset(preset.name))
            .map(|config| {
                let epochs = self.epochs.unwrap_or(config.epochs);
                TrainingConfig {
                    seed: like.seed,
                    device: like.device,
                    ..config.with_epochs(epochs)
                }
            })
            .collect()
    }
}

/// A kind of place in the latent space.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PlaceKind {
    /// The middle of a cluster.
    #[default]
    Cluster,
    /// The mean of some pairs.
    Mean,
    /// On the way from one pair to another.
    Way,
}

/// A place in the latent space, as it is chosen.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LatentForm {
    /// Which kind.
    pub kind: PlaceKind,
    /// The cluster whose middle it is.
    pub cluster: ClusterId,
    /// The pairs whose mean it is.
    pub pairs: Vec<PairIndex>,
    /// Where the way begins.
    pub from: Option<PairIndex>,
    /// Where it ends.
    pub to: Option<PairIndex>,
    /// How far on the way, 0 to 1.
    pub way: f64,
}

impl LatentForm {
    /// The place; none where something is not chosen yet.
    #[must_use]
    pub fn mixture(&self, run: &Run) -> Option<Mixture> {
        match self.kind {
            PlaceKind::Cluster => {
                let labels = &run.assignment.as_ref()?.labels;
                let of_cluster = labels.iter().enumerate();
                let pairs: Vec<PairIndex> = of_cluster
                    .filter(|(_, label)| **label == Some(self.cluster))
                    .map(|(pair, _)| PairIndex::from(pair))
                    .collect();
                (!pairs.is_empty()).then(|| Mixture::mean(&pairs))
            }
            PlaceKind::Mean => (!self.pairs.is_empty()).then(|| Mixture::mean(&self.pairs)),
            PlaceKind::Way => Some(Mixture::between(self.from?, self.to?, self.way)),
        }
    }
}

/// What is chosen in the Training panel besides the settings.
pub struct TrainingForms {
    /// The tab being looked at.
    pub tab: TrainingTab,
    /// Epochs to extend the run in use by.
    pub more_epochs: u32,
    /// How the curves are drawn.
    pub curves: CurveForms,
    /// Names of the trainings whose curves are drawn besides.
    pub overlaid: BTreeSet<String>,
    /// Order of the list of trainings.
    pub order: RunOrder,
    /// The training that is to be deleted, while that is asked.
    pub deleting: Option<String>,
    /// The presets to be compared, while they are chosen.
    pub comparing: Option<CompareForm>,
    /// The place in the latent space.
    pub latent: LatentForm,
}

impl Default for TrainingForms {
    fn default() -> Self {
        Self {
            tab: TrainingTab::default(),
            more_epochs: 20,
            curves: CurveForms::default(),
            overlaid: BTreeSet::new(),
            order: RunOrder::default(),
            deleting: None,
            comparing: None,
            latent: LatentForm::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::Assignment;

    #[test]
    fn presets_are_compared_with_one_seed_and_one_number_of_epochs() {
        let like = TrainingConfig {
            seed: 9,
            ..TrainingConfig::default()
        };
        let mut form = CompareForm::default();
        assert!(form.configs(&like).is_empty());
        (form.ticked[0], form.ticked[3], form.epochs) = (true, true, Some(2));
        let made: Vec<_> = form
            .configs(&like)
            .into_iter()
            .map(|config| (config.preset, config.epochs, config.seed))
            .collect();
        assert_eq!(made, [("fast".into(), 2, 9), ("crvae-gru".into(), 2, 9)]);
        form.epochs = None;
        assert_eq!(form.configs(&like)[1].epochs, 500);
    }

    #[test]
    fn a_place_is_there_once_all_of_it_is_chosen() {
        let label = |cluster| Some(ClusterId(cluster));
        let run = Run {
            assignment: Some(Assignment {
                method: crate::project::ClusteringMethod::KMeans,
                k: 2,
                seed: 1,
                labels: vec![label(0), label(1), None, label(1)],
                centroids: ndarray::Array2::zeros((2, 2)),
                ..Assignment::default()
            }),
            ..Run::default()
        };
        let mut form = LatentForm {
            cluster: ClusterId(1),
            ..LatentForm::default()
        };
        let middle = Mixture::mean(&[PairIndex(1), PairIndex(3)]);
        assert_eq!(form.mixture(&run), Some(middle));
        form.kind = PlaceKind::Way;
        form.from = Some(PairIndex(0));
        assert_eq!(form.mixture(&run), None);
        form.to = Some(PairIndex(2));
        assert!(form.mixture(&run).is_some());
        form.kind = PlaceKind::Mean;
        assert_eq!(form.mixture(&run), None);
    }
}
