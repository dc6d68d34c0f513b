//! Presets trained one after another. Each becomes a run as any other; the run in use stays in use.

use crate::app::App;
use crate::app::state::Comparison;
use crate::training::TrainingConfig;

impl App {
    pub(super) fn compare(&mut self, configs: Vec<TrainingConfig>) {
        if configs.is_empty() || !self.is_free() {
            return;
        }
        self.state.comparison = Some(Comparison::new(configs));
        self.compare_next();
    }

    /// Begins the next training of the comparison, or ends it.
    pub(super) fn compare_next(&mut self) {
        let next = self.state.comparison.as_mut().and_then(Comparison::begin_next);
        if next.is_some_and(|config| self.begin_training(config)) {
            return;
        }
        self.state.comparison = None;
        let run = self
            .state
            .project
            .as_ref()
            .and_then(|project| project.run.clone());
        if let Some(run) = run {
            self.state.show_run(&run);
            self.read_history();
        }
        self.state.notice(
            "The comparison is over: its trainings are listed under Runs, and any of them can be used",
            false,
        );
    }
}
