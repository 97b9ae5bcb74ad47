"""Every finding of the reading room: raised at the right line, declared, documented."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from reading_world import PLACES, SCENARIO, SITES, WORKERS, get_finding, list_codes, read_world

import dispatch.files
from dispatch.files.codes import CODES
from dispatch.files.report import Report
from dispatch.files.table_specs import TABLES
from dispatch.files.tables import RawTable
from dispatch.files.typed import match_headings, parse_table
from dispatch.findings import Severity
from dispatch.render.fonts import FONT_CODES

HEAD = WORKERS.splitlines()[0]
TRAIN = (
    "terminals: [{terminal_id: t1, name: 汉中}, {terminal_id: t2, name: 昆山}]\n"
    "services: [{service_id: k1, mode: train, dates: 2020-03-01, carriage_seats: 100}]\n"
)
STOPS = "service_stops: [{service_id: k1, order: 1, place: t1, depart: '20:00'}, {service_id: k1, order: 2, place: t2, arrive: '10:00+1'}]\n"


def roster(*rows: str) -> str:
    return "\n".join([HEAD, *rows]) + "\n"


def with_lines(*lines: str) -> str:
    return SCENARIO + "\n".join(lines) + "\n"


# (code, files changed, file of the finding, line). SCENARIO has 10 lines, so an added line stands on line 11.
CASES = [
    ("E101", {"scenario": with_lines("health: helth.csv")}, "scenario.yaml", 11),
    ("E102", {"workers": b"worker_id,name\n1,\xff\xff\n"}, "workers.csv", 0),
    ("E103", {"scenario": "format: 1\nname: [small\n"}, "scenario.yaml", 3),
    ("E104", {"scenario": with_lines("title: zwei")}, "scenario.yaml", 11),
    ("E105", {"scenario": with_lines("rate: {}")}, "scenario.yaml", 11),
    ("E106", {"scenario": SCENARIO.replace("name: small\n", "")}, "scenario.yaml", 1),
    ("E107", {"scenario": with_lines("limits: {max_pickups: many}")}, "scenario.yaml", 11),
    ("E108", {"scenario": SCENARIO.replace("format: 1", "format: 2")}, "scenario.yaml", 1),
    ("E109", {"scenario": SCENARIO.replace("to: 2020-03-10", "to: 2020-02-01")}, "scenario.yaml", 4),
    ("E110", {"scenario": with_lines("time_zone: Asia/Shangai")}, "scenario.yaml", 11),
    ("E111", {"workers": "worker_id,home\n1,p1\n"}, "workers.csv", 1),
    ("E112", {"workers": "worker_id,name,prefered\n1,a,2020-03-01\n"}, "workers.csv", 1),
    ("E113", {"workers": "worker_id,name,phone,联系电话\n1,a,2,3\n"}, "workers.csv", 1),
    ("E114", {"workers": "worker_id,name,home\n1,a,p1\n2,b,p1,extra\n"}, "workers.csv", 3),
    ("E116", {"scenario": SCENARIO.replace("workers: workers.csv\n", "")}, "scenario.yaml", 0),
    ("E121", {"workers": roster("1,,,,,,p1,s1,,,")}, "workers.csv", 2),
    ("E122", {"workers": roster("1,a,,,,,p1,s1,2020-02-30,,")}, "workers.csv", 2),
    ("E123", {"workers": roster("1,a,,,,x,p1,s1,,,")}, "workers.csv", 2),
    ("E124", {"sites": SITES.replace("08:00", "8 o'clock")}, "sites.csv", 2),
    ("E125", {"workers": roster("1,a,,,X,,p1,s1,,,")}, "workers.csv", 2),
    ("E126", {"places": PLACES.replace("33.30", "133.30")}, "places.csv", 2),
    ("E127", {"workers": roster("1,a,,,,,p1,s1,,,", "1,b,,,,,p1,s1,,,")}, "workers.csv", 3),
    ("E128", {"workers": roster("1,a,,,,,p1,s11,,,")}, "workers.csv", 2),
    ("E129", {"workers": roster("1,a,110105194912310000,,,,p1,s1,,,")}, "workers.csv", 2),
    ("E129", {"workers": roster("1,a,3.2E+17,,,,p1,s1,,,")}, "workers.csv", 2),
    ("E129", {"workers": roster("1,a,,1.38E+10,,,p1,s1,,,")}, "workers.csv", 2),
    (
        "E130",
        {"workers": roster("1,a,11010519491231002X,,,,p1,s1,,,", "2,b,11010519491231002x,,,,p1,s1,,,")},
        "workers.csv",
        3,
    ),
    ("E131", {"workers": roster("1,a,,,,,p1,s1,2020-03-05,2020-03-01,")}, "workers.csv", 2),
    ("E132", {"workers": roster("1,a,,,,,p1,s1,,,h", "2,b,,,,,p2,s1,,,h")}, "workers.csv", 3),
    ("E133", {"workers": roster("1,a,,,,,羊县,s1,,,")}, "workers.csv", 2),
    ("E134", {"workers": roster("1,a,,,,,鼓楼区,s1,,,")}, "workers.csv", 2),
    ("E135", {"scenario": with_lines(TRAIN + STOPS.replace("10:00+1", "10:00"))}, "scenario.yaml", 13),
    ("E136", {"scenario": with_lines(TRAIN)}, "scenario.yaml", 12),
    (
        "E138",
        {
            "scenario": SCENARIO.replace("count: 2,", "count: 2, from: 2020-03-01, to: 2020-03-03,")
            + "  - {fleet_id: f1, type: coach45, depot: p1, count: 1, from: 2020-03-04, to: 2020-03-05}\n"
        },
        "scenario.yaml",
        11,
    ),
    (
        "E139",
        {"scenario": with_lines("vehicle_types: [{type_id: mini, approved: 20, rows: 4x4+5}]")},
        "scenario.yaml",
        11,
    ),
    ("W201", {"workers": "worker_id,name,home,site,备注\n1,a,p1,s1,z\n"}, "workers.csv", 1),
    ("W203", {"workers": roster("1,a,110105194912310021,,,,p1,s1,,,")}, "workers.csv", 2),
    ("W204", {"workers": roster("1,a,,,,,p1,s1,2020-05-01,2020-05-02,")}, "workers.csv", 2),
    ("W205", {"workers": roster("1,a,,,,2010,p1,s1,,,")}, "workers.csv", 2),
    ("W206", {"sites": SITES.replace("2020-03-01", "2020-04-01")}, "sites.csv", 2),
    ("W207", {"scenario": with_lines("facts: [{key: 007, label: a, value: b, source: c}]")}, "scenario.yaml", 11),
    (
        "W208",
        {
            "scenario": SCENARIO.replace("{from: 2020-02-28, to: 2020-03-10}", "{from: 2020-02-28, to: 2020-03-30}")
            + "time_zone: Europe/Berlin\n"
        },
        "scenario.yaml",
        4,
    ),
    ("W209", {"scenario": with_lines(TRAIN.replace("2020-03-01", "2020-03-20") + STOPS)}, "scenario.yaml", 12),
    ("W210", {"scenario": with_lines("payers: [{payer_id: county, share: 0.5}]")}, "scenario.yaml", 11),
    ("W211", {"workers": roster("1,a,,,,,,s1,,,")}, "workers.csv", 2),
    ("W212", {"workers": HEAD + "\n"}, "workers.csv", 0),
    (
        "W214",
        {
            "scenario": with_lines("rates: {unserved: {poor: 900}}"),
            "workers": WORKERS.replace(",party\n", ",class\n").replace(",h1\n", ",por\n"),
        },
        "scenario.yaml",
        11,
    ),
    (
        "W215",
        {"scenario": SCENARIO.replace("count: 2, day_rate: 800, km_rate: 5.5, driver_day_rate: 300", "count: 2") + "currency: EUR\n"},
        "scenario.yaml",
        11,
    ),
    ("I301", {"workers": roster("1,a,,,,,p1,s1,,,", "2,a,,,,,p1,s1,,,")}, "workers.csv", 3),
]  # fmt: skip


@pytest.mark.parametrize(("code", "changes", "file", "line"), CASES)
def test_each_mistake_is_found_where_it_stands(code, changes, file, line, tmp_path: Path) -> None:
    result = read_world(tmp_path, **changes)
    finding = get_finding(result, code)
    assert (finding.where.file, finding.where.line) == (file, line)
    assert finding.action
    assert (result.scenario is None) == (CODES[code].severity is Severity.ERROR)


@pytest.mark.parametrize(("code", "changes", "file", "line"), CASES)
def test_a_single_mistake_brings_no_other_errors(code, changes, file, line, tmp_path: Path) -> None:
    result = read_world(tmp_path, **changes)
    errors = {finding.code for finding in result.findings if finding.severity is Severity.ERROR}
    assert errors <= {code}


MANY = {
    "scenario": SCENARIO
    + "titel: x\n"  # 11: unknown key
    + "rates: {lateness_per_worker_day: viel}\n"  # 12: not a number
    + "title: again\n"  # 13: double key
    + "health:\n  - {worker_id: 999, kind: certificate, date: 2020-02-27}\n"  # 15: unknown worker
    + "locks:\n  - {kind: service, worker_id: '1', value: k9}\n"  # 17: unknown service
    + "crew: crow.csv\n",  # 18: missing file
    "workers": roster(
        "1,a,,,,,p1,s1,,,",  # 2: right
        "1,b,,,,,p1,s1,,,",  # 3: double id
        "3,,,,,,p1,s1,,,",  # 4: no name
        "4,d,,,,,p1,s1,2020-02-30,,",  # 5: no such date
        "5,e,,,,,p1,s9,,,",  # 6: unknown site
        "6,f,,,,,鼓楼区,s1,,,",  # 7: ambiguous
        "7,g,,,,,羊县,s1,,,",  # 8: unknown place
        "8,h,110105194912310000,,,,p1,s1,,,",  # 9: damaged
        "9,i,,,Q,,p1,s1,,,",  # 10: sex
        "10,j,,,,19x5,p1,s1,,,",  # 11: year
        "11,k,,,,,p1,s1,2020-03-05,2020-03-02,",  # 12: reversed
        "12,l,,,,1200,p1,s1,,,",  # 13: year out of range
        "13,m,,,,,p1,s1,,,,x",  # 14: too many cells
        "14,n,,,,,p1,s1,,,q",  # 15
        "15,o,,,,,p2,s1,,,q",  # 16: other boarding place in one party
    ),
    "places": PLACES + "p3,南村,village,洋县,91,107\np4,北村,hamlet,洋县,,\n",  # 4: latitude, 5: kind
    "sites": SITES + "s2,二号门,x,昆山,2020-03-01,25:00,20:00,\n",  # 3: clock
}
MANY_PLACES = {
    ("scenario.yaml", 11, "E105"),
    ("scenario.yaml", 12, "E107"),
    ("scenario.yaml", 13, "E104"),
    ("scenario.yaml", 15, "E128"),
    ("scenario.yaml", 17, "E128"),
    ("scenario.yaml", 18, "E101"),
    ("workers.csv", 3, "E127"),
    ("workers.csv", 4, "E121"),
    ("workers.csv", 5, "E122"),
    ("workers.csv", 6, "E128"),
    ("workers.csv", 7, "E134"),
    ("workers.csv", 8, "E133"),
    ("workers.csv", 9, "E129"),
    ("workers.csv", 10, "E125"),
    ("workers.csv", 11, "E123"),
    ("workers.csv", 12, "E131"),
    ("workers.csv", 13, "E126"),
    ("workers.csv", 14, "E114"),
    ("workers.csv", 16, "E132"),
    ("places.csv", 4, "E126"),
    ("places.csv", 5, "E125"),
    ("sites.csv", 3, "E124"),
}


def test_twenty_two_mistakes_are_all_reported_at_once_with_their_lines(tmp_path: Path) -> None:
    result = read_world(tmp_path, **MANY)
    errors = [finding for finding in result.findings if finding.severity is Severity.ERROR]
    assert len(MANY_PLACES) == 22
    assert {(f.where.file, f.where.line, f.code) for f in errors} == MANY_PLACES
    assert len(errors) == 22
    assert result.scenario is None and result.has_errors


def test_a_damaged_document_is_found_in_a_row_with_other_mistakes_too(tmp_path: Path) -> None:
    # 110105194912310000: 15 digits and 000; the right check digit of its first 17 is not 0. Site s9 does not exist.
    workers = roster("8,h,110105194912310000,,,,p1,s9,,,")
    assert {"E128", "E129"} <= set(list_codes(read_world(tmp_path, workers=workers)))


def test_a_near_miss_is_named_for_keys_ids_words_files_and_headings(tmp_path: Path) -> None:
    messages = {f.code: f.message for f in read_world(tmp_path, **MANY).findings}
    assert "Did you mean 'title'" in messages["E105"]
    site = read_world(tmp_path, workers=roster("1,a,,,,,p1,s11,,,"))
    assert "Did you mean 's1'?" in get_finding(site, "E128").message
    heading = read_world(tmp_path, workers="worker_id,name,prefered\n1,a,\n")
    assert "Did you mean preferred?" in get_finding(heading, "E112").message
    file = read_world(tmp_path, scenario=with_lines("health: worker.csv"))
    assert "workers.csv" in get_finding(file, "E101").message
    ambiguous = read_world(tmp_path, workers=roster("1,a,,,,,鼓楼区,s1,,,"))
    assert "江苏省南京市鼓楼区" in get_finding(ambiguous, "E134").message


def test_rejects_keep_the_original_columns_and_mask_documents_and_phones(tmp_path: Path) -> None:
    row = "1,a,110105194912310000,13812345678,,,p1,s1,,,"
    result = read_world(tmp_path, workers=roster(row, "2,b,,13812345679,,,p1,sX,,,"))
    rejects = result.rejects
    assert list(rejects.columns) == [*HEAD.split(","), "file", "line", "column", "code", "message"]
    # 18 characters: 3 + 11 stars + 4; 11 characters: 7 stars + 4
    by_line = rejects.set_index("line")
    assert by_line.loc[2, "document"] == "110" + "*" * 11 + "0000"
    assert by_line.loc[2, "phone"] == "*******5678"
    assert by_line.loc[3, "column"] == "site" and by_line.loc[3, "code"] == "E128"
    shown = rejects.to_csv() + " ".join(str(finding) for finding in result.findings)
    assert "110105194912310000" not in shown and "13812345678" not in shown


def test_skip_invalid_leaves_rejected_rows_out_and_those_that_refer_to_them(tmp_path: Path) -> None:
    workers = roster("1,a,,,,,p1,s1,,,", "2,b,,,,,p3,s1,,,", "3,c,,,,,p1,s1,2020-13-01,,")
    places = PLACES + "p3,南村,village,洋县,91,107\n"
    result = read_world(tmp_path, workers=workers, places=places, skip_invalid=True)
    assert result.scenario is not None
    assert list(result.scenario.workers["worker_id"]) == ["1"]
    codes = {(f.where.file, f.where.line, f.code) for f in result.findings if f.severity is Severity.ERROR}
    assert codes == {("places.csv", 4, "E126"), ("workers.csv", 3, "E137"), ("workers.csv", 4, "E122")}


def test_an_unknown_profile_refuses_even_with_skip_invalid(tmp_path: Path) -> None:
    scenario = SCENARIO.replace("profiles: [none]", "profiles: [mistake]")
    result = read_world(tmp_path, scenario=scenario, skip_invalid=True)
    assert result.scenario is None
    assert get_finding(result, "E301").where.line == 5


def test_a_full_sheet_is_refused() -> None:
    frame = pd.DataFrame({"key": ["a"], "label": ["b"], "value": ["c"], "source": ["d"]}, dtype="string")
    raw = RawTable(table="facts", file="f.xlsx", frame=frame, lines=np.array([1_048_576]), excel=True)
    report = Report()
    match_headings(raw, TABLES["facts"], report)
    parse_table(raw, TABLES["facts"], report)
    assert [finding.code for finding in report.close()] == ["E115"]


def test_a_document_ending_in_000_with_a_right_check_digit_is_only_doubted(tmp_path: Path) -> None:
    # products with the weights of GB 11643: 7+9+0+5+0+20+2+9+24+27+7+18+30+0+8+0+0 = 166 = 15 x 11 + 1 -> check character 0
    number = "110105194912301000"
    result = read_world(tmp_path, workers=roster(f"1,a,{number},,,,p1,s1,,,"))
    assert list_codes(result) == ["W213"]


def test_codes_declared_are_those_raised_tested_and_documented() -> None:
    room = Path(dispatch.files.__file__).parent
    pattern = re.compile(r"\b[EWI]\d{3}\b")
    sources = [path for path in room.glob("*.py") if path.name != "codes.py"]
    raised = {code for path in sources for code in pattern.findall(path.read_text(encoding="utf-8"))}
    documented = set(pattern.findall((room / "FORMAT.md").read_text(encoding="utf-8")))
    tested = {code for code, *_ in CASES} | {"E115", "E137", "W202", "W213"}
    of_profiles_and_facts = {
        "E301",
        "E302",
        "E303",
        "W304",
        "E305",
        "E401",
    }  # tested beside profiles and synthesis
    assert raised == set(CODES)
    assert documented == set(CODES) | set(FONT_CODES)
    assert tested | of_profiles_and_facts == set(CODES)


def test_the_format_page_says_of_each_code_what_the_program_says() -> None:
    page = (Path(dispatch.files.__file__).parent / "FORMAT.md").read_text(encoding="utf-8")
    for code, text in CODES.items():
        assert f"| `{code}` | {text.severity} | {text.meaning} | {text.action} |" in page
    for code, meaning in FONT_CODES.items():
        assert f"| `{code}` | warning | {meaning} |" in page
