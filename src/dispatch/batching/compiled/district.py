"""Coach trips of a district: all corridors in turn, round after round, at prices of scarce coach-days.

A district is a set of counties whose coaches serve nobody else. Corridors meet only in its fleet. A day on which a line is used up
while people stay behind gets dearer, so that coaches go where leaving people is dearest (Lagrangian
heuristic; the prices steer and prove nothing).
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from dispatch.batching.columns import Columns
from dispatch.batching.compiled.arrays import Corridor, World
from dispatch.batching.compiled.layout import (
    ACTIVE,
    CASH,
    DAY,
    DAYS_AWAY,
    LINE,
    PEOPLE,
    ROW,
    UNIT,
    UNITS,
    Ints,
)
from dispatch.batching.compiled.recombine import MOST_PARTIES, MOST_TRIPS, recombine
from dispatch.model.scenario import Scenario

#: Share of a coach's daily cash by which a scarce day gets dearer each round, and what is left of a price otherwise.
PRICE_STEP_RATIO = 0.3
PRICE_KEPT_RATIO = 0.75
#: At first every coach-day is dearer by this share of its cash, so that few large coaches are filled; it goes down to nothing.
FIRST_BIAS_RATIO = 0.4
#: Trips seen are put together anew after every so many rounds.
RECOMBINED_EVERY = 6
#: First temperature as a share of a run's cash, how far it falls over all rounds and within one.
HEAT_RATIO = 0.03
COOLED_RATIO = 0.1
COOLED_IN_ROUND_RATIO = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class DistrictEffort:
    """``rounds`` over all corridors, each with ``steps_per_trip`` ruin-and-recreate steps for each trip on the road."""

    rounds: int
    steps_per_trip: float


@dataclass(frozen=True, kw_only=True)
class CoachTrips:
    """Coach trips as columns: ``line_ids``, ``day`` and ``days_away`` (t,) of each trip, ``trip_of`` (p,) of each party, -1 = none.

    ``cost_minor``: cash, people and penalties of those left behind, by the compiled arithmetic; ``left_behind`` workers.
    """

    line_ids: tuple[str, ...]
    day: Ints
    days_away: Ints
    trip_of: Ints
    cost_minor: int
    left_behind: int


@dataclass
class _Plan:
    corridor: Corridor
    guess: Ints
    trips: Ints
    trip_of: Ints
    seen: Ints
    seen_count: Ints


def search_district(
    scenario: Scenario,
    columns: Columns,
    penalties: dict[str, int],
    effort: DistrictEffort,
    seed: int,
    keep_going: Callable[[int], bool],
) -> CoachTrips:
    """Coach trips for parties of a district.

    Parameters
    ----------
    scenario
        Places, sites and fleet of the district; its workers are not looked at.
    columns
        Parties; those that may not ride a coach stay behind.
    penalties
        Minor units per worker left behind, by priority class (``""``: all others).
    seed
        The same seed gives the same trips.
    keep_going
        Called with the best cost (minor units) after construction and after each corridor; False ends the search.
    """
    district = _District(scenario, columns, penalties)
    district.construct(seed)
    best = district.freeze()
    if not keep_going(best.cost_minor):
        return best
    for number in range(effort.rounds):
        district.improve(number, effort, seed, partial(keep_going, best.cost_minor))
        if number % RECOMBINED_EVERY == RECOMBINED_EVERY - 1:
            district.recombine()
        found = district.freeze()
        if found.cost_minor < best.cost_minor:
            best = found
        if not keep_going(best.cost_minor):
            break
        district.move_prices(found.left_behind > 0)
    return best


class _District:
    """All corridors of a district while they are searched."""

    def __init__(self, scenario: Scenario, columns: Columns, penalties: dict[str, int]) -> None:
        from dispatch.batching.compiled.search import price_shares

        self.columns = columns
        self.world = World(scenario, columns, penalties)
        self.free = self.world.coaches.copy()
        self.prices: NDArray[np.float64] = np.zeros(self.free.shape)
        self.bias = 0.0
        self.plans: list[_Plan] = []
        for parties in _split(columns):
            corridor = self.world.make_corridor(parties)
            guess = price_shares(corridor.net, corridor.lines, corridor.units, corridor.spans, 0)
            people = int(columns.size[parties].sum())
            rows = min(len(parties) + 2, people // 12 + 8)
            self.plans.append(
                _Plan(
                    corridor,
                    guess,
                    np.zeros((rows, ROW), dtype=np.int64),
                    np.full(len(parties), -1, dtype=np.int64),
                    np.zeros((MOST_TRIPS if len(parties) <= MOST_PARTIES else 0, ROW), dtype=np.int64),
                    np.zeros(1, dtype=np.int64),
                )
            )
        self.plans.sort(key=lambda plan: -int(columns.size[plan.corridor.parties].sum()))
        self.day_cash = self._find_day_cash()

    def _find_day_cash(self) -> NDArray[np.float64]:
        """Mean cash of a coach-day of each line (lines,)."""
        sums = np.zeros((len(self.world.fleet), 2))
        for plan in self.plans:
            runs = plan.guess[:, 0] > 0
            lines = plan.corridor.line_numbers[runs]
            sums[lines, 0] += plan.guess[runs, 2] / np.maximum(1, plan.guess[runs, 1])
            sums[lines, 1] += 1
        return sums[:, 0] / np.maximum(1, sums[:, 1])

    def construct(self, seed: int) -> None:
        """First plan, the corridors with most people first."""
        for plan in self.plans:
            self._search(plan, 0, 1.0, 1.0, seed)

    def improve(self, number: int, effort: DistrictEffort, seed: int, keep_going: Callable[[], bool]) -> None:
        """One round over all corridors."""
        for at, plan in enumerate(self.plans):
            steps = int(effort.steps_per_trip * (plan.trips[:, ACTIVE].sum() + 1))
            hot = (
                HEAT_RATIO * float(plan.guess[:, 2].max(initial=1)) * COOLED_RATIO ** (number / effort.rounds)
            )
            self.bias = FIRST_BIAS_RATIO * max(0.0, 1.0 - 1.3 * number / effort.rounds)
            mark = zlib.crc32(f"{seed}/{number}/{plan.corridor.key}/{at}".encode())
            self._search(plan, steps, max(hot, 1.0), max(hot * COOLED_IN_ROUND_RATIO, 0.5), mark)
            if at % 8 == 0 and not keep_going():
                return

    def _search(self, plan: _Plan, steps: int, hot: float, cold: float, seed: int) -> None:
        from dispatch.batching.compiled.search import search_corridor

        corridor, lines = plan.corridor, plan.corridor.line_numbers
        free = np.ascontiguousarray(self.free[lines])
        prices = np.ascontiguousarray(self.prices[lines] + self.bias * self.day_cash[lines][:, None])
        search_corridor(
            corridor.net, corridor.lines, corridor.units, corridor.spans, free,
            prices, plan.trips, plan.trip_of, plan.guess, steps, hot, cold, seed,
            plan.seen, plan.seen_count,
        )  # fmt: skip
        self.free[lines] = free

    def recombine(self) -> None:
        """The best set of trips seen, corridor by corridor; one that gets no cheaper stays as it is."""
        for plan in self.plans:
            count = min(int(plan.seen_count[0]), len(plan.seen))
            if not count:
                continue
            self._recombine(plan, plan.seen[:count])
            plan.seen_count[0] = 0

    def _recombine(self, plan: _Plan, seen: Ints) -> None:
        from dispatch.batching.compiled.search import hold, measure, seat_trip

        corridor, lines = plan.corridor, plan.corridor.line_numbers
        free = np.ascontiguousarray(self.free[lines])
        prices = np.ascontiguousarray(self.prices[lines])
        before = measure(corridor.lines, corridor.units, prices, plan.trips, plan.trip_of)
        for row in plan.trips[plan.trips[:, ACTIVE] == 1]:
            hold(corridor.lines, free, row, -1)
        rows = recombine(corridor.net, corridor.lines, corridor.units, free, prices, plan.trips, seen)
        if rows is None or len(rows) > len(plan.trips):
            return
        trips, trip_of = np.zeros_like(plan.trips), np.full_like(plan.trip_of, -1)
        trips[: len(rows)] = rows
        for t in range(len(rows)):
            hold(corridor.lines, free, trips[t], 1)
            seat_trip(corridor.units, trips, trip_of, t)
        if measure(corridor.lines, corridor.units, prices, trips, trip_of) < before and (free >= 0).all():
            plan.trips, plan.trip_of = trips, trip_of
            self.free[lines] = free

    def move_prices(self, left_behind: bool) -> None:
        """Days on which a line is used up get dearer while people stay behind, all others cheaper."""
        scarce = (self.free <= 0) & (self.world.coaches > 0) & left_behind
        step = PRICE_STEP_RATIO * self.day_cash[:, None]
        self.prices = np.where(scarce, self.prices + step, self.prices * PRICE_KEPT_RATIO)

    def freeze(self) -> CoachTrips:
        """Trips as they stand, at true cost."""
        trip_of = np.full(len(self.columns.size), -1, dtype=np.int64)
        line_ids: list[str] = []
        days: list[int] = []
        away: list[int] = []
        cost = 0
        for plan in self.plans:
            left = plan.trip_of < 0
            cost += int(plan.corridor.units.penalty_minor[left].sum())
            for row in plan.trips[plan.trips[:, ACTIVE] == 1]:
                cost += int(row[CASH] + row[PEOPLE])
                units = row[UNIT : UNIT + row[UNITS]]
                trip_of[plan.corridor.parties[units]] = len(days)
                line_ids.append(self.world.fleet[plan.corridor.line_numbers[row[LINE]]].id)
                days.append(int(row[DAY]))
                away.append(int(row[DAYS_AWAY]))
        return CoachTrips(
            line_ids=tuple(line_ids),
            day=np.array(days, dtype=np.int64),
            days_away=np.array(away, dtype=np.int64),
            trip_of=trip_of,
            cost_minor=cost,
            left_behind=int(self.columns.size[trip_of < 0].sum()),
        )


def _split(columns: Columns) -> list[Ints]:
    """Rows of each corridor's parties."""
    if not len(columns.corridor):
        return []
    order = np.argsort(columns.corridor, kind="stable")
    cuts = np.flatnonzero(np.diff(columns.corridor[order])) + 1
    return [rows.astype(np.int64) for rows in np.split(order, cuts)]
