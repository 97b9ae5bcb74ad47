"""dispatch plan: from a scenario to a checked run folder, with one JSON document, exit codes and whole folders only."""

from __future__ import annotations

import re

import pytest
from cli_world import (
    PAIR_COST,
    SCENARIO,
    TINY,
    call,
    finish,
    make_row,
    parse_one_document,
    read_files,
    start,
    write_pair,
)

from dispatch.cli import plan_command
from dispatch.errors import NoPlanWithinLimits, WorkLost

DOCUMENT_KEYS = {
    "schema_version", "scenario", "run", "index_html", "workers", "cost", "bound", "gap", "gap_without_unserved",
    "batches", "trips", "vehicles", "violations", "seconds",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path, monkeypatch):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")


def test_four_villages_are_planned_printed_and_checked(tmp_path):
    result = call("plan", TINY / "four_villages")
    assert result.exit_code == 0, result.stderr
    last = result.stdout.splitlines()[-1]
    assert re.fullmatch(r"/.*/here/runs/four_villages/\d{8}-\d{6}/index\.html", last)
    run = (tmp_path / "here" / "runs" / "four_villages").iterdir().__next__()
    files = read_files(run)
    assert {"plan.json", "run.json", "index.html", "map.html", "outcomes.csv", "rides.csv"} <= set(files)
    assert any(name.startswith("manifests/") and name.endswith(".xlsx") for name in files)
    assert "3,940.00" in result.stdout  # the README of the scenario
    assert call("check", run).exit_code == 0


def test_progress_goes_to_stderr_in_plain_lines_where_there_is_no_terminal(tmp_path):
    code, out, err = finish(start("plan", write_pair(tmp_path / "pair"), "--no-manifests", folder=tmp_path))
    assert code == 0
    assert "searching" in err
    assert "searching" not in out
    assert "\x1b" not in err


def test_json_is_exactly_one_document(tmp_path):
    code, out, _ = finish(start("plan", TINY / "three_modes", "--json", "--no-manifests", folder=tmp_path))
    assert code == 0
    document = parse_one_document(out)
    assert set(document) >= DOCUMENT_KEYS
    # the README of the scenario: bus 700, train 2,000 with a feeder for 420, charter 5,000
    assert document["cost"]["total"] == 8120.0
    assert document["trips"] == {"bus": 1, "train": 1, "charter": 1, "feeder": 1, "last_mile": 0}
    assert document["workers"] == {"total": 23, "served": 23, "own_ticket": 0, "unserved": 0}
    assert document["violations"] == 0
    assert document["bound"] <= 8120.0
    assert document["index_html"].endswith("/index.html")


def test_the_terms_of_the_document_add_up(tmp_path):
    document = parse_one_document(
        call("plan", write_pair(tmp_path / "pair"), "--json", "--no-manifests").stdout
    )
    cost = document["cost"]
    assert cost["total"] == PAIR_COST
    assert sum(cost["terms"].values()) == pytest.approx(cost["total"])
    assert cost["cash"] + cost["penalties"] == pytest.approx(cost["total"])


def test_two_runs_at_the_same_moment_never_share_a_folder(tmp_path):
    pair = write_pair(tmp_path / "pair")
    started = [start("plan", pair, "--no-manifests", folder=tmp_path) for _ in range(2)]
    ends = [finish(process) for process in started]
    assert [code for code, _, _ in ends] == [0, 0], ends
    last = [out.splitlines()[-1] for _, out, _ in ends]
    assert last[0] != last[1]


def test_a_run_is_replaced_only_by_force_and_other_folders_never(tmp_path):
    pair, run, mine = write_pair(tmp_path / "pair"), tmp_path / "run", tmp_path / "mine"
    plan = ("plan", pair, "--no-manifests", "--out")
    assert call(*plan, run).exit_code == 0
    before = read_files(run)
    refused = call(*plan, run)
    assert refused.exit_code == 2
    assert "--force" in refused.stderr
    assert read_files(run) == before
    assert call(*plan, run, "--force").exit_code == 0
    mine.mkdir()
    (mine / "letter.txt").write_text("keep me")
    assert call(*plan, mine, "--force").exit_code == 2
    assert (mine / "letter.txt").read_text() == "keep me"


def test_a_place_that_cannot_be_written_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    result = call("plan", write_pair(tmp_path / "pair"), "--out", tmp_path / "file" / "run")
    assert result.exit_code == 2
    assert "Nothing can be written to" in result.stderr
    assert "Traceback" not in result.stderr


def test_wrong_words_exit_2_with_and_without_json(tmp_path):
    pair = write_pair(tmp_path / "pair")
    assert call("plan", pair, "--effort", "heroic").exit_code == 2
    result = call("plan", pair, "--effort", "heroic", "--json")
    assert result.exit_code == 2
    assert parse_one_document(result.stdout)["error"]["code"] == "usage"


def test_wrong_input_exits_3_and_leaves_no_run(tmp_path):
    pair = write_pair(tmp_path / "pair", [make_row("W1", earliest="2020-02-30")])
    result = call("plan", pair, "--out", tmp_path / "run")
    assert result.exit_code == 3
    assert "workers.csv:2" in result.stderr
    assert not (tmp_path / "run").exists()
    assert (tmp_path / "run-findings" / "rejects.csv").exists()


def test_skip_invalid_plans_the_others_and_keeps_the_rejects_with_the_run(tmp_path):
    pair = write_pair(tmp_path / "pair", [make_row("W1"), make_row("W2", earliest="2020-02-30")])
    run = tmp_path / "run"
    result = call("plan", pair, "--out", run, "--skip-invalid", "--no-manifests", "--json")
    assert result.exit_code == 0
    assert parse_one_document(result.stdout)["workers"]["total"] == 1
    assert "W2" in (run / "rejects.csv").read_text(encoding="utf-8-sig")
    assert call("check", run).exit_code == 0


def test_an_unserved_worker_exits_4_only_where_asked(tmp_path):
    pair = write_pair(tmp_path / "pair", [make_row("W1"), make_row("W2", needs="no_bus|no_train|no_charter")])
    assert call("plan", pair, "--no-manifests").exit_code == 0
    assert call("plan", pair, "--no-manifests", "--fail-on-unserved").exit_code == 4


def test_an_empty_roster_is_planned_as_nothing_to_do(tmp_path):
    result = call("plan", write_pair(tmp_path / "pair", []), "--json")
    assert result.exit_code == 0, result.stdout
    document = parse_one_document(result.stdout)
    assert document["workers"]["total"] == 0
    assert document["cost"]["total"] == 0


def test_the_plan_is_the_same_for_one_and_two_processes(tmp_path):
    pair = write_pair(tmp_path / "pair")
    for processes in (1, 2):
        out = tmp_path / f"run{processes}"
        result = call("plan", pair, "--out", out, "--processes", processes, "--seed", 7)
        assert result.exit_code == 0, result.stderr
    one, two = read_files(tmp_path / "run1"), read_files(tmp_path / "run2")
    for name in ("plan.json", "outcomes.csv", "rides.csv", "trips.csv", "duties.csv"):
        assert one[name] == two[name]
    assert set(one) == set(two)


def test_there_is_no_run_folder_while_the_plan_is_searched(tmp_path, monkeypatch):
    seen = []
    search = plan_command.make_plan

    def watch(scenario, **wishes):
        seen.append((tmp_path / "run").exists())
        return search(scenario, **wishes)

    monkeypatch.setattr(plan_command, "make_plan", watch)
    assert (
        call("plan", write_pair(tmp_path / "pair"), "--out", tmp_path / "run", "--no-manifests").exit_code
        == 0
    )
    assert seen == [False]


@pytest.mark.parametrize(
    ("raised", "exit_code", "code"),
    [
        (NoPlanWithinLimits("Stopped before any plan was complete."), 5, "no_plan"),
        (WorkLost("Begun 4 times, and every time its process was ended."), 1, "work_lost"),
        (ZeroDivisionError("secret detail"), 1, "internal"),
        (KeyboardInterrupt(), 130, "interrupted"),
    ],
)
def test_a_search_that_fails_leaves_nothing_and_says_so_in_one_document(
    tmp_path, monkeypatch, raised, exit_code, code
):
    def fail(scenario, **wishes):
        raise raised

    monkeypatch.setattr(plan_command, "make_plan", fail)
    pair = write_pair(tmp_path / "pair")
    result = call("plan", pair, "--out", tmp_path / "run", "--json")
    assert result.exit_code == exit_code
    assert parse_one_document(result.stdout)["error"]["code"] == code
    assert not (tmp_path / "run").exists()
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_traceback_is_shown_only_with_debug(tmp_path, monkeypatch):
    def fail(scenario, **wishes):
        raise ZeroDivisionError

    monkeypatch.setattr(plan_command, "make_plan", fail)
    pair = write_pair(tmp_path / "pair")
    plain, debug = call("plan", pair), call("plan", pair, "--debug")
    assert "Traceback" not in plain.stderr
    assert "--debug" in plain.stderr
    assert "Traceback" in debug.stderr
    assert plain.exit_code == debug.exit_code == 1


def test_a_font_or_base_map_that_cannot_be_used_is_said_before_the_search(tmp_path, monkeypatch):
    monkeypatch.setattr(plan_command, "make_plan", None)  # calling it would be an internal error, exit 1
    pair = write_pair(tmp_path / "pair")
    assert call("plan", pair, "--font", tmp_path / "none.ttf").exit_code == 2
    assert call("plan", pair, "--basemap", tmp_path / "none.geojson").exit_code == 2


def test_tables_that_are_absent_are_generated_from_the_facts(tmp_path):
    facts = """\
name: pair
roster: {total: 6, first_service_date: 2020-03-02, last_service_date: 2020-03-02, window_days: {1: 1}}
origins: {weights: {A: 1}}
destinations:
  areas: [{name: Port, lat: 33.2, lon: 110.5, sites: 1, places: [F]}]
"""
    head, tail = SCENARIO.split("sites:")
    pair = write_pair(
        tmp_path / "pair",
        scenario=head + "generated: {facts: facts.yaml, seed: 3}\n" + tail.split("\n", 2)[2],
    )
    (pair / "workers.csv").unlink()
    (pair / "scenario.yaml").write_text((pair / "scenario.yaml").read_text() + "sites: sites.csv\n")
    (pair / "facts.yaml").write_text(facts)
    result = call("plan", pair, "--out", tmp_path / "run", "--json", "--no-manifests")
    assert result.exit_code == 0, result.stdout
    assert parse_one_document(result.stdout)["workers"]["total"] == 6
    assert not (pair / "workers.csv").exists()
    assert call("check", tmp_path / "run").exit_code == 0


def test_without_lists_nothing_links_to_them(tmp_path):
    assert (
        call("plan", write_pair(tmp_path / "pair"), "--out", tmp_path / "bare", "--no-manifests").exit_code
        == 0
    )
    assert call("plan", tmp_path / "pair", "--out", tmp_path / "full").exit_code == 0
    for page in ("index.html", "map.html"):
        assert ".xlsx" not in (tmp_path / "bare" / page).read_text(encoding="utf-8")
    assert ".xlsx" in (tmp_path / "full" / "index.html").read_text(encoding="utf-8")
    assert not (tmp_path / "bare" / "manifests").exists()
