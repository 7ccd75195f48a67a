"""The training loop that small models share: AdamW, a one-cycle rate, clipped gradients, averaged weights."""
import torch
from torch import nn

from .export import Average


def fit(model, count, loss_of, rng, epochs, batch, peak, weight_decay, decay, log=None):
    """Trains a model in place on count sequences and leaves it with its averaged weights, ready to answer. loss_of(chosen) is the loss of the sequences with those numbers."""
    optimizer = torch.optim.AdamW(model.parameters(), lr=peak, weight_decay=weight_decay)
    batches = -(-count // batch)
    rate = torch.optim.lr_scheduler.OneCycleLR(optimizer, peak, total_steps=epochs * batches + 1, pct_start=0.2)
    average = Average(model, decay)
    model.train()
    for epoch in range(epochs):
        order, total = rng.permutation(count), 0.0
        for i in range(0, count, batch):
            loss = loss_of(order[i:i + batch])
            improve(model, loss, optimizer, average)
            rate.step()
            total += loss.item()
        if log and epoch % 5 == 4:
            log(f"epoch {epoch + 1}: loss {total / batches:.4f}")
    average.apply()
    model.eval()
    return model


def improve(model, loss, optimizer, average):
    """One step down the gradient of a batch's loss, clipped at a norm of 1, into the average."""
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    average.update()
