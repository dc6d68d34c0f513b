//! When the words of a text were said.

use super::Recogniser;
use super::network::Writer;
use super::vocabulary::STAMP;
use super::{warping, words, writing};
use crate::jobs::Watch;
use crate::pretrained::PretrainedError;
use ndarray::s;

impl Recogniser {
    /// The words of a text with their times.
    pub(super) fn timed_words(
        &self,
        writer: &mut dyn Writer,
        opening: &[u32],
        text: &[u32],
        length: f64,
        watch: &Watch,
    ) -> Result<Vec<words::Timed>, PretrainedError> {
        if text.is_empty() {
            return Ok(Vec::new());
        }
        let (starts, probabilities) = self.starts(writer, opening, text, length, watch)?;
        let words = words::words(&self.vocabulary, text);
        Ok(words::timed(words, &starts, &probabilities, length))
    }

    /// The 20 ms in which each token of a text begins and the last one ends, and the tokens' probabilities: the text is read
    /// once more as a whole, and it is looked at what each token listens to.
    pub(super) fn starts(
        &self,
        writer: &mut dyn Writer,
        opening: &[u32],
        text: &[u32],
        length: f64,
        watch: &Watch,
    ) -> Result<(Vec<usize>, Vec<f64>), PretrainedError> {
        let mut tokens = opening.to_vec();
        tokens.push(self.vocabulary.no_stamps);
        tokens.extend(text);
        tokens.push(self.vocabulary.end);
        let among = ((length / STAMP).ceil() as usize).max(1);
        writer.begin(tokens.len());
        let (rows, looks) = writer.read_listening(&tokens, among, &self.heads, watch)?;
        // What each row looks at is said by the token after it.
        let said = opening.len()..tokens.len() - 1;
        let looks = looks
            .iter()
            .map(|look| look.slice(s![said.clone(), ..]).to_owned())
            .collect();
        let rows = rows.slice(s![said, ..]).to_owned();
        let logits = writer.rate(&rows)?;
        let probabilities = logits
            .rows()
            .into_iter()
            .zip(text)
            .map(|(row, token)| {
                let of_text = row.iter().copied().take(self.vocabulary.end as usize);
                writing::probability(of_text, *token)
            })
            .collect();
        Ok((warping::first_columns(looks), probabilities))
    }
}
