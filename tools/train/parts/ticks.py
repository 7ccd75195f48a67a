"""Trains models/ticks: the direction of the next change of a stock's mid price, at every event of its order book."""
import gzip

import numpy
import torch
from torch import nn
from torch.nn import functional as F

from .export import Average, export, start
from .fit import improve
from .place import Log, data, output, parameters, rounded, write_card, write_golden

LABELS = ["down", "up"]
COLUMNS = ["type", "order", "size", "price", "side", "ask", "askSize", "bid", "bidSize"]  # of a row, beside its time
TICK, DECAYS = 100.0, (0.05, 0.5, 5.0, 60.0)  # smallest step of prices, in their unit; seconds in which the running sums fall to 1/e
LOT, LIMIT = 100.0, 5.0  # shares; the standardised features are cut there
EVENTS, TRADES = (1, 2, 3, 4, 5), (4, 5)  # types of LOBSTER: new, cut, deleted, executed, executed unseen
HIDDEN, MEMBERS, WARM, WINDOW, BATCH, EPOCHS, PEAK = 48, 3, 30, 100, 32, 20, 4e-3
DROP, NOISE, DECAY, WEIGHT_DECAY = 0.15, 0.05, 0.98, 0.02
SEED, OTHER_SEEDS = 1, (2, 3)
BLOCKS, GUARD = ((10000, 16000), (22000, 28000), (34000, 40260)), 200  # events left out in turn to choose the recipe; events before them that are not learned from either


def read(part):
    """Times [event] and rows [event, column] of the messages joined with the book after each."""
    def table(kind, delimiter):
        with gzip.open(data(f"limit-order-book/AMZN_2012-06-21_{kind}_1-{part}.csv.gz"), "rt") as file:
            return numpy.loadtxt(file, delimiter=delimiter)
    messages, books = table("message", ","), table("orderbook", ";")
    return messages[:, 0], numpy.concatenate([messages[:, 1:], books], 1)


def directions(rows):
    """[event] 1 where the next change of the mid price after the event is upward, 0 downward, -1 where none follows."""
    mid = rows[:, 5] + rows[:, 7]
    labels, ahead = numpy.full(len(mid), -1), -1
    for i in range(len(mid) - 2, -1, -1):
        if mid[i + 1] != mid[i]:
            ahead = int(mid[i + 1] > mid[i])
        labels[i] = ahead
    return labels


def features(times, rows):
    """[event, feature] before shifting and scaling. The C# twin is OrderBookFrontEnd."""
    sums = numpy.zeros((3, len(DECAYS)))  # flow, trades, moves
    decays = numpy.array(DECAYS)
    found, before = [], None
    last_move, last_bid, last_ask, moved_at, traded = 0.0, 0.0, 0.0, times[0], None
    for time, row in zip(times, rows):
        kind, _, size, price, side, ask, ask_size, bid, bid_size = row
        mid, spread = (ask + bid) / 2, (ask - bid) / TICK
        gap = flow = move = bid_move = ask_move = 0.0
        if before is not None:
            gap = time - before[0]
            flow = numpy.arcsinh(order_flow(before[1], row) / LOT)
            bid_move, ask_move = (bid - before[1][7]) / TICK, (ask - before[1][5]) / TICK
            move = (bid_move + ask_move) / 2
        if kind not in EVENTS:
            size = 0.0
        traded = price if kind in TRADES else traded
        trade = -side * numpy.log1p(size / LOT) if kind in TRADES else 0.0
        sums = sums * numpy.exp(-gap / decays) + numpy.array([[flow], [trade], [numpy.arcsinh(move)]])
        if move != 0:
            last_move, moved_at = move, time
        last_bid, last_ask = bid_move or last_bid, ask_move or last_ask
        imbalance = (bid_size - ask_size) / (bid_size + ask_size)
        events = numpy.zeros(2 * len(EVENTS))
        if kind in EVENTS:
            events[2 * EVENTS.index(kind) + (side > 0)] = 1
        place = numpy.arcsinh(side * (price - mid) / TICK) if kind in EVENTS else 0.0
        found.append(numpy.concatenate([
            [numpy.log1p(1000 * gap), numpy.log1p(1000 * (time - moved_at)), numpy.log1p(spread), imbalance, imbalance * spread,
             numpy.log1p(bid_size / LOT), numpy.log1p(ask_size / LOT), numpy.arcsinh(last_move), place, side * place, side * numpy.log1p(size / LOT), flow,
             numpy.arcsinh(last_bid), numpy.arcsinh(last_ask), numpy.arcsinh(bid_move), numpy.arcsinh(ask_move),
             0.0 if traded is None else numpy.arcsinh((traded - mid) / TICK)],
            events, sums.ravel()]))
        before = (time, row)
    return numpy.array(found)


def order_flow(old, new):
    """Shares that the event added to the demand at the best prices less those that it added to the supply (Cont, Kukanov, Stoikov 2014)."""
    demand = (new[8] if new[7] >= old[7] else 0) - (old[8] if new[7] <= old[7] else 0)
    supply = (new[6] if new[5] <= old[5] else 0) - (old[6] if new[5] >= old[5] else 0)
    return demand - supply


class Member(nn.Module):
    """A GRU beside a linear path: what the features say at once needs no memory."""

    def __init__(self, features):
        super().__init__()
        self.gru = nn.GRU(features, HIDDEN)
        self.out, self.skip = nn.Linear(HIDDEN, len(LABELS)), nn.Linear(features, len(LABELS))
        self.register_buffer("rest", torch.zeros(1, 1, HIDDEN))

    def forward(self, x):
        """Log-odds [batch, event, label] of standardised features [batch, event, feature]."""
        seen = F.dropout(x, DROP / 3, self.training).transpose(0, 1)
        y = self.gru(seen, start(self.rest, seen))[0].transpose(0, 1)
        return self.out(F.dropout(y, DROP, self.training)) + self.skip(x)


class Ticks(nn.Module):
    """The mean of several members' log-odds."""

    def __init__(self, mean, scale, members=()):
        super().__init__()
        self.mean, self.scale, self.members = mean, scale, nn.ModuleList(members)

    def forward(self, x):
        total = self.members[0](x)
        for member in self.members[1:]:
            total = total + member(x)
        return total / len(self.members)

    def standardised(self, raw):
        return torch.from_numpy(numpy.clip((raw - self.mean) * self.scale, -LIMIT, LIMIT).astype(numpy.float32))


def train(raw, labels, seed):
    model = Ticks(raw.mean(0).astype(numpy.float32), (1 / (raw.std(0) + 1e-6)).astype(numpy.float32))
    x, y = model.standardised(raw), torch.from_numpy(labels)
    return Ticks(model.mean, model.scale, [train_member(x, y, seed * 100 + i) for i in range(MEMBERS)]).eval()


def train_member(x, y, seed):
    torch.manual_seed(seed)
    rng = numpy.random.default_rng(seed)
    member = Member(x.shape[1])
    length = WARM + WINDOW
    steps = EPOCHS * max(1, len(x) // (WINDOW * BATCH))
    optimizer = torch.optim.AdamW(member.parameters(), lr=PEAK, weight_decay=WEIGHT_DECAY)
    rate = torch.optim.lr_scheduler.OneCycleLR(optimizer, PEAK, total_steps=steps + 1, pct_start=0.2)
    average = Average(member, DECAY)
    member.train()
    for _ in range(steps):
        at = torch.from_numpy(rng.integers(0, len(x) - length, BATCH))[:, None] + torch.arange(length)
        seen = x[at] + NOISE * torch.randn(BATCH, length, x.shape[1])
        loss = F.cross_entropy(member(seen)[:, WARM:].flatten(0, 1), y[at][:, WARM:].flatten(), ignore_index=-1)
        improve(member, loss, optimizer, average)
        rate.step()
    average.apply()
    return member


def logistic(x, labels):
    """Logistic regression on features [event, feature]: a function from features to the log-odds of each label."""
    chosen = labels >= 0
    x, y = x[chosen].double(), torch.from_numpy(labels[chosen])
    weights, bias = torch.zeros(x.shape[1], dtype=torch.double, requires_grad=True), torch.zeros(1, dtype=torch.double, requires_grad=True)
    optimizer = torch.optim.LBFGS([weights, bias], max_iter=200, line_search_fn="strong_wolfe")

    def closure():
        optimizer.zero_grad()
        loss = F.binary_cross_entropy_with_logits(x @ weights + bias, y.double()) + 1e-5 * (weights ** 2).sum()
        loss.backward()
        return loss

    optimizer.step(closure)
    return lambda seen: odds((seen.double() @ weights + bias).detach())


def odds(up):
    """Log-odds [event, label] of those of "up"."""
    return torch.stack([torch.zeros_like(up), up], 1)


def scores(logits, labels):
    """Macro F1 and log-loss of logits [event, label] over the events that have a label."""
    chosen = labels >= 0
    logits, y = logits[torch.from_numpy(chosen)], torch.from_numpy(labels[chosen])
    said = logits.argmax(1)
    f1 = [2 * float(((said == k) & (y == k)).sum()) / max(1, float((said == k).sum() + (y == k).sum())) for k in range(len(LABELS))]
    return sum(f1) / len(f1), float(F.cross_entropy(logits.float(), y))


def answers(model, raw):
    """Logits [event, label] when the events come as one stream that begins with the first."""
    with torch.no_grad():
        return model(model.standardised(raw)[None])[0]


def baselines(raw, labels, raw_train, labels_train, model):
    """(name, macro F1, log-loss) of rules with one fitted number, or with a weight for each feature."""
    move, imbalance = 7, 3
    found = []
    for name, column in (("last move", move), ("book imbalance", imbalance)):
        pick = (lambda r: numpy.sign(r[:, [column]])) if column == move else (lambda r: r[:, [column]])
        fitted = logistic(torch.from_numpy(pick(raw_train)), labels_train)
        found.append((f"{name}, fitted", *scores(fitted(torch.from_numpy(pick(raw))), labels)))
    fitted = logistic(model.standardised(raw_train), labels_train)
    found.append(("logistic regression on the same features", *scores(fitted(model.standardised(raw)), labels)))
    return found


def main():
    torch.set_num_threads(1)
    log = Log("ticks")
    times, rows = read("train")
    raw, labels = features(times, rows), directions(rows)
    test_times, test_rows = read("test")
    test_raw, test_labels = features(test_times, test_rows), directions(test_rows)
    log(f"{len(rows)} training events, {int((numpy.diff(rows[:, 5] + rows[:, 7]) != 0).sum())} changes of the mid price; {len(test_rows)} test events, "
        f"{int((numpy.diff(test_rows[:, 5] + test_rows[:, 7]) != 0).sum())} changes")
    held = blocks(raw, labels)
    log(f"{len(BLOCKS)} blocks of the training day left out in turn: macro F1 {held[0]:.4f}, log-loss {held[1]:.4f}; logistic regression {held[2]:.4f}, {held[3]:.4f}")
    model = train(raw, labels, SEED)
    found = scores(answers(model, test_raw), test_labels)
    log(f"test: macro F1 {found[0]:.4f}, log-loss {found[1]:.4f} over {int((test_labels >= 0).sum())} events that a change follows")
    rules = baselines(test_raw, test_labels, raw, labels, model)
    for name, f1, loss in rules:
        log(f"test, {name}: macro F1 {f1:.4f}, log-loss {loss:.4f}; the model is better by {found[0] - f1:+.4f}, {loss - found[1]:+.4f}")
    others = [scores(answers(train(raw, labels, seed), test_raw), test_labels) for seed in OTHER_SEEDS]
    log(f"test, other seeds, for the spread: {', '.join(f'{f1:.4f} / {loss:.4f}' for f1, loss in others)}")
    log(f"parameters {parameters(model)}")
    command = "seqstream eval ticks --data ../shared/data/limit-order-book/AMZN_2012-06-21_message_1-test.csv.gz"
    test = f"LOBSTER AMZN 2012-06-21 level 1, {len(test_rows)} test events"
    figures = [("macro F1", found[0], test, command), ("log-loss", found[1], test, command)]
    for name, f1, loss in rules:
        figures += [(f"macro F1 above {name}", found[0] - f1, test, "tools/train/ticks"), (f"log-loss below {name}", loss - found[1], test, "tools/train/ticks")]
    finish(log, model, figures)


def blocks(raw, labels):
    """Mean macro F1 and log-loss, the model's and those of logistic regression, when blocks of the training day are left out in turn."""
    found = []
    for first, last in BLOCKS:
        known = labels.copy()
        known[first - GUARD:last] = -1
        model = train(raw, known, SEED)
        fitted = logistic(model.standardised(raw), known)
        held = labels[first:last]
        found.append(scores(answers(model, raw[first - GUARD:last])[GUARD:], held) + scores(fitted(model.standardised(raw[first:last])), held))
    return numpy.mean(found, 0)


def finish(log, model, figures):
    """Writes the model, its card and its golden sequences."""
    size = export(model, (torch.zeros(1, 5, len(model.mean)),), ["x"], ["logits"], output("ticks") / "model.onnx")
    log(f"model.onnx {size} bytes")
    write_golden("ticks", [golden(model, seed) for seed in range(6)])
    write_card("ticks", {
        "name": "ticks", "title": "The direction of the next change of a stock's mid price, at every event of its order book", "task": "tick prediction", "shape": "many-to-many",
        "model": "model.onnx", "licence": "MIT", "labels": LABELS,
        "frontEnd": {"type": "order-book", "channels": 1 + len(COLUMNS), "tick": TICK, "lot": LOT, "decays": list(DECAYS), "limit": LIMIT,
                     "mean": rounded(model.mean.tolist(), 7), "scale": rounded(model.scale.tolist(), 7)},
        "decoder": {"type": "labels"},
        "formats": {"in": "csv", "out": "text"},
        "parameters": parameters(model),
        "figures": [{"metric": metric, "value": round(float(value), 4), "data": rows, "command": command} for metric, value, rows, command in figures],
        "evaluation": {"type": "next-move", "format": "lobster"},
    })


def made_up(seed, events=60):
    """Times and rows of no market: orders come and go at random round a price that walks."""
    rng = numpy.random.default_rng(seed)
    time, bid, ask, sizes = 100.0, 500000.0, 500300.0, [200.0, 300.0]
    times, rows = [], []
    for i in range(events):
        time += numpy.round(rng.exponential(0.5 * 4.0 ** rng.integers(-3, 2)) * 1024) / 1024  # exact in float32
        kind, side = int(rng.choice([1, 1, 2, 3, 4, 5, 7], p=[0.3, 0.2, 0.05, 0.25, 0.13, 0.05, 0.02])), int(rng.choice([-1, 1]))
        size, price = float(rng.integers(1, 400)), (bid if side > 0 else ask) + TICK * int(rng.integers(-3, 3))
        if kind not in EVENTS:
            size, price = 0.0, -1.0
        sizes[int(rng.integers(2))] = float(rng.integers(1, 900))
        if rng.random() < 0.3:
            bid += TICK * int(rng.integers(-3, 4))
            ask = max(ask + TICK * int(rng.integers(-3, 4)), bid + TICK)
        times.append(time)
        rows.append([kind, i + 1, size, price, side, ask, sizes[0], bid, sizes[1]])
    return numpy.array(times), numpy.array(rows)


def golden(model, seed):
    """Rows that begin with the time, the features of each and the answers."""
    times, rows = made_up(seed)
    x = model.standardised(features(times, rows))
    with torch.no_grad():
        y = model(x[None])[0]
    return {"rows": numpy.concatenate([times[:, None], rows], 1).tolist(), "inputs": {"x": rounded(x.tolist())}, "outputs": {"logits": rounded(y.tolist())}}


if __name__ == "__main__":
    main()
