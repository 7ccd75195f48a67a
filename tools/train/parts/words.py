"""Words to hashed features. The C# twin is SeqStream.FrontEnds.WordFeatures; README.md in this folder is the specification."""

QUOTES = {'"': "''", "``": "''", "\u201c": "''", "\u201d": "''", "\u201e": "''", "\u00ab": "''", "\u00bb": "''"}
PAD_BEFORE, PAD_AFTER = "\x02", "\x03"
EDGE = 10  # letters kept at each end of a long word


def fnv1a(text, seed):
    """FNV-1a, 32 bit, over one seed byte and the UTF-8 bytes of the text; the high half is folded into the low one."""
    h = (0x811C9DC5 ^ seed) * 0x01000193 & 0xFFFFFFFF
    for byte in text.encode("utf-8", "surrogatepass"):
        h = (h ^ byte) * 0x01000193 & 0xFFFFFFFF
    return h ^ (h >> 16)


def has_case(c):
    """Code points that change case here: Latin, Greek, Cyrillic, Armenian, without the few that Unicode versions or runtimes disagree on."""
    return c < "\u0590" and c not in "\u0130\u0131\u017f\u019b\u0264" or "\u1e00" <= c < "\u1f00"


def lower(c):
    """Lower case of one code point; one whose lower case is longer stays as it is."""
    low = c.lower() if has_case(c) else c
    return low if len(low) == 1 else c


def upper(c):
    up = c.upper() if has_case(c) else c
    return up if len(up) == 1 else c


def normalise(word):
    """The spelling that features see: one form of quotation mark, straight apostrophes."""
    return QUOTES.get(word, word).replace("\u2019", "'")


def fold(word):
    """Lower case with every ASCII digit as 0."""
    return "".join("0" if c in "0123456789" else lower(c) for c in word)


def shape(word):
    """Runs of X (upper case), x (lower case), 0 (ASCII digit), the character itself below 128, else ~; a run is written once or twice."""
    out = []
    for c in word:
        if c in "0123456789":
            k = "0"
        elif lower(c) != c:
            k = "X"
        elif upper(c) != c:
            k = "x"
        else:
            k = c if ord(c) < 128 else "~"
        if len(out) < 2 or out[-1] != k or out[-2] != k:
            out.append(k)
    return "".join(out)


class WordFeatures:
    """Ids and weights of one word: slot 0 the word, 1 its folded spelling, 2 its shape, with pairs 3 it and the word before, then character n-grams of the folded spelling."""

    def __init__(self, buckets, grams, pairs=False):
        self.buckets, self.grams = buckets, grams
        longest = 2 * EDGE + 2
        self.slots = 3 + pairs + sum(longest - n + 1 for n in grams)
        self.known = {}

    def __call__(self, word):
        if word not in self.known:
            self.known[word] = self.of(word)
        return self.known[word]

    def pair(self, before, word):
        """(ids, weights) of a word that follows another, or PAD_BEFORE."""
        ids, weights = self(word)
        pair = self.bucket(fold(normalise(before)) + " " + fold(normalise(word)), 5)
        return ids[:3] + [pair] + ids[3:], weights[:3] + [1.0] + weights[3:]

    def bucket(self, text, seed):
        return 1 + fnv1a(text, seed) % (self.buckets - 1)

    def of(self, word):
        """(ids, weights), without the padding to the full number of slots (id 0, weight 0)."""
        if word in (PAD_BEFORE, PAD_AFTER):
            return [self.bucket(word, 0)], [1.0]
        word = normalise(word)
        folded = fold(word)
        ids = [self.bucket(word, 1), self.bucket(folded, 2), self.bucket(shape(word), 3)]
        letters = folded if len(folded) <= 2 * EDGE else folded[:EDGE] + folded[-EDGE:]
        letters = "<" + letters + ">"
        grams = [self.bucket(letters[i:i + n], 4) for n in self.grams for i in range(len(letters) - n + 1)]
        weight = 1.0 / max(1, len(grams)) ** 0.5
        return ids + grams, [1.0] * 3 + [weight] * len(grams)
