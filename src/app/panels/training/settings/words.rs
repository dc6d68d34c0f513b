//! The caption's half of the network, and where the vectors of its words come from.

use super::Sheet;
use super::editors::{choice, name_of, switch, whole};
use super::row::row;
use crate::app::action::Action;
use crate::app::panels::Look;
use crate::model::{Cell, TextLayers, TextTower, Transformer};
use eframe::egui::{RichText, Ui};

/// What captions are read and told with.
#[derive(Clone, Copy, PartialEq)]
enum LayersKind {
    None,
    Recurrent(Cell),
    Transformer,
}

const KINDS: &[(LayersKind, &str, &str)] = &[
    (LayersKind::None, "none", "Pictures are learned alone"),
    (
        LayersKind::Recurrent(Cell::Rnn),
        "RNN",
        "Plain recurrent layers with tanh",
    ),
    (LayersKind::Recurrent(Cell::Gru), "GRU", "Gated recurrent units"),
    (
        LayersKind::Recurrent(Cell::Lstm),
        "LSTM",
        "Long short-term memory, as in the papers",
    ),
    (
        LayersKind::Transformer,
        "Transformer",
        "Self-attention over the words, the future work that the papers name",
    ),
];

impl LayersKind {
    fn of(tower: Option<&TextTower>) -> Self {
        match tower.map(|tower| &tower.layers) {
            None => Self::None,
            Some(TextLayers::Recurrent { cell, .. }) => Self::Recurrent(*cell),
            Some(TextLayers::Transformer(_)) => Self::Transformer,
        }
    }

    /// A tower of this kind, with what it can keep of the one before. All else is as in the papers.
    fn tower(self, before: Option<&TextTower>) -> Option<TextTower> {
        let layers = match (self, before.map(|tower| &tower.layers)) {
            (Self::None, _) => return None,
            (
                Self::Recurrent(cell),
                Some(&TextLayers::Recurrent {
                    hidden,
                    layers,
                    reminded,
                    ..
                }),
            ) => TextLayers::Recurrent {
                cell,
                hidden,
                layers,
                reminded,
            },
            (Self::Recurrent(cell), _) => TextLayers::Recurrent {
                cell,
                hidden: 512,
                layers: 2,
                reminded: false,
            },
            (Self::Transformer, _) => TextLayers::Transformer(Transformer {
                width: 512,
                heads: 8,
                layers: 2,
                feed_forward: 2048,
                places: 4,
            }),
        };
        Some(TextTower {
            layers,
            teacher_forcing: before.is_none_or(|tower| tower.teacher_forcing),
        })
    }
}

/// The group.
pub fn words_ui(ui: &mut Ui, sheet: &mut Sheet) {
    let (text, paper) = (&mut sheet.config.network.text, sheet.paper.network.text.as_ref());
    let now = LayersKind::of(text.as_ref());
    let mut kind = now;
    row(
        ui,
        ("Layers", "What captions are read and told with"),
        &mut kind,
        Some(&LayersKind::of(paper)),
        |kind| name_of(KINDS, *kind).into(),
        choice("text layers", KINDS),
    );
    if kind != now {
        *text = kind.tower(text.as_ref());
    }
    let Some(tower) = text else { return };
    match &mut tower.layers {
        TextLayers::Recurrent {
            hidden,
            layers,
            reminded,
            ..
        } => {
            let of_paper = match paper.map(|paper| &paper.layers) {
                Some(TextLayers::Recurrent {
                    hidden,
                    layers,
                    reminded,
                    ..
                }) => Some((hidden, layers, reminded)),
                _ => None,
            };
            row(
                ui,
                ("Hidden size", "Length of the state in one direction"),
                hidden,
                of_paper.map(|paper| paper.0),
                ToString::to_string,
                whole(1..=16_384, ""),
            );
            row(
                ui,
                ("Stacked layers", "Layers on top of each other"),
                layers,
                of_paper.map(|paper| paper.1),
                ToString::to_string,
                whole(1..=64, ""),
            );
            row(
                ui,
                (
                    "Reminded",
                    "Whether the decoder is given its features again with every word, so that they need not be carried \
                     through all words before it",
                ),
                reminded,
                of_paper.map(|paper| paper.2),
                |on| if *on { "yes".into() } else { "no".into() },
                switch("with every word"),
            );
        }
        TextLayers::Transformer(sizes) => {
            let of_paper = match paper.map(|paper| paper.layers.clone()) {
                Some(TextLayers::Transformer(mut paper)) => sizes_of(&mut paper).map(|size| Some(*size)),
                _ => [None; 5],
            };
            let named = [
                (
                    "Width",
                    "Length of a word's vector inside; even, and a multiple of the heads",
                ),
                ("Heads", "Heads of each attention"),
                ("Blocks", "Blocks on top of each other"),
                ("Feed-forward", "Width of the dense layer in a block"),
                (
                    "Places",
                    "Learned places that the words are read into; the features are as many vectors",
                ),
            ];
            let most = [16_384, 256, 64, 100_000, 256];
            for (((value, paper), named), most) in
                sizes_of(sizes).into_iter().zip(of_paper).zip(named).zip(most)
            {
                row(
                    ui,
                    named,
                    value,
                    paper.as_ref(),
                    ToString::to_string,
                    whole(1..=most, ""),
                );
            }
        }
    }
    row(
        ui,
        (
            "Teacher forcing",
            "In training, each word is told from the true words before it, as in the papers; without it, from those told",
        ),
        &mut tower.teacher_forcing,
        paper.map(|paper| &paper.teacher_forcing),
        |on| if *on { "on".into() } else { "off".into() },
        switch("true words"),
    );
}

fn sizes_of(sizes: &mut Transformer) -> [&mut u32; 5] {
    let Transformer {
        width,
        heads,
        layers,
        feed_forward,
        places,
    } = sizes;
    [width, heads, layers, feed_forward, places]
}

/// Where the vectors of the words come from.
pub fn vectors_ui(ui: &mut Ui, look: &mut Look) {
    let Some(project) = &look.state.project else {
        return;
    };
    ui.horizontal_wrapped(|ui| {
        ui.label(RichText::new("Word vectors").strong());
        let files = &project.manifest.vectors;
        if files.is_empty() {
            ui.label("built-in character n-grams").on_hover_text(
                "Words that are spelled alike have like vectors. For meaning, choose files of GloVe, word2vec or \
                 fastText vectors",
            );
        }
        for file in files {
            let name = file.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
            ui.label(name).on_hover_text(file.display().to_string());
        }
        if ui.button("Choose files…").clicked() {
            look.actions.push(Action::PickVectors);
        }
        if !files.is_empty() && ui.button("Use built-in").clicked() {
            look.actions.push(Action::SetVectors(Vec::new()));
        }
        if let Some((share, _)) = &look.state.words_found {
            ui.label(RichText::new(format!("{:.1} % of the distinct words found", share * 100.0)).weak());
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::training::TrainingConfig;

    #[test]
    fn another_cell_keeps_the_sizes_and_another_kind_is_as_published() {
        let fast = TrainingConfig::default().network.text.unwrap();
        let gru = LayersKind::Recurrent(Cell::Gru).tower(Some(&fast)).unwrap();
        let size = |tower: &TextTower| match tower.layers {
            TextLayers::Recurrent { cell, hidden, .. } => (cell, hidden),
            TextLayers::Transformer(_) => panic!("{tower:?}"),
        };
        assert_eq!(size(&gru), (Cell::Gru, size(&fast).1));
        let published = TrainingConfig::preset("crvae-transformer").unwrap();
        let transformer = LayersKind::Transformer.tower(Some(&fast)).unwrap();
        assert_eq!(transformer.layers, published.network.text.unwrap().layers);
        assert_eq!(transformer.teacher_forcing, fast.teacher_forcing);
        assert_eq!(LayersKind::None.tower(Some(&fast)), None);
    }
}
