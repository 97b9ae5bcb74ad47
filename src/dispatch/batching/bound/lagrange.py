"""The bound that given prices prove, whoever made them: prices are cut down until no pattern breaks them, then added up."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from dispatch.batching.bound.patterns import TOLERANCE, Pattern, Priced, Prices
from dispatch.batching.bound.problem import Cut, Duals, Problem

FloatArray = NDArray[np.float64]
Row = TypeVar("Row", bound=Hashable)
#: Share of all amounts added up that floating point may have lost (each sum has far fewer than 1e5 terms of 1e-16).
FLOAT_LOSS = 1e-10


@dataclass(frozen=True)
class Proof:
    """A proven bound (money, not rounded), the duals that prove it, and the patterns that would improve on them.

    ``by_corridor``: money that each corridor's people and cuts bring before what coaches and services take.
    """

    bound: float
    duals: Duals
    by_corridor: FloatArray
    patterns: tuple[tuple[int, Pattern], ...]
    exact: tuple[bool, ...]
    scales: tuple[float, ...] = ()


def prove_bound(problem: Problem, wanted: Duals, thorough: bool = False) -> Proof:
    """Bound from any non-negative duals.

    Notes
    -----
    Per corridor, cover and cut prices are first kept below what not riding a coach costs, then scaled by the largest
    share at which pricing finds no pattern too cheap; coach and slot prices stay. Services are then run in the cheapest
    way each by itself. What remains is a lower bound by Lagrangian duality (Geoffrion 1974).
    """
    wanted = cap_duals(problem, wanted)
    coach = problem.get_coach_prices(wanted)
    priced = [price_corridor(problem, wanted, coach, i, thorough) for i in range(len(problem.corridors))]
    duals = scale_duals(problem, wanted, [each.scale for each in priced])
    brought = sum_by_corridor(problem, duals)
    services = find_service_least(problem, duals)
    scarcity = sum(price * problem.available.get(key, 0) for key, price in duals.coach.items())
    slots = sum(price * problem.slots[key] for key, price in duals.slots.items())
    bound = float(brought.sum()) + sum(services) - scarcity - slots
    moved = float(np.abs(brought).sum()) + sum(map(abs, services)) + scarcity + slots
    return Proof(
        bound=bound - FLOAT_LOSS * moved,
        duals=duals,
        by_corridor=brought,
        patterns=tuple((i, pattern) for i, each in enumerate(priced) for pattern in each.patterns),
        exact=tuple(each.is_exact and each.scale > 1 - 1e-4 for each in priced),
        scales=tuple(each.scale for each in priced),
    )


def price_corridor(
    problem: Problem, duals: Duals, coach: FloatArray, corridor: int, thorough: bool
) -> Priced:
    """Patterns of a corridor that pay at some duals, and the scale; ``coach``: scarcity by line and day."""
    span = problem.spans[corridor]
    prices = Prices(cover=duals.cover[span], by_day=problem.price_trips(duals, corridor), coach=coach)
    return problem.pricers[corridor].price(prices, thorough)


def cap_duals(problem: Problem, duals: Duals) -> Duals:
    """Duals with nobody's price above what an own ticket or staying costs: cover prices give way, then cut prices."""
    cuts = _scale_cuts(problem, duals)
    by_cut = problem.pay_otherwise(Duals(np.zeros_like(duals.cover), cuts, {}, {}))
    room = np.maximum(problem.otherwise - by_cut, 0.0)
    return Duals(np.clip(duals.cover, 0.0, room), cuts, _positive(duals.coach), _positive(duals.slots))


def _scale_cuts(problem: Problem, duals: Duals) -> dict[Cut, float]:
    positive = {cut: max(price, 0.0) for cut, price in duals.cuts.items()}
    by_cut = problem.pay_otherwise(Duals(np.zeros_like(duals.cover), positive, {}, {}))
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(by_cut > 0, problem.otherwise / by_cut, 1.0)
    shares = [float(min(1.0, share[span].min(initial=1.0))) * (1 - TOLERANCE) for span in problem.spans]
    return {cut: price * shares[cut.corridor] for cut, price in positive.items()}


def _positive(prices: Mapping[Row, float]) -> dict[Row, float]:
    return {key: price for key, price in prices.items() if price > 0}


def scale_duals(problem: Problem, duals: Duals, scales: list[float]) -> Duals:
    """Cover and cut prices of each corridor times its scale."""
    cover = duals.cover.copy()
    for span, scale in zip(problem.spans, scales, strict=True):
        cover[span] *= scale
    cuts = {cut: price * scales[cut.corridor] for cut, price in duals.cuts.items()}
    return Duals(cover, cuts, duals.coach, duals.slots)


def sum_by_corridor(problem: Problem, duals: Duals) -> FloatArray:
    """Money that the people and cuts of each corridor bring."""
    brought = np.array(
        [float((duals.cover[span] * problem.people[span]).sum()) for span in problem.spans], dtype=np.float64
    )
    for cut, price in duals.cuts.items():
        brought[cut.corridor] += price * cut.trips
    return brought


def find_service_least(problem: Problem, duals: Duals) -> list[float]:
    """Least cost of each service at the duals."""
    pay = problem.pay_otherwise(duals)
    return [
        offer.find_least(pay[offer.riders], sum(duals.slots.get(slot, 0.0) for slot in offer.slots))
        for offer in problem.offers
    ]


def mix_duals(problem: Problem, better: Duals, newer: Duals, shares: FloatArray) -> Duals:
    """Duals between two: ``shares`` of ``better`` by corridor; their mean for coaches and slots."""
    cover = newer.cover.copy()
    for span, share in zip(problem.spans, shares.tolist(), strict=True):
        cover[span] = share * better.cover[span] + (1 - share) * newer.cover[span]
    mean = float(shares.mean()) if len(shares) else 0.0
    cuts = {
        cut: float(shares[cut.corridor]) * better.cuts.get(cut, 0.0)
        + (1 - float(shares[cut.corridor])) * newer.cuts.get(cut, 0.0)
        for cut in dict.fromkeys((*better.cuts, *newer.cuts))
    }
    return Duals(
        cover=cover,
        cuts=cuts,
        coach=_mix(better.coach, newer.coach, mean),
        slots=_mix(better.slots, newer.slots, mean),
    )


def stretch_duals(problem: Problem, duals: Duals, by: float) -> Duals:
    """Cover prices times a factor; to find the first patterns with."""
    return Duals(np.minimum(duals.cover * by, problem.otherwise), duals.cuts, duals.coach, duals.slots)


def _mix(better: Mapping[Row, float], newer: Mapping[Row, float], share: float) -> dict[Row, float]:
    keys: dict[Row, None] = dict.fromkeys((*better, *newer))
    return {key: share * better.get(key, 0.0) + (1 - share) * newer.get(key, 0.0) for key in keys}
