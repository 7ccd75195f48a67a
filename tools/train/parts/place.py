"""Where things are, what is printed, and what is written beside a model."""
import json
import os
import pathlib
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[3]
DATA = pathlib.Path(os.environ.get("SEQSTREAM_DATA") or ROOT.parent / "shared" / "data")


def data(relative):
    """The path of a training file."""
    path = DATA / relative
    if not path.exists():
        print(f"tools/train: '{path}' is absent. Training data lies in ../shared/data beside the repository; "
              "set SEQSTREAM_DATA to its folder if it is elsewhere.", file=sys.stderr)
        sys.exit(66)
    return path


def output(name):
    """The folder of a model, made if needed."""
    folder = pathlib.Path(os.environ.get("SEQSTREAM_MODELS") or ROOT / "models") / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder


class Log:
    """Prints figures with the seconds since the start and keeps them in models/NAME/training.log, without the seconds, so that runs compare."""

    def __init__(self, name):
        self.name, self.file, self.start = name, None, time.time()

    def __call__(self, *words):
        if self.file is None:  # a run that fails at once leaves the last log
            self.file = open(output(self.name) / "training.log", "w", encoding="utf-8")
        line = " ".join(str(w) for w in words)
        print(f"[{time.time() - self.start:6.0f} s] {line}", flush=True)
        self.file.write(line + "\n")
        self.file.flush()


def rounded(values, digits=6):
    """Nested lists of numbers, short enough to read."""
    if isinstance(values, (list, tuple)):
        return [rounded(v, digits) for v in values]
    return round(float(values), digits)


def write_card(name, card):
    path = output(name) / "card.json"
    path.write_text(json.dumps(card, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def write_golden(name, lines):
    """One JSON object per line."""
    with open(output(name) / "golden.jsonl", "w", encoding="utf-8") as file:
        for line in lines:
            file.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")


def parameters(model):
    return sum(p.numel() for p in model.parameters())
