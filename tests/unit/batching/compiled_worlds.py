"""Random and hand-made corridors as the compiled search sees them and as routing sees them."""

from __future__ import annotations

import random
from dataclasses import dataclass

import numpy as np
from bound_worlds import FIRST, LAST, World, WorldBuilder, make_frames, make_line, make_type

from dispatch.batching.columns import Columns, make_columns
from dispatch.batching.compiled import arrays
from dispatch.batching.compiled.arrays import Corridor
from dispatch.files.profiles import read_policy
from dispatch.model.scenario import Limits, Rates, Scenario

PENALTIES = {"": 3_000_000}


@dataclass(frozen=True)
class Twin:
    """One world twice: nouns with their routing, and columns with the arrays of their corridors."""

    world: World
    scenario: Scenario
    columns: Columns

    def make_corridor(self) -> Corridor:
        """Arrays of the whole demand, which must be one corridor."""
        assert len(self.columns.corridors) == 1
        whole = arrays.World(self.scenario, self.columns, dict(self.scenario.rates.unserved_minor))
        return whole.make_corridor(np.arange(len(self.columns.size)))


def make_twin(builder: WorldBuilder) -> Twin:
    """Both views of what a builder holds."""
    world = builder.make()
    scenario, parties, _ = make_frames(world)
    return Twin(world, scenario, make_columns(scenario, parties))


def make_random_twin(profile: str, seed: int, coaches: int = 0) -> Twin:
    """One corridor under the rules of a profile: two counties of one pickup group, three gates of one city.

    Pickups lie within 250 km, gates 150 to 1,500 km away, so that one-day trips, night halts, trips of several days
    and villages that cannot be reached by day all occur. ``coaches`` of each line per day, 0 = without limit.
    """
    rng = random.Random(f"{profile}/{seed}")
    policy, _ = read_policy((profile,), {}, FIRST, LAST)
    far = rng.choice((150, 400, 800, 1_500))
    spots = {
        **{
            f"v{i}": (rng.uniform(0, 250), rng.uniform(0, 250), rng.choice(("HOME", "BESIDE")))
            for i in range(4)
        },
        **{f"g{i}": (far + rng.uniform(0, 150), rng.uniform(0, 200), "CITY") for i in range(3)},
        "d0": (rng.uniform(0, 200), rng.uniform(0, 200), "HOME"),
        "d1": (far + 50.0, 50.0, "CITY"),
    }
    counts = [(-1, 40, coaches)] if coaches else []
    builder = WorldBuilder(
        points=spots,
        groups={"HOME": "HILLS", "BESIDE": "HILLS"},
        speed=rng.choice((60.0, 75.0)),
        rules=policy.drivers,
        values=policy.values,
        limits=Limits(
            max_pickups=4, max_drop_offs=3, pull_out_from_min=rng.choice((0, 300, 640, 1_100)),
            max_detour_min=rng.choice((None, 180)), max_ride_min=rng.choice((None, 1_500)),
            dwell_pickup_min=rng.choice((0, 15, 30)), dwell_drop_min=rng.choice((0, 15, 45)),
        ),
        rates=Rates(
            lateness_day_minor=2_000, allowance_day_minor=6_000, ride_h_minor=799, unserved_minor=PENALTIES
        ),
        types=(make_type("small", 19), make_type("large", 53)),
        fleet=(
            make_line("home", "large", "d0", day=130_000, km=501, driver=30_000, counts=counts),
            make_line("mini", "small", "d0", day=70_000, km=333, driver=30_000, counts=counts),
            make_line("away", "large", "d1", day=120_000, km=450, driver=30_000, counts=counts, returns=False),
            make_line("lump", "small", "d0", lump=900_000, counts=counts),
        ),
        hours={"g0": (480, 1_080), "g1": (1_320, 1_440)},
    )  # fmt: skip
    for i in range(30):
        first = rng.randrange(0, 6)
        builder.add(
            rng.choice((1, 1, 2, 3, 6)), f"v{i % 4 if i < 4 else rng.randrange(4)}", f"g{i % 3}",
            (first, first + rng.randrange(0, 4)),
        )  # fmt: skip
    return make_twin(builder)
