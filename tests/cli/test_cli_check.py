"""dispatch check: the run as it lies there, lawful, edited by hand, or damaged."""

from __future__ import annotations

import json

import pytest
from cli_world import call, parse_one_document, plan_pair, write_pair


@pytest.fixture
def run(tmp_path):
    return plan_pair(tmp_path)


def edit_plan(run, change):
    document = json.loads((run / "plan.json").read_text(encoding="utf-8"))
    change(document["plan"])
    (run / "plan.json").write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")


def test_a_fresh_run_passes(run):
    result = call("check", run)
    assert result.exit_code == 0
    assert "0 violations" in result.stdout
    assert parse_one_document(call("check", run, "--json").stdout)["violations"] == 0


def test_a_run_may_be_named_by_its_plan_book(run):
    assert call("check", run / "index.html").exit_code == 0


def test_a_cheaper_price_written_by_hand_is_found(run):
    edit_plan(run, lambda plan: plan["costs"]["terms"].update(km=100))
    result = call("check", run, "--json")
    assert result.exit_code == 4
    codes = {finding["code"] for finding in parse_one_document(result.stdout)["findings"]}
    assert {"P1", "P3"} <= codes  # money, and a hash that no longer fits


def test_an_earlier_arrival_written_by_hand_is_found(run):
    def arrive_early(plan):
        plan["trips"][0]["stops"][-1]["arrive_min"] -= 60

    edit_plan(run, arrive_early)
    result = call("check", run)
    assert result.exit_code == 4
    assert "C9" in result.stdout


def test_a_worker_dropped_from_the_outcomes_by_hand_is_found(run):
    lines = (run / "outcomes.csv").read_bytes().splitlines(keepends=True)
    (run / "outcomes.csv").write_bytes(b"".join(lines[:-1]))
    assert call("check", run).exit_code == 4


@pytest.mark.parametrize("name", ["plan.json", "run.json", "outcomes.csv", "rides.csv"])
def test_a_run_with_a_missing_file_is_damaged(run, name):
    (run / name).unlink()
    result = call("check", run)
    assert result.exit_code == 3
    assert "Traceback" not in result.stderr


def test_a_plan_cut_off_in_the_middle_is_damaged(run):
    text = (run / "plan.json").read_text(encoding="utf-8")
    (run / "plan.json").write_text(text[: len(text) // 2], encoding="utf-8")
    result = call("check", run, "--json")
    assert result.exit_code == 3
    assert parse_one_document(result.stdout)["error"]["code"] == "run_damaged"


def test_a_folder_that_is_no_run_is_damaged_and_none_at_all_is_a_wrong_command(tmp_path):
    (tmp_path / "empty").mkdir()
    assert call("check", tmp_path / "empty").exit_code == 3
    assert call("check", tmp_path / "nothing").exit_code == 2


def test_a_scenario_that_moved_is_named_by_an_option(run, tmp_path):
    (tmp_path / "pair").rename(tmp_path / "moved")
    lost = call("check", run)
    assert lost.exit_code == 2
    assert "--scenario" in lost.stderr
    assert call("check", run, "--scenario", tmp_path / "moved").exit_code == 0


def test_a_roster_that_changed_since_does_not_fit_the_plan(run, tmp_path):
    other = write_pair(tmp_path / "other", [])
    assert call("check", run, "--scenario", other).exit_code == 4
