//! Everything that can be set, in groups, each setting beside what the papers set.

mod editors;
mod fusion;
mod objectives;
mod pictures;
mod row;
mod training;
mod words;

use super::super::Look;
use crate::app::theme;
use crate::app::work::Kind;
use crate::training::TrainingConfig;
use eframe::egui::{Grid, RichText, ScrollArea, Ui};

/// Width from which the groups stand in two columns.
const TWO_COLUMNS: f32 = 1120.0;

/// Groups that stand on the left then: about half of the settings.
const LEFT: usize = 2;

/// Draws the settings of a group, a row each.
type Group = fn(&mut Ui, &mut Sheet);

/// The groups in order.
const GROUPS: [(&str, Group); 6] = [
    ("Training", training::training_ui),
    ("Objectives", objectives::objectives_ui),
    ("Pictures", pictures::pictures_ui),
    ("Words", words::words_ui),
    ("Fusion and latent space", fusion::fusion_ui),
    ("Ending", training::ending_ui),
];

/// The settings and what they stand beside.
pub struct Sheet<'a> {
    /// Under the user's hands.
    pub config: &'a mut TrainingConfig,
    /// What the papers set for the network that is closest.
    pub paper: TrainingConfig,
    /// Why there is no graphics card to train on.
    pub no_cuda: Option<&'a str>,
}

/// The tab.
pub fn settings_ui(ui: &mut Ui, look: &mut Look) {
    let free = !look.state.is_running(Kind::Train);
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        if !free {
            ui.label(
                RichText::new("A training is under way: settings can be changed once it is over or stopped")
                    .weak(),
            );
        }
        ui.add_enabled_ui(free, |ui| {
            words::vectors_ui(ui, look);
            ui.add_space(theme::SMALL_GAP);
            let config = &mut look.forms.training;
            let mut sheet = Sheet {
                paper: config.published(),
                config,
                no_cuda: look.state.no_cuda.as_deref(),
            };
            let text = format!(
                "Beside each setting stands what the papers set for {}. Hover a name to read what it does.",
                sheet.paper.preset
            );
            ui.label(RichText::new(text).weak());
            if ui.available_width() >= TWO_COLUMNS {
                let (left, right) = GROUPS.split_at(LEFT);
                ui.columns(2, |columns| {
                    for (column, groups) in columns.iter_mut().zip([left, right]) {
                        groups_ui(column, groups, &mut sheet);
                    }
                });
            } else {
                groups_ui(ui, &GROUPS, &mut sheet);
            }
        });
    });
}

fn groups_ui(ui: &mut Ui, groups: &[(&str, Group)], sheet: &mut Sheet) {
    for (name, group) in groups {
        ui.add_space(theme::GAP);
        ui.label(RichText::new(*name).strong().size(15.0));
        Grid::new(*name)
            .num_columns(3)
            .striped(true)
            .min_col_width(150.0)
            .spacing([theme::LARGE_GAP, 4.0])
            .show(ui, |ui| {
                for head in ["Setting", "Value", "Paper"] {
                    ui.label(RichText::new(head).small().weak());
                }
                ui.end_row();
                group(ui, sheet);
            });
    }
}
