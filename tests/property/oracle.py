"""Least cost of a tiny world by trying everything: an oracle written apart from the planner.

Up to six parties of three villages go to two gates by direct coach, by a train that starts and ends where they walk, by
own ticket, or not at all. Only the cash and timetable of one coach trip are taken from the routing room; which parties
share which coach is enumerated here, partition by partition.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st
from random_scenarios import CN_RULES, Draws

from dispatch.model.contracts import HEALTH, TRAVEL, WORKERS, make_frame
from dispatch.model.geography import Geography, Place, PlaceKind, Precision, Region, Site
from dispatch.model.policy import DriverRules, Policy, RuleValue
from dispatch.model.scenario import Limits, OwnTicketTariff, Rates, Scenario
from dispatch.model.supply import (
    CoachTariff,
    CountOnDates,
    FleetLine,
    Mode,
    Service,
    ServiceKind,
    ServiceStatus,
    ServiceStop,
    Terminal,
    VehicleType,
)
from dispatch.network.travel import freeze_travel
from dispatch.routing.context import RoutingContext, make_context
from dispatch.routing.trips import TripShape, find_best_direct_trip, ride_minutes

FIRST = date(2020, 3, 2)
#: The two gates have sites without receiving hours; ``g1`` is the arrival station as well.
POINTS = {
    "v1": (33.00, 107.00, "A"),
    "v2": (33.10, 107.20, "A"),
    "v3": (33.05, 107.40, "B"),
    "depot": (33.02, 107.10, "A"),
    "g1": (31.05, 112.10, "X"),
    "g2": (30.90, 112.20, "X"),
}
SEATS = {"van": 6, "mini": 10}
UNSERVED = 200_000


@dataclass(frozen=True)
class Group:
    """A party: home, gate, people, first, preferred and last service day."""

    home: str
    gate: str
    size: int
    first: int
    preferred: int
    last: int


@dataclass(frozen=True)
class TinyWorld:
    """A scenario and what the oracle reads of it."""

    scenario: Scenario
    groups: tuple[Group, ...]
    days: int

    def __repr__(self) -> str:
        return f"TinyWorld({self.groups}, {self.scenario.fleet}, {self.scenario.services}, {self.scenario.rates})"


@st.composite
def tiny_worlds(draw: Any) -> TinyWorld:
    """Worlds of at most six parties, two lines of coaches and one train from village v1 to gate g1."""
    return make_tiny_world(Draws(draw))


def make_tiny_world(d: Draws) -> TinyWorld:
    """World from a source of draws."""
    days = d.number(1, 2)
    groups = tuple(_draw_group(d, days) for _ in range(d.number(1, 6)))
    return TinyWorld(_make_scenario(d, groups, days), groups, days)


def _draw_group(d: Draws, days: int) -> Group:
    first = d.number(0, days - 1)
    last = d.number(first, days - 1)
    return Group(
        d.one_of("v1", "v2", "v3"), d.one_of("g1", "g2"), d.number(1, 4), first, d.number(first, last), last
    )


def _make_scenario(d: Draws, groups: tuple[Group, ...], days: int) -> Scenario:
    values = (
        RuleValue(
            key="max_origin_counties", value=d.one_of(2, 1), effective_from=date(2020, 1, 1), mode="bus"
        ),
    )
    own = OwnTicketTariff(fixed_minor=d.one_of(60_000, 30_000), km_minor=30) if d.rarely(5) else None
    return Scenario(
        name="tiny", title="tiny", first_date=FIRST, last_date=FIRST + timedelta(days=days - 1),
        time_zone="Asia/Shanghai", currency="CNY",
        geography=_make_geography(),
        policy=Policy(profile_names=("none",), values=values, drivers=d.one_of(DriverRules(), CN_RULES)),
        rates=Rates(
            lateness_day_minor=d.one_of(4_000, 0), ride_h_minor=d.one_of(0, 700), allowance_day_minor=d.one_of(0, 3_000),
            exposure_h_minor=d.one_of(0, 200), unserved_minor={"": UNSERVED}, own_ticket=own,
        ),
        limits=Limits(max_pickups=d.one_of(4, 2, 1), max_drop_offs=d.one_of(4, 1), max_detour_min=d.one_of(180, 40, None)),
        workers=make_frame(WORKERS, list(_make_rows(groups))), health=make_frame(HEALTH), travel=make_frame(TRAVEL),
        vehicle_types={
            name: VehicleType(id=name, name=name, approved=seats, row_seats=(2,) * (seats // 2))
            for name, seats in SEATS.items()
        },
        fleet=tuple(_draw_line(d, name, days) for name in ("van", "mini")[: d.number(1, 2)]),
        terminals={name: Terminal(place_id=name, modes=frozenset({Mode.TRAIN}), buffer_min=30) for name in ("v1", "g1")},
        services=tuple(_draw_train(d, number, days) for number in range(d.number(0, 2))),
    )  # fmt: skip


def _make_geography() -> Geography:
    places = {
        name: Place(
            id=name,
            name=name,
            lat=lat,
            lon=lon,
            region_id=region,
            kind=PlaceKind.VILLAGE,
            precision=Precision.VILLAGE,
        )
        for name, (lat, lon, region) in POINTS.items()
    }
    regions = {
        "A": Region(id="A", name="A", level="county", pickup_group="AB"),
        "B": Region(id="B", name="B", level="county", pickup_group="AB"),
        "X": Region(id="X", name="X", level="county"),
    }
    sites = {
        gate: Site(id=gate, name=gate, employer=gate, place_id=gate, opens_on=FIRST) for gate in ("g1", "g2")
    }
    return Geography(places=places, regions=regions, sites=sites)


def _make_rows(groups: tuple[Group, ...]) -> Iterator[dict[str, object]]:
    for number, group in enumerate(groups):
        for member in range(group.size):
            yield {
                "worker_id": f"w{number}{member}", "name": f"w{number}{member}", "birth_year": 1985,
                "home_place_id": group.home, "boarding_place_id": group.home, "site_id": group.gate,
                "earliest_date": FIRST + timedelta(days=group.first),
                "preferred_date": FIRST + timedelta(days=group.preferred),
                "latest_date": FIRST + timedelta(days=group.last), "party_id": f"p{number}",
                # by train only from the station to the station: nobody else could be there without a feeder
                "modes": "bus|train" if (group.home, group.gate) == ("v1", "g1") else "bus",
            }  # fmt: skip


def _draw_line(d: Draws, name: str, days: int) -> FleetLine:
    counts: tuple[CountOnDates, ...] = ()
    if d.rarely(5):
        last = FIRST + timedelta(days=days + 5)
        counts = (CountOnDates(from_date=FIRST, to_date=last, count=d.number(1, 2)),)
    tariff = CoachTariff(
        day_minor=d.one_of(20_000, 60_000), km_minor=d.one_of(100, 300), driver_day_minor=10_000
    )
    return FleetLine(
        id=name, type_id=name, depot_place_id="depot", tariff=tariff, counts=counts, returns=not d.rarely(3)
    )


def _draw_train(d: Draws, number: int, days: int) -> Service:
    depart = d.number(0, days - 1) * 1440 + 600
    return Service(
        id=f"train{number}", name=f"train{number}", mode=Mode.TRAIN, kind=ServiceKind.CHARTERED,
        status=ServiceStatus.CONFIRMED, committed=False,
        stops=(
            ServiceStop(place_id="v1", arrive_min=depart, depart_min=depart, boards=True, alights=False),
            ServiceStop(place_id="g1", arrive_min=depart + 500, depart_min=depart + 500, boards=False, alights=True),
        ),
        carriage_seats=6, min_carriages=1, max_carriages=d.number(1, 2), isolation_seats=0, min_load=d.one_of(0, 3, 5),
        fixed_minor=d.one_of(0, 80_000), carriage_minor=d.one_of(0, 60_000), seat_minor=d.one_of(20_000, 0, 50_000),
    )  # fmt: skip


# --- the oracle -----------------------------------------------------------------------------------------------------------


def find_optimum(world: TinyWorld) -> int:
    """Least cost over all partitions of the parties into coaches, trains, own tickets and people left out."""
    scenario = world.scenario
    context = make_context(scenario, freeze_travel(scenario, tuple(sorted(POINTS))))
    full = (1 << len(world.groups)) - 1
    coaches = _price_coaches(world, context, full)
    best = [_price_rest(world, context, mask) for mask in range(full + 1)]
    if all(not line.counts for line in scenario.fleet):
        cheapest = {mask: min(price for _, _, price in options) for mask, options in coaches.items()}
        return _cover(full, cheapest, best)
    return min(_cover_with_fleet(world, full, coaches, best))


def _cover(full: int, coaches: dict[int, int], best: list[int]) -> int:
    """Least cost where every set of parties on one coach has one price: subset by subset."""
    least = list(best)
    for mask in range(1, full + 1):
        lowest = mask & -mask
        part = mask
        while part:
            if part in coaches and part & lowest:
                # the lowest party rides this coach; the others are placed in the best way for what is left
                least[mask] = min(least[mask], coaches[part] + least[mask ^ part])
            part = (part - 1) & mask
        left = mask ^ lowest
        rest = left
        while True:
            # the lowest party is not on a coach: it goes with ``mask ^ rest`` by train, own ticket or nowhere
            least[mask] = min(least[mask], best[mask ^ rest] + _only_coaches(rest, coaches))
            if not rest:
                break
            rest = (rest - 1) & left
    return least[full]


def _only_coaches(mask: int, coaches: dict[int, int]) -> int:
    """Least cost of carrying exactly these parties by coach."""
    if not mask:
        return 0
    lowest, part, least = mask & -mask, mask, 10**12
    while part:
        if part & lowest and part in coaches:
            least = min(least, coaches[part] + _only_coaches(mask ^ part, coaches))
        part = (part - 1) & mask
    return least


Use = tuple[str, int, int]


def _cover_with_fleet(
    world: TinyWorld, full: int, coaches: dict[int, list[tuple[str, range, int]]], best: list[int]
) -> Iterator[int]:
    """Costs of all partitions whose coaches the fleet has on every date."""
    lines = {line.id: line for line in world.scenario.fleet}

    def is_there(used: list[tuple[str, range]]) -> bool:
        for name in {name for name, _ in used}:
            for day in range(world.days + 6):
                limit = lines[name].find_available(FIRST + timedelta(days=day))
                if limit is not None and sum(other == name and day in days for other, days in used) > limit:
                    return False
        return True

    def place(mask: int, not_by_coach: int, used: list[tuple[str, range]], spent: int) -> Iterator[int]:
        if not mask:
            yield spent + best[not_by_coach]
            return
        lowest = mask & -mask
        yield from place(mask ^ lowest, not_by_coach | lowest, used, spent)
        part = mask
        while part:
            if part & lowest:
                for name, days, price in coaches.get(part, ()):
                    if is_there([*used, (name, days)]):
                        yield from place(mask ^ part, not_by_coach, [*used, (name, days)], spent + price)
            part = (part - 1) & mask

    return place(full, 0, [], 0)


def _members(world: TinyWorld, mask: int) -> list[Group]:
    return [group for i, group in enumerate(world.groups) if mask >> i & 1]


def _price_coaches(
    world: TinyWorld, context: RoutingContext, full: int
) -> dict[int, list[tuple[str, range, int]]]:
    """For each set of parties: (line, dates the coach is away, cost) of every lawful coach for it."""
    found: dict[int, list[tuple[str, range, int]]] = {}
    for mask in range(1, full + 1):
        groups = _members(world, mask)
        for line in world.scenario.fleet:
            for day in range(max(g.first for g in groups), min(g.last for g in groups) + 1):
                priced = _price_coach(world, context, line, day, groups)
                if priced is not None:
                    found.setdefault(mask, []).append((line.id, *priced))
    return found


def _price_coach(
    world: TinyWorld, context: RoutingContext, line: FleetLine, day: int, groups: list[Group]
) -> tuple[range, int] | None:
    limits, rates, policy = world.scenario.limits, world.scenario.rates, world.scenario.policy
    homes, gates = frozenset(g.home for g in groups), frozenset(g.gate for g in groups)
    if len(homes) > (limits.max_pickups or 9) or len(gates) > (limits.max_drop_offs or 9):
        return None
    if len({POINTS[home][2] for home in homes}) > policy.get_count("max_origin_counties", FIRST, "bus", 1):
        return None
    pairs = frozenset((g.home, g.gate) for g in groups)
    shape = find_best_direct_trip(context, line.id, homes, gates, pairs)
    # no cap, no blocked rows: everybody on the licence but the drivers
    if shape is None or sum(g.size for g in groups) > SEATS[line.type_id] - shape.drivers:
        return None
    cost = shape.cash_minor + _count_exposure(shape, groups, rates.exposure_h_minor)
    for g in groups:
        boards = shape.board_min[shape.pickups.index(g.home)] // 1440
        arrives = shape.arrive_min[shape.drops.index(g.gate)] // 1440
        cost += g.size * _price_person(
            rates, day - g.preferred, arrives - boards + 1, ride_minutes(shape, g.home, g.gate)
        )
    last = day + shape.days if line.returns else max(day + shape.days, world.days)
    return range(day, last), cost


def _price_person(rates: Rates, days_late: int, dates: int, ride_min: int) -> int:
    ride = round(
        ride_min * rates.ride_h_minor / 60
    )  # built-in round is half-even, like the shared arithmetic
    return max(0, days_late) * rates.lateness_day_minor + dates * rates.allowance_day_minor + ride


def _count_exposure(shape: TripShape, groups: list[Group], rate: int) -> int:
    """Minutes both aboard of every pair from different counties; on one coach they overlap from the later pickup on."""
    minutes = 0
    for i, a in enumerate(groups):
        for b in groups[i + 1 :]:
            if POINTS[a.home][2] != POINTS[b.home][2]:
                start = max(shape.depart_min[shape.pickups.index(g.home)] for g in (a, b))
                end = min(shape.arrive_min[shape.drops.index(g.gate)] for g in (a, b))
                minutes += a.size * b.size * (end - start)
    return round(minutes * rate / 60)


def _price_rest(world: TinyWorld, context: RoutingContext, mask: int) -> int:
    """Least cost of parties without a coach: each on one of the trains, with own tickets or left out."""
    groups = _members(world, mask)
    services = world.scenario.services
    choices: list[list[tuple[int, int]]] = []
    for g in groups:
        options = [(-1, UNSERVED * g.size if _can_travel(world, context, g) else 0)]
        own = world.scenario.rates.own_ticket
        if own is not None:
            km_tenths = context.get_km_tenths(g.home, g.gate)
            options.append((-1, g.size * (own.fixed_minor + round(km_tenths * own.km_minor / 10))))
        for number, service in enumerate(services):
            day = service.depart_min // 1440
            if (g.home, g.gate) == ("v1", "g1") and g.first <= day <= g.last:
                # 30 min before 10:00 until 18:20 of the same day: one date; 500 minutes aboard
                person = _price_person(world.scenario.rates, day - g.preferred, 1, 500)
                options.append((number, g.size * (service.seat_minor + person)))
        choices.append([min(o for o in options if o[0] == -1), *(o for o in options if o[0] >= 0)])
    return min(_ride(services, groups, choices, 0, [0] * len(services), 0))


def _can_travel(world: TinyWorld, context: RoutingContext, group: Group) -> bool:
    """False for a party that no vehicle could carry even alone: it is listed with the reason and costs nothing."""
    if world.scenario.rates.own_ticket is not None:
        return True
    days = range(group.first, group.last + 1)
    if (group.home, group.gate) == ("v1", "g1") and any(
        s.depart_min // 1440 in days for s in world.scenario.services
    ):
        return True
    fleet = world.scenario.fleet
    return any(_price_coach(world, context, line, day, [group]) for line in fleet for day in days)


def _ride(
    services: tuple[Service, ...],
    groups: list[Group],
    choices: list[list[tuple[int, int]]],
    at: int,
    loads: list[int],
    spent: int,
) -> Iterator[int]:
    if at == len(groups):
        for service, load in zip(services, loads, strict=True):
            if load:
                carriages = -(-load // service.carriage_seats)
                if load < service.min_load or carriages > service.max_carriages:
                    return
                spent += service.fixed_minor + carriages * service.carriage_minor
        yield spent
        return
    for number, price in choices[at]:
        more = list(loads)
        if number >= 0:
            more[number] += groups[at].size
        yield from _ride(services, groups, choices, at + 1, more, spent + price)
