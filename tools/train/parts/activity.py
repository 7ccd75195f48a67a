"""Trains models/activity: what a person with radio sensors on chest and ankles is doing, at every reading."""
import re
import zipfile

import numpy
import torch
from torch import nn
from torch.nn import functional as F

from .export import Average, export, start
from .place import Log, data, output, parameters, rounded, write_card, write_golden

LABELS = ["bending1", "bending2", "cycling", "lying", "sitting", "standing", "walking"]
CHANNELS, STEPS, HZ = 6, 480, 4
LOGARITHMS = (1, 3, 5)  # channels of variances: they have long tails
MEANS, DEVIATIONS = (40,), (8, 40)  # half-lives of the running statistics in steps: 10 s; 2 s and 10 s
DENSE, HIDDEN, MEMBERS = 32, 24, 3
BLOCKS = ((1, 2, 3), (6, 7, 8), (11, 12, 13))  # numbers of the training files: neighbours were recorded alike, so they are left out together
SEED, EPOCHS, BATCH, CROP, PEAK, DECAY = 1, 60, 26, 240, 8e-3, 0.98
OFFSET, NOISE, DROP, DROP_INPUT, JOIN, SMOOTH, WEIGHT_DECAY = 0.25, 0.1, 0.2, 0.2, 0.3, 0.05, 0.05


def read(path):
    """[(label, number, rows [480, 6])]"""
    sequences = []
    with zipfile.ZipFile(path) as archive:
        for name in sorted(archive.namelist()):
            match = re.search(r"(\w+)/dataset(\d+)\.csv$", name)
            if match:
                lines = [line for line in archive.read(name).decode("utf-8").splitlines() if line and line[0] != "#"]
                rows = numpy.array([[float(v) for v in line.split(",")] for line in lines])[:, 1:]
                sequences.append((LABELS.index(match[1]), int(match[2]), rows))
    return sequences


def without_copies(sequences):
    """The sequences less exact copies of earlier ones."""
    seen = {}
    for sequence in sequences:
        seen.setdefault(sequence[2].tobytes(), sequence)
    return list(seen.values())


def running_mean(x, half_life):
    """Exponential mean over time [step, channel] that is exact from the first step on. The C# twin is RunningMean."""
    rate = 1 - 0.5 ** (1 / half_life)
    total, weight, means = numpy.zeros(x.shape[1]), 0.0, numpy.empty_like(x)
    for t in range(len(x)):
        weight += rate * (1 - weight)
        total += rate * (x[t] - total)
        means[t] = total / weight
    return means


def features(x):
    """Values, running means, running standard deviations [step, feature], before shifting and scaling. The C# twin is StandardizeFrontEnd."""
    x = x.copy()
    x[:, LOGARITHMS] = numpy.sign(x[:, LOGARITHMS]) * numpy.log1p(numpy.abs(x[:, LOGARITHMS]))
    parts = [x] + [running_mean(x, h) for h in MEANS]
    for h in DEVIATIONS:
        mean = running_mean(x, h)
        parts.append(numpy.sqrt(numpy.maximum(running_mean(x * x, h) - mean * mean, 0)))
    return numpy.concatenate(parts, 1).astype(numpy.float32)


class Member(nn.Module):
    def __init__(self, inputs):
        super().__init__()
        self.mix, self.gru, self.out = nn.Linear(inputs, DENSE), nn.GRU(DENSE, HIDDEN), nn.Linear(HIDDEN, len(LABELS))
        self.register_buffer("rest", torch.zeros(1, 1, HIDDEN))

    def forward(self, x):
        """Logits [batch, time, label] of standardised features [batch, time, feature]."""
        x = F.dropout(torch.tanh(self.mix(x)), DROP, self.training).transpose(0, 1)
        y = self.gru(x, start(self.rest, x))[0]
        return self.out(F.dropout(y, DROP, self.training).transpose(0, 1))


class Recogniser(nn.Module):
    """Several members side by side; their mean logits."""

    def __init__(self, members, mean, scale):
        super().__init__()
        self.members, self.mean, self.scale = nn.ModuleList(members), mean, scale

    def forward(self, x):
        total = self.members[0](x)
        for member in self.members[1:]:
            total = total + member(x)
        return total / len(self.members)


def train(sequences, seed, members=MEMBERS):
    rows = numpy.concatenate([features(x) for _, _, x in sequences])
    mean, scale = rows.mean(0), 1 / rows.std(0)
    return Recogniser([train_member(sequences, mean, scale, seed * 100 + i) for i in range(members)], mean, scale)


def train_member(sequences, mean, scale, seed):
    torch.manual_seed(seed)
    rng = numpy.random.default_rng(seed)
    model = Member(len(mean))
    batches = -(-len(sequences) // BATCH)
    optimizer = torch.optim.AdamW(model.parameters(), lr=PEAK, weight_decay=WEIGHT_DECAY)
    rate = torch.optim.lr_scheduler.OneCycleLR(optimizer, PEAK, total_steps=EPOCHS * batches + 1, pct_start=0.2)
    average = Average(model, DECAY)
    model.train()
    for epoch in range(EPOCHS):
        if epoch % 5 == 0:
            x, y = joined(sequences, mean, scale, rng)
        order = rng.permutation(len(sequences))
        for i in range(0, len(order), BATCH):
            chosen = torch.from_numpy(order[i:i + BATCH])
            at = int(rng.integers(0, STEPS - CROP)) if rng.random() > 0.25 else 0
            seen, told = x[chosen, at:at + CROP], y[chosen, at:at + CROP]
            seen = seen + shifts(len(chosen), scale) + NOISE * torch.randn_like(seen)
            seen = seen * F.dropout(torch.ones(len(chosen), 1, seen.shape[2]), DROP_INPUT)
            loss = F.cross_entropy(model(seen).flatten(0, 1), told.flatten(), label_smoothing=SMOOTH)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            rate.step()
            average.update()
    average.apply()
    model.eval()
    return model


def shifts(count, scale):
    """Another placing of the sensors, in standardised units [count, 1, feature]: a channel's values and running means move together."""
    values = OFFSET * torch.randn(count, 1, CHANNELS)
    means = [values * torch.from_numpy(scale[at:at + CHANNELS] / scale[:CHANNELS]) for at in range(CHANNELS, CHANNELS * (1 + len(MEANS)), CHANNELS)]
    return torch.cat([values] + means + [OFFSET * torch.randn(count, 1, CHANNELS * len(DEVIATIONS))], 2)


def joined(sequences, mean, scale, rng):
    """Standardised features and labels of all sequences, some of them with the beginning of another activity before them."""
    x, y = [], []
    for label, _, rows in sequences:
        labels = numpy.full(STEPS, label)
        if rng.random() < JOIN:
            other, _, before = sequences[rng.integers(len(sequences))]
            at = rng.integers(60, 420)
            rows = numpy.concatenate([before[:at], rows[:STEPS - at]])
            labels[:at] = other
        x.append((features(rows) - mean) * scale)
        y.append(labels)
    return torch.from_numpy(numpy.stack(x)), torch.from_numpy(numpy.stack(y))


def answers(model, sequences):
    """Logits [sequence, step, label]."""
    with torch.no_grad():
        return model(torch.from_numpy(numpy.stack([(features(rows) - model.mean) * model.scale for _, _, rows in sequences])))


def accuracy(model, sequences):
    """Share of steps with the right label, and [true, said] counts of steps."""
    said = answers(model, sequences).argmax(2).numpy()
    counts = numpy.zeros((len(LABELS), len(LABELS)), dtype=int)
    for (label, _, _), row in zip(sequences, said):
        numpy.add.at(counts[label], row, 1)
    return counts.trace() / counts.sum(), counts


def cross_validated(sequences, seed):
    """Accuracy when each block of neighbouring recordings is left out in turn."""
    counts = numpy.zeros((len(LABELS), len(LABELS)), dtype=int)
    for i, block in enumerate(BLOCKS):
        model = train([s for s in sequences if s[1] not in block], seed * 10 + i)
        counts += accuracy(model, [s for s in sequences if s[1] in block])[1]
    return counts.trace() / counts.sum()


def switching(model, sequences):
    """Seconds from a change of activity to the first right answer: the median over pairs of test sequences, 60 s of one after 60 s of the other."""
    delays = []
    for first in sequences[::2]:
        for second in sequences[1::2]:
            if first[0] == second[0]:
                continue
            rows = numpy.concatenate([first[2][:240], second[2][:240]])
            said = answers(model, [(second[0], 0, rows)])[0].argmax(1).numpy()[240:]
            right = numpy.flatnonzero(said == second[0])
            delays.append(right[0] if len(right) else 240)
    return float(numpy.median(delays)) / HZ


def main():
    torch.set_num_threads(1)
    log = Log("activity")
    training, test = without_copies(read(data("wearable-har/arem-train.zip"))), read(data("wearable-har/arem-test.zip"))
    log(f"{len(training)} training sequences without exact copies, {len(test)} test sequences")
    folds = [cross_validated(training, seed) for seed in (1, 2)]
    log(f"cross-validation over {len(BLOCKS)} blocks of training sequences, two seeds: {', '.join(f'{f:.4f}' for f in folds)}")
    model = train(training, SEED)
    score, counts = accuracy(model, test)
    log(f"test, seed {SEED}, the one kept: {score:.4f}")
    others = [accuracy(train(training, seed), test)[0] for seed in (2, 3, 4, 5)]
    log(f"test, other seeds, for the spread: {', '.join(f'{o:.4f}' for o in others)}")
    merged = counts.copy()
    merged[:, 4] += merged[:, 5]
    merged[:, 5] = 0
    merged[4] += merged[5]
    merged[5] = 0
    log(f"test, sitting and standing counted as one: {merged.trace() / merged.sum():.4f}")
    for label, row in zip(LABELS, counts):
        log(f"{label:9s} said as " + ", ".join(f"{LABELS[i]} {n}" for i, n in enumerate(row) if n))
    log(f"after a change of activity the new one is first said after {switching(model, test):.1f} s (median)")
    log(f"parameters {parameters(model)}")
    finish(log, model, len(test), score, folds)


def finish(log, model, tests, score, folds):
    """Writes the model, its card and its golden sequences."""
    size = export(model, (torch.zeros(1, 5, len(model.mean)),), ["x"], ["logits"], output("activity") / "model.onnx")
    log(f"model.onnx {size} bytes")
    write_golden("activity", [golden(model, rows) for rows in made_up(20)])
    write_card("activity", {
        "name": "activity", "title": "What a wearer of radio sensors is doing, at every reading", "task": "activity recognition", "shape": "many-to-many",
        "model": "model.onnx", "licence": "MIT", "labels": LABELS,
        "frontEnd": {"type": "standardize", "channels": CHANNELS, "logarithms": list(LOGARITHMS), "means": list(MEANS), "deviations": list(DEVIATIONS),
                     "mean": rounded(model.mean.tolist(), 7), "scale": rounded(model.scale.tolist(), 7)},
        "decoder": {"type": "labels"},
        "formats": {"in": "csv", "out": "text"},
        "rate": {"hz": HZ},
        "parameters": parameters(model),
        "figures": [
            {"metric": "accuracy per timestep", "value": round(float(score), 4), "data": f"AReM, {tests} test sequences",
             "command": "seqstream eval activity --data ../shared/data/wearable-har/arem-test.zip"},
            {"metric": f"accuracy per timestep, {len(BLOCKS)} blocks of recordings left out in turn", "value": round(float(numpy.mean(folds)), 4),
             "data": "AReM, 52 training sequences", "command": "tools/train/activity"},
        ],
        "evaluation": {"type": "label-per-step", "format": "arem"},
    })


def made_up(count, steps=40):
    """Rows [step, 6] of no recording: levels that jump now and then, noise of changing size, zeros as real sensors give."""
    rng = numpy.random.default_rng(SEED)
    for _ in range(count):
        level, spread = rng.uniform(0, 50, CHANNELS), rng.uniform(0, 4, CHANNELS)
        rows = []
        for _ in range(steps):
            if rng.random() < 0.05:
                level, spread = rng.uniform(0, 50, CHANNELS), rng.uniform(0, 4, CHANNELS)
            row = numpy.abs(level * [1, 0.1, 1, 0.1, 1, 0.1] + spread * rng.standard_normal(CHANNELS))
            rows.append(numpy.round(row * (rng.random(CHANNELS) > 0.05), 2))
        yield numpy.stack(rows)


def golden(model, rows):
    """Raw rows, the features of each and the answers."""
    x = (features(rows) - model.mean) * model.scale
    with torch.no_grad():
        y = model(torch.from_numpy(x)[None])[0]
    return {"x": rows.tolist(), "features": rounded(x.tolist()), "y": rounded(y.tolist())}


if __name__ == "__main__":
    main()
