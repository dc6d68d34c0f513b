//! How clusters are to be found.

use super::Look;
use crate::app::action::Action;
use crate::app::command::Command;
use crate::app::panels::widgets::{primary_button, warnings_ui};
use crate::app::state::{Stage, Step};
use crate::app::work::Kind;
use crate::clustering::mixture_caveat;
use crate::project::ClusteringMethod;
use eframe::egui::{ComboBox, DragValue, Ui};

/// The name of a way to cluster.
const fn name(method: ClusteringMethod) -> &'static str {
    match method {
        ClusteringMethod::KMeans => "k-means",
        ClusteringMethod::Gmm => "Gaussian mixture",
        ClusteringMethod::Dbscan => "DBSCAN",
    }
}

pub fn finding_ui(ui: &mut Ui, look: &mut Look) {
    let busy = look.state.is_running(Kind::Clusters);
    let run = look.state.run();
    let swept = run.is_some_and(|run| run.sweep.is_some());
    ui.horizontal_wrapped(|ui| {
        ui.add_enabled_ui(!busy, |ui| settings_ui(ui, look));
        let form = &look.forms.clusters;
        let sweep = run.and_then(|run| run.sweep.as_ref());
        let same = sweep.is_some_and(|sweep| form.is_of(sweep));
        let find = if swept && !same && !busy {
            primary_button(ui, "Find again")
                .on_hover_text("The settings are others than those of the plots below")
        } else if swept {
            let again = ui.add_enabled(!busy, eframe::egui::Button::new("Find again"));
            again.on_hover_text(
                "Find the clusters anew with these settings; names stay with the clusters they were given to",
            )
        } else {
            ui.add_enabled_ui(!busy, |ui| primary_button(ui, "Find clusters"))
                .inner
        };
        if find.clicked() {
            look.ask(Action::FindClusters);
        }
        if busy {
            ui.spinner();
        }
        if look.state.stage(Step::Clusters) == Stage::Done && primary_button(ui, "Next: the map").clicked() {
            look.ask(Action::Run(Command::Show(Step::Map)));
        }
    });
    if look.forms.clusters.method == ClusteringMethod::Gmm {
        let caveat = run.and_then(|run| mixture_caveat(run.latents.as_ref()?));
        warnings_ui(ui, caveat.as_slice());
    }
}

fn settings_ui(ui: &mut Ui, look: &mut Look) {
    let form = &mut look.forms.clusters;
    ComboBox::from_id_salt("method")
        .selected_text(name(form.method))
        .show_ui(ui, |ui| {
            for method in [
                ClusteringMethod::KMeans,
                ClusteringMethod::Gmm,
                ClusteringMethod::Dbscan,
            ] {
                ui.selectable_value(&mut form.method, method, name(method));
            }
        });
    if form.method == ClusteringMethod::Dbscan {
        ui.label("pairs within reach");
        ui.add(DragValue::new(&mut form.min_samples).range(2..=500))
            .on_hover_text("Pairs within reach of a pair, itself included, for it to be inside a cluster");
        ui.label("reach");
        let mut set = form.epsilon.is_some();
        let proposed = look
            .state
            .density()
            .map_or(1.0, |density| density.proposed_epsilon);
        let form = &mut look.forms.clusters;
        if ui
            .checkbox(&mut set, "")
            .on_hover_text("Set the reach by hand; otherwise it is the knee of the curve")
            .changed()
        {
            form.epsilon = set.then_some(proposed);
        }
        match &mut form.epsilon {
            Some(epsilon) => {
                ui.add(
                    DragValue::new(epsilon)
                        .range(1e-6..=1e6)
                        .speed(proposed * 0.01)
                        .max_decimals(4),
                );
            }
            None => {
                ui.weak("at the knee");
            }
        }
        return;
    }
    let (mut from, mut to) = (*form.range.start(), *form.range.end());
    ui.label("k from");
    ui.add(DragValue::new(&mut from).range(2..=100))
        .on_hover_text("Smallest k");
    ui.label("to");
    ui.add(DragValue::new(&mut to).range(2..=100))
        .on_hover_text("Largest k");
    form.range = from..=to.max(from);
    ui.label("restarts");
    ui.add(DragValue::new(&mut form.restarts).range(1..=200))
        .on_hover_text(
            "Starts for each k, of which the best counts; how well the others agree with it is the stability",
        );
    ui.label("seed");
    ui.add(DragValue::new(&mut form.seed))
        .on_hover_text("The same seed gives the same clusters and the same map");
}
