"""Fuzz by coverage: `python -m tests.fuzz TARGET [SECONDS]`, with atheris; without arguments it lists the targets.

A target is a test of tests/fuzz; its inputs are those of its hypothesis strategy, chosen so that new lines of our code
are reached. Ends with the number of inputs tried; a failure prints the input that hypothesis would show.
"""

from __future__ import annotations

import importlib
import os
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

FOLDER = Path(__file__).parent


def targets() -> dict[str, tuple[str, str]]:
    """Give the targets by name: module and function."""
    found = {}
    for path in sorted(FOLDER.glob("test_*.py")):
        for line in path.read_text("utf-8").splitlines():
            if line.startswith("def test_"):
                name = line[len("def test_") :].partition("(")[0]
                found[name] = (f"tests.fuzz.{path.stem}", f"test_{name}")
    return found


def fuzz(module: str, function: str, seconds: int) -> int:
    """Drive one target until the time is over."""
    import atheris

    with atheris.instrument_imports(include=["bpmn", "engine", "expressions", "forms"], enable_loader_override=False):
        test: Callable[[bytes], object] = getattr(importlib.import_module(module), function).hypothesis.fuzz_one_input
    began, tried = time.monotonic(), 0

    def one(data: bytes) -> None:
        nonlocal tried
        tried += 1
        test(data)
        if time.monotonic() - began > seconds:
            print(f"{function}: {tried} inputs in {time.monotonic() - began:.0f} s, nothing found", flush=True)
            os._exit(0)  # atheris takes any exception for a finding

    with TemporaryDirectory() as folder:
        seeds = random.Random(0)
        for number in range(64):  # hypothesis rejects inputs that are too short to draw from
            (Path(folder) / str(number)).write_bytes(seeds.randbytes(64 + 32 * number))
        limits = ["-rss_limit_mb=2048", "-timeout=20", "-len_control=0", "-max_len=4096", f"-artifact_prefix={folder}/"]
        atheris.Setup([sys.argv[0], *limits, folder], one)
        atheris.Fuzz()
    return 0


def main() -> int:
    """Read the command line."""
    known = targets()
    if len(sys.argv) < 2 or sys.argv[1] not in known:
        print("targets:", *known, sep="\n  ")
        return 2
    return fuzz(*known[sys.argv[1]], int(sys.argv[2]) if len(sys.argv) > 2 else 60)


if __name__ == "__main__":
    sys.exit(main())
