"""The networks in eager PyTorch, as one would write them from the papers, and a clock for their epochs.

    python3 benches/peer_networks.py [--preset crvae-lstm | --design FILE] [--epochs 3] [--pairs 96] [--words 8]
        [--stepwise] [--json]

A network is built from its design: the same JSON in which Frameloom keeps it. FILE is the config.json of a run.
tests/parity/networks.py checks that the numbers are Frameloom's; names of the weights are those of its checkpoints.
Times do not depend on what the pictures show, so the pairs are random.
"""

import argparse
import json
import math
import time
from pathlib import Path

import torch
from peer_captions import RecurrentDecoder, TransformerDecoder, TransformerEncoder, final_states, recurrent
from peer_presets import preset
from torch import nn
from torch.nn import functional as F
from torch.nn.utils import clip_grad_value_


def levels(size, count):
    """A side of a picture that is halved so many times, rounding up; the smallest first."""
    return [math.ceil(size / 2**level) for level in range(count, -1, -1)]


class ImageEncoder(nn.Module):
    """Pictures to maps. Pooled: 3x3 convolution, ReLU, max-pooling by 2; strided: convolutions of stride 2."""

    def __init__(self, tower):
        super().__init__()
        self.pooled = tower["convolutions"] == "pooled"
        channels = [3, *tower["filters"]]
        for level, (before, after) in enumerate(zip(channels, channels[1:])):
            stride = 1 if self.pooled else 2
            self.add_module(f"conv{level}", nn.Conv2d(before, after, 3, stride=stride, padding=1))

    def forward(self, x):
        for conv in self.children():
            x = F.relu(conv(x))
            if self.pooled:
                x = F.max_pool2d(x, 2, ceil_mode=True)
        return x


class ImageDecoder(nn.Module):
    """Maps to pictures: the encoder backwards with transposed convolutions of stride 2."""

    def __init__(self, tower, shape, channels):
        super().__init__()
        filters = tower["filters"][::-1]
        self.pooled, self.sigmoid = tower["convolutions"] == "pooled", tower["pixels"] == "sigmoid"
        self.sizes = list(zip(levels(shape["height"], len(filters)), levels(shape["width"], len(filters))))[1:]
        outputs = filters if self.pooled else [*filters[1:], 3]
        for level, (before, after) in enumerate(zip([channels, *outputs], outputs)):
            kernel = 3 if self.pooled else 4
            self.add_module(f"up{level}", nn.ConvTranspose2d(before, after, kernel, stride=2, padding=1))
            if self.pooled:
                self.add_module(f"conv{level}", nn.Conv2d(after, after, 3, padding=1))
        if self.pooled:
            self.rgb = nn.Conv2d(outputs[-1], 3, 3, padding=1)

    def forward(self, x):
        for level, (height, width) in enumerate(self.sizes):
            up = getattr(self, f"up{level}")
            if self.pooled:
                x = F.relu(up(x, output_size=(height, width)))
                x = F.relu(getattr(self, f"conv{level}")(x))
            else:
                x = up(x)[:, :, :height, :width]
                if level + 1 < len(self.sizes):
                    x = F.relu(x)
        if self.pooled:
            x = self.rgb(x)
        return torch.sigmoid(x) if self.sigmoid else x


class Network(nn.Module):
    """A design over pictures and word vectors of a shape: its height, width and dimension."""

    def __init__(self, design, shape, stepwise=False):
        super().__init__()
        tower, text, fusion, latent = (design[part] for part in ("image", "text", "fusion", "latent"))
        self.maps = latent["kind"] == "maps"
        self.step_by_step, self.forced = stepwise, text is not None and text["teacher_forcing"]
        depth = len(tower["filters"])
        self.map_shape = [tower["filters"][-1], *(levels(shape[side], depth)[0] for side in ("height", "width"))]
        self.image = math.prod(self.map_shape)
        encoder, decoder = {"image": ImageEncoder(tower)}, {}
        norm = {"none": None, "batch": nn.BatchNorm1d, "layer": nn.LayerNorm}[fusion["normalisation"]]
        read, told = 0, 0
        if text is not None:
            layers, dimension = text["layers"], shape["dimension"]
            if layers["kind"] == "recurrent":
                encoder["text"] = recurrent(layers, dimension, True)
                decoder["text"] = RecurrentDecoder(layers, dimension)
                read = 2 * layers["layers"] * layers["hidden"]
            else:
                encoder["text"] = TransformerEncoder(layers, dimension)
                decoder["text"] = TransformerDecoder(layers, dimension)
                read = encoder["text"].features
            told = decoder["text"].features
            if norm:
                encoder["text_norm"] = norm(read)
        if self.maps:
            self.dense, channels = 0, latent["channels"]
            encoder["posterior"] = nn.Conv2d(self.map_shape[0], 2 * channels, 3, padding=1)
        else:
            if norm:
                encoder["image_norm"] = norm(self.image)
            inwards = [self.image + read, *fusion["dense"], 2 * latent["dimensions"]]
            outwards = [latent["dimensions"], *fusion["dense"][::-1], self.image + told]
            self.dense, channels = len(fusion["dense"]), self.map_shape[0]
            for layer in range(self.dense):
                encoder[f"joint{layer}"] = nn.Linear(inwards[layer], inwards[layer + 1])
                decoder[f"widen{layer}"] = nn.Linear(outwards[layer], outwards[layer + 1])
            encoder["posterior"] = nn.Linear(*inwards[-2:])
            decoder["split"] = nn.Linear(*outwards[-2:])
        decoder["image"] = ImageDecoder(tower, shape, channels)
        self.encoder, self.decoder = nn.ModuleDict(encoder), nn.ModuleDict(decoder)

    def encode(self, images, words, lengths):
        """Means and ln sigma. Lengths where padding is not to be read."""
        xs = self.encoder["image"](images)
        if not self.maps:
            part = lambda name, ys: self.encoder[name](ys) if name in self.encoder else ys
            xs = part("image_norm", xs.flatten(1))
            if "text" in self.encoder:
                layers = self.encoder["text"]
                is_recurrent = isinstance(layers, nn.RNNBase)
                read = final_states(layers, words, lengths) if is_recurrent else layers(words, lengths)
                xs = torch.cat([xs, part("text_norm", read)], 1)
            for layer in range(self.dense):
                xs = F.relu(self.encoder[f"joint{layer}"](xs))
        mean, ln_sigma = self.encoder["posterior"](xs).chunk(2, 1)
        return mean, ln_sigma.clamp(-8, 2)

    def latents(self, mean):
        return mean.flatten(2).max(2).values if self.maps else mean

    def split(self, z):
        """Maps of the picture and features of the caption."""
        if self.maps:
            return z, None
        for layer in range(self.dense):
            z = F.relu(self.decoder[f"widen{layer}"](z))
        image, text = self.decoder["split"](z).tensor_split([self.image], 1)
        return F.relu(image).view(-1, *self.map_shape), text

    def decode(self, z, words):
        """Pictures and words as told in training."""
        maps, features = self.split(z)
        image = self.decoder["image"](maps)
        if "text" not in self.decoder:
            return image, None
        text = self.decoder["text"]
        if self.forced and not self.step_by_step:
            return image, text.whole(features, words)
        return image, text.stepwise(features, words.shape[1], words if self.forced else None)


def text_error(told, words, lengths, objectives):
    real = torch.arange(words.shape[1]) < lengths[:, None]
    if objectives["text"] == "cosine":
        real = real & words.ne(0).any(2)
        error = 1 - F.cosine_similarity(told[real], words[real], dim=1)
    elif objectives["padding"]:
        return F.mse_loss(told, words)
    else:
        error = (told[real] - words[real]).square()
    return error.mean() if error.numel() else told.sum() * 0


def losses(network, batch, epsilon, objectives):
    """image, text, kl and total, with what was told. A batch is pictures, words and how many words each caption has;
    `epsilon` makes the noise of means."""
    images, words, lengths = batch
    mean, ln_sigma = network.encode(images, words, None if objectives["padding"] else lengths)
    image, text = network.decode(mean + epsilon(mean) * ln_sigma.exp(), words)
    kl = 0.5 * (mean.square() + (2 * ln_sigma).exp() - 1 - 2 * ln_sigma).mean()
    image_error = F.mse_loss(image, images)
    error = torch.zeros(()) if text is None else text_error(text, words, lengths, objectives)
    total = image_error + objectives["lambda"] * error
    if objectives["beta"]:
        total = total + objectives["beta"] * kl
    return (image_error, error, kl, total), (mean, ln_sigma, image, text)


class Optimizer:
    """AdamW, or Adam without weight decay, where each element of the gradient is bounded first."""

    def __init__(self, network, training):
        self.parameters, self.clip = list(network.parameters()), training["gradient_clip"]
        rate, decay = training["learning_rate"], training["weight_decay"]
        if decay:
            self.update = torch.optim.AdamW(self.parameters, lr=rate, weight_decay=decay)
        else:
            self.update = torch.optim.Adam(self.parameters, lr=rate)

    def step(self, total):
        self.update.zero_grad()
        total.backward()
        if self.clip is not None:
            clip_grad_value_(self.parameters, self.clip)
        self.update.step()


def parts(count, size):
    """Pairs in random order, cut into batches; a single last pair joins the batch before it."""
    cut = list(torch.randperm(count).split(size))
    if len(cut) > 1 and len(cut[-1]) == 1:
        cut[-2:] = [torch.cat(cut[-2:])]
    return cut


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--preset", default="crvae-lstm")
    parser.add_argument("--design", type=Path, help="the config.json of a run, instead of a preset")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--pairs", type=int, default=96)
    parser.add_argument("--words", default="8", help="words of every caption, or a number for each, with commas")
    parser.add_argument("--stepwise", action="store_true", help="tell captions word by word also with teacher forcing")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    training = json.loads(args.design.read_text())["training"] if args.design else preset(args.preset)
    objectives = training["objectives"]
    counts = [max(int(words), 1) for words in args.words.split(",")]
    lengths = torch.tensor((counts * args.pairs)[: args.pairs])
    torch.manual_seed(3407)
    shape = {**training["picture"], "dimension": 300}
    images = torch.rand(args.pairs, 3, shape["height"], shape["width"])
    words = torch.randn(args.pairs, max(counts), 300) * 0.35
    words *= (torch.arange(max(counts)) < lengths[:, None])[..., None]
    network = Network(training["network"], shape, args.stepwise)
    optimizer = Optimizer(network, training)
    epochs = []
    for epoch in range(args.epochs):
        start, sums = time.perf_counter(), torch.zeros(4)
        for rows in parts(args.pairs, training["batch_size"]):
            longest = max(counts) if objectives["padding"] else int(lengths[rows].max())
            batch = images[rows], words[rows, :longest], lengths[rows]
            terms, _ = losses(network, batch, torch.randn_like, objectives)
            optimizer.step(terms[3])
            sums += torch.stack(terms).detach()
        seconds = time.perf_counter() - start
        epochs.append({"epoch": epoch + 1, "seconds": seconds, "image": sums[0].item(), "text": sums[1].item()})
        if not args.json:
            print(f"epoch {epoch + 1}: {seconds:.2f} s", flush=True)
    if args.json:
        parameters = sum(weight.numel() for weight in network.parameters())
        print(json.dumps({"epochs": epochs, "parameters": parameters, "threads": torch.get_num_threads()}))


if __name__ == "__main__":
    main()
