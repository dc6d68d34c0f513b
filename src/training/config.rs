//! What a training run is asked to do.

use crate::model::{Convolutions, NetworkSizes, PixelOutput};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Where to train.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DeviceChoice {
    /// On the graphics card when there is one that can be used, else on the processor.
    #[default]
    Auto,
    /// On the processor.
    Cpu,
    /// On the graphics card, or not at all.
    Cuda,
}

impl FromStr for DeviceChoice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "auto" => Ok(Self::Auto),
            "cpu" => Ok(Self::Cpu),
            "cuda" => Ok(Self::Cuda),
            other => Err(format!("“{other}” is no device; use auto, cpu or cuda")),
        }
    }
}

impl fmt::Display for DeviceChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Auto => "auto",
            Self::Cpu => "cpu",
            Self::Cuda => "cuda",
        })
    }
}

/// Everything that decides what a training run yields, besides the dataset. Two runs with the same configuration on
/// the same dataset and processor yield the same latents.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrainingConfig {
    /// The preset that it was made from.
    pub preset: String,
    /// Passes over the dataset.
    pub epochs: u32,
    /// Pairs in a step.
    pub batch_size: u32,
    /// Step size of AdamW.
    pub learning_rate: f64,
    /// Decoupled weight decay of AdamW.
    pub weight_decay: f64,
    /// Bound on the size of each element of the gradient.
    pub gradient_clip: Option<f64>,
    /// Weight of the words against the picture.
    pub lambda: f64,
    /// Weight of the Kullback-Leibler divergence; 0 in the papers.
    pub beta: f64,
    /// Whether the words are told from the true words before them, as in the papers, or from those already told.
    pub teacher_forcing: bool,
    /// Whether the zeros behind a caption's end count as words, as in the papers. Every caption then is as long as
    /// the longest of the dataset.
    pub padding_in_loss: bool,
    /// Dimensions of the latent space.
    pub latent: u32,
    /// Widths of the network.
    pub network: NetworkSizes,
    /// Decides the first weights, the order of the pairs and the noise.
    pub seed: u64,
    /// Where to train.
    pub device: DeviceChoice,
}

impl TrainingConfig {
    /// Name and description of each preset, the default first.
    pub const PRESETS: &[(&str, &str)] = &[
        (
            "fast",
            "A small network for a minute's training without a graphics card",
        ),
        (
            "paper",
            "The CRVAE as published: 138 million weights, 500 epochs, best on a graphics card",
        ),
    ];

    /// The preset of this name.
    #[must_use]
    pub fn preset(name: &str) -> Option<Self> {
        match name {
            "fast" => Some(Self::fast()),
            "paper" => Some(Self::paper()),
            _ => None,
        }
    }

    fn fast() -> Self {
        Self {
            preset: "fast".to_owned(),
            epochs: 60,
            batch_size: 8,
            learning_rate: 1e-3,
            weight_decay: 0.01,
            gradient_clip: None,
            lambda: 3.0,
            beta: 1e-4,
            teacher_forcing: false,
            padding_in_loss: false,
            latent: 64,
            network: NetworkSizes {
                convolutions: Convolutions::Strided,
                pixels: PixelOutput::Sigmoid,
                filters: vec![16, 32, 64, 64],
                hidden: 128,
                layers: 1,
                dense: 256,
            },
            seed: 3407,
            device: DeviceChoice::Auto,
        }
    }

    fn paper() -> Self {
        Self {
            preset: "paper".to_owned(),
            epochs: 500,
            batch_size: 16,
            learning_rate: 1e-4,
            weight_decay: 0.01,
            gradient_clip: Some(0.01),
            lambda: 3.0,
            beta: 0.0,
            teacher_forcing: true,
            padding_in_loss: true,
            latent: 1000,
            network: NetworkSizes {
                convolutions: Convolutions::Pooled,
                pixels: PixelOutput::Linear,
                filters: vec![32, 32, 32],
                hidden: 512,
                layers: 2,
                dense: 4000,
            },
            seed: 3407,
            device: DeviceChoice::Auto,
        }
    }
}

impl Default for TrainingConfig {
    fn default() -> Self {
        Self::fast()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_listed_preset_exists_and_survives_a_file() {
        for (name, _) in TrainingConfig::PRESETS {
            let config = TrainingConfig::preset(name).unwrap();
            assert_eq!(config.preset, *name);
            let text = serde_json::to_string(&config).unwrap();
            assert_eq!(serde_json::from_str::<TrainingConfig>(&text).unwrap(), config);
        }
        assert_eq!(TrainingConfig::preset("slow"), None);
    }

    #[test]
    fn devices_are_named_as_on_the_command_line() {
        for device in [DeviceChoice::Auto, DeviceChoice::Cpu, DeviceChoice::Cuda] {
            assert_eq!(device.to_string().parse(), Ok(device));
            assert_eq!(serde_json::to_string(&device).unwrap(), format!("\"{device}\""));
        }
        assert!("gpu".parse::<DeviceChoice>().unwrap_err().contains("cuda"));
    }
}
