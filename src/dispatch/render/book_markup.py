"""Small pieces of the plan book's markup: cells, tables, sections. Plain text is escaped; only ``Html`` passes as it is."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence

from dispatch.messages import Lang, word
from dispatch.render.safe_text import escape_text


class Html(str):
    """Markup that is already safe: made here from escaped parts."""

    __slots__ = ()


Cell = str | int | Html


def markup(cell: Cell) -> str:
    """Markup of a cell: ``Html`` as it is, whole numbers with separators, any other text escaped."""
    if isinstance(cell, Html):
        return cell
    return f"{cell:,}" if isinstance(cell, int) else escape_text(cell)


def join(parts: Iterable[Cell], between: str = "") -> Html:
    """Markup of several cells after one another."""
    return Html(between.join(markup(part) for part in parts))


def tag(name: str, content: Cell, css: str = "", ident: str = "") -> Html:
    """One element around a cell."""
    attributes = (f' id="{escape_text(ident)}"' if ident else "") + (
        f' class="{escape_text(css)}"' if css else ""
    )
    return Html(f"<{name}{attributes}>{markup(content)}</{name}>")


def link(address: str, text: Cell) -> Html:
    """Plain link to a file beside the page or to a place on it."""
    return Html(f'<a href="{html.escape(address, quote=True)}">{markup(text)}</a>')


def make_table(
    heads: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    numeric: Iterable[int] = (),
    css: str = "",
    ident: str = "",
    total: Sequence[Cell] = (),
) -> Html:
    """Table with a head row. ``numeric``: indices of columns set flush right; ``total``: a closing row."""
    right = set(numeric)
    head = "".join(
        f'<th{_flush(i in right)} scope="col">{escape_text(text)}</th>' for i, text in enumerate(heads)
    )
    body = "\n".join(_row(row, right) for row in rows)
    foot = f"<tfoot>{_row(total, right)}</tfoot>" if total else ""
    opening = f'<table id="{escape_text(ident)}"' if ident else "<table"
    opening += f' class="{escape_text(css)}">' if css else ">"
    return Html(
        f'<div class="scroll">{opening}<thead><tr>{head}</tr></thead><tbody>{body}</tbody>{foot}</table></div>'
    )


def _row(row: Sequence[Cell], right: set[int]) -> str:
    return (
        "<tr>"
        + "".join(f"<td{_flush(i in right)}>{markup(cell)}</td>" for i, cell in enumerate(row))
        + "</tr>"
    )


def _flush(is_right: bool) -> str:
    return ' class="num"' if is_right else ""


def make_section(ident: str, heading_key: str, lang: Lang, *parts: Cell) -> Html:
    """Section of the book with its heading from the catalogue; the table of contents links to ``ident``."""
    heading = two_tongues(heading_key, lang)
    return Html(f'<section id="{ident}"><h2>{heading}</h2>{join(parts)}</section>')


def two_tongues(key: str, lang: Lang) -> Html:
    """Heading words: Chinese, then English set lighter."""
    if lang != "both":
        return Html(escape_text(word(key, lang)))
    return Html(f'{escape_text(word(key, "zh"))} <span class="en">{escape_text(word(key, "en"))}</span>')


def note(text: Cell) -> Html:
    """Small explaining paragraph."""
    return tag("p", text, css="note")


def disclose(summary: Cell, content: Cell) -> Html:
    """Block that opens on a click (and is printed open)."""
    return Html(f"<details><summary>{markup(summary)}</summary>{markup(content)}</details>")
