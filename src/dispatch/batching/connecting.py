"""Service options of every cell: which departures reach its gate in time, and what they cost per head."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Protocol

from dispatch.batching.alternatives import Alternatives, ServiceOption, ServiceTariff, TransferPool
from dispatch.batching.demand import Cell, Demand
from dispatch.batching.direct import DirectCosts, cost_per_head, may_travel
from dispatch.model.geography import Tier
from dispatch.model.scenario import Scenario
from dispatch.model.supply import FleetLine, Mode, Service, ServiceKind, ServiceStatus
from dispatch.routing.capacity import carriage_capacity, coach_capacity
from dispatch.routing.context import RoutingContext, has_registered_end
from dispatch.units import DAY_MIN, divide_half_even

#: Minutes kept free for further stops of a feeder or last-mile coach when judging whether an option is in time.
TRANSFER_SLACK_MIN = 45


class Connection(Protocol):
    """One way to ride one service between two places (made by the network room)."""

    @property
    def service_id(self) -> str:
        """Id of the service."""

    @property
    def board_stop(self) -> int:
        """Index of the stop where it is boarded."""

    @property
    def alight_stop(self) -> int:
        """Index of the stop where it is left."""

    @property
    def needs_feeder(self) -> bool:
        """True when a feeder coach must bring its riders to the terminal."""

    @property
    def needs_last_mile(self) -> bool:
        """True when a last-mile coach must take them on to the gate."""


FindConnections = Callable[[str, str], Sequence[Connection]]


def make_alternatives(
    scenario: Scenario,
    context: RoutingContext,
    demand: Demand,
    find_connections: FindConnections,
    costs: DirectCosts,
    pool_ratios: Mapping[str, float] | None = None,
) -> Alternatives:
    """Alternatives of every cell.

    ``find_connections(boarding_place_id, site_id)`` names the feasible connections; ``pool_ratios`` says by side of a
    terminal how much dearer the coaches of an earlier round really were than their estimate.
    """
    services = {service.id: service for service in scenario.services}
    estimate = TransferEstimate(scenario, context, pool_ratios or {})
    known: dict[tuple[str, str], Sequence[Connection]] = {}
    options: dict[int, tuple[ServiceOption, ...]] = {}
    for cell in demand.cells:
        key = (cell.board, cell.site)
        if key not in known:
            known[key] = find_connections(*key)
        found = [
            option
            for connection in known[key]
            if (option := make_option(scenario, context, cell, services, connection, estimate)) is not None
        ]
        found.sort(key=lambda option: (option.per_head_minor, len(option.pools), option.service_id))
        options[cell.index] = _cheapest_per_service(found)
    return Alternatives(
        options=options,
        tariffs={service.id: make_tariff(scenario, service) for service in scenario.services},
        pools=estimate.make_pools(),
        slots=_count_slots(scenario),
        own_ticket_minor=_price_own_tickets(scenario, context, demand),
        unserved_minor=price_unserved(scenario, costs, demand),
    )


def _cheapest_per_service(options: list[ServiceOption]) -> tuple[ServiceOption, ...]:
    seen: dict[str, ServiceOption] = {}
    for option in options:
        seen.setdefault(option.service_id, option)
    return tuple(seen.values())


def make_tariff(scenario: Scenario, service: Service) -> ServiceTariff:
    """Money and room of a service, at the highest tier of its terminals."""
    day = service.depart_min // DAY_MIN
    on = scenario.first_date + timedelta(days=day)
    tiers = [
        scenario.geography.get_tier(
            scenario.geography.get_county(stop.place_id),
            scenario.first_date + timedelta(days=stop.arrive_min // DAY_MIN),
        )
        for stop in service.stops
        if stop.boards or stop.alights
    ]
    tier = max(tiers, key=lambda t: t.rank, default=Tier.LOW)
    return ServiceTariff(
        service_id=service.id,
        capacity=max(1, carriage_capacity(service, scenario.policy, tier, on)[0]),
        min_carriages=service.min_carriages,
        max_carriages=service.max_carriages,
        min_load=service.min_load,
        fixed_minor=service.fixed_minor,
        carriage_minor=service.carriage_minor,
        committed=service.committed,
        calls=_list_calls(scenario, service),
    )


def _list_calls(scenario: Scenario, service: Service) -> tuple[tuple[str, str, int], ...]:
    """(terminal, mode, day) of each stop of a service of ours where slots are limited."""
    if service.kind is ServiceKind.SEATS:
        return ()
    calls: dict[tuple[str, str, int], None] = {}
    for number, stop in enumerate(service.stops):
        if _slots_at(scenario, stop.place_id, service.mode) is not None:
            at_min = stop.arrive_min if number else stop.depart_min
            calls[stop.place_id, service.mode.value, at_min // DAY_MIN] = None
    return tuple(calls)


def _slots_at(scenario: Scenario, place_id: str, mode: Mode) -> int | None:
    terminal = scenario.terminals.get(place_id)
    if terminal is None:
        return None
    return terminal.aircraft_per_day if mode is Mode.CHARTER else terminal.trains_per_day


def _count_slots(scenario: Scenario) -> dict[tuple[str, str, int], int]:
    """Slots by (terminal, mode, day) wherever a service calls and they are limited."""
    slots: dict[tuple[str, str, int], int] = {}
    for service in scenario.services:
        for call in _list_calls(scenario, service):
            slots[call] = _slots_at(scenario, call[0], service.mode) or 0
    return slots


def make_option(
    scenario: Scenario,
    context: RoutingContext,
    cell: Cell,
    services: Mapping[str, Service],
    connection: Connection,
    estimate: TransferEstimate,
) -> ServiceOption | None:
    """Option of a cell on a connection, or None where window, mode, lock, clearance or gate forbid it."""
    service = services[connection.service_id]
    if service.status is ServiceStatus.REFUSED or not _accepts(cell, service):
        return None
    day = service.depart_min // DAY_MIN
    if day not in cell.days:
        return None
    board, alight = service.stops[connection.board_stop], service.stops[connection.alight_stop]
    if connection.needs_feeder and not estimate.may_run(board.place_id, cell.board):
        return None
    if connection.needs_last_mile and not estimate.may_run(alight.place_id, cell.gate):
        return None
    if (
        alight.place_id == cell.gate
        and shift_into_hours(context, cell.gate, alight.arrive_min) != alight.arrive_min
    ):
        return None
    board_min = estimate.board_min(cell, connection, board.place_id, board.depart_min)
    arrive_min = estimate.arrive_min(cell, connection, alight.place_id, alight.arrive_min)
    board_day, arrive_day = board_min // DAY_MIN, arrive_min // DAY_MIN
    stops = (
        (cell.board, board_day),
        (board.place_id, board.depart_min // DAY_MIN),
        (alight.place_id, alight.arrive_min // DAY_MIN),
        (cell.gate, arrive_day),
    )
    if not may_travel(scenario, cell, board_day, arrive_day) or any(estimate.is_barred(*s) for s in stops):
        return None
    aboard = alight.arrive_min - board.depart_min
    if connection.needs_feeder:
        aboard += context.get_minutes(cell.board, board.place_id)
    if connection.needs_last_mile:
        aboard += context.get_minutes(alight.place_id, cell.gate)
    per_head = service.seat_minor + cost_per_head(scenario, cell, day, board_day, arrive_day, aboard)
    pools = []
    if connection.needs_feeder:
        pools.append(estimate.join("feeder", board.place_id, cell.board, day, cell.county))
    if connection.needs_last_mile:
        pools.append(estimate.join("last_mile", alight.place_id, cell.gate, day, cell.area))
    return ServiceOption(
        service_id=service.id,
        board_stop=connection.board_stop,
        alight_stop=connection.alight_stop,
        day=day,
        per_head_minor=per_head,
        pools=tuple(pools),
        arrive_day=arrive_day,
        needs_feeder=connection.needs_feeder,
        needs_last_mile=connection.needs_last_mile,
    )


def _accepts(cell: Cell, service: Service) -> bool:
    return (
        service.mode in cell.modes
        and cell.mode_lock in ("", service.mode.value)
        and cell.service_lock in ("", service.id)
        and not cell.fleet_lock
    )


#: Share of a transfer coach's seats that real trips fill on average.
TRANSFER_FILL_RATIO = 0.75
#: (seats, minor units) where no coach may run: dearer than any penalty.
NO_RUN = (1, 10**9)


class TransferEstimate:
    """What feeder and last-mile coaches are expected to take and cost before they are planned."""

    def __init__(self, scenario: Scenario, context: RoutingContext, pool_ratios: Mapping[str, float]) -> None:
        self.scenario = scenario
        self.context = context
        self.pool_ratios = pool_ratios
        self._runs: dict[tuple[str, str], tuple[int, int]] = {}
        self._members: dict[str, dict[tuple[str, str], None]] = {}
        self._barred: dict[tuple[str, int], bool] = {}

    def is_barred(self, place: str, day: int) -> bool:
        """True where nobody may board or alight at a place on a day."""
        if (place, day) not in self._barred:
            on = self.scenario.first_date + timedelta(days=day)
            tier = self.scenario.geography.get_tier(self.scenario.geography.get_county(place), on)
            self._barred[place, day] = tier in self.scenario.policy.get_tiers("no_boarding_tiers", on)
        return self._barred[place, day]

    def join(self, role: str, terminal: str, place: str, day: int, side: str) -> str:
        """Key of the pool of a transfer between a terminal and a place on a day; the place counts in its price."""
        key = f"{role}|{terminal}|{side}|{day}"
        self._members.setdefault(key, {})[terminal, place] = None
        return key

    def may_run(self, terminal: str, place: str) -> bool:
        """False where no line of the fleet is licensed between a terminal and a place (C13)."""
        return self._cheapest_run(terminal, place) != NO_RUN

    def make_pools(self) -> dict[str, TransferPool]:
        """All pools joined so far, each at the mean price of its places."""
        pools = {}
        for key, members in self._members.items():
            runs = [self._cheapest_run(terminal, place) for terminal, place in members]
            room = max(1, int(sum(seats for seats, _ in runs) / len(runs) * TRANSFER_FILL_RATIO))
            price = sum(minor for _, minor in runs) // len(runs)
            ratio = self.pool_ratios.get(key.rsplit("|", 1)[0], 1.0)
            pools[key] = TransferPool(key, room, int(price * ratio))
        return pools

    def _cheapest_run(self, terminal: str, place: str) -> tuple[int, int]:
        """(seats, minor units) of the cheapest coach per seat on a run of its own between two places."""
        key = (terminal, place)
        if key not in self._runs:
            runs = [self._run_on(index, terminal, place) for index in range(len(self.scenario.fleet))]
            lawful = [run for run in runs if run[0] > 0]
            self._runs[key] = min(lawful, key=lambda run: (run[1] / run[0], run), default=NO_RUN)
        return self._runs[key]

    def _run_on(self, line_index: int, terminal: str, place: str) -> tuple[int, int]:
        line = self.scenario.fleet[line_index]
        if not self._is_licensed(line, terminal, place):
            return NO_RUN
        room = coach_capacity(
            self.scenario.vehicle_types[line.type_id],
            self.scenario.policy,
            service_date=self.scenario.first_date,
            tier=Tier.LOW,
            intercity=False,
            drivers=1,
            escorts=self.scenario.limits.escorts_per_coach,
        )[0]
        if line.tariff.lump_trip_minor is not None:
            return room, line.tariff.lump_trip_minor
        km = self.context.get_km_tenths
        legs = km(line.depot_place_id, place) + km(place, terminal) + km(terminal, line.depot_place_id)
        fixed = line.tariff.day_minor + line.tariff.driver_day_minor
        return room, fixed + divide_half_even(legs * line.tariff.km_minor, 10)

    def _is_licensed(self, line: FleetLine, terminal: str, place: str) -> bool:
        geography = self.scenario.geography
        ends = [geography.get_prefecture(geography.get_county(one)) for one in (terminal, place)]
        if line.local_only and ends[0] != ends[1]:
            return False
        flag, dates = self.scenario.policy.get_flag, (self.scenario.first_date, self.scenario.last_date)
        if not all(flag("registered_end_required", on, "bus") for on in dates):
            return True
        return has_registered_end(self.context, line.id, terminal, place)

    def board_min(self, cell: Cell, connection: Connection, terminal_id: str, depart_min: int) -> int:
        """Expected first boarding (as early as a shared feeder may be)."""
        buffer = self._buffer(terminal_id)
        if not connection.needs_feeder:
            return depart_min - buffer
        ride = self.context.get_minutes(cell.board, terminal_id)
        return depart_min - buffer - ride - self.scenario.limits.dwell_pickup_min - TRANSFER_SLACK_MIN

    def arrive_min(self, cell: Cell, connection: Connection, terminal_id: str, arrive_min: int) -> int:
        """Expected arrival at the gate, receiving hours considered."""
        if cell.gate == terminal_id:
            return arrive_min
        ready = arrive_min + self._buffer(terminal_id) + self.context.get_minutes(terminal_id, cell.gate)
        if connection.needs_last_mile:
            ready += self.scenario.limits.dwell_pickup_min + TRANSFER_SLACK_MIN
        return shift_into_hours(self.context, cell.gate, ready)

    def _buffer(self, terminal_id: str) -> int:
        terminal = self.scenario.terminals.get(terminal_id)
        return terminal.buffer_min if terminal else 0


def shift_into_hours(context: RoutingContext, gate: str, at_min: int) -> int:
    """Moment at which a gate receives people who reach it at a minute."""
    opens, closes = context.receiving.get(gate, (0, DAY_MIN))
    clock = at_min % DAY_MIN
    if clock < opens:
        return at_min - clock + opens
    if clock > closes:
        return at_min - clock + DAY_MIN + opens
    return at_min


def _price_own_tickets(scenario: Scenario, context: RoutingContext, demand: Demand) -> dict[int, int]:
    tariff = scenario.rates.own_ticket
    if tariff is None:
        return {}
    return {
        cell.index: tariff.fixed_minor
        + divide_half_even(context.get_km_tenths(cell.board, cell.gate) * tariff.km_minor, 10)
        for cell in demand.cells
        if {Mode.TRAIN, Mode.BUS} & cell.modes
        and not (cell.mode_lock or cell.service_lock or cell.fleet_lock)
    }


def price_unserved(scenario: Scenario, costs: DirectCosts, demand: Demand) -> dict[str, int]:
    """Unserved penalty per head by class; the ordinary class is derived where the scenario gives none.

    Default: the dearest dedicated run from door to gate, each pair taken with its cheapest line.
    """
    given = dict(scenario.rates.unserved_minor)
    if "" not in given:
        runs = []
        for board, gate in sorted({(cell.board, cell.gate) for cell in demand.cells}):
            prices = [costs.get_cheapest_cash(line.id, board, gate) for line in scenario.fleet]
            runs.append(min((price for price in prices if price is not None), default=0))
        dearest_seat = max(
            (
                service.fixed_minor + service.carriage_minor + service.seat_minor
                for service in scenario.services
            ),
            default=0,
        )
        given[""] = max(runs, default=0) or dearest_seat
    return given
