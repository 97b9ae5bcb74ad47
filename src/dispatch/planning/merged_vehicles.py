"""Trips, duties, services and batches of many plans numbered as those of one."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from dispatch.model.plan import Batch, CoachDuty, Plan, Role, ServiceRun, Trip
from dispatch.model.scenario import Scenario
from dispatch.planning.crews import drop_clashing_names
from dispatch.planning.ledger import number_id
from dispatch.planning.line_hauls import BatchKey, make_batch, number_batches
from dispatch.planning.service_trips import number_services
from dispatch.units import DAY_MIN

#: Letters of the trips and of the duties of a role.
LETTERS = {Role.DIRECT: ("B", "D"), Role.FEEDER: ("F", "DF"), Role.LAST_MILE: ("L", "DL")}
#: Id in the plan of a part, and number among those of all parts.
Numbered = list[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Outing:
    """One duty with its trips, or the trip of a service alone; ``numbers``: in which each trip came in."""

    order: tuple[object, ...]
    trips: tuple[Trip, ...]
    numbers: tuple[int, ...]
    duty: CoachDuty | None = None


@dataclass(frozen=True, slots=True)
class MergedFleet:
    """Vehicles of the whole plan. ``trip_ids`` and ``batch_ids``: new id by the number in which each came."""

    trips: tuple[Trip, ...]
    duties: tuple[CoachDuty, ...]
    runs: tuple[ServiceRun, ...]
    batches: tuple[Batch, ...]
    trip_ids: list[str]
    batch_ids: list[str]


@dataclass(slots=True)
class MergedVehicles:
    """Vehicles gathered so far.

    ``batch_keys``: key by number of batch; ``batches_of``: numbers of the batches of each trip, by number of trip.
    """

    scenario: Scenario
    outings: dict[Role, list[Outing]] = field(default_factory=lambda: defaultdict(list))
    runs: dict[str, ServiceRun] = field(default_factory=dict)
    workers_of: dict[BatchKey, int] = field(default_factory=lambda: defaultdict(int))
    batch_keys: list[BatchKey] = field(default_factory=list)
    batches_of: list[tuple[int, ...]] = field(default_factory=list)

    def add(self, plan: Plan) -> tuple[Numbered, Numbered]:
        """Take in the vehicles of a plan; returns its batches and its trips numbered. Raises ValueError for a service that
        runs in two plans."""
        batches = [(batch.id, len(self.batch_keys) + i) for i, batch in enumerate(plan.batches)]
        for batch in plan.batches:
            key = _key_of(batch)
            self.batch_keys.append(key)
            self.workers_of[key] += batch.workers
        trips = [(trip.id, len(self.batches_of) + i) for i, trip in enumerate(plan.trips)]
        numbers = dict(batches)
        self.batches_of += [tuple(numbers[batch_id] for batch_id in trip.batch_ids) for trip in plan.trips]
        for outing in self._list_outings(plan, dict(trips)):
            self.outings[outing.trips[0].role].append(outing)
        for run in plan.service_runs:
            if run.service_id in self.runs:
                raise ValueError(f"service {run.service_id} runs in two parts")
            self.runs[run.service_id] = run
        return batches, trips

    def _list_outings(self, plan: Plan, numbers: dict[str, int]) -> Iterator[Outing]:
        part = _find_part_key(plan)
        trip_of = {trip.id: trip for trip in plan.trips}
        for position, duty in enumerate(plan.duties):
            trips = tuple(trip_of[trip_id] for trip_id in duty.trip_ids)
            own = tuple(numbers[trip_id] for trip_id in duty.trip_ids)
            yield Outing((*self._find_order(duty, trips[0], own[0]), part, position), trips, own, duty)
        for trip in plan.trips:
            if trip.role is Role.LINE_HAUL:
                order = (trip.stops[0].depart_min, trip.service_id)
                yield Outing(order, (trip,), (numbers[trip.id],))

    def _find_order(self, duty: CoachDuty, trip: Trip, number: int) -> tuple[object, ...]:
        """What the assembler sorts a duty by: date and corridor, or pull-out and terminal."""
        if trip.role is Role.DIRECT:
            _, county, area, _ = self.batch_keys[self.batches_of[number][0]]
            return (trip.service_date_min, self.scenario.geography.get_pickup_group(county), area)
        terminal = trip.stops[-1 if trip.role is Role.FEEDER else 0].place_id
        return (duty.pull_out_min, terminal)

    def finish(self) -> MergedFleet:
        """Everything numbered anew, in the order of the assembler."""
        for outings in self.outings.values():
            outings.sort(key=lambda outing: outing.order)
        trip_ids = self._number_trips()
        batch_of_key = number_batches(self.batch_keys)
        batch_ids = [batch_of_key[key] for key in self.batch_keys]
        duty_ids = self._number_duties()
        trips, duties, runs = [], [], []
        for role in (Role.DIRECT, Role.FEEDER, Role.LINE_HAUL, Role.LAST_MILE):
            for outing, duty_id in zip(self.outings[role], duty_ids[role], strict=True):
                own = [trip_ids[number] for number in outing.numbers]
                for trip, number in zip(outing.trips, outing.numbers, strict=True):
                    named = {batch_ids[batch] for batch in self.batches_of[number]}
                    trips.append(_rename_trip(trip, trip_ids[number], duty_id, tuple(sorted(named))))
                if outing.duty is not None:
                    duties.append(replace(outing.duty, id=duty_id, trip_ids=tuple(own)))
                else:
                    runs.append(replace(self.runs[outing.trips[0].service_id], trip_id=own[0]))
        return MergedFleet(
            trips=tuple(trips),
            duties=tuple(drop_clashing_names(duties)),
            runs=tuple(runs),
            batches=self._make_batches(batch_of_key, trips),
            trip_ids=trip_ids,
            batch_ids=batch_ids,
        )

    def _number_trips(self) -> list[str]:
        """New id of each trip by the number in which it came."""
        ids = [""] * len(self.batches_of)
        for role, (letter, _) in LETTERS.items():
            numbers = [number for outing in self.outings[role] for number in outing.numbers]
            for place, number in enumerate(numbers, 1):
                ids[number] = number_id(letter, place, len(numbers))
        services = [(outing.trips[0], outing.numbers[0]) for outing in self.outings[Role.LINE_HAUL]]
        id_of = number_services(
            (trip.stops[0].depart_min, trip.service_id, trip.mode) for trip, _ in services
        )
        for trip, number in services:
            ids[number] = id_of[trip.service_id]
        return ids

    def _number_duties(self) -> dict[Role, list[str]]:
        """New id of the duty of each outing; services have none."""
        ids = {Role.LINE_HAUL: [""] * len(self.outings[Role.LINE_HAUL])}
        for role, (_, letters) in LETTERS.items():
            total = len(self.outings[role])
            ids[role] = [number_id(letters, place, total) for place in range(1, total + 1)]
        return ids

    def _make_batches(self, id_of: dict[BatchKey, str], trips: Iterable[Trip]) -> tuple[Batch, ...]:
        trips_of: dict[str, list[str]] = defaultdict(list)
        for trip in trips:
            for batch_id in trip.batch_ids:
                trips_of[batch_id].append(trip.id)
        return tuple(
            make_batch(key, batch_id, self.workers_of[key], trips_of[batch_id])
            for key, batch_id in id_of.items()
        )


def _key_of(batch: Batch) -> BatchKey:
    day = batch.service_date_min // DAY_MIN
    return (day, batch.origin_region_id, batch.destination_area, batch.mode.value)


def _find_part_key(plan: Plan) -> tuple[str, tuple[str, ...]]:
    """Tells two parts apart whatever the order they come in: first worker by id, services that run."""
    first = str(plan.outcomes["worker_id"].min()) if len(plan.outcomes) else ""
    return (first, tuple(sorted(run.service_id for run in plan.service_runs)))


def _rename_trip(trip: Trip, trip_id: str, duty_id: str, batch_ids: tuple[str, ...]) -> Trip:
    """Trip with its new ids; the words of its capacity are kept once for all trips that share them."""
    words = sys.intern(trip.capacity_rule)
    return replace(trip, id=trip_id, duty_id=duty_id, batch_ids=batch_ids, capacity_rule=words)
