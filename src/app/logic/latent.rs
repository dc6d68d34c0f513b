//! The latent space of the run in use, while it is looked at: its network is opened once, and asked whenever another
//! place is chosen.

use crate::app::App;
use crate::app::forms::TrainingTab;
use crate::app::state::{LatentView, Network, Step};
use crate::app::work::{self, Kind};

impl App {
    /// Opens the network and asks it, where that is wanted and not done yet.
    pub(super) fn follow_latent(&mut self) {
        if self.state.step != Step::Training || self.forms.trainings.tab != TrainingTab::LatentSpace {
            return;
        }
        let Some(project) = &self.state.project else {
            return;
        };
        let Some(run) = project.run.as_ref().filter(|run| run.latents.is_some()) else {
            return;
        };
        let latent = &mut self.state.latent;
        if latent.run.as_ref() != Some(&run.name) {
            *latent = LatentView {
                run: Some(run.name.clone()),
                ..LatentView::default()
            };
            let (project, places) = (project.clone(), self.places.clone());
            self.jobs.forget(Kind::Decode);
            self.jobs.start(Kind::Network, move |out| {
                work::open_network(&project, &places, out)
            });
            return;
        }
        let place = self.forms.trainings.latent.mixture(run);
        if let (Some(network), Some(place)) = (&latent.network, place)
            && latent.asked.as_ref() != Some(&place)
        {
            let network = network.clone();
            latent.asked = Some(place.clone());
            self.jobs
                .start(Kind::Decode, move |out| work::decode(&network, &place, out));
        }
    }

    pub(super) fn network_opened(&mut self, run: &str, network: Network) {
        if self.state.latent.run.as_deref() == Some(run) {
            self.state.latent.network = Some(network);
        }
    }

    /// The run in use has changed, and with it its network.
    pub(super) fn forget_latent(&mut self) {
        self.jobs.forget(Kind::Network);
        self.jobs.forget(Kind::Decode);
        self.state.latent = LatentView::default();
    }
}
