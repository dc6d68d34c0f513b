//! Whisper on a graphics card.

use super::decoder::Head;
use super::network::{Network, Processor, Writer};
use crate::jobs::Watch;
use crate::pretrained::PretrainedError;
use crate::pretrained::card::{Dense, KeysValues, Layer, Norm, computing, from_card, to_card};
use ndarray::Array2;
use tch::{Device, Tensor};

/// Spectra that a convolution looks at.
const REACH: i64 = 3;

/// An ear and a hand on a device of libtorch.
pub(super) struct Card {
    device: Device,
    first: Dense,
    second: Dense,
    /// A row for each 20 ms.
    places: Tensor,
    ear: Vec<Layer>,
    ear_norm: Norm,
    tokens: Dense,
    positions: Tensor,
    hand: Vec<Layer>,
    hand_norm: Norm,
    spectra: usize,
    most: usize,
    known: usize,
}

impl Card {
    /// The same network on a device.
    ///
    /// # Errors
    /// When the device has no room for it.
    pub fn of(Processor { encoder, decoder }: &Processor, device: Device) -> Result<Self, PretrainedError> {
        let layers = |layers: &[_]| layers.iter().map(|layer| Layer::of(layer, device)).collect();
        computing(|| {
            Ok(Self {
                device,
                first: Dense::of(&encoder.first, device),
                second: Dense::of(&encoder.second, device),
                places: to_card(encoder.positions.view(), device),
                ear: layers(&encoder.layers),
                ear_norm: Norm::of(&encoder.norm, device),
                tokens: Dense::of(&decoder.tokens, device),
                positions: to_card(decoder.positions.view(), device),
                hand: layers(&decoder.layers),
                hand_norm: Norm::of(&decoder.norm, device),
                spectra: encoder.spectra(),
                most: decoder.most(),
                known: decoder.tokens(),
            })
        })
    }
}

impl Network for Card {
    fn spectra(&self) -> usize {
        self.spectra
    }

    fn most(&self) -> usize {
        self.most
    }

    fn hear(&self, spectra: &Array2<f32>, watch: &Watch) -> Result<Array2<f32>, PretrainedError> {
        computing(|| {
            let rows = to_card(spectra.view(), self.device);
            let rows = self.first.convolve(&rows, REACH, 1).gelu("none");
            let mut rows = self.second.convolve(&rows, REACH, 2).gelu("none") + &self.places;
            for layer in &self.ear {
                watch.check()?;
                rows = layer.read(&rows);
            }
            from_card(&self.ear_norm.apply(&rows))
        })
    }

    fn listen<'a>(&'a self, heard: &Array2<f32>, _: &Watch) -> Result<Box<dyn Writer + 'a>, PretrainedError> {
        computing(|| {
            let heard = to_card(heard.view(), self.device);
            let writer = CardWriter {
                card: self,
                heard: self.hand.iter().map(|layer| layer.look(&heard)).collect(),
                caches: Vec::new(),
                length: 0,
            };
            Ok(Box::new(writer) as _)
        })
    }
}

struct CardWriter<'a> {
    card: &'a Card,
    /// As each layer looks at it.
    heard: Vec<Option<KeysValues>>,
    caches: Vec<Option<KeysValues>>,
    length: usize,
}

impl Writer for CardWriter<'_> {
    fn most(&self) -> usize {
        self.card.most
    }

    fn begin(&mut self, _: usize) {
        self.caches.clear();
        self.caches.resize_with(self.heard.len(), || None);
        self.length = 0;
    }

    fn read_listening(
        &mut self,
        tokens: &[u32],
        among: usize,
        heads: &[Head],
        watch: &Watch,
    ) -> Result<(Array2<f32>, Vec<Array2<f32>>), PretrainedError> {
        let card = self.card;
        super::decoder::check(tokens, self.length, card.known, card.most)?;
        computing(|| {
            let ids: Vec<i64> = tokens.iter().copied().map(i64::from).collect();
            let ids = Tensor::from_slice(&ids).to_device(card.device);
            let places = card.positions.narrow(0, self.length as i64, tokens.len() as i64);
            let mut rows = card.tokens.columns(&ids) + places;
            let mut looks = Vec::new();
            let layers = self.caches.iter_mut().zip(&self.heard);
            for (index, (layer, (cache, heard))) in card.hand.iter().zip(layers).enumerate() {
                watch.check()?;
                let heads = super::decoder::of_layer(heads, index);
                let (next, more) = layer.write(&rows, cache, heard.as_ref(), (among, &heads))?;
                rows = next;
                looks.extend(more);
            }
            self.length += tokens.len();
            Ok((from_card(&card.hand_norm.apply(&rows))?, looks))
        })
    }

    fn rate(&self, rows: &Array2<f32>) -> Result<Array2<f32>, PretrainedError> {
        computing(|| from_card(&self.card.tokens.apply(&to_card(rows.view(), self.card.device))))
    }
}
