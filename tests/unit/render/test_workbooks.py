"""Workbooks and CSV: text stays text, formulas stay asleep, nothing unmasked, bytes repeat."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from datetime import date

import pytest
from manifest_world import FORMULA, HOSTILE, PEOPLE, RUN_INFO, World, document_of, make_world, phone_of
from python_calamine import CalamineWorkbook

from dispatch.render.manifests import render_day_workbook, render_manifest_csv, render_manifest_xlsx
from dispatch.render.workbooks import make_inert


@pytest.fixture(scope="module")
def world() -> World:
    return make_world()


def rows_of(workbook: bytes, sheet: int) -> list[list[object]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(workbook)).get_sheet_by_index(sheet).to_python()


def parts_of(workbook: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        return {name: archive.read(name).decode("utf-8") for name in archive.namelist()}


def test_a_hostile_name_is_a_text_cell_read_back_as_written(world: World) -> None:
    rows = rows_of(render_manifest_xlsx(world.scenario, world.plan, "B-001", RUN_INFO), 1)
    names = [row[rows[2].index("姓名 name")] for row in rows[3:]]
    assert HOSTILE in names
    assert FORMULA in names


def test_no_sheet_of_any_workbook_holds_a_formula_or_a_link(world: World) -> None:
    for trip in ("B-001", "R-001"):
        for name, text in parts_of(render_manifest_xlsx(world.scenario, world.plan, trip, RUN_INFO)).items():
            assert "<f>" not in text, name
            assert "<hyperlink" not in text, name


def test_masked_numbers_are_text_in_the_workbook(world: World) -> None:
    rows = rows_of(render_manifest_xlsx(world.scenario, world.plan, "B-001", RUN_INFO), 1)
    row = next(row for row in rows[3:] if row[rows[2].index("编号 worker id")] == "W1")
    assert row[6:8] == ["610***********0001", "*******0001"]


def test_no_document_and_no_phone_is_in_any_workbook_or_csv(world: World) -> None:
    texts = [
        render_manifest_csv(world.scenario, world.plan, trip.id, RUN_INFO).decode("utf-8-sig")
        for trip in world.plan.trips
    ]
    for trip in world.plan.trips:
        texts += parts_of(render_manifest_xlsx(world.scenario, world.plan, trip.id, RUN_INFO)).values()
    texts += parts_of(render_day_workbook(world.scenario, world.plan, date(2020, 3, 1), RUN_INFO)).values()
    for text in texts:
        assert not any(document_of(worker) in text or phone_of(worker) in text for worker in PEOPLE)
        assert "13911112222" not in text
        # An 18-digit run or a mobile number standing by itself, whoever's it is.
        assert re.search(r"(?<![\da-fA-F.])(\d{17}[\dXx]|1[3-9]\d{9})(?![\da-fA-F])", text) is None


def test_the_day_workbook_has_an_index_and_one_flat_filtered_table(world: World) -> None:
    workbook = render_day_workbook(world.scenario, world.plan, date(2020, 3, 1), RUN_INFO)
    index, people = rows_of(workbook, 0), rows_of(workbook, 1)
    assert [row[0] for row in index[3:]] == ["B-001", "R-001"]
    # Six on the coach and five on the train.
    assert len(people[3:]) == 11
    assert [row[0] for row in people[3:]] == ["B-001"] * 6 + ["R-001"] * 5
    # Row 3 is the head (1-based), rows 4 to 14 the eleven passengers, 21 columns A to U.
    assert '<autoFilter ref="A3:U14"' in parts_of(workbook)["xl/worksheets/sheet2.xml"]


def test_a_day_without_trips_makes_an_empty_workbook(world: World) -> None:
    workbook = render_day_workbook(world.scenario, world.plan, date(2020, 3, 3), RUN_INFO)
    assert len(rows_of(workbook, 1)) == 3


def test_every_sheet_says_which_plan_it_is_from(world: World) -> None:
    workbook = render_manifest_xlsx(world.scenario, world.plan, "B-001", RUN_INFO)
    for sheet in (0, 1):
        assert "0123456789ab" in str(rows_of(workbook, sheet)[0][0])


def test_the_same_plan_gives_the_same_workbook_bytes(world: World) -> None:
    first, second = (render_manifest_xlsx(world.scenario, world.plan, "R-001", RUN_INFO) for _ in range(2))
    assert first == second


def test_the_csv_opens_in_excel_and_reads_back(world: World) -> None:
    data = render_manifest_csv(world.scenario, world.plan, "B-001", RUN_INFO)
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.count(b"\r\n") == data.count(b"\n") == 7
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    assert [row["座位 seat"] for row in rows] == ["2A", "9D", "10A", "1A", "3A", "3B"]
    assert {row["方案 plan"] for row in rows} == {"0123456789ab"}


def test_times_in_tables_carry_the_year(world: World) -> None:
    # A spreadsheet takes "03-02 08:40" for the second of March of the year it is opened in. Minute 1960 is 08:40 on 2 March.
    data = render_manifest_csv(world.scenario, world.plan, "B-001", RUN_INFO).decode("utf-8-sig")
    assert next(csv.DictReader(io.StringIO(data)))["到达时间 arrives"] == "2020-03-02 08:40"


def test_no_cell_of_the_csv_begins_like_a_formula(world: World) -> None:
    for trip in world.plan.trips:
        text = render_manifest_csv(world.scenario, world.plan, trip.id, RUN_INFO).decode("utf-8-sig")
        cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
        assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    # -2+3 and @SUM(A1) ride the train; both are still there, quoted.
    text = render_manifest_csv(world.scenario, world.plan, "R-001", RUN_INFO).decode("utf-8-sig")
    assert "'-2+3" in text
    assert "'@SUM(A1)" in text


@pytest.mark.parametrize(
    "start", ["=", "+", "-", "@", "\t=", "\r=", "\uff1d", "\uff0b", "\uff0d", "\uff20", " ="]
)
def test_whatever_begins_a_formula_is_quoted(start: str) -> None:
    assert make_inert(f"{start}1") == f"'{start}1"


def test_an_ordinary_cell_is_left_alone() -> None:
    assert make_inert("王-伟=") == "王-伟="
