//! Every measure of every k, as numbers that can be taken away.

use super::Look;
use crate::app::action::Action;
use crate::app::panels::widgets::short;
use crate::project::{KSweep, KSweepRow};
use eframe::egui::{Grid, RichText, ScrollArea, Ui};

/// A measure.
struct Measure {
    name: &'static str,
    about: &'static str,
    of: fn(&KSweepRow) -> Option<f64>,
}

const MEASURES: [Measure; 10] = [
    Measure {
        name: "within",
        about: "Mean distance of a pair to its own centroid; small is good",
        of: |row| Some(row.within),
    },
    Measure {
        name: "cross",
        about: "Mean distance between centroids; large is good. The papers' plots show half of it",
        of: |row| Some(row.cross),
    },
    Measure {
        name: "inertia",
        about: "Sum of squared distances to the own centroid; small is good",
        of: |row| Some(row.inertia),
    },
    Measure {
        name: "silhouette",
        about: "How much nearer pairs are to their own cluster than to the next, -1 to 1; large is good",
        of: |row| Some(row.silhouette),
    },
    Measure {
        name: "Caliński-Harabasz",
        about: "Spread between clusters over spread within; large is good",
        of: |row| row.calinski_harabasz,
    },
    Measure {
        name: "Davies-Bouldin",
        about: "How much each cluster is like the one most like it; small is good",
        of: |row| row.davies_bouldin,
    },
    Measure {
        name: "stability",
        about: "Agreement (adjusted Rand index) of other starts with the best; 1 is perfectly stable",
        of: |row| Some(row.stability),
    },
    Measure {
        name: "bootstrap",
        about: "Agreement (adjusted Rand index) of clusters of drawn samples with all; 1 is perfectly stable",
        of: |row| row.bootstrap_stability,
    },
    Measure {
        name: "log-likelihood",
        about: "How well the mixture explains a pair, on average; large is good",
        of: |row| row.likelihood.map(|likelihood| likelihood.log_likelihood),
    },
    Measure {
        name: "BIC",
        about: "Bayesian information criterion; small is good",
        of: |row| row.likelihood.map(|likelihood| likelihood.bic),
    },
];

pub fn figures_ui(ui: &mut Ui, look: &mut Look, sweep: &KSweep) {
    let known = |measure: &&Measure| sweep.rows.iter().any(|row| (measure.of)(row).is_some());
    let measures: Vec<&Measure> = MEASURES.iter().filter(known).collect();
    let chosen = look.state.board.k();
    ScrollArea::horizontal().id_salt("figures").show(ui, |ui| {
        Grid::new("figures of the sweep")
            .striped(true)
            .num_columns(measures.len() + 2)
            .show(ui, |ui| {
                ui.label(RichText::new("k").weak());
                for measure in &measures {
                    ui.label(RichText::new(measure.name).weak())
                        .on_hover_text(measure.about);
                }
                ui.label(RichText::new("populations").weak());
                ui.end_row();
                for row in &sweep.rows {
                    if ui
                        .selectable_label(chosen == Some(row.k), row.k.to_string())
                        .clicked()
                    {
                        look.ask(Action::ChooseK(row.k));
                    }
                    for measure in &measures {
                        let text = (measure.of)(row).map_or_else(|| "–".to_owned(), short);
                        ui.label(RichText::new(text).monospace().size(12.0));
                    }
                    ui.label(populations(row));
                    ui.end_row();
                }
            });
    });
    let copy = ui
        .button("Copy")
        .on_hover_text("Put the table on the clipboard, for a spreadsheet");
    if copy.clicked() {
        ui.ctx().copy_text(table(sweep, &measures));
    }
}

fn populations(row: &KSweepRow) -> String {
    let sizes: Vec<String> = row.populations.iter().map(ToString::to_string).collect();
    sizes.join(" ")
}

/// The table with tabs between its columns.
fn table(sweep: &KSweep, measures: &[&Measure]) -> String {
    let names = measures.iter().map(|measure| measure.name);
    let mut text = ["k"]
        .into_iter()
        .chain(names)
        .chain(["populations"])
        .collect::<Vec<_>>()
        .join("\t")
        + "\n";
    for row in &sweep.rows {
        let values = measures
            .iter()
            .map(|measure| (measure.of)(row).map_or_else(String::new, |value| value.to_string()));
        let cells: Vec<String> = [row.k.to_string()]
            .into_iter()
            .chain(values)
            .chain([populations(row)])
            .collect();
        text += &(cells.join("\t") + "\n");
    }
    text
}
