//! Which map is drawn and how, and what its colours mean.

use crate::app::action::Action;
use crate::app::forms::{ColourBy, Projection};
use crate::app::panels::Look;
use crate::app::panels::widgets::cluster_mark;
use crate::app::state::{Legend, ramp};
use crate::app::work::Kind;
use crate::project::Embedding2;
use eframe::egui::{self, Button, ComboBox, DragValue, Mesh, Rect, RichText, Sense, Slider, Ui, pos2, vec2};

pub fn controls_ui(ui: &mut Ui, look: &mut Look, map: Option<&Embedding2>) {
    let busy = look.state.is_running(Kind::Map);
    ui.horizontal_wrapped(|ui| {
        for (projection, text, about) in [
            (
                Projection::Tsne,
                "t-SNE",
                "Neighbours in the latent space stay neighbours; distances between groups mean little",
            ),
            (
                Projection::Pca,
                "PCA",
                "The two axes along which the latents differ most; there at once",
            ),
        ] {
            ui.selectable_value(&mut look.forms.map.projection, projection, text)
                .on_hover_text(about);
        }
        ui.separator();
        match look.forms.map.projection {
            Projection::Tsne => tsne_ui(ui, look, map, busy),
            Projection::Pca => {
                let shares = look.state.scatter.principal.as_ref().map(|found| found.shares);
                let [x, y] = shares.unwrap_or_default().map(|share| share * 100.0);
                let text = format!("{x:.0} % of the variance across, {y:.0} % upwards");
                ui.label(RichText::new(text).weak());
            }
        }
    });
    ui.horizontal_wrapped(|ui| {
        let form = &mut look.forms.map;
        ui.label("colour by");
        ComboBox::from_id_salt("colour by")
            .selected_text(form.colour.name())
            .height(320.0)
            .show_ui(ui, |ui| {
                for by in ColourBy::ALL {
                    ui.selectable_value(&mut form.colour, by, by.name());
                }
            });
        column_ui(ui, look);
        let form = &mut look.forms.map;
        ui.checkbox(&mut form.pictures, "pictures");
        ui.label("size");
        ui.spacing_mut().slider_width = 90.0;
        ui.add(Slider::new(&mut form.size, 2.0..=16.0).show_value(false))
            .on_hover_text("Size of the points and pictures");
        ui.toggle_value(&mut form.lasso, "Lasso")
            .on_hover_text("A drag draws around points and chooses them; with Shift held it does so at any time. Ctrl adds to what is chosen");
        if let Some(map) = map.filter(|_| !busy && look.forms.map.projection == Projection::Tsne) {
            let divergence = map
                .kl_divergence
                .map_or_else(String::new, |kl| format!(" · KL {kl:.3}"));
            let text = format!("perplexity {:.1}{divergence}", map.perplexity);
            let about = format!(
                "Of the map that is drawn; its seed is {}, and KL is the divergence that the descent reached, small is good",
                map.seed
            );
            ui.label(RichText::new(text).weak()).on_hover_text(about);
        }
    });
}

/// Which of many numbers the points are coloured by.
fn column_ui(ui: &mut Ui, look: &mut Look) {
    let Some(run) = look.state.run() else { return };
    let form = &mut look.forms.map;
    match form.colour {
        ColourBy::Dimension => {
            let last = run
                .latents
                .as_ref()
                .map_or(0, |latents| latents.values.ncols().saturating_sub(1));
            form.column = form.column.min(last);
            let name = run.config.dimensions.get(form.column);
            let mut place = form.column + 1;
            let field = DragValue::new(&mut place).range(1..=last + 1).speed(0.1);
            ui.add(field)
                .on_hover_text(format!("Which of the {} dimensions", last + 1));
            form.column = place.saturating_sub(1);
            if let Some(name) = name {
                ui.label(RichText::new(name).weak());
            }
        }
        ColourBy::Figure => {
            if let Some(figures) = &run.figures {
                let name = figures
                    .columns
                    .get(form.column)
                    .map_or("choose one", |figure| &figure.name);
                ComboBox::from_id_salt("figure")
                    .selected_text(name)
                    .show_ui(ui, |ui| {
                        for (column, figure) in figures.columns.iter().enumerate() {
                            ui.selectable_value(&mut form.column, column, &figure.name);
                        }
                    });
            }
            let about = "A CSV with a header and a row a pair, in order of time: views, ratings, what another program found";
            if ui.button("Read a table…").on_hover_text(about).clicked() {
                look.ask(Action::PickFigures);
            }
        }
        _ => {}
    }
}

fn tsne_ui(ui: &mut Ui, look: &mut Look, map: Option<&Embedding2>, busy: bool) {
    ui.label("perplexity");
    let form = &mut look.forms.map;
    let field = |value| {
        DragValue::new(value)
            .range(2.0..=500.0)
            .speed(0.2)
            .max_decimals(1)
    };
    ui.add_enabled(!busy, field(&mut form.perplexity))
        .on_hover_text("About how many neighbours a point keeps near");
    ui.label("rounds");
    ui.add_enabled(
        !busy,
        DragValue::new(&mut form.iterations)
            .range(50..=20_000)
            .speed(10.0),
    )
    .on_hover_text("Steps of the descent");
    ui.label("seed");
    ui.add_enabled(!busy, DragValue::new(&mut look.forms.clusters.seed))
        .on_hover_text("The same seed gives the same map");
    let text = if map.is_some() {
        "Draw again"
    } else {
        "Draw the map"
    };
    if ui.add_enabled(!busy, Button::new(text)).clicked() {
        look.ask(Action::DrawMap);
    }
    if busy {
        ui.spinner();
    }
}

/// What the colours mean; clusters can be pressed.
pub fn legend_ui(ui: &mut Ui, look: &mut Look) {
    ui.horizontal_wrapped(|ui| match &look.state.scatter.legend {
        Legend::Clusters => clusters_ui(ui, look),
        Legend::Kinds(kinds) => {
            for (name, colour) in kinds {
                ui.label(RichText::new("●").color(*colour));
                ui.label(name);
            }
        }
        Legend::Range(low, high) => {
            ui.label(low);
            ramp_ui(ui);
            ui.label(high);
        }
        Legend::Wait => {
            ui.spinner();
            ui.label("This is being found out; the points are grey until then");
        }
    });
}

fn clusters_ui(ui: &mut Ui, look: &mut Look) {
    let clusters: Vec<_> = look
        .state
        .clusters()
        .into_iter()
        .flat_map(|chosen| chosen.clusters())
        .collect();
    if clusters.is_empty() {
        ui.label(RichText::new("No clusters are chosen yet").weak());
    }
    for cluster in clusters {
        let mark = cluster_mark(ui, look.state, cluster);
        if mark.on_hover_text("Look at this cluster only").clicked() {
            let focused = look.state.focus == Some(cluster);
            look.ask(Action::Focus((!focused).then_some(cluster)));
        }
    }
    if look.state.focus.is_some() && ui.button("All clusters").clicked() {
        look.ask(Action::Focus(None));
    }
}

/// From the least to the greatest.
fn ramp_ui(ui: &mut Ui) {
    const STEPS: u32 = 24;
    let (rect, _) = ui.allocate_exact_size(vec2(160.0, 12.0), Sense::hover());
    let mut mesh = Mesh::default();
    for step in 0..STEPS {
        let ends = [step, step + 1].map(|at| egui::lerp(rect.x_range(), at as f32 / STEPS as f32));
        let part = Rect::from_min_max(pos2(ends[0], rect.top()), pos2(ends[1], rect.bottom()));
        mesh.add_colored_rect(part, ramp(f64::from(step) / f64::from(STEPS - 1)));
    }
    ui.painter().add(mesh);
}
