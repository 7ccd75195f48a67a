"""Trains models/dna: the splice junctions of DNA, told LATER letters later."""
import gzip

import torch
from torch import nn
from torch.nn import functional as F

from .export import Average, Members, export
from .fit import improve
from .nucleotides import GOLDEN, shares
from .place import Log, data, output, parameters, rounded, write_card, write_golden

LABELS = ["EI", "IE", "N"]  # a junction of exon and intron, of intron and exon, or none
SEEDS = (1, 2, 3)           # one member of the model each
EPOCHS, BATCH, PEAK, DECAY, DECLINE, SMOOTH = 100, 64, 4e-3, 0.99, 0.05, 0.05
BLANK, MOVED = 0.3, 0.25    # shares of letters blanked, and of windows without a junction that get one beside their middle, in training
MOTIFS, WIDTH, HIDDEN, DROP = 24, 7, 64, 0.5
BEFORE, LATER = 29, 30      # letters of the window on either side of the one that is answered


class Junctions(nn.Module):
    """Motifs of seven letters, then a layer that sees sixty places of letters and motifs, each with weights of its own."""

    def __init__(self):
        super().__init__()
        self.motifs = nn.Conv1d(4, MOTIFS, WIDTH, padding=WIDTH // 2)
        self.places = nn.Conv1d(4 + MOTIFS, HIDDEN, BEFORE + 1 + LATER)
        self.out = nn.Linear(HIDDEN, len(LABELS))

    def forward(self, letters):
        """Scores [text, time, label] of shares [text, time, 4]: is there a junction behind this letter?"""
        x = letters.transpose(1, 2)
        x = torch.cat([x, torch.tanh(self.motifs(x))], 1)
        return self.seen(F.pad(x, (BEFORE, LATER)))

    def middle(self, windows):
        """Scores [text, label] of the middle of windows [text, 60, 4]."""
        x = windows.transpose(1, 2)
        x = torch.cat([x, torch.tanh(self.motifs(x))], 1)
        return self.seen(F.dropout(x, DROP * 0.4, self.training))[:, 0]

    def seen(self, x):
        h = torch.tanh(self.places(x)).transpose(1, 2)
        return self.out(F.dropout(h, DROP, self.training))


def read(path):
    """Shares [window, 60, 4] and labels [window]."""
    with gzip.open(path, "rt", encoding="ascii") as file:
        rows = [[field.strip() for field in line.split(",")] for line in file if line.strip()]
    return torch.stack([shares(letters) for _, _, letters in rows]), torch.tensor([LABELS.index(label) for label, _, _ in rows])


def varied(windows, labels, generator):
    """Some letters blanked; some windows without a junction in their middle replaced by ones with a junction up to 12 letters beside it."""
    windows, labels = windows.clone(), labels.clone()
    junctions = (labels != LABELS.index("N")).nonzero()[:, 0].tolist()
    for i in (labels == LABELS.index("N")).nonzero()[:, 0].tolist():
        if not junctions or torch.rand(1, generator=generator) >= MOVED:
            continue
        whole = windows[junctions[int(torch.randint(len(junctions), (1,), generator=generator))]]
        by = int(torch.randint(1, 13, (1,), generator=generator))
        windows[i] = 0
        if torch.rand(1, generator=generator) < 0.5:
            windows[i, by:] = whole[:-by]
        else:
            windows[i, :-by] = whole[by:]
    return windows * (torch.rand(windows.shape[:2], generator=generator) >= BLANK).float()[..., None], labels


def train(windows, labels, seed):
    torch.manual_seed(seed)
    generator = torch.Generator().manual_seed(seed)
    model = Junctions()
    optimizer = torch.optim.AdamW(model.parameters(), lr=PEAK, weight_decay=DECLINE)
    count = -(-len(labels) // BATCH)
    rate = torch.optim.lr_scheduler.OneCycleLR(optimizer, PEAK, total_steps=EPOCHS * count + 1, pct_start=0.15)
    average = Average(model, DECAY)
    for _ in range(EPOCHS):
        model.train()
        order = torch.randperm(len(labels), generator=generator)
        for i in range(0, len(order), BATCH):
            some, wanted = varied(windows[order[i:i + BATCH]], labels[order[i:i + BATCH]], generator)
            loss = F.cross_entropy(model.middle(some), wanted, label_smoothing=SMOOTH)
            improve(model, loss, optimizer, average)
            rate.step()
    average.apply()
    model.eval()
    return model


def figures(model, windows, labels):
    """(accuracy, errors of each label), by the way the stream goes: whole windows, the answer of the last letter before the middle."""
    with torch.no_grad():
        answers = model(windows)[:, BEFORE].argmax(1)
    return float((answers == labels).float().mean()), [float((answers[labels == i] != i).float().mean()) for i in range(len(LABELS))]


def told(measured):
    return f"accuracy {measured[0]:.4f}, errors " + ", ".join(f"{label} {100 * errors:.2f} %" for label, errors in zip(LABELS, measured[1]))


def crossed(windows, labels, folds=5):
    """Figures of five-fold cross-validation within the training part."""
    order = torch.randperm(len(labels), generator=torch.Generator().manual_seed(0))
    found = torch.zeros_like(labels)
    for fold in range(folds):
        left = order[fold::folds]
        rest = torch.ones(len(labels), dtype=torch.bool)
        rest[left] = False
        model = train(windows[rest], labels[rest], SEEDS[0])
        with torch.no_grad():
            found[left] = model(windows[left])[:, BEFORE].argmax(1)
    return float((found == labels).float().mean()), [float((found[labels == i] != i).float().mean()) for i in range(len(LABELS))]


def main():
    torch.set_num_threads(1)
    log = Log("dna")
    windows, labels = read(data("dna/splice-train.data.gz"))
    test = read(data("dna/splice-test.data.gz"))
    cross = crossed(windows, labels)
    log(f"training part, 5-fold cross-validation, one member: {told(cross)}")
    members = [train(windows, labels, seed) for seed in SEEDS]
    for seed, member in zip(SEEDS, members):
        log(f"test, member of seed {seed} alone: {told(figures(member, *test))}")
    model = Members(members).eval()
    score = figures(model, *test)
    log(f"test: {told(score)}; parameters {parameters(model)}")
    size = export(model, (torch.zeros(1, 90, 4),), ["letters"], ["logits"], output("dna") / "model.onnx")
    log(f"model.onnx {size} bytes")
    write_golden("dna", [golden(model, letters) for letters in GOLDEN])
    evaluated, what = "seqstream eval dna --data ../shared/data/dna/splice-test.data.gz", "UCI splice, 308 test windows"
    write_card("dna", {
        "name": "dna", "title": f"Splice junctions of DNA, told {LATER + WIDTH // 2} letters later", "task": "sequence labelling", "shape": "many-to-many",
        "model": "model.onnx", "licence": "MIT", "labels": LABELS,
        "frontEnd": {"type": "nucleotides"},
        "decoder": {"type": "labels"},
        "formats": {"in": "text", "out": "text"},
        "parameters": parameters(model),
        "figures": [{"metric": "accuracy", "value": round(score[0], 4), "data": what, "command": evaluated}]
        + [{"metric": f"errors of {label}", "value": round(errors, 4), "data": what, "command": evaluated} for label, errors in zip(LABELS, score[1])]
        + [{"metric": "accuracy, 5-fold cross-validation, one of the three members", "value": round(cross[0], 4), "data": "UCI splice, 2239 training windows", "command": "tools/train/dna"}],
        "evaluation": {"type": "junctions", "format": "uci-splice"},
    })


def golden(model, letters):
    with torch.no_grad():
        x = shares(letters)
        return {"text": letters, "inputs": {"letters": rounded(x.tolist())}, "outputs": {"logits": rounded(model(x[None])[0].tolist())}}


if __name__ == "__main__":
    main()
