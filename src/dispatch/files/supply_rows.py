"""Rows of ``terminals``, ``crew`` and ``travel``."""

from __future__ import annotations

import re
from math import ceil
from typing import Any

import numpy as np
import pandas as pd

from dispatch.files.atlas import Trouble
from dispatch.files.fleet_rows import SupplyContext
from dispatch.files.geography_rows import report_trouble, wish_terminal
from dispatch.files.report import Report
from dispatch.files.typed import TypedTable
from dispatch.model.contracts import TRAVEL, conform
from dispatch.model.geography import PlaceKind, Site
from dispatch.model.supply import (
    CrewMember,
    Mode,
    Terminal,
)
from dispatch.units import divide_half_even


def make_terminals(table: TypedTable, context: SupplyContext, report: Report) -> dict[str, Terminal]:
    """Terminals by place id; a terminal that is not in ``places`` makes its own place."""
    terminals = {}
    for row, cells in table.iterate_good():
        place_id: str | Trouble = cells["terminal_id"]
        if cells["lat"] is not None or place_id not in context.atlas.places:
            wish = wish_terminal(cells, table, row, context.atlas, report)
            if wish is None:
                continue
            place_id = context.atlas.make_place(wish)
        if isinstance(place_id, Trouble):
            report_trouble(place_id, table, row, "name" if cells["name"] else "terminal_id", report)
            continue
        terminals[place_id] = _make_terminal(place_id, cells)
    return terminals


def _make_terminal(place_id: str, cells: dict[str, Any]) -> Terminal:
    modes = cells["modes"].split("|") if cells["modes"] else ["train", "charter"]
    return Terminal(
        place_id=place_id,
        modes=frozenset(Mode(mode) for mode in modes),
        buffer_min=60 if cells["buffer_min"] is None else cells["buffer_min"],
        bays=cells["bays"],
        slot_min=30 if cells["slot_min"] is None else cells["slot_min"],
        trains_per_day=cells["trains_per_day"],
        aircraft_per_day=cells["aircraft_per_day"],
    )


def make_crew(
    table: TypedTable, fleet_ids: set[str], context: SupplyContext, report: Report
) -> tuple[CrewMember, ...]:
    """Drivers and escorts."""
    crew = []
    for row, cells in table.iterate_good():
        depot = context.atlas.find_place(cells["depot"], PlaceKind.DEPOT, "crew") if cells["depot"] else ""
        duties = tuple(part.strip() for part in re.split(r"[|;,，]", cells["duties"]) if part.strip())
        unknown = [duty for duty in duties if duty not in fleet_ids]
        if isinstance(depot, Trouble):
            report_trouble(depot, table, row, "depot", report)
            continue
        if unknown:
            report.note_rows("E128", table.raw, [row], "duties", f"There is no fleet line '{unknown[0]}'.")
            continue
        crew.append(
            CrewMember(
                id=cells["crew_id"],
                name=cells["name"],
                role=cells["role"] or "driver",
                depot_place_id=depot,
                phone=cells["phone"],
                duties=duties,
                used_week_min=int((cells["used_week_h"] or 0) * 60),
            )
        )
    return tuple(crew)


def make_travel(
    table: TypedTable, sites: dict[str, Site], context: SupplyContext, report: Report
) -> pd.DataFrame:
    """Travel table under the ``TRAVEL`` contract: km to a tenth (half-even), minutes rounded up.

    A site id stands for its gate.
    """
    frame = table.frame
    found = pd.DataFrame(index=frame.index)
    for column in ("from", "to"):
        codes, uniques = pd.factorize(frame[column])
        ids = np.full(len(uniques), "", dtype=object)
        for k, text in enumerate(uniques):
            place = _find_travel_place(str(text), sites, context) if text else ""
            if isinstance(place, Trouble):
                rows = np.flatnonzero((codes == k) & ~table.raw.rejected)
                report.note_rows(place.code, table.raw, rows, column, place.message)
            else:
                ids[k] = place
        found[f"{column}_id"] = ids[codes] if len(uniques) else []
    good = table.good
    found = found.iloc[good]
    kms, minutes = frame["km"].iloc[good], frame["minutes"].iloc[good]
    found = found.assign(
        km_tenths=[divide_half_even(int(km * 1000), 100) for km in kms],
        minutes=[ceil(value) for value in minutes],
    )
    double = table.good[found.duplicated(["from_id", "to_id"]).to_numpy(dtype=bool)]
    report.note_rows(
        "E127",
        table.raw,
        double,
        "to",
        lambda row: f"{frame['from'].iloc[row]} to {frame['to'].iloc[row]} stands twice.",
    )
    return conform(found.drop_duplicates(["from_id", "to_id"]), TRAVEL)


def _find_travel_place(text: str, sites: dict[str, Site], context: SupplyContext) -> str | Trouble:
    if text in sites and text not in context.atlas.places:
        return sites[text].place_id
    return context.atlas.find_place(text, PlaceKind.REST, "travel")
