"""Feeder and last-mile coaches for everyone who rides a service: trips by merging, duties by chaining.

Riders of one terminal are grouped by place and service; full coaches leave directly, the rest are merged where
one coach for two groups is cheaper than two (Clarke & Wright 1964, with real duties as prices), and
trips are chained onto one coach where its day allows. Every trip is priced by ``routing`` as it will be driven.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from heapq import heapify, heappop, heappush

from dispatch.batching.alternatives import ServiceOption
from dispatch.batching.demand import Party
from dispatch.batching.direct import may_travel
from dispatch.batching.resources import Resources
from dispatch.model.plan import Role
from dispatch.model.scenario import Scenario
from dispatch.model.supply import Service
from dispatch.routing.capacity import coach_capacity
from dispatch.routing.context import RoutingContext, has_registered_end
from dispatch.routing.duties import (
    DutyShape,
    find_best_feeder_order,
    find_best_last_mile_order,
    make_feeder_duty,
    make_last_mile_duty,
)
from dispatch.units import DAY_MIN, divide_half_even

#: Transfer coaches come from so many depots nearest to the terminal and to the place at the other end.
DEPOTS_NEAR_TERMINAL = 4
DEPOTS_NEAR_PLACE = 2


@dataclass(frozen=True, slots=True)
class Rider:
    """A party on a service, with the way it rides."""

    party: Party
    service: Service
    option: ServiceOption


@dataclass(frozen=True, slots=True, eq=False)
class TransferTrip:
    """One feeder or last-mile trip: the places away from the terminal and who rides; prices are remembered by trip.

    ``limit_min``: reach the terminal by (feeder) / leave it not before (last mile). ``bound_min``: board not before
    (feeder) / leave not after (last mile).
    """

    role: Role
    terminal: str
    places: frozenset[str]
    riders: tuple[Rider, ...]
    limit_min: int
    bound_min: int
    #: People aboard.
    load: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "load", sum(rider.party.size for rider in self.riders))


@dataclass(frozen=True, slots=True)
class TransferDuty:
    """A coach duty of one or more transfer trips, in order of time."""

    shape: DutyShape
    trips: tuple[TransferTrip, ...]

    @property
    def cost_minor(self) -> int:
        """Cash of the duty."""
        return self.shape.cash_minor


@dataclass(frozen=True, slots=True)
class TransferPlan:
    """All transfer duties, and the riders for whom none is lawful or free."""

    duties: tuple[TransferDuty, ...]
    stranded: tuple[Rider, ...]


class TransferPlanner:
    """Plans the transfer coaches of one scenario on what ``resources`` leaves free."""

    def __init__(self, scenario: Scenario, context: RoutingContext, resources: Resources) -> None:
        self.scenario = scenario
        self.context = context
        self.resources = resources
        self._lines_near: dict[tuple[str, str], list[str]] = {}
        self._priced: dict[tuple[object, ...], TransferDuty | None] = {}
        self._rooms: dict[tuple[str, str, Role], int] = {}

    def plan(self, riders: Sequence[Rider]) -> TransferPlan:
        """Transfer duties for all riders that need any."""
        duties: list[TransferDuty] = []
        stranded: list[Rider] = []
        for role in (Role.FEEDER, Role.LAST_MILE):
            groups: dict[tuple[str, ...], list[Rider]] = defaultdict(list)
            for rider in riders:
                if rider.option.needs_feeder if role is Role.FEEDER else rider.option.needs_last_mile:
                    groups[self._group_key(role, rider)].append(rider)
            for key in sorted(groups):
                made, lost = self._plan_group(role, key[0], groups[key])
                duties.extend(made)
                stranded.extend(lost)
        return TransferPlan(tuple(duties), tuple(stranded))

    def _group_key(self, role: Role, rider: Rider) -> tuple[str, ...]:
        cell, option = rider.party.cell, rider.option
        if role is Role.FEEDER:
            terminal = rider.service.stops[option.board_stop].place_id
            return (terminal, f"{option.day:06d}", cell.tier_class, cell.county)
        terminal = rider.service.stops[option.alight_stop].place_id
        return (terminal, f"{option.day:06d}", cell.tier_class, cell.area)

    def _plan_group(
        self, role: Role, terminal: str, riders: list[Rider]
    ) -> tuple[list[TransferDuty], list[Rider]]:
        trips = self._merge(self._first_trips(role, terminal, riders))
        duties: list[TransferDuty] = []
        left: list[TransferTrip] = []
        for duty in self._chain(trips, left):
            placed = self._place(duty)
            if placed is not None:
                duties.append(placed)
            elif len(duty.trips) > 1:
                for trip in duty.trips:
                    single = self._place_trip(trip)
                    if single is None:
                        left.append(trip)
                    else:
                        duties.append(single)
            else:
                left.append(duty.trips[0])
        stranded = [rider for trip in left for rider in self._rescue(trip, duties)]
        return duties, stranded

    def _rescue(self, trip: TransferTrip, duties: list[TransferDuty]) -> Sequence[Rider]:
        """Riders of a trip for whom there is no coach even at a higher price; all others are put into ``duties``.

        Asked in turn: a coach of its own (for what is left of a trip), a further run of a coach that is out already, two
        smaller trips.
        """
        single = self._place_trip(trip)
        if single is not None:
            duties.append(single)
            return ()
        if self._add_run(trip, duties):
            return ()
        if len(trip.riders) == 1 or not self._has_any_coach(trip):
            return trip.riders
        half = len(trip.riders) // 2
        by_place = sorted(trip.riders, key=lambda rider: (self._away(trip.role, rider), rider.party.index))
        lost: list[Rider] = []
        for some in (by_place[:half], by_place[half:]):
            places = frozenset(self._away(trip.role, rider) for rider in some)
            lost += self._rescue(self._make_trip(trip.role, trip.terminal, places, some), duties)
        return lost

    def _has_any_coach(self, trip: TransferTrip) -> bool:
        """True where some line nearby has a coach left on the day of a trip or the day before."""
        day = trip.limit_min // DAY_MIN
        return any(
            self.resources.has_coach(fleet_id, first, 1, 1)
            for fleet_id in self._near(trip.terminal, trip.places)
            for first in (day - 1, day)
        )

    def _add_run(self, trip: TransferTrip, duties: list[TransferDuty]) -> bool:
        """Let a coach of ``duties`` make a trip before or after its own, where that costs least; False where none can."""
        offers: list[tuple[int, int, TransferDuty]] = []
        for number, duty in enumerate(duties):
            if len(duty.trips) < self.scenario.limits.max_trips_per_duty:
                for trips in ((*duty.trips, trip), (trip, *duty.trips)):
                    longer = self.price(trips, (duty.shape.fleet_id,))
                    if longer is not None:
                        offers.append((longer.cost_minor - duty.cost_minor, number, longer))
        for _, number, longer in sorted(offers, key=lambda offer: offer[:2]):
            self._hold(duties[number], -1)
            if self._is_free(longer):
                self._hold(longer)
                duties[number] = longer
                return True
            self._hold(duties[number])
        return False

    @staticmethod
    def _away(role: Role, rider: Rider) -> str:
        """Place away from the terminal at which a rider boards or is set down."""
        return rider.party.cell.board if role is Role.FEEDER else rider.party.cell.gate

    # -- trips -----------------------------------------------------------------------------------------

    def _first_trips(self, role: Role, terminal: str, riders: list[Rider]) -> list[TransferTrip]:
        """Trips from one place for one service, as few as the largest coach allows (first fit decreasing)."""
        by_place: dict[tuple[str, str], list[Rider]] = defaultdict(list)
        for rider in riders:
            by_place[self._away(role, rider), rider.service.id].append(rider)
        trips: list[TransferTrip] = []
        for (place, _), group in sorted(by_place.items()):
            room = self._largest_room(role, terminal, place)
            bins: list[list[Rider]] = []
            for rider in sorted(group, key=lambda r: (-r.party.size, r.party.index)):
                for each in bins:
                    if sum(r.party.size for r in each) + rider.party.size <= room:
                        each.append(rider)
                        break
                else:
                    bins.append([rider])
            trips.extend(self._make_trip(role, terminal, frozenset((place,)), each) for each in bins)
        return trips

    def _make_trip(
        self, role: Role, terminal: str, places: frozenset[str], riders: Iterable[Rider]
    ) -> TransferTrip:
        who = tuple(sorted(riders, key=lambda rider: rider.party.index))
        station = self.scenario.terminals.get(terminal)
        buffer = station.buffer_min if station else 0
        wait = self.scenario.limits.max_wait_h * 60
        if role is Role.FEEDER:
            departures = [rider.service.stops[rider.option.board_stop].depart_min for rider in who]
            return TransferTrip(role, terminal, places, who, min(departures) - buffer, max(departures) - wait)
        arrivals = [rider.service.stops[rider.option.alight_stop].arrive_min for rider in who]
        return TransferTrip(role, terminal, places, who, max(arrivals) + buffer, min(arrivals) + wait)

    def _merge(self, trips: list[TransferTrip]) -> list[TransferTrip]:
        """Join trips while one coach for both is cheaper than two, the nearest pair first."""
        alive = dict(enumerate(trips))
        pairs = [
            (self._nearness(a, b), i, j)
            for i, a in alive.items()
            for j, b in enumerate(trips[:i])
            if self._may_merge(a, b)
        ]
        heapify(pairs)
        number = len(trips)
        while pairs:
            _, i, j = heappop(pairs)
            if i not in alive or j not in alive:
                continue
            a, b = alive[i], alive[j]
            joined = self._make_trip(a.role, a.terminal, a.places | b.places, (*a.riders, *b.riders))
            price = [self._weigh(self.price((each,))) for each in (a, b, joined)]
            if price[2] is not None and (
                price[0] is None or price[1] is None or price[2] < price[0] + price[1]
            ):
                del alive[i], alive[j]
                for k, other in alive.items():
                    if self._may_merge(joined, other):
                        heappush(pairs, (self._nearness(joined, other), number, k))
                alive[number] = joined
                number += 1
        return list(alive.values())

    def _weigh(self, duty: TransferDuty | None) -> int | None:
        """Cash of a duty and the time its riders spend aboard, in money; None without a duty."""
        if duty is None:
            return None
        minutes = 0
        for trip, run in zip(duty.trips, duty.shape.trips, strict=True):
            begin, end = dict(zip(run.place_ids, run.depart_min, strict=True)), run.arrive_min[-1]
            for rider in trip.riders:
                if trip.role is Role.FEEDER:
                    minutes += rider.party.size * (end - begin[rider.party.cell.board])
                else:
                    at = run.arrive_min[run.place_ids.index(rider.party.cell.gate)]
                    minutes += rider.party.size * (at - run.depart_min[0])
        return duty.cost_minor + divide_half_even(minutes * self.scenario.rates.ride_h_minor, 60)

    def _may_merge(self, a: TransferTrip, b: TransferTrip) -> bool:
        limits = self.scenario.limits
        most = limits.max_pickups if a.role is Role.FEEDER else limits.max_drop_offs
        if most is not None and len(a.places | b.places) > most:
            return False
        wait = limits.max_wait_h * 60
        if abs(a.limit_min - b.limit_min) > wait // 2:
            return False
        return a.load + b.load <= self._largest_room(a.role, a.terminal, min(a.places))

    def _nearness(self, a: TransferTrip, b: TransferTrip) -> int:
        km = self.context.get_km_tenths
        apart = min(km(x, y) for x in sorted(a.places) for y in sorted(b.places))
        return apart + abs(a.limit_min - b.limit_min)

    # -- duties ----------------------------------------------------------------------------------------

    def _chain(self, trips: list[TransferTrip], left: list[TransferTrip]) -> list[TransferDuty]:
        """Put trips onto shared coaches while that is cheaper; trips that no coach may make are added to ``left``."""
        duties = []
        for trip in trips:
            duty = self.price((trip,))
            if duty is None:
                left.append(trip)
            else:
                duties.append(duty)
        duties.sort(key=lambda duty: (duty.shape.pull_out_min, duty.trips[0].riders[0].party.index))
        refused: set[tuple[int, int]] = set()
        while True:
            best: tuple[int, int, int, TransferDuty] | None = None
            for i, first in enumerate(duties):
                for j, second in enumerate(duties):
                    if i == j or (id(first), id(second)) in refused:
                        continue
                    joined = self._join(first, second)
                    saving = first.cost_minor + second.cost_minor - joined.cost_minor if joined else 0
                    if joined is None or saving <= 0:
                        refused.add((id(first), id(second)))
                    elif best is None or saving > best[0]:
                        best = (saving, i, j, joined)
            if best is None:
                return duties
            duties = [duty for k, duty in enumerate(duties) if k not in best[1:3]] + [best[3]]

    def _join(self, first: TransferDuty, second: TransferDuty) -> TransferDuty | None:
        trips = (*first.trips, *second.trips)
        if (
            len(trips) > self.scenario.limits.max_trips_per_duty
            or first.shape.fleet_id != second.shape.fleet_id
        ):
            return None
        role = trips[0].role
        if role is Role.FEEDER:
            room_min = second.shape.trips[0].arrive_min[0] - first.shape.trips[0].arrive_min[0]
            if abs(room_min) > self.scenario.limits.max_wait_h * 60:
                return None
        return self.price(trips, (first.shape.fleet_id,))

    def price(
        self, trips: tuple[TransferTrip, ...], fleet_ids: Sequence[str] | None = None, shift_min: int = 0
    ) -> TransferDuty | None:
        """Cheapest lawful duty for trips in this order, limits shifted away by ``shift_min``; None = none."""
        key = (trips, tuple(fleet_ids or ()), shift_min)
        if key not in self._priced:
            self._priced[key] = self._price(trips, fleet_ids, shift_min)
        return self._priced[key]

    def _price(
        self, trips: tuple[TransferTrip, ...], fleet_ids: Sequence[str] | None, shift_min: int
    ) -> TransferDuty | None:
        best: TransferDuty | None = None
        for fleet_id in fleet_ids or self._near(trips[0].terminal, trips[0].places):
            shape = self._make_shape(fleet_id, trips, shift_min)
            if shape is None or (best is not None and shape.cash_minor >= best.cost_minor):
                continue
            duty = TransferDuty(shape, trips)
            if self._is_lawful(duty):
                best = duty
        return best

    def _make_shape(self, fleet_id: str, trips: tuple[TransferTrip, ...], shift_min: int) -> DutyShape | None:
        if trips[0].role is Role.FEEDER:
            return self._make_feeder_shape(fleet_id, trips, shift_min)
        tasks = tuple(
            (
                trip.terminal,
                trip.limit_min + shift_min,
                find_best_last_mile_order(self.context, fleet_id, trip.terminal, trip.places),
            )
            for trip in trips
        )
        return make_last_mile_duty(self.context, fleet_id, tasks)

    def _make_feeder_shape(
        self, fleet_id: str, trips: tuple[TransferTrip, ...], shift_min: int
    ) -> DutyShape | None:
        """Feeder duty built backward: each earlier run must be over before the next one boards."""
        tasks: list[tuple[tuple[str, ...], str, int]] = []
        next_board: tuple[str, int] | None = None
        for trip in reversed(trips):
            reach_by = trip.limit_min - shift_min
            order = find_best_feeder_order(self.context, fleet_id, trip.places, trip.terminal)
            if next_board is not None:
                back = self.context.get_minutes(trip.terminal, next_board[0])
                reach_by = min(reach_by, next_board[1] - back - self.scenario.limits.dwell_drop_min - 30)
            single = make_feeder_duty(self.context, fleet_id, ((order, trip.terminal, reach_by),))
            if single is None:
                return None
            next_board = (order[0], single.trips[0].arrive_min[0])
            tasks.insert(0, (order, trip.terminal, reach_by))
        return make_feeder_duty(self.context, fleet_id, tuple(tasks))

    def _is_lawful(self, duty: TransferDuty) -> bool:
        for trip, run in zip(duty.trips, duty.shape.trips, strict=True):
            if trip.load > self.get_capacity(duty.shape, run.place_ids, run.arrive_min[0] // DAY_MIN):
                return False
            if trip.role is Role.FEEDER and not (
                run.arrive_min[0] >= trip.bound_min and run.arrive_min[-1] <= trip.limit_min
            ):
                return False
            if trip.role is Role.LAST_MILE and not (
                run.depart_min[0] <= trip.bound_min and run.arrive_min[0] >= trip.limit_min
            ):
                return False
            if not self._registered(duty.shape.fleet_id, run.place_ids, run.arrive_min[0] // DAY_MIN):
                return False
            if not all(self._may_ride(trip, run.place_ids, run.arrive_min, rider) for rider in trip.riders):
                return False
        return True

    def _may_ride(
        self, trip: TransferTrip, place_ids: Sequence[str], arrive_min: Sequence[int], rider: Rider
    ) -> bool:
        """Clearance and dates with the real times; the other end is taken as the option expects it."""
        cell = rider.party.cell
        at = dict(zip(place_ids, arrive_min, strict=True))
        if trip.role is Role.FEEDER:
            return at[cell.board] // DAY_MIN >= cell.clear_from
        arrive_day = at[cell.gate] // DAY_MIN
        return may_travel(self.scenario, cell, max(cell.clear_from, 0), arrive_day)

    def get_capacity(self, shape: DutyShape, place_ids: Sequence[str], day: int) -> int:
        """Effective capacity of one transfer trip on its service date."""
        line = self.resources.lines[shape.fleet_id]
        return self._capacity(line.type_id, place_ids, day, shape.drivers)

    def _capacity(self, type_id: str, place_ids: Sequence[str], day: int, drivers: int) -> int:
        return self.explain_capacity(type_id, place_ids, day, drivers)[0]

    def explain_capacity(
        self, type_id: str, place_ids: Sequence[str], day: int, drivers: int
    ) -> tuple[int, str]:
        """Effective capacity of a coach type on a transfer trip, and the rule in words."""
        geography = self.scenario.geography
        on = self.scenario.first_date + timedelta(days=day)
        counties = [geography.get_county(place) for place in place_ids]
        tier = max((geography.get_tier(county, on) for county in counties), key=lambda t: t.rank)
        return coach_capacity(
            self.scenario.vehicle_types[type_id],
            self.scenario.policy,
            service_date=on,
            tier=tier,
            intercity=geography.get_prefecture(counties[0]) != geography.get_prefecture(counties[-1]),
            drivers=drivers,
            escorts=self.scenario.limits.escorts_per_coach,
        )

    def _largest_room(self, role: Role, terminal: str, place: str) -> int:
        """Capacity of the largest coach near a terminal on a run to or from a place, with one driver."""
        key = (terminal, place, role)
        if key not in self._rooms:
            places = (place, terminal) if role is Role.FEEDER else (terminal, place)
            types = sorted({self.resources.lines[line].type_id for line in self._near(terminal, (place,))})
            self._rooms[key] = max((self._capacity(type_id, places, 0, 1) for type_id in types), default=0)
        return self._rooms[key]

    def _registered(self, fleet_id: str, place_ids: Sequence[str], day: int) -> bool:
        geography = self.scenario.geography
        on = self.scenario.first_date + timedelta(days=day)
        ends = [
            geography.get_prefecture(geography.get_county(place)) for place in (place_ids[0], place_ids[-1])
        ]
        if self.resources.lines[fleet_id].local_only and ends[0] != ends[1]:
            return False
        if not self.scenario.policy.get_flag("registered_end_required", on, "bus"):
            return True
        return has_registered_end(self.context, fleet_id, place_ids[0], place_ids[-1])

    def _near(self, terminal: str, places: Iterable[str]) -> list[str]:
        """Lines of the depots nearest to a terminal, then of those nearest to the first of the other places."""
        place = min(places)
        if (terminal, place) not in self._lines_near:
            at_terminal = self._list_lines(terminal, DEPOTS_NEAR_TERMINAL)
            at_place = self._list_lines(place, DEPOTS_NEAR_PLACE)
            self._lines_near[terminal, place] = list(dict.fromkeys((*at_terminal, *at_place)))
        return self._lines_near[terminal, place]

    def _list_lines(self, place: str, depots: int) -> list[str]:
        """Lines of so many depots nearest to a place, the nearest first."""
        lines = sorted(
            self.resources.lines.values(),
            key=lambda line: (self.context.get_km_tenths(line.depot_place_id, place), line.id),
        )
        near = list(dict.fromkeys(line.depot_place_id for line in lines))[:depots]
        return [line.id for line in lines if line.depot_place_id in near]

    # -- bays and coaches --------------------------------------------------------------------------------

    def _place_trip(self, trip: TransferTrip) -> TransferDuty | None:
        duty = self.price((trip,))
        return self._place(duty) if duty else None

    def _place(self, duty: TransferDuty) -> TransferDuty | None:
        """Hold a coach and bays for a duty, earlier or later by whole slots, on another line if need be."""
        station = self.scenario.terminals.get(duty.trips[0].terminal)
        slot = station.slot_min if station else 30
        for shift in range(0, self.scenario.limits.max_wait_h * 60, slot):
            near = self._near(duty.trips[0].terminal, duty.trips[0].places)
            candidates = [duty.shape.fleet_id, *(f for f in near if f != duty.shape.fleet_id)]
            for fleet_id in candidates:
                moved = self.price(duty.trips, (fleet_id,), shift)
                if moved is not None and self._is_free(moved):
                    self._hold(moved)
                    return moved
            if station is None or station.bays is None:
                return None
        return None

    def _is_free(self, duty: TransferDuty) -> bool:
        return (
            self._has_bays(duty)
            and self._has_coach(duty.shape)
            and self.resources.fits_arrivals(self._count_arrivals(duty))
        )

    def _has_coach(self, shape: DutyShape) -> bool:
        return self.resources.has_coach(
            shape.fleet_id, shape.pull_out_min // DAY_MIN, shape.days, shape.drivers
        )

    def _hold(self, duty: TransferDuty, sign: int = 1) -> None:
        """Take (+1) or give back (-1) all that a duty uses."""
        shape = duty.shape
        self.resources.hold_coach(
            shape.fleet_id, shape.pull_out_min // DAY_MIN, shape.days, shape.drivers, sign
        )
        for terminal, slot in self._slots(duty):
            self.resources.bays_used[terminal, slot] += sign
        self.resources.hold_arrivals(self._count_arrivals(duty), sign)

    def _has_bays(self, duty: TransferDuty) -> bool:
        return self.resources.has_bays(self._slots(duty))

    def _slots(self, duty: TransferDuty) -> list[tuple[str, int]]:
        """(terminal, slot number) that the stops of a duty at terminals with limited bays overlap."""
        slots: list[tuple[str, int]] = []
        for run in duty.shape.trips:
            for place, begin, end in zip(run.place_ids, run.arrive_min, run.depart_min, strict=True):
                slots += self.resources.list_slots(place, begin, end)
        return slots

    def _count_arrivals(self, duty: TransferDuty) -> dict[tuple[str, int], int]:
        """People a last-mile duty really brings to each limited gate, by arrival day."""
        counts: dict[tuple[str, int], int] = defaultdict(int)
        for trip, run in zip(duty.trips, duty.shape.trips, strict=True):
            at = dict(zip(run.place_ids, run.arrive_min, strict=True))
            for rider in trip.riders:
                cell = rider.party.cell
                if trip.role is Role.LAST_MILE and cell.site in self.resources.site_limits:
                    counts[cell.site, at[cell.gate] // DAY_MIN] += rider.party.size
        return counts
