"""The bound of many corridors that share a fleet: corridors in turn at one price of coaches.

For any prices pi >= 0 of coaches by line and day, sum over corridors L_q(pi) - sum pi × coaches is a bound (Geoffrion 1974);
prices are suggested by what the corridors use, the best of a few are kept and worked out further.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from dispatch.batching.bound.alone import Alone
from dispatch.batching.bound.coach_prices import find_coach_prices
from dispatch.batching.bound.fleets import MOST_DATES, Fleets
from dispatch.batching.bound.lagrange import FLOAT_LOSS
from dispatch.batching.bound.params import BoundParams
from dispatch.batching.bound.problem import CoachDay, find_available
from dispatch.batching.bound.seats import SeatProblem, SeatProof

FloatArray = NDArray[np.float64]
KeepGoing = Callable[[float], bool]
#: How far from the best prices new ones are tried at first, in half days of a coach, and how that changes.
FIRST_RADIUS, WIDER, NARROWER = 0.5, 4.0, 0.25


class Coaches:
    """The coach-days that may be scarce, as a vector.

    ``shared``: prices by (fleet line, day) that are given and subtracted elsewhere; their lines are not in the vector.
    """

    def __init__(self, fleets: Fleets, shared: Mapping[tuple[str, int], float] | None = None) -> None:
        every = find_available(fleets)
        available = {key: count for key, count in every.items() if key[0] in fleets.limited}
        given = shared or {}
        self.given = {key: given.get((fleets.lines[key[0]].id, key[1]), 0.0) for key in every}
        self.fleets = fleets
        self.keys: list[CoachDay] = sorted(available)
        self.counts = np.array([available[key] for key in self.keys], dtype=np.float64)
        self.lines = np.array([line for line, _ in self.keys], dtype=np.int64)
        self.days = np.array([day for _, day in self.keys], dtype=np.int64)
        self.shape = (len(fleets.lines), fleets.last_day + 2 + 2 * MOST_DATES)
        self.step = np.array([_find_step(fleets, line) for line in self.lines.tolist()], dtype=np.float64)

    def spread(self, prices: FloatArray) -> FloatArray:
        """Prices (n,) as a table by line and day; infinity where no coach of a finite line may be out."""
        table = np.zeros(self.shape)
        table[list(self.fleets.finite)] = np.inf
        for key, price in self.given.items():
            table[key] = max(0.0, price)
        table[self.lines, self.days] = prices
        return table

    def gather(self, table: FloatArray) -> FloatArray:
        """The coach-days of a table by line and day (n,)."""
        found: FloatArray = table[self.lines, self.days]
        return found


def _find_step(fleets: Fleets, line: int) -> float:
    """What a coach of a line costs per day, roughly; at least 1."""
    tariff = fleets.lines[line].tariff
    return max(1.0, float(tariff.lump_trip_minor or tariff.day_minor + tariff.driver_day_minor) / 2)


@dataclass(frozen=True)
class CountyProof:
    """Proofs of all corridors at one price of coaches (n,), and what the coaches take off their sum.

    ``cost``: what the masters cost, scarcity taken off; no bound.
    """

    proofs: tuple[SeatProof, ...]
    prices: FloatArray
    scarcity: float
    cost: float
    rounds: int
    columns: int

    @property
    def bound(self) -> float:
        """The bound, money, not rounded."""
        return sum(proof.bound for proof in self.proofs) - self.scarcity


def bound_county(
    problems: list[SeatProblem], coaches: Coaches, params: BoundParams, keep_going: KeepGoing
) -> CountyProof:
    """Bound of corridors that share coaches. ``keep_going`` hears of the bound so far and may stop the work.

    New prices of coaches are kept where the masters, new patterns included, cost more at them than at the prices so far.
    """
    corridors = [Alone(problem, params) for problem in problems]
    prices = np.zeros(len(coaches.keys))
    best = _work(corridors, coaches, prices, params.first_rounds)
    radius, rejected = FIRST_RADIUS, 0
    estimates = [partial(_estimate, corridor, coaches) for corridor in corridors]
    for _ in range(params.price_passes if len(prices) else 0):
        if not keep_going(best.bound):
            return best
        found, cost = find_coach_prices(
            estimates, coaches.counts, prices, radius * coaches.step, params.price_steps
        )
        if np.array_equal(found, prices):
            break
        proof = _work(corridors, coaches, found, params.pass_rounds)
        best = max(best, proof, key=lambda each: each.bound)
        if proof.cost > cost:
            prices, radius, rejected = found, radius * WIDER, 0
        elif rejected:
            break
        else:
            radius, rejected = radius * NARROWER, 1
    if keep_going(best.bound):
        proof = _work(corridors, coaches, prices, params.rounds)
        best = max(best, proof, key=lambda each: each.bound)
    return best


def _estimate(corridor: Alone, coaches: Coaches, prices: FloatArray) -> tuple[float, FloatArray]:
    cost, used = corridor.estimate(coaches.spread(prices))
    return cost, coaches.gather(used)


def _work(corridors: list[Alone], coaches: Coaches, prices: FloatArray, rounds: int) -> CountyProof:
    table = coaches.spread(prices)
    proofs = tuple(corridor.work(table, rounds) for corridor in corridors)
    scarcity = float(prices @ coaches.counts) * (1 + FLOAT_LOSS)
    return CountyProof(
        proofs=proofs,
        prices=prices,
        scarcity=scarcity,
        cost=sum(corridor.cost for corridor in corridors) - scarcity,
        rounds=sum(corridor.rounds for corridor in corridors),
        columns=sum(corridor.columns for corridor in corridors),
    )
