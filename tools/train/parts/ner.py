"""Trains models/ner: named entities in English text, word by word, two words of look-ahead."""
import random

import numpy
import torch

from . import conll
from .crf import viterbi
from .export import Average, export
from .fit import improve
from .golden_text import SENTENCES
from .place import Log, data, output, parameters, rounded, write_card, write_golden
from .tagger import StreamTagger, Tagger, Vocabulary
from .words import WordFeatures

TAGS = ["O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC"]
WNUT = {"person": "PER", "location": "LOC", "group": "ORG", "corporation": "ORG"}  # creative works and products count as O
SEED, EPOCHS, BATCH, PEAK, DECAY, SHARE, LAG = 1, 5, 32, 3e-3, 0.998, 0.4, 5
BUCKETS, GRAMS, DIM, HIDDEN = 32768, (2, 3, 4), 24, 128
LONGEST = 100  # words of a training sentence
SHOWN = SENTENCES[0].split()


def mapped(sentences):
    """WNUT17 types as WikiANN types."""
    def tag(t):
        return t[:2] + WNUT[t[2:]] if t[2:] in WNUT else "O"
    return [(words, [tag(t) for t in tags]) for words, tags in sentences]


def read_names():
    return data("text-generation/person-names-train.txt").read_text(encoding="utf-8").split()


def encode(sentences, vocabulary, longest=None):
    return [(numpy.array([vocabulary.number(w) for w in words[:longest]]), numpy.array([TAGS.index(t) for t in tags[:longest]]))
            for words, tags in sentences]


def batches(items, size, rng=None):
    """Lists of indices of items of about equal length."""
    order = list(range(len(items)))
    if rng:
        rng.shuffle(order)
    order.sort(key=lambda i: len(items[i][0]) + (1.5 * rng.random() if rng else 0))
    groups = [order[i:i + size] for i in range(0, len(order), size)]
    if rng:
        rng.shuffle(groups)
    return groups


def padded(items):
    lengths = torch.tensor([len(words) for words, _ in items])
    longest = int(lengths.max())
    words, tags = torch.ones(len(items), longest, dtype=torch.long), torch.zeros(len(items), longest, dtype=torch.long)
    for i, (w, t) in enumerate(items):
        words[i, :len(w)], tags[i, :len(t)] = torch.from_numpy(w), torch.from_numpy(t)
    return words, tags, lengths, torch.arange(longest)[None] < lengths[:, None]


class Coordinator:
    """Makes "A and B" out of "A" in running text, B being another entity of the same type: titles apart, WikiANN has few of these.
    Half of the people so added are made of a first name from the list and the last word of a person of the training text."""

    def __init__(self, items, vocabulary, first_names, rng, share):
        self.rng, self.share, self.known, self.first_names = rng, share, {}, first_names
        self.join, self.comma = vocabulary.number("and"), vocabulary.number(",")
        self.running = numpy.array([w.isalpha() and w.islower() for w in vocabulary.words])
        for words, tags in items:
            for first, last, kind in self.spans(tags):
                self.known.setdefault(kind, []).append(words[first:last])

    @staticmethod
    def spans(tags):
        return [(a, b + 1, k) for a, b, k in sorted(conll.entities([TAGS[t] for t in tags]))]

    def __call__(self, item):
        words, tags = item
        if self.rng.random() > self.share:
            return item
        places = [(first, last, kind) for first, last, kind in self.spans(tags) if last < len(words) and self.running[words[last]] and tags[last] == 0]
        if not places:
            return item
        first, last, kind = self.rng.choice(places)
        begin = TAGS.index("B-" + kind)
        group = [self.entity(kind) for _ in range(1 if self.rng.random() < 0.7 else 2)] + [words[first:last]]
        if self.rng.random() < 0.5:
            group.reverse()
        new_words, new_tags = [words[:first]], [tags[:first]]
        for i, entity in enumerate(group):
            if i > 0:
                new_words.append(numpy.array([self.join if i == len(group) - 1 else self.comma]))
                new_tags.append(numpy.array([0]))
            new_words.append(entity)
            new_tags.append(numpy.array([begin] + [begin + 1] * (len(entity) - 1)))
        return numpy.concatenate(new_words + [words[last:]]), numpy.concatenate(new_tags + [tags[last:]])

    def entity(self, kind):
        known = self.rng.choice(self.known[kind])
        if kind != "PER" or self.rng.random() < 0.5:
            return known
        return numpy.array([self.rng.choice(self.first_names), known[-1]])


def train(model, items, first_names, seed, epochs=EPOCHS, share=SHARE, after_epoch=None):
    rng = random.Random(seed)
    coordinate = Coordinator(items, model.vocabulary, first_names, rng, share)
    optimizer = torch.optim.AdamW(model.parameters(), lr=PEAK, weight_decay=0.01)
    steps = epochs * -(-len(items) // BATCH)
    rate = torch.optim.lr_scheduler.OneCycleLR(optimizer, PEAK, total_steps=steps + 1, pct_start=0.15)
    average = Average(model, DECAY)
    for epoch in range(epochs):
        model.train()
        total = 0.0
        for group in batches(items, BATCH, rng):
            words, tags, _, mask = padded([coordinate(items[i]) for i in group])
            loss = model.crf.loss(model(words), tags, mask) / BATCH
            improve(model, loss, optimizer, average)
            rate.step()
            total += loss.item()
        if after_epoch:
            after_epoch(epoch + 1, total * BATCH / len(items))
    average.apply()
    return model


def logits(model, items):
    model.eval()
    found = [None] * len(items)
    with torch.no_grad():
        for group in batches(items, 128):
            words, _, _, _ = padded([items[i] for i in group])
            for i, scores in zip(group, model(words)):
                found[i] = scores[:len(items[i][0])].numpy()
    return found


def decode(model, scores, lag):
    rules = [x.detach().numpy() for x in model.crf.scores()]
    return [[TAGS[t] for t in viterbi(s, *rules, lag)] for s in scores]


def figures(model, items, lags, scores=None):
    """{lag: (F1, precision, recall)}; lag None waits for the end of the sentence."""
    scores = scores or logits(model, items)
    gold = [[TAGS[t] for t in tags] for _, tags in items]
    return {lag: conll.f1(gold, decode(model, scores, lag)) for lag in lags}


def golden(model, stream, sentence):
    """Words, their ids, the answer to each from the exported graph's own module, run over the whole sentence, and the tags decoded with the lag."""
    vocabulary = model.vocabulary
    with torch.no_grad():
        ids, weights = stream.windows(vocabulary, sentence)
        scores = stream(ids, weights)[0].numpy()
    return {"tokens": sentence, "ids": [vocabulary.features(w)[0] for w in sentence],
            "outputs": {"logits": rounded(scores.tolist())}, "tags": decode(model, [scores], LAG)[0]}


def main():
    torch.set_num_threads(1)
    log = Log("ner")
    torch.manual_seed(SEED)
    wiki = conll.read(data("ner/wikiann-en/train.gz"), "en:")
    dev = conll.read(data("ner/wikiann-en/dev.gz"), "en:")
    wnut = mapped(conll.read(data("ner/wnut17/wnut17train.conll.gz")))
    wnut_dev = mapped(conll.read(data("ner/wnut17/emerging.dev.conll.gz")))
    vocabulary = Vocabulary(WordFeatures(BUCKETS, GRAMS))
    items = encode(wiki, vocabulary, LONGEST) + encode(wnut, vocabulary, LONGEST)
    first_names = [vocabulary.number(name.capitalize()) for name in read_names()]
    dev_items, wnut_items, shown = encode(dev, vocabulary), encode(wnut_dev, vocabulary), encode([(SHOWN, ["O"] * len(SHOWN))], vocabulary)
    model = Tagger(vocabulary, TAGS, DIM, HIDDEN)
    log(f"{len(items)} training sentences, {parameters(model)} parameters")
    train(model, items, first_names, SEED, after_epoch=lambda epoch, loss: log(f"epoch {epoch}: training {loss:.3f} nats per sentence"))
    scores = logits(model, dev_items)
    measured = figures(model, dev_items, (None, 0, 1, 2, 3, 4, LAG, 6), scores)
    for lag, (f1, precision, recall) in measured.items():
        log(f"WikiANN dev, {'sentence-end Viterbi' if lag is None else f'lag {lag} words'}: F1 {f1:.4f} precision {precision:.4f} recall {recall:.4f}")
    wnut_f1 = figures(model, wnut_items, (LAG,))[LAG]
    log(f"WNUT17 dev (types PER, LOC, ORG), lag {LAG} words: F1 %.4f precision %.4f recall %.4f" % wnut_f1)
    log(" ".join(f"{w}/{t}" for w, t in zip(SHOWN, decode(model, logits(model, shown), LAG)[0])))
    finish(log, model, measured, wnut_f1)


def finish(log, model, measured, wnut_f1):
    """Writes the model, its card and its golden sentences."""
    stream = StreamTagger(model)
    stream.eval()
    ids, weights = stream.windows(model.vocabulary, SHOWN)
    size = export(stream, (ids, weights), ["ids", "weights"], ["logits"], output("ner") / "model.onnx")
    log(f"model.onnx {size} bytes")
    write_golden("ner", [golden(model, stream, sentence.split()) for sentence in SENTENCES])
    start, transitions, end = (rounded(x.detach().tolist(), 5) for x in model.crf.scores())
    delayed = f"tags settled {LAG} words later"
    write_card("ner", {
        "name": "ner", "title": "Named entities in English text, word by word", "task": "named entities", "shape": "many-to-many",
        "model": "model.onnx", "licence": "MIT", "labels": TAGS,
        "frontEnd": {"type": "word-window", "back": model.back, "ahead": model.ahead, "buckets": BUCKETS, "grams": list(GRAMS)},
        "decoder": {"type": "bio-tags", "lag": LAG, "start": start, "transitions": transitions, "end": end},
        "formats": {"in": "text", "out": "text"},
        "bounds": {"ids": [0, BUCKETS - 1]},
        "parameters": parameters(model),
        "figures": [
            {"metric": f"entity F1, {delayed}", "value": round(measured[LAG][0], 4), "data": "WikiANN en dev, 10,000 sentences",
             "command": "seqstream eval ner --data ../shared/data/ner/wikiann-en/dev.gz"},
            {"metric": f"entity F1 of PER, LOC and ORG, {delayed}", "value": round(wnut_f1[0], 4), "data": "WNUT17 dev, 1,009 sentences",
             "command": "tools/train/ner"},
        ],
        "evaluation": {"type": "entities", "format": "conll"},
    })


if __name__ == "__main__":
    main()
