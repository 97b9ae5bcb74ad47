"""Proposed services end to end: planned, checked, printed and read back with the terminals they need."""

from __future__ import annotations

import json

import pytest
from cli_world import HEAD, call, make_row, parse_one_document

# Hantai has a station and an airport nearby, Ningbo as well; the coaches may not leave their prefecture, so that nobody
# gets to Ningbo (1,400 km) but by a service, and the scenario names none.
SCENARIO = """\
format: 1
name: wishes
title: Who would carry them
horizon: {{from: 2020-03-02, to: 2020-03-03}}
profiles: [none]
propose_services: [{mode}]
rates: {{unserved: {{default: 50000}}}}
origin: 汉台区
sites:
  - {{site_id: S1, name: Factory, place: 海曙区, opens_on: 2020-03-02, last_mile_by_receiver: true}}
vehicle_types:
  - {{type_id: coach53, name: 53-seat coach, approved: 53, rows: 4x12+5}}
fleet:
  - {{fleet_id: H53, type: coach53, depot: 汉台区, count: 8, day_rate: 1000, km_rate: 4, driver_day_rate: 300, local_only: true}}
workers: workers.csv
"""


def write_wishes(folder, mode, people):
    folder.mkdir(parents=True)
    (folder / "scenario.yaml").write_text(SCENARIO.format(mode=mode), encoding="utf-8")
    rows = [make_row(f"W{n:03d}", home="汉台区", latest="2020-03-03") for n in range(people)]
    (folder / "workers.csv").write_text("\n".join([HEAD, *rows]) + "\n", encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("mode", "people", "least", "carrier", "terminals"),
    [
        # 320 people fill three cars of 118 seats, but a special train has at least eight
        ("train", 320, 8, "railway bureau", ("汉中站", "宁波站")),
        ("charter", 150, 150, "airline", ("汉中城固机场", "宁波栎社国际机场")),
    ],
)
def test_a_proposed_service_is_planned_checked_and_requested(
    tmp_path, mode, people, least, carrier, terminals
):
    run = tmp_path / "run"
    scenario = write_wishes(tmp_path / "wishes", mode, people)
    result = call("plan", scenario, "--out", run, "--no-manifests", "--effort", "quick", "--json")
    assert result.exit_code == 0, result.stderr
    document = parse_one_document(result.stdout)
    assert document["violations"] == 0
    assert document["workers"]["served"] == people
    assert document["trips"][mode] == 1
    plan = json.loads((run / "plan.json").read_text(encoding="utf-8"))["plan"]
    asked = [request for request in plan["requests"] if request["carrier"] == carrier]
    assert [request["quantity"] for request in asked] == [least]
    book = (run / "index.html").read_text(encoding="utf-8")
    drawn = (run / "map.html").read_text(encoding="utf-8")
    assert carrier in book
    assert all(name in book and name in drawn for name in terminals)
    checked = call("check", run)
    assert checked.exit_code == 0, checked.stdout
    assert "0 violations" in checked.stdout
    assert call("render", run, "book").exit_code == 0
    told = call("explain", run, "--worker", "W000")
    assert told.exit_code == 0
    assert terminals[1] in told.stdout
