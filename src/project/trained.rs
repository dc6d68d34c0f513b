//! What a run was trained on, and the project as seen from there.

use super::store::Project;
use super::track::{CaptionTrack, Cue};
use super::units::{CueId, PairIndex, Seconds, SourceIndex};
use super::{Pair, Run};
use std::collections::HashMap;
use std::sync::Arc;

/// The pairs that a run was trained on, with their captions as they were then: rows of its results speak of these, whatever
/// becomes of the captions later.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TrainedOn {
    /// In order of the rows: those of the project's own video in order of time, then those of each companion.
    pub pairs: Vec<Pair>,
    /// The caption of each pair; empty where it has none.
    pub texts: Vec<String>,
}

impl TrainedOn {
    /// For each pair, the row of the same frame among the pairs of another training; none where it has none.
    #[must_use]
    pub fn rows_in(&self, other: &Self) -> Vec<Option<PairIndex>> {
        let key = |pair: &Pair| (pair.frame_at(), pair.time.0.to_bits());
        let rows = other.pairs.iter().enumerate();
        let rows: HashMap<_, _> = rows
            .map(|(row, pair)| (key(pair), PairIndex::from(row)))
            .collect();
        self.pairs
            .iter()
            .map(|pair| rows.get(&key(pair)).copied())
            .collect()
    }
}

impl Project {
    /// The pairs that results speak of: rows of the latents, the labels and the map, the evidence of tags. Those that the
    /// run in use was trained on; without a run, those there are now.
    #[must_use]
    pub fn studied(&self) -> &[Pair] {
        match &self.run {
            Some(run) => &run.on.pairs,
            None => &self.pairs,
        }
    }

    /// Those of them that are of the project's own video, the first rows: what goes by its time looks at these only.
    #[must_use]
    pub fn studied_own(&self) -> &[Pair] {
        let studied = self.studied();
        let own = studied.iter().take_while(|pair| pair.source.is_own()).count();
        studied.get(..own).unwrap_or_default()
    }

    /// What a studied pair says: its caption as it is now, as it was learned from where it is there no more or is that of a
    /// companion; empty where it has none.
    #[must_use]
    pub fn studied_text(&self, pair: PairIndex) -> &str {
        let place = pair.index();
        let own = self.studied().get(place).filter(|pair| pair.source.is_own());
        let cue = own.and_then(|pair| pair.cue);
        let now = cue.and_then(|id| self.track.cue(id)).map(|cue| cue.text.as_str());
        let learned = self.run.as_ref().and_then(|run| run.on.texts.get(place));
        now.or(learned.map(String::as_str)).unwrap_or_default()
    }

    /// The pairs and captions that a run is trained on now: its own, and those of the companions that could be read.
    #[must_use]
    pub fn trainable(&self) -> TrainedOn {
        let mut on = self.own();
        for (place, companion) in self.manifest.companions.iter().enumerate() {
            if let Ok(project) = self.companion(companion) {
                let source = SourceIndex::from(place + 1);
                let TrainedOn { pairs, texts } = project.own();
                on.pairs
                    .extend(pairs.into_iter().map(|pair| Pair { source, ..pair }));
                on.texts.extend(texts);
            }
        }
        on
    }

    /// The project as it was when the run in use was trained: its pairs and those of its companions of then, each with the
    /// caption of that time.
    #[must_use]
    pub fn as_trained(&self) -> Self {
        let mut project = self.clone();
        let Some(run) = &self.run else { return project };
        project.take_pairs(&run.on, SourceIndex::OWN);
        project.manifest.language = run.config.language.unwrap_or(self.manifest.language);
        project.manifest.companions.clone_from(&run.config.companions);
        for (place, companion) in run.config.companions.iter().enumerate() {
            if let Some(Ok(other)) = project.company.get_mut(&companion.folder) {
                let other = Arc::make_mut(other);
                other.take_pairs(&run.on, SourceIndex::from(place + 1));
                other.manifest.language = companion.language;
            }
        }
        project
    }

    /// Takes the pairs of a source, with their captions, in place of its own.
    fn take_pairs(&mut self, on: &TrainedOn, source: SourceIndex) {
        let mut cues = Vec::new();
        self.pairs.clear();
        for (pair, text) in on.pairs.iter().zip(&on.texts) {
            if pair.source != source {
                continue;
            }
            let cue = pair.cue.map(|_| {
                // Captions are found by their identity here; the times only keep them in order.
                let time = Seconds(cues.len() as f64);
                cues.push(Cue::new(time, time, text.as_str()));
                CueId::from(cues.len() - 1)
            });
            self.pairs.push(Pair {
                source: SourceIndex::OWN,
                cue,
                ..pair.clone()
            });
        }
        self.track = CaptionTrack::new(cues);
    }

    /// A run from before runs remembered their pairs belongs to the pairs there are, or to none that are known; what was
    /// left by a crash may not fit together.
    pub(super) fn check_run(&mut self) {
        let Some(mut run) = self.run.take() else { return };
        if run.on.pairs.is_empty() && run.config.made_of == self.made_of() {
            run.on = self.trainable();
        }
        let fits = |run: &Run| {
            let rows = run.latents.as_ref().map(|latents| latents.values.nrows());
            !run.on.pairs.is_empty() && rows.is_none_or(|rows| rows == run.on.pairs.len())
        };
        self.run = Some(run).filter(fits);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::{FrameIndex, Latents, edits};

    /// A project with two captions and a run on them.
    fn project() -> Project {
        let cue = |start: f64, text: &str| Cue::new(Seconds(start), Seconds(start + 1.0), text);
        let pair = |frame: u32, cue: Option<u32>| Pair {
            source: SourceIndex::OWN,
            frame: FrameIndex(frame),
            time: Seconds(f64::from(frame)),
            cue: cue.map(CueId),
        };
        let mut project = Project {
            track: CaptionTrack::new(vec![cue(0.0, "a"), cue(2.0, "b")]),
            pairs: vec![pair(2, Some(1)), pair(1, None), pair(0, Some(0))],
            ..Project::default()
        };
        project.run = Some(Run {
            on: project.trainable(),
            ..Run::default()
        });
        project
    }

    #[test]
    fn results_speak_of_the_pairs_of_their_time() {
        let mut project = project();
        let mut history = edits::EditHistory::default();
        let edit = edits::set_text(&project.track, CueId(1), "c").unwrap();
        history.apply(&mut project, edit);
        let edit = edits::delete(&project.track, &[CueId(0)]).unwrap();
        history.apply(&mut project, edit);
        project.pairs.truncate(1);
        assert_eq!(project.studied().len(), 3);
        let texts = [0, 1, 2].map(|row| project.studied_text(PairIndex(row)));
        assert_eq!(texts, ["c", "", "a"]);
        let then = project.as_trained().trainable();
        assert_eq!(then.texts, ["b", "", "a"]);
        assert_eq!(
            then.pairs.iter().map(|pair| pair.frame.0).collect::<Vec<_>>(),
            [2, 1, 0]
        );
    }

    #[test]
    fn a_run_that_does_not_fit_is_let_go_and_an_old_one_learns_its_pairs() {
        let mut whole = project();
        let made_of = whole.made_of();
        let run = whole.run.as_mut().unwrap();
        run.on = TrainedOn::default();
        run.config.made_of = made_of;
        whole.check_run();
        assert_eq!(whole.run.as_ref().unwrap().on, whole.trainable());
        whole.run.as_mut().unwrap().latents = Some(Latents {
            values: ndarray::Array2::zeros((2, 1)),
        });
        whole.check_run();
        assert!(whole.run.is_none());
    }
}
