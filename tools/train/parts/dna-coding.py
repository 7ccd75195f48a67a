"""Trains models/dna-coding: whether a letter of DNA codes for protein, told LATER letters later."""
import torch
from torch import nn
from torch.nn import functional as F

from . import genbank
from .export import Average, export, start
from .fit import improve
from .nucleotides import GOLDEN, shares
from .place import Log, data, output, parameters, rounded, write_card, write_golden

LABELS = ["coding", "other"]
SEED, STEPS, BATCH, PEAK, DECAY, DROP = 1, 700, 48, 5e-3, 0.99, 0.3
MOTIFS, WIDTH, HIDDEN, LATER = 32, 9, 64, 90
PIECE, WARM = 420, 120 # letters of a training piece and those of its start that are not counted


class Coding(nn.Module):
    """Motifs of nine letters, a GRU that reads on, and its answer for the letter LATER letters back."""

    def __init__(self):
        super().__init__()
        self.motifs = nn.Conv1d(4, MOTIFS, WIDTH, padding=WIDTH // 2)
        self.gru = nn.GRU(MOTIFS, HIDDEN)
        self.out = nn.Linear(HIDDEN, len(LABELS))
        self.register_buffer("rest", torch.zeros(1, 1, HIDDEN))

    def forward(self, letters):
        """Scores [text, time, label] of shares [text, time, 4]."""
        x = F.relu(self.motifs(F.pad(letters.transpose(1, 2), (0, LATER))))
        x = F.dropout(x, DROP, self.training).permute(2, 0, 1)
        h = self.gru(x, start(self.rest, x))[0].transpose(0, 1)[:, LATER:]
        return self.out(F.dropout(h, DROP, self.training))


def pieces(records, generator):
    """Letters and labels of random pieces of the training part, half of them read from the other strand."""
    letters, labels = [], []
    for _ in range(BATCH):
        shown, coding, until = records[int(torch.randint(len(records), (1,), generator=generator))]
        at = int(torch.randint(until - PIECE - LATER, (1,), generator=generator))
        piece, label = shown[at:at + PIECE + LATER], coding[at:at + PIECE + LATER]
        if torch.rand(1, generator=generator) < 0.5:
            piece, label = piece.flip(0, 1), label.flip(0)  # A C G T reversed is T G C A
        letters.append(piece)
        labels.append(label)
    return torch.stack(letters), torch.stack(labels)


def train(records, log=None):
    torch.manual_seed(SEED)
    generator = torch.Generator().manual_seed(SEED)
    model = Coding()
    optimizer = torch.optim.AdamW(model.parameters(), lr=PEAK, weight_decay=0.01)
    rate = torch.optim.lr_scheduler.OneCycleLR(optimizer, PEAK, total_steps=STEPS + 1, pct_start=0.15)
    average = Average(model, DECAY)
    total = 0.0
    for step in range(1, STEPS + 1):
        model.train()
        letters, labels = pieces(records, generator)
        scores = model(letters)[:, WARM:PIECE]
        loss = F.cross_entropy(scores.flatten(0, 1), labels[:, WARM:PIECE].flatten())
        improve(model, loss, optimizer, average)
        rate.step()
        total += loss.item()
        if log and step % 100 == 0:
            log(f"step {step}: training {total / 100:.4f} nats per letter")
            total = 0.0
    average.apply()
    return model


def figures(model, records):
    """(balanced accuracy, accuracy, F1 of coding, Matthews' correlation) over (shares, labels, first counted)."""
    model.eval()
    counts = torch.zeros(2, 2, dtype=torch.float64)  # [label, answer]
    with torch.no_grad():
        for letters, labels, first in records:
            answers = model(letters[None])[0].argmax(1)
            for label, answer in zip(labels[first:].tolist(), answers[first:].tolist()):
                counts[label, answer] += 1
    (hits, misses), (alarms, rests) = counts.tolist()
    scale = ((hits + misses) * (hits + alarms) * (rests + misses) * (rests + alarms)) ** 0.5
    return ((hits / (hits + misses) + rests / (rests + alarms)) / 2, (hits + rests) / float(counts.sum()),
            2 * hits / (2 * hits + misses + alarms), (hits * rests - misses * alarms) / scale)


def read(name):
    """(shares, labels, where the part that is not for training begins) of each record."""
    found = []
    for letters, coding in genbank.read(data(f"dna/genbank/{name}.gb.gz")):
        labels = 1 - torch.tensor(coding)
        found.append((shares(letters), labels, len(letters) * 4 // 5 if len(letters) > 20_000 else 0))
    return found


def main():
    torch.set_num_threads(1)
    log = Log("dna-coding")
    chromosome, chloroplast, short = read("arab1"), read("NC_000932"), read("cor6_6")
    model = train([record for record in chromosome + chloroplast], log)
    log(f"parameters {parameters(model)}")
    told = {}
    for name, records in (("arab1", chromosome), ("NC_000932", chloroplast), ("cor6_6", short)):
        told[name] = figures(model, records)
        log(f"{name}, letters not trained on: balanced accuracy %.4f, accuracy %.4f, F1 of coding %.4f, Matthews correlation %.4f" % told[name])
    size = export(model, (torch.zeros(1, 200, 4),), ["letters"], ["logits"], output("dna-coding") / "model.onnx")
    log(f"model.onnx {size} bytes")
    write_golden("dna-coding", [golden(model, letters) for letters in GOLDEN])
    write_card("dna-coding", {
        "name": "dna-coding", "title": f"Which letters of DNA code for protein, told {LATER + WIDTH // 2} letters later", "task": "sequence labelling", "shape": "many-to-many",
        "model": "model.onnx", "licence": "MIT", "labels": LABELS,
        "frontEnd": {"type": "nucleotides"},
        "decoder": {"type": "labels"},
        "formats": {"in": "text", "out": "text"},
        "parameters": parameters(model),
        "figures": [{"metric": "balanced accuracy", "value": round(told[name][0], 4), "data": what, "command": f"seqstream eval dna-coding --data ../shared/data/dna/genbank/{name}.gb.gz"}
                    for name, what in (("arab1", "Arabidopsis chromosome 1 clone, its last fifth"), ("NC_000932", "Arabidopsis chloroplast, its last fifth"), ("cor6_6", "six short plant records"))],
        "evaluation": {"type": "coding-letters", "format": "genbank"},
    })


def golden(model, letters):
    model.eval()
    with torch.no_grad():
        x = shares(letters)
        return {"text": letters, "inputs": {"letters": rounded(x.tolist())}, "outputs": {"logits": rounded(model(x[None])[0].tolist())}}


if __name__ == "__main__":
    main()
