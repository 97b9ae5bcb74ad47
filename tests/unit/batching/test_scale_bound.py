"""The bound of large scenarios on worlds whose answer can be worked out by hand, and errors in it that must show."""

from __future__ import annotations

import pickle
from dataclasses import replace
from typing import Any

import pytest
from bound_worlds import World, WorldBuilder, make_frames, make_line, make_train, make_type

import dispatch.batching.bound.alone as alone
import dispatch.batching.bound.county as county
import dispatch.batching.bound.seats as seats
from dispatch.batching.bound.find import BoundResult
from dispatch.batching.bound.params import LARGE
from dispatch.batching.bound.scale import combine_bound_parts, run_bound_task
from dispatch.batching.bound.tasks import plan_bound_tasks
from dispatch.batching.progress import Signals
from dispatch.model.scenario import Rates

#: Two counties with a depot each at the boarding place, gates 100 km away; 60 km/h. A trip costs 1,000.00.
ROADS = {
    "d0": (0.0, 0.0, "home"), "b0": (0.0, 0.0, "home"), "b1": (0.0, 1.0, "next"),
    "g0": (100.0, 0.0, "city"), "g1": (0.0, 100.0, "port"),
}  # fmt: skip
LUMP = 100_000
#: Without the compiled loop, which these worlds are not worth.
PLAIN = replace(LARGE, is_compiled=False)


def roads(**more: Any) -> WorldBuilder:
    # 48 approved, one driver: 47 passengers.
    fleet = (make_line("line", "c48", "d0", lump=LUMP),)
    return WorldBuilder(**{"points": ROADS, "types": (make_type("c48", 48),), "fleet": fleet, **more})


def bound_of(world: World, **prices: Any) -> BoundResult:
    scenario, parties, members = make_frames(world)
    tasks = plan_bound_tasks(scenario, parties, members, PLAIN, **prices)
    return combine_bound_parts([run_bound_task(task, Signals()) for task in tasks])


def is_near(found: int, answer: int) -> bool:
    # Prices may stop gap_ratio short of the cheapest, and money is rounded down once; never above it.
    return answer * (1 - PLAIN.gap_ratio) - 2 <= found <= answer


def scarce_world() -> World:
    # One coach on the only possible day, 94 people: 47 ride for 1,000.00, 47 stay at 500.00 each.
    fleet = (make_line("line", "c48", "d0", lump=LUMP, counts=((0, 15, 1),)),)
    builder = roads(fleet=fleet, rates=Rates(unserved_minor={"": 50_000}))
    builder.add(47, "b0", "g0")
    builder.add(47, "b0", "g0")
    return builder.make()


def odd_world() -> World:
    # 54 people, 47 seats: two coaches.
    builder = roads()
    for size in (20, 20, 14):
        builder.add(size, "b0", "g0")
    return builder.make()


def test_54_people_need_two_coaches_of_47_seats() -> None:
    assert is_near(bound_of(odd_world()).bound_minor, 2 * LUMP)


def test_people_of_two_counties_share_no_coach() -> None:
    builder = roads()
    builder.add(10, "b0", "g0")
    builder.add(10, "b1", "g0")
    result = bound_of(builder.make())
    assert is_near(result.bound_minor, 2 * LUMP)
    assert [workers for _, workers in result.by_corridor.values()] == [10, 10]


def test_scarce_coaches_leave_the_rest_behind_and_have_a_price() -> None:
    result = bound_of(scarce_world())
    answer = LUMP + 47 * 50_000
    assert is_near(result.bound_minor, answer)
    # One more coach carries the other 47 for 1,000.00 instead of 23,500.00: it is worth up to 22,500.00 on day 0.
    assert 0 < result.coach_prices_minor["line", 0] <= 2_250_000 * 1.01


def test_a_shared_line_is_priced_in_every_county_and_subtracted_once() -> None:
    # One coach for two counties of 47 people each: 47 ride, 47 stay. Alone each county has the coach: 2 × 1,000.00.
    fleet = (make_line("line", "c48", "d0", lump=LUMP, counts=((0, 15, 1),)),)
    builder = roads(fleet=fleet, rates=Rates(unserved_minor={"": 50_000}))
    builder.add(47, "b0", "g0")
    builder.add(47, "b1", "g0")
    world = builder.make()
    assert is_near(bound_of(world).bound_minor, 2 * LUMP)
    # A price of 22,500.00 a coach: each county pays 23,500.00 either way, 2 × 23,500.00 - 22,500.00 = 24,500.00.
    shared = {("line", 0): 2_250_000.0}
    assert is_near(bound_of(world, shared_prices_minor=shared).bound_minor, LUMP + 47 * 50_000)


def test_a_seat_on_a_train_is_paid_by_riders_and_earned_once() -> None:
    # 60 seats at 5.00, fixed 600.00, two parties of 30: 600.00 + 60 × 5.00 (coaches: 2 × 1,000.00).
    train = make_train("T1", (("b0", 600), ("g0", 700)), 60, fixed_minor=60_000, seat_minor=500)
    builder = roads(services=(train,))
    builder.add(30, "b0", "g0")
    builder.add(30, "b0", "g0")
    # At 10.00 a seat the train just pays: 60 × 15.00 - 60 × 10.00 + 600.00 = 900.00.
    found = bound_of(builder.make(), service_prices_minor={"T1": 1_000.0})
    assert is_near(found.bound_minor, 60_000 + 60 * 500)
    assert found.service_prices_minor == {"T1": 1_000.0}


def test_tasks_carry_nobody_s_name_and_travel_by_pickle() -> None:
    scenario, parties, members = make_frames(odd_world())
    (task,) = plan_bound_tasks(scenario, parties, members, PLAIN)
    assert len(task.scenario.workers) == 0
    again = pickle.loads(pickle.dumps(task))
    assert run_bound_task(again, Signals()) == run_bound_task(task, Signals())


def test_nobody_to_carry_costs_nothing() -> None:
    assert bound_of(roads().make()).bound_minor == 0


def test_without_a_penalty_nothing_can_be_proven() -> None:
    scenario, parties, members = make_frames(odd_world())
    bare = scenario.replace(rates=Rates())
    with pytest.raises(ValueError, match="penalty"):
        plan_bound_tasks(bare, parties, members, PLAIN)


def test_shares_of_corridors_add_up_to_the_bound() -> None:
    builder = roads()
    builder.add(30, "b0", "g0")
    builder.add(20, "b0", "g1")
    result = bound_of(builder.make())
    assert sum(share for share, _ in result.by_corridor.values()) == result.bound_minor
    assert is_near(result.bound_minor, 2 * LUMP)
    assert set(result.scales) == set(result.by_corridor)


# -- errors put in on purpose: each lifts the bound above the cheapest plan -------------------------------


def test_an_error_shows_coaches_not_subtracted(monkeypatch: pytest.MonkeyPatch) -> None:
    work = county._work
    monkeypatch.setattr(county, "_work", lambda *given: replace(work(*given), scarcity=0.0))
    assert bound_of(scarce_world()).bound_minor > LUMP + 47 * 50_000


def test_an_error_shows_prices_not_scaled(monkeypatch: pytest.MonkeyPatch) -> None:
    def prove(problem: Any, wanted: Any, coach: Any, thorough: bool = False) -> Any:
        dear = seats.SeatDuals(wanted.seats * 1.5, wanted.cuts)
        cover = problem.find_cover(dear)
        proof = seats.prove_seats(problem, wanted, coach, thorough)
        return replace(proof, bound=float((cover * problem.corridor.people).sum()), scale=1.0)

    monkeypatch.setattr(alone, "prove_seats", prove)
    builder = roads()
    builder.add(47, "b0", "g0")
    assert bound_of(builder.make()).bound_minor > LUMP


def test_an_error_shows_one_trip_too_many_in_a_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    find = seats.find_cuts
    monkeypatch.setattr(
        seats, "find_cuts", lambda *given: tuple(replace(cut, trips=cut.trips + 1) for cut in find(*given))
    )
    assert bound_of(odd_world()).bound_minor > 2 * LUMP
