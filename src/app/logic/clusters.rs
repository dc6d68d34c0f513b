//! The clusters: found, chosen, and made over by hand. Every change by hand is an edit that can be undone.

use crate::app::action::ClusterEdit;
use crate::app::forms::{ColourBy, Projection};
use crate::app::state::{Legend, Pick, Scatter, Step};
use crate::app::work::{self, Kind};
use crate::app::{App, theme};
use crate::project::{Assignment, ClusterId, Embedding2, Figures, KSweep, PairIndex, counted, edits};
use eframe::egui;
use std::collections::BTreeSet;
use std::path::PathBuf;

impl App {
    pub(super) fn start_clusters(&mut self) {
        if let Some(project) = self.state.project.clone() {
            let plan = self.forms.clusters.plan();
            self.jobs.start(Kind::Clusters, move |out| {
                work::find_clusters(&project, &plan, out)
            });
        }
    }

    pub(super) fn draw_map(&mut self) {
        if let Some(project) = self.state.project.clone() {
            let plan = self.forms.map.plan(self.forms.clusters.seed);
            self.state.scatter.live = None;
            self.jobs
                .start(Kind::Map, move |out| work::draw_map(&project, &plan, out));
        }
    }

    /// The sweep is there: as many clusters as before, else those to look at first.
    pub(super) fn swept(&mut self, run: &str, sweep: KSweep) {
        if !self.state.is_of_run(run) {
            return;
        }
        let suggested = crate::analysis::clusters::suggested_k(&sweep);
        let density = sweep.density.as_ref().map(|density| density.populations.len());
        let Some(run) = self.state.run_mut() else {
            return;
        };
        let earlier = run
            .assignment
            .as_ref()
            .filter(|chosen| chosen.method == sweep.method);
        let earlier = earlier.map(|chosen| chosen.k);
        let kept = earlier.filter(|k| sweep.rows.iter().any(|row| row.k == *k));
        run.sweep = Some(sweep);
        self.state.follow_sweep();
        self.changed();
        if let Some(k) = density.or(kept).or(suggested) {
            self.choose_k(k);
        }
    }

    pub(super) fn mapped(&mut self, run: &str, map: Embedding2) {
        self.state.scatter.live = None;
        if !self.state.is_of_run(run) {
            return;
        }
        if let Some(run) = self.state.run_mut() {
            run.embedding = Some(map);
            self.forget_maps();
            self.changed();
        }
    }

    /// Another run is in use, or none: what was found out about the one before is let go.
    pub(super) fn follow_run(&mut self) {
        if let Some(run) = self.state.run_mut() {
            crate::analysis::clusters::give_colours(run);
        }
        self.state.board = self.state.board.of_another_run();
        self.forget_comparison();
        self.state.follow_sweep();
        self.state.follow_clusters();
        self.state.scatter = Scatter::default();
        // The same place among the videos may be that of another one by now.
        self.thumbnails.clear();
        self.state.chosen.clear();
        (self.state.focus, self.state.tag) = (None, None);
        if let Some(run) = self.state.run() {
            if let Some(sweep) = &run.sweep {
                let form = &mut self.forms.clusters;
                (form.method, form.seed) = (sweep.method, sweep.seed);
                if let (Some(first), Some(last)) = (sweep.rows.first(), sweep.rows.last()) {
                    form.range = first.k..=last.k;
                }
                if sweep.restarts > 0 {
                    form.restarts = sweep.restarts;
                }
            }
            if let Some(map) = &run.embedding {
                self.forms.map.perplexity = map.perplexity;
            }
        }
        self.sample_company();
    }

    /// Finds out what the map needs and nobody else asks for, while it is looked at.
    pub(super) fn follow_map(&mut self, context: &egui::Context) {
        if self.state.step != Step::Map {
            return;
        }
        let by = self.forms.map.colour;
        let is_drawn = self.jobs.is_running(Kind::Map) || self.jobs.is_running(Kind::Principal);
        let wants_axes = self.forms.map.projection == Projection::Pca && !is_drawn;
        if wants_axes
            && self.state.scatter.principal.is_none()
            && let Some(project) = self.state.project.clone()
        {
            self.jobs
                .start(Kind::Principal, move |out| work::principal(&project, out));
        }
        let column = self.forms.map.column;
        self.state.colour_map(by, column, theme::weak(context));
        if self.state.scatter.legend != Legend::Wait {
            return;
        }
        match by {
            ColourBy::Loss => self.measure_losses(),
            ColourBy::Silhouette => self.measure_silhouettes(),
            _ => {}
        }
    }

    /// Numbers about the pairs are read from a table, to colour the map by.
    pub(super) fn read_figures(&mut self, path: PathBuf) {
        if let Some(project) = self.state.project.clone() {
            self.jobs
                .start(Kind::Figures, move |out| work::figures(&project, &path, out));
        }
    }

    pub(super) fn figured(&mut self, run: &str, figures: Figures) {
        if !self.state.is_of_run(run) {
            return;
        }
        if let Some(run) = self.state.run_mut() {
            run.figures = Some(figures);
            self.state.scatter.figures += 1;
            (self.forms.map.colour, self.forms.map.column) = (ColourBy::Figure, 0);
            self.state.step = Step::Map;
            self.changed();
        }
    }

    fn measure_losses(&mut self) {
        if std::mem::replace(&mut self.state.scatter.asked_losses, true) {
            return;
        }
        if let Some(project) = self.state.project.clone() {
            let (places, network) = (self.places.clone(), self.state.latent.network.clone());
            self.jobs.start(Kind::Losses, move |out| {
                work::losses(&project, network.as_ref(), &places, out)
            });
        }
    }

    fn measure_silhouettes(&mut self) {
        let revision = self.state.board.revision;
        let [measured, _] = &mut self.state.board.asked;
        if *measured == revision {
            return;
        }
        *measured = revision;
        if let Some(project) = self.state.project.clone() {
            self.jobs.start(Kind::Silhouettes, move |out| {
                work::silhouettes(&project, revision, out)
            });
        }
    }

    pub(super) fn start_tags(&mut self) {
        if let Some(project) = self.state.project.clone() {
            self.jobs.start(Kind::Tags, move |out| work::tags(project, out));
        }
    }

    /// The labels of every k are there already, so that a choice is seen everywhere at once; the words follow. Names go
    /// with the clusters they were given to, as far as those are found again.
    pub(super) fn choose_k(&mut self, k: usize) {
        let run = self.state.run();
        let chosen = run.and_then(|run| crate::analysis::clusters::chosen(run, self.former.as_ref(), k));
        let Some(chosen) = chosen else { return };
        self.former = None;
        if self.state.clusters().is_some() {
            self.set_clusters(chosen, format!("Choose k = {k}"));
        } else if let Some(run) = self.state.run_mut() {
            // The first choice is no step of the analyst's: there is nothing to go back to.
            run.assignment = Some(chosen);
            self.changed();
            self.clusters_changed();
        }
    }

    fn set_clusters(&mut self, clusters: Assignment, label: impl Into<String>) {
        let project = self.state.project.as_ref();
        let edit = project.and_then(|project| edits::set_clusters(project, Some(clusters), label));
        self.state.edits.seal();
        self.edit(edit);
    }

    /// Changes the clusters by hand.
    pub(super) fn edit_clusters(&mut self, edit: ClusterEdit) {
        let Some(chosen) = self.state.clusters() else {
            return;
        };
        let pairs = &self.state.chosen;
        if pairs.is_empty() && matches!(edit, ClusterEdit::Move(_) | ClusterEdit::Part) {
            self.state.notice(
                "Choose pairs first: draw around them on the map with Shift held, or drag along the cluster ribbon",
                false,
            );
            return;
        }
        let many = counted(pairs.len(), "pair");
        let (after, label) = match edit {
            ClusterEdit::Rename(cluster, name) => {
                let renamed = chosen.with_face(cluster, |face| face.name = Some(name));
                let label = format!("Name it {}", renamed.name(cluster));
                (renamed, label)
            }
            ClusterEdit::Recolour(cluster, colour) => (
                chosen.with_face(cluster, |face| (face.colour, face.recoloured) = (colour, true)),
                "Recolour cluster".to_owned(),
            ),
            ClusterEdit::Hide(cluster, hidden) => (
                chosen.with_face(cluster, |face| face.hidden = hidden),
                if hidden { "Hide cluster" } else { "Show cluster" }.to_owned(),
            ),
            ClusterEdit::Merge(clusters) => (
                chosen.merged(&clusters),
                format!("Merge {}", counted(clusters.len(), "cluster")),
            ),
            ClusterEdit::Split(cluster) => {
                self.start_splitting(cluster);
                return;
            }
            ClusterEdit::Move(Some(to)) => (
                chosen.moved(pairs, Some(to)),
                format!("Move {many} to {}", chosen.name(to)),
            ),
            ClusterEdit::Move(None) => (chosen.moved(pairs, None), format!("Take {many} out")),
            ClusterEdit::Part => (chosen.parted(pairs), format!("Make {many} a cluster")),
        };
        self.set_clusters(after, label);
    }

    /// k-means looks for the two parts of a cluster beside all else.
    fn start_splitting(&mut self, cluster: ClusterId) {
        if let Some(project) = self.state.project.clone() {
            let revision = self.state.board.revision;
            self.jobs.start(Kind::Split, move |out| {
                work::split(&project, cluster, revision, out)
            });
        }
    }

    /// The part that becomes a cluster of its own is found, of the clusters as they were at a revision.
    pub(super) fn split(&mut self, revision: u64, part: &BTreeSet<PairIndex>) {
        if let Some(chosen) = self
            .state
            .clusters()
            .filter(|_| revision == self.state.board.revision)
        {
            self.set_clusters(chosen.parted(part), "Split cluster");
        }
    }

    /// The clusters are others than before, or are called otherwise: what follows from them is found out again.
    pub(super) fn clusters_changed(&mut self) {
        if self.state.follow_clusters() {
            self.forget_comparison();
            self.forms.tag_editing = None;
            (self.state.focus, self.state.tag) = (None, None);
        } else {
            self.state.board.names += 1;
        }
        self.tag_where_missing();
    }

    /// A cluster without tags gets keywords: after it became another, and where what was written of it is forgotten.
    pub(super) fn tag_where_missing(&mut self) {
        let clusters = self.state.clusters().map_or(0, |chosen| chosen.k);
        if self.state.run().is_some_and(|run| run.tags.len() < clusters) {
            self.start_tags();
        }
    }

    /// Finds out what the board shows and nobody else asks for, while it is looked at.
    pub(super) fn follow_board(&mut self) {
        if self.state.step != Step::Clusters {
            return;
        }
        let revision = self.state.board.revision;
        let unmeasured = self
            .state
            .board
            .cards
            .iter()
            .any(|card| card.silhouette.is_none());
        if unmeasured {
            self.measure_silhouettes();
        }
        let [_, told] = &mut self.state.board.asked;
        if !self.state.board.cards.is_empty() && *told != revision && !self.jobs.is_running(Kind::Train) {
            *told = revision;
            let Some(project) = self.state.project.clone() else {
                return;
            };
            let places = self.places.clone();
            let network = self.state.latent.network.clone();
            self.jobs.start(Kind::Centroids, move |out| {
                work::centroids(&project, network.as_ref(), revision, &places, out)
            });
        }
    }

    /// Chooses pairs: on the map, along the ribbon, of a cluster. The captions of the pairs are chosen with them.
    pub(super) fn choose_pairs(&mut self, pairs: &[PairIndex], how: Pick) {
        let chosen = &mut self.state.chosen;
        match how {
            Pick::Only => *chosen = pairs.iter().copied().collect(),
            Pick::Toggle if pairs.iter().all(|pair| chosen.contains(pair)) => {
                pairs.iter().for_each(|pair| {
                    chosen.remove(pair);
                });
            }
            Pick::Toggle | Pick::Range => chosen.extend(pairs),
        }
        let Some(project) = &self.state.project else {
            return;
        };
        let studied = project.studied_own();
        let cue_of = |pair: &PairIndex| studied.get(pair.index()).and_then(|pair| pair.cue);
        let cues: BTreeSet<_> = self.state.chosen.iter().filter_map(cue_of).collect();
        self.state.cues.chosen = cues
            .into_iter()
            .filter(|cue| project.track.cue(*cue).is_some())
            .collect();
        if !self
            .state
            .cues
            .chosen
            .iter()
            .any(|cue| Some(*cue) == self.state.cues.active)
        {
            self.state.cues.active = self.state.cues.chosen.first().copied();
        }
    }

    /// The pairs of the chosen cues are chosen with them.
    pub(super) fn choose_pairs_of_cues(&mut self) {
        let Some(project) = &self.state.project else {
            return;
        };
        let cues = &self.state.cues.chosen;
        let pairs = project.studied_own().iter().enumerate();
        let of_cues = pairs.filter(|(_, pair)| pair.cue.is_some_and(|cue| cues.contains(&cue)));
        self.state.chosen = of_cues.map(|(place, _)| PairIndex::from(place)).collect();
    }

    /// Looks at one cluster only, or at all; its pairs are chosen with it.
    pub(super) fn focus(&mut self, cluster: Option<ClusterId>) {
        self.state.focus = cluster;
        let members = cluster.and_then(|cluster| self.state.board.cards.get(cluster.index()));
        let members = members.map(|card| card.members.clone()).unwrap_or_default();
        self.choose_pairs(&members, Pick::Only);
    }
}
