"""Endless training sounds: words of recordings joined with pauses, changed in speed, tune, colour, room and noise, as features with labels for every step."""
from dataclasses import dataclass

import numpy

from . import audio
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


def pieces(recordings):
    return [Piece(r.digit, r.speaker, r.samples, *spoken_part(r.samples)) for r in recordings]


def spoken_part(samples):
    """From the first to the last 10 ms that are less than FALL_DECIBELS below the loudest."""
    count = max(1, len(samples) // HOP)
    power = (samples[:count * HOP].reshape(count, -1) ** 2).mean(1)
    loud = numpy.flatnonzero(power > power.max() * 10 ** (-FALL_DECIBELS / 10))
    return int(loud[0]) * HOP, min(int(loud[-1] + 1) * HOP, len(samples))


class Maker:
    """Draws training sounds. One noise, long enough to cut from, serves all."""

    def __init__(self, pieces, rng):
        self.rng, self.draw = rng, Draw(int(rng.integers(1 << 40)))
        self.speakers = {s: [p for p in pieces if p.speaker == s] for s in sorted({p.speaker for p in pieces})}
        self.all = pieces
        white = rng.standard_normal(1 << 19)
        self.noises = [white / white.std()]
        for slope in (0.5, 1.0, 1.5):  # of amplitude over frequency: from white to brown
            spectrum = numpy.fft.rfft(white) / numpy.maximum(numpy.arange(len(white) // 2 + 1), 3000) ** slope
            noise = numpy.fft.irfft(spectrum)
            self.noises.append(noise / noise.std())
        babble = numpy.zeros(1 << 18)
        for _ in range(6):
            at = 0
            while at < len(babble):
                piece = self.pick(None).samples[::-1]
                end = min(at + len(piece), len(babble))
                babble[at:end] += piece[:end - at]
                at = end
        self.noises.append(babble / babble.std())
        self.front = FRONT_END
        rows = numpy.concatenate([audio.scale(self.sound(3)[0], FRONT_END) for _ in range(60)])
        self.front = FRONT_END | {"mean": rows.mean(0).round(3).tolist(), "scale": (1 / rows.std(0)).round(4).tolist(), "running": RUNNING}

    def pick(self, speaker):
        among = self.speakers[speaker] if speaker else self.all
        return among[self.rng.integers(len(among))]

    def sound(self, words):
        """(log-mel rows [window, band] before scaling, tag of each window, [(digit, window of its end)])"""
        rng = self.rng
        speaker = list(self.speakers)[rng.integers(len(self.speakers))] if rng.random() < 0.75 else None
        tune = numpy.exp(rng.normal(0, 0.11) * rng.random())
        parts, marks, at = [self.silence(rng.uniform(0.05, 0.8), 0.3)], [], 0
        at = len(parts[0])
        for _ in range(words):
            piece = self.pick(speaker)
            change = numpy.clip(tune * numpy.exp(rng.normal(0, 0.05)), 0.7, 1.45)
            samples = numpy.interp(numpy.arange(0, len(piece.samples) - 1, change), numpy.arange(len(piece.samples)), piece.samples)
            start, end = int(piece.start / change), min(int(piece.end / change), len(samples))
            if rng.random() < 0.3:  # recordings come cut closely or not
                samples, start, end = samples[start:end], 0, end - start
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
            silence[at:at + length] = rng.uniform(0.02, 0.3) * self.cut(length, rng.integers(4))
        return silence

    def cut(self, length, kind):
        noise = self.noises[kind]
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
        kind = int(rng.integers(5))
        level = spoken ** 0.5 * 10 ** (-rng.uniform(12, 45) / 20)
        sound = sound + level * self.cut(len(sound), kind)
        sound = sound * (rng.uniform(0.05, 1) / abs(sound).max())
        if rng.random() < 0.05:
            sound = numpy.clip(sound * 3, -0.6, 0.6)
        return sound + (rng.uniform(-0.1, 0.1) if rng.random() < 0.05 else 0)

    def varied(self, rows, marks):
        """The same sound in another tempo, colour and voice: (rows, tags of windows, words with the windows of their ends)."""
        rng = self.rng
        bands, strength = rows.shape[1], rng.random()
        places = numpy.arange(bands) * (1 + strength * rng.uniform(-0.1, 0.12)) + strength * rng.uniform(-0.7, 0.7)
        rows = between(rows.T, numpy.clip(places, 0, bands - 1)).T
        tempo = numpy.exp(strength * rng.uniform(-0.2, 0.2))
        rows = between(rows, numpy.arange(0, len(rows) - 1, tempo))
        x = numpy.linspace(0, 1, bands)
        colour = rng.normal(0, 1) * (x - 0.5) + sum(rng.normal(0, 0.4) * numpy.cos(numpy.pi * (k * x + rng.uniform(0, 2))) for k in (1, 2, 3, 4))
        rows = rows + strength * (colour + rng.normal(0, 0.2, rows.shape))
        tags, ends = numpy.zeros(len(rows), int), []
        for start, end, tag in marks:
            first, last = int((start - WINDOW / 2) / HOP / tempo), int((end - WINDOW / 2) / HOP / tempo)
            first, last = max(first, 0), min(last, len(rows) - 1)
            tags[first:last + 1] = tag
            if tag >= 2:
                tags[first:first + min(10, (last - first) // 3)] = VOICE
                ends.append((tag - 2, last))
        return rows, tags, ends

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
