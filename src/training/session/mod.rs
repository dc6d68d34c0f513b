//! The loop.

mod keeping;
mod setup;

use crate::model::{Losses, Vae, loss, seeded};
use crate::pairing::Dataset;
use crate::project::{Latents, LossTerms, Snapshot};
use crate::training::batches::{PairTensors, batches, mix, parts, split};
use crate::training::checkpoint::{self, CheckpointError};
use crate::training::config::TrainingConfig;
use crate::training::control::Control;
use crate::training::device;
use crate::training::error::TrainingError;
use crate::training::event::TrainingEvent;
use crate::training::fallback::Plan;
use crate::training::history;
use crate::training::latents::latents;
use crate::training::optimizer::AdamW;
use crate::training::plateau;
use crate::training::progress::Progress;
use crate::training::reconstruction::{reconstruct, shown};
use crate::training::scores::scores;
use crate::training::train::Trained;
use keeping::{Failure, Good};
use setup::{fresh, remarks};
use std::path::Path;
use std::time::{Duration, Instant};
use tch::nn::VarStore;
use tch::{Kind, Tensor};

/// Least time between two checkpoints.
const CHECKPOINT_EVERY: Duration = Duration::from_secs(5);
/// Saving may take this share of the time at most: a large network is saved less often.
const SAVING_SHARE: u32 = 30;
/// Least time between two rounds of reconstructions.
const SHOW_EVERY: Duration = Duration::from_secs(5);

/// A running training.
pub(super) struct Session<'a> {
    dataset: &'a Dataset,
    config: &'a TrainingConfig,
    folder: &'a Path,
    control: &'a Control,
    events: &'a mut dyn FnMut(TrainingEvent),
    device_name: String,
    fingerprint: String,
    vs: VarStore,
    network: Vae,
    optimizer: AdamW,
    pairs: PairTensors,
    /// Pairs that are learned from, and pairs that are not.
    learned: Vec<usize>,
    held_out: Vec<usize>,
    /// Pairs whose gradients are computed at a time.
    rows: u32,
    /// Losses are read once an epoch: reading them after every step would make a graphics card wait for the host.
    deferred: bool,
    /// Losses of the steps of this epoch that are not read yet, `[4]` each.
    unread: Vec<Tensor>,
    progress: Progress,
    notes: Vec<String>,
    /// The state after the last epoch, whose losses are not seen yet, and one that is known to be good.
    latest: Option<Good>,
    good: Option<Good>,
    /// It ends here although there are epochs left.
    ended: bool,
    saved: Instant,
    save_took: Duration,
    showed: Option<Instant>,
}

impl<'a> Session<'a> {
    /// Builds the network and fills it from the checkpoint, if there is one that fits.
    pub(super) fn new(
        dataset: &'a Dataset,
        config: &'a TrainingConfig,
        plan: &Plan,
        folder: &'a Path,
        control: &'a Control,
        events: &'a mut dyn FnMut(TrainingEvent),
    ) -> Result<Self, TrainingError> {
        config
            .check()
            .map_err(|wrong| TrainingError::Setting(wrong.to_owned()))?;
        let (device, device_name, device_note) = device::choose(plan.device, control.threads())?;
        tch::set_num_threads(i32::try_from(control.threads()).unwrap_or(1));
        let pairs = PairTensors::new(dataset, config.objectives.padding, device)?;
        let (vs, network) = fresh(config, dataset, device);
        let optimizer = AdamW::new(&vs, config, control.threads());
        let (learned, held_out) = split(pairs.len(), config.validation);
        let notes = plan.notes.iter().cloned().chain(device_note);
        let notes = notes.chain(remarks(config, dataset, device)).collect();
        let mut session = Self {
            dataset,
            config,
            folder,
            control,
            events,
            device_name,
            fingerprint: checkpoint::fingerprint(dataset),
            vs,
            network,
            optimizer,
            pairs,
            learned,
            held_out,
            rows: plan.rows,
            deferred: device.is_cuda(),
            unread: Vec::new(),
            progress: Progress::default(),
            notes,
            latest: None,
            good: None,
            ended: false,
            saved: Instant::now(),
            save_took: Duration::ZERO,
            showed: None,
        };
        checkpoint::clear_leftovers(folder);
        match session.resume() {
            Ok(_) => {}
            Err(CheckpointError::Ahead { epoch }) => {
                let asked = config.epochs;
                return Err(TrainingError::Setting(format!(
                    "{asked} epochs: the checkpoint in {} is already at epoch {epoch}",
                    folder.display()
                )));
            }
            Err(why) => {
                session.notes.push(format!(
                    "The checkpoint could not be used and training began anew: {why}."
                ));
                session.begin_anew();
            }
        }
        Ok(session)
    }

    /// Trains to the end, or until it is asked to stop.
    pub(super) fn run(mut self) -> Result<Trained, TrainingError> {
        let epoch = self.progress.epoch;
        let batches = batches(&self.learned, self.config.batch_size, 0).len();
        (self.events)(TrainingEvent::Started {
            device: self.device_name.clone(),
            parameters: self.optimizer.size(),
            pairs: self.pairs.len(),
            batches_per_epoch: u32::try_from(batches).unwrap_or(u32::MAX),
            resumed_from: epoch,
            losses: self.progress.losses.clone(),
            notes: self.notes.clone(),
        });
        let mut trained = false;
        loop {
            while !self.is_over() && !self.control.is_stopped() {
                self.epoch()?;
                trained = true;
            }
            // No step has told yet what became of the weights in the last update.
            if !trained || self.is_sound() && !plateau::strays(&self.progress.losses) {
                break;
            }
            let epoch = self.progress.epoch;
            let what = "the weights went astray".to_owned();
            self.go_back(&Failure {
                epoch,
                step: None,
                what,
            })?;
        }
        let finished = self.is_over();
        let scores = scores(&self.network, &self.pairs, self.dataset);
        if !scores.are_finite() {
            return Err(TrainingError::Diverged {
                what: format!(
                    "After epoch {} what the network told was no number",
                    self.progress.epoch
                ),
                learning_rate: self.config.learning_rate,
            });
        }
        if trained {
            self.save();
            self.keep();
        }
        (self.events)(if finished {
            TrainingEvent::Finished
        } else {
            TrainingEvent::Stopped {
                epoch: self.progress.epoch,
            }
        });
        Ok(Trained {
            latents: self.latents(),
            scores,
            losses: self.progress.losses,
            device: self.device_name,
            parameters: self.optimizer.size(),
            finished: finished && !self.ended,
            notes: self.notes,
        })
    }

    /// Whether there is nothing more to do.
    fn is_over(&mut self) -> bool {
        let losses = &self.progress.losses;
        if self.ended || self.progress.epoch >= self.config.epochs {
            return true;
        }
        let plateau = self
            .config
            .early_stop
            .is_some_and(|stop| self.progress.step == 0 && plateau::is_over(losses, stop));
        if plateau {
            self.note(format!(
                "Ended after epoch {}: the loss had not become better for {} epochs.",
                self.progress.epoch,
                self.config.early_stop.map_or(0, |stop| stop.patience)
            ));
        }
        plateau
    }

    /// One epoch, or what is left of it; fewer steps when asked to stop.
    fn epoch(&mut self) -> Result<(), TrainingError> {
        let seed = [
            self.config.seed,
            u64::from(self.progress.epoch),
            u64::from(self.progress.returns),
        ];
        let mut batches = batches(&self.learned, self.config.batch_size, mix(&seed));
        batches.iter_mut().for_each(|batch| self.pairs.arrange(batch));
        let all = self.pairs.rows(&batches.concat());
        let of = u32::try_from(batches.len()).unwrap_or(u32::MAX);
        let mut first = 0;
        for (index, batch) in (0..).zip(&batches) {
            let rows = all.narrow(0, first, batch.len() as i64);
            first += batch.len() as i64;
            if index < self.progress.step {
                continue;
            }
            if (self.control.is_paused() || self.control.is_stopped())
                && let Err(failure) = self.read()
            {
                return self.go_back(&failure);
            }
            self.wait_while_paused();
            if self.control.is_stopped() {
                return Ok(());
            }
            let start = Instant::now();
            let total = match self.step(batch, &rows, of) {
                Ok(total) => total,
                Err(failure) => return self.go_back(&failure),
            };
            self.progress.seconds += start.elapsed().as_secs_f64();
            (self.events)(TrainingEvent::Step {
                epoch: self.progress.epoch + 1,
                step: index + 1,
                of,
                total,
            });
            if self.saved.elapsed() > CHECKPOINT_EVERY.max(self.save_took * SAVING_SHARE) {
                if let Err(failure) = self.read() {
                    return self.go_back(&failure);
                }
                self.save();
            }
        }
        if let Err(failure) = self.read() {
            return self.go_back(&failure);
        }
        let start = Instant::now();
        let validation = self.validate();
        self.progress.seconds += start.elapsed().as_secs_f64();
        let point = self.progress.close_epoch(validation);
        (self.events)(TrainingEvent::Epoch(point));
        if plateau::is_astray(&self.progress.losses) {
            let what = "the loss had long been a hundred times what it began with".to_owned();
            let epoch = self.progress.epoch;
            return self.go_back(&Failure {
                epoch,
                step: None,
                what,
            });
        }
        self.remember();
        if self.progress.epoch < self.config.epochs {
            if history::is_due(self.progress.epoch) {
                self.keep();
            } else if self.showed.is_none_or(|showed| showed.elapsed() > SHOW_EVERY) {
                self.show();
            }
        }
        Ok(())
    }

    /// One update; its loss, where it is read at once. When that is no number, nothing is changed.
    fn step(&mut self, batch: &[usize], rows: &Tensor, of: u32) -> Result<Option<f64>, Failure> {
        let step = self.progress.step + self.unread.len() as u32;
        let epoch = f64::from(self.progress.epoch) + f64::from(step) / f64::from(of.max(1));
        let (losses, gradients) = self.gradients(batch, rows, epoch, step);
        let share = self.config.schedule.share(epoch);
        self.unread.push(losses);
        if self.deferred {
            self.optimizer.apply(&gradients, share);
            return Ok(None);
        }
        let total = self.read_one()?;
        self.optimizer.apply(&gradients, share);
        Ok(total)
    }

    /// Losses `[4]` and gradients of a batch, computed in parts where memory is short: a part weighs as much as it has
    /// pairs, and its words as much as there are.
    fn gradients(&self, batch: &[usize], rows: &Tensor, epoch: f64, step: u32) -> (Tensor, Vec<Tensor>) {
        let parts = parts(batch, self.rows);
        let progress = &self.progress;
        let seed = mix(&[
            self.config.seed,
            progress.epoch.into(),
            progress.returns.into(),
            u64::from(step) + 1,
        ]);
        let mut first = 0;
        let mut sum: Option<(Tensor, Vec<Tensor>)> = None;
        for part in &parts {
            let count = part.len() as i64;
            // Drawn for the whole batch, so that it does not depend on the parts.
            let noise = |mean: &Tensor| {
                let mut size = mean.size();
                if let Some(rows) = size.first_mut() {
                    *rows = batch.len() as i64;
                }
                let whole = seeded(seed, || Tensor::randn(size, (Kind::Float, self.vs.device())));
                whole.narrow(0, first, count)
            };
            let weight = count as f64 / batch.len() as f64;
            let objectives = &self.config.objectives;
            let words_weight = if objectives.padding {
                weight
            } else {
                self.words(part) / self.words(batch).max(1.0)
            };
            let rows = rows.narrow(0, first, count);
            let losses = self.losses(part, &rows, epoch, &noise);
            let Losses {
                image,
                text,
                kl,
                total,
            } = &losses;
            let (all, total) = if parts.len() == 1 {
                (Tensor::stack(&[image, text, kl, total], 0), total.shallow_clone())
            } else {
                let (image, text, kl) = (image * weight, text * words_weight, kl * weight);
                let total = &image + &text * objectives.lambda + &kl * objectives.beta_at(epoch);
                (Tensor::stack(&[&image, &text, &kl, &total], 0), total)
            };
            let all = all.detach();
            let gradients = self.optimizer.gradients(&total);
            first += count;
            sum = Some(match sum {
                None => (all, gradients),
                Some((before, mut kept)) => {
                    for (kept, gradient) in kept.iter_mut().zip(&gradients) {
                        if kept.defined() {
                            let _ = kept.g_add_(gradient);
                        }
                    }
                    (before + all, kept)
                }
            });
        }
        sum.unwrap_or_else(|| (Tensor::zeros([4], (Kind::Float, self.vs.device())), Vec::new()))
    }

    /// Words in the captions of these pairs.
    fn words(&self, pairs: &[usize]) -> f64 {
        pairs.iter().map(|&pair| self.pairs.words(pair)).sum::<usize>() as f64
    }

    fn losses(
        &self,
        pairs: &[usize],
        rows: &Tensor,
        epoch: f64,
        noise: &dyn Fn(&Tensor) -> Tensor,
    ) -> Losses {
        let batch = self.pairs.gather(pairs, rows);
        let (posterior, told) = self.network.forward(&batch, noise);
        let objectives = &self.config.objectives;
        loss(&batch, &told, &posterior, objectives, objectives.beta_at(epoch))
    }

    /// Reads the losses of all steps that were not read yet.
    fn read(&mut self) -> Result<(), Failure> {
        if self.unread.is_empty() {
            return Ok(());
        }
        let start = Instant::now();
        let all = Tensor::stack(&std::mem::take(&mut self.unread), 0).to_kind(Kind::Double);
        let rows: Vec<Vec<f64>> = Vec::try_from(all).unwrap_or_default();
        // Steps that were only launched are waited for here.
        self.progress.seconds += start.elapsed().as_secs_f64();
        rows.iter().try_for_each(|row| self.count(row).map(|_| ()))
    }

    /// Reads the losses of the step just computed.
    fn read_one(&mut self) -> Result<Option<f64>, Failure> {
        let Some(losses) = self.unread.pop() else {
            return Ok(None);
        };
        let values: Vec<f64> = Vec::try_from(losses.to_kind(Kind::Double)).unwrap_or_default();
        self.count(&values).map(Some)
    }

    /// Counts a step with these losses.
    fn count(&mut self, values: &[f64]) -> Result<f64, Failure> {
        let &[image, text, kl, total] = values else {
            return Ok(0.0);
        };
        let named = [
            ("picture", image),
            ("words", text),
            ("Kullback-Leibler term", kl),
            ("sum", total),
        ];
        if let Some((name, _)) = named.iter().find(|(_, value)| !value.is_finite()) {
            return Err(Failure {
                epoch: self.progress.epoch + 1,
                step: Some(self.progress.step + 1),
                what: format!("the loss of the {name} was no number any more"),
            });
        }
        self.progress.add(LossTerms {
            image,
            text,
            kl,
            total,
        });
        Ok(total)
    }

    /// The losses of the pairs that are not learned from, told from their means by the network at rest.
    fn validate(&self) -> Option<LossTerms> {
        let mut sums = LossTerms::default();
        for part in self.held_out.chunks(self.rows.max(2) as usize) {
            let mut part = part.to_vec();
            self.pairs.arrange(&mut part);
            let weight = part.len() as f64 / self.held_out.len() as f64;
            let losses = tch::no_grad(|| {
                let batch = self.pairs.batch(&part);
                let posterior = self.network.encode(&batch, false);
                let feed = self.network.feed(&batch.words);
                let told = self.network.decode(&posterior.mean, feed, false);
                let objectives = &self.config.objectives;
                loss(&batch, &told, &posterior, objectives, objectives.beta)
            });
            let value = |loss: &Tensor| loss.double_value(&[]) * weight;
            sums.image += value(&losses.image);
            sums.text += value(&losses.text);
            sums.kl += value(&losses.kl);
            sums.total += value(&losses.total);
        }
        // What is no number has no place in a curve, nor in a file.
        (!self.held_out.is_empty() && sums.total.is_finite()).then_some(sums)
    }

    fn wait_while_paused(&mut self) {
        if self.control.is_paused() && !self.control.is_stopped() {
            self.save();
        }
        while self.control.is_paused() && !self.control.is_stopped() {
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn note(&mut self, note: String) {
        if !self.notes.contains(&note) {
            tracing::warn!("{note}");
            (self.events)(TrainingEvent::Note(note.clone()));
            self.notes.push(note);
        }
    }

    fn latents(&self) -> Latents {
        latents(&self.network, &self.pairs)
    }

    /// Shows how some pairs look now.
    fn show(&mut self) {
        let which = shown(self.pairs.len());
        let told = reconstruct(
            &self.network,
            &self.pairs,
            self.dataset,
            &which,
            self.progress.epoch,
        );
        (self.events)(TrainingEvent::Reconstructions(told));
        self.showed = Some(Instant::now());
    }

    /// Hands out what the network makes of all pairs now.
    fn keep(&mut self) {
        let which = shown(self.pairs.len());
        let epoch = self.progress.epoch;
        let told = reconstruct(&self.network, &self.pairs, self.dataset, &which, epoch);
        (self.events)(TrainingEvent::Reconstructions(told.clone()));
        let snapshot = Snapshot {
            epoch,
            latents: self.latents(),
            reconstructions: told,
        };
        (self.events)(TrainingEvent::Snapshot(Box::new(snapshot)));
        self.showed = Some(Instant::now());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::training::checkpoint::Checkpoint;
    use crate::training::train::tests::{dataset, small};
    use tch::Device;

    fn with_session<T>(config: &TrainingConfig, work: impl FnOnce(Session) -> T) -> T {
        let (dataset, control) = (dataset(13), Control::default());
        let folder = tempfile::tempdir().unwrap();
        let plan = Plan::new(config.batch_size, config.device);
        let mut events = |_| {};
        work(Session::new(&dataset, config, &plan, folder.path(), &control, &mut events).unwrap())
    }

    #[test]
    fn reading_losses_once_an_epoch_changes_nothing() {
        let run = |deferred: bool| {
            with_session(&small(), |mut session| {
                session.deferred = deferred;
                session.run().unwrap()
            })
        };
        let (at_once, deferred) = (run(false), run(true));
        assert_eq!(at_once.latents, deferred.latents);
        let totals = |t: &Trained| t.losses.iter().map(|point| point.mean.total).collect::<Vec<_>>();
        assert_eq!(totals(&at_once), totals(&deferred));
    }

    #[test]
    fn a_loss_that_is_no_number_is_found_late_too() {
        let config = TrainingConfig {
            learning_rate: 1e30,
            ..small()
        };
        let error = with_session(&config, |mut session| {
            session.deferred = true;
            session.run().map(|_| ()).unwrap_err()
        });
        assert!(error.to_string().contains("step 2 of epoch 1"), "{error}");
    }

    #[test]
    fn parts_of_a_batch_add_up_to_its_gradient() {
        let mut config = small();
        config.network.fusion.normalisation = crate::model::Normalisation::None;
        for padding in [true, false] {
            config.objectives.padding = padding;
            with_session(&config, |mut session| {
                let mut batch: Vec<usize> = (0..8).collect();
                session.pairs.arrange(&mut batch);
                let rows = session.pairs.rows(&batch);
                let (losses, whole) = session.gradients(&batch, &rows, 0.0, 0);
                session.rows = 3;
                let (again, parts) = session.gradients(&batch, &rows, 0.0, 0);
                assert!(losses.allclose(&again, 1e-5, 1e-7, false));
                for (parameter, (whole, part)) in
                    session.optimizer.parameters.iter().zip(whole.iter().zip(&parts))
                {
                    assert!(whole.allclose(part, 1e-3, 1e-6, false), "{}", parameter.name);
                }
                assert_eq!(whole[0].device(), Device::Cpu);
            });
        }
    }

    #[test]
    fn weights_that_went_astray_are_neither_kept_nor_saved() {
        with_session(&small(), |mut session| {
            session.epoch().unwrap();
            session.epoch().unwrap();
            session.save();
            let good = session.optimizer.parameters[0].weight.detach().copy();
            let saved = |session: &Session| {
                Checkpoint::open(session.folder)
                    .unwrap()
                    .unwrap()
                    .header
                    .progress
                    .epoch
            };
            assert_eq!(
                (
                    saved(&session),
                    session.latest.as_ref().map(|kept| kept.progress.epoch)
                ),
                (2, Some(2))
            );
            let first = session.progress.losses[0].mean.total;
            session.progress.losses.last_mut().unwrap().mean.total = 1e6 * first;
            let mut weight = session.optimizer.parameters[0].weight.detach();
            let _ = weight.g_mul_scalar_(1e3);
            session.progress.epoch = 3;
            session.remember();
            session.save();
            assert_eq!(
                (
                    saved(&session),
                    session.latest.as_ref().map(|kept| kept.progress.epoch)
                ),
                (2, Some(2))
            );
            let what = "the loss leapt".to_owned();
            session
                .go_back(&Failure {
                    epoch: 3,
                    step: None,
                    what,
                })
                .unwrap();
            // The state after the first epoch: the losses of the second showed that it was good.
            assert_eq!(session.progress.epoch, 1);
            assert!(
                session.optimizer.parameters[0]
                    .weight
                    .abs()
                    .max()
                    .double_value(&[])
                    < 2.0 * good.abs().max().double_value(&[])
            );
        });
    }

    #[test]
    fn a_checkpoint_further_on_than_asked_is_left_alone() {
        let (dataset, control) = (dataset(13), Control::default());
        let folder = tempfile::tempdir().unwrap();
        let train = |epochs: u32| {
            let config = TrainingConfig { epochs, ..small() };
            crate::training::train(&dataset, &config, folder.path(), &control, &mut |_| {})
        };
        train(3).unwrap();
        let before = std::fs::read(folder.path().join(checkpoint::FILE)).unwrap();
        let error = train(2).unwrap_err().to_string();
        assert!(error.contains("epoch 3"), "{error}");
        assert_eq!(
            std::fs::read(folder.path().join(checkpoint::FILE)).unwrap(),
            before
        );
    }

    #[test]
    fn one_step_an_epoch_does_not_hide_weights_that_are_lost() {
        let config = TrainingConfig {
            learning_rate: 1e30,
            batch_size: 13,
            ..small()
        };
        let error = with_session(&config, |session| session.run().map(|_| ()).unwrap_err());
        assert!(matches!(error, TrainingError::Diverged { .. }), "{error}");
    }
}
