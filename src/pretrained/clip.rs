//! Pictures and sentences in one space: CLIP (Radford et al. 2021) and Chinese CLIP (Yang et al. 2022).
//!
//! The two halves are loaded each by itself: a sentence that is typed needs no eye.

mod text;

use super::layers::Dense;
use super::memory::Room;
use super::picture::{Framing, Picture};
use super::vision::Vision;
use super::weights::Weights;
use super::{PretrainedError, tokens};
use crate::jobs::Watch;
use ndarray::{Array2, Axis, concatenate};
use serde_json::Value;
use std::path::Path;
use text::Text;

/// What a cosine is multiplied by, at most and where the file does not say: what the models were trained towards.
const SCALE: f32 = 100.0;

/// The half that sees.
pub struct ClipPictures {
    eye: Vision,
    projection: Dense,
    scale: f32,
    _room: Room,
}

impl ClipPictures {
    /// Loads the eye of the model in a folder: `model.safetensors` or `pytorch_model.bin`, `config.json`, and
    /// `preprocessor_config.json` where there is one.
    ///
    /// # Errors
    /// When a file is missing or is of another model, when there is too little memory, or when cancelled.
    pub fn load(folder: &Path, watch: &Watch) -> Result<Self, PretrainedError> {
        let config = tokens::json(&folder.join("config.json"))?.unwrap_or_default();
        let weights = Weights::open(folder)?;
        let room = weights.room()?;
        let root = weights.root(watch);
        let part = config.get("vision_config").unwrap_or(&Value::Null);
        let mut eye = Vision::load(&root.at("vision_model"), part)?;
        let path = folder.join("preprocessor_config.json");
        if let Some(asked) = tokens::json(&path)? {
            eye.framing =
                framed(&asked, eye.framing).map_err(|reason| PretrainedError::unusable(&path, reason))?;
        } else {
            eye.framing.shorter = Some(eye.framing.side);
        }
        let scale = if root.has("logit_scale") {
            let ln = root.flat("logit_scale")?;
            ln.first().map_or(SCALE, |ln| ln.exp().min(SCALE))
        } else {
            SCALE
        };
        Ok(Self {
            eye,
            projection: Dense::load(&root, "visual_projection")?,
            scale,
            _room: room,
        })
    }

    /// What cosines are multiplied by before they are compared.
    #[must_use]
    pub fn scale(&self) -> f32 {
        self.scale
    }

    /// Where pictures lie: a row of length 1 each.
    ///
    /// # Errors
    /// When a picture has not as many bytes as its size says, or when cancelled.
    pub fn places(&self, pictures: &[Picture<'_>], watch: &Watch) -> Result<Array2<f32>, PretrainedError> {
        let seen = pictures
            .iter()
            .map(|picture| self.eye.whole(picture, watch))
            .collect::<Result<Vec<_>, _>>()?;
        let seen: Vec<_> = seen.iter().map(Array2::view).collect();
        let seen = concatenate(Axis(0), &seen)
            .map_err(|_| PretrainedError::Input("there is no picture to look at".to_owned()))?;
        Ok(unit(self.projection.apply(seen.view())))
    }
}

/// The half that reads.
pub struct ClipSentences {
    text: Text,
    projection: Dense,
    _room: Room,
}

impl ClipSentences {
    /// Loads what reads in the model of a folder: as [`ClipPictures::load`], with `tokenizer.json` or `vocab.txt`.
    ///
    /// # Errors
    /// When a file is missing or is of another model, when there is too little memory, or when cancelled.
    pub fn load(folder: &Path, watch: &Watch) -> Result<Self, PretrainedError> {
        let path = folder.join("config.json");
        let config = tokens::json(&path)?.unwrap_or_default();
        let weights = Weights::open(folder)?;
        let room = weights.room()?;
        let root = weights.root(watch);
        let part = config.get("text_config").unwrap_or(&Value::Null);
        Ok(Self {
            text: Text::load(&root.at("text_model"), (part, &path), tokens::of_folder(folder)?)?,
            projection: Dense::load(&root, "text_projection")?,
            _room: room,
        })
    }

    /// Where sentences lie: a row of length 1 each. What is longer than the model reads is cut.
    ///
    /// # Errors
    /// When a sentence cannot be read as the model's tokens, or when cancelled.
    pub fn places(&self, sentences: &[String], watch: &Watch) -> Result<Array2<f32>, PretrainedError> {
        let read = self.text.vectors(sentences, watch)?;
        Ok(unit(self.projection.apply(read.view())))
    }
}

/// Rows to length 1.
fn unit(mut rows: Array2<f32>) -> Array2<f32> {
    for mut row in rows.rows_mut() {
        let length = row.dot(&row).sqrt().max(1e-12);
        row /= length;
    }
    rows
}

/// What `preprocessor_config.json` asks for.
fn framed(asked: &Value, usual: Framing) -> Result<Framing, String> {
    let length = |name: &str| {
        let value = asked.get(name)?;
        let number = |value: &Value| value.as_u64().map(|pixels| pixels as usize);
        number(value).or_else(|| {
            let names = ["shortest_edge", "height"];
            names.iter().find_map(|name| number(value.get(name)?))
        })
    };
    let colours = |name: &str, usual: [f32; 3]| {
        let values = asked.get(name).and_then(Value::as_array);
        let values = values.map(|values| values.iter().filter_map(Value::as_f64).map(|value| value as f32));
        values
            .and_then(|values| <[f32; 3]>::try_from(values.collect::<Vec<_>>()).ok())
            .unwrap_or(usual)
    };
    let crops = asked.get("do_center_crop").and_then(Value::as_bool) != Some(false);
    let square = asked.get("size").is_some_and(|size| size.get("width").is_some());
    let shorter = (crops && !square).then(|| length("size").unwrap_or(usual.side));
    let side = if crops {
        length("crop_size").or(length("size"))
    } else {
        length("size")
    };
    if side.is_some_and(|side| side != usual.side) {
        return Err(format!(
            "it asks for pictures of {} pixels, and the weights are for {}",
            side.unwrap_or_default(),
            usual.side
        ));
    }
    Ok(Framing {
        side: usual.side,
        shorter,
        mean: colours("image_mean", usual.mean),
        deviation: colours("image_std", usual.deviation),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_framed_as_the_model_asks() {
        let usual = Framing::stretched(224);
        let framed = |text: &str| framed(&serde_json::from_str(text).unwrap(), usual);
        let clip =
            r#"{"crop_size": 224, "do_center_crop": true, "size": 224, "image_mean": [0.5, 0.25, 0.0]}"#;
        let clip = framed(clip).unwrap();
        assert_eq!((clip.side, clip.shorter), (224, Some(224)));
        assert_eq!((clip.mean, clip.deviation), ([0.5, 0.25, 0.0], usual.deviation));
        let newer = r#"{"crop_size": {"height": 224, "width": 224}, "size": {"shortest_edge": 256}}"#;
        assert_eq!(framed(newer).unwrap().shorter, Some(256));
        let chinese = r#"{"do_center_crop": false, "size": {"height": 224, "width": 224}}"#;
        assert_eq!(framed(chinese).unwrap(), usual);
        let error = framed(r#"{"do_center_crop": false, "size": 336}"#).unwrap_err();
        assert!(error.contains("336") && error.contains("224"), "{error}");
    }
}
