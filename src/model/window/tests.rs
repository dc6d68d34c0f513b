use super::*;
use crate::model::seeded;
use tch::Device;
use tch::nn::VarStore;

const FLOATS: (Kind, Device) = (Kind::Float, Device::Cpu);
const COUNT: i64 = PLACES as i64;

fn network(shape: WindowShape) -> (VarStore, WindowNetwork) {
    let design = WindowDesign {
        width: 8,
        heads: 2,
        feed_forward: 12,
        ..WindowDesign::default()
    };
    let vs = VarStore::new(Device::Cpu);
    let network = WindowNetwork::new(&vs.root(), &design, shape);
    (vs, network)
}

fn hidden(places: &[i64]) -> Tensor {
    let hidden = Tensor::zeros([1, COUNT], (Kind::Bool, Device::Cpu));
    for &place in places {
        let _ = hidden.get(0).get(place).fill_(1);
    }
    hidden
}

#[test]
fn the_nearest_that_are_seen_are_taken_and_no_others() {
    let rows = Tensor::arange(COUNT, FLOATS).view([1, COUNT, 1]);
    let near = |places: &[i64], at: i64| nearest_seen(&rows, &hidden(places)).double_value(&[0, at, 0]);
    assert_eq!(near(&[5], 5), 5.0);
    assert_eq!(near(&[5, 6, 7], 6), 6.0);
    assert_eq!(near(&[5, 6, 7], 5), 6.0);
    assert_eq!(near(&[0], 0), 1.0);
    assert_eq!(near(&[3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15], 3), 2.0);
    let all: Vec<i64> = (0..COUNT).collect();
    assert_eq!(near(&all, 3), 0.0);
}

#[test]
fn what_is_hidden_does_not_change_what_is_expected_and_the_likeliest_is_the_nearest() {
    seeded(4, || {
        let (_vs, network) = network(WindowShape {
            features: 5,
            dimension: 7,
        });
        let frames = Tensor::randn([1, COUNT, 5], FLOATS);
        let other = frames.copy();
        let _ = other.get(0).get(9).fill_(3.0);
        let at = |frames: &Tensor| network.expected(frames, &hidden(&[9]), false).get(0).get(9);
        let (one, two) = (at(&frames), at(&other));
        assert!((&one - &two).abs().max().double_value(&[]) < 1e-6);
        let candidates = Tensor::stack(&[&one + 2.0, one.copy(), &one - 0.5], 0);
        let likely = network.likely(&one.unsqueeze(0), &candidates);
        assert_eq!(likely.argmax(-1, false).int64_value(&[0]), 1);
        assert!(likely.double_value(&[0, 2]) > likely.double_value(&[0, 0]));
    });
}

#[test]
fn every_window_of_frames_is_told_of_by_every_window_of_captions() {
    seeded(5, || {
        let (_vs, network) = network(WindowShape {
            features: 5,
            dimension: 7,
        });
        let frames = Tensor::randn([3, COUNT, 5], FLOATS);
        let captions = Tensor::randn([2, COUNT, 7], FLOATS);
        let said = Tensor::ones([2, COUNT], (Kind::Bool, Device::Cpu));
        let _ = said.get(1).fill_(0);
        let told = network.told(&frames, &captions, &said, false);
        assert_eq!(told.size(), [2, 3, COUNT, 8]);
        let alone = network.told(
            &frames.narrow(0, 2, 1),
            &captions.narrow(0, 0, 1),
            &said.narrow(0, 0, 1),
            false,
        );
        let away = told.get(0).get(2) - alone.get(0).get(0);
        assert!(away.abs().max().double_value(&[]) < 1e-5);
        let fits = window_fits(&told, &network.shown(&frames, false), &said);
        assert_eq!(fits.size(), [3, 2]);
        assert!(fits.abs().max().double_value(&[]) <= 1.0 + 1e-5);
        assert_eq!(
            fits.get(1).double_value(&[1]),
            0.0,
            "nothing is said in the second window"
        );
    });
}

#[test]
fn what_fits_nowhere_has_no_part_in_the_loss() {
    let logits = Tensor::zeros([10, 4], FLOATS);
    let _ = logits.get(7).get(0).fill_(-50.0);
    let own = Tensor::zeros([10], (Kind::Int64, Device::Cpu));
    let spared = Tensor::zeros([10, 4], (Kind::Bool, Device::Cpu));
    let loss = |trimmed| trimmed_loss(&logits, &own, &spared, trimmed).double_value(&[]);
    assert!((loss(0.1) - 4_f64.ln()).abs() < 1e-6);
    assert!(loss(0.0) > 6.0);
    let _ = spared.narrow(1, 2, 2).fill_(1);
    assert!((loss(0.1) - 2_f64.ln()).abs() < 1e-6);
}

#[test]
fn a_network_that_cannot_be_is_refused_in_words() {
    let good = WindowDesign::default();
    assert_eq!(good.check(), Ok(()));
    let odd = WindowDesign { heads: 3, ..good };
    assert!(odd.check().unwrap_err().contains("multiple of its heads"));
    let wet = WindowDesign { dropout: 1.0, ..good };
    assert!(wet.check().unwrap_err().contains("dropout"));
}
