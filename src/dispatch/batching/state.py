"""One complete assignment of all units while it is being improved, with undo."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from dispatch.batching.alternatives import Alternatives
from dispatch.batching.demand import Demand, Unit
from dispatch.batching.direct import DirectCosts, DirectTrip
from dispatch.batching.resources import Resources

CorridorKey = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Assignment:
    """Where every unit is: trips by id, service id by unit, units on own tickets; the rest are unserved."""

    trips: tuple[DirectTrip, ...]
    service_of: dict[int, str]
    own_ticket: frozenset[int]
    cost_minor: int


class State:
    """A mutable assignment whose cost is always known; every change can be undone in reverse order."""

    def __init__(
        self, demand: Demand, costs: DirectCosts, alternatives: Alternatives, resources: Resources
    ) -> None:
        self.demand = demand
        self.costs = costs
        self.alternatives = alternatives
        self.resources = resources
        self.trips: dict[int, DirectTrip] = {}
        self.trips_of: dict[CorridorKey, set[int]] = defaultdict(set)
        self.trip_of: dict[int, int] = {}
        self.service_of: dict[int, str] = {}
        self.own_ticket: set[int] = set()
        self.closed_pools: set[str] = set()
        self.service_load: dict[str, int] = defaultdict(int)
        self.class_loads: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        self.pool_load: dict[str, int] = defaultdict(int)
        self.calls: dict[tuple[str, str, int], int] = defaultdict(int)
        for tariff in alternatives.tariffs.values():
            if tariff.committed:
                self._move_calls(tariff.service_id, 1)
        self.riders_of: dict[CorridorKey, set[int]] = defaultdict(set)
        self._tariff_minor = {id: tariff.cost_minor(()) for id, tariff in alternatives.tariffs.items()}
        #: Services that cost something to run at all and so are worth weighing as a whole.
        self.dear_to_open = {
            id
            for id, tariff in alternatives.tariffs.items()
            if tariff.cost_minor((1,)) > tariff.cost_minor(())
        }
        self.penalty = [alternatives.get_penalty(unit) for unit in demand.units]
        self.cost_minor = sum(self.penalty) + sum(t.cost_minor(()) for t in alternatives.tariffs.values())
        self._corridors = demand.group_by_corridor()
        self._next_trip = 0
        self._journal: list[Callable[[], object]] = []

    # -- changes -------------------------------------------------------------------------------------

    def add_trip(self, trip: DirectTrip) -> int:
        """Put a trip on the road; its units must be free. Returns the trip's number."""
        number = self._next_trip
        self._next_trip += 1
        self._put_trip(number, trip)
        self._journal.append(lambda: self._drop_trip(number))
        return number

    def remove_trip(self, number: int) -> DirectTrip:
        """Take a trip off the road; its units become unserved."""
        trip = self._drop_trip(number)
        self._journal.append(lambda: self._put_trip(number, trip))
        return trip

    def assign_service(self, unit: Unit, service_id: str) -> None:
        """Seat a free unit on a service."""
        self._put_service(unit, service_id)
        self._journal.append(lambda: self._drop_service(unit))

    def release(self, unit: Unit) -> None:
        """Free a unit from its service or own ticket."""
        if unit.index in self.service_of:
            service_id = self._drop_service(unit)
            self._journal.append(lambda: self._put_service(unit, service_id))
        elif unit.index in self.own_ticket:
            self._drop_own(unit)
            self._journal.append(lambda: self._put_own(unit))

    def give_own_ticket(self, unit: Unit) -> None:
        """Give a free unit own tickets."""
        self._put_own(unit)
        self._journal.append(lambda: self._drop_own(unit))

    def mark(self) -> int:
        """Point to come back to with ``undo_to``."""
        return len(self._journal)

    def undo_to(self, mark: int) -> None:
        """Undo every change since a mark."""
        while len(self._journal) > mark:
            self._journal.pop()()

    def commit(self) -> None:
        """Forget how to undo."""
        self._journal.clear()

    # -- questions -----------------------------------------------------------------------------------

    def is_free(self, unit: Unit) -> bool:
        """True for a unit that is nowhere (unserved)."""
        return (
            unit.index not in self.trip_of
            and unit.index not in self.service_of
            and unit.index not in self.own_ticket
        )

    def price_service(self, unit: Unit, service_id: str) -> int | None:
        """Extra cost of seating a free unit on a service; None where it is full."""
        tariff = self.alternatives.tariffs[service_id]
        then = dict(self.class_loads[service_id])
        for party in unit.parties:
            then[party.cell.tier_class] = then.get(party.cell.tier_class, 0) + party.size
        if tariff.count_carriages(then.values()) > tariff.max_carriages:
            return None
        if self.service_load[service_id] == 0 and not self.has_slots(service_id):
            return None
        extra = tariff.cost_minor(then.values()) - self._tariff_minor[service_id]
        return extra + self.price_people(unit, service_id) + self._price_transfers(unit, service_id)

    def has_slots(self, service_id: str) -> bool:
        """True where a service that does not run yet finds a slot at each of its terminals."""
        tariff = self.alternatives.tariffs[service_id]
        return tariff.committed or all(
            self.calls[call] < self.alternatives.slots[call] for call in tariff.calls
        )

    def price_people(self, unit: Unit, service_id: str) -> int:
        """Seats and penalties of a unit on a service, without fixed, carriage and transfer cost."""
        return sum(
            self.alternatives.get_option(party.cell.index, service_id).per_head_minor * party.size
            for party in unit.parties
        )

    def _price_transfers(self, unit: Unit, service_id: str) -> int:
        extra = 0
        for party in unit.parties:
            for key in self.alternatives.get_option(party.cell.index, service_id).pools:
                pool, load = self.alternatives.pools[key], self.pool_load[key]
                extra += pool.cost_minor(load + party.size) - pool.cost_minor(load)
        return extra

    def may_ride_service(self, unit: Unit, service_id: str) -> bool:
        """True where gate limits, ``apart`` locks and closed transfer pools allow a unit on a service."""
        if self.closed_pools and any(
            key in self.closed_pools
            for party in unit.parties
            for key in self.alternatives.get_option(party.cell.index, service_id).pools
        ):
            return False
        if self.resources.site_limits and not self.resources.fits_arrivals(
            self.count_service_arrivals(unit, service_id)
        ):
            return False
        if not self.demand.apart:
            return True
        others = {index for index, other in self.service_of.items() if other == service_id}
        return not any(
            (mine.index, theirs.index) in self.demand.apart
            for index in others
            for theirs in self.demand.units[index].parties
            for mine in unit.parties
        )

    def corridor_units(self, corridor: CorridorKey) -> list[Unit]:
        """All units of a corridor."""
        return self._corridors.get(corridor, [])

    def find_underfilled(self) -> list[str]:
        """Services that run below their minimum load and are not committed."""
        return [
            service_id
            for service_id, load in self.service_load.items()
            if 0 < load < self.alternatives.tariffs[service_id].min_load
            and not self.alternatives.tariffs[service_id].committed
        ]

    def freeze(self) -> Assignment:
        """Immutable copy."""
        return Assignment(
            tuple(self.trips[number] for number in sorted(self.trips)),
            dict(self.service_of),
            frozenset(self.own_ticket),
            self.cost_minor,
        )

    def load(self, assignment: Assignment) -> None:
        """Fill an empty state from an assignment."""
        for trip in assignment.trips:
            self.add_trip(trip)
        for unit in self.demand.units:
            if unit.index in assignment.service_of:
                self.assign_service(unit, assignment.service_of[unit.index])
            elif unit.index in assignment.own_ticket:
                self.give_own_ticket(unit)
        self.commit()

    # -- plain changes, without journal ----------------------------------------------------------------

    def _put_trip(self, number: int, trip: DirectTrip) -> None:
        self.trips[number] = trip
        self.trips_of[trip.units[0].cell.corridor].add(number)
        for unit in trip.units:
            self.trip_of[unit.index] = number
            self.cost_minor -= self.penalty[unit.index]
        self.cost_minor += trip.cost_minor
        self.resources.hold(trip, 1)

    def _drop_trip(self, number: int) -> DirectTrip:
        trip = self.trips.pop(number)
        self.trips_of[trip.units[0].cell.corridor].discard(number)
        for unit in trip.units:
            del self.trip_of[unit.index]
            self.cost_minor += self.penalty[unit.index]
        self.cost_minor -= trip.cost_minor
        self.resources.hold(trip, -1)
        return trip

    def _put_service(self, unit: Unit, service_id: str) -> None:
        self._move_load(unit, service_id, 1)
        self._move_pools(unit, service_id, 1)
        self.cost_minor += self.price_people(unit, service_id) - self.penalty[unit.index]
        self.service_of[unit.index] = service_id
        self.riders_of[unit.cell.corridor].add(unit.index)
        self._hold_service_arrivals(unit, service_id, 1)

    def _drop_service(self, unit: Unit) -> str:
        service_id = self.service_of.pop(unit.index)
        self._move_load(unit, service_id, -1)
        self._move_pools(unit, service_id, -1)
        self.cost_minor -= self.price_people(unit, service_id) - self.penalty[unit.index]
        self.riders_of[unit.cell.corridor].discard(unit.index)
        self._hold_service_arrivals(unit, service_id, -1)
        return service_id

    def _move_load(self, unit: Unit, service_id: str, sign: int) -> None:
        tariff, loads = self.alternatives.tariffs[service_id], self.class_loads[service_id]
        for party in unit.parties:
            loads[party.cell.tier_class] += sign * party.size
        was_empty = self.service_load[service_id] == 0
        self.service_load[service_id] += sign * unit.size
        if not tariff.committed and was_empty != (self.service_load[service_id] == 0):
            self._move_calls(service_id, sign)
        now_minor = tariff.cost_minor(loads.values())
        self.cost_minor += now_minor - self._tariff_minor[service_id]
        self._tariff_minor[service_id] = now_minor

    def _move_calls(self, service_id: str, sign: int) -> None:
        for call in self.alternatives.tariffs[service_id].calls:
            self.calls[call] += sign

    def _move_pools(self, unit: Unit, service_id: str, sign: int) -> None:
        for party in unit.parties:
            for key in self.alternatives.get_option(party.cell.index, service_id).pools:
                pool, load = self.alternatives.pools[key], self.pool_load[key]
                self.pool_load[key] = load + sign * party.size
                self.cost_minor += pool.cost_minor(self.pool_load[key]) - pool.cost_minor(load)

    def _hold_service_arrivals(self, unit: Unit, service_id: str, sign: int) -> None:
        if self.resources.site_limits:
            self.resources.hold_arrivals(self.count_service_arrivals(unit, service_id), sign)

    def count_service_arrivals(self, unit: Unit, service_id: str) -> dict[tuple[str, int], int]:
        """People a unit brings to limited gates when it rides a service, by arrival day."""
        counts: dict[tuple[str, int], int] = defaultdict(int)
        for party in unit.parties:
            if party.cell.site in self.resources.site_limits:
                option = self.alternatives.get_option(party.cell.index, service_id)
                counts[party.cell.site, option.arrive_day] += party.size
        return counts

    def _put_own(self, unit: Unit) -> None:
        fare = self.alternatives.find_own_ticket(unit)
        assert fare is not None
        self.own_ticket.add(unit.index)
        self.cost_minor += fare - self.penalty[unit.index]

    def _drop_own(self, unit: Unit) -> None:
        fare = self.alternatives.find_own_ticket(unit)
        assert fare is not None
        self.own_ticket.discard(unit.index)
        self.cost_minor -= fare - self.penalty[unit.index]
