"""Encoder-decoder with attention: trained over whole sentences, run one word at a time."""
import torch
from torch import nn
from torch.nn import functional

from .translation import END, START


class Translator(nn.Module):
    """Words read in both directions make the memory; a GRU asks the memory by attention, a second one answers.

    memory(t) = forward(t) + backward(t), each a linear map of its GRU; state of the first decoder GRU at the start: tanh(linear(backward(first word)))."""

    def __init__(self, sources, targets, dim=128, encoder=160, hidden=192, dropout=0.3):
        super().__init__()
        self.source, self.target = nn.Embedding(sources, dim), nn.Embedding(targets, dim)
        nn.init.normal_(self.source.weight, std=0.1)
        nn.init.normal_(self.target.weight, std=0.1)
        self.forwards, self.backwards = nn.GRU(dim, encoder, batch_first=True), nn.GRU(dim, encoder, batch_first=True)
        self.keep_forward, self.keep_backward = nn.Linear(encoder, hidden), nn.Linear(encoder, hidden, bias=False)
        self.begin = nn.Linear(encoder, hidden)
        self.ask, self.answer = nn.GRU(dim, hidden, batch_first=True), nn.GRU(2 * hidden, hidden, batch_first=True)
        self.query = nn.Linear(hidden, hidden, bias=False)
        self.shrink = nn.Linear(2 * hidden, dim)
        self.bias = nn.Parameter(torch.zeros(targets))
        self.dropout = nn.Dropout(dropout)

    def encode(self, source):
        """source [batch, words], all of one length; memory [batch, words, hidden], first state [1, batch, hidden]."""
        x = self.dropout(self.source(source))
        f, _ = self.forwards(x)
        b, _ = self.backwards(x.flip(1))
        b = b.flip(1)
        return self.keep_forward(self.dropout(f)) + self.keep_backward(self.dropout(b)), torch.tanh(self.begin(b[:, 0]))[None]

    def decode(self, memory, ask, answer, target):
        """target [batch, words]: the words before those scored; log-free scores [batch, words, targets], attention, the two states."""
        s, ask = self.ask(self.dropout(self.target(target)), ask)
        attention = torch.softmax(self.query(s) @ memory.transpose(1, 2), -1)
        c = attention @ memory
        a, answer = self.answer(self.dropout(torch.cat([s, c], -1)), answer)
        o = torch.tanh(self.shrink(self.dropout(torch.cat([a, c], -1))))
        return o, attention, ask, answer

    def scores(self, o):
        return functional.linear(self.dropout(o), self.target.weight, self.bias)

    def forward(self, source, target):
        """Scores of every target word and of the end."""
        memory, ask = self.encode(source)
        o, _, _, _ = self.decode(memory, ask, torch.zeros_like(ask), target)
        return self.scores(o)


def greedy(model, sources, longest=60):
    """[(target id, most attended source place)] of each of some sources of equal length."""
    with torch.no_grad():
        memory, ask = model.encode(sources)
        answer, word = torch.zeros_like(ask), torch.full((len(sources), 1), START)
        found, done = [[] for _ in sources], [False] * len(sources)
        for _ in range(longest):
            o, attention, ask, answer = model.decode(memory, ask, answer, word)
            word = model.scores(o)[:, -1].argmax(-1, keepdim=True)
            for i, (w, place) in enumerate(zip(word[:, 0].tolist(), attention[:, -1].argmax(-1).tolist())):
                done[i] = done[i] or w == END
                if not done[i]:
                    found[i].append((w, place))
            if all(done):
                break
    return found
