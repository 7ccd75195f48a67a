"""What the program, seqstream, measures of a trained model."""
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
        print(f"tools/train: '{path}' is absent; it measures trained models. Build it (dotnet build -c Release), or set SEQSTREAM to a program elsewhere.", file=sys.stderr)
        sys.exit(69)
    return path.resolve()


def figures(program, folder, file):
    """{metric: value} of the model in a folder, with the weights as they were trained."""
    return ask(program, "eval", folder.resolve(), "--data", file.resolve(), "--weights", "f32")[0]["figures"]


def ask(program, *arguments):
    """What the program says in JSON, run where commands in cards and READMEs are meant to be."""
    return json.loads(subprocess.run([program, *arguments, "--json"], cwd=ROOT, check=True, capture_output=True).stdout)
