//! The networks of all presets against the same networks in PyTorch: what they tell, losses, gradients, and ten updates;
//! two towers that match pictures and captions; and windows of both.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use frameloom::model::window::{PLACES, trimmed_loss, window_fits};
use frameloom::model::{
    Batch, Cell, ContrastDesign, ContrastShape, Convolutions, Feed, ImageTower, LatentHead, PictureTower,
    PixelOutput, Shape, TextLayers, Transformer, TwoTowers, Vae, WindowDesign, WindowNetwork, WindowShape,
    contrast_loss, loss, seeded,
};
use frameloom::training::TrainingConfig;
use frameloom::training::checkpoint::write_tensors;
use frameloom::training::optimizer::AdamW;
use serde_json::json;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use tch::nn::VarStore;
use tch::{Device, Kind, Tensor};

const FLOATS: (Kind, Device) = (Kind::Float, Device::Cpu);
/// Updates of the optimiser.
const STEPS: i64 = 10;
const DIMENSION: i64 = 11;
/// Words of each caption.
const LENGTHS: [i64; 5] = [7, 5, 4, 2, 1];
/// Rows and columns of pictures: odd, even at some levels and even at all.
const PICTURES: [(i64, i64); 3] = [(37, 50), (21, 30), (32, 48)];

/// What no preset has by itself: a preset, and settings that are changed.
const VARIANTS: [(&str, &[(&str, &str)]); 6] = [
    (
        "fast",
        &[("objectives.text", "cosine"), ("objectives.beta", "0.5")],
    ),
    (
        "fast",
        &[
            ("network.text.teacher_forcing", "false"),
            ("network.text.layers.reminded", "true"),
            ("network.image.pixels", "linear"),
            ("network.fusion.normalisation", "batch"),
        ],
    ),
    (
        "crvae-transformer",
        &[
            ("network.text.teacher_forcing", "false"),
            ("objectives.padding", "false"),
            ("network.image.pixels", "sigmoid"),
        ],
    ),
    (
        "crvae-gru",
        &[
            ("network.fusion.normalisation", "layer"),
            ("network.text.layers.reminded", "true"),
            ("objectives.padding", "false"),
            ("objectives.beta", "0.5"),
        ],
    ),
    (
        "crvae-rnn",
        &[
            ("network.image.convolutions", "strided"),
            ("objectives.text", "cosine"),
            ("weight_decay", "0"),
        ],
    ),
    (
        "pure-cvae",
        &[("objectives.beta", "0.5"), ("gradient_clip", "0.001")],
    ),
];

#[test]
fn all_networks_are_those_of_pytorch() {
    let Ok(python) = std::env::var("FRAMELOOM_PARITY_PYTHON") else {
        eprintln!("skipped: FRAMELOOM_PARITY_PYTHON does not name a Python with torch");
        return;
    };
    // More threads than one only wait for each other in networks as narrow as these.
    tch::set_num_threads(1);
    let folder = tempfile::tempdir().unwrap();
    let presets: BTreeMap<&str, TrainingConfig> = TrainingConfig::PRESETS
        .iter()
        .map(|preset| (preset.name, TrainingConfig::preset(preset.name).unwrap()))
        .collect();
    std::fs::write(
        folder.path().join("presets.json"),
        serde_json::to_string(&presets).unwrap(),
    )
    .unwrap();
    let plain = presets
        .iter()
        .map(|(name, config)| ((*name).to_owned(), config.clone()));
    let varied = VARIANTS.iter().enumerate().map(|(index, (name, changes))| {
        let config = changes
            .iter()
            .fold(presets[name].clone(), |config, (path, value)| {
                config.with_setting(path, value).unwrap()
            });
        (format!("{name}-variant{index}"), config)
    });
    for (index, (name, config)) in plain.chain(varied).enumerate() {
        let (height, width) = PICTURES[index % PICTURES.len()];
        let shape = Shape {
            height,
            width,
            dimension: DIMENSION,
        };
        let path = folder.path().join(format!("{name}.safetensors"));
        seeded(3407 + index as u64, || write_case(&path, &narrow(config), shape));
    }
    for (index, design) in towers().into_iter().enumerate() {
        let path = folder.path().join(format!("towers{index}.safetensors"));
        seeded(1993 + index as u64, || write_towers(&path, &design));
    }

    for (index, layers) in [1, 2].into_iter().enumerate() {
        let design = WindowDesign {
            width: 16,
            heads: 4,
            layers,
            feed_forward: 21,
            ..WindowDesign::default()
        };
        let path = folder.path().join(format!("windows{index}.safetensors"));
        seeded(2019 + index as u64, || write_windows(&path, &design));
    }

    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/parity/networks.py");
    let output = Command::new(python)
        .arg(script)
        .arg(folder.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    eprintln!("{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success());
}

/// The same network with widths that differ from each other and are small. Steps are small too: after larger ones an
/// activation may be above zero or not for nothing but rounding, and two trainings part. The weight decay is large, to be
/// seen after so few steps.
fn narrow(mut config: TrainingConfig) -> TrainingConfig {
    config.learning_rate *= 0.02;
    config.weight_decay *= 100.0;
    let network = &mut config.network;
    for (filters, level) in network.image.filters.iter_mut().zip(0..) {
        *filters = 6 + 2 * level;
    }
    for (width, layer) in network.fusion.dense.iter_mut().zip(0..) {
        *width = 33 - 5 * layer;
    }
    match &mut network.latent {
        LatentHead::Vector { dimensions } => *dimensions = 9,
        LatentHead::Maps { channels } => *channels = 7,
    }
    match network.text.as_mut().map(|text| &mut text.layers) {
        Some(TextLayers::Recurrent { hidden, .. }) => *hidden = 13,
        Some(TextLayers::Transformer(sizes)) => (sizes.width, sizes.feed_forward) = (32, 29),
        None => {}
    }
    config
}

/// Captions of these lengths; one word has no vector.
fn batch(shape: Shape, padded: bool) -> Batch {
    let (rows, words) = (LENGTHS.len() as i64, LENGTHS[0]);
    let lengths = Tensor::from_slice(&LENGTHS);
    let mask = Tensor::arange(words, (Kind::Int64, Device::Cpu)).unsqueeze(0);
    let mask = mask.lt_tensor(&lengths.unsqueeze(1)).to_kind(Kind::Float);
    let vectors = Tensor::randn([rows, words, shape.dimension], FLOATS) * 0.35;
    let _ = vectors.get(1).get(2).fill_(0.0);
    Batch {
        image: Tensor::rand([rows, 3, shape.height, shape.width], FLOATS),
        words: vectors * mask.unsqueeze(-1),
        mask,
        lengths: (!padded).then_some(lengths),
    }
}

/// All that a network of this configuration does with a batch.
fn write_case(path: &Path, config: &TrainingConfig, shape: Shape) {
    let vs = VarStore::new(Device::Cpu);
    let network = Vae::new(&vs.root(), &config.network, shape);
    let objectives = &config.objectives;
    let batch = batch(shape, objectives.padding);
    let mut tensors = named(&vs, "before");
    let mut put = |name: &str, tensor: &Tensor| tensors.push((name.to_owned(), tensor.detach().copy()));

    // At rest, before the statistics of the batch normalisation have changed.
    let mean = network.encode(&batch, false).mean;
    put("latents", &network.latents(&mean));
    for (name, feed) in [
        ("free", Feed::Free(LENGTHS[0])),
        ("forced", Feed::Forced(&batch.words)),
    ] {
        if let Some(text) = &network.decode(&mean, feed, false).text {
            put(name, text);
        }
    }

    let mut size = mean.size();
    size.insert(0, STEPS);
    let noise = Tensor::randn(&size, FLOATS);
    let mut optimizer = AdamW::new(&vs, config, 1);
    let mut steps = Vec::new();
    for step in 0..STEPS {
        let (posterior, told) = network.forward(&batch, |_| noise.get(step));
        let losses = loss(&batch, &told, &posterior, objectives, objectives.beta);
        let gradients = optimizer.gradients(&losses.total);
        if step == 0 {
            put("told.mean", &posterior.mean);
            put("told.ln_sigma", &posterior.ln_sigma);
            put("told.image", &told.image);
            if let Some(text) = &told.text {
                put("told.text", text);
            }
            for (parameter, gradient) in optimizer.parameters.iter().zip(&gradients) {
                put(&format!("gradient.{}", parameter.name), gradient);
            }
        }
        let terms = [&losses.image, &losses.text, &losses.kl, &losses.total];
        steps.push(Tensor::stack(&terms, 0).detach());
        if step == 0 {
            // The statistics of the batch normalisation, of which no gradient is asked.
            let statistics = vs.variables().into_iter();
            for (name, tensor) in statistics.filter(|(_, tensor)| !tensor.requires_grad()) {
                put(&format!("statistics.{name}"), &tensor);
            }
        }
        optimizer.apply(&gradients, 1.0);
    }
    for (name, tensor) in [
        ("images", &batch.image),
        ("words", &batch.words),
        ("lengths", &Tensor::from_slice(&LENGTHS)),
        ("noise", &noise),
        ("losses", &Tensor::stack(&steps, 0)),
    ] {
        put(name, tensor);
    }
    tensors.extend(named(&vs, "after"));
    let case = json!({
        "training": config,
        "shape": { "height": shape.height, "width": shape.width, "dimension": shape.dimension },
    });
    write_tensors(path, &tensors, &[("case", &case.to_string())]).unwrap();
}

/// Towers of every kind, with widths that differ from each other and are small.
fn towers() -> Vec<ContrastDesign> {
    let cached = PictureTower::Cached { hidden: 17 };
    let convolution = |convolutions| {
        PictureTower::Convolution(ImageTower {
            convolutions,
            filters: vec![6, 8],
            pixels: PixelOutput::Linear,
        })
    };
    let recurrent = |cell, layers| TextLayers::Recurrent {
        cell,
        hidden: 13,
        layers,
        reminded: false,
    };
    let transformer = TextLayers::Transformer(Transformer {
        width: 16,
        heads: 4,
        layers: 2,
        feed_forward: 21,
        places: 3,
    });
    [
        (cached.clone(), recurrent(Cell::Lstm, 1)),
        (convolution(Convolutions::Strided), recurrent(Cell::Gru, 2)),
        (convolution(Convolutions::Pooled), recurrent(Cell::Rnn, 1)),
        (cached, transformer),
    ]
    .map(|(picture, text)| ContrastDesign {
        picture,
        text,
        width: 10,
        ..ContrastDesign::default()
    })
    .into()
}

/// All that towers of this design do with a batch, at rest: dropout draws differently in Python.
fn write_towers(path: &Path, design: &ContrastDesign) {
    let frames = Shape {
        height: 21,
        width: 30,
        dimension: DIMENSION,
    };
    let shape = ContrastShape { frames, features: 19 };
    let vs = VarStore::new(Device::Cpu);
    let towers = TwoTowers::new(&vs.root(), design, shape);
    let mut batch = batch(frames, false);
    let rows = LENGTHS.len() as i64;
    if matches!(design.picture, PictureTower::Cached { .. }) {
        batch.image = Tensor::randn([rows, shape.features], FLOATS);
    }
    // Neighbours are spared, and the first and the last.
    let places = Tensor::arange(rows, (Kind::Int64, Device::Cpu));
    let apart = (places.unsqueeze(0) - places.unsqueeze(1)).abs();
    let spared = apart.eq(1).logical_or(&apart.eq(rows - 1));
    let logits = towers.logits(&batch, false);
    let loss = contrast_loss(&logits, &spared);
    let mut tensors = named(&vs, "before");
    let parameters = vs.variables();
    let weights: Vec<&Tensor> = parameters.values().collect();
    let gradients = Tensor::run_backward(&[&loss], &weights, true, false);
    for (name, gradient) in parameters.keys().zip(gradients) {
        tensors.push((format!("gradient.{name}"), gradient));
    }
    for (name, tensor) in [
        ("images", batch.image.shallow_clone()),
        ("words", batch.words.shallow_clone()),
        ("lengths", Tensor::from_slice(&LENGTHS)),
        ("spared", spared),
        ("pictures", towers.pictures(&batch.image, false)),
        ("captions", towers.captions(&batch, false)),
        ("logits", logits),
        ("loss", loss),
    ] {
        tensors.push((name.to_owned(), tensor));
    }
    let case = json!({
        "contrast": design,
        "shape": {
            "height": frames.height, "width": frames.width, "dimension": DIMENSION, "features": shape.features,
        },
    });
    write_tensors(path, &tensors, &[("case", &case.to_string())]).unwrap();
}

/// All that a network over windows of this design does with some, at rest.
fn write_windows(path: &Path, design: &WindowDesign) {
    const WINDOWS: i64 = 3;
    const TRIMMED: f64 = 0.25;
    let shape = WindowShape {
        features: 19,
        dimension: DIMENSION,
    };
    let vs = VarStore::new(Device::Cpu);
    let network = WindowNetwork::new(&vs.root(), design, shape);
    let count = PLACES as i64;
    let frames = Tensor::randn([WINDOWS, count, shape.features], FLOATS);
    let captions = Tensor::randn([WINDOWS, count, shape.dimension], FLOATS) * 0.35;
    // Every fourth place has no caption, and the last window none at all.
    let said = Tensor::arange(count, (Kind::Int64, Device::Cpu))
        .remainder(4)
        .ne(1);
    let said = said.unsqueeze(0).repeat([WINDOWS, 1]);
    let _ = said.get(WINDOWS - 1).fill_(0);
    // Some places of the first window, the ends of the second, all from one on of the third.
    let hidden = Tensor::zeros([WINDOWS, count], (Kind::Bool, Device::Cpu));
    let places = [
        (0, vec![3, 4, 9]),
        (1, vec![0, 1, count - 1]),
        (2, (7..count).collect::<Vec<_>>()),
    ];
    let mut asked = Vec::new();
    for (window, places) in places {
        for &place in &places {
            let _ = hidden.get(window).get(place).fill_(1);
            asked.push(window * count + place);
        }
    }
    let asked = Tensor::from_slice(&asked);
    // Places beside each other are spared.
    let all = Tensor::arange(WINDOWS * count, (Kind::Int64, Device::Cpu));
    let spared = (asked.unsqueeze(1) - all.unsqueeze(0)).abs().eq(1);

    let expected = network.expected(&frames, &hidden, false);
    let likely = network.likely(
        &expected.flatten(0, 1).index_select(0, &asked),
        &frames.flatten(0, 1),
    );
    let (told, shown) = (
        network.told(&frames, &captions, &said, false),
        network.shown(&frames, false),
    );
    let fits = window_fits(&told, &shown, &said);
    let apart = Tensor::zeros([WINDOWS, WINDOWS], (Kind::Bool, Device::Cpu));
    let loss =
        trimmed_loss(&likely, &asked, &spared, TRIMMED) + contrast_loss(&(&fits * network.scale()), &apart);
    let mut tensors = named(&vs, "before");
    let parameters = vs.variables();
    let weights: Vec<&Tensor> = parameters.values().collect();
    let gradients = Tensor::run_backward(&[&loss], &weights, true, false);
    for (name, gradient) in parameters.keys().zip(gradients) {
        tensors.push((format!("gradient.{name}"), gradient));
    }
    for (name, tensor) in [
        ("frames", frames),
        ("captions", captions),
        ("said", said),
        ("hidden", hidden),
        ("asked", asked),
        ("spared", spared),
        ("trimmed", Tensor::from_slice(&[TRIMMED]).to_kind(Kind::Float)),
        ("expected", expected),
        ("likely", likely),
        ("told", told),
        ("shown", shown),
        ("fits", fits),
        ("loss", loss),
    ] {
        tensors.push((name.to_owned(), tensor));
    }
    let case = json!({
        "windows": design, "shape": { "features": shape.features, "dimension": shape.dimension },
    });
    write_tensors(path, &tensors, &[("case", &case.to_string())]).unwrap();
}

/// Copies of all variables.
fn named(vs: &VarStore, prefix: &str) -> Vec<(String, Tensor)> {
    vs.variables()
        .into_iter()
        .map(|(name, tensor)| (format!("{prefix}.{name}"), tensor.detach().copy()))
        .collect()
}
