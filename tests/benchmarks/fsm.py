"""Fleet size and mix with fixed costs (Golden et al. 1984) as scenarios of ours.

Each customer is a village with one party of the customer's demand; site and depot lie at the depot's place; one date, no
rules, no limit on pickups. One unit of distance is 100 km and one unit of cost is 100 money units, so that rounding to tenths of a
km and to hundredths of money stays below 0.001 %.
"""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

#: Proven optima as stated beside the files (see the note on vfmpf20 in ``bench_fsm``).
OPTIMA = {
    "vfmpf03": 961.03, "vfmpf04": 6437.33, "vfmpf05": 1007.05, "vfmpf06": 6516.47,
    "vfmpf13": 2406.36, "vfmpf14": 9119.03, "vfmpf15": 2586.37, "vfmpf16": 2720.43,
    "vfmpf17": 1734.53, "vfmpf18": 2369.65, "vfmpf19": 8661.81, "vfmpf20": 4039.49,
}  # fmt: skip
KM_PER_UNIT = 100
MONEY_PER_UNIT = 100
DATE = "2020-03-02"


@dataclass(frozen=True, slots=True, kw_only=True)
class FsmInstance:
    """Depot and customers as points, demands, and (capacity, fixed cost, cost per unit of distance) of each type."""

    name: str
    points: tuple[tuple[float, float], ...]
    demands: tuple[int, ...]
    types: tuple[tuple[int, float, float], ...]

    def measure(self, a: int, b: int) -> float:
        """Euclidean distance between two points; 0 is the depot."""
        return math.dist(self.points[a], self.points[b])


def read_fsm(path: Path) -> FsmInstance:
    """Instance of a file: comments, a heading, one line per type, the depot, one line per customer."""
    lines = [line.split() for line in path.read_text().splitlines()]
    rows = [row for row in lines if row and not row[0].startswith("//")]
    customers, kinds = int(rows[0][0]), int(rows[0][1])
    types = tuple((int(row[1]), float(row[2]), float(row[3])) for row in rows[1 : 1 + kinds])
    places = rows[1 + kinds : 2 + kinds + customers]
    return FsmInstance(
        name=path.stem,
        points=tuple((float(row[0]), float(row[1])) for row in places),
        demands=tuple(int(row[2]) for row in places[1:]),
        types=types,
    )


def write_scenario(instance: FsmInstance, folder: Path) -> Path:
    """Write an instance as a scenario folder: ``scenario.yaml``, ``workers.csv``, ``travel.csv``."""
    folder.mkdir(parents=True, exist_ok=True)
    _write_workers(instance, folder / "workers.csv")
    _write_travel(instance, folder / "travel.csv")
    document = _make_document(instance)
    (folder / "scenario.yaml").write_text(yaml.safe_dump(document, sort_keys=False, allow_unicode=True))
    return folder


def _make_document(instance: FsmInstance) -> dict[str, Any]:
    villages = [_make_place(f"V{i:03d}", "village", "village", i) for i in range(1, len(instance.points))]
    return {
        "format": 1,
        "name": instance.name,
        "title": f"{instance.name}: fleet size and mix",
        "horizon": {"from": DATE, "to": DATE},
        "profiles": ["none"],
        "rates": {"lateness_per_worker_day": 0, "unserved": {"default": 1_000_000}},
        "limits": {
            "max_pickups": None, "max_drop_offs": None, "max_detour_min": None, "max_ride_min": None,
            "dwell_pickup_min": 0, "dwell_drop_min": 0,
        },
        "regions": [{"region": "FSM", "name": "Plane", "level": "county"}],
        "places": [_make_place("DEPOT", "site", "gate", 0), *villages],
        "sites": [{"site_id": "S", "name": "Depot", "place": "DEPOT", "opens_on": DATE, "receives_from": "00:00", "receives_until": "24:00"}],
        "vehicle_types": [
            {"type_id": f"T{k}", "name": f"Type {k}", "approved": capacity + 1, "rows": _make_rows(capacity + 1)}
            for k, (capacity, _, _) in enumerate(instance.types)
        ],
        "fleet": [
            {
                "fleet_id": f"F{k}", "type": f"T{k}", "depot": "DEPOT", "day_rate": fixed * MONEY_PER_UNIT,
                "km_rate": per_unit * MONEY_PER_UNIT / KM_PER_UNIT, "driver_day_rate": 0,
            }
            for k, (_, fixed, per_unit) in enumerate(instance.types)
        ],
        "travel": "travel.csv",
        "workers": "workers.csv",
    }  # fmt: skip


def _make_place(place_id: str, kind: str, precision: str, number: int) -> dict[str, Any]:
    return {
        "place_id": place_id, "name": place_id, "kind": kind, "region": "FSM", "precision": precision,
        "lat": round(33.0 + 0.01 * (number % 10), 4), "lon": round(107.0 + 0.01 * (number // 10), 4),
    }  # fmt: skip


def _make_rows(seats: int) -> str:
    """Rows of four, then one of what is left."""
    return "+".join(
        part
        for part in (f"4x{seats // 4}" if seats >= 4 else "", f"{seats % 4}" if seats % 4 else "")
        if part
    )


def _write_workers(instance: FsmInstance, path: Path) -> None:
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(("worker_id", "name", "home", "site", "earliest", "latest", "party"))
        for i, demand in enumerate(instance.demands, start=1):
            for k in range(demand):
                writer.writerow(
                    (f"W{i:03d}-{k}", f"Worker {i}-{k}", f"V{i:03d}", "S", DATE, DATE, f"P{i:03d}")
                )


def _write_travel(instance: FsmInstance, path: Path) -> None:
    ids = ["DEPOT", *(f"V{i:03d}" for i in range(1, len(instance.points)))]
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(("from", "to", "km", "minutes"))
        for a, from_id in enumerate(ids):
            for b, to_id in enumerate(ids):
                if a != b:
                    writer.writerow((from_id, to_id, f"{instance.measure(a, b) * KM_PER_UNIT:.1f}", 1))
