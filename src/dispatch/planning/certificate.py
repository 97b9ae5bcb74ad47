"""The certificate: cost and proven bound side by side, as a whole, by corridor, by size and by cause."""

from __future__ import annotations

from collections.abc import Mapping

from dispatch.batching.bound.find import BoundResult
from dispatch.model.plan import BoundPart, Certificate, SizeClass
from dispatch.model.scenario import Scenario
from dispatch.planning.corridor_costs import Corridor, Decided, share_costs
from dispatch.planning.gap_causes import (
    estimate_not_closed,
    find_causes,
    group_by_ends,
    list_prices,
    price_idle_coaches,
)

#: Most people of a corridor of each size, the last without limit: about one coach, a few, a dozen, a coach or more a day, and
#: two steps of thick ones.
SIZES = (47, 200, 600, 2_000, 6_000, None)

#: Share of the prices wanted from which a corridor counts as worked out to the end.
CLOSED = 1 - 1e-4


def make_certificate(
    scenario: Scenario,
    decided: Decided,
    penalties: Mapping[str, int],
    bound: BoundResult | None,
    *,
    stopped: bool,
) -> Certificate:
    """Certificate of a plan; bound and gaps are None where the work was stopped before more was proven than 0.

    Parameters
    ----------
    decided
        The plan, or what will be one: trips, duties, service runs, outcomes, rides, costs.
    penalties
        Unserved penalty by priority class, as used.
    """
    cost = decided.costs.total_minor
    if bound is None or (stopped and bound.bound_minor <= 0 < cost):
        return Certificate(
            bound_minor=None,
            gap_ratio=None,
            gap_without_unserved_ratio=None,
            method="stopped before any proof",
        )
    bound_minor = max(0, bound.bound_minor)
    unserved = decided.costs.terms.get("unserved", 0)
    spent = share_costs(scenario, decided, penalties)
    proven = group_by_ends(bound.by_corridor)
    idle = price_idle_coaches(scenario, decided, bound.coach_prices_minor)
    bounds = {key: share for key, (share, _) in bound.by_corridor.items()}
    return Certificate(
        bound_minor=bound_minor,
        gap_ratio=gap_ratio(cost, bound_minor),
        gap_without_unserved_ratio=gap_ratio(cost - unserved, bound_minor),
        method=bound.method,
        parts=_make_parts(scenario, spent, proven),
        sizes=_make_sizes(spent, proven, _list_closed(bound)),
        causes=find_causes(cost - bound_minor, unserved, idle, estimate_not_closed(bounds, bound.scales)),
        prices=list_prices(scenario, bound.coach_prices_minor, bound.service_prices_minor),
    )


def gap_ratio(cost_minor: int, bound_minor: int) -> float:
    """(cost - bound) / cost, 0 when the cost is 0 or below the bound."""
    return max(0.0, (cost_minor - bound_minor) / cost_minor) if cost_minor > 0 else 0.0


def _make_parts(
    scenario: Scenario, spent: Mapping[Corridor, int], proven: Mapping[Corridor, tuple[int, int]]
) -> tuple[BoundPart, ...]:
    names = scenario.geography.regions
    made = [
        BoundPart(
            label=" → ".join(names[region].name if region in names else region for region in key),
            cost_minor=spent.get(key, 0),
            bound_minor=bound_minor,
            workers=workers,
        )
        for key, (bound_minor, workers) in proven.items()
    ]
    return tuple(sorted(made, key=lambda part: (part.bound_minor - part.cost_minor, part.label)))


def _list_closed(bound: BoundResult) -> frozenset[Corridor] | None:
    """Corridors of which every tier class was worked out to the end; None where the proof does not say."""
    if not bound.scales:
        return None
    open_ones = {key[:2] for key in bound.by_corridor if bound.scales.get(key, 0.0) < CLOSED}
    return frozenset(key[:2] for key in bound.by_corridor) - open_ones


def _make_sizes(
    spent: Mapping[Corridor, int],
    proven: Mapping[Corridor, tuple[int, int]],
    closed: frozenset[Corridor] | None,
) -> tuple[SizeClass, ...]:
    made, least = [], 0
    for most in SIZES:
        inside = [
            key
            for key, (_, workers) in proven.items()
            if workers > least and (most is None or workers <= most)
        ]
        if inside:
            made.append(
                SizeClass(
                    most_workers=most,
                    corridors=len(inside),
                    closed=None if closed is None else len(closed.intersection(inside)),
                    workers=sum(proven[key][1] for key in inside),
                    cost_minor=sum(spent.get(key, 0) for key in inside),
                    bound_minor=sum(proven[key][0] for key in inside),
                )
            )
        least = most or least
    return tuple(made)
