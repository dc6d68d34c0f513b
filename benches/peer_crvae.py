"""Times the published CRVAE in eager PyTorch, as one would write it from the paper.

    python3 benches/peer_crvae.py [--epochs 3] [--pairs 96] [--words 8] [--json]

The network, its loss and its optimiser (AdamW with PyTorch's defaults, each gradient element clipped to 0.01) are
those of `frameloom run --preset paper`; tests/parity/crvae.py checks that they are the same. Times do not depend on
what the pictures show, so the pairs are random.
"""

import argparse
import json
import math
import time

import torch
from torch import nn
from torch.nn import functional as F


class ImageEncoder(nn.Module):
    """Pictures to rows of features: 3x3 convolution, ReLU, max-pooling by 2 at each level."""

    def __init__(self, filters):
        super().__init__()
        channels = [3, *filters]
        for level, (before, after) in enumerate(zip(channels, filters)):
            self.add_module(f"conv{level}", nn.Conv2d(before, after, 3, padding=1))

    def forward(self, x):
        for conv in self.children():
            x = F.max_pool2d(F.relu(conv(x)), 2, ceil_mode=True)
        return x.flatten(1)


class ImageDecoder(nn.Module):
    """Rows of features to pictures: transposed convolution of stride 2 and convolution at each level, then RGB."""

    def __init__(self, filters, height, width):
        super().__init__()
        halve = lambda n, times: n if times == 0 else halve((n + 1) // 2, times - 1)
        self.levels = len(filters)
        self.sizes = [(halve(height, l), halve(width, l)) for l in range(self.levels, -1, -1)]
        channels = [*reversed(filters), filters[0]]
        self.channels = channels[0]
        for level, (before, after) in enumerate(zip(channels, channels[1:])):
            self.add_module(f"up{level}", nn.ConvTranspose2d(before, after, 3, stride=2, padding=1))
            self.add_module(f"conv{level}", nn.Conv2d(after, after, 3, padding=1))
        self.rgb = nn.Conv2d(channels[-1], 3, 3, padding=1)

    def forward(self, x):
        x = x.view(-1, self.channels, *self.sizes[0])
        for level in range(self.levels):
            x = F.relu(getattr(self, f"up{level}")(x, output_size=self.sizes[level + 1]))
            x = F.relu(getattr(self, f"conv{level}")(x))
        return self.rgb(x)


class TextDecoder(nn.Module):
    """The features are the state of a forward LSTM, which is fed with the true words, one place later."""

    def __init__(self, dimension, hidden, layers):
        super().__init__()
        self.lstm = nn.LSTM(dimension, hidden, layers, batch_first=True)
        self.output = nn.Linear(hidden, dimension)

    def forward(self, features, words):
        lstm = self.lstm
        state = features.view(-1, 2, lstm.num_layers, lstm.hidden_size).permute(1, 2, 0, 3).contiguous()
        shifted = torch.cat([torch.zeros_like(words[:, :1]), words[:, :-1]], 1)
        return self.output(lstm(shifted, (state[0], state[1]))[0])


class Crvae(nn.Module):
    """Names of the weights are those of the checkpoint."""

    def __init__(self, height=120, width=200, dimension=300, filters=(32, 32, 32), hidden=512, layers=2, dense=4000,
                 latent=1000):
        super().__init__()
        image = filters[-1] * math.prod(-(-n // 2 ** len(filters)) for n in (height, width))
        text = 2 * layers * hidden
        self.image, self.text = image, text
        self.encoder = nn.ModuleDict({
            "image": ImageEncoder(filters),
            "text": nn.LSTM(dimension, hidden, layers, batch_first=True, bidirectional=True),
            "image_norm": nn.BatchNorm1d(image),
            "text_norm": nn.BatchNorm1d(text),
            "joint": nn.Linear(image + text, dense),
            "posterior": nn.Linear(dense, 2 * latent),
        })
        self.decoder = nn.ModuleDict({
            "widen": nn.Linear(latent, dense),
            "split": nn.Linear(dense, image + text),
            "image": ImageDecoder(filters, height, width),
            "text": TextDecoder(dimension, hidden, layers),
        })

    def encode(self, images, words):
        image = self.encoder["image_norm"](self.encoder["image"](images))
        _, (hidden, _) = self.encoder["text"](words)
        text = self.encoder["text_norm"](hidden.permute(1, 0, 2).flatten(1))
        joint = F.relu(self.encoder["joint"](torch.cat([image, text], 1)))
        mean, ln_sigma = self.encoder["posterior"](joint).chunk(2, 1)
        return mean, ln_sigma.clamp(-8, 2)

    def decode(self, z, words):
        split = self.decoder["split"](F.relu(self.decoder["widen"](z)))
        image, state = split.split([self.image, self.text], 1)
        return self.decoder["image"](F.relu(image)), self.decoder["text"](state, words)

    def losses(self, images, words, epsilon):
        """image, text and kl, each a mean per element; padding counts as words."""
        mean, ln_sigma = self.encode(images, words)
        image, text = self.decode(mean + epsilon * ln_sigma.exp(), words)
        kl = 0.5 * (mean.square() + (2 * ln_sigma).exp() - 1 - 2 * ln_sigma).mean()
        return F.mse_loss(image, images), F.mse_loss(text, words), kl


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--pairs", type=int, default=96)
    parser.add_argument("--words", type=int, default=8, help="words of the longest caption")
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    torch.manual_seed(3407)
    images = torch.rand(args.pairs, 3, 120, 200)
    words = torch.randn(args.pairs, args.words, 300) * 0.35
    network = Crvae()
    optimizer = torch.optim.AdamW(network.parameters(), lr=1e-4)
    epochs = []
    for epoch in range(args.epochs):
        start = time.perf_counter()
        sums = [0.0, 0.0, 0.0]
        for rows in torch.randperm(args.pairs).split(args.batch):
            optimizer.zero_grad()
            losses = network.losses(images[rows], words[rows], torch.randn(len(rows), 1000))
            (losses[0] + 3 * losses[1]).backward()
            nn.utils.clip_grad_value_(network.parameters(), 0.01)
            optimizer.step()
            sums = [total + loss.item() for total, loss in zip(sums, losses)]
        epochs.append({"epoch": epoch + 1, "seconds": time.perf_counter() - start, "image": sums[0], "text": sums[1]})
        if not args.json:
            print(f"epoch {epoch + 1}: {epochs[-1]['seconds']:.2f} s", flush=True)
    if args.json:
        parameters = sum(p.numel() for p in network.parameters())
        print(json.dumps({"epochs": epochs, "parameters": parameters, "threads": torch.get_num_threads()}))


if __name__ == "__main__":
    main()
