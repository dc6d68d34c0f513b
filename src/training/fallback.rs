//! What to do when a graphics card has too little memory: smaller parts of a batch, then the processor, each said.

use super::config::DeviceChoice;
use super::error::TrainingError;

/// How a training is to be fitted into memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Pairs whose gradients are computed at a time; those of a batch are added up.
    pub rows: u32,
    /// Pairs in a whole batch.
    batch: u32,
    /// Where to train.
    pub device: DeviceChoice,
    /// What was given up so far.
    pub notes: Vec<String>,
}

/// Fewest pairs at a time: batch normalisation needs two.
const FEWEST_ROWS: u32 = 2;

impl Plan {
    /// Whole batches on the device that was asked for.
    #[must_use]
    pub fn new(batch_size: u32, device: DeviceChoice) -> Self {
        Self {
            rows: batch_size.max(FEWEST_ROWS),
            batch: batch_size.max(FEWEST_ROWS),
            device,
            notes: Vec::new(),
        }
    }

    /// The next thing to give up; none when a training on the processor has too little memory.
    fn smaller(mut self) -> Option<Self> {
        if self.device == DeviceChoice::Cpu {
            return None;
        }
        if self.rows > FEWEST_ROWS {
            self.rows = (self.rows / 2).max(FEWEST_ROWS);
            self.notes.push(format!(
                "The graphics card has too little memory for whole batches: {} pairs are computed at a time and their \
                 gradients added up. Batch normalisation then sees fewer pairs at once.",
                self.rows
            ));
        } else {
            // The processor has other memory, and batch normalisation needs its whole batches.
            (self.device, self.rows) = (DeviceChoice::Cpu, self.batch);
            self.notes.push(
                "The graphics card has too little memory for this network: trained on the processor, in whole batches."
                    .into(),
            );
        }
        Some(self)
    }
}

/// Whether libtorch says that memory ran out.
fn is_out_of_memory(error: &TrainingError) -> bool {
    let TrainingError::Computation(message) = error else {
        return false;
    };
    [
        "out of memory",
        "CUDNN_STATUS_ALLOC_FAILED",
        "CUBLAS_STATUS_ALLOC_FAILED",
    ]
    .iter()
    .any(|sign| message.contains(sign))
}

/// Trains by a plan, and by ever smaller ones while a graphics card has too little memory.
pub(super) fn within_memory<T>(
    mut plan: Plan,
    mut train: impl FnMut(&Plan) -> Result<T, TrainingError>,
) -> Result<T, TrainingError> {
    loop {
        match train(&plan) {
            Err(error) if is_out_of_memory(&error) => match plan.smaller() {
                Some(smaller) => plan = smaller,
                None => return Err(error),
            },
            result => return result,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn full() -> TrainingError {
        TrainingError::Computation("CUDA out of memory. Tried to allocate 368.00 MiB.".into())
    }

    #[test]
    fn parts_of_a_batch_come_first_and_then_the_processor() {
        let mut tried = Vec::new();
        let plan = Plan::new(16, DeviceChoice::Auto);
        let notes = within_memory(plan, |plan| {
            tried.push((plan.rows, plan.device));
            if plan.device == DeviceChoice::Cpu {
                Ok(plan.notes.clone())
            } else {
                Err(full())
            }
        });
        let (auto, cpu) = (DeviceChoice::Auto, DeviceChoice::Cpu);
        assert_eq!(tried, [(16, auto), (8, auto), (4, auto), (2, auto), (16, cpu)]);
        let notes = notes.unwrap();
        assert!(notes.len() == 4 && notes[0].contains("8 pairs") && notes[3].contains("processor"));
    }

    #[test]
    fn other_errors_and_a_full_processor_are_the_end() {
        let wrong = TrainingError::Setting("no epochs".into());
        let plan = || Plan::new(16, DeviceChoice::Cuda);
        assert_eq!(within_memory(plan(), |_| Err::<(), _>(wrong.clone())), Err(wrong));
        assert_eq!(within_memory(plan(), |_| Err::<(), _>(full())), Err(full()));
        let small = |plan: &Plan| if plan.rows > 4 { Err(full()) } else { Ok(plan.rows) };
        assert_eq!(within_memory(plan(), small), Ok(4));
    }
}
