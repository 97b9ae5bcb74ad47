"""The bound of a large scenario, pickup group by pickup group: run the tasks anywhere, add up their parts.

A plan's cost is the sum of what the people of each pickup group cost (no coach carries two groups; services are paid at a
price per seat and earn it once), so bounds of the groups add up whatever the prices.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from dispatch.batching.bound.cells import make_cells
from dispatch.batching.bound.corridors import Key, group_cells, make_corridor
from dispatch.batching.bound.county import Coaches, CountyProof, bound_county
from dispatch.batching.bound.find import BoundResult, share_out
from dispatch.batching.bound.fleets import Fleets
from dispatch.batching.bound.lagrange import FLOAT_LOSS
from dispatch.batching.bound.merging import merge_cells
from dispatch.batching.bound.pricing import Pricer
from dispatch.batching.bound.seat_services import price_own_tickets, price_staying
from dispatch.batching.bound.seats import SeatProblem, make_seat_problem
from dispatch.batching.bound.tasks import BoundTask
from dispatch.batching.demand import Cell, Demand
from dispatch.batching.direct import DirectCosts
from dispatch.batching.progress import Signals
from dispatch.model.scenario import Scenario
from dispatch.network.travel import freeze_travel
from dispatch.routing.context import RoutingContext, make_context

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class BoundPart:
    """What one task proves. Money in minor units.

    Attributes
    ----------
    bound_minor
        What the people of the task cost at least, services' and shared coaches' shares of the task included; rounded down.
    by_corridor
        (money brought before coaches take theirs, workers, scale, exact) by corridor.
    coach_prices_minor
        Price of one more coach by (fleet line, day), where it is not 0.
    service_prices_minor
        Price of a seat by service, as given.
    scarcity_minor, service_minor
        What the coaches there are take off the corridors' sum; what services and shared coaches add.
    is_complete
        False where the work was stopped before its end.
    """

    name: str
    bound_minor: int
    by_corridor: dict[Key, tuple[float, int, float, bool]]
    coach_prices_minor: dict[tuple[str, int], float]
    service_prices_minor: dict[str, float]
    scarcity_minor: float
    service_minor: float
    rounds: int
    columns: int
    left_out: int
    is_complete: bool = True


def run_bound_task(task: BoundTask, signals: Signals) -> BoundPart:
    """Bound of one task; the same in any process. ``signals`` hear of the bound so far and may stop the work."""
    scenario = task.scenario
    context = make_context(scenario, freeze_travel(scenario, scenario.geography.places))
    fleets = Fleets(scenario, {line for line, _ in task.shared_prices_minor})
    problems, full, left_out = _make_problems(task, context, fleets)
    stopped = False

    def keep_going(bound: float) -> bool:
        nonlocal stopped
        signals.tell(f"bound {task.name}", f"{bound:.0f}")
        stopped = signals.should_stop()
        return not stopped

    coaches = Coaches(fleets, task.shared_prices_minor)
    proof = bound_county(problems, coaches, task.params, keep_going)
    proofs = (
        replace(each, bound=max(each.bound, least)) for each, least in zip(proof.proofs, full, strict=True)
    )
    proof = replace(proof, proofs=tuple(proofs))
    return _make_part(task, fleets, coaches, problems, proof, left_out, not stopped)


def find_servable(
    scenario: Scenario, context: RoutingContext, cells: Sequence[Cell], largest: Sequence[int]
) -> list[Cell]:
    """Cells whose parties a coach of their own could lawfully carry, or who may buy own tickets.

    The others may be hopeless, and then cost nothing; to leave people out never makes a bound too high.
    """
    costs = DirectCosts(scenario, context, Demand(parties=(), units=(), cells=(), apart=frozenset()))
    tickets = np.isfinite(price_own_tickets(scenario, context, cells))
    return [
        cell
        for cell, has_ticket, size in zip(cells, tickets.tolist(), largest, strict=True)
        if has_ticket or _may_ride(costs, cell, size)
    ]


def _may_ride(costs: DirectCosts, cell: Cell, size: int) -> bool:
    if not cell.may_ride_bus:
        return False
    for fleet_id in costs.lines:
        shape = costs.find_shape_for(fleet_id, frozenset({(cell.board, cell.gate)}))
        if shape is not None and any(
            costs.find_cost_per_head(shape, day, cell) is not None and costs.get_capacity(shape, day) >= size
            for day in cell.days
        ):
            return True
    return False


def _make_problems(
    task: BoundTask, context: RoutingContext, fleets: Fleets
) -> tuple[list[SeatProblem], list[float], int]:
    """Problem of each corridor of a task, thick ones merged; what full coaches prove of each; how many cells were left out."""
    scenario = task.scenario
    cells = make_cells(scenario, task.cells)
    kept = find_servable(scenario, context, cells, task.cells["largest"].tolist())
    people = {cell.index: int(count) for cell, count in zip(cells, task.cells["people"], strict=True)}
    groups = group_cells(scenario, kept)
    left_out = len(cells) - len(kept)
    del cells, kept
    problems, full = [], []
    for key in tuple(groups):
        own = groups.pop(key)  # so that the cells of a corridor are gone once they are merged
        full.append(_price_full_coaches(task, context, fleets, key, own, people))
        problems.append(_make_problem(task, context, fleets, key, own, people))
    return problems, full, left_out


def _make_problem(
    task: BoundTask,
    context: RoutingContext,
    fleets: Fleets,
    key: Key,
    cells: list[Cell],
    people: Mapping[int, int],
) -> SeatProblem:
    scenario, params = task.scenario, task.params
    staying = price_staying(scenario, context, fleets, cells, task.unserved_minor, task.service_prices_minor)
    corridor = make_corridor(scenario, context, key, cells, people, params)
    return make_seat_problem(
        scenario, context, fleets, *merge_cells(corridor, staying, params.most_cells), params
    )


def _price_full_coaches(
    task: BoundTask,
    context: RoutingContext,
    fleets: Fleets,
    key: Key,
    cells: list[Cell],
    people: Mapping[int, int],
) -> float:
    """Everybody of a corridor at the cheapest seat of a full coach between their own two places, or staying.

    A coach with several stops costs at least as much as one to any pair of them, so its cash divided by its room is at least
    every rider's share here; prices of coaches only make it dearer. No places are taken together, so that in thick corridors
    with many places this can be more than patterns between clusters prove.
    """
    scenario = task.scenario.replace(limits=replace(context.limits, max_pickups=1, max_drop_offs=1))
    direct = make_context(scenario, context.travel)
    staying = price_staying(
        task.scenario, context, fleets, cells, task.unserved_minor, task.service_prices_minor
    )
    corridor = make_corridor(scenario, direct, key, cells, people, task.params)
    seats = Pricer(scenario, direct, fleets, corridor, task.params).find_cheapest_seats()
    by_index = {cell.index: float(cost) for cell, cost in zip(cells, staying, strict=True)}
    otherwise = np.array([by_index[cell.index] for cell in corridor.cells], dtype=np.float64)
    return float((np.minimum(otherwise, seats) * corridor.people).sum()) * (1.0 - FLOAT_LOSS)


def _make_part(
    task: BoundTask,
    fleets: Fleets,
    coaches: Coaches,
    problems: list[SeatProblem],
    proof: CountyProof,
    left_out: int,
    is_complete: bool,
) -> BoundPart:
    once = task.service_share_minor - task.shared_scarcity_minor
    prices = {
        (fleets.lines[line].id, day): float(price)
        for (line, day), price in zip(coaches.keys, proof.prices.tolist(), strict=True)
        if price > 0
    }
    return BoundPart(
        name=task.name,
        bound_minor=math.floor(proof.bound + once - 1e-6),
        by_corridor={
            problem.corridor.key: (each.bound, problem.corridor.workers, each.scale, each.is_exact)
            for problem, each in zip(problems, proof.proofs, strict=True)
        },
        coach_prices_minor=prices,
        service_prices_minor=dict(task.service_prices_minor),
        scarcity_minor=proof.scarcity,
        service_minor=once,
        rounds=proof.rounds,
        columns=proof.columns,
        left_out=left_out,
        is_complete=is_complete,
    )


def combine_bound_parts(parts: Sequence[BoundPart]) -> BoundResult:
    """Bound of the whole scenario: the sum of whole numbers, each rounded down, never below 0."""
    total = max(0, sum(part.bound_minor for part in parts))
    brought = [
        (key, workers, money) for part in parts for key, (money, workers, _, _) in part.by_corridor.items()
    ]
    scales = {key: scale for part in parts for key, (_, _, scale, _) in part.by_corridor.items()}
    return BoundResult(
        bound_minor=total,
        by_corridor=share_out(total, brought),
        method="trip patterns at prices of seats, county by county",
        rounds=sum(part.rounds for part in parts),
        exact_corridors=sum(exact for part in parts for _, _, _, exact in part.by_corridor.values()),
        columns=sum(part.columns for part in parts),
        coach_prices_minor={key: price for part in parts for key, price in part.coach_prices_minor.items()},
        service_prices_minor=dict(parts[0].service_prices_minor) if parts else {},
        scales=scales,
        scarcity_minor=math.fsum(part.scarcity_minor for part in parts),
        services_minor=math.fsum(part.service_minor for part in parts),
    )
