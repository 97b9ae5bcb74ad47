"""The compiled search of a district: lawful trips within the fleet, repeatable, and cheap where a hand can check it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from bound_worlds import WorldBuilder, make_frames, make_line, make_type
from compiled_worlds import Twin, make_random_twin, make_twin

from dispatch.batching.columns import make_columns
from dispatch.batching.compiled.district import CoachTrips, DistrictEffort, search_district

#: Seven rounds: one recombination of the trips seen is among them.
EFFORT = DistrictEffort(rounds=7, steps_per_trip=3.0)
COACHES = 2
CASES = [("none", 1), ("cn-normal", 2), ("cn-2020-covid", 3), ("eu-561", 6), ("cn-2020-covid", 5)]


def search(
    twin: Twin, penalties: dict[str, int] | None = None, effort: DistrictEffort = EFFORT, seed: int = 1
) -> CoachTrips:
    """Trips found when nobody stops the search."""
    worth = penalties or dict(twin.scenario.rates.unserved_minor)
    return search_district(twin.scenario, twin.columns, worth, effort, seed, lambda cost: True)


def price_by_planner(twin: Twin, found: CoachTrips) -> int:
    """Cost of the same trips by the planner's own arithmetic, which refuses an unlawful one."""
    units, each = twin.world.demand.units, twin.scenario.rates.unserved_minor[""]
    total = each * int(twin.columns.size[found.trip_of < 0].sum())
    for t, (line, day) in enumerate(zip(found.line_ids, found.day, strict=True)):
        aboard = tuple(units[i] for i in np.flatnonzero(found.trip_of == t))
        assert aboard
        trip = twin.world.costs.evaluate(line, int(day), aboard)
        assert trip is not None, f"trip {t} of {line} on day {day} is not lawful"
        total += trip.cost_minor
    return total


@pytest.mark.parametrize(("profile", "seed"), CASES)
def test_every_trip_of_a_random_district_is_lawful_and_priced_as_the_planner_prices_it(
    profile: str, seed: int
) -> None:
    twin = make_random_twin(profile, seed, coaches=COACHES)
    found = search(twin)
    assert len(found.trip_of) == len(twin.columns.size)
    assert len(found.line_ids) > 0
    # The planner tries every order of stops, so it may be cheaper, and rounds half units to the even neighbour.
    expected = price_by_planner(twin, found)
    assert expected - 100 <= found.cost_minor <= expected * 1.01
    assert found.left_behind == twin.columns.size[found.trip_of < 0].sum()


@pytest.mark.parametrize(("profile", "seed"), CASES)
def test_no_day_has_more_coaches_of_a_line_out_than_stand_there(profile: str, seed: int) -> None:
    twin = make_random_twin(profile, seed, coaches=COACHES)
    found = search(twin)
    returns = {line.id: line.returns for line in twin.scenario.fleet}
    out: Counter[tuple[str, int]] = Counter()
    for line, day, away in zip(found.line_ids, found.day.tolist(), found.days_away.tolist(), strict=True):
        assert away >= 1
        # A coach that does not come home is gone to the end of the horizon (day 15).
        for at in range(day, day + away if returns[line] else max(day + away, 16)):
            out[line, at] += 1
    assert max(out.values()) <= COACHES


def test_the_same_seed_gives_the_same_trips() -> None:
    twin = make_random_twin("cn-2020-covid", 7, coaches=COACHES)
    one, two = search(twin), search(twin)
    assert one.line_ids == two.line_ids
    assert one.cost_minor == two.cost_minor
    for name in ("day", "days_away", "trip_of"):
        assert getattr(one, name).tolist() == getattr(two, name).tolist()


def test_more_rounds_are_never_dearer_than_the_first_plan() -> None:
    twin = make_random_twin("cn-normal", 8, coaches=COACHES)
    heard: list[int] = []

    def stop_at_once(cost: int) -> bool:
        heard.append(cost)
        return False

    first = search_district(
        twin.scenario, twin.columns, dict(twin.scenario.rates.unserved_minor), EFFORT, 1, stop_at_once
    )
    assert heard == [first.cost_minor]
    assert price_by_planner(twin, first) > 0
    assert search(twin).cost_minor <= first.cost_minor


def make_road(parties: list[tuple[int, str]], coaches: int = 1) -> Twin:
    """d0 - 60 km - v0 - 120 km - g0 (and h: another city at the same spot) at 60 km/h; coaches of 20 places.

    One run costs 100,000 for the day, 20,000 for the driver and 360 km x 300: 228,000. ``parties``: size and gate, on
    day 0 only.
    """
    builder = WorldBuilder(
        points={"d0": (0, 0, "HOME"), "v0": (60, 0, "HOME"), "g0": (180, 0, "CITY"), "gh": (180, 0, "TOWN")},
        types=(make_type("bus", 20),),
        fleet=(
            make_line(
                "bus", "bus", "d0", day=100_000, km=300, driver=20_000, counts=[(-1, 40, coaches)]
            ),
        ),
    )  # fmt: skip
    for size, gate in parties:
        builder.add(size, "v0", gate)
    return make_twin(builder)


def test_three_people_ride_where_leaving_them_is_dearer_than_the_coach() -> None:
    found = search(make_road([(3, "g0")]), {"": 80_000})
    # 3 x 80,000 = 240,000 is more than 228,000.
    assert (found.line_ids, found.cost_minor, found.left_behind) == (("bus",), 228_000, 0)
    assert found.trip_of.tolist() == [0]
    assert (found.day.tolist(), found.days_away.tolist()) == ([0], [1])


def test_three_people_stay_where_leaving_them_is_cheaper_than_the_coach() -> None:
    found = search(make_road([(3, "g0")]), {"": 70_000})
    assert (found.line_ids, found.cost_minor, found.left_behind) == ((), 210_000, 3)


def test_nineteen_singles_share_one_coach_and_the_twentieth_stays() -> None:
    # 20 approved, one of them drives.
    found = search(make_road([(1, "g0")] * 20), {"": 80_000})
    assert (found.cost_minor, found.left_behind) == (228_000 + 80_000, 1)


def test_a_second_coach_is_taken_for_as_many_as_pay_for_it() -> None:
    # 19 + 11 people: 11 x 80,000 is more than a second run.
    found = search(make_road([(1, "g0")] * 30, coaches=2), {"": 80_000})
    assert (found.cost_minor, found.left_behind) == (2 * 228_000, 0)


def test_one_coach_serves_the_dearer_of_two_groups_of_one_road() -> None:
    twin = make_road([(12, "g0"), (12, "g0")])
    scenario, parties, _ = make_frames(twin.world)
    columns = make_columns(scenario, parties.assign(priority_class=["", "poor"]))
    found = search(replace(twin, columns=columns), {"": 50_000, "poor": 75_000})
    # The one who is left behind costs 12 x 50,000.
    assert found.trip_of.tolist() == [-1, 0]
    assert found.cost_minor == 228_000 + 600_000


def test_one_coach_goes_to_the_road_on_which_leaving_people_is_dearer() -> None:
    twin = make_road([(14, "g0"), (12, "gh")])
    scenario, parties, _ = make_frames(twin.world)
    columns = make_columns(scenario, parties.assign(priority_class=["", "poor"]))
    assert len(columns.corridors) == 2
    # The first road has more people and gets the coach at first; it saves 14 x 20,000 - 228,000 = 52,000 there and
    # 12 x 40,000 - 228,000 = 252,000 on the other, so the price of the day has to bring it over.
    found = search(replace(twin, columns=columns), {"": 20_000, "poor": 40_000})
    assert found.trip_of.tolist() == [-1, 0]
    assert found.cost_minor == 228_000 + 14 * 20_000


def test_a_party_that_takes_no_coach_and_one_larger_than_any_coach_stay_behind() -> None:
    twin = make_road([(3, "g0"), (4, "g0"), (25, "g0")])
    scenario, parties, _ = make_frames(twin.world)
    columns = make_columns(scenario, parties.assign(modes=["bus", "charter|train", "bus"]))
    found = search(replace(twin, columns=columns), {"": 100_000})
    assert found.trip_of.tolist() == [0, -1, -1]
    assert found.cost_minor == 228_000 + (4 + 25) * 100_000


def test_a_district_without_coaches_leaves_everybody_behind() -> None:
    twin = make_road([(3, "g0")])
    found = search(replace(twin, scenario=twin.scenario.replace(fleet=())), {"": 100_000})
    assert (found.line_ids, found.left_behind, found.cost_minor) == ((), 3, 300_000)


def test_a_district_without_people_has_no_trips() -> None:
    twin = make_road([(3, "g0")])
    empty = twin.columns.take(np.zeros(0, dtype=np.int64))
    found = search(replace(twin, columns=empty), {"": 100_000})
    assert (found.line_ids, found.left_behind, found.cost_minor) == ((), 0, 0)
