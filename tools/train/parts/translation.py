"""Sentences to words and back, sentence pairs, vocabularies and BLEU; SeqStream.FrontEnds.Text.SentenceSplitter is the twin of `split`."""
import collections
import csv
import gzip
import io
import math
import re
import unicodedata

from . import words

MARKS = ["<pad>", "<unknown>", "<start>", "<end>"]
PAD, UNKNOWN, START, END = range(4)
FIRST = len(MARKS)  # the id of a vocabulary's first word
LONGEST_WORD, DIGITS = 64, "0123456789"
SAME = {"\u2019": "'", "\u2018": "'", "\u02bc": "'", "`": "'", "\u201c": '"', "\u201d": '"', "\u201e": '"', "\u00ab": '"', "\u00bb": '"'}


def lower(word):
    """Letter by letter; see word features, rule 2."""
    return "".join(words.lower(c) for c in word)


def kind(c):
    category = unicodedata.category(c)
    if category[0] == "Z" or category in ("Cc", "Cf", "Cs"):
        return "blank"
    return "letter" if category[0] in "LMN" else "mark"


def split(line, elide):
    """The words of a line, case kept. elide: an apostrophe between letters ends a word (French: l' homme), else it begins one (English: man 's)."""
    line = "".join(SAME.get(c, c) for c in line)
    found, word = [], ""

    def close():
        nonlocal word
        if word:
            found.append(word)
        word = ""

    def append(c):
        nonlocal word
        if len(word) == LONGEST_WORD:
            close()
        word += c

    for c, after in zip(line, line[1:] + " "):
        joins = bool(word) and kind(after) == "letter"
        if kind(c) == "letter" or (c == "-" and joins) or (c in ".," and joins and word[-1] in DIGITS and after in DIGITS):
            append(c)
        elif c == "'" and joins:
            if not elide:
                close()
            append(c)
            if elide:
                close()
        else:
            close()
            if kind(c) == "mark":
                found.append(c)
    close()
    return found


def french(line):
    return split(line, True)


def english(line):
    return split(line, False)


def joined(sentence):
    """An English sentence of its words."""
    text, open_quote, glue = "", False, True
    for word in sentence:
        closing = word in (".", ",", "!", "?", ";", ":", ")", "]", "%", "\u2026") or (word[0] == "'" and len(word) > 1) or (word == '"' and open_quote)
        text += word if glue or closing else " " + word
        glue = word in ("(", "[", "$", "#") or (word == '"' and not open_quote)
        open_quote ^= word == '"'
    return text


def lines(path):
    with gzip.open(path, "rt", encoding="utf-8", newline="\n") as file:
        return file.read().rstrip("\n").split("\n")


def multi30k(data, part):
    return list(zip(lines(data(f"translation/multi30k/{part}.fr.gz")), lines(data(f"translation/multi30k/{part}.en.gz"))))


def tatoeba(data, part):
    with gzip.open(data(f"translation/tatoeba-short/eng-fra-{part}.tsv.gz"), "rt", encoding="utf-8", newline="") as file:
        return [(row[1], row[0]) for row in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)]


class Vocabulary:
    """Words seen at least `least` times, most frequent first, each written as it mostly is where it does not begin a sentence."""

    def __init__(self, sentences, least):
        counts, forms = collections.Counter(), collections.defaultdict(collections.Counter)
        for sentence in sentences:
            for i, word in enumerate(sentence):
                counts[lower(word)] += 1
                forms[lower(word)][word] += 1 if i else 0.001
        found = sorted((w for w in counts if counts[w] >= least), key=lambda w: (-counts[w], w))
        self.shown = [max(sorted(forms[w]), key=lambda f: forms[w][f]) for w in found]
        self.ids = {w: FIRST + i for i, w in enumerate(found)}

    def __len__(self):
        return FIRST + len(self.shown)

    def number(self, sentence):
        return [self.ids.get(lower(w), UNKNOWN) for w in sentence]


def tokens_13a(text):
    """The words BLEU counts: mteval-v13a's rules."""
    for name, c in (("&quot;", '"'), ("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">")):
        text = text.replace(name, c)
    text = f" {text} "
    text = re.sub(r"([\{-\~\[-\` -\&\(-\+\:-\@\/])", r" \1 ", text)
    text = re.sub(r"([^0-9])([\.,])", r"\1 \2 ", text)
    text = re.sub(r"([\.,])([^0-9])", r" \1 \2", text)
    text = re.sub(r"([0-9])(-)", r"\1 \2 ", text)
    return text.split()


def bleu(found, expected):
    """Corpus BLEU of texts against one reference each, in percent (Papineni and others, 2002)."""
    right, all_, length, reference = [0] * 4, [0] * 4, 0, 0
    for ours, theirs in zip(found, expected):
        ours, theirs = tokens_13a(ours), tokens_13a(theirs)
        length, reference = length + len(ours), reference + len(theirs)
        for n in range(1, 5):
            a, b = (collections.Counter(tuple(t[i:i + n]) for i in range(len(t) - n + 1)) for t in (ours, theirs))
            right[n - 1] += sum((a & b).values())
            all_[n - 1] += max(0, len(ours) - n + 1)
    if min(right) == 0:
        return 0.0
    return 100 * math.exp(sum(math.log(r / a) for r, a in zip(right, all_)) / 4 + min(0.0, 1 - reference / length))
