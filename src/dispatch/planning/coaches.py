"""Coaches of a plan: duties and trips of direct coaches, feeders and last miles, with drivers and seats."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TypeVar

from dispatch.batching.demand import Party
from dispatch.batching.direct import DirectCosts, DirectTrip
from dispatch.batching.transfers import TransferDuty, TransferPlanner, TransferTrip
from dispatch.model.plan import CoachDuty, Role, Trip
from dispatch.planning.crews import Crew, CrewBook
from dispatch.planning.ledger import Ledger, RideLeg, Seating, number_id, stop_place
from dispatch.planning.line_hauls import LineHauls
from dispatch.routing.capacity import coach_capacity
from dispatch.routing.context import RoutingContext
from dispatch.routing.duties import DutyTrip
from dispatch.routing.extraction import TripLoad, make_connection_coach_duty, make_direct_coach_duty
from dispatch.routing.seats import seat_coach
from dispatch.units import DAY_MIN

NameHalt = Callable[[float, float], str]
Ends = tuple[str, str]
Made = TypeVar("Made")
HOME_TO_GATE: Ends = ("board", "gate")


class CoachYard:
    """Writes the coaches of a plan into its ledger. ``name_halt``: name of the known place nearest to (lat, lon)."""

    def __init__(
        self,
        context: RoutingContext,
        ledger: Ledger,
        hauls: LineHauls,
        seating: Seating,
        name_halt: NameHalt,
    ) -> None:
        self.context = context
        self.scenario = context.scenario
        self.ledger = ledger
        self.hauls = hauls
        self.seating = seating
        self.name_halt = name_halt
        self.crews = CrewBook(self.scenario, context.lines)

    def add_direct(self, trips: Sequence[DirectTrip], costs: DirectCosts) -> None:
        """Direct coaches, numbered by date, corridor, line and first unit."""
        order = sorted(
            trips, key=lambda t: (t.day, t.units[0].cell.corridor, t.shape.fleet_id, t.units[0].index)
        )
        for number, trip in enumerate(order, 1):
            self._add_direct_trip(
                trip, number_id("B", number, len(order)), number_id("D", number, len(order)), costs
            )

    def _add_direct_trip(self, trip: DirectTrip, trip_id: str, duty_id: str, costs: DirectCosts) -> None:
        shape = trip.shape
        parties = [party for unit in trip.units for party in unit.parties]
        capacity, rule = self._explain_capacity(trip, costs)
        load = self._count_load(trip_id, parties, HOME_TO_GATE, capacity, rule)
        crew = self.crews.name_drivers(trip.fleet_id, trip.day, shape.days, shape.drivers)
        duty, made = self._with_crew(make_direct_coach_duty, crew, (shape, duty_id, trip.day * DAY_MIN, load))
        self.ledger.duties.append(duty)
        self._board(made, duty, parties, HOME_TO_GATE, trip.day)

    def _explain_capacity(self, trip: DirectTrip, costs: DirectCosts) -> tuple[int, str]:
        """Effective capacity of the coach of a trip, and the rule that sets it in words."""
        type_id = self.context.lines[trip.fleet_id].type_id
        return coach_capacity(
            self.scenario.vehicle_types[type_id],
            self.scenario.policy,
            service_date=self.scenario.first_date + timedelta(days=trip.day),
            tier=costs.highest_tier(trip.shape, trip.day),
            intercity=costs.is_intercity(trip.shape),
            drivers=trip.shape.drivers,
            escorts=self.scenario.limits.escorts_per_coach,
        )

    def add_transfers(self, duties: Sequence[TransferDuty], letter: str, planner: TransferPlanner) -> None:
        """Feeders or last miles, numbered by pull-out, terminal and first party."""
        order = sorted(
            duties,
            key=lambda d: (d.shape.pull_out_min, d.trips[0].terminal, d.trips[0].riders[0].party.index),
        )
        total = sum(len(duty.trips) for duty in duties)
        number = 0
        for duty_number, duty in enumerate(order, 1):
            ids = [number_id(letter, number + i, total) for i in range(1, len(duty.trips) + 1)]
            number += len(ids)
            self._add_transfer(duty, number_id(f"D{letter}", duty_number, len(order)), ids, planner)

    def _add_transfer(
        self, duty: TransferDuty, duty_id: str, trip_ids: Sequence[str], planner: TransferPlanner
    ) -> None:
        shape = duty.shape
        loads = tuple(
            self._load_transfer(duty, trip, run, trip_id, planner)
            for trip, run, trip_id in zip(duty.trips, shape.trips, trip_ids, strict=True)
        )
        crew = self.crews.name_drivers(
            shape.fleet_id, shape.pull_out_min // DAY_MIN, shape.days, shape.drivers
        )
        made, trips = self._with_crew(make_connection_coach_duty, crew, (shape, duty_id, loads))
        self.ledger.duties.append(made)
        for trip, run in zip(trips, duty.trips, strict=True):
            parties = [rider.party for rider in run.riders]
            self._board(trip, made, parties, _find_ends(run), trip.service_date_min // DAY_MIN)

    def _load_transfer(
        self, duty: TransferDuty, trip: TransferTrip, run: DutyTrip, trip_id: str, planner: TransferPlanner
    ) -> TripLoad:
        type_id = self.context.lines[duty.shape.fleet_id].type_id
        day = run.arrive_min[0] // DAY_MIN
        room, rule = planner.explain_capacity(type_id, run.place_ids, day, duty.shape.drivers)
        return self._count_load(trip_id, [rider.party for rider in trip.riders], _find_ends(trip), room, rule)

    def _with_crew(
        self, make: Callable[..., tuple[CoachDuty, Made]], crew: Crew, what: tuple[object, ...]
    ) -> tuple[CoachDuty, Made]:
        """Duty and trips with named drivers, or without names where theirs leave no lawful duty table."""
        if crew[0]:
            try:
                return make(self.context, *what, self.name_halt, *crew)
            except ValueError:
                pass
        return make(self.context, *what, self.name_halt)

    def _count_load(
        self, trip_id: str, parties: Sequence[Party], ends: Ends, capacity: int, rule: str
    ) -> TripLoad:
        boards: dict[str, int] = defaultdict(int)
        alights: dict[str, int] = defaultdict(int)
        sites: dict[str, set[str]] = defaultdict(set)
        for party in parties:
            boards[stop_place(party, ends[0])] += party.size
            alights[stop_place(party, ends[1])] += party.size
            if ends[1] == "gate":
                sites[party.cell.gate].add(party.cell.site)
        return TripLoad(
            trip_id=trip_id,
            batch_ids=self.hauls.list_batches_of(parties),
            boards=dict(boards),
            alights=dict(alights),
            site_ids={place: tuple(sorted(ids)) for place, ids in sites.items()},
            capacity=capacity,
            capacity_rule=rule,
        )

    def _board(self, trip: Trip, duty: CoachDuty, parties: Sequence[Party], ends: Ends, day: int) -> None:
        """Write a trip down with the rides and seats of its people."""
        self.ledger.trips[trip.id] = trip
        stop_of = {stop.place_id: i for i, stop in enumerate(trip.stops)}
        for party in parties:
            board, alight = stop_of[stop_place(party, ends[0])], stop_of[stop_place(party, ends[1])]
            self.ledger.legs_of[party.index].append(
                RideLeg(
                    trip_id=trip.id,
                    board_stop=board,
                    alight_stop=alight,
                    board_min=trip.stops[board].arrive_min,
                    depart_min=trip.stops[board].depart_min,
                    arrive_min=trip.stops[alight].arrive_min,
                )
            )
        self._seat(trip, duty, parties, day)

    def _seat(self, trip: Trip, duty: CoachDuty, parties: Sequence[Party], day: int) -> None:
        on = self.scenario.first_date + timedelta(days=day)
        labels = seat_coach(
            self.scenario.vehicle_types[self.context.lines[duty.fleet_id].type_id],
            self.scenario.policy.get_count("blocked_rows", on, "bus", 0),
            self.seating.list_parties(parties),
            reserved_seats=duty.drivers + self.scenario.limits.escorts_per_coach,
        )
        self.ledger.seats_of[trip.id] = {worker: (0, label) for worker, label in labels.items()}


def _find_ends(trip: TransferTrip) -> Ends:
    return ("board", trip.terminal) if trip.role is Role.FEEDER else (trip.terminal, "gate")
