"""Running text to tokens; the twin of SeqStream.FrontEnds.Text.EnglishSplitter and TextTokenizer."""
import unicodedata

OPENERS, CLOSERS, BREAKERS = "([{\"“„‘«¿¡$£€", ",;:!?)]}\"”’»%…'`", "()[]{}\"“”„«»—…"
CLITICS = ("'s", "'m", "'d", "'re", "'ve", "'ll", "n't")
ABBREVIATIONS = set("mr mrs ms dr st jr sr prof rev gen col capt lt sgt maj gov sen rep hon no vs etc inc ltd co corp mt ft dept univ "
                    "jan feb mar apr jun jul aug sep sept oct nov dec".split())
LONGEST = 4096  # a run without blanks is cut after this many code points
BLANKS = set("\u0085\u00a0\u1680\u2028\u2029\u202f\u205f\u3000") | {chr(c) for c in range(0x2000, 0x200B)}


def tokens(text):
    """The tokens of a text: what the front end makes of it when it arrives as one sequence."""
    runs = chunks(text)
    return [token for i, run in enumerate(runs) for token in split(run, i == len(runs) - 1)]


def chunks(text):
    """Runs of characters without blanks, control characters counting as such."""
    spaced = "".join(" " if c in BLANKS or c == " " or unicodedata.category(c) == "Cc" else c for c in text)
    return [run[i:i + LONGEST] for run in spaced.split(" ") for i in range(0, len(run), LONGEST)]


def split(chunk, last):
    core = len(chunk)
    while core > 0 and not clitic(chunk[:core]):
        length = trailing(chunk[:core], last)
        if length == 0:
            break
        core -= length
    found, start = [], 0
    while start < core and not clitic(chunk[start:core]):
        length = leading(chunk[start:core])
        if length == 0:
            break
        found.append(chunk[start:start + length])
        start += length
    found += inside(chunk[start:core])
    while core < len(chunk):
        length = 2 if pair(chunk[core:]) else max(1, len(chunk[core:]) - len(chunk[core:].lstrip(".")))
        found.append(chunk[core:core + length])
        core += length
    return found


def leading(text):
    if pair(text):
        return 2
    return int(text[0] in OPENERS or text[0] in "'`" and len(text) > 1 and text[1].isalpha())


def trailing(text, last):
    if len(text) >= 2 and pair(text[-2:]):
        return 2
    if text[-1] in CLOSERS:
        return 1
    dots = len(text) - len(text.rstrip("."))
    return dots if dots != 1 else int(not keeps_period(text[:-1], last))


def keeps_period(word, last):
    if last or not word:
        return False
    if len(word) == 1:
        return word.isalpha()
    return len(word) <= 8 and word.lower() in ABBREVIATIONS or "." in word


def inside(text):
    found, start, i = [], 0, 0
    while i < len(text):
        comma = text[i] == "," and not (i > 0 and text[i - 1].isdecimal() and i + 1 < len(text) and text[i + 1].isdecimal())
        length = 2 if text[i:i + 2] == "--" else int(text[i] in BREAKERS or comma)
        if length:
            found += word(text[start:i]) + [text[i:i + length]]
            start = i + length
        i += max(1, length)
    return found + word(text[start:])


def word(text):
    """A word and the clitic at its end."""
    end = max((len(c) for c in CLITICS if len(text) > len(c) and text[-len(c):].replace("’", "'").lower() == c), default=0)
    return [part for part in (text[:len(text) - end], text[len(text) - end:]) if part]


def clitic(text):
    return text.replace("’", "'").lower() in CLITICS


def pair(text):
    return len(text) >= 2 and text[0] == text[1] and text[0] in "'`"
