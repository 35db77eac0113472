"""Text: one sentence in Vietnamese and in English. Imports nothing; anyone may import it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """What a person reads, in both languages; `str()` gives the Vietnamese."""

    vi: str
    en: str

    def in_(self, language: str) -> str:
        """Give the text in `language` ("vi" or "en"); an empty one falls back to the other language."""
        wanted, other = (self.en, self.vi) if language == "en" else (self.vi, self.en)
        return wanted or other

    def __str__(self) -> str:
        return self.in_("vi")

    def __bool__(self) -> bool:
        return bool(self.vi or self.en)
