"""Trains models/motions: what the wearer of a smart watch does, from its accelerometer and gyroscope."""
import gzip

import numpy
import torch
from torch import nn
from torch.nn import functional as F

from .activity import running_mean
from .export import export, start
from .fit import fit
from .place import Log, data, output, parameters, rounded, write_card, write_golden

LABELS = ["Standing", "Running", "Walking", "Badminton"]
CHANNELS, HZ = 6, 10
MEANS, DEVIATIONS = (10,), (4, 20)  # half-lives of the running statistics in steps
HIDDEN, EPOCHS, BATCH, PEAK, WEIGHT_DECAY, DECAY = 24, 60, 16, 1e-2, 0.05, 0.95
DROP, NOISE, GAIN, SMOOTH = 0.2, 0.1, 0.15, 0.05
SEED, FOLDS, REPEATS = 1, 5, 4


def read(path):
    """[(label, rows [step, 6])]"""
    cases = []
    with gzip.open(path, "rt") as file:
        for line in file:
            if line[0] not in "#@" and line.strip():
                *channels, label = line.strip().split(":")
                cases.append((LABELS.index(label), numpy.array([[float(v) for v in c.split(",")] for c in channels]).T))
    return cases


def features(x):
    """Values, running means, running standard deviations [step, feature], before shifting and scaling. The C# twin is StandardizeFrontEnd."""
    parts = [x] + [running_mean(x, h) for h in MEANS]
    for h in DEVIATIONS:
        mean = running_mean(x, h)
        parts.append(numpy.sqrt(numpy.maximum(running_mean(x * x, h) - mean * mean, 0)))
    return numpy.concatenate(parts, -1).astype(numpy.float32)


class Motions(nn.Module):
    def __init__(self, mean, scale):
        super().__init__()
        self.mean, self.scale = mean, scale
        self.gru, self.out = nn.GRU(len(mean), HIDDEN), nn.Linear(HIDDEN, len(LABELS))
        self.register_buffer("rest", torch.zeros(1, 1, HIDDEN))

    def forward(self, x):
        """Logits [batch, step, label] of standardised features [batch, step, feature]."""
        x = F.dropout(x, DROP, self.training).transpose(0, 1)
        y = self.gru(x, start(self.rest, x))[0]
        return self.out(F.dropout(y, DROP, self.training).transpose(0, 1))

    def standardised(self, rows):
        return torch.from_numpy((features(rows) - self.mean) * self.scale)


def train(cases, seed):
    torch.manual_seed(seed)
    rng = numpy.random.default_rng(seed)
    rows = numpy.concatenate([features(x) for _, x in cases])
    model = Motions(rows.mean(0), 1 / rows.std(0))
    labels = torch.tensor([label for label, _ in cases])

    def loss_of(chosen):
        x = torch.stack([model.standardised(varied(cases[k][1], rng)) for k in chosen])
        logits = model(x + NOISE * torch.randn_like(x))
        told = labels[torch.from_numpy(chosen)][:, None].expand(logits.shape[:2])
        return F.cross_entropy(logits.flatten(0, 1), told.flatten(), label_smoothing=SMOOTH)

    return fit(model, len(cases), loss_of, rng, EPOCHS, BATCH, PEAK, WEIGHT_DECAY, DECAY)


def varied(rows, rng):
    """The same motion, begun elsewhere in it, a little stronger or weaker on each axis."""
    return numpy.roll(rows, int(rng.integers(len(rows))), 0) * numpy.exp(rng.normal(0, GAIN, CHANNELS))


def answers(model, cases):
    """Labels [case, step]."""
    with torch.no_grad():
        return model(torch.stack([model.standardised(rows) for _, rows in cases])).argmax(2).numpy()


def cross_validated(cases, seed):
    """Share of right labels at the last step and over all steps, each case answered by a model that has not seen it. Every fold holds as many cases of each label."""
    rng = numpy.random.default_rng(seed)
    fold = numpy.empty(len(cases), int)
    for label in range(len(LABELS)):
        of_label = rng.permutation([i for i, case in enumerate(cases) if case[0] == label])
        fold[of_label] = numpy.arange(len(of_label)) % FOLDS
    last = steps = 0
    for k in range(FOLDS):
        held = [case for case, f in zip(cases, fold) if f == k]
        said = answers(train([case for case, f in zip(cases, fold) if f != k], seed), held)
        truth = numpy.array([label for label, _ in held])
        last += int((said[:, -1] == truth).sum())
        steps += (said == truth[:, None]).mean(1).sum()
    return last / len(cases), steps / len(cases)


def main():
    torch.set_num_threads(1)
    log = Log("motions")
    cases = read(data("wearable-har/BasicMotions_TRAIN.ts.gz"))
    log(f"{len(cases)} cases of {len(cases[0][1])} steps")
    found = [cross_validated(cases, SEED + i) for i in range(REPEATS)]
    log(f"{FOLDS} folds, {REPEATS} ways to divide: at the last step {', '.join(f'{last:.4f}' for last, _ in found)}; over all steps {', '.join(f'{steps:.4f}' for _, steps in found)}")
    last, steps = numpy.mean(found, 0)
    log(f"mean: {last:.4f} at the last step, {steps:.4f} over all steps")
    model = train(cases, SEED)
    said = answers(model, cases)
    seen = float((said[:, -1] == [label for label, _ in cases]).mean())
    log(f"the kept model, which learned from all {len(cases)} cases, answers {seen:.4f} of them right at the last step: no measure of what it does with others")
    log(f"parameters {parameters(model)}")
    size = export(model, (torch.zeros(1, 5, len(model.mean)),), ["x"], ["logits"], output("motions") / "model.onnx")
    log(f"model.onnx {size} bytes")
    write_golden("motions", [golden(model, seed) for seed in range(6)])
    rows = f"BasicMotions, {len(cases)} cases"
    figures = [(f"accuracy at the last step, {FOLDS}-fold cross-validation, mean of {REPEATS}", last, "tools/train/motions"),
               (f"accuracy per step, {FOLDS}-fold cross-validation, mean of {REPEATS}", steps, "tools/train/motions"),
               ("accuracy at the end on the cases it learned from", seen, "seqstream eval motions --data ../shared/data/wearable-har/BasicMotions_TRAIN.ts.gz")]
    write_card("motions", {
        "name": "motions", "title": "What the wearer of a smart watch does: stand, run, walk, play badminton", "task": "activity recognition", "shape": "many-to-one",
        "model": "model.onnx", "licence": "MIT", "labels": LABELS,
        "frontEnd": {"type": "standardize", "channels": CHANNELS, "means": list(MEANS), "deviations": list(DEVIATIONS),
                     "mean": rounded(model.mean.tolist(), 7), "scale": rounded(model.scale.tolist(), 7)},
        "decoder": {"type": "labels", "at": "running"},
        "formats": {"in": "csv", "out": "jsonl"},
        "rate": {"hz": HZ},
        "parameters": parameters(model),
        "figures": [{"metric": metric, "value": round(float(value), 4), "data": rows, "command": command} for metric, value, command in figures],
        "evaluation": {"type": "label-at-end", "format": "ts"},
    })


def golden(model, seed, steps=40):
    """Rows of no recording, the features of each and the answers."""
    rng = numpy.random.default_rng(seed)
    t = numpy.arange(steps)[:, None] / HZ
    rows = rng.normal(0, 1, CHANNELS) + rng.uniform(0, 6, CHANNELS) * numpy.sin(2 * numpy.pi * (rng.uniform(0.5, 3, CHANNELS) * t + rng.uniform(0, 1, CHANNELS)))
    rows = numpy.round(rows + rng.normal(0, 0.3, rows.shape), 3)
    x = model.standardised(rows)
    with torch.no_grad():
        y = model(x[None])[0]
    return {"rows": rows.tolist(), "inputs": {"x": rounded(x.tolist())}, "outputs": {"logits": rounded(y.tolist())}}


if __name__ == "__main__":
    main()
