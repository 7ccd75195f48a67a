"""Recordings of single words in a zip, and the test sounds made of them: the twin of SeqStream.Hosting.Evaluation.SpokenStrings. README.md has the specification."""
import io
import wave
import zipfile
from dataclasses import dataclass

import numpy

WORDS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
RATE = 8000
MASK = (1 << 64) - 1
GRID = 10  # samples: a room has one reflection in each


@dataclass
class Recording:
    name: str
    digit: int
    speaker: str
    samples: numpy.ndarray  # float64, the loudest is 1


def read(path):
    """The recordings `DIGIT_SPEAKER_NUMBER.wav` of a zip, by name."""
    recordings = []
    with zipfile.ZipFile(path) as archive:
        for entry in sorted(n for n in archive.namelist() if n.endswith(".wav")):
            name = entry.split("/")[-1]
            _, samples = sound_of(io.BytesIO(archive.read(entry)))
            digit, speaker, _ = name.split("_")
            recordings.append(Recording(name, int(digit), speaker, samples / max(abs(samples).max(), 1e-9)))
    return recordings


def sound_of(file):
    """(rate in Hz, samples from -1 to 1) of a WAV file of one channel, 16 bits."""
    with wave.open(file) as sound:
        return sound.getframerate(), numpy.frombuffer(sound.readframes(sound.getnframes()), "<i2") / 32768.0


class Draw:
    """SplitMix64 (Steele, Lea, Flood 2014)."""

    def __init__(self, seed):
        self.state = seed & MASK

    def bits(self, count):
        """[count] uint64"""
        steps = numpy.arange(1, count + 1, dtype=numpy.uint64)
        z = numpy.uint64(self.state) + steps * numpy.uint64(0x9E3779B97F4A7C15)
        self.state = (self.state + count * 0x9E3779B97F4A7C15) & MASK
        z = (z ^ (z >> numpy.uint64(30))) * numpy.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> numpy.uint64(27))) * numpy.uint64(0x94D049BB133111EB)
        return z ^ (z >> numpy.uint64(31))

    def below(self, count):
        return int(self.bits(1)[0]) % count

    def number(self, low, high):
        return low + (high - low) * ((int(self.bits(1)[0]) >> 11) * 2.0 ** -53)

    def samples(self, low, high):
        """A duration in samples of low to high seconds."""
        return int(self.number(low, high) * RATE)

    def noise(self, count):
        """[count] numbers, nearly normal: sums of four 16 bit numbers."""
        z = self.bits(count)
        parts = [(z >> numpy.uint64(shift)) & numpy.uint64(0xFFFF) for shift in (0, 16, 32, 48)]
        return (sum(p.astype(numpy.int64) for p in parts) - 2 * 65535) / 37837.0


@dataclass
class Sound:
    samples: numpy.ndarray  # int16
    words: list             # digits
    spans: list             # (from, to) in samples, of each word


def strings(recordings, count):
    """Strings of 3 to 7 words of one speaker with pauses, each in a room with noise, speakers in turn."""
    for number in range(count):
        draw = Draw((number + 1) << 32)
        speakers = sorted({r.speaker for r in recordings})
        own = [r for r in recordings if r.speaker == speakers[number % len(speakers)]]
        words = [own[draw.below(len(own))] for _ in range(3 + draw.below(5))]
        yield joined(draw, words, (0.1, 0.5), (0.05, 0.4), (0.2, 0.5))


def singles(recordings, times):
    """Each recording alone, with a sound that is no speech before it, in a room with noise or babble: all of them once, then all again in other rooms and noise, as often as told."""
    for number, recording in enumerate(times * recordings):
        draw = Draw((number + 1) << 32)
        yield joined(draw, [recording], (0.8, 1.2), (0, 0), (0.6, 0.8), recordings)


def joined(draw, words, lead, pause, tail, others=None):
    pieces, spans, at = [numpy.zeros(draw.samples(*lead))], [], 0
    if others:
        disturb(draw, pieces[0])
    for i, word in enumerate(words):
        if i > 0:
            pieces.append(numpy.zeros(draw.samples(*pause)))
        at = sum(len(p) for p in pieces)
        pieces.append(word.samples * draw.number(0.5, 1))
        spans.append((at, at + len(word.samples)))
    pieces.append(numpy.zeros(draw.samples(*tail)))
    clean = numpy.concatenate(pieces)
    spoken = sum((clean[a:b] ** 2).sum() for a, b in spans) / sum(b - a for a, b in spans)
    sound = in_room(clean, *room(draw))
    noise = noise_of(draw, len(sound), others)
    decibels = draw.number(15, 40)
    sound = sound + noise * (spoken / (noise ** 2).mean()) ** 0.5 * 10 ** (-decibels / 20)
    sound = sound * (draw.number(0.1, 0.9) / abs(sound).max())
    return Sound(numpy.rint(sound * 32767).astype(numpy.int16), [w.digit for w in words], spans)


def disturb(draw, silence):
    """Nothing, a tone or clicks, into the first half of a silence."""
    kind, room_for = draw.below(3), len(silence) // 2
    if kind == 1:
        length, turns, level = draw.samples(0.05, 0.3), draw.number(200, 2500) / RATE, draw.number(0.1, 0.8)
        silence[:min(length, room_for)] += level * numpy.sin(2 * numpy.pi * turns * numpy.arange(min(length, room_for)))
    if kind == 2:
        for _ in range(1 + draw.below(4)):
            at, level = draw.below(room_for), draw.number(0.2, 1)
            silence[at] += level
            silence[at + 1] -= level


def room(draw):
    """Places in samples and strengths of the reflections of a room: velvet noise (Karjalainen, Jarvelainen 2007) that falls by 60 dB in 0.05 to 0.4 s."""
    seconds, wet = draw.number(0.05, 0.4), draw.number(0, 0.5)
    count = int(seconds * RATE) // GRID
    bits = draw.bits(count)
    places = GRID * numpy.arange(1, count + 1) + (bits >> numpy.uint64(1)).astype(numpy.int64) % GRID
    strengths = 10 ** (-3.0 * GRID / RATE / seconds * numpy.arange(1, count + 1))
    strengths *= wet / (strengths ** 2).sum() ** 0.5
    return places, numpy.where(bits & numpy.uint64(1), strengths, -strengths)


def in_room(clean, places, strengths):
    sound = clean.copy()
    for place, strength in zip(places, strengths):
        sound[place:] += strength * clean[:-place]
    return sound


def noise_of(draw, count, others):
    """White noise, low noise, or, with recordings to overlap, babble of backward words."""
    kind = draw.below(3 if others else 2)
    if kind == 2:
        babble = numpy.zeros(count)
        for _ in range(8):
            at = -draw.below(4000)
            while at < count:
                piece = others[draw.below(len(others))].samples[::-1]
                a, b = max(at, 0), min(at + len(piece), count)
                if b > a:
                    babble[a:b] += piece[a - at:b - at]
                at += len(piece)
        return babble + 0.001 * draw.noise(count)
    noise = draw.noise(count + 14)
    if kind == 1:
        for _ in range(2):
            sums = numpy.concatenate([[0], numpy.cumsum(noise)])
            noise = sums[8:] - sums[:-8]
    return noise[:count]


def word_errors(said, wanted):
    """Fewest words to change, leave out or put in (Levenshtein 1966)."""
    row = list(range(len(wanted) + 1))
    for i, a in enumerate(said):
        last, row[0] = row[0], i + 1
        for j, b in enumerate(wanted):
            last, row[j + 1] = row[j + 1], min(row[j + 1] + 1, row[j] + 1, last + (a != b))
    return row[-1]
