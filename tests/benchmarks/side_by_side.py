"""One county campaign planned by every tool, each plan judged by our checker: the same people, coaches and CPU time."""

from __future__ import annotations

import importlib
import importlib.util
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from benchmarks.county import make_county, make_direct_plan, prepare_folder
from benchmarks.machine import make_rows
from benchmarks.peers.corridors import Outcome, plan_by_corridors
from benchmarks.peers.spreadsheet import plan_by_spreadsheet
from benchmarks.planning_runs import plan_folder
from benchmarks.results import Row
from dispatch.checker.check import check_plan
from dispatch.model.plan import Plan
from dispatch.planning.prepared import Prepared

#: Routers by the name of their distribution: (module to import, adapter).
ROUTERS = {
    "PyVRP": ("pyvrp", "benchmarks.peers.pyvrp_router"),
    "OR-Tools routing": ("ortools", "benchmarks.peers.ortools_router"),
    "VROOM": ("vroom", "benchmarks.peers.vroom_router"),
}
SHEET = "spreadsheet"


def is_installed(tool: str) -> bool:
    """True where a router can be imported here."""
    return importlib.util.find_spec(ROUTERS[tool][0]) is not None


def plan_with(tool: str, ready: Prepared, *, cpu_s: float, seed: int) -> Outcome:
    """Trips that a router or the spreadsheet makes of a campaign."""
    if tool == SHEET:
        return plan_by_spreadsheet(ready)
    router = importlib.import_module(ROUTERS[tool][1]).route
    return plan_by_corridors(ready, router, cpu_s=cpu_s, seed=seed)


def judge(ready: Prepared, plan: Plan) -> tuple[float, int, int]:
    """(cost in units of the currency, people unserved, violations our checker finds)."""
    violations = len(check_plan(ready.scenario, plan))
    return plan.costs.total_minor / 100, int((plan.outcomes["status"] == "unserved").sum()), violations


def run_side_by_side(
    *,
    seeds: Sequence[int],
    cpu_s: float,
    efforts: Sequence[str],
    tools: Sequence[str],
    say: Callable[[str], None],
    scale: float = 1.0,
) -> Iterator[list[Row]]:
    """Rows of each tool and seed as they are measured; the campaign is that of seed 1 for all.

    CPU seconds of a router begin when the scenario is ready, those of ``dispatch`` count everything it does: reading, the
    bound, checker and plan book included.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = make_county(Path(name) / "county", scale=scale)
        ready = prepare_folder(folder)
        variant = f"{ready.demand.workers:,} people"
        for seed in seeds:
            for effort in efforts:
                say(f"peers: dispatch {effort}, seed {seed}")
                yield _run_dispatch(folder, effort, seed, variant)
        for tool in tools:
            if tool != SHEET and not is_installed(tool):
                say(f"peers: {tool} is not installed, left out")
                continue
            for seed in seeds if tool != SHEET else seeds[:1]:
                say(f"peers: {tool}, seed {seed}")
                yield _run_router(ready, tool, cpu_s, seed, variant)


def _run_router(ready: Prepared, tool: str, cpu_s: float, seed: int, variant: str) -> list[Row]:
    outcome = plan_with(tool, ready, cpu_s=cpu_s, seed=seed)
    cost, unserved, violations = judge(ready, make_direct_plan(ready, outcome.trips, seed=seed))
    metrics: dict[str, tuple[object, str]] = {
        **_describe(cost, unserved, violations),
        "CPU": (round(outcome.cpu_s, 1), "s"),
        "trips": (len(outcome.trips), ""),
        "bound": (None, "CNY"),
        "routes mended": (f"{outcome.mended} of {outcome.routes}", ""),
    }
    return make_rows("peers", metrics, scenario="county", variant=variant, seed=seed, tool=tool)


def _run_dispatch(folder: Path, effort: str, seed: int, variant: str) -> list[Row]:
    result = plan_folder(folder, effort=effort, seed=seed)
    document = result.document
    metrics: dict[str, tuple[object, str]] = {
        **_describe(document["cost"]["total"], document["workers"]["unserved"], document["violations"]),
        "CPU": (round(result.watched.cpu_s, 1), "s"),
        "trips": (sum(document["trips"].values()), ""),
        "bound": (document["bound"], "CNY"),
        "routes mended": (None, ""),
    }
    return make_rows("peers", metrics, scenario="county", variant=variant, effort=effort, seed=seed)


def _describe(cost: float, unserved: int, violations: int) -> dict[str, tuple[object, str]]:
    """What is comparable; a plan that breaks a rule has no cost."""
    verdict = "lawful" if violations == 0 else f"{violations} broken rules"
    return {
        "cost": (round(cost) if violations == 0 else None, "CNY"),
        "unserved": (unserved, "people"),
        "checker": (verdict, ""),
    }
