"""Growth: what planning costs from a thousand workers to a province, on one curve.

The Yunnan campaign cut to as many counties as hold the workers asked for, coaches only (its trains and flights belong to
single counties, so a part of them would not be a smaller campaign of the same kind). Employers shrink in the same ratio,
and coaches with the need. The fleet is the roomy one: a tight fleet of a few coaches, rounded, leaves people behind that
a tight fleet of hundreds carries, and the curve would be about that.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

from benchmarks.campaigns import describe_run
from benchmarks.machine import ROOT, make_rows
from benchmarks.planning_runs import plan_folder
from benchmarks.results import Row, find_latest

SOURCE = ROOT / "scenarios" / "yunnan"
SIZES = (1_000, 3_000, 10_000, 45_957, 150_000, 350_000, 1_567_800)
#: Tables of the source that are about trains, flights and the buses to them.
_SERVICE_TABLES = ("terminals", "services", "service_stops")


def cut_facts(facts: dict[str, Any], workers: int) -> dict[str, Any]:
    """Facts of a campaign with so many workers: counties, employers and counted groups of people in the same ratio.

    Counties nearest to the mean size come first, so that a small campaign is not one giant county.
    """
    counties = facts["origins"]["counties"]
    total, weight = facts["roster"]["total"], sum(county.get("weight", 1.0) for county in counties)
    ratio = workers / total
    chosen: list[dict[str, Any]] = []
    mean = weight / len(counties)
    for county in sorted(
        counties, key=lambda one: (abs(math.log(one.get("weight", 1.0) / mean)), one["region"])
    ):
        if chosen and sum(one.get("weight", 1.0) for one in chosen) >= ratio * weight:
            break
        chosen.append(county)
    roster = facts["roster"] | {
        "total": workers,
        "priority": {
            name: round(count * ratio) for name, count in facts["roster"].get("priority", {}).items()
        },
        "modes": {"bus": 1},
    }
    health = facts["health"] | {"not_cleared": round(facts["health"].get("not_cleared", 0) * ratio)}
    fleet = facts["fleet"] | {"tightness": facts["fleet"]["variants"]["roomy"]}
    return facts | {
        "roster": roster,
        "fleet": fleet,
        "health": health,
        "origins": facts["origins"] | {"counties": chosen},
        "destinations": facts["destinations"] | {"areas": _cut_areas(facts["destinations"]["areas"], ratio)},
    }


def _cut_areas(areas: Sequence[dict[str, Any]], ratio: float) -> list[dict[str, Any]]:
    """Areas with their employers in a ratio; small ones vanish, but the largest of each group stays with one."""
    largest = {area.get("group", ""): area["id_prefix"] for area in sorted(areas, key=lambda a: a["sites"])}
    cut = []
    for area in areas:
        sites = round(area["sites"] * ratio)
        if sites or largest[area.get("group", "")] == area["id_prefix"]:
            cut.append({**area, "sites": max(1, sites), "receiver_share": 0})
    return cut


def write_cut(workers: int, folder: Path) -> Path:
    """Write a campaign of so many workers into a folder; its roster is generated when it is planned. Returns the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    facts = yaml.safe_load((SOURCE / "facts.yaml").read_text(encoding="utf-8"))
    scenario = yaml.safe_load((SOURCE / "scenario.yaml").read_text(encoding="utf-8"))
    for name in _SERVICE_TABLES:
        scenario.pop(name, None)
    scenario.pop("fleet", None)
    if not SOURCE.joinpath("places.csv").exists():
        scenario.pop("places", None)
    for name, document in (("facts.yaml", cut_facts(facts, workers)), ("scenario.yaml", scenario)):
        text = yaml.safe_dump(document, allow_unicode=True, sort_keys=False)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def run_growth(
    sizes: Sequence[int], *, effort: str, seed: int, processes: int | None, say: Callable[[str], None]
) -> Iterator[list[Row]]:
    """Rows of each size as it is measured."""
    for workers in sizes:
        say(f"growth: {workers:,} workers, {effort}")
        with tempfile.TemporaryDirectory() as name:
            run = plan_folder(
                write_cut(workers, Path(name) / "growth"), effort=effort, seed=seed, processes=processes
            )
        described = describe_run(run)
        kept = ("final", "CPU", "peak memory", "cost", "gap", "unserved", "violations")
        metrics = {name: described[name] for name in kept} | {
            "CPU per worker": (round(1000 * run.watched.cpu_s / workers, 2), "ms"),
        }
        yield make_rows(
            "growth",
            metrics,
            scenario=f"{workers:,}",
            variant="coaches only, roomy",
            effort=effort,
            seed=seed,
        )


def describe_growth(rows: Sequence[Row]) -> str:
    """Exponents of CPU, time and memory between the sizes of the last run of each effort, in words."""
    lines = []
    points: dict[str, list[tuple[int, dict[str, Row]]]] = {}
    for key, known in find_latest(rows, "growth").items():
        points.setdefault(key[2], []).append((int(key[0].replace(",", "")), known))
    for effort, measured in points.items():
        for metric in ("CPU", "final", "peak memory"):
            sizes = sorted(
                (workers, float(known[metric].value))
                for workers, known in measured
                if metric in known and known[metric].value
            )
            if len(sizes) > 1:
                exponent = fit_exponent(sizes)
                large = [point for point in sizes if point[0] >= 10_000]
                beyond = f", {fit_exponent(large):.2f} from 10,000 on" if len(large) > 1 else ""
                lines.append(f"{effort}: {metric} grows as workers to the power {exponent:.2f}{beyond}")
    return "\n".join(lines)


def fit_exponent(points: Sequence[tuple[int, float]]) -> float:
    """Slope of the least-squares line through the logarithms of (size, value); 1 = linear. Two sizes at least."""
    xs = [math.log(size) for size, _ in points]
    ys = [math.log(max(value, 1e-9)) for _, value in points]
    middle_x, middle_y = sum(xs) / len(xs), sum(ys) / len(ys)
    rise = sum((x - middle_x) * (y - middle_y) for x, y in zip(xs, ys, strict=True))
    return rise / sum((x - middle_x) ** 2 for x in xs)
