"""Corridors of the bound: cells that may meet on one coach, what a seat is worth to them at least, and on which days.

Wider than the planner's corridors where those are stricter than the rules: cells whose separated tiers agree on any
day of their windows stand in one corridor.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from dispatch.batching.bound.clock import find_earliest_end, find_least_ride
from dispatch.batching.bound.params import BoundParams
from dispatch.batching.bound.subsets import close_paths, count_subsets, gather_clusters
from dispatch.batching.demand import Cell, Demand
from dispatch.model.policy import DriverRules
from dispatch.model.scenario import Scenario
from dispatch.routing.context import RoutingContext
from dispatch.units import DAY_MIN, divide_half_even

FloatArray = NDArray[np.float64]
Key = tuple[str, str, str]
#: A coach that boards overnight still boards within so many days of its service date.
_BOARDING_DAYS = 2


@dataclass(frozen=True, kw_only=True)
class BoundCorridor:
    """Cells that may share a direct coach, with their places as clusters.

    Attributes
    ----------
    key
        Pickup group, destination area, tier classes (joined by ``/`` where several had to be joined).
    cells, people
        Cells and how many people each holds (K,).
    boards, gates
        Clusters of boarding places and of gates; singletons unless there are too many places.
    board_of, gate_of
        Cluster of each cell (K,).
    per_head
        Least lateness, allowance and ride time per head by cell and day of ``days`` (K, T); infinity where no coach may.
    pair_floor, has_pair
        Least ride and allowance money per head by (boarding cluster, gate cluster), and whether anyone rides there.
    days
        Service dates considered.
    """

    key: Key
    cells: tuple[Cell, ...]
    people: FloatArray
    boards: tuple[tuple[str, ...], ...]
    gates: tuple[tuple[str, ...], ...]
    board_of: NDArray[np.int64]
    gate_of: NDArray[np.int64]
    per_head: FloatArray
    pair_floor: FloatArray
    has_pair: NDArray[np.bool_]
    days: tuple[int, ...]

    @property
    def workers(self) -> int:
        """People in the corridor."""
        return int(self.people.sum())


def count_people(demand: Demand) -> dict[int, int]:
    """People by cell index."""
    people: dict[int, int] = defaultdict(int)
    for party in demand.parties:
        people[party.cell.index] += party.size
    return people


def make_corridors(
    scenario: Scenario, context: RoutingContext, demand: Demand, params: BoundParams
) -> tuple[BoundCorridor, ...]:
    """Corridors of all cells that hold people, sorted by key."""
    by_cell = {party.cell.index: party.cell for party in demand.parties}
    cells = [by_cell[index] for index in sorted(by_cell)]
    return make_corridors_of(scenario, context, cells, count_people(demand), params)


def make_corridors_of(
    scenario: Scenario,
    context: RoutingContext,
    cells: Sequence[Cell],
    people: Mapping[int, int],
    params: BoundParams,
) -> tuple[BoundCorridor, ...]:
    """Corridors of some cells, sorted by key; ``people`` by cell index."""
    groups = group_cells(scenario, cells)
    return tuple(make_corridor(scenario, context, key, groups[key], people, params) for key in groups)


def group_cells(scenario: Scenario, cells: Iterable[Cell]) -> dict[Key, list[Cell]]:
    """Cells of each corridor, sorted by key."""
    by_area: dict[tuple[str, str], list[Cell]] = defaultdict(list)
    for cell in cells:
        by_area[cell.group, cell.area].append(cell)
    groups: dict[Key, list[Cell]] = {}
    for (group, area), members in by_area.items():
        for joined in _join_by_tier(scenario, members):
            classes = "/".join(sorted({cell.tier_class for cell in joined}))
            groups[group, area, classes] = joined
    return {key: groups[key] for key in sorted(groups)}


def _join_by_tier(scenario: Scenario, cells: list[Cell]) -> list[list[Cell]]:
    """Cells that may meet: those whose separated tier (or none) agrees on some day of both windows."""
    joined: list[tuple[set[str], list[Cell]]] = []
    known: dict[tuple[str, int, int], frozenset[str]] = {}
    for cell in cells:
        window = (cell.county, cell.earliest, cell.latest)
        if window not in known:
            known[window] = _find_standings(scenario, *window)
        standings, together = set(known[window]), [cell]
        rest = []
        for other, members in joined:
            if other & standings:
                standings |= other
                together = members + together
            else:
                rest.append((other, members))
        joined = [*rest, (standings, together)]
    return [sorted(members, key=lambda cell: cell.index) for _, members in joined]


def _find_standings(scenario: Scenario, county: str, first: int, last: int) -> frozenset[str]:
    standings = set()
    for day in range(first, last + 1 + _BOARDING_DAYS):
        on = scenario.first_date + timedelta(days=day)
        tier = scenario.geography.get_tier(county, on)
        standings.add(tier.value if tier in scenario.policy.get_tiers("separated_tiers", on) else "")
    return frozenset(standings)


def make_corridor(
    scenario: Scenario,
    context: RoutingContext,
    key: Key,
    cells: list[Cell],
    people: Mapping[int, int],
    params: BoundParams,
) -> BoundCorridor:
    """Corridor of some cells; ``people`` by cell index."""
    boards, gates = _make_clusters(context, cells, params)
    board_of = {place: i for i, cluster in enumerate(boards) for place in cluster}
    gate_of = {place: i for i, cluster in enumerate(gates) for place in cluster}
    days = tuple(sorted({day for cell in cells for day in cell.days}))
    floors = PeopleFloor(scenario, context, sorted(board_of), sorted(gate_of))
    per_head = np.full((len(cells), len(days)), np.inf)
    for row, cell in enumerate(cells):
        if cell.may_ride_bus:
            per_head[row] = [floors.find_per_head(cell, day) for day in days]
    at = np.array([board_of[cell.board] for cell in cells], dtype=np.int64)
    to = np.array([gate_of[cell.gate] for cell in cells], dtype=np.int64)
    pair_floor = np.zeros((len(boards), len(gates)))
    has_pair = np.zeros(pair_floor.shape, dtype=bool)
    has_pair[at, to] = True
    for row, cell in enumerate(cells):
        pair_floor[at[row], to[row]] = floors.find_ride_and_allowance(cell.board, cell.gate)
    return BoundCorridor(
        key=key,
        cells=tuple(cells),
        people=np.array([people[cell.index] for cell in cells], dtype=np.float64),
        boards=boards,
        gates=gates,
        board_of=at,
        gate_of=to,
        per_head=per_head,
        pair_floor=pair_floor,
        has_pair=has_pair,
        days=days,
    )


def _make_clusters(
    context: RoutingContext, cells: list[Cell], params: BoundParams
) -> tuple[tuple[tuple[str, ...], ...], tuple[tuple[str, ...], ...]]:
    """Clusters of boarding places and gates, few enough for all their small subsets to be listed."""
    boards = sorted({cell.board for cell in cells})
    gates = sorted({cell.gate for cell in cells})
    limits = context.limits
    most_gates = _find_room(
        len(gates), limits.max_drop_offs, max(31, params.most_skeletons // params.most_board_sets)
    )
    gate_sets = count_subsets(most_gates, limits.max_drop_offs or most_gates)
    room = min(params.most_board_sets, max(15, params.most_skeletons // gate_sets))
    most_boards = _find_room(len(boards), limits.max_pickups, room)
    return _cluster(context, boards, most_boards), _cluster(context, gates, most_gates)


def _find_room(places: int, most_stops: int | None, most_sets: int) -> int:
    """Most clusters whose small subsets do not exceed ``most_sets``."""
    room = 1
    while room < min(places, 60) and count_subsets(room + 1, most_stops or room + 1) <= most_sets:
        room += 1
    return room


def _cluster(context: RoutingContext, places: list[str], most: int) -> tuple[tuple[str, ...], ...]:
    rows = [context.index[place] for place in places]
    km = context.travel.km_tenths[np.ix_(rows, rows)].astype(np.float64)
    return tuple(tuple(places[i] for i in group) for group in gather_clusters(np.minimum(km, km.T), most))


class PeopleFloor:
    """Least lateness, allowance and ride money of one worker on a direct coach, whatever its stops."""

    def __init__(
        self, scenario: Scenario, context: RoutingContext, boards: list[str], gates: list[str]
    ) -> None:
        self.scenario = scenario
        self.context = context
        self.rows = {place: i for i, place in enumerate(dict.fromkeys((*boards, *gates)))}
        index = [context.index[place] for place in self.rows]
        minutes = close_paths(context.travel.minutes[np.ix_(index, index)].astype(np.float64))
        self.minutes = minutes.astype(np.int64)
        self._reach = self._find_reach(boards)
        self._floors: dict[tuple[str, str], tuple[int, int]] = {}
        self._closed: dict[tuple[str, int], bool] = {}

    def _find_reach(self, boards: list[str]) -> int:
        """Most minutes from pull-out to the last departure from a pickup, or a day where that is not sure."""
        limits = self.context.limits
        if limits.max_pickups is None:
            return DAY_MIN
        rows = [self.context.index[place] for place in boards]
        depots = sorted({self.context.index[line.depot_place_id] for line in self.scenario.fleet})
        first = int(self.context.travel.minutes[np.ix_(depots, rows)].max(initial=0))
        leg = int(self.context.travel.minutes[np.ix_(rows, rows)].max(initial=0))
        driving = first + leg * (limits.max_pickups - 1)
        rules = self.context.rules
        opens = max(self.context.boarding[place][0] for place in boards)
        begun = max(limits.pull_out_from_min + first, opens)
        last = begun + leg * (limits.max_pickups - 1) + limits.max_pickups * limits.dwell_pickup_min
        return (
            last
            if last < DAY_MIN and _needs_no_rest(rules, limits.pull_out_from_min, last, driving)
            else DAY_MIN
        )

    def find_per_head(self, cell: Cell, day: int) -> float:
        """Least money of one worker of a cell on a service date; infinity where that date is surely unlawful."""
        if day not in cell.days:
            return np.inf
        site = self.scenario.geography.sites[cell.site]
        least, arrival = self._get_floor(cell.board, cell.gate)
        if not site.accepted or day + arrival // DAY_MIN > min(cell.clear_until, cell.arrive_by):
            return np.inf
        if self._is_closed_to_boarding(cell.board, day):
            return np.inf
        return max(0, day - cell.preferred) * self.scenario.rates.lateness_day_minor + least

    def find_ride_and_allowance(self, board: str, gate: str) -> float:
        """Least ride and allowance money of one worker between two places."""
        return float(self._get_floor(board, gate)[0])

    def _get_floor(self, board: str, gate: str) -> tuple[int, int]:
        """(least ride and allowance money, earliest arrival in minutes of the service date)."""
        if (board, gate) not in self._floors:
            self._floors[board, gate] = self._find_floor(board, gate)
        return self._floors[board, gate]

    def _find_floor(self, board: str, gate: str) -> tuple[int, int]:
        minutes = np.array([self.minutes[self.rows[board], self.rows[gate]]])
        limits, rules, rates = self.context.limits, self.context.rules, self.scenario.rates
        opens, _closes = self.context.boarding[board]
        begin = max(opens, limits.pull_out_from_min)
        leave = begin + limits.dwell_pickup_min
        arrival = self._receive(gate, int(find_earliest_end(leave, minutes, rules)[0]))
        if self._reach < DAY_MIN:
            least_ride = int(find_least_ride(leave, max(leave, self._reach), minutes, rules)[0])
            starts = begin
        else:
            least_ride = int(find_least_ride(0, DAY_MIN - 1, minutes, rules)[0])
            starts = opens
        dates = self._receive(gate, starts + limits.dwell_pickup_min + least_ride) // DAY_MIN + 1
        ride = divide_half_even(least_ride * rates.ride_h_minor, 60)
        return dates * rates.allowance_day_minor + ride, arrival

    def _receive(self, gate: str, at_min: int) -> int:
        """Moment at which a gate receives people who reach it at a minute."""
        opens, closes = self.context.receiving.get(gate, (0, DAY_MIN))
        of_day = at_min % DAY_MIN
        if of_day < opens:
            return at_min - of_day + opens
        return at_min - of_day + DAY_MIN + opens if of_day > closes else at_min

    def _is_closed_to_boarding(self, place: str, day: int) -> bool:
        """True where nobody may board at a place on a service date or the days a coach may still board after it."""
        if (place, day) not in self._closed:
            self._closed[place, day] = all(
                self._forbids_boarding(place, at) for at in range(day, day + _BOARDING_DAYS + 1)
            )
        return self._closed[place, day]

    def _forbids_boarding(self, place: str, day: int) -> bool:
        geography, policy = self.scenario.geography, self.scenario.policy
        on = self.scenario.first_date + timedelta(days=day)
        tier = geography.get_tier(geography.get_county(place), on)
        return tier in policy.get_tiers("no_boarding_tiers", on)


def _needs_no_rest(rules: DriverRules, from_min: int, until_min: int, driving_min: int) -> bool:
    """True where so much driving between two minutes of a day meets no break and no night halt."""
    day_max, night_max = rules.continuous_day_max_min, rules.continuous_night_max_min
    if day_max is not None and driving_min > day_max:
        return False
    if (rules.halt_from_min - from_min) % DAY_MIN < until_min - from_min or _is_in(
        from_min, rules.halt_from_min, rules.halt_until_min
    ):
        return rules.halt_from_min == rules.halt_until_min
    if night_max is None or driving_min <= night_max:
        return True
    dusk = until_min > rules.night_from_min > rules.night_until_min
    return (
        not dusk
        and max(0, rules.night_until_min - from_min) <= night_max
        and rules.night_from_min > rules.night_until_min
    )


def _is_in(at_min: int, from_min: int, until_min: int) -> bool:
    return (at_min - from_min) % DAY_MIN < (until_min - from_min) % DAY_MIN
