"""Drawings as strokes: reading, simplifying, varying. SeqStream.FrontEnds.Strokes is the twin of fit and simplify."""
import json
import zipfile

import numpy as np

CANVAS, TOLERANCE, PIXELS = 255.0, 3.0, 1.25  # the longer side of a drawing; how far a simplified line may be off, in units of the canvas and, if that is more, of the source


def read_quickdraw(path, recognized=False):
    """{category: [drawing]} of a zip of ndjson files, all or those that were recognized; a drawing is a list of strokes [n, 2]."""
    found = {}
    with zipfile.ZipFile(path) as archive:
        for name in sorted(archive.namelist()):
            lines = [json.loads(line) for line in archive.read(name).decode().splitlines() if line]
            found[name.rsplit("/")[-1][:-len(".ndjson")]] = [[np.array(s[:2], dtype=np.float64).T for s in line["drawing"]] for line in lines if line["recognized"] or not recognized]
    return found


def read_kanji(path, part):
    """Drawings of short_kanji.npz."""
    drawings = []
    for rows in np.load(path, allow_pickle=True, encoding="latin1")[part]:
        at = np.cumsum(rows[:, :2].astype(np.float64), 0)
        ends = np.flatnonzero(rows[:, 2]) + 1
        drawings.append([s for s in np.split(at, ends) if len(s)])
    return drawings


def write_quickdraw(path, category, drawings):
    """Writes drawings in the form of Quick, Draw!, for `seqstream eval`."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{category}.ndjson", "".join(json.dumps({"word": category, "drawing": [[s[:, 0].tolist(), s[:, 1].tolist()] for s in d]}) + "\n" for d in drawings))


def fit(drawing):
    """Moved and scaled so that the box's corner is (0, 0) and its longer side CANVAS."""
    points = np.concatenate(drawing)
    low, side = points.min(0), (points.max(0) - points.min(0)).max()
    return [(s - low) * (CANVAS / side if side > 0 else 1.0) for s in drawing]


def simplify(stroke, tolerance=TOLERANCE):
    """Ramer, Douglas and Peucker: the points that keep the line within the tolerance."""
    keep, spans = {0, len(stroke) - 1}, [(0, len(stroke) - 1)]
    while spans:
        a, b = spans.pop()
        if b - a < 2:
            continue
        line, rel = stroke[b] - stroke[a], stroke[a + 1:b] - stroke[a]
        length = np.hypot(*line)
        off = np.abs(line[0] * rel[:, 1] - line[1] * rel[:, 0]) / length if length > 0 else np.hypot(rel[:, 0], rel[:, 1])
        k = int(off.argmax())
        if off[k] > tolerance:
            keep.add(a + 1 + k)
            spans += [(a, a + 1 + k), (a + 1 + k, b)]
    return stroke[sorted(keep)]


def prepare(drawing):
    """A drawing fitted and simplified, so far at least that a small one loses the steps of its source's pixels."""
    fitted, points = fit(drawing), np.concatenate(drawing)
    side = (points.max(0) - points.min(0)).max()
    tolerance = max(TOLERANCE, PIXELS * CANVAS / side) if side > 0 else TOLERANCE
    return [simplify(s, tolerance) for s in fitted]


def offsets(drawing):
    """[n, 3] float32: dx, dy from the point before (the first from the canvas's centre), and 1 where the pen lifts after it."""
    points = np.concatenate([[[CANVAS / 2, CANVAS / 2]]] + drawing)
    lifted = np.zeros(len(points) - 1)
    lifted[np.cumsum([len(s) for s in drawing]) - 1] = 1
    return np.column_stack([np.diff(points, axis=0), lifted]).astype(np.float32)


def varied(drawing, rng, mirror):
    """The drawing turned, stretched, sheared, shaken and thinned a little."""
    turn, shear = rng.normal(0, 0.06), rng.normal(0, 0.06)
    stretch = np.exp(rng.normal(-0.05, 0.1, 2)) * (-1 if mirror and rng.random() < 0.5 else 1, 1)
    matrix = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]]) @ np.array([[1, 0], [shear, 1]]) * stretch
    middle, strokes = CANVAS / 2, []
    for stroke in drawing:
        kept = np.ones(len(stroke), bool)
        if len(stroke) > 4:
            kept[1:-1] = rng.random(len(stroke) - 2) > 0.06
        strokes.append((stroke[kept] - middle) @ matrix + middle + rng.normal(0, 3, 2) + rng.normal(0, 0.9, (kept.sum(), 2)))
    return strokes
