"""Rows of ``service_stops``: where a service halts, and when in planning minutes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dispatch.files.report import Report, say_near_misses
from dispatch.files.typed import TypedTable
from dispatch.files.values import Unreadable, parse_clock, parse_date
from dispatch.model.geography import Place
from dispatch.model.supply import ServiceStop, Terminal
from dispatch.units import min_of_date

_DATED = re.compile(r"(\d{4}\D\d{1,2}\D\d{1,2}日?|\d{8})[ T]+(\d{1,2}:\d{2}(?:\+\d)?)(?::00)?")


@dataclass(frozen=True, kw_only=True)
class ServiceContext:
    """What services refer to. ``zones``: own time zone of a terminal, where it has one."""

    places: dict[str, Place]
    terminals: dict[str, Terminal]
    zones: dict[str, str]
    first: date
    last: date
    time_zone: str


@dataclass(frozen=True, kw_only=True)
class Halt:
    """A stop as written: minutes after midnight of the service date, or of ``on`` (the horizon's minutes)."""

    row: int
    place_id: str
    arrive: tuple[date | None, int]
    depart: tuple[date | None, int]
    boards: bool
    alights: bool


def _parse_moment(text: str, *, excel: bool) -> tuple[date | None, int]:
    """(own date or None, minutes) of ``07:10``, ``07:10+1`` or ``2020-03-02 07:10``."""
    match = _DATED.fullmatch(text.strip())
    if match:
        return parse_date(match[1]), parse_clock(match[2])
    return None, parse_clock(text, excel=excel)


def collect_halts(stops: TypedTable, context: ServiceContext, report: Report) -> dict[str, list[Halt] | None]:
    """Stops of each service in order; None for a service of which a stop was rejected."""
    by_name = {context.places[key].name: key for key in context.terminals}
    groups: dict[str, list[tuple[int, dict[str, Any]]]] = {}
    for row, cells in stops.iterate_good():
        groups.setdefault(cells["service_id"], []).append((row, cells))
    halts: dict[str, list[Halt] | None] = {
        str(key): None for key in stops.frame["service_id"][stops.raw.rejected]
    }
    for key, rows in groups.items():
        rows.sort(key=lambda pair: pair[1]["order"] if pair[1]["order"] is not None else pair[0])
        found = [
            _make_halt(row, cells, i == 0, i == len(rows) - 1, by_name, stops, context, report)
            for i, (row, cells) in enumerate(rows)
        ]
        whole = [halt for halt in found if halt is not None]
        halts[key] = whole if len(whole) == len(found) and key not in halts else None
    return halts


def _make_halt(
    row: int, cells: dict[str, Any], is_first: bool, is_last: bool, by_name: dict[str, str],
    stops: TypedTable, context: ServiceContext, report: Report,
) -> Halt | None:  # fmt: skip
    place_id = cells["place"] if cells["place"] in context.terminals else by_name.get(cells["place"], "")
    if not place_id:
        hint = say_near_misses(cells["place"], [*context.terminals, *by_name])
        report.note_rows("E128", stops.raw, [row], "place", f"There is no terminal '{cells['place']}'.{hint}")
        return None
    times: dict[str, tuple[date | None, int]] = {}
    for column, other in (("arrive", "depart"), ("depart", "arrive")):
        text = cells[column] or cells[other]
        if not text:
            report.note_rows("E121", stops.raw, [row], column, "Neither arrive nor depart is given.")
            return None
        try:
            times[column] = _parse_moment(text, excel=stops.raw.excel)
        except Unreadable as error:
            column_shown = column if cells[column] else other
            report.note_rows(error.code, stops.raw, [row], column_shown, str(error))
            return None
    return Halt(
        row=row,
        place_id=place_id,
        arrive=times["arrive"],
        depart=times["depart"],
        boards=not is_last if cells["boards"] is None else cells["boards"],
        alights=not is_first if cells["alights"] is None else cells["alights"],
    )


def time_stops(halts: list[Halt], day: date, context: ServiceContext) -> tuple[ServiceStop, ...]:
    """Stops of a service on a date, in planning minutes."""
    return tuple(
        ServiceStop(
            place_id=halt.place_id,
            arrive_min=_planning_min(halt.arrive, day, halt.place_id, context),
            depart_min=_planning_min(halt.depart, day, halt.place_id, context),
            boards=halt.boards,
            alights=halt.alights,
        )
        for halt in halts
    )


def _planning_min(moment: tuple[date | None, int], day: date, place_id: str, context: ServiceContext) -> int:
    """Planning minute of a moment on the terminal's own clock."""
    own_date, minutes = moment
    local = min_of_date(context.first, own_date or day) + minutes
    zone = context.zones.get(place_id)
    if not zone or zone == context.time_zone:
        return local
    at = datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo(zone))
    start = datetime(
        context.first.year, context.first.month, context.first.day, tzinfo=ZoneInfo(context.time_zone)
    )
    shift = (start.utcoffset() or timedelta()) - (at.utcoffset() or timedelta())
    return local + int(shift.total_seconds() // 60)
