"""Trains models/names: names of people, of dinosaurs, and of bakes and cheeses, letter by letter."""
import json
import random
import unicodedata
import zlib

import torch
from torch import nn
from torch.nn import functional as F

from .export import Average, Members, export, start
from .fit import improve
from .place import Log, data, output, parameters, rounded, write_card, write_golden

CLASSES = ["person", "dinosaur", "food"]
SYMBOLS = [""] + list("abcdefghijklmnopqrstuvwxyz '-")  # 0 is the start mark as input and the end mark as output
SEEDS = (1, 2)  # one member of the model each
EPOCHS, BATCH, HIDDEN, EMBEDDING, KIND, PEAK, DROP = 32, 128, 224, 32, 8, 5e-3, 0.35


class Speller(nn.Module):
    def __init__(self, embedding=EMBEDDING, hidden=HIDDEN, drop=DROP):
        super().__init__()
        self.table = nn.Embedding(len(SYMBOLS), embedding)
        self.kinds = nn.Embedding(len(CLASSES), KIND)
        self.gru = nn.GRU(embedding + KIND, hidden)
        self.out = nn.Linear(hidden, len(SYMBOLS))
        self.drop = drop
        self.register_buffer("rest", torch.zeros(1, 1, hidden))

    def forward(self, ids, kinds):
        """Log-odds [batch, time, symbol] of what follows each of ids [batch, time] in a name of the class kinds [batch, time]."""
        x = torch.cat([F.dropout(self.table(ids), self.drop, self.training), self.kinds(kinds)], 2).transpose(0, 1)
        y, _ = self.gru(x, start(self.rest, x))
        return self.out(F.dropout(y, self.drop, self.training).transpose(0, 1))


def read(path):
    return [line.strip().lower() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def read_lists(path):
    """All names of a corpora file, in small letters without accents; those with other signs than the symbols are left out."""
    names = [name for value in json.loads(path.read_text(encoding="utf-8")).values() if isinstance(value, list) for name in value]
    plain = ["".join(c for c in unicodedata.normalize("NFKD", name.lower().replace("’", "'")) if not unicodedata.combining(c)) for name in names]
    return sorted({name for name in plain if name and all(c in SYMBOLS for c in name)})


def part(names, least, greatest):
    """The names whose checksum ends with one of these digits; the lists of people and dinosaurs were cut by the same rule."""
    return [name for name in names if least <= zlib.crc32(name.encode()) % 10 <= greatest]


def read_all():
    """(training, test): lists of (name, class)."""
    people = "text-generation/person-names-{}.txt"
    dinosaurs = read_lists(data("text-generation/corpora-cc0/dinosaurs.json"))
    foods = read_lists(data("text-generation/corpora-cc0/breads_and_pastries.json")) + read_lists(data("text-generation/corpora-cc0/curds.json"))
    training = [read(data(people.format("train"))), part(dinosaurs, 0, 7), part(foods, 0, 7)]
    test = [read(data(people.format("test"))), read(data("text-generation/dinosaur-names-test.txt")), part(foods, 8, 8)]
    return tuple([(name, kind) for kind, names in enumerate(lists) for name in names] for lists in (training, test))


def encode(names):
    """Inputs, classes and targets [name, time]; -1 marks no target."""
    longest = max(len(name) for name, _ in names) + 1
    x, y = torch.zeros(len(names), longest, dtype=torch.long), torch.full((len(names), longest), -1)
    for i, (name, _) in enumerate(names):
        ids = torch.tensor([SYMBOLS.index(c) for c in name], dtype=torch.long)
        x[i, 1:len(name) + 1], y[i, :len(name)] = ids, ids
        y[i, len(name)] = 0
    return x, torch.tensor([kind for _, kind in names])[:, None].expand(-1, longest), y


def loss_of(model, names, reduction="mean"):
    x, kinds, y = encode(names)
    return F.cross_entropy(model(x, kinds).flatten(0, 1), y.flatten(), ignore_index=-1, reduction=reduction), int((y >= 0).sum())


def nats(model, names):
    """Mean negative log-likelihood per letter, the end mark counted as one."""
    model.eval()
    total = count = 0
    with torch.no_grad():
        for i in range(0, len(names), 512):
            nats, letters = loss_of(model, names[i:i + 512], "sum")
            total += float(nats)
            count += letters
    return total / count


def batched(names, rng):
    """The names in random batches."""
    order = rng.sample(names, len(names))
    return [order[i:i + BATCH] for i in range(0, len(order), BATCH)]


def train(names, seed, epochs=EPOCHS, log=None, test=None, decay=0.998, **shape):
    torch.manual_seed(seed)
    rng = random.Random(seed)
    model = Speller(**shape)
    batches = len(batched(names, rng))
    optimizer = torch.optim.AdamW(model.parameters(), lr=PEAK, weight_decay=0.01)
    rate = torch.optim.lr_scheduler.OneCycleLR(optimizer, PEAK, total_steps=epochs * batches + 1, pct_start=0.15)
    average = Average(model, decay)
    for epoch in range(epochs):
        model.train()
        total = 0.0
        for batch in batched(names, rng):
            loss, _ = loss_of(model, batch)
            improve(model, loss, optimizer, average)
            rate.step()
            total += loss.item()
        if log:
            log(f"epoch {epoch + 1}: training {total / batches:.4f} nats per letter")
    average.apply()
    return model


def sample(model, kind, count, seed):
    """Names of a class drawn from the model, for the eye."""
    generator = torch.Generator().manual_seed(seed)
    names = []
    with torch.no_grad():
        for _ in range(count):
            ids = [0]
            while len(ids) < 40:
                odds = model(torch.tensor([ids]), torch.full((1, len(ids)), kind))[0, -1].softmax(0)
                ids.append(int(torch.multinomial(odds, 1, generator=generator)))
                if ids[-1] == 0:
                    break
            names.append("".join(SYMBOLS[i] for i in ids[1:]))
    return names


def main():
    torch.set_num_threads(1)
    log = Log("names")
    training, test = read_all()
    log("names for training and test: " + ", ".join(f"{kind} {sum(k == i for _, k in training)} and {sum(k == i for _, k in test)}" for i, kind in enumerate(CLASSES)))
    members = [train(training, seed, log=log) for seed in SEEDS]
    for seed, member in zip(SEEDS, members):
        log(f"test, person, member of seed {seed} alone: {nats(member, [name for name in test if name[1] == 0]):.4f} nats per letter")
    model = Members(members).eval()
    scores = [nats(model, [name for name in test if name[1] == kind]) for kind in range(len(CLASSES))]
    log(f"parameters {parameters(model)}")
    for kind, score in zip(CLASSES, scores):
        log(f"test, {kind}: {score:.4f} nats per letter, the end mark counted")
    known, drawn = set(training), [sample(model, kind, 1000, SEEDS[0]) for kind in range(len(CLASSES))]
    for kind, names in enumerate(drawn):
        log(f"of 1000 drawn names of the class {CLASSES[kind]} {sum((n, kind) in known for n in names)} stand in the training list; the first: {', '.join(names[:8])}")
    zeros = torch.zeros(1, 5, dtype=torch.long)
    size = export(model, (zeros, zeros), ["ids", "class"], ["logits"], output("names") / "model.onnx")
    log(f"model.onnx {size} bytes")
    write_golden("names", [golden(model, name) for name in ["", "q", "zzzzzzzzzzzzzzzzzzzz", "o'x-y z"] + drawn[0][:12]])
    finish(model, scores, sum(kind == 2 for _, kind in test))


def finish(model, scores, foods):
    evaluated = "seqstream eval names --data ../shared/data/text-generation/{}"
    write_card("names", {
        "name": "names", "title": "Names of people, dinosaurs, bakes and cheeses, letter by letter", "task": "text generation", "shape": "one-to-many",
        "model": "model.onnx", "licence": "MIT", "labels": SYMBOLS,
        "frontEnd": {"type": "letters", "symbols": SYMBOLS, "start": 0, "end": 0, "lower": True, "class": {"names": CLASSES}},
        "decoder": {"type": "labels"},
        "formats": {"in": "text", "out": "text"},
        "bounds": {"ids": [0, len(SYMBOLS) - 1], "class": [0, len(CLASSES) - 1]},
        "parameters": parameters(model),
        "figures": [
            {"metric": "nats per letter, end mark counted", "value": round(scores[0], 4), "data": "makemore names, 3159 test names", "command": evaluated.format("person-names-test.txt")},
            {"metric": "nats per letter as dinosaur", "value": round(scores[1], 4), "data": "158 test names", "command": evaluated.format("dinosaur-names-test.txt")},
            {"metric": "nats per letter as food", "value": round(scores[2], 4), "data": f"{foods} names left out of corpora's lists", "command": "tools/train/names"},
        ],
        "evaluation": {"type": "letters", "format": "lines"},
    })


def golden(model, name):
    """A name of the first class, which a stream is of that does not say."""
    x, kinds, _ = encode([(name, 0)])
    with torch.no_grad():
        answers = model(x, kinds)[0]
    return {"text": name, "inputs": {"ids": x[0].unsqueeze(-1).tolist(), "class": kinds[0].unsqueeze(-1).tolist()}, "outputs": {"logits": rounded(answers.tolist())}}


if __name__ == "__main__":
    main()
