"""A part of a scenario holds what its workers need and nothing of the others."""

from __future__ import annotations

import dataclasses
import pickle
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from dispatch.clearance.parties import make_parties
from dispatch.clearance.windows import make_clearance
from dispatch.model.scenario import Lock, LockKind, Scenario
from dispatch.model.slicing import Slicer, take_workers
from dispatch.planning.loading import load_scenario

SCENARIOS = Path(__file__).resolve().parents[3] / "scenarios"


@pytest.fixture(scope="module")
def yangxian() -> Scenario:
    scenario = load_scenario(SCENARIOS / "yangxian").scenario
    assert scenario is not None
    return scenario


def test_a_part_has_its_workers_with_their_papers_in_roster_order(yangxian: Scenario) -> None:
    part = take_workers(yangxian, np.array([7, 3, 2000]))
    assert part.workers["worker_id"].tolist() == yangxian.workers["worker_id"].iloc[[3, 7, 2000]].tolist()
    assert part.health["worker_id"].tolist() == part.workers["worker_id"].tolist()
    whole = yangxian.health.set_index("worker_id").loc[part.health["worker_id"]]
    assert part.health["date"].tolist() == whole["date"].tolist()


def test_papers_in_another_order_and_several_a_worker_find_their_worker(yangxian: Scenario) -> None:
    few = yangxian.health.iloc[:20]
    shuffled = pd.concat([few, few], ignore_index=True).iloc[np.random.default_rng(3).permutation(40)]
    scenario = dataclasses.replace(yangxian, health=shuffled.reset_index(drop=True))
    wanted = {scenario.workers["worker_id"].iloc[5], scenario.workers["worker_id"].iloc[19]}
    part = take_workers(scenario, np.array([5, 19]))
    assert part.health["worker_id"].value_counts().to_dict() == dict.fromkeys(wanted, 2)


def test_a_part_knows_every_place_it_names_and_no_other_site(yangxian: Scenario) -> None:
    part = take_workers(yangxian, np.arange(40))
    places, regions = part.geography.places, part.geography.regions
    named = {*part.workers["home_place_id"], *part.workers["boarding_place_id"], *part.terminals}
    named |= {site.place_id for site in part.geography.sites.values()}
    named |= {line.depot_place_id for line in part.fleet}
    assert named <= set(places)
    assert {place.region_id for place in places.values()} <= set(regions)
    assert {line.registered_region_id for line in part.fleet} - {""} <= set(regions)
    assert set(part.geography.sites) == set(part.workers["site_id"])
    assert len(places) < len(yangxian.geography.places)
    for place in places.values():
        area = yangxian.geography.get_destination_area(place.region_id)
        assert part.geography.get_destination_area(place.region_id) == area


def test_clearance_and_parties_of_a_part_are_those_of_the_whole(yangxian: Scenario) -> None:
    whole = make_parties(yangxian, make_clearance(yangxian)).parties
    chosen = set(whole["party_key"].iloc[100:160])
    positions = np.flatnonzero(yangxian.workers["party_id"].isin(chosen).to_numpy(dtype=bool))
    part = take_workers(yangxian, positions)
    found = make_parties(part, make_clearance(part)).parties
    expected = whole.iloc[100:160].reset_index(drop=True)
    for name in expected.columns:
        assert found[name].tolist() == expected[name].tolist(), name


def test_locks_that_name_somebody_else_are_dropped(yangxian: Scenario) -> None:
    a, b, c = yangxian.workers["worker_id"].iloc[[0, 1, 2]]
    locks = (
        Lock(kind=LockKind.DATE, worker_id=a, value="2020-03-02"),
        Lock(kind=LockKind.TOGETHER, worker_id=a, value=b),
        Lock(kind=LockKind.APART, worker_id=b, value=c),
        Lock(kind=LockKind.MODE, worker_id=c, value="bus"),
    )
    part = take_workers(yangxian.replace(locks=locks), np.array([0, 1]))
    assert part.locks == locks[:2]


def test_a_part_of_nobody_is_a_scenario(yangxian: Scenario) -> None:
    part = take_workers(yangxian, np.array([], dtype=np.int64))
    assert len(part.workers) == len(part.health) == 0
    assert part.workers.dtypes["worker_id"] == yangxian.workers.dtypes["worker_id"]
    assert part.geography.sites == {}


def test_a_part_comes_back_whole_from_a_small_pickle(yangxian: Scenario) -> None:
    part = Slicer(yangxian).take(np.arange(1000))
    packed = pickle.dumps(part, protocol=5)
    again = pickle.loads(packed)
    pd.testing.assert_frame_equal(again.workers, part.workers)
    assert again.geography == part.geography
    # 3 MB for 4,000 workers: at most 750 bytes a worker.
    assert len(packed) < 750 * 1000
