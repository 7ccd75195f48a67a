"""Trains models/pose-activity: what a body does, from its joints, while it does it."""
import numpy
import torch
from torch import nn
from torch.nn import functional as F

from .actions import accuracy, late_weights, log_actions, weighted_loss
from .export import export, start
from .fit import fit
from .place import Log, data, output, parameters, rounded, write_card, write_golden
from .skeletons import ACTIONS, HIP, HZ, JOINTS, NECK, made_up, normalised, read, varied

HIDDEN, EPOCHS, BATCH, PEAK, WEIGHT_DECAY, DECAY = 96, 60, 32, 4e-3, 0.02, 0.98
DROP_IN, DROP, SMOOTH = 0.3, 0.5, 0.05
BACK, GAIN = (1, 3), (1.0, 1.0, 6.0, 3.0)  # frames over which differences are taken; factors of limbs, hip, and the differences
SEED, OTHER_SEEDS = 1, (2, 3)
PEOPLE, PLACES = ((1, 3), (5, 7), (9,)), (0.4, 0.6, 0.8)  # training people left out together; parts of the movement


def features(joints):
    """[frame, feature] of joints as measured [frame, 20, 3]. The C# twin is SkeletonFrontEnd."""
    return features_of(normalised(joints))


def features_of(body):
    """[frame, feature] of normalised joints: limbs from the hip, the hip's place, and how both changed."""
    hip = body[:, HIP]
    limbs = (body - hip[:, None]).reshape(len(body), -1)
    both = numpy.concatenate([limbs, hip], 1)
    parts = [limbs * GAIN[0], hip * GAIN[1]]
    for k, gain in zip(BACK, GAIN[2:]):
        earlier = both[numpy.maximum(numpy.arange(len(both)) - k, 0)]
        parts.append((both - earlier) * gain)
    return numpy.concatenate(parts, 1).astype(numpy.float32)


class Watcher(nn.Module):
    def __init__(self, features):
        super().__init__()
        self.inp = nn.Linear(features, HIDDEN)
        self.one, self.two = nn.GRU(HIDDEN, HIDDEN), nn.GRU(HIDDEN, HIDDEN)
        self.out = nn.Linear(HIDDEN, len(ACTIONS))
        self.register_buffer("rest", torch.zeros(1, 1, HIDDEN))

    def forward(self, x):
        """Logits [batch, frame, action] of features [batch, frame, feature]."""
        y = F.relu(self.inp(x)).transpose(0, 1)
        y = self.one(F.dropout(y, DROP_IN, self.training), start(self.rest, y))[0]
        y = self.two(F.dropout(y, DROP_IN, self.training), start(self.rest, y))[0]
        return self.out(F.dropout(y, DROP, self.training).transpose(0, 1))


def batch_of(bodies):
    """Padded features [batch, frame, feature] and weights [batch, frame] of the loss."""
    weights = late_weights([len(body) for body in bodies])
    x = torch.zeros(*weights.shape, (JOINTS * 3 + 3) * (1 + len(BACK)))
    for i, body in enumerate(bodies):
        x[i, :len(body)] = torch.from_numpy(features_of(body))
    return x, weights


def train(sequences, seed):
    torch.manual_seed(seed)
    rng = numpy.random.default_rng(seed)
    bodies = [normalised(joints) for _, _, joints in sequences]
    labels = torch.tensor([label for label, _, _ in sequences])
    model = Watcher((JOINTS * 3 + 3) * (1 + len(BACK)))

    def loss_of(chosen):
        x, weights = batch_of([varied(bodies[k], rng) for k in chosen])
        return weighted_loss(model(x), labels[torch.from_numpy(chosen)], weights, SMOOTH)

    return fit(model, len(sequences), loss_of, rng, EPOCHS, BATCH, PEAK, WEIGHT_DECAY, DECAY)


def answers(model, sequences):
    """Logits [frame, action] of each sequence."""
    with torch.no_grad():
        return [model(torch.from_numpy(features(joints))[None])[0] for _, _, joints in sequences]


def main():
    torch.set_num_threads(1)
    log = Log("pose-activity")
    training, test = read(data("video/msraction3d-train.zip")), read(data("video/msraction3d-test.zip"))
    log(f"{len(training)} training sequences of {len({s for _, s, _ in training})} people, {len(test)} test sequences of {len({s for _, s, _ in test})} others")
    held = [left_out(training, people) for people in PEOPLE]
    log("training people left out in turn, at the last frame: "
        + ", ".join(f"{' and '.join(map(str, people))} {accuracy(*h):.4f}" for people, h in zip(PEOPLE, held)) + f"; mean {numpy.mean([accuracy(*h) for h in held]):.4f}")
    model = train(training, SEED)
    found = answers(model, test)
    last = accuracy(found, test)
    log(f"test: {last:.4f} at the last frame; when part of the movement has passed: " + ", ".join(f"{place:.0%} {accuracy(found, test, place):.4f}" for place in PLACES))
    log_actions(log, found, test)
    others = [accuracy(answers(train(training, seed), test), test) for seed in OTHER_SEEDS]
    log(f"test, other seeds, for the spread: {', '.join(f'{o:.4f}' for o in others)}")
    log(f"parameters {parameters(model)}")
    command = "seqstream eval pose-activity --data ../shared/data/video/msraction3d-test.zip"
    rows = f"MSR-Action3D, subjects 2, 4, 6, {len(test)} sequences"
    finish(log, model, [("accuracy at the end, cross-subject", last, rows, command),
                        ("accuracy when 60 % has passed, cross-subject", accuracy(found, test, 0.6), rows, command),
                        ("accuracy at the end, training people left out in turn", numpy.mean([accuracy(*h) for h in held]), f"MSR-Action3D, {len(training)} training sequences", "tools/train/pose-activity")])


def left_out(sequences, people):
    """Answers for the sequences of some people by a model that learned from the others, and those sequences."""
    model = train([s for s in sequences if s[1] not in people], SEED)
    held = [s for s in sequences if s[1] in people]
    return answers(model, held), held


def finish(log, model, figures):
    """Writes the model, its card and its golden sequences."""
    width = model.inp.in_features
    size = export(model, (torch.zeros(1, 5, width),), ["x"], ["logits"], output("pose-activity") / "model.onnx")
    log(f"model.onnx {size} bytes")
    write_golden("pose-activity", [golden(model, seed) for seed in range(2)])
    write_card("pose-activity", {
        "name": "pose-activity", "title": "What a body does, from its joints, while it does it", "task": "action recognition", "shape": "many-to-one",
        "model": "model.onnx", "licence": "MIT", "labels": ACTIONS,
        "frontEnd": {"type": "skeleton", "channels": 3 * JOINTS, "hip": HIP, "neck": NECK, "back": list(BACK), "gains": list(GAIN)},
        "decoder": {"type": "labels", "at": "running"},
        "formats": {"in": "csv", "out": "jsonl"},
        "rate": {"hz": HZ},
        "parameters": parameters(model),
        "figures": [{"metric": metric, "value": round(float(value), 4), "data": rows, "command": command} for metric, value, rows, command in figures],
        "evaluation": {"type": "label-at-end", "format": "msr-action3d"},
    })


def golden(model, seed):
    """Joints of no recording, the features of each frame and the answers."""
    joints = numpy.round(made_up(seed), 4)
    x = features(joints)
    with torch.no_grad():
        y = model(torch.from_numpy(x)[None])[0]
    return {"rows": joints.reshape(len(joints), -1).tolist(), "inputs": {"x": rounded(x.tolist(), 5)}, "outputs": {"logits": rounded(y.tolist(), 5)}}


if __name__ == "__main__":
    main()
