"""Routes made lawful, and people left over put on coaches: the same for every router.

A router knows nothing of stop limits, detours, drivers or halts. A route that is no lawful trip of ours loses its
thinnest stops until it is one; whoever is left over is squeezed in where that is cheapest, or gets a coach; at
last each coach is exchanged for the cheapest type that does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from dispatch.batching.demand import Unit
from dispatch.batching.direct import DirectCosts, DirectTrip
from dispatch.batching.resources import Resources


def settle(
    costs: DirectCosts, resources: Resources, line: str, day: int, units: Sequence[Unit]
) -> tuple[DirectTrip | None, bool]:
    """Lawful trip with these units or as many as can be, and whether it carries all of them."""
    kept = list(units)
    while kept:
        trip = costs.evaluate(line, day, tuple(kept))
        if trip is not None and resources.fits(trip):
            return trip, len(kept) == len(units)
        kept = _drop_thinnest(kept, day)
    return None, False


def _drop_thinnest(units: Sequence[Unit], day: int) -> list[Unit]:
    """Units without those of the boarding place or gate with the fewest people; without the last one where all share both."""
    outside = [unit for unit in units if day not in unit.cell.days]
    if outside:
        return [unit for unit in units if day in unit.cell.days]
    people: dict[tuple[str, str], int] = defaultdict(int)
    for unit in units:
        people["board", unit.cell.board] += unit.size
        people["gate", unit.cell.gate] += unit.size
    if len(people) == 2:
        return list(units[:-1])
    kind, place = min(people, key=lambda stop: (people[stop], stop))
    return [unit for unit in units if (unit.cell.board if kind == "board" else unit.cell.gate) != place]


def mend(
    units: Sequence[Unit],
    penalties: Mapping[int, int],
    costs: DirectCosts,
    resources: Resources,
    trips: Sequence[DirectTrip],
) -> list[DirectTrip]:
    """Trips with people left over put aboard or on new coaches where that is cheaper than their penalty."""
    trips = list(trips)
    carried = {unit.index for trip in trips for unit in trip.units}
    left = sorted(
        (unit for unit in units if unit.index not in carried and unit.cell.may_ride_bus),
        key=lambda unit: (-unit.size, unit.index),
    )
    left = [unit for unit in left if not _squeeze_in(unit, penalties, costs, resources, trips)]
    while left:
        trip = _open_coach(left, penalties, costs, resources)
        if trip is None:
            break
        resources.hold(trip, 1)
        aboard = {unit.index for unit in trip.units}
        newest = [trip]
        left = [
            unit
            for unit in left
            if unit.index not in aboard and not _squeeze_in(unit, penalties, costs, resources, newest)
        ]
        trips.extend(newest)
    return [_change_type(trip, costs, resources) for trip in trips]


def _squeeze_in(
    unit: Unit,
    penalties: Mapping[int, int],
    costs: DirectCosts,
    resources: Resources,
    trips: list[DirectTrip],
) -> bool:
    """Put a unit aboard the trip of its corridor where it costs least; False where no seat is worth it."""
    best: tuple[int, int, DirectTrip] | None = None
    for number, trip in enumerate(trips):
        same = trip.units[0].cell.corridor == unit.cell.corridor and trip.day in unit.cell.days
        if not same or trip.load + unit.size > trip.capacity:
            continue
        fuller = costs.evaluate(trip.fleet_id, trip.day, (*trip.units, unit))
        if fuller is None or not _exchange_fits(resources, trip, fuller):
            continue
        extra = fuller.cost_minor - trip.cost_minor
        if extra < penalties[unit.index] and (best is None or extra < best[0]):
            best = (extra, number, fuller)
    if best is None:
        return False
    resources.hold(trips[best[1]], -1)
    trips[best[1]] = best[2]
    resources.hold(best[2], 1)
    return True


def _exchange_fits(resources: Resources, old: DirectTrip, new: DirectTrip) -> bool:
    resources.hold(old, -1)
    fits = resources.fits(new)
    resources.hold(old, 1)
    return fits


def _open_coach(
    left: Sequence[Unit], penalties: Mapping[int, int], costs: DirectCosts, resources: Resources
) -> DirectTrip | None:
    """Coach that saves most per head among those for the units of one corridor and day, filled in order of size."""
    best: tuple[float, DirectTrip] | None = None
    groups: dict[tuple[tuple[str, str, str], int], list[Unit]] = defaultdict(list)
    for unit in left:
        for day in unit.cell.days:
            groups[unit.cell.corridor, day].append(unit)
    for (_, day), units in sorted(groups.items()):
        for line in costs.lines:
            trip, _ = settle(costs, resources, line, day, _fill(costs, line, day, units))
            if trip is None:
                continue
            saved = sum(penalties[unit.index] for unit in trip.units) - trip.cost_minor
            if saved > 0 and (best is None or saved / trip.load > best[0]):
                best = (saved / trip.load, trip)
    return best[1] if best else None


def _fill(costs: DirectCosts, line: str, day: int, units: Sequence[Unit]) -> list[Unit]:
    """Units that fit the seats of a line's dedicated trip, in the order given."""
    first = units[0].cell
    shape = costs.find_shape(line, frozenset((first.board,)), frozenset((first.gate,)))
    room = 0 if shape is None else costs.get_capacity(shape, day)
    chosen = []
    for unit in units:
        if unit.size <= room:
            room -= unit.size
            chosen.append(unit)
    return chosen


def _change_type(trip: DirectTrip, costs: DirectCosts, resources: Resources) -> DirectTrip:
    """Same people in the cheapest coach type that is free; the resources follow."""
    resources.hold(trip, -1)
    others = (costs.evaluate(line, trip.day, trip.units) for line in costs.lines)
    lawful = [other for other in others if other is not None and resources.fits(other)]
    best = min(lawful, key=lambda other: other.cost_minor, default=trip)
    chosen = best if best.cost_minor < trip.cost_minor else trip
    resources.hold(chosen, 1)
    return chosen
