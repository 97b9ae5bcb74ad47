"""Many good routes among many stops: runs of ruin and recreate from a given set of routes or from nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dispatch.routing.many_stops.problem import Kind, PickupProblem

if TYPE_CHECKING:
    from dispatch.routing.many_stops.ruin import Facts, Memory, Tours

#: Routes one run remembers (a power of two).
SLOTS = 1 << 13
#: Overload that is looked at, as a share of the largest coach.
OVERLOAD_RATIO = 0.1
#: Km of a route beside the way there and back of its median stop.
TYPICAL_ROUTE_RATIO = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class RunParams:
    """One run: steps, temperatures as shares of the mean distance, seats that a person too many costs at first and in the
    end, share of steps at the prices of the whole plan.

    Routes of plans below ``good_ratio`` times the best are remembered.
    """

    steps: int
    hot_ratio: float
    cold_ratio: float
    soft_seats: float
    hard_seats: float
    true_share: float
    good_ratio: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Routes:
    """Routes as rows: stops in order filled up with 0, km in tenths, people aboard."""

    stops: NDArray[np.int64]
    km_tenths: NDArray[np.float64]
    load: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.load)


#: Stops that can be told apart by ``name_sets``.
_SALTS = 4_096


def name_sets(stops: NDArray[np.int64]) -> NDArray[np.uint64]:
    """A number for each row that depends on which stops it has and not on their order (64 bits of a fixed hash)."""
    salts = np.random.default_rng(2020).integers(1, 2**63, size=_SALTS, dtype=np.uint64)
    salts[0] = 0
    names: NDArray[np.uint64] = np.bitwise_xor.reduce(salts[stops], axis=1)
    return names


def join(parts: Sequence[Routes]) -> Routes:
    """All routes of several lots, of each set of stops the shortest, by first appearance of the set."""
    stops = np.concatenate([part.stops for part in parts])
    km = np.concatenate([part.km_tenths for part in parts])
    load = np.concatenate([part.load for part in parts])
    names = name_sets(stops)
    order = np.lexsort((np.arange(len(km)), km, names))
    is_first = np.ones(len(order), dtype=bool)
    is_first[1:] = names[order][1:] != names[order][:-1]
    kept = np.sort(order[is_first])
    return Routes(stops=stops[kept], km_tenths=km[kept], load=load[kept])


def make_facts(problem: PickupProblem) -> Facts:
    """Tables of the compiled search: true prices by load, and one list of shared prices for each kind."""
    from dispatch.routing.many_stops.ruin import DEAR, Facts

    n, most = problem.stops, problem.most_aboard
    km = problem.km_tenths.astype(np.float64)
    loads = np.arange(most + max(1, round(OVERLOAD_RATIO * most)) + 1)
    fixed = np.full((len(problem.kinds) + 1, len(loads)), np.inf)
    rate = np.zeros_like(fixed)
    strict = np.full(len(loads), DEAR)
    for k, kind in enumerate(problem.kinds):
        room = min(kind.capacity, most) + 1
        strict[:room] = np.minimum(strict[:room], kind.fixed_minor)
        fixed[k + 1, :room] = kind.fixed_minor / kind.capacity * loads[:room]
        rate[k + 1] = kind.km_minor / 10
    between = km[1:, 1:] + km[1:, 1:].T
    near = np.zeros((n + 1, n), dtype=np.int64)
    near[1:] = np.argsort(between, axis=1, kind="stable") + 1
    by_kind = np.array([(kind.capacity, kind.fixed_minor, kind.km_minor / 10) for kind in problem.kinds])
    typical_km = float(np.median(km[0, 1:] + km[1:, 0])) * TYPICAL_ROUTE_RATIO
    return Facts(
        km, problem.people.astype(np.int64), near, fixed, rate, strict, by_kind.astype(np.float64), typical_km,
        len(loads) - 1, problem.longest,
    )  # fmt: skip


def _make_tours(problem: PickupProblem, start: Sequence[Sequence[int]]) -> Tours:
    from dispatch.routing.many_stops.ruin import Tours

    n = problem.stops
    rows, width = n + 2, problem.longest + 1
    tours = Tours(
        np.zeros((rows, width), dtype=np.int64), np.zeros(rows, dtype=np.int64), np.zeros(rows, dtype=np.int64),
        np.zeros(rows), np.full(n + 1, -1, dtype=np.int64), np.zeros(n + 1, dtype=np.int64),
    )  # fmt: skip
    for r, stops in enumerate(start):
        path = np.array((0, *stops, 0))
        tours.stops[r, : len(stops)] = stops
        tours.filled[r], tours.load[r] = len(stops), problem.people[list(stops)].sum()
        tours.km[r] = problem.km_tenths[path[:-1], path[1:]].sum()
        tours.row[list(stops)], tours.at[list(stops)] = r, np.arange(len(stops))
    return tours


def run_search(
    problem: PickupProblem,
    facts: Facts,
    start: Sequence[Sequence[int]] | None,
    params: RunParams,
    seed: int,
) -> tuple[Routes, Routes]:
    """(best set of routes, routes seen) of one run; ``start`` None begins with every stop on a coach alone."""
    from dispatch.routing.many_stops.ruin import Memory, Saved, anneal

    if start is None:
        start = [(stop,) for stop in range(1, problem.stops + 1)]
    tours, best = _make_tours(problem, start), _make_tours(problem, ())
    rows, width = tours.stops.shape
    saved = Saved(
        np.zeros(1, dtype=np.int64), np.zeros(rows, dtype=np.int64), np.zeros((rows, width), dtype=np.int64),
        np.zeros(rows, dtype=np.int64), np.zeros(rows, dtype=np.int64), np.zeros(rows), np.zeros(rows, dtype=np.int64),
    )  # fmt: skip
    memory = Memory(
        np.zeros(SLOTS, dtype=np.uint64), np.zeros((SLOTS, width), dtype=np.int64),
        np.zeros(SLOTS, dtype=np.int64), np.zeros(SLOTS, dtype=np.int64), np.zeros(SLOTS),
    )  # fmt: skip
    heat = float(facts.km.mean()) * float(np.mean([kind.km_minor / 10 for kind in problem.kinds]))
    anneal(
        facts, tours, best, saved, memory, params.steps, heat * params.hot_ratio, heat * params.cold_ratio,
        params.soft_seats, params.hard_seats, params.true_share, params.good_ratio, seed,
    )  # fmt: skip
    return _read(best), _read(memory)


def find_one_route(weights: NDArray[np.int64], steps: int) -> tuple[int, ...]:
    """Order of all stops 1 to n on one coach, of small total weight; ``weights`` as ``PickupProblem.km_tenths``."""
    n = len(weights) - 1
    people = np.ones(n + 1, dtype=np.int64)
    people[0] = 0
    kind = Kind(capacity=n, fixed_minor=0, km_minor=10)
    problem = PickupProblem(km_tenths=weights, people=people, kinds=(kind,))
    params = RunParams(
        steps=steps,
        hot_ratio=0.3,
        cold_ratio=0.003,
        soft_seats=1.0,
        hard_seats=1.0,
        true_share=1.0,
        good_ratio=1.0,
    )
    plan, _ = run_search(problem, make_facts(problem), [range(1, n + 1)], params, 1)
    return max((tuple(row[row > 0].tolist()) for row in plan.stops), key=len)


def _read(lot: Tours | Memory) -> Routes:
    """Rows in use, stops beyond the last one zeroed."""
    used = np.flatnonzero(lot.filled)
    stops = lot.stops[used].copy()
    stops[np.arange(stops.shape[1])[None, :] >= lot.filled[used, None]] = 0
    return Routes(stops=stops, km_tenths=lot.km[used].copy(), load=lot.load[used].copy())
