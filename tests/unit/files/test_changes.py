"""What-if changes: what they alter, that they are recorded and hashed, and how a wrong one is refused."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from dispatch.errors import UsageError
from dispatch.files.changes import list_changes
from dispatch.model.scenario import Scenario
from dispatch.planning.loading import load_scenario

ROOT = Path(__file__).parents[3]
YANGXIAN = ROOT / "scenarios" / "yangxian"
MARCH_1, MARCH_3 = date(2020, 3, 1), date(2020, 3, 3)


def load(*changes: str) -> Scenario:
    scenario = load_scenario(YANGXIAN, changes=changes).scenario
    assert scenario is not None
    return scenario


def count_coaches(scenario: Scenario, line_id: str, day: date = MARCH_1) -> int | None:
    return next(line for line in scenario.fleet if line.id == line_id).find_available(day)


# fleet.csv: YX53 has 14 coaches of type coach53 at the depot in 洋县 (yangxian), HZ53 has 8 of the same type in 汉中.
@pytest.mark.parametrize(
    "path",
    [
        "fleet.yangxian.coach53",
        "fleet.洋县.coach53",
        "fleet.610723.53座大客车",
        "fleet.YX-depot.coach53",
        "fleet.YX53",
    ],
)
def test_a_line_is_named_by_region_depot_or_itself(path: str) -> None:
    scenario = load(f"{path}+=2")
    assert count_coaches(scenario, "YX53") == 16
    assert count_coaches(scenario, "HZ53") == 8


def test_coaches_are_set_added_and_taken_away() -> None:
    assert count_coaches(load("fleet.YX53=3"), "YX53") == 3
    assert count_coaches(load("fleet.YX53-=4"), "YX53") == 10
    assert count_coaches(load("fleet.YX53=3", "fleet.YX53+=1"), "YX53") == 4


def test_a_change_may_be_limited_to_dates() -> None:
    scenario = load("fleet.YX53@2020-03-03+=1")
    assert [
        count_coaches(scenario, "YX53", day) for day in (date(2020, 3, 2), MARCH_3, date(2020, 3, 4))
    ] == [14, 15, 14]


def test_limits_rates_and_rules_are_read_like_the_scenarios_own() -> None:
    scenario = load(
        "limits.max_pickups=4",
        "limits.max_detour_min=null",
        "limits.pull_out_from=06:30",
        "rates.lateness_day=20",
        "rates.ride_per_worker_h+=0.5",
        "rates.unserved.default=50000",
        "rates.own_ticket.fixed=900",
        "rules.blocked_rows.bus=0",
        "rules.drivers.break_min=30",
    )
    assert scenario.limits.max_pickups == 4
    assert scenario.limits.max_detour_min is None
    assert scenario.limits.pull_out_from_min == 6 * 60 + 30
    assert scenario.rates.lateness_day_minor == 2_000
    assert scenario.rates.ride_h_minor == 850  # scenario.yaml: 8 an hour, and half a yuan more
    assert scenario.rates.unserved_minor == {"poor": 4_000_000, "": 5_000_000}
    assert scenario.rates.own_ticket is not None
    assert scenario.rates.own_ticket.fixed_minor == 90_000
    assert scenario.policy.get_count("blocked_rows", MARCH_1, "bus", 9) == 0
    assert scenario.policy.drivers.break_min == 30


def test_a_service_is_changed_on_one_date_or_on_all() -> None:
    # services.csv: G-NJ has 90 seats at 660 on each date
    every = {s.id: s for s in load("services.G-NJ.seats+=50").services if s.id.startswith("G-NJ@")}
    assert {service.carriage_seats for service in every.values()} == {140}
    one = {
        s.id: s for s in load("services.G-NJ@2020-03-03.per_seat=500").services if s.id.startswith("G-NJ@")
    }
    assert {key for key, service in one.items() if service.seat_minor == 50_000} == {"G-NJ@2020-03-03"}


def test_changes_are_recorded_in_order_and_part_of_the_hash() -> None:
    plain, changed = load(), load("fleet.YX53+=2", "limits.max_pickups=4")
    assert list_changes(plain.assumptions) == ()
    assert list_changes(changed.assumptions) == ("fleet.YX53+=2", "limits.max_pickups=4")
    assert load(*list_changes(changed.assumptions)).content_hash == changed.content_hash
    hashes = {one.content_hash for one in (plain, changed, load("limits.max_pickups=4", "fleet.YX53+=2"))}
    assert len(hashes) == 3
    assert [one.value for one in changed.assumptions if one.table == "--set"] == [
        "YX53: 14 → 16 coaches on 2020-03-01",
        "max_pickups: 3 → 4",
    ]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("flet.YX53+=1", "Did you mean 'fleet'"),
        ("fleet.YX53", "write a path"),
        ("fleet.yangxian.coach54+=1", "fleet.YX53 (coach53)"),
        ("fleet.610700.coach53+=1", "names several lines"),
        ("fleet.YX-dept.coach53+=1", "Did you mean 'YX-depot'"),
        ("fleet.YX53-=15", "-1 is not a whole number of at least 0"),
        ("fleet.YX53=many", "many is not a whole number"),
        ("fleet.YX53@2020-13-01=1", "not in the calendar"),
        ("limits.max_pickup=4", "Did you mean 'max_pickups'"),
        ("limits.max_pickups=0", "greater than or equal to 1"),
        ("limits.max_ride_min+=60", "no number to start from"),
        ("rates.latenes_day=1", "Did you mean 'lateness_day'"),
        ("rates.lateness_day=-1", "greater than or equal to 0"),
        ("rates.unserved.por=1", "Did you mean 'poor'"),
        ("rules.blocked_row=1", "Did you mean 'blocked_rows'"),
        ("rules.load_cap_ratio=2", "at most 1"),
        ("rules.default_entry_rule=cn-certificate-14", "Did you mean 'cn-certificate-14d'"),
        ("services.G-N.seats=1", "Did you mean"),
        ("services.G-NJ.seat=1", "Did you mean 'seats'"),
        ("services.G-NJ.per_seat=cheap", "cheap is not an amount"),
        ("generated.roster.total=10", "lie in files"),
    ],
)
def test_a_wrong_change_is_refused_with_what_to_write(change: str, words: str) -> None:
    with pytest.raises(UsageError) as refused:
        load_scenario(YANGXIAN, changes=(change,))
    assert words in str(refused.value)
    assert change.split("=")[0].rstrip("+-").split(".")[0] in str(refused.value)


def test_facts_are_changed_before_tables_are_made(tmp_path: Path) -> None:
    from dispatch.files.change_facts import change_facts
    from dispatch.files.changes import parse_changes
    from dispatch.files.synthesis_facts import read_facts

    facts = read_facts(YANGXIAN / "facts.yaml")
    changed = change_facts(facts, parse_changes(("generated.roster.women_share=0.5", "limits.max_pickups=4")))
    assert changed.roster.women_share == 0.5
    with pytest.raises(UsageError, match="Did you mean 'women_share'"):
        change_facts(facts, parse_changes(("generated.roster.woman_share=0.5",)))
