"""Pages of a plan too large to list: sums that add up, small files, and how to get the rest."""

from __future__ import annotations

import dataclasses
import json
import re

import page_world as world
import pytest

from dispatch.model.plan import GapCause, GapShare, Plan, Scarce, ShadowPrice, SizeClass, Standing
from dispatch.model.scenario import Scenario
from dispatch.render.book import render_book
from dispatch.render.map import render_map
from dispatch.render.scale import TRIPS_DRAWN, TRIPS_LISTED, TRIPS_PRINTED, cut_rows, prints_papers

SMALL_SCENARIO = world.make_scenario()
SMALL = world.make_plan(SMALL_SCENARIO)


def make_large(count: int) -> tuple[Scenario, Plan]:
    return world.make_large_plan(SMALL_SCENARIO, SMALL, count)


def numbers(page: str, section: str, column: int) -> list[int]:
    """Whole numbers of one column of the first table of a section."""
    part = page[page.index(f'<section id="{section}">') :]
    body = part[part.index("<tbody>") : part.index("</tbody>")]
    rows = re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)
    return [int(re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)[column].replace(",", "")) for row in rows]


def test_a_plan_above_the_limit_adds_its_trips_up() -> None:
    scenario, plan = make_large(TRIPS_LISTED + 1)
    page = render_book(scenario, plan, {}, (), with_manifests=False)
    assert sum(numbers(page, "trips", 3)) == TRIPS_LISTED + 1
    assert sum(numbers(page, "trips", 4)) == 24 * (TRIPS_LISTED + 1)  # 24 people on each
    assert sum(numbers(page, "batches", 4)) == TRIPS_LISTED + 1  # a batch for each trip
    assert sum(numbers(page, "batches", 5)) == 24 * (TRIPS_LISTED + 1)
    assert "X-00000" not in page
    assert 'href="trips.csv"' in page
    assert len(page.encode("utf-8")) < 1_000_000


def test_a_plan_at_the_limit_lists_each_trip() -> None:
    scenario, plan = make_large(300)
    page = render_book(scenario, plan, {}, (), with_manifests=False)
    assert page.count("map.html#trip=X-") == 300


def test_papers_are_printed_by_default_up_to_a_number_of_trips() -> None:
    _, plan = make_large(TRIPS_PRINTED + 1)
    few = dataclasses.replace(plan, trips=plan.trips[:TRIPS_PRINTED])
    assert [prints_papers(few, None), prints_papers(plan, None)] == [True, False]
    assert [prints_papers(few, False), prints_papers(plan, True)] == [False, True]


def test_the_book_says_how_to_print_what_was_not() -> None:
    scenario, plan = make_large(TRIPS_PRINTED + 1)
    assert "dispatch render RUN manifests" in render_book(scenario, plan, {}, (), with_manifests=False)
    assert "dispatch render RUN manifests" not in render_book(scenario, plan, {}, (), with_manifests=True)


@pytest.fixture(scope="module")
def lines() -> dict[str, list[int]]:
    """Columns of the map of a plan with too many trips to draw each."""
    scenario, plan = make_large(TRIPS_DRAWN + 1)
    page = render_map(scenario, plan)
    assert len(page.encode("utf-8")) < 1_000_000
    payload = json.loads(re.search(r'id="trip-data">(.*?)</script>', page, re.DOTALL)[1])  # type: ignore[index]
    columns: dict[str, list[int]] = payload["trips"]
    return columns


def test_the_map_of_a_large_plan_draws_lines_that_stand_for_every_trip(lines: dict[str, list[int]]) -> None:
    count = len(lines["n"])
    assert count < 200  # four classes at most, five dates, one county of origin, one of destination
    assert sum(lines["n"]) == TRIPS_DRAWN + 1
    assert sum(lines["load"]) == sum(lines["area_people"]) == 24 * (TRIPS_DRAWN + 1)
    assert len(lines["place"]) == len(lines["arr"]) == 2 * count
    assert lines["board"][::2] == lines["alight"][1::2] == lines["load"]
    assert {"vehicle", "batch", "stop_off"}.isdisjoint(lines)


def test_rows_left_out_are_counted_and_their_table_named() -> None:
    assert cut_rows([1, 2, 3], 3, "trips.csv", "en") == ([1, 2, 3], "")
    shown, said = cut_rows([1, 2, 3], 2, "trips.csv", "en")
    assert (shown, said) == ([1, 2], "1 more rows are not listed; all stand in trips.csv")


def certified() -> Plan:
    line = SMALL_SCENARIO.fleet[0].id
    certificate = dataclasses.replace(
        SMALL.certificate,
        sizes=(
            SizeClass(
                most_workers=47, corridors=3, closed=2, workers=90, cost_minor=400_000, bound_minor=300_000
            ),
            SizeClass(
                most_workers=None,
                corridors=1,
                closed=None,
                workers=7_000,
                cost_minor=900_000,
                bound_minor=810_000,
            ),
        ),
        causes=(
            GapShare(cause=GapCause.ROUTING, amount_minor=150_000, standing=Standing.REST),
            GapShare(cause=GapCause.FLEET, amount_minor=40_000, standing=Standing.MEASURED),
        ),
        prices=(
            ShadowPrice(scarce=Scarce.COACH, subject_id=line, date_min=1_440, amount_minor=123_400),
            ShadowPrice(scarce=Scarce.COACH, subject_id=line, date_min=2_880, amount_minor=100_000),
        ),
    )
    return dataclasses.replace(SMALL, certificate=certificate)


def test_the_book_shows_the_gap_by_size_and_by_cause() -> None:
    page = render_book(SMALL_SCENARIO, certified(), {}, (), lang="en")
    part = page[page.index('<section id="certificate">') : page.index('<section id="prices">')]
    assert "≤ 47" in part
    assert "&gt; 47" in part
    assert "25.00 %" in part  # (4,000 - 3,000) / 4,000
    assert "10.00 %" in part  # (9,000 - 8,100) / 9,000
    assert part.index("routing and the rest") < part.index("Coaches that stand idle")
    assert "computed" in part


def test_shadow_prices_are_said_in_a_sentence_with_the_dearest_date() -> None:
    page = render_book(SMALL_SCENARIO, certified(), {}, (), lang="en")
    part = page[page.index('<section id="prices">') :]
    day = SMALL_SCENARIO.first_date.replace(day=SMALL_SCENARIO.first_date.day + 1)
    assert f"On {day} at " in part
    assert "would save about 1,234.00" in part
    assert "2,234.00" in part  # one more coach on both dates


def test_a_plan_without_prices_has_no_such_section() -> None:
    assert '<section id="prices">' not in render_book(SMALL_SCENARIO, SMALL, {}, ())
