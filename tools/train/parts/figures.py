"""Bodies drawn as grey pictures: limbs as bars with round ends, nearer ones brighter. SeqStream.Hosting.Evaluation.FigureDrawing is the twin, bit for bit:
all of it is float32 addition, multiplication, division and square root, in this order."""
import base64
import json
import struct
import zlib

import numpy

from .place import ROOT
from .skeletons import made_up, normalised

SIDE, UNIT, CENTRE_X, CENTRE_Y = 48, 9.0, 23.5, 22.0  # pixels: a side; the torso; where the hip of the first frame is
EVERY = 2  # frames of joints for one picture
BONES = [(19, 2), (2, 0), (2, 1), (0, 7), (7, 9), (9, 11), (1, 8), (8, 10), (10, 12), (2, 3), (3, 6), (6, 4), (6, 5), (4, 13), (13, 15), (15, 17), (5, 14), (14, 16), (16, 18), (19, 19)]
HEAD = 2.0  # times the thickness of the other bones
MIDDLE, NEARER, DARKEST = 0.55, 0.2, 0.2  # brightness at the hip's depth; gained by a torso nearer; the least


def look(number):
    """Size, place right and down in pixels, and half the thickness in pixels, of the figure of the number-th sequence."""
    return 0.85 + 0.05 * (number * 29 % 7), (number * 37 % 13 - 6) / 2, (number * 53 % 9 - 4) / 2, 0.8 + 0.1 * (number * 41 % 9)


def drawn(body, size, right, down, thickness):
    """Pictures [frame, 48, 48] of bytes of normalised joints [frame, 20, 3]."""
    x = (CENTRE_X + right + UNIT * size * body[:, :, 0]).astype(numpy.float32)
    y = (CENTRE_Y + down - UNIT * size * body[:, :, 1]).astype(numpy.float32)
    z = body[:, :, 2].astype(numpy.float32)
    light = numpy.zeros((len(body), SIDE, SIDE), numpy.float32)
    one = numpy.float32
    for a, b in BONES:
        half = one(thickness * HEAD if a == b else thickness) + one(0.5)
        columns, rows = near(x, a, b, half), near(y, a, b, half)
        across, along = numpy.arange(*columns, dtype=numpy.float32)[None, None, :], numpy.arange(*rows, dtype=numpy.float32)[None, :, None]
        at_x, at_y, at_z = (v[:, a, None, None] for v in (x, y, z))
        to_x, to_y, to_z = x[:, b, None, None] - at_x, y[:, b, None, None] - at_y, z[:, b, None, None] - at_z
        square = numpy.maximum(to_x * to_x + to_y * to_y, one(1e-6))
        part = numpy.clip(((across - at_x) * to_x + (along - at_y) * to_y) / square, one(0), one(1))
        off_x, off_y = across - (at_x + part * to_x), along - (at_y + part * to_y)
        cover = numpy.clip(half - numpy.sqrt(off_x * off_x + off_y * off_y), one(0), one(1))
        seen = light[:, slice(*rows), slice(*columns)]
        numpy.maximum(seen, cover * numpy.clip(one(MIDDLE) - one(NEARER) * (at_z + part * to_z), one(DARKEST), one(1)), out=seen)
    return numpy.floor(light * one(255) + one(0.5)).astype(numpy.uint8)


def near(places, a, b, half):
    """First pixel and the one behind the last that a bar between two joints can touch in any frame."""
    ends = places[:, [a, b]]
    first, last = int(numpy.floor(max(ends.min() - half, 0))), int(numpy.ceil(min(ends.max() + half, SIDE - 1))) + 1
    return min(first, SIDE), max(last, min(first, SIDE))


def svg(pictures, said, zoom=1.5, across=8):
    """Pictures in rows, each with a label and a probability below it."""
    wide, high = int(SIDE * zoom) + 24, int(SIDE * zoom) + 30
    rows = -(-len(pictures) // across)
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{across * wide}" height="{rows * high}" font-family="sans-serif" font-size="9" text-anchor="middle">',
             f'<rect width="{across * wide}" height="{rows * high}" fill="white"/>']
    for i, (picture, (label, probability)) in enumerate(zip(pictures, said)):
        x, y, side = i % across * wide, i // across * high, int(SIDE * zoom)
        parts.append(f'<image x="{x + 12}" y="{y + 4}" width="{side}" height="{side}" href="data:image/png;base64,{base64.b64encode(png(picture)).decode()}"/>'
                     f'<text x="{x + wide / 2}" y="{y + side + 14}">{label}</text><text x="{x + wide / 2}" y="{y + side + 24}">{probability:.2f}</text>')
    return "\n".join(parts + ["</svg>"]) + "\n"


def png(picture):
    """A grey picture of bytes [row, column] as a PNG file."""
    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
    rows = b"".join(b"\0" + row.tobytes() for row in picture)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", picture.shape[1], picture.shape[0], 8, 0, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")


def main():
    """Writes joints of nobody and their pictures for the tests of the twin."""
    lines = []
    for number in range(3):
        joints = numpy.round(made_up(number, 5), 4)[::EVERY]
        pictures = drawn(normalised(joints), *look(number))
        lines.append({"number": number, "joints": joints.reshape(len(joints), -1).tolist(), "pictures": [p.tobytes().hex() for p in pictures]})
    (ROOT / "tests/SeqStream.Hosting.Tests/Evaluation/figures-golden.json").write_text(json.dumps(lines, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
