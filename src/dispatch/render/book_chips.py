"""Coloured words and search fields that several tables of the plan book share."""

from __future__ import annotations

from dispatch.messages import Lang, word
from dispatch.model.plan import Trip
from dispatch.render.book_markup import Html
from dispatch.render.safe_text import escape_text
from dispatch.render.trip_classes import class_of


def class_chip(trip: Trip, lang: Lang) -> Html:
    """Coloured word of a trip's class."""
    return Html(
        f'<span class="chip {class_of(trip)}">{escape_text(word(_short(class_of(trip)), lang))}</span>'
    )


def _short(key: str) -> str:
    return f"{key}_short" if key in ("bus", "feeder", "last_mile") else key


def filter_box(table: str, lang: Lang) -> Html:
    """Search field over the rows of a table, by its id, with the count of rows shown."""
    hint = escape_text(word("filter_trips", lang))
    pattern = escape_text(word("rows_shown", lang))
    return Html(
        f'<p class="filter"><input type="search" data-table="{table}" placeholder="{hint}" aria-label="{hint}"/>'
        f'<span class="rows" data-pattern="{pattern}"></span></p>'
    )
