"""Endless training sounds: words of recordings joined with pauses, changed in speed, tune, ends, colour, room and noise, as features with labels for every step."""
from dataclasses import dataclass

import numpy

from . import audio, voices
from .fsdd import RATE, WORDS, Draw, room

FRONT_END = {"type": "log-mel", "rate": RATE, "windowMs": 25, "hopMs": 10, "bands": 32, "lowHz": 60, "highHz": 3800, "floor": 1e-6, "join": 3,
             "levelFall": 0.01}
RUNNING = {"halfLife": 300, "prior": 1}  # windows
HOP, WINDOW = 80, 200
SILENCE, VOICE = 0, 1  # tags; then the words
TAGS = ["silence", "voice"] + WORDS
FALL_DECIBELS = 32  # of the loudest part of a recording: what is quieter at its ends is silence


@dataclass
class Piece:
    """A recording with where its speech begins and ends, in samples."""
    digit: int
    speaker: str
    samples: numpy.ndarray
    start: int
    end: int


@dataclass
class Variety:
    """How much training sounds differ from the recordings."""
    made_up: float = 0.5  # share of sounds by voices of programs
    tune: float = 0.2  # most by which the words of a sound are faster or slower, as a logarithm
    cut: float = 0.4  # share of words whose ends are cut off
    colour: float = 1.0  # of the most that a microphone adds
    unnamed: tuple = (10, 3)  # a word is only called voice in its first so many windows, or in this part of it if that is less


def pieces(recordings):
    return [Piece(r.digit, r.speaker, r.samples, *spoken_part(r.samples)) for r in recordings]


def by_speaker(pieces):
    """A list of the pieces of each speaker."""
    return [[p for p in pieces if p.speaker == s] for s in sorted({p.speaker for p in pieces})]


def spoken_part(samples, fall=FALL_DECIBELS):
    """From the first to the last 10 ms that are less than `fall` decibels below the loudest."""
    count = max(1, len(samples) // HOP)
    power = (samples[:count * HOP].reshape(count, -1) ** 2).mean(1)
    loud = numpy.flatnonzero(power > power.max() * 10 ** (-fall / 10))
    return int(loud[0]) * HOP, min(int(loud[-1] + 1) * HOP, len(samples))


class Maker:
    """Draws training sounds by people and by `programs` (voices.py). The same noises, long enough to cut from, serve all."""

    def __init__(self, pieces, programs, rng):
        self.rng, self.draw = rng, Draw(int(rng.integers(1 << 40)))
        self.variety = Variety()
        self.people = by_speaker(pieces)
        self.kinds = {kind: by_speaker([p for p in programs if p.speaker.split()[0] == kind]) for kind in voices.KINDS}
        self.all = pieces + programs
        self.noises, self.babble = noises(rng), self.backwards(6, 1 << 20)
        self.front = FRONT_END
        rows = numpy.concatenate([audio.scale(self.sound(3)[0], FRONT_END) for _ in range(60)])
        self.front = FRONT_END | {"mean": rows.mean(0).round(3).tolist(), "scale": (1 / rows.std(0)).round(4).tolist(), "running": RUNNING}

    def backwards(self, layers, length):
        """Many voices at once, each backward."""
        babble = numpy.zeros(length)
        for _ in range(layers):
            at = 0
            while at < length:
                piece = self.pick(self.all).samples[::-1]
                end = min(at + len(piece), length)
                babble[at:end] += piece[:end - at]
                at = end
        return babble / babble.std()

    def pick(self, among):
        return among[self.rng.integers(len(among))]

    def voice(self):
        """The pieces of a speaker, or all pieces of people or of a kind of programs."""
        group = self.people
        if self.rng.random() < self.variety.made_up:
            group = self.kinds[self.rng.choice(list(voices.KINDS), p=list(voices.KINDS.values()))]
        return self.pick(group) if self.rng.random() < 0.75 else [p for own in group for p in own]

    def sound(self, words):
        """(log-mel rows [window, band] before scaling, tag of each window, [(digit, window of its end)])"""
        rng, own = self.rng, self.voice()
        tune = numpy.exp(rng.uniform(-self.variety.tune, self.variety.tune))
        parts, marks, at = [self.silence(rng.uniform(0.05, 1.5), 0.5)], [], 0
        at = len(parts[0])
        for _ in range(words):
            piece = self.pick(own)
            change = numpy.clip(tune * numpy.exp(rng.normal(0, 0.05)), 0.65, 1.55)
            samples = numpy.interp(numpy.arange(0, len(piece.samples) - 1, change), numpy.arange(len(piece.samples)), piece.samples)
            start, end = int(piece.start / change), min(int(piece.end / change), len(samples))
            if rng.random() < 0.3:  # recordings come cut closely or not
                samples, start, end = samples[start:end], 0, end - start
            if rng.random() < self.variety.cut:
                samples, start, end = self.trimmed(samples, start, end)
            tag = 2 + piece.digit
            if rng.random() < 0.05:
                samples, start, end, tag = samples[::-1], len(samples) - end, len(samples) - start, VOICE
            parts.append(samples * rng.uniform(0.4, 1))
            marks.append((at + start, at + end, tag))
            parts.append(self.silence(rng.uniform(0, 0.45) if rng.random() < 0.95 else 1.2, 0.05))
            at += len(samples) + len(parts[-1])
        parts.append(self.silence(rng.uniform(0.05, 0.4), 0))
        clean = numpy.concatenate(parts)
        sound = self.noisy(self.roomed(clean), clean, marks)
        rows = audio.log_mel(sound, FRONT_END)
        return rows, marks

    def trimmed(self, samples, start, end):
        """Cut at one end or both where it is 5 to 32 dB below the loudest, as hurried cutting loses an s or an f."""
        rng = self.rng
        first = spoken_part(samples, rng.uniform(5, FALL_DECIBELS))[0] if rng.random() < 0.6 else 0
        last = spoken_part(samples, rng.uniform(5, FALL_DECIBELS))[1] if rng.random() < 0.6 else len(samples)
        if last - first < RATE // 10:
            return samples, start, end
        return samples[first:last], max(start - first, 0), min(end, last) - first

    def silence(self, seconds, disturbed):
        """Nothing, or a tone, clicks or a burst of noise."""
        rng, silence = self.rng, numpy.zeros(int(seconds * RATE))
        if len(silence) < 800 or rng.random() > disturbed:
            return silence
        length = int(rng.integers(100, min(len(silence), 3000)))
        at, kind = int(rng.integers(0, len(silence) - length + 1)), rng.integers(3)
        if kind == 0:
            turns = rng.uniform(100, 3500) / RATE * numpy.arange(length) * (1 + rng.uniform(-0.3, 0.3) * numpy.arange(length) / length)
            silence[at:at + length] = rng.uniform(0.05, 0.9) * numpy.sin(2 * numpy.pi * turns)
        elif kind == 1:
            for place in rng.integers(at, at + length - 2, rng.integers(1, 6)):
                level = rng.uniform(0.1, 1)
                silence[place:place + 2] += [level, -level]
        else:
            silence[at:at + length] = rng.uniform(0.02, 0.3) * self.cut(length, self.pick(self.noises))
        return silence

    def cut(self, length, noise):
        at = int(self.rng.integers(0, len(noise) - length))
        return noise[at:at + length]

    def roomed(self, clean):
        if self.rng.random() < 0.5:
            return clean
        places, strengths = room(self.draw)
        response = numpy.zeros(int(places[-1]) + 1)
        response[0] = 1
        response[places] = strengths
        size = 1 << (len(clean) + len(response) - 1).bit_length()
        return numpy.fft.irfft(numpy.fft.rfft(clean, size) * numpy.fft.rfft(response, size), size)[:len(clean)]

    def noisy(self, sound, clean, marks):
        rng = self.rng
        if rng.random() < 0.1:
            return sound * rng.uniform(0.05, 1)
        spoken = sum((clean[a:b] ** 2).sum() for a, b, _ in marks) / max(1, sum(b - a for a, b, _ in marks))
        noise = self.babble if rng.random() < 0.25 else self.pick(self.noises)
        level = spoken ** 0.5 * 10 ** (-rng.uniform(12, 45) / 20)
        sound = sound + level * self.cut(len(sound), noise)
        sound = sound * (rng.uniform(0.05, 1) / abs(sound).max())
        if rng.random() < 0.05:
            sound = numpy.clip(sound * 3, -0.6, 0.6)
        return sound + (rng.uniform(-0.1, 0.1) if rng.random() < 0.05 else 0)

    def varied(self, rows, marks):
        """The same sound in another tempo, colour and voice: (rows, tags of windows, words with the windows of their ends)."""
        rng = self.rng
        bands, strength = rows.shape[1], rng.random()
        places = numpy.arange(bands) * (1 + strength * rng.uniform(-0.12, 0.15)) + strength * rng.uniform(-1, 1)
        rows = between(rows.T, numpy.clip(places, 0, bands - 1)).T
        tempo = numpy.exp(strength * rng.uniform(-0.25, 0.25))
        rows = between(rows, numpy.arange(0, len(rows) - 1, tempo))
        rows = rows + rng.random() * self.colour(bands) + strength * rng.normal(0, 0.2, rows.shape)
        tags, ends = numpy.zeros(len(rows), int), []
        for start, end, tag in marks:
            first, last = int((start - WINDOW / 2) / HOP / tempo), int((end - WINDOW / 2) / HOP / tempo)
            first, last = max(first, 0), min(last, len(rows) - 1)
            tags[first:last + 1] = tag
            if tag >= 2:
                most, part = self.variety.unnamed
                tags[first:first + min(most, (last - first) // part)] = VOICE
                ends.append((tag - 2, last))
        return rows, tags, ends

    def colour(self, bands):
        """What a microphone adds to each band: a tilt, waves, and at either end a fall of up to 22 and 15 dB."""
        rng, x, band = self.rng, numpy.linspace(0, 1, bands), numpy.arange(bands)
        colour = 3 * rng.normal() * (x - 0.5) + sum(rng.normal(0, 0.8) * numpy.cos(numpy.pi * (k * x + rng.uniform(0, 2))) for k in (1, 2, 3, 4))
        for fall, widest, distance in ((5, 7, band), (3.5, 10, band[::-1])):
            if rng.random() < 0.6:
                colour = colour - fall * rng.random() * numpy.clip(1 - distance / rng.uniform(1, widest), 0, 1)
        return self.variety.colour * colour

    def batch(self, sounds):
        """Features [sound, step, feature], tags [sound, step] with -1 after the end, steps of each, words with the steps of their ends."""
        made = [self.varied(*s) for s in sounds]
        join = FRONT_END["join"]
        steps = [len(rows) // join for rows, _, _ in made]
        longest = max(steps)
        x = numpy.zeros((len(made), longest * join, FRONT_END["bands"]))
        tags = numpy.full((len(made), longest), -1)
        for i, (rows, labels, _) in enumerate(made):
            x[i, :steps[i] * join] = rows[:steps[i] * join]
            tags[i, :steps[i]] = labels[join - 1:steps[i] * join:join]
        x = scaled(x, self.front)
        for i in range(len(made)):
            for _ in range(self.rng.integers(0, 2)):
                band, wide = self.rng.integers(0, FRONT_END["bands"] - 5), self.rng.integers(1, 6)
                x[i, :, band:band + wide] = 0
        return (x.reshape(len(made), longest, -1).astype(numpy.float32), tags, steps,
                [[(digit, min(end // join, steps[i] - 1)) for digit, end in ends] for i, (_, _, ends) in enumerate(made)])


def noises(rng, length=1 << 19):
    """White noise; noise that falls by 3, 6 or 9 decibels an octave; and noise without what is high."""
    white = numpy.fft.rfft(rng.standard_normal(length))
    hertz = numpy.arange(len(white)) * RATE / length
    falls = [numpy.maximum(hertz, 50) ** -slope for slope in (0, 0.5, 1.0, 1.5)] + [1 / (1 + (hertz / edge) ** 4) for edge in (400, 800, 1600)]
    made = [numpy.fft.irfft(white * fall) for fall in falls]
    return [noise / noise.std() for noise in made]


def between(rows, places):
    """Rows at places between rows, by straight lines."""
    low = numpy.minimum(places.astype(int), len(rows) - 2)
    part = (places - low)[:, None]
    return rows[low] * (1 - part) + rows[low + 1] * part


def scaled(x, front):
    """audio.scale for many sounds [sound, window, band] at once; what follows the end of one is of no account."""
    mean, factor, running = numpy.array(front["mean"], numpy.float32).astype(float), numpy.array(front["scale"], numpy.float32).astype(float), front["running"]
    rate, weight = 1 - 0.5 ** (1 / running["halfLife"]), running["prior"]
    sums, level, out = weight * mean[None], numpy.full((len(x), 1), -numpy.inf), numpy.empty_like(x)
    for t in range(x.shape[1]):
        level = numpy.maximum(level - front["levelFall"], x[:, t].max(1, keepdims=True))
        row = x[:, t] - level
        weight += rate * (1 - weight)
        sums = sums + rate * (row - sums)
        out[:, t] = (row - sums / weight) * factor
    return out


def features(samples, front):
    """[step, feature] of 16 bit samples, as the engine computes them."""
    return audio.features_of(samples / 32768.0, front)
