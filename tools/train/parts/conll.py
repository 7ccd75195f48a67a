"""CoNLL files and entity scores."""
import gzip


def read(path, prefix=""):
    """Sentences as (words, tags); the prefix is taken off every word."""
    sentences, words, tags = [], [], []
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            if not line.strip():
                if words:
                    sentences.append((words, tags))
                words, tags = [], []
                continue
            word, tag = line.rstrip("\n").split("\t")
            words.append(word[len(prefix):] if word.startswith(prefix) else word)
            tags.append(tag)
    if words:
        sentences.append((words, tags))
    return sentences


def entities(tags):
    """Spans (first, last, type); an I that continues nothing opens a span, as in conlleval."""
    found, first, kind = set(), 0, None
    for i, tag in enumerate(list(tags) + ["O"]):
        if kind is not None and (tag[0] != "I" or tag[2:] != kind):
            found.add((first, i - 1, kind))
            kind = None
        if tag != "O" and kind is None:
            first, kind = i, tag[2:]
    return found


def f1(gold, predicted):
    """(F1, precision, recall) of entity spans over sentences."""
    right = said = true = 0
    for g, p in zip(gold, predicted):
        g, p = entities(g), entities(p)
        right, said, true = right + len(g & p), said + len(p), true + len(g)
    return 2 * right / max(1, said + true), right / max(1, said), right / max(1, true)
