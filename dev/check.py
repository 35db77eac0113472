"""Run every check and tell all that is wrong: `make check`.

Each check is one command; its output is shown only when it fails.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from dev.machine import ROOT

BIN = ROOT / ".venv" / "bin"
CHECKS: dict[str, tuple[str, ...]] = {
    "types": ("python", "-m", "mypy"),
    "imports": ("lint-imports", "--no-logo"),
    "lint": ("ruff", "check", "."),
    "format": ("ruff", "format", "--check", "."),
    "dead code": ("vulture",),
    "translations": ("python", "-m", "web.i18n", "check"),
    "facts": ("python", "-m", "dev.facts"),
}


def run(command: tuple[str, ...]) -> tuple[int, str, float]:
    began = time.monotonic()
    done = subprocess.run(
        [str(BIN / command[0]), *command[1:]],
        cwd=ROOT,
        env={**os.environ, "NO_COLOR": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout, time.monotonic() - began


def main() -> int:
    failed = []
    with ThreadPoolExecutor(max_workers=2) as pool:
        for name, (code, output, seconds) in zip(CHECKS, pool.map(run, CHECKS.values()), strict=True):
            print(
                f"{'ok    ' if code == 0 else 'FAILED'} {name:<13} {' '.join(CHECKS[name])}  ({seconds:.1f} s)",
                flush=True,
            )
            if code:
                failed.append(name)
                print(output, flush=True)
    print(f"make check: {', '.join(failed) or 'nothing'} to mend")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
