"""Opening a new coach: which line, day, boarding places, gates and units save the most.

The value of a unit is what it would cost elsewhere; a coach is worth opening when the values it takes
exceed what it costs. The same question is asked by pricing in column generation; here it is
answered greedily, starting from one (boarding place, gate) pair and growing.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dispatch.batching.demand import Unit
from dispatch.batching.direct import DirectCosts, DirectTrip
from dispatch.batching.resources import Resources
from dispatch.routing.trips import TripShape

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Offer:
    """A coach that could be opened and what it saves against the values of its units."""

    trip: DirectTrip
    saving_minor: int


@dataclass(frozen=True, slots=True)
class Draft:
    """A coach being grown: its stops, the units chosen and the expected saving."""

    shape: TripShape
    units: tuple[Unit, ...]
    saving_minor: int
    is_full: bool


def find_best_offer(
    costs: DirectCosts,
    resources: Resources,
    pool: Sequence[Unit],
    values: Mapping[int, int],
    rng: random.Random,
    *,
    tries: int,
    only_day: int | None = None,
) -> Offer | None:
    """Best coach found for a pool of free units, or None when none saves anything.

    ``only_day``: look at this service date alone. ``tries``: how many (line, day) choices are grown, the most promising first with some chance.
    """
    best: Offer | None = None
    takers: dict[int, Takers] = {}
    for fleet_id, day in _rank_openings(costs, resources, pool, values, rng, only_day)[:tries]:
        if day not in takers:
            takers[day] = Takers(day, pool, values)
        offer = grow_trip(costs, fleet_id, takers[day])
        if offer and (best is None or offer.saving_minor > best.saving_minor) and resources.fits(offer.trip):
            best = offer
    return best


def _rank_openings(
    costs: DirectCosts,
    resources: Resources,
    pool: Sequence[Unit],
    values: Mapping[int, int],
    rng: random.Random,
    only_day: int | None,
) -> list[tuple[str, int]]:
    """(line, day) pairs by the values a full coach could take, minus its least cost, with noise."""
    ordered = sorted(pool, key=lambda unit: (-values[unit.index] / unit.size, unit.index))
    days: dict[int, list[Unit]] = defaultdict(list)
    for unit in ordered:
        if unit.cell.may_ride_bus:
            for day in unit.cell.days if only_day is None else (only_day,):
                days[day].append(unit)
    ranked = []
    for day, units in days.items():
        first_board = min(unit.cell.board for unit in units[:40])
        sizes = [(unit.size, values[unit.index]) for unit in units]
        worth_of: dict[int, int] = {}
        for fleet_id, line in costs.lines.items():
            if not resources.has_coach(fleet_id, day, 1, 1):
                continue
            seats = costs.scenario.vehicle_types[line.type_id].approved
            if seats not in worth_of:
                worth_of[seats] = _fill(sizes, seats)
            cheapest = costs.get_cheapest_cash(fleet_id, first_board, units[0].cell.gate)
            if cheapest is not None:
                ranked.append(((worth_of[seats] - cheapest) * (0.7 + 0.6 * rng.random()), fleet_id, day))
    ranked.sort(key=lambda item: (-item[0], item[1], item[2]))
    return [(fleet_id, day) for _, fleet_id, day in ranked]


def _fill(sizes: Sequence[tuple[int, int]], room: int) -> int:
    """Worth of the (people, value) that fit into a room, taken in order."""
    worth = 0
    for size, value in sizes:
        if size <= room:
            room -= size
            worth += value
            if room == 0:
                break
    return worth


class Takers:
    """Units of a pool that may travel on one day by the pairs of stops they need, with what each pair is worth."""

    def __init__(self, day: int, pool: Sequence[Unit], values: Mapping[int, int]) -> None:
        self.day = day
        self.values = values
        self.by_pair: dict[Pair, list[Unit]] = {}
        for unit in pool:
            if day in unit.cell.days and unit.cell.may_ride_bus:
                pairs = {(party.cell.board, party.cell.gate) for party in unit.parties}
                for pair in sorted(pairs) if len(pairs) > 1 else pairs:
                    self.by_pair.setdefault(pair, []).append(unit)
        worth = {pair: sum([values[unit.index] for unit in units]) for pair, units in self.by_pair.items()}
        self.worth = dict(sorted(worth.items()))
        self.starts = sorted(self.worth, key=lambda pair: (-self.worth[pair], pair))


def grow_trip(costs: DirectCosts, fleet_id: str, takers: Takers, rank: int = 0) -> Offer | None:
    """Coach grown stop by stop from the pair that is worth most on a day (the next one for ``rank`` 1, and so on)."""
    if rank >= len(takers.starts):
        return None
    start = takers.starts[rank]
    boards, gates = frozenset((start[0],)), frozenset((start[1],))
    best = _draft(costs, fleet_id, boards, gates, takers)
    while best is None or not best.is_full:
        step = None
        for more_boards, more_gates in _neighbours(costs, fleet_id, boards, gates, takers.worth):
            draft = _draft(costs, fleet_id, more_boards, more_gates, takers)
            if draft and (best is None or draft.saving_minor > best.saving_minor):
                best, step = draft, (more_boards, more_gates)
        if step is None:
            break
        boards, gates = step
    if best is None or best.saving_minor <= 0:
        return None
    trip = costs.evaluate(fleet_id, takers.day, best.units)
    if trip is None:
        return None
    saving = sum(takers.values[unit.index] for unit in best.units) - trip.cost_minor
    return Offer(trip, saving) if saving > 0 else None


#: Of the sets that are one stop larger, so many are weighed exactly.
WEIGHED_NEIGHBOURS = 4


def _neighbours(
    costs: DirectCosts,
    fleet_id: str,
    boards: frozenset[str],
    gates: frozenset[str],
    worth: Mapping[Pair, int],
) -> list[tuple[frozenset[str], frozenset[str]]]:
    """Sets with one boarding place, one gate, or one pair more: those that promise most, by value and detour."""
    km = costs.context.get_km_tenths
    rate = costs.lines[fleet_id].tariff.km_minor
    grown: dict[tuple[frozenset[str], frozenset[str]], int] = {}
    for (board, gate), value in worth.items():
        if board in boards and gate in gates:
            continue
        detour = 0
        if board not in boards:
            detour += 2 * min(km(board, other) for other in boards)
        if gate not in gates:
            detour += 2 * min(km(gate, other) for other in gates)
        key = (boards | {board}, gates | {gate})
        gain = sum(worth.get((b, g), 0) for b in key[0] for g in key[1] if b not in boards or g not in gates)
        grown[key] = max(gain, value) - detour * rate // 10
    ranked = sorted(grown, key=lambda key: (-grown[key], sorted(key[0]), sorted(key[1])))
    return ranked[:WEIGHED_NEIGHBOURS]


def _draft(
    costs: DirectCosts, fleet_id: str, boards: frozenset[str], gates: frozenset[str], takers: Takers
) -> Draft | None:
    shape = costs.find_shape(fleet_id, boards, gates)
    if shape is None:
        return None
    room = costs.get_capacity(shape, takers.day)
    chosen, worth, left = _choose_units(costs, shape, room, takers)
    if not chosen:
        return None
    return Draft(shape, tuple(chosen), worth - shape.cash_minor, left == 0)


def _choose_units(
    costs: DirectCosts, shape: TripShape, room: int, takers: Takers
) -> tuple[list[Unit], int, int]:
    """Units that fill the coach by value per head, larger ones first among equals; their net value; seats left."""
    ranked: list[tuple[float, int, int, int, Unit]] = []
    day, values, heads = takers.day, takers.values, costs.get_heads(shape, takers.day)
    for board in shape.pickups:
        for gate in shape.drops:
            for unit in takers.by_pair.get((board, gate), ()):
                net = values[unit.index]
                for party in unit.parties:
                    cell = party.cell
                    if cell.index in heads:
                        per_head = heads[cell.index]
                    elif cell.board not in shape.pickups or cell.gate not in shape.drops:
                        per_head = None
                    else:
                        per_head = costs.find_cost_per_head(shape, day, cell)
                    if per_head is None:
                        net = 0
                        break
                    net -= per_head * party.size
                if net > 0:
                    ranked.append((-net / unit.size, -unit.size, unit.index, net, unit))
    ranked.sort()
    chosen: list[Unit] = []
    worth, last = 0, -1
    for _, _, index, net, unit in ranked:
        if unit.size <= room and index != last and not (costs.apart and _is_apart(costs, unit, chosen)):
            room -= unit.size
            worth += net
            chosen.append(unit)
            if room == 0:
                break
        last = index
    return chosen, worth, room


def _is_apart(costs: DirectCosts, unit: Unit, chosen: Sequence[Unit]) -> bool:
    """True where a lock keeps a unit off the coach of one that is aboard already."""
    return any(
        (mine.index, theirs.index) in costs.apart
        for mine in unit.parties
        for other in chosen
        for theirs in other.parties
    )
