"""Redo the lock files from what is asked for: `make lock`.

Versions stay where they are unless what is asked for changed; --upgrade takes the newest that fit. No lock file may
name a registry's host, so that a clone installs from whichever registry its machine uses.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from dev.machine import ROOT, SetupFailed, call, say
from dev.setup import node, uv

OPTIONS = ("--universal", "--python-version=3.11", "--generate-hashes", "--no-emit-index-url", "--no-emit-find-links")
ASKED_FOR = ("requirements.in", "requirements-dev.in", "dev/node.in")
HOSTS = re.compile(r'"resolved":\s*"http|^\s*--(?:extra-)?index-url|^\s*--find-links', re.M)
HEADER = "# Made by `make lock` from {source}: pinned, with the hash of every file.\n"


def python(upgrade: bool) -> None:
    tool = uv()
    if tool is None:
        raise SetupFailed("uv cannot be installed here, and only it makes the lock files.")
    for source in ASKED_FOR:
        target = Path(source).with_suffix(".txt")
        say(f"{source} -> {target}")
        extra = ["--upgrade"] if upgrade else []
        call(tool, "pip", "compile", "--quiet", "--no-header", *OPTIONS, *extra, source, "-o", str(target))
        text = (ROOT / target).read_text()
        text = text if text.startswith("# Made by") else HEADER.format(source=source) + text
        (ROOT / target).write_text(text)
        refuse_hosts(target)


def browser(upgrade: bool) -> None:
    _, npm, _ = node()
    say("package.json -> package-lock.json")
    if upgrade:
        call(*npm, "update", "--package-lock-only", "--no-audit", "--no-fund")
    call(*npm, "run", "lock")
    refuse_hosts(Path("package-lock.json"))


def refuse_hosts(lock: Path) -> None:
    named = HOSTS.search((ROOT / lock).read_text())
    if named:
        raise SetupFailed(f"{lock} names a registry's host ({named[0].strip()}): see .npmrc.")


def main() -> int:
    try:
        python("--upgrade" in sys.argv)
        browser("--upgrade" in sys.argv)
    except SetupFailed as failed:
        say(str(failed))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
