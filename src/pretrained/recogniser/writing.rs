//! Writing down what was heard in one window, again and more freely where it went wrong.

use super::network::Writer;
use super::rules::Rules;
use super::vocabulary::Vocabulary;
use crate::jobs::Watch;
use crate::pretrained::PretrainedError;
use crate::pretrained::language_model::{Sampling, sampling::Sampler};
use flate2::Compression;
use flate2::write::ZlibEncoder;
use ndarray::{Axis, s};
use std::io::Write as _;

/// How freely tokens are drawn, try by try (Radford et al. 2022, section 4.5).
const TEMPERATURES: [f64; 6] = [0.0, 0.2, 0.4, 0.6, 0.8, 1.0];
/// Text that packs better than this repeats itself.
const LOOPING: f64 = 2.4;
/// A mean logarithm of the tokens' probabilities below this is a guess.
const UNSURE: f64 = -1.0;
/// A guess about what is silence with at least this probability is not believed.
const SILENT: f64 = 0.6;
/// Of what the decoder can overlook, half is for what was written before.
pub(super) const SHARE: usize = 2;

/// What was written of a window.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Written {
    /// Text and timestamps, without what begins and ends them.
    pub tokens: Vec<u32>,
    /// The mean logarithm of their probabilities, the end among them.
    pub certainty: f64,
    /// Probability that nobody speaks.
    pub silence: f64,
    /// Length of the text over that of the same text packed.
    pub repetition: f64,
}

impl Written {
    /// Whether it says the same again and again.
    pub fn is_looping(&self) -> bool {
        self.repetition > LOOPING
    }

    /// Whether it is a guess.
    pub fn is_unsure(&self) -> bool {
        self.certainty < UNSURE
    }

    /// Whether nobody speaks.
    pub fn is_silence(&self) -> bool {
        self.silence > SILENT && self.is_unsure()
    }
}

/// How a window is written down.
#[derive(Clone, Copy)]
pub(super) struct Task<'a> {
    /// What was written before, where there is such, and then the start, the language and the task.
    pub beginning: &'a [u32],
    pub stamps: bool,
    pub seed: u64,
}

/// Writes down a window; what goes in circles or is a guess is tried again, more freely each time.
///
/// # Errors
/// When cancelled.
pub(super) fn write(
    writer: &mut dyn Writer,
    vocabulary: &Vocabulary,
    task: Task<'_>,
    watch: &Watch,
) -> Result<Written, PretrainedError> {
    let mut written = write_at(writer, vocabulary, task, TEMPERATURES[0], watch)?;
    for temperature in TEMPERATURES.into_iter().skip(1) {
        if written.is_silence() || !(written.is_looping() || written.is_unsure()) {
            break;
        }
        written = write_at(writer, vocabulary, task, temperature, watch)?;
    }
    Ok(written)
}

/// Writes down a window once, at 0 the likeliest token always.
///
/// # Errors
/// When cancelled.
pub(super) fn write_at(
    writer: &mut dyn Writer,
    vocabulary: &Vocabulary,
    task: Task<'_>,
    temperature: f64,
    watch: &Watch,
) -> Result<Written, PretrainedError> {
    let rules = Rules {
        vocabulary,
        stamps: task.stamps,
    };
    let mut next = task.beginning.to_vec();
    if !task.stamps {
        next.push(vocabulary.no_stamps);
    }
    let most = (writer.most() / SHARE).min(writer.most().saturating_sub(next.len()));
    let mut sampler = Sampler::new(Sampling {
        temperature,
        seed: task.seed,
        most,
    });
    writer.begin(next.len() + most);
    let (mut tokens, mut sum, mut silence) = (Vec::new(), 0.0, 0.0);
    loop {
        let rows = writer.read(&next, watch)?;
        if tokens.is_empty() {
            let start = next.iter().rposition(|token| *token == vocabulary.start);
            let start = start.unwrap_or_default();
            let logits = writer.rate(&rows.slice(s![start..=start, ..]).to_owned())?;
            silence = probability(logits.iter().copied(), vocabulary.no_speech);
        }
        let last = rows.nrows().saturating_sub(1);
        let logits = writer.rate(&rows.slice(s![last..=last, ..]).to_owned())?;
        let mut logits = logits.index_axis_move(Axis(0), 0).to_vec();
        rules.apply(&tokens, &mut logits);
        let drawn = sampler.pick(&mut logits, |_| true).unwrap_or(vocabulary.end);
        sum += probability(logits.iter().copied(), drawn).ln();
        if drawn == vocabulary.end {
            break;
        }
        tokens.push(drawn);
        if tokens.len() >= most {
            break;
        }
        next = vec![drawn];
    }
    Ok(Written {
        certainty: sum / (tokens.len() + 1) as f64,
        silence,
        repetition: repetition(vocabulary.text(&tokens).trim()),
        tokens,
    })
}

/// The probability of a token by the logits of all.
pub(super) fn probability(logits: impl Iterator<Item = f32> + Clone, token: u32) -> f64 {
    let greatest = logits.clone().fold(f32::NEG_INFINITY, f32::max);
    let weight = |logit: f32| f64::from(logit - greatest).exp();
    let own = logits.clone().nth(token as usize).map_or(0.0, weight);
    own / logits.map(weight).sum::<f64>()
}

/// How much longer a text is than the same text packed.
fn repetition(text: &str) -> f64 {
    let mut packer = ZlibEncoder::new(Vec::new(), Compression::default());
    // Writing into memory does not fail.
    let packed = packer.write_all(text.as_bytes()).and_then(|()| packer.finish());
    text.len() as f64 / packed.map_or(1, |packed| packed.len()).max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_text_packs_well() {
        let news = "Health officials say the new variant spreads faster than the one before it.";
        assert!(repetition(news) < 1.2);
        assert!(repetition(&"thank you ".repeat(30)) > 2.0 * LOOPING);
        assert!(repetition(&"谢谢观看".repeat(20)) > LOOPING);
        assert!(repetition("") < LOOPING);
    }

    #[test]
    fn probabilities_are_those_of_a_softmax() {
        let logits = [0.0, f32::NEG_INFINITY, 3.0f32.ln()];
        let of = |token| probability(logits.into_iter(), token);
        assert!((of(2) - 0.75).abs() < 1e-6 && of(1) == 0.0 && (of(0) - 0.25).abs() < 1e-6);
    }
}
