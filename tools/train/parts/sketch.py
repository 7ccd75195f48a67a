"""Trains models/sketch: drawings point by point, a mixture of Gaussians for the next offset (Ha and Eck, "A neural representation of sketch drawings", 2017)."""
import math
import random
import sys

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from .export import Average, export, start
from .fit import improve
from .place import Log, data, output, parameters, rounded, write_card, write_golden
from .strokes import CANVAS, TOLERANCE, offsets, prepare, read_kanji, read_quickdraw, varied, write_quickdraw

KANJI = "kanji"
CLASSES = ["apple", "cat", "clock", "fish", "house", "ice cream", "mushroom", "smiley face", "star", "umbrella", KANJI]
SEED, EPOCHS, BATCH, HIDDEN, EMBEDDING, MIXTURES, PEAK, DROP, DECAY = 1, 22, 32, 256, 24, 20, 3e-3, 0.15, 0.998
POINT = 9  # numbers of an input point: offset, three marks of the pen, place on the canvas, place from the stroke's first point
SCALE, LEAST, GREATEST, LONGEST, CLEAREST = 40.0, -4.0, 2.5, 120, 48  # canvas units per unit of offset; range of the logarithm of a deviation; most points of a drawing, and of one of the ten categories: those with more are scribbled


class Drawer(nn.Module):
    def __init__(self, classes, hidden=HIDDEN, drop=DROP):
        super().__init__()
        self.table = nn.Embedding(classes, EMBEDDING)
        self.gru = nn.GRU(POINT + EMBEDDING, hidden)
        self.out = nn.Linear(hidden, 6 * MIXTURES + 3)
        self.drop = drop
        self.register_buffer("rest", torch.zeros(1, 1, hidden))

    def forward(self, points, classes):
        """Mixture [batch, time, 6 * MIXTURES + 3] of what follows points [batch, time, POINT] of a drawing of classes [batch, time]:
        weights, centres x, centres y, log deviations x, y, correlations before tanh, then the pen: goes on, lifts, ends."""
        x = torch.cat([points, self.table(classes)], 2).transpose(0, 1)
        y, _ = self.gru(x, start(self.rest, x))
        return self.out(F.dropout(y, self.drop, self.training).transpose(0, 1))


def encode(drawings):
    """Inputs [drawing, time, POINT] and targets [drawing, time, 3] (dx, dy, pen; pen -1 where there is none) of offset rows."""
    longest = max(map(len, drawings)) + 1
    x, y = np.zeros((len(drawings), longest, POINT), np.float32), np.zeros((len(drawings), longest, 3), np.float32)
    y[:, :, 2] = -1
    x[:, 0, 2] = 1
    for i, rows in enumerate(drawings):
        n = len(rows)
        x[i, 1:n + 1, :2] = y[i, :n, :2] = rows[:, :2] / SCALE
        x[i, np.arange(1, n + 1), 2 + rows[:, 2].astype(int)] = 1
        place = np.cumsum(rows[:, :2].astype(np.float64), 0) / (CANVAS / 2)
        first = np.maximum.accumulate(np.where(np.append(True, rows[:-1, 2] > 0), np.arange(n), 0)) if n else []
        x[i, 1:n + 1, 5:7], x[i, 1:n + 1, 7:9] = place, place - place[first] if n else 0
        y[i, :n, 2] = rows[:, 2]
        y[i, n, 2] = 2
    return torch.from_numpy(x), torch.from_numpy(y)


def losses(answer, y):
    """Negative log-likelihood of the offsets where there is one, and of the pen, each summed, and how many of each."""
    y, answer = y[y[:, :, 2] >= 0], answer[y[:, :, 2] >= 0]
    pen = F.cross_entropy(answer[:, -3:], y[:, 2].long(), reduction="sum")
    drawn = y[:, 2] < 2
    weights, mx, my, sx, sy, tie = answer[drawn][:, :-3].chunk(6, 1)
    sx, sy, tie = sx.clamp(LEAST, GREATEST), sy.clamp(LEAST, GREATEST), 0.98 * tie.tanh()
    zx, zy, rest = (y[drawn, 0:1] - mx) * (-sx).exp(), (y[drawn, 1:2] - my) * (-sy).exp(), 1 - tie * tie
    density = F.log_softmax(weights, 1) - (zx * zx + zy * zy - 2 * tie * zx * zy) / (2 * rest) - sx - sy - 0.5 * rest.log() - math.log(2 * math.pi)
    return -density.logsumexp(1).sum(), pen, int(drawn.sum()), len(y)


def score(model, drawings, kind):
    """Nats per point of the offset and of the pen."""
    model.eval()
    sums = np.zeros(4)
    with torch.no_grad():
        for i in range(0, len(drawings), 128):
            x, y = encode(drawings[i:i + 128])
            sums += [float(v) for v in losses(model(x, torch.full(x.shape[:2], kind)), y)]
    return sums[0] / sums[2], sums[1] / sums[3]


def epoch_of(sets, order, rng, late):
    """(class, rows) of an epoch: the wanted categories often, kanji and other categories some."""
    chosen = []
    for kind, name in enumerate(order):
        drawings = sets[name]
        if name == KANJI:
            picked = rng.choices(drawings, k=1000 if late else 1400)
        elif name in CLASSES:
            picked = drawings * (22 if late else 7)
        else:
            picked = rng.sample(drawings, max(1, len(drawings) // (10 if late else 2)))
        chosen += [(kind, name, d) for d in picked]
    rng.shuffle(chosen)
    return chosen


def train(sets, order, seed, epochs=EPOCHS, log=None, **shape):
    torch.manual_seed(seed)
    rng, noise = random.Random(seed), np.random.default_rng(seed)
    model = Drawer(len(order), **shape)
    optimizer = torch.optim.AdamW(model.parameters(), lr=PEAK, weight_decay=0.01)
    late = [epoch >= 0.6 * epochs for epoch in range(epochs)]
    counts = [-(-len(epoch_of(sets, order, random.Random(0), is_late)) // BATCH) for is_late in late]
    rate = torch.optim.lr_scheduler.OneCycleLR(optimizer, PEAK, total_steps=sum(counts) + 1, pct_start=0.1)
    average = Average(model, DECAY)
    for epoch in range(epochs):
        model.train()
        sums = np.zeros(4)
        chosen = epoch_of(sets, order, rng, late[epoch])
        chosen = sorted(((k, offsets(varied(d, noise, n != KANJI))) for k, n, d in chosen), key=lambda c: len(c[1]) + rng.random() * 12)
        batches = [chosen[i:i + BATCH] for i in range(0, len(chosen), BATCH)]
        rng.shuffle(batches)
        for batch in batches:
            x, y = encode([rows for _, rows in batch])
            kinds = torch.tensor([k for k, _ in batch])[:, None].expand(x.shape[:2])
            offset, pen, points, steps = losses(model(x, kinds), y)
            loss = offset / points + pen / steps
            improve(model, loss, optimizer, average)
            rate.step()
            sums += [float(offset), float(pen), points, steps]
        if log:
            log(f"epoch {epoch + 1}: training {sums[0] / sums[2]:.4f} nats per offset, {sums[1] / sums[3]:.4f} per pen state, {int(sums[3])} steps")
    average.apply()
    return model


def gaussian(drawings):
    """Nats per offset and per pen state of one Gaussian and of the shares of the pen's states, fitted to these very drawings."""
    _, y = encode(drawings)
    y = y[y[:, :, 2] >= 0].double()
    moved = y[y[:, 2] < 2][:, :2]
    spread = torch.cov(moved.T, correction=0)
    shares = torch.bincount(y[:, 2].long()) / len(y)
    return float(1 + math.log(2 * math.pi) + 0.5 * spread.det().log()), float(-(shares * shares.log()).sum())


def report(log, name, model, kinds):
    """Logs the figures of {class: drawings} together: offset, pen and their sum per step."""
    drawings = [d for ds in kinds.values() for d in ds]
    points, steps = sum(map(len, drawings)), sum(len(d) + 1 for d in drawings)
    sums = np.array([[offset * sum(map(len, ds)), pen * sum(len(d) + 1 for d in ds)] for (offset, pen), ds in ((score(model, ds, CLASSES.index(k)), ds) for k, ds in kinds.items())]).sum(0)
    offset, pen = sums / (points, steps)
    plain_offset, plain_pen = gaussian(drawings)
    log(f"{name}: {len(drawings)} drawings, {points} points: {offset + pen:.4f} nats per point ({offset:.4f} offset, {pen:.4f} pen); "
        f"Gaussian fitted to them: {plain_offset + plain_pen:.4f} ({plain_offset:.4f}, {plain_pen:.4f})")
    return offset + pen


def main():
    """Trains; with `--kanji FILE.zip` writes the KanjiVG test drawings into a file that `seqstream eval` reads, and ends."""
    if sys.argv[1:2] == ["--kanji"]:
        return write_quickdraw(sys.argv[2], KANJI, read_kanji(data("sketch/kanji/short_kanji.npz"), "test"))
    torch.set_num_threads(1)
    log = Log("sketch")
    sets = read_quickdraw(data("sketch/quickdraw-train.zip"), recognized=True)
    sets[KANJI] = read_kanji(data("sketch/kanji/short_kanji.npz"), "train")
    order = CLASSES + [name for name in sorted(sets) if name not in CLASSES]
    sets = {name: [d for d in map(prepare, sets[name]) if sum(map(len, d)) <= (CLEAREST if name in CLASSES[:-1] else LONGEST)] for name in order}
    log(f"{sum(len(sets[c]) for c in CLASSES[:-1])} drawings of the ten categories, {len(sets[KANJI])} kanji, {sum(len(sets[c]) for c in order[len(CLASSES):])} drawings of {len(order) - len(CLASSES)} other categories")
    model = train(sets, order, SEED, log=log)
    model.table = nn.Embedding.from_pretrained(model.table.weight[:len(CLASSES)].detach().clone())
    log(f"parameters {parameters(model) + model.table.weight.numel()}")
    test = read_quickdraw(data("sketch/quickdraw-test.zip"))
    value = report(log, "Quick, Draw! test, ten categories", model, {c: [offsets(prepare(d)) for d in test[c]] for c in CLASSES[:-1]})
    for c in CLASSES[:-1]:
        report(log, f"  {c}", model, {c: [offsets(prepare(d)) for d in test[c]]})
    report(log, "training drawings, ten categories", model, {c: [offsets(d) for d in sets[c]] for c in CLASSES[:-1]})
    kanji = [offsets(prepare(d)) for d in read_kanji(data("sketch/kanji/short_kanji.npz"), "test")]
    report(log, "KanjiVG test", model, {KANJI: kanji})
    example = (torch.zeros(1, 5, POINT), torch.zeros(1, 5, dtype=torch.long))
    size = export(model, example, ["points", "class"], ["mixture"], output("sketch") / "model.onnx")
    log(f"model.onnx {size} bytes")
    write_golden("sketch", [golden(model, rows) for rows in made_up()])
    write_card("sketch", {
        "name": "sketch", "title": "Drawings, completed from their first strokes", "task": "sketch completion", "shape": "one-to-many",
        "model": "model.onnx", "licence": "MIT",
        "frontEnd": {"type": "strokes", "canvas": CANVAS, "scale": SCALE, "rows": "points", "tolerance": TOLERANCE, "class": {"names": CLASSES}},
        "decoder": {"type": "mixture-density", "mixtures": MIXTURES, "scale": SCALE, "least": LEAST, "greatest": GREATEST, "temperature": 0.25},
        "generation": {"steps": 150, "temperature": 0.25},
        "formats": {"in": "jsonl", "out": "jsonl"},
        "bounds": {"class": [0, len(CLASSES) - 1]},
        "parameters": parameters(model) + model.table.weight.numel(),
        "figures": [{"metric": "nats per point", "value": round(value, 4), "data": "Quick, Draw!, test drawings of ten categories",
                     "command": "seqstream eval sketch --data ../shared/data/sketch/quickdraw-test.zip"}],
        "evaluation": {"type": "strokes", "format": "quickdraw"},
    })


def made_up():
    """Point rows x, y, pen of no data set: nothing, one point, a zigzag of two strokes, a spiral."""
    spiral = [[round(127 + 4 * k * math.cos(k / 3), 1), round(127 + 4 * k * math.sin(k / 3), 1), int(k == 29)] for k in range(30)]
    return [[[10, 20, 1]], [[0, 0, 0], [50, 100, 0], [100, 0, 1], [20, 200, 0], [250, 180.5, 1]], spiral]


def golden(model, rows):
    """The drawing is of the first class."""
    points = np.array(rows, np.float32)
    moved = np.column_stack([np.diff(np.concatenate([[[CANVAS / 2, CANVAS / 2]], points[:, :2]]), axis=0), points[:, 2]]).astype(np.float32)
    x = encode([moved])[0]
    kinds = torch.zeros(x.shape[:2], dtype=torch.long)
    with torch.no_grad():
        answer = model(x, kinds)[0]
    return {"rows": rows, "inputs": {"points": rounded(x[0].tolist()), "class": [[0]] * x.shape[1]}, "outputs": {"mixture": rounded(answer.tolist(), 5)}}


if __name__ == "__main__":
    main()
