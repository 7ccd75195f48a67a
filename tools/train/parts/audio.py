"""Sound to features, for training: the twin of SeqStream.FrontEnds.Audio.

A front end is described by the same keys as in a model card ("frontEnd"), so that a training script puts the dictionary it trained with into the card.
README.md has the specification. As a program, it writes the golden file that the C# tests read:

    tools/train/parts/python audio > tests/SeqStream.FrontEnds.Tests/Audio/audio-golden.json
"""
import json
import math

import numpy as np


def window_of(card):
    """[window sample]"""
    n = samples_of(card, "windowMs")
    turns = np.cos(2 * np.pi * np.arange(n) / n)
    return {"hann": 0.5 - 0.5 * turns, "hamming": 0.54 - 0.46 * turns, "rectangle": np.ones(n)}[card.get("shape", "hann")]


def samples_of(card, key):
    return int(round(card["rate"] * card[key] / 1000))


def fft_size_of(card):
    return card.get("fft") or 1 << max(samples_of(card, "windowMs") - 1, 3).bit_length()


def mel_matrix(card):
    """[band, bin]: triangles of peak 1, evenly spaced on the mel scale, straight in Hz."""
    mel = lambda hertz: 2595 * np.log10(1 + hertz / 700)
    low, high = card.get("lowHz", 0), card.get("highHz", card["rate"] / 2)
    bands, size = card["bands"], fft_size_of(card)
    edges = 700 * (10 ** (np.linspace(mel(low), mel(high), bands + 2) / 2595) - 1)
    hertz = np.arange(size // 2 + 1) * card["rate"] / size
    rise = (hertz - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    fall = (edges[2:, None] - hertz) / (edges[2:] - edges[1:-1])[:, None]
    return np.maximum(0, np.minimum(rise, fall))


def cosine_matrix(coefficients, bands):
    """[coefficient, band]: the orthonormal cosine transform of type II."""
    c = np.arange(coefficients)[:, None]
    matrix = np.cos(np.pi * c * (np.arange(bands) + 0.5) / bands) * math.sqrt(2 / bands)
    matrix[0] /= math.sqrt(2)
    return matrix


def windows_of(samples, card):
    """[window, window sample]"""
    size, hop = samples_of(card, "windowMs"), samples_of(card, "hopMs")
    samples = np.asarray(samples, np.float64)
    samples = samples - card.get("preemphasis", 0) * np.concatenate([[0], samples[:-1]])
    samples = samples.astype(np.float32).astype(np.float64)
    count = max(0, 1 + (len(samples) - size) // hop)
    return samples[np.arange(count)[:, None] * hop + np.arange(size)] if count else np.zeros((0, size))


def log_mel(samples, card):
    """[window, feature] before scaling: log-mel energies, or cepstra where the card has "coefficients"."""
    spectrum = np.fft.rfft(windows_of(samples, card) * window_of(card), fft_size_of(card))
    power = spectrum.real ** 2 + spectrum.imag ** 2
    energies = np.log(np.maximum(power @ mel_matrix(card).T, card.get("floor", 1e-10)))
    if "coefficients" in card:
        return energies @ cosine_matrix(card["coefficients"], card["bands"]).T
    return energies


def scale(values, card):
    """[window, feature] levelled, centred and scaled, in the order of time."""
    features = values.shape[1]
    values = values.copy()
    if "levelFall" in card:
        level = -math.inf
        for row in values:
            level = max(level - card["levelFall"], row.max())
            row -= level
    mean = np.asarray(card.get("mean", np.zeros(features)), np.float32).astype(np.float64)
    factor = np.asarray(card.get("scale", np.ones(features)), np.float32).astype(np.float64)
    if "running" not in card:
        return (values - mean) * factor
    running = card["running"]
    rate = 1 - 0.5 ** (1 / running["halfLife"])
    weight = running.get("prior", 0)
    sums, squares = weight * mean, weight * (mean ** 2 + 1 / factor ** 2)
    out = np.empty_like(values)
    for row, target in zip(values, out):
        weight += rate * (1 - weight)
        sums = sums + rate * (row - sums)
        squares = squares + rate * (row ** 2 - squares)
        centre = sums / weight
        if running.get("deviation", False):
            target[:] = (row - centre) / np.maximum(np.sqrt(np.maximum(squares / weight - centre ** 2, 0)), 0.01)
        else:
            target[:] = (row - centre) * factor
    return out


def features_of(samples, card):
    """[step, join * feature] float32: what the model is fed."""
    values = scale(log_mel(samples, card), card)
    join = card.get("join", 1)
    steps = len(values) // join
    return values[:steps * join].reshape(steps, -1).astype(np.float32)


def test_signal(count):
    """16 bit integers: a rising tone, noise from a linear congruential generator, a pause, a click."""
    state, signal = 1, []
    for i in range(count):
        state = (1103515245 * state + 12345) & 0x7FFFFFFF
        noise = (state >> 15) - 32768
        tone = math.sin(i * i * 6e-4) * 12000
        signal.append(0 if 900 <= i < 1200 else int(tone + 0.05 * noise) + (20000 if i == 1500 else 0))
    return signal


GOLDEN_CARDS = [
    {"type": "log-mel", "rate": 8000, "windowMs": 25, "hopMs": 10, "bands": 32, "lowHz": 60, "highHz": 3800, "join": 2},
    {"type": "log-mel", "rate": 8000, "windowMs": 24.875, "hopMs": 16, "shape": "rectangle", "fft": 512, "bands": 12, "floor": 1e-3,
     "mean": [0.5 * i for i in range(12)], "scale": [1 + 0.1 * i for i in range(12)]},
    {"type": "log-mel", "rate": 8000, "windowMs": 32, "hopMs": 10, "bands": 16, "floor": 1e-6, "levelFall": 0.05,
     "mean": [-3.0] * 16, "scale": [0.5] * 16, "running": {"halfLife": 20, "prior": 0.3, "deviation": True}},
    {"type": "log-mel", "rate": 8000, "windowMs": 25, "hopMs": 12.5, "bands": 16, "floor": 1e-6, "running": {"halfLife": 8}},
    {"type": "mfcc", "rate": 16000, "windowMs": 25, "hopMs": 10, "shape": "hamming", "bands": 40, "highHz": 7600, "coefficients": 13, "preemphasis": 0.97},
]


def main():
    signal = test_signal(2000)
    samples = np.array(signal) / 32768
    cases = [{"frontEnd": card, "features": [[round(float(v), 6) for v in row] for row in features_of(samples, card)]} for card in GOLDEN_CARDS]
    print(json.dumps({"samples": signal, "cases": cases}, separators=(",", ":")).replace('{"frontEnd"', '\n{"frontEnd"'))


if __name__ == "__main__":
    main()
