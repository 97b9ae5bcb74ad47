"""Small parts of the checker that need more than one coach or day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from dispatch.checker import check_plan
from dispatch.checker.bills import half_even
from dispatch.checker.fleet import check_fleet, count_days
from dispatch.checker.journeys import wait_for_opening
from dispatch.checker.path import find_path
from dispatch.checker.seats import find_row
from dispatch.checker.shape import check_shape
from dispatch.checker.timetable import work_out
from dispatch.checker.transfers import check_transfers
from dispatch.checker.view import make_view
from dispatch.findings import Severity
from dispatch.model.supply import CountOnDates
from worlds import LINE, SITE, World, change_duty, change_place, change_region, change_site


@pytest.mark.parametrize(
    ("from_min", "to_min", "days"),
    [(1758, 2525, 1), (1380, 1440, 1), (1380, 1441, 2), (-60, 30, 2), (1440, 4320, 2)],
)
def test_dates_touched(from_min: int, to_min: int, days: int) -> None:
    assert count_days(from_min, to_min) == days


@pytest.mark.parametrize(("numerator", "expected"), [(25, 2), (35, 4), (26, 3), (-25, -2)])
def test_halves_go_to_the_even_neighbour(numerator: int, expected: int) -> None:
    assert half_even(numerator, 10) == expected


@pytest.mark.parametrize(("at_min", "opens"), [(1900, 1920), (1920, 1920), (2520, 2520), (2521, 3360)])
def test_a_coach_waits_for_the_gate(at_min: int, opens: int) -> None:
    # receiving 08:00 (480) to 18:00 (1080); 1440 is midnight: 08:00 is 1920, 18:00 is 2520, next 08:00 is 3360
    assert wait_for_opening(at_min, 480, 1080) == opens


@pytest.mark.parametrize(
    ("opens", "closes", "arrive"),
    [(780, 1200, 2220), (0, 720, 3360), (0, 1440, 2170)],
)
def test_the_narrowest_hours_of_all_sites_at_one_place_bind(
    four_villages: World, opens: int, closes: int, arrive: int
) -> None:
    """The coach reaches GATE at 2170 (12:10); S1 receives 08:00 to 18:00. Nobody rides to the neighbour at the same place:

    open from 13:00 it delays the coach to 2220; closed from 12:00 it leaves 08:00 of the next day, 2880 + 480 = 3360.
    """
    neighbour = replace(SITE, id="S2", receives_from_min=opens, receives_until_min=closes)
    view = make_view(change_site(four_villages.scenario, neighbour), four_villages.plan)
    duty = view.plan.duties[0]
    assert work_out(view, duty, find_path(view, duty)).stops["T1"][-1] == (arrive, arrive + 15)


@pytest.mark.parametrize(("seat", "row"), [("3A", 3), ("12C", 12), ("", None), ("A3", None)])
def test_rows_of_seat_labels(seat: str, row: int | None) -> None:
    assert find_row(seat) == row


@pytest.mark.parametrize(
    ("returns", "pull_in", "codes"), [(True, 2525, []), (True, 2881, ["C7"]), (False, 2525, ["C7"] * 3)]
)
def test_c7_counts_every_day_away(
    four_villages: World, returns: bool, pull_in: int, codes: list[str]
) -> None:
    """The coach exists on 2 March only; back after midnight it is missing once, gone for good on 3, 4 and 5 March."""
    counts = (CountOnDates(from_date=date(2020, 3, 2), to_date=date(2020, 3, 2), count=1),)
    scenario = four_villages.scenario.replace(fleet=(replace(LINE, counts=counts, returns=returns),))
    plan = change_duty(four_villages.plan, replace(four_villages.plan.duties[0], pull_in_min=pull_in))
    assert [finding.code for finding in check_fleet(make_view(scenario, plan))] == codes


def test_c8_boarding_after_the_first_alighting(four_villages: World) -> None:
    rides = four_villages.plan.rides.copy()
    rides.loc[rides["worker_id"] == "W1", "alight_stop"] = 1  # W1 leaves at V2, where W3 boards
    findings = list(check_shape(make_view(four_villages.scenario, replace(four_villages.plan, rides=rides))))
    assert {finding.code for finding in findings} == {"C8"}
    assert any("after the first alighting" in finding.message for finding in findings)


def test_c8_drops_in_two_areas(four_villages: World) -> None:
    """W1 leaves at V2, now in the other delta prefecture, the others at the gate; nobody boards at V2."""
    scenario = change_place(
        four_villages.scenario, replace(four_villages.scenario.geography.places["V2"], region_id="CD2A")
    )
    scenario = scenario.replace(limits=replace(scenario.limits, max_drop_offs=2))
    rides = four_villages.plan.rides.copy()
    rides.loc[rides["worker_id"] == "W1", "alight_stop"] = 1
    rides.loc[rides["worker_id"] == "W3", "board_stop"] = 0
    findings = list(check_shape(make_view(scenario, replace(four_villages.plan, rides=rides))))
    assert [finding.code for finding in findings] == ["C8"]
    assert "destination areas" in findings[0].message


def test_c13_names_both_prefectures_of_a_local_coach(four_villages: World) -> None:
    scenario = four_villages.scenario.replace(fleet=(replace(LINE, local_only=True),))
    findings = list(check_shape(make_view(scenario, four_villages.plan)))
    assert [(finding.code, finding.where.field) for finding in findings] == [("C13", "T1")]
    assert "CH1" in findings[0].message and "CD1" in findings[0].message


def test_c11_two_coaches_in_one_slot_need_two_bays(night_train: World) -> None:
    """F1 alights 2407-2422 (slot of 2400). A second coach there in the same slot finds no bay; two bays are enough."""
    plan = night_train.plan
    twin = replace(plan.trips[0], id="F9", duty_id="D9", stops=plan.trips[0].stops)
    plan = replace(
        plan,
        trips=(*plan.trips, twin),
        duties=(*plan.duties, replace(plan.duties[0], id="D9", trip_ids=("F9",))),
    )
    for bays, codes in ((1, ["C11"]), (2, [])):
        terminals = {name: replace(t, bays=bays) for name, t in night_train.scenario.terminals.items()}
        view = make_view(night_train.scenario.replace(terminals=terminals), plan)
        assert [finding.code for finding in check_transfers(view)] == codes


def test_findings_say_where_what_and_what_to_do(four_villages: World) -> None:
    scenario = change_region(
        four_villages.scenario, replace(four_villages.scenario.geography.regions["CH1B"], pickup_group="")
    )
    (finding,) = check_plan(scenario, four_villages.plan)
    assert finding.severity is Severity.ERROR
    assert (finding.where.file, finding.where.field) == ("plan", "T1")
    assert "CH1A, CH1B" in finding.message
    assert finding.action


def test_findings_come_in_one_order(four_villages: World) -> None:
    """Codes by number (C2 before C10), C before P, then by where."""
    scenario = four_villages.scenario.replace(fleet=(replace(LINE, registered_region_id="CD2", counts=()),))
    scenario = scenario.replace(limits=replace(scenario.limits, max_pickups=1, max_ride_min=300))
    plan = replace(four_villages.plan, unserved_penalty_minor={"": 1})
    codes = [finding.code for finding in check_plan(scenario, plan)]
    assert codes == ["C8", "C8", "C8", "C13", "P1", "P1"]
    assert check_plan(scenario, plan) == check_plan(scenario, plan)
