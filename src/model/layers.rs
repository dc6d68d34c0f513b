//! The layers that the networks are made of, named and initialised as in PyTorch, so that weights can be exchanged.

use super::design::Cell;
use tch::Tensor;
use tch::nn::{Init, Path};

/// Uniform within `1 / sqrt(fan)`, PyTorch's own choice for dense, convolutional and recurrent layers.
fn uniform(fan: i64) -> Init {
    let bound = 1.0 / (fan as f64).sqrt();
    Init::Uniform {
        lo: -bound,
        up: bound,
    }
}

/// A dense layer.
#[derive(Debug)]
pub struct Dense {
    weight: Tensor,
    bias: Tensor,
}

impl Dense {
    /// A layer from `input` to `output` values.
    #[must_use]
    pub fn new(vs: &Path, input: i64, output: i64) -> Self {
        let init = uniform(input);
        Self {
            weight: vs.var("weight", &[output, input], init),
            bias: vs.var("bias", &[output], init),
        }
    }

    /// `[batch, input]` to `[batch, output]`.
    pub fn forward(&self, xs: &Tensor) -> Tensor {
        xs.linear(&self.weight, Some(&self.bias))
    }
}

/// A 3x3 convolution with padding 1.
#[derive(Debug)]
pub struct Conv {
    weight: Tensor,
    bias: Tensor,
    stride: i64,
}

impl Conv {
    /// From `input` to `output` channels; stride 1 keeps the size, stride 2 halves it, rounding up.
    #[must_use]
    pub fn new(vs: &Path, input: i64, output: i64, stride: i64) -> Self {
        let init = uniform(input * 9);
        Self {
            weight: vs.var("weight", &[output, input, 3, 3], init),
            bias: vs.var("bias", &[output], init),
            stride,
        }
    }

    /// `[batch, input, height, width]` to the same with other channels and size.
    pub fn forward(&self, xs: &Tensor) -> Tensor {
        xs.conv2d(&self.weight, Some(&self.bias), [self.stride], [1], [1], 1)
    }
}

/// A transposed convolution of stride 2, which doubles a picture. With a kernel of 4 every pixel is reached by equally
/// many weights, which keeps checkerboards out of the picture where no convolution follows; the papers have 3.
#[derive(Debug)]
pub struct Upconv {
    weight: Tensor,
    bias: Tensor,
    kernel: i64,
}

impl Upconv {
    /// From `input` to `output` channels with a `kernel` of 3 or 4.
    #[must_use]
    pub fn new(vs: &Path, input: i64, output: i64, kernel: i64) -> Self {
        let init = uniform(output * kernel * kernel);
        Self {
            weight: vs.var("weight", &[input, output, kernel, kernel], init),
            bias: vs.var("bias", &[output], init),
            kernel,
        }
    }

    /// `[batch, input, h, w]` to `[batch, output, height, width]`, where the height must be `2h` or `2h - 1`, and
    /// likewise the width.
    pub fn forward(&self, xs: &Tensor, (height, width): (i64, i64)) -> Tensor {
        // With padding 1, a kernel of 3 gives 2h - 1 and one more row at the far edge 2h; a kernel of 4 gives 2h.
        let more = if self.kernel == 3 {
            [1 - height % 2, 1 - width % 2]
        } else {
            [0, 0]
        };
        let ys = xs.conv_transpose2d(&self.weight, Some(&self.bias), [2], [1], more, 1, [1]);
        if self.kernel == 3 || (height % 2 == 0 && width % 2 == 0) {
            return ys;
        }
        ys.narrow(2, 0, height).narrow(3, 0, width)
    }
}

/// Batch normalisation of rows.
#[derive(Debug)]
pub struct Norm {
    weight: Tensor,
    bias: Tensor,
    mean: Tensor,
    variance: Tensor,
}

impl Norm {
    /// Of rows of `width` values.
    #[must_use]
    pub fn new(vs: &Path, width: i64) -> Self {
        Self {
            weight: vs.ones("weight", &[width]),
            bias: vs.zeros("bias", &[width]),
            mean: vs.zeros_no_train("running_mean", &[width]),
            variance: vs.ones_no_train("running_var", &[width]),
        }
    }

    /// `[batch, width]`: by the statistics of the batch in training (of at least two rows), of the training after it.
    pub fn forward(&self, xs: &Tensor, train: bool) -> Tensor {
        let (weight, bias) = (Some(&self.weight), Some(&self.bias));
        xs.batch_norm(
            weight,
            bias,
            Some(&self.mean),
            Some(&self.variance),
            train,
            0.1,
            1e-5,
            true,
        )
    }
}

/// Layer normalisation of the last dimension.
#[derive(Debug)]
pub struct LayerNorm {
    weight: Tensor,
    bias: Tensor,
}

impl LayerNorm {
    /// Of vectors of `width` values.
    #[must_use]
    pub fn new(vs: &Path, width: i64) -> Self {
        Self {
            weight: vs.ones("weight", &[width]),
            bias: vs.zeros("bias", &[width]),
        }
    }

    /// Any shape that ends with the width, to the same.
    pub fn forward(&self, xs: &Tensor) -> Tensor {
        let width = self.weight.size();
        xs.layer_norm(width, Some(&self.weight), Some(&self.bias), 1e-5, true)
    }
}

/// Recurrent layers, batch first. A state is `[states, layers * directions, batch, hidden]`, where the first is h and
/// the second, for long short-term memory, c.
#[derive(Debug)]
pub struct Recurrent {
    weights: Vec<Tensor>,
    cell: Cell,
    hidden: i64,
    layers: i64,
    bidirectional: bool,
}

impl Recurrent {
    /// `layers` layers of `hidden` units over vectors of length `input`.
    #[must_use]
    pub fn new(vs: &Path, cell: Cell, [input, hidden, layers]: [i64; 3], bidirectional: bool) -> Self {
        let directions = if bidirectional { 2 } else { 1 };
        let gates = cell.gates();
        let init = uniform(hidden);
        let mut weights = Vec::new();
        for layer in 0..layers {
            let input = if layer == 0 { input } else { hidden * directions };
            for direction in 0..directions {
                let end = format!("l{layer}{}", if direction == 1 { "_reverse" } else { "" });
                weights.push(vs.var(&format!("weight_ih_{end}"), &[gates * hidden, input], init));
                weights.push(vs.var(&format!("weight_hh_{end}"), &[gates * hidden, hidden], init));
                weights.push(vs.var(&format!("bias_ih_{end}"), &[gates * hidden], init));
                weights.push(vs.var(&format!("bias_hh_{end}"), &[gates * hidden], init));
            }
        }
        Self {
            weights,
            cell,
            hidden,
            layers,
            bidirectional,
        }
    }

    /// A state of zeros for `batch` rows.
    pub fn zero_state(&self, batch: i64, like: &Tensor) -> Tensor {
        let directions = if self.bidirectional { 2 } else { 1 };
        Tensor::zeros(
            [self.cell.states(), self.layers * directions, batch, self.hidden],
            (like.kind(), like.device()),
        )
    }

    /// The whole sequence `[batch, steps, input]` in one call: outputs `[batch, steps, hidden]` and the state behind
    /// the last step.
    pub fn forward(&self, xs: &Tensor, state: &Tensor, train: bool) -> (Tensor, Tensor) {
        let (weights, layers, both) = (&self.weights, self.layers, self.bidirectional);
        match self.cell {
            Cell::Rnn => {
                let (outputs, h) = xs.rnn_tanh(&state.get(0), weights, true, layers, 0.0, train, both, true);
                (outputs, h.unsqueeze(0))
            }
            Cell::Gru => {
                let (outputs, h) = xs.gru(&state.get(0), weights, true, layers, 0.0, train, both, true);
                (outputs, h.unsqueeze(0))
            }
            Cell::Lstm => {
                let state = [state.get(0), state.get(1)];
                let (outputs, h, c) = xs.lstm(&state, weights, true, layers, 0.0, train, both, true);
                (outputs, Tensor::stack(&[h, c], 0))
            }
        }
    }

    /// Sequences of different lengths (each at least 1, the longest first, on the CPU): the final hidden states
    /// `[layers * directions, batch, hidden]` as if no padding were there.
    pub fn final_states(&self, xs: &Tensor, lengths: &Tensor, train: bool) -> Tensor {
        let state = self.zero_state(xs.size().first().copied().unwrap_or(0), xs);
        let (data, sizes) = xs.internal_pack_padded_sequence(lengths, true);
        let (weights, layers, both) = (&self.weights, self.layers, self.bidirectional);
        let h = state.get(0);
        match self.cell {
            Cell::Rnn => Tensor::rnn_tanh_data(&data, &sizes, &h, weights, true, layers, 0.0, train, both).1,
            Cell::Gru => Tensor::gru_data(&data, &sizes, &h, weights, true, layers, 0.0, train, both).1,
            Cell::Lstm => {
                let state = [h, state.get(1)];
                Tensor::lstm_data(&data, &sizes, &state, weights, true, layers, 0.0, train, both).1
            }
        }
    }
}
