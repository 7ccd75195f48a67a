"""Trains models/names: person names, letter by letter."""
import random

import torch
from torch import nn
from torch.nn import functional as F

from .export import Average, export, start
from .place import Log, data, output, parameters, rounded, write_card, write_golden

SYMBOLS = [""] + [chr(c) for c in range(ord("a"), ord("z") + 1)]  # 0 is the start mark as input and the end mark as output
SEED, EPOCHS, BATCH, HIDDEN, EMBEDDING, PEAK, DROP = 1, 24, 128, 192, 32, 5e-3, 0.3


class Speller(nn.Module):
    def __init__(self, embedding=EMBEDDING, hidden=HIDDEN, drop=DROP):
        super().__init__()
        self.table = nn.Embedding(len(SYMBOLS), embedding)
        self.gru = nn.GRU(embedding, hidden)
        self.out = nn.Linear(hidden, len(SYMBOLS))
        self.drop = drop
        self.register_buffer("rest", torch.zeros(1, 1, hidden))

    def forward(self, ids):
        """Log-odds [batch, time, symbol] of what follows each of ids [batch, time]."""
        x = F.dropout(self.table(ids), self.drop, self.training).transpose(0, 1)
        y, _ = self.gru(x, start(self.rest, x))
        return self.out(F.dropout(y, self.drop, self.training).transpose(0, 1))


def read(path):
    return [line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def encode(names):
    """Inputs and targets [name, time]; -1 marks no target."""
    longest = max(map(len, names)) + 1
    x, y = torch.zeros(len(names), longest, dtype=torch.long), torch.full((len(names), longest), -1)
    for i, name in enumerate(names):
        ids = torch.tensor([SYMBOLS.index(c) for c in name])
        x[i, 1:len(name) + 1] = ids
        y[i, :len(name)] = ids
        y[i, len(name)] = 0
    return x, y


def nats(model, names):
    """Mean negative log-likelihood per letter, the end mark counted as one."""
    model.eval()
    total = count = 0
    with torch.no_grad():
        for i in range(0, len(names), 512):
            x, y = encode(names[i:i + 512])
            total += float(F.cross_entropy(model(x).flatten(0, 1), y.flatten(), ignore_index=-1, reduction="sum"))
            count += int((y >= 0).sum())
    return total / count


def train(names, seed, epochs=EPOCHS, log=None, test=None, decay=0.998, **shape):
    torch.manual_seed(seed)
    rng = random.Random(seed)
    model = Speller(**shape)
    batches = -(-len(names) // BATCH)
    optimizer = torch.optim.AdamW(model.parameters(), lr=PEAK, weight_decay=0.01)
    rate = torch.optim.lr_scheduler.OneCycleLR(optimizer, PEAK, total_steps=epochs * batches + 1, pct_start=0.15)
    average = Average(model, decay)
    for epoch in range(epochs):
        model.train()
        order = rng.sample(names, len(names))
        total = 0.0
        for i in range(0, len(order), BATCH):
            x, y = encode(order[i:i + BATCH])
            loss = F.cross_entropy(model(x).flatten(0, 1), y.flatten(), ignore_index=-1)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            rate.step()
            average.update()
            total += loss.item()
        if log:
            log(f"epoch {epoch + 1}: training {total / batches:.4f} nats per letter")
    average.apply()
    return model


def sample(model, count, seed):
    """Names drawn from the model, for the eye."""
    generator = torch.Generator().manual_seed(seed)
    names = []
    with torch.no_grad():
        for _ in range(count):
            ids = [0]
            while len(ids) < 20:
                odds = model(torch.tensor([ids]))[0, -1].softmax(0)
                ids.append(int(torch.multinomial(odds, 1, generator=generator)))
                if ids[-1] == 0:
                    break
            names.append("".join(SYMBOLS[i] for i in ids[1:]))
    return names


def main():
    torch.set_num_threads(1)
    log = Log("names")
    training, test = read(data("text-generation/person-names-train.txt")), read(data("text-generation/person-names-test.txt"))
    model = train(training, SEED, log=log)
    score = nats(model, test)
    known = set(training)
    log(f"parameters {parameters(model)}")
    log(f"test: {score:.4f} nats per letter over {len(test)} names, the end mark counted")
    drawn = sample(model, 1000, SEED)
    log(f"of 1000 drawn names {sum(n in known for n in drawn)} stand in the training list; the first: {', '.join(drawn[:12])}")
    size = export(model, (torch.zeros(1, 5, dtype=torch.long),), ["ids"], ["logits"], output("names") / "model.onnx")
    log(f"model.onnx {size} bytes")
    write_golden("names", [golden(model, name) for name in ["", "q", "zzzzzzzzzzzzzzzzzzzz"] + drawn[:37]])
    write_card("names", {
        "name": "names", "title": "First names, letter by letter", "task": "text generation", "shape": "one-to-many",
        "model": "model.onnx", "licence": "MIT", "labels": SYMBOLS,
        "frontEnd": {"type": "letters", "symbols": SYMBOLS, "start": 0, "end": 0, "lower": True},
        "decoder": {"type": "labels"},
        "formats": {"in": "text", "out": "text"},
        "bounds": {"ids": [0, len(SYMBOLS) - 1]},
        "parameters": parameters(model),
        "figures": [{"metric": "nats per letter, end mark counted", "value": round(score, 4), "data": f"makemore names, {len(test)} test names",
                     "command": "seqstream eval names --data ../shared/data/text-generation/person-names-test.txt"}],
        "evaluation": {"type": "letters", "format": "lines"},
    })


def golden(model, name):
    x, _ = encode([name])
    with torch.no_grad():
        return {"text": name, "ids": x[0].tolist(), "y": rounded(model(x)[0].tolist())}


if __name__ == "__main__":
    main()
