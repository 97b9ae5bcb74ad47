"""Map of a plan as text: offline, without people, with all trips of the plan, and inert."""

from __future__ import annotations

import json
import re

import page_world as world
import pytest

from dispatch.errors import UsageError
from dispatch.model.contracts import OUTCOMES, RIDES, make_frame
from dispatch.render.map import render_map
from dispatch.render.map_payload import count_people_by_area

SCENARIO = world.make_scenario()
PLAN = world.make_plan(SCENARIO)
RUN = {"plan_hash": "3f9a1c77e2b0", "version": "0.1.0", "printed_at": "2020-02-28 17:05"}


@pytest.fixture(scope="module")
def page() -> str:
    return render_map(SCENARIO, PLAN, run_info=RUN)


def payload_of(page: str):
    return json.loads(
        re.search(r'<script type="application/json" id="trip-data">(.*?)</script>', page, re.S)[1]
    )


def test_it_is_one_file_with_leaflet_inside_and_a_ban_on_loading(page):
    assert page.count("Leaflet 1.9.4") == 1
    assert "default-src 'none'" in page
    assert not re.search(r"<(script|link|img)[^>]+(src|href)=[\"']?(https?:)?//", page)


def test_the_same_plan_gives_the_same_bytes(page):
    assert render_map(SCENARIO, PLAN, run_info=RUN) == page


def test_template_tags_in_names_are_neither_evaluated_nor_able_to_end_the_block(page):
    names = payload_of(page)["places"]["name"]
    assert "黄金峡镇" + world.HOSTILE in names
    assert "东莞长安厂" + world.HOSTILE_TAIL in names
    assert payload_of(page)["title"] == "洋县返岗 " + world.HOSTILE
    assert "<script>window.hacked" not in page
    assert "49" not in "".join(names), "{{7*7}} was evaluated"


def test_nobodys_name_id_document_or_phone_is_on_the_map(page):
    for secret in (world.PHONE, world.DOCUMENT, "李司机", "王五", "张1{", "W001", "张三家门口"):
        assert secret not in page, secret


def test_a_home_is_named_by_its_county_and_rounded_to_about_a_kilometre(page):
    places = payload_of(page)["places"]
    i = places["lat"].index(33.12)  # 33.123456, 107.567891 rounded to two decimals
    assert (places["lon"][i], places["name"][i]) == (107.57, "洋县")


def test_columns_hold_every_trip_stop_and_head_count(page):
    trips = payload_of(page)["trips"]
    assert trips["id"] == [trip.id for trip in PLAN.trips]
    assert trips["load"] == [20, 18, 5, 10, 10, 10]
    assert trips["cls"] == [0, 0, 0, 1, 3, 4]  # three coaches, a train, a feeder, a last mile
    assert trips["stop_off"] == [0, 4, 6, 9, 11, 13, 15]  # 4 + 2 + 3 + 2 + 2 + 2 stops
    assert trips["board"][:4] == [12, 8, 0, 0]
    assert trips["arr"][:2] == [7 * 60, 8 * 60]
    assert trips["areas"] == ["苏州市", "东莞市", "南京市"]
    assert trips["area_people"] == [20, 18, 5, 10, 10, 10]


def test_people_of_a_shared_train_are_told_apart_by_destination_area():
    outcomes = make_frame(
        OUTCOMES, [{"worker_id": w, "batch_id": b} for w, b in (("a", "B1"), ("b", "B3"), ("c", "B3"))]
    )
    rides = make_frame(RIDES, [{"worker_id": w, "trip_id": "T-004"} for w in "abc"])
    plan = world.dataclasses.replace(PLAN, outcomes=outcomes, rides=rides)
    assert count_people_by_area(plan) == {"T-004": {"320500": 1, "320100": 2}}


def test_links_lead_to_the_papers_as_the_manifests_name_them(page):
    from dispatch.render.manifests import file_stem

    papers = payload_of(page)["papers"]
    assert papers["stems"] == {"2": file_stem("T-003/..")}, "only odd ids need a stem of their own"
    assert [ending for ending, _ in papers["endings"]] == ["lead.pdf", "driver.pdf", "handover.pdf", "xlsx"]
    without = payload_of(render_map(SCENARIO, PLAN, with_pdf=False))["papers"]
    assert [ending for ending, _ in without["endings"]] == ["xlsx"]


def test_the_foot_states_hash_version_and_print_time(page):
    foot = " ".join(payload_of(page)["foot"])
    assert all(value in foot for value in RUN.values())


def test_there_is_no_outline_by_default_and_a_plain_one_on_request(page):
    assert payload_of(page)["basemap"] is None
    geojson = json.dumps(
        {
            "type": "FeatureCollection",
            "attribution": "审图号 <b>",
            "features": [
                {"type": "Feature", "properties": {"name": "{{7*7}}"}, "geometry": {"type": "MultiPolygon", "coordinates": [[[[107.0, 33.0], [108.0, 33.0], [107.0, 33.0]]]]}},
                {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [1, 2]}},
            ],
        }
    )  # fmt: skip
    basemap = payload_of(render_map(SCENARIO, PLAN, basemap_geojson=geojson))["basemap"]
    assert basemap == {"lines": [[33.0, 107.0, 33.0, 108.0, 33.0, 107.0]], "attribution": "审图号 <b>"}


@pytest.mark.parametrize(
    "text",
    [
        "not json",
        "[]",
        "{}",
        '{"type": "FeatureCollection", "features": []}',
        '{"type": "LineString", "coordinates": [[33, 107], [34, 190]]}',  # latitude first: 107 is no latitude
        '{"type": "LineString", "coordinates": [["x", 1]]}',
    ],
)
def test_an_unreadable_base_map_is_refused_in_words(text):
    with pytest.raises(UsageError, match="base map"):
        render_map(SCENARIO, PLAN, basemap_geojson=text)


def test_a_plan_without_trips_still_makes_a_map():
    empty = world.dataclasses.replace(PLAN, trips=(), batches=(), rides=make_frame(RIDES), points={})
    assert payload_of(render_map(SCENARIO, empty))["trips"]["id"] == []


def test_ten_thousand_trips_stay_under_four_megabytes():
    scenario, plan = world.make_large_plan(SCENARIO, PLAN, 10_000)
    page = render_map(scenario, plan)
    assert len(page.encode()) < 4_000_000
    assert len(payload_of(page)["trips"]["id"]) == 10_000
