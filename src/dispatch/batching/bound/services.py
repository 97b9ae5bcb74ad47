"""Services in the bound: who may ride which departure at what least price, and the cheapest way to run one alone.

The set of options is wider than the planner's: any pair of a boarding and an alighting stop of any service that is not
refused, with first boarding and arrival taken as favourably as the rules allow.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from dispatch.batching.bound.fleets import Fleets
from dispatch.batching.bound.transfers_floor import TransferFloor
from dispatch.batching.demand import Cell, Demand
from dispatch.model.scenario import Scenario
from dispatch.model.supply import Mode, Service, ServiceKind, ServiceStatus
from dispatch.routing.capacity import carriage_capacity
from dispatch.routing.context import RoutingContext
from dispatch.units import DAY_MIN, divide_half_even

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True)
class ServiceOffer:
    """One service: its riders (positions among all cells), their least price per head, its room and money.

    ``slots``: (terminal, mode, date) places it takes up.
    """

    service_id: str
    riders: IntArray
    price: FloatArray
    people: FloatArray
    carriage_room: int
    min_carriages: int
    max_carriages: int
    min_load: int
    fixed: float
    carriage: float
    committed: bool
    slots: tuple[tuple[str, str, int], ...]

    @property
    def room(self) -> int:
        """Most passengers."""
        return self.carriage_room * self.max_carriages

    def find_least(self, pay: FloatArray, slot_price: float) -> float:
        """Least cost of the service when its riders bring ``pay`` per head: 0 or below, unless it must run.

        Exact over whole carriages; seats go to those who bring most beyond their price, people may be split, and the
        least load is filled up with those who bring least too little.
        """
        gain = pay - self.price
        order = np.argsort(-gain, kind="stable")
        people = self.people[order]
        before = np.cumsum(people) - people
        best = np.inf
        for carriages in range(self.min_carriages, self.max_carriages + 1):
            room = self.carriage_room * carriages
            least_load = min(self.min_load, room, float(people.sum()))
            wanted = np.where(gain[order] > 0, people, 0.0)
            forced = np.clip(least_load - before, 0.0, people)
            loads = np.maximum(np.clip(room - before, 0.0, wanted), forced)
            cost = self.fixed + slot_price + self.carriage * carriages - float((loads * gain[order]).sum())
            best = min(best, cost)
        return best if self.committed else min(best, 0.0)


def make_offers(
    scenario: Scenario,
    context: RoutingContext,
    fleets: Fleets,
    demand: Demand,
    positions: Mapping[int, int],
    people: FloatArray,
) -> tuple[ServiceOffer, ...]:
    """Offers of all services that are not refused; ``positions``: position of each cell index in ``people``."""
    services = [service for service in scenario.services if service.status is not ServiceStatus.REFUSED]
    if not services:
        return ()
    cells = {party.cell.index: party.cell for party in demand.parties}
    by_pair: dict[tuple[str, str], list[Cell]] = defaultdict(list)
    for index in sorted(cells):
        by_pair[cells[index].board, cells[index].site].append(cells[index])
    boards, gates = {cell.board for cell in cells.values()}, {cell.gate for cell in cells.values()}
    maker = OfferMaker(scenario, context, fleets, TransferFloor(scenario, context, fleets, boards, gates))
    return tuple(maker.make(service, by_pair, positions, people) for service in services)


class OfferMaker:
    """Makes the offers of services, one at a time."""

    def __init__(
        self, scenario: Scenario, context: RoutingContext, fleets: Fleets, floor: TransferFloor
    ) -> None:
        self.scenario = scenario
        self.context = context
        self.fleets = fleets
        self.floor = floor

    def make(
        self,
        service: Service,
        by_pair: Mapping[tuple[str, str], list[Cell]],
        positions: Mapping[int, int],
        people: FloatArray,
    ) -> ServiceOffer:
        """Offer of one service."""
        day = service.depart_min // DAY_MIN
        riders, prices = [], []
        for (board, site_id), cells in by_pair.items():
            able = [cell for cell in cells if day in cell.days and _accepts(cell, service)]
            way = self._find_way(service, board, site_id) if able else None
            if way is None:
                continue
            per_head, latest_boarding, arrival = way
            for cell in able:
                if latest_boarding // DAY_MIN < cell.clear_from:
                    continue
                if arrival // DAY_MIN > min(cell.clear_until, cell.arrive_by):
                    continue
                late = max(0, day - cell.preferred) * self.scenario.rates.lateness_day_minor
                riders.append(positions[cell.index])
                prices.append(per_head + late + service.seat_minor)
        at = np.array(riders, dtype=np.int64)
        return ServiceOffer(
            service_id=service.id,
            riders=at,
            price=np.array(prices, dtype=np.float64),
            people=people[at],
            carriage_room=find_carriage_room(self.scenario, self.fleets, service),
            min_carriages=service.min_carriages,
            max_carriages=service.max_carriages,
            min_load=0 if service.committed else service.min_load,
            fixed=float(service.fixed_minor),
            carriage=float(service.carriage_minor),
            committed=service.committed,
            slots=_find_slots(service),
        )

    def _find_way(self, service: Service, board: str, site_id: str) -> tuple[float, int, int] | None:
        """(least money per head beside the seat, latest boarding, earliest arrival) over all stop pairs."""
        site = self.scenario.geography.sites[site_id]
        if not site.accepted:
            return None
        ways = [
            self._find_ride(service, i, j, board, site_id)
            for i, first in enumerate(service.stops)
            if first.boards
            for j in range(i + 1, len(service.stops))
            if service.stops[j].alights
        ]
        if not ways:
            return None
        return min(way[0] for way in ways), max(way[1] for way in ways), min(way[2] for way in ways)

    def _find_ride(
        self, service: Service, i: int, j: int, board: str, site_id: str
    ) -> tuple[float, int, int]:
        site = self.scenario.geography.sites[site_id]
        limits, rates = self.scenario.limits, self.scenario.rates
        on, off = service.stops[i], service.stops[j]
        money, aboard = 0.0, off.arrive_min - on.depart_min
        boarding = on.depart_min - self._get_buffer(on.place_id)
        if board != on.place_id:
            driven = self.floor.feed_min[board, on.place_id]
            money += self.floor.feeding[board, on.place_id]
            aboard += driven
            boarding -= driven + limits.dwell_pickup_min
        arrival = off.arrive_min
        if site.place_id != off.place_id:
            driven = self.floor.leave_min[site.place_id, off.place_id]
            arrival += self._get_buffer(off.place_id) + driven
            if not site.last_mile_by_receiver:
                money += self.floor.leaving[site.place_id, off.place_id]
                aboard += driven
                arrival += limits.dwell_pickup_min
            arrival = self._receive(site.place_id, arrival)
        dates = max(1, arrival // DAY_MIN - boarding // DAY_MIN + 1)
        money += dates * rates.allowance_day_minor + divide_half_even(aboard * rates.ride_h_minor, 60)
        return money, boarding, arrival

    def _get_buffer(self, terminal_id: str) -> int:
        terminal = self.scenario.terminals.get(terminal_id)
        return terminal.buffer_min if terminal else 0

    def _receive(self, gate: str, at_min: int) -> int:
        opens, closes = self.context.receiving.get(gate, (0, DAY_MIN))
        of_day = at_min % DAY_MIN
        if of_day < opens:
            return at_min - of_day + opens
        return at_min - of_day + DAY_MIN + opens if of_day > closes else at_min


def find_carriage_room(scenario: Scenario, fleets: Fleets, service: Service) -> int:
    """Most passengers per carriage at any tier of a service's terminals."""
    tiers = {
        fleets.get_tier(stop.place_id, stop.arrive_min // DAY_MIN + more)
        for stop in service.stops
        for more in (-1, 0, 1)
    }
    on = scenario.first_date + timedelta(days=service.depart_min // DAY_MIN)
    return max(carriage_capacity(service, scenario.policy, tier, on)[0] for tier in tiers)


def _accepts(cell: Cell, service: Service) -> bool:
    return (
        service.mode in cell.modes
        and cell.mode_lock in ("", service.mode.value)
        and cell.service_lock in ("", service.id)
        and not cell.fleet_lock
    )


def _find_slots(service: Service) -> tuple[tuple[str, str, int], ...]:
    if service.kind is ServiceKind.SEATS or service.mode is Mode.BUS:
        return ()
    dates = {
        (stop.place_id, service.mode.value, _get_date(stop.depart_min, stop.arrive_min))
        for stop in service.stops
    }
    return tuple(sorted(dates))


def _get_date(depart_min: int, arrive_min: int) -> int:
    """Date of a halt; one that lasts over midnight is counted on neither (-1)."""
    return depart_min // DAY_MIN if depart_min // DAY_MIN == arrive_min // DAY_MIN else -1
