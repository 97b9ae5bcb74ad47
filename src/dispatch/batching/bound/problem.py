"""The relaxed problem: corridors, services and alternatives with global positions, and the limits that couple them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from dispatch.batching.alternatives import Alternatives
from dispatch.batching.bound.corridors import BoundCorridor
from dispatch.batching.bound.fleets import MOST_DATES, Fleets
from dispatch.batching.bound.params import BoundParams
from dispatch.batching.bound.pricing import Pricer
from dispatch.batching.bound.services import ServiceOffer
from dispatch.model.scenario import Scenario
from dispatch.routing.context import RoutingContext

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
CoachDay = tuple[int, int]
Slot = tuple[str, str, int]


@dataclass(frozen=True)
class Cut:
    """Interval round-up cut of a corridor (position): trips on its days + people carried otherwise / rest >= trips.

    ``cells``: rows of the corridor whose every coach day lies inside; ``days``: columns (first, last) of its days.
    """

    corridor: int
    days: tuple[int, int]
    cells: tuple[int, ...]
    rest: float
    trips: float


@dataclass(frozen=True)
class Duals:
    """Prices of all rows: cover (all cells), cuts by key, coaches by (line, day), slots."""

    cover: FloatArray
    cuts: dict[Cut, float]
    coach: dict[CoachDay, float]
    slots: dict[Slot, float]


@dataclass(frozen=True)
class Problem:
    """All that bound and self-check need. Cells stand in corridor order; ``spans`` gives each corridor's slice."""

    corridors: tuple[BoundCorridor, ...]
    spans: tuple[slice, ...]
    people: FloatArray
    otherwise: FloatArray
    pricers: tuple[Pricer, ...]
    offers: tuple[ServiceOffer, ...]
    fleets: Fleets
    available: dict[CoachDay, int]
    slots: dict[Slot, int]

    def get_coach_prices(self, duals: Duals) -> FloatArray:
        """Scarcity price of a coach by line and day; infinity where none may be out."""
        return self.spread_prices(duals.coach)

    def spread_prices(self, coach: Mapping[CoachDay, float]) -> FloatArray:
        """Prices by (line, day) as a table; infinity where no coach may be out."""
        prices = np.zeros((len(self.fleets.lines), self.fleets.last_day + 2 + 2 * MOST_DATES))
        for line in self.fleets.finite:
            for day in range(prices.shape[1]):
                if self.available.get((line, day), 0) == 0:
                    prices[line, day] = np.inf
        for (line, day), price in coach.items():
            prices[line, day] = max(price, prices[line, day])
        return prices

    def price_trips(self, duals: Duals, corridor: int) -> FloatArray:
        """What the cuts pay per trip of a corridor by its days (T,)."""
        paid = np.zeros(len(self.corridors[corridor].days))
        for cut, price in duals.cuts.items():
            if cut.corridor == corridor:
                paid[cut.days[0] : cut.days[1] + 1] += price
        return paid

    def pay_otherwise(self, duals: Duals) -> FloatArray:
        """What one more person carried otherwise than by direct coach brings: cover + cut prices / rest (all cells)."""
        pay = duals.cover.copy()
        for cut, price in duals.cuts.items():
            start = self.spans[cut.corridor].start
            pay[[start + row for row in cut.cells]] += price / cut.rest
        return pay


def make_problem(
    scenario: Scenario,
    context: RoutingContext,
    corridors: tuple[BoundCorridor, ...],
    offers: tuple[ServiceOffer, ...],
    fleets: Fleets,
    alternatives: Alternatives,
    params: BoundParams,
) -> Problem:
    """Problem of some corridors and the services that their cells may ride."""
    cells = [cell for corridor in corridors for cell in corridor.cells]
    otherwise = [
        min(
            alternatives.get_class_penalty(cell.priority_class),
            alternatives.own_ticket_minor.get(cell.index, 1 << 60),
        )
        for cell in cells
    ]
    return Problem(
        corridors=corridors,
        spans=find_spans(corridors),
        people=np.concatenate([corridor.people for corridor in corridors]) if corridors else np.zeros(0),
        otherwise=np.array(otherwise, dtype=np.float64),
        pricers=tuple(Pricer(scenario, context, fleets, corridor, params) for corridor in corridors),
        offers=offers,
        fleets=fleets,
        available=find_available(fleets),
        slots=_find_slots(scenario, offers),
    )


def find_spans(corridors: Sequence[BoundCorridor]) -> tuple[slice, ...]:
    """Slice of each corridor among all cells."""
    ends = np.cumsum([0, *(len(corridor.cells) for corridor in corridors)]).tolist()
    return tuple(slice(begin, end) for begin, end in pairwise(ends))


def find_available(fleets: Fleets) -> dict[CoachDay, int]:
    """Coaches by finite line and day of the horizon; a day that is missing has none."""
    available = {}
    for line in fleets.finite:
        for day in range(fleets.last_day + 2 + 2 * MOST_DATES):
            count = fleets.find_available(fleets.lines[line], day)
            if count:
                available[line, day] = count
    return available


def _find_slots(scenario: Scenario, offers: tuple[ServiceOffer, ...]) -> dict[Slot, int]:
    """Trains and aircraft a terminal takes on a date, where services of ours could exceed it."""
    wanted: dict[Slot, int] = defaultdict(int)
    for offer in offers:
        for slot in offer.slots:
            wanted[slot] += 1
    limits = {}
    for slot, count in sorted(wanted.items()):
        terminal = scenario.terminals.get(slot[0])
        if terminal is None or slot[2] < 0:
            continue
        most = terminal.aircraft_per_day if slot[1] == "charter" else terminal.trains_per_day
        if most is not None and most < count:
            limits[slot] = most
    return limits
