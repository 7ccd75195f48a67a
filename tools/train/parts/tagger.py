"""The tagger: a window of hashed words, two GRUs that run forward, a CRF on top."""
import numpy
import torch
from torch import nn
from torch.nn import functional as F

from .crf import Crf
from .words import PAD_AFTER, PAD_BEFORE


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
    def __init__(self, vocabulary, tags, dim=24, hidden=128, back=1, ahead=2, drop_in=0.4, drop_out=0.5, drop_word=0.15):
        super().__init__()
        self.vocabulary, self.tags, self.back, self.ahead = vocabulary, tags, back, ahead
        self.drop_in, self.drop_out, self.drop_word = drop_in, drop_out, drop_word
        self.table = nn.Parameter(torch.randn(vocabulary.features.buckets, dim) * 0.1)
        self.mix = nn.Linear((back + 1 + ahead) * dim, hidden)
        self.first, self.second = nn.GRU(hidden, hidden), nn.GRU(hidden, hidden)
        self.out = nn.Linear(hidden, len(tags))
        self.crf = Crf(tags)

    def vectors(self, numbers):
        ids, weights = self.vocabulary.tables()
        ids, weights = ids[numbers], weights[numbers]
        if self.training:
            weights = weights.clone()
            weights[:, 0] *= (torch.rand(len(numbers)) > self.drop_word).float()
        return F.embedding_bag(ids, self.table, per_sample_weights=weights, mode="sum")

    def forward(self, words):
        """Logits [batch, time, tag] of word numbers [batch, time], padded with 1 (after the sentence)."""
        padded = F.pad(F.pad(words, (self.back, 0), value=0), (0, self.ahead), value=1)
        seen, places = padded.unique(return_inverse=True)
        vectors = self.vectors(seen)[places]
        steps = words.shape[1]
        window = torch.cat([vectors[:, i:i + steps] for i in range(self.back + 1 + self.ahead)], 2)
        x = F.dropout(window, self.drop_in, self.training)
        x = torch.tanh(self.mix(x)).transpose(0, 1)
        for gru in (self.first, self.second):
            x = gru(F.dropout(x, self.drop_out, self.training))[0]
        return self.out(F.dropout(x, self.drop_out, self.training).transpose(0, 1))


class StreamTagger(nn.Module):
    """What is exported: ids int64 and weights float32 [1, time, words of the window, slots] to logits [1, time, tag]."""

    def __init__(self, tagger):
        super().__init__()
        self.tagger = tagger
        self.back, self.ahead = tagger.back, tagger.ahead
        self.register_buffer("rest", torch.zeros(1, 1, tagger.first.hidden_size))

    def forward(self, ids, weights):
        tagger = self.tagger
        vectors = (F.embedding(ids, tagger.table) * weights.unsqueeze(-1)).sum(3)
        x = vectors.reshape(1, -1, (self.back + 1 + self.ahead) * tagger.table.shape[1])
        x = torch.tanh(tagger.mix(x)).transpose(0, 1)
        for gru in (tagger.first, tagger.second):
            x = gru(x, self.rest)[0]
        return tagger.out(x.transpose(0, 1))

    def windows(self, vocabulary, sentence):
        """The inputs for the words of a sentence."""
        numbers = [0] * self.back + [vocabulary.number(w) for w in sentence] + [1] * self.ahead
        ids, weights = vocabulary.tables()
        places = torch.tensor([numbers[t:t + self.back + 1 + self.ahead] for t in range(len(sentence))])
        return ids[places][None], weights[places][None]
