"""The tagger: a window of hashed words, two GRUs that run forward (or, for teachers, both ways), a CRF on top."""
import numpy
import torch
from torch import nn
from torch.nn import functional as F

from .crf import Crf
from .words import PAD_AFTER, PAD_BEFORE, WordFeatures


class Vocabulary:
    """Every word seen so far, its features as one padded table; word numbers 0 and 1 stand for before and after the sentence."""

    def __init__(self, features):
        self.features, self.numbers, self.words, self.table = features, {}, [], None
        self.number(PAD_BEFORE)
        self.number(PAD_AFTER)

    def number(self, word):
        if word not in self.numbers:
            self.numbers[word] = len(self.words)
            self.words.append(word)
            self.table = None
        return self.numbers[word]

    def tables(self):
        """ids [words, slots] and weights [words, slots]."""
        if self.table is None:
            ids = numpy.zeros((len(self.words), self.features.slots), dtype=numpy.int64)
            weights = numpy.zeros((len(self.words), self.features.slots), dtype=numpy.float32)
            for i, word in enumerate(self.words):
                a, b = self.features(word)
                ids[i, :len(a)], weights[i, :len(b)] = a, b
            self.table = torch.from_numpy(ids), torch.from_numpy(weights)
        return self.table


class Tagger(nn.Module):
    def __init__(self, vocabulary, tags, dim=24, hidden=128, back=1, ahead=2, both_ways=False, drop_in=0.4, drop_out=0.5, drop_word=0.15):
        super().__init__()
        self.vocabulary, self.tags, self.back, self.ahead, self.drop_word = vocabulary, tags, back, ahead, drop_word
        self.drop_in, self.drop_out = drop_in, drop_out
        self.table = nn.Parameter(torch.randn(vocabulary.features.buckets, dim) * 0.1)
        self.mix = nn.Linear((back + 1 + ahead) * dim, hidden)
        ways = 2 if both_ways else 1
        self.first = nn.GRU(hidden, hidden, batch_first=True, bidirectional=both_ways)
        self.second = nn.GRU(hidden * ways, hidden, batch_first=True, bidirectional=both_ways)
        self.out = nn.Linear(hidden * ways, len(tags))
        self.crf = Crf(tags)

    def vectors(self, numbers):
        ids, weights = self.vocabulary.tables()
        ids, weights = ids[numbers], weights[numbers]
        if self.training:
            weights = weights.clone()
            weights[:, 0] *= (torch.rand(len(numbers)) > self.drop_word).float()
        return F.embedding_bag(ids, self.table, per_sample_weights=weights, mode="sum")

    def forward(self, words, lengths):
        """Logits [batch, time, tag] of word numbers [batch, time], padded with 1 (after the sentence)."""
        padded = F.pad(F.pad(words, (self.back, 0), value=0), (0, self.ahead), value=1)
        seen, places = padded.unique(return_inverse=True)
        vectors = self.vectors(seen)[places]
        steps = words.shape[1]
        window = torch.cat([vectors[:, i:i + steps] for i in range(self.back + 1 + self.ahead)], 2)
        x = F.dropout(window, self.drop_in, self.training)
        x = torch.tanh(self.mix(x))
        for gru in (self.first, self.second):
            x = F.dropout(x, self.drop_out, self.training)
            if gru.bidirectional:
                packed = nn.utils.rnn.pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
                x = nn.utils.rnn.pad_packed_sequence(gru(packed)[0], batch_first=True)[0]
            else:
                x = gru(x)[0]
        return self.out(F.dropout(x, self.drop_out, self.training))
