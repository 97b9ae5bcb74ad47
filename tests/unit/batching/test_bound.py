"""The proven bound on tiny worlds whose answer can be worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from bound_worlds import CN_RULES, World, WorldBuilder, make_line, make_train, make_type

from dispatch.batching.bound.corridors import make_corridors
from dispatch.batching.bound.find import BoundResult, find_bound
from dispatch.batching.bound.fleets import Fleets
from dispatch.batching.bound.lagrange import prove_bound, scale_duals
from dispatch.batching.bound.params import BOUND_PARAMS, STANDARD
from dispatch.batching.bound.problem import make_problem
from dispatch.batching.bound.start import make_first_duals
from dispatch.batching.bound.verify import verify_duals
from dispatch.model.policy import RuleValue
from dispatch.model.scenario import Limits, Rates

#: A depot at the only boarding place, the gate 100 km away; 60 km/h. One line: 1,000.00 per trip.
ONE_ROAD = {"d0": (0.0, 0.0, "home"), "b0": (0.0, 0.0, "home"), "g0": (100.0, 0.0, "city")}
LUMP = 100_000


def bound_of(world: World, effort: str = "standard") -> BoundResult:
    return find_bound(
        world.scenario, world.context, world.demand, world.costs, world.alternatives,
        lambda board, site: (), BOUND_PARAMS[effort], lambda phase, value: True,
    )  # fmt: skip


def one_road(**more: object) -> WorldBuilder:
    # 48 approved, one driver: 47 passengers.
    fleet = (make_line("line", "c48", "d0", lump=LUMP),)
    return WorldBuilder(**{"points": ONE_ROAD, "types": (make_type("c48", 48),), "fleet": fleet, **more})


def test_two_exactly_full_coaches_cost_what_the_bound_says() -> None:
    builder = one_road()
    builder.add(47, "b0", "g0")
    builder.add(47, "b0", "g0")
    assert bound_of(builder.make()).bound_minor == 2 * LUMP


def test_54_people_need_two_coaches_of_47_seats() -> None:
    # Without rounding up the bound would be 54/47 of a coach.
    builder = one_road()
    for size in (20, 20, 14):
        builder.add(size, "b0", "g0")
    assert bound_of(builder.make()).bound_minor == 2 * LUMP


def test_a_coach_cannot_serve_two_separate_days() -> None:
    # 10 people on day 0 only and 10 on day 5 only: two coaches; each day alone rounds up.
    builder = one_road()
    builder.add(10, "b0", "g0", (0, 0))
    builder.add(10, "b0", "g0", (5, 5))
    assert bound_of(builder.make()).bound_minor == 2 * LUMP


def test_waiting_for_a_shared_coach_costs_lateness() -> None:
    # The two groups may meet on day 1: one coach, and 10 people one day late at 40.00 each.
    builder = one_road()
    builder.add(10, "b0", "g0", (0, 1))
    builder.add(10, "b0", "g0", (1, 1))
    assert bound_of(builder.make()).bound_minor == LUMP + 10 * 4000


def test_staying_is_priced_where_a_coach_is_dearer() -> None:
    builder = one_road(rates=Rates(unserved_minor={"": 30_000}))
    builder.add(2, "b0", "g0")
    assert bound_of(builder.make()).bound_minor == 2 * 30_000


def test_own_tickets_are_taken_where_cheapest() -> None:
    builder = one_road()
    builder.add(3, "b0", "g0")
    assert bound_of(builder.make(own_ticket_minor=20_000)).bound_minor == 3 * 20_000


def test_km_days_and_drivers_are_priced_as_driven() -> None:
    # 200 km there and back at 5.00, 5 h driving from 05:00 with boarding at 06:00: one date, one driver.
    # 1,000.00 + 300.00 + 200 km × 5.00 = 2,300.00, for a full coach.
    fleet = (make_line("line", "c48", "d0", day=100_000, km=500, driver=30_000),)
    builder = one_road(fleet=fleet, rules=CN_RULES)
    builder.add(47, "b0", "g0")
    assert bound_of(builder.make()).bound_minor == 230_000


def test_two_drivers_take_a_seat_and_a_second_wage() -> None:
    # 700 km one way at 60 km/h: the distance rule asks for two drivers, the worst 24 h for
    # min(1400 min in all, what a day holds) -> 3 drivers under 8 h; 45 seats are left of 48.
    points = {**ONE_ROAD, "g0": (700.0, 0.0, "city")}
    builder = one_road(points=points, rules=CN_RULES)
    builder.add(45, "b0", "g0")
    assert bound_of(builder.make()).bound_minor == LUMP
    builder.add(1, "b0", "g0")
    # 46 people need a second coach.
    assert bound_of(builder.make()).bound_minor == 2 * LUMP


def test_scarce_coaches_leave_the_rest_behind() -> None:
    # One coach on the only possible day, 94 people: 47 ride for 1,000.00, 47 stay at 500.00 each.
    fleet = (make_line("line", "c48", "d0", lump=LUMP, counts=((0, 15, 1),)),)
    builder = one_road(fleet=fleet, rates=Rates(unserved_minor={"": 50_000}))
    builder.add(47, "b0", "g0")
    builder.add(47, "b0", "g0")
    assert bound_of(builder.make()).bound_minor == LUMP + 47 * 50_000


def test_no_coach_exists_outside_the_dates_of_its_counts() -> None:
    fleet = (make_line("line", "c48", "d0", lump=LUMP, counts=((3, 15, 1),)),)
    builder = one_road(fleet=fleet, rates=Rates(unserved_minor={"": 50_000}))
    builder.add(10, "b0", "g0", (0, 2))
    assert bound_of(builder.make()).bound_minor == 10 * 50_000


def test_a_line_licensed_for_local_trips_carries_nobody_far() -> None:
    # Home and city are two prefectures: the only line may not go there, 10 people stay at 500.00 each.
    line = replace(make_line("line", "c48", "d0", lump=LUMP), local_only=True)
    builder = one_road(fleet=(line,), rates=Rates(unserved_minor={"": 50_000}))
    builder.add(10, "b0", "g0")
    assert bound_of(builder.make()).bound_minor == 10 * 50_000


def test_stop_limits_keep_small_groups_apart() -> None:
    # Three boarding places, two pickups at most: two coaches at 1,000.00, although all 9 people would fit into one.
    points = {**ONE_ROAD, "b1": (0.0, 5.0, "home"), "b2": (0.0, 10.0, "home")}
    builder = one_road(points=points, limits=Limits(max_pickups=2))
    for place in ("b0", "b1", "b2"):
        builder.add(3, place, "g0")
    # The bound sees fractions: each of the three pairs of places on half a coach covers everybody: 1.5 coaches;
    # rounding up knows only seats (9 of 47), so 1,500.00 is what it must reach and 2,000.00 what it may not pass.
    assert 150_000 <= bound_of(builder.make()).bound_minor <= 200_000


def test_no_limit_of_stops_is_a_limit_of_places() -> None:
    points = {**ONE_ROAD, "b1": (0.0, 5.0, "home"), "b2": (0.0, 10.0, "home")}
    builder = one_road(points=points, limits=Limits(max_pickups=None, max_drop_offs=None))
    for place in ("b0", "b1", "b2"):
        builder.add(3, place, "g0")
    assert bound_of(builder.make()).bound_minor == LUMP


def test_half_load_cap_halves_the_seats() -> None:
    # ⌊48 × 0.5⌋ = 24 (crew not counted): 25 people need two coaches.
    cap = RuleValue(key="load_cap_ratio", value=Decimal("0.5"), effective_from=date(2020, 1, 1), mode="bus")
    builder = one_road(values=(cap,))
    builder.add(24, "b0", "g0")
    builder.add(1, "b0", "g0")
    assert bound_of(builder.make()).bound_minor == 2 * LUMP


def test_a_train_runs_when_it_is_cheaper_than_coaches() -> None:
    # Boarding place and gate are the train's stops: 100 people × 5.00, fixed 600.00 = 1,100.00 (coaches: 3,000.00).
    train = make_train("T1", (("b0", 600), ("g0", 700)), 100, fixed_minor=60_000, seat_minor=500)
    builder = one_road(services=(train,))
    for _ in range(5):
        builder.add(20, "b0", "g0")
    assert bound_of(builder.make()).bound_minor == 60_000 + 100 * 500


def test_a_committed_train_costs_even_when_empty() -> None:
    train = make_train(
        "T1", (("b0", 600), ("g0", 700)), 100, fixed_minor=60_000, seat_minor=500_000, committed=True
    )
    builder = one_road(services=(train,))
    builder.add(47, "b0", "g0")
    assert bound_of(builder.make()).bound_minor == 60_000 + LUMP


def test_a_least_load_makes_a_train_dearer() -> None:
    # 10 people, least load 20: the train cannot run for them; one coach.
    train = make_train("T1", (("b0", 600), ("g0", 700)), 100, fixed_minor=1_000, min_load=20)
    builder = one_road(services=(train,))
    builder.add(10, "b0", "g0")
    result = bound_of(builder.make()).bound_minor
    # The bound lets too few people ride (a relaxation), it may not pass the coach.
    assert 1_000 <= result <= LUMP


def test_feeder_money_enters_the_bound() -> None:
    # Terminal 60 km from the village, line 1.00 per km, 47 seats: 120 km there and back, 120.00 / 47 per head at least.
    points = {**ONE_ROAD, "t0": (0.0, 60.0, "home"), "g0": (900.0, 0.0, "city")}
    train = make_train("T1", (("t0", 700), ("g0", 900)), 100, seat_minor=100)
    fleet = (make_line("line", "c48", "d0", km=100),)
    builder = one_road(points=points, services=(train,), fleet=fleet)
    builder.add(47, "b0", "g0")
    # 47 × 1.00 + one feeder coach of 120 km × 1.00; a direct coach would cost 1,800 km × 1.00.
    # Rounding of the duty's km may take off half a minor unit.
    assert bound_of(builder.make()).bound_minor in (4_700 + 12_000 - 1, 4_700 + 12_000)


def test_shares_of_corridors_add_up_to_the_bound() -> None:
    points = {**ONE_ROAD, "g1": (0.0, 300.0, "port")}
    builder = one_road(points=points)
    builder.add(30, "b0", "g0")
    builder.add(20, "b0", "g1")
    result = bound_of(builder.make())
    assert sum(share for share, _ in result.by_corridor.values()) == result.bound_minor == 2 * LUMP
    assert sum(workers for _, workers in result.by_corridor.values()) == 50


def test_stopped_at_once_a_weaker_bound_is_still_a_bound() -> None:
    builder = one_road()
    for size in (20, 20, 14):
        builder.add(size, "b0", "g0")
    world = builder.make()
    result = find_bound(
        world.scenario, world.context, world.demand, world.costs, world.alternatives,
        lambda board, site: (), STANDARD, lambda phase, value: False,
    )  # fmt: skip
    # Full coaches only: 54/47 of 1,000.00, rounded up to a whole minor unit.
    assert 114_893 <= result.bound_minor <= 114_894
    assert result.method == "full coaches"


def test_nobody_to_carry_costs_nothing() -> None:
    assert bound_of(one_road().make()).bound_minor == 0


def test_the_same_input_gives_the_same_bound() -> None:
    builder = one_road()
    for i in range(6):
        builder.add(5 + i, "b0", "g0", (i % 3, i % 3 + 1))
    assert bound_of(builder.make()) == bound_of(builder.make())


@pytest.mark.parametrize(("factor", "holds"), [(1.0, True), (1.01, False)])
def test_prices_one_percent_too_high_are_found_out(factor: float, holds: bool) -> None:
    builder = one_road()
    for i in range(6):
        builder.add(12 + i, "b0", "g0")
    world = builder.make()
    corridors = make_corridors(world.scenario, world.context, world.demand, STANDARD)
    problem = make_problem(
        world.scenario, world.context, corridors, (), Fleets(world.scenario), world.alternatives, STANDARD
    )
    proof = prove_bound(problem, make_first_duals(problem))
    wrong = scale_duals(problem, proof.duals, [factor])
    assert (verify_duals(problem, wrong, world.costs) <= 1 + 1e-6) is holds


def test_clusters_of_places_keep_the_bound_below_the_exact_one() -> None:
    points = {**ONE_ROAD, **{f"b{i}": (float(7 * i), 9.0, "home") for i in range(1, 9)}}
    fleet = (make_line("line", "c48", "d0", km=100),)
    builder = one_road(points=points, fleet=fleet)
    for i in range(9):
        builder.add(20 + i, f"b{i}", "g0")
    world = builder.make()
    exact = bound_of(world).bound_minor
    coarse = find_bound(
        world.scenario, world.context, world.demand, world.costs, world.alternatives,
        lambda board, site: (), replace(STANDARD, most_board_sets=20, most_skeletons=20), lambda phase, value: True,
    )  # fmt: skip
    assert 0 < coarse.bound_minor <= exact


def test_a_cut_cannot_pay_for_more_than_the_coach_itself() -> None:
    # 12 people on day 1 need two coaches of 10 seats: 60 km at 3.00 + 500.00 = 680.00 each, 30.00 allowance a head;
    # one person on day 0 stays for 370.01: 2 × 680.00 + 12 × 30.00 + 370.01 = 2,090.01, the cheapest plan.
    points = {**ONE_ROAD, "g0": (60.0, 0.0, "city")}
    fleet = (make_line("line", "c11", "d0", day=40_000, km=300, driver=10_000, returns=False),)
    rates = Rates(lateness_day_minor=2_000, allowance_day_minor=3_000, unserved_minor={"": 37_001})
    builder = one_road(points=points, fleet=fleet, types=(make_type("c11", 11),), rates=rates)
    builder.add(8, "b0", "g0", (1, 1))
    builder.add(1, "b0", "g0", (0, 0))
    builder.add(4, "b0", "g0", (1, 1))
    # The search for prices may stop 0.02 % short of the cheapest, never above it.
    assert 209_001 * (1 - STANDARD.gap_ratio) <= bound_of(builder.make()).bound_minor <= 209_001
