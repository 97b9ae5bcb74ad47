"""Tables of a run: outcomes and rides as they are, trips and duties flattened for people with spreadsheets."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pandas as pd

from dispatch.files.csv_text import unguard_cell
from dispatch.model.contracts import Column, conform
from dispatch.model.plan import CASH_TERMS, CoachDuty, Plan
from dispatch.units import datetime_of_min


def make_trips_table(plan: Plan, first_date: date, time_zone: str) -> pd.DataFrame:
    """One row per stop of each trip: place, local times, who boards and alights."""
    rows = []
    for trip in plan.trips:
        for number, stop in enumerate(trip.stops, start=1):
            point = plan.points.get(stop.place_id)
            rows.append(
                {
                    "trip_id": trip.id,
                    "mode": trip.mode.value,
                    "role": trip.role.value,
                    "batches": "|".join(trip.batch_ids),
                    "duty_id": trip.duty_id,
                    "service_id": trip.service_id,
                    "load": trip.load,
                    "capacity": trip.capacity,
                    "carriages": trip.carriages,
                    "km": trip.km_tenths / 10,
                    "stop": number,
                    "place_id": stop.place_id,
                    "place": point.name if point else "",
                    "arrive": datetime_of_min(first_date, stop.arrive_min, time_zone).isoformat(),
                    "depart": datetime_of_min(first_date, stop.depart_min, time_zone).isoformat(),
                    "board": stop.board,
                    "alight": stop.alight,
                    "sites": "|".join(stop.site_ids),
                }
            )
    columns = [
        "trip_id", "mode", "role", "batches", "duty_id", "service_id", "load", "capacity", "carriages", "km", "stop",
        "place_id", "place", "arrive", "depart", "board", "alight", "sites",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def make_duties_table(plan: Plan, first_date: date, time_zone: str) -> pd.DataFrame:
    """One row per coach duty: when it is out, how far it drives, who drives, what it costs (currency units)."""
    return pd.DataFrame(
        [_make_duty_row(duty, first_date, time_zone) for duty in plan.duties],
        columns=[
            "duty_id", "fleet_id", "trips", "pull_out", "pull_in", "days", "drivers", "driver_names",
            "km", "empty_km", *(f"cost_{term}" for term in CASH_TERMS),
        ],
    )  # fmt: skip


def _make_duty_row(duty: CoachDuty, first_date: date, time_zone: str) -> dict[str, object]:
    return {
        "duty_id": duty.id,
        "fleet_id": duty.fleet_id,
        "trips": "|".join(duty.trip_ids),
        "pull_out": datetime_of_min(first_date, duty.pull_out_min, time_zone).isoformat(),
        "pull_in": datetime_of_min(first_date, duty.pull_in_min, time_zone).isoformat(),
        "days": duty.days,
        "drivers": duty.drivers,
        "driver_names": "|".join(duty.driver_names),
        "km": sum(leg.km_tenths for leg in duty.legs) / 10,
        "empty_km": sum(leg.km_tenths for leg in duty.legs if not leg.loaded) / 10,
    } | {f"cost_{term}": duty.costs.get(term, 0) / 100 for term in CASH_TERMS}


def parse_run_table(content: bytes, contract: tuple[Column, ...]) -> pd.DataFrame:
    """Frame under a contract from the bytes of ``render_csv``. Raises ValueError when the columns differ."""
    frame = pd.read_csv(
        io.BytesIO(content), dtype=str, keep_default_na=False, encoding="utf-8-sig", lineterminator=None
    )
    names = [column.name for column in contract]
    if list(frame.columns) != names:
        raise ValueError(f"columns are {', '.join(frame.columns)}")
    values: dict[str, Any] = {}
    for column in contract:
        cells = frame[column.name]
        if column.dtype == "bool":
            values[column.name] = cells == "true"
        elif column.dtype == "date":
            values[column.name] = pd.to_datetime(cells.where(cells != "", None), format="%Y-%m-%d")
        elif column.dtype == "text":
            values[column.name] = cells.map(unguard_cell)
        else:
            values[column.name] = cells
    return conform(pd.DataFrame(values, index=frame.index), contract)
