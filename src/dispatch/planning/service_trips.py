"""Trains and aircraft of a plan: their trips, carriages, seats and money."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from dispatch.batching.demand import Party
from dispatch.batching.transfers import Rider
from dispatch.model.geography import Tier
from dispatch.model.plan import Role, ServiceRun, Trip, TripStop
from dispatch.model.scenario import Scenario
from dispatch.model.supply import Mode, Service
from dispatch.planning.ledger import Ledger, RideLeg, Seating, number_id
from dispatch.planning.line_hauls import LineHauls
from dispatch.routing.capacity import carriage_capacity
from dispatch.routing.carriage_seats import seat_train
from dispatch.units import DAY_MIN

Places = Mapping[str, tuple[int, str]]


def number_services(calls: Iterable[tuple[int, str, Mode]]) -> dict[str, str]:
    """Trip id by service id: trains T, aircraft A, each numbered by departure.

    ``calls``: departure (planning minute), service id and mode of each service that runs.
    """
    ordered = sorted(calls)
    letters = {service_id: "T" if mode is Mode.TRAIN else "A" for _, service_id, mode in ordered}
    totals = Counter(letters.values())
    counts: Counter[str] = Counter()
    ids = {}
    for service_id, letter in letters.items():
        counts[letter] += 1
        ids[service_id] = number_id(letter, counts[letter], totals[letter])
    return ids


class Platform:
    """Writes the services of a plan into its ledger."""

    def __init__(self, scenario: Scenario, ledger: Ledger, hauls: LineHauls, seating: Seating) -> None:
        self.scenario = scenario
        self.ledger = ledger
        self.hauls = hauls
        self.seating = seating

    def add_services(self, riders: Iterable[Rider]) -> None:
        """Every service that somebody rides, and those that run anyway."""
        riders_of: dict[str, list[Rider]] = defaultdict(list)
        for rider in riders:
            riders_of[rider.service.id].append(rider)
        running = {s.id: s for s in self.scenario.services if s.id in riders_of or s.committed}
        calls = [(service.depart_min, service.id, service.mode) for service in running.values()]
        for service_id, trip_id in number_services(calls).items():
            self._add_service(running[service_id], trip_id, riders_of.get(service_id, []))

    def _add_service(self, service: Service, trip_id: str, riders: Sequence[Rider]) -> None:
        parties = [rider.party for rider in riders]
        load = sum(party.size for party in parties)
        on = self.scenario.first_date + timedelta(days=service.depart_min // DAY_MIN)
        per_carriage, rule = carriage_capacity(service, self.scenario.policy, self._find_tier(service), on)
        seats, carriages = self._seat(service, per_carriage, parties, load)
        trip = Trip(
            id=trip_id,
            mode=service.mode,
            role=Role.LINE_HAUL,
            batch_ids=self.hauls.list_batches_of(parties),
            service_date_min=service.depart_min // DAY_MIN * DAY_MIN,
            stops=_make_stops(service, riders),
            load=load,
            capacity=per_carriage * carriages,
            capacity_rule=rule,
            service_id=service.id,
            carriages=carriages,
        )
        self.ledger.trips[trip_id] = trip
        self.ledger.runs.append(_make_run(service, trip))
        self.ledger.seats_of[trip_id] = seats
        for rider in riders:
            self._ride(trip, rider)

    def _find_tier(self, service: Service) -> Tier:
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

    def _seat(
        self, service: Service, per_carriage: int, parties: Sequence[Party], load: int
    ) -> tuple[Places, int]:
        """Seats and the number of carriages: as few as the load needs and packing allows."""
        least = max(service.min_carriages, -(-load // per_carriage)) if load else service.min_carriages
        seat_parties = self.seating.list_parties(parties, with_tier=True)
        for carriages in range(least, service.max_carriages + 1):
            try:
                return (
                    seat_train(carriages, per_carriage, service.carriage_seats, seat_parties),
                    carriages,
                )
            except ValueError:
                continue
        raise ValueError(f"service {service.id} cannot seat {load} people")

    def _ride(self, trip: Trip, rider: Rider) -> None:
        board = trip.stops[rider.option.board_stop]
        terminal = self.scenario.terminals.get(board.place_id)
        buffer = terminal.buffer_min if terminal else 0
        self.ledger.legs_of[rider.party.index].append(
            RideLeg(
                trip_id=trip.id,
                board_stop=rider.option.board_stop,
                alight_stop=rider.option.alight_stop,
                board_min=board.depart_min - buffer,
                depart_min=board.depart_min,
                arrive_min=trip.stops[rider.option.alight_stop].arrive_min,
            )
        )


def _make_stops(service: Service, riders: Sequence[Rider]) -> tuple[TripStop, ...]:
    boards: dict[int, int] = defaultdict(int)
    alights: dict[int, int] = defaultdict(int)
    for rider in riders:
        boards[rider.option.board_stop] += rider.party.size
        alights[rider.option.alight_stop] += rider.party.size
    return tuple(
        TripStop(
            place_id=stop.place_id,
            arrive_min=stop.arrive_min,
            depart_min=stop.depart_min,
            board=boards[i],
            alight=alights[i],
        )
        for i, stop in enumerate(service.stops)
    )


def _make_run(service: Service, trip: Trip) -> ServiceRun:
    return ServiceRun(
        service_id=service.id,
        trip_id=trip.id,
        carriages=trip.carriages,
        load=trip.load,
        costs={
            "service_fixed": service.fixed_minor,
            "carriages": trip.carriages * service.carriage_minor,
            "seats": trip.load * service.seat_minor,
        },
    )
