"""Ruin and recreate on real trips with all rules (Schrimpf et al. 2000; Christiaens & Vanden Berghe 2020).

Each step takes a few related coaches and riders of services out of the plan, then puts everyone back:
into coaches with room, into newly opened coaches or services where that saves money, onto
services and own tickets, or nowhere. Worse plans are accepted with falling temperature. The number of steps is
given, never the time, so that the same seed gives the same plan.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dispatch.batching.demand import Unit
from dispatch.batching.direct import DirectTrip
from dispatch.batching.opening import find_best_offer
from dispatch.batching.state import Assignment, CorridorKey, State
from dispatch.batching.strategy import Strategy


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchParams:
    """Effort of the search. ``steps`` in all; temperatures as shares of the cost per unit."""

    steps: int
    start_temperature_ratio: float = 0.5
    end_temperature_ratio: float = 0.005
    openings_tried: int = 3


def construct(state: State, rng: random.Random, strategy: Strategy) -> None:
    """First complete plan: services and dates as the strategy wants them, then everyone else."""
    units = state.demand.units
    for index, service_id in sorted(strategy.service_of.items()):
        unit = units[index]
        if (
            state.is_free(unit)
            and state.price_service(unit, service_id) is not None
            and state.may_ride_service(unit, service_id)
        ):
            state.assign_service(unit, service_id)
    wanted: dict[tuple[CorridorKey, int], list[Unit]] = {}
    for index, day in sorted(strategy.day_of.items()):
        if state.is_free(units[index]):
            wanted.setdefault((units[index].cell.corridor, day), []).append(units[index])
    for (_, day), pool in sorted(wanted.items()):
        values = {unit.index: price_elsewhere(state, unit) for unit in pool}
        while pool:
            offer = find_best_offer(state.costs, state.resources, pool, values, rng, tries=3, only_day=day)
            if offer is None:
                break
            state.add_trip(offer.trip)
            gone = {unit.index for unit in offer.trip.units}
            pool[:] = [unit for unit in pool if unit.index not in gone]
    corridors = state.demand.group_by_corridor()
    for key in sorted(corridors, key=lambda key: (-sum(unit.size for unit in corridors[key]), key)):
        recreate(state, [unit for unit in corridors[key] if state.is_free(unit)], rng, openings_tried=4)
    close_underfilled(state)
    state.commit()


def improve(
    state: State,
    params: SearchParams,
    seed: int,
    keep_going: Callable[[int, int], bool],
    remember: Callable[[DirectTrip], None],
) -> Assignment:
    """Best assignment found from a state. ``keep_going(step, best_cost)`` may stop the search early;
    ``remember`` sees each trip of accepted plans."""
    rng = random.Random(seed)
    best = state.freeze()
    if not state.demand.units:
        return best
    scale = max(1.0, state.cost_minor / max(1, len(state.demand.units)))
    corridors = _Corridors(state)
    for step in range(params.steps):
        if not keep_going(step, best.cost_minor):
            break
        cool = params.end_temperature_ratio / params.start_temperature_ratio
        temperature = scale * params.start_temperature_ratio * cool ** (step / max(1, params.steps))
        before, mark = state.cost_minor, state.mark()
        pool = ruin(state, corridors.pick(rng), rng)
        recreate(state, pool, rng, openings_tried=params.openings_tried)
        worse = state.cost_minor - before
        if worse > 0 and rng.random() >= math.exp(-worse / temperature):
            state.undo_to(mark)
            continue
        if worse != 0:
            for number in list(state.trips)[-4:]:
                remember(state.trips[number])
        state.commit()
        if state.cost_minor < best.cost_minor and not state.find_underfilled():
            best = state.freeze()
    return best


class _Corridors:
    """Draws corridors in proportion to the square root of their people."""

    def __init__(self, state: State) -> None:
        groups = state.demand.group_by_corridor()
        self.keys = sorted(groups)
        self.weights = [math.sqrt(sum(unit.size for unit in groups[key])) for key in self.keys]

    def pick(self, rng: random.Random) -> CorridorKey:
        return rng.choices(self.keys, self.weights)[0]


def ruin(state: State, corridor: CorridorKey, rng: random.Random) -> list[Unit]:
    """Units taken out of a corridor: of one or two coaches, of its riders of services, and the unserved.

    One time in three all riders who could travel on one day are taken out, enough to fill a coach together.
    """
    pool: list[Unit] = []
    numbers = sorted(state.trips_of[corridor])
    by_day = rng.random() < 0.33
    if numbers and not (by_day and rng.random() < 0.5):
        seed_trip = state.trips[rng.choice(numbers)]
        near = sorted(numbers, key=lambda n: (abs(state.trips[n].day - seed_trip.day) + 3 * rng.random(), n))
        for number in near[: rng.choice((1, 1, 1, 2, 2))]:
            pool.extend(_take_from_trip(state, number, rng))
    pool.extend(_release_riders(state, corridor, rng, by_day))
    taken = {unit.index for unit in pool}
    pool.extend(
        unit
        for unit in state.corridor_units(corridor)
        if unit.index not in taken and (state.is_free(unit) or unit.index in state.own_ticket)
    )
    for unit in pool:
        if unit.index in state.own_ticket:
            state.release(unit)
    if rng.random() < 0.1:
        pool.extend(_close_service(state, rng))
    return pool


#: Riders taken off services at once to fill a coach on one day.
MOST_RIDERS = 150


def _release_riders(state: State, corridor: CorridorKey, rng: random.Random, by_day: bool) -> list[Unit]:
    units = state.demand.units
    riders = sorted(state.riders_of[corridor])
    if by_day and riders:
        seed_unit = units[rng.choice(riders)]
        if seed_unit.cell.days:
            day = rng.choice(seed_unit.cell.days)
            riders = [i for i in riders if day in units[i].cell.days]
            chosen = rng.sample(riders, min(len(riders), MOST_RIDERS))
        else:
            chosen = []
    else:
        chosen = rng.sample(riders, min(len(riders), rng.choice((0, 6, 15, 40))))
    for index in chosen:
        state.release(units[index])
    return [units[index] for index in chosen]


def _take_from_trip(state: State, number: int, rng: random.Random) -> Sequence[Unit]:
    """All units of a trip, or (one time in three) a random part of them, leaving the rest on the road."""
    trip = state.trips[number]
    if len(trip.units) < 2 or rng.random() < 0.67:
        state.remove_trip(number)
        return trip.units
    gone = set(rng.sample(range(len(trip.units)), rng.randint(1, len(trip.units) - 1)))
    rest = tuple(unit for i, unit in enumerate(trip.units) if i not in gone)
    smaller = state.costs.evaluate(trip.fleet_id, trip.day, rest)
    state.remove_trip(number)
    if smaller is None or not state.resources.fits(smaller):
        return trip.units
    state.add_trip(smaller)
    return [unit for i, unit in enumerate(trip.units) if i in gone]


def _close_service(state: State, rng: random.Random) -> list[Unit]:
    """Everyone of one running service with a fixed price (so that it may be closed)."""
    running = sorted(
        service_id
        for service_id, load in state.service_load.items()
        if load and state.alternatives.tariffs[service_id].fixed_minor
    )
    if not running:
        return []
    return _empty_service(state, rng.choice(running))


def _empty_service(state: State, service_id: str) -> list[Unit]:
    units = [state.demand.units[i] for i in sorted(state.service_of) if state.service_of[i] == service_id]
    for unit in units:
        state.release(unit)
    return units


def recreate(state: State, pool: Sequence[Unit], rng: random.Random, *, openings_tried: int) -> None:
    """Put free units back where they cost least."""
    values = {unit.index: price_elsewhere(state, unit) for unit in pool}
    order = sorted(pool, key=lambda unit: (-unit.size, -values[unit.index], rng.random(), unit.index))
    left = [unit for unit in order if not _insert_into_trip(state, unit, values[unit.index])]
    left = _open_coaches(state, left, values, rng, openings_tried)
    left = _open_services(state, left, values)
    for unit in left:
        _place_alone(state, unit)


def _open_coaches(
    state: State, left: list[Unit], values: dict[int, int], rng: random.Random, tries: int
) -> list[Unit]:
    corridors: dict[CorridorKey, list[Unit]] = {}
    for unit in left:
        corridors.setdefault(unit.cell.corridor, []).append(unit)
    for units in corridors.values():
        while units:
            offer = find_best_offer(state.costs, state.resources, units, values, rng, tries=tries)
            if offer is None:
                break
            state.add_trip(offer.trip)
            gone = {unit.index for unit in offer.trip.units}
            units[:] = [unit for unit in units if unit.index not in gone]
    still = [unit for units in corridors.values() for unit in units]
    return [unit for unit in still if not _insert_into_trip(state, unit, values[unit.index])]


def _open_services(state: State, left: list[Unit], values: dict[int, int]) -> list[Unit]:
    """Open empty services with a fixed price where the units left over together pay for them."""
    while left:
        best: tuple[int, str, list[Unit]] | None = None
        for service_id in sorted(_closed_services(state, left)):
            if not state.has_slots(service_id):
                continue
            saving, riders = _offer_of_service(state, service_id, left, values)
            if saving > 0 and (best is None or saving > best[0]):
                best = (saving, service_id, riders)
        if best is None:
            return left
        gone = set()
        for unit in best[2]:
            if state.price_service(unit, best[1]) is not None and state.may_ride_service(unit, best[1]):
                state.assign_service(unit, best[1])
                gone.add(unit.index)
        left = [unit for unit in left if unit.index not in gone]
        if best[1] in state.find_underfilled():
            left.extend(_empty_service(state, best[1]))
            return left
    return left


def _closed_services(state: State, left: Sequence[Unit]) -> set[str]:
    closed = set()
    for unit in left:
        for option in state.alternatives.find_options(unit):
            if option.service_id in state.dear_to_open and state.service_load[option.service_id] == 0:
                closed.add(option.service_id)
    return closed


def _offer_of_service(
    state: State, service_id: str, left: Sequence[Unit], values: dict[int, int]
) -> tuple[int, list[Unit]]:
    tariff = state.alternatives.tariffs[service_id]
    ranked = []
    for unit in left:
        option = state.alternatives.find_option(unit, service_id)
        if option is not None:
            gain = values[unit.index] - state.alternatives.expect_price(option) * unit.size
            if gain > 0 and state.may_ride_service(unit, service_id):
                ranked.append((-gain / unit.size, unit.index, unit, gain))
    ranked.sort(key=lambda item: item[:2])
    best_saving, best_count, load, saving = 0, 0, 0, 0
    riders: list[Unit] = []
    for _, _, unit, gain in ranked:
        if load + unit.size > tariff.seats:
            continue
        load += unit.size
        saving += gain
        riders.append(unit)
        net = saving - tariff.cost_minor((load,)) + tariff.cost_minor(())
        if load >= tariff.min_load and net > best_saving:
            best_saving, best_count = net, len(riders)
    return best_saving, riders[:best_count]


def price_elsewhere(state: State, unit: Unit) -> int:
    """Cheapest way to carry a free unit without a coach, at the present loads."""
    best = state.penalty[unit.index]
    fare = state.alternatives.find_own_ticket(unit)
    if fare is not None:
        best = min(best, fare)
    service = _find_best_service(state, unit)
    return min(best, service[0]) if service else best


def _find_best_service(state: State, unit: Unit) -> tuple[int, str] | None:
    best: tuple[int, str] | None = None
    for option in state.alternatives.find_options(unit):
        tariff = state.alternatives.tariffs[option.service_id]
        if best is not None and option.per_head_minor * unit.size >= best[0]:
            break
        if (
            state.service_load[option.service_id] == 0
            and tariff.min_load > unit.size
            and not tariff.committed
        ):
            continue
        price = state.price_service(unit, option.service_id)
        if (
            price is not None
            and (best is None or price < best[0])
            and state.may_ride_service(unit, option.service_id)
        ):
            best = (price, option.service_id)
    return best


def _insert_into_trip(state: State, unit: Unit, value_minor: int) -> bool:
    """Seat a unit on the running coach where it costs least, if that is below its value."""
    best: tuple[int, int, DirectTrip] | None = None
    for number in sorted(state.trips_of[unit.cell.corridor]):
        trip = state.trips[number]
        if trip.day not in unit.cell.days or trip.load + unit.size > trip.capacity:
            continue
        grown = state.costs.evaluate(trip.fleet_id, trip.day, (*trip.units, unit))
        if grown is None:
            continue
        extra = grown.cost_minor - trip.cost_minor
        if extra < value_minor and (best is None or extra < best[0]):
            best = (extra, number, grown)
    if best is None:
        return False
    mark = state.mark()
    state.remove_trip(best[1])
    if not state.resources.fits(best[2]):
        state.undo_to(mark)
        return False
    state.add_trip(best[2])
    return True


def _place_alone(state: State, unit: Unit) -> None:
    """Service, own ticket or nowhere, whichever is cheapest."""
    service = _find_best_service(state, unit)
    fare = state.alternatives.find_own_ticket(unit)
    penalty = state.penalty[unit.index]
    if service and service[0] <= penalty and (fare is None or service[0] <= fare):
        state.assign_service(unit, service[1])
    elif fare is not None and fare <= penalty:
        state.give_own_ticket(unit)


def close_underfilled(state: State) -> None:
    """Empty every service below its minimum load and put its people elsewhere."""
    for service_id in state.find_underfilled():
        for unit in _empty_service(state, service_id):
            _place_alone(state, unit)
    for service_id in state.find_underfilled():
        _empty_service(state, service_id)
