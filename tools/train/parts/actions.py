"""What pose-activity and video-activity share: a loss that looks at the end of a movement, and the figures."""
import torch
from torch.nn import functional as F

from .skeletons import ACTIONS


def late_weights(lengths):
    """Weights [batch, frame] of the loss, -1 behind a sequence's end: none before three tenths of it, then growing, and the last frame a fifth of all."""
    weights = torch.full((len(lengths), max(lengths)), -1.0)
    for i, length in enumerate(lengths):
        place = torch.arange(length) / (length - 1)
        w = torch.clamp((place - 0.3) / 0.7, min=0) ** 2
        weights[i, :length] = 0.8 * w / w.sum()
        weights[i, length - 1] += 0.2
    return weights


def weighted_loss(logits, labels, weights, smooth):
    """Mean over sequences of the weighted cross entropy of logits [batch, frame, action]."""
    told = labels[:, None].expand(logits.shape[:2])
    loss = F.cross_entropy(logits.flatten(0, 1), told.flatten(), reduction="none", label_smoothing=smooth)
    return (loss * weights.flatten().clamp(min=0)).sum() / len(labels)


def accuracy(found, sequences, place=1.0):
    """Share of sequences whose label is right when that part of them has passed; found holds logits [frame, action] of each."""
    return sum(int(logits[max(0, int(round(len(logits) * place)) - 1)].argmax()) == label for logits, (label, _, _) in zip(found, sequences)) / len(sequences)


def log_actions(log, found, sequences):
    """What each action was taken for at the end."""
    for k, action in enumerate(ACTIONS):
        said = [int(logits[-1].argmax()) for logits, (label, _, _) in zip(found, sequences) if label == k]
        log(f"{action:21s} {said.count(k)} of {len(said)}" + "".join(f", {ACTIONS[o]} {said.count(o)}" for o in sorted(set(said)) if o != k))
