"""Printed papers: who sees what, hostile names, totals that reconcile, bytes that repeat."""

from __future__ import annotations

import json
import pickle
import re
import shutil
import subprocess
from dataclasses import asdict, replace
from datetime import timedelta
from pathlib import Path

import pytest
from manifest_world import (
    EMPLOYERS,
    FORMULA,
    HOSTILE,
    PEOPLE,
    RARE,
    RUN_INFO,
    TWIN,
    World,
    document_of,
    make_world,
    phone_of,
)

from dispatch.findings import Finding
from dispatch.model.plan import DutyEvent, EventKind, GatePoint
from dispatch.model.supply import Mode
from dispatch.render.columns import FIELDS, View
from dispatch.render.duties import find_worst_24h, join_stretches, route_rows, split_km
from dispatch.render.fonts import FontChoice, find_font
from dispatch.render.manifests import (
    file_stem,
    get_trip_papers,
    render_all_manifests,
    render_manifest_pdf,
    render_trip_files,
)
from dispatch.render.sheets import count_masks, get_checklists
from dispatch.render.sources import make_print_source
from dispatch.render.tables import TripPaper, get_trip_paper, group_by_employer, group_by_onward
from dispatch.render.typeset import qr_text
from dispatch.render.views import make_employer_sheet, make_handover, make_manifest

LONG_DIGITS = re.compile(r"\d{17}[\dXx]|1\d{10}")


@pytest.fixture(scope="module")
def world() -> World:
    return make_world()


@pytest.fixture(scope="module")
def font() -> FontChoice:
    found = find_font()
    if isinstance(found, Finding):
        pytest.skip("no Chinese font on this machine")
    return found


@pytest.fixture(scope="module")
def files(world: World, font: FontChoice) -> dict[str, bytes]:
    return dict(render_all_manifests(world.scenario, world.plan, RUN_INFO, font))


def paper_of(world: World, trip_id: str) -> TripPaper:
    return get_trip_paper(make_print_source(world.scenario, world.plan), trip_id)


def text_of(pdf: bytes, page: int | None = None) -> str:
    """Text of a PDF (or one of its pages) with all white space taken out: cells may break a long name anywhere."""
    program = shutil.which("pdftotext")
    if program is None:
        pytest.skip("no pdftotext on this machine")
    pages = ["-f", str(page), "-l", str(page)] if page else []
    run = subprocess.run([program, "-raw", *pages, "-", "-"], input=pdf, capture_output=True, check=True)
    return "".join(run.stdout.decode("utf-8").split())


def squeezed(text: str) -> str:
    return "".join(text.split())


# --- what a file set is ---------------------------------------------------------------------------------------------


def test_every_trip_has_its_papers_named_by_trip_id_alone(files: dict[str, bytes]) -> None:
    kinds = ("xlsx", "csv", "lead.pdf", "driver.pdf", "handover.pdf")
    trips = {f"manifests/{trip}.{kind}" for trip in ("B-001", "R-001", "M-001") for kind in kinds}
    # Coach and train leave on 1 March, the last-mile coach on 2 March.
    days = {
        f"manifests/days/2020-03-0{day}.{kind}" for day in (1, 2) for kind in ("xlsx", "coordinator-1.pdf")
    }
    assert set(files) == trips | days


def test_without_a_font_everything_but_the_pdfs_is_written(world: World) -> None:
    names = [name for name, _ in render_all_manifests(world.scenario, world.plan, RUN_INFO, None)]
    assert len(names) == 3 * 2 + 2
    assert not [name for name in names if name.endswith(".pdf")]


def test_an_odd_trip_id_makes_a_tame_and_unique_file_name() -> None:
    assert file_stem("B-001") == "B-001"
    odd = {file_stem(trip) for trip in ("../../etc", "a/b", "a:b", "K4558次")}
    assert len(odd) == 4
    assert all(re.fullmatch(r"[A-Za-z0-9_-]+", stem) for stem in odd)


def test_the_same_plan_and_print_time_give_the_same_bytes(
    world: World, font: FontChoice, files: dict[str, bytes]
) -> None:
    assert dict(render_all_manifests(world.scenario, world.plan, RUN_INFO, font)) == files


def test_another_print_time_gives_another_paper(
    world: World, font: FontChoice, files: dict[str, bytes]
) -> None:
    later = replace(RUN_INFO, printed_at=RUN_INFO.printed_at + timedelta(hours=1))
    assert (
        render_manifest_pdf(world.scenario, world.plan, "B-001", View.LEAD, later, font)
        != files["manifests/B-001.lead.pdf"]
    )


def test_papers_survive_the_way_to_another_process(
    world: World, font: FontChoice, files: dict[str, bytes]
) -> None:
    papers = pickle.loads(
        pickle.dumps(get_trip_papers(make_print_source(world.scenario, world.plan), "R-001"))
    )
    for name, data in render_trip_files(papers, RUN_INFO, font):
        assert files[name] == data


def test_an_unknown_trip_is_an_error(world: World) -> None:
    with pytest.raises(KeyError):
        paper_of(world, "B-999")


# --- privacy --------------------------------------------------------------------------------------------------------


def test_no_document_and_no_phone_is_in_what_any_printing_process_is_given(world: World) -> None:
    source = make_print_source(world.scenario, world.plan)
    for trip_id in source.trips:
        papers = get_trip_papers(source, trip_id)
        text = json.dumps([asdict(papers.paper), papers.sheet.as_json()], ensure_ascii=False)
        assert LONG_DIGITS.search(text) is None
        assert not any(document_of(worker) in text or phone_of(worker) in text for worker in PEOPLE)


def test_no_document_and_no_phone_stands_on_any_pdf(files: dict[str, bytes]) -> None:
    pdfs = {name: data for name, data in files.items() if name.endswith(".pdf")}
    assert len(pdfs) == 11
    for name, data in pdfs.items():
        # Neighbouring cells may join in extracted text, so the digits themselves are looked for.
        text = text_of(data)
        assert not any(document_of(worker) in text or phone_of(worker) in text for worker in PEOPLE), name
        assert "13911112222" not in text, name


def test_every_mask_is_the_one_mask(world: World) -> None:
    first = next(one for one in paper_of(world, "B-001").passengers if one.worker_id == "W1")
    # 610723199001010001 keeps 3 + 4 characters, 13800000001 the last 4.
    assert (first.document, first.phone) == ("610***********0001", "*******0001")


def test_a_phone_written_into_a_name_is_masked_too(world: World) -> None:
    names = [one.name for one in paper_of(world, "R-001").passengers]
    assert "张三*******2222" in names


def test_the_driver_sees_neither_sex_nor_document() -> None:
    heads = {field.head.zh for field in FIELDS[View.DRIVER]}
    assert not heads & {"性别", "证件号", "证件 / 电话", "住址", "健康证明号"}


def test_the_employer_sees_neither_home_nor_boarding_place() -> None:
    heads = {field.head.zh for field in FIELDS[View.EMPLOYER]}
    assert not heads & {"住址", "上车点", "用工单位"}


def test_the_home_is_for_the_coordinator_only() -> None:
    assert [view for view, fields in FIELDS.items() if any(field.head.zh == "住址" for field in fields)] == [
        View.COORDINATOR
    ]


def test_the_vehicle_sheet_names_no_passenger(world: World) -> None:
    source = make_print_source(world.scenario, world.plan)
    for trip_id in source.trips:
        papers = get_trip_papers(source, trip_id)
        text = json.dumps(papers.sheet.as_json(), ensure_ascii=False)
        assert not [one.name for one in papers.paper.passengers if one.name in text]


def test_the_qr_code_holds_trip_and_plan_hash_and_nothing_else() -> None:
    assert qr_text("B-001", RUN_INFO) == "dispatch:1:B-001:" + "0123456789abcdef" * 4


# --- hostile and rare names -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("view", ["coordinator", "lead", "driver", "employer"])
def test_hostile_and_rare_names_print_as_they_are_written(world: World, font: FontChoice, view: str) -> None:
    text = text_of(render_manifest_pdf(world.scenario, world.plan, "B-001", view, RUN_INFO, font))
    for name in (HOSTILE, FORMULA, RARE, EMPLOYERS["S2"]):
        assert squeezed(name) in text


def test_an_unknown_view_is_an_error(world: World, font: FontChoice) -> None:
    with pytest.raises(ValueError, match="public"):
        render_manifest_pdf(world.scenario, world.plan, "B-001", "public", RUN_INFO, font)


def test_two_people_of_one_name_are_marked_and_told_apart(world: World) -> None:
    twins = [one for one in paper_of(world, "B-001").passengers if one.name == TWIN]
    assert len(twins) == 2
    assert all("同名" in one.remarks for one in twins)
    assert len({(one.seat, one.phone) for one in twins}) == 2


def test_a_name_that_is_unique_on_its_trip_carries_no_mark(world: World) -> None:
    assert [one.worker_id for one in paper_of(world, "B-001").passengers if "同名" in one.remarks] == [
        "W4",
        "W3",
    ]


def test_control_characters_and_half_characters_cannot_stop_the_press(world: World, font: FontChoice) -> None:
    workers = world.scenario.workers.copy()
    workers.loc[workers["worker_id"] == "W1", "name"] = "王\x00\x0b\u202e\nB"
    text = text_of(
        render_manifest_pdf(
            world.scenario.replace(workers=workers), world.plan, "B-001", "lead", RUN_INFO, font
        )
    )
    assert "王" in text
    assert "\u202e" not in text


# --- order, stops, head counts --------------------------------------------------------------------------------------


def test_passengers_stand_by_alighting_stop_then_seat(world: World) -> None:
    order = [(one.alight_stop, one.seat) for one in paper_of(world, "B-001").passengers]
    # 9D comes before 10A: seats are read as numbers.
    assert order == [(3, "2A"), (3, "9D"), (3, "10A"), (4, "1A"), (4, "3A"), (4, "3B")]


def test_the_head_count_lines_say_how_many_are_aboard_on_leaving_each_stop(world: World) -> None:
    # +3, +3, −3, −3
    assert [stop.aboard for stop in paper_of(world, "B-001").stops] == [3, 6, 3, 0]


def test_times_after_midnight_carry_the_next_date(world: World) -> None:
    # Minute 1960 = 1440 + 520 = 08:40 on 2 March.
    assert paper_of(world, "B-001").stops[2].arrive == "03-02 08:40"


def test_a_train_has_one_list_per_carriage(world: World) -> None:
    blocks = make_manifest(paper_of(world, "R-001"), View.LEAD).blocks
    titles = [str(block["zh"]) for block in blocks if block["kind"] == "heading"]
    assert [title.split("(")[0] for title in titles[1:]] == ["1 号车厢乘客", "2 号车厢乘客"]


def test_the_queue_table_counts_one_seat_card_per_passenger_and_carriage(world: World) -> None:
    source = make_print_source(world.scenario, world.plan)
    sheet = get_trip_papers(source, "R-001").sheet
    queue = next(block for block in sheet.blocks if block["kind"] == "table")
    rows = [row[:2] for group in queue["groups"] for row in group["rows"]]  # type: ignore[attr-defined]
    assert rows == [["1", "2"], ["2", "3"], ["Σ", "5"]]


def test_members_of_a_party_share_a_label_that_is_not_its_id(world: World) -> None:
    labels = {one.worker_id: one.party for one in paper_of(world, "B-001").passengers}
    assert labels == {"W1": "", "W2": "", "W3": "", "W4": "", "W5": "组1", "W6": "组1"}


def test_a_child_is_marked_for_the_lead_person(world: World) -> None:
    # Born 2010, travelling in 2020: 10 years old.
    assert [one.worker_id for one in paper_of(world, "B-001").passengers if "未满14" in one.remarks] == ["W6"]


# --- handover -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("trip_id", ["B-001", "R-001", "M-001"])
def test_employers_and_changes_add_up_to_the_trip_load(world: World, trip_id: str) -> None:
    paper = paper_of(world, trip_id)
    load = next(trip.load for trip in world.plan.trips if trip.id == trip_id)
    handed = sum(len(people) for people in group_by_employer(paper).values())
    changing = sum(len(people) for people in group_by_onward(paper).values())
    assert handed + changing == load


def test_over_all_trips_everybody_is_handed_over_exactly_once(world: World) -> None:
    handed = [
        one.worker_id
        for trip in world.plan.trips
        for people in group_by_employer(paper_of(world, trip.id)).values()
        for one in people
    ]
    assert sorted(handed) == sorted(PEOPLE)


def test_who_changes_to_a_last_mile_coach_is_handed_to_it_not_to_the_employer(world: World) -> None:
    paper = paper_of(world, "R-001")
    assert {trip: [one.worker_id for one in people] for trip, people in group_by_onward(paper).items()} == {
        "M-001": ["W11"]
    }
    assert EMPLOYERS["S1"] not in group_by_employer(paper)


def test_the_totals_sheet_expects_the_sum_of_its_rows(world: World) -> None:
    blocks = make_handover(paper_of(world, "R-001")).blocks
    equation = next(block for block in blocks if block["kind"] == "equation")
    rows = next(block for block in blocks if block["kind"] == "table")["groups"]
    counts = [int(row[2]) for group in rows for row in group["rows"]]  # type: ignore[attr-defined]
    # Four at the station, one changes, total five: the sum row repeats the sum.
    assert counts == [4, 1, 5]
    assert equation["items"][0] == ["", "应到 expected", "5"]  # type: ignore[index]
    assert [item[0] for item in equation["items"]] == ["", "−", "+", "=", "−", "=", "= Σ"]  # type: ignore[attr-defined]


def test_an_employer_sheet_holds_its_own_people_only(world: World, font: FontChoice) -> None:
    paper = paper_of(world, "B-001")
    for employer, people in group_by_employer(paper).items():
        pdf = render_manifest_pdf(world.scenario, world.plan, "B-001", "employer", RUN_INFO, font, employer)
        text = text_of(pdf)
        own = {one.worker_id for one in people}
        for one in paper.passengers:
            shown = f"{squeezed(one.document)}" in text
            assert shown == (one.worker_id in own)


def test_the_handover_file_gives_each_employer_its_own_page(world: World, files: dict[str, bytes]) -> None:
    # Page 1 totals, then one page per employer in order of name.
    for page, (employer, people) in enumerate(group_by_employer(paper_of(world, "B-001")).items(), start=2):
        text = text_of(files["manifests/B-001.handover.pdf"], page)
        assert squeezed(employer) in text
        assert {
            one.document for one in paper_of(world, "B-001").passengers if squeezed(one.document) in text
        } == {one.document for one in people}
        assert "第1页/共1页" in text


def test_an_employer_without_people_on_the_trip_is_an_error(world: World) -> None:
    with pytest.raises(KeyError):
        make_employer_sheet(paper_of(world, "B-001"), EMPLOYERS["S3"])


# --- vehicle sheet --------------------------------------------------------------------------------------------------


def test_stretches_split_only_by_the_night_boundary_are_printed_as_one(world: World) -> None:
    duty = world.plan.duties[0]
    # 20:30–22:00, 22:00–24:00 and 00:00–00:30 of driver 2 on one leg become one of 240 minutes.
    joined = [event for event in join_stretches(duty.events) if event.start_min == 1230]
    assert [(event.end_min, event.driver) for event in joined] == [(1470, 1)]


def test_the_km_of_the_stretches_add_up_to_the_legs(world: World) -> None:
    duty = world.plan.duties[0]
    events = join_stretches(duty.events)
    # 8.0 + 6.0 + 1390.0 + 17.0 = 1421.0 km
    assert sum(split_km(duty, events)) == 14210
    # First stretch of the long leg: 1390.0 km × 240 / 1250 min = 266.88 km
    assert split_km(duty, events)[4] == 2669


def test_the_route_names_the_night_halt_and_marks_it_approximate(world: World) -> None:
    source = make_print_source(world.scenario, world.plan)
    halt = next(row for row in route_rows(source, world.plan.duties[0]) if row[2].startswith("夜间停驶"))
    assert halt[:2] == ("03-02 02:00", "03-02 05:00")
    assert "南京服务区" in halt[3]
    assert "approximate" in halt[3]


def test_km_that_are_only_estimated_are_marked(world: World) -> None:
    source = make_print_source(world.scenario, world.plan)
    km = {row[3]: row[4] for row in route_rows(source, world.plan.duties[0]) if row[4]}
    assert km["洋县客运站 → 谢村镇"] == "≈8.0"
    # This leg comes from the travel table.
    assert km["谢村镇 → 龙亭镇"] == "6.0"


def test_a_place_whose_position_was_assumed_is_named_on_the_sheet(world: World) -> None:
    point = GatePoint(
        place_id="V2",
        name="龙亭镇",
        lat=33.2,
        lon=107.6,
        precision="county",
        region_name="洋县",
        assumed=True,
    )
    source = make_print_source(world.scenario, replace(world.plan, points={"V2": point}))
    text = json.dumps(get_trip_papers(source, "B-001").sheet.as_json(), ensure_ascii=False)
    assert "position assumed, please check: 龙亭镇" in text


def test_a_duty_of_several_trips_counts_heads_on_each_of_them(world: World) -> None:
    duty = replace(world.plan.duties[0], trip_ids=("B-001", "M-001"))
    source = make_print_source(world.scenario, replace(world.plan, duties=(duty, world.plan.duties[1])))
    titles = [
        block["zh"] for block in get_trip_papers(source, "B-001").sheet.blocks if block["kind"] == "heading"
    ]
    assert [title for title in titles if str(title).startswith("清点人数")] == [
        "清点人数 B-001",
        "清点人数 M-001",
    ]


def test_a_chartered_aircraft_prints_all_its_papers(world: World, font: FontChoice) -> None:
    service = replace(
        world.scenario.services[0], mode=Mode.CHARTER, name="包机", carriage_seats=180, proposed=True
    )
    trips = tuple(
        replace(trip, mode=Mode.CHARTER, carriages=0) if trip.id == "R-001" else trip
        for trip in world.plan.trips
    )
    rides = world.plan.rides.assign(carriage=0)
    plan = replace(world.plan, trips=trips, rides=rides)
    scenario = world.scenario.replace(services=(service,))
    for view in View:
        text = text_of(render_manifest_pdf(scenario, plan, "R-001", view, RUN_INFO, font))
        assert "陈秀英" in text
    sheet = get_trip_papers(make_print_source(scenario, plan), "R-001").sheet
    assert "建议申请 proposed" in json.dumps(sheet.as_json(), ensure_ascii=False)


def test_an_empty_trip_still_prints(world: World, font: FontChoice) -> None:
    plan = replace(world.plan, rides=world.plan.rides[world.plan.rides["trip_id"] != "B-001"])
    for view in View:
        assert render_manifest_pdf(world.scenario, plan, "B-001", view, RUN_INFO, font).startswith(b"%PDF")


def test_an_empty_plan_prints_nothing(world: World, font: FontChoice) -> None:
    plan = replace(world.plan, trips=(), duties=(), service_runs=(), rides=world.plan.rides[:0])
    assert list(render_all_manifests(world.scenario, plan, RUN_INFO, font)) == []


def test_a_place_name_alone_may_be_longer_than_its_column(world: World, font: FontChoice) -> None:
    places = dict(world.scenario.geography.places)
    places["V1"] = replace(places["V1"], name="X" * 200)
    scenario = world.scenario.replace(geography=replace(world.scenario.geography, places=places))
    text = text_of(render_manifest_pdf(scenario, world.plan, "B-001", "lead", RUN_INFO, font))
    assert "X" * 200 in text


def test_the_worst_24_hours_slide_over_midnight() -> None:
    def drive(start: int, end: int) -> DutyEvent:
        return DutyEvent(kind=EventKind.DRIVE, start_min=start, end_min=end)

    # Day 1 00:00–04:00 and 20:00–24:00, day 2 02:00–08:00. By calendar day 8 h and 6 h; from 20:00 of day 1: 4 + 6 = 10 h.
    assert find_worst_24h([drive(0, 240), drive(1200, 1440), drive(1560, 1920)]) == 600
    # 00:00–10:00 and again from 23:00 to 03:00: from 00:00 10 + 1 = 11 h; from 23:00 only 4 h.
    assert find_worst_24h([drive(0, 600), drive(1380, 1620)]) == 660
    assert find_worst_24h([]) == 0


def test_the_sheet_prints_capacity_blocked_rows_and_the_rule_behind_them(world: World) -> None:
    sheet = get_trip_papers(make_print_source(world.scenario, world.plan), "B-001").sheet
    items = {
        item[0]: item[2] for block in sheet.blocks if block["kind"] == "facts" for item in block["items"]
    }  # type: ignore[attr-defined]
    assert items["核定人数"] == "53"
    assert items["本趟限载"].startswith("24")
    # The last two rows of twelve rows of four and one of five: 4 + 5 = 9 seats.
    assert "9 座" in items["封闭后排"]
    assert "2020-02-11" in items["限载依据"]
    assert items["注册地"] == "洋县"
    assert items["车牌"] == ""


def test_masks_are_counted_by_person_and_begun_hours(world: World) -> None:
    source = make_print_source(world.scenario, world.plan)
    # W1, W2: 415→1960 = 25 h 45; W3: 415→2005 = 26 h 30; W4: 450→1960 = 25 h 10; W5, W6: 450→2005 = 25 h 55.
    # At 4 hours a mask each needs 7: 6 × 7 = 42.
    assert count_masks(paper_of(world, "B-001"), source, 4) == 42


def test_the_check_lists_follow_the_rule_profile() -> None:
    assert any("包车客运标志牌" in paper for paper in get_checklists(("cn-2020-covid",))["papers"])
    assert not any("包车客运标志牌" in paper for paper in get_checklists(("eu-561",))["papers"])


def test_every_page_carries_trip_plan_hash_version_and_print_time(files: dict[str, bytes]) -> None:
    for page in (1, 2, 3):
        text = text_of(files["manifests/B-001.lead.pdf"], page)
        for mark in ("B-001", "0123456789ab", "dispatch0.1.0", "2020-02-2917:05"):
            assert mark in text, page


def test_a_long_list_flows_over_pages_without_losing_anybody(
    world: World, font: FontChoice, tmp_path: Path
) -> None:
    workers = world.scenario.workers
    rides = world.plan.rides
    copies = [
        workers[workers["worker_id"] == "W1"].assign(worker_id=f"L{n}", name=f"长名单{n:03d}号")
        for n in range(120)
    ]
    extra = [
        rides[rides["worker_id"] == "W1"].assign(worker_id=f"L{n}", seat=f"{20 + n}A") for n in range(120)
    ]
    import pandas as pd

    scenario = world.scenario.replace(workers=pd.concat([workers, *copies], ignore_index=True))
    plan = replace(world.plan, rides=pd.concat([rides, *extra], ignore_index=True))
    text = text_of(render_manifest_pdf(scenario, plan, "B-001", "lead", RUN_INFO, font))
    assert all(f"长名单{n:03d}号" in text for n in range(120))
