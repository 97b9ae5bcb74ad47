"""Blocks a printed page is made of, as plain JSON values: the template draws them and knows nothing else.

Text is data all the way: it reaches typst as JSON strings, never as markup.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Block = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Head:
    """Head of a table column: Chinese, English, width (typst length or fraction) and how cells are drawn.

    ``look``: ``text``, ``strong``, ``small``, ``right``, ``center``, ``box`` (an empty check box) or ``blank`` (to be filled in).
    """

    zh: str
    en: str
    width: str
    look: str = "text"


@dataclass(frozen=True, slots=True)
class Part:
    """One paper within a PDF: starts on a new page and counts its own pages."""

    zh: str
    en: str
    audience: str
    blocks: tuple[Block, ...]
    landscape: bool = False

    def as_json(self) -> Mapping[str, object]:
        """Plain values for the template."""
        return {
            "zh": self.zh,
            "en": self.en,
            "audience": self.audience,
            "landscape": self.landscape,
            "blocks": list(self.blocks),
        }


def facts(items: Sequence[tuple[str, str, str]], columns: int = 3) -> Block:
    """Grid of (Chinese, English, value) facts; an empty value becomes a line to fill in."""
    return {"kind": "facts", "items": [list(item) for item in items], "columns": columns}


def heading(zh: str, en: str) -> Block:
    """Heading of a section."""
    return {"kind": "heading", "zh": zh, "en": en}


def table(
    heads: Sequence[Head], groups: Sequence[tuple[str, Sequence[Sequence[str]]]], tall: bool = False
) -> Block:
    """Table whose head is repeated on every page; ``groups``: (label across the table, rows), label empty = none."""
    return {
        "kind": "table",
        "heads": [{"zh": head.zh, "en": head.en, "width": head.width, "look": head.look} for head in heads],
        "groups": [{"label": label, "rows": [list(row) for row in rows]} for label, rows in groups],
        "tall": tall,
    }


def checks(items: Sequence[str], columns: int = 3) -> Block:
    """Check list: an empty box before each item."""
    return {"kind": "checks", "items": list(items), "columns": columns}


def notes(items: Sequence[str]) -> Block:
    """Sentences, numbered where there are several."""
    return {"kind": "notes", "items": list(items)}


def signs(items: Sequence[str], columns: int = 3) -> Block:
    """Fields to sign."""
    return {"kind": "signs", "items": list(items), "columns": columns}


def page_break() -> Block:
    """Start of a new page."""
    return {"kind": "break"}


def equation(items: Sequence[tuple[str, str, str]]) -> Block:
    """Reconciling totals: (sign before, word, number or empty box), in one row."""
    return {"kind": "equation", "items": [list(item) for item in items]}
