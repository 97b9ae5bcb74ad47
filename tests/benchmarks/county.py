"""The county campaign that every tool plans: made by our generator from a seed, in a folder of its own."""

from __future__ import annotations

from pathlib import Path

from dispatch.batching.connecting import make_alternatives
from dispatch.batching.direct import DirectCosts, DirectTrip
from dispatch.batching.progress import Signals
from dispatch.batching.resources import Resources
from dispatch.batching.solve import Solution
from dispatch.batching.state import Assignment
from dispatch.batching.transfers import TransferPlan, TransferPlanner
from dispatch.files.synthesis import synthesize
from dispatch.model.plan import Plan
from dispatch.planning.loading import load_scenario, name_halt
from dispatch.planning.prepared import Prepared, prepare
from dispatch.planning.solved import assemble_plan

FACTS = Path(__file__).with_name("county_scenario") / "facts.yaml"


def make_county(folder: Path, *, seed: int = 1, scale: float = 1.0) -> Path:
    """Write the county scenario into a folder; returns the folder."""
    synthesize(FACTS, folder, seed=seed, scale=scale)
    return folder


def prepare_folder(folder: Path) -> Prepared:
    """A scenario's folder read and made ready. Raises ValueError where it has errors."""
    loaded = load_scenario(folder)
    if loaded.scenario is None:
        raise ValueError(f"{folder} cannot be planned: {loaded.findings[0].message}")
    return prepare(loaded.scenario)


def make_direct_plan(ready: Prepared, trips: tuple[DirectTrip, ...], *, seed: int) -> Plan:
    """Plan of ours whose direct trips somebody else chose; everybody not aboard is unserved. No bound."""
    costs = DirectCosts(ready.scenario, ready.context, ready.demand)
    alternatives = make_alternatives(
        ready.scenario, ready.context, ready.demand, lambda board, site: ready.connections[board, site], costs
    )
    aboard = {unit.index for trip in trips for unit in trip.units}
    left = sum(alternatives.get_penalty(unit) for unit in ready.demand.units if unit.index not in aboard)
    cost = sum(trip.cost_minor for trip in trips) + left
    resources = Resources(ready.scenario)
    for trip in trips:
        resources.hold(trip, 1)
    solution = Solution(
        assignment=Assignment(trips, {}, frozenset(), cost),
        transfers=TransferPlan((), ()),
        alternatives=alternatives,
        planner=TransferPlanner(ready.scenario, ready.context, resources),
        cost_minor=cost,
    )
    return assemble_plan(
        ready, solution, None, effort="quick", seed=seed, signals=Signals(), name_halt=name_halt
    )
