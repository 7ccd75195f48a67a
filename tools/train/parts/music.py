"""Trains models/music: tunes in ABC notation, character by character."""
import math
import random

import torch
from torch import nn
from torch.nn import functional as F

from .export import Average, export, start
from .fit import improve
from .place import Log, data, output, parameters, rounded, write_card, write_golden
from .tunes import SYMBOLS, encode, fifths, key_parts, plain, read, transposed

SEED, EPOCHS, STREAMS, LENGTH, HIDDEN, EMBEDDING, PEAK, DROP, DECAY = 1, 16, 16, 128, 320, 32, 4e-3, 0.3, 0.995
BEGIN = "X: 1\n"  # what `generate` puts before a prompt that lacks it
PLAIN, MOVED = 0.3, 0.35  # shares of the tunes of an epoch in plain form, in another key


class Composer(nn.Module):
    def __init__(self, hidden=HIDDEN, drop=DROP):
        super().__init__()
        self.table = nn.Embedding(len(SYMBOLS), EMBEDDING)
        self.gru = nn.GRU(EMBEDDING, hidden)
        self.out = nn.Linear(hidden, len(SYMBOLS))
        self.drop = drop
        self.register_buffer("rest", torch.zeros(1, 1, hidden))

    def run(self, ids, state):
        """Log-odds [batch, time, symbol] of what follows each of ids [batch, time], and the state after them."""
        x = F.dropout(self.table(ids), self.drop, self.training).transpose(0, 1)
        y, state = self.gru(x, start(self.rest, x) if state is None else state)
        return self.out(F.dropout(y, self.drop, self.training).transpose(0, 1)), state

    def forward(self, ids):
        return self.run(ids, None)[0]


def epoch_tunes(tunes, keys, rng, moved, bare):
    """The tunes of one epoch: in file order from a random place, some in another key, some in plain form."""
    first = rng.randrange(len(tunes))
    for tune in tunes[first:] + tunes[:first]:
        parts = key_of(tune)
        if parts and rng.random() < moved:
            shift = fifths(rng.choice(keys)) - fifths(parts)
            tune = shift and abs(shift) <= 3 and transposed(tune, shift) or tune
        yield rng.random() < bare and plain(tune, rng) or tune


def key_of(tune):
    line = next((line for line in tune.splitlines() if line.startswith("K:")), None)
    return line and key_parts(line[2:])


def bits(model, tunes, carry):
    """Bits per character of the tunes; carry: one memory for all of them, else each from an empty one."""
    model.eval()
    total = count = 0
    with torch.no_grad():
        for part in [tunes] if carry else [[tune] for tune in tunes]:
            ids = torch.tensor([0] + encode(part))
            odds, _ = model.run(ids[None, :-1], None)
            total += float(F.cross_entropy(odds[0], ids[1:], reduction="sum"))
            count += len(ids) - 1
    return total / count / math.log(2)


def train(tunes, seed, epochs=EPOCHS, log=None, moved=MOVED, bare=PLAIN, peak=PEAK, **shape):
    torch.manual_seed(seed)
    rng = random.Random(seed)
    model = Composer(**shape)
    keys = [key for key in map(key_of, tunes) if key]
    batches = sum(map(len, tunes)) // (STREAMS * LENGTH)
    optimizer = torch.optim.AdamW(model.parameters(), lr=peak, weight_decay=0.01)
    rate = torch.optim.lr_scheduler.OneCycleLR(optimizer, peak, total_steps=epochs * (batches + 10), pct_start=0.1)
    average = Average(model, DECAY)
    for epoch in range(epochs):
        model.train()
        ids = torch.tensor([0] + encode(epoch_tunes(tunes, keys, rng, moved, bare)))
        span = (len(ids) - 1) // STREAMS
        x, y = (ids[k:k + span * STREAMS].view(STREAMS, span) for k in (0, 1))
        state, total, steps = None, 0.0, 0
        for at in range(0, min(span, batches * LENGTH), LENGTH):
            odds, state = model.run(x[:, at:at + LENGTH], state)
            loss = F.cross_entropy(odds.flatten(0, 1), y[:, at:at + LENGTH].flatten())
            improve(model, loss, optimizer, average)
            rate.step()
            state = state.detach()
            total, steps = total + loss.item(), steps + 1
        if log:
            log(f"epoch {epoch + 1}: training {total / steps / math.log(2):.4f} bits per character")
    average.apply()
    return model


def draw(model, begin, seed, longest=1500):
    """A tune drawn from the model at temperature 1."""
    generator = torch.Generator().manual_seed(seed)
    ids = [0] + [SYMBOLS.index(c) for c in begin]
    given, state = ids, None
    with torch.no_grad():
        while len(ids) < longest:
            odds, state = model.run(torch.tensor([given]), state)
            given = [int(torch.multinomial(odds[0, -1].softmax(0), 1, generator=generator))]
            if given[0] == 0:
                break
            ids += given
    return "".join(SYMBOLS[i] for i in ids)


def copied(text, known, length=60):
    """Share of the places of a text at which this many characters in a row stand in the known text."""
    places = range(len(text) - length + 1)
    return sum(text[i:i + length] in known for i in places) / max(1, len(places))


def main():
    torch.set_num_threads(1)
    log = Log("music")
    tunes, test = read(data("music/nottingham-train.abc.gz")), read(data("music/nottingham-test.abc.gz"))
    model = train(tunes, SEED, log=log)
    log(f"parameters {parameters(model)}")
    carried, alone = bits(model, test, True), bits(model, test, False)
    log(f"test: {carried:.4f} bits per character over {len(encode(test))} characters, one memory for the whole file; {alone:.4f} with each tune from an empty memory")
    drawn = [draw(model, BEGIN, SEED + i) for i in range(50)]
    known = "\n".join(tunes)
    log(f"of 50 drawn tunes {100 * sum(copied(t, known) for t in drawn) / len(drawn):.1f} % of the places begin 60 characters that stand in a training tune; the first two:")
    log("\n" + "\n\n".join(drawn[:2]))
    size = export(model, (torch.zeros(1, 5, dtype=torch.long),), ["ids"], ["logits"], output("music") / "model.onnx")
    log(f"model.onnx {size} bytes")
    write_golden("music", [golden(model, text) for text in ["", "K:G\n", "X: 1\nM:6/8\nL:1/8\nK:D\nA|dff fed|"] + [t[:70] for t in drawn[:3]]])
    write_card("music", {
        "name": "music", "title": "Tunes in ABC notation, character by character", "task": "music generation", "shape": "one-to-many",
        "model": "model.onnx", "licence": "MIT", "labels": SYMBOLS,
        "frontEnd": {"type": "letters", "symbols": SYMBOLS, "start": 0, "end": 0},
        "decoder": {"type": "labels"},
        "generation": {"writes": "abc", "begin": BEGIN, "steps": 2000, "temperature": 0.7},
        "formats": {"in": "jsonl", "out": "jsonl"},
        "bounds": {"ids": [0, len(SYMBOLS) - 1]},
        "parameters": parameters(model),
        "figures": [{"metric": "bits per character", "value": round(carried, 4), "data": f"Nottingham, {len(test)} test tunes",
                     "command": "seqstream eval music --data ../shared/data/music/nottingham-test.abc.gz"}],
        "evaluation": {"type": "tunes", "format": "abc"},
    })


def golden(model, text):
    ids = [0] + [SYMBOLS.index(c) for c in text]
    with torch.no_grad():
        return {"text": text, "inputs": {"ids": [[i] for i in ids]}, "outputs": {"logits": rounded(model(torch.tensor([ids]))[0].tolist(), 5)}}


if __name__ == "__main__":
    main()
