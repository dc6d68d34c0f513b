//! How well a network puts pairs back: the same measure for every network.

use super::batches::PairTensors;
use super::vocabulary::Known;
use crate::model::loss::squared_error;
use crate::model::{Batch, Feed, Reconstructed, Vae};
use crate::pairing::Dataset;
use crate::project::{Scores, TextScores};
use tch::{Kind, Reduction, Tensor};

/// Pairs that are told at a time.
const ROWS: usize = 16;

/// Sums over pairs, in the shape of [`TextScores`].
#[derive(Default)]
struct TextSums {
    squares: f64,
    words: f64,
    padded: f64,
    rows: f64,
    right: usize,
    known: usize,
}

impl TextSums {
    fn add(&mut self, batch: &Batch, told: &Tensor, known: &Known, true_words: &[&[u32]]) {
        let words = batch.mask.sum(Kind::Float).double_value(&[]);
        self.squares += squared_error(batch, told).double_value(&[]) * words;
        self.words += words;
        let rows = true_words.len() as f64;
        self.padded += told.mse_loss(&batch.words, Reduction::Mean).double_value(&[]) * rows;
        self.rows += rows;
        for (row, tokens) in (0..).zip(true_words) {
            let nearest = known.places(&told.get(row).narrow(0, 0, tokens.len() as i64));
            for (&token, place) in tokens.iter().zip(nearest) {
                if known.has(token) {
                    self.known += 1;
                    self.right += usize::from(place == token);
                }
            }
        }
    }

    /// With the error over padding where the network learned to tell that.
    fn scores(&self, padded: bool) -> TextScores {
        TextScores {
            error: self.squares / self.words.max(1.0),
            padded_error: padded.then_some(self.padded / self.rows.max(1.0)),
            words_right: self.right as f64 / self.known.max(1) as f64,
        }
    }
}

/// Some pairs with what the network, at rest, tells of them from their latent means.
struct PutBack {
    /// Which pairs, in the order of the batch.
    rows: Vec<usize>,
    batch: Batch,
    mean: Tensor,
    told: Reconstructed,
}

/// Puts all pairs back, some at a time.
fn put_back(network: &Vae, pairs: &PairTensors, mut look: impl FnMut(PutBack)) {
    let all: Vec<usize> = (0..pairs.len()).collect();
    tch::no_grad(|| {
        for rows in all.chunks(ROWS) {
            let mut rows = rows.to_vec();
            pairs.arrange(&mut rows);
            let batch = pairs.batch(&rows);
            let mean = network.encode(&batch, false).mean;
            let told = network.decode(&mean, network.feed(&batch.words), false);
            look(PutBack {
                rows,
                batch,
                mean,
                told,
            });
        }
    });
}

/// How badly each pair is put back from its latent mean, at rest: the mean squared error of its picture in [0, 1], and
/// `lambda` times that of its words where captions are learned.
#[must_use]
pub fn pair_losses(network: &Vae, pairs: &PairTensors, lambda: f64) -> Vec<f64> {
    let mut losses = vec![0.0; pairs.len()];
    put_back(
        network,
        pairs,
        |PutBack {
             rows, batch, told, ..
         }| {
            let axes = [1_i64, 2, 3].as_slice();
            let squares = (told.image - &batch.image).square();
            let mut each = squares.mean_dim(axes, false, Kind::Float);
            if let Some(text) = told.text {
                let squares = (text - &batch.words)
                    .square()
                    .mean_dim([2_i64].as_slice(), false, Kind::Float);
                let of_words =
                    (squares * &batch.mask).sum_dim_intlist([1_i64].as_slice(), false, Kind::Float);
                let words = batch
                    .mask
                    .sum_dim_intlist([1_i64].as_slice(), false, Kind::Float)
                    .clamp_min(1.0);
                each += of_words / words * lambda;
            }
            let each = Vec::<f64>::try_from(each.to_kind(Kind::Double)).unwrap_or_default();
            for (row, loss) in rows.into_iter().zip(each) {
                if let Some(slot) = losses.get_mut(row) {
                    *slot = loss;
                }
            }
        },
    );
    losses
}

/// The scores over all pairs of the dataset.
#[must_use]
pub fn scores(network: &Vae, pairs: &PairTensors, dataset: &Dataset) -> Scores {
    let known = Known::new(pairs, dataset);
    let (mut image, mut count, mut has_text) = (0.0, 0.0, false);
    let (mut as_trained, mut free) = (TextSums::default(), TextSums::default());
    put_back(
        network,
        pairs,
        |PutBack {
             rows,
             batch,
             mean,
             told,
         }| {
            image += told
                .image
                .mse_loss(&batch.image, Reduction::Mean)
                .double_value(&[])
                * rows.len() as f64;
            count += rows.len() as f64;
            let Some(text) = told.text else { return };
            has_text = true;
            let tokens: Vec<&[u32]> = rows
                .iter()
                .map(|&pair| dataset.tokens.get(pair).map_or(&[][..], Vec::as_slice))
                .collect();
            as_trained.add(&batch, &text, &known, &tokens);
            let steps = batch.words.size().get(1).copied().unwrap_or(0);
            if let Some(text) = network.decode(&mean, Feed::Free(steps), false).text {
                free.add(&batch, &text, &known, &tokens);
            }
        },
    );
    Scores {
        image: image / f64::max(count, 1.0),
        text: has_text.then(|| as_trained.scores(pairs.padded())),
        free: has_text.then(|| free.scores(pairs.padded())),
    }
}
