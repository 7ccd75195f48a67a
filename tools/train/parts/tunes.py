"""Tunes in ABC notation: reading files, the plain form, transposition."""
import gzip
import re

SYMBOLS = [""] + ["\n"] + [chr(c) for c in range(32, 127)]  # 0 is the mark before every tune and the empty line after it
IDS = {s: i for i, s in enumerate(SYMBOLS)}
LETTERS, SEMITONES = "CDEFGAB", [0, 2, 4, 5, 7, 9, 11]
MAJOR = {"Cb": -7, "Gb": -6, "Db": -5, "Ab": -4, "Eb": -3, "Bb": -2, "F": -1, "C": 0, "G": 1, "D": 2, "A": 3, "E": 4, "B": 5, "F#": 6, "C#": 7}
MODES = {"": 0, "maj": 0, "m": -3, "min": -3, "mix": -1, "dor": -2, "phr": -4, "lyd": 1, "loc": -5}
PARTS = re.compile(r'(?P<chord>"[^"\n]*")|(?P<note>(?P<sign>\^\^|__|\^|_|=)?(?P<letter>[A-Ga-g])(?P<octave>[,\']*))|(?P<inline>\[[A-Z]:[^\]\n]*\])|(?P<other>.)', re.S)


def read(path):
    """The tunes of a file, each ending in a line feed; an empty line lies between two."""
    with gzip.open(path, "rt", encoding="ascii") as file:
        text = file.read()
    tunes = [tune + "\n" for tune in text.split("\n\n") if tune]
    assert "".join(tune + "\n" for tune in tunes) == text
    return tunes


def encode(tunes):
    """Ids of the tunes one after the other: as many as the file has characters, the line feed of the empty line being 0."""
    return [i for tune in tunes for i in [IDS[c] for c in tune] + [0]]


def key_parts(value):
    """(tonic, mode, rest) of a K: field; None if it has another form."""
    found = re.fullmatch(r"\s*([A-G][#b]?)(m(?:aj|in|ix)?|dor|phr|lyd|loc)?(\s.*)?", value.rstrip("\n"), re.I)
    return (found.group(1), (found.group(2) or ""), found.group(3) or "") if found and found.group(1) in MAJOR else None


def fifths(parts):
    return MAJOR[parts[0]] + MODES[parts[1].lower()]


def plain(tune, rng):
    """A tune as `generate` begins it: X, then M, L and K in any order, without title, source and comments; None without K or M."""
    lines = tune.splitlines(True)
    at = next((i for i, line in enumerate(lines) if line.startswith("K:")), None)
    if at is None:
        return None
    header = {line[0]: line for line in lines[:at + 1] if line[1:2] == ":"}
    metre = re.fullmatch(r"M:\s*(\d+)/(\d+)\s*", header.get("M", ""))
    if not metre:
        return None
    header.setdefault("L", "L:1/8\n" if int(metre.group(1)) / int(metre.group(2)) >= 0.75 else "L:1/16\n")
    fields = [header[f] for f in "MLK"]
    if rng.random() < 0.5:
        rng.shuffle(fields)
    body = [line for line in lines[at + 1:] if not re.match(r"[A-JN-Z]:|%", line)]
    return "".join(["X: 1\n"] + fields + body)


def transposed(tune, shift):
    """The tune moved by a number of fifths to the nearest place; None if a key, chord or note does not allow it."""
    letters, semitones = 4 * shift % 7, 7 * shift % 12
    if letters > 3:
        letters, semitones = letters - 7, semitones - 12
    lines = []
    for line in tune.splitlines(True):
        if line.startswith("K:"):
            parts = key_parts(line[2:])
            lines.append(parts and moved_key(parts, shift))
        elif re.match(r"[A-Za-z]:|%", line):
            lines.append(line)
        else:
            lines.append(moved_line(line, letters, semitones))
        if lines[-1] is None:
            return None
    return "".join(lines)


def moved_key(parts, shift):
    names = {v: k for k, v in MAJOR.items()}
    place = MAJOR[parts[0]] + shift
    return f"K:{names[place]}{parts[1]}{parts[2]}\n" if place in names and abs(fifths(parts) + shift) <= 5 else None


def moved_line(line, letters, semitones):
    out = []
    for part in PARTS.finditer(line):
        if part.group("chord"):
            out.append('"' + re.sub(r"([A-G])([#b]?)", lambda m: moved_name(m, letters, semitones), part.group("chord")[1:-1]) + '"')
        elif part.group("inline"):
            return None
        elif part.group("note"):
            out.append(moved_note(part, letters, semitones))
            if out[-1] is None:
                return None
        else:
            out.append(part.group("other"))
    return "".join(out)


def moved_name(match, letters, semitones):
    at = LETTERS.index(match.group(1))
    to = at + letters
    sign = {"#": 1, "b": -1, "": 0}[match.group(2)] + SEMITONES[at] + semitones - SEMITONES[to % 7] - 12 * (to // 7)
    return LETTERS[to % 7] + ("#" * sign if sign >= 0 else "b" * -sign)


def moved_note(part, letters, semitones):
    letter = part.group("letter")
    at = LETTERS.index(letter.upper()) + 7 * letter.islower() + 7 * part.group("octave").count("'") - 7 * part.group("octave").count(",")
    to = at + letters
    if not -9 <= to <= 15:
        return None
    sign = part.group("sign")
    if sign:
        height = {"^^": 2, "^": 1, "=": 0, "_": -1, "__": -2}[sign]
        height += SEMITONES[at % 7] + 12 * (at // 7) + semitones - SEMITONES[to % 7] - 12 * (to // 7)
        if abs(height) > 1:
            return None
        sign = {1: "^", 0: "=", -1: "_"}[height]
    octave = to // 7
    name = LETTERS[to % 7] if octave <= 0 else LETTERS[to % 7].lower()
    return (sign or "") + name + ("," * -octave if octave < 0 else "'" * (octave - 1))
