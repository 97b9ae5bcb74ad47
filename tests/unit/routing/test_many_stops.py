"""Many pickups and one end: answers known by hand, by listing everything, and the same every time."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from dispatch.routing.many_stops.problem import Kind, PickupProblem
from dispatch.routing.many_stops.solve import find_routes
from dispatch.routing.orders import _solve_compiled, _solve_exactly, find_paths


def make_star(
    rays: int, stops_per_ray: int, kinds: tuple[Kind, ...], most_stops: int | None = None
) -> PickupProblem:
    """Rays from the depot with a stop at 10, 11, 12 ... km on each; from ray to ray leads only the way through the depot."""
    spots = [(0, 0)] + [(ray, 10 + k) for ray in range(rays) for k in range(stops_per_ray)]
    km = [[abs(a[1] - b[1]) if a[0] == b[0] else a[1] + b[1] for b in spots] for a in spots]
    for i, spot in enumerate(spots):
        km[0][i] = km[i][0] = spot[1]
    people = np.array([0] + [1] * (len(spots) - 1))
    return PickupProblem(km_tenths=np.array(km) * 10, people=people, kinds=kinds, most_stops=most_stops)


SMALL = Kind(capacity=2, fixed_minor=100, km_minor=1)


def test_two_small_coaches_beat_a_dear_large_one():
    # two rays of 10 and 11 km: two small coaches 2 x (100 + 22) = 244; one large 250 + 44 = 294; four small 400 + 84
    plan = find_routes(make_star(2, 2, (SMALL, Kind(capacity=4, fixed_minor=250, km_minor=1))), "quick", 1)
    assert plan is not None and plan.is_proven
    assert plan.cost_minor == 244
    assert sorted(sorted(route.stops) for route in plan.routes) == [[1, 2], [3, 4]]


def test_a_cheap_large_coach_takes_all():
    # 150 + 44 = 194 against 244
    plan = find_routes(make_star(2, 2, (SMALL, Kind(capacity=4, fixed_minor=150, km_minor=1))), "quick", 1)
    assert plan is not None
    assert (plan.cost_minor, [route.kind for route in plan.routes]) == (194, [1])


def test_a_dearer_km_price_decides_for_the_small_coach():
    # large: 150 + 3 x 44 = 282 against 244
    plan = find_routes(make_star(2, 2, (SMALL, Kind(capacity=4, fixed_minor=150, km_minor=3))), "quick", 1)
    assert plan is not None and plan.cost_minor == 244


def test_where_coaches_run_out_the_next_kind_goes():
    # one small coach for one ray (122), the large one for the other: 250 + 22
    kinds = (
        Kind(capacity=2, fixed_minor=100, km_minor=1, available=1),
        Kind(capacity=3, fixed_minor=250, km_minor=1),
    )
    plan = find_routes(make_star(2, 2, kinds), "quick", 1)
    assert plan is not None and plan.cost_minor == 122 + 272


def test_too_few_coaches_are_no_plan():
    kinds = (Kind(capacity=2, fixed_minor=100, km_minor=1, available=1),)
    assert find_routes(make_star(2, 2, kinds), "quick", 1) is None


def test_a_stop_with_more_people_than_any_coach_takes_is_no_plan():
    problem = PickupProblem(km_tenths=np.array([[0, 10], [10, 0]]), people=np.array([0, 3]), kinds=(SMALL,))
    assert find_routes(problem, "quick", 1) is None


def test_a_limit_of_stops_splits_a_ray():
    # one ray of two stops, one stop a coach: 100 + 20 and 100 + 22
    plan = find_routes(make_star(1, 2, (SMALL,), most_stops=1), "quick", 1)
    assert plan is not None and plan.cost_minor == 242


@pytest.mark.parametrize("effort", ["quick", "standard"])
def test_six_rays_of_four_stops_take_six_full_coaches(effort: str):
    # 24 people on coaches of 4: at least 6 x 100; each ray is driven to its end and back: 6 x 26. A coach of 8 for 150 would
    # serve two rays: 3 x 150 + 6 x 26 = 606
    coach = Kind(capacity=4, fixed_minor=100, km_minor=1)
    plan = find_routes(make_star(6, 4, (coach,)), effort, 1)
    assert plan is not None and plan.cost_minor == 756
    large = Kind(capacity=8, fixed_minor=150, km_minor=1)
    plan = find_routes(make_star(6, 4, (coach, large)), effort, 1)
    assert plan is not None and plan.cost_minor == 606
    assert sorted(stop for route in plan.routes for stop in route.stops) == list(range(1, 25))


def test_the_same_seed_gives_the_same_routes():
    kinds = (Kind(capacity=3, fixed_minor=100, km_minor=1), Kind(capacity=5, fixed_minor=140, km_minor=1))
    first, second = (find_routes(make_star(8, 3, kinds), "quick", 7) for _ in range(2))
    assert first == second


def list_partitions(stops: list[int]):
    """Every way to split stops into sets."""
    if not stops:
        yield []
        return
    for rest in list_partitions(stops[1:]):
        yield [[stops[0]], *rest]
        for i, group in enumerate(rest):
            yield [*rest[:i], [stops[0], *group], *rest[i + 1 :]]


@pytest.mark.parametrize("seed", range(12))
def test_small_problems_cost_what_listing_every_answer_says(seed: int):
    rng = np.random.default_rng(seed)
    km = rng.integers(10, 400, size=(7, 7))
    people = np.array([0, *rng.integers(1, 6, size=6)])
    kinds = tuple(
        Kind(capacity=int(seats), fixed_minor=int(rng.integers(50, 400)), km_minor=int(rng.integers(5, 20)))
        for seats in (6, 10, 15)
    )
    plan = find_routes(PickupProblem(km_tenths=km, people=people, kinds=kinds), "quick", seed)

    def price(group: list[int]) -> float:
        load = people[group].sum()
        ways = (
            sum(km[a, b] for a, b in zip((0, *way), (*way, 0), strict=True)) for way in permutations(group)
        )
        shortest = min(ways)
        fits = [kind.fixed_minor + shortest * kind.km_minor / 10 for kind in kinds if kind.capacity >= load]
        return min(fits, default=float("inf"))

    best = min(sum(price(group) for group in groups) for groups in list_partitions([1, 2, 3, 4, 5, 6]))
    assert plan is not None and plan.is_proven
    assert plan.cost_minor == pytest.approx(best)


def test_both_tables_of_paths_agree():
    rng = np.random.default_rng(5)
    entry, cost = rng.integers(1, 1 << 40, size=8), rng.integers(1, 1 << 40, size=(8, 8))
    layered, compiled = _solve_exactly(entry, cost), _solve_compiled(entry, cost)
    assert {last: weight for last, (weight, _) in layered.items()} == {
        last: weight for last, (weight, _) in compiled.items()
    }


def test_thirty_stops_on_a_line_are_visited_in_order():
    # shuffled stops at 1..30 km: the shortest path from 0 that ends anywhere is 30 km long
    at = np.random.default_rng(3).permutation(np.arange(1, 31))
    ((last, (weight, path)),) = find_paths(at, abs(at[:, None] - at[None, :])).items()
    assert weight == 30
    assert [int(at[stop]) for stop in path] == list(range(1, 31)) and last == path[-1]
