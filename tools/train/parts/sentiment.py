"""Trains models/sentiment: text to one to five stars, an answer after every word."""
import csv
import gzip
import io

import torch

from . import reader
from .export import export
from .golden_reviews import TEXTS
from .place import Log, data, output, parameters, rounded, write_card, write_golden
from .reader import Reader, StreamReader, Words
from .splitter import tokens
from .words import WordFeatures

STARS = ["1", "2", "3", "4", "5"]
SEEDS = (1, 2, 3)  # the model is that of the first
EPOCHS, BATCH, PEAK, DECAY, SOFT = 3, 64, 6e-3, 0.99, 0.15
BUCKETS, GRAMS = 32768, (3, 4, 5)
SHOWN = "The first half is dull and slow , but the ending is a wonderful surprise ."


def read_treebank(path):
    """(words, stars - 1) of a line each; the words are split already."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [(line.split()[1:], int(line[0])) for line in file]


def read_reviews(path):
    """(words, stars - 1) of the Alexa reviews that have any text."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        rows = csv.DictReader(io.StringIO(file.read(), newline=""), delimiter="\t")
        texts = [(tokens(row["verified_reviews"]), int(row["rating"]) - 1) for row in rows]
    return [text for text in texts if text[0]]


def numbered(words, texts):
    return [(words.read(text), label) for text, label in texts]


def run(texts, seed, log=None):
    torch.manual_seed(seed)
    words = Words(WordFeatures(BUCKETS, GRAMS, pairs=True))
    model = Reader(words, len(STARS))
    return reader.train(model, numbered(words, texts), reader.softened(len(STARS), SOFT), seed, EPOCHS, BATCH, PEAK, DECAY, log=log)


def figures(model, texts):
    found = reader.answers(model, numbered(model.words, texts)).argmax(1).tolist()
    return reader.f1([label for _, label in texts], found, len(STARS))


def told(name, measured):
    accuracy, macro, weighted, each = measured
    return f"{name}: accuracy {accuracy:.4f}, macro F1 {macro:.4f}, weighted F1 {weighted:.4f}, F1 of 1 to 5 stars {' '.join(f'{x:.3f}' for x in each)}"


def main():
    torch.set_num_threads(1)
    log = Log("sentiment")
    training, dev = read_treebank(data("sentiment/sst5.train.txt.gz")), read_treebank(data("sentiment/sst5.dev.txt.gz"))
    alexa, alexa_test = read_reviews(data("sentiment/alexa-reviews-train.tsv.gz")), read_reviews(data("sentiment/alexa-reviews-test.tsv.gz"))
    models, scores = [], []
    for seed in SEEDS:
        models.append(run(training, seed, log))
        scores.append(figures(models[-1], dev))
        log(told(f"SST-5 dev, seed {seed}", scores[-1]))
    model, mean = models[0], sum(s[0] for s in scores) / len(scores)
    log(f"SST-5 dev: accuracy {mean:.4f}, mean of {len(SEEDS)} seeds; parameters {parameters(model)}")
    transferred = figures(model, alexa_test)
    log(told("Alexa test, the same weights", transferred))
    together = run(training + alexa, SEEDS[0])
    own = figures(together, alexa_test)
    log(told("Alexa test, trained on SST-5 and Alexa together", own))
    log(told("SST-5 dev, trained on SST-5 and Alexa together", figures(together, dev)))
    finish(log, model, scores[0], mean, transferred, own)


def finish(log, model, score, mean, transferred, own):
    stream = StreamReader(model)
    stream.eval()
    with torch.no_grad():
        steps = stream(*stream.inputs(SHOWN.split()))[0]
        log(" ".join(f"{word}/{STARS[int(answer)]}" for word, answer in zip(SHOWN.split(), steps.argmax(1))))
    size = export(stream, stream.inputs(SHOWN.split()), ["ids", "weights"], ["logits"], output("sentiment") / "model.onnx")
    log(f"model.onnx {size} bytes")
    write_golden("sentiment", [reader.golden(stream, text) for text in TEXTS])
    alexa = "Alexa reviews, 344 for test"
    write_card("sentiment", {
        "name": "sentiment", "title": "One to five stars for English reviews, with every word", "task": "text classification", "shape": "many-to-one",
        "model": "model.onnx", "licence": "MIT", "labels": STARS,
        "frontEnd": {"type": "word-window", "back": 0, "ahead": 0, "buckets": BUCKETS, "grams": list(GRAMS), "pairs": True},
        "decoder": {"type": "labels", "at": "running"},
        "formats": {"in": "text", "out": "text"},
        "bounds": {"ids": [0, BUCKETS - 1]},
        "parameters": parameters(model),
        "figures": [
            {"metric": "accuracy at the sentence's end", "value": round(score[0], 4), "data": "SST-5 dev, 1101 sentences",
             "command": "seqstream eval sentiment --data ../shared/data/sentiment/sst5.dev.txt.gz"},
            {"metric": f"accuracy at the sentence's end, mean of {len(SEEDS)} seeds", "value": round(mean, 4), "data": "SST-5 dev, 1101 sentences", "command": "tools/train/sentiment"},
            {"metric": "macro F1, the same weights", "value": round(transferred[1], 4), "data": alexa,
             "command": "seqstream eval sentiment --data ../shared/data/sentiment/alexa-reviews-test.tsv.gz"},
            {"metric": "macro F1, trained on SST-5 and Alexa together", "value": round(own[1], 4), "data": alexa, "command": "tools/train/sentiment"},
        ],
        "evaluation": {"type": "label-per-text", "format": "texts"},
    })


if __name__ == "__main__":
    main()
