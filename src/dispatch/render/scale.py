"""From which size on a page adds up instead of listing everything, so that a province's plan opens like a county's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from dispatch.messages import Lang, word
from dispatch.model.plan import Plan

Row = TypeVar("Row")

#: Above so many trips the plan book adds trips up by county and date, and batches by corridor.
TRIPS_LISTED = 2_000
#: Above so many trips the map draws corridors by date instead of each trip.
TRIPS_DRAWN = 10_000
#: Above so many trips their papers are printed only when asked for: three PDFs and a workbook each.
TRIPS_PRINTED = 400
#: Most rows of one table of the book, and of one table of sums.
ROWS_LISTED, SUMS_LISTED = 300, 4_000
#: Most ids of one group of unserved workers, and most places of one list.
IDS_LISTED, PLACES_LISTED = 500, 200


def is_listed(plan: Plan) -> bool:
    """True where the book lists each trip."""
    return len(plan.trips) <= TRIPS_LISTED


def prints_papers(plan: Plan, wish: bool | None) -> bool:
    """True where the lists of each trip are to be printed: as wished, by default up to ``TRIPS_PRINTED`` trips."""
    return len(plan.trips) <= TRIPS_PRINTED if wish is None else wish


def say_not_printed(plan: Plan, lang: Lang) -> str:
    """Why the lists of a large plan were not printed, and how to print them; empty for a smaller one."""
    if len(plan.trips) <= TRIPS_PRINTED:
        return ""
    return word("papers_not_printed", lang).format(count=f"{len(plan.trips):,}", limit=f"{TRIPS_PRINTED:,}")


def cut_rows(rows: Sequence[Row], most: int, file: str, lang: Lang) -> tuple[Sequence[Row], str]:
    """The first ``most`` rows, and a sentence about those left out (empty when there are none).

    ``file``: table of the run that has them all, empty where none has.
    """
    left = len(rows) - most
    if left <= 0:
        return rows, ""
    key = "rows_left_in" if file else "rows_left"
    return rows[:most], word(key, lang).format(count=f"{left:,}", file=file)
