"""Who rides a train or aircraft in a large scenario: decided service by service before coaches are searched.

Services carry a small share of a province's people; each is filled with those it saves most against an average
coach seat, whole boarding places first so that feeders fill. What a service cannot carry after all goes back to the coaches.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from dispatch.batching.columns import Columns, Flags, Ints
from dispatch.batching.effort import EFFORTS
from dispatch.batching.progress import Signals
from dispatch.batching.solve import solve
from dispatch.model.geography import Geography, Place, Tier
from dispatch.model.plan import Plan
from dispatch.model.scenario import Scenario
from dispatch.model.supply import CountOnDates, FleetLine, Mode, Service, ServiceStop, Terminal
from dispatch.planning.loading import name_halt
from dispatch.planning.prepared import prepare
from dispatch.planning.solved import assemble_plan
from dispatch.routing.capacity import carriage_capacity, coach_capacity
from dispatch.running.inline import InlineExecutor
from dispatch.units import DAY_MIN

Floats = NDArray[np.float64]
#: No feeder and no last mile is longer, km as the crow flies (the road limit is 300 km).
LONGEST_TRANSFER_KM = 220.0
#: A coach seat as people are compared by: mean speed with rests, how full coaches run, roads against the crow.
COACH_KMH = 55.0
COACH_FILL_RATIO = 0.9
ROAD_RATIO = 1.3
#: Share of the seats of township buses, at one run each, that is counted on (a second run is made only where it is cheaper).
FEEDER_FILL_RATIO = 0.8
#: Feeders of a departure before this minute of the day may have to go out the day before.
EARLY_MIN = 540
#: Seats of a service left empty for parties that do not fit to the last seat.
KEPT_SEATS = 4
_EARTH_KM = 6371.0


@dataclass(frozen=True, kw_only=True)
class ServicePart:
    """One service with its riders (rows of the columns) and the feeder lines and terminals given to it."""

    service: Service
    rows: Ints
    lines: tuple[FleetLine, ...]
    terminals: dict[str, Terminal]


@dataclass(frozen=True, kw_only=True)
class ServiceTask:
    """What planning one service needs; picklable."""

    scenario: Scenario
    effort: str
    seed: int
    signals: Signals


def run_service(task: ServiceTask) -> Plan:
    """Plan of the riders of one service, feeders and last miles included. Runs in any process."""
    ready = prepare(task.scenario)
    solution = solve(
        ready.scenario, ready.travel, ready.context, ready.demand, ready.connections,
        EFFORTS["quick"], task.seed, InlineExecutor(), Signals(),
    )  # fmt: skip
    return assemble_plan(
        ready, solution, None, effort=task.effort, seed=task.seed, signals=task.signals, name_halt=name_halt,
        is_part=True,
    )  # fmt: skip


def without_left_behind(plan: Plan) -> tuple[Plan, frozenset[str]]:
    """Plan of a service with its riders only, and the keys of the parties that it could not carry after all."""
    left = plan.outcomes["status"] == "unserved"
    keys = frozenset(str(key) for key in plan.outcomes.loc[left, "party_key"].unique())
    terms = {**plan.costs.terms, "unserved": 0}
    return (
        dataclasses.replace(
            plan,
            outcomes=plan.outcomes[~left].reset_index(drop=True),
            costs=dataclasses.replace(plan.costs, terms=terms),
        ),
        keys,
    )


def choose_riders(scenario: Scenario, columns: Columns, locked: Flags) -> list[ServicePart]:
    """Services that pay, each with its riders; nobody rides two, and nobody who is ``locked`` (parties) rides any."""
    chooser = _Chooser(scenario, columns)
    chooser.taken |= locked
    chosen = []
    for service in sorted(scenario.services, key=lambda each: (each.depart_min, each.id)):
        rows = chooser.fill(service)
        if len(rows):
            chosen.append((service, rows))
    return _give_feeders(scenario, chosen)


class _Chooser:
    """Fills services one after another."""

    def __init__(self, scenario: Scenario, columns: Columns) -> None:
        self.scenario = scenario
        self.columns = columns
        geography = scenario.geography
        self.boards = [geography.places[place] for place in columns.boards]
        self.sites = [geography.sites[site] for site in columns.sites]
        self.gates = [geography.places[site.place_id] for site in self.sites]
        self.board_points = np.array([(p.lat, p.lon) for p in self.boards]).reshape(-1, 2)
        self.gate_points = np.array([(p.lat, p.lon) for p in self.gates]).reshape(-1, 2)
        self.opens = np.array([(site.opens_on - scenario.first_date).days for site in self.sites])
        self.fetches = np.array([site.last_mile_by_receiver and site.accepted for site in self.sites])
        self.taken = np.zeros(len(columns.size), dtype=np.bool_)
        self.calls: dict[tuple[str, Mode, int], int] = defaultdict(int)
        counties, self.board_county = np.unique([p.region_id for p in self.boards], return_inverse=True)
        self.counties = [str(county) for county in counties]
        self.rivals = _count_rivals(scenario, scenario.services)
        self.board_prefecture = [geography.get_prefecture(p.region_id) for p in self.boards]

    def fill(self, service: Service) -> Ints:
        """Riders of a service; none where it does not pay or its terminals are full."""
        if not self._has_slots(service):
            return np.zeros(0, dtype=np.int64)
        rows, saving = self._rank(service)
        rows, saving = self._keep_fed(service, rows, saving)
        size = self.columns.size[rows]
        per_carriage = self._count_seats(service)
        keep = np.cumsum(size) <= per_carriage * service.max_carriages - KEPT_SEATS
        rows, saving, size = rows[keep], saving[keep], size[keep]
        people = int(size.sum())
        if people == 0 or people < service.min_load:
            return np.zeros(0, dtype=np.int64)
        carriages = max(service.min_carriages, -(-people // per_carriage))
        price = service.fixed_minor + carriages * service.carriage_minor
        if float((saving * size).sum()) <= price and not service.committed:
            return np.zeros(0, dtype=np.int64)
        self.taken[rows] = True
        for stop in service.stops:
            self.calls[stop.place_id, service.mode, stop.depart_min // DAY_MIN] += 1
        return np.sort(rows)

    def _has_slots(self, service: Service) -> bool:
        for stop in service.stops:
            terminal = self.scenario.terminals.get(stop.place_id)
            if terminal is None:
                return False
            most = terminal.aircraft_per_day if service.mode is Mode.CHARTER else terminal.trains_per_day
            if (
                most is not None
                and self.calls[stop.place_id, service.mode, stop.depart_min // DAY_MIN] >= most
            ):
                return False
        return True

    def _count_seats(self, service: Service) -> int:
        on = self.scenario.first_date + timedelta(days=service.depart_min // DAY_MIN)
        return max(1, carriage_capacity(service, self.scenario.policy, Tier.LOW, on)[0])

    def _rank(self, service: Service) -> tuple[Ints, Floats]:
        """Parties that could ride, best first: whole boarding places by what they save; saving per head, minor units."""
        columns = self.columns
        day = service.depart_min // DAY_MIN
        accepts = columns.may_ride_charter if service.mode is Mode.CHARTER else columns.may_ride_train
        feed_km = self._measure_boards(service)
        leave_km, arrive_day, aboard_min = self._measure_gates(service)
        rows = np.flatnonzero(
            accepts
            & ~self.taken
            & (columns.earliest <= day)
            & (columns.latest >= day)
            & (columns.clear_from <= day)
            & (feed_km[columns.board] <= LONGEST_TRANSFER_KM)
            & (leave_km[columns.site] <= LONGEST_TRANSFER_KM)
        )
        site = columns.site[rows]
        arrives = arrive_day[site]
        lawful = (
            (arrives <= columns.arrive_by[rows])
            & (arrives <= columns.clear_until[rows])
            & (arrives >= self.opens[site])
        )
        rows = rows[lawful]
        saving = self._save(service, rows, aboard_min)
        rows, saving = rows[saving > 0], saving[saving > 0]
        board = columns.board[rows]
        weight = columns.size[rows].astype(np.float64)
        people = np.bincount(board, weight, len(self.boards))
        total = np.bincount(board, weight * saving, len(self.boards))
        mean = total / np.maximum(people, 1)
        worth = mean * np.minimum(1.0, people / 25.0) - feed_km * 100.0
        order = np.lexsort((rows, -saving, board, -worth[board]))
        return rows[order], saving[order]

    def _keep_fed(self, service: Service, rows: Ints, saving: Floats) -> tuple[Ints, Floats]:
        """Those whom the township buses of their county can bring to the terminal in time."""
        if not len(rows):
            return rows, saving
        county = self.board_county[self.columns.board[rows]]
        order = np.argsort(county, kind="stable")
        size = self.columns.size[rows][order]
        before = np.cumsum(size) - size
        starts = np.searchsorted(county[order], county[order], side="left")
        so_far = before - before[starts] + size
        room = np.array([self._count_fed(service, name) for name in self.counties])
        kept = np.zeros(len(rows), dtype=np.bool_)
        kept[order] = so_far <= room[county[order]]
        return rows[kept], saving[kept]

    def _count_fed(self, service: Service, county: str) -> float:
        """People that the feeder lines of a county can bring to a service."""
        scenario, geography = self.scenario, self.scenario.geography
        day = service.depart_min // DAY_MIN
        on = scenario.first_date + timedelta(days=day)
        share = max(self.rivals[geography.get_prefecture(county), each] for each in _days_of(service))
        fed = 0.0
        for line in scenario.fleet:
            if not line.local_only or geography.get_county(line.depot_place_id) != county:
                continue
            seats = coach_capacity(
                scenario.vehicle_types[line.type_id], scenario.policy, service_date=on, tier=Tier.LOW,
                intercity=False, drivers=1, escorts=scenario.limits.escorts_per_coach,
            )[0]  # fmt: skip
            count = line.find_available(on)
            buses = 1_000 if count is None else count // max(1, share)
            fed += buses * seats * FEEDER_FILL_RATIO
        return fed

    def _measure_boards(self, service: Service) -> Floats:
        """Km from each boarding place to the nearest boarding terminal of its prefecture, infinity where none is."""
        geography = self.scenario.geography
        best = np.full(len(self.boards), np.inf)
        for stop in service.stops:
            if stop.boards:
                prefecture = _prefecture_of(geography, stop)
                same = np.array([own == prefecture for own in self.board_prefecture])
                km = _crow_km(self.board_points, geography.places[stop.place_id])
                best = np.where(same, np.minimum(best, km), best)
        return best

    def _measure_gates(self, service: Service) -> tuple[Floats, Ints, Floats]:
        """Per site: km from the nearest alighting terminal, day of arrival at the gate, minutes aboard the service."""
        geography = self.scenario.geography
        best = np.full(len(self.gates), np.inf)
        arrive = np.zeros(len(self.gates))
        for stop in service.stops[1:]:
            if stop.alights:
                km = _crow_km(self.gate_points, geography.places[stop.place_id])
                nearer = km < best
                best = np.where(nearer, km, best)
                arrive = np.where(nearer, stop.arrive_min, arrive)
        reached = arrive + 60 + best.clip(max=1e4) * ROAD_RATIO / COACH_KMH * 60
        aboard = arrive - service.depart_min
        return np.where(self.fetches, best, np.inf), (reached // DAY_MIN).astype(np.int64), aboard

    def _save(self, service: Service, rows: Ints, aboard_min: Floats) -> Floats:
        """What each party saves per head against an average coach seat, fixed and carriage prices not counted."""
        columns, rates = self.columns, self.scenario.rates
        km = ROAD_RATIO * _pair_km(
            self.board_points[columns.board[rows]], self.gate_points[columns.site[rows]]
        )
        coach_min = km / COACH_KMH * 60
        day = service.depart_min // DAY_MIN
        late = np.maximum(0, day - columns.preferred[rows]) * rates.lateness_day_minor
        ride = (coach_min - aboard_min[columns.site[rows]]) / 60 * rates.ride_h_minor
        return np.asarray(_coach_seat_minor(self.scenario, km) + ride - service.seat_minor - late)


def _coach_seat_minor(scenario: Scenario, km: Floats) -> Floats:
    """Price of a seat on an average coach run of so many km one way, minor units."""
    lines = [line for line in scenario.fleet if not line.local_only and line.tariff.lump_trip_minor is None]
    if not lines:
        return np.full(len(km), 1e12)
    line = max(lines, key=lambda each: scenario.vehicle_types[each.type_id].approved)
    seats = coach_capacity(
        scenario.vehicle_types[line.type_id], scenario.policy, service_date=scenario.first_date,
        tier=Tier.LOW, intercity=True, drivers=2, escorts=scenario.limits.escorts_per_coach,
    )[0]  # fmt: skip
    days = np.ceil(2 * km / COACH_KMH / 24 + 0.3)
    tariff = line.tariff
    cash = 2 * km * tariff.km_minor + days * (tariff.day_minor + 2 * tariff.driver_day_minor)
    return np.asarray(cash / max(1, seats) / COACH_FILL_RATIO)


def _crow_km(points: Floats, place: Place) -> Floats:
    end = np.array([[place.lat, place.lon]])
    return _pair_km(points, np.repeat(end, len(points), axis=0))


def _pair_km(a: Floats, b: Floats) -> Floats:
    lat_a, lon_a, lat_b, lon_b = (np.radians(column) for column in (a[:, 0], a[:, 1], b[:, 0], b[:, 1]))
    half = np.sin((lat_b - lat_a) / 2) ** 2 + np.cos(lat_a) * np.cos(lat_b) * np.sin((lon_b - lon_a) / 2) ** 2
    return np.asarray(2 * _EARTH_KM * np.arcsin(np.sqrt(half)))


def _prefecture_of(geography: Geography, stop: ServiceStop) -> str:
    return geography.get_prefecture(geography.get_county(stop.place_id))


def _give_feeders(scenario: Scenario, chosen: list[tuple[Service, Ints]]) -> list[ServicePart]:
    """Feeder lines and bays shared out between the services of one day and prefecture."""
    geography = scenario.geography
    rivals = _count_rivals(scenario, [service for service, _ in chosen])
    calls: dict[str, int] = defaultdict(int)
    homes = []
    for service, _ in chosen:
        homes.append({_prefecture_of(geography, stop) for stop in service.stops if stop.boards})
        for stop in service.stops:
            calls[f"{stop.place_id}/{stop.depart_min // DAY_MIN}"] += 1
    parts = []
    for (service, rows), own in zip(chosen, homes, strict=True):
        share = max(rivals[prefecture, day] for prefecture in own for day in _days_of(service))
        lines = [
            _divide(scenario, line, share, service)
            for line in scenario.fleet
            if line.local_only and geography.get_prefecture(geography.get_county(line.depot_place_id)) in own
        ]
        terminals = {
            stop.place_id: _share_bays(
                scenario.terminals[stop.place_id], calls[f"{stop.place_id}/{stop.depart_min // DAY_MIN}"]
            )
            for stop in service.stops
        }
        parts.append(ServicePart(service=service, rows=rows, lines=tuple(lines), terminals=terminals))
    return parts


def _count_rivals(scenario: Scenario, services: Sequence[Service]) -> dict[tuple[str, int], int]:
    """Services whose feeders are out on one day in one prefecture."""
    rivals: dict[tuple[str, int], int] = defaultdict(int)
    for service in services:
        for prefecture in {_prefecture_of(scenario.geography, stop) for stop in service.stops if stop.boards}:
            for day in _days_of(service):
                rivals[prefecture, day] += 1
    return rivals


def _days_of(service: Service) -> range:
    """Days on which feeders of a service are out."""
    day = service.depart_min // DAY_MIN
    return range(day - (service.depart_min % DAY_MIN < EARLY_MIN), day + 1)


def _divide(scenario: Scenario, line: FleetLine, share: int, service: Service) -> FleetLine:
    if not line.counts:
        return line
    dated = []
    for day in _days_of(service):
        on = scenario.first_date + timedelta(days=day)
        count = (line.find_available(on) or 0) // share
        if count:
            dated.append(CountOnDates(from_date=on, to_date=on, count=count))
    gone = CountOnDates(from_date=scenario.first_date, to_date=scenario.first_date, count=0)
    return dataclasses.replace(line, counts=tuple(dated) or (gone,), standby_ratio=0.0)


def _share_bays(terminal: Terminal, services: int) -> Terminal:
    if terminal.bays is None or services < 2:
        return terminal
    return dataclasses.replace(terminal, bays=max(1, terminal.bays // services))
