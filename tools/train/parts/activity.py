"""Trains models/activity: what a person with radio sensors on chest and ankles is doing, at every reading."""
import re
import zipfile

import numpy
import torch
from torch import nn
from torch.nn import functional as F

from .export import Average, export, start
from .fit import improve
from .place import Log, data, output, parameters, rounded, write_card, write_golden

LABELS = ["bending1", "bending2", "cycling", "lying", "sitting", "standing", "walking"]
CHANNELS, STEPS, HZ = 6, 480, 4
LOGARITHMS = (1, 3, 5)  # channels of variances: they have long tails
MEANS, DEVIATIONS = (40, 160), (8, 40)  # half-lives of the running statistics in steps: 10 s and 40 s; 2 s and 10 s
SHRINK, WITHIN = 0.3, 0.5  # of the covariance within labels: shrinkage to a multiple of the identity; standard deviation of a discriminant, after scaling
HIDDEN, MEMBERS = 16, 6
BLOCKS = ((1, 2, 3), (6, 7, 8), (11, 12, 13))  # numbers of the training files: neighbours were recorded alike, so they are left out together
FOLDS = ((1, 6, 11), (2, 7, 12), (3, 8, 13))  # every third file; the test files 4, 9, 14 are the fourth fold
SEED, OTHER_SEEDS = 1, (2, 3, 4)
EPOCHS, BATCH, CROP, PEAK, DECAY = 60, 26, 240, 8e-3, 0.98
OFFSET, NOISE, DROP, JOIN, SMOOTH, WEIGHT_DECAY = WITHIN, 0.2 * WITHIN, 0.2, 0.3, 0.05, 0.05


def read(path):
    """[(label, number, rows [480, 6])], by label and number"""
    sequences = []
    with zipfile.ZipFile(path) as archive:
        for name in sorted(archive.namelist()):
            match = re.search(r"(\w+)/dataset(\d+)\.csv$", name)
            if match:
                lines = [line for line in archive.read(name).decode("utf-8").splitlines() if line and line[0] != "#"]
                rows = numpy.array([[float(v) for v in line.split(",")] for line in lines])[:, 1:]
                sequences.append((LABELS.index(match[1]), int(match[2]), rows))
    return sorted(sequences, key=lambda s: s[:2])


def without_copies(sequences):
    """The sequences less exact copies of earlier ones."""
    seen = {}
    for sequence in sequences:
        seen.setdefault(sequence[2].tobytes(), sequence)
    return list(seen.values())


def running_mean(x, half_life):
    """Exponential mean over time [..., step, channel] that is exact from the first step on. The C# twin is RunningMean."""
    rate = 1 - 0.5 ** (1 / half_life)
    total, weight, means = numpy.zeros_like(x[..., 0, :]), 0.0, numpy.empty_like(x)
    for t in range(x.shape[-2]):
        weight += rate * (1 - weight)
        total += rate * (x[..., t, :] - total)
        means[..., t, :] = total / weight
    return means


def features(x):
    """Values, running means, running standard deviations [..., step, feature], before shifting and scaling. The C# twin is StandardizeFrontEnd."""
    x = x.copy()
    x[..., LOGARITHMS] = numpy.sign(x[..., LOGARITHMS]) * numpy.log1p(numpy.abs(x[..., LOGARITHMS]))
    parts = [x] + [running_mean(x, h) for h in MEANS]
    for h in DEVIATIONS:
        mean = running_mean(x, h)
        parts.append(numpy.sqrt(numpy.maximum(running_mean(x * x, h) - mean * mean, 0)))
    return numpy.concatenate(parts, -1).astype(numpy.float32)


def discriminants(x, labels):
    """Linear discriminant analysis of x [step, feature]: projection [feature, label - 1] and the labels' centres in it [label, label - 1]."""
    centres = numpy.stack([x[labels == k].mean(0) for k in range(len(LABELS))])
    apart = x - centres[labels]
    covariance = apart.T @ apart / len(x)
    covariance = (1 - SHRINK) * covariance + SHRINK * numpy.eye(len(covariance)) * numpy.trace(covariance) / len(covariance)
    values, vectors = numpy.linalg.eigh(covariance)
    white = vectors / numpy.sqrt(values)
    between = centres @ white
    axes = numpy.linalg.svd(between - between.mean(0), full_matrices=False)[2][:len(LABELS) - 1].T
    projection = WITHIN * white @ axes
    return projection, centres @ projection


class Linear(nn.Module):
    """Discriminants and, from them, the logits of linear discriminant analysis with equal priors."""

    def __init__(self, projection, centres):
        super().__init__()
        self.project, self.out = nn.Linear(*projection.shape, bias=False), nn.Linear(*centres.T.shape)
        with torch.no_grad():
            self.project.weight.copy_(torch.from_numpy(projection.T))
            self.out.weight.copy_(torch.from_numpy(centres / WITHIN ** 2))
            self.out.bias.copy_(torch.from_numpy(-0.5 * (centres ** 2).sum(1) / WITHIN ** 2))
        self.requires_grad_(False)


class Member(nn.Module):
    """A small GRU that corrects the linear logits."""

    def __init__(self):
        super().__init__()
        self.gru, self.out = nn.GRU(len(LABELS) - 1, HIDDEN), nn.Linear(HIDDEN, len(LABELS))
        self.register_buffer("rest", torch.zeros(1, 1, HIDDEN))

    def forward(self, d):
        """Logits to add [batch, time, label] of discriminants [batch, time, label - 1]."""
        d = d.transpose(0, 1)
        y = self.gru(d, start(self.rest, d))[0]
        return self.out(F.dropout(y, DROP, self.training).transpose(0, 1))


class Recogniser(nn.Module):
    """Linear logits and the mean correction of several members side by side."""

    def __init__(self, linear, members, mean, scale):
        super().__init__()
        self.linear, self.members, self.mean, self.scale = linear, nn.ModuleList(members), mean, scale
        with torch.no_grad():
            for member in members:  # so that the sum of the members is their mean
                member.out.weight /= len(members)
                member.out.bias /= len(members)

    def forward(self, x):
        """Logits [batch, time, label] of standardised features [batch, time, feature]."""
        d = self.linear.project(x)
        logits = self.linear.out(d)
        for member in self.members:
            logits = logits + member(d)
        return logits


def train(sequences, seed, members=MEMBERS):
    rows = numpy.concatenate([features(x) for _, _, x in sequences]).astype(float)
    mean, scale = rows.mean(0).astype(numpy.float32), (1 / rows.std(0)).astype(numpy.float32)
    labels = numpy.repeat([label for label, _, _ in sequences], STEPS)
    linear = Linear(*discriminants((rows - mean) * scale, labels))
    return Recogniser(linear, [train_member(sequences, linear, mean, scale, seed * 100 + i) for i in range(members)], mean, scale)


def train_member(sequences, linear, mean, scale, seed):
    torch.manual_seed(seed)
    rng = numpy.random.default_rng(seed)
    member = Member()
    batches = -(-len(sequences) // BATCH)
    optimizer = torch.optim.AdamW(member.parameters(), lr=PEAK, weight_decay=WEIGHT_DECAY)
    rate = torch.optim.lr_scheduler.OneCycleLR(optimizer, PEAK, total_steps=EPOCHS * batches + 1, pct_start=0.2)
    average = Average(member, DECAY)
    member.train()
    for epoch in range(EPOCHS):
        if epoch % 5 == 0:
            x, y = joined(sequences, mean, scale, rng)
            d = linear.project(x)
        order = rng.permutation(len(sequences))
        for i in range(0, len(order), BATCH):
            chosen = torch.from_numpy(order[i:i + BATCH])
            at = int(rng.integers(0, STEPS - CROP)) if rng.random() > 0.25 else 0
            seen, told = d[chosen, at:at + CROP], y[chosen, at:at + CROP]
            seen = seen + OFFSET * torch.randn(len(chosen), 1, seen.shape[2]) + NOISE * torch.randn_like(seen)
            loss = F.cross_entropy((linear.out(seen) + member(seen)).flatten(0, 1), told.flatten(), label_smoothing=SMOOTH)
            improve(member, loss, optimizer, average)
            rate.step()
    average.apply()
    member.eval()
    return member


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
        x.append(rows)
        y.append(labels)
    return torch.from_numpy((features(numpy.stack(x)) - mean) * scale), torch.from_numpy(numpy.stack(y))


def answers(model, sequences):
    """Logits [sequence, step, label]."""
    with torch.no_grad():
        return model(torch.from_numpy((features(numpy.stack([rows for _, _, rows in sequences])) - model.mean) * model.scale))


def counted(said, sequences):
    """[true, said] counts of steps of answers [sequence, step, label]."""
    counts = numpy.zeros((len(LABELS), len(LABELS)), dtype=int)
    for (label, _, _), row in zip(sequences, said.argmax(2).numpy()):
        numpy.add.at(counts[label], row, 1)
    return counts


def accuracy(counts):
    """Share of steps with the right label."""
    return counts.trace() / counts.sum()


def merged(counts):
    """Counts with sitting and standing as one label."""
    keep, gone = LABELS.index("sitting"), LABELS.index("standing")
    counts = counts.copy()
    for axis in (counts, counts.T):
        axis[keep] += axis[gone]
        axis[gone] = 0
    return counts


def left_out(sequences, groups, seed, members=MEMBERS):
    """Counts when the files of each group of numbers are left out of training in turn."""
    counts = 0
    for i, group in enumerate(groups):
        model = train([s for s in sequences if s[1] not in group], seed * 10 + i, members)
        tested = [s for s in sequences if s[1] in group]
        counts = counts + counted(answers(model, tested), tested)
    return counts


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
    linear = left_out(training, BLOCKS, SEED, members=0)
    log(f"{len(BLOCKS)} blocks of training files left out in turn, linear part alone: {accuracy(linear):.4f}; sitting and standing as one: {accuracy(merged(linear)):.4f}")
    blocks = left_out(training, BLOCKS, SEED)
    log(f"{len(BLOCKS)} blocks of training files left out in turn: {accuracy(blocks):.4f}; sitting and standing as one: {accuracy(merged(blocks)):.4f}")
    model = train(training, SEED)
    counts = counted(answers(model, test), test)
    log(f"test: {accuracy(counts):.4f}; sitting and standing as one: {accuracy(merged(counts)):.4f}")
    for label, row in zip(LABELS, counts):
        log(f"{label:9s} said as " + ", ".join(f"{LABELS[i]} {n}" for i, n in enumerate(row) if n))
    others = [accuracy(counted(answers(train(training, seed), test), test)) for seed in OTHER_SEEDS]
    log(f"test, other seeds, for the spread: {', '.join(f'{o:.4f}' for o in others)}")
    everything = without_copies(training + test)
    held = [s for s in everything if s[1] not in numpy.ravel(FOLDS)]  # without them, everything is what the kept model learned from
    folds = left_out(everything, FOLDS, 2) + counted(answers(model, held), held)
    log(f"4 folds of all {len(everything)} sequences: {accuracy(folds):.4f}; sitting and standing as one: {accuracy(merged(folds)):.4f}")
    log(f"after a change of activity the new one is first said after {switching(model, test):.1f} s (median)")
    log(f"parameters {parameters(model)}")
    finish(log, model, [
        ("accuracy per timestep", accuracy(counts), f"AReM, {len(test)} test sequences", "seqstream eval activity --data ../shared/data/wearable-har/arem-test.zip"),
        (f"accuracy per timestep, {len(BLOCKS)} blocks of recordings left out in turn", accuracy(blocks), f"AReM, {len(training)} training sequences", "tools/train/activity"),
        ("accuracy per timestep, 4-fold cross-validation", accuracy(folds), f"AReM, {len(everything)} sequences", "tools/train/activity"),
        ("accuracy per timestep, 4-fold cross-validation, sitting and standing as one", accuracy(merged(folds)), f"AReM, {len(everything)} sequences", "tools/train/activity"),
    ])


def finish(log, model, figures):
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
        "figures": [{"metric": metric, "value": round(float(value), 4), "data": rows, "command": command} for metric, value, rows, command in figures],
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
    return {"rows": rows.tolist(), "inputs": {"x": rounded(x.tolist())}, "outputs": {"logits": rounded(y.tolist())}}


if __name__ == "__main__":
    main()
