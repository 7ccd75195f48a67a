"""Trains models/video-activity: what a figure in grey pictures does, while it does it."""
import numpy
import torch
from torch import nn
from torch.nn import functional as F

from .actions import accuracy, late_weights, log_actions, weighted_loss
from .export import export, start
from .figures import EVERY, SIDE, drawn, look, svg
from .fit import fit
from .place import Log, data, output, parameters, rounded, write_card, write_golden
from .skeletons import ACTIONS, HZ, made_up, normalised, read, varied, waving

CHANNELS, DENSE, HIDDEN = (12, 24, 32), 96, 96
EPOCHS, BATCH, PEAK, WEIGHT_DECAY, DECAY = 90, 32, 4e-3, 0.02, 0.98
DROP_IN, DROP, SMOOTH = 0.3, 0.5, 0.05
SEED = 1
PLACES = (0.4, 0.6, 0.8)  # parts of the movement


class Viewer(nn.Module):
    """Convolutions on each picture and its difference to the one before, then a GRU."""

    def __init__(self):
        super().__init__()
        widths = (2,) + CHANNELS
        self.look = nn.ModuleList(nn.Conv2d(a, b, 3, stride=2, padding=1) for a, b in zip(widths, CHANNELS))
        self.dense = nn.Linear(CHANNELS[-1] * (SIDE // 8) ** 2, DENSE)
        self.gru, self.out = nn.GRU(DENSE, HIDDEN), nn.Linear(HIDDEN, len(ACTIONS))
        self.register_buffer("rest", torch.zeros(1, 1, HIDDEN))

    def forward(self, x):
        """Logits [batch, frame, action] of x [batch, frame, 2 * 48 * 48]."""
        y = self.of_pictures(x.reshape(-1, x.shape[2]))
        return self.of_movement(y.reshape(1, -1, y.shape[1]) if torch.onnx.is_in_onnx_export() else y.reshape(*x.shape[:2], -1))

    def of_pictures(self, x):
        """What is seen in pictures [picture, 2 * 48 * 48], each by itself: [picture, 96]."""
        y = x.reshape(-1, 2, SIDE, SIDE)
        for convolution in self.look:
            y = F.relu(convolution(y))
        return F.relu(self.dense(F.dropout(y.reshape(-1, self.dense.in_features), DROP_IN, self.training)))

    def of_movement(self, y):
        """Logits [batch, frame, action] of what is seen [batch, frame, 96]."""
        y = F.dropout(y.transpose(0, 1), DROP_IN, self.training)
        y = self.gru(y, start(self.rest, y))[0]
        return self.out(F.dropout(y, DROP, self.training).transpose(0, 1))


def features(pictures):
    """[frame, 2 * 48 * 48] of pictures of bytes: each from 0 to 1, and its difference to the one before. The C# twin is PictureFrontEnd."""
    light = pictures.reshape(len(pictures), -1).astype(numpy.float32) / numpy.float32(255)
    return numpy.concatenate([light, light - light[numpy.maximum(numpy.arange(len(light)) - 1, 0)]], 1)


def train(sequences, seed, log=None):
    torch.manual_seed(seed)
    rng = numpy.random.default_rng(seed)
    bodies = [normalised(joints) for _, _, joints in sequences]
    labels = torch.tensor([label for label, _, _ in sequences])
    model = Viewer()

    def loss_of(chosen):
        videos = [seen(bodies[k], rng) for k in chosen]
        weights = late_weights([len(pictures) for pictures in videos])
        y = torch.zeros(*weights.shape, DENSE)
        y[weights >= 0] = model.of_pictures(torch.from_numpy(numpy.concatenate([features(pictures) for pictures in videos])))
        return weighted_loss(model.of_movement(y), labels[torch.from_numpy(chosen)], weights, SMOOTH)

    return fit(model, len(sequences), loss_of, rng, EPOCHS, BATCH, PEAK, WEIGHT_DECAY, DECAY, log)


def seen(body, rng):
    """Pictures of another person doing the same, drawn larger or smaller, elsewhere, thicker or thinner."""
    body = varied(body, rng)[rng.integers(EVERY)::EVERY]
    return drawn(body, rng.uniform(0.82, 1.18), rng.uniform(-3.5, 3.5), rng.uniform(-2.5, 2.5), rng.uniform(0.7, 1.7))


def answers(model, sequences):
    """Logits [frame, action] of each sequence, drawn as its number in the order of names says."""
    with torch.no_grad():
        return [model(torch.from_numpy(features(drawn(normalised(joints)[::EVERY], *look(i))))[None])[0] for i, (_, _, joints) in enumerate(sequences)]


def main():
    torch.set_num_threads(1)
    log = Log("video-activity")
    training, test = read(data("video/msraction3d-train.zip")), read(data("video/msraction3d-test.zip"))
    log(f"{len(training)} training sequences of {len({s for _, s, _ in training})} people, {len(test)} test sequences of {len({s for _, s, _ in test})} others")
    model = train(training, SEED, log)
    found = answers(model, test)
    last = accuracy(found, test)
    log(f"test: {last:.4f} at the last picture; when part of the movement has passed: " + ", ".join(f"{place:.0%} {accuracy(found, test, place):.4f}" for place in PLACES))
    log_actions(log, found, test)
    log(f"parameters {parameters(model)}")
    size = export(model, (torch.zeros(1, 5, 2 * SIDE * SIDE),), ["x"], ["logits"], output("video-activity") / "model.onnx")
    log(f"model.onnx {size} bytes")
    write_golden("video-activity", [golden(model, seed) for seed in range(2)])
    command = "seqstream eval video-activity --data ../shared/data/video/msraction3d-test.zip"
    rows = f"MSR-Action3D joints drawn as figures, subjects 2, 4, 6, {len(test)} sequences"
    figures = [("accuracy at the end, cross-subject", last, rows, command), ("accuracy when 60 % has passed, cross-subject", accuracy(found, test, 0.6), rows, command)]
    write_card("video-activity", {
        "name": "video-activity", "title": "What a figure in grey pictures of 48 x 48 pixels does, while it does it", "task": "action recognition", "shape": "many-to-one",
        "model": "model.onnx", "licence": "MIT", "labels": ACTIONS,
        "frontEnd": {"type": "pictures", "channels": SIDE * SIDE},
        "decoder": {"type": "labels", "at": "running"},
        "formats": {"in": "gray", "out": "jsonl"},
        "rate": {"hz": HZ / EVERY},
        "parameters": parameters(model),
        "figures": [{"metric": metric, "value": round(float(value), 4), "data": rows, "command": command} for metric, value, rows, command in figures],
        "evaluation": {"type": "label-at-end", "format": "msr-action3d-figures"},
    })
    write_strip(log, model)


def write_strip(log, model):
    """A figure that the project moves itself, with what the model says of it at every picture, as models/video-activity/strip.svg."""
    pictures = drawn(normalised(waving(32))[::EVERY], 1.0, 0.0, 0.0, 1.2)
    with torch.no_grad():
        odds = model(torch.from_numpy(features(pictures))[None])[0].softmax(1)
    said = [(ACTIONS[int(row.argmax())], float(row.max())) for row in odds]
    log(f"a drawn figure that waves both hands, at the end: {said[-1][0]} {said[-1][1]:.2f}")
    (output("video-activity") / "strip.svg").write_text(svg(pictures, said), encoding="utf-8")


def golden(model, seed):
    """Pictures of nobody, the features of each and the answers."""
    pictures = drawn(normalised(made_up(seed, 10))[::EVERY], *look(seed))
    x = torch.from_numpy(features(pictures))
    with torch.no_grad():
        y = model(x[None])[0]
    return {"rows": pictures.reshape(len(pictures), -1).tolist(), "inputs": {"x": [[int(v) if v in (0, 1) else round(v, 6) for v in row] for row in x.tolist()]},
            "outputs": {"logits": rounded(y.tolist(), 5)}}


if __name__ == "__main__":
    main()
