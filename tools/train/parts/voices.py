"""The words spoken by programs: voices to train on beside those of people. espeak-ng and flite (both in Debian) speak them; nothing is kept in a file."""
import random
import shutil
import subprocess
import tempfile

import numpy

from .fsdd import RATE, WORDS, Recording, sound_of

PROGRAMS = ["espeak-ng", "flite"]
KINDS = {"read": 0.35, "english": 0.325, "foreign": 0.325}  # the first word of a speaker's name, and its share of the sounds
ACCENTS = ["en-us", "en-gb", "en-gb-scotland", "en-gb-x-gbclan", "en-gb-x-rp", "en-gb-x-gbcwmd", "en-029", "en-us-nyc"]
ACCENTS_EACH = 2  # of a variant
UNHUMAN = ("demonic", "robot", "robosoft", "whisper", "tweaky", "fast", "announcer")  # variants left out
# The words as speakers of other languages might write them down: a voice of the language says them with its own sounds.
LANGUAGES = {
    "cs": "zírou uan tú trí fór fajv siks sevn ejt najn",
    "da": "siro wan tu sri for fajv seks sevven ejt najn",
    "de": "siro wann tu sri foor faiw sicks sewwen äit nain",
    "el": "ζίροου ουάν του θρι φορ φάιβ σιξ σέβεν έιτ νάιν",
    "es-419": "sirou uan tu tri for faiv six seven eit nain",
    "fi": "siro van tu srii foor faiv siks seven eit nain",
    "fr": "ziro ouane tou sri faure faïve sixe sévène eïte naïne",
    "fr-be": "zirau ouanne tou tri fôr faïffe sixe sévenne ète naïne",
    "hi": "ज़ीरो वन टू थ्री फोर फाइव सिक्स सेवन एट नाइन",
    "hu": "zíró van tú szrí for fájv sziksz szeven éjt nájn",
    "it": "zirou uan tu tri for faiv sics seven eit nain",
    "nl": "zirro wan toe srie foor faiv siks sevven eet naain",
    "pl": "ziroł łan tu sri for fajw siks sewen ejt najn",
    "pt": "zirou uan tu tri for faiv sics séven eit nain",
    "ro": "zirou uan tu tri for faiv sics seven eit nain",
    "ru": "зироу уан ту сри фор файв сикс сэвен эйт найн",
    "sv": "siro oann to tri fåår fajv sicks sevvn ejt najn",
    "tr": "ziro van tu tri for fayv siks sevın eyt nayn",
}
VARIANTS_EACH = 10  # of a language
READERS = {"kal": 105, "kal16": 105, "awb": 120, "rms": 100, "slt": 190}  # voices of flite, made from people's, with the pitch of each in Hz
READINGS = 8  # of a reader
QUIET = 0.01  # of the loudest: what is quieter at the ends is cut off, but for MARGIN samples
MARGIN = 400


def recordings(seed):
    """Every word by every voice, as recordings whose speakers are named KIND and voice."""
    for program in PROGRAMS:
        if not shutil.which(program):
            raise SystemExit(f"tools/train: '{program}' is not installed; its voices are trained on. On Debian: apt-get install {' '.join(PROGRAMS)}")
    draw = random.Random(seed)
    with tempfile.NamedTemporaryFile(suffix=".wav") as file:
        for words, name, command in voices(draw):
            for digit, word in enumerate(words):
                subprocess.run([part.format(word=word, file=file.name) for part in command()], check=True, stderr=subprocess.DEVNULL)
                yield recording(digit, name, file.name)


def voices(draw):
    """(words, name, draws a command that says {word} into {file}) of each voice."""
    variants = human_variants()
    for variant in variants:
        for accent in draw.sample(ACCENTS, ACCENTS_EACH):
            yield WORDS, f"english {variant} {accent}", lambda: by_espeak(draw, f"{accent}+{variant}")
    for language, words in LANGUAGES.items():
        for variant in draw.sample(variants, VARIANTS_EACH):
            yield words.split(), f"foreign {variant} {language}", lambda: by_espeak(draw, f"{language}+{variant}")
    for reader, pitch in READERS.items():
        for _ in range(READINGS):
            yield WORDS, f"read {reader}", lambda: by_flite(draw, reader, pitch)


def by_espeak(draw, voice):
    return ["espeak-ng", "-v", voice, "-s", str(draw.randint(110, 220)), "-p", str(draw.randint(20, 80)), "-w", "{file}", "{word}"]


def by_flite(draw, reader, pitch):
    features = {"duration_stretch": draw.uniform(0.7, 1.4), "int_f0_target_mean": pitch * draw.uniform(0.75, 1.35), "int_f0_target_stddev": draw.uniform(5, 30)}
    return ["flite", "-voice", reader, *(part for name, value in features.items() for part in ("--setf", f"{name}={value:.2f}")), "-t", "{word}", "-o", "{file}"]


def human_variants():
    """espeak-ng's variants of a voice, by name."""
    listed = subprocess.run(["espeak-ng", "--voices=variant"], stdout=subprocess.PIPE, text=True, check=True).stdout
    names = {line.split("!v/")[1].split()[0] for line in listed.splitlines() if "!v/" in line}
    return sorted(n for n in names if not any(part in n.lower() for part in UNHUMAN))


def recording(digit, speaker, path):
    rate, samples = sound_of(path)
    samples = resampled(samples, rate)
    loud = numpy.flatnonzero(abs(samples) > QUIET * abs(samples).max())
    samples = samples[max(loud[0] - MARGIN, 0):loud[-1] + MARGIN]
    return Recording(f"{digit} {speaker}", digit, speaker, samples / abs(samples).max())


def resampled(samples, rate):
    """At RATE, by the spectrum of the whole sound."""
    size = 1 << (len(samples) - 1).bit_length()
    smaller = round(size * RATE / rate)
    spectrum = numpy.fft.rfft(samples, size)[:smaller // 2 + 1]
    return numpy.fft.irfft(spectrum, smaller)[:len(samples) * RATE // rate] * (smaller / size)
