"""Figures of a trained model that the program measures, where only the program has the decoder."""
import json
import os
import pathlib
import subprocess
import sys

from .place import ROOT


def program():
    """The path of seqstream: SEQSTREAM, or what was built here. Asked for before a long training, since it is needed after it."""
    path = pathlib.Path(os.environ.get("SEQSTREAM") or ROOT / "artifacts/bin/SeqStream.Cli/release/seqstream")
    if not path.exists():
        print(f"tools/train: '{path}' is absent; it measures the figures of the trained model. Build it (dotnet build -c Release), or set SEQSTREAM to a program elsewhere.", file=sys.stderr)
        sys.exit(69)
    return path


def figures(program, folder, file):
    """{metric: value} of the model in a folder, with the weights as they were trained."""
    found = subprocess.run([program, "eval", folder, "--data", file, "--weights", "f32", "--json"], check=True, capture_output=True)
    return json.loads(found.stdout)[0]["figures"]
