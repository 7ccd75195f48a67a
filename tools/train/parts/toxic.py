"""Trains models/toxic: hate, offensive or neither, after every word of a comment."""
import csv
import gzip
import io
import sys

import torch

from . import reader
from .export import export
from .golden_reviews import TEXTS
from .place import Log, data, output, parameters, write_card, write_golden
from .reader import Reader, StreamReader, Words
from .splitter import tokens
from .words import WordFeatures

LABELS = ["hate", "offensive", "neither"]
SEED, EPOCHS, BATCH, PEAK, DECAY = 1, 2, 32, 3e-3, 0.99
WEIGHTS = (2.0, 1.0, 1.2)
OFFSETS = (0.25, 0.0, 0.5)  # added to the scores at the end; chosen with "validate"
BUCKETS, GRAMS, DIM, HIDDEN = 32768, (3, 4, 5), 16, 64


def rows(path):
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(io.StringIO(file.read(), newline="")))


def read_davidson(path):
    return [(tokens(row["tweet"]), int(row["class"])) for row in rows(path)]


def read_surge(path):
    """Two classes: 0 toxic, 1 not."""
    return [(tokens(row["text"]), int(row["is_toxic"] != "Toxic")) for row in rows(path)]


def numbered(words, texts):
    return [(words.read(text), label) for text, label in texts]


def run(texts, seed, log=None):
    torch.manual_seed(seed)
    words = Words(WordFeatures(BUCKETS, GRAMS, pairs=True))
    model = Reader(words, len(LABELS), dim=DIM, hidden=HIDDEN, order=True)
    reader.train(model, numbered(words, texts), torch.eye(len(LABELS)), seed, EPOCHS, BATCH, PEAK, DECAY, torch.tensor(WEIGHTS), log)
    model.out.bias.data += torch.tensor(OFFSETS)
    return model


def found(model, texts):
    return reader.answers(model, numbered(model.words, texts)).argmax(1).tolist()


def told(name, measured, labels):
    accuracy, macro, weighted, each = measured
    return f"{name}: weighted F1 {weighted:.4f}, accuracy {accuracy:.4f}, macro F1 {macro:.4f}, " + ", ".join(f"F1 of {a} {b:.4f}" for a, b in zip(labels, each))


def tell(log, name, model, texts):
    measured = reader.f1([label for _, label in texts], found(model, texts), len(LABELS))
    log(told(name, measured, LABELS))
    return measured


def validate(training):
    """The weighted F1 of a fifth of the training part, by what is added to the scores of hate and of neither."""
    kept, left = [text for i, text in enumerate(training) if i % 5 != 4], training[4::5]
    model = run(kept, SEED, print)
    scores = reader.answers(model, numbered(model.words, left)) - torch.tensor(OFFSETS)
    truth = [label for _, label in left]
    for hate in (0, 0.25, 0.5, 0.75, 1):
        for neither in (-0.25, 0, 0.25, 0.5):
            answers = (scores + torch.tensor([hate, 0, neither])).argmax(1).tolist()
            print(told(f"hate {hate:+.2f}, neither {neither:+.2f}", reader.f1(truth, answers, len(LABELS)), LABELS))


def main():
    torch.set_num_threads(1)
    training, test = read_davidson(data("toxic/davidson-train.csv.gz")), read_davidson(data("toxic/davidson-test.csv.gz"))
    surge = read_surge(data("toxic/surge-toxicity-train.csv.gz"))
    if "validate" in sys.argv[1:]:
        validate(training)
        return
    log = Log("toxic")
    model = run(training, SEED, log)
    log(f"parameters {parameters(model)}")
    measured = tell(log, "Davidson test", model, test)
    two = reader.f1([label for _, label in surge], [int(label == len(LABELS) - 1) for label in found(model, surge)], 2)
    log(told("Surge, hate or offensive as toxic", two, ["toxic", "not toxic"]))
    finish(log, model, measured, two)


def finish(log, model, measured, two):
    stream = StreamReader(model)
    stream.eval()
    size = export(stream, stream.inputs(tokens(TEXTS[0])), ["ids", "weights"], ["logits"], output("toxic") / "model.onnx")
    log(f"model.onnx {size} bytes")
    with torch.no_grad():
        prior = float(model.out.bias[:-1].logsumexp(0) - model.out.bias[-1])
    write_golden("toxic", [reader.golden(stream, text) for text in TEXTS])
    davidson = "seqstream eval toxic --data ../shared/data/toxic/davidson-test.csv.gz"
    write_card("toxic", {
        "name": "toxic", "title": "Hateful, offensive or neither, and the words that moved it", "task": "text classification", "shape": "many-to-one",
        "model": "model.onnx", "licence": "MIT", "labels": LABELS,
        "frontEnd": {"type": "word-window", "back": 0, "ahead": 0, "buckets": BUCKETS, "grams": list(GRAMS), "pairs": True},
        "decoder": {"type": "moving-words", "watch": LABELS[:-1], "prior": round(prior, 5), "most": 3},
        "formats": {"in": "text", "out": "text"},
        "bounds": {"ids": [0, BUCKETS - 1]},
        "parameters": parameters(model),
        "figures": [
            {"metric": "weighted F1", "value": round(measured[2], 4), "data": "Davidson test, 2477 tweets", "command": davidson},
            {"metric": "F1 of hate", "value": round(measured[3][0], 4), "data": "Davidson test, 153 of 2477 tweets", "command": davidson},
            {"metric": "accuracy, toxic or not", "value": round(two[0], 4), "data": "Surge, 600 comments",
             "command": "seqstream eval toxic --data ../shared/data/toxic/surge-toxicity-train.csv.gz"},
        ],
        "evaluation": {"type": "label-per-text", "format": "texts"},
    })


if __name__ == "__main__":
    main()
