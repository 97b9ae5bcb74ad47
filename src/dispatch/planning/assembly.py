"""From an assignment to a Plan: trips, duties, seats, batches, outcomes and money, all numbered in a fixed order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeVar

import pandas as pd

from dispatch.batching.alternatives import Alternatives
from dispatch.batching.connecting import shift_into_hours
from dispatch.batching.demand import Demand, Party
from dispatch.batching.direct import DirectCosts, DirectTrip
from dispatch.batching.solve import list_riders
from dispatch.batching.state import Assignment
from dispatch.batching.transfers import Rider, TransferDuty, TransferPlan, TransferPlanner
from dispatch.model.contracts import OUTCOMES, RIDES, make_frame
from dispatch.model.geography import Tier
from dispatch.model.plan import (
    CASH_TERMS,
    HOPELESS,
    PENALTY_TERMS,
    Batch,
    CoachDuty,
    CostTerms,
    Reason,
    Role,
    ServiceRun,
    Trip,
    TripStop,
)
from dispatch.model.scenario import Scenario
from dispatch.model.supply import Mode, Service
from dispatch.routing.capacity import carriage_capacity, coach_capacity
from dispatch.routing.context import RoutingContext
from dispatch.routing.extraction import TripLoad, make_connection_coach_duty, make_direct_coach_duty
from dispatch.routing.seats import SeatParty, seat_coach, seat_train
from dispatch.units import DAY_MIN, divide_half_even

NameHalt = Callable[[float, float], str]
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True, kw_only=True)
class RideLeg:
    """One ride of a party: trip, stops, and the minutes between which it is aboard."""

    trip_id: str
    board_stop: int
    alight_stop: int
    board_min: int
    depart_min: int
    arrive_min: int


@dataclass(slots=True)
class Assembly:
    """Parts of a plan while they are put together."""

    trips: list[Trip] = field(default_factory=list)
    duties: list[CoachDuty] = field(default_factory=list)
    runs: list[ServiceRun] = field(default_factory=list)
    legs_of: dict[int, list[RideLeg]] = field(default_factory=lambda: defaultdict(list))
    seat_of: dict[tuple[str, str], tuple[int, str]] = field(default_factory=dict)
    line_haul_of: dict[int, tuple[Mode, int]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Assembled:
    """The parts of a plan that follow from an assignment."""

    trips: tuple[Trip, ...]
    duties: tuple[CoachDuty, ...]
    service_runs: tuple[ServiceRun, ...]
    batches: tuple[Batch, ...]
    outcomes: pd.DataFrame
    rides: pd.DataFrame
    costs: CostTerms


@dataclass(frozen=True, slots=True, kw_only=True)
class Unplanned:
    """Why a worker or party is not carried: reason, words and next step."""

    reason: Reason
    detail: str
    next_step: str


class Assembler:
    """Puts one plan together.

    ``demand`` holds the units that were planned, ``parties`` every party by number (hopeless ones too), ``members`` the
    worker ids by party key.
    """

    def __init__(
        self,
        scenario: Scenario,
        context: RoutingContext,
        demand: Demand,
        parties: Sequence[Party],
        members: Mapping[str, tuple[str, ...]],
        name_halt: NameHalt,
    ) -> None:
        self.scenario = scenario
        self.context = context
        self.demand = demand
        self.parties = parties
        self.members = members
        self.name_halt = name_halt
        self.services = {service.id: service for service in scenario.services}
        self.lines = {line.id: line for line in scenario.fleet}
        year = scenario.first_date.year
        workers = scenario.workers
        wanted = workers["preferred_date"].fillna(workers["earliest_date"])
        days = (wanted - pd.Timestamp(scenario.first_date)).dt.days
        self.preferred_of = dict(zip(workers["worker_id"], days.fillna(0).astype(int), strict=True))
        self.minors = set(workers.loc[(workers["birth_year"] > year - 14), "worker_id"])
        front = workers["needs"].str.contains("front_seat", regex=False)
        self.front_seat = set(workers.loc[front, "worker_id"])
        self.busy: dict[str, set[int]] = defaultdict(set)
        self.drivers_at: dict[str, list[tuple[str, int]]] = defaultdict(list)
        for member in scenario.crew:
            if member.role == "driver":
                self.drivers_at[member.depot_place_id].append((member.name, member.used_week_min))

    def assemble(
        self,
        assignment: Assignment,
        transfers: TransferPlan,
        costs: DirectCosts,
        alternatives: Alternatives,
        planner: TransferPlanner,
        set_aside: pd.DataFrame,
        unplanned: Mapping[int, Unplanned],
    ) -> Assembled:
        """All parts of the plan of an assignment."""
        self.parts = Assembly()
        self._note_line_hauls(assignment)
        self.batch_of = self._number_batches()
        self._add_direct(assignment.trips, costs)
        self._add_services(assignment, transfers, alternatives, planner)
        own = {p.index for i in assignment.own_ticket for p in self.demand.units[i].parties}
        outcomes = self._make_outcomes(own, set_aside, unplanned)
        return Assembled(
            trips=tuple(self.parts.trips),
            duties=tuple(self.parts.duties),
            service_runs=tuple(self.parts.runs),
            batches=self._make_batches(),
            outcomes=outcomes,
            rides=self._make_rides(),
            costs=self._count_costs(own, unplanned, alternatives),
        )

    # -- batches -------------------------------------------------------------------------------------

    def _note_line_hauls(self, assignment: Assignment) -> None:
        for trip in assignment.trips:
            for unit in trip.units:
                for party in unit.parties:
                    self.parts.line_haul_of[party.index] = (Mode.BUS, trip.day)
        for index, service_id in assignment.service_of.items():
            service = self.services[service_id]
            for party in self.demand.units[index].parties:
                self.parts.line_haul_of[party.index] = (service.mode, service.depart_min // DAY_MIN)

    def _batch_key(self, party: Party) -> tuple[int, str, str, str]:
        mode, day = self.parts.line_haul_of[party.index]
        return (day, party.cell.county, party.cell.area, mode.value)

    def _number_batches(self) -> dict[tuple[int, str, str, str], str]:
        keys = sorted({self._batch_key(self.parties[index]) for index in self.parts.line_haul_of})
        return {key: f"P{number:04d}" for number, key in enumerate(keys, 1)}

    def _batches_of(self, parties: Sequence[Party]) -> tuple[str, ...]:
        return tuple(sorted({self.batch_of[self._batch_key(party)] for party in parties}))

    def _make_batches(self) -> tuple[Batch, ...]:
        people: dict[str, int] = defaultdict(int)
        for index in self.parts.line_haul_of:
            party = self.parties[index]
            people[self.batch_of[self._batch_key(party)]] += party.size
        trips_of: dict[str, list[str]] = defaultdict(list)
        for trip in self.parts.trips:
            for batch_id in trip.batch_ids:
                trips_of[batch_id].append(trip.id)
        return tuple(
            Batch(
                id=batch_id,
                origin_region_id=key[1],
                destination_area=key[2],
                mode=Mode(key[3]),
                service_date_min=key[0] * DAY_MIN,
                workers=people[batch_id],
                trip_ids=tuple(trips_of[batch_id]),
            )
            for key, batch_id in self.batch_of.items()
        )

    # -- coaches -------------------------------------------------------------------------------------

    def _name_drivers(
        self, fleet_id: str, first_day: int, days: int, drivers: int
    ) -> tuple[tuple[str, ...], tuple[int, ...]]:
        """Names of drivers of the line's depot with no other duty within a week, the most rested first.

        So no window of 24 hours or seven days ever spans two duties of one driver. Empty where the scenario names none, or too few are free together: the sheet then leaves lines to fill in.
        """
        people = self.drivers_at.get(self.lines[fleet_id].depot_place_id, [])
        dates = set(range(first_day, first_day + days))
        week = set(range(first_day - 7, first_day + days + 7))
        free = [person for person in people if not week & self.busy[person[0]]]
        if len(free) < drivers:
            return (), ()
        chosen = sorted(free, key=lambda person: (person[1], person[0]))[:drivers]
        for name, _ in chosen:
            self.busy[name] |= dates
        return tuple(name for name, _ in chosen), tuple(used for _, used in chosen)

    def _with_crew(
        self,
        make: Callable[..., tuple[CoachDuty, Made]],
        crew: tuple[tuple[str, ...], tuple[int, ...]],
        what: tuple[object, ...],
    ) -> tuple[CoachDuty, Made]:
        """Duty and trips with named drivers, or without names where theirs leave no lawful duty table."""
        if crew[0]:
            try:
                return make(self.context, *what, self.name_halt, *crew)
            except ValueError:
                pass
        return make(self.context, *what, self.name_halt)

    def _add_direct(self, trips: Sequence[DirectTrip], costs: DirectCosts) -> None:
        order = sorted(
            trips, key=lambda t: (t.day, t.units[0].cell.corridor, t.shape.fleet_id, t.units[0].index)
        )
        for number, trip in enumerate(order, 1):
            parties = [party for unit in trip.units for party in unit.parties]
            line = self.lines[trip.fleet_id]
            on = self.scenario.first_date + timedelta(days=trip.day)
            capacity, rule = coach_capacity(
                self.scenario.vehicle_types[line.type_id],
                self.scenario.policy,
                service_date=on,
                tier=costs.highest_tier(trip.shape, trip.day),
                intercity=costs.is_intercity(trip.shape),
                drivers=trip.shape.drivers,
                escorts=self.scenario.limits.escorts_per_coach,
            )
            load = self._load_of(f"B{number:04d}", parties, "board", "gate", capacity, rule)
            crew = self._name_drivers(trip.fleet_id, trip.day, trip.shape.days, trip.shape.drivers)
            duty, made = self._with_crew(
                make_direct_coach_duty,
                crew,
                (trip.shape, f"D{number:04d}", trip.day * DAY_MIN, load),
            )
            self.parts.duties.append(duty)
            self.parts.trips.append(made)
            self._ride(made, parties, "board", "gate")
            self._seat_coach(made, line.type_id, trip.shape.drivers, parties, trip.day)

    def _load_of(
        self, trip_id: str, parties: Sequence[Party], board_at: str, alight_at: str, capacity: int, rule: str
    ) -> TripLoad:
        """``board_at``/``alight_at``: ``board``, ``gate`` or a terminal's place id."""
        boards: dict[str, int] = defaultdict(int)
        alights: dict[str, int] = defaultdict(int)
        sites: dict[str, set[str]] = defaultdict(set)
        for party in parties:
            boards[_place(party, board_at)] += party.size
            alights[_place(party, alight_at)] += party.size
            if alight_at == "gate":
                sites[party.cell.gate].add(party.cell.site)
        return TripLoad(
            trip_id=trip_id,
            batch_ids=self._batches_of(parties),
            boards=dict(boards),
            alights=dict(alights),
            site_ids={place: tuple(sorted(ids)) for place, ids in sites.items()},
            capacity=capacity,
            capacity_rule=rule,
        )

    def _ride(self, trip: Trip, parties: Sequence[Party], board_at: str, alight_at: str) -> None:
        stop_of = {stop.place_id: i for i, stop in enumerate(trip.stops)}
        for party in parties:
            board, alight = stop_of[_place(party, board_at)], stop_of[_place(party, alight_at)]
            self.parts.legs_of[party.index].append(
                RideLeg(
                    trip_id=trip.id,
                    board_stop=board,
                    alight_stop=alight,
                    board_min=trip.stops[board].arrive_min,
                    depart_min=trip.stops[board].depart_min,
                    arrive_min=trip.stops[alight].arrive_min,
                )
            )

    def _seat_parties(self, parties: Sequence[Party], with_tier: bool = False) -> list[SeatParty]:
        return [
            SeatParty(
                party_key=party.key,
                worker_ids=self.members[party.key],
                minor_ids=frozenset(w for w in self.members[party.key] if w in self.minors),
                front_seat=any(w in self.front_seat for w in self.members[party.key]),
                group=party.cell.tier_class if with_tier else "",
            )
            for party in parties
        ]

    def _seat_coach(self, trip: Trip, type_id: str, drivers: int, parties: Sequence[Party], day: int) -> None:
        on = self.scenario.first_date + timedelta(days=day)
        blocked = self.scenario.policy.get_count("blocked_rows", on, "bus", 0)
        seats = seat_coach(
            self.scenario.vehicle_types[type_id],
            blocked,
            self._seat_parties(parties),
            reserved_seats=drivers + self.scenario.limits.escorts_per_coach,
        )
        for worker, label in seats.items():
            self.parts.seat_of[trip.id, worker] = (0, label)

    # -- services --------------------------------------------------------------------------------------

    def _add_services(
        self,
        assignment: Assignment,
        transfers: TransferPlan,
        alternatives: Alternatives,
        planner: TransferPlanner,
    ) -> None:
        riders_of: dict[str, list[Rider]] = defaultdict(list)
        for rider in list_riders(self.scenario, self.demand, assignment, alternatives):
            riders_of[rider.service.id].append(rider)
        self._add_transfers([d for d in transfers.duties if d.trips[0].role is Role.FEEDER], "F", planner)
        running = [s for s in self.scenario.services if s.id in riders_of or s.committed]
        counts: dict[Mode, int] = defaultdict(int)
        for service in sorted(running, key=lambda s: (s.depart_min, s.id)):
            counts[service.mode] += 1
            letter = "T" if service.mode is Mode.TRAIN else "A"
            self._add_service(service, f"{letter}{counts[service.mode]:04d}", riders_of.get(service.id, []))
        self._add_transfers([d for d in transfers.duties if d.trips[0].role is Role.LAST_MILE], "L", planner)

    def _add_service(self, service: Service, trip_id: str, riders: Sequence[Rider]) -> None:
        parties = [rider.party for rider in riders]
        load = sum(party.size for party in parties)
        day = service.depart_min // DAY_MIN
        on = self.scenario.first_date + timedelta(days=day)
        per_carriage, rule = carriage_capacity(service, self.scenario.policy, self._service_tier(service), on)
        seats, carriages = self._seat_service(service, per_carriage, parties, load)
        boards: dict[int, int] = defaultdict(int)
        alights: dict[int, int] = defaultdict(int)
        for rider in riders:
            boards[rider.option.board_stop] += rider.party.size
            alights[rider.option.alight_stop] += rider.party.size
        trip = Trip(
            id=trip_id,
            mode=service.mode,
            role=Role.LINE_HAUL,
            batch_ids=self._batches_of(parties),
            service_date_min=day * DAY_MIN,
            stops=tuple(
                TripStop(
                    place_id=stop.place_id,
                    arrive_min=stop.arrive_min,
                    depart_min=stop.depart_min,
                    board=boards[i],
                    alight=alights[i],
                )
                for i, stop in enumerate(service.stops)
            ),
            load=load,
            capacity=per_carriage * carriages,
            capacity_rule=rule,
            service_id=service.id,
            carriages=carriages,
        )
        self.parts.trips.append(trip)
        self.parts.runs.append(
            ServiceRun(
                service_id=service.id,
                trip_id=trip_id,
                carriages=carriages,
                load=load,
                costs={
                    "service_fixed": service.fixed_minor,
                    "carriages": carriages * service.carriage_minor,
                    "seats": load * service.seat_minor,
                },
            )
        )
        for worker, place in seats.items():
            self.parts.seat_of[trip_id, worker] = place
        for rider in riders:
            self._ride_service(trip, rider)

    def _service_tier(self, service: Service) -> Tier:
        geography = self.scenario.geography
        tiers = [
            geography.get_tier(
                geography.get_county(stop.place_id),
                self.scenario.first_date + timedelta(days=stop.arrive_min // DAY_MIN),
            )
            for stop in service.stops
            if stop.boards or stop.alights
        ]
        return max(tiers, key=lambda tier: tier.rank)

    def _seat_service(
        self, service: Service, per_carriage: int, parties: Sequence[Party], load: int
    ) -> tuple[dict[str, tuple[int, str]], int]:
        """Seats and the number of carriages: as few as the load needs and packing allows."""
        least = max(service.min_carriages, -(-load // per_carriage)) if load else service.min_carriages
        seat_parties = self._seat_parties(parties, with_tier=True)
        for carriages in range(least, service.max_carriages + 1):
            try:
                return (
                    seat_train(carriages, per_carriage, service.carriage_seats, seat_parties),
                    carriages,
                )
            except ValueError:
                continue
        raise ValueError(f"service {service.id} cannot seat {load} people")

    def _ride_service(self, trip: Trip, rider: Rider) -> None:
        board = trip.stops[rider.option.board_stop]
        terminal = self.scenario.terminals.get(board.place_id)
        buffer = terminal.buffer_min if terminal else 0
        self.parts.legs_of[rider.party.index].append(
            RideLeg(
                trip_id=trip.id,
                board_stop=rider.option.board_stop,
                alight_stop=rider.option.alight_stop,
                board_min=board.depart_min - buffer,
                depart_min=board.depart_min,
                arrive_min=trip.stops[rider.option.alight_stop].arrive_min,
            )
        )

    def _add_transfers(self, duties: Sequence[TransferDuty], letter: str, planner: TransferPlanner) -> None:
        order = sorted(
            duties,
            key=lambda d: (d.shape.pull_out_min, d.trips[0].terminal, d.trips[0].riders[0].party.index),
        )
        number = 0
        for duty_number, duty in enumerate(order, 1):
            loads, all_parties = [], []
            type_id = self.lines[duty.shape.fleet_id].type_id
            for trip, run in zip(duty.trips, duty.shape.trips, strict=True):
                number += 1
                parties = [rider.party for rider in trip.riders]
                at = ("board", trip.terminal) if trip.role is Role.FEEDER else (trip.terminal, "gate")
                room, rule = planner.explain_capacity(
                    type_id, run.place_ids, run.arrive_min[0] // DAY_MIN, duty.shape.drivers
                )
                loads.append(self._load_of(f"{letter}{number:04d}", parties, *at, room, rule))
                all_parties.append((parties, at))
            shape = duty.shape
            crew = self._name_drivers(
                shape.fleet_id, shape.pull_out_min // DAY_MIN, shape.days, shape.drivers
            )
            made_duty, trips = self._with_crew(
                make_connection_coach_duty, crew, (shape, f"D{letter}{duty_number:04d}", tuple(loads))
            )
            self.parts.duties.append(made_duty)
            for made, (parties, at) in zip(trips, all_parties, strict=True):
                self.parts.trips.append(made)
                self._ride(made, parties, *at)
                self._seat_coach(made, type_id, duty.shape.drivers, parties, made.service_date_min // DAY_MIN)

    # -- people and money --------------------------------------------------------------------------------

    def _gate_arrival(self, party: Party) -> int:
        last = self.parts.legs_of[party.index][-1]
        trip = next(trip for trip in reversed(self.parts.trips) if trip.id == last.trip_id)
        terminal_id = trip.stops[last.alight_stop].place_id
        if terminal_id == party.cell.gate:
            return last.arrive_min
        terminal = self.scenario.terminals.get(terminal_id)
        ready = last.arrive_min + (terminal.buffer_min if terminal else 0)
        return shift_into_hours(
            self.context, party.cell.gate, ready + self.context.get_minutes(terminal_id, party.cell.gate)
        )

    def _make_outcomes(
        self, own: set[int], set_aside: pd.DataFrame, unplanned: Mapping[int, Unplanned]
    ) -> pd.DataFrame:
        rows: list[dict[str, object]] = []
        self.arrival_of: dict[int, int] = {}
        for party in self.parties:
            row = self._outcome_of(party, party.index in own, unplanned)
            for worker in self.members[party.key]:
                late = {}
                if row["status"] == "itinerary":
                    late["lateness_days"] = self._lateness(worker, self.parts.line_haul_of[party.index][1])
                rows.append({**row, **late, "worker_id": worker})
        rows.extend(
            {
                "worker_id": str(row.worker_id),
                "party_key": str(row.party_key),
                "status": "unserved",
                "reason": str(row.reason),
                "detail": str(row.detail),
                "next_step": str(row.next_step),
            }
            for row in set_aside.itertuples(index=False)
        )
        frame = make_frame(OUTCOMES, rows)
        rank = {worker: i for i, worker in enumerate(self.scenario.workers["worker_id"])}
        return frame.sort_values("worker_id", key=lambda s: s.map(rank), ignore_index=True)

    def _outcome_of(
        self, party: Party, is_own: bool, unplanned: Mapping[int, Unplanned]
    ) -> dict[str, object]:
        row: dict[str, object] = {"party_key": party.key}
        if party.index in self.parts.line_haul_of:
            mode, day = self.parts.line_haul_of[party.index]
            arrival = self._gate_arrival(party)
            self.arrival_of[party.index] = arrival
            return row | {
                "status": "itinerary",
                "batch_id": self.batch_of[self._batch_key(party)],
                "service_date": self.scenario.first_date + timedelta(days=day),
                "mode": mode.value,
                "arrive_min": arrival,
            }
        if is_own:
            return row | {"status": "own_ticket"}
        why = unplanned[party.index]
        return row | {
            "status": "unserved",
            "reason": why.reason.value,
            "detail": why.detail,
            "next_step": why.next_step,
        }

    def _lateness(self, worker: str, day: int) -> int:
        return max(0, day - int(self.preferred_of[worker]))

    def _make_rides(self) -> pd.DataFrame:
        rows: list[dict[str, object]] = []
        for party in self.parties:
            for number, leg in enumerate(self.parts.legs_of.get(party.index, ()), 1):
                for worker in self.members[party.key]:
                    carriage, seat = self.parts.seat_of[leg.trip_id, worker]
                    rows.append(
                        {
                            "worker_id": worker,
                            "leg": number,
                            "trip_id": leg.trip_id,
                            "board_stop": leg.board_stop,
                            "alight_stop": leg.alight_stop,
                            "carriage": carriage,
                            "seat": seat,
                        }
                    )
        return make_frame(RIDES, rows)

    def _count_costs(
        self, own: set[int], unplanned: Mapping[int, Unplanned], alternatives: Alternatives
    ) -> CostTerms:
        terms: dict[str, int] = defaultdict(int)
        for costs in [duty.costs for duty in self.parts.duties] + [run.costs for run in self.parts.runs]:
            for term, amount in costs.items():
                terms[term] += amount
        rates = self.scenario.rates
        for party in self.parties:
            if party.index in self.parts.line_haul_of:
                legs = self.parts.legs_of[party.index]
                lateness = sum(
                    self._lateness(worker, self.parts.line_haul_of[party.index][1])
                    for worker in self.members[party.key]
                )
                days = self.arrival_of[party.index] // DAY_MIN - legs[0].board_min // DAY_MIN + 1
                aboard = sum(leg.arrive_min - leg.depart_min for leg in legs)
                terms["lateness"] += lateness * rates.lateness_day_minor
                terms["allowances"] += party.size * days * rates.allowance_day_minor
                terms["ride_time"] += party.size * divide_half_even(aboard * rates.ride_h_minor, 60)
            elif party.index in own:
                terms["own_tickets"] += party.size * alternatives.own_ticket_minor[party.cell.index]
            elif unplanned[party.index].reason not in HOPELESS:
                terms["unserved"] += party.size * alternatives.get_class_penalty(party.cell.priority_class)
        terms["exposure"] = self._count_exposure()
        return CostTerms(terms={term: terms.get(term, 0) for term in (*CASH_TERMS, *PENALTY_TERMS)})

    def _count_exposure(self) -> int:
        rate = self.scenario.rates.exposure_h_minor
        if not rate:
            return 0
        aboard: dict[str, list[tuple[Party, RideLeg]]] = defaultdict(list)
        for party in self.parties:
            for leg in self.parts.legs_of.get(party.index, ()):
                aboard[leg.trip_id].append((party, leg))
        total = 0
        for people in aboard.values():
            minutes = 0
            for i, (a, leg_a) in enumerate(people):
                for b, leg_b in people[i + 1 :]:
                    if a.cell.county != b.cell.county:
                        overlap = min(leg_a.arrive_min, leg_b.arrive_min) - max(
                            leg_a.depart_min, leg_b.depart_min
                        )
                        minutes += a.size * b.size * max(0, overlap)
            total += divide_half_even(minutes * rate, 60)
        return total


def _place(party: Party, at: str) -> str:
    if at == "board":
        return party.cell.board
    return party.cell.gate if at == "gate" else at
