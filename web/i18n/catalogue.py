"""The translations as files: merges the fragments of each language, and finds what is missing, stale or unlike.

Fragments are web/translations/<language>/*.po; what they make is LC_MESSAGES/messages.mo beside them (git-ignored).
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

WEB = Path(__file__).parent.parent
TRANSLATIONS = WEB / "translations"
_METHODS = [
    ("static/**", "ignore"),
    ("frontend/**", "ignore"),
    ("**.py", "python"),
    ("**.html", "jinja2"),
    ("**.txt", "jinja2"),
]
_KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2), "lazy_ngettext": (1, 2),
}  # fmt: skip
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%(?!\()[sd]")

Id = str | tuple[str, ...]


def compile_all(web: Path = WEB) -> list[Path]:
    """Merge the fragments of every language into its messages.mo; give the files written."""
    return [_compile(folder) for folder in _language_folders(web)]


def compile_if_stale(web: Path = WEB) -> None:
    """Merge where a fragment is newer than what it makes; a read-only installation keeps what it has."""
    for folder in _language_folders(web):
        made = folder / "LC_MESSAGES" / "messages.mo"
        newest = max((po.stat().st_mtime for po in folder.glob("*.po")), default=0.0)
        if not made.exists() or made.stat().st_mtime < newest:
            try:
                _compile(folder)
            except OSError:
                if not made.exists():
                    raise


def problems(web: Path = WEB) -> list[str]:
    """Give a sentence for every msgid without translation, stale or doubled entry, and changed placeholder."""
    used = _used(web)
    found: list[str] = []
    for folder in _language_folders(web):
        known = dict(_entries(folder, found))
        name = folder.name
        found += [
            f"{name}: missing “{_show(key)}”, used in {where}" for key, where in used.items() if not known.get(key)
        ]
        found += [f"{name}: stale “{_show(key)}”, used nowhere" for key in known if key not in used]
        for key, translations in known.items():
            if ".html:" in used.get(key, "") and any(map(_has_lone_percent, (_show(key), *translations))):
                found.append(f"{name}: templates format “{_show(key)}”, so a percent sign is written %%")
            wanted = sorted(set(_PLACEHOLDER.findall(_show(key))))
            if any(sorted(set(_PLACEHOLDER.findall(text))) != wanted for text in translations):
                found.append(f"{name}: other placeholders in “{_show(key)}”")
    return found


def _language_folders(web: Path) -> list[Path]:
    return sorted(folder for folder in (web / "translations").iterdir() if folder.is_dir() and any(folder.glob("*.po")))


def _show(key: Id) -> str:
    return key if isinstance(key, str) else key[0]


def _has_lone_percent(text: str) -> bool:
    return "%" in text.replace("%%", "").replace("%(", "")


def _messages(po: Path) -> Iterator[Message]:
    with po.open("rb") as file:
        catalogue = read_po(file, locale=po.parent.name, abort_invalid=True)
    yield from (message for message in catalogue if message.id)


def _key(message: Message) -> Id:
    return message.id if isinstance(message.id, str) else tuple(message.id)


def _entries(folder: Path, found: list[str]) -> Iterator[tuple[Id, tuple[str, ...]]]:
    """Give (msgid, translations) of all fragments; note ids that two fragments translate differently."""
    seen: dict[Id, tuple[tuple[str, ...], str]] = {}
    for po in sorted(folder.glob("*.po")):
        for message in _messages(po):
            texts = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
            key = _key(message)
            if key in seen and seen[key][0] != texts:
                found.append(f"{folder.name}: “{_show(key)}” differs between {seen[key][1]} and {po.name}")
            seen[key] = (texts, po.name)
            yield key, texts if all(texts) and not message.fuzzy else ()


def _used(web: Path) -> dict[Id, str]:
    """Give every msgid of templates and Python files, with the place where it is used first."""
    used: dict[Id, str] = {}
    for file, line, message, _comments, _context in extract_from_dir(
        web, _METHODS, keywords=_KEYWORDS, options_map={"**.html": {"trimmed": "true"}}
    ):
        used.setdefault(message if isinstance(message, str) else tuple(message), f"{file}:{line}")
    return used


def _compile(folder: Path) -> Path:
    whole = Catalog(locale=folder.name, domain="messages", charset="utf-8")
    for po in sorted(folder.glob("*.po")):
        for message in _messages(po):
            if not message.fuzzy:
                whole.add(message.id, message.string, context=message.context)
    made = folder / "LC_MESSAGES" / "messages.mo"
    made.parent.mkdir(parents=True, exist_ok=True)
    # Several servers may start at once: each writes its own file and the last rename wins, all alike.
    with tempfile.NamedTemporaryFile(dir=made.parent, delete=False) as file:
        write_mo(file, whole)
    os.chmod(file.name, 0o644)
    os.replace(file.name, made)
    return made
