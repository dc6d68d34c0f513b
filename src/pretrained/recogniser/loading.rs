//! From a model's folder to a model.

use super::Recogniser;
use super::card::Card;
use super::decoder::{Decoder, Head};
use super::encoder::Encoder;
use super::network::Processor;
use super::spectrogram::Spectrogram;
use super::vocabulary::Vocabulary;
use crate::jobs::Watch;
use crate::pretrained::arithmetic::Activation;
use crate::pretrained::transformer::{LayerPlan, NormPlace};
use crate::pretrained::weights::Weights;
use crate::pretrained::{Place, PretrainedError, tokens};
use serde_json::Value;
use std::path::Path;

impl Recogniser {
    /// Loads the model of a folder: `config.json`, `model.safetensors` or `pytorch_model.bin`, `tokenizer.json`, and
    /// `generation_config.json` where there is one. All widths are those of the weights.
    ///
    /// # Errors
    /// When a file is missing or is of another model, when there is too little memory, in that of a card too, or when cancelled.
    pub fn open(folder: &Path, place: Place, watch: &Watch) -> Result<Self, PretrainedError> {
        let config = tokens::json(&folder.join("config.json"))?.ok_or_else(|| {
            PretrainedError::unusable(
                folder,
                "there is no config.json in this folder, which says what the model is",
            )
        })?;
        let unusable = |reason: String| PretrainedError::unusable(&folder.join("config.json"), reason);
        let number = |name: &str| {
            let number = config.get(name).and_then(Value::as_u64);
            number.ok_or_else(|| unusable(format!("{name} is missing: this is no Whisper model")))
        };
        let activation = config
            .get("activation_function")
            .and_then(Value::as_str)
            .unwrap_or("gelu");
        let activation = Activation::by_name(activation).ok_or_else(|| {
            unusable(format!(
                "{activation} is none of the activations gelu, relu and silu"
            ))
        })?;
        let plan = |heads: u64| LayerPlan {
            heads: heads as usize,
            activation,
            epsilon: 1e-5,
            norm_place: NormPlace::Before,
        };
        let generation = tokens::json(&folder.join("generation_config.json"))?.unwrap_or_default();
        let vocabulary = Vocabulary::load(folder, &generation)?;
        let weights = Weights::open(folder)?;
        let room = weights.room()?;
        let model = weights.root(watch).at("model");
        let encoder = Encoder::load(&model.at("encoder"), plan(number("encoder_attention_heads")?))?;
        let heads = number("decoder_attention_heads")?;
        let decoder = Decoder::load(&model.at("decoder"), plan(heads))?;
        if vocabulary.greatest() >= decoder.tokens() {
            let reason = format!(
                "its tokenizer has tokens up to {} and the model only {}: they are of different models",
                vocabulary.greatest(),
                decoder.tokens()
            );
            return Err(PretrainedError::unusable(folder, reason));
        }
        let named = generation.get("alignment_heads").cloned();
        let named: Option<Vec<Head>> = named.and_then(|heads| serde_json::from_value(heads).ok());
        let all = || {
            let layers = decoder.layers() / 2..decoder.layers();
            let of_layer = |layer| (0..heads as usize).map(move |head| [layer, head]);
            layers.flat_map(of_layer).collect()
        };
        let heads = named.filter(|heads| !heads.is_empty()).unwrap_or_else(all);
        let bands = encoder.bands();
        let processor = Processor { encoder, decoder };
        Ok(Self {
            spectrogram: Spectrogram::new(bands),
            heads,
            network: match place {
                Place::Processor => Box::new(processor),
                Place::Torch(device) => Box::new(Card::of(&processor, device)?),
            },
            vocabulary,
            // What is on a card takes no room in memory.
            _room: (place == Place::Processor).then_some(room),
        })
    }
}
