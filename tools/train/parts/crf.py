"""A linear-chain CRF over tags: its loss, Viterbi over the sentence and with a fixed lag. Batches are [batch, time, tag] with a mask."""
import numpy
import torch
from torch import nn

NEVER = -1e4


def bio_rules(tags):
    """(start, transitions): 0 where BIO allows it, NEVER where an I would continue nothing."""
    n = len(tags)
    start, trans = torch.zeros(n), torch.zeros(n, n)
    for j, tag in enumerate(tags):
        if tag[0] == "I":
            start[j] = NEVER
            for i, before in enumerate(tags):
                if before[2:] != tag[2:]:
                    trans[i, j] = NEVER
    return start, trans


class Crf(nn.Module):
    def __init__(self, tags):
        super().__init__()
        start, trans = bio_rules(tags)
        self.register_buffer("start_rule", start)
        self.register_buffer("trans_rule", trans)
        self.start_free = nn.Parameter(torch.zeros(len(tags)))
        self.trans_free = nn.Parameter(torch.zeros(len(tags), len(tags)))
        self.end_free = nn.Parameter(torch.zeros(len(tags)))

    def scores(self):
        return self.start_free + self.start_rule, self.trans_free + self.trans_rule, self.end_free

    def alphas(self, logits, mask):
        start, trans, _ = self.scores()
        a = start + logits[:, 0]
        out = [a]
        for t in range(1, logits.shape[1]):
            b = torch.logsumexp(a[:, :, None] + trans, 1) + logits[:, t]
            a = torch.where(mask[:, t, None], b, a)
            out.append(a)
        return out

    def loss(self, logits, tags, mask):
        """Sum of the negative log-likelihoods."""
        start, trans, end = self.scores()
        total = torch.logsumexp(self.alphas(logits, mask)[-1] + end, 1)
        m = mask.float()
        path = start[tags[:, 0]] + (logits.gather(2, tags[:, :, None])[:, :, 0] * m).sum(1)
        path = path + (trans[tags[:, :-1], tags[:, 1:]] * m[:, 1:]).sum(1)
        last = tags.gather(1, mask.sum(1, keepdim=True) - 1)[:, 0]
        return (total - path - end[last]).sum()


def viterbi(logits, start, trans, end, lag=None):
    """Tags of one sentence, [time, tag] logits. With a lag, the tag of t is fixed when t + lag has been seen and later paths must agree with it."""
    steps, n = logits.shape
    back = numpy.zeros((steps, n), dtype=numpy.int64)
    tags = numpy.zeros(steps, dtype=numpy.int64)
    score = start + logits[0]
    for t in range(steps):
        if t > 0:
            paths = score[:, None] + trans
            back[t] = paths.argmax(0)
            score = paths.max(0) + logits[t]
        if lag is not None and t >= lag:
            at = numpy.arange(n)
            for u in range(t, t - lag, -1):
                at = back[u][at]
            tags[t - lag] = at[score.argmax()]
            score = numpy.where(at == tags[t - lag], score, -numpy.inf)
    best = (score + end).argmax()
    first = 0 if lag is None else max(0, steps - lag)
    for t in range(steps - 1, first - 1, -1):
        tags[t] = best
        best = back[t][best]
    return tags
