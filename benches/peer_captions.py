"""The captions' half of the networks in eager PyTorch: recurrent layers and a Transformer."""

import math

import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils import rnn


def recurrent(layers, dimension, bidirectional):
    kind = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}[layers["cell"]]
    return kind(dimension, layers["hidden"], layers["layers"], batch_first=True, bidirectional=bidirectional)


def final_states(layers, words, lengths):
    """What is left in both directions of every layer, in a row. With lengths, padding is not read."""
    if lengths is not None:
        words = rnn.pack_padded_sequence(words, lengths, batch_first=True, enforce_sorted=False)
    state = layers(words)[1]
    hidden = state[0] if isinstance(layers, nn.LSTM) else state
    return hidden.transpose(0, 1).flatten(1)


class RecurrentDecoder(nn.Module):
    """The features are the state that forward layers begin in; a reminder of them may be added to every word."""

    def __init__(self, layers, dimension):
        super().__init__()
        self.recurrent = recurrent(layers, dimension, False)
        self.output = nn.Linear(layers["hidden"], dimension)
        self.states = 2 if layers["cell"] == "lstm" else 1
        self.features = self.states * layers["layers"] * layers["hidden"]
        self.reminder = nn.Linear(self.features, dimension) if layers["reminded"] else None

    def remind(self, features):
        return 0 if self.reminder is None else self.reminder(features)[:, None]

    def state(self, features):
        layers = self.recurrent
        rows = features.view(len(features), self.states, layers.num_layers, layers.hidden_size)
        states = [rows[:, state].transpose(0, 1).contiguous() for state in range(self.states)]
        return tuple(states) if self.states == 2 else states[0]

    def whole(self, features, words):
        late = torch.cat([torch.zeros_like(words[:, :1]), words[:, :-1]], 1)
        return self.output(self.recurrent(late + self.remind(features), self.state(features))[0])

    def stepwise(self, features, steps, words=None):
        """Each word from the one before it: the true one where words are given, else the one told."""
        state = self.state(features)
        word = features.new_zeros(len(features), 1, self.output.out_features)
        told = []
        for step in range(steps):
            output, state = self.recurrent(word + self.remind(features), state)
            told.append(self.output(output))
            word = told[-1] if words is None else words[:, step : step + 1]
        return torch.cat(told, 1)


class Attention(nn.Module):
    """Several heads, each softmax(QK' / sqrt(d)) V."""

    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.query, self.key, self.value, self.output = (nn.Linear(width, width) for _ in range(4))

    def forward(self, xs, others, hidden=None):
        """Where `hidden` is true is not looked at."""
        split = lambda ys: ys.view(len(ys), -1, self.heads, ys.shape[-1] // self.heads).transpose(1, 2)
        query, key, value = split(self.query(xs)), split(self.key(others)), split(self.value(others))
        scores = query @ key.transpose(2, 3) / math.sqrt(query.shape[-1])
        if hidden is not None:
            scores = scores.masked_fill(hidden, -math.inf)
        return self.output((scores.softmax(-1) @ value).transpose(1, 2).flatten(2))


class FeedForward(nn.Module):
    def __init__(self, width, inner):
        super().__init__()
        self.widen, self.narrow = nn.Linear(width, inner), nn.Linear(inner, width)

    def forward(self, xs):
        return self.narrow(F.relu(self.widen(xs)))


class Block(nn.Module):
    """Self-attention, in a decoder attention to the places, and two dense layers; norms come first, sums last."""

    def __init__(self, layers, decoder):
        super().__init__()
        width, heads = layers["width"], layers["heads"]
        self.attention_norm, self.attention = nn.LayerNorm(width), Attention(width, heads)
        if decoder:
            self.places_norm, self.places = nn.LayerNorm(width), Attention(width, heads)
        self.dense_norm, self.dense = nn.LayerNorm(width), FeedForward(width, layers["feed_forward"])

    def forward(self, xs, hidden, places=None):
        normed = self.attention_norm(xs)
        xs = xs + self.attention(normed, normed, hidden)
        if places is not None:
            xs = xs + self.places(self.places_norm(xs), places)
        return xs + self.dense(self.dense_norm(xs))


def with_places(words):
    """Words with sines, then cosines, of where they stand."""
    half = words.shape[2] // 2
    frequencies = 10_000.0 ** (-torch.arange(half) / half)
    angles = torch.arange(words.shape[1])[:, None] * frequencies
    return words + torch.cat([angles.sin(), angles.cos()], 1)


class Transformer(nn.Module):
    """What encoder and decoder share: a way in, blocks and a last norm."""

    def __init__(self, layers, dimension, decoder):
        super().__init__()
        self.count, self.width, self.blocks = layers["places"], layers["width"], layers["layers"]
        self.features = self.count * self.width
        self.input = nn.Linear(dimension, self.width)
        for block in range(self.blocks):
            self.add_module(f"block{block}", Block(layers, decoder))
        self.norm = nn.LayerNorm(self.width)

    def through(self, xs, *how):
        for block in range(self.blocks):
            xs = getattr(self, f"block{block}")(xs, *how)
        return self.norm(xs)


class TransformerEncoder(Transformer):
    """The features are what learned places in front of the words have seen."""

    def __init__(self, layers, dimension):
        super().__init__(layers, dimension, False)
        self.places = nn.Parameter(torch.randn(self.count, self.width))

    def forward(self, words, lengths):
        xs = torch.cat([self.places.expand(len(words), -1, -1), with_places(self.input(words))], 1)
        hidden = None
        if lengths is not None:
            hidden = torch.arange(xs.shape[1]) >= self.count + lengths[:, None]
            hidden = hidden[:, None, None]
        return self.through(xs, hidden)[:, : self.count].flatten(1)


class TransformerDecoder(Transformer):
    """The features are places that every word looks at."""

    def __init__(self, layers, dimension):
        super().__init__(layers, dimension, True)
        self.output = nn.Linear(self.width, dimension)

    def tell(self, features, late):
        words = with_places(self.input(late))
        later = torch.ones(words.shape[1], words.shape[1], dtype=torch.bool).triu(1)
        return self.output(self.through(words, later, features.view(-1, self.count, self.width)))

    def whole(self, features, words):
        return self.tell(features, torch.cat([torch.zeros_like(words[:, :1]), words[:, :-1]], 1))

    def stepwise(self, features, steps, words=None):
        """As above; all words up to the next are looked at anew."""
        late = features.new_zeros(len(features), 1, self.output.out_features)
        told = []
        for step in range(steps):
            told.append(self.tell(features, late)[:, -1:])
            late = torch.cat([late, told[-1] if words is None else words[:, step : step + 1]], 1)
        return torch.cat(told, 1)
