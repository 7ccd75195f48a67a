"""Trains models/translate-fr-en: French sentences to English ones, word by word."""
import random

import torch
from torch.nn import functional

from . import evaluation, translation, translator_step
from .export import Average
from .fit import improve
from .place import Log, data, output, parameters, rounded, write_card, write_golden
from .translation import END, PAD, START, Vocabulary, bleu, english, french, joined, lower
from .translator import Translator, greedy
from .translator_step import BACK, BEGIN, READ

NAME = "translate-fr-en"
SEED, BATCH, DECAY = 1, 64, 0.998
CYCLES = [(10, 3e-3, 0.3), (8, 2e-3, 0.15)]  # epochs, highest rate, dropout
LEAST, LONGEST = 3, 60  # times a word must be seen; words of a training sentence
PLACES, BEAM = 80, 4  # words of the model's memory; its hypotheses
MEASURED = [  # what is told of it, and the file that `seqstream eval` measures it on
    ("Multi30k test_2016_flickr, 1,000 sentences", "translation/multi30k/test_2016_flickr.fr.gz"),
    ("Tatoeba short test, 504 sentences", "translation/tatoeba-short/eng-fra-test.tsv.gz"),
]
SENTENCES = [
    "un homme joue de la guitare .", "Une petite fille mange une glace à la fraise.", "Deux chiens courent sur la plage, près de l'eau !", "Qui est là ?",
    "Le zouglou de Abidjan plaît aux enfants.", "Aujourd'hui, l’équipe de l'hôpital porte des t-shirts « bleus ».", "Va !",
]


def batches(pairs, rng):
    """Lists of pairs whose sources are equally long, their targets nearly so."""
    order = list(range(len(pairs)))
    rng.shuffle(order)
    order.sort(key=lambda i: (len(pairs[i][0]), len(pairs[i][1]) + 2 * rng.random()))
    groups, group = [], []
    for i in order:
        if group and (len(group) == BATCH or len(pairs[i][0]) != len(pairs[group[0]][0])):
            groups.append(group)
            group = []
        group.append(i)
    groups.append(group)
    rng.shuffle(groups)
    return groups


def padded(targets):
    longest = max(len(t) for t in targets)
    return torch.tensor([t + [PAD] * (longest - len(t)) for t in targets])


def train_cycle(model, pairs, cycle, epochs, peak, after_epoch):
    """Goes on from the model's weights with a rate that rises to its peak and falls to nothing, and leaves their average."""
    if cycle > 0:
        torch.manual_seed(SEED + cycle)
    rng = random.Random(SEED + cycle)
    optimizer = torch.optim.AdamW(model.parameters(), lr=peak, weight_decay=0.01)
    steps = len(batches(pairs, random.Random(0))) * epochs
    rate = torch.optim.lr_scheduler.OneCycleLR(optimizer, peak, total_steps=steps + 1, pct_start=0.1)
    average = Average(model, DECAY)
    for epoch in range(epochs):
        model.train()
        total = words = 0
        for group in batches(pairs, rng):
            source = torch.tensor([pairs[i][0] for i in group])
            before, after = padded([[START] + pairs[i][1] for i in group]), padded([pairs[i][1] + [END] for i in group])
            real = after != PAD
            memory, ask = model.encode(source)
            o, _, _, _ = model.decode(memory, ask, torch.zeros_like(ask), before)
            loss = functional.cross_entropy(model.scores(o[real]), after[real], label_smoothing=0.1)
            improve(model, loss, optimizer, average)
            rate.step()
            count = int(real.sum())
            total, words = total + loss.item() * count, words + count
        after_epoch(epoch + 1, total / words)
    average.apply()


def answered(words, ids, target):
    """The English sentence of chosen ids and attended places; an unknown word is copied from the source, and a capital at its beginning too."""
    text = joined([words[place] if id_ < translation.FIRST else target.shown[id_ - translation.FIRST] for id_, place in ids])
    return text[:1].upper() + text[1:] if words[0][:1].isupper() else text


def translate(model, vocabularies, sentences):
    """Greedy translations."""
    model.eval()
    source, target = vocabularies
    words = [french(s) for s in sentences]
    found = [None] * len(words)
    for length in sorted({len(w) for w in words}):
        group = [i for i, w in enumerate(words) if len(w) == length]
        for i, ids in zip(group, greedy(model, torch.tensor([source.number(words[i]) for i in group]))):
            found[i] = answered(words[i], ids, target)
    return found


def lowered_bleu(found, pairs):
    return bleu([lower(f) for f in found], [lower(e) for _, e in pairs])


def golden(model, source, target, line):
    """The steps that read a sentence, and the whole-sequence model's greedy answer: its words, how likely each is, and where each looked."""
    words = french(line)
    ids, count = source.number(words), len(words)
    chosen = greedy(model, torch.tensor([ids]))[0]
    with torch.no_grad():
        memory, ask = model.encode(torch.tensor([ids]))
        o, attention, _, _ = model.decode(memory, ask, torch.zeros_like(ask), torch.tensor([[START] + [w for w, _ in chosen]]))
        scores = functional.log_softmax(model.scores(o), -1)[0]
    following = [w for w, _ in chosen] + [END]
    steps = [(id_, READ, place) for place, id_ in enumerate(ids)] + [(ids[place], BACK, place) for place in reversed(range(count))] + [(0, BEGIN, 0)]
    ports = {name: [[step[i]] for step in steps] for i, name in enumerate(("source", "phase", "place"))}
    return {"text": line, "inputs": ports, "outputs": {}, "words": following, "scores": rounded([scores[i, w] for i, w in enumerate(following)]),
            "attention": rounded(attention[0].tolist()), "answer": answered(words, chosen, target)}


def write_words(name, words):
    (output(NAME) / name).write_text("".join(w + "\n" for w in translation.MARKS + words), encoding="utf-8")


def finish(log, model, source, target, program):
    """Writes the model, its words, its golden sentences and its card, and measures it."""
    model.eval()
    write_words("french.txt", list(source.ids))
    write_words("english.txt", target.shown)
    size = translator_step.export(model, output(NAME) / "model.onnx", PLACES, BEAM)
    log(f"model.onnx {size} bytes")
    write_golden(NAME, [golden(model, source, target, line) for line in SENTENCES])
    card = card_of(model, source, target)
    write_card(NAME, card)
    for told, file in MEASURED:
        for metric, value in evaluation.figures(program, output(NAME), data(file)).items():
            card["figures"].append({"metric": metric, "value": round(value, 2), "data": told, "command": f"seqstream eval {NAME} --data ../shared/data/{file}"})
            log(f"{told}: {metric} {value:.2f}")
    write_card(NAME, card)


def card_of(model, source, target):
    return {
        "name": NAME, "title": "French sentences to English, word by word", "task": "translation", "shape": "many-to-many, unequal",
        "model": "model.onnx", "licence": "MIT",
        "frontEnd": {"type": "sentence", "words": "french.txt", "elide": True, "longest": PLACES},
        "decoder": {"type": "beam", "words": "english.txt", "width": BEAM, "longest": 2 * PLACES, "lengthPower": 1, "margin": 4},
        "formats": {"in": "text", "out": "text"},
        "bounds": {"source": [0, len(source) - 1], "phase": [0, 3], "place": [0, PLACES - 1], "target": [0, len(target) - 1], "parents": [0, BEAM - 1]},
        "parameters": parameters(model),
        "figures": [],
        "evaluation": {"type": "translation", "format": "fr-en"},
    }


def main():
    torch.set_num_threads(1)
    log, program = Log(NAME), evaluation.program()
    torch.manual_seed(SEED)
    texts = translation.multi30k(data, "train") + translation.tatoeba(data, "train")
    split = [(french(f), english(e)) for f, e in texts]
    source, target = Vocabulary([f for f, _ in split], LEAST), Vocabulary([e for _, e in split], LEAST)
    pairs = [(source.number(f), target.number(e)) for f, e in split if 0 < len(f) <= LONGEST and 0 < len(e) <= LONGEST]
    model = Translator(len(source), len(target))
    log(f"{len(pairs)} training pairs, {len(source)} French and {len(target)} English words, {parameters(model)} parameters")
    validation = translation.multi30k(data, "val")
    for cycle, (epochs, peak, dropout) in enumerate(CYCLES):
        model.dropout.p = dropout
        train_cycle(model, pairs, cycle, epochs, peak, lambda epoch, loss, cycle=cycle: log(f"cycle {cycle + 1}, epoch {epoch}: training {loss:.3f} nats per word, smoothed"))
    found = translate(model, (source, target), [f for f, _ in validation])
    log(f"Multi30k val, greedy: BLEU {lowered_bleu(found, validation):.2f}")
    finish(log, model, source, target, program)


if __name__ == "__main__":
    main()
