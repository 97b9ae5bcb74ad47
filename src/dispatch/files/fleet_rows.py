"""Rows of ``vehicle_types`` and ``fleet``, and what stands in for them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib import resources
from typing import Any

import pandas as pd

from dispatch.files.assumed import Default
from dispatch.files.atlas import Atlas, PlaceWish, Trouble
from dispatch.files.geography_rows import report_trouble
from dispatch.files.report import Report
from dispatch.files.typed import TypedTable, check_references
from dispatch.files.yaml_text import parse_yaml
from dispatch.model.geography import PlaceKind
from dispatch.model.supply import (
    CoachTariff,
    CountOnDates,
    FleetLine,
    VehicleType,
)
from dispatch.units import minor_from_decimal

#: A fleet row without dates holds this many days around the horizon.
UNDATED_MARGIN_DAYS = 31


@dataclass(frozen=True, kw_only=True)
class SupplyContext:
    """What supply rows refer to and the horizon."""

    atlas: Atlas
    first: date
    last: date


@cache
def read_defaults() -> dict[str, Any]:
    """Content of ``defaults.yaml``."""
    text = (resources.files("dispatch.files") / "defaults.yaml").read_text(encoding="utf-8")
    data: dict[str, Any] = parse_yaml(text, "defaults.yaml").data
    return data


def derive_rows(approved: int) -> tuple[int, ...]:
    """Rows of four and a last row of two to five seats that add up to ``approved``: 53 = 12 x 4 + 5."""
    if approved <= 5:
        return (approved,)
    fours = (approved - 2) // 4
    return (*([4] * fours), approved - 4 * fours)


def parse_rows(text: str) -> tuple[int, ...] | None:
    """Row seats of ``4x12+5`` or ``4,4,4,5``; None when it is neither."""
    seats: list[int] = []
    for part in re.split(r"[+,;|，\s]+", text.strip()):
        match = re.fullmatch(r"(\d+)(?:[x×*](\d+))?", part)
        if not match:
            return None
        seats += [int(match[1])] * int(match[2] or 1)
    return tuple(seats)


def make_vehicle_types(table: TypedTable, report: Report) -> dict[str, VehicleType]:
    """Vehicle types of the scenario, and the built-in ones under ids the scenario does not use."""
    types = {}
    for row, cells in table.iterate_good():
        rows = parse_rows(cells["rows"]) if cells["rows"] else derive_rows(int(cells["approved"]))
        if rows is None:
            report.note_rows("E123", table.raw, [row], "rows", f"'{cells['rows']}' is not like 4x12+5.")
        elif sum(rows) != cells["approved"]:
            report.note_rows(
                "E139", table.raw, [row], "rows",
                f"The rows hold {sum(rows)} seats, approved are {cells['approved']}.",
            )  # fmt: skip
        else:
            types[cells["type_id"]] = _make_type(cells, rows)
    return {built_in.id: built_in for built_in in make_built_in_types()} | types


def _make_type(cells: dict[str, Any], rows: tuple[int, ...]) -> VehicleType:
    return VehicleType(
        id=cells["type_id"],
        name=cells["name"] or cells["type_id"],
        approved=int(cells["approved"]),
        row_seats=rows,
        speed_kmh=cells["speed_kmh"],
        ventilated=bool(cells["ventilated"]),
    )


def make_built_in_types() -> tuple[VehicleType, ...]:
    """Coaches of 53, 45 and 35 approved persons."""
    return tuple(
        VehicleType(
            id=row["id"], name=row["name"], approved=row["approved"], row_seats=parse_rows(row["rows"]) or ()
        )
        for row in read_defaults()["vehicle_types"]
    )


def make_fleet(
    table: TypedTable, types: set[str], context: SupplyContext, report: Report
) -> tuple[FleetLine, ...]:
    """Fleet lines; rows of one id (or one type and depot) are ranges of dates of one line."""
    check_references(table, "type", types, set(), "vehicle type", report)
    groups: dict[str, list[tuple[int, dict[str, Any]]]] = {}
    for row, cells in table.iterate_good():
        groups.setdefault(cells["fleet_id"] or f"{cells['type']}@{cells['depot']}", []).append((row, cells))
    lines = (_make_line(key, rows, table, context, report) for key, rows in groups.items())
    return tuple(line for line in lines if line is not None)


def _make_line(
    key: str,
    rows: list[tuple[int, dict[str, Any]]],
    table: TypedTable,
    context: SupplyContext,
    report: Report,
) -> FleetLine | None:
    row, head = rows[0]
    for other, cells in rows[1:]:
        names = [
            n
            for n in head
            if n not in ("fleet_id", "from", "to", "count") and cells[n] not in ("", None, head[n])
        ]
        if names:
            report.note_rows(
                "E138", table.raw, [other], names[0], f"Fleet '{key}' differs from its first row."
            )
    depot = context.atlas.find_place(head["depot"], PlaceKind.DEPOT, "fleet")
    registered = context.atlas.find_region(head["registered_in"]) if head["registered_in"] else ""
    for found, column in ((depot, "depot"), (registered, "registered_in")):
        if isinstance(found, Trouble):
            report_trouble(found, table, row, column, report)
    counts = _make_counts(key, rows, table, context, report)
    if isinstance(depot, Trouble) or isinstance(registered, Trouble) or counts is None:
        return None
    tariff, assumed = _make_tariff(key, head, context.atlas)
    return FleetLine(
        id=key,
        type_id=head["type"],
        depot_place_id=depot,
        tariff=tariff,
        counts=counts,
        returns=head["returns"] is not False,
        registered_region_id=registered,
        standby_ratio=float(head["standby_ratio"] or 0),
        local_only=bool(head["local_only"]),
        assumed=assumed or bool(head["assumed"]),
        operator=head["operator"],
    )


def _make_counts(
    key: str,
    rows: list[tuple[int, dict[str, Any]]],
    table: TypedTable,
    context: SupplyContext,
    report: Report,
) -> tuple[CountOnDates, ...] | None:
    if all(cells["count"] is None for _, cells in rows) and not any(c["from"] or c["to"] for _, c in rows):
        return ()
    counts: list[CountOnDates] = []
    margin = timedelta(days=UNDATED_MARGIN_DAYS)
    for row, cells in rows:
        begin, end = cells["from"] or context.first - margin, cells["to"] or context.last + margin
        if cells["count"] is None:
            report.note_rows(
                "E121",
                table.raw,
                [row],
                "count",
                f"Fleet '{key}' has counts in other rows or dates.",
            )
            return None
        if begin > end:
            report.note_rows("E131", table.raw, [row], "to", f"to {end} is before from {begin}.")
            return None
        if any(begin <= old.to_date and old.from_date <= end for old in counts):
            report.note_rows(
                "E138", table.raw, [row], "from", f"Dates of fleet '{key}' overlap an earlier row."
            )
            return None
        counts.append(CountOnDates(from_date=begin, to_date=end, count=int(cells["count"])))
    return tuple(counts)


def _make_tariff(key: str, cells: dict[str, Any], atlas: Atlas) -> tuple[CoachTariff, bool]:
    names = ("day_rate", "km_rate", "driver_day_rate", "lump_sum")
    if all(cells[name] is None for name in names):
        return _default_tariff(key, atlas), True
    money = {name: minor_from_decimal(cells[name] or 0) for name in names}
    return CoachTariff(
        day_minor=money["day_rate"],
        km_minor=money["km_rate"],
        driver_day_minor=money["driver_day_rate"],
        lump_trip_minor=None if cells["lump_sum"] is None else money["lump_sum"],
    ), False


def _default_tariff(key: str, atlas: Atlas) -> CoachTariff:
    defaults = read_defaults()
    rates = defaults["tariff"]
    text = ", ".join(f"{name} {value}" for name, value in rates.items())
    atlas.defaults.append(
        Default(
            subject=key,
            what="coach prices",
            value=f"{text} {defaults['currency']}; {defaults['source']}",
            table="fleet",
        )
    )
    return CoachTariff(
        day_minor=minor_from_decimal(rates["day_rate"]),
        km_minor=minor_from_decimal(rates["km_rate"]),
        driver_day_minor=minor_from_decimal(rates["driver_day_rate"]),
    )


def make_default_fleet(workers: pd.DataFrame, atlas: Atlas) -> tuple[FleetLine, ...]:
    """Unlimited coaches at the seat of every county where workers board."""
    boarding = workers["boarding_place_id"].astype("string").value_counts().drop("", errors="ignore")
    counties: dict[str, str] = {}
    for place_id in boarding.index:
        counties.setdefault(atlas.places[str(place_id)].region_id, str(place_id))
    type_id = read_defaults()["fleet_type"]
    lines = []
    for county, busiest in sorted(counties.items()):
        line_id = f"{type_id}@{county}"
        depot = _make_default_depot(county, busiest, atlas)
        text = f"unlimited {type_id} at {atlas.places[depot].name}"
        atlas.defaults.append(
            Default(subject=line_id, what="fleet", value=text, table="fleet", touches="region", key=county)
        )
        tariff = _default_tariff(line_id, atlas)
        lines.append(
            FleetLine(
                id=line_id,
                type_id=type_id,
                depot_place_id=depot,
                tariff=tariff,
                registered_region_id=county,
                assumed=True,
            )
        )
    return tuple(lines)


def _make_default_depot(county: str, busiest: str, atlas: Atlas) -> str:
    depot_id = f"depot:{county}"
    region = atlas.regions.get(county)
    name = region.name if region else county
    answer = atlas.ask(county, "")
    point = atlas.places[busiest]
    lat, lon, source = (
        (answer.lat, answer.lon, answer.source) if answer.found else (point.lat, point.lon, point.name)
    )
    wish = PlaceWish(
        id=depot_id,
        name=f"{name} 车场 depot",
        kind=PlaceKind.DEPOT,
        table="fleet",
        region=county,
        lat=lat,
        lon=lon,
        precision="county",
        source=source,
        assumed=True,
    )
    made = atlas.make_place(wish)
    if isinstance(made, Trouble):  # coordinates and region are given, so the wish cannot fail
        raise AssertionError(made.message)
    return made
