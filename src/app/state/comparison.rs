//! Presets that are trained one after another, to be compared.

use crate::training::TrainingConfig;
use std::collections::VecDeque;

/// A row of trainings under way.
#[derive(Debug, Default)]
pub struct Comparison {
    waiting: VecDeque<TrainingConfig>,
    preset: String,
    begun: usize,
    total: usize,
}

impl Comparison {
    /// The trainings to do, in order.
    #[must_use]
    pub fn new(configs: Vec<TrainingConfig>) -> Self {
        Self {
            total: configs.len(),
            waiting: configs.into(),
            ..Self::default()
        }
    }

    /// The next training; none when all are begun.
    pub fn begin_next(&mut self) -> Option<TrainingConfig> {
        let config = self.waiting.pop_front()?;
        self.preset.clone_from(&config.preset);
        self.begun += 1;
        Some(config)
    }

    /// Nothing more is begun.
    pub fn end(&mut self) {
        self.waiting.clear();
    }

    /// How far it is, such as “2 of 5: crvae-gru”.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{} of {}: {}", self.begun, self.total, self.preset)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trainings_come_in_order_until_it_is_ended() {
        let configs = ["fast", "crvae-gru", "crvae-rnn"].map(|name| TrainingConfig::preset(name).unwrap());
        let mut comparison = Comparison::new(configs.to_vec());
        assert_eq!(comparison.begin_next().unwrap().preset, "fast");
        assert_eq!(comparison.begin_next().unwrap().preset, "crvae-gru");
        assert_eq!(comparison.text(), "2 of 3: crvae-gru");
        comparison.end();
        assert!(comparison.begin_next().is_none());
    }
}
