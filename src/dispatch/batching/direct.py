"""Direct coach trips at party level: lawful or not, and what they cost. Memoised, solver-free."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from dispatch.batching.demand import NEVER_DAY, Cell, Demand, Unit
from dispatch.model.geography import Tier
from dispatch.model.scenario import Scenario
from dispatch.model.supply import FleetLine
from dispatch.routing.capacity import coach_capacity
from dispatch.routing.context import RoutingContext, has_registered_end
from dispatch.routing.trips import TripShape, detour_minutes, find_best_direct_trip, ride_minutes
from dispatch.units import DAY_MIN, divide_half_even


@dataclass(frozen=True, slots=True)
class DirectTrip:
    """A coach of one line on one service date with the units aboard.

    ``cost_minor`` = cash of the duty + lateness, ride time, allowances of its people + exposure.
    """

    fleet_id: str
    day: int
    units: tuple[Unit, ...]
    load: int
    capacity: int
    shape: TripShape
    cost_minor: int


class DirectCosts:
    """Evaluates direct trips of one scenario; remembers shapes, capacities and costs per head."""

    def __init__(self, scenario: Scenario, context: RoutingContext, demand: Demand) -> None:
        self.scenario = scenario
        self.context = context
        self.apart = demand.apart
        self.lines: dict[str, FleetLine] = {line.id: line for line in scenario.fleet}
        self._shapes: dict[tuple[str, frozenset[str], frozenset[str]], TripShape | None] = {}
        self._paired: dict[tuple[str, frozenset[tuple[str, str]]], TripShape | None] = {}
        self._per_head: dict[tuple[int, int], dict[int, int | None]] = {}
        self._rides: dict[tuple[int, str, str], tuple[int, int, int] | None] = {}
        self._intercity: dict[tuple[str, str], bool] = {}
        self._rooms: dict[tuple[str, int, Tier, bool, int], int] = {}
        self._barred: dict[tuple[str, int], bool] = {}
        self._capacity: dict[tuple[int, int], int] = {}
        self._tiers: dict[tuple[str, int], Tier] = {}
        self._keep: list[TripShape] = []

    def date_of(self, day: int) -> date:
        """Calendar date of a day number."""
        return self.scenario.first_date + timedelta(days=day)

    def tier_at(self, place_id: str, day: int) -> Tier:
        """Tier of a place's county on a day."""
        county = self.scenario.geography.get_county(place_id)
        key = (county, day)
        if key not in self._tiers:
            self._tiers[key] = self.scenario.geography.get_tier(county, self.date_of(day))
        return self._tiers[key]

    def find_shape(self, fleet_id: str, boards: frozenset[str], gates: frozenset[str]) -> TripShape | None:
        """Cheapest lawful trip of a line through these boarding places and gates, or None.

        Limits of detour and ride are not yet applied; they depend on who rides from where to where.
        """
        key = (fleet_id, boards, gates)
        if key not in self._shapes:
            shape = None
            if self._fits_limits(len(boards), len(gates)):
                shape = find_best_direct_trip(self.context, fleet_id, boards, gates, frozenset())
            if shape is not None:
                self._keep.append(shape)
            self._shapes[key] = shape
        return self._shapes[key]

    def find_shape_for(self, fleet_id: str, pairs: frozenset[tuple[str, str]]) -> TripShape | None:
        """Cheapest trip on which every (boarding place, gate) of ``pairs`` keeps detour and ride limits."""
        boards = frozenset(board for board, _ in pairs)
        gates = frozenset(gate for _, gate in pairs)
        shape = self.find_shape(fleet_id, boards, gates)
        if shape is None or all(self.keeps_ride_limits(shape, *pair) for pair in pairs):
            return shape
        key = (fleet_id, pairs)
        if key not in self._paired:
            other = find_best_direct_trip(self.context, fleet_id, boards, gates, pairs)
            if other is not None:
                self._keep.append(other)
            self._paired[key] = other
        return self._paired[key]

    def keeps_ride_limits(self, shape: TripShape, board: str, gate: str) -> bool:
        """True where ride and detour from a pickup to a drop-off of a trip are within the limits (C8)."""
        limits = self.scenario.limits
        if limits.max_ride_min is not None and ride_minutes(shape, board, gate) > limits.max_ride_min:
            return False
        return (
            limits.max_detour_min is None
            or detour_minutes(self.context, shape, board, gate) <= limits.max_detour_min
        )

    def get_cheapest_cash(self, fleet_id: str, board: str, gate: str) -> int | None:
        """Cash of a dedicated run of a line between one boarding place and one gate; None = not lawful."""
        shape = self.find_shape(fleet_id, frozenset((board,)), frozenset((gate,)))
        return None if shape is None else shape.cash_minor

    def _fits_limits(self, pickups: int, drops: int) -> bool:
        limits = self.scenario.limits
        return (limits.max_pickups is None or pickups <= limits.max_pickups) and (
            limits.max_drop_offs is None or drops <= limits.max_drop_offs
        )

    def find_cost_per_head(self, shape: TripShape, day: int, cell: Cell) -> int | None:
        """Lateness, ride time and allowance of one worker of a cell on a trip; None = not lawful for them."""
        heads = self.get_heads(shape, day)
        if cell.index not in heads:
            heads[cell.index] = self._cost_per_head(shape, day, cell)
        return heads[cell.index]

    def get_heads(self, shape: TripShape, day: int) -> dict[int, int | None]:
        """Costs per head on a trip found so far, by cell index: what ``find_cost_per_head`` remembers."""
        key = (id(shape), day)
        if key not in self._per_head:
            self._per_head[key] = {}
        return self._per_head[key]

    def _cost_per_head(self, shape: TripShape, day: int, cell: Cell) -> int | None:
        if day not in cell.days or not cell.may_ride_bus or cell.fleet_lock not in ("", shape.fleet_id):
            return None
        ride = self._find_ride(shape, cell.board, cell.gate)
        if ride is None:
            return None
        board_day, arrive_day = day + ride[0], day + ride[1]
        if not may_travel(self.scenario, cell, board_day, arrive_day):
            return None
        if self._tier_forbids(cell, board_day, arrive_day):
            return None
        return cost_per_head(self.scenario, cell, day, board_day, arrive_day, ride[2])

    def _find_ride(self, shape: TripShape, board: str, gate: str) -> tuple[int, int, int] | None:
        """(days to the boarding, days to the arrival, minutes aboard) between two stops; None beyond the ride limits."""
        key = (id(shape), board, gate)
        if key not in self._rides:
            self._rides[key] = None
            if self.keeps_ride_limits(shape, board, gate):
                days = board_moment(shape, board) // DAY_MIN, arrive_moment(shape, gate) // DAY_MIN
                self._rides[key] = (*days, ride_minutes(shape, board, gate))
        return self._rides[key]

    def tier_forbids(self, cell: Cell, day: int) -> bool:
        """True where nobody may board at the cell's boarding place, or alight at its gate, on a day."""
        return self._tier_forbids(cell, day, day)

    def _tier_forbids(self, cell: Cell, board_day: int, arrive_day: int) -> bool:
        return self._is_barred(cell.board, board_day) or self._is_barred(cell.gate, arrive_day)

    def _is_barred(self, place_id: str, day: int) -> bool:
        key = (place_id, day)
        if key not in self._barred:
            barred = self.scenario.policy.get_tiers("no_boarding_tiers", self.date_of(day))
            self._barred[key] = self.tier_at(place_id, day) in barred
        return self._barred[key]

    def get_capacity(self, shape: TripShape, day: int) -> int:
        """Effective capacity of a trip on a service date; 0 where registration or counties forbid it."""
        key = (id(shape), day)
        if key not in self._capacity:
            self._capacity[key] = self._find_capacity(shape, day)
        return self._capacity[key]

    def _find_capacity(self, shape: TripShape, day: int) -> int:
        on = self.date_of(day)
        counties = {self.scenario.geography.get_county(place) for place in shape.pickups}
        if len(counties) > self.scenario.policy.get_count("max_origin_counties", on, "bus", 1):
            return 0
        if not self._is_registered(shape, on):
            return 0
        type_id = self.lines[shape.fleet_id].type_id
        key = (type_id, day, self.highest_tier(shape, day), self.is_intercity(shape), shape.drivers)
        if key not in self._rooms:
            self._rooms[key] = coach_capacity(
                self.scenario.vehicle_types[type_id],
                self.scenario.policy,
                service_date=on,
                tier=key[2],
                intercity=key[3],
                drivers=shape.drivers,
                escorts=self.scenario.limits.escorts_per_coach,
            )[0]
        return self._rooms[key]

    def highest_tier(self, shape: TripShape, day: int) -> Tier:
        """Highest tier among the stops, each on the date of the stop."""
        stops = [
            (place, day + at // DAY_MIN) for place, at in zip(shape.pickups, shape.board_min, strict=True)
        ]
        stops += [
            (place, day + at // DAY_MIN) for place, at in zip(shape.drops, shape.arrive_min, strict=True)
        ]
        return max((self.tier_at(place, at) for place, at in stops), key=lambda tier: tier.rank)

    def is_intercity(self, shape: TripShape) -> bool:
        """True where the first and last stop lie in different prefectures."""
        geography = self.scenario.geography
        ends = (shape.pickups[0], shape.drops[-1])
        if ends not in self._intercity:
            first, last = (geography.get_prefecture(geography.get_county(place)) for place in ends)
            self._intercity[ends] = first != last
        return self._intercity[ends]

    def _is_registered(self, shape: TripShape, on: date) -> bool:
        if self.lines[shape.fleet_id].local_only and self.is_intercity(shape):
            return False
        if not self.scenario.policy.get_flag("registered_end_required", on, "bus"):
            return True
        return has_registered_end(self.context, shape.fleet_id, shape.pickups[0], shape.drops[-1])

    def evaluate(self, fleet_id: str, day: int, units: tuple[Unit, ...]) -> DirectTrip | None:
        """Trip that carries exactly these units, or None where that is not lawful."""
        cells = [(party.cell, party.size) for unit in units for party in unit.parties]
        if any(cell.corridor != cells[0][0].corridor for cell, _ in cells):
            return None
        shape = self.find_shape_for(fleet_id, frozenset((cell.board, cell.gate) for cell, _ in cells))
        if shape is None:
            return None
        load = sum(size for _, size in cells)
        capacity = self.get_capacity(shape, day)
        if load > capacity or self._apart_broken(units):
            return None
        people_minor = 0
        for cell, size in cells:
            per_head = self.find_cost_per_head(shape, day, cell)
            if per_head is None:
                return None
            people_minor += per_head * size
        exposure = self._exposure(shape, cells)
        return DirectTrip(
            fleet_id, day, units, load, capacity, shape, shape.cash_minor + people_minor + exposure
        )

    def _apart_broken(self, units: tuple[Unit, ...]) -> bool:
        if not self.apart:
            return False
        indices = [party.index for unit in units for party in unit.parties]
        return any((a, b) in self.apart for a in indices for b in indices)

    def _exposure(self, shape: TripShape, cells: Iterable[tuple[Cell, int]]) -> int:
        rate = self.scenario.rates.exposure_h_minor
        people = list(cells)
        if not rate or len({cell.county for cell, _ in people}) < 2:
            return 0
        departs = dict(zip(shape.pickups, shape.depart_min, strict=True))
        arrives = dict(zip(shape.drops, shape.arrive_min, strict=True))
        minutes = 0
        for i, (a, size_a) in enumerate(people):
            for b, size_b in people[i + 1 :]:
                if a.county != b.county:
                    start = max(departs[a.board], departs[b.board])
                    end = min(arrives[a.gate], arrives[b.gate])
                    minutes += size_a * size_b * max(0, end - start)
        return divide_half_even(minutes * rate, 60)


def board_moment(shape: TripShape, place_id: str) -> int:
    """Minute after 00:00 of the service date at which boarding begins at a pickup."""
    return shape.board_min[shape.pickups.index(place_id)]


def arrive_moment(shape: TripShape, place_id: str) -> int:
    """Minute after 00:00 of the service date of the arrival at a drop-off."""
    return shape.arrive_min[shape.drops.index(place_id)]


def may_travel(scenario: Scenario, cell: Cell, board_day: int, arrive_day: int) -> bool:
    """Clearance, required-on-post date and the gate's opening hold for a journey between two days."""
    site = scenario.geography.sites[cell.site]
    opens = (site.opens_on - scenario.first_date).days
    return (
        board_day >= cell.clear_from
        and arrive_day <= min(cell.clear_until, cell.arrive_by)
        and arrive_day >= opens
        and site.accepted
        and arrive_day < NEVER_DAY
    )


def cost_per_head(
    scenario: Scenario, cell: Cell, day: int, board_day: int, arrive_day: int, aboard_min: int
) -> int:
    """Lateness + allowance + ride time of one worker, each term rounded as in the shared arithmetic."""
    rates = scenario.rates
    return (
        max(0, day - cell.preferred) * rates.lateness_day_minor
        + (arrive_day - board_day + 1) * rates.allowance_day_minor
        + divide_half_even(aboard_min * rates.ride_h_minor, 60)
    )
