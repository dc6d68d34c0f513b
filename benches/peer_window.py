"""The network over windows of frames and captions, and its losses, in eager PyTorch.

tests/parity/networks.py checks that the numbers are Frameloom's; names of the weights are those of its network.
"""

import math

import torch
from peer_captions import Attention, Block, with_places
from torch import nn
from torch.nn import functional as F


def even(rows):
    return F.normalize(rows, dim=-1) * math.sqrt(rows.shape[-1])


def nearest_seen(rows, hidden):
    """The mean of the nearest rows on both sides that are not hidden, place by place."""
    windows = []
    for window, away in zip(rows, hidden):
        means = []
        for place in range(len(window)):
            before = [near for near in range(place, -1, -1) if not away[near]][:1]
            behind = [near for near in range(place, len(window)) if not away[near]][:1]
            near = before + behind
            means.append(window[near].mean(0) if near else torch.zeros_like(window[0]))
        windows.append(torch.stack(means))
    return torch.stack(windows)


class Reader(nn.Module):
    def __init__(self, design, values):
        super().__init__()
        self.input = nn.Linear(values, design["width"])
        self.blocks = design["layers"]
        for block in range(self.blocks):
            self.add_module(f"block{block}", Block(design, False))
        self.norm = nn.LayerNorm(design["width"])
        self.missing = nn.Parameter(torch.zeros(design["width"]))

    def forward(self, rows, missing):
        xs = with_places(torch.where(missing[..., None], self.missing, self.input(rows)))
        for block in range(self.blocks):
            xs = getattr(self, f"block{block}")(xs, None)
        return self.norm(xs)


class Windows(nn.Module):
    """A design over rows of features and of captions; without dropout."""

    def __init__(self, design, shape):
        super().__init__()
        width = design["width"]
        self.frames, self.captions = Reader(design, shape["features"]), Reader(design, shape["dimension"])
        self.expected = nn.Linear(width, shape["features"])
        self.near, self.ln_sharpness, self.ln_scale = (nn.Parameter(torch.zeros(())) for _ in range(3))
        self.cross = Attention(width, design["heads"])
        self.told, self.shown = nn.Linear(width, width), nn.Linear(shape["features"], width)

    def expect(self, frames, hidden):
        rows = even(frames)
        return self.expected(self.frames(rows, hidden)) + self.near * nearest_seen(rows, hidden)

    def likely(self, expected, frames):
        """Minus the squared distances, but for what is the same for all frames."""
        away = (expected[:, None] - frames[None]).square().sum(-1) - expected.square().sum(-1, keepdim=True)
        return -away / frames.shape[-1] * self.ln_sharpness.exp()

    def tell(self, frames, captions, said):
        """Each window of captions of each window of frames, one after the other."""
        asking = self.frames(even(frames), torch.zeros(frames.shape[:2], dtype=torch.bool))
        read = self.captions(even(captions), ~said)
        told = [[self.cross(one[None], other[None])[0] + other for one in asking] for other in read]
        return F.normalize(self.told(torch.stack([torch.stack(row) for row in told])), dim=-1)

    def show(self, frames):
        return F.normalize(self.shown(even(frames)), dim=-1)

    def scale(self):
        return self.ln_scale.exp().clamp(max=100)


def window_fits(told, shown, said):
    """A row a window of frames: mean cosines over the places that have a caption."""
    rows = []
    for frames in range(told.shape[1]):
        cosines = (told[:, frames] * shown[frames]).sum(-1)
        rows.append(torch.stack([one[there].sum() / max(there.sum(), 1) for one, there in zip(cosines, said)]))
    return torch.stack(rows)


def trimmed_loss(logits, own, spared, trimmed):
    losses = F.cross_entropy(logits.masked_fill(spared, -math.inf), own, reduction="none")
    return losses.sort().values[: len(losses) - int(len(losses) * trimmed)].mean()
