"""What this machine has, and what apt may add. Imports the standard library only."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from ctypes import CDLL
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
POSTGRES_WANTED = 15


class SetupFailed(Exception):
    """A step failed; the message says what to do."""


def say(message: str) -> None:
    print(f"setup: {message}", file=sys.stderr, flush=True)


def call(*command: str | Path, env: dict[str, str] | None = None, hint: str = "") -> str:
    """Run a command in the project's folder, showing its output only when it fails."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=ROOT,
        env={**os.environ, **(env or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        tail = "\n".join(done.stdout.splitlines()[-40:])
        raise SetupFailed(f"`{' '.join(map(str, command))}` failed:\n{tail}\n{hint}".rstrip())
    return done.stdout


def apt() -> list[str] | None:
    """Give the command that may install packages without asking anybody, or None."""
    if shutil.which("apt-get") is None:
        return None
    if os.geteuid() == 0:
        return ["apt-get"]
    may = (
        shutil.which("sudo")
        and subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0
    )
    return ["sudo", "-n", "apt-get"] if may else None


def apt_install(packages: list[str]) -> bool:
    """Install packages of the distribution; False where that is not possible."""
    command = apt()
    if command is None:
        return False
    say(f"installing {', '.join(packages)} (apt)")
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    try:
        call(*command, "update", "-qq", env=quiet)
        call(*command, "install", "-y", "-qq", "--no-install-recommends", *packages, env=quiet)
    except SetupFailed as failed:
        say(str(failed).splitlines()[-1])
        return False
    return True


def pango() -> bool:
    try:
        for library in ("libpango-1.0.so.0", "libpangoft2-1.0.so.0"):
            CDLL(library)
    except OSError:
        return False
    return True


def vietnamese_font() -> bool:
    if shutil.which("fc-list"):
        return bool(call("fc-list", ":lang=vi", "family").strip())
    return any(Path("/usr/share/fonts").rglob("DejaVuSans.ttf"))


def postgresql() -> Path | None:
    """Find the newest PostgreSQL of the distribution that is new enough: its folder of programs."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parent.parent.name))
    other = shutil.which("initdb")
    for initdb in [*reversed(found), *([Path(other)] if other else [])]:
        version = re.search(r"(\d+)", call(initdb, "--version").partition("PostgreSQL")[2])
        if version and int(version[1]) >= POSTGRES_WANTED and initdb.with_name("pg_ctl").exists():
            return initdb.parent
    return None


def chromium() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next((path for name in names if (path := shutil.which(name))), None)


def clamd() -> str | None:
    """Find ClamAV's daemon; distributions keep it where only administrators look."""
    return shutil.which("clamd") or shutil.which("clamd", path="/usr/sbin:/usr/local/sbin")
