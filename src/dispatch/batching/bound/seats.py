"""Prices of seats: the dual of a thick corridor with one price per pair of clusters and day instead of one per cell.

A seat from boarding cluster b to gate cluster g on day t costs q(b, g, t). People of a cell then pay
min over t of q + their own cost on t, at most what staying costs. For any q that no trip pattern undercuts this is a
bound: per corridor sum n·min(otherwise, min over t (q + per head)) + what the cuts bring. It relaxes only that one coach
carries no more people of one cell than there are (of a pair it does not), and converges in far fewer patterns.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from dispatch.batching.bound.corridors import BoundCorridor
from dispatch.batching.bound.cuts import find_cuts
from dispatch.batching.bound.fleets import Fleets
from dispatch.batching.bound.lagrange import FLOAT_LOSS
from dispatch.batching.bound.params import BoundParams
from dispatch.batching.bound.patterns import TOLERANCE, Pattern, Prices
from dispatch.batching.bound.pricing import Pricer
from dispatch.batching.bound.problem import Cut
from dispatch.model.scenario import Scenario
from dispatch.routing.context import RoutingContext

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True)
class SeatDuals:
    """Prices of seats by pair of clusters and day (P, T), and of cuts."""

    seats: FloatArray
    cuts: Mapping[Cut, float]


@dataclass(frozen=True)
class SeatProof:
    """A bound on what the people of a corridor cost, prices of coaches paid but what all coaches bring not subtracted.

    ``scale``: by how much the prices wanted were cut down; ``exact``: no pattern was worth more than 0.01 % of its cost.
    """

    bound: float
    duals: SeatDuals
    patterns: tuple[Pattern, ...]
    scale: float
    is_exact: bool


@dataclass(frozen=True)
class SeatProblem:
    """A corridor with its pairs of clusters.

    ``pair_of`` (K,) numbers the pair of each cell; ``pairs`` is the corridor with one cell per pair; ``supply`` (P, T) counts
    the people of each pair who may travel on each day; ``most`` (P, T) is more than anybody pays for a seat.
    """

    corridor: BoundCorridor
    otherwise: FloatArray
    pair_of: IntArray
    pairs: BoundCorridor
    supply: FloatArray
    most: FloatArray
    pricer: Pricer
    cuts: tuple[Cut, ...]

    def pay_cuts(self, cuts: Mapping[Cut, float]) -> FloatArray:
        """What cuts pay for one more person of each cell carried otherwise (K,)."""
        pay = np.zeros(len(self.otherwise))
        for cut, price in cuts.items():
            pay[list(cut.cells)] += price / cut.rest
        return pay

    def pay_trips(self, cuts: Mapping[Cut, float]) -> FloatArray:
        """What cuts pay for one more trip by day (T,)."""
        paid = np.zeros(len(self.corridor.days))
        for cut, price in cuts.items():
            paid[cut.days[0] : cut.days[1] + 1] += price
        return paid

    def find_cover(self, duals: SeatDuals) -> FloatArray:
        """What one person of each cell pays at most (K,): staying less the cuts, or the cheapest seat and day."""
        by_day = duals.seats[self.pair_of] + self.corridor.per_head
        stay = self.otherwise - self.pay_cuts(duals.cuts)
        cover: FloatArray = np.minimum(stay, by_day.min(axis=1, initial=np.inf))
        return cover


def make_seat_problem(
    scenario: Scenario,
    context: RoutingContext,
    fleets: Fleets,
    corridor: BoundCorridor,
    otherwise: FloatArray,
    params: BoundParams,
) -> SeatProblem:
    """Problem of one corridor; ``otherwise`` (K,): what not riding a coach costs per head."""
    numbers, heads, pair_of = np.unique(
        corridor.board_of * len(corridor.gates) + corridor.gate_of, return_index=True, return_inverse=True
    )
    shape = (len(numbers), len(corridor.days))
    able = np.isfinite(corridor.per_head)
    supply, most = np.zeros(shape), np.zeros(shape)
    np.add.at(supply, pair_of, able * corridor.people[:, None])
    saved = np.where(able, otherwise[:, None] - np.where(able, corridor.per_head, 0.0), 0.0)
    np.maximum.at(most, pair_of, saved)
    pairs = replace(
        corridor,
        cells=tuple(replace(corridor.cells[int(row)], fleet_lock="") for row in heads),
        people=supply.max(axis=1, initial=0.0),
        board_of=corridor.board_of[heads],
        gate_of=corridor.gate_of[heads],
        per_head=np.where(supply > 0, 0.0, np.inf),
    )
    pricer = Pricer(scenario, context, fleets, pairs, params, supply)
    cuts = find_cuts(0, corridor, pricer.find_most_room)
    return SeatProblem(corridor, otherwise, pair_of.ravel(), pairs, supply, most, pricer, cuts)


def make_first_seats(problem: SeatProblem) -> FloatArray:
    """A seat of a full coach that goes nowhere else, at most what anybody pays (P, T): no pattern undercuts it."""
    return np.minimum(problem.pricer.find_seats_by_day(), problem.most)


def prove_seats(
    problem: SeatProblem, wanted: SeatDuals, coach: FloatArray, thorough: bool = False
) -> SeatProof:
    """Bound from any non-negative prices of seats and cuts; ``coach``: price of a coach by (line, day).

    Prices of seats and cuts are scaled until no pattern is too cheap; what people pay follows from them.
    """
    cuts = _cap_cuts(problem, wanted.cuts)
    seats = np.clip(wanted.seats, 0.0, problem.most)
    priced = problem.pricer.price(Prices(seats, problem.pay_trips(cuts), coach), thorough)
    duals = SeatDuals(
        seats * priced.scale, {cut: price * priced.scale for cut, price in cuts.items() if price > 0}
    )
    people = float((problem.find_cover(duals) * problem.corridor.people).sum())
    brought = sum(price * cut.trips for cut, price in duals.cuts.items())
    return SeatProof(
        bound=people + brought - FLOAT_LOSS * (abs(people) + abs(brought)),
        duals=duals,
        patterns=priced.patterns,
        scale=priced.scale,
        is_exact=priced.is_exact and priced.scale > 1 - 1e-4,
    )


def _cap_cuts(problem: SeatProblem, cuts: Mapping[Cut, float]) -> dict[Cut, float]:
    """Cut prices that pay nobody more for staying than staying costs."""
    positive = {cut: max(price, 0.0) for cut, price in cuts.items()}
    pay = problem.pay_cuts(positive)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = float(np.where(pay > 0, problem.otherwise / pay, 1.0).min(initial=1.0))
    return {cut: price * min(1.0, share) * (1 - TOLERANCE) for cut, price in positive.items()}
