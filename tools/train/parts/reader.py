"""The reader: hashed words and word pairs, their running mean, and a GRU that weighs them; an answer after every word.
An answer depends on the words so far only, so the last one is that of the whole text."""
import random

import numpy
import torch
from torch import nn
from torch.nn import functional as F

from .export import Average, start
from .fit import improve
from .place import rounded
from .splitter import tokens
from .words import PAD_BEFORE


class Words:
    """Every pair of neighbouring words seen so far, its features as one padded table; the front end word-window with back 0 and pairs is its twin."""

    def __init__(self, features):
        self.features, self.numbers, self.rows, self.padded = features, {}, [], None

    def read(self, words):
        """Numbers of the words of a text."""
        return numpy.array([self.number(before, word) for before, word in zip([PAD_BEFORE] + words, words)])

    def number(self, before, word):
        if (before, word) not in self.numbers:
            self.numbers[before, word] = len(self.rows)
            self.rows.append(self.features.pair(before, word))
            self.padded = None
        return self.numbers[before, word]

    def tables(self):
        """ids [words, slots] and weights [words, slots]."""
        if self.padded is None:
            ids = numpy.zeros((len(self.rows), self.features.slots), dtype=numpy.int64)
            weights = numpy.zeros((len(self.rows), self.features.slots), dtype=numpy.float32)
            for i, (a, b) in enumerate(self.rows):
                ids[i, :len(a)], weights[i, :len(b)] = a, b
            self.padded = torch.from_numpy(ids), torch.from_numpy(weights)
        return self.padded


class RunningMax(nn.Module):
    """The greatest value so far, 0 at least, of x [time, batch, feature]. Exported, it is the recurrence r = relu(r + last x - x), whose r + x it is:
    a plain RNN with ones on its diagonals."""

    def __init__(self, size):
        super().__init__()
        self.cell = nn.RNN(size, size, nonlinearity="relu", bias=False).requires_grad_(False)
        self.cell.weight_ih_l0.data = torch.eye(size)
        self.cell.weight_hh_l0.data = torch.eye(size)
        self.register_buffer("fall", torch.tensor([1.0, -1.0]).repeat(size, 1, 1))  # last x - x, as a window of two
        self.register_buffer("rest", torch.zeros(1, 1, size))

    def forward(self, x):
        if not torch.onnx.is_in_onnx_export():
            return F.relu(torch.cummax(x, 0).values)
        fall = F.conv1d(F.pad(x.permute(1, 2, 0), (1, 0)), self.fall, groups=x.shape[2])
        return self.cell(fall.permute(2, 0, 1), self.rest)[0] + x


class Reader(nn.Module):
    """A GRU that reads the words in their order says how much each of them counts; the answer is that of the weighted mean of the words so far,
    and, if asked for, of what the GRU says now, on the mean and at the most. Without that the table learns from the mean only: of a few thousand texts a GRU
    learns its training part by heart if it may."""

    def __init__(self, words, labels, dim=24, hidden=24, order=False, drop=0.5, drop_word=0.1, spread=0.02):
        super().__init__()
        self.words, self.order, self.drop, self.drop_word = words, order, drop, drop_word
        self.table = nn.Parameter(torch.randn(words.features.buckets, dim) * spread)
        self.gru = nn.GRU(dim, hidden)
        self.gate, self.out = nn.Linear(hidden, 1), nn.Linear(dim + order * 3 * hidden, labels)
        self.most = RunningMax(hidden) if order else None
        self.register_buffer("rest", torch.zeros(1, 1, hidden))

    def forward(self, numbers):
        """Scores [text, time, label] of word numbers [text, time]."""
        ids, weights = self.words.tables()
        seen, places = numbers.unique(return_inverse=True)
        x = F.embedding_bag(ids[seen], self.table, per_sample_weights=weights[seen], mode="sum")[places]
        if self.training:
            x = x * (torch.rand(numbers.shape) > self.drop_word).float().unsqueeze(-1)
        return self.answer(F.dropout(x, self.drop, self.training))

    def answer(self, x):
        """Scores [text, time, label] of word vectors [text, time, dim]."""
        time_first = (x if self.order else x.detach()).transpose(0, 1)
        said = self.gru(time_first, start(self.rest, time_first))[0]
        h = said.transpose(0, 1)
        counts = torch.sigmoid(self.gate(h))
        seen = torch.cumsum(counts * x, 1) / torch.cumsum(counts, 1)
        if self.order:
            mean = torch.cumsum(h, 1) / torch.cumsum(torch.ones_like(h[..., :1]), 1)
            seen = torch.cat([seen, h, mean, self.most(said).transpose(0, 1)], 2)
        return self.out(F.dropout(seen, self.drop, self.training))


class StreamReader(nn.Module):
    """What is exported: ids int64 and weights float32 [1, time, slots] to scores [1, time, label]."""

    def __init__(self, reader):
        super().__init__()
        self.reader = reader

    def forward(self, ids, weights):
        return self.reader.answer((F.embedding(ids, self.reader.table) * weights.unsqueeze(-1)).sum(2))

    def inputs(self, words):
        """The inputs for the words of a text."""
        numbers = torch.from_numpy(self.reader.words.read(words))
        ids, weights = self.reader.words.tables()
        return ids[numbers][None], weights[numbers][None]


def batches(items, size, rng=None):
    """Lists of indices of items of about equal length."""
    order = list(range(len(items)))
    if rng:
        rng.shuffle(order)
    order.sort(key=lambda i: len(items[i][0]) + (3 * rng.random() if rng else 0))
    groups = [order[i:i + size] for i in range(0, len(order), size)]
    if rng:
        rng.shuffle(groups)
    return groups


def padded(items):
    """Word numbers [text, time], the place of each text's last word, and the labels."""
    longest = max(len(words) for words, _ in items)
    numbers = numpy.zeros((len(items), longest), dtype=numpy.int64)
    for i, (words, _) in enumerate(items):
        numbers[i, :len(words)] = words
    return torch.from_numpy(numbers), torch.tensor([len(words) - 1 for words, _ in items]), torch.tensor([label for _, label in items])


def last(scores, ends):
    return scores[torch.arange(len(ends)), ends]


def train(model, items, targets, seed, epochs, batch, peak, decay, weights=None, log=None):
    """Trains on the answer after the last word. targets [label, label]: what to aim at for each label."""
    rng = random.Random(seed)
    optimizer = torch.optim.AdamW(model.parameters(), lr=peak, weight_decay=0.01)
    count = -(-len(items) // batch)
    rate = torch.optim.lr_scheduler.OneCycleLR(optimizer, peak, total_steps=epochs * count + 1, pct_start=0.15)
    average = Average(model, decay)
    for epoch in range(epochs):
        model.train()
        total = 0.0
        for group in batches(items, batch, rng):
            numbers, ends, labels = padded([items[i] for i in group])
            nats = -(targets[labels] * last(model(numbers), ends).log_softmax(1)).sum(1)
            loss = nats.mean() if weights is None else (nats * weights[labels]).sum() / weights[labels].sum()
            improve(model, loss, optimizer, average)
            rate.step()
            total += loss.item()
        if log:
            log(f"epoch {epoch + 1}: training {total / count:.4f} nats per text")
    average.apply()
    return model


def answers(model, items):
    """Scores [text, label] after the last word."""
    model.eval()
    found = [None] * len(items)
    with torch.no_grad():
        for group in batches(items, 128):
            numbers, ends, _ = padded([items[i] for i in group])
            for i, scores in zip(group, last(model(numbers), ends)):
                found[i] = scores
    return torch.stack(found)


def softened(labels, share):
    """Targets that leave a share to each neighbouring label."""
    targets = torch.eye(labels)
    for i in range(labels):
        for j in (i - 1, i + 1):
            if 0 <= j < labels:
                targets[i, j] = share
                targets[i, i] -= share
    return targets


def f1(truth, found, labels):
    """(accuracy, macro F1, weighted F1, F1 of each label)."""
    each, shares = [], []
    for label in range(labels):
        right = sum(t == label and f == label for t, f in zip(truth, found))
        asked, said = sum(t == label for t in truth), sum(f == label for f in found)
        each.append(2 * right / (asked + said) if asked + said else 0.0)
        shares.append(asked / len(truth))
    accuracy = sum(t == f for t, f in zip(truth, found)) / len(truth)
    return accuracy, sum(each) / labels, sum(a * b for a, b in zip(each, shares)), each


def golden(stream, text):
    """A text with the inputs and the answers of the exported graph's own module, run over the whole of it."""
    with torch.no_grad():
        ids, weights = stream.inputs(tokens(text))
        scores = stream(ids, weights)[0]
    return {"text": text, "inputs": {"ids": ids[0].tolist(), "weights": rounded(weights[0].tolist())}, "outputs": {"logits": rounded(scores.tolist())}}
