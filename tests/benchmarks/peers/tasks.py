"""What a router is told of one corridor: loads, coaches that may start on each day, and what each leg costs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dispatch.batching.demand import Unit
from dispatch.batching.direct import DirectCosts
from dispatch.batching.resources import Resources
from dispatch.planning.prepared import Prepared
from dispatch.routing.trips import TripShape

#: Most people in one load. Larger loads leave seats empty, smaller ones make more stops for the router.
LOAD_SIZE = 8
#: Days on which the windows of one load overlap at least.
COMMON_DAYS = 3
MINOR = 100

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """Parties that board and alight together, as a router sees them. Days count from the horizon's first date."""

    units: tuple[Unit, ...]
    size: int
    board: str
    gate: str
    first_day: int
    last_day: int
    penalty: int

    def count_late_days(self, day: int) -> int:
        """Days late of all its people together on a service date."""
        return sum(max(0, day - unit.cell.preferred) * unit.size for unit in self.units)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """Coaches of one line that may start on one day: how many, seats, money in units of the currency."""

    fleet_id: str
    day: int
    count: int
    capacity: int
    fixed: int
    km_minor: int
    depot: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One corridor for a router: nodes 0 to ``depots`` - 1 are depots, node ``depots`` + i is load i.

    A load is one node with two ends: going from load to load costs the way between their boarding places and the way
    between their gates. That is exact where a coach serves both in the same order, and the ends of a corridor lie
    close together. Given pickups and deliveries as nodes of their own, PyVRP came out 20 % dearer in the same time, OR-Tools
    and VROOM no better. ``km_tenths``: that way between two nodes.
    """

    loads: tuple[Load, ...]
    kinds: tuple[Kind, ...]
    depots: int
    km_tenths: Ints
    lateness_minor: int

    def make_costs(self, kind: Kind) -> Ints:
        """Cost of each leg for a kind, units of the currency: its km, and on reaching a load the lateness of its people."""
        costs: Ints = np.rint(self.km_tenths * (kind.km_minor / 10 / MINOR)).astype(np.int64)
        for i, load in enumerate(self.loads):
            costs[:, self.depots + i] += load.count_late_days(kind.day) * self.lateness_minor // MINOR
        np.fill_diagonal(costs, 0)
        return costs


@dataclass(frozen=True, slots=True)
class Run:
    """A route read back: a coach of a kind with the loads (by number) that ride it."""

    kind: Kind
    loads: tuple[int, ...]


def pack_loads(units: Sequence[Unit]) -> list[list[Unit]]:
    """Units of one boarding place and gate in loads of at most ``LOAD_SIZE`` people; a larger unit is a load alone.

    Windows of a load overlap on at least ``COMMON_DAYS`` days, or on all days of its tightest one.
    """
    by_pair: dict[tuple[str, str], list[Unit]] = defaultdict(list)
    for unit in units:
        by_pair[unit.cell.board, unit.cell.gate].append(unit)
    loads: list[list[Unit]] = []
    for pair in sorted(by_pair):
        open_loads: list[list[Unit]] = []
        for unit in sorted(
            by_pair[pair], key=lambda unit: (unit.cell.earliest, unit.cell.latest, unit.index)
        ):
            fitting = next((load for load in open_loads if _goes_with(unit, load)), None)
            if fitting is not None:
                fitting.append(unit)
            else:
                open_loads.append([unit])
        loads.extend(open_loads)
    return loads


def _goes_with(unit: Unit, load: Sequence[Unit]) -> bool:
    if sum(other.size for other in load) + unit.size > LOAD_SIZE:
        return False
    windows = [other.cell.days for other in (*load, unit)]
    common = min(days.stop for days in windows) - max(days.start for days in windows)
    return common >= min(COMMON_DAYS, *(len(days) for days in windows))


def make_task(
    ready: Prepared,
    costs: DirectCosts,
    resources: Resources,
    penalties: Mapping[int, int],
    packed: Sequence[Sequence[Unit]],
) -> Task:
    """Corridor of some loads on the coaches that are still free; loads that no coach may carry alone are left out."""
    shapes = _find_shapes(costs, packed)
    loads = [made for units in packed if (made := _make_load(costs, penalties, shapes, units)) is not None]
    lines = sorted({fleet_id for fleet_id, _, _ in shapes})
    depots = sorted({costs.lines[line].depot_place_id for line in lines})
    return Task(
        loads=tuple(loads),
        kinds=tuple(
            kind for line in lines for kind in _list_kinds(costs, resources, line, depots, shapes, loads)
        ),
        depots=len(depots),
        km_tenths=_join_ends(ready, depots, loads),
        lateness_minor=ready.scenario.rates.lateness_day_minor,
    )


def _join_ends(ready: Prepared, depots: Sequence[str], loads: Sequence[Load]) -> Ints:
    """Way between nodes in tenths of km: depot to boarding place, both ends between loads, and to and from the gate home."""
    km = ready.travel.km_tenths.astype(np.int64)
    homes = [ready.context.index[place] for place in depots]
    boards = [ready.context.index[load.board] for load in loads]
    gates = [ready.context.index[load.gate] for load in loads]
    joined = np.zeros((len(homes) + len(loads),) * 2, dtype=np.int64)
    first = len(homes)
    joined[:first, first:] = km[np.ix_(homes, boards)]
    joined[first:, first:] = km[np.ix_(boards, boards)] + km[np.ix_(gates, gates)]
    joined[first:, :first] = km[boards, gates][:, None] + km[np.ix_(gates, homes)]
    return joined


Shapes = dict[tuple[str, str, str], TripShape]


def _find_shapes(costs: DirectCosts, packed: Sequence[Sequence[Unit]]) -> Shapes:
    """Dedicated trip by line, boarding place and gate, where lawful."""
    pairs = sorted({(units[0].cell.board, units[0].cell.gate) for units in packed})
    found = {
        (line, board, gate): costs.find_shape(line, frozenset((board,)), frozenset((gate,)))
        for line in costs.lines
        for board, gate in pairs
    }
    return {key: shape for key, shape in found.items() if shape is not None}


def _make_load(
    costs: DirectCosts, penalties: Mapping[int, int], shapes: Shapes, units: Sequence[Unit]
) -> Load | None:
    cell = units[0].cell
    mine = [shape for (_, board, gate), shape in shapes.items() if (board, gate) == (cell.board, cell.gate)]
    days = [day for day in cell.days if any(_may_all_ride(costs, shape, day, units) for shape in mine)]
    if not days:
        return None
    size = sum(unit.size for unit in units)
    penalty = sum(penalties[unit.index] for unit in units)
    return Load(
        units=tuple(units), size=size, board=cell.board, gate=cell.gate, first_day=days[0], last_day=days[-1],
        penalty=penalty // MINOR,
    )  # fmt: skip


def _may_all_ride(costs: DirectCosts, shape: TripShape, day: int, units: Sequence[Unit]) -> bool:
    cells = (party.cell for unit in units for party in unit.parties)
    return all(costs.find_cost_per_head(shape, day, cell) is not None for cell in cells)


def _list_kinds(
    costs: DirectCosts,
    resources: Resources,
    line: str,
    depots: Sequence[str],
    shapes: Shapes,
    loads: Sequence[Load],
) -> Iterable[Kind]:
    """One kind per day on which a coach of a line may start. The longest trip of the corridor sets days and drivers."""
    mine = [shape for (fleet_id, _, _), shape in shapes.items() if fleet_id == line]
    away = max(shape.days for shape in mine)
    drivers = max(shape.drivers for shape in mine)
    tariff = costs.lines[line].tariff
    for day in sorted({day for load in loads for day in range(load.first_day, load.last_day + 1)}):
        capacity = min(costs.get_capacity(shape, day) for shape in mine)
        people = sum(load.size for load in loads if load.first_day <= day <= load.last_day)
        count = min(count_starts(resources, line, day, away), -(-people // max(1, capacity)))
        if capacity > 0 and count > 0:
            yield Kind(
                fleet_id=line, day=day, count=count, capacity=capacity,
                fixed=away * (tariff.day_minor + drivers * tariff.driver_day_minor) // MINOR,
                km_minor=tariff.km_minor, depot=depots.index(costs.lines[line].depot_place_id),
            )  # fmt: skip


def count_starts(resources: Resources, line: str, day: int, away: int) -> int:
    """Coaches of a line that may start on a day for ``away`` days: those numbered k with k = day modulo ``away``.

    Of the coaches free on all those days. In any ``away`` days in a row each number comes up once, so that starts on
    all days together never need more coaches than there are. Unlimited lines give 999.
    """
    free = 999
    for held in resources.days_touched(line, day, away):
        available = resources.find_available(line, held)
        if available is not None:
            free = min(free, available - resources.fleet_used[line, held])
    return free if free == 999 else len(range(day % away, max(0, free), away))
