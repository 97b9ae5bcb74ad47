"""The bound never exceeds the cheapest lawful plan, found by trying every plan of tiny random worlds."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[1] / "unit" / "batching"))

from bound_worlds import CN_RULES, World, WorldBuilder, make_frames, make_line, make_train, make_type

from dispatch.batching.bound.corridors import make_corridors
from dispatch.batching.bound.find import find_bound
from dispatch.batching.bound.fleets import Fleets
from dispatch.batching.bound.lagrange import prove_bound
from dispatch.batching.bound.params import LARGE, QUICK, STANDARD
from dispatch.batching.bound.problem import Duals, make_problem
from dispatch.batching.bound.scale import combine_bound_parts, run_bound_task
from dispatch.batching.bound.tasks import plan_bound_tasks
from dispatch.batching.bound.verify import verify_duals
from dispatch.batching.demand import Unit
from dispatch.batching.progress import Signals
from dispatch.model.policy import DriverRules
from dispatch.model.scenario import Limits, OwnTicketTariff, Rates
from dispatch.model.supply import Service
from dispatch.routing.duties import make_feeder_duty, make_last_mile_duty

BIG = 1 << 60


def find_cheapest_plan(world: World) -> int:
    """Cost of the cheapest lawful plan by trying all of them (parties whole, scarce coaches, own tickets, one train)."""
    return _assign(world, world.demand.units, {}, ())


def _assign(
    world: World, left: Sequence[Unit], used: dict[tuple[str, int], int], riders: tuple[Unit, ...]
) -> int:
    if not left:
        return _price_train(world, riders)
    first, rest = left[0], left[1:]
    best = _stay(world, first) + _assign(world, rest, used, riders)
    if world.scenario.services:
        best = min(best, _assign(world, rest, used, (*riders, first)))
    for chosen in product((False, True), repeat=len(rest)):
        together = (first, *(unit for unit, is_in in zip(rest, chosen, strict=True) if is_in))
        others = tuple(unit for unit, is_in in zip(rest, chosen, strict=True) if not is_in)
        for cost, after in _drive(world, together, used):
            if cost < best:
                best = min(best, cost + _assign(world, others, after, riders))
    return best


def _stay(world: World, unit: Unit) -> int:
    own = world.alternatives.find_own_ticket(unit)
    return min(world.alternatives.get_penalty(unit), BIG if own is None else own)


def _drive(
    world: World, units: tuple[Unit, ...], used: dict[tuple[str, int], int]
) -> Iterator[tuple[int, dict[tuple[str, int], int]]]:
    days = set.intersection(*(set(unit.cell.days) for unit in units))
    if len({unit.cell.corridor for unit in units}) > 1:
        return
    for line in world.scenario.fleet:
        for day in sorted(days):
            trip = world.costs.evaluate(line.id, day, units)
            if trip is None:
                continue
            touched = range(day, day + trip.shape.days if line.returns else max(16, day + trip.shape.days))
            after = dict(used)
            for at in touched:
                after[line.id, at] = after.get((line.id, at), 0) + 1
            limits = [(line.find_available(world.costs.date_of(at)), after[line.id, at]) for at in touched]
            if all(most is None or count <= most for most, count in limits):
                yield trip.cost_minor, after


def _price_train(world: World, riders: tuple[Unit, ...]) -> int:
    """Cost of the one train with its feeders and last miles (a coach each, or one for all); BIG where unlawful."""
    if not world.scenario.services:
        return 0
    train = world.scenario.services[0]
    load = sum(unit.size for unit in riders)
    day = train.depart_min // 1440
    if not load:
        return train.fixed_minor if train.committed else 0
    if (
        load > train.carriage_seats
        or load < train.min_load
        or any(day not in unit.cell.days for unit in riders)
    ):
        return BIG
    late = (
        sum(max(0, day - u.cell.preferred) * u.size for u in riders) * world.scenario.rates.lateness_day_minor
    )
    feeders = min(_feed(world, train, riders), sum(_feed(world, train, (unit,)) for unit in riders))
    leaving = min(_leave(world, train, riders), sum(_leave(world, train, (unit,)) for unit in riders))
    return train.fixed_minor + load * train.seat_minor + late + feeders + leaving


def _feed(world: World, train: Service, riders: tuple[Unit, ...]) -> int:
    """Cheapest feeder coach for all riders, ride and allowance rates being 0 in these worlds."""
    stop = train.stops[0]
    places = tuple(sorted({unit.cell.board for unit in riders} - {stop.place_id}))
    if not places:
        return 0
    load = sum(unit.size for unit in riders)
    best = BIG
    for line in world.scenario.fleet:
        seats = world.scenario.vehicle_types[line.type_id].approved - 1
        duty = make_feeder_duty(world.context, line.id, ((places, stop.place_id, stop.depart_min - 30),))
        if duty is not None and load <= seats - duty.drivers + 1:
            best = min(best, duty.cash_minor)
    return best


def _leave(world: World, train: Service, riders: tuple[Unit, ...]) -> int:
    stop = train.stops[-1]
    places = tuple(sorted({unit.cell.gate for unit in riders} - {stop.place_id}))
    if not places:
        return 0
    load = sum(unit.size for unit in riders)
    best = BIG
    for line in world.scenario.fleet:
        seats = world.scenario.vehicle_types[line.type_id].approved - 1
        duty = make_last_mile_duty(world.context, line.id, ((stop.place_id, stop.arrive_min + 30, places),))
        if duty is not None and load <= seats - duty.drivers + 1:
            best = min(best, duty.cash_minor)
    return best


def bound_of(world: World, params=STANDARD) -> int:  # type: ignore[no-untyped-def]
    return find_bound(
        world.scenario, world.context, world.demand, world.costs, world.alternatives,
        lambda board, site: (), params, lambda phase, value: True,
    ).bound_minor  # fmt: skip


@st.composite
def direct_worlds(draw: st.DrawFn, with_train: bool = False, counties: int = 1) -> World:
    """Two or three boarding places, one or two gates in one area, one or two lines, up to five parties."""
    far = draw(st.integers(60, 900))
    spread = st.integers(0, 40)
    boards = draw(st.integers(1, 3))
    gates = draw(st.integers(1, 2))
    points = {"d0": (0.0, 0.0, "home"), "d1": (30.0, 5.0, "home")}
    homes = ("home", "next")[:counties]
    points |= {
        f"b{i}": (float(draw(spread)), float(draw(spread)), homes[i % counties]) for i in range(boards)
    }
    points |= {f"g{i}": (float(far + draw(spread)), float(draw(spread)), "city") for i in range(gates)}
    points |= {"t0": (10.0, 10.0, "home"), "t1": (float(far), 10.0, "city")}
    counts = draw(st.sampled_from([(), ((0, 15, 1),), ((0, 15, 2),)]))
    tariffs = {"day": 40_000, "km": 300, "driver": 10_000}
    lines = [
        make_line("la", "small", "d0", counts=counts, returns=draw(st.booleans()), **tariffs),
        make_line("lb", "large", "d1", **{**tariffs, "km": 450}),
        make_line("lc", "small", "d1", lump=draw(st.integers(20_000, 300_000))),
    ]
    fleet = tuple(lines[: draw(st.integers(1, 3))])
    train_rates = with_train or draw(st.booleans())
    train = make_train(
        "T", (("t0", 1440 + 660), ("t1", 1440 + 800)), draw(st.integers(5, 40)),
        fixed_minor=draw(st.integers(0, 60_000)), seat_minor=draw(st.integers(100, 4_000)),
        min_load=draw(st.integers(0, 8)),
    )  # fmt: skip
    builder = WorldBuilder(
        points=points,
        types=(make_type("small", 11), make_type("large", 20)),
        fleet=fleet,
        services=(train,) if with_train else (),
        rules=draw(st.sampled_from([DriverRules(), CN_RULES])),
        limits=Limits(
            max_pickups=draw(st.sampled_from([1, 2, None])), max_drop_offs=draw(st.sampled_from([1, 2, None])),
            max_detour_min=draw(st.sampled_from([None, 60])),
        ),
        rates=Rates(
            lateness_day_minor=2_000,
            ride_h_minor=0 if train_rates else draw(st.sampled_from([0, 500])),
            allowance_day_minor=0 if train_rates else draw(st.sampled_from([0, 3_000])),
            unserved_minor={"": draw(st.integers(5_000, 120_000))},
        ),
        hours={"g0": draw(st.sampled_from([(0, 1440), (480, 1080)]))},
    )  # fmt: skip
    for _ in range(draw(st.integers(1, 4))):
        first = draw(st.integers(0, 2))
        builder.add(
            draw(st.integers(1, 8)), f"b{draw(st.integers(0, boards - 1))}", f"g{draw(st.integers(0, gates - 1))}",
            (first, first + draw(st.integers(0, 2))), arrive_by=draw(st.sampled_from([100_000, first + 1])),
        )  # fmt: skip
    return builder.make(own_ticket_minor=draw(st.sampled_from([None, 30_000])))


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(direct_worlds())
def test_no_plan_of_direct_coaches_is_cheaper_than_the_bound(world: World) -> None:
    cheapest = find_cheapest_plan(world)
    assert bound_of(world) <= cheapest
    assert bound_of(world, QUICK) <= cheapest


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(direct_worlds(with_train=True))
def test_no_plan_with_a_train_is_cheaper_than_the_bound(world: World) -> None:
    assert bound_of(world) <= find_cheapest_plan(world)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(direct_worlds(), st.lists(st.integers(0, 60_000), min_size=4, max_size=4))
def test_any_prices_are_cut_down_to_what_real_trips_allow(world: World, wild: list[int]) -> None:
    corridors = make_corridors(world.scenario, world.context, world.demand, STANDARD)
    problem = make_problem(
        world.scenario, world.context, corridors, (), Fleets(world.scenario), world.alternatives, STANDARD
    )
    cover = problem.people * 0.0 + [float(wild[i % 4]) for i in range(len(problem.people))]
    proof = prove_bound(problem, Duals(cover, {}, {}, {}))
    assert verify_duals(problem, proof.duals, world.costs) <= 1 + 1e-9
    assert proof.bound <= find_cheapest_plan(world)


def bound_by_tasks(world: World, params=LARGE, ticket: int | None = None, **prices) -> int:  # type: ignore[no-untyped-def]
    scenario, parties, members = make_frames(world)
    if ticket is not None:
        rates = replace(scenario.rates, own_ticket=OwnTicketTariff(fixed_minor=ticket))
        scenario = scenario.replace(rates=rates)
    tasks = plan_bound_tasks(scenario, parties, members, params, **prices)
    return combine_bound_parts([run_bound_task(task, Signals()) for task in tasks]).bound_minor


def ticket_of(world: World) -> int | None:
    return next(iter(world.alternatives.own_ticket_minor.values()), None)


#: The path of large scenarios without its compiled loop; cells merged as far as can be.
LARGE_PLAIN = replace(LARGE, is_compiled=False)
MERGED = replace(LARGE_PLAIN, most_cells=1, most_board_sets=3, most_skeletons=3)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(1, 2).flatmap(lambda counties: direct_worlds(counties=counties)), st.integers(0, 90_000))
def test_no_plan_is_cheaper_than_the_bound_county_by_county(world: World, price: int) -> None:
    cheapest, ticket = find_cheapest_plan(world), ticket_of(world)
    shared = {(world.scenario.fleet[0].id, day): float(price) for day in (0, 1)}
    assert bound_by_tasks(world, LARGE_PLAIN, ticket) <= cheapest
    assert bound_by_tasks(world, MERGED, ticket) <= cheapest
    assert bound_by_tasks(world, LARGE_PLAIN, ticket, shared_prices_minor=shared) <= cheapest


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(direct_worlds(with_train=True, counties=2), st.integers(0, 20_000))
def test_any_price_of_a_seat_on_a_train_gives_a_bound(world: World, price: int) -> None:
    prices = {"T": float(price)}
    found = bound_by_tasks(world, LARGE_PLAIN, ticket_of(world), service_prices_minor=prices)
    assert found <= find_cheapest_plan(world)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(direct_worlds())
def test_the_compiled_loop_finds_the_same_bound(world: World) -> None:
    # Both price every pattern exactly in worlds this small; only the order of sums differs.
    assert abs(bound_by_tasks(world) - bound_by_tasks(world, LARGE_PLAIN)) <= 2


@pytest.mark.long
@settings(max_examples=1_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(1, 2).flatmap(lambda counties: direct_worlds(counties=counties)))
def test_no_plan_is_cheaper_than_the_bound_county_by_county_in_many_worlds(world: World) -> None:
    assert bound_by_tasks(world, LARGE_PLAIN, ticket_of(world)) <= find_cheapest_plan(world)


@pytest.mark.long
@settings(max_examples=3_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.booleans().flatmap(lambda train: direct_worlds(with_train=train)))
def test_no_plan_is_cheaper_than_the_bound_in_thousands_of_worlds(world: World) -> None:
    assert bound_of(world) <= find_cheapest_plan(world)
