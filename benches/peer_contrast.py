"""Two towers for pictures and captions, and their loss, in eager PyTorch.

tests/parity/networks.py checks that the numbers are Frameloom's; names of the weights are those of its towers.
"""

import math

import torch
from peer_captions import TransformerEncoder, final_states, recurrent
from peer_networks import ImageEncoder, levels
from torch import nn
from torch.nn import functional as F

LARGEST_SCALE = 100


class Towers(nn.Module):
    """A design over pictures, or rows of their features, and word vectors of a shape; without dropout."""

    def __init__(self, design, shape):
        super().__init__()
        tower, layers, width = design["picture"], design["text"], design["width"]
        if tower["kind"] == "cached":
            picture = {"inner": nn.Linear(shape["features"], tower["hidden"])}
            values = tower["hidden"]
        else:
            depth = len(tower["filters"])
            sides = [levels(shape[side], depth)[0] for side in ("height", "width")]
            picture = {"maps": ImageEncoder(tower)}
            values = math.prod([tower["filters"][-1], *sides])
        if layers["kind"] == "recurrent":
            encoder, read = recurrent(layers, shape["dimension"], True), 2 * layers["layers"] * layers["hidden"]
        else:
            encoder = TransformerEncoder(layers, shape["dimension"])
            read = encoder.features
        self.picture = nn.ModuleDict({**picture, "outer": nn.Linear(values, width)})
        self.text = nn.ModuleDict({"encoder": encoder, "outer": nn.Linear(read, width)})
        self.ln_scale = nn.Parameter(torch.tensor(-math.log(design["temperature"])))

    def pictures(self, xs):
        inner = F.relu(self.picture["inner"](xs)) if "inner" in self.picture else self.picture["maps"](xs).flatten(1)
        return F.normalize(self.picture["outer"](inner), dim=1)

    def captions(self, words, lengths):
        encoder = self.text["encoder"]
        is_recurrent = isinstance(encoder, nn.RNNBase)
        read = final_states(encoder, words, lengths) if is_recurrent else encoder(words, lengths)
        return F.normalize(self.text["outer"](read), dim=1)

    def forward(self, pictures, words, lengths):
        """Scaled cosines, a row a picture."""
        scale = self.ln_scale.exp().clamp(max=LARGEST_SCALE)
        return self.pictures(pictures) @ self.captions(words, lengths).T * scale


def contrast_loss(logits, spared):
    """Cross-entropy of each picture with all captions and of each caption with all pictures, but for those spared."""
    logits, own = logits.masked_fill(spared, -math.inf), torch.arange(len(logits))
    return (F.cross_entropy(logits, own) + F.cross_entropy(logits.T, own)) / 2
