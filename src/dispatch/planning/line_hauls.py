"""The line-haul of every party that is carried, and the batches they form."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from dispatch.batching.demand import Demand, Party
from dispatch.batching.state import Assignment
from dispatch.model.plan import Batch, Trip
from dispatch.model.scenario import Scenario
from dispatch.model.supply import Mode
from dispatch.planning.ledger import number_id
from dispatch.units import DAY_MIN

#: Service day, origin county, destination area, mode: batches are numbered in this order.
BatchKey = tuple[int, str, str, str]


def number_batches(keys: Iterable[BatchKey]) -> dict[BatchKey, str]:
    """Id of each batch, in the order of the keys."""
    ordered = sorted(set(keys))
    return {key: number_id("P", number, len(ordered)) for number, key in enumerate(ordered, 1)}


class LineHauls:
    """Mode and service day of the line-haul by party number, and the batch that follows from it."""

    def __init__(self, scenario: Scenario, demand: Demand, assignment: Assignment) -> None:
        self._of: dict[int, tuple[Mode, int]] = {}
        self._parties: list[Party] = []
        services = {service.id: service for service in scenario.services}
        for trip in assignment.trips:
            for unit in trip.units:
                self._note(unit.parties, Mode.BUS, trip.day)
        for index, service_id in assignment.service_of.items():
            service = services[service_id]
            self._note(demand.units[index].parties, service.mode, service.depart_min // DAY_MIN)
        self._key_of = {party.index: self._make_key(party) for party in self._parties}
        self._ids = number_batches(self._key_of.values())

    def _note(self, parties: Sequence[Party], mode: Mode, day: int) -> None:
        for party in parties:
            self._of[party.index] = (mode, day)
            self._parties.append(party)

    def _make_key(self, party: Party) -> BatchKey:
        mode, day = self._of[party.index]
        return (day, party.cell.county, party.cell.area, mode.value)

    def __contains__(self, party: Party) -> bool:
        return party.index in self._of

    def get(self, party: Party) -> tuple[Mode, int]:
        """Mode and service day of a party that is carried."""
        return self._of[party.index]

    def get_batch(self, party: Party) -> str:
        """Batch of a party that is carried."""
        return self._ids[self._key_of[party.index]]

    def list_batches_of(self, parties: Iterable[Party]) -> tuple[str, ...]:
        """Batches of the parties aboard a trip, sorted."""
        return tuple(sorted({self.get_batch(party) for party in parties}))

    def make_batches(self, trips: Iterable[Trip]) -> tuple[Batch, ...]:
        """All batches with their people and trips."""
        people: dict[str, int] = defaultdict(int)
        for party in self._parties:
            people[self.get_batch(party)] += party.size
        trips_of: dict[str, list[str]] = defaultdict(list)
        for trip in trips:
            for batch_id in trip.batch_ids:
                trips_of[batch_id].append(trip.id)
        return tuple(
            make_batch(key, batch_id, people[batch_id], trips_of[batch_id])
            for key, batch_id in self._ids.items()
        )


def make_batch(key: BatchKey, batch_id: str, workers: int, trip_ids: Sequence[str]) -> Batch:
    """Batch of a key."""
    return Batch(
        id=batch_id,
        origin_region_id=key[1],
        destination_area=key[2],
        mode=Mode(key[3]),
        service_date_min=key[0] * DAY_MIN,
        workers=workers,
        trip_ids=tuple(trip_ids),
    )
