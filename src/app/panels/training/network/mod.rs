//! What the network is made of, and what it costs.

mod diagram;

use super::super::Look;
use crate::app::theme;
use crate::app::work::Kind;
use crate::model::Shape;
use crate::model::cost::{self, Stage};
use crate::training::TrainingConfig;
use eframe::egui::{RichText, ScrollArea, Ui};

/// Length of a word's vector and words of a caption, while those of the pairs are not known: the built-in vectors', and
/// about a sentence.
const WORDS: [usize; 2] = [300, 12];

/// What a network costs in all.
pub struct Totals {
    /// Its parts in order.
    pub stages: Vec<Stage>,
    /// Shape of what goes in.
    pub shape: Shape,
    /// Words of a caption.
    pub words: usize,
    /// Weights.
    pub parameters: u64,
}

impl Totals {
    /// Counted for word vectors of a length and captions of some words; usual ones where they are not known.
    pub fn of(config: &TrainingConfig, words: Option<[usize; 2]>) -> Self {
        let [dimension, words] = words.unwrap_or(WORDS);
        let shape = Shape {
            height: config.picture.height.into(),
            width: config.picture.width.into(),
            dimension: dimension.max(1) as i64,
        };
        let stages = cost::stages(&config.network, shape, words.max(1) as i64);
        Self {
            parameters: cost::parameters(&stages),
            stages,
            shape,
            words,
        }
    }
}

/// A number of weights as people say it: 48 M.
pub fn millions(weights: u64) -> String {
    match weights {
        0..1_000 => weights.to_string(),
        1_000..1_000_000 => format!("{:.1} k", weights as f64 / 1e3),
        1_000_000..10_000_000 => format!("{:.1} M", weights as f64 / 1e6),
        _ => format!("{:.0} M", weights as f64 / 1e6),
    }
}

/// The tab.
pub fn network_ui(ui: &mut Ui, look: &Look) {
    let running = look.state.is_running(Kind::Train);
    let now = look.state.training.config.as_ref().filter(|_| running);
    let config = now.unwrap_or(&look.forms.training);
    if now.is_some() {
        ui.label(RichText::new(format!("The network being trained: {}", config.preset)).weak());
    }
    if let Err(wrong) = config.network.check() {
        ui.label(format!("There is no network with {wrong}: see Settings."));
        return;
    }
    let totals = Totals::of(config, look.state.word_shape);
    totals_ui(ui, config, &totals, look.state.word_shape.is_some());
    ui.add_space(theme::SMALL_GAP);
    ScrollArea::both()
        .auto_shrink(false)
        .show(ui, |ui| diagram::diagram_ui(ui, config, &totals));
}

fn totals_ui(ui: &mut Ui, config: &TrainingConfig, totals: &Totals, known: bool) {
    let batch = config.batch_size;
    let operations = cost::step_operations(&totals.stages, batch) / 1e9;
    let memory = cost::training_bytes(&totals.stages) / 1e9;
    ui.horizontal_wrapped(|ui| {
        let strong = |text: String| RichText::new(text).strong();
        ui.label(strong(format!("{} weights", millions(totals.parameters))))
            .on_hover_text(format!("{} in all", totals.parameters));
        ui.label("·");
        ui.label(strong(format!("{} GFLOP a step", digits(operations))))
            .on_hover_text(format!(
                "Multiplications and additions of a step over {batch} pairs, forwards and back"
            ));
        ui.label("·");
        ui.label(strong(format!("{} GB while it is trained", digits(memory))))
            .on_hover_text("Weights, gradients and both moments of the optimiser; what is computed on the way comes on top");
    });
    let basis = if known {
        "as they are here"
    } else {
        "until the words are read"
    };
    let text = format!(
        "For captions of {} words with vectors of {} values, {basis}",
        totals.words, totals.shape.dimension
    );
    if config.network.text.is_some() {
        ui.label(RichText::new(text).small().weak());
    }
}

fn digits(value: f64) -> String {
    match value {
        value if value >= 100.0 => format!("{value:.0}"),
        value if value >= 1.0 => format!("{value:.1}"),
        value => format!("{value:.3}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_network_is_counted_as_published() {
        let config = TrainingConfig::preset("crvae-lstm").unwrap();
        let totals = Totals::of(&config, Some([300, 11]));
        assert_eq!(millions(totals.parameters), "138 M");
        assert_eq!(totals.stages[0].shape, [32, 60, 100]);
    }

    #[test]
    fn numbers_of_weights_read_as_people_say_them() {
        let shown = [7, 1_234, 2_340_000, 48_000_000].map(millions);
        assert_eq!(shown, ["7", "1.2 k", "2.3 M", "48 M"]);
    }
}
