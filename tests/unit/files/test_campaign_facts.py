"""The generated campaigns: totals as reported, the same roster from the same seed, fleets of a stated tightness."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from dispatch.errors import UsageError
from dispatch.files.format import read_scenario
from dispatch.files.profiles import read_policy
from dispatch.files.source import hash_frame
from dispatch.files.synthesis import make_generated_tables, synthesize
from dispatch.files.synthesis_demand import Cells, OriginWeights, draw_cells, draw_waves
from dispatch.files.synthesis_facts import Facts, read_facts
from dispatch.files.synthesis_fleet import find_days_away
from dispatch.model.scenario import Scenario
from dispatch.model.supply import Mode
from dispatch.network.resolver import make_resolver
from dispatch.planning.loading import load_scenario

SCENARIOS = Path(__file__).resolve().parents[3] / "scenarios"
#: Campaign, people as reported, first words of the reported value, and its batches or runs.
TOTALS = (
    ("zhenping", 45_957, "45,957"),
    ("qianxinan", 40_000, "40,000"),
    ("fangcheng", 350_000, "350,000"),
    ("nanyang", 1_230_000, "1,230,000"),
    ("yunnan", 1_567_800, "1,567,800"),
)
NAMES = tuple(name for name, _, _ in TOTALS)


def read(campaign: str) -> Facts:
    return read_facts(SCENARIOS / campaign / "facts.yaml")


def load_small(campaign: str, scale: float) -> Scenario:
    """Scenario of a campaign with fewer people, made in memory."""
    made = make_generated_tables(read(campaign), scale=scale)
    result = read_scenario(SCENARIOS / campaign, make_resolver(), read_policy, made_files=made)
    assert not result.has_errors
    assert result.scenario is not None
    return result.scenario


@pytest.mark.parametrize(("campaign", "people", "shown"), TOTALS)
def test_the_roster_is_as_large_as_the_reported_number(campaign: str, people: int, shown: str) -> None:
    facts = read(campaign)
    assert facts.roster.total == people
    reported = next(figure for figure in facts.facts if figure.key == "people")
    assert reported.value.startswith(shown)


@pytest.mark.parametrize(
    ("campaign", "key", "number"),
    [
        ("zhenping", "batches", "1,225"),
        ("fangcheng", "batches", "3,697"),
        ("qianxinan", "coach_trips", "1,500"),
    ],
)
def test_reported_batches_and_runs_stand_beside_the_people(campaign: str, key: str, number: str) -> None:
    assert next(f.value for f in read(campaign).facts if f.key == key).startswith(number)


def test_vehicles_of_yunnan_are_not_compared_with_coach_runs() -> None:
    keys = {figure.key for figure in read("yunnan").facts}
    assert not keys & {"coaches", "coach_trips", "bus_trips", "buses", "vehicles", "trips"}


@pytest.mark.parametrize("campaign", NAMES)
def test_the_same_seed_gives_the_same_people_and_another_seed_others(campaign: str) -> None:
    facts = read(campaign)
    first, again, other = (make_generated_tables(facts, seed=seed, scale=0.002) for seed in (1, 1, 2))
    assert {name: hash_frame(table) for name, table in first.items() if name != "places.csv"}.keys() >= {
        "workers.csv", "health.csv", "fleet.csv",
    }  # fmt: skip
    for name in ("workers.csv", "health.csv"):
        assert hash_frame(first[name]) == hash_frame(again[name]) != hash_frame(other[name])
        pd.testing.assert_frame_equal(first[name], again[name])
    assert len(first["workers.csv"]) == len(other["workers.csv"]) == round(facts.roster.total * 0.002)


@pytest.mark.parametrize("campaign", NAMES)
def test_a_small_campaign_is_read_without_an_error_and_nobody_is_lost(campaign: str) -> None:
    scenario = load_small(campaign, 0.002)
    assert len(scenario.workers) == round(read(campaign).roster.total * 0.002)
    assert set(scenario.workers["boarding_place_id"]) <= set(scenario.geography.places)
    assert set(scenario.workers["site_id"]) <= set(scenario.geography.sites)
    counties = {
        scenario.geography.get_county(place) for place in scenario.workers["boarding_place_id"].unique()
    }
    assert counties <= {line.registered_region_id for line in scenario.fleet}


def test_frames_and_the_files_written_from_them_are_the_same_scenario(tmp_path: Path) -> None:
    synthesize(SCENARIOS / "zhenping" / "facts.yaml", tmp_path, scale=0.01)
    written = load_scenario(tmp_path).scenario
    assert written is not None
    made = load_small("zhenping", 0.01)
    pd.testing.assert_frame_equal(made.workers, written.workers)
    pd.testing.assert_frame_equal(made.health, written.health)
    assert made.geography == written.geography
    assert made.fleet == written.fleet


def test_yunnan_has_28_flights_and_72_trains() -> None:
    services = load_small("yunnan", 0.001).services
    assert sum(service.mode is Mode.CHARTER for service in services) == 28
    assert sum(service.mode is Mode.TRAIN for service in services) == 72


def test_yunnan_sends_33_per_cent_to_kunming_and_11_to_the_yangtze_delta() -> None:
    workers = make_generated_tables(read("yunnan"), scale=0.05)["workers.csv"]
    share = workers["site"].astype(str).str.slice(0, 3).value_counts(normalize=True)
    kunming = workers["site"].astype(str).str.startswith("C5301-").mean()
    assert kunming == pytest.approx(0.33, abs=0.0001)
    # Yangtze Delta: Shanghai (31), Jiangsu (32), Zhejiang (33) and Anhui (34).
    assert share[["C31", "C32", "C33", "C34"]].sum() == pytest.approx(0.11, abs=0.0001)


@pytest.mark.parametrize(("road_km", "days"), [(0, 1), (570, 1), (571, 2), (1290, 2), (1300, 3), (2011, 4)])
def test_a_coach_is_away_on_every_date_it_touches(road_km: float, days: int) -> None:
    # Pull-out 05:00 at 60 km/h: 570 km there and back are 19 h, to 24:00; 1,290 km end at 48:00; 2,010 km at 72:00.
    assert find_days_away(np.array([float(road_km)]), 60.0).tolist() == [days]


def make_one_county_facts(**changes: Any) -> Facts:
    """820 people of one county to one city 5 degrees of latitude away, on 2 to 6 March."""
    kind = {
        "type": "coach53",
        "share": 1,
        "seats": 41,
        "day_rate": 1000,
        "km_rate": 5,
        "driver_day_rate": 300,
    }
    document: dict[str, Any] = {
        "name": "small",
        "roster": {"total": 820, "first_service_date": "2020-03-02", "last_service_date": "2020-03-06"},
        "origins": {
            "counties": [{"region": "411324", "name": "甲县", "lat": 30.0, "lon": 112.0, "townships": 2}]
        },
        "destinations": {
            "areas": [{"name": "乙市", "region": "410100", "lat": 35.0, "lon": 112.0, "sites": 3}]
        },
        "fleet": {"tightness": 2.2, "variants": {"roomy": 4.4}, "types": [kind]},
    }
    return Facts.model_validate(document | changes)


@pytest.mark.parametrize(("variant", "coaches"), [("", 18), ("roomy", 36)])
def test_the_fleet_is_tightness_times_the_mean_need(variant: str, coaches: int) -> None:
    # 5 x 111.2 km x 1.3 = 722.8 km: 5 + 24.1 h, 2 days. 820 people / 41 seats x 2 days / 5 days = 8 coaches a day.
    # 2.2 x 8 = 17.6 and 4.4 x 8 = 35.2, rounded up.
    fleet = make_generated_tables(make_one_county_facts(), variant=variant)["fleet.csv"]
    assert fleet["count"].tolist() == [coaches]
    assert fleet["depot"].tolist() == ["411324-depot"]


def test_kinds_of_coach_share_the_fleet_and_the_mean_of_their_seats_counts() -> None:
    # Seats (41 + 23) / 2 = 32: 820 / 32 x 2 / 5 = 10.25 coaches, x 2.2 = 22.55, so 23: 12 and 11.
    base = {"day_rate": 1, "km_rate": 1, "driver_day_rate": 1, "share": 0.5}
    kinds = [base | {"type": "coach53", "seats": 41}, base | {"type": "coach35", "seats": 23}]
    facts = make_one_county_facts(fleet={"tightness": 2.2, "types": kinds})
    assert make_generated_tables(facts)["fleet.csv"]["count"].tolist() == [12, 11]


@pytest.mark.parametrize("campaign", NAMES)
def test_every_campaign_is_tight_by_default_and_has_a_roomy_variant(campaign: str) -> None:
    facts = read(campaign)
    assert facts.fleet is not None
    assert (facts.fleet.tightness, facts.fleet.variants) == (2.2, {"roomy": 4.4})


def test_an_unknown_variant_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UsageError, match="roomy"):
        make_generated_tables(read("zhenping"), scale=0.001, variant="loose")
    with pytest.raises(UsageError, match="no variants"):
        load_scenario(SCENARIOS / "wushan", variant="roomy")


def test_waves_share_dates_within_one_township_and_site() -> None:
    # Cell 1: parties of 4, 5 and 3 begin at 0, 4 and 9; with 6 a wave the third is in the second wave. Cell 2: one party.
    cells = Cells(np.array([0, 1]), np.array([0, 0]), np.array([12, 2]))
    party = np.repeat([0, 1, 2, 3], [4, 5, 3, 2])
    assert draw_waves(cells, party, 6).tolist() == [0] * 9 + [1] * 3 + [2] * 2
    assert draw_waves(cells, party, None) is party


def test_a_site_recruits_from_no_more_counties_than_asked_for() -> None:
    facts = make_one_county_facts(
        roster={
            "total": 10, "first_service_date": "2020-03-02", "last_service_date": "2020-03-06",
            "recruits_from": [1, 9], "recruits_from_counties": [1, 2],
        }
    )  # fmt: skip
    origins = OriginWeights(np.ones(12), np.repeat(np.arange(4), 3))
    cells = draw_cells(np.random.default_rng(7), np.array([900, 900, 900]), origins, facts.roster)
    for site in range(3):
        assert len(set((cells.origin[cells.site == site] // 3).tolist())) <= 2


def test_shares_of_groups_must_add_up_to_one() -> None:
    areas = [{"name": "乙市", "region": "410100", "lat": 35.0, "lon": 112.0, "sites": 3, "group": "a"}]
    with pytest.raises(ValueError, match=r"add up to 0\.9"):
        make_one_county_facts(destinations={"areas": areas, "shares": {"a": 0.9}})
