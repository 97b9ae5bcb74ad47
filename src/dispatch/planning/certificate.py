"""The certificate: cost and proven bound side by side, as a whole and by corridor."""

from __future__ import annotations

from collections import defaultdict

from dispatch.batching.bound.find import BoundResult
from dispatch.batching.budgets import count_by_class
from dispatch.batching.demand import Party
from dispatch.batching.solve import Solution
from dispatch.model.plan import BoundPart, Certificate
from dispatch.planning.assembly import Assembled
from dispatch.planning.prepared import Prepared

CorridorKey = tuple[str, str, str]


def make_certificate(
    ready: Prepared, solution: Solution, parts: Assembled, bound: BoundResult | None, *, stopped: bool
) -> Certificate:
    """Certificate of a plan; bound and gaps are None where the work was stopped before more was proven than 0."""
    cost = parts.costs.total_minor
    if bound is None or (stopped and bound.bound_minor <= 0 < cost):
        return Certificate(
            bound_minor=None,
            gap_ratio=None,
            gap_without_unserved_ratio=None,
            method="stopped before any proof",
        )
    bound_minor = max(0, bound.bound_minor)
    without = cost - parts.costs.terms.get("unserved", 0)
    return Certificate(
        bound_minor=bound_minor,
        gap_ratio=gap_ratio(cost, bound_minor),
        gap_without_unserved_ratio=gap_ratio(without, bound_minor),
        method=bound.method,
        parts=_make_parts(ready, solution, bound),
    )


def gap_ratio(cost_minor: int, bound_minor: int) -> float:
    """(cost - bound) / cost, 0 when the cost is 0 or below the bound."""
    return max(0.0, (cost_minor - bound_minor) / cost_minor) if cost_minor > 0 else 0.0


def _make_parts(ready: Prepared, solution: Solution, bound: BoundResult) -> tuple[BoundPart, ...]:
    spent = share_costs(ready, solution)
    made = []
    for key, (bound_minor, workers) in bound.by_corridor.items():
        group, area, _ = key
        names = ready.scenario.geography.regions
        label = " → ".join(names[region].name if region in names else region for region in (group, area))
        made.append(
            BoundPart(label=label, cost_minor=spent.get(key, 0), bound_minor=bound_minor, workers=workers)
        )
    return tuple(sorted(made, key=lambda part: (part.bound_minor - part.cost_minor, part.label)))


def share_costs(ready: Prepared, solution: Solution) -> dict[CorridorKey, int]:
    """Cost by corridor: coaches whole, services and transfers by the head."""
    spent: dict[CorridorKey, int] = defaultdict(int)
    for trip in solution.assignment.trips:
        spent[trip.units[0].cell.corridor] += trip.cost_minor
    for duty in solution.transfers.duties:
        riders = [rider for trip in duty.trips for rider in trip.riders]
        _spread(spent, duty.cost_minor, [rider.party for rider in riders])
    seated: dict[str, list[Party]] = defaultdict(list)
    for index, service_id in solution.assignment.service_of.items():
        for party in ready.demand.units[index].parties:
            option = solution.alternatives.get_option(party.cell.index, service_id)
            spent[party.cell.corridor] += option.per_head_minor * party.size
            seated[service_id].append(party)
    for service_id, parties in seated.items():
        loads = count_by_class(parties).values()
        _spread(spent, solution.alternatives.tariffs[service_id].cost_minor(loads), parties)
    placed = {unit.index for trip in solution.assignment.trips for unit in trip.units}
    for unit in ready.demand.units:
        if unit.index in solution.assignment.own_ticket:
            spent[unit.cell.corridor] += solution.alternatives.find_own_ticket(unit) or 0
        elif unit.index not in placed and unit.index not in solution.assignment.service_of:
            spent[unit.cell.corridor] += solution.alternatives.get_penalty(unit)
    return dict(spent)


def _spread(spent: dict[CorridorKey, int], amount: int, parties: list[Party]) -> None:
    heads = sum(party.size for party in parties)
    for party in parties:
        spent[party.cell.corridor] += amount * party.size // heads
