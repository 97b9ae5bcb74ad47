"""Scenario synthesis: the reported totals hold, nobody is real, and the same seed gives the same bytes."""

from __future__ import annotations

import csv
import io
import shutil
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dispatch.errors import ScenarioRefused, UsageError
from dispatch.files.columns import normalise_heading
from dispatch.files.people_tables import HEALTH, SITES, WORKERS
from dispatch.files.synthesis import find_campaign, list_campaigns, make_generated_files, synthesize
from dispatch.files.synthesis_demand import apportion, choose_whole_parties
from dispatch.files.synthesis_facts import Facts, read_facts
from dispatch.files.synthesis_people import make_documents, make_phones

SCENARIOS = Path(__file__).resolve().parents[3] / "scenarios"
CAMPAIGNS = ("mianxian", "wushan", "yangxian", "zhuanghe")
GENERATED = ("fangcheng", "nanyang", "qianxinan", "yunnan", "zhenping")
SPECS = {spec.name: spec for spec in (WORKERS, SITES, HEALTH)}


def read_rows(content: bytes, table: str) -> list[dict[str, str]]:
    """Rows under their canonical column names, whatever the language of the headings."""
    index = SPECS[table].make_heading_index()
    reader = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
    return [{index[normalise_heading(heading)]: cell for heading, cell in row.items()} for row in reader]


def read_committed(campaign: str, table: str) -> list[dict[str, str]]:
    return read_rows((SCENARIOS / campaign / f"{table}.csv").read_bytes(), table)


def count_area_workers(campaign: str) -> Counter[str]:
    """Workers by the letters of their site id, e.g. HZ of HZ-01."""
    return Counter(row["site"].split("-")[0] for row in read_committed(campaign, "workers"))


def make_facts(**changes: Any) -> Facts:
    """Two places, two areas of two sites, 40 people on 2 to 6 March 2020; changes replace top-level keys."""
    document: dict[str, Any] = {
        "name": "small",
        "roster": {"total": 40, "first_service_date": "2020-03-02", "last_service_date": "2020-03-06"},
        "origins": {"weights": {"A": 3, "B": 1}, "lat": 33.0, "lon": 107.0},
        "destinations": {
            "areas": [
                {"name": "P", "lat": 30.0, "lon": 120.0, "sites": 2, "places": ["PP"]},
                {"name": "Q", "lat": 23.0, "lon": 114.0, "sites": 2, "places": ["QQ"]},
            ]
        },
        "health": {"evidence": [{"kind": "certificate", "signatures": 3, "seals": 2}]},
    }
    return Facts.model_validate(document | changes)


@pytest.mark.parametrize("campaign", CAMPAIGNS)
def test_the_committed_tables_are_what_the_generator_writes_with_seed_1(campaign: str) -> None:
    files = make_generated_files(read_facts(SCENARIOS / campaign / "facts.yaml"), seed=1)
    assert {"workers.csv", "sites.csv", "health.csv"} == set(files)
    for name, content in files.items():
        assert (SCENARIOS / campaign / name).read_bytes() == content, name


def test_another_seed_gives_other_people_with_the_same_total() -> None:
    first, second = (make_generated_files(make_facts(), seed=seed)["workers.csv"] for seed in (1, 2))
    assert first != second
    assert len(read_rows(first, "workers")) == len(read_rows(second, "workers")) == 40


@pytest.mark.parametrize(
    ("campaign", "people"), [("yangxian", 3666), ("mianxian", 1036), ("zhuanghe", 552), ("wushan", 443)]
)
def test_each_campaign_has_as_many_people_as_were_reported(campaign: str, people: int) -> None:
    assert len({row["worker_id"] for row in read_committed(campaign, "workers")}) == people


def test_yangxian_has_511_people_of_poor_households() -> None:
    assert Counter(row["class"] for row in read_committed("yangxian", "workers"))["poor"] == 511


def test_zhuanghe_hands_552_people_over_to_32_employers() -> None:
    employer_of = {row["site_id"]: row["employer"] for row in read_committed("zhuanghe", "sites")}
    received = Counter(employer_of[row["site"]] for row in read_committed("zhuanghe", "workers"))
    assert len(received) == 32
    assert sum(received.values()) == 552
    assert min(received.values()) >= 3


def test_wushan_sends_as_many_people_to_each_city_as_were_reported() -> None:
    assert count_area_workers("wushan") == {"HZ": 50, "LG": 173, "SS": 72, "ZH": 148}


def test_wushan_leaves_for_one_city_a_day_from_19_to_22_february() -> None:
    dates = {
        (row["site"].split("-")[0], row["earliest"], row["latest"])
        for row in read_committed("wushan", "workers")
    }
    assert dates == {
        ("HZ", "2020-02-19", "2020-02-19"),
        ("LG", "2020-02-20", "2020-02-20"),
        ("SS", "2020-02-21", "2020-02-21"),
        ("ZH", "2020-02-22", "2020-02-22"),
    }


@pytest.mark.parametrize("campaign", CAMPAIGNS)
def test_everybody_who_really_travelled_holds_a_good_certificate_from_before_their_first_date(
    campaign: str,
) -> None:
    certificates = {row["worker_id"]: row for row in read_committed(campaign, "health")}
    for worker in read_committed(campaign, "workers"):
        paper = certificates[worker["worker_id"]]
        assert paper["result"] in ("ok", "合格")
        age = date.fromisoformat(worker["latest"]) - date.fromisoformat(paper["date"])
        assert paper["date"] < worker["earliest"]
        assert age.days < 14 - 2  # valid 14 days, and two days under way


@pytest.mark.parametrize("campaign", CAMPAIGNS)
def test_document_numbers_are_right_in_form_all_different_and_of_no_region(campaign: str) -> None:
    documents = [row["document"] for row in read_committed(campaign, "workers") if row.get("document")]
    assert len(documents) == len(set(documents)) > 400
    for document in documents:
        assert len(document) == 18
        assert document.startswith("999")
        # ISO 7064 MOD 11-2 without the weights' table: the value of all 18 characters is 1 modulo 11.
        value = 0
        for character in document:
            value = value * 2 + (10 if character == "X" else int(character))
        assert value % 11 == 1


def test_document_numbers_carry_the_birth_year_and_the_sex() -> None:
    women = np.array([True, False, True, False])
    documents = make_documents(np.random.default_rng(5), np.array([1980, 1981, 1982, 1983]), women)
    assert [document[6:10] for document in documents] == ["1980", "1981", "1982", "1983"]
    assert [int(document[16]) % 2 for document in documents] == [0, 1, 0, 1]


def test_document_numbers_stay_different_for_a_province() -> None:
    # All 1,000 areas x 450 sequence numbers are used up and the day of birth has to tell people apart.
    count = 1_000_000
    years = np.full(count, 1980)
    documents = make_documents(np.random.default_rng(5), years, np.zeros(count, dtype=bool))
    assert len(set(documents)) == count
    assert not any(document.endswith("000") for document in documents[:500_000])


def test_phones_never_leave_the_fictitious_block() -> None:
    phones = make_phones(10_001)
    assert phones[0] == phones[10_000] == "19900000000"
    assert all(phone.startswith("1990000") and len(phone) == 11 for phone in phones)


@pytest.mark.parametrize("campaign", CAMPAIGNS)
def test_people_of_one_party_share_home_site_and_dates(campaign: str) -> None:
    shared: dict[str, set[tuple[str, ...]]] = {}
    for row in read_committed(campaign, "workers"):
        if row["party"]:
            facts = tuple(
                row.get(key, "") for key in ("home", "site", "earliest", "preferred", "latest", "modes")
            )
            shared.setdefault(row["party"], set()).add(facts)
    assert shared
    assert all(len(facts) == 1 for facts in shared.values())


def test_children_travel_with_two_older_people_of_a_party_that_goes_all_or_none() -> None:
    rows = read_committed("yangxian", "workers")
    children = [row for row in rows if 2020 - int(row["birth_year"]) < 14]
    assert len(children) == 14
    for child in children:
        party = [row for row in rows if row["party"] == child["party"]]
        assert sum(2020 - int(row["birth_year"]) >= 18 for row in party) >= 2
        assert {row["all_or_none"] for row in party} == {"是"}
        assert child["class"] == ""


def test_yangxian_has_the_skew_of_a_real_campaign() -> None:
    rows = read_committed("yangxian", "workers")
    parties = Counter(row["party"] or row["worker_id"] for row in rows)
    sizes = Counter(parties.values())
    # 45 % of parties were drawn single; parties cut at the border of two cells add some.
    assert 0.40 < sizes[1] / len(parties) < 0.60
    assert max(sizes) == 6
    employers = sorted(Counter(row["site"] for row in rows).values())
    assert employers[-1] > 3 * employers[0]
    homes_of_site: dict[str, set[str]] = {}
    for row in rows:
        homes_of_site.setdefault(row["site"], set()).add(row["home"])
    assert max(len(homes) for homes in homes_of_site.values()) <= 12 < 18  # recruits_from, of 18 townships
    windows = {date.fromisoformat(row["latest"]) - date.fromisoformat(row["earliest"]) for row in rows}
    assert {window.days + 1 for window in windows} == {1, 2, 3, 4, 5, 6, 7}


def test_yangxian_fetches_people_itself_in_four_far_counties_only() -> None:
    own = {
        row["place"] for row in read_committed("yangxian", "sites") if row["last_mile_by_receiver"] == "否"
    }
    assert own == {"SZ-zhangjiagang", "CZ-liyang", "NB-cixi", "JH-yongkang"}


def test_own_last_mile_must_name_places_of_the_area(tmp_path: Path) -> None:
    text = (SCENARIOS / "yangxian" / "facts.yaml").read_text(encoding="utf-8")
    path = tmp_path / "facts.yaml"
    path.write_text(text.replace("own_last_mile: [CZ-liyang]", "own_last_mile: [NB-cixi]"), encoding="utf-8")
    with pytest.raises(ScenarioRefused) as refused:
        read_facts(path)
    assert "常州" in refused.value.findings[0].message


def test_nobody_wants_to_leave_before_their_site_opens() -> None:
    opens = {row["site_id"]: row["opens_on"] for row in read_committed("yangxian", "sites")}
    assert all(row["earliest"] >= opens[row["site"]] for row in read_committed("yangxian", "workers"))


def test_people_not_cleared_and_incomplete_papers_are_as_many_as_asked_for() -> None:
    health = {
        "evidence": [{"kind": "certificate", "signatures": 3, "seals": 2}],
        "not_cleared": 7,
        "incomplete": 5,
    }
    rows = read_rows(make_generated_files(make_facts(health=health))["health.csv"], "health")
    good = [row for row in rows if row["result"] == "ok" and row["signatures"] == "3" and row["seals"] == "2"]
    lacking = [row for row in rows if row["signatures"] == "1"]
    assert len(good) == 40 - 7 - 5
    assert len(lacking) == 5


def test_readings_lie_on_consecutive_days_before_travel() -> None:
    health = {"evidence": [{"kind": "temperature_log", "readings": 3, "days_before": [1, 1]}]}
    files = make_generated_files(make_facts(health=health))
    first = read_rows(files["workers.csv"], "workers")[0]
    days = [
        row["date"]
        for row in read_rows(files["health.csv"], "health")
        if row["worker_id"] == first["worker_id"]
    ]
    earliest = date.fromisoformat(first["earliest"])
    assert [(earliest - date.fromisoformat(day)).days for day in days] == [3, 2, 1]


def test_gravity_sends_more_people_to_the_nearer_of_two_equal_cities() -> None:
    near = {"name": "P", "lat": 33.0, "lon": 109.0, "sites": 1, "places": ["PP"]}  # 2 degrees of longitude
    far = {
        "name": "Q",
        "lat": 33.0,
        "lon": 115.0,
        "sites": 1,
        "places": ["QQ"],
    }  # 8 degrees: four times as far
    facts = make_facts(destinations={"areas": [near, far], "gravity_exponent": 1.0})
    sites = Counter(row["site"] for row in read_rows(make_generated_files(facts)["workers.csv"], "workers"))
    assert sites == {"P-01": 32, "Q-01": 8}  # 4 : 1 of 40


def test_scale_multiplies_the_people_and_not_the_sites(tmp_path: Path) -> None:
    synthesize(SCENARIOS / "wushan" / "facts.yaml", tmp_path, scale=2)
    rows = read_rows((tmp_path / "workers.csv").read_bytes(), "workers")
    assert Counter(row["site"].split("-")[0] for row in rows) == {"HZ": 100, "LG": 346, "SS": 144, "ZH": 296}
    assert len(read_rows((tmp_path / "sites.csv").read_bytes(), "sites")) == 13


def test_a_scale_so_small_that_nobody_is_left_writes_an_empty_roster() -> None:
    files = make_generated_files(make_facts(), scale=0.001)
    assert read_rows(files["workers.csv"], "workers") == []


def test_a_scale_of_zero_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="larger than 0"):
        synthesize(SCENARIOS / "wushan" / "facts.yaml", tmp_path, scale=0)


def test_another_folder_gets_the_whole_scenario(tmp_path: Path) -> None:
    paths = synthesize(SCENARIOS / "zhuanghe" / "facts.yaml", tmp_path / "new")
    assert [path.name for path in paths] == ["sites.csv", "workers.csv", "health.csv"]
    written = {path.name for path in (tmp_path / "new").iterdir()}
    assert written == {path.name for path in (SCENARIOS / "zhuanghe").iterdir()}


def test_other_files_beside_the_facts_are_not_copied(tmp_path: Path) -> None:
    source = tmp_path / "source"
    shutil.copytree(SCENARIOS / "wushan", source)
    (source / "real_roster.csv").write_text("secret", encoding="utf-8")
    synthesize(source / "facts.yaml", tmp_path / "out")
    assert (tmp_path / "out" / "places.csv").is_file()
    assert not (tmp_path / "out" / "real_roster.csv").exists()


def test_counties_without_tables_get_townships_villages_and_gates() -> None:
    county = {"region": "530421", "name": "甲县", "lat": 24.0, "lon": 102.0, "townships": 3}
    areas = [{"name": "深圳", "region": "440300", "lat": 22.5, "lon": 114.0, "sites": 2, "id_prefix": "SZ"}]
    origins = {"counties": [county], "villages_per_township": 2}
    files = make_generated_files(make_facts(origins=origins, destinations={"areas": areas}))
    places = list(csv.DictReader(io.StringIO(files["places.csv"].decode())))
    assert Counter(place["kind"] for place in places) == {"assembly": 3, "village": 6, "site": 2}
    towns = {place["place_id"] for place in places if place["kind"] == "assembly"}
    villages = {place["place_id"]: place["assembly_place"] for place in places if place["kind"] == "village"}
    assert set(villages.values()) == towns
    assert {row["home"] for row in read_rows(files["workers.csv"], "workers")} <= set(villages)


def test_without_villages_people_live_at_their_township() -> None:
    county = {"region": "530421", "name": "甲县", "lat": 24.0, "lon": 102.0, "townships": 3}
    files = make_generated_files(make_facts(origins={"counties": [county]}))
    places = list(csv.DictReader(io.StringIO(files["places.csv"].decode())))
    homes = {row["home"] for row in read_rows(files["workers.csv"], "workers")}
    assert len(places) == 3
    assert homes <= {place["place_id"] for place in places}


def test_chinese_headings_are_ones_the_reader_accepts() -> None:
    content = make_generated_files(make_facts(headings="zh"))["workers.csv"].decode("utf-8-sig")
    headings = content.splitlines()[0].split(",")
    assert headings[:3] == ["工号", "姓名", "身份证号"]
    assert "最早日期" in headings


def test_apportion_keeps_the_sum_and_the_least() -> None:
    assert apportion(10, np.array([1.0, 1.0, 2.0])).tolist() == [3, 2, 5]
    assert apportion(7, np.array([100.0, 1.0, 1.0]), least=2).tolist() == [3, 2, 2]
    assert apportion(2, np.array([1.0, 1.0, 1.0]), least=5).sum() == 2


def test_whole_parties_are_chosen_first_and_the_number_is_exact() -> None:
    party = np.array([0, 0, 0, 1, 1, 2])
    chosen = choose_whole_parties(np.random.default_rng(3), party, np.ones(6, dtype=bool), 4)
    assert chosen.sum() == 4


def test_every_wrong_fact_is_reported_at_once(tmp_path: Path) -> None:
    path = tmp_path / "facts.yaml"
    path.write_text(
        "name: x\nroster: {total: -1, first_service_date: 2020-02-30}\norigins: {}\n", encoding="utf-8"
    )
    with pytest.raises(ScenarioRefused) as refused:
        read_facts(path)
    fields = {finding.where.field for finding in refused.value.findings}
    assert {finding.code for finding in refused.value.findings} == {"E401"}
    assert {"roster.total", "roster.last_service_date", "origins", "destinations"} <= fields


def test_exact_areas_must_add_up_to_the_total(tmp_path: Path) -> None:
    text = (SCENARIOS / "wushan" / "facts.yaml").read_text(encoding="utf-8")
    path = tmp_path / "facts.yaml"
    path.write_text(text.replace("workers: 148", "workers: 149"), encoding="utf-8")
    with pytest.raises(ScenarioRefused) as refused:
        read_facts(path)
    assert "444 people, the roster 443" in refused.value.findings[0].message


@pytest.mark.parametrize("campaign", (*CAMPAIGNS, *GENERATED))
def test_every_reported_figure_names_its_source(campaign: str) -> None:
    facts = read_facts(SCENARIOS / campaign / "facts.yaml")
    assert facts.facts
    assert all(figure.source and figure.confidence in "ABCD" for figure in facts.facts)
    assert facts.assumed


def test_the_shipped_campaigns_are_found_by_name() -> None:
    assert tuple(list_campaigns((SCENARIOS,))) == tuple(sorted((*CAMPAIGNS, *GENERATED)))
    assert find_campaign(str(SCENARIOS / "wushan")) == SCENARIOS / "wushan" / "facts.yaml"
    assert find_campaign("wushan").parent.name == "wushan"


def test_an_unknown_campaign_names_the_known_ones() -> None:
    with pytest.raises(UsageError, match="yangxian"):
        find_campaign("atlantis")


def test_the_shipped_rosters_stay_small() -> None:
    assert sum(path.stat().st_size for path in SCENARIOS.rglob("*") if path.is_file()) < 2_000_000
