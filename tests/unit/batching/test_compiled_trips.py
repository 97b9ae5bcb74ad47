"""The compiled clock, prices and seats of a coach trip say what routing says for the same order of stops."""

from __future__ import annotations

import random
from collections.abc import Iterator

import numpy as np
import pytest
from bound_worlds import WorldBuilder, make_line, make_type
from compiled_worlds import Twin, make_random_twin, make_twin

from dispatch.batching.compiled.arrays import Corridor
from dispatch.batching.compiled.clock import MOST_STRETCHES, run_timetable
from dispatch.batching.compiled.layout import (
    ARRIVE,
    BOARD,
    CAPACITY,
    CASH,
    DAY,
    DAYS_AWAY,
    DEPART,
    DRIVERS,
    DROP,
    DROPS,
    LINE,
    LOAD,
    PEOPLE,
    PICK,
    PICKUPS,
    ROW,
    UNIT,
    UNITS,
    Ints,
)
from dispatch.batching.compiled.rows import NEVER, complete, find_capacity, price_head
from dispatch.model.policy import DriverRules
from dispatch.routing.trips import TripShape, make_direct_trip

PROFILES = ("none", "cn-normal", "cn-2020-covid", "eu-561", "us-motorcoach")
SEEDS = range(6)
#: Orders of stops asked of each random corridor.
ORDERS = 40


def make_row(
    corridor: Corridor, line: int, day: int, pickups: tuple[str, ...], drops: tuple[str, ...]
) -> Ints:
    """Row of an empty trip."""
    row = np.zeros(ROW, dtype=np.int64)
    row[LINE], row[DAY], row[PICKUPS], row[DROPS] = line, day, len(pickups), len(drops)
    first = corridor.spans[0]
    at = {place: i for i, place in enumerate(corridor.place_ids) if i >= first}
    row[PICK : PICK + len(pickups)] = [at[place] for place in pickups]
    row[DROP : DROP + len(drops)] = [at[place] for place in drops]
    return row


def run(corridor: Corridor, row: Ints) -> bool:
    """Timetable of a row, in place; False where unlawful."""
    return bool(run_timetable(corridor.net, corridor.lines, row, np.zeros((MOST_STRETCHES, 2), np.int64)))


def list_orders(twin: Twin, corridor: Corridor, seed: int) -> Iterator[tuple[Ints, TripShape | None]]:
    """(row, shape by routing) of random orders of stops on random lines and days."""
    rng = random.Random(seed)
    boards = corridor.place_ids[corridor.spans[0] : corridor.spans[1]]
    gates = corridor.place_ids[corridor.spans[1] :]
    for _ in range(ORDERS):
        line = rng.randrange(len(corridor.line_numbers))
        pickups = tuple(rng.sample(boards, rng.randint(1, len(boards))))
        drops = tuple(rng.sample(gates, rng.randint(1, len(gates))))
        fleet_id = twin.scenario.fleet[corridor.line_numbers[line]].id
        yield (
            make_row(corridor, line, rng.randrange(0, 9), pickups, drops),
            make_direct_trip(twin.world.context, fleet_id, pickups, drops),
        )


@pytest.mark.parametrize("profile", PROFILES)
def test_the_timetable_and_cash_of_random_orders_are_those_of_routing(profile: str) -> None:
    lawful = unlawful = 0
    for seed in SEEDS:
        twin = make_random_twin(profile, seed)
        corridor = twin.make_corridor()
        for row, shape in list_orders(twin, corridor, seed):
            assert run(corridor, row) == (shape is not None)
            if shape is None:
                unlawful += 1
                continue
            lawful += 1
            p, g = len(shape.pickups), len(shape.drops)
            assert tuple(row[BOARD : BOARD + p]) == shape.board_min
            assert tuple(row[DEPART : DEPART + p]) == shape.depart_min
            assert tuple(row[ARRIVE : ARRIVE + g]) == shape.arrive_min
            assert row[DAYS_AWAY] == shape.days
            # Routing looks for a duty table where the greedy one fails, compiled code takes one driver more.
            more = int(row[DRIVERS]) - shape.drivers
            assert 0 <= more <= 1
            line = twin.world.context.lines[shape.fleet_id]
            extra = 0 if line.tariff.lump_trip_minor is not None else more * shape.days * 30_000
            # Half a unit is rounded up here, to the even neighbour there.
            assert abs(int(row[CASH]) - shape.cash_minor - extra) <= 1
    assert lawful > 20
    assert unlawful > 0


@pytest.mark.parametrize("profile", PROFILES)
def test_seats_and_costs_per_head_are_those_of_the_planner(profile: str) -> None:
    priced = refused = 0
    for seed in SEEDS:
        twin = make_random_twin(profile, seed)
        corridor, costs = twin.make_corridor(), twin.world.costs
        for row, shape in list_orders(twin, corridor, seed):
            if shape is None or not run(corridor, row):
                continue
            day = int(row[DAY])
            if row[DRIVERS] == shape.drivers:
                assert find_capacity(corridor.net, corridor.lines, row) == costs.get_capacity(shape, day)
            for u, party in enumerate(twin.world.demand.parties):
                if party.cell.board not in shape.pickups or party.cell.gate not in shape.drops:
                    continue
                price = int(price_head(corridor.net, corridor.units, row, u))
                expected = costs.find_cost_per_head(shape, day, party.cell)
                if expected is None:
                    assert price == NEVER
                    refused += 1
                else:
                    assert abs(price - expected) <= 1
                    priced += 1
    assert priced > 20
    assert refused > 20


def make_road(**changes: object) -> Twin:
    """d0 - 60 km - v0 - 120 km - g0 on a straight road at 60 km/h; one party of three; a coach of 20 places."""
    builder = WorldBuilder(
        points={"d0": (0, 0, "HOME"), "v0": (60, 0, "HOME"), "g0": (180, 0, "CITY")},
        types=(make_type("bus", 20),),
        fleet=(make_line("bus", "bus", "d0", day=100_000, km=300, driver=20_000),),
        **changes,  # type: ignore[arg-type]
    )
    builder.add(3, "v0", "g0", (0, 2))
    return make_twin(builder)


def test_a_straight_road_gives_the_timetable_and_cash_worked_out_by_hand() -> None:
    corridor = make_road().make_corridor()
    row = make_row(corridor, 0, 0, ("v0",), ("g0",))
    row[UNITS], row[UNIT], row[LOAD] = 1, 0, 3
    assert complete(
        corridor.net, corridor.lines, corridor.units, row, np.zeros((MOST_STRETCHES, 2), np.int64)
    )
    # Out 05:00, v0 06:00 = 360, aboard until 06:15 = 375, 120 min, gate 08:15 = 495; home 08:30 + 3 h, the same day.
    assert (row[BOARD], row[DEPART], row[ARRIVE]) == (360, 375, 495)
    assert (row[DAYS_AWAY], row[DRIVERS]) == (1, 1)
    # 100,000 + 20,000 + (60 + 120 + 180) km x 300
    assert row[CASH] == 228_000
    # 20 approved, one of them the driver.
    assert row[CAPACITY] == 19
    assert row[PEOPLE] == 0


def test_a_second_day_late_costs_every_head_of_the_party() -> None:
    corridor = make_road().make_corridor()
    row = make_row(corridor, 0, 2, ("v0",), ("g0",))
    row[UNITS], row[UNIT], row[LOAD] = 1, 0, 3
    assert complete(
        corridor.net, corridor.lines, corridor.units, row, np.zeros((MOST_STRETCHES, 2), np.int64)
    )
    # Two days at 4,000 for each of three.
    assert row[PEOPLE] == 24_000


def test_a_coach_that_is_too_small_for_its_load_is_not_lawful() -> None:
    corridor = make_road().make_corridor()
    row = make_row(corridor, 0, 0, ("v0",), ("g0",))
    row[UNITS], row[UNIT], row[LOAD] = 1, 0, 20
    stretches = np.zeros((MOST_STRETCHES, 2), np.int64)
    assert not complete(corridor.net, corridor.lines, corridor.units, row, stretches)


def test_six_drivers_are_not_enough_for_an_hour_each_in_a_day() -> None:
    # 60 km/h and breaks of 20 min after 60 min: 1,080 driving minutes in the worst day, six drivers keep 360 of them.
    rules = DriverRules(continuous_day_max_min=60, break_min=20, rolling_24h_max_min=60)
    builder = WorldBuilder(
        points={"d0": (0, 0, "HOME"), "v0": (60, 0, "HOME"), "g0": (1_500, 0, "CITY")},
        rules=rules,
        types=(make_type("bus", 20),),
        fleet=(make_line("bus", "bus", "d0", day=100_000),),
    )
    builder.add(3, "v0", "g0")
    twin = make_twin(builder)
    assert make_direct_trip(twin.world.context, "bus", ("v0",), ("g0",)) is None
    corridor = twin.make_corridor()
    assert not run(corridor, make_row(corridor, 0, 0, ("v0",), ("g0",)))
