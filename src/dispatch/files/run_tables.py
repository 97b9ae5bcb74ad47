"""Tables of a run: outcomes and rides as they are, trips and duties flattened for people with spreadsheets."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dispatch.files.csv_text import open_private, unguard_cells, write_private
from dispatch.model.contracts import Column, conform
from dispatch.model.packing import column_of, columns_of, frame_of
from dispatch.model.plan import CASH_TERMS, CoachDuty, Plan
from dispatch.units import datetime_of_min

TRIP_COLUMNS = [
    "trip_id", "mode", "role", "batches", "duty_id", "service_id", "load", "capacity", "carriages", "km", "stop",
    "place_id", "place", "arrive", "depart", "board", "alight", "sites",
]  # fmt: skip


def make_trips_table(plan: Plan, first_date: date, time_zone: str) -> pd.DataFrame:
    """One row per stop of each trip: place, local times, who boards and alights."""
    tell_time = _make_clock(first_date, time_zone)
    rows = [
        (
            trip.id, trip.mode.value, trip.role.value, "|".join(trip.batch_ids), trip.duty_id, trip.service_id,
            trip.load, trip.capacity, trip.carriages, trip.km_tenths / 10,
            number, stop.place_id, plan.points[stop.place_id].name if stop.place_id in plan.points else "",
            tell_time(stop.arrive_min), tell_time(stop.depart_min), stop.board, stop.alight, "|".join(stop.site_ids),
        )
        for trip in plan.trips
        for number, stop in enumerate(trip.stops, start=1)
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=TRIP_COLUMNS)


def _make_clock(first_date: date, time_zone: str) -> Callable[[int], str]:
    """Local time of a planning minute as text."""

    @cache
    def tell(at_min: int) -> str:
        return datetime_of_min(first_date, at_min, time_zone).isoformat()

    return tell


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


def write_run_table(path: Path, frame: pd.DataFrame, contract: tuple[Column, ...]) -> None:
    """Write a frame under a contract as CSV or Parquet, as the file's name says; only its owner can read it."""
    table = conform(frame, contract)
    if path.suffix != ".parquet":
        write_private(path, table)
        return
    with open_private(path) as stream:
        pq.write_table(columns_of(table), stream, compression="zstd")


def read_run_table(path: Path, contract: tuple[Column, ...]) -> pd.DataFrame:
    """Frame under a contract from a file of ``write_run_table``. Raises ValueError when the columns differ."""
    if path.suffix != ".parquet":
        return parse_run_table(path.read_bytes(), contract)
    try:
        frame = frame_of(pq.read_table(path))
    except pa.ArrowException as error:
        raise ValueError(f"{path.name}: {error}") from error
    _check_columns(frame, contract)
    return conform(frame, contract)


def _check_columns(frame: pd.DataFrame, contract: tuple[Column, ...]) -> None:
    if list(frame.columns) != [column.name for column in contract]:
        raise ValueError(f"columns are {', '.join(frame.columns)}")


def parse_run_table(content: bytes, contract: tuple[Column, ...]) -> pd.DataFrame:
    """Frame under a contract from the bytes of ``render_csv``. Raises ValueError when the columns differ."""
    cells = pd.read_csv(io.BytesIO(content), dtype="string", keep_default_na=False, encoding="utf-8-sig")
    _check_columns(cells, contract)
    columns = {column.name: _parse_column(cells[column.name], column.dtype) for column in contract}
    return conform(pd.DataFrame(columns, index=cells.index), contract)


def _parse_column(cells: pd.Series, dtype: str) -> pd.Series:
    if dtype == "bool":
        return cells == "true"
    if dtype == "date":
        return pd.to_datetime(cells.where(cells != "", None), format="%Y-%m-%d")
    if dtype == "int":
        return column_of(pc.cast(pa.array(cells.where(cells != "", "0"), type=pa.large_string()), pa.int64()))
    return unguard_cells(cells)
