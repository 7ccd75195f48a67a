"""One step of the translator: a word read, a word read backwards, or a word written by each hypothesis of a beam."""
import os
import warnings

import torch
from torch import nn
from torch.nn import functional

from .translation import START

READ, BACK, BEGIN, WRITE = range(4)  # what a step does
NOTHING = -1e9  # added to the score of a place that holds no word


def gru(cell, x, h):
    """The GRU's equations on rows x and h, with PyTorch's order of gates."""
    a, b = functional.linear(x, cell.weight_ih_l0, cell.bias_ih_l0), functional.linear(h, cell.weight_hh_l0, cell.bias_hh_l0)
    size = h.shape[1]
    r = torch.sigmoid(a[:, :size] + b[:, :size])
    z = torch.sigmoid(a[:, size:2 * size] + b[:, size:2 * size])
    n = torch.tanh(a[:, 2 * size:] + r * b[:, 2 * size:])
    return n + z * (h - n)


class TranslatorStep(nn.Module):
    """Inputs: `source` the word read, `phase` what to do, `place` the word's place in the sentence, `target` the last word of each hypothesis, `parents` which
    hypothesis each one continues. States: both encoder GRUs, the memory [places, hidden] with the number of its words, both decoder GRUs of every hypothesis.

    READ: the forward GRU takes the word; its map is put into the memory; at place 0 everything begins anew. BACK: the backward GRU takes the word, from the last one to
    the first; its map is added. BEGIN: the hypotheses begin from the backward GRU, behind the mark that starts a sentence. WRITE: they go on from their parents, behind
    `target`. Both answer the log-probability of every word and where each hypothesis looked."""

    INPUTS = ["source", "phase", "place", "target", "parents"]
    STATES = ["forward", "backward", "memory", "length", "ask", "answer"]

    def __init__(self, model, places, beam):
        super().__init__()
        self.model, self.places, self.beam = model, places, beam
        self.register_buffer("at", torch.arange(places, dtype=torch.float32))

    def first(self):
        """Inputs and states to trace with."""
        m, word = self.model, torch.zeros(1, dtype=torch.long)
        hidden, encoder = m.query.weight.shape[0], m.forwards.hidden_size
        rows = torch.zeros(self.beam, hidden)
        return (word, word, word, torch.zeros(self.beam, dtype=torch.long), torch.arange(self.beam), torch.zeros(1, encoder), torch.zeros(1, encoder),
                torch.zeros(self.places, hidden), torch.zeros(1), rows, rows.clone())

    def forward(self, source, phase, place, target, parents, forward, backward, memory, length, ask, answer):
        m = self.model
        reads, backs, begins = phase == READ, phase == BACK, phase == BEGIN
        where, zero = place.float(), torch.zeros(1)
        x = m.source(source)
        forward = torch.where(reads, gru(m.forwards, x, torch.where(place == 0, zero, forward)), forward)
        length = torch.where(reads, where + 1, length)
        backward = torch.where(backs, gru(m.backwards, x, torch.where(where + 1 == length, zero, backward)), backward)
        kept = memory[place]
        kept = torch.where(reads, m.keep_forward(forward), kept + torch.where(backs, m.keep_backward(backward), zero))
        memory = memory.index_put((place,), kept)
        ask = torch.where(begins, torch.tanh(m.begin(backward)), ask[parents])
        answer = torch.where(begins, zero, answer[parents])
        ask = gru(m.ask, m.target(torch.where(begins, torch.full((1,), START), target)), ask)
        seen = (memory @ m.query(ask).transpose(0, 1)).transpose(0, 1)
        attention = torch.softmax(torch.where(self.at < length, seen, torch.full((1,), NOTHING)), -1)
        c = attention @ memory
        answer = gru(m.answer, torch.cat([ask, c], -1), answer)
        o = torch.tanh(m.shrink(torch.cat([answer, c], -1)))
        scores = functional.log_softmax(functional.linear(o, m.target.weight, m.bias), -1)
        return scores, attention, forward, backward, memory, length, ask, answer


def export(model, path, places, beam):
    """Writes the step model; names pair its states."""
    step = TranslatorStep(model, places, beam).eval()
    outputs = ["scores", "attention"] + [f"{s}_new" for s in step.STATES]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(step, step.first(), str(path), input_names=step.INPUTS + step.STATES, output_names=outputs, opset_version=13, do_constant_folding=False)
    return os.path.getsize(path)
