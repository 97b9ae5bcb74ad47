"""dispatch explain, render, synth and schema."""

from __future__ import annotations

import hashlib
import json

import pytest
from cli_world import PHONE, call, make_row, plan_pair, read_files

ROWS = [
    make_row("W1", party="P", phone=PHONE),
    make_row("W2", party="P"),
    make_row("W3", needs="no_bus|no_train|no_charter"),
]


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return plan_pair(tmp_path_factory.mktemp("explain"), ROWS)


def test_a_served_worker_is_told_times_seat_and_party(run):
    result = call("explain", run, "--worker", "W1")
    assert result.exit_code == 0
    # boarding hours begin at 06:00, 15 minutes at the pickup, 330 minutes of driving: 11:45
    assert "2020-03-02 06:00 board" in result.stdout
    assert "leaves 06:15" in result.stdout
    assert "2020-03-02 11:45 arrive at Factory gate" in result.stdout
    assert "seat" in result.stdout
    assert "W2 Worker W2" in result.stdout
    assert PHONE not in result.stdout


def test_an_unserved_worker_is_told_the_reason_and_the_next_step(run):
    result = call("explain", run, "--worker", "W3")
    assert result.exit_code == 0
    assert "No journey (no mode): special needs exclude every accepted mode." in result.stdout
    assert "Next step" in result.stdout


def test_an_unknown_worker_is_a_wrong_command_with_near_ids(run):
    result = call("explain", run, "--worker", "W9")
    assert result.exit_code == 2
    assert "W1" in result.stderr


def test_pages_made_again_leave_the_plan_alone_and_the_hashes_true(tmp_path):
    run = plan_pair(tmp_path)
    before = read_files(run)
    outlines = tmp_path / "outlines.geojson"
    line = {"type": "LineString", "coordinates": [[107.0, 33.0], [111.0, 33.0]]}
    outlines.write_text(
        json.dumps(
            {
                "type": "FeatureCollection",
                "features": [{"type": "Feature", "properties": {}, "geometry": line}],
            }
        )
    )
    for words in (["map", "--basemap", outlines], ["manifests"], ["book"]):
        result = call("render", run, *words)
        assert result.exit_code == 0, result.stderr
    after = read_files(run)
    assert after["plan.json"] == before["plan.json"]
    assert after["map.html"] != before["map.html"]
    assert "manifests/B0001.xlsx" in after
    hashes = json.loads(after["run.json"])["files"]
    assert hashes == {
        name: hashlib.sha256(data).hexdigest() for name, data in after.items() if name != "run.json"
    }
    assert call("check", run).exit_code == 0


def test_pages_are_not_drawn_from_a_scenario_that_changed(tmp_path):
    run = plan_pair(tmp_path)
    with (tmp_path / "pair" / "workers.csv").open("a") as table:
        table.write(make_row("W3") + "\n")
    result = call("render", run, "map")
    assert result.exit_code == 3
    assert "changed" in result.stderr


def test_synth_writes_the_same_people_for_the_same_seed(tmp_path):
    for name in ("one", "two"):
        assert (
            call("synth", "yangxian", "--out", tmp_path / name, "--scale", 0.01, "--seed", 5).exit_code == 0
        )
    one = read_files(tmp_path / "one")
    assert one == read_files(tmp_path / "two")
    # 1 % of 3,666 people, under a header
    assert len(one["workers.csv"].splitlines()) == 1 + 37


def test_synth_of_an_unknown_campaign_names_the_known_ones(tmp_path):
    result = call("synth", "atlantis", "--out", tmp_path / "out")
    assert result.exit_code == 2
    assert "yangxian" in result.stderr


def test_synth_names_every_wrong_value_of_the_facts_with_its_line(tmp_path):
    facts = tmp_path / "facts.yaml"
    facts.write_text(
        "name: x\nroster: {total: -1, first_service_date: 2020-03-02, last_service_date: 2020-03-02}\norigins: {}\n"
    )
    result = call("synth", facts, "--out", tmp_path / "out")
    assert result.exit_code == 3
    assert "E401" in result.stderr
    assert "facts.yaml:2" in result.stderr
    assert not (tmp_path / "out").exists()


def test_schema_is_one_json_document_with_the_tables():
    schema = json.loads(call("schema").stdout)
    assert {"horizon", "workers", "fleet"} <= set(schema["properties"])
