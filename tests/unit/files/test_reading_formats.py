"""What a scenario may look like: encodings, workbooks, Parquet, Chinese headings, defaults."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
import xlsxwriter
from reading_world import (
    PLACES,
    SCENARIO,
    SITES,
    WORKERS,
    FivePlaces,
    get_finding,
    list_codes,
    read_plain_policy,
    read_world,
    write_world,
)

import dispatch.files
from dispatch.files.atlas import is_address_in
from dispatch.files.format import LoadResult, read_scenario, write_rejects
from dispatch.files.scenario_yaml import ScenarioMirror
from dispatch.files.schema import make_json_schema
from dispatch.files.source import EncodingUnknown, decode_text
from dispatch.files.table_specs import TABLES
from dispatch.files.yaml_text import parse_yaml
from dispatch.model.contracts import HEALTH, PANDAS_DTYPES, TRAVEL
from dispatch.model.contracts import WORKERS as WORKER_COLUMNS
from dispatch.model.geography import Precision, Tier
from dispatch.model.scenario import Assumption, Lock, LockKind, Scenario

CHINESE = """\
工号,姓名,身份证号,联系电话,性别,家庭住址,用工企业,最早日期,最晚日期,到岗日期,同行组,交通方式,特殊需求
001,张三,11010519491231002X,13800000001,男,东村,昆山电子,2020-02-29,2020年3月5日,2020/3/6,h1,大巴、火车,轮椅
002,李四,,,女,东村,昆山电子,2020-02-29,2020年3月5日,,h1,大巴,
003,王五,,,男,西村,求职,,,,,,
"""


def get_scenario(result: LoadResult) -> Scenario:
    assert result.scenario is not None, [str(finding) for finding in result.findings]
    return result.scenario


def read_folder(folder: Path) -> LoadResult:
    return read_scenario(folder, FivePlaces(), read_plain_policy)


def write_sheets(path: Path, sheets: dict[str, list[list[object]]]) -> None:
    with xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd"}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)


def test_the_small_campaign_reads_without_findings(tmp_path: Path) -> None:
    result = read_world(tmp_path)
    scenario = get_scenario(result)
    assert result.findings == () and result.rejects.empty
    assert scenario.first_date == date(2020, 2, 28) and scenario.title == "小方案"
    workers = scenario.workers.set_index("worker_id")
    assert list(workers.index) == ["001", "002", "003"]
    assert workers.loc["001", "party_id"] == "h1" and workers.loc["003", "party_id"] == "003"
    assert workers.loc["003", "earliest_date"] == pd.Timestamp(2020, 3, 1)
    assert workers.loc["003", "preferred_date"] == pd.Timestamp(2020, 3, 1)
    line = scenario.fleet[0]
    assert (line.tariff.day_minor, line.tariff.km_minor, line.tariff.driver_day_minor) == (80000, 550, 30000)
    assert line.find_available(date(2020, 2, 28)) == 2
    site = scenario.geography.sites["s1"]
    assert (site.receives_from_min, site.receives_until_min, site.arrivals_per_day) == (480, 1200, 200)


def test_the_frames_keep_their_contracts(tmp_path: Path) -> None:
    scenario = get_scenario(
        read_world(
            tmp_path,
            health="worker_id,kind,date,result,seals,verified\n001,健康证明,2020-02-27,合格,2,是\n",
            travel="from,to,km,minutes\np1,s1x,1402.55,1190.2\n",
            scenario=SCENARIO + "health: health.csv\ntravel: travel.csv\n",
            places=PLACES + "s1x,门,site,,31.4,121.0\n",
        )
    )
    for frame, contract in (
        (scenario.workers, WORKER_COLUMNS),
        (scenario.health, HEALTH),
        (scenario.travel, TRAVEL),
    ):
        assert list(frame.columns) == [column.name for column in contract]
        assert [str(frame[c.name].dtype) for c in contract] == [PANDAS_DTYPES[c.dtype] for c in contract]
    piece = scenario.health.iloc[0]
    assert (piece["kind"], piece["result"], piece["seals"], piece["verified"]) == (
        "certificate",
        "ok",
        2,
        True,
    )
    leg = scenario.travel.iloc[0]
    # 1402.55 km: 14025.5 tenths, half to even -> 14026; 1190.2 min -> up to 1191
    assert (leg["km_tenths"], leg["minutes"]) == (14026, 1191)


def test_29_february_2020_is_a_date_and_29_february_2021_is_not(tmp_path: Path) -> None:
    scenario = get_scenario(read_world(tmp_path / "leap"))
    assert scenario.workers["earliest_date"].iloc[0] == pd.Timestamp(2020, 2, 29)
    result = read_world(tmp_path / "not", workers=WORKERS.replace("2020-02-29", "2021-02-29", 1))
    assert "2021-02-29" in get_finding(result, "E122").message


def test_an_empty_roster_is_a_scenario_with_a_warning(tmp_path: Path) -> None:
    result = read_world(tmp_path, workers=WORKERS.splitlines()[0] + "\n")
    assert len(get_scenario(result).workers) == 0
    assert list_codes(result) == ["W212"]


def test_one_worker_is_a_scenario(tmp_path: Path) -> None:
    result = read_world(tmp_path, workers="worker_id,name,home,site\n7,单人,p1,s1\n")
    worker = get_scenario(result).workers.iloc[0]
    assert (worker["worker_id"], worker["party_id"], worker["boarding_place_id"]) == ("7", "7", "p1")
    # no dates given: the whole horizon
    assert worker["earliest_date"] == pd.Timestamp(2020, 2, 28)
    assert worker["latest_date"] == pd.Timestamp(2020, 3, 10)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_chinese_headings_and_words_read_the_same_in_every_encoding(encoding: str, tmp_path: Path) -> None:
    result = read_world(tmp_path, workers=CHINESE.encode(encoding))
    workers = get_scenario(result).workers.set_index("worker_id")
    assert list(workers["name"]) == ["张三", "李四", "王五"]
    assert list(workers["sex"]) == ["M", "F", "M"]
    assert workers.loc["001", "modes"] == "bus|train" and workers.loc["002", "modes"] == "bus"
    assert workers.loc["001", "needs"] == "wheelchair"
    assert workers.loc["001", "home_place_id"] == "p1" and workers.loc["001", "site_id"] == "s1"
    assert workers.loc["003", "site_id"] == ""
    assert workers.loc["001", "required_on_post_date"] == pd.Timestamp(2020, 3, 6)
    assert f"workers.csv: {encoding}" in result.encodings


def test_bytes_of_no_known_encoding_are_refused() -> None:
    with pytest.raises(EncodingUnknown):
        decode_text(b"\xff\xff\xff")


def test_an_xlsx_roster_keeps_serial_dates_zeros_and_day_fractions(tmp_path: Path) -> None:
    folder = write_world(
        tmp_path, scenario=SCENARIO.replace("workers.csv", "w.xlsx").replace("sites.csv", "s.xlsx")
    )
    # 43890 is 29 February 2020: 43831 is 1 January 2020 (Excel), plus 31 + 28 days
    rows = [
        [],
        ["worker_id", "name", "home", "site", "earliest", "latest", "phone"],
        ["007", "张三", "p1", "s1", 43890, date(2020, 3, 5), 13812345678],
    ]
    write_sheets(folder / "w.xlsx", {"人员": rows})
    # a quarter of a day is 06:00, three quarters 18:00
    sites = [
        ["site_id", "name", "place", "receives_from", "receives_until"],
        ["s1", "门", "昆山", 0.25, 0.75],
    ]
    write_sheets(folder / "s.xlsx", {"Sheet1": [["x"]], "sites": sites})
    scenario = get_scenario(read_folder(folder))
    worker = scenario.workers.iloc[0]
    assert (worker["worker_id"], worker["phone"]) == ("007", "13812345678")
    assert worker["earliest_date"] == pd.Timestamp(2020, 2, 29)
    assert worker["latest_date"] == pd.Timestamp(2020, 3, 5)
    assert worker["source_row"] == 3
    assert scenario.geography.sites["s1"].receives_from_min == 360
    assert scenario.geography.sites["s1"].receives_until_min == 1080


def test_an_id_typed_as_a_number_into_a_spreadsheet_is_found_damaged(tmp_path: Path) -> None:
    folder = write_world(tmp_path, scenario=SCENARIO.replace("workers.csv", "w.xlsx"))
    rows = [["工号", "姓名", "身份证号", "户籍地"], ["1", "张三", 110105194912310021, "p1"]]
    write_sheets(folder / "w.xlsx", {"人员": rows})
    finding = get_finding(read_folder(folder), "E129")
    assert finding.where.line == 2 and finding.where.file == "w.xlsx[人员]" and finding.where.column == 3
    assert "as text" in finding.action


def test_a_parquet_roster_reads_like_the_csv(tmp_path: Path) -> None:
    folder = write_world(tmp_path, scenario=SCENARIO.replace("workers.csv", "w.parquet"))
    frame = pd.read_csv(folder / "workers.csv", dtype={"worker_id": str, "document": str, "phone": str})
    frame["earliest"] = pd.to_datetime(["2020-02-29", "2020-02-29", "2020-03-01"])
    frame.to_parquet(folder / "w.parquet")
    workers = get_scenario(read_folder(folder)).workers
    expected = get_scenario(read_world(tmp_path / "csv")).workers
    pd.testing.assert_frame_equal(workers.drop(columns="source_row"), expected.drop(columns="source_row"))


def test_several_files_make_one_roster_and_each_row_keeps_its_file(tmp_path: Path) -> None:
    scenario = SCENARIO.replace("workers: workers.csv", "workers: [workers.csv, west.csv]")
    west = "工号,姓名,户籍地,用工企业\n101,赵六,p2,s1\n102,钱七,p9,s1\n"
    result = read_world(tmp_path, scenario=scenario, west=west)
    finding = get_finding(result, "E133")
    assert (finding.where.file, finding.where.line) == ("west.csv", 3)
    good = read_world(tmp_path, scenario=scenario, west=west.replace("p9", "p2"))
    assert list(get_scenario(good).workers["worker_id"]) == ["001", "002", "003", "101", "102"]


def test_a_whole_scenario_may_be_one_workbook(tmp_path: Path) -> None:
    lines = [line.split(",") for line in CHINESE.splitlines()]
    keys = [
        ["键", "值"],
        ["format", 1],
        ["name", "book"],
        ["标题", "一册方案"],
        ["开始日期", 43889],
        ["结束日期", "2020-03-10"],
        ["rates.lateness_per_worker_day", "12.5"],
        ["overrides.load_cap_ratio.bus", "0.5"],
    ]
    path = tmp_path / "campaign.xlsx"
    sheets = {
        "方案": keys,
        "人员": lines,
        "地点": [line.split(",") for line in PLACES.splitlines()],
        "企业": [line.split(",") for line in SITES.splitlines()],
        "草稿": [["x"]],
    }
    write_sheets(path, sheets)
    result = read_scenario(path, FivePlaces(), read_plain_policy)
    scenario = get_scenario(result)
    assert (scenario.name, scenario.title) == ("book", "一册方案")
    assert scenario.first_date == date(2020, 2, 28)
    assert scenario.rates.lateness_day_minor == 1250
    assert len(scenario.workers) == 3
    assert "草稿" in get_finding(result, "W202").message


def test_a_mistake_in_the_key_sheet_names_its_row(tmp_path: Path) -> None:
    path = tmp_path / "campaign.xlsx"
    write_sheets(
        path,
        {
            "scenario": [
                ["format", 1],
                ["name", "b"],
                ["horizon.from", "2020-02-30"],
                ["horizon.to", "2020-03-01"],
            ]
        },
    )
    finding = get_finding(read_scenario(path, FivePlaces(), read_plain_policy), "E122")
    assert finding.where.line == 3


def test_yaml_keeps_clocks_dates_words_and_padded_numbers_as_text() -> None:
    data = parse_yaml("a: 22:00\nb: 0123\nc: no\nd: 2020-02-30\ne: 12\nf: 1.5\ng: true\nh:\n", "x").data
    assert data == {
        "a": "22:00",
        "b": "0123",
        "c": "no",
        "d": "2020-02-30",
        "e": 12,
        "f": 1.5,
        "g": True,
        "h": None,
    }


def test_line_breaks_inside_cells_do_not_shift_line_numbers(tmp_path: Path) -> None:
    workers = 'worker_id,name,home,site\n1,"a\nb",p1,s1\n\n2,c,p1,sX\n'
    assert get_finding(read_world(tmp_path, workers=workers), "E128").where.line == 5


def test_semicolons_and_tabs_separate_columns_too(tmp_path: Path) -> None:
    for separator in (";", "\t"):
        result = read_world(tmp_path, workers=WORKERS.replace(",", separator))
        assert len(get_scenario(result).workers) == 3


def test_formula_like_text_is_kept_as_it_is(tmp_path: Path) -> None:
    name = "{{7*7}}<script>=cmd()"
    result = read_world(tmp_path, workers=f"worker_id,name,home,site\n=1,{name},p1,s1\n")
    worker = get_scenario(result).workers.iloc[0]
    assert (worker["worker_id"], worker["name"]) == ("=1", name)


def test_a_place_without_coordinates_takes_those_of_its_county_and_says_so(tmp_path: Path) -> None:
    scenario = get_scenario(read_world(tmp_path))
    place = scenario.geography.places["p2"]
    assert (place.lat, place.lon, place.precision, place.assumed) == (33.22, 107.55, Precision.COUNTY, True)
    own = scenario.geography.places["p1"]
    assert (own.precision, own.assumed, own.region_id) == (Precision.VILLAGE, False, "610723")
    assert scenario.geography.get_prefecture("610723") == "6107"


def test_a_home_that_is_only_a_name_is_looked_up_within_the_origin(tmp_path: Path) -> None:
    folder = write_world(
        tmp_path, scenario=SCENARIO + "origin: 汉中\n", workers="worker_id,name,home,site\n1,a,磨子桥镇,s1\n"
    )
    resolver = FivePlaces()
    scenario = get_scenario(read_scenario(folder, resolver, read_plain_policy))
    place = scenario.geography.places[scenario.workers["home_place_id"].iloc[0]]
    assert (place.name, place.precision, place.assumed) == ("磨子桥镇", Precision.TOWNSHIP, True)
    assert ("磨子桥镇", "汉中") in resolver.questions


def test_the_boarding_place_is_ones_own_else_the_assembly_point_else_home(tmp_path: Path) -> None:
    places = "place_id,name,kind,region,lat,lon,assembly_place\np1,东村,village,洋县,33.3,107.6,a1\np2,西村,village,洋县,33.2,107.5,\na1,广场,assembly,洋县,33.22,107.55,\n"
    workers = "worker_id,name,home,boarding_place,site\n1,a,p1,,s1\n2,b,p2,,s1\n3,c,p1,p2,s1\n4,d,,a1,s1\n"
    scenario = get_scenario(read_world(tmp_path, places=places, workers=workers))
    assert list(scenario.workers["boarding_place_id"]) == ["a1", "p2", "p2", "a1"]


def test_assumptions_come_with_the_people_they_touch_most_first(tmp_path: Path) -> None:
    scenario = get_scenario(read_world(tmp_path))
    people = {(one.table, one.subject): one.people for one in scenario.assumptions}
    # all three work at s1 in 昆山; only worker 003 lives at p2; all left modes and the vehicle type open
    assert people[("sites", "place:昆山")] == 3 and people[("places", "p2")] == 1
    assert people[("workers", "modes")] == 3 and people[("vehicle_types", "coach53")] == 3
    numbers = [one.people for one in scenario.assumptions]
    assert numbers == sorted(numbers, reverse=True)


def test_what_the_scenario_calls_assumed_comes_with_the_assumptions(tmp_path: Path) -> None:
    facts = "facts: [{key: people, label: sent, value: 3, source: report}]\nassumed:\n  - {what: prices, value: '800', why: placeholder, table: fleet}\n  - {what: hours, value: '08:00', subject: s1, people: 2}\n"
    folder = write_world(tmp_path, scenario=SCENARIO + "facts: facts.yaml\nassumed: facts.yaml\n")
    (folder / "facts.yaml").write_text(facts, encoding="utf-8")
    result = read_scenario(folder, FivePlaces(), read_plain_policy)
    scenario = get_scenario(result)
    assert [fact.key for fact in scenario.facts] == ["people"]
    stated = {one.what: one for one in scenario.assumptions}
    # three workers in the roster
    assert stated["prices"] == Assumption(
        subject="small", what="prices", value="800; placeholder", people=3, table="fleet"
    )
    assert stated["hours"] == Assumption(subject="s1", what="hours", value="08:00", people=2)
    assert len([note for note in result.encodings if note.startswith("facts.yaml")]) == 1


def test_a_fleet_line_may_be_for_local_trips_only(tmp_path: Path) -> None:
    fleet = "编号,车型,车场,数量,仅限市内\nf1,coach35,p1,2,是\nf2,coach35,p1,2,否\nf3,coach35,p1,2,\n"
    scenario = get_scenario(
        read_world(tmp_path, scenario=SCENARIO.split("fleet:")[0] + "fleet: fleet.csv\n", fleet=fleet)
    )
    assert [(line.id, line.local_only) for line in scenario.fleet] == [
        ("f1", True), ("f2", False), ("f3", False),
    ]  # fmt: skip


def test_a_missing_fleet_becomes_unlimited_coaches_at_the_seat_of_each_origin_county(tmp_path: Path) -> None:
    scenario = get_scenario(
        read_world(
            tmp_path,
            scenario=SCENARIO.split("fleet:")[0],
            workers="worker_id,name,home,site\n1,a,p1,s1\n2,b,勉县,s1\n",
        )
    )
    assert [line.id for line in scenario.fleet] == ["coach53@610723", "coach53@610725"]
    line = scenario.fleet[0]
    depot = scenario.geography.places[line.depot_place_id]
    assert line.assumed and line.counts == () and line.registered_region_id == "610723"
    assert (depot.lat, depot.lon, depot.assumed) == (33.22, 107.55, True)
    assert scenario.vehicle_types["coach53"].row_seats == (4,) * 12 + (5,)
    touched = {one.subject: one.people for one in scenario.assumptions if one.what == "fleet"}
    assert touched == {"coach53@610723": 1, "coach53@610725": 1}
    none = get_scenario(read_world(tmp_path, scenario=SCENARIO.split("fleet:")[0] + "fleet: []\n"))
    assert none.fleet == ()


def test_regions_get_dated_tiers_entry_rules_and_groups(tmp_path: Path) -> None:
    regions = "地区,起始日期,风险等级,准入规则,接送组\n洋县,2020-02-10,中风险,,north\n洋县,2020-03-01,低风险,,\n昆山市,,,certificate_3_days,\n"
    scenario = get_scenario(
        read_world(tmp_path, scenario=SCENARIO + "regions: regions.csv\n", regions=regions)
    )
    geography = scenario.geography
    assert geography.get_tier("610723", date(2020, 2, 29)) is Tier.MEDIUM
    assert geography.get_tier("610723", date(2020, 3, 1)) is Tier.LOW
    assert geography.get_pickup_group("610723") == "north"
    assert geography.find_entry_rule("320583", date(2020, 3, 1)) == "certificate_3_days"
    wrong = read_world(
        tmp_path,
        scenario=SCENARIO + "regions: regions.csv\n",
        regions="region,entry_rule\n洋县,certificate_3_day\n",
    )
    assert "certificate_3_days" in get_finding(wrong, "E128").message


def test_an_own_region_needs_no_gazetteer(tmp_path: Path) -> None:
    regions = "region,name,level,parent\nRW,Rwanda,country,\nRW1,Kigali,county,RW\n"
    places = PLACES + "k1,Kigali bus park,assembly,Kigali,-1.95,30.06\n"
    scenario = get_scenario(
        read_world(tmp_path, scenario=SCENARIO + "regions: regions.csv\n", regions=regions, places=places)
    )
    assert scenario.geography.places["k1"].region_id == "RW1"
    assert [region.id for region in scenario.geography.get_ancestors("RW1")] == ["RW1", "RW"]


def test_a_daily_service_becomes_one_service_a_day_with_planning_minutes(tmp_path: Path) -> None:
    scenario = get_scenario(
        read_world(
            tmp_path,
            scenario=SCENARIO
            + "terminals: terminals.csv\nservices: services.csv\nservice_stops: stops.csv\n",
            terminals="terminal_id,name,lat,lon\nt1,洋县西站,33.21,107.5\nt2,昆山南站,31.38,120.95\n",
            services="service_id,name,mode,kind,committed,dates,carriage_seats,max_carriages,per_seat\n"
            "k1,K4558,火车,专列,是,2020-02-29..2020-03-01,118,16,60.5\n",
            stops="service_id,order,place,arrive,depart\nk1,2,昆山南站,14:30+1,\nk1,1,t1,,20:10\n",
        )
    )
    assert [service.id for service in scenario.services] == ["k1@2020-02-29", "k1@2020-03-01"]
    first = scenario.services[0]
    # 29 February is day 1: 1440 + 20 x 60 + 10 = 2650; the next day 14:30: 2880 + 870 = 3750
    assert [(stop.place_id, stop.arrive_min, stop.depart_min) for stop in first.stops] == [
        ("t1", 2650, 2650),
        ("t2", 3750, 3750),
    ]
    assert [(stop.boards, stop.alights) for stop in first.stops] == [(True, False), (False, True)]
    assert first.committed and first.kind == "chartered" and first.seat_minor == 6050
    assert (first.min_carriages, first.max_carriages) == (1, 16)


def test_a_terminal_may_state_its_own_time_zone(tmp_path: Path) -> None:
    stops = "service_id,order,place,arrive,depart\nk1,1,t1,,10:00\nk1,2,t2,12:00,\n"
    scenario = get_scenario(
        read_world(
            tmp_path,
            scenario=SCENARIO
            + "terminals: terminals.csv\nservices: services.csv\nservice_stops: stops.csv\n",
            terminals="terminal_id,name,lat,lon,time_zone\nt1,洋县西站,33.21,107.5,\nt2,Vientiane,17.98,102.56,Asia/Bangkok\n",
            services="service_id,mode,dates,carriage_seats\nk1,charter,2020-02-28,180\n",
            stops=stops,
        )
    )
    # 12:00 in Bangkok (UTC+7) is 13:00 in Shanghai (UTC+8): 780 minutes
    assert scenario.services[0].stops[1].arrive_min == 780


def test_locks_payers_crew_and_facts_are_read(tmp_path: Path) -> None:
    scenario = get_scenario(
        read_world(
            tmp_path,
            scenario=SCENARIO
            + "locks: [{kind: 同行, worker_id: '001', value: '003'}, {kind: date, worker_id: '002', value: 2020-03-02}]\n"
            + "payers: [{payer_id: county, group: all, share: 0.7, budget: 5000}, {payer_id: firm, group: all, share: 0.3}]\n"
            + "crew: [{crew_id: d1, name: 赵六, depot: p1, used_week_h: 12.5, duties: f1}]\n"
            + "facts: [{key: people, label: people sent, value: 3666, source: county, confidence: B}]\n",
        )
    )
    assert scenario.locks == (
        Lock(kind=LockKind.TOGETHER, worker_id="001", value="003"),
        Lock(kind=LockKind.DATE, worker_id="002", value="2020-03-02"),
    )
    assert [(payer.id, payer.group_id, payer.shares, payer.budget_minor) for payer in scenario.payers] == [
        ("county", "all", (("*", 700),), 500000),
        ("firm", "all", (("*", 300),), None),
    ]
    assert (scenario.crew[0].role, scenario.crew[0].used_week_min, scenario.crew[0].duties) == (
        "driver",
        750,
        ("f1",),
    )
    assert scenario.facts[0].value == "3666"


def test_absent_tables_are_left_to_the_generator(tmp_path: Path) -> None:
    folder = write_world(tmp_path, scenario=SCENARIO + "generated: {facts: facts.yaml, seed: 7}\n")
    (folder / "workers.csv").unlink()
    result = read_folder(folder)
    assert result.scenario is None and not result.has_errors
    assert result.generated is not None
    assert (result.generated.seed, result.generated.absent_tables) == (7, ("workers",))
    made = read_scenario(
        folder, FivePlaces(), read_plain_policy, made_files={"workers.csv": WORKERS.encode()}
    )
    assert len(get_scenario(made).workers) == 3


def test_the_hash_follows_the_content_of_every_file(tmp_path: Path) -> None:
    first = get_scenario(read_world(tmp_path / "a")).content_hash
    assert get_scenario(read_world(tmp_path / "b")).content_hash == first
    assert (
        get_scenario(read_world(tmp_path / "c", sites=SITES.replace("200\n", "201\n"))).content_hash != first
    )


def test_the_schema_lists_every_key_and_column() -> None:
    schema = make_json_schema()
    assert {"horizon", "rates", "workers", "service_stops"} <= set(schema["properties"])
    assert schema["additionalProperties"] is False
    for name, spec in TABLES.items():
        assert set(schema["$defs"][f"{name}_row"]["properties"]) == {column.name for column in spec.columns}


def test_no_heading_means_two_columns_of_one_table() -> None:
    for spec in TABLES.values():
        headings = [heading.lower() for column in spec.columns for heading in (column.name, *column.also)]
        assert len(headings) == len(set(headings)), spec.name


def test_rejects_are_written_readable_by_their_owner_only(tmp_path: Path) -> None:
    result = read_world(tmp_path, workers="worker_id,name,home,site\n1,=cmd(),p1,sX\n")
    write_rejects(tmp_path / "rejects.csv", result.rejects)
    assert (tmp_path / "rejects.csv").stat().st_mode & 0o777 == 0o600
    assert "'=cmd()" in (tmp_path / "rejects.csv").read_text(encoding="utf-8-sig")


def test_the_examples_of_the_format_page_are_a_scenario_without_errors(tmp_path: Path) -> None:
    page = (Path(dispatch.files.__file__).parent / "FORMAT.md").read_text(encoding="utf-8")
    examples = dict(re.findall(r"### (\w+) \(.*?```csv\n(.*?)```", page, flags=re.DOTALL))
    assert set(examples) == set(TABLES)
    keys = "".join(f"{name}: {name}.csv\n" for name in TABLES)
    scenario = "format: 1\nname: page\nhorizon: {from: 2020-02-28, to: 2020-03-10}\n" + keys
    result = read_world(tmp_path, **(examples | {"scenario": scenario}))
    assert not result.has_errors, [str(finding) for finding in result.findings]
    assert (
        get_scenario(result).locks
        and get_scenario(result).services
        and get_scenario(result).travel is not None
    )


def test_the_format_page_names_every_column_and_heading() -> None:
    page = (Path(dispatch.files.__file__).parent / "FORMAT.md").read_text(encoding="utf-8")
    for spec in TABLES.values():
        section = page.split(f"### {spec.name} (")[1].split("###")[0]
        for column in spec.columns:
            assert f"`{column.name}`" in section
            assert ", ".join(column.also) in section


def test_the_yaml_of_the_format_page_is_a_valid_document() -> None:
    page = (Path(dispatch.files.__file__).parent / "FORMAT.md").read_text(encoding="utf-8")
    text = re.findall(r"```yaml\n(.*?)```", page, flags=re.DOTALL)[0]
    mirror = ScenarioMirror.model_validate(parse_yaml(text, "FORMAT.md").data)
    assert mirror.limits.get_pull_out_min() == 300 and mirror.rates.own_ticket is not None


def test_an_address_in_a_known_county_takes_the_county_seat_and_says_so(tmp_path: Path) -> None:
    scenario = get_scenario(read_world(tmp_path, workers="worker_id,name,home,site\n1,a,洋县黄安镇张村,s1\n"))
    place = scenario.geography.places[scenario.workers["home_place_id"].iloc[0]]
    assert (place.name, place.lat, place.precision, place.assumed) == (
        "洋县黄安镇张村",
        33.22,
        Precision.COUNTY,
        True,
    )
    assert [one.value for one in scenario.assumptions if one.subject == place.id] == [
        "洋县 33.2200, 107.5500 (five places)"
    ]


def test_only_an_address_that_begins_with_the_unit_lies_in_it() -> None:
    yang = "陕西省汉中市洋县"
    for text in ("洋县黄安镇", "陕西省洋县黄安镇", "汉中市洋县西站", "陕西省汉中市洋县张村"):
        assert is_address_in(text, yang)
    for text in ("羊县黄安镇", "勉县洋县路", "黄安镇"):
        assert not is_address_in(text, yang)
    assert is_address_in("昆山开发区长江路1号", "江苏省苏州市昆山市")


def test_made_tables_that_the_document_does_not_name_are_read_too(tmp_path: Path) -> None:
    scenario = (
        SCENARIO.replace("workers: workers.csv\n", "").split("fleet:")[0] + "generated: {facts: facts.yaml}\n"
    )
    folder = write_world(tmp_path, scenario=scenario)
    (folder / "workers.csv").unlink()
    absent = read_folder(folder)
    assert absent.generated is not None and absent.generated.absent_tables == ("workers",)
    fleet = b"fleet_id,type,depot,count,day_rate\nx,coach45,p1,3,500\n"
    made = {"workers.csv": WORKERS.encode(), "fleet.csv": fleet}
    result = read_scenario(folder, FivePlaces(), read_plain_policy, made_files=made)
    assert [line.id for line in get_scenario(result).fleet] == ["x"]
