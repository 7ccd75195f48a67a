"""Trains models/speech-digits and models/speech-tags: one network on the same sounds, with an answer for each."""
import copy
import multiprocessing
import queue
import shutil

import numpy
import torch
from torch import nn
from torch.nn import functional as F

from . import audio, fsdd, spoken, voices
from .export import Average, export, start
from .fit import improve
from .place import Log, data, output, parameters, rounded, write_card, write_golden

FEATURES, WIDTH, REACH, HIDDEN = 96, 192, 5, 256
BLANK = 0
BLANK_LESS, VOICE_LESS = 1.0, 1.0  # taken off the scores of the blank and of VOICE after training: words and keywords are said at lower probabilities
SEED = 1
STEPS = 2000, 1200  # batches with a word for every step, then by CTC
MADE_UP = 0.6, 0.15  # share of sounds by programs, from the first batch to the last
TAG_DELAY = 4  # steps by which tags come late, so that short words are over when they are named
TAG_RUNS, TAG_STEPS, TAG_PEAK = 3, 600, 1.5e-3  # times, batches and rate of the last stage of the tags
TAG_VARIETY = spoken.Variety(made_up=0.1, tune=0.08, cut=0.1, colour=0.5, unnamed=(25, 2))  # in which sounds vary less and a word is named later
SEGMENTS = {"on": 0.3, "off": 0.2, "onSteps": 2, "hangSteps": 4}
STEP_SECONDS = spoken.FRONT_END["join"] * spoken.FRONT_END["hopMs"] / 1000
HEARD = (spoken.FRONT_END["windowMs"] + (spoken.FRONT_END["join"] - 1) * spoken.FRONT_END["hopMs"]) / 1000  # seconds from the beginning of a step to its last sample
SOUNDS = {1: 64, 2: 48, 3: 32, 4: 24, 5: 20}  # of a batch, by the words of each
DECAY, PEAK = 0.99, 5e-3
HEARINGS = 4  # of each recording, when keywords are counted: the twin is KeywordMeasure


class Listener(nn.Module):
    """Two causal convolutions and a GRU, from which words (blank first) and tags are read."""

    def __init__(self, drop=0.1):
        super().__init__()
        self.drop = drop
        self.near, self.far = nn.Conv1d(FEATURES, WIDTH, REACH), nn.Conv1d(WIDTH, WIDTH, REACH)
        self.level, self.farther = nn.BatchNorm1d(WIDTH), nn.BatchNorm1d(WIDTH)
        self.gru = nn.GRU(WIDTH, HIDDEN)
        self.words, self.tags = nn.Linear(HIDDEN, 11), nn.Linear(HIDDEN, 12)
        self.register_buffer("rest", torch.zeros(1, 1, HIDDEN))

    def heard(self, x):
        """[time, batch, hidden] of features [batch, time, feature]"""
        h = x.transpose(1, 2)
        h = F.dropout(F.relu(self.level(self.near(F.pad(h, (REACH - 1, 0))))), self.drop, self.training)
        h = F.relu(self.farther(self.far(F.pad(h, (REACH - 1, 0)))))
        h = F.dropout(h, self.drop, self.training).permute(2, 0, 1)
        return F.dropout(self.gru(h, start(self.rest, h))[0], 1.5 * self.drop, self.training)

    def forward(self, x):
        h = self.heard(x)
        return self.words(h).transpose(0, 1), self.tags(h).transpose(0, 1)


def near_ends(steps, ends, shape):
    """[sound, step]: a word for 0.12 s round its end, else blank; -1 after the end."""
    targets = numpy.full(shape, -1)
    for i, words in enumerate(ends):
        targets[i, :steps[i]] = BLANK
        for digit, end in words:
            targets[i, max(end - 2, 0):min(end + 2, steps[i])] = 1 + digit
    return targets


def late(tags):
    """[sound, step] tags TAG_DELAY steps later, silence before."""
    moved = numpy.where(tags < 0, -1, spoken.SILENCE)
    moved[:, TAG_DELAY:] = numpy.where(tags[:, TAG_DELAY:] < 0, -1, tags[:, :-TAG_DELAY])
    return moved


def tag_loss(scores, tags):
    return F.cross_entropy(scores.flatten(0, 1), torch.from_numpy(late(tags)).flatten(), ignore_index=-1, label_smoothing=0.02)


def train(people, programs, log=None):
    """By people and by voices of programs: batches with a word for every step, then by CTC; and with late tags."""
    torch.manual_seed(SEED)
    rng = numpy.random.default_rng(SEED)
    maker, model = spoken.Maker(people, programs, rng), Listener()
    optimizer = torch.optim.AdamW(model.parameters(), lr=PEAK, weight_decay=0.02)
    average, pools, total = Average(model, DECAY), {words: [] for words in SOUNDS}, sum(STEPS)
    model.front = maker.front
    model.train()
    losses = [0, 0]
    for step in range(total):
        rate = PEAK * min(1, (step + 1) / (0.1 * total)) * (0.02 + 0.98 * 0.5 * (1 + numpy.cos(numpy.pi * step / total)))
        for group in optimizer.param_groups:
            group["lr"] = rate if step < STEPS[0] else min(rate, 2e-3)
        maker.variety.made_up = MADE_UP[0] + (MADE_UP[1] - MADE_UP[0]) * step / total
        x, tags, steps, ends = maker.batch(drawn(maker, pools, rng))
        words, seen = model(torch.from_numpy(x))
        tags_wrong = tag_loss(seen, tags)
        if step < STEPS[0]:
            word_loss = F.cross_entropy(words.flatten(0, 1), torch.from_numpy(near_ends(steps, ends, tags.shape)).flatten(), ignore_index=-1)
        else:
            told = torch.tensor([1 + d for sound in ends for d, _ in sound], dtype=torch.long)
            word_loss = F.ctc_loss(words.log_softmax(2).transpose(0, 1), told, torch.tensor(steps), torch.tensor([len(e) for e in ends]), BLANK, zero_infinity=True)
        improve(model, tags_wrong + word_loss, optimizer, average)
        losses = [0.98 * a + 0.02 * float(b) for a, b in zip(losses, (word_loss, tags_wrong))]
        if log and (step + 1) % 100 == 0:
            log(f"step {step + 1}: words {losses[0]:.3f}, tags {losses[1]:.3f}")
    average.apply()
    model.words.bias.data[BLANK] -= BLANK_LESS
    model.eval()
    return model


def tagging(model, people, programs, log=None):
    """A copy of a trained model, trained on for its tags alone: the mean weights of TAG_RUNS such trainings, which errs less than each (Wortsman and others 2022)."""
    runs = [tag_run(model, people, programs, SEED + run, log) for run in range(TAG_RUNS)]
    for weights, *others in zip(*(run.parameters() for run in runs)):
        weights.data = torch.stack([weights.data, *(other.data for other in others)]).mean(0)
    runs[0].tags.bias.data[spoken.VOICE] -= VOICE_LESS
    return runs[0].eval()


def tag_run(model, people, programs, seed, log):
    """A copy of a model, trained on for its tags by sounds that the seed chooses. Normalisation stays as it is."""
    torch.manual_seed(seed)
    rng = numpy.random.default_rng(seed)
    maker, model = spoken.Maker(people, programs, rng), copy.deepcopy(model)
    maker.front, maker.variety = model.front, TAG_VARIETY
    pools, average, loss_so_far = {words: [] for words in SOUNDS}, Average(model, DECAY), 0
    optimizer = torch.optim.AdamW(model.parameters(), lr=TAG_PEAK, weight_decay=0.02)
    model.train()
    model.level.eval()
    model.farther.eval()
    for step in range(TAG_STEPS):
        for group in optimizer.param_groups:
            group["lr"] = TAG_PEAK * min(1, (step + 1) / 40) * (0.02 + 0.98 * 0.5 * (1 + numpy.cos(numpy.pi * step / TAG_STEPS)))
        x, tags, _, _ = maker.batch(drawn(maker, pools, rng))
        loss = tag_loss(model(torch.from_numpy(x))[1], tags)
        improve(model, loss, optimizer, average)
        loss_so_far = 0.98 * loss_so_far + 0.02 * float(loss)
        if log and (step + 1) % 100 == 0:
            log(f"tags, run {seed}, step {step + 1}: {loss_so_far:.3f}")
    average.apply()
    return model


def drawn(maker, pools, rng):
    """Sounds of a batch, nearly of the same length. Each batch makes half as many anew; all are varied anew."""
    words = int(rng.integers(min(SOUNDS), max(SOUNDS) + 1))
    count, pool = SOUNDS[words], pools[words]
    pool += [maker.sound(words) for _ in range(count // 2 if pool else count)]
    del pool[:-6 * count]
    order = sorted(range(len(pool)), key=lambda i: len(pool[i][0]))
    at = int(rng.integers(0, len(pool) - count + 1))
    return [pool[i] for i in order[at:at + count]]


def best_path(scores):
    """Digits of [step, word] scores: the best of each step, repeats and blanks left out (Graves and others 2006)."""
    best = scores.argmax(1)
    return [int(b) - 1 for a, b in zip([BLANK, *best[:-1]], best) if b != a and b != BLANK]


def answers(model, sound):
    with torch.no_grad():
        words, tags = model(torch.from_numpy(spoken.features(sound.samples, model.front))[None])
    return words[0].numpy(), tags[0].numpy()


def word_error_rate(model, sounds):
    sounds = list(sounds)
    wrong = sum(fsdd.word_errors(best_path(answers(model, s)[0]), s.words) for s in sounds)
    return wrong / sum(len(s.words) for s in sounds)


def segments(scores):
    """[(tag, first step, step after the last, step at which its beginning was said)] of [step, tag] scores that come TAG_DELAY steps late: the twin of SeqStream.Decoding.Segments."""
    odds = numpy.exp(scores - scores.max(1, keepdims=True))
    found, begun, following, quiet, run = [], None, None, 0, 0
    for step, p in enumerate(odds / odds.sum(1, keepdims=True)):
        if step < TAG_DELAY:
            continue
        best = int(p.argmax())
        if best == spoken.SILENCE or (begun and best == begun[0]) or p[best] < SEGMENTS["on"]:
            following = None
        elif following and best == following[0]:
            run += 1
        else:
            following, run = [best, step], 1
        if begun:
            if p[begun[0]] >= SEGMENTS["off"]:
                begun[2], quiet = step + 1, 0
            else:
                quiet += 1
                if quiet >= SEGMENTS["hangSteps"]:
                    found, begun = found + [tuple(begun)], None
        if following and run >= SEGMENTS["onSteps"]:
            if begun:
                begun[2] = min(begun[2], following[1])
                found.append(tuple(begun))
            begun, following, quiet = [*following, step + 1, step], None, 0
    found += [tuple(begun)] if begun else []
    return [(tag, a - TAG_DELAY, b - TAG_DELAY, at) for tag, a, b, at in found]


def tag_figures(model, recordings):
    """Of recordings, each heard HEARINGS times in noise: share of right keywords, share of wrong frames, median seconds from the beginning of a word to its tag."""
    right, wrong, frames, delays = 0, 0, 0, []
    for sound, recording in zip(fsdd.singles(recordings, HEARINGS), HEARINGS * recordings):
        tags = segments(answers(model, sound)[1])
        first, last = (sound.spans[0][0] + place for place in spoken.spoken_part(recording.samples))
        wanted = 2 + sound.words[0]
        keywords = {}
        for tag, a, b, _ in tags:
            if tag > spoken.VOICE:
                count, length = keywords.get(tag, (0, 0))
                keywords[tag] = (count + 1, length + b - a)
        right += bool(keywords) and max(keywords, key=keywords.get) == wanted
        middles = (numpy.arange(len(sound.samples) // spoken.HOP) + 0.5) / 100
        said = sum(((middles >= a * STEP_SECONDS) & (middles < b * STEP_SECONDS) for _, a, b, _ in tags), numpy.zeros(len(middles), bool))
        wrong += ((middles >= first / fsdd.RATE) & (middles < last / fsdd.RATE) != said).sum()
        frames += len(middles)
        delays += [at * STEP_SECONDS + HEARD - first / fsdd.RATE for tag, _, _, at in tags if tag == wanted][:1]
    return right / (HEARINGS * len(recordings)), wrong / frames, sorted(delays)[len(delays) // 2] if delays else float("nan")


class Answer(nn.Module):
    """One answer of a listener, as it is exported."""

    def __init__(self, model, head):
        super().__init__()
        self.model, self.head = copy.deepcopy(model), head

    def forward(self, x):
        return getattr(self.model, self.head)(self.model.heard(x)).transpose(0, 1)


def made_up():
    """16 bit integers: the signal of the front end's tests, and a hum with two resonances that move."""
    yield audio.test_signal(6000)
    t = numpy.arange(7000) / fsdd.RATE
    hum = sum(numpy.sin(2 * numpy.pi * 120 * k * t) * (numpy.exp(-((120 * k - 500 - 400 * t) / 200) ** 2) + 0.5 * numpy.exp(-((120 * k - 1800 + 600 * t) / 250) ** 2)) for k in range(1, 28))
    yield [int(v) for v in 8000 * hum * numpy.clip(numpy.sin(numpy.pi * t / t[-1]) * 1.5 - 0.5, 0, 1)]


def write(name, model, head, card):
    exported = Answer(model, head).eval()
    size = export(exported, (torch.randn(1, 20, FEATURES),), ["features"], [head], output(name) / "model.onnx")
    lines = []
    for samples in made_up():
        x = spoken.features(numpy.array(samples), model.front)
        with torch.no_grad():
            y = exported(torch.from_numpy(x)[None])[0]
        lines.append({"samples": samples, "inputs": {"features": rounded(x.tolist())}, "outputs": {head: rounded(y.tolist())}})
    write_golden(name, lines)
    write_card(name, card | {"parameters": parameters(exported) - parameters(model.tags if head == "words" else model.words)})
    return size


def digits_card(model, figures):
    return {"name": "speech-digits", "title": "Spoken English digits to text, while one speaks", "task": "speech recognition", "shape": "many-to-many, unequal", "model": "model.onnx", "licence": "MIT",
            "labels": ["<blank>", *fsdd.WORDS], "frontEnd": model.front, "decoder": {"type": "ctc", "blank": BLANK, "endpointSteps": 50, "stepMs": round(1000 * STEP_SECONDS)},
            "formats": {"in": "wav", "out": "text"}, "rate": {"hz": round(1 / STEP_SECONDS, 4)}, "figures": figures, "evaluation": {"type": "transcripts", "format": "wav-zip"}}


def tags_card(model, figures):
    return {"name": "speech-tags", "title": "Silence, voice, or which of ten keywords is being said", "task": "speech tagging", "shape": "many-to-many", "model": "model.onnx", "licence": "MIT",
            "labels": spoken.TAGS, "frontEnd": model.front, "decoder": {"type": "segments", "background": "silence", **SEGMENTS, "delaySteps": TAG_DELAY, "stepMs": round(1000 * STEP_SECONDS)},
            "formats": {"in": "wav", "out": "jsonl"}, "rate": {"hz": round(1 / STEP_SECONDS, 4)}, "figures": figures, "evaluation": {"type": "keywords", "format": "wav-zip"}}


def figure(metric, value, data, command):
    return {"metric": metric, "value": round(value, 4), "data": data, "command": command}


def figures(model, tagger, strings, recordings):
    """Word error rate of strings; share of right keywords, of wrong frames, and median seconds to the tag, of recordings."""
    return word_error_rate(model, strings), *tag_figures(tagger, recordings)


def told(name, values):
    return "{}: word error rate {:.4f}; keyword accuracy {:.4f}, frame error {:.4f}, tag after {:.3f} s".format(name, *values)


def trained(speaker, recordings, programs, log):
    """(model, tagger, figures) of all speakers; or, of one who was left out, the figures of that one alone."""
    torch.set_num_threads(1)
    people = spoken.pieces([r for r in recordings[0] if r.speaker != speaker])
    model = train(people, programs, log)
    tagger = tagging(model, people, programs, log)
    own = [r for part in recordings for r in part if r.speaker == speaker]
    strings, singles = (fsdd.strings(own, 60), own[::3]) if own else (fsdd.strings(recordings[1], 300), recordings[1])
    return model, tagger, figures(model, tagger, strings, singles)


def main():
    log = Log("speech-digits")
    recordings = [fsdd.read(data(f"speech/fsdd-{part}.zip")) for part in ("train", "test")]
    known = recordings[1]
    speakers = sorted({r.speaker for r in known})
    programs = spoken.pieces(list(voices.recordings(SEED)))
    log(f"{len(recordings[0])} recordings of {len(speakers)} people and {len(programs)} of {len({p.speaker for p in programs})} voices of programs to train on, {len(known)} to test")
    with multiprocessing.Manager() as manager, multiprocessing.Pool(2) as pool:
        lines = manager.Queue()
        everyone, *apart = [pool.apply_async(trained, (speaker, recordings, programs, None if speaker else lines.put)) for speaker in [None, *speakers]]
        while not (everyone.ready() and lines.empty()):
            try:
                log(lines.get(timeout=1))
            except queue.Empty:
                pass
        model, tagger, values = everyone.get()
        rate, right, frame_error, delay = values
        log(told("known speakers", values))
        new = []
        for speaker, one in zip(speakers, apart):
            new.append(one.get()[2])
            log(told(f"{speaker} left out", new[-1]))
    log(told("a speaker left out, mean", numpy.mean(new, 0)))

    in_noise = f"{len(known)} FSDD test recordings, each {HEARINGS} times in noise, known speakers"
    evaluation, training = "seqstream eval {} --data ../shared/data/speech/fsdd-test.zip", "tools/train/speech"
    digits = [figure("word error rate", rate, "FSDD test recordings joined to 300 strings, known speakers", evaluation.format("speech-digits")),
              figure("word error rate, speaker left out, mean", numpy.mean(new, 0)[0], f"{len(speakers)} speakers in turn, 60 strings each", training),
              *(figure(f"word error rate, {s} left out", v[0], "60 strings", training) for s, v in zip(speakers, new))]
    tags = [figure("keyword accuracy", right, in_noise, evaluation.format("speech-tags")),
            figure("frame error, speech or not", frame_error, in_noise, evaluation.format("speech-tags")),
            figure("seconds from the beginning of a word to its tag, median", delay, in_noise, evaluation.format("speech-tags")),
            figure("keyword accuracy, speaker left out, mean", numpy.mean(new, 0)[1], f"{len(speakers)} speakers in turn, 150 recordings each, {HEARINGS} times", training),
            *(figure(f"keyword accuracy, {s} left out", v[1], f"150 recordings, {HEARINGS} times", training) for s, v in zip(speakers, new))]
    log("model.onnx {} and {} bytes".format(write("speech-digits", model, "words", digits_card(model, digits)), write("speech-tags", tagger, "tags", tags_card(tagger, tags))))
    shutil.copy(output("speech-digits") / "training.log", output("speech-tags") / "training.log")


if __name__ == "__main__":
    main()
