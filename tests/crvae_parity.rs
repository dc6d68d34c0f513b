//! The published network against the same network in PyTorch: one pass and one update.

#![allow(clippy::unwrap_used, reason = "a test outside the functions marked as such")]

use frameloom::model::{Batch, Convolutions, Crvae, NetworkSizes, PixelOutput, Shape, Weights, loss};
use frameloom::training::TrainingConfig;
use frameloom::training::checkpoint::write_tensors;
use frameloom::training::optimizer::AdamW;
use std::path::Path;
use std::process::Command;
use tch::nn::VarStore;
use tch::{Device, Kind, Tensor};

#[test]
fn a_pass_and_an_update_are_those_of_pytorch() {
    let Ok(python) = std::env::var("FRAMELOOM_PARITY_PYTHON") else {
        eprintln!("skipped: FRAMELOOM_PARITY_PYTHON does not name a Python with torch");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    write_case(folder.path());
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/parity/crvae.py");
    let output = Command::new(python)
        .arg(script)
        .arg(folder.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    eprintln!("{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success());
}

/// Weights, batch, noise, losses and updated weights of a network with the layers of the published one, but narrow,
/// over pictures whose sides are no multiples of 8.
fn write_case(folder: &Path) {
    let config = TrainingConfig::preset("paper").unwrap();
    let sizes = NetworkSizes {
        convolutions: Convolutions::Pooled,
        pixels: PixelOutput::Linear,
        filters: vec![6, 8, 10],
        hidden: 24,
        layers: 2,
        dense: 50,
    };
    let shape = Shape {
        height: 37,
        width: 50,
        dimension: 20,
        latent: 16,
    };
    let floats = (Kind::Float, Device::Cpu);
    tch::manual_seed(3407);
    let vs = VarStore::new(Device::Cpu);
    let network = Crvae::new(&vs.root(), &sizes, shape, true);
    let batch = Batch {
        image: Tensor::rand([5, 3, shape.height, shape.width], floats),
        words: Tensor::randn([5, 7, shape.dimension], floats) * 0.35,
        mask: Tensor::ones([5, 7], floats),
        lengths: None,
    };
    let epsilon = Tensor::randn([5, shape.latent], floats);
    let named = |prefix: &str| -> Vec<(String, Tensor)> {
        vs.variables()
            .into_iter()
            .map(|(name, t)| (format!("{prefix}.{name}"), t.detach().copy()))
            .collect()
    };
    let mut tensors = named("before");
    let mut optimizer = AdamW::new(&vs, &config, 2);
    let (posterior, told) = network.forward(&batch, &epsilon);
    let weights = Weights {
        lambda: config.lambda,
        beta: config.beta,
        padding: config.padding_in_loss,
    };
    let losses = loss(&batch, &told, &posterior, weights);
    optimizer.step(&losses.total);
    tensors.extend(named("after"));
    let all = Tensor::stack(&[&losses.image, &losses.text, &losses.kl, &losses.total], 0).detach();
    for (name, tensor) in [
        ("images", &batch.image),
        ("words", &batch.words),
        ("epsilon", &epsilon),
        ("losses", &all),
    ] {
        tensors.push((name.to_owned(), tensor.shallow_clone()));
    }
    let said = serde_json::json!({
        "height": shape.height, "width": shape.width, "dimension": shape.dimension, "latent": shape.latent,
        "filters": sizes.filters, "hidden": sizes.hidden, "layers": sizes.layers, "dense": sizes.dense,
    });
    write_tensors(
        &folder.join("parity.safetensors"),
        &tensors,
        &[("sizes", &said.to_string())],
    )
    .unwrap();
}
